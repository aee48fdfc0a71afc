"""Graphs in files, and graphs with constants in place of variables."""
import os

import numpy as np
import pytest
from google.protobuf import text_format

import pytfgraph as tf
from pytfgraph import protos


def sample():
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [2], name='x')
        v = tf.Variable([1., 2.], name='v')
        w = tf.Variable(3., name='w')
        tf.add(x * v, w, name='y')
        init = tf.global_variables_initializer()
    return graph, init


def test_write_graph(tmp_path):
    graph, _ = sample()
    folder = tmp_path / 'a' / 'b'
    path = tf.train.write_graph(graph, str(folder), 'g.pbtxt')
    assert path == os.path.join(str(folder), 'g.pbtxt')
    text = (folder / 'g.pbtxt').read_text()
    assert text.startswith('node {\n  name: "x"\n  op: "Placeholder"\n')
    graph_class = protos.message('tensorflow.GraphDef')
    assert str(text_format.Parse(text, graph_class())) == str(graph.as_graph_def())
    path = tf.train.write_graph(graph.as_graph_def(), str(folder), 'g.pb', as_text=False)
    assert str(graph_class.FromString((folder / 'g.pb').read_bytes())) == str(graph.as_graph_def())
    assert sorted(os.listdir(str(folder))) == ['g.pb', 'g.pbtxt']       # nothing temporary stays
    assert tf.io.write_graph is tf.train.write_graph


def test_extract_sub_graph():
    graph, _ = sample()
    graph_def = graph.as_graph_def()
    part = tf.graph_util.extract_sub_graph(graph_def, ['mul'])
    assert [n.name for n in part.node] == ['x', 'v', 'v/read', 'mul']
    assert part.versions.producer == 27
    with pytest.raises(AssertionError, match='nothing is not in graph'):
        tf.graph_util.extract_sub_graph(graph_def, ['nothing'])
    with pytest.raises(TypeError, match='dest_nodes must be a list.'):
        tf.graph_util.extract_sub_graph(graph_def, 'mul')
    with pytest.raises(TypeError, match='graph_def must be a graph_pb2.GraphDef proto.'):
        tf.graph_util.extract_sub_graph(3, ['mul'])


def test_convert_variables_to_constants(tmp_path):
    graph, init = sample()
    with tf.Session(graph=graph) as sess:
        sess.run(init)
        want = sess.run('y:0', {'x:0': [5., 6.]})
        frozen = tf.graph_util.convert_variables_to_constants(sess, graph.as_graph_def(), ['y'])
        partly = tf.graph_util.convert_variables_to_constants(sess, graph.as_graph_def(), ['y'], variable_names_blacklist=['w'])
        only = tf.graph_util.convert_variables_to_constants(sess, graph.as_graph_def(), ['y'], variable_names_whitelist=['w'])
    assert [(n.name, n.op) for n in frozen.node] == [('x', 'Placeholder'), ('v', 'Const'), ('v/read', 'Identity'), ('w', 'Const'),
                                                     ('w/read', 'Identity'), ('mul', 'Mul'), ('y', 'Add')]
    assert {n.name: n.op for n in partly.node if n.name in 'vw'} == {'v': 'Const', 'w': 'VariableV2'}
    assert {n.name: n.op for n in only.node if n.name in 'vw'} == {'v': 'VariableV2', 'w': 'Const'}
    path = tf.train.write_graph(frozen, str(tmp_path), 'frozen.pb', as_text=False)
    with tf.Graph().as_default() as other, open(path, 'rb') as f:
        read = protos.message('tensorflow.GraphDef').FromString(f.read())
        x, y = tf.import_graph_def(read, return_elements=['x:0', 'y:0'], name='')
        with tf.Session(graph=other) as sess:
            assert np.array_equal(sess.run(y, {x: [5., 6.]}), want)


def test_remove_training_nodes():
    graph = tf.Graph()
    with graph.as_default():
        a = tf.placeholder(tf.float32, name='a')
        b = tf.identity(a, name='b')
        c = tf.identity(b, name='c')
        tf.negative(c, name='d')
        with tf.control_dependencies([a]):
            tf.identity(c, name='e')
    pruned = tf.graph_util.remove_training_nodes(graph.as_graph_def())
    assert [(n.name, list(n.input)) for n in pruned.node] == [('a', []), ('d', ['a']), ('e', ['a', '^a'])]
    kept = tf.graph_util.remove_training_nodes(graph.as_graph_def(), protected_nodes=['c'])
    assert [(n.name, list(n.input)) for n in kept.node] == [('a', []), ('c', ['a']), ('d', ['c']), ('e', ['c', '^a'])]


def test_must_run_on_cpu():
    with tf.Graph().as_default():
        assert tf.graph_util.must_run_on_cpu(tf.constant(1).op) and tf.graph_util.must_run_on_cpu(tf.constant('a').op)
        assert not tf.graph_util.must_run_on_cpu(tf.constant(1.).op)
        v = tf.Variable(1.)
        assert not tf.graph_util.must_run_on_cpu(v.op)
        assert tf.graph_util.must_run_on_cpu(v.op, pin_variables_on_cpu=True)
        assert tf.graph_util.must_run_on_cpu(tf.cast(tf.constant(1), tf.float32).op.node_def)


def test_converted_line(capsys):
    """As the documents show it in a plain program; a program that chose what is logged gets what it chose."""
    graph, init = sample()
    levels = {tf.logging.WARN: 'Converted 2 variables to const ops.\n', tf.logging.INFO: '', tf.logging.ERROR: ''}
    before = tf.logging.get_verbosity()
    with tf.Session(graph=graph) as sess:
        sess.run(init)
        for level, line in levels.items():
            tf.logging.set_verbosity(level)
            tf.graph_util.convert_variables_to_constants(sess, graph.as_graph_def(), ['y'])
            assert capsys.readouterr().out == line
    tf.logging.set_verbosity(before)


def test_tensor_shape_from_node_def_name():
    graph, _ = sample()
    for name in ('x', 'x:0'):
        assert tf.graph_util.tensor_shape_from_node_def_name(graph, name).as_list() == [2]
    with pytest.raises(KeyError):
        tf.graph_util.tensor_shape_from_node_def_name(graph, 'none')
