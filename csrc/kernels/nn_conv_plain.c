/* Convolutions by their definition: the reference of tests. */
#include <string.h>

#include "kernels/nn_conv.h"
#include "kernels/util.h"

/* Calls EACH with the offsets x, w, y of every product x[x] * w[w] that y[y] is a sum of. */
#define FOR_PRODUCTS(c, ...)                                                                                        \
    {                                                                                                               \
        int64_t channels = (c)->in_channels / (c)->groups, outs = (c)->out_channels / (c)->groups;                  \
        const TfgWindow *a = (c)->at;                                                                               \
        for (int64_t n = 0; n < tfg_conv_windows(c); n++) {                                                         \
            int64_t o2 = n % a[2].out, o1 = n / a[2].out % a[1].out, o0 = n / a[2].out / a[1].out % a[0].out;       \
            int64_t image = n / a[2].out / a[1].out / a[0].out;                                                     \
            for (int64_t k = 0; k < tfg_conv_taps(c); k++) {                                                        \
                int64_t i2 = o2 * a[2].stride - a[2].before + k % a[2].size * a[2].dilation;                        \
                int64_t i1 = o1 * a[1].stride - a[1].before + k / a[2].size % a[1].size * a[1].dilation;            \
                int64_t i0 = o0 * a[0].stride - a[0].before + k / a[2].size / a[1].size * a[0].dilation;            \
                if (i0 < 0 || i0 >= a[0].in || i1 < 0 || i1 >= a[1].in || i2 < 0 || i2 >= a[2].in)                  \
                    continue;                                                                                       \
                int64_t point = ((image * a[0].in + i0) * a[1].in + i1) * a[2].in + i2;                             \
                for (int64_t m = 0; m < (c)->out_channels; m++)                                                     \
                    for (int64_t i = 0; i < channels; i++) {                                                        \
                        int64_t x = point * (c)->in_channels + m / outs * channels + i;                             \
                        int64_t w = (k * channels + i) * (c)->out_channels + m, y = n * (c)->out_channels + m;      \
                        __VA_ARGS__                                                                                 \
                    }                                                                                               \
            }                                                                                                       \
        }                                                                                                           \
    }

#define DEFINE_PLAIN(NAME, T)                                                                \
    static void NAME(const TfgConv *c, TfgConvKind kind, const TfgConvData *d)               \
    {                                                                                        \
        const T *dx = d->x, *dw = d->w, *dy = d->y;                                          \
        T *out = d->out;                                                                     \
        if (kind == TFG_CONV_FORWARD)                                                        \
            FOR_PRODUCTS(c, out[y] += dx[x] * dw[w];)                                        \
        else if (kind == TFG_CONV_INPUT)                                                     \
            FOR_PRODUCTS(c, out[x] += dy[y] * dw[w];)                                        \
        else                                                                                 \
            FOR_PRODUCTS(c, out[w] += dx[x] * dy[y];)                                        \
    }
DEFINE_PLAIN(plain_float, float)
DEFINE_PLAIN(plain_double, double)

int tfg_conv_plain(const TfgConv *c, TfgConvKind kind, const TfgConvData *d, TfgStatus *s)
{
    (void)s;
    int64_t n = kind == TFG_CONV_FORWARD ? tfg_conv_y_count(c) : kind == TFG_CONV_INPUT ? tfg_conv_x_count(c) : tfg_conv_w_count(c);
    memset(d->out, 0, tfg_tensor_size(c->dtype, n));
    if (c->dtype == TFG_DOUBLE)
        plain_double(c, kind, d);
    else
        plain_float(c, kind, d);
    return 0;
}
