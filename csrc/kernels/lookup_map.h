/* Lookup map: what hash tables keep their pairs in.  Keys are integers or strings; a value is a row of `width` elements.  Pairs lie
 * one behind the other in the order in which their keys came; tfg_lookup_map_order tells the order in which TensorFlow gives them. */
#ifndef TFG_KERNELS_LOOKUP_MAP_H
#define TFG_KERNELS_LOOKUP_MAP_H

#include "tensor/tensor.h"

typedef struct TfgLookupSlot TfgLookupSlot;
typedef struct TfgLookupMap {
    TfgDType key, value;
    int64_t width;              /* elements of a value */
    int64_t n;
    char *keys, *values;
    size_t keys_room, values_room;      /* in elements */
    TfgLookupSlot *slots;
    size_t capacity;            /* slots, a power of two, or 0 */
    int growth;                 /* how often TensorFlow's map had grown before it was last cleared */
} TfgLookupMap;

void tfg_lookup_map_init(TfgLookupMap *m, TfgDType key, TfgDType value, int64_t width);
void tfg_lookup_map_fini(TfgLookupMap *m);
/* An empty map as `old` would be if it were cleared, which decides the order of what comes. */
void tfg_lookup_map_init_after(TfgLookupMap *m, const TfgLookupMap *old);
/* The pair with this key (an element of the key's dtype), -1 where there is none. */
int64_t tfg_lookup_map_find(const TfgLookupMap *m, const void *key);
/* The same of n keys, which lie one behind the other. */
void tfg_lookup_map_find_many(const TfgLookupMap *m, const void *keys, int64_t n, int64_t *pairs);
/* The pair with this key, added with this value where there is none; *added (may be NULL) tells.  -1 without memory. */
int64_t tfg_lookup_map_add(TfgLookupMap *m, const void *key, const void *value, bool *added, TfgStatus *s);
/* Gives a pair another value. */
int tfg_lookup_map_set(TfgLookupMap *m, int64_t pair, const void *value, TfgStatus *s);
/* Room in the table for n pairs.  -1 without memory. */
int tfg_lookup_map_reserve(TfgLookupMap *m, int64_t n, TfgStatus *s);
/* The value of a pair, which may be written. */
void *tfg_lookup_map_value(const TfgLookupMap *m, int64_t pair);
/* Hash of a key of one of the dtypes. */
uint64_t tfg_lookup_key_bits(TfgDType d, const void *key, uint64_t (*of_string)(const TfgString *e));
bool tfg_lookup_same_key(TfgDType d, const void *a, const void *b);

/* lookup_order.c: the numbers of all pairs in TensorFlow's order, n of them. */
int tfg_lookup_map_order(const TfgLookupMap *m, int64_t *order, TfgStatus *s);
/* How often TensorFlow's map has grown when it holds n pairs. */
int tfg_lookup_growth(int64_t n, int before);

#endif
