"""TensorArrays and stacks: what goes wrong, in TensorFlow's words; the two older versions, which only old graphs have; a step's end."""
import re

import numpy as np
import pytest
from google.protobuf import text_format

import pytfgraph as tf
from pytfgraph.ops import raw

gen = raw.module("gen_data_flow_ops")


def make(n=3, dtype=tf.float32, **options):
    return gen.tensor_array_v3(n, dtype=dtype, **options)


def write(handle, flow, index, value):
    return gen.tensor_array_write_v3(handle, index, value, flow)


def read(handle, flow, index, dtype=tf.float32):
    return gen.tensor_array_read_v3(handle, index, flow, dtype)


def unknown(value):
    return tf.placeholder_with_default(value, None)


UNREAD = ("TensorArray X: Could not read from TensorArray index 0.  Furthermore, the element shape is not fully defined: <unknown>.  It is possible "
          "you are working with a resizeable TensorArray and stop_gradients is not allowing the gradients to be written.  If you set the full "
          "element_shape property on the forward TensorArray, the proper all-zeros tensor will be returned instead of incurring this error.")
ARRAY_ERRORS = [    # (options, what is done, message), each as TensorFlow 1.12.3 words it
    ({}, lambda h, f: read(h, f, 0), UNREAD), ({}, lambda h, f: read(h, f, 5), "Tried to read from index 5 but array size is: 3"),
    ({}, lambda h, f: read(h, f, -1), "Tried to read from index -1 but array size is: 3"),
    ({}, lambda h, f: read(h, f, 0, tf.int32), "TensorArray dtype is float but Op requested dtype int32."),
    ({}, lambda h, f: read(h, f, unknown([0])), "TensorArray index must be scalar, but had shape: [1]"),
    ({}, lambda h, f: write(h, f, 3, 1.), "TensorArray X: Tried to write to index 3 but array is not resizeable and size is: 3"),
    ({}, lambda h, f: write(h, f, 0, 1), "TensorArray dtype is float but Op is trying to write dtype int32."),
    ({"dynamic_size": True}, lambda h, f: write(h, f, -4, 1.), "TensorArray X: Tried to write to index -4 but array is not resizeable and size is: 3"),
    ({}, lambda h, f: write(h, write(h, f, 0, 1.), 0, 1.), "TensorArray X: Could not write to TensorArray index 0 because it has already been written to."),
    ({"element_shape": [2, None]}, lambda h, f: write(h, f, 0, 1.), "TensorArray X: Could not write to TensorArray index 0 because the value shape is [] which is "
     "incompatible with the TensorArray's inferred element shape: [2,?] (consider setting infer_shape=False)."),
    ({"identical_element_shapes": True}, lambda h, f: write(h, write(h, f, 0, [1.]), 1, [1., 2.]), "TensorArray X: Could not write to TensorArray index 1 because the "
     "value shape is [2] which is incompatible with the TensorArray's inferred element shape: [1] (consider setting infer_shape=False)."),
    ({}, lambda h, f: gen.tensor_array_gather_v3(h, [0, 1], write(h, write(h, f, 0, [1.]), 1, [1., 2.]), tf.float32),
     "TensorArray has inconsistent shapes.  Index 0 has shape: [1] but index 1 has shape: [2]"),
    ({}, lambda h, f: gen.tensor_array_gather_v3(h, [0, 0], write(h, f, 0, 1.), tf.float32), "TensorArray X: Could not read index 0 twice because it was cleared after a "
     "previous read (perhaps try setting clear_after_read = false?)."),
    ({"element_shape": [2]}, lambda h, f: gen.tensor_array_gather_v3(h, [0], f, tf.float32, element_shape=[3]), "PartialTensorShape: Incompatible shapes during merge: [2] vs. [3]"),
    ({}, lambda h, f: gen.tensor_array_gather_v3(h, unknown(0), f, tf.float32), "Expected indices to be a vector, but received shape: []"),
    ({}, lambda h, f: gen.tensor_array_gather_v3(h, [], f, tf.float32), "TensorArray has size zero, but element shape <unknown> is not fully defined. Currently only static "
     "shapes are supported when packing zero-size TensorArrays."),
    ({"n": 0}, lambda h, f: gen.tensor_array_concat_v3(h, f, tf.float32), "TensorArray has size zero, but element_shape_except0 <unknown> is not fully defined. Currently only "
     "static shapes are supported when concatenating zero-size TensorArrays."),
    ({"n": 1}, lambda h, f: gen.tensor_array_concat_v3(h, write(h, f, 0, 1.), tf.float32), "Concat saw a scalar shape at index 0 but requires at least vectors.  Did you mean to "
     "call pack?"),
    ({"n": 2}, lambda h, f: gen.tensor_array_concat_v3(h, write(h, write(h, f, 0, [[1.]]), 1, [[1., 2.]]), tf.float32), "TensorArray has inconsistent shapes.  Index 0 has "
     "(excepting dimension 0) shape: [1] but index 1 has (excepting dimension 0) shape: [2]"),
    ({}, lambda h, f: gen.tensor_array_scatter_v3(h, [0], unknown(1.), f), "Input value for unpack must be at least a vector but received shape: []"),
    ({}, lambda h, f: gen.tensor_array_scatter_v3(h, unknown([0, 1]), unknown([1.]), f), "Expected len(indices) == values.shape[0], but saw: 2 vs. 1"),
    ({}, lambda h, f: gen.tensor_array_scatter_v3(h, [0, 5], [1., 2.], f), "Max scatter index must be < array size (5 vs. 3)"),
    ({}, lambda h, f: gen.tensor_array_split_v3(h, [1., 2.], [1], f), "Expected sum of lengths to be equal to values.shape[0], but sum of lengths is 1 and value's shape is: [2]"),
    ({}, lambda h, f: gen.tensor_array_split_v3(h, [1., 2.], [2], f), "TensorArray's size is not equal to the size of lengths (3 vs. 1), and the TensorArray is not marked as "
     "dynamically resizeable"),
    ({}, lambda h, f: gen.tensor_array_split_v3(h, [1., 2., 3.], [5, -2], f), "Expected lengths to be at least 0, but length 1 is -2"),     # TensorFlow ends the process
    ({"n": -1}, lambda h, f: f, "Size should be >= 0."), ({"n": 2**31 - 1}, lambda h, f: read(h, f, 2**31 - 1 - 2**20), UNREAD.replace("index 0", "index 2146435071")),
]


@pytest.mark.parametrize("options, use, message", ARRAY_ERRORS, ids=range(len(ARRAY_ERRORS)))
def test_array_errors(options, use, message):
    with tf.Graph().as_default(), tf.Session() as session:
        handle, flow = make(**options)
        with pytest.raises(tf.errors.OpError) as error:
            session.run(use(handle, flow))
        assert re.sub(r"TensorArray TensorArrayV3_\d+", "TensorArray X", error.value.message.split("\n")[0]) == message


def test_gradients_arrays():
    """Those of one source are one; what is written to an index is added up; what was never written is zeros of the element's shape."""
    with tf.Graph().as_default(), tf.Session() as session:
        handle, flow = make(2, element_shape=[2])
        one, flow_one = gen.tensor_array_grad_v3(handle, write(handle, flow, 0, [1., 2.]), "x")
        again, flow_again = gen.tensor_array_grad_v3(handle, write(one, write(one, flow_one, 0, [1., 2.]), 0, [10., 20.]), "x")
        other, flow_other = gen.tensor_array_grad_v3(handle, flow_again, "y")
        assert session.run([read(again, flow_again, 0), read(other, flow_other, 0), read(other, flow_other, 1)])[0].tolist() == [11, 22]
        assert session.run(read(other, flow_other, 1)).tolist() == [0, 0]
        shaped, flow = gen.tensor_array_grad_with_shape(handle, flow, [3], source="z")
        assert session.run(read(shaped, flow, 1)).tolist() == [[0, 0]] * 3
        with pytest.raises(tf.errors.InvalidArgumentError, match="Wrong input container. _tensor_array_grads"):
            session.run(gen.tensor_array_grad_v3(one, flow_one, "w"))


def test_wrong_handles():
    with tf.Graph().as_default(), tf.Session() as session:
        handle, flow = make()
        stack = gen.stack_v2(1, elem_type=tf.float32)
        with pytest.raises(tf.errors.InvalidArgumentError, match="wrong type. Expected N10tensorflow5StackE got N10tensorflow11TensorArrayE"):
            session.run(read(stack, flow, 0))
        with pytest.raises(tf.errors.InvalidArgumentError, match="wrong type. Expected N10tensorflow11TensorArrayE got N10tensorflow5StackE"):
            session.run(gen.stack_pop_v2(handle, tf.float32))
        queue = tf.FIFOQueue(1, tf.float32)
        with pytest.raises(tf.errors.InvalidArgumentError, match="wrong type"):
            session.run(gen.stack_pop_v2(queue.queue_ref, tf.float32))


def test_stacks():
    with tf.Graph().as_default(), tf.Session() as session:
        stack = gen.stack_v2(2, elem_type=tf.float32, stack_name="mine")
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Stack\[mine_\d+\] is empty when calling Pop\(\)\."):
            session.run(gen.stack_pop_v2(stack, tf.float32))
        one = gen.stack_push_v2(stack, [1.])
        with tf.control_dependencies([one]):
            two = gen.stack_push_v2(stack, [2., 3.])
        with tf.control_dependencies([two]):
            three, first = gen.stack_push_v2(stack, 3.), gen.stack_pop_v2(stack, tf.float32)
            wrong, close = gen.stack_pop_v2(stack, tf.int32), gen.stack_close_v2(stack)
        with tf.control_dependencies([first]):
            second = gen.stack_pop_v2(stack, tf.float32)
        with tf.control_dependencies([close]):
            late = gen.stack_pop_v2(stack, tf.float32)
        assert [v.tolist() for v in session.run([one, two, first, second])] == [[1], [2, 3], [2, 3], [1]]
        for fetch, error, message in ((three, tf.errors.InvalidArgumentError, "overflowed its max_size"), (late, tf.errors.InvalidArgumentError, "has already been closed"),
                                      (wrong, tf.errors.InternalError, "Output 0 of type float does not match declared output type int32")):
            with pytest.raises(error, match=message):
                session.run(fetch)


OLD = """
node { name: "size" op: "Const" attr { key: "dtype" value { type: DT_INT32 } } attr { key: "value" value { tensor { dtype: DT_INT32 tensor_shape {} int_val: 2 } } } }
node { name: "flow" op: "Const" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "value" value { tensor { dtype: DT_FLOAT tensor_shape {} float_val: 0 } } } }
node { name: "i" op: "Const" attr { key: "dtype" value { type: DT_INT32 } } attr { key: "value" value { tensor { dtype: DT_INT32 tensor_shape {} int_val: 1 } } } }
node { name: "all" op: "Const" attr { key: "dtype" value { type: DT_INT32 } } attr { key: "value" value { tensor { dtype: DT_INT32 tensor_shape { dim { size: 2 } } tensor_content: "\\001\\000\\000\\000\\000\\000\\000\\000" } } } }
node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "shape" value { shape { dim { size: 2 } } } } }
node { name: "array" op: "TensorArrayVERSION" input: "size" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "clear_after_read" value { b: false } } }
node { name: "scatter" op: "TensorArrayScatterVERSION" input: "array" input: "all" input: "x" input: "flow" attr { key: "T" value { type: DT_FLOAT } } }
node { name: "read" op: "TensorArrayReadVERSION" input: "array" input: "i" input: "scatter" attr { key: "dtype" value { type: DT_FLOAT } } }
node { name: "gather" op: "TensorArrayGatherVERSION" input: "array" input: "all" input: "scatter" attr { key: "dtype" value { type: DT_FLOAT } } }
node { name: "number" op: "TensorArraySizeVERSION" input: "array" input: "scatter" }
node { name: "close" op: "TensorArrayCloseVERSION" input: "array" input: "^gather" input: "^read" input: "^number" }
versions { producer: PRODUCER }
"""


@pytest.mark.parametrize("version, producer", [("", 15), ("V2", 25)])
def test_old_versions(version, producer):
    """Graphs from before 1.0 name their arrays by strings; arrays of different steps have nothing to do with each other."""
    with tf.Graph().as_default(), tf.Session() as session:
        graph_def = text_format.Parse(OLD.replace("VERSION", version).replace("PRODUCER", str(producer)), tf.GraphDef())
        x, read, gather, number, close = tf.import_graph_def(graph_def, return_elements=["x:0", "read:0", "gather:0", "number:0", "close"], name="")
        for _ in range(3):
            values = session.run([read, gather, number, close], {x: [3., 5.]})
            assert values[0] == 3 and values[1].tolist() == [3, 5] and values[2] == 2


def test_arrays_of_a_loop():
    """Each run has arrays of its own, and large loops do not keep what has been read."""
    with tf.Graph().as_default(), tf.Session() as session:
        n = tf.placeholder(tf.int32, [])
        rows = tf.TensorArray(tf.float32, n).unstack(tf.cast(tf.range(n), tf.float32))
        total = tf.while_loop(lambda i, s: i < n, lambda i, s: (i + 1, s + rows.read(i)), (0, 0.))[1]
        for count in (0, 1, 100, 3000):
            assert session.run(total, {n: count}) == np.arange(count).sum()
