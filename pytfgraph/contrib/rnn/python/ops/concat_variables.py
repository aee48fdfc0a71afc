"""Variables kept in parts."""
from pytfgraph.framework import ops
from pytfgraph.ops import array_ops
from pytfgraph.ops import variable_scope as vs


def _get_sharded_variable(name, shape, dtype, num_shards):
    """Variables name_0, name_1 ... that hold the rows of one of that shape; ValueError for more parts than rows."""
    if num_shards > shape[0]:
        raise ValueError("Too many shards: shape=%s, num_shards=%d" % (shape, num_shards))
    rows, more = divmod(shape[0], num_shards)
    return [vs.get_variable(name + "_%d" % i, [rows + (i < more)] + shape[1:], dtype=dtype) for i in range(num_shards)]


def _get_concat_variable(name, shape, dtype, num_shards):
    """One tensor of the parts; the same one where the graph has it already."""
    parts = _get_sharded_variable(name, shape, dtype, num_shards)
    if len(parts) == 1:
        return parts[0]
    name += "/concat"
    full_name = vs.get_variable_scope().name + "/" + name + ":0"
    for value in ops.get_collection(ops.GraphKeys.CONCATENATED_VARIABLES):
        if value.name == full_name:
            return value
    whole = array_ops.concat(parts, 0, name=name)
    ops.add_to_collection(ops.GraphKeys.CONCATENATED_VARIABLES, whole)
    return whole
