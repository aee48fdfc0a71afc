"""No node of a file crashes the process, whatever its attributes and shapes say."""
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent


@pytest.mark.parametrize("seed", range(3))
def test_random_nodes(seed):
    done = subprocess.run([sys.executable, str(HERE / "random_nodes.py"), str(seed), "4000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    made, differentiated = map(int, re.match(r"made (\d+), differentiated (\d+)", done.stdout.decode()).groups())
    assert made > 1000 and differentiated > 500     # else the nodes are so wild that they show nothing
