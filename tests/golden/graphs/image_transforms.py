image = tf.contrib.image
x = tf.placeholder(tf.float32, [2, 8, 9, 3], name="x")
y = image.rotate(x, [.1, .2], "bilinear")
image.rotate(tf.placeholder(tf.uint8, [None, None]), tf.placeholder(tf.float32, []), name="one")
image.translate(tf.placeholder(tf.int32, [4, 5, None]), [1., 2.])
image.translate(x, tf.placeholder(tf.float32, [None, 2]), name="many")
transforms = image.compose_transforms(image.angles_to_projective_transforms(.3, 8., 9.), image.translations_to_projective_transforms([1, 2]))
z = image.transform(x, transforms, "NEAREST", [4, 5])
tf.gradients([y, z], x)
