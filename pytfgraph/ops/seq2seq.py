"""tensorflow.python.ops.seq2seq, where the functions of tf.contrib.legacy_seq2seq were before 1.0."""
from pytfgraph.contrib.legacy_seq2seq import __dir__, __getattr__  # noqa: F401
