"""Diagonals as 1.15 and later have them, row by row, and their gradients."""
import numpy as np
import pytest

import pytfgraph as tf

from family import make_tests, raw
from gradcheck import Row, check_row, parametrize

test_row = make_tests("later_diagonal")

X = np.arange(24.).reshape(2, 3, 4) / 7
D = np.cos(np.arange(16.)).reshape(2, 2, 4)[:, :, :3]
ROWS = []
for version, align in [("V2", {}), ("V3", {"align": "LEFT_RIGHT"}), ("V3", {"align": "RIGHT_LEFT"})]:
    name = "%s %s" % (version, align.get("align", ""))
    ROWS += [Row("part " + name, lambda x, v=version, a=align: tf.square(raw("MatrixDiagPart" + v, x, [-1, 2], tf.constant(9., x.dtype), **a)), X),
             Row("diag " + name, lambda d, v=version, a=align: tf.square(raw("MatrixDiag" + v, d, [-1, 0], -1, 5, tf.constant(9., d.dtype), **a)), D),
             Row("set " + name, lambda x, d, v=version, a=align: tf.square(raw("MatrixSetDiag" + v, x, d, [0, 1], **a)), X, D)]


@parametrize(ROWS)
def test_gradient(row):
    check_row(row)


@pytest.mark.parametrize("diagonal, expected", [(np.ones([2, 4]), "2,3"), (np.ones([1, 3]), "2,3"), (np.ones([3]), "2,3")])
def test_diagonals_of_another_shape(diagonal, expected):
    with tf.Graph().as_default(), tf.Session() as s:
        fed = [tf.placeholder_with_default(v, None) for v in (X, diagonal)]
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Either first dimensions of diagonal don't match[^$]*Expected diagonal shape: \[%s\]" % expected):
            s.run(raw("MatrixSetDiagV3", *fed, 0))
