#include "gradients/gradient.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/status.h"
#include "tensor/half.h"

/* ---- registry ---- */

typedef struct Foreign {        /* a row that the language binding gave */
    TfgGradRow row;
    TfgForeignGradFn fn;
    void *object;
    char label[];
} Foreign;

/* Append-only; readers are gradient walks, which look a row up once per op. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static TfgMap rows_by_label;

static const char *label_of(const TfgGradRow *row) { return row->label ? row->label : row->op; }

static int add_row(const TfgGradRow *row, TfgStatus *s)
{
    const char *label = label_of(row);
    size_t n = strlen(label);
    if (tfg_map_has(&rows_by_label, label, n))
        return tfg_fail(s, TFG_KEY_ERROR, "Registering two gradient with name '%s'!", label);
    return tfg_map_put(&rows_by_label, label, n, (void *)(uintptr_t)row) < 0 ? tfg_fail_memory(s) : 0;
}

int tfg_register_gradients(const TfgGradRow *rows, int n, TfgStatus *s)
{
    int rc = 0;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < n && rc == 0; i++)
        rc = add_row(&rows[i], s);
    pthread_mutex_unlock(&lock);
    return rc;
}

const TfgGradRow *tfg_find_gradient(const char *label)
{
    pthread_mutex_lock(&lock);
    const TfgGradRow *row = tfg_map_find(&rows_by_label, label, strlen(label));
    pthread_mutex_unlock(&lock);
    return row;
}

static int compare_labels(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

const char **tfg_gradient_labels(int *n)
{
    pthread_mutex_lock(&lock);
    const char **labels = tfg_alloc((rows_by_label.n + 1) * sizeof *labels), *key;
    size_t i = 0, length;
    void *row;
    *n = 0;
    while (labels && tfg_map_next(&rows_by_label, &i, &key, &length, &row))
        labels[(*n)++] = label_of(row);
    pthread_mutex_unlock(&lock);
    if (labels)
        qsort(labels, (size_t)*n, sizeof *labels, compare_labels);
    return labels;
}

static int call_foreign(TfgGradCall *g, TfgStatus *s)
{
    const Foreign *f = (const Foreign *)g->row;
    return f->fn(f->object, g, s);
}

int tfg_register_foreign_gradient(const char *label, TfgForeignGradFn fn, void *object, TfgStatus *s)
{
    size_t n = strlen(label);
    Foreign *f = tfg_calloc(1, sizeof *f + n + 1);
    if (!f)
        return tfg_fail_memory(s);
    memcpy(f->label, label, n + 1);
    f->row = (TfgGradRow){f->label, fn ? call_foreign : TFG_NO_GRADIENT, TFG_USES_X | TFG_USES_Y, f->label};
    f->fn = fn;
    f->object = object;
    pthread_mutex_lock(&lock);
    int rc = add_row(&f->row, s);
    pthread_mutex_unlock(&lock);
    if (rc < 0)
        tfg_free(f);
    return rc;
}

/* ---- what a gradient function calls ---- */

TfgValue tfg_grad_input(const TfgGradCall *g, int i) { return g->x[i]; }
TfgValue tfg_grad_output(const TfgGradCall *g, int i) { return g->y[i]; }
TfgValue tfg_grad_dy(const TfgGradCall *g, int i) { return g->dy[i].value; }
TfgDType tfg_grad_dtype(TfgGradCall *g, TfgValue v) { return g->backend->dtype(g, v); }
void tfg_grad_shape(TfgGradCall *g, TfgValue v, TfgShape *out) { g->backend->shape(g, v, out); }
TfgTensor *tfg_grad_constant_value(TfgGradCall *g, TfgValue v) { return g->backend->constant(g, v); }

int tfg_grad_call_n(TfgGradCall *g, const char *type, const char *name, const TfgValue *in, int n_in, const TfgNamedAttr *attrs,
                    int n_attrs, TfgValue *out, int n_out, TfgStatus *s)
{
    return g->backend->call(g, type, name, in, n_in, attrs, n_attrs, out, n_out, s);
}

int tfg_grad_call(TfgGradCall *g, const char *type, const char *name, const TfgValue *in, int n_in, const TfgNamedAttr *attrs,
                  int n_attrs, TfgValue *out, TfgStatus *s)
{
    return g->backend->call(g, type, name, in, n_in, attrs, n_attrs, out, 1, s);
}

int tfg_grad_const(TfgGradCall *g, const char *name, TfgTensor *value_steal, TfgValue *out, TfgStatus *s)
{
    if (!value_steal)
        return s->code ? -1 : tfg_fail_memory(s);
    TfgNamedAttr attrs[] = {{"value", TFG_A_TENSOR(value_steal)}, {"dtype", TFG_A_TYPE(value_steal->dtype)}};
    int rc = tfg_grad_call(g, "Const", name ? name : "Const", NULL, 0, attrs, 2, out, s);
    tfg_tensor_unref(value_steal);
    return rc;
}

/* Writes a number as element i.  Exact for the small numbers that gradients need; doubles keep all their digits. */
static int set_number(TfgTensor *t, int64_t i, double v, TfgStatus *s)
{
    switch (t->dtype) {
    case TFG_FLOAT: ((float *)t->data)[i] = (float)v; return 0;
    case TFG_DOUBLE: ((double *)t->data)[i] = v; return 0;
    case TFG_HALF: ((uint16_t *)t->data)[i] = tfg_float_to_half((float)v); return 0;
    case TFG_BFLOAT16: ((uint16_t *)t->data)[i] = tfg_float_to_bfloat16((float)v); return 0;
    case TFG_COMPLEX64: ((TfgComplex64 *)t->data)[i] = (TfgComplex64){(float)v, 0}; return 0;
    case TFG_COMPLEX128: ((TfgComplex128 *)t->data)[i] = (TfgComplex128){v, 0}; return 0;
    case TFG_INT8: ((int8_t *)t->data)[i] = (int8_t)v; return 0;
    case TFG_UINT8: ((uint8_t *)t->data)[i] = (uint8_t)v; return 0;
    case TFG_INT16: ((int16_t *)t->data)[i] = (int16_t)v; return 0;
    case TFG_UINT16: ((uint16_t *)t->data)[i] = (uint16_t)v; return 0;
    case TFG_INT32: ((int32_t *)t->data)[i] = (int32_t)v; return 0;
    case TFG_UINT32: ((uint32_t *)t->data)[i] = (uint32_t)v; return 0;
    case TFG_INT64: ((int64_t *)t->data)[i] = (int64_t)v; return 0;
    case TFG_UINT64: ((uint64_t *)t->data)[i] = (uint64_t)v; return 0;
    case TFG_BOOL: ((bool *)t->data)[i] = v != 0; return 0;
    default: return tfg_fail(s, TFG_TYPE_ERROR, "A gradient needs a number of type %s", tfg_dtype_name(t->dtype));
    }
}

TfgTensor *tfg_tensor_filled(TfgDType dtype, int rank, const int64_t *dims, double value, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_new(dtype, rank, dims, s);
    for (int64_t i = 0; t && i < t->count; i++)
        if (set_number(t, i, value, s) < 0) {
            tfg_tensor_unref(t);
            return NULL;
        }
    return t;
}

int tfg_grad_const_float(TfgGradCall *g, const char *name, TfgDType dtype, double value, TfgValue *out, TfgStatus *s)
{
    return tfg_grad_const(g, name, tfg_tensor_filled(dtype, 0, NULL, value, s), out, s);
}

int tfg_grad_const_int(TfgGradCall *g, const char *name, TfgDType dtype, int64_t value, TfgValue *out, TfgStatus *s)
{
    if (dtype != TFG_INT64)
        return tfg_grad_const_float(g, name, dtype, (double)value, out, s);
    return tfg_grad_const(g, name, tfg_tensor_new_scalar(TFG_INT64, &value, s), out, s);
}

int tfg_grad_const_ints(TfgGradCall *g, const char *name, TfgDType dtype, const int64_t *values, int n, TfgValue *out, TfgStatus *s)
{
    int64_t length = n;
    TfgTensor *t = tfg_tensor_new(dtype, 1, &length, s);
    for (int i = 0; t && i < n; i++) {
        if (dtype == TFG_INT64) {
            ((int64_t *)t->data)[i] = values[i];
        } else if (set_number(t, i, (double)values[i], s) < 0) {
            tfg_tensor_unref(t);
            return -1;
        }
    }
    return tfg_grad_const(g, name, t, out, s);
}

int tfg_grad_binary_const(TfgGradCall *g, const char *type, const char *name, TfgValue x, double c, bool const_first, TfgValue *out,
                          TfgStatus *s)
{
    TfgValue in[2] = {x, x};
    if (g->backend->enter_scope(g, name ? name : type, s) < 0)
        return -1;
    int rc = tfg_grad_const_float(g, const_first ? "x" : "y", tfg_grad_dtype(g, x), c, &in[const_first ? 0 : 1], s);
    if (rc == 0)
        rc = tfg_grad_call(g, type, "/", in, 2, NULL, 0, out, s);
    g->backend->leave_scope(g);
    return rc;
}

/* t[0], as Python writes it. */
static int first_element(TfgGradCall *g, TfgValue t, TfgValue *out, TfgStatus *s)
{
    static const char *const names[] = {"stack", "stack_1", "stack_2"};
    TfgValue in[4] = {t};
    if (g->backend->enter_scope(g, "strided_slice", s) < 0)
        return -1;
    int rc = 0;
    for (int i = 0; i < 3 && rc == 0; i++)
        rc = tfg_grad_const_ints(g, names[i], TFG_INT32, &(int64_t){i > 0}, 1, &in[i + 1], s);
    TfgNamedAttr attrs[] = {{"shrink_axis_mask", TFG_A_INT(1)}};
    if (rc == 0)
        rc = tfg_grad_call(g, "StridedSlice", "/", in, 4, attrs, 1, out, s);
    g->backend->leave_scope(g);
    return rc;
}

int tfg_grad_dense(TfgGradCall *g, int i, TfgValue *out, TfgStatus *s) { return tfg_grad_dense_named(g, i, NULL, out, s); }

int tfg_grad_dense_named(TfgGradCall *g, int i, const char *name, TfgValue *out, TfgStatus *s)
{
    const TfgGrad *dy = &g->dy[i];
    if (!tfg_has_value(dy->indices)) {
        *out = dy->value;
        return 0;
    }
    if (!tfg_has_value(dy->dense_shape))
        return tfg_fail(s, TFG_VALUE_ERROR, "Tensor conversion requested for IndexedSlices without dense_shape");
    TfgValue rows;
    if (first_element(g, dy->dense_shape, &rows, s) < 0)
        return -1;
    return tfg_grad_call(g, "UnsortedSegmentSum", name, (TfgValue[]){dy->value, dy->indices, rows}, 3, NULL, 0, out, s);
}
