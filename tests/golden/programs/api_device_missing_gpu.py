import tensorflow as tf

with tf.device('/gpu:0'):
    a = tf.constant(1., name="a")
try:
    with tf.Session() as sess:
        sess.run(a)
except tf.errors.InvalidArgumentError as e:
    print(type(e).__name__, e.op.name, e.message.split("(defined")[0])
