"""The modules of tf.contrib.legacy_seq2seq."""
