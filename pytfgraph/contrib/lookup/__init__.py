"""tf.contrib.lookup: lookup tables."""
from pytfgraph.contrib.lookup.lookup_ops import (  # noqa: F401
    FastHashSpec, HashTable, HasherSpec, IdTableWithHashBuckets, InitializableLookupTableBase, KeyValueTensorInitializer, LookupInterface,
    MutableDenseHashTable, MutableHashTable, StrongHashSpec, TableInitializerBase, TextFileIdTableInitializer, TextFileIndex,
    TextFileInitializer, TextFileStringTableInitializer, index_table_from_file, index_table_from_tensor, index_to_string,
    index_to_string_table_from_file, index_to_string_table_from_tensor, string_to_index, string_to_index_table_from_file,
    string_to_index_table_from_tensor)
