x = tf.placeholder(tf.float32, [2, None, 4], name="x"); labels = tf.sparse_placeholder(tf.int32); lengths = tf.placeholder(tf.int32, [None])
loss = tf.nn.ctc_loss(labels, x, lengths, time_major=False)
tf.gradients(tf.reduce_mean(loss), x)
decoded = tf.nn.ctc_greedy_decoder(x, lengths), tf.nn.ctc_beam_search_decoder(x, lengths, top_paths=2)
