"""Datasets and iterators."""

#: datasets: elements of tensors
def take(d, n=20):
    i = d.make_one_shot_iterator().get_next()
    out = []
    with S() as s:
        try:
            while len(out) < n:
                out.append(s.run(i))
        except tf.errors.OutOfRangeError as e:
            out.append(e.message.split("\n")[0])
    return out

def take_again(d, n=20):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        for _ in range(2):
            s.run(it.initializer)
            try:
                for _ in range(n):
                    out.append(s.run(x))
            except tf.errors.OutOfRangeError:
                out.append("end")
    return out
D = tf.data.Dataset
take(D.from_tensors(3))
take(D.from_tensors({"b": [1, 2], "a": ("x", [1.0])}))
take(D.from_tensor_slices([[1, 2], [3, 4]]))
take(D.from_tensor_slices(([1, 2], {"k": ["a", "b"]}, np.arange(4.).reshape(2, 2, 1))))
take(D.from_tensor_slices(np.zeros([0, 3])))
take(D.range(4)), take(D.range(2, 5)), take(D.range(10, 0, -3)), take(D.range(3, 3))
take_again(D.range(3).repeat(2)), take(D.range(0).repeat()), take(D.range(2).repeat(), 5), take(D.range(3).repeat(0))
take(D.range(9).take(3)), take(D.range(3).take(-1)), take(D.range(3).take(0)), take(D.range(5).skip(3)), take(D.range(5).skip(-1)), take(D.range(2).skip(5))
take(D.zip((D.range(3), D.range(5, 100)))), take(D.zip({"a": D.range(2), "b": (D.range(2), D.from_tensors(7))}))
take(D.range(2).concatenate(D.range(7, 9))), take(D.range(0).concatenate(D.range(1)))
take(D.range(5).batch(2)), take(D.range(5).batch(2, drop_remainder=True)), take(D.range(5).batch(9)), take(D.range(1).batch(9, True))
take(D.from_tensor_slices(["a", "bc", ""]).batch(2).batch(2, True))
take(D.from_tensor_slices({"x": np.arange(6.).reshape(3, 2)}).repeat(2).batch(4).skip(1))
take(D.range(4).apply(lambda d: d.take(1)))

#: datasets: what they say
D = tf.data.Dataset
D.from_tensor_slices(([1, 2], {"k": ["a", "b"]}))
D.range(3).batch(2), D.range(3).batch(2, drop_remainder=True), D.from_tensors((1, 2.0)).repeat()
D.from_tensors(tf.placeholder(tf.float32)).output_shapes, D.from_tensor_slices(tf.placeholder(tf.float32, [None, 3])).output_shapes
D.range(1).output_types, D.range(1).output_classes, D.range(1).output_shapes
D.zip((D.range(3), D.from_tensors("a"))).output_types
D.from_tensors(np.zeros([2, 3])).concatenate(D.from_tensors(np.zeros([2, 5]))).output_shapes
D.range()
D.range(1, 2, 3, 4)
D.zip([D.range(1), D.range(2)])
D.zip((D.range(1), 3))
D.zip((D.range(1), [D.range(1)]))
D.range(1).concatenate(D.from_tensors(1.0))
D.from_tensor_slices(([1, 2], [1, 2, 3]))
D.from_tensor_slices(1)
D.range(1).apply(lambda d: 3)
D.range("a")
D.range(3).batch("x")
iter(D.range(3))
D.range(3).take([1, 2]).make_one_shot_iterator()
D.range(3).batch([1]).make_initializable_iterator()

#: datasets: failures
def fail(d):
    it = d.make_initializable_iterator()
    x = it.get_next()
    with S() as s:
        s.run(it.initializer)
        return s.run(x)
D = tf.data.Dataset
p = tf.placeholder_with_default([2], None)
fail(D.range(3).batch(0))
fail(D.range(3).batch(-1))
fail(D.range(0, 3, 0))
fail(D.range(3).take(p))
fail(D.from_tensor_slices((tf.placeholder_with_default([1, 2], None), tf.placeholder_with_default([1], None))))
fail(D.from_tensors(np.zeros([2])).concatenate(D.from_tensors(np.zeros([3]))).batch(2))
fail(D.range(0))
D.range(3).make_one_shot_iterator().initializer
s = S()
y = D.range(3).make_initializable_iterator().get_next()
s.run(y)

#: iterators: handles and structures
D = tf.data.Dataset
a, b = D.range(3).make_initializable_iterator(), D.range(10, 12).make_one_shot_iterator()
h = tf.placeholder(tf.string, [])
it = tf.data.Iterator.from_string_handle(h, tf.int64, [])
x = it.get_next()
x
s = S()
ha, hb = s.run([a.string_handle(), b.string_handle(name="mine")])
s.run(a.initializer)
[s.run(x, {h: k}) for k in (ha, hb, ha, hb)]
s.run(x, {h: hb})
s.run(x, {h: "nonsense"})
s.run(x, {h: b"\n\x01x"})
c = tf.data.Iterator.from_structure((tf.int64, tf.float32), ([], [None]))
i1 = c.make_initializer(D.range(2).apply(lambda d: D.zip((d, D.from_tensors([1.0, 2.0])))))
n = c.get_next()
n
s.run(i1), s.run(n)
s.run(n)
c.make_initializer(D.range(2))
c.make_initializer(D.zip((D.range(2), D.range(2))))
c.make_initializer(D.zip((D.range(2), D.from_tensors(1.0))))
c.output_types, c.output_shapes, c.output_classes
tf.data.Iterator.from_structure({"a": tf.int32}, {"a": [1], "b": []})
tf.data.Iterator.from_string_handle(h, tf.float32, []).get_next(), s.run(tf.data.Iterator.from_string_handle(h, tf.float32, []).get_next(), {h: ha})
[o.name for o in tf.get_default_graph().get_operations()]

#: datasets: functions
def take(d, n=20):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        s.run(it.initializer)
        try:
            while len(out) < n:
                out.append(s.run(x))
        except tf.errors.OpError as e:
            out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
D = tf.data.Dataset
three = tf.constant(3, tf.int64)
take(D.range(4).map(lambda x: x * three)), take(D.range(3).map(lambda x: {"a": x, "b": (tf.to_float(x), "s")}))
take(D.zip((D.range(3), D.range(3, 6))).map(lambda a, b: [a + b, a]))
take(D.range(9).map(lambda x: x * three, num_parallel_calls=3)), take(D.range(2).map(lambda x: x, num_parallel_calls=7))
take(D.range(2).map(lambda x: x, num_parallel_calls=0))
take(D.range(9).filter(lambda x: tf.equal(x % three, 0))), take(D.from_tensors({"a": 1}).filter(lambda e: e["a"] > 1))
take(D.range(4).flat_map(lambda x: D.range(x).map(lambda y: y + x * 10)))
take(D.range(4).interleave(lambda x: D.from_tensors(x).repeat(x + 1), 2, 2)), take(D.range(3).interleave(lambda x: D.range(x), 5))
take(D.range(3).interleave(lambda x: D.range(x), 0))
take(D.range(3).interleave(lambda x: D.range(x), 1, 0))
take(D.range(8).prefetch(2)), take(D.range(8).prefetch(0)), take(D.range(8).prefetch(None).batch(3)), take(D.range(8).shard(3, 1))
take(D.range(8).prefetch(-2))
take(D.range(4).map(lambda x: tf.check_numerics(tf.log(tf.to_float(x - 1)), "bad")))
take(D.range(4).map(lambda x: tf.check_numerics(tf.sqrt(tf.to_float(x - 1)), "bad")).prefetch(1))
take(D.range(3).map(lambda x: tf.py_func(lambda v: v + 1, [x], tf.int64)))
D.range(3).map(lambda x: {"a": x, "b": tf.fill([2, 3], x)})
D.range(3).map(lambda x: D.range(2))
D.range(3).map(lambda x: None)
D.range(3).filter(lambda x: x)
D.range(3).filter(lambda x: [x > 1])
D.range(3).flat_map(lambda x: x)
D.range(3).shard(0, 0)
D.range(3).shard(2, 2)
D.range(3).shard(2, -1)
v = tf.Variable(5, dtype=tf.int64, name="v")
D.range(3).map(lambda x: x + v).make_one_shot_iterator()

#: datasets: shuffled
def take_again(d, n=60):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        for _ in range(2):
            s.run(it.initializer)
            try:
                for _ in range(n):
                    out.append(int(s.run(x)))
            except tf.errors.OutOfRangeError:
                out.append("end")
    return out
D = tf.data.Dataset
take_again(D.range(10).shuffle(4, seed=3)), take_again(D.range(5).shuffle(10, seed=3).repeat(3)), take_again(D.range(3).shuffle(1, seed=1))
take_again(D.range(10).shuffle(4, seed=3, reshuffle_each_iteration=False).repeat(2)), take_again(D.range(0).shuffle(3, seed=2))
sorted(take_again(D.range(6).shuffle(3))[:6])
tf.set_random_seed(7)
take_again(D.range(20).shuffle(7)), take_again(D.range(20).repeat(2).shuffle(100, seed=0))
take_again(D.range(9).shuffle(20, seed=5, reshuffle_each_iteration=False).batch(1).map(lambda x: x[0]).repeat(2))
take_again(D.range(3).shuffle(0))
take_again(D.range(3).shuffle(-4, seed=1))

#: datasets: generators
def take(d, n=20):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        s.run(it.initializer)
        try:
            while len(out) < n:
                out.append(s.run(x))
        except tf.errors.OpError as e:
            out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
D = tf.data.Dataset
take(D.from_generator(lambda: iter([(1, "a"), (2, "b")]), (tf.int32, tf.string), ([], [])))
take(D.from_generator(lambda n: range(n), tf.int64, args=[3]).repeat(2)), take(D.from_generator(lambda: iter([]), tf.float32))
take(D.from_generator(lambda: ({"a": [i] * i} for i in range(3)), {"a": tf.float32}, {"a": [None]}))
take(D.from_generator(lambda: iter(range(100)), tf.int32, []), 3), take(D.from_generator(lambda: iter(range(4)), tf.int64).batch(3).prefetch(1))
take(D.from_generator(lambda: iter([1, "a"]), tf.int32))
take(D.from_generator(lambda: iter([1, [2]]), tf.int32, []))
take(D.from_generator(lambda: iter([1, 2]), (tf.int32, tf.int32)))
D.from_generator(lambda: iter([1]), {"a": tf.int32})
D.from_generator(3, tf.int32)
D.from_generator(lambda: iter([1]), (tf.int32, tf.int32), ([],))
