"""tf.contrib.image: images rotated, moved, and seen through projective maps."""
import numpy as np
image = tf.contrib.image
x = np.arange(40, dtype=np.float32).reshape(2, 4, 5, 1)
def near(t, digits=3):
    v = np.asarray(ev(t))
    print(v.dtype, v.shape, (np.round(v, digits) + 0).ravel().tolist())
def static(t): return t.dtype, t.get_shape(), t.name
def raises(f, *a, **k):
    try:
        return f(*a, **k)
    except Exception as e:
        print(type(e).__name__, str(e).split("\n")[0])

#: rotate
for angles in (0., .5, [.25, -1.], np.pi / 2):
    for how in ("NEAREST", "BILINEAR"): near(image.rotate(x, angles, how))
near(image.rotate(x[0], .3)), near(image.rotate(x[0, :, :, 0], .3, "bilinear", name="one"))
for d in (np.uint8, np.int32, np.int64, np.float16, np.float64): near(image.rotate(x.astype(d), .3, "BILINEAR"), 1)
p = tf.placeholder(tf.float32, [None, None, 5, None]); k = tf.placeholder(tf.float32, [None]); u = tf.placeholder(tf.float32)
static(image.rotate(p, k)), static(image.rotate(p, .1, name="named")), static(image.rotate(tf.placeholder(tf.uint8, [7, None]), .1))
raises(image.rotate, u, .1), raises(image.rotate, x, [[.1]]), raises(image.rotate, x, u), raises(image.rotate, tf.zeros([3]), .1), raises(image.rotate, tf.zeros([3, 3], tf.int16), .1), raises(image.rotate, x, "a")
raises(lambda: near(image.rotate(x, [.1, .2, .3])))

#: translate
near(image.translate(x, [1, 0])), near(image.translate(x, [[1.5, -1], [0, 2]], "BILINEAR")), near(image.translate(x[1], tf.constant([-1., 0.])))
static(image.translate(p, [1, 2])), static(image.translate(p, k))
raises(image.translate, x, 1.), raises(image.translate, x, u), raises(image.translate, u, [1, 1]), raises(image.translate, x, [[[1, 2]]])

#: transform
near(image.transform(x, [1, .1, 0, .2, 1, 0, 0, 0])), near(image.transform(x, [[1, .1, 0, .2, 1, 0, .05, 0]], "bilinear", [3, 3])), near(image.transform(x, [1, 0, 0, 0, 1, 0, 0, 0], output_shape=tf.constant([2, 6])))
static(image.transform(p, [1, 0, 0, 0, 1, 0, 0, 0])), static(image.transform(p, [1, 0, 0, 0, 1, 0, 0, 0], output_shape=[3, 4])), static(image.transform(x, [1, 0, 0, 0, 1, 0, 0, 0], output_shape=tf.placeholder(tf.int32)))
raises(image.transform, x, 1.), raises(image.transform, x, u), raises(image.transform, u, [1.] * 8), raises(image.transform, x, [1.] * 8, "NEAREST", [1, 2, 3]), raises(image.transform, x, [1.] * 8, "NEAREST", 3)
raises(lambda: near(image.transform(x, [1., 2.]))), raises(lambda: near(image.transform(x, [1.] * 8, "NEAREST", [0, 2])))

#: maps
a, b = image.angles_to_projective_transforms([.1, .2], 4., 5.), image.translations_to_projective_transforms([[1, 2]])
near(a), near(b), near(image.compose_transforms(a)), near(image.compose_transforms(a[:1], b)), near(image.compose_transforms(a[0], b[0], a[0]))
static(a), static(b), static(image.compose_transforms(a, a)), raises(image.compose_transforms), raises(image.compose_transforms, 1.), raises(image.compose_transforms, u)

#: gradients
v = tf.constant(x)
near(tf.gradients(image.rotate(v, .3) * v, v)[0]), near(tf.gradients(tf.square(image.translate(v, [1, 2])), v)[0]), near(tf.gradients(image.transform(v, [1, .1, 0, .2, 1, 0, .05, 0], "BILINEAR", [3, 7]), v)[0])
t = tf.constant([[1., 0, 1, 0, 1, 1, 0, 0]])
tf.gradients(image.transform(v, t), t)
