"""Datasets of the elements of others, as they are: in turn, in another order, some of them, again, ahead of time."""
from pytfgraph.data.ops import dataset_ops
from pytfgraph.data.util import nest, random_seed
from pytfgraph.framework import dtypes, ops
from pytfgraph.framework.constant_op import constant
from pytfgraph.ops import raw

gen_dataset_ops = raw.module("gen_dataset_ops")


class ZipDataset(dataset_ops._Declared):
    """Elements of several datasets side by side."""

    def __init__(self, datasets):
        super().__init__()
        for ds in nest.flatten(datasets):
            if not isinstance(ds, dataset_ops.Dataset):
                message = "The argument to `Dataset.zip()` must be a nested structure of `Dataset` objects."
                if isinstance(ds, list):
                    message += " Nested structures do not support Python lists; please use a tuple instead."
                raise TypeError(message)
        self._datasets = datasets
        self._output_classes = dataset_ops._map(lambda ds: ds.output_classes, datasets)
        self._output_shapes = dataset_ops._map(lambda ds: ds.output_shapes, datasets)
        self._output_types = dataset_ops._map(lambda ds: ds.output_types, datasets)

    def _inputs(self):
        return nest.flatten(self._datasets)

    def _as_variant_tensor(self):
        return gen_dataset_ops.zip_dataset([ds._as_variant_tensor() for ds in nest.flatten(self._datasets)], **dataset_ops.flat_structure(self))


class ConcatenateDataset(dataset_ops._Declared):
    """One dataset behind another."""

    def __init__(self, input_dataset, dataset_to_concatenate):
        super().__init__()
        a, b = self._input_dataset, self._dataset_to_concatenate = input_dataset, dataset_to_concatenate
        if a.output_types != b.output_types:
            raise TypeError("Two datasets to concatenate have different types %s and %s" % (a.output_types, b.output_types))
        if a.output_classes != b.output_classes:
            raise TypeError("Two datasets to concatenate have different classes %s and %s" % (a.output_classes, b.output_classes))
        self._output_classes, self._output_types = a.output_classes, a.output_types
        self._output_shapes = nest.pack_sequence_as(a.output_shapes, [
            x.most_specific_compatible_shape(y) for x, y in zip(nest.flatten(a.output_shapes), nest.flatten(b.output_shapes))])
        self._input_datasets = [a, b]

    def _inputs(self):
        return [self._input_dataset, self._dataset_to_concatenate]

    def _as_variant_tensor(self):
        return gen_dataset_ops.concatenate_dataset(self._input_dataset._as_variant_tensor(),
                                                   self._dataset_to_concatenate._as_variant_tensor(), **dataset_ops.flat_structure(self))


class RepeatDataset(dataset_ops.UnaryDataset):
    """A dataset several times over."""

    def __init__(self, input_dataset, count):
        super().__init__(input_dataset)
        if count is None:
            self._count = constant(-1, dtype=dtypes.int64, name="count")
        else:
            self._count = ops.convert_to_tensor(count, dtype=dtypes.int64, name="count")

    def _as_variant_tensor(self):
        return gen_dataset_ops.repeat_dataset(self._input_dataset._as_variant_tensor(), count=self._count, **dataset_ops.flat_structure(self))


class TakeDataset(dataset_ops.UnaryDataset):
    """The beginning of a dataset."""

    def __init__(self, input_dataset, count):
        super().__init__(input_dataset)
        self._count = ops.convert_to_tensor(count, dtype=dtypes.int64, name="count")

    def _as_variant_tensor(self):
        return gen_dataset_ops.take_dataset(self._input_dataset._as_variant_tensor(), count=self._count, **dataset_ops.flat_structure(self))


class SkipDataset(dataset_ops.UnaryDataset):
    """A dataset without its beginning."""

    def __init__(self, input_dataset, count):
        super().__init__(input_dataset)
        self._count = ops.convert_to_tensor(count, dtype=dtypes.int64, name="count")

    def _as_variant_tensor(self):
        return gen_dataset_ops.skip_dataset(self._input_dataset._as_variant_tensor(), count=self._count, **dataset_ops.flat_structure(self))


class CacheDataset(dataset_ops.UnaryDataset):
    """Elements that are kept."""

    def __init__(self, input_dataset, filename):
        super().__init__(input_dataset)
        self._filename = ops.convert_to_tensor(filename, dtype=dtypes.string, name="filename")

    def _as_variant_tensor(self):
        return gen_dataset_ops.cache_dataset(self._input_dataset._as_variant_tensor(), filename=self._filename, **dataset_ops.flat_structure(self))


class _OptionsDataset(dataset_ops.UnaryDataset):
    """A dataset with options."""

    def __init__(self, input_dataset, options):
        super().__init__(input_dataset)
        known = input_dataset.options()
        self._options = known.merge(options) if known else options

    def _as_variant_tensor(self):
        return self._input_dataset._as_variant_tensor()

    def options(self):
        return self._options


class _ModelDataset(dataset_ops.UnaryDataset):
    """A dataset whose parameters may be tuned as it is gone through."""

    def _as_variant_tensor(self):
        return gen_dataset_ops.model_dataset(self._input_dataset._as_variant_tensor(), **dataset_ops.flat_structure(self))


class _OptimizeDataset(dataset_ops.UnaryDataset):
    """A dataset that may be rewritten into one with the same elements."""

    def __init__(self, input_dataset, optimizations):
        super().__init__(input_dataset)
        self._optimizations = ops.convert_to_tensor([] if optimizations is None else optimizations, dtype=dtypes.string,
                                                    name="optimizations")

    def _as_variant_tensor(self):
        return gen_dataset_ops.optimize_dataset(self._input_dataset._as_variant_tensor(), self._optimizations, **dataset_ops.flat_structure(self))


class PrefetchDataset(dataset_ops.UnaryDataset):
    """Elements computed ahead."""

    def __init__(self, input_dataset, buffer_size):
        super().__init__(input_dataset)
        self._buffer_size = ops.convert_to_tensor(-1 if buffer_size is None else buffer_size, dtype=dtypes.int64, name="buffer_size")

    def _as_variant_tensor(self):
        return gen_dataset_ops.prefetch_dataset(self._input_dataset._as_variant_tensor(), buffer_size=self._buffer_size,
                                                **dataset_ops.flat_structure(self))


class ShuffleDataset(dataset_ops.UnaryDataset):
    """Elements in another order."""

    def __init__(self, input_dataset, buffer_size, seed=None, reshuffle_each_iteration=None):
        super().__init__(input_dataset)
        self._buffer_size = ops.convert_to_tensor(buffer_size, dtype=dtypes.int64, name="buffer_size")
        self._seed, self._seed2 = random_seed.get_seed(seed)
        self._reshuffle_each_iteration = True if reshuffle_each_iteration is None else reshuffle_each_iteration

    def _as_variant_tensor(self):
        return gen_dataset_ops.shuffle_dataset(
            self._input_dataset._as_variant_tensor(), buffer_size=self._buffer_size, seed=self._seed, seed2=self._seed2,
            reshuffle_each_iteration=self._reshuffle_each_iteration, **dataset_ops.flat_structure(self))
