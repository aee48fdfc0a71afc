"""Classifies JPEG files with a frozen graph, the way the image-recognition tutorials do: a .pb, two label maps, the five best.

    python -m examples.classify_image MODEL_DIR [IMAGE.jpg ...]

Where MODEL_DIR holds no model, one is made: a small convolutional network, trained on scikit-learn's digits and frozen, whose files and
nodes have the names of the published Inception model (classify_image_graph_def.pb, DecodeJpeg/contents, pool_3, softmax).
"""
import os
import re
import sys

import numpy as np

import pytfgraph as tf

GRAPH = "classify_image_graph_def.pb"
INT_TO_UID = "imagenet_2012_challenge_label_map_proto.pbtxt"
UID_TO_WORDS = "imagenet_synset_to_human_label_map.txt"
WORDS = ["zero, nought, 0", "one, 1", "two, 2", "three, 3", "four, 4", "five, 5", "six, 6", "seven, 7", "eight, 8", "nine, 9"]
SIZE = 16


# ---- a model to classify with ----

def conv(x, name, channels, stride):
    """A convolution with bias and relu."""
    with tf.variable_scope(name):
        w = tf.get_variable("weights", [3, 3, x.shape[3].value, channels], initializer=tf.truncated_normal_initializer(stddev=0.2, seed=1))
        b = tf.get_variable("biases", [channels], initializer=tf.constant_initializer(0.1))
        return tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, w, [1, stride, stride, 1], "SAME"), b))


def network():
    """From the bytes of a JPEG file to ten probabilities."""
    contents = tf.placeholder(tf.string, [], name="DecodeJpeg/contents")
    image = tf.image.decode_jpeg(contents, channels=3, name="DecodeJpeg")
    x = tf.expand_dims(tf.cast(image, tf.float32, name="Cast"), 0, name="ExpandDims")
    x = tf.image.resize_bilinear(x, [SIZE, SIZE], name="ResizeBilinear")
    x = tf.placeholder_with_default(x, [None, SIZE, SIZE, 3])
    x = tf.multiply(tf.subtract(x, 128., name="Sub"), 1 / 128., name="Mul")
    x = conv(x, "conv", 16, 1)
    x = tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME", name="pool")
    x = conv(x, "conv_1", 32, 2)
    x = tf.nn.avg_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "VALID", name="pool_3")
    features = tf.reshape(x, [-1, 2 * 2 * 32], name="pool_3/_reshape")
    w = tf.get_variable("softmax/weights", [2 * 2 * 32, 10], initializer=tf.truncated_normal_initializer(stddev=0.05, seed=2))
    b = tf.get_variable("softmax/biases", [10], initializer=tf.zeros_initializer())
    logits = tf.add(tf.matmul(features, w), b, name="softmax/logits")
    return logits, tf.nn.softmax(logits, name="softmax")


def digits():
    """Images of digits [n, 8, 8, 3] of uint8, black on white, and what they show."""
    from sklearn.datasets import load_digits
    data = load_digits()
    gray = np.clip(255 - data.images * 16, 0, 255).astype(np.uint8)
    return np.repeat(gray[..., None], 3, axis=3), data.target


def make_model(folder, epochs=12):
    """Trains the network on the digits and writes its three files; its accuracy on images it has not seen."""
    os.makedirs(folder, exist_ok=True)
    images, labels = digits()
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        tf.set_random_seed(1)
        logits, _ = network()
        truth = tf.placeholder(tf.int64, [None])
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=truth, logits=logits))
        train = tf.train.AdamOptimizer(0.005).minimize(loss)
        right = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), truth), tf.float32))
        sess.run(tf.global_variables_initializer())
        resized = sess.run(tf.image.resize_bilinear(images.astype(np.float32), [SIZE, SIZE]))
        n, order = 1500, np.random.RandomState(0)
        x = "PlaceholderWithDefault:0"
        for _ in range(epochs):
            for batch in np.split(order.permutation(n), 30):
                sess.run(train, {x: resized[batch], truth: labels[batch]})
        accuracy = sess.run(right, {x: resized[n:], truth: labels[n:]})
        frozen = tf.graph_util.convert_variables_to_constants(sess, graph.as_graph_def(), ["softmax"])
    with tf.gfile.FastGFile(os.path.join(folder, GRAPH), "wb") as f:
        f.write(frozen.SerializeToString())
    with tf.gfile.GFile(os.path.join(folder, INT_TO_UID), "w") as f:
        for i in range(10):
            f.write('entry {\n  target_class: %d\n  target_class_string: "n%08d"\n}\n' % (i, 1000 + i))
    with tf.gfile.GFile(os.path.join(folder, UID_TO_WORDS), "w") as f:
        for i, words in enumerate(WORDS):
            f.write("n%08d\t%s\n" % (1000 + i, words))
    return float(accuracy)


# ---- the walk-through ----

def read_labels(folder):
    """{number of a class: words for people}, from the two label maps."""
    words = {}
    for line in tf.gfile.GFile(os.path.join(folder, UID_TO_WORDS)).readlines():
        uid, human = re.match(r"(n\d+)\s+(.*)", line).groups()
        words[uid] = human
    labels, number = {}, None
    for line in tf.gfile.GFile(os.path.join(folder, INT_TO_UID)):
        if line.startswith("  target_class:"):
            number = int(line.split(": ")[1])
        if line.startswith("  target_class_string:"):
            labels[number] = words[line.split(": ")[1].strip().strip('"')]
    return labels


def load_graph(folder):
    """Adds the frozen graph to the default graph."""
    with tf.gfile.FastGFile(os.path.join(folder, GRAPH), "rb") as f:
        graph_def = tf.GraphDef()
        graph_def.ParseFromString(f.read())
        tf.import_graph_def(graph_def, name="")


def classify(folder, filename, sess):
    """[(words, score)] of the five best classes for a JPEG file."""
    data = tf.gfile.FastGFile(filename, "rb").read()
    predictions = sess.run(sess.graph.get_tensor_by_name("softmax:0"), {"DecodeJpeg/contents:0": data})
    predictions = np.squeeze(predictions)
    labels = read_labels(folder)
    return [(labels[i], float(predictions[i])) for i in predictions.argsort()[-5:][::-1]]


def main(argv):
    """Makes a model where there is none, and shows what it sees in each image."""
    folder = argv[1] if len(argv) > 1 else "model"
    if not tf.gfile.Exists(os.path.join(folder, GRAPH)):
        print("trained a model: %.1f %% of unseen digits are right" % (100 * make_model(folder)))
    with tf.Graph().as_default(), tf.Session() as sess:
        load_graph(folder)
        for filename in argv[2:]:
            print(filename)
            for words, score in classify(folder, filename, sess):
                print("  %s (score = %.5f)" % (words, score))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
