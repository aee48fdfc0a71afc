"""Rows of what older graphs call SpaceToBatch and BatchToSpace, of DeepCopy, and of slices of resource variables."""
ROWS = []
REAL = ["float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16"]
IMAGES = "np.arange(48).reshape(2, 4, 2, 3)"
SMALL = "np.arange(48).reshape(8, 2, 1, 3)"
X = "[[1, 2], [3, 4], [5, 6]]"


def row(op, name, *inputs, **attributes):
    arguments = [repr(op)] + list(inputs) + ["%s=%r" % item for item in sorted(attributes.items())]
    ROWS.append((op + " " + name, "raw(%s)" % ", ".join(arguments)))


for op, x in [("SpaceToBatch", IMAGES), ("BatchToSpace", SMALL)]:
    for d in REAL + ["complex64"]:
        row(op, d, "P(%s, '%s')" % (x, d), "P([[0, 0], [1, 1]], 'int32')" if op == "SpaceToBatch" else "P([[0, 0], [0, 1]], 'int32')", block_size=2)
    for name, data, pads, block in [("none", x, "[[0, 0], [0, 0]]", 2), ("uneven", x, "[[1, 2], [0, 0]]", 2), ("three", x, "[[1, 1], [2, 2]]", 3), ("negative", x, "[[-1, 1], [0, 0]]", 2), ("vector", x, "[0, 0]", 2),
                                    ("three rows", x, "[[0, 0], [0, 0], [0, 0]]", 2), ("rank", "np.zeros((4, 2, 2))", "[[0, 0], [0, 0]]", 2), ("large", x, "[[5, 5], [5, 5]]", 2),
                                    ("empty", "np.zeros((0, 2, 2, 1))", "[[0, 0], [0, 0]]", 2), ("odd batch", "np.zeros((3, 2, 2, 1))", "[[0, 0], [0, 0]]", 2), ("block of one", x, "[[0, 0], [0, 0]]", 1)]:
        row(op, name, "P(%s)" % data, "P(%s, 'int64')" % pads, block_size=block)
        row(op, name + " constant", "S(%s, np.shape(%s))" % (data, data), "tf.constant(%s)" % pads, block_size=block)
    row(op, "partly known", "S(%s, [None, None, None, 3])" % x, "tf.constant([[0, 0], [0, 0]])", block_size=2)
    row(op, "unknown", "P(%s)" % x, "tf.constant([[0, 0], [0, 0]])", block_size=2)
    row(op, "known rank", "S(%s, [None, 4, 2, None])" % x, "P([[0, 0], [0, 0]], 'int32')", block_size=2)
for d in REAL + ["complex128", "bool"]:
    row("DeepCopy", d, "P(%s, '%s')" % (X if d != "bool" else "[True, False]", d))
row("DeepCopy", "string", "P(['a', 'b'], 'string')")
row("DeepCopy", "static", "S(%s, [None, 2])" % X)
for op in ["ResourceScatterNdAdd", "ResourceScatterNdUpdate"]:
    for d in ["float16", "float32", "float64", "int32", "int64", "int8", "uint8", "int16", "uint16", "complex64", "complex128", "bfloat16"]:
        ROWS.append(("%s %s" % (op, d), "after(raw('%s', R(%s, '%s'), P([[2], [0]], 'int32'), P([[10, 1], [0, 30]], '%s')))" % (op, X, d, d)))
    ROWS.append((op + " bool", "after(raw('%s', R([True, False, True], 'bool'), P([[0], [1]], 'int32'), P([False, True], 'bool')))" % op))
    ROWS.append((op + " of nothing", "after(raw(%r, R(np.zeros((0, 2)), 'float32'), P([[0]], 'int32'), P([[1, 2]])))" % op))
    for name, indices, updates in [("outside", "[[3]]", "[[1, 2]]"), ("before", "[[0], [-1]]", "[[1, 2], [3, 4]]"), ("outer", "[[0], [1]]", "[[1, 2]]"), ("inner", "[[0]]", "[[1, 2, 3]]"), ("none", "np.zeros((0, 1))", "np.zeros((0, 2))"),
                                   ("elements", "[[0, 1], [2, 0]]", "[7, 9]"), ("twice", "[[1], [1]]", "[[1, 2], [3, 4]]"), ("too deep", "[[0, 0, 0]]", "[1]"), ("scalar", "0", "[1, 2]"), ("scalar update", "[[0]]", "1")]:
        for i in ["int32", "int64"]:
            ROWS.append(("%s %s %s" % (op, name, i), "after(raw('%s', R(%s, 'float32'), P(%s, '%s'), P(%s)))" % (op, X, indices, i, updates)))
