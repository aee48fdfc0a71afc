"""Gradients against finite differences in float64, with shapes fully known, partly known and unknown while the graph is built.

A row is a function of tensors and the arrays it is tried with; what it gives (one tensor or several) is weighed, so that no
gradient is all ones.  The same runs show that no inferred shape contradicts the real one."""
import numpy as np
import pytest

import pytfgraph as tf

ROWS = []


class Row:
    def __init__(self, name, fn, *inputs, levels=("known", "partial", "unknown"), h=1e-6, tolerance=2e-5):
        self.name, self.fn, self.levels, self.h, self.tolerance = name, fn, levels, h, tolerance
        self.inputs = [np.asarray(x, np.float64) for x in inputs]


def shape_at(level, shape):
    if level == "known":
        return list(shape)
    if level == "partial":
        return [None] + list(shape[1:]) if shape else []
    return None


class Built:
    """A row's graph at one level of knowledge."""

    def __init__(self, row, level):
        self.graph = tf.Graph()
        with self.graph.as_default():
            self.xs = [tf.placeholder(tf.float64, shape_at(level, x.shape)) for x in row.inputs]
            ys = row.fn(*self.xs)
            self.ys = list(ys) if isinstance(ys, (list, tuple)) else [ys]
            self.weights = [tf.placeholder(y.dtype, y.shape) for y in self.ys]
            self.forward_ops = {op.type for op in self.graph.get_operations()}
            self.dxs = tf.gradients(self.ys, self.xs, grad_ys=self.weights)
            self.dense = [None if d is None else tf.convert_to_tensor(d) for d in self.dxs]
            self.session = tf.Session()

    def feed(self, inputs):
        return dict(zip(self.xs, inputs))


def weights_for(values):
    rng = np.random.RandomState(7)
    return [rng.uniform(0.5, 1.5, v.shape) for v in values]


def difference(built, row, weights):
    """d(sum of w*y)/dx for every element, by central differences."""
    def loss(inputs):
        return sum(np.sum(w * y) for w, y in zip(weights, built.session.run(built.ys, built.feed(inputs))))

    slopes = []
    for i, x in enumerate(row.inputs):
        slope = np.zeros(x.shape)
        for at in np.ndindex(*x.shape):
            ends = []
            for step in (row.h, -row.h):
                moved = [v.copy() for v in row.inputs]
                moved[i][at] += step
                ends.append(loss(moved))
            slope[at] = (ends[0] - ends[1]) / (2 * row.h)
        slopes.append(slope)
    return slopes


def check_shape(tensor, value):
    assert tensor.shape.is_compatible_with(np.shape(value)), "%s is said to be %s, and is %s" % (tensor.name, tensor.shape, np.shape(value))


def everything_that_runs(graph):
    """All tensors, of a graph without arms that are not taken."""
    if any(op.type == "Switch" for op in graph.get_operations()):
        return []
    return [t for op in graph.get_operations() for t in op.outputs if t.dtype.base_dtype not in (tf.resource, tf.variant)]


def check_row(row):
    slopes = weights = None
    for level in row.levels:
        built = Built(row, level)
        with built.session as session:
            values = session.run(built.ys, built.feed(row.inputs))
            if weights is None:
                weights = weights_for(values)
                slopes = difference(built, row, weights)
            feed = built.feed(row.inputs)
            feed.update(zip(built.weights, weights))
            for y, value in zip(built.ys, values):
                check_shape(y, value)
            everything = everything_that_runs(built.graph)
            for t, value in zip(everything, session.run(everything, feed)):
                check_shape(t, value)
            for i, (dx, slope) in enumerate(zip(built.dense, slopes)):
                got = np.zeros(slope.shape) if dx is None else session.run(dx, feed)
                assert got.shape == slope.shape
                scale = max(1.0, np.abs(slope).max() if slope.size else 0.0)
                np.testing.assert_allclose(got, slope, rtol=row.tolerance, atol=row.tolerance * scale,
                                           err_msg="input %d of %s, shapes %s" % (i, row.name, level))


def parametrize(rows):
    ROWS.extend(rows)
    return pytest.mark.parametrize("row", rows, ids=lambda row: row.name)
