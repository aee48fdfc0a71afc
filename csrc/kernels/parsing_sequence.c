/* ParseSequenceExample and ParseSingleSequenceExample.  Each message is walked once for the features that are wanted and checked; then
 * the outputs' sizes are known, and the values are stored.  The two find fault in their own words, and in their own order. */
#include "base/map.h"
#include "base/memory.h"
#include "base/status.h"
#include "io/example.h"
#include "kernels/isa.h"
#include "kernels/util.h"

/* Keys of the context, or of the lists: the sparse ones, then the dense ones. */
typedef struct Keys {
    int n_sparse, n_dense, n;
    TfgBytes *keys;
    TfgDType *types;
    TfgShape *shapes;           /* of the dense ones */
    TfgMap map;
} Keys;

typedef struct Sequences {
    bool single;
    int64_t n;
    const TfgString *serialized;
    const TfgTensor *names;     /* NULL: none */
    TfgTensor *const *presets;  /* of the context's dense features */
    bool *optional;             /* per dense list */
    Keys context, lists;
    TfgFeature *features;       /* n * context.n */
    TfgFeatureList *found;      /* n * lists.n */
} Sequences;

static void keys_fini(Keys *k)
{
    tfg_free(k->keys);
    tfg_free(k->types);
    tfg_free(k->shapes);
    tfg_map_fini(&k->map);
}

static void sequences_fini(Sequences *q)
{
    keys_fini(&q->context);
    keys_fini(&q->lists);
    tfg_free(q->optional);
    tfg_free(q->features);
    tfg_free(q->found);
}

static const TfgFeature *feature_at(const Sequences *q, int64_t example, int key)
{
    return &q->features[example * q->context.n + key];
}

static const TfgFeatureList *list_at(const Sequences *q, int64_t example, int key)
{
    return &q->found[example * q->lists.n + key];
}

/* ---- What is asked for ---- */

static int keys_init(Keys *k, const TfgAttrs *attrs, const char *sparse_types, const char *dense_types, const char *shapes, TfgStatus *s)
{
    const TfgAttr *sparse = tfg_attrs_find(attrs, sparse_types), *dense = tfg_attrs_find(attrs, dense_types), *shape = tfg_attrs_find(attrs, shapes);
    if (!sparse || !dense || !shape || sparse->n != k->n_sparse || dense->n != k->n_dense || shape->n != k->n_dense)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s, %s and %s do not fit the number of keys", sparse_types, dense_types, shapes);
    k->n = k->n_sparse + k->n_dense;
    k->keys = tfg_calloc((size_t)k->n + 1, sizeof *k->keys);
    k->types = tfg_calloc((size_t)k->n + 1, sizeof *k->types);
    k->shapes = tfg_calloc((size_t)k->n_dense + 1, sizeof *k->shapes);
    if (!k->keys || !k->types || !k->shapes)
        return tfg_fail_memory(s);
    for (int i = 0; i < k->n; i++)
        k->types[i] = i < k->n_sparse ? sparse->list_type[i] : dense->list_type[i - k->n_sparse];
    for (int i = 0; i < k->n_dense; i++) {
        tfg_shape_from_dims(&k->shapes[i], shape->list_shape[i]);
        if (tfg_shape_count(&k->shapes[i]) < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s[%d] is not fully defined, or too large", shapes, i);
    }
    return 0;
}

/* The last of keys that are equal gets the feature. */
static int keys_map(Keys *k, TfgStatus *s)
{
    for (int i = 0; i < k->n; i++)
        if (tfg_map_put(&k->map, k->keys[i].data ? k->keys[i].data : "", k->keys[i].n, (void *)(uintptr_t)(i + 1)) < 0)
            return tfg_fail_memory(s);
    return 0;
}

static int allocate(Sequences *q, TfgStatus *s)
{
    size_t n = (size_t)(q->n ? q->n : 1);
    q->optional = tfg_calloc((size_t)q->lists.n_dense + 1, sizeof *q->optional);
    q->features = tfg_calloc(n, sizeof *q->features * (size_t)(q->context.n ? q->context.n : 1));
    q->found = tfg_calloc(n, sizeof *q->found * (size_t)(q->lists.n ? q->lists.n : 1));
    return q->optional && q->features && q->found ? 0 : tfg_fail_memory(s);
}

static int init(Sequences *q, TfgKernelCall *c, TfgStatus *s)
{
    return keys_init(&q->context, c->attrs, "context_sparse_types", "Tcontext_dense", "context_dense_shapes", s) < 0 ||
           keys_init(&q->lists, c->attrs, "feature_list_sparse_types", "feature_list_dense_types", "feature_list_dense_shapes", s) < 0 ||
           allocate(q, s) < 0 ? -1 : 0;
}

static void set_optional(Sequences *q, const char *key, size_t n)
{
    for (int i = 0; i < q->lists.n_dense; i++) {
        TfgBytes k = q->lists.keys[q->lists.n_sparse + i];
        q->optional[i] |= k.n == n && (n == 0 || memcmp(k.data, key, n) == 0);
    }
}

static int check_presets(const Sequences *q, TfgStatus *s)
{
    TfgShapeText x, y;
    for (int d = 0; d < q->context.n_dense; d++) {
        const TfgTensor *t = q->presets[d];
        const TfgShape *wanted = &q->context.shapes[d];
        if (t->count > 0 && (t->rank != wanted->rank || memcmp(t->dims, wanted->dims, (size_t)t->rank * sizeof *t->dims) != 0))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, q->single ? "def_value[%d].shape() == %s != context_dense_shapes_[%d] == %s" :
                            "default_value[%d].shape() == %s != context_dense_shapes[%d] == %s", d, tfg_shape_text(t, &x), d,
                            tfg_dims_text(wanted->rank, wanted->dims, &y));
    }
    return 0;
}

/* ---- Errors of the single one: "Name: n1, ..." ---- */

static void put_bytes(TfgStr *out, TfgBytes b)
{
    tfg_str_append(out, b.data ? b.data : "", b.n);
}

static void put_name(const Sequences *q, TfgStr *out)
{
    const TfgString *name = q->names->data;
    tfg_str_puts(out, "Name: ");
    tfg_str_append(out, name->data ? name->data : "", name->n);
}

static int fail_text(TfgStr *text, TfgStatus *s)
{
    tfg_fail(s, TFG_INVALID_ARGUMENT, "%s", tfg_str_text(text));
    tfg_str_fini(text);
    return -1;
}

/* The feature as a text message. */
static void put_feature(const TfgFeature *f, TfgStr *out)
{
    TfgStatus bad = TFG_STATUS_INIT;
    if (f->dtype == TFG_INVALID || f->count < 0)
        return;
    TfgTensor *values = tfg_tensor_new(f->dtype, 1, &f->count, &bad);
    tfg_str_printf(out, "%s {\n", f->dtype == TFG_STRING ? "bytes_list" : f->dtype == TFG_FLOAT ? "float_list" : "int64_list");
    if (values && tfg_feature_values(f, values->data, &bad) == 0)
        for (int64_t i = 0; i < f->count; i++) {
            tfg_str_puts(out, f->dtype == TFG_STRING ? "  value: \"" : "  value: ");
            tfg_tensor_format_element(values, i, out);
            tfg_str_puts(out, f->dtype == TFG_STRING ? "\"\n" : "\n");
        }
    tfg_str_puts(out, "}\n");
    tfg_tensor_unref(values);
    tfg_status_fini(&bad);
}

static int fail_type(const Sequences *q, const Keys *k, int key, const char *what, int64_t index, const TfgFeature *f, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    put_name(q, &text);
    tfg_str_printf(&text, ", %s: ", what);
    put_bytes(&text, k->keys[key]);
    if (index >= 0)
        tfg_str_printf(&text, ", Index: %lld", (long long)index);
    tfg_str_printf(&text, ".  Data types don't match. Expected type: %s  Feature is: ", tfg_dtype_signature_name(k->types[key]));
    put_feature(f, &text);
    return fail_text(&text, s);
}

static int fail_count(const Sequences *q, const Keys *k, int key, int64_t index, const TfgFeature *f, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    put_name(q, &text);
    tfg_str_puts(&text, ", Key: ");
    put_bytes(&text, k->keys[key]);
    tfg_str_printf(&text, ", Index: %lld.  Number of %s values != expected.  values size: %lld but output shape: ", (long long)index,
                   f->dtype == TFG_STRING ? "bytes" : tfg_dtype_signature_name(f->dtype), (long long)f->count);
    tfg_shape_format(&k->shapes[key - k->n_sparse], &text);
    return fail_text(&text, s);
}

static int fail_missing(const Sequences *q, const char *what, TfgBytes key, const char *more, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    put_name(q, &text);
    tfg_str_printf(&text, ", %s '", what);
    put_bytes(&text, key);
    tfg_str_printf(&text, "' is required but could not be found.%s", more);
    return fail_text(&text, s);
}

/* ---- Checking the single one ---- */

static int check_single_context(const Sequences *q, TfgStatus *s)
{
    const Keys *k = &q->context;
    for (int d = 0; d < k->n_dense; d++) {
        int key = k->n_sparse + d;
        const TfgFeature *f = feature_at(q, 0, key);
        if (!f->present && q->presets[d]->count == 0)
            return fail_missing(q, "Context feature", k->keys[key], "", s);
        if (f->present && f->dtype != k->types[key])
            return fail_type(q, k, key, "Context feature", -1, f, s);
        if (f->present && f->count != tfg_shape_count(&k->shapes[d]))
            return fail_count(q, k, key, 0, f, s);
    }
    for (int key = 0; key < k->n_sparse; key++) {
        const TfgFeature *f = feature_at(q, 0, key);
        if (f->dtype != TFG_INVALID && f->dtype != k->types[key])
            return fail_type(q, k, key, "Context feature", -1, f, s);
    }
    return 0;
}

static int check_single_list(const Sequences *q, int key, TfgStatus *s)
{
    const Keys *k = &q->lists;
    const TfgFeatureList *list = list_at(q, 0, key);
    bool sparse = key < k->n_sparse;
    TfgFeature f;
    TfgWire w;
    if (!list->present)
        return sparse || q->optional[key - k->n_sparse] ? 0 :
               fail_missing(q, "Feature list", k->keys[key], "  Did you mean to include it in feature_list_dense_missing_assumed_empty or "
                            "feature_list_dense_defaults?", s);
    tfg_wire_init(&w, list->data, list->n);
    for (int64_t i = 0; tfg_feature_list_next(&w, &f); i++) {
        if (f.dtype != k->types[key] && !(sparse && f.dtype == TFG_INVALID))
            return fail_type(q, k, key, sparse ? "Feature List" : "Feature list", i, &f, s);
        if (!sparse && f.count != tfg_shape_count(&k->shapes[key - k->n_sparse]))
            return fail_count(q, k, key, i, &f, s);
    }
    return 0;
}

static TfgSequenceWanted wanted_at(const Sequences *q, int64_t i)
{
    return (TfgSequenceWanted){q->single, &q->context.map, &q->lists.map, q->features + i * q->context.n, q->found + i * q->lists.n, q->context.n,
                               q->lists.n};
}

static int read_single(Sequences *q, TfgStatus *s)
{
    const TfgString *e = q->serialized;
    TfgSequenceWanted wanted = wanted_at(q, 0);
    if (!tfg_sequence_example_find(e->data ? e->data : "", e->n, &wanted))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Could not parse example input, value: '%.*s'", (int)(e->n > 4096 ? 4096 : e->n), e->data ? e->data : "");
    if (check_single_context(q, s) < 0)
        return -1;
    for (int d = 0; d < q->lists.n_dense; d++)
        if (check_single_list(q, q->lists.n_sparse + d, s) < 0)
            return -1;
    for (int i = 0; i < q->lists.n_sparse; i++)
        if (check_single_list(q, i, s) < 0)
            return -1;
    return 0;
}

/* ---- Checking many ---- */

/* "Error in context feature a in example n2". */
static int fail_in(const Sequences *q, int64_t i, TfgBytes key, const char *before, const char *between, TfgStatus *s)
{
    const TfgString *name = q->names ? (const TfgString *)q->names->data + i : NULL;
    TfgStr text = TFG_STR_INIT;
    tfg_str_puts(&text, before);
    put_bytes(&text, key);
    tfg_str_puts(&text, between);
    if (name)
        tfg_str_append(&text, name->data ? name->data : "", name->n);
    else
        tfg_str_puts(&text, "<unknown>");
    return fail_text(&text, s);
}

static bool fits(const TfgFeature *f, TfgDType d)
{
    return f->count >= 0 && (f->dtype == TFG_INVALID || f->dtype == d);
}

static bool list_fits(const TfgFeatureList *list, TfgDType d)
{
    TfgFeature f;
    TfgWire w;
    tfg_wire_init(&w, list->data, list->n);
    while (tfg_feature_list_next(&w, &f))
        if (!fits(&f, d))
            return false;
    return list->length >= 0;
}

/* The first feature in the message that is broken or of another type is the error. */
static int check_types(const Sequences *q, int64_t i, TfgStatus *s)
{
    const uint8_t *first = NULL;
    int worst = -1;
    bool in_list = false;
    for (int key = 0; key < q->context.n; key++) {
        const TfgFeature *f = feature_at(q, i, key);
        if (!fits(f, q->context.types[key]) && (!first || f->data < first)) {
            first = f->data;
            worst = key;
        }
    }
    for (int key = 0; key < q->lists.n; key++) {
        const TfgFeatureList *list = list_at(q, i, key);
        if (!list_fits(list, q->lists.types[key]) && (!first || list->data < first)) {
            first = list->data;
            worst = key;
            in_list = true;
        }
    }
    if (worst < 0)
        return 0;
    return in_list ? fail_in(q, i, q->lists.keys[worst], "Error in sequence feature ", " in example ", s) :
                     fail_in(q, i, q->context.keys[worst], "Error in context feature ", " in example ", s);
}

static int read_examples(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    Sequences *q = context;
    for (int64_t i = begin; i < end; i++) {
        const TfgString *e = &q->serialized[i];
        TfgSequenceWanted wanted = wanted_at(q, i);
        if (!tfg_sequence_example_find(e->data ? e->data : "", e->n, &wanted))
            return fail_in(q, i, (TfgBytes){0}, "Invalid protocol message input, example id: ", "", s);
        if (check_types(q, i, s) < 0)
            return -1;
    }
    return 0;
}

/* The longest of all must be what the shape says.  TensorFlow names a 1 beside it whatever the shape is. */
static int check_longest(const Sequences *q, TfgStatus *s)
{
    for (int d = 0; d < q->context.n_dense; d++) {
        int key = q->context.n_sparse + d;
        int64_t longest = q->presets[d]->count;
        for (int64_t i = 0; i < q->n; i++)
            longest = feature_at(q, i, key)->count > longest ? feature_at(q, i, key)->count : longest;
        if (longest != tfg_shape_count(&q->context.shapes[d]))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Inconsistent number of elements for feature %.*s: %lld vs 1", (int)q->context.keys[key].n,
                            q->context.keys[key].data ? q->context.keys[key].data : "", (long long)longest);
    }
    return 0;
}

static int check_counts(const Sequences *q, int64_t i, TfgStatus *s)
{
    TfgFeature f;
    TfgWire w;
    for (int d = 0; d < q->context.n_dense; d++) {
        const TfgFeature *e = feature_at(q, i, q->context.n_sparse + d);
        TfgBytes key = q->context.keys[q->context.n_sparse + d];
        if (e->present && e->count != tfg_shape_count(&q->context.shapes[d]))
            return fail_in(q, i, (TfgBytes){0}, "Unexpected number of elements in example ", "", s);
        if (!e->present && q->presets[d]->count == 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Feature: %.*s (data type: %s) is required but could not be found.", (int)key.n,
                            key.data ? key.data : "", tfg_dtype_signature_name(q->context.types[q->context.n_sparse + d]));
    }
    for (int d = 0; d < q->lists.n_dense; d++) {
        const TfgFeatureList *list = list_at(q, i, q->lists.n_sparse + d);
        if (!list->present && !q->optional[d])
            return fail_in(q, i, q->lists.keys[q->lists.n_sparse + d], "Missing feature ", " in example ", s);
        tfg_wire_init(&w, list->data, list->n);
        while (tfg_feature_list_next(&w, &f))
            if (f.count != tfg_shape_count(&q->lists.shapes[d]))
                return fail_in(q, i, q->lists.keys[q->lists.n_sparse + d], "Unexpected number of elements in feature ", ", example ", s);
    }
    return 0;
}

static int read_many(Sequences *q, TfgStatus *s)
{
    if (tfg_try_ranges(q->n, 32, read_examples, q, s) < 0 || check_longest(q, s) < 0)
        return -1;
    for (int64_t i = 0; i < q->n; i++)
        if (check_counts(q, i, s) < 0)
            return -1;
    return 0;
}

/* ---- Storing ---- */

typedef struct Sparse { TfgTensor *indices, *values, *shape; } Sparse;

static int new_sparse(TfgKernelCall *c, int first, int n, int key, int64_t total, int64_t columns, Sparse *out, TfgStatus *s)
{
    out->indices = tfg_kernel_output(c, first + key, 2, (int64_t[]){total, columns}, s);
    out->values = out->indices ? tfg_kernel_output(c, first + n + key, 1, &total, s) : NULL;
    out->shape = out->values ? tfg_kernel_output(c, first + 2 * n + key, 1, &columns, s) : NULL;
    return out->shape ? 0 : -1;
}

static int store_sparse_context(TfgKernelCall *c, const Sequences *q, int key, TfgStatus *s)
{
    int64_t total = 0, longest = 0, columns = q->single ? 1 : 2, at = 0;
    Sparse out;
    for (int64_t i = 0; i < q->n; i++) {
        int64_t count = feature_at(q, i, key)->count;
        total += count;
        longest = count > longest ? count : longest;
    }
    if (new_sparse(c, 0, q->context.n_sparse, key, total, columns, &out, s) < 0)
        return -1;
    int64_t *index = out.indices->data, *sizes = out.shape->data;
    for (int64_t i = 0; i < q->n; i++) {
        const TfgFeature *f = feature_at(q, i, key);
        if (tfg_feature_values(f, tfg_at_mut(out.values, at), s) < 0)
            return -1;
        at += f->count;
        for (int64_t k = 0; k < f->count; k++) {
            if (!q->single)
                *index++ = i;
            *index++ = k;
        }
    }
    if (!q->single)
        *sizes++ = q->n;
    *sizes = longest;
    return 0;
}

static int store_dense_context(TfgKernelCall *c, const Sequences *q, int d, TfgStatus *s)
{
    const TfgShape *shape = &q->context.shapes[d];
    const TfgTensor *preset = q->presets[d];
    int64_t dims[TFG_MAX_RANK + 1] = {q->n}, size = tfg_shape_count(shape);
    if (shape->rank + !q->single > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions: %d", shape->rank + 1);
    memcpy(dims + !q->single, shape->dims, (size_t)shape->rank * sizeof *dims);
    TfgTensor *out = tfg_kernel_output(c, 3 * q->context.n_sparse + d, shape->rank + !q->single, dims, s);
    for (int64_t i = 0; out && i < q->n; i++) {
        const TfgFeature *f = feature_at(q, i, q->context.n_sparse + d);
        if (f->present ? tfg_feature_values(f, tfg_at_mut(out, i * size), s) < 0 :
            tfg_copy_elements(out->dtype, tfg_at_mut(out, i * size), preset->data, size, s) < 0)
            return -1;
    }
    return out ? 0 : -1;
}

static void measure_list(const TfgFeatureList *list, int64_t *total, int64_t *longest, int64_t *widest)
{
    TfgFeature f;
    TfgWire w;
    tfg_wire_init(&w, list->data, list->n);
    while (tfg_feature_list_next(&w, &f)) {
        *total += f.count;
        *widest = f.count > *widest ? f.count : *widest;
    }
    *longest = list->length > *longest ? list->length : *longest;
}

static int store_sparse_lists(TfgKernelCall *c, const Sequences *q, int first, int key, TfgStatus *s)
{
    int64_t total = 0, longest = 0, widest = 0, at = 0;
    Sparse out;
    TfgFeature f;
    TfgWire w;
    for (int64_t i = 0; i < q->n; i++)
        measure_list(list_at(q, i, key), &total, &longest, &widest);
    if (new_sparse(c, first, q->lists.n_sparse, key, total, q->single ? 2 : 3, &out, s) < 0)
        return -1;
    int64_t *index = out.indices->data, *sizes = out.shape->data;
    for (int64_t i = 0; i < q->n; i++) {
        const TfgFeatureList *list = list_at(q, i, key);
        tfg_wire_init(&w, list->data, list->n);
        for (int64_t t = 0; tfg_feature_list_next(&w, &f); t++) {
            if (tfg_feature_values(&f, tfg_at_mut(out.values, at), s) < 0)
                return -1;
            at += f.count;
            for (int64_t k = 0; k < f.count; k++) {
                if (!q->single)
                    *index++ = i;
                *index++ = t;
                *index++ = k;
            }
        }
    }
    if (!q->single)
        *sizes++ = q->n;
    sizes[0] = longest;
    sizes[1] = widest;
    return 0;
}

static int store_list(const TfgFeatureList *list, TfgTensor *out, int64_t at, int64_t size, TfgStatus *s)
{
    TfgFeature f;
    TfgWire w;
    tfg_wire_init(&w, list->data, list->n);
    for (; tfg_feature_list_next(&w, &f); at += size)
        if (tfg_feature_values(&f, tfg_at_mut(out, at), s) < 0)
            return -1;
    return 0;
}

/* Shorter lists are filled up with 0 or "". */
static int store_dense_lists(TfgKernelCall *c, const Sequences *q, int first, int d, TfgStatus *s)
{
    const TfgShape *shape = &q->lists.shapes[d];
    int64_t dims[TFG_MAX_RANK + 2] = {q->n}, longest = 0, size = tfg_shape_count(shape);
    int key = q->lists.n_sparse + d, rank = shape->rank + 1 + !q->single;
    for (int64_t i = 0; i < q->n; i++)
        longest = list_at(q, i, key)->length > longest ? list_at(q, i, key)->length : longest;
    if (rank > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions: %d", rank);
    dims[!q->single] = longest;
    memcpy(dims + 1 + !q->single, shape->dims, (size_t)shape->rank * sizeof *dims);
    TfgTensor *out = tfg_kernel_output(c, first + d, rank, dims, s);
    TfgTensor *lengths = out && !q->single ? tfg_kernel_output(c, first + q->lists.n_dense + d, 1, &q->n, s) : NULL;
    if (!out || (!q->single && !lengths))
        return -1;
    for (int64_t i = 0; i < q->n; i++) {
        const TfgFeatureList *list = list_at(q, i, key);
        int64_t at = i * longest * size, filled = list->length * size;
        if (store_list(list, out, at, size, s) < 0)
            return -1;
        if (out->dtype != TFG_STRING && longest * size > filled)
            memset(tfg_at_mut(out, at + filled), 0, tfg_tensor_size(out->dtype, longest * size - filled));
        if (lengths)
            ((int64_t *)lengths->data)[i] = list->length;
    }
    return 0;
}

static int store(TfgKernelCall *c, const Sequences *q, TfgStatus *s)
{
    int first = 3 * q->context.n_sparse + q->context.n_dense;
    for (int i = 0; i < q->context.n_sparse; i++)
        if (store_sparse_context(c, q, i, s) < 0)
            return -1;
    for (int d = 0; d < q->context.n_dense; d++)
        if (store_dense_context(c, q, d, s) < 0)
            return -1;
    for (int i = 0; i < q->lists.n_sparse; i++)
        if (store_sparse_lists(c, q, first, i, s) < 0)
            return -1;
    for (int d = 0; d < q->lists.n_dense; d++)
        if (store_dense_lists(c, q, first + 3 * q->lists.n_sparse, d, s) < 0)
            return -1;
    return 0;
}

static int map_read_store(TfgKernelCall *c, Sequences *q, TfgStatus *s)
{
    return check_presets(q, s) < 0 || keys_map(&q->context, s) < 0 || keys_map(&q->lists, s) < 0 ||
           (q->single ? read_single : read_many)(q, s) < 0 || store(c, q, s) < 0 ? -1 : 0;
}

/* ---- The single one: keys are inputs ---- */

static int key_inputs(TfgKernelCall *c, Keys *k, const char *what, int first, TfgStatus *s)
{
    TfgShapeText x;
    for (int i = 0; i < k->n; i++) {
        const TfgTensor *t = c->in[first + i];
        if (t->rank != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected %s_%s_keys[%d] to be a vector, got shape: %s", what, i < k->n_sparse ? "sparse" : "dense",
                            i < k->n_sparse ? i : i - k->n_sparse, tfg_shape_text(t, &x));
        k->keys[i] = (TfgBytes){((const TfgString *)t->data)->data, ((const TfgString *)t->data)->n};
    }
    return 0;
}

static int check_single(TfgKernelCall *c, TfgStatus *s)
{
    TfgShapeText x;
    const TfgTensor *name = c->in[c->n_in - 1];
    if (name->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected debug_name to be a scalar, got shape: %s", tfg_shape_text(name, &x));
    if (c->in[0]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected serialized to be a scalar, got shape: %s", tfg_shape_text(c->in[0], &x));
    if (c->in[1]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected feature_list_dense_missing_assumed_empty to be a vector, got shape: %s",
                        tfg_shape_text(c->in[1], &x));
    return 0;
}

static int run_single(TfgKernelCall *c, TfgStatus *s)
{
    if (check_single(c, s) < 0)
        return -1;
    Sequences q = {.single = true, .n = 1, .serialized = c->in[0]->data, .names = c->in[c->n_in - 1]};
    q.context.n_sparse = (int)tfg_attrs_int(c->attrs, "Ncontext_sparse");
    q.context.n_dense = (int)tfg_attrs_int(c->attrs, "Ncontext_dense");
    q.lists.n_sparse = (int)tfg_attrs_int(c->attrs, "Nfeature_list_sparse");
    q.lists.n_dense = (int)tfg_attrs_int(c->attrs, "Nfeature_list_dense");
    int rc = init(&q, c, s);
    q.presets = c->in + 2 + q.context.n + q.lists.n;
    if (rc == 0)
        rc = key_inputs(c, &q.context, "context", 2, s) < 0 || key_inputs(c, &q.lists, "feature_list", 2 + q.context.n, s) < 0 ? -1 : 0;
    for (int64_t i = 0; rc == 0 && i < c->in[1]->count; i++)
        set_optional(&q, ((const TfgString *)c->in[1]->data)[i].data, ((const TfgString *)c->in[1]->data)[i].n);
    if (rc == 0)
        rc = map_read_store(c, &q, s);
    sequences_fini(&q);
    return rc;
}

/* ---- Many: keys are attributes ---- */

static int key_attrs(TfgKernelCall *c, Keys *k, const char *sparse_name, const char *dense_name, TfgStatus *s)
{
    const TfgAttr *sparse = tfg_attrs_find(c->attrs, sparse_name), *dense = tfg_attrs_find(c->attrs, dense_name);
    if (!sparse || !dense || sparse->n != k->n_sparse || dense->n != k->n_dense)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "len(%s) or len(%s) does not fit", sparse_name, dense_name);
    for (int i = 0; i < k->n; i++)
        k->keys[i] = i < k->n_sparse ? sparse->list_s[i] : dense->list_s[i - k->n_sparse];
    return 0;
}

static int run_many(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *serialized = c->in[0], *names = c->in[1];
    const TfgAttr *empty = tfg_attrs_find(c->attrs, "feature_list_dense_missing_assumed_empty");
    TfgShapeText x;
    if (names->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected example_names to be a vector, got shape: %s", tfg_shape_text(names, &x));
    if (serialized->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected serialized to be a vector, got shape: %s", tfg_shape_text(serialized, &x));
    if (names->count > 0 && names->count != serialized->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "example_names must be empty or have the correct number of elements");
    Sequences q = {.n = serialized->count, .serialized = serialized->data, .names = names->count ? names : NULL, .presets = c->in + 2};
    q.context.n_sparse = (int)tfg_attrs_int(c->attrs, "Ncontext_sparse");
    q.context.n_dense = c->n_in - 2;
    q.lists.n_sparse = (int)tfg_attrs_int(c->attrs, "Nfeature_list_sparse");
    q.lists.n_dense = (int)tfg_attrs_int(c->attrs, "Nfeature_list_dense");
    int rc = init(&q, c, s) < 0 || key_attrs(c, &q.context, "context_sparse_keys", "context_dense_keys", s) < 0 ||
             key_attrs(c, &q.lists, "feature_list_sparse_keys", "feature_list_dense_keys", s) < 0 ? -1 : 0;
    for (int i = 0; rc == 0 && empty && i < empty->n; i++)
        set_optional(&q, empty->list_s[i].data, empty->list_s[i].n);
    if (rc == 0)
        rc = map_read_store(c, &q, s);
    sequences_fini(&q);
    return rc;
}

static const TfgKernelRow rows[] = {
    {.op = "ParseSequenceExample", .flags = TFG_KERNEL_EXPENSIVE | TFG_KERNEL_VALUE_SHAPE, .run = run_many},
    {.op = "ParseSingleSequenceExample", .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_single},
};

const TfgKernelRow *tfg_kernels_parsing_sequence(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
