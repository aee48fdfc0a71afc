"""One side of the exchange: a process that has one TensorFlow, asked to write a case's files, or to read what the other side wrote.

A line of JSON {page, case, do, folder} is answered by one of {facts} or {error}.  Runs on Python 3.6 too, where TensorFlow 1.12 lives.
"""
import importlib
import json
import os
import pathlib
import sys
import traceback

HERE = pathlib.Path(__file__).resolve().parent


def answer(tf, np, page, case, do, folder):
    module = importlib.import_module(page)
    write, read = module.CASES[case][:2]
    os.chdir(folder)
    with tf.Graph().as_default():
        return (write if do == 'write' else read)(tf, np, folder)


def main(module):
    sys.path[:0] = [str(HERE), str(HERE.parent / 'io'), str(HERE.parent.parent)]
    import numpy as np
    from benchmarks import worker
    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)
    tf = worker.load(module)
    if module == 'pytfgraph':
        tf.install_as_tensorflow()
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            reply = {'facts': answer(tf, np, **asked)}
        except Exception:
            reply = {'error': traceback.format_exc()}
        answers.write(json.dumps(reply) + '\n')
        answers.flush()


if __name__ == '__main__':
    main(sys.argv[1])
