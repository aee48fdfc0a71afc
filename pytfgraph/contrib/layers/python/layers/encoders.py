"""Documents, given as numbers of words, by the rows of a table that is a variable."""
from pytfgraph.contrib.framework.python.ops import variables
from pytfgraph.contrib.layers.python.layers import embedding_ops as contrib_embedding_ops
from pytfgraph.contrib.layers.python.ops import sparse_ops
from pytfgraph.framework.sparse_tensor import SparseTensor
from pytfgraph.ops import embedding_ops, math_ops
from pytfgraph.ops import variable_scope as vs

__all__ = ["bow_encoder", "embed_sequence"]


def bow_encoder(ids, vocab_size, embed_dim, sparse_lookup=True, initializer=None, regularizer=None, trainable=True, scope=None, reuse=None):
    """The mean of the rows of each document's words.

    Args:
      ids: integers of shape [batch, length], dense or sparse.
      vocab_size, embed_dim: the shape of the variable `embeddings`.
      sparse_lookup: leave out words of number 0 of dense ids, which are padding; a document without words has the row 0.
      initializer, regularizer, trainable: of the variable.
      scope, reuse: of its scope.

    Returns:
      A tensor of shape [batch, embed_dim].

    Raises:
      ValueError: a size is missing.
      TypeError: sparse ids without sparse_lookup.
    """
    if not vocab_size or not embed_dim:
        raise ValueError("Must specify vocab size and embedding dimension")
    with vs.variable_scope(scope, "bow_encoder", [ids], reuse=reuse):
        embeddings = variables.model_variable("embeddings", shape=[vocab_size, embed_dim], initializer=initializer,
                                              regularizer=regularizer, trainable=trainable)
        sparse = isinstance(ids, SparseTensor)
        if sparse_lookup:
            return contrib_embedding_ops.safe_embedding_lookup_sparse([embeddings], ids if sparse else sparse_ops.dense_to_sparse_tensor(ids), combiner="mean",
                                                                      default_id=0)
        if sparse:
            raise TypeError("ids are expected to be dense Tensor, got: %s", ids)
        return math_ops.reduce_mean(embedding_ops.embedding_lookup(embeddings, ids), reduction_indices=1)


def embed_sequence(ids, vocab_size=None, embed_dim=None, unique=False, initializer=None, regularizer=None, trainable=True, scope=None,
                   reuse=None):
    """The row of each word, of shape [batch, length, embed_dim].

    Args:
      ids: integers of shape [batch, length].
      vocab_size, embed_dim: the shape of the variable `embeddings`; not needed where it is reused.
      unique: look each row up once.
      initializer, regularizer, trainable: of the variable.
      scope, reuse: of its scope.

    Raises:
      ValueError: a size is missing, and the variable is not reused.
    """
    if not (reuse or (vocab_size and embed_dim)):
        raise ValueError("Must specify vocab size and embedding dimension when not reusing. Got vocab_size=%s and embed_dim=%s"
                         % (vocab_size, embed_dim))
    with vs.variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        known = embed_dim is not None and not (reuse and vocab_size is None)
        embeddings = variables.model_variable("embeddings", shape=[vocab_size, embed_dim] if known else None, initializer=initializer,
                                              regularizer=regularizer, trainable=trainable)
        if unique:
            return contrib_embedding_ops.embedding_lookup_unique(embeddings, ids)
        return embedding_ops.embedding_lookup(embeddings, ids)
