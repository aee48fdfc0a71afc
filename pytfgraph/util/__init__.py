"""TensorFlow's tensorflow.python.util, as far as pytfgraph has it."""
