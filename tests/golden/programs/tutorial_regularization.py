import numpy as np
import tensorflow as tf


def decay(w):
    return 0.1 * tf.nn.l2_loss(w)


with tf.variable_scope("net", regularizer=decay):
    w = tf.get_variable("w", initializer=[[1., 2.], [3., 4.]])
    b = tf.get_variable("b", initializer=[1., 1.], regularizer=None)
losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
print([t.name for t in losses])
total = tf.add_n(losses)
grads = tf.gradients(total, [w, b])
clipped, norm = tf.clip_by_global_norm(grads, 0.5)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print("%.4f %.4f" % (sess.run(total), sess.run(norm)))
    for g in clipped:
        print(np.round(sess.run(g), 4).tolist())
