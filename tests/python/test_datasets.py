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


def summary(dataset, n=100):
    """What an aggregator has when n elements were read: {tag: histogram or number}."""
    aggregator = E.StatsAggregator()
    iterator = dataset.apply(E.set_stats_aggregator(aggregator)).make_initializable_iterator()
    element, told = iterator.get_next(), aggregator.get_summary()
    with tf.Session() as s:
        s.run(iterator.initializer)
        try:
            for _ in range(n):
                s.run(element)
        except tf.errors.OutOfRangeError:
            pass
        return {v.tag: v.histo if v.HasField("histo") else v.simple_value for v in tf.Summary.FromString(s.run(told)).value}


def test_statistics():
    from pytfgraph.data.experimental.ops import stats_ops
    told = summary(D.range(10).filter(lambda x: x > 6).batch(2).apply(stats_ops.bytes_produced_stats("bytes")).apply(E.latency_stats("time")))
    assert sorted(told) == ["Filter::dropped_elements", "Filter::filtered_elements", "bytes", "time"]
    assert (told["Filter::dropped_elements"], told["Filter::filtered_elements"]) == (7, 3)
    assert (told["bytes"].num, told["bytes"].sum, told["bytes"].max) == (2, 24, 16) and told["time"].num == 2
    told = summary(D.range(30).prefetch(4), 20)
    assert told["Prefetch::buffer_utilization"].num == 20 and told["Prefetch::buffer_capacity"] == 4
    inner = D.range(3).flat_map(lambda x: D.range(4).apply(stats_ops.bytes_produced_stats("inner")))
    assert summary(inner)["inner"].num == 12
    assert summary(D.range(3)) == {}


def test_elements_that_come_back():
    made = _core.raw_op("PrependFromQueueAndPaddedBatchDataset")(
        D.from_tensor_slices(np.arange(3))._as_variant_tensor(), 2, [tf.constant([], tf.int64)], [tf.constant(0, tf.int64)], output_shapes=[None])
    attrs = {"output_types": [tf.variant, tf.int64], "output_shapes": [[None], [None]]}
    iterator = _core.raw_op("IteratorV2")(shared_name="", container="", **attrs)
    queue, x = _core.raw_op("IteratorGetNext")(iterator, **attrs)
    back = _core.raw_op("EnqueueInQueueDataset")(queue, [x + 100])
    broken = [_core.raw_op("EnqueueInQueueDataset")(queue, wrong) for wrong in ([x, x], [tf.cast(x, tf.float32)], [tf.stack([x, x], 1)], [x[:1]])]
    with tf.Session() as s:
        begin = _core.raw_op("MakeIterator")(made, iterator)
        s.run(begin)
        assert s.run([x, back])[0].tolist() == [0, 1]
        assert s.run([x, back])[0].tolist() == [100, 101]
        for op in broken:
            s.run(begin)
            with pytest.raises(tf.errors.InvalidArgumentError):
                s.run(op)
        with pytest.raises(tf.errors.OutOfRangeError):
            while True:
                s.run(x)


def test_an_iterator_for_several_devices():
    from pytfgraph.data.ops import multi_device_iterator_ops
    iterator = multi_device_iterator_ops.MultiDeviceIterator(D.range(7), ["/cpu:0", "/cpu:1", "/cpu:2"])
    elements_ = iterator.get_next()
    assert [e.device for e in elements_] == ["/device:CPU:0", "/device:CPU:1", "/device:CPU:2"]
    with tf.Session(config=tf.ConfigProto(device_count={"CPU": 3})) as s:
        for _ in range(2):
            s.run(iterator.initializer)
            assert [s.run(elements_), s.run(elements_)] == [[0, 1, 2], [3, 4, 5]]
            assert s.run(elements_[0]) == 6
            for e in elements_:
                with pytest.raises(tf.errors.OutOfRangeError):
                    s.run(e)


def test_a_device_that_waits_is_cancelled():
    attrs = {"output_types": [tf.int64], "output_shapes": [[]]}
    it = _core.raw_op("MultiDeviceIterator")(devices=["/cpu:0", "/cpu:0"], shared_name="", container="", **attrs)
    begun = _core.raw_op("MultiDeviceIteratorInit")(D.range(9)._as_variant_tensor(), it, 1)
    number = tf.placeholder(tf.int64, [])
    x, = _core.raw_op("MultiDeviceIteratorGetNextFromShard")(it, 1, number, **attrs)
    with tf.Session() as s:
        n = s.run(begun)
        assert s.run(x, {number: n}) == 1
        with pytest.raises(tf.errors.DeadlineExceededError):        # the first device takes nothing, and its buffer is full
            s.run(x, {number: n}, options=tf.RunOptions(timeout_in_ms=200))
        with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid incarnation id"):
            s.run(x, {number: n + 1})


def test_elements_ahead_on_a_device():
    d = D.range(4).map(lambda x: (x, tf.as_string(x))).apply(E.prefetch_to_device("/cpu:1"))
    assert (d.output_types, d.output_shapes) == ((tf.int64, tf.string), (tf.TensorShape([]), tf.TensorShape([])))
    with pytest.raises(NotImplementedError, match="must be the last transformation"):
        d.batch(2).make_one_shot_iterator()
    with tf.Session(config=tf.ConfigProto(device_count={"CPU": 2})) as s:
        for iterator in (d.make_one_shot_iterator(), d.make_initializable_iterator()):
            if iterator._initializer is not None:
                s.run(iterator.initializer)
            element = iterator.get_next()
            assert [s.run(element) for _ in range(4)] == [(i, b"%d" % i) for i in range(4)]
            with pytest.raises(tf.errors.OutOfRangeError):
                s.run(element)


def test_shapes_that_elements_shall_have():
    shaped = tf.contrib.data.assert_element_shape((tf.TensorShape([2]), tf.TensorShape([None, 3])))
    lost = D.from_tensors((np.zeros(2), np.zeros((4, 3)))).map(lambda a, b: (tf.py_func(lambda x: x, [a], tf.float64), b))
    d = lost.apply(shaped)
    assert [x.as_list() for x in d.output_shapes] == [[2], [4, 3]] and len(elements(d)) == 1
    wrong = D.from_tensors((np.zeros(5), np.zeros((4, 3)))).map(lambda a, b: (tf.py_func(lambda x: x, [a], tf.float64), b))
    with pytest.raises(tf.errors.InvalidArgumentError):
        elements(wrong.apply(shaped))
    with pytest.raises(ValueError):
        D.from_tensors((np.zeros(5), np.zeros((4, 3)))).apply(shaped)


def test_generators_of_texts():
    for given in (["a", "bc"], [b"a", b"bc"], [np.bytes_(b"a"), np.array(b"bc")]):
        assert elements(D.from_generator(lambda: iter(given), tf.string, [])) == [b"a", b"bc"]
    assert [e.tolist() for e in elements(D.from_generator(lambda: iter([np.array([b"a", b"bc"])]), tf.string))] == [[b"a", b"bc"]]


def test_vectors_once():
    for given, dtype in (([[1, 2], [1], [1, 2], [2, 1]], tf.int64), ([["a", "b"], ["ab"], ["a", "b"], ["b", "a"]], tf.string)):
        got = elements(D.from_generator(lambda: iter(given), dtype).apply(E.unique()))
        assert len(got) == 3
