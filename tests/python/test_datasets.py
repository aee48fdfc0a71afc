"""Datasets where TensorFlow leaves things open, or is left: differences, hostile arguments, broken files, threads."""
import os

import numpy as np
import pytest

import pytfgraph as tf
from pytfgraph import _core
from pytfgraph.framework.function import Defun

D, E = tf.data.Dataset, tf.data.experimental


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def elements(dataset, n=1000):
    iterator = dataset.make_initializable_iterator()
    element, got = iterator.get_next(), []
    with tf.Session() as s:
        s.run(iterator.initializer)
        try:
            while len(got) < n:
                got.append(s.run(element))
        except tf.errors.OutOfRangeError:
            pass
    return got


def test_a_cache_that_was_left_leaves_nothing_behind(tmp_path):
    d = D.range(4).cache(str(tmp_path / "kept"))
    assert elements(d, 2) == [0, 1]
    assert os.listdir(tmp_path) == []
    assert elements(d) == [0, 1, 2, 3]
    assert elements(d) == [0, 1, 2, 3]


def test_a_broken_cache_is_an_error(tmp_path):
    path = str(tmp_path / "kept")
    d = D.range(4).cache(path)
    elements(d)
    data = path + ".data-00000-of-00001"
    whole = open(data, "rb").read()
    for broken in (whole[:9], b"", whole[:8] + b"x" + whole[9:]):
        with open(data, "wb") as f:
            f.write(broken)
        with pytest.raises(tf.errors.OpError):
            elements(d)


def test_numbers_behind_the_last_dataset():
    with pytest.raises(tf.errors.InvalidArgumentError, match="out of range: 2 >= 2"):
        elements(E.choose_from_datasets([D.range(3), D.range(3)], D.from_tensors(np.int64(2))))


def test_a_scan_function_that_gives_more_than_it_says():
    with pytest.raises(tf.errors.InvalidArgumentError, match="return value 2"):
        elements(D.range(5).apply(E.scan(np.int64(0), lambda a, b: ((a, a), b))))


@pytest.mark.parametrize("block", [1, 3])
def test_sloppy_gives_every_element_once(block):
    d = D.range(9).apply(E.parallel_interleave(lambda x: D.range(x), 4, block, sloppy=True, buffer_output_elements=2))
    assert sorted(elements(d)) == sorted(x for i in range(9) for x in range(i))


def test_huge_arguments():
    most = np.iinfo(np.int64).max
    assert elements(D.range(3).window(most, 1, 1).flat_map(lambda w: w.batch(5)).take(1))[0].tolist() == [0, 1, 2]
    assert elements(D.range(3).window(1, most, most).flat_map(lambda w: w)) == [0]
    with pytest.raises(tf.errors.InvalidArgumentError, match="too long"):
        elements(D.range(3).window(most, 1, most).flat_map(lambda w: w))
    assert elements(D.range(3).padded_batch(most, []))[0].tolist() == [0, 1, 2]
    with pytest.raises(tf.errors.OpError):
        elements(D.from_tensors([1]).padded_batch(2, [most]))
    assert [x.tolist() for x in elements(D.range(3).apply(E.map_and_batch(lambda x: x, 2, num_parallel_calls=most)))] == [[0, 1], [2]]
    with pytest.raises(tf.errors.OpError):
        elements(D.range(3).apply(E.dense_to_sparse_batch(2, [most, most])))


@pytest.mark.parametrize("cut", range(0, 40, 3))
def test_cut_record_files(tmp_path, cut):
    path = str(tmp_path / "r")
    with tf.python_io.TFRecordWriter(path) as w:
        w.write(b"one")
        w.write(b"twelve")
    data = open(path, "rb").read()
    with open(path, "wb") as f:
        f.write(data[:cut])
    try:
        assert elements(tf.data.TFRecordDataset(path)) in ([], [b"one"])
    except tf.errors.DataLossError:
        pass


def test_a_record_that_is_too_long(tmp_path):
    path = str(tmp_path / "r")
    with open(path, "wb") as f:
        f.write(b"\xff" * 8 + b"\0" * 20)
    with pytest.raises(tf.errors.DataLossError):
        elements(tf.data.TFRecordDataset(path))


def test_long_lines(tmp_path):
    path = tmp_path / "t"
    lines = [b"x" * n for n in (65535, 65536, 65537, 0, 200000, 1)]
    path.write_bytes(b"\r\n".join(lines))
    assert elements(tf.data.TextLineDataset(str(path))) == lines


def test_sparse_rows_outside_the_shape():
    pad = tf.placeholder_with_default(np.array([[5, 0]]), [None, 2])
    got = elements(D.from_sparse_tensor_slices(tf.SparseTensor(pad, [1.0], [2, 2])))
    assert [g[1].tolist() for g in got] == [[], []]


def test_slices_of_unsigned_numbers():
    for dtype in (np.uint32, np.uint64):
        assert elements(D.from_tensor_slices(np.array([1, 2], dtype))) == [1, 2]


def test_functions_that_give_less_than_is_declared():
    for f in (Defun(tf.int64)(lambda x: tf.cast(x, tf.float32)), Defun(tf.int64)(lambda x: None)):
        numbers = D.range(3)._as_variant_tensor()
        made = _core.raw_op("MapDataset")(numbers, [], f=f, output_types=[tf.int64], output_shapes=[[]])
        iterator = _core.raw_op("IteratorV2")(shared_name="", container="", output_types=[tf.int64], output_shapes=[[]])
        with tf.Session() as s, pytest.raises(tf.errors.InvalidArgumentError):
            s.run(_core.raw_op("MakeIterator")(made, iterator))
