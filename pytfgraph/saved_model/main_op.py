"""tf.saved_model.main_op under its module's name."""
from pytfgraph.saved_model.main_op_impl import main_op, main_op_with_restore  # noqa: F401
