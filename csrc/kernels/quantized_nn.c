/* Networks of quantised integers: convolutions, pooling, normalisation, resizing. */
#include <math.h>

#include "base/status.h"
#include "kernels/image_resize.h"
#include "kernels/isa.h"
#include "kernels/quantized.h"
#include "kernels/window.h"

/* ---- Windows ------------------------------------------------------------------------------------------------------------------------------ */

static int prepare_windows(const TfgPrepare *p, void **state, TfgStatus *s)
{
    TfgWindowAttrs *a = tfg_window_attrs_new(p, 4, s);
    if (!a)
        return -1;
    bool conv = tfg_attrs_find(p->attrs, "ksize") == NULL;
    int rc = 0;
    if (conv && (a->strides[1] != a->strides[2]))
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Current implementation only supports equal length strides in the row and column dimensions.");
    else if (conv && (a->strides[0] != 1 || a->strides[3] != 1))
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Current implementation does not yet support strides in the batch and depth dimensions.");
    else if (conv && (a->dilations[1] != 1 || a->dilations[2] != 1))
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Current implementation only supports dilated rate as 1 in the row and column dimensions.");
    else if (conv && (a->dilations[0] != 1 || a->dilations[3] != 1))
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Current implementation does not yet support dilations in the batch and depth dimensions.");
    else if (!conv && (a->size[0] != 1 || a->strides[0] != 1))
        rc = tfg_fail(s, TFG_UNIMPLEMENTED, "Pooling is not yet supported on the batch dimension.");
    else if (!conv && (a->size[3] != 1 || a->strides[3] != 1))
        rc = tfg_fail(s, TFG_UNIMPLEMENTED, "Pooling of quantised integers is not yet supported on the depth dimension.");
    else if (!conv && (a->size[1] < 1 || a->size[2] < 1))
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Sliding window ksize must be positive");
    if (rc < 0)
        tfg_window_attrs_free(a);
    else
        *state = a;
    return rc;
}

static int fit(const TfgWindowAttrs *a, const TfgTensor *x, const int64_t *size, TfgWindow *rows, TfgWindow *columns, TfgStatus *s)
{
    *rows = (TfgWindow){.in = x->dims[1], .size = size[0], .stride = a->strides[1], .dilation = 1};
    *columns = (TfgWindow){.in = x->dims[2], .size = size[1], .stride = a->strides[2], .dilation = 1};
    return tfg_window_fit(rows, a->padding, s) < 0 ? -1 : tfg_window_fit(columns, a->padding, s);
}

typedef struct Slide {
    const TfgTensor *x, *filter;
    TfgTensor *out;
    TfgWindow rows, columns;
    int64_t zero_x, zero_filter;
    bool average;
} Slide;

static void pool_rows(void *context, int64_t begin, int64_t end)
{
    const Slide *p = context;
    int64_t depth = p->x->dims[3];
    for (int64_t k = begin; k < end; k++) {
        int64_t column = k % p->columns.out, row = k / p->columns.out % p->rows.out, image = k / p->columns.out / p->rows.out;
        int64_t r0, r1, c0, c1;
        tfg_window_range(&p->rows, row, &r0, &r1);
        tfg_window_range(&p->columns, column, &c0, &c1);
        for (int64_t d = 0; d < depth; d++) {
            int64_t sum = 0, most = 0, n = (r1 - r0) * (c1 - c0);
            for (int64_t i = r0; i < r1; i++)
                for (int64_t j = c0; j < c1; j++) {
                    int64_t v = ((const uint8_t *)p->x->data)[((image * p->rows.in + i) * p->columns.in + j) * depth + d];
                    sum += v;
                    most = v > most ? v : most;
                }
            ((uint8_t *)p->out->data)[k * depth + d] = (uint8_t)(p->average ? (n > 0 ? sum / n : 0) : most);
        }
    }
}

static int run_pool(TfgKernelCall *c, TfgStatus *s)
{
    const TfgWindowAttrs *a = c->state;
    const TfgTensor *x = c->in[0];
    float end[2];
    Slide p = {.x = x, .average = c->type[9] == 'A'};
    if (tfg_quantized_ends(c, 1, 2, end, s) < 0)
        return -1;
    if (x->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "tensor_in_shape must have 2 spatial dimensions. 2 %d", x->rank - 2);
    if (fit(a, x, &a->size[1], &p.rows, &p.columns, s) < 0)
        return -1;
    p.out = tfg_kernel_output(c, 0, 4, (int64_t[]){x->dims[0], p.rows.out, p.columns.out, x->dims[3]}, s);
    if (!p.out)
        return -1;
    if (p.out->count > 0)
        tfg_for_ranges(x->dims[0] * p.rows.out * p.columns.out, 64, pool_rows, &p);
    return tfg_quantized_set_ends(c, 1, end[0], end[1], s);
}

/* Sums wrap around, as those of int32 do; what lies outside the image is zero. */
static void conv_windows(void *context, int64_t begin, int64_t end)
{
    const Slide *p = context;
    int64_t depth = p->x->dims[3], n = p->filter->dims[3];
    const uint8_t *x = p->x->data, *filter = p->filter->data;
    for (int64_t k = begin; k < end; k++) {
        int64_t column = k % p->columns.out, row = k / p->columns.out % p->rows.out, image = k / p->columns.out / p->rows.out;
        uint32_t *out = (uint32_t *)p->out->data + k * n;
        memset(out, 0, (size_t)n * sizeof *out);
        for (int64_t i = 0; i < p->rows.size; i++)
            for (int64_t j = 0; j < p->columns.size; j++) {
                int64_t y = row * p->rows.stride + i - p->rows.before, z = column * p->columns.stride + j - p->columns.before;
                if (y < 0 || y >= p->rows.in || z < 0 || z >= p->columns.in)
                    continue;
                for (int64_t d = 0; d < depth; d++) {
                    uint32_t v = (uint32_t)(x[((image * p->rows.in + y) * p->columns.in + z) * depth + d] - p->zero_x);
                    const uint8_t *w = filter + ((i * p->columns.size + j) * depth + d) * n;
                    for (int64_t m = 0; m < n; m++)
                        out[m] += v * (uint32_t)(w[m] - p->zero_filter);
                }
            }
    }
}

static int run_conv(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[0], *filter = c->in[1];
    float end[4], min, max;
    TfgShapeText text;
    Slide p = {.x = x, .filter = filter};
    if (tfg_quantized_ends(c, 2, 4, end, s) < 0)
        return -1;
    if (x->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be 4-dimensional%s", tfg_shape_text(x, &text));
    if (filter->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "filter must be 4-dimensional: %s", tfg_shape_text(filter, &text));
    if (x->dims[3] != filter->dims[2])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input and filter must have the same depth: %lld vs %lld", (long long)x->dims[3],
                        (long long)filter->dims[2]);
    if (filter->dims[0] < 1 || filter->dims[1] < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "filter must not have zero elements (i.e. all dimensions must be non-zero)");
    if (fit(c->state, x, filter->dims, &p.rows, &p.columns, s) < 0)
        return -1;
    TfgQuantized of_x = tfg_quantized_type(x->dtype), of_filter = tfg_quantized_type(filter->dtype);
    p.zero_x = tfg_quantize_unclamped(0, end[0], end[1], &of_x);
    p.zero_filter = tfg_quantize_unclamped(0, end[2], end[3], &of_filter);
    p.out = tfg_kernel_output(c, 0, 4, (int64_t[]){x->dims[0], p.rows.out, p.columns.out, filter->dims[3]}, s);
    if (!p.out)
        return -1;
    if (p.out->count > 0)
        tfg_for_ranges(x->dims[0] * p.rows.out * p.columns.out, 16, conv_windows, &p);
    tfg_quantized_product_range(x->dtype, end[0], end[1], filter->dtype, end[2], end[3], p.out->dtype, &min, &max);
    return tfg_quantized_set_ends(c, 1, min, max, s);
}

/* ---- Normalisation -------------------------------------------------------------------------------------------------------------------------- */

/* By given means, variances, offsets and scales of each channel, in integers of 12 bits behind the point. */
static int run_batch_norm(TfgKernelCall *c, TfgStatus *s)
{
    static const char *const names[] = {"mean", "var", "beta", "gamma"};
    const TfgTensor *x = c->in[0];
    float end[5][2], eps = (float)tfg_attrs_float(c->attrs, "variance_epsilon"), min = -(1 << 20), max = 1 << 20;
    TfgShapeText text;
    for (int i = 0; i < 5; i++)
        if (tfg_quantized_ends(c, 3 * i + 1, 2, end[i], s) < 0)
            return -1;
    if (x->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be 4-dimensional%s", tfg_shape_text(x, &text));
    int64_t depth = x->dims[3];
    for (int i = 0; i < 4; i++) {
        const TfgTensor *t = c->in[3 * (i + 1)];
        if (t->rank != 1 || t->dims[0] != depth)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be 1-dimensional, with as many elements as input has channels%s", names[i],
                            tfg_shape_text(t, &text));
    }
    TfgTensor *out = tfg_kernel_output_like(c, 0, x, s);
    int32_t *factors = tfg_kernel_scratch(c, (size_t)(2 * depth + 1) * sizeof *factors, s);
    if (!out || !factors)
        return -1;
    TfgQuantized q = tfg_quantized_type(x->dtype), wide = tfg_quantized_type(TFG_QINT32);
    for (int64_t d = 0; d < depth; d++) {
        float v[4];
        for (int i = 0; i < 4; i++)
            v[i] = tfg_dequantize_one(tfg_quantized_load(c->in[3 * (i + 1)], d), end[i + 1][0], end[i + 1][1], &q);
        float scale = 1.0f / sqrtf(v[1] + eps) * (tfg_attrs_bool(c->attrs, "scale_after_normalization") ? v[3] : 1);
        factors[2 * d] = (int32_t)tfg_quantize_one(scale, min, max, &wide);
        factors[2 * d + 1] = (int32_t)tfg_quantize_one(-v[0] * scale + v[2], min, max, &wide);
    }
    int32_t one = (int32_t)tfg_quantize_one(1, min, max, &wide);
    for (int64_t i = 0; i < x->count; i++) {
        const int32_t *f = factors + 2 * (i % depth);
        int32_t v = (int32_t)tfg_quantize_one(tfg_dequantize_one(tfg_quantized_load(x, i), end[0][0], end[0][1], &q), min, max, &wide);
        int32_t product = (int32_t)((uint32_t)v * (uint32_t)f[0]);
        ((int32_t *)out->data)[i] = (int32_t)((uint32_t)(product / one) + (uint32_t)f[1]);
    }
    return tfg_quantized_set_ends(c, 1, min, max, s);
}

/* By the mean and variance of each image's channels, which are their own. */
static void normalize_channel(const TfgTensor *x, const TfgDequantizer *from, float eps, int64_t first, int64_t n, int64_t depth, float *to)
{
    float sum = 0, squares = 0;
    for (int64_t i = 0; i < n; i++)
        sum += tfg_dequantized(from, tfg_quantized_load(x, first + i * depth));
    float mean = sum / (float)n;
    for (int64_t i = 0; i < n; i++) {
        float v = tfg_dequantized(from, tfg_quantized_load(x, first + i * depth)) - mean;
        squares += v * v;
    }
    float factor = 1 / sqrtf(squares / (float)n + eps);
    for (int64_t i = 0; i < n; i++)
        to[first + i * depth] = (tfg_dequantized(from, tfg_quantized_load(x, first + i * depth)) - mean) * factor;
}

static int run_instance_norm(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[0];
    float end[2], eps = (float)tfg_attrs_float(c->attrs, "variance_epsilon"), apart = (float)tfg_attrs_float(c->attrs, "min_separation");
    TfgShapeText text;
    if (tfg_quantized_ends(c, 1, 2, end, s) < 0)
        return -1;
    if (x->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be 4-dimensional%s", tfg_shape_text(x, &text));
    if (!(end[0] < end[1]))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input_max must be larger than input_min.");
    TfgTensor *out = tfg_kernel_output_like(c, 0, x, s);
    float *y = out ? tfg_kernel_scratch(c, ((size_t)x->count + 1) * sizeof *y, s) : NULL;
    if (!y)
        return -1;
    int64_t depth = x->dims[3], n = x->dims[1] * x->dims[2];
    TfgQuantized q = tfg_quantized_type(x->dtype);
    TfgDequantizer from = tfg_dequantizer(end[0], end[1], &q);
    for (int64_t k = 0; x->count > 0 && k < x->dims[0] * depth; k++)
        normalize_channel(x, &from, eps, k / depth * n * depth + k % depth, n, depth, y);
    float min = (float)tfg_attrs_float(c->attrs, "given_y_min"), max = (float)tfg_attrs_float(c->attrs, "given_y_max");
    if (!tfg_attrs_bool(c->attrs, "output_range_given")) {
        min = x->count ? INFINITY : 0;
        max = x->count ? -INFINITY : 0;
        for (int64_t i = 0; i < x->count; i++) {
            min = fminf(min, y[i]);
            max = fmaxf(max, y[i]);
        }
        max = max - min < apart ? min + apart : max;
    }
    TfgQuantizer to = tfg_quantizer(min, max, &q);
    for (int64_t i = 0; i < x->count; i++)
        tfg_quantized_store(out, i, tfg_quantized_by(&to, y[i]));
    return tfg_quantized_set_ends(c, 1, min, max, s);
}

/* ---- Resizing --------------------------------------------------------------------------------------------------------------------------------- */

/* Between four neighbours.  Of 8 bits, places between pixels have 7 bits, as in TensorFlow; wider ones are computed in double. */
static void put_between(const TfgTensor *x, const int64_t *at, float part_x, float part_y, TfgTensor *out, int64_t k)
{
    double v[4];
    for (int i = 0; i < 4; i++)
        v[i] = x->dtype == TFG_FLOAT ? (double)((const float *)x->data)[at[i]] : (double)tfg_quantized_load(x, at[i]);
    double px = (double)part_x, py = (double)part_y;
    if (x->dtype == TFG_QUINT8) {
        px = floor(px * 128) / 128;
        py = floor(py * 128) / 128;
    }
    double top = v[0] + (v[1] - v[0]) * px, bottom = v[2] + (v[3] - v[2]) * px, value = top + (bottom - top) * py;
    if (x->dtype == TFG_FLOAT)
        ((float *)out->data)[k] = (float)value;
    else
        tfg_quantized_store(out, k, (int64_t)floor(value + 0.5));
}

static int run_resize(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[0];
    float end[2];
    TfgResize r;
    if (tfg_quantized_ends(c, 2, 2, end, s) < 0 || tfg_resize_sizes(c, &r, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output(c, 0, 4, (int64_t[]){r.batch, r.out_height, r.out_width, r.channels}, s);
    if (!out)
        return -1;
    for (int64_t k = 0; k < out->count; k++) {
        int64_t d = k % r.channels, column = k / r.channels % r.out_width, row = k / r.channels / r.out_width % r.out_height;
        int64_t image = k / r.channels / r.out_width / r.out_height;
        float at_y = (float)row * r.height_scale, at_x = (float)column * r.width_scale;
        int64_t y0 = (int64_t)at_y, x0 = (int64_t)at_x, y1 = y0 + 1 < r.in_height ? y0 + 1 : r.in_height - 1;
        int64_t x1 = x0 + 1 < r.in_width ? x0 + 1 : r.in_width - 1;
        int64_t at[4];
        for (int i = 0; i < 4; i++)
            at[i] = ((image * r.in_height + (i < 2 ? y0 : y1)) * r.in_width + (i % 2 ? x1 : x0)) * r.channels + d;
        put_between(x, at, at_x - (float)x0, at_y - (float)y0, out, k);
    }
    return tfg_quantized_set_ends(c, 1, end[0], end[1], s);
}

#define SMALL TFG_B(QUINT8)
#define POOL(name) {.op = name, .types = {{"T", SMALL}}, .flags = TFG_KERNEL_EXPENSIVE, .prepare = prepare_windows, .release = tfg_window_attrs_free, .run = run_pool}
static const TfgKernelRow rows[] = {
    POOL("QuantizedMaxPool"), POOL("QuantizedAvgPool"),
    {.op = "QuantizedConv2D", .types = {{"Tinput", SMALL}, {"Tfilter", SMALL}, {"out_type", TFG_B(QINT32)}}, .flags = TFG_KERNEL_EXPENSIVE,
     .prepare = prepare_windows, .release = tfg_window_attrs_free, .run = run_conv},
    {.op = "QuantizedBatchNormWithGlobalNormalization", .types = {{"Tinput", SMALL}, {"out_type", TFG_B(QINT32)}}, .run = run_batch_norm},
    {.op = "QuantizedInstanceNorm", .types = {{"T", SMALL}}, .run = run_instance_norm},
    {.op = "QuantizedResizeBilinear", .types = {{"T", SMALL | TFG_B(QINT32) | TFG_B(FLOAT)}}, .host_in = 2, .run = run_resize},
};

const TfgKernelRow *tfg_kernels_quantized_nn(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
