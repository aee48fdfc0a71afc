import tensorflow as tf


def my_image_filter(images):
    w = tf.get_variable("weights", [4, 4], initializer=tf.ones_initializer())
    b = tf.get_variable("biases", [4], initializer=tf.zeros_initializer())
    return tf.nn.relu(tf.matmul(images, w) + b)


image1, image2 = tf.ones([2, 4]), 2. * tf.ones([2, 4])
with tf.variable_scope("image_filters1") as scope1:
    result1 = my_image_filter(image1)
with tf.variable_scope(scope1, reuse=True):
    result2 = my_image_filter(image2)
with tf.variable_scope("image_filters2") as scope2:
    tf.get_variable_scope().reuse_variables() if False else None
    result3 = my_image_filter(image1)
    with tf.variable_scope("deep"):
        result4 = my_image_filter(image1)
        tf.get_variable_scope().reuse_variables()
        with tf.variable_scope("deeper"):
            print(tf.get_variable_scope().name, tf.get_variable_scope().reuse)
print([v.name for v in tf.global_variables()])
print(result1.name, result2.name, result3.name, result4.name)
try:
    with tf.variable_scope("image_filters1"):
        my_image_filter(image1)
except ValueError as e:
    print("ValueError:", str(e).split("\n")[0])
a, b = tf.Variable(1., name="same"), tf.Variable(2., name="same")
print(a.name, b.name)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run(result1), sess.run(result2))
