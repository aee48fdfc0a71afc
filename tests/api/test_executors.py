"""Every page and every program gives the same bits through both executors, and with 1, 2, 3 and 7 threads."""
import json
import os
import pathlib
import subprocess
import sys

import pytest

import harness

HERE = pathlib.Path(__file__).parent
TESTS = HERE.parent
PAGES = sorted(HERE.glob("*_cases.py"))
PROGRAMS = [p for p in sorted((TESTS / "golden" / "programs").glob("*.py")) if "placement" not in p.name]


def answers(page, **settings):
    done = subprocess.run([sys.executable, str(HERE / "harness.py"), "pytfgraph", str(page)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=400, env=dict(os.environ, **settings))
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-3000:]
    rows = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return {row["case"]: row["answers"] for row in rows if "answers" in row}


@pytest.fixture(scope="module")
def usual():
    """What each page answers by default, asked once."""
    cache = {}

    def get(page):
        if page not in cache:
            cache[page] = answers(page)
        return cache[page]
    return get


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_page_through_dataflow(page, usual):
    first, second = usual(page), answers(page, TFG_EXECUTOR="dataflow")
    different = [name for name, _ in harness.read_cases(str(page)) if first[name] != second[name]]
    assert not different, [(n, [(a, b) for a, b in zip(first[n], second[n]) if a != b][:2]) for n in different[:5]]


@pytest.mark.slow
@pytest.mark.parametrize("threads", ["1", "3", "7"])
@pytest.mark.parametrize("page", [p for p in PAGES if p.stem in ("math_cases", "training_cases", "constants_cases")],
                         ids=lambda p: p.stem)
def test_page_with_threads(page, threads, usual):
    first, second = usual(page), answers(page, TFG_THREADS=threads)
    assert first == second


@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.stem)
def test_program_through_dataflow(program, tmp_path):
    outputs = []
    for executor in ("", "dataflow"):
        done = subprocess.run([sys.executable, "-m", "pytfgraph", "run", str(program)], cwd=str(tmp_path), timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ, TFG_EXECUTOR=executor))
        outputs.append((done.returncode, done.stdout))
    assert outputs[0] == outputs[1]
