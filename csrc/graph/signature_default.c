/* Defaults of attributes, as signatures write them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "graph/signature.h"

static int scan_double(TfgScanner *p, double *out)
{
    while (*p->at == ' ')
        p->at++;
    char *end;
    *out = strtod(p->at, &end);
    if (end == p->at)
        return tfg_scan_fail(p, "Expected a number");
    p->at = end;
    return 0;
}

static int scan_bool(TfgScanner *p, bool *out)
{
    *out = tfg_scan_accept(p, "true");
    return *out || tfg_scan_accept(p, "false") ? 0 : tfg_scan_fail(p, "Expected true or false");
}

/* ---- Shapes: { unknown_rank: true }, { dim { size: 2 } dim { size: -1 } }, or [2,-1] ---- */

static int add_dim(TfgScanner *p, TfgShape *shape, int64_t dim)
{
    if (shape->rank == TFG_MAX_RANK)
        return tfg_scan_fail(p, "Too many dimensions");
    shape->dims[shape->rank++] = dim < 0 ? -1 : dim;
    return 0;
}

static int scan_dims(TfgScanner *p, TfgShape *shape)
{
    int64_t dim;
    shape->rank = 0;
    if (tfg_scan_accept(p, "]"))
        return 0;
    do {
        if (tfg_scan_int(p, &dim) < 0 || add_dim(p, shape, dim) < 0)
            return -1;
    } while (tfg_scan_accept(p, ","));
    return tfg_scan_expect(p, "]");
}

static int scan_shape_text(TfgScanner *p, TfgShape *shape)
{
    int64_t dim;
    bool unknown = false;
    shape->rank = 0;
    while (!tfg_scan_accept(p, "}")) {
        if (tfg_scan_accept(p, "unknown_rank")) {
            if (tfg_scan_expect(p, ":") < 0 || scan_bool(p, &unknown) < 0)
                return -1;
        } else {
            if (tfg_scan_expect(p, "dim") < 0)
                return -1;
            tfg_scan_accept(p, ":");
            if (tfg_scan_expect(p, "{") < 0 || tfg_scan_expect(p, "size") < 0 || tfg_scan_expect(p, ":") < 0 ||
                tfg_scan_int(p, &dim) < 0 || tfg_scan_expect(p, "}") < 0 || add_dim(p, shape, dim) < 0)
                return -1;
        }
    }
    if (unknown)
        tfg_shape_set_unknown(shape);
    return 0;
}

static int scan_shape(TfgScanner *p, const TfgDims **out)
{
    TfgShape shape;
    int rc = tfg_scan_accept(p, "[") ? scan_dims(p, &shape) : tfg_scan_expect(p, "{") < 0 ? -1 : scan_shape_text(p, &shape);
    if (rc < 0)
        return -1;
    *out = tfg_dims_new(p->arena, &shape);
    return *out || shape.rank < 0 ? 0 : tfg_fail_memory(p->s);
}

/* ---- Tensors: { dtype: DT_UINT8 tensor_shape: { dim { size: 2 } } int_val: 255 int_val: 0 } ---- */

#define MAX_VALUES 64

typedef struct TensorText {
    TfgDType dtype;
    TfgShape shape;
    double values[MAX_VALUES];
    int n;
} TensorText;

static int scan_value(TfgScanner *p, TensorText *t)
{
    static const char *const fields[] = {"int_val", "int64_val", "float_val", "double_val", "half_val"};
    if (t->n == MAX_VALUES)
        return tfg_scan_fail(p, "Too many values");
    bool b;
    if (tfg_scan_accept(p, "bool_val")) {
        if (tfg_scan_expect(p, ":") < 0 || scan_bool(p, &b) < 0)
            return -1;
        t->values[t->n++] = b;
        return 0;
    }
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (tfg_scan_accept(p, fields[i]))
            return tfg_scan_expect(p, ":") < 0 ? -1 : scan_double(p, &t->values[t->n++]);
    return tfg_scan_fail(p, "Expected a field of a tensor");
}

static int scan_tensor_fields(TfgScanner *p, TensorText *t)
{
    if (tfg_scan_expect(p, "{") < 0)
        return -1;
    while (!tfg_scan_accept(p, "}")) {
        if (tfg_scan_accept(p, "dtype")) {
            if (tfg_scan_expect(p, ":") < 0 || tfg_scan_type(p, &t->dtype) < 0)
                return -1;
        } else if (tfg_scan_accept(p, "tensor_shape")) {
            tfg_scan_accept(p, ":");
            if (tfg_scan_expect(p, "{") < 0 || scan_shape_text(p, &t->shape) < 0)
                return -1;
        } else if (scan_value(p, t) < 0) {
            return -1;
        }
    }
    return 0;
}

static void store(TfgTensor *t, int64_t i, double v)
{
    switch (t->dtype) {
    case TFG_FLOAT: ((float *)t->data)[i] = (float)v; break;
    case TFG_DOUBLE: ((double *)t->data)[i] = v; break;
    case TFG_INT32: ((int32_t *)t->data)[i] = (int32_t)v; break;
    case TFG_INT64: ((int64_t *)t->data)[i] = (int64_t)v; break;
    case TFG_UINT8: ((uint8_t *)t->data)[i] = (uint8_t)v; break;
    case TFG_INT8: ((int8_t *)t->data)[i] = (int8_t)v; break;
    case TFG_INT16: ((int16_t *)t->data)[i] = (int16_t)v; break;
    case TFG_UINT16: ((uint16_t *)t->data)[i] = (uint16_t)v; break;
    case TFG_BOOL: ((bool *)t->data)[i] = v != 0; break;
    default: break;
    }
}

/* The last value fills what follows it, as in every TensorProto; *form says how many there are. */
static int scan_tensor(TfgScanner *p, TfgTensor **out, int32_t *form)
{
    TensorText text = {.dtype = TFG_INVALID};
    if (scan_tensor_fields(p, &text) < 0)
        return -1;
    if (text.dtype == TFG_INVALID || !tfg_dtype_is_plain(text.dtype) || text.shape.rank < 0)
        return tfg_scan_fail(p, "Not a tensor a signature can hold");
    TfgTensor *t = tfg_tensor_new_zeros(text.dtype, text.shape.rank, text.shape.dims, p->s);
    if (!t)
        return -1;
    for (int64_t i = 0; text.n > 0 && i < t->count; i++)
        store(t, i, text.values[i < text.n ? i : text.n - 1]);
    *out = t;
    *form = text.n;
    return 0;
}

/* ---- One value, and lists ---- */

static int scan_func(TfgScanner *p, const TfgFuncAttr **out)
{
    TfgBytes name = {"", 0};
    if (!tfg_scan_accept(p, "{") || !tfg_scan_accept(p, "}"))
        if (tfg_scan_string(p, &name) < 0)
            return -1;
    TfgFuncAttr *f = tfg_arena_alloc(p->arena, sizeof *f);
    if (!f)
        return tfg_fail_memory(p->s);
    f->name = name.data;
    *out = f;
    return 0;
}

static int scan_one(TfgScanner *p, TfgAttr *v)
{
    double d;
    switch (v->kind) {
    case TFG_ATTR_STRING: return tfg_scan_string(p, &v->s);
    case TFG_ATTR_INT: return tfg_scan_int(p, &v->i);
    case TFG_ATTR_FLOAT:
        if (scan_double(p, &d) < 0)
            return -1;
        v->f = (float)d;
        return 0;
    case TFG_ATTR_BOOL: return scan_bool(p, &v->b);
    case TFG_ATTR_TYPE: return tfg_scan_type(p, &v->type);
    case TFG_ATTR_SHAPE: return scan_shape(p, &v->shape);
    case TFG_ATTR_TENSOR: return scan_tensor(p, &v->tensor, &v->n);
    default: return scan_func(p, &v->func);
    }
}

static void put(void *list, int i, const TfgAttr *v)
{
    switch (v->kind) {
    case TFG_ATTR_STRING: ((TfgBytes *)list)[i] = v->s; break;
    case TFG_ATTR_INT: ((int64_t *)list)[i] = v->i; break;
    case TFG_ATTR_FLOAT: ((float *)list)[i] = v->f; break;
    case TFG_ATTR_BOOL: ((bool *)list)[i] = v->b; break;
    case TFG_ATTR_TYPE: ((TfgDType *)list)[i] = v->type; break;
    case TFG_ATTR_SHAPE: ((const TfgDims **)list)[i] = v->shape; break;
    case TFG_ATTR_TENSOR: ((TfgTensor **)list)[i] = v->tensor; break;
    default: ((const TfgFuncAttr **)list)[i] = v->func; break;
    }
}

static int scan_list(TfgScanner *p, TfgAttr *list)
{
    if (tfg_scan_expect(p, "[") < 0)
        return -1;
    if (tfg_scan_accept(p, "]"))
        return 0;
    void *items = tfg_arena_alloc(p->arena, MAX_VALUES * sizeof(TfgBytes));     /* the largest element */
    if (!items)
        return tfg_fail_memory(p->s);
    list->list_i = items;
    do {
        TfgAttr v = {.kind = list->kind};
        if (list->n == MAX_VALUES)
            return tfg_scan_fail(p, "Too many values");
        if (scan_one(p, &v) < 0)
            return -1;
        put(items, list->n++, &v);
    } while (tfg_scan_accept(p, ","));
    return tfg_scan_expect(p, "]");
}

int tfg_scan_default(TfgScanner *p, TfgAttrDef *a)
{
    TfgAttr v = {.kind = (uint8_t)a->kind, .is_list = a->is_list};
    int rc = a->is_list ? scan_list(p, &v) : scan_one(p, &v);
    if (rc < 0)
        tfg_attr_drop_tensors(&v);
    else
        a->default_value = v;
    return rc;
}
