"""Shows the tensors in a checkpoint."""
import argparse
import sys

from pytfgraph.tools import command_line

OPTIONS = [("file_name", "", "The checkpoint: the prefix that its files share."),
           ("tensor_name", "", "Name of a tensor to show."),
           ("all_tensors", False, "Show the names and values of all tensors."),
           ("all_tensor_names", False, "Show the names of all tensors."),
           ("printoptions", "", "Options k=v for numpy.set_printoptions(), separated by spaces.")]


def print_tensors_in_checkpoint_file(file_name, tensor_name, all_tensors, all_tensor_names=False):
    """Prints what is in a checkpoint: names with dtypes and shapes, one tensor, or all.

    Args:
      file_name: the prefix that the checkpoint's files share.
      tensor_name: a tensor to print, or empty.
      all_tensors: print the names and values of all.
      all_tensor_names: print the names of all.
    """
    from pytfgraph import pywrap_tensorflow
    try:
        reader = pywrap_tensorflow.NewCheckpointReader(file_name)
        if all_tensors or all_tensor_names:
            for key in sorted(reader.get_variable_to_shape_map()):
                print("tensor_name: ", key)
                if all_tensors:
                    print(reader.get_tensor(key))
        elif not tensor_name:
            print(reader.debug_string().decode("utf-8"))
        else:
            print("tensor_name: ", tensor_name)
            print(reader.get_tensor(tensor_name))
    except Exception as e:      # it is a program for people: whatever is wrong is told, and that is all
        print(str(e))
        if "Data loss" in str(e) and any(end in file_name for end in (".index", ".meta", ".data")):
            print("\nIt's likely that this is a V2 checkpoint and you need to provide the filename\n*prefix*.  Try removing the '.' and "
                  "extension.  Try:\ninspect checkpoint --file_name = %s" % file_name.rpartition(".")[0])


def parse_numpy_printoption(kv_str):
    """Sets an option of NumPy's printing from "name=value"; ArgumentTypeError where it cannot be."""
    import numpy as np
    k, mark, v = kv_str.partition("=")
    if not mark or not k:
        raise argparse.ArgumentTypeError("'%s' is not in the form k=v." % kv_str)
    options = np.get_printoptions()
    if k not in options:
        raise argparse.ArgumentTypeError("'%s' is not a valid printoption." % k)
    kind = type(options[k])
    if options[k] is None:
        raise argparse.ArgumentTypeError("Setting '%s' from the command line is not supported." % k)
    try:
        if kind is bool and v.lower() not in ("true", "t", "1", "false", "f", "0"):
            raise ValueError("Non-boolean argument to boolean flag: %s" % v)
        np.set_printoptions(**{k: v.lower() in ("true", "t", "1") if kind is bool else kind(v)})
    except ValueError as e:
        raise argparse.ArgumentTypeError(str(e)) from None


def main(argv):
    """Runs the command line; the exit status."""
    flags = command_line.parse("inspect_checkpoint", OPTIONS, argv, __doc__)
    if not flags.file_name:
        print("Usage: inspect_checkpoint --file_name=checkpoint_file_name [--tensor_name=tensor_to_print] [--all_tensors] "
              "[--all_tensor_names] [--printoptions]")
        return 1
    try:
        for option in flags.printoptions.split():
            parse_numpy_printoption(option)
    except argparse.ArgumentTypeError as e:
        return command_line.fail(str(e))
    print_tensors_in_checkpoint_file(flags.file_name, flags.tensor_name, flags.all_tensors, flags.all_tensor_names)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
