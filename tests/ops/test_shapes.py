"""Static shapes, and the words of errors, against those that TensorFlow 1.12.3 gave (golden/ops/shapes.jsonl)."""
import json
import pathlib
import re

import pytest

import pytfgraph as tf
from pytfgraph.ops import raw

import shape_ask

ROOT = pathlib.Path(__file__).parent.parent.parent
ALL = raw.module("gen_ops")


def recorded():
    by_op = {}
    for line in (ROOT / "tests/golden/ops/shapes.jsonl").read_text().splitlines():
        expression, answer = json.loads(line)
        name = re.match(r"op\('(\w+)'", expression)[1]
        if hasattr(ALL, name) or hasattr(ALL, "_" + name):
            by_op.setdefault(name, []).append((expression, answer))
    return by_op


RECORDED = recorded()


@pytest.mark.parametrize("op", sorted(RECORDED))
def test_shapes(op):
    asker = shape_ask.Asker(tf, raw.function)
    wrong = [(expression, asker.ask(expression), answer) for expression, answer in RECORDED[op]]
    wrong = ["%s\n  gives %s\n  not   %s" % w for w in wrong if w[1] != w[2]]
    assert not wrong, "%d of %d\n" % (len(wrong), len(RECORDED[op])) + "\n".join(wrong[:5])


def test_that_much_was_recorded():
    assert len(RECORDED) > 100 and sum(map(len, RECORDED.values())) > 4000


@pytest.mark.parametrize("expression, message", [
    ("op('reverse_sequence', P([2,3]), P([2], tf.int32), 0, -4)", "batch_dim must be >= 0, got -4"),
    ("op('parallel_concat', [P([]), P([])], [2, 3])", "Size of first dimension must be 1."),
    ("op('sparse_apply_momentum', V([3]), V([3]), 0.1, P([]), P([2], tf.int32), 0.9)", "Shapes must be equal rank, but are 1 and 0"),
])
def test_shapes_that_end_the_process_of_tensorflow(expression, message):
    """What the recorder had to leave out."""
    answer = shape_ask.Asker(tf, raw.function).ask(expression)
    assert answer.get("error") == "ValueError" and answer["message"].startswith(message)
