/* Transpose, ConjugateTranspose and InvertPermutation. */
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/strided.h"
#include "kernels/util.h"

static int read_permutation(const TfgTensor *in, const TfgTensor *perm, int *order, TfgStatus *s)
{
    TfgShapeText text;
    bool seen[TFG_MAX_RANK] = {false};
    if (perm->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "perm must be a vector, not %s", tfg_shape_text(perm, &text));
    if (perm->count != in->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "transpose expects a vector of size %d. But input(1) is a vector of size %lld", in->rank,
                        (long long)perm->count);
    for (int d = 0; d < in->rank; d++) {
        int64_t from = tfg_tensor_int(perm, d);
        if (from < 0 || from >= in->rank)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%lld is out of range [0 .. %d)", (long long)from, in->rank);
        seen[from] = true;
        order[d] = (int)from;
    }
    for (int d = 0; d < in->rank; d++)
        if (!seen[d]) {
            int64_t given[TFG_MAX_RANK];
            for (int k = 0; k < in->rank; k++)
                given[k] = order[k];
            tfg_dims_text(in->rank, given, &text);
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%d is missing from {%.*s}.", d, (int)strlen(text.text) - 2, text.text + 1);
        }
    return 0;
}

static void conjugate(TfgTensor *t)
{
    if (t->dtype == TFG_COMPLEX64)
        for (int64_t i = 0; i < t->count; i++)
            ((TfgComplex64 *)t->data)[i].im = -((TfgComplex64 *)t->data)[i].im;
    else if (t->dtype == TFG_COMPLEX128)
        for (int64_t i = 0; i < t->count; i++)
            ((TfgComplex128 *)t->data)[i].im = -((TfgComplex128 *)t->data)[i].im;
}

static int transpose(TfgKernelCall *c, bool conj, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    int order[TFG_MAX_RANK], last = -1;
    int64_t dims[TFG_MAX_RANK], strides[TFG_MAX_RANK], ts[TFG_MAX_RANK], fs[TFG_MAX_RANK];
    if (read_permutation(in, c->in[1], order, s) < 0)
        return -1;
    bool kept = true;           /* dimensions longer than 1 keep their order */
    for (int d = 0; d < in->rank; d++) {
        dims[d] = in->dims[order[d]];
        if (dims[d] != 1) {
            kept = kept && order[d] > last;
            last = order[d];
        }
    }
    conj = conj && (in->dtype == TFG_COMPLEX64 || in->dtype == TFG_COMPLEX128);
    if (kept && !conj)
        return tfg_kernel_forward_as(c, 0, 0, in->rank, dims, s);
    TfgTensor *out = tfg_kernel_output(c, 0, in->rank, dims, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    tfg_dims_strides(in->rank, in->dims, strides);
    tfg_dims_strides(in->rank, dims, ts);
    for (int d = 0; d < in->rank; d++)
        fs[d] = strides[order[d]];
    if (tfg_strided_copy(in->dtype, in->rank, dims, out->data, ts, in->data, fs, s) < 0)
        return -1;
    if (conj)
        conjugate(out);
    return 0;
}

static int run_transpose(TfgKernelCall *c, TfgStatus *s) { return transpose(c, false, s); }
static int run_conjugate_transpose(TfgKernelCall *c, TfgStatus *s) { return transpose(c, true, s); }

static int run_invert_permutation(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    if (in->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "invert_permutation expects a 1D vector.");
    if (in->count > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "permutation of nonnegative int32s must have <= int32 max elements");
    TfgTensor *out = tfg_kernel_output_like(c, 0, in, s);
    if (!out)
        return -1;
    memset(out->data, 0xff, tfg_tensor_nbytes(out));
    for (int64_t i = 0; i < in->count; i++) {
        int64_t d = tfg_tensor_int(in, i);
        if (d < 0 || d >= in->count)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%lld is not between 0 and %lld", (long long)d, (long long)in->count);
        if (tfg_tensor_int(out, d) != -1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%lld is duplicated in the input.", (long long)d);
        if (out->dtype == TFG_INT32)
            ((int32_t *)out->data)[d] = (int32_t)i;
        else
            ((int64_t *)out->data)[d] = i;
    }
    return 0;
}

static const TfgKernelRow rows[] = {
    {.op = "Transpose", .host_in = 2, .run = run_transpose},
    {.op = "ConjugateTranspose", .host_in = 2, .run = run_conjugate_transpose},
    {.op = "InvertPermutation", .host_in = 1, .host_out = 1, .run = run_invert_permutation},
};

const TfgKernelRow *tfg_kernels_array_transpose(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
