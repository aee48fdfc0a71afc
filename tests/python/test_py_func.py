"""Functions that wait for each other, or for another step."""
import queue
import threading

import numpy as np

import pytfgraph as tf


def test_functions_of_one_step_run_at_once():
    """One puts and waits until the other has taken it: in order they would wait for ever."""
    handed = queue.Queue(1)

    def put():
        handed.put(42)
        handed.join()
        return np.int64(1)

    def get():
        value = handed.get(timeout=60)
        handed.task_done()
        return np.int64(value)

    with tf.Graph().as_default(), tf.Session() as sess:
        x, y = tf.py_func(put, [], tf.int64), tf.py_func(get, [], tf.int64)
        assert sess.run([x, y]) == [1, 42]
        assert sess.run([y, x]) == [42, 1]


def test_a_function_waits_for_another_step():
    with tf.Graph().as_default(), tf.Session() as sess:
        q, fed = tf.FIFOQueue(1, tf.float32), tf.placeholder(tf.float32)
        enqueue, dequeue = q.enqueue(fed), q.dequeue()
        inner, outer = tf.py_func(lambda: sess.run(dequeue), [], tf.float32), tf.py_func(lambda x: x + 1, [fed], tf.float32)
        threading.Timer(0.1, lambda: sess.run(enqueue, {fed: 7})).start()
        assert sess.run([inner, outer], {fed: 1}) == [7, 2]


def test_the_first_error_ends_the_step():
    def fail():
        raise ValueError("no")

    with tf.Graph().as_default(), tf.Session() as sess:
        bad, good = tf.py_func(fail, [], tf.float32), tf.py_func(lambda: np.float32(3), [], tf.float32)
        for _ in range(20):
            try:
                sess.run([bad, good])
            except tf.errors.InvalidArgumentError as e:
                assert "ValueError: no" in e.message
            else:
                raise AssertionError("no error")
        assert sess.run(good) == 3
