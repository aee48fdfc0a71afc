/* SpaceToBatchND, BatchToSpaceND, SpaceToDepth, DepthToSpace: permutations of blocks. */
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/strided.h"
#include "kernels/util.h"

typedef struct Blocks {
    int n;                      /* block dimensions */
    int64_t block[TFG_MAX_RANK], pad[TFG_MAX_RANK][2], product;
} Blocks;

/* SpaceToBatch and BatchToSpace have no input `block_shape` but an attribute, for images. */
static int read_block_shape(const TfgKernelCall *c, Blocks *b, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *shape = c->in[1];
    TfgShapeText text;
    if (c->n_in == 2) {
        if (in->rank != 4)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input rank should be: 4instead of: %d", in->rank);
        b->n = 2;
        b->block[0] = b->block[1] = tfg_attrs_int(c->attrs, "block_size");
        return 0;
    }
    if (shape->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "block_shape must be one dimensional: %s", tfg_shape_text(shape, &text));
    if (in->rank < 1 + shape->count || shape->count >= TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input rank should be >= %lld instead of %d", (long long)shape->count + 1, in->rank);
    b->n = (int)shape->count;
    for (int d = 0; d < b->n; d++)
        b->block[d] = tfg_tensor_int(shape, d);
    return 0;
}

static int read_blocks(const TfgKernelCall *c, const char *what, Blocks *b, TfgStatus *s)
{
    const TfgTensor *pads = c->in[c->n_in - 1];
    TfgShapeText text;
    if (read_block_shape(c, b, s) < 0)
        return -1;
    if (pads->rank != 2 || pads->dims[0] != b->n || pads->dims[1] != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s should have shape [%d, 2] instead of %s", what, b->n, tfg_shape_text(pads, &text));
    b->product = 1;
    for (int d = 0; d < b->n; d++) {
        b->pad[d][0] = tfg_tensor_int(pads, 2 * d);
        b->pad[d][1] = tfg_tensor_int(pads, 2 * d + 1);
        if (b->block[d] < 1 || __builtin_mul_overflow(b->product, b->block[d], &b->product))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Product of block sizes must be positive, got %lld", b->block[d] < 1 ? 0LL : -1LL);
    }
    for (int d = 0; d < b->n; d++)
        if (b->pad[d][0] < 0 || b->pad[d][1] < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be non-negative", what[0] == 'p' ? "Paddings" : "Crops");
    return 0;
}

/* Between the spatial tensor [batch, space..., rest...] and [block..., batch, small..., rest...].  Each offset inside a block is one
 * strided copy over the positions that are not padding (or cropped).  `to_batch` says the direction. */
static int move_blocks(const Blocks *b, const TfgTensor *in, TfgTensor *out, bool to_batch, TfgStatus *s)
{
    const TfgTensor *wide = to_batch ? in : out, *small = to_batch ? out : in;
    int rank = wide->rank;
    int64_t ws[TFG_MAX_RANK], ss[TFG_MAX_RANK], at[TFG_MAX_RANK], dims[TFG_MAX_RANK], wide_strides[TFG_MAX_RANK];
    tfg_dims_strides(rank, wide->dims, ws);
    tfg_dims_strides(rank, small->dims, ss);
    int64_t batch = wide->dims[0];
    for (int64_t k = 0; k < b->product; k++) {
        int64_t rest = k, wide_offset = 0, small_offset = k * batch * ss[0];
        for (int d = b->n - 1; d >= 0; d--) {
            at[d] = rest % b->block[d];
            rest /= b->block[d];
        }
        memcpy(dims, wide->dims, (size_t)rank * sizeof *dims);
        memcpy(wide_strides, ws, (size_t)rank * sizeof *ws);
        for (int d = 0; d < b->n; d++) {    /* small position p stands for wide position p * block + at - pad */
            int64_t shift = at[d] - b->pad[d][0], first = shift >= 0 ? 0 : (-shift + b->block[d] - 1) / b->block[d];
            int64_t limit = wide->dims[d + 1] - shift, end = limit <= 0 ? 0 : (limit - 1) / b->block[d] + 1;
            if (end > small->dims[d + 1])
                end = small->dims[d + 1];
            dims[d + 1] = end > first ? end - first : 0;
            wide_offset += (first * b->block[d] + shift) * ws[d + 1];
            small_offset += first * ss[d + 1];
            wide_strides[d + 1] = ws[d + 1] * b->block[d];
        }
        if (tfg_dims_count(rank, dims) <= 0)
            continue;
        int rc = to_batch ? tfg_strided_copy(in->dtype, rank, dims, tfg_at_mut(out, small_offset), ss, tfg_at(in, wide_offset), wide_strides, s)
                          : tfg_strided_copy(in->dtype, rank, dims, tfg_at_mut(out, wide_offset), wide_strides, tfg_at(in, small_offset), ss, s);
        if (rc < 0)
            return -1;
    }
    return 0;
}

static int run_space_to_batch(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    Blocks b;
    int64_t dims[TFG_MAX_RANK];
    if (read_blocks(c, "paddings", &b, s) < 0)
        return -1;
    memcpy(dims, in->dims, (size_t)in->rank * sizeof *dims);
    if (__builtin_mul_overflow(dims[0], b.product, &dims[0]))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Product of block sizes is too large");
    for (int d = 0; d < b.n; d++) {
        int64_t padded;
        if (__builtin_add_overflow(in->dims[d + 1], b.pad[d][0], &padded) || __builtin_add_overflow(padded, b.pad[d][1], &padded))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Paddings are too large");
        if (padded % b.block[d] != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "padded_shape[%d]=%lld is not divisible by block_shape[%d]=%lld", d, (long long)padded, d,
                            (long long)b.block[d]);
        dims[d + 1] = padded / b.block[d];
    }
    TfgTensor *out = tfg_kernel_output(c, 0, in->rank, dims, s);
    if (!out)
        return -1;
    if (out->count != in->count)            /* padding */
        memset(out->data, 0, tfg_tensor_nbytes(out));
    return in->count ? move_blocks(&b, in, out, true, s) : 0;
}

static int run_batch_to_space(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    Blocks b;
    int64_t dims[TFG_MAX_RANK];
    if (read_blocks(c, "crops", &b, s) < 0)
        return -1;
    memcpy(dims, in->dims, (size_t)in->rank * sizeof *dims);
    if (dims[0] % b.product != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input batch dimension (%lld) is not divisible by product of block sizes (%lld)",
                        (long long)dims[0], (long long)b.product);
    dims[0] /= b.product;
    for (int d = 0; d < b.n; d++) {
        int64_t size;
        if (__builtin_mul_overflow(dims[d + 1], b.block[d], &size))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Block sizes are too large");
        size = b.pad[d][0] > size || b.pad[d][1] > size ? size - b.pad[d][0] < -b.pad[d][1] ? -1 : size - b.pad[d][0] - b.pad[d][1]
                                                        : size - b.pad[d][0] - b.pad[d][1];
        if (size < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "cropped_shape[%d]=%lld must be non-negative", d, (long long)size);
        dims[d + 1] = size;
    }
    TfgTensor *out = tfg_kernel_output(c, 0, in->rank, dims, s);
    if (!out)
        return -1;
    return out->count ? move_blocks(&b, in, out, false, s) : 0;
}

/* ---- Depth ------------------------------------------------------------------------------------------------------------------------ */

static int check_images(const TfgKernelCall *c, int64_t *block, TfgStatus *s)
{
    *block = tfg_attrs_int(c->attrs, "block_size");
    TfgBytes format = tfg_attrs_string(c->attrs, "data_format");
    if (!tfg_attrs_string_is(c->attrs, "data_format", "NHWC"))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Only NHWC data_format supported on CPU. Got %.*s", (int)format.n, format.data);
    if (*block < 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Block size should be > 1, but was: %lld", (long long)*block);
    if (c->in[0]->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input rank should be: 4 instead of: %d", c->in[0]->rank);
    return 0;
}

/* [n, h, b, w, b, d] on one side is [n, h, w, b, b, d] on the other. */
static int move_depth(const TfgTensor *in, TfgTensor *out, int64_t n, int64_t h, int64_t w, int64_t b, int64_t d, bool to_depth, TfgStatus *s)
{
    int64_t dims[6] = {n, h, w, b, b, d}, deep[6], space[6];
    tfg_dims_strides(6, dims, deep);
    int64_t row = w * b * d;
    int64_t strides[6] = {h * b * row, b * row, b * d, row, d, 1};
    memcpy(space, strides, sizeof space);
    return tfg_strided_copy(in->dtype, 6, dims, out->data, to_depth ? deep : space, in->data, to_depth ? space : deep, s);
}

static int run_space_to_depth(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    int64_t b;
    if (check_images(c, &b, s) < 0)
        return -1;
    const int64_t *x = in->dims;
    int64_t area;
    if (x[1] % b != 0 || x[2] % b != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Image width %lld and height %lld should be divisible by block_size: %lld", (long long)x[2],
                        (long long)x[1], (long long)b);
    if (__builtin_mul_overflow(b, b, &area) || __builtin_mul_overflow(area, x[3], &area))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Block size is too large: %lld", (long long)b);
    TfgTensor *out = tfg_kernel_output(c, 0, 4, (int64_t[]){x[0], x[1] / b, x[2] / b, area}, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    return move_depth(in, out, x[0], x[1] / b, x[2] / b, b, x[3], true, s);
}

static int run_depth_to_space(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    int64_t b, area, height, width;
    if (check_images(c, &b, s) < 0)
        return -1;
    const int64_t *x = in->dims;
    if (__builtin_mul_overflow(b, b, &area) || __builtin_mul_overflow(b, x[1], &height) || __builtin_mul_overflow(b, x[2], &width))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Block size is too large: %lld", (long long)b);
    if (x[3] % area != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input depth dimension %lld should be divisible by: %lld", (long long)x[3], (long long)area);
    TfgTensor *out = tfg_kernel_output(c, 0, 4, (int64_t[]){x[0], height, width, x[3] / area}, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    return move_depth(in, out, x[0], x[1], x[2], b, x[3] / area, false, s);
}

#define PLAIN .types = {{"T", ~(TFG_B(STRING) | TFG_B(RESOURCE) | TFG_B(VARIANT))}}
static const TfgKernelRow rows[] = {
    {.op = "SpaceToBatch", PLAIN, .host_in = 2, .run = run_space_to_batch},
    {.op = "BatchToSpace", PLAIN, .host_in = 2, .run = run_batch_to_space},
    {.op = "SpaceToBatchND", PLAIN, .host_in = 6, .run = run_space_to_batch},
    {.op = "BatchToSpaceND", PLAIN, .host_in = 6, .run = run_batch_to_space},
    {.op = "SpaceToDepth", .run = run_space_to_depth}, {.op = "DepthToSpace", .run = run_depth_to_space},
};

const TfgKernelRow *tfg_kernels_array_space(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
