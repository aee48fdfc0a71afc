"""The sessions, threads and files of a test case."""
import contextlib
import os
import tempfile
import threading

from pytfgraph import protos
from pytfgraph.client import session
from pytfgraph.framework import errors_impl, ops
from pytfgraph.platform import googletest, tf_logging


class ErrorLoggingSession(session.Session):
    """A session that logs the errors of its runs, but for the end of a sequence."""

    def run(self, *args, **kwargs):
        try:
            return super().run(*args, **kwargs)
        except Exception as e:
            if not isinstance(e, errors_impl.OutOfRangeError):
                tf_logging.error(str(e))
            raise


class CapturedWrites:
    """What was written to a stream inside of captureWritesToStream."""

    def __init__(self, capture_location):
        self.capture_location = capture_location

    def contents(self):
        """The text."""
        with open(self.capture_location) as f:
            return f.read()


class CheckedThread:
    """A thread whose join fails the test where its function raised; see TensorFlowTestCase.checkedThread."""

    def __init__(self, testcase, target, args=None, kwargs=None):
        self._testcase = testcase
        self._target = target
        self._args = () if args is None else args
        self._kwargs = {} if kwargs is None else kwargs
        self._thread = threading.Thread(target=self._protected_run)
        self._exception = None
        self._is_thread_joined = False

    def _protected_run(self):
        try:
            self._target(*self._args, **self._kwargs)
        except Exception as e:
            self._exception = e

    def start(self):
        """Starts it."""
        self._thread.start()

    def join(self):
        """Waits for its end."""
        self._is_thread_joined = True
        self._thread.join()
        if self._exception is not None:
            self._testcase.fail("Error in checkedThread: %s" % self._exception)

    def is_alive(self):
        """Whether it runs."""
        return self._thread.is_alive()

    def check_termination(self):
        """Fails the test where the thread was not joined; RuntimeError where it still runs."""
        if not self._is_thread_joined:
            self._testcase.fail("A checked thread was not joined.")
        if self.is_alive():
            raise RuntimeError("Thread was not joined with main thread, and is still running when the test finished.")


def _config(config, force_gpu):
    """The session's configuration: without rewrites, so that a test runs the graph it built."""
    messages = protos.module("tensorflow.core.protobuf.config_pb2")
    if config is None:
        config = messages.ConfigProto(allow_soft_placement=not force_gpu)
        config.gpu_options.per_process_gpu_memory_fraction = 0.3
    elif force_gpu and config.allow_soft_placement:
        given, config = config, messages.ConfigProto()
        config.CopyFrom(given)
        config.allow_soft_placement = False
    off = protos.module("tensorflow.core.protobuf.rewriter_config_pb2").RewriterConfig.OFF
    config.graph_options.optimizer_options.opt_level = -1
    rewrites = config.graph_options.rewrite_options
    rewrites.constant_folding = rewrites.arithmetic_optimization = rewrites.pin_to_host_optimization = off
    return config


class Sessions:
    """Sessions, threads and files for a unittest.TestCase."""

    def __init__(self, methodName="runTest"):
        super().__init__(methodName)
        self._threads = []
        self._tempdir = None
        self._cached_session = None

    def _ClearCachedSession(self):
        if self._cached_session is not None:
            self._cached_session.close()
            self._cached_session = None

    def get_temp_dir(self):
        """A directory of this test's own, the same at every call."""
        if not self._tempdir:
            self._tempdir = tempfile.mkdtemp(dir=googletest.GetTempDir())
        return self._tempdir

    @contextlib.contextmanager
    def captureWritesToStream(self, stream):
        """For a with statement: what is written to a stream with a file descriptor, from C too; yields CapturedWrites."""
        stream.flush()
        fd = stream.fileno()
        handle, path = tempfile.mkstemp(dir=self.get_temp_dir())
        original = os.dup(fd)
        os.dup2(handle, fd)
        try:
            yield CapturedWrites(path)
        finally:
            stream.flush()
            os.dup2(original, fd)
            os.close(original)
            os.close(handle)

    def evaluate(self, tensors):
        """Values of a structure of Tensors in the default session, or in the test's."""
        sess = ops.get_default_session()
        if sess is not None:
            return sess.run(tensors)
        with self.test_session() as sess:
            return sess.run(tensors)

    @contextlib.contextmanager
    def session(self, graph=None, config=None, use_gpu=False, force_gpu=False):
        """For a with statement: a session of its own, which is the default inside.

        Args:
          graph: its graph; the default graph if None.
          config: a ConfigProto.
          use_gpu: whether operations are left unplaced; they are placed on the CPU otherwise.
          force_gpu: whether all operations are placed on "/device:GPU:0".
        """
        with ErrorLoggingSession(graph=graph, config=_config(config, force_gpu)) as sess, _placed(sess, use_gpu, force_gpu):
            yield sess

    @contextlib.contextmanager
    def cached_session(self, graph=None, config=None, use_gpu=False, force_gpu=False):
        """For a with statement: the test's session, which lives until the test ends.  See session for the arguments.

        Raises:
          ValueError: an earlier call in the test had other arguments.
        """
        sess = self._get_cached_session(graph, config, force_gpu, crash_if_inconsistent_args=True)
        with _placed(sess, use_gpu, force_gpu):
            yield sess

    @contextlib.contextmanager
    def test_session(self, graph=None, config=None, use_gpu=False, force_gpu=False):
        """For a with statement: session where a graph is given, else cached_session without its errors."""
        if self.id().endswith(".test_session"):
            self.skipTest("Not a test.")
        if graph is not None:
            with self.session(graph, config, use_gpu, force_gpu) as sess:
                yield sess
            return
        sess = self._get_cached_session(graph, config, force_gpu, crash_if_inconsistent_args=False)
        with _placed(sess, use_gpu, force_gpu):
            yield sess

    test_session.__test__ = False

    def _get_cached_session(self, graph=None, config=None, force_gpu=False, crash_if_inconsistent_args=True):
        if self._cached_session is None:
            self._cached_session = ErrorLoggingSession(graph=graph, config=_config(config, force_gpu))
            self._cached_graph, self._cached_config, self._cached_force_gpu = graph, config, force_gpu
        elif crash_if_inconsistent_args:
            for what, before, now in (("graph", self._cached_graph, graph), ("config", self._cached_config, config),
                                      ("force_gpu value", self._cached_force_gpu, force_gpu)):
                if before is not now:
                    raise ValueError("The %s used to get the cached session is different than the one that was used to create the "
                                     "session. Maybe create a new session with self.session()" % what)
        return self._cached_session

    def checkedThread(self, target, args=None, kwargs=None):
        """A thread with start() and join(), which fails the test where `target` raises or it is not joined."""
        thread = CheckedThread(self, target, args, kwargs)
        self._threads.append(thread)
        return thread


@contextlib.contextmanager
def _placed(sess, use_gpu, force_gpu):
    """The session and its graph as defaults, and the device that operations get."""
    where = "/device:GPU:0" if force_gpu else None if use_gpu else "/device:CPU:0"
    with sess.graph.as_default(), sess.as_default():
        if where is None:
            yield
        else:
            with sess.graph.device(where):
                yield
