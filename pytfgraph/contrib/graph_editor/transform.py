"""Copying operations, into the same graph or another, with changes on the way."""
import copy as copies

from pytfgraph.contrib.graph_editor import reroute, select, subgraph, util
from pytfgraph.framework import ops as tf_ops


def replace_t_with_placeholder_handler(info, t):
    """A placeholder like the tensor `t`, in the new graph and scope."""
    with info.graph_.as_default():
        return util.make_placeholder_from_tensor(t, scope=info.scope_)


def keep_t_if_possible_handler(info, t):
    """The tensor `t` itself within one graph, else a placeholder like it."""
    return t if info.graph is info.graph_ else replace_t_with_placeholder_handler(info, t)


def assign_renamed_collections_handler(info, elem, elem_):
    """Puts `elem_` into the collections that hold `elem`; those that are not in tf.GraphKeys are renamed as operations are."""
    known = util.get_predefined_collection_names()
    for name, ids in info.collection_ids.items():
        if id(elem) in ids:
            info.graph_.add_to_collection(name if name in known else info.new_name(name), elem_)


def transform_op_if_inside_handler(info, op, keep_if_possible=True):
    """The copy of an operation of the view; of another, itself within one graph if `keep_if_possible`, else None."""
    if op in info.ops:
        return info.transformed_ops[op]
    return op if keep_if_possible and info.graph is info.graph_ else None


def copy_op_handler(info, op, new_inputs, copy_shape=False, nodedef_fn=None):
    """Copies an operation.

    Args:
      info: what a transformation knows.
      op: the operation.
      new_inputs: the list of tensors that the copy takes.
      copy_shape: whether the copy's outputs also get the static shapes of the original's.
      nodedef_fn: a function that gets the copy's NodeDef and returns the one to make it from.

    Returns:
      The copy, and its outputs.
    """
    if isinstance(new_inputs, bool):    # what an older version of this function had in this place
        raise TypeError("the `new_inputs` argument must be an iterable.")
    node_def = copies.deepcopy(op.node_def)
    node_def.name = info.graph_.unique_name(info.new_name(op.name))
    if nodedef_fn is not None:
        node_def = nodedef_fn(node_def)
    op_ = tf_ops.Operation(node_def, info.graph_, new_inputs, list(op._output_types), [], list(op._input_types), None, op.op_def)
    if copy_shape:
        for t, t_ in zip(op.outputs, op_.outputs):
            t_.set_shape(t.get_shape())
    if op._original_op:     # its copy takes this place when all operations are copied
        op_._original_op = op._original_op
    return op_, op_.outputs


class TransformerInfo:
    """What became of each operation and tensor in a transformation."""

    def __init__(self, info):
        self._graph, self._scope = info.graph, info.scope
        self._graph_, self._scope_ = info.graph_, info.scope_
        self._transformed_ops, self._transformed_ts = info.transformed_ops, info.transformed_ts

    def _map(self, top):
        if isinstance(top, tf_ops.Operation):
            return self._transformed_ops
        if isinstance(top, tf_ops.Tensor):
            return self._transformed_ts
        raise TypeError("Expected a tf.Tensor or a tf.Operation, got a {}".format(type(top)))

    def transformed(self, original, missing_fn=None):
        """The copies of a tree of operations and tensors, in the same structure.

        `missing_fn` is called with those that were not copied; without it, None stands in their place.  TypeError for other leaves.
        """
        def find(top):
            copied = self._map(top)
            if top in copied:
                return copied[top]
            return None if missing_fn is None else missing_fn(top)

        return util.transform_tree(original, find)

    def original(self, transformed, missing_fn=None):
        """What a tree of operations and tensors was copied from; see transformed."""
        def find(top):
            for original, copied in self._map(top).items():
                if copied is top:
                    return original
            return None if missing_fn is None else missing_fn(top)

        return util.transform_tree(transformed, find)

    def __str__(self):
        if self._graph is self._graph_:
            lines = ["  Within graph[{}]{}".format(id(self._graph), "" if self._scope_ else " IN-PLACE")]
        else:
            lines = ["  graph[{}] => graph[{}]".format(id(self._graph), id(self._graph_))]
        if self._scope:
            lines.append("  Relative to source scope: {}".format(self._scope))
        if self._scope_:
            lines.append("  Scope destination: {}".format(self._scope_))
        lines.append("Operations mapping:")
        lines += ["  {} => {}".format(op.name, op_.name) for op, op_ in self._transformed_ops.items()]
        return "\n".join(["Transform result info:"] + lines) + "\n"


class _Info:
    """What a transformation knows while it goes on; handlers get it.  A name with _ at its end is that of the new graph."""

    def __init__(self, sgv, dst_graph, dst_scope, src_scope):
        self.sgv = sgv
        self.sgv_inputs_set = frozenset(sgv.inputs)
        self.ops = frozenset(sgv.ops)
        self.control_outputs = util.ControlOutputs(sgv.graph)
        self.graph = sgv.graph
        self.scope = src_scope
        self.graph_ = dst_graph
        self.scope_ = dst_scope
        self.transformed_ops = {}
        self.transformed_ts = {}
        self.collections = {key: self.graph.get_collection(key) for key in self.graph.get_all_collection_keys()}
        self.collection_ids = {key: frozenset(map(id, elements)) for key, elements in self.collections.items()}
        self.cyclic_ops = []
        self.transform_original_op_handler = transform_op_if_inside_handler
        # (tensor, what stands in its place, who takes it): inputs from around a cycle are only there when all is copied.
        self.tmp_cyclic_ts = []

    def new_name(self, name):
        """A name with the new scope in place of the old; ValueError if it is not in the old."""
        if not name.startswith(self.scope):
            raise ValueError("{} does not belong to source scope: {}.".format(name, self.scope))
        return self.scope_ + name[len(self.scope):]


class Transformer:
    """Copies the operations of a view, in the order they were made, as its handlers say.

    Handlers are attributes, and may be replaced:
      transform_op_handler(info, op, new_inputs): makes the copy of an operation; returns it, and the tensors in place of its outputs.
      transform_control_input_handler(info, op): what to wait for in place of an operation, or None.
      assign_collections_handler(info, elem, elem_): is told of each operation and tensor, and its copy.
      transform_external_input_handler(info, t): what stands for an input of the view.
      transform_external_hidden_input_handler(info, t): what stands for a tensor from outside that is not listed as input.
      transform_original_op_handler(info, op): what stands for the operation that a gradient belongs to, or None.
    """

    def __init__(self):
        self.transform_op_handler = copy_op_handler
        self.transform_control_input_handler = transform_op_if_inside_handler
        self.assign_collections_handler = assign_renamed_collections_handler
        self.transform_external_input_handler = replace_t_with_placeholder_handler
        self.transform_external_hidden_input_handler = keep_t_if_possible_handler
        self.transform_original_op_handler = transform_op_if_inside_handler

    def __call__(self, sgv, dst_graph, dst_scope, src_scope="", reuse_dst_scope=False):
        """Copies what make_view makes of `sgv` into `dst_graph`.

        Names get `dst_scope` in place of `src_scope`; unless `reuse_dst_scope`, the former is made unique.  Returns a view of the copies,
        with inputs and outputs in the order of the original's, and a TransformerInfo.  Raises TypeError and ValueError for arguments
        of other kinds, ValueError if a name is not in `src_scope` or a handler gives an operation back as its copy.
        """
        sgv = subgraph.make_view(sgv)
        if not isinstance(dst_graph, tf_ops.Graph):
            raise TypeError("Expected a tf.Graph, got: {}".format(type(dst_graph)))
        src_scope, dst_scope = util.scope_finalize(src_scope), util.scope_finalize(dst_scope)
        if dst_scope and not reuse_dst_scope:
            dst_scope = util.scope_finalize(dst_graph.unique_name(dst_scope[:-1]))
        info = _Info(sgv, dst_graph, dst_scope, src_scope)
        self._copy_ops(info)
        self._close_cycles(info)
        self._connect_control_inputs(info)
        return self._view_of_copies(info), TransformerInfo(info)

    def _copy_ops(self, info):
        for op in sorted(info.sgv.ops, key=lambda op: op._id):
            inputs = [self._new_input(info, t, op) for t in op.inputs]
            op_, outputs = self.transform_op_handler(info, op, inputs)
            if op_ is op:
                raise ValueError("In-place transformation not allowed.")
            info.transformed_ops[op] = op_
            self.assign_collections_handler(info, op, op_)
            for t, t_ in zip(op.outputs, outputs):
                info.transformed_ts[t] = t_
                self.assign_collections_handler(info, t, t_)

    def _new_input(self, info, t, consumer):
        """What a copy takes in place of the tensor `t`."""
        if t in info.transformed_ts:
            return info.transformed_ts[t]
        if t in info.sgv_inputs_set:
            return self.transform_external_input_handler(info, t)
        if t.op not in info.ops:
            return self.transform_external_hidden_input_handler(info, t)
        # It comes from around a cycle.  A loop's Merge takes its first input twice until all is copied.
        if consumer.type == "Merge":
            instead = self._new_input(info, consumer.inputs[0], consumer)
        elif t.op.type == "Enter":
            instead = self._new_input(info, t.op.inputs[0], consumer)
        else:
            with info.graph_.as_default():
                instead = util.make_placeholder_from_tensor(t, scope=info.scope_, prefix="geph_tmp")
        info.tmp_cyclic_ts.append((t, instead, consumer))
        return instead

    def _close_cycles(self, info):
        for t, instead, consumer in info.tmp_cyclic_ts:
            if t not in info.transformed_ts:
                raise ValueError("The tensor {} should be transformed by now.".format(t.name))
            if consumer not in info.transformed_ops:
                raise ValueError("The op {} should be transformed by now.".format(consumer.name))
            # Where it takes `t`, not where it first takes the stand-in: a Merge has that in two places.
            consumer_ = info.transformed_ops[consumer]
            for i, (taken, taken_) in enumerate(zip(consumer.inputs, consumer_.inputs)):
                if taken is t and taken_ is instead:
                    consumer_._update_input(i, info.transformed_ts[t])

    def _connect_control_inputs(self, info):
        for op in info.sgv.ops:
            op_ = info.transformed_ops[op]
            if op._original_op:
                original = self.transform_original_op_handler(info, op._original_op)
                if original is not None:
                    op_._original_op = original
            waits = [self.transform_control_input_handler(info, cop) for cop in op.control_inputs]
            reroute.add_control_inputs(op_, [cop for cop in waits if cop is not None])

    def _view_of_copies(self, info):
        sgv_ = subgraph.SubGraphView(list(info.transformed_ops.values()))

        def places(ts, ts_):
            copied = [info.transformed_ts[t] for t in ts if t in info.transformed_ts]
            return [ts_.index(t_) for t_ in copied if t_ in ts_]

        return sgv_.remap(places(info.sgv.inputs, list(sgv_.inputs)), places(info.sgv.outputs, list(sgv_.outputs)))


def _copy(sgv, dst_graph, dst_scope, src_scope, reuse_dst_scope, copier):
    sgv = subgraph.make_view(sgv)
    return copier(sgv, sgv.graph if dst_graph is None else dst_graph, dst_scope, src_scope, reuse_dst_scope=reuse_dst_scope)


def copy(sgv, dst_graph=None, dst_scope="", src_scope="", reuse_dst_scope=False):
    """Copies what make_view makes of `sgv` into `dst_graph` (its own, if None), with placeholders for its inputs.

    Names get `dst_scope` in place of `src_scope`; unless `reuse_dst_scope`, the former is made unique.  Returns a view of the copies, and
    a TransformerInfo.  Raises TypeError if `dst_graph` is no graph.
    """
    return _copy(sgv, dst_graph, dst_scope, src_scope, reuse_dst_scope, Transformer())


def copy_with_input_replacements(sgv, replacement_ts, dst_graph=None, dst_scope="", src_scope="", reuse_dst_scope=False):
    """copy, where the dict `replacement_ts` says what stands for some inputs; within one graph, the others are taken as they are.

    Only inputs of the view are replaced, not what it makes itself.
    """
    copier = Transformer()
    copier.transform_external_input_handler = \
        lambda info, t: replacement_ts[t] if t in replacement_ts else keep_t_if_possible_handler(info, t)
    return _copy(sgv, dst_graph, dst_scope, src_scope, reuse_dst_scope, copier)


def _add_loops(ops, control_ios):
    """Adds to `ops` what they lack of the loops that they are in: half a loop cannot run."""
    contexts = util.concatenate_unique([], (op._control_flow_context for op in ops if op._control_flow_context))
    for context in contexts:
        if context.IsWhileContext():
            util.concatenate_unique(ops, select.get_walks_intersection_ops(
                [t.op for t in context.loop_enters], [t.op for t in context.loop_exits], control_ios=control_ios))


def graph_replace(target_ts, replacement_ts, dst_scope="", src_scope="", reuse_dst_scope=False):
    """Computes tensors anew from others.

    Args:
      target_ts: a tensor or a tree of them.
      replacement_ts: a dict of what to put in place of some tensors that they depend on.
      dst_scope, src_scope, reuse_dst_scope: the names of the copies; see copy.

    Returns:
      The copies of the targets, in the structure of `target_ts`; a target that does not depend on what is replaced is itself.

    Raises:
      ValueError: if no target depends on what is replaced.
    """
    targets = util.flatten_tree(target_ts)
    control_ios = util.ControlOutputs(util.get_unique_graph(targets, check_types=tf_ops.Tensor))
    ops = select.get_walks_intersection_ops(list(replacement_ts), targets, control_ios=control_ios)
    if not ops:
        raise ValueError("Targets and replacements are not connected!")
    _add_loops(ops, control_ios)
    _, info = copy_with_input_replacements(ops, replacement_ts, None, dst_scope, src_scope, reuse_dst_scope)
    return info.transformed(target_ts, lambda t: t)
