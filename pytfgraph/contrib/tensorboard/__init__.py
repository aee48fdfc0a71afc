"""What TensorBoard shows beside summaries."""
from pytfgraph.contrib.tensorboard import plugins  # noqa: F401
