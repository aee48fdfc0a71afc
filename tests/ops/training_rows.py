"""Rows of the training family: each optimizer's step, on references and resources, dense and by rows."""
FLOATS = ["float16", "float32", "float64"]
ROWS = []
VALUES = ["[[1., -2., .5, 0.], [.1, .2, -.3, 1.]]", "[[.1, .2, .3, 1.], [.1, .2, .3, 1.]]", "[[.3, .2, .4, 1.5], [.3, .4, .9, .1]]",
          "[[.3, .2, -.4, .5], [.03, .4, .9, .1]]"]
GRAD = "[[.5, -.25, .125, 2.], [.5, -.25, .125, 1.]]"


def add(name, expression):
    ROWS.append((name, expression))


# op, variables, what stands before and behind the gradient, more attributes, types
STEPS = [
    ("GradientDescent", 1, [".1"], [], "", "d"), ("Momentum", 2, [".1"], [".9"], "", "ds"), ("Momentum", 2, [".1"], [".9"], ", use_nesterov=True", "ds"),
    ("Adam", 3, [".9", ".99", ".01", ".9", ".99", "1e-3"], [], "", "d"), ("Adam", 3, [".9", ".99", ".01", ".9", ".99", "1e-3"], [], ", use_nesterov=True", "d"),
    ("AdaMax", 3, [".9", ".01", ".9", ".99", ".01"], [], "", "d"), ("Adadelta", 3, [".1", ".9", ".01"], [], "", "ds"),
    ("Adagrad", 2, [".1"], [], "", "ds"), ("Adagrad", 2, [".1"], [], ", update_slots=False", "ds"),
    ("ProximalAdagrad", 2, [".1", ".3", ".2"], [], "", "ds"), ("ProximalAdagrad", 2, [".1", "0.", ".2"], [], "", "ds"),
    ("ProximalGradientDescent", 1, [".1", ".3", ".2"], [], "", "ds"), ("ProximalGradientDescent", 1, [".1", "0.", ".2"], [], "", "ds"),
    ("AdagradDA", 3, [], [".1", ".3", ".2", "i3"], "", "ds"), ("AdagradDA", 3, [], [".1", "0.", ".2", "i3"], "", "ds"),
    ("RMSProp", 3, [".1", ".9", ".5", ".01"], [], "", "ds"), ("CenteredRMSProp", 4, [".1", ".9", ".5", "1."], [], "", "ds"),
    ("AddSign", 2, [".1", ".7", ".3", ".9"], [], "", "d"), ("PowerSign", 2, [".1", ".7", ".3", ".9"], [], "", "d"),
    ("Ftrl", 3, [], [".1", "0.", ".2", "-.5"], "", "ds"), ("Ftrl", 3, [], [".1", ".3", ".2", "-.7"], "", "ds"),
    ("FtrlV2", 3, [], [".1", ".3", ".2", ".05", "-.5"], "", "ds"), ("FtrlV2", 3, [], [".1", "0.", ".2", ".05", "-.7"], "", "ds"),
]
NO_HALVES = {"ProximalAdagrad", "ProximalGradientDescent", "AdagradDA"}


def scalar(x, d):
    return "P(3, 'int64')" if x == "i3" else "P(%s, '%s')" % (x, d)


for number, (op, n, before, behind, attributes, kinds) in enumerate(STEPS):
    for sparse in [False, True]:
        if sparse and "s" not in kinds:
            continue
        for resource in [False, True]:
            for d in FLOATS if op not in NO_HALVES else FLOATS[1:]:
                variables = ", ".join("%s(%s, '%s')" % ("R" if resource else "V", v, d) for v in VALUES[:n])
                grad = "P(%s, '%s')" % (GRAD, d) + (", P([1, 0], 'int64')" if sparse else "")
                if op == "AdaMax" and sparse:
                    continue
                arguments = ", ".join([variables] + [scalar(x, d) for x in before] + [grad] + [scalar(x, d) for x in behind])
                name = ("Resource" if resource else "") + ("Sparse" if sparse else "") + "Apply" + op
                add("%s %d %s" % (name, number, d), "after(raw('%s', %s%s))" % (name, arguments, attributes))

MOMENTUM = "raw('%sApplyMomentum', %s, %s, P(%s), P(%s), %sP(%s))"
for name, resource, var, accum, lr, grad, momentum in [
        ("slot shape", "V", "[1., 2.]", "[1., 2., 3.]", "1.", "[1., 2.]", ".9"), ("grad shape", "V", "[1., 2.]", "[1., 2.]", "1.", "[1., 2., 3.]", ".9"),
        ("grad shape resource", "R", "[1., 2.]", "[1., 2.]", "1.", "[1., 2., 3.]", ".9"), ("lr", "V", "[1., 2.]", "[1., 2.]", "[1.]", "[1., 2.]", ".9"),
        ("momentum", "V", "[1., 2.]", "[1., 2.]", "1.", "[1., 2.]", "[.9]")]:
    add("ApplyMomentum " + name, MOMENTUM % ("" if resource == "V" else "Resource", "%s(%s)" % (resource, var), "%s(%s)" % (resource, accum), lr, grad, "",
                                             momentum))
for name, var, accum, grad, at in [
        ("far", "[[1., 2.]]", "[[1., 2.]]", "[[1., 2.]]", "[5]"), ("negative", "[[1., 2.]]", "[[1., 2.]]", "[[1., 2.]]", "[-1]"),
        ("matrix", "[[1., 2.]]", "[[1., 2.]]", "[[1., 2.]]", "[[0]]"), ("count", "[[1., 2.]]", "[[1., 2.]]", "[[1., 2.]]", "[0, 0]"),
        ("width", "[[1., 2.]]", "[[1., 2.]]", "[[1., 2., 3.]]", "[0]"), ("scalar", "1.", "1.", "[[1., 2., 3.]]", "[0]")]:
    add("SparseApplyMomentum " + name, MOMENTUM % ("Sparse", "V(%s)" % var, "V(%s)" % accum, "1.", grad, "P(%s, 'int32'), " % at, ".9"))
add("SparseApplyMomentum twice", "after(%s)" % (MOMENTUM % ("Sparse", "V([[1., 2.], [3., 4.]])", "V([[0., 0.], [0., 0.]])", "1.", "[[1., 2.], [3., 4.]]",
                                                            "P([1, 1], 'int32'), ", ".5")))
add("SparseApplyAdagrad none", "after(raw('SparseApplyAdagrad', V([[1., 2.]]), V([[1., 2.]]), P(1.), P(np.zeros((0, 2))), P([], 'int32')))")
add("ApplyGradientDescent alpha", "raw('ApplyGradientDescent', V([1., 2.]), P([1.]), P([1., 2.]))")
add("ApplyGradientDescent delta", "raw('ApplyGradientDescent', V([1., 2.]), P(1.), P([1.]))")
add("ApplyGradientDescent empty", "after(raw('ApplyGradientDescent', V(np.zeros((0, 2))), P(1.), P(np.zeros((0, 2)))))")
add("ApplyGradientDescent output", "raw('ApplyGradientDescent', V([1., 2.]), P(1.), P([1., 2.]))")
