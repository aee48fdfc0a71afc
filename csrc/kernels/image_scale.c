/* ScaleAndTranslate and its gradient: resizing by a kernel, which is made wider where the image gets smaller. */
#include <math.h>

#include "base/status.h"
#include "kernels/image_resize.h"
#include "kernels/isa.h"

#define PI 3.14159265359f

/* ---- kernels: how much a pixel at distance x counts ------------------------------------------------------------------------------------- */

static float lanczos(float x, float radius)
{
    if (x > radius)
        return 0;
    return x <= 1e-3f ? 1 : radius * sinf(PI * x) * sinf(PI * x / radius) / (PI * PI * x * x);
}
static float lanczos1(float x) { return lanczos(x, 1); }
static float lanczos3(float x) { return lanczos(x, 3); }
static float lanczos5(float x) { return lanczos(x, 5); }
static float gaussian(float x) { return x >= 1.5f ? 0 : (float)exp((double)(-x * x) / (2 * 0.5 * 0.5)); }
static float box(float x) { return x < 0.5f ? 1 : x == 0.5f ? 0.5f : 0; }
static float triangle(float x) { return x < 1 ? 1 - x : 0; }

static float keys_cubic(float x)
{
    if (x >= 2)
        return 0;
    return x >= 1 ? ((-0.5f * x + 2.5f) * x - 4) * x + 2 : ((1.5f * x - 2.5f) * x) * x + 1;
}

static float mitchell_cubic(float x)
{
    if (x >= 2)
        return 0;
    return x >= 1 ? (((-7.0f / 18) * x + 2) * x - 10.0f / 3) * x + 16.0f / 9 : (((7.0f / 6) * x - 2) * x) * x + 8.0f / 9;
}

typedef struct Kernel { const char *name; float radius; float (*weight)(float x); } Kernel;
static const Kernel kernels[] = {{"lanczos1", 1, lanczos1}, {"lanczos3", 3, lanczos3}, {"lanczos5", 5, lanczos5}, {"gaussian", 1.5f, gaussian},
                                 {"box", 1, box}, {"triangle", 1, triangle}, {"keyscubic", 2, keys_cubic}, {"mitchellcubic", 2, mitchell_cubic}};

static const Kernel *find_kernel(const TfgAttrs *a)
{
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        if (tfg_attrs_string_is(a, "kernel_type", kernels[i].name))
            return &kernels[i];
    return NULL;
}

static int prepare_scale(const TfgPrepare *p, void **state, TfgStatus *s)
{
    TfgBytes name = tfg_attrs_string(p->attrs, "kernel_type");
    (void)state;
    return find_kernel(p->attrs) ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Unrecognized kernel type: %.*s", (int)name.n, name.data);
}

/* ---- spans: the input pixels that make an output pixel ---------------------------------------------------------------------------------- */

typedef struct Spans {
    int64_t n, width;           /* of output pixels; of the widest span */
    int32_t *first;             /* per output pixel */
    float *weights;             /* [n, width]; those beyond the input are 0 */
} Spans;

static int64_t clamp(float x, int64_t n) { return x < 0 ? 0 : x < (float)n ? (int64_t)x : n - 1; }

/* Weights of the span around `at`, which add up to 1; those of a place where nearly nothing counts stay 0. */
static void fill_span(const Kernel *kernel, float at, float stretch, int64_t n_in, int64_t width, int32_t *first, float *weights)
{
    const float reach = kernel->radius * stretch, shrink = 1 / stretch;
    const int64_t begin = clamp(ceilf(at - reach - 0.5f), n_in), end = clamp(floorf(at + reach - 0.5f), n_in) + 1;
    float total = 0;
    *first = (int32_t)begin;
    if (end - begin > width)
        return;
    for (int64_t i = begin; i < end; i++) {
        weights[i - begin] = kernel->weight(fabsf(((float)i + 0.5f - at) * shrink));
        total += weights[i - begin];
    }
    const float scale = 1 / total;
    for (int64_t i = 0; i < end - begin; i++)
        weights[i] = fabsf(total) >= 1000 * 1.17549435e-38f ? weights[i] * scale : 0;
}

static int make_spans(TfgKernelCall *c, int64_t n_out, int64_t n_in, float scale, float translation, Spans *out, TfgStatus *s)
{
    const Kernel *kernel = find_kernel(c->attrs);
    const float inverse = (float)(1.0 / (double)scale), shift = -inverse * translation;
    const float stretch = tfg_attrs_bool(c->attrs, "antialias") && inverse > 1 ? inverse : 1, reach = ceilf(kernel->radius * stretch);
    out->n = n_out;
    out->width = reach < (float)n_in ? 2 * (int64_t)reach + 1 : n_in;
    out->width = out->width < n_in ? out->width : n_in;
    const int64_t count = tfg_dims_count(2, (int64_t[]){n_out, out->width});
    if (count < 0 || count > INT64_MAX / 8)
        return tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "The weights of %lld pixels are too many", (long long)n_out);
    out->first = tfg_kernel_scratch(c, (size_t)n_out * sizeof *out->first, s);
    out->weights = out->first ? tfg_kernel_scratch(c, (size_t)count * sizeof *out->weights, s) : NULL;
    if (!out->weights)
        return -1;
    memset(out->first, 0, (size_t)n_out * sizeof *out->first);
    memset(out->weights, 0, (size_t)count * sizeof *out->weights);
    for (int64_t i = 0; i < n_out; i++) {
        const float at = ((float)i + 0.5f) * inverse + shift;
        if (at >= 0 && at <= (float)n_in)       /* nothing is read from outside the image */
            fill_span(kernel, at, stretch, n_in, out->width, &out->first[i], out->weights + i * out->width);
    }
    return 0;
}

static int64_t span_length(const Spans *p, int64_t i, int64_t n_in) { return p->first[i] + p->width <= n_in ? p->width : n_in - p->first[i]; }

/* to += weight * from */
static void add_scaled(const float *from, float weight, float *to, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        to[i] += weight * from[i];
}

/* ---- forward ---- */

typedef struct Scaling {
    int64_t batch, in_height, in_width, channels;
    Spans rows, columns;        /* outputs are rows.n by columns.n */
    const float *image;
    float *between, *out;       /* between: [batch, rows.n, in_width, channels] */
} Scaling;

static void scale_rows(void *context, int64_t begin, int64_t end)
{
    const Scaling *k = context;
    const int64_t in_row = k->in_width * k->channels, out_row = k->columns.n * k->channels;
    for (int64_t i = begin; i < end; i++) {
        const int64_t y = i % k->rows.n;
        const float *image = k->image + (i / k->rows.n * k->in_height + k->rows.first[y]) * in_row;
        float *between = k->between + i * in_row, *out = k->out + i * out_row;
        memset(between, 0, (size_t)in_row * sizeof *between);
        memset(out, 0, (size_t)out_row * sizeof *out);
        for (int64_t j = 0; j < span_length(&k->rows, y, k->in_height); j++)
            add_scaled(image + j * in_row, k->rows.weights[y * k->rows.width + j], between, in_row);
        for (int64_t x = 0; x < k->columns.n; x++)
            for (int64_t j = 0; j < span_length(&k->columns, x, k->in_width); j++)
                add_scaled(between + (k->columns.first[x] + j) * k->channels, k->columns.weights[x * k->columns.width + j],
                           out + x * k->channels, k->channels);
    }
}

/* Inputs i and i + 1: scales and translations of rows and columns. */
static int read_pairs(const TfgKernelCall *c, float scale[2], float translation[2], TfgStatus *s)
{
    TfgShapeText text;
    for (int i = 2; i < 4; i++) {
        if (c->in[i]->rank != 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "t must be 1-dimensional%s", tfg_shape_text(c->in[i], &text));
        if (c->in[i]->count != 2)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "t must have two elements%s", tfg_shape_text(c->in[i], &text));
        memcpy(i == 2 ? scale : translation, c->in[i]->data, 2 * sizeof *scale);
        if (i == 2 && !(scale[0] > 0 && scale[1] > 0))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Scale must be greater than zero.");
    }
    return 0;
}

static int read_size(const TfgTensor *size, int64_t out[2], TfgStatus *s)
{
    TfgShapeText text;
    if (size->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "output_shape_t must be 1-dimensional%s", tfg_shape_text(size, &text));
    if (size->count != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "output_shape_t must have two elements%s", tfg_shape_text(size, &text));
    out[0] = tfg_tensor_int(size, 0);
    out[1] = tfg_tensor_int(size, 1);
    return 0;
}

static int check_image(const TfgTensor *image, const int64_t size[2], TfgStatus *s)
{
    if (image->dims[1] >= INT32_MAX || image->dims[2] >= INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input sizes must be between 0 and max int32");
    if (size[0] <= 0 || size[1] <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "output dimensions must be positive");
    if (image->dims[3] <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "image must have at least one channel");
    if (image->dims[1] <= 0 || image->dims[2] <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input image must be of non-zero size");
    return 0;
}

/* The image as floats. */
static const float *float_image(TfgKernelCall *c, const TfgTensor *image, TfgStatus *s)
{
    if (image->dtype == TFG_FLOAT)
        return image->data;
    float *out = tfg_kernel_scratch(c, (size_t)image->count * sizeof *out, s);
    if (out)
        tfg_image_to_float(image->dtype, image->data, out, image->count);
    return out;
}

/* Floats for [batch, height, width, channels]; NULL where they are too many. */
static float *scratch_image(TfgKernelCall *c, int64_t batch, int64_t height, int64_t width, int64_t channels, TfgStatus *s)
{
    const int64_t count = tfg_dims_count(4, (int64_t[]){batch, height, width, channels});
    if (count < 0 || count > INT64_MAX / 8) {
        tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "An image of %lld by %lld pixels is too large", (long long)height, (long long)width);
        return NULL;
    }
    return tfg_kernel_scratch(c, (size_t)count * sizeof(float), s);
}

static int run_scale(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *image = c->in[0];
    TfgShapeText text;
    int64_t size[2] = {0, 0};
    float scale[2] = {0, 0}, translation[2] = {0, 0};
    if (image->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be 4-dimensional%s", tfg_shape_text(image, &text));
    if (read_size(c->in[1], size, s) < 0 || check_image(image, size, s) < 0 || read_pairs(c, scale, translation, s) < 0)
        return -1;
    Scaling k = {.batch = image->dims[0], .in_height = image->dims[1], .in_width = image->dims[2], .channels = image->dims[3]};
    TfgTensor *out = tfg_kernel_output(c, 0, 4, (int64_t[]){k.batch, size[0], size[1], k.channels}, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    k.out = out->data;
    if (make_spans(c, size[1], k.in_width, scale[1], translation[1], &k.columns, s) < 0
        || make_spans(c, size[0], k.in_height, scale[0], translation[0], &k.rows, s) < 0)
        return -1;
    k.image = float_image(c, image, s);
    k.between = k.image ? scratch_image(c, k.batch, size[0], k.in_width, k.channels, s) : NULL;
    if (k.between)
        tfg_for_ranges(k.batch * size[0], 16384 / (k.in_width * k.channels) + 1, scale_rows, &k);
    return k.between ? 0 : -1;
}

/* ---- gradient: every pixel gives back to those it was made of, in the order of outputs ----------------------------------------------------- */

static void give_back(void *context, int64_t begin, int64_t end)
{
    const Scaling *k = context;     /* image: what came back, [batch, rows.n, columns.n]; between: [batch, in_height, columns.n] */
    const int64_t row = k->columns.n * k->channels, out_row = k->in_width * k->channels;
    for (int64_t n = begin; n < end; n++) {
        const float *dy = k->image + n * k->rows.n * row;
        float *between = k->between + n * k->in_height * row, *out = k->out + n * k->in_height * out_row;
        memset(between, 0, (size_t)(k->in_height * row) * sizeof *between);
        memset(out, 0, (size_t)(k->in_height * out_row) * sizeof *out);
        for (int64_t y = 0; y < k->rows.n; y++)
            for (int64_t j = 0; j < span_length(&k->rows, y, k->in_height); j++)
                add_scaled(dy + y * row, k->rows.weights[y * k->rows.width + j], between + (k->rows.first[y] + j) * row, row);
        for (int64_t y = 0; y < k->in_height; y++)
            for (int64_t x = 0; x < k->columns.n; x++)
                for (int64_t j = 0; j < span_length(&k->columns, x, k->in_width); j++)
                    add_scaled(between + y * row + x * k->channels, k->columns.weights[x * k->columns.width + j],
                               out + y * out_row + (k->columns.first[x] + j) * k->channels, k->channels);
    }
}

static int run_scale_grad(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *dy = c->in[0], *image = c->in[1];
    TfgShapeText text;
    float scale[2] = {0, 0}, translation[2] = {0, 0};
    if (dy->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input_grad must be 4-dimensional%s", tfg_shape_text(dy, &text));
    if (image->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "original_image must be 4-dimensional%s", tfg_shape_text(image, &text));
    if (image->dims[1] >= INT32_MAX || image->dims[2] >= INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "original sizes must be between 0 and max int32");
    Scaling k = {.batch = dy->dims[0], .in_height = image->dims[1], .in_width = image->dims[2], .channels = dy->dims[3], .image = dy->data};
    TfgTensor *out = tfg_kernel_output(c, 0, 4, (int64_t[]){k.batch, k.in_height, k.in_width, k.channels}, s);
    if (!out || read_pairs(c, scale, translation, s) < 0)
        return -1;
    if (out->count == 0)
        return 0;
    k.out = out->data;
    if (make_spans(c, dy->dims[2], k.in_width, scale[1], translation[1], &k.columns, s) < 0
        || make_spans(c, dy->dims[1], k.in_height, scale[0], translation[0], &k.rows, s) < 0)
        return -1;
    k.between = scratch_image(c, k.batch, k.in_height, dy->dims[2], k.channels, s);
    if (k.between)
        tfg_for_ranges(k.batch, 1, give_back, &k);
    return k.between ? 0 : -1;
}

static const TfgKernelRow rows[] = {
    {.op = "ScaleAndTranslate", .types = {{"T", TFG_TYPES_IMAGE}}, .host_in = 14, .prepare = prepare_scale, .run = run_scale},
    {.op = "ScaleAndTranslateGrad", TFG_FOR(TFG_FLOAT), .host_in = 12, .prepare = prepare_scale, .run = run_scale_grad},
};

const TfgKernelRow *tfg_kernels_image_scale(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
