"""tf.saved_model.builder under its module's name."""
from pytfgraph.saved_model.builder_impl import SavedModelBuilder  # noqa: F401
