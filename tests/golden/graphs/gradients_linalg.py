x = tf.placeholder(tf.float32, [4, 3], name="x"); q = tf.placeholder(tf.float32, [2, 3, 3], name="q"); m = tf.placeholder(tf.float64, [3, 3], name="m")
u = tf.placeholder(tf.float32, [None, 3, 3], name="u"); w = tf.placeholder(tf.float32, [3, 4], name="w"); b = tf.placeholder(tf.float32, [3, 2], name="b")
c = tf.placeholder(tf.complex64, [3, 3], name="c")
for k, f in enumerate([lambda: tf.cholesky(q), lambda: tf.cholesky(m), lambda: tf.cholesky(u), lambda: tf.matrix_determinant(q), lambda: tf.matrix_determinant(u), lambda: tf.linalg.slogdet(q), lambda: tf.matrix_inverse(q), lambda: tf.matrix_inverse(m, adjoint=True)]):
    with tf.name_scope("f%d" % k):
        tf.gradients(f(), [q, m, u])
for k, f in enumerate([lambda a: tf.matrix_solve(a, b), lambda a: tf.matrix_solve(a, b, adjoint=True), lambda a: tf.matrix_triangular_solve(a, b), lambda a: tf.matrix_triangular_solve(a, b, lower=False, adjoint=True)]):
    with tf.name_scope("s%d" % k):
        tf.gradients(f(q[0]), [q, b])
for k, f in enumerate([lambda: tf.self_adjoint_eig(q), lambda: tf.self_adjoint_eigvals(q), lambda: tf.svd(q), lambda: tf.svd(x), lambda: tf.svd(w), lambda: tf.svd(w, full_matrices=True), lambda: tf.svd(x, full_matrices=True), lambda: tf.svd(x, compute_uv=False), lambda: tf.self_adjoint_eig(u), lambda: tf.svd(u)]):
    with tf.name_scope("e%d" % k):
        tf.gradients(f(), [q, x, w, u])
with tf.name_scope("c"):
    tf.gradients(tf.real(tf.self_adjoint_eigvals(c)), c); tf.gradients(tf.real(tf.cholesky(c)), c); tf.gradients(tf.real(tf.svd(c, compute_uv=False)), c)
for k, (a, r) in enumerate([(tf.ones([9000, 4, 3]), tf.ones([9000, 4, 2])), (tf.ones([9000, 3, 4]), tf.ones([9000, 3, 2]))]):
    with tf.name_scope("l%d" % k):
        tf.gradients(tf.matrix_solve_ls(a, r, 0.5), [a, r])
