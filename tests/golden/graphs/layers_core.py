"""Dense, Flatten and Dropout, as functions and as objects."""

x = tf.placeholder(tf.float32, [None, 4], name="x")
image = tf.placeholder(tf.float32, [None, 3, 4], name="image")
on = tf.placeholder(tf.bool, [], name="on")
y = tf.layers.dense(x, 3)
y = tf.layers.dense(y, 2, activation=tf.nn.relu, name="named", kernel_regularizer=lambda w: tf.nn.l2_loss(w) * .1)
tf.layers.dense(tf.layers.dense(y, 3, use_bias=False), 2, kernel_initializer=tf.ones_initializer(), bias_initializer="ones")
tf.layers.dense(y, 3, name="again")
tf.layers.dense(y, 3, name="again", reuse=True)
with tf.variable_scope("scope"):
    tf.layers.dense(image, 2, activity_regularizer=lambda t: tf.reduce_mean(t))
    layer = tf.layers.Dense(5, activation="tanh", trainable=False)
    layer(x)
    layer(x)
    tf.layers.flatten(image)
tf.layers.flatten(tf.placeholder(tf.float32, [2, None, 3]))
tf.layers.dropout(x)
tf.layers.dropout(x, 0.3, training=True, seed=4, name="drop")
tf.layers.dropout(image, 0.3, noise_shape=[None, 1, 4], training=on)
with tf.variable_scope("resource", use_resource=True):
    tf.layers.dense(x, 2)
tf.train.GradientDescentOptimizer(.1).minimize(tf.reduce_sum(y))
