"""The modules of tf.contrib.rnn."""
