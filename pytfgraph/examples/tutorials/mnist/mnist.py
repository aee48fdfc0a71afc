"""The model of the tutorial: two hidden layers before a linear one, its loss, its training and its evaluation."""
import math

import pytfgraph as tf

NUM_CLASSES = 10
IMAGE_SIZE = 28
IMAGE_PIXELS = IMAGE_SIZE * IMAGE_SIZE


def _linear(scope, x, inputs, units):
    with tf.name_scope(scope):
        weights = tf.Variable(tf.truncated_normal([inputs, units], stddev=1.0 / math.sqrt(float(inputs))), name="weights")
        biases = tf.Variable(tf.zeros([units]), name="biases")
        product = tf.matmul(x, weights) + biases
        return product if scope == "softmax_linear" else tf.nn.relu(product)


def inference(images, hidden1_units, hidden2_units):
    """The logits, float32 of shape [batch, 10], of images of shape [batch, 784]."""
    hidden = _linear("hidden1", images, IMAGE_PIXELS, hidden1_units)
    hidden = _linear("hidden2", hidden, hidden1_units, hidden2_units)
    return _linear("softmax_linear", hidden, hidden2_units, NUM_CLASSES)


def loss(logits, labels):
    """The mean cross-entropy, a scalar, of logits and integer labels of shape [batch]."""
    return tf.losses.sparse_softmax_cross_entropy(labels=tf.to_int64(labels), logits=logits)


def training(loss, learning_rate):
    """The operation of one step of gradient descent, which also counts a variable `global_step`; `loss` gets a summary."""
    tf.summary.scalar("loss", loss)
    optimizer = tf.train.GradientDescentOptimizer(learning_rate)
    global_step = tf.Variable(0, name="global_step", trainable=False)
    return optimizer.minimize(loss, global_step=global_step)


def evaluation(logits, labels):
    """How many of the batch have their largest logit at their label: an int32 scalar."""
    return tf.reduce_sum(tf.cast(tf.nn.in_top_k(logits, labels, 1), tf.int32))
