"""Summaries, row by row; images, whose files TensorFlow's own zlib makes a little different, by their pixels."""
import io
import json
import pathlib

import numpy as np
import pytest

import logging_images
import pytfgraph as tf
from family import make_tests

test_row = make_tests("logging")

IMAGES = json.loads((pathlib.Path(__file__).resolve().parent.parent / "golden" / "ops" / "logging_images.json").read_text())


@pytest.mark.parametrize("case", [name for name, *_ in logging_images.CASES])
def test_image(case):
    from PIL import Image
    got = logging_images.answer(tf, case)
    for value in got:
        value["pixels"] = np.asarray(Image.open(io.BytesIO(bytes.fromhex(value.pop("png"))))).ravel().tolist()
    assert got == IMAGES[case]


def test_timestamp():
    import time
    with tf.Graph().as_default(), tf.Session() as session:
        assert abs(session.run(tf.timestamp()) - time.time()) < 5
