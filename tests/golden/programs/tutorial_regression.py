import numpy as np
import tensorflow as tf

tf.set_random_seed(0)
rng = np.random.RandomState(0)
X = rng.randn(80, 4).astype(np.float32)
Y = (X.dot([[1.], [-2.], [3.], [.5]]) + 4.).astype(np.float32)
X_train, X_test, y_train, y_test = X[:64], X[64:], Y[:64], Y[64:]
# ------------------placeholder------------------------#
data = tf.placeholder(tf.float32, [None, 4])
real_label = tf.placeholder(tf.float32, [None, 1])
# -------------------定义变量-------------------#
weight = tf.Variable(tf.random_normal([4, 1]), dtype=tf.float32)
bias = tf.Variable(tf.ones([1]), dtype=tf.float32)
# --------------------损失函数、优化器、优化目标----------------------#
y_label = tf.add(tf.matmul(data, weight), bias)
loss = tf.reduce_mean(tf.square(real_label - y_label))
train = tf.train.GradientDescentOptimizer(0.2).minimize(loss)
print(data, weight, y_label, loss, train.name, train.type)
# ------------------初始化参数------------------------#
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(np.round(sess.run(weight), 4).tolist())
    for i in range(1000):
        sess.run(train, feed_dict={data: X_train, real_label: y_train})
        if i < 5:
            print("%.3f" % sess.run(loss, {data: X_train, real_label: y_train}))
    forecast_set = sess.run(y_label, feed_dict={data: X_test})
    accuracy = tf.reduce_mean(tf.square(forecast_set - y_test))
    print(forecast_set.shape, sess.run(accuracy) < 1e-8)
    print(np.round(sess.run(weight), 3).ravel().tolist(), np.round(sess.run(bias), 3).tolist())
