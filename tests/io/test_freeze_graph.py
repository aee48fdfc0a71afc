"""freeze_graph from each kind of input, and inspect_checkpoint."""
import numpy as np
import pytest

import pytfgraph as tf
from pytfgraph import __main__, _core, protos
from pytfgraph.tools import freeze_graph, inspect_checkpoint


@pytest.fixture
def saved(tmp_path):
    """A graph with a reference and a resource variable, saved in every form."""
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        x = tf.placeholder(tf.float32, [None], name='x')
        with tf.device('/cpu:0'):
            v = tf.get_variable('v', [], initializer=tf.constant_initializer(2.))
        w = tf.get_variable('w', [], initializer=tf.constant_initializer(1.), use_resource=True)
        y = tf.add(x * v, w, name='y')
        sess.run(tf.global_variables_initializer())
        saver = tf.train.Saver()
        saver.save(sess, str(tmp_path / 'm'))
        tf.train.write_graph(graph, str(tmp_path), 'g.pbtxt')
        tf.train.write_graph(graph, str(tmp_path), 'g.pb', as_text=False)
        (tmp_path / 'saver.pb').write_bytes(saver.as_saver_def().SerializeToString())
        tf.saved_model.simple_save(sess, str(tmp_path / 'model'), {'x': x}, {'y': y})
    return tmp_path


def answer(path):
    graph_def = protos.message('tensorflow.GraphDef').FromString(path.read_bytes())
    assert not any('Variable' in n.op or 'VarHandle' in n.op for n in graph_def.node)
    with tf.Graph().as_default(), tf.Session() as sess:
        y, = tf.import_graph_def(graph_def, return_elements=['y:0'], name='')
        return sess.run(y, {'x:0': [3., 4.]}).tolist()


@pytest.mark.parametrize('arguments', [
    ['--input_graph={0}/g.pbtxt', '--input_checkpoint={0}/m'], ['--input_graph={0}/g.pb', '--input_binary', '--input_checkpoint={0}/m'],
    ['--input_graph={0}/g.pb', '--input_binary=true', '--input_saver={0}/saver.pb', '--input_checkpoint={0}/m'],
    ['--input_meta_graph={0}/m.meta', '--input_binary', '--input_checkpoint={0}/m'], ['--input_saved_model_dir={0}/model']],
    ids=['text', 'binary', 'saver', 'meta graph', 'saved model'])
def test_command_line(saved, arguments):
    arguments = [a.format(saved) for a in arguments] + ['--output_node_names=y', '--output_graph=%s' % (saved / 'out.pb')]
    assert __main__.main(['pytfgraph', 'freeze_graph'] + arguments) == 0
    assert answer(saved / 'out.pb') == [7, 9]


def test_function(saved, capfd):
    with tf.Graph().as_default():
        frozen = freeze_graph.freeze_graph(str(saved / 'g.pb'), '', True, str(saved / 'm'), 'y', '', '', '', True, '')
    assert protos.is_message(frozen, 'tensorflow.GraphDef') and not any(n.device for n in frozen.node)
    with tf.Graph().as_default():
        partly = freeze_graph.freeze_graph(str(saved / 'g.pb'), '', True, str(saved / 'm'), 'y', '', '', '', False, '',
                                           variable_names_blacklist='v')
    assert {n.name: n.op for n in partly.node}['v'] == 'VariableV2' and any(n.device for n in partly.node)
    with tf.Graph().as_default():
        assert freeze_graph.freeze_graph(str(saved / 'g.pb'), '', True, str(saved / 'none'), 'y', '', '', '', True, '') == -1
    assert "doesn't exist!" in capfd.readouterr().out
    with tf.Graph().as_default():
        assert freeze_graph.freeze_graph(str(saved / 'g.pb'), '', True, str(saved / 'm'), '', '', '', '', True, '') == -1
    with pytest.raises(IOError, match='does not exist'):
        freeze_graph.freeze_graph(str(saved / 'none.pb'), '', True, str(saved / 'm'), 'y', '', '', '', True, '')


def test_resource_variables_that_are_gathered_from(tmp_path):
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        table = tf.get_variable('t', [3, 2], initializer=tf.constant_initializer([[1, 2], [3, 4], [5, 6]]), use_resource=True)
        tf.gather(table, [2, 0], name='rows')
        tf.identity(tf.shape(table), name='static')
        _core.raw_op('VariableShape')(table.handle, out_type=tf.int64, name='sizes')
        sess.run(table.initializer)
        frozen = tf.graph_util.convert_variables_to_constants(sess, graph.as_graph_def(), ['rows', 'static', 'sizes'])
    assert {n.op for n in frozen.node} <= {'Const', 'Identity', 'Gather', 'Shape'}
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.import_graph_def(frozen, name='')
        rows, shape, sizes = sess.run(['rows:0', 'static:0', 'sizes:0'])
    assert rows.tolist() == [[5, 6], [1, 2]] and shape.tolist() == [3, 2] and sizes.tolist() == [3, 2] and sizes.dtype == np.int64


def test_inspect_checkpoint(saved, capfd):
    assert __main__.main(['pytfgraph', 'inspect_checkpoint', '--file_name=%s' % (saved / 'm'), '--all_tensors']) == 0
    assert capfd.readouterr().out == 'tensor_name:  v\n2.0\ntensor_name:  w\n1.0\n'
    inspect_checkpoint.print_tensors_in_checkpoint_file(str(saved / 'm'), 'v', False)
    assert capfd.readouterr().out == 'tensor_name:  v\n2.0\n'
    inspect_checkpoint.print_tensors_in_checkpoint_file(str(saved / 'm'), '', False)
    assert 'v (DT_FLOAT) []' in capfd.readouterr().out
    inspect_checkpoint.print_tensors_in_checkpoint_file(str(saved / 'none'), '', False)
    assert 'none' in capfd.readouterr().out
    before = np.get_printoptions()['precision']
    inspect_checkpoint.parse_numpy_printoption('precision=3')
    assert np.get_printoptions()['precision'] == 3
    np.set_printoptions(precision=before)
