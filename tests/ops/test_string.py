"""The string family, row by row."""
import pytest

import pytfgraph as tf
from family import make_tests, raw

test_row = make_tests("string")


def test_cases_of_letters():
    """Of later versions."""
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.constant(["MiXed 09 \u00c4", ""])
        assert s.run([raw("StringLower", x), raw("StringUpper", x)])[0].tolist() == ["mixed 09 \u00c4".encode(), b""]
        assert s.run(raw("StringUpper", x)).tolist() == ["MIXED 09 \u00c4".encode(), b""]


def test_patterns_do_not_run_away():
    """Where a backtracking engine would not come back."""
    with tf.Graph().as_default(), tf.Session() as s:
        assert not s.run(tf.strings.regex_full_match(["a" * 5000 + "b"], "(a*)*(a|aa)*c"))[0]


@pytest.mark.parametrize("fill", ["x", "*", "%"])
def test_fills_that_no_format_has(fill):
    """1.12.3 writes what its C library makes of them."""
    with tf.Graph().as_default(), tf.Session() as s:
        with pytest.raises(tf.errors.InvalidArgumentError, match="Fill argument not supported"):
            s.run(tf.as_string([1], fill=fill, width=5))
