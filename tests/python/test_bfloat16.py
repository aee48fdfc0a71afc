"""bfloat16 as NumPy sees it, and as it goes in and out of sessions."""
import copy
import pickle

import numpy as np
import pytest

import pytfgraph as tf

bfloat16 = tf.bfloat16.as_numpy_dtype


def test_scalar():
    assert repr(bfloat16) == "<class 'bfloat16'>" and repr(bfloat16(1.5)) == "bfloat16(1.5)" and str(bfloat16(1.1)) == "1.1015625"
    assert float(bfloat16(2)) == 2.0 and int(bfloat16(2.5)) == 2 and not bfloat16(0)
    assert bfloat16(1.5) == 1.5 and bfloat16(2) < 3 and -bfloat16(1) == -1
    assert type(bfloat16(1) + 1) is bfloat16 and bfloat16(3) / 2 == 1.5
    with pytest.raises(TypeError, match="expected number, got str"):
        bfloat16("a")


def test_dtype():
    d = np.dtype(bfloat16)
    assert (d.name, d.kind, d.itemsize) == ("bfloat16", "V", 2)
    assert tf.as_dtype(d) is tf.bfloat16 and tf.as_dtype(bfloat16) is tf.bfloat16
    assert tf.bfloat16.max > 3e38 and tf.bfloat16.min < -3e38


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16",
                                   "float32", "float64"])
def test_casts(dtype):
    a = np.array([0, 1, 1, 0]).astype(dtype)
    b = a.astype(bfloat16)
    assert b.dtype == bfloat16 and (b.astype(dtype) == a).all()


def test_rounding_is_to_nearest_even_and_keeps_nan():
    x = np.array([1 + 2.0 ** -8, 1 + 3 * 2.0 ** -8, np.inf, -np.inf, np.nan], np.float32)
    got = x.astype(bfloat16).astype(np.float32)
    assert got[:4].tolist() == [1.0, 1 + 2.0 ** -6, np.inf, -np.inf] and np.isnan(got[4])


def test_arrays():
    a = np.array([3, 1, 2], bfloat16)
    assert repr(a) == "array([bfloat16(3), bfloat16(1), bfloat16(2)], dtype=bfloat16)"
    assert np.sort(a).tolist() == [1, 2, 3] and a.argmax() == 0 and a.argmin() == 1
    assert (a == a).all() and (a + 1).tolist() == [4, 2, 3]
    assert copy.copy(a)[::2].tolist() == [3, 2] and np.concatenate([a, a]).shape == (6,)
    assert a.byteswap().view(a.dtype.newbyteorder()).tolist() == [3, 1, 2]


def test_in_and_out_of_a_session():
    with tf.Graph().as_default(), tf.Session() as s:
        p = tf.placeholder(tf.bfloat16)
        q = tf.cast(p, tf.float32) * 2.0
        for value in (1.5, [1, 2], np.arange(6.0).reshape(2, 3).T, np.array([1.5], bfloat16), bfloat16(4)):
            assert s.run(q, {p: value}).tolist() == (2 * np.asarray(value).astype(np.float32)).tolist()
        one = s.run(tf.constant(1.5, tf.bfloat16))
        assert type(one) is bfloat16 and one == 1.5
        many = s.run(tf.constant(np.array([1.5, 2], bfloat16)))
        assert many.dtype == bfloat16 and many.tolist() == [1.5, 2]


def test_dtype_of_tensorflow_pickles():
    assert pickle.loads(pickle.dumps(tf.bfloat16)) is tf.bfloat16
