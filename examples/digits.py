"""A classifier of scikit-learn's 1,797 images of handwritten digits: a hidden layer, softmax, Adam."""
import numpy as np
import pytfgraph as tf
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def load(seed=0):
    """Images as float32 rows in [0, 1] and integer labels, split: X_train, X_test, y_train, y_test."""
    digits = load_digits()
    X = (digits.data / 16.0).astype(np.float32)
    return train_test_split(X, digits.target.astype(np.int64), test_size=0.2, random_state=seed, stratify=digits.target)


def train(X_train, y_train, X_test, y_test, epochs=40, batch=64, hidden=64):
    """Trains; a dict with the loss per epoch, the accuracy on both parts, and the predictions for X_test."""
    with tf.Graph().as_default():
        tf.set_random_seed(2)
        x = tf.placeholder(tf.float32, [None, 64], name="x")
        labels = tf.placeholder(tf.int64, [None], name="labels")
        with tf.variable_scope("hidden"):
            w = tf.get_variable("w", [64, hidden])
            b = tf.get_variable("b", [hidden], initializer=tf.zeros_initializer())
            h = tf.nn.relu(tf.matmul(x, w) + b)
        with tf.variable_scope("softmax"):
            w = tf.get_variable("w", [hidden, 10])
            b = tf.get_variable("b", [10], initializer=tf.zeros_initializer())
            logits = tf.matmul(h, w) + b
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
        predicted = tf.argmax(logits, 1)
        accuracy = tf.reduce_mean(tf.cast(tf.equal(predicted, labels), tf.float32))
        step = tf.train.AdamOptimizer(0.003).minimize(loss)

        order = np.random.RandomState(0)
        losses = []
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            for _ in range(epochs):
                rows = order.permutation(len(X_train))
                batches = [rows[i:i + batch] for i in range(0, len(rows), batch)]
                losses.append(float(np.mean([sess.run([loss, step], {x: X_train[r], labels: y_train[r]})[0] for r in batches])))
            train_accuracy = sess.run(accuracy, {x: X_train, labels: y_train})
            test_accuracy, test_predictions = sess.run([accuracy, predicted], {x: X_test, labels: y_test})
    return {"losses": losses, "train_accuracy": float(train_accuracy), "test_accuracy": float(test_accuracy),
            "predictions": test_predictions}


def main():
    """Prints the accuracies; the one on images not trained on."""
    X_train, X_test, y_train, y_test = load()
    result = train(X_train, y_train, X_test, y_test)
    print("digit images: %d to train, %d to test" % (len(X_train), len(X_test)))
    print("loss %.4f after the first epoch, %.4f after the last" % (result["losses"][0], result["losses"][-1]))
    print("accuracy %.4f on the training images, %.4f on the test images" % (result["train_accuracy"], result["test_accuracy"]))
    return result["test_accuracy"]


if __name__ == "__main__":
    main()
