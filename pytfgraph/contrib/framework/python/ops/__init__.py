"""The operations' part of tensorflow.contrib.framework; as there, the functions stand here beside the modules that have them."""
from pytfgraph.contrib.framework.python.ops import audio_ops  # noqa: F401
from pytfgraph.contrib.framework.python.ops.arg_scope import *  # noqa: F401,F403
from pytfgraph.contrib.framework.python.ops.critical_section_ops import CriticalSection  # noqa: F401
from pytfgraph.contrib.framework.python.ops.ops import get_graph_from_inputs, get_name_scope  # noqa: F401
from pytfgraph.contrib.framework.python.ops.sort_ops import argsort, sort  # noqa: F401
from pytfgraph.contrib.framework.python.ops.variables import *  # noqa: F401,F403
