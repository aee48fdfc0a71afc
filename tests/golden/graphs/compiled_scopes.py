from tensorflow.contrib.compiler import jit
x = tf.placeholder(tf.float32, [2, 3], name="x")
w = tf.get_variable("w", [3, 3])
with jit.experimental_jit_scope():
    y = tf.matmul(x, w)
    with jit.experimental_jit_scope(compile_ops=False):
        y = tf.tanh(y)
    y = y * y
with jit.experimental_jit_scope(compile_ops=lambda node: node.op != "Exp", separate_compiled_gradients=True):
    z = tf.reduce_sum(tf.exp(tf.sin(y)) + tf.random_uniform([2, 3]))
plain = z + 1.0
tf.gradients(plain, [w, x])
with tf.name_scope("outer"):
    tf.gradients(plain, [w], name="inner/grads")
