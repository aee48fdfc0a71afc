"""Rows of the spectral family."""
ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


def z(shape, seed=0):
    return "(lambda r: r.randn(*%r) + 1j * r.randn(*%r))(np.random.RandomState(%d))" % (shape, shape, seed)


def x(shape, seed=0):
    return "np.random.RandomState(%d).randn(*%r)" % (seed, shape)


for op, rank in [("FFT", 1), ("FFT2D", 2), ("FFT3D", 3)]:
    for prefix in ["", "I"]:
        for d in ["complex64", "complex128"]:
            for shape in [(8,), (12,), (7,), (37,), (1,), (64,), (30,), (97,)] if rank == 1 else [(4, 6), (3, 5), (1, 7), (2, 8, 9)] if rank == 2 else [(2, 3, 4), (2, 1, 5, 3)]:
                add("%s%s %s %s" % (prefix, op, d, shape), "raw('%s%s', P(%s, '%s'))" % (prefix, op, z(shape), d))
            add("%s%s %s batch" % (prefix, op, d), "raw('%s%s', P(%s, '%s'))" % (prefix, op, z((2, 3, 4, 5)), d))
        add("%s%s empty" % (prefix, op), "raw('%s%s', P(np.zeros((2, 0, 3, 0)), 'complex64'))" % (prefix, op))
        add("%s%s scalar" % (prefix, op), "raw('%s%s', P(1j, 'complex64'))" % (prefix, op))
        add("%s%s static" % (prefix, op), "raw('%s%s', S(%s, [None, 3, 4], 'complex64'))" % (prefix, op, z((2, 3, 4))))
for op, rank in [("RFFT", 1), ("RFFT2D", 2), ("RFFT3D", 3)]:
    sizes = [2, 3, 10][-rank:]
    for length in [sizes, [n - 1 for n in sizes], [n - 2 for n in sizes], [1] * rank, [0] * rank, [n + 1 for n in sizes], sizes + [1]]:
        add("%s %s" % (op, length), "raw('%s', P(%s), P(%s, 'int32'))" % (op, x((2, 2, 3, 10)), length))
        add("I%s %s" % (op, length), "raw('I%s', P(%s, 'complex64'), P(%s, 'int32'))" % (op, z((2, 2, 3, 6)), length))
    add(op + " scalar length", "raw('%s', P(%s), P(4, 'int32'))" % (op, x((2, 2, 3, 10))))
    add(op + " low", "raw('%s', P(1.), P(%s, 'int32'))" % (op, sizes))
    add(op + " empty", "raw('%s', P(np.zeros((0, 2, 3, 10))), P(%s, 'int32'))" % (op, sizes))
    add(op + " static", "raw('%s', S(%s, [None, 2, 3, 10]), tf.constant(%s))" % (op, x((2, 2, 3, 10)), sizes))
    add("I%s static" % op, "raw('I%s', S(%s, [None, 2, 3, None], 'complex64'), tf.constant(%s))" % (op, z((2, 2, 3, 6)), sizes))

for name, expression in [
        ("rfft", "tf.spectral.rfft(P(%s))" % x((2, 9))), ("rfft padded", "tf.spectral.rfft(P(%s), [12])" % x((2, 9))), ("rfft static", "tf.spectral.rfft(S(%s, [2, 9]), [12])" % x((2, 9))),
        ("rfft2d", "tf.spectral.rfft2d(S(%s, [3, 4]))" % x((3, 4))), ("rfft3d", "tf.spectral.rfft3d(P(%s))" % x((2, 3, 4))), ("irfft", "tf.spectral.irfft(P(%s, 'complex64'))" % z((2, 5))),
        ("irfft padded", "tf.spectral.irfft(P(%s, 'complex64'), [12])" % z((2, 5))), ("irfft2d", "tf.spectral.irfft2d(S(%s, [3, 4], 'complex64'), [3, 7])" % z((3, 4))),
        ("irfft3d", "tf.spectral.irfft3d(S(%s, [2, 3, 4], 'complex64'))" % z((2, 3, 4))), ("fft", "tf.fft(P(%s, 'complex64'))" % z((2, 5))), ("ifft2d", "tf.spectral.ifft2d(P(%s, 'complex64'))" % z((2, 5))),
        ("low", "tf.spectral.rfft2d(S([1., 2.], [2]))"), ("dct type", "tf.spectral.dct([1., 2.], type=4)"), ("dct n", "tf.spectral.dct([1., 2.], n=3)"), ("dct norm", "tf.spectral.dct([1., 2.], norm='x')")]:
    add("tf.spectral " + name, expression)
for kind in [2, 3]:
    for norm in ["None", "'ortho'"]:
        for f in ["dct", "idct"]:
            add("%s %d %s" % (f, kind, norm), "tf.spectral.%s(S(%s, [2, 6]), type=%d, norm=%s)" % (f, x((2, 6)), kind, norm))
            add("%s %d %s unknown" % (f, kind, norm), "tf.spectral.%s(P(%s), type=%d, norm=%s)" % (f, x((2, 6)), kind, norm))
