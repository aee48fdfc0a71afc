"""Programs that are trained for some steps, exported with their checkpoints, and trained on by the other side.

A case is added by a line of PROGRAMS: a text that makes the graph, and names what runs: "train" (an operation), "loss" (a tensor),
and whatever else is to be looked at, in the collection "shown".
"""
import os
import shutil
import tempfile

from facts import near

PROGRAMS = {
    'regression': """
x = tf.constant(np.linspace(-1, 1, 12).reshape(6, 2).astype(np.float32))
w = tf.Variable([[.5], [-.5]], name='w')
loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - x[:, :1] * 3. + 1.))
train = tf.train.GradientDescentOptimizer(.1).minimize(loss, tf.train.get_or_create_global_step())
tf.add_to_collection('shown', w)
""",
    'network': """
x = tf.constant(np.random.RandomState(1).rand(16, 8).astype(np.float32))
labels = tf.constant(np.arange(16) % 3)
with tf.variable_scope('hidden'):
    w = tf.get_variable('w', [8, 10], initializer=tf.constant_initializer(np.random.RandomState(2).randn(8, 10)))
    b = tf.get_variable('b', [10], initializer=tf.zeros_initializer())
h = tf.nn.dropout(tf.nn.relu(tf.nn.xw_plus_b(x, w, b)), .8, seed=11)
v = tf.get_variable('v', [10, 3], initializer=tf.constant_initializer(np.random.RandomState(3).randn(10, 3)), use_resource=True)
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=tf.matmul(h, v)))
optimizer = tf.train.AdamOptimizer(tf.train.exponential_decay(.05, tf.train.get_or_create_global_step(), 3, .9))
grads, _ = tf.clip_by_global_norm(tf.gradients(loss, [w, b, v]), 1.)
train = optimizer.apply_gradients(zip(grads, [w, b, v]), tf.train.get_global_step())
average = tf.train.ExponentialMovingAverage(.9)
with tf.control_dependencies([train]):
    train = average.apply([w])
tf.add_to_collection('shown', average.average(w))
""",
    'convolutions': """
x = tf.constant(np.random.RandomState(1).rand(4, 8, 8, 2).astype(np.float32))
k = tf.get_variable('k', [3, 3, 2, 4], initializer=tf.constant_initializer(np.random.RandomState(2).randn(3, 3, 2, 4)))
scale = tf.get_variable('scale', [4], initializer=tf.ones_initializer())
y, mean, variance = tf.nn.fused_batch_norm(tf.nn.conv2d(x, k, [1, 1, 1, 1], 'SAME'), scale, tf.zeros([4]))
y = tf.nn.max_pool(tf.nn.relu(y), [1, 2, 2, 1], [1, 2, 2, 1], 'SAME')
loss = tf.reduce_mean(tf.square(y - .3))
train = tf.train.MomentumOptimizer(.1, .9, use_nesterov=True).minimize(loss)
tf.add_to_collection('shown', mean)
""",
    'partitioned': """
ids = tf.constant([0, 3, 7, 9])
table = tf.get_variable('table', [10, 4], partitioner=tf.fixed_size_partitioner(3), initializer=tf.ones_initializer())
loss = tf.reduce_sum(tf.square(tf.nn.embedding_lookup(table, ids, partition_strategy='div')))
train = tf.train.AdagradOptimizer(.1).minimize(loss)
tf.add_to_collection('shown', tf.convert_to_tensor(table))
""",
    'conds': """
v = tf.Variable(4., name='v')
step = tf.train.get_or_create_global_step()
loss = tf.cond(tf.equal(step % 2, 0), lambda: tf.square(v), lambda: tf.cond(v > 0., lambda: v * 2., lambda: -v))
train = tf.train.GradientDescentOptimizer(.1).minimize(loss, step)
tf.add_to_collection('shown', v)
""",
    'loops': """
v = tf.Variable([1., .5], name='v')
_, state = tf.while_loop(lambda i, s: i < 4, lambda i, s: (i + 1, tf.tanh(s * v + .1)), [0, tf.constant([.2, .3])])
outs = tf.TensorArray(tf.float32, 3)
_, outs = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a.write(i, v * tf.cast(i, tf.float32))), [0, outs])
loss = tf.reduce_sum(tf.square(state)) + tf.reduce_sum(outs.stack()) + tf.reduce_sum(tf.scan(lambda a, e: a * e, tf.stack([v, v])))
train = tf.train.RMSPropOptimizer(.01).minimize(loss)
tf.add_to_collection('shown', v)
""",
    'rnn': """
x = tf.constant(np.random.RandomState(1).rand(3, 5, 4).astype(np.float32))
init = tf.random_uniform_initializer(-.5, .5, seed=3)
with tf.variable_scope('layers', initializer=init):
    cells = [tf.nn.rnn_cell.LSTMCell(6, use_peepholes=True), tf.nn.rnn_cell.GRUCell(5)]
    outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.MultiRNNCell(cells), x, sequence_length=[5, 2, 3], dtype=tf.float32)
loss = tf.reduce_mean(tf.square(outputs)) + tf.reduce_sum(state[0].c)
train = tf.train.GradientDescentOptimizer(.1).minimize(loss)
tf.add_to_collection('shown', outputs)
""",
    'unrolled': """
x = tf.constant(np.random.RandomState(1).rand(4, 3, 2).astype(np.float32))
with tf.variable_scope('unrolled', initializer=tf.random_uniform_initializer(-.5, .5, seed=3)):
    outputs, state = tf.nn.static_rnn(tf.nn.rnn_cell.BasicLSTMCell(4), tf.unstack(x), dtype=tf.float32)
loss = tf.reduce_mean(tf.square(outputs[-1]))
train = tf.train.AdamOptimizer(.05).minimize(loss)
tf.add_to_collection('shown', state.h)
""",
    'queues': """
x, y = tf.train.slice_input_producer([np.arange(12.).reshape(6, 2).astype(np.float32), np.arange(6, dtype=np.int32)], shuffle=False)
bx, by = tf.train.batch([x, y], 3)
w = tf.Variable([[.1], [.2]], name='w')
loss = tf.reduce_mean(tf.square(tf.matmul(bx, w)[:, 0] - tf.cast(by, tf.float32)))
train = tf.train.GradientDescentOptimizer(.001).minimize(loss)
tf.add_to_collection('shown', w)
""",
    'local': """
total = tf.Variable(0., name='total', trainable=False, collections=[tf.GraphKeys.LOCAL_VARIABLES])
words = tf.Variable(['one', 'two'], name='words')
whole = tf.Variable(np.arange(3), name='whole', trainable=False)
half = tf.Variable(np.float16(.5), name='half', trainable=False)
loss = tf.identity(total)
train = tf.group(total.assign_add(1.5), whole.assign_add([1, 2, 3]))
tf.add_to_collection('shown', words)
tf.add_to_collection('shown', half)
tf.add_to_collection('shown', whole)
""",
}


def run(tf, np, session, steps):
    """Losses of some steps and what is shown after them, with the queues running."""
    graph = session.graph
    name = graph.get_collection('names')[0]
    train, loss = graph.get_operation_by_name(name.decode() if isinstance(name, bytes) else name), graph.get_tensor_by_name('the_loss:0')
    coordinator = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(session, coordinator)
    losses = []
    for _ in range(steps):
        losses.append(float(session.run(loss)))         # in one run, the loss may be of the variables before or after the step
        session.run(train)
    shown = [near(np, v) for v in session.run(graph.get_collection('shown'))]
    coordinator.request_stop()
    coordinator.join(threads, stop_grace_period_secs=20)
    return {'losses': losses, 'shown': shown}


def program_case(program):
    def write(tf, np, folder):
        names = {'tf': tf, 'np': np}
        exec(compile(program, 'program', 'exec'), names)
        tf.identity(names['loss'], name='the_loss')
        tf.add_to_collection('names', names['train'].name)
        saver = tf.train.Saver()
        with tf.Session() as session:
            session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
            first = run(tf, np, session, 3)
            saver.save(session, os.path.join(folder, 'model'), global_step=3)
        return first

    def read(tf, np, folder):
        with tf.Session() as session:
            path = tf.train.latest_checkpoint(folder)
            saver = tf.train.import_meta_graph(path + '.meta')
            graph = session.graph
            session.run(tf.local_variables_initializer())
            saver.restore(session, path)
            facts = run(tf, np, session, 3)
            facts['collections'] = {str(k): len(graph.get_collection(k)) for k in graph.get_all_collection_keys()}
            again = tempfile.mkdtemp()
            saver.save(session, os.path.join(again, 'model'))
            facts['saved again'] = sorted(os.listdir(again))
            shutil.rmtree(again)
        with tf.Graph().as_default() as graph, tf.Session() as session:
            tf.train.import_meta_graph(path + '.meta', import_scope='in', clear_devices=True)
            facts['in a scope'] = sorted([op.name, op.type] for op in graph.get_operations())
            # A loss that was imported can be differentiated.
            grads = tf.gradients(graph.get_tensor_by_name('in/the_loss:0'), tf.trainable_variables())
            facts['gradients'] = [g is not None for g in grads]
        return facts
    return write, read


# TensorFlow 2.21 has no cells any more.
CELLS = {'rnn', 'unrolled'}
CASES = {name: program_case(program) + ((['1.12'],) if name in CELLS else ()) for name, program in PROGRAMS.items()}
