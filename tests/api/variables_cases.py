"""Variables, variable scopes, get_variable, initializers."""

#: Variable: what it makes and tells
v = tf.Variable([1., 2.], name="v")
v, str(v), v.name, v.dtype, v.shape, v.get_shape(), v.op, v.device, v.initializer, v.initial_value, v.constraint
v.graph is tf.get_default_graph()
v.value(), v.read_value(), v.initialized_value()
v._ref(), v._AsTensor(), v._snapshot, v._as_graph_element(), v._variable, v._shared_name
names()
tf.Variable(1).name, tf.Variable(1).name, tf.Variable(1, name="v").name
v.to_proto()
tf.global_variables(), tf.trainable_variables()
type(v).__name__
v == v, v == 1., hash(v) == hash(v)
v.eval
v.trainable if hasattr(v, "trainable") else "absent"

#: Variable's arguments
tf.Variable(1, trainable=False), tf.Variable(2., collections=["a"]), tf.Variable(3., dtype=tf.float64), tf.Variable([1, 2], dtype=tf.float32), tf.Variable(np.ones([2, 2]))
tf.trainable_variables(), tf.get_collection("a"), tf.global_variables()
tf.Variable(lambda: tf.ones([2]), dtype=tf.float32, name="f")
tf.Variable(tf.placeholder(tf.float32, name="p"), validate_shape=False)
tf.Variable(tf.placeholder(tf.float32, name="p"))
tf.Variable(None)
tf.Variable()
tf.Variable("text"), tf.Variable([True]), tf.Variable(1j)
tf.Variable(1., expected_shape=[2])
tf.Variable(1., dtype=tf.int32)
tf.Variable(1.5, dtype=tf.int32)
tf.Variable(1., collections=3)
tf.Variable(1., collections="abc").name
tf.Variable(1., constraint=3)
tf.Variable(1., name="bad name")
tf.Variable(1., use_resource=True)
tf.Variable(1., caching_device="/cpu:0")._snapshot.device

#: Variable operators
v = tf.Variable([4., 6.], name="v")
[(t.name, t.dtype) for t in (v + 1., 1. + v, v - v, v * 2., v / 2., 2. / v, v // 2., v % 4., v ** 2., -v, abs(v), v < 5., v >= 5., v[0], v[:1])]
ev([v + 1., 1. + v, v - v, v / 2., 2. / v, v % 4., v ** 2., -v, v[0], v[::-1]])
m = tf.Variable([[1., 2.]])
ev(m @ tf.constant([[1.], [2.]]))
for x in v: pass
len(v)
bool(v)
if v: print("true")
v += 1.
v
float(m)
np.array(v).dtype
v.assign if False else v

#: assign and its kin
v = tf.Variable([1., 2.], name="v")
v.assign([3., 4.]), v.assign_add([1., 1.]), v.assign_sub([1., 1.], use_locking=True)
tf.assign(v, [5., 6.], name="a"), tf.assign_add(v, [1., 1.]), tf.assign_sub(v, [1., 1.])
v.assign([1., 2., 3.])
v.assign(1.)
v.assign(["a", "b"])
v.assign([1, 2])
v.assign(tf.constant([1, 2]))
tf.assign(v, [1., 2., 3.], validate_shape=False)
tf.assign(tf.constant([1.]), [2.])
tf.assign_add(v, 1.)
s = tf.Session()
s.run(v.initializer)
s.run([v.assign([3., 4.]), v])
s.run(v.assign_add([1., 1.]).op)
s.run(v)
s.run(tf.assign(v, [7., 8., 9.], validate_shape=False))
s.run(v)
s.run(v.count_up_to(3)) if False else None

#: count_up_to
c = tf.Variable(0, name="c")
n = c.count_up_to(2)
s = tf.Session()
s.run(c.initializer)
[s.run(n), s.run(n)]
s.run(n)
s.run(c)

#: slices of variables assign
v = tf.Variable([[1., 2.], [3., 4.]], name="v")
ev([v[0].assign([9., 9.])])
a = v[0, 1].assign(7.)
a
s = tf.Session()
s.run(v.initializer)
s.run(a)
s.run(v[:, 0].assign([5., 6.]))
s.run(v)
v[0].assign([1., 2., 3.])
s.run(v[0:1].assign([[0., 0.]]))

#: scatter
v = tf.Variable([1., 2., 3., 4.], name="v")
s = tf.Session()
s.run(v.initializer)
s.run(tf.scatter_update(v, [0, 2], [10., 30.]))
s.run(tf.scatter_add(v, [0, 0], [1., 1.]))
s.run(tf.scatter_sub(v, 1, 1.))
s.run(tf.scatter_mul(v, [3], [2.]))
s.run(tf.scatter_nd_update(v, [[1]], [50.]))
s.run(v.scatter_sub(tf.IndexedSlices([1.], [0])))
s.run(tf.scatter_update(v, [7], [1.]))
tf.scatter_update(v, [0, 1], [1.])
s.run(v)

#: uninitialized
v = tf.Variable(1., name="v")
s = tf.Session()
s.run(v)
s.run(v + 1.)
s.run(v.assign_add(1.))
s.run(tf.is_variable_initialized(v)), s.run(tf.report_uninitialized_variables())
s.run(v.initializer)
s.run(tf.is_variable_initialized(v)), s.run(tf.report_uninitialized_variables())
s.run(v)
r = tf.get_variable("r", [1], use_resource=True)
s.run(r)
s.run(r.assign_add([1.]))
s.run(r.is_initialized())

#: initialized_value and dependent initial values
v = tf.Variable([1., 2.], name="v")
w = tf.Variable(v.initialized_value() * 2., name="w")
x = tf.Variable(w * 3. if False else w.initialized_value() + v.initialized_value(), name="x")
ev([v, w, x])
s = tf.Session()
s.run(x.initializer)

#: load and eval
v = tf.Variable([1., 2.], name="v")
v.eval()
with tf.Session() as s: s.run(v.initializer); print(v.eval()); v.load([5., 6.]); print(v.eval(), s.run(v))
v.load([1., 2.])
v.load([1.], tf.Session())
v.eval(session=tf.Session())

#: resource variables
v = tf.get_variable("v", initializer=[1., 2.], use_resource=True)
v, v.dtype, v.op, v.handle, v.name, v.initializer.type, v.value(), v.read_value(), v.graph_element, v.shape, v._shared_name
names()
v.assign([3., 4.]), v.assign_add([1., 1.]), v.assign_sub([1., 1.])
v.assign([1., 2., 3.])
s = tf.Session()
s.run(v.initializer)
s.run([v.assign_add([1., 1.]), v.read_value()]) is not None
s.run(v), s.run(v.assign([7., 8.])), s.run(v + 1.)
s.run(v[0].assign(0.))
s.run(v)
s.run(v.scatter_add(tf.IndexedSlices([1.], [0]))) if hasattr(v, "scatter_add") else None
v.sparse_read([0])
s.run(v.sparse_read([1, 1]))
v.to_proto()
v.load([1., 1.], s)
s.run(v)
tf.get_variable("w", [2], use_resource=True, dtype=tf.int32, initializer=tf.zeros_initializer())
tf.shape(v), tf.gather(v, [0])

#: two sessions have their own variables
v = tf.Variable(1, name="v")
a, b = tf.Session(), tf.Session()
a.run(v.initializer)
b.run(v.assign(10))
a.run(v.assign_add(1)), b.run(v.assign_add(1))
a.run(v), b.run(v)

#: reads of references see the buffer at the end of the step
v = tf.Variable(1, name="v")
s = tf.Session()
s.run(v.initializer)
s.run([v, v.assign_add(1)])
s.run([v.assign_add(1), v, v.assign_add(1)])[1]

#: global_variables_initializer and friends
tf.global_variables_initializer()
v, w = tf.Variable(1, name="v"), tf.Variable(2, name="w", trainable=False)
l = tf.Variable(3, name="l", collections=[tf.GraphKeys.LOCAL_VARIABLES])
i = tf.global_variables_initializer()
i, sorted(x.name for x in i.control_inputs)
tf.variables_initializer([v], name="only").control_inputs
tf.variables_initializer([]).name
tf.local_variables(), tf.local_variables_initializer().control_inputs
tf.model_variables(), tf.moving_average_variables()
tf.assert_variables_initialized([v])
tf.is_variable_initialized(w)
tf.global_variables("v"), tf.trainable_variables(scope="w")

#: get_variable: names, sharing, errors
v = tf.get_variable("v", [2])
v, v.initializer.inputs[1].op.type
tf.get_variable("v", [2])
tf.get_variable("w")
tf.get_variable("w", [None])
tf.get_variable("w", [2], initializer=[1., 2.])
tf.get_variable("w", initializer=[1., 2.])
tf.get_variable("x", [2], initializer=tf.zeros_initializer), tf.get_variable("y", [2], initializer=tf.ones_initializer())
tf.get_variable("z", [2], initializer=lambda shape, dtype, partition_info=None: tf.fill(shape, 7.))
tf.get_variable("i", [2], dtype=tf.int32), tf.get_variable("b", [2], dtype=tf.bool)
tf.get_variable("s", [2], dtype=tf.string)
tf.get_variable("q", 3), tf.get_variable("r", ()), tf.get_variable("t", shape=tf.TensorShape([1]))
tf.get_variable("a", initializer=tf.ones([2])), tf.get_variable("c", initializer=3), tf.get_variable("d", initializer=np.float64(2.))
tf.get_variable(3, [1])
tf.get_variable("", [1])
tf.get_variable("bad name", [1])
tf.get_variable("e/f", [1])
tf.get_variable("g:0", [1])
tf.get_variable("h", [1], collections=["mine"], trainable=False)
tf.get_collection("mine"), len(tf.trainable_variables()), len(tf.global_variables())
tf.get_variable("k", [1], initializer="nope")
tf.get_variable("m", [1], initializer="zeros") if False else None
tf.get_variable("n", [2], regularizer=lambda w: tf.reduce_sum(w), constraint=lambda w: tf.abs(w)).constraint is None
tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
tf.get_local_variable("loc", [1]), tf.local_variables()
names()

#: variable_scope: sharing
with tf.variable_scope("s") as s: v = tf.get_variable("v", [1])
with tf.variable_scope("s", reuse=True): tf.get_variable("v", [1]) is v
with tf.variable_scope("s", reuse=True): print(tf.get_variable("v") is v, tf.get_variable("v", [1]) is v)
with tf.variable_scope(s, reuse=True): print(tf.get_variable("v") is v)
with tf.variable_scope("s", reuse=tf.AUTO_REUSE): print(tf.get_variable("v", [1]) is v, tf.get_variable("n", [1]).name, tf.get_variable("n", [1]).name)
with tf.variable_scope("s"): tf.get_variable("v", [1])
with tf.variable_scope("s", reuse=True): tf.get_variable("new", [1])
with tf.variable_scope("s", reuse=True): tf.get_variable("v", [2])
with tf.variable_scope("s", reuse=True): tf.get_variable("v", [1], tf.int32)
with tf.variable_scope("s", reuse=3): pass
with tf.variable_scope(3): pass
with tf.variable_scope(None): pass
with tf.variable_scope(""): print(tf.get_variable("root", [1]).name)
with tf.variable_scope("a b"): print(tf.get_variable("x", [1]).name)
with tf.variable_scope("s/t"): print(tf.get_variable("x", [1]).name)
tf.AUTO_REUSE, repr(tf.AUTO_REUSE)

#: variable_scope: names of operations
with tf.variable_scope("s") as s: print(tf.constant(1).name, s.name, s.original_name_scope)
with tf.variable_scope("s") as t: print(tf.constant(1).name, t.name, t.original_name_scope)
with tf.variable_scope(s) as u: print(tf.constant(1).name, u.name, u.original_name_scope, u is s)
with tf.variable_scope(s, auxiliary_name_scope=False): print(tf.constant(1).name, tf.get_variable("x", [1]).name)
with tf.variable_scope("s", auxiliary_name_scope=False): print(tf.constant(1).name, tf.get_variable("y", [1]).name)
with tf.variable_scope("s", auxiliary_name_scope="yes"): pass
with tf.variable_scope("outer"), tf.variable_scope("inner") as i: print(tf.constant(1).name, i.name, tf.get_variable("z", [1]).name, tf.Variable(1.).name)
with tf.variable_scope("other"), tf.variable_scope(i): print(tf.constant(1).name, tf.get_variable("w", [1]).name)
with tf.variable_scope("other"), tf.name_scope(i.original_name_scope): print(tf.constant(1).name)
with tf.name_scope("n"), tf.variable_scope("m"): print(tf.constant(1).name, tf.get_variable("v", [1]).name, tf.Variable(1).name)
with tf.variable_scope("m"), tf.name_scope("n"): print(tf.constant(1).name, tf.get_variable("u", [1]).name, tf.Variable(1).name)
[v.name for v in tf.global_variables()]

#: variable_scope: default names
with tf.variable_scope(None, default_name="d") as s: print(s.name, tf.get_variable("v", [1]).name, tf.constant(1).name)
with tf.variable_scope(None, default_name="d") as s: print(s.name, tf.get_variable("v", [1]).name, tf.constant(1).name)
with tf.variable_scope("x", default_name="d") as s: print(s.name)
with tf.variable_scope(None, "e", [tf.constant(1)]) as s: print(s.name)
with tf.variable_scope(None, default_name="d", reuse=True) as s: print(s.name)
with tf.variable_scope("x"):
    with tf.variable_scope(None, default_name="d") as s: print(s.name)
    with tf.variable_scope(None, default_name="d") as s: print(s.name)
with tf.variable_scope("x"):
    with tf.variable_scope(None, default_name="d") as s: print(s.name)

#: variable_scope: what a scope carries
init, reg, con = tf.constant_initializer(3.), (lambda w: tf.reduce_sum(w)), (lambda w: w)
with tf.variable_scope("s", initializer=init, regularizer=reg, caching_device="/cpu:0", dtype=tf.float64, use_resource=True, constraint=con) as s:
    v = tf.get_variable("v", [2])
    print(v, s.initializer is init, s.regularizer is reg, s.caching_device, s.dtype, s.use_resource, s.constraint is con, s.reuse, s.partitioner, s.custom_getter)
    with tf.variable_scope("inner") as i: print(i.initializer is init, i.dtype, i.use_resource, tf.get_variable("w", [1], dtype=tf.float32))
    with tf.variable_scope("other", initializer=tf.zeros_initializer(), regularizer=None, dtype=tf.float32) as i: print(i.initializer is init, i.regularizer is reg, tf.get_variable("w", [1]))
    s.set_dtype(tf.float32)
    s.set_initializer(None)
    s.set_regularizer(None)
    s.set_use_resource(False)
    print(tf.get_variable("u", [1]))
tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
tf.get_variable_scope().name, tf.get_variable_scope().reuse, tf.get_variable_scope().dtype, tf.get_variable_scope().original_name_scope
with tf.variable_scope("t") as t: tf.get_variable("a", [1]); t.reuse_variables(); print(t.reuse, tf.get_variable("a", [1]).name, tf.get_variable_scope() is t)
with tf.variable_scope("t", reuse=True):
    with tf.variable_scope("deep", reuse=False) as deep: print(deep.reuse)
    with tf.variable_scope("deep", reuse=None) as deep: print(deep.reuse)
t.global_variables(), t.trainable_variables(), t.get_collection("variables")
ev(v)

#: variable_scope: custom getters
def twice(getter, name, *args, **kwargs):
    print("get", name, sorted(kwargs))
    return getter(name, *args, **kwargs) * 2.

def outer(getter, *args, **kwargs):
    print("outer")
    return getter(*args, **kwargs)

with tf.variable_scope("s", custom_getter=outer):
    with tf.variable_scope("t", custom_getter=twice):
        x = tf.get_variable("v", [2], initializer=tf.ones_initializer())
x
ev(x)
tf.get_variable("w", [1], custom_getter=outer)
tf.get_variable("u", [1], custom_getter=3)
tf.global_variables()

#: variable_scope: partitioners
with tf.variable_scope("p", partitioner=tf.fixed_size_partitioner(3)):
    v = tf.get_variable("v", [7, 2], initializer=tf.ones_initializer())
v
len(v), v.name, v.shape, v.dtype, list(v)
v.as_tensor()
tf.convert_to_tensor(v)
[x._get_save_slice_info().spec for x in v]
v.partitions if hasattr(v, "partitions") else None
[list(p) for p in v._partitions] if hasattr(v, "_partitions") else None
tf.global_variables()
w = tf.get_variable("w", [4, 6], partitioner=tf.fixed_size_partitioner(2, axis=1), initializer=tf.zeros_initializer())
[x.shape.as_list() for x in w]
ev(tf.reduce_sum(v + 1.)), v.get_shape()
with tf.variable_scope("p", reuse=True): print(tf.get_variable("v", [7, 2], partitioner=tf.fixed_size_partitioner(3)) is v)
tf.get_variable("bad", [3], partitioner=lambda shape, dtype: [5, 5])
tf.get_variable("bad2", [3], partitioner=3)
tf.variable_axis_size_partitioner(16)(tf.TensorShape([8, 2]), tf.float32), tf.min_max_variable_partitioner(4, min_slice_size=8)(tf.TensorShape([8, 2]), tf.float32)

#: variable_creator_scope
def creator(next_creator, **kwargs):
    print(kwargs["name"], kwargs["trainable"])
    kwargs["trainable"] = False
    return next_creator(**kwargs)

with tf.variable_creator_scope(creator): a, b = tf.Variable(1., name="a"), tf.get_variable("b", [1])
tf.trainable_variables(), tf.global_variables()

#: variable_op_scope, make_template, no_regularizer
t = tf.make_template("t", lambda x: x * tf.get_variable("w", [], initializer=tf.constant_initializer(2.)))
t(1.), t(3.)
ev([t(1.), t(3.)])
t.variables, t.trainable_variables, t.name, t.var_scope.name
tf.no_regularizer(tf.constant(1.))
tf.global_variables()

#: initializers' values
def init(i, shape=(2, 3), dtype=tf.float32):
    return ev(i(list(shape), dtype))

tf.set_random_seed(1)
init(tf.zeros_initializer()), init(tf.ones_initializer()), init(tf.constant_initializer(2.5)), init(tf.constant_initializer([1., 2., 3., 4., 5., 6.])), init(tf.zeros_initializer(), dtype=tf.int32)
init(tf.constant_initializer([1., 2.]))
init(tf.constant_initializer([1., 2., 3., 4., 5., 6., 7.]))
init(tf.constant_initializer([1., 2.], verify_shape=True))
init(tf.random_normal_initializer(seed=3)), init(tf.random_normal_initializer(1., 2., seed=3)), init(tf.random_uniform_initializer(-1., 1., seed=3)), init(tf.truncated_normal_initializer(seed=3))
init(tf.random_uniform_initializer(0, 10, seed=3, dtype=tf.int32), dtype=tf.int32)
init(tf.glorot_uniform_initializer(seed=3)), init(tf.glorot_normal_initializer(seed=3)), init(tf.variance_scaling_initializer(seed=3)), init(tf.uniform_unit_scaling_initializer(seed=3))
init(tf.variance_scaling_initializer(2., "fan_avg", "uniform", seed=3)), init(tf.variance_scaling_initializer(mode="fan_out", seed=3)), init(tf.variance_scaling_initializer(distribution="untruncated_normal", seed=3))
init(tf.initializers.he_normal(seed=3)), init(tf.initializers.he_uniform(seed=3)), init(tf.initializers.lecun_normal(seed=3)), init(tf.initializers.lecun_uniform(seed=3))
init(tf.initializers.identity(gain=2.))
tf.variance_scaling_initializer(0.)
tf.variance_scaling_initializer(mode="nope")
tf.variance_scaling_initializer(distribution="nope")
tf.initializers.identity()([3], tf.float32)
tf.zeros_initializer().get_config(), tf.constant_initializer(1.).get_config(), tf.random_normal_initializer(seed=2).get_config(), tf.variance_scaling_initializer().get_config()
tf.random_normal_initializer(dtype=tf.int32)
tf.constant_initializer("a")([1], tf.float32)
tf.constant_initializer({})
tf.get_variable("g", [3, 4], initializer=tf.glorot_uniform_initializer(seed=1)).initial_value.op.type

#: global_step
tf.train.get_global_step()
s = tf.train.get_or_create_global_step()
s, s.initial_value, tf.train.get_global_step() is s, tf.train.get_or_create_global_step() is s
tf.train.create_global_step()
tf.get_collection(tf.GraphKeys.GLOBAL_STEP), tf.trainable_variables()
sess = tf.Session()
sess.run(s.initializer)
tf.train.global_step(sess, s)
sess.run(tf.assign_add(s, 1))
tf.train.assert_global_step(tf.Variable(1.))
tf.train.assert_global_step(tf.Variable([1]))

#: a resource variable of another graph than the default one
import copy
with tf.Graph().as_default(): v = tf.get_variable("v", initializer=1.0, use_resource=True)

op = v.assign(2.0).op
op.graph is v.graph, v.assign_add(1.0, read_value=False).graph is v.graph, v.assign_sub(1.0, read_value=False).graph is v.graph
copy.deepcopy(v)
