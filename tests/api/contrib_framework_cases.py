"""tf.contrib.framework and tf.contrib.eager.Saver: default arguments, variables by name, assignments from checkpoints, asserted shapes."""

import os
from tensorflow.contrib import framework as F

#: arg_scope
@F.add_arg_scope
def f(x, a=1, b=2, *, c=3): return (x, a, b)
@F.add_arg_scope
def g(x, a=1, z=None): return (x, a, z)
def plain(x): return x
with F.arg_scope([f], a=10) as outer: print(f(0), f(0, a=5), f(0, b=7), g(0))
with F.arg_scope([f, g], a=10), F.arg_scope([f], b=20): print(f(0), g(0), f(0, b=1))
with F.arg_scope([f], a=10), F.arg_scope([f], a=11): print(f(0))
with F.arg_scope(outer): print(f(0))
f(0), f.__name__, f.__doc__
with F.arg_scope([plain], a=1): pass
with F.arg_scope(f, a=1): pass
with F.arg_scope(outer, a=1): pass
with F.arg_scope([f], nope=1): f(0)
F.has_arg_scope(f), F.has_arg_scope(plain), F.arg_scoped_arguments(g)
len(F.current_arg_scope())
try:
    with F.arg_scope([f], a=99): raise ValueError("inside")
except ValueError as e: print(e, f(0))
from tensorflow.contrib.framework.python.ops import add_arg_scope, arg_scope
add_arg_scope is F.add_arg_scope, arg_scope is F.arg_scope
from tensorflow.contrib.framework.python.ops.arg_scope import has_arg_scope

#: variables
with tf.variable_scope("s"):
    v = F.variable("v", [2, 3], device="/cpu:0", collections=["mine", "mine", tf.GraphKeys.GLOBAL_VARIABLES])
    m = F.model_variable("m", [2], regularizer=tf.contrib.layers.l2_regularizer(.1) if False else None, initializer=tf.zeros_initializer())
    r = F.model_variable("r", [2], use_resource=True, trainable=False)
l, gl = F.local_variable(1., name="l"), F.global_variable(2, name="g")
[x.name for x in tf.global_variables()], [x.name for x in tf.local_variables()], [x.name for x in tf.trainable_variables()], [x.name for x in tf.model_variables()]
v.device, v.dtype, gl.dtype, [x.name for x in tf.get_collection("mine")]
F.add_model_variable(m)
F.add_model_variable(v)
[x.name for x in F.get_model_variables()], [x.name for x in F.get_model_variables("s/m")], [x.name for x in F.get_local_variables()], [x.name for x in F.get_trainable_variables("s")]
[x.name for x in F.get_variables("s")], [x.name for x in F.get_variables(suffix="m")], [x.name for x in F.get_variables_by_name("v")], [x.name for x in F.get_variables_by_name("g")], [x.name for x in F.get_variables_by_suffix("r", "s")]
with tf.variable_scope("s") as scope: print([x.name for x in F.get_variables(scope)])
[x.name for x in F.get_variables_to_restore()], [x.name for x in F.get_variables_to_restore(["s"], ["s/m"])], [x.name for x in F.get_variables_to_restore(exclude=["s"])]
F.get_variables_to_restore("s")
F.get_variables_to_restore(exclude="s")
F.get_unique_variable("s/v").name
F.get_unique_variable("s")
F.get_unique_variable("nope")
F.get_variable_full_name(v)
p = tf.get_variable("p", [4], partitioner=tf.fixed_size_partitioner(2))
[F.get_variable_full_name(x) for x in p]
[x.name for x in F.filter_variables(tf.global_variables(), ["m", "v"], ["r"])], [x.name for x in F.filter_variables(tf.global_variables(), ["m"], reg_search=False)], len(F.filter_variables(tf.global_variables()))
with tf.variable_scope("s", reuse=True): print(F.variable("v", [2, 3], collections=[]) is v)
def getter(name, reuse=None, **kwargs): print(name, reuse, sorted(kwargs)); return tf.get_variable(name, kwargs["shape"])
F.variable("w", [1], custom_getter=getter).name
names()

#: global steps
F.get_global_step()
F.assert_or_get_global_step()
s = F.create_global_step()
s.name, F.get_or_create_global_step() is s, F.get_global_step() is s, F.assert_or_get_global_step() is s, F.assert_or_get_global_step(global_step_tensor=s) is s
F.create_global_step()
F.assert_global_step(tf.constant(1.))

#: VariableDeviceChooser
c = F.VariableDeviceChooser(2)
c(None), c(None), c(None)
F.VariableDeviceChooser()(None), F.VariableDeviceChooser(device_type="GPU", device_index=3, replica=1)(None), F.VariableDeviceChooser(1, "w", device_index=None)(None)
with tf.device(F.VariableDeviceChooser(2)): print(tf.Variable(1.).device)

#: assignments of values
a, b = tf.Variable(tf.zeros([2, 2]), name="a"), tf.Variable(1, name="ab")
op, feed = F.assign_from_values({"a": np.arange(4.), "ab": np.array(7)})
sorted(k.name for k in feed), op.type
with tf.Session() as sess: sess.run(op, feed); print([v.tolist() for v in sess.run([a, b])])
fn = F.assign_from_values_fn({"a": np.ones([4])})
with tf.Session() as sess: print(fn(sess)); print(sess.run(a))
F.assign_from_values({"nope": np.zeros(1)})
F.assign_from_values({"a": np.zeros(3)})
F.assign_from_values({})
names()

#: assignments from checkpoints
with tf.Graph().as_default(), tf.Session() as sess:
    tf.Variable([1., 2.], name="a"); tf.Variable(np.arange(6.).reshape(3, 2), name="b"); tf.Variable("x", name="t")
    sess.run(tf.global_variables_initializer())
    path = tf.train.Saver().save(sess, os.path.join(d, "model"), global_step=3)
F.list_variables(path), F.list_variables(d)
F.load_variable(d, "a"), F.load_checkpoint(d).has_tensor("b")
F.load_checkpoint(os.path.join(d, "nope"))
os.mkdir(os.path.join(d, "empty"))
a = tf.get_variable("a", [2])
b = tf.get_variable("b", [3, 2], tf.float64, partitioner=tf.fixed_size_partitioner(3))
other = tf.get_variable("other", [4])
op, feed = F.assign_from_checkpoint(path, [a] + list(b))
sorted((k.name, np.shape(v)) for k, v in feed.items())
with tf.Session() as sess: sess.run(op, feed); print(sess.run([a, tf.convert_to_tensor(b)]))
with tf.Session() as sess: op, feed = F.assign_from_checkpoint(path, {"a": a, "b": list(b)}); sess.run(op, feed); print(sess.run(a))
F.assign_from_checkpoint(path, [a, other])
op, feed = F.assign_from_checkpoint(path, [a, other], ignore_missing_vars=True)
len(feed)
F.assign_from_checkpoint(path, {"a": other})
F.assign_from_checkpoint(path, [])
restore = F.assign_from_checkpoint_fn(path, [a, other], ignore_missing_vars=True)
with tf.Session() as sess: restore(sess); print(sess.run(a))
F.assign_from_checkpoint_fn(path, [other], ignore_missing_vars=True)
F.assign_from_checkpoint_fn(path, [])
square = tf.get_variable("square", [2, 3], tf.float64)
restore = F.assign_from_checkpoint_fn(path, {"b": square}, reshape_variables=True)
with tf.Session() as sess: restore(sess); print(sess.run(square))
with tf.Session() as sess: F.assign_from_checkpoint_fn(path, [other])(sess)
F.init_from_checkpoint(d, {"a": a})
with tf.Session() as sess: sess.run(a.initializer); print(sess.run(a))

#: shapes that are asserted
x, u = tf.constant([[1., 2.]], name="x"), tf.placeholder(tf.float32, name="u")
F.with_shape([1, 2], x) is x, F.with_shape([2, 1], x), F.with_shape([], tf.constant([3.])), F.with_shape([[1]], x), F.with_shape([1.], x)
F.with_shape(tf.constant([1, 2]), x), F.with_shape(tf.constant([1., 2.]), x)
y = F.with_shape([1, 2], u)
y, F.with_shape([], u), F.with_same_shape(x, u), F.with_same_shape(u, x)
with tf.Session() as sess: print(sess.run(y, {u: [[3., 4.]]})); sess.run(y, {u: [3., 4.]})
F.reduce_sum_n([x, x * 2.]), F.reduce_sum_n([x])
F.reduce_sum_n([])
F.assert_scalar_int(tf.constant(3)), F.assert_scalar_int(tf.constant(3.)), F.assert_scalar_int([1, 2])
F.remove_squeezable_dimensions(tf.zeros([3, 1]), tf.zeros([3])), F.remove_squeezable_dimensions(tf.zeros([3]), tf.zeros([3, 1])), F.remove_squeezable_dimensions(u, tf.zeros([3]))
F.is_tensor(x), F.is_tensor(1), F.is_tensor(tf.Variable(1)), F.assert_same_float_dtype([x]), F.get_placeholders(tf.get_default_graph())
F.get_graph_from_inputs([x]) is tf.get_default_graph(), F.get_graph_from_inputs([], tf.get_default_graph()) is tf.get_default_graph()
F.get_graph_from_inputs(3)
with tf.name_scope("p"), tf.name_scope("q"): print(repr(F.get_name_scope()))
repr(F.get_name_scope())
F.strip_name_scope("a/b/c", "a"), F.prepend_name_scope("b/c", "a"), F.nest.flatten([1, [2, (3,)]])
names()

#: sorting
x = tf.constant([[3., 1., 2.], [9., 7., 8.]])
with tf.Session() as sess: print(sess.run([F.sort(x), F.sort(x, 0), F.sort(x, direction="DESCENDING"), F.argsort(x), F.argsort(x, 0, "DESCENDING"), F.sort(x, -2)]))
u = tf.placeholder(tf.float32)
with tf.Session() as sess: print(sess.run([F.sort(u, 0), F.argsort(u, -2)], {u: [[3., 1.], [2., 5.]]}))
F.sort(x, direction="UP")
F.sort(x, tf.placeholder(tf.int32))
names()

#: tf.contrib.eager where graphs are built
tf.contrib.eager.Saver([tf.Variable(1.)])
with tf.contrib.eager.restore_variables_on_create("x"): pass
tf.contrib.eager.executing_eagerly(), tf.contrib.eager.Checkpoint is tf.train.Checkpoint
v = tf.Variable(1.); opt = tf.train.AdamOptimizer(); t = opt.minimize(v * v)
[x.name for x in tf.contrib.eager.get_optimizer_variables(opt)]

#: fusing nodes, printing tensors, nested py_func, biases from checkpoints
F = tf.contrib.framework
from tensorflow.contrib.framework.python.ops import prettyprint_ops
a, b = tf.placeholder(tf.float32, [2], name="A"), tf.constant([1., 2.], name="B")
c = tf.identity(tf.add(tf.multiply(a, b, name="M"), b, name="S"), name="C")
e = tf.exp(c, name="D")
g = tf.get_default_graph().as_graph_def()
fused = F.fuse_op(g, ["A", "B"], ["C"], [1], False, "fused", "Fused")
[(n.name, n.op, list(n.input)) for n in fused.node], fused.node[2].attr["_output_types"].list.type, fused.node[2].attr["_output_quantized"].b
F.fuse_op(g, "A", ["C"], [1], False, "fused", "Fused"), F.fuse_op(g, ["A"], "C", [1], False, "fused", "Fused"), F.fuse_op("g", ["A"], ["C"], [1], False, "fused", "Fused")
F.fuse_op(g, ["A"], ["X"], [1], False, "fused", "Fused"), F.fuse_op(g, ["A"], ["M"], [1], False, "fused", "Fused")
[n.name for n in F.fuse_op(g, ["M"], ["D"], [1], True, "fused", "Fused").node]
F.py_func(lambda x, k: {"s": x[0] + x[1], "d": [x[0] - k["t"], k["t"]]}, args=([1., 2.],), kwargs={"k": {"t": 3.}}, output_types={"s": tf.float32, "d": [tf.float32, tf.float32]})
out = F.py_func(lambda x, y, t: {"s": x + y, "d": [x - t, t]}, args=[tf.constant(1.), tf.constant(2.)], kwargs={"t": tf.constant(3.)}, output_types={"s": tf.float32, "d": [tf.float32, tf.float32]}, output_shapes={"s": [], "d": [[], None]})
out, tf.Session().run(out)
F.py_func(lambda x: x, args=3), F.py_func(lambda x: x, kwargs=[3]), F.py_func(lambda x: x * 2., [tf.constant(2.)], output_types=lambda x: x.dtype, output_shapes=lambda x: x.shape)
tf.Session().run(F.py_func(lambda x: [x], [tf.constant(2.)], output_types=tf.float32))
F.TensorSpec([2], tf.float32), F.BoundedTensorSpec([2], tf.float32, 0., 1.), F.RecordInput.__name__
prettyprint_ops.print_op(a, [b, tf.constant([False, True])], message="m"), prettyprint_ops.print_op(None), prettyprint_ops.print_op(3), prettyprint_ops.print_op(tf.SparseTensor([[0]], [1.], [2]))
ta = tf.TensorArray(tf.float32, 2).unstack([1., 2.])
tf.Session().run(prettyprint_ops.print_op(ta, print_shape=True).stack())
v = tf.get_variable("v", [2]); prettyprint_ops.print_op(v)

[op.name for op in tf.get_default_graph().get_operations()][-30:]
from tensorflow.contrib.framework.python.framework import experimental
@experimental
def changing(x):
    """Changes."""
    return x + 1

changing(2), changing.__doc__, changing.__name__, experimental(3)
import os
os.chdir(d)
with open("old.txt", "w") as f: n = f.write("a\nb\nc\n")

with open("new.txt", "w") as f: n = f.write("c\na\nz\n")

with tf.Graph().as_default(), tf.Session() as s:
    bias = tf.get_variable("bias", initializer=[[1.], [2.], [3.]])
    s.run(tf.global_variables_initializer())
    path = tf.train.Saver().save(s, "./model")

with tf.Graph().as_default(), tf.Session() as s:
    w = tf.get_variable("w", [4, 1], initializer=F.load_linear_multiclass_bias_initializer(path, "bias", 3, "old.txt", "new.txt", 1))
    slot = tf.get_variable("slot", initializer=F.load_variable_slot_initializer(path, "bias", None, 3, 1, "old.txt", "new.txt", initializer=tf.zeros_initializer())([3, 1]))
    s.run(tf.global_variables_initializer())
    found = s.run([w, slot])

found
