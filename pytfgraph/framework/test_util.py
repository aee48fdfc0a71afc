"""tf.test.TestCase, and what TensorFlow's tests ask of graphs and of the machine."""
import collections
import contextlib
import functools
import gc
import itertools
import random
import re
import unittest

import numpy as np

from pytfgraph import protos
from pytfgraph.framework import errors_impl, importer, ops, random_seed, tensor_shape
from pytfgraph.framework.test_asserts import Asserts
from pytfgraph.framework.test_sessions import CapturedWrites, ErrorLoggingSession, Sessions  # noqa: F401
from pytfgraph.ops import array_ops, variables
from pytfgraph.pywrap_tensorflow import (  # noqa: F401
    CudaSupportsHalfMatMulAndConv, InstallStacktraceHandler as InstallStackTraceHandler, IsGoogleCudaEnabled, IsMklEnabled)
from pytfgraph.util import graph_equality


class TensorFlowTestCase(Sessions, Asserts, unittest.TestCase):
    """A test case with a fresh default graph, fixed seeds, sessions and comparisons of arrays."""

    assertRaisesRegexp = unittest.TestCase.assertRaisesRegex
    assertItemsEqual = unittest.TestCase.assertCountEqual

    def setUp(self):
        self._ClearCachedSession()
        random.seed(random_seed.DEFAULT_GRAPH_SEED)
        np.random.seed(random_seed.DEFAULT_GRAPH_SEED)
        ops.reset_default_graph()
        random_seed.set_random_seed(random_seed.DEFAULT_GRAPH_SEED)

    def tearDown(self):
        for thread in self._threads:
            thread.check_termination()
        self._ClearCachedSession()


# Names that unittest had until Python 3.12 and that programs of TensorFlow 1.x's time use.
for _old, _new in (("assertEquals", "assertEqual"), ("assertNotEquals", "assertNotEqual"), ("assert_", "assertTrue"),
                   ("assertAlmostEquals", "assertAlmostEqual"), ("assertNotRegexpMatches", "assertNotRegex"),
                   ("assertRegexpMatches", "assertRegex"), ("failUnlessEqual", "assertEqual")):
    if not hasattr(unittest.TestCase, _old):
        setattr(TensorFlowTestCase, _old, getattr(unittest.TestCase, _new))


# ---- the machine ----

def gpu_device_name():
    """'': there is no GPU."""
    return ""


def is_gpu_available(cuda_only=False, min_cuda_compute_capability=None):
    """False: there is no GPU."""
    return False


@contextlib.contextmanager
def device(use_gpu):
    """For a with statement: the device of tests, which is the CPU."""
    with ops.device("/device:CPU:0"):
        yield


def create_local_cluster(num_workers, num_ps, protocol="grpc", worker_config=None, ps_config=None):
    """Servers of this process for workers and parameter servers.

    Raises:
      UnimplementedError: there are no servers yet.
    """
    raise errors_impl.UnimplementedError(None, None, "create_local_cluster: this library has no servers yet")


# ---- graphs ----

def assert_ops_in_graph(expected_ops, graph):
    """The nodes of a graph that a dict of names and operation types names; ValueError where one is missing or another."""
    actual = {node.name: node for node in graph.as_graph_def().node}
    for name, op_type in expected_ops.items():
        if name in actual and actual[name].op != op_type:
            raise ValueError("Expected op for node %s is different. %s vs %s" % (name, op_type, actual[name].op))
    if not set(expected_ops) <= set(actual):
        raise ValueError("Not all expected ops are present. Expected %s, found %s" % (expected_ops.keys(), list(actual)))
    return {name: actual[name] for name in expected_ops}


_SHARDED_SAVE_OP_PATTERN = "_temp_[0-9a-z]{32}/part"


def _strip_checkpoint_v2_randomized(graph_def):
    for node in graph_def.node:
        for key in list(node.attr):
            values = node.attr[key].tensor.string_val
            if len(values) == 1 and re.match(_SHARDED_SAVE_OP_PATTERN, values[0].decode("utf-8", "replace")):
                del node.attr[key]


def assert_equal_graph_def(actual, expected, checkpoint_v2=False):
    """Two GraphDefs with the same nodes, in whatever order; versions and attributes whose names start with "_" may differ.

    Args:
      actual: the GraphDef that is there.
      expected: the one it should be.
      checkpoint_v2: whether the random folder names of sharded saving may differ (they are removed from both).

    Raises:
      AssertionError: with the first difference.
      TypeError: one is not a GraphDef.
    """
    graph_def = protos.message("tensorflow.GraphDef")
    for which, value in (("actual", actual), ("expected", expected)):
        if not isinstance(value, graph_def):
            raise TypeError("Expected tf.GraphDef for %s, got %s" % (which, type(value).__name__))
    if checkpoint_v2:
        _strip_checkpoint_v2_randomized(actual)
        _strip_checkpoint_v2_randomized(expected)
    difference = graph_equality.difference(actual, expected)
    if difference:
        raise AssertionError(difference)


def assert_meta_graph_protos_equal(tester, a, b):
    """Two MetaGraphDefs that say the same; collections, graphs and the rest are compared one after the other (and cleared)."""
    tester.assertEqual(set(a.collection_def), set(b.collection_def))
    for key in a.collection_def:
        theirs, ours = a.collection_def[key], b.collection_def[key]
        proto_type = ops.get_collection_proto_type(key)
        if not proto_type:
            tester.assertEqual(theirs, ours)
            continue
        tester.assertEqual(len(theirs.bytes_list.value), len(ours.bytes_list.value))
        for x, y in zip(theirs.bytes_list.value, ours.bytes_list.value):
            tester.assertProtoEquals(proto_type.FromString(x), proto_type.FromString(y))
    assert_equal_graph_def(a.graph_def, b.graph_def, checkpoint_v2=True)
    tester.assertProtoEquals(a.graph_def.versions, b.graph_def.versions)
    for message in (a, b):
        message.ClearField("collection_def")
        message.ClearField("graph_def")
    tester.assertProtoEquals(a, b)


def get_node_def_from_graph(node_name, graph_def):
    """The NodeDef of a name, or None."""
    return next((node for node in graph_def.node if node.name == node_name), None)


def set_producer_version(graph, producer_version):
    """Makes a graph one that was written by TensorFlow of a producer version."""
    graph_def = protos.message("tensorflow.GraphDef")()
    graph_def.versions.producer = producer_version
    with graph.as_default():
        importer.import_graph_def(graph_def)
    assert graph.graph_def_versions.producer, producer_version


# ---- layouts ----

def _rearranged(value, orders):
    """A Tensor transposed, or a list of sizes in another order; `orders` by rank."""
    if isinstance(value, ops.Tensor):
        return array_ops.transpose(value, orders[value.shape.ndims])
    return [value[axis] for axis in orders[len(value)]]


def NHWCToNCHW(input_tensor):
    """A Tensor of rank 4 or 5 with channels last, or its shape as a list, with channels first."""
    return _rearranged(input_tensor, {4: [0, 3, 1, 2], 5: [0, 4, 1, 2, 3]})


def NCHWToNHWC(input_tensor):
    """A Tensor of rank 4 or 5 with channels first, or its shape as a list, with channels last."""
    return _rearranged(input_tensor, {4: [0, 2, 3, 1], 5: [0, 2, 3, 4, 1]})


def NHWCToNCHW_VECT_C(input_shape_or_tensor):
    """Channels last to channels first in groups of 4 that stand last; ValueError where there are not whole groups."""
    is_tensor = isinstance(input_shape_or_tensor, ops.Tensor)
    shape = input_shape_or_tensor.shape.as_list() if is_tensor else list(input_shape_or_tensor)
    if shape[-1] % 4 != 0:
        raise ValueError("Last dimension of input must be evenly divisible by 4 to convert to NCHW_VECT_C.")
    shape[-1:] = [shape[-1] // 4, 4]
    grouped = array_ops.reshape(input_shape_or_tensor, shape) if is_tensor else shape
    return _rearranged(grouped, {5: [0, 3, 1, 2, 4], 6: [0, 4, 1, 2, 3, 5]})


def NCHW_VECT_CToNHWC(input_shape_or_tensor):
    """The inverse of NHWCToNCHW_VECT_C; ValueError where the last dimension is not 4."""
    is_tensor = isinstance(input_shape_or_tensor, ops.Tensor)
    shape = input_shape_or_tensor.shape.as_list() if is_tensor else list(input_shape_or_tensor)
    if shape[-1] != 4:
        raise ValueError("Last dimension of NCHW_VECT_C must be 4.")
    orders = {5: [0, 2, 3, 1, 4], 6: [0, 2, 3, 4, 1, 5]}
    result = _rearranged(shape, orders)
    result[-2:] = [result[-2] * result[-1]]
    return array_ops.reshape(_rearranged(input_shape_or_tensor, orders), result) if is_tensor else result


# ---- decorators ----

def skip_if(condition):
    """A decorator: the function does nothing where a condition, or what it returns, is true."""
    def decorator(fn):
        def wrapper(*args, **kwargs):
            if not (condition() if callable(condition) else condition):
                fn(*args, **kwargs)
        return wrapper
    return decorator


def _unchanged(fn):
    return fn


# Shape functions are always those of the core, in C, and conds and loops those of 1.12.
enable_c_shapes = with_c_shapes = with_control_flow_v2 = _unchanged


def disable_control_flow_v2(unused_msg):
    """A decorator that leaves a test as it is; the argument says why it is there."""
    return _unchanged


def enable_control_flow_v2(fn):
    """A decorator for tests of functional conds and loops behind tf.cond and tf.while_loop, which are not here: they are skipped."""
    return unittest.skip("tf.cond and tf.while_loop are not functional")(fn)


def run_in_graph_and_eager_modes(func=None, config=None, use_gpu=True, reset_test=True, assert_no_eager_garbage=False):
    """A decorator: a test method runs in a session of the test.  Operations do not run eagerly here, so it runs once."""
    def decorator(f):
        if isinstance(f, type):
            raise ValueError("`run_test_in_graph_and_eager_modes` only supports test methods. "
                             "Did you mean to use `run_all_tests_in_graph_and_eager_modes`?")

        @functools.wraps(f)
        def decorated(self, *args, **kwargs):
            with self.test_session(use_gpu=use_gpu, config=config):
                f(self, *args, **kwargs)
        return decorated
    return decorator if func is None else decorator(func)


def run_all_in_graph_and_eager_modes(cls):
    """A decorator of a class: run_in_graph_and_eager_modes for each of its tests."""
    for name, value in list(cls.__dict__.items()):
        if callable(value) and name.startswith("test") and name != "test_session":
            setattr(cls, name, run_in_graph_and_eager_modes(value))
    return cls


def assert_no_new_pyobjects_executing_eagerly(f):
    """A decorator for tests that run eagerly, which operations do not do here: the test runs as it is."""
    return f


def _graph_objects():
    kinds = (ops.Tensor, variables.Variable, tensor_shape.Dimension, tensor_shape.TensorShape)
    found = []
    for obj in gc.get_objects():
        try:
            if isinstance(obj, kinds):
                found.append(obj)
        except ReferenceError:
            pass
    return found


def assert_no_new_tensors(f):
    """A decorator: no Tensor, Variable or shape that the test made lives on after it."""
    def decorator(self, **kwargs):
        before = {id(obj) for obj in _graph_objects()}
        with ops.Graph().as_default():
            f(self, **kwargs)
        gc.collect()
        after = [obj for obj in _graph_objects() if id(obj) not in before]
        if after:
            raise AssertionError("%d Tensors not deallocated after test: %s" % (len(after), after))
    return decorator


def assert_no_garbage_created(f):
    """A decorator: the test leaves nothing to the garbage collector."""
    def decorator(self, **kwargs):
        gc.disable()
        flags = gc.get_debug()
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            gc.collect()
            before = len(gc.garbage)
            f(self, **kwargs)
            gc.collect()
            self.assertEqual(before, len(gc.garbage), [type(obj) for obj in gc.garbage[before:]])
        finally:
            gc.set_debug(flags)
            gc.enable()
    return decorator


def generate_combinations_with_testcase_name(**kwargs):
    """Every combination of arguments (lists of values), as an OrderedDict that also has a "testcase_name"."""
    keys = sorted(kwargs)
    values = [v if isinstance(v, list) else [v] for v in (kwargs[k] for k in keys)]
    named = []
    for choice in itertools.product(*values):
        parts = ("_%s_%s" % tuple("".join(filter(str.isalnum, str(x))) for x in pair) for pair in zip(keys, choice))
        named.append(collections.OrderedDict(list(zip(keys, choice)) + [("testcase_name", "_test" + "".join(parts))]))
    return named
