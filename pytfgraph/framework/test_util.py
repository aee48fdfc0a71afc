"""Test cases and what tests ask about the machine."""
import contextlib
import random
import unittest

import numpy as np

from pytfgraph.client import session
from pytfgraph.framework import ops, random_seed


def gpu_device_name():
    """'': there is no GPU."""
    return ""


def is_gpu_available(cuda_only=False, min_cuda_compute_capability=None):
    """False: there is no GPU."""
    return False


class TensorFlowTestCase(unittest.TestCase):
    """A test case with a fresh default graph, fixed seeds, sessions and comparisons of arrays."""

    def setUp(self):
        random.seed(random_seed.DEFAULT_GRAPH_SEED)
        np.random.seed(random_seed.DEFAULT_GRAPH_SEED)
        ops.reset_default_graph()
        ops.get_default_graph().seed = random_seed.DEFAULT_GRAPH_SEED
        self._cached_session = None

    def tearDown(self):
        if self._cached_session is not None:
            self._cached_session.close()
            self._cached_session = None

    def get_temp_dir(self):
        """A directory for this process's test files."""
        from pytfgraph.platform import test
        return test.get_temp_dir()

    @contextlib.contextmanager
    def session(self, graph=None, config=None, use_gpu=False, force_gpu=False):
        """A session of its own, which is the default inside the with statement."""
        with session.Session(graph=graph, config=config) as sess:
            yield sess

    @contextlib.contextmanager
    def test_session(self, graph=None, config=None, use_gpu=False, force_gpu=False):
        """The test's session, the same at each call without a graph."""
        if graph is not None:
            with self.session(graph=graph, config=config) as sess:
                yield sess
            return
        if self._cached_session is None:
            self._cached_session = session.Session(config=config)
        with self._cached_session.graph.as_default(), self._cached_session.as_default():
            yield self._cached_session

    cached_session = test_session

    def evaluate(self, tensors):
        """Values of tensors in the default session."""
        sess = ops.get_default_session()
        if sess is None:
            with self.test_session() as sess:
                return sess.run(tensors)
        return sess.run(tensors)

    def assertAllEqual(self, a, b):
        """Equal arrays, NaNs included."""
        np.testing.assert_array_equal(_array(a), _array(b))

    def assertAllClose(self, a, b, rtol=1e-6, atol=1e-6):
        """Arrays equal within tolerances."""
        np.testing.assert_allclose(_array(a), _array(b), rtol=rtol, atol=atol)

    def assertAllCloseAccordingToType(self, a, b, rtol=1e-6, atol=1e-6, float_rtol=1e-6, float_atol=1e-6, half_rtol=1e-3, half_atol=1e-3):
        """assertAllClose with tolerances that fit the narrower type."""
        kinds = {_array(a).dtype, _array(b).dtype}
        if np.dtype(np.float32) in kinds or np.dtype(np.complex64) in kinds:
            rtol, atol = max(rtol, float_rtol), max(atol, float_atol)
        if np.dtype(np.float16) in kinds:
            rtol, atol = max(rtol, half_rtol), max(atol, half_atol)
        self.assertAllClose(a, b, rtol=rtol, atol=atol)

    def assertNear(self, f1, f2, err, msg=None):
        """Numbers equal within `err`."""
        self.assertTrue(f1 == f2 or abs(f1 - f2) <= err, "%f != %f +/- %f%s" % (f1, f2, err, " (%s)" % msg if msg is not None else ""))

    def assertShapeEqual(self, np_array, tf_tensor):
        """An array and a Tensor of one shape."""
        self.assertEqual(list(np_array.shape), tf_tensor.get_shape().as_list())

    @contextlib.contextmanager
    def assertRaisesOpError(self, expected_err_re_or_predicate):
        """An OpError whose message matches."""
        from pytfgraph.framework import errors_impl
        with self.assertRaisesRegex(errors_impl.OpError, expected_err_re_or_predicate):
            yield


def _array(x):
    return x if isinstance(x, np.ndarray) else np.array(x)
