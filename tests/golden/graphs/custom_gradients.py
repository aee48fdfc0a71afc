x = tf.placeholder(tf.float32, [2], name="x")
@tf.custom_gradient
def clipped(x):
    def grad(dy): return tf.clip_by_value(dy, -1., 1.)
    return tf.exp(x), grad
y = clipped(x)
a = tf.gradients([x * 2., x * 3.], [x], grad_ys=[tf.ones([2]), None], name="several")
b = tf.gradients(x * 2. + tf.stop_gradient(x) * 3., x, stop_gradients=[x]); c = tf.gradients(x[0] * x[1], x)
with tf.name_scope("deep"):
    z = tf.gradients(tf.gradients(tf.square(x), x), x)
m = tf.gradients(x * x + x, [x, tf.constant(1.)], aggregation_method=tf.AggregationMethod.EXPERIMENTAL_TREE)
n = tf.gradients(tf.reduce_sum(clipped(x)) * 3., x)
