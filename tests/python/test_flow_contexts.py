"""Control-flow contexts: what programs see of them, and their way into MetaGraphs and back."""
import pytest

import pytfgraph as tf
from pytfgraph.ops import control_flow_ops


def build():
    x = tf.placeholder(tf.float32, [2], name="x")

    def body(i, v):
        return i + 1, tf.cond(i > 1, lambda: v * x, lambda: tf.while_loop(lambda j, t: j < i, lambda j, t: (j + 1, t * 2. + x), [0, v])[1])
    tf.identity(tf.while_loop(lambda i, v: i < 4, body, (0, x), maximum_iterations=9)[1], name="y")
    return tf.cond(x[0] > 0., lambda: x * 2., lambda: x, name="c")


def described(context):
    inner = [described(c) for c in context._nested_contexts]
    return type(context).__name__, context.name, sorted(context._values), {k: v.name for k, v in context._external_values.items()}, inner


@pytest.mark.parametrize("import_scope", [None, "imported"])
@pytest.mark.parametrize("export_scope", [None, "s"])
def test_meta_graph(import_scope, export_scope):
    with tf.Graph().as_default() as graph:
        with tf.name_scope("s"):
            build()
        before = [described(c) for c in graph.get_collection("while_context") + graph.get_collection("cond_context")]
        meta_graph = tf.train.export_meta_graph(export_scope=export_scope)
    prefix = (import_scope + "/" if import_scope else "") + ("" if export_scope else "s/")
    with tf.Graph().as_default() as graph, tf.Session() as session:
        tf.train.import_meta_graph(meta_graph, import_scope=import_scope)
        contexts = graph.get_collection("while_context") + graph.get_collection("cond_context")
        if not import_scope and not export_scope:
            assert [described(c) for c in contexts] == before
        assert contexts[0].name == prefix + "while/while_context"
        enters = [op for op in graph.get_operations() if op.type == "Enter"]
        assert {op.get_attr("frame_name").decode() for op in enters} == {prefix + "while/while_context", prefix + "while/cond/while/while_context"}
        x, y = graph.get_tensor_by_name(prefix + "x:0"), graph.get_tensor_by_name(prefix + "y:0")
        dx = tf.gradients(y, x)[0]
        assert session.run([y, dx], {x: [1., .5]})[1].tolist() == [9., 2.25]


def test_what_programs_look_at():
    seen = {}
    with tf.Graph().as_default() as graph:
        def body(i):
            seen["body"] = graph._get_control_flow_context()
            return tf.cond(i > 3, lambda: seen.setdefault("arm", graph._get_control_flow_context()) and i + 2, lambda: i + 1)
        y = tf.while_loop(lambda i: i < 10, body, [0], parallel_iterations=7, back_prop=False, swap_memory=True, maximum_iterations=5)
        loop, arm = seen["body"], seen["arm"]
        assert isinstance(loop, control_flow_ops.WhileContext) and isinstance(arm, control_flow_ops.CondContext)
        assert isinstance(loop, control_flow_ops.ControlFlowContext) and isinstance(arm, control_flow_ops.ControlFlowContext)
        assert (loop.parallel_iterations, loop.back_prop, loop.swap_memory, loop.maximum_iterations.name) == (7, False, True, "while/maximum_iterations:0")
        assert loop.IsWhileContext() and not loop.IsCondContext() and arm.IsCondContext() and not arm.IsXLAContext()
        assert arm.GetWhileContext() is loop and arm.outer_context is loop and loop.outer_context is None and loop.GetWhileContext() is loop
        assert loop.pivot.op.type == "LoopCond" and loop.GetControlPivot().op.type == "Identity" and arm.GetControlPivot() is arm.pivot
        assert [t.op.type for t in loop.loop_enters] == ["Enter"] * 2 and [t.op.type for t in loop.loop_exits] == ["Exit"] * 2
        assert str(loop) == loop.name == "while/while_context" and loop.grad_state is None and loop._nested_contexts[1] is not None
        assert y.op._get_control_flow_context() is loop and y.op is loop.loop_exits[1].op
        assert graph.get_collection(tf.GraphKeys.WHILE_CONTEXT) == [loop] and graph._get_control_flow_context() is None


def test_other_loops():
    """What is inside a loop cannot be used outside of it, nor what is in another."""
    inside = []
    with tf.Graph().as_default():
        def body(i):
            inside.append(i + 1)
            return inside[0]
        tf.while_loop(lambda i: i < 3, body, [0])
        with pytest.raises(ValueError, match=r"Cannot use 'while/add' as input to 'mul' because 'while/add' is in a while loop. See info log for more details."):
            inside[0] * 2
        with pytest.raises(ValueError, match=r"Cannot use 'while_1/add' as input to 'while/add' because they are in different while loops. See info log for more details."):
            tf.while_loop(lambda i: i < 3, lambda i: i + inside[0], [0])
        with pytest.raises(ValueError, match="in a while loop"):
            tf.cond(tf.constant(True), lambda: inside[0] + 1, lambda: 2)
        with pytest.raises(ValueError, match="marked as not fetchable"):
            tf.Session().run(inside[0])


@pytest.mark.parametrize("frames", [("a", "b"), ("a", "a")])
def test_crossed_frames(frames):
    """Loops that no function of ours made: an error, or an answer, and never a hang."""
    from pytfgraph.ops import raw
    enter, merge, switch, end = (raw.function(name) for name in ("enter", "merge", "switch", "exit"))
    with tf.Graph().as_default(), tf.Session() as session:
        x, y = enter(tf.constant(1.), frame_name=frames[0]), enter(tf.constant(2.), frame_name=frames[1])
        z = end(x + y)
        try:
            assert session.run(z, options=tf.RunOptions(timeout_in_ms=5000)) == 3
        except tf.errors.InvalidArgumentError as e:
            assert "different frames" in e.message
        lost = end(switch(merge([x, x])[0], tf.constant(False))[1])
        with pytest.raises(tf.errors.OpError):
            session.run(lost, options=tf.RunOptions(timeout_in_ms=5000))
        with pytest.raises((tf.errors.OpError, ValueError)):
            tf.gradients(z, x) and session.run(tf.gradients(z, x), options=tf.RunOptions(timeout_in_ms=5000))


def test_changed_dtype():
    with tf.Graph().as_default():
        with pytest.raises(TypeError, match="Input 1 of node while/Merge was passed float from while/NextIteration:0 incompatible with expected int32."):
            tf.while_loop(lambda i: i < 3, lambda i: tf.cast(i, tf.float32), [0])


def test_questions_about_ops():
    from pytfgraph.ops import control_flow_util as util
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [], name="x")
        tf.while_loop(lambda v: v < 9., lambda v: tf.cond(v > 2., lambda: v * x, lambda: v + 1.), [x])
        by_type = {}
        for op in graph.get_operations():
            by_type.setdefault(op.type, []).append(op)
        assert [util.IsLoopSwitch(op) for op in by_type["Switch"]].count(True) == 1 and util.IsLoopSwitch(graph.get_operation_by_name("while/Switch"))
        assert util.IsLoopMerge(graph.get_operation_by_name("while/Merge")) and util.IsCondMerge(graph.get_operation_by_name("while/cond/Merge"))
        assert util.IsLoopExit(by_type["Exit"][0]) and util.GetOutputContext(by_type["Exit"][0]) is None and util.IsInWhileLoop(by_type["Exit"][0])
        mul = by_type["Mul"][0]
        assert util.IsInCond(mul) and util.IsInWhileLoop(mul) and not util.IsInCond(x.op) and not util.IsInXLAContext(mul)
        assert util.GetLoopConstantEnter(mul.inputs[1]).inputs[0] is x and util.GetLoopConstantEnter(x) is None
        loop = util.GetContainingWhileContext(mul._get_control_flow_context())
        assert loop.IsWhileContext() and util.OpInContext(mul, loop) and not util.TensorInContext(x, loop)
    assert control_flow_ops.loop_cond is not None and control_flow_ops.next_iteration is not None
