x = tf.placeholder(tf.float32, [2, 3], name="x")
u = tf.placeholder(tf.float64, [None], name="u")
tf.hessians(tf.reduce_sum(x * x * x), x)
tf.hessians([tf.reduce_sum(tf.sin(u)), u[0] * u[1]], [u], colocate_gradients_with_ops=True)
