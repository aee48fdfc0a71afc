"""The rows of nn_pool."""
from family import make_tests

LOOSE = {}

test_row = make_tests("nn_pool", LOOSE)
