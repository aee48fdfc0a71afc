"""The parts of tf.contrib.signal."""
