"""Rows of rarer mathematics."""
ROWS = []
X = "[0., 0.5, -1.25, 2., 0., 0., -3., 0., np.inf, 1.]"
Y = "[0., 2., 0.25, 1., -1., np.inf, 7., np.nan, 3., 0.]"


def add(name, expression):
    ROWS.append((name, expression))


for op in ["Xdivy", "Xlogy"]:
    for d in ["float16", "float32", "float64"]:
        add("%s %s" % (op, d), "raw('%s', P(%s, '%s'), P(%s, '%s'))" % (op, X, d, Y, d))
    for d in ["complex64", "complex128"]:
        add("%s %s" % (op, d), "raw('{0}', P([0., 0.5 + 1j, -2j, 0.], '{1}'), P([0., 2. - 1j, 1. + 1j, 3.], '{1}'))".format(op, d))
    add(op + " broadcast", "raw('%s', P([[0.], [2.]]), P([1., 2., 4.]))" % op)
    add(op + " scalars", "raw('%s', P(2.), P(4.))" % op)
    add(op + " empty", "raw('%s', P(np.zeros((0, 3))), P([1., 2., 3.]))" % op)
    add(op + " shapes", "raw('%s', P([1., 2.]), P([1., 2., 3.]))" % op)
    add(op + " static", "raw('%s', S([[1.], [2.]], [None, 1]), S([1., 2.], [2]))" % op)
for op in ["BesselI0e", "BesselI1e"]:
    for d in ["float16", "float32", "float64"]:
        add("%s %s" % (op, d), "raw('%s', P([0., 0.5, -1.25, 3., 7.99, 8., -8.5, 20., 100.], '%s'))" % (op, d))
    add(op + " far", "raw('%s', P([29.5, 30.5, -1e3, 1e6, np.inf, -np.inf, np.nan, 1e-20, -1e-3, -0.], 'float64'))" % op)
    add(op + " static", "raw('%s', S([[1.], [2.]], [None, 1]))" % op)
    add(op + " empty", "raw('%s', P(np.zeros((0, 3))))" % op)
