"""Fourier and cosine transforms."""
import math

from pytfgraph.framework import dtypes, ops, tensor_util
from pytfgraph.ops import raw

gen_spectral_ops = raw.module("gen_spectral_ops")


def __getattr__(name):
    if not name.startswith("__"):
        try:
            return getattr(gen_spectral_ops, name)
        except AttributeError:
            pass
    raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name), name=name)


# ---- lengths ----

def _forward_length(x, rank):
    from pytfgraph.ops import array_ops
    sizes = x.get_shape()[-rank:]
    if sizes.is_fully_defined():
        return ops.convert_to_tensor(sizes.as_list(), dtypes.int32)
    return array_ops.shape(x)[-rank:]


def _inverse_length(x, rank):
    """The even length that a spectrum of this size comes from."""
    from pytfgraph.ops import array_ops, math_ops
    sizes = x.get_shape()[-rank:]
    if not sizes.is_fully_defined():
        length = array_ops.unstack(array_ops.shape(x)[-rank:])
        length[-1] = math_ops.maximum(0, 2 * (length[-1] - 1))
        return array_ops.stack(length)
    length = sizes.as_list()
    if length:
        length[-1] = max(0, 2 * (length[-1] - 1))
    return ops.convert_to_tensor(length, dtypes.int32)


def _padded(x, rank, length, inverse):
    """`x` with zeros behind, up to the length of the transform."""
    from pytfgraph.ops import array_ops, math_ops
    wanted, shape = tensor_util.constant_value_as_shape(length), x.get_shape()
    if shape.ndims is not None and any(d.value == 0 for d in shape):
        return x
    if wanted.is_fully_defined() and shape.ndims is not None and shape[-wanted.ndims:].is_fully_defined():
        sizes = wanted.as_list()
        if inverse:
            sizes[-1] = sizes[-1] // 2 + 1
        missing = [[0, max(w - d.value, 0)] for w, d in zip(sizes, shape[-wanted.ndims:])]
        if any(m for _, m in missing):
            return array_ops.pad(x, [[0, 0]] * max(shape.ndims - wanted.ndims, 0) + missing)
        return x
    full_rank = array_ops.rank(x)
    inner = array_ops.shape(x)[-rank:]
    outer = array_ops.zeros([math_ops.maximum(0, full_rank - rank)], length.dtype)
    if inverse:
        length = array_ops.concat([length[:-1], length[-1:] // 2 + 1], 0)
    behind = array_ops.concat([outer, math_ops.maximum(0, length - inner)], 0)
    return array_ops.pad(x, array_ops.stack([array_ops.zeros_like(behind), behind], axis=1))


def _real_transform(name, rank, inverse, doc):
    def transform(input_tensor, fft_length=None, name=None):
        with ops.name_scope(name, default, [input_tensor, fft_length]) as name:
            x = ops.convert_to_tensor(input_tensor, dtypes.complex64 if inverse else dtypes.float32)
            x.get_shape().with_rank_at_least(rank)
            if fft_length is None:
                fft_length = (_inverse_length if inverse else _forward_length)(x, rank)
            else:
                fft_length = ops.convert_to_tensor(fft_length, dtypes.int32)
            x = _padded(x, rank, fft_length, inverse)
            return getattr(gen_spectral_ops, default)(x, fft_length, name)
    default = name
    transform.__name__ = transform.__qualname__ = "_irfft" if inverse else "_rfft"
    transform.__doc__ = doc
    return transform


_FORWARD = """The Fourier transform of the inner %s of a float32 Tensor, complex64.

    Args:
      input_tensor: float32, cut or padded with zeros to the length.
      fft_length: int32 vector, the length%s; the input's own where None.
      name: of the operation.

    Returns:
      [..., fft_length // 2 + 1] for the last dimension: the other half of the spectrum mirrors this one.
    """
_INVERSE = """The inverse of %s: the real signal of half a spectrum, float32.

    Args:
      input_tensor: complex64, cut or padded with zeros to fft_length // 2 + 1.
      fft_length: int32 vector, the length%s of the signal; 2 * (size - 1) for the last dimension where None.
      name: of the operation.
    """
_rfft = rfft = _real_transform("rfft", 1, False, _FORWARD % ("dimension", ""))
_irfft = irfft = _real_transform("irfft", 1, True, _INVERSE % ("rfft", ""))
rfft2d = _real_transform("rfft2d", 2, False, _FORWARD % ("two dimensions", "s"))
irfft2d = _real_transform("irfft2d", 2, True, _INVERSE % ("rfft2d", "s"))
rfft3d = _real_transform("rfft3d", 3, False, _FORWARD % ("three dimensions", "s"))
irfft3d = _real_transform("irfft3d", 3, True, _INVERSE % ("rfft3d", "s"))


# ---- cosine transforms ----

def _check_dct(dct_type, n, axis, norm):
    if n is not None:
        raise NotImplementedError("The DCT length argument is not implemented.")
    if axis != -1:
        raise NotImplementedError("axis must be -1. Got: %s" % axis)
    if dct_type not in (2, 3):
        raise ValueError("Only Types II and III (I)DCT are supported.")
    if norm not in (None, "ortho"):
        raise ValueError("Unknown normalization. Expected None or 'ortho', got: %s" % norm)


def _ortho_weights(first, factor, size):
    """[first, first * factor, first * factor, ...]"""
    from pytfgraph.ops import array_ops, math_ops
    others = first * math_ops.sqrt(factor)
    return array_ops.pad(array_ops.expand_dims(first, 0), [[0, size - 1]], constant_values=others)


def _turn(size, sign):
    """2 exp(sign i pi k / 2n)"""
    from pytfgraph.ops import math_ops
    angles = math_ops.range(size) * math.pi * 0.5 / size if sign > 0 else -math_ops.range(size) * math.pi * 0.5 / size
    return 2.0 * math_ops.exp(math_ops.complex(0.0, angles))


def dct(input, type=2, n=None, axis=-1, norm=None, name=None):
    """The cosine transform of the last dimension, as scipy.fftpack.dct defines types II and III.

    Args:
      input: float32 [..., samples].
      type: 2 or 3.
      n: must be None.
      axis: must be -1.
      norm: None, or "ortho" for an orthonormal transform.
      name: of the operations.

    Raises:
      ValueError: for another type or norm.
      NotImplementedError: for an n or axis.
    """
    _check_dct(type, n, axis, norm)
    with ops.name_scope(name, "dct", [input]):
        return _cosine_transform(ops.convert_to_tensor(input, dtype=dtypes.float32), type, norm)


def _cosine_transform(x, kind, norm):
    """Type II or III of a float32 Tensor."""
    from pytfgraph.ops import array_ops, math_ops
    size = x.get_shape()[-1].value or array_ops.shape(x)[-1]
    real_size = math_ops.to_float(size)
    if kind == 2:
        scale = _turn(real_size, -1)
        y = math_ops.real(rfft(x, fft_length=[2 * size])[..., :size] * scale)
        if norm == "ortho":
            y *= _ortho_weights(0.5 * math_ops.rsqrt(real_size), 2.0, size)
        return y
    if norm == "ortho":
        x *= _ortho_weights(math_ops.sqrt(real_size), 0.5, size)
    else:
        x *= real_size
    scale = _turn(real_size, 1)
    return math_ops.real(irfft(scale * math_ops.complex(x, 0.0), fft_length=[2 * size]))[..., :size]


def idct(input, type=2, n=None, axis=-1, norm=None, name=None):
    """The inverse of dct, but for the factor 2 * samples where `norm` is None: type III for type II and the other way round."""
    _check_dct(type, n, axis, norm)
    return dct(input, type={2: 3, 3: 2}[type], n=n, axis=axis, norm=norm, name=name)
