"""Learning rates that fall with the global step."""
import math

from pytfgraph.framework import dtypes, ops
from pytfgraph.framework.constant_op import constant
from pytfgraph.ops import control_flow_ops, math_ops, random_ops


def _need_step(global_step, message):
    if global_step is None:
        raise ValueError(message)


def _fraction(global_step, decay_steps, decay_rate, dtype, staircase):
    """global_step / decay_steps (whole numbers, for a staircase), and decay_rate, as `dtype`."""
    decay_steps = math_ops.cast(decay_steps, dtype)
    decay_rate = math_ops.cast(decay_rate, dtype)
    p = math_ops.cast(global_step, dtype) / decay_steps
    return (math_ops.floor(p) if staircase else p), decay_rate


def exponential_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False, name=None):
    """learning_rate * decay_rate ** (global_step / decay_steps); with `staircase` the quotient is rounded down."""
    _need_step(global_step, "global_step is required for exponential_decay.")
    with ops.name_scope(name, "ExponentialDecay", [learning_rate, global_step, decay_steps, decay_rate]) as name:
        learning_rate = ops.convert_to_tensor(learning_rate, name="learning_rate")
        p, decay_rate = _fraction(global_step, decay_steps, decay_rate, learning_rate.dtype, staircase)
        return math_ops.multiply(learning_rate, math_ops.pow(decay_rate, p), name=name)


def natural_exp_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False, name=None):
    """learning_rate * exp(-decay_rate * global_step / decay_steps)."""
    _need_step(global_step, "global_step is required for natural_exp_decay.")
    with ops.name_scope(name, "NaturalExpDecay", [learning_rate, global_step, decay_rate]) as name:
        learning_rate = ops.convert_to_tensor(learning_rate, name="learning_rate")
        p, decay_rate = _fraction(global_step, decay_steps, decay_rate, learning_rate.dtype, staircase)
        exponent = math_ops.exp(math_ops.multiply(math_ops.negative(decay_rate), p))
        return math_ops.multiply(learning_rate, exponent, name=name)


def inverse_time_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False, name=None):
    """learning_rate / (1 + decay_rate * global_step / decay_steps)."""
    _need_step(global_step, "global_step is required for inverse_time_decay.")
    with ops.name_scope(name, "InverseTimeDecay", [learning_rate, global_step, decay_rate]) as name:
        learning_rate = ops.convert_to_tensor(learning_rate, name="learning_rate")
        p, decay_rate = _fraction(global_step, decay_steps, decay_rate, learning_rate.dtype, staircase)
        one = math_ops.cast(constant(1), learning_rate.dtype)
        return math_ops.div(learning_rate, math_ops.add(one, math_ops.multiply(decay_rate, p)), name=name)


def piecewise_constant(x, boundaries, values, name=None):
    """values[i] for x in (boundaries[i-1], boundaries[i]].

    Raises:
      ValueError: if there is not one value more than boundaries, or types differ.
    """
    if len(boundaries) != len(values) - 1:
        raise ValueError("The length of boundaries should be 1 less than the length of values")
    with ops.name_scope(name, "PiecewiseConstant", [x, boundaries, values, name]) as name:
        boundaries = ops.convert_n_to_tensor(boundaries)
        values = ops.convert_n_to_tensor(values)
        x = ops.convert_to_tensor(x)
        kind = x.dtype.base_dtype
        for i, b in enumerate(boundaries):
            if b.dtype.base_dtype != kind:
                if (b.dtype.base_dtype, kind) != (dtypes.int32, dtypes.int64):
                    raise ValueError("Boundaries (%s) must have the same dtype as x (%s)." % (b.dtype.base_dtype, kind))
                boundaries[i] = math_ops.cast(b, kind)
        for v in values[1:]:
            if v.dtype.base_dtype != values[0].dtype.base_dtype:
                raise ValueError("Values must have elements all with the same dtype (%s vs %s)."
                                 % (values[0].dtype.base_dtype, v.dtype.base_dtype))
        pairs = [(x <= boundaries[0], lambda: values[0]), (x > boundaries[-1], lambda: values[-1])]
        for low, high, v in zip(boundaries[:-1], boundaries[1:], values[1:-1]):
            pairs.append(((x > low) & (x <= high), lambda v=v: v))
        return control_flow_ops.case(pairs, lambda: values[0], exclusive=True)


def polynomial_decay(learning_rate, global_step, decay_steps, end_learning_rate=0.0001, power=1.0, cycle=False, name=None):
    """From learning_rate to end_learning_rate along a polynomial; with `cycle`, again and again."""
    _need_step(global_step, "global_step is required for polynomial_decay.")
    with ops.name_scope(name, "PolynomialDecay", [learning_rate, global_step, decay_steps, end_learning_rate, power]) as name:
        learning_rate = ops.convert_to_tensor(learning_rate, name="learning_rate")
        dtype = learning_rate.dtype
        end_learning_rate = math_ops.cast(end_learning_rate, dtype)
        power = math_ops.cast(power, dtype)
        step = math_ops.cast(global_step, dtype)
        steps = math_ops.cast(decay_steps, dtype)
        if cycle:
            factor = control_flow_ops.cond(math_ops.equal(step, 0), lambda: 1.0, lambda: math_ops.ceil(step / decay_steps))
            steps = math_ops.multiply(steps, factor)
        else:
            step = math_ops.minimum(step, decay_steps)
        p = math_ops.div(step, steps)
        fallen = math_ops.multiply(learning_rate - end_learning_rate, math_ops.pow(1 - p, power))
        return math_ops.add(fallen, end_learning_rate, name=name)


def _half_cosine(fraction):
    return 0.5 * (1.0 + math_ops.cos(constant(math.pi) * fraction))


def cosine_decay(learning_rate, global_step, decay_steps, alpha=0.0, name=None):
    """From learning_rate to alpha times it along half a cosine (Loshchilov and Hutter, arXiv:1608.03983)."""
    _need_step(global_step, "cosine decay requires global_step")
    with ops.name_scope(name, "CosineDecay", [learning_rate, global_step]) as name:
        learning_rate = ops.convert_to_tensor(learning_rate, name="learning_rate")
        dtype = learning_rate.dtype
        decay_steps = math_ops.cast(decay_steps, dtype)
        step = math_ops.minimum(math_ops.cast(global_step, dtype), decay_steps)
        cosine = _half_cosine(step / decay_steps)
        return math_ops.multiply(learning_rate, (1 - alpha) * cosine + alpha)


def cosine_decay_restarts(learning_rate, global_step, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0, name=None):
    """cosine_decay that starts again, each time over t_mul times the steps and from m_mul times the rate."""
    _need_step(global_step, "cosine decay restarts requires global_step")
    with ops.name_scope(name, "SGDRDecay", [learning_rate, global_step]) as name:
        learning_rate = ops.convert_to_tensor(learning_rate, name="initial_learning_rate")
        dtype = learning_rate.dtype
        first_decay_steps = math_ops.cast(first_decay_steps, dtype)
        alpha, t_mul, m_mul = math_ops.cast(alpha, dtype), math_ops.cast(t_mul, dtype), math_ops.cast(m_mul, dtype)
        done = math_ops.cast(global_step, dtype) / first_decay_steps

        def equal_periods():
            i = math_ops.floor(done)
            return i, done - i

        def growing_periods():
            i = math_ops.floor(math_ops.log(1.0 - done * (1.0 - t_mul)) / math_ops.log(t_mul))
            before = (1.0 - t_mul ** i) / (1.0 - t_mul)
            return i, (done - before) / t_mul ** i

        i, fraction = control_flow_ops.cond(math_ops.equal(t_mul, 1.0), equal_periods, growing_periods)
        cosine = 0.5 * m_mul ** i * (1.0 + math_ops.cos(constant(math.pi) * fraction))
        return math_ops.multiply(learning_rate, (1 - alpha) * cosine + alpha, name=name)


def _linear_and_cosine(global_step, decay_steps, num_periods, dtype):
    decay_steps = math_ops.cast(decay_steps, dtype)
    num_periods = math_ops.cast(num_periods, dtype)
    step = math_ops.minimum(math_ops.cast(global_step, dtype), decay_steps)
    linear = (decay_steps - step) / decay_steps
    return step, linear, _half_cosine(2.0 * num_periods * (step / decay_steps))


def linear_cosine_decay(learning_rate, global_step, decay_steps, num_periods=0.5, alpha=0.0, beta=0.001, name=None):
    """(alpha + linear decay) * cosine + beta (Bello et al., arXiv:1709.07417)."""
    _need_step(global_step, "linear cosine decay requires global_step")
    with ops.name_scope(name, "LinearCosineDecay", [learning_rate, global_step]) as name:
        learning_rate = ops.convert_to_tensor(learning_rate, name="learning_rate")
        dtype = learning_rate.dtype
        alpha, beta = math_ops.cast(alpha, dtype), math_ops.cast(beta, dtype)
        _, linear, cosine = _linear_and_cosine(global_step, decay_steps, num_periods, dtype)
        return math_ops.multiply(learning_rate, (alpha + linear) * cosine + beta, name=name)


def noisy_linear_cosine_decay(learning_rate, global_step, decay_steps, initial_variance=1.0, variance_decay=0.55, num_periods=0.5,
                              alpha=0.0, beta=0.001, name=None):
    """linear_cosine_decay with noise whose variance falls (Bello et al., arXiv:1709.07417)."""
    _need_step(global_step, "noisy linear cosine decay requires global_step")
    with ops.name_scope(name, "NoisyLinearCosineDecay", [learning_rate, global_step]) as name:
        learning_rate = ops.convert_to_tensor(learning_rate, name="learning_rate")
        dtype = learning_rate.dtype
        initial_variance, variance_decay = math_ops.cast(initial_variance, dtype), math_ops.cast(variance_decay, dtype)
        alpha, beta = math_ops.cast(alpha, dtype), math_ops.cast(beta, dtype)
        step, linear, cosine = _linear_and_cosine(global_step, decay_steps, num_periods, dtype)
        deviation = math_ops.sqrt(initial_variance / math_ops.pow(1.0 + step, variance_decay))
        linear = linear + random_ops.random_normal(linear.shape, stddev=deviation)
        return math_ops.multiply(learning_rate, (alpha + linear) * cosine + beta, name=name)
