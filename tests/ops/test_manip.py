"""The manip family, row by row; gradients; shapes that are checked."""
import numpy as np
import pytest

import pytfgraph as tf

from family import make_tests, raw
from gradcheck import Row, check_row, parametrize

test_row = make_tests("manip")

X = [[0.5, -1.25, 3.], [2., 0.75, -4.]]


@parametrize([Row("roll", lambda x: tf.square(tf.manip.roll(x, 1, 1)), X), Row("roll-two", lambda x: tf.manip.roll(x, [1, -2], [0, 1]), X),
              Row("ensure_shape", lambda x: tf.square(tf.ensure_shape(x, [None, 3])), X)])
def test_gradient(row):
    check_row(row)


def test_a_shape_that_is_not_ensured():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32)
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"is not compatible with expected shape \[\?,4\]."):
            session.run(tf.ensure_shape(x, [None, 4]), {x: X})


def test_edit_distance():
    """Between words, as sequences of letters."""
    with tf.Graph().as_default(), tf.Session() as session:
        words = [tf.SparseTensor([[0, i] for i in range(len(w))], list(w), [1, len(w)]) for w in ("kitten", "sitting")]
        assert session.run(tf.edit_distance(*words, normalize=False)).tolist() == [3]


def test_rows_are_not_changed_behind_the_back():
    """Differs from 1.12.3, which writes into its input."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant(X) + 0.
        changed = raw("InplaceUpdate", x, [1], [[7., 8., 9.]])
        before, after = session.run([x, changed])
    np.testing.assert_array_equal(before, np.float32(X))
    np.testing.assert_array_equal(after[1], [7, 8, 9])
