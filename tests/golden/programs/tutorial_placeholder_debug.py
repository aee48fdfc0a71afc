import tensorflow as tf
import numpy as np

x = tf.placeholder(tf.float32, [None, 1])
m = tf.matmul(x, x)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    m_out = sess.run(m, feed_dict={x: [[2.]]})
    print(m_out)
x = [[2.]]
m = tf.matmul(x, x)
print(m)
