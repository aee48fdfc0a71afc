"""Each scenario with the 1st, 2nd, ... n-th allocation failing until it succeeds: a clear error each time, never a crash, nothing
leaked, and the process as usable afterwards as before.  In a process of its own, since a crash would be the finding."""
import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
import scenarios  # noqa: E402


@pytest.mark.parametrize("name", sorted(scenarios.SCENARIOS))
def test_scenario(name):
    done = subprocess.run([sys.executable, "-X", "faulthandler", str(HERE / "scenarios.py"), name],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=800, env=dict(os.environ))
    text = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, text[-4000:]
    failures = int(text.split()[-1])
    assert failures > 0, "no allocation was made to fail"
