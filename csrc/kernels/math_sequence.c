/* Range, LinSpace, Bincount, HistogramFixedWidth and Cross. */
#include <math.h>
#include <stdio.h>

#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/numeric.h"

/* ---- Range, LinSpace ---------------------------------------------------------------------------------------------------------- */

static int check_range(bool zero, bool up, bool wrong, const char *delta, const char *start, const char *limit, TfgStatus *s)
{
    if (zero)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Requires delta != 0: %s", delta);
    if (wrong)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, up ? "Requires start <= limit when delta > 0: %s/%s"
                                                    : "Requires start >= limit when delta < 0: %s/%s", start, limit);
    return 0;
}

#define LABEL(buffer, format, x) (snprintf(buffer, sizeof buffer, format, x), buffer)
#define RANGE(D, T, FORMAT, PRINTED, COUNT)                                                                     \
    static int range_##D(TfgKernelCall *c, TfgStatus *s)                                                        \
    {                                                                                                           \
        T start = *(const T *)c->in[0]->data, limit = *(const T *)c->in[1]->data, delta = *(const T *)c->in[2]->data; \
        char a[32], b[32], d[32];                                                                               \
        if (check_range(delta == 0, delta > 0, delta > 0 ? start > limit : start < limit, LABEL(d, FORMAT, (PRINTED)delta), \
                        LABEL(a, FORMAT, (PRINTED)start), LABEL(b, FORMAT, (PRINTED)limit), s) < 0)             \
            return -1;                                                                                          \
        COUNT                                                                                                   \
        TfgTensor *out = tfg_kernel_output(c, 0, 1, &n, s);                                                     \
        if (!out)                                                                                               \
            return -1;                                                                                          \
        T *to = out->data, x = start;                                                                           \
        for (int64_t i = 0; i < n; i++) {                                                                       \
            to[i] = x;                                                                                          \
            x = ADD_##D(x, delta);                                                                              \
        }                                                                                                       \
        return 0;                                                                                               \
    }
#define COUNT_INTEGER                                                                                           \
    uint64_t distance = delta > 0 ? (uint64_t)limit - (uint64_t)start : (uint64_t)start - (uint64_t)limit;      \
    uint64_t step = delta > 0 ? (uint64_t)delta : 0 - (uint64_t)delta;                                          \
    int64_t n = (int64_t)(distance / step + (distance % step != 0));
#define COUNT_FLOAT                                                                                             \
    double distance = ceil(fabs((double)(limit - start) / (double)delta));                                      \
    if (!(distance < 0x1p62))                                                                                   \
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Requires ((limit - start) / delta) <= %lld", (long long)INT64_MAX); \
    int64_t n = (int64_t)distance;
RANGE(INT32, int32_t, "%d", int, COUNT_INTEGER)
RANGE(INT64, int64_t, "%lld", long long, COUNT_INTEGER)
RANGE(FLOAT, float, "%g", double, COUNT_FLOAT)
RANGE(DOUBLE, double, "%g", double, COUNT_FLOAT)

static int run_range(TfgKernelCall *c, TfgStatus *s)
{
    static const char *const names[] = {"start", "limit", "delta"};
    TfgShapeText text;
    for (int j = 0; j < 3; j++)
        if (c->in[j]->rank != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be a scalar, not shape %s", names[j], tfg_shape_text(c->in[j], &text));
    switch (c->in[0]->dtype) {
    case TFG_INT32: return range_INT32(c, s);
    case TFG_INT64: return range_INT64(c, s);
    case TFG_FLOAT: return range_FLOAT(c, s);
    default: return range_DOUBLE(c, s);
    }
}

static int run_lin_space(TfgKernelCall *c, TfgStatus *s)
{
    static const char *const names[] = {"start", "stop", "num"};
    TfgShapeText text;
    for (int j = 0; j < 3; j++)
        if (c->in[j]->rank != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be a scalar, not shape %s", names[j], tfg_shape_text(c->in[j], &text));
    int64_t n = tfg_tensor_int(c->in[2], 0);
    if (n <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Requires num > 0: %lld", (long long)n);
    TfgTensor *out = tfg_kernel_output(c, 0, 1, &n, s);
    if (!out)
        return -1;
    if (out->dtype == TFG_FLOAT) {
        float start = *(const float *)c->in[0]->data, stop = *(const float *)c->in[1]->data, *to = out->data;
        float step = n > 1 ? (stop - start) / (float)(n - 1) : 0;
        for (int64_t i = 0; i < n; i++)
            to[i] = start + step * (float)i;
    } else {
        double start = *(const double *)c->in[0]->data, stop = *(const double *)c->in[1]->data, *to = out->data;
        double step = n > 1 ? (stop - start) / (double)(n - 1) : 0;
        for (int64_t i = 0; i < n; i++)
            to[i] = start + step * (double)i;
    }
    return 0;
}

/* ---- Counting ------------------------------------------------------------------------------------------------------------------ */

typedef struct CountLoops {
    void (*bins)(const int32_t *at, int64_t n, const void *weights, void *bins, int64_t size);
    void (*histogram)(const void *values, int64_t n, double low, double step, int64_t bins, TfgTensor *out);
} CountLoops;

#define COUNTING(D, S, T)                                                                                       \
    static void bins_##D(const int32_t *at, int64_t n, const void *weights, void *to, int64_t size)             \
    {                                                                                                           \
        const S *w = weights;                                                                                   \
        S *bins = to;                                                                                           \
        T one = {1};                                                                                            \
        for (int64_t i = 0; i < n; i++)                                                                         \
            if (at[i] < size)                                                                                   \
                bins[at[i]] = STORE_##D(ADD_##D((T)LOAD_##D(bins[at[i]]), (w ? (T)LOAD_##D(w[i]) : one)));      \
    }
TFG_NUMBERS(COUNTING)

/* Values beyond the range count for the outermost bins. */
#define HISTOGRAM(D, S, T)                                                                                      \
    static void histogram_##D(const void *values, int64_t n, double low, double step, int64_t bins, TfgTensor *out) \
    {                                                                                                           \
        const S *x = values;                                                                                    \
        for (int64_t i = 0; i < n; i++) {                                                                       \
            double at = floor(((double)LOAD_##D(x[i]) - low) / step);                                           \
            int64_t k = !(at > 0) ? 0 : at > (double)(bins - 1) ? bins - 1 : (int64_t)at;                       \
            if (out->dtype == TFG_INT32)                                                                        \
                ((int32_t *)out->data)[k]++;                                                                    \
            else                                                                                                \
                ((int64_t *)out->data)[k]++;                                                                    \
        }                                                                                                       \
    }
TFG_REALS(HISTOGRAM)
#define TABLES(D, S, T) static const CountLoops count_loops_##D = {bins_##D, histogram_##D};
#define COMPLEX_TABLES(D, S, T) static const CountLoops count_loops_##D = {bins_##D, NULL};
TFG_REALS(TABLES)
TFG_COMPLEXES(COMPLEX_TABLES)

static int run_bincount(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *at = c->in[0], *size_in = c->in[1], *weights = c->in[2];
    const CountLoops *loops = c->row->loops;
    TfgShapeText a, b;
    if (size_in->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape must be rank 0 but is rank %d", size_in->rank);
    int64_t size = tfg_tensor_int(size_in, 0);
    if (size < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "size (%lld) must be non-negative", (long long)size);
    const int32_t *values = at->data;
    for (int64_t i = 0; i < at->count; i++)
        if (values[i] < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input arr must be non-negative!");
    if (weights->count > 0 && weights->count != at->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "weights must have the shape of arr, %s, or be empty, but has shape %s", tfg_shape_text(at, &a),
                        tfg_shape_text(weights, &b));
    TfgTensor *out = tfg_kernel_output(c, 0, 1, &size, s);
    if (!out)
        return -1;
    memset(out->data, 0, tfg_tensor_nbytes(out));
    loops->bins(values, at->count, weights->count ? weights->data : NULL, out->data, size);
    return 0;
}

static int run_histogram(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *values = c->in[0], *range = c->in[1], *bins_in = c->in[2];
    const CountLoops *loops = c->row->loops;
    if (range->rank != 1 || range->count != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "value_range should be a vector of 2 elements.");
    if (bins_in->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "nbins should be a scalar.");
    double low = tfg_tensor_double(range, 0), high = tfg_tensor_double(range, 1);
    int64_t bins = tfg_tensor_int(bins_in, 0);
    if (!(low < high))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "value_range should satisfy value_range[0] < value_range[1], but got '[%g, %g]'", low, high);
    if (bins <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "nbins should be a positive number, but got '%lld'", (long long)bins);
    TfgTensor *out = tfg_kernel_output(c, 0, 1, &bins, s);
    if (!out)
        return -1;
    memset(out->data, 0, tfg_tensor_nbytes(out));
    loops->histogram(values->data, values->count, low, (high - low) / (double)bins, bins, out);
    return 0;
}

/* ---- Cross products ---------------------------------------------------------------------------------------------------------------- */

typedef struct CrossLoops { void (*cross)(const void *a, const void *b, void *out, int64_t n); } CrossLoops;
#define NEGATE(D, x) MUL_##D(x, (__typeof__(x))-1)
#define CROSS(D, S, T)                                                                                          \
    static void cross_##D(const void *a_in, const void *b_in, void *to, int64_t n)                              \
    {                                                                                                           \
        const S *a = a_in, *b = b_in;                                                                           \
        S *out = to;                                                                                            \
        for (int64_t i = 0; i < n; i++, a += 3, b += 3, out += 3) {                                             \
            T x = LOAD_##D(a[0]), y = LOAD_##D(a[1]), z = LOAD_##D(a[2]);                                       \
            T u = LOAD_##D(b[0]), v = LOAD_##D(b[1]), w = LOAD_##D(b[2]);                                       \
            T p = ADD_##D(MUL_##D(y, w), NEGATE(D, MUL_##D(z, v))), q = ADD_##D(MUL_##D(z, u), NEGATE(D, MUL_##D(x, w))); \
            T r = ADD_##D(MUL_##D(x, v), NEGATE(D, MUL_##D(y, u)));                                             \
            out[0] = STORE_##D(p);                                                                              \
            out[1] = STORE_##D(q);                                                                              \
            out[2] = STORE_##D(r);                                                                              \
        }                                                                                                       \
    }                                                                                                           \
    static const CrossLoops cross_loops_##D = {cross_##D};
TFG_REALS(CROSS)

static int run_cross(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *a = c->in[0], *b = c->in[1];
    TfgShapeText ta, tb;
    if (!tfg_tensor_same_shape(a, b))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Both inputs must be of same shape: %s vs. %s", tfg_shape_text(a, &ta), tfg_shape_text(b, &tb));
    if (a->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input must be at least 1D%s", tfg_shape_text(a, &ta));
    if (a->dims[a->rank - 1] != 3)
        return tfg_fail(s, TFG_FAILED_PRECONDITION, "Cross-products are only defined for 3-element vectors.");
    TfgTensor *out = tfg_kernel_output_like(c, 0, a, s);
    if (!out)
        return -1;
    ((const CrossLoops *)c->row->loops)->cross(a->data, b->data, out->data, a->count / 3);
    return 0;
}

#define RANGE_TYPES (TFG_TYPES_INDEX | TFG_B(FLOAT) | TFG_B(DOUBLE))
#define BIN_ROWS(D, S, T) {.op = "Bincount", TFG_FOR(TFG_##D), .host_in = 2, .loops = &count_loops_##D, .run = run_bincount},
#define REAL_ROWS(D, S, T)                                                                                      \
    {.op = "HistogramFixedWidth", TFG_FOR(TFG_##D), .host_in = 6, .loops = &count_loops_##D, .run = run_histogram},   \
    {.op = "Cross", TFG_FOR(TFG_##D), .inplace = {{1, 1}}, .loops = &cross_loops_##D, .run = run_cross},

static const TfgKernelRow rows[] = {
    {.op = "Range", .types = {{"Tidx", RANGE_TYPES}}, .flags = TFG_KERNEL_VALUE_SHAPE, .host_in = 7, .run = run_range},
    {.op = "LinSpace", .types = {{"T", TFG_B(FLOAT) | TFG_B(DOUBLE)}}, .host_in = 7, .run = run_lin_space},
    TFG_NUMBERS(BIN_ROWS)
    TFG_REALS(REAL_ROWS)
};

const TfgKernelRow *tfg_kernels_math_sequence(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
