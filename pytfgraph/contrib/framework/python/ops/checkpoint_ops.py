"""Initial values from checkpoints, with rows and columns moved to where new vocabularies have them."""
from pytfgraph.framework import dtypes
from pytfgraph.ops import init_ops
from pytfgraph.training import checkpoint_ops

load_and_remap_matrix_initializer = checkpoint_ops._load_and_remap_matrix_initializer
load_embedding_initializer = checkpoint_ops._load_embedding_initializer


def load_linear_multiclass_bias_initializer(ckpt_path, bias_tensor_name, new_class_vocab_size, old_class_vocab_file, new_class_vocab_file,
                                            num_class_oov_buckets=0, initializer=None, max_rows_in_memory=-1):
    """An initializer of the biases [classes, 1] of a linear model, from those of a checkpoint.

    Args:
      ckpt_path: the checkpoint.
      bias_tensor_name: of the biases in it.
      new_class_vocab_size: how many classes there are now.
      old_class_vocab_file, new_class_vocab_file: text files of the classes, one a line.
      num_class_oov_buckets: how many classes are behind those of the file.
      initializer: of the classes that the checkpoint has not; zeros where not given.
      max_rows_in_memory: how many rows are read at a time; -1 for all.
    """
    return load_and_remap_matrix_initializer(
        ckpt_path=ckpt_path, old_tensor_name=bias_tensor_name, new_row_vocab_size=new_class_vocab_size, new_col_vocab_size=1,
        old_row_vocab_file=old_class_vocab_file, new_row_vocab_file=new_class_vocab_file, old_col_vocab_file=None, new_col_vocab_file=None,
        num_row_oov_buckets=num_class_oov_buckets, num_col_oov_buckets=0,
        initializer=init_ops.zeros_initializer() if initializer is None else initializer, max_rows_in_memory=max_rows_in_memory)


def load_variable_slot_initializer(ckpt_path, old_tensor_name, primary_partition_info, new_row_vocab_size, new_col_vocab_size,
                                   old_row_vocab_file=None, new_row_vocab_file=None, old_col_vocab_file=None, new_col_vocab_file=None,
                                   num_row_oov_buckets=0, num_col_oov_buckets=0, initializer=None, max_rows_in_memory=-1):
    """load_and_remap_matrix_initializer for the slot of a variable: it knows which part of the variable it belongs to.

    Args:
      primary_partition_info: of the variable's part.
      The others are those of load_and_remap_matrix_initializer.
    """
    of_variable = load_and_remap_matrix_initializer(
        ckpt_path=ckpt_path, old_tensor_name=old_tensor_name, new_row_vocab_size=new_row_vocab_size, new_col_vocab_size=new_col_vocab_size,
        old_row_vocab_file=old_row_vocab_file, new_row_vocab_file=new_row_vocab_file, old_col_vocab_file=old_col_vocab_file,
        new_col_vocab_file=new_col_vocab_file, num_row_oov_buckets=num_row_oov_buckets, num_col_oov_buckets=num_col_oov_buckets,
        initializer=initializer, max_rows_in_memory=max_rows_in_memory)

    def initialize(shape, dtype=dtypes.float32, partition_info=None):
        del partition_info
        return of_variable(shape, dtype, partition_info=primary_partition_info)
    return initialize
