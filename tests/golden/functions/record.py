"""Writes functions_2.pb, a graph with functions as TensorFlow 2 makes it, and what it computes there.

    python record.py        with TensorFlow 2.21
"""
import json
import pathlib

import tensorflow as tf

HERE = pathlib.Path(__file__).parent


@tf.function
def helper(x):
    return tf.nn.relu(x) * 2.


@tf.function
def loop(x, n):
    i, a = tf.constant(0), x
    while i < n:
        if tf.reduce_sum(a) > 10.:
            a = a * 0.5
        else:
            a = helper(a) + 1.
        i += 1
    return tf.switch_case(n % 3, [lambda: a, lambda: a + 1., lambda: helper(a)])


FEEDS = [[[1., -2., 3.], n] for n in (0, 1, 4, 5)]

if __name__ == "__main__":
    concrete = loop.get_concrete_function(tf.TensorSpec([3]), tf.TensorSpec([], tf.int32))
    graph = tf.Graph()
    with graph.as_default():
        x = tf.compat.v1.placeholder(tf.float32, [3], name="x")
        n = tf.compat.v1.placeholder(tf.int32, [], name="n")
        tf.identity(concrete(x, n), name="out")
        v = tf.compat.v1.get_variable("v", [3], initializer=tf.compat.v1.ones_initializer(), use_resource=True)
        tf.compat.v1.global_variables_initializer()

        @tf.function
        def update(d):
            v.assign_add(d)
            return v.read_value() * 2.
        tf.identity(update(x), name="update")
    (HERE / "functions_2.pb").write_bytes(graph.as_graph_def().SerializeToString(deterministic=True))
    with tf.compat.v1.Session(graph=graph) as s:
        s.run("init")
        answers = [[s.run(f, {"x:0": x, "n:0": n}).tolist() for f in ("out:0", "update:0")] for x, n in FEEDS]
    (HERE / "functions_2.json").write_text(json.dumps({"feeds": FEEDS, "answers": answers}) + "\n")
