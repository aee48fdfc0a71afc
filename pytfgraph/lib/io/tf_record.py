"""TFRecord files: reading and writing them one record at a time."""
from pytfgraph import _core


class TFRecordCompressionType:
    """How a file is compressed."""
    NONE = 0
    ZLIB = 1
    GZIP = 2


_BUFFER = 256 * 1024


class TFRecordOptions:
    """How records are written (all of it) or read (the compression).

    The numbers of `flush_mode`, `compression_method`, `mem_level`, `compression_strategy` and `window_bits` are zlib's; what is None is
    zlib's usual choice.
    """

    compression_type_map = {
        TFRecordCompressionType.ZLIB: "ZLIB",
        TFRecordCompressionType.GZIP: "GZIP",
        TFRecordCompressionType.NONE: "",
    }

    def __init__(self, compression_type=None, flush_mode=None, input_buffer_size=None, output_buffer_size=None, window_bits=None,
                 compression_level=None, compression_method=None, mem_level=None, compression_strategy=None):
        """
        Args:
          compression_type: "GZIP", "ZLIB", "", None, or one of TFRecordCompressionType.
          flush_mode: for each write.
          input_buffer_size, output_buffer_size: bytes.
          window_bits, compression_level, compression_method, mem_level, compression_strategy: for zlib.

        Raises:
          ValueError: if the compression is none of these.
        """
        self.get_compression_type_string(compression_type)
        self.compression_type = compression_type
        self.flush_mode = flush_mode
        self.input_buffer_size = input_buffer_size
        self.output_buffer_size = output_buffer_size
        self.window_bits = window_bits
        self.compression_level = compression_level
        self.compression_method = compression_method
        self.mem_level = mem_level
        self.compression_strategy = compression_strategy

    @classmethod
    def get_compression_type_string(cls, options):
        """"", "ZLIB" or "GZIP", from a TFRecordOptions, a TFRecordCompressionType, text or None.

        Raises:
          ValueError: if it is none of these.
        """
        if not options:
            return ""
        if isinstance(options, TFRecordOptions):
            return cls.get_compression_type_string(options.compression_type)
        if isinstance(options, TFRecordCompressionType) or options in cls.compression_type_map:
            return cls.compression_type_map[options]
        if options in cls.compression_type_map.values():
            return options
        raise ValueError('Not a valid compression_type: "{}"'.format(options))

    def _zlib(self):
        """What _core.record_writer takes; None for an uncompressed file."""
        kind = self.get_compression_type_string(self)
        if not kind:
            return None

        def of(value, usual):
            return usual if value is None else value
        return (of(self.compression_level, -1), of(self.compression_method, 8), of(self.window_bits, 15 if kind == "ZLIB" else 31),
                of(self.mem_level, 9), of(self.compression_strategy, 0), of(self.flush_mode, 0),
                of(self.input_buffer_size, _BUFFER), of(self.output_buffer_size, _BUFFER))


def tf_record_iterator(path, options=None):
    """The records of a file, as bytes, one by one.

    Args:
      path: of the file.
      options: TFRecordOptions, or what names a compression.

    Raises:
      NotFoundError and others: if the file cannot be opened.
      DataLossError: if a record is broken.
    """
    reader = _core.record_reader(path, 0, TFRecordOptions.get_compression_type_string(options))
    while True:
        record = _core.record_next(reader)
        if record is None:
            return
        yield record


class TFRecordWriter:
    """Writes records to a file; it is also a context manager that closes it."""

    def __init__(self, path, options=None):
        """Opens the file; one that is there is overwritten.

        Args:
          path: of the file.
          options: TFRecordOptions, or what names a compression.

        Raises:
          ValueError: if `options` are none.
          NotFoundError and others: if the file cannot be opened.
          InvalidArgumentError: if zlib refuses the options.
        """
        if not isinstance(options, TFRecordOptions):
            options = TFRecordOptions(compression_type=options)
        kind = options.get_compression_type_string(options)
        self._writer = _core.record_writer(path, kind, options._zlib())
        self._closed = False

    def __enter__(self):
        return self

    def __exit__(self, unused_type, unused_value, unused_traceback):
        self.close()

    def write(self, record):
        """Writes one record.

        Args:
          record: bytes.

        Raises:
          TypeError: if it is something else.
          FailedPreconditionError: if the writer is closed.
        """
        if not isinstance(record, bytes):
            raise TypeError("expected bytes, %s found" % type(record).__name__)
        _core.record_write(self._writer, record)

    def flush(self):
        """Hands everything written so far to the file."""
        _core.record_flush(self._writer)

    def close(self):
        """Ends the file."""
        _core.record_close(self._writer)
