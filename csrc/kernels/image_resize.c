/* Resizing by the nearest pixel, the gradients of nearest and bilinear, and the checks that all methods share. */
#include "kernels/image_resize.h"

#include <math.h>

#include "base/status.h"
#include "kernels/isa.h"

float tfg_resize_scale(int64_t in, int64_t out, bool align_corners)
{
    return align_corners && out > 1 ? (float)(in - 1) / (float)(out - 1) : (float)in / (float)out;
}

static bool reaches_too_far(int64_t out, float scale)
{
    return !(ceilf((float)(out - 1) * scale) <= (float)INT32_MAX);
}

static int read_size(const TfgTensor *size, TfgResize *r, TfgStatus *s)
{
    TfgShapeText text;
    if (size->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "shape_t must be 1-dimensional%s", tfg_shape_text(size, &text));
    if (size->count != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "shape_t must have two elements%s", tfg_shape_text(size, &text));
    r->out_height = tfg_tensor_int(size, 0);
    r->out_width = tfg_tensor_int(size, 1);
    return 0;
}

static int set_scales(const TfgKernelCall *c, TfgResize *r, TfgStatus *s)
{
    bool align = tfg_attrs_bool(c->attrs, "align_corners");
    r->half = tfg_attrs_bool(c->attrs, "half_pixel_centers");
    if (align && r->half)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "If half_pixel_centers is True, align_corners must be False.");
    r->height_scale = tfg_resize_scale(r->in_height, r->out_height, align);
    r->width_scale = tfg_resize_scale(r->in_width, r->out_width, align);
    return 0;
}

int tfg_resize_sizes(TfgKernelCall *c, TfgResize *r, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    TfgShapeText text;
    if (in->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be 4-dimensional%s", tfg_shape_text(in, &text));
    if (read_size(c->in[1], r, s) < 0)
        return -1;
    if (r->out_height <= 0 || r->out_width <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "output dimensions must be positive");
    r->batch = in->dims[0];
    r->in_height = in->dims[1];
    r->in_width = in->dims[2];
    r->channels = in->dims[3];
    if (r->in_height >= INT32_MAX || r->in_width >= INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input sizes must be between 0 and max int32");
    if (r->in_height <= 0 || r->in_width <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input image must be of non-zero size");
    if (r->channels <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "image must have at least one channel");
    if (set_scales(c, r, s) < 0)
        return -1;
    if (reaches_too_far(r->out_height, r->height_scale) || reaches_too_far(r->out_width, r->width_scale))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input image scale would cause an overflow");
    return 0;
}

int tfg_resize_grad_sizes(TfgKernelCall *c, TfgResize *r, TfgStatus *s)
{
    const TfgTensor *dy = c->in[0], *image = c->in[1];
    TfgShapeText a, b;
    if (dy->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input_grad must be 4-dimensional%s", tfg_shape_text(dy, &a));
    if (image->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "original_image must be 4-dimensional%s", tfg_shape_text(image, &a));
    if (dy->dims[0] != image->dims[0] || dy->dims[3] != image->dims[3])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input_grad %s and original_image %s must have the same batch and channels",
                        tfg_shape_text(dy, &a), tfg_shape_text(image, &b));
    if (dy->count > 0 && (image->dims[1] == 0 || image->dims[2] == 0))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "original_image must be of non-zero size");
    *r = (TfgResize){.batch = dy->dims[0], .out_height = dy->dims[1], .out_width = dy->dims[2], .channels = dy->dims[3],
                     .in_height = image->dims[1], .in_width = image->dims[2]};
    if (set_scales(c, r, s) < 0)
        return -1;
    if (dy->count > 0 && (reaches_too_far(r->out_height, r->height_scale) || reaches_too_far(r->out_width, r->width_scale)))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input image scale would cause an overflow");
    return 0;
}

void tfg_image_to_float(TfgDType d, const void *from, float *to, int64_t n)
{
    switch (d) {
#define CASE(D, S, T)                                           \
    case TFG_##D:                                               \
        for (int64_t i = 0; i < n; i++)                         \
            to[i] = (float)LOAD_##D(((const S *)from)[i]);      \
        break;
    TFG_REALS(CASE)
#undef CASE
    default: break;
    }
}

/* ---- The nearest pixel ------------------------------------------------------------------------------------------------------- */

typedef struct Nearest {
    const TfgTensor *from;
    TfgTensor *to;
    TfgResize r;
    bool align;                 /* round to the nearest corner */
    size_t pixel;               /* bytes */
    int64_t *columns;           /* of the source, one for each output column */
} Nearest;

/* The input pixel that output pixel i shows. */
static int64_t nearest(const Nearest *k, int64_t i, float scale, int64_t n)
{
    float in = k->r.half ? ((float)i + 0.5f) * scale : (float)i * scale;
    int64_t at = (int64_t)(k->align ? roundf(in) : floorf(in));
    return at < n ? at : n - 1;
}

static void copy_rows(void *context, int64_t begin, int64_t end)
{
    const Nearest *k = context;
    const TfgResize *r = &k->r;
    for (int64_t i = begin; i < end; i++) {
        int64_t y = nearest(k, i % r->out_height, r->height_scale, r->in_height);
        const char *from = tfg_at(k->from, (i / r->out_height * r->in_height + y) * r->in_width * r->channels);
        char *to = tfg_at_mut(k->to, i * r->out_width * r->channels);
        switch (k->pixel) {
#define COPY(n)                                                                                 \
        case n:                                                                                 \
            for (int64_t x = 0; x < r->out_width; x++)                                          \
                memcpy(to + x * n, from + k->columns[x] * n, n);                                \
            break;
        COPY(1) COPY(2) COPY(3) COPY(4) COPY(12) COPY(16)
#undef COPY
        default:
            for (int64_t x = 0; x < r->out_width; x++)
                memcpy(to + (size_t)x * k->pixel, from + (size_t)k->columns[x] * k->pixel, k->pixel);
        }
    }
}

static int run_nearest(TfgKernelCall *c, TfgStatus *s)
{
    Nearest k = {.from = c->in[0], .align = tfg_attrs_bool(c->attrs, "align_corners")};
    if (tfg_resize_sizes(c, &k.r, s) < 0)
        return -1;
    const TfgResize *r = &k.r;
    k.to = tfg_kernel_output(c, 0, 4, (int64_t[]){r->batch, r->out_height, r->out_width, r->channels}, s);
    if (!k.to)
        return -1;
    if (k.to->count == 0)
        return 0;
    k.columns = tfg_kernel_scratch(c, (size_t)r->out_width * sizeof *k.columns, s);
    if (!k.columns)
        return -1;
    for (int64_t x = 0; x < r->out_width; x++)
        k.columns[x] = nearest(&k, x, r->width_scale, r->in_width);
    k.pixel = tfg_tensor_size(k.to->dtype, r->channels);
    tfg_for_ranges(r->batch * r->out_height, 16384 / (r->out_width * r->channels) + 1, copy_rows, &k);
    return 0;
}

static int nearest_grad_sizes(TfgKernelCall *c, TfgResize *r, TfgStatus *s)
{
    const TfgTensor *dy = c->in[0];
    TfgShapeText text;
    if (dy->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be 4-dimensional%s", tfg_shape_text(dy, &text));
    TfgResize size = {.out_height = 0};
    if (read_size(c->in[1], &size, s) < 0)
        return -1;
    *r = (TfgResize){.batch = dy->dims[0], .out_height = dy->dims[1], .out_width = dy->dims[2], .channels = dy->dims[3],
                     .in_height = size.out_height, .in_width = size.out_width};
    if (r->in_height <= 0 || r->in_width <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "shape_t's elements must be positive");
    return set_scales(c, r, s);
}

/* Sums in the order of the gradient's pixels, image by image, in the dtype itself. */
typedef struct GradLoops { void (*nearest)(const Nearest *k, int64_t image), (*bilinear)(const Nearest *k, int64_t image); } GradLoops;

#define NEAREST_GRAD(D, S, T)                                                                                       \
    static void nearest_grad_##D(const Nearest *k, int64_t image)                                                   \
    {                                                                                                               \
        const TfgResize *r = &k->r;                                                                                 \
        const S *dy = (const S *)k->from->data + image * r->out_height * r->out_width * r->channels;                \
        S *out = (S *)k->to->data + image * r->in_height * r->in_width * r->channels;                               \
        for (int64_t y = 0; y < r->out_height; y++) {                                                               \
            S *row = out + nearest(k, y, r->height_scale, r->in_height) * r->in_width * r->channels;         \
            for (int64_t x = 0; x < r->out_width; x++) {                                                            \
                S *to = row + k->columns[x] * r->channels;                                                          \
                for (int64_t i = 0; i < r->channels; i++, dy++)                                                     \
                    to[i] = (S)STORE_##D(ADD_##D(LOAD_##D(to[i]), LOAD_##D(*dy)));                                  \
            }                                                                                                       \
        }                                                                                                           \
    }                                                                                                               \
    static const GradLoops nearest_##D = {nearest_grad_##D, NULL};

/* Each of the four pixels that an output pixel was mixed from gets its share. */
#define BILINEAR_GRAD(D, S, T)                                                                                      \
    static void bilinear_grad_##D(const Nearest *k, int64_t image)                                                  \
    {                                                                                                               \
        const TfgResize *r = &k->r;                                                                                 \
        const float *dy = (const float *)k->from->data + image * r->out_height * r->out_width * r->channels;        \
        const int64_t stride = r->in_width * r->channels;                                                           \
        S *out = (S *)k->to->data + image * r->in_height * stride;                                                  \
        for (int64_t y = 0; y < r->out_height; y++) {                                                               \
            const float in_y = tfg_resize_place(r, y, r->height_scale), top = floorf(in_y), bottom = ceilf(in_y);    \
            const float dy1 = in_y - top, dy0 = 1.0f - dy1;                                                         \
            S *row0 = out + (top > 0 ? (int64_t)top : 0) * stride;                                                  \
            S *row1 = out + ((int64_t)bottom < r->in_height ? (int64_t)bottom : r->in_height - 1) * stride;         \
            for (int64_t x = 0; x < r->out_width; x++) {                                                            \
                const float in_x = tfg_resize_place(r, x, r->width_scale), left = floorf(in_x), right = ceilf(in_x); \
                const float dx1 = in_x - left, dx0 = 1.0f - dx1;                                                    \
                const int64_t at0 = (left > 0 ? (int64_t)left : 0) * r->channels;                                   \
                const int64_t at1 = ((int64_t)right < r->in_width ? (int64_t)right : r->in_width - 1) * r->channels;\
                for (int64_t i = 0; i < r->channels; i++, dy++) {                                                   \
                    ADD_TO(D, T, row0[at0 + i], *dy * dy0 * dx0);                                                      \
                    ADD_TO(D, T, row0[at1 + i], *dy * dy0 * dx1);                                                      \
                    ADD_TO(D, T, row1[at0 + i], *dy * dy1 * dx0);                                                      \
                    ADD_TO(D, T, row1[at1 + i], *dy * dy1 * dx1);                                                      \
                }                                                                                                   \
            }                                                                                                       \
        }                                                                                                           \
    }                                                                                                               \
    static const GradLoops bilinear_##D = {NULL, bilinear_grad_##D};
#define ADD_TO(D, T, to, x) ((to) = STORE_##D(LOAD_##D(to) + (T)LOAD_##D(STORE_##D(x))))

TFG_REALS(NEAREST_GRAD)
BILINEAR_GRAD(FLOAT, float, float)
BILINEAR_GRAD(DOUBLE, double, double)
BILINEAR_GRAD(HALF, uint16_t, float)
BILINEAR_GRAD(BFLOAT16, uint16_t, float)

typedef struct GradCall { Nearest k; void (*loop)(const Nearest *k, int64_t image); } GradCall;

static void grad_images(void *context, int64_t begin, int64_t end)
{
    const GradCall *g = context;
    for (int64_t i = begin; i < end; i++)
        g->loop(&g->k, i);
}

static int run_grad(TfgKernelCall *c, TfgStatus *s)
{
    const GradLoops *loops = c->row->loops;
    GradCall g = {.k = {.from = c->in[0], .align = tfg_attrs_bool(c->attrs, "align_corners")}};
    g.loop = loops->nearest ? loops->nearest : loops->bilinear;
    TfgResize *r = &g.k.r;
    if ((loops->nearest ? nearest_grad_sizes(c, r, s) : tfg_resize_grad_sizes(c, r, s)) < 0)
        return -1;
    g.k.to = tfg_kernel_output(c, 0, 4, (int64_t[]){r->batch, r->in_height, r->in_width, r->channels}, s);
    if (!g.k.to)
        return -1;
    memset(g.k.to->data, 0, tfg_tensor_size(g.k.to->dtype, g.k.to->count));
    if (g.k.from->count == 0)
        return 0;
    g.k.columns = tfg_kernel_scratch(c, (size_t)r->out_width * sizeof *g.k.columns, s);
    if (!g.k.columns)
        return -1;
    for (int64_t x = 0; x < r->out_width; x++)
        g.k.columns[x] = nearest(&g.k, x, r->width_scale, r->in_width);
    tfg_for_ranges(r->batch, 1, grad_images, &g);
    return 0;
}

#define NEAREST_ROW(D, S, T) {.op = "ResizeNearestNeighborGrad", TFG_FOR(TFG_##D), .host_in = 2, .loops = &nearest_##D, .run = run_grad},
#define BILINEAR_ROW(D) {.op = "ResizeBilinearGrad", TFG_FOR(TFG_##D), .loops = &bilinear_##D, .run = run_grad},
static const TfgKernelRow rows[] = {
    {.op = "ResizeNearestNeighbor", .types = {{"T", TFG_TYPES_IMAGE}}, .host_in = 2, .run = run_nearest},
    TFG_REALS(NEAREST_ROW)
    BILINEAR_ROW(FLOAT) BILINEAR_ROW(DOUBLE) BILINEAR_ROW(HALF) BILINEAR_ROW(BFLOAT16)
};

const TfgKernelRow *tfg_kernels_image_resize(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
