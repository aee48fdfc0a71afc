"""The image family, row by row."""
from family import make_tests

# TensorFlow sums a mean in another order, and mixes colors in another one.
LOOSE = {"AdjustContrast": 16, "AdjustSaturation": 16, "ResizeArea": 8, "ResizeBicubic": 8}

test_row = make_tests("image", LOOSE)
