"""Confusion matrices."""
from pytfgraph.framework import dtypes, ops, sparse_tensor
from pytfgraph.ops import array_ops, check_ops, control_flow_ops, math_ops, sparse_ops


def _squeeze_if(condition, x):
    return control_flow_ops.cond(condition, lambda: array_ops.squeeze(x, [-1]), lambda: x)


def _may_end_in_one(shape):
    return shape.ndims is None or shape[-1].is_compatible_with(1)


def remove_squeezable_dimensions(labels, predictions, expected_rank_diff=0, name=None):
    """Drops the last dimension of the one whose rank is by one too large; where ranks are not known yet, when it runs.

    Args:
      labels: tensor.
      predictions: tensor.
      expected_rank_diff: what rank(predictions) - rank(labels) should be.
      name: scope of the operations.

    Returns:
      (labels, predictions)
    """
    with ops.name_scope(name, "remove_squeezable_dimensions", [labels, predictions]):
        predictions = ops.convert_to_tensor(predictions)
        labels = ops.convert_to_tensor(labels)
        shapes = labels.get_shape(), predictions.get_shape()
        if None not in (shapes[0].ndims, shapes[1].ndims):
            excess = shapes[1].ndims - shapes[0].ndims - expected_rank_diff
            if excess == 1:
                predictions = array_ops.squeeze(predictions, [-1])
            elif excess == -1:
                labels = array_ops.squeeze(labels, [-1])
            return labels, predictions
        difference = array_ops.rank(predictions) - array_ops.rank(labels)
        if _may_end_in_one(shapes[1]):
            predictions = _squeeze_if(math_ops.equal(expected_rank_diff + 1, difference), predictions)
        if _may_end_in_one(shapes[0]):
            labels = _squeeze_if(math_ops.equal(expected_rank_diff - 1, difference), labels)
        return labels, predictions


def _checked(x, check):
    """x behind an assertion."""
    return control_flow_ops.with_dependencies([check], x)


def confusion_matrix(labels, predictions, num_classes=None, dtype=dtypes.int32, name=None, weights=None):
    """Counts pairs: element [i, j] says how often the label was i and the prediction j.

    Args:
      labels: vector of classes, from 0.
      predictions: vector of classes.
      num_classes: the matrix's size; by default one more than the largest class.
      dtype: of the matrix.
      name: scope of the operations.
      weights: tensor of what each pair counts; by default 1.

    Raises:
      ValueError: where shapes do not match.
    """
    with ops.name_scope(name, "confusion_matrix", (predictions, labels, num_classes, weights)) as name:
        labels, predictions = ops.convert_to_tensor(labels, name="labels"), ops.convert_to_tensor(predictions, name="predictions")
        labels, predictions = remove_squeezable_dimensions(labels, predictions)
        predictions = math_ops.cast(predictions, dtypes.int64)
        labels = math_ops.cast(labels, dtypes.int64)
        labels = _checked(labels, check_ops.assert_non_negative(labels, message="`labels` contains negative values"))
        predictions = _checked(predictions, check_ops.assert_non_negative(predictions, message="`predictions` contains negative values"))
        if num_classes is None:
            num_classes = math_ops.maximum(math_ops.reduce_max(predictions), math_ops.reduce_max(labels)) + 1
        else:
            limit = math_ops.cast(num_classes, dtypes.int64)
            labels = _checked(labels, check_ops.assert_less(labels, limit, message="`labels` out of bound"))
            predictions = _checked(predictions, check_ops.assert_less(predictions, limit, message="`predictions` out of bound"))
        if weights is not None:
            predictions.get_shape().assert_is_compatible_with(weights.get_shape())
            weights = math_ops.cast(weights, dtype)
        shape = array_ops.stack([num_classes, num_classes])
        indices = array_ops.stack([labels, predictions], axis=1)
        values = array_ops.ones_like(predictions, dtype) if weights is None else weights
        counts = sparse_tensor.SparseTensor(indices=indices, values=values, dense_shape=math_ops.to_int64(shape))
        return sparse_ops.sparse_add(array_ops.zeros(math_ops.to_int32(shape), dtype), counts)
