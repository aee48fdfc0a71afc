"""The names of tf.contrib.learn, by their path."""
from pytfgraph.contrib.learn import __dir__, __getattr__  # noqa: F401
