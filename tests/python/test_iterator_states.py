"""Iterators that are saved in the middle of a dataset and go on elsewhere, for every kind of dataset."""
import gzip
import os
import random

import numpy as np
import pytest

import pytfgraph as tf
from pytfgraph import _core

D, E = tf.data.Dataset, tf.data.experimental


def records(path, n=5):
    with tf.python_io.TFRecordWriter(path) as w:
        for i in range(n):
            w.write(b"record %d" % i)
    return path


def text(path, data=b"one\ntwo\r\n\nfour\nfive"):
    with open(path, "wb") as f:
        f.write(data)
    return path


def example(i):
    feature = tf.train.Feature(int64_list=tf.train.Int64List(value=[i] * (i % 3)))
    return tf.train.Example(features=tf.train.Features(feature={"a": feature})).SerializeToString()


def numbers(n=10):
    return D.range(n)


def tens(x):
    return D.range(x * 10, x * 10 + 4)


#: name: a function of a folder that makes the dataset
KINDS = {
    "range": lambda p: numbers(),
    "tensors": lambda p: D.from_tensors((np.float32(1), ["a", "b"])),
    "slices": lambda p: D.from_tensor_slices({"a": np.arange(12.).reshape(6, 2), "b": list("uvwxyz")}),
    "sparse slices": lambda p: D.from_sparse_tensor_slices(tf.SparseTensor([[0, 0], [2, 1], [4, 0]], [1, 2, 3], [6, 2])).map(
        lambda i, v, n: tf.sparse_to_dense(i, n, v)),
    "sparse tensors shuffled": lambda p: numbers(9).map(lambda x: tf.SparseTensor([[0, 0]], tf.expand_dims(x, 0), [1, 2])).shuffle(4, seed=1).map(
        tf.sparse_tensor_to_dense),
    "map": lambda p: numbers().map(lambda x: (x * x, tf.as_string(x))),
    "map of a captured value": lambda p: numbers().map((lambda y: lambda x: x * y)(tf.constant(5, tf.int64))),
    "parallel map": lambda p: numbers(20).map(lambda x: x * x, num_parallel_calls=3),
    "parallel map with failures": lambda p: numbers(8).map(lambda x: 12 // (x % 3), num_parallel_calls=2),
    "filter": lambda p: numbers(20).filter(lambda x: tf.equal(x % 3, 0)),
    "shuffle": lambda p: numbers(20).shuffle(6, seed=7),
    "shuffle without seeds": lambda p: numbers(20).shuffle(6),
    "shuffle and repeat": lambda p: numbers(5).apply(E.shuffle_and_repeat(7, 4, seed=3)),
    "shuffle repeated": lambda p: numbers(6).shuffle(4, seed=1).repeat(3),
    "shuffle repeated in one order": lambda p: numbers(6).shuffle(4, seed=1, reshuffle_each_iteration=False).repeat(3),
    "repeat": lambda p: numbers(3).repeat(3),
    "take": lambda p: numbers().take(7),
    "take without end": lambda p: numbers(4).repeat().take(9),
    "skip": lambda p: numbers().skip(3),
    "batch": lambda p: numbers().batch(3),
    "batch dropping": lambda p: numbers().batch(3, drop_remainder=True),
    "padded batch": lambda p: numbers().map(lambda x: tf.fill([tf.cast(x, tf.int32)], x)).padded_batch(3, [None]),
    "flat map": lambda p: numbers(5).flat_map(lambda x: D.range(x)),
    "interleave": lambda p: numbers(5).interleave(tens, 3, 2),
    "parallel interleave": lambda p: numbers(5).interleave(tens, 3, 2, num_parallel_calls=2),
    "older parallel interleave": lambda p: numbers(5).apply(E.parallel_interleave(tens, 3, 2)),
    "zip": lambda p: D.zip((numbers(8), numbers(6).map(lambda x: -x))),
    "concatenate": lambda p: numbers(4).concatenate(numbers(3)),
    "choose": lambda p: E.choose_from_datasets([numbers(5), numbers(3)], numbers(10).map(lambda x: x % 2)),
    "cache": lambda p: numbers(4).cache().repeat(3),
    "cache in files": lambda p: numbers(4).map(lambda x: x + 1).cache(os.path.join(p, "kept")).repeat(2),
    "prefetch": lambda p: numbers(20).prefetch(4),
    "prefetch by itself": lambda p: numbers(20).prefetch(-1),
    "text": lambda p: D.from_tensor_slices([text(p + "/a"), text(p + "/b", b""), text(p + "/c", b"x\ny")]).flat_map(tf.data.TextLineDataset),
    "text of several files": lambda p: tf.data.TextLineDataset([text(p + "/a"), text(p + "/c", b"x\ny\n")]),
    "text compressed": lambda p: tf.data.TextLineDataset([text(p + "/a", gzip.compress(b"one\ntwo\nthree"))], "GZIP"),
    "records": lambda p: tf.data.TFRecordDataset([records(p + "/a"), records(p + "/b", 0), records(p + "/c", 2)]),
    "fixed lengths": lambda p: tf.data.FixedLengthRecordDataset([text(p + "/a", b"haabbccf"), text(p + "/b", b"hddf")], 2, 1, 1),
    "csv": lambda p: E.CsvDataset([text(p + "/a", b"n,t\n1,x\n2,\"y\nz\"\n3,w\n")], [tf.int32, tf.string], header=True),
    "slide": lambda p: numbers().apply(tf.contrib.data.sliding_window_batch(3, 2)),
    "unbatch": lambda p: numbers(12).batch(5).apply(E.unbatch()),
    "scan": lambda p: numbers().apply(E.scan(np.int64(1), lambda a, b: (a + b, a * b))),
    "group by window": lambda p: numbers(12).apply(E.group_by_window(lambda x: x % 2, lambda k, d: d.batch(2), 4)),
    "group by reducer": lambda p: numbers(12).apply(E.group_by_reducer(lambda x: x % 5, E.Reducer(lambda k: k, lambda s, x: s + x, lambda s: s))),
    "map and batch": lambda p: numbers(11).apply(E.map_and_batch(lambda x: x * 2, 3, num_parallel_calls=2)),
    "dense to sparse": lambda p: numbers(7).map(lambda x: tf.fill([2], x)).apply(E.dense_to_sparse_batch(3, [2])).map(tf.sparse_tensor_to_dense),
    "unique": lambda p: numbers(20).map(lambda x: x * x % 7).apply(E.unique()),
    "errors ignored": lambda p: numbers(8).map(lambda x: 12 // (x % 3)).apply(E.ignore_errors()),
    "random": lambda p: E.RandomDataset(seed=5).take(9),
    "random without a seed": lambda p: E.RandomDataset().take(9),
    "parsed": lambda p: D.from_tensor_slices([example(i) for i in range(7)]).batch(2).apply(
        E.parse_example_dataset({"a": tf.VarLenFeature(tf.int64)})).map(lambda f: tf.sparse_tensor_to_dense(f["a"])),
}


def plain(x):
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    return tuple(map(plain, x)) if isinstance(x, tuple) else x.tolist() if isinstance(x, np.ndarray) else x


def read(session, element, n=1000):
    """Up to n elements; a failure counts, the end does not."""
    got = []
    while len(got) < n:
        try:
            got.append(plain(session.run(element)))
        except tf.errors.OutOfRangeError:
            got.append("end")
            return got
        except tf.errors.InvalidArgumentError as e:
            got.append(e.message.split("\n")[0])
    return got


def save_after(make, n, path):
    """Reads n elements, saves, and reads the rest."""
    with tf.Graph().as_default():
        iterator = make().make_initializable_iterator()
        element = iterator.get_next()
        tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, E.make_saveable_from_iterator(iterator))
        saver = tf.train.Saver()
        with tf.Session() as s:
            s.run(iterator.initializer)
            before = read(s, element, n)
            saver.save(s, path)
            return before, read(s, element), iterator.output_types, iterator.output_shapes


def go_on(path, types, shapes):
    """The rest, in a graph that knows nothing of the dataset."""
    with tf.Graph().as_default():
        iterator = tf.data.Iterator.from_structure(types, shapes)
        element = iterator.get_next()
        saveable = E.make_saveable_from_iterator(iterator)
        with tf.Session() as s:
            restored = tf.train.Saver([saveable])
            restored.restore(s, path)
            return read(s, element)


@pytest.mark.parametrize("kind", KINDS)
def test_goes_on_where_it_stood(kind, tmp_path):
    data = tmp_path / "data"
    for n in (0, 1, 4, 1000):
        path = str(tmp_path / ("state%d" % n))
        data.mkdir(exist_ok=True)
        before, rest, types, shapes = save_after(lambda: KINDS[kind](str(data)), n, path)
        if n == 0 and kind == "cache in files":
            for name in os.listdir(str(data)):
                os.remove(str(data / name))
        assert go_on(path, types, shapes) == rest, (kind, n, before)


def serialized(dataset, n=2):
    """The bytes of an iterator's state, and its types and shapes."""
    with tf.Graph().as_default():
        iterator = dataset().make_initializable_iterator()
        element = iterator.get_next()
        state = tf.serialize_tensor(raw("SerializeIterator", iterator._iterator_resource))
        with tf.Session() as s:
            s.run(iterator.initializer)
            read(s, element, n)
            return s.run(state), iterator.output_types, iterator.output_shapes


def raw(op, *inputs, **attributes):
    return _core.raw_op(op)(*inputs, **attributes)


BROKEN = ["shuffle", "interleave", "older parallel interleave", "group by window", "group by reducer", "prefetch", "parallel map with failures",
          "cache", "slide", "unbatch", "records", "csv", "choose", "sparse tensors shuffled"]


@pytest.mark.parametrize("kind", BROKEN)
def test_states_that_are_broken(kind, tmp_path):
    state, types, shapes = serialized(lambda: KINDS[kind](str(tmp_path)), 3)
    dice = random.Random(kind)
    with tf.Graph().as_default():
        iterator = tf.data.Iterator.from_structure(types, shapes)
        element = iterator.get_next()
        fed = tf.placeholder(tf.string, [])
        restore = raw("DeserializeIterator", iterator._iterator_resource, tf.parse_tensor(fed, tf.variant))
        with tf.Session() as s:
            s.run(restore, {fed: state})
            for _ in range(120):
                broken = bytearray(state)
                if dice.random() < .2:
                    del broken[dice.randrange(len(broken)):]
                else:                           # mostly behind the graph, where the numbers are
                    for _ in range(dice.randrange(1, 4)):
                        broken[dice.randrange(len(broken) // 2, len(broken))] = dice.choice([0, 1, 127, 128, 255, dice.randrange(256)])
                try:
                    s.run(restore, {fed: bytes(broken)})
                    read(s, element, 50)
                except tf.errors.OpError:
                    pass


def test_checkpoints_that_are_broken(tmp_path):
    path = str(tmp_path / "state")
    _, _, types, shapes = save_after(lambda: numbers(20).shuffle(6, seed=7), 3, path)
    data = path + ".data-00000-of-00001"
    whole = open(data, "rb").read()
    for at in range(0, len(whole), 41):
        for broken in (whole[:at], whole[:at] + bytes([whole[at] ^ 64]) + whole[at + 1:]):
            with open(data, "wb") as f:
                f.write(broken)
            with pytest.raises((tf.errors.OpError, ValueError)):
                go_on(path, types, shapes)


def failure(dataset, error, initialize=True, n=0):
    with tf.Graph().as_default():
        iterator = dataset().make_initializable_iterator()
        element, save = iterator.get_next(), raw("SerializeIterator", iterator._iterator_resource)
        with tf.Session() as s:
            if initialize:
                s.run(iterator.initializer)
            read(s, element, n)
            with pytest.raises(error) as caught:
                s.run(save.op)
            return caught.value.message.split("\n")[0]


def test_what_cannot_be_saved():
    assert failure(numbers, tf.errors.FailedPreconditionError, False) == (
        "Save() failed because the iterator has not been initialized. Ensure that you have run the initializer operation for this iterator "
        "before saving it.")
    assert "is stateful. Saving stateful functions is not supported yet." in failure(
        lambda: D.from_generator(lambda: iter([1]), tf.int32), tf.errors.InvalidArgumentError)
    assert "is stateful. Saving stateful functions is not supported yet." in failure(
        lambda: numbers().map(lambda x: tf.random_uniform([]) + tf.cast(x, tf.float32)), tf.errors.InvalidArgumentError)


def test_a_dataset_as_a_graph():
    with tf.Graph().as_default(), tf.Session() as s:
        dataset = numbers(4).map(lambda x: x + 1).batch(2)
        graph = tf.GraphDef.FromString(s.run(raw("DatasetToGraph", dataset._as_variant_tensor())))
        assert [n.op for n in graph.node] == ["Const", "Const", "Const", "RangeDataset", "MapDataset", "Const", "Const", "BatchDatasetV2"]
        assert [n.name for n in graph.node][3:5] == ["RangeDataset/_3", "MapDataset/_4"]
        assert len(graph.library.function) == 1


def test_the_restored_iterator_can_be_saved_again(tmp_path):
    first, second = str(tmp_path / "1"), str(tmp_path / "2")
    before, rest, types, shapes = save_after(lambda: numbers(12).map(lambda x: x * x).shuffle(4, seed=2), 3, first)
    with tf.Graph().as_default():
        iterator = tf.data.Iterator.from_structure(types, shapes)
        element, saver = iterator.get_next(), tf.train.Saver([E.make_saveable_from_iterator(iterator)])
        with tf.Session() as s:
            saver.restore(s, first)
            assert read(s, element, 4) == rest[:4]
            saver.save(s, second)
    assert go_on(second, types, shapes) == rest[4:]


def database(path):
    import sqlite3
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE t (a INTEGER, b REAL, c TEXT)")
        db.executemany("INSERT INTO t VALUES (?, ?, ?)", [(i, i / 2, "row %d" % i) for i in range(6)])
    db.close()
    return path


def test_rows_of_a_database(tmp_path):
    path = database(str(tmp_path / "db"))

    def rows(query="SELECT * FROM t ORDER BY a", types=(tf.int64, tf.float64, tf.string), driver="sqlite", where=path):
        return E.SqlDataset(driver, where, query, types)

    def got(dataset):
        with tf.Graph().as_default():
            iterator = dataset().make_initializable_iterator()
            element = iterator.get_next()
            with tf.Session() as s:
                s.run(iterator.initializer)
                return read(s, element)
    assert got(rows)[:2] == [(0, 0.0, b"row 0"), (1, 0.5, b"row 1")] and len(got(rows)) == 7
    assert got(lambda: rows("SELECT a > 2, a, a, a + 300, c, a, 70000 FROM t WHERE a > 2 ORDER BY a", (
        tf.bool, tf.int8, tf.uint8, tf.int16, tf.string, tf.int32, tf.uint16)))[0] == (True, 3, 3, 303, b"row 3", 3, 4464)
    for n in (0, 3, 1000):
        state = str(tmp_path / ("state%d" % n))
        _, rest, types, shapes = save_after(rows, n, state)
        assert go_on(state, types, shapes) == rest
    for dataset, error, words in (
            (lambda: rows(driver="other"), tf.errors.InvalidArgumentError, "The database type, other, is not supported by SqlDataset."),
            (lambda: rows("SELECT a FROM t"), tf.errors.InvalidArgumentError, r"The number of columns in query \(1\) must match"),
            (lambda: rows("SELECT absent FROM t"), tf.errors.UnknownError, r"Prepare\(\) failed: \[1\] no such column: absent"),
            (lambda: rows(where=str(tmp_path / "none" / "db")), tf.errors.InvalidArgumentError, "failed: unable to open database file"),
            (lambda: rows(where=text(str(tmp_path / "junk"), b"junk" * 999)), tf.errors.InvalidArgumentError, "file is not a database"),
            (lambda: rows("SELECT a FROM t", (tf.float32,)), tf.errors.InvalidArgumentError, "Each element of `output_types_` must be one of")):
        with tf.Graph().as_default(), tf.Session() as s:
            iterator = dataset().make_initializable_iterator()
            with pytest.raises(error, match=words):
                s.run(iterator.initializer)
                s.run(iterator.get_next())
