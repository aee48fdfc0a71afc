/* Functions of one number, element by element.  Half types go through float; complex ones stand in math_complex.c. */
#include "kernels/elementwise.h"
#include "kernels/pair.h"
#include "kernels/squash_simd.h"

/* ---- Functions by SLEEF (1 ulp) ------------------------------------------------------------------------------------- */

#define SLEEF_PAIR(id, name, ulp)                                              \
    static inline VecF id##_f(VecF x) { return SLEEF_F(name, ulp)(x); }        \
    static inline VecD id##_d(VecD x) { return SLEEF_D(name, ulp)(x); }

SLEEF_PAIR(acos, acos, u10)
SLEEF_PAIR(asin, asin, u10)
SLEEF_PAIR(atan, atan, u10)
SLEEF_PAIR(atanh, atanh, u10)
SLEEF_PAIR(cosh, cosh, u10)
SLEEF_PAIR(exp, exp, u10)
SLEEF_PAIR(expm1, expm1, u10)
SLEEF_PAIR(log, log, u10)
SLEEF_PAIR(sinh, sinh, u10)
SLEEF_PAIR(erf, erf, u10)

static inline VecF tanh_f(VecF x) { return vecf_tanh(x); }
static inline VecD tanh_d(VecD x) { return SLEEF_D(tanh, u10)(x); }

/* Beyond these, where SLEEF's squares and products overflow, asinh and acosh are log(2|x|), and log1p is log(x), to the last bit. */
#define LARGE_F 1e9f
#define LARGE_D 1e150
#define LN2 0.69314718055994530942
static inline VecF log1p_f(VecF x) { return vecf_pick(x > LARGE_F, log_f(x), SLEEF_F(log1p, u10)(x)); }
static inline VecD log1p_d(VecD x) { return vecd_pick(x > LARGE_D, log_d(x), SLEEF_D(log1p, u10)(x)); }
static inline VecF acosh_f(VecF x)
{
    return vecf_pick(x > LARGE_F, log_f(x) + (float)LN2, SLEEF_F(acosh, u10)(x));
}
static inline VecD acosh_d(VecD x) { return vecd_pick(x > LARGE_D, log_d(x) + LN2, SLEEF_D(acosh, u10)(x)); }
static inline VecF asinh_f(VecF x)
{
    VecF a = vecf_abs(x), big = log_f(a) + (float)LN2;
    return vecf_pick(a > LARGE_F, (VecF)((VecI)big | ((VecI)x & INT32_MIN)), SLEEF_F(asinh, u10)(x));
}
static inline VecD asinh_d(VecD x)
{
    VecD a = vecd_abs(x), big = log_d(a) + LN2;
    return vecd_pick(a > LARGE_D, (VecD)((VecL)big | ((VecL)x & INT64_MIN)), SLEEF_D(asinh, u10)(x));
}

/* SLEEF's circular functions take another way for a whole vector when one lane is large.  So that a lane's result does not depend
 * on its neighbours, each class of magnitudes is computed among values of its own class. */
static inline VecF split_f(VecF x, VecF (*fn)(VecF))
{
    VecI small = vecf_abs(x) < 125.0f;
    VecI large = ~small;
    if (!veci_any(large))
        return fn(x);
    return vecf_pick(large, fn(vecf_pick(large, x, vecf_all(1e6f))), fn(vecf_pick(large, vecf_all(0), x)));
}

static inline VecD split_d(VecD x, VecD (*fn)(VecD))
{
    VecD a = vecd_abs(x);
    VecL small = a < 15.0, middle = ~small & (a < 1e14), large = ~small & ~middle;
    if (!vecl_any(middle) && !vecl_any(large))
        return fn(x);
    VecD r = fn(vecd_pick(small, x, vecd_all(0)));
    if (vecl_any(middle))
        r = vecd_pick(middle, fn(vecd_pick(middle, x, vecd_all(1e6))), r);
    if (vecl_any(large))
        r = vecd_pick(large, fn(vecd_pick(large, x, vecd_all(1e15))), r);
    return r;
}
#define CIRCULAR_PAIR(id)                                                             \
    static VecF id##_any_f(VecF x) { return SLEEF_F(id, u10)(x); }                    \
    static VecD id##_any_d(VecD x) { return SLEEF_D(id, u10)(x); }                    \
    static inline VecF id##_f(VecF x) { return split_f(x, id##_any_f); }              \
    static inline VecD id##_d(VecD x) { return split_d(x, id##_any_d); }
CIRCULAR_PAIR(sin)
CIRCULAR_PAIR(cos)
CIRCULAR_PAIR(tan)

static inline VecF sigmoid_f(VecF x) { return vecf_sigmoid(x); }
static inline VecD sigmoid_d(VecD x) { return 1.0 / (1.0 + exp_d(-x)); }

#define VECTOR_OPS(X)                                                                                                     \
    X("Acos", acos) X("Acosh", acosh) X("Asin", asin) X("Asinh", asinh) X("Atan", atan) X("Atanh", atanh) X("Cos", cos)   \
    X("Cosh", cosh) X("Erf", erf) X("Exp", exp) X("Expm1", expm1) X("Log", log) X("Log1p", log1p) X("Sigmoid", sigmoid)   \
    X("Sin", sin) X("Sinh", sinh) X("Tan", tan) X("Tanh", tanh)

#define VECTOR_LOOPS(op, id)                                        \
    UNARY_VEC_LOOP(b_##id##_float, float, VecF, VECF_N, id##_f)     \
    UNARY_VEC_LOOP(b_##id##_double, double, VecD, VECD_N, id##_d)   \
    HALF_LOOPS(b_##id, 1, 2)
VECTOR_OPS(VECTOR_LOOPS)

/* ---- Arithmetic ------------------------------------------------------------------------------------------------------- */

/* TensorFlow rounds halves to even and gives +0 for what rounds up to zero. */
static inline float round_float(float x)
{
    float r = rintf(x);
    return r == 0 && x != 0 ? 0.0f : r;
}
static inline double round_double(double x)
{
    double r = rint(x);
    return r == 0 && x != 0 ? 0.0 : r;
}

/* X(op, id, float expression, double expression) */
#define FLOAT_OPS(X)                                                                          \
    X("Abs", abs, fabsf(x), fabs(x))                                                          \
    X("Ceil", ceil, ceilf(x), ceil(x))                                                        \
    X("Floor", floor, floorf(x), floor(x))                                                    \
    X("Inv", inv, 1.0f / x, 1.0 / x)                                                          \
    X("Reciprocal", reciprocal, 1.0f / x, 1.0 / x)                                            \
    X("Neg", neg, -x, -x)                                                                     \
    X("Rint", rint, rintf(x), rint(x))                                                        \
    X("Round", round, round_float(x), round_double(x))                                        \
    X("Rsqrt", rsqrt, 1.0f / sqrtf(x), 1.0 / sqrt(x))                                         \
    X("Sign", sign, (float)((x > 0) - (x < 0)), (double)((x > 0) - (x < 0)))                  \
    X("Sqrt", sqrt, sqrtf(x), sqrt(x))

#define FLOAT_LOOPS(op, id, fexpr, dexpr)                \
    UNARY_LOOP(b_##id##_float, float, float, fexpr)      \
    UNARY_LOOP(b_##id##_double, double, double, dexpr)   \
    HALF_LOOPS(b_##id, 1, 2)
FLOAT_OPS(FLOAT_LOOPS)
FLOAT_LOOPS("Square", square, x * x, x * x)

#define TEST_OPS(X)                                                    \
    X("IsFinite", is_finite, fabsf(x) <= __FLT_MAX__, fabs(x) <= __DBL_MAX__) \
    X("IsInf", is_inf, fabsf(x) > __FLT_MAX__, fabs(x) > __DBL_MAX__)  \
    X("IsNan", is_nan, x != x, x != x)
#define TEST_LOOPS(op, id, fexpr, dexpr)                 \
    UNARY_LOOP(b_##id##_float, float, bool, fexpr)       \
    UNARY_LOOP(b_##id##_double, double, bool, dexpr)     \
    HALF_LOOPS(b_##id, 1, 1)
TEST_OPS(TEST_LOOPS)

/* Integers wrap: arithmetic is done on the unsigned type U of the same width. */
#define INTEGERS(X, op, id, expr)                                          \
    X(op, id, INT8, int8_t, uint8_t, expr) X(op, id, INT16, int16_t, uint16_t, expr)     \
    X(op, id, INT32, int32_t, uint32_t, expr) X(op, id, INT64, int64_t, uint64_t, expr)
#define UNSIGNEDS(X, op, id, expr)                                         \
    X(op, id, UINT8, uint8_t, uint8_t, expr) X(op, id, UINT16, uint16_t, uint16_t, expr) \
    X(op, id, UINT32, uint32_t, uint32_t, expr) X(op, id, UINT64, uint64_t, uint64_t, expr)

#define INTEGER_LOOP(op, id, D, T, UT, expr)                               \
    UNARY_LOOP(b_##id##_##D, T, T, ((expr)))
#define SIGNED_OPS(X)                                                      \
    INTEGERS(X, "Abs", abs, (x < 0 ? 0u - (uint64_t)x : (uint64_t)x))      \
    INTEGERS(X, "Neg", neg, 0u - (uint64_t)x)                              \
    INTEGERS(X, "Sign", sign, (x > 0) - (x < 0))                           \
    INTEGERS(X, "Round", round, x)                                         \
    INTEGERS(X, "Square", square, (uint64_t)x * (uint64_t)x)               \
    INTEGERS(X, "Invert", invert, ~x)
#define UNSIGNED_OPS(X) UNSIGNEDS(X, "Invert", invert, ~x)
SIGNED_OPS(INTEGER_LOOP)
UNSIGNED_OPS(INTEGER_LOOP)

UNARY_LOOP(b_logical_not, uint8_t, uint8_t, x ^ 1)

/* ---- Rows --------------------------------------------------------------------------------------------------------------- */

#define WIDE_ROWS(op, id)                                                               \
    UNARY_ROW(op, TFG_DOUBLE, b_##id##_double)                                          \
    UNARY_ROW(op, TFG_HALF, b_##id##_half) UNARY_ROW(op, TFG_BFLOAT16, b_##id##_bfloat16)
#define FLOAT_ROWS(op, id, ...) UNARY_ROW(op, TFG_FLOAT, b_##id##_float) WIDE_ROWS(op, id)
#define VECTOR_ROW(op_name, D, fn)                                                      \
    {.op = op_name, TFG_FOR(D), .flags = TFG_KERNEL_EXPENSIVE, .inplace = {{1, 1}}, .block = fn},
#define VECTOR_ROWS(op, id)                                                             \
    VECTOR_ROW(op, TFG_FLOAT, b_##id##_float) VECTOR_ROW(op, TFG_DOUBLE, b_##id##_double) \
    VECTOR_ROW(op, TFG_HALF, b_##id##_half) VECTOR_ROW(op, TFG_BFLOAT16, b_##id##_bfloat16)
#define TEST_ROW(op_name, D, fn) {.op = op_name, TFG_FOR(D), .block = fn},
#define TEST_ROWS(op, id, ...)                                                          \
    TEST_ROW(op, TFG_FLOAT, b_##id##_float) TEST_ROW(op, TFG_DOUBLE, b_##id##_double)   \
    TEST_ROW(op, TFG_HALF, b_##id##_half) TEST_ROW(op, TFG_BFLOAT16, b_##id##_bfloat16)
#define INTEGER_ROW(op, id, D, ...) UNARY_ROW(op, TFG_##D, b_##id##_##D)

static const TfgKernelRow rows[] = {
    VECTOR_OPS(VECTOR_ROWS)
    FLOAT_OPS(FLOAT_ROWS)
    {.op = "Square", TFG_FOR(TFG_FLOAT), .inplace = {{1, 1}}, .block = b_square_float, .pairs = TFG_PAIRS_OF(square)},
    WIDE_ROWS("Square", square)
    TEST_OPS(TEST_ROWS)
    SIGNED_OPS(INTEGER_ROW)
    UNSIGNED_OPS(INTEGER_ROW)
    {.op = "LogicalNot", .inplace = {{1, 1}}, .block = b_logical_not},
};

const TfgKernelRow *TFG_SIMD(tfg_kernels_math_unary)(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
