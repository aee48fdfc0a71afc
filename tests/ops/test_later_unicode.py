"""Text in Unicode's encodings, row by row."""
import numpy as np
import pytest

import pytfgraph as tf

from family import make_tests, raw

test_row = make_tests("later_unicode")


def test_what_one_writes_another_reads():
    text = "a\u00e9\u07ff\u0800\uffff\U00010000\U0010ffff\u0000"
    with tf.Graph().as_default(), tf.Session() as s:
        values, splits = s.run(list(raw("UnicodeDecode", [text.encode("utf-8"), b""], input_encoding="UTF-8"))[::-1])
        assert splits.tolist() == [0, 8, 8] and values.tolist() == [ord(c) for c in text]
        for output, python in [("UTF-8", "utf-8"), ("UTF-16-BE", "utf-16-be"), ("UTF-32-BE", "utf-32-be")]:
            written = s.run(raw("UnicodeEncode", values, splits, output_encoding=output))
            assert written.tolist() == [text.encode(python), b""]
            assert s.run(raw("UnicodeTranscode", written, input_encoding=output, output_encoding="UTF-8")).tolist() == [text.encode("utf-8"), b""]


def test_a_mark_counts_for_its_own_text_alone():
    """Differs from later versions, where some texts hand their end on to the next one."""
    with tf.Graph().as_default(), tf.Session() as s:
        values = s.run(raw("UnicodeDecode", [b"\xff\xfe\x00\x00a\x00\x00\x00", b"\x00a"], input_encoding="UTF-16"))[1]
        np.testing.assert_array_equal(values, [0, 97, 0, 97])


@pytest.mark.parametrize("op", ["UnicodeDecode", "UnicodeDecodeWithOffsets", "UnicodeTranscode"])
def test_errors(op):
    def run(text, **attributes):
        with tf.Graph().as_default(), tf.Session() as s:
            return s.run(raw(op, tf.constant(text), **dict({"output_encoding": "UTF-8"} if op == "UnicodeTranscode" else {}, **attributes)))
    for name in ["nope", "", "--", "x" * 100, "utf-8-16"]:
        with pytest.raises(tf.errors.InvalidArgumentError, match="Could not create converter for input encoding: " + name):
            run([b"a"], input_encoding=name)
    for replacement in [-1, 0x110000]:
        with pytest.raises(tf.errors.InvalidArgumentError, match="replacement_char out of unicode codepoint range"):
            run([b"a"], input_encoding="UTF-8", replacement_char=replacement)
    for text in [b"\xff", b"a\xc3", b"\xed\xa0\x80"]:
        with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid formatting on input string"):
            run([b"fine", text], input_encoding="UTF-8", errors="strict")
    if op == "UnicodeTranscode":        # which takes control characters for errors, too
        with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid formatting on input string"):
            run([b"\x01"], input_encoding="UTF-8", errors="strict", replace_control_characters=True)
    else:
        assert run([b"\x01"], input_encoding="UTF-8", errors="strict", replace_control_characters=True)[1].tolist() == [0xfffd]
