"""No call of an operation, however wrong, crashes the process."""
import pathlib
import subprocess
import sys

import pytest

SCRIPT = pathlib.Path(__file__).with_name("random_ops.py")


@pytest.mark.parametrize("seed", range(4))
def test_random_calls(seed):
    run = subprocess.run([sys.executable, "-X", "faulthandler", str(SCRIPT), str(seed), "1500", "40"], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, timeout=300)
    said = run.stderr.decode(errors="replace")
    assert run.returncode == 0, said[-2000:]
    assert int(run.stdout.split()[-1]) > 50
    assert "SLOW" not in said, [line for line in said.splitlines() if line.startswith("SLOW")]
