"""Each scenario some hundred times: the core's blocks, Python's objects and the process stay as they were.  And those that
test_failing.py does not have, with the 1st, 2nd, ... n-th allocation failing."""
import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
import repeated  # noqa: E402

ROUNDS = 900


def words(*arguments):
    done = subprocess.run([sys.executable, "-X", "faulthandler", str(HERE / "repeated.py"), *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=800, env=dict(os.environ))
    text = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, text[-4000:]
    return text.split()


@pytest.mark.parametrize("name", sorted(repeated.REPEATED))
def test_flat(name):
    blocks, objects, size = map(int, words(name, str(ROUNDS))[-3:])
    assert blocks <= 8 and objects < ROUNDS // 3 and size <= 4 << 20, (blocks, objects, size)


@pytest.mark.parametrize("name", sorted(repeated.FAILING))
def test_failing(name):
    assert int(words(name)[-1]) > 0
