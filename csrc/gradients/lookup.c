/* Gradients of lookup tables: there are none. */
#include "gradients/rows.h"

const TfgGradRow tfg_gradients_lookup[] = {
    NONE("HashTable"), NONE("HashTableV2"),
    NONE("InitializeTable"), NONE("InitializeTableV2"),
    NONE("InitializeTableFromTextFile"), NONE("InitializeTableFromTextFileV2"),
    NONE("LookupTableFind"), NONE("LookupTableFindV2"),
    NONE("LookupTableInsert"), NONE("LookupTableInsertV2"),
    NONE("LookupTableSize"), NONE("LookupTableSizeV2"),
    NONE("MutableDenseHashTable"), NONE("MutableDenseHashTableV2"),
    NONE("MutableHashTable"), NONE("MutableHashTableV2"),
    NONE("MutableHashTableOfTensors"), NONE("MutableHashTableOfTensorsV2"),
};
const int tfg_n_gradients_lookup = sizeof tfg_gradients_lookup / sizeof *tfg_gradients_lookup;
