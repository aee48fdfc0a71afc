"""Shapes: TensorShape, Dimension, DType, and what shape functions say of partial shapes."""

#: Dimension
D = tf.Dimension
D(3), D(None), D(D(4)), str(D(3)), str(D(None)), repr(D(None)), D("5"), D(np.int64(6)), D(3).value
D(-1)
D("a")
D(2.5)
D([1])
D(3) == 3, D(3) == D(3), D(3) != 4, D(None) == D(None), D(None) == None, D(None) != 3, D(3) == "a"
D(3) + 2, 2 + D(3), D(3) - 1, 5 - D(3), D(3) * 2, 2 * D(3), D(7) // 2, 7 // D(2), D(7) % 4, 9 % D(5)
D(None) + 2, D(3) + D(None), D(None) * 2, 2 * D(None), D(None) // 2, 7 // D(None), D(None) % 2
D(7) / 2
D(3) < 4, D(3) <= 3, D(3) > 4, D(3) >= D(3), D(None) < 4, 2 < D(3)
int(D(3)), range(4)[D(3)]
int(D(None))
hash(D(3)) is not None
D(3).merge_with(D(None)), D(None).merge_with(4), D(3).merge_with(3)
D(3).merge_with(4)
D(3).is_compatible_with(4), D(3).is_compatible_with(None), D(None).is_compatible_with(5)
D(3).assert_is_compatible_with(4)
tf.dimension_value if hasattr(tf, "dimension_value") else "absent"
tf.compat.dimension_value(D(3)), tf.compat.dimension_value(4), tf.compat.dimension_value(None)
"%s" % D(3), "%d" % D(3)
D(0) // 0
bool(D(0)), bool(D(None))

#: TensorShape
T = tf.TensorShape
T([1, None]), T(None), T([]), T(3), T((2, 3)), T(T([1])), T([tf.Dimension(3), None]), T(np.array([1, 2])), T([np.int64(3)])
str(T([1, None])), str(T(None)), str(T([])), str(T([4])), repr(T([4]))
T("ab")
T([1, -2])
T([1.5])
T(["a"])
T([[1]])
T([1, None]).ndims, T(None).ndims, T(None).dims, T([1]).dims
len(T([1, 2]))
len(T(None))
bool(T(None)), bool(T([])), bool(T([1]))
[d for d in T([1, None])]
[d for d in T(None)]
list(reversed(T([1, 2, None]))), list(reversed(T([])))
reversed(T(None))
T([1, 2, 3])[0], T([1, 2, 3])[-1], T([1, 2, 3])[1:], T([1, 2, 3])[:0], T([1, 2, 3])[::2]
T(None)[0], T(None)[1:], T(None)[:2], T(None)[1:3]
T(None)[-1:]
T([1])[4]
T([1, 2]).num_elements(), T([1, None]).num_elements(), T(None).num_elements(), T([]).num_elements()
T([1, None]).as_list(), T([]).as_list()
T(None).as_list()
T([1, None]).is_fully_defined(), T([1]).is_fully_defined(), T(None).is_fully_defined()
T([1, None]).merge_with([None, 2]), T(None).merge_with([1]), T([1]).merge_with(None)
T([1]).merge_with([2])
T([1]).merge_with([1, 2])
T([1]).concatenate([2, 3]), T([1]).concatenate(T(None)), T(None).concatenate([1]), T([1]).concatenate(4)
T([1, None]).is_compatible_with([1, 5]), T([1]).is_compatible_with([2]), T([1]).is_compatible_with([1, 1]), T(None).is_compatible_with([9])
T([1]).assert_is_compatible_with([2])
T([1]).assert_has_rank(2)
T([1]).assert_same_rank([1, 2])
T([1]).with_rank(1), T(None).with_rank(2), T([1, 2]).with_rank_at_least(1), T([1, 2]).with_rank_at_most(2)
T([1]).with_rank(3)
T([1]).with_rank_at_least(2)
T([1, 2]).with_rank_at_most(1)
T([1]).assert_is_fully_defined()
T([None]).assert_is_fully_defined()
T([1, 2]) == [1, 2], T([1, 2]) == T([1, 2]), T([1, 2]) == (1, 2), T([1]) != [2], T([1]) == 1, T([1]) == "a"
T([None]) == [None], T(None) == None, T(None) == T(None)
T([None]) != [1]
T(None) != T(None)
T([1, None]).as_proto()
T(None).as_proto().unknown_rank
T(tf.TensorShape([2, None]).as_proto())
hash(T([1])) is not None
T([1]) + [2]
[1] + T([2])
list(T([1, 2])), tuple(T([3]))
T([1, 2]).most_specific_compatible_shape([1, 3]), T([1, 2]).most_specific_compatible_shape(None)
T([1, 2]) < T([1])
tf.zeros(T([2, 3])), tf.reshape([1., 2.], T([2, 1])), tf.placeholder(tf.float32, T([None, 1]))

#: DType
tf.float32, str(tf.float32), tf.float32.name, repr(tf.int64), tf.bool, tf.string, tf.complex64, tf.half, tf.float16, tf.double, tf.bfloat16, tf.resource, tf.variant, tf.qint8, tf.quint16
[d.size for d in (tf.float32, tf.int8, tf.bool, tf.complex128, tf.half, tf.bfloat16, tf.qint32)]
tf.string.size
[(d.is_floating, d.is_integer, d.is_complex, d.is_bool, bool(d.is_unsigned), d.is_quantized, d.is_numpy_compatible) for d in (tf.float32, tf.int8, tf.uint16, tf.bool, tf.complex64, tf.string, tf.qint8, tf.bfloat16, tf.resource)]
[(d.min, d.max) for d in (tf.int8, tf.uint8, tf.int16, tf.int32, tf.int64, tf.bool)]
tf.float32.min, tf.float64.max
tf.half.min, tf.half.max
tf.string.max
tf.complex64.min
[d.limits for d in (tf.float32, tf.uint8, tf.int16)]
tf.float32.real_dtype, tf.complex64.real_dtype, tf.complex128.real_dtype
tf.float32.base_dtype, tf.Variable(1.).dtype, tf.Variable(1.).dtype.base_dtype, tf.Variable(1.).dtype._is_ref_dtype, tf.Variable(1.).dtype._as_ref
tf.as_dtype("float32"), tf.as_dtype(np.int32), tf.as_dtype(np.dtype("float64")), tf.as_dtype(1), tf.as_dtype(101), tf.as_dtype("double"), tf.as_dtype("half"), tf.as_dtype("float"), tf.as_dtype(bool), tf.as_dtype("int32_ref"), tf.as_dtype(tf.int8), tf.as_dtype(object), tf.as_dtype(np.dtype("S3")), tf.as_dtype(np.dtype("U3"))
tf.as_dtype(int)
tf.as_dtype(float)
tf.as_dtype(str)
tf.as_dtype(99)
tf.as_dtype("nope")
tf.as_dtype(None)
tf.float32 == "float32", tf.float32 == np.float32, tf.float32 != tf.int32, tf.float32 == 1, tf.float32 == None, tf.float32 == "nope", tf.int32 in [tf.int32, tf.int8]
hash(tf.float32) == hash(tf.as_dtype("float32"))
int(tf.float32), tf.float32.as_datatype_enum, tf.Variable(1.).dtype.as_datatype_enum
tf.float32.as_numpy_dtype, tf.string.as_numpy_dtype, tf.bool.as_numpy_dtype, tf.complex64.as_numpy_dtype, tf.half.as_numpy_dtype, tf.uint16.as_numpy_dtype
np.dtype(tf.int32.as_numpy_dtype), np.zeros(2, tf.float32.as_numpy_dtype).dtype
tf.float32.is_compatible_with(tf.float32), tf.float32.is_compatible_with(tf.Variable(1.).dtype), tf.Variable(1.).dtype.is_compatible_with(tf.float32), tf.float32.is_compatible_with("int32")
sorted(d.name for d in tf.QUANTIZED_DTYPES)
tf.DType(1), tf.DType(3)
tf.DType(500)
import pickle, copy
pickle.loads(pickle.dumps(tf.int32)) is tf.int32, copy.deepcopy(tf.float32) == tf.float32

#: broadcasting
P = lambda *s: tf.placeholder(tf.float32, s or None)
U = tf.placeholder(tf.float32)
[(P(*a) + P(*b)).shape for a, b in [((2, 3), (3,)), ((None, 3), (2, 1)), ((None,), (1,)), ((None,), (4,)), ((None, None), (None, 3)), ((1,), (None,)), ((2, 1, 3), (5, 1)), ((0,), (1,))]]
(U + 1.).shape, (U + P(2)).shape, (P(None, 2) * U).shape
P(2, 3) + P(2)
P(None, 3) + P(4, 4)
P(2) - P(3)
P(2, 3) < P(3, 3)
tf.maximum(P(2), P(3, 1)).shape
tf.logical_and([True], [[False], [True]]).shape
tf.where(P(2, 3) > 0., P(2, 3), P(2, 3)).shape, tf.where(P(2) > 0.).shape, tf.where(tf.placeholder(tf.bool), U, U).shape
tf.where(P(2) > 0., P(2, 3), P(2, 3)).shape
tf.where(P(2) > 0., P(3), P(3))
tf.squared_difference(P(None, 1), P(1, 5)).shape, tf.broadcast_dynamic_shape([2, 1], [3]).shape, tf.broadcast_static_shape(tf.TensorShape([2, 1]), tf.TensorShape([3]))
tf.broadcast_static_shape(tf.TensorShape([2]), tf.TensorShape([3]))

#: matmul
P = lambda *s: tf.placeholder(tf.float32, s or None)
U = tf.placeholder(tf.float32)
[tf.matmul(P(*a), P(*b)).shape for a, b in [((2, 3), (3, 4)), ((None, 3), (3, 4)), ((2, None), (3, 4)), ((5, 2, 3), (5, 3, 4)), ((None, 2, 3), (5, 3, None)), ((None, None), (None, None))]]
tf.matmul(P(3, 2), P(3, 4), transpose_a=True).shape, tf.matmul(P(2, 3), P(4, 3), transpose_b=True).shape, tf.matmul(P(2, 3), P(4, 3), adjoint_b=True).shape
tf.matmul(U, P(3, 4)).shape, tf.matmul(P(2, 3), U).shape, tf.matmul(U, U).shape
tf.matmul(P(2, 3), P(4, 3))
tf.matmul(P(3), P(3))
tf.matmul(P(2, 3), P(3))
tf.matmul(P(5, 2, 3), P(4, 3, 4))
tf.matmul(P(2, 2, 3), P(3, 3))
tf.matmul(P(2, 3), P(3, 2), transpose_a=True, adjoint_a=True)
tf.matmul(P(2, 3), tf.zeros([3, 4], tf.float64))
tf.matmul(tf.zeros([2, 2], tf.bool), tf.zeros([2, 2], tf.bool))

#: reductions
P = lambda *s: tf.placeholder(tf.float32, s or None)
U = tf.placeholder(tf.float32)
i = tf.placeholder(tf.int32, [])
[tf.reduce_sum(P(2, 3, 4), axis=a).shape for a in (None, 0, -1, [0, 1], [], [0, -1], 1)]
[tf.reduce_sum(P(2, None, 4), axis=a, keepdims=True).shape for a in (None, 0, -1, [0, 1], [])]
tf.reduce_sum(U).shape, tf.reduce_sum(U, 0).shape, tf.reduce_sum(U, [0, 1], keepdims=True).shape, tf.reduce_sum(U, keepdims=True).shape
tf.reduce_sum(P(2, 3), i).shape, tf.reduce_sum(P(2, 3), [i]).shape, tf.reduce_sum(P(2, 3), i, keepdims=True).shape
tf.reduce_sum(P(2, 3), 2)
tf.reduce_sum(P(2, 3), -3)
tf.reduce_sum(P(2, 3), [0, 0])
tf.reduce_sum(P(2, 3), "a")
tf.reduce_sum(P(2, 3), 1.)
tf.reduce_sum(P(2, 3), axis=0, reduction_indices=0)
tf.reduce_mean(P(2, 3), keep_dims=True).shape, tf.reduce_max(P(None, 3), 1).shape, tf.reduce_any(P(2) > 0.).shape
tf.reduce_any(P(2))
tf.argmax(P(2, 3)).shape, tf.argmax(P(2, 3), 1).shape, tf.argmax(P(2, 3), axis=-1, output_type=tf.int32), tf.argmax(U, 0).shape
tf.argmax(P(2, 3), 2)
tf.reduce_logsumexp(P(2, 3), 1).shape, tf.norm(P(2, 3), axis=1).shape, tf.count_nonzero(P(2, 3), 0), tf.cumsum(P(2, None)).shape
tf.nn.moments(P(4, 3), [0])[0].shape, tf.nn.top_k(P(2, 5), 3)[1].shape, tf.nn.top_k(P(2, 5), i)[0].shape
tf.nn.top_k(P(2, 5), 6)

#: reshape
P = lambda *s: tf.placeholder(tf.float32, s or None)
U = tf.placeholder(tf.float32)
i = tf.placeholder(tf.int32, [])
v = tf.placeholder(tf.int32, [2])
u = tf.placeholder(tf.int32)
[tf.reshape(P(2, 6), s).shape for s in ([3, 4], [-1], [-1, 4], [2, -1, 2], [12])]
[tf.reshape(P(None, 6), s).shape for s in ([3, 4], [-1], [-1, 3], [-1, 6], [2, -1, 2])]
tf.reshape(P(2, 6), [3, i]).shape, tf.reshape(P(2, 6), v).shape, tf.reshape(P(2, 6), u).shape, tf.reshape(U, [-1, 2]).shape, tf.reshape(P(2, 6), [i, -1]).shape
tf.reshape(P(2, 3, 4), tf.shape(P(None, 12))).shape, tf.reshape(P(None, 12), [tf.shape(P(5, 1))[0], -1]).shape
tf.reshape(P(2, 6), [5, -1])
tf.reshape(P(2, 6), [5])
tf.reshape(P(2, 6), [-1, -1])
tf.reshape(P(2, 6), [-2, 6])
tf.reshape(P(2, 6), [[3, 4]])
tf.reshape(P(2, 6), 12).shape
tf.reshape(P(2, 6), [])
tf.reshape(P(1), []).shape, tf.reshape(P(0, 3), [-1, 3]).shape, tf.reshape(P(0), [0, 5]).shape
tf.reshape(P(0), [-1, 0])
tf.reshape(P(2, 6), [3., 4.])
tf.reshape(P(2, 6), ["a"])

#: concat, stack, split
P = lambda *s: tf.placeholder(tf.float32, s or None)
U = tf.placeholder(tf.float32)
i = tf.placeholder(tf.int32, [])
[tf.concat([P(*a), P(*b)], x).shape for a, b, x in [((2, 3), (4, 3), 0), ((2, 3), (2, 1), 1), ((2, 3), (2, 1), -1), ((None, 3), (2, 3), 0), ((2, None), (None, 3), 0), ((None, 3), (5, 3), 1)]]
tf.concat([P(2, 3), U], 0).shape, tf.concat([U, U], 0).shape, tf.concat([P(2, 3), P(2, 3)], i).shape, tf.concat([P(2, 3)], 0).shape
tf.concat([P(2, 3), P(3, 4)], 0)
tf.concat([P(2, 3), P(3)], 0)
tf.concat([P(2, 3), P(2, 3)], 2)
tf.concat([P(2, 3), P(2, 3)], -3)
tf.concat([], 0)
tf.concat([P(), P()], 0)
tf.concat([tf.constant(1), tf.constant(2)], 0)
tf.concat([P(2), tf.constant([1])], 0)
tf.concat(P(2, 3), 0)
tf.concat(0, [P(2)])
tf.stack([P(2, 3), P(2, 3)]).shape, tf.stack([P(2, 3)] * 3, 1).shape, tf.stack([P(2, 3)] * 3, -1).shape, tf.stack([P(2), U]).shape, tf.stack([1, 2, 3]).shape
tf.stack([P(2), P(3)])
tf.stack([P(2), P(2)], 2)
tf.stack([P(2), P(2)], -3)
tf.stack([])
[t.shape for t in tf.unstack(P(2, 3))], [t.shape for t in tf.unstack(P(2, 3), axis=1)], [t.shape for t in tf.unstack(P(None, 3), 2)]
tf.unstack(P(None, 3))
tf.unstack(P(2, 3), 3)
tf.unstack(P(2, 3), axis=2)
tf.unstack(U)
[t.shape for t in tf.split(P(4, 6), 2)], [t.shape for t in tf.split(P(4, 6), [1, 2, 3], 1)], [t.shape for t in tf.split(P(4, 6), [1, -1], 0)], [t.shape for t in tf.split(P(None, 6), 3)], [t.shape for t in tf.split(U, 2)]
tf.split(P(4, 6), 3)
tf.split(P(4, 6), [1, 2], 1)
tf.split(P(4, 6), 2, 5)
tf.split(P(4, 6), 0)
tf.split(P(4, 6), i)
tf.split(P(4, 6), tf.placeholder(tf.int32, [2]), name="sv")
tf.split(P(4, 6), tf.placeholder(tf.int32, [None]), num=3)[0].shape

#: slice, gather, transpose and friends
P = lambda *s: tf.placeholder(tf.float32, s or None)
U = tf.placeholder(tf.float32)
i = tf.placeholder(tf.int32, [])
n = tf.placeholder(tf.int32, [None])
tf.slice(P(4, 6), [1, 2], [2, 3]).shape, tf.slice(P(4, 6), [1, 2], [-1, 3]).shape, tf.slice(P(None, 6), [1, 0], [-1, 3]).shape, tf.slice(P(4, 6), [i, 0], [2, 3]).shape, tf.slice(P(4, 6), n, n).shape, tf.slice(U, [0], [1]).shape
tf.slice(P(4, 6), [1, 2], [4, 3])
tf.slice(P(4, 6), [5, 2], [1, 3])
tf.slice(P(4, 6), [1], [2])
tf.slice(P(4, 6), [-1, 0], [1, 1])
tf.gather(P(4, 6), 0).shape, tf.gather(P(4, 6), [0, 1]).shape, tf.gather(P(4, 6), [[0, 1]], axis=1).shape, tf.gather(P(4, 6), n).shape, tf.gather(U, [1]).shape, tf.gather(P(4, 6), [1], axis=-1).shape
tf.gather(P(4, 6), [1], axis=2)
tf.gather(tf.constant(3), 0)
tf.gather(P(4), [1.])
tf.gather_nd(P(4, 6), [[0, 1]]).shape, tf.gather_nd(P(4, 6), [[0]]).shape, tf.gather_nd(P(4, 6), [0, 1]).shape, tf.gather_nd(U, [[0]]).shape
tf.gather_nd(P(4, 6), [[0, 1, 2]])
tf.transpose(P(2, 3)).shape, tf.transpose(P(2, 3, 4), [2, 0, 1]).shape, tf.transpose(U).shape, tf.transpose(P(2, None), n).shape, tf.transpose(P(None, 2, 3)).shape
tf.transpose(P(2, 3), [0, 0])
tf.transpose(P(2, 3), [0, 2])
tf.transpose(P(2, 3), [1])
tf.expand_dims(P(2, 3), 0).shape, tf.expand_dims(P(2, 3), -1).shape, tf.expand_dims(P(2, 3), 2).shape, tf.expand_dims(U, 0).shape, tf.expand_dims(P(2), i).shape
tf.expand_dims(P(2, 3), 3)
tf.expand_dims(P(2, 3), -4)
tf.expand_dims(P(2), axis=0, dim=1)
tf.expand_dims(P(2))
tf.squeeze(P(1, 2, 1)).shape, tf.squeeze(P(1, 2, 1), [0]).shape, tf.squeeze(P(1, 2, 1), -1).shape, tf.squeeze(P(None, 2)).shape, tf.squeeze(P(None, 2), 0).shape, tf.squeeze(U).shape
tf.squeeze(P(1, 2), 1)
tf.squeeze(P(1, 2), 2)
tf.tile(P(2, 3), [2, 1]).shape, tf.tile(P(None, 3), [2, 2]).shape, tf.tile(P(2, 3), [i, 2]).shape, tf.tile(U, [2]).shape, tf.tile(P(2, 3), n).shape
tf.tile(P(2, 3), [1])
tf.tile(P(2, 3), [-1, 1])
tf.pad(P(2, 3), [[1, 2], [0, 1]]).shape, tf.pad(P(None, 3), [[1, 1], [1, 1]]).shape, tf.pad(P(2, 3), [[i, 1], [0, 0]]).shape, tf.pad(U, [[1, 1]]).shape
tf.pad(P(2, 3), [[1, 1]])
tf.pad(P(2, 3), [[-1, 1], [0, 0]])
tf.pad(P(2, 3), [[1, 1], [0, 0]], "NOPE")
tf.pad(P(2, 3), [[3, 1], [0, 0]], "REFLECT")
tf.fill([2, 3], 1.).shape, tf.fill([i, 3], 1.).shape, tf.fill(n, 1.).shape, tf.zeros([2, i]).shape, tf.ones(n).shape, tf.zeros(tf.shape(P(2, 3))).shape, tf.zeros(tf.shape(P(None, 3))).shape
tf.fill([2, -1], 1.)
tf.zeros([-1])
tf.fill([[1]], 1.)
tf.fill([1], [1.])
tf.range(5).shape, tf.range(2, 10, 3).shape, tf.range(i).shape, tf.range(0., 1., 0.25), tf.range(10, 0, -3).shape, tf.range(3, dtype=tf.float32)
tf.range(0, 5, 0)
tf.range(5, 0)
tf.range(0, 5, -1)
tf.range([1])
tf.one_hot([0, 1], 3).shape, tf.one_hot(n, 3).shape, tf.one_hot([0], i).shape, tf.one_hot([0, 1], 3, axis=0).shape, tf.one_hot(1, 4).shape
tf.one_hot([0], -1)
tf.one_hot([0], 3, axis=5)
tf.one_hot([0], [3])
tf.shape(P(2, None)).shape, tf.shape(U).shape, tf.size(P(2)).shape, tf.rank(U).shape, tf.shape_n([P(2), U])[0].shape
tf.eye(3).shape, tf.eye(2, 3).shape, tf.eye(i).shape, tf.eye(2, batch_shape=[4]).shape, tf.diag([1., 2.]).shape, tf.linspace(0., 1., 5).shape, tf.diag_part(P(3, 3)).shape, tf.matrix_diag(P(2, 3)).shape
tf.diag_part(P(2, 3))
tf.boolean_mask(P(4, 5), [True, False, True, True]).shape, tf.boolean_mask(P(4, 5), tf.placeholder(tf.bool, [None])).shape, tf.sequence_mask([1, 2], 4).shape, tf.sequence_mask(n).shape
tf.boolean_mask(P(4, 5), [True])
tf.unique(P(4))[0].shape, tf.unique(P(4))[1].shape, tf.dynamic_partition(P(4, 2), [0, 1, 0, 1], 2)[0].shape, tf.dynamic_stitch([[0, 2], [1]], [P(2, 3), P(1, 3)]).shape
tf.meshgrid([1, 2], [3, 4, 5])[0].shape, tf.scatter_nd([[0]], [1.], [4]).shape, tf.invert_permutation([1, 0]).shape, tf.broadcast_to(P(3), [2, 3]).shape, tf.einsum("ij,jk->ik", P(2, 3), P(3, 4)).shape, tf.tensordot(P(2, 3), P(3, 4), 1).shape, tf.tensordot(P(2, 3, 4), P(4, 3), [[1, 2], [1, 0]]).shape
tf.broadcast_to(P(3), [2, 2])
tf.segment_sum(P(4, 2), [0, 0, 1, 1]).shape, tf.unsorted_segment_sum(P(4, 2), [0, 1, 0, 1], 3).shape
tf.segment_sum(P(4, 2), [0, 1])
tf.cast(P(2), tf.int32), tf.bitcast(P(2), tf.int32).shape, tf.bitcast(P(2), tf.uint8).shape, tf.bitcast(P(2, 4), tf.float64) if False else None
tf.bitcast(P(2, 3), tf.float64)
tf.cast(P(2), "nope")
tf.identity(U).shape, tf.stop_gradient(P(None)).shape, tf.zeros_like(U).shape, tf.ones_like(P(2, None)).shape, tf.placeholder_with_default([[1.]], [None, 1]).shape
tf.placeholder_with_default([[1.]], [2, 1])
tf.reverse(P(2, 3), [1]).shape, tf.reverse(P(2, 3), n).shape
tf.reverse(P(2, 3), [2])
tf.matrix_band_part(P(3, 3), 0, -1).shape, tf.trace(P(3, 3)).shape, tf.accumulate_n([P(2), P(2)]).shape, tf.add_n([P(2), P(None)]).shape, tf.add_n([P(2), U]).shape
tf.add_n([P(2), P(3)])

#: neural network shapes
P = lambda *s: tf.placeholder(tf.float32, s or None)
U = tf.placeholder(tf.float32)
I = lambda *s: tf.placeholder(tf.int32, s or None)
tf.nn.softmax_cross_entropy_with_logits_v2(labels=P(2, 3), logits=P(2, 3)).shape, tf.nn.sparse_softmax_cross_entropy_with_logits(labels=I(None), logits=P(2, 3)).shape, tf.nn.sigmoid_cross_entropy_with_logits(labels=P(2), logits=P(2)).shape
tf.nn.softmax_cross_entropy_with_logits_v2(labels=P(2, 3), logits=P(2, 4))
tf.nn.sparse_softmax_cross_entropy_with_logits(labels=I(2, 1), logits=P(2, 3))
tf.nn.sparse_softmax_cross_entropy_with_logits(labels=I(3), logits=P(2, 3))
tf.nn.sparse_softmax_cross_entropy_with_logits(I(2), P(2, 3))
tf.nn.sigmoid_cross_entropy_with_logits(labels=P(2), logits=P(3))
tf.nn.bias_add(P(2, 3), P(3)).shape, tf.nn.bias_add(P(None, 4, 3), P(3)).shape, tf.nn.bias_add(U, P(3)).shape
tf.nn.bias_add(P(2, 3), P(4))
tf.nn.bias_add(P(3), P(3))
tf.nn.xw_plus_b(P(2, 3), P(3, 4), P(4)).shape, tf.nn.softmax(P(2, 3)).shape, tf.nn.log_softmax(P(2, None)).shape, tf.nn.l2_loss(P(2, 3)).shape, tf.nn.dropout(P(None, 3), 0.5).shape, tf.nn.relu(U).shape
tf.nn.softmax(tf.constant(1.))
tf.nn.in_top_k(P(2, 3), I(2), 1).shape, tf.nn.embedding_lookup(P(10, 4), I(2, 3)).shape, tf.nn.l2_normalize(P(2, 3), 1).shape
tf.nn.relu([1, 2]), tf.nn.relu(["a"]) if False else None
tf.nn.sigmoid([1, 2])
tf.nn.dropout(P(2), 1.5)
tf.nn.dropout(P(2), keep_prob="a")
tf.nn.dropout([1, 2], 0.5)

#: constants propagate into shapes
P = lambda *s: tf.placeholder(tf.float32, s or None)
x = P(None, 3, None)
s = tf.shape(x)
tf.zeros(s).shape, tf.zeros([s[0], s[1]]).shape, tf.zeros(s[1:]).shape, tf.zeros(s[:2]).shape, tf.zeros([s[1] * 2]).shape, tf.reshape(x, [s[0], -1]).shape
tf.zeros(tf.stack([s[1], 2])).shape, tf.zeros(tf.concat([[5], s], 0)).shape, tf.zeros([tf.size(P(2, 3))]).shape, tf.zeros([tf.rank(x)]).shape
tf.fill(tf.constant([2, 3]) + 1, 0.).shape, tf.zeros(tf.identity([2, 2])).shape, tf.zeros(tf.Variable([2, 2]).initial_value if False else [2, 2]).shape
tf.reshape(P(12), tf.shape(P(3, 4))).shape, tf.tile(P(2), [tf.shape(P(5))[0]]).shape, tf.range(tf.shape(P(7))[0]).shape, tf.random_normal([tf.shape(P(4))[0], 2]).shape
from tensorflow.python.framework import tensor_util
tensor_util.constant_value(tf.constant(3.)), tensor_util.constant_value(tf.stack([1, 2])), tensor_util.constant_value(tf.fill([2], 7)), tensor_util.constant_value(tf.range(3)), tensor_util.constant_value(tf.cast([1.5], tf.int32)), bool(tensor_util.constant_value(tf.equal(1, 1)))
tensor_util.constant_value_as_shape(tf.stack([tf.shape(P(None))[0], 3])), tensor_util.constant_value_as_shape(tf.placeholder(tf.int32, [2])), tensor_util.constant_value_as_shape(tf.constant([2, -1]))
