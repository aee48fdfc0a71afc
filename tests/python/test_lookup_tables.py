"""Lookup tables in use: who shares them, how long they live, what forks, what is too large, what is malformed."""
import gc
import os
import threading
import weakref

import numpy as np
import pytest

import pytfgraph as tf
from pytfgraph import protos
from pytfgraph.ops import raw

lookup = tf.contrib.lookup
gen = raw.module("gen_lookup_ops")


def message_of(call):
    with pytest.raises(tf.errors.OpError) as caught:
        call()
    return caught.value.message.split("\n")[0]


@pytest.mark.parametrize("dense", [False, True])
def test_threads_of_two_sessions(dense):
    with tf.Graph().as_default() as g:
        table = lookup.MutableDenseHashTable(tf.string, tf.int64, -1, "", 4) if dense else lookup.MutableHashTable(tf.string, tf.int64, -1)
        keys, values = tf.placeholder(tf.string, [None]), tf.placeholder(tf.int64, [None])
        insert, found, exported, size = table.insert(keys, values), table.lookup(keys), table.export(), table.size()
    sessions = [tf.Session(graph=g), tf.Session(graph=g)]
    words, wrong = [b"word %d" % i for i in range(50)], []

    def work(session, number):
        for step in range(30):
            session.run(insert, {keys: words, values: np.arange(50) * 10 + number})
            got = session.run(found, {keys: words})
            if not ((got // 10 == np.arange(50)) & (got % 10 < 4)).all():
                wrong.append(got)
            session.run(exported)
    threads = [threading.Thread(target=work, args=(sessions[i % 2], i)) for i in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong
    assert [s.run(size) for s in sessions] == [50, 50]


def test_a_forked_child_has_its_own_table():
    table = lookup.MutableHashTable(tf.int64, tf.int64, -1)
    keys = tf.placeholder(tf.int64, [None])
    insert, size = table.insert(keys, keys), table.size()
    with tf.Session() as s:
        s.run(insert, {keys: [1, 2]})
        stop = threading.Event()

        def go_on():
            while not stop.is_set():
                s.run(insert, {keys: [1, 2]})
        thread = threading.Thread(target=go_on)
        thread.start()
        try:
            child = os.fork()
            if child == 0:
                try:
                    s.run(insert, {keys: [3]})
                    os._exit(0 if s.run(size) == 3 else 1)
                except BaseException:
                    os._exit(2)
            assert os.waitpid(child, 0)[1] == 0
        finally:
            stop.set()
            thread.join()
        assert s.run(size) == 2


def test_tables_end_with_the_session():
    class Marked:
        pass
    with tf.Graph().as_default():
        table = lookup.MutableHashTable(tf.string, tf.int64, -1)
        insert = table.insert([str(i) for i in range(1000)], np.arange(1000))
        marked = table.mark = Marked()
        gone = weakref.ref(marked)
        for _ in range(20):
            with tf.Session() as s:
                s.run(insert)
    del table, insert, marked, s
    gc.collect()
    assert gone() is None


def test_graph_is_not_changed_by_a_failing_import():
    table = lookup.MutableHashTable(tf.int64, tf.int64, -1)
    with tf.Session() as s:
        s.run(table.insert([1, 2], [10, 20]))
        fed = tf.placeholder(tf.int64)
        bad = gen.lookup_table_import_v2(table._table_ref, fed, tf.constant([1, 2, 3], tf.int64))
        assert message_of(lambda: s.run(bad, {fed: [7, 8]})) == "Expected shape [2] for value, got [3]"
        assert sorted(s.run(table.export()[0])) == [1, 2]


@pytest.mark.parametrize("buckets, shape, words", [
    (2 ** 61, [], "OOM when allocating tensor with shape[2305843009213693952,1] and type int64"),
    (2 ** 62, [], "OOM when allocating tensor with shape[4611686018427387904,1] and type int64"),
    (4, [2 ** 62], "OOM when allocating tensor with shape[4,4611686018427387904] and type int64"),
    (2 ** 40, [2 ** 30], "OOM when allocating tensor with shape[1099511627776,1")])
def test_sizes_that_pass_all_memory(buckets, shape, words):
    h = gen.mutable_dense_hash_table_v2(tf.constant(0, tf.int64), tf.int64, value_shape=shape, initial_num_buckets=buckets)
    with tf.Session() as s:
        assert message_of(lambda: s.run(gen.lookup_table_size_v2(h))).startswith(words)
        assert message_of(lambda: s.run(gen.lookup_table_size_v2(h))).startswith(words)       # and the session lives on


def test_a_load_factor_that_wants_all_memory():
    h = gen.mutable_dense_hash_table_v2(tf.constant(0, tf.int64), tf.int64, initial_num_buckets=4, max_load_factor=1e-30)
    with tf.Session() as s, pytest.raises(tf.errors.ResourceExhaustedError):
        s.run(gen.lookup_table_insert_v2(h, tf.constant([1], tf.int64), tf.constant([1], tf.int64)))


def test_vectors_of_any_declared_length():
    h = gen.mutable_hash_table_of_tensors_v2(tf.int64, tf.float32, value_shape=[2 ** 62])
    with tf.Session() as s:
        assert s.run(gen.lookup_table_size_v2(h)) == 0
        fed = tf.placeholder(tf.float32)
        assert message_of(lambda: s.run(gen.lookup_table_find_v2(h, tf.constant([1], tf.int64), fed), {fed: [1.]})) == \
            "Expected shape [4611686018427387904] for default value, got [1]"


def test_keys_of_many_dimensions():
    h = gen.mutable_hash_table_of_tensors_v2(tf.int64, tf.float32, value_shape=[1])
    fed = tf.placeholder(tf.int64)
    found = gen.lookup_table_find_v2(h, fed, tf.constant([1.]))
    with tf.Session() as s:
        assert s.run(found, {fed: np.zeros([1] * 30, np.int64)}).shape == (1,) * 31
        if np.lib.NumpyVersion(np.__version__) >= "2.0.0":
            assert message_of(lambda: s.run(found, {fed: np.zeros([1] * 64, np.int64)})) == "The values for keys of 64 dimensions have too many"


def test_export_of_other_dtypes():
    """TensorFlow dies of this."""
    h = gen.hash_table_v2(tf.string, tf.int64, shared_name="t")
    init = gen.initialize_table_v2(h, ["a"], tf.constant([1], tf.int64))
    with tf.Session() as s:
        s.run(init)
        assert message_of(lambda: s.run(gen.lookup_table_export_v2(h, tf.int64, tf.int64))).startswith("Conflicting key/value dtypes int64->int64 with string-int64")


def test_dense_tables_of_other_shapes():
    """TensorFlow dies of the first two, and never ends with the third."""
    keys, values = tf.placeholder(tf.int64), tf.placeholder(tf.int64)

    def table():
        return gen.mutable_dense_hash_table_v2(tf.constant(0, tf.int64), tf.int64, initial_num_buckets=4)
    with tf.Session() as s:
        bad = gen.lookup_table_import_v2(table(), keys, values)
        assert message_of(lambda: s.run(bad, {keys: 1, values: 1})) == "Expected key shape [1,1] got []"
        assert message_of(lambda: s.run(bad, {keys: [[1, 2]], values: [[1]]})) == "Expected key shape [1,1] got [1,2]"
        h = table()
        s.run(gen.lookup_table_import_v2(h, keys, values), {keys: np.zeros((0, 1)), values: np.zeros((0, 1))})
        assert s.run(gen.lookup_table_find_v2(h, tf.constant([5], tf.int64), tf.constant(-1, tf.int64))).tolist() == [-1]
        s.run(gen.lookup_table_insert_v2(h, keys, values), {keys: [5], values: [50]})
        exported = s.run(gen.lookup_table_export_v2(h, tf.int64, tf.int64))
        assert exported[0].ravel().tolist() == [0, 5, 0, 0] and exported[1].ravel().tolist() == [0, 50, 0, 0]


@pytest.mark.parametrize("index", [2 ** 31, 2 ** 31 + 5])
def test_indices_of_columns_beyond_32_bits(index, tmp_path):
    (tmp_path / "f").write_bytes(b"a\tb\n")
    h = gen.hash_table_v2(tf.string, tf.string)
    with tf.Session() as s:
        assert message_of(lambda: s.run(gen.initialize_table_from_text_file_v2(h, str(tmp_path / "f"), index, -2))) == "Indices of columns must be below 2^31"


def test_many_keys_at_once():
    """Enough to be found on several threads, and to grow often."""
    keys = np.random.RandomState(0).permutation(200000)
    table = lookup.MutableHashTable(tf.int64, tf.int64, -1)
    text = lookup.MutableHashTable(tf.int64, tf.string, "?", name="text")
    fed, words = tf.placeholder(tf.int64, [None]), tf.placeholder(tf.string, [None])
    with tf.Session() as s:
        s.run([table.insert(fed, fed * 3), text.insert(fed, words)], {fed: keys, words: [b"%d" % k for k in keys]})
        asked = np.arange(-1000, 201000)
        there = (asked >= 0) & (asked < 200000)
        np.testing.assert_array_equal(s.run(table.lookup(fed), {fed: asked}), np.where(there, asked * 3, -1))
        assert s.run(text.lookup(fed), {fed: asked}).tolist() == [b"%d" % k if t else b"?" for k, t in zip(asked, there)]
        exported = s.run(table.export())
        assert sorted(exported[0]) == list(range(200000)) and (exported[1] == exported[0] * 3).all()


def test_variants():
    """Values may be anything that is counted."""
    h = gen.mutable_hash_table_v2(tf.int64, tf.variant)
    d = gen.mutable_dense_hash_table_v2(tf.constant(0, tf.int64), tf.variant, initial_num_buckets=4)
    empty = raw.function("empty_tensor_list")(tf.constant([], tf.int32), element_dtype=tf.float32)
    full = raw.function("tensor_list_push_back")(empty, 5.)
    for table in (h, d):
        inserted = gen.lookup_table_insert_v2(table, tf.constant([1, 2], tf.int64), raw.function("pack")([full, empty]))
        with tf.control_dependencies([inserted]):
            found = gen.lookup_table_find_v2(table, tf.constant(1, tf.int64), empty)
        length = raw.function("tensor_list_length")(found)
        with tf.Session() as s:
            assert s.run(length) == 1


def test_vocabularies_noted_as_2_x_does(tmp_path):
    """In a field of the MetaGraph, not in a collection."""
    folder, words = tmp_path / "model", tmp_path / "words.txt"
    words.write_text("x\ny\n")
    with tf.Graph().as_default(), tf.Session() as s:
        tf.identity(lookup.index_table_from_file(str(words)).lookup(tf.constant(["y", "z"])), name="ids")
        builder = tf.saved_model.builder.SavedModelBuilder(str(folder))
        builder.add_meta_graph_and_variables(s, ["t"], assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS),
                                             main_op=tf.tables_initializer())
        builder.save()
    words.unlink()
    model = protos.message("tensorflow.SavedModel").FromString((folder / "saved_model.pb").read_bytes())
    meta = model.meta_graphs[0]
    for wrapped in meta.collection_def["saved_model_assets"].any_list.value:
        meta.asset_file_def.add().ParseFromString(wrapped.value)
    del meta.collection_def["saved_model_assets"]
    (folder / "saved_model.pb").write_bytes(model.SerializeToString())
    with tf.Graph().as_default(), tf.Session() as s:
        tf.saved_model.loader.load(s, ["t"], str(folder))
        assert s.run("ids:0").tolist() == [1, -1]
