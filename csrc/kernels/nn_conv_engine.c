/* Which form of a convolution runs, and halves around it. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/nn_conv.h"
#include "kernels/nn_depthwise.h"
#include "kernels/util.h"

int64_t tfg_conv_x_count(const TfgConv *c) { return c->batch * c->at[0].in * c->at[1].in * c->at[2].in * c->in_channels; }
int64_t tfg_conv_w_count(const TfgConv *c) { return tfg_conv_depth(c) * c->out_channels; }
int64_t tfg_conv_y_count(const TfgConv *c) { return tfg_conv_windows(c) * c->out_channels; }

typedef struct Convert {
    TfgDType dtype;
    const void *from;
    void *to;
} Convert;

static void widen_range(void *context, int64_t begin, int64_t end)
{
    const Convert *c = context;
    for (int64_t i = begin; i < end; i++)
        ((float *)c->to)[i] = tfg_load_half(c->dtype, ((const uint16_t *)c->from)[i]);
}

static void narrow_range(void *context, int64_t begin, int64_t end)
{
    const Convert *c = context;
    for (int64_t i = begin; i < end; i++)
        ((uint16_t *)c->to)[i] = tfg_store_half(c->dtype, ((const float *)c->from)[i]);
}

/* Halves are widened, summed as floats and rounded once. */
static int conv_half(const TfgConv *c, TfgConvKind kind, const TfgConvData *d, TfgStatus *s)
{
    const void *from[3] = {d->x, d->w, d->y};
    int64_t count[3] = {tfg_conv_x_count(c), tfg_conv_w_count(c), tfg_conv_y_count(c)};
    float *wide[3] = {NULL, NULL, NULL};
    int rc = -1;
    for (int i = 0; i < 3; i++) {
        wide[i] = tfg_alloc_data((size_t)count[i] * sizeof(float));
        if (!wide[i]) {
            tfg_fail_memory(s);
            goto done;
        }
        Convert convert = {c->dtype, from[i], wide[i]};
        if (from[i])
            tfg_for_ranges(count[i], 65536, widen_range, &convert);
    }
    TfgConv as_float = *c;
    as_float.dtype = TFG_FLOAT;
    int out = kind == TFG_CONV_FORWARD ? 2 : kind == TFG_CONV_INPUT ? 0 : 1;
    TfgConvData data = {wide[0], wide[1], wide[2], wide[out]};
    rc = tfg_conv(&as_float, kind, &data, s);
    Convert back = {c->dtype, wide[out], d->out};
    if (rc == 0)
        tfg_for_ranges(count[out], 65536, narrow_range, &back);
done:
    for (int i = 0; i < 3; i++)
        if (wide[i])
            tfg_free_data(wide[i], (size_t)count[i] * sizeof(float));
    return rc;
}

int tfg_conv(const TfgConv *c, TfgConvKind kind, const TfgConvData *d, TfgStatus *s)
{
    int64_t n = kind == TFG_CONV_FORWARD ? tfg_conv_y_count(c) : kind == TFG_CONV_INPUT ? tfg_conv_x_count(c) : tfg_conv_w_count(c);
    if (n == 0)
        return 0;
    if (tfg_conv_depth(c) == 0 || tfg_conv_windows(c) == 0 || c->out_channels == 0) {  /* sums of nothing */
        memset(d->out, 0, tfg_tensor_size(c->dtype, n));
        return 0;
    }
    if (c->dtype == TFG_HALF || c->dtype == TFG_BFLOAT16)
        return conv_half(c, kind, d, s);
    if (tfg_conv_by_onednn(c, kind, d))
        return 0;
    if (c->groups > 1 && c->groups == c->in_channels && c->at[0].size == 1 && c->at[0].in == 1)
        return tfg_depthwise(c, kind, d, s);
    return tfg_conv_by_gemm(c, kind, d, s);
}
