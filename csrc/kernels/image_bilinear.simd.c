/* ResizeBilinear.  Each input row is stretched once, and output rows are mixed from two stretched ones; the arithmetic of a pixel is
 * TensorFlow's: first along the row, then between rows, in float. */
#include <math.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/image_resize.h"
#include "kernels/isa.h"

typedef struct Mix { int64_t lower, upper; float t; } Mix;      /* lower + (upper - lower) * t; elements from the row's start */

typedef struct Bilinear {
    const TfgTensor *in;
    float *out;
    TfgResize r;
    Mix *columns, *rows;
} Bilinear;

static void find_mixes(const TfgResize *r, Mix *mixes, int64_t n, int64_t n_in, float scale, int64_t step)
{
    for (int64_t i = 0; i < n; i++) {
        float at = tfg_resize_place(r, i, scale);
        int64_t lower = (int64_t)floorf(at), upper = lower + 1 < n_in ? lower + 1 : n_in - 1;
        mixes[i] = (Mix){(lower > 0 ? lower : 0) * step, upper * step, at - (float)lower};
    }
}

static inline __attribute__((always_inline)) void stretch_of(const Mix *columns, int64_t n, int64_t channels, const float *row, float *to)
{
    for (int64_t x = 0; x < n; x++, to += channels) {
        const float *lower = row + columns[x].lower, *upper = row + columns[x].upper, t = columns[x].t;
        for (int64_t i = 0; i < channels; i++)
            to[i] = lower[i] + (upper[i] - lower[i]) * t;
    }
}

static void stretch(const Bilinear *b, const float *row, float *to)
{
    switch (b->r.channels) {
    case 1: stretch_of(b->columns, b->r.out_width, 1, row, to); break;
    case 3: stretch_of(b->columns, b->r.out_width, 3, row, to); break;
    case 4: stretch_of(b->columns, b->r.out_width, 4, row, to); break;
    default: stretch_of(b->columns, b->r.out_width, b->r.channels, row, to);
    }
}

static void mix_rows(const float *restrict top, const float *restrict bottom, float t, float *restrict to, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        to[i] = top[i] + (bottom[i] - top[i]) * t;
}

typedef struct Rows {           /* two stretched rows of one image, by number */
    float *stretched[2], *loaded;
    int64_t number[2];
} Rows;

/* The stretched row `number` (counted over all images), made unless it is there; `keep` is not overwritten. */
static int find_row(const Bilinear *b, Rows *rows, int64_t number, int64_t keep)
{
    for (int i = 0; i < 2; i++)
        if (rows->number[i] == number)
            return i;
    int i = rows->number[0] == keep ? 1 : 0;
    int64_t n = b->r.in_width * b->r.channels;
    const void *from = tfg_at(b->in, number * n);
    if (b->in->dtype != TFG_FLOAT)
        tfg_image_to_float(b->in->dtype, from, rows->loaded, n);
    stretch(b, b->in->dtype == TFG_FLOAT ? from : rows->loaded, rows->stretched[i]);
    rows->number[i] = number;
    return i;
}

static int resize_rows(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Bilinear *b = context;
    const int64_t n = b->r.out_width * b->r.channels, n_in = b->r.in_width * b->r.channels;
    float *memory = tfg_alloc((size_t)(2 * n + (b->in->dtype == TFG_FLOAT ? 0 : n_in)) * sizeof *memory);
    if (!memory)
        return tfg_fail_memory(s);
    Rows rows = {{memory, memory + n}, memory + 2 * n, {-1, -1}};
    for (int64_t i = begin; i < end; i++) {
        const Mix *mix = &b->rows[i % b->r.out_height];
        int64_t first = i / b->r.out_height * b->r.in_height;
        int top = find_row(b, &rows, first + mix->lower, first + mix->upper);
        int bottom = find_row(b, &rows, first + mix->upper, first + mix->lower);
        mix_rows(rows.stretched[top], rows.stretched[bottom], mix->t, b->out + i * n, n);
    }
    tfg_free(memory);
    return 0;
}

static void convert_range(void *context, int64_t begin, int64_t end)
{
    const Bilinear *b = context;
    tfg_image_to_float(b->in->dtype, tfg_at(b->in, begin), b->out + begin, end - begin);
}

static int run_bilinear(TfgKernelCall *c, TfgStatus *s)
{
    Bilinear b = {.in = c->in[0]};
    if (tfg_resize_sizes(c, &b.r, s) < 0)
        return -1;
    const TfgResize *r = &b.r;
    TfgTensor *out = tfg_kernel_output(c, 0, 4, (int64_t[]){r->batch, r->out_height, r->out_width, r->channels}, s);
    if (!out)
        return -1;
    if (out->count == 0)
        return 0;
    b.out = out->data;
    if (r->out_height == r->in_height && r->out_width == r->in_width) {
        tfg_for_ranges(out->count, 65536, convert_range, &b);
        return 0;
    }
    b.columns = tfg_kernel_scratch(c, (size_t)r->out_width * sizeof(Mix), s);
    b.rows = tfg_kernel_scratch(c, (size_t)r->out_height * sizeof(Mix), s);
    if (!b.columns || !b.rows)
        return -1;
    find_mixes(r, b.columns, r->out_width, r->in_width, r->width_scale, r->channels);
    find_mixes(r, b.rows, r->out_height, r->in_height, r->height_scale, 1);
    int64_t grain = 65536 / (r->out_width * r->channels) + 4;
    return tfg_try_ranges(r->batch * r->out_height, grain, resize_rows, &b, s);
}

static const TfgKernelRow rows[] = {
    {.op = "ResizeBilinear", .types = {{"T", TFG_TYPES_IMAGE}}, .host_in = 2, .run = run_bilinear},
};

TfgRowsFn TFG_SIMD(tfg_kernels_image_bilinear);
const TfgKernelRow *TFG_SIMD(tfg_kernels_image_bilinear)(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
