"""Plugins of TensorBoard."""
from pytfgraph.contrib.tensorboard.plugins import projector  # noqa: F401
