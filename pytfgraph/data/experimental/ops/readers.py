"""Datasets of CSV files and of parsed Examples of files."""
import collections
import csv

import numpy as np

from pytfgraph.data.experimental.ops import interleave_ops, optimization, parsing_ops, shuffle_ops
from pytfgraph.data.ops import dataset_ops
from pytfgraph.data.ops import readers as core_readers
from pytfgraph.data.util import convert, nest
from pytfgraph.framework import dtypes, ops, tensor_shape
from pytfgraph.framework.constant_op import constant
from pytfgraph.lib.io import file_io
from pytfgraph.ops import raw

_CSV_TYPES = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64, dtypes.string)
_BUFFER_BYTES = 4 * 1024 * 1024


class CsvDataset(dataset_ops.DatasetSource, dataset_ops._Declared):
    """The records of CSV files, a tuple of scalars each."""

    def __init__(self, filenames, record_defaults, compression_type=None, buffer_size=None, header=False, field_delim=",",
                 use_quote_delim=True, na_value="", select_cols=None):
        """Records of one file after another.

        Args:
          filenames: a string or a vector of strings.
          record_defaults: for each column that is wanted a dtype (float32, float64, int32, int64 or string), where a value is required, or
            a tensor of one element, which stands for a missing one.
          compression_type: "", "ZLIB" or "GZIP".
          buffer_size: bytes that may be read ahead.
          header: whether each file's first line is left out.
          field_delim: the character between fields.
          use_quote_delim: whether fields may stand in double quotes.
          na_value: a text that stands for a missing value, besides the empty one.
          select_cols: numbers of the columns that are wanted, ascending; all for None.

        Records that do not fit are an InvalidArgumentError when they are read; the next one can be read after it.
        """
        super().__init__()
        self._filenames = ops.convert_to_tensor(filenames, dtype=dtypes.string, name="filenames")
        self._compression_type = convert.optional_param_to_tensor("compression_type", compression_type, "", dtypes.string)
        defaults = [constant([], dtype=x) if x in _CSV_TYPES else x for x in record_defaults]
        self._record_defaults = ops.convert_n_to_tensor(defaults, name="record_defaults")
        self._buffer_size = convert.optional_param_to_tensor("buffer_size", buffer_size, _BUFFER_BYTES)
        self._header = ops.convert_to_tensor(header, dtype=dtypes.bool, name="header")
        self._field_delim = ops.convert_to_tensor(field_delim, dtype=dtypes.string, name="field_delim")
        self._use_quote_delim = ops.convert_to_tensor(use_quote_delim, dtype=dtypes.bool, name="use_quote_delim")
        self._na_value = ops.convert_to_tensor(na_value, dtype=dtypes.string, name="na_value")
        self._select_cols = convert.optional_param_to_tensor("select_cols", select_cols, [], dtypes.int64)
        self._output_shapes = tuple(tensor_shape.scalar() for _ in defaults)
        self._output_types = tuple(d.dtype for d in self._record_defaults)
        self._output_classes = tuple(ops.Tensor for _ in defaults)

    def _as_variant_tensor(self):
        return raw.module("gen_experimental_dataset_ops").experimental_csv_dataset(
            filenames=self._filenames, record_defaults=self._record_defaults, buffer_size=self._buffer_size, header=self._header,
            output_shapes=self._output_shapes, field_delim=self._field_delim, use_quote_delim=self._use_quote_delim,
            na_value=self._na_value, select_cols=self._select_cols, compression_type=self._compression_type)


# ---- what a CSV file's columns are ----


def _is_int(text, bits):
    try:
        value = int(text)
    except ValueError:
        return False
    return -2 ** (bits - 1) <= value < 2 ** (bits - 1)


def _is_float(text, dtype):
    try:
        with np.errstate(over="ignore"):
            return bool(dtype(text) < np.inf)
    except ValueError:
        return False


_KINDS = ((dtypes.int32, lambda text: _is_int(text, 32)), (dtypes.int64, lambda text: _is_int(text, 64)),
          (dtypes.float32, lambda text: _is_float(text, np.float32)), (dtypes.float64, lambda text: _is_float(text, np.float64)),
          (dtypes.string, lambda text: True))


def _wider(text, na_value, known):
    """The dtype of a column that was `known` and has a field `text`."""
    if text in ("", na_value):
        return known
    seen = []
    for dtype, fits in _KINDS:
        seen.append(dtype)
        if fits(text) and (known is None or known in seen):
            return dtype


def _rows(filenames, n, how, header):
    for name in filenames:
        with file_io.FileIO(name, "r") as f:
            reader = csv.reader(f, **how)
            if header:
                next(reader)
            for row in reader:
                if len(row) != n:
                    raise ValueError("Problem inferring types: CSV row has different number of fields than expected.")
                yield row


def _find_defaults(filenames, n, how, na_value, header, n_rows, columns):
    columns = range(n) if columns is None else columns
    found = [None] * len(columns)
    for i, row in enumerate(_rows(filenames, n, how, header)):
        if n_rows is not None and i >= n_rows:
            break
        found = [_wider(row[column], na_value, known) for column, known in zip(columns, found)]
    found = [dtype or dtypes.string for dtype in found]
    return [constant([0 if dtype is not dtypes.string else ""], dtype=dtype) for dtype in found]


def _find_names(filenames, how):
    names = None
    for name in filenames:
        with file_io.FileIO(name, "r") as f:
            try:
                row = next(csv.reader(f, **how))
            except StopIteration:
                raise ValueError("Received StopIteration when reading the header line of %s.  Empty file?" % filenames[0])
        if names is not None and row != names:
            raise ValueError("Files have different column names in the header row.")
        names = row
    return names


def _sorted_columns(columns, names):
    places = {name: i for i, name in enumerate(names)}
    found = []
    for column in columns:
        if isinstance(column, int):
            if not 0 <= column < len(names):
                raise ValueError("Column index %d specified in select_columns out of valid range." % column)
            found.append(column)
        elif column not in places:
            raise ValueError("Value '%s' specified in select_columns not a valid column index or name." % column)
        else:
            found.append(places[column])
    if len(set(found)) != len(found):
        raise ValueError("select_columns contains duplicate columns")
    return sorted(found)


def _file_names(pattern):
    if isinstance(pattern, list) and not pattern:
        raise ValueError("File pattern is empty.")
    names = [name for entry in (pattern if isinstance(pattern, list) else [pattern]) for name in file_io.get_matching_files(entry)]
    if not names:
        raise ValueError("No files match %s." % pattern)
    return sorted(names)


def _shuffled(dataset, num_epochs, shuffle, buffer_size, seed):
    if num_epochs != 1 and shuffle:
        return dataset.apply(shuffle_ops.shuffle_and_repeat(buffer_size, num_epochs, seed))
    if shuffle:
        return dataset.shuffle(buffer_size, seed)
    return dataset.repeat(num_epochs) if num_epochs != 1 else dataset


def make_csv_dataset(file_pattern, batch_size, column_names=None, column_defaults=None, label_name=None, select_columns=None,
                     field_delim=",", use_quote_delim=True, na_value="", header=True, num_epochs=None, shuffle=True,
                     shuffle_buffer_size=10000, shuffle_seed=None, prefetch_buffer_size=optimization.AUTOTUNE, num_parallel_reads=1,
                     sloppy=False, num_rows_for_inference=100, compression_type=None):
    """Batches of the records of CSV files, as dicts from column names to tensors.

    Args:
      file_pattern: a pattern, or a list of them.
      batch_size: records in a batch.
      column_names: names of the columns; from the first line of the files for None.
      column_defaults: as CsvDataset's record_defaults; found from the first records for None.
      label_name: a column that is given apart from the dict.
      select_columns: names or numbers of the columns that are wanted; all for None.
      field_delim, use_quote_delim, na_value, header, compression_type: as of CsvDataset.
      num_epochs: how often the files are gone through; without end for None.
      shuffle, shuffle_buffer_size, shuffle_seed: whether and how records are shuffled.
      prefetch_buffer_size: batches that are computed ahead.
      num_parallel_reads: files that are read at once.
      sloppy: whether records may come in the order in which they are there.
      num_rows_for_inference: records that dtypes are found from; all for None.

    Raises:
      ValueError: there are no such files or columns, or names and defaults do not fit.
    """
    filenames = _file_names(file_pattern)
    dataset = dataset_ops.Dataset.from_tensor_slices(filenames)
    if shuffle:
        dataset = dataset.shuffle(len(filenames), shuffle_seed)
    how = {"delimiter": field_delim, "quoting": csv.QUOTE_MINIMAL if use_quote_delim else csv.QUOTE_NONE}
    if column_names is None:
        if not header:
            raise ValueError("Cannot infer column names without a header line.")
        column_names = _find_names(filenames, how)
    if len(column_names) != len(set(column_names)):
        raise ValueError("Cannot have duplicate column names.")
    if select_columns is not None:
        select_columns = _sorted_columns(select_columns, column_names)
    if column_defaults is not None:
        column_defaults = [constant([], dtype=x) if x in _CSV_TYPES else x for x in column_defaults]
    else:
        column_defaults = _find_defaults(filenames, len(column_names), how, na_value, header, num_rows_for_inference, select_columns)
    if select_columns is not None and len(column_defaults) != len(select_columns):
        raise ValueError("If specified, column_defaults and select_columns must have same length.")
    if select_columns is not None and len(column_names) > len(select_columns):
        column_names = [column_names[i] for i in select_columns]
    if label_name is not None and label_name not in column_names:
        raise ValueError("`label_name` provided must be one of the columns.")

    def records_of(filename):
        return CsvDataset(filename, record_defaults=column_defaults, field_delim=field_delim, use_quote_delim=use_quote_delim,
                          na_value=na_value, select_cols=select_columns, header=header, compression_type=compression_type)

    def named(*columns):
        features = collections.OrderedDict(zip(column_names, columns))
        if label_name is None:
            return features
        label = features.pop(label_name)
        return features, label

    dataset = dataset.apply(interleave_ops.parallel_interleave(records_of, cycle_length=num_parallel_reads, sloppy=sloppy))
    dataset = _shuffled(dataset, num_epochs, shuffle, shuffle_buffer_size, shuffle_seed)
    dataset = dataset.batch(batch_size=batch_size, drop_remainder=num_epochs is None)
    return dataset_ops.MapDataset(dataset, named, use_inter_op_parallelism=False).prefetch(prefetch_buffer_size)


def make_batched_features_dataset(file_pattern, batch_size, features, reader=core_readers.TFRecordDataset, label_key=None,
                                  reader_args=None, num_epochs=None, shuffle=True, shuffle_buffer_size=10000, shuffle_seed=None,
                                  prefetch_buffer_size=optimization.AUTOTUNE, reader_num_threads=1, parser_num_threads=2,
                                  sloppy_ordering=False, drop_final_batch=False):
    """Batches of parsed Examples of files, as dicts from feature names to tensors.

    Args:
      file_pattern: a pattern, or a list of them.
      batch_size: Examples in a batch.
      features: what to look for, as for tf.parse_example.
      reader: makes a dataset of serialised Examples of a file's name.
      label_key: a feature that is given apart from the dict.
      reader_args: more arguments for `reader`.
      num_epochs: how often the files are gone through; without end for None.
      shuffle, shuffle_buffer_size, shuffle_seed: whether and how Examples are shuffled.
      prefetch_buffer_size: batches that are computed ahead.
      reader_num_threads: files that are read at once.
      parser_num_threads: batches that are parsed at once.
      sloppy_ordering: whether Examples may come in the order in which they are there.
      drop_final_batch: whether a last batch that is smaller is left out.

    Raises:
      ValueError: there are no such files, or `label_key` is no feature.
    """
    filenames = _file_names(file_pattern)
    dataset = dataset_ops.Dataset.from_tensor_slices(filenames)
    if shuffle:
        dataset = dataset.shuffle(len(filenames), shuffle_seed)
    more = [] if reader_args is None else reader_args
    dataset = dataset.apply(interleave_ops.parallel_interleave(lambda filename: reader(filename, *more), cycle_length=reader_num_threads,
                                                               sloppy=sloppy_ordering))
    if dataset.output_types == (dtypes.string, dtypes.string):
        dataset = dataset_ops.MapDataset(dataset, lambda _, value: value, use_inter_op_parallelism=False)
    dataset = _shuffled(dataset, num_epochs, shuffle, shuffle_buffer_size, shuffle_seed)
    dataset = dataset.batch(batch_size, drop_remainder=drop_final_batch or num_epochs is None)
    dataset = dataset.apply(parsing_ops.parse_example_dataset(features, num_parallel_calls=parser_num_threads))
    if label_key:
        if label_key not in features:
            raise ValueError("The `label_key` provided (%r) must be one of the `features` keys." % label_key)
        dataset = dataset.map(lambda x: (x, x.pop(label_key)))
    return dataset.prefetch(prefetch_buffer_size)


class SqlDataset(dataset_ops.DatasetSource, dataset_ops._Declared):
    """The rows that a database query gives, a structure of scalars each."""

    def __init__(self, driver_name, data_source_name, query, output_types):
        """Rows of one query.

        Args:
          driver_name: a scalar string: "sqlite".
          data_source_name: a scalar string: the file of the database, or a URI of it.
          query: a scalar string, in SQL.
          output_types: a structure of dtypes, one for each column of the answer: string, int8, int16, int32, int64, uint8, uint16, bool or float64.

        Raises (when elements are asked for):
          InvalidArgumentError: another driver, no database, or another number of columns.
          UnknownError: a query that is none.
          UnimplementedError: SQLite's library is not there.
        """
        super().__init__()
        self._driver_name = ops.convert_to_tensor(driver_name, dtype=dtypes.string, name="driver_name")
        self._data_source_name = ops.convert_to_tensor(data_source_name, dtype=dtypes.string, name="data_source_name")
        self._query = ops.convert_to_tensor(query, dtype=dtypes.string, name="query")
        self._output_types = output_types
        self._output_classes = nest.map_structure(lambda _: ops.Tensor, output_types)
        self._output_shapes = nest.map_structure(lambda _: tensor_shape.TensorShape([]), output_types)

    def _as_variant_tensor(self):
        return dataset_ops.gen_dataset_ops.sql_dataset(self._driver_name, self._data_source_name, self._query,
                                                       nest.flatten(self.output_types), nest.flatten(self.output_shapes))
