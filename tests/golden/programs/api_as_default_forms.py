import tensorflow as tf

# 1. Using Graph.as_default():
g = tf.Graph()
with g.as_default():
    c = tf.constant(5.0)
    assert c.graph is g
# 2. Constructing and making default:
with tf.Graph().as_default() as g:
    c = tf.constant(5.0)
    assert c.graph is g
print(c.name, tf.get_default_graph() is g, len(tf.Graph().get_operations()))
