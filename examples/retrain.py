"""Gives a frozen graph a new last layer, trained on one's own images, the way the retraining tutorials do.

    python -m examples.retrain MODEL_DIR IMAGE_DIR BOTTLENECK_DIR OUTPUT_GRAPH.pb OUTPUT_LABELS.txt

IMAGE_DIR has a folder of JPEG files for each class.  What the old graph makes of an image - the values before its last layer - is kept in
BOTTLENECK_DIR, one file an image, so that each image goes through the old graph once.
"""
import os
import sys
import zlib

import numpy as np

import pytfgraph as tf
from examples import classify_image

BOTTLENECK, CONTENTS = "pool_3/_reshape:0", "DecodeJpeg/contents:0"


def image_lists(image_dir, testing_percentage=20):
    """{class: {"training": [file], "testing": [file]}}; where a file goes depends on its name alone."""
    lists = {}
    for folder in sorted(d for d in tf.gfile.ListDirectory(image_dir) if tf.gfile.IsDirectory(os.path.join(image_dir, d))):
        parts = lists.setdefault(folder, {"training": [], "testing": []})
        for path in sorted(tf.gfile.Glob(os.path.join(image_dir, folder, "*.jpg"))):
            name = os.path.basename(path)
            testing = zlib.crc32(name.encode()) % 100 < testing_percentage
            parts["testing" if testing else "training"].append(name)
    return lists


def bottleneck(sess, image_dir, bottleneck_dir, label, name):
    """The values before the old last layer for an image, from its file where there is one."""
    path = os.path.join(bottleneck_dir, label, name + ".txt")
    if not tf.gfile.Exists(path):
        tf.gfile.MakeDirs(os.path.dirname(path))
        data = tf.gfile.FastGFile(os.path.join(image_dir, label, name), "rb").read()
        values = np.squeeze(sess.run(BOTTLENECK, {CONTENTS: data}))
        with tf.gfile.GFile(path, "w") as f:
            f.write(",".join(str(float(v)) for v in values))
    return np.array([float(v) for v in tf.gfile.GFile(path).read().split(",")], np.float32)


def collect(sess, lists, part, image_dir, bottleneck_dir):
    """(bottlenecks, numbers of classes) of all images of a part."""
    found = [(bottleneck(sess, image_dir, bottleneck_dir, label, name), i)
             for i, label in enumerate(lists) for name in lists[label][part]]
    return np.stack([b for b, _ in found]), np.array([i for _, i in found])


def add_final_layer(n_classes, bottleneck_tensor):
    """A new last layer: (its input, where true classes go, train operation, accuracy)."""
    width = bottleneck_tensor.shape[1].value
    with tf.name_scope("input"):
        x = tf.placeholder_with_default(bottleneck_tensor, [None, width], name="BottleneckInputPlaceholder")
        truth = tf.placeholder(tf.int64, [None], name="GroundTruthInput")
    with tf.name_scope("final_training_ops"):
        w = tf.Variable(tf.truncated_normal([width, n_classes], stddev=0.001, seed=1), name="weights")
        b = tf.Variable(tf.zeros([n_classes]), name="biases")
        logits = tf.matmul(x, w) + b
    tf.nn.softmax(logits, name="final_result")
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=truth, logits=logits))
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), truth), tf.float32))
    return x, truth, train, accuracy


def retrain(model_dir, image_dir, bottleneck_dir, output_graph, output_labels, steps=400):
    """Trains the new layer and writes the new graph and its labels; the accuracy on images it was not trained on."""
    lists = image_lists(image_dir)
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        classify_image.load_graph(model_dir)
        x, truth, train, accuracy = add_final_layer(len(lists), graph.get_tensor_by_name(BOTTLENECK))
        sess.run(tf.global_variables_initializer())
        training, classes = collect(sess, lists, "training", image_dir, bottleneck_dir)
        choose = np.random.RandomState(0)
        for _ in range(steps):
            batch = choose.randint(0, len(training), 50)
            sess.run(train, {x: training[batch], truth: classes[batch]})
        testing, classes = collect(sess, lists, "testing", image_dir, bottleneck_dir)
        result = sess.run(accuracy, {x: testing, truth: classes})
        frozen = tf.graph_util.convert_variables_to_constants(sess, graph.as_graph_def(), ["final_result"])
    with tf.gfile.FastGFile(output_graph, "wb") as f:
        f.write(frozen.SerializeToString())
    with tf.gfile.FastGFile(output_labels, "w") as f:
        f.write("\n".join(lists) + "\n")
    return float(result)


def label_image(output_graph, output_labels, filename):
    """[(class, score)] of an image by the new graph, best first."""
    labels = [line.rstrip() for line in tf.gfile.GFile(output_labels)]
    with tf.Graph().as_default(), tf.Session() as sess:
        graph_def = tf.GraphDef()
        graph_def.ParseFromString(tf.gfile.FastGFile(output_graph, "rb").read())
        tf.import_graph_def(graph_def, name="")
        scores = sess.run("final_result:0", {CONTENTS: tf.gfile.FastGFile(filename, "rb").read()})[0]
    return [(labels[i], float(scores[i])) for i in scores.argsort()[::-1]]


def main(argv):
    """Retrains, and tells how well."""
    if len(argv) != 6:
        print(__doc__, file=sys.stderr)
        return 2
    print("Final test accuracy = %.1f%%" % (100 * retrain(*argv[1:])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
