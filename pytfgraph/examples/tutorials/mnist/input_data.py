"""Where the tutorials find read_data_sets, and the modules that programs take from here."""
import gzip  # noqa: F401
import os  # noqa: F401
import tempfile  # noqa: F401
import urllib  # noqa: F401
import urllib.request  # noqa: F401

import numpy  # noqa: F401

import pytfgraph as tf  # noqa: F401
from pytfgraph.contrib.learn.python.learn.datasets.mnist import read_data_sets  # noqa: F401

xrange = range
