"""tf.test.compute_gradient: a tensor's gradient, as the graph computes it and by differences, as two matrices to compare."""
import numpy as np

from pytfgraph.framework import constant_op, dtypes, indexed_slices, ops
from pytfgraph.ops import array_ops, gradients_impl

__all__ = ["compute_gradient", "compute_gradient_error"]

ALLOWED = [dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64, dtypes.complex64, dtypes.complex128]


def _count(shape):
    return int(np.prod(tuple(shape), dtype=np.int64))


def _reals(array):
    """The array's own memory as a flat vector of real numbers; a complex number is two of them."""
    flat = array.reshape(-1)
    return flat.view(flat.real.dtype) if np.iscomplexobj(flat) else flat


def _feeds(extra, feeds):
    return {**(extra or {}), **feeds}


def _theoretical(session, x, x_data, dy, dy_shape, dx, extra):
    """One column per element of y: what dx is where that element's gradient alone is 1."""
    dy_data = np.zeros(dy_shape, dy.dtype.as_numpy_dtype)
    columns = _reals(dy_data)
    row_size = _reals(np.zeros(x_data.shape[1:], x_data.dtype)).size
    jacobian = np.zeros((_reals(x_data).size, columns.size), x.dtype.real_dtype.as_numpy_dtype)
    feeds = _feeds(extra, {x: x_data, dy: dy_data})
    for column in range(columns.size):
        columns[column] = 1
        if isinstance(dx, indexed_slices.IndexedSlices):
            indices, values = session.run([dx.indices, dx.values], feeds)
            for i, value in zip(indices, values):
                jacobian[i * row_size:(i + 1) * row_size, column] += _reals(value)
        else:
            jacobian[:, column] = _reals(np.asarray(session.run(dx, feeds)))
        columns[column] = 0
    if not columns.size:
        empty = np.asarray(session.run(dx, feeds))
        if empty.shape != x_data.shape:
            raise ValueError("Empty gradient has wrong shape: expected %s, got %s" % (x_data.shape, empty.shape))
        if np.any(empty):
            raise ValueError("Empty tensor with nonzero gradients")
    return jacobian


def _numeric(session, x, x_data, y, delta, extra):
    """One row per element of x: how y changes with it, by central differences."""
    x_data = np.array(x_data)
    elements = _reals(x_data)
    rows = []
    for row in range(elements.size):
        ends = []
        original = elements[row]
        for step in (delta, -delta):
            elements[row] = original + elements.dtype.type(step)
            ends.append(_reals(np.array(session.run(y, _feeds(extra, {x: x_data})))))
        elements[row] = original
        rows.append((ends[0] - ends[1]) / (2 * delta))
    size = rows[0].size if rows else _reals(np.asarray(session.run(y, _feeds(extra, {x: x_data})))).size
    return np.array(rows, x.dtype.real_dtype.as_numpy_dtype).reshape(elements.size, size)


def _check_dtype(tensor, name):
    dtype = tensor.dtype.base_dtype
    assert dtype in ALLOWED, "Don't support type %s for %s" % (dtype.name, name)
    return dtype


def _one(x, x_shape, dx, y, y_shape, dy, initial, delta, extra):
    dtype = _check_dtype(x, "x")
    _check_dtype(y, "y")
    if initial is not None:
        given = list(initial.shape)
        assert list(x_shape) == given, "x_shape = %s, init_data shape = %s" % (x_shape, given)
        x_data = initial
    else:
        x_data = np.random.random_sample(x_shape).astype(dtype.as_numpy_dtype)
        if dtype.is_complex:
            x_data.imag = np.random.random_sample(x_shape)
    session = ops.get_default_session()
    if session is None:
        raise ValueError("compute_gradient needs a default session")
    x_data = np.ascontiguousarray(np.asarray(x_data, dtype.as_numpy_dtype)).reshape(x_shape)
    return (_theoretical(session, x, x_data, dy, y_shape, dx, extra), _numeric(session, x, x_data, y, delta, extra))


def _gradient_and_seed(x, y, y_shape):
    """dy, to be fed, and dx."""
    with x.graph.as_default():
        seed = constant_op.constant(1.0, shape=y_shape, dtype=y.dtype)
        grads = gradients_impl.gradients(y, x, array_ops.identity(seed))
    return grads[0], seed


def compute_gradient(x, x_shape, y, y_shape, x_init_value=None, delta=1e-3, init_targets=None, extra_feed_dict=None):
    """(theoretical, numeric) Jacobians of y by x, each with a row per element of x; for a list of xs, a list of pairs.

    A complex number counts as two real ones.  x starts at x_init_value, or at random numbers; init_targets run first."""
    if init_targets is not None:
        assert isinstance(init_targets, (list, tuple))
        for target in init_targets:
            target.run()
    if isinstance(x, list):
        pairs = [_gradient_and_seed(each, y, y_shape) for each in x]
        initial = x_init_value or [None] * len(x)
        return [_one(each, shape, dx, y, y_shape, dy, value, delta, extra_feed_dict)
                for each, shape, (dx, dy), value in zip(x, x_shape, pairs, initial)]
    dx, dy = _gradient_and_seed(x, y, y_shape)
    return _one(x, x_shape, dx, y, y_shape, dy, x_init_value, delta, extra_feed_dict)


def compute_gradient_error(x, x_shape, y, y_shape, x_init_value=None, delta=1e-3, init_targets=None, extra_feed_dict=None):
    """The largest difference between the two Jacobians of compute_gradient."""
    pairs = compute_gradient(x, x_shape, y, y_shape, x_init_value, delta, init_targets, extra_feed_dict)
    error = 0
    for theoretical, numeric in pairs if isinstance(pairs, list) else [pairs]:
        if theoretical.size or numeric.size:
            error = np.maximum(np.float64(error), np.fabs(theoretical - numeric).max())     # for which NaN is the largest
    return error
