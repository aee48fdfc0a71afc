import tensorflow as tf

w = tf.constant(2., name="w")
x = tf.placeholder(tf.float32, name="x")
b = tf.Variable(1., name="b")
c = tf.constant(4., name="c")
result = ((w * x) + b) * c
print(result, result.op.inputs[0], [t.name for t in result.consumers()])
with tf.Session() as sess:
    sess.run(b.initializer)
    print(sess.run(result, feed_dict={x: 3.}))
    # Only what the fetches need is computed: x need not be fed for these.
    print(sess.run(b), sess.run([w, c]) == [2., 4.])
    print(sess.run(result, feed_dict={w: 1., x: 1., c: 10.}))
for rank, t in enumerate([tf.zeros([]), tf.ones([2]), tf.zeros_like([[1, 2]]), tf.ones_like([[[1.]]])]):
    print(rank, t.shape, t.dtype)
