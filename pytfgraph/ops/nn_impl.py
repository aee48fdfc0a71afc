"""Neural-network functions built of others: losses, moments, normalisation."""
import math

from pytfgraph.framework import dtypes, ops
from pytfgraph.framework.constant_op import constant
from pytfgraph.ops import array_ops, math_ops, nn_ops
from pytfgraph.ops.nn_conv import depthwise_conv2d, separable_conv2d  # noqa: F401  (programs import them from here)
from pytfgraph.util.deprecation import deprecated_argument_lookup


def _same_shape(a, b, what):
    try:
        a.get_shape().merge_with(b.get_shape())
    except ValueError:
        raise ValueError("%s must have the same shape (%s vs %s)" % (what, b.get_shape(), a.get_shape()))


def log_poisson_loss(targets, log_input, compute_full_loss=False, name=None):
    """The Poisson negative log likelihood of counts, given the log of the rate; with Stirling's term where it is full."""
    with ops.name_scope(name, "log_poisson_loss", [log_input, targets]) as name:
        log_input = ops.convert_to_tensor(log_input, name="log_input")
        targets = ops.convert_to_tensor(targets, name="targets")
        _same_shape(targets, log_input, "log_input and targets")
        result = math_ops.exp(log_input) - log_input * targets
        if compute_full_loss:
            half = constant(0.5, dtype=targets.dtype)
            two_pi = constant(2 * math.pi, dtype=targets.dtype)
            stirling = targets * math_ops.log(targets) - targets + half * math_ops.log(two_pi * targets)
            zeros = array_ops.zeros_like(targets, dtype=targets.dtype)
            ones = array_ops.ones_like(targets, dtype=targets.dtype)
            small = math_ops.logical_and(targets >= zeros, targets <= ones)
            result += array_ops.where(small, zeros, stirling)
        return result


def sigmoid_cross_entropy_with_logits(_sentinel=None, labels=None, logits=None, name=None):
    """max(x, 0) - x*z + log(1 + exp(-|x|)) for logits x and labels z: no overflow for any x.

    Raises:
      ValueError: if called without argument names, or where shapes differ.
    """
    nn_ops._ensure_xent_args("sigmoid_cross_entropy_with_logits", _sentinel, labels, logits)
    with ops.name_scope(name, "logistic_loss", [logits, labels]) as name:
        logits = ops.convert_to_tensor(logits, name="logits")
        labels = ops.convert_to_tensor(labels, name="labels")
        _same_shape(labels, logits, "logits and labels")
        zeros = array_ops.zeros_like(logits, dtype=logits.dtype)
        positive = logits >= zeros
        relu = array_ops.where(positive, logits, zeros)
        minus_abs = array_ops.where(positive, -logits, logits)
        return math_ops.add(relu - logits * labels, math_ops.log1p(math_ops.exp(minus_abs)), name=name)


def weighted_cross_entropy_with_logits(targets, logits, pos_weight, name=None):
    """sigmoid_cross_entropy_with_logits with positive targets weighted by pos_weight."""
    with ops.name_scope(name, "logistic_loss", [logits, targets]) as name:
        logits = ops.convert_to_tensor(logits, name="logits")
        targets = ops.convert_to_tensor(targets, name="targets")
        _same_shape(targets, logits, "logits and targets")
        weight = 1 + (pos_weight - 1) * targets
        tail = math_ops.log1p(math_ops.exp(-math_ops.abs(logits))) + nn_ops.relu(-logits)
        return math_ops.add((1 - targets) * logits, weight * tail, name=name)


def relu_layer(x, weights, biases, name=None):
    """relu(matmul(x, weights) + biases)."""
    with ops.name_scope(name, "relu_layer", [x, weights, biases]) as name:
        x = ops.convert_to_tensor(x, name="x")
        weights = ops.convert_to_tensor(weights, name="weights")
        biases = ops.convert_to_tensor(biases, name="biases")
        return nn_ops.relu(nn_ops.bias_add(math_ops.matmul(x, weights), biases), name=name)


def swish(features):
    """x * sigmoid(x), elementwise (Ramachandran et al., arXiv:1710.05941)."""
    features = ops.convert_to_tensor(features, name="features")
    return features * math_ops.sigmoid(features)


def l2_normalize(x, axis=None, epsilon=1e-12, name=None, dim=None):
    """x / sqrt(max(sum(x**2), epsilon)) along axes."""
    with ops.name_scope(name, "l2_normalize", [x]) as name:
        axis = deprecated_argument_lookup("axis", axis, "dim", dim)
        x = ops.convert_to_tensor(x, name="x")
        square_sum = math_ops.reduce_sum(math_ops.square(x), axis, keepdims=True)
        return math_ops.multiply(x, math_ops.rsqrt(math_ops.maximum(square_sum, epsilon)), name=name)


def zero_fraction(value, name=None):
    """The fraction of elements that are zero, float32."""
    with ops.name_scope(name, "zero_fraction", [value]):
        value = ops.convert_to_tensor(value, name="value")
        zero = constant(0, dtype=value.dtype, name="zero")
        return math_ops.reduce_mean(math_ops.cast(math_ops.equal(value, zero), dtypes.float32))


# ---- moments ----

def sufficient_statistics(x, axes, shift=None, keep_dims=False, name=None):
    """What moments need: count, sum and sum of squares (both of x - shift) along axes, and the shift."""
    axes = list(set(axes))
    with ops.name_scope(name, "sufficient_statistics", [x, shift]):
        x = ops.convert_to_tensor(x, name="x")
        sizes = [x.get_shape()[d].value for d in axes]
        if all(n is not None for n in sizes):
            count = 1
            for n in sizes:
                count *= n
            count = constant(count, dtype=x.dtype)
        else:
            count = math_ops.reduce_prod(array_ops.gather(math_ops.cast(array_ops.shape(x), x.dtype), axes), name="count")
        if shift is not None:
            shift = ops.convert_to_tensor(shift, name="shift")
            m, v = math_ops.subtract(x, shift), math_ops.squared_difference(x, shift)
        else:
            m, v = x, math_ops.square(x)
        m = math_ops.reduce_sum(m, axes, keepdims=keep_dims, name="mean_ss")
        v = math_ops.reduce_sum(v, axes, keepdims=keep_dims, name="var_ss")
        return count, m, v, shift


def normalize_moments(counts, mean_ss, variance_ss, shift, name=None):
    """Mean and variance from sufficient_statistics."""
    with ops.name_scope(name, "normalize", [counts, mean_ss, variance_ss, shift]):
        divisor = math_ops.reciprocal(counts, name="divisor")
        if shift is not None:
            shifted = math_ops.multiply(mean_ss, divisor, name="shifted_mean")
            mean = math_ops.add(shifted, shift, name="mean")
        else:
            mean = shifted = math_ops.multiply(mean_ss, divisor, name="mean")
        variance = math_ops.subtract(math_ops.multiply(variance_ss, divisor), math_ops.square(shifted), name="variance")
        return mean, variance


def moments(x, axes, shift=None, name=None, keep_dims=False):
    """Mean and variance along axes; `shift` is not used."""
    with ops.name_scope(name, "moments", [x, axes]):
        y = math_ops.cast(x, dtypes.float32) if x.dtype == dtypes.float16 else x
        mean = math_ops.reduce_mean(y, axes, keepdims=True, name="mean")
        # The gradient through the mean is zero, so it is not computed.
        difference = math_ops.squared_difference(y, array_ops.stop_gradient(mean))
        variance = math_ops.reduce_mean(difference, axes, keepdims=True, name="variance")
        if not keep_dims:
            mean, variance = array_ops.squeeze(mean, axes), array_ops.squeeze(variance, axes)
        if x.dtype == dtypes.float16:
            return math_ops.cast(mean, dtypes.float16), math_ops.cast(variance, dtypes.float16)
        return mean, variance


def weighted_moments(x, axes, frequency_weights, name=None, keep_dims=False):
    """Mean and variance along axes, with weights that broadcast to x."""
    with ops.name_scope(name, "weighted_moments", [x, frequency_weights, axes]):
        x = ops.convert_to_tensor(x, name="x")
        weights = ops.convert_to_tensor(frequency_weights, name="frequency_weights")
        narrow = x.dtype == dtypes.float16
        if narrow:
            x = math_ops.cast(x, dtypes.float32)
        if weights.dtype != x.dtype:
            weights = math_ops.cast(weights, x.dtype)
        total = math_ops.reduce_sum(weights * x, axes, name="weighted_input_sum", keepdims=True)
        broadcast = weights + array_ops.zeros_like(x)
        weight_sum = math_ops.reduce_sum(broadcast, axes, name="sum_of_weights", keepdims=True)
        divisor = math_ops.reciprocal(weight_sum, name="inv_weight_sum")
        mean = math_ops.multiply(total, divisor)
        distance = math_ops.reduce_sum(weights * math_ops.squared_difference(x, mean), axes, name="weighted_distsq", keepdims=True)
        variance = math_ops.multiply(distance, divisor)
        if not keep_dims:
            mean, variance = array_ops.squeeze(mean, axis=axes), array_ops.squeeze(variance, axis=axes)
        if narrow:
            mean, variance = math_ops.cast(mean, dtypes.float16), math_ops.cast(variance, dtypes.float16)
        return mean, variance


def batch_normalization(x, mean, variance, offset, scale, variance_epsilon, name=None):
    """scale * (x - mean) / sqrt(variance + epsilon) + offset (Ioffe and Szegedy, arXiv:1502.03167); scale and offset may be None."""
    with ops.name_scope(name, "batchnorm", [x, mean, variance, scale, offset]):
        inv = math_ops.rsqrt(variance + variance_epsilon)
        if scale is not None:
            inv *= scale
        scaled = x * math_ops.cast(inv, x.dtype)
        shift = offset - mean * inv if offset is not None else -mean * inv
        return scaled + math_ops.cast(shift, x.dtype)


def fused_batch_norm(x, scale, offset, mean=None, variance=None, epsilon=0.001, data_format="NHWC", is_training=True, name=None):
    """Batch normalisation by one operation: (y, mean of the batch, its variance).

    Args:
      x: [batch, rows, columns, channels] of half, bfloat16 or float; channels second for data_format "NCHW".
      scale: a float32 vector of channels.
      offset: a float32 vector of channels.
      mean: of the population, where not training.
      variance: of the population, where not training.
      epsilon: added to the variance; at least 1.001e-5 is taken.
      data_format: "NHWC" or "NCHW".
      is_training: normalise with the batch's own mean and variance.
      name: of the operation.

    Raises:
      ValueError: for a mean or variance in training.
    """
    x = ops.convert_to_tensor(x, name="input")
    scale = ops.convert_to_tensor(scale, name="scale")
    offset = ops.convert_to_tensor(offset, name="offset")
    if is_training and (mean is not None or variance is not None):
        raise ValueError("Both 'mean' and 'variance' must be None if is_training is True.")
    if mean is None:
        mean = constant([])
    if variance is None:
        variance = constant([])
    narrow = x.dtype in (dtypes.float16, dtypes.bfloat16)
    fused = nn_ops.gen_nn_ops.fused_batch_norm_v2 if narrow else nn_ops.gen_nn_ops.fused_batch_norm
    return tuple(fused(x, scale, offset, mean, variance, epsilon=max(epsilon, 1.001e-5), data_format=data_format, is_training=is_training,
                       name=name))[:3]


def batch_norm_with_global_normalization(t, m, v, beta, gamma, variance_epsilon, scale_after_normalization, name=None):
    """batch_normalization with its arguments of the beginning; gamma counts only where scale_after_normalization says so."""
    return batch_normalization(t, m, v, beta, gamma if scale_after_normalization else None, variance_epsilon, name)
