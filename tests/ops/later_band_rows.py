"""Rows of Lu, of matrices of three diagonals, and of BatchMatMulV3, which came after 1.12; TensorFlow 2.21 answers."""
ROWS = []
TYPES = ["float32", "float64", "complex64", "complex128"]


def add(name, expression):
    ROWS.append((name, expression))


def values(shape, dtype, at):
    """Numbers that no elimination finds singular."""
    n = 1
    for size in shape:
        n *= size
    real = "np.sin(np.arange(%d) ** 2 * 1.7 + %s)" % (n, at)
    return "P((%s%s).reshape(%s), '%s')" % (real, " + 1j * np.cos(np.arange(%d) ** 2 * .9 + %s)" % (n, at) if dtype.startswith("c") else "", tuple(shape), dtype)


for d in TYPES:
    for shape in [(1, 1), (2, 2), (3, 3), (5, 5), (2, 4, 4), (2, 1, 3, 3), (0, 3, 3), (3, 0, 0), (0, 0), (17, 17)]:
        add("Lu %s %s" % (d, shape), "raw('Lu', %s)" % values(shape, d, .3))
    for i in ["int32", "int64"]:
        add("Lu %s %s" % (d, i), "raw('Lu', P([[0, 2., 1.], [4., 0, 0], [1., 1., 5.]], '%s'), output_idx_type=tf.%s)" % (d, i))
for name, value in [("known", "S(np.eye(3), [3, 3])"), ("partly", "S([np.eye(3)], [None, 3, None])"), ("known wide", "S(np.ones([2, 3]), [2, 3])")]:
    add("Lu " + name, "raw('Lu', %s)" % value)
for d in TYPES:
    for batch, n, k in [((), 1, 1), ((), 2, 1), ((), 3, 2), ((), 7, 3), ((2,), 4, 1), ((2, 3), 5, 2), ((0,), 3, 2), ((), 3, 0), ((), 0, 2), ((), 40, 1)]:
        for pivots in [True, False]:
            add("TridiagonalSolve %s %s %d %d %s" % (d, batch, n, k, pivots), "raw('TridiagonalSolve', %s, %s, partial_pivoting=%s)" % (values(batch + (3, n), d, .2), values(batch + (n, k), d, 1.1), pivots))
        add("TridiagonalMatMul %s %s %d %d" % (d, batch, n, k), "raw('TridiagonalMatMul', %s)" % ", ".join([values(batch + (1, n), d, i) for i in range(3)] + [values(batch + (n, k), d, 5)]))
for pivots in [True, False]:
    for name, diagonals, rhs in [("zero", "P([[0.], [0.], [0.]])", "P([[1.]])"), ("zeros", "P(np.zeros([3, 3]))", "P(np.ones([3, 1]))"), ("needs pivots", "P([[1., 1., 0.], [0., 1., 1.], [0., 1., 1.]])", "P([[1.], [2.], [3.]])"),
                                 ("singular", "P([[1., 0.], [1., 1.], [0., 1.]])", "P([[1.], [2.]])"), ("four rows", "P(np.ones([4, 3]))", "P(np.ones([3, 1]))"), ("lengths", "P(np.ones([3, 3]))", "P(np.ones([2, 1]))"),
                                 ("ranks", "P(np.ones([1, 3, 3]))", "P(np.ones([3, 1]))"), ("batches", "P(np.ones([1, 3, 3]))", "P(np.ones([2, 3, 1]))"),
                                 ("known", "S(np.ones([3, 1]), [3, 1])", "S(np.ones([1, 2]), [1, 2])"), ("partly", "S(np.ones([1, 3, 1]), [None, 3, None])", "S(np.ones([1, 1, 2]), [1, None, 2])"),
                                 ("known rows", "S(np.ones([4, 3]), [4, 3])", "P(np.ones([3, 1]))"), ("known lengths", "S(np.ones([3, 3]), [3, 3])", "S(np.ones([2, 1]), [2, 1])")]:
        add("TridiagonalSolve %s %s" % (name, pivots), "raw('TridiagonalSolve', %s, %s, partial_pivoting=%s)" % (diagonals, rhs, pivots))
ONES = "P(np.ones([1, 3]))"
for name, parts in [("superdiagonal", ["P(np.ones([1, 2]))", ONES, ONES, "P(np.ones([3, 2]))"]), ("main", [ONES, "P(np.ones([2, 3]))", ONES, "P(np.ones([3, 2]))"]), ("subdiagonal", [ONES, ONES, "P(np.ones([3, 1]))", "P(np.ones([3, 2]))"]),
                    ("ranks", ["P(np.ones([1, 1, 3]))", ONES, ONES, "P(np.ones([3, 2]))"]), ("vector", [ONES, ONES, ONES, "P([1.])"]), ("known", ["S(np.ones([1, 3]), [1, 3])", ONES, ONES, "S(np.ones([3, 2]), [3, None])"]),
                    ("known lengths", ["S(np.ones([1, 3]), [1, 3])", ONES, ONES, "S(np.ones([2, 2]), [2, 2])"]), ("known rows", ["S(np.ones([2, 3]), [2, 3])", ONES, ONES, "P(np.ones([3, 2]))"])]:
    add("TridiagonalMatMul " + name, "raw('TridiagonalMatMul', %s)" % ", ".join(parts))
SAME = ["bfloat16", "float32", "float64", "int16", "int32", "int64", "complex64", "complex128"]
MIXED = [("bfloat16", "uint8", "bfloat16"), ("bfloat16", "int8", "bfloat16"), ("uint8", "bfloat16", "bfloat16"), ("int8", "bfloat16", "bfloat16"), ("uint8", "uint8", "int32"), ("uint8", "int8", "int32"), ("int8", "uint8", "int32"), ("int8", "int8", "int32")]
for a, b, out in [(d, d, d) for d in SAME] + MIXED:
    for adjoint in ["", ", adj_x=True", ", adj_y=True", ", adj_x=True, adj_y=True"]:
        x, y = ("3, 2" if "adj_x" in adjoint else "2, 3"), ("4, 3" if "adj_y" in adjoint else "3, 4")
        add("BatchMatMulV3 %s %s %s%s" % (a, b, out, adjoint), "raw('BatchMatMulV3', P((np.arange(12) * 5 %% 11 - %d).reshape([2, 1, %s]), '%s'), P((np.arange(12) * 7 %% 13 - %d).reshape([1, %s]), '%s'), Tout=tf.%s%s)" % (
            0 if a == "uint8" else 4, x, a, 0 if b == "uint8" else 5, y, b, out, adjoint))
add("BatchMatMulV3 ends", "raw('BatchMatMulV3', P([[-128, 127]], 'int8'), P([[255], [255]], 'uint8'), Tout=tf.int32)")
for name, x, y in [("lengths", "P(np.ones([2, 3]))", "P(np.ones([2, 3]))"), ("vector", "P([1.])", "P([1.])"), ("batches", "P(np.ones([2, 2, 3]))", "P(np.ones([3, 3, 2]))"), ("nothing", "P(np.ones([0, 2, 3]))", "P(np.ones([3, 2]))"),
                   ("known", "S(np.ones([2, 2, 3]), [2, None, 3])", "S(np.ones([3, 2]), [3, 2])")]:
    add("BatchMatMulV3 " + name, "raw('BatchMatMulV3', %s, %s, Tout=tf.float32)" % (x, y))
