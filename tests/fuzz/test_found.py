"""What random_ops.py found, each as it was: an error with words, and no crash."""
import numpy as np
import pytest

import pytfgraph as tf
from pytfgraph import _core


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def raw(op, *inputs, **attributes):
    return _core.raw_op(op)(*inputs, **attributes)


def run(fetches, feeds=None):
    with tf.Session() as s:
        return s.run(fetches, feeds)


def test_number_of_records_without_elements():
    n = tf.placeholder(tf.int64)
    y = raw("ReaderReadUpToV2", raw("TextLineReaderV2"), tf.FIFOQueue(3, [tf.string]).queue_ref, n)
    for value in ([], [1, 2]):
        with pytest.raises(tf.errors.InvalidArgumentError, match="num_records must be a scalar, but has %d elements" % len(value)):
            run(y, {n: np.array(value, np.int64)})


def test_parsing_lists_of_nothing():
    got = run(tf.parse_example([b"", b""], {"a": tf.FixedLenSequenceFeature([0], tf.float32, True)}))
    assert got["a"].shape == (2, 0, 0)


def test_folding_what_overflows():
    with pytest.raises(tf.errors.OpError):
        run(tf.parse_single_example(b"", {"a": tf.FixedLenFeature([2 ** 62], tf.float32)}))


def test_row_splits_of_more_rows_than_there_are():
    serialized = tf.placeholder(tf.string, [2 ** 63 - 1])
    *_, values, splits = raw("ParseExampleV2", serialized, tf.constant([], tf.string), tf.constant([], tf.string), tf.constant([], tf.string),
                             tf.constant(["a"]), [], num_sparse=0, sparse_types=[], ragged_value_types=[tf.int64],
                             ragged_split_types=[tf.int64], dense_shapes=[])
    assert splits[0].get_shape().as_list() == [None]
