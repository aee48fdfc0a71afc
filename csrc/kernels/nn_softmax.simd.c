/* Row loops of the softmax family.  Each row loses its maximum first, so exp() cannot overflow; a row of -inf stays NaN, as in
 * TensorFlow.  A tail is a full vector padded with what leaves sums and maxima alone. */
#include <math.h>

#include "kernels/nn_softmax.h"
#include "kernels/simd.h"

#define EXP_F(x) SLEEF_F(exp, u10)(x)
#define EXP_D(x) SLEEF_D(exp, u10)(x)
#define LOG_F(x) logf(x)
#define LOG_D(x) log(x)
#define VEC_LOG_F(x) SLEEF_F(log, u10)(x)
#define VEC_LOG_D(x) SLEEF_D(log, u10)(x)

/* Rows of few classes go a vector of rows at a time: lane r of vector k is class k of row r. */
#define FEW 32

#define ROW_LOOPS(S, T, VEC, LANES, MASK, PICK, EXP, LOG, VLOG)                                          \
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
    static void one_softmax_##S(const void *in, void *to, int64_t n)                                   \
    {                                                                                              \
        T *out = to, scale = 1 / row_exp_##S(in, row_max_##S(in, n), out, n);                      \
        for (int64_t i = 0; i < n; i++)                                                            \
            out[i] *= scale;                                                                       \
    }                                                                                              \
                                                                                                   \
    static void one_log_softmax_##S(const void *in, void *to, int64_t n)                               \
    {                                                                                              \
        const T *x = in;                                                                           \
        T *out = to, m = row_max_##S(x, n), log_sum = LOG(row_exp_##S(x, m, NULL, n));             \
        for (int64_t i = 0; i < n; i++)                                                            \
            out[i] = (x[i] - m) - log_sum;                                                         \
    }                                                                                              \
                                                                                                   \
    static void one_cross_entropy_##S(const void *in, const void *labels_in, void *loss, void *backprop, int64_t n) \
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
    static void one_sparse_cross_entropy_##S(const void *in, int64_t label, void *loss, void *backprop, int64_t n) \
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
    static inline void load_group_##S(VEC *t, const T *x, int64_t rows_n, int64_t n)               \
    {                                                                                              \
        T *lane = (T *)t;                                                                          \
        if (rows_n < LANES)                                                                        \
            memset(t, 0, (size_t)n * sizeof *t);                                                   \
        for (int64_t r = 0; r < rows_n; r++)                                                       \
            for (int64_t k = 0; k < n; k++)                                                        \
                lane[k * LANES + r] = x[r * n + k];                                                \
    }                                                                                              \
    static inline void keep_group_##S(T *out, const VEC *t, int64_t rows_n, int64_t n)             \
    {                                                                                              \
        const T *lane = (const T *)t;                                                              \
        for (int64_t r = 0; r < rows_n; r++)                                                       \
            for (int64_t k = 0; k < n; k++)                                                        \
                out[r * n + k] = lane[k * LANES + r];                                              \
    }                                                                                              \
    /* t loses its maximum. */                                                                     \
    static inline void shift_group_##S(VEC *t, int64_t n)                                          \
    {                                                                                              \
        VEC m = t[0];                                                                              \
        for (int64_t k = 1; k < n; k++)                                                            \
            m = PICK(m > t[k], m, t[k]);                                                           \
        for (int64_t k = 0; k < n; k++)                                                            \
            t[k] -= m;                                                                             \
    }                                                                                              \
    static inline VEC exp_group_##S(const VEC *t, VEC *e, int64_t n)                               \
    {                                                                                              \
        VEC sum = {0};                                                                             \
        for (int64_t k = 0; k < n; k++) {                                                          \
            e[k] = EXP(t[k]);                                                                      \
            sum += e[k];                                                                           \
        }                                                                                          \
        return sum;                                                                                \
    }                                                                                              \
                                                                                                   \
    static void softmax_##S(const void *in, void *to, int64_t rows_n, int64_t n)                   \
    {                                                                                              \
        const T *x = in;                                                                           \
        T *out = to;                                                                               \
        VEC t[FEW];                                                                                \
        for (int64_t r = 0; r < rows_n && n > FEW; r++)                                            \
            one_softmax_##S(x + r * n, out + r * n, n);                                            \
        for (int64_t r = 0; r < rows_n && n <= FEW; r += LANES) {                                  \
            int64_t some = rows_n - r < LANES ? rows_n - r : LANES;                                \
            load_group_##S(t, x + r * n, some, n);                                                 \
            shift_group_##S(t, n);                                                                 \
            VEC scale = 1 / exp_group_##S(t, t, n);                                                \
            for (int64_t k = 0; k < n; k++)                                                        \
                t[k] *= scale;                                                                     \
            keep_group_##S(out + r * n, t, some, n);                                               \
        }                                                                                          \
    }                                                                                              \
                                                                                                   \
    static void log_softmax_##S(const void *in, void *to, int64_t rows_n, int64_t n)               \
    {                                                                                              \
        const T *x = in;                                                                           \
        T *out = to;                                                                               \
        VEC t[FEW], e[FEW];                                                                        \
        for (int64_t r = 0; r < rows_n && n > FEW; r++)                                            \
            one_log_softmax_##S(x + r * n, out + r * n, n);                                        \
        for (int64_t r = 0; r < rows_n && n <= FEW; r += LANES) {                                  \
            int64_t some = rows_n - r < LANES ? rows_n - r : LANES;                                \
            load_group_##S(t, x + r * n, some, n);                                                 \
            shift_group_##S(t, n);                                                                 \
            VEC log_sum = VLOG(exp_group_##S(t, e, n));                                            \
            for (int64_t k = 0; k < n; k++)                                                        \
                t[k] -= log_sum;                                                                   \
            keep_group_##S(out + r * n, t, some, n);                                               \
        }                                                                                          \
    }                                                                                              \
                                                                                                   \
    static void cross_entropy_##S(const void *in, const void *labels_in, void *loss, void *backprop, int64_t rows_n, int64_t n) \
    {                                                                                              \
        const T *x = in, *labels = labels_in;                                                      \
        T *out = backprop, *losses = loss;                                                         \
        VEC t[FEW], e[FEW], y[FEW];                                                                \
        for (int64_t r = 0; r < rows_n && n > FEW; r++)                                            \
            one_cross_entropy_##S(x + r * n, labels + r * n, losses + r, out + r * n, n);          \
        for (int64_t r = 0; r < rows_n && n <= FEW; r += LANES) {                                  \
            int64_t some = rows_n - r < LANES ? rows_n - r : LANES;                                \
            load_group_##S(t, x + r * n, some, n);                                                 \
            load_group_##S(y, labels + r * n, some, n);                                            \
            shift_group_##S(t, n);                                                                 \
            VEC total = exp_group_##S(t, e, n), log_sum = VLOG(total), scale = 1 / total, sum = {0}; \
            for (int64_t k = 0; k < n; k++) {                                                      \
                sum += y[k] * (log_sum - t[k]);                                                    \
                e[k] = e[k] * scale - y[k];                                                        \
            }                                                                                      \
            memcpy(losses + r, &sum, (size_t)some * sizeof(T));                                    \
            keep_group_##S(out + r * n, e, some, n);                                               \
        }                                                                                          \
    }                                                                                              \
                                                                                                   \
    static void sparse_cross_entropy_##S(const void *in, const int64_t *label, void *loss, void *backprop, int64_t rows_n, int64_t n) \
    {                                                                                              \
        const T *x = in;                                                                           \
        T *out = backprop, *losses = loss;                                                         \
        VEC t[FEW], e[FEW];                                                                        \
        for (int64_t r = 0; r < rows_n && n > FEW; r++)                                            \
            one_sparse_cross_entropy_##S(x + r * n, label[r], losses + r, out + r * n, n);         \
        for (int64_t r = 0; r < rows_n && n <= FEW; r += LANES) {                                  \
            int64_t some = rows_n - r < LANES ? rows_n - r : LANES;                                \
            load_group_##S(t, x + r * n, some, n);                                                 \
            shift_group_##S(t, n);                                                                 \
            VEC total = exp_group_##S(t, e, n), log_sum = VLOG(total), scale = 1 / total;          \
            for (int64_t k = 0; k < n; k++)                                                        \
                e[k] *= scale;                                                                     \
            for (int64_t i = 0; i < some; i++) {                                                   \
                losses[r + i] = log_sum[i] - ((const T *)t)[label[r + i] * LANES + i];             \
                ((T *)e)[label[r + i] * LANES + i] -= 1;                                           \
            }                                                                                      \
            keep_group_##S(out + r * n, e, some, n);                                               \
        }                                                                                          \
    }                                                                                              \
                                                                                                   \
    static const TfgSoftmaxLoops loops_##S = {softmax_##S, log_softmax_##S, cross_entropy_##S, sparse_cross_entropy_##S};

ROW_LOOPS(f, float, VecF, VECF_N, VecI, vecf_pick, EXP_F, LOG_F, VEC_LOG_F)
ROW_LOOPS(d, double, VecD, VECD_N, VecL, vecd_pick, EXP_D, LOG_D, VEC_LOG_D)

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
