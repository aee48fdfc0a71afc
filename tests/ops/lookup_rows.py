"""Lookup tables.  THEN(op, f) is what f gives behind op; each row has tables of its own.  What is fed is made before anything else, for a
placeholder does not wait."""
import re

PRELUDE = ("(lambda THEN: %s)(lambda op, f: (lambda c: (c.__enter__(), f(), c.__exit__(None, None, None))[1])"
           "(tf.control_dependencies([op])))")
ROWS = []

KEYS = {"int32": "[5, -3, 16, 0, 5]", "int64": "[5, -3, 16, 2**40, 5]", "string": "['a', '', 'hello', 'b\\0c', 'a']"}
VALUES = {"int32": "[1, 2, 3, 4, 1]", "int64": "[1, -2, 2**40, 4, 1]", "float32": "[.5, -1., 2., 1e20, .5]", "float64": "[.5, -1., 2., 1e200, .5]",
          "bool": "[True, False, True, True, True]", "string": "['x', '', 'y\\0', 'long enough to matter', 'x']"}
OTHER = {"int32": "-1", "int64": "-1", "float32": "-9.", "float64": "-9.", "bool": "False", "string": "'?'"}
HASH = [("int32", v) for v in ("int32", "float32", "float64", "string")] + \
       [("int64", v) for v in ("int32", "int64", "float32", "float64", "string")] + \
       [("string", v) for v in ("bool", "int32", "int64", "float32", "float64", "string")]
MUTABLE = [p for p in HASH if p not in (("int32", "string"), ("string", "string"))]
DENSE = [p for p in MUTABLE if p[1] != "string"] + [("int64", "bool")]


def add(name, table, steps, result):
    """`result` asked of the table h behind steps, one after the other."""
    text = result
    for step in reversed(steps):
        text = "THEN(%s, lambda: %s)" % (step, text)
    fed = []

    def hoist(match):
        fed.append(match.group(1))
        return "f%d" % len(fed)
    text = re.sub("<<(.*?)>>", hoist, "(lambda h: %s)(%s)" % (text, table))
    names = ", ".join("f%d" % (i + 1) for i in range(len(fed)))
    ROWS.append((name, PRELUDE % ("(lambda %s: %s)(%s)" % (names, text, ", ".join(fed)))))


def table(op, key, value, *inputs, **more):
    attrs = "".join(", %s=%s" % item for item in sorted(more.items()))
    key = "" if inputs else ", key_dtype=tf." + key
    return "raw(%s)" % (", ".join(("'%s'" % op,) + inputs) + "%s, value_dtype=tf.%s%s" % (key, value, attrs))


def fed(text, dtype):
    return "<<P(%s, tf.%s)>>" % (text, dtype)


def find(v, keys, otherwise, version="V2"):
    return "raw('LookupTableFind%s', h, %s, %s)" % (version, keys, otherwise)


def pairs(op, keys, values, version="V2"):
    return "raw('%s%s', h, %s, %s)" % (op, version, keys, values)


def export(key, value, version="V2"):
    return "list(raw('LookupTableExport%s', h, Tkeys=tf.%s, Tvalues=tf.%s))" % (version, key, value)


ALSO = {"int32": "[[16, 7], [5, 5]]", "int64": "[[16, 7], [5, 5]]", "string": "[['hello', 'c'], ['a', 'a']]"}
for version in ("", "V2"):
    for key, value in HASH:
        made = table("HashTable" + version, key, value)
        k, v = fed(KEYS[key], key), fed(VALUES[value], value)
        for op in ("InitializeTable", "LookupTableImport"):
            add("%s%s-%s-%s" % (op, version, key, value), made, [pairs(op, k, v, version)],
                "[%s, raw('LookupTableSize%s', h)] + %s" % (find(value, fed(ALSO[key], key), fed(OTHER[value], value), version), version, export(key, value, version)))
    for key, value in MUTABLE:
        k, v = fed(KEYS[key], key), fed(VALUES[value], value)
        result = "[%s, raw('LookupTableSize%s', h)] + %s" % (find(value, fed(ALSO[key], key), fed(OTHER[value], value), version), version, export(key, value, version))
        add("MutableHashTable%s-%s-%s" % (version, key, value), table("MutableHashTable" + version, key, value), [pairs("LookupTableInsert", k, v, version)], result)
        rows = "tf.stack([%s] * 3, 1)" % v
        wide = "tf.fill([3], %s)" % fed(OTHER[value], value)
        result = "[%s, raw('LookupTableSize%s', h)] + %s" % (find(value, fed(ALSO[key], key), wide, version), version, export(key, value, version))
        add("MutableHashTableOfTensors%s-%s-%s" % (version, key, value), table("MutableHashTableOfTensors" + version, key, value, value_shape=[3]),
            [pairs("LookupTableInsert", k, rows, version)], result)
    for key, value in DENSE:
        empty = fed("'nothing'" if key == "string" else "99", key)
        k, v = fed(KEYS[key], key), fed(VALUES[value], value)
        made = table("MutableDenseHashTable" + version, key, value, empty, initial_num_buckets=4)
        found = find(value, k, fed(OTHER[value], value), version)
        keys = "raw('LookupTableExport%s', h, Tkeys=tf.%s, Tvalues=tf.%s)[0]" % (version, key, value)
        result = "[%s, raw('LookupTableSize%s', h), %s]" % (found, version, keys)
        add("MutableDenseHashTable%s-%s-%s" % (version, key, value), made, [pairs("LookupTableInsert", k, v, version)], result)

# Shapes of keys and values.
ints = table("MutableHashTableV2", "int64", "int64")
for name, keys, values in (("scalar", "5", "6"), ("matrix", "[[5, 6]]", "[[7, 8]]"), ("empty", "[]", "[]"), ("lengths", "[1, 2]", "[1]"), ("rank", "[1]", "1")):
    for op in ("Insert", "Import"):
        add("%s-%s" % (op, name), ints, [pairs("LookupTable" + op, fed(keys, "int64"), fed(values, "int64"))], export("int64", "int64"))
    add("Initialize-%s" % name, table("HashTableV2", "int64", "int64"), [pairs("InitializeTable", fed(keys, "int64"), fed(values, "int64"))], export("int64", "int64"))
vectors = table("MutableHashTableOfTensorsV2", "int64", "int64", value_shape=[2])
for name, keys, values in (("scalar", "5", "[6, 7]"), ("matrix", "[[5, 6]]", "[[[7, 8], [9, 10]]]"), ("empty", "[]", "np.zeros((0, 2))"), ("wide", "[1]", "[[1, 2, 3]]"), ("flat", "[1]", "[1, 2]")):
    for op in ("Insert", "Import"):
        add("OfTensors-%s-%s" % (op, name), vectors, [pairs("LookupTable" + op, fed(keys, "int64"), fed(values, "int64"))], export("int64", "int64"))
for name, keys, otherwise in (("scalar", "5", "-1"), ("matrix", "[[5, 6]]", "-1"), ("empty", "[]", "-1"), ("default vector", "[5]", "[-1]"), ("no default", "[5]", "[]")):
    add("Find-%s" % name, ints, [pairs("LookupTableInsert", fed("[5]", "int64"), fed("[50]", "int64"))], find("int64", fed(keys, "int64"), fed(otherwise, "int64")))
for name, keys, otherwise in (("scalar", "5", "[-1, -2]"), ("matrix", "[[5, 6]]", "[-1, -2]"), ("empty", "[]", "[-1, -2]"), ("default scalar", "[5]", "-1"), ("default long", "[5]", "[1, 2, 3]"),
                              ("default matrix", "[5]", "[[1, 2]]")):
    add("OfTensors-Find-%s" % name, vectors, [pairs("LookupTableInsert", fed("[5]", "int64"), fed("[[50, 51]]", "int64"))], find("int64", fed(keys, "int64"), fed(otherwise, "int64")))
for shape in ("[]", "[1, 1]", "None", "[None]", "[0]"):
    add("OfTensors of %s" % shape, table("MutableHashTableOfTensorsV2", "int64", "int64", value_shape="tf.TensorShape(%s)" % shape), [],
        "raw('LookupTableSizeV2', h)")

# The order of export, also behind an import into a table that had grown.
many = "np.random.RandomState(%d).permutation(700)"
add("order-int64", ints, [pairs("LookupTableInsert", fed(many % 1, "int64"), fed(many % 1, "int64"))], export("int64", "int64"))
add("order-random", ints, [pairs("LookupTableInsert", *[fed("np.random.RandomState(2).randint(-2**62, 2**62, 300)", "int64")] * 2)], export("int64", "int64"))
words = "[str(i) * (i %% 5) for i in np.random.RandomState(%d).permutation(300)]"
add("order-string", table("MutableHashTableV2", "string", "int64"), [pairs("LookupTableInsert", fed(words % 3, "string"), fed("np.arange(300)", "int64"))],
    export("string", "int64"))
add("order-grown", ints, [pairs("LookupTableInsert", fed(many % 4, "int64"), fed(many % 4, "int64")),
                          pairs("LookupTableImport", fed("[3, 2000, 7, -1, 1500]", "int64"), fed("[1, 2, 3, 4, 5]", "int64"))], export("int64", "int64"))
for n in (11, 12, 23, 24, 47, 48):
    add("order-%d" % n, ints, [pairs("LookupTableInsert", *[fed("[i * 11 for i in range(%d)]" % n, "int64")] * 2)], export("int64", "int64"))


# The dense table.
def dense(empty="0", key="int64", value="int64", shape="[]", buckets="4", load="0.8"):
    return table("MutableDenseHashTableV2", key, value, fed(empty, key), value_shape=shape, initial_num_buckets=buckets, max_load_factor=load)


FIRST = "raw('LookupTableExportV2', h, Tkeys=tf.int64, Tvalues=tf.int64)[0]"


def dense_row(name, made, keys, values, result=FIRST, op="Insert"):
    add("dense-" + name, made, [pairs("LookupTable" + op, fed(keys, "int64"), fed(values, "int64"))], result)


dense_row("few", dense(), "[1, 2, 9]", "[5, 6, 7]")
dense_row("grows", dense(), "np.arange(1, 40)", "np.arange(39)")
dense_row("negative", dense(buckets="8"), "[-1, -2, 9, 17, 1]", "[5, 6, 7, 8, 9]")
dense_row("again", dense(), "[1, 1, 1]", "[1, 2, 3]", find("int64", fed("[1, 2]", "int64"), fed("-1", "int64")))
dense_row("vector keys", dense("[0, 0]"), "[[1, 2], [3, 4], [1, 3]]", "[5, 6, 7]")
dense_row("find vector keys", dense("[0, 0]"), "[[1, 2], [3, 4], [1, 3]]", "[5, 6, 7]", find("int64", fed("[[3, 4], [4, 3]]", "int64"), fed("-1", "int64")))
dense_row("vector values", dense(shape="[2]"), "[1, 2]", "[[1, 2], [3, 4]]", find("int64", fed("[2, 5]", "int64"), fed("[-1, -2]", "int64")))
dense_row("the empty key", dense(), "[1, 0, 2]", "[1, 2, 3]")
dense_row("scalar key", dense(), "1", "2")
dense_row("column of keys", dense(), "[[1], [2]]", "[[1], [2]]")
dense_row("row of keys", dense(), "[[1, 2]]", "[[1, 2]]")
dense_row("lengths", dense(), "[1, 2]", "[1]")
dense_row("wide keys", dense("[0, 0]"), "[[1, 2, 3]]", "[1]")
dense_row("flat keys", dense("[0, 0]"), "[1, 2]", "1")
for buckets in ("0", "1", "2", "3", "-4", "2**61"):
    dense_row("buckets %s" % buckets, dense(buckets=buckets), "[1]", "[2]")
for load in ("0.", "1.", "-1.", "2.", "0.999", "float('nan')"):
    dense_row("load %s" % load, dense(load=load), "[1, 2, 3]", "[4, 5, 6]")
dense_row("matrix values", dense(shape="[1, 1]"), "[1]", "[[[2]]]")
dense_row("matrix empty key", dense("[[0]]"), "[1]", "[2]")
dense_row("unknown value shape", dense(shape="tf.TensorShape(None)"), "[1]", "[2]")
dense_row("no empty key", dense("[]"), "np.zeros((1, 0))", "[2]")
dense_row("default is wrong", dense(shape="[2]"), "[1]", "[[1, 2]]", find("int64", fed("[1]", "int64"), fed("3", "int64")))
for name, keys in (("empty key", "[0]"), ("scalar", "1"), ("row", "[[1, 2]]"), ("column", "[[1], [2]]"), ("none", "[]")):
    dense_row("find %s" % name, dense(), "[1]", "[10]", find("int64", fed(keys, "int64"), fed("-1", "int64")))
for name, keys in (("wide", "[[1, 2, 3]]"), ("flat", "[1, 2]"), ("deep", "[[[1, 2]], [[3, 4]]]"), ("scalar", "1")):
    dense_row("find vector %s" % name, dense("[0, 0]"), "[[1, 2]]", "[10]", find("int64", fed(keys, "int64"), fed("-1", "int64")))
for name, made, keys, values in (("matrices", dense(), "[[0], [1], [0], [3]]", "[[9], [8], [7], [6]]"), ("vectors", dense(), "[0, 1]", "[2, 3]"), ("lengths", dense(), "[[0], [1]]", "[2, 3, 4]"),
                                 ("flat values", dense(), "[[0], [1]]", "[2, 3]"), ("two buckets", dense(), "[[1], [0]]", "[[2], [3]]"), ("scalar", dense(), "1", "1"),
                                 ("vector keys", dense("[0, 0]"), "[[0, 0], [1, 2]]", "[[5], [6]]"), ("wide", dense("[0, 0]"), "[[0, 0, 1], [1, 2, 3]]", "[[5], [6]]"), ("vector values", dense(shape="[2]"), "[[0], [1]]", "[[1, 2], [3, 4]]")):
    dense_row("import %s" % name, made, keys, values, op="Import")
dense_row("import full", dense(), "[[4], [1], [2], [3]]", "[[9], [8], [7], [6]]", find("int64", fed("[1, 4, 3]", "int64"), fed("-1", "int64")), "Import")
dense_row("import full, missing", dense(), "[[4], [1], [2], [3]]", "[[9], [8], [7], [6]]", find("int64", fed("[5]", "int64"), fed("-1", "int64")), "Import")
dense_row("import misplaced", dense(), "[[3], [0], [1], [0]]", "[[9], [8], [7], [6]]", find("int64", fed("[1, 3]", "int64"), fed("-1", "int64")), "Import")
dense_row("import three", dense(), "[[0], [1], [3]]", "[[9], [8], [7]]", find("int64", fed("[1]", "int64"), fed("-1", "int64")), "Import")
dense_row("import nothing", dense(), "np.zeros((0, 1))", "np.zeros((0, 1))", "raw('LookupTableSizeV2', h)", "Import")
add("dense-import full, insert", dense(), [pairs("LookupTableImport", fed("[[4], [1], [2], [3]]", "int64"), fed("[[9], [8], [7], [6]]", "int64")),
                                           pairs("LookupTableInsert", fed("[5]", "int64"), fed("[1]", "int64"))], FIRST)
add("dense-import two, insert", dense(), [pairs("LookupTableImport", fed("[[0], [1]]", "int64"), fed("[[9], [8]]", "int64")),
                                          pairs("LookupTableInsert", fed("[5]", "int64"), fed("[1]", "int64"))], FIRST)

# What the graph knows.
PARTLY = ("S([[5, 6]], [None, 2], tf.int64)", "S([5, 6], [None], tf.int64)", "S([5, 6], None, tf.int64)", "S(5, [], tf.int64)", "tf.constant([5, 6], tf.int64)")
for i, keys in enumerate(PARTLY):
    add("static-find-%d" % i, ints, [], find("int64", keys, "tf.constant(-1, tf.int64)"))
    add("static-find-vectors-%d" % i, vectors, [], find("int64", keys, "tf.constant([-1, -2], tf.int64)"))
    add("static-find-dense-%d" % i, table("MutableDenseHashTableV2", "int64", "int64", "tf.constant([1, 2], tf.int64)", value_shape="[3]"), [],
        find("int64", keys, "tf.constant([-1, -2, -3], tf.int64)"))
    add("static-find-dense-fed-%d" % i, dense("[1, 2]"), [], find("int64", keys, "tf.constant(-1, tf.int64)"))
    add("static-find-old-%d" % i, table("MutableHashTable", "int64", "int64"), [], find("int64", keys, "tf.constant(-1, tf.int64)", ""))
add("static-dtype key", ints, [], find("int64", "tf.constant(['a'])", "tf.constant(-1, tf.int64)"))
add("static-dtype value", ints, [], find("int64", "tf.constant([1], tf.int64)", "tf.constant(1.)"))
add("static-default", ints, [], find("int64", "tf.constant([1], tf.int64)", "tf.constant([[1]], tf.int64)"))
add("static-export key", ints, [], export("string", "int64"))
add("static-export value", ints, [], export("int64", "string"))
for op in ("LookupTableImport", "InitializeTable"):
    add("static-%s scalar" % op, ints, [pairs(op, "tf.constant(1, tf.int64)", "tf.constant(1, tf.int64)")], "tf.constant(1)")
    add("static-%s lengths" % op, ints, [pairs(op, "tf.constant([1], tf.int64)", "tf.constant([1, 2], tf.int64)")], "tf.constant(1)")
    add("static-%s vectors" % op, vectors, [pairs(op, "tf.constant([1], tf.int64)", "tf.constant([[1, 2]], tf.int64)")], "tf.constant(1)")
for op in ("raw('LookupTableSizeV2', tf.placeholder(tf.resource, [2]))", "raw('LookupTableFindV2', tf.placeholder(tf.resource, [2]), [1], 2)",
           "raw('LookupTableSize', V(['a'], tf.string))", "raw('LookupTableSize', V([['a', 'b']], tf.string))", "raw('InitializeTableFromTextFileV2', h, ['a'], key_index=-2, value_index=-1)",
           "raw('InitializeTableFromTextFileV2', h, 'a', key_index=-3, value_index=-1)", "raw('InitializeTableFromTextFileV2', h, 'a', key_index=-2, value_index=-1, vocab_size=-2)"):
    add("static-" + op, ints, [], op)

# Dtypes that are not the table's, handles that are none.
for version in ("", "V2"):
    made = table("HashTable" + version, "string", "int64")
    start = pairs("InitializeTable", "tf.constant(['a'])", "tf.constant([1], tf.int64)", version)
    for key, value in (("int64", "int64"), ("string", "int32"), ("int32", "float32")):
        k, v = fed(KEYS[key], key), fed(VALUES[value], value)
        for op in ("InitializeTable", "LookupTableImport", "LookupTableInsert"):
            add("dtypes-%s%s-%s-%s" % (op, version, key, value), made, [pairs(op, k, v, version)], "tf.constant(1)")
        add("dtypes-find%s-%s-%s" % (version, key, value), made, [start], find(value, k, fed(OTHER[value], value), version))
    add("uninitialized-find" + version, made, [], find("int64", "tf.constant(['a'])", "tf.constant(-1, tf.int64)", version))
    add("uninitialized-size" + version, made, [], "raw('LookupTableSize%s', h)" % version)
    add("uninitialized-export" + version, made, [], export("string", "int64", version))
    add("fixed-insert" + version, made, [pairs("LookupTableInsert", "tf.constant(['a'])", "tf.constant([1], tf.int64)", version)], "tf.constant(1)")
    add("twice" + version, made, [start, pairs("InitializeTable", "tf.constant(['a'])", "tf.constant([1], tf.int64)", version)], "tf.constant(1)")
    for name, values in (("same", "[1, 2, 1]"), ("other", "[1, 2, 3]")):
        add("repeated-%s%s" % (name, version), made, [pairs("InitializeTable", "tf.constant(['a', 'b', 'a'])", "tf.constant(%s, tf.int64)" % values, version)], export("string", "int64", version))
    mutable = table("MutableHashTable" + version, "string", "int64", container="'c'", shared_name="'m'")
    add("mutable-initialize" + version, mutable, [start], "tf.constant(1)")
    add("no file" + version, made, ["raw('InitializeTableFromTextFile%s', h, 'there is no such file', key_index=-2, value_index=-1)" % version], "tf.constant(1)")
    add("delimiter" + version, made, ["raw('InitializeTableFromTextFile%s', h, 'a', key_index=-2, value_index=-1, delimiter='ab')" % version], "tf.constant(1)")
for key, value, values in (("int64", "float32", "[1.5, 2.25, 1.5]"), ("int64", "float64", "[1 / 3., 1e20, 1e20]"), ("string", "bool", "[True, False, False]"), ("string", "string", "['x', 'y', 'z']"),
                           ("int32", "int32", "[1, 2, 3]"), ("int64", "float32", "[float('nan')] * 3"), ("int64", "float64", "[float('inf'), 1, -float('inf')]"), ("int64", "float32", "[0., 1., -0.]")):
    keys = "['k', 'l', 'k']" if key == "string" else "[-7, 8, -7]"
    add("repeated-%s-%s-%s" % (key, value, values), table("HashTableV2", key, value), [pairs("InitializeTable", fed(keys, key), fed(values, value))], export(key, value))
add("handle-three", "V(['a', 'b', 'c'], tf.string)", [], "raw('LookupTableSize', h)")
add("handle-missing", "V(['localhost', 'b'], tf.string)", [], "raw('LookupTableSize', h)")
add("handle-variable", "R([1.])", [], "raw('LookupTableSizeV2', h)")
add("handle-text", table("MutableHashTable", "string", "int64", container="'c'", shared_name="'m'"), [], "tf.identity(h)")
add("shared-dtypes", table("HashTableV2", "string", "int64", shared_name="'t'"), [start],
    "raw('LookupTableSizeV2', %s)" % table("HashTableV2", "int64", "string", shared_name="'t'"))
add("shared-kinds", table("HashTableV2", "string", "int64", shared_name="'t'"), [start], "raw('LookupTableSizeV2', %s)" % table("MutableHashTableV2", "string", "int64", shared_name="'t'"))
add("dense-import nothing, find", dense(), [pairs("LookupTableImport", fed("np.zeros((0, 1))", "int64"), fed("np.zeros((0, 1))", "int64"))],
    find("int64", fed("[]", "int64"), fed("-1", "int64")))
