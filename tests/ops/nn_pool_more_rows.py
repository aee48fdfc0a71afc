"""Rows of pooling in three dimensions and with indices."""
REALS = ["float16", "float32", "float64", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "uint16"]
ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


def wave(*shape):
    n = 1
    for d in shape:
        n *= d
    return "(np.arange(%d.) * 5 %% 13).reshape(%s)" % (n, ", ".join(map(str, shape)))


X, DY = wave(2, 5, 6, 3), wave(2, 3, 3, 3)
# ---- with indices ----
for d in REALS:
    add("MaxPoolWithArgmax " + d, "raw('MaxPoolWithArgmax', P(%s, '%s'), ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='SAME')" % (X, d))
    add("MaxPoolGradWithArgmax " + d, "raw('MaxPoolGradWithArgmax', P(%s, '%s'), P(%s, '%s'), raw('MaxPoolWithArgmax', P(%s, '%s'), ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='SAME')[1], "
        "ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='SAME')" % (X, d, DY, d, X, d))
for name, x, more in [("valid", X, "ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='VALID'"), ("overlap", X, "ksize=[1, 3, 3, 1], strides=[1, 1, 1, 1], padding='SAME'"),
                      ("batch", X, "ksize=[2, 1, 1, 1], strides=[1, 1, 1, 1], padding='SAME'"),
                      ("ties", "np.ones((2, 5, 6, 3))", "ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='SAME'"), ("nan", "np.full((1, 2, 2, 1), np.nan)", "ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='SAME'"),
                      ("none", "np.zeros((0, 5, 6, 3))", "ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='SAME'"), ("rank", wave(5, 6, 3), "ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='SAME'")]:
    add("MaxPoolWithArgmax " + name, "raw('MaxPoolWithArgmax', P(%s), %s)" % (x, more))
    add("MaxPoolWithArgmax static " + name, "raw('MaxPoolWithArgmax', S(%s, [None] + list((%s).shape[1:])), %s)" % (x, x, more))
ATT = "ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='SAME'"
for name, x, dy, at in [("far", X, DY, "np.full((2, 3, 3, 3), 90)"), ("negative", X, DY, "np.full((2, 3, 3, 3), -1)"), ("rank", wave(5, 6, 3), DY, "np.zeros((2, 3, 3, 3))")]:
    add("MaxPoolGradWithArgmax " + name, "raw('MaxPoolGradWithArgmax', P(%s), P(%s), P(%s, 'int64'), %s)" % (x, dy, at, ATT))
add("MaxPoolGradWithArgmax static", "raw('MaxPoolGradWithArgmax', S(%s, [None, 5, 6, 3]), P(%s), P(np.zeros((2, 3, 3, 3)), 'int64'), %s)" % (X, DY, ATT))

# ---- three dimensions ----
X, Y = wave(2, 3, 4, 5, 2), wave(2, 2, 2, 3, 2)
A3 = "ksize=[1, 2, 2, 3, 1], strides=[1, 2, 2, 2, 1], padding='SAME'"
MAXED = "raw('MaxPool3D', P(%s), %s)"
for name, dy, more in [("same", Y, A3), ("valid", wave(2, 1, 2, 2, 2), "ksize=[1, 2, 2, 3, 1], strides=[1, 2, 2, 2, 1], padding='VALID'"), ("overlap", X, "ksize=[1, 3, 3, 3, 1], strides=[1, 1, 1, 1, 1], padding='SAME'"),
                       ("batch", Y, "ksize=[2, 2, 2, 3, 1], strides=[1, 2, 2, 2, 1], padding='SAME'"), ("depth", Y, "ksize=[1, 1, 1, 1, 2], strides=[1, 1, 1, 1, 2], padding='SAME'"),
                       ("six", Y, "ksize=[1, 2, 2, 3, 1, 1], strides=[1, 2, 2, 2, 1], padding='SAME'"), ("six strides", Y, "ksize=[1, 2, 2, 3, 1], strides=[1, 2, 2, 2, 1, 1], padding='SAME'"),
                       ("zero stride", Y, "ksize=[1, 2, 2, 3, 1], strides=[1, 0, 2, 2, 1], padding='SAME'"), ("large", Y, "ksize=[1, 9, 2, 3, 1], strides=[1, 2, 2, 2, 1], padding='VALID'"),
                       ("channel stride", Y, "ksize=[1, 2, 2, 3, 1], strides=[1, 2, 2, 2, 2], padding='SAME'")]:
    for op in "MaxPool3D", "AvgPool3D":
        add("%s %s" % (op, name), "raw('%s', P(%s), %s)" % (op, X, more))
        add("%s static %s" % (op, name), "raw('%s', S(%s, [None, 3, 4, 5, 2]), %s)" % (op, X, more))
    if name in ("same", "valid", "overlap"):
        add("MaxPool3DGrad " + name, "raw('MaxPool3DGrad', P(%s), raw('MaxPool3D', P(%s), %s), P(%s), %s)" % (X, X, more, dy, more))
        add("MaxPool3DGradGrad " + name, "raw('MaxPool3DGradGrad', P(%s), raw('MaxPool3D', P(%s), %s), P(%s), %s)" % (X, X, more, X, more))
    if name != "large":
        add("AvgPool3DGrad " + name, "raw('AvgPool3DGrad', P([2, 3, 4, 5, 2], 'int32'), P(%s), %s)" % (dy, more))
        add("AvgPool3DGrad constant " + name, "raw('AvgPool3DGrad', tf.constant([2, 3, 4, 5, 2]), P(%s), %s)" % (dy, more))
for op in "MaxPool3D", "AvgPool3D":
    for name, x in [("rank", wave(3, 4, 5, 2)), ("none", "np.zeros((0, 3, 4, 5, 2))")]:
        add("%s %s" % (op, name), "raw('%s', P(%s), %s)" % (op, x, A3))
    add("%s shape" % op, "raw('%s', S(%s, [2, None, 4, None, 2]), %s)" % (op, X, A3))
add("MaxPool3DGrad ties", "raw('MaxPool3DGrad', P(np.ones((2, 3, 4, 5, 2))), P(np.ones((2, 2, 2, 3, 2))), P(%s), %s)" % (Y, A3))
add("MaxPool3DGrad static", "raw('MaxPool3DGrad', S(%s, [2, None, 4, 5, 2]), P(%s), P(%s), %s)" % (X, Y, Y, A3))
add("MaxPool3DGradGrad static", "raw('MaxPool3DGradGrad', S(%s, [2, None, 4, 5, 2]), P(%s), P(%s), %s)" % (X, Y, X, A3))
add("MaxPool3DGrad x rank", "raw('MaxPool3DGrad', P(%s), P(%s), P(%s), %s)" % (wave(3, 4, 5, 2), Y, Y, A3))
add("MaxPool3DGrad dy rank", "raw('MaxPool3DGrad', P(%s), P(%s), P(%s), %s)" % (X, Y, wave(2, 2, 3, 2), A3))
add("AvgPool3DGrad short", "raw('AvgPool3DGrad', P([3, 4, 5, 2], 'int32'), P(%s), %s)" % (Y, A3))
add("AvgPool3DGrad rank", "raw('AvgPool3DGrad', P([2, 3, 4, 5, 2], 'int32'), P(%s), %s)" % (wave(2, 2, 3, 2), A3))
