"""Staging areas: in a row, and by key."""
from tensorflow.python.ops import data_flow_ops, gen_data_flow_ops as gen
F = tf.float32

#: a row
area = tf.contrib.staging.StagingArea([tf.float32, tf.int32], shapes=[[2], []])
area.name, area.dtypes, area.shapes, area.names, area.capacity, area.memory_limit
put, get, peek, size, clear = area.put([tf.constant([1., 2.]), tf.constant(3)]), area.get(), area.peek(0), area.size(), area.clear()
put, get, peek, size, clear
s = tf.Session()
s.run(size), s.run(put), s.run([put, size][1:]), s.run(peek), s.run(size), s.run(put), s.run(size), s.run(get), s.run(size), s.run(clear), s.run(size)
s.run([put, get])
text()

#: a row with names, alone, on a device
with tf.name_scope("scope"), tf.device("/cpu:0"):
    area = data_flow_ops.StagingArea([tf.float32, tf.int64], names=["x", "y"], shared_name="shared", capacity=2, memory_limit=99)
put = area.put({"y": tf.constant(1, tf.int64), "x": tf.constant([2.])}, name="into")
area.get(name="out"), area.peek(1), area.size("n"), area.clear("c")
one = data_flow_ops.StagingArea([tf.string])
one.put(tf.constant("a")), one.get(), one.name
two = data_flow_ops.StagingArea([tf.string])
two.name
text()

#: a row's mistakes
area = data_flow_ops.StagingArea([tf.float32, tf.int32], shapes=[[2], []])
area.put([tf.constant(1), tf.constant(1)])
area.put([tf.constant(1.), tf.constant(1)])
area.put([tf.constant([1., 2.])] * 3)
area.put({"a": tf.constant(1.)})
area.put([1., 2])
area.put(tf.constant([1., 2.]))
named = data_flow_ops.StagingArea([tf.float32, tf.int32], names=["x", "y"])
named.put([tf.constant(1.), tf.constant(1)])
named.put({"x": tf.constant(1.), "z": tf.constant(1)})
named.put({})
tf.Session().run(named.put({"x": tf.constant(1.)}))
data_flow_ops.StagingArea([tf.float32], shapes=[])
data_flow_ops.StagingArea([tf.float32], names=["a", "b"])
data_flow_ops.StagingArea([tf.float32], shared_name=3)

#: what runs of a row refuse
s = tf.Session()
put = gen.stage([tf.constant(1.)], shared_name="a")

s.run(put), s.run(gen.unstage([F, F], shared_name="a"))
s.run(gen.stage_size([], shared_name="a"))
s.run(put), s.run(gen.stage_peek(0, [F, F], shared_name="a")), s.run(gen.stage_peek(0, [F], shared_name="a"))
s.run(gen.stage([tf.constant(["abc", "de"])], shared_name="b", memory_limit=20))
s.run(gen.stage([tf.constant(["abc", "de"])], shared_name="c", memory_limit=21))
s.run(gen.stage([tf.constant(np.ones(3))], shared_name="b", memory_limit=1))
s.run(gen.stage([tf.constant(np.ones(3))], shared_name="_b"))
s.run(gen.stage([tf.constant(np.ones(3))], shared_name="c", container="?"))
s.run(gen.stage([tf.constant(np.ones(3))], shared_name="c", container="-a"))
s.run(gen.stage([tf.constant(np.ones(3))], shared_name="c", container="a-b/c.d"))
s.run(tf.FIFOQueue(3, tf.float32, shared_name="_c").size())
gen.stage([tf.constant(1.)], capacity=-1)
gen.stage([])
gen.unstage([])
gen.stage_peek(1., [F])

#: all dtypes in a row
s = tf.Session()
for d in [tf.float16, tf.bfloat16, tf.float64, tf.int8, tf.int16, tf.uint8, tf.uint16, tf.bool, tf.complex64, tf.complex128, tf.string]:
    x = tf.constant(["a", "", "b"]) if d == tf.string else tf.cast([[0, 1], [2, 3]], d)
    s.run(gen.stage([x], shared_name=d.name))
    if d != tf.bfloat16:
        print(s.run(gen.unstage([d], shared_name=d.name))[0].tolist())

#: threads at a row
area = data_flow_ops.StagingArea([tf.int32], capacity=2)
p = tf.placeholder(tf.int32, [])
put, get, size = area.put(p), area.get(), area.size()
s = tf.Session()
got, threads = [], []
import threading
for i in range(3):
    threads.append(threading.Thread(target=s.run, args=(put, {p: i})))
    threads[-1].start()
for i in range(3):
    got.append(int(s.run(get)[0]))
[t.join() for t in threads]
sorted(got), s.run(size)

#: by key
area = data_flow_ops.MapStagingArea([tf.float32, tf.int32], shapes=[[], [1]])
area.name, area._ordered
k = tf.placeholder(tf.int64, [])
put = area.put(k, [tf.cast(k, tf.float32), tf.cast([k], tf.int32)], indices=[0, 1])
key, get = area.get(k)
any_key, any_get = area.get()
peek = area.peek(k)
put, key, get, any_key, any_get, peek
s = tf.Session()
s.run(put, {k: 3}), s.run(put, {k: 5}), s.run(area.size()), s.run(peek, {k: 3}), s.run([key, get], {k: 3}), s.run([any_key, any_get])
s.run(area.size()), s.run(put, {k: 9}), s.run(area.clear()), s.run(area.size()), s.run(area.incomplete_size())
text()

#: by key and by parts
area = data_flow_ops.MapStagingArea([tf.float32, tf.int32, tf.string], names=["f", "i", "s"], ordered=True, shared_name="m")
s = tf.Session()
f, i, t = tf.constant(1.5), tf.constant(2), tf.constant("three")
s.run(area.put(7, {"i": i})), s.run(area.size()), s.run(area.incomplete_size())
s.run(area.put(7, {"i": i}))
s.run(area.put(7, {"f": f, "s": t})), s.run(area.size()), s.run(area.incomplete_size())
area.get(7, indices=["s"])
s.run(area.get(7, indices=["s"])[1])
s.run(area.get(7, indices=["s"])[1])
s.run(area.get(7, indices=[0, 1])[1]), s.run(area.size())
s.run([area.put(4, {"f": f, "i": i, "s": t}), area.put(2, {"f": f, "i": i, "s": t}), area.put(3, {"f": f, "i": i, "s": t})])
s.run(area.get()), s.run(area.get(indices=[0])), s.run(area.peek(3, indices=["i", "s"]))
s.run(area.get(indices=["i", "s"])), s.run(area.get()[0]), s.run(area.size())
text()

#: mistakes by key
area = data_flow_ops.MapStagingArea([tf.float32, tf.int32], names=["f", "i"])
area.get(1, indices=["f", 1])
area.get(1, indices=[])
area.get(1, indices=3)
area.get(1, indices=[5])
area.put(1, {"x": tf.constant(1.)})
area.put(1, [tf.constant(1.)], indices=[0])
plain = data_flow_ops.MapStagingArea([tf.float32, tf.int32])
plain.get(1, indices=["x"])
plain.put(1, [tf.constant(1.)])
plain.put(1, [tf.constant(1.)], indices=[0, 1])
plain.put(1, [tf.constant(1.)] * 3, indices=[0, 1, 0])
plain.put(1, [tf.constant(1.)], indices=[1])
plain.put(1, tf.constant(1.))
plain.put(1., [tf.constant(1.)], indices=[0])

#: what runs refuse by key
s = tf.Session()
put = lambda k, i, v, dt, n="m", **kw: s.run(gen.map_stage(tf.constant(k, tf.int64), tf.constant(i, tf.int32), v, dt, shared_name=n, **kw))
take = lambda k, i, dt, n="m": s.run(gen.map_unstage(tf.constant(k, tf.int64), tf.constant(i, tf.int32), dt, shared_name=n))
sizes = lambda: s.run([gen.map_size([F, F], shared_name="m"), gen.map_incomplete_size([F, F], shared_name="m")])
put(1, [1, 0], [1., 2.], [F, F])
put(1, [1, 1], [1., 2.], [F, F])
put(1, [5, 6], [1., 2.], [F, F]), take(1, [0, 1], [F, F])
put(2, [5], [1.], [F, F])
put(2, [-1], [1.], [F, F])
put(3, [0], [1.], [F, F]), put(3, [0], [1.], [F, F])
sizes(), put(3, [1], [7.], [F, F]), sizes(), take(3, [1], [F]), take(3, [1], [F])
take(3, [4], [F])
take(3, [-4], [F])
put(9, [0, 1], [1., 2.], [F, F]), put(9, [0, 1], [3., 4.], [F, F]), take(9, [0, 1], [F, F])

put(1, [0], [1.], [F, F], n="y", memory_limit=3)
[put(k, [0], [float(k)], [F], n="z") for k in (5, 3, 8, 1)], [s.run(gen.map_unstage_no_key([0], [F], shared_name="z")) for _ in range(4)]
[s.run(gen.ordered_map_stage(k, [0], [tf.constant(k)], [tf.int32], shared_name="o")) for k in (5, 3, 8, -1)]
[s.run(gen.ordered_map_unstage_no_key([0], [tf.int32], shared_name="o")) for _ in range(4)]
gen.map_stage(1, [0], [], [F])
gen.map_unstage(1, [0], [])

#: parts and limits
s = tf.Session()
area = data_flow_ops.MapStagingArea([tf.int32, tf.int32], capacity=1, memory_limit=16)
put = [area.put(k, [tf.constant(k)], indices=[i]) for k in (1, 2) for i in (0, 1)]
for p in put:
    s.run(p)
s.run(area.size()), s.run(area.incomplete_size())
s.run(area.get(1)), s.run(area.get(2)), s.run(area.size())
