"""name_scope, values, and how operations of functions are named in scopes."""

#: tf.name_scope
with tf.name_scope("a") as s: print(repr(s), tf.constant(1).name)
with tf.name_scope("a") as s: print(repr(s), tf.constant(1).name)
with tf.name_scope("a/") as s: print(repr(s), tf.constant(1).name)
with tf.name_scope("") as s: print(repr(s), tf.constant(1).name)
with tf.name_scope(None) as s: print(repr(s), tf.constant(1).name)
with tf.name_scope(None, "d") as s: print(repr(s))
with tf.name_scope(None, "d", [1, 2]) as s: print(repr(s))
with tf.name_scope("x", "d") as s: print(repr(s))
with tf.name_scope(None, None, [1]) as s: pass
with tf.name_scope(3) as s: pass
with tf.name_scope("a"), tf.name_scope("b"), tf.name_scope("c") as s: print(repr(s))
with tf.name_scope("a"), tf.name_scope(None) as s: print(repr(s), tf.constant(1).name)
with tf.name_scope("a"), tf.name_scope("") as s: print(repr(s), tf.constant(1).name)
with tf.name_scope("a/b") as s: print(repr(s))
with tf.name_scope("a/b") as s: print(repr(s))
with tf.name_scope("A") as s: print(repr(s))
tf.name_scope("n").name if hasattr(tf.name_scope("n"), "name") else "absent"
names()

#: values choose the graph
with tf.Graph().as_default() as g: z = tf.constant(1., name="z")
with tf.name_scope("s", values=[z]) as s: print(tf.get_default_graph() is g, s, tf.constant(1).graph is g)
with tf.name_scope("s", values=[z, tf.constant(2.)]): pass
with tf.name_scope("s", "t", [3, "a", None]): print(tf.get_default_graph() is g)

#: names of what functions make
x = tf.constant([[1., 2.], [3., 4.]], name="x")
with tf.name_scope("s"):
    a = tf.reduce_mean(x, 0), tf.nn.softmax(x), tf.matmul(x, x), tf.concat([x, x], 0), tf.stack([x, x]), tf.split(x, 2)[1], tf.transpose(x), tf.one_hot([1], 2), tf.nn.l2_loss(x), tf.cast(x, tf.int32), tf.zeros_like(x), tf.ones([2]), tf.fill([2], 1), tf.square(x), tf.nn.relu(x), tf.clip_by_value(x, 0., 1.), tf.reduce_logsumexp(x), tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=x), tf.nn.softmax_cross_entropy_with_logits_v2(labels=x, logits=x), tf.nn.moments(x, [0])[1], tf.add_n([x, x]), tf.random_normal([2]), tf.random_uniform([2]), tf.truncated_normal([2]), tf.nn.dropout(x, 0.5), tf.nn.xw_plus_b(x, x, x[0]), tf.nn.l2_normalize(x, 0), tf.nn.batch_normalization(x, 0., 1., 0., 1., 1e-3), tf.tensordot(x, x, 1), tf.norm(x), tf.argmax(x), tf.equal(x, x), tf.where(x > 1., x, x), tf.range(3), tf.linspace(0., 1., 3), tf.eye(2), tf.gather(x, 0), tf.nn.embedding_lookup(x, 0), tf.expand_dims(x, 0), tf.squeeze(x), tf.tile(x, [1, 1]), tf.pad(x, [[0, 0], [0, 0]]), tf.identity(x), tf.stop_gradient(x), tf.shape(x), tf.size(x), tf.rank(x), tf.to_float(x), tf.to_int32(x), tf.reduce_sum(x), tf.reduce_max(x), tf.logical_not(True), tf.unstack(x)[0], tf.sequence_mask([1]), tf.boolean_mask(x, [True, False]), tf.confusion_matrix([0], [0]), tf.nn.top_k(x)[0], tf.scalar_mul(2., x), tf.accumulate_n([x, x]), tf.count_nonzero(x), tf.cumsum(x), tf.squared_difference(x, x), tf.floormod(x, x), tf.pow(x, 2.), tf.nn.log_softmax(x), tf.nn.bias_add(x, x[0]), tf.nn.in_top_k(x, [0, 0], 1), tf.nn.elu(x), tf.tanh(x), tf.sigmoid(x), tf.nn.softplus(x), tf.meshgrid([1], [2])[0], tf.invert_permutation([0]), tf.diag([1.]), tf.trace(x)
[t.name for t in a]
len(names())
[n for n in names()]

#: user's names
x = tf.constant([[1., 2.], [3., 4.]], name="x")
[t.name for t in (tf.reduce_mean(x, name="m"), tf.nn.softmax(x, name="sm"), tf.matmul(x, x, name="mm"), tf.concat([x, x], 0, name="cc"), tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=x, name="ce"), tf.random_normal([2], name="rn"), tf.nn.dropout(x, 0.5, name="dr"), tf.clip_by_value(x, 0., 1., name="cl"), tf.split(x, 2, name="sp")[1], tf.add(x, x, name="ad"), tf.zeros([2], name="z"), tf.nn.moments(x, [0], name="mo")[0], tf.nn.batch_normalization(x, 0., 1., 0., 1., 1e-3, name="bn"), tf.tensordot(x, x, 1, name="td"), tf.norm(x, name="no"), tf.stack([x], name="st"), tf.one_hot([1], 2, name="oh"), tf.reduce_logsumexp(x, name="ls"), tf.nn.l2_normalize(x, 0, name="l2"))]
names()
