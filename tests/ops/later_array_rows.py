"""Rows of operations on arrays that came after 1.12; TensorFlow 2.21 answers."""
ROWS = []
REAL = ["float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
KINDS = {"Update": REAL + ["complex64", "complex128", "bool", "string"], "Add": REAL + ["complex64", "complex128"], "Sub": REAL + ["complex64", "complex128"],
         "Min": REAL, "Max": REAL}
X = "[[1, 2], [3, 4], [5, 6]]"


def row(op, name, *inputs, **attributes):
    arguments = [repr(op)] + list(inputs) + ["%s=%r" % item for item in sorted(attributes.items())]
    ROWS.append((op + " " + name, "raw(%s)" % ", ".join(arguments)))


# ---- Slices of tensors and of resource variables --------------------------------------------------------------------------------------
for kind, dtypes in KINDS.items():
    op = "TensorScatter" + kind
    for d in dtypes:
        x, u = ("[['a', 'b'], ['c', 'd'], ['e', 'f']]", "[['x', 'y'], ['z', 'w']]") if d == "string" else ("[[True, False], [False, True], [True, True]]",
                                                                                                           "[[False, True], [True, False]]") if d == "bool" else (X, "[[10, 1], [0, 30]]")
        row(op, d, "P(%s, '%s')" % (x, d), "P([[2], [0]], 'int32')", "P(%s, '%s')" % (u, d))
    for i in ["int32", "int64"]:
        for name, indices, updates in [("elements", "[[0, 1], [2, 0]]", "[7, 9]"), ("twice", "[[1], [1]]", "[[1, 2], [3, 4]]"), ("none", "np.zeros((0, 1))", "np.zeros((0, 2))"),
                                       ("outside", "[[3]]", "[[1, 2]]"), ("before", "[[-1]]", "[[1, 2]]"), ("outside in the second", "[[[0, 0], [1, 2]]]", "[[1, 2]]"), ("scalar indices", "1", "[1, 2]"),
                                       ("one element", "[1, 1]", "7"), ("too deep", "[[0, 0, 0]]", "[1]"), ("outer", "[[0], [1]]", "[[1, 2]]"), 
                                       ("rank", "[[0]]", "[1]"), ("scalar update", "[[0], [1]]", "1")]:
            if i == "int64" and kind != "Update":
                continue
            row(op, "%s %s" % (name, i), "P(%s)" % X, "P(%s, '%s')" % (indices, i), "P(%s)" % updates)
    for name, indices, updates in [("scalar indices", "1", "[1, 2]")]:
        row(op, "static " + name, "S(%s, [3, 2])" % X, "S(%s, %s, 'int32')" % (indices, "np.shape(%s)" % indices), "S(%s, np.shape(%s))" % (updates, updates))
    row(op, "into nothing", "P(np.zeros((0, 2)))", "P([[0]], 'int32')", "P([[1, 2]])")
    row(op, "of a scalar", "P(1.)", "P(np.zeros((1, 0)), 'int32')", "P([2.])")
    row(op, "nan", "P([np.nan, 1., np.inf])", "P([[0], [1], [2]], 'int32')", "P([1., np.nan, -np.inf])")
    row(op, "partly known", "S(%s, [None, 2])" % X, "P([[0]], 'int32')", "P([[1, 2]])")
    row(op, "ignored", "P(%s)" % X, "P([[3], [0]], 'int32')", "P([[1, 2], [3, 4]])", bad_indices_policy="IGNORE")
    row(op, "policy", "P(%s)" % X, "P([[3]], 'int32')", "P([[1, 2]])", bad_indices_policy="ERROR")
    row(op, "default policy", "P(%s)" % X, "P([[3]], 'int32')", "P([[1, 2]])", bad_indices_policy="DEFAULT")
    row(op, "no policy", "P(%s)" % X, "P([[0]], 'int32')", "P([[1, 2]])", bad_indices_policy="SOME")
for kind in ["Sub", "Min", "Max"]:
    op = "ResourceScatterNd" + kind
    for d in ["float16", "float32", "float64", "int32", "int64"]:
        ROWS.append(("%s %s" % (op, d), "after(raw('%s', R(%s, '%s'), P([[2], [0]], 'int32'), P([[10, 1], [0, 30]], '%s')))" % (op, X, d, d)))
    for name, indices, updates in [("outside", "[[3]]", "[[1, 2]]"), ("none", "np.zeros((0, 1))", "np.zeros((0, 2))"), ("elements", "[[0, 1], [2, 0]]", "[7, 9]")]:
        ROWS.append(("%s %s" % (op, name), "after(raw('%s', R(%s, 'float32'), P(%s, 'int32'), P(%s)))" % (op, X, indices, updates)))
    ROWS.append((op + " ignored", "after(raw('%s', R(%s, 'float32'), P([[3], [1]], 'int32'), P([[1, 2], [7, 0]]), bad_indices_policy='IGNORE'))" % (op, X)))
for d in ["float16", "float32", "float64", "int32", "int64", "complex64"]:
    ROWS.append(("ResourceGatherNd " + d, "raw('ResourceGatherNd', R(%s, '%s'), P([[2], [0]], 'int32'), dtype=tf.%s)" % (X, d, d)))
for name, indices in [("elements", "[[0, 1], [2, 0]]"), ("outside", "[[3]]"), ("vector", "[1]"), ("whole", "np.zeros((2, 0))"), ("too deep", "[[0, 0, 0]]"), ("scalar", "0")]:
    ROWS.append(("ResourceGatherNd " + name, "raw('ResourceGatherNd', R(%s, 'float32'), P(%s, 'int64'), dtype=tf.float32)" % (X, indices)))
