/* Rows and places of tensors: Roll, the Inplace* ops, Empty, EnsureShape, Bucketize, CompareAndBitpack, PopulationCount. */
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/numeric.h"

/* ---- Roll ------------------------------------------------------------------------------------------------------------------------- */

static int read_shifts(const TfgKernelCall *c, int64_t *shifts, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *shift = c->in[1], *axis = c->in[2];
    TfgShapeText text;
    if (in->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be 1-D or higher");
    if (shift->rank > 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "shift must be a scalar or a 1-D vector. Found: %s", tfg_shape_text(shift, &text));
    if (axis->rank > 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "axis must be a scalar or a 1-D vector. Found: %s", tfg_shape_text(axis, &text));
    if (!tfg_tensor_same_shape(shift, axis))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "shift and axis must have the same size");
    memset(shifts, 0, (size_t)in->rank * sizeof *shifts);
    for (int64_t i = 0; i < axis->count; i++) {
        int64_t d = tfg_tensor_int(axis, i);
        d += d < 0 ? in->rank : 0;
        if (d < 0 || d >= in->rank)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "axis %lld is out of range", (long long)d);
        int64_t size = in->dims[d] > 0 ? in->dims[d] : 1;
        shifts[d] = (shifts[d] + (tfg_tensor_int(shift, i) % size + size) % size) % size;
    }
    return 0;
}

/* Runs of elements that stay together are those behind the last axis that moves, and of that axis two pieces. */
static int roll(const TfgTensor *in, TfgTensor *out, const int64_t *shifts, TfgStatus *s)
{
    int last = in->rank - 1;
    int64_t at[TFG_MAX_RANK] = {0}, strides[TFG_MAX_RANK];
    while (last > 0 && shifts[last] == 0)
        last--;
    tfg_dims_strides(in->rank, in->dims, strides);
    int64_t inner = strides[last], size = in->dims[last], rows = in->count / (inner * size);
    for (int64_t row = 0; row < rows; row++) {
        int64_t to = 0;
        for (int d = 0; d < last; d++)
            to += (at[d] + shifts[d]) % in->dims[d] * strides[d];
        int64_t from = row * size * inner, head = (size - shifts[last]) * inner;
        if (tfg_copy_elements(in->dtype, tfg_at_mut(out, to + shifts[last] * inner), tfg_at(in, from), head, s) < 0
            || tfg_copy_elements(in->dtype, tfg_at_mut(out, to), tfg_at(in, from + head), shifts[last] * inner, s) < 0)
            return -1;
        for (int d = last - 1; d >= 0 && ++at[d] == in->dims[d]; d--)
            at[d] = 0;
    }
    return 0;
}

static int run_roll(TfgKernelCall *c, TfgStatus *s)
{
    int64_t shifts[TFG_MAX_RANK];
    if (read_shifts(c, shifts, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output_like(c, 0, c->in[0], s);
    return !out ? -1 : out->count ? roll(c->in[0], out, shifts, s) : 0;
}

/* ---- Inplace ---------------------------------------------------------------------------------------------------------------------- */

typedef struct RowLoop { void (*take)(void *to, const void *from, int64_t n); } RowLoop;       /* NULL: replaced */

#define SUB(a, b) ((a) - (b))
#define WRAP_SUB(a, b) ((__typeof__(a))((uint64_t)(a) - (uint64_t)(b)))
#define SUB_FLOAT SUB
#define SUB_DOUBLE SUB
#define SUB_HALF SUB
#define SUB_BFLOAT16 SUB
#define SUB_INT8 WRAP_SUB
#define SUB_INT16 WRAP_SUB
#define SUB_INT32 WRAP_SUB
#define SUB_INT64 WRAP_SUB
#define SUB_UINT8 WRAP_SUB
#define SUB_UINT16 WRAP_SUB
#define SUB_UINT32 WRAP_SUB
#define SUB_UINT64 WRAP_SUB
#define SUB_COMPLEX64 SUB
#define SUB_COMPLEX128 SUB
#define TAKE(id, D, S, T, OP)                                                                    \
    static void id##_##D(void *to, const void *from, int64_t n)                                  \
    {                                                                                            \
        S *out = to;                                                                             \
        const S *x = from;                                                                       \
        for (int64_t i = 0; i < n; i++) {                                                        \
            T a = LOAD_##D(out[i]), b = LOAD_##D(x[i]);                                          \
            out[i] = STORE_##D(OP(a, b));                                                        \
        }                                                                                        \
    }                                                                                            \
    static const RowLoop id##_loop_##D = {id##_##D};
#define TAKES(D, S, T) TAKE(add, D, S, T, ADD_##D) TAKE(sub, D, S, T, SUB_##D)
TFG_NUMBERS(TAKES)

static int check_inplace(const TfgTensor *x, const TfgTensor *i, const TfgTensor *v, TfgStatus *s)
{
    TfgShapeText a, b;
    if (i->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "i must be a vector. %s", tfg_shape_text(i, &a));
    if (x->rank != v->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "x and v shape doesn't match (ranks differ): %s vs. %s", tfg_shape_text(x, &a), tfg_shape_text(v, &b));
    for (int d = 1; d < x->rank; d++)
        if (x->dims[d] != v->dims[d])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "x and v shape doesn't match at index %d : %s vs. %s", d, tfg_shape_text(x, &a),
                            tfg_shape_text(v, &b));
    if (x->rank < 1 || i->count != v->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "i and x shape doesn't match at index 0: %s vs. %s", tfg_shape_text(i, &a), tfg_shape_text(v, &b));
    return 0;
}

/* Row numbers wrap around at either end. */
static int run_inplace(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[0], *at = c->in[1], *v = c->in[2];
    const RowLoop *loop = c->row->loops;
    if (check_inplace(x, at, v, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output_like(c, 0, x, s);
    if (!out || (out->data != x->data && tfg_copy_elements(x->dtype, out->data, x->data, x->count, s) < 0))
        return -1;
    int64_t rows = x->dims[0], inner = tfg_dims_product(x->rank - 1, x->dims + 1);
    for (int64_t k = 0; rows > 0 && k < at->count; k++) {
        int64_t row = (tfg_tensor_int(at, k) % rows + rows) % rows;
        void *to = tfg_at_mut(out, row * inner);
        if (loop)
            loop->take(to, tfg_at(v, k * inner), inner);
        else if (tfg_copy_elements(x->dtype, to, tfg_at(v, k * inner), inner, s) < 0)
            return -1;
    }
    return 0;
}

/* ---- Empty, EnsureShape ----------------------------------------------------------------------------------------------------------- */

/* Always zeros, whatever `init` says: what was in memory before is nobody's business. */
static int run_empty(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *shape = c->in[0];
    TfgShapeText text;
    int64_t dims[TFG_MAX_RANK];
    if (shape->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "shape must be a vector of int32, got shape %s", tfg_shape_text(shape, &text));
    if (shape->count > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    for (int64_t d = 0; d < shape->count; d++)
        if ((dims[d] = tfg_tensor_int(shape, d)) < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= 0", (long long)dims[d]);
    TfgTensor *out = tfg_kernel_output(c, 0, (int)shape->count, dims, s);
    if (out && tfg_dtype_is_plain(out->dtype))
        memset(out->data, 0, tfg_tensor_nbytes(out));
    return out ? 0 : -1;
}

static int run_ensure_shape(TfgKernelCall *c, TfgStatus *s)
{
    TfgShape want, have;
    tfg_attrs_shape(c->attrs, "shape", &want);
    tfg_tensor_shape(c->in[0], &have);
    if (tfg_shape_compatible(&have, &want))
        return tfg_kernel_forward(c, 0, 0, s);
    TfgStr a = TFG_STR_INIT, b = TFG_STR_INIT;
    tfg_shape_format(&have, &a);
    tfg_shape_format(&want, &b);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape of tensor " TFG_INPUT_MARK " %s is not compatible with expected shape %s.", tfg_str_text(&a),
             tfg_str_text(&b));
    tfg_str_fini(&a);
    tfg_str_fini(&b);
    return -1;
}

/* ---- Bucketize -------------------------------------------------------------------------------------------------------------------- */

typedef struct BucketLoop { void (*count)(const void *in, int32_t *out, int64_t n, const float *bounds, int n_bounds); } BucketLoop;

/* How many boundaries are not above the element; all for NaN. */
#define BUCKETS(D, T)                                                                                                      \
    static void buckets_##D(const void *in, int32_t *out, int64_t n, const float *bounds, int n_bounds)                    \
    {                                                                                                                      \
        const T *x = in;                                                                                                   \
        for (int64_t i = 0; i < n; i++) {                                                                                  \
            int low = 0, left = n_bounds;                                                                                  \
            while (left > 0) {      /* without branches on data, which nobody can predict */                               \
                int half = left / 2, above = -!(COMPARED_##D(x[i]) < COMPARED_##D(bounds[low + half]));                    \
                low += (half + 1) & above;                                                                                 \
                left = half + ((left - 2 * half - 1) & above);                                                             \
            }                                                                                                              \
            out[i] = low;                                                                                                  \
        }                                                                                                                  \
    }                                                                                                                      \
    static const BucketLoop bucket_loop_##D = {buckets_##D};
#define COMPARED_FLOAT(x) (x)
#define COMPARED_DOUBLE(x) (double)(x)
#define COMPARED_INT32(x) (float)(x)
#define COMPARED_INT64(x) (float)(x)
BUCKETS(FLOAT, float)
BUCKETS(DOUBLE, double)
BUCKETS(INT32, int32_t)
BUCKETS(INT64, int64_t)

typedef struct Buckets {
    const BucketLoop *loop;
    const char *in;
    int32_t *out;
    size_t size;                /* of an element */
    const float *bounds;
    int n_bounds;
} Buckets;

static void bucket_range(void *context, int64_t begin, int64_t end)
{
    const Buckets *b = context;
    b->loop->count(b->in + (size_t)begin * b->size, b->out + begin, end - begin, b->bounds, b->n_bounds);
}

static int run_bucketize(TfgKernelCall *c, TfgStatus *s)
{
    const TfgAttr *bounds = tfg_attrs_find(c->attrs, "boundaries");
    int n = bounds ? bounds->n : 0;
    for (int i = 1; i < n; i++)
        if (bounds->list_f[i] < bounds->list_f[i - 1])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected sorted boundaries");
    TfgTensor *out = tfg_kernel_output_like(c, 0, c->in[0], s);
    if (!out)
        return -1;
    Buckets b = {c->row->loops, c->in[0]->data, out->data, tfg_dtype_size(c->in[0]->dtype), n ? bounds->list_f : NULL, n};
    tfg_for_ranges(out->count, 8192, bucket_range, &b);
    return 0;
}

/* ---- Bits ------------------------------------------------------------------------------------------------------------------------- */

static int run_population_count(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[0];
    size_t size = tfg_dtype_size(x->dtype);
    TfgTensor *out = tfg_kernel_output_like(c, 0, x, s);
    for (int64_t i = 0; out && i < x->count; i++) {
        uint64_t bits = 0;
        memcpy(&bits, (const char *)x->data + (size_t)i * size, size);
        ((uint8_t *)out->data)[i] = (uint8_t)__builtin_popcountll(bits);
    }
    return out ? 0 : -1;
}

typedef struct AboveLoop { void (*above)(const void *in, const void *threshold, uint8_t *out, int64_t n); } AboveLoop;

/* Eight elements to a byte, the first in the highest bit. */
#define ABOVE(D, S, T)                                                                                  \
    static void above_##D(const void *in, const void *threshold, uint8_t *out, int64_t n)               \
    {                                                                                                   \
        const S *x = in;                                                                                \
        T limit = LOAD_##D(*(const S *)threshold);                                                      \
        for (int64_t i = 0; i < n; i++, x += 8) {                                                       \
            unsigned byte = 0;                                                                          \
            for (int k = 0; k < 8; k++)                                                                 \
                byte = byte << 1 | IS_ABOVE_##D(LOAD_##D(x[k]), limit);                                     \
            out[i] = (uint8_t)byte;                                                                     \
        }                                                                                               \
    }                                                                                                   \
    static const AboveLoop above_loop_##D = {above_##D};
#define LOAD_BOOL(x) (x)
#define IS_ABOVE(x, limit) ((x) > (limit))
#define IS_ABOVE_FLOAT IS_ABOVE
#define IS_ABOVE_DOUBLE IS_ABOVE
#define IS_ABOVE_HALF IS_ABOVE
#define IS_ABOVE_BFLOAT16 IS_ABOVE
#define IS_ABOVE_INT8 IS_ABOVE
#define IS_ABOVE_INT16 IS_ABOVE
#define IS_ABOVE_INT32 IS_ABOVE
#define IS_ABOVE_INT64 IS_ABOVE
#define IS_ABOVE_UINT8 IS_ABOVE
#define IS_ABOVE_UINT16 IS_ABOVE
#define IS_ABOVE_UINT32 IS_ABOVE
#define IS_ABOVE_UINT64 IS_ABOVE
#define IS_ABOVE_BOOL(x, limit) ((x) || ((void)(limit), false))        /* truth values are packed whatever the threshold */
#define ABOVE_TYPES(X) TFG_REALS(X) X(BOOL, bool, bool)
ABOVE_TYPES(ABOVE)

static int run_bitpack(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[0];
    TfgShapeText text;
    int64_t dims[TFG_MAX_RANK];
    if (c->in[1]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Compare must be a scalar, but saw shape: %s", tfg_shape_text(c->in[1], &text));
    if (x->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input should be at least a vector, but saw a scalar.");
    if (x->dims[x->rank - 1] % 8 != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Inner dimension of input should be divisible by 8, but saw shape: %s", tfg_shape_text(x, &text));
    memcpy(dims, x->dims, (size_t)x->rank * sizeof *dims);
    dims[x->rank - 1] /= 8;
    TfgTensor *out = tfg_kernel_output(c, 0, x->rank, dims, s);
    if (out)
        ((const AboveLoop *)c->row->loops)->above(x->data, c->in[1]->data, out->data, out->count);
    return out ? 0 : -1;
}

#define INPLACE_ROW(D, S, T)                                                                                             \
    {.op = "InplaceAdd", TFG_FOR(TFG_##D), .inplace = {{1, 1}}, .loops = &add_loop_##D, .run = run_inplace},             \
    {.op = "InplaceSub", TFG_FOR(TFG_##D), .inplace = {{1, 1}}, .loops = &sub_loop_##D, .run = run_inplace},
#define BUCKET_ROW(D) {.op = "Bucketize", TFG_FOR(TFG_##D), .loops = &bucket_loop_##D, .run = run_bucketize},
#define ABOVE_ROW(D, S, T) {.op = "CompareAndBitpack", TFG_FOR(TFG_##D), .loops = &above_loop_##D, .run = run_bitpack},
static const TfgKernelRow rows[] = {
    {.op = "Empty", .host_in = 1, .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_empty},
    {.op = "EnsureShape", .run = run_ensure_shape},
    {.op = "InplaceUpdate", .inplace = {{1, 1}}, .run = run_inplace},
    {.op = "PopulationCount", .run = run_population_count},
    {.op = "Roll", .host_in = 6, .run = run_roll},
    TFG_NUMBERS(INPLACE_ROW)
    BUCKET_ROW(FLOAT) BUCKET_ROW(DOUBLE) BUCKET_ROW(INT32) BUCKET_ROW(INT64)
    ABOVE_TYPES(ABOVE_ROW)
};

int tfg_register_kernels_manip(TfgStatus *s);
int tfg_register_kernels_manip(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s) < 0 ? -1 : tfg_register_plain(tfg_kernels_edit_distance, s);
}
