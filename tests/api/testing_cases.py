"""tf.test: assertions and their messages, sessions, stubs, graphs compared."""
import collections
import numpy as np

class T(tf.test.TestCase):
    def runTest(self):
        pass

def told(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except BaseException as e:
        return type(e).__name__ + ": " + str(e).split("\n")[0]

t = T()
t.setUp()

#: numbers
told(t.assertNear, 1., 1.1, .2), told(t.assertNear, 1., 1.5, .2), told(t.assertNear, 1., 1.5, .2, "why"), told(t.assertNear, np.inf, np.inf, 0.)
told(t.assertArrayNear, [1., 2.], [1., 2.01], .1), told(t.assertArrayNear, [1.], [1., 2.], .1), told(t.assertArrayNear, [1., 2.], [1., 3.], .1)
told(t.assertNDArrayNear, np.ones(3), np.ones(3), 1e-3), told(t.assertNDArrayNear, np.ones(3), np.zeros(3), 1e-3, "far")
told(t.assertAllGreater, [1, 2], 0), told(t.assertAllGreater, [1, 2], 1), told(t.assertAllLess, [1, 2], 2), told(t.assertAllGreaterEqual, [1, 2], 2)
told(t.assertAllLessEqual, [1, 2], 2), told(t.assertAllLessEqual, tf.constant([1, 2]), 1)
told(t.assertAllInSet, [1, 2], {1, 2, 3}), told(t.assertAllInSet, [1, 2], {2})
told(t.assertAllInRange, [1, 2], 1, 2), told(t.assertAllInRange, [1, 2, 5], 1, 2), told(t.assertAllInRange, [1., 2.], 1, 2, open_lower_bound=True)
told(t.assertAllInRange, [1., np.nan], 1, 2), told(t.assertAllInRange, ["a"], 1, 2), told(t.assertAllInRange, [1., 2.], 1, 2, open_upper_bound=True)
told(t.assertDTypeEqual, np.ones(2, np.float32), np.float32), told(t.assertDTypeEqual, tf.ones([2]), np.float32)

#: arrays
told(t.assertAllEqual, [1, 2], tf.constant([1, 2])), told(t.assertAllEqual, [1, 2], [[1, 2]]), told(t.assertAllEqual, [np.nan, 1.], [np.nan, 1.])
told(t.assertAllEqual, [1, 2], [1, 2, 3], msg="m"), told(t.assertAllClose, [1, 2], [1, 2, 3]), told(t.assertAllClose, np.ones([2, 2]), np.ones(4))
told(t.assertAllClose, {"a": 1.}, {"a": 1. + 1e-8}), told(t.assertAllClose, {"a": 1.}, [1.]), told(t.assertAllClose, [{"a": 1.}], [{"b": 1.}])[:40]
told(t.assertAllClose, [{"a": 1.}, 2.], [{"a": 1.}])
P = collections.namedtuple("P", "x y")
told(t.assertAllClose, P(1., [2., 3.]), P(1., [2., 3.])), told(t.assertAllClose, [[1., 2.], [3.]], [[1., 2.], [3.]])
told(t.assertAllCloseAccordingToType, np.array([1.], np.float16), np.array([1.0005], np.float16)), told(t.assertNotAllClose, [1.], [1.])
told(t.assertNotAllClose, [1.], [2.]), told(t.assertShapeEqual, np.ones([2, 3]), tf.ones([2, 3])), told(t.assertShapeEqual, [2], tf.ones([2]))
told(t.assertShapeEqual, np.ones(2), 3), told(t.assertShapeEqual, np.float32(1), tf.constant(1.))

#: texts, devices and messages
told(t.assertStartsWith, "abc", "ab"), told(t.assertStartsWith, "abc", "b"), told(t.assertStartsWith, "abc", "b", "m")
told(t.assertDeviceEqual, "/cpu:0", "/device:CPU:0"), told(t.assertDeviceEqual, "/cpu:0", "/cpu:1"), told(t.assertDeviceEqual, "", None)
told(t.assertProtoEquals, "node { name: 'a' op: 'b' }", tf.GraphDef(node=[tf.NodeDef(name="a", op="b")]))
told(t.assertProtoEquals, tf.GraphDef(), tf.GraphDef()), told(t.assertProtoEquals, 3, tf.GraphDef())[:60]
told(t.assertProtoEquals, "node { name: 'a' op: 'c' }", tf.GraphDef(node=[tf.NodeDef(name="a", op="b")]))
told(t.assertItemsEqual, [1, 2], [2, 1])

#: errors
def raising(kind, pattern, f):
    with t.assertRaisesWithPredicateMatch(kind, pattern):
        f()
told(raising, ValueError, "inv", lambda: int("a")), told(raising, ValueError, "xyz", lambda: int("a")), told(raising, ValueError, "a", lambda: 3)
told(raising, ValueError, lambda e: True, lambda: int("a")), told(raising, TypeError, "inv", lambda: int("a"))
def op_error(pattern):
    with t.test_session(), t.assertRaisesOpError(pattern):
        tf.reshape(tf.placeholder_with_default([1., 2.], [None]), [3], name="r").eval()
told(op_error, "requested shape"), told(op_error, "Caused by: r"), told(op_error, "nothing like it")[:40]

#: sessions
def sessions():
    with t.test_session() as a, t.test_session() as b, t.cached_session() as c, t.session() as d:
        return a is b, a is c, a is d, tf.get_default_session() is d, tf.constant(1).device
told(sessions)
def other_config():
    with t.cached_session(config=tf.ConfigProto()):
        pass
told(other_config)
def with_gpu():
    with t.test_session(use_gpu=True):
        return tf.constant(1).device
told(with_gpu), t.evaluate([tf.constant(1), {"a": tf.constant(2)}])
t.setUp()
tf.get_default_graph().seed, tf.get_default_graph().get_operations(), float(tf.random_uniform([]).eval(session=tf.Session()))
thread = t.checkedThread(lambda: 1)
told(t.tearDown)
thread.start(), told(thread.join), told(t.tearDown)
failing = t.checkedThread(lambda: int("a"))
failing.start(), told(failing.join)
t.get_temp_dir() == t.get_temp_dir()

#: graphs compared
def graph(*ops):
    with tf.Graph().as_default() as g:
        x = tf.constant([1., 2.], name="x")
        for f in ops:
            f(x)
        return g.as_graph_def()
a, b = graph(lambda x: tf.square(x, name="y")), graph(lambda x: tf.sqrt(x, name="y"))
told(tf.test.assert_equal_graph_def, a, a), told(tf.test.assert_equal_graph_def, a, b), told(tf.test.assert_equal_graph_def, a, graph())
told(tf.test.assert_equal_graph_def, graph(), a), told(tf.test.assert_equal_graph_def, a, 3), told(tf.test.assert_equal_graph_def, None, a)
b = graph(lambda x: tf.square(x, name="y"))
b.node[1].attr["k"].list.i.extend([1, 2])
told(tf.test.assert_equal_graph_def, a, b), told(tf.test.assert_equal_graph_def, b, a)
b.node[1].attr.pop("k"), b.node[1].attr["_k"].CopyFrom(tf.AttrValue(i=3))
told(tf.test.assert_equal_graph_def, a, b)
b.node[1].device = "/cpu:0"
told(tf.test.assert_equal_graph_def, a, b)
b = graph(lambda x: tf.square(x, name="y"))
b.node[1].input[0] = "x:0"
told(tf.test.assert_equal_graph_def, a, b)
b.node[1].input.append("^x")
told(tf.test.assert_equal_graph_def, a, b), told(tf.test.assert_equal_graph_def, b, a)
b = graph(lambda x: tf.square(x, name="y"))
b.node[0].attr["value"].tensor.tensor_content, b.node[0].attr["value"].tensor.float_val[:] = b"", [1., 2.]
told(tf.test.assert_equal_graph_def, a, b)
b.node[0].attr["value"].tensor.float_val[1] = 3.
told(tf.test.assert_equal_graph_def, a, b)

#: stubs
class C(object):
    value = 1
    @staticmethod
    def f():
        return 2
class D(C):
    pass
stubs = tf.test.StubOutForTesting()
stubs.Set(C, "f", staticmethod(lambda: 3)), C.f(), C().f()
stubs.SmartSet(D, "value", 4), C.value, D.value
told(stubs.SmartSet, C, "nothing", 4), told(stubs.Set, C, "nothing", 4)
stubs.CleanUp(), C.f(), C().f(), C.value, D.value
with tf.test.StubOutForTesting() as s:
    s.Set(C, "value", 7)
    print(C.value)
C.value

#: machine
tf.test.is_gpu_available(), tf.test.gpu_device_name(), tf.test.mock.__name__
