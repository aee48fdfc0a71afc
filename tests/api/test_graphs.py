"""Whole graphs, node by node: what each snippet of golden/graphs builds, against what TensorFlow 1.12.3 built."""
import pathlib
import subprocess
import sys

import pytest

TESTS = pathlib.Path(__file__).parent.parent
SNIPPETS = sorted((TESTS / "golden" / "graphs").glob("*.py"))


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda p: p.stem)
def test_graph(snippet):
    done = subprocess.run([sys.executable, str(TESTS / "graph_text.py"), "pytfgraph", str(snippet)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    got = done.stdout.decode().splitlines()
    want = snippet.with_suffix(".txt").read_text().splitlines()
    for i, (w, g) in enumerate(zip(want, got)):
        assert g == w, "line %d of %s" % (i + 1, snippet.with_suffix(".txt").name)
    assert len(got) == len(want), "the graph ends early or goes on: %r" % (got[len(want):] or want[len(got):])[:3]


def test_snippets_are_there():
    assert len(SNIPPETS) >= 27
