"""tf.gradients: what it takes, what it gives, and what it says when it cannot."""

#: nothing to differentiate
x = tf.placeholder(tf.float32, [2], name="x")
tf.gradients(x, [])
tf.gradients([], x)
tf.gradients(3.0, x)
tf.gradients(x, x)
tf.gradients(x * x, [x, x])

#: ways that end
x = tf.placeholder(tf.float32, [2], name="x")
y = tf.placeholder(tf.float32, [2], name="y")
tf.gradients(x * 2.0, y)
tf.gradients(tf.stop_gradient(x) * 2.0, x)
tf.gradients(tf.cast(tf.cast(x, tf.int32), tf.float32), x)
tf.gradients(x * y, [x, y], stop_gradients=[x * y])
tf.gradients(tf.argmax(x), x)

#: dtypes that have no gradient
tf.gradients(tf.constant([True]), tf.constant([1.0]))
tf.gradients(tf.constant(["a"]), tf.constant([1.0]))
i = tf.placeholder(tf.int32, [2], name="i")
tf.gradients(i * 2, i)
tf.gradients(tf.cast(i, tf.float32), i)
z = tf.placeholder(tf.complex64, [2], name="z")
tf.gradients(z * 2.0, z)
b = tf.placeholder(tf.bfloat16, [2], name="b")
tf.gradients(b * b, b)

#: gradients given
x = tf.placeholder(tf.float32, [2], name="x")
tf.gradients(x * 2.0, x, grad_ys=tf.ones([2]))
tf.gradients(x * 2.0, x, grad_ys=[3.0])
tf.gradients(x * 2.0, x, grad_ys=[[3.0, 4.0]])
tf.gradients([x * 2.0, x], x, grad_ys=[None, tf.ones([2])])
tf.gradients([x * 2.0], x, grad_ys=[tf.ones([2]), tf.ones([2])])
tf.gradients(x * 2.0, x, grad_ys=tf.ones([3]))
tf.gradients(x * 2.0, x, grad_ys=tf.constant([1, 2]))
tf.gradients(x * 2.0, x, grad_ys=tf.constant(["a", "b"]))
tf.gradients(tf.placeholder(tf.complex64, [2], name="z") * 2.0, x, grad_ys=tf.ones([2]))

#: ways of adding up
x = tf.placeholder(tf.float32, [2], name="x")
tf.gradients(x * x + x, x)
tf.gradients(x * x + x, x, aggregation_method=tf.AggregationMethod.EXPERIMENTAL_TREE)
tf.gradients(x * x + x, x, aggregation_method=tf.AggregationMethod.EXPERIMENTAL_ACCUMULATE_N)
tf.gradients(x * x, x, aggregation_method=7)

#: names
x = tf.placeholder(tf.float32, [2], name="x")
tf.gradients(tf.tanh(x), x)
tf.gradients(tf.tanh(x), x)
tf.gradients(tf.tanh(x), x, name="n/m")
tf.gradients(tf.tanh(x), x, name="")
with tf.name_scope("scope"):
    d = tf.gradients(tf.tanh(x), x)[0]
d

#: variables
v = tf.get_variable("v", [3])
r = tf.get_variable("r", [3], use_resource=True)
tf.gradients(v, v)
tf.gradients(r, r)
tf.gradients(v * r, [v, r])
tf.gradients(r * 2.0, r.handle)
g = tf.gradients(tf.gather(v, [0, 1]), v)[0]
type(g).__name__, g.values, g.indices, g.dense_shape
g = tf.gradients(tf.gather(r, [0, 1]), r)[0]
type(g).__name__, g.values, g.indices, g.dense_shape

#: what has no gradient
x = tf.placeholder(tf.float32, [2], name="x")
tf.gradients(tf.unique(x)[0], x)
tf.gradients(tf.py_func(lambda v: v, [x], tf.float32), x)
tf.gradients(tf.where(x > 0.0), x)
tf.gradients(tf.gradients(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[0], logits=[x]), x), x)
q = tf.FIFOQueue(3, tf.float32, [[2]])
e = q.enqueue(x)
tf.gradients(q.dequeue(), x)

#: gradients of one's own
x = tf.placeholder(tf.float32, [2], name="x")
tf.RegisterGradient("OwnThrice")(lambda op, dy: dy * 3.0)
with tf.get_default_graph().gradient_override_map({"Square": "OwnThrice"}):
    y = tf.square(x)
tf.gradients(y, x)
tf.gradients(tf.square(x), x)
tf.Session().run(tf.gradients(y, x), {x: [1.0, 2.0]})
tf.RegisterGradient("OwnWrong")(lambda op, dy: tf.ones([5]))
with tf.get_default_graph().gradient_override_map({"Square": "OwnWrong"}):
    y = tf.square(x)
tf.gradients(y, x)
with tf.get_default_graph().gradient_override_map({"Square": "NobodyMadeThis"}):
    y = tf.square(x)
tf.gradients(y, x)
tf.NotDifferentiable("OwnNone")
with tf.get_default_graph().gradient_override_map({"Square": "OwnNone"}):
    y = tf.square(x)
tf.gradients(y, x)

#: conditionals
x = tf.placeholder(tf.float32, [], name="x")
y = tf.placeholder(tf.float32, [], name="y")
c = tf.cond(x > 0.0, lambda: x * y, lambda: tf.sin(y))
d = tf.gradients(c, [x, y])
d
s = tf.Session()
s.run(d, {x: 2.0, y: 3.0})
s.run(d, {x: -2.0, y: 0.0})
tf.gradients(tf.cond(x > 0.0, lambda: y, lambda: 1.0), [x, y])

#: a graph that is closed
x = tf.placeholder(tf.float32, [2], name="x")
tf.get_default_graph().finalize()
tf.gradients(x, x)

#: compute_gradient
s = tf.InteractiveSession()
x = tf.constant(np.arange(6.0).reshape(2, 3))
y = tf.tanh(x) * x
a, b = tf.test.compute_gradient(x, [2, 3], tf.reduce_sum(y, 1), [2], x_init_value=np.ones((2, 3)))
np.round(a, 4).tolist(), np.round(b, 4).tolist(), a.dtype, a.shape
np.round(tf.test.compute_gradient_error([x, x], [[2, 3], [2, 3]], y, [2, 3], x_init_value=[np.ones((2, 3)), np.zeros((2, 3))]), 3)
z = tf.constant([1 + 2j, 3 - 1j])
a, b = tf.test.compute_gradient(z, [2], z * tf.conj(z) * z, [2], x_init_value=np.array([1 + 2j, 3 - 1j], np.complex64))
np.round(a, 2).tolist(), a.dtype
v = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
a, b = tf.test.compute_gradient(v, [2, 2], tf.gather(v, [1, 1]) * 2.0, [2, 2], x_init_value=np.ones((2, 2)), init_targets=[tf.global_variables_initializer()])
np.round(a, 3).tolist()
e = tf.placeholder(tf.float32, [0, 3])
tf.test.compute_gradient_error(e, [0, 3], e * 2.0, [0, 3])
tf.test.compute_gradient(tf.constant([1]), [1], tf.constant([1]), [1])
tf.test.compute_gradient(x, [2, 3], y, [2, 3], x_init_value=np.ones((3, 3)))
s.close()

#: the operation that a gradient's operations are made for
def originals(): return [(o.name, o._original_op and o._original_op.name) for o in tf.get_default_graph().get_operations() if o.name.startswith('g')]
x = tf.Variable([2., 3.], name='x')
y = tf.reduce_sum(tf.sin(x) * tf.cond(x[0] > 1, lambda: x * 2, lambda: x), name='y')
g = tf.gradients(y, x, name='g'); originals()
tf.get_default_graph().get_operation_by_name('g/y_grad/Tile')._original_op is y.op, tf.gradients(g[0], x, name='g2')[0].op._original_op
i, z = tf.while_loop(lambda i, z: i < 3, lambda i, z: (i + 1, tf.tanh(z) * x), [0, x])
g = tf.gradients(z, x, name='gw'); [o for o in originals() if o[0].startswith('gw')], [(o.name, o._original_op.name) for o in tf.get_default_graph().get_operations() if o._original_op and not o.name.startswith('g')]
@tf.RegisterGradient('Mine')
def mine(op, dy): print(tf.get_default_graph()._default_original_op.name); return tf.negative(dy, name='mine')
with tf.get_default_graph().gradient_override_map({'Exp': 'Mine'}): e = tf.exp(x, name='e')
m = tf.gradients(e, x, name='gm', gate_gradients=True)[0]; m.op._original_op.name, tf.get_default_graph()._default_original_op
with tf.get_default_graph()._original_op(e.op): k = tf.identity(x); n = tf.gradients(e, x, name='gn')[0]
k.op._original_op.name, n.op._original_op.name, tf.gradients(e, x)[0].op._original_op.name
c = tf.gradients(tf.check_numerics(x, 'm', name='cn'), x, grad_ys=[tf.constant([float('nan'), 1.])])[0]; s = tf.Session(); s.run(x.initializer)
try: s.run(c)
except tf.errors.InvalidArgumentError as err: print([l for l in str(err).split('\n') if 'originally' in l])

#: gradients inside a function, by what it takes from outside
from tensorflow.python.framework import function
x = tf.constant(3.0, name="x")
v = tf.get_variable("v", initializer=2.0)
r = tf.get_variable("r", initializer=5.0, use_resource=True)

@function.Defun(func_name="Captured")
def captured():
    y = x * v * r * x
    return tf.gradients(y, [x, v, r]) + tf.gradients(y, x, stop_gradients=[x])

@function.Defun(func_name="ByArgument")
def by_argument(z):
    return tf.gradients(z * x + x, [z, x])

with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    s.run([captured(), by_argument(x)])

#: sums of gradients of rows, of NaN
from tensorflow.python.ops import gradients_impl, gradient_checker
a, b = tf.IndexedSlices(tf.ones([2, 3]), tf.constant([0, 1]), tf.constant([4, 3])), tf.ones([4, 3])
gradients_impl._AggregateIndexedSlicesGradients([]), gradients_impl._AggregateIndexedSlicesGradients([b]), gradients_impl._AggregateIndexedSlicesGradients([a, None, b])
x = tf.constant([1., 2.])
with tf.Session(): error = gradient_checker.compute_gradient_error(x, [2], x * float("nan"), [2])

error
