"""tf.Session, InteractiveSession: feeds, fetches, partial runs, callables, closing."""

#: fetch structures
a, b = tf.constant(1, name="a"), tf.constant([1., 2.], name="b")
s = tf.Session()
s.run(a), s.run(b), s.run([a, b]), s.run((a, b)), s.run({"x": a, "y": [b, a]}), s.run([[a], (b, {"k": a})]), s.run([]), s.run(()), s.run({})
import collections
P = collections.namedtuple("P", "first second")
s.run(P(a, b)), s.run([P(a, [b])])
s.run(collections.OrderedDict([("z", a), ("y", b)]))
type(s.run(collections.OrderedDict([("z", a)]))).__name__
s.run("a:0"), s.run("a"), s.run(["a:0", b]), s.run(a.op), s.run([a.op, a])
s.run([a, a, a])
s.run(tf.no_op()), s.run([tf.no_op(), a]), s.run(tf.group(a, b))
s.run(tf.SparseTensor([[0, 1]], [5.], [2, 2]))
s.run(tf.IndexedSlices(tf.constant([1.]), tf.constant([0])))
s.run([tf.IndexedSlices(tf.constant([1.]), tf.constant([0]), tf.constant([3]))])
v = tf.Variable(3, name="v")
s.run(v.initializer)
s.run(v), s.run([v, v + 1]), s.run({"v": v}), s.run("v"), s.run("v:0")
type(s.run(a)), type(s.run(b)), type(s.run([a])), s.run(tf.constant("t")), s.run(tf.constant(["t", "u"])), s.run(tf.constant(True)), s.run(tf.constant(1j)), type(s.run(tf.constant("t")))
s.run(iter([a]))
s.run({a})
s.run({a: b}) if False else None

#: fetches that are not
a = tf.constant(1, name="a")
s = tf.Session()
s.run(None)
s.run([a, None])
s.run(5)
s.run([a, 2.5])
s.run("nope")
s.run("nope:0")
s.run("a:5")
s.run("a:0:0")
s.run("")
s.run({"k": None})
s.run(lambda: 1)
s.run(tf.float32)
s.run([[[3]]])
s.run(tf.TensorShape([1]))
s.run(np.array([1]))
s.run()
s.run(a, a, a, a, a)

#: feeds
x = tf.placeholder(tf.float32, [None, 2], name="x")
i = tf.placeholder(tf.int32, [], name="i")
t = tf.placeholder(tf.string, name="t")
z = tf.placeholder(tf.complex64, name="z")
p = tf.placeholder(tf.bool, name="p")
y = x * 2.
s = tf.Session()
s.run(y, {x: [[1., 2.]]}), s.run(y, {x: np.ones([3, 2])}), s.run(y, {x: np.zeros([0, 2])}), s.run(y, {"x:0": [[1, 2]]}), s.run(y, feed_dict={x: ((1, 2), (3, 4))})
s.run(i, {i: 5}), s.run(i, {i: np.int64(7)}), s.run(i, {i: True}), s.run(i + 1, {i: np.array(3)}), s.run(i, {i: 2.0}), s.run(i, {i: 2.7})
s.run(t, {t: "a"}), s.run(t, {t: ["a", b"b"]}), s.run(t, {t: u"\u00e9"}), s.run(t, {t: np.array(["x", "yy"])}), s.run(t, {t: np.array([[b"x"]], dtype=object)})
s.run(z, {z: 1 + 2j}), s.run(z, {z: [1., 2.]}), s.run(p, {p: 1}), s.run(p, {p: [True, False]})
s.run(y, {x: [1., 2.]})
s.run(y, {x: [[1., 2., 3.]]})
s.run(y, {x: "a"})
s.run(y, {x: [["a", "b"]]})
s.run(y, {x: None})
s.run(y, {x: [[None, 1.]]})
s.run(y, {x: tf.constant([[1., 2.]])})
s.run(y, {x: [[1.], [2., 3.]]})
s.run(y, {x: object()})
s.run(y)
s.run(y, {})
s.run(y, None)
s.run(y, [])
s.run(y, 3)
s.run(y, {"x": [[1., 2.]]})
s.run(y, {"nope:0": 1})
s.run(y, {3: 1})
s.run(y, {None: 1})
s.run(y, {y.op: 1})
s.run(y, {tf.float32: 1})
s.run(i, {i: "a"})
s.run(i, {i: 2**31})
s.run(i, {i: 2**40})
s.run(i, {i: [1]})
s.run(p, {p: "a"})
s.run(t, {t: 3})
s.run(y, {x: np.asfortranarray([[1., 2.], [3., 4.]])}), s.run(y, {x: np.arange(8.).reshape(2, 4)[:, ::2]}), s.run(y, {x: np.ones([2, 2], ">f4")}), s.run(y, {x: np.ones([2, 2], np.float16)})
s.run([x, y], {x: [[1., 2.]], y: [[9., 9.]]})
s.run(y, {y: [[7.]]})

#: feeding intermediate tensors and constants
a = tf.constant(2., name="a")
b = a * 3.
c = b + 1.
s = tf.Session()
s.run(c, {b: 10.}), s.run(c, {a: 1.}), s.run([a, b, c], {a: 5.}), s.run([b, c], {b: 0.}), s.run(a, {a: 7.}), s.run("mul:0", {"mul:0": 4.})
v = tf.Variable(1., name="v")
s.run(v + 1., {v: 5.})
s.run(v, {v: 5.})
s.run(c, {c.op: 1.})
sp = tf.sparse_placeholder(tf.float32, name="sp")
s.run(tf.reduce_sum(sp.values), {sp: tf.SparseTensorValue([[0]], [3.], [1])}), s.run(sp, {sp: ([[0]], [3.], [1])})

#: fed arrays and fetched arrays are the caller's own
x = tf.placeholder(tf.float32, [2])
s = tf.Session()
f = np.array([1., 2.], np.float32)
r = s.run(x, {x: f})
r is f, np.shares_memory(r, f)
r2 = s.run(tf.identity(x), {x: f})
f[0] = 100.
r2
o = s.run(x * 2., {x: f})
o.flags.writeable, o.flags.c_contiguous
o[0] = -1.
s.run(x * 2., {x: f})

#: closing
a = tf.constant(1)
s = tf.Session()
s.close()
s.close()
s.run(a)
s.graph is tf.get_default_graph()
with tf.Session() as t: t.run(a)
t.run(a)
s.list_devices()
s.make_callable(a)()
s.partial_run_setup([a])

#: sessions and graphs
a = tf.constant(1, name="a")
with tf.Graph().as_default() as g: b = tf.constant(2, name="b")
tf.Session(graph=g).run(b), tf.Session(graph=g).graph is g, tf.Session().graph is tf.get_default_graph()
tf.Session().run(b)
tf.Session(graph=3)
tf.Session(graph="a")
tf.Session(3)
tf.Session(config=3)
tf.Session(config={})
tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=1)).run(a)
tf.Session("grpc://localhost:1").close()
tf.Session("nope://x")
tf.Session(target="").run(a)
with tf.Session(graph=tf.Graph()): tf.get_default_graph().get_operations()
tf.Session(graph=tf.Graph()).run(a)
tf.Session(graph=tf.Graph()).run("a:0")
tf.Session().graph_def == tf.get_default_graph().as_graph_def()
tf.Session().sess_str
repr(tf.Session())

#: default sessions
a = tf.constant(5)
tf.get_default_session()
with tf.Session() as s: print(tf.get_default_session() is s, a.eval())
tf.get_default_session()
s = tf.Session()
with s.as_default(): print(tf.get_default_session() is s, a.eval())
s.run(a)
with s.as_default() as t: print(t is s)
g = tf.Graph()
with tf.Session(graph=g) as u: print(tf.get_default_graph() is g)
with s: pass
s.run(a)
with tf.Session() as s:
    with tf.Session() as t: print(tf.get_default_session() is t)
    print(tf.get_default_session() is s)

#: a session entered twice
s = tf.Session()
with s:
    with s: print(tf.get_default_session() is s)

#: InteractiveSession
a = tf.constant(5)
s = tf.InteractiveSession()
tf.get_default_session() is s, a.eval(), s.run(a)
(a + 1).eval()
tf.constant(3).graph is s.graph
s.close()
tf.get_default_session()
a.eval()
s = tf.InteractiveSession(graph=tf.Graph())
tf.get_default_graph() is s.graph
s.close()

#: graphs grow between runs
x = tf.constant(1)
s = tf.Session()
s.run(x)
y = x + 1
s.run(y)
z = tf.Variable(5)
s.run(z.initializer)
s.run(z + y)

#: partial_run
a, b, c = tf.placeholder(tf.float32, [], name="a"), tf.placeholder(tf.float32, [], name="b"), tf.placeholder(tf.float32, [], name="c")
r1 = a + b
r2 = r1 * c
s = tf.Session()
h = s.partial_run_setup([r1, r2], [a, b, c])
s.partial_run(h, r1, feed_dict={a: 1., b: 2.})
s.partial_run(h, r2, feed_dict={c: 17.})
h = s.partial_run_setup([r1, r2], [a, b, c])
h = s.partial_run_setup([r1, r2], [a, b, c])
s.partial_run(h, r1, feed_dict={a: 1., b: 2.})
s.partial_run(h, r1)
h = s.partial_run_setup([r1, r2], [a, b, c])
s.partial_run(h, [r1], feed_dict={a: 1., b: 2.})
s.partial_run(h, r2, feed_dict={a: 1., c: 3.})
s.partial_run_setup([], [])
s.partial_run("nope", r1, feed_dict={a: 1.})
h = s.partial_run_setup([r1], [a, b])
s.partial_run(h, {"k": r1}, feed_dict={a: 1., b: 2.})

#: make_callable
a, b = tf.placeholder(tf.float32, [None], name="a"), tf.placeholder(tf.float32, [], name="b")
s = tf.Session()
f = s.make_callable(a * b, [a, b])
f([1., 2.], 3.), f(np.ones(2, np.float32), 2)
f([1.])
f([1.], 1., 1.)
f("a", 1.)
s.make_callable([a, {"s": b}], [a, b])([1.], 2.)
s.make_callable(tf.constant(3))()
s.make_callable(tf.no_op())()
s.make_callable(a, ["a:0"])([5.])
s.make_callable(a, 3)
s.make_callable(3)
s.make_callable(a)()
v = tf.Variable(1.)
s.make_callable(v.initializer)()
g = s.make_callable(v.assign_add(1.))
g(), g(), g()

#: options and metadata
a = tf.constant(1)
s = tf.Session()
m = tf.RunMetadata()
s.run(a, options=tf.RunOptions(trace_level=tf.RunOptions.NO_TRACE), run_metadata=m)
s.run(a, run_metadata=3)
s.run(a, options=tf.RunOptions(timeout_in_ms=5000))
q = tf.FIFOQueue(1, tf.int32)
s.run(q.dequeue(), options=tf.RunOptions(timeout_in_ms=30))
tf.Session(config=tf.ConfigProto(operation_timeout_in_ms=30)).run(q.dequeue())
s.run(a)

#: devices of a session
s = tf.Session(config=tf.ConfigProto(device_count={"CPU": 3}))
[d_.name for d_ in s.list_devices() if d_.device_type == "CPU"]
with tf.device("/cpu:2"): a = tf.constant([1., 2.])
with tf.device("/cpu:1"): b = a * 2.
with tf.device("/cpu:7"): c = tf.constant(1.)
s.run(a + b)
s.run(c)
tf.Session(config=tf.ConfigProto(allow_soft_placement=True)).run(c)
with tf.device("/job:worker"): e = tf.constant(1.)
s.run(e)
s.list_devices()[0].name, s.list_devices()[0].device_type
s.list_devices()[0].memory_limit_bytes > 0

#: errors carry the operation and the code
x = tf.placeholder(tf.float32, name="x")
s = tf.Session()
e = None
try: s.run(x)
except tf.errors.InvalidArgumentError as error: e = error
e.error_code, e.op, e.node_def.name, e.message.split("\n")[0]
isinstance(e, tf.OpError), isinstance(e, tf.errors.OpError), tf.errors.INVALID_ARGUMENT, type(e).__mro__[1].__name__
[(n, getattr(tf.errors, n)) for n in ("OK", "CANCELLED", "UNKNOWN", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "UNAUTHENTICATED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS")]
tf.errors.exception_type_from_error_code(3), tf.errors.error_code_from_exception_type(tf.errors.NotFoundError)
f = tf.errors.NotFoundError(None, None, "gone")
f, str(f), f.error_code, f.message, f.op, f.node_def
str(tf.errors.UnknownError(None, None, "m")), tf.errors.OpError(None, None, "m", 3).error_code
with tf.errors.raise_exception_on_not_ok_status() as status: pass

#: only what is fetched is computed
x = tf.placeholder(tf.float32, name="x")
bad = tf.constant(1) // tf.constant(0)
good = tf.constant(1) + 1
s = tf.Session()
s.run(good)
s.run(bad)
s.run([good, bad])
s.run(tf.check_numerics(tf.constant([1., np.nan]), "found")), s.run(good)
s.run(good)

#: queues
q = tf.FIFOQueue(2, [tf.int32, tf.float32], shapes=[[], [2]], name="q")
s = tf.Session()
s.run(q.enqueue([1, [1., 2.]]))
s.run(q.size())
s.run(q.dequeue())
s.run(q.enqueue_many([[1, 2], [[1., 1.], [2., 2.]]]))
s.run(q.dequeue_many(2))
q.enqueue([1])
q.enqueue([1, [1., 2., 3.]])
q.enqueue(["a", [1., 2.]])
q.enqueue_many([[1], [[1.]]])
q.name, q.dtypes, [str(x) for x in q.shapes], q.names, q.queue_ref, q.dequeue(), q.size()
tf.FIFOQueue(2, [tf.int32]).dequeue_many(2)
tf.FIFOQueue(2, [tf.int32], shapes=[[], []])
tf.FIFOQueue(2, [tf.int32], names=["a", "b"])
n = tf.FIFOQueue(2, [tf.int32, tf.float32], names=["a", "b"])
s.run(n.enqueue({"a": 1, "b": 2.}))
s.run(n.dequeue())
n.enqueue([1, 2.])
n.enqueue({"a": 1})
s.run(q.close())
s.run(q.enqueue([1, [1., 2.]]))
s.run(q.dequeue())
s.run(q.is_closed()), s.run(q.size())
u = tf.FIFOQueue(3, tf.int32)
s.run([u.enqueue(5), u.size()])[0]
s.run(u.enqueue_many([[6, 7]]))
s.run(u.close())
[s.run(u.dequeue()) for _ in range(3)]
s.run(u.dequeue())
w = tf.FIFOQueue(3, tf.int32, shapes=[[]])
s.run(w.enqueue_many([[1, 2]]))
s.run(w.close())
s.run(w.dequeue_up_to(5))
s.run(w.dequeue_up_to(5))
s.run(w.dequeue_many(1))
x = tf.FIFOQueue(1, tf.int32)
s.run([x.dequeue(), x.enqueue(9)])[0]
tf.FIFOQueue(0, tf.int32).queue_ref.op.get_attr("capacity")
tf.FIFOQueue(1, "nope")
tf.QueueBase.from_list(0, [q, u]) if False else None

#: reset closes every session
v = tf.get_variable("v", initializer=3.)
s, t = tf.Session(), tf.Session()
s.run(v.initializer), t.run(v.initializer), s.run(v)
tf.Session.reset("")
s.run(v), t.run(v)
s = tf.Session()
s.run(v.initializer), s.run(v)
tf.Session.reset("", ["a container"])
s.run(v)
tf.Session.reset("nosuch"), tf.Session.reset("", 3)

#: reset
tf.Session.reset("") if False else None
tf.Session("").run(tf.constant(1))
