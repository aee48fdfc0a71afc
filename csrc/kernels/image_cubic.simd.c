/* ResizeBicubic and its gradient, ResizeArea.  Weights are those of Keys' cubic convolution (a = -0.75; of half pixels -0.5, and what lies
 * outside the image counts nothing), from a table of 1024 steps as TensorFlow takes them.  Four input rows are mixed into one, then its pixels. */
#include <float.h>
#include <math.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/image_resize.h"
#include "kernels/isa.h"

#define STEPS 1024

typedef struct Taps { int64_t at[4]; float w[4]; } Taps;

static float near_weight(double a, double x) { return (float)(((a + 2) * x - (a + 3)) * x * x + 1); }              /* 0 <= x <= 1 */
static float far_weight(double a, double x) { return (float)(((a * x - 5 * a) * x + 8 * a) * x - 4 * a); }         /* 1 <= x <= 2 */

static void find_taps(const TfgResize *r, Taps *taps, int64_t n, int64_t n_in, float scale, int64_t step)
{
    const double a = r->half ? -0.5 : -0.75;
    for (int64_t i = 0; i < n; i++) {
        const float in = tfg_resize_place(r, i, scale);
        const int64_t at = (int64_t)floorf(in), offset = lrintf((in - (float)at) * STEPS);
        const double t = (double)offset / STEPS, u = (double)(STEPS - offset) / STEPS;
        const float w[4] = {far_weight(a, t + 1), near_weight(a, t), near_weight(a, u), far_weight(a, u + 1)};
        float sum = 0;
        for (int k = 0; k < 4; k++) {
            int64_t p = at - 1 + k;
            taps[i].at[k] = (p < 0 ? 0 : p >= n_in ? n_in - 1 : p) * step;
            taps[i].w[k] = r->half && (p < 0 || p >= n_in) ? 0 : w[k];
            sum += taps[i].w[k];
        }
        for (int k = 0; r->half && fabsf(sum) >= 1000.0f * FLT_MIN && k < 4; k++)
            taps[i].w[k] *= 1.0f / sum;
    }
}

typedef struct Cubic {
    const TfgTensor *in;
    void *out;
    TfgResize r;
    Taps *columns, *rows;
    void (*grad)(const struct Cubic *k, int64_t image);
} Cubic;

static int find_all_taps(TfgKernelCall *c, Cubic *k, TfgStatus *s)
{
    k->columns = tfg_kernel_scratch(c, (size_t)k->r.out_width * sizeof(Taps), s);
    k->rows = tfg_kernel_scratch(c, (size_t)k->r.out_height * sizeof(Taps), s);
    if (!k->columns || !k->rows)
        return -1;
    find_taps(&k->r, k->columns, k->r.out_width, k->r.in_width, k->r.width_scale, k->r.channels);
    find_taps(&k->r, k->rows, k->r.out_height, k->r.in_height, k->r.height_scale, 1);
    return 0;
}

static inline __attribute__((always_inline)) void mix_pixels(const Taps *taps, int64_t n, int64_t channels, const float *row, float *to)
{
    for (int64_t x = 0; x < n; x++, to += channels) {
        const Taps *t = &taps[x];
        for (int64_t i = 0; i < channels; i++)
            to[i] = row[t->at[0] + i] * t->w[0] + row[t->at[1] + i] * t->w[1] + row[t->at[2] + i] * t->w[2] + row[t->at[3] + i] * t->w[3];
    }
}

static void mix_rows(const float *const row[4], const float w[4], float *restrict to, int64_t n)
{
    const float *a = row[0], *b = row[1], *c = row[2], *d = row[3];
    const float wa = w[0], wb = w[1], wc = w[2], wd = w[3];
    for (int64_t i = 0; i < n; i++)
        to[i] = a[i] * wa + b[i] * wb + c[i] * wc + d[i] * wd;
}

static int cubic_rows(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Cubic *k = context;
    const TfgResize *r = &k->r;
    const int64_t n_in = r->in_width * r->channels, n = r->out_width * r->channels;
    bool converts = k->in->dtype != TFG_FLOAT;
    float *memory = tfg_alloc((size_t)(n_in * (converts ? 5 : 1)) * sizeof *memory);
    if (!memory)
        return tfg_fail_memory(s);
    for (int64_t i = begin; i < end; i++) {
        const Taps *t = &k->rows[i % r->out_height];
        const float *row[4];
        for (int j = 0; j < 4; j++) {
            const void *from = tfg_at(k->in, (i / r->out_height * r->in_height + t->at[j]) * n_in);
            if (converts)
                tfg_image_to_float(k->in->dtype, from, memory + (j + 1) * n_in, n_in);
            row[j] = converts ? memory + (j + 1) * n_in : from;
        }
        mix_rows(row, t->w, memory, n_in);
        float *to = (float *)k->out + i * n;
        if (r->channels == 3)
            mix_pixels(k->columns, r->out_width, 3, memory, to);
        else if (r->channels == 1)
            mix_pixels(k->columns, r->out_width, 1, memory, to);
        else
            mix_pixels(k->columns, r->out_width, r->channels, memory, to);
    }
    tfg_free(memory);
    return 0;
}

static TfgTensor *resized_output(TfgKernelCall *c, TfgResize *r, TfgStatus *s)
{
    if (tfg_resize_sizes(c, r, s) < 0)
        return NULL;
    return tfg_kernel_output(c, 0, 4, (int64_t[]){r->batch, r->out_height, r->out_width, r->channels}, s);
}

static int64_t rows_at_once(const TfgResize *r)
{
    return 32768 / (r->out_width * r->channels) + 1;
}

static int run_bicubic(TfgKernelCall *c, TfgStatus *s)
{
    Cubic k = {.in = c->in[0]};
    TfgTensor *out = resized_output(c, &k.r, s);
    if (!out)
        return -1;
    k.out = out->data;
    if (out->count == 0)
        return 0;
    if (find_all_taps(c, &k, s) < 0)
        return -1;
    return tfg_try_ranges(k.r.batch * k.r.out_height, rows_at_once(&k.r), cubic_rows, &k, s);
}

/* ---- The gradient -------------------------------------------------------------------------------------------------------------- */

#define CUBIC_GRAD(T)                                                                                               \
    static void cubic_grad_##T(const Cubic *k, int64_t image)                                                       \
    {                                                                                                               \
        const TfgResize *r = &k->r;                                                                                 \
        const float *dy = (const float *)k->in->data + image * r->out_height * r->out_width * r->channels;          \
        T *out = (T *)k->out + image * r->in_height * r->in_width * r->channels;                                    \
        for (int64_t y = 0; y < r->out_height; y++)                                                                 \
            for (int64_t x = 0; x < r->out_width; x++, dy += r->channels)                                           \
                for (int i = 0; i < 4; i++)                                                                         \
                    for (int j = 0; j < 4; j++) {                                                                   \
                        T *to = out + k->rows[y].at[i] * r->in_width * r->channels + k->columns[x].at[j];           \
                        const float wy = k->rows[y].w[i], wx = k->columns[x].w[j];                                  \
                        for (int64_t m = 0; m < r->channels; m++)                                                   \
                            to[m] += (T)dy[m] * (T)wy * (T)wx;                                                         \
                    }                                                                                               \
    }
CUBIC_GRAD(float)
CUBIC_GRAD(double)

static void cubic_grad_images(void *context, int64_t begin, int64_t end)
{
    const Cubic *k = context;
    for (int64_t i = begin; i < end; i++)
        k->grad(k, i);
}

static int run_bicubic_grad(TfgKernelCall *c, TfgStatus *s)
{
    Cubic k = {.in = c->in[0]};
    if (tfg_resize_grad_sizes(c, &k.r, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output(c, 0, 4, (int64_t[]){k.r.batch, k.r.in_height, k.r.in_width, k.r.channels}, s);
    if (!out)
        return -1;
    memset(out->data, 0, tfg_tensor_size(out->dtype, out->count));
    if (k.in->count == 0)
        return 0;
    if (find_all_taps(c, &k, s) < 0)
        return -1;
    k.out = out->data;
    k.grad = out->dtype == TFG_DOUBLE ? cubic_grad_double : cubic_grad_float;
    tfg_for_ranges(k.r.batch, 1, cubic_grad_images, &k);
    return 0;
}

/* ---- Areas ------------------------------------------------------------------------------------------------------------------------ */

/* Input pixels [first, end) with the parts of the first and of the last that lie inside; those outside the image repeat its edge. */
typedef struct Span { int64_t first, end; float first_part, last_part; } Span;

static Span find_span(int64_t i, float scale)
{
    const float from = (float)i * scale, to = (float)(i + 1) * scale;
    Span k = {(int64_t)floorf(from), (int64_t)ceilf(to), 0, 0};
    const float first = (float)k.first, last = (float)(k.end - 1);
    k.first_part = first < from ? first + 1 > to ? scale : first + 1 - from : first + 1 > to ? to - first : 1;
    k.last_part = last + 1 > to ? to - last : 1;
    return k;
}

static int64_t inside(int64_t i, int64_t n) { return i < n ? i : n - 1; }

typedef struct Area { const TfgTensor *in; float *out; TfgResize r; Span *columns; } Area;

/* One row's share of every output pixel. */
static void add_row(const Area *a, const float *row, float part, float *to)
{
    const int64_t channels = a->r.channels;
    for (int64_t x = 0; x < a->r.out_width; x++, to += channels) {
        const Span *k = &a->columns[x];
        for (int64_t m = 0; m < channels; m++) {
            float sum = row[inside(k->first, a->r.in_width) * channels + m] * k->first_part;
            for (int64_t i = k->first + 1; i < k->end - 1; i++)
                sum += row[inside(i, a->r.in_width) * channels + m];
            if (k->first + 1 < k->end)
                sum += row[inside(k->end - 1, a->r.in_width) * channels + m] * k->last_part;
            to[m] += sum * part;
        }
    }
}

static int area_rows(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Area *a = context;
    const TfgResize *r = &a->r;
    const int64_t n_in = r->in_width * r->channels, n = r->out_width * r->channels;
    const float scale = 1.0f / (r->height_scale * r->width_scale);
    float *row = tfg_alloc((size_t)n_in * sizeof *row);
    if (!row)
        return tfg_fail_memory(s);
    for (int64_t i = begin; i < end; i++) {
        Span k = find_span(i % r->out_height, r->height_scale);
        float *to = a->out + i * n;
        memset(to, 0, (size_t)n * sizeof *to);
        for (int64_t y = k.first; y < k.end; y++) {
            tfg_image_to_float(a->in->dtype, tfg_at(a->in, (i / r->out_height * r->in_height + inside(y, r->in_height)) * n_in), row, n_in);
            add_row(a, row, y == k.first ? k.first_part : y == k.end - 1 ? k.last_part : 1, to);
        }
        for (int64_t j = 0; j < n; j++)
            to[j] *= scale;
    }
    tfg_free(row);
    return 0;
}

static int run_area(TfgKernelCall *c, TfgStatus *s)
{
    Area a = {.in = c->in[0]};
    TfgTensor *out = resized_output(c, &a.r, s);
    if (!out)
        return -1;
    a.out = out->data;
    if (out->count == 0)
        return 0;
    a.columns = tfg_kernel_scratch(c, (size_t)a.r.out_width * sizeof(Span), s);
    if (!a.columns)
        return -1;
    for (int64_t x = 0; x < a.r.out_width; x++)
        a.columns[x] = find_span(x, a.r.width_scale);
    return tfg_try_ranges(a.r.batch * a.r.out_height, rows_at_once(&a.r), area_rows, &a, s);
}

static const TfgKernelRow rows[] = {
    {.op = "ResizeArea", .types = {{"T", TFG_TYPES_IMAGE}}, .host_in = 2, .run = run_area},
    {.op = "ResizeBicubic", .types = {{"T", TFG_TYPES_IMAGE}}, .host_in = 2, .run = run_bicubic},
    {.op = "ResizeBicubicGrad", .types = {{"T", TFG_B(FLOAT) | TFG_B(DOUBLE)}}, .run = run_bicubic_grad},
};

TfgRowsFn TFG_SIMD(tfg_kernels_image_cubic);
const TfgKernelRow *TFG_SIMD(tfg_kernels_image_cubic)(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
