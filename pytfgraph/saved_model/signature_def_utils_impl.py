"""SignatureDefs: which tensors go in and come out, under which names."""
from pytfgraph import protos
from pytfgraph.framework import ops
from pytfgraph.saved_model import signature_constants as names
from pytfgraph.saved_model import utils_impl as utils

_FLOAT, _STRING = 1, 7


def build_signature_def(inputs=None, outputs=None, method_name=None):
    """A SignatureDef.

    Args:
      inputs: {name: TensorInfo}.
      outputs: {name: TensorInfo}.
      method_name: what it is for, a text such as signature_constants.PREDICT_METHOD_NAME.
    """
    signature = protos.message("tensorflow.SignatureDef")()
    for field, infos in ((signature.inputs, inputs), (signature.outputs, outputs)):
        for name in infos or ():
            field[name].CopyFrom(protos.convert("tensorflow.TensorInfo", infos[name]))
    if method_name is not None:
        signature.method_name = method_name
    return signature


def _info_of(tensor, dtype, otherwise):
    info = utils.build_tensor_info(tensor)
    if info.dtype != dtype:
        raise ValueError(otherwise)
    return info


def regression_signature_def(examples, predictions):
    """The SignatureDef of a regression.

    Args:
      examples: a string Tensor that takes serialised tf.Examples.
      predictions: a float32 Tensor.

    Raises:
      ValueError: if one is None, or of another dtype.
    """
    if examples is None:
        raise ValueError("Regression examples cannot be None.")
    if not isinstance(examples, ops.Tensor):
        raise ValueError("Regression examples must be a string Tensor.")
    if predictions is None:
        raise ValueError("Regression predictions cannot be None.")
    inputs = {names.REGRESS_INPUTS: _info_of(examples, _STRING, "Regression examples must be a string Tensor.")}
    outputs = {names.REGRESS_OUTPUTS: _info_of(predictions, _FLOAT, "Regression output must be a float Tensor.")}
    return build_signature_def(inputs, outputs, names.REGRESS_METHOD_NAME)


def classification_signature_def(examples, classes, scores):
    """The SignatureDef of a classification.

    Args:
      examples: a string Tensor that takes serialised tf.Examples.
      classes: a string Tensor with labels, or None.
      scores: a float32 Tensor, or None.

    Raises:
      ValueError: if examples or both of the others are None, or one is of another dtype.
    """
    if examples is None:
        raise ValueError("Classification examples cannot be None.")
    if not isinstance(examples, ops.Tensor):
        raise ValueError("Classification examples must be a string Tensor.")
    if classes is None and scores is None:
        raise ValueError("Classification classes and scores cannot both be None.")
    inputs = {names.CLASSIFY_INPUTS: _info_of(examples, _STRING, "Classification examples must be a string Tensor.")}
    outputs = {}
    if classes is not None:
        outputs[names.CLASSIFY_OUTPUT_CLASSES] = _info_of(classes, _STRING, "Classification classes must be a string Tensor.")
    if scores is not None:
        outputs[names.CLASSIFY_OUTPUT_SCORES] = _info_of(scores, _FLOAT, "Classification scores must be a float Tensor.")
    return build_signature_def(inputs, outputs, names.CLASSIFY_METHOD_NAME)


def _infos(tensors):
    return {name: utils.build_tensor_info(tensor) for name, tensor in tensors.items()}


def predict_signature_def(inputs, outputs):
    """The SignatureDef of a prediction.

    Args:
      inputs: {name: Tensor}.
      outputs: {name: Tensor}.

    Raises:
      ValueError: if one of them is None or empty.
    """
    if not inputs:
        raise ValueError("Prediction inputs cannot be None or empty.")
    if not outputs:
        raise ValueError("Prediction outputs cannot be None or empty.")
    return build_signature_def(_infos(inputs), _infos(outputs), names.PREDICT_METHOD_NAME)


def _supervised(method_name, inputs, *outputs):
    if not inputs:
        raise ValueError("%s inputs cannot be None or empty." % method_name)
    infos = {}
    for tensors in outputs:
        infos.update(_infos(tensors or {}))
    return build_signature_def(_infos(inputs), infos, method_name)


def supervised_train_signature_def(inputs, loss, predictions=None, metrics=None):
    """The SignatureDef of a training step; all are {name: Tensor}.  ValueError without inputs."""
    return _supervised(names.SUPERVISED_TRAIN_METHOD_NAME, inputs, loss, predictions, metrics)


def supervised_eval_signature_def(inputs, loss, predictions=None, metrics=None):
    """The SignatureDef of an evaluation; all are {name: Tensor}.  ValueError without inputs."""
    return _supervised(names.SUPERVISED_EVAL_METHOD_NAME, inputs, loss, predictions, metrics)


def _dtypes(infos):
    return {name: infos[name].dtype for name in infos}


def is_valid_signature(signature_def):
    """Whether a SignatureDef is one of a prediction, a regression or a classification that can be served."""
    if signature_def is None:
        return False
    inputs, outputs = _dtypes(signature_def.inputs), _dtypes(signature_def.outputs)
    if signature_def.method_name == names.PREDICT_METHOD_NAME:
        return bool(inputs) and bool(outputs)
    if signature_def.method_name == names.REGRESS_METHOD_NAME:
        return inputs == {names.REGRESS_INPUTS: _STRING} and outputs == {names.REGRESS_OUTPUTS: _FLOAT}
    if signature_def.method_name == names.CLASSIFY_METHOD_NAME:
        allowed = {names.CLASSIFY_OUTPUT_CLASSES: _STRING, names.CLASSIFY_OUTPUT_SCORES: _FLOAT}
        return inputs == {names.CLASSIFY_INPUTS: _STRING} and bool(outputs) and \
            all(allowed.get(name) == dtype for name, dtype in outputs.items())
    return False
