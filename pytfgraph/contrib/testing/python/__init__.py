"""Parts of tf.contrib.testing, where programs import them from."""
