"""Datasets of what Python generators yield."""
import threading

import numpy as np

from pytfgraph.data.ops import dataset_ops
from pytfgraph.data.util import nest, sparse
from pytfgraph.framework import dtypes, ops, tensor_shape
from pytfgraph.ops import script_ops


class _GeneratorDataset(dataset_ops.DatasetSource, dataset_ops._Declared):
    """Elements that one function makes of a state that another made."""

    def __init__(self, init_args, init_func, next_func, finalize_func):
        super().__init__()
        self._init_args = init_args
        init = dataset_ops.StructuredFunctionWrapper(
            init_func, "GeneratorDataset", input_classes=sparse.get_classes(init_args),
            input_shapes=dataset_ops._map(lambda t: t.get_shape(), init_args), input_types=dataset_ops._map(lambda t: t.dtype, init_args))
        state = dict(input_classes=init.output_classes, input_shapes=init.output_shapes, input_types=init.output_types)
        each = dataset_ops.StructuredFunctionWrapper(next_func, "GeneratorDataset", **state)
        last = dataset_ops.StructuredFunctionWrapper(finalize_func, "GeneratorDataset", **state)
        self._init_func, self._next_func, self._finalize_func = init.function, each.function, last.function
        self._output_classes, self._output_shapes, self._output_types = each.output_classes, each.output_shapes, each.output_types

    def _as_variant_tensor(self):
        return dataset_ops.gen_dataset_ops.generator_dataset(
            nest.flatten(self._init_args) + list(self._init_func.captured_inputs), self._next_func.captured_inputs,
            self._finalize_func.captured_inputs, init_func=self._init_func, next_func=self._next_func,
            finalize_func=self._finalize_func, **dataset_ops.flat_structure(self))


class _GeneratorState:
    """The iterators that a generator function returned, by number; several may be under way."""

    def __init__(self, generator):
        self._generator = generator
        self._lock = threading.Lock()
        self._next_id = 0
        self._args, self._iterators = {}, {}

    def get_next_id(self, *args):
        """The number of a new iterator, which begins when it is first asked for an element."""
        with self._lock:
            number = self._next_id
            self._next_id += 1
        self._args[number] = args
        return np.array(number, dtype=np.int64)

    def get_iterator(self, iterator_id):
        """The iterator of that number."""
        number = int(iterator_id)
        if number not in self._iterators:
            self._iterators[number] = iter(self._generator(*self._args.pop(number)))
        return self._iterators[number]

    def iterator_completed(self, iterator_id):
        """Forgets it."""
        self._args.pop(int(iterator_id), None)
        self._iterators.pop(int(iterator_id), None)


def _yielded_arrays(values, output_types, types, shapes):
    """What a generator yielded, as arrays of the promised dtypes and shapes."""
    try:
        flat = nest.flatten_up_to(output_types, values)
    except (TypeError, ValueError):
        raise TypeError("`generator` yielded an element that did not match the expected structure. The expected structure was %s, but the "
                        "yielded element was %s." % (output_types, values))
    arrays = []
    for value, dtype in zip(flat, types):
        try:
            array = script_ops._as_array(np.asarray(value, dtype=None if dtype == dtypes.string else dtype.as_numpy_dtype, order="C"))
            arrays.append(array.astype(object) if dtype == dtypes.string and array.dtype.kind == "S" else array)
        except (TypeError, ValueError):
            raise TypeError("`generator` yielded an element that could not be converted to the expected type. The expected type was %s, but "
                            "the yielded element was %s." % (dtype.name, value))
    for array, dtype, shape in zip(arrays, types, shapes):
        if array.dtype != dtype.as_numpy_dtype:
            raise TypeError("`generator` yielded an element of type %s where an element of type %s was expected."
                            % (array.dtype, dtype.as_numpy_dtype))
        if not shape.is_compatible_with(array.shape):
            raise ValueError("`generator` yielded an element of shape %s where an element of shape %s was expected." % (array.shape, shape))
    return arrays


def from_generator(generator, output_types, output_shapes=None, args=None):
    """Dataset.from_generator."""
    if not callable(generator):
        raise TypeError("`generator` must be callable.")
    if output_shapes is None:
        output_shapes = nest.map_structure(lambda _: tensor_shape.TensorShape(None), output_types)
    else:
        output_shapes = nest.map_structure_up_to(output_types, tensor_shape.as_shape, output_shapes)
    args = () if args is None else tuple(ops.convert_n_to_tensor(args, name="args"))
    types, shapes = [dtypes.as_dtype(t) for t in nest.flatten(output_types)], nest.flatten(output_shapes)
    state = _GeneratorState(generator)

    def begin(_):
        return script_ops.py_func(state.get_next_id, args, dtypes.int64, stateful=True)

    def each(iterator_id):
        def generator_py_func(number):
            return _yielded_arrays(next(state.get_iterator(number)), output_types, types, shapes)

        flat = script_ops.py_func(generator_py_func, [iterator_id], types, stateful=True)
        flat = flat if isinstance(flat, (list, tuple)) else [flat]
        for t, shape in zip(flat, shapes):
            t.set_shape(shape)
        return nest.pack_sequence_as(output_types, list(flat))

    def end(iterator_id):
        def finalize_py_func(number):
            state.iterator_completed(number)
            return np.array(0, dtype=np.int64)

        return script_ops.py_func(finalize_py_func, [iterator_id], dtypes.int64, stateful=True)

    return dataset_ops.Dataset.from_tensors(0).flat_map(lambda dummy: _GeneratorDataset(dummy, begin, each, end))
