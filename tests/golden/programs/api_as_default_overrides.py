import tensorflow as tf

g = tf.Graph()
with g.as_default():
    # Define operations and tensors in 'g'
    c = tf.constant(2.)
    assert c.graph is g
    print('ok')
with tf.Graph().as_default() as gg:
    cf = tf.constant(3.)
    assert cf.graph is g
    print('ok')
