"""tf.train.export_meta_graph and import_meta_graph."""
from pytfgraph import protos
from pytfgraph.framework import meta_graph
from pytfgraph.platform import tf_logging as logging


def export_meta_graph(filename=None, meta_info_def=None, graph_def=None, saver_def=None, collection_list=None, as_text=False, graph=None,
                      export_scope=None, clear_devices=False, clear_extraneous_savers=False, strip_default_attrs=False, **kwargs):
    """The MetaGraphDef of a graph, written to a file where one is named.

    Args:
      filename: the file.
      meta_info_def: a MetaInfoDef to start from.
      graph_def: a GraphDef, that of `graph` where not given.
      saver_def: the SaverDef to put into it.
      collection_list: keys of the collections to write, all if None.
      as_text: write the file as text.
      graph: a Graph, the default graph if None.
      export_scope: name scope to export, and to leave out of names; everything if None.
      clear_devices: leave out devices.
      clear_extraneous_savers: leave out nodes of savers other than that of `saver_def`, and their SaverDefs.
      strip_default_attrs: leave out attributes that have their default.
      **kwargs: unbound_inputs_col_name of meta_graph.export_scoped_meta_graph.

    Raises:
      ValueError: if the graph is larger than 2 GB, or uses an operation that is not registered.
      TypeError: if an argument is not of its type.
    """
    return meta_graph.export_scoped_meta_graph(
        filename=filename, meta_info_def=meta_info_def, graph_def=graph_def, saver_def=saver_def, collection_list=collection_list,
        as_text=as_text, graph=graph, export_scope=export_scope, clear_devices=clear_devices,
        clear_extraneous_savers=clear_extraneous_savers, strip_default_attrs=strip_default_attrs, **kwargs)[0]


def import_meta_graph(meta_graph_or_file, clear_devices=False, import_scope=None, **kwargs):
    """Adds the nodes of a MetaGraph to the default graph, fills its collections, and makes its Saver.

    Args:
      meta_graph_or_file: a MetaGraphDef, or the name of a file with one, binary or text.
      clear_devices: leave out devices.
      import_scope: name scope for everything; none if None.
      **kwargs: input_map, unbound_inputs_col_name and restore_collections_predicate of meta_graph.import_scoped_meta_graph.

    Returns:
      The Saver; None where there are no variables to restore.

    Raises:
      ValueError: if inputs are lacking, or the graph is not well-formed.
      IOError: if the file is not there, or holds no MetaGraphDef.
    """
    return _import_meta_graph_with_return_elements(meta_graph_or_file, clear_devices, import_scope, **kwargs)[0]


def _import_meta_graph_with_return_elements(meta_graph_or_file, clear_devices=False, import_scope=None, return_elements=None, **kwargs):
    if not protos.is_message(meta_graph_or_file, "tensorflow.MetaGraphDef"):
        meta_graph_or_file = meta_graph.read_meta_graph_file(meta_graph_or_file)
    variables, returned = meta_graph.import_scoped_meta_graph_with_return_elements(
        meta_graph_or_file, clear_devices=clear_devices, import_scope=import_scope, return_elements=return_elements, **kwargs)
    return _saver_of(meta_graph_or_file, import_scope, variables), returned


def _saver_of(meta_graph_def, import_scope, variables):
    """The Saver that a MetaGraph describes, or one for all variables of the graph, or None."""
    from pytfgraph.ops.variables import _all_saveable_objects
    if meta_graph_def.HasField("saver_def"):
        from pytfgraph.training.saver import Saver
        for name, variable in variables.items():        # the scope as it was made unique
            return Saver(saver_def=meta_graph_def.saver_def, name=variable.name[:-len(name)])
        return Saver(saver_def=meta_graph_def.saver_def, name=import_scope)
    if _all_saveable_objects(scope=import_scope):
        from pytfgraph.training.saver import Saver
        return Saver()
    logging.info("Saver not created because there are no variables in the graph to restore")
    return None
