"""Signals put together from overlapping frames."""
from pytfgraph.contrib.signal.python.ops import shape_ops, util_ops
from pytfgraph.framework import ops, tensor_util
from pytfgraph.ops import array_ops, math_ops


def _shuffle_to_front(input_tensor, k):
    """Moves the last `k` dimensions to the front."""
    k = ops.convert_to_tensor(k, name="k")
    k.shape.with_rank(0)
    known = tensor_util.constant_value(k)
    if known is not None:
        input_tensor.shape.with_rank_at_least(known)
    rank = array_ops.rank(input_tensor)
    others, last = array_ops.split(math_ops.range(rank), [rank - k, k])
    return array_ops.transpose(input_tensor, perm=array_ops.concat([last, others], 0))


def overlap_and_add(signal, frame_step, name=None):
    """Adds frames up to a signal, each a step behind the one before.

    Args:
      signal: [..., frames, frame_length], of a numeric type.
      frame_step: integer scalar, at most frame_length.
      name: of the operations.

    Returns:
      [..., (frames - 1) * frame_step + frame_length]

    Raises:
      ValueError: for a signal of rank 0 or 1; for a step that is not an integer scalar, or is known to be longer than the frames.
    """
    with ops.name_scope(name, "overlap_and_add", [signal, frame_step]):
        signal = ops.convert_to_tensor(signal, name="signal")
        signal.shape.with_rank_at_least(2)
        frame_step = ops.convert_to_tensor(frame_step, name="frame_step")
        frame_step.shape.assert_has_rank(0)
        if not frame_step.dtype.is_integer:
            raise ValueError("frame_step must be an integer. Got %s" % frame_step.dtype)
        shape = array_ops.shape(signal)
        outer = shape[:-2]

        known_step = tensor_util.constant_value(frame_step)
        known_length = signal.shape[-1].value if signal.shape.ndims is not None else None
        if known_step is not None and known_length is not None:
            if known_step > known_length:
                raise ValueError("frame_step (%d) must be less than or equal to frame_length (%d)" % (known_step, known_length))
            if known_step == known_length:      # nothing overlaps
                return array_ops.reshape(signal, array_ops.concat([outer, [-1]], 0))

        rank = array_ops.rank(signal)
        frames, frame_length = shape[-2], shape[-1]
        # Frames and steps are whole numbers of pieces: the pieces are summed by where they lie in the signal.
        piece = util_ops.gcd(frame_length, frame_step)
        pieces_per_step, pieces_per_frame = frame_step // piece, frame_length // piece
        samples = frame_step * (frames - 1) + frame_length
        pieces = samples // piece
        cut = array_ops.reshape(signal, array_ops.concat([outer, [-1, piece]], 0))
        cut = _shuffle_to_front(cut, 2)
        places = shape_ops.frame(math_ops.range(pieces), pieces_per_frame, pieces_per_step, pad_end=False)
        result = math_ops.unsorted_segment_sum(cut, array_ops.reshape(places, [-1]), num_segments=pieces)
        result_shape = array_ops.concat([outer, [samples]], 0)
        return array_ops.reshape(_shuffle_to_front(result, rank - 2), result_shape)
