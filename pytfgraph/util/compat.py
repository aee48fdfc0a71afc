"""tf.compat: text and bytes, and the kinds of numbers."""
import numbers as _numbers

import numpy as _np

bytes_or_text_types = (bytes, str)
integral_types = (_numbers.Integral, _np.integer)
real_types = (_numbers.Real, _np.integer, _np.floating)
complex_types = (_numbers.Complex, _np.number)


def as_bytes(bytes_or_text, encoding="utf-8"):
    """Bytes of a text (or bytes); TypeError for anything else."""
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text
    raise TypeError("Expected binary or unicode string, got %r" % (bytes_or_text,))


def as_text(bytes_or_text, encoding="utf-8"):
    """The text of bytes (or a text); TypeError for anything else."""
    if isinstance(bytes_or_text, str):
        return bytes_or_text
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text.decode(encoding)
    raise TypeError("Expected binary or unicode string, got %r" % bytes_or_text)


as_str = as_text


def as_str_any(value):
    """as_str of bytes, str() of anything else."""
    return as_str(value) if isinstance(value, bytes) else str(value)


def path_to_str(path):
    """The file name of a path object, or a text as it is."""
    return as_str_any(path.__fspath__()) if hasattr(path, "__fspath__") else path
