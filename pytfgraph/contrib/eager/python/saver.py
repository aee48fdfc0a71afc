"""Saving without a session, which needs eager execution; while graphs are built it says so, in TensorFlow's words."""
import contextlib

from pytfgraph.eager import context
from pytfgraph.framework import ops
from pytfgraph.training import saver as saver_lib


@contextlib.contextmanager
def restore_variables_on_create(save_path, map_func=None):
    """Gives variables that are made inside what a checkpoint has of them; ValueError while graphs are built."""
    del save_path, map_func
    raise ValueError("Currently, restore_variables_on_create can only be used with eager execution enabled.")
    yield  # pylint: disable=unreachable


class Saver:
    """A tf.train.Saver that needs no session.

    Args:
      var_list: variables, or {name: variable}.

    Raises:
      RuntimeError: while graphs are built.
    """

    def __init__(self, var_list):
        if not context.executing_eagerly():
            raise RuntimeError("tfe.Saver can only be used when eager execution is enabled. Use tf.train.Saver when building graphs.")
        self._saver = saver_lib.Saver(var_list=var_list)

    def save(self, file_prefix, global_step=None):
        """Saves; returns the checkpoint's name, with the number of the step if one is given."""
        with ops.device("/device:CPU:0"):
            return self._saver.save(None, file_prefix, write_meta_graph=False, global_step=global_step)

    def restore(self, file_prefix):
        """Restores what `save` saved."""
        with ops.device("/device:CPU:0"):
            self._saver.restore(None, file_prefix)


def get_optimizer_variables(optimizer):
    """The variables that an optimizer has made."""
    return optimizer.variables()
