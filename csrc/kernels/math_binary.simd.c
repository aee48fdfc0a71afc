/* Arithmetic of two operands, element by element, that cannot fail.  Integer division stands in math_integer.simd.c, complex in
 * math_complex.c. */
#include "kernels/elementwise.h"
#include "kernels/nn.h"
#include "kernels/pair.h"

/* ---- Functions by SLEEF ------------------------------------------------------------------------------------------------ */

static inline VecF pow_f(VecF x, VecF y) { return SLEEF_F(pow, u10)(x, y); }
static inline VecD pow_d(VecD x, VecD y) { return SLEEF_D(pow, u10)(x, y); }
static inline VecF atan2_f(VecF y, VecF x) { return SLEEF_F(atan2, u10)(y, x); }
static inline VecD atan2_d(VecD y, VecD x) { return SLEEF_D(atan2, u10)(y, x); }

#define VECTOR_OPS(X) X("Pow", pow) X("Atan2", atan2)
#define VECTOR_LOOPS(op, id)                                         \
    BINARY_VEC_LOOP(b_##id##_float, float, VecF, VECF_N, id##_f)     \
    BINARY_VEC_LOOP(b_##id##_double, double, VecD, VECD_N, id##_d)   \
    HALF_LOOPS(b_##id, 2, 2)
VECTOR_OPS(VECTOR_LOOPS)

/* ---- Floating arithmetic ----------------------------------------------------------------------------------------------- */

/* Remainders as C's fmod; the floored one takes y's sign. */
static inline float floor_mod_float(float x, float y)
{
    float r = fmodf(x, y);
    return (x < 0) == (y < 0) ? r : fmodf(r + y, y);
}
static inline double floor_mod_double(double x, double y)
{
    double r = fmod(x, y);
    return (x < 0) == (y < 0) ? r : fmod(r + y, y);
}

/* The first operand stays where neither is larger, NaN included: TensorFlow's rule. */
#define LARGER (x < y ? y : x)
#define SMALLER (y < x ? y : x)

/* X(op, id, float expression, double expression) over T = float or double; ops that have pairs, and the others. */
#define PAIR_OPS(X)                                                                                   \
    X("Add", add, x + y, x + y) X("Sub", sub, x - y, x - y) X("Mul", mul, x * y, x * y)               \
    X("Maximum", maximum, LARGER, LARGER) X("Minimum", minimum, SMALLER, SMALLER)
#define FLOAT_OPS(X)                                                                                  \
    X("RealDiv", real_div, x / y, x / y) X("Div", div, x / y, x / y)                                  \
    X("DivNoNan", div_no_nan, y == 0 ? 0 : x / y, y == 0 ? 0 : x / y)                                 \
    X("SquaredDifference", squared_difference, (x - y) * (x - y), (x - y) * (x - y))                  \
    X("FloorDiv", floor_div, floorf(x / y), floor(x / y))                                             \
    X("FloorMod", floor_mod, floor_mod_float(x, y), floor_mod_double(x, y))                           \
    X("Mod", mod, fmodf(x, y), fmod(x, y)) X("TruncateMod", truncate_mod, fmodf(x, y), fmod(x, y))    \
    X("TruncateDiv", truncate_div, truncf(x / y), trunc(x / y))                                       \
    X("InvGrad", inv_grad, -y * x * x, -y * x * x)                                                    \
    X("ReciprocalGrad", reciprocal_grad, -y * x * x, -y * x * x)                                      \
    X("SqrtGrad", sqrt_grad, 0.5f * y / x, 0.5 * y / x)                                               \
    X("RsqrtGrad", rsqrt_grad, -0.5f * y * (x * x * x), -0.5 * y * (x * x * x))                       \
    X("SigmoidGrad", sigmoid_grad, y * x * (1 - x), y * x * (1 - x))                                  \
    X("TanhGrad", tanh_grad, y * (1 - x * x), y * (1 - x * x))

#define FLOAT_LOOPS(op, id, fexpr, dexpr)                 \
    BINARY_LOOP(b_##id##_float, float, float, fexpr)      \
    BINARY_LOOP(b_##id##_double, double, double, dexpr)   \
    HALF_LOOPS(b_##id, 2, 2)
PAIR_OPS(FLOAT_LOOPS)
FLOAT_OPS(FLOAT_LOOPS)

/* ---- Integers wrap around: sums and products are those of uint64_t, cut to the type ----------------------------------- */

#define INTEGERS(X, op, id, expr)                                                          \
    X(op, id, INT8, int8_t, expr) X(op, id, INT16, int16_t, expr)                          \
    X(op, id, INT32, int32_t, expr) X(op, id, INT64, int64_t, expr)                        \
    X(op, id, UINT8, uint8_t, expr) X(op, id, UINT16, uint16_t, expr)                      \
    X(op, id, UINT32, uint32_t, expr) X(op, id, UINT64, uint64_t, expr)

#define WX (uint64_t)x
#define WY (uint64_t)y
/* Shifts by negative amounts, or past the width, are shifts by 0 and by width - 1. */
#define AMOUNT (y < 1 ? 0 : WY > sizeof(x) * 8 - 1 ? (int)sizeof(x) * 8 - 1 : (int)y)
#define WRAP_OPS(X)                                                                        \
    INTEGERS(X, "Add", add, WX + WY) INTEGERS(X, "AddV2", add_v2, WX + WY)                 \
    INTEGERS(X, "Sub", sub, WX - WY) INTEGERS(X, "Mul", mul, WX * WY)                      \
    INTEGERS(X, "Maximum", maximum, LARGER) INTEGERS(X, "Minimum", minimum, SMALLER)       \
    INTEGERS(X, "SquaredDifference", squared_difference, (WX - WY) * (WX - WY))            \
    INTEGERS(X, "BitwiseAnd", bitwise_and, x & y) INTEGERS(X, "BitwiseOr", bitwise_or, x | y) \
    INTEGERS(X, "BitwiseXor", bitwise_xor, x ^ y)                                          \
    INTEGERS(X, "LeftShift", left_shift, WX << AMOUNT)                                     \
    INTEGERS(X, "RightShift", right_shift, x >> AMOUNT)
#define WRAP_LOOP(op, id, D, T, expr) BINARY_LOOP(b_##id##_##D, T, T, expr)
WRAP_OPS(WRAP_LOOP)

BINARY_LOOP(b_logical_and, uint8_t, uint8_t, x & y)
BINARY_LOOP(b_logical_or, uint8_t, uint8_t, x | y)

/* ---- Rows --------------------------------------------------------------------------------------------------------------- */

#define VECTOR_ROW(op_name, D, fn)                                                         \
    {.op = op_name, TFG_FOR(D), .flags = TFG_KERNEL_EXPENSIVE, .inplace = {{1, 1}, {2, 1}}, .block = fn},
#define VECTOR_ROWS(op, id)                                                                \
    VECTOR_ROW(op, TFG_FLOAT, b_##id##_float) VECTOR_ROW(op, TFG_DOUBLE, b_##id##_double)  \
    VECTOR_ROW(op, TFG_HALF, b_##id##_half) VECTOR_ROW(op, TFG_BFLOAT16, b_##id##_bfloat16)
#define WIDE_ROWS(op, id)                                                                  \
    BINARY_ROW(op, TFG_DOUBLE, b_##id##_double)                                            \
    BINARY_ROW(op, TFG_HALF, b_##id##_half) BINARY_ROW(op, TFG_BFLOAT16, b_##id##_bfloat16)
#define FLOAT_ROWS(op, id, ...) BINARY_ROW(op, TFG_FLOAT, b_##id##_float) WIDE_ROWS(op, id)
#define PAIR_ROWS(op_name, id, ...)                                                        \
    {.op = op_name, TFG_FOR(TFG_FLOAT), .inplace = {{1, 1}, {2, 1}}, .block = b_##id##_float, .pairs = TFG_PAIRS_OF(id)}, \
    WIDE_ROWS(op_name, id)
#define WRAP_ROW(op, id, D, ...) BINARY_ROW(op, TFG_##D, b_##id##_##D)
#define BOOL_ROW(op_name, fn) {.op = op_name, .inplace = {{1, 1}, {2, 1}}, .block = fn},

#define BIAS_ROWS(D, fn)                                                                   \
    {.op = "BiasAdd", TFG_FOR(TFG_##D), .inplace = {{1, 1}}, .block = fn, .fits = tfg_bias_fits, .run = tfg_bias_add_run},        \
    {.op = "BiasAddV1", TFG_FOR(TFG_##D), .inplace = {{1, 1}}, .block = fn, .fits = tfg_bias_fits, .run = tfg_bias_add_run},

static const TfgKernelRow rows[] = {
    VECTOR_OPS(VECTOR_ROWS)
    PAIR_OPS(PAIR_ROWS)
    PAIR_ROWS("AddV2", add)
    FLOAT_OPS(FLOAT_ROWS)
    WRAP_OPS(WRAP_ROW)
    BIAS_ROWS(FLOAT, b_add_float) BIAS_ROWS(DOUBLE, b_add_double) BIAS_ROWS(HALF, b_add_half) BIAS_ROWS(BFLOAT16, b_add_bfloat16)
    BIAS_ROWS(INT8, b_add_INT8) BIAS_ROWS(INT16, b_add_INT16) BIAS_ROWS(INT32, b_add_INT32) BIAS_ROWS(INT64, b_add_INT64)
    BIAS_ROWS(UINT8, b_add_UINT8) BIAS_ROWS(UINT16, b_add_UINT16) BIAS_ROWS(UINT32, b_add_UINT32) BIAS_ROWS(UINT64, b_add_UINT64)
    BOOL_ROW("LogicalAnd", b_logical_and)
    BOOL_ROW("LogicalOr", b_logical_or)
};

const TfgKernelRow *TFG_SIMD(tfg_kernels_math_binary)(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
