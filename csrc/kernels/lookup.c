/* Kernels of lookup tables. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/lookup.h"
#include "kernels/string.h"

/* ---- Tables ---------------------------------------------------------------------------------------------------------------------------- */

static void table_free(TfgHandle *h)
{
    TfgTable *t = (TfgTable *)h;
    t->kind->fini(t);
    pthread_rwlock_destroy(&t->lock);
    tfg_free(t);
}

TfgTable *tfg_table_new(size_t size, const TfgTableKind *kind, const TfgPrepare *p, TfgStatus *s)
{
    TfgTable *t = tfg_calloc(1, size);
    if (!t) {
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&t->base.refs, 1);
    t->base.free = table_free;
    t->base.type_name = TFG_TABLE_TYPE;
    t->kind = kind;
    t->key = tfg_attrs_type(p->attrs, "key_dtype");
    t->value = tfg_attrs_type(p->attrs, "value_dtype");
    t->key_width = t->value_width = 1;
    pthread_rwlock_init(&t->lock, NULL);
    return t;
}

/* In a forked child whoever held the lock was another thread of the parent. */
static void renew(TfgHandle *h) { pthread_rwlock_init(&((TfgTable *)h)->lock, NULL); }

int tfg_table_value_shape(TfgTable *t, const TfgAttrs *attrs, int least, const char *what, TfgStatus *s)
{
    TfgShape shape;
    TfgStr text = TFG_STR_INIT;
    tfg_attrs_shape(attrs, "value_shape", &shape);
    if (shape.rank < 0)
        tfg_shape_set_scalar(&shape);
    tfg_shape_format(&shape, &text);
    if (!tfg_shape_is_full(&shape))
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape %s is not fully defined", tfg_str_text(&text));
    else if (shape.rank < least || shape.rank > 1)
        tfg_fail(s, TFG_INVALID_ARGUMENT, "%s%s", what, tfg_str_text(&text));
    tfg_str_fini(&text);
    t->value_rank = shape.rank;
    t->value_width = shape.rank == 1 ? shape.dims[0] : 1;
    return s->code == TFG_OK ? 0 : -1;
}

int tfg_table_fail_not_shape(const char *words, const char *found, const TfgTensor *t, int rank, const int64_t *dims, TfgStatus *s)
{
    TfgShapeText wanted, is;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s%s%s%s", words, tfg_dims_text(rank, dims, &wanted), found, tfg_shape_text(t, &is));
}

int tfg_table_initialize(TfgTable *t, TfgTableFeed *feed, TfgStatus *s)
{
    const void *key, *value;
    int there = feed->next(feed, &key, &value, s);
    if (there <= 0)
        return there;
    pthread_rwlock_wrlock(&t->lock);
    int rc = t->kind->initialize(t, feed, key, value, s);
    pthread_rwlock_unlock(&t->lock);
    return rc;
}

/* ---- Making ---------------------------------------------------------------------------------------------------------------------------- */

typedef struct Maker {
    TfgKernelCall *call;
    TfgPrepare as;              /* what making looks at */
} Maker;

static TfgHandle *make(void *arg, TfgStatus *s)
{
    Maker *m = arg;
    const char *type = m->call->type;
    if (strncmp(type, "MutableDense", 12) == 0)
        return tfg_dense_table_new(&m->as, m->call->in[0], s);
    if (strncmp(type, "MutableHashTableOf", 18) == 0)
        return tfg_hash_table_of_tensors_new(&m->as, s);
    return strncmp(type, "Mutable", 7) == 0 ? tfg_mutable_hash_table_new(&m->as, s) : tfg_hash_table_new(&m->as, s);
}

static int prepare_table(const TfgPrepare *p, void **state, TfgStatus *s)
{
    *state = tfg_named_new(p, TFG_TABLE_TYPE, s);
    return *state ? 0 : -1;
}

/* The table may be gone since the last run - its container was cleared, it was destroyed - and is then made anew. */
static int run_table(TfgKernelCall *c, TfgStatus *s)
{
    const TfgNamed *n = c->state;
    Maker maker = {c, {.name = c->name, .type = c->type, .attrs = c->attrs}};
    TfgTable *t = (TfgTable *)tfg_resources_find_or_make(c->resources, n->container, n->name, TFG_TABLE_TYPE, make, &maker, s);
    if (!t)
        return -1;
    TfgDType key = tfg_attrs_type(c->attrs, "key_dtype"), value = tfg_attrs_type(c->attrs, "value_dtype");
    int rc = 0;
    if (t->key != key || t->value != value)
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Conflicting key/value dtypes %s->%s with %s-%s for table %s", tfg_dtype_signature_name(key),
                      tfg_dtype_signature_name(value), tfg_dtype_signature_name(t->key), tfg_dtype_signature_name(t->value), n->name);
    tfg_handle_unref(&t->base);
    return rc < 0 ? -1 : tfg_named_run(c, s);
}

/* ---- Finding the table, checking what comes with it ------------------------------------------------------------------------------------ */

static bool by_reference(const TfgKernelCall *c) { return c->in[0] && c->in[0]->dtype == TFG_STRING; }

static TfgTable *find_table(TfgKernelCall *c, TfgStatus *s)
{
    TfgShapeText shape;
    if (by_reference(c) && c->in[0]->count != 2) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Lookup table handle must be scalar, but had shape: %s", tfg_shape_text(c->in[0], &shape));
        return NULL;
    }
    return (TfgTable *)tfg_named_find(c, 0, TFG_TABLE_TYPE, s);
}

static TfgTable *find_initializable(TfgKernelCall *c, TfgStatus *s)
{
    TfgTable *t = find_table(c, s);
    if (!t || t->kind->initialize)
        return t;
    if (by_reference(c)) {
        const TfgString *e = c->in[0]->data;
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Table %.*s %.*s is not initializable", (int)e[0].n, e[0].data, (int)e[1].n, e[1].data);
    } else {
        const TfgResourceHandle *h = tfg_tensor_resource_handle(c->in[0], s);
        if (h)
            tfg_fail(s, TFG_INVALID_ARGUMENT, "Table %s %s is not initializable", h->container, h->name);
    }
    tfg_handle_unref(&t->base);
    return NULL;
}

static void put_types(TfgStr *out, const TfgKernelCall *c, TfgDType key, TfgDType value)
{
    tfg_str_printf(out, "%s, %s, %s->%s", by_reference(c) ? "string_ref" : "resource", tfg_dtype_signature_name(key),
                   tfg_dtype_signature_name(value), c->n_out ? tfg_dtype_signature_name(value) : "");
}

/* The dtypes of the op's keys and values must be the table's. */
static int check_types(const TfgKernelCall *c, const TfgTable *t, TfgStatus *s)
{
    TfgDType key = c->in[1]->dtype, value = c->in[2]->dtype;
    if (key == t->key && value == t->value)
        return 0;
    TfgStr have = TFG_STR_INIT, wanted = TFG_STR_INIT;
    put_types(&have, c, key, value);
    put_types(&wanted, c, t->key, t->value);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Signature mismatch, have: %s expected: %s", tfg_str_text(&have), tfg_str_text(&wanted));
    tfg_str_fini(&have);
    tfg_str_fini(&wanted);
    return -1;
}

/* Keys must be of the key's shape but for dims before it. */
static int check_key_shape(const TfgTable *t, const TfgTensor *keys, TfgStatus *s)
{
    if (t->key_rank == 0 || (keys->rank > 0 && keys->dims[keys->rank - 1] == t->key_width))
        return 0;
    TfgShapeText is, wanted;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input key shape %s must end with the table's key shape %s", tfg_shape_text(keys, &is),
                    tfg_dims_text(t->key_rank, &t->key_width, &wanted));
}

/* The dims of the values for these keys; their number, -1 where there are too many. */
static int value_dims(const TfgTable *t, const TfgTensor *keys, int64_t dims[TFG_MAX_RANK + 1], TfgStatus *s)
{
    int rank = keys->rank - t->key_rank;
    for (int i = 0; i < rank; i++)
        dims[i] = keys->dims[i];
    if (t->value_rank)
        dims[rank++] = t->value_width;
    return rank <= TFG_MAX_RANK ? rank : tfg_fail(s, TFG_INVALID_ARGUMENT, "The values for keys of %d dimensions have too many", keys->rank);
}

static bool has_dims(const TfgTensor *t, int rank, const int64_t *dims)
{
    return t->rank == rank && (rank == 0 || memcmp(t->dims, dims, (size_t)rank * sizeof *dims) == 0);
}

static int check_values(const TfgTable *t, const TfgTensor *keys, const TfgTensor *values, TfgStatus *s)
{
    int64_t dims[TFG_MAX_RANK + 1];
    int rank = value_dims(t, keys, dims, s);
    if (rank < 0 || has_dims(values, rank, dims))
        return rank < 0 ? -1 : 0;
    return tfg_table_fail_not_shape("Expected shape ", " for value, got ", values, rank, dims, s);
}

/* ---- What the operations do ------------------------------------------------------------------------------------------------------------ */

static int find(TfgKernelCall *c, TfgTable *t, TfgStatus *s)
{
    const TfgTensor *keys = c->in[1], *otherwise = c->in[2];
    int64_t dims[TFG_MAX_RANK + 1];
    if (check_types(c, t, s) < 0 || check_key_shape(t, keys, s) < 0)
        return -1;
    if (!has_dims(otherwise, t->value_rank, &t->value_width))
        return tfg_table_fail_not_shape("Expected shape ", " for default value, got ", otherwise, t->value_rank, &t->value_width, s);
    int rank = value_dims(t, keys, dims, s);
    if (rank < 0 || (t->kind->check_find && t->kind->check_find(t, keys, s) < 0))
        return -1;
    TfgTensor *out = tfg_kernel_output(c, 0, rank, dims, s);
    if (!out)
        return -1;
    pthread_rwlock_rdlock(&t->lock);
    int rc = t->kind->find(t, keys, otherwise, out, s);
    pthread_rwlock_unlock(&t->lock);
    return rc;
}

static int change(TfgKernelCall *c, TfgTable *t, bool imports, TfgStatus *s)
{
    const TfgTensor *keys = c->in[1], *values = c->in[2];
    if (check_types(c, t, s) < 0 || check_key_shape(t, keys, s) < 0)
        return -1;
    if ((imports && t->kind->check_import ? t->kind->check_import(t, keys, values, s) : check_values(t, keys, values, s)) < 0)
        return -1;
    pthread_rwlock_wrlock(&t->lock);
    int rc = imports ? t->kind->import(t, keys, values, s) : t->kind->insert(t, keys, values, s);
    pthread_rwlock_unlock(&t->lock);
    return rc;
}

static int insert(TfgKernelCall *c, TfgTable *t, TfgStatus *s) { return change(c, t, false, s); }
static int import(TfgKernelCall *c, TfgTable *t, TfgStatus *s) { return change(c, t, true, s); }

static int give_size(TfgKernelCall *c, TfgTable *t, TfgStatus *s)
{
    TfgTensor *out = tfg_kernel_output(c, 0, 0, NULL, s);
    if (!out)
        return -1;
    pthread_rwlock_rdlock(&t->lock);
    *(int64_t *)out->data = t->kind->size(t);
    pthread_rwlock_unlock(&t->lock);
    return 0;
}

static int export(TfgKernelCall *c, TfgTable *t, TfgStatus *s)
{
    TfgDType key = c->out_dtype[0], value = c->out_dtype[1];
    TfgTensor *keys = NULL, *values = NULL;
    if (key != t->key || value != t->value)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Conflicting key/value dtypes %s->%s with %s-%s for table %s", tfg_dtype_signature_name(key),
                        tfg_dtype_signature_name(value), tfg_dtype_signature_name(t->key), tfg_dtype_signature_name(t->value), c->name);
    pthread_rwlock_rdlock(&t->lock);
    int rc = t->kind->export(t, &keys, &values, s);
    pthread_rwlock_unlock(&t->lock);
    if (rc < 0) {
        tfg_tensor_unref(keys);
        tfg_tensor_unref(values);
        return -1;
    }
    c->out[0] = keys;
    c->out[1] = values;
    return 0;
}

static int initialize(TfgKernelCall *c, TfgTable *t, TfgStatus *s)
{
    const TfgTensor *keys = c->in[1], *values = c->in[2];
    TfgShapeText shape;
    if (check_types(c, t, s) < 0)
        return -1;
    if (keys->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Keys must be a vector, but received shape%s", tfg_shape_text(keys, &shape));
    if (values->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Values must be a vector, but received shape%s", tfg_shape_text(values, &shape));
    if (keys->count != values->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Keys and values must have the same size %lld vs %lld", (long long)keys->count,
                        (long long)values->count);
    return change(c, t, true, s);
}

static int read_text(TfgKernelCall *c, TfgTable *t, TfgStatus *s)
{
    TfgShapeText shape;
    const TfgString *name = c->in[1]->data;
    if (c->in[1]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "filename should be a single string, but got %s", tfg_shape_text(c->in[1], &shape));
    if (name->n == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "filename cannot be empty.");
    char *path = tfg_strndup(name->data, name->n);
    int rc = path ? tfg_table_read_text(t, path, c->attrs, s) : tfg_fail_memory(s);
    tfg_free(path);
    return rc;
}

static int prepare_text(const TfgPrepare *p, void **state, TfgStatus *s)
{
    (void)state;
    if (tfg_attrs_string(p->attrs, "delimiter").n != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "delimiter should be only 1 char");
    return 0;
}

static int with_table(TfgKernelCall *c, TfgTable *t, int (*run)(TfgKernelCall *, TfgTable *, TfgStatus *), TfgStatus *s)
{
    int rc = t ? run(c, t, s) : -1;
    tfg_handle_unref((TfgHandle *)t);
    return rc;
}

static int run_find(TfgKernelCall *c, TfgStatus *s) { return with_table(c, find_table(c, s), find, s); }
static int run_insert(TfgKernelCall *c, TfgStatus *s) { return with_table(c, find_table(c, s), insert, s); }
static int run_import(TfgKernelCall *c, TfgStatus *s) { return with_table(c, find_table(c, s), import, s); }
static int run_size(TfgKernelCall *c, TfgStatus *s) { return with_table(c, find_table(c, s), give_size, s); }
static int run_export(TfgKernelCall *c, TfgStatus *s) { return with_table(c, find_table(c, s), export, s); }
static int run_initialize(TfgKernelCall *c, TfgStatus *s) { return with_table(c, find_initializable(c, s), initialize, s); }
static int run_read_text(TfgKernelCall *c, TfgStatus *s) { return with_table(c, find_initializable(c, s), read_text, s); }

/* ---- Rows ------------------------------------------------------------------------------------------------------------------------------ */

#define TABLE(op_, key_, values_)                                                                                                  \
    {.op = op_, .types = {{"key_dtype", TFG_B(key_)}, {"value_dtype", values_}}, .flags = TFG_KERNEL_KEEPS_STATE,                  \
     .prepare = prepare_table, .release = tfg_named_release, .run = run_table}
#define TABLES(op_, i32, i64, strings)                                                                                             \
    TABLE(op_, INT32, i32), TABLE(op_, INT64, i64), TABLE(op_, STRING, strings),                                                   \
    TABLE(op_ "V2", INT32, i32), TABLE(op_ "V2", INT64, i64), TABLE(op_ "V2", STRING, strings)
#define BOTH(name, ...) {.op = name, __VA_ARGS__}, {.op = name "V2", __VA_ARGS__}
#define SMALL (TFG_B(INT32) | TFG_B(FLOAT) | TFG_B(DOUBLE))
#define LARGE (SMALL | TFG_B(INT64))

static const TfgKernelRow rows[] = {
    TABLES("HashTable", SMALL | TFG_B(STRING), LARGE | TFG_B(STRING), LARGE | TFG_B(STRING) | TFG_B(BOOL)),
    TABLES("MutableHashTable", SMALL, LARGE | TFG_B(STRING) | TFG_B(VARIANT), LARGE | TFG_B(BOOL)),
    TABLES("MutableHashTableOfTensors", SMALL, LARGE | TFG_B(STRING), LARGE | TFG_B(BOOL)),
    TABLES("MutableDenseHashTable", SMALL, LARGE | TFG_B(BOOL) | TFG_B(VARIANT), LARGE | TFG_B(BOOL)),
    BOTH("LookupTableFind", .run = run_find, .flags = TFG_KERNEL_READS_REF | TFG_KERNEL_VALUE_SHAPE),
    BOTH("LookupTableInsert", .run = run_insert, .flags = TFG_KERNEL_READS_REF),
    BOTH("LookupTableImport", .run = run_import, .flags = TFG_KERNEL_READS_REF),
    BOTH("LookupTableSize", .run = run_size, .flags = TFG_KERNEL_READS_REF),
    BOTH("LookupTableExport", .run = run_export, .flags = TFG_KERNEL_READS_REF | TFG_KERNEL_VALUE_SHAPE),
    BOTH("InitializeTable", .run = run_initialize, .flags = TFG_KERNEL_READS_REF),
    BOTH("InitializeTableFromTextFile", .prepare = prepare_text, .run = run_read_text, .flags = TFG_KERNEL_READS_REF | TFG_KERNEL_EXPENSIVE),
};

int tfg_register_kernels_lookup(TfgStatus *s);
int tfg_register_kernels_lookup(TfgStatus *s)
{
    tfg_resource_on_fork(TFG_TABLE_TYPE, renew);
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
