"""Rows of linear algebra: values that are unique, sizes and messages.  What is unique up to signs is in test_linalg.py."""
ROWS = []
DTYPES = ["float32", "float64", "complex64", "complex128"]


def add(name, expression):
    ROWS.append((name, expression))


def matrix(shape, dtype="float32", seed=0, definite=False):
    text = "np.random.RandomState(%d).randn(*%r)" % (seed, shape)
    if dtype.startswith("complex"):
        text = "(%s + 1j * np.random.RandomState(%d).randn(*%r))" % (text, seed + 50, shape)
    if definite:
        text = "(lambda a: np.matmul(a, np.conj(np.swapaxes(a, -1, -2))) + %d * np.eye(%d))(%s)" % (shape[-1], shape[-1], text)
    return text


SQUARES = [(1, 1), (2, 2), (3, 3), (20, 20), (33, 33), (2, 4, 4), (2, 1, 3, 3)]
for d in DTYPES:
    for shape in SQUARES:
        a = matrix(shape, d)
        add("Cholesky %s %s" % (d, shape), "raw('Cholesky', P(%s, '%s'))" % (matrix(shape, d, definite=True), d))
        add("MatrixDeterminant %s %s" % (d, shape), "raw('MatrixDeterminant', P(%s, '%s'))" % (a, d))
        add("LogMatrixDeterminant %s %s" % (d, shape), "list(raw('LogMatrixDeterminant', P(%s, '%s')))" % (a, d))
        for adjoint in [False, True]:
            add("MatrixInverse %s %s %d" % (d, shape, adjoint), "raw('MatrixInverse', P(%s, '%s'), adjoint=%s)" % (matrix(shape, d, definite=True), d, adjoint))
            add("MatrixSolve %s %s %d" % (d, shape, adjoint), "raw('MatrixSolve', P(%s, '%s'), P(%s, '%s'), adjoint=%s)"
                % (matrix(shape, d, definite=True), d, matrix(shape[:-1] + (2,), d, 3), d, adjoint))
        add("SelfAdjointEigV2 values %s %s" % (d, shape), "raw('SelfAdjointEigV2', P(%s, '%s'), compute_v=True)[0]" % (matrix(shape, d, definite=True), d))
        add("Svd values %s %s" % (d, shape), "raw('Svd', P(%s, '%s'))[0]" % (a, d))
        if d.startswith("complex"):
            add("MatrixLogarithm %s %s" % (d, shape), "raw('MatrixLogarithm', P(%s, '%s'))" % (matrix(shape, d, definite=True), d))
        else:
            add("CholeskyGrad %s %s" % (d, shape), "raw('CholeskyGrad', P(np.tril(%s) + 3 * np.eye(%d), '%s'), P(%s, '%s'))" % (a, shape[-1], d, matrix(shape, d, 5), d))
    for shape in [(5, 2), (2, 5), (3, 4, 2), (3, 2, 4), (3, 3)]:
        a, b = matrix(shape, d), matrix(shape[:-1] + (2,), d, 3)
        for fast in [True, False]:
            for l2 in [0., 0.5]:
                add("MatrixSolveLs %s %s %d %s" % (d, shape, fast, l2), "raw('MatrixSolveLs', P(%s, '%s'), P(%s, '%s'), tf.constant(%s, tf.float64), fast=%s)" % (a, d, b, d, l2, fast))
        add("Svd values %s %s" % (d, shape) + " rectangle", "raw('Svd', P(%s, '%s'), compute_uv=True, full_matrices=True)[0]" % (a, d))

for op in ["Cholesky", "MatrixDeterminant", "LogMatrixDeterminant", "MatrixInverse", "SelfAdjointEigV2"]:
    for shape in [(0, 0), (2, 0, 0), (0, 3, 3)]:
        add("%s empty %s" % (op, shape), "raw('%s', P(np.zeros(%r)))" % (op, shape))
    add("%s not square" % op, "raw('%s', P(np.zeros((2, 3))))" % op)
    add("%s static not square" % op, "raw('%s', S(np.zeros((2, 3)), [2, 3]))" % op)
    add("%s static vector" % op, "raw('%s', S(np.zeros(2), [2]))" % op)
    add("%s static" % op, "raw('%s', S([[[4., 1.], [1., 3.]]], [None, 2, 2]))" % op if op != "SelfAdjointEigV2" else "raw('%s', S([[[4., 1.], [1., 3.]]], [None, 2, 2]))[0]" % op)
for a in ["[[np.nan, 0], [0, 1]]", "[[1, 0], [np.nan, 1]]", "[[np.inf, 0], [0, 1]]", "[[1, 2], [2, 1]]", "[[4, 99], [2, 5]]", "[[0, 0], [0, 0]]", "[[1, 1], [1, 1]]", "[[-1.]]"]:
    add("Cholesky of %s" % a, "raw('Cholesky', P(%s))" % a)
for a in ["[[np.nan, 0], [0, 1]]", "[[1, 2], [2, 4]]", "[[2, 0], [0, 3]]", "[[3]]", "[[np.inf, 0], [0, 1]]", "[[1e200, 0], [0, 1e200]]", "[[1, 2, 3], [4, 5, 6], [7, 8, 9]]", "[[0, 1], [1, 0]]", "[[0.]]", "[[-0.5]]"]:
    for d in ["float32", "float64"]:
        add("MatrixDeterminant %s of %s" % (d, a), "raw('MatrixDeterminant', P(%s, '%s'))" % (a, d))
        add("LogMatrixDeterminant %s of %s" % (d, a), "list(raw('LogMatrixDeterminant', P(%s, '%s')))" % (a, d))
for a in ["[[1, 2], [2, 4]]", "[[np.nan, 2], [2, 4]]", "[[1, np.nan], [2, 4]]", "[[1, 2], [2, np.nan]]", "[[np.inf, 2], [2, 4]]", "[[1, 2, 3], [4, 5, 6], [7, 8, 9]]", "[[0.]]", "[[0, 1], [1, 0]]"]:
    for d in ["float32", "float64"]:
        add("MatrixInverse %s of %s" % (d, a), "raw('MatrixInverse', P(%s, '%s'))" % (a, d))
        if "9" not in a or d == "float32":      # the other one is singular but for rounding, and any answer is as good
            add("MatrixSolve %s of %s" % (d, a), "raw('MatrixSolve', P(%s, '%s'), P(np.ones((len(%s), 1)), '%s'))" % (a, d, a, d))
for a, b in [((2, 3), (2, 1)), ((2, 2), (3, 1)), ((2, 2), (1, 2, 1)), ((3, 2, 2), (1, 2, 1)), ((0, 0), (0, 3)), ((2, 2), (2, 0)), ((0, 2, 2), (0, 2, 1)), ((2, 0, 0), (2, 0, 1))]:
    add("MatrixSolve %s %s" % (a, b), "raw('MatrixSolve', P(np.zeros(%r) + np.eye(*%r)), P(np.ones(%r)))" % (a, a[-2:], b))
    add("MatrixSolve static %s %s" % (a, b), "raw('MatrixSolve', S(np.zeros(%r) + np.eye(*%r), %r), S(np.ones(%r), %r))" % (a, a[-2:], list(a), b, list(b)))
    add("MatrixSolveLs static %s %s" % (a, b), "raw('MatrixSolveLs', S(np.zeros(%r) + np.eye(*%r), %r), S(np.ones(%r), %r), tf.constant(0., tf.float64))" % (a, a[-2:], list(a), b, list(b)))
for fast in [True, False]:
    for name, a, b, l2 in [("rank one", [[1, 2], [2, 4], [3, 6.]], [[1], [2], [3]], 0.), ("zero", [[0, 0], [0, 0.]], [[1], [2]], 0.), ("negative", [[1, 2], [2, 5.]], [[1], [2]], -1.),
                           ("mismatch", [[1, 2], [2, 5.]], [[1], [2], [3]], 0.), ("vector", [[1, 2], [2, 5.]], [[1], [2]], [0.])]:
        add("MatrixSolveLs %s %d" % (name, fast), "raw('MatrixSolveLs', P(%s), P(%s), P(%s, 'float64'), fast=%s)" % (a, b, l2, fast))
    add("MatrixSolveLs no columns %d" % fast, "raw('MatrixSolveLs', P(np.zeros((2, 0))), P(np.ones((2, 3))), tf.constant(0., tf.float64), fast=%s)" % fast)
    add("MatrixSolveLs no right sides %d" % fast, "raw('MatrixSolveLs', P(np.ones((2, 2))), P(np.ones((2, 0))), tf.constant(0., tf.float64), fast=%s)" % fast)
for l, g in [((2, 2), (2, 3)), ((2, 3), (2, 3)), ((2, 2), (3, 3)), ((0, 0), (0, 0)), ((0, 2, 2), (0, 2, 2)), ((2, 2), (1, 2, 2))]:
    add("CholeskyGrad %s %s" % (l, g), "raw('CholeskyGrad', P(np.zeros(%r)), P(np.ones(%r)))" % (l, g))
for a in ["[[1, 2], [3, 4]]", "[[1, 2], [2, 4]]", "[[0, 0], [0, 0]]", "[[-1, 0], [0, -2]]", "[[-3.]]", "[[1, 1], [0, 1]]", "[[1e-8, 1], [0, 2]]", "[[1j, 2], [3, 4]]", "[[1e6, 1], [0, 1e-6]]", "[[2, 0], [0, 2]]"]:
    add("MatrixLogarithm of %s" % a, "raw('MatrixLogarithm', P(%s, 'complex128'))" % a)
add("MatrixLogarithm empty", "raw('MatrixLogarithm', P(np.zeros((2, 0, 0)), 'complex64'))")
for a in ["[[np.nan, 1], [1, 2]]", "[[1, np.nan], [1, 3]]", "[[1, 0, 0], [0, 1, 0], [0, 0, 1]]", "[[2, 99], [1, 3]]", "[[1, 1], [1, 1]]", "[[-1, 0], [0, -5]]"]:
    add("SelfAdjointEigV2 of %s" % a, "raw('SelfAdjointEigV2', P(%s))[0]" % a)
add("SelfAdjointEigV2 values alone", "raw('SelfAdjointEigV2', P([[2, 1], [1, 3]]), compute_v=False)[0]")
for a in ["[[np.nan, 2], [3, 4]]", "[[1, 2], [2, 4]]", "np.zeros((2, 3))", "[[1e-30, 0], [0, 1e30]]"]:
    add("Svd of %s" % a, "raw('Svd', P(%s))[0]" % a)
for full in [False, True]:
    for shape in [[None, 3, 2], [2, None, 3], [2, 3, None], None]:
        add("Svd static %s %d" % (shape, full), "raw('Svd', S(np.zeros((2, 3, %d)), %r), full_matrices=%s)[0]" % (3 if shape and shape[-1] == 3 else 2, shape, full))
add("Svd values alone", "raw('Svd', P([[1, 2], [3, 4]]), compute_uv=False)[0]")
