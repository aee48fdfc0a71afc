"""Arrays among NumPy's scalars: dtypes and values as in the time of TensorFlow 1.x."""
import operator

import numpy as np
import tensorflow as tf

w = np.ones([2, 3], np.float32) * np.sqrt(2. / 3)
w /= np.float64(2)
x = w / np.int64(3) - np.mean(w) + np.float64(0.25)
print(w.dtype, x.dtype, x, (x > np.float64(0.1)).sum(), np.float64(1) / (1 + x))
print(tf.constant(x), tf.matmul(tf.ones([1, 2]), tf.Variable(w, name="w")))
pixels = np.array([0, 100, 255], np.uint8)
print((pixels / np.float32(255)).dtype, (pixels + np.int64(1)).dtype, (pixels - np.int64(1)), pixels * np.float64(0.5), pixels + np.int64(300))
pixels += np.int64(1)
print((np.arange(2) * np.timedelta64(1, "s")).dtype, (np.datetime64("2018-01-01") + np.arange(2)).dtype)
print(pixels, pixels * -1, pixels - 300, 256 + pixels, pixels + np.int8(-1), np.array(3, np.float32) * np.float64(2), (np.array([0.1], np.float32) == np.float64(0.1)), [0.1] == np.float64(0.1))
for kind in (np.int8, np.uint8, np.int32, np.int64, np.float16, np.float32, np.float64, np.complex64):
    a = np.array([5, 2], kind)
    for scalar in (np.int8(2), np.uint8(2), np.int32(2), np.int64(2), np.int64(-1), np.float32(0.3), np.float64(0.3), np.float64(1e30), np.bool_(True)):
        answers = []
        for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lt", "eq"):
            if name == "pow" and scalar == -1 or kind is np.float16 and scalar == 1e30 or kind is np.complex64 and name in ("floordiv", "mod", "lt"):
                continue
            for p, q in ((a, scalar), (scalar, a)):
                try:
                    r = getattr(operator, name)(p, q)
                    answers.append(str(r.dtype) + " " + " ".join("%.3g" % abs(v) for v in r))
                except (TypeError, ValueError) as e:
                    answers.append(type(e).__name__)
        print(kind.__name__, type(scalar).__name__.rstrip("_"), answers)
