"""What programs take from the wrapper of TensorFlow's C++ library."""
from pytfgraph.training.checkpoint_reader import CheckpointReader, NewCheckpointReader  # noqa: F401
