"""SequenceExamples, row by row; broken ones."""
import random

import parsing_sequence_rows
import pytfgraph as tf
from family import make_tests

test_row = make_tests("parsing_sequence")


def test_any_bytes():
    """Cut at every byte, flipped, and changed at random: values, or an InvalidArgumentError."""
    dice = random.Random(7)
    space = {"tf": tf}
    with tf.Graph().as_default(), tf.Session() as session:
        one, many = tf.placeholder(tf.string, []), tf.placeholder(tf.string, [None])
        wanted = [[eval(part, space) for part in parsing_sequence_rows.SPECS[spec]] for spec in ("lenient", "sparse")]
        parsed = [tf.parse_single_sequence_example(one, *w) for w in wanted], [tf.io.parse_sequence_example(many, *w) for w in wanted]
        data = parsing_sequence_rows.EXAMPLES["full"]
        broken = [data[:n] for n in range(len(data))] + [data[:n] + bytes([data[n] ^ 1 << bit]) + data[n + 1:] for n in range(len(data)) for bit in range(8)]
        for _ in range(200):
            b = bytearray(data)
            for _ in range(dice.randrange(1, 5)):
                at = dice.randrange(len(b) + 1)
                b[at:at + dice.randrange(3)] = bytes(dice.randrange(256) for _ in range(dice.randrange(4)))
            broken.append(bytes(b))
        for fetched, feed in ((parsed[0], lambda b: {one: b}), (parsed[1], lambda b: {many: [data, b]})):
            run = [session.make_callable(f, [one if feed(b"") == {one: b""} else many]) for f in fetched]
            for b in broken:
                for call in run:
                    try:
                        call(list(feed(b).values())[0])
                    except tf.errors.InvalidArgumentError:
                        pass
