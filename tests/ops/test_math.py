"""The math family, row by row."""
from family import make_tests

# TensorFlow's own functions are rational approximations, its halves rounded at each step, its sums in another order.
LOOSE = {"Sigmoid float16": 8, "Tanh": 8, "Sum": 8, "Mean": 8, "Expm1 complex": 16, "Igamma": 64, "Zeta": 64, "Digamma": 8}

test_row = make_tests("math", LOOSE)
