"""tf.contrib.compiler: marks of operations that a compiler may take together; here they all run as they are."""
from pytfgraph.contrib.compiler import jit  # noqa: F401
