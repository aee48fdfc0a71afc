"""Choosing operations and tensors of a graph: by name, by condition, by walking along edges."""
import re

from pytfgraph.contrib.graph_editor import util
from pytfgraph.framework import ops as tf_ops


def can_be_regex(obj):
    """Whether `obj` is a string or a compiled regular expression."""
    return isinstance(obj, (str, re.Pattern))


def make_regex(obj):
    """A compiled regular expression from a string, or from itself; ValueError from anything else."""
    if not can_be_regex(obj):
        raise ValueError("Expected a string or a regex, got: {}".format(type(obj)))
    return re.compile(obj) if isinstance(obj, str) else obj


def _get_input_ts(ops):
    return util.concatenate_unique([], (t for op in util.make_list_of_op(ops) for t in op.inputs))


def _get_output_ts(ops):
    return [t for op in util.make_list_of_op(ops) for t in op.outputs]


def filter_ts(ops, positive_filter):
    """The inputs and outputs of `ops` for which the function `positive_filter` says yes; all, where it is True."""
    ops = util.make_list_of_op(ops)
    ts = util.concatenate_unique(_get_input_ts(ops), _get_output_ts(ops))
    return ts if positive_filter is True else [t for t in ts if positive_filter(t)]


def filter_ts_from_regex(ops, regex):
    """The inputs and outputs of `ops` in whose names the expression is found."""
    regex = make_regex(regex)
    return filter_ts(ops, lambda t: regex.search(t.name))


def filter_ops(ops, positive_filter):
    """Those of `ops` for which the function `positive_filter` says yes; all, where it is True."""
    ops = util.make_list_of_op(ops)
    return ops if positive_filter is True else [op for op in ops if positive_filter(op)]


def filter_ops_from_regex(ops, regex):
    """Those of `ops` in whose names the expression is found."""
    regex = make_regex(regex)
    return filter_ops(ops, lambda op: regex.search(op.name))


def get_name_scope_ops(ops, scope):
    """Those of `ops` that are in the name scope `scope`, or have its name."""
    if scope and scope[-1] == "/":
        scope = scope[:-1]
    return filter_ops_from_regex(ops, "^{}(/.*)?$".format(scope))


def check_cios(control_inputs=False, control_outputs=None, control_ios=None):
    """(whether to follow control inputs, the ControlOutputs to follow or None), from three arguments that say so.

    `control_ios` stands for both.  Raises TypeError where one is no ControlOutputs, ValueError where outputs are given twice.
    """
    for outputs in (control_ios, control_outputs):
        if outputs is None:
            continue
        if not isinstance(outputs, util.ControlOutputs):
            raise TypeError("Expected a util.ControlOutputs, got: {}".format(type(outputs)))
        if outputs is control_ios and control_outputs is not None:
            raise ValueError("control_outputs should be None when using control_ios.")
    if control_ios is not None:
        control_inputs, control_outputs = True, control_ios
    if control_outputs is not None:
        control_outputs.update()
    return control_inputs, control_outputs


def _before(op, control_inputs):
    yield from (t.op for t in op.inputs)
    if control_inputs:
        yield from op.control_inputs


def _behind(op, control_outputs):
    for t in op.outputs:
        yield from t.consumers()
    if control_outputs is not None:
        yield from control_outputs.get(op)


def get_ops_ios(ops, control_inputs=False, control_outputs=None, control_ios=None):
    """The operations that give an input to one of `ops` or take an output of one, each once."""
    control_inputs, control_outputs = check_cios(control_inputs, control_outputs, control_ios)
    result = []
    for op in util.make_list_of_op(ops):
        util.concatenate_unique(result, (t.op for t in op.inputs))
        util.concatenate_unique(result, _behind(op, control_outputs))
        if control_inputs:
            util.concatenate_unique(result, op.control_inputs)
    return result


def compute_boundary_ts(ops):
    """(inputs, outputs, insides) of a set of operations.

    Inputs are made outside, insides are made and taken by `ops`; outputs are made by `ops` and taken outside, or not at all.  A tensor
    can be inside and an output.
    """
    ops = util.make_list_of_op(ops)
    inputs, outputs, own = _get_input_ts(ops), _get_output_ts(ops), frozenset(ops)
    made = frozenset(outputs)
    insides = [t for t in inputs if t in made]
    hidden = frozenset(t for t in insides if own.issuperset(t.consumers()))
    return [t for t in inputs if t not in made], [t for t in outputs if t not in hidden], insides


def get_within_boundary_ops(ops, seed_ops, boundary_ops=(), inclusive=True, control_inputs=False, control_outputs=None, control_ios=None):
    """Those of `ops` that can be reached from `seed_ops`, along edges in either direction, without crossing `boundary_ops`.

    Those of the boundary that are reached belong to it if `inclusive`.  ValueError if a seed is in the boundary.
    """
    control_inputs, control_outputs = check_cios(control_inputs, control_outputs, control_ios)
    ops = util.make_list_of_op(ops)
    seeds = util.make_list_of_op(seed_ops, allow_graph=False)
    boundary = set(util.make_list_of_op(boundary_ops))
    if not boundary.isdisjoint(seeds):
        raise ValueError("Boundary is intersecting with the seeds.")
    reached, wave = set(seeds), seeds
    while wave:
        around = [op for op in get_ops_ios(wave, control_inputs, control_outputs) if op not in reached]
        wave = [op for op in around if op not in boundary]
        reached.update(around if inclusive else wave)
    return [op for op in ops if op in reached]


def _walk(seeds, neighbours, inclusive, within_ops, within_ops_fn):
    """The operations that are reached from `seeds`, nearest first; neighbours(op) are those one step further."""
    within = None
    if within_ops is not None:
        within = frozenset(util.make_list_of_op(within_ops, allow_graph=False))
        if within:
            seeds = [op for op in seeds if op in within]
    result = util.concatenate_unique([], seeds)
    reached = set(result)
    for op in result:       # which grows
        for other in neighbours(op):
            if other in reached or within is not None and other not in within or within_ops_fn is not None and not within_ops_fn(other):
                continue
            reached.add(other)
            result.append(other)
    if inclusive:
        return result
    seeds = frozenset(seeds)
    return [op for op in result if op not in seeds]


def _seeds(seed_ops, of_tensors):
    seeds = list(seed_ops) if util.is_iterable(seed_ops) else [seed_ops]
    if seeds and isinstance(seeds[0], tf_ops.Tensor):
        return of_tensors(seeds)
    return util.make_list_of_op(seeds, allow_graph=False)


def get_forward_walk_ops(seed_ops, inclusive=True, within_ops=None, within_ops_fn=None, stop_at_ts=(), control_outputs=None):
    """A list of the operations that depend on `seed_ops`, nearest first.

    Args:
      seed_ops: operations, or tensors, which stand for those that take them.
      inclusive: whether the seeds belong to the result.
      within_ops: operations that are not left, if given.
      within_ops_fn: a function that says whether an operation may be entered.
      stop_at_ts: tensors that are not followed.
      control_outputs: a ControlOutputs, where control edges are to be followed.
    """
    _, control_outputs = check_cios(False, control_outputs)
    seeds, stop = _seeds(seed_ops, util.get_consuming_ops), frozenset(util.make_list_of_t(stop_at_ts))

    def neighbours(op):
        for t in op.outputs:
            if t not in stop:
                yield from t.consumers()
        if control_outputs is not None:
            yield from control_outputs.get(op)

    return _walk(seeds, neighbours, inclusive, within_ops, within_ops_fn)


def get_backward_walk_ops(seed_ops, inclusive=True, within_ops=None, within_ops_fn=None, stop_at_ts=(), control_inputs=False):
    """A list of the operations that `seed_ops` depend on, nearest first.

    Args:
      seed_ops: operations, or tensors, which stand for those that make them.
      inclusive: whether the seeds belong to the result.
      within_ops: operations that are not left, if given.
      within_ops_fn: a function that says whether an operation may be entered.
      stop_at_ts: tensors that are not followed.
      control_inputs: whether control edges are followed.
    """
    seeds, stop = _seeds(seed_ops, util.get_generating_ops), frozenset(util.make_list_of_t(stop_at_ts))

    def neighbours(op):
        yield from (t.op for t in op.inputs if t not in stop)
        if control_inputs:
            yield from op.control_inputs

    return _walk(seeds, neighbours, inclusive, within_ops, within_ops_fn)


def _walks(forward_seed_ops, backward_seed_ops, forward_inclusive, backward_inclusive, within_ops, within_ops_fn, control_inputs,
           control_outputs, control_ios):
    control_inputs, control_outputs = check_cios(control_inputs, control_outputs, control_ios)
    return (get_forward_walk_ops(forward_seed_ops, forward_inclusive, within_ops, within_ops_fn, control_outputs=control_outputs),
            get_backward_walk_ops(backward_seed_ops, backward_inclusive, within_ops, within_ops_fn, control_inputs=control_inputs))


def get_walks_intersection_ops(forward_seed_ops, backward_seed_ops, forward_inclusive=True, backward_inclusive=True, within_ops=None,
                               within_ops_fn=None, control_inputs=False, control_outputs=None, control_ios=None):
    """The operations of a forward walk that are also in a backward walk: what lies between the two seeds."""
    forward, backward = _walks(forward_seed_ops, backward_seed_ops, forward_inclusive, backward_inclusive, within_ops, within_ops_fn,
                               control_inputs, control_outputs, control_ios)
    backward = frozenset(backward)
    return [op for op in forward if op in backward]


def get_walks_union_ops(forward_seed_ops, backward_seed_ops, forward_inclusive=True, backward_inclusive=True, within_ops=None,
                        within_ops_fn=None, control_inputs=False, control_outputs=None, control_ios=None):
    """The operations of a forward walk, then those of a backward walk that are not among them."""
    return util.concatenate_unique(*_walks(forward_seed_ops, backward_seed_ops, forward_inclusive, backward_inclusive, within_ops,
                                           within_ops_fn, control_inputs, control_outputs, control_ios))


def _select(args, kwargs, own, other, from_regex, make_list):
    """What select_ops ("ops", "ts") and select_ts ("ts", "ops") have in common."""
    graph = positive_filter = None
    restrict = False
    for key, value in kwargs.items():
        if key == "graph":
            graph = value
            if graph is not None and not isinstance(graph, tf_ops.Graph):
                raise TypeError("Expected a tf.Graph, got{} {}".format(":" if own == "ops" else "", type(graph)))
        elif key == "positive_filter":
            positive_filter = value
        elif key == "restrict_%s_regex" % own:
            restrict = value
        elif key != "restrict_%s_regex" % other:
            raise ValueError("Wrong keywords argument: {}.".format(key))
    result = []
    for arg in args:
        if can_be_regex(arg):
            if graph is None:
                raise ValueError("Use the keyword argument 'graph' to use regex.")
            regex = make_regex(arg)
            if regex.pattern.startswith("(?#%s)" % other) or restrict and not regex.pattern.startswith("(?#%s)" % own):
                continue
            found = from_regex(graph, regex)
        else:
            found = make_list(arg)
        util.concatenate_unique(result, found if positive_filter is None else [e for e in found if positive_filter(e)])
    return result


def select_ops(*args, **kwargs):
    """A list of operations: those named by regular expressions, and those given; tensors among them are left out.

    An expression that begins with "(?#ts)" is for tensors, and left out.  Keywords: `graph` (which expressions need), `positive_filter`
    (a function that says whether to take an operation), `restrict_ops_regex` (take only expressions that begin with "(?#ops)").
    Raises TypeError and ValueError for arguments of other kinds.
    """
    return _select(args, kwargs, "ops", "ts", filter_ops_from_regex, lambda arg: util.make_list_of_op(arg, ignore_ts=True))


def select_ts(*args, **kwargs):
    """A list of tensors: those named by regular expressions, and those given; operations among them are left out.

    An expression that begins with "(?#ops)" is for operations, and left out.  Keywords: `graph` (which expressions need),
    `positive_filter` (a function that says whether to take a tensor), `restrict_ts_regex` (take only expressions that begin with
    "(?#ts)").  Raises TypeError and ValueError for arguments of other kinds.
    """
    return _select(args, kwargs, "ts", "ops", filter_ts_from_regex, lambda arg: util.make_list_of_t(arg, ignore_ops=True))


def select_ops_and_ts(*args, **kwargs):
    """(select_ops, select_ts) of the same arguments; expressions for tensors begin with "(?#ts)", all others are for operations."""
    return select_ops(*args, restrict_ops_regex=False, **kwargs), select_ts(*args, restrict_ts_regex=True, **kwargs)
