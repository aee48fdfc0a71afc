"""Rows of tables by number: what tf.nn does not have."""
from pytfgraph.framework import ops
from pytfgraph.ops import array_ops, embedding_ops, math_ops, variables
from pytfgraph.contrib.framework.python.framework import tensor_util
from pytfgraph.platform import tf_logging as logging

__all__ = ["safe_embedding_lookup_sparse", "embedding_lookup_unique"]


def safe_embedding_lookup_sparse(embedding_weights, sparse_ids, sparse_weights=None, combiner=None, default_id=None, name=None,
                                 partition_strategy="div", max_norm=None):
    """tf.nn.safe_embedding_lookup_sparse, whose combiner is "mean" where none is given, with a warning.

    Raises:
      ValueError: without embedding_weights, or if they and sparse_weights are not of one floating dtype.
    """
    if combiner is None:
        logging.warning('The default value of combiner will change from "mean" to "sqrtn" after 2016/11/01.')
        combiner = "mean"
    if embedding_weights is not None:
        if isinstance(embedding_weights, variables.PartitionedVariable) or not isinstance(embedding_weights, list):
            embedding_weights = (list(embedding_weights) if isinstance(embedding_weights, variables.PartitionedVariable)
                                 else [embedding_weights])
        if embedding_weights:
            dtype = sparse_weights.dtype if sparse_weights is not None else None
            embedding_weights = [ops.convert_to_tensor(w, dtype=dtype) for w in embedding_weights]
            tensor_util.assert_same_float_dtype(embedding_weights + [sparse_weights])
    return embedding_ops.safe_embedding_lookup_sparse(
        embedding_weights, sparse_ids, sparse_weights=sparse_weights, combiner=combiner, default_id=default_id, name=name,
        partition_strategy=partition_strategy, max_norm=max_norm)


def embedding_lookup_unique(params, ids, partition_strategy="mod", name=None):
    """tf.nn.embedding_lookup that looks each row up once, however often it is asked for.

    Args:
      params: a tensor, a list of tensors or a partitioned variable: the table.
      ids: a tensor of integers of any shape.
      partition_strategy: "mod" or "div", for several parts.
      name: of the operations.

    Returns:
      A tensor of the shape of ids, followed by that of a row.
    """
    with ops.name_scope(name, "EmbeddingLookupUnique", [params, ids]):
        ids = ops.convert_to_tensor(ids)
        shape = array_ops.shape(ids)
        unique, index = array_ops.unique(array_ops.reshape(ids, math_ops.reduce_prod(shape, keepdims=True)))
        rows = embedding_ops.embedding_lookup(params, unique, partition_strategy)
        flat = array_ops.gather(rows, index)
        result = array_ops.reshape(flat, array_ops.concat([shape, array_ops.shape(rows)[1:]], 0))
        result.set_shape(ids.get_shape().concatenate(rows.get_shape()[1:]))
        return result
