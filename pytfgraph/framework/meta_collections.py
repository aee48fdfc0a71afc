"""Collections of a graph as a MetaGraph's CollectionDefs."""
from pytfgraph import protos
from pytfgraph.framework import ops
from pytfgraph.framework.graph_keys import GraphKeys
from pytfgraph.platform import tf_logging as logging
from pytfgraph.util import compat

_UNBOUND = "$unbound_inputs_"
_ONCE_NODES = (GraphKeys.LOCAL_VARIABLES, GraphKeys.MODEL_VARIABLES)    # written as lists of nodes by early versions


def should_include(node_or_name, export_scope, exclude_nodes):
    """Whether a node, its name, or a member of a collection is in the scope and not excluded; nameless members are."""
    if isinstance(node_or_name, str):
        name = node_or_name
    else:
        name = getattr(node_or_name, "name", None)
        if name is None:
            return True
    if exclude_nodes and (node_or_name in exclude_nodes or name in exclude_nodes):
        return False
    return name.startswith(_UNBOUND) or not export_scope or name.startswith(export_scope)


def _kind_of(item):
    if isinstance(item, (str, bytes)):
        return "bytes_list"
    if isinstance(item, int):
        return "int64_list"
    if isinstance(item, float):
        return "float_list"
    return "any_list" if protos.is_message(item, "google.protobuf.Any") else "node_list"


def _write_messages(members, key, to_proto, export_scope, col_def):
    proto_type = ops.get_collection_proto_type(key)
    for member in members:
        message = to_proto(member, export_scope=export_scope)
        if message:
            if proto_type is not None and not protos.is_message(message, proto_type.DESCRIPTOR.full_name):
                raise TypeError("The to_proto function of collection %s gave a %s" % (key, type(message).__name__))
            col_def.bytes_list.value.append(message.SerializeToString(deterministic=True))


def _write_members(members, key, export_scope, col_def):
    to_proto = ops.get_to_proto_function(key)
    if to_proto:
        _write_messages(members, key, to_proto, export_scope, col_def)
        return
    kind = _kind_of(members[0])
    value = getattr(col_def, kind).value
    if kind == "node_list":
        value.extend(ops.strip_name_scope(x.name, export_scope) for x in members if not export_scope or x.name.startswith(export_scope))
    elif kind == "bytes_list":
        value.extend(compat.as_bytes(x) for x in members)
    elif kind == "any_list":
        value.extend(protos.convert("google.protobuf.Any", x) for x in members)
    else:
        value.extend(members)


def add_collection_def(meta_graph_def, key, graph=None, export_scope=None, exclude_nodes=None, override_contents=None):
    """Adds a collection to a MetaGraphDef; one whose members cannot be written is left out with a warning.

    Args:
      meta_graph_def: the MetaGraphDef.
      key: of the collection.
      graph: a Graph, the default graph if None.
      export_scope: name scope to leave out of names; only what is in it is added.
      exclude_nodes: names of nodes that stay out.
      override_contents: members to write in place of those of the graph.

    Raises:
      TypeError: if graph is no Graph.
    """
    if graph and not isinstance(graph, ops.Graph):
        raise TypeError("graph must be of type Graph, not %s", type(graph))
    if not isinstance(key, (str, bytes)):
        logging.warning("Only collections with string type keys will be serialized. This key has %s", type(key))
        return
    members = override_contents or (graph or ops.get_default_graph()).get_collection(key)
    members = [x for x in members if should_include(x, export_scope, exclude_nodes)]
    if not members:
        return
    try:
        _write_members(members, key, export_scope, meta_graph_def.collection_def[key])
    except Exception as e:      # whatever a program put there must not keep its graph from being written
        logging.warning("Issue encountered when serializing %s.\nType is unsupported, or the types of the items don't match field type "
                        "in CollectionDef. Note this is a warning and probably safe to ignore.\n%s", key, e)
        del meta_graph_def.collection_def[key]


# ---- reading ----

def read_collections(meta_graph_def, graph, scope, wanted):
    """Fills a graph's collections from a MetaGraphDef whose nodes are in the graph under `scope`; `wanted` picks by key."""
    variables = {}      # one object for each variable, in however many collections it is
    for key, col_def in sorted(meta_graph_def.collection_def.items()):
        if not wanted(key):
            continue
        kind = col_def.WhichOneof("kind")
        if kind is None:
            logging.error("Cannot identify data type for collection %s. Skipping.", key)
        elif kind == "bytes_list" and ops.get_from_proto_function(key):
            _read_messages(key, col_def, graph, scope, variables if key in GraphKeys._VARIABLE_COLLECTIONS else None)
        else:
            if key in _ONCE_NODES:
                logging.warning("The saved meta_graph is possibly from an older release:\n'%s' collection should be of type 'byte_list', "
                                "but instead is of type '%s'.", key, kind)
            for value in getattr(col_def, kind).value:
                graph.add_to_collection(key, _read_value(kind, value, graph, scope))


def _read_messages(key, col_def, graph, scope, known):
    proto_type, from_proto = ops.get_collection_proto_type(key), ops.get_from_proto_function(key)
    for value in col_def.bytes_list.value:
        member = known.get(value) if known is not None else None
        if member is None:
            message = proto_type()
            message.ParseFromString(value)
            member = from_proto(message, import_scope=scope)
            if known is not None:
                known[value] = member
        graph.add_to_collection(key, member)


def _read_value(kind, value, graph, scope):
    if kind == "node_list":
        return graph.as_graph_element(ops.prepend_name_scope(value, scope))
    return int(value) if kind == "int64_list" else ops.prepend_name_scope(value, scope)
