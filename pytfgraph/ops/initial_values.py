"""Initial values that depend on other variables: read as those variables' initialized_value, so that order does not matter."""
from pytfgraph.framework import ops
from pytfgraph.framework.graph_keys import GraphKeys

_VARIABLES = ("Variable", "VariableV2", "VarHandleOp")
_GUARDED = ("IsVariableInitialized", "VarIsInitializedOp", "ReadVariableOp")


def with_initialized_variables(variable, value):
    """`value` with every variable it depends on replaced by that variable's initialized_value.

    Nodes on the way are made again under the name "<old>_<variable>"; a graph with a cycle (a loop) is left as it is.

    Raises:
      TypeError: if `value` is not a Tensor.
    """
    if not isinstance(value, ops.Tensor):
        raise TypeError("initial_value needs to be a Tensor: %s" % value)
    order = _inputs_first(value.op)
    if order is None:
        return value
    made = {}
    for op in order:
        made[op] = _replacement(variable, op, made)
    return made[value.op].outputs[value.value_index]


def _inputs_first(root):
    """All ops that `root` depends on by data, inputs before users; None where data or control edges form a cycle."""
    state, order, stack = {}, [], [(root, iter(_needs(root)))]
    state[root] = 1
    while stack:
        op, rest = stack[-1]
        nxt = next(rest, None)
        if nxt is None:
            state[op] = 2
            order.append(op)
            stack.pop()
        elif state.get(nxt) == 1:
            return None
        elif nxt not in state:
            state[nxt] = 1
            stack.append((nxt, iter(_needs(nxt))))
    by_data = _by_data(root)
    return [op for op in order if op in by_data]


def _needs(op):
    return [t.op for t in op.inputs] + list(op.control_inputs)


def _by_data(root):
    found, todo = {root}, [root]
    while todo:
        op = todo.pop()
        if op.type in _GUARDED or op.type in _VARIABLES:
            continue
        for t in op.inputs:
            if t.op not in found:
                found.add(t.op)
                todo.append(t.op)
    return found


def _replacement(variable, op, made):
    if op.type in _GUARDED:
        return op
    if op.type in _VARIABLES:
        value = _initialized_value_of(variable.graph, op)
        return op if value is None else value.op
    inputs = [made[t.op].outputs[t.value_index] for t in op.inputs]
    if all(a is b for a, b in zip(inputs, op.inputs)):
        return op
    kind = "Switch" if op.type == "RefSwitch" else op.type
    name = (op.name + "_" + variable.name).replace(":", "_")
    return variable.graph.create_op(kind, inputs, [t.dtype for t in op.outputs], name=name, attrs=dict(op.node_def.attr))


def _initialized_value_of(graph, variable_op):
    names = (variable_op.name, variable_op.name + ":0")
    for key in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.LOCAL_VARIABLES):
        for v in graph.get_collection(key):
            if getattr(v, "name", None) in names:
                return v.initialized_value() if hasattr(v, "initialized_value") else None
    return None
