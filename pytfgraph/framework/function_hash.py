"""The hash of a FunctionDef that TensorFlow puts behind the names it makes up for functions.

It follows tensorflow/core/framework/function.cc (FunctionDefHash): MurmurHash64A of the parts one after the other, each with the hash so
far as its seed, and of parts that have a hash of their own, the two combined.
"""
import base64

from pytfgraph import _core, protos
from pytfgraph.framework import tensor_util

_SEED = 0xDECAFCAFFE
_MASK = (1 << 64) - 1


def _murmur(data, seed=_SEED):
    return _core.murmur64(data.encode("utf-8") if isinstance(data, str) else data, seed)


def _combine(a, b):
    return (a ^ (b + 0x9e3779b97f4a7800 + (a << 10) + (a >> 4))) & _MASK


def _varint(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def _tensor_bytes(proto):
    """A TensorProto in the form that has all values in tensor_content."""
    values = tensor_util.MakeNdarray(proto)
    if values.dtype == object:      # texts: their lengths, then they themselves
        texts = [v if isinstance(v, bytes) else v.encode("utf-8") for v in values.reshape(-1)]
        content = b"".join(_varint(len(t)) for t in texts) + b"".join(texts)
    else:
        content = values.tobytes()
    plain = protos.message("tensorflow.TensorProto")(dtype=proto.dtype, tensor_content=content)
    plain.tensor_shape.SetInParent()
    for n in values.shape:
        plain.tensor_shape.dim.add(size=n)
    return plain.SerializeToString(deterministic=True)


def _attr(value):
    kind = value.WhichOneof("value")
    if kind == "func":
        h = _murmur(value.func.name)
        for key in sorted(value.func.attr):
            h = _combine(_attr(value.func.attr[key]), _murmur(key, h))
        return h
    if kind == "tensor":
        try:
            return _murmur(_tensor_bytes(value.tensor))
        except TypeError:       # a handle or a variant
            return _murmur(value.tensor.SerializeToString(deterministic=True))
    return _murmur(value.SerializeToString(deterministic=True))


def _node(node):
    h = _murmur(node.device, _murmur(node.op, _murmur(node.name)))
    data = [name for name in node.input if not name.startswith("^")]
    for name in data + sorted({name for name in node.input if name.startswith("^")}):
        h = _murmur(name, h)
    for key in sorted(node.attr):
        if not key.startswith("_"):
            h = _combine(_attr(node.attr[key]), _murmur(key, h))
    return h


def function_def_hash(definition):
    """FunctionDefHash of a FunctionDef whose signature has no attributes."""
    h = _murmur(definition.signature.SerializeToString(deterministic=True), _SEED)
    for key in sorted(definition.attr):
        h = _combine(_attr(definition.attr[key]), _murmur(key, h))
    nodes = _SEED
    for node in sorted(definition.node_def, key=lambda node: node.name):
        nodes = _combine(_node(node), _murmur(node.name, nodes))
    h = _combine(nodes, h)
    for key in sorted(definition.ret):
        h = _murmur(definition.ret[key], _murmur(key, h))
    return h


def name_suffix(definition):
    """The hash in the letters and digits that stand in a name."""
    code = base64.urlsafe_b64encode(function_def_hash(definition).to_bytes(8, "little")).decode().rstrip("=")
    return code.replace("-", "a").replace("_", "A")
