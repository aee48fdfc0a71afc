x = tf.placeholder(tf.float32, [4, 7, 3], name="x"); L = tf.placeholder(tf.int32, [4], name="L")
cell = tf.nn.rnn_cell.BasicLSTMCell(5)
o, s = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
loss = tf.reduce_sum(o)
tf.gradients(loss, tf.trainable_variables())
with tf.variable_scope("lengths"):
    lo, ls = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(4), x, sequence_length=L, dtype=tf.float32)
    tf.gradients(lo, tf.trainable_variables("lengths"))
with tf.variable_scope("unknown"):
    u = tf.placeholder(tf.float32, [None, None, 3])
    stack = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.BasicRNNCell(4), tf.nn.rnn_cell.LSTMCell(3, use_peepholes=True, num_proj=2,
        cell_clip=1.0, proj_clip=0.5)])
    uo, us = tf.nn.dynamic_rnn(stack, u, sequence_length=tf.placeholder(tf.int64, [None]), dtype=tf.float32, time_major=True,
                               parallel_iterations=4, swap_memory=True)
    tf.gradients(uo, tf.trainable_variables("unknown"))
with tf.variable_scope("both"):
    (f, b), states = tf.nn.bidirectional_dynamic_rnn(tf.nn.rnn_cell.BasicRNNCell(2), tf.nn.rnn_cell.BasicRNNCell(2), x, sequence_length=L,
                                                     initial_state_fw=tf.zeros([4, 2]), initial_state_bw=tf.ones([4, 2]))
    (f, b), states = tf.nn.bidirectional_dynamic_rnn(tf.nn.rnn_cell.LSTMCell(2), tf.nn.rnn_cell.LSTMCell(2), x, dtype=tf.float32, scope="x")
