/* Lookup tables: from keys (scalars, or vectors in a dense table) to values (scalars or vectors).  A kind of table is a set of
 * functions that run under the table's lock, held by one writer or by any number of readers; kernels/lookup.c checks dtypes and
 * shapes before. */
#ifndef TFG_KERNELS_LOOKUP_H
#define TFG_KERNELS_LOOKUP_H

#include "kernels/named.h"

#define TFG_TABLE_TYPE "Table"

typedef struct TfgTable TfgTable;

/* Pairs that come one by one: 1 and the elements (borrowed until the next call), 0 at the end, -1. */
typedef struct TfgTableFeed TfgTableFeed;
struct TfgTableFeed {
    int (*next)(TfgTableFeed *f, const void **key, const void **value, TfgStatus *s);
};

typedef struct TfgTableKind {
    int (*check_import)(const TfgTable *t, const TfgTensor *keys, const TfgTensor *values, TfgStatus *s);
    int (*check_find)(const TfgTable *t, const TfgTensor *keys, TfgStatus *s);      /* may be NULL */
    /* `out` has as many values as there are keys. */
    int (*find)(TfgTable *t, const TfgTensor *keys, const TfgTensor *otherwise, TfgTensor *out, TfgStatus *s);
    int (*insert)(TfgTable *t, const TfgTensor *keys, const TfgTensor *values, TfgStatus *s);
    int (*import)(TfgTable *t, const TfgTensor *keys, const TfgTensor *values, TfgStatus *s);
    /* The first pair of the feed was asked for already.  NULL: not a table that is initialised. */
    int (*initialize)(TfgTable *t, TfgTableFeed *feed, const void *key, const void *value, TfgStatus *s);
    bool (*is_initialized)(const TfgTable *t);          /* where there is `initialize` */
    int (*export)(TfgTable *t, TfgTensor **keys, TfgTensor **values, TfgStatus *s);     /* both new */
    int64_t (*size)(const TfgTable *t);
    void (*fini)(TfgTable *t);
} TfgTableKind;

struct TfgTable {
    TfgHandle base;
    const TfgTableKind *kind;
    pthread_rwlock_t lock;
    TfgDType key, value;
    int key_rank, value_rank;           /* 0 or 1 */
    int64_t key_width, value_width;     /* elements of one */
};

/* A table of `size` bytes that begins with its TfgTable, zeroed but for that. */
TfgTable *tfg_table_new(size_t size, const TfgTableKind *kind, const TfgPrepare *p, TfgStatus *s);
/* The dims of n keys, or values, into dims; their number. */
static inline int tfg_table_dims(int64_t n, int rank, int64_t width, int64_t dims[2])
{
    dims[0] = n;
    dims[1] = width;
    return 1 + rank;
}
/* Attribute value_shape, which must be known in full and of a rank between `least` and 1; unknown rank counts as scalar. */
int tfg_table_value_shape(TfgTable *t, const TfgAttrs *attrs, int least, const char *what, TfgStatus *s);
int tfg_table_fail_not_shape(const char *words, const char *found, const TfgTensor *t, int rank, const int64_t *dims, TfgStatus *s);

/* lookup_hash.c: HashTable, MutableHashTable and MutableHashTableOfTensors. */
TfgHandle *tfg_hash_table_new(const TfgPrepare *p, TfgStatus *s);
TfgHandle *tfg_mutable_hash_table_new(const TfgPrepare *p, TfgStatus *s);
TfgHandle *tfg_hash_table_of_tensors_new(const TfgPrepare *p, TfgStatus *s);
/* lookup_dense.c */
TfgHandle *tfg_dense_table_new(const TfgPrepare *p, const TfgTensor *empty_key, TfgStatus *s);
/* lookup_text.c: initialises t, of which no lock is held, from a file as InitializeTableFromTextFile describes it. */
int tfg_table_read_text(TfgTable *t, const char *path, const TfgAttrs *attrs, TfgStatus *s);
/* lookup.c: initialises t from a feed, taking the lock. */
int tfg_table_initialize(TfgTable *t, TfgTableFeed *feed, TfgStatus *s);

#endif
