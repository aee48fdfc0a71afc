import tensorflow as tf

v = tf.Variable(0)
first = v.assign(5)
with tf.control_dependencies([first]):
    second = v.assign_add(10)
    with tf.control_dependencies([second]):
        seen = v.read_value() * 2
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(20):
        assert sess.run(seen) == 30
    print(sess.run(seen), sess.run(v))
try:
    with tf.control_dependencies([3]):
        tf.no_op()
except TypeError as e:
    print("TypeError:", e)
