"""Case rows of ops: (name, expression).  An expression makes tensors, with these names in reach:

    tf, np
    P(value, dtype)     a fed tensor whose shape the graph does not know
    S(value, shape, dtype)   one whose shape it knows as far as `shape` says
    raw(op, *in, **at)  an operation by its own signature: inputs in order, attributes by name
    V(value, dtype)     a reference variable's handle, R(value, dtype) a resource variable's
    after(op, *vs)      what variables hold once op has run
    F(function, *types) a function of the graph, for attributes
    drain(dataset, types, shapes)   all elements of a dataset, and how it ends, through an iterator
    file(bytes)         the name of a file that holds them

Each row runs in a graph of its own, on TensorFlow 1.12.3 (record.py, whose answers are committed) and on us.  This file runs on
Python 3.6, where TensorFlow 1.12.3 lives, and on everything newer.
"""
import importlib
import json
import os
import re
import tempfile

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(os.path.dirname(HERE), "golden", "ops")


def golden_path(family):
    return os.path.join(GOLDEN, family + ".jsonl")


def families():
    return sorted(name[:-len("_rows.py")] for name in os.listdir(HERE) if name.endswith("_rows.py"))


def load_rows(family):
    space = {"np": np}
    with open(os.path.join(HERE, family + "_rows.py"), encoding="utf-8") as f:
        exec(compile(f.read(), family + "_rows.py", "exec"), space)
    rows = space["ROWS"]
    names = [name for name, _ in rows]
    repeated = {name for name in names if names.count(name) > 1}
    assert not repeated, repeated
    return rows


def load_answers(family):
    with open(golden_path(family), encoding="utf-8") as f:
        return dict((record["name"], record["answer"]) for record in map(json.loads, f))


def scattered(a):
    """The same array with other strides: every second element of a larger one, or a transpose."""
    if a.ndim == 0:
        return a
    wide = np.zeros(a.shape[:-1] + (2 * a.shape[-1],), a.dtype)
    wide[..., ::2] = a
    return wide[..., ::2]


class Scene:
    """What one row's expression uses."""

    def __init__(self, tf, raw, strided=False):
        self.tf, self.feeds, self.strided = tf, {}, strided
        self.variables = []
        self.raw, self.files = raw, []
        self.space = {"tf": tf, "np": np, "P": self.feed, "S": self.feed_shaped, "raw": raw, "V": self.variable, "R": self.resource,
                      "after": self.after, "F": self.function, "drain": self.drain, "file": self.file}

    def feed(self, value, dtype=np.float32):
        dtype = self.tf.as_dtype(dtype)
        if dtype == self.tf.bfloat16:           # fed as float32
            fed = self.tf.placeholder(self.tf.float32)
            self.feeds[fed] = np.array(value, np.float32)
            return self.tf.cast(fed, dtype)
        a = np.array(value, dtype.as_numpy_dtype if dtype != self.tf.string else object)
        fed = self.tf.placeholder(dtype)
        self.feeds[fed] = scattered(a) if self.strided else a
        return fed

    def feed_shaped(self, value, shape, dtype=np.float32):
        dtype = self.tf.as_dtype(dtype)
        fed = self.tf.placeholder(dtype, shape)
        a = np.array(value, dtype.as_numpy_dtype if dtype != self.tf.string else object)
        self.feeds[fed] = scattered(a) if self.strided else a
        return fed

    def make_variable(self, value, dtype, resource):
        dtype = self.tf.as_dtype(dtype)
        v = self.tf.get_variable("v%d" % len(self.variables), initializer=self.tf.constant(np.array(value).tolist(), self.tf.float32
                                 if dtype == self.tf.bfloat16 else dtype) if dtype != self.tf.bfloat16
                                 else self.tf.cast(self.tf.constant(value, self.tf.float32), dtype), use_resource=resource)
        self.variables.append(v)
        return v

    def variable(self, value, dtype=np.float32):
        return self.make_variable(value, dtype, False)._ref()

    def resource(self, value, dtype=np.float32):
        return self.make_variable(value, dtype, True).handle

    def after(self, op, n=None):
        with self.tf.control_dependencies([op] if op is not None else []):
            return [v.read_value() if hasattr(v, "read_value") else self.tf.identity(v) for v in self.variables]

    def function(self, function, *types):
        module = "pytfgraph.framework" if self.tf.__name__ == "pytfgraph" else "tensorflow.python.framework"
        return importlib.import_module(module + ".function").Defun(*types)(function)

    def drain(self, dataset, types, shapes=None, limit=40):
        return Elements(self.raw, dataset, {"output_types": types, "output_shapes": shapes or [None] * len(types)}, limit)

    def file(self, data):
        handle, name = tempfile.mkstemp(prefix="rowsfile")
        with os.fdopen(handle, "wb") as f:
            f.write(data)
        self.files.append(name)
        return name

    def close(self):
        for name in self.files:
            if os.path.exists(name):
                os.remove(name)


class Elements:
    """An iterator over a dataset, which lives as long as a session does."""

    def __init__(self, raw, dataset, declared, limit):
        self.limit = limit
        iterator = raw("IteratorV2", shared_name="", container="", **declared)
        self.begin = raw("MakeIterator", dataset, iterator)
        self.next = list(raw("IteratorGetNext", iterator, **declared))

    def answer(self, session, feeds):
        """All elements and failures in order; two failures in a row, of which the end is one, end it."""
        session.run(self.begin, feeds)
        got = []
        while len(got) < self.limit and not (len(got) > 1 and "error" in got[-1] and "error" in got[-2]):
            try:
                got.append({"values": [describe(v) for v in session.run(self.next)]})
            except Exception as e:
                got.append({"error": type(e).__name__, "message": message_of(e)})
        return {"static": static_shapes(self.next), "elements": got}


def describe(value):
    """What an answer is kept as: dtype, shape, elements."""
    a = np.asarray(value)
    if a.dtype == object:
        flat = [x.decode("latin-1") for x in a.ravel()]
        return {"dtype": "string", "shape": list(a.shape), "values": flat}
    name = a.dtype.name
    if a.dtype.kind == "c":
        flat = [[repr(float(x.real)), repr(float(x.imag))] for x in a.ravel()]
    elif a.dtype.kind in "fV" or name == "bfloat16":
        flat = [repr(float(x)) for x in a.ravel()]
    elif a.dtype.kind == "b":
        flat = [int(x) for x in a.ravel()]
    else:
        flat = [int(x) for x in a.ravel()]
    return {"dtype": name, "shape": list(a.shape), "values": flat}


def message_of(e):
    text = str(getattr(e, "message", None) or e)
    if text.startswith("Graph execution error:"):       # 2.x says where first; what happened stands before the node's name
        text = re.search(r"([^\n]*)\s*\[\[", text).group(1)
    text = re.sub(r"/[\w/]*/rowsfile\w*", "FILE", text)
    text = re.sub(r"for '\{\{node (\w+)\}\} = (\w+)\[.*?\]\(.*?\)'", r"for '\1' (op: '\2')", text)
    return re.split(r"\n|\s*\[\[", text)[0].strip()


def static_shapes(result):
    """What the graph knows before it runs: a list of dimensions (None: unknown) or None for each tensor."""
    tensors = result if isinstance(result, (list, tuple)) else [result]
    return [t.shape.as_list() if t.shape.ndims is not None else None for t in tensors if hasattr(t, "shape") and hasattr(t, "op")]


def answer(tf, raw, expression, strided=False):
    """Runs a row: {"value": ..., "static": shapes}, the same with "values", or {"error": class, "message": text}."""
    with tf.Graph().as_default():
        scene = Scene(tf, raw, strided)
        try:
            result = eval(expression, scene.space)
            with tf.Session() as session:
                if scene.variables:
                    session.run([v.initializer for v in scene.variables], scene.feeds)
                if isinstance(result, Elements):
                    return result.answer(session, scene.feeds)
                # bfloat16 leaves as float32.
                def plain(t):
                    return tf.cast(t, tf.float32) if getattr(t, "dtype", None) == tf.bfloat16 else t
                if isinstance(result, (list, tuple)):
                    return {"static": static_shapes(result),
                            "values": [describe(v) for v in session.run([plain(t) for t in result], scene.feeds)]}
                return {"static": static_shapes(result), "value": describe(session.run(plain(result), scene.feeds))}
        except Exception as e:                  # the row's answer, whatever it is
            return {"error": type(e).__name__, "message": message_of(e)}
        finally:
            scene.close()


# Tolerance of a dtype: relative, in units of the last place of the recorded value, and absolute for sums that cancel.
ULP = {"float16": 2.0 ** -10, "float32": 2.0 ** -23, "float64": 2.0 ** -52, "complex64": 2.0 ** -23, "complex128": 2.0 ** -52}


def numbers(answer_):
    kind = answer_["dtype"]
    if kind.startswith("complex"):
        return np.array([complex(float(r), float(i)) for r, i in answer_["values"]])
    return np.array([float(x) for x in answer_["values"]])


def assert_same(got, want, ulps):
    assert (got["dtype"], got["shape"]) == (want["dtype"], want["shape"])
    if want["dtype"] not in ULP:
        assert got["values"] == want["values"]
        return
    a, b = numbers(got), numbers(want)
    unit = ULP[want["dtype"]] * ulps
    for x, y in zip(np.r_[a.real, a.imag] if a.dtype.kind == "c" else a, np.r_[b.real, b.imag] if b.dtype.kind == "c" else b):
        if np.isnan(y) or np.isinf(y):
            assert str(x) == str(y), (got["values"], want["values"])
        else:
            assert abs(x - y) <= unit * max(abs(y), 1e-30 if ulps < 8 else np.max(np.abs(b[np.isfinite(b)]), initial=0.0)), \
                (got["values"], want["values"])


def check(got, want, ulps=4):
    if "error" in want:
        assert got == want
        return
    assert "error" not in got, got
    assert got["static"] == want["static"]
    if "elements" in want:
        assert [sorted(g) for g in got["elements"]] == [sorted(w) for w in want["elements"]], got
        for g, w in zip(got["elements"], want["elements"]):
            check(dict(g, static=None), dict(w, static=None), ulps)
        return
    for g, w in zip(got.get("values") or [got["value"]], want.get("values") or [want["value"]]):
        assert_same(g, w, ulps)
