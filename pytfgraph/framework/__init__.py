"""TensorFlow's tensorflow.python.framework, as far as pytfgraph has it."""
