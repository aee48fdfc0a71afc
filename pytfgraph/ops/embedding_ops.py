"""tf.nn.embedding_lookup: rows of a tensor, or of several that share its rows."""
from pytfgraph.framework import dtypes, ops
from pytfgraph.framework.constant_op import constant
from pytfgraph.ops import array_ops, clip_ops, math_ops, raw, resource_variable_ops, variables


def embedding_lookup(params, ids, partition_strategy="mod", name=None, validate_indices=True, max_norm=None):
    """Rows of `params` at integer `ids` of any shape.

    Args:
      params: a tensor or variable, or a list of them over which rows are spread.
      ids: int32 or int64.
      partition_strategy: "mod" (row i is in part i % n) or "div" (parts are contiguous).
      name: of the operation.
      validate_indices: not used.
      max_norm: where given, rows are scaled down to this L2 norm.

    Raises:
      ValueError: without params, or for another strategy.
    """
    return _embedding_lookup_and_transform(params, ids, partition_strategy, name, max_norm)


def _embedding_lookup_and_transform(params, ids, partition_strategy="mod", name=None, max_norm=None, transform_fn=None):
    if params is None or params in ((), []):
        raise ValueError("Need at least one param")
    if isinstance(params, variables.PartitionedVariable):
        params = list(params)
    if not isinstance(params, list):
        params = [params]
    with ops.name_scope(name, "embedding_lookup", params + [ids]) as name:
        n = len(params)
        if not any(resource_variable_ops.is_resource_variable(p) for p in params):
            params = ops.convert_n_to_tensor_or_indexed_slices(params, name="params")
        ids = ops.convert_to_tensor(ids, name="ids")
        if n == 1 and (not transform_fn or ids.get_shape().ndims == 1):
            with ops.colocate_with(params[0]):
                result = _clip(array_ops.gather(params[0], ids, name=name), ids, max_norm)
                if transform_fn:
                    result = transform_fn(result)
            return array_ops.identity(result)
        flat = array_ops.reshape(ids, [-1])
        positions = math_ops.range(array_ops.size(flat))
        parts, rows = _assign(params, flat, partition_strategy)
        parts = math_ops.cast(parts, dtypes.int32)
        partition = raw.function("dynamic_partition")
        row_lists, position_lists = partition(rows, parts, n), partition(positions, parts, n)
        results = []
        for p in range(n):
            with ops.colocate_with(params[p]):
                result = array_ops.gather(params[p], row_lists[p])
                if transform_fn:
                    result = transform_fn(_clip(result, row_lists[p], max_norm))
            results.append(result)
        ret = raw.function("parallel_dynamic_stitch")(position_lists, results, name=name)
        ret = _shaped(ret, params, ids, transform_fn)
        return ret if transform_fn else _clip(ret, ids, max_norm)


def _assign(params, ids, strategy):
    """The part each id is in, and its row there."""
    n = len(params)
    if strategy == "mod":
        return ids % n, ids // n
    if strategy != "div":
        raise ValueError("Unrecognized partition strategy: " + strategy)
    sizes = [p.get_shape()[0] for p in params]
    total = sizes[0]
    for s in sizes[1:]:
        total += s
    if total.value:
        total = constant(total.value, ids.dtype)
    else:
        known = []
        for p, s in zip(params, sizes):
            if s.value is not None:
                known.append(s.value)
            else:
                with ops.colocate_with(p):
                    known.append(array_ops.shape(p)[0])
        total = math_ops.reduce_sum(math_ops.cast(array_ops.stack(known), ids.dtype))
    per, extras = total // n, total % n  # the first `extras` parts hold one row more
    part = math_ops.maximum(ids // (per + 1), (ids - extras) // per)
    return part, array_ops.where(part < extras, ids % (per + 1), (ids - extras) % per)


def _shaped(ret, params, ids, transform_fn):
    """Stitched rows in the shape of ids."""
    if transform_fn:
        element = ret.get_shape()[1:]
        sizes = element if element.is_fully_defined() else array_ops.shape(ret)[1:]
    else:
        element = params[0].get_shape()[1:]
        for p in params[1:]:
            element = element.merge_with(p.get_shape()[1:])
        sizes = element
        if not element.is_fully_defined():
            with ops.colocate_with(params[0]):
                whole = array_ops.shape(params[0])
            sizes = whole[1:]
    ret = array_ops.reshape(ret, array_ops.concat([array_ops.shape(ids), sizes], 0))
    ret.set_shape(ids.get_shape().concatenate(element))
    return ret


def _clip(params, ids, max_norm):
    """Rows scaled down to a norm."""
    if max_norm is None:
        return params
    ranks = [ops.convert_to_tensor(x).get_shape().ndims for x in (ids, params)]
    if all(ranks):
        axes = list(range(*ranks))
    else:
        axes = math_ops.range(*[r if r else array_ops.rank(x) for r, x in zip(ranks, (ids, params))])
    return clip_ops.clip_by_norm(params, max_norm, axes=axes)
