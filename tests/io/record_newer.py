"""Records a graph of a later TensorFlow (1.15, 2.x) with what it computes, into tests/golden/io/newer.

Run with a Python that has it:  python tests/io/record_newer.py
"""
import json
import os
import pathlib

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import numpy as np
import tensorflow

OUT = pathlib.Path(__file__).resolve().parent.parent / 'golden' / 'io' / 'newer'
tf = tensorflow.compat.v1
tf.disable_v2_behavior()
VERSION = tensorflow.__version__.rpartition('.')[0]


def build():
    np.random.seed(0)
    x = tf.placeholder(tf.float32, [None, 6, 6, 2], name='x')
    w = tf.constant(np.random.rand(3, 3, 2, 4).astype(np.float32), name='w')
    y = tf.nn.conv2d(x, w, strides=[1, 1, 1, 1], padding='SAME')
    y, _, _ = tf.nn.fused_batch_norm(y, np.ones(4, np.float32), np.zeros(4, np.float32), np.full(4, .5, np.float32),
                                     np.full(4, 2., np.float32), is_training=False)
    y = tf.nn.leaky_relu(y - 1., alpha=0.1)
    y = tf.nn.max_pool(y, [1, 2, 2, 1], [1, 2, 2, 1], 'VALID')
    y = tf.reshape(y, [-1, 36]) + tf.constant(0.5)
    y = tf.where(y > 1., y, tf.zeros_like(y))
    y = tf.matmul(y, np.random.rand(36, 3).astype(np.float32))
    y = tf.concat([y, tf.gather(y, [2, 0], axis=1)], 1)
    y = tf.cond(tf.reduce_sum(y) > 0., lambda: y / 2., lambda: y)
    return x, tf.nn.softmax(y, name='y')


def main():
    OUT.mkdir(exist_ok=True)
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        x, y = build()
        data = np.random.rand(2, 6, 6, 2).astype(np.float32)
        answer = sess.run(y, {x: data})
        v = tf.get_variable('v', [2], initializer=tf.ones_initializer(), use_resource=True)
        tf.identity(v * 3., name='z')
        tf.train.export_meta_graph(str(OUT / (VERSION + '.meta')), strip_default_attrs=False)
    (OUT / (VERSION + '.json')).write_text(json.dumps({'x': data.tolist(), 'y': answer.tolist()}))


if __name__ == '__main__':
    main()
