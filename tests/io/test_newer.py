"""Graphs that TensorFlow 1.15 and 2.21 wrote: they are read, compute what they computed, and are written again."""
import json
import pathlib

import numpy as np
import pytest

import pytfgraph as tf

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / 'golden' / 'io' / 'newer'
FILES = sorted(GOLDEN.glob('*.meta'))


@pytest.mark.parametrize('path', FILES, ids=[p.stem for p in FILES])
def test_reads(path):
    wanted = json.loads(path.with_suffix('.json').read_text())
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        tf.train.import_meta_graph(str(path))
        sess.run(tf.global_variables_initializer())
        y, z = sess.run(['y:0', 'z:0'], {'x:0': wanted['x']})
        assert np.allclose(y, wanted['y'], rtol=1e-5, atol=1e-6) and z.tolist() == [3, 3]
        again = graph.as_graph_def()
    with tf.Graph().as_default() as other:
        tf.import_graph_def(again, name='')
        assert other.as_graph_def() == again


LISTS = sorted(GOLDEN.glob('*_lists.pb'))


@pytest.mark.parametrize('path', LISTS, ids=[p.stem for p in LISTS])
def test_lists(path):
    """Lists of later versions, in loops of functions too: their operations have one more input."""
    wanted = json.loads(path.with_suffix('.json').read_text())
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        given = tf.GraphDef.FromString(path.read_bytes())
        tf.import_graph_def(given, name='')
        again = graph.as_graph_def()
        for name, value in wanted['answers'].items():
            if name != 'full':
                assert np.allclose(sess.run(name + ':0', {'x:0': wanted['x']}), value, rtol=1e-5, atol=1e-6), name
        slope, = tf.gradients(graph.get_tensor_by_name('loss:0'), graph.get_tensor_by_name('x:0'))
        assert np.allclose(sess.run(slope, {'x:0': wanted['x']}), wanted['answers']['slope'], rtol=1e-5, atol=1e-6)
        with pytest.raises(tf.errors.InvalidArgumentError) as error:
            sess.run('full:0')
        assert wanted['answers']['full'].endswith(error.value.message.split('\n')[0])
        inputs = {n.name: list(n.input) for n in again.node}
        assert all(inputs[n.name] == list(n.input) for n in given.node)
        stack = graph.get_operation_by_name('one').inputs[0].op
        assert [a.name for a in stack.op_def.input_arg] == ['input_handle', 'element_shape']


def test_printing_and_reading_without_copies(capfd):
    """PrintV2 with another end, and what savers of 2.x say about variables before they read them."""
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        v = tf.get_variable('v', [2], initializer=tf.ones_initializer(), use_resource=True)
        given = graph.as_graph_def()
        text = given.node.add(name='text', op='Const')
        text.attr['dtype'].type = tf.string.as_datatype_enum
        text.attr['value'].tensor.CopyFrom(tf.make_tensor_proto('words'))
        for name, end in (('print', b'!'), ('nothing', b''), ('line', b'\n')):
            given.node.add(name=name, op='PrintV2', input=['text']).attr['end'].s = end
        given.node.add(name='uncopied', op='DisableCopyOnRead', input=['v'])
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        tf.import_graph_def(given, name='')
        with pytest.raises(tf.errors.FailedPreconditionError):
            sess.run('uncopied')
        sess.run('v/Assign')
        sess.run('uncopied')
        assert sess.run('v/Read/ReadVariableOp:0').tolist() == [1, 1]
        for name in ('print', 'nothing', 'line'):
            sess.run(name)
        assert capfd.readouterr().err == 'words!wordswords\n'


def test_there_are_files():
    assert len(FILES) >= 1 and LISTS


@pytest.mark.parametrize('params, indices, axis, batch_dims, message', [
    ([[1., 2.]], [[0], [1]], 1, 1, r'params.shape\[0\]: 1 should be equal to indices.shape\[0\]: 2'),
    ([[1., 2.]], [[0]], 0, 1, 'must be less than or equal to axis'), ([[1., 2.]], [[0]], 1, 3, 'Expected batch_dims in the range'),
    ([1.], [[0]], 0, 2, 'must be less than rank'), ([[1., 2.], [3., 4.]], [[0], [2]], 1, 1, r'indices\[1,0\] = 2 is not in \[0, 2\)')])
def test_batch_dims_that_do_not_fit(params, indices, axis, batch_dims, message):
    with tf.Graph().as_default() as graph:
        inputs = [tf.placeholder(tf.float32, name='p'), tf.placeholder(tf.int32, name='i'), tf.placeholder(tf.int32, name='a')]
        tf.gather(inputs[0], inputs[1], axis=inputs[2], name='y')
        given = graph.as_graph_def()
    next(n for n in given.node if n.op == 'GatherV2').attr['batch_dims'].i = batch_dims
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.import_graph_def(given, name='')
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            sess.run('y:0', {'p:0': params, 'i:0': indices, 'a:0': axis})
