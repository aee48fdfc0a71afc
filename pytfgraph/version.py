"""The version of this distribution; tf.VERSION is TensorFlow's."""
version = "0.1.0"
