"""The graphs of programs.py over the corpus of their fuzz targets, as it is and with bytes changed: an answer or an error, no crash."""
import pathlib
import random
import sys

import pytest

import pytfgraph as tf

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import programs  # noqa: E402

ROUNDS = 30


def changed(r, data):
    data = bytearray(data)
    for _ in range(r.choice([1, 1, 2, 4])):
        at = r.randrange(len(data) + 1)
        kind = r.randrange(4)
        if kind == 0:
            del data[at:at + r.choice([1, 2, 8])]
        elif kind == 1:
            data[at:at] = bytes(r.choice([0, 1, 0x7f, 0x80, 0xff, ord(","), ord('"'), r.randrange(256)]) for _ in range(r.choice([1, 1, 4])))
        elif data:
            data[min(at, len(data) - 1)] = r.randrange(256)
    return bytes(data)


@pytest.mark.parametrize("name", sorted(programs.PROGRAMS))
def test_corpus(name):
    r, answers, files = random.Random(name), 0, sorted((HERE / "corpus" / ("fuzz_" + name)).iterdir())
    with tf.Graph().as_default() as g:
        programs.PROGRAMS[name]()
        x = g.get_tensor_by_name("x:0")
        fetched = [op.outputs for op in g.get_operations() if op.name[0] == "y" and "/" not in op.name]
        with tf.Session() as s:
            for path in files:
                for k in range(ROUNDS):
                    data = changed(r, path.read_bytes()) if k else path.read_bytes()
                    for each in fetched:
                        try:
                            s.run(each, {x: data.split(b"\xfe\xff") if x.shape.ndims else data})
                            answers += 1
                        except tf.errors.OpError:
                            pass
    assert answers > 0
