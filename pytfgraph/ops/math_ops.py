"""Arithmetic: tf.add, tf.matmul, tf.reduce_sum and their kin."""
import builtins

import numpy as np

from pytfgraph._core import Tensor
from pytfgraph.framework import constant_op, dtypes, ops, sparse_tensor, tensor_shape
from pytfgraph.framework.indexed_slices import IndexedSlices
from pytfgraph.framework.sparse_tensor import SparseTensor
from pytfgraph.ops import raw
from pytfgraph.platform import tf_logging as logging
from pytfgraph.util import nest

gen_math_ops = raw.module("gen_math_ops")

# Functions whose arguments are their op's.
_SAME = """acos acosh add asin asinh atan atan2 atanh betainc ceil cos cosh cross digamma equal erfc exp expm1 floor floor_div greater
greater_equal igamma igammac is_finite is_inf is_nan less less_equal lgamma lin_space log log1p logical_and logical_not logical_or
maximum minimum not_equal polygamma reciprocal rint rsqrt segment_max segment_mean segment_min segment_prod segment_sum sin sinh
squared_difference tan unsorted_segment_max unsorted_segment_min unsorted_segment_prod unsorted_segment_sum zeta real_div
truncate_div truncate_mod floor_mod inv""".split()
_ALIASES = {"mod": "floor_mod", "floormod": "floor_mod", "realdiv": "real_div", "truncatediv": "truncate_div",
            "truncatemod": "truncate_mod", "linspace": "lin_space", "arg_max": "arg_max", "arg_min": "arg_min",
            "complex_abs": "complex_abs", "batch_matmul": "batch_mat_mul"}


def __getattr__(name):
    if name in _SAME or name in _ALIASES:
        value = globals()[name] = getattr(gen_math_ops, _ALIASES.get(name, name))
        return value
    raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name), name=name)


def _on_values(x, f, name):
    """Applies an elementwise function to the values of a SparseTensor."""
    return SparseTensor(indices=x.indices, values=f(x.values, name=name), dense_shape=x.dense_shape)


def _unary(op_name, scope, doc):
    def f(x, name=None):
        with ops.name_scope(name, scope, [x]) as name:
            g = getattr(gen_math_ops, op_name)
            return _on_values(x, g, name) if isinstance(x, SparseTensor) else g(x, name=name)
    f.__name__ = f.__qualname__ = op_name
    f.__doc__ = doc
    return f


square = _unary("square", "Square", "x*x, elementwise; also of a SparseTensor's values.")
sqrt = _unary("sqrt", "Sqrt", "The square root, elementwise; also of a SparseTensor's values.")
erf = _unary("erf", "Erf", "The Gauss error function, elementwise; also of a SparseTensor's values.")
tanh = _unary("tanh", "Tanh", "The hyperbolic tangent, elementwise; also of a SparseTensor's values.")
sign = _unary("sign", "Sign", "-1, 0 or 1 (x/|x| for complex x), elementwise; also of a SparseTensor's values.")
negative = _unary("neg", "Neg", "-x, elementwise; also of a SparseTensor's values.")
negative.__name__ = negative.__qualname__ = "negative"


def abs(x, name=None):
    """The absolute value, elementwise; of complex numbers the magnitude, a real tensor."""
    with ops.name_scope(name, "Abs", [x]) as name:
        if isinstance(x, SparseTensor):
            if x.values.dtype.is_complex:
                return _on_values(x, lambda v, name: gen_math_ops.complex_abs(v, Tout=v.dtype.real_dtype, name=name), name)
            return _on_values(x, gen_math_ops.abs, name)
        x = ops.convert_to_tensor(x, name="x")
        if x.dtype.is_complex:
            return gen_math_ops.complex_abs(x, Tout=x.dtype.real_dtype, name=name)
        return gen_math_ops.abs(x, name=name)


def _bucketize(input, boundaries, name=None):
    """The number of boundaries (a sorted list of floats) at or below each element, int32."""
    return raw.function("bucketize")(input=input, boundaries=boundaries, name=name)


def argmax(input, axis=None, name=None, dimension=None, output_type=dtypes.int64):
    """The index of the largest element along an axis (0 where none is given); the first of equals."""
    return gen_math_ops.arg_max(input, _one_axis(axis, dimension, "dimension"), output_type=output_type, name=name)


def argmin(input, axis=None, name=None, dimension=None, output_type=dtypes.int64):
    """The index of the smallest element along an axis (0 where none is given); the first of equals."""
    return gen_math_ops.arg_min(input, _one_axis(axis, dimension, "dimension"), output_type=output_type, name=name)


def _one_axis(axis, old, old_name):
    if old is not None:
        if axis is not None:
            raise ValueError("Cannot specify both 'axis' and '%s'" % old_name)
        return old
    return 0 if axis is None else axis


def multiply(x, y, name=None):
    """x*y, elementwise with broadcasting."""
    return gen_math_ops.mul(x, y, name)


def subtract(x, y, name=None):
    """x-y, elementwise with broadcasting."""
    return gen_math_ops.sub(x, y, name)


def _before_1_0(new, old):
    def f(*args, **kwargs):
        return new(*args, **kwargs)
    f.__name__ = f.__qualname__ = old
    f.__doc__ = "The name of %s before 1.0." % new.__name__
    f.__wrapped__ = new
    return f


mul = _before_1_0(multiply, "mul")
sub = _before_1_0(subtract, "sub")
neg = _before_1_0(negative, "neg")
_mul, _sub, _neg = mul, sub, neg


def scalar_mul(scalar, x):
    """A scalar times a Tensor or IndexedSlices; ValueError where `scalar` is not a scalar."""
    scalar = ops.convert_to_tensor(scalar, dtype=x.dtype.base_dtype, name="scalar")
    shape = scalar.get_shape()
    if shape.ndims != 0:
        raise ValueError("Only scalar multiply works, got shape %s" % shape)
    if isinstance(x, IndexedSlices):
        return IndexedSlices(scalar * x.values, x.indices, x.dense_shape)
    return scalar * x


def pow(x, y, name=None):
    """x to the power of y, elementwise with broadcasting."""
    with ops.name_scope(name, "Pow", [x]) as name:
        return gen_math_ops.pow(x, y, name=name)


def complex(real, imag, name=None):
    """Complex numbers from their real and imaginary parts (both float32 or both float64); TypeError otherwise."""
    real = ops.convert_to_tensor(real, name="real")
    imag = ops.convert_to_tensor(imag, name="imag")
    with ops.name_scope(name, "Complex", [real, imag]) as name:
        out = {(dtypes.float64, dtypes.float64): dtypes.complex128,
               (dtypes.float32, dtypes.float32): dtypes.complex64}.get((real.dtype, imag.dtype))
        if out is None:
            raise TypeError("real and imag have incorrect types: {} {}".format(real.dtype.name, imag.dtype.name))
        return gen_math_ops.complex(real, imag, Tout=out, name=name)


def real(input, name=None):
    """The real part; a real tensor is returned itself."""
    with ops.name_scope(name, "Real", [input]) as name:
        if not input.dtype.is_complex:
            return input
        return gen_math_ops.real(input, Tout=input.dtype.real_dtype, name=name)


def imag(input, name=None):
    """The imaginary part; zeros for a real tensor."""
    with ops.name_scope(name, "Imag", [input]) as name:
        if input.dtype.is_complex:
            return gen_math_ops.imag(input, Tout=input.dtype.real_dtype, name=name)
        return _array_ops().zeros_like(input)


def angle(input, name=None):
    """The argument of complex numbers, in radians; zeros for a real tensor."""
    with ops.name_scope(name, "Angle", [input]) as name:
        if input.dtype.is_complex:
            return gen_math_ops.angle(input, Tout=input.dtype.real_dtype, name=name)
        return _array_ops().zeros_like(input)


def round(x, name=None):
    """Rounds to the nearest integer, halves to even; integer tensors are returned themselves."""
    x = ops.convert_to_tensor(x, name="x")
    return x if x.dtype.is_integer else gen_math_ops.round(x, name=name)


def cast(x, dtype, name=None):
    """`x` (Tensor, SparseTensor or IndexedSlices) with elements of another type; itself where it has that type already."""
    base_type = dtypes.as_dtype(dtype).base_dtype
    if base_type == getattr(x, "dtype", None) and (isinstance(x, Tensor) or _is_resource_variable(x)):
        return x
    with ops.name_scope(name, "Cast", [x]) as name:
        if isinstance(x, SparseTensor):
            x = SparseTensor(x.indices, cast(x.values, base_type, name=name), x.dense_shape)
        elif isinstance(x, IndexedSlices):
            x = IndexedSlices(cast(x.values, base_type, name=name), x.indices, x.dense_shape)
        else:
            x = ops.convert_to_tensor(x, name="x")
            if x.dtype.base_dtype != base_type:
                x = gen_math_ops.cast(x, base_type, name=name)
        if x.dtype.is_complex and base_type.is_floating:
            logging.warn("Casting complex to real discards imaginary part.")
        return x


def _is_resource_variable(x):
    from pytfgraph.ops import resource_variable_ops
    return resource_variable_ops.is_resource_variable(x)


def saturate_cast(value, dtype, name=None):
    """Casts with values clamped into the range of the new type."""
    with ops.name_scope(name, "saturate_cast", [value]) as name:
        value = ops.convert_to_tensor(value, name="value")
        dtype = dtypes.as_dtype(dtype).base_dtype
        if value.dtype.min < dtype.min:
            value = gen_math_ops.maximum(value, ops.convert_to_tensor(dtype.min, dtype=value.dtype, name="min"))
        if value.dtype.max > dtype.max:
            value = gen_math_ops.minimum(value, ops.convert_to_tensor(dtype.max, dtype=value.dtype, name="max"))
        return cast(value, dtype, name=name)


def to_float(x, name="ToFloat"):
    """cast to float32."""
    return cast(x, dtypes.float32, name=name)


def to_double(x, name="ToDouble"):
    """cast to float64."""
    return cast(x, dtypes.float64, name=name)


def to_int32(x, name="ToInt32"):
    """cast to int32."""
    return cast(x, dtypes.int32, name=name)


def to_int64(x, name="ToInt64"):
    """cast to int64."""
    return cast(x, dtypes.int64, name=name)


def to_bfloat16(x, name="ToBFloat16"):
    """cast to bfloat16."""
    return cast(x, dtypes.bfloat16, name=name)


def to_complex64(x, name="ToComplex64"):
    """cast to complex64."""
    return cast(x, dtypes.complex64, name=name)


def to_complex128(x, name="ToComplex128"):
    """cast to complex128."""
    return cast(x, dtypes.complex128, name=name)


# What x / y of two numbers of a type is computed in; None is the type itself.
_TRUEDIV_TYPE = {dtypes.uint8: dtypes.float32, dtypes.int8: dtypes.float32, dtypes.uint16: dtypes.float32, dtypes.int16: dtypes.float32,
                 dtypes.int32: dtypes.float64, dtypes.int64: dtypes.float64, dtypes.bfloat16: None, dtypes.float16: None,
                 dtypes.float32: None, dtypes.float64: None, dtypes.complex64: None, dtypes.complex128: None}


def _same_dtype(x, y):
    x_dtype, y_dtype = x.dtype.base_dtype, y.dtype.base_dtype
    if x_dtype != y_dtype:
        raise TypeError("x and y must have the same dtype, got %r != %r" % (x_dtype, y_dtype))
    return x_dtype


def _for_truediv(x, y):
    """Both as the type that their quotient is computed in; TypeError where they differ or have none."""
    dtype = _same_dtype(x, y)
    if dtype not in _TRUEDIV_TYPE:
        raise TypeError("Invalid dtype %r in __truediv__" % dtype)
    dtype = _TRUEDIV_TYPE[dtype]
    return (x, y) if dtype is None else (cast(x, dtype), cast(y, dtype))


def truediv(x, y, name=None):
    """x / y as Python 3 divides: integers become floating-point numbers first."""
    with ops.name_scope(name, "truediv", [x, y]) as name:
        x = ops.convert_to_tensor(x, name="x")
        y = ops.convert_to_tensor(y, name="y")
        return gen_math_ops.real_div(*_for_truediv(x, y), name=name)


def div(x, y, name=None):
    """x / y as Python 2 divides: integers give the floor of the quotient."""
    with ops.name_scope(name, "div", [x, y]) as name:
        x = ops.convert_to_tensor(x, name="x")
        y = ops.convert_to_tensor(y, name="y", dtype=x.dtype.base_dtype)
        dtype = _same_dtype(x, y)
        if dtype.is_floating or dtype.is_complex:
            return gen_math_ops.real_div(x, y, name=name)
        return gen_math_ops.floor_div(x, y, name=name)


def div_no_nan(x, y, name=None):
    """x / y, and 0 where y is 0."""
    with ops.name_scope(name, "div_no_nan", [x, y]) as name:
        x = ops.convert_to_tensor(x, name="x")
        y = ops.convert_to_tensor(y, name="y", dtype=x.dtype.base_dtype)
        _same_dtype(x, y)
        return gen_math_ops.div_no_nan(x, y, name=name)


def floordiv(x, y, name=None):
    """The floor of x / y, elementwise."""
    with ops.name_scope(name, "floordiv", [x, y]) as name:
        return gen_math_ops.floor_div(x, y, name=name)


def divide(x, y, name=None):
    """x / y as Python 3 divides."""
    if name is not None:
        return truediv(x, y, name=name)
    return x / y


def logical_xor(x, y, name="LogicalXor"):
    """Whether exactly one of x and y holds, elementwise."""
    return gen_math_ops.logical_and(gen_math_ops.logical_or(x, y), gen_math_ops.logical_not(gen_math_ops.logical_and(x, y)), name=name)


def range(start, limit=None, delta=1, dtype=None, name="range"):
    """The numbers start, start+delta, ... below (or above, for a negative delta) limit; 0 ... start where no limit is given."""
    if limit is None:
        start, limit = 0, start
    with ops.name_scope(name, "Range", [start, limit, delta]) as name:
        start = ops.convert_to_tensor(start, dtype=dtype, name="start")
        limit = ops.convert_to_tensor(limit, dtype=dtype, name="limit")
        delta = ops.convert_to_tensor(delta, dtype=dtype, name="delta")
        if dtype is None:
            hierarchy = [dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64]
            assert all(arg.dtype in hierarchy for arg in (start, limit, delta))
            common = max((arg.dtype for arg in (start, limit, delta)), key=hierarchy.index)
            start, limit, delta = cast(start, common), cast(limit, common), cast(delta, common)
        return gen_math_ops.range(start, limit, delta, name=name)


# ---- reductions ----

def _axes(x, axis, reduction_indices):
    """The axes to reduce: those given, or all, as a constant where the rank is known."""
    if reduction_indices is not None:
        if axis is not None:
            raise ValueError("Can't specify both axis' and 'reduction_indices'.")
        axis = reduction_indices
    if axis is not None:
        return axis
    ndims = x.get_shape().ndims if isinstance(x, Tensor) else None
    if ndims is not None:
        return constant_op.constant(np.arange(ndims), dtype=dtypes.int32)
    if isinstance(x, SparseTensor) and x.dense_shape.get_shape().is_fully_defined():
        return constant_op.constant(np.arange(x.dense_shape.get_shape()[0].value), dtype=dtypes.int32)
    return range(0, _array_ops().rank(x))


def _old_keep_dims(keepdims, keep_dims):
    if keep_dims is not None:
        if keepdims is not None:
            raise ValueError("Cannot specify both 'keepdims' and 'keep_dims'")
        return keep_dims
    return False if keepdims is None else keepdims


def _reduction(op_name, doc):
    def f(input_tensor, axis=None, keepdims=None, name=None, reduction_indices=None, keep_dims=None):
        keepdims = _old_keep_dims(keepdims, keep_dims)
        axes = _axes(input_tensor, axis, reduction_indices)
        output = getattr(gen_math_ops, op_name)(input_tensor, axes, keepdims, name=name)
        if not keepdims and axis is None and reduction_indices is None:
            output.set_shape(())
        return output
    f.__name__ = f.__qualname__ = {"all": "reduce_all", "any": "reduce_any"}.get(op_name, "reduce_" + op_name)
    f.__doc__ = doc + """

    Args:
      input_tensor: the tensor to reduce.
      axis: one axis or several; None for all.
      keepdims: whether reduced dimensions stay, with size 1.
      name: of the operation.
      reduction_indices, keep_dims: older names of axis and keepdims.
    """
    return f


reduce_sum = _reduction("sum", "The sum of elements along axes.")
reduce_mean = _reduction("mean", "The mean of elements along axes.")
reduce_prod = _reduction("prod", "The product of elements along axes.")
reduce_min = _reduction("min", "The smallest of elements along axes.")
reduce_max = _reduction("max", "The largest of elements along axes.")
reduce_all = _reduction("all", "Whether all elements along axes hold.")
reduce_any = _reduction("any", "Whether any element along axes holds.")


def count_nonzero(input_tensor, axis=None, keepdims=None, dtype=dtypes.int64, name=None, reduction_indices=None, keep_dims=None):
    """How many elements along axes are not zero (not empty, for strings), as `dtype`."""
    keepdims = _old_keep_dims(keepdims, keep_dims)
    axis = axis if reduction_indices is None else reduction_indices
    with ops.name_scope(name, "count_nonzero", [input_tensor]):
        input_tensor = ops.convert_to_tensor(input_tensor, name="input_tensor")
        zero = _array_ops().zeros([], dtype=input_tensor.dtype)
        return cast(reduce_sum(to_int64(gen_math_ops.not_equal(input_tensor, zero)), axis=axis, keepdims=keepdims), dtype=dtype)


def reduce_logsumexp(input_tensor, axis=None, keepdims=None, name=None, reduction_indices=None, keep_dims=None):
    """log(sum(exp(x))) along axes, without overflow: the maximum is taken out first."""
    array_ops = _array_ops()
    keepdims = _old_keep_dims(keepdims, keep_dims)
    input_tensor = ops.convert_to_tensor(input_tensor)
    axis = axis if reduction_indices is None else reduction_indices
    with ops.name_scope(name, "ReduceLogSumExp", [input_tensor]) as name:
        raw_max = reduce_max(input_tensor, axis=axis, keepdims=True)
        largest = array_ops.stop_gradient(array_ops.where(gen_math_ops.is_finite(raw_max), raw_max, array_ops.zeros_like(raw_max)))
        result = gen_math_ops.log(reduce_sum(gen_math_ops.exp(gen_math_ops.sub(input_tensor, largest)), axis=axis, keepdims=keepdims))
        if not keepdims:
            largest = array_ops.reshape(largest, array_ops.shape(result))
        result = gen_math_ops.add(result, largest)
        if not keepdims and axis is None:
            result.set_shape(())
        return result


def trace(x, name=None):
    """The sum of the diagonal of each innermost matrix."""
    with ops.name_scope(name, "Trace", [x]) as name:
        x = ops.convert_to_tensor(x, name="x")
        return reduce_sum(_array_ops().matrix_diag_part(x), [-1], name=name)


def cumsum(x, axis=0, exclusive=False, reverse=False, name=None):
    """Running sums along an axis."""
    with ops.name_scope(name, "Cumsum", [x]) as name:
        x = ops.convert_to_tensor(x, name="x")
        return gen_math_ops.cumsum(x, axis, exclusive=exclusive, reverse=reverse, name=name)


def cumprod(x, axis=0, exclusive=False, reverse=False, name=None):
    """Running products along an axis."""
    with ops.name_scope(name, "Cumprod", [x]) as name:
        x = ops.convert_to_tensor(x, name="x")
        return gen_math_ops.cumprod(x, axis, exclusive=exclusive, reverse=reverse, name=name)


# ---- products of matrices ----

def matmul(a, b, transpose_a=False, transpose_b=False, adjoint_a=False, adjoint_b=False, a_is_sparse=False, b_is_sparse=False,
           name=None):
    """The matrix product of `a` and `b`, over their innermost two dimensions where there are more.

    Args:
      a, b: tensors of rank 2 or more, of the same type.
      transpose_a, transpose_b: whether a factor is transposed first.
      adjoint_a, adjoint_b: whether a factor is conjugated and transposed first.
      a_is_sparse, b_is_sparse: hints that a factor holds many zeros.
      name: of the operation.

    Raises:
      ValueError: if a factor is to be both transposed and adjoined.
    """
    with ops.name_scope(name, "MatMul", [a, b]) as name:
        if transpose_a and adjoint_a:
            raise ValueError("Only one of transpose_a and adjoint_a can be True.")
        if transpose_b and adjoint_b:
            raise ValueError("Only one of transpose_b and adjoint_b can be True.")
        a = ops.convert_to_tensor(a, name="a")
        b = ops.convert_to_tensor(b, name="b")
        a_shape, b_shape = a._shape_tuple(), b._shape_tuple()
        if (not a_is_sparse and not b_is_sparse) and ((a_shape is None or len(a_shape) > 2) and (b_shape is None or len(b_shape) > 2)):
            if transpose_a:
                a, adjoint_a = conj(a), True
            if transpose_b:
                b, adjoint_b = conj(b), True
            return gen_math_ops.batch_mat_mul(a, b, adj_x=adjoint_a, adj_y=adjoint_b, name=name)
        if adjoint_a:
            a, transpose_a = conj(a), True
        if adjoint_b:
            b, transpose_b = conj(b), True
        sparse_types = (dtypes.bfloat16, dtypes.float32)
        use_sparse = (a_is_sparse or b_is_sparse) and a.dtype in sparse_types and b.dtype in sparse_types
        if (a.dtype == dtypes.bfloat16 or b.dtype == dtypes.bfloat16) and a.dtype != b.dtype:
            use_sparse = True
        if not use_sparse:
            return gen_math_ops.mat_mul(a, b, transpose_a=transpose_a, transpose_b=transpose_b, name=name)
        ret = gen_math_ops.sparse_mat_mul(a, b, transpose_a=transpose_a, transpose_b=transpose_b, a_is_sparse=a_is_sparse,
                                          b_is_sparse=b_is_sparse, name=name)
        if a.dtype == dtypes.bfloat16 and b.dtype == dtypes.bfloat16:
            ret = cast(ret, dtypes.bfloat16)
        return ret


def matvec(a, b, transpose_a=False, adjoint_a=False, a_is_sparse=False, b_is_sparse=False, name=None):
    """The product of a matrix and a vector."""
    array_ops = _array_ops()
    with ops.name_scope(name, "MatVec", [a, b]) as name:
        output = matmul(a, array_ops.expand_dims(b, axis=-1), transpose_a=transpose_a, adjoint_a=adjoint_a,
                        a_is_sparse=a_is_sparse, b_is_sparse=b_is_sparse)
        return array_ops.squeeze(output, axis=-1)


def add_n(inputs, name=None):
    """The sum of a list of tensors of one shape and type; ValueError for anything else."""
    if not inputs or not isinstance(inputs, (list, tuple)):
        raise ValueError("inputs must be a list of at least oneTensor/IndexedSlices with the same dtype and shape")
    inputs = ops.convert_n_to_tensor_or_indexed_slices(inputs)
    if not all(isinstance(x, (Tensor, IndexedSlices)) for x in inputs):
        raise ValueError("inputs must be a list of at least oneTensor/IndexedSlices with the same dtype and shape")
    if len(inputs) == 1:
        values = ops.convert_to_tensor(inputs[0]) if isinstance(inputs[0], IndexedSlices) else inputs[0]
        return _array_ops().identity(values, name=name) if name else values
    return gen_math_ops.add_n(inputs, name=name)


def accumulate_n(inputs, shape=None, tensor_dtype=None, name=None):
    """The sum of a list of tensors, added as they arrive; ValueError or TypeError where they do not fit."""
    error = ValueError("inputs must be a list of at least one Tensor with the same dtype and shape")
    if not inputs or not isinstance(inputs, (list, tuple)):
        raise error
    inputs = ops.convert_n_to_tensor_or_indexed_slices(inputs)
    if not all(isinstance(x, Tensor) for x in inputs) or not all(x.dtype == inputs[0].dtype for x in inputs):
        raise error
    shape = tensor_shape.as_shape(shape) if shape is not None else tensor_shape.unknown_shape()
    for x in inputs:
        shape = shape.merge_with(x.get_shape())
    if tensor_dtype is not None and tensor_dtype != inputs[0].dtype:
        raise TypeError("tensor_dtype is {}, but input is of type {}".format(tensor_dtype, inputs[0].dtype))
    if len(inputs) == 1:
        return inputs[0] if name is None else _array_ops().identity(inputs[0], name=name)
    return gen_math_ops.accumulate_nv2(inputs, name=name, shape=shape)


def sigmoid(x, name=None):
    """1 / (1 + exp(-x)), elementwise."""
    with ops.name_scope(name, "Sigmoid", [x]) as name:
        return gen_math_ops.sigmoid(ops.convert_to_tensor(x, name="x"), name=name)


def log_sigmoid(x, name=None):
    """log(sigmoid(x)), elementwise, as -softplus(-x)."""
    with ops.name_scope(name, "LogSigmoid", [x]) as name:
        x = ops.convert_to_tensor(x, name="x")
        return gen_math_ops.neg(raw.function("softplus")(-x), name=name)


def conj(x, name=None):
    """The complex conjugate; a real tensor is returned itself. TypeError for other types."""
    if isinstance(x, Tensor) and (x.dtype.is_floating or x.dtype.is_integer):
        return x
    with ops.name_scope(name, "Conj", [x]) as name:
        x = ops.convert_to_tensor(x, name="x")
        if x.dtype.is_complex or x.dtype == dtypes.variant:
            return gen_math_ops.conj(x, name=name)
        if x.dtype.is_floating or x.dtype.is_integer:
            return x
        raise TypeError("Expected numeric or variant tensor, got dtype %r" % x.dtype)


def reduced_shape(input_shape, axes):
    """The shape after reducing with keepdims=True; both are integer vectors."""
    array_ops = _array_ops()
    input_shape, axes = to_int32(input_shape), to_int32(axes)
    input_rank = array_ops.size(input_shape)
    axes = (axes + input_rank) % input_rank
    axes_shape = array_ops.shape(axes)
    return raw.function("dynamic_stitch")([range(input_rank), axes], [input_shape, array_ops.fill(axes_shape, 1)])


# ---- counts and segments ----

def bincount(arr, weights=None, minlength=None, maxlength=None, dtype=dtypes.int32):
    """How often (or with what total weight) each value 0, 1, ... occurs in an integer tensor."""
    arr = ops.convert_to_tensor(arr, name="arr", dtype=dtypes.int32)
    nonempty = reduce_prod(_array_ops().shape(arr)) > 0
    output_size = cast(nonempty, dtypes.int32) * (reduce_max(arr) + 1)
    if minlength is not None:
        output_size = gen_math_ops.maximum(ops.convert_to_tensor(minlength, name="minlength", dtype=dtypes.int32), output_size)
    if maxlength is not None:
        output_size = gen_math_ops.minimum(ops.convert_to_tensor(maxlength, name="maxlength", dtype=dtypes.int32), output_size)
    if weights is not None:
        weights = ops.convert_to_tensor(weights, name="weights")
        return gen_math_ops.unsorted_segment_sum(weights, arr, output_size)
    return gen_math_ops.bincount(arr, output_size, constant_op.constant([], dtype))


def _segment_counts(data, segment_ids, num_segments):
    array_ops = _array_ops()
    ones = array_ops.ones(array_ops.shape(segment_ids), dtype=data.dtype)
    n = gen_math_ops.unsorted_segment_sum(ones, segment_ids, num_segments)
    ndims = data.shape.ndims - segment_ids.shape.ndims
    return gen_math_ops.maximum(array_ops.reshape(n, [num_segments] + [1] * ndims), 1)


def _unsorted_segment_over(scope, divisor, doc, function_name):
    def f(data, segment_ids, num_segments, name=None):
        with ops.name_scope(name, scope):
            data = ops.convert_to_tensor(data)
            segment_ids = ops.convert_to_tensor(segment_ids)
            n = _segment_counts(data, segment_ids, num_segments)
            return gen_math_ops.unsorted_segment_sum(data, segment_ids, num_segments) / divisor(n)
    f.__name__ = f.__qualname__ = function_name
    f.__doc__ = doc
    return f


unsorted_segment_mean = _unsorted_segment_over("UnsortedSegmentMean", lambda n: n, "The mean of the rows of each segment.",
                                               "unsorted_segment_mean")
unsorted_segment_sqrt_n = _unsorted_segment_over("UnsortedSegmentSqrtN", lambda n: gen_math_ops.sqrt(n),
                                                 "The sum of the rows of each segment over the root of their number.",
                                                 "unsorted_segment_sqrt_n")


def _sparse_segment(op_name, doc):
    def f(data, indices, segment_ids, name=None, num_segments=None):
        if num_segments is not None:
            return getattr(gen_math_ops, op_name + "_with_num_segments")(
                data=data, indices=indices, segment_ids=segment_ids, num_segments=num_segments, name=name)
        return getattr(gen_math_ops, op_name)(data=data, indices=indices, segment_ids=segment_ids, name=name)
    f.__name__ = f.__qualname__ = op_name
    f.__doc__ = doc
    return f


sparse_segment_sum = _sparse_segment("sparse_segment_sum", "Sums, by segment, of the rows data[indices].")
sparse_segment_mean = _sparse_segment("sparse_segment_mean", "Means, by segment, of the rows data[indices].")
sparse_segment_sqrt_n = _sparse_segment("sparse_segment_sqrt_n", "Sums over the root of their number, by segment, of data[indices].")


# ---- tensordot ----

def _tensordot_matrix(a, axes, flipped):
    """`a` as a matrix with the contracted axes last (first, if flipped), its free sizes, and those known statically."""
    array_ops = _array_ops()
    shape = a.get_shape()
    if shape.is_fully_defined() and isinstance(axes, (list, tuple)):
        sizes = shape.as_list()
        axes = [i if i >= 0 else i + len(sizes) for i in axes]
        free = [i for i in builtins.range(len(sizes)) if i not in axes]
        free_sizes = [sizes[i] for i in free]
        n_free = int(np.prod(free_sizes))
        n_axes = int(np.prod([sizes[i] for i in axes]))
        perm = list(axes) + free if flipped else free + list(axes)
        matrix_shape = [n_axes, n_free] if flipped else [n_free, n_axes]
        return array_ops.reshape(array_ops.transpose(a, perm), matrix_shape), free_sizes, free_sizes
    known_free = None
    if shape.ndims is not None and isinstance(axes, (list, tuple)):
        sizes = shape.as_list()
        axes = [i if i >= 0 else i + len(sizes) for i in axes]
        free = [i for i in builtins.range(len(sizes)) if i not in axes]
        known_free = [sizes[i] for i in free]
        axes = ops.convert_to_tensor(axes, dtype=dtypes.int32, name="axes")
        free = ops.convert_to_tensor(free, dtype=dtypes.int32, name="free")
        sizes = array_ops.shape(a)
    else:
        sizes = array_ops.shape(a)
        rank = array_ops.rank(a)
        axes = ops.convert_to_tensor(axes, dtype=dtypes.int32, name="axes")
        axes = array_ops.where(axes >= 0, axes, axes + rank)
        free, _ = array_ops.setdiff1d(range(rank), axes)
    free_sizes, axes_sizes = array_ops.gather(sizes, free), array_ops.gather(sizes, axes)
    n_free, n_axes = reduce_prod(free_sizes), reduce_prod(axes_sizes)
    if flipped:
        perm, matrix_shape = array_ops.concat([axes, free], 0), array_ops.stack([n_axes, n_free])
    else:
        perm, matrix_shape = array_ops.concat([free, axes], 0), array_ops.stack([n_free, n_axes])
    return array_ops.reshape(array_ops.transpose(a, perm), matrix_shape), free_sizes, known_free


def _tensordot_axes(a, axes):
    shape = a.get_shape()
    if isinstance(axes, (int, np.integer)):
        if axes < 0:
            raise ValueError("'axes' must be at least 0.")
        if shape.ndims is None:
            rank = _array_ops().rank(a)
            return range(rank - axes, rank, dtype=dtypes.int32), range(axes, dtype=dtypes.int32)
        if axes > shape.ndims:
            raise ValueError("'axes' must not be larger than the number of dimensions of tensor %s." % a)
        return list(builtins.range(shape.ndims - axes, shape.ndims)), list(builtins.range(axes))
    if isinstance(axes, (list, tuple)):
        if len(axes) != 2:
            raise ValueError("'axes' must be an integer or have length 2.")
        a_axes, b_axes = axes
        if isinstance(a_axes, (int, np.integer)) and isinstance(b_axes, (int, np.integer)):
            a_axes, b_axes = [a_axes], [b_axes]
        if len(a_axes) != len(b_axes):
            raise ValueError("Different number of contraction axes 'a' and 'b', %s != %s." % (len(a_axes), len(b_axes)))
        return a_axes, b_axes
    axes = ops.convert_to_tensor(axes, name="axes", dtype=dtypes.int32)
    return axes[0], axes[1]


def tensordot(a, b, axes, name=None):
    """Sums products of elements of a and b over pairs of axes.

    Args:
      a, b: tensors of the same type.
      axes: a number n (the last n axes of a with the first n of b), or a pair of lists of axes.
      name: of the operation.
    """
    array_ops = _array_ops()
    with ops.name_scope(name, "Tensordot", [a, b, axes]) as name:
        a = ops.convert_to_tensor(a, name="a")
        b = ops.convert_to_tensor(b, name="b")
        a_axes, b_axes = _tensordot_axes(a, axes)
        a_matrix, a_free, a_known = _tensordot_matrix(a, a_axes, False)
        b_matrix, b_free, b_known = _tensordot_matrix(b, b_axes, True)
        product = matmul(a_matrix, b_matrix)
        if isinstance(a_free, list) and isinstance(b_free, list):
            return array_ops.reshape(product, a_free + b_free, name=name)
        a_free = ops.convert_to_tensor(a_free, dtype=dtypes.int32)
        b_free = ops.convert_to_tensor(b_free, dtype=dtypes.int32)
        product = array_ops.reshape(product, array_ops.concat([a_free, b_free], 0), name=name)
        if a_known is not None and b_known is not None:
            product.set_shape(a_known + b_known)
        return product


def polyval(coeffs, x, name=None):
    """The polynomial with these coefficients (highest power first) at x, by Horner's rule."""
    with ops.name_scope(name, "polyval", nest.flatten(coeffs) + [x]) as name:
        x = ops.convert_to_tensor(x, name="x")
        if len(coeffs) < 1:
            return _array_ops().zeros_like(x, name=name)
        coeffs = [ops.convert_to_tensor(c, name="coeff_%d" % i) for i, c in enumerate(coeffs)]
        p = coeffs[0]
        for c in coeffs[1:]:
            p = c + p * x
        return p


def bessel_i0e(x, name=None):
    """exp(-|x|) times the modified Bessel function of order 0."""
    with ops.name_scope(name, "bessel_i0e", [x]) as name:
        return _on_values(x, gen_math_ops.bessel_i0e, name) if isinstance(x, SparseTensor) else gen_math_ops.bessel_i0e(x, name=name)


def bessel_i1e(x, name=None):
    """exp(-|x|) times the modified Bessel function of order 1."""
    with ops.name_scope(name, "bessel_i1e", [x]) as name:
        return _on_values(x, gen_math_ops.bessel_i1e, name) if isinstance(x, SparseTensor) else gen_math_ops.bessel_i1e(x, name=name)


def _array_ops():
    from pytfgraph.ops import array_ops
    return array_ops


# ---- rows as IndexedSlices ----

def _as_indexed_slices(x, optimize=True):
    """`x` as IndexedSlices; a Tensor becomes all of its rows.  TypeError for anything else."""
    if not isinstance(x, (ops.Tensor, IndexedSlices)):
        raise TypeError("Not a Tensor or IndexedSlices: %s" % type(x))
    if isinstance(x, IndexedSlices):
        return x
    shape = _array_ops().shape_internal(x, optimize=optimize)
    return IndexedSlices(x, range(0, shape[0]), shape)


def _as_indexed_slices_list(inputs, optimize=True):
    """_as_indexed_slices of each; indices become int64 where not all are int32."""
    if not isinstance(inputs, (list, tuple)):
        raise TypeError("Expected a list or tuple, not a %s" % type(inputs))
    slices = [_as_indexed_slices(x, optimize=optimize) for x in inputs]
    narrow = [s.indices.dtype == dtypes.int32 for s in slices]
    if all(narrow) or not any(narrow):
        return slices
    return [IndexedSlices(s.values, cast(s.indices, dtypes.int64), s.dense_shape) if is_narrow else s for s, is_narrow in zip(slices, narrow)]
