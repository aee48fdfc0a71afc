/* CropAndResize, its gradients, and ExtractGlimpse. */
#include <math.h>

#include "base/memory.h"
#include "base/philox.h"
#include "base/status.h"
#include "kernels/image_resize.h"
#include "kernels/isa.h"

/* ---- What the three ops of CropAndResize check ---------------------------------------------------------------------------------- */

typedef struct Crop {
    const float *boxes;         /* 4 for each crop: y1, x1, y2, x2 of the image's corners, 0 to 1 */
    const int32_t *image_of;
    int64_t n, batch, in_height, in_width, channels, height, width;
    bool nearest;
    float outside;
    const TfgTensor *image, *dy;
    TfgTensor *out;
} Crop;

static int read_boxes(const TfgTensor *boxes, const TfgTensor *image_of, Crop *k, TfgStatus *s)
{
    TfgShapeText text;
    if (boxes->count != 0 || image_of->count != 0) {
        if (boxes->rank != 2)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "boxes must be 2-D%s", tfg_shape_text(boxes, &text));
        if (boxes->dims[1] != 4)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "boxes must have 4 columns");
        if (image_of->rank != 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "box_index must be 1-D%s", tfg_shape_text(image_of, &text));
        if (image_of->count != boxes->dims[0])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "box_index has incompatible shape");
    }
    k->n = boxes->count / 4;
    k->boxes = boxes->data;
    k->image_of = image_of->data;
    return 0;
}

static int check_indices(const Crop *k, TfgStatus *s)
{
    for (int64_t i = 0; i < k->n; i++)
        if (k->image_of[i] < 0 || k->image_of[i] >= k->batch)
            return tfg_fail(s, TFG_OUT_OF_RANGE, "box_index has values outside [0, batch_size)");
    return 0;
}

static int read_image(const TfgTensor *image, Crop *k, TfgStatus *s)
{
    TfgShapeText text;
    if (image->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input image must be 4-D%s", tfg_shape_text(image, &text));
    k->batch = image->dims[0];
    k->in_height = image->dims[1];
    k->in_width = image->dims[2];
    k->channels = image->dims[3];
    k->image = image;
    if (k->in_height <= 0 || k->in_width <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "image dimensions must be positive");
    return 0;
}

static int read_grads(const TfgTensor *dy, Crop *k, TfgStatus *s)
{
    TfgShapeText text;
    if (dy->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "grads image must be 4-D%s", tfg_shape_text(dy, &text));
    k->height = dy->dims[1];
    k->width = dy->dims[2];
    k->dy = dy;
    if (k->height <= 0 || k->width <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "grads dimensions must be positive");
    return 0;
}

/* Where along one side of the image output pixel i of n of a crop from a to b lies; false: outside. */
static inline bool find_place(float a, float b, int64_t i, int64_t n, int64_t n_in, float *at)
{
    const float last = (float)(n_in - 1);
    const float scale = n > 1 ? (b - a) * last / (float)(n - 1) : 0;
    *at = n > 1 ? a * last + (float)i * scale : 0.5f * (a + b) * last;
    return *at >= 0 && *at <= last;
}

/* ---- Forward --------------------------------------------------------------------------------------------------------------------- */

#define CROP_LOOP(D, S, T)                                                                                          \
    static void crop_##D(const Crop *k, int64_t n, int64_t y)                                                       \
    {                                                                                                               \
        const float *box = k->boxes + n * 4;                                                                        \
        float *to = (float *)k->out->data + (n * k->height + y) * k->width * k->channels;                           \
        const S *image = (const S *)k->image->data + k->image_of[n] * k->in_height * k->in_width * k->channels;     \
        float in_y, in_x;                                                                                           \
        if (!find_place(box[0], box[2], y, k->height, k->in_height, &in_y)) {                                       \
            for (int64_t i = 0; i < k->width * k->channels; i++)                                                    \
                to[i] = k->outside;                                                                                 \
            return;                                                                                                 \
        }                                                                                                           \
        const float top = k->nearest ? roundf(in_y) : floorf(in_y), bottom = ceilf(in_y), ty = in_y - top;          \
        const S *row0 = image + (int64_t)top * k->in_width * k->channels;                                           \
        const S *row1 = image + (int64_t)bottom * k->in_width * k->channels;                                        \
        for (int64_t x = 0; x < k->width; x++, to += k->channels) {                                                 \
            if (!find_place(box[1], box[3], x, k->width, k->in_width, &in_x)) {                                     \
                for (int64_t i = 0; i < k->channels; i++)                                                           \
                    to[i] = k->outside;                                                                             \
                continue;                                                                                           \
            }                                                                                                       \
            const float left = k->nearest ? roundf(in_x) : floorf(in_x), right = ceilf(in_x), tx = in_x - left;     \
            const int64_t l = (int64_t)left * k->channels, r = (int64_t)right * k->channels;                        \
            for (int64_t i = 0; i < k->channels; i++) {                                                             \
                const float a = (float)LOAD_##D(row0[l + i]), b = (float)LOAD_##D(row0[r + i]);                     \
                const float c = (float)LOAD_##D(row1[l + i]), d = (float)LOAD_##D(row1[r + i]);                     \
                const float upper = a + (b - a) * tx, lower = c + (d - c) * tx;                                     \
                to[i] = k->nearest ? a : upper + (lower - upper) * ty;                                              \
            }                                                                                                       \
        }                                                                                                           \
    }
TFG_REALS(CROP_LOOP)

typedef void (*CropFn)(const Crop *k, int64_t n, int64_t y);
typedef struct CropCall { Crop k; CropFn loop; } CropCall;

static void crop_rows(void *context, int64_t begin, int64_t end)
{
    const CropCall *call = context;
    for (int64_t i = begin; i < end; i++)
        call->loop(&call->k, i / call->k.height, i % call->k.height);
}

static int read_crop_size(const TfgTensor *size, Crop *k, TfgStatus *s)
{
    TfgShapeText text;
    if (size->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "crop_size must be 1-D%s", tfg_shape_text(size, &text));
    if (size->count != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "crop_size must have two elements%s", tfg_shape_text(size, &text));
    k->height = tfg_tensor_int(size, 0);
    k->width = tfg_tensor_int(size, 1);
    if (k->height <= 0 || k->width <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "crop dimensions must be positive");
    return 0;
}

static int run_crop(TfgKernelCall *c, TfgStatus *s)
{
    CropCall call = {{.nearest = tfg_attrs_string_is(c->attrs, "method", "nearest"),
                      .outside = tfg_attrs_float(c->attrs, "extrapolation_value")}, *(const CropFn *)c->row->loops};
    Crop *k = &call.k;
    if (read_image(c->in[0], k, s) < 0 || read_boxes(c->in[1], c->in[2], k, s) < 0 || read_crop_size(c->in[3], k, s) < 0)
        return -1;
    k->out = tfg_kernel_output(c, 0, 4, (int64_t[]){k->n, k->height, k->width, k->channels}, s);
    if (!k->out || check_indices(k, s) < 0)
        return -1;
    if (k->out->count > 0)
        tfg_for_ranges(k->n * k->height, 4096 / (k->width * k->channels) + 1, crop_rows, &call);
    return 0;
}

/* ---- To the image ----------------------------------------------------------------------------------------------------------------- */

#define IMAGE_GRAD(D, S, T)                                                                                         \
    static void image_grad_##D(const Crop *k)                                                                       \
    {                                                                                                               \
        const float *dy = k->dy->data;                                                                              \
        for (int64_t n = 0; n < k->n; n++) {                                                                        \
            const float *box = k->boxes + n * 4;                                                                    \
            S *image = (S *)k->out->data + k->image_of[n] * k->in_height * k->in_width * k->channels;               \
            for (int64_t y = 0; y < k->height; y++) {                                                               \
                float in_y, in_x;                                                                                   \
                if (!find_place(box[0], box[2], y, k->height, k->in_height, &in_y)) {                               \
                    dy += k->width * k->channels;                                                                   \
                    continue;                                                                                       \
                }                                                                                                   \
                const float top = k->nearest ? roundf(in_y) : floorf(in_y), bottom = ceilf(in_y), ty = in_y - top;  \
                S *row0 = image + (int64_t)top * k->in_width * k->channels;                                         \
                S *row1 = image + (int64_t)bottom * k->in_width * k->channels;                                      \
                for (int64_t x = 0; x < k->width; x++, dy += k->channels) {                                         \
                    if (!find_place(box[1], box[3], x, k->width, k->in_width, &in_x))                               \
                        continue;                                                                                   \
                    const float left = k->nearest ? roundf(in_x) : floorf(in_x), right = ceilf(in_x);               \
                    const float tx = in_x - left;                                                                   \
                    const int64_t l = (int64_t)left * k->channels, r = (int64_t)right * k->channels;                \
                    for (int64_t i = 0; i < k->channels; i++) {                                                     \
                        if (k->nearest) {                                                                           \
                            ADD_TO(D, T, row0[l + i], dy[i]);                                                       \
                            continue;                                                                               \
                        }                                                                                           \
                        const float upper = (1 - ty) * dy[i], lower = ty * dy[i];                                   \
                        ADD_TO(D, T, row0[l + i], (1 - tx) * upper);                                                \
                        ADD_TO(D, T, row0[r + i], tx * upper);                                                      \
                        ADD_TO(D, T, row1[l + i], (1 - tx) * lower);                                                \
                        ADD_TO(D, T, row1[r + i], tx * lower);                                                      \
                    }                                                                                               \
                }                                                                                                   \
            }                                                                                                       \
        }                                                                                                           \
    }
#define ADD_TO(D, T, to, x) ((to) = STORE_##D(LOAD_##D(to) + (T)LOAD_##D(STORE_##D(x))))
IMAGE_GRAD(FLOAT, float, float)
IMAGE_GRAD(DOUBLE, double, double)
IMAGE_GRAD(HALF, uint16_t, float)

static int read_image_size(const TfgTensor *size, Crop *k, TfgStatus *s)
{
    TfgShapeText text;
    if (size->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "image_size must be 1-D%s", tfg_shape_text(size, &text));
    if (size->count != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "image_size must have 4 elements%s", tfg_shape_text(size, &text));
    k->batch = tfg_tensor_int(size, 0);
    k->in_height = tfg_tensor_int(size, 1);
    k->in_width = tfg_tensor_int(size, 2);
    k->channels = tfg_tensor_int(size, 3);
    if (k->in_height <= 0 || k->in_width <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "image dimensions must be positive");
    if (k->channels != k->dy->dims[3])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "image_size and grads are incompatible");
    if (k->batch < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "batch size must not be negative");
    return 0;
}

static int run_image_grad(TfgKernelCall *c, TfgStatus *s)
{
    Crop k = {.nearest = tfg_attrs_string_is(c->attrs, "method", "nearest")};
    if (read_grads(c->in[0], &k, s) < 0 || read_boxes(c->in[1], c->in[2], &k, s) < 0)
        return -1;
    if (k.dy->dims[0] != k.n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "boxes and grads have incompatible shape");
    if (read_image_size(c->in[3], &k, s) < 0)
        return -1;
    k.out = tfg_kernel_output(c, 0, 4, (int64_t[]){k.batch, k.in_height, k.in_width, k.channels}, s);
    if (!k.out || check_indices(&k, s) < 0)
        return -1;
    memset(k.out->data, 0, tfg_tensor_size(k.out->dtype, k.out->count));
    if (k.out->dtype == TFG_FLOAT)
        image_grad_FLOAT(&k);
    else if (k.out->dtype == TFG_DOUBLE)
        image_grad_DOUBLE(&k);
    else
        image_grad_HALF(&k);
    return 0;
}

/* ---- To the boxes ------------------------------------------------------------------------------------------------------------------ */

/* How a corner moves the place of output pixel i of n: the shares of a and of b in the slope. */
static inline void add_slope(float *a, float *b, float slope, int64_t i, int64_t n, int64_t n_in)
{
    const float last = (float)(n_in - 1);
    if (n > 1) {
        *a += slope * (last - (float)i * (last / (float)(n - 1)));
        *b += slope * ((float)i * (last / (float)(n - 1)));
    } else {
        *a += slope * 0.5f * last;
        *b += slope * 0.5f * last;
    }
}

static void image_rows(const Crop *k, int64_t n, int64_t y, float *to)
{
    const int64_t count = k->in_width * k->channels;
    tfg_image_to_float(k->image->dtype, tfg_at(k->image, (k->image_of[n] * k->in_height + y) * count), to, count);
}

/* Row y of crop n. */
static void box_grad_row(const Crop *k, int64_t n, int64_t y, float in_y, float *rows, float *grad)
{
    const float *box = k->boxes + n * 4, *dy = (const float *)k->dy->data + (n * k->height + y) * k->width * k->channels;
    const float top = floorf(in_y), ty = in_y - top;
    float *row0 = rows, *row1 = rows + k->in_width * k->channels, in_x;
    image_rows(k, n, (int64_t)top, row0);
    image_rows(k, n, (int64_t)ceilf(in_y), row1);
    for (int64_t x = 0; x < k->width; x++, dy += k->channels) {
        if (!find_place(box[1], box[3], x, k->width, k->in_width, &in_x))
            continue;
        const float left = floorf(in_x), tx = in_x - left;
        const int64_t l = (int64_t)left * k->channels, r = (int64_t)ceilf(in_x) * k->channels;
        for (int64_t i = 0; i < k->channels; i++) {
            const float a = row0[l + i], b = row0[r + i], c = row1[l + i], d = row1[r + i];
            const float gy = ((1 - tx) * (c - a) + tx * (d - b)) * dy[i], gx = ((1 - ty) * (b - a) + ty * (d - c)) * dy[i];
            add_slope(&grad[0], &grad[2], gy, y, k->height, k->in_height);
            add_slope(&grad[1], &grad[3], gx, x, k->width, k->in_width);
        }
    }
}

static int run_box_grad(TfgKernelCall *c, TfgStatus *s)
{
    Crop k = {.nearest = false};
    if (read_grads(c->in[0], &k, s) < 0 || read_image(c->in[1], &k, s) < 0)
        return -1;
    if (k.channels != k.dy->dims[3])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "image, grads depth differ");
    if (read_boxes(c->in[2], c->in[3], &k, s) < 0)
        return -1;
    if (k.dy->dims[0] != k.n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "boxes and grads have incompatible shape");
    k.out = tfg_kernel_output(c, 0, 2, (int64_t[]){k.n, 4}, s);
    if (!k.out || check_indices(&k, s) < 0)
        return -1;
    float *grads = k.out->data, in_y, *rows = tfg_kernel_scratch(c, (size_t)(2 * k.in_width * k.channels) * sizeof *rows, s);
    if (!rows)
        return -1;
    memset(grads, 0, (size_t)k.out->count * sizeof *grads);
    for (int64_t n = 0; n < k.n; n++)
        for (int64_t y = 0; y < k.height; y++)
            if (find_place(k.boxes[n * 4], k.boxes[n * 4 + 2], y, k.height, k.in_height, &in_y))
                box_grad_row(&k, n, y, in_y, rows, grads + n * 4);
    return 0;
}

/* ---- Glimpses ----------------------------------------------------------------------------------------------------------------------- */

/* What surrounds the image: noise between its smallest and largest value, or with its mean and deviation; each image and channel has
 * its own.  Where TensorFlow takes the clock for a seed, so the system's random numbers seed it here. */
static void fill_noise(TfgPhilox *noise, bool uniform, const float *image, int64_t n, int64_t channels, float *out, int64_t n_out)
{
    double low = INFINITY, high = -INFINITY, sum = 0, squares = 0;
    for (int64_t i = 0; i < n; i++) {
        double v = (double)image[i * channels];
        low = v < low ? v : low;
        high = v > high ? v : high;
        sum += v;
        squares += v * v;
    }
    double mean = n ? sum / (double)n : 0, deviation = n ? sqrt(fmax(squares / (double)n - mean * mean, 0)) : 0;
    for (int64_t i = 0; i < n_out; i++) {
        uint32_t r[4];
        tfg_philox_next(noise, r);
        double u = ((double)r[0] + 0.5) / 4294967296.0, angle = 2 * M_PI * (double)r[1] / 4294967296.0;
        double v = !n ? 0 : uniform ? low + u * (high - low) : mean + deviation * sqrt(-2 * log(u)) * cos(angle);
        out[i * channels] = (float)v;
    }
}

typedef struct Glimpse { int64_t height, width; bool centered, normalized, uniform; TfgPhilox noise; } Glimpse;

/* The first pixel of the glimpse along one side of n pixels. */
static int64_t glimpse_start(const Glimpse *g, float offset, int64_t n, int64_t size)
{
    float at = g->normalized ? offset * (float)n : offset;
    if (g->centered)
        at = at / 2.0f + (float)n / 2.0f;
    at -= (float)size / 2.0f;
    /* What is further out than both sizes is outside altogether. */
    const float most = (float)n + (float)size + 1;
    return !(at > -most) ? -(int64_t)most : at > most ? (int64_t)most : (int64_t)at;
}

static void take_glimpse(Glimpse *g, const TfgTensor *in, int64_t image, const float *offset, float *out)
{
    const int64_t height = in->dims[1], width = in->dims[2], channels = in->dims[3];
    const float *from = (const float *)in->data + image * height * width * channels;
    int64_t y0 = glimpse_start(g, offset[0], height, g->height), x0 = glimpse_start(g, offset[1], width, g->width);
    if (y0 < 0 || x0 < 0 || y0 + g->height > height || x0 + g->width > width)
        for (int64_t i = 0; i < channels; i++)
            fill_noise(&g->noise, g->uniform, from + i, height * width, channels, out + i, g->height * g->width);
    int64_t first = x0 < 0 ? -x0 : 0, end = x0 + g->width > width ? width - x0 : g->width;
    for (int64_t y = 0; y < g->height && first < end; y++)
        if (y0 + y >= 0 && y0 + y < height)
            memcpy(out + (y * g->width + first) * channels, from + ((y0 + y) * width + x0 + first) * channels,
                   (size_t)((end - first) * channels) * sizeof *out);
}

static int run_glimpse(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *size = c->in[1], *offsets = c->in[2];
    TfgShapeText text;
    if (in->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be 4-dimensional (batch_size, height, width, depth)%s", tfg_shape_text(in, &text));
    if (size->rank != 1 || size->count != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be a vector of size 2 (height, width)%s", tfg_shape_text(size, &text));
    Glimpse g = {tfg_tensor_int(size, 0), tfg_tensor_int(size, 1), tfg_attrs_bool(c->attrs, "centered"), tfg_attrs_bool(c->attrs, "normalized"),
                 tfg_attrs_bool(c->attrs, "uniform_noise"), {{0}, {0}}};
    if (offsets->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be a matrix%s", tfg_shape_text(offsets, &text));
    if (offsets->dims[0] != in->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "first dimension should be batch%s", tfg_shape_text(offsets, &text));
    if (offsets->dims[1] != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "second dimension should be of size 2 (y,x)%s", tfg_shape_text(offsets, &text));
    TfgTensor *out = tfg_kernel_output(c, 0, 4, (int64_t[]){in->dims[0], g.height, g.width, in->dims[3]}, s);
    if (!out)
        return -1;
    tfg_philox_init(&g.noise, tfg_random_device(), tfg_random_device());
    for (int64_t i = 0; out->count > 0 && i < in->dims[0]; i++)
        take_glimpse(&g, in, i, (const float *)offsets->data + 2 * i, (float *)out->data + i * (out->count / in->dims[0]));
    return 0;
}

#define LOOP_POINTER(D, S, T) static const CropFn crop_loop_##D = crop_##D;
TFG_REALS(LOOP_POINTER)
#define CROP_ROW(D, S, T) {.op = "CropAndResize", TFG_FOR(TFG_##D), .host_in = 8, .loops = &crop_loop_##D, .run = run_crop},
static const TfgKernelRow rows[] = {
    TFG_REALS(CROP_ROW)
    {.op = "CropAndResizeGradBoxes", .types = {{"T", TFG_TYPES_IMAGE}}, .run = run_box_grad},
    {.op = "CropAndResizeGradImage", .types = {{"T", TFG_B(FLOAT) | TFG_B(DOUBLE) | TFG_B(HALF)}}, .host_in = 8, .run = run_image_grad},
    {.op = "ExtractGlimpse", .host_in = 2, .run = run_glimpse},
};

const TfgKernelRow *tfg_kernels_image_crop(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
