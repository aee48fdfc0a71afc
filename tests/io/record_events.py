"""Records the event file that TensorFlow 1.12.3 makes of event_program.py, and what it says of it, into tests/golden/io/events.

Run with the Python that has it:  python tests/io/record_events.py
"""
import json
import os
import pathlib
import shutil
import sys

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import numpy as np
import tensorflow as tf

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent / 'golden' / 'io' / 'events'
sys.path.insert(0, str(HERE))

import event_program


def main():
    shutil.rmtree(str(OUT), ignore_errors=True)
    OUT.mkdir()
    with tf.Graph().as_default():
        event_program.write(tf, np, str(OUT))
    # The name says when and on which machine.
    next(OUT.glob('events*.one')).rename(OUT / 'events.out.tfevents.0.host.one')
    (OUT / 'facts.json').write_text(json.dumps(event_program.read(tf, np, str(OUT))) + '\n')


if __name__ == '__main__':
    main()
