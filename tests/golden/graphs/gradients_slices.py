x = tf.placeholder(tf.float32, [2, 3], name="x"); u = tf.placeholder(tf.float32, [None, None], name="u"); i = tf.constant([1, 0], name="i"); j = tf.constant([1], tf.int64, name="j")
for k, f in enumerate([
        lambda x: tf.gather(x, i), lambda x: tf.gather(tf.identity(x), i), lambda x: tf.gather(tf.reshape(x, [3, 2]), i), lambda x: tf.gather(x * 2., i), lambda x: tf.gather(tf.tanh(x), i),
        lambda x: tf.gather(tf.cast(x, tf.float64), i), lambda x: tf.gather(x, i) + tf.gather(x, i), lambda x: [tf.gather(x, i), tf.gather(x, j), x * x], lambda x: tf.gather(x + x, i),
        lambda x: tf.gather(tf.tile(x, [2, 1]), i), lambda x: tf.gather(tf.concat([x, x], 0), i), lambda x: tf.gather(tf.concat([x, x], 1), i), lambda x: tf.gather(tf.transpose(x), i),
        lambda x: tf.gather(x, i, axis=1), lambda x: tf.gather_nd(x, [[0], [1]]), lambda x: tf.gather_nd(x, [[0, 1]]), lambda x: tf.gather(tf.slice(x, [0, 0], [2, 2]), i),
        lambda x: tf.gather(x[:, 1:], i), lambda x: tf.gather(tf.stack([x, x]), i), lambda x: tf.gather(tf.nn.bias_add(x, x[0]), i), lambda x: tf.gather(tf.pow(x, 2.), i),
        lambda x: tf.gather(tf.reduce_sum(x, 1), i), lambda x: tf.gather(tf.where(x > 0., x, -x), i), lambda x: tf.gather(tf.dynamic_stitch([[0, 1]], [x]), i), lambda x: tf.nn.embedding_lookup(x, i)]):
    for n, a in (("c", x), ("u", u)):
        with tf.name_scope("%s%d" % (n, k)):
            tf.gradients(f(a), a)
v = tf.get_variable("v", [4, 2], initializer=tf.zeros_initializer()); r = tf.get_variable("r", [4, 2], initializer=tf.zeros_initializer(), use_resource=True)
for n, w in (("v", v), ("r", r)):
    with tf.name_scope("w" + n):
        l = tf.reduce_sum(tf.gather(w, i) * 2.) + tf.reduce_sum(w); tf.gradients(l, w, gate_gradients=True); tf.gradients(tf.gather(w, i), w, grad_ys=tf.ones([2, 2]))
        tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(tf.gather(w, i))); tf.train.AdagradOptimizer(0.1).minimize(tf.reduce_sum(tf.gather(w, i)))
