"""What the runtime does otherwise than TensorFlow 1.12.3: docs/differences.md."""
import numpy as np
import pytest

import pytfgraph as tf


@pytest.fixture(autouse=True)
def fresh_graph():
    with tf.Graph().as_default():
        yield


def test_reads_of_a_resource_variable_come_first():
    v = tf.get_variable("v", initializer=tf.constant([1.0, 2.0]), use_resource=True)
    write = v.assign_add([1.0, 1.0]).op
    with tf.Session() as s:
        s.run(v.initializer)
        for i in range(5):
            assert s.run([v.read_value(), write])[0].tolist() == [1.0 + i, 2.0 + i]


def test_update_of_another_shape():
    v = tf.get_variable("v", initializer=tf.constant([1.0, 2.0]), use_resource=True)
    update = v.assign_add(tf.placeholder_with_default([1.0, 2.0, 3.0], None))
    with tf.Session() as s:
        s.run(v.initializer)
        with pytest.raises(tf.errors.InvalidArgumentError, match="Cannot update variable with shape \\[2\\] using a Tensor with shape \\[3\\]"):
            s.run(update)
        assert s.run(v).tolist() == [1.0, 2.0]


def test_scatter_division_by_zero():
    v = tf.Variable([6, 7, 8])
    divide = tf.scatter_div(v, [0, 1], [2, 0])
    with tf.Session() as s:
        s.run(v.initializer)
        assert s.run(divide).tolist() == [3, 0, 8]


def test_devices_are_the_cpus():
    with tf.Session(config=tf.ConfigProto(device_count={"CPU": 2})) as s:
        assert [d.device_type for d in s.list_devices()] == ["CPU", "CPU"]


def test_node_of_an_error_has_fed_inputs_as_arguments():
    x = tf.placeholder(tf.float32, name="x")
    y = tf.reshape(x, tf.constant([2, 1]) * 2, name="r")
    with tf.Session() as s:
        with pytest.raises(tf.errors.InvalidArgumentError) as raised:
            s.run(y, {x: np.ones(3)})
    assert "](_arg_x_0_0, mul)]]" in str(raised.value)
