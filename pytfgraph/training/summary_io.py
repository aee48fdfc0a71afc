"""Reading and writing event files, by the names that the training module has for it."""
from pytfgraph.summary.summary_iterator import summary_iterator  # noqa: F401
from pytfgraph.summary.writer.writer import FileWriter as _FileWriter
from pytfgraph.summary.writer.writer_cache import FileWriterCache as SummaryWriterCache  # noqa: F401
from pytfgraph.util.deprecation import deprecated


class SummaryWriter(_FileWriter):
    """tf.summary.FileWriter under its older name."""

    @deprecated("2016-11-30", "Please switch to tf.summary.FileWriter. The interface and behavior is the same; this is just a rename.")
    def __init__(self, logdir, graph=None, max_queue=10, flush_secs=120, graph_def=None):
        super().__init__(logdir, graph, max_queue, flush_secs, graph_def)
