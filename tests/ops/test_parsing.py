"""What is read from strings, row by row; broken examples."""
import random

import numpy as np
import pytest

import parsing_rows
import pytfgraph as tf
from family import make_tests

test_row = make_tests("parsing")
test_json = make_tests("parsing_json")


@pytest.mark.parametrize("text, message", [
    (b"\xff{}", "Encountered non UTF-8 code points."), (b'{"x":"\xed\xa0\x80"}', "Encountered non UTF-8 code points."),
    (b"[" * 5000, "Message too deep."), (b'{"a":' * 5000, "Message too deep."),
    (b'{"features":{"feature":{"a":{"floatList":{"value":[{}]}}}}}', r"features.feature\[0\].value.float_list.value\[0\]: Cannot find field.")])
def test_json_that_ends_tensorflow(text, message):
    """Differs from 1.12.3, which ends the process, or writes an Example that nobody can read."""
    with tf.Graph().as_default(), tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            session.run(tf.decode_json_example(tf.constant(text)))


def test_any_json():
    """Cut anywhere, and changed at random: bytes that parse, or an InvalidArgumentError."""
    dice = random.Random(6)
    whole = b'{"features": {"feature": {"a": {"int64List": {"value": [1, "-2"]}}, "b\\u00e9": {"bytes_list": {"value": ["YWI="]}}}}}'
    with tf.Graph().as_default(), tf.Session() as session:
        fed = tf.placeholder(tf.string, [])
        decoded = tf.decode_json_example(fed)
        for _ in range(2000):
            b = bytearray(whole)
            for _ in range(dice.randrange(4)):
                at = dice.randrange(len(b) + 1)
                b[at:at + dice.randrange(3)] = bytes(dice.choice(b'{}[]:,"\'\\ue0-. n') for _ in range(dice.randrange(3)))
            try:
                tf.train.Example.FromString(session.run(decoded, {fed: bytes(b[:dice.randrange(len(b) + 1)] if dice.random() < .3 else b)}))
            except tf.errors.InvalidArgumentError:
                pass


def test_any_bytes():
    """Examples cut at every byte, flipped, and changed at random: values, or an InvalidArgumentError."""
    dice = random.Random(5)
    with tf.Graph().as_default(), tf.Session() as session:
        fed = tf.placeholder(tf.string, [None])
        parsed = tf.parse_example(fed, {"a": tf.FixedLenSequenceFeature([], tf.float32, True), "i": tf.VarLenFeature(tf.int64),
                                        "s": tf.FixedLenSequenceFeature([], tf.string, True)})
        for data in (parsing_rows.EXAMPLES["long"], parsing_rows.EXAMPLES["unpacked"], parsing_rows.EXAMPLES["words"]):
            broken = [data[:n] for n in range(len(data))] + [data[:n] + bytes([data[n] ^ 1 << bit]) + data[n + 1:] for n in range(len(data)) for bit in range(8)]
            for _ in range(300):
                b = bytearray(data)
                for _ in range(dice.randrange(1, 5)):
                    at = dice.randrange(len(b) + 1)
                    b[at:at + dice.randrange(3)] = bytes(dice.randrange(256) for _ in range(dice.randrange(4)))
                broken.append(bytes(b))
            for b in broken:
                try:
                    session.run(parsed, {fed: [b]})
                except tf.errors.InvalidArgumentError:
                    pass


def test_many_examples():
    """More than a tile of them, on several threads: the first one that is wrong is the error."""
    with tf.Graph().as_default(), tf.Session() as session:
        fed = tf.placeholder(tf.string, [None])
        parsed = tf.parse_example(fed, {"i": tf.FixedLenFeature([], tf.int64), "v": tf.VarLenFeature(tf.int64)})
        examples = [parsing_rows.example(("i", [i]), ("v", list(range(i % 5)) or None)) for i in range(1000)]
        got = session.run(parsed, {fed: examples})
        np.testing.assert_array_equal(got["i"], np.arange(1000))
        np.testing.assert_array_equal(got["v"].values, [j for i in range(1000) for j in range(i % 5)])
        np.testing.assert_array_equal(got["v"].dense_shape, [1000, 4])
        examples[700] = examples[300] = b"abc"
        examples[200] = b""
        with pytest.raises(tf.errors.InvalidArgumentError, match="Feature: i .data type: int64. is required"):
            session.run(parsed, {fed: examples})
