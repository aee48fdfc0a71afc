"""tf.saved_model.signature_def_utils under its module's name."""
from pytfgraph.saved_model.signature_def_utils_impl import (  # noqa: F401
    build_signature_def, classification_signature_def, is_valid_signature, predict_signature_def, regression_signature_def,
    supervised_eval_signature_def, supervised_train_signature_def)
