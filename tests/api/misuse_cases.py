"""Wrong programs in graph mode: scopes, stacks, finished graphs."""

#: with tf.variable_scope('s'): tf.get_variable('w',[2]) with tf.variable
with tf.variable_scope('s'): tf.get_variable('w',[2])
with tf.variable_scope('s'): tf.get_variable('w',[2])

#: with tf.variable_scope('s',reuse=True): tf.get_variable('w',[2])
with tf.variable_scope('s',reuse=True): tf.get_variable('w',[2])

#: with tf.variable_scope('s'): tf.get_variable('w',[2]) with tf.variable (2)
with tf.variable_scope('s'): tf.get_variable('w',[2])
with tf.variable_scope('s',reuse=True): tf.get_variable('w',[3])

#: with tf.variable_scope('s',reuse=5): pass
with tf.variable_scope('s',reuse=5): pass

#: with tf.variable_scope(5): pass
with tf.variable_scope(5): pass

#: with tf.variable_scope(None): pass
with tf.variable_scope(None): pass

#: g=tf.get_default_graph(); g.finalize(); tf.constant(1)
g=tf.get_default_graph(); g.finalize(); tf.constant(1)

#: g1=tf.Graph() with g1.as_default(): a=tf.constant(1) tf.Session().run(
g1=tf.Graph()
with g1.as_default(): a=tf.constant(1)
tf.Session().run(a)

#: s=tf.Session(); tf.Graph().as_default().__enter__(); tf.constant(1).ev
s=tf.Session(); c=tf.Graph().as_default(); c.__enter__(); tf.constant(1).eval(session=s)

#: s=tf.Session(); s.__enter__(); v=tf.Variable(1.); v.eval()
s=tf.Session(); s.__enter__(); v=tf.Variable(1.); v.eval()

#: tf.RegisterGradient('Mul')(lambda o,g:g)
tf.RegisterGradient('Mul')(lambda o,g:g)

#: with tf.Session() as s: with tf.Graph().as_default(): tf.reset_default
with tf.Session() as s:
  with tf.Graph().as_default():
    tf.reset_default_graph()

#: slices of what is no variable do not assign
x = tf.zeros([3])
print(hasattr(x, "assign"), hasattr(x[0], "assign"))
x[0].assign(1.)

#: types in messages
q = tf.FIFOQueue(1, tf.int32)
def words(fn):
    try: fn()
    except Exception as e: print(type(e).__name__, str(e).split('\n')[0])
words(lambda: tf.random_shuffle(q)); words(lambda: tf.constant(q)); words(lambda: tf.cast(tf.SparseTensor, tf.int32)); words(lambda: tf.convert_to_tensor(tf.train.Saver)); words(lambda: tf.gradients(tf.Variable, 1))
words(lambda: tf.Session().run(q)); words(lambda: tf.Session().run(tf.train.Saver)); words(lambda: tf.Session(graph=q)); words(lambda: tf.Session(config=q)); words(lambda: tf.as_dtype(tf.train.Saver)); words(lambda: tf.one_hot(1, 2, axis=q)); words(lambda: tf.add(q, 1)); words(lambda: tf.reshape([1], q))

#: the name of the tensor that ensure_shape refuses, and what scatter_nd refuses
def refused(y, feed=None):
    try: print(tf.Session().run(y, feed))
    except tf.errors.InvalidArgumentError as e: print(e.message.split('\n')[0])
x = tf.placeholder(tf.float32, name='x'); z = tf.placeholder(tf.float32, name='a')
refused(tf.ensure_shape(x, [2, None]), {x: [[1.]]}); refused(tf.ensure_shape(tf.exp(x, name='e'), [2]), {x: [1.]}); refused(tf.ensure_shape(tf.split(x, 2)[1], [2]), {x: [1., 2.]}); refused(tf.ensure_shape(x, []) + z, {x: [1.], z: 1}); refused(tf.ensure_shape(x, [None]), {x: [1.]})
refused(tf.map_fn(lambda v: tf.ensure_shape(v, [3]), x), {x: [[1., 2.]]})
i = tf.placeholder(tf.int32, name='i'); u = tf.placeholder(tf.float32, name='u'); s = tf.placeholder(tf.int32, name='s')
for idx, upd in (([[0], [1]], [[1.] * 3] * 2), ([[0], [1]], [[1.] * 2] * 3), ([[0, 0, 0]], [1.]), ([[9]], [[1., 1.]]), ([], [[1., 1.]]), (0, [[1., 1.]]), ([[0, 1]], [[1.]])): refused(tf.scatter_nd(i, u, s), {i: idx, u: upd, s: [4, 2]})
