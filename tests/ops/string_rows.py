"""Rows of the string family."""
ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


def S(values):
    return "P(%r, 'string')" % (values,)


WORDS = [b"", b" ", b"a", b"  a b\t\n", b"\xc2\xa0x", "h\u00e9llo \u4e16\u754c".encode(), b"\xff\x80a", b"MiXed 09"]
for op in ["StringStrip", "StringLength", "EncodeBase64", "StringToHashBucketFast", "StringToHashBucket"]:
    more = ", num_buckets=1000003" if "Bucket" in op else ""
    add(op, "raw('%s', %s%s)" % (op, S(WORDS), more))
    add(op + " scalar", "raw('%s', %s%s)" % (op, S(b"one"), more))
    add(op + " empty", "raw('%s', %s%s)" % (op, S([]), more))
    add(op + " matrix", "raw('%s', %s%s)" % (op, S([[b"a", b"b"], [b"c", b""]]), more))
add("StringLength chars", "raw('StringLength', %s, unit='UTF8_CHAR')" % S(WORDS))
add("StringLength unit", "raw('StringLength', %s, unit='WORD')" % S(WORDS))
LONG = [bytes(range(n)) for n in list(range(0, 40)) + [63, 64, 65, 127, 128, 129, 191, 192, 193, 255]]
for op in ["StringToHashBucketFast", "StringToHashBucket"]:
    add(op + " lengths", "raw('%s', P([bytes(range(n)) for n in list(range(40)) + [63, 64, 65, 127, 128, 129, 191, 192, 193, 255]], 'string'), num_buckets=2**62)" % op)
    add(op + " none", "raw('%s', %s, num_buckets=0)" % (op, S([b"a"])))
add("StringToHashBucketStrong lengths",
    "raw('StringToHashBucketStrong', P([bytes(range(n)) for n in range(40)], 'string'), num_buckets=2**62, key=[123456789012345, -5])")
for key in ["[]", "[1]", "[1, 2, 3]"]:
    add("StringToHashBucketStrong key " + key, "raw('StringToHashBucketStrong', %s, num_buckets=10, key=%s)" % (S([b"a"]), key))
for pad in ["True", "False"]:
    add("EncodeBase64 pad " + pad, "raw('EncodeBase64', %s, pad=%s)" % (S([b"", b"f", b"fo", b"foo", b"\xff\xfe\xfd\xfc"]), pad))
for text in [b"", b"Zg", b"Zg==", b"Zm8", b"Zm8=", b"Zm9v", b"Z", b"Zm9v_-8=", b"Zm9v+/", b"Zg=", b"Z g", b"====", b"Zh", b"Zg=a", b"=Zg=", b"Zm9vYg==", b"Z\x00g="]:
    add("DecodeBase64 %r" % text, "raw('DecodeBase64', %s)" % S([text]))

for d, values in [("int8", "[-128, 5]"), ("int16", "[-3, 300]"), ("int32", "[-7, 123456]"), ("int64", "[-2**63, 2**63 - 1]"), ("bool", "[True, False]"),
                  ("float32", "[1.5, -2.25, np.nan, np.inf, 1e10, 1e-10, -0.]"), ("float64", "[1.5, -2.25, np.nan, -np.inf, 1e300, 0.1]"),
                  ("complex64", "[1.5 - 2j]"), ("complex128", "[complex(0, 1e20)]")]:
    for more in ["", ", width=12", ", width=12, fill='0'", ", fill='-', width=8", ", fill='+'", ", fill=' '", ", precision=3", ", scientific=True", ", shortest=True",
                 ", precision=2, width=10, scientific=True", ", scientific=True, shortest=True", ", fill='00'", ", precision=0", ", width=0"]:
        if not (d == "complex64" and "fill='-'" in more):
            add("AsString %s%s" % (d, more), "raw('AsString', P(%s, '%s')%s)" % (values, d, more))

NUMBERS = [b"1.5", b" 2 ", b"0x10", b"1e400", b"nan", b"-inf", b"1e-50", b"+3", b".5", b"5.", b"1e5", b"NaN", b"INF", b"\t7\n"]
for d in ["float32", "float64"]:
    add("StringToNumber " + d, "raw('StringToNumber', %s, out_type=tf.%s)" % (S(NUMBERS), d))
    for bad in [b"", b"abc", b"1.5x", b"1 2", b"--1", b"1f", b"1_0", b"1\x00", b"e5", b"0x", b"nan(1)"]:
        add("StringToNumber %s %r" % (d, bad), "raw('StringToNumber', %s, out_type=tf.%s)" % (S([bad]), d))
for d, good in [("int32", [b" 7 ", b"-2147483648", b"2147483647", b"0007", b"-0"]), ("int64", [b"-9223372036854775808", b"9223372036854775807"])]:
    add("StringToNumber " + d, "raw('StringToNumber', %s, out_type=tf.%s)" % (S(good), d))
    for bad in [b"", b"7.0", b"2147483648" if d == "int32" else b"9223372036854775808", b"-2147483649" if d == "int32" else b"-9223372036854775809", b"0x1F", b"+5", b"- 5",
                b"5 5", b"-", b"99999999999999999999999"]:
        add("StringToNumber %s %r" % (d, bad), "raw('StringToNumber', %s, out_type=tf.%s)" % (S([bad]), d))

for d in ["int32", "int64"]:
    for name, text, pos, length in [("scalar", b"hello", 1, 3), ("end", b"hello", 5, 1), ("past", b"hello", 6, 1), ("negative", b"hello", -5, 3), ("far", b"hello", -6, 3),
                                    ("long", b"hello", 1, 100), ("vector", [b"hello", b"world"], 1, 2), ("each", [b"hello", b"world"], [1, 2], [2, 1]),
                                    ("over scalar", b"hello", [1, 2], [2, 1]), ("columns", [[b"hello", b"abcde"]], [[1], [2]], [[2], [1]]), ("empty", [], 0, 1),
                                    ("of nothing", b"", 0, 1), ("sizes", [b"hello", b"w"], [0, 1, 0], [2, 1, 1])]:
        add("Substr %s %s" % (name, d), "raw('Substr', %s, P(%r, '%s'), P(%r, '%s'))" % (S(text), pos, d, length, d))
add("Substr static", "raw('Substr', S([b'ab', b'cd'], [2], 'string'), tf.constant(0), tf.constant(1))")
add("Substr static shapes", "raw('Substr', S([b'ab', b'cd'], [2], 'string'), tf.constant([0]), tf.constant([1, 1]))")

for name, parts, more in [("two", [[b"a", b"b"], [b"c", b"d"]], ""), ("separator", [[b"a", b"b"], [b"c", b"d"]], ", separator='--'"), ("scalar", [b"x", [b"c", b"d"]], ", separator='.'"),
                          ("one", [[b"a"]], ", separator='-'"), ("scalars", [b"a", b"b", b"c"], ""), ("sizes", [[b"a", b"b"], [b"c"]], ""), ("ranks", [[b"a"], [[b"c"]]], ""),
                          ("empty", [[], b"x"], "")]:
    add("StringJoin " + name, "raw('StringJoin', [%s]%s)" % (", ".join(S(p) for p in parts), more))
add("StringJoin static", "raw('StringJoin', [S([b'a', b'b'], [None], 'string'), S([b'a', b'b'], [2], 'string'), S(b'x', [], 'string')])")
for name, x, axes, more in [("rows", [[b"a", b"b"], [b"c", b"d"]], [0], ""), ("columns", [[b"a", b"b"], [b"c", b"d"]], [-1], ", separator='.'"), ("all", [[b"a", b"b"], [b"c", b"d"]], [0, 1], ""),
                            ("all turned", [[b"a", b"b"], [b"c", b"d"]], [1, 0], ""), ("kept", [[b"a", b"b"], [b"c", b"d"]], [-2], ", keep_dims=True"), ("none", [[b"a"]], [], ""),
                            ("scalar axis", [b"a", b"b"], 0, ""), ("twice", [[b"a"]], [0, 0], ""), ("twice over", [[b"a"]], [0, -2], ""), ("far", [[b"a"]], [2], ""),
                            ("deep", [[[b"a", b"b"], [b"c", b"d"]], [[b"e", b"f"], [b"g", b"h"]]], [0, 2], ", separator=','"), ("of scalar", b"a", [], "")]:
    add("ReduceJoin " + name, "raw('ReduceJoin', %s, P(%r, 'int32')%s)" % (S(x), axes, more))
add("ReduceJoin nothing", "raw('ReduceJoin', P(np.zeros((0, 2), object), 'string'), P([0], 'int32'))")
add("ReduceJoin static", "raw('ReduceJoin', S([[b'a', b'b']], [None, 2], 'string'), tf.constant([0]), keep_dims=True)")

LINES = [b"a b  c", b"", b" ", b"a,b;c", b" lead trail "]
for delimiter in [b" ", b"", b",;", b"bc"]:
    for skip in ["True", "False"]:
        add("StringSplit %r %s" % (delimiter, skip), "raw('StringSplit', %s, %s, skip_empty=%s)" % (S(LINES), S(delimiter), skip))
for sep in [b"", b" ", b",", b"  ", b"--"]:
    for n in [-1, 0, 1, 2]:
        add("StringSplitV2 %r %d" % (sep, n), "raw('StringSplitV2', %s, %s, maxsplit=%d)" % (S(LINES + [b"a--b--c", b"\x0b\x0cx\r"]), S(sep), n))
for op in ["StringSplit", "StringSplitV2"]:
    add(op + " scalar", "raw('%s', %s, %s)" % (op, S(b"a b"), S(b" ")))
    add(op + " vector", "raw('%s', %s, %s)" % (op, S([b"a b"]), S([b" "])))
    add(op + " empty", "raw('%s', %s, %s)" % (op, S([]), S(b" ")))

for pattern in [b"a.c?", b"", b"(", b"[", b"a(?=b)", b"\\1", b"(?i)ABC", b"\\d+", b"\\p{Greek}", b"a{1001}", b"*", b"a**", b"(?P<n>a)", b"\xff", b"x*", b"^a|c$"]:
    add("RegexFullMatch %r" % pattern, "raw('RegexFullMatch', %s, %s)" % (S([b"abc", b"ab", b"", b"123", "\u03b1".encode()]), S(pattern)))
    add("StaticRegexFullMatch %r" % pattern, "raw('StaticRegexFullMatch', %s, pattern=%r)" % (S([b"abc", b"ab", b"", b"123", "\u03b1".encode()]), pattern))
    for rewrite in [b"<\\0>", b"\\1", b""]:
        add("RegexReplace %r %r" % (pattern, rewrite), "raw('RegexReplace', %s, %s, %s)" % (S([b"abcabc", b"ab", b""]), S(pattern), S(rewrite)))
        add("StaticRegexReplace first %r %r" % (pattern, rewrite), "raw('StaticRegexReplace', %s, pattern=%r, rewrite=%r, replace_global=False)" % (S([b"abcabc", b"ab", b""]), pattern, rewrite))
add("RegexReplace groups", "raw('RegexReplace', %s, %s, %s)" % (S([b"2018-11-05", b"none"]), S(b"(\\d+)-(\\d+)-(\\d+)"), S(b"\\3.\\2.\\1")))
add("RegexReplace pattern shape", "raw('RegexReplace', %s, %s, %s)" % (S([b"a"]), S([b"a"]), S(b"b")))
add("RegexReplace rewrite shape", "raw('RegexReplace', %s, %s, %s)" % (S([b"a"]), S(b"a"), S([b"b"])))
add("RegexFullMatch pattern shape", "raw('RegexFullMatch', %s, %s)" % (S([b"a"]), S([b"a"])))

for name, x in [("scalar", "P(5, 'int32')"), ("vector", "P(np.arange(10), 'int64')"), ("matrix", "P(np.arange(12).reshape(3, 4))"), ("deep", "P(np.arange(120).reshape(4, 5, 6), 'float64')"),
                ("strings", "P([b'a\\nb', b'c\"', b'd', b'e'], 'string')"), ("string", "P(b'x', 'string')"), ("bools", "P([[True], [False]], 'bool')"), ("none", "P(np.zeros((0, 3)))"),
                ("hollow", "P(np.zeros((3, 0)))"), ("halves", "P([1.5, 1 / 3.], 'float16')"), ("complex", "P([1j], 'complex64')"), ("small", "P([-3, 4], 'int8')"),
                ("special", "P([np.nan, np.inf, -np.inf, 1e-10, 1.23456789])")]:
    for n in [3, 0, 1, -1]:
        add("StringFormat %s %d" % (name, n), "raw('StringFormat', [%s], template='<{}>', placeholder='{}', summarize=%d)" % (x, n))
add("StringFormat two", "raw('StringFormat', [P(1, 'int32'), P(b'b', 'string')], template='%s and %s%%')")
add("StringFormat few", "raw('StringFormat', [P(1, 'int32')], template='none')")
add("StringFormat many", "raw('StringFormat', [], template='%s')")
add("UnicodeScript", "raw('UnicodeScript', P([65, 0x3b1, 0x4e00, -1, 0x110000, 0x10ffff, 0x1f600, 48, 0x5d0, 0x41, 0x5a, 0x5b, 0xaa], 'int32'))")

# The public functions.
for name, expression in [
        ("tf.as_string", "tf.as_string(P([1.5, 2.5]), precision=1, fill='0', width=5)"), ("tf.reduce_join", "tf.reduce_join(%s)" % S([[b"a", b"b"], [b"c", b"d"]])),
        ("tf.reduce_join known", "tf.reduce_join([['a', 'b'], ['c', 'd']], separator='-')"), ("tf.reduce_join axis", "tf.reduce_join([['a', 'b'], ['c', 'd']], axis=0)"),
        ("tf.reduce_join old", "tf.reduce_join([['a', 'b'], ['c', 'd']], reduction_indices=[1], keep_dims=True)"), ("tf.string_join", "tf.string_join(['a', P([b'b', b'c'], 'string')], ' ')"),
        ("tf.string_split", "list(tf.string_split(['a b', 'c']))"), ("tf.strings.split", "list(tf.strings.split(['a,b', 'c'], ','))"), ("tf.strings.split space", "list(tf.strings.split([' a  b ', 'c']))"),
        ("tf.string_to_number", "tf.string_to_number(['1', '2.5'])"), ("tf.string_strip", "tf.string_strip([' a '])"), ("tf.regex_replace", "tf.regex_replace(['a1', 'b'], '[0-9]', '#')"),
        ("tf.strings.regex_full_match", "tf.strings.regex_full_match(['a1', 'b'], '[a-z][0-9]')"), ("tf.strings.length", "tf.strings.length(['a', 'bc'])"),
        ("tf.strings.format", "tf.strings.format('a {} b {}', [tf.range(10), P([1., 2.])])"), ("tf.strings.format one", "tf.strings.format('{}', P([1., 2.]))"),
        ("tf.strings.format count", "tf.strings.format('{}', [1, 2])"), ("tf.substr", "tf.substr('hello', 1, 2)"), ("tf.strings.unicode_script", "tf.strings.unicode_script([65])"),
        ("tf.decode_base64", "tf.decode_base64(tf.encode_base64(['abcd']))"), ("tf.string_to_hash_bucket_strong", "tf.string_to_hash_bucket_strong(['a'], 100, [1, 2])")]:
    add(name, expression)
