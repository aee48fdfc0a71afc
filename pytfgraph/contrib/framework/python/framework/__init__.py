"""Folder of tensorflow.contrib.framework: programs import from it by path."""
from pytfgraph.contrib.framework.python.framework.experimental import experimental  # noqa: F401
