"""import_graph_def and as_graph_def against what TensorFlow 1.12.3 did with the same messages."""
import json
import pathlib

import numpy as np
import pytest

import graph_defs
import pytfgraph as tf
from pytfgraph import _core, protos

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / 'golden' / 'io'
ROWS = {row['case']: row for row in map(json.loads, (GOLDEN / 'imports.jsonl').read_text().splitlines())}
GRAPHS = sorted(p for p in (GOLDEN / 'graphs').glob('*.pb') if not p.stem.endswith('.again'))


def graph_class():
    return protos.message('tensorflow.GraphDef')


def skip_unless_registered(message):
    """Skips, aloud, where a family of operations is not there yet."""
    functions = {f.signature.name for f in message.library.function}
    missing = sorted({n.op for n in message.node if n.op and not _core.has_op(n.op)} - functions)
    if missing:
        pytest.skip('not registered: ' + ' '.join(missing))


def test_cases_are_recorded():
    assert [name for name, _ in graph_defs.CASES] == list(ROWS)


@pytest.mark.parametrize('name, make', graph_defs.CASES, ids=[name for name, _ in graph_defs.CASES])
def test_import(name, make):
    row = ROWS[name]
    graph = tf.Graph()
    message = make(graph_class(), protos.message('tensorflow.NodeDef'))
    skip_unless_registered(message)
    with graph.as_default():
        if 'ops' in row:
            tf.import_graph_def(message)
            assert graph_defs.describe(graph) == row['ops']
            return
        kind = getattr(tf.errors, row['class'], None) or {'ValueError': ValueError}[row['class']]
        with pytest.raises(kind) as error:
            tf.import_graph_def(message)
        assert str(getattr(error.value, 'message', error.value)) == row['message']


def size_known(ours, theirs):
    """Takes the sizes that 1.12.3 did not know from ours, where its inference knows less."""
    for mine, their in zip(ours.node, theirs.node):
        shapes = zip(mine.attr['_output_shapes'].list.shape, their.attr['_output_shapes'].list.shape) \
            if '_output_shapes' in their.attr else ()
        for a, b in shapes:
            for x, y in zip(a.dim, b.dim):
                if y.size == -1:
                    y.size = x.size


@pytest.mark.parametrize('path', GRAPHS, ids=[p.stem for p in GRAPHS])
def test_read_and_written(path):
    """What TensorFlow wrote becomes what TensorFlow makes of it (tests/c compares the bytes)."""
    message = graph_class().FromString(path.read_bytes())
    skip_unless_registered(message)
    again = path.with_suffix('.again.pb')
    wanted = graph_class().FromString(again.read_bytes()) if again.exists() else message
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(message, name='')
    written = graph.as_graph_def(add_shapes=True)
    if path.stem in ('gradients_array', 'more_ops'):
        size_known(written, wanted)
    assert [n.name for n in written.node] == [n.name for n in wanted.node]
    for ours, theirs in zip(written.node, wanted.node):
        assert str(ours) == str(theirs)
    assert str(written) == str(wanted)


def chain():
    g = graph_class()()
    a = g.node.add(name='a', op='Const')
    a.attr['dtype'].type = 1
    a.attr['value'].tensor.dtype = 1
    a.attr['value'].tensor.tensor_shape.SetInParent()
    a.attr['value'].tensor.float_val.append(1)
    b = g.node.add(name='b', op='Identity', input=['a', '^z'])
    b.attr['T'].type = 1
    g.node.add(name='z', op='NoOp')
    g.versions.producer = 27
    return g


def names(graph):
    return [op.name for op in graph.get_operations()]


def test_results_and_map():
    with tf.Graph().as_default():
        m = tf.constant([5.], name='m')
        r = tf.import_graph_def(chain(), input_map={'a:0': m, '^z': m}, return_elements=['a:0', 'b', 'b:0', 'a', b'z'])
        assert r[0] is m
        assert [x.name for x in r[1:]] == ['import/b', 'import/b:0', 'import/a', 'import/z']
        assert list(r[1].inputs) == [m] and list(r[1].control_inputs) == [m.op]
        assert tf.import_graph_def(chain()) is None
        assert tf.import_graph_def(chain(), return_elements=[]) == []
        r, = tf.import_graph_def(chain(), input_map={'b:0': m}, return_elements=['b:0'])
        assert r is m


def test_map_values_become_tensors():
    with tf.Graph().as_default() as g:
        r, = tf.import_graph_def(chain(), input_map={'a': 3.0}, return_elements=['b'])
        assert r.inputs[0].name == 'import/_inputs/Const:0'
        with pytest.raises(ValueError, match='requires a non-empty `name`'):
            tf.import_graph_def(chain(), input_map={'a': 3.0}, name='')
        assert 'import/a' in names(g)


@pytest.mark.parametrize('arguments, message', [
    (dict(return_elements=['b:3']), "Invalid return output 3 of node 'b', which has 1 output(s)"),
    (dict(return_elements=['z:0']), "Invalid return output 0 of node 'z', which has 0 output(s)"),
    (dict(return_elements=['q']), "Requested return node 'q' not found in graph def"),
    (dict(return_elements=['q:0']), "Requested return tensor 'q:0' not found in graph def"),
    (dict(return_elements=['b:x']), "Cannot convert 'b:x' to a tensor name."),
    (dict(input_map={'q': 1}), 'Attempted to map inputs that were not found in graph_def: [q:0]'),
    (dict(input_map={'a:3': 1}), 'Attempted to map inputs that were not found in graph_def: [a:3]'),
    (dict(input_map={'^q': 1}), 'Attempted to map inputs that were not found in graph_def: [^q]'),
    (dict(input_map={'a': 1, 'z:0': 1}), 'Attempted to map inputs that were not found in graph_def: [z:0]'),
    (dict(input_map={'a:0:0': 1}), "Cannot convert 'a:0:0' to a tensor name."),
])
def test_results_and_map_errors(arguments, message):
    with tf.Graph().as_default():
        m = tf.constant(1.)
        if 'input_map' in arguments:
            arguments = {'input_map': {k: m for k in arguments['input_map']}}
        with pytest.raises(ValueError) as error:
            tf.import_graph_def(chain(), **arguments)
        assert str(error.value) == message


def test_wrong_arguments():
    with tf.Graph().as_default():
        for wrong in (None, 3, 'x', chain().node[0]):
            with pytest.raises(TypeError, match='graph_def must be a GraphDef proto.'):
                tf.import_graph_def(wrong)
        with pytest.raises(TypeError, match='input_map must be a dictionary mapping strings to Tensor objects.'):
            tf.import_graph_def(chain(), input_map={1: 2})
        with pytest.raises(TypeError, match='return_elements must be a list of strings.'):
            tf.import_graph_def(chain(), return_elements=[1])


def test_names_are_made_unique():
    g = tf.Graph()
    message = graph_class()()
    for name in ('a', 'b', 'b_1', 'x/y'):
        message.node.add(name=name, op='NoOp')
    other = graph_class()()
    for name in ('x', 'c', 'c/d'):
        other.node.add(name=name, op='NoOp')
    with g.as_default():
        for _ in range(3):
            tf.import_graph_def(message, name='')
        assert names(g) == ['a', 'b', 'b_1', 'x/y', 'a_1', 'b_2', 'b_1_1', 'x/y_1', 'a_2', 'b_3', 'b_1_2', 'x/y_2']
        tf.no_op(name='x')
        tf.no_op(name='x/y')
        tf.import_graph_def(other, name='')
        assert names(g)[12:] == ['x', 'x/y_3', 'x_1', 'c', 'c/d']


def test_scopes_in_force():
    """Device functions and control dependencies apply to imported nodes; colocated ones take the device of their neighbour."""
    g = tf.Graph()
    message = graph_class()()
    x = message.node.add(name='x', op='NoOp')
    message.node.add(name='d', op='NoOp', device='/gpu:0')
    message.node.add(name='e', op='NoOp', device='/job:w')
    q = message.node.add(name='q', op='NoOp', input=['^x'])
    q.attr['_class'].list.s.append(b'loc:@d')
    with g.as_default():
        first = tf.no_op(name='a')
        with tf.device('/cpu:3'), tf.control_dependencies([first]), tf.name_scope('s'):
            tf.import_graph_def(message)
    assert [(o.name, o.device, o.colocation_groups(), [c.name for c in o.control_inputs]) for o in g.get_operations()[1:]] == [
        ('s/import/x', '/device:CPU:3', [b'loc:@s/import/x'], ['a']),
        ('s/import/d', '/device:GPU:0', [b'loc:@s/import/d'], ['a']),
        ('s/import/e', '/job:w/device:CPU:3', [b'loc:@s/import/e'], ['a']),
        ('s/import/q', '/device:GPU:0', [b'loc:@s/import/d'], ['s/import/x', 'a'])]


def test_unknown_op():
    with tf.Graph().as_default():
        message = graph_class()()
        message.node.add(name='n', op='NoSuchOp')
        with pytest.raises(tf.errors.NotFoundError) as error:
            tf.import_graph_def(message)
        assert error.value.message.startswith("Op type not registered 'NoSuchOp' in binary running on ")
        assert 'lazily registered when the module is first accessed.' in error.value.message


def test_producer_op_list():
    message = chain()
    message.node[1].attr['newer'].i = 7
    ops = protos.message('tensorflow.OpList')()
    op = ops.op.add(name='Identity')
    op.attr.add(name='newer', type='int').default_value.i = 7
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="NodeDef mentions attr 'newer'"):
            tf.import_graph_def(message)
        b, = tf.import_graph_def(message, return_elements=['b'], producer_op_list=ops)
        assert 'newer' not in b.node_def.attr and 'newer' in message.node[1].attr
        message.node[1].attr['newer'].i = 8
        with pytest.raises(ValueError, match="NodeDef mentions attr 'newer'"):
            tf.import_graph_def(message, producer_op_list=ops)


def test_attributes_of_later_versions():
    """Attributes that 1.12 does not know are passed over where they have the default that means the same."""
    message = graph_class()()
    message.node.add(name='v', op='VarHandleOp')
    message.node[0].attr['dtype'].type = 1
    message.node[0].attr['shape'].shape.dim.add(size=2)
    message.node[0].attr['allowed_devices'].list.SetInParent()
    message.node[0].attr['debug_name'].s = b''
    with tf.Graph().as_default():
        v, = tf.import_graph_def(message, return_elements=['v'])
        assert sorted(v.node_def.attr) == ['container', 'dtype', 'shape', 'shared_name']
        message.node[0].attr['allowed_devices'].list.s.append(b'/cpu:0')
        with pytest.raises(ValueError, match="NodeDef mentions attr 'allowed_devices' not in Op<name=VarHandleOp;"):
            tf.import_graph_def(message)


def test_import_in_pieces():
    """A GraphDef of large constants is read node by node, one of many small nodes in one piece: nothing else may differ."""
    import numpy as np
    from pytfgraph.framework import importer
    graph = tf.Graph()
    with graph.as_default():
        big = [tf.constant(np.full([200000], i, np.float32), name='c%d' % i) for i in range(3)]
        x = tf.add_n(big, name='sum')
        for i in range(1100):
            x = tf.identity(x)
    whole = graph.as_graph_def()
    assert importer._in_pieces(whole)[1] is not None
    for message in (whole, whole.SerializeToString()):
        with tf.Graph().as_default() as again:
            tf.import_graph_def(message, name='')
            assert [op.name for op in again.get_operations()] == [op.name for op in graph.get_operations()]
            assert again.as_graph_def() == whole
            assert tf.Session().run('sum:0')[0] == 3
    small = tf.Graph()
    with small.as_default():
        for i in range(1100):
            tf.constant(1., name='a')
    assert importer._in_pieces(small.as_graph_def())[1] is None
    with pytest.raises(ValueError, match="Node 'c0' is not unique"):
        whole.node.add().CopyFrom(whole.node[0])
        with tf.Graph().as_default():
            tf.import_graph_def(whole)
    with tf.Graph().as_default(), pytest.raises(tf.errors.DataLossError):
        tf.import_graph_def(b'\xff\xff\xff')


def test_large_constants_are_handed_over_apart():
    """Constants above a size give their elements without being serialised: all forms, names and attributes stay what they were."""
    def message(**tensor):
        graph_def = tf.GraphDef()
        for i in range(2):
            node = graph_def.node.add(name='c%d' % i, op='Const', device='/device:CPU:0', input=['^c0'] * i)
            node.attr['dtype'].type = tensor['dtype']
            node.attr['_class'].list.s.append(b'loc:@c0')
            node.attr['value'].tensor.CopyFrom(protos.message('tensorflow.TensorProto')(**tensor))
        graph_def.versions.producer = 27
        return graph_def

    def shape(*dims):
        return {'dim': [{'size': d} for d in dims]}

    content = np.arange(3000000, dtype=np.int32)
    for tensor, want in [
            (dict(dtype=3, tensor_shape=shape(1500, 2000), tensor_content=content.tobytes()), content.reshape(1500, 2000)),
            (dict(dtype=3, tensor_shape=shape(1500, 2000), int_val=[5, 7]), None),
            (dict(dtype=10, tensor_shape=shape(1000000), tensor_content=b'\0\1' * 500000), np.arange(1000000) % 2 == 1),
            (dict(dtype=7, tensor_shape=shape(100000), string_val=[b'x']), np.full([100000], b'x', object))]:
        if want is None:
            want = np.full([1500, 2000], 7)
            want[0, 0] = 5
        graph_def = message(**tensor)
        before = graph_def.SerializeToString(deterministic=True)
        with tf.Graph().as_default() as graph, tf.Session() as sess:
            tf.import_graph_def(graph_def, name='')
            np.testing.assert_array_equal(sess.run('c1:0'), want)
            assert graph.as_graph_def() == graph_def
        assert graph_def.SerializeToString(deterministic=True) == before
    for bad in (dict(dtype=3, tensor_shape=shape(1500, 2000), tensor_content=content.tobytes()[:-1]),
                dict(dtype=3, tensor_shape=shape(1 << 40, 1 << 40), tensor_content=b'123')):
        with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
            with tf.Graph().as_default():
                tf.import_graph_def(message(**bad))
