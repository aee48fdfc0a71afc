"""What a run tells about itself: nodes as 1.12.3 lists them, the graph that was needed, its costs."""
import numpy as np

import pytfgraph as tf

DEVICE = '/job:localhost/replica:0/task:0/device:CPU:0'
FULL = tf.RunOptions.FULL_TRACE


def build():
    x = tf.placeholder(tf.float32, [2, 3], name='x')
    w = tf.Variable(tf.ones([3, 2]), name='w')
    y = tf.matmul(x, w, name='y')
    z = tf.reduce_sum(tf.nn.relu(y), name='z')
    return [z, tf.assign_add(w, tf.ones([3, 2]), name='up'), tf.cond(z > 0., lambda: z * 2., lambda: z, name='cc')]


def run(options, config=None, times=1):
    with tf.Graph().as_default(), tf.Session(config=config) as session:
        fetches = build()
        session.run(tf.global_variables_initializer())
        for _ in range(times):
            metadata = tf.RunMetadata()
            session.run(fetches, {'x:0': np.ones([2, 3])}, options, metadata)
    return metadata


def test_nodes():
    metadata = run(tf.RunOptions(trace_level=FULL))
    stats, = metadata.step_stats.dev_stats
    assert stats.device == DEVICE
    labels = {n.node_name: n.timeline_label for n in stats.node_stats}
    for name, label in [('_SOURCE', 'NoOp()'), ('_arg_x_0_0', '_Arg()'), ('_retval_z_0_2', '_Retval(z)'), ('_retval_up_0_1', '_Retval(up)'),
                        ('_retval_cc/Merge_0_0', '_Retval(cc/Merge)'), ('w', 'VariableV2()'), ('w/read', 'Identity(w)'), ('Const', 'Const()'),
                        ('Relu', 'Relu(y)'), ('y', 'MatMul(_arg_x_0_0, w/read)'), ('z', 'Sum(Relu, Const)'), ('cc/switch_t', 'Identity(cc/Switch:1)')]:
        assert labels[name] == '%s = %s' % (name, label)
    assert 'cc/switch_f' not in labels          # a branch that was not taken
    constant = next(n for n in stats.node_stats if n.node_name == 'ones_1')
    assert [d.size for d in constant.output[0].tensor_description.shape.dim] == [3, 2] and not constant.memory
    assert not metadata.HasField('cost_graph') and not metadata.partition_graphs


def test_partition_graph_can_be_imported():
    graph, = run(tf.RunOptions(output_partition_graphs=True)).partition_graphs
    nodes = {n.name: n for n in graph.node}
    assert {n.device for n in graph.node} == {DEVICE} and graph.versions.producer == 27
    assert list(nodes['y'].input) == ['_arg_x_0_0', 'w/read'] and nodes['_arg_x_0_0'].attr['index'].i == 0
    assert list(nodes['_retval_z_0_2'].input) == ['z'] and nodes['_retval_z_0_2'].attr['index'].i == 2
    assert nodes['Const'].attr['value'].tensor.tensor_content == np.int32([0, 1]).tobytes()
    assert 'ones' not in nodes                  # what was not needed
    for node in list(graph.node):               # no name that is imported begins with an underscore
        node.name = node.name.lstrip('_')
        for i, source in enumerate(node.input):
            node.input[i] = source.lstrip('_')
        if node.op in ('_Arg', '_Retval'):
            node.attr['dtype' if node.op == '_Arg' else 'T'].CopyFrom(node.attr['T'])
            node.op = {'_Arg': 'Placeholder', '_Retval': 'Identity'}[node.op]
            del node.attr['index']
            if node.op == 'Placeholder':
                del node.attr['T']
    graph.node.remove([n for n in graph.node if n.name == 'retval_up_0_1'][0])
    with tf.Graph().as_default(), tf.Session() as session:
        z, v = tf.import_graph_def(graph, name='', return_elements=['retval_z_0_2:0', 'w:0'])
        session.run(tf.assign(v, tf.ones([3, 2])))
        assert session.run(z, {'arg_x_0_0:0': np.ones([2, 3])}) == 12.


def test_costs():
    config = tf.ConfigProto(graph_options=tf.GraphOptions(build_cost_model=2, build_cost_model_after=1))
    for times, wanted in [(1, False), (2, False), (3, True), (4, False), (5, True)]:
        assert run(tf.RunOptions(), config, times).HasField('cost_graph') == wanted
    metadata = run(tf.RunOptions(), config, 3)
    assert not metadata.HasField('step_stats')
    nodes = metadata.cost_graph.node
    assert [n.id for n in nodes] == list(range(len(nodes))) and [nodes[0].name, nodes[1].name] == ['_SOURCE', '_SINK']
    by_name = {n.name: n for n in nodes}
    y, z = by_name['y'], by_name['z']
    assert [nodes[i.preceding_node].name for i in y.input_info] == ['_arg_x_0_0', 'w/read']
    assert y.output_info[0].size == 16 and [d.size for d in y.output_info[0].shape.dim] == [2, 2] and y.output_info[0].alias_input_port == -1
    assert z.output_info[0].size == 4 and z.compute_cost > 0 and y.device == DEVICE
    assert {nodes[i].name for i in nodes[1].control_input} == {'_SOURCE', '_retval_cc/Merge_0_0', '_retval_up_0_1', '_retval_z_0_2'}


def test_what_is_fed_and_fetched():
    with tf.Graph().as_default(), tf.Session() as session:
        half = tf.divide(tf.constant(3., name='three'), 2., name='half')
        metadata = tf.RunMetadata()
        session.run([half, 'three:0'], {'three:0': 4.}, tf.RunOptions(trace_level=FULL, output_partition_graphs=True), metadata)
    names = {n.name for n in metadata.partition_graphs[0].node}
    assert '_arg_three_0_0' in names and 'three' not in names and '_retval_half_0_0' in names


def test_devices():
    with tf.Graph().as_default(), tf.Session(config=tf.ConfigProto(device_count={'CPU': 2})) as session:
        with tf.device('/cpu:1'):
            a = tf.placeholder(tf.float32, name='a') * 2.
        metadata = tf.RunMetadata()
        session.run(a, {'a:0': 1.}, tf.RunOptions(trace_level=FULL, output_partition_graphs=True), metadata)
    assert [d.device[-5:] for d in metadata.step_stats.dev_stats] == ['CPU:0', 'CPU:1']
    assert {n.name: n.device[-5:] for n in metadata.partition_graphs[0].node}['mul'] == 'CPU:1'
