"""The checkpoints of tests/golden/io/checkpoints: what is in them, and how either TensorFlow or this library writes them.

Run under TensorFlow 1.12.3, it writes them:  python checkpoint_files.py FOLDER"""
import os
import sys

import numpy as np

DTYPES = "float16 bfloat16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 complex64 complex128 bool string qint8 " \
         "quint8 qint32".split()
SHAPES = {"scalar": [], "empty": [0], "empty_matrix": [2, 0, 3], "matrix": [2, 3]}


def value(dtype, shape):
    """What is saved for a dtype and shape, as an array of a type that NumPy has (bfloat16: as float32)."""
    n = int(np.prod(shape))
    if dtype == "string":
        texts = [b"", b"a", b"\x00\xff", b"long " * 40, b"caf\xc3\xa9", b"x"]
        return np.array(texts[:n], dtype=object).reshape(shape)
    numbers = (np.arange(n) * 3 - (0 if dtype.lstrip("q").startswith("u") else 4)).reshape(shape)
    if dtype == "bool":
        return numbers % 2 == 0
    if dtype.startswith("complex"):
        return (numbers + 1j * numbers[..., ::-1] if shape else numbers + 2j).astype(dtype)
    return numbers.astype("float32" if dtype == "bfloat16" else dtype.lstrip("q"))


def tensors(tf):
    """{name: Tensor} of every dtype and shape."""
    result = {}
    for dtype in DTYPES:
        for name, shape in SHAPES.items():
            x = value(dtype, shape)
            if dtype == "bfloat16":
                t = tf.cast(tf.constant(x), tf.bfloat16)
            elif dtype.startswith("q"):
                t = tf.bitcast(tf.constant(x), getattr(tf, dtype))
            else:
                t = tf.constant(x, dtype=dtype, shape=shape)
            result["%s/%s" % (dtype, name)] = t
    return result


OLD_DTYPES = [d for d in DTYPES if d not in ("uint32", "uint64", "bfloat16")]        # the older format has no more


def save_all(tf, folder):
    """Every dtype, in both formats."""
    from_ops = __import__("tensorflow.python.ops.gen_io_ops", fromlist=["gen_io_ops"])
    with tf.Graph().as_default(), tf.Session() as sess:
        everything = tensors(tf)
        names = sorted(everything)
        sess.run(from_ops.save_v2(os.path.join(folder, "all"), names, [""] * len(names), [everything[n] for n in names]))
        old = [n for n in names if n.split("/")[0] in OLD_DTYPES]
        sess.run(from_ops.save(os.path.join(folder, "all.v1"), old, [everything[n] for n in old]))


def save_model(tf, folder):
    """Variables as programs have them: whole, partitioned, resources, on several devices."""
    def piece(whole):
        def initializer(shape, dtype=None, partition_info=None):
            offset = partition_info.var_offset if partition_info else [0] * len(shape)
            return tf.constant(whole[tuple(slice(o, o + n) for o, n in zip(offset, shape))], dtype=dtype)
        return initializer

    def build():
        tf.Variable([[1., 2.], [3., 4.]], name="a")
        tf.Variable([b"x", b"", b"yz"], name="b")
        tf.get_variable("c", [6, 2], tf.float32, piece(np.arange(12).reshape(6, 2)), partitioner=tf.fixed_size_partitioner(3))
        tf.get_variable("d", [2, 5], tf.int64, piece(np.arange(10).reshape(2, 5)), partitioner=tf.fixed_size_partitioner(2, axis=1))
        with tf.device("/cpu:1"):
            tf.get_variable("r", initializer=np.int64(7), use_resource=True)
            tf.Variable(np.zeros((0, 3), np.float32), name="none")

    config = tf.ConfigProto(device_count={"CPU": 2})
    for name, options in [("model", {}), ("model.sharded", {"sharded": True}), ("model.v1", {"write_version": 1}),
                          ("model.v1sharded", {"write_version": 1, "sharded": True})]:
        with tf.Graph().as_default(), tf.Session(config=config) as sess:
            build()
            saver = tf.train.Saver(**options)
            sess.run(tf.global_variables_initializer())
            saver.save(sess, os.path.join(folder, name), write_meta_graph=False, write_state=False)


def save_many(tf, folder):
    """So many names that the index has several blocks."""
    from_ops = __import__("tensorflow.python.ops.gen_io_ops", fromlist=["gen_io_ops"])
    with tf.Graph().as_default(), tf.Session() as sess:
        names = ["layer_%05d/with/a/rather/long/name/of/a/variable/%s" % (i, "x" * (i % 90)) for i in range(5000)]
        one = tf.constant(1.5)
        sess.run(from_ops.save_v2(os.path.join(folder, "many"), names, [""] * len(names), [one] * len(names)))


def main():
    import tensorflow as tf
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    save_all(tf, folder)
    save_model(tf, folder)


if __name__ == "__main__":
    main()
