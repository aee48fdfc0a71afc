"""Rows of normalisation."""
ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


def wave(*shape):
    n = 1
    for d in shape:
        n *= d
    return "(np.arange(%d.) %% 7 - 3).reshape(%s) / 4" % (n, ", ".join(map(str, shape)))


X, DY = wave(2, 3, 4, 3), "(%s).reshape(2, 3, 4, 3)" % wave(2, 4, 3, 3)
S3, O3, M3, V3 = "[1., 2., 3.]", "[0.5, -1., 2.]", "[0.25, 0., -0.5]", "[1., 0.5, 2.]"
for op, grad, types in [("FusedBatchNorm", "FusedBatchNormGrad", ["float32"]), ("FusedBatchNormV2", "FusedBatchNormGradV2", ["float32", "float16"])]:
    for d in types:
        add("%s %s" % (op, d), "raw('%s', P(%s, '%s'), P(%s), P(%s), P([]), P([]), epsilon=0.001)" % (op, X, d, S3, O3))
        add("%s inference %s" % (op, d), "raw('%s', P(%s, '%s'), P(%s), P(%s), P(%s), P(%s), is_training=False)[0]" % (op, X, d, S3, O3, M3, V3))
        add("%s %s" % (grad, d), "raw('%s', P(%s, '%s'), P(%s, '%s'), P(%s), P(%s), P(%s), epsilon=0.001)[:3]" % (grad, DY, d, X, d, S3, M3, V3))
        add("%s inference %s" % (grad, d), "raw('%s', P(%s, '%s'), P(%s, '%s'), P(%s), P(%s), P(%s), is_training=False)[:3]" % (grad, DY, d, X, d, S3, M3, V3))
    for name, x, more in [("one", wave(1, 1, 1, 3), ""), ("none", "np.zeros((0, 2, 2, 3))", ""), ("rank", wave(2, 4, 3), ""), ("inference none", "np.zeros((0, 2, 2, 3))", ", is_training=False"),
                          ("inference rank", wave(2, 4, 3), ", is_training=False"), ("epsilon", wave(2, 3, 4, 3), ", epsilon=0.")]:
        add("%s %s" % (op, name), "raw('%s', P(%s), P(%s), P(%s), P(%s), P(%s)%s)[:%d]" % (op, x, S3, O3, M3 if "inference" in name else "[]", V3 if "inference" in name else "[]", more, 1 if "inference" in name else 5))
        if "inference" not in name:
            add("%s %s" % (grad, name), "raw('%s', P(%s), P(%s), P(%s), P(%s), P(%s)%s)[:3]" % (grad, x, x, S3, M3, V3, more))
    add("%s mean in training" % op, "raw('%s', P(%s), P(%s), P(%s), P(%s), P(%s))" % (op, X, S3, O3, M3, V3))
    add("%s vectors" % op, "raw('%s', P(%s), P([%s]), P(%s), P([]), P([]))" % (op, X, S3, O3))
    for name, x, scale, more in [("known", "[2, 3, 4, 3]", "[3]", ""), ("partly", "[None, 3, None, 3]", "None", ""), ("from scale", "None", "[3]", ""), ("unknown", "None", "None", ""), ("channels", "[2, 3, 4, 3]", "[2]", ""),
                                 ("inference", "[2, 3, 4, None]", "None", ", is_training=False"), ("training", "[2, 3, 4, None]", "[3]", "")]:
        add("%s shape %s" % (op, name), "raw('%s', S(%s, %s), S(%s, %s), P(%s), P(%s), P(%s)%s)[0:1]" % (op, X, x, S3, scale, O3, M3, V3, more))
        add("%s shape %s" % (grad, name), "raw('%s', S(%s, %s), S(%s, %s), S(%s, %s), P(%s), P(%s)%s)[0:1]" % (grad, DY, x, X, x, S3, scale, M3, V3, more))

L = wave(2, 3, 2, 9)
for d in ["float16", "float32"]:
    add("LRN " + d, "raw('LRN', P(%s, '%s'))" % (L, d))
    add("LRNGrad " + d, "raw('LRNGrad', P(%s, '%s'), P(%s, '%s'), raw('LRN', P(%s, '%s')))" % ("(%s).reshape(2, 3, 2, 9)" % wave(2, 2, 3, 9), d, L, d, L, d))
for name, x, more in [("radius", L, "depth_radius=2, bias=2., alpha=0.5, beta=0.75"), ("zero radius", L, "depth_radius=0"), ("negative radius", L, "depth_radius=-1"), ("large radius", L, "depth_radius=100"), ("beta one", L, "beta=1."),
                      ("other beta", L, "beta=0.3, bias=1.5"), ("rank", wave(3, 2, 9), "beta=0.5"), ("none", "np.zeros((0, 3, 2, 9))", "beta=0.5"), ("no channels", "np.zeros((2, 3, 2, 0))", "beta=0.5"),
                      ("huge radius", L, "depth_radius=2147483647"), ("too large radius", L, "depth_radius=4294967296")]:
    add("LRN " + name, "raw('LRN', P(%s), %s)" % (x, more))
    add("LRNGrad " + name, "raw('LRNGrad', P(%s), P(%s), P(%s), %s)" % (x, x, x, more))
add("LRNGrad sizes", "raw('LRNGrad', P(%s), P(%s), P(%s))" % (L, L, wave(2, 3, 2, 8)))
