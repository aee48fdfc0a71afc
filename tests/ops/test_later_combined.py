"""CombinedNonMaxSuppression, row by row."""
from family import make_tests

test_row = make_tests("later_combined")
