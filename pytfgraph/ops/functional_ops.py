"""Functions over the rows of tensors: tf.map_fn, tf.foldl, tf.foldr, tf.scan.  Each is a loop over TensorArrays."""
import contextlib

from pytfgraph.framework import ops, tensor_shape
from pytfgraph.framework.constant_op import constant
from pytfgraph.framework.sparse_tensor import SparseTensor
from pytfgraph.ops import array_ops
from pytfgraph.ops.function_calls import For, Gradient, If, While, partitioned_call, remote_call, symbolic_gradient  # noqa: F401
from pytfgraph.ops.loops import while_loop
from pytfgraph.ops.tensor_array_ops import TensorArray
from pytfgraph.util import nest


@contextlib.contextmanager
def _cached_variables():
    """Variables that fn makes or gets are read once, outside of the loop, unless the variable scope says where they are cached."""
    from pytfgraph.ops import variable_scope
    scope = variable_scope.get_variable_scope()
    if scope.caching_device is not None:
        yield
        return
    scope.set_caching_device(lambda op: op.device)
    yield
    scope.set_caching_device(None)


class _Structure:
    """What fn takes or gives: a nest of tensors, or one tensor."""

    def __init__(self, like):
        self.like = like
        self.is_sequence = nest.is_sequence(like)

    def flatten(self, x):
        return nest.flatten(x) if self.is_sequence else [x]

    def pack(self, flat):
        return nest.pack_sequence_as(self.like, flat) if self.is_sequence else flat[0]


def _number_of_rows(elem):
    return elem.shape[0].value or array_ops.shape(elem)[0]


def _arrays(elems, n):
    """A TensorArray with the rows of each tensor."""
    arrays = [TensorArray(dtype=elem.dtype, size=n, dynamic_size=False, infer_shape=True) for elem in elems]
    return [array.unstack(elem) for array, elem in zip(arrays, elems)]


def _stacked(arrays, elems):
    """What the arrays hold, with as many rows as the elems are known to have."""
    results = [array.stack() for array in arrays]
    n = elems[0].get_shape().with_rank_at_least(1)[0]
    for elem in elems[1:]:
        n.merge_with(elem.get_shape().with_rank_at_least(1)[0])
    for r in results:
        r.set_shape(tensor_shape.TensorShape(n).concatenate(r.get_shape()[1:]))
    return results


def _check_callable(fn):
    if not callable(fn):
        raise TypeError("fn must be callable.")


def map_fn(fn, elems, dtype=None, parallel_iterations=None, back_prop=True, swap_memory=False, infer_shape=True, name=None):
    """fn of each row of `elems`, stacked along a new first axis.

    Args:
      fn: a function of a row; of a nest of rows, where elems is one.
      elems: a tensor, or a nest of tensors with equally many rows.
      dtype: the dtype, or the nest of dtypes, that fn gives, where it is not that of elems.
      parallel_iterations: how many rows may be under way at once (10).
      back_prop, swap_memory: as for tf.while_loop.
      infer_shape: whether all results have the shape of the first.
      name: a name scope.

    Raises:
      TypeError: if fn is not callable, gives another structure than it should, or elems is a SparseTensor.
      ValueError: if elems are scalars.
    """
    _check_callable(fn)
    if isinstance(elems, SparseTensor):
        raise TypeError("To perform a map on the values of a sparse tensor use either  SparseTensor(input.indices, fn(input.values), "
                        "input.dense_shape) or  SparseTensor(input.indices, map_fn(fn, input.values), input.dense_shape)")
    given = _Structure(elems)
    flat = given.flatten(elems)
    result = given if dtype is None else _Structure(dtype)
    with ops.name_scope(name, "map", flat), _cached_variables():
        flat = [ops.convert_to_tensor(elem, name="elem") for elem in flat]
        dtype = dtype or given.pack([elem.dtype for elem in flat])
        if flat[0].shape.ndims is not None and flat[0].shape.ndims < 1:
            raise ValueError("elems must be a 1+ dimensional Tensor, not a scalar" if len(flat) == 1 else
                             "elements in elems must be 1+ dimensional Tensors, not scalars")
        n = _number_of_rows(flat[0])
        rows = _arrays(flat, n)
        i = constant(0)
        results = [TensorArray(dtype=dt, size=n, dynamic_size=False, infer_shape=infer_shape) for dt in result.flatten(dtype)]

        def step(i, arrays):
            values = fn(given.pack([array.read(i) for array in rows]))
            nest.assert_same_structure(dtype or elems, values)
            arrays = [array.write(i, value) for array, value in zip(arrays, result.flatten(values))]
            return i + 1, arrays
        _, results = while_loop(lambda i, _: i < n, step, (i, results), parallel_iterations=parallel_iterations or 10, back_prop=back_prop,
                                swap_memory=swap_memory, maximum_iterations=n)
        return result.pack(_stacked(results, flat))


def scan(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, infer_shape=True, reverse=False, name=None):
    """What fn gives of what it gave before and the next row of `elems`, for all rows, stacked along a new first axis.

    Args:
      fn: a function of what it gave before and a row.
      elems: a tensor, or a nest of tensors with equally many rows.
      initializer: what fn gets with the first row; without it the first row is the first result.
      parallel_iterations, back_prop, swap_memory: as for tf.while_loop.
      infer_shape: whether all results have the shape of the first.
      reverse: whether rows are taken from the last to the first.
      name: a name scope.

    Raises:
      TypeError: if fn is not callable, or gives another structure than it should.
      ValueError: if the tensors do not have equally many rows.
    """
    _check_callable(fn)
    given = _Structure(elems)
    flat = given.flatten(elems)
    result = given if initializer is None else _Structure(initializer)
    with ops.name_scope(name, "scan", flat), _cached_variables():
        flat = [ops.convert_to_tensor(elem, name="elem") for elem in flat]
        n = _number_of_rows(flat[0])
        rows = _arrays(flat, n)
        if initializer is None:
            a = [array.read(n - 1 if reverse else 0) for array in rows]
            i = constant(1)
        else:
            a = [ops.convert_to_tensor(init) for init in result.flatten(initializer)]
            i = constant(0)
        results = [TensorArray(dtype=init.dtype, size=n, element_shape=init.shape if infer_shape else None, dynamic_size=False,
                               infer_shape=infer_shape) for init in a]
        if initializer is None:
            results = [array.write(n - 1 if reverse else 0, value) for array, value in zip(results, a)]

        def step(i, a, arrays):
            row = given.pack([array.read(i) for array in rows])
            values = fn(result.pack(a), row)
            nest.assert_same_structure(elems if initializer is None else initializer, values)
            a = result.flatten(values)
            arrays = [array.write(i, value) for array, value in zip(arrays, a)]
            return (i - 1 if reverse else i + 1), a, arrays
        first = n - 1 - i if reverse else i
        more = (lambda i, _1, _2: i >= 0) if reverse else (lambda i, _1, _2: i < n)
        _, _, results = while_loop(more, step, (first, a, results), parallel_iterations=parallel_iterations, back_prop=back_prop,
                                   swap_memory=swap_memory, maximum_iterations=n)
        return result.pack(_stacked(results, flat))


def _fold(fn, elems, initializer, name, from_right, options):
    _check_callable(fn)
    with ops.name_scope(name, "foldr" if from_right else "foldl", [elems]), _cached_variables():
        flat = [ops.convert_to_tensor(elem, name="elem") for elem in nest.flatten(elems)]
        n = _number_of_rows(flat[0])
        rows = nest.map_structure(lambda elem: TensorArray(dtype=elem.dtype, size=n, dynamic_size=False, infer_shape=True).unstack(elem), elems)

        def row(i):
            return nest.map_structure(lambda array: array.read(i), rows)
        if from_right:
            i = n - 1 if initializer is None else n
            a = row(i) if initializer is None else initializer
        else:
            a = row(0) if initializer is None else initializer
            i = constant(1 if initializer is None else 0)

        def step(i, a):
            if from_right:
                i -= 1
            a = fn(a, row(i))
            return [i if from_right else i + 1, a]
        more = (lambda i, a: i > 0) if from_right else (lambda i, a: i < n)
        return while_loop(more, step, [i, a], **options)[1]


def foldl(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, name=None):
    """fn(... fn(fn(initializer, first row), second row) ..., last row); without an initializer the first row is it.

    Args:
      fn: a function of what it gave before and a row.
      elems: a tensor, or a nest of tensors with equally many rows.
      initializer: a tensor, or a nest of tensors as fn gives them.
      parallel_iterations, back_prop, swap_memory: as for tf.while_loop.
      name: a name scope.

    Raises:
      TypeError: if fn is not callable.
    """
    options = {"parallel_iterations": parallel_iterations, "back_prop": back_prop, "swap_memory": swap_memory}
    return _fold(fn, elems, initializer, name, False, options)


def foldr(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, name=None):
    """As foldl, from the last row to the first.  TypeError if fn is not callable."""
    options = {"parallel_iterations": parallel_iterations, "back_prop": back_prop, "swap_memory": swap_memory}
    return _fold(fn, elems, initializer, name, True, options)
