"""Graphs from GraphDef messages."""
import math

from pytfgraph import _core, protos
from pytfgraph.framework import dtypes, ops

_LARGE = 1 << 16                # bytes of a constant from which its elements are handed over by themselves
_NOT_PLAIN = (7, 20, 21)        # DT_STRING, DT_RESOURCE, DT_VARIANT


def _parse_tensor_name(name):
    """("a", 1) for "a:1", ("a", 0) for "a"; ValueError for anything else."""
    parts = name.split(":")
    if len(parts) == 1:
        return name, 0
    if len(parts) == 2:
        try:
            return parts[0], int(parts[1])
        except ValueError:
            pass
    raise ValueError("Cannot convert %r to a tensor name." % (name,))


def _text(value):
    return value.decode("utf-8") if isinstance(value, bytes) else value


def _check_input_map(input_map):
    if input_map is None:
        return {}
    if not isinstance(input_map, dict) or not all(isinstance(k, (str, bytes)) for k in input_map):
        raise TypeError("input_map must be a dictionary mapping strings to Tensor objects.")
    return input_map


def _check_return_elements(return_elements):
    if return_elements is None:
        return None
    return_elements = tuple(return_elements)
    if not all(isinstance(x, (str, bytes)) for x in return_elements):
        raise TypeError("return_elements must be a list of strings.")
    return [_text(x) for x in return_elements]


def _as_tensors(name, input_map):
    """The map with its values as tensors, made where needed in the import's name scope."""
    if all(isinstance(v, ops.Tensor) for v in input_map.values()):
        return input_map
    if name == "":
        raise ValueError("tf.import_graph_def() requires a non-empty `name` if `input_map` contains non-Tensor values. Try calling "
                         "tf.convert_to_tensor() on `input_map` values before calling tf.import_graph_def().")
    with ops.name_scope("_inputs"):
        return {k: ops.convert_to_tensor(v) for k, v in input_map.items()}


def _map_entry(key, to):
    key = _text(key)
    if key.startswith("^"):
        return key[1:], -1, to
    name, index = _parse_tensor_name(key)
    return name, index, to


def _wanted(element):
    return _parse_tensor_name(element) if ":" in element else (element, -1)


def _without_newer_defaults(graph_def, producer_op_list):
    """A copy of the graph without attributes that our definitions lack and that have the default their producer gives them."""
    from pytfgraph import _core
    produced = {op.name: {a.name: a for a in op.attr} for op in producer_op_list.op}
    copy = type(graph_def)()
    copy.CopyFrom(graph_def)
    for node in copy.node:
        if node.op not in produced or not _core.has_op(node.op):
            continue
        known = {a.name for a in _core.op_def(node.op).attr}
        for key in list(node.attr):
            theirs = produced[node.op].get(key)
            if key not in known and theirs is not None and theirs.HasField("default_value"):
                if node.attr[key].SerializeToString() == theirs.default_value.SerializeToString():
                    del node.attr[key]
    return copy


def _as_message(graph_def):
    """The GraphDef message; those of other pools are as good."""
    if protos.is_message(graph_def, "tensorflow.GraphDef"):
        return graph_def
    try:
        return protos.convert("tensorflow.GraphDef", graph_def)
    except TypeError:
        raise TypeError("graph_def must be a GraphDef proto.") from None


def _is_large(nodes):
    """Whether constants make up more bytes than serialising each node by itself costs; of many nodes some hundred are asked."""
    step = len(nodes) // 1000 | 1
    left = (1 << 20) // step
    for node in nodes[::step]:
        if node.op == "Const" and "value" in node.attr:
            left -= max(_element_bytes(node.attr["value"].tensor), 0)
            if left < 0:
                return True
    return False


def _element_bytes(tensor):
    """How many bytes the elements of a TensorProto take, if it says so; its tensor_content is not looked at, which would copy it."""
    shape = tensor.tensor_shape
    try:
        return 0 if shape.unknown_rank else math.prod(d.size for d in shape.dim) * dtypes.as_dtype(tensor.dtype).size
    except TypeError:
        return 0


def _apart(node):
    """A large constant as (its bytes without tensor_content, its tensor, the node); any other node as it is."""
    if node.op != "Const" or set(node.attr) - {"dtype", "value", "_class", "_output_shapes"}:
        return node
    tensor = node.attr["value"].tensor if "value" in node.attr else None
    if tensor is None or tensor.dtype in _NOT_PLAIN or _element_bytes(tensor) < _LARGE:
        return node
    rest = type(node)(name=node.name, op=node.op, input=node.input, device=node.device)
    for key, value in node.attr.items():
        if key != "value":
            rest.attr[key].CopyFrom(value)
    rest.attr["value"].tensor.dtype = tensor.dtype
    rest.attr["value"].tensor.tensor_shape.CopyFrom(tensor.tensor_shape)
    return rest.SerializeToString(), tensor, node


def _in_pieces(graph_def):
    """(serialised GraphDef, the nodes that are not in it): a large one whole would be copied several times over."""
    nodes = graph_def.node
    if not protos.is_own(graph_def) or len(nodes) > 1000 and not _is_large(nodes):
        return graph_def.SerializeToString(), None
    rest = type(graph_def)()
    rest.versions.CopyFrom(graph_def.versions)
    if graph_def.HasField("library"):
        rest.library.CopyFrom(graph_def.library)
    return rest.SerializeToString(), [_apart(node) for node in nodes]


def _defaults(op_type):
    """((attribute, serialised default value), ...) of a registered operation."""
    if not _core.has_op(op_type):
        return ()
    return tuple((a.name, a.default_value.SerializeToString()) for a in _core.op_def(op_type).attr if a.HasField("default_value"))


def _fill_defaults(graph_def):
    """Gives the caller's message the attributes that its nodes leave out, as TensorFlow does: loaders hand it on to those who look at it."""
    known = {}
    for node in graph_def.node:
        op = node.op
        defaults = known.get(op)
        if defaults is None:
            defaults = known[op] = _defaults(op)
        if defaults:
            attr = node.attr
            for name, value in defaults:
                if name not in attr:
                    attr[name].MergeFromString(value)


def import_graph_def(graph_def, input_map=None, return_elements=None, name=None, op_dict=None, producer_op_list=None):
    """Adds the nodes of a GraphDef to the default graph, under the prefix `name`.

    Args:
      graph_def: a GraphDef message of any protobuf pool, or bytes that hold one.  Bytes are quickest: nothing in them is copied but
        the tensors.
      input_map: {name in graph_def: Tensor}; those tensors take the place of the named ones.  "a" means "a:0", and "^a" the
        control input from a.
      return_elements: names of operations ("a") and tensors ("a:0") of graph_def to return.
      name: the prefix, "import" if None; "" for no prefix.
      op_dict: ignored.
      producer_op_list: an OpList message: what the graph's writer knew.  Attributes unknown here are left out where they have the
        default that it tells.

    A message gets the default values of attributes that its nodes leave out.

    Returns:
      The return_elements as a list of Operations and Tensors; None without return_elements.

    Raises:
      TypeError: if graph_def is no GraphDef, input_map no dictionary from strings, or return_elements no strings.
      ValueError: if a name is not in graph_def, or graph_def is not well-formed.
    """
    del op_dict
    given = graph_def
    if not isinstance(graph_def, bytes) or producer_op_list is not None:
        graph_def = _as_message(graph_def)
    input_map = _check_input_map(input_map)
    return_elements = _check_return_elements(return_elements)
    if producer_op_list is not None:
        graph_def = _without_newer_defaults(graph_def, protos.convert("tensorflow.OpList", producer_op_list))

    serialized, nodes = (graph_def, None) if isinstance(graph_def, bytes) else _in_pieces(graph_def)
    graph = ops.get_default_graph()
    with ops.name_scope(name, "import", list(input_map.values())) as scope:
        prefix = scope[:-1] if scope else ""
        input_map = _as_tensors(name, input_map)
    if hasattr(given, "node"):
        _fill_defaults(given)
    results = graph._import_graph_def(serialized, prefix, [_map_entry(k, v) for k, v in input_map.items()],
                                      [_wanted(x) for x in return_elements or ()], nodes)
    return results if return_elements is not None else None
