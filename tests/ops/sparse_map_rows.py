"""Rows of sparse tensors that are kept in maps, or serialised."""
ROWS = []
I, W, S = "[[0, 0], [1, 0], [1, 2]]", "[1., 2, 3]", "[2, 3]"


def parts(i=I, v=W, s=S, d="float32"):
    return "P(%s, 'int64'), P(%s, '%s'), P(%s, 'int64')" % (i, v, d, s)


def add(*args, **attributes):
    return "raw('AddSparseToTensorsMap', %s)" % ", ".join([parts(*args)] + ["%s=%r" % item for item in sorted(attributes.items())])


def many(*args, **attributes):
    return "raw('AddManySparseToTensorsMap', %s)" % ", ".join([parts(*args)] + ["%s=%r" % item for item in sorted(attributes.items())])


def take(handles, dtype="float32", name="m"):
    return "list(raw('TakeManySparseFromTensorsMap', %s, dtype=tf.%s, shared_name='%s'))" % (handles, dtype, name)


TYPES = {"string": "['a', 'bc', '']", "bool": "[True, False, True]", "complex64": "[1 + 2j, 3, 0]"}
TYPES.update((d, "[1, 2, 3]") for d in ["float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "complex128"])
BAD = [("vector of indices", "[0, 0]", "[1.]", "[2, 3]"), ("matrix of values", "[[0, 0]]", "[[1.]]", "[2, 3]"), ("matrix of shape", "[[0, 0]]", "[1.]", "[[2, 3]]"),
       ("scalar values", "[[0, 0]]", "1.", "[2, 3]"), ("few values", "[[0, 0], [1, 1]]", "[1.]", "[2, 3]"), ("many values", "[[0, 0]]", "[1., 2]", "[2, 3]"),
       ("narrow", "[[0]]", "[1.]", "[2, 3]"), ("wide", "[[0, 0, 0]]", "[1.]", "[2, 3]"), ("index", "[[0, 3]]", "[1.]", "[2, 3]"), ("negative", "[[0, -1]]", "[1.]", "[2, 3]"),
       ("row", "[[2, 0]]", "[1.]", "[2, 3]"), ("negative row", "[[-1, 0]]", "[1.]", "[2, 3]"), ("unordered", "[[1, 0], [0, 1]]", "[1., 2]", "[2, 3]"),
       ("unordered inside", "[[1, 1], [1, 0]]", "[1., 2]", "[2, 3]"), ("repeated", "[[1, 0], [1, 0]]", "[1., 2]", "[2, 3]"), ("vector", "[[0]]", "[1.]", "[2]"),
       ("scalar", "np.zeros((1, 0))", "[1.]", "np.zeros(0)"), ("empty", "np.zeros((0, 2))", "np.zeros(0)", "[2, 3]"), ("no rows", "np.zeros((0, 2))", "np.zeros(0)", "[0, 3]"),
       ("negative shape", "[[0, 0]]", "[1.]", "[2, -3]"), ("huge", "[[0, 0]]", "[1.]", "[2**40, 2**40]")]
for d in TYPES:
    ROWS.append(("there and back " + d, take(many(I, TYPES[d], S, d, shared_name="m"), d)))
    ROWS.append(("one " + d, take("tf.expand_dims(%s, 0)" % add(I, TYPES[d], S, d, shared_name="m"), d)))
    for op in ["SerializeSparse", "SerializeManySparse"]:
        ROWS.append((op + " " + d, "raw('%s', %s)" % (op, parts(I, TYPES[d], S, d))))
        ROWS.append((op + " variant " + d, "list(raw('DeserializeSparse', raw('%s', %s, out_type=tf.variant), dtype=tf.%s))" % (op, parts(I, TYPES[d], S, d), d)))
for name, i, v, s in BAD:
    ROWS += [("add " + name, add(i, v, s)), ("many " + name, many(i, v, s)), ("serialize " + name, "raw('SerializeSparse', %s)" % parts(i, v, s))]
    ROWS += [("serialize many " + name, "raw('SerializeManySparse', %s)" % parts(i, v, s))]
ROWS += [("numbers", "[%s, %s]" % (add(), many())), ("not there", take("P([3], 'int64')")), ("none", take("P([], 'int64')")), ("scalar numbers", take("P(0, 'int64')")),
         ("matrix of numbers", take("P([[0]], 'int64')")), ("other type", take(many(shared_name="m"), "int32")), ("twice", take("tf.concat([%s] * 2, 0)" % many(shared_name="m"))),
         ("other map", take(many(shared_name="n"))), ("shared_name", add(shared_name="_x")), ("container", add(container="a b")), ("container dots", add(container="a.b-c/d")),
         ("container slash", add(container="/a")), ("variant of others", "list(raw('DeserializeSparse', tf.stack([raw('TensorListReserve', P([], 'int32'), P(1, 'int32'), element_dtype=tf.float32)] * 3), dtype=tf.float32))"),
         ("variant type", "list(raw('DeserializeSparse', raw('SerializeSparse', %s, out_type=tf.variant), dtype=tf.int32))" % parts()),
         ("variant order", "list(raw('DeserializeSparse', raw('SerializeSparse', %s, out_type=tf.variant)[::-1], dtype=tf.int64))" % parts(d="int64"))]


def ser(i=I, v=W, s=S, d="float32", out="string"):
    return "raw('SerializeSparse', %s, out_type=tf.%s)" % (parts(i, v, s, d), out)


def back(name, serialized, dtype="float32", op="DeserializeSparse"):
    ROWS.append(("back " + name, "list(raw('%s', %s, dtype=tf.%s))" % (op, serialized, dtype)))


def back_of(name, a, b, c, out, dtype="float32"):
    back("%s %s" % (name, out), "tf.stack([%s, %s, %s])" % (a, b, c), dtype)


for out in ["string", "variant"]:
    x = ser(out=out)
    i, v, s = ["%s[%d]" % (x, k) for k in range(3)]
    back_of("rotated", s, i, v, out)
    back_of("shapes", s, s, s, out)
    back_of("indices", i, i, i, out)
    back_of("values", v, v, v, out)
    back_of("values in indices", v, v, s, out)
    back_of("shape in indices", s, v, s, out)
    back_of("shape in values", i, s, s, out)
    back_of("indices in values", i, i, s, out, "int64")
    back("other type " + out, x, "int32")
    back_of("few values", i, ser(v="[1., 2]", i="[[0, 0], [1, 0]]", out=out) + "[1]", s, out)
    back_of("long shape", i, v, ser("[[0, 0, 0]]", "[1.]", "[2, 3, 4]", out=out) + "[2]", out)
    back("ranks " + out, "tf.stack([%s, %s])" % (x, ser("[[0]]", "[1.]", "[7]", out=out)))
    back("second type " + out, "tf.stack([%s, %s])" % (x, ser(d="int32", out=out)))
    back("second shape " + out, "tf.stack([%s, tf.stack([%s] * 3)])" % (x, i))
    back("front " + out, "tf.stack([[%s] * 2] * 3)" % x)
    back("empty " + out, ser("np.zeros((0, 2))", "np.zeros(0)", "[2, 3]", out=out))
    back("no elements " + out, ser("np.zeros((0, 2))", "np.zeros(0)", "[0, 3]", out=out))
    back("rank 0 " + out, ser("np.zeros((1, 0))", "[5]", "np.zeros(0)", out=out))
    back("outside " + out, ser("[[7, -7]]", "[5]", "[2, 3]", out=out))
    back("sizes " + out, "tf.stack([%s, %s])" % (x, ser("[[0, 4]]", "[5]", "[1, 5]", out=out)))
    back("negative shape " + out, ser("[[0, 0]]", "[5]", "[-2, 3]", out=out))
for k in range(3):
    for text in ["x", ""]:
        back("%r in %d" % (text, k), "tf.stack([%s])" % ", ".join("P('%s', 'string')" % text if j == k else "%s[%d]" % (ser(), j) for j in range(3)))
back("nothing", "P(np.zeros((0, 3)), 'string')")
back("many", "tf.stack([%s, %s])" % (ser(), ser("[[5, 7]]", "[1.]", "[6, 8]")), op="DeserializeManySparse")
back("many vector", ser(), op="DeserializeManySparse")
back("many of rank 3", "P([[['', '', '']]], 'string')", op="DeserializeManySparse")
back("many of nothing", "P(np.zeros((0, 3)), 'string')", op="DeserializeManySparse")
back("many ranks", "tf.stack([%s, %s])" % (ser(), ser("[[5]]", "[1.]", "[6]")), op="DeserializeManySparse")
