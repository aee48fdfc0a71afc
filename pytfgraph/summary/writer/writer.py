"""FileWriter: summaries, graphs and other events of a program into an event file."""
import os
import time

from pytfgraph import protos
from pytfgraph.framework import errors_impl, ops
from pytfgraph.lib.io import folders
from pytfgraph.platform import tf_logging as logging
from pytfgraph.summary import plugin_asset
from pytfgraph.summary.writer.event_file_writer import EventFileWriter

_PLUGINS_DIR = "plugins"


def _event(**fields):
    return protos.message("tensorflow.Event")(**fields)


def _is_graph_def(value):
    return protos.is_message(value, "tensorflow.GraphDef")


def _meta_graph_of(graph_def):
    from pytfgraph.framework import meta_graph
    return meta_graph.create_meta_graph_def(graph_def=graph_def)


class SummaryToEventTransformer:
    """Makes events of summaries, graphs and the like, and hands them to something with add_event and get_logdir."""

    def __init__(self, event_writer, graph=None, graph_def=None):
        """
        Args:
          event_writer: takes the events.
          graph: a Graph that is added at once.
          graph_def: deprecated; a GraphDef in its place.
        """
        self.event_writer = event_writer
        self._session_run_tags = {}
        self._seen_summary_tags = set()
        if graph is not None or graph_def is not None:
            self.add_graph(graph=graph, graph_def=graph_def)
            as_def = graph.as_graph_def(add_shapes=True) if isinstance(graph, ops.Graph) else graph
            self.add_meta_graph(_meta_graph_of(graph_def or as_def))

    def add_summary(self, summary, global_step=None):
        """Adds a summary.

        Args:
          summary: a Summary message, or bytes, which is what a summary operation gives.
          global_step: the step it belongs to, a number.

        Raises:
          DecodeError: if the bytes are no Summary.
        """
        if isinstance(summary, bytes):
            parsed = protos.message("tensorflow.Summary")()
            parsed.ParseFromString(summary)
            summary = parsed
        for value in summary.value:
            if value.tag in self._seen_summary_tags:
                value.ClearField("metadata")
            self._seen_summary_tags.add(value.tag)
        event = _event()
        event.summary.MergeFrom(protos.convert("tensorflow.Summary", summary))
        self._add_event(event, global_step)

    def add_session_log(self, session_log, global_step=None):
        """Adds a SessionLog message.

        Args:
          session_log: the message.
          global_step: the step it belongs to, a number.
        """
        event = _event()
        event.session_log.MergeFrom(session_log)
        self._add_event(event, global_step)

    def _add_graph_def(self, graph_def, global_step=None):
        self._add_event(_event(graph_def=graph_def.SerializeToString()), global_step)

    def add_graph(self, graph, global_step=None, graph_def=None):
        """Adds a graph, for TensorBoard to show.

        Args:
          graph: a Graph, such as `sess.graph`.
          global_step: the step it belongs to, a number.
          graph_def: deprecated; a GraphDef in its place.

        Raises:
          ValueError: if both are given.
          TypeError: if it is no graph.
        """
        if graph is not None and graph_def is not None:
            raise ValueError("Please pass only graph, or graph_def (deprecated), but not both.")
        if isinstance(graph, ops.Graph) or isinstance(graph_def, ops.Graph):
            if not isinstance(graph, ops.Graph):
                logging.warning("When passing a `Graph` object, please use the `graph` named argument instead of `graph_def`.")
                graph = graph_def
            true_graph_def = graph.as_graph_def(add_shapes=True)
            self._write_plugin_assets(graph)
        elif _is_graph_def(graph) or _is_graph_def(graph_def):
            logging.warning("Passing a `GraphDef` to the SummaryWriter is deprecated. Pass a `Graph` object instead, such as `sess.graph`.")
            true_graph_def = graph if _is_graph_def(graph) else graph_def
        else:
            raise TypeError("The passed graph must be an instance of `Graph` or the deprecated `GraphDef`")
        self._add_graph_def(true_graph_def, global_step)

    def _write_plugin_assets(self, graph):
        for asset in plugin_asset.get_all_plugin_assets(graph):
            folder = os.path.join(self.event_writer.get_logdir(), _PLUGINS_DIR, asset.plugin_name)
            folders.make(folder)
            for name, content in asset.assets().items():
                with open(os.path.join(folder, name), "w" if isinstance(content, str) else "wb") as f:
                    f.write(content)

    def add_meta_graph(self, meta_graph_def, global_step=None):
        """Adds a MetaGraphDef.

        Args:
          meta_graph_def: the message.
          global_step: the step it belongs to, a number.

        Raises:
          TypeError: if it is another thing.
        """
        if not protos.is_message(meta_graph_def, "tensorflow.MetaGraphDef"):
            raise TypeError("meta_graph_def must be type MetaGraphDef, saw type: %s" % type(meta_graph_def))
        self._add_event(_event(meta_graph_def=meta_graph_def.SerializeToString()), global_step)

    def add_run_metadata(self, run_metadata, tag, global_step=None):
        """Adds what a session told of one run: times and memory of each operation.

        Args:
          run_metadata: a RunMetadata message.
          tag: its name; each only once.
          global_step: the step it belongs to, a number.

        Raises:
          ValueError: if the tag was used before.
        """
        if tag in self._session_run_tags:
            raise ValueError("The provided tag was already used for this event type")
        self._session_run_tags[tag] = True
        event = _event()
        event.tagged_run_metadata.tag = tag
        event.tagged_run_metadata.run_metadata = run_metadata.SerializeToString()
        self._add_event(event, global_step)

    def _add_event(self, event, step):
        event.wall_time = time.time()
        if step is not None:
            event.step = int(step)
        self.event_writer.add_event(event)


class FileWriter(SummaryToEventTransformer):
    """Writes summaries and other events to an event file in a directory, in the background.

    It is also a context manager that closes it.  With a session it writes through operations of that session's graph, so that all
    writers of one session to one directory write one file.
    """

    def __init__(self, logdir, graph=None, max_queue=10, flush_secs=120, graph_def=None, filename_suffix=None, session=None):
        """
        Args:
          logdir: the directory; it is made where it is missing.
          graph: a Graph that is added at once, such as `sess.graph`.
          max_queue: how many events may wait.
          flush_secs: how long an event may wait, at most.
          graph_def: deprecated; a GraphDef in place of `graph`.
          filename_suffix: what the file's name ends in.
          session: writes through the graph of this session.

        Raises:
          RuntimeError: if eager execution is on.
          OpError: NotFoundError and others, if the directory cannot be made.
        """
        if session is not None:
            from pytfgraph.summary.writer.event_file_writer_v2 import EventFileWriterV2
            event_writer = EventFileWriterV2(session, logdir, max_queue, flush_secs, filename_suffix)
        else:
            event_writer = EventFileWriter(logdir, max_queue, flush_secs, filename_suffix)
        super().__init__(event_writer, graph, graph_def)

    def __enter__(self):
        return self

    def __exit__(self, unused_type, unused_value, unused_traceback):
        self.close()

    def add_summary(self, summary, global_step=None):
        """Adds a summary.

        Args:
          summary: a Summary message, or bytes, which is what a summary operation gives.
          global_step: the step it belongs to, a number.

        Raises:
          DecodeError: if the bytes are no Summary.
        """
        writer = self.event_writer
        if type(writer) is not EventFileWriter:
            super().add_summary(summary, global_step)
        elif not writer._closed:
            data = summary if type(summary) is bytes else summary.SerializeToString()
            try:
                writer._add_summary(data, global_step)
            except errors_impl.DataLossError:
                protos.message("tensorflow.Summary").FromString(data)       # its parser says what is wrong
                raise

    def get_logdir(self):
        """The directory."""
        return self.event_writer.get_logdir()

    def add_event(self, event):
        """Adds an Event message."""
        self.event_writer.add_event(event)

    def flush(self):
        """Returns when everything added is in the file."""
        self.event_writer.flush()

    def close(self):
        """Flushes, and closes the file; reopen() goes on in another."""
        self.event_writer.close()

    def reopen(self):
        """After close(): events may be added again, in a file of their own.  Does nothing where the writer is open."""
        self.event_writer.reopen()
