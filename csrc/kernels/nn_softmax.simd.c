/* Row loops of the softmax family.  Each row loses its maximum first, so exp() cannot overflow; a row of -inf stays NaN, as in
 * TensorFlow.  A tail is a full vector padded with what leaves sums and maxima alone. */
#include <math.h>

#include "kernels/nn_softmax.h"
#include "kernels/simd.h"

#define EXP_F(x) SLEEF_F(exp, u10)(x)
#define EXP_D(x) SLEEF_D(exp, u10)(x)
#define LOG_F(x) logf(x)
#define LOG_D(x) log(x)

#define ROW_LOOPS(S, T, VEC, LANES, MASK, PICK, EXP, LOG)                                          \
    static T row_max_##S(const T *x, int64_t n)                                                    \
    {                                                                                              \
        T lane[LANES], m = -(T)INFINITY;                                                           \
        for (int k = 0; k < LANES; k++)                                                            \
            lane[k] = -(T)INFINITY;                                                                \
        int64_t i = 0;                                                                             \
        for (; i + LANES <= n; i += LANES)                                                         \
            for (int k = 0; k < LANES; k++)                                                        \
                lane[k] = lane[k] > x[i + k] ? lane[k] : x[i + k];                                 \
        for (int k = 0; i < n; i++, k++)                                                           \
            lane[k] = lane[k] > x[i] ? lane[k] : x[i];                                             \
        for (int k = 0; k < LANES; k++)                                                            \
            m = m > lane[k] ? m : lane[k];                                                         \
        return m;                                                                                  \
    }                                                                                              \
                                                                                                   \
    static inline VEC load_##S(const T *x, int64_t n)                                              \
    {                                                                                              \
        VEC v = {0};                                                                               \
        if (n >= LANES)                                                                            \
            memcpy(&v, x, sizeof v);                                                               \
        else                                                                                       \
            memcpy(&v, x, (size_t)n * sizeof(T));                                                  \
        return v;                                                                                  \
    }                                                                                              \
    static inline void keep_##S(T *out, VEC v, int64_t n)                                          \
    {                                                                                              \
        if (n >= LANES)                                                                            \
            memcpy(out, &v, sizeof v);                                                             \
        else                                                                                       \
            memcpy(out, &v, (size_t)n * sizeof(T));                                                \
    }                                                                                              \
    static inline T fold_##S(VEC v)                                                                \
    {                                                                                              \
        T lane[LANES];                                                                             \
        memcpy(lane, &v, sizeof v);                                                                \
        for (int w = LANES / 2; w > 0; w /= 2)                                                     \
            for (int k = 0; k < w; k++)                                                            \
                lane[k] += lane[k + w];                                                            \
        return lane[0];                                                                            \
    }                                                                                              \
                                                                                                   \
    /* out = exp(x - m), unless it is NULL; the sum of them. */                                    \
    static T row_exp_##S(const T *x, T m, T *out, int64_t n)                                       \
    {                                                                                              \
        VEC sum = {0}, zero = {0};                                                                 \
        for (int64_t i = 0; i < n; i += LANES) {                                                   \
            VEC e = EXP(load_##S(x + i, n - i) - m);                                               \
            if (out)                                                                               \
                keep_##S(out + i, e, n - i);                                                       \
            if (n - i < LANES) {                                                                   \
                MASK inside = {0};                                                                 \
                for (int k = 0; k < LANES; k++)                                                    \
                    inside[k] = k < n - i ? -1 : 0;                                                \
                e = PICK(inside, e, zero);                                                         \
            }                                                                                      \
            sum += e;                                                                              \
        }                                                                                          \
        return fold_##S(sum);                                                                      \
    }                                                                                              \
                                                                                                   \
    static void softmax_##S(const void *in, void *to, int64_t n)                                   \
    {                                                                                              \
        T *out = to, scale = 1 / row_exp_##S(in, row_max_##S(in, n), out, n);                      \
        for (int64_t i = 0; i < n; i++)                                                            \
            out[i] *= scale;                                                                       \
    }                                                                                              \
                                                                                                   \
    static void log_softmax_##S(const void *in, void *to, int64_t n)                               \
    {                                                                                              \
        const T *x = in;                                                                           \
        T *out = to, m = row_max_##S(x, n), log_sum = LOG(row_exp_##S(x, m, NULL, n));             \
        for (int64_t i = 0; i < n; i++)                                                            \
            out[i] = (x[i] - m) - log_sum;                                                         \
    }                                                                                              \
                                                                                                   \
    static void cross_entropy_##S(const void *in, const void *labels_in, void *loss, void *backprop, int64_t n) \
    {                                                                                              \
        const T *x = in, *labels = labels_in;                                                      \
        T *out = backprop, m = row_max_##S(x, n), total, log_sum, scale;                           \
        VEC sum = {0};                                                                             \
        total = row_exp_##S(x, m, NULL, n);                                                        \
        log_sum = LOG(total);                                                                      \
        scale = 1 / total;                                                                         \
        for (int64_t i = 0; i < n; i += LANES) {                                                   \
            VEC v = load_##S(x + i, n - i) - m, y = load_##S(labels + i, n - i);                   \
            VEC part = y * (log_sum - v);                                                          \
            if (n - i < LANES)      /* the padding: 0 * something, which may be NaN */             \
                for (int k = (int)(n - i); k < LANES; k++)                                         \
                    part[k] = 0;                                                                   \
            sum += part;                                                                           \
            keep_##S(out + i, EXP(v) * scale - y, n - i);                                          \
        }                                                                                          \
        *(T *)loss = fold_##S(sum);                                                                \
    }                                                                                              \
                                                                                                   \
    static void sparse_cross_entropy_##S(const void *in, int64_t label, void *loss, void *backprop, int64_t n) \
    {                                                                                              \
        const T *x = in;                                                                           \
        T *out = backprop, m = row_max_##S(x, n), at_label = x[label] - m;                         \
        T total = row_exp_##S(x, m, out, n), scale = 1 / total;                                    \
        for (int64_t i = 0; i < n; i++)                                                            \
            out[i] *= scale;                                                                       \
        out[label] -= 1;                                                                           \
        *(T *)loss = LOG(total) - at_label;                                                        \
    }                                                                                              \
                                                                                                   \
    static const TfgSoftmaxLoops loops_##S = {softmax_##S, log_softmax_##S, cross_entropy_##S, sparse_cross_entropy_##S};

ROW_LOOPS(f, float, VecF, VECF_N, VecI, vecf_pick, EXP_F, LOG_F)
ROW_LOOPS(d, double, VecD, VECD_N, VecL, vecd_pick, EXP_D, LOG_D)

#define ROWS(D, S)                                                                                 \
    {.op = "Softmax", TFG_FOR(D), .inplace = {{1, 1}}, .loops = &loops_##S, .run = tfg_softmax_run},         \
    {.op = "LogSoftmax", TFG_FOR(D), .inplace = {{1, 1}}, .loops = &loops_##S, .run = tfg_log_softmax_run},  \
    {.op = "SoftmaxCrossEntropyWithLogits", TFG_FOR(D), .inplace = {{1, 2}}, .loops = &loops_##S, .run = tfg_cross_entropy_run}, \
    {.op = "SparseSoftmaxCrossEntropyWithLogits", TFG_FOR(D), .inplace = {{1, 2}}, .loops = &loops_##S,      \
     .run = tfg_sparse_cross_entropy_run},

static const TfgKernelRow rows[] = { ROWS(TFG_FLOAT, f) ROWS(TFG_DOUBLE, d) ROWS(TFG_HALF, f) ROWS(TFG_BFLOAT16, f) };

const TfgKernelRow *TFG_SIMD(tfg_kernels_nn_softmax)(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
