"""Functions that only files have, or that go wrong: recursion, bodies that do not fit, what 2.x writes."""
import json
import pathlib

import numpy as np
import pytest
from google.protobuf import text_format

import pytfgraph as tf
from pytfgraph.framework import function
from pytfgraph.ops import raw

fops = raw.module("gen_functional_ops")


def run(text, fetch, feeds=None):
    d = tf.GraphDef()
    text_format.Parse(text, d)
    with tf.Graph().as_default() as g:
        tf.import_graph_def(d, name="")
        with tf.Session(graph=g) as s:
            return s.run(fetch, feeds)


INT = 'attr { key: "dtype" value { type: DT_INT32 } }'
CONST = 'node { name: "%s" op: "Const" ' + INT + ' attr { key: "value" value { tensor { dtype: DT_INT32 tensor_shape {} int_val: %d } } } }'
VERSIONS = "versions { producer: 27 min_consumer: 12 }"


def in_function(name, nodes, ret, outputs='output_arg { name: "y" type: DT_INT32 }'):
    return 'function { signature { name: "%s" input_arg { name: "x" type: DT_INT32 } %s } %s ret { key: "y" value: "%s" } }' % (
        name, outputs, nodes, ret)


def call_of(name, function_name, input="n"):
    return 'node { name: "%s" op: "%s" input: "%s" }' % (name, function_name, input)


def test_a_function_that_calls_itself_without_end():
    text = CONST % ("n", 3) + call_of("c", "Rec") + VERSIONS + "library { %s }" % in_function(
        "Rec", 'node_def { name: "r" op: "Rec" input: "x" }', "r:y:0")
    with pytest.raises(tf.errors.ResourceExhaustedError, match="more than 1000 deep"):
        run(text, "c:0")


FACTORIAL = """
function { signature { name: "Fact" input_arg { name: "x" type: DT_INT32 } output_arg { name: "y" type: DT_INT32 } }
  node_def { name: "one" op: "Const" attr { key: "dtype" value { type: DT_INT32 } }
             attr { key: "value" value { tensor { dtype: DT_INT32 tensor_shape {} int_val: 1 } } } }
  node_def { name: "more" op: "Greater" input: "x" input: "one:output:0" attr { key: "T" value { type: DT_INT32 } } }
  node_def { name: "if" op: "StatelessIf" input: "more:z:0" input: "x"
             attr { key: "Tcond" value { type: DT_BOOL } } attr { key: "Tin" value { list { type: DT_INT32 } } }
             attr { key: "Tout" value { list { type: DT_INT32 } } }
             attr { key: "then_branch" value { func { name: "Again" } } } attr { key: "else_branch" value { func { name: "One" } } } }
  ret { key: "y" value: "if:output:0" } }
function { signature { name: "Again" input_arg { name: "x" type: DT_INT32 } output_arg { name: "y" type: DT_INT32 } }
  node_def { name: "one" op: "Const" attr { key: "dtype" value { type: DT_INT32 } }
             attr { key: "value" value { tensor { dtype: DT_INT32 tensor_shape {} int_val: 1 } } } }
  node_def { name: "less" op: "Sub" input: "x" input: "one:output:0" attr { key: "T" value { type: DT_INT32 } } }
  node_def { name: "rest" op: "Fact" input: "less:z:0" }
  node_def { name: "all" op: "Mul" input: "x" input: "rest:y:0" attr { key: "T" value { type: DT_INT32 } } }
  ret { key: "y" value: "all:z:0" } }
function { signature { name: "One" input_arg { name: "x" type: DT_INT32 } output_arg { name: "y" type: DT_INT32 } }
  node_def { name: "one" op: "OnesLike" input: "x" attr { key: "T" value { type: DT_INT32 } } }
  ret { key: "y" value: "one:y:0" } }
"""


def test_recursion_that_ends():
    text = 'node { name: "n" op: "Placeholder" %s } ' % INT + call_of("c", "Fact") + VERSIONS + "library { %s }" % FACTORIAL
    assert run(text, "c:0", {"n:0": 5}) == 120
    assert run(text, "c:0", {"n:0": 0}) == 1
    assert run(text, "c:0", {"n:0": 200}) == 0          # 2**32 divides it
    with pytest.raises(tf.errors.ResourceExhaustedError):
        run(text, "c:0", {"n:0": 5000})


@pytest.mark.parametrize("nodes, ret, message", [
    ('', "nosuch:y:0", "Input nosuch:y:0 is not found"),
    ('node_def { name: "r" op: "Neg" input: "z" attr { key: "T" value { type: DT_INT32 } } }', "r:y:0", "Input z is not found"),
    ('node_def { name: "r" op: "Neg" input: "x:1" attr { key: "T" value { type: DT_INT32 } } }', "r:y:0", "Input x:1 is not found"),
    ('node_def { name: "r" op: "Neg" input: "x" attr { key: "T" value { type: DT_INT32 } } }', "r:y:1", "Input r:y:1 is not found"),
    ('node_def { name: "r" op: "Neg" input: "x" attr { key: "T" value { type: DT_INT32 } } }', "r", "Input r is not found"),
    ('node_def { name: "r" op: "Neg" input: "x" attr { key: "T" value { placeholder: "U" } } }', "r:y:0", "Attr U is not found"),
    ('node_def { name: "r" op: "NoSuchOp" input: "x" }', "r:y:0", "NoSuchOp"),
    ('node_def { name: "x" op: "NoOp" }', "x", "appears twice"),
    ('node_def { name: "r" op: "Cast" input: "x" attr { key: "SrcT" value { type: DT_INT32 } } '
     'attr { key: "DstT" value { type: DT_FLOAT } } }', "r:y:0", "its signature says int32"),
])
def test_bodies_that_do_not_fit(nodes, ret, message):
    text = CONST % ("n", 3) + call_of("c", "F") + VERSIONS + "library { %s }" % in_function("F", nodes, ret)
    with pytest.raises(tf.errors.OpError, match=message):
        run(text, "c:0")


def test_attributes_and_lists():
    """A polymorphic function, with a list for an argument, as FunctionDefs of old files have them."""
    text = CONST % ("a", 3) + CONST % ("b", 4) + """
    node { name: "c" op: "Poly" input: "a" input: "b" input: "b" attr { key: "T" value { type: DT_INT32 } } attr { key: "N" value { i: 2 } } }
    library { function {
      signature { name: "Poly" input_arg { name: "xs" type_attr: "T" number_attr: "N" } input_arg { name: "z" type_attr: "T" }
                  output_arg { name: "y" type_attr: "T" } output_arg { name: "all" type_attr: "T" number_attr: "N" }
                  attr { name: "T" type: "type" } attr { name: "N" type: "int" } }
      node_def { name: "sum" op: "AddN" input: "xs" attr { key: "T" value { placeholder: "T" } } attr { key: "N" value { placeholder: "N" } } }
      node_def { name: "last" op: "Mul" input: "xs:1" input: "sum:sum" attr { key: "T" value { placeholder: "T" } } }
      node_def { name: "both" op: "IdentityN" input: "xs" attr { key: "T" value { list { type: DT_INT32 type: DT_INT32 } } } }
      ret { key: "y" value: "last:z:0" } ret { key: "all" value: "both:output" } } }""" + VERSIONS
    assert run(text, ["c:0", "c:1", "c:2"]) == [28, 3, 4]


@pytest.mark.parametrize("call", ["PartitionedCall", "StatefulPartitionedCall"])
def test_what_must_run_runs(call):
    """control_ret, as 2.x writes it, and operations with effects."""
    text = """
    node { name: "v" op: "VarHandleOp" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "shape" value { shape {} } } }
    node { name: "one" op: "Const" attr { key: "dtype" value { type: DT_FLOAT } }
           attr { key: "value" value { tensor { dtype: DT_FLOAT tensor_shape {} float_val: 1 } } } }
    node { name: "init" op: "AssignVariableOp" input: "v" input: "one" attr { key: "dtype" value { type: DT_FLOAT } } }
    node { name: "read" op: "ReadVariableOp" input: "v" attr { key: "dtype" value { type: DT_FLOAT } } }
    node { name: "c" op: "%s" input: "v" input: "one" attr { key: "Tin" value { list { type: DT_RESOURCE type: DT_FLOAT } } }
           attr { key: "Tout" value { list { type: DT_FLOAT } } } attr { key: "f" value { func { name: "F" } } } }
    library { function {
      signature { name: "F" input_arg { name: "v" type: DT_RESOURCE } input_arg { name: "x" type: DT_FLOAT }
                  output_arg { name: "y" type: DT_FLOAT } control_output: "add" }
      node_def { name: "bump" op: "AssignAddVariableOp" input: "v" input: "x" attr { key: "dtype" value { type: DT_FLOAT } } }
      node_def { name: "same" op: "Identity" input: "x" attr { key: "T" value { type: DT_FLOAT } } }
      ret { key: "y" value: "same:output:0" } control_ret { key: "add" value: "bump" } } }""" % call + VERSIONS
    d = tf.GraphDef()
    text_format.Parse(text, d)
    with tf.Graph().as_default() as g:
        tf.import_graph_def(d, name="")
        with tf.Session(graph=g) as s:
            s.run("init")
            assert s.run("c:0") == 1 and s.run("read:0") == 2
            s.run("c")
            assert s.run("read:0") == 3


def test_case():
    @function.Defun(tf.float32, func_name="CaseA")
    def a(x):
        return x + 1.

    @function.Defun(tf.float32, func_name="CaseB")
    def b(x):
        return x * 10.

    with tf.Graph().as_default(), tf.Session() as s:
        i, x = tf.placeholder(tf.int32, []), tf.constant(3.)
        y = fops.case(i, [x], [tf.float32], [a, b])[0]
        dx = tf.gradients(y, x)[0]
        assert [s.run([y, dx], {i: k}) for k in (0, 1, -1, 7)] == [[4, 1], [30, 10], [30, 10], [30, 10]]


def test_gradient_of_if():
    @function.Defun(tf.float32, tf.float32, func_name="IfA")
    def a(x, y):
        return x * y, x

    @function.Defun(tf.float32, tf.float32, func_name="IfB")
    def b(x, y):
        return x + y, y * y

    with tf.Graph().as_default(), tf.Session() as s:
        p, x, y = tf.placeholder(tf.bool, []), tf.constant(3.), tf.constant(4.)
        for op in (fops._if, fops.stateless_if):
            u, v = op(p, [x, y], [tf.float32, tf.float32], a, b)
            d = tf.gradients(u, [x, y]) + tf.gradients(v, [x, y])
            assert s.run(d, {p: True}) == [4, 3, 1, 0] and s.run(d, {p: False}) == [1, 1, 0, 8]
            second = tf.gradients(d[0], y)
            assert s.run(second, {p: True}) == [1]


def test_map_defun():
    @function.Defun(tf.int32, tf.string, func_name="MapF")
    def f(x, name):
        return x * 2, tf.string_join([name, "!"]) if hasattr(tf, "string_join") else name

    with tf.Graph().as_default(), tf.Session() as s:
        n = tf.placeholder(tf.int32, [None, 2])
        names = tf.placeholder(tf.string, [None])
        y, z = fops.map_defun([n, names], [tf.int32, tf.string], [[2], []], f)
        assert y.shape.as_list() == [None, 2]
        got = s.run([y, z], {n: [[1, 2], [3, 4]], names: ["a", "b"]})
        np.testing.assert_array_equal(got[0], [[2, 4], [6, 8]])
        assert [t[:1] for t in got[1]] == [b"a", b"b"]
        assert s.run(y, {n: np.zeros([0, 2], np.int32), names: []}).shape == (0, 2)
        with pytest.raises(tf.errors.InvalidArgumentError, match="same dimension 0"):
            s.run(y, {n: [[1, 2], [3, 4]], names: ["a"]})


def test_an_endless_loop_stops_at_its_timeout():
    @function.Defun(tf.int32, func_name="Always")
    def always(i):
        return i < i + 1

    @function.Defun(tf.int32, func_name="Next")
    def step(i):
        return i * 0

    with tf.Graph().as_default(), tf.Session() as s:
        loop = fops._while([tf.constant(0)], always, step)
        with pytest.raises(tf.errors.DeadlineExceededError):
            s.run(loop, options=tf.RunOptions(timeout_in_ms=100))


def test_a_function_and_its_inlined_form_agree():
    """Control inputs of a call hold for what the call becomes."""
    @function.Defun(tf.float32, func_name="Use")
    def use(x):
        return x + tf.constant(1.) * 2., tf.constant(5.)

    with tf.Graph().as_default(), tf.Session() as s:
        v = tf.Variable(0.)
        bump = v.assign_add(1.)
        with tf.control_dependencies([bump]):
            a, b = use(v.read_value())
        with tf.control_dependencies([a.op]):
            after = v.assign_add(10.)
        s.run(v.initializer)
        assert s.run([a, b, after]) == [3, 5, 11]
        assert s.run(a.op) is None
        assert s.run([b]) == [5]


def test_an_error_in_a_body_names_body_and_call():
    @function.Defun(tf.float32, tf.int32, func_name="PickNamed")
    def pick(x, i):
        return tf.gather(x, i, name="look")

    for options in ({}, {"noinline": True}):
        with tf.Graph().as_default(), tf.Session() as s:
            y = pick(tf.placeholder(tf.float32, [3], name="x"), 7, name="picked", **options)
            with pytest.raises(tf.errors.InvalidArgumentError) as e:
                s.run(y, {"x:0": [1, 2, 3]})
            assert e.value.op is y.op
            lines = e.value.message.splitlines()
            assert "indices = 7 is not in [0, 3)" in lines[0] and "look" in lines[1] and "picked" in lines[2]


def test_names_of_functions():
    @function.Defun(tf.float32)
    def some_name(x):
        return x

    assert some_name.name.startswith("some_name_") and len(some_name.name) == len("some_name_") + 11


@pytest.mark.parametrize("executor", ["", "dataflow"])
def test_a_graph_of_tensorflow_2(executor, monkeypatch):
    """Functions, While, If and Case as tf.function makes them, with the attributes that 1.12 did not have."""
    monkeypatch.setenv("TFG_EXECUTOR", executor)
    folder = pathlib.Path(__file__).parent.parent / "golden" / "functions"
    told = json.loads((folder / "functions_2.json").read_text())
    with tf.Graph().as_default() as g:
        tf.import_graph_def(tf.GraphDef.FromString((folder / "functions_2.pb").read_bytes()), name="")
        with tf.Session(graph=g) as s:
            s.run("init")
            got = [[s.run(f, {"x:0": x, "n:0": n}).tolist() for f in ("out:0", "update:0")] for x, n in told["feeds"]]
    assert got == told["answers"]


def test_arguments_of_other_types():
    @function.Defun(tf.float32, tf.int32, tf.string, func_name="Three", out_names=["a", "b"])
    def three(x, y, z):
        return x + 1., y
    op = "using Op<name=Three; signature=x:float, y:int32, z:string -> a:float, b:int32>"
    with tf.Graph().as_default():
        with pytest.raises(ValueError) as e:
            three(1, 2, "a")
        assert str(e.value) == "Input 'x' passed int32 expected float while building NodeDef 'Three' " + op
        with pytest.raises(ValueError) as e, tf.name_scope("s"):
            three(tf.constant(1., tf.float64), tf.constant(1., tf.float16), 3., name="t")
        assert str(e.value) == ("3 errors while building NodeDef 's/t' %s:\nInput 'x' passed double expected float\n"
                                "Input 'y' passed half expected int32\nInput 'z' passed float expected string" % op)
        assert three(1., 2, "a")[0].name == "Three_1:0"     # the name of a call that failed is gone


def test_gradients_of_functions_take_loops_for_constants():
    """As in 1.12.3: of the gradient of x * w ** 3 * w only what does not pass the loop is there."""
    @function.Defun(tf.float32, tf.float32, func_name="Looped")
    def looped(x, w):
        return tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * w), (0, x))[1] * w
    with tf.Graph().as_default(), tf.Session() as s:
        x, w = tf.constant([1., 2.]), tf.constant([3., 4.])
        dx = s.run(tf.gradients(looped(x, w), [x, w]))
        assert [d.tolist() for d in dx] == [[0., 0.], [27., 128.]]


def test_gradients_of_functions_with_conditionals():
    """docs/differences.md: they work."""
    @function.Defun(tf.float32, func_name="SquareWhere")
    def square(x):
        return tf.cond(x > 0., lambda: x * x, lambda: x)
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32, [])
        dx, = tf.gradients(square(x), x)
        assert s.run(dx, {x: 2.}) == 4. and s.run(dx, {x: -2.}) == 1.
