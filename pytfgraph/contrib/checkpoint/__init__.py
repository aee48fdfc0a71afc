"""tf.contrib.checkpoint: more about checkpoints of objects."""
from pytfgraph.training.checkpoint_management import CheckpointManager  # noqa: F401
from pytfgraph.training.checkpointable.base import Checkpointable, CheckpointableBase, NotCheckpointable  # noqa: F401
from pytfgraph.training.checkpointable.capture import capture_dependencies  # noqa: F401


def __getattr__(name):
    if name == "CheckpointableObjectGraph":
        from pytfgraph import protos
        return protos.message("tensorflow.CheckpointableObjectGraph")
    raise AttributeError("module 'tensorflow.contrib.checkpoint' has no attribute '%s' (pytfgraph does not provide it yet)" % name, name=name)


def object_metadata(save_path):
    """The CheckpointableObjectGraph in a checkpoint of tf.train.Checkpoint.

    Args:
      save_path: the checkpoint.

    Raises:
      ValueError: if the checkpoint holds none.
    """
    from pytfgraph import protos
    from pytfgraph.framework import errors_impl as errors
    from pytfgraph.training import checkpoint_reader
    from pytfgraph.training.checkpointable import base
    try:
        text = checkpoint_reader.NewCheckpointReader(save_path).get_tensor(base.OBJECT_GRAPH_PROTO_KEY)
    except errors.NotFoundError:
        raise ValueError("The specified checkpoint \"%s\" does not appear to be object-based (saved with TF-Keras or tf.train.Checkpoint): it is "
                         "missing the key \"%s\"." % (save_path, base.OBJECT_GRAPH_PROTO_KEY)) from None
    graph = protos.message("tensorflow.CheckpointableObjectGraph")()
    graph.ParseFromString(text)
    return graph


def list_objects(root_checkpointable):
    """All objects that can be reached from one, breadth first, slots of optimizers behind them."""
    from pytfgraph.training.checkpointable import util
    return util._Objects(root_checkpointable).objects
