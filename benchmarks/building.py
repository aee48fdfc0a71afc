"""Building graphs: time and memory per operation, gradients of a deep network, a million operations."""
import gc
import os
import time


def resident():
    """Bytes of memory this process has in use."""
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def chain(tf, n):
    with tf.Graph().as_default() as g:
        x = tf.placeholder(tf.float32, [16])
        for _ in range(n):
            x = x + 1.0
    return g, x


def chain_10k(tf, np):
    """for _ in range(10000): x = x + 1.0"""
    def run():
        start = time.perf_counter()
        g, x = chain(tf, 10000)
        return time.perf_counter() - start
    return run


def memory_per_op(tf, np):
    """memory per operation of that chain [KB]"""
    def run():
        gc.collect()
        before = resident()
        g, x = chain(tf, 50000)
        # An addition is two operations: itself and its constant.
        return (resident() - before) / (2 * 50000) / 1024
    return run


def gradients_200(tf, np):
    """gradients through 200 matmul+relu layers"""
    def run():
        with tf.Graph().as_default():
            x = tf.placeholder(tf.float32, [8, 16])
            ws = [tf.placeholder(tf.float32, [16, 16]) for _ in range(200)]
            for w in ws:
                x = tf.nn.relu(tf.matmul(x, w))
            y = tf.reduce_sum(x)
            start = time.perf_counter()
            tf.gradients(y, ws)
            return time.perf_counter() - start
    return run


def million(tf, np):
    """a million operations: build [s], session runs them [s], gc.collect() beside them [s]"""
    def run():
        start = time.perf_counter()
        g, x = chain(tf, 500000)
        built = time.perf_counter() - start
        with tf.Session(graph=g) as s:
            start = time.perf_counter()
            s.run(x, {"Placeholder:0": [0.0] * 16})
            ran = time.perf_counter() - start
        start = time.perf_counter()
        gc.collect()
        return [built, ran, time.perf_counter() - start]
    return run


WORKLOADS = [(chain_10k, "ms", 3), (memory_per_op, "KB", 1), (gradients_200, "ms", 3)]
BIG = [(million, "s", 1)]
