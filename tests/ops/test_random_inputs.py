"""No input, however wrong, crashes the process."""
import pathlib
import subprocess
import sys

import pytest

SCRIPT = pathlib.Path(__file__).with_name("random_inputs.py")


@pytest.mark.parametrize("seed", range(4))
def test_no_input_crashes(seed):
    run = subprocess.run([sys.executable, "-X", "faulthandler", str(SCRIPT), str(seed), "1500"], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, timeout=300)
    assert run.returncode == 0, run.stderr.decode()[-2000:]
    assert int(run.stdout.split()[-1]) > 100
