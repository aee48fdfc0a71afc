"""What is done with failing allocations: python scenarios.py NAME prints how many were made to fail."""
import ctypes
import gc
import importlib.util
import os
import pathlib
import sys
import tempfile

import numpy as np


def graph(tf):
    a = tf.constant([1.0, 2.0], name="a")
    with tf.name_scope("scope"), tf.device("/cpu:0"), tf.control_dependencies([a]):
        b = tf.reshape(a * 2.0 + 1.0, [2, 1])
    assert b.op.node_def.name == "scope/Reshape"
    assert b.shape.as_list() == [2, 1]
    tf.add_to_collection("c", b)


def graph_def(tf):
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    tf.matmul(x, tf.ones([3, 2]), name="y")
    assert len(tf.get_default_graph().as_graph_def(add_shapes=True).node) == 3


def gradients(tf):
    x = tf.constant([[1.0, 2.0]])
    w = tf.constant([[1.0], [2.0]])
    y = tf.reduce_sum(tf.nn.relu(tf.matmul(x, w)) + x[0])
    assert all(g is not None for g in tf.gradients(y, [x, w]))


def run(tf):
    x = tf.placeholder(tf.float32, [None, 2])
    y = tf.reduce_sum(tf.matmul(x, x, transpose_b=True) * 2.0 + 1.0)
    with tf.Session() as s:
        assert s.run(y, {x: np.ones([2, 2], np.float32)}) == 20.0


def variables(tf):
    v = tf.Variable([1.0, 2.0])
    r = tf.get_variable("r", initializer=[3.0], use_resource=True)
    with tf.Session() as s:
        s.run(tf.global_variables_initializer())
        assert s.run(v.assign_add([1.0, 1.0])).tolist() == [2.0, 3.0]
        assert s.run(r.assign_add([1.0])).tolist() == [4.0]


def training(tf):
    w = tf.Variable([[1.0], [2.0]])
    x = tf.placeholder(tf.float32, [None, 2])
    step = tf.train.AdamOptimizer(0.1).minimize(tf.reduce_mean(tf.square(tf.matmul(x, w))))
    with tf.Session() as s:
        s.run(tf.global_variables_initializer())
        s.run(step, {x: [[1.0, 2.0]]})


def cond(tf):
    p = tf.placeholder(tf.bool, [])
    y = tf.cond(p, lambda: tf.constant(1.0) + 1.0, lambda: tf.constant(5.0))
    with tf.Session() as s:
        assert s.run([y, y], {p: True}) == [2.0, 2.0]
        assert s.run(y, {p: False}) == 5.0


def queue(tf):
    q = tf.FIFOQueue(2, [tf.float32], shapes=[[2]])
    with tf.Session() as s:
        s.run(q.enqueue([[1.0, 2.0]]))
        assert s.run(q.dequeue()).tolist() == [1.0, 2.0]


def queues(tf):
    kinds = (tf.RandomShuffleQueue(8, 1, [tf.float32], shapes=[[2]]), tf.PaddingFIFOQueue(8, [tf.float32], shapes=[[None]]))
    first = tf.PriorityQueue(8, [tf.float32], shapes=[[2]])
    with tf.Session() as s:
        for q in kinds:
            s.run(q.enqueue_many([[[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]]))
            assert s.run(q.dequeue_many(2)).tolist() == [[1.0, 2.0]] * 2
        s.run(first.enqueue_many([[2, 1], [[1.0, 2.0], [3.0, 4.0]]]))
        assert s.run(first.dequeue_many(2))[1].tolist() == [[3.0, 4.0], [1.0, 2.0]]


def staging(tf):
    from pytfgraph.ops import data_flow_ops
    row = data_flow_ops.StagingArea([tf.float32, tf.string])
    by_key = data_flow_ops.MapStagingArea([tf.float32, tf.string], ordered=True)
    x, y = tf.constant([1.0, 2.0]), tf.constant("b" * 50)
    with tf.Session() as s:
        s.run(row.put([x, y]))
        assert s.run(row.peek(0))[1] == b"b" * 50
        assert s.run(row.get())[0].tolist() == [1.0, 2.0]
        s.run(by_key.put(3, [y], [1]))
        s.run(by_key.put(3, [x], [0]))
        s.run(by_key.put(2, [x, y], [0, 1]))
        assert s.run(by_key.get())[0] == 2
        assert s.run(by_key.get(3)[1])[0].tolist() == [1.0, 2.0]
        s.run(by_key.put(2, [x, y], [0, 1]))
        s.run(by_key.clear())


def accumulators(tf):
    from pytfgraph.ops import raw
    dense, rows = tf.ConditionalAccumulator(tf.float32), tf.SparseConditionalAccumulator(tf.float32)
    handle = raw.function("resource_conditional_accumulator")(dtype=tf.float32, shape=[2])
    add, take = raw.function("resource_accumulator_apply_gradient"), raw.function("resource_accumulator_take_gradient")
    with tf.Session() as s:
        s.run(add(handle, 1, [1.0, 2.0]))
        assert s.run(take(handle, 1, tf.float32)).tolist() == [1.0, 2.0]
        for _ in range(2):
            s.run([dense.apply_grad([1.0, 2.0], 2 ** 20), rows.apply_grad([1, 3], [[1.0], [2.0]], local_step=2 ** 20)])
        assert s.run(dense.take_grad(1)).tolist() == [1.0, 2.0]
        assert s.run(rows.take_grad(1)).indices.tolist() == [1, 3]


def barrier(tf):
    from pytfgraph.ops import data_flow_ops
    b = data_flow_ops.Barrier([tf.float32, tf.string], [[2], []])
    with tf.Session() as s:
        s.run(b.insert_many(0, ["a", "b" * 40], [[1.0, 2.0], [3.0, 4.0]]))
        s.run(b.insert_many(1, ["b" * 40, "a"], ["c" * 40, "d"]))
        assert s.run(b.take_many(2)).keys.tolist() == [b"b" * 40, b"a"]


def session_tensors(tf):
    x = tf.placeholder(tf.float32)
    handle = tf.get_session_handle(x * 2.0)
    with tf.Session() as s:
        kept = s.run(handle, {x: [1.0, 2.0]})
        again = s.run(handle, {x: kept})
        assert s.run(x + 1.0, {x: again}).tolist() == [5.0, 9.0]
        kept.delete()
        assert again.eval().tolist() == [4.0, 8.0]


def strings(tf):
    x = tf.placeholder(tf.string, [None])
    with tf.Session() as s:
        assert s.run(tf.concat([x, ["c" * 100]], 0), {x: ["a", "b" * 50]})[2] == b"c" * 100


def partial(tf):
    a, b = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    c = a + 1.0
    d = c * b
    with tf.Session() as s:
        h = s.partial_run_setup([c, d], [a, b])
        assert s.partial_run(h, c, {a: 1.0}) == 2.0
        assert s.partial_run(h, d, {b: 3.0}) == 6.0


def images(tf):
    x = tf.placeholder(tf.uint8, [6, 8, 3])
    y = tf.image.decode_png(tf.image.encode_png(x)), tf.image.decode_jpeg(tf.image.encode_jpeg(x))
    b = tf.expand_dims(x, 0)
    z = [resize(b, [4, 5]) for resize in (tf.image.resize_bilinear, tf.image.resize_nearest_neighbor, tf.image.resize_bicubic, tf.image.resize_area)]
    k = tf.image.non_max_suppression([[0.0, 0.0, 1.0, 1.0]], [1.0], 3)
    with tf.Session() as s:
        got = s.run([y, z, k], {x: np.ones([6, 8, 3], np.uint8)})
    assert got[0][0].shape == (6, 8, 3) and got[2].tolist() == [0]


def parsing(tf):
    example = b'\n \n\x11\n\x01a\x12\x0c\x12\n\n\x08\x00\x00\x80?\x00\x00\x00@\n\x0b\n\x01s\x12\x06\n\x04\n\x02xy'
    sequence = b'\n\x1f\n\x11\n\x01a\x12\x0c\x12\n\n\x08\x00\x00\x80?\x00\x00\x00@\n\n\n\x01s\x12\x05\n\x03\n\x01x\x12,\n\x19\n\x01f\x12\x14\n\x08\x12\x06\n\x04\x00\x00\x80?\n\x08\x12\x06\n\x04\x00\x00\x00@\n\x0f\n\x01w\x12\n\n\x08\n\x06\n\x01p\n\x01q'
    features = {"a": tf.FixedLenFeature([2], tf.float32), "s": tf.VarLenFeature(tf.string)}
    lists = {"f": tf.FixedLenSequenceFeature([], tf.float32), "w": tf.VarLenFeature(tf.string)}
    with tf.Session() as s:
        dense, sparse = s.run([tf.parse_example([example], features), tf.io.parse_sequence_example([sequence], features, lists)])
        assert dense["a"].tolist() == [[1.0, 2.0]] and sparse[1]["w"].values.tolist() == [b"p", b"q"]
        assert s.run(tf.parse_single_sequence_example(sequence, features, lists))[1]["f"].tolist() == [1.0, 2.0]


def tables(tf):
    lookup = tf.contrib.lookup
    path = os.path.join(tempfile.gettempdir(), "words-%d" % os.getpid())
    with open(path, "w") as f:
        f.write("one\ttwo\n" * 3 + "b" * 50 + "\t\n")
    fixed = lookup.HashTable(lookup.TextFileInitializer(path, tf.string, 0, tf.string, 1), "?")
    ids = lookup.index_table_from_tensor(["a", "b" * 50], num_oov_buckets=1)
    changing, dense = lookup.MutableHashTable(tf.string, tf.float32, [0.0, 0.0]), lookup.MutableDenseHashTable(tf.string, tf.int64, -1, "", 4)
    fed = tf.placeholder(tf.string), tf.placeholder(tf.int64)
    restored = tf.get_collection("saveable_objects")[1].restore(fed, None)
    words = ["b" * 20 + str(i) for i in range(20)]
    with tf.Session() as s:
        s.run(tf.tables_initializer())
        assert s.run(fixed.lookup(tf.constant(["one", "x"]))).tolist() == [b"two", b"?"]
        assert s.run(ids.lookup(tf.constant(["x", "a"]))).tolist() == [2, 0]
        s.run([changing.insert(words, [[1.0, 2.0]] * 20), dense.insert(words, list(range(20)))])
        assert s.run(changing.lookup(words)).tolist() == [[1.0, 2.0]] * 20
        assert s.run(dense.lookup(words)).tolist() == list(range(20))
        s.run(restored, dict(zip(fed, s.run(dense.export()))))
        assert sorted(s.run(changing.export()[0])) == sorted(w.encode() for w in words)
        assert s.run(dense.size()) == 20
    os.remove(path)


def records(tf):
    path = os.path.join(tempfile.gettempdir(), "records-%d" % os.getpid())
    with tf.python_io.TFRecordWriter(path, "ZLIB") as writer:
        writer.write(b"one")
        writer.write(b"two" * 100)
    assert list(tf.python_io.tf_record_iterator(path, "ZLIB")) == [b"one", b"two" * 100]
    os.remove(path)


SCENARIOS = {f.__name__: f for f in (graph, graph_def, gradients, run, variables, training, cond, queue, queues, staging, accumulators, barrier,
                                           session_tensors, strings, partial, images, parsing, records)} | {
    "tables": tables}
MOST = 20000


def elements(tf, dataset):
    iterator = dataset.make_initializable_iterator()
    element, got = iterator.get_next(), []
    with tf.Session() as s:
        s.run(iterator.initializer)
        try:
            while True:
                got.append(s.run(element))
        except tf.errors.OutOfRangeError:
            return got


def datasets(tf):
    D = tf.data.Dataset
    d = D.range(4).map(lambda x: x + 1).cache().repeat(2).window(3, 2).flat_map(lambda w: w.batch(3)).padded_batch(2, [4])
    assert len(elements(tf, d)) == 2
    with tf.Session() as s:
        assert s.run(d.reduce(tf.constant(0), lambda n, _: n + 1)) == 2


def grouped(tf):
    D, E = tf.data.Dataset, tf.data.experimental
    d = D.range(5).apply(E.group_by_window(lambda x: x % 2, lambda k, w: w.batch(3), 2)).apply(E.unbatch()).apply(
        E.scan(tf.constant(0, tf.int64), lambda a, b: (a + b, a)))
    assert len(elements(tf, d)) == 5
    d = D.range(3).apply(E.dense_to_sparse_batch(2, [])).map(tf.sparse_tensor_to_dense)
    assert len(elements(tf, d)) == 2


def lines(tf):
    path = os.path.join(tempfile.gettempdir(), "lines-%d" % os.getpid())
    with open(path, "w") as f:
        f.write("one\ntwo\n")
    kept = path + "-kept"
    for _ in range(2):
        assert elements(tf, tf.data.TextLineDataset(path).cache(kept)) == [b"one", b"two"]
    for name in (path, kept + ".index", kept + ".data-00000-of-00001"):
        os.remove(name)


def tables(tf):
    path = os.path.join(tempfile.gettempdir(), "table-%d" % os.getpid())
    with open(path, "w") as f:
        f.write('1,"a"\n2,b\n')
    E = tf.data.experimental
    assert elements(tf, E.CsvDataset(path, [tf.int32, tf.string])) == [(1, b"a"), (2, b"b")]
    example = b'\n \n\x11\n\x01a\x12\x0c\x12\n\n\x08\x00\x00\x80?\x00\x00\x00@\n\x0b\n\x01s\x12\x06\n\x04\n\x02xy'
    features = {"a": tf.FixedLenFeature([2], tf.float32), "s": tf.VarLenFeature(tf.string)}
    parsed = elements(tf, tf.data.Dataset.from_tensors([example]).apply(E.parse_example_dataset(features)))
    assert parsed[0]["a"].tolist() == [[1.0, 2.0]] and parsed[0]["s"].values.tolist() == [b"xy"]
    os.remove(path)


def iterator_states(tf):
    """A pipeline that is saved in the middle, and goes on in another iterator."""
    from pytfgraph import _core
    D = tf.data.Dataset
    d = D.range(6).map(lambda x: x + 1).shuffle(3, seed=1).interleave(lambda x: D.from_tensors(x), 2).batch(2)
    first, second = d.make_initializable_iterator(), tf.data.Iterator.from_structure(d.output_types, d.output_shapes)
    element, other = first.get_next(), second.get_next()
    state = tf.placeholder(tf.string, [])
    saved = tf.serialize_tensor(_core.raw_op("SerializeIterator")(first._iterator_resource))
    restored = _core.raw_op("DeserializeIterator")(second._iterator_resource, tf.parse_tensor(state, tf.variant))
    with tf.Session() as s:
        s.run(first.initializer)
        s.run(element)
        s.run(restored, {state: s.run(saved)})
        for _ in range(2):
            assert s.run(element).tolist() == s.run(other).tolist()


def watched(tf):
    D, E = tf.data.Dataset, tf.data.experimental
    aggregator = E.StatsAggregator()
    assert len(elements(tf, D.range(4).filter(lambda x: x > 1).apply(E.latency_stats("t")).apply(E.set_stats_aggregator(aggregator)))) == 2
    assert elements(tf, E.SqlDataset("sqlite", ":memory:", "SELECT 1, 'a'", (tf.int64, tf.string))) == [(1, b"a")]


SCENARIOS.update((f.__name__, f) for f in (datasets, grouped, lines, tables, iterator_states, watched))


def library():
    folder = pathlib.Path(importlib.util.find_spec("pytfgraph").origin).parent
    lib = ctypes.CDLL(str(folder / "libtfgraph.so"))
    lib.tfg_alloc_fail_at.argtypes = [ctypes.c_int64]
    lib.tfg_alloc_failed.restype = ctypes.c_bool
    lib.tfg_alloc_live.restype = ctypes.c_int64
    return lib


def attempt(tf, scenario):
    """None, or the error that the scenario ended in."""
    try:
        with tf.Graph().as_default():
            scenario(tf)
    except (MemoryError, tf.errors.ResourceExhaustedError) as error:
        return error.with_traceback(None)


def main(name):
    import pytfgraph as tf
    lib, scenario = library(), SCENARIOS[name]
    for _ in range(3):
        assert attempt(tf, scenario) is None        # what is made once is made now
    gc.collect()
    before = lib.tfg_alloc_live()
    attempt(tf, scenario)
    gc.collect()
    kept = lib.tfg_alloc_live() - before
    assert kept <= 0, "%d blocks kept by a scenario that succeeds" % kept
    failures, n, stride = 0, 1, 1
    while n < MOST:
        lib.tfg_alloc_fail_at(n)
        error = attempt(tf, scenario)
        fired = lib.tfg_alloc_failed()
        lib.tfg_alloc_fail_at(0)
        if not fired:
            break
        failures += 1
        del error
        # A failure that a scenario survives is a rewrite left out, or a cache not filled: fine, as long as nothing broke.
        if n % 16 == 0 or stride > 1:
            assert attempt(tf, scenario) is None, "unusable after allocation %d failed" % n
        if n > 400:
            stride = 7
        n += stride
    gc.collect()
    live = lib.tfg_alloc_live()
    for _ in range(3):
        assert attempt(tf, scenario) is None
    gc.collect()
    assert live <= before + 64, "%d blocks lost over %d failures" % (live - before, failures)
    print(failures)


if __name__ == "__main__":
    main(sys.argv[1])
