"""Rows of the summaries.  PNG files are compared pixel by pixel in test_logging.py."""
ROWS = []


def add(name, expression):
    ROWS.append((name, "tf.expand_dims(%s, 0)" % expression))     # so that the bytes are kept as they are


REALS = ["float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16"]
for d in REALS:
    add("ScalarSummary %s" % d, "raw('ScalarSummary', 'tag', P(3, '%s'))" % d)
    add("HistogramSummary %s" % d, "raw('HistogramSummary', 'tag', P([0, 1, 1, 2, 100], '%s'))" % d)
add("ScalarSummary several", "raw('ScalarSummary', P([['a', 'b']], 'string'), P([[1.5, -2]]))")
add("ScalarSummary none", "raw('ScalarSummary', P(np.zeros([0]), 'string'), P([]))")
add("ScalarSummary legacy", "raw('ScalarSummary', 'a', P([1.5]))")
add("ScalarSummary special", "raw('ScalarSummary', P(['a', 'b', 'c', 'd'], 'string'), P([np.nan, np.inf, -0., 0.]))")
add("ScalarSummary shapes", "raw('ScalarSummary', 'a', P([1., 2.]))")
add("ScalarSummary shapes of several", "raw('ScalarSummary', P(['a', 'b'], 'string'), P(1.))")
add("ScalarSummary big", "raw('ScalarSummary', 'a', P(9007199791611905, 'int64'))")
add("ScalarSummary empty tag", "raw('ScalarSummary', '', P(1.))")
add("HistogramSummary wide", "raw('HistogramSummary', 'h', P([-1e30, -1e19, -5, -1e-13, 0, 1e-13, 1e-12, 1, 1e19, 1e20, 1e30], 'float64'))")
add("HistogramSummary many", "raw('HistogramSummary', 'h', P((np.arange(1000.) % 37 - 18) * np.arange(1000.) ** 3, 'float64'))")
add("HistogramSummary nothing", "raw('HistogramSummary', 'h', P([]))")
add("HistogramSummary one", "raw('HistogramSummary', 'h', P(-3.))")
add("HistogramSummary zeros", "raw('HistogramSummary', 'h', P([0., -0.]))")
add("HistogramSummary nan", "raw('HistogramSummary', 'h', P([1., np.nan]), name='N')")
add("HistogramSummary inf", "raw('HistogramSummary', 'h', P([1., -np.inf]), name='N')")
add("HistogramSummary tags", "raw('HistogramSummary', P(['h', 'i'], 'string'), P([1., 2.]))")
add("HistogramSummary matrix", "raw('HistogramSummary', P(['h'], 'string'), P([[1., 2.], [3, 4]]))")
add("AudioSummary", "raw('AudioSummary', 'a', P((np.arange(24) * 7 % 16 / 8. - 1).reshape(2, 6, 2)), sample_rate=8000.)")
for name, rest in [("V2", "P((np.arange(24) * 7 % 16 / 8. - 1).reshape(2, 6, 2)), 8000."), ("one", "P((np.arange(24) * 7 % 16 / 8. - 1).reshape(2, 6, 2)), 8000., max_outputs=1"),
                   ("mono", "P([[0, .5, 1, -1, 2, -2, 1e-5, -1e-5, .99999]]), 44100."), ("empty", "P(np.zeros([1, 0, 2])), 8000."),
                   ("no pieces", "P(np.zeros([0, 3, 2])), 8000."), ("rank 1", "P([1.]), 8000."), ("rank 4", "P(np.zeros([1, 1, 1, 1])), 8000."),
                   ("four", "P(np.zeros([4, 1])), 1.5, max_outputs=5"), ("no channels", "P(np.zeros([1, 1, 0])), 8000."),
                   ("rate 0", "P([[1.]]), 0."), ("rate below 0", "P([[1.]]), -1."), ("rate nan", "P([[1.]]), np.nan"), ("slow", "P([[1.]]), 0.25"), ("fast", "P([[1.]]), 1e10"),
                   ("rates", "P([[1.]]), P([1., 2.])")]:
    add("AudioSummaryV2 " + name, "raw('AudioSummaryV2', 'a', %s)" % rest)
add("AudioSummaryV2 tags", "raw('AudioSummaryV2', P(['a', 'b'], 'string'), P([[0.]]), 8000.)")
for name, rest in [("rank 3", "P(np.zeros([2, 2, 1]))"), ("two channels", "P(np.zeros([1, 2, 2, 2]))"), ("five channels", "P(np.zeros([1, 2, 2, 5]), 'uint8')"),
                   ("bad color", "P(np.zeros([1, 2, 2, 4])), bad_color=tf.make_tensor_proto(np.array([1, 2, 3], np.uint8))"),
                   ("bad color's type", "P(np.zeros([1, 2, 2, 1])), bad_color=tf.make_tensor_proto([1, 2, 3])"),
                   ("bad color's shape", "P(np.zeros([1, 2, 2, 1])), bad_color=tf.make_tensor_proto(np.array([[1, 2, 3]], np.uint8))"),
                   ("none", "P(np.zeros([0, 2, 2, 1]))")]:
    add("ImageSummary " + name, "raw('ImageSummary', 'i', %s)" % rest)
add("ImageSummary tags", "raw('ImageSummary', P(['a', 'b'], 'string'), P(np.zeros([1, 2, 2, 1])))")
for d in REALS[:1] + REALS[2:] + ["complex64", "complex128", "bool"]:
    add("TensorSummaryV2 %s" % d, "raw('TensorSummaryV2', 't', P([[1, 0], [1, 1]], '%s'), '')" % d)
    add("TensorSummary %s" % d, "raw('TensorSummary', P(1, '%s'), name='n')" % d)
add("TensorSummaryV2 string", "raw('TensorSummaryV2', 't', P(['a', ''], 'string'), '')")
add("TensorSummaryV2 metadata", "raw('TensorSummaryV2', 't', P(1.), tf.SummaryMetadata(display_name='d').SerializeToString())")
add("TensorSummaryV2 tags", "raw('TensorSummaryV2', P(['a', 'b'], 'string'), P(1.), '')")
add("TensorSummaryV2 metadata's shape", "raw('TensorSummaryV2', 'a', P(1.), P(['a', 'b'], 'string'))")
add("TensorSummary string", "raw('TensorSummary', P('x', 'string'), name='n')")
S = "tf.Summary(value=[tf.Summary.Value(tag='%s', simple_value=1.)]).SerializeToString()"
add("MergeSummary", "raw('MergeSummary', [%s, %s])" % (S % "a", S % "b"))
add("MergeSummary one", "raw('MergeSummary', [%s])" % (S % "a"))
add("MergeSummary vector", "raw('MergeSummary', [P([%s, ''], 'string'), %s])" % (S % "a", S % "b"))
add("MergeSummary twice", "raw('MergeSummary', [%s, %s])" % (S % "a", S % "a"))
add("MergeSummary without tags", "raw('MergeSummary', [%s, %s])" % (S % "", S % ""))
add("MergeSummary garbage", "raw('MergeSummary', [%s, b'abc'])" % (S % "a"))
add("MergeSummary cut", "raw('MergeSummary', [(%s)[:-1]])" % (S % "a"))
