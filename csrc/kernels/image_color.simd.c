/* Colors: contrast, hue, saturation, and the ways between RGB and HSV. */
#include <math.h>

#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/numeric.h"

/* ---- RGB and HSV ------------------------------------------------------------------------------------------------------------- */

/* Both ways without branches, so that the loops become vectors.  Hue is in [0, 1). */
#define HSV_LOOPS(D, T, FABS)                                                                                       \
    static void rgb_to_hsv_##D(const void *from, void *to, int64_t n)                                               \
    {                                                                                                               \
        const T *x = from;                                                                                          \
        T *y = to;                                                                                                  \
        for (int64_t i = 0; i < n; i++, x += 3, y += 3) {                                                           \
            const T r = x[0], g = x[1], b = x[2];                                                                   \
            const T rg = r > g ? r : g, v = rg > b ? rg : b, low = r < g ? r : g, range = v - (low < b ? low : b);  \
            const T norm = (T)1 / ((T)6 * range);                                                                   \
            T h = r == v ? norm * (g - b) : g == v ? norm * (b - r) + (T)2 / (T)6 : norm * (r - g) + (T)4 / (T)6;   \
            h = range > 0 ? h : (T)0;                                                                               \
            y[0] = h < 0 ? h + (T)1 : h;                                                                            \
            y[1] = v > 0 ? range / v : (T)0;                                                                        \
            y[2] = v;                                                                                               \
        }                                                                                                           \
    }                                                                                                               \
    static inline T unit_##D(T x) { return x < 0 ? (T)0 : x > 1 ? (T)1 : x; }                                       \
    static void hsv_to_rgb_##D(const void *from, void *to, int64_t n)                                               \
    {                                                                                                               \
        const T *x = from;                                                                                          \
        T *y = to;                                                                                                  \
        for (int64_t i = 0; i < n; i++, x += 3, y += 3) {                                                           \
            const T h = x[0] * (T)6, s = x[1], v = x[2], rest = (T)1 - s;                                           \
            const T r = unit_##D(FABS(h - (T)3) - (T)1), g = unit_##D((T)2 - FABS(h - (T)2));                       \
            const T b = unit_##D((T)2 - FABS(h - (T)4));                                                            \
            y[0] = (rest + s * r) * v;                                                                              \
            y[1] = (rest + s * g) * v;                                                                              \
            y[2] = (rest + s * b) * v;                                                                              \
        }                                                                                                           \
    }
HSV_LOOPS(FLOAT, float, fabsf)
HSV_LOOPS(DOUBLE, double, fabs)

/* ---- Hue and saturation of float images ---------------------------------------------------------------------------------------- */

/* A color as its largest and smallest part and the hue in [0, 6). */
typedef struct Hue { float h, low, high; } Hue;

static inline Hue find_hue(float r, float g, float b)
{
    int category;
    float middle;
    Hue k;
    if (r < g) {
        if (b < r)
            category = 1, k.high = g, middle = r, k.low = b;
        else if (b > g)
            category = 3, k.high = b, middle = g, k.low = r;
        else
            category = 2, k.high = g, middle = b, k.low = r;
    } else {
        if (b < g)
            category = 0, k.high = r, middle = g, k.low = b;
        else if (b > r)
            category = 4, k.high = b, middle = r, k.low = g;
        else
            category = 5, k.high = r, middle = b, k.low = g;
    }
    if (k.high == k.low) {
        k.h = 0;
        return k;
    }
    float ratio = (middle - k.low) / (k.high - k.low);
    k.h = (float)category + (category % 2 == 0 ? ratio : 1 - ratio);
    return k;
}

static inline void show_hue(Hue k, float *y)
{
    int category = (int)k.h;
    float ratio = k.h - (float)category;
    float middle = k.low + (category % 2 == 0 ? ratio : 1 - ratio) * (k.high - k.low);
    switch (category) {
    case 0: y[0] = k.high, y[1] = middle, y[2] = k.low; break;
    case 1: y[0] = middle, y[1] = k.high, y[2] = k.low; break;
    case 2: y[0] = k.low, y[1] = k.high, y[2] = middle; break;
    case 3: y[0] = k.low, y[1] = middle, y[2] = k.high; break;
    case 4: y[0] = middle, y[1] = k.low, y[2] = k.high; break;
    default: y[0] = k.high, y[1] = k.low, y[2] = middle;
    }
}

static void adjust_hue(const float *x, float *y, int64_t n, float delta)
{
    for (int64_t i = 0; i < n; i++, x += 3, y += 3) {
        Hue k = find_hue(x[0], x[1], x[2]);
        k.h = fmodf(k.h + delta * 6, 6);
        if (k.h < 0)
            k.h += 6;
        if (!(k.h < 6))         /* a sum that rounded up; NaN */
            k.h = 0;
        show_hue(k, y);
    }
}

static void adjust_saturation(const float *x, float *y, int64_t n, float scale)
{
    float hsv[3];
    for (int64_t i = 0; i < n; i++, x += 3, y += 3) {
        rgb_to_hsv_FLOAT(x, hsv, 1);
        hsv[1] = unit_FLOAT(hsv[1] * scale);
        hsv_to_rgb_FLOAT(hsv, y, 1);
    }
}

typedef struct Pixels {
    const TfgTensor *in;
    TfgTensor *out;
    void (*convert)(const void *from, void *to, int64_t n);
    void (*adjust)(const float *from, float *to, int64_t n, float by);
    float by;
} Pixels;

static void convert_pixels(void *context, int64_t begin, int64_t end)
{
    const Pixels *p = context;
    const void *from = tfg_at(p->in, begin * 3);
    void *to = tfg_at_mut(p->out, begin * 3);
    if (p->convert)
        p->convert(from, to, end - begin);
    else
        p->adjust(from, to, end - begin, p->by);
}

static int run_pixels(TfgKernelCall *c, Pixels *p, TfgStatus *s)
{
    p->in = c->in[0];
    p->out = tfg_kernel_output_like(c, 0, c->in[0], s);
    if (!p->out)
        return -1;
    tfg_for_ranges(p->out->count / 3, 16384, convert_pixels, p);
    return 0;
}

static int run_convert(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    TfgShapeText text;
    if (in->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be at least 1D%s", tfg_shape_text(in, &text));
    if (in->dims[in->rank - 1] != 3)
        return tfg_fail(s, TFG_FAILED_PRECONDITION, "input must have 3 channels but input only has %lld channels.",
                        (long long)in->dims[in->rank - 1]);
    bool to_hsv = strcmp(c->row->op, "RGBToHSV") == 0, wide = in->dtype == TFG_DOUBLE;
    Pixels p = {.convert = to_hsv ? wide ? rgb_to_hsv_DOUBLE : rgb_to_hsv_FLOAT : wide ? hsv_to_rgb_DOUBLE : hsv_to_rgb_FLOAT};
    return run_pixels(c, &p, s);
}

static int check_adjustment(const TfgKernelCall *c, const char *name, TfgStatus *s)
{
    TfgShapeText text;
    if (c->in[0]->rank < 3)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be at least 3-D, got shape%s", tfg_shape_text(c->in[0], &text));
    if (c->in[1]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be scalar: %s", name, tfg_shape_text(c->in[1], &text));
    return 0;
}

static int run_adjust(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    bool hue = strcmp(c->row->op, "AdjustHue") == 0;
    if (check_adjustment(c, hue ? "delta" : "scale", s) < 0)
        return -1;
    if (in->dims[in->rank - 1] != 3)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must have 3 channels but instead has %lld channels.", (long long)in->dims[in->rank - 1]);
    Pixels p = {.adjust = hue ? adjust_hue : adjust_saturation, .by = *(const float *)c->in[1]->data};
    return run_pixels(c, &p, s);
}

/* ---- Contrast ------------------------------------------------------------------------------------------------------------------ */

typedef struct Contrast {
    const TfgTensor *in;
    float *out;
    int64_t pixels, channels;   /* of one image */
    float factor, low, high;
    double *sums;               /* channels for each image */
} Contrast;

#define CONTRAST_LOOP(D, S, T)                                                                                      \
    static void contrast_##D(const Contrast *k, int64_t image)                                                      \
    {                                                                                                               \
        const int64_t n = k->pixels * k->channels;                                                                  \
        const S *x = (const S *)k->in->data + image * n;                                                            \
        float *y = k->out + image * n;                                                                              \
        double *sums = k->sums + image * k->channels;                                                               \
        memset(sums, 0, (size_t)k->channels * sizeof *sums);                                                        \
        for (int64_t i = 0; i < n; i += k->channels)                                                                \
            for (int64_t j = 0; j < k->channels; j++)                                                               \
                sums[j] += (double)LOAD_##D(x[i + j]);                                                              \
        for (int64_t i = 0; i < n; i += k->channels)                                                                \
            for (int64_t j = 0; j < k->channels; j++) {                                                             \
                const float mean = (float)(sums[j] / (double)k->pixels);                                            \
                float v = ((float)LOAD_##D(x[i + j]) - mean) * k->factor + mean;                                    \
                v = v < k->low ? k->low : v;                                                                        \
                y[i + j] = v > k->high ? k->high : v;                                                               \
            }                                                                                                       \
    }
#define CONTRAST_TYPES(X)                                                                                           \
    X(UINT8, uint8_t, 0) X(INT8, int8_t, 0) X(INT16, int16_t, 0) X(INT32, int32_t, 0) X(INT64, int64_t, 0)           \
    X(FLOAT, float, 0) X(DOUBLE, double, 0)
CONTRAST_TYPES(CONTRAST_LOOP)

typedef struct ContrastCall { Contrast k; void (*loop)(const Contrast *k, int64_t image); } ContrastCall;

static void contrast_images(void *context, int64_t begin, int64_t end)
{
    const ContrastCall *k = context;
    for (int64_t i = begin; i < end; i++)
        k->loop(&k->k, i);
}

static int run_contrast(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    TfgShapeText text;
    if (check_adjustment(c, "contrast_factor", s) < 0)
        return -1;
    for (int i = 2; i < c->n_in; i++)
        if (c->in[i]->rank != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be scalar: %s", i == 2 ? "min_value" : "max_value", tfg_shape_text(c->in[i], &text));
    TfgTensor *out = tfg_kernel_output(c, 0, in->rank, in->dims, s);
    if (!out)
        return -1;
    if (in->count == 0)
        return 0;
    int r = in->rank;
    ContrastCall k = {{.in = in, .out = out->data, .pixels = in->dims[r - 3] * in->dims[r - 2], .channels = in->dims[r - 1],
                       .factor = *(const float *)c->in[1]->data, .low = -INFINITY, .high = INFINITY},
                      *(void (*const *)(const Contrast *, int64_t))c->row->loops};
    if (c->n_in == 4) {
        k.k.low = *(const float *)c->in[2]->data;
        k.k.high = *(const float *)c->in[3]->data;
    }
    int64_t images = in->count / (k.k.pixels * k.k.channels);
    k.k.sums = tfg_kernel_scratch(c, (size_t)(images * k.k.channels) * sizeof(double), s);
    if (!k.k.sums)
        return -1;
    tfg_for_ranges(images, 1, contrast_images, &k);
    return 0;
}

#define LOOP_POINTER(D, S, T) static void (*const contrast_loop_##D)(const Contrast *, int64_t) = contrast_##D;
CONTRAST_TYPES(LOOP_POINTER)
#define OLD_ROW(D, S, T) {.op = "AdjustContrast", TFG_FOR(TFG_##D), .host_in = 14, .loops = &contrast_loop_##D, .run = run_contrast},
#define FLOATING .types = {{"T", TFG_B(FLOAT) | TFG_B(DOUBLE)}}, .run = run_convert
static const TfgKernelRow rows[] = {
    CONTRAST_TYPES(OLD_ROW)
    {.op = "AdjustContrastv2", .host_in = 2, .loops = &contrast_loop_FLOAT, .run = run_contrast},
    {.op = "AdjustHue", .host_in = 2, .run = run_adjust},
    {.op = "AdjustSaturation", .host_in = 2, .run = run_adjust},
    {.op = "HSVToRGB", FLOATING},
    {.op = "RGBToHSV", FLOATING},
};

TfgRowsFn TFG_SIMD(tfg_kernels_image_color);
const TfgKernelRow *TFG_SIMD(tfg_kernels_image_color)(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
