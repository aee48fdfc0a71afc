"""tf.contrib.rnn: cells and functions beyond those of tf.nn."""
C = tf.contrib.rnn
tf.set_random_seed(7)
x = tf.placeholder_with_default(np.arange(24).reshape(2, 4, 3).astype(np.float32) / 24, [None, 4, 3], name="x")
major = tf.transpose(x, [1, 0, 2])
lengths = tf.constant([2, 3])

def run(*fetches):
    with tf.Session() as s:
        s.run(tf.global_variables_initializer())
        return s.run(fetches)

def names():
    return [v.name for v in tf.global_variables()]

#: what is that of tf.nn
C.BasicLSTMCell is tf.nn.rnn_cell.BasicLSTMCell, C.BasicRNNCell is tf.nn.rnn_cell.BasicRNNCell, C.GRUCell is tf.nn.rnn_cell.GRUCell, C.LSTMCell is tf.nn.rnn_cell.LSTMCell
C.MultiRNNCell is tf.nn.rnn_cell.MultiRNNCell, C.DropoutWrapper is tf.nn.rnn_cell.DropoutWrapper, C.RNNCell is tf.nn.rnn_cell.RNNCell, C.LSTMStateTuple is tf.nn.rnn_cell.LSTMStateTuple
C.static_rnn is tf.nn.static_rnn, C.static_bidirectional_rnn is tf.nn.static_bidirectional_rnn, C.static_state_saving_rnn is tf.nn.static_state_saving_rnn
C.transpose_batch_time(x), C.best_effort_input_batch_size([x]), C.LayerRNNCell.__name__
from tensorflow.contrib.rnn.python.ops import core_rnn_cell, rnn_cell, lstm_ops, gru_ops, fused_rnn_cell
from tensorflow.contrib import rnn
rnn.BasicLSTMCell is C.BasicLSTMCell
from tensorflow.contrib.rnn import static_rnn, GRUBlockCell

#: block cells
cell = C.LSTMBlockCell(3, forget_bias=0.5)
o, s = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
o, s, run(o, s), names(), cell.state_size, cell.output_size
cell = C.LSTMBlockCell(3, use_peephole=True, cell_clip=0.1, name="peephole")
o, s = tf.nn.dynamic_rnn(cell, x, lengths, dtype=tf.float32)
o, s, run(o, s), run(tf.gradients(o, tf.trainable_variables()[2:])), names()
cell = C.GRUBlockCell(3)
o, s = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, scope="g")
o, s, run(o, s), run(tf.gradients(o, tf.trainable_variables("g"))), names()
cell = C.GRUBlockCellV2(num_units=3)
o, s = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, scope="g2")
o, s, run(o, s), names()
C.GRUBlockCell(), C.GRUBlockCell(3, 3), C.GRUBlockCell(cell_size=3).state_size
C.GRUBlockCell(3)(x[:, 0], tf.zeros([2, 4])), C.LSTMBlockCell(3)(x[:, 0], (tf.zeros([2, 3]),)), C.LSTMBlockCell(3)(tf.placeholder(tf.float32, [2, None]), (tf.zeros([2, 3]), tf.zeros([2, 3]))), C.GRUBlockCell(3)(tf.placeholder(tf.float32, [2, None]), tf.zeros([2, 3]))
with tf.variable_scope("same"): a = C.LSTMBlockCell(3, forget_bias=1.)(x[:, 0], (tf.ones([2, 3]), tf.ones([2, 3])))[0]
with tf.variable_scope("same", reuse=True): b = C.LSTMCell(3)(x[:, 0], (tf.ones([2, 3]), tf.ones([2, 3])))[0]
run(tf.reduce_max(tf.abs(a - b)) < 1e-6)

#: fused cells
cell = C.LSTMBlockFusedCell(3)
o, s = cell(major, dtype=tf.float32)
o, s, run(o, s), names(), cell.num_units
o, s = cell(major, dtype=tf.float32, sequence_length=lengths)
o, s, run(o, s), run(tf.gradients([o, s[0]], tf.trainable_variables()))
cell = C.LSTMBlockFusedCell(3, use_peephole=True, cell_clip=0.2, forget_bias=0.3, name="full")
o, s = cell(tf.unstack(major), initial_state=(tf.ones([2, 3]), tf.ones([2, 3])), sequence_length=[0, 4])
o, s, run(o, s), names()
cell(major), cell(major, initial_state=(1, 2, 3)), cell(x[0], dtype=tf.float32), cell(tf.placeholder(tf.float32, [None, None, None]), dtype=tf.float32)
o, s = C.TimeReversedFusedRNN(C.LSTMBlockFusedCell(3, name="back"))(major, dtype=tf.float32, sequence_length=lengths)
o, s, run(o, s)
o, s = C.TimeReversedFusedRNN(C.FusedRNNCellAdaptor(C.GRUCell(2)))(tf.unstack(major), dtype=tf.float32)
o, s, run(o, s)
o, s = C.FusedRNNCellAdaptor(C.GRUCell(2), use_dynamic_rnn=True)(major, dtype=tf.float32, sequence_length=lengths, scope="adapted")
o, s, run(o, s)
o, s = C.FusedRNNCellAdaptor(C.GRUCell(2), use_dynamic_rnn=True)(tf.unstack(major), initial_state=tf.ones([2, 2]), scope="adapted2")
o, s
o, s = C.FusedRNNCellAdaptor(C.GRUCell(2))(major, dtype=tf.float32, scope="adapted3")
o, s, names()
C.FusedRNNCell()

#: wrappers
cell = C.EmbeddingWrapper(C.GRUCell(2), 5, 3)
o, s = tf.nn.static_rnn(cell, [tf.constant([1, 4]), tf.constant([0, 2])], dtype=tf.float32)
o, s, run(o, s), names(), cell.state_size
o, s = C.EmbeddingWrapper(C.LSTMCell(2), 5, 3, initializer=tf.ones_initializer())(tf.constant([[1], [4]]), (tf.zeros([2, 2]), tf.zeros([2, 2])))
o, s
cell = C.InputProjectionWrapper(C.GRUCell(2), 4, activation=tf.tanh)
o, s = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, scope="in")
o, s, run(o, s)
cell = C.OutputProjectionWrapper(C.GRUCell(2), 4, activation=tf.nn.relu)
o, s = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, scope="out")
o, s, run(o, s), names(), cell.output_size, [v.name for v in cell.variables]
C.EmbeddingWrapper(C.GRUCell(2), 0, 3), C.EmbeddingWrapper(3, 1, 3), C.InputProjectionWrapper(3, 1), C.OutputProjectionWrapper(C.GRUCell(2), 0)
core_rnn_cell = __import__("tensorflow.contrib.rnn.python.ops.core_rnn_cell", fromlist=["_linear"])
with tf.variable_scope("l"): y = core_rnn_cell._linear([x[:, 0], tf.ones([2, 2])], 3, True)
y, run(y), core_rnn_cell._linear([], 3, True), core_rnn_cell._linear([x], 3, True), core_rnn_cell._linear(tf.placeholder(tf.float32, [2, None]), 3, True)
with tf.variable_scope("l2", partitioner=tf.fixed_size_partitioner(2)): linear = core_rnn_cell._Linear([x[:, 0], tf.ones([2, 2])], 3, True, bias_initializer=tf.ones_initializer())
linear([x[:, 0], tf.ones([2, 2])]), names()

#: stacks of bidirectional layers
steps = tf.unstack(x, axis=1)
o, f, b = C.stack_bidirectional_rnn([C.GRUCell(2), C.LSTMCell(2)], [C.GRUCell(3), C.LSTMCell(3)], steps, dtype=tf.float32, sequence_length=lengths)
o, f, b, run(o, f, b), names()
o, f, b = C.stack_bidirectional_dynamic_rnn([C.GRUCell(2), C.GRUCell(2)], [C.GRUCell(2), C.GRUCell(2)], x, dtype=tf.float32, sequence_length=lengths, scope="d")
o, f, b, run(o, f, b), names()
o, f, b = C.stack_bidirectional_dynamic_rnn([C.GRUCell(2)], [C.GRUCell(2)], major, [tf.ones([2, 2])], [tf.zeros([2, 2])], time_major=True, scope="e")
o, f, b
C.stack_bidirectional_rnn([], [1], steps), C.stack_bidirectional_rnn([1], [], steps), C.stack_bidirectional_rnn((1,), [1], steps), C.stack_bidirectional_rnn([1], (1,), steps), C.stack_bidirectional_rnn([1], [1, 2], steps)
C.stack_bidirectional_dynamic_rnn([1], [1], x, initial_states_fw=1), C.stack_bidirectional_dynamic_rnn([1], [1], x, initial_states_bw=[1, 2])

#: cells of contrib
o, s = tf.nn.dynamic_rnn(C.LayerNormBasicLSTMCell(3), x, dtype=tf.float32)
o, s, run(o, s), names()
o, s = tf.nn.dynamic_rnn(C.LayerNormBasicLSTMCell(3, layer_norm=False, dropout_keep_prob=0.5, dropout_prob_seed=3, activation=tf.nn.relu), x, dtype=tf.float32, scope="d", parallel_iterations=1)
o, s, run(o, s), names()
o, s = tf.nn.dynamic_rnn(C.UGRNNCell(3), x, dtype=tf.float32, scope="u")
o, s, run(o, s), names()
o, s = tf.nn.dynamic_rnn(C.HighwayWrapper(C.GRUCell(3)), x, dtype=tf.float32, scope="h")
o, s, run(o, s), names()
o, s = tf.nn.dynamic_rnn(C.HighwayWrapper(C.GRUCell(3), couple_carry_transform_gates=False, carry_bias_init=0.5), x, dtype=tf.float32, scope="h2")
o, s, run(o, s), names()
cell = C.AttentionCellWrapper(C.GRUCell(3), 2)
cell.state_size, cell.output_size
o, s = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, scope="a")
o, s, run(o, s), names()
cell = C.AttentionCellWrapper(C.LSTMCell(3), 2, attn_size=4, attn_vec_size=5, input_size=6)
o, s = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, scope="a2")
o, s, run(o, s), names()
cell = C.AttentionCellWrapper(C.GRUCell(3), 2, state_is_tuple=False)
cell.state_size
o, s = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, scope="a3")
o, s, run(o, s), names()
C.AttentionCellWrapper(C.GRUCell(3), 0), C.AttentionCellWrapper(3, 2), C.AttentionCellWrapper(C.LSTMCell(3), 2, state_is_tuple=False)

#: losses and decoders of sequences
logits, targets, weights = tf.reshape(x[:, :, :2], [2, 4, 2]), tf.constant([[0, 1, 1, 0], [1, 1, 0, 0]]), tf.constant([[1., 1., 0., 0.], [1., .5, .5, 0.]])
S, L = tf.contrib.seq2seq, tf.contrib.legacy_seq2seq
a = [S.sequence_loss(logits, targets, weights, t, b) for t in (True, False) for b in (True, False)]
a, run(a), S.sequence_loss(logits, targets, weights, softmax_loss_function=lambda labels, logits: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
S.sequence_loss(targets, targets, weights), S.sequence_loss(logits, logits, weights), S.sequence_loss(logits, targets, logits)
l, t, w = tf.unstack(logits, axis=1), tf.unstack(targets, axis=1), tf.unstack(weights, axis=1)
a = [L.sequence_loss_by_example(l, t, w), L.sequence_loss_by_example(l, t, w, average_across_timesteps=False, name="n"), L.sequence_loss(l, t, w), L.sequence_loss(l, t, w, average_across_batch=False)]
a, run(a), L.sequence_loss_by_example(l, t[1:], w)
steps = tf.unstack(x, axis=1)
o, s = L.rnn_decoder(steps, tf.zeros([2, 3]), C.GRUCell(3), loop_function=lambda prev, i: prev * i)
o, s, run(o, s), names()
o, s = L.basic_rnn_seq2seq(steps, steps[:2], C.GRUCell(3))
o, s, run(o, s), names()
o, s = L.tied_rnn_seq2seq(steps, steps[:2], C.GRUCell(3))
o, s, run(o, s), names()

#: more cells
inputs = tf.constant(np.arange(8).reshape(2, 4).astype(np.float32) / 8)
def step(cell, inputs=inputs, batch=2):
    with tf.variable_scope("s%d" % len(tf.global_variables()), initializer=tf.constant_initializer(0.5)):
        return run(*cell(inputs, cell.zero_state(batch, tf.float32)))

step(C.CoupledInputForgetGateLSTMCell(3, use_peepholes=True, num_proj=2, proj_clip=0.2, num_unit_shards=2))
step(C.CoupledInputForgetGateLSTMCell(3, layer_norm=True, norm_gain=0.5, norm_shift=0.1, state_is_tuple=False))
cell = C.TimeFreqLSTMCell(2, use_peepholes=True, cell_clip=0.7, feature_size=2, frequency_skip=1)
with tf.variable_scope("tf", initializer=tf.constant_initializer(0.5)): out = cell(inputs, tf.ones([2, 12]))
run(*out), cell.state_size, cell.output_size
cell = C.GridLSTMCell(2, use_peepholes=True, feature_size=2, frequency_skip=2, num_frequency_blocks=[2], cell_clip=0.3)
cell.state_size, cell.output_size, cell.state_tuple_type, step(cell)
step(C.GridLSTMCell(2, share_time_frequency_weights=True, feature_size=2, frequency_skip=1, num_frequency_blocks=[1, 1], start_freqindex_list=[0, 2], end_freqindex_list=[2, 4], couple_input_forget_gates=True))
cell = C.BidirectionalGridLSTMCell(1, feature_size=2, frequency_skip=2, num_frequency_blocks=[2], backward_slice_offset=1)
cell.state_size, cell.output_size, step(cell)
C.GridLSTMCell(2), step(C.GridLSTMCell(2, feature_size=2, frequency_skip=1, num_frequency_blocks=[2])), step(C.GridLSTMCell(2, feature_size=2, frequency_skip=1, num_frequency_blocks=[2, 1])), step(C.GridLSTMCell(2, feature_size=2, frequency_skip=1, num_frequency_blocks=[2], start_freqindex_list=[0, 1], end_freqindex_list=[2, 4])), step(C.GridLSTMCell(2, feature_size=2, frequency_skip=1, num_frequency_blocks=[2], start_freqindex_list=[0], end_freqindex_list=[2, 4]))
step(C.NASCell(3, num_proj=2, use_biases=True)), C.NASCell(3).state_size
step(C.IntersectionRNNCell(3, num_in_proj=3)), step(C.IntersectionRNNCell(3)), step(C.IntersectionRNNCell(4))
step(C.CompiledWrapper(C.GRUCell(2)))
step(C.Conv1DLSTMCell(input_shape=[4, 1], output_channels=2, kernel_shape=[2], skip_connection=False), tf.reshape(inputs, [2, 4, 1]))
C.Conv2DLSTMCell(input_shape=[4, 1], output_channels=2, kernel_shape=[2])
cell = C.Conv2DLSTMCell(input_shape=[3, 4, 1], output_channels=2, kernel_shape=[2, 2], skip_connection=True)
cell.state_size, cell.output_size, cell.name
step(C.GLSTMCell(4, number_of_groups=2, num_proj=2)), C.GLSTMCell(3, number_of_groups=2), C.GLSTMCell(4, number_of_groups=2, num_proj=3), step(C.GLSTMCell(3, number_of_groups=3))
from tensorflow.contrib.rnn.python.ops import rnn_cell
step(rnn_cell.LayerNormLSTMCell(3, use_peepholes=True, cell_clip=1.0, num_proj=2, proj_clip=0.5, layer_norm=True)), step(rnn_cell.LayerNormLSTMCell(3))
step(C.SRUCell(4)), step(C.SRUCell(4), tf.placeholder(tf.float32, [2, None])), step(C.NASCell(4), tf.placeholder(tf.float32, [2, None]))
step(rnn_cell.WeightNormLSTMCell(3, use_peepholes=True, cell_clip=1.0, num_proj=2, proj_clip=0.5)), step(rnn_cell.WeightNormLSTMCell(3, norm=False))
[v.name for v in tf.global_variables()]
step(C.PhasedLSTMCell(3, use_peepholes=True), (tf.constant([[3.], [7.]]), inputs))[1].c.shape
times = tf.constant([[3.], [7.]])
k = C.PhasedLSTMCell(3)._get_cycle_ratio(times, 0.5, 2.0)
run(k, tf.gradients(k, times))
rnn_cell._get_concat_variable("w", [2, 3], tf.float32, 3)
with tf.variable_scope("parts"): w = rnn_cell._get_concat_variable("w", [5, 3], tf.float32, 2)

w, tf.get_collection(tf.GraphKeys.CONCATENATED_VARIABLES)[-1] is w

#: cells with weights of each unit alone
inputs = tf.constant(np.arange(8).reshape(2, 4).astype(np.float32) / 8)
def known(getter, name, shape=None, initializer=None, **kwargs):
    return getter(name, shape=shape, initializer=tf.constant_initializer(0.25), **kwargs)

with tf.variable_scope("x", custom_getter=known):
    results = [tf.nn.static_rnn(cell, [inputs, inputs], dtype=tf.float32) for cell in (C.IndRNNCell(3), C.IndyGRUCell(3), C.IndyLSTMCell(3, forget_bias=0.5), C.IndyGRUCell(3, activation=tf.nn.relu, name="named"))]

run(*results), [v.name for v in tf.global_variables()]
C.IndyLSTMCell(3).state_size, C.IndRNNCell(3)(tf.placeholder(tf.float32, [2, None]), tf.zeros([2, 3])), C.IndyGRUCell(3)(tf.zeros([4]), tf.zeros([2, 3]))
