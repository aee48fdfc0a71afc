"""Functions: Defun, calls, gradients of functions, and the operations that call functions."""
from tensorflow.python.framework import function
from tensorflow.python.ops import gen_functional_ops as fops

#: functions: a call is one operation
@function.Defun(tf.float32, tf.float32, func_name="AddMul")
def add_mul(x, y):
    return x + y, x * y
a, b = add_mul(tf.constant([1., 2.]), [3., 4.], name="call")
a, b, a.op.type, a.op.name
s = tf.Session()
s.run([a, b]), s.run(a), s.run(b)
c, d = add_mul(a, b)
c.op.name, s.run([c, d, a])
names()
tf.get_default_graph()._is_function("AddMul"), tf.get_default_graph()._is_function("AddMulx")
add_mul.name, add_mul.declared_input_types, add_mul.captured_inputs, add_mul.stateful_ops
add_mul(1.)
add_mul(1., 2., nosuch=3)
add_mul(1., 2., 3.)
add_mul.definition
tf.get_default_graph().as_graph_def().versions

#: functions: of no arguments, no results, one result, lists
@function.Defun(func_name="Zero")
def zero():
    return tf.constant(7.)
@function.Defun(tf.float32, func_name="Nothing")
def nothing(x):
    tf.add(x, 1.)
@function.Defun(tf.float32, func_name="One")
def one(x):
    return [x]
s = tf.Session()
z, n, o = zero(), nothing(3.), one(tf.constant(2.))
z, n, o
s.run(z), s.run(n), s.run(o), s.run([z, o])
@function.Defun(tf.float32, func_name="Bad")
def bad(x):
    return x, None
bad(1.)

#: functions: mistakes in declarations
function.Defun(tf.float32)(3)
function.Defun(tf.float32)(lambda x, y: x)
function.Defun(tf.float32)(lambda x=1: x)
function.Defun(tf.float32)(lambda x, **k: x)
function.Defun(tf.float32, tf.float32)(lambda x: x)
@function.Defun(tf.float32, out_names=["a"], func_name="F1")
def f1(x):
    return x, x
f1(1.)
@function.Defun(tf.float32, out_names=["a", "a"], func_name="F2")
def f2(x):
    return x, x
f2(1.)
@function.Defun(tf.float32, out_names=["a", "b"], func_name="F3")
def f3(x):
    return x, x * 2.
f3(1.)
list(f3.definition.ret.items())[0:0], sorted(f3.definition.ret.items())
@function.Defun(tf.float32, func_name="Mul")
def mul(x):
    return x
mul(1.)
@function.Defun(tf.float32, func_name="Same")
def same(x):
    return x
@function.Defun(tf.float32, func_name="Same")
def same_name(x):
    return x + 1.
same(1.), same_name(1.)

#: functions: captures
w, v = tf.constant([1., 2.], name="w"), tf.placeholder(tf.float32, [2], name="v")
@function.Defun(tf.float32, func_name="Cap")
def cap(x):
    return x * w + v * w
y = cap(tf.constant([10., 20.]))
cap.captured_inputs, [t.name for t in y.op.inputs]
tf.Session().run(y, {v: [5., 6.]})
@function.Defun(tf.float32, func_name="CapValue", capture_by_value=True)
def cap_value(x):
    return x * (w + 1.)
z = cap_value(tf.constant([10., 20.]))
cap_value.captured_inputs, [t.name for t in z.op.inputs]
tf.Session().run(z)
@function.Defun(tf.float32, func_name="CapBad", capture_by_value=True)
def cap_bad(x):
    return x * v
cap_bad([1., 2.])
sorted(n.op for n in cap_value.definition.node_def)

#: functions: variables belong outside
@function.Defun(tf.float32, func_name="Layer")
def layer(x):
    w = tf.get_variable("w", [2, 3], initializer=tf.ones_initializer())
    return tf.matmul(x, w)
y = layer(tf.constant([[1., 2.]]))
[u.name for u in tf.global_variables()], [t.name for t in y.op.inputs]
s = tf.Session()
s.run(tf.global_variables_initializer())
s.run(y)
s.run(tf.gradients(y, tf.global_variables()))

#: functions: any types of arguments
@function.Defun(func_name="Any")
def double(x):
    return x + x
double(tf.constant(1.)), double(tf.constant(2))
tf.Session().run([double(tf.constant(1.)), double(tf.constant(2)), double(tf.constant("a"))])
double.instantiate([tf.float64]).name
double.instantiate([tf.resource])

#: functions: functions that call functions
@function.Defun(tf.float32, func_name="Inner")
def inner(x):
    return tf.tanh(x) + 1.
@function.Defun(tf.float32, func_name="Outer")
def outer(x):
    return inner(x) * inner(inner(x))
y = outer(tf.constant(.5))
tf.Session().run([y, tf.gradients(y, y.op.inputs[0])[0]])
sorted(f.signature.name for f in tf.get_default_graph().as_graph_def().library.function)

#: functions: gradients
@function.Defun(tf.float32, tf.float32, func_name="G")
def g(x, y):
    return x * y, tf.square(x)
x, y = tf.constant([1., 2.]), tf.constant([3., 4.])
u, v = g(x, y, name="g")
du = tf.gradients(u, [x, y])
du
s = tf.Session()
s.run(du), s.run(tf.gradients(v, [x, y])), s.run(tf.gradients([u, v], x))
names()
@function.Defun(tf.float32, tf.float32, func_name="SquareGrad")
def square_grad(x, dy):
    return dy * 100.
@function.Defun(tf.float32, func_name="MySquare", grad_func=square_grad)
def my_square(x):
    return x * x
z = my_square(x)
s.run([z, tf.gradients(z, x)[0]])
my_square.grad_func_name
@function.Defun(tf.float32, func_name="Py", python_grad_func=lambda op, dy: dy * op.inputs[0] * 1000.)
def py(x):
    return x * x
z = py(x)
s.run([z, tf.gradients(z, x)[0]])
@function.Defun(tf.float32, tf.int32, func_name="Ints")
def ints(x, i):
    return tf.gather(x, i), i + 1
p, q = ints(x, tf.constant(1))
s.run([p, q])

#: functions: what has effects
v = tf.get_variable("v", [], initializer=tf.zeros_initializer(), use_resource=True)
@function.Defun(tf.float32, func_name="Bump", noinline=True)
def bump(x):
    v.assign_add(x)
    return x * 2.
y = bump(5.)
s = tf.Session()
s.run(v.initializer)
s.run(y), s.run(v), s.run(y), s.run(v)
bump.stateful_ops

#: functions: errors name the call
@function.Defun(tf.float32, tf.int32, func_name="Pick", noinline=True)
def pick(x, i):
    return tf.gather(x, i, name="look")
x, i = tf.placeholder(tf.float32, [3], name="x"), tf.placeholder(tf.int32, [], name="i")
y = pick(x, i, name="picked")
s = tf.Session()
s.run(y, {x: [1, 2, 3], i: 1})

#: functions: random numbers
@function.Defun(tf.float32, func_name="Noise")
def noise(x):
    return x + tf.random_uniform([], seed=3)
a, b = noise(0.), noise(0.)
s = tf.Session()
s.run([a, b]), s.run(a), s.run([a, b])
s = tf.Session()
s.run(a), s.run(a)

#: functions: in the arms of a conditional
p = tf.placeholder(tf.bool, [], name="p")
@function.Defun(tf.float32, func_name="Half")
def half(x):
    return x / 2.
y = tf.cond(p, lambda: half(tf.constant(10.)), lambda: half(half(tf.constant(10.))))
s = tf.Session()
s.run(y, {p: True}), s.run(y, {p: False})
@function.Defun(tf.float32, func_name="WithCond")
def with_cond(x):
    return tf.cond(x > 1., lambda: x * 2., lambda: x - 1.)
z = with_cond(tf.constant(3.)), with_cond(tf.constant(0.))
s.run(z), s.run(tf.cond(p, lambda: z[0], lambda: with_cond(1.)), {p: False})

#: functions: If, While, For, calls
@function.Defun(tf.float32, tf.float32, func_name="Then")
def then(x, y):
    return x + y, x
@function.Defun(tf.float32, tf.float32, func_name="Else")
def otherwise(x, y):
    return x * y, y
c = tf.placeholder(tf.bool, [], name="c")
r = fops._if(c, [3., 4.], [tf.float32, tf.float32], then, otherwise)
r
s = tf.Session()
s.run(r, {c: True}), s.run(r, {c: False})
n = fops.stateless_if(tf.constant([]), [3., 4.], [tf.float32, tf.float32], then, otherwise)
s.run(n), s.run(fops.stateless_if(2.5, [3., 4.], [tf.float32, tf.float32], then, otherwise))
s.run(fops.stateless_if("", [3., 4.], [tf.float32, tf.float32], then, otherwise))
s.run(fops.stateless_if("x", [3., 4.], [tf.float32, tf.float32], then, otherwise))
@function.Defun(tf.int32, tf.float32, func_name="Less10")
def less(i, x):
    return i < 10
@function.Defun(tf.int32, tf.float32, func_name="Step")
def step(i, x):
    return i + 1, x * 2.
w = fops._while([tf.constant(0), tf.constant(1.)], less, step)
w, s.run(w), s.run(fops.stateless_while([12, 1.], less, step))
@function.Defun(tf.int32, tf.float32, func_name="Body")
def body(i, x):
    return x + tf.to_float(i)
s.run(fops._for(0, 5, 1, [0.], body)), s.run(fops._for(5, 0, -2, [0.], body)), s.run(fops._for(3, 3, 1, [7.], body))
s.run(fops.partitioned_call([1., 2.], [tf.float32, tf.float32], then)), s.run(fops.stateful_partitioned_call([1., 2.], [tf.float32, tf.float32], then))
s.run(fops.symbolic_gradient(input=[3., 4., 1., 10.], Tout=[tf.float32, tf.float32], f=otherwise))
s.run(fops.remote_call("/job:localhost/replica:0/task:0/device:CPU:0", [1., 2.], [tf.float32, tf.float32], then))
fops.fake_param(tf.float32, [2, 3])

#: functions: a graph with functions is read again
@function.Defun(tf.float32, func_name="Twice")
def twice(x):
    return x * 2.
@function.Defun(tf.float32, func_name="Four")
def four(x):
    return twice(twice(x))
y = four(tf.constant(3.), name="y")
d = tf.get_default_graph().as_graph_def()
with tf.Graph().as_default() as h:
    t = tf.import_graph_def(d, return_elements=["y:0"])[0]
    u = tf.gradients(t, h.get_tensor_by_name("import/Const:0"))[0]
t, u
tf.Session(graph=h).run([t, u])

#: functions: functional_ops
from tensorflow.python.ops import functional_ops as f
w = tf.constant(10., name="w")
@function.Defun(tf.int32, tf.float32, func_name="ForBody")
def body(i, x):
    return x * 2. + tf.to_float(i)
@function.Defun(tf.int32, tf.float32, func_name="ForCapture")
def capture(i, x):
    return x + w
s = tf.Session()
a = f.For(0, 4, 1, [1.], body, name="a")
b = f.For(0, 4, 1, [tf.constant(1.)], capture, name="b")
c = f.For(tf.constant(0), tf.constant(7), tf.constant(2), [tf.constant(1.)], capture, name="c", rewrite_with_while=True)
a, b, c
s.run([a, b, c])
b[0].op.get_attr("body").name, [t.name for t in b[0].op.inputs][-2:]
f.For(4, 0, -1, [1.], body, hostmem=[0])[0].op.get_attr("_input_hostmem")
@function.Defun(tf.float32, tf.float32, func_name="FOne")
def one(x, y):
    return x * y
@function.Defun(tf.float32, tf.float32, func_name="FTwo")
def two(x, y):
    return x + y
s.run(f.If(True, [3., 4.], one, two)), s.run(f.If(0., [3., 4.], one, two)), s.run(f.Gradient([3., 4., 1.], one))
p = f.partitioned_call([3., 4.], one)
p, s.run(p)
@function.Defun(tf.float32, func_name="FNone")
def nothing(x):
    tf.identity(x)
q = f.partitioned_call([3.], nothing)
q.name, q.type, s.run(q)
names()

#: functions: the names that are made up
def made(): return sorted(f.signature.name for f in tf.get_default_graph().as_graph_def().library.function)
@function.Defun(tf.float32, tf.float32)
def one(x, y):
    "What it does."
    return x + y * 2.
a = tf.constant(1.); one(a, a), one.name, one.definition.signature.description
@function.Defun(tf.int32)
def constants(x): return tf.identity(x), tf.constant([b'a', 'bcd', 'e' * 200]), tf.constant([[1, 2], [3, 4]], tf.int64), tf.constant([1.5, 2], tf.float16), tf.constant([], tf.float32), tf.constant(True), tf.zeros([2, 300]), tf.constant(1 + 2j)
len(constants(1)), constants.name
@function.Defun(tf.float32)
def waits(x):
    with tf.control_dependencies([tf.Assert(tf.reduce_all(x > 0), [x])]): y = tf.identity(x)
    return one(x, y)
waits(a), waits.name
@function.Defun(tf.float32, some_attr='v', noinline=True)
def placed(x):
    with tf.device('/cpu:0'): y = tf.exp(x)
    with tf.name_scope('s'): return tf.split(y, 2, axis=0)
len(placed([1., 2.])), placed.name
v = tf.get_variable('v', [2], use_resource=True)
@function.Defun(tf.float32)
def captures(x): return x * a + v
captures(a), captures.name
@function.Defun(tf.float32, tf.float32, tf.float32)
def backward(x, y, dz): return dz, dz * 2
@function.Defun(tf.float32, tf.float32, grad_func=backward)
def forward(x, y): return x + y
forward(a, a), forward.name, backward.name
@function.Defun(tf.float32, tf.float32, out_names=['q', 'r'])
def control(X1, y1): return tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * 2), [0, X1])[1], tf.cond(tf.reduce_sum(y1) > 0, lambda: X1, lambda: y1)
len(control(a, a)), control.name
lam = function.Defun(tf.float32)(lambda x: x * x)
lam(a)
lam.name
class Held:
    def method(self, x): return x * 2
held = function.Defun(tf.float32)(Held().method); held(a), held.name
@function.Defun()
def nothing(): return tf.constant(1)
nothing(), nothing.name
made()

#: functions: constants that are guaranteed, and gradients that give too many
v = tf.Variable(1.); c = tf.guarantee_const(v); a = tf.identity(c); s = tf.identity(a); n = s + v; p = tf.placeholder(tf.float32)
@function.Defun()
def guaranteed():
    o = c + a + s + n + p + c
    print([[(x.name, x.type) for x in t.consumers()] for t in function.get_extra_args()])
    return o
guaranteed().op.name, [(x.name, x.op, list(x.input)) for x in tf.get_default_graph().as_graph_def().library.function[0].node_def]
@function.Defun(*[tf.float32] * 3)
def two(x, dy, dz): return x, dy + dz
@function.Defun(tf.float32, grad_func=two)
def twice(x): return x, x
d = tf.gradients(tf.add_n(twice(p)), [p])
try: tf.Session().run(d, {p: [1.]})
except tf.errors.InvalidArgumentError as e: print(e.message.split('\n')[0])
