/* Comparisons, element by element, of numbers and bools.  Complex and string ones stand in math_complex.c and math_string.c. */
#include "base/memory.h"
#include "base/status.h"
#include "kernels/elementwise.h"

#define TYPES(X, op, id, expr)                                                             \
    X(op, id, INT8, int8_t, expr) X(op, id, INT16, int16_t, expr)                          \
    X(op, id, INT32, int32_t, expr) X(op, id, INT64, int64_t, expr)                        \
    X(op, id, UINT8, uint8_t, expr) X(op, id, UINT16, uint16_t, expr)                      \
    X(op, id, UINT32, uint32_t, expr) X(op, id, UINT64, uint64_t, expr)                    \
    X(op, id, float, float, expr) X(op, id, double, double, expr)

#define OPS(X, H, B)                                                                       \
    TYPES(X, "Equal", equal, x == y) H("Equal", equal) B("Equal", equal, x == y)           \
    TYPES(X, "NotEqual", not_equal, x != y) H("NotEqual", not_equal) B("NotEqual", not_equal, x != y) \
    TYPES(X, "Less", less, x < y) H("Less", less)                                          \
    TYPES(X, "LessEqual", less_equal, x <= y) H("LessEqual", less_equal)                   \
    TYPES(X, "Greater", greater, x > y) H("Greater", greater)                              \
    TYPES(X, "GreaterEqual", greater_equal, x >= y) H("GreaterEqual", greater_equal)

#define LOOP(op, id, D, T, expr) BINARY_LOOP(b_##id##_##D, T, bool, expr)
#define LOOP_HALF(op, id) HALF_LOOPS(b_##id, 2, 1)
#define LOOP_BOOL(op, id, expr) BINARY_LOOP(b_##id##_bool, uint8_t, bool, expr)
OPS(LOOP, LOOP_HALF, LOOP_BOOL)

/* ApproximateEqual: |x - y| below the tolerance, which prepare keeps as a float. */
static int prepare_tolerance(const TfgPrepare *p, void **state, TfgStatus *s)
{
    float *tolerance = tfg_alloc(sizeof *tolerance);
    if (!tolerance)
        return tfg_fail_memory(s);
    *tolerance = tfg_attrs_float(p->attrs, "tolerance");
    *state = tolerance;
    return 0;
}

static int run_approximate_equal(TfgKernelCall *c, TfgStatus *s)
{
    TfgShapeText x, y;
    if (!tfg_tensor_same_shape(c->in[0], c->in[1]))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "x and y must be of the same shape. x shape: %s. y shape: %s",
                        tfg_shape_text(c->in[0], &x), tfg_shape_text(c->in[1], &y));
    return tfg_broadcast_run(c, c->row->block, 2, c->state, s);
}

#define TOLERANCE (*(const float *)b->state)
BINARY_LOOP(b_approximate_equal_float, float, bool, fabsf(x - y) < TOLERANCE)
BINARY_LOOP(b_approximate_equal_double, double, bool, fabs(x - y) < (double)TOLERANCE)

#define COMPARE_ROW(op_name, D, fn) {.op = op_name, TFG_FOR(D), .block = fn},
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
#define ROW(op, id, D, T, expr) COMPARE_ROW(op, D_##D, b_##id##_##D)
#define ROW_HALF(op, id) COMPARE_ROW(op, TFG_HALF, b_##id##_half) COMPARE_ROW(op, TFG_BFLOAT16, b_##id##_bfloat16)
#define ROW_BOOL(op, id, expr) COMPARE_ROW(op, TFG_BOOL, b_##id##_bool)
#define APPROXIMATE_ROW(D, fn)                                                             \
    {.op = "ApproximateEqual", TFG_FOR(D), .block = fn, .prepare = prepare_tolerance, .release = tfg_free,                 \
     .run = run_approximate_equal},

static const TfgKernelRow rows[] = {
    OPS(ROW, ROW_HALF, ROW_BOOL)
    APPROXIMATE_ROW(TFG_FLOAT, b_approximate_equal_float)
    APPROXIMATE_ROW(TFG_DOUBLE, b_approximate_equal_double)
};

const TfgKernelRow *TFG_SIMD(tfg_kernels_math_compare)(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
