"""MetaGraphs against those that TensorFlow 1.12.3 made of the same programs, and what it made of them."""
import json
import os
import pathlib

import numpy as np
import pytest

import meta_programs
import pytfgraph as tf
from pytfgraph import _core, protos
from pytfgraph.framework import meta_graph, ops

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / 'golden' / 'io' / 'meta'
AGAIN = json.loads((GOLDEN / 'again.json').read_text())
NEEDS = {'while': 'while_loop', 'while_in_scope': 'while_loop', 'queue_runners': 'train.QueueRunner', 'saver': 'train.Saver',
         'clear_savers': 'train.Saver', 'cond': 'framework.ops'}


def theirs(name):
    return protos.message('tensorflow.MetaGraphDef').FromString((GOLDEN / (name + '.meta')).read_bytes())


def skip_unless_there(name, saver=False):
    needs = (NEEDS.get(name, ''), 'train.Saver' if saver else '')
    for path in filter(None, needs):
        thing = tf
        for part in path.split('.'):
            try:
                thing = getattr(thing, part)
            except AttributeError:
                pytest.skip(path + ' is not there yet')
    if name in ('cond', 'while', 'while_in_scope') and not ops.get_to_proto_function('while_context'):
        pytest.skip('control-flow contexts have no messages yet')


def comparable(message):
    """A MetaGraph's parts that can be equal: ours says another git version, knows sizes that 1.12.3 did not, and writes equal elements
    out."""
    message.meta_info_def.tensorflow_git_version = ''
    for node in message.graph_def.node:
        if '_output_shapes' in node.attr:
            del node.attr['_output_shapes']
        if node.op == 'Const' and len(node.attr['value'].tensor.float_val) == 1:
            value = tf.make_ndarray(node.attr['value'].tensor)
            if value.size > 1:
                node.attr['value'].tensor.ClearField('float_val')
                node.attr['value'].tensor.tensor_content = value.tobytes()
    return message


def members(message):
    """{collection: its members in words}; the order of maps in messages means nothing."""
    found = {}
    for key, col_def in message.collection_def.items():
        kind = ops.get_collection_proto_type(key)
        found[key] = str(col_def) if kind is None else [str(kind.FromString(b)) for b in col_def.bytes_list.value]
    return found


def test_programs_are_recorded():
    assert sorted(meta_programs.PROGRAMS) == sorted(AGAIN)


@pytest.mark.parametrize('name', meta_programs.PROGRAMS)
def test_export(name):
    skip_unless_there(name)
    program, how, _ = meta_programs.PROGRAMS[name]
    with tf.Graph().as_default():
        ours = comparable(meta_programs.export(tf, meta_programs.build(tf, np, program), how))
    want = comparable(theirs(name))
    assert [n.name for n in ours.graph_def.node] == [n.name for n in want.graph_def.node]
    for part in ('graph_def', 'meta_info_def', 'saver_def'):
        assert str(getattr(ours, part)) == str(getattr(want, part)), part
    assert members(ours) == members(want)


@pytest.mark.parametrize('name', AGAIN)
def test_import(name):
    message = theirs(name)
    skip_unless_there(name, saver=AGAIN[name]['saver'])
    ours = json.loads(json.dumps(meta_programs.again(tf, message, meta_programs.PROGRAMS[name][2])))
    assert ours['collections'] == AGAIN[name]['collections']
    assert sorted(ours['ops']) == sorted(AGAIN[name]['ops'])
    assert ours['saver'] == AGAIN[name]['saver']


def test_files(tmp_path):
    with tf.Graph().as_default():
        tf.add_to_collection('nodes', tf.constant(1., name='a'))
        folder = tmp_path / 'new'
        binary = tf.train.export_meta_graph(str(folder / 'a.meta'))
        text = tf.train.export_meta_graph(str(folder / 'a.txt'), as_text=True)
    assert meta_graph.read_meta_graph_file(str(folder / 'a.meta')) == binary == text
    assert meta_graph.read_meta_graph_file(str(folder / 'a.txt')) == text
    for path in ('a.meta', 'a.txt'):
        with tf.Graph().as_default():
            assert tf.train.import_meta_graph(str(folder / path)) is None
            assert [t.name for t in tf.get_collection('nodes')] == ['a:0']
    (folder / 'bad').write_bytes(b'\x00\xff\xfe')
    with pytest.raises(IOError, match='Cannot parse file'):
        tf.train.import_meta_graph(str(folder / 'bad'))
    with pytest.raises(IOError, match='File .*none does not exist'):
        tf.train.import_meta_graph(str(folder / 'none'))


def test_wrong_arguments():
    with tf.Graph().as_default():
        for argument, word in (('graph_def', 'GraphDef'), ('saver_def', 'SaverDef'), ('meta_info_def', 'MetaInfoDef')):
            with pytest.raises(TypeError, match='%s must be of type %s, not' % (argument, word)):
                tf.train.export_meta_graph(**{argument: 3})
        with pytest.raises(ValueError, match="'from_scope' and 'to_scope' need to be different"):
            meta_graph.copy_scoped_meta_graph('a', 'a')


def test_registered_functions():
    class Thing:
        def __init__(self, name):
            self.name = name

    kind = protos.message('tensorflow.NodeDef')
    key = 'things of test_registered_functions'
    ops.register_proto_function(key, kind, lambda t, export_scope=None: kind(name=ops.strip_name_scope(t.name, export_scope)),
                                lambda d, import_scope=None: Thing(ops.prepend_name_scope(d.name, import_scope)))
    with pytest.raises(KeyError, match='Registering two proto functions with name'):
        ops.register_proto_function(key)
    with tf.Graph().as_default():
        tf.constant(1., name='s/a')
        tf.add_to_collection(key, Thing('s/x'))
        tf.add_to_collection(key, Thing('t/x'))
        message, _ = meta_graph.export_scoped_meta_graph(export_scope='s')
    assert len(message.collection_def[key].bytes_list.value) == 1
    with tf.Graph().as_default():
        meta_graph.import_scoped_meta_graph(message, import_scope='in')
        assert [t.name for t in tf.get_collection(key)] == ['in/x']


def test_copy_scoped():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [2], name='x')
        with tf.variable_scope('a'):
            v = tf.get_variable('v', [2], initializer=tf.ones_initializer())
            for _ in range(2):      # an input from outside may be used twice
                tf.add(v, x)
        message, names = meta_graph.export_scoped_meta_graph(export_scope='a')
        assert names == {'v:0': v}
        with pytest.raises(ValueError, match='Graph contains unbound inputs: .unbound_inputs_x'):
            meta_graph.import_scoped_meta_graph(message)
        copies = meta_graph.import_scoped_meta_graph(message, import_scope='b', input_map={'$unbound_inputs_x': x})
        assert [c.name for c in copies.values()] == ['b/v:0']
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            assert sess.run('b/Add_1:0', {x: [1, 2]}).tolist() == [2, 3]
    assert graph.get_operation_by_name('b/Add').inputs[1] is x


def test_unknown_operation():
    """Whether or not the file tells what its writer knew of the operation."""
    meta = protos.message('tensorflow.MetaGraphDef')()
    meta.graph_def.node.add(name='a', op='NobodyKnowsThis')
    meta.meta_info_def.stripped_op_list.op.add(name='NobodyKnowsThis')
    with tf.Graph().as_default(), pytest.raises(tf.errors.NotFoundError, match="Op type not registered 'NobodyKnowsThis'"):
        tf.train.import_meta_graph(meta)
