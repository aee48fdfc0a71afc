"""Linear regression as a TensorFlow 1.x tutorial writes it: placeholders, variables, gradient descent, 1000 feeds.

Run as a program, or through examples.demo; the data are four columns of scikit-learn's diabetes data, standardised.
"""
import numpy as np
import pytfgraph as tf
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split

COLUMNS = [2, 3, 6, 8]  # body mass index, blood pressure, high-density lipoproteins, a triglyceride measure


def load(seed=0):
    """Standardised X (four columns) and y, split: X_train, X_test, y_train, y_test, all float32."""
    X, y = load_diabetes(return_X_y=True)
    X = X[:, COLUMNS]
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    y = ((y - y.mean()) / y.std())[:, np.newaxis]
    return train_test_split(X.astype(np.float32), y.astype(np.float32), test_size=0.2, random_state=seed)


def train(X_train, y_train, X_test, y_test, steps=1000):
    """Trains; a dict with losses per step, weight, bias, and the mean squared errors on both parts."""
    with tf.Graph().as_default():
        tf.set_random_seed(1)
        data = tf.placeholder(tf.float32, [None, 4])
        real_label = tf.placeholder(tf.float32, [None, 1])

        weight = tf.Variable(tf.random_normal([4, 1]), dtype=tf.float32)
        bias = tf.Variable(tf.ones([1]), dtype=tf.float32)

        y_label = tf.add(tf.matmul(data, weight), bias)
        loss = tf.reduce_mean(tf.square(real_label - y_label))
        step = tf.train.GradientDescentOptimizer(0.2).minimize(loss)

        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            feed = {data: X_train, real_label: y_train}
            losses = [sess.run([loss, step], feed_dict=feed)[0] for _ in range(steps)]
            weight_value, bias_value, train_loss = sess.run([weight, bias, loss], feed_dict=feed)
            forecast_set = sess.run(y_label, feed_dict={data: X_test})
    return {"losses": losses, "weight": weight_value[:, 0], "bias": bias_value[0], "train_loss": float(train_loss),
            "test_loss": float(np.mean(np.square(forecast_set - y_test)))}


def reference(X_train, y_train, X_test, y_test):
    """scikit-learn's answer in the same form, without losses."""
    model = LinearRegression().fit(X_train.astype(np.float64), y_train.astype(np.float64))

    def error(X, y):
        return float(np.mean(np.square(model.predict(X.astype(np.float64)) - y)))
    return {"weight": model.coef_[0], "bias": model.intercept_[0], "train_loss": error(X_train, y_train),
            "test_loss": error(X_test, y_test)}


def main():
    """Prints both answers side by side; the largest difference."""
    X_train, X_test, y_train, y_test = load()
    ours, theirs = train(X_train, y_train, X_test, y_test), reference(X_train, y_train, X_test, y_test)
    print("linear regression on the diabetes data, %d steps of gradient descent" % len(ours["losses"]))
    print("%-12s %12s %12s" % ("", "pytfgraph", "scikit-learn"))
    rows = [("weight[%d]" % i, ours["weight"][i], theirs["weight"][i]) for i in range(4)]
    rows += [(key, ours[key], theirs[key]) for key in ("bias", "train_loss", "test_loss")]
    for name, a, b in rows:
        print("%-12s %12.5f %12.5f" % (name, a, b))
    difference = max(abs(a - b) for _, a, b in rows)
    print("largest difference below 1e-3: %s" % (difference < 1e-3))
    return difference


if __name__ == "__main__":
    main()
