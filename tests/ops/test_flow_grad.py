"""Gradients through conditionals, partitions and variables; and that no op with a gradient is left untried in this folder."""
import importlib
import json
import pathlib

import numpy as np
import pytest

import pytfgraph as tf
from pytfgraph import _core
from pytfgraph.ops import raw

import gradcheck
from gradcheck import Row, check_row, parametrize

X = [[0.3, -1.2, 0.7], [1.9, -0.4, 2.2]]
KNOWN_RANK = ("known", "partial")

ROWS = [
    Row("dynamic_partition", lambda x: tf.dynamic_partition(x, [1, 0], 2), X), Row("dynamic_partition-one", lambda x: tf.dynamic_partition(x, [1, 0], 2)[1], X),
    Row("dynamic_stitch", lambda x, y: tf.dynamic_stitch([[0, 2], [1, 3]], [x, y]), X, X[::-1]),
    Row("parallel_dynamic_stitch", lambda x, y: raw.function("parallel_dynamic_stitch")([[0, 2], [1, 3]], [x, y]), X, X[::-1]),
    Row("gather-of-stitch", lambda x, y: tf.gather(tf.dynamic_stitch([[0, 2], [1, 3]], [x, y]), [3, 0, 3]), X, X[::-1]),
    Row("cond", lambda x: tf.cond(tf.reduce_sum(x) > 0., lambda: x * x, lambda: x), X), Row("cond-other", lambda x: tf.cond(tf.reduce_sum(x) < 0., lambda: x * x, lambda: tf.sin(x)), X),
    Row("cond-two", lambda x, y: tf.cond(x[0, 0] > 0., lambda: (x * y, x), lambda: (y, y)), X, X[::-1]),
    Row("cond-nested", lambda x: tf.cond(x[0, 0] > 0., lambda: tf.cond(x[0, 1] > 0., lambda: x, lambda: x * x * x), lambda: x), X),
    Row("cond-unused", lambda x, y: tf.cond(x[0, 0] > 0., lambda: x, lambda: y), X, X), Row("case", lambda x: tf.case([(x[0, 0] < 0., lambda: x), (x[0, 1] < 0., lambda: x * x)], default=lambda: 3. * x), X),
    Row("cond-gather", lambda x: tf.cond(x[0, 0] > 0., lambda: tf.gather(x, [1, 1]), lambda: x), X), Row("cond-concat", lambda x: tf.cond(x[0, 0] > 0., lambda: tf.concat([x, x], 0), lambda: x), X),
    Row("switch", lambda x: raw.function("merge")(list(raw.function("switch")(x, x[0, 0] > 0.)))[0], X), Row("print", lambda x: raw.function("print")(x, [x], first_n=0), X),
]


@parametrize(ROWS)
def test_gradient(row):
    check_row(row)


@pytest.mark.parametrize("use_resource", [False, True])
def test_variables(use_resource):
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.get_variable("v", initializer=np.array(X), use_resource=use_resource)
        y = tf.reduce_sum(tf.square(v) + tf.sin(v))
        rows = tf.gather(v, [1, 1, 0])
        dense, sliced = tf.gradients([y], v)[0], tf.gradients(tf.reduce_sum(rows * rows), v)[0]
        assert isinstance(sliced, tf.IndexedSlices)
        session.run(tf.global_variables_initializer())
        np.testing.assert_allclose(session.run(dense), 2 * np.array(X) + np.cos(X))
        np.testing.assert_allclose(session.run(tf.convert_to_tensor(sliced)), 2 * np.array(X) * [[1], [2]])


@pytest.mark.parametrize("use_resource", [False, True])
def test_variables_in_arms(use_resource):
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.get_variable("v", initializer=np.array(X), use_resource=use_resource)
        p = tf.placeholder(tf.bool, [])
        y = tf.cond(p, lambda: tf.reduce_sum(v * v), lambda: tf.reduce_sum(tf.sin(v)))
        dv = tf.gradients(y, v)[0]
        session.run(tf.global_variables_initializer())
        np.testing.assert_allclose(session.run(dv, {p: True}), 2 * np.array(X))
        np.testing.assert_allclose(session.run(dv, {p: False}), np.cos(X))


def test_a_gradient_function_that_rewires_its_operation():
    """What then feeds the operation is not differentiated, and nothing else happens."""
    def rewire(op, dy):
        op._update_input(0, tf.ones([2]))
        return dy

    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [2])
        tf.RegisterGradient("TestRewire")(rewire)
        with graph.gradient_override_map({"Square": "TestRewire"}):
            y = tf.square(tf.tanh(x))
        assert tf.gradients(y, x) == [None]


# Gradients that no row above can try: of state, of references, of loops, and of what never runs.
NOT_TRIED = {"Enter", "Exit", "LoopCond", "NextIteration", "RefEnter", "RefExit", "RefIdentity", "RefMerge", "RefNextIteration", "RefSwitch", "PreventGradient", "ReadVariableOp",
             "BatchNormWithGlobalNormalization", "ResourceGather", "ResourceGatherNd", "TopK", "RandomGamma", "EluGrad", "SeluGrad"}
NOT_TRIED |= {"TensorArray%s%s" % (verb, version) for verb in ("Read", "Write", "Gather", "Scatter", "Concat", "Split") for version in ("", "V2")}   # of old graphs: test_tensor_array.py
NOT_TRIED |= {"TensorListScatter", "TensorListGetItem"}         # errors in TensorFlow: test_list.py
NOT_TRIED |= {"TensorListConcat", "TensorListConcatV2", "TensorListResize", "TensorListScatterIntoExistingList", "TensorListScatterV2",
              "TensorListSplit"}                                # of later versions: tests/io/test_newer.py
NOT_TRIED |= {"SparseDenseCwiseAdd", "SparseSparseMaximum", "SparseSparseMinimum"}      # TensorFlow's only raise an error
NOT_TRIED |= {"FakeQuantWithMinMaxArgs", "FakeQuantWithMinMaxVars", "FakeQuantWithMinMaxVarsPerChannel", "QuantizeAndDequantize",
              "QuantizeAndDequantizeV2", "QuantizeAndDequantizeV3"}     # stairs, whose gradients are not slopes: test_quantize.py
NOT_TRIED |= {"Case", "If", "StatelessCase", "While"}           # of functions: tests/python/test_functions.py


HERE = pathlib.Path(__file__).parent


def test_every_gradient_is_tried():
    for path in HERE.glob("test_*.py"):         # each adds its rows to gradcheck.ROWS
        if "from gradcheck import" in path.read_text():
            importlib.import_module(path.stem)
    facts = (json.loads(line) for line in (HERE.parent / "golden/ops/facts.jsonl").read_text().splitlines())
    want = {row["name"] for row in facts if row["gradient"] == "yes" and _core.has_op(row["name"])} - NOT_TRIED
    tried = set()
    for row in gradcheck.ROWS:
        tried |= gradcheck.Built(row, "known").forward_ops
    assert sorted(want - tried) == []
