"""What is done by many threads at once: python scenarios.py NAME [THREADS] [ROUNDS]; python scenarios.py list prints the names.

Meant for a library built with ThreadSanitizer (./dev sanitize tsan), which says where two threads meet without a lock; it also says
where an answer is wrong, so it is worth running without.  Each scenario makes what the threads share and gives a function of the
thread's number that does one round."""
import os
import shutil
import sys
import tempfile
import threading

import numpy as np

import pytfgraph as tf

SCENARIOS = {}


def scenario(f):
    SCENARIOS[f.__name__] = f
    return f


@scenario
def one_session(folder):
    x = tf.placeholder(tf.float32, [None, 4])
    y = tf.nn.softmax(tf.matmul(tf.nn.relu(x * 2.0 + 1.0), tf.ones([4, 3]))) + tf.reduce_sum(x)
    s = tf.Session()

    def go(i):
        n = 1 + i % 5
        got = s.run(y, {x: np.full([n, 4], i, np.float32)})
        assert got.shape == (n, 3) and np.allclose(got, 1 / 3.0 + 4 * n * i, atol=1e-4)
    return go


@scenario
def sessions_come_and_go(folder):
    v = tf.Variable(3.0)
    init = tf.global_variables_initializer()
    y = tf.square(v)

    def go(i):
        with tf.Session() as s:
            s.run(init)
            assert s.run(y) == 9.0
            assert s.run(v.assign_add(float(i % 3))) == 3.0 + i % 3
    return go


@scenario
def loops_and_conds(folder):
    n = tf.placeholder(tf.int32, [])
    i, total = tf.while_loop(lambda i, t: i < n, lambda i, t: [i + 1, tf.cond(i % 2 > 0, lambda: t + i, lambda: t)], [0, 0])
    x = tf.placeholder(tf.float32, [3])
    y = tf.map_fn(lambda e: e * e, x)
    g = tf.gradients(y, x)[0]
    s = tf.Session()

    def go(k):
        assert s.run(total, {n: k % 9}) == sum(j for j in range(k % 9) if j % 2)
        assert s.run(g, {x: [1.0, 2.0, k]}).tolist() == [2.0, 4.0, 2.0 * k]
    return go


@scenario
def variables(folder):
    v = tf.Variable(0, name="v")
    r = tf.get_variable("r", initializer=tf.zeros([8]), use_resource=True)
    adds = [v.assign_add(1, use_locking=True).op, r.assign_add(tf.ones([8])).op, tf.scatter_add(r, [1, 1], [0.0, 0.0]).op]
    s = tf.Session()
    s.run(tf.global_variables_initializer())

    def go(i):
        s.run(adds)
        got = s.run([v + 0, r.read_value()])
        assert got[0] > 0 and (got[1] > 0).all()
    return go


@scenario
def training(folder):
    x = tf.placeholder(tf.float32, [None, 3])
    w = tf.get_variable("w", [3, 1], initializer=tf.ones_initializer())
    r = tf.get_variable("r", [1], initializer=tf.zeros_initializer(), use_resource=True)
    steps = [o(0.01).minimize(tf.reduce_mean(tf.square(tf.matmul(x, w) + r))) for o in (tf.train.AdamOptimizer, tf.train.GradientDescentOptimizer)]
    s = tf.Session()
    s.run(tf.global_variables_initializer())

    def go(i):
        s.run(steps[i % 2], {x: np.ones([2, 3], np.float32)})
        assert np.isfinite(s.run(w)).all()
    return go


@scenario
def queues(folder):
    fifo, shuffled = tf.FIFOQueue(4, [tf.int32], [[]]), tf.RandomShuffleQueue(8, 0, [tf.float32], [[2]])
    first = tf.PriorityQueue(4, [tf.int32], [[]])
    x = tf.placeholder(tf.int32, [])
    put, take = fifo.enqueue(x), fifo.dequeue()
    put2, take2 = shuffled.enqueue([tf.ones([2])]), shuffled.dequeue()
    put3, take3 = first.enqueue([tf.cast(x, tf.int64), x]), first.dequeue()
    s = tf.Session()

    def go(i):
        if i % 2:
            s.run([put, put2, put3], {x: i})
        else:
            s.run([take, take2, take3])
    return go


@scenario
def queue_runners(folder):
    q = tf.FIFOQueue(4, [tf.int32], [[]])
    runner = tf.train.QueueRunner(q, [q.enqueue(5)] * 2)
    x = q.dequeue_many(3)

    def go(i):
        with tf.Session() as s:
            coord = tf.train.Coordinator()
            threads = runner.create_threads(s, coord, start=True)
            assert s.run(x).tolist() == [5, 5, 5]
            coord.request_stop()
            coord.join(threads)
    return go


@scenario
def building(folder):
    graph, lock = tf.get_default_graph(), threading.Lock()
    x = tf.placeholder(tf.float32, [])
    s = tf.Session()

    def go(i):
        # Scopes and contexts are the graph's, so one thread builds at a time; the others run.
        with lock, tf.name_scope("t"):
            y = tf.cond(x > 1.0, lambda: x * 2.0, lambda: x - 1.0)
            z = tf.while_loop(lambda j, t: j < 3, lambda j, t: [j + 1, t + y], [0, 0.0])[1]
            g = tf.gradients(z, x)[0]
        assert s.run([z, g], {x: 3.0}) == [18.0, 6.0]
        if i % 4 == 0:
            assert len(graph.as_graph_def().node) > 10
    return go


@scenario
def graphs_of_their_own(folder):
    def go(i):
        with tf.Graph().as_default() as g:
            a = tf.constant([float(i)] * 4, name="a")
            b = tf.reduce_sum(tf.exp(a * 0.0) + a, name="b")
            text = g.as_graph_def().SerializeToString()
        with tf.Graph().as_default():
            d = tf.GraphDef()
            d.ParseFromString(text)
            b, = tf.import_graph_def(d, return_elements=["b:0"], name="")
            with tf.Session() as s:
                assert s.run(b) == 4.0 + 4.0 * i
    return go


@scenario
def functions(folder):
    from pytfgraph.framework import function

    @function.Defun(tf.float32)
    def twice(x):
        return x * 2.0
    x = tf.placeholder(tf.float32, [])
    y = twice(twice(x))
    z = tf.py_func(lambda v: v + np.float32(1.0), [y], tf.float32)
    s = tf.Session()

    def go(i):
        assert s.run(z, {x: float(i)}) == 4.0 * i + 1
    return go


@scenario
def saving(folder):
    v = tf.Variable(tf.ones([64]), name="v")
    w = tf.get_variable("w", initializer=tf.zeros([8]), use_resource=True)
    saver = tf.train.Saver(max_to_keep=None)
    add = v.assign_add(tf.ones([64]), use_locking=True).op
    s = tf.Session()
    s.run(tf.global_variables_initializer())
    lock = threading.Lock()

    def go(i):
        s.run(add)
        path = os.path.join(folder, "m%d" % i)
        with lock:
            saver.save(s, path, write_meta_graph=False, write_state=False)
        with tf.Session(graph=v.graph) as other:
            saver.restore(other, path)
            assert other.run(w).tolist() == [0.0] * 8
    return go


@scenario
def summaries(folder):
    x = tf.placeholder(tf.float32, [3])
    merged = tf.summary.merge([tf.summary.histogram("h", x), tf.summary.scalar("s", x[0])])
    writer = tf.summary.FileWriter(folder, flush_secs=1)
    s = tf.Session()

    def go(i):
        writer.add_summary(s.run(merged, {x: [1.0, 2.0, i]}), i)
        if i % 5 == 0:
            writer.flush()
    return go


@scenario
def random_numbers(folder):
    y = tf.random_normal([5], seed=3) + tf.random_uniform([5]) + tf.nn.dropout(tf.ones([5]), 0.5)
    s = tf.Session()

    def go(i):
        assert s.run(y).shape == (5,)
    return go


@scenario
def closing(folder):
    q = tf.FIFOQueue(1, [tf.int32], [[]])
    y = q.dequeue()
    n = tf.while_loop(lambda i: i < 10 ** 9, lambda i: i + 1, [0])

    def go(i):
        s = tf.Session()
        ends = threading.Timer(0.02, s.close)
        ends.start()
        try:
            s.run(y if i % 2 else n)
            raise AssertionError("it ended")
        except (tf.errors.CancelledError, RuntimeError) as e:
            assert "closed" in str(e) or "cancelled" in str(e), e
        ends.join()
    return go


@scenario
def partial_runs(folder):
    a, b = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    c = a + 1.0
    d = c * b
    s = tf.Session()

    def go(i):
        h = s.partial_run_setup([c, d], [a, b])
        assert s.partial_run(h, c, {a: float(i)}) == i + 1.0
        assert s.partial_run(h, d, {b: 2.0}) == 2.0 * (i + 1)
    return go


@scenario
def forks(folder):
    x = tf.placeholder(tf.float32, [])
    y = tf.reduce_sum(tf.fill([1000], x))
    s = tf.Session()

    def go(i):
        assert s.run(y, {x: 1.0}) == 1000.0
        if i % 8 == 0:
            child = os.fork()
            if child == 0:
                good = s.run(y, {x: 2.0}) == 2000.0
                os._exit(0 if good else 1)
            assert os.waitpid(child, 0)[1] == 0
    return go


@scenario
def images(folder):
    x = tf.placeholder(tf.uint8, [6, 8, 3])
    y = tf.image.decode_png(tf.image.encode_png(x)), tf.image.resize_images(tf.image.decode_jpeg(tf.image.encode_jpeg(x)), [3, 4])
    s = tf.Session()

    def go(i):
        got = s.run(y, {x: np.full([6, 8, 3], i % 200, np.uint8)})
        assert (got[0] == i % 200).all() and got[1].shape == (3, 4, 3)
    return go


@scenario
def datasets(folder):
    data = tf.data.Dataset.range(20).map(lambda x: x * 2, num_parallel_calls=3).shuffle(5).batch(4).prefetch(2)
    iterator = data.make_initializable_iterator()
    get = iterator.get_next()

    def go(i):
        with tf.Session() as s:
            s.run(iterator.initializer)
            seen = []
            try:
                while True:
                    seen.extend(s.run(get).tolist())
            except tf.errors.OutOfRangeError:
                pass
            assert sorted(seen) == list(range(0, 40, 2))
    return go


@scenario
def shared_iterator(folder):
    data = tf.data.Dataset.range(10 ** 6).interleave(lambda x: tf.data.Dataset.from_tensors(x).repeat(2), cycle_length=2).map(
        lambda x: x + 1, num_parallel_calls=2).prefetch(3)
    get = data.make_one_shot_iterator().get_next()
    s = tf.Session()

    def go(i):
        assert all(s.run(get) > 0 for _ in range(5))
    return go


@scenario
def generators(folder):
    data = tf.data.Dataset.from_generator(lambda: iter(range(5)), tf.int32, []).batch(2)
    iterator = data.make_initializable_iterator()
    get = iterator.get_next()

    def go(i):
        with tf.Session() as s:
            s.run(iterator.initializer)
            assert s.run(get).tolist() == [0, 1] and s.run(get).tolist() == [2, 3]
    return go


@scenario
def callables(folder):
    x = tf.placeholder(tf.float32, [3])
    s = tf.Session()
    f = s.make_callable(tf.reduce_max(x * 2.0), [x])

    def go(i):
        assert f(np.array([1.0, i, 2.0], np.float32)) == max(4.0, 2.0 * i)
    return go


@scenario
def many_plans(folder):
    x = tf.placeholder(tf.float32, [])
    ys = [x + float(k) for k in range(40)]
    s = tf.Session()

    def go(i):
        k = i * 7 % 40
        assert s.run([ys[k], ys[(k + 3) % 40]], {x: 1.0}) == [1.0 + k, 1.0 + (k + 3) % 40]
    return go


@scenario
def staging(folder):
    area = tf.contrib.staging.StagingArea([tf.float32], [[]], capacity=4) if hasattr(tf.contrib, "staging") else None
    if area is None:
        return lambda i: None
    put, get = area.put([tf.constant(1.0)]), area.get()
    s = tf.Session()

    def go(i):
        s.run(put if i % 2 else get)
    return go


@scenario
def readers(folder):
    path = os.path.join(folder, "lines")
    with open(path, "w") as f:
        f.write("one\ntwo\nthree\n")
    names = tf.FIFOQueue(1000, [tf.string], [[]])
    put = names.enqueue_many([[path] * 4])
    key, value = tf.TextLineReader().read(names)
    s = tf.Session()

    def go(i):
        s.run(put)
        for _ in range(10):
            assert s.run(value) in (b"one", b"two", b"three")
    return go


@scenario
def sparse_and_strings(folder):
    x = tf.placeholder(tf.string, [None])
    parts = tf.string_split(x, ",")
    numbers = tf.string_to_number(parts.values)
    dense = tf.sparse_tensor_to_dense(tf.SparseTensor(parts.indices, numbers, parts.dense_shape))
    matches = tf.regex_replace(x, "[0-9]", "d")
    s = tf.Session()

    def go(i):
        got = s.run([dense, matches], {x: ["1,2", "%d" % (i % 10)]})
        assert got[0].tolist() == [[1.0, 2.0], [float(i % 10), 0.0]] and got[1][0] == b"d,d"
    return go


@scenario
def timeouts(folder):
    q = tf.FIFOQueue(1, [tf.int32], [[]])
    y = q.dequeue()
    s = tf.Session()

    def go(i):
        try:
            s.run(y, options=tf.RunOptions(timeout_in_ms=5))
            raise AssertionError("it ended")
        except tf.errors.DeadlineExceededError:
            pass
    return go


@scenario
def function_loops(folder):
    from pytfgraph.framework import function

    @function.Defun(tf.int32)
    def cube(x):
        x.set_shape([])
        return tf.while_loop(lambda i, t: i < 3, lambda i, t: [i + 1, t * x], [0, 1])[1]
    x = tf.placeholder(tf.int32, [])
    y = tf.map_fn(lambda e: cube(e) + 0, tf.stack([x, x + 1]))
    s = tf.Session()

    def go(i):
        k = i % 7
        assert s.run(y, {x: k}).tolist() == [k ** 3, (k + 1) ** 3]
    return go


def main(name, n_threads, rounds):
    folder, wrong = tempfile.mkdtemp(), []
    with tf.Graph().as_default() as graph:
        go = SCENARIOS[name](folder)

        def work(k):
            try:
                with graph.as_default():
                    for i in range(rounds):
                        go(i * n_threads + k)
            except BaseException as e:
                wrong.append(repr(e))
                raise
        threads = [threading.Thread(target=work, args=(k,)) for k in range(n_threads)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    shutil.rmtree(folder)
    if wrong:
        sys.exit(wrong[0])
    print("%s: %d threads, %d rounds each" % (name, n_threads, rounds))


if __name__ == "__main__" and sys.argv[1] == "list":
    print(*SCENARIOS)
elif __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 8, int(sys.argv[3]) if len(sys.argv) > 3 else 10)
