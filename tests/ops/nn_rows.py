"""Rows of the nn family."""
FLOATS = ["float16", "float32", "float64"]
REAL = FLOATS + ["bfloat16", "int8", "int16", "int32", "int64", "uint8", "uint16"]
ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


X = "[[0.5, -0.25, 1.5], [-2., 0., 7.25], [-30., 20., -0.75]]"
I = "[5, 3, 0, 7, 2, 100]"
N = "[5, -3, 0, 7, -2, 100]"
for op in ["Relu", "Relu6"]:
    for d in REAL:
        add("%s %s" % (op, d), "raw('%s', P(%s, '%s'))" % (op, X if "float" in d else I if d[0] == "u" else N, d))
        add("%sGrad %s" % (op, d), "raw('%sGrad', P([1, 2, 3, 4, 5, 6], '%s'), P(%s, '%s'))" % (op, d, "[0.5, -1, 0, 6, 6.5, 3]" if "float" in d
                                                                                               else I, d))
for op in ["Elu", "Selu", "Softplus", "Softsign"]:
    for d in FLOATS:
        add("%s %s" % (op, d), "raw('%s', P(%s, '%s'))" % (op, X, d))
        add("%sGrad %s" % (op, d), "raw('%sGrad', P([1, 2, 3, 4, 5, 6], '%s'), P([0.5, -0.75, 0, -0.1, 6.5, 3], '%s'))" % (op, d, d))
    add(op + " special", "raw('%s', P([np.nan, np.inf, -np.inf, -0., -100., 100.]))" % op)
    add(op + "Grad shapes", "raw('%sGrad', P([1., 2., 3.]), P([1., 2.]))" % op)
for op in ["Relu", "Relu6"]:
    add(op + " special", "raw('%s', P([np.nan, np.inf, -np.inf, -0.]))" % op)
    add(op + "Grad special", "raw('%sGrad', P([1., 2., 3., 4., np.nan]), P([np.nan, np.inf, -np.inf, -0., 0.]))" % op)
    add(op + "Grad shapes", "raw('%sGrad', P([1., 2., 3.]), P([1., 2.]))" % op)
    add(op + " empty", "raw('%s', P(np.zeros((0, 2))))" % op)

for op in ["Softmax", "LogSoftmax"]:
    for d in FLOATS:
        add("%s %s" % (op, d), "raw('%s', P(%s, '%s'))" % (op, "[[0.5, -0.25, 1.5], [-2., 0., 4.25]]", d))
    for name, x in [("scalar", "3."), ("vector", "[1., 2.]"), ("empty", "np.zeros((2, 0))"), ("none", "np.zeros((0, 3))"), ("far", "[[1000., 0., -1000.]]"),
                    ("wide", "np.arange(100.).reshape(2, 50) / 10"), ("deep", "np.arange(24.).reshape(2, 3, 4)"), ("low", "[[-np.inf, -np.inf]]")]:
        add("%s %s" % (op, name), "raw('%s', P(%s))" % (op, x))
for d in FLOATS:
    add("SoftmaxCrossEntropyWithLogits " + d,
        "raw('SoftmaxCrossEntropyWithLogits', P([[0.5, -0.25, 1.5], [-2., 0., 4.25]], '{0}'), P([[0., 1., 0.], [0.25, 0.5, 0.25]], '{0}'))".format(d))
    add("SparseSoftmaxCrossEntropyWithLogits " + d,
        "raw('SparseSoftmaxCrossEntropyWithLogits', P([[0.5, -0.25, 1.5], [-2., 0., 4.25]], '{0}'), P([1, 2], 'int32'))".format(d))
    add("L2Loss " + d, "raw('L2Loss', P([[1., 2.], [3., 4.]], '%s'))" % d)
for name, x, y in [("broadcast", "[[1., 2.], [3., 4.]]", "[[.5, .5]]"), ("shapes", "[[1., 2.], [3., 4.]]", "[[.5, .5, 1.]]"), ("vectors", "[1., 2.]", "[.5, .5]"),
                   ("empty", "np.zeros((0, 3))", "np.zeros((0, 3))"), ("wide", "np.arange(80.).reshape(2, 40) / 8", "np.eye(40)[[3, 39]]"),
                   ("logits row", "[[1., 2., 3.]]", "np.eye(3)")]:
    add("SoftmaxCrossEntropyWithLogits " + name, "raw('SoftmaxCrossEntropyWithLogits', P(%s), P(%s))" % (x, y))
for name, x, y in [("far", "[[1., 2.], [3., 4.]]", "[0, 5]"), ("negative", "[[1., 2.], [3., 4.]]", "[0, -1]"), ("short", "[[1., 2.], [3., 4.]]", "[0]"),
                   ("matrix", "[[1., 2.], [3., 4.]]", "[[0, 1]]"), ("vector", "[1., 2.]", "[0]"), ("classes", "np.zeros((2, 0))", "[0, 0]"),
                   ("empty", "np.zeros((0, 3))", "[]"), ("wide", "np.arange(80.).reshape(2, 40) / 8", "[3, 39]")]:
    add("SparseSoftmaxCrossEntropyWithLogits " + name, "raw('SparseSoftmaxCrossEntropyWithLogits', P(%s), P(%s, 'int64'))" % (x, y))

for d in REAL + ["complex64", "complex128"]:
    for op in ["BiasAdd", "BiasAddV1"]:
        add("%s %s" % (op, d), "raw('%s', P([[1, 2, 3], [4, 5, 6]], '%s'), P([10, 20, 30], '%s'))" % (op, d, d))
    add("BiasAddGrad " + d, "raw('BiasAddGrad', P([[1, 2, 3], [4, 5, 6]], '%s'))" % d)
for name, x, b, more in [("sizes", "[[1., 2.]]", "[1., 2., 3.]", ""), ("matrix", "[[1., 2.]]", "[[1., 2.]]", ""), ("vector", "[1., 2.]", "[1., 2.]", ""),
                         ("nchw rank", "[[1., 2.]]", "[1., 2.]", ", data_format='NCHW'"),
                         ("nchw", "np.arange(24.).reshape(2, 3, 2, 2)", "[10., 20., 30.]", ", data_format='NCHW'"),
                         ("nhwc", "np.arange(24.).reshape(2, 2, 2, 3)", "[10., 20., 30.]", ""), ("empty", "np.zeros((0, 3))", "[1., 2., 3.]", "")]:
    add("BiasAdd " + name, "raw('BiasAdd', P(%s), P(%s)%s)" % (x, b, more))
for name, x, more in [("vector", "[1., 2.]", ""), ("nchw", "np.arange(24.).reshape(2, 3, 2, 2)", ", data_format='NCHW'"),
                      ("nhwc", "np.arange(24.).reshape(2, 2, 2, 3)", ""), ("empty", "np.zeros((0, 3))", "")]:
    add("BiasAddGrad " + name, "raw('BiasAddGrad', P(%s)%s)" % (x, more))

for d in REAL:
    if d != "bfloat16":
        add("TopKV2 " + d, "raw('TopKV2', P([[1, 5, 3, 3, 2], [9, 8, 7, 6, 5]], '%s'), P(3, 'int32'))" % d)
        add("NthElement " + d, "raw('NthElement', P([[1, 5, 3, 3, 2], [9, 8, 7, 6, 5]], '%s'), P(1, 'int32'))" % d)
add("TopK", "raw('TopK', P([1., 5., 3.]), k=2)")
for name, x, k in [("all", "[1., 2.]", "2"), ("none", "[1., 2.]", "0"), ("many", "[1., 2.]", "5"), ("negative", "[1., 2.]", "-1"), ("vector k", "[1., 2.]", "[1]"),
                   ("scalar", "1.", "1"), ("empty", "np.zeros((0, 4))", "2"), ("one", "[[3., 1., 4., 1., 5.], [9., 2., 6., 5., 3.]]", "1"),
                   ("long", "np.sin(np.arange(200.)).reshape(2, 100)", "20")]:
    add("TopKV2 " + name, "raw('TopKV2', P(%s), P(%s, 'int32'))" % (x, k))
for d in ["int32", "int64"]:
    add("InTopK " + d, "raw('InTopK', P([[1., 2., 2.], [3., 3., 1.], [0., 1., 2.]]), P([1, 1, 0], '%s'), k=1)" % d)
    add("InTopKV2 " + d, "raw('InTopKV2', P([[1., 2., 2.], [3., 3., 1.], [0., 1., 2.]]), P([1, 1, 0], '{0}'), P(2, '{0}'))".format(d))
for name, x, t in [("far", "[[1., 2., 3.]]", "[5]"), ("nan", "[[1., 2., np.nan]]", "[1]"), ("vector", "[1., 2., 3.]", "[1]"), ("sizes", "[[1., 2., 3.]]", "[1, 2]"),
                   ("inf", "[[1., np.inf, 2.]]", "[0]")]:
    add("InTopK " + name, "raw('InTopK', P(%s), P(%s, 'int32'), k=3)" % (x, t))
for name, x, k in [("far", "[[1., 2., 3.]]", "5"), ("negative", "[[1., 2., 3.]]", "-1"), ("scalar", "1.", "0"), ("vector", "[3., 1., 2.]", "2")]:
    add("NthElement " + name, "raw('NthElement', P(%s), P(%s, 'int32'))" % (x, k))
add("NthElement reverse", "raw('NthElement', P([[1., 5., 3.], [9., 8., 7.]]), P(0, 'int32'), reverse=True)")
