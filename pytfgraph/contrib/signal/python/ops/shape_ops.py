"""Signals cut into overlapping frames."""
from pytfgraph.contrib.signal.python.ops import util_ops
from pytfgraph.framework import ops, tensor_util
from pytfgraph.ops import array_ops, math_ops


def _infer_frame_shape(signal, frame_length, frame_step, pad_end, axis):
    """What is known of the shape of the frames when the graph is built: a list, or None for an unknown rank."""
    frame_length, frame_step, axis = [tensor_util.constant_value(x) for x in (frame_length, frame_step, axis)]
    if signal.shape.ndims is None:
        return None
    if axis is None:
        return [None] * (signal.shape.ndims + 1)
    sizes = signal.shape.as_list()
    samples, frames = sizes[axis], None
    if samples is not None and frame_step is not None:
        if pad_end:
            frames = max(0, -(-samples // frame_step))
        elif frame_length is not None:
            frames = max(0, (samples - frame_length + frame_step) // frame_step)
    return sizes[:axis] + [frames, frame_length] + sizes[axis:][1:]


def frame(signal, frame_length, frame_step, pad_end=False, pad_value=0, axis=-1, name=None):
    """Cuts a dimension into frames of one length, the next of which begins a step further: [..., frames, frame_length, ...].

    Args:
      signal: Tensor of rank 1 or more, of any type.
      frame_length: integer scalar.
      frame_step: integer scalar.
      pad_end: whether a frame begins at every step within the signal, filled up with `pad_value`; else a rest that does not
        fill a frame is left out.
      pad_value: scalar of the signal's type.
      axis: integer scalar, the dimension; negative ones count from the end.
      name: of the operations.

    Raises:
      ValueError: for a signal without a dimension, or a length, step, axis or pad_value that is not a scalar.
    """
    with ops.name_scope(name, "frame", [signal, frame_length, frame_step, pad_value]):
        signal = ops.convert_to_tensor(signal, name="signal")
        frame_length = ops.convert_to_tensor(frame_length, name="frame_length")
        frame_step = ops.convert_to_tensor(frame_step, name="frame_step")
        axis = ops.convert_to_tensor(axis, name="axis")
        signal.shape.with_rank_at_least(1)
        for scalar in (frame_length, frame_step, axis):
            scalar.shape.assert_has_rank(0)
        result_shape = _infer_frame_shape(signal, frame_length, frame_step, pad_end, axis)

        rank = array_ops.rank(signal)
        axis = math_ops.range(rank)[axis]       # not negative from here
        shape = array_ops.shape(signal)
        outer, samples, inner = array_ops.split(shape, [axis, 1, rank - 1 - axis])
        samples = array_ops.reshape(samples, [])
        outer_rank, inner_rank = array_ops.size(outer), array_ops.size(inner)
        if pad_end:
            pad_value = ops.convert_to_tensor(pad_value, signal.dtype)
            pad_value.shape.assert_has_rank(0)
            frames = -(-samples // frame_step)
            missing = math_ops.maximum(0, frame_length + frame_step * (frames - 1) - samples)
            paddings = array_ops.concat([array_ops.zeros([outer_rank, 2], dtype=missing.dtype), [[0, missing]],
                                         array_ops.zeros([inner_rank, 2], dtype=missing.dtype)], 0)
            signal = array_ops.pad(signal, paddings, constant_values=pad_value)
            shape = array_ops.shape(signal)
            samples = shape[axis]
        else:
            frames = math_ops.maximum(0, 1 + (samples - frame_length) // frame_step)

        # Frames and steps are whole numbers of pieces, so that one gather of pieces makes the frames.
        piece = util_ops.gcd(frame_length, frame_step)
        pieces_per_frame, pieces_per_step = frame_length // piece, frame_step // piece
        pieces = samples // piece
        used_shape = array_ops.concat([outer, [pieces * piece], inner], 0)
        pieces_shape = array_ops.concat([outer, [pieces, piece], inner], 0)
        cut = array_ops.reshape(array_ops.strided_slice(signal, array_ops.zeros_like(shape), used_shape), pieces_shape)
        begins = array_ops.reshape(math_ops.range(frames) * pieces_per_step, [frames, 1])
        places = array_ops.reshape(math_ops.range(pieces_per_frame), [1, pieces_per_frame])
        taken = array_ops.gather(cut, begins + places, axis=axis)
        result = array_ops.reshape(taken, array_ops.concat([outer, [frames, frame_length], inner], 0))
        if result_shape:
            result.set_shape(result_shape)
        return result
