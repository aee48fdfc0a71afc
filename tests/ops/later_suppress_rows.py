"""Rows of NonMaxSuppressionV5, of 1.15 and later; TensorFlow 2.21 answers."""
ROWS = []


def row(name, boxes, scores, limit="10", iou="0.5", least="0.1", sigma="0.", dtype="float32", fed="P", **attributes):
    parts = ["%s(%s, '%s')" % (fed, value, d) for value, d in [(boxes, dtype), (scores, dtype), (limit, "int32"), (iou, dtype), (least, dtype), (sigma, dtype)]]
    if fed != "P":
        parts = [boxes, scores, limit, iou, least, sigma]
    ROWS.append(("NonMaxSuppressionV5 " + name, "raw('NonMaxSuppressionV5', %s)" % ", ".join(parts + ["%s=%r" % item for item in sorted(attributes.items())])))


def boxes(n):
    return "np.sin(np.arange(%d.) * 1.7).reshape(%d, 4)" % (4 * n, n)


def scores(n, steps):
    return "np.floor(np.cos(np.arange(%d.) * 2.3) * %d) / %d" % (n, steps, steps)


for n in [7, 40, 150]:
    for steps in [5, 1000]:
        for sigma in ["0.", "0.5", "0.05", "3."]:
            for d in ["float32", "float16"]:
                row("%d %d %s %s" % (n, steps, sigma, d), boxes(n), scores(n, steps), sigma=sigma, dtype=d)
            row("%d %d %s all" % (n, steps, sigma), boxes(n), scores(n, steps), "1000", "0.9", "-2.", sigma)
            row("%d %d %s padded" % (n, steps, sigma), boxes(n), scores(n, steps), "30", "0.3", "0.2", sigma, pad_to_max_output_size=True)
ONE, TWO = "[[0., 0., 1., 1.]]", "[[0., 0., 1., 1.], [0., 0., 1., 1.]]"
for name, values in {
        "negative limit": dict(limit="-1"), "no limit": dict(limit="0"), "limit vector": dict(limit="[1]"), "iou": dict(iou="1.5"), "iou below": dict(iou="-0.1"),
        "iou nan": dict(iou="np.nan"), "iou vector": dict(iou="[0.5]"), "score vector": dict(least="[0.5]"), "sigma vector": dict(sigma="[0.5]"),
        "sigma below": dict(sigma="-1."), "sigma nan": dict(sigma="np.nan"), "sigma inf": dict(sigma="np.inf"), "sigma tiny": dict(sigma="1e-30"), "score nan": dict(least="np.nan"),
        "score -inf": dict(least="-np.inf")}.items():
    row(name, TWO, "[0.9, 0.8]", **values)
for name, b, sc in [("boxes vector", "[0., 0., 1., 1.]", "[1.]"), ("columns", "[[0., 0., 1.]]", "[1.]"), ("scores matrix", ONE, "[[1.]]"), ("sizes", ONE, "[1., 2.]"),
                    ("none", "np.zeros((0, 4))", "[]"), ("nan scores", TWO, "[np.nan, 0.5]"), ("inf scores", TWO, "[np.inf, np.inf]"),
                    ("inf boxes", "[[0., 0., np.inf, np.inf], [0., 0., 1., 1.]]", "[0.9, 0.8]"), ("nan boxes", "[[0., 0., np.nan, 1.], [0., 0., 1., 1.]]", "[0.9, 0.8]"),
                    ("inverted", "[[1., 1., 0., 0.], [0., 0.1, 1., 1.]]", "[0.9, 0.8]"), ("flat", "[[0., 0., 0., 1.], [0., 0., 0., 1.]]", "[0.9, 0.8]")]:
    for sigma in ["0.", "0.5"]:
        row("%s %s" % (name, sigma), b, sc, sigma=sigma)
for name, b, sc, pads in [("static", ONE, "[1.]", False), ("padded", ONE, "[1.]", True), ("unknown", "S(%s, None)" % ONE, "S([1.], None)", True),
                          ("partly", "S(%s, [None, 4])" % ONE, "S([1.], [None])", False), ("columns told", "[[0., 0., 1.]]", "[1.]", False)]:
    row("shapes " + name, b, sc, "3", fed="", pad_to_max_output_size=pads)
