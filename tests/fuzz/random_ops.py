"""Calls every registered operation with random, mostly wrong, attributes and inputs:

    python random_ops.py SEED TRIALS [SECONDS] [OP ...]

Half of the calls are made up from signatures; the others are case rows of tests/ops with numbers or the shape of an input changed, which
gets further into the kernels.  An operation may answer or fail; what it may not do is crash, hang, take memory without bound or read what is not its own
(run it under the sanitizers, too).  The last line on stderr says what was being tried when a process died."""
import os
import pathlib
import random
import re
import resource
import signal
import sys
import tempfile
import time

import numpy as np

import pytfgraph as tf
from pytfgraph import _core

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "ops"))
import rows  # noqa: E402

# Abort ends the process by design; the others run what Python registered.
SKIP = {"Abort", "PyFunc", "PyFuncStateless", "EagerPyFunc"}
TYPES = ["float32", "float64", "int32", "int64", "uint8", "bool", "complex64", "string", "float16", "int8", "bfloat16", "uint16", "int16", "complex128",
         "qint8", "quint8", "qint32", "uint32", "uint64", "qint16", "quint16"]
EXTREME = [0, -1, 1, 2, 3, 7, 64, 1000, -2 ** 31, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 62, -2 ** 62, 2 ** 63 - 1, -2 ** 63]
MILLISECONDS = 3000             # of one run, after which whatever waits is cancelled
MEMORY = 12 << 30
EXPECTED = (tf.errors.OpError, ValueError, TypeError, OverflowError, NotImplementedError, LookupError, AttributeError, RuntimeError, MemoryError,
            AssertionError, ArithmeticError, NameError, SyntaxError, OSError)


class Slow(Exception):
    """One trial takes too long."""


def on_alarm(signum, frame):
    raise Slow()


# ---- made from signatures ----

def shape_of(r, small):
    shape = [r.choice([0, 1, 1, 2, 2, 3, 5]) for _ in range(r.choice([0, 1, 1, 1, 2, 2, 3, 4, 4, 5]))]
    return shape[:1] if small and r.random() < 0.7 else shape


def value(r, dtype, shape):
    n = int(np.prod(shape))
    if dtype == tf.string:
        pool = [b"", b"a", b"bcd", b"3", b"-1.5", b"a,b", b"/nowhere/x", b"\xff\xfe", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF", b"GIF89a", b"BM"]
        return np.array([r.choice(pool) for _ in range(n)] + [None], object)[:n].reshape(shape)
    kind = np.dtype(dtype.as_numpy_dtype)
    if kind.kind in "iu":
        info = np.iinfo(kind)
        pool = [0, 1, 2, 3, 4, 1, 0, 2] + ([-1, -2] if info.min < 0 else []) + ([int(info.min), int(info.max)] if r.random() < 0.15 else [])
        return np.array([r.choice(pool) for _ in range(n)], kind).reshape(shape)
    if kind.names:              # quantised
        return np.array([(r.choice([0, 1, 2, 100]),) for _ in range(n)], kind).reshape(shape)
    return np.array([r.choice([0, 1, 2, 3, -1, 0.5, np.nan, np.inf, 1e30]) for _ in range(n)]).astype(kind).reshape(shape)


def static_shape(r):
    if r.random() < 0.2:
        return None
    return [r.choice([None, 0, 1, 2, 3]) for _ in range(r.choice([0, 1, 2, 2, 3, 4]))]


def attribute(r, a):
    """A value for an attribute that inputs do not give, or None: its default."""
    kind = a.type
    if kind.startswith("list("):
        return [attribute_of(r, kind[5:-1], a) for _ in range(max(a.minimum, r.choice([0, 1, 2, 3, 4])))]
    return attribute_of(r, kind, a)


def attribute_of(r, kind, a):
    if kind == "int":
        low = a.minimum if a.has_minimum and not a.type.startswith("list") else -1
        return low + r.choice([0, 1, 2, 3]) if r.random() < 0.8 else r.choice(EXTREME)
    if kind == "bool":
        return r.random() < 0.5
    if kind == "float":
        return r.choice([0.5, 0.0, 1.0, -1.0, 1e30, float("nan")])
    if kind == "shape":
        return static_shape(r)
    if kind == "type":
        return tf.as_dtype(r.choice(list(a.allowed_values.list.type) or TYPES))
    if kind == "tensor":
        return tf.make_tensor_proto(value(r, tf.as_dtype(r.choice(TYPES[:6])), shape_of(r, True)))
    if kind == "string":
        return r.choice([x.decode() for x in a.allowed_values.list.s] or ["m", "", "a b", "x/y", "%s", "(", "\\"])
    raise ValueError(kind)      # functions


def creators():
    """Operations that make a handle: of a queue, a table, a TensorArray, a variable ..."""
    made = []
    for name in _core.op_names():
        d = _core.op_def(name)
        if d.is_stateful and d.output_arg and name not in SKIP:
            out = d.output_arg[0]
            if out.type in (tf.resource.as_datatype_enum, tf.variant.as_datatype_enum) or (out.is_ref and out.type == tf.string.as_datatype_enum):
                made.append((name, out.type))
    return made


class Caller:
    def __init__(self, r):
        self.r, self.feeds, self.handles = r, {}, creators()

    def handle(self, number):
        name = self.r.choice([n for n, kind in self.handles if kind == number] or [None])
        if name is None:
            raise ValueError("nothing makes these")
        out = self.call(name)
        return out[0] if isinstance(out, (list, tuple)) else out

    def tensor(self, dtype, a, like):
        r = self.r
        if dtype.base_dtype in (tf.resource, tf.variant) or (a.is_ref and dtype.base_dtype == tf.string):
            return self.handle(dtype.base_dtype.as_datatype_enum)
        shape = like if like is not None and r.random() < 0.5 else shape_of(r, a.name not in ("input", "data", "x", "params", "value", "images"))
        if a.is_ref:
            v = tf.Variable(tf.constant(value(r, dtype, shape), dtype), name="v%d" % len(self.feeds))
            return v._ref()
        if dtype == tf.bfloat16 or r.random() < 0.4:
            fed = value(r, tf.float32 if dtype == tf.bfloat16 else dtype, shape)
            c = tf.constant(fed, tf.float32 if dtype == tf.bfloat16 else dtype)
            return tf.cast(c, dtype) if dtype == tf.bfloat16 else c
        p = tf.placeholder(dtype, None if r.random() < 0.5 else [n if r.random() < 0.7 else None for n in shape])
        self.feeds[p] = value(r, dtype, shape)
        return p

    def call(self, op):
        r, d = self.r, _core.op_def(op)
        attrs, given, inferred = {a.name: a for a in d.attr}, {}, set()
        for a in d.input_arg:
            inferred |= {a.type_attr, a.number_attr, a.type_list_attr} - {""}
        inputs, like = [], None

        def dtype_of(a):
            if not a.type_attr:
                return tf.as_dtype(a.type)
            if a.type_attr not in given:
                allowed = list(attrs[a.type_attr].allowed_values.list.type) or TYPES
                given[a.type_attr] = tf.as_dtype(r.choice(allowed))
            return given[a.type_attr]
        for a in d.input_arg:
            if a.type_list_attr:
                allowed = list(attrs[a.type_list_attr].allowed_values.list.type) or TYPES[:8]
                kinds = given.setdefault(a.type_list_attr, [tf.as_dtype(r.choice(allowed)) for _ in range(r.choice([0, 1, 1, 2, 3]))])
                inputs.append([self.tensor(k, a, like) for k in kinds])
            elif a.number_attr:
                n = given.setdefault(a.number_attr, max(attrs[a.number_attr].minimum, r.choice([1, 1, 2, 3])))
                inputs.append([self.tensor(dtype_of(a), a, like) for _ in range(n)])
            else:
                t = self.tensor(dtype_of(a), a, like)
                inputs.append(t)
                if like is None and t.shape.is_fully_defined():
                    like = t.shape.as_list()
        more = {a.name: attribute(r, a) for a in d.attr if a.name not in inferred and a.type != "func"
                and (not a.HasField("default_value") or r.random() < 0.4)}
        return _core.raw_op(op)(*inputs, **more)


def flat(out):
    if out is None:
        return []
    if isinstance(out, (list, tuple)):
        return [y for x in out for y in flat(x)]
    return [out]


def run(r, outputs, feeds):
    options = tf.RunOptions(timeout_in_ms=MILLISECONDS)
    with tf.Session() as s:
        try:
            s.run(tf.global_variables_initializer(), feeds, options=options)
        except EXPECTED:
            pass
        fetched = [t.op if isinstance(t, tf.Tensor) and t.dtype.base_dtype in (tf.resource, tf.variant) else t for t in outputs]
        s.run(fetched, feeds, options=options)
        if r.random() < 0.3:
            xs = [x for x in feeds if x.dtype.is_floating]
            ys = [t for t in outputs if isinstance(t, tf.Tensor) and t.dtype.is_floating]
            if xs and ys:
                s.run([g for g in tf.gradients(ys, xs) if g is not None], feeds, options=options)


def made_up(r, op):
    caller = Caller(r)
    outputs = flat(caller.call(op))
    run(r, outputs, caller.feeds)


# ---- made from case rows ----

NUMBER = re.compile(r"(?<![\w'.])-?\d+(?:\.\d*)?(?:e-?\d+)?(?![\w'])")


# What these are given is the memory that the test itself takes.
SIZES = re.compile(r"(?:a?range|linspace|rand\w*|permutation|choice|uniform|normal|zeros|ones|eye|full|tile|repeat)\((?:[^()]|\([^()]*\))*\)")


def mutated(r, text):
    """The expression with up to three of its numbers changed."""
    sizes = [m.span() for m in SIZES.finditer(text)]
    places = [m for m in NUMBER.finditer(text) if not any(a <= m.start() < b for a, b in sizes)]
    if not places:
        return text
    for m in sorted(r.sample(places, min(len(places), r.choice([1, 1, 2, 3]))), key=lambda m: -m.start()):
        new = r.choice(EXTREME[:8]) if r.random() < 0.6 else r.choice(EXTREME)
        text = text[:m.start()] + ("%d" % new if "." not in m.group() else r.choice(["%d." % new, "np.nan", "np.inf", "1e30"])) + text[m.end():]
    return text


def raw(op, *inputs, **attributes):
    return _core.raw_op(op)(*inputs, **attributes)


SHAPES = [(), (0,), (1,), (2,), (0, 3), (1, 1), (2, 0, 1), (3, 2)]


def reshaped(r, a):
    """The value with another shape, its elements in turn."""
    shape = r.choice(SHAPES)
    if a.size == 0:
        return np.full(shape, b"" if a.dtype == object else np.zeros((), a.dtype), a.dtype)
    return np.resize(a, shape)


def from_row(r, expression):
    scene = rows.Scene(tf, raw)
    outputs = flat(eval(expression, scene.space))
    if scene.feeds and r.random() < 0.5:        # placeholders know no shape, so kernels have to look
        fed = r.choice(list(scene.feeds))
        scene.feeds[fed] = reshaped(r, scene.feeds[fed])
    run(r, [t for t in outputs if isinstance(t, (tf.Tensor, tf.Operation))], scene.feeds)


def case_rows(wanted):
    found = [expression for family in rows.families() for _, expression in rows.load_rows(family)]
    return [e for e in found if "Abort" not in e and "**" not in e and (not wanted or any(repr(op) in e for op in wanted))]


def ran(r, row, op):
    """Whether the trial went through, at most 60 s long."""
    signal.alarm(60)
    try:
        from_row(r, row) if row else made_up(r, op)
        return True
    except EXPECTED:
        return False
    finally:
        signal.alarm(0)


def main(seed, trials, seconds, wanted):
    r, good, end = random.Random(seed), 0, time.time() + seconds
    names = [n for n in (wanted or _core.op_names()) if n not in SKIP]
    cases = case_rows(wanted)
    # Sanitizers reserve addresses without end.
    if "libasan" not in os.environ.get("LD_PRELOAD", ""):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 24, 1 << 24))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, on_alarm)
    for i in range(trials):
        if time.time() > end:
            break
        row = r.choice(cases) if cases and r.random() < 0.5 else None
        row = mutated(r, row) if row and r.random() < 0.7 else row
        op = r.choice(names)
        state = r.getstate()
        print("trial", i, row or op, file=sys.stderr, flush=True)
        with tf.Graph().as_default():
            try:
                good += ran(r, row, op)
            except Slow:        # wherever the alarm found it, its own end included
                print("SLOW", row or op, file=sys.stderr, flush=True)
        r.setstate(state)
        r.random()
    print("ran", good)


if __name__ == "__main__":
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:       # what operations write goes here
        os.chdir(folder)
        main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 1e9, sys.argv[4:])
        os.chdir(here)
