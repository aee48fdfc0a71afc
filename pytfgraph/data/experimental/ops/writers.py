"""Datasets into files."""
from pytfgraph.data.ops import dataset_ops
from pytfgraph.data.util import convert
from pytfgraph.framework import dtypes, ops, tensor_shape


class TFRecordWriter:
    """Writes the elements of a dataset of strings into a TFRecord file."""

    def __init__(self, filename, compression_type=None):
        """A writer of one file; `compression_type` is "", "ZLIB" or "GZIP"."""
        self._filename = ops.convert_to_tensor(filename, dtypes.string, name="filename")
        self._compression_type = convert.optional_param_to_tensor("compression_type", compression_type, "", dtypes.string)

    def write(self, dataset):
        """An operation that writes the file.

        Raises:
          TypeError: `dataset` is none, or its elements are no scalar strings.
        """
        if not isinstance(dataset, dataset_ops.Dataset):
            raise TypeError("`dataset` must be a `tf.data.Dataset` object.")
        if dataset.output_types != dtypes.string or dataset.output_shapes != tensor_shape.scalar():
            raise TypeError("`dataset` must produce scalar `DT_STRING` tensors whereas it produces shape {0} and types {1}".format(
                dataset.output_shapes, dataset.output_types))
        return dataset_ops.gen_dataset_ops.dataset_to_tf_record(dataset._as_variant_tensor(), self._filename, self._compression_type)
