"""Makes a frozen graph in a file smaller and faster for inference."""
import sys

from pytfgraph.tools import command_line, optimize_for_inference_lib

OPTIONS = [("input", "", "GraphDef file to load."),
           ("output", "", "GraphDef file to write."),
           ("input_names", "", "Names of the input nodes, separated by commas."),
           ("output_names", "", "Names of the output nodes, separated by commas."),
           ("frozen_graph", True, "Whether the files are binary; text otherwise."),
           ("placeholder_type_enum", 1, "The DataType of the placeholders that the inputs become, a number."),
           ("toco_compatible", False, "Leave out what the converter for mobile devices does not read.")]


def main(argv):
    """Runs the command line; the exit status."""
    flags = command_line.parse("optimize_for_inference", OPTIONS, argv, __doc__)
    try:
        graph_def = command_line.read_message("tensorflow.GraphDef", flags.input, flags.frozen_graph)
        result = optimize_for_inference_lib.optimize_for_inference(
            graph_def, flags.input_names.split(","), flags.output_names.split(","), flags.placeholder_type_enum, flags.toco_compatible)
        command_line.write_message(result, flags.output, flags.frozen_graph)
    except (IOError, ValueError, KeyError, AssertionError) as e:
        return command_line.fail("".join(str(a) for a in e.args) if e.args else str(e))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
