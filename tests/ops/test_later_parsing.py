"""ParseExampleV2, row by row."""
import pytest

import pytfgraph as tf

from family import make_tests, raw
from parsing_rows import EXAMPLES, field

test_row = make_tests("later_parsing")


def test_differences():
    """Differs from later versions, which find no feature for keys that come twice, and name the key of a feature whose own bytes are broken."""
    with tf.Graph().as_default(), tf.Session() as session:
        def parse(serialized, keys):
            types = [tf.float32] * len(keys)
            return raw("ParseExampleV2", serialized, tf.constant([], tf.string), keys, tf.constant([], tf.string), tf.constant([], tf.string), [], num_sparse=len(keys),
                       sparse_types=types, ragged_value_types=[], ragged_split_types=[], dense_shapes=[])
        with pytest.raises(tf.errors.InvalidArgumentError, match="Duplicate key: a"):
            session.run(parse([EXAMPLES["fixed"]], ["a", "a"]))
        broken = field(1, field(1, field(1, b"a") + field(2, b"\x12\x05abc")))
        with pytest.raises(tf.errors.InvalidArgumentError, match="Could not parse example input"):
            session.run(parse([broken], ["a"]))
