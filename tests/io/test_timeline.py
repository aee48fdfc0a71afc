"""Step statistics as a trace: against TensorFlow 1.12.3's, and of a run."""
import json

import numpy as np

import pytfgraph as tf
import timeline_record
from pytfgraph import protos
from pytfgraph.client import timeline


def test_traces():
    want = json.loads(timeline_record.OUT.read_text())
    got = timeline_record.traces(timeline.Timeline, timeline_record.step_stats(protos.message('tensorflow.StepStats')))
    assert set(got) == set(want)
    for name in want:
        for g, w in zip(got[name]['traceEvents'], want[name]['traceEvents']):
            assert g == w, name
        assert len(got[name]['traceEvents']) == len(want[name]['traceEvents'])


def test_maximums():
    stats = timeline_record.step_stats(protos.message('tensorflow.StepStats'))
    most = timeline.Timeline(stats).analyze_step_stats().allocator_maximums
    assert most['other'].num_bytes == 80 and most['other'].tensors == {'c'} and most['other'].timestamp == 1010


def test_of_a_run():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [64, 64], name='x')
        product = tf.matmul(x, x, name='product')
        total = tf.reduce_sum(product, name='total')
        metadata = tf.RunMetadata()
        session.run([total, product], {x: np.ones([64, 64])}, options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), run_metadata=metadata)
    trace = json.loads(timeline.Timeline(metadata.step_stats).generate_chrome_trace_format(show_memory=True))
    ran = [e for e in trace['traceEvents'] if e['ph'] == 'X']
    assert {'MatMul', 'Sum'} <= {e['args']['op'] for e in ran}
    product = next(e for e in ran if e['args']['op'] == 'MatMul')
    assert product['args']['name'] == 'product' and product['dur'] >= 0 and product['ts'] > 1.6e15


def test_memory_and_outputs_of_a_run():
    """Every output is described; memory is what an operation took itself, so not what it passes on."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [8, 8], name='x')
        product = tf.matmul(x, x, name='product')
        same = tf.reshape(product, [64], name='same')
        low, high = tf.split(same, 2, name='halves')
        metadata = tf.RunMetadata()
        session.run([low, high, same], {x: np.ones([8, 8])}, options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), run_metadata=metadata)
    nodes = {n.node_name: n for d in metadata.step_stats.dev_stats for n in d.node_stats}
    assert nodes['product'].memory[0].total_bytes == 256 and nodes['product'].memory[0].allocator_name == 'cpu'
    assert not nodes['same'].memory and nodes['same'].output[0].tensor_description.allocation_description.requested_bytes == 256
    assert [o.slot for o in nodes['halves'].output] == [0, 1]
    assert [o.tensor_description.shape.dim[0].size for o in nodes['halves'].output] == [32, 32]
    assert nodes['halves'].timeline_label.startswith('halves = Split(')
