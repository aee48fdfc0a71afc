"""Neural-network functions built of others: losses, moments, normalisation."""
import math

from pytfgraph.framework import dtypes, ops
from pytfgraph.framework.constant_op import constant
from pytfgraph.ops import array_ops, candidate_sampling_ops, embedding_ops, math_ops, nn_ops, sparse_ops, variables
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
        return math_ops.add((1 - targets) * logits,
                            weight * (math_ops.log1p(math_ops.exp(-math_ops.abs(logits))) + nn_ops.relu(-logits)), name=name)


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


# ---- Losses over a few of many classes ----

def _row_sums(x):
    """The sums of a matrix's rows, as a product with ones."""
    columns = array_ops.shape(x)[1]
    ones = array_ops.ones(array_ops.stack([columns, 1]), x.dtype)
    return array_ops.reshape(math_ops.matmul(x, ones), [-1])


def _true_logits(inputs, true_w, true_b, num_true):
    """inputs . w + b for each example's own classes."""
    dim = array_ops.shape(true_w)[1:2]
    per_example = array_ops.concat([[-1, num_true], dim], 0)
    products = math_ops.multiply(array_ops.expand_dims(inputs, 1), array_ops.reshape(true_w, per_example))
    rows = array_ops.reshape(products, array_ops.concat([[-1], dim], 0))
    logits = array_ops.reshape(_row_sums(rows), [-1, num_true])
    return logits, array_ops.reshape(true_b, [-1, num_true])


def _hits(labels, sampled, num_true, num_sampled, dtype):
    """A matrix of the lowest float where a class drawn is one of the example's own, else 0."""
    examples, places, weights = candidate_sampling_ops.compute_accidental_hits(labels, sampled, num_true=num_true)
    examples = array_ops.reshape(examples, [-1, 1])
    places = array_ops.reshape(math_ops.cast(places, dtypes.int32), [-1, 1])
    indices = array_ops.concat([examples, places], 1, "sparse_indices")
    shape = array_ops.concat([array_ops.shape(labels)[:1], array_ops.expand_dims(num_sampled, 0)], 0)
    if weights.dtype != dtype:
        weights = math_ops.cast(weights, dtype)
    return sparse_ops.sparse_to_dense(indices, shape, weights, default_value=0.0, validate_indices=False)


def _compute_sampled_logits(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1, sampled_values=None, subtract_log_q=True,
                            remove_accidental_hits=False, partition_strategy="mod", name=None, seed=None):
    """Logits and labels [batch, num_true + num_sampled] of the true classes and of some drawn ones; see nce_loss."""
    if isinstance(weights, variables.PartitionedVariable):
        weights = list(weights)
    if not isinstance(weights, list):
        weights = [weights]
    with ops.name_scope(name, "compute_sampled_logits", weights + [biases, inputs, labels]):
        if labels.dtype != dtypes.int64:
            labels = math_ops.cast(labels, dtypes.int64)
        flat = array_ops.reshape(labels, [-1])
        if sampled_values is None:
            sampled_values = candidate_sampling_ops.log_uniform_candidate_sampler(
                true_classes=labels, num_true=num_true, num_sampled=num_sampled, unique=True, range_max=num_classes, seed=seed)
        sampled, true_count, sampled_count = [array_ops.stop_gradient(s) for s in sampled_values]
        sampled = math_ops.cast(sampled, dtypes.int64)
        ids = array_ops.concat([flat, sampled], 0)
        all_w = embedding_ops.embedding_lookup(weights, ids, partition_strategy=partition_strategy)
        true_w = array_ops.slice(all_w, [0, 0], array_ops.stack([array_ops.shape(flat)[0], -1]))
        sampled_w = array_ops.slice(all_w, array_ops.stack([array_ops.shape(flat)[0], 0]), [-1, -1])
        sampled_logits = math_ops.matmul(inputs, sampled_w, transpose_b=True)
        all_b = embedding_ops.embedding_lookup(biases, ids, partition_strategy=partition_strategy)
        true_b = array_ops.slice(all_b, [0], array_ops.shape(flat))
        sampled_b = array_ops.slice(all_b, array_ops.shape(flat), [-1])
        true_logits, true_b = _true_logits(inputs, true_w, true_b, num_true)
        true_logits += true_b
        sampled_logits += sampled_b
        if remove_accidental_hits:
            sampled_logits += _hits(labels, sampled, num_true, num_sampled, sampled_logits.dtype)
        if subtract_log_q:
            true_logits -= math_ops.log(true_count)
            sampled_logits -= math_ops.log(sampled_count)
        logits = array_ops.concat([true_logits, sampled_logits], 1)
        labels = array_ops.concat([array_ops.ones_like(true_logits) / num_true, array_ops.zeros_like(sampled_logits)], 1)
        return logits, labels


def nce_loss(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1, sampled_values=None, remove_accidental_hits=False,
             partition_strategy="mod", name="nce_loss"):
    """The noise-contrastive loss of each example (Gutmann and Hyvarinen, 2010): its own classes against some drawn ones.

    Args:
      weights: [num_classes, dim], or a list of tensors that are its parts.
      biases: [num_classes].
      labels: int64 [batch, num_true].
      inputs: [batch, dim].
      num_sampled: how many classes are drawn for the batch.
      num_classes: how many there are.
      num_true: how many an example has.
      sampled_values: what a candidate sampler gave; by default log_uniform_candidate_sampler's.
      remove_accidental_hits: whether classes drawn that are an example's own are left out for it.
      partition_strategy: "mod" or "div": how the classes are spread over the parts of `weights`.
      name: of the operations.

    Returns:
      A vector of `batch` losses.

    Raises:
      ValueError: where shapes do not fit.
    """
    logits, labels = _compute_sampled_logits(weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values, True,
                                             remove_accidental_hits, partition_strategy, name)
    return _row_sums(sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name="sampled_losses"))


def sampled_softmax_loss(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1, sampled_values=None, remove_accidental_hits=True,
                         partition_strategy="mod", name="sampled_softmax_loss", seed=None):
    """The cross entropy of each example over its own classes and some drawn ones: below that over all classes, so for training only.

    Arguments and result are those of nce_loss; `seed` is that of the draw.
    """
    logits, labels = _compute_sampled_logits(weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values, True,
                                             remove_accidental_hits, partition_strategy, name, seed)
    labels = array_ops.stop_gradient(labels, name="labels_stop_gradient")
    return nn_ops.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits)
