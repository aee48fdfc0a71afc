import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 3], name="x")
u = tf.placeholder(tf.float32, name="u")
y = tf.matmul(x, tf.ones([3, 2]), name="y")
a, b = tf.split(y, 2, axis=1)
for node in tf.get_default_graph().as_graph_def(add_shapes=True).node:
    shapes = node.attr["_output_shapes"].list.shape
    print(node.name, [("?" if s.unknown_rank else [d.size for d in s.dim]) for s in shapes])
print("_output_shapes" in tf.get_default_graph().as_graph_def().node[0].attr)
