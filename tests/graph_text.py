"""A graph as text, one line per node, made with public functions only, so that it runs on TensorFlow and on us.

Columns are separated by tabs: name, op, inputs, device, attributes; then the collections as comments.

    python graph_text.py MODULE SNIPPET     prints the graph that a snippet builds
"""
import importlib
import re
import sys


def _type_name(tf, number):
    """DT_FLOAT (1) is "float", DT_INT32_REF is "int32_ref": the enum's names in lower case."""
    name = tf.as_dtype(number).name
    return {"float32": "float", "float64": "double", "float16": "half"}.get(name, name)


def _shape(shape):
    if shape.unknown_rank:
        return "?"
    return "[%s]" % ",".join(str(d.size) for d in shape.dim)


def _tensor(tf, tensor):
    return "tensor<%s%s>" % (_type_name(tf, tensor.dtype), _shape(tensor.tensor_shape))


def _text(raw):
    # tf.custom_gradient numbers the gradients it registers by a counter of the whole process.
    return re.sub(r"^CustomGradient-\d+$", "CustomGradient-N", raw.decode("utf-8", "backslashreplace"))


def _list(tf, values):
    parts = [_text(v) for v in values.s]
    parts += [str(v) for v in values.i]
    parts += [repr(v) for v in values.f]
    parts += [str(v) for v in values.b]
    parts += [_type_name(tf, v) for v in values.type]
    parts += [_shape(v) for v in values.shape]
    parts += [_tensor(tf, v) for v in values.tensor]
    parts += [v.name for v in values.func]
    return "[%s]" % ",".join(parts)


def attribute(tf, value):
    """The text of one AttrValue."""
    kind = value.WhichOneof("value")
    if kind == "s":
        return repr(_text(value.s))
    if kind == "i":
        return str(value.i)
    if kind == "f":
        return repr(value.f)
    if kind == "b":
        return str(value.b)
    if kind == "type":
        return _type_name(tf, value.type)
    if kind == "shape":
        return _shape(value.shape)
    if kind == "tensor":
        return _tensor(tf, value.tensor)
    if kind == "func":
        # A dataset's functions are named by a hash of their bodies, whose nodes are named apart.
        return "func<%s>" % re.sub(r"(?<=tf_data_structured_function_wrapper_)\w+$", "HASH", value.func.name)
    if kind == "list":
        return _list(tf, value.list)
    return "placeholder" if kind == "placeholder" else "[]"


def _inputs(node):
    """Data inputs in order, then control inputs by name, since TensorFlow leaves their order open."""
    data = [n[:-2] if n.endswith(":0") else n for n in node.input if not n.startswith("^")]
    return ",".join(data + sorted(n for n in node.input if n.startswith("^")))


def node_line(tf, op):
    node = op.node_def
    attributes = " ".join("%s=%s" % (key, attribute(tf, node.attr[key])) for key in sorted(node.attr))
    return "\t".join([node.name, node.op, _inputs(node), node.device, attributes])


def collection_lines(graph):
    lines = []
    for key in sorted(graph.get_all_collection_keys(), key=str):
        items = graph.get_collection(key)
        names = [getattr(item, "name", None) for item in items]
        lines.append("# %s: %s" % (key, " ".join(n if isinstance(n, str) else type(i).__name__
                                                 for n, i in zip(names, items))))
    return lines


def graph_text(tf, graph):
    lines = [node_line(tf, op) for op in graph.get_operations()]
    return "\n".join(lines + ["# collections:"] + collection_lines(graph)) + "\n"


def build_snippet(tf, path):
    """The graph that a snippet builds in a fresh graph, as text; where the snippet fails, the error comes last."""
    with open(path) as f:
        code = compile(f.read(), path, "exec")
    tf.reset_default_graph()
    graph = tf.Graph()
    stopped = ""
    with graph.as_default():
        try:
            exec(code, {"tf": tf})
        except Exception as error:
            stopped = "# stopped by %s: %s\n" % (type(error).__name__, str(error).split("\n")[0])
    return graph_text(tf, graph) + stopped


def main(module, path):
    tf = importlib.import_module(module)
    if hasattr(tf, "install_as_tensorflow"):
        tf.install_as_tensorflow()
    tf.logging.set_verbosity(tf.logging.FATAL)
    sys.stdout.write(build_snippet(tf, path))


if __name__ == "__main__":
    main(*sys.argv[1:])
