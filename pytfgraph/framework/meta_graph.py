"""MetaGraphs: a graph together with its collections, its saver and what is needed to read it elsewhere."""
import os

from pytfgraph import protos
from pytfgraph.framework import graph_io, importer, op_def_registry, ops, versions
from pytfgraph.framework.meta_collections import add_collection_def, read_collections, should_include
from pytfgraph.framework.saver_nodes import find_extraneous_saver_nodes
from pytfgraph.util import compat

_UNBOUND = "$unbound_inputs_"       # comes before the names of inputs that are outside of an exported scope
_FUNCTION_OPS = ("_Arg", "_Retval", "_ListToArray", "_ArrayToList")     # used within functions, registered nowhere


def _refuse(what, kind, value):
    """1.12.3 gives the type as a second argument of the error, and programs see it printed so."""
    raise TypeError("%s must be of type %s, not %%s" % (what, kind), type(value))


def _message_or_refuse(what, full_name, value):
    if not value and not protos.is_message(value, full_name):
        return None
    if not protos.is_message(value, full_name):
        _refuse(what, full_name.split(".")[-1], value)
    return protos.convert(full_name, value)


# ---- the operations that a graph uses ----

def ops_used_by_graph_def(graph_def):
    """The names of the operations that a graph and its functions use, in no special order; functions are not among them."""
    functions = {f.signature.name: f for f in graph_def.library.function}
    used, todo = set(), [graph_def.node]
    while todo:
        for node in todo.pop():
            if node.op not in used:
                used.add(node.op)
                if node.op in functions:
                    todo.append(functions[node.op].node_def)
    return [op for op in used if op not in functions]


def stripped_op_list_for_graph(graph_def):
    """An OpList with the definitions that a graph uses, sorted by name.

    Raises:
      ValueError: if an operation is not registered.
    """
    registered = op_def_registry.get_registered_ops()
    result = protos.message("tensorflow.OpList")()
    for op in sorted(ops_used_by_graph_def(graph_def)):
        if op in registered:
            result.op.add().CopyFrom(registered[op])
        elif op not in _FUNCTION_OPS:
            raise ValueError("Op %s is used by the graph, but is not registered" % op)
    return result


def _strip_defaults(nodes, functions, defaults):
    for node in nodes:
        if node.op in functions:
            continue
        if node.op not in defaults:
            registered = op_def_registry.get_registered_ops()
            found = registered[node.op].attr if node.op in registered else ()
            defaults[node.op] = {a.name: a.default_value for a in found if a.HasField("default_value")}
        for name in [n for n, value in node.attr.items() if defaults[node.op].get(n) == value]:
            del node.attr[name]


def _strip_graph_default_valued_attrs(meta_graph_def):
    """Takes attributes that have their default out of a MetaGraphDef's nodes, and says so in its meta_info_def."""
    library = meta_graph_def.graph_def.library.function
    functions, defaults = {f.signature.name for f in library}, {}
    _strip_defaults(meta_graph_def.graph_def.node, functions, defaults)
    for f in library:
        _strip_defaults(f.node_def, functions, defaults)
    meta_graph_def.meta_info_def.stripped_default_attrs = True


# ---- writing ----

def create_meta_graph_def(meta_info_def=None, graph_def=None, saver_def=None, collection_list=None, graph=None, export_scope=None,
                          exclude_nodes=None, clear_extraneous_savers=False, strip_default_attrs=False):
    """A MetaGraphDef of a graph.

    Args:
      meta_info_def: a MetaInfoDef to start from; the version in it is set.
      graph_def: a GraphDef, that of `graph` where not given.
      saver_def: the SaverDef to put into it.
      collection_list: keys of the collections to write, all if None.
      graph: a Graph, the default graph if None.
      export_scope: name scope to leave out of names; only what is in it joins the collections.
      exclude_nodes: names of nodes that stay out of the collections.
      clear_extraneous_savers: put `saver_def` alone into the collection of savers.
      strip_default_attrs: leave out attributes that have their default.

    Raises:
      TypeError: if an argument is not of its type.
      ValueError: if the graph uses an operation that is not registered.
    """
    if graph and not isinstance(graph, ops.Graph):
        _refuse("graph", "Graph", graph)
    given_info = meta_info_def
    meta_info_def = _message_or_refuse("meta_info_def", "tensorflow.MetaGraphDef.MetaInfoDef", meta_info_def)
    graph_def = _message_or_refuse("graph_def", "tensorflow.GraphDef", graph_def)
    saver_def = _message_or_refuse("saver_def", "tensorflow.SaverDef", saver_def)
    graph = graph or ops.get_default_graph()

    meta_graph_def = protos.message("tensorflow.MetaGraphDef")()
    if meta_info_def is None:
        given_info = meta_info_def = protos.message("tensorflow.MetaGraphDef.MetaInfoDef")()
    given_info.tensorflow_version = meta_info_def.tensorflow_version = versions.__version__
    given_info.tensorflow_git_version = meta_info_def.tensorflow_git_version = versions.__git_version__
    meta_graph_def.meta_info_def.MergeFrom(meta_info_def)

    if graph_def is None or not graph_def.ByteSize():
        meta_graph_def.graph_def.MergeFrom(graph.as_graph_def(add_shapes=True))
    else:
        meta_graph_def.graph_def.MergeFrom(graph_def)
    if not meta_graph_def.meta_info_def.stripped_op_list.op:
        meta_graph_def.meta_info_def.stripped_op_list.MergeFrom(stripped_op_list_for_graph(meta_graph_def.graph_def))
    if strip_default_attrs:
        _strip_graph_default_valued_attrs(meta_graph_def)
    if saver_def is not None:
        meta_graph_def.saver_def.MergeFrom(saver_def)

    for key in collection_list if collection_list is not None else graph.get_all_collection_keys():
        savers = None
        if clear_extraneous_savers and key == ops.GraphKeys.SAVERS:
            savers = [ops.get_from_proto_function(key)(saver_def)]
        add_collection_def(meta_graph_def, key, graph=graph, export_scope=export_scope, exclude_nodes=exclude_nodes,
                           override_contents=savers)
    return meta_graph_def


def _strip_scope(node, export_scope, unbound_inputs, clear_devices):
    """Makes a node one of the scope alone: names lose the scope, inputs from outside get a mark and are noted."""
    if clear_devices:
        node.device = ""
    if not export_scope:
        return
    for i, name in enumerate(node.input):
        if name.lstrip("^").startswith(export_scope):
            node.input[i] = ops.strip_name_scope(name, export_scope)
        else:
            control = "^" if name.startswith("^") else ""
            node.input[i] = control + _UNBOUND + name[len(control):]
            unbound_inputs.append(node.input[i])
    node.name = ops.strip_name_scope(node.name, export_scope)
    if "_class" in node.attr:
        groups = [compat.as_str(s) for s in node.attr["_class"].list.s]
        del node.attr["_class"].list.s[:]
        node.attr["_class"].list.s.extend(compat.as_bytes(ops.strip_name_scope(s, export_scope)) for s in groups
                                          if s.partition("@")[2].startswith(export_scope))
    if node.op in ("Enter", "RefEnter") and "frame_name" in node.attr:
        frame = node.attr["frame_name"]
        if compat.as_str(frame.s).startswith(export_scope):
            frame.s = compat.as_bytes(ops.strip_name_scope(frame.s, export_scope))


def _part_of(graph_def, export_scope, exclude_nodes, clear_devices):
    """(the nodes of a GraphDef that are asked for, as a graph of their own; the inputs it lacks)."""
    part = protos.message("tensorflow.GraphDef")()
    part.versions.CopyFrom(graph_def.versions)
    if graph_def.HasField("library"):
        part.library.CopyFrom(graph_def.library)
    unbound_inputs = []
    for node in graph_def.node:
        if should_include(node.name, export_scope, exclude_nodes):
            kept = part.node.add()
            kept.CopyFrom(node)
            _strip_scope(kept, export_scope, unbound_inputs, clear_devices)
    return part, unbound_inputs


def export_scoped_meta_graph(filename=None, graph_def=None, graph=None, export_scope=None, as_text=False,
                             unbound_inputs_col_name="unbound_inputs", clear_devices=False, saver_def=None,
                             clear_extraneous_savers=False, strip_default_attrs=False, **kwargs):
    """The MetaGraphDef of a graph, or of one scope of it.

    Args:
      filename: a file to write it to, as well.
      graph_def: a GraphDef, that of `graph` where not given.
      graph: a Graph, the default graph if None.
      export_scope: name scope to export, and to leave out of names; everything if None.
      as_text: write the file as text.
      unbound_inputs_col_name: collection that gets the names of inputs from outside of the scope; none if empty.
      clear_devices: leave out devices.
      saver_def: the SaverDef to put into it.
      clear_extraneous_savers: leave out nodes of savers other than that of `saver_def`, and their SaverDefs.
      strip_default_attrs: leave out attributes that have their default.
      **kwargs: meta_info_def and collection_list, for create_meta_graph_def.

    Returns:
      The MetaGraphDef, and {name without the scope: variable} of the global variables in it.

    Raises:
      ValueError: if the graph is larger than 2 GB, or uses an operation that is not registered.
      TypeError: if an argument is not of its type.
    """
    graph = graph or ops.get_default_graph()
    exclude_nodes, unbound_inputs = None, []
    if export_scope or clear_extraneous_savers or clear_devices:
        given = _message_or_refuse("graph_def", "tensorflow.GraphDef", graph_def)
        whole = given if given is not None and given.ByteSize() else graph.as_graph_def(add_shapes=True)
        if clear_extraneous_savers:
            exclude_nodes = find_extraneous_saver_nodes(whole, saver_def)
        graph_def, unbound_inputs = _part_of(whole, export_scope, exclude_nodes, clear_devices)
        if unbound_inputs_col_name:
            graph.clear_collection(unbound_inputs_col_name)
            for name in unbound_inputs:
                graph.add_to_collection(unbound_inputs_col_name, name)

    variables = {ops.strip_name_scope(v.name, export_scope): v
                 for v in graph.get_collection(ops.GraphKeys.GLOBAL_VARIABLES, scope=export_scope)
                 if should_include(v, export_scope, exclude_nodes)}
    meta_graph_def = create_meta_graph_def(graph_def=graph_def, graph=graph, export_scope=export_scope, exclude_nodes=exclude_nodes,
                                           clear_extraneous_savers=clear_extraneous_savers, saver_def=saver_def,
                                           strip_default_attrs=strip_default_attrs, **kwargs)
    if filename:
        folder, name = os.path.split(os.fspath(filename))
        graph_io.write_graph(meta_graph_def, folder, name, as_text=as_text)
    return meta_graph_def, variables


# ---- reading ----

def _read_message(filename, full_name):
    from google.protobuf import message, text_format
    filename = compat.path_to_str(filename)
    if not os.path.exists(filename):
        raise IOError("File %s does not exist." % filename)
    with open(filename, "rb") as f:
        data = f.read()
    result = protos.message(full_name)()
    try:
        result.ParseFromString(data)
        return result
    except message.DecodeError:
        result.Clear()
    try:
        text_format.Merge(data.decode("utf-8"), result)
    except (text_format.ParseError, UnicodeDecodeError) as e:
        raise IOError("Cannot parse file %s: %s." % (filename, e)) from None
    return result


def read_meta_graph_file(filename):
    """The MetaGraphDef in a file, binary or text; IOError where there is none."""
    return _read_message(filename, "tensorflow.MetaGraphDef")


def _read_file(filename):
    """The GraphDef in a file, binary or text; IOError where there is none."""
    return _read_message(filename, "tensorflow.GraphDef")


def _check_unbound(meta_graph_def, collection, input_map):
    if not collection or collection not in meta_graph_def.collection_def:
        return
    col_def = meta_graph_def.collection_def[collection]
    kind = col_def.WhichOneof("kind")
    names = [compat.as_str(v) for v in getattr(col_def, kind).value] if kind in ("bytes_list", "node_list") else []
    if names and (not input_map or set(names) != {compat.as_str(k) for k in input_map}):
        raise ValueError("Graph contains unbound inputs: %s. Must provide these inputs through input_map."
                         % ",".join(n for n in names if not input_map or n not in input_map))


def import_scoped_meta_graph_with_return_elements(meta_graph_or_file, clear_devices=False, graph=None, import_scope=None, input_map=None,
                                                  unbound_inputs_col_name="unbound_inputs",
                                                  restore_collections_predicate=(lambda key: True), return_elements=None):
    """import_scoped_meta_graph that gives elements of the graph back, too.

    Args:
      return_elements: names of operations and tensors in the MetaGraph; the others are those of import_scoped_meta_graph.

    Returns:
      ({name: variable}, list of Operations and Tensors or None).
    """
    if protos.is_message(meta_graph_or_file, "tensorflow.MetaGraphDef"):
        meta_graph_def = protos.convert("tensorflow.MetaGraphDef", meta_graph_or_file)
    else:
        meta_graph_def = read_meta_graph_file(meta_graph_or_file)
    _check_unbound(meta_graph_def, unbound_inputs_col_name, input_map)

    graph = graph or ops.get_default_graph()
    with graph.as_default():
        producer_op_list = None
        if meta_graph_def.meta_info_def.HasField("stripped_op_list"):
            producer_op_list = meta_graph_def.meta_info_def.stripped_op_list
        if clear_devices:
            for node in meta_graph_def.graph_def.node:
                node.device = ""
        scope = graph.unique_name(import_scope or "", mark_as_used=False)
        returned = importer.import_graph_def(meta_graph_def.graph_def, name=import_scope or scope, input_map=input_map,
                                             producer_op_list=producer_op_list, return_elements=return_elements)
        read_collections(meta_graph_def, graph, scope,
                         lambda key: key != unbound_inputs_col_name and restore_collections_predicate(key))
        variables = {ops.strip_name_scope(v.name, scope): v
                     for v in graph.get_collection(ops.GraphKeys.GLOBAL_VARIABLES, scope=scope)}
    return variables, returned


def import_scoped_meta_graph(meta_graph_or_file, clear_devices=False, graph=None, import_scope=None, input_map=None,
                             unbound_inputs_col_name="unbound_inputs", restore_collections_predicate=(lambda key: True)):
    """Adds the nodes of a MetaGraph to a graph, and fills its collections.

    Args:
      meta_graph_or_file: a MetaGraphDef, or the name of a file with one, binary or text.
      clear_devices: leave out devices.
      graph: a Graph, the default graph if None.
      import_scope: name scope for everything; none if None.
      input_map: {name in the MetaGraph: Tensor} that takes its place.
      unbound_inputs_col_name: the collection that lists inputs which the MetaGraph lacks.
      restore_collections_predicate: function from a collection's key to whether it is filled.

    Returns:
      {name without the scope: variable} of the global variables.

    Raises:
      ValueError: if inputs are lacking, or the graph is not well-formed.
      IOError: if the file is not there, or holds no MetaGraphDef.
    """
    return import_scoped_meta_graph_with_return_elements(meta_graph_or_file, clear_devices, graph, import_scope, input_map,
                                                         unbound_inputs_col_name, restore_collections_predicate)[0]


def copy_scoped_meta_graph(from_scope, to_scope, from_graph=None, to_graph=None):
    """Copies what is in one scope to another, of the same graph or another one.

    Returns:
      {name without the scope: variable} of the copied global variables.

    Raises:
      ValueError: if both are the same scope of one graph.
    """
    from_graph = from_graph or ops.get_default_graph()
    to_graph = to_graph or ops.get_default_graph()
    if from_graph == to_graph and from_scope == to_scope:
        raise ValueError("'from_scope' and 'to_scope' need to be different when performing copy in the same graph.")
    meta_graph_def, _ = export_scoped_meta_graph(export_scope=from_scope, graph=from_graph)
    return import_scoped_meta_graph(meta_graph_def, graph=to_graph, import_scope=to_scope)
