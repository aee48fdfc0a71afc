"""Control-flow contexts in MetaGraphs: CondContextDef and WhileContextDef."""
from pytfgraph import _core, protos
from pytfgraph.framework import ops
from pytfgraph.framework.graph_keys import GraphKeys


def _message(name):
    return protos.message("tensorflow." + name)


# ---- writing ----

def _write_values(context, values_def, export_scope):
    values_def.values.extend([ops.strip_name_scope(name, export_scope) for name in sorted(context._values)])
    for name, tensor in context._external_values.items():
        values_def.external_values[ops.strip_name_scope(name, export_scope)] = ops.strip_name_scope(tensor.name, export_scope)


def _write_nested(context, context_def, export_scope):
    for nested in context._nested_contexts:
        nested.to_control_flow_context_def(context_def.nested_contexts.add(), export_scope=export_scope)


def _cond_to_proto(self, export_scope=None):
    """The context as a CondContextDef; None outside of export_scope."""
    if export_scope is not None and not self.name.startswith(export_scope):
        return None
    d = _message("CondContextDef")()
    d.context_name = ops.strip_name_scope(self.name, export_scope)
    d.pred_name = ops.strip_name_scope(self.pred.name, export_scope)
    d.pivot_name = ops.strip_name_scope(self.pivot.name, export_scope)
    d.branch = self.branch
    _write_values(self, d.values_def, export_scope)
    _write_nested(self, d, export_scope)
    return d


def _while_to_proto(self, export_scope=None):
    """The context as a WhileContextDef; None outside of export_scope."""
    if export_scope is not None and not self.name.startswith(export_scope):
        return None

    def name(tensor):
        return ops.strip_name_scope(tensor.name, export_scope)
    d = _message("WhileContextDef")()
    d.context_name = ops.strip_name_scope(self.name, export_scope)
    d.parallel_iterations = self.parallel_iterations
    if self.maximum_iterations is not None:
        d.maximum_iterations_name = name(self.maximum_iterations)
    d.back_prop = self.back_prop
    d.swap_memory = self.swap_memory
    d.pivot_for_pred_name = name(self._pivot_for_pred)
    d.pivot_for_body_name = name(self._pivot_for_body)
    d.pivot_name = name(self.pivot)
    d.loop_exit_names.extend([name(t) for t in self.loop_exits])
    d.loop_enter_names.extend([name(t) for t in self.loop_enters])
    _write_values(self, d.values_def, export_scope)
    _write_nested(self, d, export_scope)
    return d


def _cond_to_def(self, context_def, export_scope=None):
    context_def.cond_ctxt.CopyFrom(self.to_proto(export_scope=export_scope))


def _while_to_def(self, context_def, export_scope=None):
    context_def.while_ctxt.CopyFrom(self.to_proto(export_scope=export_scope))


# ---- reading ----

class _Reader:
    """Finds what a message names in the default graph."""

    def __init__(self, import_scope):
        self.graph = ops.get_default_graph()
        self.scope = import_scope

    def name(self, name):
        return ops.prepend_name_scope(name, self.scope)

    def find(self, name):
        return self.graph.as_graph_element(self.name(name))

    def known(self, name):
        """The tensor, None where the graph has none: a part of a graph does not have everything that was outside."""
        try:
            return self.find(name)
        except KeyError:
            return None

    def values(self, context, values_def):
        external = dict(values_def.external_values)
        members = {self.name(v).split(":")[0] for v in values_def.values if v not in external}
        for v in values_def.values:
            tensor = self.known(v)
            if tensor is not None:
                context._restore_value(tensor)
        for outside, inside in external.items():
            inside, outside = self.find(inside), self.known(outside)
            if outside is not None:
                context._restore_value(inside, outside)
        for name in members:
            self.graph.as_graph_element(name)._set_control_flow_context(context)

    def nested(self, context, context_def):
        context.Enter()
        try:
            for nested_def in context_def.nested_contexts:
                from_control_flow_context_def(nested_def, import_scope=self.scope)
        finally:
            context.Exit()
        return context


def _cond_from_proto(context_def, import_scope=None):
    """The context that a CondContextDef describes, in the default graph."""
    r = _Reader(import_scope)
    r.graph.unique_name("cond_text")
    context = _core._cond_context(r.find(context_def.pred_name), r.find(context_def.pivot_name), context_def.branch,
                                  r.name(context_def.context_name), True)
    r.values(context, context_def.values_def)
    return r.nested(context, context_def)


def _while_from_proto(context_def, import_scope=None):
    """The context that a WhileContextDef describes, in the default graph."""
    r = _Reader(import_scope)
    maximum = r.find(context_def.maximum_iterations_name) if context_def.maximum_iterations_name else None
    context = _core._while_context(maximum, context_def.parallel_iterations, context_def.back_prop, context_def.swap_memory,
                                   r.name(context_def.context_name), True)
    context._restore(r.find(context_def.pivot_name), r.find(context_def.pivot_for_pred_name), r.find(context_def.pivot_for_body_name),
                     [r.find(name) for name in context_def.loop_exit_names], [r.find(name) for name in context_def.loop_enter_names])
    r.values(context, context_def.values_def)
    if import_scope:
        _rename_frames(r, context, context_def)
    return r.nested(context, context_def)


def _rename_frames(reader, context, context_def):
    """Enters name their loop, which has another name in the scope."""
    frame = _message("AttrValue")(s=context.name.encode("utf-8"))
    for value in context_def.values_def.values:
        tensor = reader.known(value)
        if tensor is not None and tensor.op.type in ("Enter", "RefEnter"):
            tensor.op._set_attr("frame_name", frame)


def from_control_flow_context_def(context_def, import_scope=None):
    """The context that a ControlFlowContextDef describes, in the default graph and the current context."""
    if context_def.HasField("cond_ctxt"):
        return _cond_from_proto(context_def.cond_ctxt, import_scope=import_scope)
    if context_def.HasField("while_ctxt"):
        return _while_from_proto(context_def.while_ctxt, import_scope=import_scope)
    raise NotImplementedError("Unknown ControlFlowContextDef field: %s" % context_def.WhichOneof("ctxt"))


def _write_member(context, export_scope=None):
    return context.to_proto(export_scope=export_scope)


for _cls, _write, _write_def, _read in ((_core.CondContext, _cond_to_proto, _cond_to_def, _cond_from_proto),
                                        (_core.WhileContext, _while_to_proto, _while_to_def, _while_from_proto)):
    _cls.to_proto = _write
    _cls.to_control_flow_context_def = _write_def
    _cls.from_proto = staticmethod(_read)

ops.register_proto_function(GraphKeys.COND_CONTEXT, "tensorflow.CondContextDef", _write_member, _cond_from_proto)
ops.register_proto_function(GraphKeys.WHILE_CONTEXT, "tensorflow.WhileContextDef", _write_member, _while_from_proto)
