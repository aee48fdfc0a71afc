"""The cost of a step: sess.run of next to nothing, callables, long chains of small operations."""
import time


def timed(call, n):
    """A workload: seconds per call, over n calls."""
    def run():
        start = time.perf_counter()
        for _ in range(n):
            call()
        return (time.perf_counter() - start) / n
    return run


def run_fed(tf, np):
    """sess.run(b, {a: 3}) of one scalar multiplication"""
    a = tf.placeholder(tf.float32, [])
    b = a * 2.0
    s = tf.Session()
    feed = {a: np.float32(3)}
    return timed(lambda: s.run(b, feed), 2000)


def run_plain(tf, np):
    """sess.run(b) of one scalar multiplication of a variable"""
    a = tf.Variable(3.0)
    b = a * 2.0
    s = tf.Session()
    s.run(a.initializer)
    return timed(lambda: s.run(b), 2000)


def callable_fed(tf, np):
    """make_callable(b, [a])"""
    a = tf.placeholder(tf.float32, [])
    s = tf.Session()
    f = s.make_callable(a * 2.0, [a])
    three = np.float32(3)
    return timed(lambda: f(three), 2000)


def chain_1000(tf, np):
    """1000 elementwise operations on 16 floats"""
    x = tf.placeholder(tf.float32, [16])
    y = x
    for i in range(500):
        y = tf.maximum(y * 1.01, x) if i % 2 else y + x
    s = tf.Session()
    f = s.make_callable(y.op, [x])
    v = np.ones(16, np.float32)
    return timed(lambda: f(v), 200)


WORKLOADS = [(run_fed, "us", 5), (run_plain, "us", 5), (callable_fed, "us", 5), (chain_1000, "us", 5)]
