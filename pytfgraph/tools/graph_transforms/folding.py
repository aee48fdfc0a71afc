"""Changes that compute ahead what does not change, and fold it into what comes before."""
import numpy as np

from pytfgraph.framework import op_def_registry
from pytfgraph.tools import optimize_for_inference_lib as inference
from pytfgraph.tools.node_graph import NodeGraph, attr_of, const_value, filtered, new_graph_def, node_name_from_input, same_tensor, set_const

_MAX_BYTES = 10 << 20       # a constant larger than this is not worth the computation it saves
_FLOW = frozenset(["Switch", "RefSwitch", "Merge", "RefMerge", "Enter", "RefEnter", "Exit", "RefExit", "NextIteration",
                   "RefNextIteration", "LoopCond", "ControlTrigger"])


def _needed(graph, context):
    """The names of the nodes that the outputs need, inputs given."""
    inputs = {node_name_from_input(n) for n in context.inputs}
    needed, todo = set(), [node_name_from_input(n) for n in context.outputs]
    while todo:
        name = todo.pop()
        node = graph.find(name)
        if node.name not in needed:
            needed.add(node.name)
            if node.name not in inputs:
                todo.extend(node_name_from_input(i) for i in node.input)
    return needed | (inputs & set(graph.nodes))


def _constant_names(graph, context):
    """The nodes that always compute the same, in an order in which each comes behind those it reads."""
    registered = op_def_registry.get_registered_ops()
    inputs = {node_name_from_input(n) for n in context.inputs}
    excluded, usable = set(context.values("exclude_op")), {}

    def computes(node):
        if node.op not in usable:
            usable[node.op] = node.op in registered and node.op not in _FLOW and node.op not in excluded and \
                not registered[node.op].is_stateful and bool(registered[node.op].output_arg)
        return usable[node.op] and node.name not in inputs and not node.op.startswith("Placeholder")
    waiting = {node.name: len(node.input) for node in graph.graph_def.node if computes(node)}
    order, ready = [], [name for name, n in waiting.items() if n == 0]
    while ready:
        name = ready.pop()
        order.append(name)
        for consumer in graph.consumers(name):
            if consumer.name in waiting:
                waiting[consumer.name] -= 1
                if waiting[consumer.name] == 0:
                    ready.append(consumer.name)
    return order


def _evaluate(graph_def, tensors):
    """The values of some tensors of a GraphDef, each None where it cannot be computed."""
    from pytfgraph.client.session import Session
    from pytfgraph.framework import errors, importer, ops
    values = {}
    with ops.Graph().as_default() as graph:
        importer.import_graph_def(graph_def, name="")
        with Session(graph=graph) as sess:
            for name in tensors:
                try:
                    values[name] = np.asarray(sess.run(name))
                except errors.OpError:      # it fails when it is run, too, if it is
                    continue
    return values


def fold_constants(graph_def, context):
    """Computes ahead what is constant; what nothing needs goes: fold_constants(ignore_errors=true, clear_output_shapes=true)."""
    graph = NodeGraph(graph_def)
    needed = _needed(graph, context)
    constant = set(_constant_names(graph, context)) & needed
    outputs = {node_name_from_input(n) for n in context.outputs}
    # What is read by something that is not constant itself; several outputs cannot be one Const.
    wanted = {}
    for node in graph_def.node:
        if node.name in needed and node.name not in constant:
            for i in node.input:
                if not i.startswith("^") and node_name_from_input(i) in constant:
                    wanted[same_tensor(i)] = node_name_from_input(i)
    wanted.update({name: name for name in outputs if name in constant})
    wanted = {t: name for t, name in wanted.items() if graph.nodes[name].op != "Const"}
    several = {name for t, name in wanted.items() if ":" in t}
    values = _evaluate(filtered(graph_def, lambda n: n.name in constant), [t if ":" in t else t + ":0" for t in wanted])

    result, to, come = filtered(graph_def, lambda n: n.name in needed), {}, new_graph_def()
    by_name = {node.name: node for node in result.node}
    for tensor, name in wanted.items():
        value = values.get(tensor if ":" in tensor else tensor + ":0")
        if value is None or value.nbytes > _MAX_BYTES:
            continue
        dtype = _dtype_of(value)
        if name in several:
            new = come.node.add(name="%s/folded_%s" % (name, tensor.partition(":")[2] or "0"))
            set_const(new, value, dtype)
            to[tensor] = new.name
        else:
            set_const(by_name[name], value, dtype)
    result.node.extend(come.node)
    result = redirect_data(result, to)
    if context.truth("clear_output_shapes", True):
        for node in result.node:
            if "_output_shapes" in node.attr:
                del node.attr["_output_shapes"]
    graph = NodeGraph(result)
    needed = _needed(graph, context)
    return filtered(result, lambda n: n.name in needed)


def redirect_data(graph_def, to):
    """redirect for data inputs alone: what waits for a node goes on waiting for it."""
    for node in graph_def.node:
        for i, name in enumerate(node.input):
            if not name.startswith("^") and same_tensor(name) in to:
                node.input[i] = to[same_tensor(name)]
    return graph_def


def _dtype_of(value):
    from pytfgraph.framework import dtypes
    return dtypes.string.as_datatype_enum if value.dtype.kind in "OSU" else dtypes.as_dtype(value.dtype).as_datatype_enum


# ---- batch normalisation ----

def fold_old_batch_norms(graph_def, context):
    """Folds BatchNormWithGlobalNormalization and FusedBatchNorm into the convolutions before them."""
    del context
    return inference.fold_batch_norms(graph_def)


_CHANNELS = {"Conv2D": lambda shape: shape[3:] if len(shape) == 4 else None,
             "MatMul": lambda shape: shape[1:] if len(shape) == 2 else None,
             "DepthwiseConv2dNative": lambda shape: (shape[2] * shape[3],) if len(shape) == 4 else None}


def fold_batch_norms(graph_def, context):
    """Folds a multiplication with a constant per channel into the convolution or matrix product before it."""
    graph, kept, gone = NodeGraph(graph_def), context.kept_names(), set()
    result = filtered(graph_def, lambda node: True)
    new = {node.name: node for node in result.node}
    for mul in graph_def.node:
        if mul.op != "Mul" or len(mul.input) != 2:
            continue
        product, factors = graph.input(mul, 0), graph.input(mul, 1)
        if product.op not in _CHANNELS or factors.op != "Const" or len(product.input) != 2 or product.name in kept:
            continue
        weights = graph.input(product, 1)
        if weights.op != "Const" or attr_of(product, "transpose_b").b or weights.name in gone or \
                len(graph.consumers(product.name)) > 1 or len(graph.consumers(weights.name)) > 1:
            continue
        if product.op != "MatMul" and attr_of(product, "data_format").s not in (b"", b"NHWC"):
            continue
        w, f = const_value(weights), const_value(factors)
        if f.shape != _CHANNELS[product.op](w.shape):
            continue
        scale = f.reshape(w.shape[2:]) if product.op == "DepthwiseConv2dNative" else f
        set_const(new[weights.name], (w * scale).astype(w.dtype), weights.attr["dtype"].type)
        new[mul.name].CopyFrom(product)
        new[mul.name].name = mul.name
        gone.add(product.name)
        if len(graph.consumers(factors.name)) == 1 and factors.name not in kept:
            gone.add(factors.name)
    return filtered(result, lambda node: node.name not in gone)


def fuse_convolutions(graph_def, context):
    """Makes resizing and padding before a convolution part of it."""
    return inference.fuse_resize_and_conv(graph_def, [node_name_from_input(n) for n in context.outputs])


TRANSFORMS = {"fold_constants": fold_constants, "fold_batch_norms": fold_batch_norms, "fold_old_batch_norms": fold_old_batch_norms,
              "fuse_resize_pad_and_conv": fuse_convolutions, "fuse_resize_and_conv": fuse_convolutions,
              "fuse_pad_and_conv": fuse_convolutions}
