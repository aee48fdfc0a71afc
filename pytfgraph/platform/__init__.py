"""TensorFlow's tensorflow.python.platform, as far as pytfgraph has it."""
