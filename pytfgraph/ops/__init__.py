"""TensorFlow's tensorflow.python.ops, as far as pytfgraph has it."""
