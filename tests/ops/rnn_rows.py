"""Rows of recurrent cells that are one operation.  Those of tf.contrib.rnn are registered when it is first touched."""
ROWS = []


def add(name, expression):
    ROWS.append((name, "tf.contrib.rnn and " + expression))


def v(shape, scale, kind="P", known=""):
    n = 1
    for d in shape:
        n *= d
    text = "(np.sin(np.arange(%d.) * %s %% 7) * %s).reshape(%s)" % (n, scale, scale, list(shape))
    return "P(%s)" % text if kind == "P" else "S(%s, %s)" % (text, known or list(shape))


def state(b, n, i, c, kind="P", t=None):
    x = (b, i) if t is None else (t, b, i)
    return [v(x, 0.9, kind), v((b, c), 0.7, kind), v((b, c), 0.5, kind), v((i + c, n * c), 0.3, kind)]


def peepholes(c, kind="P"):
    return [v((c,), s, kind) for s in (0.2, 0.4, 0.6)]


def cell(name, b=3, i=2, c=5, kind="P", more="", replace=None, grad=False):
    args = state(b, 4, i, c, kind) + peepholes(c, kind) + [v((4 * c,), 0.1, kind)]
    if grad:
        args += [v((b, c), s, kind) for s in (0.31, 0.83, 0.47, 0.57, 0.63, 0.77, 0.93, 0.29)]
    for at, text in (replace or {}).items():
        args[at] = text
    op = "LSTMBlockCellGrad" if grad else "LSTMBlockCell"
    add(op + " " + name, "raw('%s', %s%s)" % (op, ", ".join(args), more))


def block(name, length, t=4, b=3, i=2, c=5, kind="P", more="", replace=None, grad=False):
    args = ["P(%d, 'int64')" % length] + state(b, 4, i, c, kind, t) + peepholes(c, kind) + [v((4 * c,), 0.1, kind)]
    if grad:
        args += [v((t, b, c), s, kind) for s in (0.31, 0.83, 0.47, 0.57, 0.63, 0.77, 0.41, 0.93, 0.29)]
    for at, text in (replace or {}).items():
        args[at] = text
    op = "BlockLSTMGrad" if grad else "BlockLSTM"
    # What lies behind the sequences' end is whatever the memory held, but for memory and output.
    pick = "" if grad else ("[1], r[6]" if length < t else "")
    call = "raw('%s', %s%s)" % (op, ", ".join(args), more)
    add(op + " " + name, call if not pick else "(lambda r: [r[1], r[6]] + [x[:%d] for x in r])(%s)" % (length, call))


for peephole in "True", "False":
    at = ", use_peephole=" + peephole
    cell("peephole " + peephole, more=at + ", cell_clip=-1.")
    cell("clipped, peephole " + peephole, more=at + ", cell_clip=0.1, forget_bias=0.3")
    cell("default clip, peephole " + peephole, more=at)
    cell("large, peephole " + peephole, 33, 17, 40, more=at)
    cell("known, peephole " + peephole, kind="S", more=at)
    cell("peephole " + peephole, more=at, grad=True)
    cell("large, peephole " + peephole, 33, 17, 40, more=at, grad=True)
    cell("known, peephole " + peephole, kind="S", more=at, grad=True)
    for length in 4, 2, 0:
        block("%d steps, peephole %s" % (length, peephole), length, more=at + ", cell_clip=0.2")
        block("%d steps, peephole %s" % (length, peephole), length, more=at, grad=True)
    block("large, peephole " + peephole, 9, 9, 33, 17, 40, more=at)
    block("large, peephole " + peephole, 9, 9, 33, 17, 40, more=at, grad=True)
    block("known, peephole " + peephole, 4, kind="S", more=at)
    block("known, peephole " + peephole, 4, kind="S", more=at, grad=True)
cell("no rows", 0)
cell("no inputs", 3, 0)
block("no steps", 0, 0)

# What does not fit.
for at, shape in ((1, (4, 5)), (2, (4, 5)), (2, (3, 4)), (3, (6, 20)), (3, (7, 16)), (7, (16,))):
    wrong = {at: v(shape, 0.5)}
    cell("argument %d is %s" % (at, list(shape)), replace=wrong, more=", use_peephole=True")
    cell("argument %d is %s" % (at, list(shape)), replace=wrong, more=", use_peephole=True", grad=True)
    known = {at: v(shape, 0.5, "S")}
    cell("argument %d is known to be %s" % (at, list(shape)), kind="S", replace=known)
for at, shape in ((8, (4, 5)), (8, (3, 4)), (14, (2, 5)), (15, (3, 6))):
    cell("argument %d is %s" % (at, list(shape)), replace={at: v(shape, 0.5)}, more=", use_peephole=True", grad=True)
for at, shape in ((0, (3,)), (1, (3,))):
    cell("argument %d is a vector" % at, kind="S", replace={at: v(shape, 0.5, "S")})
    cell("argument %d is a vector" % at, kind="S", replace={at: v(shape, 0.5, "S")}, more=", use_peephole=True", grad=True)
cell("partly known", replace={0: v((3, 2), 0.9, "S", "[None, 2]"), 1: v((3, 5), 0.7, "S", "[3, None]")})
cell("partly known", replace={0: v((3, 2), 0.9, "S", "[None, 2]"), 1: v((3, 5), 0.7, "S", "[None, 5]")}, more=", use_peephole=True", grad=True)
block("partly known", 4, replace={1: v((4, 3, 2), 0.9, "S", "[None, 3, None]"), 8: v((20,), 0.1, "S", "[None]")})
block("partly known", 4, replace={1: v((4, 3, 2), 0.9, "S", "[None, 3, None]")}, more=", use_peephole=True", grad=True)
block("b of no multiple of 4", 4, kind="S", replace={8: v((18,), 0.1, "S")})
block("x is a matrix", 4, kind="S", replace={1: v((3, 2), 0.1, "S")})
block("b is a matrix", 4, kind="S", replace={8: v((3, 2), 0.1, "S")})


def gru(name, b=3, i=2, c=5, kind="P", replace=None, grad=False):
    args = [v((b, i), 0.9, kind), v((b, c), 0.7, kind), v((i + c, 2 * c), 0.3, kind), v((i + c, c), 0.5, kind), v((2 * c,), 0.2, kind),
            v((c,), 0.4, kind)]
    if grad:
        args += [v((b, c), s, kind) for s in (0.31, 0.83, 0.47, 0.57)]
    for at, text in (replace or {}).items():
        args[at] = text
    op = "GRUBlockCellGrad" if grad else "GRUBlockCell"
    add(op + " " + name, "raw('%s', %s)" % (op, ", ".join(args)))


for grad in False, True:
    gru("small", grad=grad)
    gru("large", 33, 17, 40, grad=grad)
    gru("known", kind="S", grad=grad)
    gru("partly known", replace={0: v((3, 2), 0.9, "S", "[None, 2]"), 1: v((3, 5), 0.7, "S", "[None, None]"), 2: v((7, 10), 0.3, "S", "[None, 10]")}, grad=grad)
    gru("no rows", 0, grad=grad)
    gru("a vector", kind="S", replace={1: v((3,), 0.5, "S")}, grad=grad)
    for at, shape in ((1, (4, 5)), (2, (6, 10)), (2, (7, 12)), (3, (6, 5)), (3, (7, 4)), (4, (9,)), (5, (4,))) + (((6, (3, 4)), (9, (2, 5))) if grad else ()):
        gru("argument %d is %s" % (at, list(shape)), replace={at: v(shape, 0.5)}, grad=grad)
