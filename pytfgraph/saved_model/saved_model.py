"""tf.saved_model's parts under one module's name."""
from pytfgraph.saved_model import (  # noqa: F401
    builder, constants, loader, main_op, signature_constants, signature_def_utils, tag_constants, utils)
from pytfgraph.saved_model.simple_save_impl import simple_save  # noqa: F401
