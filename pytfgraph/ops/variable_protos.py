"""Variables in MetaGraphs: the collections whose members are written as VariableDef."""
from pytfgraph.framework import ops
from pytfgraph.framework.graph_keys import GraphKeys


def _to_proto(v, export_scope=None):
    return v.to_proto(export_scope=export_scope)


def _from_proto(variable_def, import_scope=None):
    if variable_def.is_resource:
        from pytfgraph.ops.resource_variable_ops import ResourceVariable
        return ResourceVariable.from_proto(variable_def, import_scope=import_scope)
    from pytfgraph.ops.variables import Variable
    return Variable.from_proto(variable_def, import_scope=import_scope)


for _key in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.TRAINABLE_VARIABLES, GraphKeys.MOVING_AVERAGE_VARIABLES, GraphKeys.LOCAL_VARIABLES,
             GraphKeys.MODEL_VARIABLES, GraphKeys.GLOBAL_STEP):
    ops.register_proto_function(_key, "tensorflow.VariableDef", _to_proto, _from_proto)
