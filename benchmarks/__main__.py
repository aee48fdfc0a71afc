"""Runs the workloads on pytfgraph and on peers, interleaved, and prints one table: minima, and ratios of minima.

    ./dev bench [--only NAME ...] [--rounds N] [--big] [--peers "2.21=PYTHON 1.12=PYTHON"]

Peers are interpreters that have a TensorFlow; without --peers, TFG_PEERS is read, and then what stands in
~/.cache/pytfgraph-reference (tf-2.21, tf-1.12).  A peer that is not there is named and left out.
"""
import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys

from benchmarks import kernels, worker
from benchmarks.peers import find

ROOT = pathlib.Path(__file__).parent.parent
# Settings that change how the libraries thread or which kernels they take: no contender inherits them.
# Workloads that want a process that has done nothing yet: memory given back by others would hide what they take.
FRESH = {"memory_per_op"}
CLEARED = ("OPENBLAS_", "OMP_", "MKL_", "NVPL_", "KMP_", "GOTO_", "BLIS_", "DNNL_", "ONEDNN_")


def environment():
    env = {k: v for k, v in os.environ.items() if not k.startswith(CLEARED)}
    env.update(PYTHONPATH=str(ROOT), TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", PYTHONDONTWRITEBYTECODE="1")
    return env


def peers(text):
    """[(version, interpreter)], those that exist."""
    found, missing = find(text)
    for words in missing:
        print(words)
    return found


class Contender:
    def __init__(self, name, python, module):
        self.name, self.python, self.module = name, python, module
        self.process = None
        self.best = {}

    def start(self):
        self.process = subprocess.Popen([self.python, "-m", "benchmarks.worker", self.module], cwd=str(ROOT),
                                        env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)

    def pause(self):
        """Its threads may still be spinning for work from what it measured last: the others shall have the processors alone."""
        if self.process is not None:
            self.process.send_signal(signal.SIGSTOP)

    def ask(self, workload):
        """Keeps the minimum of what was measured so far; a text says what went wrong.  Ends paused."""
        if workload in FRESH:
            self.stop()
        if self.process is None:
            self.start()
        else:
            self.process.send_signal(signal.SIGCONT)
        try:
            self.process.stdin.write((workload + "\n").encode())
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = b""
        if not line:
            self.process.wait()
            answer = "ended (%s)" % self.process.returncode
            self.process = None
        else:
            answer = json.loads(line.decode())
        old = self.best.get(workload)
        if isinstance(answer, float) and isinstance(old, float):
            answer = min(answer, old)
        elif isinstance(answer, list) and isinstance(old, list):
            answer = [min(a, b) for a, b in zip(answer, old)]
        self.best[workload] = answer
        self.pause()

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)
            self.process.stdin.close()
            self.process.wait()
            self.process = None


IMPORT = "import time, numpy\ns = time.perf_counter()\nimport %s\nprint(time.perf_counter() - s)"


def import_times(contenders, rounds):
    for _ in range(rounds):
        for c in contenders:
            module = "tensorflow" if c.module != "pytfgraph" else "pytfgraph as tf; tf.constant"
            done = subprocess.run([c.python, "-c", IMPORT % module], env=environment(), cwd="/", stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL)
            if done.returncode == 0:
                seconds = float(done.stdout.decode().split()[-1])
                c.best["import"] = min(seconds, c.best.get("import", seconds))
            else:
                c.best["import"] = "failed"


def cell(value, unit):
    if value is None:
        return "-"
    if isinstance(value, str):
        return value[:24]
    if isinstance(value, list):
        return "/".join("%.3g" % (v * worker.UNITS[unit]) for v in value)
    return "%.4g %s" % (value * worker.UNITS[unit], unit)


def ratio(ours, theirs):
    if isinstance(ours, list) and isinstance(theirs, list):
        return "/".join("%.1f" % (b / a) for a, b in zip(ours, theirs))
    if isinstance(ours, float) and isinstance(theirs, float):
        return "%.2fx" % (theirs / ours)
    return "-"


def print_table(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(text.ljust(w) if i == 0 else text.rjust(w) for i, (text, w) in enumerate(zip(row, widths))))


def limits(rounds, wanted):
    """What the machine and the libraries alone do, for the rows that are judged by it."""
    import numpy as np
    if not wanted or "fused_16m" in wanted:
        best = min(kernels.read_16m(np)() for _ in range(10 * rounds))
        print("reading 16M floats once: %.3g ms" % (best * 1e3))
    for name, (m, k, n) in kernels.LIBRARY_PRODUCTS.items():
        if wanted and name not in wanted:
            continue
        parts = []
        for which in ("OpenBLAS", "oneDNN"):
            try:
                run = kernels.library_product(np, which, m, k, n)
                best = min(run() for _ in range(3 * rounds))
                parts.append("%s %.4g us (%.0f GF/s)" % (which, best * 1e6, 2e-9 * m * k * n / best))
            except (AttributeError, OSError) as error:
                parts.append("%s: %s" % (which, error))
        print("%s by the libraries alone: %s" % (name, ", ".join(parts)))


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="+", default=[], help="workloads by name")
    parser.add_argument("--rounds", type=int, default=3, help="how often all contenders take turns")
    parser.add_argument("--big", action="store_true", help="also the million-operation graph")
    parser.add_argument("--peers", default="", help='"2.21=PYTHON 1.12=PYTHON"')
    parser.add_argument("--limits", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.limits:
        return limits(options.rounds, options.only)
    contenders = [Contender("pytfgraph", sys.executable, "pytfgraph")]
    contenders += [Contender("TensorFlow " + v, python, "tensorflow") for v, python in peers(options.peers)]
    table = worker.workloads(options.big)
    names = [n for n in table if not options.only or n in options.only]
    print("%d CPUs; OpenBLAS takes its %s kernels" % (len(os.sched_getaffinity(0)), kernels.core_name()))
    if not options.only or "import" in options.only:
        import_times(contenders, options.rounds)
    try:
        for name in names:
            for _ in range(1 if name == "million" else options.rounds):
                for c in contenders:
                    c.ask(name)
    finally:                    # also when interrupted: nobody else would wake those that stand still
        for c in contenders:
            c.stop()
    rows = [["workload"] + [c.name for c in contenders] + ["ratio to " + c.name.split()[1] for c in contenders[1:]]]
    described = [("import", "import beyond NumPy's", "ms")] if "import" in contenders[0].best else []
    described += [(n, table[n][0].__doc__, table[n][1]) for n in names]
    for name, text, unit in described:
        values = [c.best.get(name) for c in contenders]
        rows.append([text] + [cell(v, unit) for v in values] + [ratio(values[0], v) for v in values[1:]])
    print_table(rows)
    # In a process of its own, started with the same cleared environment.
    subprocess.run([sys.executable, "-m", "benchmarks", "--limits", "--rounds", str(options.rounds)] +
                   (["--only"] + options.only if options.only else []), env=environment(), cwd=str(ROOT))


if __name__ == "__main__":
    main()
