"""Rows of the manip family."""
ROWS = []
X = "[[1, 2, 3], [4, 5, 6]]"
NUMBER = ["float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "complex64", "complex128"]


def row(op, name, *inputs, **attributes):
    arguments = [repr(op)] + list(inputs) + ["%s=%r" % item for item in sorted(attributes.items())]
    ROWS.append((op + " " + name, "raw(%s)" % ", ".join(arguments)))


for d in NUMBER + ["bool", "string"]:
    x = "[['a', 'b', 'c'], ['d', 'e', 'f']]" if d == "string" else "[[True, False, False], [False, True, True]]" if d == "bool" else X
    row("Roll", d, "P(%s, '%s')" % (x, d), "P(1, 'int32')", "P(1, 'int32')")
for name, shift, axis in [("back", "-1", "1"), ("far", "7", "-1"), ("two", "[1, 2]", "[0, 1]"), ("repeated", "[1, 2]", "[1, 1]"), ("zero", "0", "0"), ("none", "np.zeros(0)", "np.zeros(0)"),
                          ("axis", "1", "2"), ("axis before", "1", "-3"), ("counts", "[1, 2]", "[1]"), ("matrix of shifts", "[[1]]", "[1]"), ("matrix of axes", "[1]", "[[1]]"), ("far back", "-2**31", "1")]:
    for i in ["int32", "int64"]:
        row("Roll", "%s %s" % (name, i), "P(%s)" % X, "P(%s, '%s')" % (shift, i), "P(%s, '%s')" % (axis, i))
row("Roll", "scalar", "P(1.)", "P(1, 'int32')", "P(0, 'int32')")
row("Roll", "empty", "P(np.zeros((0, 3)))", "P([1, 1], 'int32')", "P([0, 1], 'int32')")
row("Roll", "rank 4", "P(np.arange(24).reshape(2, 3, 2, 2))", "P([1, -1], 'int32')", "P([1, 3], 'int32')")
row("Roll", "static", "S(%s, [None, 3])" % X, "P(1, 'int32')", "P(0, 'int32')")
for d in ["float32", "float64", "int32", "int64"]:
    row("Bucketize", d, "P([[-5, 0, 1], [3, 10, 11]], '%s')" % d, boundaries=[0., 3., 10.])
row("Bucketize", "special", "P([np.nan, np.inf, -np.inf, -0.])", boundaries=[0., 3.])
row("Bucketize", "none", "P([1., 2.])", boundaries=[])
row("Bucketize", "repeated", "P([1., 2., 3.])", boundaries=[2., 2.])
row("Bucketize", "unsorted", "P([1., 2.])", boundaries=[3., 1.])
row("Bucketize", "empty", "P(np.zeros((0, 2)))", boundaries=[3.])
for d in ["int8", "int16", "int32", "int64", "uint8", "uint16"]:
    row("PopulationCount", d, "P([0, 1, 3, 100, 127%s], '%s')" % (", -1, -128" if d[0] == "i" else ", 255", d))
for d in ["float16", "float32", "float64", "int8", "int16", "int32", "int64"]:
    row("CompareAndBitpack", d, "P([[1, 2, 3, 4, 5, 6, 7, 8], [8, 7, 0, 0, 0, 5, 4, 3]], '%s')" % d, "P(4, '%s')" % d)
row("CompareAndBitpack", "bool", "P([True, False, True, True, False, False, False, True], 'bool')", "P(False, 'bool')")
row("CompareAndBitpack", "true", "P([True, False, True, True, False, False, False, True], 'bool')", "P(True, 'bool')")
row("CompareAndBitpack", "width", "P([1., 2.])", "P(1.)")
row("CompareAndBitpack", "scalar", "P(1.)", "P(1.)")
row("CompareAndBitpack", "vector threshold", "P(np.zeros(8))", "P([1.])")
row("CompareAndBitpack", "empty", "P(np.zeros((0, 8)))", "P(1.)")
for op in ["InplaceUpdate", "InplaceAdd", "InplaceSub"]:
    for d in ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "complex64", "complex128"]:
        row(op, d, "P([[1, 2], [3, 4], [5, 6]], '%s')" % d, "P([2, 0], 'int32')", "P([[10, 20], [30, 40]], '%s')" % d)
    row(op, "twice", "P([[1], [2]])", "P([1, 1], 'int32')", "P([[10], [20]])")
    row(op, "far", "P([[1], [2]])", "P([3, -2], 'int32')", "P([[10], [20]])")
    row(op, "scalar index", "P([[1], [2]])", "P(1, 'int32')", "P([[10]])")
    row(op, "ranks", "P([[1], [2]])", "P([1], 'int32')", "P([10])")
    row(op, "widths", "P([[1], [2]])", "P([1], 'int32')", "P([[10, 20]])")
    row(op, "counts", "P([[1], [2]])", "P([1, 0], 'int32')", "P([[10]])")
    row(op, "nothing", "P([[1], [2]])", "P(np.zeros(0), 'int32')", "P(np.zeros((0, 1)))")
row("InplaceUpdate", "bool", "P([[True], [True]], 'bool')", "P([1], 'int32')", "P([[False]], 'bool')")
for d in ["float32", "float64", "float16", "int32", "int64", "uint8", "bool", "string"]:
    ROWS.append(("Empty " + d, "raw('Empty', P([2, 3], 'int32'), dtype=tf.%s, init=True)" % d))
ROWS += [("Empty none", "raw('Empty', P([0, 3], 'int32'), dtype=tf.float32)"), ("Empty scalar", "raw('Empty', P(np.zeros(0), 'int32'), dtype=tf.float32, init=True)"),
         ("Empty negative", "raw('Empty', P([-2, 3], 'int32'), dtype=tf.float32)"), ("Empty matrix", "raw('Empty', P([[2, 3]], 'int32'), dtype=tf.float32)"),
         ("Empty static", "raw('Empty', tf.constant([2, 3]), dtype=tf.float32, init=True)")]
ROWS += [("EnsureShape " + name, "raw('EnsureShape', %s, shape=%s)" % (x, shape)) for name, x, shape in [
    ("known", "P(%s)" % X, "[2, 3]"), ("part", "P(%s)" % X, "[None, 3]"), ("any", "P(%s)" % X, "None"), ("merged", "S(%s, [2, None])" % X, "[None, 3]"), ("wrong static", "S(%s, [2, None])" % X, "[3, None]")]]


def sparse(indices, values, shape, dtype):
    return "P(%s, 'int64'), P(%s, '%s'), P(%s, 'int64')" % (indices, values, dtype, shape)


def typed(values, dtype):
    return repr([str(v) for v in values]) if dtype == "string" else repr([v % 2 == 0 for v in values]) if dtype == "bool" else repr(values)


A, B = "[[0, 0], [0, 1], [1, 0], [1, 1], [1, 2], [3, 0]]", "[[0, 0], [0, 1], [0, 2], [1, 1], [2, 0]]"
for d in NUMBER + ["bool", "string"]:
    row("EditDistance", d, sparse(A, typed([1, 2, 3, 4, 5, 6], d), "[4, 3]", d), sparse(B, typed([1, 3, 2, 4, 5], d), "[4, 3]", d))
row("EditDistance", "whole", sparse(A, "[1, 2, 3, 4, 5, 6]", "[4, 3]", "int32"), sparse(B, "[1, 3, 2, 4, 5]", "[4, 3]", "int32"), normalize=False)
row("EditDistance", "rank 3", sparse("[[0, 0, 0], [0, 1, 0], [1, 1, 0]]", "[1, 2, 3]", "[2, 2, 1]", "int32"), sparse("[[0, 0, 0], [1, 0, 0]]", "[1, 1]", "[2, 2, 2]", "int32"))
row("EditDistance", "sizes", sparse("[[2, 0]]", "[1]", "[3, 1]", "int32"), sparse("[[0, 0]]", "[1]", "[2, 2]", "int32"))
row("EditDistance", "vectors", sparse("[[0], [1]]", "[1, 2]", "[2]", "int32"), sparse("[[0]]", "[1]", "[1]", "int32"))
row("EditDistance", "empty", sparse("np.zeros((0, 2))", "np.zeros(0)", "[2, 2]", "int32"), sparse("np.zeros((0, 2))", "np.zeros(0)", "[2, 2]", "int32"))
row("EditDistance", "ranks", sparse("[[0, 0]]", "[1]", "[1, 1]", "int32"), sparse("[[0]]", "[1]", "[1]", "int32"))
for name, i, v, s in [("vector of indices", "[0, 0]", "[1]", "[2, 3]"), ("matrix of values", "[[0, 0]]", "[[1]]", "[2, 3]"), ("matrix of shape", "[[0, 0]]", "[1]", "[[2, 3]]"),
                      ("too few values", "[[0, 0], [1, 1]]", "[1]", "[2, 3]"), ("narrow indices", "[[0]]", "[1]", "[2, 3]"), ("unordered", "[[1, 0], [0, 0]]", "[1, 2]", "[2, 3]"),
                      ("negative shape", "[[0, 0]]", "[1]", "[-2, 3]")]:
    if name == "unordered":         # 1.12.3 takes each run of equal rows for a sequence of its own
        continue
    row("EditDistance", name, sparse(i, v, s, "int32"), sparse("[[0, 0]]", "[1]", "[2, 3]", "int32"))
    row("EditDistance", name + " of truth", sparse("[[0, 0]]", "[1]", "[2, 3]", "int32"), sparse(i, v, s, "int32"))
