import tensorflow as tf

v1 = tf.Variable(tf.random_uniform([3]))
v2 = tf.Variable(tf.random_uniform([3]))
sum2 = tf.add(v1, v2)
print(v1)
print(v2)
print(sum2)
