"""Accumulators of gradients: dense, of rows; steps, means and sums."""
from tensorflow.python.ops import gen_data_flow_ops as gen

#: dense
with tf.name_scope("scope"):
    a = tf.ConditionalAccumulator(tf.float32, shape=[None, 2])
a.name, a.dtype, a.accumulator_ref, a._shape
p, step = tf.placeholder(tf.float32), tf.placeholder(tf.int64, [])
add, take, two, n, sets = a.apply_grad(p, step), a.take_grad(1), a.take_grad(2), a.num_accumulated(), a.set_global_step(7)
add, take, two, n, sets
s = tf.Session()
s.run(add, {p: [[1, 2]], step: 0}), s.run(add, {p: [[1, 5]], step: 3}), s.run(n), s.run(add, {p: [[9, 9]], step: -1}), s.run(n), s.run(take), s.run(n)
s.run(add, {p: [[1, 2], [3, 4]], step: 0}), s.run(n), s.run(add, {p: [[1, 2], [3, 4]], step: 1}), s.run(n)
s.run(add, {p: [[1, 2]], step: 1})
s.run(add, {p: [1, 2], step: 1})
s.run(add, {p: [1, 2], step: 0})
s.run(n), s.run(add, {p: [[1, 2], [0, 1]], step: 1}), s.run(two), s.run(sets), s.run(add, {p: [[1, 2]], step: 6}), s.run(n)
s.run(add, {p: [[1, 2]], step: 7}), s.run(n), s.run(tf.ConditionalAccumulator(tf.float32, name="other").num_accumulated())
s.run(add, {p: [[1, 2, 3]], step: 7})
text()

#: dense, of a sum, of other dtypes
s = tf.Session()
for d in (tf.float16, tf.float32, tf.float64):
    for r in ("MEAN", "SUM"):
        a = tf.ConditionalAccumulator(d, reduction_type=r, name=r)
        p = tf.placeholder(d)
        add = a.apply_grad(p)
        for x in ([1000.3, 1.1, -2], [0.1, 2.2, 7], [3.3, 3.3, 1]):
            s.run(add, {p: x})
        print(s.run(a.take_grad(3)).tolist())
a = tf.ConditionalAccumulator(tf.float64)
s.run(a.apply_grad(3)), s.run(a.take_grad(1))
s.run(a.apply_grad(np.zeros([0, 3]), 1)), s.run(a.take_grad(1))

#: dense mistakes
a = tf.ConditionalAccumulator(tf.float32, shape=[2])
s = tf.Session()
a.apply_grad([1., 2., 3.])
a.apply_grad(tf.constant([1, 2]))
a.apply_grad([1., 2.], [1])
a.take_grad([1])
a.take_grad(1.5)
s.run(a.take_grad(0))
s.run(a.take_grad(-3))
tf.ConditionalAccumulator(tf.float32, reduction_type="X")
tf.ConditionalAccumulator(tf.string)
q = tf.placeholder(tf.int64)
s.run(gen.accumulator_set_global_step(a.accumulator_ref, q), {q: [1]})
s.run(gen.accumulator_apply_gradient(a.accumulator_ref, q, [1.]), {q: [7]})
s.run(gen.sparse_accumulator_apply_gradient(a.accumulator_ref, 5, [0], [1.0], [1], True))
b = tf.SparseConditionalAccumulator(tf.float32)
s.run(gen.accumulator_apply_gradient(b.accumulator_ref, 5, [1.0]))
v = tf.Variable(["localhost", "nowhere"])
s.run(v.initializer), s.run(gen.accumulator_num_accumulated(v))

#: shared
x = tf.ConditionalAccumulator(tf.float32, shared_name="q", shape=[3])
y = tf.ConditionalAccumulator(tf.float32, shared_name="q", shape=[2], reduction_type="SUM")
z = tf.SparseConditionalAccumulator(tf.float32, shared_name="q")
s = tf.Session()
s.run(x.num_accumulated()), s.run(x.apply_grad([1., 2., 3.])), s.run(y.num_accumulated()), s.run(z.num_accumulated())
s.run(y.apply_grad([1., 2.]))
s.run(x.accumulator_ref), s.run(y.take_grad(1).op.inputs[0])

#: rows
b = tf.SparseConditionalAccumulator(tf.float32, shape=[None, 2])
st, i, v, sh = tf.placeholder(tf.int64, []), tf.placeholder(tf.int64), tf.placeholder(tf.float32), tf.placeholder(tf.int64)
add, plain, take = b.apply_grad(i, v, sh, st), b.apply_grad(i, v, local_step=st), b.take_grad(1)
add, plain, take
s = tf.Session()
s.run(add, {st: 0, i: [0, 2], v: [[1, 2], [3, 4]], sh: [3, 2]}), s.run(add, {st: 0, i: [2, 3], v: [[1, 2], [3, 4]], sh: [9, 2]})
s.run(b.num_accumulated()), s.run(take), s.run(b.num_accumulated())
s.run(add, {st: 1, i: [0, 2], v: [[1, 2], [3, 4]], sh: [3, 3]})
s.run(add, {st: 1, i: [0, 2], v: [[1, 2], [3, 4]], sh: [3]})
s.run(add, {st: 1, i: [0], v: [[1, 2, 3]], sh: [3, 2]})
s.run(add, {st: 1, i: [0], v: [1], sh: [3, 2]})
s.run(add, {st: 1, i: [-1], v: [[1, 2]], sh: [3, 2]}), s.run(add, {st: 1, i: [2, 1], v: [[1, 2], [3, 4]], sh: [3, 2]})
s.run(plain, {st: 1, i: [1, 2], v: [[1, 2], [3, 4]]})
s.run(plain, {st: 1, i: [1], v: [[1, 2, 3]]})
s.run(plain, {st: 1, i: [1], v: [1]})
s.run(plain, {st: 0, i: [1], v: [1]})
s.run(take)
text()

#: rows as slices, sums, other ranks
s = tf.Session()
for d in (tf.float16, tf.float32, tf.float64):
    for r in ("MEAN", "SUM"):
        a = tf.SparseConditionalAccumulator(d, reduction_type=r, shape=[5, 2], name=r)
        i, v = tf.placeholder(tf.int64), tf.placeholder(d)
        add = a.apply_indexed_slices_grad(tf.IndexedSlices(v, i, tf.constant([5, 2])))
        for index, x in (([0, 1, 4], [[1, 2], [3, 4], [5, 6.5]]), ([1], [[0.1, 0.2]]), ([1, 2, 3], [[7, 8], [9, 10], [11, 1000.3]])):
            s.run(add, {i: index, v: x})
        taken = s.run(a.take_indexed_slices_grad(3, name="taken"))
        print(type(taken).__name__, taken.values.tolist(), taken.indices.tolist(), taken.dense_shape.tolist())
c = tf.SparseConditionalAccumulator(tf.float32, shape=[3, 2])
s.run(gen.sparse_accumulator_apply_gradient(c.accumulator_ref, 0, [7], [[1., 2.]], [3, 2], True))
s.run(c.apply_grad([1], [[1., 2.]])), s.run(c.take_grad(1)), s.run(c.num_accumulated())
d = tf.SparseConditionalAccumulator(tf.float32)
s.run(d.apply_grad([1], [1.])), s.run(d.take_indexed_slices_grad(1))
s.run(d.apply_grad([1], [[[1., 2.]]], local_step=1)), s.run(d.take_indexed_slices_grad(1))
s.run(d.apply_grad(np.zeros([0], np.int64), np.zeros([0, 2], np.float32), local_step=9)), s.run(d.take_indexed_slices_grad(1))
s.run(d.apply_grad([5], [[1., 2.]], local_step=9)), s.run(d.apply_grad([3], [[1., 2.]], local_step=9)), s.run(d.take_grad(2))
d.take_grad(2, "n"), d.take_indexed_slices_grad(2, "n")

#: of gradients, as a training loop has it
w = tf.Variable([[1., 2.], [3., 4.]])
loss = tf.reduce_sum(tf.square(w)) + tf.reduce_sum(tf.gather(w, [1, 1, 0]))
grad = tf.gradients(loss, w)[0]
a = tf.ConditionalAccumulator(tf.float32, w.get_shape())
rows = tf.gradients(tf.reduce_sum(tf.gather(w, [0, 1])), w)[0]
b = tf.SparseConditionalAccumulator(tf.float32, w.get_shape())
add = tf.group(a.apply_grad(grad), b.apply_indexed_slices_grad(rows))
train = tf.train.GradientDescentOptimizer(0.1).apply_gradients([(a.take_grad(2), w)])
s = tf.Session()
s.run(tf.global_variables_initializer()), s.run(add), s.run(add), s.run(train), s.run(w), s.run(b.take_indexed_slices_grad(2))
text()
