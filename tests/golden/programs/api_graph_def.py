import tensorflow as tf

with tf.name_scope("input"):
    variables_node = tf.Variable(1.0, name="variables_node")
with tf.name_scope("output"):
    output_node = tf.mul(variables_node, 2.0, name="output_node")
print(tf.get_default_graph().as_graph_def())
with tf.Session() as sess:
    print(sess.graph_def == tf.get_default_graph().as_graph_def(), sess.graph is tf.get_default_graph())
    sess.run(tf.global_variables_initializer())
    print(sess.run(output_node))
