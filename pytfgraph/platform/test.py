"""tf.test: what programs ask about the machine, and test cases."""
import os
import sys
import tempfile

_temp_dir = []


def get_temp_dir():
    """A directory for this process's test files."""
    if not _temp_dir:
        _temp_dir.append(tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR")))
    return _temp_dir[0]


def is_built_with_cuda():
    """False."""
    return False


def main(argv=None):
    """Runs all unit tests of the program."""
    import unittest
    unittest.main(argv=sys.argv if argv is None else argv)
