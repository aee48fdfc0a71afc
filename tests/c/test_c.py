"""Runs the C tests: each TEST of each tests/c/test_*.c is one item, in a process of its own."""
import os
import pathlib
import subprocess

import pytest

HERE = pathlib.Path(__file__).parent
BUILD = pathlib.Path(os.environ.get("TFG_BUILD_DIR", HERE.parent.parent / "build" / "dev"))


def items():
    for source in sorted(HERE.glob("test_*.c")):
        program = BUILD / "tests" / source.stem
        names = []
        if program.exists():
            names = subprocess.run([str(program), "--list"], stdout=subprocess.PIPE, check=True).stdout.decode().split()
        for name in names or [None]:
            yield pytest.param(program, name, id="%s-%s" % (source.stem[5:], name))


@pytest.mark.parametrize("program, name", list(items()))
def test_c(program, name):
    assert name, "%s is not built: ./dev build" % program
    done = subprocess.run([str(program), name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")[-6000:]
