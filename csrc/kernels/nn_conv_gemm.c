/* Convolutions as matrix products.  The elements that windows look at are gathered into rows - a window's row is as long as a filter -
 * some windows at a time, so that the rows stay in the cache. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/gemm.h"
#include "kernels/nn_conv.h"
#include "kernels/util.h"

#define ROWS_BYTES (512 * 1024) /* of gathered rows */
#define MAX_PARTS 8             /* sums of the filter's gradient that are kept apart */
#define BIG_FILTER (1 << 21)    /* elements from which such sums are too many: the product itself is parallel instead */

typedef struct Job {
    const TfgConv *c;
    size_t size;                /* of an element */
    int64_t windows, taps, depth, chunk;        /* of all images; of a filter; of a row; windows gathered at a time */
    int64_t channels, outs;     /* of a group */
    const TfgConvData *d;
    int64_t parts;
    char *sums;
} Job;

static Job make_job(const TfgConv *c, const TfgConvData *d)
{
    Job j = {.c = c, .size = tfg_dtype_size(c->dtype), .windows = tfg_conv_windows(c), .taps = tfg_conv_taps(c), .depth = tfg_conv_depth(c),
             .channels = c->in_channels / c->groups, .outs = c->out_channels / c->groups, .d = d};
    int64_t row = j.depth * (int64_t)j.size;
    j.chunk = ROWS_BYTES / (row > 0 ? row : 1) / 8 * 8;
    if (j.chunk < 1)
        j.chunk = 1;
    if (j.chunk > j.windows)
        j.chunk = j.windows;
    return j;
}

/* Where a window stands. */
typedef struct Place { int64_t image, o[3]; } Place;

static Place place(const TfgConv *c, int64_t window)
{
    Place p;
    for (int i = 2; i >= 0; i--) {
        p.o[i] = window % c->at[i].out;
        window /= c->at[i].out;
    }
    p.image = window;
    return p;
}

static void next_place(const TfgConv *c, Place *p)
{
    for (int i = 2; i >= 0; i--) {
        if (++p->o[i] < c->at[i].out)
            return;
        p->o[i] = 0;
    }
    p->image++;
}

static inline bool inside(const TfgWindow *w, int64_t o, int64_t k, int64_t *i)
{
    *i = o * w->stride - w->before + k * w->dilation;
    return *i >= 0 && *i < w->in;
}

/* Calls each(piece of a row, piece of x or NULL, channels) for the taps of a window in their order. */
#define FOR_TAPS(j, p, ...)                                                                                                      \
    for (int64_t k0 = 0, i0, i1, i2; k0 < (j)->c->at[0].size; k0++) {                                                            \
        bool in0 = inside(&(j)->c->at[0], (p)->o[0], k0, &i0);                                                                   \
        for (int64_t k1 = 0; k1 < (j)->c->at[1].size; k1++) {                                                                    \
            bool in1 = in0 && inside(&(j)->c->at[1], (p)->o[1], k1, &i1);                                                        \
            for (int64_t k2 = 0; k2 < (j)->c->at[2].size; k2++) {                                                                \
                bool in2 = in1 && inside(&(j)->c->at[2], (p)->o[2], k2, &i2);                                                    \
                int64_t at = in2 ? ((((p)->image * (j)->c->at[0].in + i0) * (j)->c->at[1].in + i1) * (j)->c->at[2].in + i2) *    \
                                       (j)->c->in_channels : -1;                                                                 \
                __VA_ARGS__                                                                                                      \
            }                                                                                                                    \
        }                                                                                                                        \
    }

/* Rows of windows [first, first + n) for the channels of one group. */
static void gather(const Job *j, int64_t first, int64_t n, int64_t group, char *out)
{
    size_t piece = (size_t)j->channels * j->size;
    Place p = place(j->c, first);
    for (int64_t w = 0; w < n; w++, next_place(j->c, &p)) {
        FOR_TAPS(j, &p, {
            if (at < 0)
                memset(out, 0, piece);
            else
                memcpy(out, (const char *)j->d->x + (size_t)(at + group * j->channels) * j->size, piece);
            out += piece;
        })
    }
}

/* The reverse: adds the rows to what the windows looked at. */
#define DEFINE_SCATTER(NAME, T)                                                                                  \
    static void NAME(const Job *j, int64_t first, int64_t n, int64_t group, const T *rows)                       \
    {                                                                                                            \
        Place p = place(j->c, first);                                                                            \
        for (int64_t w = 0; w < n; w++, next_place(j->c, &p)) {                                                  \
            FOR_TAPS(j, &p, {                                                                                    \
                if (at >= 0) {                                                                                   \
                    T *to = (T *)j->d->out + at + group * j->channels;                                           \
                    for (int64_t i = 0; i < j->channels; i++)                                                    \
                        to[i] += rows[i];                                                                        \
                }                                                                                                \
                rows += j->channels;                                                                             \
            })                                                                                                   \
        }                                                                                                        \
    }
DEFINE_SCATTER(scatter_float, float)
DEFINE_SCATTER(scatter_double, double)

static char *element(const void *base, size_t size, int64_t i)
{
    return (char *)(uintptr_t)base + size * (size_t)i;
}

/* A filter of one element, everywhere: rows are x itself. */
static bool is_point(const TfgConv *c)
{
    for (int i = 0; i < 3; i++)
        if (c->at[i].size != 1 || c->at[i].stride != 1 || c->at[i].before != 0 || c->at[i].out != c->at[i].in)
            return false;
    return c->groups == 1;
}

static TfgGemm forward_product(const Job *j, const char *rows, int64_t first, int64_t n, int64_t group)
{
    const TfgConv *c = j->c;
    return (TfgGemm){.dtype = c->dtype, .m = n, .n = j->outs, .k = j->depth, .a = rows, .b = element(j->d->w, j->size, group * j->outs),
                     .c = element(j->d->out, j->size, first * c->out_channels + group * j->outs), .ldb = c->out_channels, .ldc = c->out_channels};
}

static int forward_chunk(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Job *j = context;
    size_t bytes = (size_t)(j->chunk * j->depth) * j->size;
    char *rows = tfg_alloc_data(bytes);
    if (!rows)
        return tfg_fail_memory(s);
    int rc = 0;
    for (int64_t group = 0; group < j->c->groups && rc == 0; group++) {
        gather(j, begin, end - begin, group, rows);
        TfgGemm g = forward_product(j, rows, begin, end - begin, group);
        rc = tfg_gemm(&g, s);
    }
    tfg_free_data(rows, bytes);
    return rc;
}

static int forward(Job *j, TfgStatus *s)
{
    if (!is_point(j->c))
        return tfg_try_ranges(j->windows, j->chunk, forward_chunk, j, s);
    TfgGemm g = forward_product(j, j->d->x, 0, j->windows, 0);
    return tfg_gemm(&g, s);
}

/* ---- Gradient of x: an image at a time, since its windows overlap. ---- */

static int input_image(const Job *j, int64_t image, char *rows, TfgStatus *s)
{
    const TfgConv *c = j->c;
    int64_t per = j->windows / c->batch;
    for (int64_t first = image * per; first < (image + 1) * per; first += j->chunk) {
        int64_t n = (image + 1) * per - first < j->chunk ? (image + 1) * per - first : j->chunk;
        for (int64_t group = 0; group < c->groups; group++) {
            TfgGemm g = {.dtype = c->dtype, .tb = TFG_TRANSPOSED, .m = n, .n = j->depth, .k = j->outs,
                         .a = element(j->d->y, j->size, first * c->out_channels + group * j->outs), .b = element(j->d->w, j->size, group * j->outs),
                         .c = rows, .lda = c->out_channels, .ldb = c->out_channels};
            if (tfg_gemm(&g, s) < 0)
                return -1;
            if (c->dtype == TFG_DOUBLE)
                scatter_double(j, first, n, group, (const double *)(const void *)rows);
            else
                scatter_float(j, first, n, group, (const float *)(const void *)rows);
        }
    }
    return 0;
}

static int input_images(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Job *j = context;
    size_t bytes = (size_t)(j->chunk * j->depth) * j->size, image = (size_t)(tfg_conv_x_count(j->c) / j->c->batch) * j->size;
    char *rows = tfg_alloc_data(bytes);
    if (!rows)
        return tfg_fail_memory(s);
    int rc = 0;
    for (int64_t i = begin; i < end && rc == 0; i++) {
        memset(element(j->d->out, image, i), 0, image);
        rc = input_image(j, i, rows, s);
    }
    tfg_free_data(rows, bytes);
    return rc;
}

static int input_gradient(Job *j, TfgStatus *s)
{
    const TfgConv *c = j->c;
    if (is_point(c)) {
        TfgGemm g = {.dtype = c->dtype, .tb = TFG_TRANSPOSED, .m = j->windows, .n = j->depth, .k = j->outs, .a = j->d->y, .b = j->d->w, .c = j->d->out};
        return tfg_gemm(&g, s);
    }
    return tfg_try_ranges(c->batch, (c->batch + 31) / 32, input_images, j, s);
}

/* ---- Gradient of w: a sum over all windows, in parts of fixed size that are added in their order. ---- */

#define ADD_TO(T)                                                                \
    for (int64_t i = 0; i < n; i++)                                              \
        ((T *)(void *)to)[i] += ((const T *)(const void *)from)[i];
static void add_elements(TfgDType dtype, char *to, const char *from, int64_t n)
{
    if (dtype == TFG_DOUBLE) {
        ADD_TO(double)
    } else {
        ADD_TO(float)
    }
}

/* Part `part` of the sums; rows and one product in scratch. */
static int filter_part(const Job *j, int64_t part, char *rows, char *product, TfgStatus *s)
{
    const TfgConv *c = j->c;
    int64_t chunks = (j->windows + j->chunk - 1) / j->chunk, count = tfg_conv_w_count(c);
    char *sum = j->sums + (size_t)(part * count) * j->size;
    memset(sum, 0, (size_t)count * j->size);
    for (int64_t i = chunks * part / j->parts; i < chunks * (part + 1) / j->parts; i++) {
        int64_t first = i * j->chunk, n = j->windows - first < j->chunk ? j->windows - first : j->chunk;
        for (int64_t group = 0; group < c->groups; group++) {
            gather(j, first, n, group, rows);
            TfgGemm g = {.dtype = c->dtype, .ta = TFG_TRANSPOSED, .m = j->depth, .n = j->outs, .k = n, .a = rows,
                         .b = element(j->d->y, j->size, first * c->out_channels + group * j->outs), .c = product, .ldb = c->out_channels};
            if (tfg_gemm(&g, s) < 0)
                return -1;
            for (int64_t r = 0; r < j->depth && c->groups > 1; r++)
                add_elements(c->dtype, element(sum, j->size, r * c->out_channels + group * j->outs), element(product, j->size, r * j->outs), j->outs);
        }
        if (c->groups == 1)
            add_elements(c->dtype, sum, product, count);
    }
    return 0;
}

static int filter_parts(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Job *j = context;
    size_t bytes = (size_t)(j->chunk * j->depth) * j->size, more = (size_t)(j->depth * j->outs) * j->size;
    char *rows = tfg_alloc_data(bytes), *product = tfg_alloc_data(more);
    int rc = rows && product ? 0 : tfg_fail_memory(s);
    for (int64_t i = begin; i < end && rc == 0; i++)
        rc = filter_part(j, i, rows, product, s);
    tfg_free_data(rows, bytes);
    tfg_free_data(product, more);
    return rc;
}

static int filter_gradient(Job *j, TfgStatus *s)
{
    const TfgConv *c = j->c;
    if (is_point(c)) {
        TfgGemm g = {.dtype = c->dtype, .ta = TFG_TRANSPOSED, .m = j->depth, .n = j->outs, .k = j->windows, .a = j->d->x, .b = j->d->y, .c = j->d->out};
        return tfg_gemm(&g, s);
    }
    int64_t chunks = (j->windows + j->chunk - 1) / j->chunk, count = tfg_conv_w_count(c);
    j->parts = count >= BIG_FILTER || chunks < 2 ? 1 : chunks < MAX_PARTS ? chunks : MAX_PARTS;
    size_t bytes = (size_t)(count * j->parts) * j->size;
    j->sums = j->parts == 1 ? j->d->out : tfg_alloc_data(bytes);
    if (!j->sums)
        return tfg_fail_memory(s);
    int rc = tfg_try_ranges(j->parts, 1, filter_parts, j, s);
    if (j->parts > 1) {
        for (int64_t i = 1; i < j->parts && rc == 0; i++)
            add_elements(c->dtype, j->sums, element(j->sums, j->size, i * count), count);
        if (rc == 0)
            memcpy(j->d->out, j->sums, (size_t)count * j->size);
        tfg_free_data(j->sums, bytes);
    }
    return rc;
}

int tfg_conv_by_gemm(const TfgConv *c, TfgConvKind kind, const TfgConvData *d, TfgStatus *s)
{
    Job j = make_job(c, d);
    return kind == TFG_CONV_FORWARD ? forward(&j, s) : kind == TFG_CONV_INPUT ? input_gradient(&j, s) : filter_gradient(&j, s);
}
