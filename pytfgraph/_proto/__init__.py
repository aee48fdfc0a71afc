"""TensorFlow's messages in a descriptor pool of our own; pytfgraph.protos is the way in."""
