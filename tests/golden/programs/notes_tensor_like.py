import numpy as np
import tensorflow as tf

with tf.Session() as sess:
    v = tf.Variable([1., 2.])
    sess.run(v.initializer)
    for like in [v, tf.constant([1., 2.]), np.array([1., 2.], np.float32), [1., 2.], 3.0, 2, True, "text"]:
        t = tf.convert_to_tensor(like)
        print(type(like).__name__, t.dtype, t.shape, sess.run(t))
    print(sess.run(tf.add(v, np.array([3., 4.], np.float32))), sess.run(tf.add([1, 2], 3)), sess.run(tf.logical_not(True)))
