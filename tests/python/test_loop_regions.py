"""Loops made by dice give the same bits as regions, one after the other, and through the DATAFLOW executor; and the same errors."""
import random

import numpy as np
import pytest

import pytfgraph as tf
from pytfgraph.ops import control_flow_ops


@pytest.fixture
def both(monkeypatch):
    """Runs fetches in a session of each executor, some times over; the answers of both."""
    def ask(fetches, init=None, feeds=({},), **options):
        answers = []
        for executor in ("", "dataflow"):
            monkeypatch.setenv("TFG_EXECUTOR", executor)
            with tf.Session() as s:
                got = []
                if init is not None:
                    s.run(init)
                for feed in feeds:
                    try:
                        got.append(s.run(fetches, feed))
                    except tf.errors.OpError as e:
                        got.append((type(e), e.message.splitlines()[0], e.op.name if e.op else None))
                answers.append(got)
        return answers
    return ask


def same(a, b):
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if isinstance(a, (np.ndarray, np.generic)):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    return a == b


class Dice:
    """A program: loops in loops, conditionals, variables of both kinds, random numbers, captured values."""

    def __init__(self, seed, writes=True, ordered=False):
        self.r = random.Random(seed)
        self.writes = writes
        self.ordered = ordered      # iterations one after the other: else those that are independent share a generator in any order
        self.x = tf.placeholder(tf.float32, [3], name="x")
        self.n = tf.placeholder(tf.int32, [], name="n")
        self.variables = [tf.get_variable("v", [3], initializer=tf.ones_initializer()),
                          tf.get_variable("w", [3], initializer=tf.ones_initializer(), use_resource=True)]
        self.outside = [self.x, tf.constant([1., -2., .5]), self.x * 2.]

    def value(self, pool):
        r, a, b = self.r, self.r.choice(pool), self.r.choice(pool)
        return r.choice([lambda: tf.tanh(a), lambda: a * .5 + b, lambda: tf.maximum(a, b) - .25, lambda: a - tf.reduce_mean(b),
                         lambda: tf.sin(a) * tf.cos(b), lambda: tf.constant([.1, .2, .3]) * a, lambda: tf.reverse(a, [0]),
                         lambda: a + tf.random_uniform([3], seed=r.randrange(9) + 1), lambda: self.r.choice(self.outside) + a])()

    def some(self, pool, depth):
        kind = self.r.randrange(12)
        if kind == 0 and depth < 3:
            return self.loop(pool, depth + 1)
        if kind == 1 and depth < 3:
            p = tf.reduce_sum(self.r.choice(pool)) > self.r.choice([-1., 0., 1.])
            return tf.cond(p, lambda: self.some(pool, depth + 1), lambda: self.some(pool, depth + 1))
        if kind == 2:
            return self.r.choice(self.variables) * .25 + self.r.choice(pool)
        if kind == 3 and self.writes:
            v = self.r.choice(self.variables)
            with tf.control_dependencies([v.assign_add(tf.ones([3]) * .125)]):
                return tf.identity(self.r.choice(pool))
        return self.value(pool)

    def loop(self, pool, depth):
        k = self.r.randrange(1, 4)
        init = [tf.constant(0)] + [self.r.choice(pool) for _ in range(k)]
        limit = self.r.choice([0, 1, 3, 5])
        bound = self.n if self.r.randrange(2) else limit

        def cond(i, *vars):
            yes = i < bound
            return tf.logical_and(yes, tf.reduce_sum(self.value(list(vars))) < 100.) if self.r.randrange(3) == 0 else yes

        def body(i, *vars):
            inner = list(vars)
            for _ in range(self.r.randrange(1, 4)):
                inner.append(self.some(inner + [self.r.choice(self.outside)], depth))
            out = [self.r.choice(inner[-3:] + inner) for _ in range(k)]
            return [i + 1] + out
        parallel = self.r.choice([1, 2, 10])
        result = tf.while_loop(cond, body, init, parallel_iterations=1 if self.ordered else parallel,
                               shape_invariants=None)
        return self.r.choice(result[1:])


@pytest.mark.parametrize("seed", range(60))
def test_programs_by_dice(seed, both):
    with tf.Graph().as_default():
        tf.set_random_seed(7)
        d = Dice(seed)
        pool = list(d.outside)
        results = []
        for _ in range(d.r.randrange(1, 4)):
            results.append(d.loop(pool, 0))
            pool.append(results[-1])
        feeds = [{d.x: np.float32([.5, -1, 2]), d.n: n} for n in (3, 0, 4)]
        writes = any(op.type.startswith("Assign") for op in tf.get_default_graph().get_operations() if "while" in op.name)
        fetches = results + ([] if writes else [v.read_value() for v in d.variables])
        a, b = both(fetches, tf.global_variables_initializer(), feeds)
        if writes and len(results) > 1:
            return              # loops that nothing orders write and read the same variables
        assert same(a, b), (a, b)


@pytest.mark.parametrize("seed", [*range(100, 140), 1157, 2197])
def test_gradients_of_programs_by_dice(seed, both):
    with tf.Graph().as_default():
        tf.set_random_seed(7)
        d = Dice(seed, writes=False, ordered=seed == 2197)
        y = d.loop(list(d.outside), 0)
        fetches = [y] + [g for g in tf.gradients(y, [d.x, d.variables[0]]) if g is not None]
        feeds = [{d.x: np.float32([.5, -1, 2]), d.n: n} for n in (3, 0, 4)]
        a, b = both(fetches, tf.global_variables_initializer(), feeds)
        assert same(a, b), (a, b)


def test_errors_in_a_loop(both):
    with tf.Graph().as_default():
        n = tf.placeholder(tf.int32, [])
        t = tf.while_loop(lambda i, x: i < n, lambda i, x: (i + 1, tf.gather([1., 2., 3.], i, name="look")), [tf.constant(0), tf.constant(0.)])
        a, b = both(t, None, [{n: 3}, {n: 5}, {n: 0}])
        assert same(a, b) and a[0] == (3, 3.) and a[1][0] is tf.errors.InvalidArgumentError and a[1][2] == "while/look"
        assert a[2] == (0, 0.)


def test_a_condition_that_is_no_scalar(both):
    with tf.Graph().as_default():
        p = tf.placeholder(tf.bool)
        t = tf.while_loop(lambda i: p, lambda i: i + 1, [tf.constant(0)])
        a, b = both(t, None, [{p: False}, {p: [False, True]}])
        assert same(a, b)
        assert "must be a scalar" in a[1][1]


def test_loops_that_hang_on_each_other(both):
    """Two loops, the second of which begins with what the first gives."""
    with tf.Graph().as_default():
        a = tf.while_loop(lambda i: i < 5, lambda i: i + 2, [tf.constant(0)])
        b = tf.while_loop(lambda i, j: i < a * 2, lambda i, j: (i + 1, j + a), [a, tf.constant(0)])
        x, y = both([a, b])
        assert same(x, y) and x[0][0] == 6 and x[0][1] == (12, 36)


def test_a_million_iterations_do_not_grow(both):
    import resource
    with tf.Graph().as_default(), tf.Session() as s:
        t = tf.while_loop(lambda i, x: i < 1000000, lambda i, x: (i + 1, x * .5 + 1.), [tf.constant(0), tf.constant([1., 2.])])
        s.run(t)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        s.run(t)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 4000


def test_an_endless_loop_can_be_stopped():
    with tf.Graph().as_default(), tf.Session() as s:
        t = tf.while_loop(lambda i: True, lambda i: i + 1, [tf.constant(0)])
        with pytest.raises(tf.errors.DeadlineExceededError):
            s.run(t, options=tf.RunOptions(timeout_in_ms=80))


def test_an_endless_loop_ends_with_its_session():
    import threading
    import time
    with tf.Graph().as_default():
        t = tf.while_loop(lambda i: True, lambda i: i + 1, [tf.constant(0)])
        s = tf.Session()
        seen = []

        def run():
            try:
                s.run(t)
            except tf.errors.CancelledError as e:
                seen.append(e)
        thread = threading.Thread(target=run)
        thread.start()
        time.sleep(.1)
        s.close()
        thread.join(10)
        assert not thread.is_alive() and len(seen) == 1


def test_the_last_write_is_seen_after_the_loop(both):
    with tf.Graph().as_default():
        v = tf.get_variable("v", [], initializer=tf.zeros_initializer())

        def body(i):
            with tf.control_dependencies([v.assign_add(2.)]):
                return i + 1
        t = tf.while_loop(lambda i: i < 5, body, [tf.constant(0)])
        with tf.control_dependencies([t]):
            after = v.read_value()
        a, b = both([t, after], tf.global_variables_initializer())
        assert same(a, b) and a[0] == [5, 10.]


def test_a_condition_that_reads_what_the_body_writes(both):
    with tf.Graph().as_default():
        v = tf.get_variable("v", [], initializer=tf.zeros_initializer(), use_resource=True)

        def body(i):
            with tf.control_dependencies([v.assign_add(1.)]):
                return tf.identity(i + 1)
        t = tf.while_loop(lambda i: v.read_value() < 4.5, body, [tf.constant(0)], parallel_iterations=1)
        a, b = both(t, tf.global_variables_initializer())
        assert same(a, b) and a[0] == 5


def test_fetches_inside_a_loop(both):
    """A fetch in a loop takes what comes once; what comes again is an error, as in 1.12.3."""
    with tf.Graph().as_default() as g:
        tf.while_loop(lambda i, a: i < 4, lambda i, a: (i + 1, a * 2.), [tf.constant(0), tf.constant(1.)])
        d = g.as_graph_def()
    with tf.Graph().as_default():
        tf.import_graph_def(d, name="")
        for name, want in (("while/Enter:0", 0), ("while/Switch:0", 4), ("while/Exit_1:0", 16.)):
            a, b = both(name)
            assert same(a, b) and a[0] == want
        for name in ("while/add:0", "while/Merge:0", "while/Switch:1", "while/LoopCond:0", "while/add/y:0", "while/NextIteration:0"):
            a, b = both(name)
            assert same(a, b) and a[0] == (tf.errors.InternalError, "Retval[0] has already been set.", None)
        for names, number in ((("while/mul:0", "while/Exit_1:0"), 1), (("while/Exit:0", "while/add:0"), 1),
                              (("while/mul:0", "while/Exit_1:0", "while/add/y:0"), 1)):
            a, b = both(list(names))
            assert same(a, b) and a[0][:2] == (tf.errors.InternalError, "Retval[%d] has already been set." % number)


def test_dead_fetches_are_numbered_by_name():
    """In the order of names, whatever the order of the fetches, as in 1.12.3."""
    with tf.Graph().as_default(), tf.Session() as s:
        dead, alive = control_flow_ops.switch(tf.constant(1.), tf.placeholder_with_default(True, []))
        z, c, b = tf.identity(dead, name="z"), tf.identity(dead, name="c"), tf.identity(alive, name="b")
        for fetches, number in (([z, c, b], 1), ([b, z], 1), ([z, b], 1), ([c, z], 0)):
            for run in (lambda: s.run(fetches), s.make_callable(fetches)):
                with pytest.raises(tf.errors.InvalidArgumentError, match=r"Retval\[%d\] does not have value" % number):
                    run()


@pytest.mark.parametrize("gate", [False, True])
@pytest.mark.parametrize("which", [(0,), (1,), (0, 1)])
def test_what_a_loop_read_is_written_behind_it(both, gate, which):
    """Writers wait for the Enters that read their variable, where those are, not in the loop."""
    with tf.Graph().as_default():
        v = [tf.get_variable(n, initializer=tf.constant(x), use_resource=False) for n, x in (("v", [1.5, 2.]), ("w", [.5, 3.]))]
        y = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, tf.cond(tf.equal(i, 1), lambda: a * v[0], lambda: a + v[1])),
                          (0, tf.constant([1., 1.])))[1]
        dx = tf.gradients(y, v, gate_gradients=gate)
        a, b = both([v[k].assign_sub(dx[k]) for k in which], tf.global_variables_initializer())
        want = np.array([[0., -2.], [-2., 0.]], np.float32)
        assert same(a, b) and same(a[0], [want[k] for k in which])
