"""Rows of pooling with sizes as inputs, and with fractional sizes."""
REALS = ["float16", "float32", "float64", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "uint16"]
ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


def wave(*shape):
    n = 1
    for d in shape:
        n *= d
    return "(np.arange(%d.) * 5 %% 13).reshape(%s)" % (n, ", ".join(map(str, shape)))


# ---- sizes as inputs ----
X, Y, DY = wave(2, 5, 6, 3), wave(2, 3, 3, 3), wave(2, 3, 3, 3)
MAXED = "raw('MaxPool', P(%s, '%s'), ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding='SAME')"
for d in REALS:
    add("MaxPoolV2 " + d, "raw('MaxPoolV2', P(%s, '%s'), P([1, 2, 3, 1], 'int32'), P([1, 2, 2, 1], 'int32'), padding='SAME')" % (X, d))
    add("MaxPoolGradV2 " + d, "raw('MaxPoolGradV2', P(%s, '%s'), %s, P(%s, '%s'), P([1, 2, 3, 1], 'int32'), P([1, 2, 2, 1], 'int32'), padding='SAME')" % (X, d, MAXED % (X, d), DY, d))
    add("MaxPoolGradGradV2 " + d, "raw('MaxPoolGradGradV2', P(%s, '%s'), %s, P(%s, '%s'), P([1, 2, 3, 1], 'int32'), P([1, 2, 2, 1], 'int32'), padding='SAME')" % (X, d, MAXED % (X, d), X, d))
for name, ksize, strides in [("known", "tf.constant([1, 2, 3, 1])", "tf.constant([1, 2, 2, 1])"), ("short", "P([1, 2, 3], 'int32')", "P([1, 2, 2, 1], 'int32')"), ("short strides", "P([1, 2, 3, 1], 'int32')", "P([1, 2, 2], 'int32')"),
                             ("batch", "P([2, 1, 1, 1], 'int32')", "P([1, 1, 1, 1], 'int32')"), ("matrix", "P([[1, 2, 3, 1]], 'int32')", "P([1, 2, 2, 1], 'int32')"), ("known short", "tf.constant([1, 2, 3])", "tf.constant([1, 2, 2])"),
                             ("depth", "P([1, 1, 1, 3], 'int32')", "P([1, 1, 1, 3], 'int32')"), ("zero stride", "P([1, 2, 2, 1], 'int32')", "P([1, 0, 1, 1], 'int32')")]:
    add("MaxPoolV2 " + name, "raw('MaxPoolV2', S(%s, [None, 5, 6, 3]), %s, %s, padding='SAME')" % (X, ksize, strides))
    add("MaxPoolGradV2 " + name, "raw('MaxPoolGradV2', S(%s, [None, 5, 6, 3]), P(%s), P(%s), %s, %s, padding='SAME')" % (X, Y, DY, ksize, strides))
    add("MaxPoolGradGradV2 " + name, "raw('MaxPoolGradGradV2', S(%s, [None, 5, 6, 3]), P(%s), P(%s), %s, %s, padding='SAME')" % (X, Y, X, ksize, strides))

# ---- fractional sizes ----
X = wave(2, 10, 13, 2)
for op in "FractionalMaxPool", "FractionalAvgPool":
    for d in ["float32", "float64", "int32", "int64"]:
        add("%s %s" % (op, d), "raw('%s', P(%s, '%s'), pooling_ratio=[1., 1.5, 1.73, 1.], deterministic=True, seed=3, seed2=5)" % (op, X, d))
    for name, more in [("pseudo random", "pooling_ratio=[1., 1.5, 1.73, 1.], pseudo_random=True, deterministic=True, seed=3, seed2=5"), ("overlapping", "pooling_ratio=[1., 1.5, 1.73, 1.], overlapping=True, deterministic=True, seed=7, seed2=2"),
                       ("both", "pooling_ratio=[1., 1.3, 2.1, 1.], overlapping=True, pseudo_random=True, deterministic=True, seed=3, seed2=5"), ("seeded", "pooling_ratio=[1., 1.5, 1.73, 1.], seed=3, seed2=5"),
                       ("no seed", "pooling_ratio=[1., 1.5, 1.73, 1.], deterministic=True"), ("one", "pooling_ratio=[1., 1., 1., 1.], deterministic=True, seed=3, seed2=5"), ("small", "pooling_ratio=[1., 0.5, 1.73, 1.], deterministic=True, seed=3, seed2=5"),
                       ("batch", "pooling_ratio=[2., 1.5, 1.73, 1.]"), ("three", "pooling_ratio=[1., 1.5, 1.73]"), ("five", "pooling_ratio=[1., 1.5, 1.73, 1., 1.]"), ("channels", "pooling_ratio=[1., 1.5, 1.73, 2.], deterministic=True, seed=3, seed2=5"),
                       ("large", "pooling_ratio=[1., 5.5, 4.73, 1.], deterministic=True, seed=3, seed2=5"), ("too large", "pooling_ratio=[1., 50., 4.73, 1.], deterministic=True, seed=3, seed2=5"),
                       ("seed alone", "pooling_ratio=[1., 1.5, 1.73, 1.], seed=3"), ("negative", "pooling_ratio=[1., -1.5, 1.73, 1.]"), ("nan", "pooling_ratio=[1., float('nan'), 1.73, 1.]")]:
        if name not in ("no seed",):
            add("%s %s" % (op, name), "raw('%s', P(%s), %s)" % (op, X, more))
            add("%s static %s" % (op, name), "raw('%s', S(%s, [2, None, 13, 2]), %s)[0]" % (op, X, more))
    add("%s rank" % op, "raw('%s', P(%s), pooling_ratio=[1., 1.5, 1.73, 1.], seed=3, seed2=5)" % (op, wave(10, 13, 2)))
ROWS_OF, COLUMNS_OF = "[0, 3, 5, 10]", "[0, 4, 8, 11, 13]"
G = wave(2, 3, 4, 2)
for overlapping in "False", "True":
    for d in ["float32", "float64", "int32", "int64"]:
        add("FractionalAvgPoolGrad %s %s" % (overlapping, d), "raw('FractionalAvgPoolGrad', P([2, 10, 13, 2], 'int64'), P(%s * 12, '%s'), P(%s, 'int64'), P(%s, 'int64'), overlapping=%s)" % (G, d, ROWS_OF, COLUMNS_OF, overlapping))
        add("FractionalMaxPoolGrad %s %s" % (overlapping, d), "raw('FractionalMaxPoolGrad', P(%s, '%s'), raw('FractionalMaxPool', P(%s, '%s'), pooling_ratio=[1., 3., 3., 1.], overlapping=%s, deterministic=True, seed=1, seed2=1)[0], "
            "P(%s, '%s'), *[raw('FractionalMaxPool', P(%s, '%s'), pooling_ratio=[1., 3., 3., 1.], overlapping=%s, deterministic=True, seed=1, seed2=1)[i] for i in (1, 2)], overlapping=%s)"
            % (X, d, X, d, overlapping, G, d, X, d, overlapping, overlapping))
add("FractionalAvgPoolGrad static", "raw('FractionalAvgPoolGrad', tf.constant([2, 10, 13, 2], tf.int64), P(%s), P(%s, 'int64'), P(%s, 'int64'))" % (G, ROWS_OF, COLUMNS_OF))
