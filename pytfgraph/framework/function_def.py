"""FunctionDef messages from graphs."""
import itertools
import re

from pytfgraph import protos
from pytfgraph.framework import errors_impl


class _Names:
    """Names of a FunctionDef: of outputs, arguments and nodes, all in one space."""

    def __init__(self):
        self._used = set()

    def unique(self, name):
        if name in self._used:
            name = next(n for n in ("%s_%d" % (name, i) for i in itertools.count()) if n not in self._used)
        self._used.add(name)
        return name

    def argument(self, name):
        """In the alphabet of arguments: lower case, beginning with a letter."""
        name = re.sub(r"[^a-z0-9]", "_", name.lower())
        name = name.lstrip("_0123456789") if not name[:1].isalpha() else name
        return self.unique(name or "unknown")


def _reference(tensor, node_names):
    """"node:output:0" for a tensor of the body."""
    op, index = tensor.op, tensor.value_index
    for arg in op.op_def.output_arg:
        n = 1
        if arg.number_attr:
            n = op.node_def.attr[arg.number_attr].i
        elif arg.type_list_attr:
            n = len(op.node_def.attr[arg.type_list_attr].list.type)
        if index < n:
            return "%s:%s:%d" % (node_names[op], arg.name, index)
        index -= n
    raise ValueError("Operation %s has no output %d" % (op.name, tensor.value_index))


def from_graph(graph, inputs, outputs, out_names=None):
    """The FunctionDef of all operations of `graph` from `inputs` to `outputs`, without a name.

    Raises:
      InvalidArgumentError: where out_names are not as many as outputs, or name two alike.
    """
    definition = protos.message("tensorflow.FunctionDef")()
    names = _Names()
    out_names = [n if isinstance(n, str) else n.decode() for n in out_names or []]
    if out_names and len(out_names) != len(outputs):
        raise errors_impl.InvalidArgumentError(None, None, "output names must be either empty or equal in size to outputs. "
                                               "output names size = %d outputs size = %d" % (len(out_names), len(outputs)))
    for name in out_names:
        if out_names.count(name) > 1:
            raise errors_impl.InvalidArgumentError(None, None, "Cannot have duplicate output names. Name '%s' appears more than once in "
                                                   "'output_names' array." % name)
    args = {t: None for t in inputs}
    rets = out_names or [names.argument(t.op.name) for t in outputs]
    for tensor, name in zip(outputs, rets):
        definition.signature.output_arg.add(name=name, type=tensor.dtype.base_dtype.as_datatype_enum)
    for tensor in inputs:
        args[tensor] = names.argument(tensor.op.name)
        definition.signature.input_arg.add(name=args[tensor], type=tensor.dtype.as_datatype_enum)
    arg_ops = {t.op for t in inputs}
    body = [op for op in graph.get_operations() if op not in arg_ops]
    node_names = {}
    for op in body:
        node_names[op] = names.unique(op.name)
    for op in body:
        node = definition.node_def.add()
        node.CopyFrom(op.node_def)
        node.name = node_names[op]
        del node.input[:]
        node.input.extend(args[t] if t in args else _reference(t, node_names) for t in op.inputs)
        node.input.extend(sorted("^" + (node_names[c] if c in node_names else args[c.outputs[0]]) for c in op.control_inputs))
        if op.op_def.is_stateful:
            definition.signature.is_stateful = True
    for tensor, name in zip(outputs, rets):
        definition.ret[name] = args[tensor] if tensor in args else _reference(tensor, node_names)
    return definition


def copy_handle(outside, inside):
    """A resource's placeholder knows what the resource itself knows of its values."""
    known = outside._handle_data
    if known:
        inside._set_handle_data(known)
