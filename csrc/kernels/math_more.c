/* Functions that are rarer, or came later, in double whatever the type: BesselI0e, BesselI1e, Erfinv, Ndtri, NextAfter; products and
 * quotients that are zero where a factor is: Xdivy, Xlogy, Xlog1py, MulNoNan; DenseBincount. */
#include <complex.h>
#include <math.h>

#include "base/status.h"
#include "kernels/broadcast.h"
#include "kernels/isa.h"
#include "kernels/numeric.h"

#define PI 3.14159265358979323846

/* ---- Bessel functions ----------------------------------------------------------------------------------------------------------------- */

/* exp(-x) I_n(x) for x >= 0, n = 0 or 1: the power series, whose terms are all positive, then Hankel's expansion, which from 30 on
 * is exact to the last place before its terms grow again. */
static double bessel_scaled(int n, double x)
{
    if (x < 30) {
        double square = x * x / 4, term = n ? x / 2 : 1, sum = term;
        for (int k = 1; term > sum * 1e-17; k++) {
            term *= square / ((double)k * (k + n));
            sum += term;
        }
        return sum * exp(-x);
    }
    double mu = 4.0 * n * n, term = 1, sum = 1;
    for (int k = 1; k < 60; k++) {
        double odd = 2 * k - 1, next = -term * (mu - odd * odd) / (8 * x * k);
        if (fabs(next) < 1e-17 * fabs(sum))
            break;
        term = next;
        sum += term;
    }
    return sum / sqrt(2 * PI * x);
}

static double bessel_i0e(double x) { return isnan(x) ? x : isinf(x) ? 0 : bessel_scaled(0, fabs(x)); }
static double bessel_i1e(double x) { return isnan(x) ? x : isinf(x) ? copysign(0, x) : copysign(bessel_scaled(1, fabs(x)), x); }

/* ---- Inverse error functions ------------------------------------------------------------------------------------------------------------ */

/* The y >= 0 with erfc(y) = q for 0 < q <= 1: Newton's method on log erfc, which is nearly a parabola. */
static double erfc_inverse(double q)
{
    double log_q = log(q), y = q > 0.1 ? (1 - q) * 0.9 : sqrt(fmax(-log_q - 0.5 * log(-PI * log_q), 0.1));
    for (int i = 0; i < 40; i++) {
        double value = erfc(y), step = (log(value) - log_q) * (value * exp(y * y) * sqrt(PI) / 2);     /* no tiny products on the way */
        y = fmax(y + step, 0);
        if (fabs(step) <= 1e-16 * y)
            break;
    }
    return y;
}

static double erfinv(double x)
{
    double a = fabs(x);
    if (!(a <= 1))
        return NAN;
    if (a == 1)
        return copysign(INFINITY, x);
    if (a > 0.5)
        return copysign(erfc_inverse(1 - a), x);
    double y = a * sqrt(PI) / 2;
    for (int i = 0; i < 40; i++) {
        double step = (erf(y) - a) * sqrt(PI) / 2 * exp(y * y);
        y -= step;
        if (fabs(step) <= 1e-16 * y)
            break;
    }
    return copysign(y, x);
}

static double ndtri(double p)
{
    if (!(p >= 0 && p <= 1))
        return NAN;
    if (p == 0 || p == 1)
        return p == 0 ? -INFINITY : INFINITY;
    if (p > 0.25 && p < 0.75)
        return sqrt(2) * erfinv(2 * p - 1);
    return p < 0.5 ? -sqrt(2) * erfc_inverse(2 * p) : sqrt(2) * erfc_inverse(2 * (1 - p));
}

#define SAME(x) (x)
#define TO_FLOAT(x) (float)(x)
#define TO_HALF(x) tfg_float_to_half((float)(x))
#define TO_BFLOAT16(x) tfg_float_to_bfloat16((float)(x))
#define UNARY(fn, D, S, LOAD, STORE)                                                            \
    static void u_##fn##_##D(const TfgBlock *b)                                                 \
    {                                                                                           \
        const S *x = b->in[0];                                                                  \
        S *out = b->out;                                                                        \
        for (int64_t i = 0; i < b->n; i++)                                                      \
            out[i] = STORE(fn((double)LOAD(x[b->scalar & 1 ? 0 : i])));                         \
    }
#define UNARY_OPS(X) X("BesselI0e", bessel_i0e) X("BesselI1e", bessel_i1e) X("Erfinv", erfinv) X("Ndtri", ndtri)
#define UNARY_LOOPS(op, fn)                                                                     \
    UNARY(fn, FLOAT, float, SAME, TO_FLOAT) UNARY(fn, DOUBLE, double, SAME, SAME)               \
    UNARY(fn, HALF, uint16_t, tfg_half_to_float, TO_HALF) UNARY(fn, BFLOAT16, uint16_t, tfg_bfloat16_to_float, TO_BFLOAT16)
UNARY_OPS(UNARY_LOOPS)

/* ---- Zero times anything ---------------------------------------------------------------------------------------------------------------- */

typedef float complex C64;
typedef double complex C128;

static double xlogy(double x, double y) { return x == 0 ? 0 : x * log(y); }
static double xlog1py(double x, double y) { return x == 0 ? 0 : x * log1p(y); }
static double xdivy(double x, double y) { return x == 0 ? 0 : x / y; }
static double mul_no_nan(double x, double y) { return y == 0 ? 0 : x * y; }
/* Of halves, the logarithm is rounded before it is multiplied, as NumPy and TensorFlow do. */
static double h_xlogy(double x, double y) { return x == 0 ? 0 : x * (double)tfg_half_to_float(tfg_float_to_half((float)log(y))); }
#define h_xlog1py xlog1py
#define h_xdivy xdivy
#define h_mul_no_nan mul_no_nan
static C128 c_xlogy(C128 x, C128 y) { return x == 0 ? 0 : x * clog(y); }
static C128 c_xlog1py(C128 x, C128 y) { return x == 0 ? 0 : x * clog(y + 1); }
static C128 c_xdivy(C128 x, C128 y) { return x == 0 ? 0 : x / y; }
static C128 c_mul_no_nan(C128 x, C128 y) { return y == 0 ? 0 : x * y; }

#define BINARY(id, fn, D, S, W, LOAD, STORE)                                                    \
    static void b_##id##_##D(const TfgBlock *b)                                                 \
    {                                                                                           \
        const S *x = b->in[0], *y = b->in[1];                                                   \
        S *out = b->out;                                                                        \
        for (int64_t i = 0; i < b->n; i++)                                                      \
            out[i] = STORE(fn((W)LOAD(x[b->scalar & 1 ? 0 : i]), (W)LOAD(y[b->scalar & 2 ? 0 : i]))); \
    }
#define TO_C64(x) (C64)(x)
#define BINARY_OPS(X) X("Xdivy", xdivy) X("Xlogy", xlogy) X("Xlog1py", xlog1py) X("MulNoNan", mul_no_nan)
#define BINARY_LOOPS(op, id)                                                                    \
    BINARY(id, id, FLOAT, float, double, SAME, TO_FLOAT) BINARY(id, id, DOUBLE, double, double, SAME, SAME)       \
    BINARY(id, h_##id, HALF, uint16_t, double, tfg_half_to_float, TO_HALF)                          \
    BINARY(id, id, BFLOAT16, uint16_t, double, tfg_bfloat16_to_float, TO_BFLOAT16)              \
    BINARY(id, c_##id, COMPLEX64, C64, C128, SAME, TO_C64) BINARY(id, c_##id, COMPLEX128, C128, C128, SAME, SAME)
BINARY_OPS(BINARY_LOOPS)

static float next_float(float x, float y) { return nextafterf(x, y); }
static double next_double(double x, double y) { return nextafter(x, y); }
BINARY(next, next_float, FLOAT, float, float, SAME, SAME)
BINARY(next, next_double, DOUBLE, double, double, SAME, SAME)

/* ---- DenseBincount ------------------------------------------------------------------------------------------------------------------------ */

#define COUNT(D, S, T)                                                                          \
    static void count_##D(const TfgTensor *in, const TfgTensor *weights, TfgTensor *to, int64_t row, int64_t n, int64_t size, bool binary) \
    {                                                                                           \
        const S *w = weights->count ? weights->data : NULL;                                     \
        S *out = (S *)to->data + row * size;                                                    \
        for (int64_t i = row * n; i < (row + 1) * n; i++) {                                     \
            int64_t at = tfg_tensor_int(in, i);                                                 \
            if (at >= size)                                                                     \
                continue;                                                                       \
            if (binary)                                                                         \
                out[at] = STORE_##D((T){1});                                                    \
            else                                                                                \
                out[at] = STORE_##D(ADD_##D((T)LOAD_##D(out[at]), w ? (T)LOAD_##D(w[i]) : (T){1})); \
        }                                                                                       \
    }                                                                                           \
    static const CountLoop count_loop_##D = {count_##D};
typedef struct CountLoop {
    void (*count)(const TfgTensor *in, const TfgTensor *weights, TfgTensor *to, int64_t row, int64_t n, int64_t size, bool binary);
} CountLoop;
TFG_NUMBERS(COUNT)

static int run_dense_bincount(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *size_in = c->in[1], *weights = c->in[2];
    const CountLoop *loop = c->row->loops;
    TfgShapeText a, b;
    if (in->rank > 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape must be at most rank 2 but is rank %d", in->rank);
    if (size_in->count != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape must be rank 0 but is rank %d", size_in->rank);
    if (weights->count != 0 && !tfg_tensor_same_shape(weights, in))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "`weights` must be the same shape as `arr` or a length-0 `Tensor`, in which case it acts as all "
                        "weights equal to 1. Received %s and %s", tfg_shape_text(weights, &a), tfg_shape_text(in, &b));
    int64_t size = tfg_tensor_int(size_in, 0);
    if (size < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "size (%lld) must be non-negative", (long long)size);
    for (int64_t i = 0; i < in->count; i++)
        if (tfg_tensor_int(in, i) < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input arr must be non-negative!");
    bool matrix = in->rank == 2;
    int64_t dims[2] = {matrix ? in->dims[0] : size, size};
    TfgTensor *out = tfg_kernel_output(c, 0, matrix ? 2 : 1, dims, s);
    if (!out)
        return -1;
    memset(out->data, 0, tfg_tensor_nbytes(out));
    for (int64_t row = 0; row < (matrix ? in->dims[0] : 1); row++)
        loop->count(in, weights, out, row, matrix ? in->dims[1] : in->count, size, tfg_attrs_bool(c->attrs, "binary_output"));
    return 0;
}

#define BLOCK_ROW(op_name, D, fn, ...) {.op = op_name, TFG_FOR(TFG_##D), .flags = TFG_KERNEL_EXPENSIVE, .inplace = {{1, 1}__VA_ARGS__}, .block = fn},
#define UNARY_ROWS(op, fn)                                                                      \
    BLOCK_ROW(op, FLOAT, u_##fn##_FLOAT) BLOCK_ROW(op, DOUBLE, u_##fn##_DOUBLE) BLOCK_ROW(op, HALF, u_##fn##_HALF)       \
    BLOCK_ROW(op, BFLOAT16, u_##fn##_BFLOAT16)
#define BINARY_ROWS(op, id)                                                                     \
    BLOCK_ROW(op, FLOAT, b_##id##_FLOAT) BLOCK_ROW(op, DOUBLE, b_##id##_DOUBLE) BLOCK_ROW(op, HALF, b_##id##_HALF)       \
    BLOCK_ROW(op, BFLOAT16, b_##id##_BFLOAT16) BLOCK_ROW(op, COMPLEX64, b_##id##_COMPLEX64) BLOCK_ROW(op, COMPLEX128, b_##id##_COMPLEX128)
#define COUNT_ROW(D, S, T) {.op = "DenseBincount", TFG_FOR(TFG_##D), .host_in = 2, .loops = &count_loop_##D, .run = run_dense_bincount},

static const TfgKernelRow rows[] = {
    UNARY_OPS(UNARY_ROWS)
    BINARY_OPS(BINARY_ROWS)
    BLOCK_ROW("NextAfter", FLOAT, b_next_FLOAT) BLOCK_ROW("NextAfter", DOUBLE, b_next_DOUBLE)
    TFG_NUMBERS(COUNT_ROW)
};

const TfgKernelRow *tfg_kernels_math_more(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
