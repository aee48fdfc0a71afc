"""Rows of candidate sampling: the draws themselves."""
ROWS = []


def add(name, expression):
    ROWS.append((name, expression))


TRUE = "P([[1, 3], [0, 2], [4, 4]], 'int64')"
NAMES = ["UniformCandidateSampler", "LogUniformCandidateSampler", "LearnedUnigramCandidateSampler", "ThreadUnsafeUnigramCandidateSampler"]
UNIGRAMS = ", unigrams=[1., 2., 3., 0., 5., 0.5, 7.]"
for op in NAMES + ["FixedUnigramCandidateSampler"]:
    fixed = op.startswith("Fixed")
    for unique in "True", "False":
        for n, size in [(4, 7), (6, 7), (1, 7)] if fixed else [(4, 7), (7, 7), (5, 1000), (64, 100), (3, 8), (300, 100000)]:
            if unique == "True" or n < 300:
                add("%s %s %d of %d" % (op, unique, n, size), "raw('%s', %s, num_true=2, num_sampled=%d, unique=%s, range_max=%d, seed=3, seed2=9%s)"
                    % (op, TRUE, n, unique, size, UNIGRAMS if fixed else ""))
    more = UNIGRAMS if fixed else ""
    add("%s too small" % op, "raw('%s', %s, num_true=2, num_sampled=8, unique=True, range_max=7, seed=3, seed2=9%s)" % (op, TRUE, more))
    add("%s wide" % op, "raw('%s', %s, num_true=2, num_sampled=8, unique=False, range_max=7, seed=3, seed2=9%s)" % (op, TRUE, more))
    add("%s columns" % op, "raw('%s', %s, num_true=1, num_sampled=3, unique=True, range_max=7, seed=3, seed2=9%s)" % (op, TRUE, more))
    add("%s vector" % op, "raw('%s', P([1, 2], 'int64'), num_true=2, num_sampled=3, unique=True, range_max=7, seed=3, seed2=9%s)" % (op, more))
    add("%s static vector" % op, "raw('%s', S([1, 2], [2], 'int64'), num_true=2, num_sampled=3, unique=True, range_max=7, seed=3, seed2=9%s)" % (op, more))
    add("%s static" % op, "raw('%s', S([[1, 2]], [None, 2], 'int64'), num_true=2, num_sampled=3, unique=True, range_max=7, seed=3, seed2=9%s)" % (op, more))
    add("%s none" % op, "raw('%s', P(np.zeros((0, 2)), 'int64'), num_true=2, num_sampled=3, unique=True, range_max=7, seed=3, seed2=9%s)" % (op, more))
    add("%s zero" % op, "raw('%s', %s, num_true=2, num_sampled=0, unique=True, range_max=7, seed=3, seed2=9%s)" % (op, TRUE, more))
for name, more in [("distorted", "range_max=7, distortion=0.75, unigrams=[1., 2., 3., 4., 5., 0.5, 7.]"), ("reserved", "range_max=7, num_reserved_ids=2, unigrams=[3., 4., 5., 0.5, 7.]"),
                   ("sharded", "range_max=3, num_shards=3, shard=1, unigrams=[1., 2., 3., 4., 5., 0.5, 7., 6.]"), ("neither", "range_max=7"),
                   ("both", "range_max=2, vocab_file='x', unigrams=[1., 2.]"), ("reserved shards", "range_max=4, num_shards=2, shard=1, num_reserved_ids=3, unigrams=[3., 4., 5., 0.5, 7.]"),
                   ("one", "range_max=1, unigrams=[3.]")]:
    add("FixedUnigramCandidateSampler %s" % name, "raw('FixedUnigramCandidateSampler', %s, num_true=2, num_sampled=5, unique=False, seed=3, seed2=9, %s)" % (TRUE, more))
for n in 3, 1:
    add("AllCandidateSampler %d" % n, "raw('AllCandidateSampler', %s, num_true=2, num_sampled=%d, unique=True)" % (TRUE, n))
for name, true, sampled, n in [("some", "[[1, 2], [3, 4], [9, 9]]", "[4, 1, 9, 7]", 2), ("repeated", "[[1, 2], [3, 4]]", "[4, 1, 4, 7]", 2), ("no hits", "[[1, 2], [3, 4]]", "[7, 8]", 2),
                               ("columns", "[[1, 2], [3, 4]]", "[7, 8]", 1), ("matrix", "[[1, 2], [3, 4]]", "[[7, 8]]", 2), ("vector", "[1, 2]", "[7, 8]", 2),
                               ("none drawn", "[[1, 2], [3, 4]]", "np.zeros(0)", 2)]:
    add("ComputeAccidentalHits %s" % name, "raw('ComputeAccidentalHits', P(%s, 'int64'), P(%s, 'int64'), num_true=%d)" % (true, sampled, n))
add("ComputeAccidentalHits static", "raw('ComputeAccidentalHits', S([[1, 2], [3, 4]], [None, 2], 'int64'), S([4, 2, 9], [3], 'int64'), num_true=2)")
for loss in "tf.nn.nce_loss", "tf.nn.sampled_softmax_loss":
    add(loss, "tf.set_random_seed(5) or %s(P(np.arange(40.).reshape(10, 4) / 20), P(np.arange(10.) / 5), P([[1], [3], [9]], 'int64'), P(np.arange(12.).reshape(3, 4) / 7), 4, 10)" % loss)
    add(loss + " hits", "tf.set_random_seed(5) or %s(tf.constant(np.arange(40.).reshape(10, 4) / 20), tf.constant(np.arange(10.) / 5), P([[1, 2], [3, 4], [9, 7]], 'int32'), "
        "tf.constant(np.arange(12.).reshape(3, 4) / 7), 6, 10, num_true=2, remove_accidental_hits=True, sampled_values=tf.nn.uniform_candidate_sampler("
        "P([[1, 2], [3, 4], [9, 7]], 'int64'), 2, 6, True, 10, seed=4), partition_strategy='div')" % loss)
