/* ParseExample, its later version, and ParseSingleExample.  Each example is walked once for the features that are wanted; then the outputs' sizes are known,
 * and the values are stored. */
#include <stdio.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/status.h"
#include "io/example.h"
#include "kernels/isa.h"
#include "kernels/util.h"

typedef struct Dense { TfgShape shape; bool variable; int64_t stride; const TfgTensor *preset; } Dense;

typedef struct Parse {
    bool single, is_later;
    int n_sparse, n_dense, n_ragged, n_keys;    /* keys: the sparse ones, the dense ones, the ragged ones */
    int64_t n;                          /* examples */
    const TfgString *serialized;
    const TfgTensor *names;             /* NULL: none */
    TfgBytes *keys;
    TfgDType *types;
    Dense *dense;
    TfgMap map;
    TfgFeature *found;                  /* n * n_keys */
} Parse;

static void parse_fini(Parse *p)
{
    tfg_free(p->keys);
    tfg_free(p->types);
    tfg_free(p->dense);
    tfg_free(p->found);
    tfg_map_fini(&p->map);
}

static const TfgFeature *feature_at(const Parse *p, int64_t example, int key)
{
    return &p->found[example * p->n_keys + key];
}

static bool is_dense(const Parse *p, int key)
{
    return key >= p->n_sparse && key < p->n_sparse + p->n_dense;
}

/* ---- What is asked for ---- */

static int check_preset_later(const Dense *e, int d, TfgStatus *s)
{
    TfgShapeText x, y;
    const TfgTensor *t = e->preset;
    if (e->variable && t->count != 1) {
        TfgStr text = TFG_STR_INIT;
        tfg_shape_format(&e->shape, &text);
        tfg_fail(s, TFG_INVALID_ARGUMENT, "dense_shape[%d] is a variable length shape: %s, therefore def_value[%d] must contain a single element "
                 "(the padding element).  But its shape is: %s", d, tfg_str_text(&text), d, tfg_shape_text(t, &x));
        tfg_str_fini(&text);
        return -1;
    }
    if (!e->variable && t->count > 0 && (t->rank != e->shape.rank || memcmp(t->dims, e->shape.dims, (size_t)t->rank * sizeof *t->dims) != 0))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "def_value[%d].shape() == %s is not compatible with dense_shapes_[%d] == %s", d, tfg_shape_text(t, &x), d,
                        tfg_dims_text(e->shape.rank, e->shape.dims, &y));
    return 0;
}

static int read_dense(TfgKernelCall *c, Parse *p, int first_default, TfgStatus *s)
{
    const TfgAttr *shapes = tfg_attrs_find(c->attrs, "dense_shapes");
    TfgShapeText x;
    if (!shapes || shapes->n != p->n_dense)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "len(dense_keys) != len(dense_shapes)");
    for (int d = 0; d < p->n_dense; d++) {
        Dense *e = &p->dense[d];
        tfg_shape_from_dims(&e->shape, shapes->list_shape[d]);
        if (e->shape.rank < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "dense_shapes[%d] has unknown rank", d);
        e->variable = e->shape.rank > 0 && e->shape.dims[0] < 0;
        e->stride = tfg_dims_count(e->shape.rank - e->variable, e->shape.dims + e->variable);
        for (int k = e->variable; k < e->shape.rank; k++)
            if (e->shape.dims[k] < 0)
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "dense_shapes[%d] is not fully defined", d);
        if (e->stride < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "dense_shapes[%d] is too large", d);
        e->preset = c->in[first_default + d];
        if (p->is_later && check_preset_later(e, d, s) < 0)
            return -1;
        if (e->variable ? e->preset->count != 1 && e->preset->count != 0 : e->preset->count != 0 && e->preset->count != e->stride)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "dense_defaults[%d] of shape %s is not compatible with dense_shapes[%d]", d,
                            tfg_shape_text(e->preset, &x), d);
        p->types[p->n_sparse + d] = e->preset->dtype;
    }
    return 0;
}

static int read_types(TfgKernelCall *c, Parse *p, TfgStatus *s)
{
    const TfgAttr *types = tfg_attrs_find(c->attrs, "sparse_types");
    if (!types || types->n != p->n_sparse)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "len(sparse_keys) != len(sparse_types)");
    for (int i = 0; i < p->n_sparse; i++)
        p->types[i] = types->list_type[i];
    return 0;
}

static int allocate(Parse *p, TfgStatus *s)
{
    p->n_keys = p->n_sparse + p->n_dense + p->n_ragged;
    p->keys = tfg_calloc((size_t)p->n_keys + 1, sizeof *p->keys);
    p->types = tfg_calloc((size_t)p->n_keys + 1, sizeof *p->types);
    p->dense = tfg_calloc((size_t)p->n_dense + 1, sizeof *p->dense);
    p->found = tfg_calloc((size_t)(p->n ? p->n : 1), sizeof *p->found * (size_t)(p->n_keys ? p->n_keys : 1));
    return p->keys && p->types && p->dense && p->found ? 0 : tfg_fail_memory(s);
}

static int make_map(Parse *p, TfgStatus *s)
{
    for (int i = 0; i < p->n_keys; i++) {
        const char *key = p->keys[i].data ? p->keys[i].data : "";
        if (tfg_map_has(&p->map, key, p->keys[i].n))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Duplicate key: %.*s", (int)p->keys[i].n, key);
        if (tfg_map_put(&p->map, key, p->keys[i].n, (void *)(uintptr_t)(i + 1)) < 0)
            return tfg_fail_memory(s);
    }
    return 0;
}

/* ---- Errors, in TensorFlow's words ---- */

static const char *type_name(TfgDType d)
{
    return tfg_dtype_signature_name(d);
}

/* "Name: n1, " of an example, where it is one of many. */
static void put_name(const Parse *p, int64_t i, TfgStr *out)
{
    if (p->single)
        return;
    const TfgString *name = p->names ? (const TfgString *)p->names->data + i : NULL;
    tfg_str_puts(out, "Name: ");
    if (name)
        tfg_str_append(out, name->data ? name->data : "", name->n);
    else
        tfg_str_puts(out, "<unknown>");
    tfg_str_puts(out, ", ");
}

static int fail_feature(const Parse *p, int64_t i, int key, const char *words, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    put_name(p, i, &text);
    tfg_str_puts(&text, "Key: ");
    tfg_str_append(&text, p->keys[key].data ? p->keys[key].data : "", p->keys[key].n);
    if (!p->single)
        tfg_str_printf(&text, ", Index: %lld", (long long)i);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "%s.  %s", tfg_str_text(&text), words);
    tfg_str_fini(&text);
    return -1;
}

static int fail_missing(const Parse *p, int64_t i, int key, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    put_name(p, i, &text);
    tfg_str_puts(&text, "Feature: ");
    tfg_str_append(&text, p->keys[key].data ? p->keys[key].data : "", p->keys[key].n);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "%s (data type: %s) is required but could not be found.", tfg_str_text(&text), type_name(p->types[key]));
    tfg_str_fini(&text);
    return -1;
}

static const char *list_name(const TfgFeature *f)
{
    return f->dtype == TFG_STRING ? "bytes_list" : f->dtype == TFG_FLOAT ? "float_list" : "int64_list";
}

/* Of one Example, later versions tell what is wrong. */
static int fail_single(const Parse *p, int64_t i, int key, const TfgFeature *f, TfgStatus *s)
{
    const Dense *e = is_dense(p, key) ? &p->dense[key - p->n_sparse] : NULL;
    char words[128];
    if (!p->is_later)
        return fail_feature(p, i, key, "Can't parse serialized Example.", s);
    if (f->count >= 0 && e && e->variable)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Error while parsing feature with key %.*s: number of elements should be divisible by %lld, found %lld instead",
                        (int)p->keys[key].n, p->keys[key].data ? p->keys[key].data : "", (long long)e->stride, (long long)f->count);
    snprintf(words, sizeof words, f->count < 0 ? "Can't parse serialized Example: Parsing %s failed." :
             "Can't parse serialized Example: Some %s slice was not parsed.", list_name(f));
    return fail_feature(p, i, key, words, s);
}

/* How messages about several values name their type. */
static const char *list_type(const TfgFeature *f) { return f->dtype == TFG_STRING ? "bytes" : type_name(f->dtype); }

static int fail_count(const Parse *p, int64_t i, int key, const TfgFeature *f, TfgStatus *s)
{
    const Dense *e = &p->dense[key - p->n_sparse];
    TfgStr words = TFG_STR_INIT;
    if (p->single)
        return fail_single(p, i, key, f, s);
    if (e->variable)
        tfg_str_printf(&words, "Number of %s values is not a multiple of stride length. Saw %lld values but output shape is: ", list_type(f),
                       (long long)f->count);
    else
        tfg_str_printf(&words, "Number of %s values != expected.  Values size: %lld but output shape: ", list_type(f), (long long)f->count);
    tfg_shape_format(&e->shape, &words);
    int rc = fail_feature(p, i, key, tfg_str_text(&words), s);
    tfg_str_fini(&words);
    return rc;
}

static int fail_type(const Parse *p, int64_t i, int key, const TfgFeature *f, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    if (!is_dense(p, key))
        tfg_str_printf(&text, "Data types don't match. Expected type: %s, Actual type: %s", type_name(p->types[key]), type_name(f->dtype));
    else
        tfg_str_printf(&text, "Data types don't match. Data type: %s but expected type: %s", type_name(f->dtype), type_name(p->types[key]));
    int rc = fail_feature(p, i, key, tfg_str_text(&text), s);
    tfg_str_fini(&text);
    return rc;
}

/* The list's own bytes are broken. */
static int fail_list(const Parse *p, int64_t i, int key, TfgStatus *s)
{
    const TfgString *e = &p->serialized[i];
    if (p->single)
        return fail_single(p, i, key, feature_at(p, i, key), s);
    if (p->is_later)
        return fail_feature(p, i, key, "Can't parse serialized Example.", s);
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Could not parse example input, value: '%.*s'", (int)(e->n > 4096 ? 4096 : e->n), e->data);
}

/* ---- Reading ---- */

static int check_feature(const Parse *p, int64_t i, int key, TfgStatus *s)
{
    const TfgFeature *f = feature_at(p, i, key);
    const Dense *e = is_dense(p, key) ? &p->dense[key - p->n_sparse] : NULL;
    if (f->dtype == TFG_INVALID)
        return 0;
    if (f->dtype != p->types[key])
        return fail_type(p, i, key, f, s);
    if (f->count < 0)
        return fail_list(p, i, key, s);
    if (e && (e->variable ? e->stride == 0 || f->count % e->stride != 0 : f->count != e->stride))
        return fail_count(p, i, key, f, s);
    return 0;
}

static int check_missing(const Parse *p, int64_t i, TfgStatus *s)
{
    for (int d = 0; d < p->n_dense; d++)
        if (feature_at(p, i, p->n_sparse + d)->dtype == TFG_INVALID && !p->dense[d].variable && p->dense[d].preset->count == 0)
            return fail_missing(p, i, p->n_sparse + d, s);
    return 0;
}

static int read_examples(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    Parse *p = context;
    for (int64_t i = begin; i < end; i++) {
        const TfgString *e = &p->serialized[i];
        if (!tfg_example_find(e->data ? e->data : "", e->n, &p->map, &p->found[i * p->n_keys], p->n_keys))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Could not parse example input, value: '%.*s'", (int)(e->n > 4096 ? 4096 : e->n), e->data);
        for (int key = 0; key < p->n_keys; key++)
            if (check_feature(p, i, key, s) < 0)
                return -1;
        if (check_missing(p, i, s) < 0)
            return -1;
    }
    return 0;
}

/* ---- Storing ---- */

static int store_sparse(TfgKernelCall *c, const Parse *p, int key, TfgStatus *s)
{
    int64_t total = 0, longest = 0, columns = p->single ? 1 : 2, at = 0;
    for (int64_t i = 0; i < p->n; i++) {
        int64_t count = feature_at(p, i, key)->count;
        total += count;
        longest = count > longest ? count : longest;
    }
    TfgTensor *indices = tfg_kernel_output(c, key, 2, (int64_t[]){total, columns}, s);
    TfgTensor *values = indices ? tfg_kernel_output(c, p->n_sparse + key, 1, &total, s) : NULL;
    TfgTensor *shape = values ? tfg_kernel_output(c, 2 * p->n_sparse + key, 1, &columns, s) : NULL;
    if (!shape)
        return -1;
    int64_t *index = indices->data;
    for (int64_t i = 0; i < p->n; i++) {
        const TfgFeature *f = feature_at(p, i, key);
        if (tfg_feature_values(f, tfg_at_mut(values, at), s) < 0)
            return -1;
        for (int64_t k = 0; k < f->count; k++, at++) {
            if (!p->single)
                *index++ = i;
            *index++ = k;
        }
    }
    int64_t *sizes = shape->data;
    if (!p->single)
        *sizes++ = p->n;
    *sizes = longest;
    return 0;
}

static int store_row(const Dense *e, const TfgFeature *f, char *row, int64_t length, TfgStatus *s)
{
    TfgDType d = e->preset->dtype;
    if (f->dtype == TFG_INVALID && !e->variable)
        return e->preset->count ? tfg_copy_elements(d, row, e->preset->data, length, s) : 0;
    if (tfg_feature_values(f, row, s) < 0)
        return -1;
    char *rest = row + tfg_tensor_size(d, f->count);
    if (f->count == length)
        return 0;
    if (e->preset->count)
        return tfg_fill_elements(d, rest, e->preset->data, length - f->count, s);
    if (d != TFG_STRING)
        memset(rest, 0, tfg_tensor_size(d, length - f->count));
    return 0;
}

static int store_dense(TfgKernelCall *c, const Parse *p, int d, TfgStatus *s)
{
    const Dense *e = &p->dense[d];
    int64_t longest = 0, dims[TFG_MAX_RANK + 1];
    int rank = e->shape.rank + !p->single, key = p->n_sparse + d;
    for (int64_t i = 0; e->variable && i < p->n; i++)
        longest = feature_at(p, i, key)->count > longest ? feature_at(p, i, key)->count : longest;
    if (rank > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions: %d", rank);
    dims[0] = p->n;
    for (int k = 0; k < e->shape.rank; k++)
        dims[k + !p->single] = k > 0 || !e->variable ? e->shape.dims[k] : e->stride ? longest / e->stride : 0;
    TfgTensor *out = tfg_kernel_output(c, 3 * p->n_sparse + d, rank, dims, s);
    int64_t length = e->variable ? longest : e->stride;
    for (int64_t i = 0; out && i < p->n; i++)
        if (store_row(e, feature_at(p, i, key), tfg_at_mut(out, i * length), length, s) < 0)
            return -1;
    return out ? 0 : -1;
}

/* Values one behind the other, and where each example's begin and end; one Example has no splits. */
static int store_ragged(TfgKernelCall *c, const Parse *p, int r, TfgStatus *s)
{
    int key = p->n_sparse + p->n_dense + r, first = 3 * p->n_sparse + p->n_dense;
    int64_t total = 0, at = 0, n_splits = p->single ? 0 : p->n + 1;
    for (int64_t i = 0; i < p->n; i++)
        total += feature_at(p, i, key)->count;
    TfgTensor *values = tfg_kernel_output(c, first + r, 1, &total, s);
    TfgTensor *splits = values ? tfg_kernel_output(c, first + p->n_ragged + r, 1, &n_splits, s) : NULL;
    if (!splits)
        return -1;
    if (splits->dtype == TFG_INT32 && total > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "There are too many values for row splits of type int32: %lld", (long long)total);
    for (int64_t i = 0; i <= p->n; i++) {
        if (i < n_splits && splits->dtype == TFG_INT32)
            ((int32_t *)splits->data)[i] = (int32_t)at;
        else if (i < n_splits)
            ((int64_t *)splits->data)[i] = at;
        if (i == p->n)
            break;
        if (tfg_feature_values(feature_at(p, i, key), tfg_at_mut(values, at), s) < 0)
            return -1;
        at += feature_at(p, i, key)->count;
    }
    return 0;
}

static int parse_and_store(TfgKernelCall *c, Parse *p, TfgStatus *s)
{
    if (make_map(p, s) < 0 || tfg_try_ranges(p->n, 32, read_examples, p, s) < 0)
        return -1;
    for (int i = 0; i < p->n_sparse; i++)
        if (store_sparse(c, p, i, s) < 0)
            return -1;
    for (int d = 0; d < p->n_dense; d++)
        if (store_dense(c, p, d, s) < 0)
            return -1;
    for (int r = 0; r < p->n_ragged; r++)
        if (store_ragged(c, p, r, s) < 0)
            return -1;
    return 0;
}

static int key_inputs(TfgKernelCall *c, Parse *p, int first, TfgStatus *s)
{
    TfgShapeText x;
    for (int i = 0; i < p->n_keys; i++) {
        const TfgTensor *t = c->in[first + i];
        if (t->rank != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected %s_key to be a scalar, got shape: %s", i < p->n_sparse ? "sparse" : "dense",
                            tfg_shape_text(t, &x));
        p->keys[i] = (TfgBytes){((const TfgString *)t->data)->data, ((const TfgString *)t->data)->n};
    }
    return 0;
}

static int run_many(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *serialized = c->in[0], *names = c->in[1];
    TfgShapeText x;
    if (serialized->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected serialized to be a vector, got shape: %s", tfg_shape_text(serialized, &x));
    if (names->count > 0 && (names->rank != 1 || names->count != serialized->count))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected len(names) == len(serialized), but got: %lld vs. %lld", (long long)names->count,
                        (long long)serialized->count);
    Parse p = {.n = serialized->count, .serialized = serialized->data, .names = names->count ? names : NULL,
               .n_sparse = (int)tfg_attrs_int(c->attrs, "Nsparse"), .n_dense = (int)tfg_attrs_int(c->attrs, "Ndense")};
    int rc = allocate(&p, s) < 0 || key_inputs(c, &p, 2, s) < 0 || read_types(c, &p, s) < 0 || read_dense(c, &p, 2 + p.n_keys, s) < 0 ||
             parse_and_store(c, &p, s) < 0 ? -1 : 0;
    parse_fini(&p);
    return rc;
}

static int key_vector(Parse *p, const TfgTensor *t, int first, int n, const char *words, TfgStatus *s)
{
    if (t->count != n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected len(%s but got: %lld vs. %d", words, (long long)t->count, n);
    for (int i = 0; i < n; i++)
        p->keys[first + i] = (TfgBytes){((const TfgString *)t->data)[i].data, ((const TfgString *)t->data)[i].n};
    return 0;
}

static int read_ragged(TfgKernelCall *c, Parse *p, TfgStatus *s)
{
    const TfgAttr *values = tfg_attrs_find(c->attrs, "ragged_value_types"), *splits = tfg_attrs_find(c->attrs, "ragged_split_types");
    if (!values || !splits || values->n != p->n_ragged || splits->n != p->n_ragged)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "len(ragged_keys) != len(ragged_split_types)");
    for (int i = 0; i < p->n_ragged; i++)
        p->types[p->n_sparse + p->n_dense + i] = values->list_type[i];
    return 0;
}

static int run_later(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *serialized = c->in[0], *names = c->in[1];
    const TfgAttr *ragged = tfg_attrs_find(c->attrs, "ragged_value_types");
    TfgShapeText x, y;
    if (serialized->rank > 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected serialized to be a scalar or vector, got shape: %s", tfg_shape_text(serialized, &x));
    if (names->count > 0 && (names->rank != serialized->rank || names->count != serialized->count))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected names have the same shape as serialized: name.shape=%s, serialized.shape=%s",
                        tfg_shape_text(names, &x), tfg_shape_text(serialized, &y));
    Parse p = {.is_later = true, .single = serialized->rank == 0, .n = serialized->count, .serialized = serialized->data, .names = names->count ? names : NULL,
               .n_sparse = (int)tfg_attrs_int(c->attrs, "num_sparse"), .n_dense = c->n_in - 5, .n_ragged = ragged ? ragged->n : 0};
    int rc = allocate(&p, s) < 0 || key_vector(&p, c->in[3], p.n_sparse, p.n_dense, "dense_keys) == len(dense_types)", s) < 0 ||
             key_vector(&p, c->in[2], 0, p.n_sparse, "sparse_keys) == num_sparse", s) < 0 ||
             key_vector(&p, c->in[4], p.n_sparse + p.n_dense, p.n_ragged, "ragged_keys) == len(ragged_value_types)", s) < 0 ||
             read_types(c, &p, s) < 0 || read_ragged(c, &p, s) < 0 || read_dense(c, &p, 5, s) < 0 || parse_and_store(c, &p, s) < 0 ? -1 : 0;
    parse_fini(&p);
    return rc;
}

static int key_attrs(TfgKernelCall *c, Parse *p, TfgStatus *s)
{
    const TfgAttr *sparse = tfg_attrs_find(c->attrs, "sparse_keys"), *dense = tfg_attrs_find(c->attrs, "dense_keys");
    if (!sparse || !dense || sparse->n != p->n_sparse || dense->n != p->n_dense)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "len(sparse_keys) != num_sparse, or len(dense_keys) != len(Tdense)");
    for (int i = 0; i < p->n_keys; i++)
        p->keys[i] = i < p->n_sparse ? sparse->list_s[i] : dense->list_s[i - p->n_sparse];
    return 0;
}

static int run_single(TfgKernelCall *c, TfgStatus *s)
{
    TfgShapeText x;
    if (c->in[0]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected serialized to be a scalar, got shape: %s", tfg_shape_text(c->in[0], &x));
    Parse p = {.single = true, .n = 1, .serialized = c->in[0]->data, .n_sparse = (int)tfg_attrs_int(c->attrs, "num_sparse"), .n_dense = c->n_in - 1};
    int rc = allocate(&p, s) < 0 || key_attrs(c, &p, s) < 0 || read_types(c, &p, s) < 0 || read_dense(c, &p, 1, s) < 0 ||
             parse_and_store(c, &p, s) < 0 ? -1 : 0;
    parse_fini(&p);
    return rc;
}

static const TfgKernelRow rows[] = {
    {.op = "ParseExample", .flags = TFG_KERNEL_EXPENSIVE | TFG_KERNEL_VALUE_SHAPE, .run = run_many},
    {.op = "ParseExampleV2", .flags = TFG_KERNEL_EXPENSIVE | TFG_KERNEL_VALUE_SHAPE, .run = run_later},
    {.op = "ParseSingleExample", .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_single},
};

const TfgKernelRow *tfg_kernels_parsing_example(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
