"""Whole programs as users run them, against what they printed with TensorFlow 1.12.3."""
import pathlib
import subprocess
import sys

import pytest

TESTS = pathlib.Path(__file__).parent.parent
PROGRAMS = sorted((TESTS / "golden" / "programs").glob("*.py"))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.stem)
def test_program(program, tmp_path):
    done = subprocess.run([sys.executable, "-m", "pytfgraph", "run", str(program)], cwd=str(tmp_path),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    errors = done.stderr.decode("utf-8", "replace").strip()
    got = done.stdout.decode()
    if done.returncode:
        got += "ended in: %s\n" % (errors.splitlines() or [str(done.returncode)])[-1]
    assert got == program.with_suffix(".out").read_text(), errors[-3000:]


def test_programs_are_there():
    assert len(PROGRAMS) >= 20
