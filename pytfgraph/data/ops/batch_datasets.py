"""Datasets whose elements are several of their input's."""
import numpy as np

from pytfgraph.data.ops import dataset_ops, structured_functions
from pytfgraph.data.util import nest, sparse
from pytfgraph.framework import dtypes, ops, tensor_shape, tensor_util
from pytfgraph.ops import raw

gen_dataset_ops = raw.module("gen_dataset_ops")


class BatchDataset(dataset_ops.UnaryDataset):
    """Several elements stacked."""

    def __init__(self, input_dataset, batch_size, drop_remainder):
        super().__init__(input_dataset)
        self._batch_size = ops.convert_to_tensor(batch_size, dtype=dtypes.int64, name="batch_size")
        self._drop_remainder = ops.convert_to_tensor(drop_remainder, dtype=dtypes.bool, name="drop_remainder")

    def _as_variant_tensor(self):
        return gen_dataset_ops.batch_dataset_v2(self._input_dataset._as_variant_tensor(), batch_size=self._batch_size,
                                                drop_remainder=self._drop_remainder, **dataset_ops.flat_structure(self))

    def _rows(self):
        """The first dimension, where all batches have the same."""
        return tensor_util.constant_value(self._batch_size) if tensor_util.constant_value(self._drop_remainder) else None

    @property
    def output_shapes(self):
        return dataset_ops._map(lambda shape: tensor_shape.vector(self._rows()).concatenate(shape), self._input_dataset.output_shapes)


def _fits(padded_shape, shape):
    """Whether elements of `shape` may be padded to `padded_shape`."""
    if padded_shape.dims is None or shape.dims is None:
        return True
    return len(padded_shape.dims) == len(shape.dims) and not any(
        p.value is not None and d.value is not None and p.value < d.value for p, d in zip(padded_shape.dims, shape.dims))


def _padded_shape_to_tensor(padded_shape, shape):
    try:
        static = tensor_shape.as_shape(padded_shape)
        made = ops.convert_to_tensor([-1 if dim is None else dim for dim in static.as_list()], dtype=dtypes.int64)
    except (TypeError, ValueError):
        made = ops.convert_to_tensor(padded_shape, preferred_dtype=dtypes.int64)
        if made.shape.dims is not None and len(made.shape.dims) != 1:
            raise ValueError("Padded shape %s must be a 1-D tensor of tf.int64 values, but its shape was %s." % (padded_shape, made.shape))
        if made.dtype != dtypes.int64:
            raise TypeError("Padded shape %s must be a 1-D tensor of tf.int64 values, but its element type was %s."
                            % (padded_shape, made.dtype.name))
        static = tensor_util.constant_value_as_shape(made)
    if not _fits(static, shape):
        raise ValueError("The padded shape %s is not compatible with the corresponding input component shape %s." % (static, shape))
    return made


def _padding_value_to_tensor(value, dtype):
    value = ops.convert_to_tensor(value, name="padding_value")
    if not value.shape.is_compatible_with(tensor_shape.scalar()):
        raise ValueError("Padding value should be a scalar, but is not: %s" % value)
    if value.dtype != dtype:
        raise TypeError("Padding value tensor (%s) does not match output type: %s" % (value, dtype))
    return value


def _zero_of(dtype):
    if dtype.base_dtype == dtypes.variant:
        raise TypeError("Unable to create padding for field of type 'variant'")
    return "" if dtype.base_dtype == dtypes.string else np.zeros_like(dtype.as_numpy_dtype())


class PaddedBatchDataset(dataset_ops.UnaryDataset):
    """Several elements padded and stacked."""

    def __init__(self, input_dataset, batch_size, padded_shapes, padding_values, drop_remainder):
        super().__init__(input_dataset)
        if sparse.any_sparse(input_dataset.output_classes):
            raise TypeError("Batching of padded sparse tensors is not currently supported")
        self._batch_size = ops.convert_to_tensor(batch_size, dtype=dtypes.int64, name="batch_size")
        if padding_values is None:
            padding_values = nest.map_structure(_zero_of, input_dataset.output_types)
        shapes = input_dataset.output_shapes
        padded = nest.flatten_up_to(shapes, padded_shapes)
        self._padded_shapes = nest.pack_sequence_as(shapes, [_padded_shape_to_tensor(p, s) for s, p in zip(nest.flatten(shapes), padded)])
        self._padding_values = nest.map_structure_up_to(shapes, _padding_value_to_tensor, padding_values, input_dataset.output_types)
        self._drop_remainder = ops.convert_to_tensor(drop_remainder, dtype=dtypes.bool, name="drop_remainder")

    def _as_variant_tensor(self):
        return gen_dataset_ops.padded_batch_dataset_v2(
            self._input_dataset._as_variant_tensor(), batch_size=self._batch_size,
            padded_shapes=[ops.convert_to_tensor(s, dtype=dtypes.int64) for s in nest.flatten(self._padded_shapes)],
            padding_values=nest.flatten(self._padding_values), drop_remainder=self._drop_remainder,
            output_shapes=dataset_ops.flat_structure(self)["output_shapes"])

    @property
    def output_shapes(self):
        rows = tensor_util.constant_value(self._batch_size) if tensor_util.constant_value(self._drop_remainder) else None
        return dataset_ops._map(lambda s: tensor_shape.vector(rows).concatenate(tensor_util.constant_value_as_shape(s)), self._padded_shapes)


class WindowDataset(dataset_ops._Declared, dataset_ops.UnaryDataset):
    """Runs of elements, each a dataset for each component."""

    def __init__(self, input_dataset, size, shift, stride, drop_remainder):
        super().__init__(input_dataset)
        self._size = ops.convert_to_tensor(size, dtype=dtypes.int64, name="size")
        self._shift = ops.convert_to_tensor(shift, dtype=dtypes.int64, name="shift")
        self._stride = ops.convert_to_tensor(stride, dtype=dtypes.int64, name="stride")
        self._drop_remainder = ops.convert_to_tensor(drop_remainder, dtype=dtypes.bool, name="drop_remainder")
        classes, shapes, types = (nest.flatten(x) for x in (input_dataset.output_classes, input_dataset.output_shapes,
                                                            input_dataset.output_types))
        nested = [structured_functions._NestedDatasetComponent(output_classes=c, output_shapes=s, output_types=t)
                  for c, s, t in zip(classes, shapes, types)]
        self._output_classes = self._output_shapes = self._output_types = nest.pack_sequence_as(input_dataset.output_classes, nested)

    def _as_variant_tensor(self):
        return gen_dataset_ops.window_dataset(self._input_dataset._as_variant_tensor(), self._size, self._shift, self._stride,
                                              self._drop_remainder, **dataset_ops.flat_structure(self))
