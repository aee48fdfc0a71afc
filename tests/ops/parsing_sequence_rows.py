"""Rows of SequenceExamples, one and many at a time."""
from parsing_rows import feature, field

ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


def entries(pairs, value):
    return b"".join(field(1, field(1, key.encode()) + field(2, value(item))) for key, item in pairs)


def sequence(context=(), lists=(), **keywords):
    def one(values):
        return values if isinstance(values, bytes) else feature(values, **keywords)
    return (field(1, entries(context, one)) if context else b"") + (
        field(2, entries(lists, lambda items: b"".join(field(1, one(item)) for item in items))) if lists else b"")


CONTEXT, LISTS = [("a", [1., 2.]), ("i", [7]), ("s", [b"x", b""])], [("f", [[1.], [2.], [3.]]), ("n", [[1, 2], [-3, 4]]), ("w", [[b"p"], [b"q\0"]])]
EXAMPLES = {
    "full": sequence(CONTEXT, LISTS), "unpacked": sequence(CONTEXT, LISTS, packed=False), "nothing": b"",
    "context": sequence(CONTEXT), "lists": sequence((), LISTS), "ragged": sequence([("a", [5., 6., 7.])], [("f", [[1., 2.], b"\x12\0", [3.]]), ("n", [[1]])]),
    "wide": sequence(CONTEXT, [("f", [[1., 2.], [3., 4.]]), ("n", [[1, 2], [3, 4, 5]])]), "wrong empty": sequence([("i", [7])], [("f", [[]])]),
    "broken": field(1, field(1, field(1, b"a") + field(2, b"\x12\x05abc"))), "broken list": field(2, field(1, field(1, b"f") + field(2, b"abc"))),
    "broken feature": field(2, field(1, field(1, b"f") + field(2, field(1, b"\x12\x05abc")))),
    "empty list": sequence(CONTEXT, [("f", []), ("n", []), ("w", [])]), "other types": sequence([("a", [1, 2]), ("i", [b"k"])], [("f", [[1]]), ("n", [[1.], [2.]])]),
    "mixed": sequence(CONTEXT, [("f", [[1.], [2]]), ("n", [[1, 2], [3]])]), "kindless": sequence([("a", None)], [("f", [[1.], None]), ("n", [None])]),
    "garbage": b"abc", "cut": sequence(CONTEXT, LISTS)[:-1], "group": sequence(CONTEXT, LISTS) + b"\x0b",
    "twice": sequence([("a", [9., 8.])]) + sequence([("a", [3., 4.]), ("i", [1]), ("a", [1., 2.])], LISTS) + sequence((), [("f", [[4.]])]),
    "valueless": field(1, field(1, field(1, b"a"))) + field(2, field(1, field(1, b"f"))),
    "escapes": sequence([("a", [b"\n\"'\\\x01\xff\x7f", b"e"]), ("i", [1.5, 1e20, float("inf")])], [("n", [[b"w"]])]),
}
NEED = "{'a': tf.FixedLenFeature([2], tf.float32), 'i': tf.FixedLenFeature([], tf.int64)}"
SPECS = {
    "dense": (NEED, "{'f': tf.FixedLenSequenceFeature([], tf.float32), 'n': tf.FixedLenSequenceFeature([2], tf.int64)}"),
    "lenient": ("{'a': tf.FixedLenFeature([2], tf.float32, [-1., -2.]), 'i': tf.FixedLenFeature([], tf.int64, 9), 's': tf.FixedLenFeature([2], tf.string, ['d', 'e'])}",
                "{'f': tf.FixedLenSequenceFeature([1], tf.float32, True), 'n': tf.FixedLenSequenceFeature([2], tf.int64, True), "
                "'w': tf.FixedLenSequenceFeature([], tf.string, True)}"),
    "sparse": ("{'a': tf.VarLenFeature(tf.float32), 'i': tf.VarLenFeature(tf.int64), 's': tf.VarLenFeature(tf.string)}",
               "{'f': tf.VarLenFeature(tf.float32), 'n': tf.VarLenFeature(tf.int64), 'w': tf.VarLenFeature(tf.string)}"),
    "context": (NEED, "None"), "sequence": ("None", "{'f': tf.FixedLenSequenceFeature([], tf.float32), 'n': tf.VarLenFeature(tf.int64)}"),
    "context sparse": ("{'a': tf.VarLenFeature(tf.float32)}", "None"),
    "matrix": ("None", "{'n': tf.FixedLenSequenceFeature([1, 2], tf.int64), 'f': tf.FixedLenSequenceFeature([0], tf.float32, True)}"),
}
FLAT = ("[x for d in ds for k in sorted(d) for x in ([d[k].indices, d[k].values, d[k].dense_shape] if isinstance(d[k], tf.SparseTensor) else [d[k]])]")
BATCHES = [("full", "full"), ("full", "ragged"), ("full", "lists"), ("lists", "full"), ("context", "full"), ("full", "nothing"), ("full", "empty list"),
           ("nothing", "nothing"), ("full", "other types"), ("full", "mixed"), ("full", "kindless"), ("full", "garbage"), ("cut", "full"), ("full", "group"),
           ("full", "wide"), ("full", "wrong empty"), ("full", "broken"), ("full", "broken list"), ("full", "broken feature"), ("unpacked", "full"), ("full", "twice"), ("full", "valueless"), ("ragged", "ragged")]
for spec in sorted(SPECS):
    for e in sorted(EXAMPLES):
        add("ParseSingleSequenceExample %s %s" % (spec, e), "(lambda ds: %s)(tf.parse_single_sequence_example(%r, *%s))" % (
            FLAT, EXAMPLES[e], "(%s, %s)" % SPECS[spec]))
    add("ParseSingleSequenceExample %s named" % spec, "(lambda ds: %s)(tf.parse_single_sequence_example(%r, *%s, example_name='n1'))" % (
        FLAT, EXAMPLES["other types"], "(%s, %s)" % SPECS[spec]))
    for first, second in BATCHES:
        add("ParseSequenceExample %s %s, %s" % (spec, first, second), "(lambda ds: %s)(tf.io.parse_sequence_example(P([%r, %r], 'string'), *%s))" % (
            FLAT, EXAMPLES[first], EXAMPLES[second], "(%s, %s)" % SPECS[spec]))
    for e in ("other types", "nothing", "ragged", "garbage"):
        add("ParseSequenceExample %s named %s" % (spec, e), "(lambda ds: %s)(tf.io.parse_sequence_example([%r, %r], *%s, example_names=['n1', 'n2']))" % (
            FLAT, EXAMPLES["full"], EXAMPLES[e], "(%s, %s)" % SPECS[spec]))
    add("ParseSequenceExample %s none" % spec, "(lambda ds: %s)(tf.io.parse_sequence_example(P(np.zeros([0]), 'string'), *%s))" % (FLAT, "(%s, %s)" % SPECS[spec]))
    add("ParseSequenceExample %s shapes" % spec, "(lambda ds: %s)(tf.io.parse_sequence_example(S([%r], [None], 'string'), *%s))" % (
        FLAT, EXAMPLES["full"], "(%s, %s)" % SPECS[spec]))
for name, serialized, more in [("vector", "P([''], 'string')", ""), ("name vector", "''", ", example_name=P(['a'], 'string')"),
                               ("unknown rank", "S(%r, None, 'string')" % EXAMPLES["full"], "")]:
    add("ParseSingleSequenceExample " + name, "(lambda ds: %s)(tf.parse_single_sequence_example(%s, *%s%s))" % (FLAT, serialized, "(%s, %s)" % SPECS["lenient"], more))
for name, serialized, more in [("scalar", "P('', 'string')", ""), ("matrix", "P([['']], 'string')", ""), ("names", "P(['', ''], 'string')", ", example_names=['n']"),
                               ("name scalar", "P([''], 'string')", ", example_names='n'")]:
    add("ParseSequenceExample " + name, "(lambda ds: %s)(tf.io.parse_sequence_example(%s, *%s%s))" % (FLAT, serialized, "(%s, %s)" % SPECS["lenient"], more))
for i, (context, lists) in enumerate([
        ("None", "None"), ("{}", "{}"), ("{'a': 3}", "None"), ("None", "{'a': tf.FixedLenFeature([], tf.int64)}"), ("{'a': tf.FixedLenSequenceFeature([], tf.int64)}", "None"),
        ("{'a': tf.SparseFeature('i', 'v', tf.int64, 3)}", "None"), ("None", "{'a': tf.FixedLenSequenceFeature([], tf.int64, True, 3)}"),
        ("None", "{'a': tf.FixedLenSequenceFeature([], tf.int64, False, 3)}"), ("{'a': tf.FixedLenFeature([2], tf.float32, [1., 2., 3.])}", "None"),
        ("{'a': tf.FixedLenFeature([], tf.int32)}", "None"), ("None", "{'a': tf.VarLenFeature(tf.int32)}"), ("None", "{'a': tf.FixedLenSequenceFeature(None, tf.int64)}"),
        ("None", "{'a': tf.FixedLenSequenceFeature([None], tf.int64, True)}"), ("{'a': tf.VarLenFeature(None)}", "None")]):
    for f in ("parse_single_sequence_example('', %s, %s)", "io.parse_sequence_example([''], %s, %s)"):
        add("features %d %s" % (i, f), "(lambda ds: %s)(tf.%s)" % (FLAT, f % (context, lists)))
add("ParseSingleSequenceExample default shape", "raw('ParseSingleSequenceExample', P(%r, 'string'), P([], 'string'), [], ['a'], [], [], [P([1.])], '', context_dense_shapes=[[2]], "
    "context_sparse_types=[], feature_list_dense_types=[], feature_list_sparse_types=[], feature_list_dense_shapes=[])[3]" % EXAMPLES["full"])
