#include "kernels/lookup_map.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/util.h"

/* Open addressing with linear steps over slots that hold a key's hash and 1 + its pair (0: free).  Keys are never taken out one by
 * one, so there are no tombstones. */
struct TfgLookupSlot {
    uint64_t hash;
    int64_t pair;
};

#define FIRST_CAPACITY ((size_t)16)

void tfg_lookup_map_init(TfgLookupMap *m, TfgDType key, TfgDType value, int64_t width)
{
    *m = (TfgLookupMap){.key = key, .value = value, .width = width};
}

/* Lets go of what n elements hold beyond their own bytes. */
static void drop_elements(TfgDType d, char *elements, int64_t n)
{
    if (tfg_dtype_is_plain(d))
        return;
    for (int64_t i = 0; i < n; i++)
        if (d == TFG_STRING)
            tfg_string_clear((TfgString *)(void *)elements + i);
        else
            tfg_handle_unref(((TfgHandle **)(void *)elements)[i]);
}

void tfg_lookup_map_fini(TfgLookupMap *m)
{
    drop_elements(m->key, m->keys, m->n);
    drop_elements(m->value, m->values, m->n * m->width);
    tfg_free(m->keys);
    tfg_free(m->values);
    tfg_free(m->slots);
    *m = (TfgLookupMap){0};
}

void tfg_lookup_map_init_after(TfgLookupMap *m, const TfgLookupMap *old)
{
    tfg_lookup_map_init(m, old->key, old->value, old->width);
    m->growth = tfg_lookup_growth(old->n, old->growth);
}

/* ---- Keys ------------------------------------------------------------------------------------------------------------------------------ */

uint64_t tfg_lookup_key_bits(TfgDType d, const void *key, uint64_t (*of_string)(const TfgString *e))
{
    if (d == TFG_STRING)
        return of_string(key);
    return d == TFG_INT32 ? (uint64_t)(int64_t)*(const int32_t *)key : *(const uint64_t *)key;
}

bool tfg_lookup_same_key(TfgDType d, const void *a, const void *b)
{
    if (d != TFG_STRING)
        return memcmp(a, b, tfg_dtype_size(d)) == 0;
    const TfgString *x = a, *y = b;
    return x->n == y->n && (x->n == 0 || memcmp(x->data, y->data, x->n) == 0);
}

static uint64_t hash_string(const TfgString *e) { return tfg_hash_bytes(e->n ? e->data : "", e->n); }

/* Integers are mixed so that no two have the same hash: where hashes are equal, so are the keys. */
static uint64_t hash_key(TfgDType d, const void *key)
{
    uint64_t bits = tfg_lookup_key_bits(d, key, hash_string);
    if (d == TFG_STRING)
        return bits;
    bits = (bits ^ bits >> 32) * UINT64_C(0x9e3779b97f4a7c15);
    return bits ^ bits >> 29;
}

static void *key_at(const TfgLookupMap *m, int64_t pair) { return m->keys + tfg_tensor_size(m->key, pair); }

void *tfg_lookup_map_value(const TfgLookupMap *m, int64_t pair) { return m->values + tfg_tensor_size(m->value, pair * m->width); }

/* ---- Finding and adding ---------------------------------------------------------------------------------------------------------------- */

/* The key's slot, or the free one where it would go.  Needs a free slot. */
static TfgLookupSlot *locate(const TfgLookupMap *m, const void *key, uint64_t hash)
{
    size_t mask = m->capacity - 1;
    for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
        TfgLookupSlot *slot = &m->slots[i];
        if (!slot->pair || (slot->hash == hash && (m->key != TFG_STRING || tfg_lookup_same_key(m->key, key_at(m, slot->pair - 1), key))))
            return slot;
    }
}

int64_t tfg_lookup_map_find(const TfgLookupMap *m, const void *key)
{
    return m->n ? locate(m, key, hash_key(m->key, key))->pair - 1 : -1;
}

#define BLOCK 32

/* Slots are asked for a block of keys at a time, so that memory fetches them together. */
void tfg_lookup_map_find_many(const TfgLookupMap *m, const void *keys, int64_t n, int64_t *pairs)
{
    uint64_t hash[BLOCK];
    size_t size = tfg_dtype_size(m->key);
    const char *key = keys;
    for (int64_t i = 0; i < n; i += BLOCK, key += BLOCK * size) {
        int64_t block = n - i < BLOCK ? n - i : BLOCK;
        for (int64_t k = 0; m->n && k < block; k++) {
            hash[k] = hash_key(m->key, key + (size_t)k * size);
            __builtin_prefetch(&m->slots[(size_t)hash[k] & (m->capacity - 1)]);
        }
        for (int64_t k = 0; k < block; k++)
            pairs[i + k] = m->n ? locate(m, key + (size_t)k * size, hash[k])->pair - 1 : -1;
    }
}

static int grow_slots(TfgLookupMap *m)
{
    size_t capacity = m->capacity ? m->capacity * 2 : FIRST_CAPACITY;
    TfgLookupSlot *slots = tfg_calloc(capacity, sizeof *slots);
    if (!slots)
        return -1;
    for (size_t i = 0; i < m->capacity; i++) {
        if (!m->slots[i].pair)
            continue;
        size_t at = (size_t)m->slots[i].hash & (capacity - 1);
        while (slots[at].pair)
            at = (at + 1) & (capacity - 1);
        slots[at] = m->slots[i];
    }
    tfg_free(m->slots);
    m->slots = slots;
    m->capacity = capacity;
    return 0;
}

/* Room for one pair more, its elements empty. */
static int make_room(TfgLookupMap *m, TfgStatus *s)
{
    size_t n = (size_t)m->n, values, key_size = tfg_dtype_size(m->key), value_size = tfg_dtype_size(m->value);
    if (__builtin_mul_overflow(n + 1, (size_t)m->width, &values) || tfg_grow((void **)&m->keys, &m->keys_room, n + 1, key_size) < 0 ||
        tfg_grow((void **)&m->values, &m->values_room, values, value_size) < 0 || ((n + 1) * 4 > m->capacity * 3 && grow_slots(m) < 0))
        return tfg_fail_memory(s);
    memset(m->keys + n * key_size, 0, key_size);
    if (m->width)
        memset(m->values + (values - (size_t)m->width) * value_size, 0, (size_t)m->width * value_size);
    return 0;
}

int tfg_lookup_map_reserve(TfgLookupMap *m, int64_t n, TfgStatus *s)
{
    while ((size_t)n > m->capacity / 4 * 3) {
        if (m->n == 0 && m->capacity < (size_t)n) {         /* nothing to move: in one go */
            size_t capacity = FIRST_CAPACITY;
            while (capacity / 4 * 3 < (size_t)n)
                capacity *= 2;
            TfgLookupSlot *slots = tfg_calloc(capacity, sizeof *slots);
            if (!slots)
                return tfg_fail_memory(s);
            tfg_free(m->slots);
            m->slots = slots;
            m->capacity = capacity;
        } else if (grow_slots(m) < 0) {
            return tfg_fail_memory(s);
        }
    }
    return 0;
}

/* Of a size that the compiler knows, where it is a common one. */
static inline void copy_plain(void *to, const void *from, size_t n)
{
    if (n == 8)
        memcpy(to, from, 8);
    else if (n == 4)
        memcpy(to, from, 4);
    else
        memcpy(to, from, n);
}

int tfg_lookup_map_set(TfgLookupMap *m, int64_t pair, const void *value, TfgStatus *s)
{
    if (!tfg_dtype_is_plain(m->value))
        return tfg_copy_elements(m->value, tfg_lookup_map_value(m, pair), value, m->width, s);
    if (m->width)
        copy_plain(tfg_lookup_map_value(m, pair), value, tfg_tensor_size(m->value, m->width));
    return 0;
}

static int copy_pair(TfgLookupMap *m, const void *key, const void *value, TfgStatus *s)
{
    if (tfg_dtype_is_plain(m->key) && tfg_dtype_is_plain(m->value)) {
        copy_plain(key_at(m, m->n), key, tfg_dtype_size(m->key));
        return tfg_lookup_map_set(m, m->n, value, s);
    }
    if (tfg_copy_elements(m->key, key_at(m, m->n), key, 1, s) == 0 &&
        tfg_copy_elements(m->value, tfg_lookup_map_value(m, m->n), value, m->width, s) == 0)
        return 0;
    drop_elements(m->key, key_at(m, m->n), 1);
    drop_elements(m->value, tfg_lookup_map_value(m, m->n), m->width);
    return -1;
}

int64_t tfg_lookup_map_add(TfgLookupMap *m, const void *key, const void *value, bool *added, TfgStatus *s)
{
    uint64_t hash = hash_key(m->key, key);
    TfgLookupSlot *slot = m->capacity ? locate(m, key, hash) : NULL;
    bool there = slot && slot->pair;
    if (added)
        *added = !there;
    if (there)
        return slot->pair - 1;
    size_t capacity = m->capacity;
    if (make_room(m, s) < 0 || copy_pair(m, key, value, s) < 0)
        return -1;
    if (m->capacity != capacity)
        slot = locate(m, key, hash);
    *slot = (TfgLookupSlot){hash, m->n + 1};
    return m->n++;
}
