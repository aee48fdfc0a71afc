"""Rows of what is read from strings."""
import struct
import zlib

ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


for d in ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16"]:
    for little in (True, False):
        add("DecodeRaw %s %s" % (d, little), "tf.decode_raw(P([%r, %r], 'string'), tf.%s, little_endian=%r)" % (b"\x01" * 16, bytes(range(16)), d, little))
add("DecodeRaw scalar", "tf.decode_raw('abcd', tf.uint8)")
add("DecodeRaw matrix", "tf.decode_raw(P([['ab', 'cd'], ['ef', 'gh']], 'string'), tf.int16)")
add("DecodeRaw none", "tf.decode_raw(P(np.zeros([0, 2]), 'string'), tf.int16)")
add("DecodeRaw empty", "tf.decode_raw(P(['', ''], 'string'), tf.int16)")
add("DecodeRaw sizes", "tf.decode_raw(P(['abcd', 'ab'], 'string'), tf.int16)")
add("DecodeRaw remainder", "tf.decode_raw(P(['abc', 'abc'], 'string'), tf.int16)")
add("DecodeRaw shapes", "tf.decode_raw(S(['abcd', 'abcd'], [None], 'string'), tf.int16)")

COMPRESSED = {"ZLIB": zlib.compress(b"hello" * 20), "": b"hello"}
for kind, data in sorted(COMPRESSED.items()):
    add("DecodeCompressed %s" % kind, "tf.decode_compressed(P([%r, %r], 'string'), %r)" % (data, data, kind))
add("DecodeCompressed none", "tf.decode_compressed(P(np.zeros([0]), 'string'), 'GZIP')")
add("DecodeCompressed kind", "tf.decode_compressed(P(['a'], 'string'), 'FOO')")
add("DecodeCompressed broken", "tf.decode_compressed(P(['not at all'], 'string'), 'ZLIB')")

for d in ["float16", "float32", "float64", "int8", "int32", "int64", "uint8", "bool", "complex64", "complex128"]:
    add("ParseTensor %s" % d, "tf.parse_tensor(raw('SerializeTensor', P([[1, 0, 1]], '%s')), tf.%s)" % (d, d))
    add("SerializeTensor %s" % d, "tf.expand_dims(raw('SerializeTensor', P([1, 0], '%s')), 0)" % d)
add("SerializeTensor scalar", "tf.expand_dims(raw('SerializeTensor', P(1.)), 0)")
add("SerializeTensor string", "tf.expand_dims(raw('SerializeTensor', P(['a', ''], 'string')), 0)")
add("ParseTensor string", "tf.parse_tensor(raw('SerializeTensor', P(['a', 'bc'], 'string')), tf.string)")
add("ParseTensor type", "tf.parse_tensor(raw('SerializeTensor', P([1.])), tf.int32)")
add("ParseTensor garbage", "tf.parse_tensor('abc', tf.int32)")
add("ParseTensor vector", "tf.parse_tensor(P(['a', 'b'], 'string'), tf.int32)")

# ---- CSV: records, defaults, and the rest of the arguments


def csv(name, records, defaults, rest=""):
    add("DecodeCSV " + name, "tf.decode_csv(P(%r, 'string'), %s%s)" % (records, defaults, rest))


csv("all types", ["1,2,3.5,4.25,five", "-1,-2,-3e2,nan,"], "[[0], tf.constant([], tf.int64), [0.], tf.constant([0.], tf.float64), ['d']]")
csv("scalar record", "1,x", "[[0], ['']]")
csv("matrix", [["1", "2"], ["3", ""]], "[[7]]")
csv("scalar defaults", ["1,", ","], "[3, 'x']")
csv("missing", ["1,2", "3,"], "[[0], tf.constant([], tf.int32)]")
csv("few", ["1,2", "3"], "[[0], [0]]")
csv("many", ["1,2", "3,4,5"], "[[0], [0]]")
csv("empty record", [""], "[[0]]")
csv("empty records", [], "[[0], ['']]")
csv("quotes", ['"a ""b"", c",2', '"",3', '"x",'], "[['d'], [0]]")
csv("quotes off", ['"a",2', 'b"c,3'], "[['d'], [0]]", ", use_quote_delim=False")
csv("quote inside", ['a"b,2'], "[['d'], [0]]")
csv("quote not escaped", ['"a"b",2'], "[['d'], [0]]")
csv("quote not ended", ['"ab'], "[['d']]")
csv("quote ended badly", ['"ab"c'], "[['d']]")
csv("only a quote", ['"'], "[['d']]")
csv("line end", ["1,2\n"], "[[0], [0]]")
csv("line end between", ["\n1,\r\n2"], "[[0], [0]]")
csv("line end in quotes", ['"a\nb",2'], "[['d'], [0]]")
csv("delimiter", ["1\t2", "3\t4"], "[[0], [0]]", ", field_delim='\\t'")
csv("delimiter too long", ["1"], "[[0]]", ", field_delim=',,'")
csv("na", ["1,NA", "NA,x"], "[[9], ['d']]", ", na_value='NA'")
csv("select", ["1,2,3,4", "5,6,7,8"], "[[0], [0]]", ", select_cols=[1, 3]")
csv("select last empty", ["1,2,", "5,6,"], "[[0], [9]]", ", select_cols=[1, 2]")
csv("select beyond", ["1,2"], "[[0], [0]]", ", select_cols=[1, 5]")
csv("select order", ["1,2"], "[[0], [0]]", ", select_cols=[1, 1]")
csv("select negative", ["1,2"], "[[0], [0]]", ", select_cols=[-1, 1]")
csv("select length", ["1,2"], "[[0], [0]]", ", select_cols=[1]")
csv("two defaults", ["1"], "[[0, 1]]")
csv("two defaults fed", ["1"], "[P([0, 1], 'int32')]")
csv("matrix default", ["1"], "[[[0]]]")
for text in ["x", "1.5", "2147483648", "-2147483648", " 12 ", "+3", "1 2", "0x10", "1e3", "- 1", "-", "--1"]:
    csv("int32 %r" % text, [text], "[[0]]")
for text in ["x", "1.5", " 2.5 ", "1e400", "inf", "-Infinity", "NaN", "0x1p3", "1,", "1.5f", "+3.5", ".5", "5."]:
    csv("float %r" % text, [text], "[[0.]]" if text != "1," else "[[0.], [0.]]")
    csv("double %r" % text, [text], "[tf.constant([0.], tf.float64)]" if text != "1," else "[[0.], [0.]]")
for text in ["9223372036854775807", "9223372036854775808", "-9223372036854775808"]:
    csv("int64 %r" % text, [text], "[tf.constant([0], tf.int64)]")

# ---- Examples


def varint(n):
    out = bytearray()
    n &= (1 << 64) - 1
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def feature(values, packed=True):
    if values is None:
        return b""
    if values and isinstance(values[0], float):
        data = [struct.pack("<f", v) for v in values]
        return field(2, field(1, b"".join(data)) if packed else b"".join(varint(1 << 3 | 5) + v for v in data))
    if values and isinstance(values[0], int):
        data = [varint(v) for v in values]
        return field(3, field(1, b"".join(data)) if packed else b"".join(varint(1 << 3) + v for v in data))
    return field(1, b"".join(field(1, v) for v in values))


def example(*entries, **keywords):
    return field(1, b"".join(field(1, field(1, key.encode()) + field(2, feature(values, **keywords))) for key, values in entries))


FIXED, LONG, WORDS = [("a", [1., 2.])], [("a", [1., 2., 3., 4.]), ("i", [1, -2, 3])], [("s", [b"x", b"", b"\0y"]), ("i", [7])]
SPECS = {
    "fixed": "{'a': tf.FixedLenFeature([2], tf.float32)}",
    "default": "{'a': tf.FixedLenFeature([2], tf.float32, [5., 6.])}",
    "matrix": "{'a': tf.FixedLenFeature([2, 2], tf.float32, [[5., 6.], [7., 8.]])}",
    "variable": "{'a': tf.VarLenFeature(tf.float32), 'i': tf.VarLenFeature(tf.int64), 's': tf.VarLenFeature(tf.string)}",
    "sequence": "{'a': tf.FixedLenSequenceFeature([2], tf.float32, True), 'i': tf.FixedLenSequenceFeature([], tf.int64, True, -9), "
                "'s': tf.FixedLenSequenceFeature([], tf.string, True, 'pad')}",
    "words": "{'s': tf.FixedLenFeature([3], tf.string, ['p', 'q', 'r']), 'i': tf.FixedLenFeature([], tf.int64, 5)}",
    "wrong": "{'a': tf.VarLenFeature(tf.int64)}",
    "wrong dense": "{'a': tf.FixedLenFeature([2], tf.int64)}",
    "empty": "{'a': tf.FixedLenFeature([0], tf.float32)}",
    "all": "{'a': tf.VarLenFeature(tf.float32), 'i': tf.FixedLenFeature([1], tf.int64, [4]), 's': tf.FixedLenSequenceFeature([], tf.string, True)}",
}
EXAMPLES = {"fixed": example(*FIXED), "long": example(*LONG), "words": example(*WORDS), "nothing": b"", "unpacked": example(*LONG, packed=False),
            "twice": example(("a", [9., 8.]), ("a", [1., 2.])), "kindless": example(("a", None)), "other": example(("b", [1.])),
            "no values": field(1, field(1, field(1, b"a") + field(2, field(2, b"")))), "garbage": b"abc",
            "cut": example(*FIXED)[:-1], "cut value": field(1, field(1, field(1, b"a") + field(2, field(2, b"\x0a\x05abc"))))}
FLAT = ("[x for k in sorted(d) for x in ([d[k].indices, d[k].values, d[k].dense_shape] if isinstance(d[k], tf.SparseTensor) else [d[k]])]")
for spec in sorted(SPECS):
    for e in sorted(EXAMPLES):
        add("ParseSingleExample %s %s" % (spec, e), "(lambda d: %s)(tf.parse_single_example(%r, %s))" % (FLAT, EXAMPLES[e], SPECS[spec]))
    for first, second in (("fixed", "fixed"), ("fixed", "long"), ("long", "unpacked"), ("words", "nothing"), ("nothing", "words"), ("other", "kindless"),
                          ("fixed", "twice"), ("fixed", "garbage"), ("no values", "fixed")):
        add("ParseExample %s %s %s" % (spec, first, second),
            "(lambda d: %s)(tf.parse_example(P([%r, %r], 'string'), %s))" % (FLAT, EXAMPLES[first], EXAMPLES[second], SPECS[spec]))
    add("ParseExample %s named" % spec, "(lambda d: %s)(tf.parse_example([%r, %r], %s, example_names=['n1', 'n2']))" % (
        FLAT, EXAMPLES["fixed"], EXAMPLES["other"], SPECS[spec]))
    add("ParseExample %s none" % spec, "(lambda d: %s)(tf.parse_example(P(np.zeros([0]), 'string'), %s))" % (FLAT, SPECS[spec]))
    add("ParseSingleExample %s named" % spec, "(lambda d: %s)(tf.parse_single_example(%r, %s, example_names='n'))" % (FLAT, EXAMPLES["fixed"], SPECS[spec]))
add("ParseExample names", "(lambda d: %s)(tf.parse_example(P(['', ''], 'string'), %s, example_names=['n']))" % (FLAT, SPECS["default"]))
add("ParseExample scalar", "(lambda d: %s)(tf.parse_example(P('', 'string'), %s))" % (FLAT, SPECS["default"]))
add("ParseSingleExample vector", "(lambda d: %s)(tf.parse_single_example(P([''], 'string'), %s))" % (FLAT, SPECS["default"]))
for i, spec in enumerate(["None", "{}", "{'a': 3}", "{'a': tf.FixedLenFeature(None, tf.float32)}", "{'a': tf.FixedLenFeature([None], tf.float32)}",
                          "{'a': tf.FixedLenFeature([2, None], tf.float32)}", "{'a': tf.FixedLenFeature([3], tf.float32, [1., 2.])}",
                          "{'a': tf.FixedLenFeature([], tf.int32)}", "{'a': tf.VarLenFeature(tf.int32)}", "{'a': tf.VarLenFeature(None)}",
                          "{'a': tf.FixedLenSequenceFeature([], tf.int64)}", "{'a': tf.FixedLenFeature([], None)}"]):
    for f in ("parse_single_example('', %s)", "parse_example([''], %s)"):
        add("features %d %s" % (i, f), "(lambda d: list(d.values()))(tf.%s)" % (f % spec))
for text in ("0x10", "0x1p4", "inf", "infinity", "nan", " ", "1 ", " 1", "1\0x", "1" * 31, "1" * 32, "+1", "-inf", "t", "1(", "0x", "-0X1F"):
    csv("as float %r" % text, [text], "[[7.]]")
    csv("as double %r" % text, [text], "[tf.constant([7.], tf.float64)]")
    csv("as integer %r" % text, [text], "[[7]]")
