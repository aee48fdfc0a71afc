/* Map: hash maps from byte strings, or from 64-bit keys, to pointers.  Keys of a string map are borrowed, not copied. */
#ifndef TFG_BASE_MAP_H
#define TFG_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct TfgMapSlot TfgMapSlot;
typedef struct TfgMap {         /* zero-initialised is empty */
    TfgMapSlot *slots;
    size_t n, capacity;
} TfgMap;

void tfg_map_fini(TfgMap *m);
void *tfg_map_find(const TfgMap *m, const char *key, size_t n);             /* NULL where absent */
bool tfg_map_has(const TfgMap *m, const char *key, size_t n);
int tfg_map_put(TfgMap *m, const char *key, size_t n, void *value);         /* adds or replaces; -1 without memory */
void *tfg_map_remove(TfgMap *m, const char *key, size_t n);                 /* the value that was there */
/* Walks in insertion order?  No: any order.  *i starts at 0; false at the end. */
bool tfg_map_next(const TfgMap *m, size_t *i, const char **key, size_t *n, void **value);

typedef struct TfgIdSlot TfgIdSlot;
typedef struct TfgIdMap {       /* keys are integers or pointers cast to uint64_t */
    TfgIdSlot *slots;
    size_t n, capacity;
} TfgIdMap;

void tfg_idmap_fini(TfgIdMap *m);
bool tfg_idmap_get(const TfgIdMap *m, uint64_t key, uint64_t *value);
int tfg_idmap_put(TfgIdMap *m, uint64_t key, uint64_t value);
bool tfg_idmap_remove(TfgIdMap *m, uint64_t key);
bool tfg_idmap_next(const TfgIdMap *m, size_t *i, uint64_t *key, uint64_t *value);

#endif
