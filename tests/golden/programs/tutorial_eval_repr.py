import tensorflow as tf
import numpy as np

a = tf.constant(1., name='const1')
b = tf.constant(2., name='const2')
c = tf.add(a, b)
with tf.Session() as sess:
    print(sess.run(c))
    print(c.eval)
