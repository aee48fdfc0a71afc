"""Whether operations run at once.  They do not: programs build graphs."""
import contextlib

GRAPH_MODE = 0
EAGER_MODE = 1


class Context:
    """What programs ask of eager execution's state."""

    def executing_eagerly(self):
        """False: operations are added to the default graph."""
        return False

    def num_gpus(self):
        """0."""
        return 0

    def _clear_caches(self):
        """Nothing: there are no caches."""


_context = Context()


def context():
    """The process's Context."""
    return _context


def executing_eagerly():
    """False: operations are added to the default graph."""
    return False


def in_eager_mode():
    return False


def in_graph_mode():
    return True


def num_gpus():
    """0."""
    return 0


@contextlib.contextmanager
def graph_mode():
    """For a with statement: operations are added to the default graph, as they are without it."""
    yield


def eager_mode():
    """For a with statement whose operations run at once.

    Raises:
      NotImplementedError: operations do not run eagerly yet.
    """
    raise NotImplementedError("eager_mode: operations do not run eagerly yet")
