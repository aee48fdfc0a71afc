"""tf.test: test cases, benchmarks, and what programs ask about the machine."""
from unittest import mock  # noqa: F401 - tf.test.mock

from pytfgraph.framework.test_util import (  # noqa: F401
    TensorFlowTestCase as TestCase, assert_equal_graph_def, create_local_cluster, gpu_device_name, is_gpu_available)
from pytfgraph.ops.gradient_checker import compute_gradient, compute_gradient_error  # noqa: F401
from pytfgraph.platform import googletest
from pytfgraph.platform.googletest import Benchmark, StubOutForTesting  # noqa: F401


def main(argv=None):
    """Runs all unit tests of the program, and exits."""
    return googletest.main(argv)


def get_temp_dir():
    """A directory for this process's test files, which is removed when it ends."""
    return googletest.GetTempDir()


def test_src_dir_path(relative_path):
    """Where a file of TensorFlow's own tests lies: under the folder that TEST_SRCDIR names."""
    return googletest.test_src_dir_path(relative_path)


test_src_dir_path.__test__ = False


def is_built_with_cuda():
    """False: operations run on the CPU."""
    return False
