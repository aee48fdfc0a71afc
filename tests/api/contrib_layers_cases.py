"""tf.contrib.layers: initializers, regularizers, layers as functions, summaries of tensors, and optimize_loss."""

from tensorflow.contrib import layers as L
g = lambda: print("\n".join("%s %s %s" % (n.name, n.op, list(n.input)) for n in tf.get_default_graph().as_graph_def().node))
coll = lambda k: [getattr(x, "name", x) for x in tf.get_collection(k)]

#: initializers
tf.set_random_seed(3)
for i, init in enumerate((L.xavier_initializer(), L.xavier_initializer(uniform=False), L.xavier_initializer_conv2d(seed=2),
                          L.variance_scaling_initializer(), L.variance_scaling_initializer(factor=1.0, mode="FAN_OUT", uniform=True),
                          L.variance_scaling_initializer(mode="FAN_AVG", seed=4, dtype=tf.float64))):
    for j, shape in enumerate(([3, 4], [5], [2, 3, 4, 2], [])):
        v = tf.get_variable("v%d_%d" % (i, j), shape, initializer=init)
[ev(v) for v in tf.global_variables()]
ev(L.xavier_initializer(dtype=tf.float64)([2, 2])).dtype, L.xavier_initializer()([2], dtype=tf.float16)
L.variance_scaling_initializer(dtype=tf.int32)
L.variance_scaling_initializer(mode="OUT")
L.xavier_initializer()([2], dtype=tf.int32)
g()

#: regularizers
w = tf.Variable([[1., -2.], [3., 4.]], name="w")
h = tf.constant([1, 2], tf.float16)
for r in (L.l1_regularizer(0.5), L.l2_regularizer(0.1, scope="mine"), L.l1_l2_regularizer(0.5, 0.25), L.l1_l2_regularizer(0., 0.1),
          L.l1_l2_regularizer(0.1, 0.), L.sum_regularizer([L.l1_regularizer(1.), None, L.l2_regularizer(2.)]),
          L.sum_regularizer([L.l2_regularizer(1.)], scope="s"), L.l1_regularizer(tf.constant(2.))):
    t = r(w); print(t, ev(t))
L.l2_regularizer(0.5)(h)
L.l1_regularizer(0.)(w), L.l2_regularizer(0.)(w), L.sum_regularizer([None])
L.l1_regularizer(1)
L.l2_regularizer(1)
L.l1_regularizer(-0.5)
L.l2_regularizer(-0.5)
L.l1_l2_regularizer(1, 0.5)
L.l1_l2_regularizer(0.5, 2)
L.apply_regularization(L.l2_regularizer(0.1))
t = L.apply_regularization(L.l2_regularizer(0.1), [w, w])
t, ev(t), coll(tf.GraphKeys.REGULARIZATION_LOSSES)
tf.add_to_collection(tf.GraphKeys.WEIGHTS, w)
ev(L.apply_regularization(L.l1_regularizer(0.5))), ev(L.apply_regularization(lambda w: None))
L.apply_regularization(lambda w: w)
v = tf.get_variable("v", [2, 2], regularizer=L.l2_regularizer(0.1), initializer=tf.ones_initializer())
with tf.variable_scope("a", regularizer=L.l1_regularizer(0.2)): u = tf.get_variable("u", [3])
coll(tf.GraphKeys.REGULARIZATION_LOSSES), ev(v)
g()

#: fully_connected
tf.set_random_seed(5)
x = tf.constant(np.linspace(-1, 1, 12).reshape(4, 3), tf.float32)
y = L.fully_connected(x, 2)
y, ev(y)
z = L.fully_connected(y, 3, activation_fn=None, biases_initializer=None, scope="second", weights_regularizer=L.l2_regularizer(0.1))
z, ev(z)
L.fully_connected(y, 3, scope="second", reuse=True, biases_initializer=None)
L.fully_connected(y, 3, scope="second")
L.linear(x, 4, variables_collections=["mine"], outputs_collections="out"), L.relu6(x, 1, scope="r6"), L.elu(x, 1)
L.fully_connected(tf.reshape(x, [2, 2, 3]), 5, variables_collections={"weights": ["w"]}, trainable=False)
L.fully_connected(x, 2, normalizer_fn=lambda t, k: t * k, normalizer_params={"k": 2.})
L.fully_connected(x, 2.0)
L.fully_connected(tf.placeholder(tf.float32, [None, None]), 2)
L.fully_connected(tf.constant([1.]), 2)
with tf.contrib.framework.arg_scope([L.fully_connected], activation_fn=tf.tanh, weights_initializer=tf.ones_initializer()): y = L.fully_connected(x, 2)
y, ev(y)
y = L.stack(x, L.fully_connected, [3, 2], scope="fc")
y, L.stack(x, L.linear, [2]), L.repeat(x, 2, L.fully_connected, 4), L.repeat(x, 2, L.linear, 4, scope="again")
L.stack(x, L.linear, 3)
for k in ("mine", "out", "w", tf.GraphKeys.MODEL_VARIABLES, tf.GraphKeys.TRAINABLE_VARIABLES, tf.GraphKeys.REGULARIZATION_LOSSES): coll(k)
[tf.get_collection("out")[0].aliases]
g()

#: small layers
x = tf.constant(np.arange(24).reshape(2, 3, 4), tf.float32)
p = tf.placeholder(tf.float32, [None, 3, None])
L.flatten(x), L.flatten(p), L.flatten(x, outputs_collections=["c"], scope="mine"), coll("c")
L.flatten(tf.constant([1.]))
L.flatten(tf.placeholder(tf.float32))
ev(L.one_hot_encoding([1, 0, 2], 3)), ev(L.one_hot_encoding(np.array([1], np.int64), 2, on_value=5., off_value=-1.))
ev(L.softmax(x)), L.softmax(tf.placeholder(tf.float32, [None, 2]), scope="s")
L.softmax(tf.constant([1.]))
L.softmax(p)
ev(L.unit_norm(x, 2)), ev(L.unit_norm(x, 0)), L.unit_norm(x, 1, scope="u")
L.unit_norm(x, 3)
ev(L.bias_add(x)), L.bias_add(x, activation_fn=tf.nn.relu, initializer=tf.ones_initializer(), scope="b")
L.bias_add(x, data_format="NCHW")
L.bias_add(x, data_format="X")
tf.set_random_seed(1)
ev(L.dropout(x, 0.5, seed=3)), L.dropout(x, is_training=False), L.dropout(x, is_training=tf.placeholder(tf.bool, []), scope="d"), L.dropout(x, keep_prob=0.3, noise_shape=[2, 1, 4])
y = L.legacy_fully_connected(x, 2, activation_fn=tf.nn.relu, weight_init=tf.ones_initializer())
y, ev(y), L.legacy_linear(x[0], 3, name="ll"), L.legacy_relu(x[1], 1, bias_init=None)
L.legacy_linear(tf.constant([1.]), 2)
coll(tf.GraphKeys.WEIGHTS), coll(tf.GraphKeys.BIASES), coll(tf.GraphKeys.ACTIVATIONS)
g()

#: scale_gradient
x = tf.constant([1., 2.]); s = L.scale_gradient(x, 3.)
s.shape, ev(s), ev(tf.gradients(s * 2., x))
ev(tf.gradients(L.scale_gradient(x, [1., 5.]), x))

#: embeddings
tf.set_random_seed(2)
e = L.embed_sequence([[1, 2], [0, 1]], 4, 3)
e, ev(e), L.embed_sequence([[1, 2, 2]], 4, 3, unique=True, scope="u")
L.embed_sequence([[1]], scope="u", reuse=True), L.embed_sequence([[1]], 4)
ev(L.bow_encoder([[1, 2, 0], [0, 0, 0]], 4, 2)), ev(L.bow_encoder([[1, 2, 0]], 4, 2, sparse_lookup=False, scope="d"))
L.bow_encoder(tf.SparseTensor([[0, 0]], [1], [1, 1]), 4, 2), L.bow_encoder([[1]], 4, None)
L.bow_encoder(tf.SparseTensor([[0, 0]], [1], [1, 1]), 4, 2, sparse_lookup=False)
t = tf.constant([[1., 2.], [3., 4.], [5., 6.]])
sp = tf.SparseTensor(tf.constant([[0, 0], [0, 1], [2, 0]], tf.int64), tf.constant([1, 2, -1], tf.int64), tf.constant([3, 2], tf.int64))
ev(L.safe_embedding_lookup_sparse(t, sp)), ev(L.safe_embedding_lookup_sparse([t], sp, combiner="sum", default_id=1))
L.safe_embedding_lookup_sparse(None, sp)
ev(L.embedding_lookup_unique(t, [[0, 2], [2, 0]])), L.embedding_lookup_unique([t, t], tf.placeholder(tf.int32, [None]), name="q")
coll(tf.GraphKeys.MODEL_VARIABLES)
g()

#: summaries
x = tf.placeholder(tf.float32, [2], name="x")
for t in (tf.nn.relu(x), tf.nn.relu6(x), tf.nn.softplus(x), tf.tanh(x)): print(L.summarize_activation(t))
L.summarize_tensor(tf.constant(1., name="c")), L.summarize_tensor(x, "tag"), L.summarize_tensor(tf.constant("s")), L.summarize_tensor(tf.constant(True))
L.summarize_tensors([x, x]), L.summarize_collection("nothing")
v = tf.Variable(1., name="v"); u = tf.Variable([1.], name="u")
L.summaries.summarize_variables(), L.summarize_collection(tf.GraphKeys.GLOBAL_VARIABLES, "u"), L.summaries.summarize_weights(), L.summaries.summarize_biases()
tf.add_to_collection(tf.GraphKeys.ACTIVATIONS, tf.nn.relu(u))
L.summarize_activations(), L.summaries.summarize_tensor is L.summarize_tensor
coll(tf.GraphKeys.SUMMARIES)
g()

#: optimize_loss
from tensorflow.contrib.layers.python.layers.optimizers import adaptive_clipping_fn
x = tf.Variable([3., 4.], name="x"); step = tf.train.create_global_step()
def run(**kw):
    args = dict(global_step=None, learning_rate=0.1, optimizer="SGD"); args.update(kw)
    name = "o%d" % len(tf.get_collection("n")); tf.add_to_collection("n", name)
    train = L.optimize_loss(tf.reduce_sum(x * x), name=name, **args)
    with S() as s:
        s.run(tf.global_variables_initializer())
        s.run(train); print(train, s.run(x), s.run(step), sorted(v.op.name for v in tf.global_variables() if v.op.name.startswith(name)))
for name in ("SGD", "Adam", "Adagrad", "Momentum", "RMSProp", "Ftrl"): run(optimizer=name)
run(optimizer=tf.train.GradientDescentOptimizer), run(optimizer=tf.train.AdamOptimizer(0.5), learning_rate=None)
run(optimizer=lambda r: tf.train.MomentumOptimizer(r, 0.5)), run(learning_rate=None, optimizer=lambda: tf.train.GradientDescentOptimizer(1.))
run(clip_gradients=1.0, summaries=["loss", "learning_rate", "gradients", "gradient_norm", "global_gradient_norm"])
run(gradient_multipliers={x: 0.5}), run(gradient_multipliers={"x:0": 2.}), run(increment_global_step=False), run(learning_rate=tf.constant(0.2))
run(learning_rate_decay_fn=lambda r, s: tf.train.exponential_decay(r, s, 1, 0.5)), run(update_ops=[tf.assign(x, [1., 1.])])
run(clip_gradients=lambda gv: [(g / 2., v) for g, v in gv]), run(global_step=step, variables=[x])
run(clip_gradients=adaptive_clipping_fn(decay=0.9, report_summary=True, static_max_norm=2.)), run(clip_gradients=adaptive_clipping_fn(global_step=step, name="ad"))
run(optimizer="Nothing")
run(optimizer=3)
run(optimizer=lambda r: 3)
run(learning_rate=1)
run(learning_rate=-1.)
run(learning_rate=None)
run(learning_rate=None, optimizer=tf.train.AdamOptimizer)
run(summaries=["x"])
run(clip_gradients=1)
run(global_step=tf.Variable(1.))
L.optimize_loss(x, None, 0.1, "SGD")
run(gradient_noise_scale=0.0)
sorted(L.OPTIMIZER_CLS_NAMES), L.OPTIMIZER_SUMMARIES, coll(tf.GraphKeys.SUMMARIES)
g()

#: tensorflow.python.layers.utils
from tensorflow.python.layers import utils as U
U.convert_data_format("channels_last", 4), U.convert_data_format("channels_first", 5), U.convert_data_format("channels_last", 3)
U.convert_data_format("channels_last", 2)
U.convert_data_format("x", 4)
U.normalize_tuple(2, 3, "k"), U.normalize_tuple([1, 2], 2, "k")
U.normalize_tuple([1, 2], 3, "k")
U.normalize_tuple([1, "a"], 2, "k")
U.normalize_tuple(None, 2, "k")
U.normalize_data_format("Channels_First"), U.normalize_padding("SAME")
U.normalize_data_format("x")
U.normalize_padding("Full")
[U.conv_output_length(7, 3, p, 2, d) for p in ("same", "valid", "full") for d in (1, 2)], U.conv_output_length(None, 1, "same", 1)
[U.conv_input_length(4, 3, p, 2) for p in ("same", "valid", "full")], [U.deconv_output_length(4, 3, p, 2) for p in ("same", "valid", "full")]
U.smart_cond(True, lambda: 1, lambda: 2), U.smart_cond(tf.constant(False), lambda: 1, lambda: 2)
p = tf.placeholder(tf.bool, []); v = tf.Variable(True)
U.smart_cond(p, lambda: tf.constant(1), lambda: tf.constant(2)), U.smart_cond(v, lambda: tf.constant(1), lambda: tf.constant(2), name="v")
U.constant_value(1), U.constant_value(0), U.constant_value(p), U.constant_value(v), U.constant_value(tf.constant(True)), U.constant_value(True)
