#include "graph/name_table.h"

#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "graph/graph.h"

#ifdef TFG_TEST_SIZES
#define FIRST_BITS 2
#else
#define FIRST_BITS 6
#endif

void tfg_name_table_fini(TfgNameTable *t)
{
    tfg_free(t->slots);
    tfg_free(t->entries);
    tfg_map_fini(&t->others);
    *t = (TfgNameTable){.slots = NULL};
}

static uint32_t hash_name(const char *key, size_t n)
{
    return (uint32_t)(tfg_hash_bytes(key, n) >> 32);
}

/* A slot's home is the upper bits of the hash, so that a table twice as large has its members in the same order: growing reads and
 * writes memory from front to back. */
static size_t home(const TfgNameTable *t, uint32_t hash)
{
    return hash >> (32 - t->bits);
}

static size_t next(const TfgNameTable *t, size_t i)
{
    return (i + 1) & (((size_t)1 << t->bits) - 1);
}

int64_t tfg_name_table_find(const TfgNameTable *t, const char *key, size_t n, uint32_t *hash)
{
    uint32_t h = hash_name(key, n);
    if (hash)
        *hash = h;
    if (!t->slots)
        return -1;
    for (size_t i = home(t, h); t->slots[i]; i = next(t, i)) {
        if (t->slots[i] >> 32 != h)
            continue;
        const TfgNameEntry *e = &t->entries[(uint32_t)t->slots[i] - 1];
        if (e->n == n && memcmp(e->key, key, n) == 0)
            return e - t->entries;
    }
    return -1;
}

static void put_slot(TfgNameTable *t, uint64_t slot)
{
    size_t i = home(t, (uint32_t)(slot >> 32));
    while (t->slots[i])
        i = next(t, i);
    t->slots[i] = slot;
}

static int grow(TfgNameTable *t)
{
    TfgNameTable bigger = *t;
    bigger.bits = t->slots ? t->bits + 1 : FIRST_BITS;
    bigger.slots = bigger.bits < 32 ? tfg_calloc((size_t)1 << bigger.bits, sizeof *bigger.slots) : NULL;
    if (!bigger.slots)
        return -1;
    for (size_t i = 0; t->slots && i < (size_t)1 << t->bits; i++)
        if (t->slots[i])
            put_slot(&bigger, t->slots[i]);
    tfg_free(t->slots);
    *t = bigger;
    return 0;
}

int64_t tfg_name_table_add(TfgNameTable *t, const char *key, size_t n, uint32_t hash)
{
    if ((!t->slots || (t->n + 1) * 3 > ((size_t)1 << t->bits) * 2) && grow(t) < 0)
        return -1;
    if (n > UINT32_MAX || tfg_grow((void **)&t->entries, &t->capacity, t->n + 1, sizeof *t->entries) < 0)
        return -1;
    t->entries[t->n] = (TfgNameEntry){key, NULL, (uint32_t)n, 0};
    put_slot(t, (uint64_t)hash << 32 | (uint32_t)(t->n + 1));
    return (int64_t)t->n++;
}

int tfg_name_table_set_op(TfgNameTable *t, int64_t i, TfgOp *op, const char *name)
{
    if (!t->entries[i].op)
        t->entries[i].op = op;
    else if (tfg_map_put(&t->others, name, strlen(name), op) < 0)
        return -1;
    t->n_ops++;
    return 0;
}

void tfg_name_table_unset_op(TfgNameTable *t, int64_t i, const TfgOp *op, const char *name)
{
    if (t->entries[i].op == op)
        t->entries[i].op = NULL;
    else
        tfg_map_remove(&t->others, name, strlen(name));
    t->n_ops--;
}

TfgOp *tfg_name_table_op(const TfgNameTable *t, int64_t i, const char *name)
{
    TfgOp *op = i >= 0 ? t->entries[i].op : NULL;
    if (op && strcmp(op->name, name) == 0)
        return op;
    return t->others.n ? tfg_map_find(&t->others, name, strlen(name)) : NULL;
}
