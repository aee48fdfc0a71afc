"""How datasets are computed."""
from pytfgraph.data.ops import dataset_ops

#: For numbers that may be found as a pipeline runs.
AUTOTUNE = -1


def model():
    """A transformation for Dataset.apply: parameters may be tuned."""
    return dataset_ops._ModelDataset


def optimize(optimizations=None):
    """A transformation for Dataset.apply: the dataset may be rewritten into one with the same elements."""
    return lambda dataset: dataset_ops._OptimizeDataset(dataset, optimizations)
