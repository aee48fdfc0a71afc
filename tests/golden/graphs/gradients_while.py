x = tf.placeholder(tf.float32, [2, 3], name="x")
u = tf.placeholder(tf.float32, [None, 3], name="u")
w = tf.get_variable("w", initializer=[[1., 2., 3.], [4., 5., 6.], [7., 8., 9.]])
r = tf.get_variable("r", initializer=[[1., 2., 3.], [4., 5., 6.], [7., 8., 9.]], use_resource=True)
for n, a in (("x", x), ("u", u)):
    with tf.name_scope(n + "0"):        # a variable alone
        tf.gradients(tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v * v), [0, a])[1], a)
    with tf.name_scope(n + "1"):        # what the loop does not change
        tf.gradients(tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, tf.matmul(v, w) + a), [0, a])[1], [a, w])
    with tf.name_scope(n + "2"):        # several variables, one of them not asked for
        y = tf.while_loop(lambda i, v, z: i < 3, lambda i, v, z: (i + 1, v + tf.sin(z), z * v), [0, a, a * 2.])
        tf.gradients(y[1], a)
        tf.gradients([y[1], y[2]], a, grad_ys=[y[1], None])
    with tf.name_scope(n + "3"):        # an iteration that does not depend on the one before
        tf.gradients(tf.while_loop(lambda i, v, z: i < 3, lambda i, v, z: (i + 1, z * 2., z), [0, a, a])[1], a)
    with tf.name_scope(n + "4"):        # a cond inside
        tf.gradients(tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, tf.cond(i > 1, lambda: v * v, lambda: tf.sin(v) + a)), [0, a])[1], a)
    with tf.name_scope(n + "5"):        # inside a cond
        tf.gradients(tf.cond(a[0, 0] > 0., lambda: tf.while_loop(lambda v: v[0, 0] < 3., lambda v: v * v, [a]), lambda: a), a)
    with tf.name_scope(n + "6"):        # a loop inside
        def body(i, v):
            return i + 1, tf.while_loop(lambda j, t: j < i, lambda j, t: (j + 1, t * v + a), [0, v])[1]
        tf.gradients(tf.while_loop(lambda i, v: i < 3, body, [0, a])[1], a)
    with tf.name_scope(n + "7"):        # one by one, in the host's memory, beside the ops
        tf.gradients(tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v * v), [0, a], parallel_iterations=1, swap_memory=True)[1], a,
                     colocate_gradients_with_ops=True, gate_gradients=True)
    with tf.name_scope(n + "8"):        # no gradient
        tf.gradients(tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v * v), [0, a], back_prop=False)[1], a)
        tf.gradients(tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, tf.stop_gradient(v * v)), [0, a])[1], a)
    with tf.name_scope(n + "9"):        # shapes, sizes and ranks are kept, not what they are of
        tf.gradients(tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, tf.reduce_mean(v, 0, keepdims=True) * v), [0, a])[1], a)
with tf.name_scope("slices"):
    for n, v in (("w", w), ("r", r), ("x", x), ("u", u)):
        with tf.name_scope(n):
            tf.gradients(tf.while_loop(lambda i, s: i < 2, lambda i, s: (i + 1, s + tf.gather(v, [i, 0])), [0, tf.zeros([2, 3])])[1], v)
with tf.name_scope("names"):
    y = tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v * v), (0, x), maximum_iterations=5, name="loop")[1]
    tf.gradients(y, x, name="g")
    tf.gradients(y, x, name="g")
    tf.gradients(tf.reduce_sum(y * y), [x, y])
with tf.name_scope("inside"):           # gradients that a body asks for
    tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v - tf.gradients(tf.reduce_sum(v * v), v)[0]), [0, x])
with tf.name_scope("dead"):             # the arm of a cond that nothing comes from
    tf.gradients(tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, tf.cond(i > 1, lambda: (v, v * 2.), lambda: (v, v))[0]), [0, u])[1], u)
    tf.gradients(tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, tf.split(v, 3, 1)[0] + v), [0, u])[1], u)
    tf.gradients(tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, tf.split(v, 3, 1)[0] + v), [0, x])[1], x)

# A join that is read in a loop: its gradient comes out of the loop, where the axis is, too.
with tf.name_scope("joined"):
    a, b = tf.placeholder(tf.float32, [2, 3], name="a"), tf.placeholder(tf.float32, [2, 3], name="b")
    c = tf.concat([a, b], 1, name="c")
    i, total = tf.while_loop(lambda i, t: i < 3, lambda i, t: (i + 1, t + c), [0, tf.zeros([2, 6])])
    tf.gradients(total, [a, b])
    start = tf.concat([a, b], 0, name="start")
    i, product = tf.while_loop(lambda i, t: i < 3, lambda i, t: (i + 1, t * 2.), [0, start])
    tf.gradients(product, [a, b])
