/* Select (conditions of TensorFlow's three shapes), SelectV2 (broadcasting) and ClipByValue. */
#include "base/status.h"
#include "kernels/broadcast.h"
#include "kernels/isa.h"
#include "kernels/util.h"

/* ---- Blocks: only the width of an element matters ------------------------------------------------------------------------- */

/* By masks, since branches on data are slow. */
#define SELECT_EACH(T, c, then, otherwise)                                         \
    _Pragma("GCC ivdep") for (int64_t i = 0; i < n; i++) {                         \
        T u = then, v = otherwise;                                                 \
        out[i] = (T)(v ^ ((u ^ v) & (T)-(T)((c) != 0)));                           \
    }                                                                              \
    return;
#define SELECT_LOOP(name, T)                                                       \
    static void name(const TfgBlock *b)                                            \
    {                                                                              \
        const uint8_t *condition = b->in[0];                                       \
        const T *t = b->in[1], *e = b->in[2];                                      \
        T *out = b->out;                                                           \
        int64_t n = b->n;                                                          \
        switch (b->scalar & 7) {                                                   \
        case 0: SELECT_EACH(T, condition[i], t[i], e[i])                           \
        case 2: { T x = *t; SELECT_EACH(T, condition[i], x, e[i]) }                \
        case 4: { T y = *e; SELECT_EACH(T, condition[i], t[i], y) }                \
        case 6: { T x = *t, y = *e; SELECT_EACH(T, condition[i], x, y) }           \
        default:                                                                   \
            if (b->scalar & (*condition ? 2 : 4)) {                                \
                T x = *condition ? *t : *e;                                        \
                for (int64_t i = 0; i < n; i++)                                    \
                    out[i] = x;                                                    \
            } else {                                                               \
                memmove(out, *condition ? t : e, (size_t)n * sizeof(T));           \
            }                                                                      \
        }                                                                          \
    }
SELECT_LOOP(select1, uint8_t)
SELECT_LOOP(select2, uint16_t)
SELECT_LOOP(select4, uint32_t)
SELECT_LOOP(select8, uint64_t)

static void select16(const TfgBlock *b)
{
    const uint8_t *condition = b->in[0];
    const TfgComplex128 *t = b->in[1], *e = b->in[2];
    TfgComplex128 *out = b->out;
    for (int64_t i = 0; i < b->n; i++)
        out[i] = condition[b->scalar & 1 ? 0 : i] ? t[b->scalar & 2 ? 0 : i] : e[b->scalar & 4 ? 0 : i];
}

/* ---- Select ------------------------------------------------------------------------------------------------------------------ */

/* Rows of `inner` elements, each from one side. */
typedef struct Rows {
    const TfgTensor *condition, *t, *e;
    TfgTensor *out;
    int64_t inner;
} Rows;

static int select_rows(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Rows *r = context;
    const bool *condition = r->condition->data;
    for (int64_t i = begin; i < end; i++) {
        const TfgTensor *from = condition[i] ? r->t : r->e;
        if (tfg_copy_elements(r->out->dtype, tfg_at_mut(r->out, i * r->inner), tfg_at(from, i * r->inner), r->inner, s) < 0)
            return -1;
    }
    return 0;
}

static int by_rows(TfgKernelCall *c, int64_t inner, TfgStatus *s)
{
    Rows r = {c->in[0], c->in[1], c->in[2], NULL, inner};
    r.out = tfg_kernel_output_like(c, 0, r.t, s);
    if (!r.out)
        return -1;
    return tfg_try_ranges(r.condition->count, 65536 / (inner + 1) + 1, select_rows, &r, s);
}

static int fail_sizes(const TfgTensor *t, const TfgTensor *e, TfgStatus *s)
{
    TfgShapeText a, b;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "'then' and 'else' must have the same size.  but received: %s vs. %s", tfg_shape_text(t, &a),
                    tfg_shape_text(e, &b));
}

static int select_batches(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *condition = c->in[0], *t = c->in[1], *e = c->in[2];
    TfgShapeText text;
    if (t->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "'then' must be at least a vector, but saw shape: %s", tfg_shape_text(t, &text));
    if (t->dims[0] != condition->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Number of batches of 'then' must match size of 'cond', but saw: %lld vs. %lld",
                        (long long)t->dims[0], (long long)condition->dims[0]);
    if (!tfg_tensor_same_shape(t, e))
        return fail_sizes(t, e, s);
    return by_rows(c, t->dims[0] ? t->count / t->dims[0] : 0, s);
}

static int run_select(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *condition = c->in[0];
    if (condition->rank == 0) {
        if (!tfg_tensor_same_shape(c->in[1], c->in[2]))
            return fail_sizes(c->in[1], c->in[2], s);
        return tfg_kernel_forward(c, *(const bool *)condition->data ? 1 : 2, 0, s);
    }
    if (condition->rank == 1 && c->in[1]->rank != 1)
        return select_batches(c, s);
    for (int j = 1; j < 3; j++)
        if (!tfg_tensor_same_shape(condition, c->in[j])) {
            TfgShapeText a, b;
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Inputs to operation %s of type %s must have the same size and shape.  Input 0: %s != input %d: %s",
                            c->name, c->type, tfg_shape_text(condition, &a), j, tfg_shape_text(c->in[j], &b));
        }
    return c->row->block ? tfg_broadcast_run(c, c->row->block, 3, NULL, s) : by_rows(c, 1, s);
}

/* SelectV2 of strings and handles: element by element through broadcast indices. */
static int run_select_any(TfgKernelCall *c, TfgStatus *s)
{
    TfgShape first, shape;
    TfgShapeText a, b;
    if (tfg_broadcast_tensors(c->in[1], c->in[2], &first, s) < 0)
        return -1;
    if (tfg_shape_broadcast_known(&shape, c->in[0]->rank, c->in[0]->dims, first.rank, first.dims) < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "condition %s, then %s and else must be broadcastable", tfg_shape_text(c->in[0], &a),
                        tfg_shape_text(c->in[1], &b));
    TfgTensor *out = tfg_kernel_output(c, 0, shape.rank, shape.dims, s);
    if (!out)
        return -1;
    for (int64_t i = 0; i < out->count; i++) {
        int64_t at[3];
        for (int j = 0; j < 3; j++)
            at[j] = tfg_broadcast_index(i, &shape, c->in[j]);
        int side = ((const bool *)c->in[0]->data)[at[0]] ? 1 : 2;
        if (tfg_copy_elements(out->dtype, tfg_at_mut(out, i), tfg_at(c->in[side], at[side]), 1, s) < 0)
            return -1;
    }
    return 0;
}

/* ---- ClipByValue --------------------------------------------------------------------------------------------------------------- */

#define CLIP_LOOP(D, T)                                                            \
    static void clip_##D(const TfgBlock *b)                                        \
    {                                                                              \
        const T *p = b->in[0], *lo = b->in[1], *hi = b->in[2];                     \
        T *out = b->out;                                                           \
        bool sp = b->scalar & 1, sl = b->scalar & 2, sh = b->scalar & 4;           \
        if ((b->scalar & 7) == 6) {                                                \
            T l = *lo, h = *hi;                                                    \
            _Pragma("GCC ivdep") for (int64_t i = 0; i < b->n; i++) {              \
                T x = h < p[i] ? h : p[i];                                         \
                out[i] = x < l ? l : x;                                            \
            }                                                                      \
            return;                                                                \
        }                                                                          \
        for (int64_t i = 0; i < b->n; i++) {                                       \
            T x = p[sp ? 0 : i], l = lo[sl ? 0 : i], h = hi[sh ? 0 : i];           \
            x = h < x ? h : x;                                                     \
            out[i] = x < l ? l : x;                                                \
        }                                                                          \
    }
#define CLIP_TYPES(X)                                                                                              \
    X(FLOAT, float) X(DOUBLE, double) X(INT8, int8_t) X(INT16, int16_t) X(INT32, int32_t) X(INT64, int64_t)        \
    X(UINT8, uint8_t) X(UINT16, uint16_t) X(UINT32, uint32_t) X(UINT64, uint64_t)
CLIP_TYPES(CLIP_LOOP)

#define CLIP_HALF(D, LOAD)                                                                              \
    static void clip_##D(const TfgBlock *b)                                                             \
    {                                                                                                   \
        const uint16_t *p = b->in[0], *lo = b->in[1], *hi = b->in[2];                                   \
        uint16_t *out = b->out;                                                                         \
        for (int64_t i = 0; i < b->n; i++) {                                                            \
            uint16_t x = p[b->scalar & 1 ? 0 : i], l = lo[b->scalar & 2 ? 0 : i], h = hi[b->scalar & 4 ? 0 : i]; \
            x = LOAD(h) < LOAD(x) ? h : x;                                                              \
            out[i] = LOAD(x) < LOAD(l) ? l : x;                                                         \
        }                                                                                               \
    }
CLIP_HALF(HALF, tfg_half_to_float)
CLIP_HALF(BFLOAT16, tfg_bfloat16_to_float)

static int run_clip(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *t = c->in[0], *lo = c->in[1], *hi = c->in[2];
    TfgShapeText a, b, d;
    if ((lo->rank != 0 && !tfg_tensor_same_shape(t, lo)) || (hi->rank != 0 && !tfg_tensor_same_shape(t, hi)))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "clip_value_min and clip_value_max must be either of the same shape as input, or a scalar. "
                        "input shape: %sclip_value_min shape: %sclip_value_max shape: %s", tfg_shape_text(t, &a), tfg_shape_text(lo, &b),
                        tfg_shape_text(hi, &d));
    return tfg_broadcast_run(c, c->row->block, 3, NULL, s);
}

/* ---- Rows ------------------------------------------------------------------------------------------------------------------------ */

#define BYTES1 (TFG_B(BOOL) | TFG_B(INT8) | TFG_B(UINT8) | TFG_B(QINT8) | TFG_B(QUINT8))
#define BYTES2 (TFG_B(INT16) | TFG_B(UINT16) | TFG_TYPES_HALVES | TFG_B(QINT16) | TFG_B(QUINT16))
#define BYTES4 (TFG_B(INT32) | TFG_B(UINT32) | TFG_B(FLOAT) | TFG_B(QINT32))
#define BYTES8 (TFG_B(INT64) | TFG_B(UINT64) | TFG_B(DOUBLE) | TFG_B(COMPLEX64))
#define BYTES16 TFG_B(COMPLEX128)
#define OTHERS (TFG_B(STRING) | TFG_B(RESOURCE) | TFG_B(VARIANT))
#define SELECT_ROW(mask, fn)                                                                                               \
    {.op = "Select", .types = {{"T", mask}}, .inplace = {{2, 1}, {3, 1}}, .block = fn, .run = run_select},                 \
    {.op = "SelectV2", .types = {{"T", mask}}, .inplace = {{2, 1}, {3, 1}}, .block = fn},
#define CLIP_ROW(D, T) {.op = "ClipByValue", TFG_FOR(TFG_##D), .inplace = {{1, 1}}, .block = clip_##D, .run = run_clip},

static const TfgKernelRow rows[] = {
    SELECT_ROW(BYTES1, select1) SELECT_ROW(BYTES2, select2) SELECT_ROW(BYTES4, select4) SELECT_ROW(BYTES8, select8)
    SELECT_ROW(BYTES16, select16)
    {.op = "Select", .types = {{"T", OTHERS}}, .run = run_select},
    {.op = "SelectV2", .types = {{"T", OTHERS}}, .run = run_select_any},
    CLIP_TYPES(CLIP_ROW)
    CLIP_ROW(HALF, ) CLIP_ROW(BFLOAT16, )
};

const TfgKernelRow *TFG_SIMD(tfg_kernels_math_select)(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
