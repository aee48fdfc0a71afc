"""Cuts a graph in a file down to what lies between some inputs and some outputs."""
import sys

from pytfgraph.tools import command_line, strip_unused_lib

OPTIONS = [("input_graph", "", "GraphDef file to load."),
           ("input_binary", False, "Whether the input file is binary."),
           ("output_graph", "", "GraphDef file to write."),
           ("output_binary", True, "Whether the output file is binary."),
           ("input_node_names", "", "Names of the input nodes, separated by commas."),
           ("output_node_names", "", "Names of the output nodes, separated by commas."),
           ("placeholder_type_enum", 1, "The DataType of the placeholders that the inputs become, a number.")]


def main(argv):
    """Runs the command line; the exit status."""
    flags = command_line.parse("strip_unused", OPTIONS, argv, __doc__)
    try:
        failed = strip_unused_lib.strip_unused_from_files(
            flags.input_graph, flags.input_binary, flags.output_graph, flags.output_binary, flags.input_node_names,
            flags.output_node_names, flags.placeholder_type_enum)
    except (IOError, ValueError, KeyError, AssertionError) as e:
        return command_line.fail(e.args[0] if e.args else str(e))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
