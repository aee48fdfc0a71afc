/* Names of a graph: for each lower-case name how often it was asked for, and the operation that has it.  One table for both, of
 * eight bytes a slot, since adding an operation is mostly the wait for this memory. */
#ifndef TFG_GRAPH_NAME_TABLE_H
#define TFG_GRAPH_NAME_TABLE_H

#include "base/map.h"
#include "tfgraph.h"

typedef struct TfgNameEntry {
    const char *key;            /* lower case; borrowed: lives in the graph's arena */
    TfgOp *op;                  /* NULL: a scope, or a name given out only */
    uint32_t n, used;           /* length; how often it was asked for, 0: not in use */
} TfgNameEntry;

typedef struct TfgNameTable {   /* zero-initialised is empty */
    uint64_t *slots;            /* hash in the upper half, index of the entry + 1 in the lower; 0: free */
    int bits;                   /* 1 << bits slots */
    TfgNameEntry *entries;      /* in the order they came */
    size_t n, capacity;
    TfgMap others;              /* ops whose names differ from an entry's op in case only, by exact name */
    size_t n_ops;
} TfgNameTable;

void tfg_name_table_fini(TfgNameTable *t);
/* Index of the entry, or -1.  *hash (may be NULL) saves the next call the work. */
int64_t tfg_name_table_find(const TfgNameTable *t, const char *key, size_t n, uint32_t *hash);
/* Adds an entry that is not there.  -1 without memory. */
int64_t tfg_name_table_add(TfgNameTable *t, const char *key, size_t n, uint32_t hash);
/* Gives the op the name of entry i.  -1 without memory, which only names that differ in case from others need. */
int tfg_name_table_set_op(TfgNameTable *t, int64_t i, TfgOp *op, const char *name);
void tfg_name_table_unset_op(TfgNameTable *t, int64_t i, const TfgOp *op, const char *name);
TfgOp *tfg_name_table_op(const TfgNameTable *t, int64_t i, const char *name);

#endif
