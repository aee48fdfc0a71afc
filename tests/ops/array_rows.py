"""Rows of the array family, and of partition and stitch."""
FLOATS = ["float16", "float32", "float64"]
COMPLEX = ["complex64", "complex128"]
INTS = ["int8", "int16", "int32", "int64", "uint8", "uint16"]
REAL = FLOATS + ["bfloat16"] + INTS
NUMBERS = REAL + COMPLEX
PLAIN = NUMBERS + ["bool"]
ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


D = "np.arange(6).reshape(3, 2)"
M = "np.arange(24).reshape(2, 3, 4)"
TEXT = "np.array([[b'a', b'bb'], [b'', b'dddd']], object)"


def over(name, template, dtypes, text=True, data=D):
    """One row per dtype of the data that stands for {0}."""
    for d in dtypes:
        add("%s %s" % (name, d), template.format("P(%s, '%s')" % (data if d != "bool" else "(%s) %% 2 == 0" % data, d), d))
    if text:
        add(name + " string", template.format("P(%s, 'string')" % TEXT, "string"))


def int32(x):
    return "P(%s, 'int32')" % x


# ---- Values, shapes ------------------------------------------------------------------------------------------------------------------
for op in ["Identity", "StopGradient", "ZerosLike", "PreventGradient"]:
    over(op, "raw('%s', {0})" % op, PLAIN)
over("OnesLike", "raw('OnesLike', {0})", PLAIN, text=False)
over("Snapshot", "raw('Snapshot', {0})", PLAIN, text=False)
add("IdentityN", "raw('IdentityN', [P([1.]), P([2], 'int32'), P([b'x'], 'string')])")
for name, x in [("", M), (" scalar", "1."), (" empty", "np.zeros((0, 3))")]:
    for out in ["int32", "int64"]:
        add("Shape%s %s" % (name, out), "raw('Shape', P(%s), out_type=tf.%s)" % (x, out))
        add("Size%s %s" % (name, out), "raw('Size', P(%s), out_type=tf.%s)" % (x, out))
    add("Rank" + name, "raw('Rank', P(%s))" % x)
add("ShapeN", "raw('ShapeN', [P([1.]), P([[2., 3.]])])")
for shape in ["[6]", "[2, 3]", "[-1]", "[3, -1]", "[6, 1, 1]", "[-1, -1]", "[4]", "[-1, 4]", "[-2]", "[0, -1]", "[]", "6", "[[6]]"]:
    add("Reshape " + shape, "raw('Reshape', P(%s), %s)" % (D, int32(shape)))
add("Reshape empty", "raw('Reshape', P(np.zeros((0, 3))), P([0, 7], 'int64'))")
add("Reshape empty unknown", "raw('Reshape', P(np.zeros((0, 3))), P([-1, 7], 'int64'))")
add("Reshape huge", "raw('Reshape', P([1.]), P([2**40, 2**40], 'int64'))")
add("Reshape string", "raw('Reshape', P(%s, 'string'), %s)" % (TEXT, int32("[4]")))
for axis in ["0", "1", "2", "-1", "-3", "3", "-4", "[1]", "[0, 1]"]:
    add("ExpandDims " + axis, "raw('ExpandDims', P(%s), %s)" % (D, int32(axis)))
for axes in ["[]", "[0]", "[0, 2]", "[-1]", "[1]", "[5]"]:
    add("Squeeze " + axes, "raw('Squeeze', P(np.zeros((1, 3, 1))), squeeze_dims=%s)" % axes)
for a, b, x in [("float32", "int32", "[1., 2.]"), ("float32", "uint8", "[1., 2.]"), ("uint8", "float32", "[[0, 0, 128, 63]]"), ("float32", "complex64", "[1., 2.]"),
                ("float32", "complex64", "[1., 2., 3.]"), ("int64", "float64", "[1, 2]"), ("float32", "float64", "1.")]:
    add("Bitcast %s %s %s" % (a, b, x), "raw('Bitcast', P(%s, '%s'), type=tf.%s)" % (x, a, b))
for d in PLAIN:
    add("Fill " + d, "raw('Fill', %s, P(1, '%s'))" % (int32("[2, 3]"), d))
add("Fill string", "raw('Fill', P([2], 'int64'), P(b'x', 'string'))")
for name, shape, x in [("none", "[]", "3."), ("empty", "[0, 2]", "3."), ("scalar shape", "3", "3."), ("matrix shape", "[[3]]", "3."), ("negative", "[-3]", "3."),
                       ("vector", "[3]", "[3.]")]:
    add("Fill " + name, "raw('Fill', %s, P(%s))" % (int32(shape), x))
for a, b in [("[2, 3]", "[2, 3]"), ("[2, 1]", "[3]"), ("[2, 1, 3]", "[4, 1]"), ("[]", "[3]"), ("[2, 3]", "[4, 3]"), ("[1, 1]", "[1]"), ("[[2]]", "[2]"), ("[5, 1]", "[5, 7]"),
             ("[0]", "[1]")]:
    add("BroadcastArgs %s %s" % (a, b), "raw('BroadcastArgs', %s, %s)" % (int32(a), int32(b)))
    add("BroadcastGradientArgs %s %s" % (a, b), "raw('BroadcastGradientArgs', P(%s, 'int64'), P(%s, 'int64'))" % (a, b))
for shape in ["[3, 2]", "[4, 3, 2]", "[2]", "[1, 3, 2]", "[6, 2]", "[3, 4]", "[2, 9, 6]", "[4, 2]", "[0, 2]", "[3, 3]"]:
    add("BroadcastTo " + shape, "raw('BroadcastTo', P(%s), %s)" % (D, int32(shape)))
over("BroadcastTo", "raw('BroadcastTo', {0}, %s)" % int32("[2, 1, 1, 3]"), PLAIN, text=False, data="[[[1]], [[2]]][0]")

# ---- Joining and taking apart ------------------------------------------------------------------------------------------------------
for axis in ["0", "1", "-1", "-2", "2", "-3", "[0]"]:
    add("ConcatV2 axis " + axis, "raw('ConcatV2', [P([[1., 2.], [3., 4.]]), P([[5., 6.], [7., 8.]])], %s)" % int32(axis))
    add("Concat axis " + axis, "raw('Concat', %s, [P([[1., 2.], [3., 4.]]), P([[5., 6.], [7., 8.]])])" % int32(axis))
over("ConcatV2", "raw('ConcatV2', [{0}, {0}, {0}], P(1, 'int64'))", PLAIN)
for name, a, b, axis in [("ranks", "[[1.]]", "[1.]", "0"), ("sizes", "[[1., 2.]]", "[[1.]]", "0"), ("uneven", "[[1., 2.]]", "[[3.]]", "1"),
                         ("empty", "np.zeros((0, 2))", "[[1., 2.]]", "0"), ("scalars", "1.", "2.", "0")]:
    add("ConcatV2 " + name, "raw('ConcatV2', [P(%s), P(%s)], %s)" % (a, b, int32(axis)))
for axis, a, b in [("1", "[1, 2]", "[1, 3]"), ("0", "[1, 2]", "[1, 3]"), ("-1", "[1, 2]", "[1, 3]"), ("5", "[1, 2]", "[1, 3]"), ("0", "[1, 2]", "[1]")]:
    add("ConcatOffset %s %s %s" % (axis, a, b), "raw('ConcatOffset', %s, [%s, %s])" % (int32(axis), int32(a), int32(b)))
for axis in [0, 1, 2, -1, -3, 3, -4]:
    add("Pack axis %d" % axis, "raw('Pack', [P(%s), P(%s)], axis=%d)" % (D, D, axis))
    add("Unpack axis %d" % axis, "raw('Unpack', P(%s), num=3, axis=%d)" % (M, axis))
over("Pack", "raw('Pack', [{0}, {0}, {0}], axis=1)", PLAIN)
over("Unpack", "raw('Unpack', {0}, num=2, axis=1)", PLAIN)
add("Pack scalars", "raw('Pack', [P(1.), P(2.), P(3.)])")
add("Pack one", "raw('Pack', [P([1., 2.])], axis=1)")
add("Pack shapes", "raw('Pack', [P([1., 2.]), P([1.])])")
add("Unpack num", "raw('Unpack', P([1., 2.]), num=3)")
over("Split", "raw('Split', %s, {0}, num_split=2)" % int32("1"), PLAIN)
over("SplitV", "raw('SplitV', {0}, %s, %s, num_split=2)" % (int32("[1, -1]"), int32("1")), PLAIN)
for axis, n in [("0", 3), ("0", 2), ("-1", 2), ("5", 2), ("[0]", 3), ("[0, 1]", 3), ("0", 1)]:
    add("Split %s %d" % (axis, n), "raw('Split', %s, P(%s), num_split=%d)" % (int32(axis), D, n))
for sizes, axis in [("[1, 2]", "0"), ("[1, 1]", "0"), ("[-1, 4]", "0"), ("[-1, -1]", "0"), ("[-2, 5]", "0"), ("[0, 3]", "0"), ("[1, 2]", "7"), ("[3]", "0"), ("[[1, 2]]", "0")]:
    add("SplitV %s %s" % (sizes, axis), "raw('SplitV', P(%s), P(%s, 'int64'), %s, num_split=2)" % (D, sizes, int32(axis)))

# ---- Slices --------------------------------------------------------------------------------------------------------------------------
over("Slice", "raw('Slice', {0}, %s, %s)" % (int32("[1, 0]"), int32("[1, -1]")), PLAIN)
for begin, size in [("[0, 0]", "[3, 2]"), ("[1, 1]", "[2, 1]"), ("[1, 1]", "[-1, -1]"), ("[3, 0]", "[0, 2]"), ("[4, 0]", "[0, 2]"), ("[0, 0]", "[4, 2]"), ("[-1, 0]", "[1, 1]"),
                    ("[0]", "[1]"), ("[0, 0]", "[-2, 1]"), ("[[0, 0]]", "[[1, 1]]")]:
    add("Slice %s %s" % (begin, size), "raw('Slice', P(%s), P(%s, 'int64'), P(%s, 'int64'))" % (D, begin, size))
SPECS = [("[0]", "[1]", "[1]", ""), ("[1, 0]", "[3, 2]", "[1, 1]", ""), ("[0, 1, 0]", "[2, 3, 4]", "[1, 1, 2]", ""), ("[-1]", "[-3]", "[-1]", ""),
         ("[0]", "[0]", "[1]", "begin_mask=1, end_mask=1"), ("[1]", "[2]", "[1]", "shrink_axis_mask=1"), ("[0, 1]", "[0, 2]", "[1, 1]", "ellipsis_mask=1"),
         ("[0, 0]", "[0, 0]", "[1, 1]", "new_axis_mask=1, end_mask=2"), ("[0, 0, 1]", "[0, 0, 3]", "[1, 1, 1]", "new_axis_mask=2, ellipsis_mask=1"),
         ("[0, 3]", "[2, -9]", "[1, -2]", "shrink_axis_mask=0"), ("[0, 0, 3]", "[0, 0, 0]", "[1, 1, -1]", "begin_mask=3, end_mask=7"),
         ("[5]", "[6]", "[1]", "shrink_axis_mask=1"), ("[-3]", "[6]", "[1]", "shrink_axis_mask=1"), ("[0]", "[1]", "[0]", ""), ("[0, 0, 0, 0]", "[1, 1, 1, 1]", "[1, 1, 1, 1]", ""),
         ("[0]", "[1, 1]", "[1]", ""), ("[[0]]", "[[1]]", "[[1]]", ""), ("[0]", "[1]", "[-1]", "shrink_axis_mask=1"), ("[0, 0]", "[1, 1]", "[1, 1]", "ellipsis_mask=3"),
         ("[9]", "[99]", "[1]", ""), ("[1]", "[-1]", "[2]", ""), ("[]", "[]", "[]", ""), ("[0, 0, 0]", "[2, 3, 4]", "[1, 1, 1]", "shrink_axis_mask=2"),
         ("[-2**31]", "[2**31 - 1]", "[2**31 - 1]", "")]
for number, (begin, end, stride, more) in enumerate(SPECS):
    add("StridedSlice %d" % number, "raw('StridedSlice', P(%s), %s, %s, %s%s)" % (M, int32(begin), int32(end), int32(stride), ", " + more if more else ""))
    add("StridedSlice long %d" % number, "raw('StridedSlice', P({0}), P({1}, 'int64'), P({2}, 'int64'), P({3}, 'int64'){4})".format(
        M, begin, end, stride, ", " + more if more else ""))
over("StridedSlice", "raw('StridedSlice', {0}, %s, %s, %s)" % (int32("[0, 1]"), int32("[2, -3]"), int32("[1, -1]")), PLAIN)
for number, dy in [(0, "np.ones((1, 3, 4))"), (2, "np.ones((2, 2, 2))"), (3, "np.ones((2, 3, 4))"), (5, "np.ones((3, 4))"), (7, "np.ones((1, 0, 3, 4))"), (9, "np.ones((2, 2, 4))"),
                   (0, "np.ones((2, 3, 4))"), (22, "np.ones((2, 4))")]:
    begin, end, stride, more = SPECS[number]
    add("StridedSliceGrad %d %s" % (number, dy), "raw('StridedSliceGrad', %s, %s, %s, %s, P(%s)%s)" % (
        int32("[2, 3, 4]"), int32(begin), int32(end), int32(stride), dy, ", " + more if more else ""))
add("StridedSliceGrad negative", "raw('StridedSliceGrad', %s, %s, %s, %s, P([1.]))" % (int32("[-2]"), int32("[0]"), int32("[1]"), int32("[1]")))
for d in ["float32", "int32", "complex64"]:
    for kind, op in [("V", "StridedSliceAssign"), ("R", "ResourceStridedSliceAssign")]:
        add("%s %s" % (op, d), "after(raw('%s', %s([[1, 2, 3], [4, 5, 6]], '%s'), %s, %s, %s, P([[7], [8]], '%s')))" % (
            op, kind, d, int32("[0, 1]"), int32("[2, 2]"), int32("[1, 1]"), d))
for axis in ["0", "1", "-1"]:
    add("GatherV2 axis " + axis, "raw('GatherV2', P(%s), %s, %s)" % (D, int32("[[1, 0], [0, 1]]"), int32(axis)))
over("GatherV2", "raw('GatherV2', {0}, P([1, 0, 1], 'int64'), %s)" % int32("0"), PLAIN)
over("Gather", "raw('Gather', {0}, %s)" % int32("[1, 0, 1]"), PLAIN)
for name, x, at, axis in [("far", D, "[0, 3]", "0"), ("negative", D, "[[0, -1]]", "0"), ("scalar", D, "7", "0"), ("axis", D, "[0]", "2"), ("axis vector", D, "[0]", "[0]"),
                          ("params", "1.", "[0]", "0"), ("none", D, "np.zeros((0,))", "1"), ("empty", "np.zeros((3, 0))", "[1, 2]", "0"), ("one", D, "1", "0")]:
    add("GatherV2 " + name, "raw('GatherV2', P(%s), %s, %s)" % (x, int32(at), int32(axis)))
over("GatherNd", "raw('GatherNd', {0}, %s)" % int32("[[1, 0], [0, 1]]"), PLAIN)
for at in ["[[1], [0]]", "[1, 0]", "[[0, 5]]", "[0, 5]", "[[[0, 5]]]", "[[0, 0, 0]]", "np.zeros((2, 0))", "np.zeros((0, 2))", "1", "[[-1, 0]]"]:
    add("GatherNd " + at, "raw('GatherNd', P(%s), %s)" % (D, int32(at)))
add("GatherNd empty", "raw('GatherNd', P(np.zeros((0, 2))), %s)" % int32("[[0]]"))
for d in PLAIN:
    add("OneHot " + d, "raw('OneHot', P([0, 2, -1, 5], 'int64'), {0}, P(1, '{1}'), P(0, '{1}'))".format(int32("3"), d))
add("OneHot string", "raw('OneHot', %s, %s, P(b'on', 'string'), P(b'off', 'string'), axis=0)" % (int32("[[0, 2], [1, 1]]"), int32("3")))
add("OneHot of uint8", "raw('OneHot', P([0, 2], 'uint8'), %s, P(1.), P(0.), axis=0)" % int32("3"))
for name, at, depth, on, axis in [("depth", "[0]", "-1", "1.", -1), ("axis", "[0]", "2", "1.", 3), ("middle", "[[0, 1], [1, 0]]", "2", "1.", 1), ("on", "[0]", "2", "[1.]", -1),
                                  ("depths", "[0]", "[2]", "1.", -1), ("zero", "[0]", "0", "1.", -1)]:
    add("OneHot " + name, "raw('OneHot', %s, %s, P(%s), P(0.), axis=%d)" % (int32(at), int32(depth), on, axis))
over("Tile", "raw('Tile', {0}, P([2, 1], 'int64'))", [d for d in PLAIN if d not in ("int8", "bfloat16", "uint16")])
for m in ["[1, 1]", "[2, 3]", "[0, 1]", "[1]", "[1, -1]", "[[1, 1]]"]:
    add("Tile " + m, "raw('Tile', P(%s), %s)" % (D, int32(m)))
add("Tile scalar", "raw('Tile', P(1.), %s)" % int32("np.zeros((0,))"))
over("Transpose", "raw('Transpose', {0}, %s)" % int32("[1, 0]"), PLAIN)
for perm in ["[0, 1, 2]", "[2, 1, 0]", "[1, 0, 2]", "[0, 2, 1]", "[2, 0, 1]", "[0, 0, 1]", "[0, 1, 5]", "[0, 1]", "[[0, 1, 2]]", "[0, 1, -1]"]:
    add("Transpose " + perm, "raw('Transpose', P(%s), %s)" % (M, int32(perm)))
add("Transpose large", "raw('Transpose', P(np.arange(70 * 45).reshape(70, 45), 'int32'), %s)" % int32("[1, 0]"))
add("ConjugateTranspose", "raw('ConjugateTranspose', P([[1+2j, 3j]], 'complex64'), %s)" % int32("[1, 0]"))
for x in ["[2, 0, 1]", "[0, 0]", "[0, 5]", "[[0]]", "[]", "[0, -1]"]:
    add("InvertPermutation " + x, "raw('InvertPermutation', %s)" % int32(x))

# ---- Pads, reversals, diagonals ------------------------------------------------------------------------------------------------------
over("Pad", "raw('Pad', {0}, %s)" % int32("[[1, 0], [0, 2]]"), PLAIN)
over("PadV2", "raw('PadV2', {0}, P([[1, 0], [0, 2]], 'int64'), P(1, '{1}'))", PLAIN, text=False)
add("PadV2 string", "raw('PadV2', P([b'a'], 'string'), %s, P(b'x', 'string'))" % int32("[[1, 1]]"))
for p in ["[[0, 0], [0, 0]]", "[[1, 2]]", "[[-1, 2], [0, 0]]", "[1, 2]", "[[1, 2, 3], [1, 2, 3]]"]:
    add("Pad " + p, "raw('Pad', P(%s), %s)" % (D, int32(p)))
    add("MirrorPad " + p, "raw('MirrorPad', P(%s), %s, mode='SYMMETRIC')" % (D, int32(p)))
add("Pad scalar", "raw('Pad', P(1.), %s)" % int32("np.zeros((0, 2))"))
for mode in ["REFLECT", "SYMMETRIC"]:
    over("MirrorPad " + mode, "raw('MirrorPad', {0}, %s, mode='%s')" % (int32("[[1, 1], [0, 1]]"), mode), PLAIN)
    for p in ["[[2, 2], [1, 1]]", "[[3, 2], [0, 0]]", "[[4, 0], [0, 0]]"]:
        add("MirrorPad %s %s" % (mode, p), "raw('MirrorPad', P(%s), %s, mode='%s')" % (D, int32(p), mode))
    for p in ["[[1, 1], [0, 1]]", "[[9, 0], [0, 0]]", "[[0, 0], [0, 0]]", "[[-1, 0], [0, 0]]"]:
        add("MirrorPadGrad %s %s" % (mode, p), "raw('MirrorPadGrad', P(np.arange(20).reshape(5, 4)), %s, mode='%s')" % (int32(p), mode))
    for d in NUMBERS:
        add("MirrorPadGrad %s %s" % (mode, d), "raw('MirrorPadGrad', P([1, 2, 3, 4, 5], '%s'), %s, mode='%s')" % (d, int32("[[1, 1]]"), mode))
over("ReverseV2", "raw('ReverseV2', {0}, %s)" % int32("[1]"), PLAIN)
for axes in ["[0]", "[0, 1]", "[-1, 0]", "[]", "[2]", "[0, 0]", "0", "[0, -2]"]:
    add("ReverseV2 " + axes, "raw('ReverseV2', P(%s), P(%s, 'int64'))" % (D, axes))
for dims in ["[True, False]", "[True, True]", "[True]", "True"]:
    add("Reverse " + dims, "raw('Reverse', P(%s), P(%s, 'bool'))" % (D, dims))
over("ReverseSequence", "raw('ReverseSequence', {0}, P([1, 2, 0], 'int64'), seq_dim=1, batch_dim=0)", PLAIN, text=False)
for n, seq, batch in [("[2, 3]", 0, 1), ("[1, 2]", 1, 0), ("[1, 2, -1]", 1, 0), ("[1, 2, 3]", 1, 0), ("[1, 2, 1]", 5, 0), ("[1, 2, 1]", 0, 0), ("[[1]]", 1, 0), ("[1, 2, 1]", 0, 5)]:
    add("ReverseSequence %s %d %d" % (n, seq, batch), "raw('ReverseSequence', P(%s), %s, seq_dim=%d, batch_dim=%d)" % (D, int32(n), seq, batch))
for d in ["float32", "float64", "int32", "int64", "complex64", "complex128"]:
    add("Diag " + d, "raw('Diag', P([[1, 2], [3, 4]], '%s'))" % d)
    add("DiagPart " + d, "raw('DiagPart', P(np.arange(36).reshape(2, 3, 2, 3), '%s'))" % d)
for x in ["1.", "np.ones((2, 3))", "[1.]", "np.ones((2, 3, 3, 2))"]:
    add("Diag of " + x, "raw('Diag', P(%s))" % x)
    add("DiagPart of " + x, "raw('DiagPart', P(%s))" % x)
over("MatrixDiag", "raw('MatrixDiag', {0})", PLAIN, text=False)
over("MatrixDiagPart", "raw('MatrixDiagPart', {0})", PLAIN, text=False)
over("MatrixSetDiag", "raw('MatrixSetDiag', {0}, P([1, 1], '{1}'))", PLAIN, text=False)
over("MatrixBandPart", "raw('MatrixBandPart', {0}, P(1, 'int64'), P(0, 'int64'))", PLAIN, text=False, data="np.arange(1, 13).reshape(3, 4)")
add("MatrixDiag scalar", "raw('MatrixDiag', P(1.))")
add("MatrixDiagPart vector", "raw('MatrixDiagPart', P([1.]))")
add("MatrixDiagPart deep", "raw('MatrixDiagPart', P(%s))" % M)
add("MatrixSetDiag deep", "raw('MatrixSetDiag', P(%s), P(-np.ones((2, 3))))" % M)
for x, y in [(D, "[1., 2., 3.]"), (D, "[[1., 2.]]"), ("[1.]", "[1.]")]:
    add("MatrixSetDiag %s" % y, "raw('MatrixSetDiag', P(%s), P(%s))" % (x, y))
for low, high in [("-1", "-1"), ("0", "0"), ("-1", "0"), ("5", "1"), ("1", "7"), ("1", "-2"), ("[1]", "1"), ("0", "2")]:
    add("MatrixBandPart %s %s" % (low, high), "raw('MatrixBandPart', P(np.arange(1., 13.).reshape(2, 3, 2)), %s, %s)" % (int32(low), int32(high)))
add("MatrixBandPart vector", "raw('MatrixBandPart', P([1.]), %s, %s)" % (int32("1"), int32("1")))

# ---- Space, batch, depth -----------------------------------------------------------------------------------------------------------
for d in REAL:
    add("SpaceToBatchND " + d, "raw('SpaceToBatchND', P(np.arange(16).reshape(1, 4, 4, 1), '%s'), [2, 2], [[0, 0], [0, 0]])" % d)
    add("BatchToSpaceND " + d, "raw('BatchToSpaceND', P(np.arange(16).reshape(4, 2, 2, 1), '%s'), [2, 2], [[0, 0], [0, 0]])" % d)
for x, block, pads in [("np.ones((1, 3, 3, 1))", "[2, 2]", "[[0, 0], [0, 0]]"), ("np.ones((1, 3))", "[2, 2]", "[[0, 0], [0, 0]]"), ("np.ones((1, 4))", "[0]", "[[0, 0]]"),
                       ("np.ones((1, 4))", "[2]", "[[-1, 1]]"), ("np.arange(15.).reshape(1, 5, 3)", "[3]", "[[2, 2]]"), ("np.arange(30.).reshape(2, 3, 5)", "[2, 3]", "[[1, 0], [0, 1]]"),
                       ("np.arange(8.).reshape(2, 4)", "[1]", "[[1, 1]]"), ("np.zeros((0, 4))", "[2]", "[[0, 0]]")]:
    add("SpaceToBatchND %s %s %s" % (x, block, pads), "raw('SpaceToBatchND', P(%s), %s, %s)" % (x, block, pads))
for x, block, crops in [("np.ones((3, 3))", "[2]", "[[0, 0]]"), ("np.ones((4, 3))", "[2]", "[[4, 4]]"), ("np.ones((4, 3))", "[2]", "[[-1, 4]]"),
                        ("np.arange(12.).reshape(4, 3)", "[2]", "[[1, 2]]"), ("np.arange(36.).reshape(6, 2, 3)", "[2, 3]", "[[1, 0], [2, 1]]"), ("np.arange(12.).reshape(4, 3)", "[4]", "[[5, 5]]")]:
    add("BatchToSpaceND %s %s %s" % (x, block, crops), "raw('BatchToSpaceND', P(%s), %s, %s)" % (x, block, crops))
for d in PLAIN:
    x = "np.arange(16).reshape(1, 4, 4, 1) % 2 == 0" if d == "bool" else "np.arange(16).reshape(1, 4, 4, 1)"
    add("SpaceToDepth " + d, "raw('SpaceToDepth', P(%s, '%s'), block_size=2)" % (x, d))
    add("DepthToSpace " + d, "raw('DepthToSpace', P((%s).reshape(1, 2, 2, 4), '%s'), block_size=2)" % (x, d))
for op, x, more in [("SpaceToDepth", "np.ones((1, 3, 3, 1))", ""), ("SpaceToDepth", "np.ones((1, 3, 3))", ""), ("SpaceToDepth", "np.ones((1, 1, 2, 2))", ", data_format='NCHW'"),
                    ("DepthToSpace", "np.ones((1, 3, 3, 3))", ""), ("DepthToSpace", "np.ones((3, 3, 4))", ""), ("DepthToSpace", "np.arange(24.).reshape(1, 1, 2, 12)", ""),
                    ("SpaceToDepth", "np.arange(48.).reshape(2, 2, 4, 3)", "")]:
    add("%s %s%s" % (op, x, more), "raw('%s', P(%s), block_size=2%s)" % (op, x, more))

# ---- Scatter, uniqueness, positions ------------------------------------------------------------------------------------------------
for d in NUMBERS:
    add("ScatterNd " + d, "raw('ScatterNd', %s, P([1, 2, 3], '%s'), %s)" % (int32("[[1], [3], [1]]"), d, int32("[5]")))
    add("ScatterNdNonAliasingAdd " + d, "raw('ScatterNdNonAliasingAdd', P([1, 1, 1, 1], '{0}'), {1}, P([1, 2, 3], '{0}'))".format(d, int32("[[1], [3], [1]]")))
add("ScatterNd bool", "raw('ScatterNd', %s, P([True, True], 'bool'), %s)" % (int32("[[0], [0]]"), int32("[2]")))
add("ScatterNd string", "raw('ScatterNd', %s, P([b'a', b'b'], 'string'), %s)" % (int32("[[0], [0]]"), int32("[2]")))
for at, up, shape in [("[[5]]", "[1.]", "[3]"), ("[[5]]", "[1., 2.]", "[3]"), ("[[0, 1]]", "[1.]", "[3]"), ("[[0]]", "[1.]", "[[3]]"), ("[[0]]", "[1.]", "[-3]"), ("[[0]]", "[1.]", "[0]"),
                      ("0", "[1.]", "[2]"), ("[[0], [2]]", "[[1., 2.], [3., 4.]]", "[3, 2]"), ("[[0, 1], [2, 0]]", "[1., 2.]", "[3, 2]"), ("[[-1]]", "[1.]", "[3]"),
                      ("np.zeros((0, 1))", "np.zeros((0,))", "[3]"), ("[[[0, 9]]]", "[[1.]]", "[3, 2]")]:
    add("ScatterNd %s %s %s" % (at, up, shape), "raw('ScatterNd', %s, P(%s), %s)" % (int32(at), up, int32(shape)))
add("ScatterNdNonAliasingAdd far", "raw('ScatterNdNonAliasingAdd', P([1., 2.]), %s, P([1.]))" % int32("[[5]]"))
for d in REAL:
    if d == "bfloat16":
        continue
    for op in ["Unique", "UniqueWithCounts"]:
        add("%s %s" % (op, d), "raw('%s', P([3, 1, 3, 2, 1, 1], '%s'), out_idx=tf.int64)" % (op, d))
    for op in ["UniqueV2", "UniqueWithCountsV2"]:
        add("%s %s" % (op, d), "raw('%s', P([[1, 2, 1], [3, 4, 3]], '%s'), P([1], 'int64'))" % (op, d))
    add("ListDiff " + d, "raw('ListDiff', P([1, 2, 1, 3], '{0}'), P([1], '{0}'))".format(d))
for op in ["Unique", "UniqueWithCounts"]:
    add(op + " string", "raw('%s', P([b'x', b'', b'x', b'y'], 'string'))" % op)
    add(op + " matrix", "raw('%s', P(%s))" % (op, D))
    add(op + " nan", "raw('%s', P([3., np.nan, -0., 0., np.nan]))" % op)
    add(op + " empty", "raw('%s', P([]))" % op)
for axis in ["[0]", "[1]", "[]", "[5]", "0", "[-1]"]:
    add("UniqueV2 " + axis, "raw('UniqueV2', P([[1., 2., 1.], [3., 4., 3.]]), %s)" % int32(axis))
add("UniqueV2 vector", "raw('UniqueV2', P([1., 2., 1.]), P([], 'int64'))")
add("ListDiff string", "raw('ListDiff', P([b'a', b'b', b'c'], 'string'), P([b'b'], 'string'))")
add("ListDiff matrix", "raw('ListDiff', P(%s), P([1.]))" % D)
over("Where", "raw('Where', {0})", [d for d in PLAIN if d != "float16"], text=False)
add("Where none", "raw('Where', P([0., 0.]))")
add("Where nan", "raw('Where', P([[1., 0., np.nan, -0.]]))")
for d in REAL:
    if d != "bfloat16":
        for op in ["LowerBound", "UpperBound"]:
            add("%s %s" % (op, d), "raw('{0}', P([[1, 3, 3, 5], [2, 4, 6, 8]], '{1}'), P([[3, 0], [9, 4]], '{1}'))".format(op, d))
add("UpperBound rows", "raw('UpperBound', P([[1., 2.]]), P([[2.], [3.]]))")
for at, dims in [("[22, 41]", "[7, 6]"), ("22", "[7, 6]"), ("[50]", "[7, 6]"), ("[5]", "[[7, 6]]"), ("[[5]]", "[7, 6]"), ("[5]", "[10]")]:
    add("UnravelIndex %s %s" % (at, dims), "raw('UnravelIndex', %s, %s)" % (int32(at), int32(dims)))
for d in FLOATS:
    add("CheckNumerics " + d, "raw('CheckNumerics', P([1., 2.], '%s'), message='m')" % d)
    for name, x in [("nan", "[1., np.nan]"), ("inf", "[-np.inf]"), ("both", "[np.inf, np.nan]")]:
        add("CheckNumerics %s %s" % (name, d), "raw('CheckNumerics', P(%s, '%s'), message='m')" % (x, d))

# ---- Partition and stitch ------------------------------------------------------------------------------------------------------------
over("DynamicPartition", "raw('DynamicPartition', {0}, %s, num_partitions=3)" % int32("[2, 0, 2]"), PLAIN, text=False)
add("DynamicPartition string", "raw('DynamicPartition', P(%s, 'string'), %s, num_partitions=2)" % (TEXT, int32("[1, 0]")))
for at in ["[0, 5, 1]", "[0, 1]", "[0, -1, 1]", "[[0, 1], [1, 1], [0, 0]]", "1"]:
    add("DynamicPartition " + at, "raw('DynamicPartition', P(%s), %s, num_partitions=2)" % (D, int32(at)))
over("DynamicStitch", "raw('DynamicStitch', [%s, %s], [{0}, {0}])" % (int32("[2, 0, 5]"), int32("[1, 4, 3]")), PLAIN, text=False)
for op in ["DynamicStitch", "ParallelDynamicStitch"]:
    add(op + " string", "raw('%s', [%s], [P([b'a', b'b'], 'string')])" % (op, int32("[1, 0]")))
    for name, at, data in [("negative", "[0, -1]", "[1., 2.]"), ("shape", "[0, 1]", "[[1., 2.]]"), ("twice", "[0, 0]", "[1., 2.]"), ("none", "[]", "np.zeros((0, 3))")]:
        add("%s %s" % (op, name), "raw('%s', [%s], [P(%s)])" % (op, int32(at), data))
    add(op + " scalars", "raw('%s', [%s, %s], [P([[1., 2.], [3., 4.]]), P([5., 6.])])" % (op, int32("[0, 2]"), int32("1")))
    add(op + " rest", "raw('%s', [%s, %s], [P([[1., 2.], [3., 4.]]), P([5.])])" % (op, int32("[0, 2]"), int32("1")))
