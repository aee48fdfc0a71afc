x = tf.placeholder(tf.float32, [None, 4, 3], name="x")
C = tf.contrib.rnn
o, s = tf.nn.dynamic_rnn(C.LSTMBlockCell(2, use_peephole=True), x, dtype=tf.float32)
tf.gradients(o, tf.trainable_variables())
o, s = tf.nn.static_rnn(C.GRUBlockCellV2(2), tf.unstack(x, axis=1), dtype=tf.float32, scope="gru")
tf.gradients(o[-1], tf.trainable_variables("gru"))
y = tf.placeholder(tf.float32, [4, None, 3], name="y")
o, s = C.LSTMBlockFusedCell(2)(y, dtype=tf.float32, sequence_length=tf.placeholder(tf.int32, [None]))
tf.gradients([o, s[1]], tf.trainable_variables("lstm_fused_cell"))
with tf.variable_scope("more"):
    tf.nn.dynamic_rnn(C.AttentionCellWrapper(C.GRUCell(2), 2), x, dtype=tf.float32)
    tf.nn.dynamic_rnn(C.LayerNormBasicLSTMCell(2, dropout_keep_prob=0.5), x, dtype=tf.float32, scope="layer_norm")
    C.stack_bidirectional_dynamic_rnn([C.OutputProjectionWrapper(C.GRUCell(2), 3)], [C.HighwayWrapper(C.UGRNNCell(3))], x, dtype=tf.float32)
    C.TimeReversedFusedRNN(C.FusedRNNCellAdaptor(C.EmbeddingWrapper(C.InputProjectionWrapper(C.GRUCell(2), 3), 4, 5)))([tf.constant([1, 2])], dtype=tf.float32)
