"""cond, case, group, tuple, Assert, and what control flow makes of a graph."""

#: cond: results
p, x = tf.placeholder(tf.bool, [], name="p"), tf.constant(3., name="x")
y = tf.cond(p, lambda: x * 2., lambda: x + 10.)
y, y.op.type
s = tf.Session()
s.run(y, {p: True}), s.run(y, {p: False}), s.run([y, y + 1.], {p: True})
z = tf.cond(p, lambda: (x, tf.constant(1)), lambda: (x * x, tf.constant(2)))
z
s.run(z, {p: True}), s.run(z, {p: False})
w = tf.cond(p, lambda: [x], lambda: [x + 1.])
w
s.run(w, {p: False})
tf.cond(p, lambda: [x], lambda: [x], strict=True)
tf.cond(p, lambda: x, lambda: 5.)
tf.cond(p, lambda: 1, lambda: 2)
tf.cond(p, lambda: {"a": x}, lambda: {"a": x * 2.})
tf.cond(p, lambda: None, lambda: None)
tf.cond(p, lambda: tf.no_op(), lambda: tf.no_op())
tf.cond(p, lambda: tf.no_op(), lambda: x)
tf.cond(p, lambda: (), lambda: ())
names()

#: cond: errors
p, x = tf.placeholder(tf.bool, [], name="p"), tf.constant(3., name="x")
tf.cond(True, lambda: x, lambda: x)
tf.cond(p, x, lambda: x)
tf.cond(p, lambda: x, 3)
tf.cond(p, lambda: x)
tf.cond(p, lambda: x, lambda: 1)
tf.cond(p, lambda: x, lambda: [x, x])
tf.cond(p, lambda: x, lambda: None)
tf.cond(p, lambda: (x, x), lambda: [x, x])
tf.cond(x, lambda: x, lambda: x)
tf.cond(p, true_fn=lambda: x, false_fn=lambda: x, fn1=lambda: x)
tf.cond(p, fn1=lambda: x, fn2=lambda: x * 2.)
tf.cond(p, lambda: x, lambda: tf.constant([1., 2.]))
tf.cond(tf.placeholder(tf.bool, [2]), lambda: x, lambda: x)
tf.Session().run(tf.cond(tf.placeholder(tf.bool, name="q"), lambda: x, lambda: x), {"q:0": [True, False]})

#: cond: only the branch that is taken runs
p = tf.placeholder(tf.bool, [])
v = tf.Variable(0, name="v")
y = tf.cond(p, lambda: tf.assign(v, 5), lambda: tf.assign(v, 7))
s = tf.Session()
s.run(v.initializer)
s.run(y, {p: True}), s.run(v)
s.run(y, {p: False}), s.run(v)
z = tf.cond(p, lambda: tf.constant(1) // 0, lambda: tf.constant(2))
s.run(z, {p: False})
s.run(z, {p: True})
out = tf.assign_add(v, 100)
u = tf.cond(p, lambda: tf.identity(out), lambda: tf.constant(0))
s.run(u, {p: False}), s.run(v)
inside = []
t = tf.cond(p, lambda: inside.append(tf.constant(4) + 1) or inside[0], lambda: tf.constant(0))
s.run(inside[0], {p: True})
s.run(inside[0], {p: False})

#: cond: nested, in scopes, with control inputs
p, q = tf.placeholder(tf.bool, [], name="p"), tf.placeholder(tf.bool, [], name="q")
x = tf.constant(1., name="x")
y = tf.cond(p, lambda: tf.cond(q, lambda: x + 1., lambda: x + 2.), lambda: tf.cond(q, lambda: x + 3., lambda: x + 4., name="inner"), name="outer")
s = tf.Session()
[s.run(y, {p: a, q: b}) for a in (True, False) for b in (True, False)]
with tf.control_dependencies([x]): z = tf.cond(p, lambda: tf.constant(1), lambda: tf.constant(2))
text()

#: cond: gradients
p = tf.placeholder(tf.bool, [], name="p")
x, w = tf.constant(3., name="x"), tf.constant(5., name="w")
y = tf.cond(p, lambda: x * x * w, lambda: x + 10.)
g = tf.gradients(y, [x, w])
s = tf.Session()
s.run(g, {p: True}), s.run(g, {p: False})
v = tf.Variable(2., name="v")
l = tf.cond(p, lambda: tf.square(v), lambda: tf.constant(1.))
s.run(v.initializer)
h = tf.gradients(l, v)
s.run(h, {p: True}), s.run(h, {p: False})
[n for n in names() if "grad" in n]

#: cond: second gradients
p = tf.placeholder(tf.bool, [], name="p")
x = tf.constant(3., name="x")
y = tf.cond(p, lambda: x * x * x, lambda: x)
g = tf.gradients(tf.gradients(y, x)[0], x)[0]
s = tf.Session()
s.run(g, {p: True}), s.run(g, {p: False})

#: control flow contexts
p = tf.placeholder(tf.bool, [])
c = []
y = tf.cond(p, lambda: c.append(tf.get_default_graph()._get_control_flow_context()) or tf.constant(1), lambda: tf.constant(2))
c[0].name, c[0].branch, c[0].pred.name, c[0].pivot.name, type(c[0]).__name__, c[0].outer_context
tf.get_default_graph()._get_control_flow_context()
y.op._get_control_flow_context()
[x.name for x in tf.get_collection(tf.GraphKeys.COND_CONTEXT)]
c[0].GetWhileContext() is None

#: case
x = tf.placeholder(tf.int32, [], name="x")
y = tf.case([(tf.equal(x, 1), lambda: tf.constant(10)), (tf.equal(x, 2), lambda: tf.constant(20))], default=lambda: tf.constant(0))
s = tf.Session()
[s.run(y, {x: i}) for i in (1, 2, 3)]
z = tf.case({tf.equal(x, 1): lambda: tf.constant(10), tf.equal(x, 2): lambda: tf.constant(20)}, default=lambda: tf.constant(0), exclusive=True)
[s.run(z, {x: i}) for i in (1, 2, 3)]
n = tf.case([(x > 0, lambda: tf.constant(1)), (x > 1, lambda: tf.constant(2))], exclusive=True, default=lambda: tf.constant(3))
s.run(n, {x: 1})
s.run(n, {x: 5})
m = tf.case([(x > 0, lambda: tf.constant(1))])
s.run(m, {x: 1})
s.run(m, {x: -1})
tf.case([])
tf.case(3)
tf.case([(x > 0, 3)])
tf.case([(1, lambda: 1)])
tf.case([(x > 0, lambda: tf.constant(1))], default=3)
names()

#: group, tuple, no_op, with_dependencies
a, b = tf.constant(1, name="a"), tf.constant(2, name="b")
g = tf.group(a, b)
g, g.type, sorted(x.name for x in g.control_inputs)
tf.group(), tf.group(name="n"), tf.group([a, b]).control_inputs is not None
tf.group(a, 3)
tf.group(None)
with tf.device("/cpu:0"): c = tf.constant(3, name="c")
tf.group(a, c).control_inputs
t = tf.tuple([a, b])
t, [sorted(x.name for x in y.op.control_inputs) for y in t]
tf.tuple([a, None])
tf.tuple([])
tf.tuple([None])
tf.tuple([a], control_inputs=[b.op])
tf.tuple([a], control_inputs=[3])
ev(t)
v = tf.Variable(0)
ev(tf.tuple([tf.assign(v, 4), a]))
from tensorflow.python.ops import control_flow_ops
control_flow_ops.with_dependencies([a.op], b)
text()

#: Assert
x = tf.placeholder(tf.float32, [2], name="x")
a = tf.Assert(tf.reduce_all(x > 0.), [x, "message"], name="check")
a, a.type
s = tf.Session()
s.run(a, {x: [1., 2.]})
s.run(a, {x: [1., -2.]})
with tf.control_dependencies([a]): y = tf.identity(x)
s.run(y, {x: [1., 2.]})
s.run(y, {x: [0., 2.]})
s.run(tf.Assert(False, [tf.constant([1, 2, 3, 4, 5, 6])]))
s.run(tf.Assert(False, [tf.constant([1, 2, 3, 4, 5, 6])], summarize=6))
s.run(tf.Assert(tf.constant([True, False]), ["a"]))
tf.Assert(tf.constant(1), ["a"])

#: assertions
x = tf.placeholder(tf.int32, [None], name="x")
s = tf.Session()
c = tf.assert_equal(x, [1, 2], message="unequal")
s.run(c, {x: [1, 2]})
s.run(c, {x: [1, 3]})
for f in (tf.assert_positive, tf.assert_negative, tf.assert_non_negative, tf.assert_non_positive): print(f.__name__, f(x).type)
for f in (tf.assert_less, tf.assert_less_equal, tf.assert_greater, tf.assert_greater_equal, tf.assert_none_equal): print(f.__name__, f(x, 1).type)
s.run(tf.assert_less(x, 2), {x: [5]})
tf.assert_equal(1, 2)
tf.assert_less(tf.constant([3]), 1, message="m")
tf.assert_positive(tf.constant([-1]))
tf.assert_equal(1, 1)
tf.assert_rank(x, 1), tf.assert_rank_at_least(x, 1), tf.assert_rank_in(x, [0, 1])
tf.assert_rank(x, 2)
tf.assert_rank_at_least(x, 2)
tf.assert_type(x, tf.int32), tf.assert_scalar(1)
tf.assert_type(x, tf.float32)
tf.assert_scalar([1])
tf.assert_same_float_dtype([tf.constant(1.)], tf.float32)
tf.assert_same_float_dtype([tf.constant(1.), tf.constant(1., tf.float64)])
tf.assert_integer(x)
tf.assert_integer(1.5)
tf.is_numeric_tensor(x), tf.is_non_decreasing([1, 1, 2]), tf.is_strictly_increasing([1, 1, 2])
ev([tf.is_non_decreasing([1, 1, 2]), tf.is_strictly_increasing([1, 1, 2]), tf.is_non_decreasing([2, 1])])
tf.check_numerics([1., 2.], "m"), tf.verify_tensor_all_finite([1.], "m")
s.run(tf.check_numerics([1., np.inf], "m"))
s.run(tf.check_numerics([np.nan, np.inf], "m"))

#: Switch, Merge by hand
from tensorflow.python.ops import control_flow_ops
x, p = tf.constant([1., 2.], name="x"), tf.placeholder(tf.bool, [])
f, t = control_flow_ops.switch(x, p)
f, t
m, i = control_flow_ops.merge([f * 2., t + 5.])
m, i
s = tf.Session()
s.run([m, i], {p: True}), s.run([m, i], {p: False})
s.run(f, {p: True})
s.run(t, {p: False})
