"""GraphDefs cut down to what computes some nodes, and with constants in place of variables."""
from pytfgraph import protos
from pytfgraph.framework import ops

_VARIABLE_OPS = frozenset(["Assign", "AssignAdd", "AssignSub", "Queue", "ScatterAdd", "ScatterSub", "ScatterUpdate",
                           "TruncatedNormal", "Variable", "VariableV2"])
_DT_INT32, _DT_STRING = 3, 7
# The attribute whose type decides where an operation must run.
_HOST_TYPES = {"Const": ("dtype", (_DT_STRING, _DT_INT32)), "DynamicStitch": ("T", (_DT_INT32,)),
               "ParallelDynamicStitch": ("T", (_DT_INT32,)), "Cast": ("SrcT", (_DT_INT32,))}


def must_run_on_cpu(node, pin_variables_on_cpu=False):
    """Whether an Operation or NodeDef has to be on the CPU: host types, and with pin_variables_on_cpu what concerns variables."""
    node_def = node.node_def if isinstance(node, ops.Operation) else protos.convert("tensorflow.NodeDef", node)
    if pin_variables_on_cpu and node_def.op in _VARIABLE_OPS:
        return True
    if node_def.op not in _HOST_TYPES:
        return False
    attr, types = _HOST_TYPES[node_def.op]
    return node_def.attr[attr].type in types


def _node_of(name):
    """The node that an input string names."""
    return name[1:] if name.startswith("^") else name.split(":")[0]


def extract_sub_graph(graph_def, dest_nodes):
    """The part of a GraphDef that the named nodes need, in the order of the whole.

    Raises:
      TypeError: if graph_def is no GraphDef, or dest_nodes a string.
      AssertionError: if a node is not there.
    """
    try:
        graph_def = protos.convert("tensorflow.GraphDef", graph_def)
    except TypeError:
        raise TypeError("graph_def must be a graph_pb2.GraphDef proto.") from None
    if isinstance(dest_nodes, str):
        raise TypeError("dest_nodes must be a list.")
    inputs = {node.name: [_node_of(i) for i in node.input] for node in graph_def.node}
    for name in dest_nodes:
        if name not in inputs:
            raise AssertionError("%s is not in graph" % name)
    kept, todo = set(), list(dest_nodes)
    while todo:
        name = todo.pop()
        if name not in kept:
            kept.add(name)
            todo.extend(inputs[name])
    result = type(graph_def)()
    result.node.extend(node for node in graph_def.node if node.name in kept)
    result.library.CopyFrom(graph_def.library)
    result.versions.CopyFrom(graph_def.versions)
    return result


def tensor_shape_from_node_def_name(graph, input_name):
    """The static shape of the tensor that an input string of a NodeDef names, in a Graph; KeyError where there is none."""
    return graph.get_tensor_by_name(input_name if ":" in input_name else input_name + ":0").get_shape()


def _variables(graph_def, whitelist, blacklist):
    """{variable's name: tensor that has its value}"""
    found = {}
    for node in graph_def.node:
        if node.op not in ("Variable", "VariableV2", "VarHandleOp"):
            continue
        if whitelist is not None and node.name not in whitelist or blacklist is not None and node.name in blacklist:
            continue
        found[node.name] = node.name + ("/Read/ReadVariableOp:0" if node.op == "VarHandleOp" else ":0")
    return found


# Operations on a resource variable that leave it as it is: the one that does the same to a value, and the name of its type there.
_OF_VALUES = {"ReadVariableOp": ("Identity", "T"), "ResourceGather": ("Gather", "Tparams"), "VariableShape": ("Shape", "T")}


def _of_value(new, node, dtype):
    """What a node does to a resource variable, done to its value."""
    new.op, value_type = _OF_VALUES[node.op]
    new.name = node.name
    new.input.extend(node.input)
    reads = node.op == "ReadVariableOp"
    if not reads:
        new.device = node.device
    for key, attr in node.attr.items():
        if key == "_class" if reads else key != "dtype":
            new.attr[key].CopyFrom(attr)
    new.attr[value_type].CopyFrom(dtype)


def convert_variables_to_constants(sess, input_graph_def, output_node_names, variable_names_whitelist=None,
                                   variable_names_blacklist=None):
    """The part of a graph that computes some nodes, with a Const of its present value for each variable.

    Args:
      sess: the Session that has the variables.
      input_graph_def: the graph's GraphDef.
      output_node_names: list of the nodes that matter.
      variable_names_whitelist: convert these variables only; all if None.
      variable_names_blacklist: leave these variables.

    Returns:
      A GraphDef.
    """
    from pytfgraph.framework import tensor_util
    from pytfgraph.platform import tf_logging as logging
    graph_def = extract_sub_graph(input_graph_def, output_node_names)
    names = _variables(graph_def, variable_names_whitelist, variable_names_blacklist)
    values = dict(zip(names, sess.run(list(names.values())) if names else []))
    logging.info("Froze %d variables.", len(values))

    types = {node.name: node.attr["dtype"] for node in graph_def.node if node.name in values}
    result = type(graph_def)()
    for node in graph_def.node:
        if node.name in values:
            value = values[node.name]
            new = result.node.add(name=node.name, op="Const")
            new.attr["dtype"].CopyFrom(node.attr["dtype"])
            tensor = tensor_util.make_tensor_proto(value, dtype=node.attr["dtype"].type, shape=value.shape)
            new.attr["value"].tensor.CopyFrom(protos.convert("tensorflow.TensorProto", tensor))
        elif node.op in _OF_VALUES and node.input[0] in values:
            _of_value(result.node.add(), node, types[node.input[0]])
        else:
            result.node.add().CopyFrom(node)
    result.library.CopyFrom(graph_def.library)
    _tell_converted(len(values))
    return result


def _tell_converted(n):
    """Logs how many variables became constants; where nobody chose what is logged, the line is printed, as it was before 1.5."""
    from pytfgraph.platform import tf_logging as logging
    if logging.get_verbosity() == logging.WARN:
        print("Converted %d variables to const ops." % n)
    else:
        logging.info("Converted %d variables to const ops.", n)


def remove_training_nodes(input_graph, protected_nodes=None):
    """A copy of a GraphDef without CheckNumerics, and with consumers of a plain Identity reading its input.

    Args:
      input_graph: a GraphDef.
      protected_nodes: names of nodes that stay.
    """
    protected = set(protected_nodes or ())
    removed = {n.name for n in input_graph.node if n.op == "CheckNumerics" and n.name not in protected}

    kept = []
    for node in input_graph.node:
        if node.name not in removed:
            copy = type(node)()
            copy.CopyFrom(node)
            del copy.input[:]
            copy.input.extend(i for i in node.input if i.lstrip("^") not in removed)
            kept.append(copy)

    splices = {}
    for node in kept:
        if node.op == "Identity" and node.name not in protected and not any(i.startswith("^") for i in node.input):
            splices[node.name] = node.input[0]

    result = protos.message("tensorflow.GraphDef")()
    for node in kept:
        if node.name in splices:
            continue
        inputs = []
        for name in node.input:
            while name.lstrip("^") in splices:
                name = splices[name.lstrip("^")]
            inputs.append(name)
        del node.input[:]
        node.input.extend(inputs)
        result.node.add().CopyFrom(protos.convert("tensorflow.NodeDef", node))
    return result
