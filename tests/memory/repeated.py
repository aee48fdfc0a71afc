"""More of what is done over and over, beside scenarios.py's:

    python repeated.py list             the names
    python repeated.py NAME             with failing allocations, as scenarios.py
    python repeated.py NAME ROUNDS      what more there is in memory after a third of so many rounds, the least of three times
"""
import gc
import os
import pathlib
import sys
import tempfile
import threading

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import scenarios  # noqa: E402


def loops(tf):
    n = tf.placeholder(tf.int32, [])
    total = tf.while_loop(lambda i, t: i < n, lambda i, t: [i + 1, tf.cond(i % 2 > 0, lambda: t + i, lambda: t)], [0, 0])[1]
    x = tf.placeholder(tf.float32, [3])
    g = tf.gradients(tf.map_fn(lambda e: e * e, x), x)[0]
    with tf.Session() as s:
        assert s.run(total, {n: 6}) == 9
        assert s.run(g, {x: [1.0, 2.0, 3.0]}).tolist() == [2.0, 4.0, 6.0]


def functions(tf):
    from pytfgraph.framework import function

    @function.Defun(tf.float32)
    def twice(x):
        return x * 2.0
    x = tf.placeholder(tf.float32, [])
    y = twice(twice(x))
    g = tf.gradients(y, x)[0]
    with tf.Session() as s:
        assert s.run([y, g], {x: 3.0}) == [12.0, 4.0]


def python_functions(tf):
    x = tf.placeholder(tf.float32, [2])
    y = tf.py_func(lambda v: (v + 1, [b"a", b"b" * 50]), [x], [tf.float32, tf.string])
    with tf.Session() as s:
        assert s.run(y, {x: [1.0, 2.0]})[0].tolist() == [2.0, 3.0]


def importing(tf):
    with tf.Graph().as_default() as other:
        v = tf.Variable(tf.ones([3, 4]), name="v")
        tf.cond(v[0, 0] > 0.0, lambda: v + 1.0, lambda: v * 2.0, name="c")
        text = other.as_graph_def(add_shapes=True).SerializeToString()
    d = tf.GraphDef()
    d.ParseFromString(text)
    v, = tf.import_graph_def(d, return_elements=["v:0"], name="again")
    assert v.shape.as_list() == [3, 4]


def saving(tf):
    v, w = tf.Variable(tf.ones([3]), name="v"), tf.get_variable("w", initializer=[1.0], use_resource=True)
    saver = tf.train.Saver()
    path = os.path.join(tempfile.gettempdir(), "saving-%d" % os.getpid())
    with tf.Session() as s:
        s.run(tf.global_variables_initializer())
        saver.save(s, path, write_meta_graph=False, write_state=False)
        saver.restore(s, path)
        assert s.run([v, w])[0].tolist() == [1.0, 1.0, 1.0]
    for end in (".index", ".data-00000-of-00001"):
        os.remove(path + end)


def summaries(tf):
    folder = os.path.join(tempfile.gettempdir(), "summaries-%d" % os.getpid())
    merged = tf.summary.merge([tf.summary.scalar("a", 1.0), tf.summary.histogram("h", [1.0, 2.0])])
    with tf.Session() as s, tf.summary.FileWriter(folder) as writer:
        writer.add_summary(s.run(merged), 3)
    for name in os.listdir(folder):
        os.remove(os.path.join(folder, name))


def errors(tf):
    x = tf.placeholder(tf.float32, [None])
    y = tf.reshape(x, [3])
    with tf.Session() as s:
        for call in (lambda: s.run(y, {x: [1.0]}), lambda: s.run(y), lambda: tf.matmul(x, x), lambda: s.run("nothing:0")):
            try:
                call()
            except (tf.errors.InvalidArgumentError, ValueError, KeyError):
                continue
            raise AssertionError("no error")


def handles(tf):
    sparse = tf.SparseTensor([[0, 1], [2, 0]], [1.0, 2.0], [3, 2])
    a = tf.TensorArray(tf.float32, 3).unstack([1.0, 2.0, 3.0])
    with tf.Session() as s:
        assert s.run(tf.sparse_tensor_to_dense(sparse)).shape == (3, 2)
        assert s.run(a.stack()).tolist() == [1.0, 2.0, 3.0]


def datasets(tf):
    if not hasattr(tf.data, "Dataset"):
        return
    data = tf.data.Dataset.range(6).map(lambda x: x * 2).batch(2).prefetch(1)
    get = data.make_one_shot_iterator().get_next()
    with tf.Session() as s:
        assert s.run(get).tolist() == [0, 2]


def several_threads(tf):
    x = tf.placeholder(tf.float32, [4])
    y = tf.reduce_sum(x * 2.0)
    with tf.Session() as s:
        threads = [threading.Thread(target=lambda: s.run(y, {x: np.ones(4, np.float32)})) for _ in range(3)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()


def monitored(tf):
    v = tf.Variable(1.0)
    tf.train.get_or_create_global_step()
    with tf.train.MonitoredSession(hooks=[tf.train.LoggingTensorHook([v], 1000), tf.train.StepCounterHook()]) as s:
        assert s.run(v) == 1.0


FAILING = {f.__name__: f for f in (loops, functions, importing, saving, handles)}
# What is only repeated: Python's own threads, files and functions end in other errors where memory is short.
REPEATED = dict(scenarios.SCENARIOS, **FAILING)
REPEATED.update((f.__name__, f) for f in (python_functions, summaries, datasets, several_threads, errors, monitored))


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * 4096


def repeat(name, rounds):
    """Prints how many blocks of the core's, blocks of Python's and bytes of the process there are more after a third of the rounds."""
    import pytfgraph as tf
    lib, scenario = scenarios.library(), REPEATED[name]

    def now():
        gc.collect()
        return lib.tfg_alloc_live(), sys.getallocatedblocks(), resident()
    # Three times: Python's caches grow by leaps, a leak grows each time.
    seen = []
    for _ in range(4):
        for _ in range(rounds // 3):
            assert scenarios.attempt(tf, scenario) is None
        seen.append(now())
    print(*[min(b - a for a, b in zip(values, values[1:])) for values in zip(*seen)])


if __name__ == "__main__":
    if sys.argv[1] == "list":
        print(*REPEATED)
    elif len(sys.argv) == 2:
        scenarios.SCENARIOS.update(FAILING)
        scenarios.main(sys.argv[1])
    else:
        repeat(sys.argv[1], int(sys.argv[2]))
