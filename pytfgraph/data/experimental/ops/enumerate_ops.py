"""Elements with their numbers."""
import numpy as np

from pytfgraph.data.ops import dataset_ops


def enumerate_dataset(start=0):
    """A transformation for Dataset.apply: pairs of a number, from `start` on, and an element."""
    def apply(dataset):
        return dataset_ops.Dataset.zip((dataset_ops.Dataset.range(start, np.iinfo(np.int64).max), dataset))
    return apply
