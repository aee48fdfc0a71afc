"""unittest, with what TensorFlow's tests add to it."""
import atexit
import inspect
import itertools
import os
import shutil
import sys
import tempfile
import unittest
from unittest import *  # noqa: F401,F403 - it stands in for unittest

from pytfgraph.platform import benchmark

Benchmark = benchmark.TensorFlowBenchmark
unittest_main = unittest.main
_temp_dir = []


def g_main(argv):
    """unittest.main over this shard's tests: TEST_TOTAL_SHARDS and TEST_SHARD_INDEX deal each class's tests out in turn."""
    status = os.environ.get("TEST_SHARD_STATUS_FILE")
    if status:
        with open(status, "w"):
            pass
    if "TEST_TOTAL_SHARDS" not in os.environ or "TEST_SHARD_INDEX" not in os.environ:
        return unittest_main(argv=argv)
    shards, mine = int(os.environ["TEST_TOTAL_SHARDS"]), int(os.environ["TEST_SHARD_INDEX"])
    turn = itertools.cycle(range(shards))

    class Loader(unittest.TestLoader):
        def getTestCaseNames(self, testCaseClass):
            return [name for name in sorted(super().getTestCaseNames(testCaseClass)) if next(turn) == mine]

    return unittest_main(argv=argv, testLoader=Loader())


def main(argv=None):
    """Runs the program's tests, or with --benchmarks=REGEX its benchmarks, and exits."""
    from pytfgraph.platform import app
    benchmark.benchmarks_main(lambda: app.run(main=g_main, argv=sys.argv if argv is None else argv))


def GetTempDir():
    """This process's directory for test files, which is removed when it ends."""
    if not _temp_dir:
        program = os.path.basename(getattr(sys.modules.get("__main__"), "__file__", None) or "test")
        _temp_dir.append(tempfile.mkdtemp(prefix=os.path.splitext(program)[0], dir=os.environ.get("TEST_TMPDIR")))
        atexit.register(shutil.rmtree, _temp_dir[0], ignore_errors=True)
    return _temp_dir[0]


def test_src_dir_path(relative_path):
    """Where a file of TensorFlow's own tests lies: under the folder that TEST_SRCDIR names (KeyError without it)."""
    return os.path.join(os.environ["TEST_SRCDIR"], "org_tensorflow/tensorflow", relative_path)


test_src_dir_path.__test__ = False


def StatefulSessionAvailable():
    return False


class StubOutForTesting:
    """Attributes replaced for the time of a test, and put back by CleanUp or at the end of a with statement."""

    def __init__(self):
        self.cache = []
        self.stubs = []

    def __del__(self):
        self.CleanUp()

    def __enter__(self):
        return self

    def __exit__(self, unused_exc_type, unused_exc_value, unused_tb):
        self.CleanUp()

    def CleanUp(self):
        """Puts everything back."""
        self.SmartUnsetAll()
        self.UnsetAll()

    def SmartSet(self, obj, attr_name, new_attr):
        """Replaces an attribute of a module, of a class, or of an object: there its own, or else its class's.

        Raises:
          AttributeError: the attribute is not there.
        """
        own = inspect.ismodule(obj) or inspect.isclass(obj) or attr_name in obj.__dict__
        owner = obj if own else type(obj)
        if not hasattr(obj, attr_name):
            raise AttributeError("Attribute not found.")
        self.stubs.append((owner, attr_name, _as_defined(owner, attr_name)))
        setattr(owner, attr_name, new_attr)

    def SmartUnsetAll(self):
        """Undoes SmartSet."""
        for owner, name, old in reversed(self.stubs):
            setattr(owner, name, old)
        self.stubs = []

    def Set(self, parent, child_name, new_child):
        """Replaces parent's attribute."""
        self.cache.append((parent, _as_defined(parent, child_name), child_name))
        setattr(parent, child_name, new_child)

    def UnsetAll(self):
        """Undoes Set, the last replacement first."""
        for parent, old, name in reversed(self.cache):
            setattr(parent, name, old)
        self.cache = []


def _as_defined(owner, name):
    """An attribute as it can be set again: a static or class method stays one."""
    raw = owner.__dict__.get(name)
    return raw if isinstance(raw, (staticmethod, classmethod)) else getattr(owner, name)
