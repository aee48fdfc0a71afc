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
