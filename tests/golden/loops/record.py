"""Graphs with loops and conds that TensorFlow 1.12.3 built and ran: python record.py > loops.json."""
import base64
import json
import sys

import tensorflow as tf

cases = []


def case(name, build, feeds):
    with tf.Graph().as_default() as g:
        outs = build()
        outs = outs if isinstance(outs, (list, tuple)) else [outs]
        outs = [tf.identity(o, name="out%d" % i) for i, o in enumerate(outs)]
        with tf.Session() as s:
            values = [[v.tolist() for v in s.run(outs, feed)] for feed in feeds]
        cases.append({"name": name, "graph": base64.b64encode(g.as_graph_def().SerializeToString()).decode(),
                      "fetches": [o.name for o in outs], "feeds": feeds, "values": values})


def nested(parallel):
    def build():
        n = tf.placeholder(tf.int32, [], name="n")

        def body(i, a):
            _, b = tf.while_loop(lambda j, b: j < i, lambda j, b: (j + 1, b + j * i), [tf.constant(0), a], parallel_iterations=parallel)
            return i + 1, b + 1
        return tf.while_loop(lambda i, a: i < n, body, [tf.constant(0), tf.constant(0)], parallel_iterations=parallel)
    return build


def cond_in_loop():
    n = tf.placeholder(tf.int32, [], name="n")

    def body(i, x):
        return i + 1, tf.cond(tf.equal(i % 2, 0), lambda: x * 2., lambda: tf.constant(1.5) + x)
    return tf.while_loop(lambda i, x: i < n, body, [0, 1.])


def loop_in_cond():
    p = tf.placeholder(tf.bool, [], name="p")
    x = tf.placeholder(tf.float32, [None], name="x")
    return tf.cond(p, lambda: tf.while_loop(lambda i, y: i < 5, lambda i, y: (i + 1, y * x + 1.), [0, x])[1], lambda: -x)


def deep():
    x = tf.placeholder(tf.float32, [], name="x")

    def branch(p):
        return tf.cond(p > 1, lambda: tf.cond(p > 2, lambda: p * 3, lambda: tf.constant(7.)),
                       lambda: tf.while_loop(lambda v: v < 10, lambda v: v + tf.abs(p) + 1, [p]))
    return tf.while_loop(lambda i, y: i < 4, lambda i, y: (i + 1, y + branch(x + tf.cast(i, tf.float32))), [0, 0.])


def invariant():
    n = tf.placeholder(tf.int32, [], name="n")
    m = tf.ones([3, 3]) * 0.5
    return tf.while_loop(lambda i, a: i < n, lambda i, a: (i + 1, tf.matmul(a, m)), [0, tf.eye(3)])


def growing():
    n = tf.placeholder(tf.int32, [], name="n")
    return tf.while_loop(lambda i, a: i < n, lambda i, a: (i + 1, tf.concat([a, [i]], 0)), [0, tf.zeros([0], tf.int32)],
                         shape_invariants=[tf.TensorShape([]), tf.TensorShape([None])])


def cases_of():
    k = tf.placeholder(tf.int32, [], name="k")
    return tf.case([(tf.equal(k, 0), lambda: tf.constant(1.)), (tf.equal(k, 1), lambda: tf.constant(2.))],
                   default=lambda: tf.cast(k, tf.float32) * 10)


def nested_cond_gradient():
    x = tf.placeholder(tf.float32, [], name="x")
    y = tf.cond(x > 0, lambda: tf.cond(x > 1, lambda: x * x * x, lambda: x * x), lambda: -x)
    return [y] + tf.gradients(y, x)


for parallel in (1, 3, 10):
    case("nested loops, %d at once" % parallel, nested(parallel), [{"n:0": n} for n in (0, 1, 5, 12)])
case("cond in a loop", cond_in_loop, [{"n:0": n} for n in (0, 3, 11)])
case("loop in a cond", loop_in_cond, [{"p:0": True, "x:0": [1., 2.]}, {"p:0": False, "x:0": [1., 2.]}])
case("loop, cond, cond and loop", deep, [{"x:0": x} for x in (-1., 0., 1., 5.)])
case("loop constants", invariant, [{"n:0": n} for n in (0, 1, 7)])
case("growing shapes", growing, [{"n:0": n} for n in (0, 1, 30)])
case("case", cases_of, [{"k:0": k} for k in (0, 1, 2)])
case("gradient of nested conds", nested_cond_gradient, [{"x:0": x} for x in (-1., .5, 2.)])
json.dump(cases, sys.stdout, indent=0)
