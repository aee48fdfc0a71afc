"""What goes into a session and what comes out: memory, types, structures."""
import collections
import threading

import numpy as np
import pytest

import pytfgraph as tf
from pytfgraph import _core


@pytest.fixture
def session():
    with _core.Graph().as_default(), _core.Session() as s:
        yield s


def test_what_was_fetched_never_changes(session):
    c = _core.constant(np.arange(4.0, dtype=np.float32))
    first = session.run(c)
    first += 100
    assert session.run(c).tolist() == [0, 1, 2, 3]
    v = tf.Variable([1.0, 2.0])
    session.run(v.initializer)
    before = session.run(v)
    session.run(v.assign_add([1.0, 1.0]))
    assert before.tolist() == [1, 2] and session.run(v).tolist() == [2, 3]


def test_fed_arrays_are_not_changed(session):
    x = tf.placeholder(tf.float32, [None])
    v = tf.Variable([0.0, 0.0])
    array = np.array([1.0, 2.0], np.float32)
    session.run(v.initializer)
    session.run(v.assign(x), {x: array})
    session.run(v.assign_add([5.0, 5.0]))
    assert array.tolist() == [1, 2]
    array[:] = 9
    assert session.run(v).tolist() == [6, 7]


def test_a_fed_tensor_that_is_fetched_is_the_value_fed(session):
    x = tf.placeholder(tf.float32, [2])
    array = np.array([1.0, 2.0], np.float32)
    assert session.run(x, {x: array}) is array
    scalar = session.run(_core.constant(1.0), {_core.get_default_graph().get_tensor_by_name("Const:0"): 3})
    assert isinstance(scalar, np.ndarray) and scalar.shape == () and scalar == 3


@pytest.mark.parametrize("layout", ["contiguous", "transposed", "strided", "reversed", "swapped", "readonly", "unaligned"])
def test_layouts_of_fed_arrays(session, layout):
    base = np.arange(12, dtype=np.float32).reshape(3, 4)
    array = {"contiguous": lambda: base, "transposed": lambda: np.asfortranarray(base), "strided": lambda: np.repeat(base, 2, 1)[:, ::2],
             "reversed": lambda: base[::-1, ::-1][::-1, ::-1], "swapped": lambda: base.astype(">f4"), "readonly": lambda: base.copy(),
             "unaligned": lambda: np.frombuffer(b"x" + base.tobytes(), np.uint8)[1:].view(np.float32).reshape(3, 4)}[layout]()
    if layout == "readonly":
        array.flags.writeable = False
    x = tf.placeholder(tf.float32)
    np.testing.assert_array_equal(session.run(x * 2.0, {x: array}), base * 2)


@pytest.mark.parametrize("dtype", ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "float16", "float32", "float64",
                                   "complex64", "complex128"])
def test_types_round_trip(session, dtype):
    array = np.array([[0, 1], [1, 0]]).astype(dtype)
    t = tf.identity(_core.constant(array))
    got = session.run(t)
    assert got.dtype == array.dtype
    np.testing.assert_array_equal(got, array)
    scalar = session.run(t[0, 1])
    assert scalar == array[0, 1] and type(scalar) is type(array[0, 1])


def test_strings_round_trip(session):
    texts = np.array([["a", "\u00e9"], ["", "x\0y"]], dtype=object)
    got = session.run(tf.identity(_core.constant(texts)))
    assert got.dtype == object and got.tolist() == [[b"a", "\u00e9".encode()], [b"", b"x\0y"]]
    assert session.run(_core.constant("abc")) == b"abc"
    p = tf.placeholder(tf.string)
    assert session.run(tf.identity(p), {p: [b"q", "r"]}).tolist() == [b"q", b"r"]


def test_structures(session):
    a, b = _core.constant(1), _core.constant(2)
    Pair = collections.namedtuple("Pair", "x y")
    ordered = collections.OrderedDict([("z", a), ("y", [b, (a, b)])])
    got = session.run({"p": Pair(a, [b]), "o": ordered, "op": a.op, "same": [a, a], "name": "Const:0"})
    assert got["p"] == Pair(1, [2]) and isinstance(got["p"], Pair)
    assert got["o"] == collections.OrderedDict([("z", 1), ("y", [2, (1, 2)])]) and type(got["o"]) is collections.OrderedDict
    assert got["op"] is None and got["same"] == [1, 1] and got["name"] == 1
    assert session.run([]) == [] and session.run(()) == () and session.run({}) == {}


def test_many_fetches(session):
    tensors = [_core.constant(i) for i in range(200)]
    assert session.run(tensors + tensors[::-1]) == list(range(200)) + list(range(200))[::-1]


def test_registered_class(session):
    class Both:
        def __init__(self, x, y):
            self.x, self.y = x, y

    _core.register_session_run_conversion_functions(
        Both, lambda b: ([b.x, b.y], lambda values: values[0] + values[1]), lambda b, value: [(b.x, value[0]), (b.y, value[1])],
        lambda b: [b.x, b.y])
    both = Both(_core.constant(1.0), _core.constant(2.0))
    assert session.run(both) == 3
    assert session.run(both.x * both.y, {both: (4.0, 5.0)}) == 20
    with pytest.raises(ValueError, match="already been registered"):
        _core.register_session_run_conversion_functions(Both, None)


def test_callables(session):
    x = tf.placeholder(tf.float32)
    y = tf.placeholder(tf.float32)
    add = session.make_callable([x + y, {"x": x}], [x, y])
    total, values = add(1, 2.0)
    assert total == 3 and values == {"x": 1}
    assert session.make_callable(tf.constant(4))() == 4
    assert session.make_callable(tf.no_op())() is None
    with pytest.raises(TypeError):
        session.make_callable(x, feed_list=x)


def test_sessions_in_threads():
    with _core.Graph().as_default():
        x = tf.placeholder(tf.float32, [100])
        y = tf.reduce_sum(x * 2.0)
        s = _core.Session()
    wrong = []

    def work(i):
        array = np.full(100, i, np.float32)
        for _ in range(200):
            if s.run(y, {x: array}) != 200 * i:
                wrong.append(i)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert not wrong


def test_other_threads_run_while_a_step_does():
    with _core.Graph().as_default():
        q = tf.FIFOQueue(1, tf.float32)
        x = q.dequeue()
        put = q.enqueue(5.0)
        s = _core.Session()
    got = []
    thread = threading.Thread(target=lambda: got.append(s.run(x)))
    thread.start()
    s.run(put)
    thread.join(20)
    assert got == [5.0]


def test_closing_ends_what_waits():
    with _core.Graph().as_default():
        x = tf.FIFOQueue(1, tf.float32).dequeue()
        s = _core.Session()
    errors = []

    def wait():
        try:
            s.run(x)
        except tf.errors.CancelledError as error:
            errors.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    while not thread.is_alive():
        pass
    threading.Event().wait(0.1)
    s.close()
    thread.join(20)
    assert len(errors) == 1
    with pytest.raises(RuntimeError, match="Attempted to use a closed Session."):
        s.run(x)


def test_errors_know_their_operation(session):
    x = tf.placeholder(tf.float32, name="x")
    y = x * 2.0
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        session.run(y)
    assert caught.value.op is x.op and caught.value.node_def.name == "x" and caught.value.error_code == 3
    assert __file__ in str(caught.value)


def test_keyboard_interrupt_ends_a_step(tmp_path):
    import signal
    import subprocess
    import sys
    import time
    program = tmp_path / "wait.py"
    program.write_text("import pytfgraph as tf\nx = tf.FIFOQueue(1, tf.float32).dequeue()\ns = tf.Session()\n"
                       "try:\n    print('waiting', flush=True)\n    s.run(x)\nexcept KeyboardInterrupt:\n    print('interrupted', flush=True)\n")
    process = subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "waiting\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    try:
        assert process.communicate(timeout=20)[0] == "interrupted\n"
    finally:
        process.kill()


def test_tensors_whose_handles_nobody_has_are_dropped():
    """Those that a step did not give out at its end; those of handles that have gone, ten at a time."""
    from pytfgraph.ops import session_ops
    x = tf.placeholder(tf.float32)
    handle = tf.get_session_handle(x)
    with tf.Session() as session:
        def is_kept(name):
            holder, reader = session_ops._get_handle_reader(session.graph, name, tf.float32)
            try:
                return session.run(reader, {holder: name}) is not None
            except tf.errors.InvalidArgumentError as e:
                assert "is not in the session store" in str(e)
                return False
        first = session.run(handle, {x: 1.0})
        session.run(handle.op, {x: 1.0})
        names = [first.handle.replace(";0;", ";%d;" % i) for i in range(2)]
        assert [is_kept(name) for name in names] == [True, False]
        with pytest.raises(tf.errors.InvalidArgumentError, match="it failed"):
            session.run([handle, tf.check_numerics(x, "it failed")], {x: float("nan")})
        assert not is_kept(first.handle.replace(";0;", ";2;"))
        names = [session.run(handle, {x: 1.0}).handle for _ in range(9)]
        assert all(is_kept(name) for name in names)
        names.append(session.run(handle, {x: 1.0}).handle)
        assert not any(is_kept(name) for name in names) and is_kept(first.handle)


def test_handles_are_fed_to_callables():
    x = tf.placeholder(tf.float32)
    handle, y = tf.get_session_handle(x), x + 1.0
    with tf.Session() as session:
        kept = session.run(handle, {x: [1.0]})
        double = session.make_callable([y, handle], [x])
        value, again = double(kept)
        assert value.tolist() == [2.0] and again.eval().tolist() == [1.0]
        kept.delete()
        with pytest.raises(tf.errors.InvalidArgumentError, match="is not in the session store"):
            double(kept)


def test_fetched_resource_handles():
    """The bytes of a handle's message, as 1.12.3 gives them."""
    with tf.Graph().as_default(), tf.Session() as s:
        v = tf.get_variable("v", [2], use_resource=True)
        s.run(v.initializer)
        handle = s.run(v.handle)
        assert handle.dtype == np.dtype([("resource", "u1")]) and handle.shape == (91,)
        assert handle.tobytes() == (b"\n,/job:localhost/replica:0/task:0/device:CPU:0\x12\tlocalhost\x1a\x01v "
                                    b"\xe7\xb5\xe6\xb0\x9c\xaa\x8c\xcc\xed\x01*\x12N10tensorflow3VarE")
        assert v.handle.eval().tobytes() == handle.tobytes()
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"^Unexpected non-scalar DT_RESOURCE tensor seen \(shape: \[2\]\). Please file a bug"):
            s.run(tf.stack([v.handle, v.handle]))


def test_names_in_use():
    with tf.Graph().as_default() as g:
        tf.constant(1., name="a")
        with tf.name_scope("Sc"):
            tf.constant(2., name="B")
        tf.constant(1., name="a")
        g.unique_name("zz"), g.unique_name("zz"), g.unique_name("peek", mark_as_used=False)
        assert g._names_in_use == {"a": 2, "a_1": 1, "sc": 1, "sc/b": 1, "zz": 2, "zz_1": 1}


@pytest.mark.parametrize("values", [lambda v: (v, (v, v)), lambda v: (v, tf.nn.rnn_cell.LSTMStateTuple(v, v)), lambda v: [v, [v, v]]])
def test_nested_tuples_are_fed(values):
    with tf.Graph().as_default(), tf.Session() as s:
        state = tf.placeholder(tf.float32, [2]), tf.nn.rnn_cell.LSTMStateTuple(tf.placeholder(tf.float32, [2]), tf.placeholder(tf.float32, [2]))
        total = state[0] + state[1].c * state[1].h
        v = np.array([1., 2.])
        assert s.run(total, {state: values(v)}).tolist() == [2, 6]
        assert s.run(state[1].c, {state[1]: (v, v)}).tolist() == [1, 2]
        assert s.run(state[0], {(state[0],): (v,)}).tolist() == [1, 2]
