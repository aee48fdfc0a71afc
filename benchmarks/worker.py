"""One contender, asked by the driver: reads a workload's name a line, answers with its measurement, ready to be asked again.

Runs on Python 3.6 too, where TensorFlow 1.12 lives.
"""
import importlib
import json
import os
import sys
import warnings

GROUPS = ["building", "graph_files", "stepping", "loops", "pipelines", "kernels", "operations", "training", "saving"]
UNITS = {"us": 1e6, "ms": 1e3, "s": 1.0, "KB": 1.0}


def load(contender):
    if contender == "pytfgraph":
        return importlib.import_module("pytfgraph")
    warnings.simplefilter("ignore")
    tf = importlib.import_module("tensorflow")
    if tf.__version__.startswith("2"):
        tf = importlib.import_module("tensorflow.compat.v1")
        tf.disable_v2_behavior()
    tf.logging.set_verbosity(tf.logging.ERROR)
    return tf


def workloads(big):
    table = {}
    for group in GROUPS:
        module = importlib.import_module("benchmarks." + group)
        for row in module.WORKLOADS + (getattr(module, "BIG", []) if big else []):
            table[row[0].__name__] = row
    return table


def measure(run, repeats):
    values = [run() for _ in range(repeats)]
    if isinstance(values[0], list):
        return [min(column) for column in zip(*values)]
    return min(values)


def main(contender):
    import numpy as np
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    tf = load(contender)
    table, ready = workloads(True), {}
    for line in sys.stdin:
        name = line.strip()
        make, unit, repeats = table[name]
        try:
            if name not in ready:
                with tf.Graph().as_default():
                    ready[name] = make(tf, np)
                if repeats > 1:
                    ready[name]()
            answer = measure(ready[name], repeats)
        except Exception as error:
            answer = "%s: %s" % (type(error).__name__, str(error).split("\n")[0])
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
