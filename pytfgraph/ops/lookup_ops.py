"""Lookup tables that are initialised once, what initialises them, and tables of ids with buckets for unknown keys."""
import collections
import functools
import numbers

from pytfgraph.framework import constant_op, dtypes, ops, sparse_tensor, tensor_shape, tensor_util
from pytfgraph.framework.graph_keys import GraphKeys
from pytfgraph.ops import array_ops, control_flow_ops, math_ops, raw, string_ops
from pytfgraph.util.deprecation import deprecated

gen_lookup_ops = gen = raw.module("gen_lookup_ops")


def __getattr__(name):
    if not name.startswith("__"):
        try:
            return getattr(gen, name)
        except AttributeError:
            pass
    raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name), name=name)


@deprecated(None, "Use `tf.tables_initializer` instead.")
def initialize_all_tables(name="init_all_tables"):
    """The older name of tables_initializer."""
    return tables_initializer(name)


def tables_initializer(name="init_all_tables"):
    """An Operation that initialises all tables of the default graph; one that does nothing where there are none.

    Args:
      name: of the operation.
    """
    initializers = ops.get_collection(GraphKeys.TABLE_INITIALIZERS)
    return control_flow_ops.group(*initializers, name=name) if initializers else control_flow_ops.no_op(name=name)


# ---- Tables ------------------------------------------------------------------------------------------------------------------------


class LookupInterface:
    """A table from keys to values that outlives steps.

    Args:
      key_dtype: of the keys.
      value_dtype: of the values.
      name: of the table.
    """

    def __init__(self, key_dtype, value_dtype, name):
        self._key_dtype = dtypes.as_dtype(key_dtype)
        self._value_dtype = dtypes.as_dtype(value_dtype)
        self._name = name

    @property
    def key_dtype(self):
        """The DType of the keys."""
        return self._key_dtype

    @property
    def value_dtype(self):
        """The DType of the values."""
        return self._value_dtype

    @property
    def name(self):
        """The name of the table."""
        return self._name

    @property
    def init(self):
        """The Operation that initialises the table."""
        raise NotImplementedError

    def size(self, name=None):
        """How many pairs there are: a scalar int64 Tensor."""
        raise NotImplementedError

    def lookup(self, keys, name=None):
        """The values of keys."""
        raise NotImplementedError


def _check_keys(table, keys):
    if keys.dtype.base_dtype != table.key_dtype:
        raise TypeError("Signature mismatch. Keys must be dtype %s, got %s." % (table.key_dtype, keys.dtype))


def _like(keys, values):
    """Values in the places of keys: a SparseTensor where the keys are one."""
    if isinstance(keys, sparse_tensor.SparseTensor):
        return sparse_tensor.SparseTensor(keys.indices, values, keys.dense_shape)
    return values


class InitializableLookupTableBase(LookupInterface):
    """A table that an initialiser fills once.

    Args:
      table_ref: the handle, a Tensor.
      default_value: the value of keys that are not there; a scalar.
      initializer: a TableInitializerBase, which also gives the dtypes.
    """

    def __init__(self, table_ref, default_value, initializer):
        super().__init__(initializer.key_dtype, initializer.value_dtype, table_ref.op.name.split("/")[-1])
        self._table_ref = table_ref
        self._default_value = ops.convert_to_tensor(default_value, dtype=self._value_dtype)
        self._default_value.get_shape().merge_with(tensor_shape.scalar())
        self._init = initializer.initialize(self)

    @property
    def table_ref(self):
        """The handle."""
        return self._table_ref

    @property
    def default_value(self):
        """The value of keys that are not there: a Tensor."""
        return self._default_value

    @property
    def init(self):
        """The Operation that initialises the table."""
        return self._init

    def size(self, name=None):
        """How many pairs there are: a scalar int64 Tensor, 0 while the table is not initialised.

        Args:
          name: of the operation.
        """
        with ops.name_scope(name, "%s_Size" % self._name, [self._table_ref]) as scope:
            return gen.lookup_table_size_v2(self._table_ref, name=scope)

    def lookup(self, keys, name=None):
        """The values of keys, the default value for those that are not there.

        Args:
          keys: a Tensor of any shape, or a SparseTensor.
          name: of the operation.

        Returns:
          A Tensor, or SparseTensor, of the keys' shape.

        Raises:
          TypeError: for keys of another dtype than the table's.
        """
        key_tensor = keys.values if isinstance(keys, sparse_tensor.SparseTensor) else keys
        _check_keys(self, keys)
        with ops.name_scope(name, "%s_Lookup" % self._name, (self._table_ref, key_tensor, self._default_value)) as scope:
            values = gen.lookup_table_find_v2(self._table_ref, key_tensor, self._default_value, name=scope)
        values.set_shape(key_tensor.get_shape())
        return _like(keys, values)


class HashTable(InitializableLookupTableBase):
    """A hash table, fixed once it is initialised.

    Args:
      initializer: what fills it.
      default_value: the value of keys that are not there.
      shared_name: tables of one session with the same shared name are one.
      name: of the operation.
    """

    def __init__(self, initializer, default_value, shared_name=None, name=None):
        with ops.name_scope(name, "hash_table", (initializer, default_value)) as scope:
            table_ref = gen.hash_table_v2(shared_name=shared_name, key_dtype=initializer.key_dtype, value_dtype=initializer.value_dtype, name=scope)
            super().__init__(table_ref, default_value, initializer)
            self._value_shape = self._default_value.get_shape()

    def export(self, name=None):
        """All keys and all values: a pair of Tensors.

        Args:
          name: of the operation.
        """
        with ops.name_scope(name, "%s_Export" % self._name, [self._table_ref]) as name:
            with ops.colocate_with(self._table_ref):
                keys, values = gen.lookup_table_export_v2(self._table_ref, self._key_dtype, self._value_dtype, name=name)
        values.set_shape(keys.get_shape().concatenate(self._value_shape))
        return keys, values


# ---- What fills them ---------------------------------------------------------------------------------------------------------------


def _check_table_dtypes(table, key_dtype, value_dtype):
    for what, wanted, dtype in (("key", table.key_dtype, key_dtype), ("value", table.value_dtype, value_dtype)):
        if dtype.base_dtype != wanted:
            raise TypeError("Invalid %s dtype, expected %s but got %s." % (what, wanted, dtype))


class TableInitializerBase:
    """Something that fills a table.

    Args:
      key_dtype: of the table's keys.
      value_dtype: of its values.
    """

    def __init__(self, key_dtype, value_dtype):
        self._key_dtype = dtypes.as_dtype(key_dtype)
        self._value_dtype = dtypes.as_dtype(value_dtype)

    @property
    def key_dtype(self):
        """The DType of the keys."""
        return self._key_dtype

    @property
    def value_dtype(self):
        """The DType of the values."""
        return self._value_dtype

    def initialize(self, table):
        """The Operation that fills the table."""
        raise NotImplementedError


class KeyValueTensorInitializer(TableInitializerBase):
    """Fills a table from two vectors.

    Args:
      keys: the keys; one may come twice with the same value.
      values: as many values.
      key_dtype: of the keys where they are no Tensor.
      value_dtype: of the values where they are none.
      name: of the operation.
    """

    def __init__(self, keys, values, key_dtype=None, value_dtype=None, name=None):
        with ops.name_scope(name, "key_value_init", [keys, values]) as scope:
            self._keys = ops.convert_to_tensor(keys, dtype=key_dtype, name="keys")
            self._values = ops.convert_to_tensor(values, dtype=value_dtype, name="values")
            self._name = scope
        super().__init__(self._keys.dtype, self._values.dtype)

    def initialize(self, table):
        """The Operation that fills the table, also in the collection TABLE_INITIALIZERS.

        Raises:
          TypeError: where the dtypes are not the table's.
        """
        _check_table_dtypes(table, self._keys.dtype, self._values.dtype)
        with ops.name_scope(self._name, values=(table.table_ref, self._keys, self._values)) as scope:
            init_op = gen.lookup_table_import_v2(table.table_ref, self._keys, self._values, name=scope)
        ops.add_to_collection(GraphKeys.TABLE_INITIALIZERS, init_op)
        return init_op


class TextFileIndex:
    """What stands for something else than a column of a line."""
    WHOLE_LINE = -2
    LINE_NUMBER = -1


def _check_file_column(what, index, dtype):
    """`what` is "key" or "value"."""
    if index < -2:
        raise ValueError("Invalid %s index %s." % (what, index))
    if index == TextFileIndex.LINE_NUMBER and dtype != dtypes.int64:
        raise ValueError("Signature mismatch. %ss must be dtype %s, got %s." % (what.capitalize(), dtypes.int64, dtype))
    if index != TextFileIndex.WHOLE_LINE or dtype == dtypes.string:
        return
    if what == "value":
        raise ValueError("Signature mismatch. Values must be dtype %s, got %s." % (dtypes.string, dtype))
    if not dtype.is_integer:
        raise ValueError("Signature mismatch. Keys must be integer or string, got %s." % dtype)


class TextFileInitializer(TableInitializerBase):
    """Fills a table from a text file, with a pair for each line.

    An index says where in a line a key or value stands: TextFileIndex.WHOLE_LINE for all of it, TextFileIndex.LINE_NUMBER for its number
    from 0 on, 0 and above for a column.

    Args:
      filename: the file, also a scalar string Tensor; a constant one goes into the collection ASSET_FILEPATHS.
      key_dtype: of the keys.
      key_index: where they stand.
      value_dtype: of the values.
      value_index: where they stand.
      vocab_size: how many lines are read; the file must have as many.
      delimiter: the character between columns.
      name: of the operation.

    Raises:
      ValueError: without a file name, and for an index or size that cannot be or does not fit the dtype.
    """

    def __init__(self, filename, key_dtype, key_index, value_dtype, value_index, vocab_size=None, delimiter="\t", name=None):
        if not isinstance(filename, ops.Tensor) and not filename:
            raise ValueError("Filename required for %s." % name)
        key_dtype, value_dtype = dtypes.as_dtype(key_dtype), dtypes.as_dtype(value_dtype)
        _check_file_column("key", key_index, key_dtype)
        _check_file_column("value", value_index, value_dtype)
        if vocab_size is not None and vocab_size <= 0:
            raise ValueError("Invalid vocab_size %s." % vocab_size)
        self._filename = filename
        self._key_index = key_index
        self._value_index = value_index
        self._vocab_size = vocab_size
        self._delimiter = delimiter
        self._name = name
        super().__init__(key_dtype, value_dtype)

    def initialize(self, table):
        """The Operation that fills the table, also in the collection TABLE_INITIALIZERS.

        Raises:
          TypeError: where the dtypes are not the table's.
        """
        _check_table_dtypes(table, self.key_dtype, self.value_dtype)
        with ops.name_scope(self._name, "text_file_init", (table.table_ref,)) as scope:
            filename = ops.convert_to_tensor(self._filename, dtypes.string, name="asset_filepath")
            init_op = gen.initialize_table_from_text_file_v2(table.table_ref, filename, self._key_index, self._value_index,
                                                             -1 if self._vocab_size is None else self._vocab_size, self._delimiter, name=scope)
        ops.add_to_collection(GraphKeys.TABLE_INITIALIZERS, init_op)
        if constant_op.is_constant(filename):
            ops.add_to_collection(GraphKeys.ASSET_FILEPATHS, filename)
        return init_op


class TextFileStringTableInitializer(TextFileInitializer):
    """Fills a table from int64 ids to strings.

    Args:
      filename: the file.
      key_column_index: where the ids stand, as TextFileInitializer says it.
      value_column_index: where the strings stand.
      vocab_size: how many lines there must be.
      delimiter: the character between columns.
      name: of the operation.
    """

    def __init__(self, filename, key_column_index=TextFileIndex.LINE_NUMBER, value_column_index=TextFileIndex.WHOLE_LINE, vocab_size=None,
                 delimiter="\t", name="text_file_string_table_init"):
        super().__init__(filename, dtypes.int64, key_column_index, dtypes.string, value_column_index, vocab_size=vocab_size,
                         delimiter=delimiter, name=name)


class TextFileIdTableInitializer(TextFileInitializer):
    """Fills a table from strings, or integers, to int64 ids.

    Args:
      filename: the file.
      key_column_index: where the keys stand, as TextFileInitializer says it.
      value_column_index: where the ids stand.
      vocab_size: how many lines there must be.
      delimiter: the character between columns.
      name: of the operation.
      key_dtype: of the keys.
    """

    def __init__(self, filename, key_column_index=TextFileIndex.WHOLE_LINE, value_column_index=TextFileIndex.LINE_NUMBER, vocab_size=None,
                 delimiter="\t", name="text_file_id_table_init", key_dtype=dtypes.string):
        super().__init__(filename, key_dtype, key_column_index, dtypes.int64, value_column_index, vocab_size=vocab_size,
                         delimiter=delimiter, name=name)


# ---- Buckets for unknown keys ------------------------------------------------------------------------------------------------------


class HasherSpec(collections.namedtuple("HasherSpec", ["hasher", "key"])):
    """How keys are hashed into buckets: "fasthash", "legacy" or "stronghash", and the key of the last."""
    __slots__ = ()


FastHashSpec = HasherSpec("fasthash", None)


class StrongHashSpec(HasherSpec):
    """A hash under a key, which makes it hard to find strings that share a bucket.

    Args:
      key: two integers.

    Raises:
      ValueError: where there are not two.
      TypeError: where they are no integers.
    """
    __slots__ = ()

    def __new__(cls, key):
        if len(key) != 2:
            raise ValueError("key must have size 2, got %s." % len(key))
        if not all(isinstance(k, numbers.Integral) for k in key):
            raise TypeError("Invalid key %s. Must be unsigned integer values." % key)
        return super().__new__(cls, "stronghash", key)


class IdTableWithHashBuckets(LookupInterface):
    """A table of ids in which an unknown key gets the id of a bucket, hash(key) % num_oov_buckets behind the table's own.

    Args:
      table: from strings or int64 to int64, or None for buckets alone.
      num_oov_buckets: how many buckets.
      hasher_spec: the hash.
      name: of the table.
      key_dtype: of the keys, string or integer; the table's if None.

    Raises:
      ValueError: with neither table nor buckets.
      TypeError: for dtypes that are not possible, and another hasher_spec than a HasherSpec.
    """

    def __init__(self, table, num_oov_buckets, hasher_spec=FastHashSpec, name=None, key_dtype=None):
        if name:
            name = name.rstrip("/")
        if table:
            key_dtype = table.key_dtype if key_dtype is None else key_dtype
            supported = (dtypes.int64, dtypes.string)
            if table.key_dtype not in supported:
                raise TypeError("Invalid key dtype, expected one of %s, but got %s." % (supported, key_dtype))
            if table.key_dtype.is_integer != key_dtype.is_integer:
                raise TypeError("Invalid key dtype, expected %s but got %s." % ("integer" if key_dtype.is_integer else "non-integer", table.key_dtype))
            if table.value_dtype != dtypes.int64:
                raise TypeError("Invalid value dtype, expected %s but got %s." % (dtypes.int64, table.value_dtype))
            self._table = table
            name = name or table.name
        else:
            if num_oov_buckets <= 0:
                raise ValueError("oov_buckets must be > 0 if no table is supplied.")
            key_dtype = dtypes.string if key_dtype is None else key_dtype
            self._table = None
            name = name or "hash_bucket"
        if not key_dtype.is_integer and key_dtype != dtypes.string:
            raise TypeError("Invalid key_dtype, expected integer or string, got %s." % key_dtype)
        self._num_oov_buckets = num_oov_buckets
        if not isinstance(hasher_spec, HasherSpec):
            raise TypeError("hasher_spec must be of type HasherSpec, got %s" % hasher_spec)
        self._hasher_spec = hasher_spec
        super().__init__(key_dtype, dtypes.int64, name.split("/")[-1])

    @property
    def init(self):
        """The Operation that initialises the table behind."""
        if self._table:
            return self._table.init
        with ops.name_scope(None, "init"):
            return control_flow_ops.no_op()

    @property
    def table_ref(self):
        """The handle of the table behind, which knows no buckets; None where there is none."""
        return None if self._table is None else self._table.table_ref

    def size(self, name=None):
        """How many ids there are, buckets too: a scalar int64 Tensor.

        Args:
          name: of the operation.
        """
        with ops.name_scope(name, "%s_Size" % self.name) as scope:
            size = self._table.size(scope) if self._table else ops.convert_to_tensor(0, dtype=dtypes.int64)
            return size + self._num_oov_buckets

    def _get_string_to_hash_bucket_fn(self, hasher_spec):
        if not isinstance(hasher_spec, HasherSpec):
            raise TypeError("hasher_spec must be of type HasherSpec %s" % hasher_spec)
        if hasher_spec.hasher == "fasthash":
            return string_ops.string_to_hash_bucket_fast
        if hasher_spec.hasher == "legacy":
            return string_ops.string_to_hash_bucket
        if hasher_spec.hasher == "stronghash":
            return functools.partial(string_ops.string_to_hash_bucket_strong, key=hasher_spec.key)
        raise ValueError("Unknown hasher %s" % hasher_spec.hasher)

    def _with_buckets(self, values, name):
        with ops.name_scope(name, "%s_Lookup" % self.name) as scope:
            to_bucket = self._get_string_to_hash_bucket_fn(self._hasher_spec)
            text = values if values.dtype.base_dtype == dtypes.string else string_ops.as_string(values)
            buckets = to_bucket(text, num_buckets=self._num_oov_buckets, name="hash_bucket")
            if not self._table:
                return buckets
            ids = self._table.lookup(values)
            buckets = math_ops.add(buckets, self._table.size())
            return array_ops.where(math_ops.not_equal(ids, self._table.default_value), ids, buckets, name=scope)

    def lookup(self, keys, name=None):
        """The ids of keys, those of buckets for keys that are not there.

        Args:
          keys: a Tensor of any shape, or a SparseTensor.
          name: of the operation.

        Returns:
          A Tensor, or SparseTensor, of the keys' shape.

        Raises:
          TypeError: for keys of another dtype than key_dtype.
        """
        _check_keys(self, keys)
        values = keys.values if isinstance(keys, sparse_tensor.SparseTensor) else keys
        if self._table and self._table.key_dtype.base_dtype == dtypes.int64:
            values = math_ops.to_int64(values)
        ids = self._with_buckets(values, name) if self._num_oov_buckets else self._table.lookup(values, name=name)
        return _like(keys, ids)


# ---- Tables of a vocabulary --------------------------------------------------------------------------------------------------------


def _check_file(vocabulary_file):
    if vocabulary_file is None or (isinstance(vocabulary_file, str) and not vocabulary_file):
        raise ValueError("vocabulary_file must be specified and must not be empty.")


def _check_buckets(num_oov_buckets):
    if num_oov_buckets < 0:
        raise ValueError("num_oov_buckets must be greater or equal than 0, got %d." % num_oov_buckets)


def _check_key_dtype(dtype):
    if not dtype.is_integer and dtype.base_dtype != dtypes.string:
        raise TypeError("Only integer and string keys are supported.")


def _name_of_file_table(vocabulary_file, vocab_size, key_column_index, value_column_index):
    """The same for tables with the same contents, which then are one."""
    parts = (vocabulary_file, vocab_size) if vocab_size else (vocabulary_file,)
    return "_".join(["hash_table"] + ["%s" % (part,) for part in parts + (key_column_index, value_column_index)])


def index_table_from_file(vocabulary_file=None, num_oov_buckets=0, vocab_size=None, default_value=-1, hasher_spec=FastHashSpec,
                          key_dtype=dtypes.string, name=None, key_column_index=TextFileIndex.WHOLE_LINE,
                          value_column_index=TextFileIndex.LINE_NUMBER, delimiter="\t"):
    """A table from the words of a file to their ids; it has to be initialised, for example by tf.tables_initializer.

    Args:
      vocabulary_file: the file, a word a line; also a scalar string Tensor.
      num_oov_buckets: ids behind the words' for words that are not there.
      vocab_size: how many words there must be.
      default_value: the id of words that are not there, without buckets.
      hasher_spec: how a bucket is chosen.
      key_dtype: of what is looked up, string or integer.
      name: of the operation.
      key_column_index: where in a line the word stands, as TextFileInitializer says it.
      value_column_index: where its id stands.
      delimiter: the character between columns.

    Returns:
      The table.

    Raises:
      ValueError: without a file, and for sizes that cannot be.
      TypeError: for another key_dtype.
    """
    _check_file(vocabulary_file)
    _check_buckets(num_oov_buckets)
    if vocab_size is not None and vocab_size < 1:
        shown = vocabulary_file
        if isinstance(vocabulary_file, ops.Tensor):
            shown = tensor_util.constant_value(vocabulary_file) or "?"
        raise ValueError("vocab_size must be greater than 0, got %d. vocabulary_file: %s" % (vocab_size, shown))
    _check_key_dtype(key_dtype)
    with ops.name_scope(name, "string_to_index") as feat_to_id_scope:
        with ops.name_scope(None, "hash_table") as hash_table_scope:
            shared_name = _name_of_file_table(vocabulary_file, vocab_size, key_column_index, value_column_index)
            init = TextFileIdTableInitializer(vocabulary_file, vocab_size=vocab_size, key_dtype=dtypes.int64 if key_dtype.is_integer else key_dtype,
                                              name="table_init", key_column_index=key_column_index, value_column_index=value_column_index,
                                              delimiter=delimiter)
            table = HashTable(init, default_value, shared_name=shared_name, name=hash_table_scope)
        if num_oov_buckets:
            table = IdTableWithHashBuckets(table, num_oov_buckets=num_oov_buckets, hasher_spec=hasher_spec, name=feat_to_id_scope,
                                           key_dtype=key_dtype)
        return table


def index_table_from_tensor(vocabulary_list, num_oov_buckets=0, default_value=-1, hasher_spec=FastHashSpec, dtype=dtypes.string, name=None):
    """A table from words to their places in a list; it has to be initialised, for example by tf.tables_initializer.

    Args:
      vocabulary_list: the words, each of them once.
      num_oov_buckets: ids behind the words' for words that are not there.
      default_value: the id of words that are not there, without buckets.
      hasher_spec: how a bucket is chosen.
      dtype: of what is looked up, string or integer.
      name: of the operation.

    Returns:
      The table.

    Raises:
      ValueError: without words, for words of another kind than dtype, and for a negative number of buckets.
      TypeError: for another dtype.
    """
    if vocabulary_list is None:
        raise ValueError("vocabulary_list must be specified.")
    _check_buckets(num_oov_buckets)
    _check_key_dtype(dtype)
    with ops.name_scope(name, "string_to_index") as feat_to_id_scope:
        keys = ops.convert_to_tensor(vocabulary_list)
        if keys.dtype.is_integer != dtype.is_integer:
            raise ValueError("Expected %s, got %s." % ("integer" if dtype.is_integer else "non-integer", keys.dtype))
        if not dtype.is_integer and keys.dtype.base_dtype != dtype:
            raise ValueError("Expected %s, got %s." % (dtype, keys.dtype))
        values = math_ops.to_int64(math_ops.range(array_ops.size(keys)))
        with ops.name_scope(None, "hash_table") as hash_table_scope:
            table_keys = math_ops.to_int64(keys) if keys.dtype.is_integer else keys
            init = KeyValueTensorInitializer(table_keys, values, table_keys.dtype.base_dtype, dtypes.int64, name="table_init")
            table = HashTable(init, default_value, shared_name="", name=hash_table_scope)
        if num_oov_buckets:
            table = IdTableWithHashBuckets(table, num_oov_buckets=num_oov_buckets, hasher_spec=hasher_spec, name=feat_to_id_scope, key_dtype=dtype)
        return table


def index_to_string_table_from_file(vocabulary_file, vocab_size=None, default_value="UNK", name=None,
                                    key_column_index=TextFileIndex.LINE_NUMBER, value_column_index=TextFileIndex.WHOLE_LINE, delimiter="\t"):
    """A table from ids to the words of a file; it has to be initialised, for example by tf.tables_initializer.

    Args:
      vocabulary_file: the file, a word a line; also a scalar string Tensor.
      vocab_size: how many words there must be.
      default_value: the word of ids that are not there.
      name: of the operation.
      key_column_index: where in a line the id stands, as TextFileInitializer says it.
      value_column_index: where the word stands.
      delimiter: the character between columns.

    Returns:
      The table.

    Raises:
      ValueError: without a file, and for a size that cannot be.
    """
    _check_file(vocabulary_file)
    if vocab_size is not None and vocab_size < 1:
        raise ValueError("vocab_size must be greater than 0, got %d." % vocab_size)
    with ops.name_scope(name, "index_to_string") as scope:
        shared_name = _name_of_file_table(vocabulary_file, vocab_size, key_column_index, value_column_index)
        init = TextFileStringTableInitializer(vocabulary_file, vocab_size=vocab_size, name="table_init", key_column_index=key_column_index,
                                              value_column_index=value_column_index, delimiter=delimiter)
        return HashTable(init, default_value, shared_name=shared_name, name=scope)


def index_to_string_table_from_tensor(vocabulary_list, default_value="UNK", name=None):
    """A table from places in a list to its words; it has to be initialised, for example by tf.tables_initializer.

    Args:
      vocabulary_list: the words.
      default_value: the word of ids that are not there.
      name: of the operation.

    Returns:
      The table.

    Raises:
      ValueError: without words.
    """
    if vocabulary_list is None:
        raise ValueError("vocabulary_list must be specified.")
    with ops.name_scope(name, "index_to_string") as scope:
        vocabulary_list = ops.convert_to_tensor(vocabulary_list, dtypes.string)
        keys = math_ops.to_int64(math_ops.range(array_ops.size(vocabulary_list)))
        init = KeyValueTensorInitializer(keys, vocabulary_list, dtypes.int64, dtypes.string, name="table_init")
        return HashTable(init, default_value, shared_name="", name=scope)
