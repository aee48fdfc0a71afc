"""Changes a graph in a file by named transforms."""
import sys

from pytfgraph.tools import command_line

OPTIONS = [("in_graph", "", "GraphDef file to load."),
           ("out_graph", "", "GraphDef file to write."),
           ("inputs", "", "Names of the input nodes, separated by commas."),
           ("outputs", "", "Names of the output nodes, separated by commas."),
           ("transforms", "", "The changes: name(parameter=value) name(parameter=value) ..."),
           ("output_as_text", False, "Whether the output file is text.")]


def main(argv):
    """Runs the command line; the exit status."""
    flags = command_line.parse("transform_graph", OPTIONS, argv, __doc__)
    if not flags.in_graph or not flags.out_graph:
        return command_line.fail("in_graph and out_graph graph can't be empty.")
    if not flags.transforms.strip():
        return command_line.fail("You must specify at least one transform.")
    from pytfgraph.framework import errors
    from pytfgraph.tools.graph_transforms import TransformGraph
    try:
        try:
            graph_def = command_line.read_message("tensorflow.GraphDef", flags.in_graph, True)
        except IOError:
            graph_def = command_line.read_message("tensorflow.GraphDef", flags.in_graph, False)
        result = TransformGraph(graph_def, command_line.names_of(flags.inputs), command_line.names_of(flags.outputs), [flags.transforms])
        command_line.write_message(result, flags.out_graph, not flags.output_as_text)
    except (IOError, errors.OpError) as e:
        return command_line.fail(str(e))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
