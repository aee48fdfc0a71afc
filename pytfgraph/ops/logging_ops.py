"""Printing while a graph runs."""
from pytfgraph.ops import raw


def Print(input_, data, message=None, first_n=None, summarize=None, name=None):
    """`input_`, with tensors printed to stderr when it runs.

    Args:
      input_: the Tensor that is passed on.
      data: a list of tensors to print.
      message: put in front.
      first_n: how often it prints; always where not given.
      summarize: how many elements of each are printed (3).
      name: of the operation.
    """
    return raw.function("print")(input_, data, message, first_n, summarize, name)
