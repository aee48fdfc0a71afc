"""What linear operators share: checks, and products and solutions whose batch dimensions broadcast."""
from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import array_ops, check_ops, control_flow_ops, linalg_ops, math_ops, raw

MATRIX_DTYPES = [dtypes.float16, dtypes.float32, dtypes.float64, dtypes.complex64, dtypes.complex128]


def check_argument(x, name, rank):
    """TypeError or ValueError where x cannot hold matrices (rank 2) or their diagonals (rank 1)."""
    if x.dtype not in MATRIX_DTYPES:
        raise TypeError("Argument %s must have dtype in %s.  Found: %s" % (name, MATRIX_DTYPES, x.dtype))
    if x.get_shape().ndims is not None and x.get_shape().ndims < rank:
        raise ValueError("Argument %s must have at least %d dimension%s.  Found: %s" % (name, rank, "s" if rank > 1 else "", x))


def assert_no_entries_with_modulus_zero(x, message=None, name="assert_no_entries_with_modulus_zero"):
    """An operation that fails where x has a zero."""
    with ops.name_scope(name, values=[x]):
        x = ops.convert_to_tensor(x, name="x")
        size = math_ops.abs(x)
        zero = ops.convert_to_tensor(0, dtype=x.dtype.base_dtype.real_dtype)
        return check_ops.assert_less(zero, size, message=message)


def assert_zero_imag_part(x, message=None, name="assert_zero_imag_part"):
    """An operation that fails where x is not real."""
    with ops.name_scope(name, values=[x]):
        x = ops.convert_to_tensor(x, name="x")
        if x.dtype.base_dtype.is_floating:
            return control_flow_ops.no_op()
        zero = ops.convert_to_tensor(0, dtype=x.dtype.base_dtype.real_dtype)
        return check_ops.assert_equal(zero, math_ops.imag(x), message=message)


def assert_compatible_matrix_dimensions(operator, x):
    """An operation that fails where operator x has no meaning."""
    return check_ops.assert_equal(array_ops.shape(x)[-2], operator.domain_dimension_tensor(), message=(
        "Incompatible matrix dimensions.  shape[-2] of argument to be the same as this operator"))


def shape_tensor(shape, name=None):
    """A shape as a tensor; int32 where it is empty."""
    empty = isinstance(shape, (tuple, list)) and not shape
    return ops.convert_to_tensor(shape, dtype=dtypes.int32 if empty else None, name=name)


def broadcast_matrix_batch_dims(batch_matrices, name=None):
    """The matrices with batch dimensions that are equal; ValueError for what has fewer than two dimensions."""
    with ops.name_scope(name or "broadcast_matrix_batch_dims", values=batch_matrices):
        check_ops.assert_proper_iterable(batch_matrices)
        matrices = [ops.convert_to_tensor(matrix) for matrix in batch_matrices]
        for matrix in matrices:
            if matrix.get_shape().ndims is not None and matrix.get_shape().ndims < 2:
                raise ValueError("Expected [batch] matrix to have at least two dimensions.  Found: %s" % matrix)
        if len(matrices) < 2:
            return matrices
        known = matrices[0].get_shape()[:-2]
        for matrix in matrices[1:]:
            known = array_ops.broadcast_static_shape(known, matrix.get_shape()[:-2])
        if known.is_fully_defined():
            shape = known.concatenate([1, 1])
            return [m if m.get_shape()[:-2] == known else m + array_ops.zeros(shape=shape, dtype=m.dtype) for m in matrices]
        batch = array_ops.shape(matrices[0])[:-2]
        for matrix in matrices[1:]:
            batch = array_ops.broadcast_dynamic_shape(batch, array_ops.shape(matrix)[:-2])
        shape = array_ops.concat([batch, [1, 1]], axis=0)
        return [m + array_ops.zeros(shape=shape, dtype=m.dtype) for m in matrices]


def cholesky_solve_with_broadcast(chol, rhs, name=None):
    """linalg_ops.cholesky_solve of broadcast batches."""
    with ops.name_scope(name, "CholeskySolveWithBroadcast", [chol, rhs]):
        chol, rhs = broadcast_matrix_batch_dims([chol, rhs])
        return linalg_ops.cholesky_solve(chol, rhs)


def matmul_with_broadcast(a, b, adjoint_a=False, adjoint_b=False, name=None):
    """matmul of broadcast batches."""
    with ops.name_scope(name, "MatMulWithBroadcast", [a, b]):
        a, b = broadcast_matrix_batch_dims([a, b])
        return math_ops.matmul(a, b, adjoint_a=adjoint_a, adjoint_b=adjoint_b)


def matrix_solve_with_broadcast(matrix, rhs, adjoint=False, name=None):
    """matrix_solve of broadcast batches."""
    with ops.name_scope(name, "MatrixSolveWithBroadcast", [matrix, rhs]):
        matrix, rhs = broadcast_matrix_batch_dims([matrix, rhs])
        return raw.function("matrix_solve")(matrix, rhs, adjoint=adjoint)


def matrix_triangular_solve_with_broadcast(matrix, rhs, lower=True, adjoint=False, name=None):
    """matrix_triangular_solve of broadcast batches."""
    with ops.name_scope(name, "MatrixTriangularSolve", [matrix, rhs]):
        matrix, rhs = broadcast_matrix_batch_dims([matrix, rhs])
        return raw.function("matrix_triangular_solve")(matrix, rhs, lower=lower, adjoint=adjoint)
