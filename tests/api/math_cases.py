"""Values of math, array and neural-network functions, at ordinary and at odd inputs."""

#: unary functions, odd inputs
x = tf.constant([0., 1., -1., 0.5, -2.5, 3.7, 1e-30, 1e30, np.inf, -np.inf, np.nan])
ev(tf.abs(x)), ev(-x), ev(tf.sign(x)), ev(tf.square(x)), ev(tf.floor(x)), ev(tf.ceil(x)), ev(tf.round(x)), ev(tf.rint(x))
ev(tf.sqrt(x)), ev(tf.rsqrt(x)), ev(tf.reciprocal(x)), ev(tf.exp(x)), ev(tf.expm1(x)), ev(tf.log(x)), ev(tf.log1p(x))
ev(tf.tanh(x)), ev(tf.sigmoid(x)), ev(tf.nn.relu(x)), ev(tf.nn.relu6(x)), ev(tf.nn.elu(x)), ev(tf.nn.selu(x)), ev(tf.nn.softplus(x)), ev(tf.nn.softsign(x)), ev(tf.nn.leaky_relu(x))
ev(tf.is_nan(x)), ev(tf.is_inf(x)), ev(tf.is_finite(x))
y = tf.constant([0., 0.3, -0.7, 1., -1., 2., 100., -3.])
ev(tf.sin(y)), ev(tf.cos(y)), ev(tf.tan(y)), ev(tf.asin(y)), ev(tf.acos(y)), ev(tf.atan(y)), ev(tf.sinh(y)), ev(tf.cosh(y)), ev(tf.asinh(y)), ev(tf.acosh(y)), ev(tf.atanh(y)), ev(tf.erf(y)), ev(tf.erfc(y)), ev(tf.lgamma(y)), ev(tf.digamma(y))

#: rounding goes to even
x = tf.constant([0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, -2.5001])
ev(tf.round(x)), ev(tf.rint(x)), ev(tf.cast(x, tf.int32)), ev(tf.to_int64(x))
ev(tf.round([1, 2])), ev(tf.cast([True, False], tf.float32)), ev(tf.cast([0., 0.5, -1.], tf.bool)), ev(tf.cast([1.9, -1.9], tf.int8)), ev(tf.cast([300, -1], tf.uint8)), ev(tf.cast([1 + 2j], tf.complex128)), ev(tf.cast([1.5], tf.complex64)), ev(tf.cast(["a"], tf.string))
ev(tf.saturate_cast([300., -5.], tf.uint8)), ev(tf.cast([1.1], tf.float16)), ev(tf.cast(tf.cast([1.1], tf.bfloat16), tf.float32))
ev(tf.cast([1 + 2j], tf.float32))
tf.cast(1., tf.string)
ev(tf.cast(1., tf.string))

#: binary functions, odd inputs
a, b = tf.constant([7., -7., 7., -7., 0., 1., np.inf, np.nan]), tf.constant([2., 2., -2., -2., 0., 0., np.inf, 1.])
ev(a + b), ev(a - b), ev(a * b), ev(a / b), ev(tf.div(a, b)), ev(tf.floordiv(a, b)), ev(tf.floormod(a, b)), ev(tf.truncatemod(a, b)), ev(tf.realdiv(a, b)), ev(tf.div_no_nan(a, b)) if hasattr(tf, "div_no_nan") else None
ev(tf.maximum(a, b)), ev(tf.minimum(a, b)), ev(tf.pow(a, b)), ev(tf.atan2(a, b)), ev(tf.squared_difference(a, b))
ev(a < b), ev(a <= b), ev(a > b), ev(a >= b), ev(tf.equal(a, b)), ev(tf.not_equal(a, b))
i, j = tf.constant([7, -7, 7, -7, 0]), tf.constant([2, 2, -2, -2, 3])
ev(i + j), ev(i // j), ev(i % j), ev(i / j), ev(tf.div(i, j)), ev(tf.truncatediv(i, j)), ev(tf.truncatemod(i, j)), ev(tf.floordiv(i, j)), ev(tf.maximum(i, j)), ev(tf.pow(i, [2, 3, 0, 1, 5]))
ev(i // 0)
ev(i % 0)
ev(tf.div(i, 0))
ev(tf.constant([200], tf.uint8) + tf.constant([100], tf.uint8)), ev(tf.constant([127], tf.int8) + tf.constant([1], tf.int8)), ev(tf.constant([2**31 - 1]) + 1), ev(-tf.constant([-2**31])), ev(abs(tf.constant([-2**31])))
ev(tf.logical_and([True, False], True)), ev(tf.logical_or([True, False], False)), ev(tf.logical_xor([True, False], True)), ev(tf.logical_not([True]))
ev(tf.add(["a", "b"], "c")), ev(tf.equal(["a", "b"], "b"))
c = tf.constant([1 + 2j, -3j])
ev(c * c), ev(c / c), ev(tf.abs(c)), ev(tf.real(c)), ev(tf.imag(c)), ev(tf.conj(c)), ev(tf.angle(c)), ev(tf.complex([1.], [2.])), ev(tf.exp(c)), ev(tf.sqrt(c)), ev(tf.square(c)), ev(-c), ev(tf.log(c))
ev(tf.bitwise.bitwise_and([5], [3])) if hasattr(tf, "bitwise") else None
ev(tf.constant([1.5], tf.float16) * 2.), ev(tf.constant([1e5], tf.float16)), ev(tf.constant([1.], tf.float64) / 3.)

#: reductions
x = tf.constant([[1., 2., 3.], [4., 5., 6.]])
e = tf.zeros([0, 3])
[ev(f(x)) for f in (tf.reduce_sum, tf.reduce_mean, tf.reduce_max, tf.reduce_min, tf.reduce_prod, tf.reduce_logsumexp, tf.norm)]
[ev(f(x, 0)) for f in (tf.reduce_sum, tf.reduce_mean, tf.reduce_max, tf.reduce_min, tf.reduce_prod, tf.reduce_logsumexp)]
[ev(f(x, -1, keepdims=True)) for f in (tf.reduce_sum, tf.reduce_mean, tf.reduce_max, tf.reduce_min, tf.reduce_prod, tf.reduce_logsumexp)]
[ev(f(e)) for f in (tf.reduce_sum, tf.reduce_mean, tf.reduce_max, tf.reduce_min, tf.reduce_prod)]
[ev(f(e, 0)) for f in (tf.reduce_sum, tf.reduce_mean, tf.reduce_max, tf.reduce_min, tf.reduce_prod)]
ev(tf.reduce_sum(x, [])), ev(tf.reduce_sum(x, [0, 1])), ev(tf.reduce_sum(5.)), ev(tf.reduce_mean([1, 2])), ev(tf.reduce_mean([1, 2, 3, 5])), ev(tf.reduce_sum([True, False])) if False else None
ev(tf.reduce_any([[True], [False]], 0)), ev(tf.reduce_all([[True], [False]])), ev(tf.reduce_any(tf.zeros([0], tf.bool))), ev(tf.reduce_all(tf.zeros([0], tf.bool)))
ev(tf.argmax([[1., 5., 5.], [3., 2., 1.]], 1)), ev(tf.argmin([[1., 5., 5.], [3., 2., 1.]], 0)), ev(tf.argmax([np.nan, 1.])), ev(tf.argmax([True, False]) if False else tf.argmax([3, 4]))
ev(tf.argmax(tf.zeros([0]), 0))
ev(tf.cumsum(x, 1)), ev(tf.cumsum(x, 1, exclusive=True)), ev(tf.cumsum(x, 0, reverse=True)), ev(tf.cumprod(x, 1)), ev(tf.count_nonzero([[0., 1.], [2., 0.]], 0)), ev(tf.count_nonzero([0, 3]))
ev(tf.reduce_max([np.nan, 1.])), ev(tf.reduce_sum([np.inf, -np.inf])), ev(tf.reduce_logsumexp([-np.inf, -np.inf])), ev(tf.reduce_logsumexp([1000., 1000.]))
ev(tf.norm([[3., 4.]], axis=1)), ev(tf.norm([3., 4.], ord=1)), ev(tf.norm([3., 4.], ord=np.inf)), ev(tf.norm([3., 4.], ord=3))
ev(tf.add_n([x, x, x])), ev(tf.accumulate_n([x, x])), ev(tf.trace([[1., 2.], [3., 4.]])), ev(tf.reduce_sum(tf.constant([1, 2], tf.int8))), ev(tf.reduce_sum(tf.constant([1 + 1j, 2])))

#: matmul
a, b = tf.constant([[1., 2.], [3., 4.]]), tf.constant([[5., 6.], [7., 8.]])
ev(tf.matmul(a, b)), ev(tf.matmul(a, b, transpose_a=True)), ev(tf.matmul(a, b, transpose_b=True)), ev(tf.matmul(a, b, True, True)), ev(tf.matmul([[1, 2]], [[3], [4]])), ev(tf.matmul([[1j]], [[2.]], adjoint_a=True))
ev(tf.matmul(tf.reshape(tf.range(8.), [2, 2, 2]), tf.reshape(tf.range(8.), [2, 2, 2]))), ev(tf.matmul(tf.zeros([0, 2]), tf.zeros([2, 3]))), ev(tf.matmul(tf.zeros([2, 0]), tf.zeros([0, 3])))
ev(tf.tensordot(a, b, 1)), ev(tf.tensordot(a, b, 2)), ev(tf.tensordot(a, b, [[0], [1]])), ev(tf.tensordot(a, b, 0)).shape
ev(tf.einsum("ij,jk->ik", a, b)), ev(tf.einsum("ij->ji", a)), ev(tf.einsum("ij,ij->", a, b)), ev(tf.einsum("i,j->ij", a[0], b[0])), ev(tf.einsum("bij,bjk->bik", tf.ones([2, 1, 3]), tf.ones([2, 3, 1])))
tf.einsum("ij,jk->il", a, b)
tf.einsum("ij", a, b)
tf.einsum("ii->i", a)

#: array functions
x = tf.constant([[1, 2, 3], [4, 5, 6]])
ev(tf.transpose(x)), ev(tf.reshape(x, [3, 2])), ev(tf.concat([x, x], 0)), ev(tf.concat([x, x], 1)), ev(tf.stack([x, x], 1)), ev(tf.unstack(x, axis=1)), ev(tf.split(x, [1, 2], 1)), ev(tf.tile(x, [2, 1])), ev(tf.expand_dims(x, 1)), ev(tf.squeeze([[[1], [2]]]))
ev(tf.pad(x, [[1, 0], [0, 2]])), ev(tf.pad(x, [[0, 1], [1, 1]], "REFLECT")), ev(tf.pad(x, [[1, 1], [1, 1]], "SYMMETRIC")), ev(tf.pad(x, [[0, 0], [1, 0]], constant_values=9))
ev(tf.gather(x, [1, 0])), ev(tf.gather(x, 2, axis=1)), ev(tf.gather_nd(x, [[0, 1], [1, 2]])), ev(tf.gather_nd(x, [[1]])), ev(tf.slice(x, [0, 1], [2, -1])), ev(tf.strided_slice(x, [0, 0], [2, 3], [1, 2])), ev(tf.reverse(x, [0, 1])), ev(tf.boolean_mask(x, [True, False])), ev(tf.boolean_mask(x, tf.equal(x % 2, 0)))
ev(tf.where([True, False], [1, 2], [3, 4])), ev(tf.where([[True, False], [False, True]])), ev(tf.where(x > 3, x, -x)), ev(tf.where([True, False], x, -x))
ev(tf.shape(x)), ev(tf.size(x)), ev(tf.rank(x)), ev(tf.shape(x, out_type=tf.int64)), ev(tf.shape_n([x, [1]])), ev(tf.fill([2], 3)), ev(tf.identity(x)), ev(tf.broadcast_to([1, 2], [2, 2])), ev(tf.meshgrid([1, 2], [3, 4, 5])), ev(tf.meshgrid([1, 2], [3], indexing="ij"))
ev(tf.unique([3, 1, 3, 2])), ev(tf.unique_with_counts([3, 1, 3])), ev(tf.setdiff1d([1, 2, 3, 4], [2, 4])), ev(tf.invert_permutation([2, 0, 1])), ev(tf.dynamic_partition([1, 2, 3], [1, 0, 1], 2)), ev(tf.dynamic_stitch([[0, 2], [1]], [[10, 30], [20]])), ev(tf.scatter_nd([[1], [3]], [5, 6], [5])), ev(tf.scatter_nd([[0], [0]], [1, 2], [2]))
ev(tf.diag([1, 2])), ev(tf.diag_part([[1, 2], [3, 4]])), ev(tf.matrix_diag([[1., 2.]])), ev(tf.matrix_band_part([[1, 2, 3], [4, 5, 6], [7, 8, 9]], 1, 0)), ev(tf.sequence_mask([1, 3])), ev(tf.one_hot([1], 3))
ev(tf.segment_sum([[1, 2], [3, 4], [5, 6]], [0, 0, 1])), ev(tf.segment_mean([1., 2., 3.], [0, 0, 1])), ev(tf.segment_max([1, 2, 3], [0, 0, 1])), ev(tf.unsorted_segment_sum([1, 2, 3], [1, 0, 1], 3)), ev(tf.confusion_matrix([1, 2, 0], [1, 1, 0])), ev(tf.bitcast([1., 2.], tf.int32)), ev(tf.reverse_sequence([[1, 2, 3]], [2], seq_axis=1, batch_axis=0)), ev(tf.space_to_batch([[[[1], [2]], [[3], [4]]]], [[0, 0], [0, 0]], 2)) if False else None
ev(tf.gather(x, [5]))
ev(tf.gather_nd(x, [[5, 0]]))
i = tf.placeholder(tf.int32, [2])
ev(tf.reshape(x, i), {i: [4, 2]})
ev(tf.reshape(x, i), {i: [-1, -1]})
ev(tf.tile(x, i), {i: [-1, 2]})
ev(tf.slice(x, i, [1, 1]), {i: [2, 0]})
ev(tf.fill(i, 0.), {i: [-1, 2]})
ev(tf.transpose(x, i), {i: [0, 0]})
u = tf.placeholder(tf.float32)
ev(u + tf.ones([3]), {u: [1., 2.]})
ev(tf.matmul(u, u), {u: [[1., 2., 3.]]})
ev(tf.concat([u, [[1.]]], 0), {u: [[1., 2.]]})
ev(tf.stack([u, [1.]]), {u: [1., 2.]})
ev(tf.squeeze(u, 0), {u: [1., 2.]})
ev(tf.expand_dims(u, 5), {u: [1.]})
ev(tf.reduce_sum(u, 3), {u: [1.]})
ev(tf.split(u, 2)[0], {u: [1., 2., 3.]})
ev(u[2], {u: [1.]})
ev(tf.segment_sum(u, [1, 0]), {u: [1., 2.]})
ev(tf.one_hot([0], tf.placeholder_with_default(-1, [])))
ev(tf.range(0, tf.placeholder_with_default(5, []), tf.placeholder_with_default(0, [])))
ev(tf.dynamic_partition([1, 2], [0, 5], 2))

#: neural network functions
x = tf.constant([[1., 2., 3.], [1000., 0., -1000.]])
l = tf.constant([[0., 0., 1.], [1., 0., 0.]])
ev(tf.nn.softmax(x)), ev(tf.nn.log_softmax(x)), ev(tf.nn.softmax(x, axis=0)), ev(tf.nn.softmax_cross_entropy_with_logits_v2(labels=l, logits=x)), ev(tf.nn.softmax_cross_entropy_with_logits(labels=l, logits=x)), ev(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[2, 0], logits=x)), ev(tf.nn.sigmoid_cross_entropy_with_logits(labels=l, logits=x)), ev(tf.nn.weighted_cross_entropy_with_logits(l, x, 2.))
ev(tf.nn.softmax([[-np.inf, 0.]])), ev(tf.nn.softmax([[np.inf, 0.]])), ev(tf.nn.softmax(tf.zeros([0, 3])))
ev(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[3, 0], logits=x))
ev(tf.nn.bias_add(x, [1., 2., 3.])), ev(tf.nn.l2_loss(l)), ev(tf.nn.l2_normalize([[3., 4.]], 1)), ev(tf.nn.moments(x, [0])), ev(tf.nn.moments(l, [0, 1], keep_dims=True)), ev(tf.nn.batch_normalization(l, 0.5, 2., 1., 3., 1e-3)), ev(tf.nn.xw_plus_b([[1., 2.]], [[3.], [4.]], [5.])), ev(tf.nn.relu_layer([[1., -2.]], [[3.], [4.]], [5.]))
ev(tf.nn.top_k([[1., 3., 2.], [3., 3., 1.]], 2)), ev(tf.nn.top_k([1, 5, 2], 3, sorted=False)), ev(tf.nn.in_top_k([[1., 2., 3.], [3., 2., 1.]], [2, 1], 1)), ev(tf.nn.in_top_k([[1., 1., 0.]], [1], 1)), ev(tf.nn.embedding_lookup([[1., 2.], [3., 4.]], [1, 0, 1])), ev(tf.nn.zero_fraction([0., 1., 0.])), ev(tf.nn.crelu([1., -1.])) if hasattr(tf.nn, "crelu") else None
ev(tf.nn.embedding_lookup([[1., 2.]], [3]))
ev(tf.nn.log_poisson_loss([1.], [2.])), ev(tf.nn.normalize_moments(4., 8., 16., None)), ev(tf.nn.sufficient_statistics([[1., 2.]], [0])[0]) if False else None
ev(tf.confusion_matrix([0, 1], [1, 1], 3, weights=[2., 3.], dtype=tf.float32)), ev(tf.clip_by_value([-1., 0.5, 2.], 0., 1.)), ev(tf.clip_by_norm([[3., 4.], [6., 8.]], 5., axes=1))

#: numbers below the normal range are zero in a step, and only there
x = tf.placeholder(tf.float32, [5])
small, smaller = {x: np.full(5, 1e-38, np.float32)}, {x: np.full(5, 1e-40, np.float32)}
s = tf.Session()
[v.tolist() for v in s.run([x * 0.1, x + 0., x > 0, tf.equal(x, 0.), tf.sqrt(x), tf.cast(x, tf.float64)], small)]
[v.tolist() for v in s.run([x * 1e10, tf.maximum(x, 0.), tf.reduce_sum(x), tf.matmul(x[None], tf.fill([5, 1], 1e10))], smaller)]
[(v * np.float32(1e35)).tolist() for v in s.run([tf.identity(x), tf.concat([x, x], 0)], small)]
s.run(tf.constant(1e-38) * tf.constant(0.1))
s.run(tf.py_func(lambda v: v * np.float32(0.01), [x], tf.float32), small).tolist()
s.run(tf.while_loop(lambda i, v: i < 2, lambda i, v: (i + 1, v * 0.1), [0, tf.constant(1e-38)])[1])
float(np.float32(1e-38) * np.float32(0.1)) > 0
