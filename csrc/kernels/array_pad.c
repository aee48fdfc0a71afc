/* Pad, PadV2, MirrorPad and its gradient. */
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/numeric.h"
#include "kernels/strided.h"

static int check_paddings(const TfgTensor *in, const TfgTensor *paddings, const char *between, TfgStatus *s)
{
    TfgShapeText a, b;
    if (paddings->rank != 2 || paddings->dims[1] != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "paddings must be a matrix with 2 columns: %s", tfg_shape_text(paddings, &a));
    if (paddings->dims[0] != in->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The first dimension of paddings must be the rank of inputs%s%s%s", tfg_shape_text(paddings, &a),
                        between, tfg_shape_text(in, &b));
    return 0;
}

static int run_pad(TfgKernelCall *c, TfgStatus *s)
{
    static const char zero[16] = {0};
    const TfgTensor *in = c->in[0], *paddings = c->in[1], *value = c->n_in == 3 ? c->in[2] : NULL;
    TfgShapeText text;
    int64_t dims[TFG_MAX_RANK], ts[TFG_MAX_RANK], fs[TFG_MAX_RANK], before[TFG_MAX_RANK], offset = 0;
    if (check_paddings(in, paddings, " ", s) < 0)
        return -1;
    if (value && value->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "constant_values must be a scalar. Found: %s", tfg_shape_text(value, &text));
    bool same = true;
    for (int d = 0; d < in->rank; d++) {
        int64_t after = tfg_tensor_int(paddings, 2 * d + 1);
        before[d] = tfg_tensor_int(paddings, 2 * d);
        if (before[d] < 0 || after < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Paddings must be non-negative: %lld %lld", (long long)before[d], (long long)after);
        if (__builtin_add_overflow(in->dims[d], before[d], &dims[d]) || __builtin_add_overflow(dims[d], after, &dims[d]))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Paddings are too large: %lld %lld", (long long)before[d], (long long)after);
        same = same && before[d] == 0 && after == 0;
    }
    if (same)
        return tfg_kernel_forward(c, 0, 0, s);
    TfgTensor *out = tfg_kernel_output(c, 0, in->rank, dims, s);
    if (!out)
        return -1;
    if (value || tfg_dtype_is_plain(out->dtype))
        if (tfg_fill_elements(out->dtype, out->data, value ? value->data : zero, out->count, s) < 0)
            return -1;
    if (in->count == 0)
        return 0;
    tfg_dims_strides(in->rank, in->dims, fs);
    tfg_dims_strides(in->rank, dims, ts);
    for (int d = 0; d < in->rank; d++)
        offset += before[d] * ts[d];
    return tfg_strided_copy(in->dtype, in->rank, in->dims, tfg_at_mut(out, offset), ts, in->data, fs, s);
}

/* ---- Mirrors -------------------------------------------------------------------------------------------------------------------- */

/* Dimension d of size n gets before + n + after: the middle is there already (with all the dimensions after it), the edges mirror
 * it.  skip: 1 where the edge itself is not repeated (REFLECT). */
static int mirror_dim(TfgTensor *out, int d, int64_t n, int64_t before, int64_t after, int64_t skip, const int64_t *middle_dims,
                      const int64_t *middle_offset, const int64_t *strides, TfgStatus *s)
{
    int64_t dims[TFG_MAX_RANK], fs[TFG_MAX_RANK], base = 0;
    memcpy(dims, middle_dims, (size_t)out->rank * sizeof *dims);
    memcpy(fs, strides, (size_t)out->rank * sizeof *fs);
    for (int k = 0; k < out->rank; k++)
        base += k == d ? 0 : middle_offset[k] * strides[k];
    fs[d] = -strides[d];
    dims[d] = before;           /* out[i] = out[2 * before - 1 + skip - i] */
    if (before && tfg_strided_copy(out->dtype, out->rank, dims, tfg_at_mut(out, base), strides,
                                   tfg_at(out, base + (2 * before - 1 + skip) * strides[d]), fs, s) < 0)
        return -1;
    dims[d] = after;            /* out[before + n + i] = out[before + n - 1 - skip - i] */
    if (after && tfg_strided_copy(out->dtype, out->rank, dims, tfg_at_mut(out, base + (before + n) * strides[d]), strides,
                                  tfg_at(out, base + (before + n - 1 - skip) * strides[d]), fs, s) < 0)
        return -1;
    return 0;
}

static int read_mode(const TfgKernelCall *c)
{
    return tfg_attrs_string_is(c->attrs, "mode", "REFLECT") ? 1 : 0;
}

static int run_mirror_pad(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *paddings = c->in[1];
    int64_t dims[TFG_MAX_RANK], ts[TFG_MAX_RANK], fs[TFG_MAX_RANK], before[TFG_MAX_RANK], after[TFG_MAX_RANK], middle[TFG_MAX_RANK];
    int64_t offset = 0, skip = read_mode(c);
    if (check_paddings(in, paddings, ", ", s) < 0)
        return -1;
    bool same = true;
    for (int d = 0; d < in->rank; d++) {
        before[d] = tfg_tensor_int(paddings, 2 * d);
        after[d] = tfg_tensor_int(paddings, 2 * d + 1);
        if (before[d] < 0 || after[d] < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "paddings must be non-negative: %lld %lld", (long long)before[d], (long long)after[d]);
        int64_t most = in->dims[d] - skip;
        if (before[d] > most || after[d] > most)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, skip ? "paddings must be less than the dimension size: %lld, %lld not less than %lld"
                                                          : "paddings must be no greater than the dimension size: %lld, %lld greater than %lld",
                            (long long)before[d], (long long)after[d], (long long)in->dims[d]);
        dims[d] = in->dims[d] + before[d] + after[d];
        same = same && before[d] == 0 && after[d] == 0;
    }
    if (same)
        return tfg_kernel_forward(c, 0, 0, s);
    TfgTensor *out = tfg_kernel_output(c, 0, in->rank, dims, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    tfg_dims_strides(in->rank, in->dims, fs);
    tfg_dims_strides(in->rank, dims, ts);
    for (int d = 0; d < in->rank; d++)
        offset += before[d] * ts[d];
    if (tfg_strided_copy(in->dtype, in->rank, in->dims, tfg_at_mut(out, offset), ts, in->data, fs, s) < 0)
        return -1;
    memcpy(middle, in->dims, (size_t)in->rank * sizeof *middle);
    for (int d = in->rank - 1; d >= 0; d--) {
        if (mirror_dim(out, d, in->dims[d], before[d], after[d], skip, middle, before, ts, s) < 0)
            return -1;
        middle[d] = dims[d];
        before[d] = 0;
    }
    return 0;
}

/* The gradient folds the edges back.  out has the inner size; every input element is added where it came from. */
typedef struct FoldLoops { void (*fold)(const TfgTensor *in, TfgTensor *out, const int64_t *before, int64_t skip); } FoldLoops;

static int64_t unmirror(int64_t i, int64_t before, int64_t n, int64_t skip)
{
    i -= before;
    if (i < 0)
        i = -i - 1 + skip;
    return i < n ? i : 2 * n - 1 - skip - i;
}

#define FOLD(D, S, T)                                                                                   \
    static void fold_##D(const TfgTensor *in, TfgTensor *out, const int64_t *before, int64_t skip)      \
    {                                                                                                   \
        const S *x = in->data;                                                                          \
        S *to = out->data;                                                                              \
        for (int64_t i = 0; i < in->count; i++) {                                                       \
            int64_t rest = i, at = 0, stride = 1;                                                       \
            for (int d = in->rank - 1; d >= 0; d--) {                                                   \
                at += unmirror(rest % in->dims[d], before[d], out->dims[d], skip) * stride;             \
                rest /= in->dims[d];                                                                    \
                stride *= out->dims[d];                                                                 \
            }                                                                                           \
            T sum = ADD_##D((T)LOAD_##D(to[at]), LOAD_##D(x[i]));                                       \
            to[at] = STORE_##D(sum);                                                                    \
        }                                                                                               \
    }                                                                                                   \
    static const FoldLoops fold_loops_##D = {fold_##D};
TFG_NUMBERS(FOLD)

static int run_mirror_pad_grad(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *paddings = c->in[1];
    int64_t dims[TFG_MAX_RANK], before[TFG_MAX_RANK], skip = read_mode(c);
    if (check_paddings(in, paddings, ", ", s) < 0)
        return -1;
    for (int d = 0; d < in->rank; d++) {
        int64_t after = tfg_tensor_int(paddings, 2 * d + 1);
        before[d] = tfg_tensor_int(paddings, 2 * d);
        if (before[d] < 0 || after < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Paddings must be non-negative: %lld, %lld", (long long)before[d], (long long)after);
        if (__builtin_sub_overflow(in->dims[d], before[d], &dims[d]) || __builtin_sub_overflow(dims[d], after, &dims[d]))
            dims[d] = -1;
        if (before[d] > dims[d] - skip || after > dims[d] - skip)
            return tfg_fail(s, TFG_INVALID_ARGUMENT,
                            skip ? "paddings must be less than the output dimension size: %lld, %lld not less than %lld"
                                 : "paddings must be no greater than the output dimension size: %lld, %lld greater than %lld",
                            (long long)before[d], (long long)after, (long long)dims[d]);
    }
    TfgTensor *out = tfg_kernel_output(c, 0, in->rank, dims, s);
    if (!out)
        return -1;
    memset(out->data, 0, tfg_tensor_nbytes(out));
    ((const FoldLoops *)c->row->loops)->fold(in, out, before, skip);
    return 0;
}

#define GRAD_ROWS(D, S, T) {.op = "MirrorPadGrad", TFG_FOR(TFG_##D), .host_in = 2, .loops = &fold_loops_##D, .run = run_mirror_pad_grad},
static const TfgKernelRow rows[] = {
    {.op = "Pad", .host_in = 2, .run = run_pad}, {.op = "PadV2", .host_in = 6, .run = run_pad},
    {.op = "MirrorPad", .host_in = 2, .run = run_mirror_pad},
    TFG_NUMBERS(GRAD_ROWS)
};

const TfgKernelRow *tfg_kernels_array_pad(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
