"""Writes tests/golden/io/objects under TensorFlow 1.12.3:  python object_program.py FOLDER"""
import sys

import numpy as np


def build(tf, k):
    """Variables, one of them in a list, and an optimizer with slots, all in a tf.train.Checkpoint."""
    v = tf.get_variable("v", initializer=np.float32([1, 2]) * k, use_resource=True)
    w = tf.get_variable("w", initializer=np.float32([3, 4]) * k, use_resource=True)
    opt = tf.train.AdamOptimizer(0.1)
    train = opt.minimize(tf.reduce_sum(v * w))
    checkpoint = tf.train.Checkpoint(v=v, opt=opt)
    checkpoint.lst = [w]
    return v, w, opt, train, checkpoint


def save(tf, folder):
    """(path, values of v and w) after one step of training."""
    with tf.Graph().as_default(), tf.Session() as sess:
        v, w, _, train, checkpoint = build(tf, 1.)
        sess.run(tf.global_variables_initializer())
        sess.run(checkpoint.save_counter.initializer)
        sess.run(train)
        return checkpoint.save(folder + "/ck"), sess.run([v, w])


if __name__ == "__main__":
    import tensorflow
    save(tensorflow, sys.argv[1])
