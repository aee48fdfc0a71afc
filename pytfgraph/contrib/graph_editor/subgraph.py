"""SubGraphView: some operations of a graph, looked at as a function from tensors to tensors."""
import copy

from pytfgraph.contrib.graph_editor import select, util
from pytfgraph.framework import ops as tf_ops


def _indices(wanted, ts, repetition):
    """The places in `ts` that a list of places and tensors means; ValueError where one is not there, or comes twice."""
    result = [i if isinstance(i, int) else ts.index(i) for i in wanted]
    for i in result:
        if not 0 <= i < len(ts):
            raise ValueError("Out of [0, {}[ range: {}".format(len(ts), i))
    if not repetition and len(set(result)) != len(result):
        raise ValueError("Found repetition in mapping: {}".format(result))
    return result


class SubGraphView:
    """Operations of a graph with lists of tensors that go in and come out.

    To begin with, the inputs are all tensors that the operations take from outside, and the outputs all those that somebody outside
    takes, or nobody.  A passthrough tensor is input and output at once, and none of the operations has to do with it.  `remap*` give
    views with other lists: an input that is not listed counts as given, outputs may be listed twice.

    A view does not follow changes of its graph; the functions that reroute tensors adapt the views they are given.
    """

    def __init__(self, inside_ops=(), passthrough_ts=()):
        """A view of the operations `inside_ops`; of `passthrough_ts` those tensors pass through that no operation of it touches.

        Raises TypeError if they are no operations and tensors, ValueError if they are of several graphs.
        """
        self._ops = util.make_list_of_op(inside_ops)
        passthrough_ts = util.make_list_of_t(passthrough_ts)
        self._graph = util.get_unique_graph(self._ops + passthrough_ts, none_if_empty=True)
        inputs, outputs, insides = select.compute_boundary_ts(self._ops)
        touched = frozenset(inputs + outputs + insides)
        self._passthrough_ts = [t for t in passthrough_ts if t not in touched]
        self._input_ts = inputs + self._passthrough_ts
        self._output_ts = outputs + self._passthrough_ts

    def __copy__(self):
        result = type(self).__new__(type(self))
        for key, value in vars(self).items():
            setattr(result, key, value if key == "_graph" else list(value))
        return result

    def _assign_from(self, other):
        """Becomes what the view `other` is."""
        if not isinstance(other, SubGraphView):
            raise TypeError("Expected SubGraphView, got: {}".format(type(other)))
        vars(self).update(vars(copy.copy(other)))

    def copy(self):
        """Another view of the same operations; the graph is not copied."""
        return copy.copy(self)

    def remap_default(self, remove_input_map=True, remove_output_map=True):
        """A view with the inputs, or outputs, that a new one would have."""
        result = self.copy()
        inputs, outputs, _ = select.compute_boundary_ts(self._ops)
        if remove_input_map:
            result._input_ts = inputs + self._passthrough_ts
        if remove_output_map:
            result._output_ts = outputs + self._passthrough_ts
        return result

    def remap_inputs(self, new_input_indices):
        """A view with some of the inputs, in the order of a list of places and tensors; ValueError where one comes twice."""
        return self.remap(new_input_indices=new_input_indices)

    def remap_outputs(self, new_output_indices):
        """A view with some of the outputs, in the order of a list of places and tensors; one may come more than once."""
        return self.remap(new_output_indices=new_output_indices)

    def remap(self, new_input_indices=None, new_output_indices=None):
        """remap_inputs and remap_outputs at once; None leaves a list as it is."""
        result = self.copy()
        if new_input_indices is not None:
            result._input_ts = [self._input_ts[i] for i in _indices(new_input_indices, self._input_ts, repetition=False)]
        if new_output_indices is not None:
            result._output_ts = [self._output_ts[i] for i in _indices(new_output_indices, self._output_ts, repetition=True)]
        return result

    def remap_outputs_make_unique(self):
        """A view that has each output once."""
        result = self.copy()
        result._output_ts = util.concatenate_unique([], self._output_ts)
        return result

    def remap_outputs_to_consumers(self):
        """A view that has each output as often as an operation takes it."""
        result = self.remap_outputs_make_unique()
        result._output_ts = [t for t in result._output_ts for _ in t.consumers()]
        return result

    def remove_unused_ops(self, control_inputs=True):
        """A view of those operations that depend on an input or that an output depends on."""
        result = self.copy()
        used = frozenset(select.get_walks_union_ops(self.connected_inputs, self.connected_outputs, within_ops=self._ops,
                                                    control_inputs=control_inputs))
        result._ops = [op for op in self._ops if op in used]
        return result

    def find_op_by_name(self, op_name):
        """The operation of that name; ValueError if it is not in the view."""
        for op in self._ops:
            if op.name == op_name:
                return op
        raise ValueError("{} not in subgraph.".format(op_name))

    def __str__(self):
        if not self:
            return "SubGraphView: empty"

        def text(label, names):
            if not names:
                return "** {}: empty\n".format(label)
            return "** {}[{}]:\n{}".format(label, len(names), "".join("  %s\n" % name for name in names))

        def names(ts):
            return [t.name + (" *" if self.is_passthrough(t) else "") for t in ts]

        return "SubGraphView (graphid={}):\n".format(id(self._graph)) + text("ops", [op.name for op in self._ops]) + \
            text("inputs", names(self._input_ts)) + text("outputs", names(self._output_ts))

    @property
    def graph(self):
        """The graph that is looked at; None for an empty view."""
        return self._graph

    @property
    def ops(self):
        """The list of operations."""
        return self._ops

    @property
    def inputs(self):
        """The tensors that go in."""
        return util.ListView(self._input_ts)

    @property
    def connected_inputs(self):
        """The inputs that do not just pass through."""
        return [t for t in self._input_ts if not self.is_passthrough(t)]

    @property
    def outputs(self):
        """The tensors that come out."""
        return util.ListView(self._output_ts)

    @property
    def connected_outputs(self):
        """The outputs that do not just pass through."""
        return [t for t in self._output_ts if not self.is_passthrough(t)]

    @property
    def passthroughs(self):
        """The tensors that go in and come out untouched."""
        return util.ListView(self._passthrough_ts)

    def __bool__(self):
        return self._graph is not None

    def op(self, op_id):
        """The operation at that place of the list."""
        return self._ops[op_id]

    def is_passthrough(self, t):
        """Whether the tensor passes through."""
        return t in self._passthrough_ts

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        pass

    def input_index(self, t):
        """The place of a tensor in the inputs; ValueError if it is none."""
        return self._index(t, self._input_ts, "inputs")

    def output_index(self, t):
        """The place of a tensor in the outputs; ValueError if it is none."""
        return self._index(t, self._output_ts, "outputs")

    def _index(self, t, ts, label):
        try:
            return ts.index(t)
        except ValueError:
            raise ValueError("Can't find {} in {} of subgraph.".format(t.name, label)) from None

    def consumers(self):
        """The operations outside that take one of the outputs, each once."""
        own = frozenset(self._ops)
        return util.concatenate_unique([], (op for t in self._output_ts for op in t.consumers() if op not in own))


def _of_graph(sgv, graph):
    """The view itself, if it is one, and of that graph."""
    if not isinstance(sgv, SubGraphView):
        raise TypeError("Expected a SubGraphView, got: {}".format(type(graph)))
    if graph is not None and sgv.graph:
        if not isinstance(graph, tf_ops.Graph):
            raise TypeError("Expected a tf.Graph, got: {}".format(type(graph)))
        if sgv.graph is not graph:
            raise ValueError("Graph mismatch.")
    return sgv


def make_view(*args, **kwargs):
    """A SubGraphView of what select_ops_and_ts chooses; a view is returned as it is.

    The keyword `graph` is where names are looked for, and what everything must belong to.  Raises TypeError and ValueError for
    arguments of other kinds, ValueError if the graphs differ.
    """
    graph = kwargs.get("graph")
    if len(args) == 1 and isinstance(args[0], SubGraphView):
        return _of_graph(args[0], graph)
    return _of_graph(SubGraphView(*select.select_ops_and_ts(*args, **kwargs)), graph)


def make_view_from_scope(scope, graph):
    """A SubGraphView of the operations in a name scope."""
    return SubGraphView(select.get_name_scope_ops(graph, scope))
