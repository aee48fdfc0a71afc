"""TensorFlow's tensorflow.python.training, as far as pytfgraph has it."""
