"""Resources other than variables that have to be initialised, kept in the graph's collections."""
import collections

from pytfgraph.framework import constant_op, dtypes, ops
from pytfgraph.ops import array_ops, control_flow_ops, math_ops

_Resource = collections.namedtuple("_Resource", ["handle", "create", "is_initialized"])


def register_resource(handle, create_op, is_initialized_op, is_shared=True):
    """Notes a resource.

    Args:
      handle: its handle.
      create_op: what initialises it.
      is_initialized_op: a bool tensor that says whether that was done.
      is_shared: whether it belongs to the chief (RESOURCES) or to each worker (LOCAL_RESOURCES).
    """
    ops.add_to_collection(ops.GraphKeys.RESOURCES if is_shared else ops.GraphKeys.LOCAL_RESOURCES,
                          _Resource(handle, create_op, is_initialized_op))


def shared_resources():
    """The resources that the chief initialises."""
    return ops.get_collection(ops.GraphKeys.RESOURCES)


def local_resources():
    """The resources that each worker initialises."""
    return ops.get_collection(ops.GraphKeys.LOCAL_RESOURCES)


def report_uninitialized_resources(resource_list=None, name="report_uninitialized_resources"):
    """A tensor of the names of resources that are not initialised.

    Args:
      resource_list: the resources, by default all of the graph.
      name: of the scope.
    """
    if resource_list is None:
        resource_list = shared_resources() + local_resources()
    with ops.name_scope(name), ops.device("/cpu:0"):
        if not resource_list:
            return constant_op.constant([], dtype=dtypes.string)
        missing = math_ops.logical_not(array_ops.stack([r.is_initialized for r in resource_list]))
        return array_ops.boolean_mask(constant_op.constant([r.handle.name for r in resource_list]), missing)


def initialize_resources(resource_list, name="init"):
    """An operation that initialises resources; it does nothing where there are none.

    Args:
      resource_list: the resources.
      name: of the operation.
    """
    if resource_list:
        return control_flow_ops.group(*[r.create for r in resource_list], name=name)
    return control_flow_ops.no_op(name=name)
