"""Rows of mathematics that came after 1.12; TensorFlow 2.21 answers."""
ROWS = []
X = "[0., 0.5, -1.25, 2., 0., 0., -3., 0., 3., 1.]"
Y = "[0., 2., 0.25, 1., -1., np.inf, 7., np.nan, 3., 0.]"
FLOATS = ["float16", "float32", "float64"]


def add(name, expression):
    ROWS.append((name, expression))


for op, x, y in [("Xlog1py", X, Y), ("MulNoNan", Y, X)]:
    for d in FLOATS:
        add("%s %s" % (op, d), "raw('%s', P(%s, '%s'), P(%s, '%s'))" % (op, x, d, y, d))
    for d in ["complex64", "complex128"]:
        add("%s %s" % (op, d), "raw('{0}', P([0., 0.5 + 1j, -2j, 0.], '{1}'), P([0., 2. - 1j, 1. + 1j, 3.], '{1}'))".format(op, d))
    add(op + " broadcast", "raw('%s', P([[0.], [2.]]), P([1., 2., 4.]))" % op)
add("MulNoNan bfloat16", "raw('MulNoNan', P([1., np.nan], 'bfloat16'), P([2., 0.], 'bfloat16'))")
for d in FLOATS[1:]:
    add("NextAfter " + d, "raw('NextAfter', P([1., 1., 0., np.inf, np.nan, 3.], '{0}'), P([2., -1., 1., 0., 1., 3.], '{0}'))".format(d))
    add("Erfinv " + d, "raw('Erfinv', P([0., 0.1, -0.5, 0.75, 0.999, -1., 1., 1.5], '%s'))" % d)
    add("Ndtri " + d, "raw('Ndtri', P([0., 0.01, 0.3, 0.5, 0.9, 1e-6, 0.99999, 1.], '%s'))" % d)
for d in FLOATS + ["bfloat16"]:
    for more in ["", ", exclusive=True", ", reverse=True", ", exclusive=True, reverse=True"]:
        add("CumulativeLogsumexp %s%s" % (d, more), "raw('CumulativeLogsumexp', P([[0.5, 2., -3.], [1., 80., 0.]], '%s'), P(1, 'int32')%s)" % (d, more))
add("CumulativeLogsumexp rows", "raw('CumulativeLogsumexp', S([[0.5, 2., -3.], [1., 80., 0.]], [2, 3]), P(-2, 'int64'))")
add("CumulativeLogsumexp infinite", "raw('CumulativeLogsumexp', P([1., -np.inf, np.inf, 0., np.nan]), P(0, 'int32'))")
for d in ["int32", "int64"]:
    for w in ["int32", "int64", "float32", "float64"]:
        add("DenseBincount %s %s" % (d, w), "raw('DenseBincount', P([1, 3, 1, 9], '{0}'), P(5, '{0}'), P([1, 2, 3, 4], '{1}'))".format(d, w))
        add("DenseBincount matrix %s %s" % (d, w), "raw('DenseBincount', P([[1, 3], [1, 9]], '{0}'), P(5, '{0}'), P([[1, 2], [3, 4]], '{1}'))".format(d, w))
for name, x, size, w, more in [("no weights", "[1, 1]", "3", "[]", ""), ("binary", "[1, 1]", "3", "[]", ", binary_output=True"), ("binary weights", "[1, 1]", "3", "[5, 6]", ", binary_output=True"),
                               ("negative", "[-1, 1]", "3", "[]", ""), ("negative size", "[1]", "-3", "[]", ""), ("empty", "[]", "2", "[]", ""), ("binary matrix", "[[1, 1], [2, 0]]", "3", "[]", ", binary_output=True")]:
    add("DenseBincount " + name, "raw('DenseBincount', P(%s, 'int32'), P(%s, 'int32'), P(%s)%s)" % (x, size, w, more))
for d in FLOATS[1:]:
    for i in ["int32", "int64"]:
        add("SparseSegmentSumGrad %s %s" % (d, i), "raw('SparseSegmentSumGrad', P([[1., 2.], [3., 4.]], '{0}'), P([2, 0, 2], '{1}'), P([0, 0, 1], '{1}'), P(4, 'int32'))".format(d, i))
add("SparseSegmentSumGrad outside", "raw('SparseSegmentSumGrad', P([[1., 2.], [3., 4.]]), P([2, 9, 2], 'int32'), P([0, 0, 1], 'int32'), P(4, 'int32'))")
add("SparseSegmentSumGrad static", "raw('SparseSegmentSumGrad', S([[1., 2.], [3., 4.]], [2, 2]), P([2, 0, 2], 'int32'), P([0, 0, 1], 'int32'), tf.constant(4))")
for d in FLOATS + ["bfloat16", "complex64", "complex128", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]:
    for axes in ["[1]", "[0, -1]", "[]"]:
        add("EuclideanNorm %s %s" % (d, axes), "raw('EuclideanNorm', P([[3, 4, 2], [1, 2, 2]], '%s'), P(%s, 'int32'))" % (d, axes))
    add("EuclideanNorm nothing " + d, "raw('EuclideanNorm', P(np.zeros((0, 2)), '%s'), P([0], 'int64'), keep_dims=True)" % d)
add("EuclideanNorm static", "raw('EuclideanNorm', S([[3., 4., 2.], [1., 2., 2.]], [None, 3]), tf.constant([1]))")
add("EuclideanNorm large", "raw('EuclideanNorm', P(np.cos(np.arange(60000.)).reshape(3, 20, 1000), 'float64'), P([0, 2], 'int32'))")
add("EuclideanNorm wraps", "raw('EuclideanNorm', P([100, 100, 100, 7], 'int8'), P([0], 'int32'))")
add("EuclideanNorm infinite", "raw('EuclideanNorm', P([[np.inf, 1.], [np.nan, 0.]]), P([1], 'int32'))")
