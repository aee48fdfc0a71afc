"""Whether two graphs have the same nodes, and if not, the first difference in TensorFlow's words."""
from pytfgraph import _core, protos


def _summary(node):
    return _core.summarize_node(node.SerializeToString())


def _value(attr):
    return _core.summarize_attr(attr.SerializeToString())


def _full(name):
    return name[:-2] if name.endswith(":0") else name


def _split(inputs):
    """Inputs up to the first control input, and the rest as a set."""
    first = next((i for i, name in enumerate(inputs) if name.startswith("^")), len(inputs))
    return list(inputs[:first]), set(inputs[first:])


def _same_tensor(a, b):
    from pytfgraph.framework import tensor_util
    x, y = tensor_util.MakeNdarray(a), tensor_util.MakeNdarray(b)
    return a.dtype == b.dtype and x.shape == y.shape and x.tolist() == y.tolist()


def _same_attr(a, b):
    """Values written in the same bytes, or tensors written in different ways that hold the same."""
    if a.SerializeToString(deterministic=True) == b.SerializeToString(deterministic=True):
        return True
    return a.WhichOneof("value") == b.WhichOneof("value") == "tensor" and _same_tensor(a.tensor, b.tensor)


def _input_difference(actual, expected):
    if len(actual.input) != len(expected.input):
        return "has inputs '%s' that don't match expected '%s'" % (", ".join(actual.input), ", ".join(expected.input))
    data, control = _split(actual.input)
    for i, name in enumerate(data):
        if _full(name) != _full(expected.input[i]):
            return "has input %d '%s' that doesn't match expected '%s'" % (i, name, expected.input[i])
    wanted = set(expected.input[len(data):])
    if wanted - control:
        return "missing expected control input '%s'" % min(wanted - control)
    if control - wanted:
        return "has unexpected control input '%s'" % min(control - wanted)
    return None


def _attr_difference(actual, expected):
    theirs, ours = ({k for k in node.attr if not k.startswith("_")} for node in (expected, actual))
    for key in sorted(theirs):
        if key not in ours:
            return "missing expected attr '%s' with value: %s" % (key, _value(expected.attr[key]))
        if not _same_attr(actual.attr[key], expected.attr[key]):
            return "has attr '%s' with value: %s that does not match expected: %s" % (key, _value(actual.attr[key]), _value(expected.attr[key]))
    for key in sorted(ours - theirs):
        return "has unexpected attr '%s' with value: %s" % (key, _value(actual.attr[key]))
    return None


def _node_difference(actual, expected):
    if actual.op != expected.op:
        return "has op '%s' that is not expected '%s'" % (actual.op, expected.op)
    if actual.device != expected.device:
        return "has device '%s' that is not expected '%s'" % (actual.device, expected.device)
    return _input_difference(actual, expected) or _attr_difference(actual, expected)


def difference(actual, expected):
    """The first difference between GraphDefs, "" where their nodes are the same in whatever order.

    Versions, functions and attributes whose names start with "_" are not compared.
    """
    nodes = {node.name: node for node in actual.node}
    for node in expected.node:
        mine = nodes.pop(node.name, None)
        if mine is None:
            return "Did not find expected node '%s'" % _summary(node)
        text = _node_difference(mine, node)
        if text:
            return "Node named '%s' %s" % (node.name, text)
    for node in nodes.values():
        return "Found unexpected node '%s'" % _summary(node)
    return ""


def serialized_difference(actual, expected):
    """difference, of and as bytes."""
    cls = protos.message("tensorflow.GraphDef")
    return difference(cls.FromString(actual), cls.FromString(expected)).encode()


def serialized_attr_difference(actual, expected):
    """What differs between two serialised AttrValues, as bytes; b"" where they are the same."""
    cls = protos.message("tensorflow.AttrValue")
    a, b = cls.FromString(actual), cls.FromString(expected)
    if _same_attr(a, b):
        return b""
    return ("Actual AttrValue %s does not match Expected AttrValue %s." % (_value(a), _value(b))).encode()
