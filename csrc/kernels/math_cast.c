/* Cast between any two number types.  Out of range, a float becomes what x86 makes of it: the smallest integer of the width. */
#include <math.h>

#include "kernels/broadcast.h"
#include "kernels/isa.h"
#include "kernels/util.h"

static inline int32_t to_int32(double x) { return x > -2147483649.0 && x < 2147483648.0 ? (int32_t)x : INT32_MIN; }
static inline int64_t to_int64(double x) { return x >= -0x1p63 && x < 0x1p63 ? (int64_t)x : INT64_MIN; }
static inline int32_t f_to_int32(float x) { return x >= -0x1p31f && x < 0x1p31f ? (int32_t)x : INT32_MIN; }
static inline int64_t f_to_int64(float x) { return x >= -0x1p63f && x < 0x1p63f ? (int64_t)x : INT64_MIN; }
static inline uint64_t to_uint64(double x)
{
    if (x >= 0x1p63)
        return x < 0x1p64 ? (uint64_t)(x - 0x1p63) ^ (UINT64_C(1) << 63) : 0;
    return (uint64_t)to_int64(x);
}

/* Each source loads as one of four intermediate kinds: I (int64 or uint64 bits), F (float), D (double), C (a pair of doubles). */
#define FROM_I(S) S x = in[i];
#define FROM_BOOL(S) uint8_t x = in[i] != 0;
#define FROM_H(S) float x = tfg_half_to_float(in[i]);
#define FROM_B(S) float x = tfg_bfloat16_to_float(in[i]);
#define FROM_F(S) float x = in[i];
#define FROM_D(S) double x = in[i];
#define FROM_C(S) __typeof__(in[i].re) x = in[i].re;

/* X(source kind, name, dtype, C type, loader): integer sources and floating ones differ in how they become integers. */
#define TO_LIST(X, SK, SN, SD, ST, LOAD)                                                       \
    X(SK, SN, SD, ST, LOAD, INT8, int8_t, INT) X(SK, SN, SD, ST, LOAD, INT16, int16_t, INT)    \
    X(SK, SN, SD, ST, LOAD, INT32, int32_t, INT) X(SK, SN, SD, ST, LOAD, UINT8, uint8_t, INT)  \
    X(SK, SN, SD, ST, LOAD, UINT16, uint16_t, INT) X(SK, SN, SD, ST, LOAD, INT64, int64_t, LONG) \
    X(SK, SN, SD, ST, LOAD, UINT32, uint32_t, LONG) X(SK, SN, SD, ST, LOAD, UINT64, uint64_t, ULONG) \
    X(SK, SN, SD, ST, LOAD, BOOL, bool, BOOL) X(SK, SN, SD, ST, LOAD, FLOAT, float, FLOAT)     \
    X(SK, SN, SD, ST, LOAD, DOUBLE, double, FLOAT) X(SK, SN, SD, ST, LOAD, HALF, uint16_t, HALF) \
    X(SK, SN, SD, ST, LOAD, BFLOAT16, uint16_t, BFLOAT16)
#define TO_COMPLEX(X, SK, SN, SD, ST, LOAD)                                                    \
    X(SK, SN, SD, ST, LOAD, COMPLEX64, TfgComplex64, COMPLEX) X(SK, SN, SD, ST, LOAD, COMPLEX128, TfgComplex128, COMPLEX)

#define CAST_I_INT(T) (T)x
#define CAST_I_LONG(T) (T)x
#define CAST_I_ULONG(T) (T)x
#define CAST_I_BOOL(T) x != 0
#define CAST_I_FLOAT(T) (T)x
#define CAST_I_HALF(T) tfg_float_to_half((float)x)
#define CAST_I_BFLOAT16(T) tfg_float_to_bfloat16((float)x)
#define CAST_F_INT(T) (T)f_to_int32(x)
#define CAST_F_LONG(T) (T)f_to_int64(x)
#define CAST_F_ULONG(T) to_uint64((double)x)
#define CAST_F_BOOL(T) x != 0
#define CAST_F_FLOAT(T) (T)x
#define CAST_F_HALF(T) tfg_float_to_half((float)x)
#define CAST_F_BFLOAT16(T) tfg_float_to_bfloat16((float)x)
#define CAST_D_INT(T) (T)to_int32(x)
#define CAST_D_LONG(T) (T)to_int64(x)
#define CAST_D_ULONG(T) to_uint64(x)
#define CAST_D_BOOL(T) x != 0
#define CAST_D_FLOAT(T) (T)x
#define CAST_D_HALF(T) tfg_float_to_half((float)x)
#define CAST_D_BFLOAT16(T) tfg_float_to_bfloat16((float)x)
#define CAST_I_COMPLEX(T) {(__typeof__(out[i].re))x, 0}
#define CAST_F_COMPLEX(T) {(__typeof__(out[i].re))x, 0}
#define CAST_D_COMPLEX(T) {(__typeof__(out[i].re))x, 0}

#define SOURCES(X)                                                                             \
    X(I, INT8, INT8, int8_t, FROM_I) X(I, INT16, INT16, int16_t, FROM_I) X(I, INT32, INT32, int32_t, FROM_I)      \
    X(I, INT64, INT64, int64_t, FROM_I) X(I, UINT8, UINT8, uint8_t, FROM_I) X(I, UINT16, UINT16, uint16_t, FROM_I) \
    X(I, UINT32, UINT32, uint32_t, FROM_I) X(I, UINT64, UINT64, uint64_t, FROM_I) X(I, BOOL, BOOL, uint8_t, FROM_BOOL) \
    X(F, FLOAT, FLOAT, float, FROM_F) X(D, DOUBLE, DOUBLE, double, FROM_D) X(F, HALF, HALF, uint16_t, FROM_H)     \
    X(F, BFLOAT16, BFLOAT16, uint16_t, FROM_B) X(F, COMPLEX64, COMPLEX64, TfgComplex64, FROM_C)                  \
    X(D, COMPLEX128, COMPLEX128, TfgComplex128, FROM_C)

/* out may be in where element sizes are equal, so each element is read before it is written. */
#define LOOP(SK, SN, SD, ST, LOAD, DD, DT, DK)                                                 \
    static void cast_##SN##_##DD(const TfgBlock *b)                                            \
    {                                                                                          \
        const ST *in = b->in[0];                                                               \
        DT *out = b->out;                                                                      \
        if (b->scalar & 1) {                                                                   \
            for (int64_t k = 0; k < b->n; k++) {                                               \
                const int i = 0;                                                               \
                LOAD(ST)                                                                       \
                out[k] = CAST_##SK##_##DK(DT);                                                 \
            }                                                                                  \
            return;                                                                            \
        }                                                                                      \
        _Pragma("GCC ivdep") for (int64_t i = 0; i < b->n; i++) {                              \
            LOAD(ST)                                                                           \
            out[i] = CAST_##SK##_##DK(DT);                                                     \
        }                                                                                      \
    }
#define LOOP_COMPLEX(SK, SN, SD, ST, LOAD, DD, DT, DK)                                         \
    static void cast_##SN##_##DD(const TfgBlock *b)                                            \
    {                                                                                          \
        const ST *in = b->in[0];                                                               \
        DT *out = b->out;                                                                      \
        for (int64_t k = 0; k < b->n; k++) {                                                   \
            int64_t i = b->scalar & 1 ? 0 : k;                                                 \
            LOAD(ST)                                                                           \
            out[k] = (DT)CAST_##SK##_##DK(DT);                                                 \
        }                                                                                      \
    }
#define LOOPS(SK, SN, SD, ST, LOAD) TO_LIST(LOOP, SK, SN, SD, ST, LOAD) TO_COMPLEX(LOOP_COMPLEX, SK, SN, SD, ST, LOAD)
SOURCES(LOOPS)

/* Between the complex types the imaginary part stays. */
static void cast_narrow(const TfgBlock *b)
{
    const TfgComplex128 *in = b->in[0];
    TfgComplex64 *out = b->out;
    for (int64_t i = 0; i < b->n; i++)
        out[i] = (TfgComplex64){(float)in[b->scalar & 1 ? 0 : i].re, (float)in[b->scalar & 1 ? 0 : i].im};
}
static void cast_widen(const TfgBlock *b)
{
    const TfgComplex64 *in = b->in[0];
    TfgComplex128 *out = b->out;
    for (int64_t i = 0; i < b->n; i++)
        out[i] = (TfgComplex128){(double)in[b->scalar & 1 ? 0 : i].re, (double)in[b->scalar & 1 ? 0 : i].im};
}

/* A type to itself, whatever it is, changes nothing; anything else that is left cannot be done. */
static int prepare_rest(const TfgPrepare *p, void **state, TfgStatus *s)
{
    (void)state;
    TfgDType from = tfg_attrs_type(p->attrs, "SrcT"), to = tfg_attrs_type(p->attrs, "DstT");
    if (from != to)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Cast %s to %s is not supported", tfg_dtype_signature_name(from),
                        tfg_dtype_signature_name(to));
    return 0;
}

static int run_identity(TfgKernelCall *c, TfgStatus *s)
{
    return tfg_kernel_forward(c, 0, 0, s);
}

#define PAIR(S, D) .op = "Cast", .types = {{"SrcT", TFG_B(S)}, {"DstT", TFG_B(D)}}
#define ROW(SK, SN, SD, ST, LOAD, DD, DT, DK)                                                  \
    {PAIR(SD, DD), .inplace = {{sizeof(ST) == sizeof(DT), sizeof(ST) == sizeof(DT)}}, .block = cast_##SN##_##DD},
#define ROWS(SK, SN, SD, ST, LOAD) TO_LIST(ROW, SK, SN, SD, ST, LOAD) TO_COMPLEX(ROW, SK, SN, SD, ST, LOAD)
#define SAME(SK, SN, SD, ST, LOAD) {PAIR(SD, SD), .run = run_identity},

static const TfgKernelRow rows[] = {
    SOURCES(SAME)
    {PAIR(COMPLEX128, COMPLEX64), .block = cast_narrow},
    {PAIR(COMPLEX64, COMPLEX128), .block = cast_widen},
    SOURCES(ROWS)
    {.op = "Cast", .prepare = prepare_rest, .run = run_identity},
};

const TfgKernelRow *tfg_kernels_math_cast(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
