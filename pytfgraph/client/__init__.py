"""TensorFlow's tensorflow.python.client, as far as pytfgraph has it."""
