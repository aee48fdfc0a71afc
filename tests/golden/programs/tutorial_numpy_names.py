import numpy as np
import tensorflow as tf

a = np.array([[1., 2.], [3., 4.]], np.float32)
pairs = [(np.zeros((2, 2)), tf.zeros((2, 2))), (np.ones((2, 2)), tf.ones((2, 2))), (a.sum(1), tf.reduce_sum(a, reduction_indices=[1])),
         (a.sum(1), tf.reduce_sum(a, axis=1)), (a.reshape(1, 4), tf.reshape(a, (1, 4))), (a * 5 + 1, tf.constant(a) * 5 + 1),
         (a.dot(a), tf.matmul(a, a)), (a[0, 0], tf.constant(a)[0, 0]), (a[:, 0], tf.constant(a)[:, 0]), (a[0, :], tf.constant(a)[0, :])]
print(np.array([[1, 2]]).shape, tf.constant([[1, 2]]).get_shape())
with tf.Session() as sess:
    for ours, theirs in pairs:
        print(np.array_equal(ours, sess.run(theirs)), theirs)
