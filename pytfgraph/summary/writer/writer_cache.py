"""FileWriterCache: one FileWriter for each directory."""
import threading

from pytfgraph.framework import ops
from pytfgraph.summary.writer.writer import FileWriter


class FileWriterCache:
    """The writers of the process by directory, so that several parts of a program write one file."""

    _cache = {}
    _lock = threading.RLock()

    @staticmethod
    def clear():
        """Forgets all writers, which those who have them may go on using."""
        with FileWriterCache._lock:
            FileWriterCache._cache = {}

    @staticmethod
    def get(logdir):
        """The writer of a directory; one that is made begins with the default graph.

        Args:
          logdir: the directory.
        """
        with FileWriterCache._lock:
            if logdir not in FileWriterCache._cache:
                FileWriterCache._cache[logdir] = FileWriter(logdir, graph=ops.get_default_graph())
            return FileWriterCache._cache[logdir]
