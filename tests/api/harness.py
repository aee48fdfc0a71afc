"""Runs conformance cases and prints what came of them, one JSON line per case.

    python harness.py MODULE PAGE [FIRST]

MODULE is tensorflow or pytfgraph; PAGE is a *_cases.py file, which is never imported: it is a list of snippets, each
under a line `#: its name`.  A snippet runs in a fresh default graph, statement by statement, as at a prompt: the value
of an expression is shown, what is printed is kept, and an exception is noted and does not end the snippet.  So one
snippet asks many questions, and the same file asks them of TensorFlow 1.12.3 and of us.

This file runs on Python 3.6, where TensorFlow 1.12.3 lives, and on everything newer.
"""
import ast
import contextlib
import gc
import importlib
import io
import json
import linecache
import os
import re
import shutil
import sys
import tempfile
import threading

import numpy as np


def read_cases(path):
    """[(name, source)] of a page."""
    with io.open(path, encoding="utf-8") as f:
        text = f.read()
    parts = re.split(r"^#: (.*)\n", text, flags=re.M)
    # What stands before the first snippet, its doc string apart, is run before each.
    before = re.sub(r'\A""".*?"""\s*', "", parts[0], flags=re.S)
    names = [name.strip() for name in parts[1::2]]
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise ValueError("%s: names used twice: %s" % (path, sorted(repeated)))
    return list(zip(names, (before + source.strip("\n") + "\n" for source in parts[2::2])))


def steps(source, filename="<case>"):
    """The statements of a snippet; of one that lists several expressions, each expression by itself."""
    nodes = []
    for node in ast.parse(source, filename).body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Tuple) and \
                not any(isinstance(e, ast.Starred) for e in node.value.elts):
            nodes += node.value.elts
        else:
            nodes.append(node.value if isinstance(node, ast.Expr) else node)
    return nodes


def plain(text, folder):
    """Text without what differs from run to run."""
    text = text.replace(folder, "TMP")
    text = re.sub(r"0x[0-9a-f]{4,}", "0x..", text)
    text = re.sub(r"in binary running on \S+\.", "in binary running on HOST.", text)
    text = re.sub(r", \S+XLA_\wPU:\d+", "", text)      # devices of its compiler, which 1.12.3 lists
    text = re.sub(r"'_\d+_", "'_N_", text)
    text = re.sub(r"\(defined at [^)]*\)", "(defined at PLACE)", text)
    text = re.sub(r"\(Previous registration was in .*\)", "(Previous registration was in PLACE)", text)
    return text


def _number(x):
    """A JSON value that keeps NaN, infinities and complex parts."""
    if isinstance(x, (complex, np.complexfloating)):
        return ["complex", _number(x.real), _number(x.imag)]
    if isinstance(x, (bool, np.bool_)):
        return bool(x)
    if isinstance(x, (int, np.integer)):
        return int(x)
    if isinstance(x, bytes):
        return x.decode("latin-1")
    if isinstance(x, str):
        return x
    if not isinstance(x, (float, np.floating)):
        return re.sub(r"0x[0-9a-f]{4,}", "0x..", repr(x))
    x = float(x)
    return x if np.isfinite(x) else repr(x)


def _array(x):
    dtype = x.dtype
    known = dtype.kind in "biufcOSU"
    values = x if known else x.astype(np.float32)
    return {"array": dtype.name if dtype.kind not in "SU" else dtype.kind, "shape": list(x.shape),
            "values": [_number(v) for v in values.ravel().tolist()]}


def show(value, folder):
    """What a case's value looks like in the record: text, or a structure where numbers are compared as numbers."""
    if isinstance(value, np.generic):
        return dict(_array(np.asarray(value)), scalar=True)
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, float):
        return {"float": _number(value)}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {"fields": type(value).__name__,
                "items": [[f, show(v, folder)] for f, v in zip(value._fields, value)]}
    if isinstance(value, (list, tuple)):
        return {type(value).__name__: [show(v, folder) for v in value]}
    if isinstance(value, dict):
        return {"dict": [[show(k, folder), show(v, folder)] for k, v in value.items()]}
    return plain(repr(value), folder)


def failure(error, folder):
    lines = str(error).split("\n")
    return "!! %s: %s" % (type(error).__name__, plain(lines[0], folder))


class Case(object):
    """One snippet in its own namespace."""

    def __init__(self, tf, name, source, folder):
        self.tf, self.name, self.source, self.folder = tf, name, source, folder
        self.space = {"tf": tf, "np": np, "S": tf.Session, "d": folder, "ev": self.ev, "names": self.names,
                      "text": self.text, "__name__": "__main__"}

    def ev(self, fetches, feed=None):
        """The fetches' values in a session of its own, variables initialised."""
        init = self.tf.group(self.tf.global_variables_initializer(), self.tf.local_variables_initializer())
        with self.tf.Session() as session:
            session.run(init)
            return session.run(fetches, feed)

    def names(self, graph=None):
        """The default graph's operations as "name:type", in order of creation."""
        graph = graph or self.tf.get_default_graph()
        return [op.name + ":" + op.type for op in graph.get_operations()]

    def text(self, graph=None):
        """Prints the default graph, a line per node."""
        from graph_text import graph_text
        print(graph_text(self.tf, graph or self.tf.get_default_graph()))

    def run(self):
        """[[step, what came], ...]"""
        filename = "<case %s>" % self.name
        linecache.cache[filename] = (len(self.source), None, self.source.splitlines(True), filename)
        answers = []
        for i, node in enumerate(steps(self.source, filename)):
            out = io.StringIO()
            try:
                with contextlib.redirect_stdout(out):
                    answer = self.step(node, filename)
            except Exception as error:
                answer = failure(error, self.folder)
            if out.getvalue():
                answers.append([i, "printed: " + plain(out.getvalue(), self.folder)])
            if answer is not None:
                answers.append([i, answer])
        # Context managers that a snippet left open end here, in the thread whose stacks they are on.
        self.space.clear()
        gc.collect()
        return answers

    def step(self, node, filename):
        if isinstance(node, ast.expr):
            value = eval(compile(ast.Expression(node), filename, "eval"), self.space)
            return None if value is None else show(value, self.folder)
        module = ast.parse("")
        module.body = [node]
        exec(compile(module, filename, "exec"), self.space)
        return None


def run_case(tf, name, source):
    """In a thread of its own: each thread begins with a new default graph and empty stacks."""
    folder = tempfile.mkdtemp(prefix="case")
    answers, problems = [], []

    def run():
        try:
            answers.extend(Case(tf, name, source, folder).run())
        except Exception as error:
            problems.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    shutil.rmtree(folder, ignore_errors=True)
    if problems:
        raise problems[0]
    return answers


def load(module):
    """The module under test.  What the cases say as `import tensorflow` finds it too."""
    tf = importlib.import_module(module)
    if module != "tensorflow":
        tf.install_as_tensorflow()
    tf.logging.set_verbosity(tf.logging.FATAL)
    return tf


def main(module, page, first=0):
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)                       # what C code prints must not mix with the answers
    tf = load(module)
    for name, source in read_cases(page)[int(first):]:
        out.write(json.dumps({"case": name, "begins": True}) + "\n")
        out.flush()
        answers = run_case(tf, name, source)
        out.write(json.dumps({"case": name, "source": source, "answers": answers}, ensure_ascii=True,
                             sort_keys=True) + "\n")
        out.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
