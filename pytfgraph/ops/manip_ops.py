"""tf.manip: elements moved."""
from pytfgraph.ops import raw


def roll(input, shift, axis):
    """`input` with its elements moved by `shift` along `axis`, those past the end coming in again at the beginning.

    Args:
      input: tensor of rank 1 or more.
      shift: int32 or int64, a scalar or vector; negative ones move towards the beginning.
      axis: as many axes as there are shifts; those of a repeated axis add up.
    """
    return raw.function("roll")(input, shift, axis)
