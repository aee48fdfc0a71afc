"""Rows of SparseCross."""
ROWS = []
A = ("[[0, 0], [1, 0], [1, 1]]", "['a', 'b', 'c']", "string", "[2, 2]")
B = ("[[0, 0], [1, 0], [1, 2]]", "[7, -8, 9]", "int64", "[2, 3]")
EMPTY = ("np.zeros((0, 2))", "[]", "int64", "[2, 3]")


def cross(name, sparse, dense, out, internal, buckets=0, key=12345):
    ROWS.append((name, "list(raw('SparseCross', [%s], [%s], [%s], [%s], hashed_output=%s, num_buckets=%d, hash_key=%d, out_type=tf.%s, internal_type=tf.%s))" % (
        ", ".join("P(%s, 'int64')" % c[0] for c in sparse), ", ".join("P(%s, '%s')" % (c[1], c[2]) for c in sparse), ", ".join("P(%s, 'int64')" % c[3] for c in sparse),
        ", ".join("P(%s, '%s')" % d for d in dense), out == "int64", buckets, key, out, internal)))


D, E = ("[['x'], ['y']]", "string"), ("[[1, 2], [3, 4]]", "int64")
for i, (sparse, dense) in enumerate([([A, B], []), ([A], [D]), ([A, B], [D, E]), ([], [D, E]), ([A], []), ([A, EMPTY], []), ([B, B], [E])]):
    cross("strings %d" % i, sparse, dense, "string", "string")
    cross("strings of integers %d" % i, sparse, dense, "string", "int64")
    cross("hashes of strings %d" % i, sparse, dense, "int64", "string", 7)
    for buckets in [0, 100]:
        cross("hashes %d %d" % (i, buckets), sparse, dense, "int64", "int64", buckets)
cross("another key", [A, B], [], "int64", "int64", 1000, 956888297470)
for i, change in enumerate([("[0, 1]",) + A[1:], ("[[0, 0, 0], [1, 0, 0], [1, 1, 0]]",) + A[1:], A[:1] + ("['a', 'b']",) + A[2:], A[:1] + ("[['a', 'b', 'c']]",) + A[2:], A[:3] + ("[2, 2, 2]",), A[:3] + ("[[2, 2]]",), A[:3] + ("[3, 2]",)]):
    cross("wrong %d" % i, [A, change], [], "string", "string")
cross("dense vector", [A], [("['x', 'y']", "string")], "string", "string")
cross("dense rows", [A], [("[['x']]", "string")], "string", "string")
cross("nothing", [], [], "string", "string")
cross("dense without columns", [A], [("np.zeros((2, 0))", "int64")], "int64", "int64")
cross("dense without rows", [], [("np.zeros((0, 2))", "int64")], "string", "int64")
cross("rows between", [("[[1, 0], [5, 0], [5, 1]]", "[1, 2, 3]", "int64", "[9, 2]"), ("[[0, 0], [1, 1], [5, 0], [8, 0]]", "[4, 5, 6, 7]", "int64", "[9, 2]")], [], "string", "int64")
