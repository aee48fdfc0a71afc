"""The nn family, row by row."""
from family import make_tests

# TensorFlow computes halves in half, its softmax over other approximations of exp().
LOOSE = {"Softmax float16": 16, "LogSoftmax float16": 16, "SoftmaxCross": 16, "SparseSoftmaxCross": 16, "Softmax": 8, "LogSoftmax": 8, "Selu": 32, "Elu": 32,
         "Softplus": 16, "Softsign": 8, "L2Loss": 8}

test_row = make_tests("nn", LOOSE)
