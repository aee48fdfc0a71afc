"""tf.saved_model.loader under its module's name."""
from pytfgraph.saved_model.loader_impl import load, maybe_saved_model_directory  # noqa: F401
