"""Folders, with TensorFlow's errors."""
import errno
import os

from pytfgraph.framework import errors_impl

_CODES = {errno.ENOENT: errors_impl.NOT_FOUND, errno.EACCES: errors_impl.PERMISSION_DENIED, errno.EPERM: errors_impl.PERMISSION_DENIED,
          errno.EROFS: errors_impl.PERMISSION_DENIED, errno.ENOTDIR: errors_impl.FAILED_PRECONDITION,
          errno.EEXIST: errors_impl.ALREADY_EXISTS, errno.ENOSPC: errors_impl.RESOURCE_EXHAUSTED,
          errno.ENAMETOOLONG: errors_impl.INVALID_ARGUMENT}


def error_of(e):
    """The tf.errors exception of an OSError."""
    code = _CODES.get(e.errno, errors_impl.UNKNOWN)
    return errors_impl.exception_type_from_error_code(code)(None, None, "%s; %s" % (e.filename, os.strerror(e.errno)))


def make(path):
    """Makes a folder and those above it that are missing.

    Raises:
      OpError: NotFoundError, PermissionDeniedError ... where that is not possible.
    """
    try:
        os.makedirs(path or ".", exist_ok=True)
    except OSError as e:
        raise error_of(e) from None
