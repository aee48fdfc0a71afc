"""Rows of the debugger's operations."""
ROWS = []
SPECIAL = "[[1., np.nan, -2., np.inf], [0., -np.inf, np.nan, 3.5]]"


def add(name, expression):
    if "raw('Debug" in expression:
        expression = expression[:-1] + ", tensor_name='a/x:0')"
    ROWS.append((name, expression))


for op in ["Copy", "CopyHost", "DebugIdentity"]:
    for d in ["float16", "float32", "float64", "int8", "int64", "uint8", "bool", "complex64", "string"]:
        x = "['a', 'bc']" if d == "string" else "[True, False]" if d == "bool" else "[[1, 2], [3, 4]]"
        add("%s %s" % (op, d), "raw('%s', P(%s, '%s'))" % (op, x, d))
    add(op + " static", "raw('%s', S([[1.], [2.]], [None, 1]))" % op)
    add(op + " empty", "raw('%s', P(np.zeros((0, 3))))" % op)
add("Copy spec", "raw('Copy', P([1.]), debug_ops_spec=['DebugIdentity;file:///nowhere;0'])")
for d in ["float16", "float32", "float64"]:
    add("DebugNanCount special " + d, "raw('DebugNanCount', P(%s, '%s'))" % (SPECIAL, d))
for d in ["int8", "int16", "int32", "int64", "uint8", "uint16"]:
    add("DebugNanCount " + d, "raw('DebugNanCount', P([[1, 0], [2, 3]], '%s'))" % d)
for op in ["DebugNanCount", "DebugNumericSummary"]:
    add(op + " empty", "raw('%s', P(np.zeros((0, 3))))" % op)
    add(op + " scalar", "raw('%s', P(3.))" % op)
    add(op + " static", "raw('%s', S([[1.], [2.]], [None, 1]))" % op)
for d in ["float32", "float64"]:
    for more in ["", ", lower_bound=-1.", ", upper_bound=2.", ", lower_bound=-1., upper_bound=2.", ", mute_if_healthy=True"]:
        add("DebugNumericSummary %s%s" % (d, more), "raw('DebugNumericSummary', P(%s, '%s')%s)" % (SPECIAL, d, more))
for d in ["int8", "int16", "int32", "int64", "uint8", "uint16", "bool"]:
    add("DebugNumericSummary " + d, "raw('DebugNumericSummary', P(%s, '%s'))" % ("[True, False, True]" if d == "bool" else "[[1, 0], [2, 3]]", d))
add("DebugNumericSummary healthy", "raw('DebugNumericSummary', P([1., 2.]), mute_if_healthy=True)")
add("DebugNumericSummary not healthy", "raw('DebugNumericSummary', P([1., np.nan]), mute_if_healthy=True)")
add("DebugNumericSummary beyond", "raw('DebugNumericSummary', P([1., 20.]), mute_if_healthy=True, upper_bound=10.)")
add("DebugNumericSummary all nan", "raw('DebugNumericSummary', P([np.nan, np.inf]))")
add("DebugNumericSummary large", "raw('DebugNumericSummary', P([1e30, -1e30, 3e38]))")
add("DebugNumericSummary bounds", "raw('DebugNumericSummary', P([1., 20.]), lower_bound=5., upper_bound=1.)")
add("GraphDefVersion", "raw('GraphDefVersion')")
add("HostConst", "raw('HostConst', value=tf.make_tensor_proto([[1., 2.]]), dtype=tf.float32)")
add("HostConst string", "raw('HostConst', value=tf.make_tensor_proto(['a', 'b']), dtype=tf.string)")
add("HostConst dtype", "raw('HostConst', value=tf.make_tensor_proto([1., 2.]), dtype=tf.int32)")
for i, name in enumerate(["", "x", "x:", ":0", "x:-1", "x:y", "x:0:1", "x:1 "]):
    for op in ["DebugIdentity", "DebugNanCount", "DebugNumericSummary"]:
        ROWS.append(("%s name %d" % (op, i), "raw('%s', P([1.]), tensor_name=%r)" % (op, name)))
add("DebugNumericSummary edges", "raw('DebugNumericSummary', P([-1., 2., 0., 5., -7.]), lower_bound=-1., upper_bound=2.)")
