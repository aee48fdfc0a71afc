"""The modules of tf.contrib.signal."""
