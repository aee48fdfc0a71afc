"""tf.contrib.crf and tf.contrib.distributions."""

from tensorflow.contrib import crf
g = lambda: print("\n".join("%s %s %s" % (n.name, n.op, list(n.input)) for n in tf.get_default_graph().as_graph_def().node))
r = np.random.RandomState(1)
x = r.randn(3, 4, 5).astype(np.float32); tags = r.randint(0, 5, (3, 4)).astype(np.int32)
trans = r.randn(5, 5).astype(np.float32); lengths = np.array([4, 2, 0], np.int32)
show = lambda *v: [np.round(np.asarray(a, np.float64), 4).tolist() for a in ev(v)]

#: likelihood
X, T, L, P = tf.constant(x), tf.constant(tags), tf.constant(lengths), tf.constant(trans)
show(crf.crf_sequence_score(X, T, L, P), crf.crf_unary_score(T, L, X), crf.crf_binary_score(T, L, P), crf.crf_log_norm(X, L, P))
ll, p = crf.crf_log_likelihood(X, T, L, P)
ll, p is P
show(ll, *tf.gradients(-tf.reduce_mean(ll), [X, P]))
show(crf.crf_sequence_score(X, tf.to_int64(T), L, P))
bits = tf.constant(r.rand(3, 4, 5) > 0.5)
show(crf.crf_multitag_sequence_score(X, bits, L, P), crf.crf_multitag_sequence_score(X[:, :1], bits[:, :1], L, P))
show(crf.crf_sequence_score(X[:, :1], T[:, :1], L, P), crf.crf_log_norm(X[:, :1], L, P), crf.crf_log_likelihood(X[:, :1], T[:, :1], L, P)[0])
tf.set_random_seed(1)
ll, p = crf.crf_log_likelihood(X, T, L)
p, tf.trainable_variables()
show(ll)
g()

#: unknown length
X, T, L = tf.placeholder(tf.float32, [None, None, 5]), tf.placeholder(tf.int32, [None, None]), tf.placeholder(tf.int32, [None])
P = tf.get_variable("p", [5, 5], initializer=tf.constant_initializer(trans))
ll, _ = crf.crf_log_likelihood(X, T, L, P)
best, score = crf.crf_decode(X, P, L)
ll, best, score
for k in (4, 1): print([np.round(a, 4).tolist() for a in ev([ll, best, score], {X: x[:, :k], T: tags[:, :k], L: np.minimum(lengths, k)})])
g()

#: decoding
X, L, P = tf.constant(x), tf.constant(lengths), tf.constant(trans)
b, s = crf.crf_decode(X, P, L)
b, s, show(b, s), show(*crf.crf_decode(X[:, :1], P, L))
t, v = crf.viterbi_decode(x[0], trans)
[int(i) for i in t], round(float(v), 4)
f = crf.CrfForwardRnnCell(P)
f.state_size, f.output_size, show(*f(X[:, 0], X[:, 1])), show(*crf.CrfDecodeForwardRnnCell(P)(X[:, 0], X[:, 1]))
k = crf.CrfDecodeBackwardRnnCell(5)
k.state_size, k.output_size, show(*k(tf.constant(tags), tf.constant([[1], [0], [3]])))
g()

#: distributions
ds = tf.contrib.distributions
n = ds.Normal(loc=[0., 1.], scale=2.)
n, show(n.log_prob([1., 1.]), n.entropy(), n.mean()), show(ds.kl_divergence(n, ds.Normal(0., 1.)))
ds.Normal is tf.distributions.Normal, ds.Categorical(logits=[0.1, 0.2]), ds.Bernoulli(probs=0.3).batch_shape
