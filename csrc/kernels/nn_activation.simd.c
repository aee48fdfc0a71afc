/* Activation functions and their gradients. */
#include "kernels/elementwise.h"
#include "kernels/pair.h"

static inline VecF exp_f(VecF x) { return SLEEF_F(exp, u10)(x); }
static inline VecD exp_d(VecD x) { return SLEEF_D(exp, u10)(x); }

#define SELU_SCALE 1.0507009873554804934193349852946
#define SELU_SCALE_ALPHA 1.7580993408473768599402175208123
/* Beyond these softplus is x, or exp(x), to the last bit: log(epsilon) + 2. */
#define SOFTPLUS_F 13.942385f
#define SOFTPLUS_D 34.04365338911715

static inline VecF elu_f(VecF x) { return vecf_pick(x < 0, exp_f(x) - 1.0f, x); }
static inline VecD elu_d(VecD x) { return vecd_pick(x < 0, exp_d(x) - 1.0, x); }
static inline VecF selu_f(VecF x)
{
    return vecf_pick(x < 0, (float)SELU_SCALE_ALPHA * (exp_f(x) - 1.0f), (float)SELU_SCALE * x);
}
static inline VecD selu_d(VecD x) { return vecd_pick(x < 0, SELU_SCALE_ALPHA * (exp_d(x) - 1.0), SELU_SCALE * x); }
static inline VecF softplus_f(VecF x)
{
    VecF e = exp_f(x);
    return vecf_pick(x > SOFTPLUS_F, x, vecf_pick(x < -SOFTPLUS_F, e, SLEEF_F(log1p, u10)(e)));
}
static inline VecD softplus_d(VecD x)
{
    VecD e = exp_d(x);
    return vecd_pick(x > SOFTPLUS_D, x, vecd_pick(x < -SOFTPLUS_D, e, SLEEF_D(log1p, u10)(e)));
}
static inline VecF softplus_grad_f(VecF dy, VecF x) { return dy / (exp_f(-x) + 1.0f); }
static inline VecD softplus_grad_d(VecD dy, VecD x) { return dy / (exp_d(-x) + 1.0); }

/* Of halves, each step is rounded, as NumPy and TensorFlow do. */
static inline VecF rounded(VecF x)
{
    for (int i = 0; i < VECF_N; i++)
        x[i] = tfg_half_to_float(tfg_float_to_half(x[i]));
    return x;
}
static inline VecF elu_h(VecF x) { return vecf_pick(x < 0, rounded(exp_f(x)) - 1.0f, x); }
static inline VecF selu_h(VecF x)
{
    const float scale_alpha = tfg_half_to_float(tfg_float_to_half((float)SELU_SCALE_ALPHA));
    const float scale = tfg_half_to_float(tfg_float_to_half((float)SELU_SCALE));
    return vecf_pick(x < 0, scale_alpha * rounded(rounded(exp_f(x)) - 1.0f), scale * x);
}
UNARY_VEC_LOOP(b_elu_of_half, float, VecF, VECF_N, elu_h)
UNARY_VEC_LOOP(b_selu_of_half, float, VecF, VECF_N, selu_h)
#define b_softplus_of_half b_softplus_float

#define VECTOR_OPS(X) X("Elu", elu) X("Selu", selu) X("Softplus", softplus)
#define VECTOR_LOOPS(op, id)                                         \
    UNARY_VEC_LOOP(b_##id##_float, float, VecF, VECF_N, id##_f)      \
    UNARY_VEC_LOOP(b_##id##_double, double, VecD, VECD_N, id##_d)    \
    static void b_##id##_half(const TfgBlock *b) { half_block(b, TFG_HALF, 1, b_##id##_of_half, 2); }            \
    static void b_##id##_bfloat16(const TfgBlock *b) { half_block(b, TFG_BFLOAT16, 1, b_##id##_float, 2); }
VECTOR_OPS(VECTOR_LOOPS)
BINARY_VEC_LOOP(b_softplus_grad_float, float, VecF, VECF_N, softplus_grad_f)
BINARY_VEC_LOOP(b_softplus_grad_double, double, VecD, VECD_N, softplus_grad_d)
HALF_LOOPS(b_softplus_grad, 2, 2)

/* ---- Real types ---------------------------------------------------------------------------------------------------------------- */

#define TYPES(X, op, id, expr)                                                             \
    X(op, id, INT8, int8_t, expr) X(op, id, INT16, int16_t, expr)                          \
    X(op, id, INT32, int32_t, expr) X(op, id, INT64, int64_t, expr)                        \
    X(op, id, UINT8, uint8_t, expr) X(op, id, UINT16, uint16_t, expr)                      \
    X(op, id, UINT32, uint32_t, expr) X(op, id, UINT64, uint64_t, expr)                    \
    X(op, id, double, double, expr)
#define RELU 0 > x ? 0 : x
#define RELU6 0 > x ? 0 : x > 6 ? 6 : x
#define REAL_OPS(X, H) \
    TYPES(X, "Relu", relu, RELU) H("Relu", relu) TYPES(X, "Relu6", relu6, RELU6) X("Relu6", relu6, float, float, RELU6) H("Relu6", relu6)
/* x is the gradient that arrives, y the features: NaN times 0 stays NaN. */
#define REAL_GRADS(X, H)                                                                   \
    TYPES(X, "ReluGrad", relu_grad, x * (y > 0)) X("ReluGrad", relu_grad, float, float, x * (y > 0)) H("ReluGrad", relu_grad)  \
    TYPES(X, "Relu6Grad", relu6_grad, x * (y > 0 && y < 6)) X("Relu6Grad", relu6_grad, float, float, x * (y > 0 && y < 6)) \
    H("Relu6Grad", relu6_grad)

#pragma GCC diagnostic ignored "-Wtype-limits"      /* one text serves signed and unsigned types */
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wconversion"
#define LOOP(op, id, D, T, expr) UNARY_LOOP(b_##id##_##D, T, T, expr)
#define LOOP_HALF(op, id) HALF_LOOPS(b_##id, 1, 2)
#define GRAD_LOOP(op, id, D, T, expr) BINARY_LOOP(b_##id##_##D, T, T, expr)
#define GRAD_HALF(op, id) HALF_LOOPS(b_##id, 2, 2)
LOOP("Relu", relu, float, float, RELU)
REAL_OPS(LOOP, LOOP_HALF)
REAL_GRADS(GRAD_LOOP, GRAD_HALF)

/* ---- Floating types -------------------------------------------------------------------------------------------------------------- */

UNARY_LOOP(b_softsign_float, float, float, x / (fabsf(x) + 1))
UNARY_LOOP(b_softsign_double, double, double, x / (fabs(x) + 1))
HALF_LOOPS(b_softsign, 1, 2)
#define FLOAT_GRADS(X)                                                                                             \
    X("EluGrad", elu_grad, y < 0 ? (y + 1) * x : x, y < 0 ? (y + 1) * x : x)                                       \
    X("SeluGrad", selu_grad, y < 0 ? x * (y + (float)SELU_SCALE_ALPHA) : x * (float)SELU_SCALE,                    \
      y < 0 ? x * (y + SELU_SCALE_ALPHA) : x * SELU_SCALE)                                                         \
    X("SoftsignGrad", softsign_grad, x / ((fabsf(y) + 1) * (fabsf(y) + 1)), x / ((fabs(y) + 1) * (fabs(y) + 1)))
#define FLOAT_GRAD_LOOPS(op, id, fexpr, dexpr)            \
    BINARY_LOOP(b_##id##_float, float, float, fexpr)      \
    BINARY_LOOP(b_##id##_double, double, double, dexpr)   \
    HALF_LOOPS(b_##id, 2, 2)
FLOAT_GRADS(FLOAT_GRAD_LOOPS)

/* ---- Rows ------------------------------------------------------------------------------------------------------------------------- */

#define D_float TFG_FLOAT
#define D_double TFG_DOUBLE
#define D_INT8 TFG_INT8
#define D_INT16 TFG_INT16
#define D_INT32 TFG_INT32
#define D_INT64 TFG_INT64
#define D_UINT8 TFG_UINT8
#define D_UINT16 TFG_UINT16
#define D_UINT32 TFG_UINT32
#define D_UINT64 TFG_UINT64
#define FLOATS(ROW_OF, op, id)                                                                     \
    ROW_OF(op, TFG_FLOAT, b_##id##_float) ROW_OF(op, TFG_DOUBLE, b_##id##_double)                  \
    ROW_OF(op, TFG_HALF, b_##id##_half) ROW_OF(op, TFG_BFLOAT16, b_##id##_bfloat16)
#define VECTOR_ROW(op_name, D, fn) {.op = op_name, TFG_FOR(D), .flags = TFG_KERNEL_EXPENSIVE, .inplace = {{1, 1}}, .block = fn},
#define VECTOR_ROWS(op, id) FLOATS(VECTOR_ROW, op, id)
#define ROW(op, id, D, T, expr) UNARY_ROW(op, D_##D, b_##id##_##D)
#define ROW_HALF(op, id) UNARY_ROW(op, TFG_HALF, b_##id##_half) UNARY_ROW(op, TFG_BFLOAT16, b_##id##_bfloat16)
#define GRAD_ROW(op, id, D, T, expr) SAME_SHAPE_ROW(op, D_##D, b_##id##_##D)
#define GRAD_ROW_HALF(op, id) SAME_SHAPE_ROW(op, TFG_HALF, b_##id##_half) SAME_SHAPE_ROW(op, TFG_BFLOAT16, b_##id##_bfloat16)
#define FLOAT_GRAD_ROWS(op, id, ...) FLOATS(SAME_SHAPE_ROW, op, id)

static const TfgKernelRow rows[] = {
    VECTOR_OPS(VECTOR_ROWS)
    {.op = "Relu", TFG_FOR(TFG_FLOAT), .inplace = {{1, 1}}, .block = b_relu_float, .pairs = TFG_PAIRS_OF(relu)},
    REAL_OPS(ROW, ROW_HALF)
    REAL_GRADS(GRAD_ROW, GRAD_ROW_HALF)
    FLOATS(UNARY_ROW, "Softsign", softsign)
    FLOATS(SAME_SHAPE_ROW, "SoftplusGrad", softplus_grad)
    FLOAT_GRADS(FLOAT_GRAD_ROWS)
};

const TfgKernelRow *TFG_SIMD(tfg_kernels_nn_activation)(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
