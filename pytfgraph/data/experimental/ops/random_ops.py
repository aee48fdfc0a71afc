"""Datasets of random numbers."""
from pytfgraph.data.ops import dataset_ops
from pytfgraph.data.util import random_seed
from pytfgraph.framework import dtypes, ops, tensor_shape


class RandomDataset(dataset_ops.DatasetSource, dataset_ops._Declared):
    """Random numbers of 32 bits, as int64, without end.  With the graph's seed, `seed` decides which."""

    _output_classes = ops.Tensor
    _output_shapes = tensor_shape.scalar()
    _output_types = dtypes.int64

    def __init__(self, seed=None):
        super().__init__()
        self._seed, self._seed2 = random_seed.get_seed(seed)

    def _as_variant_tensor(self):
        return dataset_ops.gen_dataset_ops.random_dataset(seed=self._seed, seed2=self._seed2, **dataset_ops.flat_structure(self))
