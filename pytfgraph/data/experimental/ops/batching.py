"""Batches, and what undoes them."""
from pytfgraph.data.ops import dataset_ops
from pytfgraph.data.util import convert, nest, sparse
from pytfgraph.framework import dtypes, ops, tensor_shape
from pytfgraph.framework.sparse_tensor import SparseTensor

gen_dataset_ops = dataset_ops.gen_dataset_ops


class _UnbatchDataset(dataset_ops.UnaryDataset):
    """The rows of elements."""

    def __init__(self, input_dataset):
        super().__init__(input_dataset)
        shapes = nest.flatten(input_dataset.output_shapes)
        if any(s.ndims == 0 for s in shapes):
            raise ValueError("Cannot unbatch an input with scalar components.")
        rows = tensor_shape.Dimension(None)
        for s in shapes:
            try:
                rows = rows.merge_with(s[0])
            except ValueError:
                raise ValueError("Cannot unbatch an input whose components have different batch sizes.")

    def _as_variant_tensor(self):
        return gen_dataset_ops.unbatch_dataset(self._input_dataset._as_variant_tensor(), **dataset_ops.flat_structure(self))

    @property
    def output_shapes(self):
        return nest.map_structure(lambda s: s[1:], self._input_dataset.output_shapes)


def unbatch():
    """A transformation for Dataset.apply: the rows of each element, one by one.

    Raises (when applied):
      ValueError: a component is a scalar, or components have different numbers of rows.
    """
    def apply(dataset):
        if not sparse.any_sparse(dataset.output_classes):
            return _UnbatchDataset(dataset)

        def rows(arg, *rest):
            return sparse.serialize_many_sparse_tensors((arg,) + rest if rest else arg)

        return _UnbatchDataset(_RestructuredDataset(dataset.map(rows), dataset.output_types, dataset.output_shapes,
                                                    dataset.output_classes, allow_unsafe_cast=True))
    return apply


class _DenseToSparseBatchDataset(dataset_ops.UnaryDataset):
    """Dense elements in sparse batches."""

    def __init__(self, input_dataset, batch_size, row_shape):
        super().__init__(input_dataset)
        if not isinstance(input_dataset.output_types, dtypes.DType):
            raise TypeError("DenseToSparseDataset requires an input whose elements have a single component, whereas the input has %r."
                            % (input_dataset.output_types,))
        self._batch_size = batch_size
        self._row_shape = row_shape

    def _as_variant_tensor(self):
        return gen_dataset_ops.dense_to_sparse_batch_dataset(
            self._input_dataset._as_variant_tensor(), self._batch_size, row_shape=convert.partial_shape_to_tensor(self._row_shape),
            **dataset_ops.flat_structure(self))

    @property
    def output_classes(self):
        return SparseTensor

    @property
    def output_shapes(self):
        return tensor_shape.vector(None).concatenate(self._row_shape)


def dense_to_sparse_batch(batch_size, row_shape):
    """A transformation for Dataset.apply: batches of elements of different sizes, as sparse tensors.

    Args:
      batch_size: how many.
      row_shape: the dense shape of a row; None where the batch's largest element decides.

    Raises (when applied):
      TypeError: elements have several components.
      Elements that are larger are a DataLossError when they are read.
    """
    return lambda dataset: _DenseToSparseBatchDataset(dataset, batch_size, row_shape)


class _RestructuredDataset(dataset_ops._Declared, dataset_ops.UnaryDataset):
    """The same elements under another structure."""

    def __init__(self, dataset, output_types, output_shapes=None, output_classes=None, allow_unsafe_cast=False):
        super().__init__(dataset)
        if not allow_unsafe_cast:
            output_types = nest.map_structure(dtypes.as_dtype, output_types)
            if nest.flatten(dataset.output_types) != nest.flatten(output_types):
                raise ValueError("Dataset with output types %r cannot be restructured to have output types %r"
                                 % (dataset.output_types, output_types))
        self._output_types = output_types
        if output_shapes is None:
            self._output_shapes = nest.pack_sequence_as(output_types, nest.flatten(dataset.output_shapes))
        else:
            if not allow_unsafe_cast:
                nest.assert_same_structure(output_types, output_shapes)
                for have, want in zip(nest.flatten(dataset.output_shapes), nest.flatten_up_to(output_types, output_shapes)):
                    if not have.is_compatible_with(want):
                        raise ValueError("Dataset with output shapes %r cannot be restructured to have incompatible output shapes %r"
                                         % (dataset.output_shapes, output_shapes))
            self._output_shapes = nest.map_structure_up_to(output_types, tensor_shape.as_shape, output_shapes)
        if output_classes is None:
            output_classes = nest.pack_sequence_as(output_types, nest.flatten(dataset.output_classes))
        self._output_classes = output_classes

    def _as_variant_tensor(self):
        return self._input_dataset._as_variant_tensor()


class _MapAndBatchDataset(dataset_ops.MapDataset):
    """Batches of what a function gives."""

    def __init__(self, input_dataset, map_func, batch_size, num_parallel_calls, drop_remainder):
        super().__init__(input_dataset, map_func)
        self._batch_size_t = ops.convert_to_tensor(batch_size, dtype=dtypes.int64, name="batch_size")
        self._num_parallel_calls_t = ops.convert_to_tensor(num_parallel_calls, dtype=dtypes.int64, name="num_parallel_calls")
        self._drop_remainder_t = ops.convert_to_tensor(drop_remainder, dtype=dtypes.bool, name="drop_remainder")
        self._batch_size, self._drop_remainder = batch_size, drop_remainder

    def _as_variant_tensor(self):
        return gen_dataset_ops.map_and_batch_dataset_v2(
            self._input_dataset._as_variant_tensor(), self._map_func.captured_inputs, f=self._map_func, batch_size=self._batch_size_t,
            num_parallel_calls=self._num_parallel_calls_t, drop_remainder=self._drop_remainder_t, **dataset_ops.flat_structure(self))

    @property
    def output_shapes(self):
        rows = tensor_shape.vector(self._batch_size if self._drop_remainder else None)
        return nest.pack_sequence_as(self._output_shapes, [rows.concatenate(s) for s in nest.flatten(self._output_shapes)])


def map_and_batch(map_func, batch_size, num_parallel_batches=None, drop_remainder=False, num_parallel_calls=None):
    """A transformation for Dataset.apply: map, then batch, in one.

    Args:
      map_func: as of Dataset.map.
      batch_size: as of Dataset.batch.
      num_parallel_batches: batches that are computed at once.
      drop_remainder: whether a last batch that is smaller is left out.
      num_parallel_calls: elements that are computed at once; a batch's for None.

    Raises:
      ValueError: both numbers are given.
    """
    if num_parallel_batches is not None and num_parallel_calls is not None:
        raise ValueError("The `num_parallel_batches` and `num_parallel_calls` arguments are mutually exclusive.")
    if num_parallel_calls is None:
        num_parallel_calls = batch_size if num_parallel_batches is None else batch_size * num_parallel_batches
    return lambda dataset: _MapAndBatchDataset(dataset, map_func, batch_size, num_parallel_calls, drop_remainder)
