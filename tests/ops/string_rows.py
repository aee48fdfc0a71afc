"""Rows of the string family."""
ROWS = []


def join(name, *inputs, **attributes):
    ROWS.append(("StringJoin " + name, "tf.expand_dims(raw('StringJoin', [%s]%s), 0)" % (
        ", ".join("P(%s, 'string')" % x for x in inputs), "".join(", %s=%r" % item for item in sorted(attributes.items())))))


join("scalars", "b'a'", "b''", "b'bc'")
join("one", "[b'x', b'y']")
join("separator", "[b'x', b'y']", "[b'1', b'2']", separator=b", ")
join("scalar and vector", "b'p-'", "[b'1', b'2']", "b'!'", separator=b"/")
join("matrix", "[[b'a', b'b'], [b'c', b'd']]", "b'\\x00\\xff'")
join("empty", "np.zeros([0, 2], object)", "b'x'")
join("shapes", "[b'a', b'b']", "[b'c']")
join("ranks", "[b'a', b'b']", "[[b'c', b'd']]")

NUMBERS = ["0x10", "0X1f", "-0x10", "0x", "0x1p4", "0x1.8", "0x1g", "inf", "INF", "-inf", "+inf", "infinity", "nan", "-NaN", "nan(1)", "", " ", "  \t", "1 ", "\n1\v",
           "1 2", "1e", "1e+", "e5", ".5", "5.", "+.5", "-", ".", "1e5000", "1e-5000", "1_0", "1f", "00012", "08", "1\0", "1\0x", "1" * 31, "1" * 32, "0" * 31 + "1",
           "+1", "+ 1", "- 1", "--1", "1e+5", "1E5", "0x123456789abcdef01", "16777219", "0x1000003", "3.4028236e38", "1e-46", "4.9e-324", "1.0e", "1e5.",
           "2147483647", "2147483648", "-2147483648", "9223372036854775808", "-9223372036854775808", "infx", "in"]
for dtype in ("float32", "float64", "int32", "int64"):
    for text in NUMBERS:
        ROWS.append(("StringToNumber %s %r" % (dtype, text), "raw('StringToNumber', P(%r, 'string'), out_type=tf.%s)" % (text, dtype)))
