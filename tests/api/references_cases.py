"""Reference variables read behind writers: in arms, in loops, and in both; what enters shares the variable's buffer."""
import numpy as np

def told(result, *more):
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return [[float(np.sum(x)) for x in sess.run([result] + list(more))] for _ in range(2)]

def after(writer, read):
    with tf.control_dependencies([writer]):
        return read()

true = tf.placeholder_with_default(True, [])
v = tf.Variable(1.)

#: an arm reads what it wrote
told(tf.cond(true, lambda: after(tf.assign_add(v, 1.), lambda: v * 1.), lambda: v + 0.))

#: an arm's identity of what it wrote
told(tf.cond(true, lambda: after(tf.assign_add(v, 1.), lambda: tf.identity(v)), lambda: tf.identity(v)))
told(tf.cond(true, lambda: after(tf.assign_add(v, 1.), v.read_value), v.read_value))

#: an arm gives the reference
told(tf.cond(true, lambda: tf.assign_add(v, 1.), lambda: v))

#: rows are written in an arm
w = tf.Variable([1., 2.])
told(tf.cond(true, lambda: after(tf.scatter_add(w, [0], [1.]), lambda: tf.reduce_sum(w)), lambda: tf.reduce_sum(w)))

#: an optimizer's step in an arm
step = lambda: tf.train.GradientDescentOptimizer(.1).minimize(tf.square(v))
told(tf.cond(true, lambda: after(step(), lambda: tf.square(v)), lambda: tf.square(v)))

#: a loop in an arm
told(tf.cond(true, lambda: tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, tf.assign_add(v, 1.) + a * 0), [0, 0.])[1], lambda: v + 0.))

#: a stopped gradient is the reference
y = tf.stop_gradient(v)
with tf.control_dependencies([y]):
    a = tf.assign_add(v, 1.)
told(after(a, lambda: y * 1.))

#: a product is a value
x = v * 1.
with tf.control_dependencies([x]):
    a = tf.assign_add(v, 1.)
told(after(a, lambda: v * 1. + x * 100))

#: a loop reads what it wrote
def body(i, a):
    with tf.control_dependencies([tf.assign_add(v, 1.)]):
        return i + 1, a + v * 1.
told(tf.while_loop(lambda i, a: i < 5, body, [0, 0.], parallel_iterations=1)[1])

#: a loop that squares
def body(i):
    c = tf.cond(tf.constant(True), lambda: tf.assign(v, tf.square(v)), lambda: v)
    with tf.control_dependencies([c]):
        return i + 1
v = tf.Variable(2.)
r = tf.while_loop(lambda i: i < 4, body, [0])
told(after(r, v.read_value))

#: arms in a loop
def body(i, a):
    u = tf.cond(tf.equal(i % 2, 0), lambda: tf.assign_add(v, 1.), lambda: tf.assign_add(v, 10.))
    with tf.control_dependencies([u]):
        return i + 1, v * 1.
told(tf.while_loop(lambda i, a: i < 4, body, [0, 0.], parallel_iterations=1)[1])

#: a loop in a loop
def inner(j):
    with tf.control_dependencies([tf.assign_add(v, 1.)]):
        return j + 1
def body(i, a):
    k = tf.while_loop(lambda j: j < 2, inner, [0], parallel_iterations=1)
    with tf.control_dependencies([k]):
        return i + 1, a + v
told(tf.while_loop(lambda i, a: i < 3, body, [0, 0.], parallel_iterations=1)[1])

#: training in a loop
x = np.linspace(-1, 1, 20).astype(np.float32)
w, b = tf.Variable(0.), tf.Variable(0.)
def body(i, _):
    loss = tf.reduce_mean(tf.square(w * x + b - (3 * x + 1)))
    with tf.control_dependencies([tf.train.GradientDescentOptimizer(.1).minimize(loss)]):
        return i + 1, tf.identity(loss)
r = tf.while_loop(lambda i, l: i < 50, body, [0, 0.], parallel_iterations=1)
np.round(told(r[1]), 5).tolist(), np.round(told(after(r[1], lambda: w + b)), 4).tolist()
