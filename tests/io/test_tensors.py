"""Tensors and definitions as messages, byte for byte as TensorFlow 1.12.3 wrote them."""
import json
import pathlib

import numpy as np
import pytest

import pytfgraph as tf
from pytfgraph import _core, protos

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / 'golden' / 'io'
ROWS = [json.loads(line) for line in (GOLDEN / 'tensors.jsonl').read_text().splitlines()]
OP_DEFS = [json.loads(line) for line in (GOLDEN / 'op_defs.jsonl').read_text().splitlines()]


def array_of(row):
    dtype = getattr(tf, row['dtype'])
    if row['dtype'] == 'string':
        flat = np.empty(len(row['elements']), object)
        flat[:] = [bytes.fromhex(e) for e in row['elements']]
        return flat.reshape(row['shape'])
    return np.frombuffer(bytes.fromhex(row['elements']), dtype.as_numpy_dtype).reshape(row['shape'])


def message_of(row):
    return protos.message('tensorflow.TensorProto').FromString(bytes.fromhex(row['proto']))


def listed(message):
    """How many values the message lists, None if it holds bytes."""
    if message.tensor_content:
        return None
    return max(len(value) for field, value in [(f.name, v) for f, v in message.ListFields()] + [('x_val', ())]
               if field.endswith('_val'))


IDS = ['%s-%s-%d' % (r['dtype'], r['shape'], i) for i, r in enumerate(ROWS)]


@pytest.mark.parametrize('row', ROWS, ids=IDS)
def test_read(row):
    got = tf.make_ndarray(message_of(row))
    want = array_of(row)
    assert got.dtype == want.dtype and got.shape == want.shape
    assert got.tolist() == want.tolist() if row['dtype'] == 'string' else got.tobytes() == want.tobytes()


@pytest.mark.parametrize('row', ROWS, ids=IDS)
def test_constant(row):
    """A message given as an attribute comes back as it was, however it lists its elements."""
    graph = protos.message('tensorflow.GraphDef')()
    node = graph.node.add(name='c', op='Const')
    node.attr['dtype'].type = message_of(row).dtype
    node.attr['value'].tensor.CopyFrom(message_of(row))
    with tf.Graph().as_default() as g:
        tf.import_graph_def(graph, name='')
        op = g.get_operation_by_name('c')
        assert op.node_def.attr['value'].tensor.SerializeToString() == bytes.fromhex(row['proto'])
        assert op.outputs[0].shape.as_list() == row['shape']


@pytest.mark.parametrize('row', ROWS, ids=IDS)
def test_write(row):
    values = array_of(row)
    shape = row['shape']
    count = listed(message_of(row))
    per_element = 2 if row['dtype'].startswith('complex') else 1
    if count is not None and 0 < count < values.size * per_element:
        values = values.ravel()[:count // per_element]          # the last one stands for the rest
    if row['dtype'] == 'string' and isinstance(values, np.ndarray):
        values = values.tolist()
    proto = tf.make_tensor_proto(values, dtype=getattr(tf, row['dtype']), shape=shape)
    assert proto.SerializeToString() == bytes.fromhex(row['proto'])
    with tf.Graph().as_default():
        op = tf.constant(values, dtype=getattr(tf, row['dtype']), shape=shape).op
        assert op.node_def.attr['value'].tensor.SerializeToString() == bytes.fromhex(row['proto'])


@pytest.mark.parametrize('row', OP_DEFS, ids=[r['op'] for r in OP_DEFS])
def test_op_def(row):
    if not _core.has_op(row['op']):
        pytest.skip('not registered: ' + row['op'])
    theirs = protos.message('tensorflow.OpDef').FromString(bytes.fromhex(row['def']))
    ours = _core.op_def(row['op'])
    assert str(ours) == str(theirs)
    assert ours.SerializeToString() == bytes.fromhex(row['def'])
