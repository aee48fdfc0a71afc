import numpy as np
import pytest

import pytfgraph as tf

from family import make_tests, raw
from gradcheck import Row, check_row, parametrize

test_row = make_tests("later_einsum")


def value(*shape):
    return np.cos(np.arange(float(np.prod(shape, dtype=int))) * 1.7).reshape(shape)


ROWS = [Row("%s %s" % (equation, list(shapes)), lambda *x, e=equation: tf.square(raw("Einsum", list(x), equation=e)), *[value(*shape) for shape in shapes])
        for equation, *shapes in [
            ("ij->ji", (2, 3)), ("ij->i", (2, 3)), ("ij->", (2, 3)), ("abc->cb", (2, 3, 4)), ("abcd->db", (2, 3, 2, 2)), ("ii->i", (3, 3)), ("ii->", (3, 3)),
            ("iij->jjii", (2, 2, 3)), ("...ij->...ji", (2, 2, 3)), ("...ij->...i", (2, 2, 3)), ("i...j->...i", (2, 3, 2)), ("iij...->...j", (2, 2, 3, 2)),
            ("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk->ki", (2, 3), (3, 4)), ("i,j->ij", (2,), (3,)), ("i,i->", (3,), (3,)), ("ijx,jky->ik", (2, 3, 2), (3, 2, 2)),
            ("iij,jk->ik", (2, 2, 3), (3, 2)), ("i,j->iijj", (2,), (2,)), ("bqhd,bkhd->bhqk", (2, 3, 2, 2), (2, 2, 2, 2)), ("...ij,...jk->...ik", (2, 1, 2, 3), (3, 3, 2)),
            ("...ij,jk->...ik", (2, 2, 3), (3, 2)), ("ij,...jk->i...k", (2, 3), (2, 3, 2)), ("x...ij,jky...->...ik", (2, 2, 2, 3), (3, 2, 2, 2)),
            ("a...,b...->...ab", (2, 3), (2, 1)), ("...i,...->...", (2, 3), (2,)), ("ij,->ij", (2, 3), ())]]


@parametrize(ROWS)
def test_gradient(row):
    check_row(row)


@pytest.mark.parametrize("equation", ["i->.i..", "i->..i.", ".i..->i", "i->......i", "i->" + "i" * 65, "i->" + "i" * 100000, "i" * 300 + "->i", "\x00->\x00,", "i->i\xff"])
@pytest.mark.parametrize("shape", [[2], None])
def test_equations_that_are_none(equation, shape):
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32, shape)
        with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
            s.run(raw("Einsum", [x], equation=equation), {x: [1, 2]})


def test_result_too_large():
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32, None)
        for n in [8, 64]:
            with pytest.raises((tf.errors.InvalidArgumentError, tf.errors.ResourceExhaustedError)):
                s.run(raw("Einsum", [x], equation="a->" + "a" * n), {x: np.ones(100000)})


@pytest.mark.parametrize("dtype", [tf.int8, tf.uint8, tf.bool])
def test_types_without_kernel(dtype):
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(dtype, [2])
        assert raw("Einsum", [x], equation="i->ii").shape.as_list() == [2, 2]
        with pytest.raises(tf.errors.InvalidArgumentError, match="No OpKernel was registered to support Op 'Einsum'"):
            s.run(raw("Einsum", [x], equation="i->"), {x: np.zeros(2, dtype.as_numpy_dtype)})
