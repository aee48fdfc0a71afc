"""Constants, sequences and random values."""

#: tf.constant
tf.constant(1), tf.constant(1.5), tf.constant(True), tf.constant("a"), tf.constant(b"a"), tf.constant(1 + 2j), tf.constant([1, 2]), tf.constant([[1., 2.]]), tf.constant([]), tf.constant([[], []])
tf.constant(1, tf.float64), tf.constant([1, 2], tf.int8), tf.constant(3, dtype="float32"), tf.constant([True], tf.bool), tf.constant(1, tf.half), tf.constant(1, tf.bfloat16), tf.constant(1, tf.complex64)
tf.constant(1., shape=[2, 3]), tf.constant([1, 2, 3, 4], shape=[2, 2]), tf.constant([1, 2], shape=[4]), tf.constant(0, shape=[0]), tf.constant(5, shape=[])
ev([tf.constant(1., shape=[2, 3]), tf.constant([1, 2, 3, 4], shape=[2, 2]), tf.constant([1, 2], shape=[4])])
tf.constant([1, 2, 3], shape=[2])
tf.constant([1, 2, 3], shape=[2, 2], verify_shape=True)
tf.constant([1, 2], shape=[2], verify_shape=True)
tf.constant(np.array([1, 2])), tf.constant(np.float32(1)), tf.constant(np.array(["a", "b"])), tf.constant(np.array([[1]], np.uint8)), tf.constant(np.ones([2], np.float16))
tf.constant(np.array([1, 2]), tf.float32), tf.constant(np.array([1.7]), tf.int32)
ev([tf.constant(np.array([1.7]), tf.int32)])
tf.constant(1.5, tf.int32)
tf.constant("a", tf.int32)
tf.constant(1, tf.string)
tf.constant(True, tf.int32)
tf.constant(1, tf.bool)
tf.constant([1, 2.5]), tf.constant([1.5, 2])
tf.constant([1, "a"])
tf.constant([1, [2]])
tf.constant([[1, 2], [3]])
tf.constant(None)
tf.constant([None])
tf.constant({})
tf.constant(object())
tf.constant(tf.constant(1))
tf.constant([tf.constant(1)])
tf.constant(2**31), tf.constant(-2**31)
tf.constant(2**63)
tf.constant(300, tf.int8)
tf.constant(-1, tf.uint8)
tf.constant(1, "nope")
tf.constant(1, shape=[None])
tf.constant(1, tf.resource)
tf.constant(1, name="n"), tf.constant(1, tf.int32, [2], "m")
tf.constant(range(3))
tf.constant((1, 2)), tf.constant(u"\u00e9")
ev([tf.constant(u"\u00e9"), tf.constant("a\0b"), tf.constant(float("nan")), tf.constant([np.inf, -np.inf])])
tf.constant(1.1, tf.float16).op.node_def
tf.constant([1.1, 2.2]).op.get_attr("value")
ev(tf.constant(7, shape=[3]))
tf.constant([0.1, 0.1, 0.1, 0.1]).op.node_def
tf.constant([True, False]).op.node_def
tf.constant(["a", "b"]).op.node_def
tf.constant(1 + 2j).op.node_def
tf.constant([1, 2], tf.int64).op.node_def
tf.constant([[1, 2], [3, 4]], tf.uint8).op.node_def
tf.constant([], tf.float32).op.node_def

#: zeros, ones, fill, like
tf.zeros([2, 3]), tf.zeros([2], tf.int32), tf.zeros([]), tf.zeros(3), tf.zeros((2, 1)), tf.zeros([2], tf.string), tf.zeros([2], tf.bool), tf.ones([2]), tf.ones([], tf.int64), tf.ones([1], tf.bool), tf.fill([2, 2], "a"), tf.fill([], 1)
ev([tf.zeros([2, 3]), tf.zeros([2], tf.string), tf.ones([1], tf.bool), tf.fill([2, 2], 7), tf.ones([2], tf.complex64)])
[t.op.type for t in (tf.zeros([2, 3]), tf.zeros([1000]), tf.zeros([1001]), tf.zeros([2, 600]), tf.ones([2]), tf.zeros(tf.constant([2, 3])), tf.zeros_like([1.]), tf.ones_like([1.]), tf.zeros_like(tf.placeholder(tf.float32)))]
tf.ones([2], tf.string)
tf.zeros(["a"])
tf.zeros([2, None])
tf.zeros(2.5)
tf.zeros_like([1, 2]), tf.ones_like([[1.]]), tf.zeros_like([1, 2], tf.float32), tf.ones_like(True), tf.zeros_like("a")
ev([tf.zeros_like(["a"]), tf.ones_like([1, 2], tf.bool), tf.zeros_like(np.ones([2]))])
tf.ones_like("a")

#: range, linspace, eye, one_hot
ev([tf.range(5), tf.range(2, 5), tf.range(1, 10, 3), tf.range(5, 0, -2), tf.range(0., 1., 0.25), tf.range(3.), tf.range(0), tf.range(3, 3), tf.range(np.int64(3)), tf.range(3, dtype=tf.float64), tf.range(start=3, limit=18, delta=5)])
tf.range(3).dtype, tf.range(3.).dtype, tf.range(1, 2.5).dtype, tf.range(tf.constant(3, tf.int64)).dtype
tf.range()
tf.range("a")
ev([tf.linspace(10., 12., 3), tf.linspace(0., 1., 1), tf.lin_space(0., 1., 5)])
ev(tf.linspace(0., 1., 0))
tf.linspace(0, 1, 5)
ev([tf.eye(2), tf.eye(2, 3), tf.eye(3, 2, dtype=tf.int32), tf.eye(2, batch_shape=[2])])
ev([tf.one_hot([0, 2, -1, 1], 3), tf.one_hot([0, 1], 2, 5., 1.), tf.one_hot([0, 1], 3, axis=0), tf.one_hot(1, 3, True, False), tf.one_hot([1], 2, dtype=tf.int64), tf.one_hot([[0], [1]], 2, axis=1)])
tf.one_hot([0], 2, 1, 0.)
tf.one_hot([0], 2, on_value="a", dtype=tf.int32)
ev(tf.sequence_mask([1, 3, 2], 5)), ev(tf.sequence_mask([1, 2], dtype=tf.int32))

#: random: TensorFlow's own numbers
tf.set_random_seed(1234)
a = tf.random_uniform([3]), tf.random_normal([3]), tf.truncated_normal([3]), tf.random_uniform([3], 0, 10, tf.int32), tf.random_uniform([2], -5., 5., tf.float64), tf.random_normal([2], 10., 2., tf.float64), tf.random_uniform([2], 0, 2**40, tf.int64), tf.random_shuffle([1, 2, 3, 4, 5]), tf.random_uniform([4], dtype=tf.float16), tf.random_normal([4], dtype=tf.float16), tf.truncated_normal([2], dtype=tf.float64)
s = tf.Session()
[s.run(t) for t in a]
[s.run(t) for t in a]
[s.run(t) for t in a[:3]]
t = tf.Session()
[t.run(x) for x in a[:3]]

#: random: op seeds
a = tf.random_uniform([3], seed=1), tf.random_normal([3], seed=1), tf.truncated_normal([3], seed=1), tf.random_uniform([3], seed=1), tf.random_shuffle([1, 2, 3, 4, 5, 6], seed=1), tf.multinomial([[0., 1., 2.]], 5, seed=1)
s = tf.Session()
[s.run(t) for t in a[:5]]
[s.run(t) for t in a[:5]]
s.run(a[5])

#: random: many numbers, odd sizes, and runs that go on
for n in (0, 1, 3, 4, 5, 255, 256, 257, 1000):
    with tf.Graph().as_default(), tf.Session() as s:
        x = [s.run(t) for t in (tf.random_uniform([n], seed=3), tf.random_normal([n], seed=3), tf.truncated_normal([n], seed=3), tf.random_uniform([n], -7, 91, tf.int32, seed=3))]
        print(n, [round(float(np.sum(v, dtype=np.float64)), 3) for v in x], [np.round(v[-1:], 5).tolist() for v in x])

tf.set_random_seed(7)
u = tf.random_uniform([100, 100])
s = tf.Session()
[round(float(s.run(u).sum(dtype=np.float64)), 2) for _ in range(3)]

#: random: dropout uses the stream
tf.set_random_seed(2)
x = tf.ones([4, 4])
s = tf.Session()
d_ = tf.nn.dropout(x, 0.5)
s.run(d_)
s.run(d_)
s.run(tf.nn.dropout(x, 0.3, seed=9)), s.run(tf.nn.dropout(x, 0.5, noise_shape=[4, 1], seed=4)), s.run(tf.nn.dropout(x, 1.))

#: random: seeds of the graph
g = []
for seed in (None, 0, 1, 87654321):
    with tf.Graph().as_default():
        if seed is not None: tf.set_random_seed(seed)
        tf.constant(0)
        tf.random_uniform([2]), tf.random_normal([2], seed=5)
        print(seed, [(o.get_attr("seed"), o.get_attr("seed2")) for o in tf.get_default_graph().get_operations() if o.type.startswith("Random")])
tf.random_uniform([2], 5, 5, tf.int32)
ev(tf.random_uniform([2], 5, 5, tf.int32))
tf.random_uniform([2], dtype=tf.int32)
tf.random_normal([2], dtype=tf.int32)
tf.random_uniform([-1])
tf.random_normal("a")
tf.get_seed(None), tf.get_seed(7)

#: placeholders
tf.placeholder(tf.float32), tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [None]), tf.placeholder(tf.float32, 5), tf.placeholder("int32", (2, None)), tf.placeholder(np.float64), tf.placeholder(tf.string, tf.TensorShape([1]))
tf.placeholder("nope")
tf.placeholder()
tf.placeholder(tf.float32, "a")
tf.placeholder(tf.float32, [-1])
tf.placeholder(tf.float32, [2.5])
tf.placeholder(None)
p = tf.placeholder_with_default([1., 2.], [None], name="p")
p, ev(p), ev(p, {p: [3.]})
tf.placeholder_with_default([1., 2.], [3])
tf.placeholder_with_default(1, []), tf.placeholder_with_default("a", None)

#: lists with arrays among them
tf.constant([[3, 4], np.array([1, 2], np.uint8)]), tf.constant([[1, 2], np.array([1., 2.], np.float32)]), ev(tf.stack([[3, 4], np.array([1, 2])]))
tf.constant([[[1, 2]], np.array([[3, 4]])]), tf.constant([[1, 2], np.array([3, 4, 5])])
tf.constant([np.array([1, 2]), [3, 4]])
tf.constant([[3, 4], np.array([1, 2])], tf.int32)
tf.convert_to_tensor([[3., 4.], np.array([1, 2])]), tf.constant([[3, 4], [np.uint8(1), 2]]), tf.constant([[3, 4], np.array(1)])
