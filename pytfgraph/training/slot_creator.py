"""Slots: variables that an optimizer keeps beside a variable it updates."""
from pytfgraph.framework import ops
from pytfgraph.ops import array_ops, init_ops, resource_variable_ops, variable_scope, variables


def _create_slot_var(primary, value, validate_shape, shape, dtype):
    scope = variable_scope.get_variable_scope()
    partitioner = scope.partitioner
    scope.set_partitioner(None)  # a slot is whole, like its primary
    try:
        slot = variable_scope.get_variable("", initializer=value, trainable=False,
                                           use_resource=resource_variable_ops.is_resource_variable(primary),
                                           shape=shape if callable(value) else None, dtype=dtype, validate_shape=validate_shape)
    finally:
        scope.set_partitioner(partitioner)
    if isinstance(primary, variables.Variable) and primary._save_slice_info:
        # A slot of a slice is saved as the same slice of the slot of the whole.
        info = primary._save_slice_info
        slot._set_save_slice_info(variables.Variable.SaveSliceInfo(
            info.full_name + "/" + slot.name[len(primary.op.name + "/"):-2], info.full_shape[:], info.var_offset[:], info.var_shape[:]))
    return slot


def _in_scope(primary, name, colocate, make):
    with variable_scope.variable_scope(None, primary.op.name + "/" + name):
        if not colocate:
            return make()
        with ops.colocate_with(primary):
            return make()


def create_slot(primary, val, name, colocate_with_primary=True):
    """A slot with an initial value."""
    known = val.get_shape().is_fully_defined()
    return _in_scope(primary, name, colocate_with_primary, lambda: _create_slot_var(primary, val, known, None, None))


def create_slot_with_initializer(primary, initializer, shape, dtype, name, colocate_with_primary=True):
    """A slot with an initializer, of a shape and dtype of its own."""
    return _in_scope(primary, name, colocate_with_primary,
                     lambda: _create_slot_var(primary, initializer, shape.is_fully_defined(), shape, dtype))


def create_zeros_slot(primary, name, dtype=None, colocate_with_primary=True):
    """A slot of the primary's shape, initially zeros."""
    dtype = primary.dtype if dtype is None else dtype
    shape = primary.get_shape()
    if shape.is_fully_defined():
        return create_slot_with_initializer(primary, init_ops.zeros_initializer(dtype), shape, dtype, name,
                                            colocate_with_primary=colocate_with_primary)
    value = primary.initialized_value() if isinstance(primary, variables.Variable) else primary
    zeros = array_ops.zeros(array_ops.shape(value), dtype=dtype)
    return create_slot(primary, zeros, name, colocate_with_primary=colocate_with_primary)
