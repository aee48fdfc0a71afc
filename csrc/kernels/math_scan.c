/* Cumsum, Cumprod and CumulativeLogsumexp along one axis, inclusive or exclusive, forwards or backwards. */
#include <math.h>

#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/numeric.h"

typedef struct ScanLoops { void (*line)(const void *in, void *out, int64_t n, int64_t stride, bool exclusive); } ScanLoops;

/* One line of n elements; backwards when the stride is negative. */
#define SCAN(D, S, T)                                                                          \
    static void sum_##D(const void *in, void *to, int64_t n, int64_t stride, bool exclusive)   \
    {                                                                                          \
        const S *x = in;                                                                       \
        S *out = to;                                                                           \
        T a = {0};                                                                             \
        for (int64_t i = 0; i < n; i++) {                                                      \
            T b = ADD_##D(a, LOAD_##D(x[i * stride]));                                         \
            out[i * stride] = STORE_##D(exclusive ? a : b);                                    \
            a = b;                                                                             \
        }                                                                                      \
    }                                                                                          \
    static void prod_##D(const void *in, void *to, int64_t n, int64_t stride, bool exclusive)  \
    {                                                                                          \
        const S *x = in;                                                                       \
        S *out = to;                                                                           \
        T a = {1};                                                                             \
        for (int64_t i = 0; i < n; i++) {                                                      \
            T b = MUL_##D(a, LOAD_##D(x[i * stride]));                                         \
            out[i * stride] = STORE_##D(exclusive ? a : b);                                    \
            a = b;                                                                             \
        }                                                                                      \
    }                                                                                          \
    static const ScanLoops sum_loops_##D = {sum_##D}, prod_loops_##D = {prod_##D};
TFG_NUMBERS(SCAN)

/* log(exp(a) + exp(b)), where neither exp overflows: the larger goes outside. */
static double log_add(double a, double b)
{
    double high = a > b ? a : b, low = a > b ? b : a;
    return isinf(high) || isnan(low) ? high + (isnan(low) ? low : 0) : high + log1p(exp(low - high));
}

#define LOG_SCAN(D, S)                                                                         \
    static void log_##D(const void *in, void *to, int64_t n, int64_t stride, bool exclusive)   \
    {                                                                                          \
        const S *x = in;                                                                       \
        S *out = to;                                                                           \
        double a = -INFINITY;                                                                  \
        for (int64_t i = 0; i < n; i++) {                                                      \
            double b = log_add(a, (double)LOAD_##D(x[i * stride]));                            \
            out[i * stride] = STORE_##D(NARROW_##D(exclusive ? a : b));                        \
            a = b;                                                                             \
        }                                                                                      \
    }                                                                                          \
    static const ScanLoops log_loops_##D = {log_##D};
#define NARROW_DOUBLE(x) (x)
#define NARROW_FLOAT(x) (float)(x)
#define NARROW_HALF(x) (float)(x)
#define NARROW_BFLOAT16(x) (float)(x)
LOG_SCAN(DOUBLE, double)
LOG_SCAN(FLOAT, float)
LOG_SCAN(HALF, uint16_t)
LOG_SCAN(BFLOAT16, uint16_t)

typedef struct Scan {
    const ScanLoops *loops;
    const TfgTensor *in;
    TfgTensor *out;
    int64_t n, inner;
    bool exclusive, reverse;
} Scan;

static void scan_range(void *context, int64_t begin, int64_t end)
{
    const Scan *k = context;
    for (int64_t i = begin; i < end; i++) {
        int64_t at = i / k->inner * k->n * k->inner + i % k->inner;
        if (k->reverse)
            at += (k->n - 1) * k->inner;
        k->loops->line(tfg_at(k->in, at), tfg_at_mut(k->out, at), k->n, k->reverse ? -k->inner : k->inner, k->exclusive);
    }
}

static int run_scan(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *axis_in = c->in[1];
    TfgShapeText text;
    if (axis_in->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "ScanOp: axis must be a scalar, not %s", tfg_shape_text(axis_in, &text));
    int64_t given = tfg_tensor_int(axis_in, 0), axis = given;
    if (!tfg_axis_in_range(&axis, in->rank))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "ScanOp: Expected scan axis in the range [%d, %d), but got %lld", -in->rank, in->rank,
                        (long long)given);
    TfgTensor *out = tfg_kernel_output_like(c, 0, in, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    Scan k = {c->row->loops, in, out, in->dims[axis], tfg_dims_product(in->rank - (int)axis - 1, in->dims + axis + 1),
              tfg_attrs_bool(c->attrs, "exclusive"), tfg_attrs_bool(c->attrs, "reverse")};
    tfg_for_ranges(in->count / k.n, 32768 / k.n + 1, scan_range, &k);
    return 0;
}

#define ROWS(D, S, T)                                                                          \
    {.op = "Cumsum", TFG_FOR(TFG_##D), .host_in = 2, .inplace = {{1, 1}}, .loops = &sum_loops_##D, .run = run_scan},    \
    {.op = "Cumprod", TFG_FOR(TFG_##D), .host_in = 2, .inplace = {{1, 1}}, .loops = &prod_loops_##D, .run = run_scan},
#define LOG_ROW(D) {.op = "CumulativeLogsumexp", TFG_FOR(TFG_##D), .host_in = 2, .inplace = {{1, 1}}, .loops = &log_loops_##D, .run = run_scan},
static const TfgKernelRow rows[] = { TFG_NUMBERS(ROWS) LOG_ROW(FLOAT) LOG_ROW(DOUBLE) LOG_ROW(HALF) LOG_ROW(BFLOAT16) };

const TfgKernelRow *tfg_kernels_math_scan(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
