"""The functions of tf.train that look into checkpoints, under their older names of arguments."""
from pytfgraph.training import checkpoint_utils as _utils

__all__ = ["load_checkpoint", "load_variable", "list_variables", "init_from_checkpoint"]


def load_checkpoint(filepattern):
    """tf.train.load_checkpoint."""
    return _utils.load_checkpoint(filepattern)


def load_variable(checkpoint_dir, name):
    """tf.train.load_variable."""
    return _utils.load_variable(checkpoint_dir, name)


def list_variables(checkpoint_dir):
    """tf.train.list_variables."""
    return _utils.list_variables(checkpoint_dir)


def init_from_checkpoint(checkpoint_dir, assignment_map):
    """tf.train.init_from_checkpoint."""
    return _utils.init_from_checkpoint(checkpoint_dir, assignment_map)
