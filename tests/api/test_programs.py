"""Whole programs as users run them, against what they printed with TensorFlow 1.12.3."""
import pathlib
import re
import subprocess
import sys

import pytest

TESTS = pathlib.Path(__file__).parent.parent
PROGRAMS = sorted((TESTS / "golden" / "programs").glob("*.py"))


def settled(text):
    """Output without what TensorFlow leaves open: which devices it lists, and the order in which ops were placed."""
    lines, placed = [], []
    for line in text.splitlines():
        line = re.sub(r", /job:\S+/device:XLA_CPU:0", "", line)
        if line.startswith("Device mapping:") or re.match(r"/job:\S+ -> device", line):
            continue
        if re.match(r"\S+: \(\w+\): /job:", line):
            placed.append(line)
            continue
        lines += sorted(placed) + [line]
        placed = []
    return lines + sorted(placed)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.stem)
def test_program(program, tmp_path):
    done = subprocess.run([sys.executable, "-m", "pytfgraph", "run", str(program)], cwd=str(tmp_path),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    errors = done.stderr.decode("utf-8", "replace").strip()
    got = done.stdout.decode()
    if done.returncode:
        got += "ended in: %s\n" % (errors.splitlines() or [str(done.returncode)])[-1]
    assert settled(got) == settled(program.with_suffix(".out").read_text(encoding="utf-8")), errors[-3000:]


def test_programs_are_there():
    assert len(PROGRAMS) >= 20
