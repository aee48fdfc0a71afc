"""Rows of mathematics and networks in quantised integers, which come and go as the integers of their size."""
ROWS = []
SAME = {"qint8": "int8", "quint8": "uint8", "qint32": "int32"}
RANGES = [("-6.", "6."), ("0.", "6."), ("-1.", "3."), ("1.", "5."), ("-10.", "-2."), ("2.", "2.")]


def Q(value, d="quint8"):
    return "tf.bitcast(P(%s, '%s'), tf.%s)" % (value, SAME[d], d)


def T(value, shape, d="quint8"):
    return "tf.bitcast(S(%s, %s, '%s'), tf.%s)" % (value, shape, SAME[d], d)


def row(op, name, out, *inputs, **attributes):
    arguments = [repr(op)] + list(inputs) + ["%s=%s" % (k, v if str(v).startswith("tf.") else repr(v)) for k, v in sorted(attributes.items())]
    ROWS.append((op + " " + name, "(lambda r: [tf.bitcast(r[0], tf.%s), r[1], r[2]])(raw(%s))" % (SAME[out], ", ".join(arguments))))


def P(x):
    return "P(%s)" % x


A, B = "[[0, 1, 255], [128, 7, 99]]", "[[3, 250], [0, 128], [17, 64]]"
for i, (low, high) in enumerate(RANGES):
    for j, (low2, high2) in enumerate(RANGES):
        if i == 0 or j == 0 or i == j:
            name = "%s %s %s %s" % (low, high, low2, high2)
            ends = [P(x) for x in (low, high, low2, high2)]
            row("QuantizedMatMul", name, "qint32", Q(A), Q(B), *ends)
            row("QuantizedAdd", name, "qint32", Q(A), Q("[[4, 200, 31], [0, 255, 128]]"), *ends)
            row("QuantizedMul", name, "qint32", Q(A), Q("[[4, 200, 31], [0, 255, 128]]"), *ends)
            row("QuantizedBiasAdd", name, "qint32", Q(A), Q("[9, 0, 200]"), *ends, out_type="tf.qint32")
            row("QuantizedBiasAdd", name + " qint8", "qint32", Q("[[0, 1, -128], [127, 7, 99]]", "qint8"), Q("[9, 0, -100]", "qint8"), *ends, out_type="tf.qint32")
for op in ["QuantizedAdd", "QuantizedMul"]:
    ends = [P(x) for x in ("-6.", "6.", "-1.", "3.")]
    row(op, "scalar", "qint32", Q(A), Q("7"), *ends)
    row(op, "scalar first", "qint32", Q("7"), Q(A), *ends)
    row(op, "vector", "qint32", Q(A), Q("[7, 0, 255]"), *ends)
    row(op, "vector first", "qint32", Q("[7, 0, 255]"), Q(A), *ends)
    row(op, "sizes", "qint32", Q(A), Q("[7, 9]"), *ends)
    row(op, "rank 3", "qint32", Q("np.arange(24).reshape(2, 3, 4)"), Q("np.arange(12).reshape(3, 4)"), *ends)
    row(op, "empty", "qint32", Q("np.zeros((0, 3))"), Q("[1, 2, 3]"), *ends)
    row(op, "range", "qint32", Q(A), Q(A), P("6."), P("-6."), P("0."), P("1."))
    row(op, "vector of ends", "qint32", Q(A), Q(A), P("[-6., 1.]"), P("6."), P("0."), P("1."))
    row(op, "static", "qint32", T(A, "[2, None]"), T("[1, 2, 3]", "[3]"), *ends)
ends = [P(x) for x in ("-6.", "6.", "-1.", "3.")]
row("QuantizedMatMul", "transpose a", "qint32", Q("np.transpose(%s)" % A), Q(B), *ends, transpose_a=True)
row("QuantizedMatMul", "transpose b", "qint32", Q(A), Q("np.transpose(%s)" % B), *ends, transpose_b=True)
row("QuantizedMatMul", "both", "qint32", Q("np.transpose(%s)" % A), Q("np.transpose(%s)" % B), *ends, transpose_a=True, transpose_b=True)
row("QuantizedMatMul", "sizes", "qint32", Q(A), Q(A), *ends)
row("QuantizedMatMul", "vector", "qint32", Q("[1, 2, 3]"), Q(B), *ends)
row("QuantizedMatMul", "larger", "qint32", Q("np.arange(40 * 70).reshape(40, 70) * 37 % 256"), Q("np.arange(70 * 30).reshape(70, 30) * 91 % 256"), *ends)
row("QuantizedMatMul", "static", "qint32", T(A, "[2, None]"), T(B, "[None, 2]"), *ends)
row("QuantizedBiasAdd", "sizes", "qint32", Q(A), Q("[9, 0]"), *ends, out_type="tf.qint32")
row("QuantizedBiasAdd", "rank 4", "qint32", Q("np.arange(24).reshape(1, 2, 3, 4)"), Q("[9, 0, 7, 200]"), *ends, out_type="tf.qint32")
row("QuantizedBiasAdd", "matrix", "qint32", Q(A), Q(A), *ends, out_type="tf.qint32")
row("QuantizedBiasAdd", "static", "qint32", T(A, "[2, None]"), T("[1, 2, 3]", "[3]"), *ends, out_type="tf.qint32")

W = "[[-2**31, -5, 0], [7, 2**20, 2**31 - 1]]"
for low, high in RANGES:
    for op in ["QuantizedRelu", "QuantizedRelu6"]:
        row(op, "%s %s" % (low, high), "quint8", Q(A), P(low), P(high), out_type="tf.quint8")
        row(op, "%s %s qint32" % (low, high), "qint32", Q(W, "qint32"), P(low), P(high), out_type="tf.qint32")
row("QuantizedRelu", "static", "quint8", T(A, "[2, None]"), P("-1."), P("1."), out_type="tf.quint8")
row("QuantizedReshape", "", "quint8", Q(A), "P([3, -1], 'int32')", P("-1."), P("2."))
row("QuantizedReshape", "qint32", "qint32", Q(W, "qint32"), "P([6], 'int64')", P("-1."), P("2."))
row("QuantizedReshape", "static", "quint8", Q(A), "tf.constant([3, 2])", P("-1."), P("2."))
row("QuantizedReshape", "sizes", "quint8", Q(A), "P([5], 'int32')", P("-1."), P("2."))

C = "np.arange(2 * 5 * 4 * 2).reshape(2, 5, 4, 2) * 7 % 256"
for op in ["QuantizedMaxPool", "QuantizedAvgPool"]:
    for padding in ["SAME", "VALID"]:
        for k, s in [(2, 2), (3, 1), (3, 2)]:
            row(op, "%s %d %d" % (padding, k, s), "quint8", Q(C), P("-1."), P("2."), ksize=[1, k, k, 1], strides=[1, s, s, 1], padding=padding)
    row(op, "static", "quint8", T(C, "[None, 5, 4, 2]"), P("-1."), P("2."), ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")
    row(op, "batch", "quint8", Q(C), P("-1."), P("2."), ksize=[2, 1, 1, 1], strides=[1, 1, 1, 1], padding="VALID")
    row(op, "strides", "quint8", Q(C), P("-1."), P("2."), ksize=[1, 2, 2, 1], strides=[1, 0, 1, 1], padding="VALID")
    row(op, "short", "quint8", Q(C), P("-1."), P("2."), ksize=[1, 2, 2], strides=[1, 1, 1, 1], padding="VALID")
    row(op, "matrix", "quint8", Q(A), P("-1."), P("2."), ksize=[1, 2, 2, 1], strides=[1, 1, 1, 1], padding="VALID")
    row(op, "too large", "quint8", Q(C), P("-1."), P("2."), ksize=[1, 9, 9, 1], strides=[1, 1, 1, 1], padding="VALID")
F = "np.arange(3 * 3 * 2 * 3).reshape(3, 3, 2, 3) * 11 % 256"
for low, high, low2, high2 in [("-6.", "6.", "-1.", "3."), ("0.", "6.", "-2.", "0."), ("-6.", "6.", "0.", "0."), ("0.", "255.", "0.", "255.")]:
    ends = [P(x) for x in (low, high, low2, high2)]
    for padding in ["SAME", "VALID"]:
        for s in [1, 2]:
            row("QuantizedConv2D", "%s %s %s %s %s %d" % (low, high, low2, high2, padding, s), "qint32", Q(C), Q(F), *ends, strides=[1, s, s, 1], padding=padding)
ends = [P(x) for x in ("-6.", "6.", "-1.", "3.")]
row("QuantizedConv2D", "one by one", "qint32", Q(C), Q("np.arange(6).reshape(1, 1, 2, 3)"), *ends, strides=[1, 1, 1, 1], padding="SAME")
row("QuantizedConv2D", "uneven strides", "qint32", Q(C), Q(F), *ends, strides=[1, 1, 2, 1], padding="SAME")
row("QuantizedConv2D", "batch strides", "qint32", Q(C), Q(F), *ends, strides=[2, 1, 1, 1], padding="SAME")
row("QuantizedConv2D", "dilations", "qint32", Q(C), Q(F), *ends, strides=[1, 1, 1, 1], padding="SAME", dilations=[1, 2, 2, 1])
row("QuantizedConv2D", "depth", "qint32", Q(C), Q("np.zeros((1, 1, 3, 3))"), *ends, strides=[1, 1, 1, 1], padding="SAME")
row("QuantizedConv2D", "rank", "qint32", Q(A), Q(F), *ends, strides=[1, 1, 1, 1], padding="SAME")
row("QuantizedConv2D", "static", "qint32", T(C, "[None, 5, 4, None]"), T(F, "[3, 3, 2, 3]"), *ends, strides=[1, 1, 1, 1], padding="SAME")

for name, axis, low, high in [("same", "0", ["-1.", "-1."], ["2.", "2."]), ("other", "1", ["-1.", "0."], ["2.", "6."]), ("above", "0", ["1.", "2."], ["2.", "6."]), ("below", "-1", ["-6.", "-2."], ["-1.", "-1."]),
                              ("axis", "2", ["-1.", "-1."], ["2.", "2."]), ("flat", "0", ["1.", "0."], ["1.", "3."])]:
    for d, x in [("quint8", A), ("qint32", W)]:
        ROWS.append(("QuantizedConcat %s %s" % (name, d), "(lambda r: [tf.bitcast(r[0], tf.%s), r[1], r[2]])(raw('QuantizedConcat', P(%s, 'int32'), [%s, %s], [P(%s), P(%s)], [P(%s), P(%s)]))" % (
            SAME[d], axis, Q(x, d), Q(x, d), low[0], low[1], high[0], high[1])))
ROWS.append(("QuantizedConcat sizes", "raw('QuantizedConcat', P(0, 'int32'), [%s, %s], [P(0.), P(0.)], [P(1.), P(1.)])[1]" % (Q(A), Q(B))))

G = "np.arange(24).reshape(1, 2, 4, 3) * 9 % 256"
for more in [{}, {"output_range_given": True, "given_y_min": -1.5, "given_y_max": 1.5}, {"variance_epsilon": 0.1}, {"min_separation": 5.}]:
    row("QuantizedInstanceNorm", " ".join(sorted(more)) or "plain", "quint8", Q("np.arange(24).reshape(1, 2, 4, 3) ** 2 % 251"), P("-2."), P("3."), **more)
row("QuantizedInstanceNorm", "constant", "quint8", Q("np.ones((1, 2, 2, 1))"), P("-2."), P("3."))
row("QuantizedInstanceNorm", "rank", "quint8", Q(A), P("-2."), P("3."))
for scale in [True, False]:
    row("QuantizedBatchNormWithGlobalNormalization", str(scale), "qint32", Q(G), P("-2."), P("3."), Q("[3, 100, 200]"), P("-1."), P("1."), Q("[9, 100, 250]"), P("0."), P("2."), Q("[1, 128, 255]"), P("-1."), P("1."),
        Q("[30, 60, 255]"), P("0."), P("2."), out_type="tf.qint32", variance_epsilon=0.001, scale_after_normalization=scale)
for align in [True, False]:
    for d, x in [("quint8", G), ("qint32", "np.arange(24).reshape(1, 2, 4, 3) * 90000001 - 2**30")]:
        for size in ["[4, 8]", "[3, 5]", "[1, 1]", "[2, 4]"] if d == "quint8" else ["[2, 4]"]:
            row("QuantizedResizeBilinear", "%s %s %s" % (align, d, size), d, Q(x, d), "P(%s, 'int32')" % size, P("-2."), P("3."), align_corners=align)
    ROWS.append(("QuantizedResizeBilinear %s float" % align, "raw('QuantizedResizeBilinear', P(%s), P([3, 5], 'int32'), P(-2.), P(3.), align_corners=%s)" % (G, align)))
row("QuantizedResizeBilinear", "size", "quint8", Q(G), "P([0, 2], 'int32')", P("-2."), P("3."))
row("QuantizedResizeBilinear", "rank", "quint8", Q(A), "P([2, 2], 'int32')", P("-2."), P("3."))
row("QuantizedResizeBilinear", "static", "quint8", T(G, "[1, None, None, 3]"), "tf.constant([4, 8])", P("-2."), P("3."))
