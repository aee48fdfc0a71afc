"""tf.Operation and tf.Tensor."""

#: Operation: what it tells
a = tf.constant([1, 2], name="a")
op = (a * 3).op
op, str(op), op.name, op.type, op.device
op.graph is tf.get_default_graph()
op.inputs[0], len(op.inputs), list(op.inputs)
op.inputs[5]
op.outputs, op.control_inputs
op.values()
type(op.outputs), type(op.control_inputs)
op.node_def
op.op_def
op.get_attr("T")
op.get_attr("nope")
op._id, op._id_value
op.colocation_groups()
type(op).__name__, type(a).__name__
op == a.op, op is a.consumers()[0]
hash(op) == hash(a.consumers()[0].outputs[0].op)
[i for i in op.inputs]

#: operations of all attribute kinds
g = tf.get_default_graph()
x = tf.placeholder(tf.float32, [None, 2], name="x")
c = tf.constant([[1., 2.]], name="c")
m = tf.matmul(x, c, transpose_b=True)
s = x[:, 0]
q = tf.FIFOQueue(3, [tf.float32, tf.int32], shapes=[[], [2]])
u = tf.Variable(1., name="u")
x.op.get_attr("shape"), x.op.get_attr("dtype")
c.op.get_attr("value")
m.op.get_attr("transpose_a"), m.op.get_attr("transpose_b")
s.op.get_attr("begin_mask"), s.op.get_attr("shrink_axis_mask")
q.queue_ref.op.get_attr("component_types"), q.queue_ref.op.get_attr("capacity"), q.queue_ref.op.get_attr("shared_name")
[str(x) for x in q.queue_ref.op.get_attr("shapes")]
u.op.get_attr("container"), u.initializer.get_attr("validate_shape"), u.initializer.get_attr("_class")

#: op_def
print(tf.constant(1).op.op_def)
print(tf.matmul([[1.]], [[1.]]).op.op_def)
print(tf.no_op().op_def)

#: Operation.run
v = tf.Variable(1)
v.initializer.run()
with tf.Session() as s: v.initializer.run(); print(v.eval(), v.assign_add(2).op.run(), v.eval())
v.initializer.run(session=tf.Session())
tf.no_op().run({}, tf.Session())

#: traceback of an operation
a = tf.constant(1)
type(a.op.traceback)
len(a.op.traceback) > 0
a.op.traceback[-1][1] > 0

#: Tensor: what it tells
x = tf.placeholder(tf.float32, [None, 3], name="x")
x, str(x), x.name, x.dtype, x.shape, x.get_shape(), x.op, x.value_index, x.device
x.graph is tf.get_default_graph()
x.consumers()
y, z = x * 2., x + 1.
x.consumers()
tf.placeholder(tf.int32), str(tf.placeholder(tf.int32)), repr(tf.placeholder(tf.string, []))
tf.placeholder(tf.float32, [None, None]), tf.placeholder(tf.complex64, 3)
x.op.outputs[0] is x
x.op is x.op
x.eval
x.__class__.__name__

#: attributes hung on tensors and operations stay
a = tf.constant(1, name="a")
a.note = "hello"
a.op.mark = [1]
import gc
g = tf.get_default_graph()
del a
gc.collect() >= 0
g.get_tensor_by_name("a:0").note, g.get_operation_by_name("a").mark

#: shapes of a tensor can be narrowed
x = tf.placeholder(tf.float32, name="x")
x.shape
x.set_shape([None, 2])
x.shape
x.set_shape([3, None])
x.shape
x.set_shape([4, 2])
x.set_shape(None)
x.set_shape(tf.TensorShape([3, 2]))
x.shape.as_list()
x.set_shape([1])
x.set_shape(5)
x._shape_as_list()
tf.placeholder(tf.float32).set_shape("a")

#: Tensor operators
a, b = tf.constant([7., 8.], name="a"), tf.constant([2., 3.], name="b")
[(t.name, t.op.type) for t in (a + b, a - b, a * b, a / b, a // b, a % b, a ** b, -a, abs(a), a < b, a <= b, a > b, a >= b)]
[(t.name, t.op.type) for t in (1. + a, 1. - a, 2. * a, 2. / a, 2. // a, 2. % a, 2. ** a)]
[(t.name, t.op.type) for t in (a + 1., a - 1., a * 2., a / 2., a // 2., a % 2., a ** 2.)]
ev([a + b, a - b, a * b, a / b, a // b, a % b, a ** b, -a, abs(a)])
ev([1. + a, 1. - a, 2. * a, 2. / a, 2. // a, 2. % a, 2. ** a])
p, q = tf.constant([True, False]), tf.constant([True, True])
[(t.name, t.op.type) for t in (p & q, p | q, p ^ q, ~p, True & p, p | False, True ^ p)]
ev([p & q, p | q, p ^ q, ~p])
i, j = tf.constant([7, -7]), tf.constant([2, 2])
[(t.name, t.op.type, t.dtype) for t in (i / j, i // j, i % j, i / 2, 2 / i, i ** 2, -i, abs(i))]
ev([i / j, i // j, i % j, i ** 2, -i, abs(i)])
i & 1
a & b
~a
tf.constant([[1.]]) @ tf.constant([[2.]])
a @ b
a == b, a != b, a == a
a + i
a + "s"
a + None
None + a
[1., 2.] + a
np.array([1., 2.], np.float32) + a
np.array([1., 2.]) + a
np.float32(3) * a
3 * a, True * a
divmod(a, b)
a += 1.
a
a @ [[1.]]
round(a)
len(a)
a.append(1)
not a
a and b
a < b < a
+a

#: operator names in scopes
with tf.name_scope("s"):
    a = tf.constant(1., name="a")
    print((a + 1.).name, (a + 1.).op.inputs[1].name, (2. * a).op.inputs[0].name, (-a).name, a[None].name)

#: slicing
x = tf.constant(np.arange(24).reshape(2, 3, 4), name="x")
ev([x[0], x[-1], x[0, 1], x[0, 1, 2], x[:, 1], x[..., 0], x[1:, ::2], x[::-1, :, 1:3], x[:, None, 1], x[tf.newaxis].shape.as_list()[0:1] and x[0, :, tf.newaxis]])
[t.shape.as_list() for t in (x[0], x[:, 1:2], x[..., 0], x[None], x[..., None], x[:, :, ::2], x[:, None, ..., None], x[5:], x[:, 0:0], x[-5:5])]
ev([x[5:], x[:, 0:0], x[-5:1]])
x[3]
x[0, 0, 0, 0]
x[..., ...]
x["a"]
x[1.5]
x[0, 5]
x[:, 2.0:]
x[[0, 1]]
x[(0, 1)]
x[tf.constant(1)].shape, x[tf.constant(1):].shape
i = tf.placeholder(tf.int32, [])
x[i], x[i:], x[:, i, ::i]
ev([x[i], x[i:, 0]], {i: 1})
x[i:i + 1, ...]
x[np.int64(1)]
x[0:2:0]
x[True]
x[tf.constant([1, 0])]
x[None, ..., 0, None].op.get_attr("new_axis_mask"), x[None, ..., 0, None].op.get_attr("ellipsis_mask")
text()

#: slices of an unknown rank
x = tf.placeholder(tf.float32, name="x")
x[0], x[..., 0], x[1:], x[None]
x = tf.placeholder(tf.float32, [None, 4], name="y")
x[0], x[1:], x[:, 0], x[-2:], x[:3]

#: iteration, bool, len and other protocols
c, s = tf.constant([1., 2.]), tf.constant(1)
bool(c)
bool(s)
if s: pass
while c: pass
for _ in c: pass
list(c)
iter(s)
len(c)
c in [c]
c in [s]
s in [c, s]
int(s)
float(c)
range(s)
[1, 2][s]
"%d" % s
"%s" % s
np.array(s).dtype
np.asarray([s, s]).shape
hash(c) == hash(c)
{c: 1}[c]
sorted([c, s])
max(c, s)
c.__array_priority__
c.foo
c.op.foo
c.shape = [1]
c.name = "x"
del c.name
c.graph = 1
import copy
copy.copy(c)

#: eval
c = tf.constant([1., 2.])
c.eval()
c.eval(session=tf.Session())
with tf.Session(): print(c.eval(), (c * 2.).eval(feed_dict={c: [5., 6.]}), tf.constant(3).eval())
with tf.Session(graph=tf.Graph()): c.eval()
c.eval(session=3)
tf.placeholder(tf.float32, name="p").eval(session=tf.Session())

#: tensors in Python containers convert
a, b = tf.constant(1, name="a"), tf.constant(2, name="b")
x = tf.convert_to_tensor([a, b])
x, x.op.type
y = tf.convert_to_tensor([[a, 1], [b, 2]])
y, y.op.type
names()
ev([x, y])
tf.convert_to_tensor([a, 1.5])
tf.convert_to_tensor([a, tf.constant(1.)])
tf.convert_to_tensor((a, b), name="both")

#: convert_to_tensor
tf.convert_to_tensor(1), tf.convert_to_tensor(1.), tf.convert_to_tensor(True), tf.convert_to_tensor("a"), tf.convert_to_tensor(b"a"), tf.convert_to_tensor(1j)
tf.convert_to_tensor(np.float64(1)), tf.convert_to_tensor(np.int8(1)), tf.convert_to_tensor(np.array([1, 2])), tf.convert_to_tensor(np.array(["a"]))
tf.convert_to_tensor([1, 2.5]), tf.convert_to_tensor([]), tf.convert_to_tensor([[]]), tf.convert_to_tensor(()), tf.convert_to_tensor([True, False])
tf.convert_to_tensor(range(3)), tf.convert_to_tensor(tf.TensorShape([1, 2])), tf.convert_to_tensor(tf.Dimension(3)), tf.convert_to_tensor(tf.TensorShape([]))
tf.convert_to_tensor(tf.TensorShape([1, None]))
tf.convert_to_tensor(tf.TensorShape(None))
tf.convert_to_tensor(tf.Dimension(None))
tf.convert_to_tensor(tf.TensorShape([2]), dtype=tf.int64), tf.convert_to_tensor(tf.TensorShape([2]), dtype=tf.float32)
tf.convert_to_tensor(1, tf.float32), tf.convert_to_tensor(1, preferred_dtype=tf.float32), tf.convert_to_tensor(1.5, preferred_dtype=tf.int32)
tf.convert_to_tensor(1.5, tf.int32)
tf.convert_to_tensor(None)
tf.convert_to_tensor(object())
tf.convert_to_tensor({})
tf.convert_to_tensor([1, "a"])
tf.convert_to_tensor([[1], [1, 2]])
tf.convert_to_tensor("a", tf.int32)
tf.convert_to_tensor(1, tf.string)
tf.convert_to_tensor(tf.constant(1), tf.float32)
tf.convert_to_tensor(tf.Variable(1., name="v")), tf.convert_to_tensor(tf.float32)
tf.convert_to_tensor(2**31), tf.convert_to_tensor(2**40)
tf.convert_to_tensor(2**70)
tf.convert_to_tensor([None])
tf.convert_to_tensor(lambda: 1)
tf.convert_to_tensor(tf.SparseTensor([[0]], [1], [2]))

#: register_tensor_conversion_function
class Mine(object): pass
tf.constant(Mine())
tf.register_tensor_conversion_function(Mine, lambda v, dtype=None, name=None, as_ref=False: tf.constant([5], dtype or tf.int32, name=name or "mine"))
tf.convert_to_tensor(Mine())
tf.add(Mine(), 1)
tf.identity(Mine())
tf.register_tensor_conversion_function(3, lambda: 1)
tf.register_tensor_conversion_function(Mine, 3)
class Other(Mine): pass
tf.register_tensor_conversion_function(Other, lambda v, dtype=None, name=None, as_ref=False: NotImplemented, 50)
tf.convert_to_tensor(Other())

#: convert_to_tensor_or_indexed_slices, n_to_tensor
s = tf.IndexedSlices(tf.ones([2, 3]), tf.constant([0, 2]), tf.constant([4, 3]))
s
str(s)
s.values, s.indices, s.dense_shape, s.dtype, s.name, s.device, s.op, s.graph is tf.get_default_graph()
-s
tf.convert_to_tensor_or_indexed_slices(s) is s
tf.convert_to_tensor(s)
ev(tf.convert_to_tensor(s))
tf.convert_to_tensor(tf.IndexedSlices(tf.ones([2, 3]), tf.constant([0, 2])))
tf.IndexedSlices([1.], [0])

#: SparseTensor
s = tf.SparseTensor([[0, 1], [1, 0]], [1., 2.], [2, 2])
s
str(s)
s.indices, s.values, s.dense_shape, s.dtype, s.op, s.graph is tf.get_default_graph()
s.get_shape(), s.shape
tf.SparseTensor([0], [1.], [2])
tf.SparseTensor([[0, 0]], [1.], [2])
tf.SparseTensor([[0]], [[1.]], [2])
ev(s)
p = tf.sparse_placeholder(tf.float32)
p
p.get_shape()
ev(p.values, {p: tf.SparseTensorValue([[0, 1]], [5.], [2, 2])})
ev(p.dense_shape, {p: ([[0, 1]], [5.], [2, 2])})
tf.SparseTensorValue([[0]], [1.], [2])
tf.is_sparse(s) if hasattr(tf, "is_sparse") else None
tf.SparseTensor.from_value(tf.SparseTensorValue([[0]], [1.], [2]))
tf.SparseTensor.from_value(3)

#: the same operation everywhere it is looked up
a = tf.constant([1., 2.], name="a")
b = tf.negative(a)
b.op.inputs[0] is a, a.op.outputs[0] is a, b.op is a.consumers()[0], tf.get_default_graph().get_operation_by_name("Neg") is b.op
a.op.outputs is a.op.outputs or a.op.outputs == a.op.outputs

#: _update_input, _add_control_input, _set_attr, _set_device
a, b = tf.constant(1., name="a"), tf.constant(2., name="b")
c = tf.add(a, a, name="c")
c.op._update_input(1, b)
list(c.op.inputs)
ev(c)
c.op._add_control_input(a.op)
c.op._add_control_inputs([b.op])
sorted(x.name for x in c.op.control_inputs)
c.op._set_device("/cpu:0")
c.device
c.op._set_attr("_mine", tf.AttrValue(s=b"hi"))
c.op.get_attr("_mine")
c.op._update_input(5, b)
