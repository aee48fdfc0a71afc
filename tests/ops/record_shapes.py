"""Asks TensorFlow 1.12.3 every expression of shape_cases.py:  REFERENCE_PYTHON tests/ops/record_shapes.py > tests/golden/ops/shapes.jsonl

A child asks, because some expressions kill TensorFlow; what it dies of is left out, and another child goes on behind it."""
import glob
import importlib
import json
import os
import sys

import tensorflow as tf
import shape_ask
import shape_cases

GENERATED = glob.glob(os.path.join(os.path.dirname(tf.__file__), "python", "ops", "gen_*.py"))
MODULES = [importlib.import_module("tensorflow.python.ops." + os.path.basename(path)[:-3]) for path in sorted(GENERATED)]
MODULES.append(importlib.import_module("tensorflow.python.training.gen_training_ops"))


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
        answer = asker.ask(expression)
        print("" if answer.get("error") == "NameError" else json.dumps([expression, answer], sort_keys=True))
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
                print(line.strip(), end=line[1:] and "\n")
                first += 1
        if os.waitpid(child, 0)[1] != 0:
            print("TensorFlow died of", shape_cases.CASES[first], file=sys.stderr)
            first += 1


main()
