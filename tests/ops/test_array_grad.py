"""Gradients of ops on tensors as such, and of joining, splitting and rearranging."""
import numpy as np

import pytfgraph as tf
from pytfgraph.ops import raw

from gradcheck import Row, check_row, parametrize

X = [[0.3, -1.2, 0.7], [1.9, -0.4, 2.2]]
CUBE = np.random.RandomState(3).uniform(0.4, 2.0, (2, 3, 2))
SQUARE = [[0.3, -1.2], [1.9, -0.4]]
KNOWN_RANK = ("known", "partial")
COLUMNS = ("known",)            # where sizes must be known


def second(fn):
    return lambda x: tf.gradients(tf.reduce_sum(tf.square(fn(x))), x)[0]


ROWS = [
    Row("reshape", lambda x: tf.reshape(x, [3, 2]), X), Row("reshape-guess", lambda x: tf.reshape(x, [-1, 2]), X),
    Row("identity", tf.identity, X), Row("identity_n", lambda x: tf.identity_n([x, x * 2.]), X),
    Row("expand_dims", lambda x: tf.expand_dims(x, 1), X), Row("squeeze", lambda x: tf.squeeze(tf.expand_dims(x, 0), [0]), X),
    Row("stop_gradient", lambda x: x * x, X), Row("placeholder_with_default", lambda x: tf.placeholder_with_default(x, [None, 3]), X),
    Row("check_numerics", lambda x: tf.check_numerics(x, "m"), X), Row("fill", lambda x: tf.fill([2, 2], x), 1.5),
    Row("broadcast_to", lambda x: tf.broadcast_to(x, [4, 2, 3]), X), Row("zeros_like", lambda x: tf.zeros_like(x) + x + tf.ones_like(x), X),
    Row("gather", lambda x: tf.gather(x, [1, 0, 1]), X), Row("gather-v1", lambda x: raw.function("gather")(x, [1, 0, 1]), X),
    Row("gather-matrix", lambda x: tf.gather(x, [[1, 0], [1, 1]]), X), Row("gather-int64", lambda x: tf.gather(x, tf.constant([1, 1], tf.int64)), X),
    Row("gather-axis", lambda x: tf.gather(x, [2, 0, 2], axis=1), X), Row("gather-last", lambda x: tf.gather(x, [[1, 0], [0, 0]], axis=2), CUBE),
    Row("gather-twice", lambda x: tf.gather(x, [0]) * tf.gather(x, [1]) + x[0], X),
    Row("gather-of-identity", lambda x: tf.gather(tf.identity(x), [0, 0]), X), Row("gather-of-product", lambda x: tf.gather(x * x, [0, 1, 0]), X),
    Row("gather-of-reshape", lambda x: tf.gather(tf.reshape(x, [3, 2]), [0, 2, 0]), X), Row("gather-of-tile", lambda x: tf.gather(tf.tile(x, [2, 1]), [3, 0, 1]), X),
    Row("gather-of-rows-joined", lambda x, y: tf.gather(tf.concat([x, y], 0), [3, 0, 1]), X, X[::-1]),
    Row("gather-of-columns-joined", lambda x, y: tf.gather(tf.concat([x, y], 1), [1, 0, 1]), X, X[::-1]),
    Row("gather-of-cast", lambda x: tf.real(tf.gather(tf.cast(x, tf.complex128), [1, 1])), X),
    Row("gather_nd", lambda x: tf.gather_nd(x, [[0, 1], [1, 2], [0, 1]]), X), Row("gather_nd-rows", lambda x: tf.gather_nd(x, [[1], [1]]), X),
    Row("scatter_nd", lambda x: tf.scatter_nd([[0], [2]], x, [4, 3]), X),
    Row("scatter_nd_add", lambda x, y: raw.function("scatter_nd_non_aliasing_add")(x, [[0], [0]], y), X, X),
    Row("slice", lambda x: tf.slice(x, [0, 1], [2, 2]), X), Row("slice-rest", lambda x: tf.slice(x, [1, 0], [-1, 2]), X),
    Row("strided", lambda x: x[:, ::-2], X), Row("strided-mixed", lambda x: x[0, ..., tf.newaxis, 1:], X), Row("strided-cube", lambda x: x[1:, :2, -1], CUBE),
    Row("strided-second", second(lambda x: x[:, 1:]), X), Row("reverse", lambda x: tf.reverse(x, [1]), X),
    Row("reverse-v1", lambda x: raw.function("reverse")(x, [True, False]), X),
    Row("reverse_sequence", lambda x: tf.reverse_sequence(x, [2, 3], seq_axis=1, batch_axis=0), X), Row("boolean_mask", lambda x: tf.boolean_mask(x, [True, False]), X, levels=KNOWN_RANK),
    Row("diag", tf.diag, [1., 2.]), Row("diag_part", tf.diag_part, SQUARE), Row("matrix_diag", tf.matrix_diag, X), Row("matrix_diag_part", tf.matrix_diag_part, X),
    Row("matrix_diag_part-square", tf.matrix_diag_part, SQUARE), Row("matrix_set_diag", tf.matrix_set_diag, X, [5., 6.]),
    Row("matrix_set_diag-batch", tf.matrix_set_diag, CUBE, [[5., 6.], [7., 8.]]), Row("matrix_band_part", lambda x: tf.matrix_band_part(x, 0, 1), X),
    Row("concat", lambda x, y: tf.concat([x, y, x], 0), X, X), Row("concat-last", lambda x, y: tf.concat([x, y], -1), X, SQUARE),
    Row("concat-many", lambda x: tf.concat([x] * 20, 1), X, levels=KNOWN_RANK), Row("concat-v1", lambda x, y: raw.function("concat")(0, [x, y]), X, X),
    Row("stack", lambda x, y: tf.stack([x, y]), X, X), Row("stack-inside", lambda x, y: tf.stack([x, y], 1), X, X),
    Row("unstack", lambda x: [tf.unstack(x, 3, axis=1)[i] for i in (0, 2)], X), Row("split", lambda x: tf.split(x, 3, 1)[1:], X), Row("split-one", lambda x: tf.split(x, 1, 1), X),
    Row("split-sizes", lambda x: tf.split(x, [1, 2], 1)[1], X), Row("tile", lambda x: tf.tile(x, [2, 3]), X), Row("pad", lambda x: tf.pad(x, [[1, 1], [0, 2]]), X),
    Row("pad-value", lambda x: tf.pad(x, [[1, 1], [0, 2]], constant_values=3), X), Row("pad-reflect", lambda x: tf.pad(x, [[1, 1], [0, 2]], "REFLECT"), X),
    Row("pad-symmetric", lambda x: tf.pad(x, [[1, 1], [0, 2]], "SYMMETRIC"), X), Row("pad-second", second(lambda x: tf.pad(x, [[1, 1], [0, 2]], "SYMMETRIC")), X),
    Row("transpose", lambda x: tf.transpose(x, [2, 0, 1]), CUBE), Row("transpose-reversed", tf.transpose, X),
    Row("conjugate_transpose", lambda x, y: tf.imag(tf.transpose(tf.complex(x, y), conjugate=True)), X, X),
    Row("space_to_batch", lambda x: tf.space_to_batch_nd(x, [2], [[0, 1]]), CUBE), Row("batch_to_space", lambda x: tf.batch_to_space_nd(x, [2], [[0, 1]]), CUBE),
    Row("space_to_depth", lambda x: tf.space_to_depth(x, 2), np.arange(16.).reshape(1, 4, 4, 1), levels=KNOWN_RANK),
    Row("depth_to_space", lambda x: tf.depth_to_space(x, 2), np.arange(16.).reshape(1, 2, 2, 4), levels=KNOWN_RANK),
]


@parametrize(ROWS)
def test_gradient(row):
    check_row(row)
