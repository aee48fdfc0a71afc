"""Rows of the io family.  Files are those of tests/golden/io; errors that would tell their folder are tested elsewhere."""
ROWS = []
FILE = "P(__import__('os').path.join(__import__('rows').GOLDEN, '..', 'io', %r).encode(), 'string')"


def add(name, expression):
    if expression.startswith(("raw('Sharded", "raw('ReadFile'")):
        expression = "tf.reshape(%s, [1])" % expression         # answers are kept as arrays
    ROWS.append((name, expression))


def text(x):
    return "P(%s, 'string')" % x


def file(name):
    return FILE % name


for shard, n in [(0, 1), (3, 7), (99999, 100000), (5, 2), (123456, 1234567)]:
    add("ShardedFilename %d of %d" % (shard, n), "raw('ShardedFilename', %s, P(%d, 'int32'), P(%d, 'int32'))" % (text("b'a/b'"), shard, n))
add("ShardedFilename names", "raw('ShardedFilename', %s, P(0, 'int32'), P(1, 'int32'))" % text("[b'a', b'b']"))
add("ShardedFilename shards", "raw('ShardedFilename', %s, P([0, 1], 'int32'), P(2, 'int32'))" % text("b'a'"))
add("ShardedFilename number", "raw('ShardedFilename', %s, P(0, 'int32'), P([2], 'int32'))" % text("b'a'"))
for n in (0, 1, 123456):
    add("ShardedFilespec %d" % n, "raw('ShardedFilespec', %s, P(%d, 'int32'))" % (text("b'a'"), n))
add("ShardedFilespec names", "raw('ShardedFilespec', %s, P(1, 'int32'))" % text("[b'a']"))

add("ReadFile", "raw('ReadFile', %s)" % file("words/new.txt"))
add("ReadFile missing", "raw('ReadFile', %s)" % text("b'no_such_folder/x'"))
add("ReadFile nothing", "raw('ReadFile', %s)" % text("b''"))
add("ReadFile several", "raw('ReadFile', %s)" % text("[b'a', b'b']"))
add("WriteFile two names", "[raw('WriteFile', %s, %s), 1][1]" % (text("[b'a', b'b']"), text("b'x'")))
add("MatchingFiles none", "raw('MatchingFiles', %s)" % text("b'./nothing_like_this*'"))
add("MatchingFiles no folder", "raw('MatchingFiles', %s)" % text("b'no_such_folder/*'"))
add("MatchingFiles nowhere", "raw('MatchingFiles', P(np.zeros([0], object), 'string'))")
add("MatchingFiles matrix", "raw('MatchingFiles', %s)" % text("[[b'a']]"))


def restore(name, prefix, names, slices, dtypes):
    add("RestoreV2 " + name, "raw('RestoreV2', %s, %s, %s, dtypes=[%s])" % (file("checkpoints/" + prefix), text(names), text(slices), dtypes))


for prefix in ("model", "model.sharded", "model.v1"):
    restore(prefix, prefix, "[b'a', b'b', b'c', b'd', b'r', b'none']", "[b''] * 6",
            "tf.float32, tf.string, tf.float32, tf.int64, tf.int64, tf.float32")
    restore(prefix + " slices", prefix, "[b'c', b'c', b'd', b'a']", "[b'6 2 1,4:0,1', b'6 2 -:-', b'2 5 1,1:1,3', b'2 2 0,1:-']",
            "tf.float32, tf.float32, tf.int64, tf.float32")
    restore(prefix + " wrong type", prefix, "[b'a']", "[b'']", "tf.int32")
restore("wrong whole", "model", "[b'c']", "[b'6 3 0,1:0,1']", "tf.float32")
restore("missing", "model", "[b'a', b'nope']", "[b'', b'']", "tf.float32, tf.float32")
restore("missing slice", "model", "[b'nope']", "[b'6 2 1,4:0,1']", "tf.float32")
for spec in ["6 2", "6 x -:-", "-", "6 2 0,1", "6 2 0,1:0,5", "6 2 0,0:-", "6 2 -1,2:-", "6 2 0:1", "6 2 a,b:-", "6 2 0,1,2:-", "6 2 5,2:-",
             "6 2 :-:-", "6 2  -:-", " 6 2 -:-", "6 2 -:- "]:
    restore("spec " + spec, "model", "[b'c']", "[b'%s']" % spec, "tf.float32")
restore("fewer names", "model", "[b'a']", "[b'']", "tf.float32, tf.float32")
restore("fewer slices", "model", "[b'a', b'b']", "[b'']", "tf.float32, tf.string")
restore("matrix of names", "model", "[[b'a']]", "[[b'']]", "tf.float32")
add("RestoreV2 two prefixes", "raw('RestoreV2', %s, %s, %s, dtypes=[tf.float32])" % (text("[b'a', b'b']"), text("[b'a']"), text("[b'']")))
add("RestoreV2 no file", "raw('RestoreV2', %s, %s, %s, dtypes=[tf.float32])" % (text("b'nothing_like_this'"), text("[b'a']"), text("[b'']")))
add("RestoreV2 no folder", "raw('RestoreV2', %s, %s, %s, dtypes=[tf.float32])" % (text("b'no_such_folder/a'"), text("[b'a']"), text("[b'']")))
for d in "float16 bfloat16 float64 int8 uint8 int16 uint16 int32 uint32 uint64 complex64 complex128 bool".split():
    restore(d, "all", "[b'%s/matrix', b'%s/scalar', b'%s/empty']" % (d, d, d), "[b''] * 3", ", ".join(["tf." + d] * 3))

V1 = file("checkpoints/model.v1")
add("Restore", "raw('Restore', %s, %s, dt=tf.float32)" % (V1, text("b'a'")))
add("Restore shards", "raw('Restore', %s, %s, dt=tf.float32)" % (file("checkpoints/model.v1sharded-?????-of-00002"), text("b'c'")))
add("Restore string", "raw('Restore', %s, %s, dt=tf.string)" % (V1, text("b'b'")))
add("Restore type", "raw('Restore', %s, %s, dt=tf.int32)" % (V1, text("b'a'")))
add("Restore no file", "raw('Restore', %s, %s, dt=tf.int32)" % (text("b'nothing_like_this'"), text("b'a'")))
add("RestoreSlice", "raw('RestoreSlice', %s, %s, %s, dt=tf.float32)" % (V1, text("b'c'"), text("b'6 2 1,4:0,1'")))
add("RestoreSlice whole", "raw('RestoreSlice', %s, %s, %s, dt=tf.float32)" % (V1, text("b'c'"), text("b''")))
add("RestoreSlice spec", "raw('RestoreSlice', %s, %s, %s, dt=tf.float32)" % (V1, text("b'c'"), text("b'6 2 1,7:0,1'")))

OLD, NEW, TWICE = file("words/old.txt"), file("words/new.txt"), file("words/twice.txt")
for name, arguments in [("", "new_vocab_offset=0, num_new_vocab=4"), ("part", "new_vocab_offset=1, num_new_vocab=2"),
                        ("old size", "new_vocab_offset=0, num_new_vocab=3, old_vocab_size=2"), ("none", "new_vocab_offset=2, num_new_vocab=0"),
                        ("too many", "new_vocab_offset=2, num_new_vocab=3")]:
    add("GenerateVocabRemapping " + name, "raw('GenerateVocabRemapping', %s, %s, %s)" % (NEW, OLD, arguments))
add("GenerateVocabRemapping no name", "raw('GenerateVocabRemapping', %s, %s, new_vocab_offset=0, num_new_vocab=1)" % (text("b''"), OLD))
add("GenerateVocabRemapping no old name", "raw('GenerateVocabRemapping', %s, %s, new_vocab_offset=0, num_new_vocab=1)" % (OLD, text("b''")))
add("GenerateVocabRemapping no file", "raw('GenerateVocabRemapping', %s, %s, new_vocab_offset=0, num_new_vocab=1)" % (text("b'no_file'"), OLD))


def matrix(name, tensor, rows, cols, initial, n_rows, n_cols, more=""):
    add("LoadAndRemapMatrix " + name, "raw('LoadAndRemapMatrix', %s, %s, P(%s, 'int64'), P(%s, 'int64'), P(%s, 'float32'), num_rows=%d, "
        "num_cols=%d%s)" % (file("checkpoints/model"), text("b'%s'" % tensor), rows, cols, initial, n_rows, n_cols, more))


matrix("rows", "a", "[1, 0]", "np.zeros([0])", "np.zeros([0])", 2, 2)
matrix("new rows", "a", "[1, -1, 0]", "np.zeros([0])", "[7, 8]", 3, 2)
matrix("both", "c", "[5, -1, 0]", "[1, -1, 0]", "np.arange(5)", 3, 3)
matrix("few rows at once", "c", "[5, -1, 0]", "[1, -1, 0]", "np.arange(5)", 3, 3, ", max_rows_in_memory=2")
matrix("nothing old", "a", "[-1, -1]", "np.zeros([0])", "np.arange(4)", 2, 2)
matrix("no rows", "a", "np.zeros([0])", "np.zeros([0])", "np.zeros([0])", 0, 2)
matrix("twice", "a", "[1, 1]", "np.zeros([0])", "np.zeros([0])", 2, 2)
matrix("too few values", "a", "[1, -1]", "np.zeros([0])", "[1]", 2, 2)
matrix("too many values", "a", "[1, -1]", "np.zeros([0])", "[1, 2, 3]", 2, 2)
matrix("rows differ", "a", "[1]", "np.zeros([0])", "np.zeros([0])", 2, 2)
matrix("columns differ", "a", "[1, 0]", "[0]", "np.zeros([0])", 2, 2)
matrix("columns of old", "a", "[1, 0]", "np.zeros([0])", "np.zeros([0])", 2, 3)
matrix("matrix of rows", "a", "[[1, 0]]", "np.zeros([0])", "np.zeros([0])", 2, 2)
matrix("type", "d", "[1, 0]", "np.zeros([0])", "np.zeros([0])", 2, 5)
matrix("rank", "r", "[1, 0]", "np.zeros([0])", "np.zeros([0])", 2, 5)
matrix("missing", "nope", "[1, 0]", "np.zeros([0])", "np.zeros([0])", 2, 5)
