/* Elementwise: macros of the *.simd.c tables.  One line per op makes its loops and its rows.
 *
 * A loop's expression sees x (and y, z); it is compiled with every operand a vector, and again for each operand a scalar.  Halves
 * run through the float loop.  Only arithmetic that IEEE fixes bit by bit may stand in such an expression, because the compiler
 * cuts the loop as it likes; functions go through VEC_LOOP. */
#ifndef TFG_KERNELS_ELEMENTWISE_H
#define TFG_KERNELS_ELEMENTWISE_H

#include <math.h>

#include "kernels/broadcast.h"
#include "kernels/simd.h"

#define IVDEP _Pragma("GCC ivdep")      /* out is an input exactly, or apart from it */

#define UNARY_LOOP(name, IN, OUT, EXPR)                                                      \
    static void name(const TfgBlock *b)                                                      \
    {                                                                                        \
        const IN *in = b->in[0];                                                             \
        OUT *out = b->out;                                                                   \
        int64_t n = b->n;                                                                    \
        if (b->scalar & 1) {                                                                 \
            IN x = in[0];                                                                    \
            OUT r = (OUT)(EXPR);                                                             \
            for (int64_t i = 0; i < n; i++)                                                  \
                out[i] = r;                                                                  \
            return;                                                                          \
        }                                                                                    \
        IVDEP for (int64_t i = 0; i < n; i++) {                                              \
            IN x = in[i];                                                                    \
            out[i] = (OUT)(EXPR);                                                            \
        }                                                                                    \
    }

#define BINARY_LOOP(name, IN, OUT, EXPR)                                                     \
    static void name(const TfgBlock *b)                                                      \
    {                                                                                        \
        const IN *p = b->in[0], *q = b->in[1];                                               \
        OUT *out = b->out;                                                                   \
        int64_t n = b->n;                                                                    \
        if ((b->scalar & 3) == 3) {                                                          \
            IN x = p[0], y = q[0];                                                           \
            OUT r = (OUT)(EXPR);                                                             \
            for (int64_t i = 0; i < n; i++)                                                  \
                out[i] = r;                                                                  \
        } else if (b->scalar & 1) {                                                          \
            IN x = p[0];                                                                     \
            IVDEP for (int64_t i = 0; i < n; i++) {                                          \
                IN y = q[i];                                                                 \
                out[i] = (OUT)(EXPR);                                                        \
            }                                                                                \
        } else if (b->scalar & 2) {                                                          \
            IN y = q[0];                                                                     \
            IVDEP for (int64_t i = 0; i < n; i++) {                                          \
                IN x = p[i];                                                                 \
                out[i] = (OUT)(EXPR);                                                        \
            }                                                                                \
        } else {                                                                             \
            IVDEP for (int64_t i = 0; i < n; i++) {                                          \
                IN x = p[i], y = q[i];                                                       \
                out[i] = (OUT)(EXPR);                                                        \
            }                                                                                \
        }                                                                                    \
    }

/* Full vectors, then one padded with zeros.  FN takes vectors. */
#define UNARY_VEC_LOOP(name, T, VEC, LANES, FN)                                              \
    static void name(const TfgBlock *b)                                                      \
    {                                                                                        \
        const T *in = b->in[0];                                                              \
        T *out = b->out;                                                                     \
        int64_t n = b->n, i = 0;                                                             \
        if (b->scalar & 1) {                                                                 \
            VEC v = {0};                                                                     \
            v[0] = in[0];                                                                    \
            v = FN(v);                                                                       \
            for (; i < n; i++)                                                               \
                out[i] = v[0];                                                               \
            return;                                                                          \
        }                                                                                    \
        for (; i + LANES <= n; i += LANES) {                                                 \
            VEC v;                                                                           \
            memcpy(&v, in + i, sizeof v);                                                    \
            v = FN(v);                                                                       \
            memcpy(out + i, &v, sizeof v);                                                   \
        }                                                                                    \
        if (i < n) {                                                                         \
            VEC v = {0};                                                                     \
            memcpy(&v, in + i, (size_t)(n - i) * sizeof(T));                                 \
            v = FN(v);                                                                       \
            memcpy(out + i, &v, (size_t)(n - i) * sizeof(T));                                \
        }                                                                                    \
    }

#define BINARY_VEC_LOOP(name, T, VEC, LANES, FN)                                             \
    static void name(const TfgBlock *b)                                                      \
    {                                                                                        \
        const T *p = b->in[0], *q = b->in[1];                                                \
        T *out = b->out;                                                                     \
        int64_t n = b->n;                                                                    \
        bool sx = b->scalar & 1, sy = b->scalar & 2;                                         \
        VEC x = {0}, y = {0};                                                                \
        for (int k = 0; k < LANES; k++) {                                                    \
            x[k] = p[0];                                                                     \
            y[k] = q[0];                                                                     \
        }                                                                                    \
        for (int64_t i = 0; i < n; i += LANES) {                                             \
            size_t size = (size_t)(n - i < LANES ? n - i : LANES) * sizeof(T);               \
            if (size == sizeof(VEC)) {                                                       \
                if (!sx)                                                                     \
                    memcpy(&x, p + i, sizeof x);                                             \
                if (!sy)                                                                     \
                    memcpy(&y, q + i, sizeof y);                                             \
                VEC r = FN(x, y);                                                            \
                memcpy(out + i, &r, sizeof r);                                               \
            } else {                                                                         \
                VEC tx = {0}, ty = {0};                                                      \
                if (!sx)                                                                     \
                    memcpy(&tx, p + i, size);                                                \
                if (!sy)                                                                     \
                    memcpy(&ty, q + i, size);                                                \
                VEC r = FN(sx ? x : tx, sy ? y : ty);                                        \
                memcpy(out + i, &r, size);                                                   \
            }                                                                                \
        }                                                                                    \
    }

/* The half and bfloat16 loops of an op with a float loop of that name. */
#define HALF_LOOPS(name, n_in, out_size)                                                     \
    static void name##_half(const TfgBlock *b) { half_block(b, TFG_HALF, n_in, name##_float, out_size); }         \
    static void name##_bfloat16(const TfgBlock *b) { half_block(b, TFG_BFLOAT16, n_in, name##_float, out_size); }

#define UNARY_ROW(op_name, D, fn) \
    {.op = op_name, TFG_FOR(D), .inplace = {{1, 1}}, .block = fn},
#define BINARY_ROW(op_name, D, fn) \
    {.op = op_name, TFG_FOR(D), .inplace = {{1, 1}, {2, 1}}, .block = fn},
#define SAME_SHAPE_ROW(op_name, D, fn) \
    {.op = op_name, TFG_FOR(D), .inplace = {{1, 1}, {2, 1}}, .block = fn, .run = tfg_same_shape_run},

#endif
