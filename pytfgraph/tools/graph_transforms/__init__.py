"""TransformGraph: named changes to a GraphDef, one after the other."""
import logging as _logging

from pytfgraph.tools.graph_transforms.parameters import Context, parse, refuse


def _transforms():
    """{name: function (GraphDef, Context) -> GraphDef}; the functions load when something is transformed."""
    from pytfgraph.tools.graph_transforms import attributes, backports, convolutions, folding, gathers, logged, pruning, quantization, weights
    modules = (attributes, backports, convolutions, folding, gathers, logged, pruning, quantization, weights)
    return {name: f for module in modules for name, f in module.TRANSFORMS.items()}


def TransformGraph(input_graph_def, inputs, outputs, transforms):
    """A GraphDef to which changes were made.

    Args:
      input_graph_def: a GraphDef.
      inputs: names of the nodes that are fed.
      outputs: names of the nodes that matter.
      transforms: list of texts, each the name of a change with its parameters: "fold_constants(ignore_errors=true)".  There are
        add_default_attributes, backport_concatv2, backport_tensor_array_v3, flatten_atrous_conv, fold_batch_norms, fold_constants,
        fold_old_batch_norms, freeze_requantization_ranges, fuse_pad_and_conv, fuse_resize_and_conv, fuse_resize_pad_and_conv,
        insert_logging, merge_duplicate_nodes, obfuscate_names, quantize_nodes, quantize_weights, remove_attribute,
        remove_control_dependencies, remove_device, remove_nodes, rename_attribute, rename_node, rename_op, round_weights, set_device,
        sort_by_execution_order, sparsify_gather, strip_unused_nodes.

    Raises:
      InvalidArgumentError: if a change is not known, or its parameters or the graph are not what it needs.
      TypeError: if input_graph_def is no GraphDef.
    """
    from pytfgraph import protos
    from pytfgraph.framework import errors
    graph_def = protos.message("tensorflow.GraphDef")()
    graph_def.CopyFrom(protos.convert("tensorflow.GraphDef", input_graph_def))
    known = _transforms()
    for name, parameters in parse(",".join(transforms)):
        if name not in known:
            raise refuse("Transform '%s' not recognized." % name)
        ignore = parameters.pop("ignore_errors", ["false"])[0].lower() in ("true", "1")
        try:
            result = known[name](graph_def, Context(inputs, outputs, name, parameters))
            result.versions.CopyFrom(graph_def.versions)
            if graph_def.HasField("library"):
                result.library.CopyFrom(graph_def.library)
            graph_def = result
        except (errors.OpError, ValueError, KeyError) as e:
            if not ignore:
                raise e if isinstance(e, errors.OpError) else refuse("%s: %s" % (name, e.args[0] if e.args else e)) from None
            _logging.getLogger("tensorflow").error("%s: %s", name, e)
    return graph_def
