"""Wrong calls and odd objects raise, and never end the process."""
import numpy as np
import pytest

import pytfgraph as tf
from pytfgraph import _core


@pytest.fixture(autouse=True)
def graph():
    with _core.Graph().as_default() as g:
        yield g


def itself():
    a = []
    a.append(a)
    b = [1, a]
    a.append(b)
    return [a, b, [b], ([a],)]


@pytest.mark.parametrize("i", range(4))
@pytest.mark.parametrize("dtype", [None, "float32", "string", "qint8", "bfloat16"])
def test_lists_that_hold_themselves(i, dtype):
    with pytest.raises((ValueError, TypeError, RecursionError)):
        tf.constant(itself()[i], dtype)
    with pytest.raises((ValueError, TypeError, RecursionError)):
        tf.convert_to_tensor([tf.constant(1.0), itself()[i]], dtype)


def test_fetches_that_hold_themselves():
    tf.constant(1)
    with tf.Session() as s, pytest.raises(RecursionError):
        s.run(itself()[0])


def test_deep_fetches():
    x = tf.constant(1)
    for _ in range(200):
        x = [x]
    with tf.Session() as s:
        got = s.run(x)
    for _ in range(200):
        got, = got
    assert got == 1


def test_methods_of_other_types():
    for method in (_core.Graph.as_default, _core.Tensor.eval, _core.Operation.run, _core.Session.run, _core.TensorShape.as_list):
        with pytest.raises(TypeError):
            method()
        with pytest.raises(TypeError):
            method(3, 4, 5)
    with pytest.raises(TypeError):
        _core.Tensor.__add__(3, 4)
    for make in (_core.Tensor, _core.Operation, _core.DType, _core.Dimension, _core.TensorShape):
        with pytest.raises(TypeError):
            make()
        with pytest.raises((TypeError, AttributeError)):
            object.__new__(make)


def test_session_without_init():
    s = _core.Session.__new__(_core.Session)
    tf.constant(1)
    for use in (lambda: s.run("Const:0"), lambda: s.graph, lambda: s.graph_def, lambda: s.make_callable("Const:0"), s.__enter__,
                lambda: s.partial_run_setup(["Const:0"])):
        with pytest.raises((RuntimeError, AttributeError)):
            use()
    with pytest.raises(tf.errors.CancelledError):
        s.list_devices()
    s.close()


def test_graph_without_init():
    class Lazy(_core.Graph):
        def __init__(self):
            pass

    with Lazy().as_default():
        assert tf.constant(1).graph.get_operations()


@pytest.mark.parametrize("value", [object(), type, lambda: 0, {1: 2}, {1}, np.array([1, "a"], object), np.zeros(2, "M8[s]"),
                                   np.zeros(2, [("a", "i4"), ("b", "f4")]), range(3), Exception(), float, NotImplemented, Ellipsis])
def test_values_that_are_no_tensors(value):
    p = tf.placeholder(tf.float32)
    for use in (lambda: tf.constant(value, tf.float32), lambda: tf.constant(1.0) + value, lambda: tf.constant(1.0, shape=value),
                lambda: tf.placeholder(value), lambda: tf.constant(1.0, name=value), lambda: tf.Session().run(value),
                lambda: tf.Session().run(p, {p: value}), lambda: tf.Session().run(p, {value: 1}), lambda: tf.gradients(value, p),
                lambda: tf.control_dependencies([value]).__enter__(), lambda: tf.Session(config=value),
                lambda: tf.get_default_graph().as_graph_element(value), lambda: tf.constant([1.0])[value]):
        try:
            use()
        except (TypeError, ValueError, KeyError, AttributeError, tf.OpError, OverflowError, IndexError):
            pass


def test_huge_shapes_and_indices():
    for use in (lambda: tf.constant(1.0, shape=[2 ** 40, 2 ** 40]), lambda: tf.constant(1.0, shape=[2 ** 70]),
                lambda: tf.constant(1.0, shape=[-1]), lambda: tf.constant(1.0, shape=[1] * 100), lambda: tf.TensorShape([1] * 100),
                lambda: tf.TensorShape([2 ** 70]), lambda: tf.Dimension(2 ** 62) * 4, lambda: tf.constant([1.0])[(0,) * 40],
                lambda: tf.get_default_graph().get_tensor_by_name("a:99999999999999999999")):
        with pytest.raises((ValueError, TypeError, OverflowError, KeyError, MemoryError)):
            use()


def test_conversion_functions_that_misbehave():
    class A:
        pass

    class B:
        pass

    class C:
        pass

    tf.register_tensor_conversion_function(A, lambda value, dtype=None, name=None, as_ref=False: 3)
    tf.register_tensor_conversion_function(B, lambda value, dtype=None, name=None, as_ref=False: tf.constant(1))
    tf.register_tensor_conversion_function(C, lambda value, dtype=None, name=None, as_ref=False: NotImplemented)
    with pytest.raises(RuntimeError, match="returned non-Tensor: 3"):
        tf.convert_to_tensor(A())
    with pytest.raises(RuntimeError, match="returned incompatible dtype: requested = float32, actual = int32"):
        tf.convert_to_tensor(B(), tf.float32)
    with pytest.raises(TypeError, match="Failed to convert object"):
        tf.convert_to_tensor(C())


def test_a_list_that_changes_while_it_is_fetched():
    class Shrinking:
        name = "x"

        def _as_graph_element(self):
            del fetches[1:]
            return x

    x = tf.constant(1.0)
    fetches = [Shrinking(), x, x]
    with tf.Session() as s:
        assert s.run(fetches) == [1, 1, 1]


def test_errors_inside_callbacks_come_out(graph):
    with pytest.raises(ZeroDivisionError):
        with graph.device(lambda op: 1 / 0):
            tf.constant(1)
    with pytest.raises(ZeroDivisionError), graph._attr_scope({"_x": lambda node: 1 / 0}):
        tf.constant(1)
    assert tf.constant(2).device == ""


@pytest.mark.parametrize("op, inputs", [("StridedSliceAssign", ([0], [1], [1], "x")), ("ScatterUpdate", ([0], ["a"])), ("RefIdentity", ())])
def test_handles_are_no_variables(op, inputs):
    """Old handles are references to strings, so that what assigns to variables takes them while building."""
    with tf.Graph().as_default(), tf.Session() as s:
        handle = _core.raw_op("Stack")(elem_type=tf.float32)
        with pytest.raises(tf.errors.InvalidArgumentError, match="Stack is a handle, not a reference to a variable"):
            s.run(_core.raw_op(op)(handle, *inputs))
        s.run(_core.raw_op("StackClose")(handle))
