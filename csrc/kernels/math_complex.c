/* Complex numbers, element by element.  C's complex types have the layout of ours, and C's rules are those of TensorFlow's. */
#include <complex.h>
#include <math.h>
#include <tgmath.h>

#include "kernels/broadcast.h"
#include "kernels/isa.h"
#include "kernels/nn.h"
#include "kernels/util.h"
#undef I

typedef float complex C64;
typedef double complex C128;

#define UNARY_LOOP(name, IN, OUT, EXPR)                                            \
    static void name(const TfgBlock *b)                                            \
    {                                                                              \
        const IN *in = b->in[0];                                                   \
        OUT *out = b->out;                                                         \
        for (int64_t i = 0; i < b->n; i++) {                                       \
            IN x = in[b->scalar & 1 ? 0 : i];                                      \
            out[i] = (OUT)(EXPR);                                                  \
        }                                                                          \
    }
#define BINARY_LOOP(name, IN, OUT, EXPR)                                           \
    static void name(const TfgBlock *b)                                            \
    {                                                                              \
        const IN *p = b->in[0], *q = b->in[1];                                     \
        OUT *out = b->out;                                                         \
        for (int64_t i = 0; i < b->n; i++) {                                       \
            IN x = p[b->scalar & 1 ? 0 : i], y = q[b->scalar & 2 ? 0 : i];         \
            out[i] = (OUT)(EXPR);                                                  \
        }                                                                          \
    }

static inline C128 sign_c128(C128 x) { return x == 0 ? 0 : x / fabs(x); }
static inline C64 sign_c64(C64 x) { return x == 0 ? 0 : x / fabs(x); }
#define SIGN(x) _Generic((x), C64: sign_c64, C128: sign_c128)(x)
#define CONJ(x) conj(x)
#define ONE(x) ((__typeof__(creal(x)))1)

/* X(op, id, expression) */
#define UNARY_OPS(X)                                                               \
    X("Acosh", acosh, acosh(x)) X("Asinh", asinh, asinh(x)) X("Atanh", atanh, atanh(x)) X("Cos", cos, cos(x))     \
    X("Cosh", cosh, cosh(x)) X("Exp", exp, exp(x)) X("Expm1", expm1, exp(x) - ONE(x)) X("Inv", inv, ONE(x) / x)   \
    X("Reciprocal", reciprocal, ONE(x) / x) X("Log", log, log(x)) X("Log1p", log1p, log(x + ONE(x)))              \
    X("Neg", neg, -x) X("Rsqrt", rsqrt, ONE(x) / sqrt(x)) X("Sigmoid", sigmoid, ONE(x) / (ONE(x) + exp(-x)))      \
    X("Sign", sign, SIGN(x)) X("Sin", sin, sin(x)) X("Sinh", sinh, sinh(x)) X("Sqrt", sqrt, sqrt(x))              \
    X("Square", square, x * x) X("Tan", tan, tan(x)) X("Tanh", tanh, tanh(x)) X("Conj", conj, CONJ(x))
#define BINARY_OPS(X)                                                              \
    X("Add", add, x + y) X("AddV2", add_v2, x + y) X("Sub", sub, x - y) X("Mul", mul, x * y)                      \
    X("Div", div, x / y) X("RealDiv", real_div, x / y) X("Pow", pow, pow(x, y))                                   \
    X("SquaredDifference", squared_difference, (x - y) * CONJ(x - y))                                             \
    X("DivNoNan", div_no_nan, y == 0 ? 0 : x / y)                                                                 \
    X("InvGrad", inv_grad, -y * CONJ(x) * CONJ(x)) X("ReciprocalGrad", reciprocal_grad, -y * CONJ(x) * CONJ(x))   \
    X("SqrtGrad", sqrt_grad, y * (ONE(x) / 2) / CONJ(x))                                                          \
    X("RsqrtGrad", rsqrt_grad, y * (-ONE(x) / 2) * (CONJ(x) * CONJ(x) * CONJ(x)))                                 \
    X("SigmoidGrad", sigmoid_grad, y * x * (ONE(x) - x))                                              \
    X("TanhGrad", tanh_grad, y * (ONE(x) - x * x))
#define TO_REAL_OPS(X)                                                             \
    X("ComplexAbs", complex_abs, fabs(x)) X("Angle", angle, carg(x)) X("Real", real, creal(x)) X("Imag", imag, cimag(x))

#define UNARY_LOOPS(op, id, expr) UNARY_LOOP(u_##id##_64, C64, C64, expr) UNARY_LOOP(u_##id##_128, C128, C128, expr)
#define BINARY_LOOPS(op, id, expr) BINARY_LOOP(b_##id##_64, C64, C64, expr) BINARY_LOOP(b_##id##_128, C128, C128, expr)
#define TO_REAL_LOOPS(op, id, expr) UNARY_LOOP(r_##id##_64, C64, float, expr) UNARY_LOOP(r_##id##_128, C128, double, expr)
UNARY_OPS(UNARY_LOOPS)
BINARY_OPS(BINARY_LOOPS)
TO_REAL_OPS(TO_REAL_LOOPS)
BINARY_LOOP(b_equal_64, C64, bool, x == y)
BINARY_LOOP(b_equal_128, C128, bool, x == y)
BINARY_LOOP(b_not_equal_64, C64, bool, x != y)
BINARY_LOOP(b_not_equal_128, C128, bool, x != y)

/* From parts, so that infinities and zeros keep their signs. */
#define COMPLEX_LOOP(name, T, PAIR)                                                \
    static void name(const TfgBlock *b)                                            \
    {                                                                              \
        const T *re = b->in[0], *im = b->in[1];                                    \
        PAIR *out = b->out;                                                        \
        for (int64_t i = 0; i < b->n; i++)                                         \
            out[i] = (PAIR){re[b->scalar & 1 ? 0 : i], im[b->scalar & 2 ? 0 : i]}; \
    }
COMPLEX_LOOP(complex_64, float, TfgComplex64)
COMPLEX_LOOP(complex_128, double, TfgComplex128)

static int run_identity(TfgKernelCall *c, TfgStatus *s)
{
    return tfg_kernel_forward(c, 0, 0, s);
}

#define UNARY_ROWS(op_name, id, expr)                                                                             \
    {.op = op_name, TFG_FOR(TFG_COMPLEX64), .inplace = {{1, 1}}, .block = u_##id##_64},                           \
    {.op = op_name, TFG_FOR(TFG_COMPLEX128), .inplace = {{1, 1}}, .block = u_##id##_128},
#define BINARY_ROWS(op_name, id, expr)                                                                            \
    {.op = op_name, TFG_FOR(TFG_COMPLEX64), .inplace = {{1, 1}, {2, 1}}, .block = b_##id##_64},                   \
    {.op = op_name, TFG_FOR(TFG_COMPLEX128), .inplace = {{1, 1}, {2, 1}}, .block = b_##id##_128},
#define BOTH(in, out) .types = {{"T", TFG_B(in)}, {"Tout", TFG_B(out)}}
#define TO_REAL_ROWS(op_name, id, expr)                                                                           \
    {.op = op_name, BOTH(COMPLEX64, FLOAT), .block = r_##id##_64}, {.op = op_name, BOTH(COMPLEX128, DOUBLE), .block = r_##id##_128},
#define COMPARE_ROWS(op_name, id)                                                                                 \
    {.op = op_name, TFG_FOR(TFG_COMPLEX64), .block = b_##id##_64}, {.op = op_name, TFG_FOR(TFG_COMPLEX128), .block = b_##id##_128},
#define BIAS_ROWS(op_name)                                                                                        \
    {.op = op_name, TFG_FOR(TFG_COMPLEX64), .inplace = {{1, 1}}, .block = b_add_64, .fits = tfg_bias_fits, .run = tfg_bias_add_run},     \
    {.op = op_name, TFG_FOR(TFG_COMPLEX128), .inplace = {{1, 1}}, .block = b_add_128, .fits = tfg_bias_fits, .run = tfg_bias_add_run},

static const TfgKernelRow rows[] = {
    UNARY_OPS(UNARY_ROWS)
    BINARY_OPS(BINARY_ROWS)
    TO_REAL_OPS(TO_REAL_ROWS)
    COMPARE_ROWS("Equal", equal) COMPARE_ROWS("NotEqual", not_equal)
    BIAS_ROWS("BiasAdd") BIAS_ROWS("BiasAddV1")
    {.op = "Complex", BOTH(FLOAT, COMPLEX64), .block = complex_64}, {.op = "Complex", BOTH(DOUBLE, COMPLEX128), .block = complex_128},
    {.op = "Conj", TFG_FOR(TFG_VARIANT), .run = run_identity},
};

const TfgKernelRow *tfg_kernels_math_complex(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
