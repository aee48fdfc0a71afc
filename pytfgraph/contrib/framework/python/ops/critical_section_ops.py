"""Critical sections: parts of a graph of which one runs at a time, also across steps and threads."""
import collections

from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import array_ops, control_flow_ops, raw, tensor_array_ops
from pytfgraph.util import nest

__all__ = ["CriticalSection"]

CRITICAL_SECTIONS = "critical_sections"
CRITICAL_SECTION_EXECUTIONS = "critical_section_executions"

_gen = raw.module("gen_resource_variable_ops")


class _ExecutionSignature(collections.namedtuple("_ExecutionSignature", "op handle resources exclusive_resource_access")):
    """An execution: its lock's operation, the section's handle, and the resources that it uses itself."""


def _identity(x):
    if isinstance(x, tensor_array_ops.TensorArray):
        return x.identity()
    return control_flow_ops.group(x) if isinstance(x, ops.Operation) else array_ops.identity(x)


def _colocation(op):
    try:
        return op.get_attr("_class")
    except ValueError:
        return None


class CriticalSection:
    """Code that one execution at a time is in: whoever comes next waits for the lock.

    Sections with the same shared_name, of one graph or of several sessions over it, exclude each other.

    Args:
      name: of the operations.
      shared_name: of the lock; by default the section's own name.
      critical_section_def: must be None.
      import_scope: not used.

    Raises:
      ValueError: for a critical_section_def together with a name.
      NotImplementedError: for a critical_section_def.
    """

    def __init__(self, name=None, shared_name=None, critical_section_def=None, import_scope=None):
        if critical_section_def and name is not None:
            raise ValueError("critical_section_def and shared_name are mutually exclusive.")
        if critical_section_def:
            raise NotImplementedError("Not yet implemented")
        with ops.name_scope(name, "CriticalSection", []) as name:
            with ops.init_scope():
                container = getattr(ops.get_default_graph(), "_container", None) or ""
                self._handle = _gen.mutex_v2(shared_name=name if shared_name is None else shared_name, container=container, name=name)
        ops.add_to_collections(CRITICAL_SECTIONS, self)

    @property
    def name(self):
        """The name of the lock's operation."""
        return self._handle.op.name

    def execute(self, fn, *args, **kwargs):
        """What fn(*args, **kwargs) gives, run inside the section.

        What fn uses from outside is computed before the lock is taken.

        Args:
          fn: a function that makes Tensors, Operations or TensorArrays, perhaps nested.
          *args, **kwargs: its arguments, but for
          name: of the operations, and
          exclusive_resource_access: whether no other section may use the resources that fn uses; True unless said.

        Raises:
          ValueError: where fn uses the section itself, or resources of another section when either asked for exclusive access.
        """
        name = kwargs.pop("name", None)
        exclusive = kwargs.pop("exclusive_resource_access", True)
        with ops.name_scope(name, "critical_section_execute", []):
            lock = _gen.mutex_lock(self._handle)
            graph = ops.get_default_graph()
            before = len(graph.get_operations())
            with ops.control_dependencies([lock]):
                result = fn(*args, **kwargs)
            created = graph.get_operations()[before:]
            self._compute_outside_first(created, lock.op)
            resources = {t for op in created for t in op.inputs if t.dtype == dtypes.resource}
            self._check_resources(resources, exclusive)
            outputs = self._leave(result, lock)
            ops.add_to_collections(CRITICAL_SECTION_EXECUTIONS,
                                   _ExecutionSignature(lock.op, self._handle, list(resources), exclusive))
            return outputs

    def _leave(self, result, lock):
        """fn's values once all of them are there and the lock is given back."""
        with ops.control_dependencies([_identity(x) for x in nest.flatten(result)]):
            with ops.colocate_with(self._handle):
                released = _gen.consume_mutex_lock(lock)
            result = nest.pack_sequence_as(result, control_flow_ops.tuple(nest.flatten(result)))
        with ops.control_dependencies([released]):
            return nest.map_structure(_identity, result)

    @staticmethod
    def _compute_outside_first(created, lock_op):
        """The lock waits for what the section takes in, so that nothing that may itself wait for the lock runs inside."""
        inputs = {op._id: op for made in created for op in [t.op for t in made.inputs] + list(made.control_inputs)}
        known = list(created) + list(lock_op.control_inputs) + [t.op for t in lock_op.inputs] + [lock_op]
        for op in known:
            inputs.pop(op._id, None)
        if inputs:
            # As a group, what is outside of the lock's control-flow context comes into it.
            lock_op._add_control_input(control_flow_ops.group(*[inputs[i] for i in sorted(inputs)]))

    def _is_self_handle(self, x):
        mine, op = self._handle.op, x.op
        return (op.type == "MutexV2" and op.get_attr("shared_name") and op.get_attr("shared_name") == mine.get_attr("shared_name")
                and (op.device == mine.device or _colocation(op) == _colocation(mine)))

    def _check_resources(self, resources, exclusive):
        if any(self._is_self_handle(t) for t in resources):
            raise ValueError("The function fn attempts to directly access the CriticalSection in which it would be running.  "
                             "This is illegal and would cause deadlocks.")
        for other in ops.get_collection(CRITICAL_SECTION_EXECUTIONS):
            if self._is_self_handle(other.handle) or not (exclusive or other.exclusive_resource_access):
                continue
            both = resources.intersection(other.resources)
            if both:
                raise ValueError("This execution would access resources: %s.  Either this lock (CriticalSection: %s) or lock '%s' "
                                 "(CriticalSection: %s) requested exclusive resource access of this resource.  Did you mean to call "
                                 "execute with keyword argument exclusive_resource_access=False?"
                                 % (list(both), self._handle, other, other.handle))
