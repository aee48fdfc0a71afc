"""Loops, conditionals and functions with their nodes rewired at random: nothing crashes or hangs, and both executors agree: on the
value, or that there is none."""
import random

import numpy as np
import pytest

import pytfgraph as tf
from pytfgraph.framework import function
from pytfgraph.ops import raw

fops = raw.module("gen_functional_ops")
TRIED = ("Exit", "Merge", "If", "While", "FuzzA", "FuzzB", "Add", "Mul", "SymbolicGradient", "MapDefun", "AddN", "Identity", "Switch")


def base():
    with tf.Graph().as_default() as g:
        @function.Defun(tf.float32, tf.float32, func_name="FuzzA")
        def a(x, y):
            return tf.tanh(x) * y, tf.gather([1., 2., 3.], tf.to_int32(x))

        @function.Defun(tf.float32, func_name="FuzzB")
        def b(x):
            return a(x, x)[0] + tf.while_loop(lambda i, u: i < 3, lambda i, u: (i + 1, u * 2.), [tf.constant(0), x])[1]

        @function.Defun(tf.int32, tf.float32, func_name="FuzzCond")
        def cond(i, x):
            return i < 3

        @function.Defun(tf.int32, tf.float32, func_name="FuzzStep")
        def step(i, x):
            return i + 1, x * 2.

        x = tf.constant(1.)
        v = tf.get_variable("v", [], initializer=tf.ones_initializer(), use_resource=True)
        y = b(x)
        a(x, y)
        fops._while([tf.constant(0), x], cond, step)
        w = fops._if(True, [x], [tf.float32], b, b)
        tf.gradients([y, w[0]], x)
        loop = tf.while_loop(lambda i, u: i < 4, lambda i, u: (i + 1, tf.cond(u > 1., lambda: u * .5, lambda: u + 1.)), [tf.constant(0), x])
        tf.gradients(loop[1], x)

        def outer(i, u):
            inner = tf.while_loop(lambda j, t: j < i, lambda j, t: (j + 1, t * .9 + v), [tf.constant(0), u])
            return i + 1, inner[1]
        tf.while_loop(lambda i, u: i < 4, outer, [tf.constant(0), x * 2.])
        fops.map_defun([tf.constant([1., 2.])], [tf.float32], [[]], b)
        tf.global_variables_initializer()
        return g.as_graph_def()


def rewire(d, r):
    functions = list(d.library.function)
    for _ in range(r.choice([1, 1, 2, 3])):
        inside = r.randrange(3) == 0
        nodes = list(r.choice(functions).node_def) if inside else list(d.node)
        n, m = r.choice(nodes), r.choice(nodes)
        kind = r.randrange(7)
        if kind <= 2 and n.input:
            other = m.name + (":%s:0" % r.choice(["z", "y", "output"]) if inside else r.choice(["", ":0", ":1"]))
            n.input[r.randrange(len(n.input))] = r.choice(list(m.input) + [other])
        elif kind == 3 and n.input:
            del n.input[r.randrange(len(n.input))]
        elif kind == 4:
            n.input.append("^" + m.name)
        elif kind == 5:
            n.op = m.op
        for attr in n.attr.values() if kind == 6 else ():
            if attr.HasField("type"):
                attr.type = r.choice([1, 3, 10, 1])
            elif attr.HasField("func"):
                attr.func.name = r.choice(["FuzzA", "FuzzB", "FuzzCond", "FuzzStep", "SymbolicGradient", "none"])
            elif attr.HasField("b"):
                attr.b = not attr.b
            elif attr.HasField("s"):
                attr.s = r.choice([b"f", b"while/while_context", b""])


def value(name, executor, monkeypatch):
    monkeypatch.setenv("TFG_EXECUTOR", executor)
    options = tf.RunOptions(timeout_in_ms=400)
    with tf.Session() as s:
        try:
            s.run("init", options=options)
            return np.asarray(s.run(name, options=options)).tobytes()
        except (tf.errors.OpError, ValueError, TypeError, MemoryError):
            return None


@pytest.mark.parametrize("seed", range(4))
def test_rewired_loops(seed, monkeypatch):
    r, whole = random.Random(seed), base()
    compared = 0
    for _ in range(100):
        d = tf.GraphDef()
        d.CopyFrom(whole)
        rewire(d, r)
        with tf.Graph().as_default() as g:
            try:
                tf.import_graph_def(d, name="")
            except (tf.errors.OpError, ValueError, TypeError):
                continue
            ops = [op for op in g.get_operations() if op.outputs and op.type in TRIED]
            for op in r.sample(ops, min(6, len(ops))):
                name = op.outputs[-1].name if op.type == "Switch" else op.outputs[0].name
                a, b = value(name, "", monkeypatch), value(name, "dataflow", monkeypatch)
                assert a == b, (name, str(d))
                compared += a is not None
    assert compared > 15
