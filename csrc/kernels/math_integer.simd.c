/* Integer operations that can fail: division by zero, negative powers.  The loops raise a flag, and the run answers. */
#include <stdatomic.h>

#include "kernels/elementwise.h"

#pragma GCC diagnostic ignored "-Wtype-limits"      /* one text serves signed and unsigned types */

#define FAILED atomic_store_explicit((_Atomic int *)(uintptr_t)b->state, 1, memory_order_relaxed)

static int run_checked(TfgKernelCall *c, TfgBlockFn fn, const char *message, TfgStatus *s)
{
    _Atomic int failed = 0;
    if (tfg_broadcast_run(c, fn, 2, &failed, s) < 0)
        return -1;
    if (failed && strncmp(c->row->op, "Truncate", 8) == 0)     /* TensorFlow has no better words for these two */
        return tfg_fail(s, TFG_INTERNAL, "Unexpected error in binary operator (only integer div and mod should have errors)");
    return failed ? tfg_fail(s, TFG_INVALID_ARGUMENT, "%s", message) : 0;
}

/* Truncating (Div does, too) and flooring; MIN / -1 wraps to MIN.  y is never 0 here.  Up to 32 bits a quotient of doubles, cut to
 * an integer, is exact: it lies further from the next integer than a double's rounding.  Vectors can do that. */
#define DIVISION(T, U)                                                                     \
    static inline T truncate_div_##T(T x, T y)                                             \
    {                                                                                      \
        if (sizeof(T) < 8)                                                                 \
            return (T)(int64_t)((double)x / (double)y);                                    \
        return y == (T)-1 && (T)-1 < 0 ? (T)((U)0 - (U)x) : (T)(x / y);                    \
    }                                                                                      \
    static inline T truncate_mod_##T(T x, T y)                                             \
    {                                                                                      \
        if (sizeof(T) < 8)                                                                 \
            return (T)((int64_t)x - (int64_t)((double)x / (double)y) * (int64_t)y);        \
        return y == (T)-1 && (T)-1 < 0 ? 0 : (T)(x % y);                                   \
    }                                                                                      \
    static inline T floor_div_##T(T x, T y)                                                \
    {                                                                                      \
        if (sizeof(T) < 8)                                                                 \
            return (T)(int64_t)floor((double)x / (double)y);                               \
        T q = truncate_div_##T(x, y);                                                      \
        return (T)(truncate_mod_##T(x, y) != 0 && (x < 0) != (y < 0) ? q - 1 : q);         \
    }                                                                                      \
    static inline T floor_mod_##T(T x, T y)                                                \
    {                                                                                      \
        if (sizeof(T) < 8)                                                                 \
            return (T)((int64_t)x - (int64_t)floor((double)x / (double)y) * (int64_t)y);   \
        T r = truncate_mod_##T(x, y);                                                      \
        return (T)(r != 0 && (x < 0) != (y < 0) ? r + y : r);                              \
    }                                                                                      \
    static inline T pow_##T(T x, T y)                                                      \
    {                                                                                      \
        U r = 1, f = (U)x;                                                                 \
        for (; y > 0; y = (T)(y / 2)) {                                                    \
            if (y & 1)                                                                     \
                r = (U)((uint64_t)r * f);                                                  \
            f = (U)((uint64_t)f * f);                                                      \
        }                                                                                  \
        return (T)r;                                                                       \
    }
DIVISION(int8_t, uint8_t)
DIVISION(int16_t, uint16_t)
DIVISION(int32_t, uint32_t)
DIVISION(int64_t, uint64_t)
DIVISION(uint8_t, uint8_t)
DIVISION(uint16_t, uint16_t)
DIVISION(uint32_t, uint32_t)
DIVISION(uint64_t, uint64_t)

#define TYPES(X, op, id, bad, message)                                                     \
    X(op, id, INT8, int8_t, bad, message) X(op, id, INT16, int16_t, bad, message)          \
    X(op, id, INT32, int32_t, bad, message) X(op, id, INT64, int64_t, bad, message)        \
    X(op, id, UINT8, uint8_t, bad, message) X(op, id, UINT16, uint16_t, bad, message)      \
    X(op, id, UINT32, uint32_t, bad, message) X(op, id, UINT64, uint64_t, bad, message)

#define BY_ZERO "Integer division by zero"
#define OPS(X)                                                                             \
    TYPES(X, "Div", truncate_div, y == 0, BY_ZERO) TYPES(X, "FloorDiv", floor_div, y == 0, BY_ZERO) \
    TYPES(X, "TruncateDiv", truncate_div, y == 0, BY_ZERO) TYPES(X, "FloorMod", floor_mod, y == 0, BY_ZERO) \
    TYPES(X, "Mod", truncate_mod, y == 0, BY_ZERO) TYPES(X, "TruncateMod", truncate_mod, y == 0, BY_ZERO) \
    TYPES(X, "Pow", pow, y < 0, "Integers to negative integer powers are not allowed")
#define LOOP_OPS(X)                                                                        \
    TYPES(X, "", floor_div, y == 0, BY_ZERO) TYPES(X, "", truncate_div, y == 0, BY_ZERO)   \
    TYPES(X, "", floor_mod, y == 0, BY_ZERO) TYPES(X, "", truncate_mod, y == 0, BY_ZERO)   \
    TYPES(X, "", pow, 0 > y, "Integers to negative integer powers are not allowed")

/* `safe` stands in for a y that cannot be. */
#define LOOP(op, id, D, T, bad, message)                                                   \
    static void b_##id##_##D(const TfgBlock *b)                                            \
    {                                                                                      \
        const T *p = b->in[0], *q = b->in[1];                                              \
        T *out = b->out;                                                                   \
        bool sx = b->scalar & 1;                                                           \
        unsigned failed = 0;                                                               \
        if (b->scalar & 2) {                                                               \
            T y = q[0];                                                                    \
            failed = bad;                                                                  \
            T safe = failed ? 1 : y;                                                       \
            IVDEP for (int64_t i = 0; i < b->n; i++)                                       \
                out[i] = id##_##T(p[sx ? 0 : i], safe);                                    \
        } else {                                                                           \
            IVDEP for (int64_t i = 0; i < b->n; i++) {                                     \
                T y = q[i];                                                                \
                failed |= bad;                                                             \
                T safe = (bad) ? 1 : y;                                                    \
                out[i] = id##_##T(p[sx ? 0 : i], safe);                                    \
            }                                                                              \
        }                                                                                  \
        if (failed)                                                                        \
            FAILED;                                                                        \
    }                                                                                      \
    static int run_##id##_##D(TfgKernelCall *c, TfgStatus *s) { return run_checked(c, b_##id##_##D, message, s); }
LOOP_OPS(LOOP)

#define ROW(op_name, id, D, T, bad, message)                                               \
    {.op = op_name, TFG_FOR(TFG_##D), .flags = TFG_KERNEL_EXPENSIVE, .inplace = {{1, 1}, {2, 1}}, .run = run_##id##_##D},
static const TfgKernelRow rows[] = { OPS(ROW) };

const TfgKernelRow *TFG_SIMD(tfg_kernels_math_integer)(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
