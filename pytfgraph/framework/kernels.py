"""The registered kernels, as messages."""
from pytfgraph import _core, protos


def get_all_registered_kernels():
    """A KernelList of all kernels."""
    kernels = protos.message("tensorflow.KernelList")()
    for name in _core.op_names():
        kernels.kernel.extend(get_registered_kernels_for_op(name).kernel)
    return kernels


def get_registered_kernels_for_op(name):
    """A KernelList of the kernels of an op type; empty where it has none."""
    kernels = protos.message("tensorflow.KernelList")()
    for device, constraints, label in _core.kernels_of(name):
        k = kernels.kernel.add(op=name, device_type=device, label=label)
        for attr, types in constraints:
            constraint = k.constraint.add(name=attr)
            constraint.allowed_values.list.type.extend(types)
    return kernels
