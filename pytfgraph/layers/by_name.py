"""Activations and initializers that may be given by name or configuration, under the names that Keras has for them."""
from pytfgraph.ops import clip_ops, init_ops, math_ops, nn_ops


# ---- activations ----

def softmax(x, axis=-1):
    """exp(x) over its sum along an axis; ValueError for vectors."""
    ndims = x.get_shape().ndims
    if ndims == 2:
        return nn_ops.softmax(x)
    if ndims > 2:
        e = math_ops.exp(x - math_ops.reduce_max(x, axis=axis, keepdims=True))
        return e / math_ops.reduce_sum(e, axis=axis, keepdims=True)
    raise ValueError("Cannot apply softmax to a tensor that is 1D. Received input: %s" % (x,))


def elu(x, alpha=1.0):
    """x where positive, alpha * (exp(x) - 1) elsewhere."""
    from pytfgraph.ops import array_ops
    value = nn_ops.elu(x)
    return value if alpha == 1 else array_ops.where(x > 0, value, alpha * value)


def selu(x):
    """The scaled elu whose outputs normalise themselves (Klambauer et al., arXiv:1706.02515)."""
    return 1.0507009873554804934193349852946 * elu(x, 1.6732632423543772848170429916717)


def softplus(x):
    """log(exp(x) + 1)."""
    return nn_ops.softplus(x)


def softsign(x):
    """x / (|x| + 1)."""
    return nn_ops.softsign(x)


def relu(x):
    """max(x, 0)."""
    return nn_ops.relu(x)


def tanh(x):
    """The hyperbolic tangent."""
    return math_ops.tanh(x)


def sigmoid(x):
    """1 / (1 + exp(-x))."""
    return math_ops.sigmoid(x)


def hard_sigmoid(x):
    """0.2 x + 0.5, cut off at 0 and 1."""
    from pytfgraph.framework import ops

    def like(value):
        return ops.convert_to_tensor(value, dtype=x.dtype.base_dtype)
    return clip_ops.clip_by_value(0.2 * x + like(0.5), like(0.), like(1.))


def linear(x):
    """x."""
    return x


_ACTIVATIONS = {f.__name__: f for f in (softmax, elu, selu, softplus, softsign, relu, tanh, sigmoid, hard_sigmoid, linear)}


def activation(identifier):
    """The function of a name, a function as it is, `linear` for None; ValueError for anything else."""
    if identifier is None:
        return linear
    if isinstance(identifier, str):
        if identifier not in _ACTIVATIONS:
            raise ValueError("Unknown activation function:" + identifier)
        return _ACTIVATIONS[identifier]
    if not callable(identifier):
        raise ValueError("Could not interpret activation function identifier:", identifier)
    return identifier


def activation_name(function):
    """The name that stands for an activation in a configuration."""
    return function.__name__


# ---- initializers: those of tf, but for three whose defaults are narrower ----

class TruncatedNormal(init_ops.TruncatedNormal):
    """tf.truncated_normal_initializer with a deviation of 0.05."""

    def __init__(self, mean=0.0, stddev=0.05, seed=None, dtype="float32"):
        super().__init__(mean=mean, stddev=stddev, seed=seed, dtype=dtype)


class RandomUniform(init_ops.RandomUniform):
    """tf.random_uniform_initializer between -0.05 and 0.05."""

    def __init__(self, minval=-0.05, maxval=0.05, seed=None, dtype="float32"):
        super().__init__(minval=minval, maxval=maxval, seed=seed, dtype=dtype)


class RandomNormal(init_ops.RandomNormal):
    """tf.random_normal_initializer with a deviation of 0.05."""

    def __init__(self, mean=0.0, stddev=0.05, seed=None, dtype="float32"):
        super().__init__(mean=mean, stddev=stddev, seed=seed, dtype=dtype)


def _initializers():
    table = {"TruncatedNormal truncated_normal": TruncatedNormal, "RandomUniform uniform random_uniform": RandomUniform,
             "RandomNormal normal random_normal": RandomNormal, "Zeros zero zeros": init_ops.Zeros, "Ones one ones": init_ops.Ones,
             "Constant constant": init_ops.Constant, "Identity identity": init_ops.Identity,
             "Orthogonal orthogonal": init_ops.Orthogonal, "GlorotNormal glorot_normal": init_ops.GlorotNormal,
             "GlorotUniform glorot_uniform": init_ops.GlorotUniform, "VarianceScaling": init_ops.VarianceScaling,
             "lecun_normal": init_ops.lecun_normal, "lecun_uniform": init_ops.lecun_uniform, "he_normal": init_ops.he_normal,
             "he_uniform": init_ops.he_uniform, "Initializer": init_ops.Initializer}
    return {name: made for names, made in table.items() for name in names.split()}


_INITIALIZERS = _initializers()


def initializer(identifier):
    """The initializer of a name or of {"class_name": ..., "config": {...}}; a function and None as they are; ValueError otherwise."""
    if identifier is None:
        return None
    if isinstance(identifier, str):
        identifier = {"class_name": identifier, "config": {}}
    if isinstance(identifier, dict):
        if "class_name" not in identifier or "config" not in identifier:
            raise ValueError("Improper config format: " + str(identifier))
        made = _INITIALIZERS.get(identifier["class_name"])
        if made is None:
            raise ValueError("Unknown initializer: " + identifier["class_name"])
        return getattr(made, "from_config", lambda config: made(**config))(identifier["config"])
    if not callable(identifier):
        raise ValueError("Could not interpret initializer identifier: " + str(identifier))
    return identifier


def initializer_config(made):
    """What stands for an initializer in a configuration, such that initializer() makes it again; ValueError where nothing does."""
    if made is None:
        return None
    if hasattr(made, "get_config"):
        return {"class_name": type(made).__name__, "config": made.get_config()}
    if hasattr(made, "__name__"):
        return made.__name__
    raise ValueError("Cannot serialize", made)
