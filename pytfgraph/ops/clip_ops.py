"""Clipping values and norms."""
import collections.abc

from pytfgraph.framework import dtypes, ops
from pytfgraph.framework.constant_op import constant
from pytfgraph.framework.indexed_slices import IndexedSlices
from pytfgraph.ops import array_ops, math_ops, numerics, raw


def clip_by_value(t, clip_value_min, clip_value_max, name=None):
    """Values clamped into [clip_value_min, clip_value_max]; ValueError where broadcasting would enlarge `t`."""
    with ops.name_scope(name, "clip_by_value", [t, clip_value_min, clip_value_max]) as name:
        t = ops.convert_to_tensor(t, name="t")
        low = math_ops.minimum(t, clip_value_max)
        t.shape.merge_with(low.shape)
        result = math_ops.maximum(low, clip_value_min, name=name)
        t.shape.merge_with(result.shape)
        return result


def clip_by_norm(t, clip_norm, axes=None, name=None):
    """`t` scaled down where its L2 norm (along `axes`) passes clip_norm."""
    with ops.name_scope(name, "clip_by_norm", [t, clip_norm]) as name:
        t = ops.convert_to_tensor(t, name="t")
        l2sum = math_ops.reduce_sum(t * t, axes, keepdims=True)
        positive = l2sum > 0
        # sqrt(0) has an infinite gradient, so zeros take another way.
        safe = array_ops.where(positive, l2sum, array_ops.ones_like(l2sum))
        l2norm = array_ops.where(positive, math_ops.sqrt(safe), l2sum)
        intermediate = t * clip_norm
        t.shape.merge_with(intermediate.shape)
        return array_ops.identity(intermediate / math_ops.maximum(l2norm, clip_norm), name=name)


def clip_by_average_norm(t, clip_norm, name=None):
    """`t` scaled down where its L2 norm per element passes clip_norm."""
    with ops.name_scope(name, "clip_by_average_norm", [t, clip_norm]) as name:
        t = ops.convert_to_tensor(t, name="t")
        n = math_ops.cast(array_ops.size(t), dtypes.float32)
        l2norm_inv = math_ops.rsqrt(math_ops.reduce_sum(t * t, math_ops.range(array_ops.rank(t))))
        return array_ops.identity(t * clip_norm * math_ops.minimum(l2norm_inv * n, constant(1.0) / clip_norm), name=name)


def _sequence(t_list):
    if not isinstance(t_list, collections.abc.Sequence) or isinstance(t_list, str):
        raise TypeError("t_list should be a sequence")
    return list(t_list)


def _values(t_list):
    return [ops.convert_to_tensor(t.values if isinstance(t, IndexedSlices) else t, name="t_%d" % i) if t is not None else t
            for i, t in enumerate(t_list)]


def global_norm(t_list, name=None):
    """sqrt(sum of squared L2 norms) of a list of tensors; TypeError if it is no list."""
    t_list = _sequence(t_list)
    with ops.name_scope(name, "global_norm", t_list) as name:
        half = []
        for v in _values(t_list):
            if v is not None:
                with ops.colocate_with(v):
                    half.append(raw.function("l2_loss")(v))
        half = math_ops.reduce_sum(array_ops.stack(half))
        return math_ops.sqrt(half * constant(2.0, dtype=half.dtype), name="global_norm")


def clip_by_global_norm(t_list, clip_norm, use_norm=None, name=None):
    """A list of tensors scaled down together where their global norm passes clip_norm, and that norm."""
    t_list = _sequence(t_list)
    if use_norm is None:
        use_norm = global_norm(t_list, name)
    use_norm = numerics.verify_tensor_all_finite(use_norm, "Found Inf or NaN global norm.")
    with ops.name_scope(name, "clip_by_global_norm", t_list + [clip_norm]) as name:
        scale = clip_norm * math_ops.minimum(1.0 / use_norm, constant(1.0, dtype=use_norm.dtype) / clip_norm)
        clipped = []
        for i, v in enumerate(_values(t_list)):
            if v is None:
                clipped.append(None)
                continue
            with ops.colocate_with(v):
                clipped.append(array_ops.identity(v * scale, name="%s_%d" % (name, i)))
        result = [IndexedSlices(c, t.indices, t.dense_shape) if isinstance(t, IndexedSlices) else c for c, t in zip(clipped, t_list)]
        return result, use_norm
