/* DynamicPartition and DynamicStitch: rows dealt out by number, and put together again. */
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/util.h"

static const char *position_text(const TfgTensor *t, int64_t i, TfgShapeText *text)
{
    int64_t at[TFG_MAX_RANK];
    for (int d = t->rank - 1; d >= 0; d--) {
        at[d] = i % t->dims[d];
        i /= t->dims[d];
    }
    return t->rank ? tfg_dims_text(t->rank, at, text) : "";
}

static int run_partition(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *data = c->in[0], *partitions = c->in[1];
    const int32_t *to = partitions->data;
    TfgShapeText a, b;
    int64_t dims[TFG_MAX_RANK + 1], parts = c->n_out;
    if (partitions->rank > data->rank || memcmp(partitions->dims, data->dims, (size_t)partitions->rank * sizeof *data->dims) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "data.shape must start with partitions.shape, got data.shape = %s, partitions.shape = %s",
                        tfg_shape_text(data, &a), tfg_shape_text(partitions, &b));
    int rest = data->rank - partitions->rank;
    if (rest + 1 > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    int64_t *count = tfg_kernel_scratch(c, (size_t)parts * sizeof *count, s);
    if (!count)
        return -1;
    memset(count, 0, (size_t)parts * sizeof *count);
    for (int64_t i = 0; i < partitions->count; i++) {
        if (to[i] < 0 || to[i] >= parts)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "partitions%s = %d is not in [0, %lld)", position_text(partitions, i, &a), to[i],
                            (long long)parts);
        count[to[i]]++;
    }
    memcpy(dims + 1, data->dims + partitions->rank, (size_t)rest * sizeof *dims);
    int64_t inner = tfg_dims_product(rest, dims + 1);
    for (int64_t p = 0; p < parts; p++) {
        dims[0] = count[p];
        if (!tfg_kernel_output(c, (int)p, rest + 1, dims, s))
            return -1;
        count[p] = 0;
    }
    for (int64_t i = 0; i < partitions->count; i++)
        if (tfg_copy_elements(data->dtype, tfg_at_mut(c->out[to[i]], count[to[i]]++ * inner), tfg_at(data, i * inner), inner, s) < 0)
            return -1;
    return 0;
}

/* data[j].shape = indices[j].shape + one common rest. */
static int check_stitch(const TfgKernelCall *c, int n, int64_t *rows, TfgStatus *s)
{
    TfgShapeText a, b, ia, ib;
    const TfgTensor *first = c->in[n];
    int rest = first->rank - c->in[0]->rank;
    for (int j = 0; j < n; j++) {
        const TfgTensor *indices = c->in[j], *data = c->in[n + j];
        const int32_t *at = indices->data;
        if (data->rank < indices->rank || memcmp(data->dims, indices->dims, (size_t)indices->rank * sizeof *data->dims) != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "data[%d].shape = %s does not start with indices[%d].shape = %s", j, tfg_shape_text(data, &a),
                            j, tfg_shape_text(indices, &b));
        if (data->rank - indices->rank != rest ||
            memcmp(data->dims + indices->rank, first->dims + c->in[0]->rank, (size_t)rest * sizeof *data->dims) != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Need data[0].shape[%d:] = data[%d].shape[%d:], got data[0].shape = %s, data[%d].shape = %s, "
                            "indices[0].shape = %s, indices[%d].shape = %s", c->in[0]->rank, j, indices->rank, tfg_shape_text(first, &a), j,
                            tfg_shape_text(data, &b), tfg_shape_text(c->in[0], &ia), j, tfg_shape_text(indices, &ib));
        for (int64_t i = 0; i < indices->count; i++) {
            if (at[i] < 0)
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "indices[%lld] is out of range", (long long)i);
            if (at[i] >= *rows)
                *rows = (int64_t)at[i] + 1;
        }
    }
    return 0;
}

/* Later rows win.  Rows that no index names are zero. */
static int run_stitch(TfgKernelCall *c, TfgStatus *s)
{
    int n = c->n_in / 2;
    int64_t rows = 0, dims[TFG_MAX_RANK + 1];
    if (check_stitch(c, n, &rows, s) < 0)
        return -1;
    const TfgTensor *first = c->in[n];
    int skip = c->in[0]->rank, rest = first->rank - skip;
    if (rest + 1 > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    dims[0] = rows;
    memcpy(dims + 1, first->dims + skip, (size_t)rest * sizeof *dims);
    int64_t inner = tfg_dims_product(rest, dims + 1);
    TfgTensor *out = tfg_kernel_output(c, 0, rest + 1, dims, s);
    if (!out)
        return -1;
    if (tfg_dtype_is_plain(out->dtype))
        memset(out->data, 0, tfg_tensor_nbytes(out));
    for (int j = 0; j < n; j++) {
        const int32_t *at = c->in[j]->data;
        for (int64_t i = 0; i < c->in[j]->count; i++)
            if (tfg_copy_elements(out->dtype, tfg_at_mut(out, at[i] * inner), tfg_at(c->in[n + j], i * inner), inner, s) < 0)
                return -1;
    }
    return 0;
}

static const TfgKernelRow rows[] = {
    {.op = "DynamicPartition", .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_partition},
    {.op = "DynamicStitch", .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_stitch},
    {.op = "ParallelDynamicStitch", .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_stitch},
};

const TfgKernelRow *tfg_kernels_data_partition(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
