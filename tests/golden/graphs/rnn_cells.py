x = tf.placeholder(tf.float32, [None, 3], name="x")
C = tf.nn.rnn_cell
cell = C.LSTMCell(4, state_is_tuple=False, num_unit_shards=2, forget_bias=0.5)
cell(x, cell.zero_state(tf.shape(x)[0], tf.float32))
with tf.variable_scope("parts", partitioner=tf.fixed_size_partitioner(2)):
    cell = C.LSTMCell(4, num_proj=2, num_proj_shards=2, use_peepholes=True)
    o, s = cell(x, cell.zero_state(5, tf.float32))
    o, s = cell(x, s)
    tf.gradients(o, tf.trainable_variables("parts"))
with tf.variable_scope("basic"):
    cell = C.BasicLSTMCell(4, state_is_tuple=False, activation="softsign")
    cell(x, cell.zero_state(2, tf.float32), scope="given")
    cell(x, cell.zero_state(2, tf.float32))
with tf.variable_scope("dropout"):
    p = tf.placeholder_with_default(0.5, [])
    cell = C.DropoutWrapper(C.LSTMCell(4), input_keep_prob=p, state_keep_prob=0.25, output_keep_prob=0.75, seed=3)
    o, s = cell(x, cell.zero_state(2, tf.float32))
    cell = C.DropoutWrapper(C.GRUCell(4), input_keep_prob=0.5, state_keep_prob=p, output_keep_prob=0.5, seed=3, variational_recurrent=True,
                            input_size=tf.TensorShape([3]), dtype=tf.float32)
    o, s = cell(x, cell.zero_state(2, tf.float32))
    o, s = cell(x, s)
    cell = C.MultiRNNCell([C.DropoutWrapper(C.LSTMCell(4), output_keep_prob=0.5), C.ResidualWrapper(C.LSTMCell(4))])
    tf.nn.dynamic_rnn(cell, tf.zeros([2, 6, 3]), dtype=tf.float32)
    cell = C.DropoutWrapper(C.LSTMCell(4), state_keep_prob=0.5, variational_recurrent=True, dtype=tf.float32,
                            dropout_state_filter_visitor=lambda s: C.LSTMStateTuple(True, False) if isinstance(s, C.LSTMStateTuple) else True)
    tf.nn.static_rnn(cell, [x, x], dtype=tf.float32, scope="visitor")
with tf.variable_scope("device"):
    cell = C.DeviceWrapper(C.MultiRNNCell([C.GRUCell(2), C.BasicRNNCell(3)], state_is_tuple=False), "/cpu:0")
    cell(x, cell.zero_state(2, tf.float32))
with tf.variable_scope("regularized", regularizer=lambda w: tf.reduce_sum(w * w), initializer=tf.ones_initializer()):
    cell = C.BasicRNNCell(2, trainable=False)
    cell(x, tf.zeros([2, 2]))
class Own(C.RNNCell):
    state_size = property(lambda self: 2)
    output_size = property(lambda self: 2)
    def call(self, inputs, state):
        w = tf.get_variable("w", [3, 2])
        return tf.tanh(tf.matmul(inputs, w) + state), state
cell = Own()
o, s = tf.nn.dynamic_rnn(cell, tf.zeros([2, 6, 3]), dtype=tf.float32)
o, s = tf.nn.static_rnn(cell, [x, x], dtype=tf.float32, scope="own")
def loop_fn(time, output, state, loop_state):
    next_state = tf.zeros([3, 2]) if output is None else state
    return time >= tf.constant([2, 3, 4]), tf.ones([3, 3]), next_state, output, None
emitted, state, _ = tf.nn.raw_rnn(Own(name="raw"), loop_fn)
emitted.stack()
with tf.variable_scope("raw1"):
    inputs = tf.TensorArray(tf.float32, size=4).unstack(tf.placeholder(tf.float32, [4, None, 3]))
    def loop_fn(time, output, state, loop_state):
        n = 5
        if output is None:
            return tf.fill([n], False), tf.zeros([n, 3]), C.LSTMStateTuple(tf.zeros([n, 2]), tf.zeros([n, 2])), (tf.zeros([2]), tf.zeros([], tf.int32)), tf.constant(7.0)
        return tf.fill([n], False) | (time >= 4), tf.cond(time >= 4, lambda: tf.zeros([n, 3]), lambda: tf.ones([n, 3])), state, (output, tf.fill([n], time)), loop_state + 1
    tf.nn.raw_rnn(C.LSTMCell(2), loop_fn)
