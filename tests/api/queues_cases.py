"""Queues, their threads, and pipelines of them."""
import threading, time

def run_in_threads(*calls):
    """Runs calls in threads, all at once; what each gave or raised."""
    answers = [None] * len(calls)
    def go(i, call):
        try:
            answers[i] = call()
        except Exception as e:
            answers[i] = type(e).__name__, str(e).split("\n")[0].replace("\t", " ")
    threads = [threading.Thread(target=go, args=(i, call)) for i, call in enumerate(calls)]
    for t in threads:
        t.start()
        time.sleep(0.1)
    for t in threads:
        t.join()
    return answers

#: mixed order
q = tf.RandomShuffleQueue(30, 5, [tf.int32], [[]], seed=7)
put, one, four, rest, close = q.enqueue_many([list(range(20))]), q.dequeue(), q.dequeue_many(4), q.dequeue_up_to(7), q.close()
s = tf.Session()
s.run(put)
[int(s.run(one)) for _ in range(4)], s.run(four), s.run(rest), s.run(q.size())
s.run(close)
s.run(rest), s.run(q.size()), s.run(q.is_closed())
s.run(one)
s.run(rest)
s.run(four)
s.run(put)
s.run(close)

#: mixed order with graph seeds
tf.set_random_seed(3)
q = tf.RandomShuffleQueue(30, 0, [tf.int32, tf.string], [[], []], name="q")
q.queue_ref.op.get_attr("seed"), q.queue_ref.op.get_attr("seed2")
r = tf.RandomShuffleQueue(30, 0, [tf.int32], shared_name="shared")
r.queue_ref.op.get_attr("seed"), r.queue_ref.op.get_attr("seed2")
s = tf.Session()
s.run(q.enqueue_many([[1, 2, 3, 4, 5, 6], ["a", "b", "c", "d", "e", "f"]]))
s.run(q.dequeue_many(6))

#: by priority
q = tf.PriorityQueue(30, [tf.string], [[]])
s = tf.Session()
s.run(q.enqueue_many([[3, 1, 2, 1, 5, 1, 2, 2, 0, 3], list("abcdefghij")]))
s.run(q.dequeue()), s.run(q.dequeue()), s.run(q.dequeue()), s.run(q.dequeue_many(4)), s.run(q.size())
s.run(q.enqueue([1, "k"])), s.run(q.dequeue())
s.run(q.close()), s.run(q.dequeue_up_to(3))
s.run(q.dequeue_up_to(9))
tf.PriorityQueue(3, [], []).dtypes
q.enqueue([[3], "a"])
q.enqueue([1., "a"])
from tensorflow.python.ops import gen_data_flow_ops as gen
p = tf.placeholder(tf.int64)
s.run(gen.queue_size_v2(gen.priority_queue_v2([], [tf.int32])))
h = gen.priority_queue_v2([tf.TensorShape([])], [tf.int32])
s.run(gen.queue_enqueue_v2(h, [p, 4]), {p: [1]})
s.run(gen.queue_enqueue_many_v2(h, [p, [4]]), {p: [[1]]})
s.run(gen.queue_enqueue_v2(h, [4, 4])), s.run(gen.queue_size_v2(h))

#: with padding
q = tf.PaddingFIFOQueue(30, [tf.int32, tf.string], [[None], [None, 2]])
p, r = tf.placeholder(tf.int32), tf.placeholder(tf.string)
put, two = q.enqueue([p, r]), q.dequeue_many(2)
two
s = tf.Session()
s.run(put, {p: [1, 2], r: [["a", "b"]]}), s.run(put, {p: [1], r: [["a", "b"], ["c", "d"]]}), s.run(two)
s.run(put, {p: [], r: np.zeros([0, 2], object)}), s.run(put, {p: [7, 8, 9], r: [["e", "f"]]}), s.run(q.dequeue()), s.run(q.dequeue())
s.run(q.dequeue_many(0))
s.run(put, {p: [1, 2], r: [["a", "b", "c"]]})
s.run(q.enqueue_many([p, r]), {p: [[1, 2]], r: [["a", "b"]]})
s.run(q.enqueue_many([p, r]), {p: [[1, 2], [3, 4]], r: [[["a", "b"]], [["c", "d"]]]}), s.run(q.dequeue_up_to(2)), s.run(q.size())
tf.PaddingFIFOQueue(3, [tf.int32], [None])
tf.PaddingFIFOQueue(3, [tf.int32], [tf.TensorShape(None)])
tf.PaddingFIFOQueue(3, [tf.int32], [[1], [2]])
deep = tf.PaddingFIFOQueue(9, [tf.float32], [[None, 2, None]])
s.run(deep.enqueue([np.ones([1, 2, 3], np.float32)])), s.run(deep.enqueue([2 * np.ones([3, 2, 1], np.float32)])), s.run(deep.dequeue_many(2))

#: what does not fit a queue
s = tf.Session()
tf.FIFOQueue(10, [tf.float32, tf.int32], [[], []]).enqueue([1.])
tf.FIFOQueue(10, [tf.float32], [[]]).enqueue([[1.]])
q = tf.FIFOQueue(30, [tf.int32])
s.run(q.dequeue_many(2))
tf.FIFOQueue(30, [tf.int32], [[]]).dequeue_many(-2)
s.run(tf.FIFOQueue(30, [tf.int32], [[]]).dequeue_up_to(-2))
s.run(tf.FIFOQueue(30, [tf.int32], [[]]).dequeue_many(tf.placeholder(tf.int32, name="n")), {"n:0": -1})
s.run(tf.RandomShuffleQueue(10, 20, [tf.float32]).size())
s.run(tf.RandomShuffleQueue(10, -1, [tf.float32]).size())
from tensorflow.python.ops import gen_data_flow_ops as gen
s.run(gen.queue_dequeue_v2(q.queue_ref, [tf.int32], timeout_ms=5))
s.run(gen.queue_dequeue_v2(q.queue_ref, [tf.float32]))
s.run(gen.queue_enqueue_v2(q.queue_ref, [1., 2]))
s.run(gen.queue_size_v2(gen.fifo_queue_v2([tf.int32, tf.float32], [[2]])))
s.run(gen.queue_size_v2(gen.random_shuffle_queue_v2([tf.int32], [[None]])))
h = gen.fifo_queue_v2([tf.int32], [[]])
f = gen.fake_queue(h)
s.run(gen.queue_enqueue(f, [5])), s.run(gen.queue_size(f)), s.run(gen.queue_size_v2(h))
old = gen.random_shuffle_queue([tf.int32], [[]], seed=2)
s.run(gen.queue_enqueue_many(old, [[1, 2, 3, 4]])), s.run(gen.queue_dequeue_many(old, 4, [tf.int32])), s.run(gen.queue_close(old)), s.run(gen.queue_size(old))
pad = gen.padding_fifo_queue([tf.int32], [[None]])
s.run(gen.queue_enqueue(pad, [[1, 2]])), s.run(gen.queue_dequeue_up_to(pad, 1, [tf.int32]))
first = gen.priority_queue([[]], [tf.int32])
s.run(gen.queue_enqueue_many(first, [np.array([2, 1]), [3, 4]])), s.run(gen.queue_dequeue(first, [tf.int64, tf.int32])), s.run(gen.queue_is_closed(first))

#: sharing queues that differ
def both(a, b):
    with tf.Session() as s:
        s.run(a.size())
        return s.run(b.size())
both(tf.RandomShuffleQueue(10, 2, [tf.float32], shared_name="x"), tf.FIFOQueue(10, [tf.float32], shared_name="x"))
both(tf.RandomShuffleQueue(10, 2, [tf.float32], shared_name="x", seed=3), tf.RandomShuffleQueue(10, 2, [tf.float32], shared_name="x", seed=4))
both(tf.RandomShuffleQueue(10, 2, [tf.float32], shared_name="x", seed=3), tf.RandomShuffleQueue(10, 3, [tf.float32], shared_name="x", seed=3))
both(tf.PaddingFIFOQueue(10, [tf.float32], [[None]], shared_name="x"), tf.PaddingFIFOQueue(10, [tf.float32], [[2]], shared_name="x"))
both(tf.PriorityQueue(10, [tf.float32], [[]], shared_name="x"), tf.PriorityQueue(9, [tf.float32], [[]], shared_name="x"))
both(tf.FIFOQueue(10, [tf.float32], shared_name="x"), tf.FIFOQueue(10, [tf.float32], shared_name="x"))

#: waiting
q = tf.FIFOQueue(30, [tf.int32], [[]], name="q")
some, five, close = q.enqueue_many([[1, 2]]), q.dequeue_many(5), q.close()
s = tf.Session()
s.run(some), run_in_threads(lambda: s.run(five), lambda: s.run(close)), s.run(q.size())
r = tf.RandomShuffleQueue(30, 3, [tf.int32], [[]], name="r")
run_in_threads(lambda: s.run(r.dequeue_up_to(5)).size, lambda: s.run(r.enqueue_many([[1, 2, 3]])), lambda: s.run(r.close())), s.run(r.size())
t = tf.FIFOQueue(1, [tf.int32], [[]], name="t")
t_close, t_cancel, t_put = t.close(), t.close(cancel_pending_enqueues=True), t.enqueue([1])
s.run(t_put), run_in_threads(lambda: s.run(t_put), lambda: s.run(t_cancel), lambda: s.run(t_put))
s.run(t.size()), s.run(t.dequeue())
s.run(t.dequeue())
m = tf.RandomShuffleQueue(9, 2, [tf.int32], [[]], name="m")
m_one, m_put = m.dequeue(), m.enqueue([5])
s.run(m_put), s.run(m_put), run_in_threads(lambda: s.run(m_one), lambda: s.run(m_put)), s.run(m.size())

#: choosing a queue
a, b = tf.FIFOQueue(10, [tf.float32], [[2]]), tf.FIFOQueue(10, [tf.float32], [[3]])
i = tf.placeholder(tf.int32, [])
c = tf.QueueBase.from_list(i, [a, b])
c.shapes, c.dtypes, c.names
s = tf.Session()
s.run(a.enqueue([[1., 2.]])), s.run(b.enqueue([[3., 4., 5.]]))
s.run(c.dequeue(), {i: 1}), s.run(c.size(), {i: 0})
tf.QueueBase.from_list(i, [a, tf.FIFOQueue(10, [tf.int32])])
tf.QueueBase.from_list(i, [])

#: coordinator
c = tf.train.Coordinator()
c.should_stop(), c.joined, c.wait_for_stop(0.01)
c.request_stop(), c.should_stop(), c.join(), c.joined
c.clear_stop(), c.should_stop(), c.joined
c = tf.train.Coordinator()
try:
    raise ValueError("told")
except ValueError as e:
    c.request_stop(e)
c.join()
c.request_stop(), c.raise_requested_exception()
c = tf.train.Coordinator()
with c.stop_on_exception():
    raise KeyError("x")
c.should_stop(), c.join()
c = tf.train.Coordinator()
with c.stop_on_exception():
    raise tf.errors.OutOfRangeError(None, None, "end")
c.should_stop(), c.join(), c.joined
c = tf.train.Coordinator(clean_stop_exception_types=(ValueError,))
with c.stop_on_exception():
    raise ValueError("fine")
c.join()
stay = threading.Event()
t = threading.Thread(target=stay.wait, name="lasting")
t.start()
c = tf.train.Coordinator()
c.request_stop(), c.join([t], stop_grace_period_secs=0.05)
c.clear_stop(), c.request_stop(), c.join([t], stop_grace_period_secs=0.05, ignore_live_threads=True)
stay.set()

#: looper
c = tf.train.Coordinator()
seen = []
def turn(x, y=0):
    seen.append((x, y))
    if len(seen) == 3:
        c.request_stop()
t = tf.train.LooperThread.loop(c, 0.01, turn, args=(1,), kwargs={"y": 2})
c.join(), seen, t.daemon
tf.train.LooperThread(None, 1)
tf.train.LooperThread(c, 1, args=(2,))
def fails():
    raise ValueError("turn")
c = tf.train.Coordinator()
tf.train.LooperThread.loop(c, None, fails) and None
c.join()

#: queue runners
q = tf.FIFOQueue(100, [tf.int32], [[]], name="q")
n = tf.Variable(0)
count = n.count_up_to(6)
runner = tf.train.QueueRunner(q, [q.enqueue([count]), q.enqueue([count])])
runner.name, runner.queue is q, len(runner.enqueue_ops), runner.close_op.name, runner.cancel_op.name, runner.queue_closed_exception_types
runner.to_proto()
runner.to_proto("elsewhere"), runner.exceptions_raised
s = tf.Session()
s.run(n.initializer)
c = tf.train.Coordinator()
threads = runner.create_threads(s, c)
[t.name for t in threads], [t.daemon for t in threads], runner.create_threads(s)
for t in threads: t.start()
sorted(s.run(q.dequeue_many(6)).tolist()), s.run(q.dequeue())
c.request_stop(), c.join(threads), s.run(q.is_closed())
again = tf.train.QueueRunner.from_proto(runner.to_proto())
again.name, again.queue, again.to_proto() == runner.to_proto()
tf.train.QueueRunner(q)
tf.train.QueueRunner(q, [q.enqueue([1])], queue_closed_exception_types=[ValueError])
tf.train.QueueRunner(q, queue_runner_def=runner.to_proto())
tf.train.start_queue_runners()
tf.train.start_queue_runners(5)
tf.train.start_queue_runners(s)
tf.train.add_queue_runner(again)
tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS) == [again]
wrong = tf.placeholder(tf.int32, [], name="wrong")
bad = tf.train.QueueRunner(q, [q.enqueue([wrong])])
t, = bad.create_threads(s, daemon=True)
c = tf.train.Coordinator()
ts = bad.create_threads(s, c, start=True)
len(ts)

#: an error reaches the coordinator
q = tf.FIFOQueue(100, [tf.float32], [[]], name="q")
checked = tf.check_numerics(tf.constant(float("nan")), "bad")
runner = tf.train.QueueRunner(q, [q.enqueue([checked])])
s = tf.Session()
c = tf.train.Coordinator()
ts = runner.create_threads(s, c, start=True)
c.join(ts)
s.run(q.is_closed())

#: names in order
names = tf.train.string_input_producer(["a", "b", "c"], num_epochs=2, shuffle=False)
name = names.dequeue()
s = tf.Session()
s.run(tf.local_variables_initializer())
c = tf.train.Coordinator()
ts = tf.train.start_queue_runners(s, c)
[s.run(name) for _ in range(6)], s.run(name)
c.request_stop(), c.join(ts)
tf.train.string_input_producer([])
tf.train.input_producer(tf.placeholder(tf.int32))
tf.train.limit_epochs(1, 0)
tf.train.slice_input_producer([])
tf.train.shuffle_batch([1], 2, 3, 4)
tf.train.batch([], 2)
tf.train.batch([tf.placeholder(tf.int32)], 2)
tf.train.batch_join([], 2)
tf.train.batch_join([[tf.constant(1)], [tf.constant(1.)]], 2)
tf.train.batch_join([{"a": tf.constant(1)}, {"b": tf.constant(1)}], 2)
tf.train.maybe_batch([1], tf.placeholder(tf.bool), 2)
tf.train.maybe_batch([1], [True], 2)
tf.train.maybe_batch([[1]], [[True]], 2, enqueue_many=True)

#: an epoch mixed, then batches
tf.set_random_seed(1)
x, y = tf.train.slice_input_producer([tf.range(7), tf.range(7) * 10], num_epochs=1, seed=5)
batch = tf.train.batch([x, y], 3, allow_smaller_final_batch=True)
batch
s = tf.Session()
s.run([tf.local_variables_initializer(), tf.global_variables_initializer()])
c = tf.train.Coordinator()
ts = tf.train.start_queue_runners(s, c)
s.run(batch), s.run(batch), s.run(batch), s.run(batch)
c.request_stop(), c.join(ts)

#: batches in a random order
x = tf.train.range_input_producer(10, num_epochs=1, shuffle=False).dequeue()
batch = tf.train.shuffle_batch({"x": x}, 4, 20, 10, seed=2)
batch
s = tf.Session()
s.run([tf.local_variables_initializer(), tf.global_variables_initializer()])
c = tf.train.Coordinator()
ts = tf.train.start_queue_runners(s, c)
s.run(batch), s.run(batch), s.run(batch)
c.request_stop(), c.join(ts)

#: batches of rows, of sparse tensors, of some
x = tf.train.range_input_producer(6, num_epochs=1, shuffle=False).dequeue()
some = tf.train.maybe_batch([x], tf.equal(x % 2, 0), 3)
rows = tf.train.batch([tf.zeros([5, 2])], 4, enqueue_many=True)
kept = tf.train.maybe_batch([[1, 2, 3, 4]], [True, False, True, False], 4, enqueue_many=True)
s = tf.Session()
s.run([tf.local_variables_initializer(), tf.global_variables_initializer()])
c = tf.train.Coordinator()
ts = tf.train.start_queue_runners(s, c)
s.run(some), s.run(rows), s.run(kept)
c.request_stop(), c.join(ts)
