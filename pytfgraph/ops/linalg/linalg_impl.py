"""Functions of matrices that are made of several operations: adjoint, logdet and the matrix exponential."""
import importlib

from pytfgraph.framework import constant_op, dtypes, ops
from pytfgraph.ops import array_ops, control_flow_ops, linalg_ops, math_ops, raw

_OF_TF_LINALG = frozenset("""band_part cholesky cholesky_solve det diag diag_part eigh eigvalsh einsum eye inv logm lstsq norm qr set_diag
    slogdet solve svd tensordot trace transpose triangular_solve""".split())


def __getattr__(name):
    """The other names of tf.linalg, which are operations or functions of other modules."""
    if name in _OF_TF_LINALG:
        value = globals()[name] = getattr(importlib.import_module("pytfgraph").linalg, name)
        return value
    raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name), name=name)


def logdet(matrix, name=None):
    """Logarithms of the determinants, [...], of Hermitian positive definite matrices [..., N, N]; real."""
    with ops.name_scope(name, "logdet", [matrix]):
        chol = raw.function("cholesky")(matrix)
        diagonal = math_ops.real(raw.function("matrix_diag_part")(chol))
        return 2.0 * math_ops.reduce_sum(math_ops.log(diagonal), reduction_indices=[-1])


def adjoint(matrix, name=None):
    """The last two dimensions exchanged, and conjugated where complex."""
    with ops.name_scope(name, "adjoint", [matrix]):
        matrix = ops.convert_to_tensor(matrix, name="matrix")
        return array_ops.matrix_transpose(matrix, conjugate=True)


# Coefficients of the numerators of exp's diagonal Pade approximants, but for the leading 1.
_PADE = {
    3: [120.0, 60.0, 12.0],
    5: [30240.0, 15120.0, 3360.0, 420.0, 30.0],
    7: [17297280.0, 8648640.0, 1995840.0, 277200.0, 25200.0, 1512.0, 56.0],
    9: [17643225600.0, 8821612800.0, 2075673600.0, 302702400.0, 30270240.0, 2162160.0, 110880.0, 3960.0, 90.0],
    13: [64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0, 129060195264000.0, 10559470521600.0,
         670442572800.0, 33522128640.0, 1323241920.0, 40840800.0, 960960.0, 16380.0, 182.0],
}


def _weighted(b, powers, indices):
    """The sum of b[i] times the i // 2-th even power, in the order of `indices`."""
    total = b[indices[0]] * powers[indices[0] // 2]
    for i in indices[1:]:
        total = total + b[i] * powers[i // 2]
    return total


def _pade(matrix, degree):
    """The odd and the even part of the approximant's numerator."""
    b = [constant_op.constant(c, matrix.dtype) for c in _PADE[degree]]
    identity = linalg_ops.eye(array_ops.shape(matrix)[-2], batch_shape=array_ops.shape(matrix)[:-2], dtype=matrix.dtype)
    powers = [identity, math_ops.matmul(matrix, matrix)]
    while len(powers) <= min(degree // 2, 4 if degree < 13 else 3):
        powers.append(math_ops.matmul(powers[-1], powers[1]))
    if degree == 13:
        high = powers[3] + b[11] * powers[2] + b[9] * powers[1]
        odd = math_ops.matmul(powers[3], high)
    else:
        odd = powers[-1]
    for i in range(min(degree, 9) - 2, 0, -2):
        odd = odd + b[i] * powers[i // 2]
    odd = math_ops.matmul(matrix, odd)
    if degree < 13:
        return odd, _weighted(b, powers, range(degree - 1, -1, -2))
    high = b[12] * powers[3] + b[10] * powers[2] + b[8] * powers[1]
    even = math_ops.matmul(powers[3], high)
    for i in range(6, -1, -2):
        even = even + b[i] * powers[i // 2]
    return odd, even


def _choose(norm, limits, cases):
    """For each matrix the first case whose limit its norm is below; else the last."""
    def constant(x):
        return constant_op.constant(x, norm.dtype)

    if len(limits) == 1:
        return array_ops.where(math_ops.less(norm, constant(limits[0])), cases[0], cases[1])
    return array_ops.where(math_ops.less(norm, constant(limits[0])), cases[0], _choose(norm, limits[1:], cases[1:]))


# The largest norm that the last approximant serves without squaring, the degrees, and the norm that each of the others serves.
_SINGLE = (3.925724783138660, (3, 5, 7), (4.258730016922831e-001, 1.880152677804762e+000))
_DOUBLE = (5.371920351148152, (3, 5, 7, 9, 13),
           (1.495585217958292e-002, 2.539398330063230e-001, 9.504178996162932e-001, 2.097847961257068e+000))


def _approximate(matrix, norm):
    """exp of each matrix, halved `squarings` times; and squarings."""
    if matrix.dtype in (dtypes.float16, dtypes.float32, dtypes.complex64):
        most, degrees, limits = _SINGLE
    elif matrix.dtype in (dtypes.float64, dtypes.complex128):
        most, degrees, limits = _DOUBLE
    else:
        raise ValueError("tf.linalg.expm does not support matrices of type %s" % matrix.dtype)
    most = constant_op.constant(most, norm.dtype)
    halvings = math_ops.log(norm / most) / math_ops.log(constant_op.constant(2.0, norm.dtype))
    squarings = math_ops.maximum(math_ops.floor(halvings), 0)
    parts = [_pade(matrix, degree) for degree in degrees[:-1]]
    scale = math_ops.pow(constant_op.constant(2.0, dtype=matrix.dtype), math_ops.cast(squarings, matrix.dtype))
    parts.append(_pade(matrix / scale[..., array_ops.newaxis, array_ops.newaxis], degrees[-1]))
    odd = _choose(norm, limits, [part[0] for part in parts])
    even = _choose(norm, limits, [part[1] for part in parts])
    numerator = odd + even
    return raw.function("matrix_solve")(-odd + even, numerator), squarings


def matrix_exponential(input, name=None):
    """The exponentials of square matrices, by scaling, Pade approximants and squaring.

    Args:
      input: [..., N, N] of float16, float32, float64, complex64 or complex128.
      name: of the operation.

    Returns:
      A tensor of input's shape and dtype.

    Raises:
      ValueError: for another dtype.
    """
    with ops.name_scope(name, "matrix_exponential", [input]):
        matrix = ops.convert_to_tensor(input, name="input")
        if matrix.shape[-2:] == [0, 0]:
            return matrix
        batch_shape = matrix.shape[:-2]
        if not batch_shape.is_fully_defined():
            batch_shape = array_ops.shape(matrix)[:-2]
        matrix = array_ops.reshape(matrix, array_ops.concat(([-1], array_ops.shape(matrix)[-2:]), axis=0))
        sums = math_ops.reduce_sum(math_ops.abs(matrix), axis=array_ops.size(array_ops.shape(matrix)) - 2)
        norm = math_ops.reduce_max(sums, axis=-1)
        result, squarings = _approximate(matrix, norm)
        most = math_ops.reduce_max(squarings)

        def body(i, r):
            return i + 1, array_ops.where(math_ops.less(i, squarings), math_ops.matmul(r, r), r)

        start = constant_op.constant(0.0, norm.dtype)
        _, result = control_flow_ops.while_loop(lambda i, r: math_ops.less(i, most), body, [start, result])
        if not matrix.shape.is_fully_defined():
            return array_ops.reshape(result, array_ops.concat((batch_shape, array_ops.shape(result)[-2:]), axis=0))
        return array_ops.reshape(result, batch_shape.concatenate(result.shape[-2:]))
