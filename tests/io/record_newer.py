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


def build_lists():
    """A loop over arrays that are lists, its gradient, and what lists of later versions do and those of 1.12 did not."""
    raw = tensorflow.raw_ops
    x = tf.placeholder(tf.float32, [5, 3], name='x')
    rows = tf.TensorArray(tf.float32, 5, element_shape=[3]).unstack(x)

    def step(i, state, out):
        state = tf.tanh(state * 0.5 + rows.read(i))
        return i + 1, state, out.write(i, state)
    out = tf.while_loop(lambda i, *_: i < 5, step, [0, tf.zeros([3]), tf.TensorArray(tf.float32, 5)])[2]
    y = tf.identity(out.stack(), name='y')
    tf.identity(tf.gradients(tf.reduce_sum(y ** 2.), x)[0], name='g')
    reserved = raw.TensorListReserve(element_shape=[-1], num_elements=3, element_dtype=tf.float32)
    one = raw.TensorListSetItem(input_handle=reserved, index=1, item=[1., 2.])
    tf.identity(raw.TensorListStack(input_handle=reserved, element_shape=[2], element_dtype=tf.float32), name='zeros')
    tf.identity(raw.TensorListStack(input_handle=one, element_shape=[-1], element_dtype=tf.float32, num_elements=3), name='one')
    tf.identity(raw.TensorListGetItem(input_handle=one, index=2, element_shape=[2], element_dtype=tf.float32), name='unset')
    tf.identity(raw.TensorListGather(input_handle=one, indices=[1, 0], element_shape=[2], element_dtype=tf.float32), name='gathered')
    tf.identity(raw.TensorListPopBack(input_handle=one, element_shape=[2], element_dtype=tf.float32)[1], name='popped')
    small = raw.EmptyTensorList(element_shape=tf.constant([], tf.int32), max_num_elements=1, element_dtype=tf.float32)
    pushed = raw.TensorListPushBack(input_handle=small, tensor=7.)
    tf.identity(raw.TensorListStack(input_handle=pushed, element_shape=-1, element_dtype=tf.float32), name='pushed')
    full = raw.TensorListPushBack(input_handle=pushed, tensor=8.)
    raw.TensorListLength(input_handle=full, name='full')
    build_later_lists(x)
    return x


def build_later_lists(x):
    """Operations on lists that came after 1.12, and the gradients of all of them."""
    raw, f = tensorflow.raw_ops, tf.float32
    pieces = raw.TensorListSplit(tensor=x, element_shape=[-1, 3], lengths=tf.constant([2, 0, 3], tf.int64))
    longer = raw.TensorListResize(input_handle=pieces, size=4)
    joined, lengths = raw.TensorListConcatV2(input_handle=longer, element_shape=[-1, 3], leading_dims=tf.constant([0, 0, 0, 2], tf.int64), element_dtype=f)
    rows = raw.TensorListScatterV2(tensor=x, indices=[4, 0, 1, 5, 2], element_shape=[3], num_elements=-1)
    more = raw.TensorListScatterIntoExistingList(input_handle=rows, tensor=x[:2] * 2., indices=[7, 0])
    cut = raw.TensorListResize(input_handle=more, size=6)
    grown = raw.TensorListSetItem(input_handle=cut, index=7, item=x[0], resize_if_index_out_of_bounds=True)
    stacked = raw.TensorListStack(input_handle=grown, element_shape=[3], element_dtype=f)
    tf.identity(joined, name='joined')
    tf.identity(lengths, name='lengths')
    tf.identity(stacked, name='stacked')
    tf.identity(raw.TensorListConcat(input_handle=raw.TensorListSplit(tensor=x, element_shape=-1, lengths=tf.constant([4, 1], tf.int64)),
                                     element_dtype=f)[0], name='whole')
    batches = tf.gather(tf.reshape(x, [1, 5, 3]), [[[2, 0], [1, 1]]], axis=2, batch_dims=1, name='batches')
    rows_of_batch = tf.gather(x, [[2, 0], [1, 1], [0, 0], [2, 1], [0, 2]], axis=1, batch_dims=-1, name='rows')
    weights = tf.reshape(tf.range(24, dtype=f), [8, 3])
    tf.identity(tf.reduce_sum(stacked * weights) + tf.reduce_sum(joined ** 2.) + tf.reduce_sum(batches ** 2.) +
                tf.reduce_sum(rows_of_batch ** 3.), name='loss')
    tf.identity(tf.gradients(tf.get_default_graph().get_tensor_by_name('loss:0'), x)[0], name='slope')


def record_lists():
    tf.enable_control_flow_v2()
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        x = build_lists()
        data = np.linspace(-1, 1, 15).reshape(5, 3).astype(np.float32)
        answers = {name: sess.run(name + ':0', {x: data}).tolist() for name in ('y', 'g', 'zeros', 'one', 'unset', 'gathered', 'popped', 'pushed', 'joined',
                                                                               'lengths', 'stacked', 'whole', 'loss', 'slope', 'batches', 'rows')}
        try:
            sess.run('full:0')
        except tf.errors.InvalidArgumentError as e:
            answers['full'] = next(line for line in e.message.split('\n') if 'full list' in line).strip()
        (OUT / (VERSION + '_lists.pb')).write_bytes(graph.as_graph_def().SerializeToString(deterministic=True))
    (OUT / (VERSION + '_lists.json')).write_text(json.dumps({'x': data.tolist(), 'answers': answers}))


def main():
    OUT.mkdir(exist_ok=True)
    record_lists()
    tf.disable_control_flow_v2()
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
