"""Asks TensorFlow 1.12.3 every expression of shape_cases.py:  REFERENCE_PYTHON tests/ops/record_shapes.py > tests/golden/ops/shapes.jsonl

A child asks, because some expressions kill TensorFlow; what it dies of is left out, and another child goes on behind it."""
import json
import os
import sys

import tensorflow as tf
from tensorflow.python.ops import (gen_array_ops, gen_bitwise_ops, gen_control_flow_ops, gen_data_flow_ops, gen_logging_ops, gen_math_ops,
                                   gen_nn_ops, gen_resource_variable_ops, gen_state_ops)
from tensorflow.python.training import gen_training_ops

import shape_ask
import shape_cases

MODULES = [gen_math_ops, gen_bitwise_ops, gen_array_ops, gen_nn_ops, gen_control_flow_ops, gen_data_flow_ops, gen_logging_ops, gen_state_ops,
           gen_resource_variable_ops, gen_training_ops]


def find_raw(name):
    for module in MODULES:
        for spelled in (name, "_" + name):
            if hasattr(module, spelled):
                return getattr(module, spelled)
    raise NameError(name)


def answer_from(first):
    """Prints answers from an expression on; the parent counts them."""
    asker = shape_ask.Asker(tf, find_raw)
    for expression in shape_cases.CASES[first:]:
        print(json.dumps([expression, asker.ask(expression)], sort_keys=True))
        sys.stdout.flush()


def main():
    first = 0
    while first < len(shape_cases.CASES):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.dup2(writer, 1)
            os.close(reader)
            answer_from(first)
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as answers:
            for line in answers:
                print(line, end="")
                first += 1
        if os.waitpid(child, 0)[1] != 0:
            print("TensorFlow died of", shape_cases.CASES[first], file=sys.stderr)
            first += 1


main()
