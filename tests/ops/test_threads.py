"""Large tensors: no result depends on the number of threads."""
import numpy as np
import pytest

import pytfgraph as tf

A = np.sin(np.arange(300 * 500.)).reshape(300, 500).astype(np.float32)
B = np.cos(np.arange(300 * 500.)).reshape(300, 500).astype(np.float32)
ROW = A[0].copy()
IDS = np.arange(300, dtype=np.int32) // 7

CASES = {
    "add": lambda a, b: a + b,
    "row": lambda a, b: a * ROW + a[:, :1],
    "exp": lambda a, b: tf.exp(a) / (1 + tf.abs(b)),
    "sin": lambda a, b: tf.sin(a * 1000),
    "pow": lambda a, b: tf.pow(tf.abs(a), b),
    "sum": lambda a, b: [tf.reduce_sum(a), tf.reduce_sum(a, 0), tf.reduce_sum(a, 1)],
    "mean": lambda a, b: [tf.reduce_mean(a * b), tf.reduce_mean(tf.reshape(a, [30, 10, 50, 10]), [0, 2])],
    "prod": lambda a, b: [tf.reduce_prod(a * 1.5), tf.reduce_max(a, 1), tf.reduce_min(a, 0)],
    "half": lambda a, b: tf.reduce_sum(tf.cast(a, tf.float16), 0),
    "argmax": lambda a, b: [tf.argmax(a, 0), tf.argmin(a, 1)],
    "softmax": lambda a, b: [tf.nn.softmax(a), tf.nn.log_softmax(tf.reshape(a, [-1, 10]))],
    "cross entropy": lambda a, b: tf.nn.softmax_cross_entropy_with_logits_v2(logits=tf.reshape(a, [-1, 10]), labels=tf.reshape(b, [-1, 10])),
    "bias": lambda a, b: tf.gradients(tf.reduce_sum(tf.nn.relu(tf.nn.bias_add(a, ROW)) * b), [a]),
    "transpose": lambda a, b: tf.transpose(tf.reshape(a, [30, 10, 500]), [2, 0, 1]),
    "concat": lambda a, b: tf.concat([a, b, a], 1),
    "slice": lambda a, b: [a[::3, ::-2], tf.pad(a, [[1, 2], [3, 4]]), tf.tile(a, [2, 2])],
    "gather": lambda a, b: [tf.gather(a, IDS), tf.gather(a, IDS, axis=1), tf.gather_nd(a, np.stack([IDS, IDS], 1))],
    "segments": lambda a, b: [tf.segment_sum(a, IDS), tf.unsorted_segment_max(a, IDS, 50)],
    "cumsum": lambda a, b: [tf.cumsum(a, 1), tf.cumsum(a, 0)],
    "top": lambda a, b: tf.nn.top_k(a, 9),
    "add_n": lambda a, b: tf.add_n([a, b, a, b]),
    "select": lambda a, b: tf.where(a > b, a, b),
    "norm": lambda a, b: [tf.nn.l2_loss(a), tf.global_norm([a, b])],
}


def run(build, threads):
    with tf.Graph().as_default():
        a, b = tf.placeholder(tf.float32, A.shape), tf.placeholder(tf.float32, B.shape)
        out = build(a, b)
        with tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=threads)) as s:
            values = s.run(list(out) if isinstance(out, (list, tuple)) else [out], {a: A, b: B})
    return [np.asarray(v).tobytes() for v in values]


@pytest.mark.parametrize("name", sorted(CASES))
def test_any_number_of_threads(name):
    want = run(CASES[name], 1)
    for threads in (2, 3, 7):
        assert run(CASES[name], threads) == want
