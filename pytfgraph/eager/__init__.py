"""TensorFlow's tensorflow.python.eager, as far as pytfgraph has it."""
