"""What file_io stands on: names of files, their errors in TensorFlow's words, and patterns."""
import contextlib
import errno
import os
import re

from pytfgraph.framework import errors_impl as errors
from pytfgraph.util import compat

_CODES = {
    errors.InvalidArgumentError: "EINVAL ENAMETOOLONG E2BIG EDESTADDRREQ EDOM EFAULT EILSEQ ENOPROTOOPT ENOSTR ENOTSOCK ENOTTY EPROTOTYPE "
                                 "ESPIPE",
    errors.DeadlineExceededError: "ETIMEDOUT ETIME",
    errors.NotFoundError: "ENODEV ENOENT ENXIO ESRCH",
    errors.AlreadyExistsError: "EEXIST EADDRNOTAVAIL EALREADY",
    errors.PermissionDeniedError: "EPERM EACCES EROFS",
    errors.FailedPreconditionError: "ENOTEMPTY EISDIR ENOTDIR EADDRINUSE EBADF EBUSY ECHILD EISCONN ENOTBLK ENOTCONN EPIPE ESHUTDOWN "
                                    "ETXTBSY",
    errors.ResourceExhaustedError: "ENOSPC EDQUOT EMFILE EMLINK ENFILE ENOBUFS ENODATA ENOMEM ENOSR EUSERS",
    errors.OutOfRangeError: "EFBIG EOVERFLOW ERANGE",
    errors.UnimplementedError: "ENOSYS ENOTSUP EAFNOSUPPORT EPFNOSUPPORT EPROTONOSUPPORT ESOCKTNOSUPPORT EXDEV",
    errors.UnavailableError: "EAGAIN ECONNREFUSED ECONNABORTED ECONNRESET EINTR EHOSTDOWN EHOSTUNREACH ENETDOWN ENETRESET ENETUNREACH "
                             "ENOLCK ENOLINK ENONET",
    errors.AbortedError: "EDEADLK ESTALE",
    errors.CancelledError: "ECANCELED",
}
_CLASS_OF = {getattr(errno, name): cls for cls, names in _CODES.items() for name in names.split() if hasattr(errno, name)}


def error_of(e, name):
    """The error of tf.errors for an OSError about a file, worded as TensorFlow words it."""
    cls = _CLASS_OF.get(e.errno, errors.UnknownError)
    return cls(None, None, "%s; %s" % (compat.as_str_any(name), e.strerror or e))


@contextlib.contextmanager
def errors_about(name):
    """Errors of the system become those of tf.errors, with the name of the file."""
    try:
        yield
    except OSError as e:
        raise error_of(e, name) from None
    except ValueError as e:
        if "null" not in str(e):
            raise
        raise errors.InvalidArgumentError(None, None, "%r; %s" % (name, e)) from None


def local(name):
    """The name as the system knows it: a text or bytes or a path object, file:// taken off.

    Raises:
      TypeError: if it is none of these.
      UnimplementedError: if it is on a file system that is not the machine's own.
    """
    given = compat.path_to_str(name)
    text = os.fsdecode(given) if isinstance(given, bytes) else given
    if not isinstance(text, str):
        compat.as_bytes(text)       # raises the TypeError that every function of tf.gfile raises
    scheme = re.match(r"([a-zA-Z][a-zA-Z0-9.]+)://", text)
    if scheme is None:
        return text
    if scheme.group(1) != "file":
        raise errors.UnimplementedError(None, None, "File system scheme '%s' not implemented (file: '%s')" % (scheme.group(1), text))
    return text[len("file://"):]


# ---- patterns ----

_CLASSES = {"alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s", "xdigit": "0-9a-fA-F",
            "punct": r"!-/:-@\[-`{-~"}


def _bracket(pattern, start):
    """(the regular expression of the bracket that begins at `start`, where it ends), or None if it never ends."""
    i = start + 1
    negated = pattern[i:i + 1] in ("!", "^")
    i += negated
    body, first = "", True
    while i < len(pattern):
        c = pattern[i]
        if c == "]" and not first:
            return ("[^%s/]" if negated else "(?!/)[%s]") % body, i + 1
        first = False
        named = re.compile(r"\[:(\w+):\]").match(pattern, i)
        if named and named.group(1) in _CLASSES:
            body += _CLASSES[named.group(1)]
            i = named.end()
            continue
        if c == "\\" and i + 1 < len(pattern):
            i += 1
            c = pattern[i]
        body += c if c == "-" else re.escape(c)
        i += 1
    return None


def _expression(part):
    """The regular expression of one part of a path's pattern, between slashes."""
    out, i = [], 0
    while i < len(part):
        c = part[i]
        bracket = _bracket(part, i) if c == "[" else None
        if bracket is not None:
            out.append(bracket[0])
            i = bracket[1]
            continue
        if c == "\\" and i + 1 < len(part):
            i += 1
            c = re.escape(part[i])
        elif c == "*":
            c = "[^/]*"
        elif c == "?":
            c = "[^/]"
        else:
            c = re.escape(c)
        out.append(c)
        i += 1
    try:
        return re.compile("".join(out), re.S)
    except re.error:        # a range that runs backwards matches nothing
        return re.compile("(?!)")


def matching_paths(pattern):
    """The paths that match a pattern of *, ?, [a-z] and backslashes, level by level; relative ones begin with their folder or "./".

    Raises:
      NotFoundError, PermissionDeniedError, ...: if the folder before the first wildcard cannot be listed.
    """
    fixed = re.match(r"[^*?\[\\]*", pattern).group(0)
    folder = fixed.rpartition("/")[0] if "/" in fixed else "."
    if fixed.startswith("/") and not folder:
        folder = "/"
    rest = pattern[fixed.rfind("/") + 1:]
    with errors_about(folder):
        names = os.listdir(folder)
    level = [folder]
    for depth, part in enumerate(rest.split("/")):
        expression, found = _expression(part), []
        for where in level:
            if depth:
                try:
                    names = os.listdir(where)
                except OSError:
                    continue
            found += [os.path.join(where, n) for n in sorted(names) if expression.fullmatch(n)]
        level = found
    return level
