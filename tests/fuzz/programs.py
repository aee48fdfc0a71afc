"""Writes the graphs that fuzz_programs.h runs: python programs.py FOLDER.

Each has one placeholder, a string "x" or a vector of them, and ops "y0", "y1" ... that eat it."""
import pathlib
import sys

import pytfgraph as tf
from pytfgraph import _core

PROGRAMS = {}


def program(f):
    PROGRAMS[f.__name__] = f
    return f


def raw(op, *inputs, **attributes):
    return _core.raw_op(op)(*inputs, **attributes)


def scalar():
    return tf.placeholder(tf.string, [], name="x")


def vector():
    return tf.placeholder(tf.string, [None], name="x")


@program
def csv():
    x = vector()
    presets = [tf.constant([1.5]), tf.constant([], tf.int32), tf.constant([7], tf.int64), tf.constant(["d"]), tf.constant([2.5], tf.float64)]
    raw("DecodeCSV", x, presets, name="y0")
    raw("DecodeCSV", x, presets[:2], field_delim=";", use_quote_delim=False, na_value="NA", name="y1")
    raw("DecodeCSV", x, presets[2:4], select_cols=[1, 3], name="y2")
    raw("DecodeCSV", x, presets[3:4], name="y3")


@program
def numbers():
    x = vector()
    for i, kind in enumerate([tf.float32, tf.float64, tf.int32, tf.int64]):
        raw("StringToNumber", x, out_type=kind, name="y%d" % i)
    for i, kind in enumerate([tf.int16, tf.float64, tf.uint8, tf.float16]):
        raw("DecodeRaw", x, out_type=kind, little_endian=i % 2 == 0, name="y%d" % (4 + i))


@program
def strings():
    x = vector()
    made = [("DecodeBase64", [x], {}), ("EncodeBase64", [x], {"pad": True}), ("StringSplit", [x, ","], {}), ("StringSplit", [x, ""], {}),
            ("StringSplit", [x, ", "], {"skip_empty": False}), ("StringSplitV2", [x, ""], {}), ("StringSplitV2", [x, ", "], {"maxsplit": 2}),
            ("StringSplitV2", [x, ","], {}), ("Substr", [x, 1, 2], {}), ("Substr", [x, -3, 3], {}), ("StringStrip", [x], {}),
            ("StringLength", [x], {"unit": "UTF8_CHAR"}), ("DecodeCompressed", [x], {"compression_type": "ZLIB"}),
            ("DecodeCompressed", [x], {"compression_type": "GZIP"}), ("StringToHashBucketFast", [x], {"num_buckets": 11}),
            ("StringToHashBucketStrong", [x], {"num_buckets": 11, "key": [1, 2]}), ("StringToHashBucket", [x], {"num_buckets": 11}),
            ("StringLower", [x], {}), ("ReduceJoin", [x, 0], {"separator": "-"}), ("Unique", [x], {}), ("EncodeBase64", [x], {})]
    for i, (op, inputs, attributes) in enumerate(made):
        raw(op, *inputs, name="y%d" % i, **attributes)


@program
def regex():
    x = vector()
    pattern, text = x[0], x[1:]
    raw("RegexFullMatch", text, pattern, name="y0")
    raw("RegexReplace", text, pattern, "<\\0>", name="y1")
    raw("RegexReplace", text, "(a*)(b?)", pattern, replace_global=False, name="y2")
    raw("RegexReplace", text, "(a+)(b)", pattern, name="y3")


@program
def parse_example():
    x = vector()
    raw("ParseExample", x, [], ["s", "i", "f"], ["a", "n", "w", "l"], [[1.5, 2.5], tf.constant([], tf.int64), tf.constant([], tf.string), 3.5],
        sparse_types=[tf.string, tf.int64, tf.float32], dense_shapes=[[2], [1], [], [None]], name="y0")
    raw("ParseSingleExample", x[0], [[1.5, 2.5], tf.constant([], tf.int64), tf.constant([], tf.string), 3.5], num_sparse=3,
        sparse_keys=["s", "i", "f"], dense_keys=["a", "n", "w", "l"], sparse_types=[tf.string, tf.int64, tf.float32],
        dense_shapes=[[2], [1], [], [None]], name="y1")
    raw("ParseExample", x, tf.fill(tf.shape(x), "name"), ["a"], ["f"], [tf.constant([], tf.float32)], sparse_types=[tf.float32],
        dense_shapes=[[None]], name="y2")


@program
def parse_sequence():
    x = vector()
    none = tf.constant([], tf.string)
    raw("ParseSingleSequenceExample", x[0], ["f", "i"], ["s"], ["a"], ["w"], ["f", "i"], [[1.5, 2.5]], "name", context_sparse_types=[tf.string],
        context_dense_shapes=[[2]], feature_list_sparse_types=[tf.string], feature_list_dense_types=[tf.float32, tf.int64],
        feature_list_dense_shapes=[[], [2]], name="y0")
    raw("ParseSequenceExample", x, none, [[1.5, 2.5]], feature_list_dense_missing_assumed_empty=["f", "i"], context_sparse_keys=["s"],
        context_dense_keys=["a"], feature_list_sparse_keys=["w"], feature_list_dense_keys=["f", "i"], Ncontext_sparse=1, Ncontext_dense=1,
        Nfeature_list_sparse=1, Nfeature_list_dense=2, context_sparse_types=[tf.string], context_dense_shapes=[[2]],
        feature_list_sparse_types=[tf.string], feature_list_dense_types=[tf.float32, tf.int64], feature_list_dense_shapes=[[], [2]], name="y1")


@program
def parse_tensor():
    x = vector()
    for i, kind in enumerate([tf.float32, tf.string, tf.int64, tf.bool]):
        raw("ParseTensor", x[0], out_type=kind, name="y%d" % i)
    three = tf.reshape(x[:3], [1, 3])
    for i, kind in enumerate([tf.float32, tf.string]):
        raw("DeserializeManySparse", three, dtype=kind, name="y%d" % (4 + i))
        raw("DeserializeSparse", x[:3], dtype=kind, name="y%d" % (6 + i))


@program
def decode_image():
    x = scalar()
    for i, (op, attributes) in enumerate([("DecodeJpeg", {}), ("DecodePng", {}), ("DecodeGif", {}), ("DecodeBmp", {}), ("DecodeWav", {}),
                                          ("DecodePng", {"dtype": tf.uint16, "channels": 4}), ("DecodeWav", {"desired_channels": 1, "desired_samples": 9}),
                                          ("ExtractJpegShape", {}), ("DecodeJpeg", {"channels": 1, "ratio": 8})]):
        raw(op, x, name="y%d" % i, **attributes)
    raw("DecodeAndCropJpeg", x, [1, 1, 2, 2], name="y9")


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in PROGRAMS.items():
        with tf.Graph().as_default() as g:
            make()
            (folder / (name + ".pb")).write_bytes(g.as_graph_def().SerializeToString())


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
