"""Shuffling over the borders of repetitions."""
from pytfgraph.data.ops import dataset_ops
from pytfgraph.data.util import random_seed
from pytfgraph.framework import dtypes, ops
from pytfgraph.framework.constant_op import constant


class _ShuffleAndRepeatDataset(dataset_ops.UnaryDataset):
    """Elements in another order, several times over."""

    def __init__(self, input_dataset, buffer_size, count=None, seed=None):
        super().__init__(input_dataset)
        self._buffer_size = ops.convert_to_tensor(buffer_size, dtype=dtypes.int64, name="buffer_size")
        if count is None:
            self._count = constant(-1, dtype=dtypes.int64, name="count")
        else:
            self._count = ops.convert_to_tensor(count, dtype=dtypes.int64, name="count")
        self._seed, self._seed2 = random_seed.get_seed(seed)

    def _as_variant_tensor(self):
        return dataset_ops.gen_dataset_ops.shuffle_and_repeat_dataset(
            self._input_dataset._as_variant_tensor(), buffer_size=self._buffer_size, count=self._count, seed=self._seed,
            seed2=self._seed2, **dataset_ops.flat_structure(self))


def shuffle_and_repeat(buffer_size, count=None, seed=None):
    """A transformation for Dataset.apply: as shuffle and repeat, but the buffer is filled from the next repetition before it is empty.

    Args:
      buffer_size: how many elements are held.
      count: how often the dataset is gone through; without end for None and -1.
      seed: with the graph's seed, decides the order.
    """
    return lambda dataset: _ShuffleAndRepeatDataset(dataset, buffer_size, count, seed)
