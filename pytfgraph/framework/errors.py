"""tensorflow.python.framework.errors."""
from pytfgraph.framework.errors_impl import *  # noqa: F401,F403
from pytfgraph.framework.errors_impl import _make_specific_exception  # noqa: F401
