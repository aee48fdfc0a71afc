"""The debugger's operations, row by row; what is watched while uninitialised; locks."""
import threading
import time

import numpy as np
import pytest

import pytfgraph as tf

from family import make_tests, raw

test_row = make_tests("debug")


def test_debug_urls_are_refused():
    """Differs from 1.12.3, which sends what it sees there."""
    with tf.Graph().as_default(), tf.Session() as session:
        y = raw("DebugIdentity", tf.constant(1.), tensor_name="x:0", debug_urls=["file:///nowhere"])
        with pytest.raises(tf.errors.UnimplementedError, match="debug_urls"):
            session.run(y)


def locked(mutex, inside):
    """inside() between taking the lock and giving it back."""
    lock = raw("MutexLock", mutex)
    with tf.control_dependencies([lock]):
        result = inside()
    with tf.control_dependencies([result]):
        done = raw("ConsumeMutexLock", lock)
    with tf.control_dependencies([done]):
        return tf.identity(result)


def test_one_at_a_time():
    busy, most = [0], [0]

    def work(x):
        busy[0] += 1
        most[0] = max(most[0], busy[0])
        time.sleep(0.005)
        busy[0] -= 1
        return x

    with tf.Graph().as_default(), tf.Session() as session:
        mutex = raw("MutexV2", shared_name="m")
        results = [locked(mutex, lambda i=i: tf.py_func(work, [tf.constant(i)], tf.int32)) for i in range(8)]
        threads = [threading.Thread(target=session.run, args=(results,)) for _ in range(2)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert session.run(results) == list(range(8))
    assert most[0] == 1


def test_a_lock_that_nobody_gives_back_goes_with_its_step():
    with tf.Graph().as_default(), tf.Session() as session:
        lock = raw("MutexLock", raw("MutexV2"))
        for _ in range(3):
            session.run(lock.op)


def test_waiting_is_cancelled():
    with tf.Graph().as_default(), tf.Session() as session:
        mutex = raw("MutexV2")
        first = raw("MutexLock", mutex)
        with tf.control_dependencies([first]):
            second = raw("MutexLock", mutex)
        both = [raw("ConsumeMutexLock", second), raw("ConsumeMutexLock", first)]
        both[1]._add_control_input(both[0])
        with pytest.raises(tf.errors.DeadlineExceededError):
            session.run(both, options=tf.RunOptions(timeout_in_ms=50))
        assert session.run(locked(mutex, lambda: tf.constant(3))) == 3


def test_what_is_no_lock():
    with tf.Graph().as_default(), tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError, match="consumed already"):
            lock = raw("MutexLock", raw("MutexV2"))
            once = raw("ConsumeMutexLock", lock)
            with tf.control_dependencies([once]):
                session.run(raw("ConsumeMutexLock", lock))
        with pytest.raises(tf.errors.OpError):
            session.run(raw("MutexLock", raw("VarHandleOp", dtype=tf.float32, shape=[])).op)


def test_uninitialized():
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable(np.float32([1, 2]))
        assert session.run(raw("DebugNumericSummary", v._ref(), tensor_name="v:0")).tolist() == [0] * 14
        assert session.run(raw("DebugNanCount", v._ref(), tensor_name="v:0")).tolist() == [0]
        with pytest.raises(tf.errors.FailedPreconditionError):
            session.run(raw("Copy", v._ref()))
