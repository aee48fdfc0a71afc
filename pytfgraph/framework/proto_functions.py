"""How the members of a collection become messages in a MetaGraph, and members again.

The library's own collections are registered by the modules that define their members; such a module is imported when
its collection is first asked for, so that writing a graph does not need all of them.
"""
import importlib
import threading

_VARIABLES = "pytfgraph.ops.variable_protos"
_FLOW = "pytfgraph.ops.control_flow_ops"
_OWNERS = {"variables": _VARIABLES, "trainable_variables": _VARIABLES, "moving_average_variables": _VARIABLES,
           "local_variables": _VARIABLES, "model_variables": _VARIABLES, "global_step": _VARIABLES,
           "savers": "pytfgraph.training.saver", "queue_runners": "pytfgraph.training.queue_runner_impl",
           "cond_context": _FLOW, "while_context": _FLOW}

_lock = threading.Lock()
_registered = {}        # collection: (message class or full name, to_proto, from_proto, who registered it)


def register_proto_function(collection_name, proto_type=None, to_proto=None, from_proto=None):
    """Registers how a collection's members are written into MetaGraphs and read from them.

    Args:
      collection_name: the collection's key.
      proto_type: class of the message (VariableDef, SaverDef, ...), or its full name.
      to_proto: function (member, export_scope=None) -> message, or None for a member to leave out.
      from_proto: function (message, import_scope=None) -> member.

    Raises:
      TypeError: if a function is not callable.
      KeyError: if the collection has functions already.
    """
    if to_proto and not callable(to_proto):
        raise TypeError("to_proto must be callable.")
    if from_proto and not callable(from_proto):
        raise TypeError("from_proto must be callable.")
    import traceback
    stack = traceback.extract_stack(limit=2)
    with _lock:
        if collection_name in _registered:
            where = _registered[collection_name][3]
            raise KeyError("Registering two proto functions with name '%s' !(Previous registration was in %s %s:%d)"
                           % (collection_name, where.name, where.filename, where.lineno))
        _registered[collection_name] = (proto_type, to_proto, from_proto, stack[0])


def _find(collection_name):
    if isinstance(collection_name, bytes):
        collection_name = collection_name.decode("utf-8")
    if collection_name not in _registered and collection_name in _OWNERS:
        try:
            importlib.import_module(_OWNERS[collection_name])
        except ModuleNotFoundError as e:
            if e.name != _OWNERS[collection_name]:
                raise
    return _registered.get(collection_name, (None, None, None, None))


def get_collection_proto_type(collection_name):
    """The class of the messages of a collection, None where nothing is registered."""
    kind = _find(collection_name)[0]
    if isinstance(kind, str):
        from pytfgraph import protos
        return protos.message(kind)
    return kind


def get_to_proto_function(collection_name):
    """The function that writes a collection's members, None where nothing is registered."""
    return _find(collection_name)[1]


def get_from_proto_function(collection_name):
    """The function that reads a collection's members, None where nothing is registered."""
    return _find(collection_name)[2]
