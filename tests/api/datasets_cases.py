"""Transformations of datasets, datasets of files, and what is made of their elements."""

#: datasets: windows
def take(d, n=80, times=1):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        for _ in range(times):
            try:
                s.run(it.initializer)
                for _ in range(n):
                    out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
def tries(d, n):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        s.run(it.initializer)
        for _ in range(n):
            try:
                out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
D, E = tf.data.Dataset, tf.data.experimental
W = D.range(7)
def win(*a, **k):
    return take(W.window(*a, **k).flat_map(lambda x: x.batch(10)))
win(2), win(2, None, 1, True), win(3, 1), win(3, 2, 2), win(3, 2, 2, True), win(2, 4), win(1), win(3, 1, 1, True), win(10, 1, 1)
win(0)
win(1, 0)
win(1, 1, 0)
take(D.zip((W, W.map(lambda x: x * x))).window(3).flat_map(lambda a, b: D.zip((a.batch(3), b.repeat(2).batch(6)))))
take(D.from_tensor_slices({"a": ["x", "y", "z"]}).window(2).flat_map(lambda e: e["a"]))
D.range(3).window(2).output_classes is D.range(3).window(2).output_types

#: datasets: padded batches
def take(d, n=80, times=1):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        for _ in range(times):
            try:
                s.run(it.initializer)
                for _ in range(n):
                    out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
def tries(d, n):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        s.run(it.initializer)
        for _ in range(n):
            try:
                out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
D, E = tf.data.Dataset, tf.data.experimental
def g():
    for i in range(5):
        yield [i] * i
G = D.from_generator(g, tf.int32, [None])
take(G.padded_batch(2, [None])), take(G.padded_batch(2, [4], drop_remainder=True)), take(G.padded_batch(2, [None], 7))
take(G.padded_batch(3, [tf.Dimension(6)], tf.constant(-1))), take(G.padded_batch(2, tf.TensorShape([None]))), take(G.padded_batch(2, tf.constant([-1], tf.int64)))
tries(G.padded_batch(5, [2]), 2)
take(G.padded_batch(0, [None]))
take(D.from_generator(g, tf.int32).padded_batch(2, tf.placeholder_with_default(np.array([-1, 2], np.int64), [None])))
take(D.zip((G, D.range(5))).padded_batch(3, ([None], []), (9, np.int64(0))))
take(G.map(lambda x: {"s": tf.as_string(x), "m": tf.reshape(tf.tile(x, [2]), [2, -1])}).padded_batch(5, {"s": [None], "m": [3, None]}, {"s": "-", "m": 8}))
G.padded_batch(2, [None]), G.padded_batch(2, [4], drop_remainder=True), G.padded_batch(2, tf.placeholder(tf.int64, [None]))
G.padded_batch(2, [None, 3])
G.padded_batch(2, [None], [1, 2])
G.padded_batch(2, [None], 1.5)
G.padded_batch(2, "x")
D.range(3).padded_batch(2, [3])
D.from_tensors(np.zeros([3])).padded_batch(2, [2])
D.from_tensors(np.zeros([3])).padded_batch(2, tf.constant([[2]], tf.int64))
D.from_tensors(np.zeros([3])).padded_batch(2, tf.constant([4], tf.int32))
D.from_tensors(tf.SparseTensor([[0]], [1], [2])).padded_batch(2, [None])

#: datasets: of files
def take(d, n=80, times=1):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        for _ in range(times):
            try:
                s.run(it.initializer)
                for _ in range(n):
                    out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
def tries(d, n):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        s.run(it.initializer)
        for _ in range(n):
            try:
                out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
D, E = tf.data.Dataset, tf.data.experimental
import os, tempfile, gzip, zlib
folder = tempfile.mkdtemp()
def file(name, data):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data)
    return os.path.join(folder, name)
def said(answers):
    return [tuple(x.replace(folder, "") for x in a) if isinstance(a, tuple) else a for a in answers]
a, b, c = file("a", b"one\r\ntw\ro\n\nlast\r"), file("b", b""), file("c", b"\r")
f = file("f", b"0123456789")
none = os.path.join(folder, "none")
said(take(tf.data.TextLineDataset([a, b, c, a])))
said(tries(tf.data.TextLineDataset([a, none, a]), 7))
take(tf.data.TextLineDataset(a, "X"))
said(tries(tf.data.TextLineDataset(a, "GZIP"), 2))
take(tf.data.TextLineDataset(a, buffer_size=-3))
take(tf.data.TextLineDataset(file("z", zlib.compress(b"p\nq\n")), "ZLIB")), take(tf.data.TextLineDataset([[a]]))
F = tf.data.FixedLengthRecordDataset
take(F(f, 2)), take(F([f, f], 3, 1, 0)), take(F(f, 4, 8, 6)), take(F(f, 1, 2, 3, 4)), take(F(b, 3))
said(tries(F(f, 3), 2))
said(tries(F(f, 4, 6, 6), 2))
said(tries(F(f, 4, 20), 2))
tries(F([f, b, f], 3, 1, 0), 8)
take(F(f, 0))
take(F(f, -1))
take(F(f, 1, -1))
take(F(f, 1, 0, -1))
take(F(f, 1, buffer_size=-1))
said(tries(F(none, 1), 2))
def records(name, how, items):
    path = os.path.join(folder, name)
    with tf.python_io.TFRecordWriter(path, tf.python_io.TFRecordOptions(how)) as w:
        for item in items:
            w.write(item)
    return path
T = tf.python_io.TFRecordCompressionType
r1, r2, r3 = records("r1", T.NONE, [b"a", b"", b"ccc"]), records("r2", T.GZIP, [b"g%d" % i for i in range(4)]), records("r3", T.ZLIB, [b"z"])
R = tf.data.TFRecordDataset
take(R([r1, r1])), take(R(r2, "GZIP")), take(R(r3, "ZLIB", 100)), take(R([r1, r1, r3], num_parallel_reads=2).take(4)), take(R(D.from_tensor_slices([r1, r1])))
said(tries(R(a), 2))
said(tries(R([none]), 2))
said(tries(R(r1, "GZIP"), 2))
take(R(r1, "X"))
said(tries(R(file("cut", open(r1, "rb").read()[:-3])), 4))
take(R(r1, buffer_size=-3))
take(R(r1, num_parallel_reads=0))
R(D.range(3))
R(D.from_tensors(["a"]))
R(r1), F(f, 1), tf.data.TextLineDataset(a)
w = E.TFRecordWriter(os.path.join(folder, "w"), "GZIP")
S().run(w.write(D.from_tensor_slices(["x", "yy"])))
take(R(os.path.join(folder, "w"), "GZIP"))
w.write(D.range(3))
w.write(3)

#: datasets: kept
def take(d, n=80, times=1):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        for _ in range(times):
            try:
                s.run(it.initializer)
                for _ in range(n):
                    out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
def tries(d, n):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        s.run(it.initializer)
        for _ in range(n):
            try:
                out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
D, E = tf.data.Dataset, tf.data.experimental
import os, tempfile, gzip, zlib
folder = tempfile.mkdtemp()
def file(name, data):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data)
    return os.path.join(folder, name)
def said(answers):
    return [tuple(x.replace(folder, "") for x in a) if isinstance(a, tuple) else a for a in answers]
a, b, c = file("a", b"one\r\ntw\ro\n\nlast\r"), file("b", b""), file("c", b"\r")
f = file("f", b"0123456789")
none = os.path.join(folder, "none")
counted = []
def count(v):
    counted.append(v)
    return v
C = D.range(4).map(lambda x: tf.py_func(count, [x], tf.int64)).cache()
def counts(answers):
    n = len(counted)
    del counted[:]
    return answers, n
counts(take(C, times=3)), counts(take(C.repeat(2))), counts(take(C.take(2).repeat(3))), counts(tries(C.repeat(2), 2)), counts(take(D.zip((C, C))))
C = D.range(4).map(lambda x: (tf.py_func(count, [x], tf.int64), "s")).cache(os.path.join(folder, "kept"))
counts(take(C)), counts(take(C)), sorted(x for x in os.listdir(folder) if x.startswith("kept"))
sorted(tf.train.NewCheckpointReader(os.path.join(folder, "kept")).get_variable_to_shape_map())
K = D.zip(tuple(D.range(2) for _ in range(11))).cache(os.path.join(folder, "wide"))
take(K)
sorted(tf.train.NewCheckpointReader(os.path.join(folder, "wide")).get_variable_to_shape_map())[:3]
take(D.range(0).cache()), take(D.range(3).cache().shuffle(3, seed=1).repeat(2)), take(D.range(2).cache(["a"]))
open(file("held_0.lockfile", b"by me"), "rb").read()
said(take(D.range(3).cache(os.path.join(folder, "held"))))
D.range(3).cache()

#: datasets: states
def take(d, n=80, times=1):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        for _ in range(times):
            try:
                s.run(it.initializer)
                for _ in range(n):
                    out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
def tries(d, n):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        s.run(it.initializer)
        for _ in range(n):
            try:
                out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
D, E = tf.data.Dataset, tf.data.experimental
bad = D.range(5).map(lambda x: tf.check_numerics(1 / tf.cast(x - 1, tf.float32), "bad"))
s = S()
s.run(D.range(10).reduce(np.int64(0), lambda a, b: a + b))
s.run(D.range(3).reduce((np.int64(1), "a"), lambda a, b: (a[0] * (b + 1), a[1] + "x")))
s.run(D.range(3).reduce([0.], lambda a, b: tf.concat([a, [1.]], 0))), s.run(D.range(0).reduce(5., lambda a, b: a))
s.run(D.from_tensor_slices({"k": [1, 2]}).reduce({"t": 0}, lambda a, b: {"t": a["t"] + b["k"]}))
s.run(bad.reduce(0., lambda a, b: a + b))
D.range(3).reduce(0, lambda a, b: tf.to_float(a))
D.range(3).reduce(0, lambda a, b: "s")
three = tf.constant(3, tf.int64)
s.run(D.range(4).reduce(np.int64(0), lambda a, b: a + b * three))
s.run(D.range(2).reduce(tf.SparseTensor([[0]], [1], [3]), lambda a, b: tf.sparse_add(a, a)))
take(D.range(5).apply(E.scan(np.int64(0), lambda a, b: (a + b, a * b))))
take(D.range(5).apply(E.scan((np.int64(0), 1), lambda a, b: ((a[0] + b, a[1] * 2), {"k": a[1]}))))
take(D.range(4).apply(E.scan([0], lambda a, b: (tf.concat([a, [1]], 0), a)))), D.range(4).apply(E.scan([0], lambda a, b: (tf.concat([a, [1]], 0), a)))
D.range(5).apply(E.scan(np.int64(0), lambda a, b: (a,)))
D.range(5).apply(E.scan(np.int64(0), lambda a, b: a))
D.range(5).apply(E.scan(np.int64(0), lambda a, b: (tf.to_float(a), b)))
take(D.range(7).apply(E.scan(np.int64(0), lambda a, b: (a + three, a + b))).batch(3))
take(E.Counter().take(3)), take(E.Counter(5, -2).take(3)), take(E.Counter(dtype=tf.int32).take(2)), E.Counter()
s.run(E.get_single_element(D.range(1))), s.run(E.get_single_element(D.range(2).batch(2)))
s.run(E.get_single_element(D.range(0)))
s.run(E.get_single_element(D.range(2)))
E.get_single_element(3)
s.run(E.get_single_element(bad.skip(1)))
s.run(E.get_single_element(D.from_tensors({"a": (1, tf.SparseTensor([[0, 1]], [1.], [4, 4]))})))

#: datasets: groups
def take(d, n=80, times=1):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        for _ in range(times):
            try:
                s.run(it.initializer)
                for _ in range(n):
                    out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
def tries(d, n):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        s.run(it.initializer)
        for _ in range(n):
            try:
                out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
D, E = tf.data.Dataset, tf.data.experimental
bad = D.range(5).map(lambda x: tf.check_numerics(1 / tf.cast(x - 1, tf.float32), "bad"))
def gw(d, key, red, ws=None, wf=None):
    return tries(d.apply(E.group_by_window(key, red, ws, wf)), 10)
gw(D.range(10), lambda x: x % 3, lambda k, w: w.batch(10), 2), gw(D.range(10), lambda x: x % 3, lambda k, w: w.batch(10), None, lambda k: k + 1)
gw(D.range(4), lambda x: x % 3, lambda k, w: D.zip((D.from_tensors(k), w.batch(10))), 2)
gw(D.range(10), lambda x: x % 3, lambda k, w: w.batch(10), 0)[:3]
gw(D.range(3), lambda x: x, lambda k, w: w.filter(lambda x: False), 1)
gw(D.range(3), lambda x: tf.to_float(x), lambda k, w: w, 1)
gw(D.range(3), lambda x: [x], lambda k, w: w, 1)
gw(D.range(3), lambda x: x, lambda k, w: k, 1)
gw(D.range(3), lambda x: x, lambda k, w: w, None, lambda k: 0)[:2]
gw(D.range(3), lambda x: x, lambda k, w: w, None, None)
gw(D.range(3), lambda x: x, lambda k, w: w, 2, lambda k: k)
gw(bad, lambda x: tf.constant(0, tf.int64), lambda k, w: w.batch(9), 2)
gw(D.zip((D.range(6), D.from_tensors("s").repeat())), lambda x, s: x % 2, lambda k, w: w.map(lambda x, s: {"x": x + k, "s": s}).batch(9), 3)
R = E.Reducer(lambda k: (np.int64(0), k * 10), lambda s, x: (s[0] + x, s[1] + 1), lambda a, b: (a, b))
take(D.range(10).apply(E.group_by_reducer(lambda x: x % 4, R))), take(D.range(0).apply(E.group_by_reducer(lambda x: x % 4, R)))
tries(bad.apply(E.group_by_reducer(lambda x: np.int64(0), E.Reducer(lambda k: 0., lambda s, x: s + x, lambda a: a))), 3)
D.range(4).apply(E.group_by_reducer(lambda x: np.int64(0), E.Reducer(lambda k: 0., lambda s, x: x, lambda a: a)))
grown = D.range(7).apply(E.group_by_reducer(lambda x: x % 3, E.Reducer(lambda k: [0], lambda s, x: tf.concat([s, [1]], 0), lambda a: tf.size(a))))
grown, take(grown)
D.range(4).apply(E.group_by_reducer(lambda x: tf.to_float(x), R))
R.init_func(1), R.finalize_func(1, 2)
lengths = D.from_generator(lambda: ([i] * (i % 7 + 1) for i in range(20)), tf.int32, [None])
def bucket(**k):
    return take(lengths.apply(E.bucket_by_sequence_length(lambda x: tf.size(x), [3, 5, 9], [4, 3, 2, 1], **k)))
bucket()
bucket(pad_to_bucket_boundary=True, padding_values=-1)
bucket(padded_shapes=[9])
take(lengths.map(lambda x: x[:1]).apply(E.bucket_by_sequence_length(lambda x: tf.size(x), [3], [4, 3], no_padding=True)))
E.bucket_by_sequence_length(lambda x: x, [3], [4])

#: datasets: batches of other kinds
def take(d, n=80, times=1):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        for _ in range(times):
            try:
                s.run(it.initializer)
                for _ in range(n):
                    out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
def tries(d, n):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        s.run(it.initializer)
        for _ in range(n):
            try:
                out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
D, E = tf.data.Dataset, tf.data.experimental
bad = D.range(5).map(lambda x: tf.check_numerics(1 / tf.cast(x - 1, tf.float32), "bad"))
def g():
    for i in range(5):
        yield [i] * i
G = D.from_generator(g, tf.int32, [None])
take(D.range(5).apply(E.map_and_batch(lambda x: x * 2, 2))), take(D.range(5).apply(E.map_and_batch(lambda x: (x, "s"), 2, drop_remainder=True)))
tries(D.range(5).apply(E.map_and_batch(lambda x: tf.check_numerics(1 / tf.cast(x - 1, tf.float32), "bad"), 2)), 4)
D.range(5).apply(E.map_and_batch(lambda x: x, 2)), D.range(5).apply(E.map_and_batch(lambda x: x, 2, drop_remainder=True))
take(D.range(5).apply(E.map_and_batch(lambda x: x, 0)))
take(D.range(5).apply(E.map_and_batch(lambda x: x, 2, num_parallel_calls=0)))
take(D.range(9).apply(E.map_and_batch(lambda x: x, 2, num_parallel_calls=3))), take(D.range(9).apply(E.map_and_batch(lambda x: x, 4, num_parallel_batches=2)))
D.range(5).apply(E.map_and_batch(lambda x: x, 2, num_parallel_calls=2, num_parallel_batches=3))
take(D.range(5).apply(E.map_and_batch(lambda x: x, 2, num_parallel_batches=0)))
take(D.range(6).batch(3).apply(E.unbatch())), take(D.from_tensor_slices((np.arange(6).reshape(2, 3), np.arange(12).reshape(2, 3, 2))).apply(E.unbatch()))
D.range(6).apply(E.unbatch())
D.from_tensors(([1, 2], [1, 2, 3])).apply(E.unbatch())
tries(D.from_tensors((tf.placeholder_with_default(np.arange(2), None), tf.placeholder_with_default(np.arange(3), None))).apply(E.unbatch()), 2)
take(D.from_tensors(tf.SparseTensor([[0, 1], [2, 0], [2, 3]], [1., 2, 3], [4, 4])).batch(1).apply(E.unbatch()))
take(G.apply(E.dense_to_sparse_batch(2, [4]))), take(G.apply(E.dense_to_sparse_batch(2, [None])))
tries(G.apply(E.dense_to_sparse_batch(5, [2])), 3)
take(G.apply(E.dense_to_sparse_batch(0, [2])))
tries(G.apply(E.dense_to_sparse_batch(1, [2, 2])), 2)
G.apply(E.dense_to_sparse_batch(2, [4])), G.map(lambda x: tf.as_string(x)).apply(E.dense_to_sparse_batch(2, [None]))
take(D.from_sparse_tensor_slices(tf.SparseTensor([[0, 1], [2, 0], [2, 3]], [1., 2, 3], [4, 4])))
take(D.from_sparse_tensor_slices(tf.SparseTensor([[2, 1], [0, 0], [2, 3]], [1., 2, 3], [4, 4])))
D.from_sparse_tensor_slices(tf.SparseTensor([[0, 1], [2, 0], [2, 3]], [1., 2, 3], [4, 4]))
D.from_sparse_tensor_slices([1])
take(D.from_tensor_slices(tf.SparseTensor([[0, 1], [2, 0], [2, 3]], ["a", "b", "c"], [4, 4])).batch(2).map(lambda x: tf.sparse_tensor_to_dense(x, default_value="")))

#: datasets: by turns
def take(d, n=80, times=1):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        for _ in range(times):
            try:
                s.run(it.initializer)
                for _ in range(n):
                    out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
def tries(d, n):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        s.run(it.initializer)
        for _ in range(n):
            try:
                out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
D, E = tf.data.Dataset, tf.data.experimental
N = D.from_tensor_slices([3, 0, 1, 5, 0, 0, 2, 7, 1])
def parallel(c, b, **k):
    return [int(x) if not isinstance(x, tuple) else x for x in take(N.apply(E.parallel_interleave(lambda x: D.from_tensors(x).repeat(tf.to_int64(x)), cycle_length=c, block_length=b, **k)))]
parallel(3, 1), parallel(4, 2), parallel(1, 1), parallel(2, 1), parallel(20, 2), parallel(2, 3, prefetch_input_elements=0, buffer_output_elements=1)
sorted(str(x) for x in parallel(3, 1, sloppy=True))
def ahead(c, b, n):
    return [int(x) if not isinstance(x, tuple) else x for x in take(N.interleave(lambda x: D.from_tensors(x).repeat(tf.to_int64(x)), c, b, num_parallel_calls=n))]
ahead(3, 1, 3), ahead(4, 2, 1), ahead(20, 2, 2), ahead(20, 2, -1)
ahead(1, 1, 2)
ahead(1, 1, 0)
ahead(0, 1, 1)
ahead(1, 0, 1)
parallel(0, 1)
parallel(1, 0)
parallel(1, 1, buffer_output_elements=0)
parallel(1, 1, prefetch_input_elements=-1)
A, B, C = D.range(4), D.range(10, 13), D.range(20, 22)
take(E.choose_from_datasets([A, B, C], D.from_tensor_slices(np.array([0, 1, 2, 1, 0, 0, 2, 2, 1, 1, 0, 0], np.int64))))
take(E.choose_from_datasets([A, B], D.from_tensor_slices(np.array([0, 5], np.int64))))
take(E.choose_from_datasets([A, B], D.from_tensor_slices(np.array([-1], np.int64))))
E.choose_from_datasets([A, B], D.range(2).map(lambda x: tf.to_float(x)))
E.choose_from_datasets([A, D.from_tensors("s")], D.range(2))
take(E.sample_from_datasets([A, B, C], seed=5))
take(E.sample_from_datasets([A, B, C], [0.1, 0.2, 0.7], seed=7))
take(E.sample_from_datasets([A, B], [0.5, 0.5], seed=0)), take(E.sample_from_datasets([A.repeat(), B.repeat()], D.from_tensors([0.9, 0.1]).repeat(), seed=3), n=20)
take(E.sample_from_datasets([A])), E.sample_from_datasets([A, B])
E.sample_from_datasets([A, B], [1, 2])
E.sample_from_datasets([A, B], [0.5])
tf.set_random_seed(11)
take(E.sample_from_datasets([A, B, C])), take(E.RandomDataset(), n=3), take(E.RandomDataset(0), n=3), take(E.RandomDataset(5), n=3, times=2), E.RandomDataset()
take(D.range(5).apply(E.shuffle_and_repeat(3, 2, seed=1))), take(D.range(3).apply(E.shuffle_and_repeat(10, seed=1)), n=10), take(D.range(9).apply(E.shuffle_and_repeat(4, count=1, seed=5)))
take(D.from_tensor_slices(["a", "b", "a", "c", "b"]).apply(E.unique())), take(D.range(9).map(lambda x: x % 4).apply(E.unique()))
D.from_tensors(1.).apply(E.unique())
take(D.range(5).map(lambda x: tf.check_numerics(1 / tf.cast(x - 1, tf.float32), "bad")).apply(E.ignore_errors()))
take(D.from_tensor_slices(["a", "b"]).apply(E.enumerate_dataset(3)))

#: datasets: resampled
def take(d, n=80, times=1):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        for _ in range(times):
            try:
                s.run(it.initializer)
                for _ in range(n):
                    out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
def tries(d, n):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        s.run(it.initializer)
        for _ in range(n):
            try:
                out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
D, E = tf.data.Dataset, tf.data.experimental
import collections
def classes(d, n):
    return [int(x[0]) for x in take(d, n=n) if x[0] != "OutOfRangeError"]
init, target = [.25, .25, .25, .25], [0., 0., .5, .5]
data = D.from_tensor_slices(np.array([0, 1, 2, 3] * 20)).shuffle(80, seed=1)
classes(data.apply(E.rejection_resample(lambda x: tf.cast(x, tf.int32), target, init, seed=27)), 30)
classes(data.repeat(3).apply(E.rejection_resample(lambda x: tf.cast(x, tf.int32), [.1, .2, .3, .4], seed=3)), 30)
classes(data.apply(E.rejection_resample(lambda x: tf.cast(x, tf.int32), init, init, seed=3)), 5)

#: datasets: options
def take(d, n=80, times=1):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        for _ in range(times):
            try:
                s.run(it.initializer)
                for _ in range(n):
                    out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
def tries(d, n):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        s.run(it.initializer)
        for _ in range(n):
            try:
                out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
D, E = tf.data.Dataset, tf.data.experimental
o, p = tf.data.Options(), tf.data.Options()
o.experimental_autotune, o == p, o != p, o == 3
o.experimental_autotune = True
o.experimental_map_fusion = True
o == p, o.merge(p) == o
o.experimental_autotune = 3
p.experimental_map_fusion = False
o.merge(p)
d = D.range(3).map(lambda x: x + 1).with_options(o).batch(2)
d.options().experimental_map_fusion, take(d), d
d.with_options(p)
take(D.range(6).with_options(o).shuffle(3, seed=1)), D.range(3).options() == tf.data.Options()
tf.data.Options.experimental_autotune.__doc__
x = d.make_one_shot_iterator().get_next()
S().run(x)

#: iterators: optionals
def take(d, n=80, times=1):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        for _ in range(times):
            try:
                s.run(it.initializer)
                for _ in range(n):
                    out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
def tries(d, n):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        s.run(it.initializer)
        for _ in range(n):
            try:
                out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
D, E = tf.data.Dataset, tf.data.experimental
s = S()
O = E.Optional
o = O.from_value((1, {"a": "b"}))
s.run([o.has_value(), o.get_value()])
sp = O.from_value(tf.SparseTensor([[0]], [1], [3]))
s.run(sp.get_value())
n = O.none_from_structure(o.value_structure)
s.run(n.has_value(name="has"))
s.run(n.get_value())
o.value_structure.is_compatible_with(n.value_structure), o.value_structure.is_compatible_with(sp.value_structure)
both = O.from_value((o, 3))
s.run(both.get_value()[0].get_value())
it = D.range(2).make_initializable_iterator()
nx = E.get_next_as_optional(it)
has, value = nx.has_value(), nx.get_value(name="v")
s.run(has)
s.run(it.initializer)
s.run([has, value]), s.run([has, value]), s.run(has)
s.run(value)
value
O.from_value(lambda: 3)
[op.name + " " + op.type for op in tf.get_default_graph().get_operations()]

#: datasets: of CSV files
def take(d, n=80, times=1):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        for _ in range(times):
            try:
                s.run(it.initializer)
                for _ in range(n):
                    out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
def tries(d, n):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        s.run(it.initializer)
        for _ in range(n):
            try:
                out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
D, E = tf.data.Dataset, tf.data.experimental
import os, tempfile, gzip, zlib
folder = tempfile.mkdtemp()
def file(name, data):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data)
    return os.path.join(folder, name)
def said(answers):
    return [tuple(x.replace(folder, "") for x in a) if isinstance(a, tuple) else a for a in answers]
a, b, c = file("a", b"one\r\ntw\ro\n\nlast\r"), file("b", b""), file("c", b"\r")
f = file("f", b"0123456789")
none = os.path.join(folder, "none")
count = [0]
def C(data, defaults=None, **k):
    names = []
    for d in data if isinstance(data, list) else [data]:
        count[0] += 1
        names.append(file("csv%d" % count[0], d))
    return tries(E.CsvDataset(names, [tf.int32, tf.string] if defaults is None else defaults, **k), 6)
C(b"1,a\r\n2,b\r3,c\n\n4,d\n"), C(b"\n\n1,a"), C(b"1,a\n2\n3,c,d\n4,e\n"), C(b'1,"a,b"\n2,"x""y"\n3,"l1\nl2"\n4,"\r\n"\n5,""\n')
C(b'1,a"b\n2,c'), C(b'1,"a"b\n2,c'), C(b'1,"ab\n2,c'), C(b'1,"a"\n2,"'), C(b'1,a"b"\n2,"c"d"\n3,e', use_quote_delim=False)
C(b"x,a\n2,c\n"), C(b",a\n2,\n"), C(b",a\n2,\n", [[7], ["z"]]), C(b"NA,a\n2,NA\n", [[7], ["z"]], na_value="NA")
C(b"99999999999,a\n 5 ,c\n-3,d\n+4,e\n0x5,f\n1.5,g\n"), C(b"1.5|2.5\n1e3|nan\ninf|x\n|1", [tf.float32, tf.float64], field_delim="|")
C(b"5,6,7\n8,9,10", [tf.int64], select_cols=[1]), C(b"5,6,7\n8\n9,9,9", [tf.int64], select_cols=[1]), C(b"5,6,7\n8", [tf.int64, [3]], select_cols=[0, 2])
C(b"h,i\n1,a\n", header=True), C(b"", header=True), C([b"h,i\n1,a", b"", b"h,i\n2,b"], header=True), C([b"1,a", b"2,b\n", b"\n3,c"])
C(b"1,a,\n2,b,\n", [tf.int32, tf.string, [9]]), C(b'"1","a"\n'), C(b'1,"a"\r\n2,b\r\n'), C(b'1, "a"\n'), C(b"1\n2\n\n3", [[5]]), C(b'"a"\n""\n\n', [["q"]])
C(gzip.compress(b"1,a"), compression_type="GZIP"), C(b"1,a", buffer_size=1)
C(b"1,a", field_delim="ab")
C(b"1,a", compression_type="X")
C(b"1,a", buffer_size=-1)
C(b"1,a", [[1, 2], ["a"]])
C(b"1,2,3", [tf.int32] * 2, select_cols=[2, 1])
C(b"1,2,3", [tf.int32] * 2, select_cols=[-1, 1])
C(b"1,2,3", [tf.int32] * 2, select_cols=[1])
E.CsvDataset("x", [tf.int32, "a"])
p = file("people.csv", b"name,age,height\nann,30,1.5\nbob,,2\n,7,0.5\n")
def M(**k):
    return take(E.make_csv_dataset(p, 2, num_epochs=1, shuffle=False, **k))
M(), M(label_name="age"), M(select_columns=["height", "name"]), M(select_columns=[1]), M(column_defaults=["none", 9.5, tf.float64])
M(column_names=["a", "b", "c"], header=False), take(E.make_csv_dataset([p, p], 4, shuffle_seed=3, num_epochs=2)), take(E.make_csv_dataset(p, 2, shuffle=False), n=2)
M(label_name="x")
M(select_columns=["x"])
M(select_columns=[7])
M(select_columns=[1, 1])
M(column_defaults=[1])
M(column_names=["a", "a"])
M(header=False)
E.make_csv_dataset([], 1)

#: datasets: of Examples
def take(d, n=80, times=1):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        for _ in range(times):
            try:
                s.run(it.initializer)
                for _ in range(n):
                    out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
def tries(d, n):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        s.run(it.initializer)
        for _ in range(n):
            try:
                out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
D, E = tf.data.Dataset, tf.data.experimental
import os, tempfile, gzip, zlib
folder = tempfile.mkdtemp()
def file(name, data):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data)
    return os.path.join(folder, name)
def said(answers):
    return [tuple(x.replace(folder, "") for x in a) if isinstance(a, tuple) else a for a in answers]
a, b, c = file("a", b"one\r\ntw\ro\n\nlast\r"), file("b", b""), file("c", b"\r")
f = file("f", b"0123456789")
none = os.path.join(folder, "none")
def example(**k):
    f = {}
    for name, v in k.items():
        f[name] = tf.train.Feature(int64_list=tf.train.Int64List(value=v)) if isinstance(v[0], int) else tf.train.Feature(bytes_list=tf.train.BytesList(value=v))
    return tf.train.Example(features=tf.train.Features(feature=f)).SerializeToString()
X = [example(a=[1, 2], s=[b"x"]), example(a=[3, 4], s=[b"y", b"z"]), example(a=[5, 6], i=[0, 3], v=[7, 8])]
features = {"a": tf.FixedLenFeature([2], tf.int64), "s": tf.VarLenFeature(tf.string), "d": tf.FixedLenFeature([], tf.string, "none")}
P = D.from_tensor_slices(X).batch(2).apply(E.parse_example_dataset(features))
P.output_shapes["a"], P.output_shapes["s"], P.output_types["d"], P.output_classes["s"] is tf.SparseTensor
[sorted(e.items()) for e in take(P)[:-1]]
[sorted(e.items()) for e in take(D.from_tensor_slices(X).batch(3).apply(E.parse_example_dataset({"sp": tf.SparseFeature("i", "v", tf.int64, 5), "a": tf.FixedLenSequenceFeature([], tf.int64, allow_missing=True)}, 2)))[:-1]]
tries(D.from_tensor_slices(X).batch(2).apply(E.parse_example_dataset({"s": tf.FixedLenFeature([], tf.string)})), 1)[0][0]
tries(D.from_tensors([b"nonsense"]).apply(E.parse_example_dataset(features)), 1)[0][0]
take(D.from_tensor_slices(X).batch(2).apply(E.parse_example_dataset(features, 0)))
E.parse_example_dataset(None)
D.range(3).apply(E.parse_example_dataset(features))
path = os.path.join(folder, "examples")
with tf.python_io.TFRecordWriter(path) as w:
    for x in X:
        w.write(x)
[sorted(e.items()) for e in take(E.make_batched_features_dataset(path, 2, features, num_epochs=1, shuffle=False))[:-1]]
[(sorted(e[0].items()), e[1]) for e in take(E.make_batched_features_dataset([path], 2, features, label_key="a", shuffle_seed=4, num_epochs=2, drop_final_batch=True))[:-1]]
E.make_batched_features_dataset(path, 2, features, label_key="q")
E.make_batched_features_dataset([], 2, features)

#: datasets: under older names
def take(d, n=80, times=1):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        for _ in range(times):
            try:
                s.run(it.initializer)
                for _ in range(n):
                    out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
def tries(d, n):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        s.run(it.initializer)
        for _ in range(n):
            try:
                out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
D, E = tf.data.Dataset, tf.data.experimental
X = tf.contrib.data
take(D.range(5).apply(X.batch_and_drop_remainder(2))), take(D.range(5).apply(X.padded_batch_and_drop_remainder(2, [])))
take(D.range(5).apply(X.sliding_window_batch(2))), take(D.range(7).apply(X.sliding_window_batch(3, stride=2))), take(D.range(7).apply(X.sliding_window_batch(3, window_shift=5, window_stride=1)))
take(D.range(7).apply(X.sliding_window_batch(3, window_shift=0)))
take(D.range(7).apply(X.sliding_window_batch(0)))
X.sliding_window_batch(3, stride=1, window_shift=1)
tries(D.range(5).map(lambda x: tf.check_numerics(1 / tf.cast(x - 1, tf.float32), "bad")).apply(X.sliding_window_batch(2)), 5)
take(D.range(4).apply(X.map_and_batch(lambda x: x + 1, 2))), take(D.range(4).apply(X.shuffle_and_repeat(3, 1, seed=2))), take(D.range(2).apply(X.scan(np.int64(0), lambda a, b: (a + b, a))))
take(D.range(4).batch(2).apply(X.unbatch())), take(X.Counter().take(2)), take(D.range(3).apply(X.enumerate_dataset())), take(D.range(2).apply(X.ignore_errors()))
S().run([X.get_single_element(D.range(1)), X.reduce_dataset(D.range(4), X.Reducer(lambda k: k, lambda a, b: a + b, lambda s: s))])
sorted(str(x) for x in take(D.range(3).apply(X.sloppy_interleave(lambda x: D.range(x), 2))))
take(D.range(6).apply(X.group_by_window(lambda x: x % 2, lambda k, w: w.batch(3), 2))), take(D.range(9).apply(X.parallel_interleave(lambda x: D.range(x), 3)).take(4))
take(X.RandomDataset(4).take(2)), isinstance(X.RandomDataset(4), E.RandomDataset), X.AUTOTUNE, X.Optional is E.Optional
take(X.sample_from_datasets([D.range(3), D.range(3)], seed=2)), take(D.range(3).apply(X.unique()))

#: datasets: on other devices
def take(d, n=80, times=1):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        for _ in range(times):
            try:
                s.run(it.initializer)
                for _ in range(n):
                    out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
def tries(d, n):
    it = d.make_initializable_iterator()
    x, out = it.get_next(), []
    with S() as s:
        s.run(it.initializer)
        for _ in range(n):
            try:
                out.append(s.run(x))
            except tf.errors.OpError as e:
                out.append((type(e).__name__, e.message.split("\n")[0]))
    return out
D, E = tf.data.Dataset, tf.data.experimental
three = tf.constant(3, tf.int64)
def there(d):
    x = d.make_initializable_iterator()
    n, got = x.get_next(), []
    with tf.Session(config=tf.ConfigProto(device_count={"CPU": 2})) as s:
        s.run(x.initializer)
        try:
            while len(got) < 9:
                got.append(s.run(n))
        except tf.errors.OpError as e:
            got.append((type(e).__name__, e.message.split("\n")[0]))
    return got
there(D.range(4).apply(E.copy_to_device("/cpu:1"))), there(D.range(3).map(lambda x: x * three).apply(E.copy_to_device("/cpu:1")).batch(2).repeat(2))
there(D.from_tensors(tf.SparseTensor([[0]], [1], [3])).repeat(2).apply(E.copy_to_device("/cpu:1")))
there(D.zip((D.range(2), D.from_tensors("a").repeat())).apply(tf.contrib.data.copy_to_device("/cpu:0")).prefetch(1))
D.range(3).apply(E.copy_to_device("/gpu:0")).make_one_shot_iterator()
D.range(3).apply(E.copy_to_device("/cpu:1"))
