import collections

i = tf.while_loop(lambda i: i < 10, lambda i: i + 1, [0])
j, x = tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x * 2.), (0, tf.constant([1., 2.])), name="two", parallel_iterations=3, back_prop=False)
y = tf.placeholder(tf.float32, [None, 3], name="y")
with tf.control_dependencies([y]):
    z = tf.while_loop(lambda z: tf.reduce_sum(z) < 100., lambda z: tf.matmul(z, tf.ones([3, 3])) + y, [y])
    u = tf.while_loop(lambda i, v: i < 5, lambda i, v: [i + 1, tf.concat([v, v], 0)], [0, y],
                      shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, 3])], maximum_iterations=7)


def outer(i, a):
    _, b = tf.while_loop(lambda j, b: j < i, lambda j, b: (j + 1, b + tf.cond(b[0, 0] > y[0, 0], lambda: a, lambda: y * 2.)), [0, a])
    return i + 1, b


tf.while_loop(lambda i, a: i < 4, outer, [0, y], name="nested")

# slices, sparse tensors and structures
slices = tf.IndexedSlices(y, tf.range(tf.shape(y)[0]), tf.shape(y))
sparse = tf.SparseTensor(tf.placeholder(tf.int64), tf.placeholder(tf.float32, [None]), [6])
with tf.name_scope("parts"):
    tf.while_loop(lambda i, v, w: i < 3, lambda i, v, w: (i + 1, tf.IndexedSlices(v.values * 2., v.indices, v.dense_shape),
                                                          tf.SparseTensor(w.indices, w.values + 1., w.dense_shape)), [0, slices, sparse])
    tf.while_loop(lambda i, v, w: i < 3, lambda i, v, w: (i + 1, v, w), [0, slices, sparse], shape_invariants=[
        tf.TensorShape([]), tf.TensorShape([None, None]), tf.TensorShape([1])], name="invariants")
Pair = collections.namedtuple("Pair", "j, k")
with tf.name_scope("nest"):
    tf.while_loop(lambda i, p: i < 10, lambda i, p: (i + 1, Pair(p.j + p.k, {"a": p.k["a"] - p.j, "b": (p.j,)})) if False else (i + 1, p),
                  (tf.constant(0), Pair(tf.constant(1), {"b": (3,), "a": tf.constant(2)})), return_same_structure=True)
    tf.while_loop(lambda i, p: i < 10, lambda i, p: [i + 1, Pair(p.j + p.k, p.j - p.k)], (0, Pair(1, 2)), swap_memory=True)
    tf.while_loop(lambda i: True, lambda i: i, [1.], maximum_iterations=tf.placeholder(tf.int64, []))

# control inputs from outside and inside, conds around and inside
a, b = tf.constant(1., name="a"), tf.placeholder(tf.bool, [], name="b")
with tf.name_scope("controls"):
    with tf.control_dependencies([a.op, tf.no_op("outside")]):
        tf.while_loop(lambda i: i < 10., lambda i: i + a, [a])

    def body(i):
        with tf.control_dependencies([i, a]):
            c = tf.constant(2.)
            with tf.control_dependencies([c]):
                return tf.identity(i + c) + tf.identity(a)
    tf.while_loop(lambda i: tf.constant(True), body, [a])
with tf.name_scope("conds"):
    tf.cond(b, lambda: tf.while_loop(lambda i: i < 10., lambda i: i + a, [a]), lambda: tf.while_loop(lambda i: i < a, lambda i: i + 1., [3.]))
    tf.while_loop(lambda i: i < 10., lambda i: tf.cond(b, lambda: i + a, lambda: tf.constant(5.)), [a])
    tf.while_loop(lambda i: i < 10., lambda i: tf.cond(i > 2., lambda: tf.while_loop(lambda j: j < i, lambda j: j + a, [a]), lambda: a), [a])
v = tf.Variable(1., name="v")
r = tf.get_variable("r", initializer=1., use_resource=True)
with tf.name_scope("variables"):
    tf.while_loop(lambda i: i < 3, lambda i: tf.cast(tf.assign_add(v, r), tf.int32) + i, [0])
    tf.while_loop(lambda i: i < v, lambda i: i + r, [v])
    with tf.device("/cpu:0"), tf.colocate_with(v.op):
        tf.while_loop(lambda i: i < 3., lambda i: i + 1., [a])
    with tf.device("/cpu:0"):
        def group(i):
            with tf.control_dependencies([tf.group(v.assign(2.), r.assign(3.).op if hasattr(r.assign(3.), "op") else r.assign(3.))]):
                return i + 1
        tf.while_loop(lambda i: i < 3, group, [0])
