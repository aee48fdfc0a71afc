"""An event file that TensorFlow 1.12.3 wrote is read as it reads it; ours of the same program says the same."""
import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest

import event_program
import pytfgraph as tf

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / 'golden' / 'io' / 'events'
FACTS = json.loads((GOLDEN / 'facts.json').read_text())


def close(a, b):
    """Equal but for the rounding of floats."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(close(x, y) for x, y in zip(a, b))
    return a == pytest.approx(b, rel=1e-6) if isinstance(a, float) and isinstance(b, float) else a == b


def assert_same(got):
    got = json.loads(json.dumps(got))
    for ours, theirs in zip(got, FACTS):
        assert close(ours, theirs), (ours, theirs)
    assert len(got) == len(FACTS)


def test_reads_theirs():
    assert_same(event_program.read(tf, np, str(GOLDEN)))


def test_writes_the_same(tmp_path):
    with tf.Graph().as_default():
        event_program.write(tf, np, str(tmp_path))
    assert_same(event_program.read(tf, np, str(tmp_path)))


def test_inspect():
    path = next(GOLDEN.glob('events*'))
    done = subprocess.run([sys.executable, '-m', 'pytfgraph', 'inspect', str(path)], stdout=subprocess.PIPE, check=True)
    text = done.stdout.decode()
    for tag in ('scalar', 'family/family/named', 'histogram', 'image/image/0', 'text', 'by hand', 'run metadata: 3'):
        assert tag in text, text
