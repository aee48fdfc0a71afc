"""The folders of tf.contrib.legacy_seq2seq that programs import from."""
