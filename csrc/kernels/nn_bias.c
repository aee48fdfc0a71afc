/* BiasAdd and its gradient: NHWC adds along the last dimension, NCHW along the second of four. */
#include "base/status.h"
#include "kernels/broadcast.h"
#include "kernels/reduce.h"
#include "kernels/nn.h"
#include "kernels/util.h"

static bool is_nchw(const TfgKernelCall *c)
{
    return tfg_attrs_string_is(c->attrs, "data_format", "NCHW");
}

/* NHWC is NumPy's broadcast. */
bool tfg_bias_fits(const TfgAttrs *attrs, int rank_a, const int64_t *a, int rank_b, const int64_t *b)
{
    return rank_a >= 2 && rank_b == 1 && a[rank_a - 1] == b[0] && !tfg_attrs_string_is(attrs, "data_format", "NCHW");
}

int tfg_bias_add_run(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *bias = c->in[1];
    TfgShapeText a, b;
    bool nchw = is_nchw(c);
    if (in->rank < 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input tensor must be at least 2D: %s", tfg_shape_text(in, &a));
    if (bias->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Biases must be 1D: %s", tfg_shape_text(bias, &a));
    if (nchw && in->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "NCHW format supports only 4D input tensor.");
    int channel = nchw ? 1 : in->rank - 1;
    if (bias->dims[0] != in->dims[channel])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Must provide as many biases as the %s dimension of the input tensor: %s vs. %s",
                        nchw ? "channel" : "last", tfg_shape_text(bias, &a), tfg_shape_text(in, &b));
    TfgTensor view = *bias;     /* with dimensions that broadcast */
    int64_t dims[3] = {bias->dims[0], 1, 1};
    if (nchw) {
        view.rank = 3;
        view.dims = dims;
    }
    TfgTensor *operands[2] = {c->in[0], nchw ? &view : c->in[1]};
    TfgKernelCall call = *c;
    call.in = operands;
    return tfg_broadcast_run(&call, c->row->block, 2, NULL, s);
}

int tfg_bias_add_grad_run(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    TfgShapeText text;
    bool nchw = is_nchw(c);
    if (in->rank < 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input tensor must be at least 2D: %s", tfg_shape_text(in, &text));
    if (nchw && in->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "NCHW format supports only 4D input tensor.");
    int channel = nchw ? 1 : in->rank - 1;
    TfgTensor *out = tfg_kernel_output(c, 0, 1, &in->dims[channel], s);
    if (!out)
        return -1;
    bool reduced[TFG_MAX_RANK];
    for (int d = 0; d < in->rank; d++)
        reduced[d] = d != channel;
    return tfg_reduce_into(c->row->loops, c, in, reduced, out, s);
}
