"""Loops and conds that TensorFlow built: what TensorFlow computed comes out, through whatever executor."""
import base64
import json
import pathlib

import pytest

import pytfgraph as tf

CASES = json.loads((pathlib.Path(__file__).parent.parent / "golden" / "loops" / "loops.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_graph_with_control_flow(case):
    graph = tf.GraphDef()
    graph.ParseFromString(base64.b64decode(case["graph"]))
    with tf.Graph().as_default():
        tf.import_graph_def(graph, name="")
        with tf.Session() as s:
            for _ in range(2):
                for feed, values in zip(case["feeds"], case["values"]):
                    assert [v.tolist() for v in s.run(case["fetches"], feed)] == values, feed
