"""Rows of ParseExampleV2, of 2.0 and later; TensorFlow 2.21 answers."""
from parsing_rows import EXAMPLES, example

ROWS = []
F, I, W = "tf.float32", "tf.int64", "tf.string"


def listed(items):
    return "[%s]" % ", ".join(items)


def row(name, serialized, sparse=(), dense=(), ragged=(), names="P([], 'string')", keys=None, num=None, fed="P(%r, 'string')", **more):
    """sparse: (key, type); dense: (key, default, shape); ragged: (key, type, type of the splits)."""
    keys = dict(dict(sparse=[k for k, *_ in sparse], dense=[k for k, *_ in dense], ragged=[k for k, *_ in ragged]), **(keys or {}))
    parts = [fed % (serialized,), names] + ["P(%r, 'string')" % (keys[kind],) for kind in ("sparse", "dense", "ragged")] + [listed(d for _, d, _ in dense)]
    types = dict(sparse_types=listed(t for _, t in sparse), ragged_value_types=listed(t for _, t, _ in ragged), ragged_split_types=listed(t for _, _, t in ragged),
                 dense_shapes=repr([s for _, _, s in dense]), num_sparse=len(sparse) if num is None else num)
    types.update(more)
    ROWS.append(("ParseExampleV2 " + name, "[x for part in raw('ParseExampleV2', %s) for x in part]" % ", ".join(
        parts + ["%s=%s" % item for item in sorted(types.items())])))


NONE_F, NONE_I, NONE_W = "P([])", "P([], 'int64')", "P([], 'string')"
SPECS = {
    "ragged": dict(ragged=[("a", F, "tf.int32"), ("i", I, "tf.int64"), ("s", W, "tf.int32")]),
    "sparse": dict(sparse=[("a", F), ("i", I), ("s", W)]),
    "mixed": dict(sparse=[("a", F)], dense=[("i", "P([7], 'int64')", [1])], ragged=[("s", W, "tf.int64")]),
    "lenient": dict(sparse=[("i", I)], dense=[("a", "P(-1.)", [None]), ("s", "P('pad', 'string')", [None])]),
    "fixed": dict(dense=[("a", NONE_F, [2])]), "default": dict(dense=[("a", "P([5., 6.])", [2])], ragged=[("i", I, "tf.int32")]),
    "rows": dict(dense=[("a", "P([9.])", [None, 2])]), "words": dict(dense=[("s", NONE_W, [3]), ("i", "P(5, 'int64')", [])]),
    "wrong": dict(ragged=[("a", I, "tf.int64")]), "wrong sparse": dict(sparse=[("a", I)]), "wrong dense": dict(dense=[("a", NONE_I, [2])]),
    "int rows": dict(dense=[("i", "P([9], 'int64')", [None, 2])]), "int fixed": dict(dense=[("i", NONE_I, [2])]),
}
for spec in sorted(SPECS):
    for e in sorted(set(EXAMPLES) - {"cut"}):      # its bytes cut the message short
        row("%s %s" % (spec, e), EXAMPLES[e], **SPECS[spec])
    for first, second in (("fixed", "fixed"), ("fixed", "long"), ("long", "unpacked"), ("words", "nothing"), ("nothing", "words"), ("other", "kindless"),
                          ("fixed", "twice"), ("fixed", "garbage"), ("no values", "fixed"), ("cut value", "fixed")):
        row("%s %s, %s" % (spec, first, second), [EXAMPLES[first], EXAMPLES[second]], **SPECS[spec])
    row(spec + " none", [], **SPECS[spec])
    row(spec + " named", [EXAMPLES["fixed"], EXAMPLES["other"]], names="P(['n1', 'n2'], 'string')", **SPECS[spec])
    row(spec + " one named", EXAMPLES["other"], names="P('n1', 'string')", **SPECS[spec])
    for shape in ["[None]", "[2]", "None"]:
        row("%s shape %s" % (spec, shape), [EXAMPLES["fixed"], EXAMPLES["long"]], fed="S(%%r, %s, 'string')" % shape, **SPECS[spec])
FIXED = EXAMPLES["fixed"]
for name, serialized, names in [("matrix", [[FIXED]], NONE_W), ("names", [FIXED], "P(['a', 'b'], 'string')"), ("name", [FIXED], "P('a', 'string')"),
                                ("names of one", FIXED, "P(['a'], 'string')"), ("names matrix", [FIXED], "P([['a']], 'string')")]:
    row(name, serialized, names=names, sparse=[("a", F)])
row("matrix unseen", [[FIXED]], fed="S(%r, None, 'string')", sparse=[("a", F)])
for kind, spec in [("sparse", dict(sparse=[("a", F)])), ("dense", dict(dense=[("a", NONE_F, [2])])), ("ragged", dict(ragged=[("a", F, "tf.int64")]))]:
    for name, keys in [("more", ["a", "b"]), ("no", []), ("scalar", "a"), ("matrix", [["a"]])]:
        row("%s keys for %s" % (name, kind), [FIXED], keys={kind: keys}, **spec)
row("no keys at all", [FIXED], sparse=[("a", F)], dense=[("b", NONE_F, [2])], ragged=[("c", F, "tf.int64")], keys=dict(sparse=[], dense=[], ragged=[]))
row("more numbers", [FIXED], sparse=[("a", F)], num=2)
row("fewer numbers", [FIXED], sparse=[("a", F), ("b", F)], num=1)
row("more shapes", [FIXED], dense=[("a", NONE_F, [2])], dense_shapes="[[2], [2]]")
row("no splits", [FIXED], ragged=[("a", F, "tf.int64")], ragged_split_types="[]")
for name, default, shape in [("short", "P([1.])", [2]), ("rank", "P([[1., 2.]])", [2]), ("long padding", "P([1., 2.])", [None]), ("no padding", NONE_F, [None]), ("unknown", NONE_F, None),
                             ("inner", NONE_F, [2, None]), ("padding rank", "P([[1.]])", [None]), ("scalar for one", "P(1.)", [1])]:
    row("default " + name, [FIXED], dense=[("a", default, shape)])
    row("default %s of one" % name, FIXED, dense=[("a", default, shape)])
for spec in ["ragged", "sparse", "default", "rows"]:
    row(spec + " two and more", [example(("a", [1., 2.]), ("i", [1])), example(("a", [3., 4.]), ("s", [b"x"])), FIXED, b""], **SPECS[spec])
    row(spec + " odd", example(("a", [1., 2., 3.])), **SPECS[spec])
