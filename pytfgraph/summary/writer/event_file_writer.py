"""EventFileWriter: events into a file, written by a thread of its own."""
import os
import threading
import weakref

from pytfgraph import _core
from pytfgraph.framework import errors_impl
from pytfgraph.lib.io import folders
from pytfgraph.platform import tf_logging as logging

_WAKE_BYTES = 1 << 18           # pending bytes at which the thread is woken
_WAIT_BYTES = 1 << 25           # and at which an event waits until they are written


class _Pen:
    """The file, and the thread that writes it.  The thread knows this alone, so that it ends with the writer."""

    def __init__(self, prefix, suffix, flush_secs):
        self.events = _core.events_new(prefix)
        if suffix:
            _core.events_set_suffix(self.events, suffix)
        self.flush_secs = flush_secs
        self.wake = threading.Event()
        self.stop = False
        self.error = None
        self.thread = None
        self.lock = threading.Lock()

    def start(self):
        with self.lock:
            if self.thread is None:
                self.stop = False
                self.thread = threading.Thread(target=_work, args=(self,), name="EventLoggerThread", daemon=True)
                self.thread.start()

    def added(self, pending):
        """After an event: `pending` bytes are not yet written."""
        if self.thread is None:
            self.start()
            self.wake.set()         # the first event is seen at once
        if pending > _WAKE_BYTES:
            self.wake.set()
            if pending > _WAIT_BYTES:
                self.write()

    def write(self):
        self._ask(_core.events_write)
        if self.error is not None:
            error, self.error = self.error, None
            raise error

    def close(self):
        with self.lock:
            thread, self.thread = self.thread, None
            self.stop = True
        self.wake.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join()
        self.stop = False
        self._ask(_core.events_close)

    def _ask(self, what):
        """events_write or events_close; a folder that somebody removed meanwhile is logged, and the events are lost."""
        try:
            what(self.events)
        except errors_impl.NotFoundError as e:
            logging.error("The events file %s has disappeared.", str(e).partition(";")[0])

    def after_fork(self):
        self.lock = threading.Lock()
        self.wake = threading.Event()
        self.thread = None
        _core.events_after_fork(self.events)


def _work(pen):
    while not pen.stop:
        try:
            pen._ask(_core.events_write)
        except Exception as e:      # told to whoever flushes next
            pen.error = e
        pen.wake.wait(pen.flush_secs)
        pen.wake.clear()


_pens = weakref.WeakSet()


def _after_fork():
    for pen in list(_pens):
        pen.after_fork()


os.register_at_fork(after_in_child=_after_fork)


def _finish(pen):
    try:
        pen.close()
    except Exception:               # nobody is left to be told
        pass


class EventFileWriter:
    """Writes Event messages to a file in a directory, in the background."""

    def __init__(self, logdir, max_queue=10, flush_secs=120, filename_suffix=None):
        """
        Args:
          logdir: the directory; it is made where it is missing.
          max_queue: how many events may wait in memory; the one after that waits until they are written.  0: any number.
          flush_secs: how long an event may wait at most.
          filename_suffix: what the file's name ends in.

        Raises:
          NotFoundError and others: if the directory cannot be made.
        """
        self._logdir = logdir
        folders.make(logdir)
        self._closed = False
        self._max_queue = max_queue if max_queue > 0 else float("inf")
        self._waiting = 0           # at most so many events that are not yet written
        self._pen = _Pen(os.path.join(logdir, "events") if isinstance(logdir, str) else os.path.join(os.fspath(logdir), b"events"),
                         filename_suffix, flush_secs)
        _pens.add(self._pen)
        # Also at the interpreter's end, where nothing that was added may be lost.
        self._finalizer = weakref.finalize(self, _finish, self._pen)
        if filename_suffix:
            _core.events_name(self._pen.events)

    def get_logdir(self):
        """The directory."""
        return self._logdir

    def reopen(self):
        """After close(): events may be added again.  Does nothing where the writer is open."""
        self._closed = False

    def add_event(self, event):
        """Adds an Event message; nothing happens where the writer is closed."""
        if not self._closed:
            self._pen.added(_core.events_add(self._pen.events, event.SerializeToString()))
            self._count()

    def _count(self):
        self._waiting += 1
        if self._waiting > self._max_queue:
            self._waiting = 0
            self._pen.write()

    def _add_summary(self, summary, step):
        """Adds an event of now with a serialised Summary, without metadata of tags that had theirs."""
        pending = _core.events_add_summary(self._pen.events, summary, step)
        pen = self._pen
        if pen.thread is None or pending > _WAKE_BYTES:
            pen.added(pending)
        self._count()

    def flush(self):
        """Returns when every event added is in the file.

        Raises:
          OpError: if the file cannot be written.
        """
        self._pen.write()

    def close(self):
        """Flushes, and closes the file."""
        if not self._closed:
            self._closed = True
            self._pen.close()
