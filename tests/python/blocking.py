"""Operations that wait, as a table: what waits, and what lets it go on.

Each row makes a Waiting in the default graph.  Run with arguments (python blocking.py ctrl_c|fork), this does to each row what takes
a process of its own.
"""
import collections
import os
import signal
import sys
import threading
import time

import numpy as np

import pytfgraph as tf
from pytfgraph.ops import data_flow_ops, raw

# before: run once; waits: then waits; release: lets exactly one `waits` go on.
Waiting = collections.namedtuple("Waiting", "before waits release")


def fifo_dequeue():
    q = tf.FIFOQueue(9, tf.float32)
    return Waiting([], q.dequeue(), q.enqueue(1.))


def fifo_dequeue_many():
    q = tf.FIFOQueue(9, tf.float32, [[]])
    return Waiting([q.enqueue(1.)], q.dequeue_many(3), q.enqueue_many([[1., 2., 3.]]))


def fifo_dequeue_up_to():
    q = tf.FIFOQueue(9, tf.float32, [[]])
    return Waiting([], q.dequeue_up_to(2), q.enqueue_many([[1., 2.]]))


def fifo_enqueue():
    q = tf.FIFOQueue(1, tf.float32)
    return Waiting([q.enqueue(1.)], q.enqueue(2.), q.dequeue())


def fifo_enqueue_many():
    q = tf.FIFOQueue(2, tf.float32, [[]])
    return Waiting([q.enqueue_many([[1., 2.]])], q.enqueue_many([[3., 4.]]), q.dequeue_many(2))


def shuffle_dequeue():
    q = tf.RandomShuffleQueue(9, 1, tf.float32, [[]])
    return Waiting([q.enqueue(1.)], q.dequeue(), q.enqueue(2.))


def padding_dequeue_many():
    q = tf.PaddingFIFOQueue(9, [tf.float32], [[None]])
    return Waiting([], q.dequeue_many(2), q.enqueue_many([[[1., 2.], [3., 4.]]]))


def priority_dequeue():
    q = tf.PriorityQueue(9, [tf.float32], [[]])
    return Waiting([], q.dequeue(), q.enqueue([tf.constant(1, tf.int64), 1.]))


def priority_dequeue_many():
    q = tf.PriorityQueue(9, [tf.float32], [[]])
    return Waiting([], q.dequeue_many(2), q.enqueue_many([tf.constant([2, 1], tf.int64), [1., 2.]]))


def reader_read():
    q = tf.FIFOQueue(9, tf.string)
    return Waiting([], tf.IdentityReader().read(q), q.enqueue("name"))


def stage_get():
    a = data_flow_ops.StagingArea([tf.float32])
    return Waiting([], a.get(), a.put([tf.constant(1.)]))


def stage_peek():
    a = data_flow_ops.StagingArea([tf.float32])
    put = a.put([tf.constant(1.)])
    with tf.control_dependencies(a.peek(1)):
        taken = [tf.identity(x) for x in a.get()]
    return Waiting([put], taken, put)


def stage_put():
    a = data_flow_ops.StagingArea([tf.float32], capacity=1)
    put = a.put([tf.constant(1.)])
    return Waiting([put], put, a.get())


def stage_put_bytes():
    a = data_flow_ops.StagingArea([tf.float32], memory_limit=11)
    put = a.put([tf.constant([1., 2.])])
    return Waiting([put], put, a.clear())


def map_get(ordered=False):
    a = data_flow_ops.MapStagingArea([tf.float32], ordered=ordered)
    return Waiting([a.put(4, [tf.constant(1.)], [0])], a.get(7)[1], a.put(7, [tf.constant(1.)], [0]))


def ordered_map_get():
    return map_get(ordered=True)


def map_get_any():
    a = data_flow_ops.MapStagingArea([tf.float32, tf.float32])
    return Waiting([a.put(4, [tf.constant(1.)], [0])], a.get(), a.put(5, [tf.constant(1.), tf.constant(2.)], [0, 1]))


def map_get_parts():
    a = data_flow_ops.MapStagingArea([tf.float32, tf.int32])
    return Waiting([], a.get(4)[1], tf.group(a.put(4, [tf.constant(1.)], [0]), a.put(4, [tf.constant(1)], [1])))


def map_peek():
    a = data_flow_ops.MapStagingArea([tf.float32])
    with tf.control_dependencies(a.peek(7)):
        taken = a.get(7)[1]
    return Waiting([], taken, a.put(7, [tf.constant(1.)], [0]))


def map_put(ordered=False):
    a = data_flow_ops.MapStagingArea([tf.float32], capacity=1, ordered=ordered)
    return Waiting([a.put(4, [tf.constant(1.)], [0])], a.put(5, [tf.constant(1.)], [0]), a.clear())


def ordered_map_put():
    return map_put(ordered=True)


def map_put_bytes():
    a = data_flow_ops.MapStagingArea([tf.float32, tf.float32], memory_limit=7)
    put = a.put(tf.placeholder_with_default(np.int64(4), []), [tf.constant(1.)], [0])
    return Waiting([put], a.put(5, [tf.constant(1.)], [1]), a.clear())


def accumulator_take():
    a = tf.ConditionalAccumulator(tf.float32)
    step = tf.constant(2 ** 40)
    return Waiting([a.apply_grad(1., step)], a.take_grad(2), tf.group(a.apply_grad(2., step), a.apply_grad(3., step)))


def sparse_accumulator_take():
    a = tf.SparseConditionalAccumulator(tf.float32)
    return Waiting([], a.take_grad(1), a.apply_grad([1], [2.], local_step=2 ** 40))


def resource_accumulator_take():
    a = raw.function("resource_conditional_accumulator")(dtype=tf.float32, shape=[])
    apply, take = raw.function("resource_accumulator_apply_gradient"), raw.function("resource_accumulator_take_gradient")
    return Waiting([apply(a, 2 ** 40, 1.)], take(a, 2, tf.float32), tf.group(apply(a, 2 ** 40, 2.), apply(a, 2 ** 40, 3.)))


def barrier_take():
    b = data_flow_ops.Barrier([tf.float32, tf.int32], [[], []])
    key = tf.as_string(tf.random_uniform([1]))
    return Waiting([b.insert_many(0, ["a"], [1.])], b.take_many(1), tf.group(b.insert_many(0, key, [2.]), b.insert_many(1, key, [3])))


def barrier_take_small():
    b = data_flow_ops.Barrier([tf.float32], [[]])
    return Waiting([], b.take_many(2, allow_small_batch=True), b.insert_many(0, ["a", "b"], [1., 2.]))


ROWS = {name: f for name, f in list(globals().items())
        if getattr(f, "__module__", None) == __name__ and callable(f) and f is not Waiting}


def released(session, row):
    """One wait let go on by a run from another thread."""
    thread = threading.Thread(target=lambda: (time.sleep(0.05), session.run(row.release)))
    thread.start()
    value = session.run(row.waits, options=tf.RunOptions(timeout_in_ms=20000))
    thread.join()
    return value


def ctrl_c(row):
    with tf.Session() as session:
        session.run(row.before)
        for _ in range(2):
            timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
            timer.start()
            try:
                session.run(row.waits)
            except KeyboardInterrupt:
                timer.join()
            else:
                return "the wait ended"
        released(session, row)
    return None


def fork(row):
    """A child forked while another thread waits finds nobody waiting, and can do what the parent can."""
    session = tf.Session()
    session.run(row.before)
    thread = threading.Thread(target=session.run, args=(row.waits,))
    thread.start()
    time.sleep(0.1)
    pid = os.fork()
    if pid == 0:
        signal.alarm(30)
        released(session, row)
        try:
            session.run(row.waits, options=tf.RunOptions(timeout_in_ms=50))
        except tf.errors.DeadlineExceededError:
            os._exit(0)
        os._exit(1)
    status = os.waitpid(pid, 0)[1]
    session.run(row.release)
    thread.join()
    return status or None


def main(what):
    for name, make in ROWS.items():
        with tf.Graph().as_default():
            found = what(make())
        if found is not None:
            print("%s: %s" % (name, found))
    print("done")


if __name__ == "__main__":
    main(globals()[sys.argv[1]])
