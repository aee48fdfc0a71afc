"""Fourier transforms, and spectra with the constant part in the middle."""
from pytfgraph.framework import ops
from pytfgraph.ops import array_ops, math_ops, raw
from pytfgraph.ops.spectral_ops import (  # noqa: F401
    fft, fft2d, fft3d, ifft, ifft2d, ifft3d, irfft, irfft2d, irfft3d, rfft, rfft2d, rfft3d)

gen_manip_ops = raw.module("gen_manip_ops")


def fftshift(x, axes=None, name=None):
    """Rotates dimensions by half their size, so that the constant part of a spectrum comes into the middle.

    Args:
      x: Tensor.
      axes: int, or list or Tensor of ints; all dimensions where None.
      name: of the operation.

    Raises:
      ValueError: where axes is None and the rank of x is unknown.
    """
    return _rolled("fftshift", x, axes, name, back=False)


def ifftshift(x, axes=None, name=None):
    """Undoes fftshift.

    Args:
      x: Tensor.
      axes: int, or list or Tensor of ints; all dimensions where None.
      name: of the operation.

    Raises:
      ValueError: where axes is None and the rank of x is unknown.
    """
    return _rolled("ifftshift", x, axes, name, back=True)


def _rolled(function, x, axes, name, back):
    with ops.name_scope(name, function, [x]) as name:
        x = ops.convert_to_tensor(x)
        if axes is None:
            if x.shape.ndims is None:
                raise ValueError("%s of a tensor of unknown rank needs axes" % function)
            axes, sizes = list(range(x.shape.ndims)), array_ops.shape(x)
        elif isinstance(axes, int):
            sizes = array_ops.shape(x)[axes]
        else:
            axes = ops.convert_to_tensor(axes)
            axes = array_ops.where(math_ops.less(axes, 0), axes + math_ops.cast(array_ops.rank(x), axes.dtype), axes)
            sizes = array_ops.gather(array_ops.shape(x), axes)
        half = sizes // 2
        return gen_manip_ops.roll(x, -half if back else half, axes, name)
