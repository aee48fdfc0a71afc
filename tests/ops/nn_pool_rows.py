"""Rows of pooling."""
FLOATS = ["float16", "float32", "float64"]
MAX_TYPES = FLOATS + ["bfloat16", "int8", "int16", "int32", "int64", "uint8", "uint16"]
ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


def wave(*shape):
    n = 1
    for d in shape:
        n *= d
    return "(np.arange(%d.) * 5 %% 13).reshape(%s)" % (n, ", ".join(map(str, shape)))


X = wave(2, 5, 6, 3)
ATTRS = [
    ("valid", "ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='VALID'"), ("same", "ksize=[1, 3, 2, 1], strides=[1, 1, 1, 1], padding='SAME'"),
    ("same strides", "ksize=[1, 3, 3, 1], strides=[1, 2, 3, 1], padding='SAME'"), ("gaps", "ksize=[1, 1, 1, 1], strides=[1, 2, 2, 1], padding='SAME'"),
    ("whole", "ksize=[1, 5, 6, 1], strides=[1, 1, 1, 1], padding='VALID'"), ("large", "ksize=[1, 9, 9, 1], strides=[1, 1, 1, 1], padding='VALID'"),
    ("large same", "ksize=[1, 9, 9, 1], strides=[1, 1, 1, 1], padding='SAME'"),
    ("depth", "ksize=[1, 1, 1, 3], strides=[1, 1, 1, 3], padding='VALID'"), ("depth 2", "ksize=[1, 1, 1, 2], strides=[1, 1, 1, 2], padding='VALID'"),
    ("depth and more", "ksize=[1, 2, 1, 3], strides=[1, 1, 1, 3], padding='VALID'"),
    ("depth strides", "ksize=[1, 1, 1, 3], strides=[1, 1, 1, 1], padding='VALID'"), ("batch", "ksize=[2, 1, 1, 1], strides=[1, 1, 1, 1], padding='VALID'"),
    ("batch strides", "ksize=[1, 1, 1, 1], strides=[2, 1, 1, 1], padding='VALID'"), ("zero stride", "ksize=[1, 2, 2, 1], strides=[1, 0, 1, 1], padding='VALID'"),
    ("negative stride", "ksize=[1, 2, 2, 1], strides=[1, -1, 1, 1], padding='VALID'"), ("zero size", "ksize=[1, 0, 2, 1], strides=[1, 1, 1, 1], padding='SAME'"),
    ("negative size", "ksize=[1, -2, 2, 1], strides=[1, 1, 1, 1], padding='SAME'"), ("three", "ksize=[1, 2, 2], strides=[1, 1, 1, 1], padding='SAME'"),
    ("five", "ksize=[1, 2, 2, 1, 1], strides=[1, 1, 1, 1], padding='SAME'"), ("five strides", "ksize=[1, 2, 2, 1], strides=[1, 1, 1, 1, 1], padding='SAME'"),
    ("huge size", "ksize=[1, 2147483647, 2, 1], strides=[1, 1, 1, 1], padding='SAME'"),
    ("huge stride", "ksize=[1, 2, 2, 1], strides=[1, 2147483647, 1, 1], padding='SAME'"),
    ("too large", "ksize=[1, 4294967298, 2, 1], strides=[1, 1, 1, 1], padding='SAME'")]
for op, types in [("MaxPool", MAX_TYPES), ("AvgPool", FLOATS)]:
    for d in types:
        add("%s %s" % (op, d), "raw('%s', P(%s, '%s'), ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='SAME')" % (op, X, d))
    for name, more in ATTRS:
        add("%s %s" % (op, name), "raw('%s', P(%s), %s)" % (op, X, more))
        add("%s static %s" % (op, name), "raw('%s', S(%s, [None, 5, 6, 3]), %s)" % (op, X, more))
    for name, x in [("rank 3", wave(5, 6, 3)), ("no batch", "np.zeros((0, 5, 6, 3))"), ("no rows", "np.zeros((2, 0, 6, 3))"), ("no channels", "np.zeros((2, 5, 6, 0))"),
                    ("nan", "[[[[1.], [np.nan]], [[2.], [-np.inf]]]]"), ("all nan", "[[[[np.nan], [np.nan]], [[np.nan], [np.nan]]]]"),
                    ("inf", "[[[[-np.inf], [-np.inf]], [[-np.inf], [-np.inf]]]]"), ("wide", wave(1, 7, 7, 37))]:
        add("%s %s" % (op, name), "raw('%s', P(%s), ksize=[1, 2, 2, 1], strides=[1, 1, 1, 1], padding='VALID')" % (op, x))
    for name, shape, more in [("unknown", "None", ""), ("rank", "[5, 6, 3]", ""), ("partly", "[2, None, 6, None]", ""), ("nchw", "[2, 3, 5, 6]", ", data_format='NCHW'")]:
        add("%s shape %s" % (op, name), "raw('%s', S(%s, %s), ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='SAME'%s)" % (op, X, shape, more))

Y, DY = wave(2, 3, 3, 3), wave(2, 3, 3, 3)
MAXED = "raw('MaxPool', P(%s, '%s'), ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='SAME')"
GRAD_ATTRS = [("same", DY, "ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='SAME'"), ("valid", wave(2, 2, 2, 3), "ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='VALID'"),
              ("overlap", wave(2, 5, 6, 3), "ksize=[1, 3, 2, 1], strides=[1, 1, 1, 1], padding='SAME'"), ("gaps", DY, "ksize=[1, 1, 1, 1], strides=[1, 2, 2, 1], padding='SAME'"),
              ("size", wave(2, 3, 2, 3), "ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='SAME'"), ("rank", wave(3, 2, 3), "ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='SAME'"),
              ("batch", wave(1, 3, 3, 3), "ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='SAME'"),
              ("depth", wave(2, 5, 6, 1), "ksize=[1, 1, 1, 3], strides=[1, 1, 1, 3], padding='VALID'"),
              ("batches", DY, "ksize=[2, 1, 1, 1], strides=[1, 1, 1, 1], padding='SAME'"), ("zero stride", DY, "ksize=[1, 2, 2, 1], strides=[1, 0, 1, 1], padding='SAME'"),
              ("large", wave(2, 5, 6, 3), "ksize=[1, 9, 9, 1], strides=[1, 1, 1, 1], padding='SAME'"), ("five", DY, "ksize=[1, 2, 2, 1, 1], strides=[1, 1, 1, 1], padding='SAME'"),
              ("three strides", DY, "ksize=[1, 2, 2, 1], strides=[1, 1, 1, 1, 1], padding='SAME'"), ("zero size", wave(2, 5, 6, 3), "ksize=[1, 0, 2, 1], strides=[1, 1, 1, 1], padding='SAME'")]
for d in MAX_TYPES:
    add("MaxPoolGrad " + d, "raw('MaxPoolGrad', P(%s, '%s'), %s, P(%s, '%s'), ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='SAME')" % (X, d, MAXED % (X, d), DY, d))
    add("MaxPoolGradGrad " + d, "raw('MaxPoolGradGrad', P(%s, '%s'), %s, P(%s, '%s'), ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='SAME')" % (X, d, MAXED % (X, d), X, d))
for d in FLOATS:
    add("AvgPoolGrad " + d, "raw('AvgPoolGrad', P([2, 5, 6, 3], 'int32'), P(%s, '%s'), ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='SAME')" % (DY, d))
for name, dy, more in GRAD_ATTRS:
    if name not in ("size", "batch"):           # TensorFlow reads beyond the end
        add("MaxPoolGrad " + name, "raw('MaxPoolGrad', P(%s), raw('MaxPool', P(%s), %s), P(%s), %s)" % (X, X, more, dy, more))
    add("MaxPoolGradGrad " + name, "raw('MaxPoolGradGrad', P(%s), raw('MaxPool', P(%s), %s), P(%s), %s)" % (X, X, more, X, more))
    if name in ("batch", "large"):              # TensorFlow reads beyond the end; counts elements outside
        continue
    add("AvgPoolGrad " + name, "raw('AvgPoolGrad', P([2, 5, 6, 3], 'int32'), P(%s), %s)" % (dy, more))
    add("AvgPoolGrad constant " + name, "raw('AvgPoolGrad', tf.constant([2, 5, 6, 3]), P(%s), %s)" % (dy, more))
MORE = "ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='SAME'"
for name, x, y, dy in [("x rank", wave(5, 6, 3), Y, DY), ("y rank", X, wave(3, 3, 3), DY), ("y size", X, wave(2, 3, 2, 3), DY), ("none", "np.zeros((0, 5, 6, 3))", "np.zeros((0, 3, 3, 3))", "np.zeros((0, 3, 3, 3))"),
                       ("ties", "np.ones((2, 5, 6, 3))", "np.ones((2, 3, 3, 3))", DY), ("not the maximum", X, "np.zeros((2, 3, 3, 3))", DY),
                       ("nan", "np.full((2, 5, 6, 3), np.nan)", "np.full((2, 3, 3, 3), np.nan)", DY)]:
    add("MaxPoolGrad arguments " + name, "raw('MaxPoolGrad', P(%s), P(%s), P(%s), %s)" % (x, y, dy, MORE))
    if name != "y size":
        add("MaxPoolGradGrad arguments " + name, "raw('MaxPoolGradGrad', P(%s), P(%s), P(%s), %s)" % (x, y, x if name != "ties" else X, MORE))
for name, sizes in [("matrix", "[[2, 5, 6, 3]]"), ("short", "[2, 5, 6]"), ("negative", "[2, -5, 6, 3]"), ("other depth", "[2, 5, 6, 2]"), ("huge", "[2, 2147483647, 2147483647, 3]"), ("empty", "[2, 0, 6, 3]"),
                    ("other size", "[2, 9, 6, 3]"), ("smaller", "[2, 1, 6, 3]")]:
    add("AvgPoolGrad sizes " + name, "raw('AvgPoolGrad', P(%s, 'int32'), P(%s), %s)" % (sizes, DY, MORE))
