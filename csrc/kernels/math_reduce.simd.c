/* Sum, Mean, Prod, Max, Min, All, Any, EuclideanNorm and L2Loss: their loops by type.  The driver stands in math_reduce.c. */
#include <math.h>

#include "kernels/nn.h"
#include "kernels/reduce.h"
#include "kernels/simd.h"

#define SAME(x) (x)
#define FROM_HALF(x) tfg_half_to_float(x)
#define FROM_BFLOAT16(x) tfg_bfloat16_to_float(x)
#define PLUS(a, b) ((a) + (b))
#define TIMES(a, b) ((a) * (b))
#define WRAP_PLUS(a, b) ((__typeof__(a))((uint64_t)(a) + (uint64_t)(b)))
#define WRAP_TIMES(a, b) ((__typeof__(a))((uint64_t)(a) * (uint64_t)(b)))
#define LARGER(a, b) ((b) > (a) ? (b) : (a))        /* NaN never is */
#define SMALLER(a, b) ((b) < (a) ? (b) : (a))
#define BOTH(a, b) ((a) & (b))
#define EITHER(a, b) ((a) | (b))
#define JUST(a, count) (a)
#define OVER(a, count) ((a) / (__typeof__(a))(count))
#define OVER_INT(a, count) ((count) ? (int64_t)(a) / (count) : 0)
#define OVER_UINT(a, count) ((count) ? (uint64_t)(a) / (uint64_t)(count) : 0)
#define TO_HALF(a, count) tfg_float_to_half(a)
#define TO_BFLOAT16(a, count) tfg_float_to_bfloat16(a)
#define TO_HALF_OVER(a, count) tfg_float_to_half((a) / (float)(count))
#define TO_BFLOAT16_OVER(a, count) tfg_float_to_bfloat16((a) / (float)(count))
#define SQUARED(x) ((x) * (x))
#define SQUARED_HALF(x) (tfg_half_to_float(x) * tfg_half_to_float(x))
#define SQUARED_BFLOAT16(x) (tfg_bfloat16_to_float(x) * tfg_bfloat16_to_float(x))
#define WRAP_SQUARED(x) WRAP_TIMES(x, x)
#define SQUARED_COMPLEX(x) ((__typeof__(x)){(x)[0] * (x)[0] + (x)[1] * (x)[1], 0})
#define ROOT(a, count) sqrt(a)
#define ROOT_FLOAT(a, count) sqrtf(a)
#define ROOT_INT(a, count) ((a) > 0 ? sqrt((double)(a)) : 0)    /* sums of integers wrap around */
#define ROOT_COMPLEX(a, count) ((__typeof__(a)){(__typeof__((a)[0]))sqrt((double)(a)[0]), 0})
#define TO_HALF_ROOT(a, count) tfg_float_to_half(sqrtf(a))
#define TO_BFLOAT16_ROOT(a, count) tfg_float_to_bfloat16(sqrtf(a))
#define HALVED(a, count) ((a) / 2)
#define TO_HALF_HALVED(a, count) tfg_float_to_half((a) / 2)
#define TO_BFLOAT16_HALVED(a, count) tfg_float_to_bfloat16((a) / 2)

typedef float Complex64V __attribute__((vector_size(8)));
typedef double Complex128V __attribute__((vector_size(16)));
static inline Complex64V times64(Complex64V a, Complex64V b)
{
    return (Complex64V){a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]};
}
static inline Complex128V times128(Complex128V a, Complex128V b)
{
    return (Complex128V){a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]};
}
#define TIMES64(a, b) times64(a, b)
#define TIMES128(a, b) times128(a, b)
#define OVER_COMPLEX(a, count) ((a) / (__typeof__((a)[0]))((count) ? (count) : 1))

#define SHORT_LANES 8           /* of a row of at most TFG_REDUCE_LANES */

/* The loops of one reduction over elements T with accumulators A: LOAD(x) gives an A, OP(a, b) joins two, INIT is the empty result;
 * OUT is the output's type and FINISH(a, count) its value.  AGAIN is the reducer that joins accumulators. */
#define REDUCTION(NAME, T, A, LOAD, OP, INIT, OUT, FINISH, DIRECT, AGAIN)                                      \
    static void NAME##_begin(void *state)                                                                      \
    {                                                                                                          \
        A *lane = state;                                                                                       \
        for (int k = 0; k < TFG_REDUCE_LANES; k++)                                                             \
            lane[k] = INIT;                                                                                    \
    }                                                                                                          \
                                                                                                               \
    static void NAME##_add(void *state, const void *in, int64_t n)                                             \
    {                                                                                                          \
        A lane[TFG_REDUCE_LANES];               /* a copy, which the compiler keeps in registers */              \
        const T *p = in;                                                                                       \
        int64_t i = 0;                                                                                         \
        memcpy(lane, state, sizeof lane);                                                                      \
        for (; i + TFG_REDUCE_LANES <= n; i += TFG_REDUCE_LANES)                                               \
            for (int k = 0; k < TFG_REDUCE_LANES; k++)                                                         \
                lane[k] = OP(lane[k], LOAD(p[i + k]));                                                         \
        for (int k = 0; i + k < n; k++)                                                                        \
            lane[k] = OP(lane[k], LOAD(p[i + k]));                                                             \
        memcpy(state, lane, sizeof lane);                                                                      \
    }                                                                                                          \
                                                                                                               \
    static void NAME##_end(void *state, void *acc)                                                             \
    {                                                                                                          \
        A *lane = state;                                                                                       \
        for (int w = TFG_REDUCE_LANES / 2; w > 0; w /= 2)                                                      \
            for (int k = 0; k < w; k++)                                                                        \
                lane[k] = OP(lane[k], lane[k + w]);                                                            \
        *(A *)acc = lane[0];                                                                                   \
    }                                                                                                          \
                                                                                                               \
    static void NAME##_combine(void *acc, const void *other)                                                   \
    {                                                                                                          \
        *(A *)acc = OP(*(A *)acc, *(const A *)other);                                                          \
    }                                                                                                          \
                                                                                                               \
    static void NAME##_store(const void *acc, int64_t n, int64_t count, void *out)                             \
    {                                                                                                          \
        (void)count;                                                                                           \
        const A *a = acc;                                                                                      \
        OUT *to = out;                                                                                         \
        for (int64_t i = 0; i < n; i++)                                                                        \
            to[i] = (OUT)FINISH(a[i], count);                                                                  \
    }                                                                                                          \
                                                                                                               \
    static void NAME##_finish(const void *acc, int64_t count, void *out)                                       \
    {                                                                                                          \
        NAME##_store(acc, 1, count, out);                                                                      \
    }                                                                                                          \
                                                                                                               \
    static void NAME##_short_rows(const void *in, int64_t rows_n, int64_t n, void *out)                        \
    {                                                                                                          \
        const T *p = in;                                                                                       \
        A *to = out;                                                                                           \
        for (int64_t r = 0; r < rows_n; r++, p += n) {                                                         \
            A a = INIT;                                                                                        \
            int64_t i = 0;                                                                                     \
            if (n >= 2 * SHORT_LANES) {                                                                        \
                A lane[SHORT_LANES];                                                                           \
                for (int k = 0; k < SHORT_LANES; k++)                                                          \
                    lane[k] = LOAD(p[k]);                                                                      \
                for (i = SHORT_LANES; i + SHORT_LANES <= n; i += SHORT_LANES)                                  \
                    for (int k = 0; k < SHORT_LANES; k++)                                                      \
                        lane[k] = OP(lane[k], LOAD(p[i + k]));                                                 \
                for (int w = SHORT_LANES / 2; w > 0; w /= 2)                                                   \
                    for (int k = 0; k < w; k++)                                                                \
                        lane[k] = OP(lane[k], lane[k + w]);                                                    \
                a = lane[0];                                                                                   \
            }                                                                                                  \
            for (; i < n; i++)                                                                                 \
                a = OP(a, LOAD(p[i]));                                                                         \
            to[r] = a;                                                                                         \
        }                                                                                                      \
    }                                                                                                          \
                                                                                                               \
    static void NAME##_clear(void *acc, int64_t n)                                                             \
    {                                                                                                          \
        A *a = acc;                                                                                            \
        for (int64_t i = 0; i < n; i++)                                                                        \
            a[i] = INIT;                                                                                       \
    }                                                                                                          \
                                                                                                               \
    static void NAME##_columns(void *acc, const void *in, int64_t rows_n, int64_t stride, int64_t n)           \
    {                                                                                                          \
        A *restrict a = acc;                                                                                   \
        const T *restrict p = in;                                                                              \
        for (int64_t r = 0; r < rows_n; r++, p += stride)                                                      \
            for (int64_t k = 0; k < n; k++)                                                                    \
                a[k] = OP(a[k], LOAD(p[k]));                                                                   \
    }                                                                                                          \
                                                                                                               \
    static const TfgReducer NAME##_reducer = {                                                                 \
        .fns = {NAME##_begin, NAME##_add, NAME##_end, NAME##_combine, NAME##_finish},                          \
        .in_size = sizeof(T), .acc_size = sizeof(A), .direct = DIRECT, .again = AGAIN,                         \
        .short_rows = NAME##_short_rows, .clear = NAME##_clear, .columns = NAME##_columns, .store = NAME##_store, \
    };

REDUCTION(sum_FLOAT, float, float, SAME, PLUS, 0, float, JUST, true, &sum_FLOAT_reducer)
REDUCTION(sum_DOUBLE, double, double, SAME, PLUS, 0, double, JUST, true, &sum_DOUBLE_reducer)
REDUCTION(sum_HALF, uint16_t, float, FROM_HALF, PLUS, 0, uint16_t, TO_HALF, false, &sum_FLOAT_reducer)
REDUCTION(sum_BFLOAT16, uint16_t, float, FROM_BFLOAT16, PLUS, 0, uint16_t, TO_BFLOAT16, false, &sum_FLOAT_reducer)
REDUCTION(sum_INT8, int8_t, int8_t, SAME, WRAP_PLUS, 0, int8_t, JUST, true, &sum_INT8_reducer)
REDUCTION(sum_INT16, int16_t, int16_t, SAME, WRAP_PLUS, 0, int16_t, JUST, true, &sum_INT16_reducer)
REDUCTION(sum_INT32, int32_t, int32_t, SAME, WRAP_PLUS, 0, int32_t, JUST, true, &sum_INT32_reducer)
REDUCTION(sum_INT64, int64_t, int64_t, SAME, WRAP_PLUS, 0, int64_t, JUST, true, &sum_INT64_reducer)
REDUCTION(sum_UINT8, uint8_t, uint8_t, SAME, WRAP_PLUS, 0, uint8_t, JUST, true, &sum_UINT8_reducer)
REDUCTION(sum_UINT16, uint16_t, uint16_t, SAME, WRAP_PLUS, 0, uint16_t, JUST, true, &sum_UINT16_reducer)
REDUCTION(sum_UINT32, uint32_t, uint32_t, SAME, WRAP_PLUS, 0, uint32_t, JUST, true, &sum_UINT32_reducer)
REDUCTION(sum_UINT64, uint64_t, uint64_t, SAME, WRAP_PLUS, 0, uint64_t, JUST, true, &sum_UINT64_reducer)
REDUCTION(sum_COMPLEX64, Complex64V, Complex64V, SAME, PLUS, ((Complex64V){0}), Complex64V, JUST, true, &sum_COMPLEX64_reducer)
REDUCTION(sum_COMPLEX128, Complex128V, Complex128V, SAME, PLUS, ((Complex128V){0}), Complex128V, JUST, true, &sum_COMPLEX128_reducer)
REDUCTION(prod_FLOAT, float, float, SAME, TIMES, 1, float, JUST, true, &prod_FLOAT_reducer)
REDUCTION(prod_DOUBLE, double, double, SAME, TIMES, 1, double, JUST, true, &prod_DOUBLE_reducer)
REDUCTION(prod_HALF, uint16_t, float, FROM_HALF, TIMES, 1, uint16_t, TO_HALF, false, &prod_FLOAT_reducer)
REDUCTION(prod_BFLOAT16, uint16_t, float, FROM_BFLOAT16, TIMES, 1, uint16_t, TO_BFLOAT16, false, &prod_FLOAT_reducer)
REDUCTION(prod_INT8, int8_t, int8_t, SAME, WRAP_TIMES, 1, int8_t, JUST, true, &prod_INT8_reducer)
REDUCTION(prod_INT16, int16_t, int16_t, SAME, WRAP_TIMES, 1, int16_t, JUST, true, &prod_INT16_reducer)
REDUCTION(prod_INT32, int32_t, int32_t, SAME, WRAP_TIMES, 1, int32_t, JUST, true, &prod_INT32_reducer)
REDUCTION(prod_INT64, int64_t, int64_t, SAME, WRAP_TIMES, 1, int64_t, JUST, true, &prod_INT64_reducer)
REDUCTION(prod_UINT8, uint8_t, uint8_t, SAME, WRAP_TIMES, 1, uint8_t, JUST, true, &prod_UINT8_reducer)
REDUCTION(prod_UINT16, uint16_t, uint16_t, SAME, WRAP_TIMES, 1, uint16_t, JUST, true, &prod_UINT16_reducer)
REDUCTION(prod_UINT32, uint32_t, uint32_t, SAME, WRAP_TIMES, 1, uint32_t, JUST, true, &prod_UINT32_reducer)
REDUCTION(prod_UINT64, uint64_t, uint64_t, SAME, WRAP_TIMES, 1, uint64_t, JUST, true, &prod_UINT64_reducer)
REDUCTION(prod_COMPLEX64, Complex64V, Complex64V, SAME, TIMES64, ((Complex64V){1}), Complex64V, JUST, true, &prod_COMPLEX64_reducer)
REDUCTION(prod_COMPLEX128, Complex128V, Complex128V, SAME, TIMES128, ((Complex128V){1}), Complex128V, JUST, true, &prod_COMPLEX128_reducer)
REDUCTION(max_FLOAT, float, float, SAME, LARGER, (-(float)INFINITY), float, JUST, true, &max_FLOAT_reducer)
REDUCTION(max_DOUBLE, double, double, SAME, LARGER, (-(double)INFINITY), double, JUST, true, &max_DOUBLE_reducer)
REDUCTION(max_HALF, uint16_t, float, FROM_HALF, LARGER, (-(float)INFINITY), uint16_t, TO_HALF, false, &max_FLOAT_reducer)
REDUCTION(max_BFLOAT16, uint16_t, float, FROM_BFLOAT16, LARGER, (-(float)INFINITY), uint16_t, TO_BFLOAT16, false, &max_FLOAT_reducer)
REDUCTION(max_INT8, int8_t, int8_t, SAME, LARGER, INT8_MIN, int8_t, JUST, true, &max_INT8_reducer)
REDUCTION(max_INT16, int16_t, int16_t, SAME, LARGER, INT16_MIN, int16_t, JUST, true, &max_INT16_reducer)
REDUCTION(max_INT32, int32_t, int32_t, SAME, LARGER, INT32_MIN, int32_t, JUST, true, &max_INT32_reducer)
REDUCTION(max_INT64, int64_t, int64_t, SAME, LARGER, INT64_MIN, int64_t, JUST, true, &max_INT64_reducer)
REDUCTION(max_UINT8, uint8_t, uint8_t, SAME, LARGER, 0, uint8_t, JUST, true, &max_UINT8_reducer)
REDUCTION(max_UINT16, uint16_t, uint16_t, SAME, LARGER, 0, uint16_t, JUST, true, &max_UINT16_reducer)
REDUCTION(max_UINT32, uint32_t, uint32_t, SAME, LARGER, 0, uint32_t, JUST, true, &max_UINT32_reducer)
REDUCTION(max_UINT64, uint64_t, uint64_t, SAME, LARGER, 0, uint64_t, JUST, true, &max_UINT64_reducer)
REDUCTION(min_FLOAT, float, float, SAME, SMALLER, ((float)INFINITY), float, JUST, true, &min_FLOAT_reducer)
REDUCTION(min_DOUBLE, double, double, SAME, SMALLER, ((double)INFINITY), double, JUST, true, &min_DOUBLE_reducer)
REDUCTION(min_HALF, uint16_t, float, FROM_HALF, SMALLER, ((float)INFINITY), uint16_t, TO_HALF, false, &min_FLOAT_reducer)
REDUCTION(min_BFLOAT16, uint16_t, float, FROM_BFLOAT16, SMALLER, ((float)INFINITY), uint16_t, TO_BFLOAT16, false, &min_FLOAT_reducer)
REDUCTION(min_INT8, int8_t, int8_t, SAME, SMALLER, INT8_MAX, int8_t, JUST, true, &min_INT8_reducer)
REDUCTION(min_INT16, int16_t, int16_t, SAME, SMALLER, INT16_MAX, int16_t, JUST, true, &min_INT16_reducer)
REDUCTION(min_INT32, int32_t, int32_t, SAME, SMALLER, INT32_MAX, int32_t, JUST, true, &min_INT32_reducer)
REDUCTION(min_INT64, int64_t, int64_t, SAME, SMALLER, INT64_MAX, int64_t, JUST, true, &min_INT64_reducer)
REDUCTION(min_UINT8, uint8_t, uint8_t, SAME, SMALLER, UINT8_MAX, uint8_t, JUST, true, &min_UINT8_reducer)
REDUCTION(min_UINT16, uint16_t, uint16_t, SAME, SMALLER, UINT16_MAX, uint16_t, JUST, true, &min_UINT16_reducer)
REDUCTION(min_UINT32, uint32_t, uint32_t, SAME, SMALLER, UINT32_MAX, uint32_t, JUST, true, &min_UINT32_reducer)
REDUCTION(min_UINT64, uint64_t, uint64_t, SAME, SMALLER, UINT64_MAX, uint64_t, JUST, true, &min_UINT64_reducer)
REDUCTION(all_BOOL, uint8_t, uint8_t, SAME, BOTH, 1, uint8_t, JUST, true, &all_BOOL_reducer)
REDUCTION(any_BOOL, uint8_t, uint8_t, SAME, EITHER, 0, uint8_t, JUST, true, &any_BOOL_reducer)
REDUCTION(l2_FLOAT, float, float, SQUARED, PLUS, 0, float, HALVED, false, &sum_FLOAT_reducer)
REDUCTION(l2_DOUBLE, double, double, SQUARED, PLUS, 0, double, HALVED, false, &sum_DOUBLE_reducer)
REDUCTION(l2_HALF, uint16_t, float, SQUARED_HALF, PLUS, 0, uint16_t, TO_HALF_HALVED, false, &sum_FLOAT_reducer)
REDUCTION(l2_BFLOAT16, uint16_t, float, SQUARED_BFLOAT16, PLUS, 0, uint16_t, TO_BFLOAT16_HALVED, false, &sum_FLOAT_reducer)
REDUCTION(norm_FLOAT, float, float, SQUARED, PLUS, 0, float, ROOT_FLOAT, false, &sum_FLOAT_reducer)
REDUCTION(norm_DOUBLE, double, double, SQUARED, PLUS, 0, double, ROOT, false, &sum_DOUBLE_reducer)
REDUCTION(norm_HALF, uint16_t, float, SQUARED_HALF, PLUS, 0, uint16_t, TO_HALF_ROOT, false, &sum_FLOAT_reducer)
REDUCTION(norm_BFLOAT16, uint16_t, float, SQUARED_BFLOAT16, PLUS, 0, uint16_t, TO_BFLOAT16_ROOT, false, &sum_FLOAT_reducer)
REDUCTION(norm_INT8, int8_t, int8_t, WRAP_SQUARED, WRAP_PLUS, 0, int8_t, ROOT_INT, false, &sum_INT8_reducer)
REDUCTION(norm_UINT8, uint8_t, uint8_t, WRAP_SQUARED, WRAP_PLUS, 0, uint8_t, ROOT_INT, false, &sum_UINT8_reducer)
REDUCTION(norm_INT16, int16_t, int16_t, WRAP_SQUARED, WRAP_PLUS, 0, int16_t, ROOT_INT, false, &sum_INT16_reducer)
REDUCTION(norm_UINT16, uint16_t, uint16_t, WRAP_SQUARED, WRAP_PLUS, 0, uint16_t, ROOT_INT, false, &sum_UINT16_reducer)
REDUCTION(norm_INT32, int32_t, int32_t, WRAP_SQUARED, WRAP_PLUS, 0, int32_t, ROOT_INT, false, &sum_INT32_reducer)
REDUCTION(norm_UINT32, uint32_t, uint32_t, WRAP_SQUARED, WRAP_PLUS, 0, uint32_t, ROOT_INT, false, &sum_UINT32_reducer)
REDUCTION(norm_INT64, int64_t, int64_t, WRAP_SQUARED, WRAP_PLUS, 0, int64_t, ROOT_INT, false, &sum_INT64_reducer)
REDUCTION(norm_UINT64, uint64_t, uint64_t, WRAP_SQUARED, WRAP_PLUS, 0, uint64_t, ROOT_INT, false, &sum_UINT64_reducer)
REDUCTION(norm_COMPLEX64, Complex64V, Complex64V, SQUARED_COMPLEX, PLUS, ((Complex64V){0}), Complex64V, ROOT_COMPLEX, false, &sum_COMPLEX64_reducer)
REDUCTION(norm_COMPLEX128, Complex128V, Complex128V, SQUARED_COMPLEX, PLUS, ((Complex128V){0}), Complex128V, ROOT_COMPLEX, false, &sum_COMPLEX128_reducer)
#define AGAIN_FLOAT &sum_FLOAT_reducer
#define AGAIN_DOUBLE &sum_DOUBLE_reducer
#define AGAIN_HALF &sum_FLOAT_reducer
#define AGAIN_BFLOAT16 &sum_FLOAT_reducer
#define AGAIN_COMPLEX64 &sum_COMPLEX64_reducer
#define AGAIN_COMPLEX128 &sum_COMPLEX128_reducer
#define AGAIN_INT8 &sum_INT8_reducer
#define AGAIN_INT16 &sum_INT16_reducer
#define AGAIN_INT32 &sum_INT32_reducer
#define AGAIN_INT64 &sum_INT64_reducer
#define AGAIN_UINT8 &sum_UINT8_reducer
#define AGAIN_UINT16 &sum_UINT16_reducer
#define AGAIN_UINT32 &sum_UINT32_reducer
#define AGAIN_UINT64 &sum_UINT64_reducer
/* Mean sums, and divides at the end. */
#define MEAN(D, OUT_T, A, FINISH)                                                                           \
    static void mean_##D##_store(const void *acc, int64_t n, int64_t count, void *out)                      \
    {                                                                                                       \
        const A *a = acc;                                                                                   \
        OUT_T *to = out;                                                                                    \
        for (int64_t i = 0; i < n; i++)                                                                     \
            to[i] = (OUT_T)FINISH(a[i], count);                                                             \
    }                                                                                                       \
    static void mean_##D##_finish(const void *acc, int64_t count, void *out) { mean_##D##_store(acc, 1, count, out); } \
    static const TfgReducer mean_##D##_reducer = {                                                          \
        .fns = {sum_##D##_begin, sum_##D##_add, sum_##D##_end, sum_##D##_combine, mean_##D##_finish},       \
        .in_size = sizeof(OUT_T), .acc_size = sizeof(A), .again = AGAIN_##D,                       \
        .short_rows = sum_##D##_short_rows, .clear = sum_##D##_clear, .columns = sum_##D##_columns,         \
        .store = mean_##D##_store,                                                                          \
    };
MEAN(FLOAT, float, float, OVER)
MEAN(DOUBLE, double, double, OVER)
MEAN(INT8, int8_t, int8_t, OVER_INT)
MEAN(INT16, int16_t, int16_t, OVER_INT)
MEAN(INT32, int32_t, int32_t, OVER_INT)
MEAN(INT64, int64_t, int64_t, OVER_INT)
MEAN(UINT8, uint8_t, uint8_t, OVER_UINT)
MEAN(UINT16, uint16_t, uint16_t, OVER_UINT)
MEAN(UINT32, uint32_t, uint32_t, OVER_UINT)
MEAN(UINT64, uint64_t, uint64_t, OVER_UINT)
MEAN(COMPLEX64, Complex64V, Complex64V, OVER_COMPLEX)
MEAN(COMPLEX128, Complex128V, Complex128V, OVER_COMPLEX)
MEAN(HALF, uint16_t, float, TO_HALF_OVER)
MEAN(BFLOAT16, uint16_t, float, TO_BFLOAT16_OVER)

#define ROW(op_name, D, name)                                                                               \
    {.op = op_name, TFG_FOR(TFG_##D), .host_in = 2, .reduce = &name##_reducer.fns, .run = tfg_reduce_run},
#define BOOL_ROW(op_name, name) {.op = op_name, .host_in = 2, .reduce = &name##_reducer.fns, .run = tfg_reduce_run},
#define BIAS_ROW(D) {.op = "BiasAddGrad", TFG_FOR(TFG_##D), .loops = &sum_##D##_reducer, .run = tfg_bias_add_grad_run},
#define L2_ROW(D) {.op = "L2Loss", TFG_FOR(TFG_##D), .reduce = &l2_##D##_reducer.fns, .run = tfg_reduce_all_run},

static const TfgKernelRow rows[] = {
    ROW("EuclideanNorm", FLOAT, norm_FLOAT) ROW("EuclideanNorm", DOUBLE, norm_DOUBLE)
    ROW("EuclideanNorm", HALF, norm_HALF) ROW("EuclideanNorm", BFLOAT16, norm_BFLOAT16)
    ROW("EuclideanNorm", INT8, norm_INT8) ROW("EuclideanNorm", INT16, norm_INT16)
    ROW("EuclideanNorm", INT32, norm_INT32) ROW("EuclideanNorm", INT64, norm_INT64)
    ROW("EuclideanNorm", UINT8, norm_UINT8) ROW("EuclideanNorm", UINT16, norm_UINT16)
    ROW("EuclideanNorm", UINT32, norm_UINT32) ROW("EuclideanNorm", UINT64, norm_UINT64)
    ROW("EuclideanNorm", COMPLEX64, norm_COMPLEX64) ROW("EuclideanNorm", COMPLEX128, norm_COMPLEX128)
    ROW("Sum", FLOAT, sum_FLOAT) ROW("Sum", DOUBLE, sum_DOUBLE) ROW("Sum", HALF, sum_HALF)
    ROW("Sum", BFLOAT16, sum_BFLOAT16) ROW("Sum", INT8, sum_INT8) ROW("Sum", INT16, sum_INT16)
    ROW("Sum", INT32, sum_INT32) ROW("Sum", INT64, sum_INT64) ROW("Sum", UINT8, sum_UINT8)
    ROW("Sum", UINT16, sum_UINT16) ROW("Sum", UINT32, sum_UINT32) ROW("Sum", UINT64, sum_UINT64)
    ROW("Sum", COMPLEX64, sum_COMPLEX64) ROW("Sum", COMPLEX128, sum_COMPLEX128) ROW("Prod", FLOAT, prod_FLOAT)
    ROW("Prod", DOUBLE, prod_DOUBLE) ROW("Prod", HALF, prod_HALF) ROW("Prod", BFLOAT16, prod_BFLOAT16)
    ROW("Prod", INT8, prod_INT8) ROW("Prod", INT16, prod_INT16) ROW("Prod", INT32, prod_INT32)
    ROW("Prod", INT64, prod_INT64) ROW("Prod", UINT8, prod_UINT8) ROW("Prod", UINT16, prod_UINT16)
    ROW("Prod", UINT32, prod_UINT32) ROW("Prod", UINT64, prod_UINT64) ROW("Prod", COMPLEX64, prod_COMPLEX64)
    ROW("Prod", COMPLEX128, prod_COMPLEX128) ROW("Max", FLOAT, max_FLOAT) ROW("Max", DOUBLE, max_DOUBLE)
    ROW("Max", HALF, max_HALF) ROW("Max", BFLOAT16, max_BFLOAT16) ROW("Max", INT8, max_INT8)
    ROW("Max", INT16, max_INT16) ROW("Max", INT32, max_INT32) ROW("Max", INT64, max_INT64)
    ROW("Max", UINT8, max_UINT8) ROW("Max", UINT16, max_UINT16) ROW("Max", UINT32, max_UINT32)
    ROW("Max", UINT64, max_UINT64) ROW("Min", FLOAT, min_FLOAT) ROW("Min", DOUBLE, min_DOUBLE)
    ROW("Min", HALF, min_HALF) ROW("Min", BFLOAT16, min_BFLOAT16) ROW("Min", INT8, min_INT8)
    ROW("Min", INT16, min_INT16) ROW("Min", INT32, min_INT32) ROW("Min", INT64, min_INT64)
    ROW("Min", UINT8, min_UINT8) ROW("Min", UINT16, min_UINT16) ROW("Min", UINT32, min_UINT32)
    ROW("Min", UINT64, min_UINT64) ROW("Mean", FLOAT, mean_FLOAT) ROW("Mean", DOUBLE, mean_DOUBLE)
    ROW("Mean", INT8, mean_INT8) ROW("Mean", INT16, mean_INT16) ROW("Mean", INT32, mean_INT32)
    ROW("Mean", INT64, mean_INT64) ROW("Mean", UINT8, mean_UINT8) ROW("Mean", UINT16, mean_UINT16)
    ROW("Mean", UINT32, mean_UINT32) ROW("Mean", UINT64, mean_UINT64) ROW("Mean", COMPLEX64, mean_COMPLEX64)
    ROW("Mean", COMPLEX128, mean_COMPLEX128) ROW("Mean", HALF, mean_HALF) ROW("Mean", BFLOAT16, mean_BFLOAT16)
    BOOL_ROW("All", all_BOOL)
    BOOL_ROW("Any", any_BOOL)
    BIAS_ROW(FLOAT) BIAS_ROW(DOUBLE) BIAS_ROW(HALF) BIAS_ROW(BFLOAT16) BIAS_ROW(COMPLEX64) BIAS_ROW(COMPLEX128)
    BIAS_ROW(INT8) BIAS_ROW(INT16) BIAS_ROW(INT32) BIAS_ROW(INT64) BIAS_ROW(UINT8) BIAS_ROW(UINT16) BIAS_ROW(UINT32) BIAS_ROW(UINT64)
    L2_ROW(FLOAT) L2_ROW(DOUBLE) L2_ROW(HALF) L2_ROW(BFLOAT16)
};

const TfgKernelRow *TFG_SIMD(tfg_kernels_math_reduce)(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
