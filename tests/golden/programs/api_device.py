import tensorflow as tf

g = tf.get_default_graph()
with g.device('/gpu:0'):
    # All operations constructed in this context will be placed on GPU 0.
    a = tf.constant(1., name="on_gpu")
    with g.device(None):
        # All operations constructed in this context will have no assigned device.
        b = tf.constant(2., name="anywhere")
print(repr(a.device), repr(b.device))


# Defines a function from `Operation` to device string.
def matmul_on_gpu(n):
    if n.type == "MatMul":
        return "/gpu:0"
    else:
        return "/cpu:0"


with g.device(matmul_on_gpu):
    # All operations of type "MatMul" constructed in this context will be placed on GPU 0; all other operations
    # will be placed on CPU 0.
    m = tf.matmul([[1.]], [[2.]], name="m")
    n = tf.negative(m, name="n")
for op in g.get_operations():
    print(op.name, op.device)
with tf.Session(config=tf.ConfigProto(allow_soft_placement=True)) as sess:
    print(sess.run(n), sess.run(a + b))
