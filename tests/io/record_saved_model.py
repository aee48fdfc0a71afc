"""Records a SavedModel of TensorFlow 1.12.3, and what its command line says of it, into tests/golden/io/saved_model.

Run with the Python that has it:  python tests/io/record_saved_model.py
"""
import os
import pathlib
import shutil
import subprocess
import sys

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import tensorflow as tf

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent / 'golden' / 'io' / 'saved_model'
sys.path.insert(0, str(HERE))

import saved_model_program

COMMANDS = saved_model_program.COMMANDS


def main():
    shutil.rmtree(str(OUT), ignore_errors=True)
    OUT.mkdir()
    saved_model_program.save(tf, str(OUT / 'model'))
    for name, arguments in COMMANDS.items():
        done = subprocess.run([sys.executable, '-m', 'tensorflow.python.tools.saved_model_cli'] + arguments, cwd=str(OUT),
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
        (OUT / (name + '.txt')).write_bytes(done.stdout)


if __name__ == '__main__':
    main()
