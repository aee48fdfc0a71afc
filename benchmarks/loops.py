"""Loops: what an iteration costs."""
from benchmarks.stepping import timed


def _session(tf, fetches, feed=None):
    s = tf.Session()
    s.run(tf.global_variables_initializer())
    return lambda: s.run(fetches, feed)


def counting(tf, np):
    """a while_loop of 10,000 additions"""
    n = tf.placeholder(tf.int32, [])
    return timed(_session(tf, tf.while_loop(lambda i: i < n, lambda i: i + 1, [tf.constant(0)]), {n: 10000}), 3)


def recurrent(tf, np):
    """a while_loop of 1,000 small tanh(x w), and its gradient"""
    x, w = tf.constant(np.ones([1, 16], np.float32)), tf.Variable(np.eye(16, dtype=np.float32) * .5)
    y = tf.while_loop(lambda i, a: i < 1000, lambda i, a: (i + 1, tf.tanh(tf.matmul(a, w))), [tf.constant(0), x])[1]
    return timed(_session(tf, tf.gradients(y, w)[0]), 3)


def choosing(tf, np):
    """a while_loop of 1,000 conditionals"""
    x = tf.constant(np.ones([4], np.float32))

    def body(i, a):
        return i + 1, tf.cond(tf.equal(i % 2, 0), lambda: tf.sin(a) * 2., lambda: a * a)
    y = tf.while_loop(lambda i, a: i < 1000, body, [tf.constant(0), x])[1]
    return timed(_session(tf, y), 3)


WORKLOADS = [(counting, "ms", 5), (recurrent, "ms", 5), (choosing, "ms", 5)]
