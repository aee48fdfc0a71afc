/* The dense table: buckets side by side, as many as a power of two, found by steps that grow by one.  A key that is never used stands
 * in those that are free.  What is exported and saved are the buckets themselves, so hash and steps are TensorFlow's. */
#include "base/fingerprint.h"
#include "base/memory.h"
#include "base/status.h"
#include "kernels/lookup.h"
#include "kernels/lookup_map.h"
#include "kernels/util.h"

#define FEWEST 4                /* buckets that a table begins with */

typedef struct Buckets {
    int64_t n;
    char *keys, *values;
    bool *used;                 /* memory of a free bucket is not touched until it is exported */
} Buckets;

typedef struct Dense {
    TfgTable base;
    TfgTensor *empty_key;
    float load;                 /* most of the buckets that may be in use */
    int64_t n;                  /* of them in use */
    Buckets buckets;
} Dense;

static char *key_at(const Dense *d, const Buckets *b, int64_t i) { return b->keys + tfg_tensor_size(d->base.key, i * d->base.key_width); }
static char *value_at(const Dense *d, const Buckets *b, int64_t i) { return b->values + tfg_tensor_size(d->base.value, i * d->base.value_width); }

/* ---- Keys ------------------------------------------------------------------------------------------------------------------------------ */

static uint64_t hash_string(const TfgString *e) { return tfg_hash64(e->n ? e->data : "", e->n); }

static uint64_t hash_key(const Dense *d, const char *key)
{
    size_t size = tfg_dtype_size(d->base.key);
    if (d->base.key_width == 1)
        return tfg_lookup_key_bits(d->base.key, key, hash_string);
    uint64_t hash = 0;
    for (int64_t j = 0; j < d->base.key_width; j++)
        hash ^= tfg_lookup_key_bits(d->base.key, key + (size_t)j * size, hash_string) + 0x9e3779b97f4a7800u + (hash << 10) + (hash >> 4);
    return hash;
}

static bool same_key(const Dense *d, const char *a, const char *b)
{
    size_t size = tfg_dtype_size(d->base.key);
    for (int64_t j = 0; j < d->base.key_width; j++)
        if (!tfg_lookup_same_key(d->base.key, a + (size_t)j * size, b + (size_t)j * size))
            return false;
    return true;
}

static int refuse_empty_key(TfgStatus *s)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Using the empty_key as a table key is not allowed");
}

/* locate for keys of one integer. */
static int64_t locate_integer(const Dense *d, const Buckets *b, uint64_t key)
{
    uint64_t mask = (uint64_t)(b->n - 1), at = key & mask;
    bool wide = d->base.key == TFG_INT64;
    for (int64_t step = 1; step <= b->n; step++) {
        uint64_t there = wide ? ((const uint64_t *)(const void *)b->keys)[at] : (uint64_t)(int64_t)((const int32_t *)(const void *)b->keys)[at];
        if (!b->used[at] || there == key)
            return (int64_t)at;
        at = (at + (uint64_t)step) & mask;
    }
    return -1;
}

/* The key's bucket, or the free one where it would go; -1 where the steps meet neither. */
static int64_t locate(const Dense *d, const Buckets *b, const char *key)
{
    if (d->base.key_width == 1 && d->base.key != TFG_STRING)
        return locate_integer(d, b, tfg_lookup_key_bits(d->base.key, key, hash_string));
    uint64_t at = hash_key(d, key) & (uint64_t)(b->n - 1);
    for (int64_t step = 1; step <= b->n; step++) {
        if (!b->used[at] || same_key(d, key_at(d, b, (int64_t)at), key))
            return (int64_t)at;
        at = (at + (uint64_t)step) & (uint64_t)(b->n - 1);
    }
    return -1;
}

/* ---- Buckets --------------------------------------------------------------------------------------------------------------------------- */

static void drop_elements(TfgDType type, char *elements, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (type == TFG_STRING)
            tfg_string_clear((TfgString *)(void *)elements + i);
        else
            tfg_handle_unref(((TfgHandle **)(void *)elements)[i]);
}

static void buckets_fini(const Dense *d, Buckets *b)
{
    bool plain = tfg_dtype_is_plain(d->base.key) && tfg_dtype_is_plain(d->base.value);
    for (int64_t i = 0; b->used && !plain && i < b->n; i++) {
        if (b->used[i] && !tfg_dtype_is_plain(d->base.key))
            drop_elements(d->base.key, key_at(d, b, i), d->base.key_width);
        if (b->used[i] && !tfg_dtype_is_plain(d->base.value))
            drop_elements(d->base.value, value_at(d, b, i), d->base.value_width);
    }
    tfg_free(b->keys);
    tfg_free(b->values);
    tfg_free(b->used);
    *b = (Buckets){0};
}

static char *new_elements(TfgDType type, int64_t n, int64_t width, TfgStatus *s)
{
    int64_t dims[2] = {n, width}, count = tfg_dims_count(2, dims);
    char *memory = count < 0 ? NULL : tfg_calloc((size_t)count, tfg_dtype_size(type));
    if (!memory)
        tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "OOM when allocating tensor with shape[%lld,%lld] and type %s on "
                 "/job:localhost/replica:0/task:0/device:CPU:0 by allocator cpu", (long long)n, (long long)width, tfg_dtype_signature_name(type));
    return memory;
}

static int buckets_init(const Dense *d, Buckets *b, int64_t n, TfgStatus *s)
{
    *b = (Buckets){.n = n};
    if ((b->keys = new_elements(d->base.key, n, d->base.key_width, s)) && (b->values = new_elements(d->base.value, n, d->base.value_width, s)) &&
        (b->used = (bool *)new_elements(TFG_BOOL, n, 1, s)))
        return 0;
    buckets_fini(d, b);
    return -1;
}

static int new_buckets(const Dense *d, Buckets *b, int64_t n, TfgStatus *s)
{
    if (n < FEWEST || (n & (n - 1)) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Number of buckets must be at least %d and a power of 2, got: %lld", FEWEST, (long long)n);
    return buckets_init(d, b, n, s);
}

/* Puts a pair; *added counts keys that were not there. */
static int put(const Dense *d, Buckets *b, const char *key, const char *value, int64_t *added, TfgStatus *s)
{
    int64_t at = locate(d, b, key);
    if (at < 0)
        return tfg_fail(s, TFG_INTERNAL, "Internal error in MutableDenseHashTable insert");
    if (!b->used[at]) {
        b->used[at] = true;
        ++*added;
        if (tfg_copy_elements(d->base.key, key_at(d, b, at), key, d->base.key_width, s) < 0)
            return -1;
    }
    return tfg_copy_elements(d->base.value, value_at(d, b, at), value, d->base.value_width, s);
}

static int rebucket(Dense *d, int64_t n, TfgStatus *s)
{
    Buckets more;
    int64_t added = 0;
    if (new_buckets(d, &more, n, s) < 0)
        return -1;
    for (int64_t i = 0; i < d->buckets.n; i++)
        if (d->buckets.used[i] && put(d, &more, key_at(d, &d->buckets, i), value_at(d, &d->buckets, i), &added, s) < 0) {
            buckets_fini(d, &more);
            return -1;
        }
    buckets_fini(d, &d->buckets);
    d->buckets = more;
    return 0;
}

/* ---- What the operations do ------------------------------------------------------------------------------------------------------------ */

static int64_t rows_of(const TfgTensor *keys) { return keys->rank == 0 ? 1 : keys->dims[0]; }

static int check_rows(const TfgTable *t, const TfgTensor *keys, TfgStatus *s)
{
    int64_t n = rows_of(keys), dims[2] = {n, t->key_width};
    if (tfg_dims_count(2, dims) == keys->count)
        return 0;
    return tfg_table_fail_not_shape("Expected key shape ", " got ", keys, tfg_table_dims(n, t->key_rank, t->key_width, dims), dims, s);
}

/* Buckets are a matrix of keys and one of values, also where either is a scalar. */
static int check_import(const TfgTable *t, const TfgTensor *keys, const TfgTensor *values, TfgStatus *s)
{
    int64_t n = rows_of(keys), dims[2] = {n, t->value_width}, one[2] = {t->value_width};
    int rank = keys->rank - 1;
    bool fits = values->rank == rank + 1;
    for (int i = 0; fits && i < values->rank; i++)
        fits = values->dims[i] == (i < rank ? keys->dims[i] : t->value_width);
    if (!fits)
        return tfg_table_fail_not_shape("Expected shape ", " for value, got ", values, rank == 0 ? 1 : 2, rank == 0 ? one : dims, s);
    dims[1] = t->key_width;
    if (keys->rank != 2 || keys->dims[1] != t->key_width)
        return tfg_table_fail_not_shape("Expected key shape ", " got ", keys, 2, dims, s);
    return 0;
}

#define GRAIN 4096              /* keys that a thread takes at once */

typedef struct Find {
    const Dense *table;
    const TfgTensor *keys, *otherwise;
    TfgTensor *out;
} Find;

static int find_range(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Find *f = context;
    const Dense *d = f->table;
    const TfgTable *t = &d->base;
    const Buckets *b = &d->buckets;
    for (int64_t i = begin; i < end; i++) {
        const char *key = tfg_at(f->keys, i * t->key_width);
        if (same_key(d, d->empty_key->data, key))
            return refuse_empty_key(s);
        int64_t at = locate(d, b, key);
        if (at < 0 && b->n)
            return tfg_fail(s, TFG_INTERNAL, "Internal error in MutableDenseHashTable lookup");
        const void *value = at >= 0 && b->used[at] ? value_at(d, b, at) : f->otherwise->data;
        if (tfg_copy_elements(t->value, tfg_at_mut(f->out, i * t->value_width), value, t->value_width, s) < 0)
            return -1;
    }
    return 0;
}

static int find(TfgTable *t, const TfgTensor *keys, const TfgTensor *otherwise, TfgTensor *out, TfgStatus *s)
{
    Find f = {(const Dense *)t, keys, otherwise, out};
    return tfg_try_ranges(rows_of(keys), GRAIN, find_range, &f, s);
}

static int insert(TfgTable *t, const TfgTensor *keys, const TfgTensor *values, TfgStatus *s)
{
    Dense *d = (Dense *)t;
    int64_t rows = rows_of(keys), wanted = d->buckets.n ? d->buckets.n : FEWEST;     /* none, when none were imported */
    if (check_rows(t, keys, s) < 0)
        return -1;
    while ((float)(d->n + rows) > (float)wanted * d->load)      /* as if every key were new */
        if (__builtin_mul_overflow(wanted, 2, &wanted))
            return tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "A max_load_factor of %g leaves no room for %lld keys", (double)d->load, (long long)rows);
    if (wanted != d->buckets.n && rebucket(d, wanted, s) < 0)
        return -1;
    for (int64_t i = 0; i < rows; i++) {
        const char *key = tfg_at(keys, i * t->key_width);
        if (same_key(d, d->empty_key->data, key))
            return refuse_empty_key(s);
        if (put(d, &d->buckets, key, tfg_at(values, i * t->value_width), &d->n, s) < 0)
            return -1;
    }
    return 0;
}

static int copy_buckets(const Dense *d, Buckets *b, const TfgTensor *keys, const TfgTensor *values, int64_t *n, TfgStatus *s)
{
    const TfgTable *t = &d->base;
    for (int64_t i = 0; i < b->n; i++) {
        const char *key = tfg_at(keys, i * t->key_width);
        if (same_key(d, d->empty_key->data, key))
            continue;
        b->used[i] = true;
        ++*n;
        if (tfg_copy_elements(t->key, key_at(d, b, i), key, t->key_width, s) < 0 ||
            tfg_copy_elements(t->value, value_at(d, b, i), tfg_at(values, i * t->value_width), t->value_width, s) < 0)
            return -1;
    }
    return 0;
}

static int import(TfgTable *t, const TfgTensor *keys, const TfgTensor *values, TfgStatus *s)
{
    Dense *d = (Dense *)t;
    Buckets b;
    int64_t n = 0;
    if (buckets_init(d, &b, keys->dims[0], s) < 0)
        return -1;
    if (copy_buckets(d, &b, keys, values, &n, s) < 0) {
        buckets_fini(d, &b);
        return -1;
    }
    buckets_fini(d, &d->buckets);
    d->buckets = b;
    d->n = n;
    return 0;
}

/* The elements of all buckets; of free ones `otherwise`, or what they hold: nothing. */
static int export_elements(const Buckets *b, TfgDType type, int64_t width, const char *elements, const void *otherwise, TfgTensor *out, TfgStatus *s)
{
    bool plain = tfg_dtype_is_plain(type);
    size_t size = tfg_tensor_size(type, width);
    if (plain && size)
        memcpy(out->data, elements, (size_t)b->n * size);
    for (int64_t i = 0; i < b->n; i++) {
        const void *from = b->used[i] ? elements + (size_t)i * size : otherwise;
        if (from && !(plain && b->used[i]) && tfg_copy_elements(type, tfg_at_mut(out, i * width), from, width, s) < 0)
            return -1;
    }
    return 0;
}

static int export(TfgTable *t, TfgTensor **keys, TfgTensor **values, TfgStatus *s)
{
    const Dense *d = (const Dense *)t;
    *keys = tfg_tensor_new(t->key, 2, (int64_t[]){d->buckets.n, t->key_width}, s);
    *values = *keys ? tfg_tensor_new(t->value, 2, (int64_t[]){d->buckets.n, t->value_width}, s) : NULL;
    if (!*values || export_elements(&d->buckets, t->key, t->key_width, d->buckets.keys, d->empty_key->data, *keys, s) < 0)
        return -1;
    return export_elements(&d->buckets, t->value, t->value_width, d->buckets.values, NULL, *values, s);
}

static int64_t size(const TfgTable *t) { return ((const Dense *)t)->n; }

static void fini(TfgTable *t)
{
    Dense *d = (Dense *)t;
    buckets_fini(d, &d->buckets);
    tfg_tensor_unref(d->empty_key);
}

/* ---- Making ------------------------------------------------------------------------------------------------------------------------------ */

static const TfgTableKind dense = {.check_import = check_import, .check_find = check_rows, .find = find, .insert = insert, .import = import,
                                   .export = export, .size = size, .fini = fini};

static int fill(Dense *d, const TfgPrepare *p, const TfgTensor *empty_key, TfgStatus *s)
{
    d->load = tfg_attrs_float(p->attrs, "max_load_factor");
    if (!(d->load > 0 && d->load < 1)) {
        TfgStr text = TFG_STR_INIT;
        TfgTensor one = {.dtype = TFG_FLOAT, .count = 1, .data = &d->load};
        tfg_tensor_format_element(&one, 0, &text);
        tfg_fail(s, TFG_INVALID_ARGUMENT, "max_load_factor must be between 0 and 1, got: %s", tfg_str_text(&text));
        tfg_str_fini(&text);
        return -1;
    }
    if (tfg_table_value_shape(&d->base, p->attrs, 0, "Empty value must be a scalar or a vector, got shape ", s) < 0)
        return -1;
    TfgShapeText shape;
    if (empty_key->rank > 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Empty key must be a scalar or a vector, got shape %s", tfg_shape_text(empty_key, &shape));
    d->base.key_rank = empty_key->rank;
    d->base.key_width = empty_key->count;
    d->empty_key = tfg_tensor_copy(empty_key, s);
    return d->empty_key ? new_buckets(d, &d->buckets, tfg_attrs_int(p->attrs, "initial_num_buckets"), s) : -1;
}

TfgHandle *tfg_dense_table_new(const TfgPrepare *p, const TfgTensor *empty_key, TfgStatus *s)
{
    TfgTable *t = tfg_table_new(sizeof(Dense), &dense, p, s);
    if (t && fill((Dense *)t, p, empty_key, s) < 0) {
        tfg_handle_unref(&t->base);
        return NULL;
    }
    return (TfgHandle *)t;
}
