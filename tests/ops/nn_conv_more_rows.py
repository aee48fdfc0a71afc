"""Rows of convolutions of three dimensions and of depthwise ones."""
FLOATS = ["float16", "float32", "float64"]
ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


def wave(*shape):
    n = 1
    for d in shape:
        n *= d
    return "(np.arange(%d.) %% 7 - 3).reshape(%s) / 4" % (n, ", ".join(map(str, shape)))


# ---- three dimensions ----
X, W, DY = wave(2, 3, 4, 5, 2), wave(2, 2, 3, 2, 3), wave(2, 3, 4, 5, 3)
for d in FLOATS:
    add("Conv3D " + d, "raw('Conv3D', P(%s, '%s'), P(%s, '%s'), strides=[1, 1, 1, 1, 1], padding='SAME')" % (X, d, W, d))
    for op, first in [("Conv3DBackpropInputV2", "P([2, 3, 4, 5, 2], 'int32'), P(%s, '%s')" % (W, d)), ("Conv3DBackpropFilterV2", "P(%s, '%s'), P([2, 2, 3, 2, 3], 'int32')" % (X, d))]:
        add("%s %s" % (op, d), "raw('%s', %s, P(%s, '%s'), strides=[1, 1, 1, 1, 1], padding='SAME')" % (op, first, DY, d))
add("Conv3DBackpropInputV2 int64", "raw('Conv3DBackpropInputV2', P([2, 3, 4, 5, 2], 'int64'), P(%s), P(%s), strides=[1, 1, 1, 1, 1], padding='SAME')" % (W, DY))
for name, more in [("valid", "strides=[1, 1, 1, 1, 1], padding='VALID'"), ("strides", "strides=[1, 2, 1, 3, 1], padding='SAME'"), ("batch stride", "strides=[2, 1, 1, 1, 1], padding='SAME'"),
                   ("four strides", "strides=[1, 1, 1, 1], padding='SAME'"), ("six strides", "strides=[1, 1, 1, 1, 1, 1], padding='SAME'"), ("zero stride", "strides=[1, 1, 0, 1, 1], padding='SAME'"),
                   ("four dilations", "strides=[1, 1, 1, 1, 1], padding='SAME', dilations=[1, 1, 1, 1]"), ("batch dilation", "strides=[1, 1, 1, 1, 1], padding='SAME', dilations=[2, 1, 1, 1, 1]")]:
    add("Conv3D " + name, "raw('Conv3D', P(%s), P(%s), %s)" % (X, W, more))
    add("Conv3D static " + name, "raw('Conv3D', S(%s, [2, None, 4, 5, 2]), S(%s, [2, 2, None, 2, 3]), %s)" % (X, W, more))
for name, x, w in [("depth", X, wave(2, 2, 3, 3, 3)), ("rank", wave(3, 4, 5, 2), W), ("filter rank", X, wave(2, 2, 3, 2)), ("none", "np.zeros((0, 3, 4, 5, 2))", W), ("large", wave(1, 1, 1, 1, 2), W)]:
    add("Conv3D %s" % name, "raw('Conv3D', P(%s), P(%s), strides=[1, 1, 1, 1, 1], padding='VALID')" % (x, w))
for name, dy, more in [("valid", wave(2, 2, 3, 3, 3), "strides=[1, 1, 1, 1, 1], padding='VALID'"), ("strides", wave(2, 2, 4, 2, 3), "strides=[1, 2, 1, 3, 1], padding='SAME'"),
                       ("size", wave(2, 3, 3, 5, 3), "strides=[1, 1, 1, 1, 1], padding='SAME'"), ("batch", wave(1, 3, 4, 5, 3), "strides=[1, 1, 1, 1, 1], padding='SAME'"),
                       ("depth", wave(2, 3, 4, 5, 2), "strides=[1, 1, 1, 1, 1], padding='SAME'"), ("batch stride", DY, "strides=[2, 1, 1, 1, 1], padding='SAME'"),
                       ("rank", wave(3, 4, 5, 3), "strides=[1, 1, 1, 1, 1], padding='SAME'")]:
    add("Conv3DBackpropInputV2 " + name, "raw('Conv3DBackpropInputV2', P([2, 3, 4, 5, 2], 'int32'), P(%s), P(%s), %s)" % (W, dy, more))
    add("Conv3DBackpropFilterV2 " + name, "raw('Conv3DBackpropFilterV2', P(%s), P([2, 2, 3, 2, 3], 'int32'), P(%s), %s)" % (X, dy, more))
for op, first in [("Conv3DBackpropInputV2", "tf.constant([2, 3, 4, 5, 2]), P(%s)" % W), ("Conv3DBackpropFilterV2", "P(%s), tf.constant([2, 2, 3, 2, 3])" % X),
                  ("Conv3DBackpropInput", "S(%s, [2, None, 4, 5, 2]), P(%s)" % (X, W)), ("Conv3DBackpropFilter", "P(%s), S(%s, [2, None, 3, 2, 3])" % (X, W))]:
    add("%s static" % op, "raw('%s', %s, P(%s), strides=[1, 1, 1, 1, 1], padding='SAME')" % (op, first, DY))

# ---- depthwise ----
X, W, DY = wave(2, 5, 6, 3), wave(3, 2, 3, 2), wave(2, 5, 6, 6)
for d in FLOATS:
    add("DepthwiseConv2dNative " + d, "raw('DepthwiseConv2dNative', P(%s, '%s'), P(%s, '%s'), strides=[1, 1, 1, 1], padding='SAME')" % (X, d, W, d))
    add("DepthwiseConv2dNativeBackpropInput " + d, "raw('DepthwiseConv2dNativeBackpropInput', P([2, 5, 6, 3], 'int32'), P(%s, '%s'), P(%s, '%s'), strides=[1, 1, 1, 1], padding='SAME')" % (W, d, DY, d))
    add("DepthwiseConv2dNativeBackpropFilter " + d, "raw('DepthwiseConv2dNativeBackpropFilter', P(%s, '%s'), P([3, 2, 3, 2], 'int32'), P(%s, '%s'), strides=[1, 1, 1, 1], padding='SAME')" % (X, d, DY, d))
for name, dy, more in [("valid", wave(2, 3, 5, 6), "strides=[1, 1, 1, 1], padding='VALID'"), ("strides", wave(2, 3, 3, 6), "strides=[1, 2, 2, 1], padding='SAME'"),
                       ("unequal strides", wave(2, 3, 2, 6), "strides=[1, 2, 3, 1], padding='SAME'"), ("batch stride", DY, "strides=[2, 1, 1, 1], padding='SAME'"),
                       ("three strides", DY, "strides=[1, 1, 1], padding='SAME'"), ("size", wave(2, 4, 6, 6), "strides=[1, 1, 1, 1], padding='SAME'"), ("depth", wave(2, 5, 6, 5), "strides=[1, 1, 1, 1], padding='SAME'"),
                       ("batch", wave(1, 5, 6, 6), "strides=[1, 1, 1, 1], padding='SAME'"), ("zero stride", DY, "strides=[1, 0, 0, 1], padding='SAME'")]:
    if name not in ("size", "depth", "batch"):
        add("DepthwiseConv2dNative " + name, "raw('DepthwiseConv2dNative', P(%s), P(%s), %s)" % (X, W, more))
        add("DepthwiseConv2dNative static " + name, "raw('DepthwiseConv2dNative', S(%s, [2, None, 6, 3]), S(%s, [3, 2, 3, 2]), %s)" % (X, W, more))
    add("DepthwiseConv2dNativeBackpropInput " + name, "raw('DepthwiseConv2dNativeBackpropInput', P([2, 5, 6, 3], 'int32'), P(%s), P(%s), %s)" % (W, dy, more))
    add("DepthwiseConv2dNativeBackpropFilter " + name, "raw('DepthwiseConv2dNativeBackpropFilter', P(%s), P([3, 2, 3, 2], 'int32'), P(%s), %s)" % (X, dy, more))
for name, x, w in [("depth", X, wave(3, 2, 2, 2)), ("rank", wave(5, 6, 3), W), ("filter rank", X, wave(3, 2, 3)), ("none", "np.zeros((0, 5, 6, 3))", W), ("large", wave(1, 1, 1, 3), W),
                   ("one", X, wave(3, 2, 3, 1)), ("wide", wave(1, 6, 6, 37), wave(3, 3, 37, 1)), ("single", wave(2, 5, 6, 1), wave(3, 2, 1, 4))]:
    add("DepthwiseConv2dNative arguments %s" % name, "raw('DepthwiseConv2dNative', P(%s), P(%s), strides=[1, 1, 1, 1], padding='VALID')" % (x, w))
add("DepthwiseConv2dNativeBackpropInput static", "raw('DepthwiseConv2dNativeBackpropInput', tf.constant([2, 5, 6, 3]), P(%s), P(%s), strides=[1, 1, 1, 1], padding='SAME')" % (W, DY))
add("DepthwiseConv2dNativeBackpropFilter static", "raw('DepthwiseConv2dNativeBackpropFilter', P(%s), tf.constant([3, 2, 3, 2]), P(%s), strides=[1, 1, 1, 1], padding='SAME')" % (X, DY))
add("DepthwiseConv2dNativeBackpropInput sizes", "raw('DepthwiseConv2dNativeBackpropInput', P([[2, 5, 6, 3]], 'int32'), P(%s), P(%s), strides=[1, 1, 1, 1], padding='SAME')" % (W, DY))
add("DepthwiseConv2dNativeBackpropFilter sizes", "raw('DepthwiseConv2dNativeBackpropFilter', P(%s), P([3, 2, 3], 'int32'), P(%s), strides=[1, 1, 1, 1], padding='SAME')" % (X, DY))
