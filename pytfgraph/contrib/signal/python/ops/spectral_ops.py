"""The short-time Fourier transform and its inverse."""
import functools

import numpy as np

from pytfgraph.contrib.signal.python.ops import reconstruction_ops, shape_ops, window_ops
from pytfgraph.framework import constant_op, ops, tensor_util
from pytfgraph.ops import array_ops, math_ops, spectral_ops

_HANN = functools.partial(window_ops.hann_window, periodic=True)


def stft(signals, frame_length, frame_step, fft_length=None, window_fn=_HANN, pad_end=False, name=None):
    """The short-time Fourier transform: the spectra of overlapping frames of signals.

    Args:
      signals: float32 [..., samples].
      frame_length: integer scalar, the samples of a frame.
      frame_step: integer scalar, how far a frame is from the one before.
      fft_length: integer scalar, the length of the transform; the next power of two from frame_length where None.
      window_fn: function of (frame_length, dtype) that gives what each frame is multiplied by, [frame_length]; None for nothing.
      pad_end: whether the last frames are filled up with zeros; else a rest that does not fill a frame is left out.
      name: of the operations.

    Returns:
      complex64 [..., frames, fft_length // 2 + 1]

    Raises:
      ValueError: for signals without a dimension, or a length or step that is not a scalar.
    """
    with ops.name_scope(name, "stft", [signals, frame_length, frame_step]):
        signals = ops.convert_to_tensor(signals, name="signals")
        signals.shape.with_rank_at_least(1)
        frame_length = ops.convert_to_tensor(frame_length, name="frame_length")
        frame_length.shape.assert_has_rank(0)
        frame_step = ops.convert_to_tensor(frame_step, name="frame_step")
        frame_step.shape.assert_has_rank(0)
        if fft_length is None:
            fft_length = _enclosing_power_of_two(frame_length)
        else:
            fft_length = ops.convert_to_tensor(fft_length, name="fft_length")
        frames = shape_ops.frame(signals, frame_length, frame_step, pad_end=pad_end)
        if window_fn is not None:
            frames *= window_fn(frame_length, dtype=frames.dtype)
        return spectral_ops.rfft(frames, [fft_length])


def inverse_stft_window_fn(frame_step, forward_window_fn=_HANN, name=None):
    """The window for inverse_stft that undoes what the window of stft did.

    Args:
      frame_step: integer scalar, the step of both.
      forward_window_fn: the window_fn of stft.
      name: of the operations.

    Returns:
      A function of (frame_length, dtype): the forward window over the sum of the squares of all windows that overlap there.

    Raises:
      ValueError: for a step that is not a scalar.
    """
    with ops.name_scope(name, "inverse_stft_window_fn", [forward_window_fn]):
        frame_step = ops.convert_to_tensor(frame_step, name="frame_step")
        frame_step.shape.assert_has_rank(0)

    def inverse_stft_window_fn_inner(frame_length, dtype):
        """The window, [frame_length] of `dtype`."""
        with ops.name_scope(name, "inverse_stft_window_fn", [forward_window_fn]):
            frame_length = ops.convert_to_tensor(frame_length, name="frame_length")
            frame_length.shape.assert_has_rank(0)
            window = forward_window_fn(frame_length, dtype=dtype)
            total = math_ops.square(window)
            steps = -(-frame_length // frame_step)
            total = array_ops.pad(total, [(0, steps * frame_step - frame_length)])
            total = array_ops.reshape(total, [steps, frame_step])
            total = math_ops.reduce_sum(total, 0, keepdims=True)
            total = array_ops.tile(total, [steps, 1])
            total = array_ops.reshape(total, [steps * frame_step])
            return window / total[:frame_length]

    return inverse_stft_window_fn_inner


def _with_length(frames, frame_length):
    """The frames cut or filled up with zeros to the length, which may be known when run only."""
    known = tensor_util.constant_value(frame_length)
    has = frames.shape[-1].value if frames.shape.ndims is not None else None
    if known is None or has is None:
        frames = frames[..., :frame_length]
        rank, shape = array_ops.rank(frames), array_ops.shape(frames)
        others = array_ops.zeros([rank - 1, 2], dtype=frame_length.dtype)
        frames = array_ops.pad(frames, array_ops.concat([others, [[0, math_ops.maximum(0, frame_length - shape[-1])]]], 0))
    elif has > known:
        frames = frames[..., :known]
    elif has < known:
        frames = array_ops.pad(frames, [[0, 0]] * (frames.shape.ndims - 1) + [[0, known - has]])
    if known is not None and frames.shape.ndims is not None:
        frames.set_shape([None] * (frames.shape.ndims - 1) + [known])
    return frames


def inverse_stft(stfts, frame_length, frame_step, fft_length=None, window_fn=_HANN, name=None):
    """The signals of short-time spectra.

    Args:
      stfts: complex64 [..., frames, fft_length // 2 + 1].
      frame_length: integer scalar, the samples of a frame.
      frame_step: integer scalar, how far a frame is from the one before.
      fft_length: integer scalar, the length of the transform; the next power of two from frame_length where None.
      window_fn: function of (frame_length, dtype) that gives what each frame is multiplied by: inverse_stft_window_fn of the
        window of stft gives the signals that stft was given; None for nothing.
      name: of the operations.

    Returns:
      float32 [..., (frames - 1) * frame_step + frame_length]

    Raises:
      ValueError: for spectra of rank 0 or 1, or a length or step that is not a scalar.
    """
    with ops.name_scope(name, "inverse_stft", [stfts]):
        stfts = ops.convert_to_tensor(stfts, name="stfts")
        stfts.shape.with_rank_at_least(2)
        frame_length = ops.convert_to_tensor(frame_length, name="frame_length")
        frame_length.shape.assert_has_rank(0)
        frame_step = ops.convert_to_tensor(frame_step, name="frame_step")
        frame_step.shape.assert_has_rank(0)
        if fft_length is None:
            fft_length = _enclosing_power_of_two(frame_length)
        else:
            fft_length = ops.convert_to_tensor(fft_length, name="fft_length")
            fft_length.shape.assert_has_rank(0)
        frames = _with_length(spectral_ops.irfft(stfts, [fft_length]), frame_length)
        if window_fn is not None:
            frames *= window_fn(frame_length, dtype=stfts.dtype.real_dtype)
        return reconstruction_ops.overlap_and_add(frames, frame_step)


def _enclosing_power_of_two(value):
    """The least power of two that is not less, of the same type."""
    known = tensor_util.constant_value(value)
    if known is not None:
        return constant_op.constant(int(2 ** np.ceil(np.log(known) / np.log(2.0))), value.dtype)
    exponent = math_ops.ceil(math_ops.log(math_ops.to_float(value)) / math_ops.log(2.0))
    return math_ops.cast(math_ops.pow(2.0, exponent), value.dtype)
