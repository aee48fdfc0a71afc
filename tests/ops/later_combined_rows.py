"""Rows of CombinedNonMaxSuppression, of 1.14 and later; TensorFlow 2.21 answers."""
ROWS = []


def row(name, boxes, scores, per_class="3", total="5", iou="0.5", least="0.1", fed="P", **attributes):
    parts = ["%s(%s, '%s')" % (fed, value, d) for value, d in [(boxes, "float32"), (scores, "float32"), (per_class, "int32"), (total, "int32"), (iou, "float32"), (least, "float32")]]
    ROWS.append(("CombinedNonMaxSuppression " + name, "raw('CombinedNonMaxSuppression', %s)" % ", ".join(parts + ["%s=%r" % item for item in sorted(attributes.items())])))


def boxes(*shape):
    n = shape[0] * shape[1] * shape[2] * 4
    return "np.sin(np.arange(%d.) * 1.7).reshape(%s) * .7 + .4" % (n, shape + (4,))


def scores(*shape):
    n = shape[0] * shape[1] * shape[2]
    return "np.cos(np.arange(%d.) ** 2 * 2.3).reshape(%s)" % (n, shape)


for batch, n, classes in [(1, 6, 1), (2, 12, 3), (3, 40, 5), (1, 150, 2)]:
    for q in sorted({1, classes}):
        for iou in ["0.", "0.3", "0.5", "1."]:
            for pad in [False, True]:
                for clip in [False, True]:
                    row("%d %d %d %d %s %s %s" % (batch, n, classes, q, iou, pad, clip), boxes(batch, n, q), scores(batch, n, classes), iou=iou, pad_per_class=pad, clip_boxes=clip)
        row("%d %d %d %d many" % (batch, n, classes, q), boxes(batch, n, q), scores(batch, n, classes), "100", "200", least="-2.")
        row("%d %d %d %d many padded" % (batch, n, classes, q), boxes(batch, n, q), scores(batch, n, classes), "4", "200", pad_per_class=True)
        row("%d %d %d %d none" % (batch, n, classes, q), boxes(batch, n, q), scores(batch, n, classes), least="2.")
B, S = boxes(2, 6, 1), scores(2, 6, 3)
row("same boxes", "np.tile([0., 0., 1., 1.], [1, 4, 1, 1])", "np.array([[[.9, .2], [.8, .7], [.3, .6], [.5, .1]]])")
row("corners in another order", "np.tile([1., 1., 0., 0.], [1, 2, 1, 1])", "np.array([[[.9], [.8]]])")
row("no area", "np.zeros([1, 3, 1, 4])", "np.array([[[.9], [.8], [.7]]])")
row("not numbers", B, "np.where(%s > .5, np.nan, %s)" % (S, S))
row("no images", boxes(0, 6, 1), scores(0, 6, 3))
row("no boxes", boxes(2, 0, 1), scores(2, 0, 3))
for name, values in {"batches": dict(scores=scores(3, 6, 3)), "lengths": dict(scores=scores(2, 5, 3)), "classes": dict(boxes=boxes(2, 6, 2)), "columns": dict(boxes="np.ones([2, 6, 1, 3])"),
                     "total zero": dict(total="0"), "total below": dict(total="-1"), "per class zero": dict(per_class="0"), "per class below": dict(per_class="-2"), "total vector": dict(total="[5]"),
                     "per class vector": dict(per_class="[3]"), "iou vector": dict(iou="[.5]"), "score vector": dict(least="[.5]"), "iou above": dict(iou="1.5"), "iou below": dict(iou="-.5"), "iou nan": dict(iou="np.nan"),
                     "boxes matrix": dict(boxes="np.ones([2, 6])"), "scores matrix": dict(scores="np.ones([2, 6])")}.items():
    row(name, **dict(dict(boxes=B, scores=S), **values))
for name, pad, more in [("known", False, ""), ("known padded", True, "")]:
    ROWS.append(("CombinedNonMaxSuppression " + name, "raw('CombinedNonMaxSuppression', S(%s, [2, None, 1, 4]), S(%s, [2, 6, 3]), tf.constant(2), tf.constant(50), .5, .1, pad_per_class=%s)" % (B, S, pad)))
for name, b, s, per_class, total in [("known classes", "[2, 6, 2, 4]", "[2, 6, 3]", 2, 50), ("known total", "[2, 6, 1, 4]", "[2, 6, 3]", 2, 0), ("known ranks", "[6, 1, 4]", "[2, 6, 3]", 2, 3), ("known columns", "[2, 6, 1, 3]", "[2, 6, 3]", 2, 3),
                                     ("known per class", "[2, 6, 1, 4]", "[2, 6, 3]", 0, 3)]:
    ROWS.append(("CombinedNonMaxSuppression " + name, "raw('CombinedNonMaxSuppression', tf.placeholder(tf.float32, %s), tf.placeholder(tf.float32, %s), tf.constant(%d), tf.constant(%d), .5, .1, pad_per_class=True)" % (b, s, per_class, total)))
