x = tf.placeholder(tf.float32, [None, 5, 6, 3], name="x")
y = tf.extract_image_patches(x, [1, 3, 2, 1], [1, 2, 1, 1], [1, 1, 1, 1], "SAME")
z = tf.nn.dilation2d(x, tf.ones([2, 2, 3]), [1, 1, 1, 1], [1, 2, 1, 1], "VALID")
tf.gradients([tf.reduce_sum(y), z], x)
