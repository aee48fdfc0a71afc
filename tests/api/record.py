"""Asks a real TensorFlow 1.12.3 for every recorded answer again; run by `./dev record [page ...]`.

Each page is asked twice, in two processes: an answer that changes is no fact, and is named.
"""
import glob
import io
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)


def ask(page):
    out = subprocess.check_output([sys.executable, os.path.join(HERE, "harness.py"), "tensorflow", page],
                                  stderr=subprocess.DEVNULL)
    return [line for line in out.decode("ascii").splitlines() if not json.loads(line).get("begins")]


def record_page(page):
    name = os.path.basename(page)[:-len("_cases.py")]
    first, second = ask(page), ask(page)
    for a, b in zip(first, second):
        if a != b:
            print("%s: answer changes from run to run: %s" % (name, json.loads(a)["case"]))
    with io.open(os.path.join(TESTS, "golden", "api", name + ".jsonl"), "w", encoding="utf-8") as f:
        f.write("\n".join(first) + "\n")
    print("%s: %d cases" % (name, len(first)))


def record_graph(snippet):
    text = subprocess.check_output([sys.executable, os.path.join(TESTS, "graph_text.py"), "tensorflow", snippet],
                                   stderr=subprocess.DEVNULL)
    with io.open(snippet[:-3] + ".txt", "wb") as f:
        f.write(text)
    print("graph " + os.path.basename(snippet))


# The documents use names of TensorFlow 0.x, which 1.12 knew under others.
RUN = """
import runpy, sys
import tensorflow as tf
tf.mul, tf.sub, tf.neg = tf.multiply, tf.subtract, tf.negative
tf.logging.set_verbosity(tf.logging.FATAL)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def record_program(program):
    """What a program prints, and the error it ends in."""
    done = subprocess.run([sys.executable, "-c", RUN, program], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=dict(os.environ, PYTHONIOENCODING="utf-8"))
    errors = done.stderr.decode("utf-8").strip().splitlines()
    text = done.stdout.decode("utf-8")
    if done.returncode:
        text += "ended in: %s\n" % errors[-1]
    with io.open(program[:-3] + ".out", "w", encoding="utf-8") as f:
        f.write(text)
    print("program " + os.path.basename(program))


def record_random_programs(script):
    """Digests of what programs made by dice build."""
    text = subprocess.check_output([sys.executable, script, "tensorflow", "digests"], stderr=subprocess.DEVNULL)
    with io.open(os.path.join(TESTS, "golden", "random_programs.json"), "wb") as f:
        f.write(text + b"\n")
    print("random programs")


def main(wanted):
    for folder, pattern, record in ((HERE, "*_cases.py", record_page), (HERE, "random_programs.py", record_random_programs),
                                    (os.path.join(TESTS, "golden", "graphs"), "*.py", record_graph),
                                    (os.path.join(TESTS, "golden", "programs"), "*.py", record_program)):
        for path in sorted(glob.glob(os.path.join(folder, pattern))):
            if not wanted or any(w in os.path.basename(path) for w in wanted):
                record(path)


if __name__ == "__main__":
    main(sys.argv[1:])
