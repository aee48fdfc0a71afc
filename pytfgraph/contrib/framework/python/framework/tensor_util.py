"""Tensors whose shapes are asserted, and sums of several."""
import numpy as np

from pytfgraph.framework import dtypes, ops, sparse_tensor, tensor_shape, tensor_util
from pytfgraph.framework.sparse_tensor import convert_to_tensor_or_sparse_tensor  # noqa: F401
from pytfgraph.ops import array_ops, check_ops, control_flow_ops, math_ops
from pytfgraph.ops.check_ops import assert_same_float_dtype, assert_scalar  # noqa: F401
from pytfgraph.util.deprecation import deprecated

is_tensor = tensor_util.is_tensor


def reduce_sum_n(tensors, name=None):
    """The sum of all elements of all tensors, which have one dtype; ValueError if there are none."""
    if not tensors:
        raise ValueError("No tensors provided.")
    with ops.name_scope(name, "reduce_sum_n", tensors) as scope:
        sums = [math_ops.reduce_sum(t, name="%s/sum" % t.op.name) for t in tensors]
        return sums[0] if len(sums) == 1 else math_ops.add_n(sums, name=scope)


@deprecated(None, "Please switch to remove_squeezable_dimensions from tf.confusion_matrix. Note that the order of the inputs and outputs of "
            "labels and predictions have also been switched.")
def remove_squeezable_dimensions(predictions, labels, name=None):
    """(predictions, labels), one of which loses its last dimension where its rank is larger by one."""
    with ops.name_scope(name, "remove_squeezable_dimensions", [predictions, labels]):
        predictions, labels = ops.convert_to_tensor(predictions), ops.convert_to_tensor(labels)
        p_rank, l_rank = predictions.get_shape().ndims, labels.get_shape().ndims
        if p_rank is not None and l_rank is not None:
            if p_rank - l_rank == -1:
                labels = array_ops.squeeze(labels, [-1])
            elif p_rank - l_rank == 1:
                predictions = array_ops.squeeze(predictions, [-1])
            return predictions, labels
        difference = array_ops.rank(predictions) - array_ops.rank(labels)

        def maybe_squeezed(t, rank, wanted):
            if rank is not None and not t.get_shape().dims[-1].is_compatible_with(1):
                return t
            return control_flow_ops.cond(math_ops.equal(wanted, difference), lambda: array_ops.squeeze(t, [-1]), lambda: t)
        return maybe_squeezed(predictions, p_rank, 1), maybe_squeezed(labels, l_rank, -1)


def _is_shape(expected, tensor, actual):
    """A boolean tensor: whether rank and sizes are as expected, where -1 is any size."""
    with ops.name_scope("is_shape", values=[tensor]) as scope:
        rank = array_ops.size(expected)
        with ops.name_scope("is_rank", values=[tensor]) as rank_scope:
            rank_fits = math_ops.equal(ops.convert_to_tensor(rank, name="expected"), array_ops.rank(tensor, name="actual"), name=rank_scope)
        with ops.name_scope("shape_tensor_equal", values=[expected, actual]) as equal_scope:
            equal = math_ops.reduce_all(math_ops.logical_or(math_ops.equal(expected, -1), math_ops.equal(expected, actual, "equal"),
                                                            name="exclude_partial_shape"), name=equal_scope)
        return math_ops.logical_and(rank_fits, equal, name=scope)


def _assert_shape(expected, tensor):
    with ops.name_scope("assert_shape", values=[tensor]) as scope:
        actual = array_ops.shape(tensor, name="actual")
        if isinstance(expected, tensor_shape.TensorShape) and not expected.is_fully_defined():
            expected = [d if d else -1 for d in expected.as_list()]
        return control_flow_ops.Assert(_is_shape(expected, tensor, actual),
                                       ["Wrong shape for %s [expected] [actual]." % tensor.name, expected, actual], name=scope)


def with_same_shape(expected_tensor, tensor):
    """The tensor, asserted to have the shape of another one, when that is run where it is not known before."""
    with ops.name_scope("%s/" % tensor.op.name, values=[expected_tensor, tensor]):
        shape = expected_tensor.get_shape()
        return with_shape(shape.as_list() if shape.is_fully_defined() else array_ops.shape(expected_tensor, name="expected_shape"), tensor)


def _checked_shape(shape, tensor):
    """A shape as an int32 array or a tensor; other things as they are."""
    if isinstance(shape, (list, tuple)):
        shape = np.asarray(shape, np.int32) if not shape or np.asarray(shape).dtype == np.int64 else np.asarray(shape)
    if isinstance(shape, np.ndarray) and shape.ndim > 1:
        raise ValueError("Invalid rank %s for shape %s expected of tensor %s." % (shape.ndim, shape, tensor.name))
    if is_tensor(shape) and shape.dtype.base_dtype != dtypes.int32 or isinstance(shape, np.ndarray) and shape.dtype != np.int32:
        raise ValueError("Invalid dtype %s for shape %s expected of tensor %s." % (shape.dtype, shape, tensor.name))
    return shape


def with_shape(expected_shape, tensor):
    """The tensor, asserted to have a shape: at once where both are known, when it is run otherwise.

    Args:
      expected_shape: int32: a list, array or tensor; -1 is any size.
      tensor: a Tensor.

    Raises:
      ValueError: if the shapes are known and do not fit, the shape is no vector of int32, or the tensor is sparse.
    """
    if isinstance(tensor, sparse_tensor.SparseTensor):
        raise ValueError("SparseTensor not supported.")
    expected = _checked_shape(expected_shape, tensor)
    actual, dynamic = tensor.get_shape(), is_tensor(expected)
    if not actual.is_fully_defined() or dynamic:
        with ops.name_scope("%s/" % tensor.op.name, values=[tensor]):
            if not dynamic and len(expected) < 1:
                return array_ops.reshape(tensor, [])
            with ops.control_dependencies([_assert_shape(expected, tensor)]):
                result = array_ops.identity(tensor)
            if not dynamic:
                result.set_shape(expected)
            return result
    if not actual.is_compatible_with(expected):
        if len(expected) < 1 and actual.is_compatible_with([1]):
            with ops.name_scope("%s/" % tensor.op.name, values=[tensor]):
                return array_ops.reshape(tensor, [])
        raise ValueError("Invalid shape for tensor %s, expected %s, got %s." % (tensor.name, expected, actual))
    return tensor


def assert_scalar_int(tensor, name=None):
    """The tensor, a scalar of whole numbers; ValueError if it is none."""
    with ops.name_scope(name, "assert_scalar_int", [tensor]) as scope:
        tensor = ops.convert_to_tensor(tensor)
        if not tensor.dtype.base_dtype.is_integer:
            raise ValueError("Expected integer type for %s, received type: %s." % (tensor.name, tensor.dtype))
        return check_ops.assert_scalar(tensor, name=scope)
