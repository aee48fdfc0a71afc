"""Graphs, and what tools are asked to make of them."""
import importlib
import pathlib

OUT = str(pathlib.Path(__file__).resolve().parent.parent / 'golden' / 'io' / 'tools')

GRAPHS = {
    'small': """
x = tf.placeholder(tf.float32, [None, 3], name='x')
a = tf.constant([[1., 2., 3.]], name='a')
b = tf.constant([[1., 2., 3.]], name='b')
with tf.device('/cpu:0'):
    i = tf.identity(x, name='i')
c = tf.check_numerics(i, 'bad', name='c')
s = tf.add(a, b, name='s')
t = tf.multiply(s, 2., name='t')
with tf.control_dependencies([c]):
    m = tf.multiply(c, t, name='m')
n1 = tf.negative(m, name='n1')
n2 = tf.negative(m, name='n2')
tf.add(n1, n2, name='y')
j = tf.identity(m, name='j')
tf.reduce_sum(j, name='unused')
""",
    'net': """
x = tf.placeholder(tf.float32, [1, 4, 4, 2], name='x')
w = tf.constant(np.random.rand(3, 3, 2, 3).astype(np.float32), name='w')
conv = tf.nn.conv2d(x, w, [1, 1, 1, 1], 'SAME', name='conv')
mean, var, beta, gamma = [tf.constant(np.random.rand(3).astype(np.float32), name=n) for n in ('mean', 'var', 'beta', 'gamma')]
tf.nn.relu(tf.identity(conv, name='old'), name='y')
graph_def = tf.get_default_graph().as_graph_def()
old = [n for n in graph_def.node if n.name == 'old'][0]
old.op = 'BatchNormWithGlobalNormalization'
old.input.extend(['mean', 'var', 'beta', 'gamma'])
old.attr['variance_epsilon'].f = 0.001
old.attr['scale_after_normalization'].b = True
graph_def.versions.producer = 8
""",
    'fused': """
x = tf.placeholder(tf.float32, [1, 4, 4, 2], name='x')
w = tf.constant(np.random.rand(3, 3, 2, 3).astype(np.float32), name='w')
r = tf.image.resize_bilinear(x, [8, 8], align_corners=True, name='r')
p = tf.pad(r, [[0, 0], [1, 1], [1, 1], [0, 0]], 'REFLECT', name='p')
conv = tf.nn.conv2d(p, w, [1, 2, 2, 1], 'VALID', name='conv')
mean, var, beta, gamma = [tf.constant(np.random.rand(3).astype(np.float32), name=n) for n in ('mean', 'var', 'beta', 'gamma')]
bn = tf.nn.fused_batch_norm(conv, gamma, beta, mean, var, epsilon=0.01, is_training=False, name='bn')[0]
tf.identity(bn, name='id')
tf.nn.relu('id:0' and tf.get_default_graph().get_tensor_by_name('id:0'), name='y')
""",
    'columns': """
gather = importlib.import_module('tensorflow.python.ops.gen_array_ops').gather
ids = tf.placeholder(tf.int64, [None], name='ids')
part = tf.identity(tf.constant([[0.2], [0.000001], [1.2], [-0.001]], name='w/part_1'), name='w/part_1/read')
empty = tf.identity(tf.constant(np.zeros([3, 1], np.float32), name='v'), name='v/read')
a = gather(part, ids, name='a')
b = tf.gather(empty, ids, name='b')
tf.concat([part, tf.ones([2, 1], name='ones'), empty, tf.ones([1, 1])], 0, name='all')
tf.concat([part, tf.ones([2, 1]), tf.zeros([1, 1]), tf.ones([1, 1])], 0, name='more')
tf.group(name='group_deps')
tf.add(a, b, name='y')
""",
    'wide': """
x = tf.placeholder(tf.int64, [None], name='x')
tf.gather(tf.identity(tf.constant(np.ones([3, 2], np.float32)), name='read'), x, name='y')
""",
    'doubled': """
x = tf.placeholder(tf.int64, [None], name='x')
read = tf.identity(tf.constant(np.ones([3, 1], np.float32)), name='read')
tf.gather(read, x, name='y')
tf.concat([read, read], 1, name='twice')
""",
    'ints': """
x = tf.placeholder(tf.int64, [None], name='x')
tf.gather(tf.identity(tf.constant([[1], [2]]), name='read'), x, name='y')
""",
    'across': """
x = tf.placeholder(tf.int64, [None], name='x')
tf.gather(tf.identity(tf.constant([[1.], [2.]]), name='read'), x, axis=1, name='y')
""",
    'variables': """
ids = tf.placeholder(tf.int64, [None], name='ids')
with tf.variable_scope('', partitioner=tf.fixed_size_partitioner(1), use_resource=False):
    w, = tf.get_variable('w', initializer=tf.constant([[0.], [2.], [0.]]))
u = tf.Variable([[1.], [0.], [3.]], name='u')
tf.add(tf.gather(w.value(), ids, name='g0'), tf.gather(u.value(), ids, name='g1'), name='y')
saver, init = tf.train.Saver(), tf.global_variables_initializer()
with tf.Session() as sess:
    sess.run(init)
    saver.save(sess, OUT + '/variables', write_meta_graph=False, latest_filename='variables.state')
os.remove(OUT + '/variables.state')
""",
    'mul': """
x = tf.placeholder(tf.float32, [5, 4], name='x')
w = tf.constant(np.random.rand(4, 3).astype(np.float32), name='w')
m = tf.matmul(x, w, name='m')
tf.multiply(m, tf.constant([1., 2., 3.], name='f'), name='y')
""",
    'pieces': """
x = tf.placeholder(tf.float32, [1, 8, 8, 2], name='x')
w = tf.constant(np.random.rand(3, 3, 2, 3).astype(np.float32), name='w')
s = tf.space_to_batch_nd(x, [2, 2], [[2, 2], [2, 2]], name='s')
tf.batch_to_space_nd(tf.nn.conv2d(s, w, [1, 1, 1, 1], 'VALID', name='conv'), [2, 2], [[0, 0], [0, 0]], name='b')
y = tf.identity(tf.get_default_graph().get_tensor_by_name('b:0'), name='y')
tf.split(tf.concat([y, y], 3, name='twice'), 2, 3, name='halves')
tf.add('halves:0' and tf.get_default_graph().get_tensor_by_name('halves:0'), tf.get_default_graph().get_tensor_by_name('halves:1'), name='z')
""",
    'eight': """
from tensorflow.python.ops import gen_array_ops
x = tf.placeholder(tf.float32, [1, 6, 6, 2], name='x')
w = tf.constant(np.random.randn(3, 3, 2, 2).astype(np.float32), name='w')
c = tf.nn.bias_add(tf.nn.conv2d(x, w, [1, 1, 1, 1], 'SAME', name='conv'), tf.constant([.5, -.5], name='b'), name='biased')
a = tf.add(tf.nn.relu6(c, name='r6'), tf.constant(np.random.randn(1, 6, 6, 2).astype(np.float32), name='k'), name='a')
p = tf.nn.max_pool(a, [1, 2, 2, 1], [1, 2, 2, 1], 'SAME', name='p')
q = tf.nn.avg_pool(tf.nn.relu(tf.identity(a, name='same'), name='r'), [1, 2, 2, 1], [1, 2, 2, 1], 'VALID', name='q')
s = tf.split(gen_array_ops.concat(3, [p, q], name='joined'), 2, 3, name='s')
m = tf.matmul(tf.reshape(tf.multiply(s[0], s[1], name='m'), [1, -1], name='flat'), tf.constant(np.random.randn(18, 3).astype(np.float32), name='v'), name='product')
tf.identity(m, name='y')
tf.add(tf.constant([1], name='one'), 2, name='whole')
""",
    'ranged': """
x = tf.placeholder(tf.float32, [1, 8], name='x')
m = tf.matmul(x, tf.constant(np.random.randn(8, 3).astype(np.float32), name='w'), name='m')
tf.identity(tf.nn.relu(tf.fake_quant_with_min_max_vars(m, -6., 6., name='f'), name='r'), name='y')
""",
    'weights': """
x = tf.placeholder(tf.float32, [1, 40], name='x')
w = tf.constant(np.random.randn(40, 40).astype(np.float32), name='w')
tf.matmul(x, w, name='y')
""",
}

_FLOAT = 1
CASES = {
    'strip_unused': ('small', ('strip', ['c'], ['y'], _FLOAT)),
    'strip_unused_types': ('small', ('strip', ['c', 's'], ['y', 'unused'], [_FLOAT, 2])),
    'strip_unused_tensor': ('small', ('strip', ['c:0'], ['y'], _FLOAT)),
    'strip_unused_missing': ('small', ('strip', ['none'], ['y'], _FLOAT)),
    'training_nodes': ('small', ('training', ['j'])),
    'optimize': ('small', ('optimize', ['x'], ['y', 'unused'], _FLOAT)),
    'optimize_net': ('net', ('optimize', ['x'], ['y'], _FLOAT)),
    'optimize_fused': ('fused', ('optimize', ['x'], ['y'], _FLOAT)),
    'optimize_toco': ('fused', ('optimize', ['x'], ['y'], _FLOAT, True)),
    't_strip': ('small', ('transform', ['x'], ['y'], ['strip_unused_nodes'])),
    't_strip_inside': ('small', ('transform', ['m'], ['y'], ['strip_unused_nodes(type=int32, shape="1,2,3")'])),
    't_strip_names': ('small', ('transform', ['c', 's'], ['y'],
                               ['strip_unused_nodes(name=c, type_for_name=half, shape_for_name="4", name=s, type_for_name=int64, shape_for_name="2,3")'])),
    't_remove': ('small', ('transform', ['x'], ['y', 'unused'], ['remove_nodes(op=Identity, op=CheckNumerics)'])),
    't_remove_none': ('small', ('transform', ['x'], ['y'], ['remove_nodes'])),
    't_merge': ('small', ('transform', ['x'], ['y'], ['merge_duplicate_nodes'])),
    't_device': ('small', ('transform', ['x'], ['y'], ['remove_device'])),
    't_set_device': ('small', ('transform', ['x'], ['y'], ['set_device(device="/device:GPU:0", if_default=true)'])),
    't_rename_op': ('small', ('transform', ['x'], ['y'], ['rename_op(old_op_name=Neg, new_op_name=Abs)'])),
    't_rename_attribute': ('small', ('transform', ['x'], ['y'],
                                     ['rename_attribute(old_attribute_name=message, new_attribute_name=other, op_name=CheckNumerics)'])),
    't_remove_attribute': ('small', ('transform', ['x'], ['y'], ['remove_attribute(attribute_name=T, op_name=Neg)'])),
    't_controls': ('small', ('transform', ['x'], ['y'], ['remove_control_dependencies'])),
    't_defaults': ('mul', ('transform', ['x'], ['y'], ['remove_attribute(attribute_name=transpose_a)', 'add_default_attributes'])),
    't_bn_mul': ('mul', ('transform', ['x'], ['y'], ['fold_batch_norms'])),
    't_old_bn': ('net', ('transform', ['x'], ['y'], ['strip_unused_nodes', 'fold_old_batch_norms'])),
    't_columns': ('columns', ('transform', ['ids'], ['y'], ['strip_unused_nodes(type=int64)', 'sparsify_gather'])),
    't_columns_read': ('columns', ('transform', ['ids'], ['y'], ['strip_unused_nodes(type=int64)', 'sparsify_gather(group_init_node=init)'])),
    't_columns_group': ('columns', ('transform', ['ids'], ['y'], ['sparsify_gather'])),
    't_columns_wide': ('wide', ('transform', ['x'], ['y'], ['sparsify_gather'])),
    't_columns_doubled': ('doubled', ('transform', ['x'], ['y'], ['sparsify_gather'])),
    't_columns_ints': ('ints', ('transform', ['x'], ['y'], ['sparsify_gather'])),
    't_columns_across': ('across', ('transform', ['x'], ['y'], ['sparsify_gather'])),
    't_columns_none': ('small', ('transform', ['x'], ['y'], ['sparsify_gather'])),
    't_columns_saved': ('variables', ('transform', ['ids'], ['y'], ['sparsify_gather(input_checkpoint="%OUT%/variables")'])),
    't_columns_init': ('variables', ('transform', ['ids'], ['y'], ['sparsify_gather(group_init_node=init, input_checkpoint="%OUT%/variables")'])),
    't_columns_unsaved': ('variables', ('transform', ['ids'], ['y'], ['sparsify_gather'])),
    't_round': ('weights', ('transform', ['x'], ['y'], ['round_weights(num_steps=16)'])),
    't_quantize': ('weights', ('transform', ['x'], ['y'], ['quantize_weights'])),
    't_concat': ('pieces', ('transform', ['x'], ['y', 'z'], ['backport_concatv2'])),
    't_pieces': ('pieces', ('transform', ['x'], ['y'], ['flatten_atrous_conv'])),
    't_log': ('pieces', ('transform', ['x'], ['y', 'z'], ['insert_logging'])),
    't_log_some': ('pieces', ('transform', ['x'], ['z'], ['insert_logging(op=Split, op=ConcatV2, prefix=t, prefix=h, message=m, show_name=1, '
                                                          'show_op=true, first_n=3, summarize=7)'])),
    't_nodes': ('eight', ('transform', ['x'], ['y'], ['quantize_nodes'])),
    't_nodes_input': ('eight', ('transform', ['x'], ['y'], ['quantize_nodes(input_min=-1, input_max=1)'])),
    't_nodes_fallback': ('eight', ('transform', ['x'], ['y'], ['quantize_nodes(fallback_min=-50, fallback_max=50)'])),
    't_nodes_ranged': ('ranged', ('transform', ['x'], ['y'], ['quantize_nodes'])),
    't_nodes_weights': ('weights', ('transform', ['x'], ['y'], ['quantize_weights', 'quantize_nodes', 'strip_unused_nodes'])),
    't_nodes_half': ('eight', ('transform', ['x'], ['y'], ['quantize_nodes(input_min=1)'])),
    't_two': ('small', ('transform', ['x'], ['y'], ['remove_device', 'strip_unused_nodes rename_op(old_op_name=Neg, new_op_name=Abs)'])),
    't_unknown': ('small', ('transform', ['x'], ['y'], ['no_such_thing'])),
    't_malformed': ('small', ('transform', ['x'], ['y'], ['remove_nodes(op'])),
    't_missing': ('small', ('transform', ['x'], ['nothing'], ['strip_unused_nodes'])),
}


def _attr(value):
    if not value.HasField('tensor'):
        return str(value)
    from tensorflow.python.framework import tensor_util
    array = tensor_util.MakeNdarray(value.tensor)
    if array.dtype.names:       # quantised
        array = array[array.dtype.names[0]]
    return '%s %s %s' % (value.tensor.dtype, list(array.shape), [v.decode() if isinstance(v, bytes) else round(float(v), 4) for v in array.ravel()[:8]])


def _inputs(node):
    """Those that stand in an order, and those that do not."""
    return [i for i in node.input if i[0] != '^'] + sorted(i for i in node.input if i[0] == '^')


def describe(graph_def):
    """The nodes of a graph, sorted by name, in words."""
    return [[n.name, n.op, _inputs(n), n.device, sorted([k, _attr(v)] for k, v in n.attr.items() if k != '_output_shapes')]
            for n in sorted(graph_def.node, key=lambda n: n.name)]


def run(tf, graph_def, call):
    """What a tool makes of a graph."""
    kind, args = call[0], call[1:]
    graph_def = tf.GraphDef.FromString(graph_def.SerializeToString())
    module = lambda name: importlib.import_module('tensorflow.' + name)    # noqa: E731
    if kind == 'strip':
        return module('python.tools.strip_unused_lib').strip_unused(graph_def, *args)
    if kind == 'training':
        return tf.graph_util.remove_training_nodes(graph_def, *args)
    if kind == 'optimize':
        return module('python.tools.optimize_for_inference_lib').optimize_for_inference(graph_def, *args)
    inputs, outputs, transforms = args
    return module('tools.graph_transforms').TransformGraph(graph_def, inputs, outputs, [t.replace('%OUT%', OUT) for t in transforms])


def answer(tf, graph_def, call):
    """The nodes of what comes out, or the error."""
    try:
        return describe(run(tf, graph_def, call))
    except Exception as e:
        return '%s: %s' % (type(e).__name__, getattr(e, 'message', None) or e.args[0])
