"""tf.errors: one class per canonical error code (google.rpc.Code)."""
import contextlib
import traceback
import warnings

OK = 0
CANCELLED = 1
UNKNOWN = 2
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
FAILED_PRECONDITION = 9
ABORTED = 10
OUT_OF_RANGE = 11
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
DATA_LOSS = 15
UNAUTHENTICATED = 16


class OpError(Exception):
    """An error raised while a graph ran, or by something that files and sessions do.

    Attributes:
      message: what went wrong.
      error_code: the canonical code.
      op: the Operation that failed, or None.
      node_def: its NodeDef, or None.
    """

    def __init__(self, node_def, op, message, error_code):
        super().__init__()
        self._message = message
        self._node_def = node_def
        self._op = op
        self._error_code = error_code

    def __reduce__(self):
        return _again, (self._error_code, self._node_def, self._message)

    @property
    def message(self):
        return self._message

    @property
    def op(self):
        return self._op

    @property
    def error_code(self):
        return self._error_code

    @property
    def node_def(self):
        return self._node_def

    def __str__(self):
        if self._op is None:
            return self.message
        lines = ["%s\n\nCaused by op %r, defined at:\n" % (self.message, self._op.name)]
        frames = traceback.format_list(self._op.traceback)
        lines.extend(frames)
        original = getattr(self._op, "_original_op", None)
        while original is not None:
            lines.append("\n...which was originally created as op %r, defined at:\n" % original.name)
            lines.extend(traceback.format_list(original.traceback))
            original = getattr(original, "_original_op", None)
        lines.append("\n%s (see above for traceback): %s\n" % (type(self).__name__, self.message))
        return "".join(lines)


_MODULE = OpError.__module__ = "tensorflow.python.framework.errors_impl"  # as programs print it


def _again(code, node_def, message):
    """An error from what pickle kept of it."""
    return _make_specific_exception(node_def, None, message, code)


_CODE_TO_CLASS = {}


def _define(name, code, doc):
    if code == UNKNOWN:     # the one that stands for codes without a class, too
        def __init__(self, node_def, op, message, error_code=UNKNOWN):
            OpError.__init__(self, node_def, op, message, error_code)
    else:
        def __init__(self, node_def, op, message):
            OpError.__init__(self, node_def, op, message, code)
    cls = type(name, (OpError,), {"__init__": __init__, "__doc__": doc, "__module__": _MODULE})
    _CODE_TO_CLASS[code] = cls
    return cls


CancelledError = _define("CancelledError", CANCELLED, "An operation or step was cancelled.")
UnknownError = _define("UnknownError", UNKNOWN, "An error without a better code.")
InvalidArgumentError = _define("InvalidArgumentError", INVALID_ARGUMENT, "An operation received an invalid argument.")
DeadlineExceededError = _define("DeadlineExceededError", DEADLINE_EXCEEDED, "A deadline passed before an operation was complete.")
NotFoundError = _define("NotFoundError", NOT_FOUND, "Something asked for (a file, a key) was not found.")
AlreadyExistsError = _define("AlreadyExistsError", ALREADY_EXISTS, "Something to be made exists already.")
PermissionDeniedError = _define("PermissionDeniedError", PERMISSION_DENIED, "The caller may not do this.")
UnauthenticatedError = _define("UnauthenticatedError", UNAUTHENTICATED, "The request has no valid credentials.")
ResourceExhaustedError = _define("ResourceExhaustedError", RESOURCE_EXHAUSTED, "Some resource, perhaps memory, ran out.")
FailedPreconditionError = _define("FailedPreconditionError", FAILED_PRECONDITION,
                                  "The system is not in the state the operation needs, as with a variable not initialized.")
AbortedError = _define("AbortedError", ABORTED, "The operation was aborted, typically by a conflict with another.")
OutOfRangeError = _define("OutOfRangeError", OUT_OF_RANGE, "An operation went past the valid range, as at the end of an input.")
UnimplementedError = _define("UnimplementedError", UNIMPLEMENTED, "The operation is not implemented for these arguments.")
InternalError = _define("InternalError", INTERNAL, "An invariant of the system was broken.")
UnavailableError = _define("UnavailableError", UNAVAILABLE, "The runtime is currently unavailable.")
DataLossError = _define("DataLossError", DATA_LOSS, "Data was lost or corrupted and cannot be recovered.")

_CLASS_TO_CODE = {cls: code for code, cls in _CODE_TO_CLASS.items()}


def exception_type_from_error_code(error_code):
    """The exception class of a code; KeyError for an unknown one."""
    return _CODE_TO_CLASS[error_code]


def error_code_from_exception_type(cls):
    """The code of an exception class."""
    return _CLASS_TO_CODE[cls]


def _make_specific_exception(node_def, op, message, error_code):
    cls = _CODE_TO_CLASS.get(error_code)
    if cls:
        return cls(node_def, op, message)
    warnings.warn("Unknown error code: %d" % error_code)
    return UnknownError(node_def, op, message, error_code)


@contextlib.contextmanager
def raise_exception_on_not_ok_status():
    """Kept for programs that pass a status object: every function here raises by itself."""
    yield None
