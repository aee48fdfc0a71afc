"""Graphs that TensorFlow 1.15 and 2.21 wrote: they are read, compute what they computed, and are written again."""
import json
import pathlib

import numpy as np
import pytest

import pytfgraph as tf

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / 'golden' / 'io' / 'newer'
FILES = sorted(GOLDEN.glob('*.meta'))


@pytest.mark.parametrize('path', FILES, ids=[p.stem for p in FILES])
def test_reads(path):
    wanted = json.loads(path.with_suffix('.json').read_text())
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        tf.train.import_meta_graph(str(path))
        sess.run(tf.global_variables_initializer())
        y, z = sess.run(['y:0', 'z:0'], {'x:0': wanted['x']})
        assert np.allclose(y, wanted['y'], rtol=1e-5, atol=1e-6) and z.tolist() == [3, 3]
        again = graph.as_graph_def()
    with tf.Graph().as_default() as other:
        tf.import_graph_def(again, name='')
        assert other.as_graph_def() == again


def test_there_are_files():
    assert len(FILES) >= 1
