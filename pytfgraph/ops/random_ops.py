"""Random tensors; seeds are those of framework.random_seed."""
import numpy as np

from pytfgraph.framework import dtypes, ops, random_seed, tensor_util
from pytfgraph.ops import array_ops, control_flow_ops, math_ops, raw

gen = raw.module("gen_random_ops")


def _seeds(seed):
    """get_seed's pair, zeros where there is none (the kernel then draws its own)."""
    seed1, seed2 = random_seed.get_seed(seed)
    return {"seed": seed1 or 0, "seed2": seed2 or 0}


def random_normal(shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, seed=None, name=None):
    """Normal numbers of a shape, with a mean and a standard deviation."""
    with ops.name_scope(name, "random_normal", [shape, mean, stddev]) as name:
        shape = tensor_util.shape_tensor(shape)
        mean = ops.convert_to_tensor(mean, dtype=dtype, name="mean")
        stddev = ops.convert_to_tensor(stddev, dtype=dtype, name="stddev")
        normal = gen.random_standard_normal(shape, dtype, **_seeds(seed))
        return math_ops.add(normal * stddev, mean, name=name)


def parameterized_truncated_normal(shape, means=0.0, stddevs=1.0, minvals=-2.0, maxvals=2.0, dtype=dtypes.float32, seed=None,
                                   name=None):
    """Normal numbers within bounds; parameters are scalars or one per batch (the first dimension)."""
    with ops.name_scope(name, "parameterized_truncated_normal", [shape, means, stddevs, minvals, maxvals]) as name:
        shape = tensor_util.shape_tensor(shape)
        parts = [ops.convert_to_tensor(v, dtype=dtype, name=n) for v, n in
                 ((means, "means"), (stddevs, "stddevs"), (minvals, "minvals"), (maxvals, "maxvals"))]
        return gen.parameterized_truncated_normal(shape, *parts, **_seeds(seed))


def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, seed=None, name=None):
    """Normal numbers, those beyond two standard deviations drawn again."""
    with ops.name_scope(name, "truncated_normal", [shape, mean, stddev]) as name:
        shape = tensor_util.shape_tensor(shape)
        mean = ops.convert_to_tensor(mean, dtype=dtype, name="mean")
        stddev = ops.convert_to_tensor(stddev, dtype=dtype, name="stddev")
        normal = gen.truncated_normal(shape, dtype, **_seeds(seed))
        return math_ops.add(normal * stddev, mean, name=name)


def random_uniform(shape, minval=0, maxval=None, dtype=dtypes.float32, seed=None, name=None):
    """Numbers uniform in [minval, maxval); integers need a maxval.

    Raises:
      ValueError: for other dtypes, or an integer dtype without maxval.
    """
    dtype = dtypes.as_dtype(dtype)
    if dtype not in (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64):
        raise ValueError("Invalid dtype %r" % dtype)
    if maxval is None:
        if dtype.is_integer:
            raise ValueError("Must specify maxval for integer dtype %r" % dtype)
        maxval = 1
    with ops.name_scope(name, "random_uniform", [shape, minval, maxval]) as name:
        shape = tensor_util.shape_tensor(shape)
        minval = ops.convert_to_tensor(minval, dtype=dtype, name="min")
        maxval = ops.convert_to_tensor(maxval, dtype=dtype, name="max")
        seeds = _seeds(seed)
        if dtype.is_integer:
            return gen.random_uniform_int(shape, minval, maxval, name=name, **seeds)
        uniform = gen.random_uniform(shape, dtype, **seeds)
        return math_ops.add(uniform * (maxval - minval), minval, name=name)


def random_shuffle(value, seed=None, name=None):
    """The rows of a tensor in random order."""
    return gen.random_shuffle(value, name=name, **_seeds(seed))


def random_crop(value, size, seed=None, name=None):
    """A part of a tensor of the given size, at a random place."""
    with ops.name_scope(name, "random_crop", [value, size]) as name:
        value = ops.convert_to_tensor(value, name="value")
        size = ops.convert_to_tensor(size, dtype=dtypes.int32, name="size")
        shape = array_ops.shape(value)
        check = control_flow_ops.Assert(math_ops.reduce_all(shape >= size), ["Need value.shape >= size, got ", shape, size],
                                        summarize=1000)
        shape = control_flow_ops.with_dependencies([check], shape)
        limit = shape - size + 1
        offset = random_uniform(array_ops.shape(shape), dtype=size.dtype, maxval=size.dtype.max, seed=seed) % limit
        return array_ops.slice(value, offset, size, name=name)


def multinomial(logits, num_samples, seed=None, name=None, output_dtype=None):
    """Draws classes with probabilities softmax(logits), per row: [rows, num_samples]."""
    with ops.name_scope(name, "multinomial", [logits]):
        return multinomial_categorical_impl(logits, num_samples, output_dtype, seed)


def categorical(logits, num_samples, dtype=None, seed=None, name=None):
    """multinomial under its later name."""
    with ops.name_scope(name, "categorical", [logits]):
        return multinomial_categorical_impl(logits, num_samples, dtype, seed)


def multinomial_categorical_impl(logits, num_samples, dtype, seed):
    logits = ops.convert_to_tensor(logits, name="logits")
    seeds = _seeds(seed)
    return gen.multinomial(logits, num_samples, output_dtype=dtype or dtypes.int64, **seeds)


def random_gamma(shape, alpha, beta=None, dtype=dtypes.float32, seed=None, name=None):
    """Gamma-distributed numbers: a tensor of shape `shape` for each pair of parameters (behind it)."""
    with ops.name_scope(name, "random_gamma", [shape, alpha, beta]):
        shape = ops.convert_to_tensor(shape, name="shape", dtype=dtypes.int32)
        alpha = ops.convert_to_tensor(alpha, name="alpha", dtype=dtype)
        beta = ops.convert_to_tensor(beta if beta is not None else 1, name="beta", dtype=dtype)
        alpha += array_ops.zeros_like(beta)
        seeds = _seeds(seed)
        tiny = np.finfo(dtype.as_numpy_dtype).tiny
        return math_ops.maximum(tiny, gen.random_gamma(shape, alpha, **seeds) / beta)


def random_poisson(lam, shape, dtype=dtypes.float32, seed=None, name=None):
    """Poisson-distributed numbers: a tensor of shape `shape` for each rate (behind it)."""
    with ops.name_scope(name, "random_poisson", [lam, shape]):
        shape = ops.convert_to_tensor(shape, name="shape", dtype=dtypes.int32)
        return gen.random_poisson_v2(shape, lam, dtype=dtype, **_seeds(seed))
