"""Records what TensorFlow 1.12.3's tools make of small graphs, into tests/golden/io/tools.

Run with the Python that has it:  python tests/io/record_tools.py
"""
import importlib
import json
import os
import pathlib
import sys

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import numpy as np
import tensorflow as tf

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent / 'golden' / 'io' / 'tools'
sys.path.insert(0, str(HERE))

import tool_cases


def main():
    OUT.mkdir(exist_ok=True)
    tf.logging.set_verbosity(tf.logging.FATAL)
    rows = {}
    for graph, make in tool_cases.GRAPHS.items():
        np.random.seed(0)
        with tf.Graph().as_default() as g:
            names = {'tf': tf, 'np': np, 'importlib': importlib, 'os': os, 'OUT': str(OUT)}
            exec(compile(make, graph, 'exec'), names)
            graph_def = names.get('graph_def') or g.as_graph_def()
        (OUT / (graph + '.pb')).write_bytes(graph_def.SerializeToString(deterministic=True))
        for name, (of, call) in tool_cases.CASES.items():
            if of == graph:
                rows[name] = tool_cases.answer(tf, graph_def, call)
    with open(str(OUT / 'answers.json'), 'w') as f:
        json.dump(rows, f, sort_keys=True, indent=0)


if __name__ == '__main__':
    main()
