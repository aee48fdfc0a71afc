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
