"""Programs whose MetaGraphs are compared: each builds a graph, and says how to export it and import it again."""

PROGRAMS = {
    'plain': ("a = tf.constant([1., 2.], name='a')\ntf.identity(a, name='b')", {}, {}),
    'variables': ("""
v = tf.Variable([1., 2.], name='v')
w = tf.get_variable('s/w', [2, 3], initializer=tf.zeros_initializer(), trainable=False)
r = tf.get_variable('r', [3], use_resource=True)
local = tf.Variable(1, name='local', collections=[tf.GraphKeys.LOCAL_VARIABLES], trainable=False)
model = tf.Variable(1., name='model', collections=[tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.MODEL_VARIABLES])
tf.train.get_or_create_global_step()
tf.add_to_collection('mine', v)
tf.add(tf.matmul([v], w), r, name='y')
""", {}, {}),
    'slices': ("""
p = tf.get_variable('p', [8, 2], partitioner=tf.fixed_size_partitioner(3), initializer=tf.ones_initializer())
tf.identity(p, name='whole')
""", {}, {}),
    'kinds': ("""
a = tf.constant(1, name='a')
b = tf.constant(2., name='b')
tf.add_to_collection('nodes', a)
tf.add_to_collection('nodes', b.op)
tf.add_to_collection('texts', 'scope/of text')
tf.add_to_collection('texts', b'bytes \\xff')
tf.add_to_collection('ints', 3)
tf.add_to_collection('ints', -2 ** 40)
tf.add_to_collection('floats', 0.5)
tf.add_to_collection('floats', 0.1)
tf.add_to_collection('losses', tf.square(b))
from google.protobuf.any_pb2 import Any
any_ = Any(type_url='type.example/x', value=b'123')
tf.add_to_collection('anys', any_)
""", {}, {}),
    'mixed_kinds': ("""
a = tf.constant(1, name='a')
tf.add_to_collection('mixed', a)
tf.add_to_collection('mixed', 3)
tf.add_to_collection('object', object())
tf.add_to_collection(('a', 'tuple'), a)
tf.get_collection_ref('empty')
""", {}, {}),
    'devices': ("""
with tf.device('/job:w/task:1/device:CPU:0'):
    a = tf.constant(1., name='a')
with tf.device('/cpu:0'):
    v = tf.Variable(1., name='v')
with tf.colocate_with(v.op):
    tf.identity(a, name='b')
""", {'clear_devices': True}, {}),
    'devices_at_import': ("""
with tf.device('/job:w/task:1/device:CPU:0'):
    a = tf.constant(1., name='a')
    v = tf.Variable(1., name='v')
""", {}, {'clear_devices': True}),
    'defaults': ("""
a = tf.constant([[1., 2.]], name='a')
tf.matmul(a, a, transpose_b=True, name='m')
tf.reduce_sum(a, name='s')
v = tf.Variable(1., name='v')
tf.FIFOQueue(3, tf.float32, name='q').enqueue(v)
""", {'strip_default_attrs': True}, {}),
    'import_scope': ("""
v = tf.Variable([1., 2.], name='v')
r = tf.get_variable('r', [3], use_resource=True)
tf.add_to_collection('nodes', tf.multiply(v, 2., name='twice'))
tf.add_to_collection('texts', 'text')
tf.add_to_collection('floats', 0.5)
with tf.control_dependencies([v.initializer]), tf.colocate_with(r.op):
    tf.constant(1., name='after')
""", {}, {'import_scope': 'deep/in'}),
    'export_scope': ("""
x = tf.placeholder(tf.float32, [2], name='x')
with tf.variable_scope('hidden'):
    v = tf.get_variable('v', [2])
    r = tf.get_variable('r', [2], use_resource=True)
    y = tf.multiply(v, x, name='y')
    with tf.control_dependencies([y]), tf.colocate_with(v.op):
        tf.add(y, r, name='z')
with tf.variable_scope('other'):
    tf.get_variable('v', [2])
tf.add_to_collection('nodes', v)
tf.add_to_collection('nodes', x)
tf.add_to_collection('texts', 'hidden/text')
tf.add_to_collection('texts', 'text')
tf.add_to_collection('ints', 3)
""", {'export_scope': 'hidden'}, {'import_scope': 'again', 'unbound': ['$unbound_inputs_x']}),
    'chosen_collections': ("""
v = tf.Variable(1., name='v')
tf.add_to_collection('a', v)
tf.add_to_collection('b', v)
""", {'collection_list': ['b', 'trainable_variables']}, {}),
    'meta_info': ("tf.constant(1., name='a')", {'tags': ['serve', 'gpu'], 'any_info': True}, {}),
    'cond': ("""
p = tf.placeholder(tf.bool, [], name='p')
x = tf.placeholder(tf.float32, [], name='x')
tf.cond(p, lambda: x * 2, lambda: tf.cond(x > 0, lambda: x, lambda: -x), name='c')
""", {}, {'import_scope': 'in'}),
    'while': ("""
i = tf.constant(0, name='i')
k = tf.constant(3., name='k')
i, a = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * k), [i, k], name='w')
tf.gradients(a, k, name='g')
""", {}, {}),
    'while_in_scope': ("""
i = tf.constant(0, name='i')
tf.while_loop(lambda i: i < 3, lambda i: tf.cond(i > 1, lambda: i + 1, lambda: i + 2), [i], name='w')
""", {}, {'import_scope': 'in'}),
    'rnn': ("""
x = tf.placeholder(tf.float32, [2, 3, 4], name='x')
n = tf.placeholder(tf.int32, [2], name='n')
o, s = tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(5), x, sequence_length=n, dtype=tf.float32)
tf.reduce_sum(o * o, name='loss')
""", {}, {'gradients': ('loss:0', ['rnn/basic_lstm_cell/kernel/read:0', 'rnn/basic_lstm_cell/bias/read:0', 'x:0'])}),
    'rnn_both_ways': ("""
x = tf.placeholder(tf.float32, [None, None, 4], name='x')
n = tf.placeholder(tf.int64, [None], name='n')
cells = [tf.nn.rnn_cell.GRUCell(3), tf.nn.rnn_cell.LSTMCell(3, num_proj=2)]
(f, b), s = tf.nn.bidirectional_dynamic_rnn(cells[0], cells[1], x, sequence_length=n, dtype=tf.float32)
tf.add(tf.reduce_sum(f * f), tf.reduce_mean(b), name='loss')
""", {}, {'import_scope': 'in', 'gradients': ('in/loss:0', ['in/x:0'])}),
    'rnn_unrolled': ("""
xs = [tf.placeholder(tf.float32, [None, 4], name='x%d' % i) for i in range(2)]
n = tf.placeholder(tf.int32, [None], name='n')
cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.BasicRNNCell(3), tf.nn.rnn_cell.GRUCell(2)])
o, s = tf.nn.static_rnn(cell, xs, sequence_length=n, dtype=tf.float32)
tf.reduce_sum(o[-1], name='loss')
""", {}, {'import_scope': 'in', 'gradients': ('in/loss:0', ['in/x0:0', 'in/rnn/multi_rnn_cell/cell_0/basic_rnn_cell/kernel/read:0'])}),
    'rnn_trained': ("""
x = tf.placeholder(tf.float32, [2, None, 4], name='x')
o, s = tf.nn.dynamic_rnn(tf.nn.rnn_cell.LSTMCell(5), x, sequence_length=tf.placeholder(tf.int32, [None], name='n'), dtype=tf.float32)
loss = tf.reduce_sum(o, name='loss') + tf.reduce_sum(s.c) + tf.reduce_sum(s.h)
tf.add_to_collection('train', tf.train.AdamOptimizer(0.1).minimize(loss, tf.train.get_or_create_global_step()))
""", {}, {}),
    'queue_runners': ("""
q = tf.FIFOQueue(3, tf.float32, name='q')
tf.train.add_queue_runner(tf.train.QueueRunner(q, [q.enqueue(1.), q.enqueue(2.)]))
q.dequeue(name='out')
""", {}, {'import_scope': 'in'}),
    'saver': ("""
v = tf.Variable(1., name='v')
w = tf.Variable(2, name='w')
saver = tf.train.Saver(name='first')
tf.train.Saver([v], name='second', max_to_keep=2)
saver_def = saver.as_saver_def()
tf.add_to_collection('savers', saver)
""", {'saver_def': True}, {}),
    'clear_savers': ("""
v = tf.Variable(1., name='v')
saver = tf.train.Saver(name='first')
other = tf.train.Saver([v], name='second', max_to_keep=2)
tf.add_to_collection('savers', saver)
tf.add_to_collection('savers', other)
saver_def = other.as_saver_def()
""", {'saver_def': True, 'clear_extraneous_savers': True}, {}),
}


def build(tf, np, program):
    """The names that the program defines, its graph filled."""
    names = {'tf': tf, 'np': np}
    exec(compile(program, 'program', 'exec'), names)
    return names


def export(tf, names, how, filename=None):
    """The MetaGraphDef of the default graph."""
    how = dict(how)
    if how.pop('saver_def', False):
        how['saver_def'] = names['saver_def']
    tags = how.pop('tags', None)
    if tags:
        info = tf.MetaGraphDef.MetaInfoDef(meta_graph_version='v', tags=tags)
        if how.pop('any_info', False):
            info.any_info.type_url = 'type.example/y'
        how['meta_info_def'] = info
    return tf.train.export_meta_graph(filename=filename, **how)


def describe(tf, value):
    """A member of a collection in words that are the same in both libraries."""
    if isinstance(value, (tf.Tensor, tf.Operation, tf.Variable)):
        words = '%s %s' % (type(value).__name__, value.name)
        if isinstance(value, tf.Variable):
            words += ' %r' % sorted(value.to_proto().SerializeToString())
        return words
    if hasattr(value, 'to_proto'):
        return '%s %r' % (type(value).__name__, sorted(value.to_proto().SerializeToString(deterministic=True)))
    return repr(value)


def again(tf, meta_graph, how):
    """{'collections': ..., 'ops': ...} of a graph into which a MetaGraph was imported."""
    how = dict(how)
    with tf.Graph().as_default() as graph:
        unbound = how.pop('unbound', None)
        if unbound:
            how['input_map'] = {name: tf.zeros([2], name='given') for name in unbound}
        y, xs = how.pop('gradients', (None, []))
        saver = tf.train.import_meta_graph(meta_graph, **how)
        if y:
            tf.gradients(graph.get_tensor_by_name(y), [graph.get_tensor_by_name(x) for x in xs])
        return {'collections': {str(k): [describe(tf, v) for v in graph.get_collection(k)] for k in graph.get_all_collection_keys()},
                'ops': [[op.name, op.type, [i.name for i in op.inputs], [c.name for c in op.control_inputs], op.device]
                        for op in graph.get_operations()],
                'saver': saver is not None}
