"""The folders of tf.contrib.rnn that programs import from."""
