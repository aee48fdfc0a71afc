"""Operations on sparse tensors."""
import collections.abc
import numbers

import numpy as np

from pytfgraph.framework import dtypes, ops, sparse_tensor, tensor_util
from pytfgraph.framework.constant_op import constant
from pytfgraph.framework.sparse_tensor import SparseTensor
from pytfgraph.ops import array_ops, check_ops, control_flow_ops, math_ops, raw
from pytfgraph.util.deprecation import deprecated_argument_lookup

gen_sparse_ops = raw.module("gen_sparse_ops")


def __getattr__(name):
    if not name.startswith("__"):
        try:
            return getattr(gen_sparse_ops, name)
        except AttributeError:
            pass
    raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name), name=name)


def _to_sparse(value):
    """`value` as a SparseTensor; TypeError where it is not sparse."""
    if isinstance(value, sparse_tensor.SparseTensorValue):
        return SparseTensor.from_value(value)
    if not isinstance(value, SparseTensor):
        raise TypeError("Input must be a SparseTensor.")
    return value


def _to_sparse_list(values):
    if not isinstance(values, (list, tuple)):
        raise TypeError("Inputs must be a list or tuple.")
    return [_to_sparse(value) for value in values]


def _parts(sparse):
    return sparse.indices, sparse.values, sparse.dense_shape


# ---- dense and sparse ----

def sparse_to_dense(sparse_indices, output_shape, sparse_values, default_value=0, validate_indices=True, name=None):
    """A dense tensor of `output_shape` that holds values at given indices and a default elsewhere.

    Args:
      sparse_indices: int32 or int64: a scalar, [n], or [n, rank].
      output_shape: of the indices' type.
      sparse_values: a scalar or [n].
      default_value: a scalar.
      validate_indices: whether indices must be in ascending order, without repetition.
      name: of the operation.
    """
    return gen_sparse_ops.sparse_to_dense(sparse_indices, output_shape, sparse_values, default_value=default_value,
                                          validate_indices=validate_indices, name=name)


def sparse_tensor_to_dense(sp_input, default_value=0, validate_indices=True, name=None):
    """A SparseTensor made dense; see sparse_to_dense. TypeError for anything else."""
    sp_input = _to_sparse(sp_input)
    return sparse_to_dense(sp_input.indices, sp_input.dense_shape, sp_input.values, default_value=default_value,
                           validate_indices=validate_indices, name=name)


def sparse_to_indicator(sp_input, vocab_size, name=None):
    """A dense bool tensor in which the values (ids) of a sparse one have become the last index: [..., vocab_size]."""
    sp_input = _to_sparse(sp_input)
    with ops.name_scope(name, "SparseToIndicator", [sp_input]) as name:
        n = array_ops.shape(sp_input.indices)[0]
        present = array_ops.fill(array_ops.expand_dims(n, 0), True)
        values = SparseTensor(sp_input.indices, present, sp_input.dense_shape)
        merged = sparse_merge(sp_input, values, vocab_size, name)
        return sparse_tensor_to_dense(merged, default_value=False, validate_indices=False, name=name)


def _check_vocab(size):
    return isinstance(size, (ops.Tensor, numbers.Integral))


def _id_lists(sp_ids, vocab_size):
    """Both arguments of sparse_merge as lists, checked."""
    if sparse_tensor.is_sparse(sp_ids):
        if not _check_vocab(vocab_size):
            raise TypeError("vocab_size has to be a Tensor or Python int. Found %s" % type(vocab_size))
        return [sp_ids], [vocab_size]
    if not isinstance(sp_ids, collections.abc.Iterable):
        raise TypeError("sp_ids has to be a SparseTensor or list thereof. Found %s" % type(sp_ids))
    if not isinstance(vocab_size, collections.abc.Iterable):
        raise TypeError("vocab_size has to be a list of Tensors or Python ints. Found %s" % type(vocab_size))
    for size in vocab_size:
        if not _check_vocab(size):
            raise TypeError("vocab_size has to be a list of Tensors or Python ints. Found %s" % type(size))
    if len(sp_ids) != len(vocab_size):
        raise ValueError("sp_ids and vocab_size have to have equal lengths.")
    return sp_ids, vocab_size


def sparse_merge(sp_ids, sp_values, vocab_size, name=None, already_sorted=False):
    """A SparseTensor whose last index (or last indices) are the values of `sp_ids`, and whose values are those of `sp_values`.

    Args:
      sp_ids: a SparseTensor of integers, or a list of them.
      sp_values: a SparseTensor of the same indices.
      vocab_size: size of each new dimension: an int or Tensor, or a list of them.
      name: of the operations.
      already_sorted: whether the result needs no sorting.

    Raises:
      TypeError: for arguments of other types.
      ValueError: if lists differ in length.
    """
    sp_ids, vocab_size = _id_lists(sp_ids, vocab_size)
    with ops.name_scope(name, "SparseMerge", [sp_ids, sp_values]):
        sp_ids = [_to_sparse(ids) for ids in sp_ids]
        sp_values = _to_sparse(sp_values)
        columns = []
        for ids in sp_ids:
            column = ids.values
            if ids.dtype != dtypes.int64:
                column = math_ops.cast(column, dtypes.int64)
            columns.append(array_ops.expand_dims(column, axis=1))
        vocab_size = [math_ops.cast(size, dtypes.int64) for size in vocab_size]
        kept = sp_ids[0].indices[:, :-1]
        indices = array_ops.concat([kept] + columns, 1)
        shape = array_ops.concat([sp_ids[0].dense_shape[:-1], vocab_size], 0)
        result = SparseTensor(indices, sp_values.values, shape)
        if already_sorted:
            return result
        result = sparse_reorder(result)
        return SparseTensor(result.indices, result.values, shape)


# ---- arithmetic ----

def sparse_add(a, b, thresh=0):
    """The sum of two tensors of one shape, at least one of which is sparse; it is dense unless both are sparse.

    Args:
      a, b: SparseTensor, SparseTensorValue or Tensor; indices are in row-major order.
      thresh: elements of a sparse sum whose magnitude is below are left out.

    Raises:
      TypeError: if neither is sparse.
    """
    sparse = [sparse_tensor.is_sparse(x) for x in (a, b)]
    if not any(sparse):
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    if not all(sparse):
        a, b = (a, b) if sparse[0] else (b, a)
        return gen_sparse_ops.sparse_tensor_dense_add(a.indices, a.values, a.dense_shape, b)
    a, b = _to_sparse(a), _to_sparse(b)
    thresh = ops.convert_to_tensor(thresh, dtype=a.values.dtype.real_dtype.base_dtype, name="thresh")
    indices, values, shape = gen_sparse_ops.sparse_add(*_parts(a), *_parts(b), thresh)
    a.get_shape().assert_is_compatible_with(b.get_shape())
    static = array_ops.broadcast_static_shape(a.get_shape(), b.get_shape())
    return SparseTensor(indices, values, static.as_list() if static.is_fully_defined() else shape)


def sparse_dense_cwise_add(sp_t, dense_t):
    """The sum of a SparseTensor and a Tensor that is broadcast to it, at the indices of the first."""
    return SparseTensor(sp_t.indices, gen_sparse_ops.sparse_dense_cwise_add(*_parts(sp_t), dense_t), sp_t.dense_shape)


def _sparse_dense_truediv(sp_indices, sp_values, sp_shape, y, name=None):
    """Values of sparse / dense: integers are made floats first."""
    with ops.name_scope(name, "truediv", [sp_indices, sp_values, sp_shape, y]) as name:
        sp_values, y = ops.convert_to_tensor(sp_values, name="sp_values"), ops.convert_to_tensor(y, name="y")
        sp_values, y = math_ops._for_truediv(sp_values, y)
        return gen_sparse_ops.sparse_dense_cwise_div(sp_indices, sp_values, sp_shape, y, name=name)


def _operator(sp_x, y, name, f):
    """The Python operators of SparseTensor: a Tensor, broadcast, on the right."""
    with ops.name_scope(None, name, [sp_x, y]) as name:
        y = ops.convert_to_tensor(y, dtype=sp_x.dtype.base_dtype, name="y")
        return SparseTensor(sp_x.indices, f(*_parts(sp_x), y, name=name), sp_x.dense_shape)


def sparse_tensor_dense_matmul(sp_a, b, adjoint_a=False, adjoint_b=False, name=None):
    """The product of a sparse matrix and a dense one.

    Args:
      sp_a: a SparseTensor of rank 2.
      b: a matrix of its type: float32, float64, int32, complex64 or complex128.
      adjoint_a, adjoint_b: whether a factor is transposed (b: and conjugated) first.
      name: of the operation.
    """
    sp_a = _to_sparse(sp_a)
    with ops.name_scope(name, "SparseTensorDenseMatMul", [sp_a.indices, sp_a.values, b]) as name:
        b = ops.convert_to_tensor(b, name="b")
        return gen_sparse_ops.sparse_tensor_dense_mat_mul(sp_a.indices, sp_a.values, sp_a.dense_shape, b, adjoint_a=adjoint_a,
                                                          adjoint_b=adjoint_b)


def sparse_softmax(sp_input, name=None):
    """Softmax over the last dimension of a SparseTensor of rank 2 or more; what is empty counts as -inf."""
    with ops.name_scope(name, "SparseSoftmax", [sp_input.indices, sp_input.values]) as name:
        values = gen_sparse_ops.sparse_softmax(*_parts(sp_input))
        return SparseTensor(sp_input.indices, values, sp_input.dense_shape)


def _of_both(op, scope, sp_a, sp_b, name):
    with ops.name_scope(name, scope, [sp_a.indices, sp_a.values, sp_b.indices, sp_b.values]) as name:
        indices, values = getattr(gen_sparse_ops, op)(*_parts(sp_a), *_parts(sp_b), name=name)
    return SparseTensor(indices, values, sp_a.dense_shape)


def sparse_maximum(sp_a, sp_b, name=None):
    """The larger of two SparseTensors' elements, where either has one; what is empty counts as 0."""
    return _of_both("sparse_sparse_maximum", "SparseSparseMaximum", sp_a, sp_b, name)


def sparse_minimum(sp_a, sp_b, name=None):
    """The smaller of two SparseTensors' elements, where either has one; what is empty counts as 0."""
    return _of_both("sparse_sparse_minimum", "SparseSparseMinimum", sp_a, sp_b, name)


def _reduce(op, sp_input, axis, keepdims, reduction_axes, keep_dims):
    keepdims = deprecated_argument_lookup("keepdims", keepdims, "keep_dims", keep_dims)
    return getattr(gen_sparse_ops, op)(*_parts(sp_input), math_ops._axes(sp_input, axis, reduction_axes),
                                       False if keepdims is None else keepdims)


def sparse_reduce_sum(sp_input, axis=None, keepdims=None, reduction_axes=None, keep_dims=None):
    """Sums of a SparseTensor's elements over some dimensions (all, without `axis`), as a Tensor.

    Args:
      sp_input: SparseTensor.
      axis: ints, also negative.
      keepdims: whether reduced dimensions stay, with size 1.
      reduction_axes: older name of axis.
      keep_dims: older name of keepdims.
    """
    return _reduce("sparse_reduce_sum", sp_input, axis, keepdims, reduction_axes, keep_dims)


def sparse_reduce_max(sp_input, axis=None, keepdims=None, reduction_axes=None, keep_dims=None):
    """Maxima of a SparseTensor's elements, 0 where there is none; arguments as of sparse_reduce_sum."""
    return _reduce("sparse_reduce_max", sp_input, axis, keepdims, reduction_axes, keep_dims)


def sparse_reduce_sum_sparse(sp_input, axis=None, keepdims=None, reduction_axes=None, keep_dims=None):
    """sparse_reduce_sum as a SparseTensor."""
    return SparseTensor(*_reduce("sparse_reduce_sum_sparse", sp_input, axis, keepdims, reduction_axes, keep_dims))


def sparse_reduce_max_sparse(sp_input, axis=None, keepdims=None, reduction_axes=None, keep_dims=None):
    """sparse_reduce_max as a SparseTensor."""
    return SparseTensor(*_reduce("sparse_reduce_max_sparse", sp_input, axis, keepdims, reduction_axes, keep_dims))


# ---- places ----

def sparse_reorder(sp_input, name=None):
    """A SparseTensor with its elements in row-major order of their indices."""
    sp_input = _to_sparse(sp_input)
    indices, values = gen_sparse_ops.sparse_reorder(*_parts(sp_input), name=name)
    if sp_input.get_shape().is_fully_defined():
        shape = sp_input.get_shape().as_list()
    else:
        shape = array_ops.identity(sp_input.dense_shape)
    return SparseTensor(indices, values, shape)


def _static_reshape(sp_input, shape):
    """The new shape where all of it can be told now, else None; ValueError where it does not fit."""
    target = tensor_util.constant_value(shape)
    if target is None or not sp_input.get_shape().is_fully_defined():
        return None
    unknown = [i for i, size in enumerate(target) if size == -1]
    if len(unknown) > 1:
        raise ValueError("At most one dimension can be inferred (-1). Found: %s" % target)
    given, count = list(target), np.prod(sp_input.get_shape().as_list())
    if unknown:
        target[unknown[0]] = count // np.prod(given[:unknown[0]] + given[unknown[0] + 1:])
    size = np.prod(target)
    if size != count:
        raise ValueError("Cannot reshape a tensor with %d elements to shape %s (%d elements)." % (count, given, size))
    return target


def sparse_reshape(sp_input, shape, name=None):
    """A SparseTensor of another shape with the same elements in row-major order.

    Args:
      sp_input: SparseTensor.
      shape: int64 vector, in which one size may be -1.
      name: of the operation.

    Raises:
      ValueError: if it is known that the sizes do not fit, or more than one is -1.
    """
    sp_input = _to_sparse(sp_input)
    shape = math_ops.cast(shape, dtype=dtypes.int64)
    with ops.name_scope(name, "SparseReshape", [sp_input]) as name:
        indices, new_shape = gen_sparse_ops.sparse_reshape(sp_input.indices, sp_input.dense_shape, shape, name=name)
        static = _static_reshape(sp_input, shape)
        return SparseTensor(indices, array_ops.identity(sp_input.values), new_shape if static is None else static)


def sparse_transpose(sp_input, perm=None, name=None):
    """A SparseTensor with its dimensions in another order (reversed, without `perm`), sorted."""
    with ops.name_scope(name, "SparseTranspose", [sp_input]) as name:
        if perm is None:
            rank = array_ops.rank(sp_input)
            perm = (rank - 1) - math_ops.range(0, rank, 1)
        indices = array_ops.transpose(array_ops.gather(array_ops.transpose(sp_input.indices), perm))
        known = tensor_util.constant_value(ops.convert_to_tensor(perm))
        if known is not None and sp_input.get_shape().is_fully_defined():
            sizes = sp_input.get_shape().as_list()
            shape = [sizes[p] for p in known]
        else:
            shape = array_ops.gather(sp_input.dense_shape, perm)
        return sparse_reorder(SparseTensor(indices, sp_input.values, shape))


def sparse_expand_dims(sp_input, axis=None, name=None):
    """A SparseTensor with a dimension of size 1 inserted at `axis` (last, where that is None).

    Raises:
      TypeError: if `axis` is no integer.
    """
    rank = sp_input.dense_shape.get_shape()[0]
    axis = -1 if axis is None else axis
    with ops.name_scope(name, default_name="expand_dims", values=[sp_input]):
        if isinstance(axis, numbers.Integral):
            axis = ops.convert_to_tensor(axis, name="axis", dtype=dtypes.int32)
        elif not isinstance(axis, ops.Tensor):
            raise TypeError("axis must be an integer value in range [-rank(sp_input) - 1, rank(sp_input)]")
        axis = array_ops.where(axis >= 0, axis, axis + rank + 1)
        n = array_ops.shape(sp_input.indices)[0]
        column = array_ops.zeros([n, 1], dtype=dtypes.int64)
        before = array_ops.slice(sp_input.indices, [0, 0], [-1, axis])
        after = array_ops.slice(sp_input.indices, [0, axis], [-1, -1])
        indices = array_ops.concat([before, column, after], axis=1)
        before = array_ops.slice(sp_input.dense_shape, [0], [axis])
        after = array_ops.slice(sp_input.dense_shape, [axis], [-1])
        one = ops.convert_to_tensor([1], name="new_shape", dtype=dtypes.int64)
        shape = array_ops.concat([before, one, after], axis=0)
        return SparseTensor(indices=indices, values=sp_input.values, dense_shape=shape)


def _int64(value, name):
    if isinstance(value, numbers.Integral):
        return ops.convert_to_tensor(value, name=name, dtype=dtypes.int64)
    if not isinstance(value, ops.Tensor):
        raise TypeError("{} must be an integer value".format(name))
    return value if value.dtype == dtypes.int64 else math_ops.cast(value, dtypes.int64)


def sparse_eye(num_rows, num_columns=None, dtype=dtypes.float32, name=None):
    """A SparseTensor with ones on the diagonal; TypeError for sizes that are no integers."""
    with ops.name_scope(name, default_name="eye", values=[num_rows, num_columns]):
        num_rows = _int64(num_rows, "num_rows")
        num_columns = num_rows if num_columns is None else _int64(num_columns, "num_columns")
        n = math_ops.minimum(num_rows, num_columns)
        diagonal = math_ops.range(n, dtype=dtypes.int64)
        return SparseTensor(indices=array_ops.stack([diagonal, diagonal], axis=1), values=array_ops.ones(n, dtype=dtype),
                            dense_shape=[num_rows, num_columns])


def sparse_concat(axis, sp_inputs, name=None, expand_nonconcat_dim=False, concat_dim=None):
    """SparseTensors joined along `axis`.

    Args:
      axis: int, also negative.
      sp_inputs: list of SparseTensors of one rank.
      name: of the operation.
      expand_nonconcat_dim: whether the other dimensions grow to the largest among the inputs.
      concat_dim: older name of axis.
    """
    axis = deprecated_argument_lookup("axis", axis, "concat_dim", concat_dim)
    sp_inputs = _to_sparse_list(sp_inputs)
    if len(sp_inputs) == 1:
        return sp_inputs[0]
    indices, values, shapes = zip(*map(_parts, sp_inputs))
    if expand_nonconcat_dim:
        largest = math_ops.reduce_max(array_ops.concat([array_ops.reshape(shape, [1, -1]) for shape in shapes], 0), 0)
        shapes = [array_ops.concat([largest[:axis], shape[-1:] if axis == -1 else shape[axis:axis + 1],
                                    [] if axis == -1 else largest[axis + 1:]], 0) for shape in shapes]
    return SparseTensor(*gen_sparse_ops.sparse_concat(list(indices), list(values), list(shapes), axis, name=name))


class KeywordRequired:
    """Stands where an argument must be given by name."""

    def __repr__(self):
        return "KeywordRequired()"


def sparse_split(keyword_required=KeywordRequired(), sp_input=None, num_split=None, axis=None, name=None, split_dim=None):
    """A SparseTensor cut along `axis` into `num_split` SparseTensors, of which the first are one longer where it does not divide.

    All arguments are given by name.

    Raises:
      ValueError: if one is not, or is missing.
    """
    if not isinstance(keyword_required, KeywordRequired):
        raise ValueError("Keyword arguments are required for this function.")
    for argument, value in (("sp_input", sp_input), ("num_split", num_split), ("axis", axis)):
        if value is None:
            raise ValueError("%s is required" % argument)
    axis = deprecated_argument_lookup("axis", axis, "split_dim", split_dim)
    sp_input = _to_sparse(sp_input)
    lists = gen_sparse_ops.sparse_split(axis, *_parts(sp_input), num_split, name=name)
    return [SparseTensor(*parts) for parts in zip(*lists)]


def sparse_slice(sp_input, start, size, name=None):
    """The part of a SparseTensor that begins at `start` and has `size`, cut off at its end."""
    sp_input = _to_sparse(sp_input)
    start, size = ops.convert_to_tensor(start, dtypes.int64), ops.convert_to_tensor(size, dtypes.int64)
    with ops.name_scope(name, "SparseSlice", [sp_input]) as name:
        return SparseTensor(*gen_sparse_ops.sparse_slice(*_parts(sp_input), start, size, name=name))


# ---- elements ----

def sparse_retain(sp_input, to_retain):
    """The elements of a SparseTensor for which the bool vector `to_retain` is true."""
    sp_input = _to_sparse(sp_input)
    to_retain = ops.convert_to_tensor(to_retain)
    known = to_retain.get_shape()
    known.assert_has_rank(1)
    sp_input.values.get_shape()[0].merge_with(known[0])
    kept = array_ops.reshape(array_ops.where(to_retain), [-1])
    indices, values = array_ops.gather(sp_input.indices, kept), array_ops.gather(sp_input.values, kept)
    return SparseTensor(indices, values, array_ops.identity(sp_input.dense_shape))


def sparse_reset_shape(sp_input, new_shape=None):
    """A SparseTensor with the same elements in `new_shape`, which must be as large in each dimension, or in the smallest shape.

    Raises:
      ValueError: if it is known that a size is smaller.
    """
    sp_input = _to_sparse(sp_input)
    indices, values, shape = [array_ops.identity(part) for part in _parts(sp_input)]
    if new_shape is None:
        last = math_ops.reduce_max(indices, axis=0)
        result = math_ops.maximum(constant(0, dtype=dtypes.int64), math_ops.add(last, array_ops.ones_like(shape)))
        return SparseTensor(indices, values, result)
    result = ops.convert_to_tensor(new_shape)
    result.get_shape().assert_has_rank(1)
    result = math_ops.cast(result, dtypes.int64)
    result.get_shape()[0].merge_with(shape.get_shape()[0])
    known = tensor_util.constant_value(result)
    if known is not None and sp_input.get_shape().is_fully_defined():
        old = np.array(sp_input.get_shape().as_list())
        if not np.all(old <= known):
            raise ValueError("Requested new_shape should have dimension sizes >= sp_input.shape.  Found new_shape (%s), sp_input.shape (%s)."
                             % (old, known))
        return SparseTensor(indices, values, known)
    result = control_flow_ops.with_dependencies([check_ops.assert_equal(array_ops.shape(shape), array_ops.shape(result))], result)
    result = control_flow_ops.with_dependencies([check_ops.assert_less_equal(shape, result)], result)
    return SparseTensor(indices, values, result)


def sparse_fill_empty_rows(sp_input, default_value, name=None):
    """Gives each row that is empty one element, `default_value`, in column 0.

    Returns:
      The filled SparseTensor, and a bool vector that tells which rows were empty.
    """
    sp_input = _to_sparse(sp_input)
    with ops.name_scope(name, "SparseFillEmptyRows", [sp_input]):
        default_value = ops.convert_to_tensor(default_value, dtype=sp_input.values.dtype)
        indices, values, empty, _ = gen_sparse_ops.sparse_fill_empty_rows(*_parts(sp_input), default_value)
        return SparseTensor(indices, values, sp_input.dense_shape), empty


# ---- crosses ----

_DEFAULT_HASH_KEY = 0xDECAFCAFFE


def sparse_cross(inputs, name=None):
    """Every combination of the features in each row of `inputs` (SparseTensors and Tensors), joined by "_X_"."""
    return _cross(inputs, False, 0, None, name)


def sparse_cross_hashed(inputs, num_buckets=0, hash_key=None, name=None):
    """sparse_cross with a hash below `num_buckets` (any int64, for 0) in place of each combination's text."""
    return _cross(inputs, True, num_buckets, hash_key, name)


def _cross(inputs, hashed, num_buckets, hash_key, name):
    if not isinstance(inputs, list):
        raise TypeError("Inputs must be a list")
    if not all(isinstance(i, (SparseTensor, ops.Tensor)) for i in inputs):
        raise TypeError("All inputs must be SparseTensors")
    sparse = [i for i in inputs if isinstance(i, SparseTensor)]
    dense = [i for i in inputs if not isinstance(i, SparseTensor)]
    values = [_int64_or_string(i.values) for i in sparse]
    dense = [_int64_or_string(i) for i in dense]
    internal = dtypes.int64 if any(v.dtype == dtypes.int64 for v in values + dense) else dtypes.string
    return SparseTensor(*gen_sparse_ops.sparse_cross(
        indices=[i.indices for i in sparse], values=values, shapes=[i.dense_shape for i in sparse], dense_inputs=dense, hashed_output=hashed,
        num_buckets=num_buckets, hash_key=hash_key or _DEFAULT_HASH_KEY, out_type=dtypes.int64 if hashed else dtypes.string,
        internal_type=internal, name=name))


def _int64_or_string(t):
    return t if t.dtype == dtypes.string else math_ops.to_int64(t)


# ---- out of the graph ----

def serialize_sparse(sp_input, name=None, out_type=dtypes.string):
    """A SparseTensor as a vector of 3 strings (or variants): its indices, values and shape."""
    return gen_sparse_ops.serialize_sparse(*_parts(_to_sparse(sp_input)), name=name, out_type=out_type)


def serialize_many_sparse(sp_input, name=None, out_type=dtypes.string):
    """The rows of a SparseTensor of rank 2 or more as a matrix of strings (or variants), 3 for each."""
    return gen_sparse_ops.serialize_many_sparse(*_parts(_to_sparse(sp_input)), name=name, out_type=out_type)


def _with_rank(indices, values, shape, rank):
    indices.set_shape([None, rank])
    shape.set_shape([rank])
    return SparseTensor(indices, values, shape)


def deserialize_sparse(serialized_sparse, dtype, rank=None, name=None):
    """The inverse of serialize_sparse, and of stacks of it: [..., 3] gives a SparseTensor with those dimensions in front."""
    return _with_rank(*gen_sparse_ops.deserialize_sparse(serialized_sparse, dtype, name=name), rank)


def deserialize_many_sparse(serialized_sparse, dtype, rank=None, name=None):
    """A SparseTensor whose rows were serialised each: [n, 3] strings.

    Args:
      serialized_sparse: string matrix.
      dtype: of the values.
      rank: of the serialised tensors, plus 1; None where it is not known.
      name: of the operation.
    """
    return _with_rank(*gen_sparse_ops.deserialize_many_sparse(serialized_sparse, dtype, name=name), rank)


def _add_sparse_to_tensors_map(sp_input, container=None, shared_name=None, name=None):
    return gen_sparse_ops.add_sparse_to_tensors_map(*_parts(_to_sparse(sp_input)), container=container, shared_name=shared_name, name=name)


def _add_many_sparse_to_tensors_map(sp_input, container=None, shared_name=None, name=None):
    return gen_sparse_ops.add_many_sparse_to_tensors_map(*_parts(_to_sparse(sp_input)), container=container, shared_name=shared_name,
                                                         name=name)


def _take_many_sparse_from_tensors_map(sparse_map_op, sparse_handles, rank=None, name=None):
    if not isinstance(sparse_map_op, ops.Operation):
        raise TypeError("sparse_map_op be an Operation")
    if sparse_map_op.type not in ("AddSparseToTensorsMap", "AddManySparseToTensorsMap"):
        raise TypeError("sparse_map_op must be one of AddSparseToTensorsMap or AddSparseToTensorsMap. Instead, found `%s`."
                        % sparse_map_op.type)
    with ops.colocate_with(sparse_map_op):
        parts = gen_sparse_ops.take_many_sparse_from_tensors_map(
            sparse_handles, dtype=sparse_map_op.get_attr("T"), container=sparse_map_op.get_attr("container"),
            shared_name=sparse_map_op.get_attr("shared_name") or sparse_map_op.name, name=name)
    return _with_rank(*parts, rank)
