"""Shows and runs SavedModels."""
import argparse
import os
import sys

import numpy as np

from pytfgraph.tools import command_line, saved_model_utils
from pytfgraph.tools.saved_model_inputs import (  # noqa: F401
    load_inputs_from_input_arg_string, preprocess_input_examples_arg_string, preprocess_input_exprs_arg_string,
    preprocess_inputs_arg_string)

_OP_BLACKLIST = {"WriteFile", "ReadFile"}
get_meta_graph_def = saved_model_utils.get_meta_graph_def


def get_signature_def_map(saved_model_dir, tag_set):
    """{name: SignatureDef} of the MetaGraph with some tags."""
    return get_meta_graph_def(saved_model_dir, tag_set).signature_def


def _signature(meta_graph_def, key):
    if key not in meta_graph_def.signature_def:
        raise KeyError("no SignatureDef with key %r; there are %s" % (key, sorted(meta_graph_def.signature_def)))
    return meta_graph_def.signature_def[key]


# ---- show ----

def _show_tag_sets(saved_model_dir):
    print("The given SavedModel contains the following tag-sets:")
    for tags in sorted(saved_model_utils.get_saved_model_tag_sets(saved_model_dir)):
        print(", ".join(sorted(tags)))


def _show_signature_def_map_keys(saved_model_dir, tag_set):
    signatures = get_signature_def_map(saved_model_dir, tag_set)
    print("The given SavedModel MetaGraphDef contains SignatureDefs with the following keys:")
    for key in sorted(signatures):
        print('SignatureDef key: "%s"' % key)


def _shape_text(shape):
    return "unknown_rank" if shape.unknown_rank else "(" + ", ".join(str(d.size) for d in shape.dim) + ")"


def _print_tensor_info(info, indent=0):
    from pytfgraph import protos
    space = "  " * indent
    kinds = protos.enum("tensorflow.DataType")
    print(space + "    dtype: " + (kinds.Name(info.dtype) if info.dtype in kinds.values() else str(info.dtype)))
    print(space + "    shape: " + _shape_text(info.tensor_shape))
    print(space + "    name: " + info.name)


def _show_inputs_outputs(saved_model_dir, tag_set, signature_def_key, indent=0):
    signature = _signature(get_meta_graph_def(saved_model_dir, tag_set), signature_def_key)
    space = "  " * indent
    for word, infos in (("input", signature.inputs), ("output", signature.outputs)):
        print(space + "The given SavedModel SignatureDef contains the following %s(s):" % word)
        for key in sorted(infos):
            print(space + "  %ss['%s'] tensor_info:" % (word, key))
            _print_tensor_info(infos[key], indent + 1)
    print(space + "Method name is: %s" % signature.method_name)


def _show_all(saved_model_dir):
    for tags in sorted(saved_model_utils.get_saved_model_tag_sets(saved_model_dir)):
        print("\nMetaGraphDef with tag-set: '%s' contains the following SignatureDefs:" % ", ".join(tags))
        for key in sorted(get_signature_def_map(saved_model_dir, ",".join(tags))):
            print("\nsignature_def['" + key + "']:")
            _show_inputs_outputs(saved_model_dir, ",".join(tags), key, indent=1)


def show(args):
    """The command "show"."""
    if args.all:
        _show_all(args.dir)
    elif args.tag_set is None:
        _show_tag_sets(args.dir)
    elif args.signature_def is None:
        _show_signature_def_map_keys(args.dir, args.tag_set)
    else:
        _show_inputs_outputs(args.dir, args.tag_set, args.signature_def)


# ---- run ----

def _save_output(outdir, key, value, overwrite):
    os.makedirs(outdir, exist_ok=True)
    path = os.path.join(outdir, key.replace(os.sep, "_") + ".npy")
    if not overwrite and os.path.exists(path):
        raise RuntimeError('Output file %s already exists. Add "--overwrite" to overwrite the existing output files.' % path)
    np.save(path, value)
    print("Output %s is saved to %s" % (key, path))


def run_saved_model_with_feed_dict(saved_model_dir, tag_set, signature_def_key, input_tensor_key_feed_dict, outdir, overwrite_flag,
                                   worker=None, init_tpu=False, tf_debug=False):
    """Runs a signature of a SavedModel, prints its outputs, and saves them where a folder is given.

    Args:
      saved_model_dir: the SavedModel's folder.
      tag_set: the tags of the MetaGraph, separated by commas.
      signature_def_key: name of the signature.
      input_tensor_key_feed_dict: {input: value}.
      outdir: folder for the outputs, as .npy files; None for none.
      overwrite_flag: whether files that are there may be written anew.
      worker: target of the Session.
      init_tpu, tf_debug: not served: there are neither TPUs nor the debugger.

    Raises:
      ValueError: if an input is not one of the signature's.
      RuntimeError: if a file is there, or something is not served.
    """
    from pytfgraph.client.session import Session
    from pytfgraph.framework import ops
    from pytfgraph.saved_model import loader_impl
    if init_tpu or tf_debug:
        raise RuntimeError("--init_tpu and --tf_debug are not supported.")
    signature = _signature(get_meta_graph_def(saved_model_dir, tag_set), signature_def_key)
    for key in input_tensor_key_feed_dict:
        if key not in signature.inputs:
            raise ValueError('"%s" is not a valid input key. Please choose from %s, or use --show option.'
                             % (key, '"' + '", "'.join(signature.inputs) + '"'))
    feed = {signature.inputs[key].name: value for key, value in input_tensor_key_feed_dict.items()}
    keys = sorted(signature.outputs)
    with Session(worker or "", graph=ops.Graph()) as sess:
        loader_impl.load(sess, tag_set.split(","), saved_model_dir)
        outputs = sess.run([signature.outputs[key].name for key in keys], feed_dict=feed)
    for key, value in zip(keys, outputs):
        print("Result for output key %s:\n%s" % (key, value))
        if outdir:
            _save_output(outdir, key, value, overwrite_flag)


def run(args):
    """The command "run"; AttributeError without inputs."""
    if not args.inputs and not args.input_exprs and not args.input_examples:
        raise AttributeError("At least one of --inputs, --input_exprs or --input_examples must be required")
    feed = load_inputs_from_input_arg_string(args.inputs, args.input_exprs, args.input_examples)
    run_saved_model_with_feed_dict(args.dir, args.tag_set, args.signature_def, feed, args.outdir, args.overwrite, worker=args.worker,
                                   init_tpu=args.init_tpu, tf_debug=args.tf_debug)


# ---- scan ----

def scan_meta_graph_def(meta_graph_def):
    """Prints which operations that touch files a MetaGraph uses."""
    from pytfgraph.framework import meta_graph
    found = _OP_BLACKLIST & set(meta_graph.ops_used_by_graph_def(meta_graph_def.graph_def))
    if found:
        print("MetaGraph with tag set %s contains the following blacklisted ops:" % meta_graph_def.meta_info_def.tags, found)
    else:
        print("MetaGraph with tag set %s does not contain blacklisted ops." % meta_graph_def.meta_info_def.tags)


def scan(args):
    """The command "scan"."""
    if args.tag_set:
        scan_meta_graph_def(get_meta_graph_def(args.dir, args.tag_set))
    else:
        for meta_graph_def in saved_model_utils.read_saved_model(args.dir).meta_graphs:
            scan_meta_graph_def(meta_graph_def)


def create_parser():
    """The parser of the command line."""
    parser = argparse.ArgumentParser(prog="saved_model", description=__doc__)
    parser.add_argument("-v", "--version", action="version", version="0.1.0")
    commands = parser.add_subparsers(title="commands", description="valid commands", help="additional help")
    parts = {}
    for f, text in ((show, "Shows tags, signatures, inputs and outputs."), (run, "Runs a signature on inputs, and shows its outputs."),
                    (scan, "Looks for operations that touch files.")):
        parts[f] = commands.add_parser(f.__name__, description=text)
        parts[f].add_argument("--dir", required=True, help="folder of the SavedModel")
        parts[f].add_argument("--tag_set", required=f is run, help="tags of the MetaGraph, separated by commas")
        parts[f].set_defaults(func=f)
    parts[show].add_argument("--all", action="store_true", help="show everything")
    for f in (show, run):
        parts[f].add_argument("--signature_def", required=f is run, metavar="SIGNATURE_DEF_KEY", help="name of the signature")
    for name, text in (("inputs", "inputs in .npy, .npz or pickle files: INPUT=FILE or INPUT=FILE[NAME], separated by semicolons"),
                       ("input_exprs", "inputs as expressions: INPUT=EXPRESSION, separated by semicolons; np is NumPy"),
                       ("input_examples", "inputs as tf.Examples: INPUT=[{FEATURE: LIST, ...}, ...], separated by semicolons")):
        parts[run].add_argument("--" + name, default="", help=text)
    parts[run].add_argument("--outdir", help="folder to save the outputs in")
    parts[run].add_argument("--worker", help="target of the session")
    for name, text in (("overwrite", "write over files that are there"), ("tf_debug", "not supported"), ("init_tpu", "not supported")):
        parts[run].add_argument("--" + name, action="store_true", help=text)
    return parser


def main(argv=None):
    """Runs the command line; the exit status."""
    from pytfgraph.framework import errors
    parser = create_parser()
    args = parser.parse_args(argv)
    if not hasattr(args, "func"):
        parser.error("too few arguments")
    try:
        args.func(args)
    except (IOError, RuntimeError, ValueError, KeyError, AttributeError, TypeError, SyntaxError, NameError, errors.OpError) as e:
        return command_line.fail("%s: %s" % (type(e).__name__, e.args[0] if isinstance(e, KeyError) else e))
    return 0


if __name__ == "__main__":
    sys.exit(main())
