"""Rows of convolutions."""
FLOATS = ["float16", "float32", "float64"]
ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


def wave(*shape):
    """An array of small values that a row of the same text makes again."""
    n = 1
    for d in shape:
        n *= d
    return "(np.arange(%d.) %% 7 - 3).reshape(%s) / 4" % (n, ", ".join(map(str, shape)))


X, W = wave(2, 5, 6, 3), wave(3, 2, 3, 4)
for d in FLOATS:
    add("Conv2D " + d, "raw('Conv2D', P(%s, '%s'), P(%s, '%s'), strides=[1, 1, 1, 1], padding='SAME')" % (X, d, W, d))
for name, more in [
        ("valid", "strides=[1, 1, 1, 1], padding='VALID'"), ("strides", "strides=[1, 2, 3, 1], padding='SAME'"),
        ("valid strides", "strides=[1, 2, 3, 1], padding='VALID'"), ("dilated", "strides=[1, 1, 1, 1], padding='SAME', dilations=[1, 2, 2, 1]"),
        ("dilated valid", "strides=[1, 1, 1, 1], padding='VALID', dilations=[1, 2, 3, 1]"),
        ("dilated strides", "strides=[1, 2, 1, 1], padding='SAME', dilations=[1, 2, 2, 1]"),
        ("zero stride", "strides=[1, 0, 1, 1], padding='SAME'"), ("negative stride", "strides=[1, -1, 1, 1], padding='SAME'"),
        ("batch stride", "strides=[2, 1, 1, 1], padding='SAME'"), ("depth stride", "strides=[1, 1, 1, 2], padding='SAME'"),
        ("three strides", "strides=[1, 1, 1], padding='SAME'"), ("zero dilation", "strides=[1, 1, 1, 1], padding='SAME', dilations=[1, 0, 1, 1]"),
        ("three dilations", "strides=[1, 1, 1, 1], padding='SAME', dilations=[1, 1, 1]"),
        ("batch dilation", "strides=[1, 1, 1, 1], padding='SAME', dilations=[2, 1, 1, 1]"),
        ("padding", "strides=[1, 1, 1, 1], padding='FULL'"), ("format", "strides=[1, 1, 1, 1], padding='SAME', data_format='NHCW'"),
        ("no gpu", "strides=[1, 1, 1, 1], padding='SAME', use_cudnn_on_gpu=False"),
        ("huge stride", "strides=[1, 2147483647, 1, 1], padding='SAME'"), ("too large stride", "strides=[1, 4294967297, 1, 1], padding='SAME'"),
        ("huge dilation", "strides=[1, 1, 1, 1], padding='SAME', dilations=[1, 2147483647, 1, 1]")]:
    add("Conv2D " + name, "raw('Conv2D', P(%s), P(%s), %s)" % (X, W, more))
    add("Conv2D static " + name, "raw('Conv2D', S(%s, [2, None, 6, 3]), S(%s, [3, 2, 3, 4]), %s)" % (X, W, more))
for name, x, w in [
        ("depth", wave(1, 5, 5, 2), wave(3, 3, 3, 1)), ("rank", wave(5, 5, 2), wave(3, 3, 2, 1)), ("filter rank", wave(1, 5, 5, 2), wave(3, 3, 2)),
        ("empty batch", "np.zeros((0, 5, 5, 2))", wave(3, 3, 2, 3)), ("no outputs", wave(1, 5, 5, 2), "np.zeros((3, 3, 2, 0))"),
        ("no channels", "np.zeros((1, 5, 5, 0))", "np.zeros((3, 3, 0, 2))"), ("empty filter", wave(1, 5, 5, 2), "np.zeros((0, 3, 2, 3))"),
        ("no rows", "np.zeros((1, 0, 5, 2))", wave(3, 3, 2, 3)), ("one", wave(1, 1, 1, 1), wave(1, 1, 1, 1)), ("point", wave(2, 4, 3, 5), wave(1, 1, 5, 7)),
        ("whole", wave(2, 4, 3, 5), wave(4, 3, 5, 7)), ("large filter", wave(1, 2, 2, 1), wave(5, 5, 1, 1)), ("wide", wave(1, 9, 17, 8), wave(5, 3, 8, 16)),
        ("many channels", wave(1, 3, 4, 40), wave(3, 3, 40, 33))]:
    for padding in "SAME", "VALID":
        add("Conv2D %s %s" % (name, padding), "raw('Conv2D', P(%s), P(%s), strides=[1, 1, 1, 1], padding='%s')" % (x, w, padding))
for name, x, w, more in [
        ("unknown", "None", "None", ""), ("depth", "[2, 5, 6, 4]", "[3, 2, 3, 4]", ""), ("rank", "[5, 6, 3]", "None", ""), ("filter rank", "None", "[3, 3, 3]", ""),
        ("partly", "[None, 5, None, None]", "[None, 2, 3, 4]", ""), ("filter", "None", "[3, 2, 3, 4]", ""), ("large", "[2, 2, 2, 3]", "[3, 2, 3, 4]", ""),
        ("nchw", "[2, 3, 5, 6]", "[3, 2, 3, 4]", ", data_format='NCHW'"), ("nchw strides", "[2, 3, 5, 6]", "[3, 2, 3, 4]", ", data_format='NCHW', dilations=[1, 1, 2, 2]")]:
    for padding in "SAME", "VALID":
        add("Conv2D shape %s %s" % (name, padding), "raw('Conv2D', S(%s, %s), S(%s, %s), strides=[1, 1, 1, 1], padding='%s'%s)" % (X, x, W, w, padding, more))

DY = wave(2, 5, 6, 4)
for d in FLOATS:
    add("Conv2DBackpropInput " + d, "raw('Conv2DBackpropInput', P([2, 5, 6, 3], 'int32'), P(%s, '%s'), P(%s, '%s'), strides=[1, 1, 1, 1], padding='SAME')" % (W, d, DY, d))
    add("Conv2DBackpropFilter " + d, "raw('Conv2DBackpropFilter', P(%s, '%s'), P([3, 2, 3, 4], 'int32'), P(%s, '%s'), strides=[1, 1, 1, 1], padding='SAME')" % (X, d, DY, d))
for name, dy, more in [
        ("valid", wave(2, 3, 5, 4), "strides=[1, 1, 1, 1], padding='VALID'"), ("strides", wave(2, 3, 2, 4), "strides=[1, 2, 3, 1], padding='SAME'"),
        ("valid strides", wave(2, 2, 2, 4), "strides=[1, 2, 3, 1], padding='VALID'"),
        ("size", wave(2, 5, 5, 4), "strides=[1, 1, 1, 1], padding='SAME'"), ("batch", wave(1, 5, 6, 4), "strides=[1, 1, 1, 1], padding='SAME'"),
        ("depth", wave(2, 5, 6, 3), "strides=[1, 1, 1, 1], padding='SAME'"), ("rank", wave(5, 6, 3), "strides=[1, 1, 1, 1], padding='SAME'"),
        ("zero stride", DY, "strides=[1, 0, 1, 1], padding='SAME'"), ("batch stride", DY, "strides=[2, 1, 1, 1], padding='SAME'"),
        ("three strides", DY, "strides=[1, 1, 1], padding='SAME'"),
        ("batch dilation", DY, "strides=[1, 1, 1, 1], padding='SAME', dilations=[2, 1, 1, 1]"), ("three dilations", DY, "strides=[1, 1, 1, 1], padding='SAME', dilations=[1, 1, 1]"),
        ("huge stride", wave(2, 1, 6, 4), "strides=[1, 2147483647, 1, 1], padding='SAME'")]:
    add("Conv2DBackpropInput " + name, "raw('Conv2DBackpropInput', P([2, 5, 6, 3], 'int32'), P(%s), P(%s), %s)" % (W, dy, more))
    add("Conv2DBackpropFilter " + name, "raw('Conv2DBackpropFilter', P(%s), P([3, 2, 3, 4], 'int32'), P(%s), %s)" % (X, dy, more))
for name, sizes in [("matrix", "[[2, 5, 6, 3]]"), ("short", "[2, 5, 6]"), ("long", "[2, 5, 6, 3, 1]"), ("negative", "[2, -5, 6, 3]"), ("other depth", "[2, 5, 6, 2]"),
                    ("two", "[5, 6]"), ("scalar", "3"), ("zero depth", "[2, 5, 6, 0]")]:
    add("Conv2DBackpropInput sizes " + name, "raw('Conv2DBackpropInput', P(%s, 'int32'), P(%s), P(%s), strides=[1, 1, 1, 1], padding='SAME')" % (sizes, W, DY))
for name, sizes in [("matrix", "[[3, 2, 3, 4]]"), ("short", "[3, 2, 3]"), ("negative", "[-3, 2, 3, 4]"), ("other depth", "[3, 2, 2, 4]"), ("other outputs", "[3, 2, 3, 5]"), ("zero", "[3, 0, 3, 4]")]:
    add("Conv2DBackpropFilter sizes " + name, "raw('Conv2DBackpropFilter', P(%s), P(%s, 'int32'), P(%s), strides=[1, 1, 1, 1], padding='SAME')" % (X, sizes, DY))
add("Conv2DBackpropInput constant", "raw('Conv2DBackpropInput', tf.constant([2, 5, 6, 3]), P(%s), P(%s), strides=[1, 1, 1, 1], padding='SAME')" % (W, DY))
add("Conv2DBackpropInput constant short", "raw('Conv2DBackpropInput', tf.constant([5, 6, 3]), P(%s), P(%s), strides=[1, 1, 1, 1], padding='SAME')" % (W, DY))
add("Conv2DBackpropFilter constant", "raw('Conv2DBackpropFilter', P(%s), tf.constant([3, 2, 3, 4]), P(%s), strides=[1, 1, 1, 1], padding='SAME')" % (X, DY))
add("Conv2DBackpropInput none", "raw('Conv2DBackpropInput', P([0, 5, 6, 3], 'int32'), P(%s), P(np.zeros((0, 5, 6, 4))), strides=[1, 1, 1, 1], padding='SAME')" % W)
add("Conv2DBackpropFilter none", "raw('Conv2DBackpropFilter', P(np.zeros((0, 5, 6, 3))), P([3, 2, 3, 4], 'int32'), P(np.zeros((0, 5, 6, 4))), strides=[1, 1, 1, 1], padding='SAME')")
