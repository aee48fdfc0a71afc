"""Matrices of a checkpoint whose rows and columns belong to vocabularies that have changed."""
import math

from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import array_ops, init_ops, math_ops, raw

gen_checkpoint_ops = raw.module("gen_checkpoint_ops")


def _want_both(kind, old, new):
    if bool(old) != bool(new):
        raise ValueError("old_{0}_vocab_file and new_{0}_vocab_file must both be specified or left unspecified. old_{0}_vocab_file='{1}', "
                         "new_{0}_vocab_file='{2}'".format(kind, old, new))
    return bool(old)


def _load_and_remap_matrix(ckpt_path, old_tensor_name, new_row_vocab_offset, num_rows_to_load, new_col_vocab_size, initializer,
                           old_row_vocab_size=-1, old_row_vocab_file=None, new_row_vocab_file=None, old_col_vocab_file=None,
                           new_col_vocab_file=None, num_row_oov_buckets=0, num_col_oov_buckets=0, max_rows_in_memory=-1):
    """A matrix of the checkpoint with rows and columns in the order of the new vocabularies, new ones from the initializer."""
    for kind, n in (("row", num_row_oov_buckets), ("col", num_col_oov_buckets)):
        if n < 0:
            raise ValueError("num_%s_oov_buckets must be >= 0, but received %d" % (kind, n))
    remap_rows = _want_both("row", old_row_vocab_file, new_row_vocab_file)
    remap_cols = _want_both("col", old_col_vocab_file, new_col_vocab_file)
    if not (remap_rows or remap_cols):
        raise ValueError("Must provide either row or column vocab files. If no remapping is necessary, consider using "
                         "`tf.contrib.framework.init_from_checkpoint` instead.")
    rows_present, cols_present = num_rows_to_load, new_col_vocab_size
    if remap_rows:
        rows, rows_present = gen_checkpoint_ops.generate_vocab_remapping(
            new_vocab_file=new_row_vocab_file, old_vocab_file=old_row_vocab_file, new_vocab_offset=new_row_vocab_offset,
            num_new_vocab=num_rows_to_load, old_vocab_size=old_row_vocab_size)
    else:
        rows = math_ops.range(new_row_vocab_offset, new_row_vocab_offset + num_rows_to_load, dtype=dtypes.int64)
    cols = []
    if remap_cols:
        cols, cols_present = gen_checkpoint_ops.generate_vocab_remapping(
            new_vocab_file=new_col_vocab_file, old_vocab_file=old_col_vocab_file, new_vocab_offset=0, num_new_vocab=new_col_vocab_size)
    initial = initializer([num_rows_to_load * new_col_vocab_size - rows_present * cols_present, 1])
    result = gen_checkpoint_ops.load_and_remap_matrix(
        ckpt_path=ckpt_path, old_tensor_name=old_tensor_name, row_remapping=rows, col_remapping=cols, initializing_values=initial,
        num_rows=num_rows_to_load, num_cols=new_col_vocab_size, max_rows_in_memory=max_rows_in_memory)
    if num_row_oov_buckets > 0:
        more = ops.convert_to_tensor(initializer([num_row_oov_buckets, new_col_vocab_size]))
        result = array_ops.concat([result, more], 0)
    if num_col_oov_buckets > 0:
        more = ops.convert_to_tensor(initializer([num_rows_to_load + num_row_oov_buckets, num_col_oov_buckets]))
        result = array_ops.concat([result, more], 1)
    return result


def _check_shape(shape, dtype, n_cols, n_oov):
    if dtype != dtypes.float32:
        raise TypeError("Currently, only float32 is supported. Received dtype: {}".format(dtype))
    if len(shape) != 2:
        raise ValueError("Expected 2-dim shape, but received: {}".format(shape))
    if shape[0] <= 0:
        raise ValueError("Expected 1st dim of shape to be > 0, but received shape: {}".format(shape))
    if shape[1] != n_cols + n_oov:
        raise ValueError("Expected 2nd dim of shape to be new_col_vocab_size ({}) + num_col_oov_buckets ({}) = {}, but received shape: {}"
                         .format(n_cols, n_oov, n_cols + n_oov, shape))


def _load_and_remap_matrix_initializer(ckpt_path, old_tensor_name, new_row_vocab_size, new_col_vocab_size, old_row_vocab_size=-1,
                                       old_row_vocab_file=None, new_row_vocab_file=None, old_col_vocab_file=None,
                                       new_col_vocab_file=None, num_row_oov_buckets=0, num_col_oov_buckets=0, initializer=None,
                                       max_rows_in_memory=-1):
    """An initializer for a variable, or the parts of a partitioned one, that _load_and_remap_matrix fills."""
    if initializer is None:
        initializer = init_ops.zeros_initializer()
    if not callable(initializer):
        raise TypeError("initializer must be callable, instead of being {} of type {}.".format(initializer, type(initializer)))

    def _initializer(shape, dtype=dtypes.float32, partition_info=None):
        _check_shape(shape, dtype, new_col_vocab_size, num_col_oov_buckets)
        offset = 0 if partition_info is None else partition_info.single_offset(shape)
        if offset + shape[0] > new_row_vocab_size + num_row_oov_buckets:
            raise ValueError("Trying to initialize {} additional rows after {} rows have already been initialized, which would exceed expected "
                             "total row count of new_row_vocab_size ({}) + num_row_oov_buckets ({}) = {}."
                             .format(shape[0], offset, new_row_vocab_size, num_row_oov_buckets, new_row_vocab_size + num_row_oov_buckets))
        oov = min(shape[0], max(0, offset + shape[0] - new_row_vocab_size))
        if offset > new_row_vocab_size:
            if shape[0] != oov:
                raise ValueError("Partitioned variable offset is greater than new vocab size and not operating on OOV-only partition.")
            return initializer(shape)
        return _load_and_remap_matrix(
            ckpt_path=ckpt_path, old_tensor_name=old_tensor_name, new_row_vocab_offset=offset, num_rows_to_load=shape[0] - oov,
            new_col_vocab_size=new_col_vocab_size, initializer=initializer, old_row_vocab_size=old_row_vocab_size,
            old_row_vocab_file=old_row_vocab_file, new_row_vocab_file=new_row_vocab_file, old_col_vocab_file=old_col_vocab_file,
            new_col_vocab_file=new_col_vocab_file, num_row_oov_buckets=oov, num_col_oov_buckets=num_col_oov_buckets,
            max_rows_in_memory=max_rows_in_memory)

    return _initializer


def _load_embedding_initializer(ckpt_path, embedding_tensor_name, new_vocab_size, embedding_dim, old_vocab_file, new_vocab_file,
                                old_vocab_size=-1, num_oov_buckets=0, initializer=None, max_rows_in_memory=-1):
    """_load_and_remap_matrix_initializer for an embedding: rows are words, columns stay."""
    if initializer is None:
        initializer = init_ops.truncated_normal_initializer(stddev=1.0 / math.sqrt(embedding_dim))
    return _load_and_remap_matrix_initializer(
        ckpt_path=ckpt_path, old_tensor_name=embedding_tensor_name, new_row_vocab_size=new_vocab_size, new_col_vocab_size=embedding_dim,
        old_row_vocab_size=old_vocab_size, old_row_vocab_file=old_vocab_file, new_row_vocab_file=new_vocab_file,
        num_row_oov_buckets=num_oov_buckets, initializer=initializer, max_rows_in_memory=max_rows_in_memory)
