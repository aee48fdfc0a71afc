"""Rows of ragged tensors, which came after 1.12; TensorFlow 2.21 answers."""
ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


def spread(expression):
    """A list of lists and a tensor, as one list."""
    return "(lambda r: list(r[0]) + [r[1]])(%s)" % expression


def ranges(name, starts, limits, deltas, dtype="int32", more=""):
    add("RaggedRange " + name, "list(raw('RaggedRange', P({0}, '{3}'), P({1}, '{3}'), P({2}, '{3}'){4}))".format(starts, limits, deltas, dtype, more))


for d in ["int32", "int64", "float32", "float64"]:
    for splits in ["int32", "int64"]:
        ranges("%s %s" % (d, splits), "[0, 5, 8, 3]", "[3, 5, 4, 4]", "[1, 1, -2, 3]", d, ", Tsplits=tf.%s" % splits)
    ranges("scalars " + d, "2", "9", "3", d)
    ranges("zero delta " + d, "[0, 1]", "[3, 3]", "[1, 0]", d)
ranges("scalar and vector", "0", "[1, 5, 0]", "2")
ranges("no rows", "[]", "[]", "1")
ranges("fractions", "[0., 1.]", "[1., -0.5]", "[0.3, -0.4]", "float32")
ranges("infinite", "0.", "np.inf", "1.", "float32")
ranges("not a number", "0.", "np.nan", "1.", "float64")
ranges("other lengths", "[1, 2]", "[1, 2, 3]", "1")
ranges("matrix", "[[1]]", "3", "1")
ranges("matrix of limits", "1", "[[3]]", "1")
add("RaggedRange static", "list(raw('RaggedRange', S([1, 2], [2], 'int32'), S(4, [], 'int32'), P(1, 'int32')))")
add("RaggedRange static scalars", "list(raw('RaggedRange', S(1, [], 'int32'), S(4, [], 'int32'), S(1, [], 'int32')))")
add("RaggedRange static mismatch", "list(raw('RaggedRange', S([1, 2], [2], 'int32'), S([4], [1], 'int32'), P(1, 'int32')))")
add("RaggedRange static matrix", "list(raw('RaggedRange', S([[1, 2]], [1, 2], 'int32'), P(4, 'int32'), P(1, 'int32')))")

VALUES = "[3, 1, 4, 1, 5, 9]"


def gather(name, splits, values, indices, n, index="int32", split="int64", dtype="float32"):
    given = ", ".join("P(%s, '%s')" % (s, split) for s in splits)
    add("RaggedGather " + name, spread("raw('RaggedGather', [%s], P(%s, '%s'), P(%s, '%s'), OUTPUT_RAGGED_RANK=%d)" % (given, values, dtype, indices, index, n)))


for d in ["bool", "float16", "float32", "float64", "int8", "uint8", "int16", "uint16", "int32", "int64", "complex64", "complex128"]:
    gather(d, ["[0, 2, 2, 5, 6]"], VALUES, "[2, 0, 1, 2]", 1, dtype=d)
gather("string", ["[0, 2, 2, 3]"], "[b'a', b'bc', b'a longer one than the others']", "[2, 0, 1, 2]", 1, dtype="string")
for index in ["int32", "int64"]:
    for split in ["int32", "int64"]:
        gather("%s %s" % (index, split), ["[0, 2, 2, 5, 6]"], VALUES, "[[2, 0], [3, 1]]", 2, index, split)
gather("of two", ["[0, 2, 2, 4]", "[0, 1, 3, 3, 6]"], VALUES, "[2, 0, 1]", 2)
gather("of two by a scalar", ["[0, 2, 2, 4]", "[0, 1, 3, 3, 6]"], VALUES, "2", 1)
gather("by a scalar", ["[0, 2, 2, 5, 6]"], VALUES, "2", 0)
gather("by a cube", ["[0, 2, 2, 4]", "[0, 1, 3, 3, 6]"], VALUES, "[[[2, 0], [1, 1]], [[0, 0], [2, 2]]]", 4)
gather("of rows", ["[0, 2, 2, 3]"], "[[1, 2], [3, 4], [5, 6]]", "[2, 0]", 1)
gather("of nothing", ["[0, 0]"], "np.zeros([0, 2])", "[0, 0]", 1)
gather("nothing", ["[0, 2, 2, 3]"], "[1, 2, 3]", "[]", 1)
gather("nothing by a matrix", ["[0, 2, 2, 3]"], "[1, 2, 3]", "np.zeros([2, 0])", 2)
gather("splits inside", ["[1, 2, 3]"], "[1, 2, 3, 4]", "[1, 0]", 1)
gather("outside", ["[0, 2, 2, 3]"], "[1, 2, 3]", "[[0, 1], [3, 0]]", 2)
gather("negative", ["[0, 2, 2, 3]"], "[1, 2, 3]", "[-1]", 1)
gather("unsorted", ["[0, 3, 2, 3]"], "[1, 2, 3]", "[1]", 1)
gather("negative split", ["[-1, 3]"], "[1, 2, 3]", "[0]", 1)
gather("past values", ["[0, 4]"], "[1, 2, 3]", "[0]", 1)
gather("past splits", ["[0, 9]", "[0, 1, 3]"], "[1, 2, 3]", "[0]", 1 + 1)
gather("empty splits", ["[]"], "[1, 2, 3]", "[]", 1)
gather("empty splits, an index", ["[]"], "[1, 2, 3]", "[0]", 1)
gather("empty inner splits", ["[0, 0]", "[]"], "[1, 2, 3]", "[0]", 2)
add("RaggedGather static", spread("raw('RaggedGather', [S([0, 2], [2], 'int64')], S([[1., 2.], [3., 4.]], [2, 2]), S([0], [1], 'int32'), OUTPUT_RAGGED_RANK=1)"))
add("RaggedGather static rank of indices", spread("raw('RaggedGather', [S([0, 2], [2], 'int64')], P([1., 2.]), S([0], [1], 'int32'), OUTPUT_RAGGED_RANK=2)"))
add("RaggedGather static rank of splits", spread("raw('RaggedGather', [S([[0, 2]], [1, 2], 'int64')], P([1., 2.]), S([0], [1], 'int32'), OUTPUT_RAGGED_RANK=1)"))
add("RaggedGather static scalar", spread("raw('RaggedGather', [S([0, 2], [2], 'int64')], S(1., []), S([0], [1], 'int32'), OUTPUT_RAGGED_RANK=1)"))


def to_sparse(name, splits, values, split="int64", dtype="float32"):
    given = ", ".join("P(%s, '%s')" % (s, split) for s in splits)
    add("RaggedTensorToSparse " + name, "list(raw('RaggedTensorToSparse', [%s], P(%s, '%s')))" % (given, values, dtype))


for d in ["bool", "float16", "float64", "int8", "int32", "int64", "complex64"]:
    to_sparse(d, ["[0, 2, 2, 5, 6]"], VALUES, dtype=d)
to_sparse("string", ["[0, 2, 2, 3]"], "[b'a', b'bc', b'd']", dtype="string")
for split in ["int32", "int64"]:
    to_sparse("of two " + split, ["[0, 2, 2, 4]", "[0, 1, 3, 3, 6]"], VALUES, split)
    to_sparse("of three " + split, ["[0, 0, 1, 3]", "[0, 2, 2, 4]", "[0, 1, 3, 3, 6]"], VALUES, split)
    to_sparse("of matrices " + split, ["[0, 0, 2, 3]"], "np.arange(12).reshape([3, 2, 2])", split)
to_sparse("empty", ["[0]"], "[]")
to_sparse("empty rows", ["[0, 0, 0]"], "[]")
to_sparse("values of none", ["[0, 2]"], "np.zeros([2, 0])")
to_sparse("empty splits", ["[]"], "[1]")
to_sparse("first", ["[1, 2]"], "[1, 2]")
to_sparse("unsorted", ["[0, 3, 2]"], "[1, 2]")
to_sparse("short", ["[0, 1]"], "[1, 2]")
to_sparse("long", ["[0, 3]"], "[1, 2]")
to_sparse("inner length", ["[0, 3]", "[0, 1, 2]"], "[1, 2]")
to_sparse("inner empty", ["[0, 3]", "[]"], "[1, 2]")
add("RaggedTensorToSparse static", "list(raw('RaggedTensorToSparse', [S([0, 2], [2], 'int64')], S([[1., 2.], [3., 4.]], [2, 2])))")
add("RaggedTensorToSparse static partly", "list(raw('RaggedTensorToSparse', [P([0, 2], 'int64')], S([[1., 2.], [3., 4.]], [None, 2])))")
add("RaggedTensorToSparse static rank of splits", "list(raw('RaggedTensorToSparse', [S([[0, 2]], [1, 2], 'int64')], P([1., 2.])))")
add("RaggedTensorToSparse static scalar", "list(raw('RaggedTensorToSparse', [P([0, 2], 'int64')], S(1., [])))")


def dense(name, shape, values, default, parts, types, index="int64", dtype="float32"):
    given = ", ".join("P(%s, '%s')" % (x, index) for x in parts)
    add("RaggedTensorToTensor " + name, "raw('RaggedTensorToTensor', P({0}, 'int64'), P({1}, '{4}'), P({2}, '{4}'), [{3}], row_partition_types={5})".format(
        shape, values, default, given, dtype, types))


TWO = ["[0, 2, 2, 4]", "[0, 1, 3, 3, 6]"]
IDS = ["4", "[0, 0, 2, 2]", "[0, 1, 1, 3, 3, 3]"]
SPLITS, SIZED = ["ROW_SPLITS"], ["FIRST_DIM_SIZE", "VALUE_ROWIDS"]
for d in ["bool", "float16", "float64", "int8", "int32", "int64", "complex64"]:
    dense(d, "[-1, -1]", VALUES, "1", ["[0, 2, 2, 5, 6]"], SPLITS, dtype=d)
dense("string", "[-1, -1]", "[b'a', b'bc', b'd']", "b'none'", ["[0, 2, 2, 3]"], SPLITS, dtype="string")
for i in ["int32", "int64"]:
    dense("two " + i, "-1", VALUES, "9", TWO, SPLITS * 2, i)
    dense("row ids " + i, "-1", VALUES, "9", IDS, SIZED + ["VALUE_ROWIDS"], i)
    dense("both " + i, "-1", VALUES, "9", IDS[:2] + TWO[1:], SIZED + SPLITS, i)
dense("cut", "[2, 1]", VALUES, "9", ["[0, 2, 2, 5, 6]"], SPLITS)
dense("cut inside", "[-1, 1, 2]", VALUES, "9", TWO, SPLITS * 2)
dense("longer", "[5, 4]", VALUES, "9", ["[0, 2, 2, 5, 6]"], SPLITS)
dense("ids cut", "[3, 1, 2]", VALUES, "9", IDS, SIZED + ["VALUE_ROWIDS"])
dense("none", "[0, -1]", VALUES, "9", ["[0, 2, 2, 5, 6]"], SPLITS)
for name, default in [("scalar", "0"), ("whole", "[7, 8]"), ("one", "[7]")]:
    dense("of rows, " + name, "-1", "[[1, 2], [3, 4], [5, 6]]", default, ["[0, 2, 2, 3]"], SPLITS)
dense("empty", "[-1, -1]", "[]", "9", ["[0, 0, 0]"], SPLITS)
dense("row ids outside", "-1", "[1, 2]", "9", ["2", "[0, 2]"], SIZED)
dense("first row id outside", "-1", "[1, 2]", "9", ["2", "[2, 2]"], SIZED)
dense("first split", "-1", "[1, 2]", "9", ["[1, 2]"], SPLITS)
dense("unsorted", "-1", "[1, 2, 3, 4]", "9", ["[0, 3, 2, 4]"], SPLITS)
dense("more rows than there are", "-1", "[1, 2, 3, 4]", "9", ["[0, 1]", "[0, 2, 4]"], SPLITS * 2)
add("RaggedTensorToTensor static", "raw('RaggedTensorToTensor', tf.constant([-1, 4, -1]), S([[1., 2.]], [1, 2]), P(0.), [P([0, 1], 'int64')], row_partition_types=['ROW_SPLITS'])")
add("RaggedTensorToTensor static rank", "raw('RaggedTensorToTensor', S([-1, 4], [2], 'int32'), S([[1., 2.]], [1, 2]), P(0.), [P([0, 1], 'int64')], row_partition_types=['ROW_SPLITS'])")
add("RaggedTensorToTensor static size", "raw('RaggedTensorToTensor', tf.constant([-1, 4, 3]), S([[1., 2.]], [1, 2]), P(0.), [P([0, 1], 'int64')], row_partition_types=['ROW_SPLITS'])")
add("RaggedTensorToTensor static default", "raw('RaggedTensorToTensor', tf.constant(-1), S([[1., 2.]], [1, 2]), S([1., 2., 3.], [3]), [P([0, 1], 'int64')], row_partition_types=['ROW_SPLITS'])")
add("RaggedTensorToTensor static types", "raw('RaggedTensorToTensor', tf.constant(-1), P([1.]), P(0.), [P([0, 1], 'int64')], row_partition_types=['VALUE_ROWIDS'])")
add("RaggedTensorToTensor static count", "raw('RaggedTensorToTensor', tf.constant(-1), P([1.]), P(0.), [P([0, 1], 'int64')], row_partition_types=['ROW_SPLITS', 'ROW_SPLITS'])")
