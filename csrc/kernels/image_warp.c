/* ImageProjectiveTransform*: images seen through a projective map, nearest or bilinear. */
#include <math.h>

#include "base/status.h"
#include "kernels/image_resize.h"
#include "kernels/isa.h"

typedef enum Beyond { CONSTANT, REFLECT, WRAP, NEAREST_EDGE } Beyond;     /* what is read beyond the image's edges */

typedef struct Warp {
    int64_t in_height, in_width, height, width, channels;
    bool bilinear;
    Beyond beyond;
    float fill;
    const float *maps;          /* 8 for each image, or for all */
    int64_t map_step;
    const TfgTensor *images;
    TfgTensor *out;
} Warp;
typedef void (*WarpFn)(const Warp *w, int64_t image, int64_t y);
typedef struct WarpCall { Warp w; WarpFn loop; } WarpCall;

/* Quotients are cut to integers in TensorFlow; beyond their range the place is clamped anyway. */
static float whole(float x) { return x > -2e9f && x < 2e9f ? truncf(x) : 0; }

/* A coordinate along a side of n pixels, brought back into the image. */
static float inside(Beyond beyond, float x, int64_t n)
{
    const float size = (float)n, last = (float)(n - 1);
    if (beyond == REFLECT && (x < 0 || x > last)) {
        const float twice = 2 * size;
        if (n <= 1)
            return 0;
        if (x < 0) {
            x = x < twice ? twice * whole(-x / twice) + x : x;
            x = x < -size ? x + twice : -x - 1;
        } else {
            x -= twice * whole(x / twice);
            x = x >= size ? twice - x - 1 : x;
        }
    } else if (beyond == WRAP && (x < 0 || x > last)) {
        if (n <= 1)
            return 0;
        x = x < 0 ? x + size * (whole(-x / last) + 1) : x - size * whole(x / last);
    }
    if (beyond == CONSTANT)
        return x;
    return x < 0 ? 0 : x > last ? last : x;
}

/* The input's place of output pixel (x, y); false where it is infinitely far. */
static bool find_place(const Warp *w, int64_t image, int64_t x, int64_t y, float *in_x, float *in_y)
{
    const float *m = w->maps + image * w->map_step, fx = (float)x, fy = (float)y;
    const float depth = m[6] * fx + m[7] * fy + 1;
    if (depth == 0)
        return false;
    *in_x = inside(w->beyond, (m[0] * fx + m[1] * fy + m[2]) / depth, w->in_width);
    *in_y = inside(w->beyond, (m[3] * fx + m[4] * fy + m[5]) / depth, w->in_height);
    return true;
}

/* The number of the pixel at whole coordinates, or -1 outside the image. */
static int64_t pixel_at(const Warp *w, float x, float y)
{
    return y >= 0 && y < (float)w->in_height && x >= 0 && x < (float)w->in_width ? (int64_t)y * w->in_width + (int64_t)x : -1;
}

/* What a float becomes as an element: integers are cut, and keep to their range. */
#define CUT(T, LEAST, MOST)                                                     \
    static T cut_##T(float x) { return x >= (float)(MOST) ? (MOST) : x > (float)(LEAST) ? (T)x : (LEAST); }
CUT(uint8_t, 0, UINT8_MAX)
CUT(int32_t, INT32_MIN, INT32_MAX)
CUT(int64_t, INT64_MIN, INT64_MAX)
#define OF_FLOAT_FLOAT(x) (x)
#define OF_FLOAT_DOUBLE(x) ((double)(x))
#define OF_FLOAT_HALF(x) tfg_float_to_half(x)
#define OF_FLOAT_BFLOAT16(x) tfg_float_to_bfloat16(x)
#define OF_FLOAT_UINT8(x) cut_uint8_t(x)
#define OF_FLOAT_INT32(x) cut_int32_t(x)
#define OF_FLOAT_INT64(x) cut_int64_t(x)

/* The four neighbours count by how near they are; sums are float for every dtype. */
#define WARP_LOOP(D, S)                                                                                                     \
    static void warp_##D(const Warp *w, int64_t image, int64_t y)                                                           \
    {                                                                                                                       \
        const S *in = (const S *)w->images->data + image * w->in_height * w->in_width * w->channels;                        \
        S *to = (S *)w->out->data + (image * w->height + y) * w->width * w->channels, fill = OF_FLOAT_##D(w->fill);         \
        const float outside = (float)LOAD_##D(fill);                                                                        \
        for (int64_t x = 0; x < w->width; x++, to += w->channels) {                                                         \
            float px = 0, py = 0;                                                                                           \
            const bool found = find_place(w, image, x, y, &px, &py);                                                        \
            const float left = floorf(px), right = left + 1, top = floorf(py), bottom = top + 1;                            \
            const int64_t at = found && !w->bilinear ? pixel_at(w, roundf(px), roundf(py)) : -1;                            \
            const int64_t a = pixel_at(w, left, top), b = pixel_at(w, right, top), c = pixel_at(w, left, bottom),           \
                          d = pixel_at(w, right, bottom);                                                                   \
            for (int64_t i = 0; i < w->channels; i++) {                                                                     \
                if (!found || !w->bilinear) {                                                                               \
                    to[i] = at >= 0 ? in[at * w->channels + i] : fill;                                                      \
                    continue;                                                                                               \
                }                                                                                                           \
                const float va = a >= 0 ? (float)LOAD_##D(in[a * w->channels + i]) : outside;                               \
                const float vb = b >= 0 ? (float)LOAD_##D(in[b * w->channels + i]) : outside;                               \
                const float vc = c >= 0 ? (float)LOAD_##D(in[c * w->channels + i]) : outside;                               \
                const float vd = d >= 0 ? (float)LOAD_##D(in[d * w->channels + i]) : outside;                               \
                const float upper = (right - px) * va + (px - left) * vb, lower = (right - px) * vc + (px - left) * vd;     \
                to[i] = OF_FLOAT_##D((bottom - py) * upper + (py - top) * lower);                                           \
            }                                                                                                               \
        }                                                                                                                   \
    }                                                                                                                       \
    static const WarpFn warp_fn_##D = warp_##D;
#define WARP_TYPES(X) X(UINT8, uint8_t) X(INT32, int32_t) X(INT64, int64_t) X(HALF, uint16_t) X(FLOAT, float) X(DOUBLE, double)
WARP_TYPES(WARP_LOOP)
WARP_LOOP(BFLOAT16, uint16_t)

static void warp_rows(void *context, int64_t begin, int64_t end)
{
    const WarpCall *call = context;
    for (int64_t i = begin; i < end; i++)
        call->loop(&call->w, i / call->w.height, i % call->w.height);
}

static int prepare_warp(const TfgPrepare *p, void **state, TfgStatus *s)
{
    static const char *const modes[] = {"CONSTANT", "REFLECT", "WRAP", "NEAREST"};
    const bool has_mode = tfg_attrs_find(p->attrs, "fill_mode") != NULL;
    TfgBytes text = tfg_attrs_string(p->attrs, "interpolation");
    (void)state;
    if (!tfg_attrs_string_is(p->attrs, "interpolation", "NEAREST") && !tfg_attrs_string_is(p->attrs, "interpolation", "BILINEAR"))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid interpolation %.*s. Supported types: NEAREST, BILINEAR", (int)text.n, text.data);
    for (size_t i = 0; has_mode && i < sizeof modes / sizeof *modes; i++)
        if (tfg_attrs_string_is(p->attrs, "fill_mode", modes[i]))
            return 0;
    if (!has_mode)
        return 0;
    text = tfg_attrs_string(p->attrs, "fill_mode");
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid mode %.*s. Supported types: REFLECT, WRAP, CONSTANT, NEAREST", (int)text.n, text.data);
}

static Beyond read_mode(const TfgAttrs *a)
{
    if (!tfg_attrs_find(a, "fill_mode") || tfg_attrs_string_is(a, "fill_mode", "CONSTANT"))
        return CONSTANT;
    return tfg_attrs_string_is(a, "fill_mode", "REFLECT") ? REFLECT : tfg_attrs_string_is(a, "fill_mode", "WRAP") ? WRAP : NEAREST_EDGE;
}

static int read_out_size(const TfgTensor *size, Warp *w, TfgStatus *s)
{
    TfgShapeText text;
    if (size->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "output shape must be 1-dimensional%s", tfg_shape_text(size, &text));
    if (size->count != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "output shape must have two elements%s", tfg_shape_text(size, &text));
    w->height = tfg_tensor_int(size, 0);
    w->width = tfg_tensor_int(size, 1);
    if (w->height <= 0 || w->width <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "output dimensions must be positive");
    return 0;
}

static int run_warp(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *images = c->in[0], *maps = c->in[1];
    WarpCall call = {{.bilinear = tfg_attrs_string_is(c->attrs, "interpolation", "BILINEAR"), .beyond = read_mode(c->attrs),
                      .images = images, .maps = maps->data}, *(const WarpFn *)c->row->loops};
    Warp *w = &call.w;
    if (images->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input images must have rank 4");
    const int64_t n = images->dims[0];
    if (maps->rank != 2 || (maps->dims[0] != n && maps->dims[0] != 1) || maps->dims[1] != 8)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input transform should be num_images x 8 or 1 x 8");
    w->in_height = w->height = images->dims[1];
    w->in_width = w->width = images->dims[2];
    w->channels = images->dims[3];
    w->map_step = maps->dims[0] == 1 ? 0 : 8;
    if (c->n_in > 2 && read_out_size(c->in[2], w, s) < 0)
        return -1;
    if (c->n_in > 3 && c->in[3]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "fill_value must be a scalar");
    w->fill = c->n_in > 3 ? *(const float *)c->in[3]->data : 0;
    w->out = tfg_kernel_output(c, 0, 4, (int64_t[]){n, w->height, w->width, w->channels}, s);
    if (w->out && w->out->count > 0)
        tfg_for_ranges(n * w->height, 4096 / (w->width * w->channels) + 1, warp_rows, &call);
    return w->out ? 0 : -1;
}

#define WARP_ROW(OP, HOST, D) {.op = OP, .types = {{"dtype", TFG_BIT(TFG_##D)}}, .host_in = HOST, .loops = &warp_fn_##D, .prepare = prepare_warp, .run = run_warp},
#define WARP_ROWS(D, S) \
    WARP_ROW("ImageProjectiveTransform", 0, D) WARP_ROW("ImageProjectiveTransformV2", 4, D) WARP_ROW("ImageProjectiveTransformV3", 4, D)
static const TfgKernelRow rows[] = {WARP_TYPES(WARP_ROWS) WARP_ROW("ImageProjectiveTransformV3", 4, BFLOAT16)};

const TfgKernelRow *tfg_kernels_image_warp(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
