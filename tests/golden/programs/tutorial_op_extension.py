import numpy as np
import tensorflow as tf


@tf.RegisterGradient("Tripled")
def tripled(op, grad):
    return 3. * grad


x = tf.constant([1., 2.], name="x")
doubled = tf.py_func(lambda a: a * 2, [x], tf.float32)
with tf.get_default_graph().gradient_override_map({"Square": "Tripled"}):
    s = tf.square(x)
g = tf.gradients(s, x)[0]
with tf.Session() as sess:
    print(sess.run(doubled), sess.run(s), sess.run(g), s.op.get_attr("_gradient_op_type"))
