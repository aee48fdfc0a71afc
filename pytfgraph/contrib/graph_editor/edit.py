"""Taking parts of a graph out, putting them together, bypassing them."""
from pytfgraph.contrib.graph_editor import reroute, select, subgraph, util
from pytfgraph.ops import array_ops


def detach_control_inputs(sgv):
    """Makes the operations of a view wait for none outside it."""
    sgv = subgraph.make_view(sgv)
    own = frozenset(sgv.ops)
    for op in sgv.ops:
        reroute.remove_control_inputs(op, [cop for cop in op.control_inputs if cop not in own])


def detach_control_outputs(sgv, control_outputs):
    """Makes no operation outside a view wait for those in it; `control_outputs` is the ControlOutputs of their graph."""
    if not isinstance(control_outputs, util.ControlOutputs):
        raise TypeError("Expected a util.ControlOutputs, got: {}".format(type(control_outputs)))
    control_outputs.update()
    sgv = subgraph.make_view(sgv)
    own = frozenset(sgv.ops)
    for op in sgv.ops:
        for cop in control_outputs.get(op):
            if cop not in own:
                reroute.remove_control_inputs(cop, op)


def detach_inputs(sgv, control_inputs=False):
    """Gives the operations of a view new placeholders in place of its inputs.

    With `control_inputs`, they also wait for none outside any longer.  Returns the view, changed in place, and the placeholders.
    """
    sgv = subgraph.make_view(sgv)
    with sgv.graph.as_default():
        placeholders = [array_ops.placeholder(dtype=t.dtype, name=util.placeholder_name(t)) for t in sgv.inputs]
    reroute.swap_inputs(sgv, placeholders)
    if control_inputs:
        detach_control_inputs(sgv)
    return sgv, placeholders


def detach_outputs(sgv, control_outputs=None):
    """Gives those who take outputs of a view new placeholders in their place.

    With a ControlOutputs, none outside waits for its operations any longer.  Returns a view with the outputs that somebody took, and
    the placeholders.
    """
    sgv = subgraph.make_view(sgv)
    sgv = sgv.remap_outputs([i for i, t in enumerate(sgv.outputs) if t.consumers()])
    takers = subgraph.SubGraphView(sgv.consumers())
    outputs = frozenset(sgv.outputs)
    takers = takers.remap_inputs([i for i, t in enumerate(takers.inputs) if t in outputs])
    with sgv.graph.as_default():
        placeholders = [util.make_placeholder_from_tensor(t) for t in takers.inputs]
    reroute.swap_outputs(sgv, placeholders)
    if control_outputs is not None:
        detach_control_outputs(sgv, control_outputs)
    return sgv, placeholders


def detach(sgv, control_inputs=False, control_outputs=None, control_ios=None):
    """detach_inputs and detach_outputs; returns the view, changed in place, the placeholders before it and those behind it."""
    control_inputs, control_outputs = select.check_cios(control_inputs, control_outputs, control_ios)
    _, before = detach_inputs(sgv, control_inputs)
    _, behind = detach_outputs(sgv, control_outputs)
    return sgv, before, behind


def connect(sgv0, sgv1, disconnect_first=False):
    """Gives the outputs of `sgv0` to `sgv1` as its inputs, taken from whoever had them if `disconnect_first`; returns both views."""
    sgv0, sgv1 = subgraph.make_view(sgv0), subgraph.make_view(sgv1)
    util.check_graphs(sgv0, sgv1)
    if disconnect_first:
        detach_outputs(sgv0)
    reroute.reroute_inputs(subgraph.SubGraphView(passthrough_ts=sgv0.outputs), sgv1)
    return sgv0, sgv1


def bypass(sgv):
    """Gives the inputs of a view to those who took its outputs.

    Returns the view, whose inputs are placeholders now, and these.  ValueError if inputs and outputs do not match one by one.
    """
    sgv = subgraph.make_view(sgv)
    inputs = list(sgv.inputs)
    sgv, placeholders = detach_inputs(sgv)
    reroute.reroute_ts(inputs, sgv.outputs)
    return sgv, placeholders
