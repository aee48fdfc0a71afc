"""tf.nn.embedding_lookup: rows of a tensor, or of several that share its rows; and sums of rows that sparse ids name."""
from pytfgraph.framework import dtypes, ops, tensor_shape
from pytfgraph.framework.constant_op import constant
from pytfgraph.framework.sparse_tensor import SparseTensor
from pytfgraph.ops import array_ops, clip_ops, math_ops, raw, resource_variable_ops, sparse_ops, variables
from pytfgraph.platform import tf_logging as logging


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
    if params is None or isinstance(params, (list, tuple)) and not params:
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


# ---- sparse ids ----

def _check_weights(sp_ids, sp_weights):
    if not isinstance(sp_weights, SparseTensor):
        raise TypeError("sp_weights must be either None or SparseTensor")
    for part in ("values", "indices", "dense_shape"):
        getattr(sp_ids, part).get_shape().assert_is_compatible_with(getattr(sp_weights, part).get_shape())


def embedding_lookup_sparse(params, sp_ids, sp_weights, partition_strategy="mod", name=None, combiner=None, max_norm=None):
    """For each row of a sparse matrix of ids, its rows of `params` combined into one.

    Args:
      params: a tensor or variable, or a list of them over which rows are spread.
      sp_ids: SparseTensor [n, m] of integers, no row of it empty.
      sp_weights: SparseTensor of floating-point weights with the same indices, or None: all 1.
      partition_strategy: "mod" or "div", as of embedding_lookup.
      name: of the operations.
      combiner: "sum" (weighted), "mean" (that over the sum of weights; the default) or "sqrtn" (over the root of the sum of squares).
      max_norm: where given, rows are scaled down to this L2 norm first.

    Raises:
      TypeError: if ids, or weights, are not sparse.
      ValueError: for another combiner.
    """
    if combiner is None:
        logging.warn("The default value of combiner will change from \"mean\" to \"sqrtn\" after 2016/11/01.")
        combiner = "mean"
    if combiner not in ("mean", "sqrtn", "sum"):
        raise ValueError("combiner must be one of 'mean', 'sqrtn' or 'sum'")
    if isinstance(params, variables.PartitionedVariable):
        params = list(params)
    if not isinstance(params, list):
        params = [params]
    if not isinstance(sp_ids, SparseTensor):
        raise TypeError("sp_ids must be SparseTensor")
    if sp_weights is not None:
        _check_weights(sp_ids, sp_weights)
    with ops.name_scope(name, "embedding_lookup_sparse", params + [sp_ids]) as name:
        segments = sp_ids.indices[:, 0]
        if segments.dtype != dtypes.int32:
            segments = math_ops.cast(segments, dtypes.int32)
        ids, index = array_ops.unique(sp_ids.values)
        rows = embedding_lookup(params, ids, partition_strategy=partition_strategy, max_norm=max_norm)
        if rows.dtype in (dtypes.float16, dtypes.bfloat16):
            rows = math_ops.to_float(rows)
        if sp_weights is not None:
            return _combine_weighted(rows, index, segments, sp_weights.values, combiner, name)
        combine = {"sum": math_ops.sparse_segment_sum, "mean": math_ops.sparse_segment_mean, "sqrtn": math_ops.sparse_segment_sqrt_n}
        return combine[combiner](rows, index, segments, name=name)


def _combine_weighted(rows, index, segments, weights, combiner, name):
    segment_sum = raw.function("segment_sum")
    if weights.dtype != rows.dtype:
        weights = math_ops.cast(weights, rows.dtype)
    rows = array_ops.gather(rows, index)
    ones = array_ops.fill(array_ops.expand_dims(array_ops.rank(rows) - 1, 0), 1)
    shape, known = array_ops.concat([array_ops.shape(weights), ones], 0), weights.get_shape()
    weights = array_ops.reshape(weights, shape)
    if rows.get_shape().ndims is not None:
        weights.set_shape(known.concatenate([1] * (rows.get_shape().ndims - 1)))
    rows *= weights
    if combiner == "sum":
        return segment_sum(rows, segments, name=name)
    rows = segment_sum(rows, segments)
    if combiner == "mean":
        return math_ops.div(rows, segment_sum(weights, segments), name=name)
    squares = segment_sum(math_ops.pow(weights, 2), segments)
    return math_ops.div(rows, math_ops.sqrt(squares), name=name)


def safe_embedding_lookup_sparse(embedding_weights, sparse_ids, sparse_weights=None, combiner="mean", default_id=None, name=None,
                                 partition_strategy="div", max_norm=None):
    """embedding_lookup_sparse where ids may be negative, weights not positive (both are left out) and rows empty.

    Args:
      embedding_weights: a list of tensors or variables over which rows are spread.
      sparse_ids: SparseTensor [d0, ..., dn] of ids.
      sparse_weights: SparseTensor of weights with the same indices, or None.
      combiner: "sum", "mean" or "sqrtn".
      default_id: whose row stands for an empty row; None: zeros.
      name: of the operations.
      partition_strategy: "div" or "mod".
      max_norm: where given, rows are scaled down to this L2 norm first.

    Returns:
      A tensor [d0, ..., d(n-1), e1, ..., em], e being the shape of an embedding.

    Raises:
      ValueError: without embedding_weights.
    """
    if embedding_weights is None:
        raise ValueError("Missing embedding_weights %s." % embedding_weights)
    if isinstance(embedding_weights, variables.PartitionedVariable):
        embedding_weights = list(embedding_weights)
    if not isinstance(embedding_weights, list):
        embedding_weights = [embedding_weights]
    if not embedding_weights:
        raise ValueError("Missing embedding_weights %s." % embedding_weights)
    dtype = sparse_weights.dtype if sparse_weights is not None else None
    embedding_weights = [ops.convert_to_tensor(w, dtype=dtype) for w in embedding_weights]
    with ops.name_scope(name, "embedding_lookup", embedding_weights + [sparse_ids, sparse_weights]) as scope:
        shape, known_rank = sparse_ids.dense_shape, sparse_ids.dense_shape.get_shape()[0]
        rank = array_ops.size(shape) if known_rank.value is None else known_rank.value
        sparse_ids = sparse_ops.sparse_reshape(sparse_ids, [math_ops.reduce_prod(array_ops.slice(shape, [0], [rank - 1])),
                                                            array_ops.gather(shape, rank - 1)])
        if sparse_weights is not None:
            sparse_weights = SparseTensor(sparse_ids.indices, sparse_weights.values, sparse_ids.dense_shape)
        sparse_ids, sparse_weights = _prune_ids(sparse_ids, sparse_weights)
        if combiner != "sum" and sparse_weights is not None:
            positive = math_ops.greater(sparse_weights.values, 0)
            sparse_ids = sparse_ops.sparse_retain(sparse_ids, positive)
            sparse_weights = sparse_ops.sparse_retain(sparse_weights, positive)
        sparse_ids, empty = sparse_ops.sparse_fill_empty_rows(sparse_ids, default_id or 0)
        if sparse_weights is not None:
            sparse_weights, _ = sparse_ops.sparse_fill_empty_rows(sparse_weights, 1.0)
        result = embedding_lookup_sparse(embedding_weights, sparse_ids, sparse_weights, combiner=combiner, partition_strategy=partition_strategy,
                                         name=None if default_id is None else scope, max_norm=max_norm)
        if default_id is None:
            empty = array_ops.tile(array_ops.reshape(empty, [-1, 1]), array_ops.stack([1, array_ops.shape(result)[1]]))
            result = array_ops.where(empty, array_ops.zeros_like(result), result, name=scope)
        final = array_ops.reshape(result, array_ops.concat([
            array_ops.slice(math_ops.cast(shape, dtypes.int32), [0], [rank - 1]), array_ops.slice(array_ops.shape(result), [1], [-1])], 0))
        final.set_shape(tensor_shape.unknown_shape((known_rank - 1).value).concatenate(result.get_shape()[1:]))
        return final


def _prune_ids(sparse_ids, sparse_weights):
    """Without negative ids."""
    valid = math_ops.greater_equal(sparse_ids.values, 0)
    if sparse_weights is None:
        return sparse_ops.sparse_retain(sparse_ids, valid), None
    valid = math_ops.logical_and(valid, array_ops.ones_like(sparse_weights.values, dtype=dtypes.bool))
    return sparse_ops.sparse_retain(sparse_ids, valid), sparse_ops.sparse_retain(sparse_weights, valid)
