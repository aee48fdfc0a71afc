/* Tables over a hash map: one that is initialised once and then only read, and those that change. */
#include "base/memory.h"
#include "base/status.h"
#include "kernels/lookup.h"
#include "kernels/lookup_map.h"
#include "kernels/util.h"

typedef struct HashTable {
    TfgTable base;
    TfgLookupMap map;
    bool initialized;
} HashTable;

static TfgLookupMap *map_of(TfgTable *t) { return &((HashTable *)t)->map; }

static int64_t map_size(const TfgTable *t) { return ((const HashTable *)t)->map.n; }

static void fini(TfgTable *t) { tfg_lookup_map_fini(map_of(t)); }

/* ---- Finding --------------------------------------------------------------------------------------------------------------------------- */

#define GRAIN 4096              /* keys that a thread takes at once */
#define BLOCK 64                /* keys that are looked for together */

typedef struct Find {
    const TfgLookupMap *map;
    const TfgTensor *keys, *otherwise;
    TfgTensor *out;
} Find;

/* Rows of plain elements; `pairs` says which, -1 for the row of `otherwise`. */
static void copy_rows(char *out, const char *values, const char *otherwise, const int64_t *pairs, int64_t n, size_t size)
{
#define ROW(i) (pairs[i] < 0 ? otherwise : values + (size_t)pairs[i] * size)
    for (int64_t i = 0; i < n; i++)
        __builtin_prefetch(ROW(i));
    switch (size) {             /* sizes that the compiler knows are copied without a call */
    case 4: for (int64_t i = 0; i < n; i++) memcpy(out + 4 * i, ROW(i), 4); break;
    case 8: for (int64_t i = 0; i < n; i++) memcpy(out + 8 * i, ROW(i), 8); break;
    default: for (int64_t i = 0; i < n; i++) memcpy(out + size * (size_t)i, ROW(i), size);
    }
#undef ROW
}

static int find_block(const Find *f, int64_t begin, int64_t n, TfgStatus *s)
{
    const TfgLookupMap *m = f->map;
    int64_t pairs[BLOCK];
    tfg_lookup_map_find_many(m, tfg_at(f->keys, begin), n, pairs);
    if (tfg_dtype_is_plain(m->value) && m->width) {
        copy_rows(tfg_at_mut(f->out, begin * m->width), m->values, f->otherwise->data, pairs, n, tfg_tensor_size(m->value, m->width));
        return 0;
    }
    for (int64_t i = 0; i < n; i++) {
        const void *value = pairs[i] < 0 ? f->otherwise->data : tfg_lookup_map_value(m, pairs[i]);
        if (tfg_copy_elements(m->value, tfg_at_mut(f->out, (begin + i) * m->width), value, m->width, s) < 0)
            return -1;
    }
    return 0;
}

static int find_range(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    int rc = 0;
    for (int64_t i = begin; i < end && rc == 0; i += BLOCK)
        rc = find_block(context, i, end - i < BLOCK ? end - i : BLOCK, s);
    return rc;
}

static int find(TfgTable *t, const TfgTensor *keys, const TfgTensor *otherwise, TfgTensor *out, TfgStatus *s)
{
    Find f = {map_of(t), keys, otherwise, out};
    return tfg_try_ranges(keys->count, GRAIN, find_range, &f, s);
}

/* ---- Changing -------------------------------------------------------------------------------------------------------------------------- */

static int put_block(TfgLookupMap *m, const TfgTensor *keys, const TfgTensor *values, int64_t begin, int64_t n, TfgStatus *s)
{
    int64_t pairs[BLOCK];
    tfg_lookup_map_find_many(m, tfg_at(keys, begin), n, pairs);
    for (int64_t i = 0; i < n; i++)
        if (pairs[i] >= 0)
            __builtin_prefetch(tfg_lookup_map_value(m, pairs[i]), 1);
    for (int64_t i = 0; i < n; i++) {
        bool added = false;
        const char *value = tfg_at(values, (begin + i) * m->width);
        int64_t pair = pairs[i] >= 0 ? pairs[i] : tfg_lookup_map_add(m, tfg_at(keys, begin + i), value, &added, s);
        if (pair < 0 || (!added && tfg_lookup_map_set(m, pair, value, s) < 0))
            return -1;
    }
    return 0;
}

static int put_pairs(TfgLookupMap *m, const TfgTensor *keys, const TfgTensor *values, TfgStatus *s)
{
    /* Many keys that come to few are mostly new. */
    int rc = keys->count > 4 * m->n ? tfg_lookup_map_reserve(m, m->n + keys->count, s) : 0;
    for (int64_t i = 0; i < keys->count && rc == 0; i += BLOCK)
        rc = put_block(m, keys, values, i, keys->count - i < BLOCK ? keys->count - i : BLOCK, s);
    return rc;
}

static int insert(TfgTable *t, const TfgTensor *keys, const TfgTensor *values, TfgStatus *s) { return put_pairs(map_of(t), keys, values, s); }

/* All there was makes place for these, or stays where they cannot be had. */
static int import(TfgTable *t, const TfgTensor *keys, const TfgTensor *values, TfgStatus *s)
{
    TfgLookupMap *m = map_of(t), fresh;
    tfg_lookup_map_init_after(&fresh, m);
    if (put_pairs(&fresh, keys, values, s) < 0) {
        tfg_lookup_map_fini(&fresh);
        return -1;
    }
    tfg_lookup_map_fini(m);
    *m = fresh;
    return 0;
}

static int export_pairs(const TfgLookupMap *m, const int64_t *order, TfgTensor *keys, TfgTensor *values, TfgStatus *s)
{
    if (tfg_dtype_is_plain(m->key) && tfg_dtype_is_plain(m->value) && m->width) {
        for (int64_t i = 0; i < m->n; i += BLOCK) {
            int64_t n = m->n - i < BLOCK ? m->n - i : BLOCK;
            copy_rows(tfg_at_mut(keys, i), m->keys, NULL, order + i, n, tfg_dtype_size(m->key));
            copy_rows(tfg_at_mut(values, i * m->width), m->values, NULL, order + i, n, tfg_tensor_size(m->value, m->width));
        }
        return 0;
    }
    for (int64_t i = 0; i < m->n; i++)
        if (tfg_copy_elements(m->key, tfg_at_mut(keys, i), m->keys + tfg_tensor_size(m->key, order[i]), 1, s) < 0 ||
            tfg_copy_elements(m->value, tfg_at_mut(values, i * m->width), tfg_lookup_map_value(m, order[i]), m->width, s) < 0)
            return -1;
    return 0;
}

static int export(TfgTable *t, TfgTensor **keys, TfgTensor **values, TfgStatus *s)
{
    const TfgLookupMap *m = map_of(t);
    int64_t dims[2], *order = tfg_alloc_data(((size_t)m->n + 1) * sizeof *order);
    if (!order)
        return tfg_fail_memory(s);
    *keys = tfg_tensor_new(t->key, 1, &m->n, s);
    *values = *keys ? tfg_tensor_new(t->value, tfg_table_dims(m->n, t->value_rank, t->value_width, dims), dims, s) : NULL;
    int rc = *values && tfg_lookup_map_order(m, order, s) == 0 ? export_pairs(m, order, *keys, *values, s) : -1;
    tfg_free_data(order, ((size_t)m->n + 1) * sizeof *order);
    return rc;
}

/* ---- Initialised once -------------------------------------------------------------------------------------------------------------------- */

static int find_initialized(TfgTable *t, const TfgTensor *keys, const TfgTensor *otherwise, TfgTensor *out, TfgStatus *s)
{
    if (!((HashTable *)t)->initialized)
        return tfg_fail(s, TFG_FAILED_PRECONDITION, "Table not initialized.");
    return find(t, keys, otherwise, out, s);
}

static int export_initialized(TfgTable *t, TfgTensor **keys, TfgTensor **values, TfgStatus *s)
{
    if (!((HashTable *)t)->initialized)
        return tfg_fail(s, TFG_ABORTED, "HashTable is not initialized.");
    return export(t, keys, values, s);
}

static int64_t initialized_size(const TfgTable *t) { return ((const HashTable *)t)->initialized ? map_size(t) : 0; }

static int insert_nothing(TfgTable *t, const TfgTensor *keys, const TfgTensor *values, TfgStatus *s)
{
    (void)t, (void)keys, (void)values;
    return tfg_fail(s, TFG_UNIMPLEMENTED, "Insert not supported by InitializableLookupTable implementations");
}

/* As C++ compares: a NaN is not even equal to itself. */
static bool same_value(TfgDType d, const void *a, const void *b)
{
    switch (d) {
    case TFG_FLOAT: return *(const float *)a == *(const float *)b;
    case TFG_DOUBLE: return *(const double *)a == *(const double *)b;
    case TFG_STRING: return tfg_lookup_same_key(d, a, b);
    default: return memcmp(a, b, tfg_dtype_size(d)) == 0;
    }
}

static void put_element(TfgDType d, const void *e, TfgStr *out)
{
    if (d == TFG_STRING) {
        const TfgString *text = e;
        tfg_str_append(out, text->n ? text->data : "", text->n);
        return;
    }
    TfgTensor one = {.dtype = d, .count = 1, .data = (void *)(uintptr_t)e};
    one.dims = one.small;
    tfg_tensor_format_element(&one, 0, out);
}

static int fail_other_value(const TfgTable *t, const void *key, const void *there, const void *value, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    tfg_str_puts(&text, "HashTable has different value for same key. Key ");
    put_element(t->key, key, &text);
    tfg_str_puts(&text, " has ");
    put_element(t->value, there, &text);
    tfg_str_puts(&text, " and trying to add value ");
    put_element(t->value, value, &text);
    tfg_fail(s, TFG_FAILED_PRECONDITION, "%s", tfg_str_text(&text));
    tfg_str_fini(&text);
    return -1;
}

static int initialize(TfgTable *t, TfgTableFeed *feed, const void *key, const void *value, TfgStatus *s)
{
    HashTable *table = (HashTable *)t;
    int more = 1;
    if (table->initialized)
        return tfg_fail(s, TFG_FAILED_PRECONDITION, "Table already initialized.");
    for (; more > 0; more = feed->next(feed, &key, &value, s)) {
        int64_t pair = tfg_lookup_map_add(&table->map, key, value, NULL, s);
        const void *there = pair < 0 ? NULL : tfg_lookup_map_value(&table->map, pair);
        if (pair < 0 || !same_value(t->value, there, value))
            return pair < 0 ? -1 : fail_other_value(t, key, there, value, s);
    }
    table->initialized = more == 0;
    return more;
}

static bool is_initialized(const TfgTable *t) { return ((const HashTable *)t)->initialized; }

/* Keys and values as a feed. */
typedef struct Tensors {
    TfgTableFeed base;
    const TfgTensor *keys, *values;
    int64_t i;
} Tensors;

static int next_of_tensors(TfgTableFeed *f, const void **key, const void **value, TfgStatus *s)
{
    (void)s;
    Tensors *t = (Tensors *)f;
    if (t->i == t->keys->count)
        return 0;
    *key = tfg_at(t->keys, t->i);
    *value = tfg_at(t->values, t->i++);
    return 1;
}

static int import_once(TfgTable *t, const TfgTensor *keys, const TfgTensor *values, TfgStatus *s)
{
    Tensors feed = {{next_of_tensors}, keys, values, 1};
    if (keys->count == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "keys and values cannot be empty tensors.");
    return initialize(t, &feed.base, keys->data, values->data, s);
}

/* ---- Making ------------------------------------------------------------------------------------------------------------------------------ */

static const TfgTableKind changing = {.find = find, .insert = insert, .import = import, .export = export, .size = map_size, .fini = fini};
static const TfgTableKind fixed = {.find = find_initialized, .insert = insert_nothing, .import = import_once, .initialize = initialize,
                                   .is_initialized = is_initialized,
                                   .export = export_initialized, .size = initialized_size, .fini = fini};

static TfgHandle *make(const TfgPrepare *p, const TfgTableKind *kind, bool of_tensors, TfgStatus *s)
{
    TfgTable *t = tfg_table_new(sizeof(HashTable), kind, p, s);
    if (t && of_tensors && tfg_table_value_shape(t, p->attrs, 1, "Default value must be a vector, got shape ", s) < 0) {
        tfg_handle_unref(&t->base);
        return NULL;
    }
    if (t)
        tfg_lookup_map_init(map_of(t), t->key, t->value, t->value_width);
    return (TfgHandle *)t;
}

TfgHandle *tfg_hash_table_new(const TfgPrepare *p, TfgStatus *s) { return make(p, &fixed, false, s); }
TfgHandle *tfg_mutable_hash_table_new(const TfgPrepare *p, TfgStatus *s) { return make(p, &changing, false, s); }
TfgHandle *tfg_hash_table_of_tensors_new(const TfgPrepare *p, TfgStatus *s) { return make(p, &changing, true, s); }
