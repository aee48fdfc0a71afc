"""tf.train.NewCheckpointReader."""
from pytfgraph._core import CheckpointReader  # noqa: F401


def NewCheckpointReader(filepattern):
    """A reader of the tensors in a checkpoint.

    Args:
      filepattern: what the names of its files begin with; for the format before TensorFlow 0.12 the file, or a pattern for files.

    Returns:
      A CheckpointReader: has_tensor, get_tensor, get_variable_to_shape_map, get_variable_to_dtype_map, debug_string.

    Raises:
      NotFoundError: if there is none.
      DataLossError: if its files are damaged.
    """
    if hasattr(filepattern, "__fspath__"):
        filepattern = filepattern.__fspath__()
    return CheckpointReader(filepattern)
