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

/* The largest begins at the lowest number, so NaN and -infinity never win, as in TensorFlow. */
#define DEFINE_LOOPS(T, LOWEST)                                                                                         \
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
    }
DEFINE_LOOPS(float, -FLT_MAX)
DEFINE_LOOPS(double, -DBL_MAX)

/* ---- The gradient of the largest ---- */

/* The part of a window that lies in rows [from, to): dx of other rows is another thread's. */
typedef struct Band {
    const TfgPool *p;
    int64_t from, to;
} Band;

/* NV vectors of channels at a time, whose largest and its place stay in registers.  The place is the window's first element where
 * nothing is larger. */
#define DEFINE_MAX_GRAD(T, VEC, MASK, N, PICK)                                                                          \
    typedef T Loose_##T __attribute__((vector_size(VEC_BYTES), aligned(sizeof(T))));                                    \
    static inline __attribute__((always_inline)) void spread_##T(const Band *band, const TfgPoolWindow *w, const T *x,  \
                                                                 const T *dy, T *dx, const int nv)                      \
    {                                                                                                                   \
        const TfgPool *p = band->p;                                                                                     \
        VEC best[4] = {{0}};                                                                                            \
        MASK at[4] = {{0}}, k = {0};                                                                                    \
        bool any = false;                                                                                               \
        TFG_FOR_POINTS(p, w, {                                                                                          \
            const T *from = x + point * p->channels;                                                                    \
            for (int v = 0; v < nv; v++) {                                                                              \
                VEC now = *(const Loose_##T *)(from + v * N);                                                           \
                MASK larger = best[v] < now;                                                                            \
                at[v] = any ? (k & larger) | (at[v] & ~larger) : at[v];                                                 \
                best[v] = any ? PICK(larger, now, best[v]) : now;                                                       \
            }                                                                                                           \
            any = true;                                                                                                 \
            k += 1;                                                                                                     \
        })                                                                                                              \
        k = (MASK){0};                                                                                                  \
        TFG_FOR_POINTS(p, w, {                                                                                          \
            T *to = dx + point * p->channels;                                                                           \
            for (int v = 0; v < nv && i1 >= band->from && i1 < band->to; v++)                                           \
                *(Loose_##T *)(to + v * N) += (VEC)((MASK)*(const Loose_##T *)(dy + v * N) & (at[v] == k));             \
            k += 1;                                                                                                     \
        })                                                                                                              \
    }                                                                                                                   \
    static void spread_one_##T(const Band *band, const TfgPoolWindow *w, const T *x, const T *dy, T *dx)                \
    {                                                                                                                   \
        const TfgPool *p = band->p;                                                                                     \
        int64_t at = -1, row = 0;                                                                                       \
        TFG_FOR_POINTS(p, w, {                                                                                          \
            if (at < 0 || x[at] < x[point * p->channels]) {                                                             \
                at = point * p->channels;                                                                               \
                row = i1;                                                                                               \
            }                                                                                                           \
        })                                                                                                              \
        if (at >= 0 && row >= band->from && row < band->to)                                                             \
            dx[at] += *dy;                                                                                              \
    }                                                                                                                   \
    static void max_grad_##T(const TfgPool *p, const void *x, const void *dy, void *dx, int64_t begin, int64_t end,     \
                             int64_t from_row, int64_t to_row)                                                          \
    {                                                                                                                   \
        Band band = {p, from_row, to_row};                                                                              \
        for (int64_t o = begin; o < end; o++) {                                                                         \
            TfgPoolWindow w = tfg_pool_window(p, o);                                                                    \
            const T *in = x, *given = (const T *)dy + o * p->channels;                                                  \
            T *out = dx;                                                                                                \
            int64_t c = 0;                                                                                              \
            for (; c + 4 * N <= p->channels; c += 4 * N)                                                                \
                spread_##T(&band, &w, in + c, given + c, out + c, 4);                                                   \
            for (; c + N <= p->channels; c += N)                                                                        \
                spread_##T(&band, &w, in + c, given + c, out + c, 1);                                                   \
            for (; c < p->channels; c++)                                                                                \
                spread_one_##T(&band, &w, in + c, given + c, out + c);                                                  \
        }                                                                                                               \
    }
DEFINE_MAX_GRAD(float, VecF, VecI, VECF_N, vecf_pick)
DEFINE_MAX_GRAD(double, VecD, VecL, VECD_N, vecd_pick)

const TfgPoolLoops *TFG_SIMD(tfg_pool_loops)(TfgDType dtype)
{
    static const TfgPoolLoops of_float = {max_float, avg_float, max_grad_float}, of_double = {max_double, avg_double, max_grad_double};
    return dtype == TFG_DOUBLE ? &of_double : &of_float;
}
