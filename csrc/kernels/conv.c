#include "kernels/conv.h"

#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/status.h"
#include "kernels/gemm.h"
#include "kernels/util.h"

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

static int64_t image_size(const TfgConvShape *s) { return s->h * s->w * s->c; }
static int64_t result_size(const TfgConvShape *s) { return s->oh * s->ow * s->oc; }
static int64_t patch_size(const TfgConvShape *s) { return s->kh * s->kw * s->c; }
static double work_of(const TfgConvShape *s) { return (double)(s->n * s->oh * s->ow * s->oc) * (double)patch_size(s); }

/* ---- By oneDNN -------------------------------------------------------------------------------------------------------------------- */

#define TILE_WORK 2e6           /* multiply-adds that are worth a thread's attention */
#define MAX_TILES 32
#define MAX_SUMS 8              /* partial gradients of the filters */

/* A tile: some images, or of a forward convolution some rows of the result of one image. */
typedef struct Tile {
    int64_t image, images;      /* first, count */
    int64_t row, rows;          /* of the result */
    int variant;
} Tile;

/* Tiles of one size share a prepared convolution: whole ones, the last one, and the first, middle and last band of an image. */
typedef struct Variant {
    TfgConvShape shape;
    TfgOnednnConv *conv;
    float *packed;
    size_t packed_bytes;
} Variant;
#define MAX_VARIANTS 8

typedef struct Run {
    TfgConvKind kind;
    const TfgConvShape *s;
    const float *a, *b;
    float *out;
    Tile *tiles;
    int n_tiles, n_variants;
    Variant variants[MAX_VARIANTS];
    float *sums;                /* FILTERS: each tile's gradient */
    atomic_bool failed;
} Run;

/* The part of the image that rows [row, row + rows) of the result see, as a convolution of its own. */
static TfgConvShape band_of(const TfgConvShape *s, int64_t row, int64_t rows, int64_t *first)
{
    TfgConvShape b = *s;
    int64_t begin = row * s->stride_h - s->top, end = (row + rows - 1) * s->stride_h - s->top + (s->kh - 1) * s->dilation_h + 1;
    *first = most(begin, 0);
    b.h = most(least(end, s->h) - *first, 1);
    b.oh = rows;
    b.top = *first - begin;
    b.bottom = most(end - s->h, 0);
    b.n = 1;
    return b;
}

/* The variant of a shape; -1 where oneDNN cannot, or there are too many. */
static int variant_of(Run *r, const TfgConvShape *shape)
{
    for (int i = 0; i < r->n_variants; i++)
        if (memcmp(&r->variants[i].shape, shape, sizeof *shape) == 0)
            return i;
    if (r->n_variants == MAX_VARIANTS)
        return -1;
    Variant *v = &r->variants[r->n_variants];
    v->shape = *shape;
    v->conv = tfg_onednn_conv_get(r->kind, shape);
    v->packed = NULL;
    v->packed_bytes = v->conv ? tfg_onednn_conv_filter_bytes(v->conv) : 0;
    if (!v->conv)
        return -1;
    r->n_variants++;
    if (v->packed_bytes == 0)
        return r->n_variants - 1;
    v->packed = tfg_alloc_data(v->packed_bytes);
    return v->packed && tfg_onednn_conv_pack_filters(v->conv, r->b, v->packed) ? r->n_variants - 1 : -1;
}

/* How many images, or result rows, a tile takes. */
static void choose_tiles(const Run *r, int64_t *images, int64_t *rows)
{
    const TfgConvShape *s = r->s;
    int64_t limit = r->kind == TFG_CONV_FILTERS ? MAX_SUMS : MAX_TILES;
    int64_t tiles = most(1, least(limit, (int64_t)(work_of(s) / TILE_WORK)));
    *images = divide_up(s->n, least(tiles, s->n));
    *rows = s->oh;
    int64_t bands = tiles / s->n;               /* few images: cut them too */
    if (r->kind == TFG_CONV_FORWARD && bands > 1)
        *rows = most(divide_up(s->oh, bands), least(4, s->oh));
}

static bool make_tiles(Run *r)
{
    const TfgConvShape *s = r->s;
    int64_t images, rows;
    choose_tiles(r, &images, &rows);
    int64_t n = divide_up(s->n, images) * divide_up(s->oh, rows);
    r->tiles = tfg_alloc((size_t)n * sizeof *r->tiles);
    if (!r->tiles)
        return false;
    for (int64_t i = 0; i < s->n; i += images)
        for (int64_t row = 0; row < s->oh; row += rows) {
            Tile t = {i, least(images, s->n - i), row, least(rows, s->oh - row), 0};
            TfgConvShape shape = *s;
            int64_t first;
            if (rows < s->oh)
                shape = band_of(s, row, t.rows, &first);
            else
                shape.n = t.images;
            if ((t.variant = variant_of(r, &shape)) < 0)
                return false;
            r->tiles[r->n_tiles++] = t;
        }
    return true;
}

static void run_tile(void *context, int64_t i)
{
    Run *r = context;
    const TfgConvShape *s = r->s;
    const Tile *t = &r->tiles[i];
    const Variant *v = &r->variants[t->variant];
    const float *b = v->packed ? v->packed : r->b;
    bool ok;
    if (r->kind == TFG_CONV_FILTERS)
        ok = tfg_onednn_conv_run(v->conv, r->a + t->image * image_size(s), r->b + t->image * result_size(s),
                                 r->sums ? r->sums + i * patch_size(s) * s->oc : r->out);
    else if (r->kind == TFG_CONV_IMAGES)
        ok = tfg_onednn_conv_run(v->conv, r->a + t->image * result_size(s), b, r->out + t->image * image_size(s));
    else {
        int64_t first = 0;
        if (t->rows < s->oh)
            band_of(s, t->row, t->rows, &first);
        ok = tfg_onednn_conv_run(v->conv, r->a + t->image * image_size(s) + first * s->w * s->c, b,
                                 r->out + t->image * result_size(s) + t->row * s->ow * s->oc);
    }
    if (!ok)
        atomic_store_explicit(&r->failed, true, memory_order_relaxed);
}

static void add_sums(void *context, int64_t begin, int64_t end)
{
    const Run *r = context;
    int64_t n = patch_size(r->s) * r->s->oc;
    memcpy(r->out + begin, r->sums + begin, (size_t)(end - begin) * sizeof *r->out);
    for (int t = 1; t < r->n_tiles; t++)
        for (int64_t i = begin; i < end; i++)
            r->out[i] += r->sums[t * n + i];
}

/* False where oneDNN is absent, cannot, or ran out of memory. */
static bool run_onednn(TfgConvKind kind, const TfgConvShape *s, const float *a, const float *b, float *out)
{
    Run r = {.kind = kind, .s = s, .a = a, .b = b, .out = out};
    size_t filter_bytes = (size_t)(patch_size(s) * s->oc) * sizeof(float), sum_bytes = 0;
    bool ok = make_tiles(&r);
    if (ok && kind == TFG_CONV_FILTERS && r.n_tiles > 1) {
        sum_bytes = (size_t)r.n_tiles * filter_bytes;
        ok = (r.sums = tfg_alloc_data(sum_bytes)) != NULL;
    }
    if (ok) {
        tfg_parallel(r.n_tiles, 0, run_tile, &r);
        ok = !atomic_load(&r.failed);
    }
    if (ok && r.sums)
        tfg_for_ranges(patch_size(s) * s->oc, 16384, add_sums, &r);
    for (int i = 0; i < r.n_variants; i++) {
        tfg_onednn_conv_put(r.variants[i].conv);
        tfg_free_data(r.variants[i].packed, r.variants[i].packed_bytes);
    }
    tfg_free_data(r.sums, sum_bytes);
    tfg_free(r.tiles);
    return ok;
}

/* ---- By patches --------------------------------------------------------------------------------------------------------------------- */

#define PATCH_BYTES ((int64_t)16 << 20)         /* of the matrix that is made at a time */

typedef struct Patches {
    const TfgConvShape *s;
    size_t size;                /* of an element */
    char *matrix;               /* a row per place of the result: the patch it sees */
    char *images;               /* from, or for col2im to */
    int64_t image;              /* the first */
    bool is_double;
} Patches;

/* Is the matrix of patches the image itself? */
static bool is_plain(const TfgConvShape *s)
{
    return s->kh == 1 && s->kw == 1 && s->stride_h == 1 && s->stride_w == 1 && s->top == 0 && s->left == 0 && s->oh == s->h &&
           s->ow == s->w;
}

/* Visits row `row` (of all images' result rows) of the matrix, piece by piece: `c` numbers of the image or, outside, none. */
static void copy_row(const Patches *p, int64_t row)
{
    const TfgConvShape *s = p->s;
    const char *image = p->images + (size_t)((p->image + row / s->oh) * image_size(s)) * p->size;
    size_t pixel = (size_t)s->c * p->size;
    char *to = p->matrix + (size_t)(row * s->ow * patch_size(s)) * p->size;
    for (int64_t x = 0; x < s->ow; x++)
        for (int64_t i = 0; i < s->kh; i++)
            for (int64_t j = 0; j < s->kw; j++, to += pixel) {
                int64_t y = row % s->oh * s->stride_h - s->top + i * s->dilation_h, z = x * s->stride_w - s->left + j * s->dilation_w;
                if (y < 0 || y >= s->h || z < 0 || z >= s->w)
                    memset(to, 0, pixel);
                else
                    memcpy(to, image + (size_t)(y * s->w + z) * pixel, pixel);
            }
}

static void copy_rows(void *context, int64_t begin, int64_t end)
{
    for (int64_t row = begin; row < end; row++)
        copy_row(context, row);
}

/* The way back: every number of the matrix is added to the pixel it came from, image by image. */
#define ADD_PATCHES(name, T)                                                                                          \
    static void name(const Patches *p, int64_t n)                                                                     \
    {                                                                                                                 \
        const TfgConvShape *s = p->s;                                                                                 \
        T *image = (T *)(void *)p->images + (p->image + n) * image_size(s);                                           \
        const T *from = (const T *)(const void *)p->matrix + n * s->oh * s->ow * patch_size(s);                       \
        memset(image, 0, (size_t)image_size(s) * sizeof(T));                                                          \
        for (int64_t oy = 0; oy < s->oh; oy++)                                                                        \
            for (int64_t ox = 0; ox < s->ow; ox++)                                                                    \
                for (int64_t i = 0; i < s->kh; i++)                                                                   \
                    for (int64_t j = 0; j < s->kw; j++, from += s->c) {                                               \
                        int64_t y = oy * s->stride_h - s->top + i * s->dilation_h;                                    \
                        int64_t x = ox * s->stride_w - s->left + j * s->dilation_w;                                   \
                        if (y < 0 || y >= s->h || x < 0 || x >= s->w)                                                 \
                            continue;                                                                                 \
                        T *to = image + (y * s->w + x) * s->c;                                                        \
                        for (int64_t c = 0; c < s->c; c++)                                                            \
                            to[c] += from[c];                                                                         \
                    }                                                                                                 \
    }
ADD_PATCHES(add_patches_float, float)
ADD_PATCHES(add_patches_double, double)

static void add_images(void *context, int64_t begin, int64_t end)
{
    const Patches *p = context;
    for (int64_t n = begin; n < end; n++)
        if (p->is_double)
            add_patches_double(p, n);
        else
            add_patches_float(p, n);
}

/* The matrix product for `n` images from p->image on.  FILTERS add to what is in out after the first. */
static int multiply(TfgConvKind kind, TfgDType dtype, const Patches *p, int64_t n, const void *a, const void *b, void *out, TfgStatus *st)
{
    const TfgConvShape *s = p->s;
    int64_t places = n * s->oh * s->ow, k = patch_size(s);
    size_t result = (size_t)(p->image * result_size(s)) * p->size;
    switch (kind) {
    case TFG_CONV_FORWARD: {
        TfgGemm g = {.dtype = dtype, .m = places, .n = s->oc, .k = k, .a = p->matrix, .b = b, .c = (char *)out + result};
        return tfg_gemm(&g, st);
    }
    case TFG_CONV_IMAGES: {
        TfgGemm g = {.dtype = dtype, .tb = TFG_TRANSPOSED, .m = places, .n = k, .k = s->oc, .a = (const char *)a + result, .b = b,
                     .c = p->matrix};
        return tfg_gemm(&g, st);
    }
    default: {
        TfgGemm g = {.dtype = dtype, .ta = TFG_TRANSPOSED, .m = k, .n = s->oc, .k = places, .a = p->matrix,
                     .b = (const char *)b + result, .c = out};
        return tfg_gemm(&g, st);
    }
    }
}

static void add_to(TfgDType dtype, void *to, const void *from, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (dtype == TFG_DOUBLE)
            ((double *)to)[i] += ((const double *)from)[i];
        else
            ((float *)to)[i] += ((const float *)from)[i];
}

/* float and double, some images at a time. */
static int run_patches(TfgConvKind kind, TfgDType dtype, const TfgConvShape *s, const void *a, const void *b, void *out, TfgStatus *st)
{
    size_t size = tfg_dtype_size(dtype);
    int64_t per_image = s->oh * s->ow * patch_size(s) * (int64_t)size, filters = patch_size(s) * s->oc;
    int64_t images = least(s->n, most(1, PATCH_BYTES / per_image));
    bool plain = is_plain(s);
    size_t matrix_bytes = plain ? 0 : (size_t)(images * per_image), sum_bytes = kind == TFG_CONV_FILTERS ? (size_t)filters * size : 0;
    char *matrix = plain ? NULL : tfg_alloc_data(matrix_bytes), *sum = sum_bytes ? tfg_alloc_data(sum_bytes) : NULL;
    int rc = -1;
    if ((!plain && !matrix) || (sum_bytes && !sum)) {
        tfg_fail_memory(st);
        goto done;
    }
    for (int64_t i = 0; i < s->n; i += images) {
        int64_t n = least(images, s->n - i);
        Patches p = {s, size, matrix, kind == TFG_CONV_IMAGES ? out : (void *)(uintptr_t)a, i, dtype == TFG_DOUBLE};
        if (plain)
            p.matrix = p.images + (size_t)(i * image_size(s)) * size;
        else if (kind != TFG_CONV_IMAGES)
            tfg_for_ranges(n * s->oh, most(1, 65536 / (s->ow * patch_size(s))), copy_rows, &p);
        bool adds = kind == TFG_CONV_FILTERS && i > 0;
        if (multiply(kind, dtype, &p, n, a, b, adds ? sum : out, st) < 0)
            goto done;
        if (adds)
            add_to(dtype, out, sum, filters);
        if (kind == TFG_CONV_IMAGES && !plain)
            tfg_for_ranges(n, 1, add_images, &p);
    }
    rc = 0;
done:
    tfg_free_data(matrix, matrix_bytes);
    tfg_free_data(sum, sum_bytes);
    return rc;
}

/* ---- Half types ------------------------------------------------------------------------------------------------------------------------ */

typedef int (*ConvFn)(TfgConvKind kind, TfgDType dtype, const TfgConvShape *s, const void *a, const void *b, void *out, TfgStatus *st);

/* Through float, rounded once. */
static int run_half(ConvFn fn, TfgConvKind kind, TfgDType dtype, const TfgConvShape *s, const uint16_t *a, const uint16_t *b,
                    uint16_t *out, TfgStatus *st)
{
    int64_t images = s->n * image_size(s), results = s->n * result_size(s), filters = patch_size(s) * s->oc;
    int64_t n[3] = {kind == TFG_CONV_IMAGES ? results : images, kind == TFG_CONV_FILTERS ? results : filters,
                    kind == TFG_CONV_FORWARD ? results : kind == TFG_CONV_IMAGES ? images : filters};
    float *p[3] = {NULL, NULL, NULL};
    int rc = -1;
    for (int i = 0; i < 3; i++)
        if (!(p[i] = tfg_alloc_data((size_t)n[i] * sizeof(float)))) {
            tfg_fail_memory(st);
            goto done;
        }
    for (int64_t i = 0; i < n[0]; i++)
        p[0][i] = tfg_load_half(dtype, a[i]);
    for (int64_t i = 0; i < n[1]; i++)
        p[1][i] = tfg_load_half(dtype, b[i]);
    if (fn(kind, TFG_FLOAT, s, p[0], p[1], p[2], st) < 0)
        goto done;
    for (int64_t i = 0; i < n[2]; i++)
        out[i] = tfg_store_half(dtype, p[2][i]);
    rc = 0;
done:
    for (int i = 0; i < 3; i++)
        tfg_free_data(p[i], (size_t)n[i] * sizeof(float));
    return rc;
}

/* ---- Entry ------------------------------------------------------------------------------------------------------------------------------ */

int tfg_conv2d_patches(TfgConvKind kind, TfgDType dtype, const TfgConvShape *s, const void *a, const void *b, void *out, TfgStatus *st)
{
    if (dtype == TFG_HALF || dtype == TFG_BFLOAT16)
        return run_half(tfg_conv2d_patches, kind, dtype, s, a, b, out, st);
    return run_patches(kind, dtype, s, a, b, out, st);
}

/* Where a matrix product is the faster: one pixel at a time, and gradients of images of few channels, which oneDNN's fast code does
 * not take (14 against 250 GF/s with one channel). */
static bool prefers_patches(TfgConvKind kind, const TfgConvShape *s)
{
    return kind == TFG_CONV_IMAGES && s->c < 8;
}

int tfg_conv2d(TfgConvKind kind, TfgDType dtype, const TfgConvShape *s, const void *a, const void *b, void *out, TfgStatus *st)
{
    if (dtype == TFG_HALF || dtype == TFG_BFLOAT16)
        return run_half(tfg_conv2d, kind, dtype, s, a, b, out, st);
    if (dtype == TFG_FLOAT && !prefers_patches(kind, s) && run_onednn(kind, s, a, b, out))
        return 0;
    return run_patches(kind, dtype, s, a, b, out, st);
}
