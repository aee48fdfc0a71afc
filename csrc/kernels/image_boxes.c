/* DrawBoundingBoxes, and crops of random size and place: SampleDistortedBoundingBox, RandomCrop. */
#include <math.h>
#include <stdio.h>

#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/random.h"
#include "kernels/util.h"

/* ---- Drawing --------------------------------------------------------------------------------------------------------------------- */

static const float palette[][4] = {{1, 1, 0, 1}, {0, 0, 1, 1}, {1, 0, 0, 1}, {0, 1, 0, 1}, {0.5f, 0, 0.5f, 1},
                                   {0.5f, 0.5f, 0, 1}, {0.5f, 0, 0, 1}, {0, 0, 0.5f, 1}, {0, 1, 1, 1}, {1, 0, 1, 1}};
#define N_COLORS ((int64_t)(sizeof palette / sizeof *palette))

typedef struct Canvas { TfgTensor *out; int64_t image, height, width, channels; const float *color; } Canvas;

static void paint(const Canvas *k, int64_t y, int64_t x)
{
    int64_t at = ((k->image * k->height + y) * k->width + x) * k->channels;
    for (int64_t i = 0; i < k->channels; i++) {
        float v = k->channels == 1 ? 1 : k->color[i];
        if (k->out->dtype == TFG_FLOAT)
            ((float *)k->out->data)[at + i] = v;
        else
            ((uint16_t *)k->out->data)[at + i] = tfg_float_to_half(v);
    }
}

/* A corner's pixel; far out of the image, and NaN, is the smallest number, as the processor converts them. */
static int64_t pixel_of(float part, int64_t n)
{
    float at = part * (float)(n - 1);
    return at >= -9.2e18f && at <= 9.2e18f ? (int64_t)at : INT64_MIN;
}

static int64_t clamped(int64_t x, int64_t n) { return x < 0 ? 0 : x >= n ? n - 1 : x; }

static void draw_box(const Canvas *k, const float *box)
{
    int64_t y0 = pixel_of(box[0], k->height), x0 = pixel_of(box[1], k->width), y1 = pixel_of(box[2], k->height), x1 = pixel_of(box[3], k->width);
    if (y0 > y1 || x0 > x1 || y0 >= k->height || y1 < 0 || x0 >= k->width || x1 < 0)
        return;
    const int64_t top = clamped(y0, k->height), bottom = clamped(y1, k->height), left = clamped(x0, k->width), right = clamped(x1, k->width);
    for (int64_t x = left; x <= right; x++) {
        if (y0 >= 0)
            paint(k, y0, x);
        if (y1 < k->height)
            paint(k, y1, x);
    }
    for (int64_t y = top; y <= bottom; y++) {
        if (x0 >= 0)
            paint(k, y, x0);
        if (x1 < k->width)
            paint(k, y, x1);
    }
}

static int run_draw(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *boxes = c->in[1];
    if (in->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The rank of the images should be 4");
    if (boxes->rank != 3)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The rank of the boxes tensor should be 3");
    if (in->dims[0] != boxes->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The batch sizes should be the same");
    int64_t channels = in->dims[3], n = boxes->dims[1];
    if (channels != 1 && channels != 3 && channels != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA)");
    if (boxes->dims[2] != 4 && boxes->count > 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The size of the third dimension of the box must be 4. Received: %lld", (long long)boxes->dims[2]);
    TfgTensor *out = tfg_kernel_output_like(c, 0, in, s);
    if (!out)
        return -1;
    memcpy(out->data, in->data, tfg_tensor_size(in->dtype, in->count));
    for (int64_t i = 0; out->count > 0 && i < in->dims[0]; i++)
        for (int64_t j = 0; j < n; j++) {
            Canvas k = {out, i, in->dims[1], in->dims[2], channels, palette[j % N_COLORS]};
            draw_box(&k, (const float *)boxes->data + (i * n + j) * 4);
        }
    return 0;
}

/* ---- A crop of random shape ------------------------------------------------------------------------------------------------------ */

typedef struct Numbers { TfgPhilox stream; uint32_t block[4]; int left; } Numbers;    /* 32 bits at a time */

static uint32_t next_number(Numbers *k)
{
    if (k->left == 0) {
        tfg_philox_next(&k->stream, k->block);
        k->left = 4;
    }
    return k->block[4 - k->left--];
}

static float next_unit(Numbers *k)
{
    uint32_t bits = (127u << 23) | (next_number(k) & 0x7fffffu);
    float f;
    memcpy(&f, &bits, sizeof f);
    return f - 1;
}

/* 0 <= x < n, all equally likely. */
static uint32_t next_below(Numbers *k, uint32_t n)
{
    if ((n & (n - 1)) == 0)
        return next_number(k) & (n - 1);
    uint32_t unfair = UINT32_MAX % n + 1, x;
    do
        x = next_number(k);
    while (x < unfair);
    return x % n;
}

typedef struct Rect { int64_t x0, y0, x1, y1; } Rect;

static float area_of(Rect r)
{
    return r.x1 > r.x0 && r.y1 > r.y0 ? (float)((r.x1 - r.x0) * (r.y1 - r.y0)) : 0;
}

typedef struct Sampler {
    Numbers numbers;
    int64_t height, width;
    float aspect[2], area[2], covered;
    const TfgTensor *boxes;     /* NULL: the image itself is the only one */
} Sampler;

/* Rounded; what is larger than any image, or no number, is just large. */
static int64_t whole(float x) { return x < -1e9f ? -1000000000 : x < 1e9f ? lrintf(x) : 1000000000; }

/* A height and a width of about this aspect whose area is between the bounds; false where no such fits. */
static bool choose_size(Sampler *k, float aspect, int64_t *height_out, int64_t *width_out)
{
    if (k->area[1] <= 0 || aspect <= 0 || k->width <= 0 || k->height <= 0 || k->area[0] > k->area[1])
        return false;
    const float least = k->area[0] * (float)k->width * (float)k->height, most = k->area[1] * (float)k->width * (float)k->height;
    int64_t height = whole(sqrtf(least / aspect)), highest = whole(sqrtf(most / aspect));
    if (whole((float)highest * aspect) > k->width) {
        highest = (int64_t)(((double)k->width + 0.5 - (double)0.0000001f) / (double)aspect);
        if (whole((float)highest * aspect) > k->width)
            highest--;
    }
    if (highest > k->height)
        highest = k->height;
    if (height >= highest)
        height = highest;
    if (height < highest)
        height += next_below(&k->numbers, (uint32_t)(highest - height + 1));
    int64_t width = whole((float)height * aspect);
    if ((float)(width * height) < least)
        width = whole((float)++height * aspect);
    if ((float)(width * height) > most)
        width = whole((float)--height * aspect);
    const float area = (float)(width * height);
    *height_out = height;
    *width_out = width;
    return area >= least && area <= most && width <= k->width && height <= k->height && width > 0 && height > 0;
}

static bool choose_crop(Sampler *k, float aspect, Rect *out)
{
    int64_t height, width, y = 0, x = 0;
    if (!choose_size(k, aspect, &height, &width))
        return false;
    if (height < k->height)
        y = next_below(&k->numbers, (uint32_t)(k->height - height));
    if (width < k->width)
        x = next_below(&k->numbers, (uint32_t)(k->width - width));
    *out = (Rect){x, y, x + width, y + height};
    return true;
}

static Rect box_at(const Sampler *k, int64_t i)
{
    if (!k->boxes)
        return (Rect){0, 0, k->width, k->height};
    const float *b = (const float *)k->boxes->data + 4 * i;
    return (Rect){(int64_t)(b[1] * (float)k->width), (int64_t)(b[0] * (float)k->height), (int64_t)(b[3] * (float)k->width),
                  (int64_t)(b[2] * (float)k->height)};
}

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* Does the crop show enough of any box? */
static bool covers(const Sampler *k, Rect crop)
{
    int64_t n = k->boxes ? k->boxes->count / 4 : 1;
    if (area_of(crop) < 1)
        return false;
    for (int64_t i = 0; i < n; i++) {
        Rect b = box_at(k, i);
        Rect both = {larger(b.x0, crop.x0), larger(b.y0, crop.y0), smaller(b.x1, crop.x1), smaller(b.y1, crop.y1)};
        if (area_of(b) >= 1 && area_of(both) / area_of(b) >= k->covered)
            return true;
    }
    return false;
}

static int read_size(const TfgTensor *t, Sampler *k, TfgStatus *s)
{
    TfgShapeText text;
    if (t->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "image_size must be 1-dimensional%s", tfg_shape_text(t, &text));
    if (t->dims[0] != 3)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "image_size must contain 3 elements%s", tfg_shape_text(t, &text));
    k->height = tfg_tensor_int(t, 0);
    k->width = tfg_tensor_int(t, 1);
    if (k->height < 0 || k->height >= INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "image height cannot be >= int32 max");
    if (k->width < 0 || k->width >= INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "image width cannot be >= int32 max");
    return 0;
}

static int read_boxes(const TfgKernelCall *c, Sampler *k, TfgStatus *s)
{
    const TfgTensor *t = c->in[1];
    TfgShapeText text;
    if (t->rank != 3)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input boxes must be 3-dimensional [batch, num_boxes, coords]: %s", tfg_shape_text(t, &text));
    if (t->dims[2] != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "bounding boxes must have shape [4] or [*, 4], got %s", tfg_shape_text(t, &text));
    if (t->count == 0 && !tfg_attrs_bool(c->attrs, "use_image_if_no_bounding_boxes"))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "No bounding boxes provided as input. One must enable use_image_if_no_bounding_boxes if you "
                        "wish to not provide any bounding boxes.");
    const float *x = t->data;
    for (int64_t i = 0; i < t->count; i++)
        if (!(x[i] >= 0 && x[i] <= 1))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "All bounding box coordinates must be in [0.0, 1.0]: %g", (double)x[i]);
    k->boxes = t->count ? t : NULL;
    return 0;
}

static int read_covered(const TfgKernelCall *c, Sampler *k, TfgStatus *s)
{
    TfgShapeText text;
    if (c->n_in < 3) {
        k->covered = tfg_attrs_float(c->attrs, "min_object_covered");
        return 0;
    }
    if (c->in[2]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "min_object_covered must be 0-D, got shape %s", tfg_shape_text(c->in[2], &text));
    k->covered = *(const float *)c->in[2]->data;
    if (!(k->covered >= 0))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Min object covered must be non-negative: %g", (double)k->covered);
    return 0;
}

static void set_int(TfgTensor *t, int64_t i, int64_t x)
{
    switch (t->dtype) {
    case TFG_INT8: ((int8_t *)t->data)[i] = (int8_t)x; break;
    case TFG_UINT8: ((uint8_t *)t->data)[i] = (uint8_t)x; break;
    case TFG_INT16: ((int16_t *)t->data)[i] = (int16_t)x; break;
    case TFG_UINT16: ((uint16_t *)t->data)[i] = (uint16_t)x; break;
    case TFG_INT32: ((int32_t *)t->data)[i] = (int32_t)x; break;
    default: ((int64_t *)t->data)[i] = x;
    }
}

static int output_crop(TfgKernelCall *c, const Sampler *k, Rect crop, TfgStatus *s)
{
    const int64_t three = 3;
    TfgTensor *begin = tfg_kernel_output(c, 0, 1, &three, s), *size = begin ? tfg_kernel_output(c, 1, 1, &three, s) : NULL;
    TfgTensor *box = size ? tfg_kernel_output(c, 2, 3, (int64_t[]){1, 1, 4}, s) : NULL;
    if (!box)
        return -1;
    const int64_t at[] = {crop.y0, crop.x0, 0}, extent[] = {crop.y1 - crop.y0, crop.x1 - crop.x0, -1};
    for (int i = 0; i < 3; i++) {
        set_int(begin, i, at[i]);
        set_int(size, i, extent[i]);
    }
    float *b = box->data, height = (float)k->height, width = (float)k->width;
    b[0] = (float)crop.y0 / height;
    b[1] = (float)crop.x0 / width;
    b[2] = (float)crop.y1 / height;
    b[3] = (float)crop.x1 / width;
    return 0;
}

static void read_range(const TfgAttrs *attrs, const char *name, float *range)
{
    const TfgAttr *a = tfg_attrs_find(attrs, name);
    range[0] = a->list_f[0];
    range[1] = a->list_f[1];
}

static int run_sample(TfgKernelCall *c, TfgStatus *s)
{
    Sampler k = {.numbers = {.left = 0}};
    int64_t attempts = tfg_attrs_int(c->attrs, "max_attempts");
    read_range(c->attrs, "aspect_ratio_range", k.aspect);
    read_range(c->attrs, "area_range", k.area);
    if (read_size(c->in[0], &k, s) < 0 || read_covered(c, &k, s) < 0 || read_boxes(c, &k, s) < 0)
        return -1;
    k.numbers.stream = tfg_generator_take(c->state, (uint64_t)attempts * 4 * 256);
    Rect crop = {0, 0, k.width, k.height}, tried;
    for (int64_t i = 0; i < attempts; i++) {
        const float aspect = next_unit(&k.numbers) * (k.aspect[1] - k.aspect[0]) + k.aspect[0];
        if (choose_crop(&k, aspect, &tried) && covers(&k, tried)) {
            crop = tried;
            break;
        }
        if (i % 4096 == 4095 && tfg_kernel_check_cancel(c, s) < 0)
            return -1;
    }
    return output_crop(c, &k, crop, s);
}

static int check_range(const TfgAttrs *attrs, const char *name, const char *what, bool to_one, TfgStatus *s)
{
    const TfgAttr *a = tfg_attrs_find(attrs, name);
    if (a->n != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s field must specify 2 dimensions", what);
    const double low = (double)a->list_f[0], high = (double)a->list_f[1];
    if (!(low > 0 && high > 0))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be non-negative: [%g, %g]", what, low, high);
    if (to_one && !(low <= 1 && high <= 1))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be less then or equal to 1.0: [%g, %g]", what, low, high);
    return 0;
}

static int prepare_sample(const TfgPrepare *p, void **state, TfgStatus *s)
{
    const TfgAttr *covered = tfg_attrs_find(p->attrs, "min_object_covered");
    if (covered && !(covered->f >= 0))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Min object covered must be non-negative: %g", (double)covered->f);
    if (check_range(p->attrs, "aspect_ratio_range", "Aspect ratio range", false, s) < 0 ||
        check_range(p->attrs, "area_range", "Area range", true, s) < 0)
        return -1;
    int64_t attempts = tfg_attrs_int(p->attrs, "max_attempts");
    if (attempts <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Max attempts must be non-negative: %lld", (long long)attempts);
    if (attempts > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Max attempts must fit in 32 bits: %lld", (long long)attempts);
    return tfg_generator_prepare(p, state, s);
}

/* ---- A crop of given size (graphs of TensorFlow before 0.6) ------------------------------------------------------------------------ */

static int run_random_crop(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *size = c->in[1];
    if (in->rank != 3)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be 3-dimensional");
    if (size->rank != 1 || size->dims[0] != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "size must be 1-dimensional and of length 2");
    int64_t height = tfg_tensor_int(size, 0), width = tfg_tensor_int(size, 1), channels = in->dims[2];
    if (height < 0 || width < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "size must not be negative");
    if (height == in->dims[0] && width == in->dims[1])
        return tfg_kernel_forward(c, 0, 0, s);
    if (height > in->dims[0] || width > in->dims[1])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Crop size [%lld, %lld] is larger than the image", (long long)height, (long long)width);
    TfgTensor *out = tfg_kernel_output(c, 0, 3, (int64_t[]){height, width, channels}, s);
    if (!out)
        return -1;
    Numbers numbers = {.stream = tfg_generator_take(c->state, 256), .left = 0};
    const int64_t rows = in->dims[0] - height + 1, columns = in->dims[1] - width + 1;
    const int64_t y = rows > UINT32_MAX ? 0 : next_number(&numbers) % (uint32_t)rows;
    const int64_t x = columns > UINT32_MAX ? 0 : next_number(&numbers) % (uint32_t)columns;
    const size_t nbytes = tfg_tensor_size(in->dtype, width * channels);
    for (int64_t i = 0; i < height; i++)
        memcpy(tfg_at_mut(out, i * width * channels), tfg_at(in, ((y + i) * in->dims[1] + x) * channels), nbytes);
    return 0;
}

#define SAMPLES .flags = TFG_KERNEL_KEEPS_STATE, .prepare = prepare_sample, .release = tfg_generator_release, .run = run_sample
#define SIZES .types = {{"T", TFG_B(INT8) | TFG_B(UINT8) | TFG_B(INT16) | TFG_B(UINT16) | TFG_B(INT32) | TFG_B(INT64)}}
static const TfgKernelRow rows[] = {
    {.op = "DrawBoundingBoxes", .types = {{"T", TFG_B(FLOAT) | TFG_B(HALF)}}, .run = run_draw},
    {.op = "RandomCrop", .types = {{"T", TFG_TYPES_REAL}}, .host_in = 2, .flags = TFG_KERNEL_KEEPS_STATE | TFG_KERNEL_VALUE_SHAPE,
     .prepare = tfg_generator_prepare, .release = tfg_generator_release, .run = run_random_crop},
    {.op = "SampleDistortedBoundingBox", SIZES, SAMPLES},
    {.op = "SampleDistortedBoundingBoxV2", SIZES, .host_in = 4, SAMPLES},
};

const TfgKernelRow *tfg_kernels_image_boxes(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
