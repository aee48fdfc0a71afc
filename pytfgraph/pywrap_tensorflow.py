"""What programs take from the wrapper of TensorFlow's C++ library."""
import os

from pytfgraph import _core
from pytfgraph.framework import errors_impl
from pytfgraph.training.checkpoint_reader import CheckpointReader, NewCheckpointReader  # noqa: F401
from pytfgraph.util.graph_equality import (  # noqa: F401
    serialized_attr_difference as EqualAttrValueWrapper, serialized_difference as EqualGraphDefWrapper)


class EventsWriter:
    """Writes Event messages to `prefix`.out.tfevents.<time>.<host><suffix>, which is made with the first event."""

    def __init__(self, file_prefix):
        """
        Args:
          file_prefix: bytes or str; the folder must be there.
        """
        self._events = _core.events_new(os.fsdecode(file_prefix))

    def InitWithSuffix(self, suffix):
        """Makes the file; its name ends in `suffix`.  Once it is there it stays as it is."""
        _core.events_set_suffix(self._events, os.fsdecode(suffix))
        _core.events_name(self._events)

    def FileName(self):
        """The path of the file as bytes; it is made where it is not there yet."""
        return os.fsencode(_core.events_name(self._events))

    def WriteEvent(self, event):
        """Adds an Event message.

        Raises:
          TypeError: if it is something else.
        """
        from pytfgraph import protos
        if not isinstance(event, protos.module("tensorflow.core.util.event_pb2").Event):
            raise TypeError("Expected an event_pb2.Event proto,  but got %s" % type(event))
        self._WriteSerializedEvent(event.SerializeToString())

    def _WriteSerializedEvent(self, event_str):
        _core.events_add(self._events, event_str)

    def Flush(self):
        """Writes what was added."""
        _core.events_write(self._events)

    def Close(self):
        """Writes what was added and ends the file."""
        _core.events_close(self._events)


class PyRecordReader:
    """Reads records of a file one by one: GetNext(), then record() and offset()."""

    def __init__(self, filename, start_offset, compression_type_string):
        self._reader = _core.record_reader(os.fsdecode(filename), start_offset, os.fsdecode(compression_type_string))
        self._record, self._offset = b"", start_offset

    @staticmethod
    def New(filename, start_offset, compression_type_string, out_status=None):
        """A reader; NotFoundError and others where the file cannot be opened."""
        return PyRecordReader(filename, start_offset, compression_type_string)

    def GetNext(self):
        """Reads the next record.

        Raises:
          OutOfRangeError: at the end of the file.
          DataLossError: if the record is broken.
          FailedPreconditionError: if the reader is closed.
        """
        if self._reader is None:
            raise errors_impl.FailedPreconditionError(None, None, "Reader is closed.")
        record = _core.record_next(self._reader)
        if record is None:
            raise errors_impl.OutOfRangeError(None, None, "Read less bytes than requested")
        self._record, self._offset = record, _core.record_offset(self._reader)

    def record(self):
        """The bytes of the record read last."""
        return self._record

    def offset(self):
        """Where the record after it begins."""
        return self._offset

    def Close(self):
        """Lets go of the file."""
        self._reader = None


PyRecordReader_New = PyRecordReader.New


def IsGoogleCudaEnabled():
    return False


def CudaSupportsHalfMatMulAndConv():
    return False


def IsMklEnabled():
    return False


def InstallStacktraceHandler():
    """Nothing: Python's faulthandler is there for programs that want it."""
