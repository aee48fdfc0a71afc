import tensorflow as tf

graph1 = tf.Graph()
with graph1.as_default():
    v = tf.Variable([1., 2.], name="v")
    total = v + [1., 1.]
    print(total.graph is graph1, tf.get_default_graph() is graph1)
    init = tf.global_variables_initializer()
print(tf.get_default_graph() is graph1)
with tf.Session(graph=graph1) as sess:
    print(sess.graph is graph1)
    sess.run(init)
    print(sess.run(total))
with graph1.device('/gpu:0'):
    pass
tf.add_to_collection("names", "value")
print(tf.get_collection("names"), tf.get_collection("names", scope=None))
print(type(v).__name__, type(v + v).__name__, type(total * 2.).__name__, v, v + v)
