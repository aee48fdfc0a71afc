"""The tutorial of hand-written digits: its data, and its model."""
from pytfgraph.examples.tutorials.mnist import input_data, mnist  # noqa: F401
