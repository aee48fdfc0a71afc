"""Rows of the set family: the last dimension holds sets."""
ROWS = []


def row(op, name, *inputs, **attributes):
    arguments = [repr(op)] + list(inputs) + ["%s=%r" % item for item in sorted(attributes.items())]
    ROWS.append((op + " " + name, "raw(%s)" % ", ".join(arguments)))


def sparse(indices, values, shape, dtype="int32"):
    return "P(%s, 'int64'), P(%s, '%s'), P(%s, 'int64')" % (indices, values, dtype, shape)


def texts(values):
    return repr([str(v) for v in values]) if not isinstance(values[0], list) else repr([[str(v) for v in r] for r in values])


TYPES = ["int8", "int16", "int32", "int64", "uint8", "uint16", "string"]
KINDS = ["a-b", "b-a", "intersection", "union"]
A, B = [[5, 3, 9, 3], [1, 2, 3, 4]], [[3, 7, 7], [8, 4, 10]]
I, V, S = "[[0, 0], [0, 1], [0, 3], [1, 0], [2, 1], [2, 2]]", [9, 3, 9, 10, 4, 4], "[3, 4]"
J, W, T = "[[0, 1], [0, 2], [2, 0], [3, 0]]", [3, 8, 4, 4], "[3, 5]"
BAD = [
    ("vector of indices", "[0, 0]", "[1]", "[2, 3]"), ("matrix of values", "[[0, 0]]", "[[1]]", "[2, 3]"), ("matrix of shape", "[[0, 0]]", "[1]", "[[2, 3]]"),
    ("too few values", "[[0, 0], [1, 1]]", "[1]", "[2, 3]"), ("narrow indices", "[[0]]", "[1]", "[2, 3]"), ("index", "[[0, 3]]", "[1]", "[2, 3]"),
    ("row index", "[[2, 0]]", "[1]", "[2, 3]"), ("negative index", "[[0, -1]]", "[1]", "[2, 3]"), ("negative shape", "[[0, 0]]", "[1]", "[2, -3]"),
    ("unordered", "[[1, 0], [0, 1]]", "[1, 2]", "[2, 3]"), ("repeated", "[[1, 0], [1, 0]]", "[1, 2]", "[2, 3]"), ("vector", "[[0]]", "[1]", "[3]"),
    ("scalar", "np.zeros((1, 0))", "[1]", "np.zeros(0)"),
]


def typed(values, dtype):
    return texts(values) if dtype == "string" else repr(values)


for d in TYPES:
    row("SetSize", d, sparse(I, typed(V, d), S, d))
row("SetSize", "empty", sparse("np.zeros((0, 2))", "np.zeros(0)", "[3, 4]"))
row("SetSize", "rank 3", sparse("[[0, 1, 0], [0, 1, 1], [1, 0, 2]]", "[1, 2, 1]", "[2, 2, 3]"))
row("SetSize", "unchecked", sparse("[[0, 0], [0, 0], [1, 0]]", "[1, 2, 1]", "[2, 2]"), validate_indices=False)
for name, i, v, s in BAD:
    row("SetSize", name, sparse(i, v, s))

for kind in KINDS:
    for d in TYPES:
        row("DenseToDenseSetOperation", "%s %s" % (kind, d), "P(%s, '%s'), P(%s, '%s')" % (typed(A, d), d, typed(B, d), d), set_operation=kind)
        row("DenseToSparseSetOperation", "%s %s" % (kind, d), "P(%s, '%s')" % (typed(A + [[4, 4, 0, 1]], d), d), sparse(I, typed(V, d), S, d), set_operation=kind)
        row("SparseToSparseSetOperation", "%s %s" % (kind, d), sparse(I, typed(V, d), S, d), sparse(J[:-8] + "]", typed(W[:3], d), T, d), set_operation=kind)
    row("DenseToDenseSetOperation", kind + " rank 3", "P(np.arange(12).reshape(2, 2, 3) % 5, 'int32'), P(np.arange(8).reshape(2, 2, 2) % 3, 'int32')", set_operation=kind)
    row("DenseToDenseSetOperation", kind + " empty", "P(np.zeros((2, 0)), 'int32'), P([[1], [2]], 'int32')", set_operation=kind)
    row("DenseToDenseSetOperation", kind + " no sets", "P(np.zeros((0, 2)), 'int32'), P(np.zeros((0, 2)), 'int32')", set_operation=kind)
    row("DenseToSparseSetOperation", kind + " empty", "P([[1, 2], [3, 4]], 'int32')", sparse("np.zeros((0, 2))", "np.zeros(0)", "[2, 4]"), set_operation=kind)
    row("SparseToSparseSetOperation", kind + " empty", sparse("np.zeros((0, 2))", "np.zeros(0)", "[2, 4]"), sparse("np.zeros((0, 2))", "np.zeros(0)", "[2, 4]"), set_operation=kind)
    row("SparseToSparseSetOperation", kind + " rank 3", sparse("[[0, 1, 0], [0, 1, 1], [1, 0, 2]]", "[1, 2, 1]", "[2, 2, 3]"),
        sparse("[[0, 0, 0], [0, 1, 1], [1, 1, 2]]", "[1, 2, 1]", "[2, 2, 3]"), set_operation=kind)
for name, a, b in [("ranks", "[[1]]", "[[[1]]]"), ("rows", "[[1], [2]]", "[[1]]"), ("vectors", "[1]", "[2]"), ("scalars", "1", "2"), ("vector a", "[1]", "[[1]]"), ("vector b", "[[1]]", "[1]")]:
    row("DenseToDenseSetOperation", name, "P(%s, 'int32'), P(%s, 'int32')" % (a, b), set_operation="union")
row("DenseToDenseSetOperation", "kind", "P([[1]], 'int32'), P([[1]], 'int32')", set_operation="sum")
row("DenseToDenseSetOperation", "case of kind", "P([[1]], 'int32'), P([[1]], 'int32')", set_operation="UNION")
row("DenseToSparseSetOperation", "rows", "P([[1]], 'int32')", sparse(I, "[1, 2, 3, 4, 5, 6]", S), set_operation="union")
row("DenseToSparseSetOperation", "ranks", "P([[[1]]], 'int32')", sparse(I, "[1, 2, 3, 4, 5, 6]", S), set_operation="union")
row("DenseToSparseSetOperation", "vector of set1", "P([1], 'int32')", sparse(I, "[1, 2, 3, 4, 5, 6]", S), set_operation="union")
row("SparseToSparseSetOperation", "rows", sparse(I, "[1, 2, 3, 4, 5, 6]", S), sparse("[[0, 0]]", "[1]", "[1, 1]"), set_operation="union")
row("SparseToSparseSetOperation", "ranks", sparse(I, "[1, 2, 3, 4, 5, 6]", S), sparse("[[0, 0, 0]]", "[1]", "[3, 4, 1]"), set_operation="union")
row("DenseToSparseSetOperation", "unchecked", "P([[1, 2], [2, 5]], 'int32')", sparse("[[0, 0], [0, 0], [1, 0]]", "[1, 2, 1]", "[2, 2]"), set_operation="union", validate_indices=False)
for name, i, v, s in BAD:
    row("DenseToSparseSetOperation", name, "P([[1, 2], [3, 4]], 'int32')", sparse(i, v, s), set_operation="union")
    if name not in ("negative index", "unordered"):     # 1.12.3 does not look at the order of the second, and goes wrong
        row("SparseToSparseSetOperation", name, sparse("[[0, 0], [1, 1]]", "[1, 2]", "[2, 3]"), sparse(i, v, s), set_operation="union")
    row("SparseToSparseSetOperation", name + " first", sparse(i, v, s), sparse("[[0, 0], [1, 1]]", "[1, 2]", "[2, 3]"), set_operation="union")
