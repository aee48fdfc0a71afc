"""The names of tf.contrib.layers, by their path."""
from pytfgraph.contrib.layers import __dir__, __getattr__  # noqa: F401
