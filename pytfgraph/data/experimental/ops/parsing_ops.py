"""Datasets of parsed Examples."""
from pytfgraph.data.ops import dataset_ops
from pytfgraph.data.util import nest
from pytfgraph.framework import dtypes, ops
from pytfgraph.framework.sparse_tensor import SparseTensor
from pytfgraph.ops import parsing_ops


class _ParseExampleDataset(dataset_ops._Declared, dataset_ops.UnaryDataset):
    """A dict of tensors for each vector of serialised Examples."""

    def __init__(self, input_dataset, features, num_parallel_calls):
        super().__init__(input_dataset)
        if not all(dtype == dtypes.string for dtype in nest.flatten(input_dataset.output_types)):
            raise TypeError("Input dataset should be a dataset of vectors of strings")
        self._num_parallel_calls = num_parallel_calls
        self._wanted = wanted = parsing_ops._want(parsing_ops._with_lengths(features))
        wanted.check()
        self._dense_defaults = wanted.defaults()
        batch = input_dataset.output_shapes
        keys = wanted.dense_keys + wanted.sparse_keys
        shapes = [batch.concatenate(s) for s in wanted.dense_shapes] + [batch.concatenate([None]) for _ in wanted.sparse_keys]
        classes = [ops.Tensor] * len(wanted.dense_keys) + [SparseTensor] * len(wanted.sparse_keys)
        self._output_shapes, self._output_classes = dict(zip(keys, shapes)), dict(zip(keys, classes))
        self._output_types = dict(zip(keys, wanted.dense_types + wanted.sparse_types))

    def _as_variant_tensor(self):
        wanted = self._wanted
        return dataset_ops.gen_dataset_ops.parse_example_dataset(
            self._input_dataset._as_variant_tensor(), self._num_parallel_calls, self._dense_defaults, wanted.sparse_keys,
            wanted.dense_keys, wanted.sparse_types, [shape.as_proto() for shape in wanted.dense_shapes], **dataset_ops.flat_structure(self))


def parse_example_dataset(features, num_parallel_calls=1):
    """A transformation for Dataset.apply: vectors of serialised Examples become dicts of tensors.

    Args:
      features: what to look for, as for tf.parse_example.
      num_parallel_calls: how many vectors may be parsed at once.

    Raises:
      ValueError: `features` is None; when applied: a feature is not as it should be.
      TypeError (when applied): elements are no strings.
    """
    if features is None:
        raise ValueError("Missing: features was %s." % features)

    def apply(dataset):
        parsed = _ParseExampleDataset(dataset, features, num_parallel_calls)
        if any(isinstance(feature, parsing_ops.SparseFeature) for feature in features.values()):
            parsed = parsed.map(lambda x: parsing_ops._merge_sparse(features, x), num_parallel_calls=num_parallel_calls)
        return parsed
    return apply
