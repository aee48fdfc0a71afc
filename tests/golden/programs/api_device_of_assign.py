import tensorflow as tf

with tf.device('/cpu:0'):
    v = tf.Variable(1., name="v")
with tf.device('/gpu:0'):
    a = v.assign(2., name="a")
print(a.device, a.op.colocation_groups(), a.op.get_attr("_class"))
with tf.Session(config=tf.ConfigProto(allow_soft_placement=True)) as sess:
    sess.run(v.initializer)
    print(sess.run(a))
