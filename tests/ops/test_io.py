"""The io family, row by row."""
from family import make_tests

test_row = make_tests("io")
