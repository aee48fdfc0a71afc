"""Tools for graphs in files against what TensorFlow 1.12.3's made of the same graphs."""
import json
import pathlib

import numpy as np
import pytest

import pytfgraph as tf
import tool_cases
from pytfgraph import _core, protos

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / 'golden' / 'io' / 'tools'
ANSWERS = json.loads((GOLDEN / 'answers.json').read_text())


@pytest.fixture(autouse=True, scope='module')
def as_tensorflow():
    tf.install_as_tensorflow()


def graph_def_of(name):
    return protos.message('tensorflow.GraphDef').FromString((GOLDEN / (name + '.pb')).read_bytes())


def test_cases_are_recorded():
    assert sorted(tool_cases.CASES) == sorted(ANSWERS)


@pytest.mark.parametrize('name', tool_cases.CASES)
def test_answer(name):
    graph, call = tool_cases.CASES[name]
    ours = json.loads(json.dumps(tool_cases.answer(tf, graph_def_of(graph), call)))
    assert ours == ANSWERS[name]


def small_answers(graph_def, names):
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name='')
        with tf.Session(graph=graph) as sess:
            return [sess.run(n + ':0', {'x:0': [[1., -2., 3.], [4., 5., 6.]]}) for n in names]


@pytest.mark.parametrize('transforms', [
    'fold_constants', 'fold_constants(clear_output_shapes=false) merge_duplicate_nodes', 'remove_nodes(op=Identity, op=CheckNumerics)',
    'obfuscate_names', 'sort_by_execution_order', 'strip_unused_nodes fold_constants obfuscate_names sort_by_execution_order',
    'remove_control_dependencies merge_duplicate_nodes', 'rename_node(old_node_name=m, new_node_name=other)',
    'add_default_attributes rename_op(old_op_name=None, new_op_name=Other)'])
def test_transforms_leave_results(transforms):
    from pytfgraph.tools.graph_transforms import TransformGraph
    before = graph_def_of('small')
    after = TransformGraph(before, ['x'], ['y', 'unused'], [transforms])
    for a, b in zip(small_answers(before, ['y', 'unused']), small_answers(after, ['y', 'unused'])):
        assert np.array_equal(a, b)
    assert after.versions == before.versions


def test_fold_constants():
    from pytfgraph.tools.graph_transforms import TransformGraph
    after = TransformGraph(graph_def_of('small'), ['x'], ['y'], ['fold_constants'])
    kinds = {n.name: n.op for n in after.node}
    assert kinds['t'] == 'Const' and not {'s', 'a', 'b', 'unused'} & set(kinds)
    with tf.Graph().as_default() as graph:
        parts = tf.split(tf.constant([1., 2., 3., 4.]), 2, name='parts')
        random = tf.random_uniform([2], name='random')
        x = tf.placeholder(tf.float32, [2], name='x')
        tf.add_n([parts[0] * x, parts[1], random], name='y')
        tf.floordiv(tf.constant(1), tf.constant(0), name='fails')
    before = graph.as_graph_def()
    after = TransformGraph(before, ['x'], ['y', 'fails'], ['fold_constants'])
    kinds = {n.name: n.op for n in after.node}
    assert kinds['random/RandomUniform'] == 'RandomUniform' and kinds['fails'] == 'FloorDiv' and 'parts' not in kinds
    assert [kinds['parts/folded_0'], kinds['parts/folded_1']] == ['Const', 'Const']


def looked_up(graph_def, ids, init='group_deps'):
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name='')
        with tf.Session(graph=graph) as sess:
            sess.run(init)
            return sess.run('y:0', {'ids:0': ids}).tolist()


def test_sparsify_gather():
    from pytfgraph.tools.graph_transforms import TransformGraph
    after = TransformGraph(graph_def_of('columns'), ['ids'], ['y'], ['sparsify_gather'])
    assert np.allclose(looked_up(after, [0, 1, 2, 1, 0]), [[0.2], [0.], [1.2], [0.], [0.2]])
    # The saver has lost what it saved: a graph is stripped afterwards.
    after = TransformGraph(graph_def_of('variables'), ['ids'], ['y', 'group_deps'],
                           ['sparsify_gather(input_checkpoint="%s/variables")' % GOLDEN, 'strip_unused_nodes'])
    assert np.allclose(looked_up(after, [2, 0, 1]), [[3.], [1.], [2.]])


def test_sparsify_gather_of_parts(tmp_path):
    """Each part of a variable has its own rows."""
    from pytfgraph.tools.graph_transforms import TransformGraph
    with tf.Graph().as_default() as graph:
        ids = tf.placeholder(tf.int64, [None], name='ids')
        with tf.variable_scope('', partitioner=tf.fixed_size_partitioner(2)):
            w = list(tf.get_variable('w', initializer=tf.constant([[0.], [2.], [0.], [0.], [5.], [6.]])))
        tf.add(10. * tf.gather(w[0].value(), ids), tf.gather(w[1].value(), ids), name='y')
        saver, init = tf.train.Saver(), tf.global_variables_initializer()
        with tf.Session() as sess:
            sess.run(init)
            saver.save(sess, str(tmp_path / 'm'))
    after = TransformGraph(graph.as_graph_def(), ['ids'], ['y', 'group_deps'],
                           ['sparsify_gather(input_checkpoint="%s")' % (tmp_path / 'm'), 'strip_unused_nodes'])
    assert looked_up(after, [0, 1, 2]) == [[0.], [25.], [6.]]


def test_sparsify_gather_of_shared_columns():
    """Gathers that read one column share its table, and 32 bits are widened; what else needs the column keeps it."""
    from pytfgraph.tools.graph_transforms import TransformGraph
    with tf.Graph().as_default() as graph:
        ids = tf.placeholder(tf.int32, [2], name='ids')
        read = tf.identity(tf.constant([[0.], [3.], [0.]], name='w'), name='read')
        axis = tf.constant(0, name='axis')
        both = tf.gather(read, ids, axis=axis, name='a') + tf.gather(read, tf.cast(ids, tf.int64) + 1, axis=axis, name='b')
        tf.add(both, tf.reduce_sum(read), name='y')
        tf.concat([tf.identity(tf.constant([[1.]], name='v'), name='v/read'), tf.ones([1, 1])], 0, name='left')
        tf.gather(graph.get_tensor_by_name('v/read:0'), ids, name='c')
    after = TransformGraph(graph.as_graph_def(), ['ids'], ['y'], ['sparsify_gather'])
    kinds = {n.name: n.op for n in after.node}
    assert looked_up(after, [0, 1]) == [[6.], [6.]]
    assert list(kinds.values()).count('HashTable') == 2 and kinds['left'] == 'Identity' and kinds['read'] == 'Identity' and kinds['a/Cast'] == 'Cast' and 'axis' not in kinds


def test_sparsify_gather_refuses():
    from pytfgraph.tools.graph_transforms import TransformGraph
    with pytest.raises(tf.errors.NotFoundError):
        TransformGraph(graph_def_of('columns'), ['ids'], ['y'], ['sparsify_gather(input_checkpoint="none")'])
    with pytest.raises(tf.errors.InternalError, match='Unable to find RestoreV2 entry for variable: w/part_0'):
        TransformGraph(graph_def_of('variables'), ['ids'], ['y'], ['strip_unused_nodes(type=int64)', 'sparsify_gather'])


def test_quantize_weights():
    from pytfgraph.tools.graph_transforms import TransformGraph
    before = graph_def_of('weights')
    after = TransformGraph(before, ['x'], ['y'], ['quantize_weights'])
    assert sorted((n.name, n.op) for n in after.node if n.name.startswith('w')) == [
        ('w', 'Dequantize'), ('w_quantized_const', 'Const'), ('w_quantized_max', 'Const'), ('w_quantized_min', 'Const')]
    assert after.ByteSize() < before.ByteSize() / 3
    assert TransformGraph(before, ['x'], ['y'], ['quantize_weights(minimum_size=5000)']) == before
    if _core.has_op('Dequantize'):
        x = np.random.RandomState(0).randn(1, 40).astype(np.float32)
        values = []
        for graph_def in (before, after):
            with tf.Graph().as_default():
                y, = tf.import_graph_def(graph_def, return_elements=['y:0'], name='')
                values.append(tf.Session().run(y, {'x:0': x}))
        assert np.abs(values[0] - values[1]).max() < 0.5


def test_fold_batch_norms_leaves_what_is_shared(capfd):
    from pytfgraph.tools import optimize_for_inference_lib
    graph_def = graph_def_of('net')
    graph_def.node.add(name='other', op='Relu', input=['conv']).attr['T'].type = 1
    folded = optimize_for_inference_lib.fold_batch_norms(graph_def)
    assert sorted(n.name for n in folded.node) == sorted(n.name for n in graph_def.node)


# ---- command lines ----

def run_tool(name, *args):
    from pytfgraph import __main__
    return __main__.main(['pytfgraph', name] + list(args))


def test_command_lines(tmp_path, capfd):
    source, target = str(tmp_path / 'in.pb'), str(tmp_path / 'out' / 'out.pb')
    (tmp_path / 'in.pb').write_bytes(graph_def_of('small').SerializeToString())
    read = lambda: protos.message('tensorflow.GraphDef').FromString(open(target, 'rb').read())     # noqa: E731
    assert run_tool('transform_graph', '--in_graph=' + source, '--out_graph=' + target, '--inputs=x', '--outputs=y',
                    '--transforms=strip_unused_nodes fold_constants') == 0
    assert {n.name for n in read().node} == {'x', 'i', 'c', 't', 'm', 'n1', 'n2', 'y'}
    assert run_tool('strip_unused', '--input_graph=' + source, '--input_binary', '--output_graph', target, '--input_node_names=m',
                    '--output_node_names=y') == 0
    assert '4 ops in the final graph.' in capfd.readouterr().out
    assert {n.name for n in read().node} == {'m', 'n1', 'n2', 'y'}
    assert run_tool('optimize_for_inference', '--input=' + source, '--output=' + target, '--input_names=x', '--output_names=y') == 0
    assert 'c' not in {n.name for n in read().node}


@pytest.mark.parametrize('line, words', [
    ('transform_graph --in_graph=IN --out_graph=OUT --transforms=nonsense', "Transform 'nonsense' not recognized."),
    ('transform_graph --in_graph=NONE --out_graph=OUT --transforms=remove_device', 'does not exist!'),
    ('transform_graph --in_graph=BAD --out_graph=OUT --transforms=remove_device', 'Cannot parse file'),
    ('strip_unused --input_graph=IN --input_binary --output_graph=OUT --input_node_names=m', 'You need to supply the name of a node'),
    ('strip_unused --input_graph=IN --input_binary --output_graph=OUT --input_node_names=m --output_node_names=no', 'no is not in graph'),
    ('optimize_for_inference --input=BAD --output=OUT', 'Cannot parse file'),
    ('freeze_graph --output_graph=OUT', 'You need to supply one of'),
    ('nothing', 'usage: python -m pytfgraph run'),
])
def test_command_lines_that_fail(tmp_path, capfd, line, words):
    (tmp_path / 'in').write_bytes(graph_def_of('small').SerializeToString())
    (tmp_path / 'bad').write_bytes(b'\xff' * 20)
    for name in ('IN', 'OUT', 'NONE', 'BAD'):
        line = line.replace('=' + name, '=' + str(tmp_path / name.lower()))
    assert run_tool(*line.split()) != 0
    assert words in ''.join(capfd.readouterr())
    assert not (tmp_path / 'out').exists()


def transformed(program, outputs, transforms):
    """A graph, what became of it, and its answers before and after."""
    from pytfgraph.tools.graph_transforms import TransformGraph
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        feed = program()
        before, graph_def = sess.run(outputs, feed), graph.as_graph_def()
    after_def = TransformGraph(graph_def, ['x'], [o.split(':')[0] for o in outputs], transforms)
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.import_graph_def(after_def, name='')
        return {n.name: n for n in after_def.node}, before, sess.run(outputs, feed)


@pytest.mark.parametrize('rate,padding,kind', [([2, 2], 'SAME', 'conv'), ([2, 3], 'SAME', 'conv'), ([3, 2], 'VALID', 'conv'), ([2, 2], 'SAME', 'depthwise')])
def test_convolutions_of_pieces(rate, padding, kind):
    def program():
        x = tf.placeholder(tf.float32, [1, 9, 10, 2], name='x')
        w = tf.constant(np.random.RandomState(0).rand(3, 2, 2, 3).astype(np.float32), name='w')
        op = (lambda x: tf.nn.conv2d(x, w, [1, 1, 1, 1], 'VALID')) if kind == 'conv' else \
            (lambda x: tf.nn.depthwise_conv2d(x, w, [1, 1, 1, 1], 'VALID'))
        tf.identity(tf.nn.with_space_to_batch(x, rate, padding, lambda x, n, p: op(x), filter_shape=[3, 2, 2, 3]), name='y')
        return {'x:0': np.random.RandomState(1).rand(1, 9, 10, 2)}
    nodes, before, after = transformed(program, ['y:0'], ['flatten_atrous_conv'])
    np.testing.assert_allclose(after[0], before[0], rtol=1e-5)
    assert 'BatchToSpaceND' not in {n.op for n in nodes.values()}


def test_convolutions_of_pieces_that_are_read_elsewhere():
    def program():
        x = tf.placeholder(tf.float32, [1, 8, 8, 2], name='x')
        w = tf.constant(np.ones([3, 3, 2, 3], np.float32), name='w')
        s = tf.space_to_batch_nd(x, [2, 2], [[2, 2], [2, 2]], name='s')
        tf.batch_to_space_nd(tf.nn.conv2d(s, w, [1, 1, 1, 1], 'VALID', name='conv'), [2, 2], [[0, 0], [0, 0]], name='y')
        tf.reduce_sum(s, name='z')
        return {'x:0': np.ones([1, 8, 8, 2])}
    nodes, before, after = transformed(program, ['y:0', 'z:0'], ['flatten_atrous_conv'])
    assert nodes['y'].op == 'BatchToSpaceND' and np.array_equal(before[0], after[0]) and before[1] == after[1]


def test_tensor_arrays_of_version_2():
    """As 1.12.3 makes it, but for an attribute that the older operation does not know."""
    from pytfgraph.tools.graph_transforms import TransformGraph
    with tf.Graph().as_default() as graph:
        array = tf.TensorArray(tf.float32, 2, name='ta').write(0, 1.).write(1, 2.)
        tf.identity(array.stack(), name='y')
        result = {n.name: n for n in TransformGraph(graph.as_graph_def(), [], ['y'], ['backport_tensor_array_v3']).node}
    assert {n.op for n in result.values() if 'Array' in n.op} == {'TensorArrayV2', 'TensorArrayWriteV2', 'TensorArrayGatherV2', 'TensorArraySizeV2'}
    assert result['TensorArrayWrite/TensorArrayWriteV3'].input[3] == 'ta/replacement_flow_node'
    assert result['ta/replacement_flow_node'].attr['value'].tensor.float_val[:] == [1] and 'identical_element_shapes' not in result['ta'].attr


def test_logged_ranges_are_frozen(tmp_path):
    from pytfgraph.tools.graph_transforms import TransformGraph
    log = tmp_path / 'log'

    def program():
        x = tf.placeholder(tf.float32, [1, 8], name='x')
        a = _core.raw_op('QuantizeV2')(x, 0., 1., T=tf.quint8, mode='MIN_FIRST')
        m = _core.raw_op('QuantizedMatMul')(a[0], _core.raw_op('QuantizeV2')(np.ones([8, 3], np.float32), 0., 1., T=tf.quint8, mode='MIN_FIRST')[0],
                                            a[1], a[2], 0., 1., Toutput=tf.qint32)
        r = _core.raw_op('RequantizationRange')(m[0], m[1], m[2], name='m/rr')
        q = _core.raw_op('Requantize')(m[0], m[1], m[2], r[0], r[1], out_type=tf.quint8, name='q')
        _core.raw_op('Dequantize')(q[0], q[1], q[2], mode='MIN_FIRST', name='y')
        return {'x:0': np.ones([1, 8]) / 2}

    def frozen(text, more=''):
        log.write_text(text)
        nodes, _, _ = transformed(program, ['y:0'], ['freeze_requantization_ranges(min_max_log_file="%s"%s)' % (log, more)])
        assert 'm/rr' not in nodes and nodes['q'].input[3:] == ['m/rr/frozen_min:0', 'm/rr/frozen_max:0']
        return [nodes['m/rr/frozen_' + end].attr['value'].tensor.float_val[0] for end in ('min', 'max')]
    lines = 'other words\n' + ''.join(';m/rr__print__;__requant_min_max:[%g][%g]\n' % (-i, i * 2 + .5) for i in range(20))
    assert frozen(lines) == [-18, 38.5] and frozen(lines, ',min_percentile=10,max_percentile=20') == [-17, 32.5]
    for text, words in [('nothing', 'No min/max range logs were found'), (lines.replace('m/rr', 'n'), "that aren't present in the graph")]:
        with pytest.raises(tf.errors.InvalidArgumentError, match=words):
            frozen(text)
    with pytest.raises(tf.errors.NotFoundError):
        TransformGraph(tf.GraphDef(), [], [], ['freeze_requantization_ranges(min_max_log_file="%s")' % (tmp_path / 'none')])
    with pytest.raises(tf.errors.InvalidArgumentError, match='You must pass a file name to min_max_log_file'):
        TransformGraph(tf.GraphDef(), [], [], ['freeze_requantization_ranges'])


def test_eight_bits():
    """Values stay close; the same tensor may stand twice."""
    def program():
        x = tf.placeholder(tf.float32, [1, 40], name='x')
        w = tf.constant(np.random.RandomState(0).randn(40, 40).astype(np.float32), name='w')
        h = tf.nn.relu(tf.nn.bias_add(tf.matmul(x, w), tf.constant(np.random.RandomState(1).randn(40).astype(np.float32))))
        tf.identity(tf.add(h, h), name='y')
        return {'x:0': np.random.RandomState(2).rand(1, 40)}
    nodes, before, after = transformed(program, ['y:0'], ['quantize_weights', 'quantize_nodes'])
    assert {'QuantizedMatMul', 'QuantizedBiasAdd', 'QuantizedRelu', 'QuantizedAdd', 'Requantize', 'Dequantize'} <= {n.op for n in nodes.values()}
    assert 0 < np.abs(after[0] - before[0]).max() < .3
