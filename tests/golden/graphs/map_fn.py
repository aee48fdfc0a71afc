x = tf.placeholder(tf.float32, [4, 3], name="x")
u = tf.placeholder(tf.float32, [None, 3], name="u")
w = tf.placeholder(tf.float32, name="w")
for n, a in (("x", x), ("u", u), ("w", w)):
    with tf.name_scope(n):
        y = [tf.map_fn(lambda r: r * 2., a), tf.map_fn(lambda r: tf.reduce_sum(r), a, parallel_iterations=3, name="sums"),
             tf.map_fn(lambda r: (r[0] + r[1], tf.cast(r[0], tf.int32)), (a, a + 1.), dtype=(tf.float32, tf.int32)), tf.map_fn(lambda r: {"b": r["a"]}, {"a": a}, dtype={"b": tf.float32}, infer_shape=False),
             tf.foldl(lambda b, r: b + r, a), tf.foldl(lambda b, r: b * r, a, initializer=tf.ones([3]), name="product") if n != "w" else a,
             tf.foldr(lambda b, r: b + r, a), tf.foldr(lambda b, r: b + tf.reduce_sum(r), a, initializer=0., swap_memory=True),
             tf.scan(lambda b, r: b + r, a), tf.scan(lambda b, r: b + tf.reduce_sum(r), a, initializer=0., reverse=True), tf.scan(lambda b, r: b * r, a, reverse=True, back_prop=False),
             tf.scan(lambda b, r: (b[0] + r[0], b[1] + 1), (a, a), initializer=(tf.zeros([3]), 1), infer_shape=False) if n != "w" else [a]]
        tf.gradients([y[0], y[1], y[2][0], y[8]], a)
        tf.gradients([y[4], y[7]], a)
tf.map_fn(lambda i: tf.map_fn(lambda j: i * j, x[0]), x[:, 0])
with tf.variable_scope("v"):
    tf.map_fn(lambda r: r * tf.get_variable("m", [3]), x)
tf.map_fn(lambda r: tf.cond(r[0] > 0., lambda: r, lambda: -r), x)
