"""Projective transformations of images.

A transformation is eight numbers [a0, a1, a2, b0, b1, b2, c0, c1]: the pixel at (x, y) of the output is the one at
((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k) of the input, where k = c0 x + c1 y + 1; pixels from outside the input are 0.
"""
from pytfgraph.framework import constant_op, dtypes, ops, tensor_util
from pytfgraph.ops import array_ops, math_ops, raw

gen_image_ops = raw.module("gen_image_ops")
_IMAGE_DTYPES = {dtypes.uint8, dtypes.int32, dtypes.int64, dtypes.float16, dtypes.float32, dtypes.float64}


def _batch_of(image_or_images):
    """[images, height, width, channels] of an image of rank 2 or 3, or of several."""
    rank = image_or_images.get_shape().ndims
    if image_or_images.dtype.base_dtype not in _IMAGE_DTYPES:
        raise TypeError("Invalid dtype %s." % image_or_images.dtype)
    if rank is None:
        raise TypeError("image_or_images rank must be statically known")
    if rank == 2:
        return image_or_images[None, :, :, None]
    if rank == 3:
        return image_or_images[None, :, :, :]
    if rank == 4:
        return image_or_images
    raise TypeError("Images should have rank between 2 and 4.")


def _of_batch(output, rank):
    """Undoes _batch_of."""
    if rank == 2:
        return output[0, :, :, 0]
    return output[0, :, :, :] if rank == 3 else output


def rotate(images, angles, interpolation="NEAREST", name=None):
    """Rotates images counterclockwise about their middle.

    Args:
      images: uint8, int32, int64 or floating [images, height, width, channels], [height, width, channels] or [height, width].
      angles: radians, a scalar or one for each image.
      interpolation: "NEAREST" or "BILINEAR".
      name: of the operations.

    Raises:
      TypeError: for images of another dtype or rank.
    """
    with ops.name_scope(name, "rotate"):
        image_or_images = ops.convert_to_tensor(images)
        images = _batch_of(image_or_images)
        height = math_ops.cast(array_ops.shape(images)[1], dtypes.float32)[None]
        width = math_ops.cast(array_ops.shape(images)[2], dtypes.float32)[None]
        output = transform(images, angles_to_projective_transforms(angles, height, width), interpolation=interpolation)
        return _of_batch(output, image_or_images.get_shape().ndims)


def translate(images, translations, interpolation="NEAREST", name=None):
    """Moves images.

    Args:
      images: as for rotate.
      translations: [dx, dy], or [images, 2].
      interpolation: "NEAREST" or "BILINEAR".
      name: of the operations.

    Raises:
      TypeError: for images of another dtype or rank, or translations of another rank.
    """
    with ops.name_scope(name, "translate"):
        return transform(images, translations_to_projective_transforms(translations), interpolation=interpolation)


def angles_to_projective_transforms(angles, image_height, image_width, name=None):
    """The transformations that rotate images of a size about their middle, [angles, 8].

    Args:
      angles: radians, a scalar or vector.
      image_height: float32.
      image_width: float32.
      name: of the operations.

    Raises:
      TypeError: for angles of another rank.
    """
    with ops.name_scope(name, "angles_to_projective_transforms"):
        angles = ops.convert_to_tensor(angles, name="angles", dtype=dtypes.float32)
        if len(angles.get_shape()) == 0:
            angles = angles[None]
        elif len(angles.get_shape()) != 1:
            raise TypeError("Angles should have rank 0 or 1.")
        x_offset = ((image_width - 1) - (math_ops.cos(angles) * (image_width - 1) - math_ops.sin(angles) * (image_height - 1))) / 2.0
        y_offset = ((image_height - 1) - (math_ops.sin(angles) * (image_width - 1) + math_ops.cos(angles) * (image_height - 1))) / 2.0
        n = array_ops.shape(angles)[0]
        return array_ops.concat(values=[math_ops.cos(angles)[:, None], -math_ops.sin(angles)[:, None], x_offset[:, None],
                                        math_ops.sin(angles)[:, None], math_ops.cos(angles)[:, None], y_offset[:, None],
                                        array_ops.zeros((n, 2), dtypes.float32)], axis=1)


def translations_to_projective_transforms(translations, name=None):
    """The transformations that move images, [translations, 8].

    Args:
      translations: [dx, dy], or [translations, 2].
      name: of the operations.

    Raises:
      TypeError: for translations of another or an unknown rank.
    """
    with ops.name_scope(name, "translations_to_projective_transforms"):
        translations = ops.convert_to_tensor(translations, name="translations", dtype=dtypes.float32)
        rank = translations.get_shape().ndims
        if rank is None:
            raise TypeError("translation_or_translations rank must be statically known")
        if rank == 1:
            translations = translations[None]
        elif rank != 2:
            raise TypeError("Translations should have rank 1 or 2.")
        n = array_ops.shape(translations)[0]
        return array_ops.concat(values=[array_ops.ones((n, 1), dtypes.float32), array_ops.zeros((n, 1), dtypes.float32), -translations[:, 0, None],
                                        array_ops.zeros((n, 1), dtypes.float32), array_ops.ones((n, 1), dtypes.float32), -translations[:, 1, None],
                                        array_ops.zeros((n, 2), dtypes.float32)], axis=1)


def transform(images, transforms, interpolation="NEAREST", output_shape=None, name=None):
    """Images seen through projective transformations.

    Args:
      images: as for rotate.
      transforms: [8], or [images, 8].
      interpolation: "NEAREST" or "BILINEAR".
      output_shape: [height, width]; the input's where None.
      name: of the operations.

    Raises:
      TypeError: for images of another dtype or rank, or transforms of another or an unknown rank.
      ValueError: for an output_shape that is not two numbers.
    """
    with ops.name_scope(name, "transform"):
        image_or_images = ops.convert_to_tensor(images, name="images")
        transforms = ops.convert_to_tensor(transforms, name="transforms", dtype=dtypes.float32)
        images = _batch_of(image_or_images)
        if output_shape is None:
            output_shape = tensor_util.constant_value(array_ops.shape(images)[1:3]) or array_ops.shape(images)[1:3]
        output_shape = ops.convert_to_tensor(output_shape, dtypes.int32, name="output_shape")
        if not output_shape.get_shape().is_compatible_with([2]):
            raise ValueError("output_shape must be a 1-D Tensor of 2 elements: new_height, new_width")
        if len(transforms.get_shape()) == 1:
            transforms = transforms[None]
        elif len(transforms.get_shape()) != 2:
            raise TypeError("Transforms should have rank 1 or 2.")
        output = gen_image_ops.image_projective_transform_v2(images, output_shape=output_shape, transforms=transforms,
                                                             interpolation=interpolation.upper())
        return _of_batch(output, image_or_images.get_shape().ndims)


def compose_transforms(*transforms):
    """The transformation, [n, 8], that is all of these: the first of them works on the input.

    Args:
      *transforms: [8] or [n, 8] each.
    """
    assert transforms, "transforms cannot be empty"
    with ops.name_scope("compose_transforms"):
        composed = flat_transforms_to_matrices(transforms[0])
        for each in transforms[1:]:
            composed = math_ops.matmul(composed, flat_transforms_to_matrices(each))
        return matrices_to_flat_transforms(composed)


def flat_transforms_to_matrices(transforms):
    """[n, 3, 3] of [n, 8] or [8]; ValueError for another rank."""
    with ops.name_scope("flat_transforms_to_matrices"):
        transforms = ops.convert_to_tensor(transforms, name="transforms")
        if transforms.shape.ndims not in (1, 2):
            raise ValueError("Transforms should be 1D or 2D, got: %s" % transforms)
        transforms = array_ops.reshape(transforms, constant_op.constant([-1, 8]))
        n = array_ops.shape(transforms)[0]
        return array_ops.reshape(array_ops.concat([transforms, array_ops.ones([n, 1])], axis=1), constant_op.constant([-1, 3, 3]))


def matrices_to_flat_transforms(transform_matrices):
    """[n, 8] of [n, 3, 3] or [3, 3], scaled so that the last element would be 1; ValueError for another rank."""
    with ops.name_scope("matrices_to_flat_transforms"):
        transform_matrices = ops.convert_to_tensor(transform_matrices, name="transform_matrices")
        if transform_matrices.shape.ndims not in (2, 3):
            raise ValueError("Matrices should be 2D or 3D, got: %s" % transform_matrices)
        transforms = array_ops.reshape(transform_matrices, constant_op.constant([-1, 9]))
        transforms /= transforms[:, 8:9]
        return transforms[:, :8]
