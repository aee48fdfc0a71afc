"""The modules of tf.contrib.seq2seq."""
