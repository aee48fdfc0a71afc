"""tf.assert_*: checks made while the graph is built where that can be, and while it runs elsewhere."""
import numpy as np

from pytfgraph.framework import dtypes, errors_impl, ops, tensor_shape, tensor_util
from pytfgraph.framework.sparse_tensor import SparseTensor
from pytfgraph.ops import array_ops, control_flow_ops, math_ops, raw

NUMERIC_TYPES = frozenset([dtypes.float32, dtypes.float64, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.uint8,
                           dtypes.qint8, dtypes.qint32, dtypes.quint8, dtypes.complex64])


def assert_proper_iterable(values):
    """Raises TypeError for what is iterable by accident (tensors, arrays, strings) or not at all."""
    if isinstance(values, (ops.Tensor, SparseTensor, np.ndarray, bytes, str)):
        raise TypeError("Expected argument \"values\" to be a \"proper\" iterable.  Found: %s" % type(values))
    if not hasattr(values, "__iter__"):
        raise TypeError("Expected argument \"values\" to be iterable.  Found: %s" % type(values))


# ---- comparisons ----

def _comparison(name, compare, words, doc, infix=" "):
    """assert_less and its kin: an Assert that compare(x, y) holds everywhere."""
    def f(x, y, data=None, summarize=None, message=None, name=None):
        with ops.name_scope(name, f.__name__, [x, y, data]):
            x = ops.convert_to_tensor(x, name="x")
            y = ops.convert_to_tensor(y, name="y")
            if data is None:
                first = [words, "x (%s) = " % x.name] if infix else [words + "x (%s) = " % x.name]
                data = [message or ""] + first + [x, "y (%s) = " % y.name, y]
            condition = math_ops.reduce_all(compare(x, y))
            if compare is math_ops.equal:
                _check_static(x, y, data)
            return control_flow_ops.Assert(condition, data, summarize=summarize)
    f.__name__ = f.__qualname__ = name
    f.__doc__ = doc
    return f


def _check_static(x, y, data):
    """Raises InvalidArgumentError at once where both values are known and differ."""
    x, y = tensor_util.constant_value(x), tensor_util.constant_value(y)
    if x is not None and y is not None and not np.all(x == y):
        raise errors_impl.InvalidArgumentError(None, None, "\n".join(_text(d) for d in data))


def _text(value):
    if not isinstance(value, ops.Tensor):
        return str(value)
    known = tensor_util.constant_value(value)
    return str(value) if known is None else str(known)


_HELD = "Condition x %s y did not hold element-wise:"
assert_equal = _comparison("assert_equal", math_ops.equal, _HELD % "==", "An Operation that fails unless x == y everywhere; "
                           "InvalidArgumentError at once where both are known.")
assert_none_equal = _comparison("assert_none_equal", math_ops.not_equal, "Condition x != y did not hold for every single element:",
                                "An Operation that fails unless x != y everywhere.")
assert_less = _comparison("assert_less", math_ops.less, _HELD % "<", "An Operation that fails unless x < y everywhere.")
assert_less_equal = _comparison("assert_less_equal", math_ops.less_equal, _HELD % "<=",
                                "An Operation that fails unless x <= y everywhere.", infix="")
assert_greater = _comparison("assert_greater", math_ops.greater, _HELD % ">", "An Operation that fails unless x > y everywhere.", infix="")
assert_greater_equal = _comparison("assert_greater_equal", math_ops.greater_equal, _HELD % ">=",
                                   "An Operation that fails unless x >= y everywhere.", infix="")


def _with_zero(name, check, words, zero_first, infix=" "):
    """assert_positive and its kin: a comparison with zero."""
    def f(x, data=None, summarize=None, message=None, name=None):
        with ops.name_scope(name, f.__name__, [x, data]):
            x = ops.convert_to_tensor(x, name="x")
            if data is None:
                text = "Condition %s did not hold element-wise:" % words
                data = [message or ""] + ([text, "x (%s) = " % x.name] if infix else [text + "x (%s) = " % x.name]) + [x]
            zero = ops.convert_to_tensor(0, dtype=x.dtype)
            pair = (zero, x) if zero_first else (x, zero)
            return check(*pair, data=data, summarize=summarize)
    f.__name__ = f.__qualname__ = name
    f.__doc__ = "An Operation that fails unless %s everywhere." % words
    return f


assert_negative = _with_zero("assert_negative", assert_less, "x < 0", False)
assert_positive = _with_zero("assert_positive", assert_less, "x > 0", True)
assert_non_negative = _with_zero("assert_non_negative", assert_less_equal, "x >= 0", True)
assert_non_positive = _with_zero("assert_non_positive", assert_less_equal, "x <= 0", False, infix="")


def assert_near(x, y, rtol=None, atol=None, data=None, summarize=None, message=None, name=None):
    """An Operation that fails unless |x - y| < atol + rtol * |y| everywhere; both tolerances are 10 eps by default."""
    with ops.name_scope(name, "assert_near", [x, y, rtol, atol, data]):
        x = ops.convert_to_tensor(x, name="x")
        y = ops.convert_to_tensor(y, name="y", dtype=x.dtype)
        eps = np.finfo(x.dtype.as_numpy_dtype).eps
        rtol = ops.convert_to_tensor(10 * eps if rtol is None else rtol, name="rtol", dtype=x.dtype)
        atol = ops.convert_to_tensor(10 * eps if atol is None else atol, name="atol", dtype=x.dtype)
        if data is None:
            data = [message or "", "x and y not equal to tolerance rtol = %s, atol = %s" % (rtol, atol), "x (%s) = " % x.name, x,
                    "y (%s) = " % y.name, y]
        tolerance = atol + rtol * math_ops.abs(y)
        condition = math_ops.reduce_all(math_ops.less(math_ops.abs(x - y), tolerance))
        return control_flow_ops.Assert(condition, data, summarize=summarize)


# ---- ranks ----

class _StaticRankError(ValueError):
    """The rank is known, and wrong."""


def _rank_check(x, ranks, static, dynamic, data, summarize):
    """An Assert about x's rank, or a no-op where it is known and right."""
    for rank in ranks:
        assert_type(rank, dtypes.int32)
    known = [tensor_util.constant_value(r) for r in ranks]
    if all(k is not None for k in known):
        if any(k.ndim != 0 for k in known):
            raise ValueError("Rank must be a scalar.")
        if x.get_shape().ndims is not None:
            if not static(x.get_shape().ndims, known):
                raise _StaticRankError(x.get_shape().ndims, known)
            return control_flow_ops.no_op(name="static_checks_determined_all_ok")
    condition = dynamic(array_ops.rank(x), ranks)
    for rank, k in zip(ranks, known):
        if k is None:
            scalar = assert_rank(rank, 0, data=["Rank must be a scalar. Received rank: ", rank])
            condition = control_flow_ops.with_dependencies([scalar], condition)
    return control_flow_ops.Assert(condition, data, summarize=summarize)


def _rank_assertion(name, words, static, dynamic):
    def f(x, rank, data=None, summarize=None, message=None, name=None):
        with ops.name_scope(name, f.__name__, (x, rank) + tuple(data or [])):
            x = ops.convert_to_tensor(x, name="x")
            rank = ops.convert_to_tensor(rank, name="rank")
            message = message or ""
            if data is None:
                data = [message, "Tensor %s must have %s" % (x.name, words), rank, "Received shape: ", array_ops.shape(x)]
            try:
                return _rank_check(x, [rank], static, dynamic, data, summarize)
            except _StaticRankError as e:
                raise ValueError("%s.  Tensor %s must have %s %d.  Received rank %d, shape %s"
                                 % (message, x.name, words, e.args[1][0], e.args[0], x.get_shape())) from None
    f.__name__ = f.__qualname__ = name
    f.__doc__ = "An Operation that fails unless x's rank is right (`%s`); ValueError at once where it is known and wrong." % words
    return f


assert_rank = _rank_assertion("assert_rank", "rank", lambda n, k: n == k[0], lambda n, r: math_ops.equal(n, r[0]))
assert_rank_at_least = _rank_assertion("assert_rank_at_least", "rank at least", lambda n, k: n >= k[0],
                                       lambda n, r: math_ops.greater_equal(n, r[0]))


def _rank_among(actual, ranks):
    if not ranks:
        return ops.convert_to_tensor(False)
    result = math_ops.equal(ranks[0], actual)
    for r in ranks[1:]:
        result = math_ops.logical_or(result, math_ops.equal(r, actual))
    return result


def assert_rank_in(x, ranks, data=None, summarize=None, message=None, name=None):
    """An Operation that fails unless x's rank is one of some; ValueError at once where it is known and wrong."""
    with ops.name_scope(name, "assert_rank_in", (x,) + tuple(ranks) + tuple(data or [])):
        x = ops.convert_to_tensor(x, name="x")
        ranks = tuple(ops.convert_to_tensor(r, name="rank") for r in ranks)
        message = message or ""
        if data is None:
            data = [message, "Tensor %s must have rank in" % x.name] + list(ranks) + ["Received shape: ", array_ops.shape(x)]
        try:
            return _rank_check(x, ranks, lambda n, k: n in k, _rank_among, data, summarize)
        except _StaticRankError as e:
            raise ValueError("%s.  Tensor %s must have rank in %s.  Received rank %d, shape %s"
                             % (message, x.name, tuple(int(k) for k in e.args[1]), e.args[0], x.get_shape())) from None


# ---- types ----

def assert_integer(x, message=None, name=None):
    """Raises TypeError unless x is of an integer type; an Operation that does nothing."""
    with ops.name_scope(name, "assert_integer", [x]):
        x = ops.convert_to_tensor(x, name="x")
        if not x.dtype.is_integer:
            raise TypeError("%s  Expected \"x\" to be integer type.  Found: %s of dtype %s" % (message or "", x.name, x.dtype))
        return control_flow_ops.no_op("statically_determined_was_integer")


def assert_type(tensor, tf_type, message=None, name=None):
    """Raises TypeError unless a tensor is of a type; an Operation that does nothing."""
    with ops.name_scope(name, "assert_type", [tensor]):
        tensor = ops.convert_to_tensor(tensor, name="tensor")
        if tensor.dtype != tf_type:
            raise TypeError("%s  %s must be of type %s" % (message or "", tensor.name, tf_type))
        return control_flow_ops.no_op("statically_determined_correct_type")


def is_numeric_tensor(tensor):
    """Whether `tensor` is a Tensor of numbers."""
    return isinstance(tensor, ops.Tensor) and tensor.dtype in NUMERIC_TYPES


def _differences(x):
    """x[1:] - x[:-1], of a flattened x; TypeError where it is not numeric."""
    x = array_ops.reshape(x, [-1])
    if not is_numeric_tensor(x):
        raise TypeError("Expected x to be numeric, instead found: %s" % x)
    short = math_ops.less(array_ops.size(x), 2)
    n = array_ops.shape(x) - 1
    return control_flow_ops.cond(
        short, lambda: ops.convert_to_tensor([], dtype=x.dtype),
        lambda: array_ops.strided_slice(x, [1], [1] + n) - array_ops.strided_slice(x, [0], n))


def is_non_decreasing(x, name=None):
    """A boolean Tensor: whether each element is at least the one before."""
    with ops.name_scope(name, "is_non_decreasing", [x]):
        diff = _differences(ops.convert_to_tensor(x))
        return math_ops.reduce_all(math_ops.less_equal(ops.convert_to_tensor(0, dtype=diff.dtype), diff))


def is_strictly_increasing(x, name=None):
    """A boolean Tensor: whether each element is larger than the one before."""
    with ops.name_scope(name, "is_strictly_increasing", [x]):
        diff = _differences(ops.convert_to_tensor(x))
        return math_ops.reduce_all(math_ops.less(ops.convert_to_tensor(0, dtype=diff.dtype), diff))


def _same_base_type(items, expected):
    """The common base dtype of items; ValueError where they differ."""
    label = None
    for item in items:
        if item is None:
            continue
        dtype = item.dtype.base_dtype
        name = item.name if hasattr(item, "name") else str(item)
        if not expected:
            expected, label = dtype, name
        elif expected != dtype:
            raise ValueError("%s, type=%s, must be of the same type (%s)%s." % (name, dtype, expected, " as %s" % label if label else ""))
    return expected


def assert_same_float_dtype(tensors=None, dtype=None):
    """The common floating dtype of tensors (float32 where nothing says); ValueError where they differ or are not floating."""
    if tensors:
        dtype = _same_base_type(tensors, dtype)
    if not dtype:
        return dtypes.float32
    if not dtype.is_floating:
        raise ValueError("Expected floating point type, got %s." % dtype)
    return dtype


def assert_scalar(tensor, name=None):
    """A scalar as a Tensor; ValueError for other known shapes."""
    with ops.name_scope(name, "assert_scalar", [tensor]) as scope:
        tensor = ops.convert_to_tensor(tensor, name=scope)
        shape = tensor.get_shape()
        if shape.ndims != 0:
            raise ValueError("Expected scalar shape for %s, saw shape: %s." % (tensor.name, shape))
        return tensor


def ensure_shape(x, shape, name=None):
    """x with a static shape that is checked when it runs."""
    if not isinstance(shape, tensor_shape.TensorShape):
        shape = tensor_shape.TensorShape(shape)
    return raw.function("ensure_shape")(x, shape, name=name)
