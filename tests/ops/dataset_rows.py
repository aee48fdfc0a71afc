"""Datasets, drained through an iterator; the arguments are fed, so that nothing is known of them before they run."""
ROWS = []
ONE = "[tf.int64], [[]]"


def add(name, dataset, declared=ONE, limit=40):
    """All elements of a dataset, written with at(types, shapes) for its attributes."""
    ROWS.append((name, "drain(%s, %s, limit=%d)" % (dataset, declared, limit)))


def at(declared=ONE, types="output_types"):
    kinds, shapes = declared.split("], [", 1)
    return "%s=%s], output_shapes=[%s" % (types, kinds, shapes)


def i(value):
    return "P(%s, tf.int64)" % value


def numbers(n, start=0, step=1):
    return "raw('RangeDataset', %s, %s, %s, %s)" % (i(start), i(n), i(step), at())


def unary(op, source, *arguments, declared=ONE, more=""):
    return "raw('%s', %s, %s%s)" % (op, ", ".join((source,) + arguments), at(declared), more)


def slices(text, dtype, shape="[]", known="None"):
    made = "raw('TensorSliceDataset', [P(%s, tf.%s)], output_shapes=[%s])" % (text, dtype, known)
    return made, "[tf.%s], [%s]" % (dtype, shape)


def flag(value):
    return "P(%s, tf.bool)" % value


# ---- Tensors, slices, numbers
VALUES = {"bool": "[True, False]", "string": "['a', 'b\\0c']", "complex64": "[1+2j, -1j]", "complex128": "[1+2j, -1j]"}
DTYPES = "bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 float16 float32 float64 complex64 complex128 string".split()
for dtype in DTYPES:
    value = VALUES.get(dtype, "[1, 2]")
    add("tensor %s" % dtype, "raw('TensorDataset', [P(%s, tf.%s)], output_shapes=[None])" % (value, dtype), "[tf.%s], [None]" % dtype)
    if dtype not in ("uint32", "uint64"):
        add("slices %s" % dtype, *slices(value, dtype))
add("tensor two components", "raw('TensorDataset', [P(1.), P(['x', 'y'], tf.string)], output_shapes=[[], [2]])", "[tf.float32, tf.string], [[], [2]]")
add("tensor empty", "raw('TensorDataset', [P(np.zeros((0, 3)))], output_shapes=[None])", "[tf.float32], [[0, 3]]")
add("tensor shapes of another number", "raw('TensorDataset', [P(1.), P(2.)], output_shapes=[[]])", "[tf.float32, tf.float32], [[], []]")
add("tensor of another type than is asked", "raw('TensorDataset', [P(1.)], output_shapes=[[]])", "[tf.int32], [[]]")
add("tensor of another shape than is asked", "raw('TensorDataset', [P([1., 2.])], output_shapes=[None])", "[tf.float32], [[3]]")
add("tensor of more components than are asked", "raw('TensorDataset', [P(1.), P(1.)], output_shapes=[[], []])", "[tf.float32], [[]]")
add("slices matrix", *slices("[[1, 2], [3, 4], [5, 6]]", "int32", "[2]"))
add("slices two", "raw('TensorSliceDataset', [P([1, 2, 3]), P([[4], [5], [6]])], output_shapes=[[], [1]])", "[tf.float32, tf.float32], [[], [1]]")
add("slices none left", *slices("np.zeros((0, 2))", "float32", "[2]"))
add("slices of a scalar", *slices("1", "int32"))
add("slices of scalars of known shape", "raw('TensorSliceDataset', [S(1., [])], output_shapes=[[]])", "[tf.float32], [[]]")
add("slices of different lengths", "raw('TensorSliceDataset', [P([1, 2, 3]), P([4, 5])], output_shapes=[[], []])", "[tf.float32, tf.float32], [[], []]")
add("slices of one and a scalar", "raw('TensorSliceDataset', [P([1, 2, 3]), P(4)], output_shapes=[[], []])", "[tf.float32, tf.float32], [[], []]")
for name, (start, stop, step) in {"up": (0, 5, 2), "down": (5, -3, -3), "none": (5, 0, 1), "none down": (0, 5, -1), "same": (3, 3, 1), "zero": (0, 5, 0),
                                  "far": ("2**63 - 3", "2**63 - 1", 1), "low": ("-2**63 + 2", "-2**63", -1)}.items():
    add("range %s" % name, numbers(stop, start, step))
add("range of a vector", numbers("[5]"))
add("range from a vector", numbers(5, "[0]"))
add("range by a matrix", numbers(5, 0, "[[1]]"))
add("range of a vector that is known", "raw('RangeDataset', S([0], [1], tf.int64), %s, %s, %s)" % (i(5), i(1), at()))

# ---- Counts
for op in ("RepeatDataset", "TakeDataset", "SkipDataset"):
    for count in ("-2", "-1", "0", "1", "2", "3", "7", "2**62", "[1]", "[]"):
        add("%s %s" % (op, count), unary(op, numbers(3), i(count)), limit=10)
    add("%s 2 of none" % op, unary(op, numbers(0), i(2)))
    add("%s -1 of none" % op, unary(op, numbers(0), i(-1)))
    add("%s of no dataset" % op, unary(op, "raw('OptionalNone')", i(2)))
add("repeat of a vector that is known", unary("RepeatDataset", numbers(3), "S([1], [1], tf.int64)"))

# ---- Batches
for op, more in (("BatchDataset", ()), ("BatchDatasetV2", (flag(False),)), ("BatchDatasetV2", (flag(True),))):
    name = op + (" drop" if more == (flag(True),) else "")
    for size in ("1", "2", "5", "9", "2**40", "0", "-1", "-2**63", "[2]", "[]"):
        add("%s %s" % (name, size), unary(op, numbers(5), i(size), *more, declared="[tf.int64], [[None]]"), "[tf.int64], [[None]]")
add("batch of none", unary("BatchDataset", numbers(0), i(2)), "[tf.int64], [[None]]")
add("batch dropping by a vector", unary("BatchDatasetV2", numbers(5), i(2), flag("[True]")), "[tf.int64], [[None]]")
add("batch by a vector that is known", unary("BatchDatasetV2", numbers(5), "S([2], [1], tf.int64)", flag(True)), "[tf.int64], [[None]]")
for dtype in ("bool", "string", "float16", "complex128", "uint8"):
    made, declared = slices({"bool": "[True, False, True]", "string": "['a', '', 'long enough to be kept apart']"}.get(dtype, "[1, 2, 3]"), dtype)
    add("batch of %s" % dtype, unary("BatchDataset", made, i(2), declared="[tf.%s], [None]" % dtype), "[tf.%s], [None]" % dtype)
SIZES = unary("MapDataset", numbers(4), "[]", declared="[tf.int64], [[None]]", more=", f=F(lambda x: tf.fill([tf.cast(x, tf.int32)], x), tf.int64)")
add("sizes", SIZES, "[tf.int64], [[None]]")
add("batch of different sizes", unary("BatchDataset", SIZES, i(2)), "[tf.int64], [None]")
for op, more in (("PaddedBatchDataset", ""), ("PaddedBatchDatasetV2", ", P(False, tf.bool)"), ("PaddedBatchDatasetV2", ", P(True, tf.bool)")):
    name = op + (" drop" if "True" in more else "")
    for case, (size, shape, value, dtype) in {
            "by the longest": (3, "[-1]", 0, "int64"), "to five": (3, "[5]", -7, "int64"), "all": (9, "[-1]", 9, "int64"),
            "to less": (3, "[1]", 0, "int64"), "rank 0": (3, "[]", 0, "int64"), "rank 2": (3, "[-1, -1]", 0, "int64"),
            "-2": (3, "[-2]", 0, "int64"), "size 0": (0, "[-1]", 0, "int64"), "size -1": (-1, "[-1]", 0, "int64"),
            "size a vector": ("[3]", "[-1]", 0, "int64"), "shape a matrix": (3, "[[-1]]", 0, "int64"), "value a vector": (3, "[-1]", "[0]", "int64"),
            "value of int32": (3, "[-1]", 0, "int32"), "far": (3, "[2**62]", 0, "int64")}.items():
        made = "raw('%s', %s, %s, [P(%s, tf.int64)], [P(%s, tf.%s)]%s, output_shapes=[None])" % (op, SIZES, i(size), shape, value, dtype, more)
        add("%s %s" % (name, case), made, "[tf.int64], [None]")
add("padded with two shapes", "raw('PaddedBatchDataset', %s, %s, [%s, %s], [P(0, tf.int64)], output_shapes=[None])" % (SIZES, i(2), i("[-1]"), i("[-1]")), "[tf.int64], [None]")
add("padded with two values", "raw('PaddedBatchDataset', %s, %s, [%s], [P(0, tf.int64), P(0, tf.int64)], output_shapes=[None, None])" % (SIZES, i(2), i("[-1]")), "[tf.int64], [None]")
WORDS = slices("[['a'], ['bc']]", "string", "[1]")
add("padded strings", "raw('PaddedBatchDataset', %s, %s, [%s], [P('-', tf.string)], output_shapes=[None])" % (WORDS[0], i(2), i("[3]")), "[tf.string], [None]")
for size in ("2", "3", "0", "-1", "[2]"):
    for wide in ("[4]", "[1]", "[-1]", "[]", "[4, 4]", "[-2]", "4"):
        if size in ("2", "3") and wide not in ("[4]", "[-1]"):
            continue
        made = unary("DenseToSparseBatchDataset", SIZES, i(size), i(wide), declared="[tf.variant], [None]")
        if size in ("2", "3"):
            ROWS.append(("dense to sparse %s %s" % (size, wide), "list(raw('DeserializeSparse', raw('DatasetToSingleElement', raw('TakeDataset', %s, %s, output_types=[tf.variant], output_shapes=[None]), output_types=[tf.variant], output_shapes=[[3]])[0], dtype=tf.int64))" % (made, i(1))))
        else:
            add("dense to sparse %s %s" % (size, wide), made, "[tf.variant], [None]", 3)
add("unbatch", unary("UnbatchDataset", slices("[[1, 2], [3, 4]]", "int64")[0]))
add("unbatch of scalars", unary("UnbatchDataset", numbers(2)))
add("unbatch of different sizes", unary("UnbatchDataset", "raw('ZipDataset', [%s, %s], output_types=[tf.int64, tf.int64], output_shapes=[None, None])" % (SIZES, slices("[[1, 2], [3, 4]]", "int64")[0]),
                                        declared="[tf.int64, tf.int64], [[], []]"), "[tf.int64, tf.int64], [[], []]")
for size, shift, stride in (("3", "1", "1"), ("2", "2", "2"), ("4", "3", "2"), ("9", "1", "1"), ("0", "1", "1"), ("2", "0", "1"), ("2", "1", "0"), ("-1", "1", "1"),
                            ("2", "-1", "1"), ("2", "1", "-1"), ("[2]", "1", "1"), ("2", "[1]", "1"), ("2", "1", "[1]")):
    add("slide %s %s %s" % (size, shift, stride), unary("SlideDataset", numbers(7), i(size), i(shift), i(stride), declared="[tf.int64], [[None]]"), "[tf.int64], [[None]]")
    for drop in ("True", "False"):
        window = unary("WindowDataset", numbers(7), i(size), i(shift), i(stride), flag(drop), declared="[tf.variant], [[]]")
        flat = unary("FlatMapDataset", window, "[]", declared="[tf.int64], [[None]]", more=", f=F(lambda d: raw('BatchDataset', d, tf.constant(20, tf.int64), output_types=[tf.int64], output_shapes=[[None]]), tf.variant)")
        add("window %s %s %s %s" % (size, shift, stride, drop), flat, "[tf.int64], [[None]]")

# ---- Several inputs
FLOATS = slices("[.5, 1.5]", "float32")[0]
add("zip", "raw('ZipDataset', [%s, %s], output_types=[tf.int64, tf.float32], output_shapes=[[], []])" % (numbers(5), FLOATS), "[tf.int64, tf.float32], [[], []]")
add("zip of one", "raw('ZipDataset', [%s], %s)" % (numbers(2), at()))
add("zip of none", "raw('ZipDataset', [], %s)" % at())
add("zip with no dataset", "raw('ZipDataset', [%s, raw('OptionalNone')], output_types=[tf.int64, tf.float32], output_shapes=[[], []])" % numbers(5))
add("concatenate", "raw('ConcatenateDataset', %s, %s, %s)" % (numbers(2), numbers(7, 5), at()))
add("concatenate of other types", "raw('ConcatenateDataset', %s, %s, %s)" % (numbers(2), FLOATS, at()))
add("concatenate of other components", "raw('ConcatenateDataset', %s, raw('ZipDataset', [%s, %s], output_types=[tf.int64, tf.int64], output_shapes=[[], []]), %s)" % (numbers(2), numbers(2), numbers(2), at()))
add("concatenate of shapes", "raw('ConcatenateDataset', %s, %s, %s)" % (slices("[[1, 2]]", "int64")[0], slices("[[[3]]]", "int64")[0], at("[tf.int64], [None]")), "[tf.int64], [None]")
for name, selector in {"0 1 1 0": "[0, 1, 1, 0]", "to the end": "[1, 1, 1, 1, 0, 0]", "vectors": "[[0], [1]]"}.items():
    add("directed %s" % name, "raw('ExperimentalDirectedInterleaveDataset', %s, [%s, %s], %s)" % (slices(selector, "int64")[0], numbers(3), numbers(13, 10), at()))
add("directed by float", "raw('ExperimentalDirectedInterleaveDataset', %s, [%s, %s], %s)" % (FLOATS, numbers(3), numbers(13, 10), at()))
add("directed of other types", "raw('ExperimentalDirectedInterleaveDataset', %s, [%s, %s], %s)" % (numbers(2), numbers(3), FLOATS, at()))

# ---- Shuffled and random
for size in ("1", "2", "3", "10", "2**40", "0", "-1", "-2**63", "[3]", "[]"):
    for seeds in (("3", "5"), ("0", "7"), ("2**40", "-1")):
        if size in ("1", "2", "3", "10") or seeds[0] == "3":
            add("shuffle %s by %s %s" % ((size,) + seeds), unary("ShuffleDataset", numbers(7), i(size), i(seeds[0]), i(seeds[1])))
            add("shuffle and repeat %s by %s %s" % ((size,) + seeds), unary("ShuffleAndRepeatDataset", numbers(5), i(size), i(seeds[0]), i(seeds[1]), i(3)))
for count in ("1", "-1", "[1]"):
    add("shuffle and repeat for %s" % count, unary("ShuffleAndRepeatDataset", numbers(4), i(3), i(1), i(2), i(count)), limit=11)
for again in ("True", "False"):
    add("shuffle repeated, anew %s" % again, unary("RepeatDataset", unary("ShuffleDataset", numbers(6), i(4), i(11), i(13), more=", reshuffle_each_iteration=%s" % again), i(3)))
add("shuffle by a vector", unary("ShuffleDataset", numbers(7), i(3), i("[1]"), i(1)))
add("shuffle of none", unary("ShuffleDataset", numbers(0), i(3), i(1), i(1)))
for seeds in (("3", "5"), ("0", "7"), ("2**40", "-1")):
    add("random by %s %s" % seeds, "raw('RandomDataset', %s, %s, %s)" % (i(seeds[0]), i(seeds[1]), at()), limit=10)
add("random by a vector", "raw('RandomDataset', %s, %s, %s)" % (i("[1]"), i(2), at()), limit=3)

# ---- Functions
DOUBLE = ", f=F(lambda x: x * 2, tf.int64)"
CAPTURE = ", f=F(lambda x, y: x * y, tf.int64, tf.int64)"
WRONG = {"no arguments": "F(lambda: tf.constant(1, tf.int64))", "two arguments": "F(lambda x, y: x + y, tf.int64, tf.int64)", "an argument of int32": "F(lambda x: tf.cast(x, tf.int64), tf.int32)",
         "two results": "F(lambda x: (x, x), tf.int64)", "a result that is a vector": "F(lambda x: tf.stack([x, x]), tf.int64)"}
MAPS = {"MapDataset": "", "ParallelMapDataset": ", P(2, tf.int32)"}
for op, behind in MAPS.items():
    add("%s" % op, "raw('%s', %s, []%s, %s%s)" % (op, numbers(4), behind, at(), DOUBLE))
    add("%s of a captured value" % op, "raw('%s', %s, [%s]%s, %s%s)" % (op, numbers(4), i(10), behind, at(), CAPTURE))
    add("%s with a failure" % op, "raw('%s', %s, []%s, %s, f=F(lambda x: 6 // (x - 1), tf.int64))" % (op, numbers(4), behind, at()))
    add("%s to two" % op, "raw('%s', %s, []%s, output_types=[tf.int64, tf.string], output_shapes=[[], []], f=F(lambda x: (x, tf.as_string(x)), tf.int64))" % (op, numbers(3), behind), "[tf.int64, tf.string], [[], []]")
    add("%s ends early" % op, "raw('%s', %s, []%s, %s, f=F(lambda x: tf.gather(tf.constant([1, 2], tf.int64), x), tf.int64))" % (op, numbers(3), behind, at()))
for n in ("1", "3", "100", "0", "-1", "-2", "[2]"):
    add("ParallelMapDataset by %s" % n, "raw('ParallelMapDataset', %s, [], P(%s, tf.int32), %s%s)" % (numbers(9), n, at(), DOUBLE))
for name, predicate in {"even": "F(lambda x: tf.equal(x % 2, 0), tf.int64)", "none": "F(lambda x: x < 0, tf.int64)", "a vector": "F(lambda x: tf.stack([x > 0, x > 1]), tf.int64)",
                        "a number": "F(lambda x: x, tf.int64)", "two results": "F(lambda x: (x > 0, x > 1), tf.int64)"}.items():
    add("filter %s" % name, "raw('FilterDataset', %s, [], %s, predicate=%s)" % (numbers(6), at(), predicate))
add("filter by a captured value", "raw('FilterDataset', %s, [%s], %s, predicate=F(lambda x, y: x < y, tf.int64, tf.int64))" % (numbers(6), i(2), at()))
add("filter by the last", "raw('FilterByLastComponentDataset', %s, %s)" % ("raw('ZipDataset', [%s, %s], output_types=[tf.int64, tf.bool], output_shapes=[[], []])" % (numbers(3), slices("[True, False, True]", "bool")[0]), at()))
UPTO = "F(lambda x: raw('RangeDataset', tf.constant(0, tf.int64), x, tf.constant(1, tf.int64), output_types=[tf.int64], output_shapes=[[]]), tf.int64)"
TENS = "F(lambda x: raw('RangeDataset', x * 10, x * 10 + 4, tf.constant(1, tf.int64), output_types=[tf.int64], output_shapes=[[]]), tf.int64)"
add("flat map", "raw('FlatMapDataset', %s, [], %s, f=%s)" % (numbers(5), at(), UPTO))
add("flat map to numbers", "raw('FlatMapDataset', %s, [], %s%s)" % (numbers(5), at(), DOUBLE))
add("flat map to two", "raw('FlatMapDataset', %s, [], %s, f=F(lambda x: (x, x), tf.int64))" % (numbers(5), at()))
add("flat map of a captured value", "raw('FlatMapDataset', %s, [%s], %s, f=F(lambda x, y: raw('RangeDataset', x, y, tf.constant(1, tf.int64), output_types=[tf.int64], output_shapes=[[]]), tf.int64, tf.int64))" % (numbers(4), i(3), at()))
for cycle, block in (("1", "1"), ("2", "1"), ("2", "3"), ("3", "2"), ("9", "1"), ("0", "1"), ("1", "0"), ("-1", "1"), ("1", "-1"), ("[1]", "1"), ("1", "[1]"), ("2", "2**40")):
    add("interleave %s %s" % (cycle, block), "raw('InterleaveDataset', %s, [], %s, %s, %s, f=%s)" % (numbers(5), i(cycle), i(block), at(), UPTO))
    if cycle != "9":
        add("parallel interleave 2 %s %s" % (cycle, block), "raw('ParallelInterleaveDatasetV2', %s, [], %s, %s, %s, %s, f=%s)" % (numbers(4), i(cycle), i(block), i(1), at(), TENS))
    add("parallel interleave %s %s" % (cycle, block), "raw('ParallelInterleaveDataset', %s, [], %s, %s, %s, %s, %s, %s, f=%s)" % (numbers(4), i(cycle), i(block), flag(False), i(2), i(1), at(), TENS))
for n in ("0", "-1", "-2", "3", "[1]"):
    add("parallel interleave 2 by %s" % n, "raw('ParallelInterleaveDatasetV2', %s, [], %s, %s, %s, %s, f=%s)" % (numbers(4), i(2), i(1), i(n), at(), TENS))
for ahead, inputs in (("0", "1"), ("-1", "1"), ("1", "-1"), ("1", "0"), ("[1]", "1"), ("1", "[1]")):
    add("parallel interleave ahead %s %s" % (ahead, inputs), "raw('ParallelInterleaveDataset', %s, [], %s, %s, %s, %s, %s, %s, f=%s)" % (numbers(4), i(2), i(1), flag(False), i(ahead), i(inputs), at(), TENS))
add("parallel interleave sloppy by a vector", "raw('ParallelInterleaveDataset', %s, [], %s, %s, %s, %s, %s, %s, f=%s)" % (numbers(4), i(2), i(1), flag("[False]"), i(2), i(1), at(), TENS))
for op in ("MapAndBatchDataset", "MapAndBatchDatasetV2"):
    for size, parallel, drop in (("2", "1", "False"), ("2", "3", "True"), ("9", "2", "False"), ("9", "2", "True"), ("0", "1", "False"), ("-1", "1", "False"), ("2", "0", "False"),
                                 ("2", "-1", "False"), ("2", "-2", "False"), ("[2]", "1", "False"), ("2", "[1]", "False"), ("2", "1", "[False]")):
        add("%s %s %s %s" % (op, size, parallel, drop), "raw('%s', %s, [], %s, %s, %s, %s%s)" % (op, numbers(5), i(size), i(parallel), flag(drop), at("[tf.int64], [[None]]"), DOUBLE), "[tf.int64], [[None]]")
for name, wrong in sorted(WRONG.items()):
    add("map by %s" % name, "raw('MapDataset', %s, [], %s, f=%s)" % (numbers(3), at(), wrong))
    add("parallel map by %s" % name, "raw('ParallelMapDataset', %s, [], P(2, tf.int32), %s, f=%s)" % (numbers(3), at(), wrong))
    if "argument of" not in name and "two arguments" not in name:
        add("map and batch by %s" % name, "raw('MapAndBatchDatasetV2', %s, [], %s, %s, %s, %s, f=%s)" % (numbers(3), i(2), i(2), flag(False), at("[tf.int64], [[None]]"), wrong), "[tf.int64], [None]")
    add("flat map by %s" % name, "raw('FlatMapDataset', %s, [], %s, f=%s)" % (numbers(3), at(), wrong))
    add("filter by %s" % name, "raw('FilterDataset', %s, [], %s, predicate=%s)" % (numbers(3), at(), wrong))
SUM = "F(lambda s, x: (s + x, s * x), tf.int64, tf.int64)"
add("scan", "raw('ScanDataset', %s, [%s], [], %s, f=%s)" % (numbers(5), i(1), at(), SUM))
add("scan to another type of state", "raw('ScanDataset', %s, [%s], [], %s, f=F(lambda s, x: (tf.cast(x, tf.float32), x), tf.int64, tf.int64))" % (numbers(5), i(1), at()), limit=1)
add("scan of a captured value", "raw('ScanDataset', %s, [%s], [%s], %s, f=F(lambda s, x, y: (s + y, s * x), tf.int64, tf.int64, tf.int64))" % (numbers(5), i(1), i(2), at()))
for name, f in {"sum": "F(lambda s, x: s + x, tf.int64, tf.int64)", "to two": "F(lambda s, x: (s, x), tf.int64, tf.int64)", "to float": "F(lambda s, x: tf.cast(x, tf.float32), tf.int64, tf.int64)",
                "of one": "F(lambda s: s, tf.int64)"}.items():
    ROWS.append(("reduce %s" % name, "raw('ReduceDataset', %s, [%s], [], %s, f=%s)" % (numbers(5), i(100), at(), f)))
GENERATOR = ("raw('GeneratorDataset', [%s], [%s], [], init_func=F(lambda n: n, tf.int64), next_func=F(lambda n, stop: tf.gather(tf.range(stop), n), tf.int64, tf.int64), "
             "finalize_func=F(lambda n: n, tf.int64), %s)" % (i(2), i(4), at()))
add("generator", GENERATOR, limit=3)
KEYED = ("raw('GroupByWindowDataset', %s, [], [], [], key_func=F(lambda x: x %% 2, tf.int64), reduce_func=F(lambda k, d: raw('BatchDataset', d, tf.constant(10, tf.int64), "
         "output_types=[tf.int64], output_shapes=[[None]]), tf.int64, tf.variant), window_size_func=F(lambda k: %s, tf.int64), %s)")
for name, size in {"2 and 3": "k + 2", "0": "k * 0", "below": "k - 2", "all": "k + 100", "a vector": "tf.stack([k, k])", "of int32": "tf.cast(k, tf.int32)"}.items():
    add("group by window %s" % name, KEYED % (numbers(9), size, at("[tf.int64], [[None]]")), "[tf.int64], [[None]]")
REDUCED = ("raw('GroupByReducerDataset', %s, [], [], [], [], key_func=F(lambda x: %s, tf.int64), init_func=F(lambda k: %s, tf.int64), reduce_func=F(lambda s, x: %s, tf.int64, tf.int64), "
           "finalize_func=F(lambda s: %s, tf.int64), %s)")
for name, functions in {"sums": ("x % 3", "k * 100", "s + x", "s + 1"), "key a vector": ("tf.stack([x, x])", "k", "s + x", "s"), "key of int32": ("tf.cast(x, tf.int32)", "k", "s + x", "s"),
                        "another state": ("x % 3", "k", "tf.cast(x, tf.float32)", "s"), "two states": ("x % 3", "k", "(s, x)", "s")}.items():
    add("group by reducer %s" % name, REDUCED % ((numbers(9),) + functions + (at(),)))

# ---- Passed on
for size in ("0", "1", "5", "-1", "-2", "[1]", "[]"):
    add("prefetch %s" % size, unary("PrefetchDataset", numbers(4), i(size)))
for op in ("ExperimentalIgnoreErrorsDataset", "ExperimentalUniqueDataset", "ModelDataset"):
    add(op, unary(op, numbers(4)))
    add("%s of no dataset" % op, unary(op, "raw('OptionalNone')"))
add("unique", unary("ExperimentalUniqueDataset", slices("[3, 1, 3, 2, 1]", "int64")[0]))
add("unique strings", unary("ExperimentalUniqueDataset", slices("['a', 'b', 'a']", "string")[0], declared="[tf.string], [[]]"), "[tf.string], [[]]")
add("unique floats", unary("ExperimentalUniqueDataset", FLOATS, declared="[tf.float32], [[]]"), "[tf.float32], [[]]")
add("errors ignored", unary("ExperimentalIgnoreErrorsDataset", "raw('MapDataset', %s, [], %s, f=F(lambda x: 6 // (x - 1), tf.int64))" % (numbers(4), at())))
add("optimize", unary("OptimizeDataset", numbers(4), "P([], tf.string)"))
add("cache", unary("RepeatDataset", unary("CacheDataset", numbers(3), "P('', tf.string)"), i(2)))
add("cache by a vector", unary("CacheDataset", numbers(3), "P([''], tf.string)"))
add("sparse slices", "raw('MapDataset', raw('SparseTensorSliceDataset', P([[0, 0], [2, 1]], tf.int64), P([5, 6], tf.int64), P([3, 4], tf.int64)), [], output_types=[tf.int64], output_shapes=[[None]], "
    "f=F(lambda a, b, c: tf.sparse_to_dense(a, c, b), tf.int64, tf.int64, tf.int64))", "[tf.int64], [[None]]")
for name, (indices, values, shape) in {"indices a vector": ("[0, 0]", "[5, 6]", "[3, 4]"), "shape a scalar": ("[[0, 0]]", "[5]", "3"),
                                       "rows in disorder": ("[[2, 0], [0, 1]]", "[5, 6]", "[3, 4]"), "rows beyond": ("[[7, 0]]", "[5]", "[3, 4]"), "more values": ("[[0, 0]]", "[5, 6]", "[3, 4]"),
                                       "another rank": ("[[0, 0, 0]]", "[5]", "[3, 4]"), "none": ("np.zeros((0, 2))", "[]", "[2, 4]")}.items():
    add("sparse slices %s" % name, "raw('SparseTensorSliceDataset', %s, %s, %s)" % (i(indices), i(values), i(shape)), "[tf.int64, tf.int64, tf.int64], [None, None, None]")

# ---- Single elements
for name, n in {"one": 1, "none": 0, "two": 2}.items():
    ROWS.append(("single element of %s" % name, "raw('DatasetToSingleElement', %s, %s)" % (numbers(n), at())))
ROWS.append(("single element of another shape", "raw('DatasetToSingleElement', %s, output_types=[tf.int64], output_shapes=[[2]])" % numbers(1)))
ROWS.append(("single element of no dataset", "raw('DatasetToSingleElement', raw('OptionalNone'), %s)" % at()))

# ---- Optionals
for dtype in DTYPES:
    ROWS.append(("optional of %s" % dtype, "list(raw('OptionalGetValue', raw('OptionalFromValue', [P(%s, tf.%s)]), output_types=[tf.%s], output_shapes=[[2]]))"
                 % (VALUES.get(dtype, "[1, 2]"), dtype, dtype)))
OPTIONAL = "raw('OptionalFromValue', [P(1.), P([2, 3], tf.int32)])"
for name, optional in {"some": OPTIONAL, "none": "raw('OptionalNone')", "a dataset": numbers(3)}.items():
    ROWS.append(("optional has value %s" % name, "raw('OptionalHasValue', %s)" % optional))
    for case, declared in {"as it is": "[tf.float32, tf.int32], [[], [2]]", "other types": "[tf.float32, tf.float32], [[], [2]]", "other shapes": "[tf.float32, tf.int32], [[], [3]]"}.items():
        if name == "some" or case == "as it is":
            ROWS.append(("optional value %s %s" % (name, case), "list(raw('OptionalGetValue', %s, %s))" % (optional, at(declared))))
ROWS.append(("optional has value of a vector", "raw('OptionalHasValue', tf.stack([raw('OptionalNone'), raw('OptionalNone')]))"))

# ---- Iterators
BEHIND = ("(lambda it, f: (lambda c: (c.__enter__(), f(it), c.__exit__(None, None, None))[1])(tf.control_dependencies([raw('MakeIterator', %s, it)])))"
          "(raw('%s', %s), lambda it: %s)")
NAMED = "shared_name='', container='', "


def iterate(name, result, dataset=numbers(3), op="IteratorV2", declared=ONE, more=NAMED):
    ROWS.append(("iterator " + name, BEHIND % (dataset, op, more + at(declared), result)))


NEXT = "list(raw('IteratorGetNext', it, %s))" % at()
for op, more in (("Iterator", NAMED), ("IteratorV2", NAMED), ("IteratorV2", "shared_name='a', container='b', "), ("AnonymousIterator", "")):
    iterate("%s %s" % (op, more), NEXT, op=op, more=more)
iterate("sync", "list(raw('IteratorGetNextSync', it, %s))" % at())
iterate("as an optional", "list(raw('OptionalGetValue', raw('IteratorGetNextAsOptional', it, %s), %s))" % (at(), at()))
iterate("as no optional", "raw('OptionalHasValue', raw('IteratorGetNextAsOptional', it, %s))" % at(), numbers(0))
iterate("as an optional of another type", "raw('OptionalHasValue', raw('IteratorGetNextAsOptional', it, output_types=[tf.int32], output_shapes=[[]]))")
iterate("as an optional of another shape", "raw('OptionalHasValue', raw('IteratorGetNextAsOptional', it, output_types=[tf.int64], output_shapes=[[2]]))")
for version in ("", "V2"):
    for case, declared in {"as it is": "output_types=[tf.int64], output_shapes=[[]]", "anything": "output_types=[], output_shapes=[]", "other type": "output_types=[tf.int32], output_shapes=[[]]",
                           "other shape": "output_types=[tf.int64], output_shapes=[[2]]", "two": "output_types=[tf.int64, tf.int64], output_shapes=[[], []]"}.items():
        iterate("by name%s %s" % (version, case), "list(raw('IteratorGetNext', raw('IteratorFromStringHandle%s', raw('IteratorToStringHandle', it), %s), %s))" % (version, declared, at()))
    for case, text in {"nothing": "''", "no handle": "'\\xff\\xff\\xff'", "a vector": "['']"}.items():
        ROWS.append(("iterator by name%s of %s" % (version, case), "raw('IteratorToStringHandle', raw('IteratorFromStringHandle%s', P(%s, tf.string)))" % (version, text)))
iterate("of another type", NEXT, declared="[tf.int32], [[]]")
iterate("of another shape", NEXT, declared="[tf.int64], [[2]]")
iterate("of two", NEXT, declared="[tf.int64, tf.int64], [[], []]")
iterate("of no dataset", NEXT, "raw('OptionalNone')")
ROWS.append(("iterator that was not made", "list(raw('IteratorGetNext', raw('IteratorV2', %s%s), %s))" % (NAMED, at(), at())))
RANGE = "raw('RangeDataset', tf.constant(4, tf.int64), tf.constant(9, tf.int64), tf.constant(1, tf.int64), %s)" % at()
for name, factory in {"once": "F(lambda: %s)" % RANGE, "of two datasets": "F(lambda: (%s, %s))" % (RANGE, RANGE), "of a number": "F(lambda: tf.constant(1))",
                      "of a failure": "F(lambda: %s)" % RANGE.replace("constant(1,", "constant(0,"), "with an argument": "F(lambda x: %s, tf.int64)" % RANGE}.items():
    ROWS.append(("iterator %s" % name, "list(raw('IteratorGetNext', raw('OneShotIterator', dataset_factory=%s, %s), %s))" % (factory, at(), at())))

# ---- Files
LINES = "b'one\\ntwo\\r\\n\\nlast'"


def text(value):
    return "P(%s, tf.string)" % value


STRING = "[tf.string], [[]]"
for size in ("0", "3", "2**20", "-1"):
    add("text by %s" % size, "raw('TextLineDataset', %s, %s, %s)" % (text("[file(%s), file(b''), file(b'x')]" % LINES), text("''"), i(size)), STRING)
add("text of one file", "raw('TextLineDataset', %s, %s, %s)" % (text("file(%s)" % LINES), text("''"), i(0)), STRING)
add("text of no files", "raw('TextLineDataset', %s, %s, %s)" % (text("[]"), text("''"), i(0)), STRING)
add("text of a matrix of files", "raw('TextLineDataset', %s, %s, %s)" % (text("[[file(b'')]]"), text("''"), i(0)), STRING)
add("text of a known matrix", "raw('TextLineDataset', S([['a']], [1, 1], tf.string), %s, %s)" % (text("''"), i(0)), STRING)
add("text compressed", "raw('TextLineDataset', %s, %s, %s)" % (text("file(__import__('zlib').compress(%s))" % LINES), text("'ZLIB'"), i(0)), STRING)
add("text compressed as a file", "raw('TextLineDataset', %s, %s, %s)" % (text("file(__import__('gzip').compress(%s))" % LINES), text("'GZIP'"), i(0)), STRING)
add("text compressed otherwise", "raw('TextLineDataset', %s, %s, %s)" % (text("file(b'')"), text("'LZMA'"), i(0)), STRING)
add("text by a vector", "raw('TextLineDataset', %s, %s, %s)" % (text("file(b'')"), text("''"), i("[0]")), STRING)
for header, record, footer, size, data in ((0, 2, 0, 0, "b'aabbcc'"), (1, 2, 1, 3, "b'haabbf'"), (1, 2, 1, 0, "b'hf'"), (0, 4, 0, 0, "b'aabbcc'"), (5, 2, 5, 0, "b'aa'"), (-1, 2, 0, 0, "b'aa'"),
                                           (0, 0, 0, 0, "b'aa'"), (0, -2, 0, 0, "b'aa'"), (0, 2, -1, 0, "b'aa'"), (0, 2, 0, -1, "b'aa'"), ("[0]", 2, 0, 0, "b'aa'"), (0, "[2]", 0, 0, "b'aa'"),
                                           (0, 2, "[0]", 0, "b'aa'"), (0, 2, 0, "[0]", "b'aa'"), (0, "2**62", 0, 0, "b'aa'")):
    add("fixed %s %s %s %s %s" % (header, record, footer, size, data[2:-1]), "raw('FixedLengthRecordDataset', %s, %s, %s, %s, %s)" % (
        text("[file(%s)]" % data), i(header), i(record), i(footer), i(size)), STRING)
ROWS.append(("records to two files", "raw('DatasetToTFRecord', %s, %s, %s)" % (slices("['a']", "string")[0], text("[file(b'')]"), text("''"))))
for name, data in {"nothing": "b''", "short": "b'abc'", "broken": "b'\\1' + b'\\0' * 30"}.items():
    add("records of %s" % name, "raw('TFRecordDataset', %s, %s, %s)" % (text("[file(%s)]" % data), text("''"), i(0)), STRING)
add("records of no file", "raw('TFRecordDataset', %s, %s, %s)" % (text("['/nowhere/at/all']"), text("''"), i(0)), STRING)
add("records by -1", "raw('TFRecordDataset', %s, %s, %s)" % (text("[file(b'')]"), text("''"), i(-1)), STRING)
CSV = ("raw('ExperimentalCSVDataset', %s, %s, %s, %s, %s, %s, %s, %s, [%s], output_shapes=[[], []])")
for name, (data, header, delimiter, columns, defaults, size) in {
        "plain": ("b'1,a\\n2,\"b,c\"\\n'", "False", "','", "[]", "P([], tf.int32), P([], tf.string)", 100), "defaults": ("b',\\n'", "False", "','", "[]", "P([7], tf.int32), P(['d'], tf.string)", 100),
        "header": ("b'x,y\\n1,a\\n'", "True", "','", "[]", "P([], tf.int32), P([], tf.string)", 100), "columns": ("b'1,2,a\\n'", "False", "','", "[1, 2]", "P([], tf.int32), P([], tf.string)", 100),
        "missing": ("b',a\\n'", "False", "','", "[]", "P([], tf.int32), P([], tf.string)", 100), "more fields": ("b'1,a,b\\n'", "False", "','", "[]", "P([], tf.int32), P([], tf.string)", 100),
        "no number": ("b'z,a\\n1,b\\n'", "False", "','", "[]", "P([], tf.int32), P([], tf.string)", 100), "other delimiter": ("b'1|a\\n'", "False", "'|'", "[]", "P([], tf.int32), P([], tf.string)", 100),
        "long delimiter": ("b''", "False", "'||'", "[]", "P([], tf.int32), P([], tf.string)", 100), "columns below": ("b'1,a'", "False", "','", "[-1, 0]", "P([], tf.int32), P([], tf.string)", 100),
        "columns in disorder": ("b'1,a'", "False", "','", "[1, 0]", "P([], tf.int32), P([], tf.string)", 100), "columns of another number": ("b'1,a'", "False", "','", "[1]", "P([], tf.int32), P([], tf.string)", 100),
        "two defaults": ("b'1,a'", "False", "','", "[]", "P([1, 2], tf.int32), P([], tf.string)", 100), "buffer below": ("b'1,a'", "False", "','", "[]", "P([], tf.int32), P([], tf.string)", -1)}.items():
    add("csv %s" % name, CSV % (text("[file(%s)]" % data), text("''"), i(size), flag(header), text(delimiter), flag(True), text("''"), i(columns), defaults), "[tf.int32, tf.string], [[], []]")
EXAMPLES = slices("[tf.train.Example(features=tf.train.Features(feature={'a': tf.train.Feature(int64_list=tf.train.Int64List(value=[k]))})).SerializeToString() for k in range(3)]", "string")[0]
PARSED = "raw('ParseExampleDataset', raw('BatchDataset', %s, %s, output_types=[tf.string], output_shapes=[[None]]), %s, [P(%s, tf.int64)], sparse_keys=[], dense_keys=['a'], sparse_types=[], dense_shapes=[[]], %s)"
for name, (parallel, default) in {"1": ("1", "[]"), "3": ("3", "[]"), "0": ("0", "[]"), "-1": ("-1", "[]"), "a vector": ("[1]", "[]"), "with defaults": ("1", "[9]"), "with two defaults": ("1", "[9, 9]")}.items():
    add("parse %s" % name, PARSED % (EXAMPLES, i(2), i(parallel), default, at("[tf.int64], [[None]]")), "[tf.int64], [[None]]")

# ---- Where iterators stand
ROWS.append(("state of an iterator that was not made", "raw('SerializeIterator', raw('IteratorV2', %s%s)).op" % (NAMED, at())))
SAVED = "raw('SerializeIterator', it)"
BACK = ("(lambda other: (lambda c: (c.__enter__(), list(raw('IteratorGetNext', other, %s)), c.__exit__(None, None, None))[1])(tf.control_dependencies("
        "[raw('DeserializeIterator', other, %s)])))(raw('IteratorV2', shared_name='other', container='', %s))")
iterate("state read by another", BACK % (at(), SAVED, at()))
iterate("state read by one of other types", BACK % (at("[tf.int32], [[]]"), SAVED, at("[tf.int32], [[]]")))
iterate("state that is none", BACK % (at(), "raw('OptionalNone')", at()))
ROWS.append(("graph of no dataset", "raw('DatasetToGraph', raw('OptionalNone'))"))

# ---- Statistics
for op in ("LatencyStatsDataset", "BytesProducedStatsDataset"):
    add("%s without an aggregator" % op, unary(op, numbers(3), text("'tag'")))
    add("%s of a vector" % op, unary(op, numbers(3), text("['tag']")))
    add("%s of no dataset" % op, unary(op, "raw('OptionalNone')", text("'tag'")))
ROWS.append(("statistics of no aggregator", "raw('StatsAggregatorSummary', raw('IteratorV2', %s%s))" % (NAMED, at())))

# ---- Several devices
DEVICES = "raw('MultiDeviceIterator', devices=%s, shared_name='', container='', " + at() + ")"
SHARDS = ("(lambda m: (lambda n: [t for k in %s for t in raw('MultiDeviceIteratorGetNextFromShard', m, tf.constant(k), n + %d, " + at() + ")])"
          "(raw('MultiDeviceIteratorInit', %s, m, %s)))(" + DEVICES + ")")
for name, (shards, off, dataset, limit, devices) in {
        "two": ("(0, 1)", 0, numbers(5), 1, "['/cpu:0', '/cpu:0']"), "the second": ("(1,)", 0, numbers(5), 2, "['/cpu:0', '/cpu:0']"), "of an old one": ("(0,)", -1, numbers(5), 1, "['/cpu:0']"),
        "nothing": ("(0,)", 0, numbers(0), 1, "['/cpu:0']"), "no dataset": ("(0,)", 0, "raw('OptionalNone')", 1, "['/cpu:0']"), "floats": ("(0,)", 0, FLOATS, 1, "['/cpu:0']")}.items():
    ROWS.append(("devices take %s" % name, SHARDS % (shards, off, dataset, i(limit), devices)))
ROWS.append(("devices none", SHARDS % ("(0,)", 0, numbers(5), i(1), "[]")))
ROWS.append(("devices by a name that is none", "raw('MultiDeviceIteratorToStringHandle', raw('MultiDeviceIteratorFromStringHandle', P('\\xff', tf.string)))"))

# ---- Elements that come back
QUEUED = "raw('PrependFromQueueAndPaddedBatchDataset', %s, %s, [%s], [%s], output_shapes=[None])"
VARIANTS = "[tf.variant, tf.int64], [None, None]"
BATCHED = "[tf.int64], [None]"
for name, (size, shape, value) in {"by the longest": ("3", "[-1]", "0"), "to five": ("3", "[5]", "-7"), "all": ("9", "[-1]", "1"), "rank 0": ("3", "[]", "0"), "size 0": ("0", "[-1]", "0"),
                                   "size a vector": ("[3]", "[-1]", "0"), "shape a scalar": ("3", "4", "0"), "value a vector": ("3", "[-1]", "[0]")}.items():
    queued = QUEUED % (SIZES, i(size), i(shape), i(value))
    add("queued %s" % name, "raw('MapDataset', %s, [], %s, f=F(lambda q, x: x, tf.variant, tf.int64))" % (queued, at(BATCHED)), BATCHED, limit=2)
add("queued with two shapes", "raw('PrependFromQueueAndPaddedBatchDataset', %s, %s, [%s, %s], [%s], output_shapes=[None])" % (SIZES, i(2), i("[-1]"), i("[-1]"), i(0)), VARIANTS)
add("queued again", "raw('MapDataset', %s, [], %s, f=F(lambda q, x: (lambda c: (c.__enter__(), tf.identity(x), c.__exit__(None, None, None))[1])(tf.control_dependencies("
    "[raw('EnqueueInQueueDataset', q, [x + 100])])), tf.variant, tf.int64))" % (QUEUED % (slices("[0, 1, 2]", "int64")[0], i(2), "P([], tf.int64)", i(0)), at("[tf.int64], [[None]]")), "[tf.int64], [[None]]", limit=4)
ROWS.append(("queue a scalar", "raw('EnqueueInQueueDataset', raw('OptionalNone'), [P([1.])])"))

# ---- Queries
SQL = "raw('SqlDataset', %s, %s, %s, output_types=[tf.int64, tf.string], output_shapes=%s)"
ASK = "\"SELECT 1, 'one' UNION SELECT 2, 'two'\""
BOTH = "[tf.int64, tf.string], [[], []]"
for name, (driver, path, query, shapes) in {
        "rows": ("'sqlite'", "':memory:'", ASK, "[[], []]"), "other driver": ("'mysql'", "':memory:'", ASK, "[[], []]"), "no shapes": ("'sqlite'", "':memory:'", ASK, "[None, None]"),
        "driver a vector": ("['sqlite']", "':memory:'", ASK, "[[], []]"), "path a vector": ("'sqlite'", "[':memory:']", ASK, "[[], []]"),
        "query a vector": ("'sqlite'", "':memory:'", "['']", "[[], []]"), "one column": ("'sqlite'", "':memory:'", "'SELECT 1'", "[[], []]"),
        "no query": ("'sqlite'", "':memory:'", "'nothing'", "[[], []]"), "no file": ("'sqlite'", "'/nowhere/at/all'", ASK, "[[], []]")}.items():
    add("sql %s" % name, SQL % (text(driver), text(path), text(query), shapes), BOTH)
