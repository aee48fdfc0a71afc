"""tensorflow.contrib.framework."""
