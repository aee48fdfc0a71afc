"""The folders of tf.contrib.seq2seq that programs import from."""
