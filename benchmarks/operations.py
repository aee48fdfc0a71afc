"""Operations of many families, each by itself: what goes through data once, sorts, joins, looks up, parses."""
from benchmarks.stepping import timed


def _of(tf, tensors, n):
    """One element of each result is fetched: what nobody reads would not be computed."""
    first = [tf.reshape(t, [-1])[:1] for t in tensors]
    s = tf.Session()
    s.run(tf.global_variables_initializer())
    return timed(s.make_callable(first), n)


def _random(tf, np, *shape):
    return tf.Variable(np.random.RandomState(0).rand(*shape).astype(np.float32))


def _numbers(tf, np, end, *shape):
    return tf.Variable(np.random.RandomState(1).randint(0, end, shape).astype(np.int32))


def _texts(tf, values):
    return tf.Variable(tf.constant(values, tf.string), trainable=False)


def lrn(tf, np):
    """local_response_normalization of 8x56x56x64"""
    return _of(tf, [tf.nn.local_response_normalization(_random(tf, np, 8, 56, 56, 64))], 5)


def max_pool_gradient(tf, np):
    """max_pool 3x3 by 2 of 8x112x112x64, and its gradient"""
    x = _random(tf, np, 8, 112, 112, 64)
    return _of(tf, tf.gradients(tf.nn.max_pool(x, [1, 3, 3, 1], [1, 2, 2, 1], "SAME"), [x]), 3)


def batch_norm(tf, np):
    """fused_batch_norm of 32x28x28x64 in training, and its gradients"""
    x, scale, offset = _random(tf, np, 32, 28, 28, 64), _random(tf, np, 64), _random(tf, np, 64)
    return _of(tf, tf.gradients(tf.nn.fused_batch_norm(x, scale, offset)[0], [x, scale, offset]), 5)


def sorting(tf, np):
    """top_k of all of a million floats, sorted"""
    return _of(tf, [tf.nn.top_k(_random(tf, np, 1000000), 1000000)[1]], 2)


def top_rows(tf, np):
    """in_top_k of 1024x1000"""
    return _of(tf, [tf.nn.in_top_k(_random(tf, np, 1024, 1000), _numbers(tf, np, 1000, 1024), 5)], 50)


def segments(tf, np):
    """segment_sum of 100,000 rows of 16 into 1,000"""
    ids = tf.Variable(np.sort(np.random.RandomState(1).randint(0, 1000, 100000)).astype(np.int32))
    return _of(tf, [tf.segment_sum(_random(tf, np, 100000, 16), ids)], 20)


def gather_numbers(tf, np):
    """gather of a million single floats"""
    return _of(tf, [tf.gather(_random(tf, np, 1000000), _numbers(tf, np, 1000000, 1000000))], 5)


def small_products(tf, np):
    """10,000 matrix products of 4x4x4"""
    return _of(tf, [tf.matmul(_random(tf, np, 10000, 4, 4), _random(tf, np, 10000, 4, 4))], 20)


def integer_product(tf, np):
    """int32 matmul 256x256x256"""
    return _of(tf, [tf.matmul(_numbers(tf, np, 9, 256, 256), _numbers(tf, np, 9, 256, 256))], 5)


def sparse_product(tf, np):
    """sparse 1000x1000 with 10,000 numbers times 1000x64"""
    at = np.unique(np.random.RandomState(1).randint(0, 1000000, 10000))
    indices = tf.Variable(np.stack([at // 1000, at % 1000], 1).astype(np.int64))
    a = tf.SparseTensor(indices, _random(tf, np, len(at)), [1000, 1000])
    return _of(tf, [tf.sparse_tensor_dense_matmul(a, _random(tf, np, 1000, 64))], 20)


def einsum_pairs(tf, np):
    """einsum 'ij,ij->ij' of 1000x1000"""
    return _of(tf, [tf.einsum("ij,ij->ij", _random(tf, np, 1000, 1000), _random(tf, np, 1000, 1000))], 10)


def suppression(tf, np):
    """non_max_suppression: 200 of 2,000 boxes"""
    at = np.random.RandomState(0).rand(2000, 2)
    boxes = np.concatenate([at, at + np.random.RandomState(1).rand(2000, 2) * .3], 1).astype(np.float32)
    return _of(tf, [tf.image.non_max_suppression(tf.Variable(boxes), _random(tf, np, 2000), 200)], 20)


def fake_quantisation(tf, np):
    """fake_quant_with_min_max_vars of a million floats"""
    return _of(tf, [tf.fake_quant_with_min_max_vars(_random(tf, np, 1000, 1000), 0., 1.)], 10)


def gather_texts(tf, np):
    """gather of 100,000 short texts"""
    return _of(tf, [tf.gather(_texts(tf, [b"key%d" % k for k in range(100000)]), _numbers(tf, np, 100000, 100000))], 3)


def splitting(tf, np):
    """string_split of 50,000 lines of five words"""
    return _of(tf, [tf.string_split(_texts(tf, [b"a bc def gh %d" % k for k in range(50000)])).values], 2)


def replacing(tf, np):
    """regex_replace of the vowels in 50,000 lines"""
    return _of(tf, [tf.regex_replace(_texts(tf, [b"a bc def gh %d" % k for k in range(50000)]), "[aeiou]", "_")], 2)


def parts_of_texts(tf, np):
    """substr of 100,000 texts"""
    return _of(tf, [tf.substr(_texts(tf, [b"a bc def gh %d" % k for k in range(100000)]), 2, 5)], 3)


def splitting_rows(tf, np):
    """split of 1000x1000 into four, and concat of them in another order"""
    a, b, c, d = tf.split(_random(tf, np, 1000, 1000), 4, 1)
    return _of(tf, [tf.concat([d, b, a, c], 1)], 10)


def _table(tf, np, run):
    """A table of a million pairs of int64; its operations are the graph's, since every version has another face."""
    keys, values = np.random.RandomState(0).permutation(1000000).astype(np.int64) * 7919, np.arange(1000000, dtype=np.int64)
    k, v = tf.placeholder(tf.int64, [None]), tf.placeholder(tf.int64, [None])
    kind = tf.as_dtype(tf.int64).as_datatype_enum

    def op(name, inputs, outputs, *attributes):
        def attribute():
            value = tf.NodeDef().attr["x"]
            value.type = kind
            return value
        return tf.get_default_graph().create_op(name, inputs, outputs, attrs={a: attribute() for a in attributes})
    table = op("MutableHashTableV2", [], [tf.resource], "key_dtype", "value_dtype").outputs[0]
    insert = op("LookupTableInsertV2", [table, k, v], [], "Tin", "Tout")
    find = op("LookupTableFindV2", [table, k, tf.constant(0, tf.int64)], [tf.int64], "Tin", "Tout")
    export = op("LookupTableExportV2", [table], [tf.int64, tf.int64], "Tkeys", "Tvalues")
    put = op("LookupTableImportV2", [table, k, v], [], "Tin", "Tout")
    s = tf.Session()
    feed = {k: keys, v: values}
    s.run(insert, feed)
    return timed(lambda: s.run({"insert": insert, "find": find, "export": export, "import": put}[run], feed), 1)


def table_insert(tf, np):
    """a table of a million pairs: inserting them again"""
    return _table(tf, np, "insert")


def table_find(tf, np):
    """  looking all of them up"""
    return _table(tf, np, "find")


def table_export(tf, np):
    """  all keys and values"""
    return _table(tf, np, "export")


def table_import(tf, np):
    """  replacing it by as many"""
    return _table(tf, np, "import")


WORKLOADS = [(lrn, "ms", 5), (max_pool_gradient, "ms", 5), (batch_norm, "ms", 5), (sorting, "ms", 3), (top_rows, "us", 5),
             (segments, "us", 5), (gather_numbers, "ms", 5), (small_products, "us", 5), (integer_product, "us", 5),
             (sparse_product, "us", 5), (einsum_pairs, "us", 5), (suppression, "us", 5), (fake_quantisation, "us", 5),
             (gather_texts, "ms", 5), (splitting, "ms", 3), (replacing, "ms", 3), (parts_of_texts, "ms", 5), (splitting_rows, "us", 5),
             (table_insert, "ms", 3), (table_find, "ms", 3), (table_export, "ms", 5), (table_import, "ms", 3)]
