/* Concatenation and splitting: Concat, ConcatV2, ConcatOffset, Pack, ParallelConcat, Unpack, Split, SplitV. */
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/strided.h"
#include "kernels/util.h"

/* ---- Joining ------------------------------------------------------------------------------------------------------------------- */

#define TILE_BYTES 131072       /* what one thread copies at a time */

/* Rows that lie side by side in a whole, and each in a part of its own. */
typedef struct Rows {
    int n;
    char *const *part;          /* n parts */
    const size_t *width;        /* bytes of a row of each */
    char *whole;
    size_t total;               /* bytes of a row of the whole */
    bool apart;                 /* from the whole into the parts */
} Rows;

static void move_rows(void *context, int64_t begin, int64_t end)
{
    const Rows *r = context;
    for (int64_t i = begin; i < end; i++) {
        char *at = r->whole + (size_t)i * r->total;
        for (int j = 0; j < r->n; at += r->width[j++])
            if (r->width[j] == 0)
                continue;
            else if (r->apart)
                memcpy(r->part[j] + (size_t)i * r->width[j], at, r->width[j]);
            else
                memcpy(at, r->part[j] + (size_t)i * r->width[j], r->width[j]);
    }
}

/* Rows of some length are moved one after the other, so that the whole is gone through once; where there are few or tiny ones, part by
 * part is better. */
static bool goes_by_rows(TfgDType d, int64_t outer, size_t total, int n)
{
    return tfg_dtype_is_plain(d) && outer > 1 && n > 1 && total / (size_t)n >= 32 && total <= TILE_BYTES;
}

static void go_by_rows(const Rows *r, int64_t outer)
{
    tfg_for_ranges(outer, TILE_BYTES / (int64_t)(r->total + 1) + 1, move_rows, (void *)(uintptr_t)r);
}

/* in[j] holds outer rows of width[j] elements; out holds them side by side. */
static int join(TfgKernelCall *c, TfgTensor *out, TfgTensor *const *in, int n, int64_t outer, const int64_t *width, int64_t total, TfgStatus *s)
{
    int64_t at = 0;
    size_t size = tfg_dtype_size(out->dtype);
    if (goes_by_rows(out->dtype, outer, (size_t)total * size, n)) {
        char **part = tfg_kernel_scratch(c, (size_t)n * (sizeof *part + sizeof(size_t)), s);
        if (!part)
            return -1;
        size_t *bytes = (size_t *)(part + n);
        for (int j = 0; j < n; j++) {
            part[j] = in[j]->data;
            bytes[j] = (size_t)width[j] * size;
        }
        go_by_rows(&(Rows){n, part, bytes, out->data, (size_t)total * size, false}, outer);
        return 0;
    }
    for (int j = 0; j < n; j++) {
        int64_t dims[2] = {outer, width[j]}, ts[2] = {total, 1}, fs[2] = {width[j], 1};
        if (width[j] > 0 && tfg_strided_copy(out->dtype, 2, dims, tfg_at_mut(out, at), ts, in[j]->data, fs, s) < 0)
            return -1;
        at += width[j];
    }
    return 0;
}

/* values[0..n), along axis; out's dims are complete. */
static int concat(TfgKernelCall *c, TfgTensor *const *values, int n, int64_t axis, TfgStatus *s)
{
    const TfgTensor *first = values[0];
    TfgShapeText a, b;
    int64_t dims[TFG_MAX_RANK], *width = tfg_kernel_scratch(c, (size_t)n * sizeof *width, s);
    if (!width)
        return -1;
    memcpy(dims, first->dims, (size_t)first->rank * sizeof *dims);
    dims[axis] = 0;
    int64_t inner = tfg_dims_product(first->rank - (int)axis - 1, first->dims + axis + 1);
    for (int j = 0; j < n; j++) {
        const TfgTensor *t = values[j];
        if (t->rank != first->rank)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "ConcatOp : Ranks of all input tensors should match: shape[0] = %s vs. shape[%d] = %s",
                            tfg_shape_text(first, &a), j, tfg_shape_text(t, &b));
        for (int d = 0; d < t->rank; d++)
            if (d != axis && t->dims[d] != first->dims[d])
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "ConcatOp : Dimensions of inputs should match: shape[0] = %s vs. shape[%d] = %s",
                                tfg_shape_text(first, &a), j, tfg_shape_text(t, &b));
        dims[axis] += t->dims[axis];
        width[j] = t->dims[axis] * inner;
    }
    TfgTensor *out = tfg_kernel_output(c, 0, first->rank, dims, s);
    if (!out)
        return -1;
    return join(c, out, values, n, tfg_dims_product((int)axis, dims), width, dims[axis] * inner, s);
}

static int concat_checked(TfgKernelCall *c, TfgTensor *const *values, int n, const TfgTensor *axis, TfgStatus *s)
{
    TfgShapeText text;
    if (axis->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s tensor should be a scalar integer, but got shape %s",
                        strcmp(c->type, "Concat") == 0 ? "concat_dim" : "axis", tfg_shape_text(axis, &text));
    int64_t given = tfg_tensor_int(axis, 0), at = given;
    if (values[0]->rank == 0 || !tfg_axis_in_range(&at, values[0]->rank))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "ConcatOp : Expected concatenating dimensions in the range [%d, %d), but got %lld",
                        -values[0]->rank, values[0]->rank, (long long)given);
    return concat(c, values, n, at, s);
}

static int run_concat(TfgKernelCall *c, TfgStatus *s)
{
    return concat_checked(c, c->in + 1, c->n_in - 1, c->in[0], s);
}

static int run_concat_v2(TfgKernelCall *c, TfgStatus *s)
{
    return concat_checked(c, c->in, c->n_in - 1, c->in[c->n_in - 1], s);
}

static int fail_offset(int64_t axis, int j, const TfgTensor *shape, const TfgTensor *first, TfgStatus *s)
{
    TfgStr a = TFG_STR_INIT, b = TFG_STR_INIT;
    tfg_tensor_summarize(shape, 10, &a);
    tfg_tensor_summarize(first, 10, &b);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "All dimensions except %lld must match. Input %d has shape [%s] and doesn't match input 0 with shape [%s].",
             (long long)axis, j, tfg_str_text(&a), tfg_str_text(&b));
    tfg_str_fini(&a);
    tfg_str_fini(&b);
    return -1;
}

static int run_concat_offset(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *axis = c->in[0], *first = c->in[1];
    TfgShapeText text;
    if (axis->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Concat dim tensor should be a scalar integer, but got shape %s", tfg_shape_text(axis, &text));
    int64_t given = tfg_tensor_int(axis, 0), at = given;
    if (first->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input 0 should be a vector, but got shape %s", tfg_shape_text(first, &text));
    if (!tfg_axis_in_range(&at, (int)first->count))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Concat dim is out of range: %lld vs. %lld", (long long)given, (long long)first->count);
    int32_t offset = 0;
    for (int j = 1; j < c->n_in; j++) {
        const TfgTensor *shape = c->in[j];
        if (shape->rank != 1 || shape->count != first->count)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "input %d should contain %lld elements, but got %lld", j - 1, (long long)first->count,
                            (long long)shape->count);
        const int32_t *p = first->data, *q = shape->data;
        TfgTensor *out = tfg_kernel_output_like(c, j - 1, shape, s);
        if (!out)
            return -1;
        for (int64_t d = 0; d < shape->count; d++) {
            if (d != at && p[d] != q[d])
                return fail_offset(at, j - 1, shape, first, s);
            ((int32_t *)out->data)[d] = d == at ? offset : 0;
        }
        offset = (int32_t)((uint32_t)offset + (uint32_t)q[at]);
    }
    return 0;
}

static int run_pack(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *first = c->in[0];
    int64_t given = tfg_attrs_int(c->attrs, "axis"), axis = given, dims[TFG_MAX_RANK];
    TfgShapeText a, b;
    if (!tfg_axis_in_range(&axis, first->rank + 1))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "axis = %lld not in [%d, %d)", (long long)given, -(first->rank + 1), first->rank + 1);
    if (first->rank == TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    for (int j = 1; j < c->n_in; j++)
        if (!tfg_tensor_same_shape(first, c->in[j]))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shapes of all inputs must match: values[0].shape = %s != values[%d].shape = %s",
                            tfg_shape_text(first, &a), j, tfg_shape_text(c->in[j], &b));
    memcpy(dims, first->dims, (size_t)axis * sizeof *dims);
    dims[axis] = c->n_in;
    memcpy(dims + axis + 1, first->dims + axis, (size_t)(first->rank - axis) * sizeof *dims);
    if (c->n_in == 1)
        return tfg_kernel_forward_as(c, 0, 0, first->rank + 1, dims, s);
    TfgTensor *out = tfg_kernel_output(c, 0, first->rank + 1, dims, s);
    int64_t *width = tfg_kernel_scratch(c, (size_t)c->n_in * sizeof *width, s);
    if (!out || !width)
        return -1;
    int64_t inner = tfg_dims_product(first->rank - (int)axis, first->dims + axis);
    for (int j = 0; j < c->n_in; j++)
        width[j] = inner;
    if (inner == 1 && axis == 0 && tfg_dtype_is_plain(out->dtype)) {    /* scalars: the usual way shapes are made */
        size_t size = tfg_dtype_size(out->dtype);
        for (int j = 0; j < c->n_in; j++)
            memcpy((char *)out->data + (size_t)j * size, c->in[j]->data, size);
        return 0;
    }
    return join(c, out, c->in, c->n_in, tfg_dims_product((int)axis, first->dims), width, inner * c->n_in, s);
}

/* Each value is [1, ...]; together they are the attribute's shape. */
static int run_parallel_concat(TfgKernelCall *c, TfgStatus *s)
{
    TfgShapeText a, b;
    for (int j = 0; j < c->n_in; j++) {
        if (!tfg_tensor_same_shape(c->in[0], c->in[j]))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shapes of all inputs must match: values[0].shape = %s != values[%d].shape = %s",
                            tfg_shape_text(c->in[0], &a), j, tfg_shape_text(c->in[j], &b));
        if (c->in[j]->rank == 0 || c->in[j]->dims[0] != 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Size of first dimension must be 1, but input %d has shape %s", j,
                            tfg_shape_text(c->in[j], &a));
    }
    return concat(c, c->in, c->n_in, 0, s);
}

/* ---- Taking apart ---------------------------------------------------------------------------------------------------------------- */

/* Output i is `size` wide from `begin` along axis. */
static int part(TfgKernelCall *c, int i, const TfgTensor *in, int64_t axis, int64_t begin, int64_t size, bool drop_axis, TfgStatus *s)
{
    int64_t dims[TFG_MAX_RANK];
    int rank = in->rank;
    memcpy(dims, in->dims, (size_t)rank * sizeof *dims);
    dims[axis] = size;
    int64_t outer = tfg_dims_product((int)axis, dims), inner = tfg_dims_product(rank - (int)axis - 1, dims + axis + 1);
    if (drop_axis)
        memmove(dims + axis, dims + axis + 1, (size_t)(--rank - axis) * sizeof *dims);
    TfgTensor *out = tfg_kernel_output(c, i, rank, dims, s);
    if (!out)
        return -1;
    int64_t block[2] = {outer, size * inner}, ts[2] = {size * inner, 1}, fs[2] = {in->dims[axis] * inner, 1};
    return out->count ? tfg_strided_copy(in->dtype, 2, block, out->data, ts, tfg_at(in, begin * inner), fs, s) : 0;
}

/* The same for all outputs together, where they are plain and of some length; 1: not so. */
static int parts_by_rows(TfgKernelCall *c, const TfgTensor *in, int64_t axis, const int64_t *size, TfgStatus *s)
{
    int64_t outer = tfg_dims_product((int)axis, in->dims), inner = tfg_dims_product(in->rank - (int)axis - 1, in->dims + axis + 1);
    size_t bytes = tfg_dtype_size(in->dtype) * (size_t)inner, total = bytes * (size_t)in->dims[axis];
    if (!goes_by_rows(in->dtype, outer, total, c->n_out))
        return 1;
    int64_t dims[TFG_MAX_RANK];
    char **part = tfg_kernel_scratch(c, (size_t)c->n_out * (sizeof *part + sizeof(size_t)), s);
    if (!part)
        return -1;
    size_t *width = (size_t *)(part + c->n_out);
    memcpy(dims, in->dims, (size_t)in->rank * sizeof *dims);
    for (int i = 0; i < c->n_out; i++) {
        dims[axis] = size[i];
        TfgTensor *out = tfg_kernel_output(c, i, in->rank, dims, s);
        if (!out)
            return -1;
        part[i] = out->data;
        width[i] = bytes * (size_t)size[i];
    }
    go_by_rows(&(Rows){c->n_out, part, width, in->data, total, true}, outer);
    return 0;
}

static int run_unpack(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    int64_t num = tfg_attrs_int(c->attrs, "num"), given = tfg_attrs_int(c->attrs, "axis"), axis = given;
    if (!tfg_axis_in_range(&axis, in->rank))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "axis = %lld not in [%d, %d)", (long long)given, -in->rank, in->rank);
    TfgShapeText text;
    if (in->dims[axis] != num)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input shape axis %lld must equal %lld, got shape %s", (long long)axis, (long long)num,
                        tfg_shape_text(in, &text));
    for (int i = 0; i < c->n_out; i++)
        if (part(c, i, in, axis, i, 1, true, s) < 0)
            return -1;
    return 0;
}

static int run_split(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *dim = c->in[0], *in = c->in[1];
    if (dim->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "split_dim must be a scalar but has rank %d", dim->rank);
    int64_t given = tfg_tensor_int(dim, 0), axis = given;
    if (!tfg_axis_in_range(&axis, in->rank))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "-input rank(-%d) <= split_dim < input rank (%d), but got %lld", in->rank, in->rank,
                        (long long)given);
    if (in->dims[axis] % c->n_out != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Number of ways to split should evenly divide the split dimension, but got split_dim %lld "
                        "(size = %lld) and num_split %d", (long long)axis, (long long)in->dims[axis], c->n_out);
    int64_t size = in->dims[axis] / c->n_out;
    if (c->n_out == 1)
        return tfg_kernel_forward(c, 1, 0, s);
    int64_t *sizes = tfg_kernel_scratch(c, (size_t)c->n_out * sizeof *sizes, s);
    if (!sizes)
        return -1;
    for (int i = 0; i < c->n_out; i++)
        sizes[i] = size;
    int rc = parts_by_rows(c, in, axis, sizes, s);
    if (rc <= 0)
        return rc;
    for (int i = 0; i < c->n_out; i++)
        if (part(c, i, in, axis, i * size, size, false, s) < 0)
            return -1;
    return 0;
}

static int run_split_v(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *sizes = c->in[1], *dim = c->in[2];
    if (dim->count != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "split_dim_tensor must have exactly one element.");
    int64_t given = tfg_tensor_int(dim, 0), axis = given, total = 0, unknown = -1;
    if (!tfg_axis_in_range(&axis, in->rank))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "-input rank(-%d) <= split_dim < input rank (%d), but got %lld", in->rank, in->rank,
                        (long long)given);
    if (sizes->rank != 1 || sizes->count != c->n_out)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "size of the split_tensor must be 1-D and have the same elements as outputs got %d -D and %lld "
                        "elements", sizes->rank, (long long)sizes->count);
    int64_t *size = tfg_kernel_scratch(c, (size_t)c->n_out * sizeof *size, s);
    if (!size)
        return -1;
    for (int i = 0; i < c->n_out; i++) {
        size[i] = tfg_tensor_int(sizes, i);
        if (size[i] == -1 && unknown >= 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "There can only be one -1 in the input.");
        if (size[i] == -1)
            unknown = i;
        else if (size[i] < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Split size at index %d must be >= 0. Got: %lld", i, (long long)size[i]);
        else if (__builtin_add_overflow(total, size[i], &total))
            total = INT64_MAX;
    }
    if ((unknown < 0 && total != in->dims[axis]) || (unknown >= 0 && total > in->dims[axis]))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Determined shape must either match input shape along split_dim exactly if fully specified, "
                        "or be less than the size of the input along split_dim if not fully specified.  Got: %lld", (long long)total);
    if (unknown >= 0)
        size[unknown] = in->dims[axis] - total;
    int rc = parts_by_rows(c, in, axis, size, s);
    if (rc <= 0)
        return rc;
    for (int64_t i = 0, at = 0; i < c->n_out; at += size[i++])
        if (part(c, (int)i, in, axis, at, size[i], false, s) < 0)
            return -1;
    return 0;
}

static const TfgKernelRow rows[] = {
    {.op = "Concat", .host_in = 1, .run = run_concat}, {.op = "ConcatV2", .host_in = 2, .run = run_concat_v2},
    {.op = "ConcatOffset", .host_in = 3, .host_out = 1, .run = run_concat_offset},
    {.op = "Pack", .run = run_pack}, {.op = "ParallelConcat", .run = run_parallel_concat},
    {.op = "Unpack", .run = run_unpack}, {.op = "Split", .host_in = 1, .run = run_split},
    {.op = "SplitV", .host_in = 6, .run = run_split_v},
};

const TfgKernelRow *tfg_kernels_array_concat(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
