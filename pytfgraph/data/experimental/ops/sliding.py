"""Stacked windows, which tf.contrib.data has and tf.data.experimental has not."""
from pytfgraph.data.ops import dataset_ops
from pytfgraph.data.util import nest
from pytfgraph.framework import dtypes, ops, tensor_shape


class _SlideDataset(dataset_ops.UnaryDataset):
    """Stacked windows."""

    def __init__(self, input_dataset, window_size, window_shift, window_stride):
        super().__init__(input_dataset)
        self._window_size = ops.convert_to_tensor(window_size, dtype=dtypes.int64, name="window_stride")
        self._window_stride = ops.convert_to_tensor(window_stride, dtype=dtypes.int64, name="window_stride")
        self._window_shift = ops.convert_to_tensor(window_shift, dtype=dtypes.int64, name="window_shift")

    def _as_variant_tensor(self):
        return dataset_ops.gen_dataset_ops.slide_dataset(
            self._input_dataset._as_variant_tensor(), window_size=self._window_size, window_shift=self._window_shift,
            window_stride=self._window_stride, **dataset_ops.flat_structure(self))

    @property
    def output_shapes(self):
        shapes = self._input_dataset.output_shapes
        return nest.pack_sequence_as(shapes, [tensor_shape.vector(None).concatenate(s) for s in nest.flatten(shapes)])
