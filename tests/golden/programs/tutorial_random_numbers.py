import tensorflow as tf
import numpy as np

tf.set_random_seed(42)
a = tf.random_normal([1], name="random")
with tf.Session() as sess:
    for i in range(5):
        print(sess.run(a))
with tf.Session() as sess:
    print(sess.run(a), sess.run(a))
