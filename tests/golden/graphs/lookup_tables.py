"""Lookup tables, what fills them and what saves them."""
lookup = tf.contrib.lookup
words = tf.constant(["a", "b", "c"])

table = lookup.HashTable(lookup.KeyValueTensorInitializer(["a", "b"], [1, 2], tf.string, tf.int64), -1)
table.lookup(words)
table.lookup(words, name="named")
table.size()
table.export()
sparse = tf.SparseTensor([[0, 0], [1, 2]], ["a", "z"], [2, 3])
table.lookup(sparse)

with tf.name_scope("outer"):
    t = lookup.HashTable(lookup.TextFileInitializer("v.txt", tf.string, 0, tf.float32, 1, delimiter=" "), 0.5, name="file")
    t.lookup(words)
lookup.HashTable(lookup.TextFileStringTableInitializer(tf.placeholder(tf.string, [])), "?").lookup(tf.constant([1], tf.int64))
lookup.HashTable(lookup.TextFileIdTableInitializer("v.txt", vocab_size=3), 0, shared_name="shared").size("s")

lookup.index_table_from_file("v.txt").lookup(words)
lookup.index_table_from_file("v.txt", num_oov_buckets=2, vocab_size=5, name="of_file").lookup(words)
lookup.index_table_from_file(tf.constant("v.txt"), num_oov_buckets=2, key_dtype=tf.int32, hasher_spec=lookup.StrongHashSpec([1, 2])).lookup(tf.constant([1, 2]))
lookup.index_table_from_tensor(["a", "b"], num_oov_buckets=3).lookup(words)
lookup.index_table_from_tensor(tf.placeholder(tf.string), default_value=7).lookup(sparse)
t = lookup.index_table_from_tensor([5, 6], num_oov_buckets=1, dtype=tf.int32, name="numbers")
t.lookup(tf.constant([[5]])), t.size(), t.init
t = lookup.index_table_from_tensor(["a"], num_oov_buckets=1, hasher_spec=lookup.HasherSpec("legacy", None))
t.lookup(sparse), t.size("size")
lookup.index_to_string_table_from_file("v.txt", vocab_size=2, default_value="none").lookup(tf.constant([0, 1], tf.int64))
lookup.index_to_string_table_from_tensor(["x", "y"]).lookup(tf.constant([0, 1], tf.int64))
buckets = lookup.IdTableWithHashBuckets(None, 4)
buckets.lookup(words), buckets.size(), buckets.init
lookup.IdTableWithHashBuckets(None, 4, name="by_number/", key_dtype=tf.int64).lookup(tf.constant([3], tf.int64))
lookup.IdTableWithHashBuckets(table, 0).lookup(words)
lookup.IdTableWithHashBuckets(table, 2).lookup(words)
lookup.string_to_index(words, ["a", "b"])
lookup.index_to_string(tf.constant([0], tf.int64), ["a", "b"], name="back")
lookup.string_to_index_table_from_tensor(["q"], num_oov_buckets=1).lookup(words)
lookup.string_to_index_table_from_file("v.txt", num_oov_buckets=1).lookup(words)

m = lookup.MutableHashTable(tf.string, tf.int64, -1)
m.insert(["a"], [1]), m.lookup(words), m.lookup(["a", "b"]), m.size(), m.export()
with tf.name_scope("deep"):
    v = lookup.MutableHashTable(tf.int64, tf.float32, [0., 0.], name="vectors", checkpoint=False)
    v.insert([1], [[2., 3.]]), v.lookup([[1, 2]]), v.export("out")
lookup.MutableHashTable(tf.string, tf.int64, -1, shared_name="m", name="shared_table")
d = lookup.MutableDenseHashTable(tf.int64, tf.int64, -1, 0)
d.insert([1], [2]), d.lookup([1, 2]), d.size(), d.export()
e = lookup.MutableDenseHashTable(tf.string, tf.float32, [0., 1.], ["", ""], initial_num_buckets=8, checkpoint=False, name="dense")
e.lookup([["a", "b"]], "found")
with tf.device("/cpu:0"):
    lookup.MutableHashTable(tf.int32, tf.int32, 0, name="placed").lookup([1])
tf.tables_initializer()
tf.tables_initializer("again")
tf.train.Saver()
