"""Images of ImageSummary, and TensorFlow 1.12.3's answers: `python logging_images.py` writes them (with TensorFlow's own decoder)."""
import json
import os

import numpy as np

DICE = np.random.RandomState(3)


def some(shape, scale=1., shift=0.):
    return DICE.rand(*shape) * scale + shift


# name, dtype, images, max_images
CASES = [("%s %d%s" % (d, depth, sign), d, some([4, 3, 5, depth], 300, -100 if sign else 0), 3)
         for d in ("float16", "float32", "float64", "uint8") for depth in (1, 3, 4) for sign in ("", " signed") if d != "uint8" or not sign]
CASES += [("one", "float32", some([2, 3, 3, 1]), 1), ("tiny", "float32", some([1, 3, 3, 1], 1e-8), 3), ("tiny negative", "float32", some([1, 3, 3, 1], -1e-8), 3),
          ("zeros", "float32", np.zeros([1, 2, 2, 3]), 3), ("nan", "float32", np.array([[[[1, 2, np.nan], [3, 4, 5]], [[np.inf, 0, 0], [-np.inf, 1, 1]]]]), 3),
          ("all nan", "float32", np.full([1, 2, 2, 3], np.nan), 3), ("nan half", "float16", np.array([[[[1.], [np.nan], [-7.]]]]), 3),
          ("nan double", "float64", np.array([[[[1.], [np.nan], [-7.]]]]), 3), ("huge", "float64", np.array([[[[1e300], [1.], [7e299]]]]), 3),
          ("row", "uint8", np.arange(600).reshape(1, 1, 200, 3) % 256, 3), ("negative only", "float32", some([1, 2, 4, 1], -5), 3)]


def answer(tf, case):
    """What the summary holds: tags, sizes, PNG files."""
    dtype, images, n = next(rest for name, *rest in CASES if name == case)
    with tf.Graph().as_default(), tf.Session() as session:
        summary = tf.Summary.FromString(session.run(tf.summary.image("im", tf.constant(images.astype(dtype)), n)))
    return [{"tag": v.tag, "size": [v.image.height, v.image.width, v.image.colorspace], "png": v.image.encoded_image_string.hex()} for v in summary.value]


def main():
    import tensorflow as tf
    answers = {}
    for name, *_ in CASES:
        answers[name] = answer(tf, name)
        for value in answers[name]:
            with tf.Graph().as_default(), tf.Session() as session:
                value["pixels"] = session.run(tf.image.decode_png(bytes.fromhex(value.pop("png")))).ravel().tolist()
    folder = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "golden", "ops")
    with open(os.path.join(folder, "logging_images.json"), "w") as f:
        json.dump(answers, f, sort_keys=True)


if __name__ == "__main__":
    main()
