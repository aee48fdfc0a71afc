"""GraphDefs, binary and text: the other side imports them, runs them and writes them again."""
import os
import pathlib

from facts import near

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / 'golden' / 'graphs'

# Each program ends in tensors named out, out_1, ...; what they compute is compared.
PROGRAMS = {
    'arithmetic': """
x = tf.placeholder_with_default([[1., -2.], [3., 4.5]], [None, 2], name='x')
y = tf.matmul(x, x, transpose_b=True) / 2. - tf.reduce_mean(x, 1, keepdims=True)
tf.identity(tf.nn.softmax(tf.concat([y, tf.abs(x)], 1)), name='out')
tf.cast(tf.argmax(y, 1), tf.int32, name='out_1')
""",
    'convolutions': """
x = tf.reshape(tf.cast(tf.range(2 * 8 * 8 * 3), tf.float32) / 100., [2, 8, 8, 3])
w = tf.constant(np.random.RandomState(0).rand(3, 3, 3, 4).astype(np.float32) - .5)
y = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, w, [1, 1, 1, 1], 'SAME'), tf.constant([.1, .2, .3, .4])))
y = tf.nn.max_pool(y, [1, 2, 2, 1], [1, 2, 2, 1], 'VALID')
y, _, _ = tf.nn.fused_batch_norm(y, tf.ones([4]), tf.zeros([4]), tf.zeros([4]), tf.ones([4]), is_training=False)
tf.nn.avg_pool(tf.nn.depthwise_conv2d(y, w[:, :, :, :1] if False else tf.ones([2, 2, 4, 1]), [1, 1, 1, 1], 'SAME'), [1, 2, 2, 1],
               [1, 1, 1, 1], 'SAME', name='out')
""",
    'gradients': """
x = tf.constant([[.5, -1., 2.]], name='x')
w = tf.constant(np.linspace(-1, 1, 12).reshape(3, 4).astype(np.float32))
loss = tf.reduce_sum(tf.nn.softmax_cross_entropy_with_logits_v2(labels=tf.one_hot([2], 4), logits=tf.tanh(tf.matmul(x, w))))
g = tf.gradients(loss, [x, w])
tf.identity(g[0], name='out')
tf.identity(g[1], name='out_1')
""",
    'cond': """
p = tf.placeholder_with_default(True, [], name='p')
x = tf.constant([1., 2.])
y = tf.cond(p, lambda: tf.cond(x[0] > 5., lambda: x, lambda: -x * 3.), lambda: x + 1.)
tf.identity(y, name='out')
tf.identity(tf.gradients(y, x)[0], name='out_1')
tf.case([(x[0] > 1., lambda: x), (x[1] > 1., lambda: x * 10.)], default=lambda: x * 0., name='c')
tf.identity(tf.get_default_graph().get_tensor_by_name('c/cond/Merge:0'), name='out_2')
""",
    'loops': """
k = tf.constant(1.5)
_, total = tf.while_loop(lambda i, t: i < 5, lambda i, t: (i + 1, t * k + tf.cast(i, tf.float32)), [0, k])
tf.identity(total, name='out')
tf.identity(tf.gradients(total, k)[0], name='out_1')
tf.identity(tf.scan(lambda a, e: a * .5 + e, tf.range(6.)), name='out_2')
tf.identity(tf.map_fn(lambda r: tf.reduce_sum(r) * r, tf.reshape(tf.range(6.), [3, 2])), name='out_3')
""",
    'strings': """
s = tf.constant(['a b', '', 'c'])
tf.string_join([s, tf.as_string(tf.range(3))], '-', name='out')
tf.string_split(s)
tf.identity(tf.string_split(s).values, name='out_1')
tf.string_to_hash_bucket_fast(s, 1000, name='out_2')
tf.decode_raw(['\\x01\\x02', '\\x03\\x04'], tf.uint8, name='out_3')
""",
    'sparse': """
sp = tf.SparseTensor([[0, 1], [2, 0]], [2., 3.], [3, 2])
tf.sparse_tensor_dense_matmul(sp, tf.constant([[1., 2.], [3., 4.]]), name='out')
tf.identity(tf.sparse_tensor_to_dense(tf.sparse_reorder(sp)), name='out_3')
tf.sparse_segment_mean(tf.reshape(tf.range(8.), [4, 2]), [1, 3, 2], tf.constant([0, 0, 1], tf.int32), name='out_1')
tf.gather(tf.range(5) * 3, [4, 1], name='out_2')
""",
    'functions': """
from tensorflow.python.framework import function


@function.Defun(tf.float32, tf.float32, func_name='Both')
def both(a, b):
    return a * b + 1., tf.reduce_sum(a - b)


u, v = both(tf.constant([1., 2.]), tf.constant([3., 5.]))
tf.identity(u, name='out')
tf.identity(v, name='out_1')
""",
    'dtypes': """
for i, t in enumerate([tf.float16, tf.float64, tf.int8, tf.int16, tf.int32, tf.int64, tf.uint8, tf.uint16, tf.complex64, tf.complex128]):
    tf.identity(tf.constant([[1, 2], [3, 4]], t), name='out_%d' % i if i else 'out')
tf.cast(tf.cast(tf.constant([1.5, 2.7182]), tf.bfloat16), tf.float32, name='out_10')
tf.identity(tf.constant(True), name='out_11')
tf.identity(tf.constant(b'\\xff\\x00', shape=[2, 1]), name='out_12')
tf.zeros([0, 3], tf.int64, name='out_13')
tf.constant(7., shape=[100], name='out_14')
""",
    'random': """
tf.random_uniform([3], seed=5, name='r')
tf.identity(tf.random_normal([4], seed=7), name='out')
tf.random_uniform([2, 2], 0, 100, tf.int32, seed=9, name='out_1')
tf.identity(tf.random_shuffle(tf.range(6), seed=3), name='out_2')
""",
    'devices': """
with tf.device('/job:localhost/replica:0/task:0/device:CPU:0'):
    a = tf.constant(2., name='a')
with tf.control_dependencies([tf.no_op('n')]), tf.colocate_with(a.op):
    tf.multiply(a, 3., name='out')
""",
}


def build(tf, np, program):
    exec(compile(program, 'program', 'exec'), {'tf': tf, 'np': np})


def outs(graph):
    return sorted((op.outputs[0] for op in graph.get_operations() if op.name.split('_')[0] == 'out' and op.outputs), key=lambda t: t.name)


def described(graph):
    return sorted([op.name, op.type, [t.name for t in op.inputs], sorted(c.name for c in op.control_inputs)] for op in graph.get_operations())


def program_case(program):
    def write(tf, np, folder):
        build(tf, np, program)
        graph = tf.get_default_graph()
        tf.train.write_graph(graph, folder, 'graph.pb', as_text=False)
        tf.train.write_graph(graph.as_graph_def(add_shapes=True), folder, 'graph.pbtxt')

    def read(tf, np, folder):
        from google.protobuf import text_format
        with open('graph.pb', 'rb') as f:
            binary = tf.GraphDef.FromString(f.read())
        with open('graph.pbtxt') as f:
            text = text_format.Parse(f.read(), tf.GraphDef())
        facts = {}
        for kind, graph_def in (('binary', binary), ('text', text)):
            with tf.Graph().as_default() as graph, tf.Session() as session:
                tf.import_graph_def(graph_def, name='')
                facts[kind] = {'ops': described(graph), 'values': [near(np, v) for v in session.run(outs(graph))]}
                again = graph.as_graph_def()
            with tf.Graph().as_default() as graph, tf.Session() as session:
                tf.import_graph_def(again, name='in/a/scope')
                facts[kind]['again'] = [op.name for op in sorted(graph.get_operations(), key=lambda op: op.name)]
        assert facts['binary']['values'], 'nothing was computed'
        return facts
    return write, read


def snippet_case(path):
    """A program whose nodes are compared one by one elsewhere; here the files are only read, not run."""
    def write(tf, np, folder):
        try:
            build(tf, np, path.read_text())
        except Exception as error:      # a snippet may end in what TensorFlow itself refuses
            print(error)
        with open('graph.pb', 'wb') as f:
            f.write(tf.get_default_graph().as_graph_def(add_shapes=True).SerializeToString())

    def read(tf, np, folder):
        with open(os.path.join(folder, 'graph.pb'), 'rb') as f:
            tf.import_graph_def(tf.GraphDef.FromString(f.read()), name='')
        return described(tf.get_default_graph())
    return write, read, ['1.12']


CASES = {name: program_case(program) for name, program in PROGRAMS.items()}
CASES.update({'snippet_' + path.stem: snippet_case(path) for path in sorted(GOLDEN.glob('*.py'))})
