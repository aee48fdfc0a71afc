"""The modules of tf.contrib.image."""
