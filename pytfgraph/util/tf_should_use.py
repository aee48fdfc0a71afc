"""Results that should be used; TensorFlow logs those that are not, which it can only guess at, and here nothing is logged."""


def should_use_result(fn):
    """A decorator that leaves the function as it is."""
    return fn


must_use_result_or_fatal = should_use_result
