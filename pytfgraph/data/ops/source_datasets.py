"""Datasets that begin a pipeline: tensors at hand, their rows, numbers."""
from pytfgraph.data.ops import dataset_ops
from pytfgraph.data.util import nest, sparse
from pytfgraph.framework import dtypes, ops, tensor_shape
from pytfgraph.framework.sparse_tensor import SparseTensor
from pytfgraph.ops import raw

gen_dataset_ops = raw.module("gen_dataset_ops")


class TensorDataset(dataset_ops.DatasetSource, dataset_ops._Declared):
    """One element."""

    def __init__(self, tensors):
        super().__init__()
        with ops.name_scope("tensors"):
            tensors = dataset_ops._to_tensors(tensors)
        self._tensors = sparse.serialize_sparse_tensors(tensors)
        self._output_classes = sparse.get_classes(tensors)
        self._output_shapes = dataset_ops._map(lambda t: t.get_shape(), tensors)
        self._output_types = dataset_ops._map(lambda t: t.dtype, tensors)

    def _as_variant_tensor(self):
        return gen_dataset_ops.tensor_dataset(nest.flatten(self._tensors), output_shapes=dataset_ops.flat_structure(self)["output_shapes"])


class TensorSliceDataset(dataset_ops.DatasetSource, dataset_ops._Declared):
    """The rows of tensors."""

    def __init__(self, tensors):
        super().__init__()
        with ops.name_scope("tensors"):
            tensors = dataset_ops._to_tensors(tensors)
            flat = nest.flatten(tensors)
        rows = flat[0].get_shape()[0]
        for t in flat[1:]:
            rows.assert_is_compatible_with(t.get_shape()[0])
        self._tensors = sparse.serialize_many_sparse_tensors(tensors)
        self._output_classes = sparse.get_classes(tensors)
        self._output_shapes = dataset_ops._map(lambda t: t.get_shape()[1:], tensors)
        self._output_types = dataset_ops._map(lambda t: t.dtype, tensors)

    def _as_variant_tensor(self):
        return gen_dataset_ops.tensor_slice_dataset(nest.flatten(self._tensors), output_shapes=dataset_ops.flat_structure(self)["output_shapes"])


class SparseTensorSliceDataset(dataset_ops.DatasetSource):
    """The rows of a sparse tensor."""

    def __init__(self, sparse_tensor):
        super().__init__()
        if not isinstance(sparse_tensor, SparseTensor):
            raise TypeError("`sparse_tensor` must be a `tf.SparseTensor` object.")
        self._sparse_tensor = sparse_tensor

    def _as_variant_tensor(self):
        return gen_dataset_ops.sparse_tensor_slice_dataset(self._sparse_tensor.indices, self._sparse_tensor.values,
                                                           self._sparse_tensor.dense_shape)

    @property
    def output_classes(self):
        return ops.Tensor, ops.Tensor, ops.Tensor

    @property
    def output_shapes(self):
        rank = (self._sparse_tensor.indices.get_shape()[1] - 1).merge_with(self._sparse_tensor.dense_shape.get_shape()[0] - 1)
        return tensor_shape.TensorShape([None, rank]), tensor_shape.TensorShape([None]), tensor_shape.TensorShape([rank])

    @property
    def output_types(self):
        return dtypes.int64, self._sparse_tensor.dtype, dtypes.int64


class RangeDataset(dataset_ops.DatasetSource, dataset_ops._Declared):
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
        return gen_dataset_ops.range_dataset(start=self._start, stop=self._stop, step=self._step, **dataset_ops.flat_structure(self))
