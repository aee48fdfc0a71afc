"""tf.while_loop.  The loop itself is built in C (csrc/graph/while.c); here are its arguments and what its functions return."""
from pytfgraph import _core
from pytfgraph.framework import ops, tensor_shape
from pytfgraph.framework.constant_op import constant
from pytfgraph.framework.indexed_slices import IndexedSlices
from pytfgraph.framework.sparse_tensor import SparseTensor
from pytfgraph.ops import raw
from pytfgraph.util import nest

gen_control_flow_ops = raw.module("gen_control_flow_ops")


# ---- TensorArrays go round as their flows ----

def _flow_of(x):
    from pytfgraph.ops.tensor_array_ops import TensorArray
    return x.flow if isinstance(x, TensorArray) else x


def _with_tensor_arrays(like, flows):
    """`flows`, with a TensorArray over each that stands where `like` has one."""
    from pytfgraph.ops.tensor_array_ops import TensorArray
    if len(like) != len(flows):
        raise ValueError("Lengths of original Tensor list and new list do not match: %d vs. %d" % (len(like), len(flows)))
    return [ta._with_flow(flow) if isinstance(ta, TensorArray) else flow for ta, flow in zip(like, flows)]


# ---- shape invariants ----

def _at_most(shape, invariant):
    """Whether `shape` is as specific as `invariant`, or more."""
    if invariant.dims is None:
        return True
    if shape.ndims != invariant.ndims:
        return False
    return all(i.value is None or d.value == i.value for d, i in zip(shape.dims, invariant.dims))


def _check_entering(shape, invariant, name, part):
    if not _at_most(shape, invariant):
        raise ValueError("The shape invariant specified for %s is not compatible with the initial shape of the %s. It enters the loop with "
                         "shape %s, but the specified shape invariant is %s." % (name, part, shape, invariant))


def _set_shape_invariants(variables, enters, shapes):
    shapes = nest.flatten(shapes)
    if not all(isinstance(s, tensor_shape.TensorShape) for s in shapes):
        raise ValueError("`shapes` must be a (possibly nested) list of shapes.")
    for var, enter, shape in zip(variables, enters, shapes):
        if isinstance(enter, ops.Tensor):
            _check_entering(var.get_shape(), shape, var.name, "loop variable")
            enter.set_shape(shape)
        elif isinstance(enter, IndexedSlices):
            _check_entering(var.values.get_shape(), shape, var.values.name, "values tensor of this IndexedSlices")
            enter.values.set_shape(shape)
            enter.indices.set_shape(tensor_shape.TensorShape([shape[0]]))
            if enter.dense_shape is not None:
                enter.dense_shape.set_shape(tensor_shape.TensorShape([shape.ndims]))
        else:
            _check_entering(var.dense_shape.get_shape(), shape, var.dense_shape.name, "shape tensor of this SparseTensor")
            enter.values.set_shape(tensor_shape.TensorShape([None]))
            enter.indices.set_shape(tensor_shape.TensorShape([None, shape.ndims]))
            enter.dense_shape.set_shape(shape)


# ---- the loop ----

def _call_body(body, arguments):
    """body's result; summaries that it makes run with the result and are not collected outside."""
    from pytfgraph.ops.tensor_array_ops import TensorArray
    key = ops.GraphKeys._SUMMARY_COLLECTION
    before = ops.get_collection(key)
    result = body(*arguments)
    new = ops.get_collection(key)[len(before):]
    if not nest.is_sequence(result):
        result = [result]
    if new:
        ops.get_collection_ref(key)[:] = before
        with ops.control_dependencies(new):
            result = nest.map_structure(lambda x: x if isinstance(x, TensorArray) else gen_control_flow_ops.identity(x), result)
    return result


def _fitting(variable, value):
    """What an iteration gives for a loop variable, as what the variable is."""
    if isinstance(variable, ops.Tensor):
        return ops.convert_to_tensor(value)
    if isinstance(variable, IndexedSlices):
        from pytfgraph.ops import math_ops
        value = math_ops._as_indexed_slices(value, optimize=False)
        if variable.dense_shape is not None and value.dense_shape is None:
            raise ValueError("Must have dense shape: %s" % value.name)
    elif not isinstance(value, SparseTensor):
        raise ValueError("Must be a sparse tensor: %s" % value.name)
    return value


def _build(context, pred, body, loop_vars, shape_invariants):
    """Builds the loop in its context: the structure that body gave, and the flat list of what leaves the loop."""
    given = nest.flatten(loop_vars)
    variables = ops.convert_n_to_tensor_or_indexed_slices([_flow_of(x) for x in given])

    def packed(flows):
        return nest.pack_sequence_as(structure=loop_vars, flat_sequence=_with_tensor_arrays(given, flows))

    context.Enter()
    try:
        enters = context._begin(variables, shape_invariants is None)
        if shape_invariants is not None:
            _set_shape_invariants(variables, enters, shape_invariants)
        merges = context._merge()
        test = ops.convert_to_tensor(pred(*packed(merges)))
        arguments = packed(context._test(test))
        result = _call_body(body, arguments)
        # The outermost kind is the caller's business: variables come in a list where body returns a tuple.
        nest.assert_same_structure(list(arguments), list(result))
        values = ops.convert_n_to_tensor_or_indexed_slices([_flow_of(x) for x in nest.flatten(result)])
        if len(merges) != len(values):
            raise ValueError("Number of inputs and outputs of body must match loop_vars: %d, %d" % (len(merges), len(values)))
        for i, (merge, value) in enumerate(zip(merges, values)):
            context._next(i, _fitting(merge, value))
        return result, context._end()
    finally:
        context.Exit()


def _counted(cond, body, loop_vars, maximum_iterations):
    """The loop with a counter before its variables, which ends it."""
    maximum = ops.convert_to_tensor(maximum_iterations, name="maximum_iterations")
    if maximum.shape.ndims != 0:
        raise ValueError("maximum_iterations must be a scalar, saw shape: %s" % maximum.shape)
    counter = constant(0, dtype=maximum.dtype, name="iteration_counter")
    from pytfgraph.ops import math_ops
    if len(loop_vars) == 1:
        return (maximum, lambda i, lv: math_ops.logical_and(i < maximum, cond(lv)), lambda i, lv: (i + 1, body(lv)),
                (counter, loop_vars[0]))
    return (maximum, lambda i, lv: math_ops.logical_and(i < maximum, cond(*lv)), lambda i, lv: (i + 1, body(*lv)), (counter, loop_vars))


def while_loop(cond, body, loop_vars, shape_invariants=None, parallel_iterations=10, back_prop=True, swap_memory=False, name=None,
               maximum_iterations=None, return_same_structure=False):
    """Runs `body` on the loop variables again and again while `cond` of them holds; what they are in the end.

    Both functions are called once, when the graph is built.  Iterations may overlap where one needs nothing of the one before.

    Args:
      cond: a function of the loop variables that gives a boolean scalar.
      body: a function of the loop variables that gives their next values, in the same structure and of the same dtypes.
      loop_vars: a list, tuple, namedtuple or dict, perhaps nested, of what converts to Tensors, IndexedSlices, SparseTensors and
        TensorArrays.
      shape_invariants: in the same structure, a TensorShape for each variable that all its values have.  Without it, that is the
        shape with which the variable enters.  A SparseTensor's is the shape of its dense_shape, IndexedSlices' that of their values.
      parallel_iterations: how many iterations may be under way at once, a positive number.
      back_prop: whether gradients go through the loop.
      swap_memory: accepted; values kept for gradients are in the host's memory in any case.
      name: a name scope.
      maximum_iterations: a scalar; the loop ends after so many iterations at the latest.
      return_same_structure: whether a loop with one variable gives a structure like loop_vars, not the variable alone.

    Raises:
      TypeError: if cond or body is not callable, or body gives another structure or dtype.
      ValueError: if there are no loop variables, or a shape is not the same after an iteration.
    """
    with ops.name_scope(name, "while", loop_vars):
        if not loop_vars:
            raise ValueError("No loop variables provided")
        if not callable(cond):
            raise TypeError("cond must be callable.")
        if not callable(body):
            raise TypeError("body must be callable.")
        if parallel_iterations < 1:
            raise TypeError("parallel_iterations must be a positive integer.")
        maximum = None
        if maximum_iterations is not None:
            maximum, cond, body, loop_vars = _counted(cond, body, loop_vars, maximum_iterations)
        if shape_invariants is not None:
            if maximum is not None:
                shape_invariants = (tensor_shape.TensorShape([]), shape_invariants)
            nest.assert_same_structure(loop_vars, shape_invariants)
        context = _core._while_context(maximum, parallel_iterations, back_prop, swap_memory)
        if context.outer_context is None:
            ops.add_to_collection(ops.GraphKeys.WHILE_CONTEXT, context)
        body_result, exits = _build(context, cond, body, loop_vars, shape_invariants)
        flat = _with_tensor_arrays(nest.flatten(body_result), exits)
        result = nest.pack_sequence_as(structure=body_result, flat_sequence=flat)
        if not return_same_structure and len(exits) == 1:
            result = result[0]
        return result if maximum is None else result[1]
