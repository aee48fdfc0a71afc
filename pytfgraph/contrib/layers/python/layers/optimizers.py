"""optimize_loss: an optimizer, its learning rate, clipping and summaries by one call."""
from pytfgraph.contrib import framework as contrib_framework
from pytfgraph.framework import ops
from pytfgraph.ops import array_ops, clip_ops, control_flow_ops, init_ops, math_ops, random_ops
from pytfgraph.ops import variable_scope as vs
from pytfgraph.ops import variables as vars_
from pytfgraph.summary import summary
from pytfgraph.training import adagrad, adam, ftrl, gradient_descent, momentum, moving_averages, rmsprop, training_util
from pytfgraph.training import optimizer as optimizer_

OPTIMIZER_CLS_NAMES = {
    "Adagrad": adagrad.AdagradOptimizer,
    "Adam": adam.AdamOptimizer,
    "Ftrl": ftrl.FtrlOptimizer,
    "Momentum": lambda learning_rate: momentum.MomentumOptimizer(learning_rate, momentum=0.9),
    "RMSProp": rmsprop.RMSPropOptimizer,
    "SGD": gradient_descent.GradientDescentOptimizer,
}

OPTIMIZER_SUMMARIES = ["learning_rate", "loss", "gradients", "gradient_norm", "global_gradient_norm"]


def optimize_loss(loss, global_step, learning_rate, optimizer, gradient_noise_scale=None, gradient_multipliers=None, clip_gradients=None,
                  learning_rate_decay_fn=None, update_ops=None, variables=None, name=None, summaries=None,
                  colocate_gradients_with_ops=False, increment_global_step=True):
    """A tensor that is the loss, and whose evaluation makes a step of an optimizer.

    Args:
      loss: a scalar.
      global_step: an integer variable that counts steps; the graph's one if None.
      learning_rate: a float, a scalar tensor, or None for an optimizer that has its own.
      optimizer: a name of OPTIMIZER_CLS_NAMES, a class, an Optimizer, or a function of the learning rate (of nothing where that is None).
      gradient_noise_scale: deviation of noise that is added to the gradients.
      gradient_multipliers: a dictionary from variables, or their names, to factors of their gradients.
      clip_gradients: a float, to which the gradients' global norm is clipped, or a function of a list of (gradient, variable).
      learning_rate_decay_fn: a function of the learning rate and global_step that gives the rate to use.
      update_ops: operations that run before the loss is computed; the collection UPDATE_OPS if None.
      variables: a list of them; all that are for training if None.
      name: of the scope.
      summaries: a list of names of OPTIMIZER_SUMMARIES; loss, learning rate and global norm if None.
      colocate_gradients_with_ops: as of tf.gradients.
      increment_global_step: whether the step counts.

    Raises:
      ValueError: an argument is none of these, the learning rate is below 0, or no gradient is left.
    """
    loss = ops.convert_to_tensor(loss)
    contrib_framework.assert_scalar(loss)
    if global_step is None:
        global_step = training_util.get_global_step()
    else:
        training_util.assert_global_step(global_step)
    with vs.variable_scope(name, "OptimizeLoss", [loss, global_step]):
        update_ops = set(ops.get_collection(ops.GraphKeys.UPDATE_OPS)) if update_ops is None else update_ops
        if update_ops:
            loss = control_flow_ops.with_dependencies(list(update_ops), loss)
        rate = _learning_rate(learning_rate)
        summaries = _checked_summaries(summaries)
        if learning_rate is not None and learning_rate_decay_fn is not None:
            if global_step is None:
                raise ValueError("global_step is required for learning_rate_decay_fn.")
            rate = learning_rate_decay_fn(rate, global_step)
            if "learning_rate" in summaries:
                summary.scalar("learning_rate", rate)
        opt = _optimizer(optimizer, rate)
        gradients = opt.compute_gradients(loss, vars_.trainable_variables() if variables is None else variables,
                                          colocate_gradients_with_ops=colocate_gradients_with_ops)
        if gradient_noise_scale is not None:
            gradients = _add_scaled_noise_to_gradients(gradients, gradient_noise_scale)
        if gradient_multipliers is not None:
            gradients = _multiply_gradients(gradients, gradient_multipliers)
            if not gradients:
                raise ValueError("Empty list of (gradient, var) pairs encountered. This is most likely to be caused by an improper value "
                                 "of gradient_multipliers.")
        gradients = _clipped(gradients, clip_gradients, loss, summaries)
        updates = opt.apply_gradients(gradients, global_step=global_step if increment_global_step else None, name="train")
        return control_flow_ops.with_dependencies([updates], loss)


def _learning_rate(rate):
    """A scalar tensor as it is, a float as a variable `learning_rate`."""
    if rate is None or isinstance(rate, ops.Tensor) and rate.get_shape().ndims == 0:
        return rate
    if not isinstance(rate, float):
        raise ValueError("Learning rate should be 0d Tensor or float. Got %s of type %s" % (str(rate), str(type(rate))))
    if rate < 0.0:
        raise ValueError("Invalid learning_rate %s.", rate)
    return vs.get_variable("learning_rate", [], trainable=False, initializer=init_ops.constant_initializer(rate))


def _checked_summaries(summaries):
    if summaries is None:
        return ["loss", "learning_rate", "global_gradient_norm"]
    for wanted in summaries:
        if wanted not in OPTIMIZER_SUMMARIES:
            raise ValueError("Summaries should be one of [%s], you provided %s." % (", ".join(OPTIMIZER_SUMMARIES), wanted))
    return summaries


def _optimizer(optimizer, rate):
    """The Optimizer that a name, a class, a function or an Optimizer stands for."""
    if isinstance(optimizer, optimizer_.Optimizer):
        return optimizer
    if isinstance(optimizer, str) or isinstance(optimizer, type) and issubclass(optimizer, optimizer_.Optimizer):
        if rate is None:
            raise ValueError("Learning rate is None, but should be specified if optimizer is %s (%s)."
                             % ("string" if isinstance(optimizer, str) else "class", optimizer))
        if isinstance(optimizer, str) and optimizer not in OPTIMIZER_CLS_NAMES:
            raise ValueError("Optimizer name should be one of [%s], you provided %s." % (", ".join(OPTIMIZER_CLS_NAMES), optimizer))
        return OPTIMIZER_CLS_NAMES.get(optimizer, optimizer)(learning_rate=rate)
    if not callable(optimizer):
        raise ValueError("Unrecognized optimizer: should be string, subclass of Optimizer, instance of subclass of Optimizer or function "
                         "with one argument. Got %s." % str(optimizer))
    made = optimizer(rate) if rate is not None else optimizer()
    if not isinstance(made, optimizer_.Optimizer):
        raise ValueError("Unrecognized optimizer: function should return subclass of Optimizer. Got %s." % str(made))
    return made


def _clipped(gradients, clip_gradients, loss, summaries):
    """The gradients as they are applied, and the summaries of them and of the loss."""
    norms = "global_gradient_norm" in summaries or "gradient_norm" in summaries
    if norms:
        summary.scalar("global_norm/gradient_norm", clip_ops.global_norm(list(zip(*gradients))[0]))
    if isinstance(clip_gradients, float):
        gradients = _clip_gradients_by_norm(gradients, clip_gradients)
    elif callable(clip_gradients):
        gradients = clip_gradients(gradients)
    elif clip_gradients is not None:
        raise ValueError("Unknown type %s for clip_gradients" % type(clip_gradients))
    if "loss" in summaries:
        summary.scalar("loss", loss)
    for gradient, variable in gradients:
        values = gradient.values if isinstance(gradient, ops.IndexedSlices) else gradient
        if values is not None:
            own = variable.name.replace(":", "_")
            if "gradients" in summaries:
                summary.histogram("gradients/%s" % own, values)
            if "gradient_norm" in summaries:
                summary.scalar("gradient_norm/%s" % own, clip_ops.global_norm([values]))
    if clip_gradients is not None and norms:
        summary.scalar("global_norm/clipped_gradient_norm", clip_ops.global_norm(list(zip(*gradients))[0]))
    return gradients


def _clip_gradients_by_norm(grads_and_vars, clip_gradients):
    gradients, variables = zip(*grads_and_vars)
    return list(zip(clip_ops.clip_by_global_norm(gradients, clip_gradients)[0], variables))


def _adaptive_max_norm(norm, std_factor, decay, global_step, epsilon, name):
    """The largest norm that is usual, and the mean of log(norm), by moving averages."""
    with vs.variable_scope(name, "AdaptiveMaxNorm", [norm]):
        log_norm = math_ops.log(norm + epsilon)

        def average(name, value, decay):
            variable = vs.get_variable(name, shape=value.get_shape(), dtype=value.dtype, initializer=init_ops.zeros_initializer(),
                                       trainable=False)
            return moving_averages.assign_moving_average(variable, value, decay, zero_debias=False)

        if global_step is not None:
            n = math_ops.to_float(global_step)
            decay = math_ops.minimum(decay, n / (n + 1.0))
        mean = average("mean", log_norm, decay)
        square = average("sq_mean", math_ops.square(log_norm), decay)
        deviation = math_ops.sqrt(math_ops.maximum(epsilon, square - math_ops.square(mean)))
        return math_ops.exp(mean + std_factor * deviation), mean


def adaptive_clipping_fn(std_factor=2.0, decay=0.95, static_max_norm=None, global_step=None, report_summary=False, epsilon=1e-8, name=None):
    """A function for optimize_loss's clip_gradients: norms that are unusually large become usual.

    With moving averages of log(norm), the gradients are scaled to the norm exp(mean) where theirs exceeds exp(mean + std_factor *
    deviation).

    Args:
      std_factor: a number or scalar tensor.
      decay: of the averages.
      static_max_norm: a norm that is never exceeded.
      global_step: makes the averages follow faster at first.
      report_summary: whether there is a summary of the largest norm.
      epsilon: keeps the variance above 0.
      name: of the scope.

    Returns:
      A function of a list of (gradient, variable).
    """
    def gradient_clipping(grads_and_vars):
        gradients, variables = zip(*grads_and_vars)
        norm = clip_ops.global_norm(gradients)
        largest, log_mean = _adaptive_max_norm(norm, std_factor, decay, global_step, epsilon, name)
        if report_summary:
            summary.scalar("global_norm/adaptive_max_gradient_norm", largest)
        factor = array_ops.where(norm < largest, array_ops.ones_like(norm), math_ops.exp(log_mean) / norm)
        if static_max_norm is not None:
            factor = math_ops.minimum(static_max_norm / norm, factor)
        return list(zip([_times(gradient, lambda x: x * factor) for gradient in gradients], variables))

    return gradient_clipping


def _times(gradient, scaled):
    """A gradient whose values are scaled; None stays."""
    if gradient is None:
        return None
    if isinstance(gradient, ops.IndexedSlices):
        return ops.IndexedSlices(scaled(gradient.values), gradient.indices, gradient.dense_shape)
    return scaled(gradient)


def _add_scaled_noise_to_gradients(grads_and_vars, gradient_noise_scale):
    noisy = []
    for gradient, variable in grads_and_vars:
        if gradient is not None:
            shape = gradient.dense_shape if isinstance(gradient, ops.IndexedSlices) else gradient.get_shape()
            gradient = gradient + random_ops.truncated_normal(shape) * gradient_noise_scale
        noisy.append((gradient, variable))
    return noisy


def _multiply_gradients(grads_and_vars, gradient_multipliers):
    result = []
    for gradient, variable in grads_and_vars:
        if gradient is not None and (variable in gradient_multipliers or variable.name in gradient_multipliers):
            factor = gradient_multipliers[variable if variable in gradient_multipliers else variable.name]
            if isinstance(gradient, ops.IndexedSlices):
                gradient = _times(gradient, lambda x: x * factor)
            else:
                gradient = gradient * math_ops.cast(factor, gradient.dtype)
        result.append((gradient, variable))
    return result
