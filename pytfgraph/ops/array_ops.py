"""Shapes and elements of tensors: tf.reshape, tf.concat, tf.gather and their kin."""
import builtins

import numpy as np

from pytfgraph._core import Tensor
from pytfgraph._core import slice_helper as _slice_helper  # noqa: F401 (Tensor.__getitem__)
from pytfgraph.framework import constant_op, dtypes, ops, sparse_tensor, tensor_shape, tensor_util
from pytfgraph.framework.constant_op import constant
from pytfgraph.framework.sparse_tensor import SparseTensor
from pytfgraph.ops import raw
from pytfgraph.util.deprecation import deprecated_argument_lookup

gen_array_ops = raw.module("gen_array_ops")
newaxis = None

# Functions whose arguments are their op's.
_SAME = """batch_to_space_nd bitcast broadcast_to check_numerics diag diag_part fill gather_nd guarantee_const identity_n
invert_permutation matrix_band_part matrix_diag matrix_diag_part matrix_set_diag placeholder_with_default reshape reverse_v2 scatter_nd
space_to_batch_nd stop_gradient tile unravel_index identity shape_n prevent_gradient list_diff dequantize""".split()
_ALIASES = {"reverse": "reverse_v2"}


def __getattr__(name):
    if name in _SAME or name in _ALIASES:
        value = globals()[name] = getattr(gen_array_ops, _ALIASES.get(name, name))
        return value
    raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name), name=name)


def _is_sparse(x):
    return isinstance(x, (SparseTensor, sparse_tensor.SparseTensorValue))


# ---- asking for shapes ----

def shape(input, name=None, out_type=dtypes.int32):
    """The shape of a tensor as a 1-D integer tensor (a constant where it is fully known)."""
    return shape_internal(input, name, optimize=True, out_type=out_type)


def shape_internal(input, name=None, optimize=True, out_type=dtypes.int32):
    with ops.name_scope(name, "Shape", [input]) as name:
        if _is_sparse(input):
            return gen_array_ops.cast(input.dense_shape, out_type)
        known = ops.convert_to_tensor(input).get_shape()
        if optimize and known.is_fully_defined():
            return constant(known.as_list(), out_type, name=name)
        return gen_array_ops.shape(input, name=name, out_type=out_type)


def size(input, name=None, out_type=dtypes.int32):
    """The number of elements of a tensor (a constant where it is known)."""
    return size_internal(input, name, optimize=True, out_type=out_type)


def size_internal(input, name=None, optimize=True, out_type=dtypes.int32):
    with ops.name_scope(name, "Size", [input]) as name:
        if _is_sparse(input):
            return gen_array_ops.prod(gen_array_ops.cast(input.dense_shape, out_type), 0, name=name)
        known = ops.convert_to_tensor(input).get_shape()
        if optimize and known.is_fully_defined():
            return constant(known.num_elements(), out_type, name=name)
        if optimize and known.dims and any(d == 0 for d in known.dims):
            return constant(0, out_type, name=name)
        return gen_array_ops.size(input, name=name, out_type=out_type)


def rank(input, name=None):
    """The number of dimensions of a tensor (a constant where it is known)."""
    return rank_internal(input, name, optimize=True)


def rank_internal(input, name=None, optimize=True):
    with ops.name_scope(name, "Rank", [input]) as name:
        if _is_sparse(input):
            return gen_array_ops.size(input.dense_shape, name=name)
        known = ops.convert_to_tensor(input).get_shape()
        if optimize and known.ndims is not None:
            return constant(known.ndims, dtypes.int32, name=name)
        return gen_array_ops.rank(input, name=name)


def broadcast_dynamic_shape(shape_x, shape_y):
    """The shape that two shapes, given as tensors, broadcast to."""
    return gen_array_ops.broadcast_args(shape_x, shape_y)


def broadcast_static_shape(shape_x, shape_y):
    """The shape that two TensorShapes broadcast to; ValueError where they do not."""
    from pytfgraph.framework import common_shapes
    return common_shapes.broadcast_shape(shape_x, shape_y)


# ---- making tensors ----

def _constant_if_small(value, shape, dtype, name):
    """A constant of fewer than 1000 elements; None for larger and unknown shapes."""
    try:
        if isinstance(shape, tensor_shape.TensorShape):
            n = shape.num_elements()
        else:
            n = np.prod(shape)
        if n is not None and n < 1000:
            return constant(value, shape=shape, dtype=dtype, name=name)
    except TypeError:
        pass
    return None


def _filled(shape, value, dtype, name):
    if not isinstance(shape, Tensor):
        try:
            output = _constant_if_small(value, shape, dtype, name)
            if output is not None:
                return output
            shape = ops.convert_to_tensor(tensor_shape.TensorShape(shape))
        except (TypeError, ValueError):
            shape = ops.convert_to_tensor(shape, dtype=dtypes.int32)
    if not shape._shape_tuple():
        shape = gen_array_ops.reshape(shape, [-1])
    return gen_array_ops.fill(shape, constant(value, dtype=dtype), name=name)


def zeros(shape, dtype=dtypes.float32, name=None):
    """A tensor of zeros (False, "") of a shape and type."""
    dtype = dtypes.as_dtype(dtype).base_dtype
    with ops.name_scope(name, "zeros", [shape]) as name:
        return _filled(shape, {dtypes.bool: False, dtypes.string: ""}.get(dtype, 0), dtype, name)


def ones(shape, dtype=dtypes.float32, name=None):
    """A tensor of ones (True) of a shape and type."""
    dtype = dtypes.as_dtype(dtype).base_dtype
    with ops.name_scope(name, "ones", [shape]) as name:
        return _filled(shape, True if dtype == dtypes.bool else 1, dtype, name)


def zeros_like(tensor, dtype=None, name=None, optimize=True):
    """Zeros of a tensor's shape, and of its type or `dtype`."""
    with ops.name_scope(name, "zeros_like", [tensor]) as name:
        tensor = ops.convert_to_tensor(tensor, name="tensor")
        if optimize and tensor.shape.is_fully_defined() and tensor.dtype != dtypes.variant:
            return zeros(tensor.shape, dtype=dtype or tensor.dtype, name=name)
        if dtype is not None and dtype != tensor.dtype and dtype != dtypes.variant:
            return zeros(shape_internal(tensor, optimize=optimize), dtype=dtype, name=name)
        return gen_array_ops.zeros_like(tensor, name=name)


def ones_like(tensor, dtype=None, name=None, optimize=True):
    """Ones of a tensor's shape, and of its type or `dtype`."""
    with ops.name_scope(name, "ones_like", [tensor]) as name:
        tensor = ops.convert_to_tensor(tensor, name="tensor")
        ret = ones(shape_internal(tensor, optimize=optimize), dtype=tensor.dtype if dtype is None else dtype, name=name)
        ret.set_shape(tensor.get_shape())
        return ret


def placeholder(dtype, shape=None, name=None):
    """A tensor whose value every run must feed.

    Args:
      dtype: of the elements.
      shape: what may be fed; None anywhere for "any".
      name: of the operation.
    """
    return gen_array_ops.placeholder(dtype=dtype, shape=shape, name=name)


def sparse_placeholder(dtype, shape=None, name=None):
    """A SparseTensor whose value (a SparseTensorValue) every run must feed."""
    part = (lambda p: name + "/" + p) if name is not None else (lambda p: None)
    rank = None
    if shape is not None:
        rank = shape.get_shape()[0] if isinstance(shape, Tensor) else len(shape)
        if not isinstance(shape, Tensor) and None in shape:
            shape = None
        else:
            shape = ops.convert_to_tensor(shape, dtype=dtypes.int64, name=part("shape"))
    if shape is None:
        shape = placeholder(dtypes.int64, shape=[rank], name=part("shape"))
    return SparseTensor(values=placeholder(dtype, shape=[None], name=part("values")),
                        indices=placeholder(dtypes.int64, shape=[None, rank], name=part("indices")), dense_shape=shape)


def one_hot(indices, depth, on_value=None, off_value=None, axis=None, dtype=None, name=None):
    """Vectors with `on_value` (1) at positions `indices` and `off_value` (0) elsewhere, along a new axis (the last).

    Raises:
      TypeError: if on_value, off_value and dtype are of different types.
    """
    with ops.name_scope(name, "one_hot", [indices, depth, on_value, off_value, axis, dtype]) as name:
        on_dtype = ops.convert_to_tensor(on_value).dtype.base_dtype if on_value is not None else None
        off_dtype = ops.convert_to_tensor(off_value).dtype.base_dtype if off_value is not None else None
        for given, label in ((on_dtype, "on_value"), (off_dtype, "off_value")):
            if given is not None and dtype is not None and given != dtype:
                raise TypeError("dtype {0} of {1} does not match dtype parameter {2}".format(given, label, dtype))
        dtype = dtype or on_dtype or off_dtype or dtypes.float32
        if on_value is None:
            on_value, on_dtype = ops.convert_to_tensor(1, dtype, name="on_value"), dtype
        if off_value is None:
            off_value, off_dtype = ops.convert_to_tensor(0, dtype, name="off_value"), dtype
        if on_dtype != off_dtype:
            raise TypeError("dtype {0} of on_value does not match dtype {1} of off_value".format(on_dtype, off_dtype))
        return gen_array_ops.one_hot(indices, depth, on_value, off_value, axis if axis is not None else -1, name)


def sequence_mask(lengths, maxlen=None, dtype=dtypes.bool, name=None):
    """mask[..., j] = j < lengths[...], for j below maxlen (the largest length)."""
    with ops.name_scope(name, "SequenceMask", [lengths, maxlen]):
        lengths = ops.convert_to_tensor(lengths)
        maxlen = gen_array_ops.max(lengths, _all_axes(lengths)) if maxlen is None else ops.convert_to_tensor(maxlen)
        if maxlen.get_shape().ndims is not None and maxlen.get_shape().ndims != 0:
            raise ValueError("maxlen must be scalar for sequence_mask")
        row = gen_array_ops.range(constant(0, maxlen.dtype), maxlen, constant(1, maxlen.dtype))
        result = row < gen_array_ops.cast(expand_dims(lengths, -1), maxlen.dtype)
        if dtype is None or result.dtype.base_dtype == dtype.base_dtype:
            return result
        return gen_array_ops.cast(result, dtype)


def _all_axes(x):
    if isinstance(x, Tensor) and x.get_shape().ndims is not None:
        return constant(np.arange(x.get_shape().ndims), dtype=dtypes.int32)
    if isinstance(x, SparseTensor) and x.dense_shape.get_shape().is_fully_defined():
        return constant(np.arange(x.dense_shape.get_shape()[0].value), dtype=dtypes.int32)
    return gen_array_ops.range(0, rank(x), 1)


def meshgrid(*args, **kwargs):
    """Coordinate grids of vectors.

    Args:
      *args: one tensor per axis.
      indexing: 'xy' (the first two axes exchanged, as for plots) or 'ij'.
      name: of the operations.
    """
    indexing = kwargs.pop("indexing", "xy")
    name = kwargs.pop("name", "meshgrid")
    if kwargs:
        raise TypeError("'{}' is an invalid keyword argument for this function".format(next(iter(kwargs))))
    if indexing not in ("xy", "ij"):
        raise ValueError("indexing parameter must be either 'xy' or 'ij'")
    with ops.name_scope(name, "meshgrid", args) as name:
        n = len(args)
        ones_shape = (1,) * n
        output = [gen_array_ops.reshape(stack(x), ones_shape[:i] + (-1,) + ones_shape[i + 1:]) for i, x in enumerate(args)]
        shapes = [size(x) for x in args]
        dtype = ops.convert_to_tensor(args[0]).dtype.base_dtype
        if indexing == "xy" and n > 1:
            output[0] = gen_array_ops.reshape(output[0], (1, -1) + (1,) * (n - 2))
            output[1] = gen_array_ops.reshape(output[1], (-1, 1) + (1,) * (n - 2))
            shapes[0], shapes[1] = shapes[1], shapes[0]
        factor = ones(shapes, dtype)
        return [x * factor for x in output]


# ---- changing shapes ----

def expand_dims(input, axis=None, name=None, dim=None):
    """Adds a dimension of size 1 at `axis`."""
    return gen_array_ops.expand_dims(input, deprecated_argument_lookup("axis", axis, "dim", dim), name)


def squeeze(input, axis=None, name=None, squeeze_dims=None):
    """Removes dimensions of size 1: those of `axis`, or all."""
    axis = deprecated_argument_lookup("axis", axis, "squeeze_dims", squeeze_dims)
    if np.isscalar(axis):
        axis = [axis]
    return gen_array_ops.squeeze(input, axis if axis is not None else [], name)


def transpose(a, perm=None, name="transpose", conjugate=False):
    """Permutes dimensions: perm[i] is the input's dimension that becomes i (the reverse order where it is not given)."""
    with ops.name_scope(name, "transpose", [a]) as name:
        f = gen_array_ops.conjugate_transpose if conjugate and a.dtype.is_complex else gen_array_ops.transpose
        if perm is not None:
            return f(a, perm, name=name)
        r = gen_array_ops.rank(a)
        ret = f(a, r - 1 - gen_array_ops.range(0, r, 1), name=name)
        dims = ret.op.inputs[0].get_shape().dims
        if dims is not None:
            ret.set_shape(dims[::-1])
        return ret


def matrix_transpose(a, name="matrix_transpose", conjugate=False):
    """Exchanges the last two dimensions; ValueError for a rank below 2."""
    with ops.name_scope(name, values=[a]):
        a = ops.convert_to_tensor(a, name="a")
        ndims = a.get_shape().ndims
        if ndims is None:
            r = rank(a)
            perm = concat((gen_array_ops.range(0, r - 2, 1), [r - 1, r - 2]), 0)
        elif ndims < 2:
            raise ValueError("Argument 'a' should be a (batch) matrix, with rank >= 2.  Found: %s" % a.get_shape())
        else:
            perm = list(range(ndims - 2)) + [ndims - 1, ndims - 2]
        return transpose(a, perm=perm, conjugate=conjugate)


def pad(tensor, paddings, mode="CONSTANT", name=None, constant_values=0):
    """Adds paddings[d] = (before, after) elements to each dimension.

    Args:
      tensor: what to pad.
      paddings: integer tensor [rank, 2].
      mode: "CONSTANT", "REFLECT" or "SYMMETRIC".
      name: of the operation.
      constant_values: the value of mode CONSTANT.

    Raises:
      ValueError: for another mode.
    """
    mode = mode.upper()
    if mode == "CONSTANT":
        if isinstance(constant_values, Tensor) or constant_values != 0:
            result = gen_array_ops.pad_v2(tensor, paddings, constant_values, name=name)
        else:
            result = gen_array_ops.pad(tensor, paddings, name=name)
    elif mode in ("REFLECT", "SYMMETRIC"):
        result = gen_array_ops.mirror_pad(tensor, paddings, mode=mode, name=name)
    else:
        raise ValueError("Unknown padding mode: %s" % mode)
    _set_padded_shape(result)
    return result


def _set_padded_shape(result):
    known = tensor_util.constant_value(result.op.inputs[1], partial=True)
    before = result.op.inputs[0].shape
    if before.ndims is None or result.shape.is_fully_defined() or known is None:
        return
    sizes = [None if p is None or d is None or any(x is None for x in p) else sum(p) + d for p, d in zip(known, before.as_list())]
    result.set_shape(sizes)


def space_to_batch(input, paddings, block_size, name=None):
    """Moves blocks of the two spatial dimensions of a 4-D tensor into the batch dimension, after zero padding."""
    result = gen_array_ops.space_to_batch_nd(input, paddings=paddings, block_shape=np.array([block_size, block_size], dtype=np.int64),
                                             name=name)
    result.set_shape(result.get_shape().with_rank(4))
    return result


def batch_to_space(input, crops, block_size, name=None):
    """The reverse of space_to_batch, with cropping."""
    result = gen_array_ops.batch_to_space_nd(input, crops=crops, block_shape=np.array([block_size, block_size], dtype=np.int64), name=name)
    result.set_shape(result.get_shape().with_rank(4))
    return result


def space_to_depth(input, block_size, name=None, data_format="NHWC"):
    """Moves blocks of the spatial dimensions into the channels."""
    return gen_array_ops.space_to_depth(input, block_size, data_format, name=name)


def depth_to_space(input, block_size, name=None, data_format="NHWC"):
    """Moves channels into blocks of the spatial dimensions."""
    return gen_array_ops.depth_to_space(input, block_size, data_format, name=name)


def required_space_to_batch_paddings(input_shape, block_shape, base_paddings=None, name=None):
    """The pair (paddings, crops) that makes sizes divisible by `block_shape`."""
    with ops.name_scope(name, "required_space_to_batch_paddings", [input_shape, block_shape]):
        input_shape = ops.convert_to_tensor(input_shape, dtype=dtypes.int32, name="input_shape")
        block_shape = ops.convert_to_tensor(block_shape, dtype=dtypes.int32, name="block_shape")
        block_shape.get_shape().assert_is_fully_defined()
        block_shape.get_shape().assert_has_rank(1)
        n = block_shape.get_shape()[0].value
        if n == 0:
            return zeros([0, 2], dtypes.int32), zeros([0, 2], dtypes.int32)
        input_shape.get_shape().assert_is_compatible_with([n])
        if base_paddings is not None:
            base_paddings = ops.convert_to_tensor(base_paddings, dtype=dtypes.int32, name="base_paddings")
            base_paddings.get_shape().assert_is_compatible_with([n, 2])
        else:
            base_paddings = zeros([n, 2], dtypes.int32)
        known = [tensor_util.constant_value(t) for t in (block_shape, input_shape, base_paddings)]
        if all(v is not None for v in known):
            block_shape, input_shape, base_paddings = known
        start, end = base_paddings[:, 0], base_paddings[:, 1]
        extra = (block_shape - (input_shape + start + end) % block_shape) % block_shape
        end = end + extra
        paddings = stack([[start[i], end[i]] for i in range(n)], name="paddings")
        crops = stack([[0, extra[i]] for i in range(n)], name="crops")
        return paddings, crops


# ---- joining and cutting ----

def stack(values, axis=0, name="stack"):
    """Tensors of one shape along a new axis; ValueError for an axis out of range."""
    if axis == 0:
        try:
            return ops.convert_to_tensor(values, name=name)
        except (TypeError, ValueError):
            pass  # values of several convertible kinds: Pack decides
    known = ops.convert_to_tensor(values[0], name=name)._shape_tuple()
    if known is not None:
        n = len(known) + 1
        if axis < -n or axis >= n:
            raise ValueError("axis = %d not in [%d, %d)" % (axis, -n, n))
    return gen_array_ops.pack(values, axis=axis, name=name)


def parallel_stack(values, name="parallel_stack"):
    """stack along axis 0, each part copied as soon as it is there."""
    with ops.name_scope(name):
        shape0 = ops.convert_to_tensor(values[0]).get_shape()
        shape = tensor_shape.TensorShape([len(values)]).concatenate(shape0)
        return gen_array_ops.parallel_concat([expand_dims(v, 0) for v in values], shape=shape)


def unstack(value, num=None, axis=0, name="unstack"):
    """The slices of a tensor along an axis, a list; ValueError where their number is not known."""
    if num is None:
        value = ops.convert_to_tensor(value)
        shape = value.get_shape()
        if shape.ndims is not None:
            if axis < -shape.ndims or axis >= shape.ndims:
                raise ValueError("axis = %d not in [%d, %d)" % (axis, -shape.ndims, shape.ndims))
            num = shape[axis].value
        if num is None:
            raise ValueError("Cannot infer num from shape %s" % shape)
    return gen_array_ops.unpack(value, num=num, axis=axis, name=name)


def concat(values, axis, name="concat"):
    """Joins tensors along an existing axis."""
    if not isinstance(values, (list, tuple)):
        values = [values]
    if len(values) == 1:
        with ops.name_scope(name) as scope:
            axis = ops.convert_to_tensor(axis, name="concat_dim", dtype=dtypes.int32)
            axis.get_shape().assert_is_compatible_with(tensor_shape.scalar())
            return gen_array_ops.identity(values[0], name=scope)
    return gen_array_ops.concat_v2(values=values, axis=axis, name=name)


def split(value, num_or_size_splits, axis=0, num=None, name="split"):
    """Cuts a tensor along an axis into equal parts (a number) or parts of given sizes (a list); a list of tensors."""
    sizes = ops.convert_to_tensor(num_or_size_splits)
    if sizes.shape.ndims == 0 and sizes.dtype.is_integer:
        return gen_array_ops.split(axis=axis, num_split=num_or_size_splits, value=value, name=name)
    if num is None:
        known = sizes._shape_tuple()
        num = known[0] if known else None
        if num is None:
            raise ValueError("Cannot infer num from shape %s" % num_or_size_splits)
    return gen_array_ops.split_v(value=value, size_splits=sizes, axis=axis, num_split=num, name=name)


def slice(input_, begin, size, name=None):
    """The part of a tensor that starts at `begin` and has `size` elements in each dimension (-1: all that follow)."""
    return gen_array_ops.slice(input_, begin, size, name=name)


def strided_slice(input_, begin, end, strides=None, begin_mask=0, end_mask=0, ellipsis_mask=0, new_axis_mask=0, shrink_axis_mask=0,
                  var=None, name=None):
    """input_[begin:end:strides] per dimension, with masks as in the StridedSlice op.

    Args:
      var: the variable that input_ was read from; then the result has an `assign` method for the slice.
    """
    if strides is None:
        strides = ones_like(begin)
    op = gen_array_ops.strided_slice(input=input_, begin=begin, end=end, strides=strides, name=name, begin_mask=begin_mask,
                                     end_mask=end_mask, ellipsis_mask=ellipsis_mask, new_axis_mask=new_axis_mask,
                                     shrink_axis_mask=shrink_axis_mask)

    parent_name = name

    def assign(val, name=None):
        """Assigns to the slice of the variable."""
        if var is None:
            raise ValueError("Sliced assignment is only supported for variables")
        if name is None:
            name = parent_name + "_assign"
        return var._strided_slice_assign(begin=begin, end=end, strides=strides, value=val, name=name, begin_mask=begin_mask,
                                         end_mask=end_mask, ellipsis_mask=ellipsis_mask, new_axis_mask=new_axis_mask,
                                         shrink_axis_mask=shrink_axis_mask)
    op.assign = assign
    return op


# ---- picking elements ----

def gather(params, indices, validate_indices=None, name=None, axis=0):
    """Slices of `params` at `indices` along an axis.

    Raises:
      InvalidArgumentError: when run, for an index out of range.
    """
    del validate_indices
    if axis == 0 and hasattr(params, "sparse_read"):
        return params.sparse_read(indices, name=name)
    return gen_array_ops.gather_v2(params, indices, axis, name=name)


def batch_gather(params, indices, name=None):
    """gather along the last dimension of `indices`, separately for each leading index."""
    with ops.name_scope(name):
        indices = ops.convert_to_tensor(indices, name="indices")
        params = ops.convert_to_tensor(params, name="params")
        indices_shape, params_shape = shape(indices), shape(params)
        ndims = indices.shape.ndims
        if ndims is None:
            raise ValueError("batch_gather does not allow indices with unknown shape.")
        flat, stride = indices, 1
        for d in builtins.range(ndims - 1, 0, -1):
            n = params_shape[d - 1]
            stride *= params_shape[d]
            offsets = gen_array_ops.range(0, n, 1)
            offsets *= stride
            flat += gen_array_ops.reshape(offsets, stack([1] * (d - 1) + [n] + [1] * (ndims - d), axis=0))
        flat = gen_array_ops.reshape(flat, [-1])
        outer = params_shape[ndims:]
        inner = gen_array_ops.prod(params_shape[:ndims], [0], False)
        rows = gather(gen_array_ops.reshape(params, concat([[inner], outer], axis=0)), flat)
        result = gen_array_ops.reshape(rows, concat([indices_shape, outer], axis=0))
        final = indices.get_shape()[:ndims - 1].merge_with(params.get_shape()[:ndims - 1])
        final = final.concatenate(indices.get_shape()[ndims - 1]).concatenate(params.get_shape()[ndims:])
        result.set_shape(final)
        return result


def boolean_mask(tensor, mask, name="boolean_mask", axis=None):
    """The elements (or slices) of `tensor` where `mask`, whose shape matches it from `axis` on, holds.

    Raises:
      ValueError: if the shapes do not match, or the rank of the mask is 0 or unknown.
    """
    with ops.name_scope(name, values=[tensor, mask]):
        tensor = ops.convert_to_tensor(tensor, name="tensor")
        mask = ops.convert_to_tensor(mask, name="mask")
        mask_shape, tensor_known = mask.get_shape(), tensor.get_shape()
        ndims = mask_shape.ndims
        if ndims == 0:
            raise ValueError("mask cannot be scalar.")
        if ndims is None:
            raise ValueError("Number of mask dimensions must be specified, even if some dimensions are None.  "
                             "E.g. shape=[None] is ok, but shape=None is not.")
        axis = 0 if axis is None else axis
        tensor_known[axis:axis + ndims].assert_is_compatible_with(mask_shape)
        leading = gen_array_ops.prod(shape(tensor)[axis:axis + ndims], [0])
        tensor = gen_array_ops.reshape(tensor, concat([shape(tensor)[:axis], [leading], shape(tensor)[axis + ndims:]], 0))
        first = tensor_known[axis:axis + ndims].num_elements()
        tensor.set_shape(tensor_shape.as_shape(tensor_known[:axis]).concatenate([first]).concatenate(tensor_known[axis + ndims:]))
        mask = gen_array_ops.reshape(mask, [-1])
        return gather(tensor, squeeze(where(mask), axis=[1]), axis=axis)


def where(condition, x=None, y=None, name=None):
    """Elements of x where `condition` holds and of y elsewhere; with neither, the coordinates where it holds.

    Raises:
      ValueError: if only one of x and y is given.
    """
    if x is None and y is None:
        with ops.name_scope(name, "Where", [condition]) as name:
            condition = ops.convert_to_tensor(condition, preferred_dtype=dtypes.bool, name="condition")
            return gen_array_ops.where(condition, name=name)
    if x is None or y is None:
        raise ValueError("x and y must both be non-None or both be None.")
    return gen_array_ops.select(condition, x, y, name=name)


def reverse_sequence(input, seq_lengths, seq_axis=None, batch_axis=None, name=None, seq_dim=None, batch_dim=None):
    """Reverses the first seq_lengths[b] elements along seq_axis, for each b of batch_axis."""
    seq_axis = deprecated_argument_lookup("seq_axis", seq_axis, "seq_dim", seq_dim)
    batch_axis = deprecated_argument_lookup("batch_axis", batch_axis, "batch_dim", batch_dim)
    return gen_array_ops.reverse_sequence(input=input, seq_lengths=seq_lengths, seq_dim=seq_axis,
                                          batch_dim=batch_axis if batch_axis is not None else 0, name=name)


def unique(x, out_idx=dtypes.int32, name=None):
    """The distinct elements of a vector in order of appearance, and each element's index among them."""
    return gen_array_ops.unique(x, out_idx, name)


def unique_with_counts(x, out_idx=dtypes.int32, name=None):
    """unique, and how often each distinct element occurs."""
    return gen_array_ops.unique_with_counts(x, out_idx, name)


def setdiff1d(x, y, index_dtype=dtypes.int32, name=None):
    """The elements of x that are not in y, and their positions."""
    return gen_array_ops.list_diff(x, y, index_dtype, name)


def searchsorted(sorted_sequence, values, side="left", out_type=dtypes.int32, name=None):
    """Where values would be inserted into sorted rows; ValueError for a side other than 'left' and 'right'."""
    n, m = shape_internal(sorted_sequence)[-1], shape_internal(values)[-1]
    rows = gen_array_ops.reshape(sorted_sequence, [-1, n])
    wanted = gen_array_ops.reshape(values, [-1, m])
    if side not in ("left", "right"):
        raise ValueError("side must be either 'right' or 'left'.  Saw: %s." % side)
    f = gen_array_ops.upper_bound if side == "right" else gen_array_ops.lower_bound
    return gen_array_ops.reshape(f(rows, wanted, out_type, name), shape_internal(values))


def edit_distance(hypothesis, truth, normalize=True, name="edit_distance"):
    """The Levenshtein distance between sequences in two SparseTensors; TypeError for anything else."""
    if not _is_sparse(hypothesis):
        raise TypeError("Hypothesis must be a SparseTensor.")
    if not _is_sparse(truth):
        raise TypeError("Truth must be a SparseTensor.")
    return gen_array_ops.edit_distance(hypothesis.indices, hypothesis.values, hypothesis.dense_shape, truth.indices, truth.values,
                                       truth.dense_shape, normalize=normalize, name=name)


def sparse_mask(a, mask_indices, name=None):
    """An IndexedSlices without the rows whose indices are in `mask_indices`."""
    with ops.name_scope(name, "sparse_mask", [a, mask_indices]) as name:
        kept, positions = setdiff1d(a.indices, mask_indices)
        values = gather(a.values, positions, name=name)
        return ops.IndexedSlices(values, kept, a.dense_shape)


def quantize_v2(input, min_range, max_range, T, mode="MIN_COMBINED", name=None, round_mode="HALF_AWAY_FROM_ZERO"):
    """Floats as quantised integers of type T over a range: the tuple (output, output_min, output_max)."""
    return gen_array_ops.quantize_v2(input, min_range, max_range, T=T, mode=mode, name=name, round_mode=round_mode)


def quantize(input, min_range, max_range, T, mode="MIN_COMBINED", round_mode="HALF_AWAY_FROM_ZERO", name=None):
    """quantize_v2 with its arguments in the later order."""
    return gen_array_ops.quantize_v2(input, min_range, max_range, T, mode=mode, round_mode=round_mode, name=name)


# ---- names from before 1.0 ----

def pack(values, axis=0, name="pack"):
    """The name of stack before 1.0."""
    return stack(values, axis=axis, name=name)


def unpack(value, num=None, axis=0, name="unpack"):
    """The name of unstack before 1.0."""
    return unstack(value, num=num, axis=axis, name=name)


def select(condition, x, y, name=None):
    """The name of where(condition, x, y) before 1.0."""
    return where(condition, x, y, name=name)


def concat_v2(values, axis, name="concat_v2"):
    """The name of concat just before 1.0."""
    return concat(values, axis, name=name)


def batch_matrix_diag(diagonal, name=None):
    """The name of matrix_diag before 1.0."""
    return gen_array_ops.matrix_diag(diagonal, name=name)
