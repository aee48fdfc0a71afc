S = lambda *a: tf.constant(a)
d = tf.placeholder(tf.float32, [None, 3], name="d"); n = tf.placeholder(tf.float32, name="n"); c = tf.placeholder(tf.complex64, [2], name="c")
for k, f in enumerate([
        tf.reduce_sum, tf.reduce_mean, tf.reduce_max, tf.reduce_prod, lambda x: tf.reduce_sum(x, 1), lambda x: tf.reduce_mean(x, [0]), lambda x: tf.reduce_max(x, -1, keepdims=True),
        lambda x: tf.reduce_prod(x, 0), lambda x: x + 1., lambda x: x * [1., 2., 3.], lambda x: x / [1., 2., 3.], lambda x: tf.pow(x, 2.), lambda x: tf.maximum(x, 0.), tf.nn.softmax,
        tf.nn.l2_loss, lambda x: tf.concat([x, x], 0), lambda x: tf.concat([x] * 20, 0), lambda x: tf.stack([x, x], 1), lambda x: tf.unstack(tf.stack([x, x]), 2)[1], lambda x: tf.split(x, 1, 0),
        lambda x: tf.tile(x, [2, 1]), lambda x: tf.pad(x, [[0, 1], [1, 0]]), lambda x: tf.transpose(x), lambda x: tf.transpose(x, [1, 0]), lambda x: tf.slice(x, [0, 1], [-1, 2]), lambda x: x[1:, 0],
        lambda x: tf.reshape(x, [-1]), lambda x: tf.expand_dims(x, 0), lambda x: tf.where(x > 0., x, x * 2.), lambda x: tf.matmul(x, x, transpose_b=True), lambda x: tf.cumsum(x, 0), lambda x: tf.cumprod(x, 1),
        lambda x: tf.nn.top_k(x, 2)[0], lambda x: tf.broadcast_to(x, [2, 4, 3]), lambda x: tf.matrix_set_diag(x, x[:, 0]), lambda x: tf.matrix_diag_part(x), lambda x: tf.zeros_like(x) * x,
        lambda x: tf.gradients(tf.square(tf.tanh(x)), x)[0], lambda x: tf.gradients(tf.nn.softmax_cross_entropy_with_logits_v2(labels=x, logits=x), x)[0]]):
    for s, a in (("d", d), ("n", n)):
        with tf.name_scope("%s%d" % (s, k)):
            try: tf.gradients(f(a), a)
            except (ValueError, TypeError): pass
for k, f in enumerate([lambda x: tf.segment_sum(x, S(0, 0, 1)), lambda x: tf.segment_mean(x, S(0, 0, 1)), lambda x: tf.segment_max(x, S(0, 0, 1)), lambda x: tf.unsorted_segment_sum(x, S(0, -1, 1), 2),
                       lambda x: tf.unsorted_segment_max(x, S(0, 1, 1), 2), lambda x: tf.unsorted_segment_prod(x, S(0, 1, 1), 2), lambda x: tf.sparse_segment_sum(x, S(0, 1), S(0, 0)),
                       lambda x: tf.sparse_segment_mean(x, S(0, 1), S(0, 0)), lambda x: tf.dynamic_partition(x, S(0, 1), 2)[0], lambda x: tf.norm(x), lambda x: tf.reduce_logsumexp(x)]):
    with tf.name_scope("s%d" % k):
        tf.gradients(f(d), d)
for k, f in enumerate([tf.real, tf.imag, tf.angle, tf.abs, lambda z: tf.real(tf.exp(z)), lambda z: tf.real(z * z), lambda z: tf.real(tf.pow(z, z)), lambda z: tf.real(tf.sqrt(z))]):
    with tf.name_scope("z%d" % k):
        tf.gradients(f(c), c)
for k, f in enumerate([tf.igamma, tf.zeta, tf.polygamma, tf.atan2, tf.floormod, tf.squared_difference, tf.div_no_nan]):
    with tf.name_scope("f%d" % k):
        tf.gradients(f(n, tf.constant([2., 3.])), n)
