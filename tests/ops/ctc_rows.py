"""Rows of connectionist temporal classification."""
ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


X = "P(np.sin(np.arange(%d.) * np.arange(%d.) %% 17).reshape(%d, %d, %d) * %s)"


def logits(t, b, n, scale="3"):
    return X % (t * b * n, t * b * n, t, b, n, scale)


INDICES, VALUES = "P([[0, 0], [0, 1], [0, 2], [1, 0], [1, 1]], 'int64')", "P([1, 1, 2, 3, 0], 'int32')"


def loss(name, x=logits(6, 2, 5), indices=INDICES, values=VALUES, lengths="P([6, 5], 'int32')", more=""):
    add("CTCLoss " + name, "raw('CTCLoss', %s, %s, %s, %s%s)" % (x, indices, values, lengths, more))


for collapse in "True", "False":
    for merge in "True", "False":
        loss("%s %s" % (collapse, merge), more=", preprocess_collapse_repeated=%s, ctc_merge_repeated=%s" % (collapse, merge))
loss("static", x=logits(6, 2, 5).replace("P(", "S(", 1)[:-1] + ", [None, 2, 5])", lengths="S([6, 5], [2], 'int32')")
loss("wide", x=logits(30, 3, 40), indices="P([[0, 0], [0, 1], [1, 0], [2, 0], [2, 1], [2, 2]], 'int64')", values="P([3, 38, 0, 7, 7, 7], 'int32')", lengths="P([30, 20, 25], 'int32')")
loss("sharp", x=logits(6, 2, 5, "300"))
loss("long", lengths="P([2, 5], 'int32')")
loss("long ignored", lengths="P([2, 5], 'int32')", more=", ignore_longer_outputs_than_inputs=True")
loss("tight", lengths="P([3, 2], 'int32')")
loss("no steps", lengths="P([0, 5], 'int32')", more=", ignore_longer_outputs_than_inputs=True")
loss("negative length", lengths="P([-1, 5], 'int32')")
loss("more steps", lengths="P([7, 5], 'int32')")
loss("lengths", lengths="P([6], 'int32')")
loss("lengths matrix", lengths="P([[6, 5]], 'int32')")
loss("rank", x="P(np.ones((3, 4)))")
loss("indices vector", indices="P([1, 2], 'int64')")
loss("values matrix", values="P([[1]], 'int32')")
loss("rows", values="P([1, 2], 'int32')")
loss("no labels", indices="P([[0, 0]], 'int64')", values="P([1], 'int32')")
loss("batch", indices="P([[0, 0], [2, 0]], 'int64')", values="P([1, 1], 'int32')")
loss("order", indices="P([[1, 0], [0, 0]], 'int64')", values="P([1, 1], 'int32')")
loss("repeated", indices="P([[0, 0], [0, 0], [1, 0]], 'int64')", values="P([1, 1, 1], 'int32')")
loss("column", indices="P([[0, 9], [1, 0]], 'int64')", values="P([1, 1], 'int32')")
loss("blank label", values="P([1, 4, 2, 3, 0], 'int32')")
loss("blanks last", values="P([1, 2, 4, 3, 0], 'int32')")
loss("large label", values="P([1, 2, 9, 3, 0], 'int32')")
loss("negative label", values="P([1, 1, 2, -3, 0], 'int32')")

FLAT = "(lambda r: r[0] + r[1] + r[2] + [r[3]])(%s)"
for merge in "True", "False":
    add("CTCGreedyDecoder " + merge, "raw('CTCGreedyDecoder', %s, P([12, 7, 0], 'int32'), merge_repeated=%s)" % (logits(12, 3, 4), merge))
    for width, paths in (1, 1), (3, 2), (20, 5), (100, 1):
        add("CTCBeamSearchDecoder %s %d %d" % (merge, width, paths), FLAT % ("raw('CTCBeamSearchDecoder', %s, P([12, 7], 'int32'), beam_width=%d, top_paths=%d, merge_repeated=%s)"
                                                                            % (logits(12, 2, 4, "1"), width, paths, merge)))
for op, more in ("CTCGreedyDecoder", ""), ("CTCBeamSearchDecoder", ", beam_width=3, top_paths=1"):
    for name, x, lengths in [("more steps", logits(6, 2, 5), "P([7, 5], 'int32')"), ("lengths", logits(6, 2, 5), "P([6], 'int32')"), ("lengths matrix", logits(6, 2, 5), "P([[6, 5]], 'int32')"),
                             ("rank", "P(np.ones((3, 4)))", "P([3], 'int32')"), ("no time", "P(np.zeros((0, 2, 3)))", "P([0, 0], 'int32')"), ("no batch", "P(np.zeros((2, 0, 3)))", "P([], 'int32')"),
                             ("negative length", logits(6, 2, 5), "P([-1, 5], 'int32')"), ("one class", logits(4, 1, 1), "P([4], 'int32')")]:
        add("%s %s" % (op, name), "raw('%s', %s, %s%s)" % (op, x, lengths, more))
    add("%s static" % op, "raw('%s', S(np.ones((4, 2, 3)), [4, None, 3]), S([4, 4], [2], 'int32')%s)" % (op, more))
add("CTCBeamSearchDecoder paths", "raw('CTCBeamSearchDecoder', %s, P([12, 7], 'int32'), beam_width=2, top_paths=3)" % logits(12, 2, 4))
add("CTCBeamSearchDecoder leaves", "raw('CTCBeamSearchDecoder', %s, P([1, 1], 'int32'), beam_width=20, top_paths=9)" % logits(12, 2, 4))
WIDE = "P(np.sin(np.arange(1200.) * np.sqrt(np.arange(1200.))).reshape(20, 2, 30) * 3)"      # no two alike
add("CTCBeamSearchDecoder wide", FLAT % ("raw('CTCBeamSearchDecoder', %s, P([20, 15], 'int32'), beam_width=10, top_paths=3, merge_repeated=False)" % WIDE))
