"""Rows of stochastic dual coordinate ascent.  Examples are taken in an order by chance, so those of one row share no features, or there is one."""
ROWS = []
FLAT = "(lambda r: [r[0]] + list(r[1]) + list(r[2]))"
LOSSES = ["logistic_loss", "squared_loss", "hinge_loss", "smooth_hinge_loss", "poisson_loss"]


def add(name, expression):
    ROWS.append((name, expression))


def fed(values, dtype="float32"):
    return "P(%s, '%s')" % (values, dtype)


def lists(values, dtype="float32"):
    return "[%s]" % ", ".join(fed(v, dtype) for v in values)


def optimizer(name, examples=(), features=(), values=(), dense=(), costs="[1., 1., 1.]", labels="[1., 0., 1.]", indices=(), sparse=(), weights=(), state="np.zeros([3, 4])",
              loss="logistic_loss", l1=0.0, l2=1.0, partitions=1, adaptive=False):
    add("SdcaOptimizer " + name, FLAT + "(raw('SdcaOptimizer', %s, loss_type=%r, adaptative=%r, l1=%r, l2=%r, num_loss_partitions=%d, num_inner_iterations=1))" % (
            ", ".join([lists(examples, "int64"), lists(features, "int64"), lists(values), lists(dense), fed(costs), fed(labels), lists(indices, "int64"), lists(sparse), lists(weights), fed(state)]),
            loss, adaptive, l1, l2, partitions))


APART = dict(examples=["[0, 0, 1, 2]", "[0, 2]"], features=["[3, 5, 1, 8]", "[0, 1]"], indices=["[1, 3, 5, 8]", "[0, 1]"], sparse=["[.5, -.25, 1., 0.]", "[0., -2.]"])
for loss in LOSSES:
    for l1 in [0.0, 0.3]:
        for adaptive in [False, True]:
            if adaptive and loss != "logistic_loss":
                continue        # an example drawn twice is trained twice, by chance
            for partitions in [1, 3]:
                more = dict(loss=loss, l1=l1, l2=.7, partitions=partitions)
                if not adaptive:
                    optimizer("%s %s %d apart" % (loss, l1, partitions), values=["[1., -2., .5, 3.]"], costs="[1., 2., .5]", **dict(APART, **more))
                    optimizer("%s %s %d known" % (loss, l1, partitions), state="[[.25, 1, 2, 3], [-.5, 0, 0, 0], [.75, 0, 0, 0]]", **dict(APART, **more))
                    optimizer("%s %s %d dense apart" % (loss, l1, partitions), dense=["[[1., 0., 0.], [0., -2., 0.], [0., 0., 3.]]"], weights=["[.5, .25, -1.]"], **more)
                optimizer("%s %s %d %s one" % (loss, l1, partitions, adaptive), examples=["[0, 0]"], features=["[0, 1]"], indices=["[0, 1]"], sparse=["[.5, -.5]"], dense=["[[1., -2., .125]]"],
                          weights=["[.5, .25, -1.]"], costs="[1.5]", labels="[1.]", state="[[.1, 0., 0., 0.]]", adaptive=adaptive, **more)
optimizer("counts", loss="poisson_loss", labels="[3., 0., 7.]", **APART)
optimizer("real labels", loss="squared_loss", labels="[3.5, -2., .25]", **APART)
optimizer("no entries", **dict(APART, examples=["[]", "[0, 2]"], features=["[]", "[0, 1]"]))
optimizer("no examples", examples=["[]"], features=["[]"], indices=["[0]"], sparse=["[1.]"], costs="[]", labels="[]", state="np.zeros([0, 4])")
optimizer("out of order", **dict(APART, examples=["[0, 1, 0, 2]", "[0, 2]"]))
optimizer("no weight of examples", costs="[0., 1., 0.]", **APART)
optimizer("weights as matrices", **dict(APART, sparse=["[[.5, -.25], [1., 0.]]", "[[0.], [-2.]]"]))
for loss in LOSSES:
    optimizer("%s wrong label" % loss, loss=loss, labels="[1., -3., 1.]", **APART)
optimizer("no features")
optimizer("unknown index", **dict(APART, features=["[3, 5, 2, 8]", "[0, 1]"]))
optimizer("twice", **dict(APART, features=["[3, 3, 1, 8]", "[0, 1]"]))
optimizer("more dense than weights", dense=["[[1., 2.], [2., 1.], [3., 1.]]"], weights=["[.5]"])
for i, state in enumerate(["np.zeros([2, 4])", "np.zeros([3, 3])", "np.zeros([12])"]):
    optimizer("state %d" % i, state=state, **APART)
add("SdcaOptimizer static", FLAT + "(raw('SdcaOptimizer', [S([0], [1], 'int64')], [S([0], [1], 'int64')], [], [S([[1., 2.]], [1, 2])], S([1.], [1]), S([1.], [1]), [S([0], [1], 'int64')], [S([.5], [1])], [S([[1.], [2.]], [2, None])], "
    "S([[0., 0, 0, 0]], [1, 4]), loss_type='hinge_loss', l1=0., l2=1., num_loss_partitions=1, num_inner_iterations=1))")
add("SdcaOptimizer unknown loss", FLAT + "(raw('SdcaOptimizer', [], [], [], [P([[1.]])], P([1.]), P([1.]), [], [], [P([1.])], P([[0., 0, 0, 0]]), loss_type='log', l1=0., l2=1., num_loss_partitions=1, num_inner_iterations=1))")
for l1, l2 in [(.5, 1.), (0., 1.), (1., 4.), (3., 2.)]:
    add("SdcaShrinkL1 %s %s" % (l1, l2), "after(raw('SdcaShrinkL1', [V([[1.5, -.5], [.25, -2.]]), V([0., -0., .75])], l1=%s, l2=%s))" % (l1, l2))
add("SdcaShrinkL1 infinite", "after(raw('SdcaShrinkL1', [V([np.inf, -np.inf, np.nan])], l1=1., l2=1.))")
for n in [0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 23, 24, 25, 31, 32, 33, 40, 47, 48, 49, 64, 100, 127, 128, 129, 143, 144, 145, 160, 176, 200, 255, 256, 271, 272, 273, 300, 400, 512, 1000]:
    add("SdcaFprint %d" % n, "raw('SdcaFprint', P([bytes(bytearray((i * 37 + %d) %% 256 for i in range(%d)))], 'string'))" % (n, n))
add("SdcaFprint several", "raw('SdcaFprint', P([b'a', b'bc', b'', b'a longer one, of more than sixteen bytes'], 'string'))")
add("SdcaFprint none", "raw('SdcaFprint', P([], 'string'))")
add("SdcaFprint matrix", "raw('SdcaFprint', P([[b'a']], 'string'))")
add("SdcaFprint static", "raw('SdcaFprint', S([b'a'], [1], 'string'))")
