"""Rows of diagonals as 1.15 and later have them; TensorFlow 2.21 answers."""
ROWS = []
TYPES = ["float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "complex64", "complex128", "bool"]
ALIGN = ["LEFT_RIGHT", "RIGHT_LEFT", "LEFT_LEFT", "RIGHT_RIGHT"]


def row(op, name, *inputs, **attributes):
    ROWS.append((op + " " + name, "raw(%s)" % ", ".join([repr(op)] + list(inputs) + ["%s=%r" % item for item in sorted(attributes.items())])))


def fed(value, dtype="float32"):
    return "P(%s, '%s')" % (value, dtype)


def count(*shape):
    n = 1
    for size in shape:
        n *= size
    return "np.arange(1, %d).reshape(%s)" % (n + 1, tuple(shape))


def part(name, shape, k, dtype="float32", pad="9", **attributes):
    for version in ["V2", "V3"] if not attributes else ["V3"]:
        row("MatrixDiagPart" + version, name, fed(count(*shape), dtype), fed(k, "int32"), fed(pad, dtype), **attributes)


def diag(name, shape, k, rows="-1", columns="-1", dtype="float32", pad="9", **attributes):
    for version in ["V2", "V3"] if not attributes else ["V3"]:
        row("MatrixDiag" + version, name, fed(count(*shape), dtype), fed(k, "int32"), fed(rows, "int32"), fed(columns, "int32"), fed(pad, dtype), **attributes)


def put(name, shape, diagonals, k, dtype="float32", **attributes):
    for version in ["V2", "V3"] if not attributes else ["V3"]:
        row("MatrixSetDiag" + version, name, fed(count(*shape), dtype), fed("10 * " + count(*diagonals) if dtype == "float32" else count(*diagonals), dtype), fed(k, "int32"), **attributes)


for d in TYPES:
    pad = "True" if d == "bool" else "9"
    part(d, (2, 3, 4), "[-1, 2]", d, pad)
    diag(d, (2, 3, 3), "[-1, 1]", "4", "3", d, pad)
    put(d, (2, 3, 4), (2, 2, 3), "[0, 1]", d)
for a in ALIGN:
    for shape in [(3, 4), (4, 3), (2, 3, 3)]:
        for k in ["[-2, 2]", "[-1, 0]", "[0, 1]", "[1, 2]", "[-2, -1]"]:
            part("%s %s %s" % (a, shape, k), shape, k, align=a)
    for rows, columns in [("-1", "-1"), ("4", "-1"), ("-1", "4"), ("4", "4")]:
        diag("%s %s %s" % (a, rows, columns), (2, 4, 3), "[-1, 2]" if rows != "4" else "[-2, 1]", rows, columns, align=a)
    put(a, (3, 4), (4, 3), "[-1, 2]", align=a)
    put(a + " tall", (4, 3), (3, 3), "[-2, 0]", align=a)
for k in ["0", "[0]", "[0, 0]", "1", "-1", "3", "-2", "2"]:
    part("one " + k, (2, 3, 4), k)
for k, n in [("0", 3), ("1", 3), ("-1", 2), ("3", 1), ("[-2]", 1)]:
    put("one " + k, (2, 3, 4), (2, n), k)
    diag("one " + k, (2, 3), k)
for name, rows, columns in [("wide", "3", "6"), ("tall", "7", "3"), ("exact", "3", "3"), ("both larger", "5", "5"), ("few rows", "2", "-1"), ("few columns", "-1", "2")]:
    diag(name, (2, 3), "0", rows, columns)
for name, shape in [("empty", (0, 3, 3)), ("no rows", (2, 0, 3)), ("no columns", (3, 0)), ("nothing", (0, 0))]:
    part(name, shape, "0")
diag("empty", (0, 3), "0")
diag("no length", (2, 0), "0")
put("empty", (0, 3, 3), (0, 3), "0")
put("no columns", (3, 0), (0,), "0")
for name, k in [("too high", "4"), ("too low", "-3"), ("band too high", "[0, 4]"), ("band too low", "[-3, 0]"), ("order", "[1, 0]"), ("three", "[0, 1, 2]"), ("matrix", "[[0]]"), ("none", "[]")]:
    part(name, (3, 4), k)
    put(name, (3, 4), (3,) if "[" not in k or "," not in k else (2, 3), k)
    if "too" not in name:
        diag(name, (3, 4), k)
part("vector", (3,), "0")
part("vector of padding", (3, 4), "0", pad="[1]")
diag("scalar", (), "0")
diag("rows", (3,), "0", "[3]")
diag("columns", (3,), "0", "-1", "[3]")
diag("padding", (3,), "0", pad="[1]")
diag("wrong number", (2, 3), "[0, 2]")
diag("vector for a band", (3,), "[0, 2]")
put("vector", (3,), (3,), "0")
put("scalar diagonal", (3, 3), (), "0")
put("wrong number", (3, 4), (3, 3), "[0, 1]")
for version in ["V2", "V3"]:
    for shape in ["[None, 3, 4]", "[None, None]", "None", "[2, 3, None]"]:
        value = "np.ones((2, 3, 4))" if "None, None]" not in shape or shape.startswith("[2") else "np.ones((3, 4))"
        for k in ["[-1, 1]", "[0]", "2"]:
            row("MatrixDiagPart" + version, "static %s %s" % (shape, k), "S(%s, %s)" % (value, shape), k, "0.")
    row("MatrixSetDiag" + version, "static", "S(np.ones((2, 3, 4)), [None, 3, 4])", "S(np.ones((2, 3)), None)", "0")
    for shape in ["[None, 3, 4]", "None", "[2, 3, None]"]:
        for k in ["[-1, 1]", "[0, 2]"]:
            for rows, columns in [("-1", "-1"), ("6", "-1"), ("-1", "6")]:
                row("MatrixDiag" + version, "static %s %s %s %s" % (shape, k, rows, columns), "S(np.ones((2, 3, 4)), %s)" % shape, k, rows, columns, "0.")
