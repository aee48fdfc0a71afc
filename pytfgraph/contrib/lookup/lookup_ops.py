"""Tables that change, and older names for those that do not."""
import functools

from pytfgraph.framework import dtypes, ops
from pytfgraph.framework.graph_keys import GraphKeys
from pytfgraph.ops import lookup_ops
from pytfgraph.ops.lookup_ops import (  # noqa: F401
    FastHashSpec, HashTable, HasherSpec, IdTableWithHashBuckets, InitializableLookupTableBase, KeyValueTensorInitializer, LookupInterface,
    StrongHashSpec, TableInitializerBase, TextFileIdTableInitializer, TextFileIndex, TextFileInitializer, TextFileStringTableInitializer,
    gen_lookup_ops, index_table_from_file, index_to_string_table_from_file)
from pytfgraph.training import saveable_object
from pytfgraph.training.checkpointable import base as checkpointable
from pytfgraph.util.deprecation import deprecated

# ---- Older names -------------------------------------------------------------------------------------------------------------------


@deprecated("2017-04-10", "Use `index_table_from_file`.")
def string_to_index_table_from_file(vocabulary_file=None, num_oov_buckets=0, vocab_size=None, default_value=-1, hasher_spec=FastHashSpec,
                                    name=None):
    """index_table_from_file for strings."""
    return index_table_from_file(vocabulary_file, num_oov_buckets, vocab_size, default_value, hasher_spec, key_dtype=dtypes.string, name=name)


@deprecated("2017-04-10", "Use `index_table_from_tensor`.")
def string_to_index_table_from_tensor(mapping, num_oov_buckets=0, default_value=-1, hasher_spec=FastHashSpec, name=None):
    """index_table_from_tensor for strings.

    Raises:
      ValueError: for words that are no strings.
    """
    with ops.name_scope(name, "string_to_index") as scope:
        mapping = ops.convert_to_tensor(mapping)
    if mapping.dtype.base_dtype != dtypes.string:
        raise ValueError("string_to_index_table_from_tensor requires string.")
    return index_table_from_tensor(mapping, num_oov_buckets, default_value, hasher_spec, name=scope)


def index_table_from_tensor(mapping, num_oov_buckets=0, default_value=-1, hasher_spec=FastHashSpec, dtype=dtypes.string, name=None):
    """lookup_ops.index_table_from_tensor under its older argument: `mapping` is its `vocabulary_list`.

    Raises:
      ValueError: without one.
    """
    if mapping is None:
        raise ValueError("mapping must be specified.")
    return lookup_ops.index_table_from_tensor(vocabulary_list=mapping, num_oov_buckets=num_oov_buckets, default_value=default_value,
                                              hasher_spec=hasher_spec, dtype=dtype, name=name)


def index_to_string_table_from_tensor(mapping, default_value="UNK", name=None):
    """lookup_ops.index_to_string_table_from_tensor under its older argument: `mapping` is its `vocabulary_list`.

    Raises:
      ValueError: without one.
    """
    if mapping is None:
        raise ValueError("mapping must be specified.")
    return lookup_ops.index_to_string_table_from_tensor(vocabulary_list=mapping, default_value=default_value, name=name)


@deprecated("2017-01-07", "This op will be removed after the deprecation date. Please switch to index_table_from_tensor and call the lookup "
            "method of the returned table.")
def string_to_index(tensor, mapping, default_value=-1, name=None):
    """The places of strings in a list, in a table of its own.

    Args:
      tensor: the strings, a Tensor or SparseTensor.
      mapping: the list.
      default_value: for strings that are not there.
      name: of the operation.

    Returns:
      int64, of the strings' shape.
    """
    return index_table_from_tensor(mapping=mapping, default_value=default_value, name=name).lookup(tensor)


@deprecated("2017-01-07", "This op will be removed after the deprecation date. Please switch to index_to_string_table_from_tensor and call the "
            "lookup method of the returned table.")
def index_to_string(tensor, mapping, default_value="UNK", name=None):
    """The strings at places of a list, in a table of its own.

    Args:
      tensor: the places, int64.
      mapping: the list.
      default_value: for places that are not there.
      name: of the operation.

    Returns:
      Strings, of the places' shape.
    """
    return index_to_string_table_from_tensor(mapping=mapping, default_value=default_value, name=name).lookup(tensor)


# ---- Tables that change ------------------------------------------------------------------------------------------------------------


class _TableSaveable(saveable_object.SaveableObject):
    """All keys and all values of a table, under its name with -keys and -values."""

    def __init__(self, table, name):
        keys, values = table.export()
        super().__init__(table, [saveable_object.SaveSpec(keys, "", name + "-keys"), saveable_object.SaveSpec(values, "", name + "-values")], name)

    def restore(self, restored_tensors, restored_shapes):
        del restored_shapes
        with ops.colocate_with(self.op._table_ref):
            return gen_lookup_ops.lookup_table_import_v2(self.op._table_ref, restored_tensors[0], restored_tensors[1])


class _MutableTable(LookupInterface, checkpointable.CheckpointableBase):
    """What the tables that change share.  Derived classes set _default_value and _value_shape."""

    def _made(self, table_ref, key_dtype, value_dtype, name, checkpoint):
        self._table_ref = table_ref
        super().__init__(key_dtype, value_dtype, table_ref.op.name.split("/")[-1])
        if checkpoint:
            ops.add_to_collection(GraphKeys.SAVEABLE_OBJECTS, self._Saveable(self, name))

    def size(self, name=None):
        """How many pairs there are: a scalar int64 Tensor.

        Args:
          name: of the operation.
        """
        with ops.name_scope(name, "%s_Size" % self._name, [self._table_ref]) as name:
            with ops.colocate_with(self._table_ref):
                return gen_lookup_ops.lookup_table_size_v2(self._table_ref, name=name)

    def lookup(self, keys, name=None):
        """The values of keys, the default value for those that are not there.

        Args:
          keys: of the table's key dtype, in any shape.
          name: of the operation.

        Returns:
          A Tensor of the keys' shape, for values that are vectors with their length behind.

        Raises:
          TypeError: for keys of another dtype.
        """
        with ops.name_scope(name, "%s_lookup_table_find" % self._name, (self._table_ref, keys, self._default_value)) as name:
            keys = ops.convert_to_tensor(keys, dtype=self._key_dtype, name="keys")
            with ops.colocate_with(self._table_ref):
                return gen_lookup_ops.lookup_table_find_v2(self._table_ref, keys, self._default_value, name=name)

    def insert(self, keys, values, name=None):
        """Puts values under keys, in place of those that are there.

        Args:
          keys: of the table's key dtype, in any shape.
          values: of its value dtype, in the keys' shape, for values that are vectors with their length behind.
          name: of the operation.

        Returns:
          The Operation.

        Raises:
          TypeError: for other dtypes.
        """
        with ops.name_scope(name, "%s_lookup_table_insert" % self._name, [self._table_ref, keys, values]) as name:
            keys = ops.convert_to_tensor(keys, self._key_dtype, name="keys")
            values = ops.convert_to_tensor(values, self._value_dtype, name="values")
            with ops.colocate_with(self._table_ref):
                return gen_lookup_ops.lookup_table_insert_v2(self._table_ref, keys, values, name=name)

    def export(self, name=None):
        """All keys and all values: a pair of Tensors; of a dense table its buckets, of which those with the empty key are free.

        Args:
          name: of the operation.
        """
        with ops.name_scope(name, "%s_lookup_table_export_values" % self._name, [self._table_ref]) as name:
            with ops.colocate_with(self._table_ref):
                keys, values = gen_lookup_ops.lookup_table_export_v2(self._table_ref, self._key_dtype, self._value_dtype, name=name)
        return keys, values

    def _gather_saveables_for_checkpoint(self):
        return {"table": functools.partial(self._Saveable, table=self)}


class MutableHashTable(_MutableTable):
    """A hash table that can be changed at any time.

    Args:
      key_dtype: of the keys.
      value_dtype: of the values.
      default_value: the value of keys that are not there, a scalar or a vector; all values have its shape.
      shared_name: tables of one session with the same shared name are one.
      name: of the operation, and in checkpoints.
      checkpoint: whether a Saver saves the table; it is then shared under its node's name if there is no shared_name.
    """

    def __init__(self, key_dtype, value_dtype, default_value, shared_name=None, name="MutableHashTable", checkpoint=True):
        self._default_value = ops.convert_to_tensor(default_value, dtype=value_dtype)
        self._value_shape = self._default_value.get_shape()
        attributes = dict(shared_name=shared_name, use_node_name_sharing=checkpoint and shared_name is None, key_dtype=key_dtype,
                          value_dtype=value_dtype, name=name)
        if self._value_shape.ndims == 0:
            table_ref = gen_lookup_ops.mutable_hash_table_v2(**attributes)
        else:
            table_ref = gen_lookup_ops.mutable_hash_table_of_tensors_v2(value_shape=self._value_shape, **attributes)
        self._made(table_ref, key_dtype, value_dtype, name, checkpoint)

    class _Saveable(_TableSaveable):
        pass


class MutableDenseHashTable(_MutableTable):
    """A hash table whose pairs lie side by side in tensors, that can be changed at any time.

    Args:
      key_dtype: of the keys.
      value_dtype: of the values.
      default_value: the value of keys that are not there, a scalar or a vector; all values have its shape.
      empty_key: a key that is never used, a scalar or a vector; all keys have its shape.
      initial_num_buckets: a power of two; 131072 if None.
      shared_name: tables of one session with the same shared name are one.
      name: of the operation, and in checkpoints.
      checkpoint: whether a Saver saves the table; it is then shared under its node's name if there is no shared_name.
    """

    def __init__(self, key_dtype, value_dtype, default_value, empty_key, initial_num_buckets=None, shared_name=None,
                 name="MutableDenseHashTable", checkpoint=True):
        self._default_value = ops.convert_to_tensor(default_value, dtype=value_dtype, name="default_value")
        self._value_shape = self._default_value.get_shape()
        empty_key = ops.convert_to_tensor(empty_key, dtype=key_dtype, name="empty_key")
        table_ref = gen_lookup_ops.mutable_dense_hash_table_v2(
            empty_key=empty_key, shared_name=shared_name, use_node_name_sharing=checkpoint and shared_name is None, value_dtype=value_dtype,
            value_shape=self._value_shape, initial_num_buckets=initial_num_buckets, name=name)
        self._made(table_ref, key_dtype, value_dtype, name, checkpoint)

    class _Saveable(_TableSaveable):
        pass
