"""Rows of the sparse family."""
ROWS = []


def add(name, indices, values, shape, dense, dtype="float32", index="int64"):
    expression = "raw('SparseTensorDenseAdd', P(%s, '%s'), P(%s, '%s'), P(%s, '%s'), P(%s, '%s'))"
    ROWS.append(("SparseTensorDenseAdd " + name, expression % (indices, index, values, dtype, shape, index, dense, dtype)))


for d in ["float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "complex64", "complex128"]:
    for i in ["int32", "int64"]:
        add("%s %s" % (d, i), "[[0, 1], [1, 2], [1, 2]]", "[100, 120, 3]", "[2, 3]", "[[1, 2, 3], [4, 5, 6]]", d, i)
add("complex parts", "[[1], [1]]", "[1 + 2j, -3j]", "[2]", "[1j, 5]", "complex64")
add("rank 3", "[[0, 1, 0], [1, 0, 1]]", "[10, 20]", "[2, 2, 2]", "np.arange(8).reshape(2, 2, 2)")
add("rank 5", "[[0, 0, 0, 0, 1]]", "[10]", "[1, 1, 1, 1, 2]", "[[[[[1, 2]]]]]")
add("special", "[[0], [1], [2]]", "[np.inf, np.nan, -0.]", "[3]", "[-np.inf, 1, -0.]")
add("nothing sparse", "np.zeros((0, 1))", "np.zeros(0)", "[2]", "[5, 6]")
add("empty", "np.zeros((0, 2))", "np.zeros(0)", "[0, 2]", "np.zeros((0, 2))")
add("unordered", "[[2], [0], [1]]", "[1, 2, 3]", "[3]", "[10, 20, 30]")
add("too many values", "[[0, 0]]", "[1, 2]", "[1, 1]", "[[5]]")
add("index", "[[0, 1]]", "[1]", "[1, 1]", "[[5]]")
add("negative index", "[[-1, 0]]", "[1]", "[1, 1]", "[[5]]")
add("wide dense", "[[0, 0]]", "[1]", "[1, 1]", "[[5, 6]]")
add("wide sparse", "[[0, 0]]", "[1]", "[1, 2]", "[[5]]")
add("vector of indices", "[0, 0]", "[1]", "[1, 1]", "[[5]]")
add("matrix of values", "[[0, 0]]", "[[1]]", "[1, 1]", "[[5]]")
add("matrix of shape", "[[0, 0]]", "[1]", "[[1, 1]]", "[[5]]")
add("ranks", "[[0, 0]]", "[1]", "[1, 1]", "[5]")
add("scalar dense", "[[0]]", "[1]", "[1]", "5")


def add_both(name, a, b, thresh="0", dtype="float32", real=None):
    """Each of a and b: (indices, values, shape)."""
    parts = ", ".join("P(%s, 'int64'), P(%s, '%s'), P(%s, 'int64')" % (i, v, dtype, s) for i, v, s in (a, b))
    ROWS.append(("SparseAdd " + name, "raw('SparseAdd', %s, P(%s, '%s'))" % (parts, thresh, real or dtype)))


A, B = ("[[0, 0], [0, 2], [1, 1]]", "[1, 2, 3]", "[2, 3]"), ("[[0, 1], [0, 2], [1, 0], [1, 2]]", "[10, 20, 30, 40]", "[2, 3]")
for d in ["float32", "float64", "int8", "int16", "int32", "int64"]:
    add_both(d, A, B, dtype=d)
    add_both(d + " thresh", A, B, "21", dtype=d)
for d, r in [("complex64", "float32"), ("complex128", "float64")]:
    add_both(d, ("[[0], [1]]", "[1 + 2j, 3]", "[3]"), ("[[1], [2]]", "[-3 + 1j, 3j]", "[3]"), "2", d, r)
NONE = ("np.zeros((0, 2))", "np.zeros(0)", "[2, 3]")
add_both("none", NONE, NONE)
add_both("only a", A, NONE)
add_both("only b", NONE, B)
add_both("to zero", ("[[0]]", "[2]", "[1]"), ("[[0]]", "[-2]", "[1]"))
add_both("to less", ("[[0]]", "[2]", "[1]"), ("[[0]]", "[-2]", "[1]"), "0.5")
add_both("negative", ("[[0], [1]]", "[-2, -0.25]", "[2]"), ("[[1]]", "[-0.25]", "[2]"), "0.5")
add_both("nan", ("[[0], [1]]", "[np.nan, np.inf]", "[2]"), ("[[1]]", "[-np.inf]", "[2]"), "0.5")
add_both("twice", ("[[0], [0]]", "[1, 2]", "[2]"), ("[[0], [1]]", "[4, 8]", "[2]"))
add_both("unordered", ("[[1], [0]]", "[1, 2]", "[2]"), ("[[0], [1]]", "[4, 8]", "[2]"))
add_both("scalars", ("np.zeros((1, 0))", "[1]", "np.zeros(0)"), ("np.zeros((1, 0))", "[2]", "np.zeros(0)"))
add_both("vector of indices", ("[0]", "[1]", "[1]"), ("[[0]]", "[1]", "[1]"))
add_both("matrix of values", ("[[0]]", "[[1]]", "[1]"), ("[[0]]", "[1]", "[1]"))
add_both("matrix of values b", ("[[0]]", "[1]", "[1]"), ("[[0]]", "[[1]]", "[1]"))
add_both("matrix of shape", ("[[0]]", "[1]", "[[1]]"), ("[[0]]", "[1]", "[1]"))
add_both("ranks", ("[[0]]", "[1]", "[1]"), ("[[0, 0]]", "[1]", "[1, 1]"))
add_both("shapes", A, ("[[0, 0]]", "[1]", "[2, 4]"))
add_both("values of a", ("[[0]]", "[1, 2]", "[1]"), ("[[0]]", "[1]", "[1]"))
add_both("values of b", ("[[0]]", "[1]", "[1]"), ("[[0]]", "[1, 2]", "[1]"))
add_both("vector thresh", A, B, "[1]")


def add_grad(name, dy, a, b, total, dtype="float32"):
    ROWS.append(("SparseAddGrad " + name, "raw('SparseAddGrad', P(%s, '%s'), P(%s, 'int64'), P(%s, 'int64'), P(%s, 'int64'))" % (dy, dtype, a, b, total)))


for d in ["float32", "float64", "int8", "int16", "int32", "int64", "complex64", "complex128"]:
    add_grad(d, "[1, 2, 3, 4]", "[[0, 0], [0, 2]]", "[[0, 1], [0, 2], [1, 0]]", "[[0, 0], [0, 1], [0, 2], [1, 0]]", d)
add_grad("left out", "[5]", "[[0], [2]]", "[[1], [2]]", "[[1]]")
add_grad("left out first", "[5]", "[[0], [2]]", "[[1], [2]]", "[[2]]")
add_grad("none", "np.zeros(0)", "np.zeros((0, 1))", "[[1], [2]]", "np.zeros((0, 1))")
add_grad("matrix", "[[5]]", "[[0]]", "[[1]]", "[[1]]")
add_grad("vectors", "[5]", "[0]", "[[1]]", "[[1]]")
add_grad("ranks", "[5]", "[[0]]", "[[1, 1]]", "[[1]]")
add_grad("count", "[5, 6]", "[[0]]", "[[1]]", "[[1]]")


def sparse(indices, values, shape, dtype="float32"):
    """The three parts of a sparse tensor, fed."""
    return "P(%s, 'int64'), P(%s, '%s'), P(%s, 'int64')" % (indices, values, dtype, shape)


def row(op, name, *inputs, **attributes):
    arguments = [repr(op)] + list(inputs) + ["%s=%r" % item for item in sorted(attributes.items())]
    ROWS.append((op + " " + name, "raw(%s)" % ", ".join(arguments)))


def values_of(dtype, n, first=1):
    if dtype == "string":
        return repr(["s%d" % i for i in range(first, first + n)])
    if dtype == "bool":
        return repr([i % 2 == 0 for i in range(n)])
    return repr([first + i for i in range(n)])


REAL = ["float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16"]
NUMBER = REAL + ["complex64", "complex128"]
ALL = NUMBER + ["bool", "string"]
MIXED = "[[1, 2], [0, 0], [1, 0], [0, 2]]"
SORTED = "[[0, 0], [0, 2], [1, 0], [1, 2]]"
BAD = [      # name, indices, values, shape: what no sparse tensor is
    ("vector of indices", "[0, 0]", "[1]", "[2, 3]"), ("matrix of values", "[[0, 0]]", "[[1]]", "[2, 3]"),
    ("matrix of shape", "[[0, 0]]", "[1]", "[[2, 3]]"), ("scalar values", "[[0, 0]]", "1", "[2, 3]"), ("too few values", "[[0, 0], [1, 1]]", "[1]", "[2, 3]"),
    ("too many values", "[[0, 0]]", "[1, 2]", "[2, 3]"), ("narrow indices", "[[0]]", "[1]", "[2, 3]"), ("wide indices", "[[0, 0, 0]]", "[1]", "[2, 3]"),
    ("index", "[[0, 3]]", "[1]", "[2, 3]"), ("negative index", "[[0, -1]]", "[1]", "[2, 3]"), ("negative shape", "[[0, 0]]", "[1]", "[2, -3]"),
    ("huge shape", "[[0, 0]]", "[1]", "[2**40, 2**40]"), ("unordered", "[[1, 0], [0, 1]]", "[1, 2]", "[2, 3]"), ("repeated", "[[1, 0], [1, 0]]", "[1, 2]", "[2, 3]"),
]
EMPTY = "np.zeros((0, 2))", "np.zeros(0)", "[2, 3]"


def bad(op, after=(), before=(), **attributes):
    for name, i, v, s in BAD:
        row(op, name, *(list(before) + [sparse(i, v, s)] + list(after)), **attributes)


for d in ALL:
    row("SparseReorder", d, sparse(MIXED, values_of(d, 4), "[2, 3]", d))
row("SparseReorder", "ordered", sparse(SORTED, "[1, 2, 3, 4]", "[2, 3]"))
row("SparseReorder", "empty", sparse(*EMPTY))
row("SparseReorder", "twice", sparse("[[1, 1], [0, 0], [1, 1], [0, 0]]", "[1, 2, 3, 4]", "[2, 3]"))
row("SparseReorder", "vector", sparse("[[4], [2], [3]]", "[1, 2, 3]", "[5]"))
row("SparseReorder", "rank 3", sparse("[[1, 0, 1], [1, 0, 0], [0, 1, 0]]", "[1, 2, 3]", "[2, 2, 2]"))
row("SparseReorder", "rank 6", sparse("[[1, 0, 1, 0, 0, 1], [1, 0, 1, 0, 0, 0]]", "[1, 2]", "[2] * 6"))
row("SparseReorder", "many", sparse("np.stack([np.arange(100) * 37 % 10, np.arange(100) * 53 % 101], 1)", "np.arange(100)", "[10, 101]"))
row("SparseReorder", "static", "S(%s, [4, None], 'int64'), S([1, 2, 3, 4], [None]), S([2, 3], [2], 'int64')" % MIXED)
row("SparseReorder", "huge index", sparse("[[2**62, 0], [-2**62, 5]]", "[1, 2]", "[2, 3]"))
bad("SparseReorder")


def reshape(name, indices, old, new):
    row("SparseReshape", name, "P(%s, 'int64'), P(%s, 'int64'), P(%s, 'int64')" % (indices, old, new))


reshape("flat", SORTED, "[2, 3]", "[6]")
reshape("guess", SORTED, "[2, 3]", "[3, -1]")
reshape("to rank 3", SORTED, "[2, 3]", "[1, -1, 2]")
reshape("same", SORTED, "[2, 3]", "[2, 3]")
reshape("same guess", SORTED, "[2, 3]", "[-1, 3]")
reshape("to longer", SORTED, "[2, 3]", "[3, 1, 2, 1]")
reshape("nothing", "np.zeros((0, 2))", "[2, 3]", "[3, 2]")
reshape("empty", "np.zeros((0, 2))", "[0, 3]", "[3, 0]")
reshape("empty guess", "np.zeros((0, 2))", "[0, 3]", "[0, -1]")
reshape("empty guess first", "np.zeros((0, 2))", "[0, 3]", "[-1, 3]")
reshape("large", "[[10**6, 5]]", "[10**9, 10**9]", "[10**3, -1]")
reshape("two guesses", SORTED, "[2, 3]", "[-1, -1]")
reshape("negative", SORTED, "[2, 3]", "[-2, -3]")
reshape("does not divide", SORTED, "[2, 3]", "[4, -1]")
reshape("count", SORTED, "[2, 3]", "[4]")
reshape("vector of indices", "[0, 0]", "[2, 3]", "[6]")
reshape("matrix of shape", SORTED, "[[2, 3]]", "[6]")
reshape("matrix of new shape", SORTED, "[2, 3]", "[[6]]")
reshape("to scalar", "[[0]]", "[1]", "np.zeros(0)")
reshape("from scalar", "np.zeros((1, 0))", "np.zeros(0)", "[1, 1]")
reshape("zero of scalar", "np.zeros((0, 0))", "np.zeros(0)", "[1, 1]")
reshape("huge", "[[0, 0]]", "[2**40, 2**40]", "[-1]")
reshape("negative shape", "[[0, 0]]", "[-2, 3]", "[-1]")
reshape("index", "[[7, 7]]", "[2, 3]", "[6]")
row("SparseReshape", "static", "S(%s, [4, 2], 'int64'), P([2, 3], 'int64'), S([3, 2, 1], [3], 'int64')" % SORTED)


def concat(name, axis, *parts, **more):
    dtype = more.get("dtype", "float32")
    lists = ["[%s]" % ", ".join("P(%s, '%s')" % (p[k], d) for p in parts) for k, d in enumerate(["int64", dtype, "int64"])]
    row("SparseConcat", name, *lists, concat_dim=axis)


C, D = (SORTED, "[1, 2, 3, 4]", "[2, 3]"), ("[[0, 1], [1, 1]]", "[5, 6]", "[2, 2]")
for d in ALL:
    concat(d, 1, (SORTED, values_of(d, 4), "[2, 3]"), ("[[0, 1], [1, 1]]", values_of(d, 2, 5), "[2, 2]"), dtype=d)
concat("rows", 0, C, C)
concat("negative axis", -1, C, D, C)
concat("negative rows", -2, C, C)
concat("out of order", 1, (MIXED, "[1, 2, 3, 4]", "[2, 3]"), D)
concat("unordered rows", 0, (MIXED, "[1, 2, 3, 4]", "[2, 3]"), C)
concat("empty", 1, EMPTY, C)
concat("all empty", 1, EMPTY, EMPTY)
concat("axis", 2, C, D)
concat("axis before", -3, C, D)
concat("sizes", 0, C, D)
concat("ranks", 0, C, ("[[0]]", "[1]", "[3]"))
concat("vectors", 0, ("[[1]]", "[1]", "[3]"), ("[[0]]", "[1]", "[2]"))
for name, i, v, s in BAD:
    concat(name, 0, C, (i, v, s))
concat("shape is a matrix first", 0, ("[[0, 0]]", "[1]", "[[2, 3]]"), C)
ROWS.append(("SparseConcat static", "raw('SparseConcat', [S(%s, [4, None], 'int64'), S([[0, 1]], [1, 2], 'int64')], [P([1, 2, 3, 4]), P([5])], "
             "[P([2, 3], 'int64'), S([2, 3], [2], 'int64')], concat_dim=0)" % SORTED))


def split(name, axis, n, indices="[[0, 0], [0, 4], [1, 1], [1, 3], [1, 6]]", values="[1, 2, 3, 4, 5]", shape="[2, 7]", dtype="float32"):
    ROWS.append(("SparseSplit " + name, "(lambda r: list(r[0]) + list(r[1]) + list(r[2]))(raw('SparseSplit', P(%s, 'int64'), %s, num_split=%d))"
                 % (axis, sparse(indices, values, shape, dtype), n)))


for d in ALL:
    split(d, "1", 2, values=values_of(d, 5), dtype=d)
split("three", "1", 3)
split("all", "1", 7)
split("rows", "0", 2)
split("one", "0", 1)
split("axis", "2", 2)
split("too many", "0", 3)
split("vector axis", "[1]", 2)
split("two axes", "[1, 0]", 2)
split("empty", "1", 2, "np.zeros((0, 2))", "np.zeros(0)")
split("out of order", "1", 2, "[[1, 6], [0, 0]]", "[1, 2]")
for name, i, v, s in BAD:
    if name != "negative index":        # 1.12.3 reads past the end
        split(name, "1", 2, i, v, s)


def cut(name, start, size, indices="[[0, 0], [0, 4], [1, 1], [1, 3], [1, 6]]", values="[1, 2, 3, 4, 5]", shape="[2, 7]", dtype="float32"):
    row("SparseSlice", name, sparse(indices, values, shape, dtype), "P(%s, 'int64'), P(%s, 'int64')" % (start, size))


for d in ALL:
    cut(d, "[0, 3]", "[2, 4]", values=values_of(d, 5), dtype=d)
cut("one row", "[1, 0]", "[1, 7]")
cut("nothing", "[0, 1]", "[1, 3]")
cut("beyond", "[0, 3]", "[5, 100]")
cut("begins beyond", "[4, 8]", "[1, 1]")
cut("zero", "[0, 0]", "[0, 0]")
cut("negative start", "[-1, 0]", "[2, 7]")
cut("negative size", "[0, 0]", "[-1, 7]")
cut("vector start", "[0]", "[2, 7]")
cut("vector size", "[0, 0]", "[2]")
cut("matrix start", "[[0, 0]]", "[2, 7]")
cut("matrix size", "[0, 0]", "[[2, 7]]")
cut("huge size", "[1, 1]", "[2**63 - 1, 2**63 - 1]")
for name, i, v, s in BAD:
    cut(name, "[0, 0]", "[1, 2]", i, v, s)


def cut_grad(name, dy="[1, 2]", indices="[[0, 0], [0, 4], [1, 1], [1, 3], [1, 6]]", start="[0, 3]", out="[[0, 1], [1, 0]]", dtype="float32"):
    row("SparseSliceGrad", name, "P(%s, '%s'), P(%s, 'int64'), P(%s, 'int64'), P(%s, 'int64')" % (dy, dtype, indices, start, out))


for d in NUMBER:
    cut_grad(d, dtype=d)
cut_grad("none", "np.zeros(0)", out="np.zeros((0, 2))")
cut_grad("matrix", "[[1, 2]]")
cut_grad("vector of indices", indices="[0, 0]")
cut_grad("vector out", out="[0, 0]")
cut_grad("matrix start", start="[[0, 3]]")
cut_grad("count", "[1, 2, 3]")
cut_grad("ranks", out="[[0], [1]]")
cut_grad("start count", start="[0]")
cut_grad("unmatched", out="[[0, 0], [1, 1]]")


def fill(name, indices=SORTED, values="[1, 2, 3, 4]", shape="[4, 3]", default="9", dtype="float32"):
    row("SparseFillEmptyRows", name, sparse(indices, values, shape, dtype), "P(%s, '%s')" % (default, dtype))


for d in ALL:
    fill(d, "[[1, 2], [1, 0], [3, 1]]", values_of(d, 3), "[5, 3]", {"string": "'z'", "bool": "True"}.get(d, "9"), d)
fill("full", "[[0, 0], [1, 0], [2, 2], [3, 1]]")
fill("empty", "np.zeros((0, 2))", "np.zeros(0)", "[3, 2]")
fill("no rows", "np.zeros((0, 2))", "np.zeros(0)", "[0, 2]")
fill("rows of none", "[[0, 0]]", "[1]", "[0, 2]")
fill("out of order", "[[3, 0], [1, 1], [1, 0]]", "[1, 2, 3]")
fill("vector", "[[1], [3]]", "[1, 2]", "[5]")
fill("rank 3", "[[1, 1, 1], [3, 0, 1]]", "[1, 2]", "[5, 2, 2]")
fill("vector default", default="[9]")
for name, i, v, s in BAD:
    if name != "too few values":        # 1.12.3 reads past the end
        fill(name, i, v, s)
fill("row", "[[4, 0]]", "[1]")
ROWS.append(("SparseFillEmptyRows static", "raw('SparseFillEmptyRows', S([[1, 0]], [1, None], 'int64'), P([1]), tf.constant([3, 3], tf.int64), P(9))"))
ROWS.append(("SparseFillEmptyRows no shape", "raw('SparseFillEmptyRows', P([[1, 0]], 'int64'), P([1]), tf.constant([], tf.int64), P(9))"))


def fill_grad(name, back="[1, 0, 3]", dy="[1, 2, 3, 4, 5]", dtype="float32"):
    row("SparseFillEmptyRowsGrad", name, "P(%s, 'int64'), P(%s, '%s')" % (back, dy, dtype))


for d in NUMBER:
    fill_grad(d, dtype=d)
fill_grad("none", "np.zeros(0)", "[1, 2]")
fill_grad("nothing", "np.zeros(0)", "np.zeros(0)")
fill_grad("matrix", "[[1]]")
fill_grad("matrix of values", dy="[[1]]")
fill_grad("negative index", "[-1]")


def to_dense(name, indices, shape, values, default="9", dtype="float32", index="int64", **attributes):
    row("SparseToDense", name, "P(%s, '%s'), P(%s, '%s'), P(%s, '%s'), P(%s, '%s')" % (indices, index, shape, index, values, dtype, default, dtype), **attributes)


for d in ["float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "bool", "string"]:
    for i in ["int32", "int64"]:
        to_dense("%s %s" % (d, i), SORTED, "[2, 3]", values_of(d, 4), {"string": "'z'", "bool": "True"}.get(d, "9"), d, i)
to_dense("vector", "[1, 3]", "[5]", "[1, 2]")
to_dense("scalar index", "3", "[5]", "1")
to_dense("scalar value", SORTED, "[2, 3]", "1")
to_dense("scalar value, one", "[[0, 1]]", "[2, 3]", "[1]")
to_dense("rank 6", "[[0, 0, 1, 0, 0, 1]]", "[1, 1, 2, 1, 1, 2]", "[1]")
to_dense("empty", "np.zeros((0, 2))", "[2, 2]", "np.zeros(0)")
to_dense("no elements", "np.zeros((0, 2))", "[0, 2]", "np.zeros(0)")
to_dense("out of order", "[[1, 0], [0, 0]]", "[2, 2]", "[1, 2]")
to_dense("twice", "[[1, 0], [1, 0]]", "[2, 2]", "[1, 2]")
to_dense("outside", "[[1, 2]]", "[2, 2]", "[1]")
to_dense("negative", "[[1, -1]]", "[2, 2]", "[1]")
to_dense("out of order, unchecked", "[[1, 0], [0, 0]]", "[2, 2]", "[1, 2]", validate_indices=False)
to_dense("twice, unchecked", "[[1, 0], [1, 0]]", "[2, 2]", "[1, 2]", validate_indices=False)
to_dense("outside, unchecked", "[[1, 2]]", "[2, 2]", "[1]", validate_indices=False)
to_dense("negative, unchecked", "[[1, -1]]", "[2, 2]", "[1]", validate_indices=False)
to_dense("rank 3 of indices", "[[[0]]]", "[5]", "[1]")
to_dense("matrix of shape", "[[0, 0]]", "[[2, 2]]", "[1]")
to_dense("shape count", "[[0, 0]]", "[2]", "[1]")
to_dense("value count", "[[0, 0]]", "[2, 2]", "[1, 2]")
to_dense("matrix of values", "[[0, 0]]", "[2, 2]", "[[1]]")
to_dense("vector default", "[[0, 0]]", "[2, 2]", "[1]", "[9]")
to_dense("negative shape", "[[0, 0]]", "[2, -2]", "[1]")
to_dense("huge shape", "[[0, 0]]", "[2**40, 2**40]", "[1]")
ROWS.append(("SparseToDense static", "raw('SparseToDense', P([[0, 1]], 'int64'), tf.constant([2, 3], tf.int64), P([1]), P(0))"))


def cwise(op, name, indices, values, shape, dense, dtype="float32"):
    row(op, name, sparse(indices, values, shape, dtype), "P(%s, '%s')" % (dense, dtype))


for op in ["SparseDenseCwiseAdd", "SparseDenseCwiseMul", "SparseDenseCwiseDiv"]:
    for d in REAL:
        cwise(op, d, SORTED, "[10, 20, 30, 40]", "[2, 3]", "[[1, 2, 3], [4, 5, 6]]", d)
    cwise(op, "row", SORTED, "[10, 20, 30, 40]", "[2, 3]", "[1, 2, 3]")
    cwise(op, "column", SORTED, "[10, 20, 30, 40]", "[2, 3]", "[[2], [4]]")
    cwise(op, "scalar", SORTED, "[10, 20, 30, 40]", "[2, 3]", "4")
    cwise(op, "special", "[[0], [1], [2]]", "[np.inf, np.nan, -0.]", "[3]", "[-np.inf, 1, 0.]")
    cwise(op, "empty", *(EMPTY + ("[1, 2, 3]",)))
    cwise(op, "rank 5", "[[0, 0, 0, 0, 1]]", "[10]", "[1, 1, 1, 1, 2]", "[3, 4]")
    cwise(op, "vector", "[[0], [4]]", "[10, 3]", "[5]", "[3, 4, 5, 6, 7]")
    cwise(op, "dense is larger", SORTED, "[10, 20, 30, 40]", "[2, 3]", "np.ones([2, 2, 3])")
    cwise(op, "dense is wider", "[[0, 0]]", "[10]", "[2, 1]", "np.ones([2, 3])")
    cwise(op, "shapes", "[[0, 0]]", "[10]", "[2, 3]", "np.ones([2, 2])")
    for name, i, v, s in BAD:
        if name not in ("too few values", "narrow indices", "wide indices", "huge shape", "too many values"):
            cwise(op, name, i, v, s, "[1, 2, 3]")
cwise("SparseDenseCwiseDiv", "negative", SORTED, "[-10, 20, -30, 41]", "[2, 3]", "[[-3, 2, 3], [7, 5, -6]]", "int32")
cwise("SparseDenseCwiseDiv", "zero", SORTED, "[10, 0, 30, 40]", "[2, 3]", "[[0, 2, 0], [0, 5, -0.]]")


def mat_mul(name, indices, values, shape, b, dtype="float32", index="int64", **attributes):
    row("SparseTensorDenseMatMul", name, "P(%s, '%s'), P(%s, '%s'), P(%s, 'int64'), P(%s, '%s')" % (indices, index, values, dtype, shape, b, dtype), **attributes)


for d in ["float32", "float64", "int32", "complex64", "complex128"]:
    for i in ["int32", "int64"]:
        mat_mul("%s %s" % (d, i), SORTED, "[1, 2, 3, 4]", "[2, 3]", "[[1, 2], [3, 4], [5, 6]]", d, i)
for n in [1, 33]:
    for a, b in [(False, True), (True, False), (True, True)]:
        mat_mul("adjoint %d%s%s" % (n, " a" if a else "", " b" if b else ""), MIXED, "[1 + 1j, 2 - 3j, 3j, 4]", "[2, 3]",
                "(np.arange(%d).reshape(%s) * (1 - 2j))" % ((2 if a else 3) * n, (n, 2 if a else 3) if b else (2 if a else 3, n)), "complex64", adjoint_a=a, adjoint_b=b)
mat_mul("many columns", SORTED, "[1, 2, 3, 4]", "[2, 3]", "np.arange(300).reshape(3, 100)")
mat_mul("twice", "[[0, 0], [0, 0]]", "[1, 2]", "[2, 1]", "[[3]]")
mat_mul("special", "[[0, 0], [0, 1]]", "[np.inf, 2]", "[1, 3]", "[[0], [1], [np.nan]]")
mat_mul("empty", *(EMPTY + ("[[1], [2], [3]]",)))
mat_mul("nothing inside", "np.zeros((0, 2))", "np.zeros(0)", "[2, 0]", "np.zeros((0, 3))")
mat_mul("no columns", "[[0, 0]]", "[1]", "[2, 3]", "np.zeros((3, 0))")
mat_mul("vector b", SORTED, "[1, 2, 3, 4]", "[2, 3]", "[1, 2, 3]")
mat_mul("rank 3", "[[0, 0, 0]]", "[1]", "[1, 1, 1]", "[[1]]")
mat_mul("inner", SORTED, "[1, 2, 3, 4]", "[2, 3]", "[[1], [2]]")
mat_mul("inner adjoint", SORTED, "[1, 2, 3, 4]", "[2, 3]", "[[1], [2], [3]]", adjoint_a=True)
mat_mul("row outside", "[[2, 0]]", "[1]", "[2, 3]", "[[1], [2], [3]]")
mat_mul("column outside", "[[0, 3]]", "[1]", "[2, 3]", "[[1], [2], [3]]")
mat_mul("row outside, adjoint", "[[2, 0]]", "[1]", "[2, 3]", "[[1], [2]]", adjoint_a=True)
mat_mul("column outside, adjoint", "[[0, 3]]", "[1]", "[2, 3]", "[[1], [2]]", adjoint_a=True)
mat_mul("row outside, many columns", "[[2, 0]]", "[1]", "[2, 3]", "np.ones((3, 40))")
mat_mul("column outside, many columns", "[[0, 3]]", "[1]", "[2, 3]", "np.ones((3, 40))")
mat_mul("negative row", "[[-1, 0]]", "[1]", "[2, 3]", "[[1], [2], [3]]")
for name, i, v, s in BAD:
    mat_mul(name, i, v, s, "[[1], [2], [3]]")
ROWS.append(("SparseTensorDenseMatMul static", "raw('SparseTensorDenseMatMul', P([[0, 1]], 'int64'), P([1]), tf.constant([2, 3], tf.int64), S([[1, 2], [3, 4], [5, 6]], [3, None]))"))


def reduce(op, name, indices, values, shape, axes, dtype="float32", **attributes):
    row(op, name, sparse(indices, values, shape, dtype), "P(%s, 'int32')" % axes, **attributes)


R = "[[0, 0, 1], [0, 1, 0], [0, 1, 2], [1, 0, 0], [1, 1, 1]]", "[1, 2, 3, 4, 5]", "[3, 2, 3]"
for op in ["SparseReduceSum", "SparseReduceMax", "SparseReduceSumSparse", "SparseReduceMaxSparse"]:
    for d in NUMBER if "Sum" in op else REAL:
        reduce(op, d, *(R + ("[1]",)), dtype=d)
    for axes in ["[0]", "[2]", "[0, 1]", "[2, 0]", "[-1]", "[-3, -1]", "[0, 1, 2]", "1", "np.zeros(0)", "[1, 1]", "[1, -2]"]:
        reduce(op, "axes " + axes, *(R + (axes,)))
        if "Sparse" not in op[6:] or axes == "[0, 1, 2]":
            reduce(op, "kept axes " + axes, *(R + (axes,)), keep_dims=True)
    reduce(op, "negative", *(R[:1] + ("[-1, -2, -3, -4, -5]",) + R[2:] + ("[1]",)))
    reduce(op, "special", *(R[:1] + ("[np.nan, np.inf, 3, -np.inf, 5]",) + R[2:] + ("[1]",)))
    reduce(op, "out of order", MIXED, "[1, 2, 3, 4]", "[2, 3]", "[1]")
    reduce(op, "twice", "[[0, 0], [0, 0], [1, 0]]", "[1, 2, 3]", "[2, 3]", "[1]")
    reduce(op, "empty", *(EMPTY + ("[1]",)))
    reduce(op, "empty all", *(EMPTY + ("[0, 1]",)))
    reduce(op, "axis", *(R + ("[3]",)))
    reduce(op, "axis before", *(R + ("[-4]",)))
    reduce(op, "matrix of axes", *(R + ("[[1]]",)))
    for name, i, v, s in BAD:
        if name not in ("index", "negative index"):
            reduce(op, name, i, v, s, "[1]")


def softmax(name, indices, values, shape, dtype="float32"):
    row("SparseSoftmax", name, sparse(indices, values, shape, dtype))


for d in ["float32", "float64"]:
    softmax(d, SORTED, "[1, 2, 3, 40]", "[2, 3]", d)
softmax("rank 3", *R)
softmax("large", SORTED, "[1000, 1001, -1000, -1000]", "[2, 3]")
softmax("special", SORTED, "[np.inf, 1, -np.inf, -np.inf]", "[2, 3]")
softmax("nan", SORTED, "[np.nan, 1, 2, 3]", "[2, 3]")
softmax("empty", *EMPTY)
softmax("vector", "[[0], [1]]", "[1, 2]", "[3]")
softmax("out of order", MIXED, "[1, 2, 3, 4]", "[2, 3]")
for name, i, v, s in BAD:
    softmax(name, i, v, s)


def larger(op, name, a, b, dtype="float32"):
    row(op, name, sparse(*(a + (dtype,))), sparse(*(b + (dtype,))))


X, Y = (SORTED, "[1, 2, 3, 4]", "[2, 3]"), ("[[0, 1], [0, 2], [1, 0]]", "[5, 1, 7]", "[2, 3]")
for op in ["SparseSparseMaximum", "SparseSparseMinimum"]:
    for d in REAL:
        larger(op, d, X, Y, d)
    larger(op, "negative", (SORTED, "[-1, -2, 3, -4]", "[2, 3]"), ("[[0, 1], [0, 2], [1, 0]]", "[-5, -1, 7]", "[2, 3]"))
    larger(op, "special", (SORTED, "[np.nan, np.nan, 3, -np.inf]", "[2, 3]"), ("[[0, 1], [0, 2], [1, 0]]", "[-np.inf, -1, np.nan]", "[2, 3]"))
    larger(op, "empty", EMPTY, EMPTY)
    larger(op, "only a", X, EMPTY)
    larger(op, "only b", EMPTY, Y)
    larger(op, "ranks", X, ("[[0]]", "[1]", "[2]"))
    larger(op, "sizes", X, ("[[0, 0]]", "[1]", "[2, 4]"))
    larger(op, "scalars", ("np.zeros((1, 0))", "[1]", "np.zeros(0)"), ("np.zeros((1, 0))", "[2]", "np.zeros(0)"))
    larger(op, "vector of indices of a", ("[0, 0]", "[1]", "[2, 3]"), X)
    larger(op, "matrix of values of a", ("[[0, 0]]", "[[1]]", "[2, 3]"), X)
    larger(op, "too few values of a", ("[[0, 0], [1, 1]]", "[1]", "[2, 3]"), X)
    larger(op, "matrix of shape of a", ("[[0, 0]]", "[1]", "[[2, 3]]"), X)
    for name, i, v, s in BAD:
        if name not in ("wide indices", "narrow indices"):
            larger(op, name, X, (i, v, s))


def dense_mul(name, a="[[1, 2, 3], [4, 5, 6]]", b="[[1, 0], [0, 0], [2, -3]]", types=("float32", "float32"), **attributes):
    row("SparseMatMul", name, "P(%s, '%s'), P(%s, '%s')" % (a, types[0], b, types[1]), **attributes)


for d in ["float32", "bfloat16"]:
    for e in ["float32", "bfloat16"]:
        dense_mul("%s %s" % (d, e), types=(d, e))
        dense_mul("%s %s sparse" % (d, e), types=(d, e), a_is_sparse=True, b_is_sparse=True)
dense_mul("transpose", "[[1, 4], [2, 5], [3, 6]]", "[[1, 0, 2], [0, 0, -3]]", transpose_a=True, transpose_b=True)
dense_mul("transpose a", "[[1, 4], [2, 5], [3, 6]]", transpose_a=True, a_is_sparse=True)
dense_mul("transpose b", b="[[1, 0, 2], [0, 0, -3]]", transpose_b=True, b_is_sparse=True)
dense_mul("empty", "np.zeros((0, 3))")
dense_mul("nothing inside", "np.zeros((2, 0))", "np.zeros((0, 3))")
dense_mul("vector a", "[1, 2, 3]")
dense_mul("vector b", b="[1, 2, 3]")
dense_mul("inner", b="[[1, 2]]")
dense_mul("large", "np.arange(600).reshape(20, 30) % 7", "np.arange(900).reshape(30, 30) % 5", b_is_sparse=True)
