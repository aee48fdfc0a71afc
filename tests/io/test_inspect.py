"""python -m pytfgraph inspect: what it says of each kind of file, and of what is none."""
import gzip
import os
import pathlib
import random
import shutil

import pytest

import pytfgraph as tf
from pytfgraph import protos
from pytfgraph.tools import inspect_file

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / 'golden' / 'io'
MODEL = GOLDEN / 'saved_model' / 'model'


def said(capfd, *paths):
    """(exit status, what was printed, what was printed as an error)"""
    status = inspect_file.main([str(p) for p in paths])
    return (status,) + tuple(capfd.readouterr())


def example(**features):
    kinds = {int: 'int64_list', float: 'float_list', bytes: 'bytes_list'}
    result = tf.train.Example()
    for name, values in features.items():
        getattr(result.features.feature[name], kinds[type(values[0])]).value.extend(values)
    return result.SerializeToString()


@pytest.fixture
def files(tmp_path):
    """One of each kind."""
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        x = tf.placeholder(tf.float32, [None, 3], name='x')
        w = tf.get_variable('w', [3, 2], initializer=tf.constant_initializer(0.5))
        tf.get_variable('t', [], tf.string, initializer=tf.constant_initializer('abc'))
        tf.matmul(x, w, name='y')
        sess.run(tf.global_variables_initializer())
        tf.train.Saver().save(sess, str(tmp_path / 'ckpt' / 'm'), global_step=3)
        frozen = tf.graph_util.convert_variables_to_constants(sess, graph.as_graph_def(), ['y'])
    tf.train.write_graph(frozen, str(tmp_path), 'frozen.pb', as_text=False)
    tf.train.write_graph(frozen, str(tmp_path), 'frozen.pbtxt')
    with tf.python_io.TFRecordWriter(str(tmp_path / 'r.tfrecord')) as w:
        for i in range(1, 4):
            w.write(example(a=[1] * i, b=[b'x']))
        w.write(b'no example')
    (tmp_path / 'r.gz').write_bytes(gzip.compress((tmp_path / 'r.tfrecord').read_bytes()))
    writer = tf.summary.FileWriter(str(tmp_path / 'events'), graph)
    for step in range(3):
        writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag='loss', simple_value=1.)]), step + 5)
    writer.close()
    return tmp_path


def test_kinds(files, capfd):
    status, out, err = said(capfd, files / 'frozen.pb')
    assert (status, err) == (0, '')
    for line in ('GraphDef, ', '  nodes: 4; producer', 'operations: Const 1, Identity 1, MatMul 1, Placeholder 1', 'inputs: x (Placeholder float32 [?, 3])',
                 'outputs: y (MatMul float32)', 'parameters: 6 elements in 1 constants, 24 bytes'):
        assert line in out
    assert said(capfd, files / 'frozen.pbtxt')[1].splitlines()[1:] == out.splitlines()[1:]

    meta = said(capfd, files / 'ckpt' / 'm-3.meta')[1]
    assert 'MetaGraphDef' in meta and 'written by: TensorFlow 1.12.3' in meta and 'variables 2' in meta
    assert 'variables: 2: w (VariableV2 float32 [3, 2]), t (VariableV2 string [])' in meta and 'saver: save/' in meta

    whole = said(capfd, files / 'ckpt' / 'm-3')[1]
    assert '  w  float32 [3, 2]  0.5 .. 0.5' in whole and '  t  string []  3 bytes of text' in whole
    for name in ('m-3.index', 'm-3.data-00000-of-00001', '.'):
        assert said(capfd, files / 'ckpt' / name)[1].splitlines()[1:] == whole.splitlines()[1:]
    assert 'CheckpointState\n  latest: ' in said(capfd, files / 'ckpt' / 'checkpoint')[1]

    for name in ('r.tfrecord', 'r.gz'):
        status, out, err = said(capfd, files / name)
        assert status == 0 and 'TFRecord' in out and 'records: 4, ' in out and 'tf.Examples: 3 of the 4 records' in out
        assert '  a  int64_list 1 to 3 in 3\n  b  bytes_list 1 in 3\n' in out

    status, out, err = said(capfd, files / 'events')
    assert status == 0 and 'steps: 5 to 7' in out and 'loss  scalar, 3 values, steps 5 to 7' in out and 'graph: 1' in out

    status, out, err = said(capfd, MODEL)
    assert status == 0 and 'SavedModel, schema version 1, 2 MetaGraphs' in out and 'tags: serve, gpu' in out
    assert '    output y: y:0 float32 [?, 2]' in out and 'assets: model.words.txt' in out and '  w  float32 [3, 2]  1 .. 6' in out
    assert said(capfd, MODEL / 'saved_model.pb')[1].splitlines()[1:] == out.splitlines()[1:]


def test_what_is_none(tmp_path, capfd):
    (tmp_path / 'empty').write_bytes(b'')
    (tmp_path / 'zeros').write_bytes(bytes(100))
    (tmp_path / 'text.txt').write_text('some text')
    (tmp_path / 'damaged.pb').write_bytes((GOLDEN / 'graphs' / 'cond.pb').read_bytes()[:5001])
    (tmp_path / 'folder').mkdir()
    for name, words in (('empty', 'the file is empty'), ('zeros', 'no GraphDef, MetaGraphDef'), ('text.txt', 'no GraphDef, MetaGraphDef'),
                        ('damaged.pb', 'From its name it should be one: it is damaged or cut off'), ('none', 'no such file or folder'),
                        ('folder', 'a folder without SavedModel, checkpoint or events')):
        status, out, err = said(capfd, tmp_path / name)
        assert status == 1 and out == '' and words in err, name
    assert inspect_file.main([]) == 2


def test_cut_off(files, capfd):
    graph_def = protos.message('tensorflow.GraphDef').FromString((files / 'frozen.pb').read_bytes())
    (files / 'part.pb').write_bytes(b''.join(b'\x0a' + bytes([n.ByteSize()]) + n.SerializeToString() for n in graph_def.node[2:]))
    status, out, err = said(capfd, files / 'part.pb')
    assert status == 1 and 'nodes: 2' in out and 'inputs are of nodes that are not in the graph (' in err
    data = (files / 'r.tfrecord').read_bytes()
    (files / 'r.tfrecord').write_bytes(data[:-5])
    status, out, err = said(capfd, files / 'r.tfrecord')
    assert status == 1 and 'records: 3' in out and 'error: after 3 records:' in err
    events = sorted((files / 'events').iterdir())[0]
    events.write_bytes(events.read_bytes()[:-3])
    status, out, err = said(capfd, events)
    assert status == 1 and 'loss  scalar, 2 values' in out and 'error: after ' in err
    data = bytearray((files / 'ckpt' / 'm-3.data-00000-of-00001').read_bytes())
    data[0] ^= 1
    (files / 'ckpt' / 'm-3.data-00000-of-00001').write_bytes(bytes(data))
    status, out, err = said(capfd, files / 'ckpt' / 'm-3')
    assert status == 1 and 'error: ' in err and '  w  float32 [3, 2]' in out


def test_broken_bytes(files, capfd):
    """Whatever is done to a file, it is described or refused; nothing else comes out."""
    numbers = random.Random(1)
    shutil.copytree(str(MODEL), str(files / 'model'))
    paths = [files / 'frozen.pb', files / 'frozen.pbtxt', files / 'ckpt' / 'm-3.meta', files / 'ckpt' / 'm-3.index', files / 'r.tfrecord',
             files / 'r.gz', sorted((files / 'events').iterdir())[0], files / 'model' / 'saved_model.pb', files / 'ckpt' / 'checkpoint']
    for path in paths:
        whole = path.read_bytes()
        for _ in range(25):
            data = bytearray(whole)
            for _ in range(numbers.randrange(1, 4)):
                at = numbers.randrange(len(data))
                data[at:at + numbers.randrange(3)] = bytes(numbers.randrange(256) for _ in range(numbers.randrange(3)))
            path.write_bytes(bytes(data[:numbers.randrange(len(data) // 2, len(data) + 1)]))
            assert inspect_file.main([str(path)]) in (0, 1)
        path.write_bytes(whole)
    capfd.readouterr()
    assert os.path.exists(str(files))
