"""What programs do with fetched scalars: sums, means, comparisons and sizes, among Python's numbers."""
import operator

import numpy as np
import tensorflow as tf

np.seterr(all="ignore")
values = tf.constant([0.1, 0.2, 0.7])
labels = np.array([3, 9, 0], np.uint8)
with tf.Session() as sess:
    total = 0.0
    for i in range(3):
        loss = sess.run(values[i])
        total += loss / 3
        print(i, total, loss * 100, 1 - loss, sum([loss, loss]), loss > 0.1, loss == 0.1, 0.1 < loss, max(loss, 0.15), loss ** 2)
    n = np.max(labels) + 1
    print(n, type(n).__name__, sess.run(tf.zeros([n])).shape, sess.run(tf.zeros([2, n])).shape)
    print("%.3f" % total, round(float(total), 4), [loss], np.mean([loss, loss]))
    best = float("inf")
    if loss < best:
        best = loss
    print(best, -best, abs(best), int(best), best // 1, best % 0.3, divmod(best, 0.3))

OPERATORS = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and_", "or_", "xor", "lt", "le", "eq", "ne", "gt", "ge")


def show(f, a, b):
    try:
        r = f(a, b)
    except TypeError:
        return "TypeError"
    except ValueError:
        return "ValueError"
    return "%s %s" % (type(r).__name__.rstrip("_"), "%.12g" % r if isinstance(r, (float, np.floating)) else r)


for kind in (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64, np.float16, np.float32, np.float64, np.complex64):
    for name in OPERATORS:
        f = getattr(operator, name)
        answers = []
        for python in (2, 3.5, 1j, True):
            if python == 1j and name in ("floordiv", "mod", "lt", "le", "gt", "ge") or kind is np.complex64 and name in ("floordiv", "mod", "lt", "le", "gt", "ge"):
                continue
            answers += [show(f, kind(5), python), show(f, python, kind(5))]
        print(kind.__name__, name, answers)
    print(kind.__name__, kind(5) == None, kind(5) != "a", np.float32(1) + kind(2) == 3, (np.ones(2, kind) + 1).dtype)  # noqa: E711
