"""Gradients and optimizers."""

#: gradients: values
x, y = tf.constant(3., name="x"), tf.constant(2., name="y")
z = x * x * y + tf.sin(y)
g = tf.gradients(z, [x, y])
g
ev(g)
tf.gradients(z, x), tf.gradients([z, x], x), tf.gradients(z, z)
ev(tf.gradients([z, x], [x, y]))
ev(tf.gradients(z, [x, y], grad_ys=2.)) if False else ev(tf.gradients(z, [x, y], grad_ys=tf.constant(2.)))
ev(tf.gradients([z, x], [x], grad_ys=[tf.constant(2.), None]))
tf.gradients(z, [x, tf.constant(1.)])
ev(tf.gradients(tf.gradients(z, x)[0], [x, y]))
ev(tf.gradients(tf.gradients(tf.gradients(x ** 4., x)[0], x)[0], x))
ev(tf.gradients(tf.stop_gradient(x) * x, x)), ev(tf.gradients(z, [x, y], stop_gradients=[x, y]))
h = x * 2.
ev(tf.gradients(h * x, [x], stop_gradients=[h])), ev(tf.gradients(h * x, [h, x]))
[t.name for t in tf.gradients(z, [x, y], name="mine")]

#: gradients: errors
x, i = tf.constant(3., name="x"), tf.constant(3, name="i")
tf.gradients(x, 3.)
tf.gradients(3., x)
tf.gradients(x, "x")
tf.gradients(i * 2, i)
tf.gradients(tf.cast(i, tf.float32), i)
tf.gradients(tf.constant("a"), x)
tf.gradients(x, tf.constant("a"))
tf.gradients([x, x], x, grad_ys=[x])
tf.gradients(x * 2., x, grad_ys=tf.constant([1., 2.]))
tf.gradients(x * 2., x, grad_ys=tf.constant(1))
tf.gradients(x * 2., x, grad_ys=[tf.constant(1., tf.float64)])
tf.gradients(x, x, gate_gradients=3)
tf.gradients(x * x + x, x, aggregation_method=17)
tf.gradients(tf.argmax([x]), x)
tf.gradients(tf.py_func(lambda a: a, [x], tf.float32), x)
tf.gradients(tf.floor(x), x)
tf.gradients(tf.unique([x])[0], x)
tf.gradients(tf.complex(x, x), x)

#: gradients through common operations
x = tf.constant([[1., -2.], [3., 4.]], name="x")
def g(y):
    d = tf.gradients(y, x)[0]
    return ev(tf.convert_to_tensor(d))

g(tf.reduce_mean(x))
g(tf.reduce_max(x, 1))
g(tf.reduce_prod(x))
g(tf.matmul(x, x))
g(tf.nn.softmax(x))
g(tf.nn.log_softmax(x))
g(tf.nn.relu(x))
g(tf.transpose(x))
g(tf.concat([x, x], 1))
g(tf.stack([x, x]))
g(tf.unstack(x)[0])
g(x[0])
g(x[:, 1:])
g(tf.gather(x, [1, 1]))
g(tf.tile(x, [2, 1]))
g(tf.pad(x, [[1, 0], [0, 1]]))
g(tf.where(x > 0., x, x * x))
g(tf.clip_by_value(x, -1., 3.))
g(tf.abs(x))
g(tf.maximum(x, 2.))
g(x / (x + 10.))
g(x ** 2.)
g(tf.exp(x))
g(tf.tanh(x))
g(tf.sigmoid(x))
g(tf.nn.elu(x))
g(tf.nn.softplus(x))
g(tf.nn.l2_loss(x))
g(tf.reduce_logsumexp(x))
g(tf.norm(x))
g(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[0, 1], logits=x))
g(tf.nn.softmax_cross_entropy_with_logits_v2(labels=tf.nn.softmax(x), logits=x))
g(tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=x))
g(tf.nn.moments(x, [0])[1])
g(tf.nn.l2_normalize(x, 1))
g(tf.split(x, 2)[1])
g(tf.expand_dims(x, 0))
g(tf.squeeze(tf.expand_dims(x, 0)))
g(tf.reverse(x, [0]))
g(tf.cumsum(x))
g(tf.add_n([x, x]))
g(tf.einsum("ij,jk->ik", x, x))
g(tf.tensordot(x, x, 2))
g(tf.boolean_mask(x, [True, False]))
g(tf.gather_nd(x, [[0, 1]]))
g(tf.nn.top_k(x)[0])
g(tf.diag_part(x))
g(tf.matrix_band_part(x, 0, -1))
g(tf.reshape(x, [-1]))
g(tf.broadcast_to(x, [2, 2, 2]))
g(tf.squared_difference(x, 1.))
g(tf.cast(x, tf.float64))
g(tf.identity(x))
g(tf.nn.bias_add(x, x[0]))
g(tf.nn.xw_plus_b(x, x, x[1]))
g(tf.segment_sum(x, [0, 0]))
g(tf.unsorted_segment_sum(x, [1, 0], 2))
g(tf.reduce_min(x))
g(tf.floormod(x, 3.))
g(tf.erf(x))
g(tf.reciprocal(x))
g(tf.nn.leaky_relu(x))
g(tf.nn.selu(x))
g(tf.nn.relu6(x))
g(tf.nn.softsign(x))
g(tf.minimum(x, 2.))
g(tf.sqrt(x * x + 1.))
g(tf.rsqrt(x * x + 1.))
g(tf.log(x * x))
g(tf.log1p(x * x))
g(tf.square(x))
g(tf.sign(x) * x)
g(tf.dynamic_stitch([[0], [1]], [x[:1], x[1:]]))

#: gradients with respect to gathered rows are IndexedSlices
v = tf.Variable([[1., 2.], [3., 4.], [5., 6.]], name="v")
g = tf.gradients(tf.nn.embedding_lookup(v, [0, 2, 0]) * 2., v)[0]
type(g).__name__, g.values.name, g.indices.name, g.dense_shape.name
ev(g)
h = tf.gradients(tf.gather(v, [1]) + 0. * v[:1], v)[0]
type(h).__name__, ev(tf.convert_to_tensor(h))
a = tf.gradients([tf.gather(v, [1]), tf.gather(v, [2])], v)[0]
type(a).__name__, ev(a)

#: gradients of variables' reads
v, r = tf.Variable(3., name="v"), tf.get_variable("r", initializer=4., use_resource=True)
ev(tf.gradients(v * v * r, [v, r]))
ev(tf.gradients(v.read_value() * r.read_value(), [v, r]))
ev(tf.gradients(v.value() * 2., [v])), tf.gradients(v.initialized_value() * 2., v)

#: aggregation methods
x = tf.constant([1., 2.], name="x")
y = x * 2. + x * 3. + x * x
for m in (tf.AggregationMethod.ADD_N, tf.AggregationMethod.DEFAULT, tf.AggregationMethod.EXPERIMENTAL_TREE, tf.AggregationMethod.EXPERIMENTAL_ACCUMULATE_N): print(m, ev(tf.gradients(y, x, aggregation_method=m)[0]).tolist())
[n for n in names() if n.endswith(":AddN") or "Accumulate" in n]

#: RegisterGradient, NotDifferentiable, custom_gradient
@tf.RegisterGradient("Mine")
def mine(op, dy):
    print(op.type, dy.name)
    return dy * 100.

x = tf.constant(2.)
with tf.get_default_graph().gradient_override_map({"Exp": "Mine"}): y = tf.exp(x)
ev(tf.gradients(y, x))
@tf.custom_gradient
def f(a, b):
    def grad(dy):
        return dy * 10., dy * 20.
    return a * b, grad

z = f(x, tf.constant(3.))
z, z.op.type
ev([z] + tf.gradients(z, x))
tf.RegisterGradient(3)
tf.RegisterGradient("Mine2")(lambda op, dy: None)
tf.NotDifferentiable("Nope")
tf.NoGradient("Nope2")
tf.custom_gradient(lambda a: a)(x)

#: gradient function errors
@tf.RegisterGradient("TwoOfOne")
def two(op, dy): return dy, dy

@tf.RegisterGradient("WrongShape")
def wrong(op, dy): return tf.constant([1., 2., 3.])

x = tf.constant([1., 2.])
with tf.get_default_graph().gradient_override_map({"Neg": "TwoOfOne", "Abs": "WrongShape"}): y, z = -x, tf.abs(x)
tf.gradients(y, x)
tf.gradients(z, x)

#: GradientDescentOptimizer
w = tf.Variable([1., 2.], name="w")
loss = tf.reduce_sum(w * w)
opt = tf.train.GradientDescentOptimizer(0.1)
t = opt.minimize(loss)
t, t.name, opt.get_name(), opt.get_slot_names(), opt.variables(), opt.get_slot(w, "x")
s = tf.Session()
s.run(tf.global_variables_initializer())
s.run(t)
s.run(w)
s.run([t, loss])
s.run(w)
tf.train.GradientDescentOptimizer(tf.placeholder(tf.float32, [], name="lr")).minimize(loss, name="named")
s.run("named", {"lr:0": 0.5})
s.run(w)
[(g.name, v.name) for g, v in opt.compute_gradients(loss)]
tf.get_collection(tf.GraphKeys.TRAIN_OP)

#: optimizer's errors
w = tf.Variable([1., 2.], name="w")
opt = tf.train.GradientDescentOptimizer(0.1)
opt.minimize(tf.constant(1.))
opt.minimize(w[0], var_list=[])
opt.minimize(w[0], var_list=3)
opt.minimize(w[0], var_list=[tf.constant(1.)])
opt.minimize(tf.cast(w[0], tf.int32))
opt.apply_gradients([])
opt.apply_gradients([(None, w)])
opt.apply_gradients([(tf.constant([1., 1.]), 3)])
opt.apply_gradients([(3, w)])
opt.apply_gradients(3)
opt.compute_gradients(w[0], gate_gradients=7)
opt.minimize(w[0], global_step=tf.constant(1))
tf.train.Optimizer(False, None)
tf.train.Optimizer(False, "base").minimize(w[0])
tf.train.GradientDescentOptimizer("a").minimize(w[0])
tf.train.GradientDescentOptimizer(None).minimize(w[0])
i = tf.Variable([1, 2], name="i")
opt.minimize(tf.reduce_sum(tf.cast(i, tf.float32)), var_list=[i])
opt.apply_gradients([(tf.constant([1, 1]), i)])

#: MomentumOptimizer
w = tf.Variable([1., 2.], name="w")
t = (tf.reduce_sum(w * w))
for nesterov in (False, True):
    opt = tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=nesterov, name="M%d" % nesterov)
    op = opt.minimize(t)
    s = tf.Session()
    s.run(tf.global_variables_initializer())
    print([(s.run([op, loss])[1] if False else (s.run(op), np.round(s.run(w), 6).tolist()))[1] for _ in range(4)])
    print(opt.get_slot_names(), opt.get_slot(w, "momentum"), opt.get_slot(w, "momentum").name, np.round(s.run(opt.get_slot(w, "momentum")), 6).tolist())

#: AdamOptimizer
w = tf.Variable([1., 2.], name="w")
loss = tf.reduce_sum(w * w)
opt = tf.train.AdamOptimizer(0.1)
op = opt.minimize(loss)
op.name, opt.get_slot_names(), [v.name for v in opt.variables()], opt.get_slot(w, "m"), opt._get_beta_accumulators()
s = tf.Session()
s.run(tf.global_variables_initializer())
for _ in range(5): s.run(op); print(np.round(s.run(w), 5).tolist())
[np.round(s.run(v), 5).tolist() for v in opt.variables()]
tf.global_variables()

#: sparse updates
def table(): return tf.Variable([[1., 1.], [2., 2.], [3., 3.]])

for make in (lambda: tf.train.GradientDescentOptimizer(0.1), lambda: tf.train.MomentumOptimizer(0.1, 0.9), lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True), lambda: tf.train.AdamOptimizer(0.1)):
    for resource in (False, True):
        with tf.Graph().as_default(), tf.Session() as s:
            v = tf.get_variable("v", initializer=[[1., 1.], [2., 2.], [3., 3.]], use_resource=resource)
            op = make().minimize(tf.reduce_sum(tf.square(tf.nn.embedding_lookup(v, [0, 2, 0]))))
            s.run(tf.global_variables_initializer())
            s.run(op)
            s.run(op)
            print(op.name, np.round(s.run(v), 5).tolist())

#: resource variables train
for make in (lambda: tf.train.GradientDescentOptimizer(0.1), lambda: tf.train.MomentumOptimizer(0.1, 0.9), lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True), lambda: tf.train.AdamOptimizer(0.1)):
    with tf.Graph().as_default(), tf.Session() as s:
        v = tf.get_variable("v", initializer=[1., -2.], use_resource=True)
        op = make().minimize(tf.reduce_sum(v * v))
        s.run(tf.global_variables_initializer())
        s.run(op)
        s.run(op)
        print(np.round(s.run(v), 5).tolist(), sorted(set(o.type for o in tf.get_default_graph().get_operations() if "Apply" in o.type)))

#: global_step counts, gates and clipping
w = tf.Variable([3., 4.], name="w")
step = tf.train.get_or_create_global_step()
opt = tf.train.GradientDescentOptimizer(1.)
grads = opt.compute_gradients(tf.reduce_sum(w), gate_gradients=opt.GATE_GRAPH)
opt.GATE_NONE, opt.GATE_OP, opt.GATE_GRAPH
op = opt.apply_gradients([(g * 2., v) for g, v in grads], global_step=step, name="train")
op
s = tf.Session()
s.run(tf.global_variables_initializer())
s.run([op, step])
s.run([w, step])
c, n = tf.clip_by_global_norm([tf.constant([3., 4.]), None], 1.)
s.run([c[0], n]), c[1]
s.run([tf.clip_by_norm([3., 4.], 1.), tf.clip_by_average_norm([3., 4.], 1.), tf.global_norm([tf.constant([3.]), tf.constant([4.])])])
tf.clip_by_value([1., 5.], 2., 3.)
s.run(tf.clip_by_value([1., 5.], 2., 3.))
tf.clip_by_global_norm(tf.constant(1.), 1.)

#: var_list, losses of collections, colocated gradients
a, b = tf.Variable(1., name="a"), tf.Variable(2., name="b")
loss = a * b
opt = tf.train.GradientDescentOptimizer(0.5)
[v.name for _, v in opt.compute_gradients(loss)], [v.name for _, v in opt.compute_gradients(loss, [b])]
[(g, v.name) for g, v in opt.compute_gradients(a * 2.)]
opt.compute_gradients(loss, colocate_gradients_with_ops=True)[0][0].op.colocation_groups()
opt.compute_gradients(loss, grad_loss=tf.constant(3.))
s = tf.Session()
s.run(tf.global_variables_initializer())
s.run(opt.minimize(loss, var_list=[a]))
s.run([a, b])
tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES)

#: constraints are applied
v = tf.Variable([1., -2.], name="v", constraint=lambda x: tf.clip_by_value(x, 0., 0.5))
op = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(v))
s = tf.Session()
s.run(v.initializer)
s.run(op)
s.run(v)

#: learning rate decay
g = tf.Variable(10, trainable=False, name="g")
d_ = tf.train.exponential_decay(0.1, g, 5, 0.5), tf.train.exponential_decay(0.1, g, 4, 0.5, staircase=True)
d_
ev(list(d_))
tf.train.exponential_decay(0.1, None, 1, 1)

#: a training loop
rng = np.random.RandomState(0)
X, Y = rng.randn(32, 3).astype(np.float32), rng.randn(32, 1).astype(np.float32)
x, y = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.float32, [None, 1])
tf.set_random_seed(1)
w1, w2 = tf.Variable(tf.truncated_normal([3, 4], stddev=0.5)), tf.Variable(tf.truncated_normal([4, 1], stddev=0.5))
b1 = tf.Variable(tf.zeros([4]))
loss = tf.reduce_mean(tf.square(tf.matmul(tf.nn.tanh(tf.matmul(x, w1) + b1), w2) - y))
ops = [tf.train.GradientDescentOptimizer(0.1).minimize(loss), tf.train.MomentumOptimizer(0.05, 0.9).minimize(loss), tf.train.AdamOptimizer(0.01).minimize(loss)]
s = tf.Session()
for op in ops:
    s.run(tf.global_variables_initializer())
    for _ in range(10): s.run(op, {x: X, y: Y})
    print(round(float(s.run(loss, {x: X, y: Y})), 4))
