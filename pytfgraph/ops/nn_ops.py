"""Neural-network functions close to their operations: activations, softmax, cross entropies, dropout."""
import importlib
import numbers

from pytfgraph.framework import dtypes, ops, tensor_shape, tensor_util
from pytfgraph.ops import array_ops, math_ops, raw
from pytfgraph.util.deprecation import deprecated_argument_lookup

gen_nn_ops = raw.module("gen_nn_ops")
_SAME = """relu elu selu softplus softsign l2_loss conv2d conv2d_backprop_filter conv2d_backprop_input conv3d
conv3d_backprop_filter_v2 conv3d_backprop_input_v2 depthwise_conv2d_native depthwise_conv2d_native_backprop_filter
depthwise_conv2d_native_backprop_input dilation2d dilation2d_backprop_filter dilation2d_backprop_input lrn max_pool3d avg_pool3d
max_pool_with_argmax fractional_max_pool fractional_avg_pool""".split()
_ELSEWHERE = {name: module for module, names in {
    "nn_pool": "avg_pool max_pool",
    "nn_conv": """atrous_conv2d atrous_conv2d_transpose conv1d conv1d_transpose conv2d_transpose conv3d_transpose convolution Convolution erosion2d
        pool with_space_to_batch _get_strides_and_dilation_rate _NonAtrousConvolution _WithSpaceToBatch"""}.items() for name in names.split()}


def __getattr__(name):
    if name in _SAME:
        value = globals()[name] = getattr(gen_nn_ops, name)
        return value
    if name in _ELSEWHERE:
        module = importlib.import_module("pytfgraph.ops." + _ELSEWHERE[name])
        value = globals()[name] = getattr(module, name)
        return value
    raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name), name=name)


def bias_add(value, bias, data_format=None, name=None):
    """Adds a vector to the channels of a tensor (the last dimension, or the second for data_format "NCHW")."""
    with ops.name_scope(name, "BiasAdd", [value, bias]) as name:
        value = ops.convert_to_tensor(value, name="input")
        bias = ops.convert_to_tensor(bias, dtype=value.dtype, name="bias")
        return gen_nn_ops.bias_add(value, bias, data_format=data_format, name=name)


def bias_add_v1(value, bias, name=None):
    """bias_add as graphs before 0.6 have it."""
    with ops.name_scope(name, "BiasAddV1", [value, bias]) as name:
        value = ops.convert_to_tensor(value, name="input")
        bias = ops.convert_to_tensor(bias, dtype=value.dtype, name="bias")
        return gen_nn_ops.bias_add_v1(value, bias, name=name)


def xw_plus_b(x, weights, biases, name=None):
    """matmul(x, weights) + biases."""
    with ops.name_scope(name, "xw_plus_b", [x, weights, biases]) as name:
        x = ops.convert_to_tensor(x, name="x")
        weights = ops.convert_to_tensor(weights, name="weights")
        biases = ops.convert_to_tensor(biases, name="biases")
        return bias_add(math_ops.matmul(x, weights), biases, name=name)


def xw_plus_b_v1(x, weights, biases, name=None):
    """xw_plus_b as graphs before 0.6 have it."""
    with ops.name_scope(name, "xw_plus_b_v1", [x, weights, biases]) as name:
        x = ops.convert_to_tensor(x, name="x")
        weights = ops.convert_to_tensor(weights, name="weights")
        biases = ops.convert_to_tensor(biases, name="biases")
        return bias_add_v1(math_ops.matmul(x, weights), biases, name=name)


# ---- activations ----

def relu6(features, name=None):
    """min(max(x, 0), 6), elementwise."""
    with ops.name_scope(name, "Relu6", [features]) as name:
        return gen_nn_ops.relu6(ops.convert_to_tensor(features, name="features"), name=name)


def leaky_relu(features, alpha=0.2, name=None):
    """max(alpha*x, x), elementwise; integers become float32."""
    with ops.name_scope(name, "LeakyRelu", [features, alpha]) as name:
        features = ops.convert_to_tensor(features, name="features")
        if features.dtype.is_integer:
            features = math_ops.to_float(features)
        alpha = ops.convert_to_tensor(alpha, dtype=features.dtype, name="alpha")
        return math_ops.maximum(alpha * features, features, name=name)


def crelu(features, name=None, axis=-1):
    """relu of x and of -x, side by side along an axis."""
    with ops.name_scope(name, "CRelu", [features]) as name:
        features = ops.convert_to_tensor(features, name="features")
        return gen_nn_ops.relu(array_ops.concat([features, -features], axis, name=name))


# ---- softmax ----

def _exchange(t, i, last, name=None):
    order = [math_ops.range(i), [last], math_ops.range(i + 1, last), [i]]
    return array_ops.transpose(t, array_ops.concat(order, 0), name=name)


def _along(logits, compute, axis, name):
    """A function of the last axis applied along another."""
    logits = ops.convert_to_tensor(logits)
    shape = logits.get_shape()
    if axis == -1 or axis == (shape.ndims - 1 if shape.ndims is not None else None):
        return compute(logits, name=name)
    rank = array_ops.rank(logits)
    i = axis % shape.ndims
    logits = _exchange(logits, i, math_ops.subtract(rank, 1))
    output = _exchange(compute(logits), i, math_ops.subtract(rank, 1), name=name)
    output.set_shape(shape)
    return output


def softmax(logits, axis=None, name=None, dim=None):
    """exp(x) / sum(exp(x)) along an axis, the last by default."""
    axis = deprecated_argument_lookup("axis", axis, "dim", dim)
    return _along(logits, gen_nn_ops.softmax, -1 if axis is None else axis, name)


def log_softmax(logits, axis=None, name=None, dim=None):
    """x - log(sum(exp(x))) along an axis, the last by default."""
    axis = deprecated_argument_lookup("axis", axis, "dim", dim)
    return _along(logits, gen_nn_ops.log_softmax, -1 if axis is None else axis, name)


# ---- cross entropies ----

def _ensure_xent_args(name, sentinel, labels, logits):
    if sentinel is not None:
        raise ValueError("Only call `%s` with named arguments (labels=..., logits=..., ...)" % name)
    if labels is None or logits is None:
        raise ValueError("Both labels and logits must be provided.")


def _flatten_outer_dims(t):
    """A tensor as a matrix, its last dimension kept."""
    rank = array_ops.rank(t)
    last = array_ops.slice(array_ops.shape(t), [math_ops.subtract(rank, 1)], [1])
    output = array_ops.reshape(t, array_ops.concat([[-1], last], 0))
    sizes = t.get_shape().as_list() if t.get_shape().ndims is not None else None
    if sizes and all(d is not None for d in sizes[:-1]):
        rows = 1
        for d in sizes[:-1]:
            rows *= d
        output.set_shape([rows, sizes[-1]])
    return output


def softmax_cross_entropy_with_logits_v2(_sentinel=None, labels=None, logits=None, dim=-1, name=None):
    """-sum(labels * log_softmax(logits)) along `dim`; gradients flow into both.

    Raises:
      ValueError: if called without argument names, or without both.
    """
    _ensure_xent_args("softmax_cross_entropy_with_logits", _sentinel, labels, logits)
    with ops.name_scope(name, "softmax_cross_entropy_with_logits", [logits, labels]) as name:
        logits = ops.convert_to_tensor(logits, name="logits")
        labels = ops.convert_to_tensor(labels, name="labels")
        narrow = logits.dtype in (dtypes.float16, dtypes.bfloat16)
        precise = math_ops.cast(logits, dtypes.float32) if narrow else logits
        labels = math_ops.cast(labels, precise.dtype)  # of the type the op wants
        rank = array_ops.rank(precise)
        shape = logits.get_shape()
        if dim != -1:
            def to_end(t):
                order = [math_ops.range(dim), math_ops.range(dim + 1, rank), [dim]]
                return array_ops.transpose(t, array_ops.concat(order, 0))
            precise, labels = to_end(precise), to_end(labels)
        input_shape = array_ops.shape(precise)
        precise, labels = _flatten_outer_dims(precise), _flatten_outer_dims(labels)
        cost, _ = gen_nn_ops.softmax_cross_entropy_with_logits(precise, labels, name=name)
        cost = array_ops.reshape(cost, array_ops.slice(input_shape, [0], [math_ops.subtract(rank, 1)]))
        if shape.ndims is not None:
            sizes = shape.as_list()
            del sizes[dim]
            cost.set_shape(sizes)
        return math_ops.cast(cost, logits.dtype) if narrow else cost


def softmax_cross_entropy_with_logits(_sentinel=None, labels=None, logits=None, dim=-1, name=None):
    """softmax_cross_entropy_with_logits_v2 with no gradient into the labels."""
    _ensure_xent_args("softmax_cross_entropy_with_logits", _sentinel, labels, logits)
    with ops.name_scope(name, "softmax_cross_entropy_with_logits_sg", [logits, labels]) as name:
        labels = array_ops.stop_gradient(labels, name="labels_stop_gradient")
    return softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits, dim=dim, name=name)


def sparse_softmax_cross_entropy_with_logits(_sentinel=None, labels=None, logits=None, name=None):
    """-log_softmax(logits) at the class that each integer label names.

    Raises:
      ValueError: if called without argument names, or where shapes do not fit.
    """
    _ensure_xent_args("sparse_softmax_cross_entropy_with_logits", _sentinel, labels, logits)
    with ops.name_scope(name, "SparseSoftmaxCrossEntropyWithLogits", [labels, logits]):
        labels = ops.convert_to_tensor(labels)
        logits = ops.convert_to_tensor(logits)
        narrow = logits.dtype == dtypes.float16
        precise = math_ops.cast(logits, dtypes.float32) if narrow else logits
        known = labels.get_shape()
        labels_shape = array_ops.shape(labels)
        full = _check_sparse_shapes(known, logits.get_shape())
        if logits.get_shape().ndims == 2:
            cost, _ = gen_nn_ops.sparse_softmax_cross_entropy_with_logits(precise, labels, name=name)
            return math_ops.cast(cost, dtypes.float16) if narrow else cost
        checks = []
        if not full:
            from pytfgraph.ops import check_ops
            checks.append(check_ops.assert_equal(array_ops.shape(labels), array_ops.shape(logits)[:-1]))
        with ops.control_dependencies(checks):
            n = array_ops.shape(logits)[array_ops.rank(logits) - 1]
            precise = array_ops.reshape(precise, [-1, n])
            labels = array_ops.reshape(labels, [-1])
            cost, _ = gen_nn_ops.sparse_softmax_cross_entropy_with_logits(precise, labels, name=name)
            cost = array_ops.reshape(cost, labels_shape)
            cost.set_shape(known)
            return math_ops.cast(cost, dtypes.float16) if narrow else cost


def _check_sparse_shapes(labels, logits):
    """Checks what is known of the shapes; whether all is."""
    full = labels.is_fully_defined() and logits[:-1].is_fully_defined()
    if logits.ndims == 0:
        raise ValueError("Logits cannot be scalars - received shape %s." % logits)
    if logits.ndims is not None and labels.ndims is not None and labels.ndims != logits.ndims - 1:
        raise ValueError("Rank mismatch: Rank of labels (received %s) should equal rank of logits minus 1 (received %s)."
                         % (labels.ndims, logits.ndims))
    if full and labels != logits[:-1]:
        raise ValueError("Shape mismatch: The shape of labels (received %s) should equal the shape of logits except for the last "
                         "dimension (received %s)." % (labels, logits))
    return full


# ---- dropout and picking ----

def _get_noise_shape(x, noise_shape):
    if noise_shape is None:
        return array_ops.shape(x)
    try:
        given = tensor_shape.as_shape(noise_shape)
    except (TypeError, ValueError):
        return noise_shape
    if x.shape.dims is None or given.dims is None or len(x.shape.dims) != len(given.dims):
        return noise_shape
    return tensor_shape.TensorShape([d.value if g.value is None and d.value is not None else g.value
                                     for d, g in zip(x.shape.dims, given.dims)])


def dropout(x, keep_prob, noise_shape=None, seed=None, name=None):
    """Elements kept with a probability and scaled by its inverse, the others zero.

    Args:
      x: a floating tensor.
      keep_prob: the probability, in (0, 1].
      noise_shape: shape of the random choices, which broadcast to x.
      seed: of the random numbers.
      name: of the operation.

    Raises:
      ValueError: for a probability out of range, or an x that is not floating.
    """
    with ops.name_scope(name, "dropout", [x]) as name:
        x = ops.convert_to_tensor(x, name="x")
        if not x.dtype.is_floating:
            raise ValueError("x has to be a floating point tensor since it's going to be scaled. Got a %s tensor instead." % x.dtype)
        if isinstance(keep_prob, numbers.Real) and not 0 < keep_prob <= 1:
            raise ValueError("keep_prob must be a scalar tensor or a float in the range (0, 1], got %g" % keep_prob)
        if isinstance(keep_prob, float) and keep_prob == 1:
            return x
        keep_prob = ops.convert_to_tensor(keep_prob, dtype=x.dtype, name="keep_prob")
        keep_prob.get_shape().assert_is_compatible_with(tensor_shape.scalar())
        if tensor_util.constant_value(keep_prob) == 1:
            return x
        from pytfgraph.ops import random_ops
        random = keep_prob
        random += random_ops.random_uniform(_get_noise_shape(x, noise_shape), seed=seed, dtype=x.dtype)
        kept = math_ops.floor(random)
        ret = math_ops.div(x, keep_prob) * kept
        ret.set_shape(x.get_shape())
        return ret


def top_k(input, k=1, sorted=True, name=None):
    """The k largest elements of the last dimension and their indices: (values, indices)."""
    return gen_nn_ops.top_kv2(input, k=k, sorted=sorted, name=name)


def nth_element(input, n, reverse=False, name=None):
    """The n-th smallest (largest, if reverse) element of the last dimension, counted from 0."""
    return gen_nn_ops.nth_element(input, n, reverse=reverse, name=name)


def in_top_k(predictions, targets, k, name=None):
    """Whether each target is among the k largest predictions of its row."""
    with ops.name_scope(name, "in_top_k"):
        return gen_nn_ops.in_top_kv2(predictions, targets, k, name=name)
