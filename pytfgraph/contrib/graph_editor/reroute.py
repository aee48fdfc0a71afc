"""Changing which tensors operations take, and what they wait for."""
from pytfgraph.contrib.graph_editor import subgraph, util
from pytfgraph.framework import ops as tf_ops


def _check_compatible(ts0, ts1):
    if len(ts0) != len(ts1):
        raise ValueError("ts0 and ts1 have different sizes: {} != {}".format(len(ts0), len(ts1)))
    for t0, t1 in zip(ts0, ts1):
        if not t0.dtype.is_compatible_with(t1.dtype):
            raise ValueError("Dtypes {} and {} are not compatible.".format(t0.dtype, t1.dtype))
        if not t0.get_shape().is_compatible_with(t1.get_shape()):
            raise ValueError("Shapes {} and {} are not compatible.".format(t0.get_shape(), t1.get_shape()))


def _give(t, to, in_place_of):
    """Gives `t` to the operations `to` wherever they take `in_place_of`; returns in how many places."""
    places = [(op, i) for op in to for i, taken in enumerate(op.inputs) if taken is in_place_of]
    for op, i in places:
        op._update_input(i, t)
    return len(places)


def _reroute_ts(ts0, ts1, swap, can_modify=None, cannot_modify=None):
    """Gives each tensor of `ts0` to those that took its partner in `ts1`, and the other way round if `swap`."""
    ts0, ts1 = util.make_list_of_t(ts0), util.make_list_of_t(ts1)
    _check_compatible(ts0, ts1)
    never = frozenset(() if cannot_modify is None else util.make_list_of_op(cannot_modify))
    only = None if can_modify is None else frozenset(util.make_list_of_op(can_modify))

    def takers(t):
        return [op for op in util.concatenate_unique([], t.consumers()) if op not in never and (only is None or op in only)]

    # Who takes what is asked before anything changes, since a tensor may come in several pairs.
    takers_of = [(takers(t0), takers(t1)) for t0, t1 in zip(ts0, ts1)]
    changed = 0
    for t0, t1, (takers0, takers1) in zip(ts0, ts1, takers_of):
        if t0 is not t1:
            changed += _give(t0, takers1, t1)
            if swap:
                changed += _give(t1, takers0, t0)
    return changed


def swap_ts(ts0, ts1, can_modify=None, cannot_modify=None):
    """Exchanges the consumers of each pair of tensors from the two lists; returns how many inputs changed.

    Only the operations in `can_modify`, if given, and none in `cannot_modify` are changed.  Raises TypeError if the lists do not hold
    tensors, ValueError if they differ in length or a pair in dtype or shape.
    """
    return _reroute_ts(ts0, ts1, True, can_modify, cannot_modify)


def reroute_ts(ts0, ts1, can_modify=None, cannot_modify=None):
    """Gives each tensor of `ts0` to the consumers of its partner in `ts1`, which is left with none; returns how many inputs changed.

    Only the operations in `can_modify`, if given, and none in `cannot_modify` are changed.  Raises TypeError if the lists do not hold
    tensors, ValueError if they differ in length or a pair in dtype or shape.
    """
    return _reroute_ts(ts0, ts1, False, can_modify, cannot_modify)


def _passed_on(before, after, old):
    """The outputs `after` of a view whose inputs were exchanged: what passed through from `old` comes from its new inputs."""
    return [after._input_ts[old._input_ts.index(t)] if t in old._passthrough_ts else t for t in before]


def _take_inputs(sgv0, sgv1, swap):
    """Makes the views say what rerouting their inputs did: sgv1 has those of sgv0, and the other way round if `swap`."""
    new0, new1 = sgv0.copy(), sgv1.copy()
    new1._input_ts, new1._passthrough_ts = list(sgv0._input_ts), list(sgv0._passthrough_ts)
    if swap:
        new0._input_ts, new0._passthrough_ts = list(sgv1._input_ts), list(sgv1._passthrough_ts)
    new1._output_ts = _passed_on(new1._output_ts, new1, new0)
    if swap:
        new0._output_ts = _passed_on(new0._output_ts, new0, new1)
    sgv0._assign_from(new0)
    sgv1._assign_from(new1)


def _views(sgv0, sgv1):
    sgv0, sgv1 = subgraph.make_view(sgv0), subgraph.make_view(sgv1)
    util.check_graphs(sgv0, sgv1)
    return sgv0, sgv1


def _reroute_inputs(sgv0, sgv1, swap):
    sgv0, sgv1 = _views(sgv0, sgv1)
    can_modify = sgv0.ops + sgv1.ops + util.get_consuming_ops(sgv0.passthroughs) + util.get_consuming_ops(sgv1.passthroughs)
    _reroute_ts(sgv0.inputs, sgv1.inputs, swap, can_modify=can_modify)
    _take_inputs(sgv0, sgv1, swap)
    return sgv0, sgv1


def _reroute_outputs(sgv0, sgv1, swap):
    sgv0, sgv1 = _views(sgv0, sgv1)
    _reroute_ts(sgv0.outputs, sgv1.outputs, swap, cannot_modify=sgv0.ops + sgv1.ops)
    return sgv0, sgv1


def _reroute_ios(sgv0, sgv1, swap):
    sgv0, sgv1 = _views(sgv0, sgv1)
    _reroute_outputs(sgv0, sgv1, swap)
    return _reroute_inputs(sgv0, sgv1, swap)


def swap_inputs(sgv0, sgv1):
    """Exchanges the inputs of two views (or what make_view makes one of); returns both, which have changed in place."""
    return _reroute_inputs(sgv0, sgv1, True)


def reroute_inputs(sgv0, sgv1):
    """Gives the inputs of `sgv0` to `sgv1`; returns both views, which have changed in place."""
    return _reroute_inputs(sgv0, sgv1, False)


def swap_outputs(sgv0, sgv1):
    """Exchanges those who take the outputs of two views; returns both."""
    return _reroute_outputs(sgv0, sgv1, True)


def reroute_outputs(sgv0, sgv1):
    """Gives the outputs of `sgv0` to those who took the ones of `sgv1`; returns both views."""
    return _reroute_outputs(sgv0, sgv1, False)


def swap_ios(sgv0, sgv1):
    """swap_outputs, then swap_inputs."""
    return _reroute_ios(sgv0, sgv1, True)


def reroute_ios(sgv0, sgv1):
    """reroute_outputs, then reroute_inputs."""
    return _reroute_ios(sgv0, sgv1, False)


def _control_operands(op, cops):
    if not isinstance(op, tf_ops.Operation):
        raise TypeError("Expected a tf.Operation, got: {}".format(type(op)))
    return util.make_list_of_op(cops, allow_graph=False)


def remove_control_inputs(op, cops):
    """Makes `op` no longer wait for the operations `cops`; TypeError if it is none, ValueError where it does not wait for one."""
    cops = _control_operands(op, cops)
    for cop in cops:
        if cop not in op.control_inputs:
            raise ValueError("{} is not a control_input of {}".format(op.name, cop.name))
    kept = [cop for cop in op.control_inputs if cop not in cops]
    op._remove_all_control_inputs()
    op._add_control_inputs(kept)


def add_control_inputs(op, cops):
    """Makes `op` wait for the operations `cops`; TypeError if it is none, ValueError where it waits for one already."""
    cops = _control_operands(op, cops)
    for cop in cops:
        if cop in op.control_inputs:
            raise ValueError("{} is already a control_input of {}".format(cop.name, op.name))
    op._add_control_inputs(cops)
