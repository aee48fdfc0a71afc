"""Rows of what 1.14 to 2.x added to operations on images; TensorFlow 2.21 answers."""
ROWS = []
REAL = ["uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]


def row(op, name, *inputs, **attributes):
    text = "raw(%s)" % ", ".join([repr(op)] + list(inputs) + ["%s=%r" % item for item in sorted(attributes.items())])
    if "Backprop" in op:        # later versions know more of the shape
        text = "tf.placeholder_with_default(%s, None)" % text
    ROWS.append((op + " " + name, text))


def image(shape, dtype="float32"):
    return "P((np.arange(%d) * 37 %% 101).reshape(%s), '%s')" % (__import__("numpy").prod(shape), shape, dtype)


# ---- Pixels that stand for their middle -------------------------------------------------------------------------------------------------
for method in ["Bilinear", "Bicubic", "NearestNeighbor"]:
    op = "Resize" + method
    for d in REAL:
        row(op, d, image((1, 3, 4, 2), d), "[5, 3]", half_pixel_centers=True)
    for size in ["[1, 1]", "[3, 4]", "[2, 2]", "[6, 8]", "[7, 9]", "[1, 13]", "[13, 1]", "[2, 5]"]:
        row(op, "to " + size, image((2, 3, 4, 3)), size, half_pixel_centers=True)
    row(op, "one pixel", image((1, 1, 1, 1)), "[3, 4]", half_pixel_centers=True)
    row(op, "two pixels", image((1, 2, 2, 1)), "[9, 9]", half_pixel_centers=True)
    row(op, "corners, too", image((1, 2, 2, 1)), "[9, 9]", half_pixel_centers=True, align_corners=True)
    row(op, "no batch", image((0, 2, 2, 1)), "[3, 3]", half_pixel_centers=True)
    for size in [(1, 1), (3, 4), (2, 2), (6, 8), (7, 9), (1, 13), (2, 5)]:
        second = "[3, 4]" if method == "NearestNeighbor" else image((2, 3, 4, 3))
        row(op + "Grad", "of %s" % (size,), image((2,) + size + (3,)), second, half_pixel_centers=True)
    for d in ["float64"] + (["float16"] if method != "Bicubic" else []):
        row(op + "Grad", d, image((1, 5, 3, 2), d if method == "NearestNeighbor" else "float32"), "[3, 4]" if method == "NearestNeighbor" else image((1, 3, 4, 2), d),
            half_pixel_centers=True)
    if method != "NearestNeighbor":
        row(op + "Grad", "corners, too", image((1, 5, 3, 2)), image((1, 3, 4, 2)), half_pixel_centers=True, align_corners=True)

# ---- Padding that is told -----------------------------------------------------------------------------------------------------------------
PADS = {"around": [1, 1, 1, 1], "in front": [2, 0, 1, 0], "behind": [0, 1, 0, 2], "none": [0, 0, 0, 0], "wide": [4, 3, 0, 5], "columns": [0, 0, 3, 1]}


def pads(p, first=False):
    return [0, 0, 0, 0] + p if first else [0, 0] + p + [0, 0]


def conv(name, p, strides=(1, 1), dilations=(1, 1), dtype="float32", size=(5, 6), window=(3, 2)):
    common = dict(strides=[1] + list(strides) + [1], dilations=[1] + list(dilations) + [1], padding="EXPLICIT", explicit_paddings=pads(p))
    out = [(n + p[2 * i] + p[2 * i + 1] - (window[i] - 1) * dilations[i] - 1) // strides[i] + 1 for i, n in enumerate(size)]
    x, w = (2,) + size + (3,), window + (3, 4)
    row("Conv2D", name, image(x, dtype), image(w, dtype), **common)
    if dilations != (1, 1):     # later versions have no such gradients
        return
    row("Conv2DBackpropInput", name, repr(list(x)), image(w, dtype), image((2,) + tuple(out) + (4,), dtype), **common)
    row("Conv2DBackpropFilter", name, image(x, dtype), repr(list(w)), image((2,) + tuple(out) + (4,), dtype), **common)
    if strides[0] == strides[1]:
        w = window + (3, 2)
        row("DepthwiseConv2dNative", name, image(x, dtype), image(w, dtype), **common)
        row("DepthwiseConv2dNativeBackpropInput", name, repr(list(x)), image(w, dtype), image((2,) + tuple(out) + (6,), dtype), **common)
        row("DepthwiseConv2dNativeBackpropFilter", name, image(x, dtype), repr(list(w)), image((2,) + tuple(out) + (6,), dtype), **common)


for name, p in PADS.items():
    conv(name, p)
    conv(name + " strides", p, (2, 2))
    conv(name + " dilated", p, (1, 1), (2, 2))
    conv(name + " larger", p, (2, 1), size=(16, 17))
for d in ["float16", "float64"]:
    conv(d, [1, 2, 0, 1], dtype=d)
X, W = image((1, 4, 4, 2)), image((2, 2, 2, 1))
for name, padding, values in [("too few", "EXPLICIT", [0, 0, 1, 1]), ("negative", "EXPLICIT", pads([-1, 0, 0, 0])), ("batch", "EXPLICIT", [1, 0] + [0] * 6),
                              ("depth", "EXPLICIT", [0] * 7 + [1]), ("told for VALID", "VALID", pads([1, 1, 1, 1])), ("too small", "EXPLICIT", pads([0, 0, 0, 0]))]:
    row("Conv2D", name, X, W if name != "too small" else image((6, 6, 2, 1)), strides=[1, 1, 1, 1], padding=padding, explicit_paddings=values)
for name, p in PADS.items():
    if name in ("around", "in front", "behind", "none"):
        for strides in [1, 2]:
            row("MaxPool", "%s %d" % (name, strides), "-" + image((2, 5, 6, 3)), ksize=[1, 3, 3, 1], strides=[1, strides, strides, 1], padding="EXPLICIT", explicit_paddings=pads(p))
for shape in ["[None, 5, None, 3]", "[2, 5, 6, 3]", "None"]:
    row("Conv2D", "static " + shape, "S(np.zeros([2, 5, 6, 3]), %s)" % shape, image((3, 2, 3, 4)), strides=[1, 2, 1, 1], padding="EXPLICIT", explicit_paddings=pads([1, 2, 0, 3]))
