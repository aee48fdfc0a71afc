/* Scatter: rows (Scatter*), or slices named by index vectors (ScatterNd*), of a variable are replaced or changed one after another,
 * so an index that comes twice counts twice. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/scatter.h"
#include "kernels/state.h"

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
    TfgScatterKind kind = tfg_scatter_kind(c->type);
    for (int64_t i = 0; i < indices->count; i++)
        if (tfg_scatter_apply(kind, params->dtype, tfg_at_mut(params, index_at(indices, i) * inner), tfg_at(updates, step ? i * inner : 0), step, inner,
                  s) < 0)
            return -1;
    return 0;
}

/* ---- Slices ----------------------------------------------------------------------------------------------------------------- */

/* How indices are read: a vector of them is one number per slice of the first dimension. */
typedef struct Slices { int batch, depth; int64_t n, inner; } Slices;

static int fail_slices(const TfgTensor *params, const TfgTensor *indices, const TfgTensor *updates, TfgStatus *s)
{
    TfgShapeText a, b, p;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Must have updates.shape = indices.shape[:batch_dim] + params_shape[slice_dim:], got "
                    "updates.shape: %s, indices.shape: %s, params_shape: %s, slice_dim: %lld, and batch_dim: %d", tfg_shape_text(updates, &a),
                    tfg_shape_text(indices, &b), tfg_shape_text(params, &p),
                    (long long)(indices->rank > 1 ? indices->dims[indices->rank - 1] : 1), indices->rank > 1 ? indices->rank - 1 : 1);
}

static int read_slices(const TfgTensor *params, const TfgTensor *indices, const TfgTensor *updates, Slices *out, TfgStatus *s)
{
    TfgShapeText a, b;
    if (params->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Output must be at least 1-D, got shape: []");
    if (params->count == 0 && (indices->count > 0 || updates->count > 0))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Indices and updates specified for empty output.  indices shape: %s", tfg_shape_text(indices, &a));
    if (indices->rank < 1 || updates->rank < 1 || indices->dims[0] != updates->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The outermost dimension of updates and indices must match. Got indices.shape %s, updates.shape %s",
                        tfg_shape_text(indices, &a), tfg_shape_text(updates, &b));
    bool vector = indices->rank == 1;
    int64_t depth = vector ? 1 : indices->dims[indices->rank - 1];
    int batch = vector ? 1 : indices->rank - 1;
    if (depth > params->rank || updates->rank != batch + params->rank - depth || params->dtype != updates->dtype)
        return fail_slices(params, indices, updates, s);
    for (int d = 0; d < updates->rank; d++)
        if (updates->dims[d] != (d < batch ? indices->dims[d] : params->dims[d - batch + depth]))
            return fail_slices(params, indices, updates, s);
    *out = (Slices){batch, (int)depth, tfg_dims_product(batch, indices->dims), tfg_dims_product(params->rank - (int)depth, params->dims + depth)};
    return 0;
}

/* Element offset of slice i, or -1 where it lies outside. */
static int64_t slice_offset(const TfgTensor *params, const TfgTensor *indices, const Slices *p, int64_t i)
{
    int64_t at = 0;
    for (int d = 0; d < p->depth; d++) {
        int64_t k = index_at(indices, i * p->depth + d);
        if (k < 0 || k >= params->dims[d])
            return -1;
        at = at * params->dims[d] + k;
    }
    return at * p->inner;
}

static int fail_index(const TfgTensor *params, const TfgTensor *indices, const Slices *p, int64_t i, TfgStatus *s)
{
    TfgStr where = TFG_STR_INIT, index = TFG_STR_INIT;
    TfgShapeText shape;
    format_index(indices, indices->rank - 1, i, &where);
    for (int d = 0; d < p->depth; d++)
        tfg_str_printf(&index, "%s%lld", d ? ", " : "", (long long)index_at(indices, i * p->depth + d));
    tfg_fail(s, TFG_INVALID_ARGUMENT, "indices%s = [%s] does not index into shape %s", tfg_str_text(&where), tfg_str_text(&index),
             tfg_shape_text(params, &shape));
    tfg_str_fini(&where);
    tfg_str_fini(&index);
    return -1;
}

static int scatter_slices(TfgKernelCall *c, TfgVariable *v, TfgStatus *s)
{
    const TfgTensor *indices = c->in[1], *updates = c->in[2];
    Slices slices;
    bool ignore;
    if (tfg_scatter_ignores(c, &ignore, s) < 0 || read_slices(v->value, indices, updates, &slices, s) < 0)
        return -1;
    for (int64_t i = 0; i < slices.n && !ignore; i++)
        if (slice_offset(v->value, indices, &slices, i) < 0)
            return fail_index(v->value, indices, &slices, i, s);
    if (tfg_variable_make_exclusive(v, s) < 0)
        return -1;
    TfgScatterKind kind = tfg_scatter_kind(c->type);
    for (int64_t i = 0; i < slices.n; i++) {
        int64_t at = slice_offset(v->value, indices, &slices, i);
        if (at >= 0 && tfg_scatter_apply(kind, v->value->dtype, tfg_at_mut(v->value, at), tfg_at(updates, i * slices.inner), 1, slices.inner, s) < 0)
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

#define WIDE (TFG_TYPES_NUMBERS | TFG_TYPES_WIDE_UINTS)
#define ANY (WIDE | TFG_B(BOOL) | TFG_B(STRING) | TFG_B(VARIANT) | TFG_B(RESOURCE))
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
    REF_ROW("ResourceScatterNdUpdate", ANY, run_slices),
    REF_ROW("ResourceScatterNdAdd", WIDE | TFG_B(BOOL), run_slices),
    REF_ROW("ResourceScatterNdSub", WIDE | TFG_B(BOOL), run_slices),
    REF_ROW("ResourceScatterNdMin", TFG_TYPES_REAL | TFG_TYPES_WIDE_UINTS, run_slices),
    REF_ROW("ResourceScatterNdMax", TFG_TYPES_REAL | TFG_TYPES_WIDE_UINTS, run_slices),
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
