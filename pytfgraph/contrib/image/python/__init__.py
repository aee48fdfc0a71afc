"""The parts of tf.contrib.image."""
