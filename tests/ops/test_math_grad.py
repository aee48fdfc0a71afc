"""Gradients of elementwise mathematics."""
import numpy as np

import pytfgraph as tf
from pytfgraph.ops import raw

from gradcheck import Row, check_row, parametrize

X = [[0.3, -1.2, 0.7], [1.9, -0.4, 2.2]]
POSITIVE = [[0.3, 1.2, 0.7], [1.9, 0.4, 2.2]]
SMALL = [[0.3, -0.2, 0.7], [-0.9, 0.4, 0.6]]
ABOVE_ONE = [[1.3, 2.2, 1.7], [1.9, 3.4, 2.2]]
DIVISOR = [[1.25, 0.85, 1.6], [1.45, 3.3, 2.05]]       # of none of the others a multiple
Y = [1.5, 0.8, 2.5]
COLUMN = [[1.4], [0.6]]


def second(fn):
    """The gradient, to be differentiated once more."""
    return lambda x: tf.gradients(tf.reduce_sum(tf.square(fn(x))), x)[0]


UNARY = [(tf.abs, X), (tf.negative, X), (tf.square, X), (tf.exp, X), (tf.sin, X), (tf.cos, X), (tf.tan, SMALL), (tf.sinh, X), (tf.cosh, X),
         (tf.tanh, X), (tf.sigmoid, X), (tf.asinh, X), (tf.atan, X), (tf.erf, X), (tf.erfc, X), (tf.expm1, X), (tf.reciprocal, X),
         (tf.asin, SMALL), (tf.acos, SMALL), (tf.atanh, SMALL), (tf.sqrt, POSITIVE), (tf.rsqrt, POSITIVE), (tf.log, POSITIVE),
         (tf.log1p, POSITIVE), (tf.lgamma, POSITIVE), (tf.digamma, POSITIVE), (tf.acosh, ABOVE_ONE), (raw.function("inv"), X)]
ROWS = [Row(getattr(f, "__name__", "inv"), f, x) for f, x in UNARY]
ROWS += [Row("sign", lambda x: tf.sign(x) * x, X), Row("floor", lambda x: tf.floor(x) * x, X), Row("ceil", lambda x: tf.ceil(x) * x, X),
         Row("round", lambda x: tf.round(x) * x, X), Row("rint", lambda x: tf.rint(x) * x, X)]
ROWS += [Row("second-" + f.__name__, second(f), x, tolerance=2e-4)
         for f, x in [(tf.tanh, X), (tf.sigmoid, X), (tf.sqrt, POSITIVE), (tf.rsqrt, POSITIVE), (tf.reciprocal, POSITIVE), (tf.square, X)]]
ROWS += [Row("inv_grad", raw.function("inv_grad"), X, POSITIVE), Row("reciprocal_grad", raw.function("reciprocal_grad"), X, POSITIVE)]
BINARY = [("add", tf.add, X), ("add_v2", raw.function("add_v2"), X), ("subtract", tf.subtract, X), ("multiply", tf.multiply, X),
          ("divide", tf.divide, X), ("div", raw.function("div"), X), ("realdiv", tf.realdiv, X), ("div_no_nan", raw.function("div_no_nan"), X),
          ("pow", tf.pow, POSITIVE), ("maximum", tf.maximum, X), ("minimum", tf.minimum, X), ("squared_difference", tf.squared_difference, X),
          ("floormod", tf.floormod, X)]
for _name, _f, _x in BINARY:
    ROWS += [Row(_name, _f, _x, _x[::-1] if _name != "floormod" else DIVISOR), Row(_name + "-row", _f, _x, Y), Row(_name + "-column", _f, COLUMN, _x if
             _name != "floormod" else DIVISOR), Row(_name + "-scalar", _f, 1.7, POSITIVE)]
ROWS += [Row("atan2", tf.atan2, X, POSITIVE), Row("igamma", tf.igamma, POSITIVE, Y), Row("igammac", tf.igammac, POSITIVE, Y),
         Row("floordiv", lambda x, y: tf.floordiv(x, y) * x, X, DIVISOR),
         Row("truncatediv", lambda x: tf.cast(raw.function("truncate_div")(tf.cast(x, tf.int32), 2), tf.float64) * x, X),
         Row("zeta", lambda q: tf.zeta(tf.constant([[2.5], [3.5]], tf.float64), q), POSITIVE, tolerance=1e-4),
         Row("polygamma", lambda x: tf.polygamma(tf.constant([[1.], [2.]], tf.float64), x), POSITIVE, tolerance=1e-4),
         Row("betainc", lambda x: tf.betainc(tf.constant(POSITIVE, tf.float64), tf.constant(ABOVE_ONE, tf.float64), x),
             [[0.3, 0.2, 0.7], [0.9, 0.4, 0.6]])]
ROWS += [Row("add_n", lambda x, y: tf.add_n([x, y, x]), X, POSITIVE), Row("accumulate_n", lambda x, y: tf.accumulate_n([x, y, x]), X, POSITIVE, levels=("known",)),
         Row("where", lambda x, y: tf.where(x > y, x, y * y), X, DIVISOR), Row("where-rows", lambda x, y: tf.where([True, False], x, y * y), X, POSITIVE),
         Row("select_v2", lambda x, y: raw.function("select_v2")(y > 1., x, y), X, Y), Row("cast", lambda x: tf.cast(tf.cast(x, tf.float64), tf.float64) * 2., X),
         Row("cast-complex", lambda x: tf.real(tf.square(tf.cast(x, tf.complex128))), X), Row("clip", lambda x: tf.clip_by_value(x, -1., 1.), X)]


def of_complex(fn):
    """A function of complex numbers, as one of its two real parts."""
    def parts(re, im):
        z = fn(tf.complex(re, im))
        return [tf.real(z), tf.imag(z)] if z.dtype.is_complex else z
    return parts


ROWS += [Row("complex-" + name, of_complex(fn), POSITIVE, X) for name, fn in
         [("exp", tf.exp), ("log", tf.log), ("sqrt", tf.sqrt), ("square", tf.square), ("sin", tf.sin), ("cos", tf.cos), ("tanh", tf.tanh), ("sigmoid", tf.sigmoid),
          ("reciprocal", tf.reciprocal), ("conj", tf.conj), ("abs", tf.abs), ("mul", lambda z: z * tf.conj(z) * z), ("angle", tf.angle)]]
ROWS += [Row("complex-broadcast", lambda re, im: tf.real(tf.square(tf.complex(re, im))), X, Y)]


@parametrize(ROWS)
def test_gradient(row):
    check_row(row)


def test_real_gradients_of_casts_to_integers_are_none():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float64, [3])
        assert tf.gradients(tf.cast(tf.cast(x, tf.int32), tf.float64), x) == [None]


def test_no_gradient_passes_comparisons():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float64, [3])
        assert tf.gradients(tf.cast(x > 1., tf.float64), x) == [None]
        assert tf.gradients(np.float64(1) * tf.stop_gradient(x), x) == [None]
