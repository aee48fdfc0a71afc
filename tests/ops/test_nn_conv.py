"""Convolutions: the rows of nn_conv, and what TensorFlow's CPU does not serve or does not survive."""
import numpy as np
import pytest

import pytfgraph as tf
from family import make_tests, raw

# TensorFlow adds halves in half.
LOOSE = {"Conv2D float16": 16, "Conv2DBackpropInput float16": 16, "Conv2DBackpropFilter float16": 16, "Conv2DBackprop": 16, "Conv2D": 16}

test_row = make_tests("nn_conv", LOOSE)


def windows(n, size, stride, dilation, same):
    """(windows, elements of padding in front)."""
    reach = (size - 1) * dilation + 1
    if not same:
        return (n - reach) // stride + 1, 0
    out = -(-n // stride)
    return out, max(0, (out - 1) * stride + reach - n) // 2


def by_definition(x, w, strides=(1, 1), same=True, dilations=(1, 1)):
    """A convolution of [n, h, w, c] in float64."""
    x, w = np.asarray(x, np.float64), np.asarray(w, np.float64)
    (rows, top), (columns, left) = (windows(x.shape[1 + i], w.shape[i], strides[i], dilations[i], same) for i in (0, 1))
    groups = x.shape[3] // w.shape[2]
    y = np.zeros((x.shape[0], rows, columns, w.shape[3]))
    for i in range(rows):
        for j in range(columns):
            for a in range(w.shape[0]):
                for b in range(w.shape[1]):
                    r, c = i * strides[0] - top + a * dilations[0], j * strides[1] - left + b * dilations[1]
                    if 0 <= r < x.shape[1] and 0 <= c < x.shape[2]:
                        for g in range(groups):
                            m = w.shape[3] // groups
                            y[:, i, j, g * m:(g + 1) * m] += x[:, r, c, g * w.shape[2]:(g + 1) * w.shape[2]].dot(w[a, b, :, g * m:(g + 1) * m])
    return y


def ask(fetch, feeds):
    with tf.Session() as s:
        return s.run(fetch, feeds)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


CASES = [  # x, w, strides, same, dilations
    ((2, 7, 9, 3), (3, 3, 3, 5), (1, 1), True, (1, 1)), ((2, 7, 9, 3), (3, 3, 3, 5), (2, 2), False, (1, 1)), ((1, 13, 11, 16), (5, 3, 16, 32), (2, 3), True, (1, 1)),
    ((3, 9, 9, 8), (3, 3, 8, 8), (1, 1), True, (2, 3)), ((2, 8, 8, 4), (1, 1, 4, 6), (2, 2), True, (1, 1)), ((2, 8, 8, 4), (1, 1, 4, 6), (1, 1), True, (1, 1)),
    ((2, 28, 28, 1), (5, 5, 1, 32), (1, 1), True, (1, 1)), ((5, 6, 6, 17), (3, 3, 17, 19), (1, 1), True, (1, 1)), ((2, 6, 7, 6), (3, 3, 3, 4), (1, 1), True, (1, 1)),
    ((1, 5, 5, 4), (3, 3, 1, 8), (2, 2), False, (1, 1)), ((40, 14, 14, 12), (3, 3, 12, 20), (1, 1), True, (1, 1)), ((1, 60, 50, 16), (3, 3, 16, 24), (1, 1), True, (1, 1))]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_all_three_products(case, data_format, dtype):
    """y, dx and dw against the definition, in both formats: d(sum(y * dy)) is the same sum over either argument."""
    x_shape, w_shape, strides, same, dilations = case
    rng = np.random.RandomState(2)
    x, w = rng.randint(-4, 5, x_shape) / 4., rng.randint(-4, 5, w_shape) / 4.
    y = by_definition(x, w, strides, same, dilations)
    dy = rng.randint(-4, 5, y.shape) / 4.

    def turn(a):
        return np.moveaxis(a, 3, 1) if data_format == "NCHW" else a

    def spread(pair):
        return [1, 1] + list(pair) if data_format == "NCHW" else [1] + list(pair) + [1]
    more = dict(strides=spread(strides), padding="SAME" if same else "VALID", data_format=data_format, dilations=spread(dilations))
    d = tf.as_dtype(dtype)
    feeds = [tf.placeholder(tf.float32 if dtype == "bfloat16" else d) for _ in range(3)]
    px, pw, pdy = (tf.cast(p, d) for p in feeds)
    fetch = [raw("Conv2D", px, pw, **more), raw("Conv2DBackpropInput", list(turn(x).shape), pw, pdy, **more),
             raw("Conv2DBackpropFilter", px, list(w_shape), pdy, **more)]
    got = ask([tf.cast(t, tf.float64) for t in fetch], dict(zip(feeds, (turn(x), w, turn(dy)))))
    loose = {"float16": 1e-2, "bfloat16": 5e-2, "float32": 1e-5, "float64": 1e-12}[dtype]
    np.testing.assert_allclose(got[0], turn(y), rtol=loose, atol=loose)
    # dx and dw are linear, so they are known by what they give with a few arrays.
    for _ in range(2):
        z = rng.randint(-4, 5, x_shape) / 4.
        np.testing.assert_allclose(np.sum(got[1] * turn(z)), np.sum(by_definition(z, w, strides, same, dilations) * dy), rtol=loose, atol=loose * 3000)
        z = rng.randint(-4, 5, w_shape) / 4.
        np.testing.assert_allclose(np.sum(got[2] * z), np.sum(by_definition(x, z, strides, same, dilations) * dy), rtol=loose, atol=loose * 3000)


@pytest.mark.parametrize("message, call", [
    ("filter must not have zero elements", lambda p: raw("Conv2D", p(1, 5, 5, 2), p(0, 3, 2, 3), strides=[1, 1, 1, 1], padding="SAME")),
    ("does not divide into 2 groups", lambda p: raw("Conv2D", p(1, 5, 5, 4), p(3, 3, 2, 3), strides=[1, 1, 1, 1], padding="SAME")),
    ("Expected grad shape", lambda p: raw("MaxPoolGrad", p(2, 4, 4, 1), p(2, 2, 2, 1), p(1, 2, 2, 1), ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")),
    ("Expected orig_output shape", lambda p: raw("MaxPoolGrad", p(2, 4, 4, 1), p(2, 2, 1, 1), p(2, 2, 2, 1), ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")),
    ("Expected grad to have batch 2", lambda p: raw("AvgPoolGrad", [2, 4, 4, 1], p(1, 2, 2, 1), ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")),
    ("", lambda p: raw("Conv2DBackpropInput", [2, 2 ** 31 - 1, 2 ** 31 - 1, 2], p(3, 3, 2, 2), p(2, 1, 1, 2), strides=[1, 1, 1, 1], padding="SAME")),
    ("", lambda p: raw("Conv2DBackpropFilter", p(2, 3, 3, 1), [2 ** 31 - 1, 2 ** 31 - 1, 1, 2], p(2, 3, 3, 2), strides=[1, 1, 1, 1], padding="SAME")),
])
def test_what_ends_the_process_of_tensorflow(message, call):
    def fed(*shape):
        return tf.placeholder_with_default(np.ones(shape, np.float32), None)
    with pytest.raises((tf.errors.InvalidArgumentError, tf.errors.ResourceExhaustedError)) as e:
        ask(call(fed), {})
    assert message in e.value.message
