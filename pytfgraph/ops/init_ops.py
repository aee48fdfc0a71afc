"""Initializers: functions from a shape to an initial value."""
import importlib
import math

import numpy as np

from pytfgraph.framework import constant_op, dtypes
from pytfgraph.ops import array_ops, math_ops, random_ops, raw
from pytfgraph.util import deprecation


def __getattr__(name):
    """The initializers of convolutions have a module of their own."""
    if name.startswith(("convolutional_", "Convolution")):
        module = importlib.import_module("pytfgraph.ops.init_convolutions")
        if hasattr(module, name):
            return getattr(module, name)
    raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name), name=name)


class Initializer:
    """The base: an object called with (shape, dtype, partition_info), giving a Tensor."""

    _fields = ()

    def __call__(self, shape, dtype=None, partition_info=None):
        raise NotImplementedError

    def get_config(self):
        """The arguments that make this initializer again, a dict."""
        return {f: self.dtype.name if f == "dtype" else getattr(self, f) for f in self._fields}

    @classmethod
    def from_config(cls, config):
        """An initializer of a configuration."""
        return cls(**config)


def _float_dtype(dtype):
    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_floating:
        raise ValueError("Expected floating point type, got %s." % dtype)
    return dtype


class Zeros(Initializer):
    """All zeros."""
    _fields = ("dtype",)

    def __init__(self, dtype=dtypes.float32):
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        return array_ops.zeros(shape, self.dtype if dtype is None else dtype)


class Ones(Initializer):
    """All ones."""
    _fields = ("dtype",)

    def __init__(self, dtype=dtypes.float32):
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        return array_ops.ones(shape, self.dtype if dtype is None else dtype)


class Constant(Initializer):
    """A constant, or values that fill the shape in order (the last one repeated).

    Raises:
      TypeError: if `value` is not a Python scalar, list, tuple or NumPy array.
    """
    _fields = ("value", "dtype")

    def __init__(self, value=0, dtype=dtypes.float32, verify_shape=False):
        if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
            raise TypeError("Invalid type for initial value: %s (expected Python scalar, list or tuple of values, or numpy.ndarray)."
                            % type(value))
        self.value = value
        self.dtype = dtypes.as_dtype(dtype)
        self._verify_shape = verify_shape

    def __call__(self, shape, dtype=None, partition_info=None, verify_shape=None):
        return constant_op.constant(self.value, dtype=self.dtype if dtype is None else dtype, shape=shape,
                                    verify_shape=self._verify_shape if verify_shape is None else verify_shape)


class RandomUniform(Initializer):
    """Uniform between minval and maxval."""
    _fields = ("minval", "maxval", "seed", "dtype")

    def __init__(self, minval=0, maxval=None, seed=None, dtype=dtypes.float32):
        self.minval = minval
        self.maxval = maxval
        self.seed = seed
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        return random_ops.random_uniform(shape, self.minval, self.maxval, self.dtype if dtype is None else dtype, seed=self.seed)


class RandomNormal(Initializer):
    """Normal with a mean and a standard deviation."""
    _fields = ("mean", "stddev", "seed", "dtype")

    def __init__(self, mean=0.0, stddev=1.0, seed=None, dtype=dtypes.float32):
        self.mean = mean
        self.stddev = stddev
        self.seed = seed
        self.dtype = _float_dtype(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        return random_ops.random_normal(shape, self.mean, self.stddev, self.dtype if dtype is None else dtype, seed=self.seed)


class TruncatedNormal(RandomNormal):
    """Normal, with values beyond two standard deviations drawn again."""

    def __call__(self, shape, dtype=None, partition_info=None):
        return random_ops.truncated_normal(shape, self.mean, self.stddev, self.dtype if dtype is None else dtype, seed=self.seed)


class UniformUnitScaling(Initializer):
    """Uniform with a width that keeps the scale of the input (Sussillo and Abbott, arXiv:1412.6558)."""
    _fields = ("factor", "seed", "dtype")

    @deprecation.deprecated(None, "Use tf.initializers.variance_scaling instead with distribution=uniform to get equivalent behavior.")
    def __init__(self, factor=1.0, seed=None, dtype=dtypes.float32):
        self.factor = factor
        self.seed = seed
        self.dtype = _float_dtype(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        whole = shape if partition_info is None else partition_info.full_shape
        input_size = 1.0
        for d in whole[:-1]:
            input_size *= float(d)
        limit = math.sqrt(3 / max(input_size, 1.0)) * self.factor
        return random_ops.random_uniform(shape, -limit, limit, self.dtype if dtype is None else dtype, seed=self.seed)


class VarianceScaling(Initializer):
    """Random with a variance of scale / fan.

    Args:
      scale: positive factor.
      mode: "fan_in", "fan_out" or "fan_avg".
      distribution: "normal" or "truncated_normal", "untruncated_normal", "uniform".
      seed: of the random numbers.
      dtype: floating.

    Raises:
      ValueError: for other arguments.
    """
    _fields = ("scale", "mode", "distribution", "seed", "dtype")

    def __init__(self, scale=1.0, mode="fan_in", distribution="truncated_normal", seed=None, dtype=dtypes.float32):
        if scale <= 0.:
            raise ValueError("`scale` must be positive float.")
        if mode not in {"fan_in", "fan_out", "fan_avg"}:
            raise ValueError("Invalid `mode` argument:", mode)
        distribution = distribution.lower()
        if distribution not in {"normal", "uniform", "truncated_normal", "untruncated_normal"}:
            raise ValueError("Invalid `distribution` argument:", distribution)
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.seed = seed
        self.dtype = _float_dtype(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        dtype = self.dtype if dtype is None else dtype
        fan_in, fan_out = _compute_fans(shape if partition_info is None else partition_info.full_shape)
        fan = {"fan_in": fan_in, "fan_out": fan_out}.get(self.mode, (fan_in + fan_out) / 2.)
        scale = self.scale / max(1., fan)
        if self.distribution in ("normal", "truncated_normal"):
            # 0.8796... is the standard deviation of a normal truncated at two deviations.
            return random_ops.truncated_normal(shape, 0.0, math.sqrt(scale) / .87962566103423978, dtype, seed=self.seed)
        if self.distribution == "untruncated_normal":
            return random_ops.random_normal(shape, 0.0, math.sqrt(scale), dtype, seed=self.seed)
        limit = math.sqrt(3.0 * scale)
        return random_ops.random_uniform(shape, -limit, limit, dtype, seed=self.seed)


class GlorotUniform(VarianceScaling):
    """Uniform within sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio, AISTATS 2010)."""
    _fields = ("seed", "dtype")

    def __init__(self, seed=None, dtype=dtypes.float32):
        super().__init__(scale=1.0, mode="fan_avg", distribution="uniform", seed=seed, dtype=dtype)


class GlorotNormal(VarianceScaling):
    """Truncated normal with deviation sqrt(2 / (fan_in + fan_out)) (Glorot and Bengio, AISTATS 2010)."""
    _fields = ("seed", "dtype")

    def __init__(self, seed=None, dtype=dtypes.float32):
        super().__init__(scale=1.0, mode="fan_avg", distribution="truncated_normal", seed=seed, dtype=dtype)


class Orthogonal(Initializer):
    """An orthogonal matrix: Q of the QR decomposition of normal numbers, with signs that make R's diagonal positive."""
    _fields = ("gain", "seed", "dtype")

    def __init__(self, gain=1.0, seed=None, dtype=dtypes.float32):
        self.gain = gain
        self.dtype = _float_dtype(dtype)
        self.seed = seed

    def __call__(self, shape, dtype=None, partition_info=None):
        dtype = self.dtype if dtype is None else dtype
        if len(shape) < 2:
            raise ValueError("The tensor to initialize must be at least two-dimensional")
        rows = 1
        for d in shape[:-1]:
            rows *= d
        columns = shape[-1]
        flat = (columns, rows) if rows < columns else (rows, columns)
        q, r = raw.function("qr")(random_ops.random_normal(flat, dtype=dtype, seed=self.seed), full_matrices=False)
        q *= math_ops.sign(array_ops.diag_part(r))
        if rows < columns:
            q = array_ops.matrix_transpose(q)
        return self.gain * array_ops.reshape(q, shape)


class Identity(Initializer):
    """The identity matrix, times `gain`; ValueError for shapes that are not 2-D."""
    _fields = ("gain", "dtype")

    def __init__(self, gain=1.0, dtype=dtypes.float32):
        self.gain = gain
        self.dtype = _float_dtype(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        whole = shape if partition_info is None else partition_info.full_shape
        if len(whole) != 2:
            raise ValueError("Identity matrix initializer can only be used for 2D matrices.")
        dtype = self.dtype if dtype is None else dtype
        if isinstance(dtype, str):
            dtype = dtypes.as_dtype(dtype)
        from pytfgraph.ops import linalg_ops
        initializer = linalg_ops.eye(*whole, dtype=dtype)
        if partition_info is not None:
            initializer = array_ops.slice(initializer, partition_info.var_offset, shape)
        return self.gain * initializer


zeros_initializer = Zeros
ones_initializer = Ones
constant_initializer = Constant
random_uniform_initializer = RandomUniform
random_normal_initializer = RandomNormal
truncated_normal_initializer = TruncatedNormal
uniform_unit_scaling_initializer = UniformUnitScaling
variance_scaling_initializer = VarianceScaling
glorot_uniform_initializer = GlorotUniform
glorot_normal_initializer = GlorotNormal
orthogonal_initializer = Orthogonal
identity_initializer = Identity


def lecun_normal(seed=None):
    """Truncated normal with deviation sqrt(1 / fan_in)."""
    return VarianceScaling(scale=1., mode="fan_in", distribution="truncated_normal", seed=seed)


def lecun_uniform(seed=None):
    """Uniform within sqrt(3 / fan_in)."""
    return VarianceScaling(scale=1., mode="fan_in", distribution="uniform", seed=seed)


def he_normal(seed=None):
    """Truncated normal with deviation sqrt(2 / fan_in) (He et al., arXiv:1502.01852)."""
    return VarianceScaling(scale=2., mode="fan_in", distribution="truncated_normal", seed=seed)


def he_uniform(seed=None):
    """Uniform within sqrt(6 / fan_in) (He et al., arXiv:1502.01852)."""
    return VarianceScaling(scale=2., mode="fan_in", distribution="uniform", seed=seed)


def _compute_fans(shape):
    """The numbers of inputs and outputs of a unit with weights of this shape (spatial dimensions first)."""
    if len(shape) < 1:
        return 1, 1
    if len(shape) == 1:
        return shape[0], shape[0]
    if len(shape) == 2:
        return shape[0], shape[1]
    field = 1.
    for d in shape[:-2]:
        field *= d
    return shape[-2] * field, shape[-1] * field
