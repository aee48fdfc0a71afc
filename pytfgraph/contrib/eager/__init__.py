"""tf.contrib.eager, as far as it can be used while graphs are built."""
from pytfgraph.contrib.eager.python.saver import Saver, get_optimizer_variables, restore_variables_on_create  # noqa: F401
from pytfgraph.eager.context import executing_eagerly, executing_eagerly as in_eager_mode  # noqa: F401
from pytfgraph.ops.resource_variable_ops import ResourceVariable as Variable  # noqa: F401
from pytfgraph.ops.custom_gradient import custom_gradient  # noqa: F401
from pytfgraph.training.checkpointable.base import Checkpointable  # noqa: F401
from pytfgraph.training.checkpointable.util import Checkpoint, CheckpointableSaver  # noqa: F401


def __getattr__(name):
    raise AttributeError("module 'tensorflow.contrib.eager' has no attribute '%s' (pytfgraph does not provide it yet)" % name, name=name)
