/* Reverse, ReverseV2, ReverseSequence. */
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/strided.h"
#include "kernels/util.h"

static int reverse(TfgKernelCall *c, const bool *chosen, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    int64_t fs[TFG_MAX_RANK], ts[TFG_MAX_RANK], offset = 0;
    bool any = false;
    tfg_dims_strides(in->rank, in->dims, ts);
    for (int d = 0; d < in->rank; d++) {
        bool turned = chosen[d] && in->dims[d] > 1;
        any = any || turned;
        offset += turned ? (in->dims[d] - 1) * ts[d] : 0;
        fs[d] = turned ? -ts[d] : ts[d];
    }
    if (!any)
        return tfg_kernel_forward(c, 0, 0, s);
    TfgTensor *out = tfg_kernel_output_like(c, 0, in, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    return tfg_strided_copy(in->dtype, in->rank, in->dims, out->data, ts, tfg_at(in, offset), fs, s);
}

static int run_reverse(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *dims = c->in[1];
    if (dims->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "'dims' must be 1-dimension, not %d", dims->rank);
    if (dims->count != in->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "'dims' must have the same number of values as 'input' has dimensions. 'input' has %d'dims' has "
                        "%lld values", in->rank, (long long)dims->count);
    return reverse(c, dims->data, s);
}

static int run_reverse_v2(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *axes = c->in[1];
    bool chosen[TFG_MAX_RANK] = {false};
    if (axes->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "'dims' must be 1-dimension, not %d", axes->rank);
    for (int64_t i = 0; i < axes->count; i++) {
        int64_t given = tfg_tensor_int(axes, i), axis = given;
        if (!tfg_axis_in_range(&axis, in->rank))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "'axis'[%lld] = %lld is out of valid range [0, %d", (long long)i, (long long)given,
                            in->rank - 1);
        if (chosen[axis])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "axis %lld specified more than once.", (long long)axis);
        chosen[axis] = true;
    }
    return reverse(c, chosen, s);
}

/* The first length[b] entries along seq_dim turn round, for each b along batch_dim. */
static int run_reverse_sequence(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *lengths = c->in[1];
    int64_t seq = tfg_attrs_int(c->attrs, "seq_dim"), batch = tfg_attrs_int(c->attrs, "batch_dim");
    if (lengths->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "seq_lens input must be 1-dim, not %d", lengths->rank);
    if (batch == seq)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "batch_dim == seq_dim == %lld", (long long)seq);
    if (seq < 0 || seq >= in->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "seq_dim must be < input.dims()( %lld vs. %d)", (long long)seq, in->rank);
    if (batch < 0 || batch >= in->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "batch_dim must be < input.dims()( %lld vs. %d)", (long long)batch, in->rank);
    if (lengths->count != in->dims[batch])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "len(seq_lens) != input.dims(%lld), (%lld vs. %lld)", (long long)batch,
                        (long long)lengths->count, (long long)in->dims[batch]);
    for (int64_t i = 0; i < lengths->count; i++) {
        int64_t n = tfg_tensor_int(lengths, i);
        if (n < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "seq_lens(%lld) < 0", (long long)i);
        if (n > in->dims[seq])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "seq_lens(%lld) > input.dims(%lld)", (long long)i, (long long)seq);
    }
    TfgTensor *out = tfg_kernel_output_like(c, 0, in, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    int64_t strides[TFG_MAX_RANK], turned[TFG_MAX_RANK], dims[TFG_MAX_RANK];
    tfg_dims_strides(in->rank, in->dims, strides);
    memcpy(turned, strides, sizeof(int64_t) * (size_t)in->rank);
    memcpy(dims, in->dims, sizeof(int64_t) * (size_t)in->rank);
    turned[seq] = -strides[seq];
    dims[batch] = 1;
    for (int64_t b = 0; b < lengths->count; b++) {
        int64_t n = tfg_tensor_int(lengths, b), at = b * strides[batch];
        dims[seq] = n;
        if (n > 0 && tfg_strided_copy(in->dtype, in->rank, dims, tfg_at_mut(out, at), strides, tfg_at(in, at + (n - 1) * strides[seq]), turned,
                                      s) < 0)
            return -1;
        dims[seq] = in->dims[seq] - n;
        at += n * strides[seq];
        if (dims[seq] > 0 && tfg_strided_copy(in->dtype, in->rank, dims, tfg_at_mut(out, at), strides, tfg_at(in, at), strides, s) < 0)
            return -1;
    }
    return 0;
}

static const TfgKernelRow rows[] = {
    {.op = "Reverse", .host_in = 2, .run = run_reverse}, {.op = "ReverseV2", .host_in = 2, .run = run_reverse_v2},
    {.op = "ReverseSequence", .host_in = 2, .run = run_reverse_sequence},
};

const TfgKernelRow *tfg_kernels_array_reverse(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
