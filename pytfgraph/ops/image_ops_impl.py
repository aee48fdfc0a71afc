"""Images: resizing, cropping, flipping, colors.  Measures of likeness are in image_quality.py."""
import numpy as np

from pytfgraph.framework import dtypes, ops, tensor_shape, tensor_util
from pytfgraph.framework.constant_op import constant
from pytfgraph.ops import array_ops, check_ops, control_flow_ops, math_ops, random_ops, raw, variables
from pytfgraph.ops.image_quality import image_gradients, psnr, sobel_edges, ssim, ssim_multiscale, total_variation  # noqa: F401

gen_image_ops = raw.module("gen_image_ops")
_RANKS = "'image' must have either 3 or 4 dimensions."


# ---- what is known of an image ----

def _is_tensor(x):
    return isinstance(x, (ops.Tensor, variables.Variable))


def _require(condition, message):
    """A list with an Assert op where the condition is a tensor, else nothing or a ValueError."""
    if _is_tensor(condition):
        return [control_flow_ops.Assert(condition, [message])]
    if not condition:
        raise ValueError(message)
    return []


def _sizes(image, rank):
    """Each dimension as a number where it is known, else as a tensor."""
    shape = image.get_shape()
    if shape.is_fully_defined():
        return shape.as_list()
    known = shape.with_rank(rank).as_list()
    told = array_ops.unstack(array_ops.shape(image), rank)
    return [told[i] if n is None else n for i, n in enumerate(known)]


def _positive_sizes(image, shape):
    """Checks that no dimension is 0: now, or by ops that are returned."""
    if any(x == 0 for x in shape):
        raise ValueError("all dims of 'image.shape' must be > 0: %s" % shape)
    if shape.is_fully_defined():
        return []
    return [check_ops.assert_positive(array_ops.shape(image), ["all dims of 'image.shape' must be > 0."])]


def _check_at_least_3d(image):
    try:
        shape = image.get_shape()
        shape = shape.with_rank(3) if shape.ndims is None else shape.with_rank_at_least(3)
    except ValueError:
        raise ValueError("'image' must be at least three-dimensional.")
    return _positive_sizes(image, shape)


def _assert_at_least_3d(image):
    return control_flow_ops.with_dependencies(_check_at_least_3d(image), image)


def _assert_3d(image):
    try:
        shape = image.get_shape().with_rank(3)
    except ValueError:
        raise ValueError("'image' (shape %s) must be three-dimensional." % image.shape)
    return control_flow_ops.with_dependencies(_positive_sizes(image, shape), image)


def _as_batch(image):
    """(a batch of images, whether it was one)"""
    ndims = image.get_shape().ndims
    if ndims == 4:
        return image, True
    if ndims is not None and ndims != 3:
        raise ValueError(_RANKS)
    image = array_ops.expand_dims(image, 0)
    if ndims is None:
        image.set_shape([None] * 4)
    return image, False


def _from_batch(image, was_batch):
    return image if was_batch else array_ops.squeeze(image, axis=[0])


def _by_rank(image, one, batch):
    """one() for an image (or what may be one), batch() for several."""
    ndims = image.get_shape().ndims
    if ndims == 3 or ndims is None:
        return one()
    if ndims == 4:
        return batch()
    raise ValueError(_RANKS)


def _with_shape_of(image, result):
    shape = image.get_shape()
    result.set_shape([None] * 3 if shape == tensor_shape.unknown_shape() else shape)
    return result


# ---- flips and turns ----

def _flip(image, axis, scope_name):
    with ops.name_scope(None, scope_name, [image]):
        image = _assert_at_least_3d(ops.convert_to_tensor(image, name="image"))
        return _by_rank(image, lambda: _with_shape_of(image, array_ops.reverse(image, [axis])), lambda: array_ops.reverse(image, [axis + 1]))


def flip_left_right(image):
    """Image or batch of images, columns reversed.

    Raises:
      ValueError: where the rank is neither 3 nor 4, or a dimension is 0.
    """
    return _flip(image, 1, "flip_left_right")


def flip_up_down(image):
    """Image or batch of images, rows reversed; errors as flip_left_right."""
    return _flip(image, 0, "flip_up_down")


def _random_flip(image, axis, seed, scope_name):
    with ops.name_scope(None, scope_name, [image]) as scope:
        image = _assert_at_least_3d(ops.convert_to_tensor(image, name="image"))

        def one():
            flips = math_ops.less(random_ops.random_uniform([], 0, 1.0, seed=seed), .5)
            return _with_shape_of(image, control_flow_ops.cond(flips, lambda: array_ops.reverse(image, [axis]), lambda: image, name=scope))

        def batch():
            n = array_ops.shape(image)[0]
            chance = random_ops.random_uniform([n], 0, 1.0, seed=seed)
            flips = math_ops.cast(math_ops.round(array_ops.reshape(chance, [n, 1, 1, 1])), image.dtype)
            flipped = array_ops.reverse(image, [axis + 1])
            return flips * flipped + (1 - flips) * image

        return _by_rank(image, one, batch)


def random_flip_left_right(image, seed=None):
    """flip_left_right for every second image, by chance."""
    return _random_flip(image, 1, seed, "random_flip_left_right")


def random_flip_up_down(image, seed=None):
    """flip_up_down for every second image, by chance."""
    return _random_flip(image, 0, seed, "random_flip_up_down")


def rot90(image, k=1, name=None):
    """Image or batch of images, turned k times by 90 degrees against the clock.

    Raises:
      ValueError: where the rank is neither 3 nor 4, or k is no scalar.
    """
    with ops.name_scope(name, "rot90", [image, k]) as scope:
        image = _assert_at_least_3d(ops.convert_to_tensor(image, name="image"))
        k = ops.convert_to_tensor(k, dtype=dtypes.int32, name="k")
        k.get_shape().assert_has_rank(0)
        k = math_ops.mod(k, 4)
        return _by_rank(image, lambda: _turned(image, k, 0, scope), lambda: _turned(image, k, 1, scope))


def _turned(image, k, first, scope):
    """first: the axis of rows."""
    swapped = [1, 0, 2] if first == 0 else [0, 2, 1, 3]

    def once():
        return array_ops.transpose(array_ops.reverse_v2(image, [first + 1]), swapped)

    def twice():
        return array_ops.reverse_v2(image, [first, first + 1])

    def thrice():
        return array_ops.reverse_v2(array_ops.transpose(image, swapped), [first + 1])

    turns = [(math_ops.equal(k, i + 1), turn) for i, turn in enumerate((once, twice, thrice))]
    result = control_flow_ops.case(turns, default=lambda: image, exclusive=True, name=scope)
    if first == 0:
        result.set_shape([None, None, image.get_shape()[2]])
    else:
        shape = result.get_shape()
        result.set_shape([shape[0], None, None, shape[3]])
    return result


def transpose_image(image):
    """Rows become columns."""
    with ops.name_scope(None, "transpose_image", [image]):
        image = _assert_at_least_3d(ops.convert_to_tensor(image, name="image"))
        return _by_rank(image, lambda: array_ops.transpose(image, [1, 0, 2], name="transpose_image"),
                        lambda: array_ops.transpose(image, [0, 2, 1, 3], name="transpose_image"))


# ---- crops and pads ----

def central_crop(image, central_fraction):
    """The middle of an image (or of each of a batch), central_fraction of each side long.

    Raises:
      ValueError: where the fraction is not in (0, 1], or the rank neither 3 nor 4.
    """
    with ops.name_scope(None, "central_crop", [image]):
        image = ops.convert_to_tensor(image, name="image")
        if central_fraction <= 0.0 or central_fraction > 1.0:
            raise ValueError("central_fraction must be within (0, 1]")
        if central_fraction == 1.0:
            return image
        _assert_at_least_3d(image)
        rank = image.get_shape().ndims
        if rank != 3 and rank != 4:
            raise ValueError("`image` should either be a Tensor with rank = 3 or rank = 4. Had rank = {}.".format(rank))

        sides = []
        for axis in (rank - 3, rank - 2):
            n = image.get_shape()[axis].value
            sides.append(array_ops.shape(image)[axis] if n is None else n)
        begins = []
        for n in sides:
            wide = math_ops.to_double(n) if _is_tensor(n) else float(n)
            begin = (wide - wide * central_fraction) / 2
            begins.append(math_ops.to_int32(begin) if _is_tensor(n) else int(begin))
        sizes = [n - begin * 2 for n, begin in zip(sides, begins)]

        batch = [0] * (rank - 3)
        begin = array_ops.stack(batch + begins + [0])
        size = array_ops.stack([-1] * (rank - 3) + sizes + [-1])
        shape = image.get_shape()
        image = array_ops.slice(image, begin, size)
        known = [None if _is_tensor(n) else m for n, m in zip(sides, sizes)]
        image.set_shape(([shape[0]] if rank == 4 else []) + known + [shape[rank - 1]])
        return image


def pad_to_bounding_box(image, offset_height, offset_width, target_height, target_width):
    """Zeros around an image (or each of a batch): offset_height rows above, offset_width columns to the left, the rest behind.

    Raises:
      ValueError: where an offset is negative, the target too small, or the rank neither 3 nor 4.
    """
    with ops.name_scope(None, "pad_to_bounding_box", [image]):
        image, was_batch = _as_batch(ops.convert_to_tensor(image, name="image"))
        checks = _check_at_least_3d(image)
        batch, height, width, depth = _sizes(image, rank=4)
        right = target_width - offset_width - width
        below = target_height - offset_height - height
        checks += _require(offset_height >= 0, "offset_height must be >= 0")
        checks += _require(offset_width >= 0, "offset_width must be >= 0")
        checks += _require(right >= 0, "width must be <= target - offset")
        checks += _require(below >= 0, "height must be <= target - offset")
        image = control_flow_ops.with_dependencies(checks, image)
        paddings = array_ops.stack([0, 0, offset_height, below, offset_width, right, 0, 0])
        padded = array_ops.pad(image, array_ops.reshape(paddings, [4, 2]))
        padded.set_shape([None if _is_tensor(n) else n for n in (batch, target_height, target_width, depth)])
        return _from_batch(padded, was_batch)


def crop_to_bounding_box(image, offset_height, offset_width, target_height, target_width):
    """A part of an image (or of each of a batch).

    Raises:
      ValueError: where the part is empty or lies outside, or the rank is neither 3 nor 4.
    """
    with ops.name_scope(None, "crop_to_bounding_box", [image]):
        image, was_batch = _as_batch(ops.convert_to_tensor(image, name="image"))
        checks = _check_at_least_3d(image)
        batch, height, width, depth = _sizes(image, rank=4)
        checks += _require(offset_width >= 0, "offset_width must be >= 0.")
        checks += _require(offset_height >= 0, "offset_height must be >= 0.")
        checks += _require(target_width > 0, "target_width must be > 0.")
        checks += _require(target_height > 0, "target_height must be > 0.")
        checks += _require(width >= (target_width + offset_width), "width must be >= target + offset.")
        checks += _require(height >= (target_height + offset_height), "height must be >= target + offset.")
        image = control_flow_ops.with_dependencies(checks, image)
        begin = array_ops.stack([0, offset_height, offset_width, 0])
        cropped = array_ops.slice(image, begin, array_ops.stack([-1, target_height, target_width, -1]))
        cropped.set_shape([None if _is_tensor(n) else n for n in (batch, target_height, target_width, depth)])
        return _from_batch(cropped, was_batch)


def _max(x, y):
    return math_ops.maximum(x, y) if _is_tensor(x) or _is_tensor(y) else max(x, y)


def _min(x, y):
    return math_ops.minimum(x, y) if _is_tensor(x) or _is_tensor(y) else min(x, y)


def _equal(x, y):
    return math_ops.equal(x, y) if _is_tensor(x) or _is_tensor(y) else x == y


def _targets_checked(image, target_height, target_width):
    checks = _check_at_least_3d(image)
    checks += _require(target_width > 0, "target_width must be > 0.")
    checks += _require(target_height > 0, "target_height must be > 0.")
    return checks, control_flow_ops.with_dependencies(checks, image)


def resize_image_with_crop_or_pad(image, target_height, target_width):
    """To a size by cutting the edges off, or by zeros around, evenly on both sides.

    Raises:
      ValueError: where a target is not positive, or the rank neither 3 nor 4.
    """
    with ops.name_scope(None, "resize_image_with_crop_or_pad", [image]):
        image, was_batch = _as_batch(ops.convert_to_tensor(image, name="image"))
        checks, image = _targets_checked(image, target_height, target_width)
        if _is_tensor(target_height):
            target_height = control_flow_ops.with_dependencies(checks, target_height)
        if _is_tensor(target_width):
            target_width = control_flow_ops.with_dependencies(checks, target_width)

        _, height, width, _ = _sizes(image, rank=4)
        wider = target_width - width
        crop_x, pad_x = _max(-wider // 2, 0), _max(wider // 2, 0)
        higher = target_height - height
        crop_y, pad_y = _max(-higher // 2, 0), _max(higher // 2, 0)
        cropped = crop_to_bounding_box(image, crop_y, crop_x, _min(target_height, height), _min(target_width, width))
        resized = pad_to_bounding_box(cropped, pad_y, pad_x, target_height, target_width)
        if resized.get_shape().ndims is None:
            raise ValueError("resized contains no shape.")

        _, height, width, _ = _sizes(resized, rank=4)
        checks = _require(_equal(height, target_height), "resized height is not correct.")
        checks += _require(_equal(width, target_width), "resized width is not correct.")
        return _from_batch(control_flow_ops.with_dependencies(checks, resized), was_batch)


# ---- sizes ----

class ResizeMethod(object):
    """How resize_images finds the pixels of the new size."""
    BILINEAR = 0
    NEAREST_NEIGHBOR = 1
    BICUBIC = 2
    AREA = 3


def _constant_size(size):
    shape = tensor_util.constant_value_as_shape(size)
    return shape[0].value, shape[1].value


def _size_of_same_aspect(images, height, width):
    """The largest size within height and width that keeps the aspect."""
    _, old_height, old_width, _ = _sizes(images, rank=4)
    by_height = math_ops.to_float(height) / math_ops.to_float(old_height)
    by_width = math_ops.to_float(width) / math_ops.to_float(old_width)
    scale = math_ops.minimum(by_height, by_width)
    sides = [math_ops.to_int32(math_ops.round(scale * math_ops.to_float(n))) for n in (old_height, old_width)]
    return ops.convert_to_tensor(sides, dtypes.int32, name="size")


def resize_images(images, size, method=ResizeMethod.BILINEAR, align_corners=False, preserve_aspect_ratio=False):
    """An image or a batch of images at another size; float32, except by the nearest pixel.  Images of that size stay as they are.

    Raises:
      ValueError: where the rank is neither 3 nor 4, the size no vector of two numbers, or the method unknown.
    """
    with ops.name_scope(None, "resize_images", [images, size]):
        images = ops.convert_to_tensor(images, name="images")
        ndims = images.get_shape().ndims
        if ndims is None:
            raise ValueError("'images' contains no shape.")
        if ndims not in (3, 4):
            raise ValueError("'images' must have either 3 or 4 dimensions.")
        images, was_batch = _as_batch(images)
        _, height, width, _ = images.get_shape().as_list()
        try:
            size = ops.convert_to_tensor(size, dtypes.int32, name="size")
        except (TypeError, ValueError):
            raise ValueError("'size' must be a 1-D int32 Tensor")
        if not size.get_shape().is_compatible_with([2]):
            raise ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width")
        new_height, new_width = _constant_size(size)
        if preserve_aspect_ratio:
            size = _size_of_same_aspect(images, new_height, new_width)
            new_height, new_width = _constant_size(size)

        if None not in (new_width, width, new_height, height) and (width, height) == (new_width, new_height):
            return _from_batch(images, was_batch)
        functions = {ResizeMethod.BILINEAR: "resize_bilinear", ResizeMethod.NEAREST_NEIGHBOR: "resize_nearest_neighbor",
                     ResizeMethod.BICUBIC: "resize_bicubic", ResizeMethod.AREA: "resize_area"}
        if method not in functions:
            raise ValueError("Resize method is not implemented.")
        images = raw.function(functions[method])(images, size, align_corners=align_corners)
        images.set_shape([None, new_height, new_width, None])
        return _from_batch(images, was_batch)


def resize_image_with_pad(image, target_height, target_width, method=ResizeMethod.BILINEAR):
    """As large as fits the target without another aspect, zeros evenly around.

    Raises:
      ValueError: where a target is not positive, or the rank neither 3 nor 4.
    """
    with ops.name_scope(None, "resize_image_with_pad", [image]):
        image, was_batch = _as_batch(ops.convert_to_tensor(image, name="image"))
        _, image = _targets_checked(image, target_height, target_width)
        _, height, width, _ = _sizes(image, rank=4)
        height, width, to_height, to_width = [math_ops.cast(n, dtype=dtypes.float64) for n in (height, width, target_height, target_width)]
        ratio = _max(width / to_width, height / to_height)
        new_height, new_width = height / ratio, width / ratio
        size = [math_ops.cast(math_ops.floor(n), dtype=dtypes.int32) for n in (new_height, new_width)]
        above, left = (to_height - new_height) / 2, (to_width - new_width) / 2
        above, left = math_ops.floor(above), math_ops.floor(left)
        above = _max(0, math_ops.cast(above, dtype=dtypes.int32))
        left = _max(0, math_ops.cast(left, dtype=dtypes.int32))
        padded = pad_to_bounding_box(resize_images(image, size, method), above, left, target_height, target_width)
        if padded.get_shape().ndims is None:
            raise ValueError("padded contains no shape.")
        _sizes(padded, rank=4)
        return _from_batch(padded, was_batch)


# ---- values ----

def per_image_standardization(image):
    """(x - mean) / max(deviation, 1 / sqrt(number of values)): float32 of mean 0.

    Raises:
      ValueError: where the rank is not 3.
    """
    with ops.name_scope(None, "per_image_standardization", [image]) as scope:
        image = _assert_3d(ops.convert_to_tensor(image, name="image"))
        n = math_ops.reduce_prod(array_ops.shape(image))
        image = math_ops.cast(image, dtype=dtypes.float32)
        mean = math_ops.reduce_mean(image)
        variance = math_ops.reduce_mean(math_ops.square(image)) - math_ops.square(mean)
        deviation = math_ops.sqrt(raw.function("relu")(variance))
        least = math_ops.rsqrt(math_ops.cast(n, dtypes.float32))
        scale = math_ops.maximum(deviation, least)
        return math_ops.div(math_ops.subtract(image, mean), scale, name=scope)


def convert_image_dtype(image, dtype, saturate=False, name=None):
    """Another dtype, with values scaled: floats span [0, 1], integers their whole positive range.

    saturate clips what would be out of the new range.
    """
    image = ops.convert_to_tensor(image, name="image")
    if dtype == image.dtype:
        return array_ops.identity(image, name=name)
    to = math_ops.saturate_cast if saturate else math_ops.cast
    with ops.name_scope(name, "convert_image", [image]) as name:
        if image.dtype.is_floating and dtype.is_floating:
            return math_ops.cast(image, dtype, name=name)
        if image.dtype.is_integer and dtype.is_integer:
            old, new = image.dtype.max, dtype.max
            if old > new:
                return to(math_ops.div(image, (old + 1) // (new + 1)), dtype, name=name)
            return math_ops.multiply(to(image, dtype), (new + 1) // (old + 1), name=name)
        if image.dtype.is_integer:
            return math_ops.multiply(math_ops.cast(image, dtype), 1. / image.dtype.max, name=name)
        return to(math_ops.multiply(image, dtype.max + 0.5), dtype, name=name)      # rounds when the fraction is cut off


def adjust_brightness(image, delta):
    """delta added, on the scale of floats."""
    with ops.name_scope(None, "adjust_brightness", [image, delta]) as name:
        image = ops.convert_to_tensor(image, name="image")
        dtype = image.dtype
        floats = convert_image_dtype(image, dtypes.float32)
        adjusted = math_ops.add(floats, math_ops.cast(delta, dtypes.float32), name=name)
        return convert_image_dtype(adjusted, dtype, saturate=True)


def adjust_contrast(images, contrast_factor):
    """(x - mean) * contrast_factor + mean, for each channel of each image."""
    with ops.name_scope(None, "adjust_contrast", [images, contrast_factor]) as name:
        images = ops.convert_to_tensor(images, name="images")
        dtype = images.dtype
        floats = convert_image_dtype(images, dtypes.float32)
        adjusted = gen_image_ops.adjust_contrastv2(floats, contrast_factor=contrast_factor, name=name)
        return convert_image_dtype(adjusted, dtype, saturate=True)


def adjust_gamma(image, gamma=1, gain=1):
    """gain * x**gamma on the scale [0, 1], float32 on the image's own scale.

    Raises:
      ValueError: where gamma is negative (a tensor: when run).
    """
    with ops.name_scope(None, "adjust_gamma", [image, gamma, gain]):
        values = ops.convert_to_tensor(image, name="img", dtype=dtypes.float32)
        image = ops.convert_to_tensor(image, name="image")
        checks = _require(gamma >= 0, "Gamma should be a non-negative real number.")
        if checks:
            gamma = control_flow_ops.with_dependencies(checks, gamma)
        low, high = image.dtype.limits
        scale = constant(high - low, dtype=dtypes.float32)
        return (values / scale) ** gamma * scale * gain


def _adjust_colors(image, function, by, name, scope_name):
    with ops.name_scope(name, scope_name, [image]):
        image = ops.convert_to_tensor(image, name="image")
        dtype = image.dtype
        floats = convert_image_dtype(image, dtypes.float32)
        return convert_image_dtype(raw.function(function)(floats, by), dtype)


def adjust_hue(image, delta, name=None):
    """The hue of an RGB image turned by delta, a part of the full circle."""
    return _adjust_colors(image, "adjust_hue", delta, name, "adjust_hue")


def adjust_saturation(image, saturation_factor, name=None):
    """The saturation of an RGB image times a factor."""
    return _adjust_colors(image, "adjust_saturation", saturation_factor, name, "adjust_saturation")


def adjust_jpeg_quality(image, jpeg_quality, name=None):
    """What the image looks like when written as a JPEG file of this quality."""
    with ops.name_scope(name, "adjust_jpeg_quality", [image]):
        image = ops.convert_to_tensor(image, name="image")
        dtype = image.dtype
        image = gen_image_ops.encode_jpeg(convert_image_dtype(image, dtypes.uint8), quality=jpeg_quality)
        return convert_image_dtype(gen_image_ops.decode_jpeg(image), dtype)


def _check_max_delta(max_delta, most=None):
    if most is not None and max_delta > most:
        raise ValueError("max_delta must be <= %s." % most)
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")


def _random_factor(lower, upper, seed):
    if upper <= lower:
        raise ValueError("upper must be > lower.")
    if lower < 0:
        raise ValueError("lower must be non-negative.")
    return random_ops.random_uniform([], lower, upper, seed=seed)


def random_brightness(image, max_delta, seed=None):
    """adjust_brightness by chance, within [-max_delta, max_delta)."""
    _check_max_delta(max_delta)
    return adjust_brightness(image, random_ops.random_uniform([], -max_delta, max_delta, seed=seed))


def random_contrast(image, lower, upper, seed=None):
    """adjust_contrast by chance, within [lower, upper)."""
    return adjust_contrast(image, _random_factor(lower, upper, seed))


def random_hue(image, max_delta, seed=None):
    """adjust_hue by chance, within [-max_delta, max_delta)."""
    _check_max_delta(max_delta, 0.5)
    return adjust_hue(image, random_ops.random_uniform([], -max_delta, max_delta, seed=seed))


def random_saturation(image, lower, upper, seed=None):
    """adjust_saturation by chance, within [lower, upper)."""
    return adjust_saturation(image, _random_factor(lower, upper, seed))


def random_jpeg_quality(image, min_jpeg_quality, max_jpeg_quality, seed=None):
    """adjust_jpeg_quality by a quality that NumPy draws now, within [min_jpeg_quality, max_jpeg_quality).

    Raises:
      ValueError: where a quality is not in [0, 100], or the range is empty.
    """
    if min(min_jpeg_quality, max_jpeg_quality) < 0 or max(min_jpeg_quality, max_jpeg_quality) > 100:
        raise ValueError("jpeg encoding range must be between 0 and 100.")
    if min_jpeg_quality >= max_jpeg_quality:
        raise ValueError("`min_jpeg_quality` must be less than `max_jpeg_quality`.")
    np.random.seed(seed)
    return adjust_jpeg_quality(image, np.random.randint(min_jpeg_quality, max_jpeg_quality))


# ---- color spaces ----

def rgb_to_grayscale(images, name=None):
    """The luma of RGB images, in one channel of the same dtype."""
    with ops.name_scope(name, "rgb_to_grayscale", [images]) as name:
        images = ops.convert_to_tensor(images, name="images")
        dtype = images.dtype
        floats = convert_image_dtype(images, dtypes.float32)
        gray = array_ops.expand_dims(math_ops.tensordot(floats, [0.2989, 0.5870, 0.1140], [-1, -1]), -1)
        return convert_image_dtype(gray, dtype, name=name)


def grayscale_to_rgb(images, name=None):
    """The one channel, three times."""
    with ops.name_scope(name, "grayscale_to_rgb", [images]) as name:
        images = ops.convert_to_tensor(images, name="images")
        others = array_ops.expand_dims(array_ops.rank(images) - 1, 0)
        multiples = array_ops.concat([array_ops.ones(others, dtype=dtypes.int32), array_ops.expand_dims(3, 0)], 0)
        rgb = array_ops.tile(images, multiples, name=name)
        rgb.set_shape(images.get_shape()[:-1].concatenate([3]))
        return rgb


# Rows: what each channel of the source gives to the channels of the result (NTSC's YIQ, PAL's YUV).
_RGB_TO_YIQ = [[0.299, 0.59590059, 0.2115], [0.587, -0.27455667, -0.52273617], [0.114, -0.32134392, 0.31119955]]
_YIQ_TO_RGB = [[1, 1, 1], [0.95598634, -0.27201283, -1.10674021], [0.6208248, -0.64720424, 1.70423049]]
_RGB_TO_YUV = [[0.299, -0.14714119, 0.61497538], [0.587, -0.28886916, -0.51496512], [0.114, 0.43601035, -0.10001026]]
_YUV_TO_RGB = [[1, 1, 1], [0, -0.394642334, 2.03206185], [1.13988303, -0.58062185, 0]]


def _mix_channels(images, matrix):
    images = ops.convert_to_tensor(images, name="images")
    kernel = ops.convert_to_tensor(matrix, dtype=images.dtype, name="kernel")
    return math_ops.tensordot(images, kernel, axes=[[images.get_shape().ndims - 1], [0]])


def rgb_to_yiq(images):
    """RGB in [0, 1] as luma and two chroma channels, as NTSC mixes them."""
    return _mix_channels(images, _RGB_TO_YIQ)


def yiq_to_rgb(images):
    """What rgb_to_yiq gave, as RGB."""
    return _mix_channels(images, _YIQ_TO_RGB)


def rgb_to_yuv(images):
    """RGB in [0, 1] as luma and two chroma channels, as PAL mixes them."""
    return _mix_channels(images, _RGB_TO_YUV)


def yuv_to_rgb(images):
    """What rgb_to_yuv gave, as RGB."""
    return _mix_channels(images, _YUV_TO_RGB)


# ---- files ----

def _begins_with(contents, n, magic, name):
    return math_ops.equal(raw.function("substr")(contents, 0, n, name="Substr"), magic, name=name)


def is_jpeg(contents, name=None):
    """Whether the bytes begin as a JPEG file does."""
    with ops.name_scope(name, "is_jpeg"):
        return _begins_with(contents, 3, b"\xff\xd8\xff", name)


def _is_png(contents, name=None):
    with ops.name_scope(name, "is_png"):
        return _begins_with(contents, 3, b"\x89PN", name)


def decode_image(contents, channels=None, dtype=dtypes.uint8, name=None):
    """The image in the bytes of a JPEG, PNG, GIF (all its frames: rank 4) or BMP file; the static rank is unknown.

    Raises:
      ValueError: where channels is not None, 0, 1, 3 or 4.  What a format does not have is an InvalidArgumentError when run.
    """
    with ops.name_scope(name, "decode_image"):
        if channels not in (None, 0, 1, 3, 4):
            raise ValueError("channels must be in (None, 0, 1, 3, 4)")
        head = raw.function("substr")(contents, 0, 3, name="Substr")
        wanted = 0 if channels is None else channels

        def bmp():
            is_bmp = _begins_with(contents, 2, "BM", "is_bmp")
            decodes = control_flow_ops.Assert(is_bmp, ["Unable to decode bytes as JPEG, PNG, GIF, or BMP"])
            fits = math_ops.not_equal(wanted, 1, name="check_channels")
            fits = control_flow_ops.Assert(fits, ["Channels must be in (None, 0, 3) when decoding BMP images"])
            with ops.control_dependencies([decodes, fits]):
                return convert_image_dtype(gen_image_ops.decode_bmp(contents), dtype)

        def gif():
            not_1 = math_ops.not_equal(wanted, 1, name="check_gif_channels")
            fits = math_ops.logical_and(not_1, math_ops.not_equal(wanted, 4, name="check_gif_channels"))
            fits = control_flow_ops.Assert(fits, ["Channels must be in (None, 0, 3) when decoding GIF images"])
            with ops.control_dependencies([fits]):
                return convert_image_dtype(gen_image_ops.decode_gif(contents), dtype)

        def gif_or_bmp():
            return control_flow_ops.cond(math_ops.equal(head, b"\x47\x49\x46", name="is_gif"), gif, bmp, name="cond_gif")

        def png():
            wide = dtypes.uint8 if dtype == dtypes.uint8 else dtypes.uint16
            return convert_image_dtype(gen_image_ops.decode_png(contents, channels, dtype=wide), dtype)

        def other():
            return control_flow_ops.cond(_is_png(contents), png, gif_or_bmp, name="cond_png")

        def jpeg():
            fits = math_ops.not_equal(wanted, 4, name="check_jpeg_channels")
            fits = control_flow_ops.Assert(fits, ["Channels must be in (None, 0, 1, 3) when decoding JPEG images"])
            with ops.control_dependencies([fits]):
                return convert_image_dtype(gen_image_ops.decode_jpeg(contents, channels), dtype)

        return control_flow_ops.cond(is_jpeg(contents), jpeg, other, name="cond_jpeg")


# ---- boxes ----

def sample_distorted_bounding_box(image_size, bounding_boxes, seed=None, seed2=None, min_object_covered=0.1, aspect_ratio_range=None, area_range=None,
                                  max_attempts=None, use_image_if_no_bounding_boxes=None, name=None):
    """A crop of random aspect, size and place that shows enough of one of the boxes: (begin, size, box)."""
    with ops.name_scope(name, "sample_distorted_bounding_box"):
        return gen_image_ops.sample_distorted_bounding_box_v2(
            image_size, bounding_boxes, seed=seed, seed2=seed2, min_object_covered=min_object_covered, aspect_ratio_range=aspect_ratio_range,
            area_range=area_range, max_attempts=max_attempts, use_image_if_no_bounding_boxes=use_image_if_no_bounding_boxes, name=name)


def non_max_suppression(boxes, scores, max_output_size, iou_threshold=0.5, score_threshold=float("-inf"), name=None):
    """Indices of the boxes of highest score, without those that overlap a better one by more than iou_threshold."""
    with ops.name_scope(name, "non_max_suppression"):
        iou_threshold = ops.convert_to_tensor(iou_threshold, name="iou_threshold")
        score_threshold = ops.convert_to_tensor(score_threshold, name="score_threshold")
        return gen_image_ops.non_max_suppression_v3(boxes, scores, max_output_size, iou_threshold, score_threshold)


def non_max_suppression_padded(boxes, scores, max_output_size, iou_threshold=0.5, score_threshold=float("-inf"), pad_to_max_output_size=False, name=None):
    """non_max_suppression that may be padded to max_output_size, and how many of its indices are valid."""
    with ops.name_scope(name, "non_max_suppression_padded"):
        iou_threshold = ops.convert_to_tensor(iou_threshold, name="iou_threshold")
        score_threshold = ops.convert_to_tensor(score_threshold, name="score_threshold")
        return gen_image_ops.non_max_suppression_v4(boxes, scores, max_output_size, iou_threshold, score_threshold, pad_to_max_output_size)


def combined_non_max_suppression(boxes, scores, max_output_size_per_class, max_total_size, iou_threshold=0.5, score_threshold=float("-inf"),
                                 pad_per_class=False, clip_boxes=True, name=None):
    """The best boxes of each class of each image, without those that overlap a better one of their class; of 1.14 and later.

    Args:
      boxes: float32 [batch, boxes, 1 or classes, 4], corners.
      scores: float32 [batch, boxes, classes].
      max_output_size_per_class: int32 scalar.
      max_total_size: int32 scalar.
      iou_threshold: float, how much two boxes may overlap.
      score_threshold: float, the score that a box must exceed.
      pad_per_class: whether the output is no larger than max_output_size_per_class times the classes.
      clip_boxes: whether corners are brought into [0, 1].
      name: of the operations.

    Returns:
      nmsed_boxes [batch, n, 4], nmsed_scores and nmsed_classes [batch, n], filled up with zeros; valid_detections [batch].

    Raises:
      ValueError: for shapes that do not fit, or sizes known not to be positive.
    """
    with ops.name_scope(name, "combined_non_max_suppression"):
        iou_threshold = ops.convert_to_tensor(iou_threshold, dtype=dtypes.float32, name="iou_threshold")
        score_threshold = ops.convert_to_tensor(score_threshold, dtype=dtypes.float32, name="score_threshold")
        return gen_image_ops.combined_non_max_suppression(boxes, scores, max_output_size_per_class, max_total_size, iou_threshold, score_threshold,
                                                          pad_per_class, clip_boxes)


def non_max_suppression_with_overlaps(overlaps, scores, max_output_size, overlap_threshold=0.5, score_threshold=float("-inf"), name=None):
    """non_max_suppression where a matrix says how much each two overlap."""
    with ops.name_scope(name, "non_max_suppression_overlaps"):
        overlap_threshold = ops.convert_to_tensor(overlap_threshold, name="overlap_threshold")
        return gen_image_ops.non_max_suppression_with_overlaps(overlaps, scores, max_output_size, overlap_threshold, score_threshold)
