"""tf.Variable as a class to derive from: what it declares, and that it declares it only."""
import copy
import gc
import inspect
import weakref

import pytest

import pytfgraph as tf

# As inspect shows them on TensorFlow 1.12.3.
METHODS = {
    "assign": "(self, value, use_locking=False, name=None, read_value=True)",
    "assign_add": "(self, delta, use_locking=False, name=None, read_value=True)",
    "assign_sub": "(self, delta, use_locking=False, name=None, read_value=True)",
    "count_up_to": "(self, limit)",
    "eval": "(self, session=None)",
    "from_proto": "(variable_def, import_scope=None)",
    "get_shape": "(self)",
    "initialized_value": "(self)",
    "load": "(self, value, session=None)",
    "read_value": "(self)",
    "scatter_add": "(self, sparse_delta, use_locking=False, name=None)",
    "scatter_nd_add": "(self, indices, updates, name=None)",
    "scatter_nd_sub": "(self, indices, updates, name=None)",
    "scatter_nd_update": "(self, indices, updates, name=None)",
    "scatter_sub": "(self, sparse_delta, use_locking=False, name=None)",
    "scatter_update": "(self, sparse_delta, use_locking=False, name=None)",
    "set_shape": "(self, shape)",
    "to_proto": "(self, export_scope=None)",
    "value": "(self)",
}
PROPERTIES = ["constraint", "device", "dtype", "graph", "initial_value", "initializer", "name", "op", "shape", "trainable"]


class Mine(tf.Variable):
    """A kind of variable that a program defines."""


@pytest.mark.parametrize("name", sorted(METHODS))
def test_method(name):
    assert str(inspect.signature(getattr(tf.Variable, name))) == METHODS[name]
    assert getattr(tf.Variable, name).__doc__
    if name != "from_proto":
        arguments = [None] * (sum(p.default is p.empty for p in inspect.signature(getattr(tf.Variable, name)).parameters.values()) - 1)
        with pytest.raises(NotImplementedError):
            getattr(Mine(), name)(*arguments)


@pytest.mark.parametrize("name", PROPERTIES)
def test_property(name):
    assert isinstance(getattr(tf.Variable, name), property)
    with pytest.raises(NotImplementedError):
        getattr(Mine(), name)


def test_constructor_of_a_derived_class():
    """It takes the arguments of tf.Variable, and no creator is asked."""
    with tf.Graph().as_default() as graph:
        Mine(3., name="unused", trainable=False)
        with pytest.raises(TypeError):
            Mine(unknown=1)
    assert graph.get_operations() == []


@pytest.mark.parametrize("use_resource", [False, True])
def test_a_variable_has_all_of_it(use_resource):
    with tf.Graph().as_default():
        v = tf.get_variable("v", [2], use_resource=use_resource, trainable=False)
        assert isinstance(v, tf.Variable)
        assert (v.name, v.shape.as_list(), v.trainable, v.constraint, v.dtype.base_dtype) == ("v:0", [2], False, None, tf.float32)
        assert v.op.graph is v.graph and v.initializer.type in ("Assign", "AssignVariableOp")


def test_a_copy_stands_for_the_same_nodes():
    with tf.Graph().as_default():
        v = tf.Variable([1., 2.], name="v")
        v.mine = 3
        w = copy.copy(v)
        assert (w.name, w.op, w.mine, w.initializer) == ("v:0", v.op, 3, v.initializer)
        assert w != v and len({v, w}) == 2


def test_a_cycle_through_a_variable_is_collected():
    with tf.Graph().as_default():
        v = tf.Variable(1.)
        v.itself = v
        alive = weakref.ref(v)
    del v
    gc.collect()
    assert alive() is None


def test_operators_and_identity():
    with tf.Graph().as_default(), tf.Session() as s:
        v, r, x = tf.Variable(3.), tf.Variable(2., use_resource=True), tf.constant(5.)
        s.run([v.initializer, r.initializer])
        results = [v + 1, 1 - v, v * r, r * v, v / 2, 7 // v, v % 2, v ** r, -v, abs(-v), v < r, x + v, v + x, v.__div__(2.), v.__rdiv__(6.)]
        assert s.run(results) == [4, -2, 6, 6, 1.5, 2, 1, 9, -3, 3, False, 8, 8, 1.5, 2]
        assert (v == v, v == r, v != r, v == 3.) == (True, False, True, False)
        with pytest.raises(TypeError, match="'Variable' object is not iterable."):
            iter(v)
        with pytest.raises(TypeError):
            pow(v, 2, 3)


def test_a_variable_without_nodes_says_so():
    v = tf.Variable.__new__(type(tf.Variable(1.)))
    for ask in (lambda: v.name, lambda: v.assign(1.), lambda: v.eval(), lambda: v.load(1., 2), lambda: v.read_value(), lambda: v + 1, lambda: repr(v),
                lambda: v.scatter_nd_add([[0]], [1.]), lambda: v.count_up_to(3), lambda: v.set_shape([1])):
        with pytest.raises((AttributeError, TypeError, ValueError)):
            ask()
