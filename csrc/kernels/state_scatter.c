/* Scatter: rows (Scatter*), or slices named by index vectors (ScatterNd*), of a variable are replaced or changed one after another,
 * so an index that comes twice counts twice. */
#include <complex.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/state.h"
#include "kernels/util.h"

typedef enum ScatterKind { SET, ADD, SUB, MUL, DIV, MIN, MAX } ScatterKind;

/* Whole-number division by zero gives zero here: a row of updates has no way to fail half done. */
#define APPLY_REAL(T, is_int)                                                                        \
    for (int64_t i = 0; i < n; i++) {                                                                \
        T x = ((const T *)to)[i], y = ((const T *)from)[step * i];                                   \
        ((T *)to)[i] = (T)(kind == ADD ? x + y : kind == SUB ? x - y : kind == MUL ? x * y :         \
                           kind == DIV ? ((is_int) && y == 0 ? 0 : x / y) : kind == MIN ? (y < x ? y : x) : (x < y ? y : x)); \
    }
#define APPLY_COMPLEX(T)                                                                             \
    for (int64_t i = 0; i < n; i++) {                                                                \
        T x = ((const T *)to)[i], y = ((const T *)from)[step * i];                                   \
        ((T *)to)[i] = kind == ADD ? x + y : kind == SUB ? x - y : kind == MUL ? x * y : x / y;      \
    }

static float apply_float(ScatterKind kind, float x, float y)
{
    switch (kind) {
    case ADD: return x + y;
    case SUB: return x - y;
    case MUL: return x * y;
    case DIV: return x / y;
    case MIN: return y < x ? y : x;
    case MAX: return x < y ? y : x;
    default: return y;
    }
}

static void apply_half(ScatterKind kind, TfgDType d, uint16_t *to, const uint16_t *from, int64_t step, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        to[i] = tfg_store_half(d, apply_float(kind, tfg_load_half(d, to[i]), tfg_load_half(d, from[step * i])));
}

/* step is 0 where one scalar updates all n elements. */
static int apply(ScatterKind kind, TfgDType d, void *to, const void *from, int64_t step, int64_t n, TfgStatus *s)
{
    if (kind == SET)
        return step ? tfg_copy_elements(d, to, from, n, s) : tfg_fill_elements(d, to, from, n, s);
    switch (d) {
    case TFG_HALF: case TFG_BFLOAT16: apply_half(kind, d, to, from, step, n); return 0;
    case TFG_FLOAT: APPLY_REAL(float, 0) return 0;
    case TFG_DOUBLE: APPLY_REAL(double, 0) return 0;
    case TFG_INT8: APPLY_REAL(int8_t, 1) return 0;
    case TFG_INT16: APPLY_REAL(int16_t, 1) return 0;
    case TFG_INT32: APPLY_REAL(int32_t, 1) return 0;
    case TFG_INT64: APPLY_REAL(int64_t, 1) return 0;
    case TFG_UINT8: APPLY_REAL(uint8_t, 1) return 0;
    case TFG_UINT16: APPLY_REAL(uint16_t, 1) return 0;
    case TFG_COMPLEX64: APPLY_COMPLEX(float complex) return 0;
    case TFG_COMPLEX128: APPLY_COMPLEX(double complex) return 0;
    default: return tfg_fail(s, TFG_UNIMPLEMENTED, "Scatter does not serve %s", tfg_dtype_signature_name(d));
    }
}

/* ---- Which kernel it is ------------------------------------------------------------------------------------------------------- */

static ScatterKind kind_of(const char *type)
{
    static const struct { const char *end; ScatterKind kind; } kinds[] = {
        {"Update", SET}, {"Add", ADD}, {"Sub", SUB}, {"Mul", MUL}, {"Div", DIV}, {"Min", MIN}, {"Max", MAX}};
    size_t n = strlen(type);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (n >= strlen(kinds[i].end) && strcmp(type + n - strlen(kinds[i].end), kinds[i].end) == 0)
            return kinds[i].kind;
    return SET;
}

static int64_t index_at(const TfgTensor *t, int64_t i)
{
    return t->dtype == TFG_INT32 ? ((const int32_t *)t->data)[i] : ((const int64_t *)t->data)[i];
}

/* "[0,2]" of element i of the first `rank` dims. */
static void format_index(const TfgTensor *t, int rank, int64_t i, TfgStr *out)
{
    int64_t stride = 1;
    for (int d = 0; d < rank; d++)
        stride *= t->dims[d];
    tfg_str_puts(out, rank ? "[" : "");
    for (int d = 0; d < rank; d++) {
        stride /= t->dims[d];
        tfg_str_printf(out, "%s%lld", d ? "," : "", (long long)(i / stride % t->dims[d]));
    }
    tfg_str_puts(out, rank ? "]" : "");
}

/* ---- Rows ------------------------------------------------------------------------------------------------------------------ */

static bool fits_rows(const TfgTensor *params, const TfgTensor *indices, const TfgTensor *updates)
{
    if (updates->rank == 0)
        return true;
    if (updates->rank != indices->rank + params->rank - 1)
        return false;
    for (int d = 0; d < updates->rank; d++)
        if (updates->dims[d] != (d < indices->rank ? indices->dims[d] : params->dims[d - indices->rank + 1]))
            return false;
    return true;
}

static int check_rows(const TfgTensor *params, const TfgTensor *indices, const TfgTensor *updates, TfgStatus *s)
{
    TfgShapeText a, b, p;
    if (params->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "params must be at least 1-D, got shape %s", tfg_shape_text(params, &p));
    if (params->dtype != updates->dtype)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The variable is %s, the updates are %s", tfg_dtype_signature_name(params->dtype),
                        tfg_dtype_signature_name(updates->dtype));
    if (!fits_rows(params, indices, updates))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Must have updates.shape = indices.shape + params.shape[1:] or updates.shape = [], got "
                        "updates.shape %s, indices.shape %s, params.shape %s", tfg_shape_text(updates, &a), tfg_shape_text(indices, &b),
                        tfg_shape_text(params, &p));
    for (int64_t i = 0; i < indices->count; i++) {
        int64_t row = index_at(indices, i);
        if (row >= 0 && row < params->dims[0])
            continue;
        TfgStr where = TFG_STR_INIT;
        format_index(indices, indices->rank, i, &where);
        tfg_fail(s, TFG_INVALID_ARGUMENT, "indices%s = %lld is not in [0, %lld)", tfg_str_text(&where), (long long)row,
                 (long long)params->dims[0]);
        tfg_str_fini(&where);
        return -1;
    }
    return 0;
}

static int scatter_rows(TfgKernelCall *c, TfgVariable *v, TfgStatus *s)
{
    const TfgTensor *indices = c->in[1], *updates = c->in[2];
    if (check_rows(v->value, indices, updates, s) < 0 || tfg_variable_make_exclusive(v, s) < 0)
        return -1;
    TfgTensor *params = v->value;
    int64_t inner = params->dims[0] ? params->count / params->dims[0] : 0, step = updates->rank == 0 && params->rank > 0 ? 0 : 1;
    ScatterKind kind = kind_of(c->type);
    for (int64_t i = 0; i < indices->count; i++)
        if (apply(kind, params->dtype, tfg_at_mut(params, index_at(indices, i) * inner), tfg_at(updates, step ? i * inner : 0), step, inner,
                  s) < 0)
            return -1;
    return 0;
}

/* ---- Slices ----------------------------------------------------------------------------------------------------------------- */

static int fail_slices(const TfgTensor *params, const TfgTensor *indices, const TfgTensor *updates, TfgStatus *s)
{
    TfgShapeText a, b, p;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Must have updates.shape = indices.shape[:batch_dim] + params_shape[slice_dim:], got "
                    "updates.shape: %s, indices.shape: %s, params_shape: %s, slice_dim: %lld, and batch_dim: %d", tfg_shape_text(updates, &a),
                    tfg_shape_text(indices, &b), tfg_shape_text(params, &p),
                    (long long)(indices->rank ? indices->dims[indices->rank - 1] : 1), indices->rank ? indices->rank - 1 : 0);
}

static int check_slices(const TfgTensor *params, const TfgTensor *indices, const TfgTensor *updates, int depth, TfgStatus *s)
{
    int batch = indices->rank ? indices->rank - 1 : 0;
    if (params->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Output must be at least 1-D, got shape: []");
    if (depth > params->rank || updates->rank != batch + params->rank - depth || params->dtype != updates->dtype)
        return fail_slices(params, indices, updates, s);
    for (int d = 0; d < updates->rank; d++)
        if (updates->dims[d] != (d < batch ? indices->dims[d] : params->dims[d - batch + depth]))
            return fail_slices(params, indices, updates, s);
    return 0;
}

/* Element offset of slice i, or -1 with a status. */
static int64_t slice_offset(const TfgTensor *params, const TfgTensor *indices, int depth, int64_t inner, int64_t i, TfgStatus *s)
{
    int64_t at = 0;
    bool inside = true;
    for (int d = 0; d < depth; d++) {
        int64_t k = index_at(indices, i * depth + d);
        inside &= k >= 0 && k < params->dims[d];
        at = at * params->dims[d] + k;
    }
    if (inside)
        return at * inner;
    TfgStr where = TFG_STR_INIT, index = TFG_STR_INIT;
    TfgShapeText shape;
    format_index(indices, indices->rank ? indices->rank - 1 : 0, i, &where);
    for (int d = 0; d < depth; d++)
        tfg_str_printf(&index, "%s%lld", d ? ", " : "", (long long)index_at(indices, i * depth + d));
    tfg_fail(s, TFG_INVALID_ARGUMENT, "indices%s = [%s] does not index into shape %s", tfg_str_text(&where), tfg_str_text(&index),
             tfg_shape_text(params, &shape));
    tfg_str_fini(&where);
    tfg_str_fini(&index);
    return -1;
}

static int scatter_slices(TfgKernelCall *c, TfgVariable *v, TfgStatus *s)
{
    const TfgTensor *indices = c->in[1], *updates = c->in[2], *params = v->value;
    int64_t depth = indices->rank ? indices->dims[indices->rank - 1] : 1, inner = 1, n = depth ? indices->count / depth : 0;
    if (depth > params->rank || check_slices(params, indices, updates, (int)depth, s) < 0)
        return s->code != TFG_OK ? -1 : fail_slices(params, indices, updates, s);
    for (int d = (int)depth; d < params->rank; d++)
        inner *= params->dims[d];
    if (depth == 0)
        n = inner ? updates->count / inner : 0;
    for (int64_t i = 0; i < n; i++)
        if (slice_offset(params, indices, (int)depth, inner, i, s) < 0)
            return -1;
    if (tfg_variable_make_exclusive(v, s) < 0)
        return -1;
    ScatterKind kind = kind_of(c->type);
    for (int64_t i = 0; i < n; i++) {
        int64_t at = slice_offset(v->value, indices, (int)depth, inner, i, s);
        if (apply(kind, v->value->dtype, tfg_at_mut(v->value, at), tfg_at(updates, i * inner), 1, inner, s) < 0)
            return -1;
    }
    return 0;
}

/* ---- Both ------------------------------------------------------------------------------------------------------------------- */

static int run(TfgKernelCall *c, int (*scatter)(TfgKernelCall *, TfgVariable *, TfgStatus *), TfgStatus *s)
{
    TfgVariable *v = tfg_kernel_variable(c, 0, s);
    int rc = -1;
    if (!v)
        return -1;
    pthread_mutex_lock(&v->lock);
    if (!v->value)
        tfg_fail(s, TFG_FAILED_PRECONDITION, "Attempting to use uninitialized value %s", v->name);
    else if ((rc = scatter(c, v, s)) == 0)
        v->version++;
    pthread_mutex_unlock(&v->lock);
    if (rc == 0)
        tfg_kernel_name_output(c, v);
    tfg_variable_unref(v);
    return rc;
}

static int run_rows(TfgKernelCall *c, TfgStatus *s)
{
    return run(c, scatter_rows, s);
}

static int run_slices(TfgKernelCall *c, TfgStatus *s)
{
    return run(c, scatter_slices, s);
}

#define ANY (TFG_TYPES_NUMBERS | TFG_B(BOOL) | TFG_B(STRING) | TFG_B(VARIANT) | TFG_B(RESOURCE))
#define REF_ROW(name, mask, fn) \
    {.op = name, .types = {{"T", mask}, {"Tindices", TFG_TYPES_INDEX}}, .run = fn, .flags = TFG_KERNEL_WRITES_REF}
#define RESOURCE_ROW(name, mask) \
    {.op = name, .types = {{"dtype", mask}, {"Tindices", TFG_TYPES_INDEX}}, .run = run_rows, .flags = TFG_KERNEL_WRITES_REF}

static const TfgKernelRow rows[] = {
    REF_ROW("ScatterUpdate", ANY, run_rows),
    REF_ROW("ScatterAdd", TFG_TYPES_NUMBERS, run_rows),
    REF_ROW("ScatterSub", TFG_TYPES_NUMBERS, run_rows),
    REF_ROW("ScatterMul", TFG_TYPES_NUMBERS, run_rows),
    REF_ROW("ScatterDiv", TFG_TYPES_NUMBERS, run_rows),
    REF_ROW("ScatterMin", TFG_TYPES_REAL, run_rows),
    REF_ROW("ScatterMax", TFG_TYPES_REAL, run_rows),
    REF_ROW("ScatterNdUpdate", ANY, run_slices),
    REF_ROW("ScatterNdAdd", TFG_TYPES_NUMBERS, run_slices),
    REF_ROW("ScatterNdSub", TFG_TYPES_NUMBERS, run_slices),
    RESOURCE_ROW("ResourceScatterUpdate", ANY),
    RESOURCE_ROW("ResourceScatterAdd", TFG_TYPES_NUMBERS),
    RESOURCE_ROW("ResourceScatterSub", TFG_TYPES_NUMBERS),
    RESOURCE_ROW("ResourceScatterMul", TFG_TYPES_NUMBERS),
    RESOURCE_ROW("ResourceScatterDiv", TFG_TYPES_NUMBERS),
    RESOURCE_ROW("ResourceScatterMin", TFG_TYPES_REAL),
    RESOURCE_ROW("ResourceScatterMax", TFG_TYPES_REAL),
};

int tfg_register_kernels_scatter(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
