"""Datasets of what stands in files."""
from pytfgraph.data.ops import dataset_ops
from pytfgraph.data.util import convert
from pytfgraph.framework import dtypes, ops, tensor_shape
from pytfgraph.ops import array_ops

gen_dataset_ops = dataset_ops.gen_dataset_ops

_BUFFER_BYTES = 256 * 1024


class _Texts(dataset_ops.DatasetSource, dataset_ops._Declared):
    """A source of scalar strings."""
    _output_classes = ops.Tensor
    _output_shapes = tensor_shape.scalar()
    _output_types = dtypes.string


class TextLineDataset(_Texts):
    """The lines of text files, without their ends."""

    def __init__(self, filenames, compression_type=None, buffer_size=None):
        """Lines of one file after another.

        Args:
          filenames: a string or a vector of strings.
          compression_type: "", "ZLIB" or "GZIP"; others are an InvalidArgumentError when the dataset is made.
          buffer_size: bytes that may be read ahead.
        """
        super().__init__()
        self._filenames = ops.convert_to_tensor(filenames, dtype=dtypes.string, name="filenames")
        self._compression_type = convert.optional_param_to_tensor("compression_type", compression_type, "", dtypes.string)
        self._buffer_size = convert.optional_param_to_tensor("buffer_size", buffer_size, _BUFFER_BYTES)

    def _as_variant_tensor(self):
        return gen_dataset_ops.text_line_dataset(self._filenames, self._compression_type, self._buffer_size)


class _TFRecordDataset(_Texts):
    """The records of TFRecord files, one file after another."""

    def __init__(self, filenames, compression_type=None, buffer_size=None):
        super().__init__()
        self._filenames = ops.convert_to_tensor(filenames, dtypes.string, name="filenames")
        self._compression_type = convert.optional_param_to_tensor("compression_type", compression_type, "", dtypes.string)
        self._buffer_size = convert.optional_param_to_tensor("buffer_size", buffer_size, _BUFFER_BYTES)

    def _as_variant_tensor(self):
        return gen_dataset_ops.tf_record_dataset(self._filenames, self._compression_type, self._buffer_size)


class ParallelInterleaveDataset(dataset_ops.InterleaveDataset):
    """Elements of several datasets by turns, computed ahead."""

    def __init__(self, input_dataset, map_func, cycle_length, block_length, sloppy, buffer_output_elements, prefetch_input_elements):
        super().__init__(input_dataset, map_func, cycle_length, block_length)
        self._sloppy = ops.convert_to_tensor(sloppy, dtype=dtypes.bool, name="sloppy")
        self._buffer_output_elements = convert.optional_param_to_tensor("buffer_output_elements", buffer_output_elements, 2 * block_length)
        self._prefetch_input_elements = convert.optional_param_to_tensor("prefetch_input_elements", prefetch_input_elements,
                                                                         2 * cycle_length)

    def _as_variant_tensor(self):
        return gen_dataset_ops.parallel_interleave_dataset(
            self._input_dataset._as_variant_tensor(), self._map_func.captured_inputs, self._cycle_length, self._block_length,
            self._sloppy, self._buffer_output_elements, self._prefetch_input_elements, f=self._map_func,
            **dataset_ops.flat_structure(self))

    def _transformation_name(self):
        return "tf.data.experimental.parallel_interleave()"


class TFRecordDataset(dataset_ops.Dataset):
    """The records of TFRecord files."""

    def __init__(self, filenames, compression_type=None, buffer_size=None, num_parallel_reads=None):
        """Records of files.

        Args:
          filenames: strings in a tensor, or a dataset of scalar strings.
          compression_type: "", "ZLIB" or "GZIP".
          buffer_size: bytes that may be read ahead.
          num_parallel_reads: how many files are read at once, their records by turns; None: one after another.

        Raises:
          TypeError: `filenames` is a dataset of something else than strings.
          ValueError: its elements are no scalars.
          Records that are broken are a DataLossError when they are read.
        """
        super().__init__()
        if isinstance(filenames, dataset_ops.Dataset):
            if filenames.output_types != dtypes.string:
                raise TypeError("`filenames` must be a `tf.data.Dataset` of `tf.string` elements.")
            if not filenames.output_shapes.is_compatible_with(tensor_shape.scalar()):
                raise ValueError("`filenames` must be a `tf.data.Dataset` of scalar `tf.string` elements.")
        else:
            filenames = ops.convert_to_tensor(filenames, dtype=dtypes.string)
            filenames = dataset_ops.Dataset.from_tensor_slices(array_ops.reshape(filenames, [-1], name="flat_filenames"))
        self._filenames, self._compression_type = filenames, compression_type
        self._buffer_size, self._num_parallel_reads = buffer_size, num_parallel_reads

        def read_one_file(filename):
            return _TFRecordDataset(filename, compression_type, buffer_size)

        if num_parallel_reads is None:
            self._impl = filenames.flat_map(read_one_file)
        else:
            self._impl = ParallelInterleaveDataset(filenames, read_one_file, num_parallel_reads, 1, False, None, None)

    def _clone(self, filenames=None, compression_type=None, buffer_size=None, num_parallel_reads=None):
        return TFRecordDataset(filenames or self._filenames, compression_type or self._compression_type, buffer_size or self._buffer_size,
                               num_parallel_reads or self._num_parallel_reads)

    def _as_variant_tensor(self):
        return self._impl._as_variant_tensor()

    def _inputs(self):
        return self._impl._inputs()

    @property
    def output_classes(self):
        return self._impl.output_classes

    @property
    def output_shapes(self):
        return self._impl.output_shapes

    @property
    def output_types(self):
        return self._impl.output_types


class FixedLengthRecordDataset(_Texts):
    """Records of one length from binary files, as strings."""

    def __init__(self, filenames, record_bytes, header_bytes=None, footer_bytes=None, buffer_size=None):
        """Records of one file after another.

        Args:
          filenames: a string or a vector of strings.
          record_bytes: bytes in each record; a file that does not divide into them is an InvalidArgumentError when it is read.
          header_bytes: bytes at a file's beginning that are left out; 0 for None.
          footer_bytes: the same at its end.
          buffer_size: bytes that may be read ahead.
        """
        super().__init__()
        self._filenames = ops.convert_to_tensor(filenames, dtype=dtypes.string, name="filenames")
        self._record_bytes = ops.convert_to_tensor(record_bytes, dtype=dtypes.int64, name="record_bytes")
        self._header_bytes = convert.optional_param_to_tensor("header_bytes", header_bytes)
        self._footer_bytes = convert.optional_param_to_tensor("footer_bytes", footer_bytes)
        self._buffer_size = convert.optional_param_to_tensor("buffer_size", buffer_size, _BUFFER_BYTES)

    def _as_variant_tensor(self):
        return gen_dataset_ops.fixed_length_record_dataset(self._filenames, self._header_bytes, self._record_bytes, self._footer_bytes,
                                                           self._buffer_size)
