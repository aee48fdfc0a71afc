"""tf.data.Dataset: input pipelines as values."""
from pytfgraph.data.ops import iterator_ops
from pytfgraph.data.util import nest, sparse
from pytfgraph.framework import dtypes, function, ops, tensor_shape, tensor_util
from pytfgraph.framework.constant_op import constant
from pytfgraph.framework.sparse_tensor import SparseTensor, is_sparse
from pytfgraph.ops import raw

gen_dataset_ops = raw.module("gen_dataset_ops")


class Dataset:
    """A sequence of elements, each a structure (tuples, namedtuples, dicts) of tensors with the same dtypes and shapes.

    Nothing is computed until an iterator is asked for elements.  Each method gives a new dataset and leaves this one as it is.
    """

    def __init__(self):
        pass

    def _as_variant_tensor(self):
        raise NotImplementedError("Dataset._as_variant_tensor")

    def _inputs(self):
        raise NotImplementedError("Dataset._inputs")

    @property
    def output_classes(self):
        """tf.Tensor or tf.SparseTensor for each component of an element."""
        raise NotImplementedError("Dataset.output_classes")

    @property
    def output_shapes(self):
        """The shape of each component of an element."""
        raise NotImplementedError("Dataset.output_shapes")

    @property
    def output_types(self):
        """The dtype of each component of an element."""
        raise NotImplementedError("Dataset.output_types")

    def __repr__(self):
        shapes = str(nest.map_structure(str, self.output_shapes)).replace("'", "")
        types = str(nest.map_structure(repr, self.output_types)).replace("'", "")
        return "<%s shapes: %s, types: %s>" % (type(self).__name__, shapes, types)

    # ---- iterators ----

    def make_initializable_iterator(self, shared_name=None):
        """An iterator that begins when its initializer is run, and again each time that it is."""
        resource = gen_dataset_ops.iterator_v2(container="", shared_name=shared_name or "", **flat_structure(self))
        with ops.colocate_with(resource):
            initializer = gen_dataset_ops.make_iterator(self._as_variant_tensor(), resource)
        return iterator_ops.Iterator(resource, initializer, self.output_types, self.output_shapes, self.output_classes)

    def __iter__(self):
        raise RuntimeError("dataset.__iter__() is only supported when eager execution is enabled.")

    def make_one_shot_iterator(self):
        """An iterator that goes through the dataset once, and needs no initializer.

        Raises:
          ValueError: the dataset uses something stateful of the graph, such as a variable or a lookup table.
        """
        @function.Defun(capture_by_value=True)
        def _make_dataset():
            return self._as_variant_tensor()

        try:
            _make_dataset.add_to_graph(ops.get_default_graph())
        except ValueError as e:
            if "Cannot capture a stateful node" not in str(e):
                raise
            raise ValueError("Failed to create a one-shot iterator for a dataset. `Dataset.make_one_shot_iterator()` does not support "
                             "datasets that capture stateful objects, such as a `Variable` or `LookupTable`. In these cases, use "
                             "`Dataset.make_initializable_iterator()`. (Original error: %s)" % e)
        resource = gen_dataset_ops.one_shot_iterator(dataset_factory=_make_dataset, **flat_structure(self))
        return iterator_ops.Iterator(resource, None, self.output_types, self.output_shapes, self.output_classes)

    # ---- sources ----

    @staticmethod
    def from_tensors(tensors):
        """A dataset of one element: a structure of tensors, or of what can be converted to them."""
        return TensorDataset(tensors)

    @staticmethod
    def from_tensor_slices(tensors):
        """A dataset of the rows of a structure of tensors, all with the same first dimension.

        Raises:
          ValueError: the first dimensions differ, or there is none.
        """
        return TensorSliceDataset(tensors)

    @staticmethod
    def range(*args):
        """A dataset of int64 numbers: range(stop), range(start, stop) or range(start, stop, step), as Python's.

        Raises:
          ValueError: another number of arguments.
        """
        return RangeDataset(*args)

    @staticmethod
    def zip(datasets):
        """A dataset whose elements are structures of elements of a structure of datasets; it ends with the shortest.

        Raises:
          TypeError: `datasets` is no structure of datasets; a list is none.
        """
        return ZipDataset(datasets)

    # ---- transformations ----

    def concatenate(self, dataset):
        """The elements of this dataset, then those of `dataset`.

        Raises:
          TypeError: their types or classes differ.
        """
        return ConcatenateDataset(self, dataset)

    def repeat(self, count=None):
        """The dataset `count` times over; without end for None and -1."""
        return RepeatDataset(self, count)

    def take(self, count):
        """At most the first `count` elements; all for -1."""
        return TakeDataset(self, count)

    def skip(self, count):
        """The elements behind the first `count`; none for -1."""
        return SkipDataset(self, count)

    def batch(self, batch_size, drop_remainder=False):
        """Elements of `batch_size` elements each, stacked along a new first dimension.  The last may be smaller, unless it is
        dropped.  Elements of different shapes are an InvalidArgumentError when they are read."""
        return BatchDataset(self, batch_size, drop_remainder)

    def apply(self, transformation_func):
        """transformation_func(self), which must be a dataset.

        Raises:
          TypeError: it is none.
        """
        dataset = transformation_func(self)
        if not isinstance(dataset, Dataset):
            raise TypeError("`transformation_func` must return a Dataset.")
        dataset._input_datasets = [self]
        return dataset


class DatasetSource(Dataset):
    """A dataset that reads no other."""

    def _inputs(self):
        return []


class _Declared(Dataset):
    """A dataset that knows what its elements are."""
    _output_classes = _output_shapes = _output_types = None

    @property
    def output_classes(self):
        return self._output_classes

    @property
    def output_shapes(self):
        return self._output_shapes

    @property
    def output_types(self):
        return self._output_types


class UnaryDataset(Dataset):
    """A dataset over another, whose elements are of the same kind unless it says otherwise."""

    def __init__(self, input_dataset):
        super().__init__()
        self._input_dataset = input_dataset

    def _inputs(self):
        return [self._input_dataset]

    @property
    def output_classes(self):
        return self._input_dataset.output_classes

    @property
    def output_shapes(self):
        return self._input_dataset.output_shapes

    @property
    def output_types(self):
        return self._input_dataset.output_types


def flat_structure(dataset):
    """The attributes output_shapes and output_types of a dataset's operation."""
    classes, shapes, types = dataset.output_classes, dataset.output_shapes, dataset.output_types
    return {"output_shapes": nest.flatten(sparse.as_dense_shapes(shapes, classes)),
            "output_types": nest.flatten(sparse.as_dense_types(types, classes))}


# ---- sources ----


def _to_tensors(structure):
    return nest.pack_sequence_as(structure, [
        SparseTensor.from_value(t) if is_sparse(t) else ops.convert_to_tensor(t, name="component_%d" % i)
        for i, t in enumerate(nest.flatten(structure))])


def _map(f, structure):
    return nest.pack_sequence_as(structure, [f(t) for t in nest.flatten(structure)])


class TensorDataset(DatasetSource, _Declared):
    """One element."""

    def __init__(self, tensors):
        super().__init__()
        with ops.name_scope("tensors"):
            tensors = _to_tensors(tensors)
        self._tensors = sparse.serialize_sparse_tensors(tensors)
        self._output_classes = sparse.get_classes(tensors)
        self._output_shapes = _map(lambda t: t.get_shape(), tensors)
        self._output_types = _map(lambda t: t.dtype, tensors)

    def _as_variant_tensor(self):
        return gen_dataset_ops.tensor_dataset(nest.flatten(self._tensors), output_shapes=flat_structure(self)["output_shapes"])


class TensorSliceDataset(DatasetSource, _Declared):
    """The rows of tensors."""

    def __init__(self, tensors):
        super().__init__()
        with ops.name_scope("tensors"):
            tensors = _to_tensors(tensors)
            flat = nest.flatten(tensors)
        rows = flat[0].get_shape()[0]
        for t in flat[1:]:
            rows.assert_is_compatible_with(t.get_shape()[0])
        self._tensors = sparse.serialize_many_sparse_tensors(tensors)
        self._output_classes = sparse.get_classes(tensors)
        self._output_shapes = _map(lambda t: t.get_shape()[1:], tensors)
        self._output_types = _map(lambda t: t.dtype, tensors)

    def _as_variant_tensor(self):
        return gen_dataset_ops.tensor_slice_dataset(nest.flatten(self._tensors), output_shapes=flat_structure(self)["output_shapes"])


class RangeDataset(DatasetSource, _Declared):
    """Numbers."""

    _output_classes = ops.Tensor
    _output_shapes = tensor_shape.scalar()
    _output_types = dtypes.int64

    def __init__(self, *args):
        super().__init__()
        if not 1 <= len(args) <= 3:
            raise ValueError("Invalid arguments to RangeDataset: %s" % str(args))
        start, stop, step = (0, args[0], 1) if len(args) == 1 else (args + (1,))[:3]
        self._start = ops.convert_to_tensor(start, dtype=dtypes.int64, name="start")
        self._stop = ops.convert_to_tensor(stop, dtype=dtypes.int64, name="stop")
        self._step = ops.convert_to_tensor(step, dtype=dtypes.int64, name="step")

    def _as_variant_tensor(self):
        return gen_dataset_ops.range_dataset(start=self._start, stop=self._stop, step=self._step, **flat_structure(self))


# ---- several inputs ----


class ZipDataset(_Declared):
    """Elements of several datasets side by side."""

    def __init__(self, datasets):
        super().__init__()
        for ds in nest.flatten(datasets):
            if not isinstance(ds, Dataset):
                message = "The argument to `Dataset.zip()` must be a nested structure of `Dataset` objects."
                if isinstance(ds, list):
                    message += " Nested structures do not support Python lists; please use a tuple instead."
                raise TypeError(message)
        self._datasets = datasets
        self._output_classes = _map(lambda ds: ds.output_classes, datasets)
        self._output_shapes = _map(lambda ds: ds.output_shapes, datasets)
        self._output_types = _map(lambda ds: ds.output_types, datasets)

    def _inputs(self):
        return nest.flatten(self._datasets)

    def _as_variant_tensor(self):
        return gen_dataset_ops.zip_dataset([ds._as_variant_tensor() for ds in nest.flatten(self._datasets)], **flat_structure(self))


class ConcatenateDataset(_Declared):
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
                                                   self._dataset_to_concatenate._as_variant_tensor(), **flat_structure(self))


# ---- one input ----


class RepeatDataset(UnaryDataset):
    """A dataset several times over."""

    def __init__(self, input_dataset, count):
        super().__init__(input_dataset)
        if count is None:
            self._count = constant(-1, dtype=dtypes.int64, name="count")
        else:
            self._count = ops.convert_to_tensor(count, dtype=dtypes.int64, name="count")

    def _as_variant_tensor(self):
        return gen_dataset_ops.repeat_dataset(self._input_dataset._as_variant_tensor(), count=self._count, **flat_structure(self))


class TakeDataset(UnaryDataset):
    """The beginning of a dataset."""

    def __init__(self, input_dataset, count):
        super().__init__(input_dataset)
        self._count = ops.convert_to_tensor(count, dtype=dtypes.int64, name="count")

    def _as_variant_tensor(self):
        return gen_dataset_ops.take_dataset(self._input_dataset._as_variant_tensor(), count=self._count, **flat_structure(self))


class SkipDataset(UnaryDataset):
    """A dataset without its beginning."""

    def __init__(self, input_dataset, count):
        super().__init__(input_dataset)
        self._count = ops.convert_to_tensor(count, dtype=dtypes.int64, name="count")

    def _as_variant_tensor(self):
        return gen_dataset_ops.skip_dataset(self._input_dataset._as_variant_tensor(), count=self._count, **flat_structure(self))


class BatchDataset(UnaryDataset):
    """Several elements stacked."""

    def __init__(self, input_dataset, batch_size, drop_remainder):
        super().__init__(input_dataset)
        self._batch_size = ops.convert_to_tensor(batch_size, dtype=dtypes.int64, name="batch_size")
        self._drop_remainder = ops.convert_to_tensor(drop_remainder, dtype=dtypes.bool, name="drop_remainder")

    def _as_variant_tensor(self):
        return gen_dataset_ops.batch_dataset_v2(self._input_dataset._as_variant_tensor(), batch_size=self._batch_size,
                                                drop_remainder=self._drop_remainder, **flat_structure(self))

    def _rows(self):
        """The first dimension, where all batches have the same."""
        return tensor_util.constant_value(self._batch_size) if tensor_util.constant_value(self._drop_remainder) else None

    @property
    def output_shapes(self):
        return _map(lambda shape: tensor_shape.vector(self._rows()).concatenate(shape), self._input_dataset.output_shapes)
