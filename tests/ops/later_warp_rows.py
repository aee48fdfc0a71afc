"""Rows of projective maps and of resizing by kernels as later versions have them; TensorFlow 2.21 answers."""
ROWS = []
KERNELS = ["lanczos1", "lanczos3", "lanczos5", "gaussian", "box", "triangle", "keyscubic", "mitchellcubic"]
MAPS = [("same", "[[1, 0, 0, 0, 1, 0, 0, 0]]"), ("moved", "[[1, 0, 1.5, 0, 1, -.75, 0, 0]]"), ("far", "[[1, 0, 11.25, 0, 1, -13.5, 0, 0]]"),
        ("turned", "[[.8, -.6, 1, .6, .8, -1, 0, 0]]"), ("in perspective", "[[1, .1, .2, .05, 1.2, -.3, .1, -.05]]"),
        ("at the horizon", "[[1, 0, 0, 0, 1, 0, -.5, 0]]"), ("huge", "[[1e6, 0, 3, 0, -1e6, 2, 0, 0]]"),
        ("each", "[[1, 0, .5, 0, 1, .5, 0, 0], [.5, 0, 0, 0, 2, 0, 0, 0]]")]


def row(op, name, *inputs, **attributes):
    ROWS.append((op + " " + name, "raw(%s)" % ", ".join([repr(op)] + list(inputs) + ["%s=%r" % item for item in sorted(attributes.items())])))


def image(shape, dtype="float32"):
    return "P((np.arange(%d) * 37 %% 101).reshape(%s), '%s')" % (__import__("numpy").prod(shape), shape, dtype)


for interpolation in ["NEAREST", "BILINEAR"]:
    for d in ["uint8", "int32", "int64", "float16", "bfloat16", "float32", "float64"]:
        if d != "bfloat16":     # only graphs of later versions have it
            row("ImageProjectiveTransformV2", "%s %s" % (d, interpolation), image((2, 4, 5, 2), d), "P(%s)" % MAPS[3][1], "[4, 5]", interpolation=interpolation)
        row("ImageProjectiveTransformV3", "%s %s" % (d, interpolation), image((2, 4, 5, 2), d), "P(%s)" % MAPS[3][1], "[5, 3]", "P(7.5)", interpolation=interpolation)
    for mode in ["CONSTANT", "REFLECT", "WRAP", "NEAREST"]:
        for name, values in MAPS:
            if name == "huge" and mode != "CONSTANT":
                continue
            for op, fill in [("ImageProjectiveTransformV2", []), ("ImageProjectiveTransformV3", ["P(-3.25)"])]:
                row(op, "%s %s %s" % (name, interpolation, mode), image((2, 4, 5, 1)), "P(%s)" % values, "[6, 7]", *fill, interpolation=interpolation, fill_mode=mode)
        row("ImageProjectiveTransformV3", "one pixel %s %s" % (interpolation, mode), image((1, 1, 1, 2)), "P(%s)" % MAPS[1][1], "[3, 3]", "P(5.)", interpolation=interpolation, fill_mode=mode)
row("ImageProjectiveTransformV2", "no images", image((0, 4, 5, 2)), "P(%s)" % MAPS[0][1], "[3, 3]", interpolation="NEAREST")
row("ImageProjectiveTransformV2", "no channels", image((2, 4, 5, 0)), "P(%s)" % MAPS[0][1], "[3, 3]", interpolation="NEAREST")
row("ImageProjectiveTransformV2", "no pixels", image((2, 0, 5, 1)), "P(%s)" % MAPS[0][1], "[3, 3]", interpolation="BILINEAR")
row("ImageProjectiveTransformV3", "no pixels", image((2, 4, 0, 1)), "P(%s)" % MAPS[0][1], "[3, 3]", "P(2.)", interpolation="BILINEAR")
row("ImageProjectiveTransformV2", "matrix", "P([[1., 2.]])", "P(%s)" % MAPS[0][1], "[3, 3]", interpolation="NEAREST")
for bad in ["[[1., 2.]]", "[1., 0, 0, 0, 1, 0, 0, 0]", "np.ones([3, 8])", "np.ones([0, 8])"]:
    row("ImageProjectiveTransformV2", "maps " + bad, image((2, 4, 5, 1)), "P(%s)" % bad, "[3, 3]", interpolation="NEAREST")
for bad in ["P([3], 'int32')", "P(3, 'int32')", "P([3, 0], 'int32')", "P([-3, 1], 'int32')", "P([[3, 3]], 'int32')", "[3]", "[3, 3, 3]"]:
    row("ImageProjectiveTransformV2", "size " + bad, image((2, 4, 5, 1)), "P(%s)" % MAPS[0][1], bad, interpolation="NEAREST")
row("ImageProjectiveTransformV2", "partly known", "S(np.ones([2, 4, 5, 3]), [None, None, 5, 3])", "P(%s)" % MAPS[0][1], "P([3, 2], 'int32')", interpolation="NEAREST")
row("ImageProjectiveTransformV2", "known size", "S(np.ones([2, 4, 5, 3]), [None, None, 5, 3])", "P(%s)" % MAPS[0][1], "[3, 2]", interpolation="NEAREST")

for d in ["int8", "uint8", "int16", "uint16", "int32", "int64", "bfloat16", "float16", "float32", "float64"]:
    row("ScaleAndTranslate", d, image((2, 4, 5, 2), d), "[6, 3]", "P([1.5, .6])", "P([0., 0.])")
for kernel in KERNELS:
    for antialias in [True, False]:
        for name, size, scale, translation in [("larger", "[7, 9]", "[1.75, 1.8]", "[0., 0.]"), ("smaller", "[2, 3]", "[.5, .6]", "[0., 0.]"), ("same", "[4, 5]", "[1., 1.]", "[0., 0.]"),
                                               ("moved", "[4, 5]", "[1., 1.]", "[1.5, -.75]"), ("away", "[3, 3]", "[1., 1.]", "[-20., 20.]"), ("cut", "[2, 2]", "[3., 2.]", "[-4., -5.]"),
                                               ("tiny", "[2, 2]", "[.01, .02]", "[0., 0.]")]:
            row("ScaleAndTranslate", "%s %s %s" % (kernel, antialias, name), image((2, 4, 5, 2)), size, "P(%s)" % scale, "P(%s)" % translation, kernel_type=kernel, antialias=antialias)
            row("ScaleAndTranslateGrad", "%s %s %s" % (kernel, antialias, name), image(tuple([2] + eval(size) + [2])), image((2, 4, 5, 2)), "P(%s)" % scale, "P(%s)" % translation,
                kernel_type=kernel, antialias=antialias)
GOOD = ["[6, 3]", "P([1.5, .6])", "P([0., 0.])"]
row("ScaleAndTranslate", "no batch", image((0, 4, 5, 2)), *GOOD)
row("ScaleAndTranslate", "no channels", image((2, 4, 5, 0)), *GOOD)
row("ScaleAndTranslate", "no rows", image((2, 0, 5, 1)), *GOOD)
row("ScaleAndTranslate", "matrix", "P([[1., 2.]])", *GOOD)
row("ScaleAndTranslate", "kernel", image((2, 4, 5, 2)), *GOOD, kernel_type="cubic")
row("ScaleAndTranslate", "partly known", "S(np.ones([2, 4, 5, 3]), [None, None, 5, 3])", *GOOD)
row("ScaleAndTranslate", "fed size", "S(np.ones([2, 4, 5, 3]), [2, 4, 5, None])", "P([6, 3], 'int32')", *GOOD[1:])
for i, bad in enumerate(["P([3], 'int32')", "P([3, 0], 'int32')", "P([[3, 3]], 'int32')", "P([3, -1], 'int32')"]):
    row("ScaleAndTranslate", "size %d" % i, image((2, 4, 5, 2)), bad, *GOOD[1:])
for i, bad in enumerate(["P([1.])", "P([[1., 2.]])", "P([0., 1.])", "P([1., -1.])", "P(1.)", "P([np.nan, 1.])"]):
    row("ScaleAndTranslate", "scale %d" % i, image((2, 4, 5, 2)), "[6, 3]", bad, GOOD[2])
row("ScaleAndTranslate", "translation", image((2, 4, 5, 2)), "[6, 3]", GOOD[1], "P([1.])")
row("ScaleAndTranslateGrad", "matrix", "P([[1., 2.]])", image((2, 4, 5, 2)), *GOOD[1:])
row("ScaleAndTranslateGrad", "matrix image", image((2, 4, 5, 2)), "P([[1., 2.]])", *GOOD[1:])
row("ScaleAndTranslateGrad", "scale", image((2, 4, 5, 2)), image((2, 4, 5, 2)), "P([0., 1.])", GOOD[2])
