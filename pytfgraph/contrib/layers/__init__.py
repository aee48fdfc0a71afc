"""tf.contrib.layers: layers as functions, initializers, regularizers, summaries of tensors, and optimize_loss."""
import importlib

_HERE = "pytfgraph.contrib.layers.python.layers."
_NAMES = {name: module for module, names in {
    "embedding_ops": "embedding_lookup_unique safe_embedding_lookup_sparse",
    "encoders": "bow_encoder embed_sequence",
    "initializers": "variance_scaling_initializer xavier_initializer xavier_initializer_conv2d",
    "layers": """bias_add dropout elu flatten fully_connected legacy_fully_connected legacy_linear legacy_relu linear one_hot_encoding relu
        relu6 repeat scale_gradient softmax stack unit_norm""",
    "optimizers": "OPTIMIZER_CLS_NAMES OPTIMIZER_SUMMARIES optimize_loss",
    "regularizers": "apply_regularization l1_l2_regularizer l1_regularizer l2_regularizer sum_regularizer",
    "summaries": "summarize_activation summarize_activations summarize_collection summarize_tensor summarize_tensors",
}.items() for name in names.split()}
_MODULES = ("summaries",)


def __getattr__(name):
    if name in _NAMES:
        value = getattr(importlib.import_module(_HERE + _NAMES[name]), name)
    elif name in _MODULES:
        value = importlib.import_module(_HERE + name)
    else:
        raise AttributeError("module 'tensorflow.contrib.layers' has no attribute '%s' (pytfgraph does not provide it yet)" % name, name=name)
    globals()[name] = value
    return value


def __dir__():
    return sorted(list(_NAMES) + list(_MODULES))
