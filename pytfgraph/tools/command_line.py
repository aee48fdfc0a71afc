"""What the programs of this folder share: options, and reading and writing messages in files."""
import argparse
import os
import sys


def _truth(text):
    return text.lower() == "true"


def parse(program, options, argv, doc=None):
    """The options of a command line; what is not known is an error.

    Args:
      program: name for the usage line.
      options: [(name, default, help)]; the default's type is the option's, and a bool may be given without a value.
      argv: the arguments.
      doc: what the program does.
    """
    parser = argparse.ArgumentParser(prog=program, description=doc)
    for name, default, text in options:
        text = text.replace("%", "%%")
        if isinstance(default, bool):
            parser.add_argument("--" + name, nargs="?", const=True, type=_truth, default=default, help=text)
        else:
            parser.add_argument("--" + name, type=type(default), default=default, help=text)
    return parser.parse_args(argv)


def names_of(text):
    """The names in a list with commas."""
    return text.replace(" ", "").split(",") if text else []


def fail(message):
    """Says what is wrong; the exit status."""
    print(message, file=sys.stderr)
    return 1


def read_message(full_name, filename, binary):
    """The message in a file.

    Raises:
      IOError: if there is no such file, or no such message in it.
    """
    from google.protobuf import message, text_format
    from pytfgraph import protos
    from pytfgraph.lib.io import file_io
    if not file_io.file_exists(filename) or file_io.is_directory(filename):
        raise IOError("Input file '%s' does not exist!" % os.fspath(filename))
    data = file_io.read_file_to_string(filename, binary_mode=True)
    result = protos.message(full_name)()
    try:
        if binary:
            result.ParseFromString(data)
        else:
            text_format.Merge(data.decode("utf-8"), result)
    except (message.DecodeError, text_format.ParseError, UnicodeDecodeError) as e:
        raise IOError("Cannot parse file %s as a %s %s: %s" % (filename, "binary" if binary else "text", full_name.split(".")[-1], e)) \
            from None
    return result


def write_message(value, filename, binary):
    """Writes a message into a file, whose folder is made where it is not there."""
    from pytfgraph.framework import graph_io
    folder, name = os.path.split(os.fspath(filename))
    graph_io.write_graph(value, folder, name, as_text=not binary)
