"""Rows of patches, morphological dilation, data formats, and convolutions that pad first."""
FLOATS = ["float16", "float32", "float64"]
REALS = ["float16", "float32", "float64", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "uint16"]
ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


def count(shape):
    n = 1
    for d in shape:
        n *= d
    return n


def whole(*shape):
    return "(np.arange(%d) * 7 %% 11).reshape(%s)" % (count(shape), ", ".join(map(str, shape)))


def wave(*shape):
    return "(np.arange(%d.) * 5 %% 13 - 6).reshape(%s)" % (count(shape), ", ".join(map(str, shape)))


# ---- dilation ----
X, W, DY = whole(2, 5, 6, 3), whole(3, 2, 3), whole(2, 5, 6, 3)
for d in REALS:
    for op, more in [("Dilation2D", ""), ("Dilation2DBackpropInput", ", P(%s, '%s')" % (DY, d)), ("Dilation2DBackpropFilter", ", P(%s, '%s')" % (DY, d))]:
        add("%s %s" % (op, d), "raw('%s', P(%s, '%s'), P(%s, '%s')%s, strides=[1, 1, 1, 1], rates=[1, 1, 1, 1], padding='SAME')" % (op, X, d, W, d, more))
for name, dy, more in [("valid", whole(2, 3, 5, 3), "strides=[1, 1, 1, 1], rates=[1, 1, 1, 1], padding='VALID'"), ("strides", whole(2, 3, 2, 3), "strides=[1, 2, 3, 1], rates=[1, 1, 1, 1], padding='SAME'"),
                       ("rates", DY, "strides=[1, 1, 1, 1], rates=[1, 2, 3, 1], padding='SAME'"), ("batch stride", DY, "strides=[2, 1, 1, 1], rates=[1, 1, 1, 1], padding='SAME'"),
                       ("batch rate", DY, "strides=[1, 1, 1, 1], rates=[1, 1, 1, 2], padding='SAME'"), ("five strides", DY, "strides=[1, 1, 1, 1, 1], rates=[1, 1, 1, 1], padding='SAME'"),
                       ("three rates", DY, "strides=[1, 1, 1, 1], rates=[1, 1, 1], padding='SAME'"), ("zero rate", DY, "strides=[1, 1, 1, 1], rates=[1, 0, 1, 1], padding='SAME'"),
                       ("large", DY, "strides=[1, 1, 1, 1], rates=[1, 9, 1, 1], padding='VALID'")]:
    add("Dilation2D " + name, "raw('Dilation2D', P(%s), P(%s), %s)" % (X, W, more))
    add("Dilation2D static " + name, "raw('Dilation2D', S(%s, [None, 5, 6, 3]), S(%s, [3, 2, 3]), %s)" % (X, W, more))
    if "rate" not in name or name == "rates":
        add("Dilation2DBackpropInput " + name, "raw('Dilation2DBackpropInput', P(%s), P(%s), P(%s), %s)" % (X, W, dy, more))
        add("Dilation2DBackpropFilter " + name, "raw('Dilation2DBackpropFilter', P(%s), P(%s), P(%s), %s)" % (X, W, dy, more))
for name, x, w in [("depth", X, whole(3, 2, 2)), ("rank", whole(5, 6, 3), W), ("filter rank", X, whole(3, 2, 3, 1)), ("none", "np.zeros((0, 5, 6, 3))", W), ("nan", "np.full((2, 5, 6, 3), np.nan)", W)]:
    add("Dilation2D arguments %s" % name, "raw('Dilation2D', P(%s), P(%s), strides=[1, 1, 1, 1], rates=[1, 1, 1, 1], padding='SAME')" % (x, w))
add("Dilation2D shape partly", "raw('Dilation2D', S(%s, [None, None, 6, 3]), S(%s, [3, 2, 3]), strides=[1, 1, 1, 1], rates=[1, 1, 1, 1], padding='SAME')" % (X, W))

# ---- patches ----
X = whole(2, 5, 6, 3)
for d in REALS:
    add("ExtractImagePatches " + d, "raw('ExtractImagePatches', P(%s, '%s'), ksizes=[1, 3, 2, 1], strides=[1, 2, 1, 1], rates=[1, 1, 1, 1], padding='SAME')" % (X, d))
    add("ExtractVolumePatches " + d, "raw('ExtractVolumePatches', S(%s, [2, 3, 4, 3, None], '%s'), ksizes=[1, 2, 3, 2, 1], strides=[1, 1, 2, 1, 1], padding='SAME')" % (whole(2, 3, 4, 3, 2), d))
for name, more in [("valid", "ksizes=[1, 3, 2, 1], strides=[1, 2, 1, 1], rates=[1, 1, 1, 1], padding='VALID'"), ("rates", "ksizes=[1, 3, 2, 1], strides=[1, 2, 1, 1], rates=[1, 2, 2, 1], padding='SAME'"),
                   ("batch size", "ksizes=[2, 3, 2, 1], strides=[1, 2, 1, 1], rates=[1, 1, 1, 1], padding='VALID'"), ("batch stride", "ksizes=[1, 3, 2, 1], strides=[2, 2, 1, 1], rates=[1, 1, 1, 1], padding='VALID'"),
                   ("batch rate", "ksizes=[1, 3, 2, 1], strides=[1, 2, 1, 1], rates=[2, 1, 1, 1], padding='VALID'"), ("five", "ksizes=[1, 3, 2, 1, 1], strides=[1, 2, 1, 1], rates=[1, 1, 1, 1], padding='VALID'"),
                   ("five strides", "ksizes=[1, 3, 2, 1], strides=[1, 2, 1, 1, 1], rates=[1, 1, 1, 1], padding='VALID'"), ("five rates", "ksizes=[1, 3, 2, 1], strides=[1, 2, 1, 1], rates=[1, 1, 1, 1, 1], padding='VALID'"),
                   ("large", "ksizes=[1, 9, 2, 1], strides=[1, 2, 1, 1], rates=[1, 1, 1, 1], padding='VALID'")]:
    add("ExtractImagePatches " + name, "raw('ExtractImagePatches', P(%s), %s)" % (X, more))
    add("ExtractImagePatches static " + name, "raw('ExtractImagePatches', S(%s, [None, 5, 6, 3]), %s)" % (X, more))
add("ExtractImagePatches rank", "raw('ExtractImagePatches', P(%s), ksizes=[1, 3, 2, 1], strides=[1, 2, 1, 1], rates=[1, 1, 1, 1], padding='SAME')" % whole(5, 6, 3))
add("ExtractImagePatches shape", "raw('ExtractImagePatches', S(%s, [2, None, 6, None]), ksizes=[1, 3, 2, 1], strides=[1, 2, 1, 1], rates=[1, 1, 1, 1], padding='SAME')" % X)
V = whole(2, 3, 4, 3, 2)
for name, more in [("valid", "ksizes=[1, 2, 3, 2, 1], strides=[1, 1, 2, 1, 1], padding='VALID'"), ("six", "ksizes=[1, 2, 3, 2, 1, 1], strides=[1, 1, 2, 1, 1], padding='VALID'"),
                   ("six strides", "ksizes=[1, 2, 3, 2, 1], strides=[1, 1, 2, 1, 1, 1], padding='VALID'"), ("batch", "ksizes=[2, 2, 3, 2, 1], strides=[1, 1, 2, 1, 1], padding='VALID'"),
                   ("large", "ksizes=[1, 9, 3, 2, 1], strides=[1, 1, 2, 1, 1], padding='VALID'")]:
    add("ExtractVolumePatches " + name, "raw('ExtractVolumePatches', S(%s, [None, 3, 4, 3, None]), %s)" % (V, more))
    add("ExtractVolumePatches static " + name, "raw('ExtractVolumePatches', S(%s, [None, 3, 4, 3, 2]), %s)" % (V, more))

# ---- padded and convolved at once ----
X, W = wave(1, 4, 5, 3), wave(3, 2, 3, 4)
for d in FLOATS:
    for mode in "REFLECT", "SYMMETRIC":
        add("FusedPadConv2D %s %s" % (mode, d), "raw('FusedPadConv2D', P(%s, '%s'), S([[0, 0], [2, 1], [1, 3], [0, 0]], [4, 2], 'int32'), P(%s, '%s'), mode='%s', strides=[1, 1, 1, 1], padding='VALID')" % (X, d, W, d, mode))
for name, paddings, more in [("same", "[[0, 0], [2, 1], [1, 3], [0, 0]]", "mode='REFLECT', strides=[1, 2, 2, 1], padding='SAME'"), ("wide", "[[0, 0], [9, 1], [1, 3], [0, 0]]", "mode='REFLECT', strides=[1, 1, 1, 1], padding='VALID'"),
                             ("negative", "[[0, 0], [-1, 1], [1, 3], [0, 0]]", "mode='REFLECT', strides=[1, 1, 1, 1], padding='VALID'"), ("depth", "[[0, 0], [1, 1], [1, 3], [1, 0]]", "mode='REFLECT', strides=[1, 1, 1, 1], padding='VALID'"),
                             ("short", "[[0, 0], [1, 1], [1, 3]]", "mode='REFLECT', strides=[1, 1, 1, 1], padding='VALID'"), ("mode", "[[0, 0], [2, 1], [1, 3], [0, 0]]", "mode='EDGE', strides=[1, 1, 1, 1], padding='VALID'"),
                             ("batch stride", "[[0, 0], [2, 1], [1, 3], [0, 0]]", "mode='REFLECT', strides=[2, 1, 1, 1], padding='VALID'")]:
    if name != "short":
        add("FusedPadConv2D " + name, "raw('FusedPadConv2D', P(%s), S(%s, [4, 2], 'int32'), P(%s), %s)" % (X, paddings, W, more))
    add("FusedPadConv2D static " + name, "raw('FusedPadConv2D', S(%s, [None, 4, 5, 3]), tf.constant(%s), S(%s, [3, 2, 3, 4]), %s)" % (X, paddings, W, more))

for src, dst in [("NHWC", "NCHW"), ("NCHW", "NHWC"), ("NHWC", "HWNC"), ("NHW", "NWH")]:
    for d in "int32", "int64":
        add("DataFormatDimMap %s %s %s" % (src, dst, d), "raw('DataFormatDimMap', P([0, 1, 2, 3, -1, -4], '%s'), src_format='%s', dst_format='%s')" % (d, src, dst))
        if src == "NHW":                # reads memory it never wrote in TensorFlow
            continue
        add("DataFormatVecPermute %s %s %s" % (src, dst, d), "raw('DataFormatVecPermute', P([7, 4, 9, 3], '%s'), src_format='%s', dst_format='%s')" % (d, src, dst))
        add("DataFormatVecPermute matrix %s %s %s" % (src, dst, d), "raw('DataFormatVecPermute', P([[7, 4], [4, 5], [9, 3], [1, 2]], '%s'), src_format='%s', dst_format='%s')" % (d, src, dst))
for name, x in [("far", "[4]"), ("low", "[-5]"), ("scalar", "2"), ("empty", "np.zeros(0)")]:
    add("DataFormatDimMap " + name, "raw('DataFormatDimMap', P(%s, 'int32'))" % x)
for name, x in [("short", "[1, 2]"), ("scalar", "2"), ("wide", "np.zeros((4, 3))"), ("cube", "np.zeros((4, 2, 1))")]:
    add("DataFormatVecPermute " + name, "raw('DataFormatVecPermute', P(%s, 'int32'))" % x)

# ---- resized, padded and convolved at once ----
X, W = wave(1, 4, 5, 3), wave(3, 2, 3, 4)
for d in FLOATS[1:]:                # halves: a test of their own, since TensorFlow rounds each step
    for mode in "REFLECT", "SYMMETRIC":
        for corners in "True", "False":
            add("FusedResizeAndPadConv2D %s %s %s" % (mode, corners, d), "raw('FusedResizeAndPadConv2D', P(%s, '%s'), P([7, 8], 'int32'), S([[0, 0], [2, 1], [1, 3], [0, 0]], [4, 2], 'int32'), P(%s, '%s'), "
                "resize_align_corners=%s, mode='%s', strides=[1, 1, 1, 1], padding='VALID')" % (X, d, W, d, corners, mode))
for name, x, size, paddings, w, more in [
        ("same", X, "[3, 9]", "[[0, 0], [2, 1], [1, 3], [0, 0]]", W, "mode='REFLECT', strides=[1, 2, 2, 1], padding='SAME'"), ("wide", X, "[3, 9]", "[[0, 0], [9, 1], [1, 3], [0, 0]]", W, "mode='REFLECT', strides=[1, 1, 1, 1], padding='VALID'"),
        ("negative", X, "[3, 9]", "[[0, 0], [-1, 1], [1, 3], [0, 0]]", W, "mode='REFLECT', strides=[1, 1, 1, 1], padding='VALID'"), ("depth", X, "[3, 9]", "[[0, 0], [1, 1], [1, 3], [1, 0]]", W, "mode='REFLECT', strides=[1, 1, 1, 1], padding='VALID'"),
        ("short", X, "[3, 9]", "[[0, 0], [1, 1], [1, 3]]", W, "mode='REFLECT', strides=[1, 1, 1, 1], padding='VALID'"), ("size", X, "[3, 9, 1]", "[[0, 0], [1, 1], [1, 3], [0, 0]]", W, "mode='REFLECT', strides=[1, 1, 1, 1], padding='VALID'"),
        ("no size", X, "[0, 9]", "[[0, 0], [1, 1], [1, 3], [0, 0]]", W, "mode='REFLECT', strides=[1, 1, 1, 1], padding='VALID'"), ("depths", X, "[3, 9]", "[[0, 0], [1, 1], [1, 3], [0, 0]]", wave(3, 2, 2, 4), "mode='REFLECT', strides=[1, 1, 1, 1], padding='VALID'"),
        ("rank", wave(4, 5, 3), "[3, 9]", "[[0, 0], [1, 1], [1, 3], [0, 0]]", W, "mode='REFLECT', strides=[1, 1, 1, 1], padding='VALID'"), ("filter rank", X, "[3, 9]", "[[0, 0], [1, 1], [1, 3], [0, 0]]", wave(3, 2, 3), "mode='REFLECT', strides=[1, 1, 1, 1], padding='VALID'"),
        ("strides", X, "[3, 9]", "[[0, 0], [1, 1], [1, 3], [0, 0]]", W, "mode='REFLECT', strides=[1, 1, 1], padding='VALID'"), ("depth stride", X, "[3, 9]", "[[0, 0], [1, 1], [1, 3], [0, 0]]", W, "mode='REFLECT', strides=[1, 1, 1, 2], padding='VALID'"),
        ("large filter", X, "[3, 3]", "[[0, 0], [0, 0], [0, 0], [0, 0]]", wave(4, 2, 3, 4), "mode='REFLECT', strides=[1, 1, 1, 1], padding='VALID'")]:
    if name != "short":
        add("FusedResizeAndPadConv2D " + name, "raw('FusedResizeAndPadConv2D', P(%s), P(%s, 'int32'), S(%s, [4, 2], 'int32'), P(%s), %s)" % (x, size, paddings, w, more))
    if name not in ("rank", "filter rank", "depths"):
        add("FusedResizeAndPadConv2D static " + name, "raw('FusedResizeAndPadConv2D', S(%s, [None, 4, 5, 3]), tf.constant(%s), tf.constant(%s), S(%s, %s), %s)" % (x, size, paddings, w, "[4, 2, 3, 4]" if name == "large filter" else "[3, 2, 3, 4]", more))
for name, x, w in [("filter rank", X, wave(3, 2, 3)), ("depths", X, wave(3, 2, 2, 4))]:
    if name != "short":
        add("FusedPadConv2D " + name, "raw('FusedPadConv2D', P(%s), S([[0, 0], [1, 1], [1, 3], [0, 0]], [4, 2], 'int32'), P(%s), mode='REFLECT', strides=[1, 1, 1, 1], padding='VALID')" % (x, w))
