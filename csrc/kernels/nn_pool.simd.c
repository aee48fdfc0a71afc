/* Loops of pooling: channels are lanes, some of them at a time. */
#pragma GCC optimize("O3")

#include <float.h>

#include "kernels/nn_pool_simd.h"
#include "kernels/simd.h"

#define LANES 64

/* Runs EACH for i in [0, n): whole blocks are of a size that the compiler knows. */
#define FOR_LANES(n, ...)                                    \
    if ((n) == LANES)                                        \
        for (int64_t i = 0; i < LANES; i++) { __VA_ARGS__ }  \
    else                                                     \
        for (int64_t i = 0; i < (n); i++) { __VA_ARGS__ }

/* I: an integer as wide as T.  The largest begins at the lowest number, so NaN and -infinity never win, as in TensorFlow; its place
 * is the window's first element where nothing is larger. */
#define DEFINE_LOOPS(T, I, LOWEST)                                                                                      \
    static void max_##T(const TfgPool *p, const void *x, void *out, int64_t begin, int64_t end)                         \
    {                                                                                                                   \
        for (int64_t o = begin; o < end; o++) {                                                                         \
            TfgPoolWindow w = tfg_pool_window(p, o);                                                                    \
            for (int64_t first = 0; first < p->channels; first += LANES) {                                              \
                int64_t n = p->channels - first < LANES ? p->channels - first : LANES;                                  \
                T best[LANES];                                                                                          \
                FOR_LANES(n, best[i] = LOWEST;)                                                                         \
                TFG_FOR_POINTS(p, &w, {                                                                                 \
                    const T *from = (const T *)x + point * p->channels + first;                                         \
                    FOR_LANES(n, best[i] = best[i] < from[i] ? from[i] : best[i];)                                      \
                })                                                                                                      \
                memcpy((T *)out + o * p->channels + first, best, (size_t)n * sizeof(T));                                \
            }                                                                                                           \
        }                                                                                                               \
    }                                                                                                                   \
    static void avg_##T(const TfgPool *p, const void *x, void *out, int64_t begin, int64_t end)                         \
    {                                                                                                                   \
        for (int64_t o = begin; o < end; o++) {                                                                         \
            TfgPoolWindow w = tfg_pool_window(p, o);                                                                    \
            T size = (T)tfg_pool_size(&w);                                                                              \
            for (int64_t first = 0; first < p->channels; first += LANES) {                                              \
                int64_t n = p->channels - first < LANES ? p->channels - first : LANES;                                  \
                T sum[LANES] = {0};                                                                                     \
                T *to = (T *)out + o * p->channels + first;                                                             \
                TFG_FOR_POINTS(p, &w, {                                                                                 \
                    const T *from = (const T *)x + point * p->channels + first;                                         \
                    FOR_LANES(n, sum[i] += from[i];)                                                                    \
                })                                                                                                      \
                FOR_LANES(n, to[i] = sum[i] / size;)                                                                    \
            }                                                                                                           \
        }                                                                                                               \
    }                                                                                                                   \
    static void max_grad_##T(const TfgPool *p, const void *x, const void *dy, void *dx, int64_t begin, int64_t end,     \
                             int64_t from_channel, int64_t channels)                                                    \
    {                                                                                                                   \
        for (int64_t o = begin; o < end; o++) {                                                                         \
            TfgPoolWindow w = tfg_pool_window(p, o);                                                                    \
            for (int64_t first = from_channel; first < from_channel + channels; first += LANES) {                       \
                int64_t n = from_channel + channels - first < LANES ? from_channel + channels - first : LANES;          \
                T best[LANES] = {0};                                                                                    \
                I at[LANES] = {0};                                                                                      \
                I k = 0;                                                                                                \
                TFG_FOR_POINTS(p, &w, {                                                                                 \
                    const T *from = (const T *)x + point * p->channels + first;                                         \
                    if (k == 0) {                                                                                       \
                        FOR_LANES(n, best[i] = from[i];)                                                                \
                    } else                                                                                              \
                        FOR_LANES(n, at[i] = best[i] < from[i] ? k : at[i]; best[i] = best[i] < from[i] ? from[i] : best[i];) \
                    k++;                                                                                                \
                })                                                                                                      \
                const T *given = (const T *)dy + o * p->channels + first;                                               \
                k = 0;                                                                                                  \
                TFG_FOR_POINTS(p, &w, {                                                                                 \
                    T *to = (T *)dx + point * p->channels + first;                                                      \
                    FOR_LANES(n, to[i] += at[i] == k ? given[i] : 0;)                                                   \
                    k++;                                                                                                \
                })                                                                                                      \
            }                                                                                                           \
        }                                                                                                               \
    }
DEFINE_LOOPS(float, int32_t, -FLT_MAX)
DEFINE_LOOPS(double, int64_t, -DBL_MAX)

const TfgPoolLoops *TFG_SIMD(tfg_pool_loops)(TfgDType dtype)
{
    static const TfgPoolLoops of_float = {max_float, avg_float, max_grad_float}, of_double = {max_double, avg_double, max_grad_double};
    return dtype == TFG_DOUBLE ? &of_double : &of_float;
}
