"""Gradients of reductions, products of matrices, cumulations and segments."""
import numpy as np

import pytfgraph as tf
from pytfgraph.ops import raw

from gradcheck import Row, check_row, parametrize

X = [[0.3, -1.2, 0.7], [1.9, -0.4, 2.2]]
CUBE = np.random.RandomState(3).uniform(0.4, 2.0, (2, 3, 2))
SQUARE = [[0.3, -1.2], [1.9, -0.4]]
KNOWN_RANK = ("known", "partial")

ROWS = []
for _f in (tf.reduce_sum, tf.reduce_mean, tf.reduce_max, tf.reduce_min, tf.reduce_prod):
    for _axis in (None, 0, 1, -1, [0, 2], [0, 1, 2], []):
        ROWS.append(Row("%s-%s" % (_f.__name__, _axis), lambda x, f=_f, a=_axis: f(x, a), CUBE))
    ROWS.append(Row(_f.__name__ + "-keep", lambda x, f=_f: f(x, 1, keepdims=True), CUBE))
    ROWS.append(Row(_f.__name__ + "-scalar", lambda x, f=_f: f(x), 1.7))
ROWS += [Row("prod-with-zeros", lambda x: tf.reduce_prod(x, 1), [[0., 2., 3.], [0., 0., 2.], [1., 2., 0.]]),
         Row("max-int64-axis", lambda x: tf.reduce_sum(x, tf.constant([1])), X),
         Row("logsumexp", tf.reduce_logsumexp, X), Row("norm", tf.norm, X), Row("moments", lambda x: tf.nn.moments(x, [0]), X, levels=("known",)),
         Row("argmax", lambda x: x * tf.cast(tf.argmax(x, 1)[0], tf.float64), X), Row("argmin", lambda x: x * tf.cast(tf.argmin(x, 1)[0], tf.float64), X)]
for _ta in (False, True):
    for _tb in (False, True):
        _a, _b = np.asarray(X).T if _ta else X, np.asarray(X) if _tb else np.asarray(X).T
        ROWS.append(Row("matmul-%d%d" % (_ta, _tb), lambda x, y, ta=_ta, tb=_tb: tf.matmul(x, y, transpose_a=ta, transpose_b=tb), _a, _b,
                        levels=KNOWN_RANK))
        _x, _y = CUBE.swapaxes(1, 2) if _ta else CUBE, CUBE if _tb else CUBE.swapaxes(1, 2)
        for _name in ("batch_mat_mul", "batch_mat_mul_v2"):
            ROWS.append(Row("%s-%d%d" % (_name, _ta, _tb), lambda x, y, ta=_ta, tb=_tb, f=raw.function(_name): f(x, y, adj_x=ta, adj_y=tb), _x, _y))
ROWS += [Row("batch_mat_mul-of-matrices", lambda x, y: raw.function("batch_mat_mul")(x, y, adj_x=True), X, X, levels=KNOWN_RANK),
         Row("batch_mat_mul_v2-broadcast", raw.function("batch_mat_mul_v2"), CUBE, SQUARE), Row("cross", tf.cross, X, X[::-1])]
for _exclusive in (False, True):
    for _reverse in (False, True):
        ROWS += [Row("%s-%d%d" % (_f.__name__, _exclusive, _reverse), lambda x, f=_f, e=_exclusive, r=_reverse: f(x, 1, exclusive=e, reverse=r), CUBE)
                 for _f in (tf.cumsum, tf.cumprod)]
ROWS += [Row(f.__name__, lambda x, f=f: f(x, [0, 0, 2]), np.asarray(X).T) for f in (tf.segment_sum, tf.segment_mean, tf.segment_max, tf.segment_min)]
ROWS += [Row(f.__name__, lambda x, f=f: f(x, [1, 0, 1], 2), np.asarray(X).T, levels=KNOWN_RANK)
         for f in (tf.unsorted_segment_sum, tf.unsorted_segment_max, tf.unsorted_segment_min, tf.unsorted_segment_prod)]
ROWS += [Row("unsorted_segment_sum-dropped", lambda x: tf.unsorted_segment_sum(x, [2, -1, 2], 3), np.asarray(X).T, levels=KNOWN_RANK),
         Row("sparse_segment_sum", lambda x: tf.sparse_segment_sum(x, [0, 2, 0], [0, 0, 1]), np.asarray(X).T),
         Row("sparse_segment_mean", lambda x: tf.sparse_segment_mean(x, [0, 2, 0], [0, 0, 1]), np.asarray(X).T)]


@parametrize(ROWS)
def test_gradient(row):
    check_row(row)
