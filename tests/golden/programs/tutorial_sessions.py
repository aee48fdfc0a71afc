import tensorflow as tf

c = tf.constant(1.) + 2.
v = tf.Variable(5)
# 会话模式1
sess = tf.Session()
print(sess.run(c))
sess.close()
# 会话模式2
with tf.Session() as sess:
    print(sess.run(c), c.eval(), tf.get_default_session() is sess)
try:
    sess.run(c)
except RuntimeError as e:
    print("RuntimeError:", e)
one, two = tf.Session(), tf.Session()
one.run(v.initializer)
two.run(v.assign(7))
one.run(v.assign_add(1))
print(one.run(v), two.run(v))
three = tf.Session()
try:
    three.run(v)
except tf.errors.FailedPreconditionError as e:
    print("FailedPreconditionError:", e.message.split("\n")[0])
