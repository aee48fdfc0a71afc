"""Lookup tables: tf.contrib.lookup, tf.tables_initializer, and the operations beneath."""
import os
os.chdir(d)
from tensorflow.python.ops import gen_lookup_ops as gen
lookup = tf.contrib.lookup
S, I = tf.string, tf.int64
def put(name, data):
    with open(name, "wb") as f:
        f.write(data)
    return name
def read(data, key, value, key_index, value_index, **more):
    """What a table holds that is read from a file of these bytes."""
    with tf.Graph().as_default(), tf.Session() as s:
        h = gen.hash_table_v2(key, value)
        s.run(gen.initialize_table_from_text_file_v2(h, put("f", data), key_index, value_index, **more))
        keys, values = s.run(gen.lookup_table_export_v2(h, key, value))
        return keys.tolist(), values.tolist()

#: a table from tensors
table = lookup.HashTable(lookup.KeyValueTensorInitializer(["emerson", "lake", "palmer"], [10, 20, 30], S, I), -1)
out = table.lookup(tf.constant(["lake", "and", "palmer"]))
out, table.name, table.key_dtype, table.value_dtype, table.default_value, table.table_ref, table.init.name, table.size(), table.export()
s = tf.Session()
s.run(out)
s.run(table.size())
s.run(table.export())
s.run(tf.tables_initializer())
s.run(out), s.run(table.size()), s.run(table.export())
s.run(table.init)
s.run(table.lookup(tf.constant([["lake"], ["x"]])))
tf.Session().run(out)
[o.name for o in tf.get_collection(tf.GraphKeys.TABLE_INITIALIZERS)], tf.GraphKeys.TABLE_INITIALIZERS, tf.GraphKeys.ASSET_FILEPATHS

#: sparse keys
table = lookup.index_table_from_tensor(["a", "b", "c"])
sparse = tf.SparseTensor([[0, 0], [1, 2]], ["b", "z"], [2, 3])
out = table.lookup(sparse)
s = tf.Session()
s.run(table.init)
s.run(out)
s.run(lookup.IdTableWithHashBuckets(table, 5).lookup(sparse))

#: index_table_from_file
put("v.txt", b"emerson\nlake\npalmer\n")
table = lookup.index_table_from_file("v.txt", num_oov_buckets=1)
features = tf.constant(["emerson", "lake", "and", "palmer"])
ids, size, plain = table.lookup(features), table.size(), lookup.index_table_from_file("v.txt", default_value=-7).lookup(features)
strong = lookup.index_table_from_file("v.txt", num_oov_buckets=10, hasher_spec=lookup.StrongHashSpec([13, 17])).lookup(tf.constant(["x", "y", "zz"]))
legacy = lookup.index_table_from_file("v.txt", num_oov_buckets=10, hasher_spec=lookup.HasherSpec("legacy", None)).lookup(tf.constant(["x", "y", "zz"]))
table, table.name, table.init, table.table_ref, table.key_dtype, table.value_dtype
s = tf.Session()
s.run(tf.tables_initializer())
s.run([ids, size, plain, strong, legacy])
tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS)
lookup.index_table_from_file("v.txt", vocab_size=2).init.run(session=s)
s.run(lookup.index_table_from_file("v.txt", vocab_size=2).size())
lookup.index_table_from_file("v.txt", vocab_size=9).init.run(session=s)
lookup.index_table_from_file("no", name="mine").init.run(session=s)
back = lookup.index_to_string_table_from_file("v.txt", default_value="UNKNOWN")
back.init.run(session=s)
s.run(back.lookup(tf.constant([1, 5], I)))
f = tf.placeholder(S, [])
fed = lookup.index_table_from_file(f)
s.run(fed.init, {f: "v.txt"})
s.run(fed.lookup(features))
tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS)
put("n.txt", b"5\n-7\n12\n")
numbers = lookup.index_table_from_file("n.txt", key_dtype=tf.int32, num_oov_buckets=2)
numbers.init.run(session=s)
s.run(numbers.lookup(tf.constant([12, -7, 4, 5])))
put("c.txt", b"a b 3\nc d 4\n")
columns = lookup.index_table_from_file("c.txt", key_column_index=1, value_column_index=2, delimiter=" ")
columns.init.run(session=s)
s.run(columns.lookup(tf.constant(["a", "b", "d"])))
columns = lookup.index_to_string_table_from_file("c.txt", key_column_index=2, value_column_index=0, delimiter=" ")
columns.init.run(session=s)
s.run(columns.lookup(tf.constant([3, 4, 5], I)))

#: vocabularies that are lists
table = lookup.index_table_from_tensor(mapping=tf.constant(["emerson", "lake", "palmer"]), num_oov_buckets=1, default_value=-1)
back = lookup.index_to_string_table_from_tensor(tf.constant(["emerson", "lake", "palmer"]), default_value="UNKNOWN")
ids, words = table.lookup(tf.constant(["emerson", "lake", "and", "palmer"])), back.lookup(tf.constant([1, 5], I))
old, older = lookup.string_to_index(tf.constant(["lake", "x"]), ["emerson", "lake"]), lookup.index_to_string(tf.constant([1, 9], I), ["emerson", "lake"])
numbers = lookup.index_table_from_tensor([7, 9], dtype=tf.int32, num_oov_buckets=3).lookup(tf.constant([[9, 1]]))
strings = lookup.string_to_index_table_from_tensor(["p", "q"], num_oov_buckets=4).lookup(tf.constant(["q", "r"]))
s = tf.Session()
s.run(tf.initialize_all_tables())
s.run([ids, words, old, older, numbers, strings])
twice = lookup.index_table_from_tensor(["a", "b", "a"])
twice.init.run(session=s)

#: buckets alone
b = lookup.IdTableWithHashBuckets(None, 3)
b.name, b.init, b.table_ref, b.key_dtype, b.size()
s = tf.Session()
s.run([b.lookup(tf.constant(["x", "y", "z"])), b.size()])
s.run(lookup.IdTableWithHashBuckets(None, 3, key_dtype=tf.int32, name="a/b/").lookup(tf.constant([1, 2])))

#: refused
K = lookup.KeyValueTensorInitializer
lookup.HashTable(K(["a"], [1], S, I), "x")
lookup.HashTable(K(["a"], [1], S, I), [1, 2])
lookup.HashTable(K(["a"], [1], S, I), -1).lookup(tf.constant([1]))
lookup.HashTable(K(["a"], [1], S, I), -1).lookup(["a"])
K(["a"], ["b"], S, I)
lookup.HashTable(K(["a"], ["b"]), "c").lookup(tf.SparseTensor([[0]], [1], [1]))
lookup.TextFileInitializer("", S, 0, I, 1)
lookup.TextFileInitializer(None, S, 0, I, 1, name="n")
lookup.TextFileInitializer("f", S, -3, I, 1)
lookup.TextFileInitializer("f", S, 0, I, -3)
lookup.TextFileInitializer("f", S, -1, I, 1)
lookup.TextFileInitializer("f", tf.float32, -2, I, 1)
lookup.TextFileInitializer("f", S, 0, tf.int32, -1)
lookup.TextFileInitializer("f", S, 0, I, -2)
lookup.TextFileInitializer("f", S, 0, I, 1, vocab_size=0)
lookup.index_table_from_file()
lookup.index_table_from_file("")
lookup.index_table_from_file("f", num_oov_buckets=-1)
lookup.index_table_from_file("f", vocab_size=0)
lookup.index_table_from_file(tf.constant("f"), vocab_size=-4)
lookup.index_table_from_file(tf.placeholder(S, []), vocab_size=-4)
lookup.index_table_from_file("f", key_dtype=tf.float32)
lookup.index_table_from_tensor(None)
lookup.index_table_from_tensor(["a"], num_oov_buckets=-1)
lookup.index_table_from_tensor(["a"], dtype=tf.float32)
lookup.index_table_from_tensor(["a"], dtype=tf.int32)
lookup.index_table_from_tensor([1])
lookup.index_table_from_tensor([1.])
lookup.string_to_index_table_from_tensor([1])
lookup.index_to_string_table_from_tensor(None)
lookup.index_to_string_table_from_tensor([1])
lookup.index_to_string_table_from_file(None)
lookup.index_to_string_table_from_file("f", vocab_size=0)
lookup.IdTableWithHashBuckets(None, 0)
lookup.IdTableWithHashBuckets(None, 1, hasher_spec="x")
lookup.IdTableWithHashBuckets(None, 1, key_dtype=tf.float32)
lookup.IdTableWithHashBuckets(None, 1, hasher_spec=lookup.HasherSpec("x", None)).lookup(tf.constant(["a"]))
lookup.IdTableWithHashBuckets(lookup.HashTable(K(["a"], ["b"]), "c"), 1)
lookup.IdTableWithHashBuckets(lookup.HashTable(K([1], [2]), 3), 1)
lookup.IdTableWithHashBuckets(lookup.HashTable(K(["a"], [1], S, I), 3), 1, key_dtype=tf.int32)
lookup.IdTableWithHashBuckets(lookup.HashTable(K(["a"], [1], S, I), 3), 1).lookup(tf.constant([1]))
lookup.StrongHashSpec([1]), lookup.StrongHashSpec([1, 2, 3]), lookup.StrongHashSpec([1, "a"]), lookup.StrongHashSpec([1, 2])
lookup.FastHashSpec, lookup.HasherSpec("a", 1)
base = lookup.LookupInterface(S, I, "n")
base.init
base.size()
base.lookup(1)
lookup.TableInitializerBase(S, I).initialize(None)
lookup.MutableHashTable(S, I, "x")
lookup.MutableHashTable(S, I, -1).insert([1], [1])
lookup.MutableHashTable(S, I, -1).lookup([1.])
lookup.no_such_name
table = lookup.HashTable(K(["a"], [1], S, I), -1)
K([1], [1], I, I).initialize(table)
K(["a"], [1.]).initialize(table)
lookup.TextFileInitializer("f", I, 0, I, 1).initialize(table)

#: text files
read(b"a\nb\nc\n", S, I, -2, -1), read(b"a\nb\nc", S, I, -2, -1), read(b"a\r\nb\rc\r\n", S, I, -2, -1), read(b"x\0y\nz", S, I, -2, -1)
read(b"", S, I, -2, -1)
read(b"\n", S, I, -2, -1)
read(b"a\n\nb\n", S, I, -2, -1)
read(b"a\nb\n\n", S, I, -2, -1)
read(b"a\r\n\r\n", S, I, -2, -1)
read(b"a\nb\nc\n", S, I, -2, -1, vocab_size=2), read(b"a\nb\nc\n", S, I, -2, -1, vocab_size=3)
read(b"a\nb\nc\n", S, I, -2, -1, vocab_size=4)
read(b"a\nb\nc\n", S, I, -2, -1, vocab_size=0)
read(b"", S, I, -2, -1, vocab_size=3)
read(b"a\t1\nb\t2\textra\n", S, I, 0, 1), read(b"a b 3\nc d 4\n", S, I, 1, 2, delimiter=" "), read(b"a\t\t5\n", S, I, 0, 2), read(b"a\t\n", S, S, 0, 1)
read(b"a\t1\nb\n", S, I, 0, 1)
read(b"a\n", S, S, 3, -2)
read(b"a b\n", S, I, 0, 1, delimiter="  ")
read(b"a b\n", S, I, 0, 1, delimiter="")
read(b"a\tx\n", S, I, 0, 1)
read(b"a\t1\nb\t 1.5\n", S, tf.int32, 0, 1)
read(b"a\t99999999999\n", S, tf.int32, 0, 1)
read(b"a\t-2147483648\nb\t2147483647\n", S, tf.int32, 0, 1)
read(b"a\t2147483648\n", S, tf.int32, 0, 1)
read(b"a\t-9223372036854775808\n", S, I, 0, 1)
read(b"a\t-9223372036854775809\n", S, I, 0, 1)
read(b"a\t 7 \n", S, I, 0, 1), read(b"a\t007\n", S, I, 0, 1), read(b"a\t7\0x\n", S, I, 0, 1)
read(b"a\t+7\n", S, I, 0, 1)
read(b"a\t0x7\n", S, I, 0, 1)
read(b"a\t\n", S, I, 0, 1)
read(b"a\t-\n", S, I, 0, 1)
read(b"a\t- 7\n", S, I, 0, 1)
read(b"a\t1.5\nb\t -2e3 \nc\t0x1p4\nd\tinf\ne\t-Infinity\n", S, tf.float32, 0, 1)
read(b"a\t1.5\nb\t1e400\nc\t1e-400\n", S, tf.float64, 0, 1)
read(b"a\t1e40\nb\t1e-50\n", S, tf.float32, 0, 1)
read(b"a\tnan\n", S, tf.float32, 0, 1)
read(b"a\t1.5z\n", S, tf.float32, 0, 1)
read(b"a\t\n", S, tf.float64, 0, 1)
read(b"a\t1\n", S, tf.bool, 0, 1)
read(b"a\n", S, S, -1, -2)
read(b"a\n", tf.int32, S, -1, -2)
read(b"5\n7\n", I, I, -2, -1), read(b"5\n7\n", tf.int32, S, -2, -2), read(b"a\nb\n", I, I, -1, -1), read(b"a\nb\n", S, S, -2, -2)
read(b"5\n7\n", I, I, -1, -2)
read(b"5\n7\n", I, tf.float32, -1, -2)
read(b"5\n7\n", I, tf.float32, 0, -1)
read(b"a\t1\na\t1\n", S, I, 0, 1)
read(b"a\nb\na\n", S, I, -2, -1)
read(b"a\n", S, I, -2, -1, vocab_size=-2)
read(b"a\n", S, S, 2**40, -2)
read(b"w" * 100000 + b"\nv\n", S, I, -2, -1)[1]
read(b"".join(b"%d\n" % i for i in range(30000)), I, I, -2, -1)[0][:5]
s = tf.Session()
h = gen.hash_table_v2(S, I)
s.run(gen.initialize_table_from_text_file_v2(h, "there is no such file", -2, -1))
s.run(gen.initialize_table_from_text_file_v2(h, "", -2, -1))
s.run(gen.initialize_table_from_text_file_v2(h, d, -2, -1))
p = tf.placeholder(S)
s.run(gen.initialize_table_from_text_file_v2(h, p, -2, -1), {p: ["a"]})
s.run(gen.initialize_table_from_text_file_v2(gen.mutable_hash_table_v2(S, I, container="c", shared_name="m"), put("f", b"a\n"), -2, -1))

#: initialised twice
put("one", b"a\nb\n"), put("two", b"c\n"), put("bad", b"a\nb\na\n")
def text(h, name):
    return gen.initialize_table_from_text_file_v2(h, name, -2, -1)
def tensors(h, keys):
    return gen.initialize_table_v2(h, tf.constant(keys), tf.range(tf.size(keys, out_type=I)))
s = tf.Session()
h = gen.hash_table_v2(S, I)
export = gen.lookup_table_export_v2(h, S, I)
s.run(text(h, "one")), s.run(text(h, "two")), s.run(export)
s.run(text(h, "there is no such file"))
s.run(text(h, "bad"))
s.run(tensors(h, ["c"]))
s.run(tensors(h, ["a", "b"]))
s.run(export)
h = gen.hash_table_v2(S, I)
s.run(tensors(h, ["x", "y"])), s.run(text(h, "one")), s.run(gen.lookup_table_size_v2(h))
h = gen.hash_table_v2(S, I)
s.run(text(h, "bad"))
s.run(gen.lookup_table_size_v2(h))
s.run(gen.lookup_table_find_v2(h, ["a"], -1))
s.run(text(h, "two")), s.run(gen.lookup_table_export_v2(h, S, I))

#: who shares a table
one, two = (lookup.HashTable(lookup.KeyValueTensorInitializer(["a"], [v], S, I), -1, shared_name="t") for v in (1, 2))
s, other = tf.Session(), tf.Session()
s.run(one.init)
s.run(two.lookup(tf.constant(["a"])))
s.run(two.init)
other.run(two.lookup(tf.constant(["a"])))
other.run(two.init), other.run(one.lookup(tf.constant(["a"]))), s.run(one.lookup(tf.constant(["a"])))
with tf.container("elsewhere"):
    three = lookup.HashTable(lookup.KeyValueTensorInitializer(["a"], [3], S, I), -1, shared_name="t")
s.run(three.size()), s.run(three.init), s.run(three.size()), s.run(one.lookup(tf.constant(["a"]))), three.table_ref.op.get_attr("container")
s.run(gen.lookup_table_size_v2(gen.hash_table_v2(I, S, shared_name="t")))
s.run(gen.lookup_table_size_v2(gen.mutable_hash_table_v2(S, I, shared_name="t")))
s.run(gen.lookup_table_insert_v2(gen.mutable_hash_table_v2(S, I, shared_name="t"), ["a"], tf.constant([1], I)))
m, n = (gen.mutable_hash_table_v2(S, I, use_node_name_sharing=True, name="same") for _ in range(2))
s.run(gen.lookup_table_insert_v2(m, ["a"], tf.constant([1], I)))
s.run([gen.lookup_table_size_v2(m), gen.lookup_table_size_v2(n), gen.lookup_table_size_v2(gen.mutable_hash_table_v2(S, I, shared_name="same"))])
from tensorflow.python.ops import gen_resource_variable_ops as resources
s.run(resources.destroy_resource_op(m)), s.run(gen.lookup_table_size_v2(m))
s.run(gen.hash_table_v2(S, I, container="no such!").op)
s.run(gen.hash_table_v2(S, I, shared_name="_t").op)
s.run(gen.lookup_table_size_v2(resources.var_handle_op(tf.float32, [], shared_name="v")))

#: handles by reference
h = gen.hash_table(S, I, container="c", shared_name="t")
s = tf.Session()
s.run(h)
s.run(gen.lookup_table_find(h, ["a"], tf.constant(-1, I)))
s.run(gen.initialize_table(h, ["a", "b"], tf.constant([1, 2], I)))
s.run([gen.lookup_table_find(h, [["a"], ["x"]], tf.constant(-1, I)), gen.lookup_table_size(h)])
s.run(gen.lookup_table_export(h, S, I))
s.run(gen.lookup_table_size_v2(gen.hash_table_v2(S, I, container="c", shared_name="t")))
s.run(gen.lookup_table_insert(h, ["a"], tf.constant([1], I)))
m = gen.mutable_dense_hash_table(tf.constant("none"), I, initial_num_buckets=4)
s.run(gen.lookup_table_insert(m, ["a"], tf.constant([1], I))), s.run(gen.lookup_table_size(m))
v = tf.Variable(["localhost", "nothing"])
s.run(v.initializer)
s.run(gen.lookup_table_size(v._ref()))
v = tf.Variable(["a", "b", "c"], validate_shape=False)
s.run(v.initializer)
s.run(gen.lookup_table_size(v._ref()))
s.run(gen.initialize_table(gen.mutable_hash_table(S, I, container="c", shared_name="m"), ["a"], tf.constant([1], I)))

#: a table that changes
table = lookup.MutableHashTable(key_dtype=S, value_dtype=I, default_value=-1)
table.name, table.key_dtype, table.lookup(["a"]), table.size(), table.export(), table.insert(["a"], [1]).name
table.init
s = tf.Session()
s.run(table.insert(["a", "b", "a"], [1, 2, 3])), s.run(table.lookup(["a", "c"])), s.run(table.size()), s.run(table.export())
s.run(table.insert([["x"], ["y"]], [[5], [6]])), s.run(table.lookup([["x", "y"]]))
s.run(table.insert(["x"], [5, 6]))
vectors = lookup.MutableHashTable(I, tf.float32, [0., .5], name="vectors")
vectors.lookup([1]), vectors.lookup(tf.placeholder(I)), vectors.export()
s.run(vectors.insert([1, 2], [[1., 2.], [3., 4.]])), s.run(vectors.lookup([[2, 7]])), s.run(vectors.export())
lookup.MutableHashTable(I, tf.float32, [[0.]], name="matrices").size().eval(session=s)
shared = [lookup.MutableHashTable(S, I, -1, shared_name="both", name="n%d" % i) for i in range(2)]
s.run(shared[0].insert(["a"], [9])), s.run(shared[1].lookup(["a"]))

#: the dense table
table = lookup.MutableDenseHashTable(I, I, -1, 0, initial_num_buckets=4)
table.name, table.lookup([1]), table.export()
s = tf.Session()
s.run(table.insert([11, 12, 13], [1, 2, 3])), s.run(table.lookup([12, 15])), s.run(table.size()), s.run(table.export()[0])
s.run(table.insert([0], [1]))
s.run(table.lookup([0]))
s.run(lookup.MutableDenseHashTable(I, I, -1, 0, name="big").export()[0]).shape
pairs = lookup.MutableDenseHashTable(S, I, -1, ["", ""], initial_num_buckets=8, name="pairs")
s.run(pairs.insert([["a", "b"], ["c", "d"]], [1, 2])), s.run(pairs.lookup([["c", "d"], ["d", "c"]])), s.run(pairs.export()[0])
pairs.lookup([["c", "d"]])
pairs.lookup("c")

#: saved
m = lookup.MutableHashTable(S, I, -1, name="words")
v = lookup.MutableHashTable(I, tf.float32, [0., 0.], name="vectors")
x = lookup.MutableDenseHashTable(I, I, -1, 0, initial_num_buckets=8, name="dense")
lookup.MutableHashTable(S, I, -1, name="not_saved", checkpoint=False)
w = tf.Variable(5.)
[type(o).__name__ for o in tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)], [o.name for o in tf.get_collection("saveable_objects")]
[[(p.name, p.slice_spec, p.dtype) for p in o.specs] for o in tf.get_collection("saveable_objects")]
saver = tf.train.Saver()
s = tf.Session()
s.run([w.initializer, m.insert(["a", "b"], [1, 2]), v.insert([1], [[2., 3.]]), x.insert([5, 13], [50, 130])])
path = saver.save(s, os.path.join(d, "ckpt"))
tf.train.list_variables(path)
reader = tf.train.load_checkpoint(path)
reader.get_tensor("words-keys"), reader.get_tensor("words-values"), reader.get_tensor("vectors-values"), reader.get_tensor("dense-keys")
s.run([m.insert(["a", "c"], [100, 300]), x.insert([6], [60])])
saver.restore(s, path)
s.run([m.lookup(["a", "b", "c"]), m.size(), v.lookup([1, 2]), x.lookup([5, 13, 6]), x.size()])
other = tf.Session()
saver.restore(other, path)
other.run([m.lookup(["a", "b", "c"]), x.lookup([5, 13, 6]), w])

#: checkpoints of objects
m = lookup.MutableHashTable(S, I, -1)
root = tf.train.Checkpoint(table=m)
s = tf.Session()
with s.as_default():
    s.run(m.insert(["a"], [7]))
    path = root.save(os.path.join(d, "objects"))
    s.run(m.insert(["a", "b"], [8, 9]))
    root.restore(path).run_restore_ops()
    print(s.run(m.export()))
[name for name, _ in tf.train.list_variables(path) if "table" in name]

#: in conditionals and loops
table = lookup.index_table_from_tensor(["a", "b", "c"])
m = lookup.MutableHashTable(I, I, -1)
p = tf.placeholder(tf.bool, [])
chosen = tf.cond(p, lambda: table.lookup(tf.constant(["b"])), lambda: tf.constant([99], I))
_, total = tf.while_loop(lambda i, t: i < 3, lambda i, t: (i + 1, t + table.lookup(tf.gather(["c", "x", "b"], [i]))[0]), [0, tf.constant(0, I)])
def fill(i):
    with tf.control_dependencies([m.insert([i], [i * i])]):
        return i + 1
filled = tf.while_loop(lambda i: i < 5, fill, [tf.constant(0, I)])
mapped = tf.map_fn(lambda w: table.lookup(w), tf.constant(["c", "a", "?"]), I)
s = tf.Session()
s.run(tf.tables_initializer())
s.run(chosen, {p: True}), s.run(chosen, {p: False}), s.run(total), s.run(filled), s.run(m.lookup([0, 1, 2, 3, 4, 5])), s.run(mapped)
tf.gradients(tf.cast(table.lookup(tf.constant(["a"])), tf.float32), table.default_value)

#: in a pipeline
table = lookup.index_table_from_tensor(["a", "b", "c"], num_oov_buckets=1)
data = tf.data.Dataset.from_tensor_slices(["c", "x", "a", "b"]).map(table.lookup).batch(3)
it = data.make_initializable_iterator()
out = it.get_next()
s = tf.Session()
s.run(tf.tables_initializer()), s.run(it.initializer), s.run(out), s.run(out)
fresh = tf.Session()
fresh.run(it.initializer)
fresh.run(out)
data.make_one_shot_iterator()

#: saved with its vocabulary
put("words.txt", b"x\ny\nz\n")
words = tf.placeholder(S, [None], name="words")
table = lookup.index_table_from_file("words.txt", num_oov_buckets=1)
ids = tf.identity(table.lookup(words), name="ids")
s = tf.Session()
s.run(tf.tables_initializer())
where = os.path.join(d, "model")
tf.saved_model.simple_save(s, where, {"words": words}, {"ids": ids}, legacy_init_op=tf.tables_initializer())
sorted(os.listdir(where)), os.listdir(os.path.join(where, "assets"))
os.remove("words.txt")
os.rename(where, where + "_moved")
s = tf.Session(graph=tf.Graph())
meta = tf.saved_model.loader.load(s, ["serve"], where + "_moved")
s.run("ids:0", {"words:0": ["z", "q", "x"]})
sorted(meta.collection_def)
[str(t.name) for t in s.graph.get_collection(tf.GraphKeys.ASSET_FILEPATHS)], [o.name for o in s.graph.get_collection(tf.GraphKeys.TABLE_INITIALIZERS)]

#: with a main_op
put("words.txt", b"x\ny\nz\n")
words = tf.placeholder(S, [None], name="words")
tf.identity(lookup.index_to_string_table_from_file("words.txt").lookup(tf.constant([0, 2, 9], I)), name="texts")
s = tf.Session()
builder = tf.saved_model.builder.SavedModelBuilder(os.path.join(d, "main"))
builder.add_meta_graph_and_variables(s, ["t"], assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS), main_op=tf.saved_model.main_op.main_op())
builder.save()
s = tf.Session(graph=tf.Graph())
_ = tf.saved_model.loader.load(s, ["t"], os.path.join(d, "main"))
s.run("texts:0")
saver = tf.train.import_meta_graph
with tf.Graph().as_default() as g:
    lookup.index_table_from_file("words.txt")
    m = tf.train.export_meta_graph()
    with tf.Graph().as_default() as h:
        tf.train.import_meta_graph(m, import_scope="in")
        print(tf.get_collection("table_initializer"), tf.get_collection("asset_filepaths"))

#: modules
from tensorflow.python.ops import lookup_ops
lookup_ops.HashTable is lookup.HashTable, lookup_ops.tables_initializer is tf.tables_initializer, tf.initializers.tables_initializer is tf.tables_initializer
lookup_ops.index_table_from_tensor is lookup.index_table_from_tensor, lookup_ops.hash_table_v2 is gen.hash_table_v2
sorted(name for name in dir(lookup) if name[0] != "_" and name not in ("lookup_ops",))
from tensorflow.contrib.lookup import index_table_from_file
from tensorflow.contrib.lookup.lookup_ops import MutableHashTable
from tensorflow.contrib import lookup as again
again.HashTable
tf.tables_initializer(), tf.tables_initializer(name="mine").name
