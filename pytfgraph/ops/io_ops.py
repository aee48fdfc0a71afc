"""Readers: records of files whose names come from a queue."""
from pytfgraph.eager import context
from pytfgraph.framework import dtypes, ops
from pytfgraph.lib.io import tf_record
from pytfgraph.ops import raw
from pytfgraph.util import deprecation

gen_io_ops = gen = raw.module("gen_io_ops")
_NOW = "Queue-based input pipelines have been replaced by `tf.data`. Use `tf.%s`."


def __getattr__(name):
    if name in ("matching_files", "read_file", "write_file"):
        value = globals()[name] = getattr(gen, name)
        return value
    raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name), name=name)


class ReaderBase:
    """A reader: takes work (a file's name, as a rule) from a queue and gives records, each with a key.

    Args:
      reader_ref: the Tensor that names the reader.
      supports_serialize: whether its state can be saved.

    Raises:
      RuntimeError: in eager execution.
    """

    def __init__(self, reader_ref, supports_serialize=False):
        if context.executing_eagerly():
            raise RuntimeError("Readers are not supported when eager execution is enabled. Instead, please use tf.data to get data into your "
                               "model.")
        self._reader_ref = reader_ref
        self._supports_serialize = supports_serialize

    @property
    def reader_ref(self):
        return self._reader_ref

    @property
    def supports_serialize(self):
        return self._supports_serialize

    def _call(self, op_name, *args, **kwargs):
        is_new = self._reader_ref.dtype == dtypes.resource
        return getattr(gen, op_name + "_v2" if is_new else op_name)(self._reader_ref, *args, **kwargs)

    def _queue(self, queue):
        ref = queue if isinstance(queue, ops.Tensor) else queue.queue_ref
        if self._reader_ref.dtype == dtypes.resource:
            return ref
        return raw.module("gen_data_flow_ops").fake_queue(ref)

    def read(self, queue, name=None):
        """The next record, taking a name from the queue where the last file is at its end.

        Args:
          queue: a queue of strings, or the Tensor that names it.
          name: of the operation.

        Returns:
          Two string scalars, key and value.
        """
        return self._call("reader_read", self._queue(queue), name=name)

    def read_up_to(self, queue, num_records, name=None):
        """Up to num_records records of one file: two string vectors, keys and values."""
        return self._call("reader_read_up_to", self._queue(queue), num_records, name=name)

    def num_records_produced(self, name=None):
        """How many records it gave, an int64 Tensor."""
        return self._call("reader_num_records_produced", name=name)

    def num_work_units_completed(self, name=None):
        """How many files it read to the end, an int64 Tensor."""
        return self._call("reader_num_work_units_completed", name=name)

    def serialize_state(self, name=None):
        """Its state as a string; UnimplementedError where it has none that can be saved."""
        return self._call("reader_serialize_state", name=name)

    def restore_state(self, state, name=None):
        """An Operation that makes it stand where a saved one stood."""
        return self._call("reader_restore_state", state, name=name)

    def reset(self, name=None):
        """An Operation that makes it stand at the beginning."""
        return self._call("reader_reset", name=name)


class WholeFileReader(ReaderBase):
    """Whole files: keys are names, values contents."""

    @deprecation.deprecated(None, _NOW % "data.Dataset.map(tf.read_file)")
    def __init__(self, name=None):
        super().__init__(gen.whole_file_reader_v2(name=name), supports_serialize=True)


class TextLineReader(ReaderBase):
    """Lines without their ends; keys are "name:number", from 1.

    Args:
      skip_header_lines: lines passed over at the beginning of each file.
      name: of the operation.
    """

    @deprecation.deprecated(None, _NOW % "data.TextLineDataset")
    def __init__(self, skip_header_lines=None, name=None):
        super().__init__(gen.text_line_reader_v2(skip_header_lines=skip_header_lines, name=name))


class FixedLengthRecordReader(ReaderBase):
    """Records of a fixed number of bytes; keys are "name:number", from 0.

    Args:
      record_bytes: of a record.
      header_bytes, footer_bytes: at both ends of a file that are no records.
      hop_bytes: from the beginning of a record to that of the next one; record_bytes if None or 0.
      name: of the operation.
      encoding: "" or "ZLIB".
    """

    @deprecation.deprecated(None, _NOW % "data.FixedLengthRecordDataset")
    def __init__(self, record_bytes, header_bytes=None, footer_bytes=None, hop_bytes=None, name=None, encoding=None):
        super().__init__(gen.fixed_length_record_reader_v2(record_bytes=record_bytes, header_bytes=header_bytes, footer_bytes=footer_bytes,
                                                           hop_bytes=hop_bytes, encoding=encoding, name=name))


class TFRecordReader(ReaderBase):
    """Records of TFRecord files; keys are "name:offset".

    Args:
      name: of the operation.
      options: TFRecordOptions, for compressed files.
    """

    @deprecation.deprecated(None, _NOW % "data.TFRecordDataset")
    def __init__(self, name=None, options=None):
        compression = tf_record.TFRecordOptions.get_compression_type_string(options)
        super().__init__(gen.tf_record_reader_v2(name=name, compression_type=compression))


class IdentityReader(ReaderBase):
    """The names themselves, as keys and as values."""

    @deprecation.deprecated(None, _NOW % "data.Dataset.map(...)")
    def __init__(self, name=None):
        super().__init__(gen.identity_reader_v2(name=name), supports_serialize=True)
