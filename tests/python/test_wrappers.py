"""One wrapper per node: made at first look, kept while anyone can tell."""
import copy
import gc
import sys
import threading
import weakref

import pytest

from pytfgraph import _core


@pytest.fixture
def graph():
    g = _core.Graph()
    with g.as_default():
        yield g


def test_identity(graph):
    a = _core.constant(1.0)
    b = a + a
    assert b.op.outputs[0] is b
    assert b.op is b.op
    assert b.op.inputs[0] is a and b.op.inputs[1] is a
    assert a.consumers()[0] is b.op
    assert graph.get_tensor_by_name("add:0") is b
    assert graph.get_operations()[1] is b.op
    assert graph.as_graph_element(b) is b


def test_plain_wrapper_dies_and_is_made_again(graph):
    a = _core.constant(1.0)
    ref = weakref.ref(a)
    del a
    assert ref() is None
    assert graph.get_tensor_by_name("Const:0").name == "Const:0"


def test_wrapper_with_attributes_lives_with_its_graph(graph):
    a = _core.constant(1.0)
    a._keras_shape = (1,)
    ref = weakref.ref(a)
    del a
    gc.collect()
    assert graph.get_tensor_by_name("Const:0")._keras_shape == (1,)
    assert ref() is graph.get_tensor_by_name("Const:0")
    graph.get_operation_by_name("Const").mark = 2
    gc.collect()
    assert graph.get_operation_by_name("Const").mark == 2


def test_graphs_with_variables_and_collections_are_collected():
    import pytfgraph as tf
    refs = []
    for _ in range(3):
        with tf.Graph().as_default() as g:
            v = tf.Variable([1.0, 2.0])
            tf.add_to_collection("c", v * 2.0)
            with tf.Session() as s:
                s.run(tf.global_variables_initializer())
        refs.append(weakref.ref(g))
    del g, v, s
    gc.collect()
    assert [r() for r in refs] == [None] * 3


def test_cycle_through_graph_is_collected():
    g = _core.Graph()
    with g.as_default():
        a = _core.constant(1.0)
        a.self_reference = a
        a.op.tensor = a
        g.add_to_collection("c", a)
        g.add_to_collection("c", g)
        s = _core.Session()
        g.session = s
    refs = [weakref.ref(g), weakref.ref(a), weakref.ref(s)]
    del g, a, s
    gc.collect()
    assert [r() for r in refs] == [None, None, None]


def test_graph_lives_while_a_tensor_does():
    with _core.Graph().as_default():
        a = _core.constant(1.0)
    gc.collect()
    assert (a.graph.get_tensor_by_name("Const:0")) is a


def test_session_owns_its_graph():
    g = _core.Graph()
    with g.as_default():
        s = _core.Session()
        f = s.make_callable(_core.constant(2.0) * 3)
    ref = weakref.ref(g)
    del g
    gc.collect()
    assert ref() is s.graph
    del s
    gc.collect()
    assert f() == 6
    del f
    gc.collect()
    assert ref() is None


def test_reference_counts_stay_level(graph):
    a = _core.constant([1.0, 2.0])
    s = _core.Session()
    f = s.make_callable([a, {"b": a}], [a])
    tracked = [a, a.op, graph, _core.float32, s, f]

    def work():
        for _ in range(50):
            s.run([a * 2, (a, {"k": a})], {a: [3.0, 4.0]})
            f([1.0, 2.0])
            a[0], a.op.inputs, a.shape, a.dtype, repr(a), str(a.op), a.op.node_def, a.op.traceback
            a.op.get_attr("dtype"), a.op.get_attr("value")
            with pytest.raises(TypeError):
                a + "text"
            with pytest.raises(KeyError):
                graph.get_tensor_by_name("none:0")
            with _core.name_scope("s", "d", [a]), graph.device("/cpu:0"), graph.control_dependencies([a]):
                pass

    work()
    gc.collect()
    before = [sys.getrefcount(o) for o in tracked]
    work()
    gc.collect()
    assert [sys.getrefcount(o) for o in tracked] == before


def test_copy_is_another_tensor_of_the_same_output(graph):
    a = _core.constant(1.0)
    a.note = [1]
    b = copy.copy(a)
    assert b is not a and b.op is a.op and b.name == a.name and b.note is a.note
    assert a.op.outputs[0] is a


def test_hash_is_stable_and_tensors_are_keys(graph):
    a, b = _core.constant(1.0), _core.constant(1.0)
    d = {a: 1, b: 2}
    assert d[a] == 1 and d[b] == 2 and d[graph.get_tensor_by_name("Const:0")] == 1
    assert a != b and not a == b and a == a
    assert a in [b, a] and a not in [b]


def test_tensors_of_one_graph_in_many_threads():
    g = _core.Graph()
    with g.as_default():
        a = _core.constant(1.0)
        s = _core.Session()
    problems = []

    def build(i):
        try:
            with g.as_default(), g.name_scope("thread%d" % i):
                x = a
                for _ in range(100):
                    x = x + 1.0
                assert s.run(x) == 101
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=build, args=(i,)) for i in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert not problems
    operations = g.get_operations()
    assert len(operations) == 1 + 8 * 200 and len({o.name for o in operations}) == len(operations)


def test_default_graph_belongs_to_the_thread(graph):
    seen = []
    thread = threading.Thread(target=lambda: seen.append(_core.get_default_graph()))
    thread.start()
    thread.join()
    assert seen[0] is not graph and _core.get_default_graph() is graph


def test_subclass_of_graph_with_its_own_create_op():
    class Counting(_core.Graph):
        made = 0

        def create_op(self, op_type, inputs, dtypes, **kwargs):
            self.made += 1
            return super().create_op(op_type, inputs, dtypes, **kwargs)

    g = Counting()
    with g.as_default():
        x = _core.constant(1.0, name="x")
        y = x * 2.0
    assert g.made == 3 and y.name == "mul:0" and [o.name for o in g.get_operations()] == ["x", "mul/y", "mul"]
    with _core.Session(graph=g) as s:
        assert s.run(y) == 2.0


def test_names_given_up_scope(graph):
    graph.name_scope("lost").__enter__()
    assert graph.get_name_scope() == ""
    _core.Graph().as_default().__enter__()
    assert _core.get_default_graph() is graph


def test_traceback_names_this_file(graph):
    a = _core.constant(1.0)
    file, line, function, text = a.op.traceback[-1]
    assert file == __file__ and function == "test_traceback_names_this_file" and text == "a = _core.constant(1.0)"
    assert a.op.traceback_with_start_lines[-1][4] < line


def test_stacks_do_not_keep_locals():
    class Local:
        pass

    g = _core.Graph()

    def make():
        local = Local()
        with g.as_default():
            _core.constant(1.0)
        return weakref.ref(local)

    ref = make()
    gc.collect()
    assert ref() is None and g.get_operations()[0].traceback[-1][2] == "make"


def test_a_gradient_of_python_lets_other_threads_build(graph):
    import time

    import pytfgraph as tf

    inside, done = threading.Event(), threading.Event()

    @tf.RegisterGradient("SlowSquare")
    def slow(op, dy):
        inside.set()
        done.wait(20)
        return dy * 2.0

    a = _core.constant(1.0)
    with graph.gradient_override_map({"Square": "SlowSquare"}):
        y = tf.square(a)

    def build():
        inside.wait(20)
        threading.Timer(0.2, done.set).start()
        with graph.as_default():
            made.append((a + 1.0).op)
            made.append(graph.get_operation_by_name("Const"))

    made = []
    thread = threading.Thread(target=build)
    thread.start()
    begin = time.monotonic()
    grads = tf.gradients(y, a)
    thread.join(20)
    assert time.monotonic() - begin < 15 and grads[0].op.type == "Mul" and len(made) == 2
