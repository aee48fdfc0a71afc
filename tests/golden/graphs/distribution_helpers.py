from tensorflow.python.ops.distributions import util as du
from tensorflow.python.ops.linalg import linear_operator_addition as addition
L = tf.linalg
x = tf.placeholder(tf.float32, [2, 3], name="x")
u = tf.placeholder(tf.float32, None, name="u")
du.same_dynamic_shape(x, u)
du.fill_triangular(x), du.fill_triangular(x, upper=True), du.fill_triangular(u)
du.fill_triangular_inverse(du.fill_triangular(x)), du.fill_triangular_inverse(u, upper=True)
du.tridiag([1.], x[:, :2], [[2.], [3.]]), du.tridiag(diag=x)
du.matrix_diag_transform(tf.ones([2, 2]), tf.exp)
du.assert_symmetric(tf.ones([2, 2]))
du.reduce_weighted_logsumexp(x, tf.ones([2, 3]), axis=1, return_sign=True), du.reduce_weighted_logsumexp(x, axis=[0], keep_dims=True)
du.softplus_inverse(x)
du.process_quadrature_grid_and_probs(None, tf.float32, False), du.process_quadrature_grid_and_probs((u, x), tf.float32, True)
du.process_quadrature_grid_and_probs(([1., 2.], [3., 4.]), tf.float64, True)
du.pad(x, axis=-1, front=True, value=1, count=2), du.pad(u, axis=tf.placeholder(tf.int32, [], name="axis"), back=True), du.pad(u, axis=-1, front=True, back=True)
du.prefer_static_rank(x), du.prefer_static_shape(u), du.prefer_static_broadcast_shape(tf.shape(u), [2, 1]), du.prefer_static_broadcast_shape([3], tf.TensorShape([2, 1]))
du.dimension_size(u, 0)
diag, tril, full = L.LinearOperatorDiag([1., 2.]), L.LinearOperatorLowerTriangular([[1., 0.], [2., 3.]]), L.LinearOperatorFullMatrix([[1., 2.], [3., 4.]])
eye, scaled = L.LinearOperatorIdentity(2), L.LinearOperatorScaledIdentity(2, 3.)
[op.to_dense() for op in addition.add_operators([eye, scaled, diag])]
[op.to_dense() for op in addition.add_operators([eye, eye])]
[op.to_dense() for op in addition.add_operators([tril, diag, full, eye], operator_name="sum", name="add")]
