"""How like two images are, and how they change from pixel to pixel."""
import numpy as np

from pytfgraph.framework import dtypes, ops
from pytfgraph.framework.constant_op import constant
from pytfgraph.ops import array_ops, control_flow_ops, math_ops, nn

_K1, _K2 = 0.01, 0.03           # Wang et al., "Image quality assessment: from error visibility to structural similarity" (2004)
_MSSSIM_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def _as_float(image):
    from pytfgraph.ops.image_ops_impl import convert_image_dtype
    return convert_image_dtype(image, dtypes.float32)


def total_variation(images, name=None):
    """The sum of absolute differences of neighbouring pixels: a scalar, or one number for each image of a batch.

    Raises:
      ValueError: where the rank is neither 3 nor 4.
    """
    with ops.name_scope(name, "total_variation"):
        ndims = images.get_shape().ndims
        if ndims == 3:
            down, along, axes = images[1:, :, :] - images[:-1, :, :], images[:, 1:, :] - images[:, :-1, :], None
        elif ndims == 4:
            down, along, axes = images[:, 1:, :, :] - images[:, :-1, :, :], images[:, :, 1:, :] - images[:, :, :-1, :], [1, 2, 3]
        else:
            raise ValueError("'images' must be either 3 or 4-dimensional.")
        return math_ops.reduce_sum(math_ops.abs(down), axis=axes) + math_ops.reduce_sum(math_ops.abs(along), axis=axes)


def _compatible(img1, img2):
    """(shape, shape, assertions that they fit): the last three dimensions are equal, those before them broadcast."""
    one, two = (x.get_shape().with_rank_at_least(3) for x in (img1, img2))
    one[-3:].assert_is_compatible_with(two[-3:])
    if one.ndims is not None and two.ndims is not None:
        for a, b in zip(list(one[:-3])[::-1], list(two[:-3])[::-1]):
            if not (a == 1 or b == 1 or a.is_compatible_with(b)):
                raise ValueError("Two images are not compatible: %s and %s" % (one, two))
    one, two = array_ops.shape_n([img1, img2])
    ranks = control_flow_ops.Assert(math_ops.greater_equal(array_ops.size(one), 3), [one, two], summarize=10)
    sizes = control_flow_ops.Assert(math_ops.reduce_all(math_ops.equal(one[-3:], two[-3:])), [one, two], summarize=10)
    return one, two, [ranks, sizes]


def psnr(a, b, max_val, name=None):
    """The peak signal-to-noise ratio of images, in decibels; max_val: the largest value that a pixel can have.

    Raises:
      ValueError: where static shapes do not fit.
    """
    with ops.name_scope(name, "PSNR", [a, b]):
        max_val = _as_float(math_ops.cast(max_val, a.dtype))
        a, b = _as_float(a), _as_float(b)
        mse = math_ops.reduce_mean(math_ops.squared_difference(a, b), [-3, -2, -1])
        peak = 20 * math_ops.log(max_val) / math_ops.log(10.0)
        ratio = math_ops.subtract(peak, np.float32(10 / np.log(10)) * math_ops.log(mse), name="psnr")
        with ops.control_dependencies(_compatible(a, b)[2]):
            return array_ops.identity(ratio)


def _luminance_and_contrast(x, y, mean, max_val):
    """The two factors of SSIM; `mean` weighs the pixels around each."""
    c1, c2 = (_K1 * max_val) ** 2, (_K2 * max_val) ** 2
    mean0, mean1 = mean(x), mean(y)
    product = mean0 * mean1 * 2.0
    squares = math_ops.square(mean0) + math_ops.square(mean1)
    luminance = (product + c1) / (squares + c1)
    mixed = mean(x * y) * 2.0
    both = mean(math_ops.square(x) + math_ops.square(y))
    c2 *= 1.0
    return luminance, (mixed - product + c2) / (both - squares + c2)


def _gauss_kernel(size, sigma):
    size = ops.convert_to_tensor(size, dtypes.int32)
    sigma = ops.convert_to_tensor(sigma)
    at = math_ops.cast(math_ops.range(size), sigma.dtype)
    at -= math_ops.cast(size - 1, sigma.dtype) / 2.0
    g = math_ops.square(at)
    g *= -0.5 / math_ops.square(sigma)
    g = array_ops.reshape(g, shape=[1, -1]) + array_ops.reshape(g, shape=[-1, 1])
    g = nn.softmax(array_ops.reshape(g, shape=[1, -1]))         # sums to one
    return array_ops.reshape(g, shape=[size, size, 1, 1])


def _ssim_per_channel(img1, img2, max_val=1.0):
    """(SSIM, its contrast factor), means over the places of an 11 x 11 window."""
    size = constant(11, dtype=dtypes.int32)
    sigma = constant(1.5, dtype=img1.dtype)
    one, two = array_ops.shape_n([img1, img2])
    checks = [control_flow_ops.Assert(math_ops.reduce_all(math_ops.greater_equal(s[-3:-1], size)), [s, size], summarize=8) for s in (one, two)]
    with ops.control_dependencies(checks):
        img1 = array_ops.identity(img1)
    kernel = array_ops.tile(_gauss_kernel(size, sigma), multiples=[1, 1, one[-1], 1])

    def mean(x):
        shape = array_ops.shape(x)
        x = array_ops.reshape(x, shape=array_ops.concat([[-1], shape[-3:]], 0))
        y = nn.depthwise_conv2d(x, kernel, strides=[1, 1, 1, 1], padding="VALID")
        return array_ops.reshape(y, array_ops.concat([shape[:-3], array_ops.shape(y)[1:]], 0))

    luminance, contrast = _luminance_and_contrast(img1, img2, mean, max_val)
    axes = constant([-3, -2], dtype=dtypes.int32)
    return math_ops.reduce_mean(luminance * contrast, axes), math_ops.reduce_mean(contrast, axes)


def ssim(img1, img2, max_val):
    """The structural similarity of images, in (-1, 1]; 11 x 11 pixels at least.

    Raises:
      ValueError: where static shapes do not fit.
    """
    checks = _compatible(img1, img2)[2]
    with ops.control_dependencies(checks):
        img1 = array_ops.identity(img1)
    max_val = _as_float(math_ops.cast(max_val, img1.dtype))
    img1, img2 = _as_float(img1), _as_float(img2)
    return math_ops.reduce_mean(_ssim_per_channel(img1, img2, max_val)[0], [-1])


def _pad_to_even(images, remainder):
    paddings = array_ops.pad(array_ops.expand_dims(remainder, -1), [[1, 0], [1, 0]])
    return [array_ops.pad(x, paddings, mode="SYMMETRIC") for x in images]


def _halved(images, heads, tails, divisor):
    """Each image at half the size: (images, their new height, width and channels)."""
    halves = [1, 2, 2, 1]
    flat = [array_ops.reshape(x, array_ops.concat([[-1], t], 0)) for x, t in zip(images, tails)]
    remainder = tails[0] % divisor
    odd = math_ops.reduce_any(math_ops.not_equal(remainder, 0))
    padded = control_flow_ops.cond(odd, lambda: _pad_to_even(flat, remainder), lambda: flat)
    small = [nn.avg_pool(x, ksize=halves, strides=halves, padding="VALID") for x in padded]
    tails = [s[1:] for s in array_ops.shape_n(small)]
    return [array_ops.reshape(x, array_ops.concat([h, t], 0)) for x, h, t in zip(small, heads, tails)], tails


def ssim_multiscale(img1, img2, max_val, power_factors=_MSSSIM_WEIGHTS):
    """SSIM over several scales, each half the one before, weighed by power_factors.

    Raises:
      ValueError: where static shapes do not fit.
    """
    one, two = (x.get_shape().with_rank_at_least(3) for x in (img1, img2))
    one[-3:].merge_with(two[-3:])
    with ops.name_scope(None, "MS-SSIM", [img1, img2]):
        one, two, checks = _compatible(img1, img2)
        with ops.control_dependencies(checks):
            img1 = array_ops.identity(img1)
        max_val = _as_float(math_ops.cast(max_val, img1.dtype))
        images = [_as_float(img1), _as_float(img2)]
        heads, tails = [s[:-3] for s in (one, two)], [s[-3:] for s in (one, two)]
        divisor = constant([2, 2, 1], dtype=dtypes.int32)
        contrasts = []
        for k in range(len(power_factors)):
            with ops.name_scope(None, "Scale%d" % k, images):
                if k > 0:
                    images, tails = _halved(images, heads, tails, divisor)
                per_channel, contrast = _ssim_per_channel(*images, max_val=max_val)
                contrasts.append(nn.relu(contrast))
        contrasts.pop()         # of the last scale the whole SSIM counts
        factors = array_ops.stack(contrasts + [nn.relu(per_channel)], axis=-1)
        product = math_ops.reduce_prod(math_ops.pow(factors, power_factors), [-1])
        return math_ops.reduce_mean(product, [-1])


def image_gradients(image):
    """(dy, dx) of a batch of images: the next row or column minus this one, zeros at the end.

    Raises:
      ValueError: where the rank is not 4.
    """
    if image.get_shape().ndims != 4:
        raise ValueError("image_gradients expects a 4D tensor [batch_size, h, w, d], not %s.", image.get_shape())
    shape = array_ops.shape(image)
    batch, height, width, depth = array_ops.unstack(shape)
    dy = image[:, 1:, :, :] - image[:, :-1, :, :]
    dx = image[:, :, 1:, :] - image[:, :, :-1, :]
    dy = array_ops.concat([dy, array_ops.zeros(array_ops.stack([batch, 1, width, depth]), image.dtype)], 1)
    dy = array_ops.reshape(dy, shape)
    dx = array_ops.concat([dx, array_ops.zeros(array_ops.stack([batch, height, 1, depth]), image.dtype)], 2)
    return dy, array_ops.reshape(dx, shape)


def sobel_edges(image):
    """[batch, height, width, channels, 2]: how each pixel's neighbourhood changes down and along, by Sobel's filters."""
    static, shape = image.get_shape(), array_ops.shape(image)
    down = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])
    filters = constant(np.stack([down, down.T], axis=-1)[:, :, None, :], dtype=image.dtype)
    filters = array_ops.tile(filters, [1, 1, shape[-1], 1], name="sobel_filters")
    padded = array_ops.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="REFLECT")
    edges = nn.depthwise_conv2d(padded, filters, [1, 1, 1, 1], "VALID")
    edges = array_ops.reshape(edges, shape=array_ops.concat([shape, [2]], 0))
    edges.set_shape(static.concatenate([2]))
    return edges
