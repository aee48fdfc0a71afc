"""What tf.signal of 1.13 to 1.15 has beyond tf.contrib.signal and tf.spectral of 1.12."""
