one, many = tf.placeholder(tf.string, [], name="one"), tf.placeholder(tf.string, [None], name="many")
spec = {"a": tf.FixedLenFeature([2], tf.float32, [1., 2.]), "v w": tf.VarLenFeature(tf.int64), "q": tf.FixedLenSequenceFeature([3], tf.float32, True),
        "p": tf.FixedLenSequenceFeature([], tf.string, True, "x"), "n": tf.FixedLenFeature([], tf.int64)}
tf.parse_single_example(one, spec)
tf.parse_single_example(one, spec, "mine")
tf.parse_single_example(one, {"a": spec["a"], "v": spec["v w"]}, example_names="n")
tf.parse_single_example(tf.placeholder(tf.string, name="unknown"), {"a": spec["a"]}, example_names="n")
tf.parse_example(many, spec)
tf.parse_example(many, spec, example_names=many, name="named")
tf.decode_csv(many, [[1.], tf.constant([], tf.int32), ["x"]], field_delim=";", select_cols=[0, 2, 3])
tf.decode_raw(many, tf.int32); tf.parse_tensor(one, tf.float32); tf.serialize_tensor(1.)
