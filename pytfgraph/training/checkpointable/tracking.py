"""The names programs import Checkpointable from."""
from pytfgraph.training.checkpointable.base import Checkpointable, CheckpointableBase, NotCheckpointable  # noqa: F401
