/* ScatterNd (duplicates add up), ScatterNdNonAliasingAdd and TensorScatter*. */
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/scatter.h"

/* Changes out by updates, where each row of indices says. */
static int scatter(TfgScatterKind kind, bool ignore, TfgTensor *out, const TfgTensor *indices, const TfgTensor *updates, TfgStatus *s)
{
    int64_t depth = indices->dims[indices->rank - 1], n = tfg_dims_product(indices->rank - 1, indices->dims);
    int64_t inner = tfg_dims_product(out->rank - (int)depth, out->dims + depth);
    for (int64_t i = 0; i < n; i++) {
        int64_t at = 0;
        bool bad = false;
        for (int64_t d = 0; d < depth; d++) {
            int64_t index = tfg_tensor_int(indices, i * depth + d);
            bad = bad || index < 0 || index >= out->dims[d];
            at = bad ? 0 : at * out->dims[d] + index;
        }
        if (bad && ignore)
            continue;
        if (bad) {
            int64_t where[TFG_MAX_RANK], values[TFG_MAX_RANK], rest = i;
            TfgShapeText a, b, shape;
            for (int d = indices->rank - 2; d >= 0; d--) {
                where[d] = rest % indices->dims[d];
                rest /= indices->dims[d];
            }
            for (int64_t d = 0; d < depth; d++)
                values[d] = tfg_tensor_int(indices, i * depth + d);
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "indices%s = %s does not index into shape %s",
                            indices->rank > 1 ? tfg_dims_text(indices->rank - 1, where, &a) : "", tfg_values_text((int)depth, values, &b),
                            tfg_shape_text(out, &shape));
        }
        if (tfg_scatter_apply(kind, out->dtype, tfg_at_mut(out, at * inner), tfg_at(updates, i * inner), 1, inner, s) < 0)
            return -1;
    }
    return 0;
}

static int check_shapes(const TfgTensor *indices, const TfgTensor *updates, int rank, const int64_t *dims, TfgStatus *s)
{
    TfgShapeText a, b;
    if (indices->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Indices shape must have rank at least one. Found:%s", tfg_shape_text(indices, &a));
    if (updates->rank < 1 && indices->rank > 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Updates shape must have rank at least one. Found:%s", tfg_shape_text(updates, &a));
    int outer = indices->rank - 1;
    int64_t depth = indices->dims[outer];
    if (tfg_dims_count(rank, dims) == 0 && (indices->count > 0 || updates->count > 0))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Indices and updates specified for empty output shape");
    if (updates->rank < outer || memcmp(updates->dims, indices->dims, (size_t)outer * sizeof *indices->dims) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Outer dimensions of indices and update must match. Indices shape: %s, updates shape:%s",
                        tfg_shape_text(indices, &a), tfg_shape_text(updates, &b));
    if (depth > rank || updates->rank - outer != rank - depth)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Inner dimensions of output shape must match inner dimensions of updates shape. Output: %s "
                        "updates: %s", tfg_dims_text(rank, dims, &a), tfg_shape_text(updates, &b));
    if (memcmp(updates->dims + outer, dims + depth, (size_t)(rank - depth) * sizeof *dims) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The inner %d dimensions of output.shape=%s must match the inner %d dimensions of "
                        "updates.shape=%s", rank - outer, tfg_dims_text(rank, dims, &a), updates->rank - outer, tfg_shape_text(updates, &b));
    return 0;
}

static int run_scatter_nd(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *indices = c->in[0], *updates = c->in[1], *shape = c->in[2];
    int64_t dims[TFG_MAX_RANK];
    if (shape->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape must be a vector");
    if (shape->count > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    for (int d = 0; d < (int)shape->count; d++) {
        dims[d] = tfg_tensor_int(shape, d);
        if (dims[d] < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= 0", (long long)dims[d]);
    }
    if (check_shapes(indices, updates, (int)shape->count, dims, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output(c, 0, (int)shape->count, dims, s);
    if (!out)
        return -1;
    if (tfg_dtype_is_plain(out->dtype))
        memset(out->data, 0, tfg_tensor_nbytes(out));
    return scatter(TFG_SCATTER_ADD, false, out, indices, updates, s);
}

static int check_ranks(const TfgKernelCall *c, TfgStatus *s)
{
    if (c->in[0]->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Indices and updates specified for empty output shape");
    if (c->in[1]->rank > 0 && c->in[2]->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Updates shape must have rank at least one. Found:[]");
    return 0;
}

static int run_changed(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    bool ignore;
    if (tfg_scatter_ignores(c, &ignore, s) < 0 || (strncmp(c->type, "Tensor", 6) == 0 && check_ranks(c, s) < 0) || check_shapes(c->in[1], c->in[2], in->rank, in->dims, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output_like(c, 0, in, s);
    if (!out || (out->data != in->data && tfg_copy_elements(in->dtype, out->data, in->data, in->count, s) < 0))
        return -1;
    return scatter(tfg_scatter_kind(c->type), ignore, out, c->in[1], c->in[2], s);
}

#define WIDE (TFG_TYPES_NUMBERS | TFG_TYPES_WIDE_UINTS)
#define ANY (WIDE | TFG_B(BOOL) | TFG_B(STRING))
#define CHANGED(name, mask) {.op = name, .types = {{"T", mask}, {"Tindices", TFG_TYPES_INDEX}}, .inplace = {{1, 1}}, .run = run_changed}
static const TfgKernelRow rows[] = {
    {.op = "ScatterNd", .types = {{"T", ANY}}, .host_in = 4, .run = run_scatter_nd},
    CHANGED("ScatterNdNonAliasingAdd", ANY),
    CHANGED("TensorScatterUpdate", ANY),
    CHANGED("TensorScatterAdd", ANY),
    CHANGED("TensorScatterSub", WIDE),
    CHANGED("TensorScatterMin", TFG_TYPES_REAL | TFG_TYPES_WIDE_UINTS),
    CHANGED("TensorScatterMax", TFG_TYPES_REAL | TFG_TYPES_WIDE_UINTS),
};

const TfgKernelRow *tfg_kernels_array_scatter(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
