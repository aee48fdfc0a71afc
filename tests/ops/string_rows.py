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
