"""LinearOperatorCirculant, LinearOperatorCirculant2D and LinearOperatorCirculant3D."""
import numpy as np

from pytfgraph.framework import dtypes, ops, tensor_shape
from pytfgraph.ops import array_ops, check_ops, math_ops, spectral_ops
from pytfgraph.ops.distributions import util as distribution_util
from pytfgraph.ops.linalg import linalg_impl as linalg
from pytfgraph.ops.linalg import linear_operator
from pytfgraph.ops.linalg import linear_operator_util as util


def _to_complex(x):
    return math_ops.cast(x, dtypes.complex64)


class _BaseLinearOperatorCirculant(linear_operator.LinearOperator):
    """Convolution with a kernel, around the ends, whose Fourier transform is the spectrum; over 1, 2 or 3 dimensions."""

    _DEPTH = 0

    def __init__(self, spectrum, input_output_dtype, is_non_singular, is_self_adjoint, is_positive_definite, is_square, name):
        self._name = name
        with ops.name_scope(name, values=[spectrum]):
            self._spectrum = self._checked(ops.convert_to_tensor(spectrum, name="spectrum"))
            if not self.spectrum.dtype.is_complex:
                if is_self_adjoint is False:
                    raise ValueError("A real spectrum always corresponds to a self-adjoint operator.")
                is_self_adjoint = True
            if is_square is False:
                raise ValueError("A [[nested] block] circulant operator is always square.")
            self._block_shape_tensor = array_ops.shape(self.spectrum)[-self.block_depth:]
            self._spectrum_complex = _to_complex(self.spectrum)
            self._abs_spectrum = math_ops.abs(self.spectrum)
            self._conj_spectrum = math_ops.conj(self._spectrum_complex)
            super().__init__(dtype=dtypes.as_dtype(input_output_dtype), graph_parents=[self.spectrum], is_non_singular=is_non_singular,
                             is_self_adjoint=is_self_adjoint, is_positive_definite=is_positive_definite, is_square=True, name=name)

    def _checked(self, spectrum):
        allowed = [dtypes.float32, dtypes.complex64]
        if spectrum.dtype not in allowed:
            raise TypeError("Argument spectrum must have dtype in %s.  Found: %s" % (allowed, spectrum.dtype))
        if spectrum.get_shape().ndims is not None and spectrum.get_shape().ndims < self.block_depth:
            raise ValueError("Argument spectrum must have at least %d dimensions.  Found: %s" % (self.block_depth, spectrum))
        return spectrum

    @property
    def block_depth(self):
        """Over how many dimensions the convolution goes."""
        return self._DEPTH

    def block_shape_tensor(self):
        """Their sizes as a tensor."""
        return self._block_shape_tensor

    @property
    def block_shape(self):
        """Their sizes."""
        return self.spectrum.get_shape()[-self.block_depth:]

    @property
    def spectrum(self):
        """The eigenvalues: the Fourier transform of the kernel."""
        return self._spectrum

    def _transform(self, x, inverse):
        name = ("ifft" if inverse else "fft") + {1: "", 2: "2d", 3: "3d"}[self.block_depth]
        return getattr(spectral_ops, name)(_to_complex(x))

    def convolution_kernel(self, name="convolution_kernel"):
        """The kernel."""
        with self._name_scope(name):
            return math_ops.cast(self._transform(self._spectrum_complex, True), self.dtype)

    def _shape(self):
        block = self.block_shape
        n = np.prod(block.as_list(), dtype=np.int64) if block.is_fully_defined() else None
        return self._spectrum.get_shape()[:-self.block_depth].concatenate(tensor_shape.TensorShape([n, n]))

    def _shape_tensor(self):
        sizes = array_ops.shape(self._spectrum)
        n = math_ops.reduce_prod(sizes[-self.block_depth:])
        return array_ops.concat((sizes[:-self.block_depth], [n, n]), 0)

    def assert_hermitian_spectrum(self, name="assert_hermitian_spectrum"):
        """An operation that fails where the kernel is not real."""
        epsilon = np.finfo(self.dtype.real_dtype.as_numpy_dtype).eps
        with self._name_scope(name):
            most = epsilon * math_ops.cast(self.domain_dimension_tensor(), self.dtype.real_dtype)
            part = math_ops.imag(self.convolution_kernel())
            return check_ops.assert_less(math_ops.abs(part), most, message="Spectrum was not Hermitian")

    def _assert_non_singular(self):
        return util.assert_no_entries_with_modulus_zero(self.spectrum, message="Singular operator:  Spectrum contained zero values.")

    def _assert_positive_definite(self):
        return check_ops.assert_positive(math_ops.real(self.spectrum),
                                         message="Not positive definite:  Real part of spectrum was not all positive.")

    def _assert_self_adjoint(self):
        return util.assert_zero_imag_part(self.spectrum, message="Not self-adjoint:  The spectrum contained non-zero imaginary part.")

    def _in_spectrum(self, x, adjoint, adjoint_arg, combine):
        """The columns of x as blocks, transformed, combined with the spectrum, and back."""
        x = linalg.adjoint(x) if adjoint_arg else x
        spectrum = self._conj_spectrum if adjoint else self._spectrum_complex
        flat = array_ops.reshape(spectrum, array_ops.concat((self.batch_shape_tensor(), [-1, 1]), axis=0))
        x, flat = util.broadcast_matrix_batch_dims((x, flat))
        spectrum = array_ops.reshape(flat, array_ops.concat((array_ops.shape(x)[:-2], self.block_shape_tensor()), axis=0))
        vectors = distribution_util.rotate_transpose(x, shift=1)
        blocks = array_ops.reshape(vectors, array_ops.concat((array_ops.shape(vectors)[:-1], self.block_shape_tensor()), 0))
        result = self._transform(combine(self._transform(blocks, False), spectrum), True)
        result = array_ops.reshape(result, array_ops.shape(vectors))
        result.set_shape(vectors.get_shape())
        return math_ops.cast(distribution_util.rotate_transpose(result, shift=-1), self.dtype)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self._in_spectrum(x, adjoint, adjoint_arg, lambda a, b: b * a)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._in_spectrum(rhs, adjoint, adjoint_arg, lambda a, b: a / b)

    def _axes(self):
        return [-(i + 1) for i in range(self.block_depth)]

    def _determinant(self):
        return math_ops.cast(math_ops.reduce_prod(self.spectrum, reduction_indices=self._axes()), self.dtype)

    def _log_abs_determinant(self):
        return math_ops.cast(math_ops.reduce_sum(math_ops.log(self._abs_spectrum), reduction_indices=self._axes()), self.dtype)

    def _diag_part(self):
        known = self.shape.is_fully_defined()
        ones = array_ops.ones(self.shape[:-1] if known else self.shape_tensor()[:-1], dtype=self.dtype)
        size = self.domain_dimension.value if known else self.domain_dimension_tensor()
        value = self.trace() / math_ops.cast(size, self.dtype)
        return value[..., array_ops.newaxis] * ones

    def _trace(self):
        real = math_ops.reduce_sum(math_ops.real(self.spectrum), axis=self._axes())
        if not self.dtype.is_complex:
            return math_ops.cast(real, self.dtype)
        if self.is_self_adjoint:
            return math_ops.cast(real, self.dtype)
        return math_ops.cast(math_ops.complex(real, math_ops.reduce_sum(math_ops.imag(self.spectrum), axis=self._axes())), self.dtype)


class LinearOperatorCirculant(_BaseLinearOperatorCirculant):
    """Circulant matrices: convolution of vectors.

    Args:
      spectrum: [batch..., N], float32 or complex64 (TypeError); a real one has a self-adjoint operator.
      input_output_dtype: of arguments and results.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square, name: as of every LinearOperator.
    """

    _DEPTH = 1

    def __init__(self, spectrum, input_output_dtype=dtypes.complex64, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None,
                 is_square=True, name="LinearOperatorCirculant"):
        super().__init__(spectrum, input_output_dtype, is_non_singular, is_self_adjoint, is_positive_definite, is_square, name)


class LinearOperatorCirculant2D(_BaseLinearOperatorCirculant):
    """Convolution of matrices, taken for vectors; spectrum [batch..., N0, N1], else as LinearOperatorCirculant."""

    _DEPTH = 2

    def __init__(self, spectrum, input_output_dtype=dtypes.complex64, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None,
                 is_square=True, name="LinearOperatorCirculant2D"):
        super().__init__(spectrum, input_output_dtype, is_non_singular, is_self_adjoint, is_positive_definite, is_square, name)


class LinearOperatorCirculant3D(_BaseLinearOperatorCirculant):
    """Convolution over three dimensions; spectrum [batch..., N0, N1, N2], else as LinearOperatorCirculant."""

    _DEPTH = 3

    def __init__(self, spectrum, input_output_dtype=dtypes.complex64, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None,
                 is_square=True, name="LinearOperatorCirculant3D"):
        super().__init__(spectrum, input_output_dtype, is_non_singular, is_self_adjoint, is_positive_definite, is_square, name)
