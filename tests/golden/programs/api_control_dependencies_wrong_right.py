import tensorflow as tf


# WRONG
def wrong(pred, tensor):
    t = tf.matmul(tensor, tensor)
    with tf.control_dependencies([pred]):
        # The matmul op is created outside the context, so no control dependency will be added.
        return t


# RIGHT
def right(pred, tensor):
    with tf.control_dependencies([pred]):
        # The matmul op is created in the context, so a control dependency will be added.
        return tf.matmul(tensor, tensor)


pred = tf.constant(True, name="pred")
tensor = tf.ones([2, 2])
for f in (wrong, right):
    print(f.__name__, f(pred, tensor).op.control_inputs)
