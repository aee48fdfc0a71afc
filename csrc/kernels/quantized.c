/* Arithmetic of quantised integers: products, sums, activations, and what moves them. */
#include <math.h>

#include "base/status.h"
#include "kernels/gemm.h"
#include "kernels/isa.h"
#include "kernels/quantized.h"

int tfg_register_kernels_quantized(TfgStatus *s);

static int check_range(const char *name_max, const char *name_min, float min, float max, TfgStatus *s)
{
    return max > min ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be larger than %s.", name_max, name_min);
}

/* The number that stands for zero, which may lie outside the type. */
static int64_t zero_of(TfgDType d, float min, float max)
{
    TfgQuantized q = tfg_quantized_type(d);
    return tfg_quantize_unclamped(0, min, max, &q);
}

/* ---- Matrices ---------------------------------------------------------------------------------------------------------------------------- */

/* Numbers of steps from what stands for zero, as int32: differences wrap around. */
static int32_t *steps_from(TfgKernelCall *c, const TfgTensor *t, int64_t zero, TfgStatus *s)
{
    uint32_t *out = tfg_kernel_scratch(c, (size_t)(t->count + 1) * sizeof *out, s);
    for (int64_t i = 0; out && i < t->count; i++)
        out[i] = (uint32_t)((int64_t)tfg_quantized_load(t, i) - zero);
    return (int32_t *)out;
}

static int run_matmul(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *a = c->in[0], *b = c->in[1];
    float end[4], min, max;
    TfgShapeText x, y;
    if (tfg_quantized_ends(c, 2, 4, end, s) < 0 || check_range("max_a", "min_a", end[0], end[1], s) < 0 ||
        check_range("max_b", "min_b", end[2], end[3], s) < 0)
        return -1;
    for (int i = 0; i < 2; i++)
        if (c->in[i]->rank != 2)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "In[%d] is not a matrix", i);
    TfgGemm g = {.dtype = TFG_INT32, .ta = tfg_attrs_bool(c->attrs, "transpose_a") ? TFG_TRANSPOSED : TFG_PLAIN,
                 .tb = tfg_attrs_bool(c->attrs, "transpose_b") ? TFG_TRANSPOSED : TFG_PLAIN};
    g.m = a->dims[g.ta ? 1 : 0];
    g.k = a->dims[g.ta ? 0 : 1];
    g.n = b->dims[g.tb ? 0 : 1];
    if (g.k != b->dims[g.tb ? 1 : 0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Matrix size-compatible: In[0]: %s, In[1]: %s", tfg_shape_text(a, &x), tfg_shape_text(b, &y));
    TfgTensor *out = tfg_kernel_output(c, 0, 2, (int64_t[]){g.m, g.n}, s);
    if (!out || !(g.a = steps_from(c, a, zero_of(a->dtype, end[0], end[1]), s)) || !(g.b = steps_from(c, b, zero_of(b->dtype, end[2], end[3]), s)))
        return -1;
    g.c = out->data;
    if (out->count > 0 && tfg_gemm(&g, s) < 0)
        return -1;
    tfg_quantized_product_range(a->dtype, end[0], end[1], b->dtype, end[2], end[3], out->dtype, &min, &max);
    return tfg_quantized_set_ends(c, 1, min, max, s);
}

/* ---- Two operands -------------------------------------------------------------------------------------------------------------------------- */

typedef struct Pair {
    const TfgTensor *x, *y;
    float end[4], min, max;
    bool product;
    int64_t zero[2], step[2];   /* of a product: what stands for zero; of a sum: what 0 is in the result's range, and 1 more than it */
} Pair;

/* Wraps around as int32 does. */
static int32_t combined(const Pair *p, int64_t i, int64_t j)
{
    int32_t x = tfg_quantized_load(p->x, i), y = tfg_quantized_load(p->y, j);
    if (p->product)
        return (int32_t)((uint32_t)(x - p->zero[0]) * (uint32_t)(y - p->zero[1]));
    return (int32_t)(uint32_t)((uint64_t)p->zero[0] + (uint64_t)x * (uint64_t)p->step[0] + (uint64_t)p->zero[1] + (uint64_t)y * (uint64_t)p->step[1]);
}

static int64_t in_range(const Pair *p, int k, int64_t x, const TfgQuantized *of)
{
    TfgQuantized wide = tfg_quantized_type(TFG_QINT32);
    return tfg_quantize_unclamped(tfg_dequantize_one(x, p->end[2 * k], p->end[2 * k + 1], of), p->min, p->max, &wide);
}

/* TensorFlow takes whole steps of the sum's range for each step of an operand's, but for a scalar, which it converts as it is. */
static void read_operands(Pair *p)
{
    for (int k = 0; k < 2; k++) {
        const TfgTensor *t = k ? p->y : p->x;
        TfgQuantized of = tfg_quantized_type(t->dtype);
        if (p->product) {
            p->zero[k] = tfg_quantize_unclamped(0, p->end[2 * k], p->end[2 * k + 1], &of);
        } else if (t->count == 1) {
            p->zero[k] = in_range(p, k, tfg_quantized_load(t, 0), &of);
        } else {
            p->zero[k] = in_range(p, k, 0, &of);
            p->step[k] = in_range(p, k, 1, &of) - p->zero[k];
        }
    }
}

static int broadcast_dims(const TfgTensor *x, const TfgTensor *y, int *rank, int64_t *dims, TfgStatus *s)
{
    TfgShapeText a, b;
    *rank = x->rank > y->rank ? x->rank : y->rank;
    for (int d = 0; d < *rank; d++) {
        int i = d - (*rank - x->rank), j = d - (*rank - y->rank);
        int64_t m = i < 0 ? 1 : x->dims[i], n = j < 0 ? 1 : y->dims[j];
        if (m != n && m != 1 && n != 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Incompatible shapes: %s vs. %s", tfg_shape_text(x, &a), tfg_shape_text(y, &b));
        dims[d] = m == 1 ? n : m;
    }
    return 0;
}

static void broadcast_strides(const TfgTensor *t, int rank, int64_t *strides)
{
    int64_t step = 1;
    for (int d = rank - 1; d >= 0; d--) {
        int i = d - (rank - t->rank);
        strides[d] = i < 0 || t->dims[i] == 1 ? 0 : step;
        step *= i < 0 ? 1 : t->dims[i];
    }
}

static void combine_all(const Pair *p, TfgTensor *out)
{
    int64_t at[TFG_MAX_RANK] = {0}, sx[TFG_MAX_RANK], sy[TFG_MAX_RANK], i = 0, j = 0;
    broadcast_strides(p->x, out->rank, sx);
    broadcast_strides(p->y, out->rank, sy);
    for (int64_t k = 0; k < out->count; k++) {
        ((int32_t *)out->data)[k] = combined(p, i, j);
        for (int d = out->rank - 1; d >= 0; d--) {
            i += sx[d];
            j += sy[d];
            if (++at[d] < out->dims[d])
                break;
            at[d] = 0;
            i -= sx[d] * out->dims[d];
            j -= sy[d] * out->dims[d];
        }
    }
}

/* Sums have a range far wider than the operands', so that they can be added to again. */
static float widest(const float *end, float factor)
{
    return fmaxf(fmaxf(end[1], -end[0]), fmaxf(end[3], -end[2])) * factor;
}

static int run_pair(TfgKernelCall *c, bool product, TfgStatus *s)
{
    Pair p = {.x = c->in[0], .y = c->in[1], .product = product};
    int64_t dims[TFG_MAX_RANK];
    int rank;
    if (tfg_quantized_ends(c, 2, 4, p.end, s) < 0 || check_range("max_x", product ? "min_a" : "min_x", p.end[0], p.end[1], s) < 0 ||
        check_range(product ? "max_x" : "max_y", product ? "min_b" : "min_y", p.end[2], p.end[3], s) < 0 ||
        broadcast_dims(p.x, p.y, &rank, dims, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output(c, 0, rank, dims, s);
    if (!out)
        return -1;
    p.max = widest(p.end, 1 << 14);
    p.min = -p.max;
    if (product)
        tfg_quantized_product_range(p.x->dtype, p.end[0], p.end[1], p.y->dtype, p.end[2], p.end[3], out->dtype, &p.min, &p.max);
    read_operands(&p);
    combine_all(&p, out);
    return tfg_quantized_set_ends(c, 1, p.min, p.max, s);
}
static int run_add(TfgKernelCall *c, TfgStatus *s) { return run_pair(c, false, s); }
static int run_mul(TfgKernelCall *c, TfgStatus *s) { return run_pair(c, true, s); }

static int run_bias_add(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[0], *bias = c->in[1];
    TfgShapeText a, b;
    float end[4];
    if (tfg_quantized_ends(c, 2, 4, end, s) < 0)
        return -1;
    if (x->rank < 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input tensor must be at least 2D: %s", tfg_shape_text(x, &a));
    if (bias->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Biases must be 1D: %s", tfg_shape_text(bias, &a));
    if (bias->dims[0] != x->dims[x->rank - 1])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Must provide as many biases as the last dimension of the input tensor: %s vs. %s",
                        tfg_shape_text(bias, &a), tfg_shape_text(x, &b));
    TfgTensor *out = tfg_kernel_output_like(c, 0, x, s);
    if (!out)
        return -1;
    TfgQuantized of_x = tfg_quantized_type(x->dtype), of_bias = tfg_quantized_type(bias->dtype), wide = tfg_quantized_type(TFG_QINT32);
    float max = widest(end, 1 << 17);
    TfgDequantizer from_x = tfg_dequantizer(end[0], end[1], &of_x), from_bias = tfg_dequantizer(end[2], end[3], &of_bias);
    TfgQuantizer to = tfg_quantizer(-max, max, &wide);
    int64_t zero = tfg_quantize_one(0, -max, max, &wide), n = bias->count;
    for (int64_t i = 0; i < out->count; i++) {
        int64_t v = tfg_quantized_by(&to, tfg_dequantized(&from_x, tfg_quantized_load(x, i)));
        int64_t w = tfg_quantized_by(&to, tfg_dequantized(&from_bias, tfg_quantized_load(bias, i % n)));
        ((int32_t *)out->data)[i] = (int32_t)(uint32_t)(v + w - zero);
    }
    return tfg_quantized_set_ends(c, 1, -max, max, s);
}

/* ---- Activations --------------------------------------------------------------------------------------------------------------------------- */

static int run_relu(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[0];
    float end[2];
    if (tfg_quantized_ends(c, 1, 2, end, s) < 0)
        return -1;
    TfgQuantized q = tfg_quantized_type(x->dtype);
    int64_t low = tfg_quantize_one(0, end[0], end[1], &q), high = c->type[13] == '6' ? tfg_quantize_one(6, end[0], end[1], &q) : q.high;
    TfgTensor *out = tfg_kernel_output_like(c, 0, x, s);
    if (!out)
        return -1;
    for (int64_t i = 0; i < x->count; i++) {
        int64_t v = tfg_quantized_load(x, i);
        v = v < low ? low : v;
        tfg_quantized_store(out, i, v > high ? high : v);
    }
    return tfg_quantized_set_ends(c, 1, end[0], end[1], s);
}

/* ---- Moving ---------------------------------------------------------------------------------------------------------------------------------- */

static int read_shape(const TfgTensor *x, const TfgTensor *shape, int *rank, int64_t *dims, TfgStatus *s)
{
    TfgShapeText text;
    int64_t guess = -1, known = 1;
    if (shape->rank != 1 || shape->count > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "sizes input must be 1-D, not shape %s", tfg_shape_text(shape, &text));
    *rank = (int)shape->count;
    for (int64_t d = 0; d < shape->count; d++) {
        dims[d] = tfg_tensor_int(shape, d);
        if (dims[d] == -1 && guess >= 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "only one input size may be -1, not both %lld and %lld", (long long)guess, (long long)d);
        if (dims[d] < -1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "size %lld must be non-negative, not %lld", (long long)d, (long long)dims[d]);
        if (dims[d] == -1)
            guess = d;
        else if (__builtin_mul_overflow(known, dims[d], &known))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many elements in the requested shape");
    }
    if (guess >= 0) {
        if (known == 0 || x->count % known != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input to reshape is a tensor with %lld values, but the requested shape requires a multiple of "
                            "%lld", (long long)x->count, (long long)known);
        dims[guess] = x->count / known;
    } else if (known != x->count) {
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input to reshape is a tensor with %lld values, but the requested shape has %lld",
                        (long long)x->count, (long long)known);
    }
    return 0;
}

static int run_reshape(TfgKernelCall *c, TfgStatus *s)
{
    int64_t dims[TFG_MAX_RANK];
    float end[2];
    int rank = 0;
    if (tfg_quantized_ends(c, 2, 2, end, s) < 0 || read_shape(c->in[0], c->in[1], &rank, dims, s) < 0 ||
        tfg_kernel_forward_as(c, 0, 0, rank, dims, s) < 0)
        return -1;
    return tfg_quantized_set_ends(c, 1, end[0], end[1], s);
}

/* One range for all: it holds zero, and lies around it where numbers have signs. */
static void range_of_all(const TfgKernelCall *c, int n, bool is_signed, float *min, float *max)
{
    *min = 0;
    *max = *(const float *)c->in[1 + 2 * n]->data;
    for (int i = 0; i < n; i++) {
        *min = fminf(*min, *(const float *)c->in[1 + n + i]->data);
        *max = fmaxf(*max, *(const float *)c->in[1 + 2 * n + i]->data);
    }
    if (is_signed) {
        *max = fmaxf(fabsf(*min), fabsf(*max));
        *min = -*max;
    }
}

static int concat_dims(const TfgKernelCall *c, int n, int64_t *axis, int64_t *dims, TfgStatus *s)
{
    const TfgTensor *first = c->in[1];
    TfgShapeText a, b;
    if (c->in[0]->count != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Concat dim tensor should be a scalar integer, but got shape %s", tfg_shape_text(c->in[0], &a));
    *axis = tfg_tensor_int(c->in[0], 0);
    if (*axis < 0 || *axis >= first->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "ConcatOp : Expected concatenating dimensions in the range [0, %d), but got %lld", first->rank,
                        (long long)*axis);
    memcpy(dims, first->dims, (size_t)first->rank * sizeof *dims);
    for (int i = 1; i < n; i++) {
        const TfgTensor *t = c->in[1 + i];
        if (t->rank != first->rank)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "ConcatOp : Ranks of all input tensors should match: shape[0] = %s vs. shape[%d] = %s",
                            tfg_shape_text(first, &a), i, tfg_shape_text(t, &b));
        for (int d = 0; d < t->rank; d++)
            if (d != *axis && t->dims[d] != first->dims[d])
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "ConcatOp : Dimensions of inputs should match: shape[0] = %s vs. shape[%d] = %s",
                                tfg_shape_text(first, &a), i, tfg_shape_text(t, &b));
        dims[*axis] += t->dims[*axis];
    }
    return 0;
}

static int run_concat(TfgKernelCall *c, TfgStatus *s)
{
    int n = (c->n_in - 1) / 3;
    int64_t axis = 0, dims[TFG_MAX_RANK], at = 0;
    float ends, min, max;
    for (int i = 0; i < 2 * n; i++)
        if (tfg_quantized_ends(c, 1 + n + i, 1, &ends, s) < 0)
            return -1;
    if (concat_dims(c, n, &axis, dims, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output(c, 0, c->in[1]->rank, dims, s);
    if (!out)
        return -1;
    TfgQuantized q = tfg_quantized_type(out->dtype);
    range_of_all(c, n, q.low < 0, &min, &max);
    TfgQuantizer to = tfg_quantizer(min, max, &q);
    int64_t outer = tfg_dims_product((int)axis, dims), inner = tfg_dims_product(out->rank - (int)axis - 1, dims + axis + 1);
    for (int i = 0; i < n; i++) {
        const TfgTensor *t = c->in[1 + i];
        float low = *(const float *)c->in[1 + n + i]->data, high = *(const float *)c->in[1 + 2 * n + i]->data;
        TfgDequantizer from = tfg_dequantizer(low, high, &q);
        int64_t run = t->dims[axis] * inner;
        for (int64_t row = 0; row < outer; row++)
            for (int64_t k = 0; k < run; k++) {
                int32_t x = tfg_quantized_load(t, row * run + k);
                bool same = low == min && high == max;
                tfg_quantized_store(out, row * dims[axis] * inner + at + k, same ? x : tfg_quantized_by(&to, tfg_dequantized(&from, x)));
            }
        at += run;
    }
    return tfg_quantized_set_ends(c, 1, min, max, s);
}

#define SMALL TFG_B(QUINT8)
#define BOTH (TFG_B(QUINT8) | TFG_B(QINT32))
#define PRODUCT(name, fn) {.op = name, .types = {{"T1", SMALL}, {"T2", SMALL}, {"Toutput", TFG_B(QINT32)}}, .flags = TFG_KERNEL_EXPENSIVE, .run = fn}
#define RELU(name, D) {.op = name, .types = {{"Tinput", TFG_B(D)}, {"out_type", TFG_B(D)}}, .run = run_relu}
#define EIGHT (TFG_B(QUINT8) | TFG_B(QINT8))
static const TfgKernelRow rows[] = {
    PRODUCT("QuantizedMatMul", run_matmul), PRODUCT("QuantizedAdd", run_add), PRODUCT("QuantizedMul", run_mul),
    {.op = "QuantizedBiasAdd", .types = {{"T1", EIGHT}, {"T2", EIGHT}, {"out_type", TFG_B(QINT32)}}, .run = run_bias_add},
    RELU("QuantizedRelu", QUINT8), RELU("QuantizedRelu", QINT32), RELU("QuantizedRelu6", QUINT8), RELU("QuantizedRelu6", QINT32),
    {.op = "QuantizedReshape", .types = {{"T", BOTH}}, .host_in = 2, .run = run_reshape},
    {.op = "QuantizedConcat", .types = {{"T", BOTH}}, .host_in = 1, .run = run_concat},
};

int tfg_register_kernels_quantized(TfgStatus *s)
{
    if (tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s) < 0)
        return -1;
    return tfg_register_plain(tfg_kernels_quantized_nn, s);
}
