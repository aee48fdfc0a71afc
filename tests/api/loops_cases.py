"""while_loop, TensorArray, map_fn and its kin: results, static shapes, and what goes wrong."""

#: while_loop: results
tf.while_loop(lambda i: i < 10, lambda i: i + 1, [0])
s = tf.Session()
s.run(tf.while_loop(lambda i: i < 10, lambda i: i + 1, [0])), s.run(tf.while_loop(lambda i: i < 10, lambda i: [i + 1], [0]))
tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x * 2.), (0, 1.))
tf.while_loop(lambda i, x: i < 3, lambda i, x: [i + 1, x * 2.], [0, 1.], name="named")
tf.while_loop(lambda i: i < 10, lambda i: i + 1, [0], return_same_structure=True), tf.while_loop(lambda i: i < 10, lambda i: i + 1, (0,), return_same_structure=True)
s.run(tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x * 2.), (0, 1.), maximum_iterations=2))
s.run(tf.while_loop(lambda i: i < 10, lambda i: i + 1, [0], maximum_iterations=0)), s.run(tf.while_loop(lambda i: True, lambda i: i + 1, [0], maximum_iterations=tf.constant(7, tf.int64)))
s.run(tf.while_loop(lambda d: d["a"] < 3, lambda d: {"a": d["a"] + 1, "b": d["b"] * 2}, [{"a": 0, "b": 5}]))
s.run(tf.while_loop(lambda i, j: i < 3, lambda i, j: (i + 1, (j[1], j[0])), (0, (1, 2.5)))) if False else None
s.run(tf.while_loop(lambda a, b: a[0] < 9, lambda a, b: ((a[1], a[0] + a[1]), b), ((0, 1), [tf.zeros([2])])))
s.run(tf.while_loop(lambda i: i < 3, lambda i: i + 1, [5])), s.run(tf.while_loop(lambda x: tf.reduce_any(x < 3.), lambda x: x + .5, [tf.constant([1., 2.])]))
s.run(tf.while_loop(lambda i, t: i < 3, lambda i, t: (i + 1, tf.string_join([t, t])), (0, "ab"))) if hasattr(tf, "nothing") else None
names()

#: while_loop: shapes
u, x = tf.placeholder(tf.float32, name="u"), tf.placeholder(tf.float32, [None, 3], name="x")
tf.while_loop(lambda v: True, lambda v: v * 2., [u]), tf.while_loop(lambda v: True, lambda v: v * 2., [x])
tf.while_loop(lambda i, v: True, lambda i, v: (i, tf.concat([v, v], 0)), (0, tf.zeros([1, 3])), shape_invariants=(tf.TensorShape([]), tf.TensorShape([None, 3])))[1]
tf.while_loop(lambda v: True, lambda v: tf.concat([v, v], 0), [tf.zeros([1, 3])])
tf.while_loop(lambda v: True, lambda v: tf.concat([v, v], 0), [x])
tf.while_loop(lambda v: True, lambda v: v + u, [x])
tf.while_loop(lambda v: True, lambda v: v, [x], shape_invariants=[tf.TensorShape([2, 3])])
tf.while_loop(lambda v: True, lambda v: v, [tf.zeros([2, 3])], shape_invariants=[tf.TensorShape([None, None])])
tf.while_loop(lambda v: True, lambda v: v, [x], shape_invariants=[[None, 3]])
tf.while_loop(lambda v: True, lambda v: v, [x], shape_invariants=[tf.TensorShape(None), tf.TensorShape(None)])
tf.while_loop(lambda v: True, lambda v: tf.reshape(v, [3, 2]), [tf.zeros([2, 3])])
tf.while_loop(lambda v: True, lambda v: tf.reduce_sum(v), [tf.zeros([2, 3])])
sp = tf.SparseTensor([[0, 1]], [1.], [2, 3])
tf.while_loop(lambda v: True, lambda v: v, [sp])
tf.while_loop(lambda v: True, lambda v: v, [sp], shape_invariants=[tf.TensorShape([3])])
sl = tf.IndexedSlices(tf.zeros([2, 3]), tf.constant([0, 1]), tf.constant([4, 3]))
tf.while_loop(lambda v: True, lambda v: v, [sl]).values, tf.while_loop(lambda v: True, lambda v: v, [sl], shape_invariants=[tf.TensorShape([None, 3])]).indices
tf.while_loop(lambda v: True, lambda v: v, [sl], shape_invariants=[tf.TensorShape([5, 3])])

#: while_loop: errors
x = tf.constant(3., name="x")
tf.while_loop(lambda: True, lambda: (), [])
tf.while_loop(3, lambda i: i, [0])
tf.while_loop(lambda i: True, 3, [0])
tf.while_loop(lambda i: True, lambda i: i, [0], parallel_iterations=0)
tf.while_loop(lambda i: True, lambda i: i, [0], parallel_iterations=2.5)
tf.while_loop(lambda i: True, lambda i: i, [0], maximum_iterations=[1, 2])
tf.while_loop(lambda i: True, lambda i: (i, i), [0])
tf.while_loop(lambda i, j: True, lambda i, j: i, [0, 1])
tf.while_loop(lambda i, j: True, lambda i, j: (i, (j, j)), [0, 1])
tf.while_loop(lambda i: True, lambda i: None, [0])
tf.while_loop(lambda i: True, lambda i: i + .5, [0])
tf.while_loop(lambda i: i, lambda i: i, [0])
tf.while_loop(lambda i: tf.constant([True, False]), lambda i: i, [0])
tf.while_loop(lambda i: None, lambda i: i, [0])
tf.while_loop(lambda i: True, lambda i: i, [object()])
tf.while_loop(lambda i: True, lambda i: tf.no_op(), [0])
tf.while_loop(lambda i: 1 / 0, lambda i: i, [0])
tf.get_default_graph()._get_control_flow_context()
tf.Session().run(tf.while_loop(lambda i: i < 3, lambda i: 3 // i, [0]))
i = tf.while_loop(lambda i: i < 3, lambda i: i + 1, [0])
tf.Session().run(i.op.inputs[0])
tf.Session().run(i, {i.op.inputs[0].op.inputs[0]: 3})

#: while_loop: gradients that are not there
x = tf.constant(2., name="x")
y = tf.while_loop(lambda v: v < 100., lambda v: v * v, [x], back_prop=False)
tf.gradients(y, x)
z = tf.while_loop(lambda v: v < 100., lambda v: v * v, [x])
dz = tf.gradients(z, x)[0]
dz
tf.gradients(dz, x)
tf.while_loop(lambda v: v < 100., lambda v: tf.gradients(v * v, x)[0], [x])
tf.while_loop(lambda v: v < 100., lambda v: tf.gradients(v * v, v)[0], [x])
tf.Session().run([z, dz])
tf.gradients(tf.while_loop(lambda i: i < 3, lambda i: i + 1, [0]), x)

#: TensorArray: shapes
ta = tf.TensorArray(tf.float32, 3)
ta.dtype, ta.flow, ta.handle
w = ta.write(0, [1., 2.])
w.read(0), w.stack(), w.concat(), w.gather([0, 1]), w.size()
w.write(1, [1., 2., 3.])
tf.TensorArray(tf.float32, 3, infer_shape=False).write(0, [1., 2.]).write(1, [1.]).read(0)
tf.TensorArray(tf.float32, 3, element_shape=[None, 2]).read(0), tf.TensorArray(tf.float32, 3, element_shape=[None, 2]).concat()
tf.TensorArray(tf.float32, 3, element_shape=[2]).write(0, [1., 2., 3.])
tf.TensorArray(tf.float32, 3).unstack(tf.zeros([3, 4])).read(0), tf.TensorArray(tf.float32, 3).unstack(tf.placeholder(tf.float32)).read(0)
tf.TensorArray(tf.float32, 2).split(tf.zeros([4, 5]), [2, 2]).read(0), tf.TensorArray(tf.float32, 2).split(tf.zeros([4, 5]), [1, 3]).read(0)
ta.write(0, 1), ta.write(0, "a")

#: TensorArray: errors
tf.TensorArray(tf.float32)
h = tf.TensorArray(tf.float32, 2)
tf.TensorArray(tf.float32, 2, handle=h.handle, flow=h.flow)
tf.TensorArray(tf.float32, handle=h.handle)
tf.TensorArray(tf.float32, handle=3, flow=h.flow)
tf.TensorArray(tf.float32, handle=h.handle, flow=h.flow, tensor_array_name="a")
tf.TensorArray(tf.float32, handle=h.handle, flow=h.flow, element_shape=[1])
tf.TensorArray(tf.float32, handle=h.handle, flow=h.flow, dynamic_size=True)
tf.TensorArray(tf.float32, handle=h.handle, flow=h.flow, clear_after_read=False)
tf.TensorArray(tf.float32, [2, 3])
tf.TensorArray(tf.float32, 2.5)
tf.TensorArray("nothing", 2)
h.read([0])
h.read(0.5)
tf.Session().run(tf.TensorArray(tf.float32, handle=h.handle, flow=h.flow).write(0, 1.).stack())

#: TensorArray: values
s = tf.Session()
ta = tf.TensorArray(tf.float32, 3)
s.run(ta.unstack([1., 2., 3.]).stack()), s.run(ta.scatter([2, 0, 1], [1., 2., 3.]).stack()), s.run(ta.unstack([[1.], [2.], [3.]]).concat())
s.run(tf.TensorArray(tf.string, 2).write(1, "b").write(0, "a").stack()), s.run(tf.TensorArray(tf.bool, 2).unstack([True, False]).read(1))
s.run(tf.TensorArray(tf.int32, 0, dynamic_size=True).write(3, 7).size()), s.run(tf.TensorArray(tf.int32, 0, dynamic_size=True).unstack([4, 5]).stack())
s.run(tf.TensorArray(tf.float32, 2, infer_shape=False).split([1., 2., 3.], [1, 2]).read(1)), s.run(tf.TensorArray(tf.float32, 2, infer_shape=False).split([1., 2., 3.], [0, 3]).concat())
s.run(tf.while_loop(lambda i, t: i < 4, lambda i, t: (i + 1, t.write(i, i * i)), (0, tf.TensorArray(tf.int32, 4)))[1].stack())
s.run(tf.TensorArray(tf.float32, 2).unstack(tf.zeros([2, 0])).stack()).shape

#: map_fn, foldl, foldr, scan
x = tf.constant([[1., 2.], [3., 4.], [5., 6.]])
s = tf.Session()
tf.map_fn(lambda r: r * 2., x), tf.map_fn(lambda r: tf.reduce_sum(r), x), tf.map_fn(lambda r: tf.cast(r, tf.int32), x, dtype=tf.int32)
s.run(tf.map_fn(lambda r: r * 2., x)), s.run(tf.map_fn(lambda r: (r[0], r[1]), (x, x), dtype=(tf.float32, tf.float32)))
s.run(tf.map_fn(lambda r: {"s": r[0] + r[1][0]}, (x, [x]), dtype={"s": tf.float32}))
s.run(tf.foldl(lambda a, r: a + r, x)), s.run(tf.foldr(lambda a, r: a - r, x)), s.run(tf.foldl(lambda a, r: a * 2. + tf.reduce_sum(r), x, initializer=1.))
s.run(tf.scan(lambda a, r: a + r, x)), s.run(tf.scan(lambda a, r: a + r, x, reverse=True)), s.run(tf.scan(lambda a, r: a + tf.reduce_sum(r), x, initializer=10.))
tf.scan(lambda a, r: a + r, tf.placeholder(tf.float32, [None, 2])), tf.map_fn(lambda r: r, tf.placeholder(tf.float32))
s.run(tf.scan(lambda a, r: (a[0] + r[0], a[1] * r[1]), (x, x)))
s.run(tf.map_fn(lambda r: r, tf.zeros([0, 2])))
tf.map_fn(3, x)
tf.map_fn(lambda r: r, 3.)
tf.map_fn(lambda r: r, (3., 4.))
tf.map_fn(lambda r: (r, r), x)
tf.map_fn(lambda r: tf.cast(r, tf.int32), x)
tf.map_fn(lambda r: r, tf.SparseTensor([[0, 1]], [1.], [2, 3]))
tf.map_fn(lambda r: (r[0], r[1]), (x, x[:2]))
tf.foldl(3, x), tf.foldr(lambda a, r: a, x)
tf.scan(lambda a, r: (a, a), x)
tf.foldl(lambda a, r: tf.reduce_sum(a), x)
tf.map_fn(lambda r: r, {"a": x})

#: a file's loop inside a loop
from tensorflow.python.framework import meta_graph
with tf.Graph().as_default():
    output = tf.while_loop(lambda i, x: i < 5, lambda i, x: (i + 1, x * 2.0), [0, tf.Variable(3.0)])[1]
    message, _ = meta_graph.export_scoped_meta_graph()
def body(i, _):
    meta_graph.import_scoped_meta_graph(message)
    return i + 1, tf.get_default_graph().get_tensor_by_name(output.name)
x = tf.while_loop(lambda i, x: i < 2, body, [0, 0.0], name="")[1]
for o in tf.get_default_graph().get_operations():
    c = o._get_control_flow_context()
    print(o.name, o.type, [i.name for i in o.inputs], [i.name for i in o.control_inputs], c.name if c else None)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run(x))
