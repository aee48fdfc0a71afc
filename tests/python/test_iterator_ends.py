"""Iterators end where they are dropped: generators are finished, threads stop, and the interpreter exits while they compute."""
import subprocess
import sys
import textwrap

import pytest

import pytfgraph as tf


def begun(finished, session, **map_args):
    def numbers():
        try:
            for i in range(1000000):
                yield i
        finally:
            finished.append(1)

    dataset = tf.data.Dataset.from_generator(numbers, tf.int64, [])
    if map_args:
        dataset = dataset.map(lambda x: tf.py_func(lambda v: v + 1, [x], tf.int64), **map_args).prefetch(3)
    iterator = dataset.make_initializable_iterator()
    element = iterator.get_next()
    session.run(iterator.initializer)
    assert session.run(element) == (1 if map_args else 0)
    return iterator, element


@pytest.mark.parametrize("map_args", [{}, {"num_parallel_calls": 3}])
def test_generators_are_finished(map_args):
    finished = []
    with tf.Graph().as_default(), tf.Session() as session:
        iterator, element = begun(finished, session, **map_args)
        session.run(iterator.initializer)
        assert finished == [1]
        session.run(element)
    assert finished == [1, 1]       # closing the session ends its iterators


def test_generators_are_finished_with_a_session_that_nobody_closed():
    finished = []
    with tf.Graph().as_default():
        session = tf.Session()
        begun(finished, session)
        del session
    assert finished == [1]


PROGRAM = """
import sys, threading, time
import pytfgraph as tf
mode = sys.argv[1]
def slow(v):
    time.sleep(0.002)
    return v + 1
def numbers():
    for i in range(10 ** 6):
        yield i
d = tf.data.Dataset.from_generator(numbers, tf.int64, [])
d = d.map(lambda x: tf.py_func(slow, [x], tf.int64) + tf.py_func(slow, [x], tf.int64), num_parallel_calls=4).prefetch(8)
it = d.make_initializable_iterator()
x = it.get_next()
s = tf.Session()
s.run(it.initializer)
print(s.run(x))
if mode == "thread":
    def loop():
        while True:
            s.run(x)
    threading.Thread(target=loop, daemon=True).start()
if mode == "interrupt":
    import _thread
    threading.Timer(0.1, _thread.interrupt_main).start()
    try:
        while True:
            s.run(x)
    except KeyboardInterrupt:
        print(s.run(x) > 2)
if mode == "fork":
    import os
    child = os.fork()
    if child == 0:
        try:
            s.run(x)
        except tf.errors.FailedPreconditionError:
            sys.exit(0)
    os.waitpid(child, 0)
if mode == "close":
    s.close()
"""


@pytest.mark.parametrize("executor", ["", "dataflow"])
@pytest.mark.parametrize("mode", ["plain", "thread", "interrupt", "fork", "close"])
def test_the_interpreter_exits_while_elements_are_computed(mode, executor, monkeypatch):
    monkeypatch.setenv("TFG_EXECUTOR", executor)
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(PROGRAM), mode], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == (["2", "True"] if mode == "interrupt" else ["2"])
