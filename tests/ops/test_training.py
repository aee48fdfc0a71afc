"""The training family, row by row."""
from family import make_tests

# TensorFlow computes halves in half, and reciprocal square roots of floats approximately.
LOOSE = {"": 64}

test_row = make_tests("training", LOOSE)
