"""Tensors that stay in their session, and their handles."""

#: handles
s = tf.Session()
a, b = tf.constant(10), tf.constant(5)
c = a * b
h = tf.get_session_handle(c)
h, h.op.get_attr("_class"), h.op.device
hv = s.run(h)
type(hv).__name__, str(hv), hv.handle, hv._dtype, hv.eval()
s.run([h, {"x": h}])[1]["x"].handle
p, x = tf.get_session_tensor(hv.handle, tf.int32)
p, x, p.op.device, x.op.device
s.run(x * 3, {p: hv.handle})
s.run(x * 3, {p: hv})
q = tf.placeholder(tf.int32)
s.run(q + 1, {q: hv}), s.run([q, q + 1], {q: hv})
r = tf.placeholder(tf.float32)
s.run(r + 1, {r: hv})
r2 = tf.placeholder(tf.int32, [3])
s.run(r2 + 1, {r2: hv})
s.run(x, {p: "nothing;1;/cpu:0"})
s.run(x, {p: "nothing"})
s.run(x, {p: 3})
d, de = tf.delete_session_tensor(hv.handle)
d, de.type
s.run(de, {d: hv.handle})
s.run(de, {d: hv.handle})
hv.eval()
s.run(q + 1, {q: hv})
h2 = s.run(h)
h2.delete()
h2.delete()
h2.eval()
h3 = s.run(h)
h3.get_raw_handle()
h3.eval()
h3.delete()
tf.get_session_handle(3)
len(s._dead_handles) if hasattr(s, "_dead_handles") else 1
s.run(tf.get_session_handle(tf.constant("abc"), name="nm")).handle
s.run(h, {h: "me"}).handle
s.make_callable(h)()
text()

#: what a handle stands for
s = tf.Session()
values = [np.arange(6).reshape(2, 3), np.array(["a", "", "bc"], object), np.array(2.5), np.zeros([0, 4]), np.array([True, False]), np.array([1 + 2j])]
for v in values:
    t = tf.constant(v)
    kept = s.run(tf.get_session_handle(t))
    p = tf.placeholder(t.dtype)
    print(kept._dtype, kept.eval().tolist(), s.run(tf.identity(p), {p: kept}).tolist(), s.run([p], {p: kept})[0].tolist())

#: a loop of steps, and other sessions
s = tf.Session()
x = tf.placeholder(tf.float32)
grow = tf.get_session_handle(x * 2)
kept = s.run(grow, {x: [1., 2.]})
for _ in range(30):
    kept = s.run(grow, {x: kept})
kept.eval(), kept.handle
tf.Session().run(x + 1, {x: kept})
[o.name for o in tf.get_default_graph().get_operations()]

#: on other devices
s = tf.Session(config=tf.ConfigProto(device_count={"CPU": 2}))
with tf.device("/cpu:0"):
    a = tf.constant([1., 2.]) + 1
    h = tf.get_session_handle(a)
kept = s.run(h)
kept.handle
with tf.device("/job:localhost/replica:0/task:0/device:CPU:1"):
    p, x = tf.get_session_tensor(kept.handle, tf.float32)
    twice = x * 2
p.op.device, s.run(twice, {p: kept.handle})
q, y = tf.get_session_tensor("n;1;/job:localhost/replica:0/task:0/device:CPU:1", tf.float32)
q.op.device, s.run(y * 3, {q: kept.handle}), s.run([y * 4, q], {q: kept.handle})[0]
text()

#: in a session that runs by parts
s = tf.Session()
x, y = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
h = tf.get_session_handle(x + 1)
z = x * y
part = s.partial_run_setup([h, z], [x, y])
kept = s.partial_run(part, h, {x: 3})
s.partial_run(part, z, {y: 4}), kept.eval()
