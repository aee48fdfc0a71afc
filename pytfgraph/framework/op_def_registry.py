"""The registered op definitions, as messages."""
import collections.abc

from pytfgraph import _core


class _RegisteredOps(collections.abc.Mapping):
    """{op type: OpDef}; a message is made when it is asked for."""

    def __getitem__(self, name):
        if not _core.has_op(name):
            raise KeyError(name)
        return _core.op_def(name)

    def __iter__(self):
        return iter(_core.op_names())

    def __len__(self):
        return len(_core.op_names())

    def __contains__(self, name):
        return _core.has_op(name)


_registered_ops = _RegisteredOps()


def get_registered_ops():
    """A mapping from op types to OpDefs."""
    return _registered_ops


def register_op_list(op_list):
    """Checks that the ops of an OpList are registered as they are here; ValueError where one is not."""
    for op_def in op_list.op:
        if op_def.name not in _registered_ops:
            raise ValueError("Op %s is not registered: ops come with the library, or through load_op_library" % op_def.name)
