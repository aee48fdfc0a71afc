"""Every operation that waits: what ends a wait, and that nothing is lost by it."""
import gc
import os
import pathlib
import subprocess
import sys
import threading
import time
import weakref

import pytest

import pytfgraph as tf
from pytfgraph.ops import data_flow_ops, raw
from pytfgraph.ops.data_flow_ops import gen

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import blocking  # noqa: E402

SOON = tf.RunOptions(timeout_in_ms=50)


@pytest.fixture(params=sorted(blocking.ROWS))
def row(request):
    with tf.Graph().as_default():
        yield blocking.ROWS[request.param]()


def test_a_wait_goes_on(row):
    with tf.Session() as session:
        session.run(row.before)
        blocking.released(session, row)


def test_a_timeout_ends_a_wait(row):
    with tf.Session() as session:
        session.run(row.before)
        for _ in range(2):
            with pytest.raises(tf.errors.DeadlineExceededError):
                session.run(row.waits, options=SOON)
        blocking.released(session, row)


def test_closing_the_session_ends_a_wait(row):
    session, errors = tf.Session(), []
    session.run(row.before)

    def wait():
        try:
            session.run(row.waits)
        except tf.errors.CancelledError as e:
            errors.append(e)
    threads = [threading.Thread(target=wait) for _ in range(3)]
    for t in threads:
        t.start()
    time.sleep(0.1)
    session.close()
    for t in threads:
        t.join(20)
    assert len(errors) == 3


def test_a_failing_operation_of_the_step_ends_a_wait(row):
    x = tf.placeholder(tf.float32, [])
    with tf.control_dependencies([tf.py_func(lambda: time.sleep(0.05), [], [])]):
        fails = tf.check_numerics(x, "it fails")
    with tf.Session() as session:
        session.run(row.before)
        with pytest.raises(tf.errors.InvalidArgumentError, match="it fails"):
            session.run([row.waits, fails], {x: float("nan")})
        blocking.released(session, row)


def test_many_threads(row):
    """Each wait is let go on exactly once."""
    session, ended = tf.Session(), []
    session.run(row.before)
    threads = [threading.Thread(target=lambda: (session.run(row.waits), ended.append(1))) for _ in range(4)]
    for t in threads:
        t.start()
    for n in range(1, 5):
        time.sleep(0.02)
        session.run(row.release)
        until = time.time() + 20
        while len(ended) < n and time.time() < until:
            time.sleep(0.005)
        assert len(ended) >= n
    for t in threads:
        t.join(20)
    session.close()


def test_nothing_stays_behind():
    class Held:
        pass
    for make in blocking.ROWS.values():
        graph = tf.Graph()
        with graph.as_default(), tf.Session() as session:
            row = make()
            session.run(row.before)
            with pytest.raises(tf.errors.DeadlineExceededError):
                session.run(row.waits, options=tf.RunOptions(timeout_in_ms=5))
        ref = weakref.ref(graph)
        del graph, session, row
        gc.collect()
        assert ref() is None, make


@pytest.mark.parametrize("what", ["ctrl_c", "fork"])
def test_in_a_process_of_its_own(what):
    done = subprocess.run([sys.executable, blocking.__file__, what], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300,
                          env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)))
    assert done.stdout == "done\n", done.stdout + done.stderr[-2000:]


# ---- What staging areas refuse, where TensorFlow waits for ever or dies -------------------------------------------------------------


def refused(fetch, message, feed=None):
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match=message):
        session.run(fetch, feed, options=tf.RunOptions(timeout_in_ms=5000))


def test_staging_areas_refuse_what_cannot_be():
    with tf.Graph().as_default():
        k, i, x = tf.placeholder(tf.int64), tf.placeholder(tf.int32), tf.constant(1.)
        refused(gen.stage_peek(i, [tf.float32]), "index -1 must be >= 0", {i: -1})
        refused(gen.stage_peek(i, [tf.float32]), "index must be a scalar", {i: [1, 2]})
        put = gen.map_stage(k, i, [x, x], [tf.float32, tf.float32])
        refused(put, "key must be a scalar", {k: [1, 2], i: [0, 1]})
        refused(put, "size mismatch: 2 vs. 1", {k: 1, i: [0]})
        refused(put, "size mismatch: 2 vs. 0", {k: 1, i: []})
        refused(put, "size mismatch: 2 vs. 3", {k: 1, i: [0, 1, 2]})
        refused(gen.map_unstage(k, i, [tf.float32, tf.float32]), "size mismatch: 2 vs. 1", {k: 1, i: [0]})
        refused(gen.ordered_map_unstage_no_key(i, [tf.float32]), "size mismatch: 1 vs. 2", {i: [0, 1]})
        refused(gen.map_peek(k, i, [tf.float32]), "key must be a scalar", {k: [], i: [0]})


def test_what_comes_out_is_of_the_dtype_that_is_said():
    with tf.Graph().as_default(), tf.Session() as session:
        put = gen.stage([tf.constant(1.)], shared_name="a")
        session.run(put)
        with pytest.raises(tf.errors.InternalError, match="Output 0 of type float does not match declared output type int32"):
            session.run(gen.unstage([tf.int32], shared_name="a"))
        session.run(gen.map_stage(1, [0], [tf.constant(1.)], [tf.float32], shared_name="a"))
        with pytest.raises(tf.errors.InternalError, match="Output 1 of type float does not match declared output type int32"):
            session.run(gen.map_unstage_no_key([0], [tf.int32], shared_name="a"))


def test_all_bytes_of_an_element_count():
    with tf.Graph().as_default(), tf.Session() as session:
        area = data_flow_ops.MapStagingArea([tf.float32, tf.float32], memory_limit=16)
        k = tf.placeholder(tf.int64, [])
        put, peek, get = area.put(k, [tf.constant(1.), tf.constant(2.)], [0, 1]), area.peek(k), area.get(k)[1]
        session.run(put, {k: 1})
        for _ in range(5):
            session.run(peek, {k: 1})
        session.run(put, {k: 1})                # there already: counts for nothing
        session.run(put, {k: 2})
        with pytest.raises(tf.errors.DeadlineExceededError):
            session.run(put, {k: 3}, options=SOON)
        session.run(get, {k: 2})
        session.run(put, {k: 3})
        with pytest.raises(tf.errors.ResourceExhaustedError, match="size of '24' bytes"):
            session.run(data_flow_ops.MapStagingArea([tf.float64], memory_limit=16).put(1, [tf.constant([1., 2., 3.], tf.float64)], [0]))


def test_sessions_do_not_share_areas_and_containers_are_cleared():
    with tf.Graph().as_default():
        put, size = gen.stage([tf.constant(1.)], shared_name="a"), gen.stage_size([], shared_name="a")
        with tf.Session() as first, tf.Session() as second:
            first.run(put)
            assert (first.run(size), second.run(size)) == (1, 0)


# ---- What accumulators refuse, where TensorFlow goes on all the same or dies ---------------------------------------------------------


def test_accumulators_refuse_what_cannot_be():
    with tf.Graph().as_default():
        k = tf.placeholder(tf.int64)
        dense, sparse = tf.ConditionalAccumulator(tf.float32), tf.SparseConditionalAccumulator(tf.float32)
        refused(gen.accumulator_apply_gradient(dense.accumulator_ref, 0, tf.constant(1., tf.float64)),
                "Signature mismatch, have: string_ref, int64, double-> expected: string_ref, int64, float->")
        refused(gen.accumulator_take_gradient(dense.accumulator_ref, 1, tf.float64),
                "Signature mismatch, have: string_ref, int32->double expected: string_ref, int32->float")
        refused(gen.accumulator_take_gradient(sparse.accumulator_ref, 1, tf.float32), "expected: string_ref, int32->int64, float, int64")
        refused(gen.sparse_accumulator_take_gradient(dense.accumulator_ref, 1, tf.float32),
                "have: string_ref, int32->int64, float, int64 expected: string_ref, int32->float")
        refused(gen.accumulator_apply_gradient(dense.accumulator_ref, k, 1.), "local_step must be scalar, but had bad shape .1.", {k: [1]})
        indices, values = tf.placeholder(tf.int64), tf.placeholder(tf.float32)
        rows = sparse.apply_grad(indices, values)
        refused(rows, "Expected 3 non-empty input values, got 2", {indices: [1, 2, 3], values: [[1.], [2.]]})
        refused(rows, "Input indices should be vector but received shape: .1,1.", {indices: [[1]], values: [[1.]]})
        refused(rows, "Values cannot be 0-dimensional.", {indices: [1], values: 1.})
        refused(tf.ConditionalAccumulator(tf.int32).num_accumulated(), "No OpKernel was registered to support Op 'ConditionalAccumulator'")


class ResourceAccumulator:
    """The operations of graphs of 1.14 and later on one accumulator, each made and run at once."""

    def __init__(self, session, **attributes):
        self.run = lambda op, *arguments: session.run(raw.function("resource_accumulator_" + op)(*arguments), options=tf.RunOptions(timeout_in_ms=200))
        self.handle = raw.function("resource_conditional_accumulator")(**attributes)

    def add(self, step, gradient, dtype=None):
        return self.run("apply_gradient", self.handle, step, tf.constant(gradient, dtype))

    def count(self):
        return self.run("num_accumulated", self.handle)

    def take(self, n, dtype=tf.float32):
        return self.run("take_gradient", self.handle, n, dtype)


def test_accumulators_that_are_resources():
    """As 2.21 answers."""
    with tf.Graph().as_default(), tf.Session() as session:
        a = ResourceAccumulator(session, dtype=tf.float32, shape=[2])
        assert a.handle.dtype == tf.resource and a.handle.shape.as_list() == [2] and session.run(tf.shape(tf.identity(a.handle))).tolist() == [2]
        a.add(0, [1., 2.]), a.add(0, [3., 5.])
        assert a.count() == 2 and a.take(2).tolist() == [2., 3.5]
        a.add(0, [3., 5.])                      # too late
        assert a.count() == 0
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Shape mismatch: expected \[2\], got \[3\]"):
            a.add(9, [3., 5., 1.])
        for n in (0, -1):
            with pytest.raises(tf.errors.InvalidArgumentError, match="Argument num_required must be positive, but was %d" % n):
                a.take(n)
        with pytest.raises(tf.errors.DeadlineExceededError):
            a.take(1)
        a.run("set_global_step", a.handle, 7)
        a.add(6, [1., 1.])
        assert a.count() == 0
        a.add(7, [3., 5.])
        assert a.take(1).tolist() == [3., 5.]
        for d in (tf.float16, tf.float32, tf.float64):
            a = ResourceAccumulator(session, dtype=d, shape=None, shared_name="sum of " + d.name, reduction_type="SUM")
            b = ResourceAccumulator(session, dtype=d, shape=[9], shared_name="sum of " + d.name)        # the one that is there
            a.add(0, [1., 2.], d), a.add(5, [3., 5.], d)
            with pytest.raises(tf.errors.InvalidArgumentError, match=r"expected \[2\], got \[1\]"):
                a.add(0, [1.], d)
            assert b.count() == 2
            taken = b.take(2, d)
            assert taken.tolist() == [4., 7.] and taken.dtype == d.as_numpy_dtype
        old = tf.ConditionalAccumulator(tf.float32, shape=[2], shared_name="both")
        new = ResourceAccumulator(session, dtype=tf.float32, shape=[2], shared_name="both")
        session.run([old.accumulator_ref.op, new.handle.op])
        session.run(old.apply_grad([1., 2.]))
        assert new.count() == 1 and new.take(1).tolist() == [1., 2.]


def test_accumulators_that_are_resources_refuse_what_cannot_be():
    with tf.Graph().as_default(), tf.Session() as session:
        a = ResourceAccumulator(session, dtype=tf.float32, shape=[2])
        n, few = tf.placeholder(tf.int64), tf.placeholder(tf.int32)
        refused(raw.function("resource_accumulator_set_global_step")(a.handle, n), "num_required must be scalar, but had bad shape .1.", {n: [3]})
        refused(raw.function("resource_accumulator_apply_gradient")(a.handle, n, [1., 2.]), "local_step must be scalar, but had bad shape .1.", {n: [3]})
        refused(raw.function("resource_accumulator_take_gradient")(a.handle, few, tf.float32), "num_required must be scalar, but had bad shape .1.", {few: [3]})
        for op, arguments in [("set_global_step", [[7]]), ("apply_gradient", [[7], [1., 2.]]), ("take_gradient", [[1], tf.float32])]:
            with pytest.raises(ValueError, match="Shape must be rank 0 but is rank 1"):
                a.run(op, a.handle, *arguments)
        with pytest.raises(tf.errors.InvalidArgumentError, match="have: resource, int64, double-> expected: resource, int64, float->"):
            a.add(9, [1., 2.], tf.float64)
        with pytest.raises(tf.errors.InvalidArgumentError, match="have: resource, int32->double expected: resource, int32->float"):
            a.take(1, tf.float64)
        with pytest.raises(tf.errors.InvalidArgumentError, match="No OpKernel was registered to support Op 'ResourceConditionalAccumulator'"):
            ResourceAccumulator(session, dtype=tf.int32, shape=[]).count()
        a.handle = data_flow_ops.FIFOQueue(1, tf.float32).queue_ref
        for touch in (a.count, lambda: a.add(0, [1., 2.]), lambda: a.take(1)):
            with pytest.raises(tf.errors.InvalidArgumentError, match="Trying to access resource using the wrong type"):
                touch()
        rows = tf.SparseConditionalAccumulator(tf.float32, shape=[2], shared_name="rows")
        a = ResourceAccumulator(session, dtype=tf.float32, shape=[2], shared_name="rows")
        session.run([rows.accumulator_ref.op, a.handle.op])
        with pytest.raises(tf.errors.NotFoundError, match="No attr named 'has_known_shape'"):
            a.add(0, [1., 2.])
        with pytest.raises(tf.errors.InvalidArgumentError, match="Signature mismatch"):
            a.take(1)


def test_who_came_first_takes_first():
    with tf.Graph().as_default(), tf.Session() as session:
        a = tf.ConditionalAccumulator(tf.float32)
        add, many, one, taken = a.apply_grad(1.0, 9), a.take_grad(3), a.take_grad(1), []
        first = threading.Thread(target=lambda: (session.run(many), taken.append("many")))
        second = threading.Thread(target=lambda: (session.run(one), taken.append("one")))
        first.start()
        time.sleep(0.1)
        second.start()
        for _ in range(3):
            time.sleep(0.05)
            session.run(add)
        first.join(20)
        time.sleep(0.05)
        session.run(add)
        second.join(20)
        assert taken == ["many", "one"]


def test_a_sum_that_many_threads_make():
    with tf.Graph().as_default(), tf.Session() as session:
        a = tf.ConditionalAccumulator(tf.float64, reduction_type="SUM")
        b = tf.SparseConditionalAccumulator(tf.float64, reduction_type="SUM")
        x, i = tf.placeholder(tf.float64, []), tf.placeholder(tf.int64, [])
        add = [a.apply_grad([x, -x]), b.apply_grad([i], [x])]
        threads = [threading.Thread(target=lambda k=k: [session.run(add, {x: k, i: n % 7}) for n in range(70)]) for k in range(8)]
        for t in threads:
            t.start()
        total, rows = session.run([a.take_grad(560), b.take_grad(560)])
        for t in threads:
            t.join()
        assert total.tolist() == [1960.0, -1960.0]
        assert rows.indices.tolist() == list(range(7)) and rows.values.tolist() == [280.0] * 7


# ---- Barriers and queues of priorities ---------------------------------------------------------------------------------------------


def test_what_waits_at_a_queue_of_priorities_gets_them_in_order():
    with tf.Graph().as_default(), tf.Session() as session:
        q = tf.PriorityQueue(9, [tf.string], [[]])
        k, many, taken = tf.placeholder(tf.int64, []), q.dequeue_many(3), []
        put = q.enqueue([k, "x"])
        thread = threading.Thread(target=lambda: taken.extend(session.run(many)[0].tolist()))
        thread.start()
        for priority in (5, 1, 3):
            time.sleep(0.03)
            session.run(put, {k: priority})
        thread.join(20)
        assert taken == [1, 3, 5]


def test_closing_a_barrier_ends_a_taking():
    with tf.Graph().as_default(), tf.Session() as session:
        b = data_flow_ops.Barrier([tf.float32], [[]])
        take, small, errors = b.take_many(3), b.take_many(3, allow_small_batch=True), []
        session.run(b.insert_many(0, ["a"], [1.]))

        def wait():
            try:
                session.run(take)
            except tf.errors.OutOfRangeError as e:
                errors.append(e)
        thread = threading.Thread(target=wait)
        thread.start()
        time.sleep(0.1)
        session.run(b.close())
        thread.join(20)
        assert len(errors) == 1
        assert session.run(small).keys.tolist() == [b"a"]


def test_barriers_refuse_what_cannot_be():
    with tf.Graph().as_default():
        b = data_flow_ops.Barrier([tf.float32], [[]])
        keys, values, n = tf.placeholder(tf.string), tf.placeholder(tf.float32), tf.placeholder(tf.int32)
        insert = b.insert_many(0, keys, values)
        refused(insert, "got 2 keys, but values of shape .3.", {keys: ["a", "b"], values: [1., 2., 3.]})
        refused(insert, "got 2 keys, but values of shape ..", {keys: ["a", "b"], values: 1.})
        refused(b.insert_many(-1, keys, values), "out of range -1 > num_components .= 1.", {keys: ["a"], values: [1.]})
        refused(b.take_many(n), "num_elements must be >= 0, but is -3", {n: -3})
        refused(b.take_many(n), "num_elements must be a scalar", {n: [1, 2]})


def test_what_was_complete_before_an_insertion_failed_can_be_taken():
    with tf.Graph().as_default(), tf.Session() as session:
        b = data_flow_ops.Barrier([tf.float32, tf.float32], [[], []])
        session.run(b.insert_many(0, ["a", "b"], [1., 2.]))
        session.run(b.insert_many(1, ["b"], [2.]))
        session.run(b.insert_many(0, ["b"], [3.]))
        session.run(b.insert_many(1, ["c"], [2.]))
        with pytest.raises(tf.errors.InvalidArgumentError, match="Key c already has a value for component 1"):
            session.run(b.insert_many(1, ["a", "c"], [1., 2.]))
        assert sorted(session.run(b.take_many(2)).keys.tolist()) == [b"a", b"b"]


def test_many_threads_at_a_barrier():
    with tf.Graph().as_default(), tf.Session() as session:
        b = data_flow_ops.Barrier([tf.int32, tf.int32], [[], []])
        keys, values, taken = tf.placeholder(tf.string), tf.placeholder(tf.int32), []
        inserts = [b.insert_many(i, keys, values) for i in range(2)]
        take = b.take_many(8)

        def insert(i, begin):
            for k in range(begin, 160, 4):
                session.run(inserts[i], {keys: [str(k)], values: [k]})
        threads = [threading.Thread(target=insert, args=(i, begin)) for i in range(2) for begin in range(4)]
        threads += [threading.Thread(target=lambda: [taken.append(session.run(take)) for _ in range(10)]) for _ in range(2)]
        for t in threads:
            t.start()
        for t in threads:
            t.join(60)
        rows = [(int(k), int(v), int(w)) for t in taken for k, v, w in zip(t.keys, *t.values)]
        assert sorted(rows) == [(k, k, k) for k in range(160)]
