import numpy as np
import tensorflow as tf

tf.set_random_seed(5)
variables = [tf.Variable(tf.constant([1., 2.])), tf.Variable(tf.random_normal([2])),
             tf.Variable(tf.truncated_normal([2], mean=0.0, stddev=1.0)), tf.Variable(tf.random_uniform([2])),
             tf.Variable(initial_value=np.array([[3], [4]]), name='col_vector', trainable=True), tf.Variable(initial_value=22)]
with tf.Session() as sess:
    print(len(sess.run(tf.report_uninitialized_variables())))
    sess.run(tf.variables_initializer(variables[:3]))
    print([n.decode() for n in sess.run(tf.report_uninitialized_variables())])
    sess.run(tf.global_variables_initializer())
    for v in variables:
        print(v.name, v.dtype, v.shape, np.round(sess.run(v), 5).tolist())
