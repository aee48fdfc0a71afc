/* Convolutions by oneDNN, cut into images, or into rows of one image; the cut depends on the sizes alone. */
#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/onednn_conv.h"
#include "kernels/util.h"

#define MAX_TILES 16
#define TILE_WORK 2e6           /* multiply-adds below which a tile is not worth a thread's attention */
#define MAX_SUMS (1 << 23)      /* numbers in partial sums of a filter's gradient */
#define LEAST_WORK 20000        /* below, a primitive costs more than it saves */

typedef struct Job {
    const TfgConv *c;
    TfgConvKind kind;
    const TfgConvData *d;
    int64_t images, rows;       /* of a tile; rows: of y, where a tile is part of one image, else 0 */
    int64_t tiles, row_tiles;
    TfgOnednnConv *conv[4];     /* of a whole tile, of the last; of rows: first, middle, last */
    void *packed[4];
    float *sums;                /* FILTER: one plain filter per tile */
    atomic_int failed;
} Job;

/* The geometry of a tile, and which of the primitives is its. */
static TfgConv tile_conv(const Job *j, int64_t tile, int *which)
{
    TfgConv c = *j->c;
    if (j->rows == 0) {
        int64_t left = c.batch - tile * j->images;
        c.batch = left < j->images ? left : j->images;
        *which = left < j->images;
        return c;
    }
    TfgWindow *w = &c.at[1];
    int64_t at = tile % j->row_tiles, first = at * j->rows, begin = first * w->stride - w->before;
    c.batch = 1;
    w->out = w->out - first < j->rows ? w->out - first : j->rows;
    int64_t end = begin + (w->out - 1) * w->stride + tfg_window_reach(w);
    int64_t from = begin > 0 ? begin : 0, to = end < w->in ? end : w->in;
    w->before = from - begin;
    w->in = to - from;
    *which = at == 0 ? 0 : at == j->row_tiles - 1 ? 2 : 1;
    return c;
}

static double work_of(const TfgConv *c)
{
    return (double)tfg_conv_windows(c) * (double)tfg_conv_depth(c) * (double)c->out_channels;
}

static void cut(Job *j)
{
    const TfgConv *c = j->c;
    double work = work_of(c) / (double)c->batch;
    j->images = 1;
    j->tiles = c->batch;
    j->row_tiles = 1;
    if (c->batch < 4 && j->kind == TFG_CONV_FORWARD && c->at[0].out == 1 && c->at[0].size == 1 && c->at[1].out >= 8 && work > 4 * TILE_WORK) {
        int64_t parts = work / TILE_WORK < 8 ? (int64_t)(work / TILE_WORK) : 8;
        j->rows = (c->at[1].out + parts - 1) / parts;
        j->row_tiles = (c->at[1].out + j->rows - 1) / j->rows;
        /* Only the first part may look at padding in front, only the last at padding behind. */
        const TfgWindow *w = &c->at[1];
        int64_t last = (j->row_tiles - 1) * j->rows;
        if (j->row_tiles > 1 && last * w->stride - w->before < w->in && j->rows * w->stride > w->before &&
            (last - 1) * w->stride + tfg_window_reach(w) - w->before <= w->in) {
            j->tiles = c->batch * j->row_tiles;
            return;
        }
        j->rows = 0;
        j->row_tiles = 1;
    }
    int64_t tiles = c->batch < MAX_TILES ? c->batch : MAX_TILES;
    if (j->kind == TFG_CONV_FILTER && tfg_conv_w_count(c) * tiles > MAX_SUMS)
        tiles = tfg_conv_w_count(c) > MAX_SUMS / 2 ? 1 : MAX_SUMS / tfg_conv_w_count(c);
    if (work * (double)c->batch < TILE_WORK * (double)tiles)
        tiles = (int64_t)(work * (double)c->batch / TILE_WORK) + 1;
    j->images = (c->batch + tiles - 1) / tiles;
    j->tiles = (c->batch + j->images - 1) / j->images;
}

static bool prepare(Job *j)
{
    for (int64_t tile = 0; tile < j->tiles; tile++) {
        int which;
        TfgConv c = tile_conv(j, tile, &which);
        if (j->conv[which])
            continue;
        TfgOnednnConv *p = j->conv[which] = tfg_onednn_conv(&c, j->kind);
        if (!p)
            return false;
        if (j->kind == TFG_CONV_FILTER)
            continue;
        j->packed[which] = tfg_alloc_data(tfg_onednn_conv_packed(p));
        if (!j->packed[which] || tfg_onednn_conv_pack(p, j->d->w, j->packed[which]) < 0)
            return false;
    }
    if (j->kind == TFG_CONV_FILTER && j->tiles > 1) {
        j->sums = tfg_alloc_data((size_t)(tfg_conv_w_count(j->c) * j->tiles) * sizeof *j->sums);
        return j->sums != NULL;
    }
    return true;
}

static void finish(Job *j)
{
    for (int i = 0; i < 4; i++) {
        if (j->packed[i])
            tfg_free_data(j->packed[i], tfg_onednn_conv_packed(j->conv[i]));
        tfg_onednn_conv_release(j->conv[i]);
    }
    if (j->sums)
        tfg_free_data(j->sums, (size_t)(tfg_conv_w_count(j->c) * j->tiles) * sizeof *j->sums);
}

static int run_filter(const Job *j, int64_t tile, int which, const float *x, const float *y)
{
    const TfgOnednnConv *p = j->conv[which];
    size_t bytes = tfg_onednn_conv_packed(p);
    void *packed = tfg_alloc_data(bytes);
    if (!packed)
        return -1;
    TfgConvData d = {.x = x, .y = y, .out = packed};
    float *to = j->sums ? j->sums + tile * tfg_conv_w_count(j->c) : j->d->out;
    int rc = tfg_onednn_conv_run(p, &d) < 0 ? -1 : tfg_onednn_conv_pack(p, packed, to);
    tfg_free_data(packed, bytes);
    return rc;
}

static void run_tile(void *context, int64_t begin, int64_t end)
{
    Job *j = context;
    const TfgConv *c = j->c;
    int64_t x_image = tfg_conv_x_count(c) / c->batch, y_image = tfg_conv_y_count(c) / c->batch;
    for (int64_t tile = begin; tile < end; tile++) {
        int which;
        (void)tile_conv(j, tile, &which);
        int64_t image = j->rows ? tile / j->row_tiles : tile * j->images, x_at = image * x_image, y_at = image * y_image;
        if (j->rows) {
            int64_t first = tile % j->row_tiles * j->rows, from = first * c->at[1].stride - c->at[1].before;
            x_at += (from > 0 ? from : 0) * c->at[2].in * c->in_channels;
            y_at += first * c->at[2].out * c->out_channels;
        }
        const float *x = j->d->x, *y = j->d->y;
        float *out = j->d->out;
        TfgConvData d = {.w = j->packed[which]};
        int rc;
        if (j->kind == TFG_CONV_FILTER)
            rc = run_filter(j, tile, which, x + x_at, y + y_at);
        else {
            d.x = j->kind == TFG_CONV_FORWARD ? x + x_at : NULL;
            d.y = j->kind == TFG_CONV_INPUT ? y + y_at : NULL;
            d.out = out + (j->kind == TFG_CONV_FORWARD ? y_at : x_at);
            rc = tfg_onednn_conv_run(j->conv[which], &d);
        }
        if (rc < 0)
            atomic_store(&j->failed, 1);
    }
}

static void add_sums(void *context, int64_t begin, int64_t end)
{
    const Job *j = context;
    float *out = j->d->out;
    int64_t n = tfg_conv_w_count(j->c);
    memcpy(out + begin, j->sums + begin, (size_t)(end - begin) * sizeof *out);
    for (int64_t tile = 1; tile < j->tiles; tile++)
        for (int64_t i = begin; i < end; i++)
            out[i] += j->sums[tile * n + i];
}

/* Geometry within what the library computes with. */
static bool is_ordinary(const TfgConv *c)
{
    if (tfg_conv_x_count(c) > INT32_MAX || tfg_conv_y_count(c) > INT32_MAX || tfg_conv_w_count(c) > INT32_MAX)
        return false;
    for (int i = 0; i < 3; i++) {
        const TfgWindow *w = &c->at[i];
        int64_t reach = tfg_window_reach(w), after = (w->out - 1) * w->stride + reach - w->in - w->before;
        if (reach > 4096 || w->stride > 4096 || w->before >= reach || after >= reach)
            return false;
    }
    return true;
}

bool tfg_conv_by_onednn(const TfgConv *c, TfgConvKind kind, const TfgConvData *d)
{
    if (c->dtype != TFG_FLOAT || work_of(c) < LEAST_WORK || !is_ordinary(c))
        return false;
    Job j = {.c = c, .kind = kind, .d = d};
    cut(&j);
    bool done = prepare(&j);
    if (done) {
        tfg_for_ranges(j.tiles, 1, run_tile, &j);
        done = !atomic_load(&j.failed);
    }
    if (done && j.sums)
        tfg_for_ranges(tfg_conv_w_count(c), 16384, add_sums, &j);
    finish(&j);
    return done;
}
