p = tf.placeholder(tf.bool, [], name="p"); x = tf.placeholder(tf.float32, [2, 3], name="x"); u = tf.placeholder(tf.float32, [None, 3], name="u")
v = tf.get_variable("v", initializer=[[1., 2.], [3., 4.]]); r = tf.get_variable("r", initializer=[[1., 2.], [3., 4.]], use_resource=True)
for k, f in enumerate([
        lambda x: tf.cond(p, lambda: x * x, lambda: x), lambda x: tf.cond(p, lambda: (x, tf.sin(x)), lambda: (tf.cos(x), x)),
        lambda x: tf.cond(p, lambda: tf.cond(x[0, 0] > 0., lambda: x, lambda: -x), lambda: x * 2.), lambda x: tf.cond(p, lambda: tf.gather(x, [1, 0]), lambda: tf.identity(x)),
        lambda x: tf.cond(p, lambda: tf.concat([x, x], 0), lambda: tf.concat([x, x * 2.], 0)), lambda x: tf.cond(p, lambda: tf.reduce_sum(x), lambda: tf.reduce_mean(x)),
        lambda x: tf.case([(p, lambda: x), (x[0, 0] > 1., lambda: x * x)], default=lambda: tf.zeros_like(x)), lambda x: tf.cond(p, lambda: tf.stop_gradient(x), lambda: x),
        lambda x: tf.cond(p, lambda: tf.ones_like(x), lambda: x + 1.), lambda x: tf.cond(p, lambda: tf.cast(tf.cast(x, tf.int32), tf.float32), lambda: x)]):
    for n, a in (("c", x), ("u", u)):
        with tf.name_scope("%s%d" % (n, k)):
            tf.gradients(f(a), a)
for n, w in (("v", v), ("r", r)):
    with tf.name_scope("w" + n):
        tf.gradients(tf.cond(p, lambda: tf.reduce_sum(w * w), lambda: tf.reduce_sum(tf.sin(w))), w)
        tf.gradients(tf.cond(p, lambda: tf.gather(w, [0]), lambda: tf.gather(w, [1])), w)
        tf.gradients(tf.cond(p, lambda: tf.gather(w, [0, 1]), lambda: w * 1.), w, colocate_gradients_with_ops=True)
        tf.gradients(tf.cond(p, lambda: w * 1., lambda: w * 2.) * w, w, gate_gradients=True)
with tf.name_scope("inside"):
    tf.cond(p, lambda: tf.gradients(tf.square(x), x)[0], lambda: x)
a, b = tf.split(x, [1, 2], 1)
with tf.name_scope("dead"):
    tf.gradients(tf.switch(x, p)[1] if hasattr(tf, "switch") else x, x)
