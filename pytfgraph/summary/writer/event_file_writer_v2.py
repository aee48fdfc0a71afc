"""EventFileWriterV2: events written by operations of a session's graph."""
from pytfgraph.framework import constant_op, dtypes, ops
from pytfgraph.lib.io import folders
from pytfgraph.ops import array_ops, summary_ops_v2


class EventFileWriterV2:
    """Writes Event messages through a writer that lives in a session, which everybody shares who writes to the same directory."""

    def __init__(self, session, logdir, max_queue=10, flush_secs=120, filename_suffix=""):
        """
        Args:
          session: a Session; operations are added to its graph.
          logdir: the directory; it is made where it is missing.
          max_queue, flush_secs, filename_suffix: of the writer, where it is not there yet.
        """
        self._session, self._logdir, self._closed = session, logdir, False
        folders.make(logdir)
        with session.graph.as_default():
            with ops.name_scope("filewriter"):
                writer = summary_ops_v2.create_file_writer(logdir=logdir, max_queue=max_queue, flush_millis=flush_secs * 1000,
                                                           filename_suffix=filename_suffix)
                with summary_ops_v2.always_record_summaries(), writer.as_default():
                    self._event_placeholder = array_ops.placeholder_with_default(constant_op.constant("unused", dtypes.string), shape=[])
                    self._add_event_op = summary_ops_v2.import_event(self._event_placeholder)
                self._init_op, self._flush_op, self._close_op = writer.init(), writer.flush(), writer.close()
            session.run(self._init_op)

    def get_logdir(self):
        """The directory."""
        return self._logdir

    def reopen(self):
        """After close(): events may be added again, to another file."""
        if self._closed:
            self._closed = False
            self._session.run(self._init_op)

    def add_event(self, event):
        """Adds an Event message; nothing happens where the writer is closed."""
        if not self._closed:
            self._session.run(self._add_event_op, feed_dict={self._event_placeholder: event.SerializeToString()})

    def flush(self):
        """Returns when every event added is in the file."""
        self._session.run(self._flush_op)

    def close(self):
        """Flushes, and closes the file."""
        if not self._closed:
            self.flush()
            self._session.run(self._close_op)
            self._closed = True
