"""Rows of the math family."""
FLOATS = ["float16", "float32", "float64"]
HALVES = ["bfloat16"]
COMPLEX = ["complex64", "complex128"]
INTS = ["int8", "int16", "int32", "int64", "uint8", "uint16"]
ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


def each(op, dtypes, *values, **more):
    """One row per dtype, every input of it."""
    for d in dtypes:
        fed = ", ".join("P(%s, '%s')" % (v, d) for v in values)
        add("%s %s" % (op, d), "raw('%s', %s%s)" % (op, fed, more.get("attrs", "")))


X = "[0.5, -0.25, 1.5, -2., 0., 3.25, -0.75]"
Y = "[2., 0.5, -1.5, 3., 1., -0.25, 0.75]"
Z = "[0.5+1j, -0.25-2j, 1.5, -2j, 3.25+0.5j]"
W = "[2.+0.5j, 0.5, -1.5-1j, 3j, 1.+1j]"
I = "[5, -3, 0, 7, -8, 100]"
J = "[2, 4, 3, -2, 5, 7]"
U = "[5, 3, 0, 7, 8, 100]"
UJ = "[2, 4, 3, 2, 5, 7]"

for op in ["Abs", "Ceil", "Floor", "Neg", "Round", "Sigmoid", "Sign", "Sin", "Cos", "Exp", "Expm1", "Square", "Tanh", "IsFinite", "IsInf",
           "IsNan", "Erf", "Erfc", "Inv", "Reciprocal"]:
    each(op, FLOATS, X)
for op in ["Acos", "Asin", "Atan", "Sinh", "Cosh", "Tan", "Asinh"]:
    each(op, FLOATS[1:], "[0.5, -0.25, 0.9, -1., 0.]")
each("Atanh", FLOATS[1:], "[0.5, -0.25, 0.9, 0.]")
each("Acosh", FLOATS[1:], "[1., 1.5, 30., 2e4]")
each("Rint", FLOATS[1:], "[0.5, 1.5, -0.5, -1.5, 2.3]")
for op in ["Log", "Log1p", "Sqrt", "Rsqrt", "Lgamma", "Digamma"]:
    each(op, FLOATS, "[0.5, 1., 3.75, 100.]")
for op in ["Log", "Sqrt", "Square", "Abs"]:
    each(op, HALVES if op != "Abs" else [], "[0.5, 1., 3.75, 100.]")
for op in ["Abs", "Neg", "Sign", "Square", "Round"]:
    each(op, ["int32", "int64"], I)
for op in ["Cos", "Cosh", "Exp", "Expm1", "Inv", "Reciprocal", "Log", "Log1p", "Neg", "Rsqrt", "Sigmoid", "Sign", "Sin", "Sinh", "Sqrt", "Square", "Tan",
           "Tanh", "Asinh", "Acosh", "Atanh", "Conj"]:
    each(op, COMPLEX, Z)
for d, out in [("complex64", "float32"), ("complex128", "float64")]:
    for op in ["ComplexAbs", "Angle", "Real", "Imag"]:
        add("%s %s" % (op, d), "raw('%s', P(%s, '%s'), Tout=tf.%s)" % (op, Z, d, out))
    add("Complex " + d, "raw('Complex', P(%s, '%s'), P(%s, '%s'), Tout=tf.%s)" % (X, out, Y, out, d))
each("Invert", INTS + ["uint32", "uint64"], U)
each("LogicalNot", ["bool"], "[True, False]")

for op in ["Add", "Sub", "Mul", "RealDiv", "Div"]:
    each(op, FLOATS + HALVES, X, Y)
    each(op, COMPLEX, Z, W)
for op in ["Add", "Sub", "Mul", "Div"]:
    each(op, ["int16", "int32", "int64"], I, J)
    each(op, ["uint8"], U, UJ)
for op in ["Maximum", "Minimum"]:
    each(op, FLOATS + HALVES, X, Y)
    each(op, ["int32", "int64"], I, J)
each("SquaredDifference", FLOATS, X, Y)
each("SquaredDifference", ["int32", "int64"], I, J)
each("FloorDiv", FLOATS, X, Y)
each("FloorDiv", ["int8", "int16", "int32", "int64"], I, J)
each("FloorDiv", ["uint8", "uint16"], U, UJ)
for op in ["FloorMod", "Mod", "TruncateMod"]:
    each(op, FLOATS[1:], X, Y)
    each(op, ["int32", "int64"], I, J)
each("TruncateDiv", ["int16", "int32", "int64"], I, J)
each("TruncateDiv", ["uint8", "uint16"], U, UJ)
each("Pow", FLOATS, "[0.5, 2., 3., 0., 1.5]", "[2., 0.5, -1.5, 3., 0.]")
each("Pow", ["int32", "int64"], "[5, -3, 0, 7, 2]", "[2, 3, 0, 1, 40]")
each("Pow", COMPLEX, Z, W)
each("Atan2", FLOATS[1:], X, Y)
each("DivNoNan", FLOATS[1:], X, "[2., 0., -1.5, 0., 0., -0.25, 0.75]")
for op in ["InvGrad", "ReciprocalGrad", "SqrtGrad", "RsqrtGrad", "SigmoidGrad", "TanhGrad"]:
    each(op, FLOATS, Y, X)
    each(op, COMPLEX, W, Z)
for op in ["Equal", "NotEqual"]:
    each(op, FLOATS + HALVES, X, "[0.5, 0.25, 1.5, 2., 0., 3., -0.75]")
    each(op, COMPLEX, Z, "[0.5+1j, 0.25-2j, 1.5+1j, -2j, 3.25]")
    each(op, ["int8", "int16", "int32", "int64"], I, "[5, 3, 0, -7, -8, 1]")
    each(op, ["uint8"], U, UJ)
    each(op, ["bool"], "[True, False, True, False]", "[True, True, False, False]")
    each(op, ["string"], "[b'a', b'', b'xyz']", "[b'a', b'b', b'xy']")
for op in ["Less", "LessEqual", "Greater", "GreaterEqual"]:
    # 1.12.3 registers Less and LessEqual of bfloat16 twice and then cannot run them.
    each(op, FLOATS + (HALVES if op[0] == "G" else []), X, "[0.5, 0.25, 1., 2., 0., 4., -0.75]")
    each(op, ["int8", "int16", "int32", "int64"], I, J)
    each(op, ["uint8"], U, UJ)
each("LogicalAnd", ["bool"], "[True, False, True]", "[True, True, False]")
each("LogicalOr", ["bool"], "[True, False, False]", "[True, True, False]")
for op in ["BitwiseAnd", "BitwiseOr", "BitwiseXor"]:
    each(op, INTS + ["uint32", "uint64"], U, UJ)
for op in ["LeftShift", "RightShift"]:
    each(op, ["int8", "int16", "int32", "int64"], "[5, -3, 1, -8]", "[1, 2, 100, 0]")
    each(op, ["uint8", "uint16", "uint32", "uint64"], "[5, 3, 1, 8]", "[1, 2, 100, 0]")
each("ClipByValue", FLOATS + INTS[:4], "[5, 3, 0, 7, -8]", "1", "6")
each("AddN", [], X)
for d in FLOATS + INTS + COMPLEX + HALVES:
    add("AddN " + d, "raw('AddN', [P([1, 2, 3], '{0}'), P([4, 5, 6], '{0}'), P([7, 8, 9], '{0}')])".format(d))
    add("Select " + d, "raw('Select', P([True, False], 'bool'), P([[1, 2], [3, 4]], '{0}'), P([[5, 6], [7, 8]], '{0}'))".format(d))
add("Select string", "raw('Select', P([True, False], 'bool'), P([b'a', b'b'], 'string'), P([b'c', b'd'], 'string'))")
add("Select scalar", "raw('Select', P(False, 'bool'), P([[1, 2]]), P([[5, 6]]))")

# Broadcasting.
for name, a, b in [("scalar", "3.", "[[1., 2.]]"), ("rows", "[[1., 2.], [3., 4.]]", "[10., 20.]"), ("columns", "[[1.], [2.]]", "[[10., 20., 30.]]"),
                   ("inner", "np.arange(12.).reshape(2, 3, 2)", "np.arange(4.).reshape(2, 1, 2)"), ("empty", "np.zeros((0, 3))", "[1., 2., 3.]"),
                   ("long", "np.arange(600.).reshape(2, 300)", "np.arange(300.)"), ("both", "np.arange(6.).reshape(2, 1, 3)", "np.arange(4.).reshape(4, 1)"),
                   ("mismatch", "np.zeros((2, 3))", "np.zeros((4, 5))"), ("two scalars", "1.", "2.")]:
    for op in ["Add", "Sub", "Pow", "FloorMod"]:
        add("%s broadcast %s" % (op, name), "raw('%s', P(%s), P(%s))" % (op, a, b))
add("Add string", "raw('Add', P([b'a', b'b'], 'string'), P(b'x', 'string'))")
add("FloorDiv broadcast int", "raw('FloorDiv', P([[7], [-7]], 'int32'), P([2, -3, 4], 'int32'))")

# Values that are special.
S = "[np.nan, np.inf, -np.inf, 0., -0., 1., -1.]"
for op in ["Abs", "Ceil", "Floor", "Neg", "Round", "Sigmoid", "Sign", "Exp", "Log", "Sqrt", "Tanh", "IsFinite", "IsInf", "IsNan", "Square",
           "Reciprocal", "Erf", "Erfc", "Atan", "Lgamma", "Log1p"]:
    for d in ["float32", "float64"]:
        add("%s special %s" % (op, d), "raw('%s', P(%s, '%s'))" % (op, S, d))
for op in ["Maximum", "Minimum", "Add", "Mul", "RealDiv", "Less", "Equal", "NotEqual", "GreaterEqual", "Mod", "FloorMod", "FloorDiv", "DivNoNan"]:
    for d in ["float32", "float64"]:
        add("%s special %s" % (op, d), "raw('{0}', P(np.repeat({1}, 7), '{2}'), P(np.tile({1}, 7), '{2}'))".format(op, S, d))

# Failures.
for op in ["Div", "FloorDiv", "FloorMod", "Mod", "TruncateDiv", "TruncateMod"]:
    add(op + " by zero", "raw('%s', P([1, 2], 'int32'), P([1, 0], 'int32'))" % op)
add("Pow negative", "raw('Pow', P([2, 3], 'int32'), P([1, -1], 'int32'))")
add("ApproximateEqual", "raw('ApproximateEqual', P([1., 2., np.nan, np.inf]), P([1., 2.1, np.nan, np.inf]))")
add("ApproximateEqual tolerance", "raw('ApproximateEqual', P([1., 2.], 'float64'), P([1., 2.1], 'float64'), tolerance=0.2)")
add("ApproximateEqual mismatch", "raw('ApproximateEqual', P([1.]), P([1., 2.]))")
add("ClipByValue vectors", "raw('ClipByValue', P([1., 2., np.nan, np.inf]), P([1., 2.1, 3., 4.]), P([1., 2., 3., 4.]))")
add("ClipByValue crossed", "raw('ClipByValue', P([1., 2., np.nan]), P(3.), P(2.))")
add("ClipByValue mismatch", "raw('ClipByValue', P([1., 2.]), P([1., 2., 3.]), P(2.))")
for name, c, t, e in [("batches", "[True, False]", "[[1., 2.]]", "[[1., 2.]]"), ("sizes", "[True, False]", "[1., 2.]", "[1., 2., 3.]"),
                      ("rank", "[[True]]", "[1.]", "[2.]")]:
    add("Select mismatch " + name, "raw('Select', P(%s, 'bool'), P(%s), P(%s))" % (c, t, e))
add("AddN mismatch", "raw('AddN', [P([1., 2.]), P([1.])])")

# Casts between everything.
ALL = FLOATS + HALVES + COMPLEX + INTS + ["uint32", "uint64", "bool"]
for a in ALL:
    for b in ALL:
        if "bfloat16" in (a, b) and ("uint32" in (a, b) or "uint64" in (a, b)):
            continue
        add("Cast %s %s" % (a, b), "raw('Cast', P([0, 1, 3, 100], '%s'), DstT=tf.%s)" % (a, b))
for a in ["float32", "float64"]:
    for b in ["int32", "int64", "uint8", "int8", "bool"]:
        add("Cast far %s %s" % (a, b), "raw('Cast', P([np.nan, np.inf, -np.inf, 3e9, -3.7, 3.7, 300.], '%s'), DstT=tf.%s)" % (a, b))
add("Cast int narrow", "raw('Cast', P([300, -1, 70000], 'int32'), DstT=tf.int8)")
add("Cast string", "raw('Cast', P([b'a'], 'string'), DstT=tf.string)")
add("Cast to string", "raw('Cast', P([1.]), DstT=tf.string)")

# Reductions.
M = "np.arange(-6, 18).reshape(2, 3, 4)"
REAL = FLOATS + HALVES + INTS
for op, types in [("Sum", REAL + COMPLEX), ("Mean", REAL + COMPLEX), ("Prod", REAL + COMPLEX), ("Max", REAL), ("Min", REAL)]:
    for d in types:
        data = "np.abs(%s)" % M if d.startswith("u") else M
        if op == "Prod":
            data = "(%s) %% 3 + 1" % M
        add("%s %s" % (op, d), "raw('%s', P(%s, '%s'), P([0, 2], 'int32'))" % (op, data, d))
        if "16" not in d or "int" in d:
            add("%s empty %s" % (op, d), "raw('%s', P(np.zeros((0, 2)), '%s'), P([0], 'int32'))" % (op, d))
    for axes in ["[]", "[0]", "[1]", "[2]", "[-1]", "[0, 1]", "[1, 2]", "[0, 1, 2]", "2", "[0, 0]"]:
        for keep in [False, True]:
            add("%s axes %s keep %s" % (op, axes, keep), "raw('%s', P(%s), P(%s, 'int64'), keep_dims=%s)" % (op, M, axes, keep))
    add("%s scalar" % op, "raw('%s', P(3.), P([], 'int32'))" % op)
    add("%s axis out" % op, "raw('%s', P([1.]), P([3], 'int32'))" % op)
    add("%s axis low" % op, "raw('%s', P([1.]), P([-2], 'int32'))" % op)
    add("%s nan" % op, "raw('%s', P([1., np.nan, 2.]), P([0], 'int32'))" % op)
for op in ["All", "Any"]:
    for axes in ["[0]", "[1]", "[0, 1]", "[]"]:
        add("%s %s" % (op, axes), "raw('%s', P([[True, False], [True, True], [False, False]], 'bool'), P(%s, 'int32'))" % (op, axes))
    add("%s empty" % op, "raw('%s', P(np.zeros((0,)), 'bool'), P([0], 'int32'))" % op)
add("Sum wraps", "raw('Sum', P([100, 100, 100], 'int8'), P([0], 'int32'))")
add("Mean wraps", "raw('Mean', P([100, 100], 'int8'), P([0], 'int32'))")
for op in ["ArgMax", "ArgMin"]:
    for d in REAL:
        add("%s %s" % (op, d), "raw('%s', P([[1, 5, 5], [7, 2, 2]], '%s'), P(1, 'int32'))" % (op, d))
    for axis in ["0", "1", "2", "-1"]:
        add("%s axis %s" % (op, axis), "raw('%s', P((%s) %% 5), P(%s, 'int64'), output_type=tf.int32)" % (op, M, axis))
    for name, x, axis in [("empty", "np.zeros((0,))", "0"), ("far", "[1.]", "4"), ("scalar", "1.", "0"), ("vector axis", "[1.]", "[0]"),
                          ("nan", "[1., np.nan, 2., 0.]", "0"), ("nan first", "[np.nan, 1., 2., 0.]", "0")]:
        add("%s %s" % (op, name), "raw('%s', P(%s), P(%s, 'int32'))" % (op, x, axis))

# Scans.
for op in ["Cumsum", "Cumprod"]:
    for d in REAL + COMPLEX:
        add("%s %s" % (op, d), "raw('%s', P([[1, 2, 3], [4, 5, 1]], '%s'), P(1, 'int32'))" % (op, d))
    for exclusive in [False, True]:
        for reverse in [False, True]:
            for axis in [0, -1]:
                add("%s %s %s %s" % (op, axis, exclusive, reverse),
                    "raw('%s', P([[1., 2., 3.], [4., 5., 6.]]), P(%s, 'int64'), exclusive=%s, reverse=%s)" % (op, axis, exclusive, reverse))
    add(op + " axis out", "raw('%s', P([1.]), P(3, 'int32'))" % op)
    add(op + " axis vector", "raw('%s', P([1.]), P([0], 'int32'))" % op)
    add(op + " empty", "raw('%s', P(np.zeros((2, 0))), P(1, 'int32'))" % op)

# Segments.
D = "np.arange(6).reshape(3, 2)"
for op in ["SegmentSum", "SegmentMean", "SegmentProd", "SegmentMin", "SegmentMax"]:
    types = REAL + (COMPLEX if op in ("SegmentSum", "SegmentProd") else [])
    for d in types:
        if d not in ("float16", "bfloat16") or op != "SegmentMean":
            add("%s %s" % (op, d), "raw('%s', P(%s, '%s'), P([0, 0, 2], 'int32'))" % (op, D, d))
    for name, ids in [("unsorted", "[0, 1, 0]"), ("backwards", "[2, 1, 0]"), ("negative", "[-1, 1, 1]"), ("negative last", "[0, 1, -1]"),
                      ("short", "[0, 1]"), ("matrix", "[[0, 1, 1]]")]:
        add("%s %s" % (op, name), "raw('%s', P(%s), P(%s, 'int64'))" % (op, D, ids))
    add("%s empty" % op, "raw('%s', P(np.zeros((0, 2))), P([], 'int32'))" % op)
for op in ["UnsortedSegmentSum", "UnsortedSegmentProd", "UnsortedSegmentMin", "UnsortedSegmentMax"]:
    types = REAL + (COMPLEX if op in ("UnsortedSegmentSum", "UnsortedSegmentProd") else [])
    for d in types:
        add("%s %s" % (op, d), "raw('%s', P(%s, '%s'), P([0, 0, 2], 'int32'), P(4, 'int32'))" % (op, D, d))
    for name, ids, n in [("far", "[0, 5, 0]", "3"), ("negative", "[0, -5, 2]", "3"), ("shape", "[[0, 1, 1]]", "3"), ("count", "[0, 1, 1]", "-3"),
                         ("vector count", "[0, 1, 1]", "[3]"), ("two", "[[0, 1], [1, 1], [2, 0]]", "3")]:
        add("%s %s" % (op, name), "raw('%s', P(%s), P(%s, 'int64'), P(%s, 'int32'))" % (op, D, ids, n))
for op in ["SparseSegmentSum", "SparseSegmentMean", "SparseSegmentSqrtN"]:
    for d in FLOATS[1:]:
        add("%s %s" % (op, d), "raw('%s', P(%s, '%s'), P([0, 2, 1], 'int32'), P([0, 0, 3], 'int32'))" % (op, D, d))
    for name, at, ids in [("far", "[0, 5, 1]", "[0, 0, 3]"), ("sizes", "[0, 1, 1]", "[0, 0]"), ("unsorted", "[0, 1, 1]", "[1, 0, 0]"),
                          ("matrix", "[[0, 1, 1]]", "[0, 2, 1]")]:
        add("%s %s" % (op, name), "raw('%s', P(%s), P(%s, 'int32'), P(%s, 'int32'))" % (op, D, at, ids))
for name, at, ids in [("", "[0, 2, 1]", "[0, 0, 2]"), (" far", "[0, 7, 1]", "[0, 0, 2]"), (" segments", "[0, 3, 1]", "[0, 0, 5]")]:
    add("SparseSegmentMeanGrad" + name, "raw('SparseSegmentMeanGrad', P(%s), P(%s, 'int32'), P(%s, 'int32'), P(4, 'int32'))" % (D, at, ids))
    add("SparseSegmentSqrtNGrad" + name, "raw('SparseSegmentSqrtNGrad', P(%s), P(%s, 'int32'), P(%s, 'int32'), P(4, 'int32'))" % (D, at, ids))
for op in ["SparseSegmentSum", "SparseSegmentMean", "SparseSegmentSqrtN"]:
    for name, ids, n in [("", "[0, 0, 3]", "6"), (" exact", "[0, 0, 3]", "4"), (" fewer", "[0, 0, 3]", "3"), (" none", "[0, 0, 3]", "0"), (" negative", "[0, 0, 3]", "-1"),
                         (" vector", "[0, 0, 3]", "[6]"), (" unsorted", "[1, 0, 0]", "6")]:
        add("%sWithNumSegments%s" % (op, name), "raw('%sWithNumSegments', P(%s), P([0, 2, 1], 'int32'), P(%s, 'int32'), P(%s, 'int32'))" % (op, D, ids, n))

# Sequences and counting.
for d in ["int32", "int64", "float32", "float64"]:
    for name, r in [("", (0, 10, 3)), (" down", (5, 0, -2)), (" none", (3, 3, 1)), (" zero", (0, 5, 0)), (" up", (5, 0, 1)), (" wrong", (0, 5, -1))]:
        add("Range %s%s" % (d, name), "raw('Range', P({1}, '{0}'), P({2}, '{0}'), P({3}, '{0}'))".format(d, *r))
add("Range tenths", "raw('Range', P(0.), P(1.), P(.1))")
add("Range vector", "raw('Range', P([0, 1], 'int32'), P(1, 'int32'), P(1, 'int32'))")
for name, r in [("", ("0.", "1.", "4")), (" one", ("2.", "1.", "1")), (" zero", ("0.", "1.", "0")), (" vector", ("[0.]", "1.", "4"))]:
    for d in ["float32", "float64"]:
        add("LinSpace %s%s" % (d, name), "raw('LinSpace', P({1}, '{0}'), P({2}, '{0}'), P({3}, 'int32'))".format(d, *r))
for d in ["float32", "float64", "int32", "int64"]:
    add("Bincount " + d, "raw('Bincount', P([1, 1, 9], 'int32'), P(3, 'int32'), P([], '%s'))" % d)
    add("Bincount weights " + d, "raw('Bincount', P([1, 1, 9], 'int32'), P(3, 'int32'), P([1, 2, 3], '%s'))" % d)
add("Bincount negative", "raw('Bincount', P([1, -1], 'int32'), P(3, 'int32'), P([]))")
add("Bincount size", "raw('Bincount', P([1], 'int32'), P(-3, 'int32'), P([]))")
for d in ["float32", "float64", "int32", "int64"]:
    add("HistogramFixedWidth " + d, "raw('HistogramFixedWidth', P([-1, 0, 1, 5, 10], '{0}'), P([0, 5], '{0}'), P(5, 'int32'))".format(d))
for name, r, n in [("order", "[5., 5.]", "5"), ("bins", "[0., 5.]", "0"), ("range", "[0., 5., 1.]", "3")]:
    add("HistogramFixedWidth " + name, "raw('HistogramFixedWidth', P([1.]), P(%s), P(%s, 'int32'))" % (r, n))
for d in FLOATS + HALVES + INTS[:4]:
    add("Cross " + d, "raw('Cross', P([[1, 2, 3], [4, 5, 6]], '{0}'), P([[7, 8, 10], [1, 0, 2]], '{0}'))".format(d))
for name, a, b in [("two", "[1., 2.]", "[1., 2.]"), ("shapes", "[1., 2., 3.]", "[[1., 2., 3.]]"), ("scalar", "1.", "1.")]:
    add("Cross " + name, "raw('Cross', P(%s), P(%s))" % (a, b))

# Special functions.
for d in ["float32", "float64"]:
    for op in ["Igamma", "Igammac"]:
        add("%s %s" % (op, d), "raw('{0}', P([1., 2., 0.5, 10., 30., 0., -1., 5.], '{1}'), P([1., 2., 3., 4., 40., 1., 1., 0.], '{1}'))".format(op, d))
    add("Zeta " + d, "raw('Zeta', P([1., 2., 1.5, .5, 3., 10., 1.1], '{0}'), P([1., 2., -1., 1., -2.5, 1., 20.], '{0}'))".format(d))
    add("Polygamma " + d, "raw('Polygamma', P([0., 1., 2., 1.5, 3., 5.], '{0}'), P([1., 2., 0.5, 2.5, 10., 1.], '{0}'))".format(d))
    add("Betainc " + d, "raw('Betainc', P([1., 2., 0., 3., 10., .5], '{0}'), P([1., 2., 1., 3., 4., .5], '{0}'), P([.5, .2, .3, 2., .9, .1], '{0}'))".format(d))
    add("Digamma more " + d, "raw('Digamma', P([-.5, -3.2, .1, 7., 1e5], '%s'))" % d)
    add("Lgamma more " + d, "raw('Lgamma', P([-.5, -3.2, .1, 7., 1e5], '%s'))" % d)
add("Betainc scalars", "raw('Betainc', P(2.), P(3.), P([.5, .2]))")
add("Betainc shapes", "raw('Betainc', P([1., 2.]), P([1.]), P([.5, .2]))")
