"""tf.contrib.saved_model."""
from pytfgraph.tools.saved_model_utils import get_saved_model_tag_sets, read_saved_model  # noqa: F401
