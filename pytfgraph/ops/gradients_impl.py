"""tf.gradients: the walk itself is the core's (csrc/gradients/backprop.c)."""
from pytfgraph import _core
from pytfgraph.framework import dtypes, indexed_slices, ops


class AggregationMethod:
    """How the gradients that reach a tensor on several ways are added."""
    ADD_N = 0                        # one AddN of all
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1            # pairwise sums
    EXPERIMENTAL_ACCUMULATE_N = 2    # AccumulateNV2, which needs memory for one


def gradients(ys, xs, grad_ys=None, name="gradients", colocate_gradients_with_ops=False, gate_gradients=False,
              aggregation_method=None, stop_gradients=None, unconnected_gradients="none"):
    """Derivatives of sum(ys) with respect to each x: a list of Tensors, IndexedSlices or None.

    Args:
      ys: a Tensor or a list of them.
      xs: a Tensor or Variable, or a list of them.
      grad_ys: gradients of the ys; ones where None.
      name: a name scope.
      colocate_gradients_with_ops: whether gradients are placed with their operations.
      gate_gradients: whether an operation's gradients are all computed before one is used.
      aggregation_method: one of AggregationMethod.
      stop_gradients: tensors taken as constants.
      unconnected_gradients: "none" or "zero": what an x gets on which no y depends.

    Raises:
      LookupError: for an operation on the way without a registered gradient.
      ValueError: for arguments that do not fit.
    """
    xs, stop_gradients = _inside(xs), _inside(stop_gradients)
    return _core.gradients(ys, xs, grad_ys=grad_ys, name=name, colocate_gradients_with_ops=colocate_gradients_with_ops,
                           gate_gradients=gate_gradients, aggregation_method=aggregation_method, stop_gradients=stop_gradients,
                           unconnected_gradients=unconnected_gradients)


def _inside(xs):
    """Where a function's body is made: the inputs of the function that stand for tensors and variables outside of it."""
    captured = getattr(ops.get_default_graph(), "_captured", None)
    if not captured or xs is None:
        return xs
    if isinstance(xs, (list, tuple)):
        return [_inside(x) for x in xs]
    names = (xs, getattr(xs, "handle", None), getattr(xs, "_snapshot", None), getattr(xs, "_variable", None))
    found = (captured.get(t) for t in names if isinstance(t, ops.Tensor))
    return next((t for t in found if t is not None), xs)


def _AggregateIndexedSlicesGradients(grads):
    """The sum of gradients, as one IndexedSlices of all their rows; None of none."""
    if len(grads) < 2:
        return grads[0] if grads else None
    from pytfgraph.ops import array_ops, math_ops
    parts = []
    for g in math_ops._as_indexed_slices_list([g for g in grads if g is not None]):
        if isinstance(g.values, indexed_slices.IndexedSlices):
            g = indexed_slices.IndexedSlices(g.values.values, array_ops.gather(g.indices, g.values.indices), g.dense_shape)
        parts.append(g)
    return indexed_slices.IndexedSlices(array_ops.concat([g.values for g in parts], axis=0),
                                        array_ops.concat([g.indices for g in parts], axis=0), parts[0].dense_shape)


def hessians(ys, xs, name="hessians", colocate_gradients_with_ops=False, gate_gradients=False, aggregation_method=None):
    """The second derivatives of sum(ys) for each x: a list of Tensors, each of x's shape twice over.

    Args:
      ys: a Tensor or a list of them.
      xs: a Tensor or a list of them.
      name: unused.
      colocate_gradients_with_ops, gate_gradients, aggregation_method: as for tf.gradients.

    Raises:
      LookupError: for an operation on the way without a registered gradient.
    """
    from pytfgraph.framework.constant_op import constant
    from pytfgraph.ops import array_ops
    from pytfgraph.ops.loops import while_loop
    from pytfgraph.ops.tensor_array_ops import TensorArray
    xs = xs if isinstance(xs, (list, tuple)) else [xs]
    first = gradients(ys, xs, colocate_gradients_with_ops=colocate_gradients_with_ops, gate_gradients=gate_gradients,
                      aggregation_method=aggregation_method)
    result = []
    for dx, x in zip(first, xs):
        dx = array_ops.reshape(dx, [-1])
        n = array_ops.size(x)
        start = [constant(0, dtypes.int32), TensorArray(x.dtype, n)]
        rows = while_loop(lambda j, _: j < n, lambda j, rows: (j + 1, rows.write(j, gradients(dx[j], x)[0])), start)[1]
        shape = array_ops.shape(x)
        result.append(array_ops.reshape(rows.stack(), array_ops.concat((shape, shape), 0)))
    return result


def _AggregateIndexedSlicesGradients(grads):  # noqa: N802
    """The sum of IndexedSlices, as one that has the values and indices of all; None where there are none."""
    from pytfgraph.framework import ops
    from pytfgraph.ops import array_ops, math_ops
    if len(grads) < 2:
        return grads[0] if grads else None
    slices = math_ops._as_indexed_slices_list([g for g in grads if g is not None])
    return ops.IndexedSlices(array_ops.concat([x.values for x in slices], axis=0), array_ops.concat([x.indices for x in slices], axis=0),
                             slices[0].dense_shape)


def _hessian_vector_product(ys, xs, v):
    """The Hessian of `ys` times vectors: gradients of the gradients' products with `v`, one for each of `xs`.

    Raises:
      ValueError: `xs` and `v` have different lengths.
    """
    from pytfgraph.ops import array_ops, math_ops
    if len(v) != len(xs):
        raise ValueError("xs and v must have the same length.")
    products = [math_ops.multiply(g, array_ops.stop_gradient(x)) for g, x in zip(gradients(ys, xs), v) if g is not None]
    return gradients(products, xs)
