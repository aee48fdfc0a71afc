"""Records the MetaGraphs that TensorFlow 1.12.3 makes of meta_programs.py into tests/golden/io/meta.

Run with the Python that has it:  python tests/io/record_meta.py
"""
import json
import os
import pathlib
import sys

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import numpy as np
import tensorflow as tf

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent / 'golden' / 'io' / 'meta'
sys.path.insert(0, str(HERE))

import meta_programs


def main():
    OUT.mkdir(exist_ok=True)
    rows = {}
    for name, (program, how, back) in sorted(meta_programs.PROGRAMS.items()):
        with tf.Graph().as_default():
            message = meta_programs.export(tf, meta_programs.build(tf, np, program), how)
        (OUT / (name + '.meta')).write_bytes(message.SerializeToString(deterministic=True))
        rows[name] = meta_programs.again(tf, message, back)
    with open(str(OUT / 'again.json'), 'w') as f:
        json.dump(rows, f, sort_keys=True, indent=0)


if __name__ == '__main__':
    main()
