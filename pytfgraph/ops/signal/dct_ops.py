"""Cosine transforms of types I to IV."""
import math

from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import array_ops, math_ops, spectral_ops

_INVERSE = {1: 1, 2: 3, 3: 2, 4: 4}


def _validate_dct_arguments(x, dct_type, n, axis, norm):
    if axis != -1:
        raise NotImplementedError("axis must be -1. Got: %s" % axis)
    if n is not None and n < 1:
        raise ValueError("n should be a positive integer or None")
    if dct_type not in _INVERSE:
        raise ValueError("Types I, II, III and IV (I)DCT are supported.")
    if dct_type == 1:
        if norm == "ortho":
            raise ValueError("Normalization is not supported for the Type-I DCT.")
        size = x.shape[-1].value if x.shape.ndims else None
        if size is not None and size < 2:
            raise ValueError("Type-I DCT requires the dimension to be greater than one.")
    if norm not in (None, "ortho"):
        raise ValueError("Unknown normalization. Expected None or 'ortho', got: %s" % norm)


def _with_length(x, n):
    """x, its last dimension cut or filled up with zeros to n."""
    rank = array_ops.rank(x) if x.shape.ndims is None else x.shape.ndims
    x = x[..., :n]
    missing = n - (x.shape[-1].value if x.shape.ndims is not None and x.shape[-1].value is not None else array_ops.shape(x)[-1])
    if isinstance(missing, int) and missing == 0:
        return x
    before = array_ops.zeros([rank - 1, 2], dtypes.int32)
    return array_ops.pad(x, array_ops.concat([before, [[0, missing]]], 0))


def _transform(x, kind, norm):
    if kind == 1:
        return math_ops.real(spectral_ops.rfft(array_ops.concat([x, x[..., -2:0:-1]], axis=-1)))
    if kind != 4:
        return spectral_ops._cosine_transform(x, kind, norm)
    size = x.shape[-1].value or array_ops.shape(x)[-1]
    y = spectral_ops._cosine_transform(_with_length(x, 2 * size), 2, None)[..., 1::2]
    if norm == "ortho":
        y *= math.sqrt(0.5) * math_ops.rsqrt(math_ops.to_float(size))
    return y


def dct(input, type=2, n=None, axis=-1, norm=None, name=None):
    """The cosine transform of the last dimension, as scipy.fftpack.dct defines types I to IV.

    Args:
      input: float32 [..., samples].
      type: 1, 2, 3 or 4.
      n: int, the samples to transform: the input is cut, or filled up with zeros; all of them where None.
      axis: must be -1.
      norm: None, or "ortho" for an orthonormal transform (not of type 1).
      name: of the operations.

    Raises:
      ValueError: for another type, norm or length; for type 1 of a single sample.
      NotImplementedError: for another axis.
    """
    with ops.name_scope(name, "dct", [input]):
        x = ops.convert_to_tensor(input, dtype=dtypes.float32)
        _validate_dct_arguments(x, type, n, axis, norm)
        return _transform(x if n is None else _with_length(x, n), type, norm)


def idct(input, type=2, n=None, axis=-1, norm=None, name=None):
    """The inverse of dct, but for a factor where `norm` is None: 2 * samples, for type 1 2 * (samples - 1).

    Arguments and errors are those of dct.
    """
    return dct(input, type=_INVERSE.get(type, type), n=n, axis=axis, norm=norm, name=name)
