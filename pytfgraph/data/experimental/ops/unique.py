"""Each value once."""
from pytfgraph.data.ops import dataset_ops
from pytfgraph.framework import dtypes
from pytfgraph.ops import raw


class _UniqueDataset(dataset_ops.UnaryDataset):
    """Each value once."""

    def __init__(self, input_dataset):
        super().__init__(input_dataset)
        if input_dataset.output_types not in (dtypes.int32, dtypes.int64, dtypes.string):
            raise TypeError("`tf.data.experimental.unique()` only supports inputs with a single `tf.int32`, `tf.int64`, or `tf.string` "
                            "component.")

    def _as_variant_tensor(self):
        return raw.module("gen_experimental_dataset_ops").experimental_unique_dataset(
            self._input_dataset._as_variant_tensor(), **dataset_ops.flat_structure(self))


def unique():
    """A transformation for Dataset.apply: elements that were not given before.

    Raises (when applied):
      TypeError: elements are no integers or strings.
    """
    return _UniqueDataset
