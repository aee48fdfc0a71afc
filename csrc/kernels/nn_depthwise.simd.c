/* Loops of depthwise convolutions.  A product of sums may be contracted here: one rounding less, and half the instructions. */
#pragma GCC optimize("fp-contract=fast")
#pragma GCC optimize("O3")

#include "kernels/nn_depthwise.h"
#include "kernels/simd.h"

#define LANES 64                /* outputs whose sums are kept at a time */

static inline bool inside(const TfgWindow *w, int64_t o, int64_t k, int64_t *i)
{
    *i = o * w->stride - w->before + k * w->dilation;
    return *i >= 0 && *i < w->in;
}

/* The window whose element k is element i of the input. */
static inline bool window_of(const TfgWindow *w, int64_t i, int64_t k, int64_t *o)
{
    int64_t at = i + w->before - k * w->dilation;
    *o = at / w->stride;
    return at >= 0 && at % w->stride == 0 && *o < w->out;
}

/* Runs EACH for every tap of window n (of two dims of space) with `tap` and `point`, where x has it. */
#define FOR_TAPS(c, n, ...)                                                                                            \
    {                                                                                                                  \
        const TfgWindow *rows = &(c)->at[1], *columns = &(c)->at[2];                                                   \
        int64_t o2 = (n) % columns->out, o1 = (n) / columns->out % rows->out, image = (n) / columns->out / rows->out;  \
        for (int64_t k1 = 0, i1, i2; k1 < rows->size; k1++) {                                                          \
            if (!inside(rows, o1, k1, &i1))                                                                            \
                continue;                                                                                              \
            for (int64_t k2 = 0; k2 < columns->size; k2++) {                                                           \
                if (!inside(columns, o2, k2, &i2))                                                                     \
                    continue;                                                                                          \
                int64_t tap = k1 * columns->size + k2, point = (image * rows->in + i1) * columns->in + i2;             \
                __VA_ARGS__                                                                                            \
            }                                                                                                          \
        }                                                                                                              \
    }

/* The same for point n of x, with the window in `point`. */
#define FOR_WINDOWS(c, n, ...)                                                                                         \
    {                                                                                                                  \
        const TfgWindow *rows = &(c)->at[1], *columns = &(c)->at[2];                                                   \
        int64_t i2 = (n) % columns->in, i1 = (n) / columns->in % rows->in, image = (n) / columns->in / rows->in;       \
        for (int64_t k1 = 0, o1, o2; k1 < rows->size; k1++) {                                                          \
            if (!window_of(rows, i1, k1, &o1))                                                                         \
                continue;                                                                                              \
            for (int64_t k2 = 0; k2 < columns->size; k2++) {                                                           \
                if (!window_of(columns, i2, k2, &o2))                                                                  \
                    continue;                                                                                          \
                int64_t tap = k1 * columns->size + k2, point = (image * rows->out + o1) * columns->out + o2;           \
                __VA_ARGS__                                                                                            \
            }                                                                                                          \
        }                                                                                                              \
    }

/* sum[i] += a[i] * b[i]: whole blocks are of a size that the compiler knows. */
#define MULTIPLY_ADD(n, sum, a, b)                 \
    if ((n) == LANES)                              \
        for (int64_t i = 0; i < LANES; i++)        \
            (sum)[i] += (a)[i] * (b)[i];           \
    else                                           \
        for (int64_t i = 0; i < (n); i++)          \
            (sum)[i] += (a)[i] * (b)[i];

#define DEFINE_LOOPS(T)                                                                                                \
    static void forward_one_##T(const TfgDepthwise *d, int64_t n)                                                      \
    {                                                                                                                  \
        int64_t channels = d->c->in_channels;                                                                          \
        for (int64_t first = 0; first < channels; first += LANES) {                                                    \
            int64_t lanes = channels - first < LANES ? channels - first : LANES;                                       \
            T sum[LANES] = {0};                                                                                        \
            FOR_TAPS(d->c, n, {                                                                                        \
                const T *x = (const T *)d->x + point * channels + first;                                               \
                const T *w = (const T *)d->w + tap * channels + first;                                                 \
                MULTIPLY_ADD(lanes, sum, x, w)                                                                         \
            })                                                                                                         \
            memcpy((T *)d->out + n * channels + first, sum, (size_t)lanes * sizeof(T));                                \
        }                                                                                                              \
    }                                                                                                                  \
    static void forward_many_##T(const TfgDepthwise *d, int64_t n)                                                     \
    {                                                                                                                  \
        int64_t channels = d->c->in_channels, m = d->multiplier, outs = channels * m;                                  \
        T *y = (T *)d->out + n * outs;                                                                                 \
        memset(y, 0, (size_t)outs * sizeof(T));                                                                        \
        FOR_TAPS(d->c, n, {                                                                                            \
            const T *x = (const T *)d->x + point * channels;                                                           \
            const T *w = (const T *)d->w + tap * outs;                                                                 \
            for (int64_t k = 0; k < channels; k++)                                                                     \
                for (int64_t q = 0; q < m; q++)                                                                        \
                    y[k * m + q] += x[k] * w[k * m + q];                                                               \
        })                                                                                                             \
    }                                                                                                                  \
    static void forward_##T(const TfgDepthwise *d, int64_t begin, int64_t end)                                         \
    {                                                                                                                  \
        for (int64_t n = begin; n < end; n++)                                                                          \
            if (d->multiplier == 1)                                                                                    \
                forward_one_##T(d, n);                                                                                 \
            else                                                                                                       \
                forward_many_##T(d, n);                                                                                \
    }                                                                                                                  \
    static void input_one_##T(const TfgDepthwise *d, int64_t n)                                                        \
    {                                                                                                                  \
        int64_t channels = d->c->in_channels;                                                                          \
        for (int64_t first = 0; first < channels; first += LANES) {                                                    \
            int64_t lanes = channels - first < LANES ? channels - first : LANES;                                       \
            T sum[LANES] = {0};                                                                                        \
            FOR_WINDOWS(d->c, n, {                                                                                     \
                const T *dy = (const T *)d->y + point * channels + first;                                              \
                const T *w = (const T *)d->w + tap * channels + first;                                                 \
                MULTIPLY_ADD(lanes, sum, dy, w)                                                                        \
            })                                                                                                         \
            memcpy((T *)d->out + n * channels + first, sum, (size_t)lanes * sizeof(T));                                \
        }                                                                                                              \
    }                                                                                                                  \
    static void input_many_##T(const TfgDepthwise *d, int64_t n)                                                       \
    {                                                                                                                  \
        int64_t channels = d->c->in_channels, m = d->multiplier, outs = channels * m;                                  \
        T *dx = (T *)d->out + n * channels;                                                                            \
        memset(dx, 0, (size_t)channels * sizeof(T));                                                                   \
        FOR_WINDOWS(d->c, n, {                                                                                         \
            const T *dy = (const T *)d->y + point * outs;                                                              \
            const T *w = (const T *)d->w + tap * outs;                                                                 \
            for (int64_t k = 0; k < channels; k++)                                                                     \
                for (int64_t q = 0; q < m; q++)                                                                        \
                    dx[k] += dy[k * m + q] * w[k * m + q];                                                             \
        })                                                                                                             \
    }                                                                                                                  \
    static void input_##T(const TfgDepthwise *d, int64_t begin, int64_t end)                                           \
    {                                                                                                                  \
        for (int64_t n = begin; n < end; n++)                                                                          \
            if (d->multiplier == 1)                                                                                    \
                input_one_##T(d, n);                                                                                   \
            else                                                                                                       \
                input_many_##T(d, n);                                                                                  \
    }                                                                                                                  \
    static void filter_##T(const TfgDepthwise *d, int64_t begin, int64_t end)                                          \
    {                                                                                                                  \
        int64_t channels = d->c->in_channels, m = d->multiplier, outs = channels * m;                                  \
        for (int64_t n = begin; n < end; n++) {                                                                        \
            const T *dy = (const T *)d->y + n * outs;                                                                  \
            FOR_TAPS(d->c, n, {                                                                                        \
                const T *x = (const T *)d->x + point * channels;                                                       \
                T *dw = (T *)d->out + tap * outs;                                                                      \
                if (m == 1) {                                                                                          \
                    for (int64_t i = 0; i < channels; i++)                                                             \
                        dw[i] += x[i] * dy[i];                                                                         \
                } else {                                                                                               \
                    for (int64_t k = 0; k < channels; k++)                                                             \
                        for (int64_t q = 0; q < m; q++)                                                                \
                            dw[k * m + q] += x[k] * dy[k * m + q];                                                     \
                }                                                                                                      \
            })                                                                                                         \
        }                                                                                                              \
    }
DEFINE_LOOPS(float)
DEFINE_LOOPS(double)

const TfgDepthwiseLoops *TFG_SIMD(tfg_depthwise)(TfgDType dtype)
{
    static const TfgDepthwiseLoops of_float = {forward_float, input_float, filter_float}, of_double = {forward_double, input_double, filter_double};
    return dtype == TFG_DOUBLE ? &of_double : &of_float;
}
