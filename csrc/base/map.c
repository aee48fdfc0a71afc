#include "base/map.h"

#include <string.h>

#include "base/memory.h"
#include "base/str.h"

/* Both maps use open addressing with linear steps; capacities are powers of two, at most three quarters are in use, and a removal
 * moves later members of the run back, so there are no tombstones. */
#define FIRST_CAPACITY ((size_t)8)

static bool is_crowded(size_t n, size_t capacity) { return (n + 1) * 4 > capacity * 3; }

/* May the entry whose home is `home`, found at i, move back to the hole? */
static bool may_move(size_t home, size_t hole, size_t i, size_t mask)
{
    return ((i - home) & mask) >= ((i - hole) & mask);
}

/* ---- Byte strings ------------------------------------------------------------------------------------------------------------ */

struct TfgMapSlot {
    const char *key;            /* NULL: free */
    size_t n;
    uint64_t hash;
    void *value;
};

void tfg_map_fini(TfgMap *m)
{
    tfg_free(m->slots);
    *m = (TfgMap){NULL, 0, 0};
}

/* The key's slot, or the free one where it would go.  Needs capacity > 0. */
static TfgMapSlot *locate(const TfgMap *m, const char *key, size_t n, uint64_t hash)
{
    size_t mask = m->capacity - 1;
    for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
        TfgMapSlot *s = &m->slots[i];
        if (!s->key || (s->hash == hash && s->n == n && (n == 0 || memcmp(s->key, key, n) == 0)))
            return s;
    }
}

static const TfgMapSlot *find_slot(const TfgMap *m, const char *key, size_t n)
{
    if (m->n == 0)
        return NULL;
    const TfgMapSlot *s = locate(m, key, n, tfg_hash_bytes(key, n));
    return s->key ? s : NULL;
}

void *tfg_map_find(const TfgMap *m, const char *key, size_t n)
{
    const TfgMapSlot *s = find_slot(m, key, n);
    return s ? s->value : NULL;
}

bool tfg_map_has(const TfgMap *m, const char *key, size_t n)
{
    return find_slot(m, key, n) != NULL;
}

static int grow_map(TfgMap *m)
{
    TfgMap bigger = {NULL, m->n, m->capacity ? m->capacity * 2 : FIRST_CAPACITY};
    bigger.slots = tfg_calloc(bigger.capacity, sizeof *bigger.slots);
    if (!bigger.slots)
        return -1;
    for (size_t i = 0; i < m->capacity; i++)
        if (m->slots[i].key)
            *locate(&bigger, m->slots[i].key, m->slots[i].n, m->slots[i].hash) = m->slots[i];
    tfg_free(m->slots);
    *m = bigger;
    return 0;
}

int tfg_map_put(TfgMap *m, const char *key, size_t n, void *value)
{
    uint64_t hash = tfg_hash_bytes(key, n);
    TfgMapSlot *s = m->capacity ? locate(m, key, n, hash) : NULL;
    if (s && s->key) {
        s->value = value;
        return 0;
    }
    if (!s || is_crowded(m->n, m->capacity)) {
        if (grow_map(m) < 0)
            return -1;
        s = locate(m, key, n, hash);
    }
    *s = (TfgMapSlot){key ? key : "", n, hash, value};
    m->n++;
    return 0;
}

void *tfg_map_remove(TfgMap *m, const char *key, size_t n)
{
    const TfgMapSlot *s = find_slot(m, key, n);
    if (!s)
        return NULL;
    void *value = s->value;
    size_t mask = m->capacity - 1, hole = (size_t)(s - m->slots);
    for (size_t i = (hole + 1) & mask; m->slots[i].key; i = (i + 1) & mask)
        if (may_move((size_t)m->slots[i].hash & mask, hole, i, mask)) {
            m->slots[hole] = m->slots[i];
            hole = i;
        }
    m->slots[hole].key = NULL;
    m->n--;
    return value;
}

bool tfg_map_next(const TfgMap *m, size_t *i, const char **key, size_t *n, void **value)
{
    while (*i < m->capacity) {
        const TfgMapSlot *s = &m->slots[(*i)++];
        if (!s->key)
            continue;
        if (key)
            *key = s->key;
        if (n)
            *n = s->n;
        if (value)
            *value = s->value;
        return true;
    }
    return false;
}

/* ---- Integers ---------------------------------------------------------------------------------------------------------------- */

struct TfgIdSlot {
    uint64_t key, value;
    bool used;
};

void tfg_idmap_fini(TfgIdMap *m)
{
    tfg_free(m->slots);
    *m = (TfgIdMap){NULL, 0, 0};
}

static size_t id_home(uint64_t key, size_t mask)
{
    return (size_t)tfg_hash_mix(key, UINT64_C(0x2545f4914f6cdd1d)) & mask;
}

static TfgIdSlot *locate_id(const TfgIdMap *m, uint64_t key)
{
    size_t mask = m->capacity - 1;
    for (size_t i = id_home(key, mask);; i = (i + 1) & mask)
        if (!m->slots[i].used || m->slots[i].key == key)
            return &m->slots[i];
}

bool tfg_idmap_get(const TfgIdMap *m, uint64_t key, uint64_t *value)
{
    if (m->n == 0)
        return false;
    const TfgIdSlot *s = locate_id(m, key);
    if (s->used && value)
        *value = s->value;
    return s->used;
}

static int grow_idmap(TfgIdMap *m)
{
    TfgIdMap bigger = {NULL, m->n, m->capacity ? m->capacity * 2 : FIRST_CAPACITY};
    bigger.slots = tfg_calloc(bigger.capacity, sizeof *bigger.slots);
    if (!bigger.slots)
        return -1;
    for (size_t i = 0; i < m->capacity; i++)
        if (m->slots[i].used)
            *locate_id(&bigger, m->slots[i].key) = m->slots[i];
    tfg_free(m->slots);
    *m = bigger;
    return 0;
}

int tfg_idmap_put(TfgIdMap *m, uint64_t key, uint64_t value)
{
    TfgIdSlot *s = m->capacity ? locate_id(m, key) : NULL;
    if (s && s->used) {
        s->value = value;
        return 0;
    }
    if (!s || is_crowded(m->n, m->capacity)) {
        if (grow_idmap(m) < 0)
            return -1;
        s = locate_id(m, key);
    }
    *s = (TfgIdSlot){key, value, true};
    m->n++;
    return 0;
}

bool tfg_idmap_remove(TfgIdMap *m, uint64_t key)
{
    if (m->n == 0)
        return false;
    const TfgIdSlot *s = locate_id(m, key);
    if (!s->used)
        return false;
    size_t mask = m->capacity - 1, hole = (size_t)(s - m->slots);
    for (size_t i = (hole + 1) & mask; m->slots[i].used; i = (i + 1) & mask)
        if (may_move(id_home(m->slots[i].key, mask), hole, i, mask)) {
            m->slots[hole] = m->slots[i];
            hole = i;
        }
    m->slots[hole].used = false;
    m->n--;
    return true;
}

bool tfg_idmap_next(const TfgIdMap *m, size_t *i, uint64_t *key, uint64_t *value)
{
    while (*i < m->capacity) {
        const TfgIdSlot *s = &m->slots[(*i)++];
        if (!s->used)
            continue;
        if (key)
            *key = s->key;
        if (value)
            *value = s->value;
        return true;
    }
    return false;
}
