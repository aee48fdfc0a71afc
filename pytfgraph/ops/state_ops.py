"""Operations on variables' buffers."""
from pytfgraph.framework import ops, tensor_shape
from pytfgraph.ops import raw

gen_state_ops = raw.module("gen_state_ops")
_SAME = "scatter_div scatter_max scatter_min scatter_mul count_up_to temporary_variable destroy_temporary_variable".split()


def __getattr__(name):
    if name in _SAME:
        value = globals()[name] = getattr(gen_state_ops, name)
        return value
    raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name), name=name)


def variable_op_v2(shape, dtype, name="Variable", container="", shared_name=""):
    """A VariableV2 operation's output: a reference to a buffer."""
    return gen_state_ops.variable_v2(shape=shape, dtype=dtype, name=name, container=container, shared_name=shared_name)


def variable_op(shape, dtype, name="Variable", set_shape=True, container="", shared_name=""):
    """A Variable operation's output, as graphs before 0.12 have it."""
    if not set_shape:
        shape = tensor_shape.unknown_shape()
    ret = gen_state_ops.variable(shape=shape, dtype=dtype, name=name, container=container, shared_name=shared_name)
    if set_shape:
        ret.set_shape(shape)
    return ret


def is_variable_initialized(ref, name=None):
    """A boolean Tensor: whether the buffer holds a value."""
    if ref.dtype._is_ref_dtype:
        return gen_state_ops.is_variable_initialized(getattr(ref, "_ref", lambda: ref)(), name=name)
    return ref.is_initialized(name=name)


def _is_ref(ref):
    return ref.dtype._is_ref_dtype


def assign(ref, value, validate_shape=None, use_locking=None, name=None):
    """Assigns `value` to a variable or reference when it runs; the result is the reference."""
    if _is_ref(ref):
        return gen_state_ops.assign(ref, value, validate_shape=True if validate_shape is None else validate_shape,
                                    use_locking=True if use_locking is None else use_locking, name=name)
    return ref.assign(value, name=name)


def assign_add(ref, value, use_locking=None, name=None):
    """Adds `value` to a variable or reference when it runs."""
    if _is_ref(ref):
        return gen_state_ops.assign_add(ref, value, use_locking=bool(use_locking), name=name)
    return ref.assign_add(value)


def assign_sub(ref, value, use_locking=None, name=None):
    """Subtracts `value` from a variable or reference when it runs."""
    if _is_ref(ref):
        return gen_state_ops.assign_sub(ref, value, use_locking=bool(use_locking), name=name)
    return ref.assign_sub(value)


def _scatter(op_name, doc, locking):
    def f(ref, indices, updates, use_locking=locking, name=None):
        if _is_ref(ref):
            return getattr(gen_state_ops, "scatter_" + op_name)(ref, indices, updates, use_locking=use_locking, name=name)
        control = getattr(gen_state_ops, "resource_scatter_" + op_name)(ref.handle, indices, ops.convert_to_tensor(updates, ref.dtype),
                                                                       name=name)
        return ref._lazy_read(control)
    f.__name__ = f.__qualname__ = "scatter_" + op_name
    f.__doc__ = doc
    return f


scatter_update = _scatter("update", "Assigns rows of a variable when it runs.", True)
scatter_add = _scatter("add", "Adds to rows of a variable when it runs.", False)
scatter_sub = _scatter("sub", "Subtracts from rows of a variable when it runs.", False)


def _scatter_nd(op_name, doc, locking):
    def f(ref, indices, updates, use_locking=locking, name=None):
        if _is_ref(ref):
            return getattr(gen_state_ops, "scatter_nd_" + op_name)(ref, indices, updates, use_locking=use_locking, name=name)
        control = getattr(gen_state_ops, "resource_scatter_nd_" + op_name)(
            ref.handle, indices, ops.convert_to_tensor(updates, dtype=ref.dtype), name=name)
        return ref._lazy_read(control)
    f.__name__ = f.__qualname__ = "scatter_nd_" + op_name
    f.__doc__ = doc
    return f


scatter_nd_update = _scatter_nd("update", "Assigns elements or slices at coordinates when it runs.", True)
scatter_nd_add = _scatter_nd("add", "Adds to elements or slices at coordinates when it runs.", False)
scatter_nd_sub = _scatter_nd("sub", "Subtracts from elements or slices at coordinates when it runs.", False)


def batch_scatter_update(ref, indices, updates, use_locking=True, name=None):
    """Assigns rows of each of a batch: ref[b..., indices[b..., i], ...] = updates[b..., i, ...], when it runs.

    Args:
      ref: a variable whose leading dimensions are those of `indices` but for its last.
      indices: int32 or int64, of known rank.
      updates: of the dtype of `ref`.
      use_locking: whether to hold the variable's lock.
      name: of the name scope.

    Raises:
      ValueError: where the rank of `indices` is not known.
    """
    from pytfgraph.ops import array_ops, math_ops
    with ops.name_scope(name):
        indices = ops.convert_to_tensor(indices, name="indices")
        shape, rank = array_ops.shape(indices), indices.get_shape().ndims
        if rank is None:
            raise ValueError("batch_gather does not allow indices with unknown shape.")
        last = array_ops.expand_dims(indices, axis=-1)
        coordinates = []
        for d in range(rank - 1):
            size, sizes = shape[d], [1] * (rank + 1)
            sizes[d] = size
            along = array_ops.reshape(math_ops.range(size), sizes)
            if along.dtype.base_dtype != last.dtype:
                along = math_ops.cast(along, last.dtype)
            coordinates.append(along * array_ops.ones_like(last))
        return scatter_nd_update(ref, array_ops.concat(coordinates + [last], axis=-1), updates, use_locking=use_locking)
