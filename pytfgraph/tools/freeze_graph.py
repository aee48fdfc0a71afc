"""Makes the variables of a graph constants: GraphDef, MetaGraphDef or SavedModel, and checkpoint, to one GraphDef file."""
import re
import sys

from pytfgraph import protos
from pytfgraph.framework import graph_util, importer, ops
from pytfgraph.tools import command_line

_V2 = 2     # SaverDef.V2

OPTIONS = [("input_graph", "", "GraphDef file to load."),
           ("input_saver", "", "SaverDef file to load."),
           ("input_checkpoint", "", "Prefix of the checkpoint."),
           ("checkpoint_version", 2, "Format of the checkpoint, 1 or 2."),
           ("output_graph", "", "GraphDef file to write."),
           ("input_binary", False, "Whether the input files are binary."),
           ("output_node_names", "", "Names of the output nodes, separated by commas."),
           ("restore_op_name", "save/restore_all", "Not used."),
           ("filename_tensor_name", "save/Const:0", "Not used."),
           ("clear_devices", True, "Whether to leave out devices."),
           ("initializer_nodes", "", "Nodes to run before freezing, separated by commas."),
           ("variable_names_whitelist", "", "Make only these variables constants; separated by commas."),
           ("variable_names_blacklist", "", "Leave these variables; separated by commas."),
           ("input_meta_graph", "", "MetaGraphDef file to load."),
           ("input_saved_model_dir", "", "Folder of a SavedModel to load."),
           ("saved_model_tags", "serve", "Tags of the SavedModel's MetaGraph, separated by commas.")]


def _has_no_variables(sess):
    return not any(op.type.startswith("Variable") or op.type.endswith("VariableOp") for op in sess.graph.get_operations())


def _saver_of_checkpoint(sess, input_checkpoint, checkpoint_version):
    """A Saver for the variables that both graph and checkpoint have; None, and a line that says why, where there is none."""
    from pytfgraph import pywrap_tensorflow
    from pytfgraph.training.saver import Saver
    variables, partitioned = {}, False
    parts = [t.name.split(":")[0] for op in sess.graph.get_operations() for t in op.outputs if re.search(r"/part_\d+/", t.name)]
    for key in pywrap_tensorflow.NewCheckpointReader(input_checkpoint).get_variable_to_shape_map():
        try:
            tensor = sess.graph.get_tensor_by_name(key + ":0")
            if tensor.op.type == "VarHandleOp":     # a Saver knows a resource variable by a read of it
                tensor = sess.graph.get_tensor_by_name(key + "/Read/ReadVariableOp:0")
        except KeyError:
            continue
        variables[key] = tensor
        partitioned = partitioned or any(key in name for name in parts)
    try:
        return Saver(var_list=variables, write_version=checkpoint_version), 0
    except TypeError:
        if partitioned:
            print("Models containing partition variables cannot be converted from checkpoint files. Please pass in a SavedModel using "
                  "the flag --input_saved_model_dir.")
            return None, -1
        if _has_no_variables(sess):
            print("No variables were found in this model. It is likely the model was frozen previously. You cannot freeze a graph twice.")
            return None, 0
        raise


def _restore(sess, input_saver_def, input_checkpoint, initializer_nodes, input_meta_graph_def, input_saved_model_dir, saved_model_tags,
             checkpoint_version):
    """Gives the variables their values; what the whole function is to return, where it cannot."""
    from pytfgraph.training import meta_graphs
    if input_saver_def:
        from pytfgraph.training.saver import Saver
        Saver(saver_def=input_saver_def, write_version=checkpoint_version).restore(sess, input_checkpoint)
        return None
    if input_saved_model_dir and not input_meta_graph_def:
        from pytfgraph.saved_model import loader
        loader.load(sess, saved_model_tags or [], input_saved_model_dir)
        return None
    if input_meta_graph_def:
        saver = meta_graphs.import_meta_graph(input_meta_graph_def, clear_devices=True)
    else:
        saver, failed = _saver_of_checkpoint(sess, input_checkpoint, checkpoint_version)
        if saver is None:
            return failed
    saver.restore(sess, input_checkpoint)
    if initializer_nodes:
        sess.run(command_line.names_of(initializer_nodes))
    return None


def freeze_graph_with_def_protos(input_graph_def, input_saver_def, input_checkpoint, output_node_names, restore_op_name,
                                 filename_tensor_name, output_graph, clear_devices, initializer_nodes, variable_names_whitelist="",
                                 variable_names_blacklist="", input_meta_graph_def=None, input_saved_model_dir=None,
                                 saved_model_tags=None, checkpoint_version=_V2):
    """freeze_graph of messages rather than files; the graph is added to the default graph.

    Args:
      input_graph_def: a GraphDef, or None.
      input_saver_def: a SaverDef, or None.
      input_meta_graph_def: a MetaGraphDef, or None.
      saved_model_tags: a list of tags.
      Others: see freeze_graph.

    Returns:
      The GraphDef; -1 (or 0 for a graph without variables), and a line that says why, where it cannot be.
    """
    from pytfgraph.client.session import Session
    from pytfgraph.training import checkpoint_management
    del restore_op_name, filename_tensor_name
    if not input_saved_model_dir and not checkpoint_management.checkpoint_exists(input_checkpoint):
        print("Input checkpoint '" + input_checkpoint + "' doesn't exist!")
        return -1
    if not output_node_names:
        print("You need to supply the name of a node to --output_node_names.")
        return -1
    if clear_devices:
        for node in (input_meta_graph_def.graph_def if input_meta_graph_def else input_graph_def or protos.message("tensorflow.GraphDef")()).node:
            node.device = ""
    if input_graph_def:
        importer.import_graph_def(input_graph_def, name="")
    with Session() as sess:
        failed = _restore(sess, input_saver_def, input_checkpoint, initializer_nodes, input_meta_graph_def, input_saved_model_dir,
                          saved_model_tags, checkpoint_version)
        if failed is not None:
            return failed
        frozen = graph_util.convert_variables_to_constants(
            sess, input_meta_graph_def.graph_def if input_meta_graph_def else input_graph_def, command_line.names_of(output_node_names),
            variable_names_whitelist=command_line.names_of(variable_names_whitelist) or None,
            variable_names_blacklist=command_line.names_of(variable_names_blacklist) or None)
    if output_graph:
        command_line.write_message(frozen, output_graph, binary=True)
    return frozen


def freeze_graph(input_graph, input_saver, input_binary, input_checkpoint, output_node_names, restore_op_name, filename_tensor_name,
                 output_graph, clear_devices, initializer_nodes, variable_names_whitelist="", variable_names_blacklist="",
                 input_meta_graph=None, input_saved_model_dir=None, saved_model_tags="serve", checkpoint_version=_V2):
    """Makes the variables of a graph constants.

    Args:
      input_graph: GraphDef file.
      input_saver: SaverDef file, or empty.
      input_binary: whether the input files are binary.
      input_checkpoint: prefix of the checkpoint.
      output_node_names: names of the output nodes, separated by commas.
      restore_op_name, filename_tensor_name: not used.
      output_graph: GraphDef file to write; none if empty.
      clear_devices: whether to leave out devices.
      initializer_nodes: nodes to run before freezing, separated by commas.
      variable_names_whitelist: make only these variables constants; separated by commas.
      variable_names_blacklist: leave these variables; separated by commas.
      input_meta_graph: MetaGraphDef file, in place of the first two.
      input_saved_model_dir: folder of a SavedModel, in place of the others.
      saved_model_tags: tags of the SavedModel's MetaGraph, separated by commas.
      checkpoint_version: SaverDef.V1 or V2.

    Returns:
      The GraphDef; -1 (or 0 for a graph without variables), and a line that says why, where it cannot be.

    Raises:
      IOError: if a file does not hold what it should.
    """
    def read(kind, filename):
        return command_line.read_message("tensorflow." + kind, filename, input_binary) if filename else None
    if input_saved_model_dir:
        from pytfgraph.tools import saved_model_utils
        graph_def = saved_model_utils.get_meta_graph_def(input_saved_model_dir, saved_model_tags).graph_def
    else:
        graph_def = read("GraphDef", input_graph)
    return freeze_graph_with_def_protos(
        graph_def, read("SaverDef", input_saver), input_checkpoint, output_node_names, restore_op_name, filename_tensor_name, output_graph,
        clear_devices, initializer_nodes, variable_names_whitelist, variable_names_blacklist, read("MetaGraphDef", input_meta_graph),
        input_saved_model_dir, command_line.names_of(saved_model_tags), checkpoint_version=checkpoint_version)


def main(argv):
    """Runs the command line; the exit status."""
    f = command_line.parse("freeze_graph", OPTIONS, argv, __doc__)
    if f.checkpoint_version not in (1, 2):
        return command_line.fail("Invalid checkpoint version (must be '1' or '2'): %d" % f.checkpoint_version)
    if not (f.input_graph or f.input_meta_graph or f.input_saved_model_dir):
        return command_line.fail("You need to supply one of --input_graph, --input_meta_graph and --input_saved_model_dir.")
    from pytfgraph.framework import errors
    try:
        with ops.Graph().as_default():
            frozen = freeze_graph(f.input_graph, f.input_saver, f.input_binary, f.input_checkpoint, f.output_node_names,
                                  f.restore_op_name, f.filename_tensor_name, f.output_graph, f.clear_devices, f.initializer_nodes,
                                  f.variable_names_whitelist, f.variable_names_blacklist, f.input_meta_graph, f.input_saved_model_dir,
                                  f.saved_model_tags, f.checkpoint_version)
    except (IOError, ValueError, KeyError, AssertionError, RuntimeError, errors.OpError) as e:
        return command_line.fail(str(e))
    return 0 if protos.is_message(frozen, "tensorflow.GraphDef") else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
