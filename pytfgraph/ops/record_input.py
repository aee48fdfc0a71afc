"""RecordInput: batches of records of files, shuffled in a buffer."""
from pytfgraph.framework import ops
from pytfgraph.lib.io import tf_record
from pytfgraph.ops import array_ops, raw


class RecordInput:
    """Records of TFRecord files, in an order that a buffer shuffles.

    Args:
      file_pattern: of the files' names.
      batch_size: how many records a batch has.
      buffer_size: how many records the buffer holds.
      parallelism: how many files are read at a time.
      shift_ratio: where in the list of files an epoch begins, as a part of it.
      seed: of the order.
      name: of the operation.
      batches: how many batches one step gives, as lists of scalars; without it a step gives one tensor [batch_size].
      compression_type: one of TFRecordCompressionType; none where not given.
    """

    def __init__(self, file_pattern, batch_size=1, buffer_size=1, parallelism=1, shift_ratio=0, seed=0, name=None, batches=None,
                 compression_type=None):
        self._file_pattern = file_pattern
        self._batch_size = batch_size if batches is None else batch_size * batches
        self._batches = batches
        self._buffer_size = buffer_size
        self._parallelism = parallelism
        self._shift_ratio = shift_ratio
        self._seed = seed
        self._name = name
        self._compression_type = tf_record.TFRecordCompressionType.NONE if compression_type is None else compression_type

    def get_yield_op(self):
        """The next records: a tensor of strings [batch_size], or `batches` lists of scalars."""
        compression = tf_record.TFRecordOptions.get_compression_type_string(tf_record.TFRecordOptions(self._compression_type))
        records = raw.function("record_input")(
            file_pattern=self._file_pattern, file_buffer_size=self._buffer_size, file_parallelism=self._parallelism,
            file_shuffle_shift_ratio=self._shift_ratio, batch_size=self._batch_size, file_random_seed=self._seed,
            compression_type=compression, name=self._name)
        if self._batches is None:
            return records
        with ops.name_scope(self._name):
            scalars = [array_ops.reshape(record, []) for record in array_ops.split(records, self._batch_size, 0)]
            return [scalars[i::self._batches] for i in range(self._batches)]
