"""Orthogonal initializers of convolutions: kernels that keep the norm of what they convolve (Xiao et al., arXiv:1806.05393)."""
import functools
import itertools

from pytfgraph.framework import dtypes
from pytfgraph.ops import array_ops, linalg_ops, math_ops, random_ops, raw
from pytfgraph.ops.init_ops import Initializer, _float_dtype


def _with_positive_diagonal(matrix, **kwargs):
    """Q of the QR decomposition, with signs that make R's diagonal positive."""
    q, r = raw.function("qr")(matrix, **kwargs)
    q *= math_ops.sign(array_ops.diag_part(r))
    return q


class _OfConvolutions(Initializer):
    """Args: gain, whose root the kernel is multiplied by; seed of the random numbers; dtype, of floating point."""

    _fields = ("gain", "seed", "dtype")

    def __init__(self, gain=1.0, seed=None, dtype=dtypes.float32):
        self.gain = gain
        self.dtype = _float_dtype(dtype)
        self.seed = seed

    def _gained(self, kernel, dtype):
        kernel *= math_ops.sqrt(math_ops.cast(self.gain, dtype=dtype))
        return kernel


def _check_filters(shape):
    if shape[-2] > shape[-1]:
        raise ValueError("In_filters cannot be greater than out_filters.")


class ConvolutionDeltaOrthogonal(_OfConvolutions):
    """An orthogonal matrix in the middle of the kernel, zeros around it; for shapes of 1 to 3 dimensions, inputs and outputs.

    Raises:
      ValueError: for other shapes, and where there are more inputs than outputs.
    """

    def __call__(self, shape, dtype=None, partition_info=None):
        dtype = self.dtype if dtype is None else dtype
        if len(shape) < 3 or len(shape) > 5:
            raise ValueError("The tensor to initialize must be at least three-dimensional and at most five-dimensional")
        _check_filters(shape)
        normal = random_ops.random_normal([shape[-1], shape[-1]], dtype=dtype, seed=self.seed)
        q = self._gained(_with_positive_diagonal(normal, full_matrices=False)[:shape[-2], :], dtype)
        return array_ops.scatter_nd([[(d - 1) // 2 for d in shape[:-2]]], array_ops.expand_dims(q, 0), shape)


class ConvolutionOrthogonal(_OfConvolutions):
    """The base of those below, for one number of dimensions each: a product of small kernels made of projections.

    A kernel under construction is a dict from positions to matrices.
    """

    _rank = None
    _rank_in_words = None

    def __call__(self, shape, dtype=None, partition_info=None):
        if self._rank is None:
            raise NotImplementedError
        dtype = self.dtype if dtype is None else dtype
        if len(shape) != self._rank + 2:
            raise ValueError("The tensor to initialize must be %s-dimensional" % self._rank_in_words)
        _check_filters(shape)
        if any(d != shape[0] for d in shape[:self._rank]):
            raise ValueError("Kernel sizes must be equal.")
        return self._gained(self._orthogonal_kernel(shape[0], shape[-2], shape[-1]), dtype)

    def _next_seed(self):
        seed = self.seed
        if seed:
            self.seed += 1
        return seed

    def _orthogonal_matrix(self, n):
        return _with_positive_diagonal(random_ops.random_normal([n, n], dtype=self.dtype, seed=self._next_seed()))

    def _symmetric_projection(self, n):
        """A projection on a random part of the columns of an orthogonal matrix."""
        q = self._orthogonal_matrix(n)
        mask = math_ops.cast(random_ops.random_normal([n], seed=self._next_seed()) > 0, self.dtype)
        columns = math_ops.multiply(q, mask)
        return math_ops.matmul(columns, array_ops.matrix_transpose(columns))

    def _factor(self, i, projection, eye):
        """The projection at position 0, its complement at position 1."""
        return eye - projection if i else projection

    def _block_orth(self, *projections):
        """A kernel of size 2: at each position the product of what _factor gives for each dimension."""
        shapes = [p.shape.as_list() for p in projections]
        if any(shape != shapes[0] for shape in shapes):
            raise ValueError("The dimension of the matrices must be the same.")
        eye = linalg_ops.eye(shapes[0][0], dtype=self.dtype)
        kernel = {}
        for position in itertools.product((0, 1), repeat=self._rank):
            factors = [self._factor(i, p, eye) for i, p in zip(position, projections)]
            kernel[position] = functools.reduce(math_ops.matmul, factors)
        return kernel

    def _matrix_conv(self, m1, m2):
        """The convolution of two kernels."""
        origin = (0,) * self._rank
        n = m1[origin].shape.as_list()[0]
        if n != m2[origin].shape.as_list()[0]:
            raise ValueError("The entries in matrices m1 and m2 must have the same dimensions!")
        k, l = max(m1)[0] + 1, max(m2)[0] + 1
        result = {}
        for position in itertools.product(range(k + l - 1), repeat=self._rank):
            result[position] = array_ops.zeros([n, n], self.dtype)
            for first in itertools.product(*(range(min(k, i + 1)) for i in position)):
                second = tuple(i - f for i, f in zip(position, first))
                if max(second) < l:
                    result[position] += math_ops.matmul(m1[first], m2[second])
        return result

    def _random_block(self, n):
        return self._block_orth(*[self._symmetric_projection(n) for _ in range(self._rank)])

    def _orthogonal_kernel(self, ksize, cin, cout):
        if cin > cout:
            raise ValueError("The number of input channels cannot exceed the number of output channels.")
        orthogonal = self._orthogonal_matrix(cout)[0:cin, :]
        if ksize == 1:
            for _ in range(self._rank):
                orthogonal = array_ops.expand_dims(orthogonal, 0)
            return orthogonal
        kernel = self._random_block(cout)
        for _ in range(ksize - 2):
            kernel = self._matrix_conv(kernel, self._random_block(cout))
        for position in itertools.product(range(ksize), repeat=self._rank):
            kernel[position] = math_ops.matmul(orthogonal, kernel[position])
        return self._stacked(kernel, ksize, ())

    def _stacked(self, kernel, ksize, position):
        if len(position) == self._rank:
            return kernel[position]
        return array_ops.stack([self._stacked(kernel, ksize, position + (i,)) for i in range(ksize)])


class ConvolutionOrthogonal1D(ConvolutionOrthogonal):
    """An orthogonal kernel [size, inputs, outputs].

    Raises:
      ValueError: for other shapes, and where there are more inputs than outputs.
    """

    _rank = 1
    _rank_in_words = "three"


class ConvolutionOrthogonal2D(ConvolutionOrthogonal):
    """An orthogonal kernel [size, size, inputs, outputs].

    Raises:
      ValueError: for other shapes, and where there are more inputs than outputs.
    """

    _rank = 2
    _rank_in_words = "four"


class ConvolutionOrthogonal3D(ConvolutionOrthogonal):
    """An orthogonal kernel [size, size, size, inputs, outputs].

    Raises:
      ValueError: for other shapes, and where there are more inputs than outputs.
    """

    _rank = 3
    _rank_in_words = "five"

    def _factor(self, i, projection, eye):
        # TensorFlow computes both and weighs them, and has the projection at position 1.
        return i * projection + (1 - i) * (eye - projection)


convolutional_delta_orthogonal = ConvolutionDeltaOrthogonal
convolutional_orthogonal_1d = ConvolutionOrthogonal1D
convolutional_orthogonal_2d = ConvolutionOrthogonal2D
convolutional_orthogonal_3d = ConvolutionOrthogonal3D
