"""Transformations with a state that goes from element to element."""
import collections.abc

from pytfgraph.data.ops import dataset_ops
from pytfgraph.data.util import nest, sparse


class _Half:
    """What a wrapped function says of one of the two things that it gives."""

    def __init__(self, wrapped, i):
        self.output_classes, self.output_shapes, self.output_types = (
            whole[i] for whole in (wrapped.output_classes, wrapped.output_shapes, wrapped.output_types))


class _ScanDataset(dataset_ops._Declared, dataset_ops.UnaryDataset):
    """What a function gives of a state and each element."""

    def __init__(self, input_dataset, initial_state, scan_func):
        super().__init__(input_dataset)
        state = dataset_ops.State(initial_state)
        self._initial_state = state.tensors

        def next_state(wrapped):
            if not (isinstance(wrapped.output_types, collections.abc.Sequence) and len(wrapped.output_types) == 2):
                raise TypeError("The scan function must return a pair comprising the new state and the output value.")
            return _Half(wrapped, 0)

        self._scan_func = state.function_over(input_dataset, scan_func, "tf.data.experimental.scan()", next_state)
        given = _Half(state.wrapped, 1)
        self._output_classes, self._output_shapes, self._output_types = given.output_classes, given.output_shapes, given.output_types

    def _as_variant_tensor(self):
        return dataset_ops.gen_dataset_ops.scan_dataset(
            self._input_dataset._as_variant_tensor(), nest.flatten(sparse.serialize_sparse_tensors(self._initial_state)),
            self._scan_func.captured_inputs, f=self._scan_func, **dataset_ops.flat_structure(self))


def scan(initial_state, scan_func):
    """A transformation for Dataset.apply: scan_func(state, element) gives the next state and an element of the new dataset.

    Raises (when applied):
      TypeError: scan_func gives no pair, or a state of other dtypes.
    """
    return lambda dataset: _ScanDataset(dataset, initial_state, scan_func)
