"""Optimizers' updates that came after 1.12, against what TensorFlow 2.21 gave (golden/ops/training_newer.json)."""
import json
import pathlib

import numpy as np
import pytest

import pytfgraph as tf
from family import raw

GOLDEN = pathlib.Path(__file__).parent.parent / "golden" / "ops" / "training_newer.json"
CASES = [("AdagradV2", [.3, .1], [], "update_slots", 2), ("KerasMomentum", [.3], [.9], "use_nesterov", 2),
         ("AdamWithAmsgrad", [.9, .99, .3, .9, .99, .1], [], None, 4)]


def sequence(k, n=6):
    return (np.arange(n) * 7 % 5 + 1. + k) / 3.


def run(op, slots, before, after, rows, dtype, resource=True, **attributes):
    """The variable and its slots after two steps."""
    with tf.Graph().as_default(), tf.Session() as s:
        vs = [tf.get_variable("v%d" % i, initializer=sequence(i).reshape(3, 2).astype(dtype), use_resource=resource) for i in range(slots)]
        grad = -sequence(.5, 4 if rows else 6).reshape(-1, 2).astype(dtype)
        step = raw(op, *[v.handle if resource else v._ref() for v in vs], *[np.array(x, dtype) for x in before], grad, *([np.array(rows)] if rows else []),
                   *[np.array(x, dtype) for x in after], **attributes)
        s.run(tf.global_variables_initializer())
        for _ in range(2):
            s.run(step)
        return [v.tolist() for v in s.run([v.read_value() for v in vs])]


@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-6), ("float64", 1e-12), ("float16", 5e-2)])
@pytest.mark.parametrize("name, before, after, flag, slots", CASES, ids=[case[0] for case in CASES])
def test_update(name, before, after, flag, slots, dtype, tolerance):
    golden = json.loads(GOLDEN.read_text())
    for value in (True, False) if flag else (None,):
        attributes = {flag: value} if flag else {}
        for form in ("Apply", "SparseApply") if flag else ("Apply",):
            rows = [2, 0] if form == "SparseApply" else None
            want = golden["%s %s %s %s" % (form, name, value, "float32" if dtype == "float16" else dtype)]
            np.testing.assert_allclose(run("Resource" + form + name, slots, before, after, rows, dtype, **attributes), want, rtol=tolerance)
            if name == "AdagradV2":
                np.testing.assert_allclose(run(form + name, slots, before, after, rows, dtype, resource=False, **attributes), want, rtol=tolerance)


def test_static_shapes():
    with tf.Graph().as_default():
        v, m = tf.Variable([1., 2.])._ref(), tf.Variable([1., 2.])._ref()
        assert raw("ApplyAdagradV2", v, m, .1, .1, tf.placeholder(tf.float32)).shape.as_list() == [2]
        with pytest.raises(ValueError, match="Shape must be rank 0"):
            raw("ApplyAdagradV2", v, m, .1, np.ones(2, np.float32), tf.placeholder(tf.float32))


def test_rows_outside():
    with tf.Graph().as_default(), tf.Session() as s:
        v, m = tf.get_variable("v", initializer=np.ones((2, 2), np.float32), use_resource=True), tf.get_variable("m", [2, 2], use_resource=True)
        step = raw("ResourceSparseApplyKerasMomentum", v.handle, m.handle, .1, np.ones((1, 2), np.float32), np.array([2]), .9)
        s.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError):
            s.run(step)
