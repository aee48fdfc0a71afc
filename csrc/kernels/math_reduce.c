#include "kernels/reduce.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/status.h"
#include "kernels/util.h"

#define COLUMN_TILE 1024        /* columns that one tile accumulates */
#define TILE_ELEMENTS 32768
#define MIN_ROWS 64             /* rows of a column tile, at least */
#define NARROW 128              /* rows shorter than this are accumulated several at a time */

int tfg_reduce_axes(const TfgTensor *data, const TfgTensor *axes, bool *reduced, TfgStatus *s)
{
    for (int d = 0; d < data->rank; d++)
        reduced[d] = false;
    for (int64_t i = 0; i < axes->count; i++) {
        int64_t axis = tfg_tensor_int(axes, i), at = axis;
        if (!tfg_axis_in_range(&at, data->rank))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid reduction dimension (%lld for input with %d dimension(s)",
                            (long long)axis, data->rank);
        reduced[at] = true;
    }
    return 0;
}

/* ---- One axis of [outer, n, inner] ------------------------------------------------------------------------------------------ */

typedef struct Pass {
    const TfgReducer *r;
    const char *in;
    char *out;                  /* accumulators [outer, inner] */
    char *partial;              /* accumulators of tiles, where an output has several */
    int64_t outer, n, inner;
    int64_t group;              /* rows taken together, when they are narrow */
    int64_t per_tile;           /* rows of a tile */
    int64_t row_tiles, column_tiles;
} Pass;

static void reduce_contiguous(const TfgReducer *r, const char *in, int64_t n, void *acc)
{
    _Alignas(64) char state[TFG_REDUCE_STATE];
    r->fns.begin(state);
    r->fns.add(state, in, n);
    r->fns.end(state, acc);
}

static void short_rows(void *context, int64_t begin, int64_t end)
{
    const Pass *p = context;
    p->r->short_rows(p->in + (size_t)(begin * p->n) * p->r->in_size, end - begin, p->n, p->out + (size_t)begin * p->r->acc_size);
}

static void row_tile(void *context, int64_t tile)
{
    const Pass *p = context;
    int64_t row = tile / p->row_tiles, begin = tile % p->row_tiles * TFG_REDUCE_TILE;
    int64_t n = p->n - begin < TFG_REDUCE_TILE ? p->n - begin : TFG_REDUCE_TILE;
    char *to = p->row_tiles > 1 ? p->partial : p->out;
    reduce_contiguous(p->r, p->in + (size_t)(row * p->n + begin) * p->r->in_size, n, to + (size_t)tile * p->r->acc_size);
}

static void whole_rows(void *context, int64_t begin, int64_t end)
{
    for (int64_t row = begin; row < end; row++)
        row_tile(context, row);
}

static int reduce_rows(Pass *p, TfgKernelCall *c, TfgStatus *s)
{
    const TfgReducer *r = p->r;
    if (p->outer > 1 && p->n <= TFG_REDUCE_LANES) {
        tfg_for_ranges(p->outer, TILE_ELEMENTS / p->n + 1, short_rows, p);
        return 0;
    }
    p->row_tiles = (p->n + TFG_REDUCE_TILE - 1) / TFG_REDUCE_TILE;
    if (p->row_tiles == 1) {
        tfg_for_ranges(p->outer, TILE_ELEMENTS / p->n + 1, whole_rows, p);
        return 0;
    }
    p->partial = tfg_kernel_scratch(c, (size_t)(p->outer * p->row_tiles) * r->acc_size, s);
    if (!p->partial)
        return -1;
    tfg_parallel(p->outer * p->row_tiles, 0, row_tile, p);
    for (int64_t row = 0; row < p->outer; row++) {
        char *acc = p->out + (size_t)row * r->acc_size, *from = p->partial + (size_t)(row * p->row_tiles) * r->acc_size;
        memcpy(acc, from, r->acc_size);
        for (int64_t i = 1; i < p->row_tiles; i++)
            r->fns.combine(acc, from + (size_t)i * r->acc_size);
    }
    return 0;
}

/* Narrow rows: `group` of them make one wide row of accumulators, which are joined at the end. */
static void narrow_tile(const Pass *p, const char *in, int64_t rows, char *acc)
{
    const TfgReducer *r = p->r;
    _Alignas(64) char wide[NARROW * 16];
    int64_t width = p->group * p->inner, full = rows / p->group, left = rows % p->group;
    r->clear(wide, width);
    r->columns(wide, in, full, width, width);
    r->columns(wide, in + (size_t)(full * width) * r->in_size, 1, 0, left * p->inner);
    memcpy(acc, wide, (size_t)p->inner * r->acc_size);
    r->again->columns(acc, wide + (size_t)p->inner * r->acc_size, p->group - 1, p->inner, p->inner);
}

static void column_tile(void *context, int64_t tile)
{
    const Pass *p = context;
    const TfgReducer *r = p->r;
    int64_t column = tile % p->column_tiles * COLUMN_TILE, rest = tile / p->column_tiles;
    int64_t first = rest % p->row_tiles * p->per_tile, outer = rest / p->row_tiles;
    int64_t rows = p->n - first < p->per_tile ? p->n - first : p->per_tile;
    int64_t width = p->inner - column < COLUMN_TILE ? p->inner - column : COLUMN_TILE;
    const char *in = p->in + (size_t)((outer * p->n + first) * p->inner + column) * r->in_size;
    char *to = p->row_tiles > 1 ? p->partial : p->out;
    char *acc = to + (size_t)(rest * p->inner + column) * r->acc_size;
    if (p->group > 1) {
        narrow_tile(p, in, rows, acc);
        return;
    }
    r->clear(acc, width);
    r->columns(acc, in, rows, p->inner, width);
}

static int reduce_columns(Pass *p, TfgKernelCall *c, TfgStatus *s)
{
    const TfgReducer *r = p->r;
    p->group = p->inner <= NARROW / 2 && p->n > 1 ? NARROW / p->inner : 1;
    p->column_tiles = (p->inner + COLUMN_TILE - 1) / COLUMN_TILE;
    p->per_tile = TILE_ELEMENTS / (p->inner < COLUMN_TILE ? p->inner : COLUMN_TILE);
    if (p->per_tile < MIN_ROWS)
        p->per_tile = MIN_ROWS;
    p->per_tile -= p->per_tile % p->group;
    p->row_tiles = (p->n + p->per_tile - 1) / p->per_tile;
    int64_t tiles = p->outer * p->row_tiles * p->column_tiles;
    if (p->row_tiles > 1) {
        p->partial = tfg_kernel_scratch(c, (size_t)(p->outer * p->row_tiles * p->inner) * r->acc_size, s);
        if (!p->partial)
            return -1;
    }
    if (p->outer * p->n * p->inner <= TILE_ELEMENTS)
        for (int64_t i = 0; i < tiles; i++)
            column_tile(p, i);
    else
        tfg_parallel(tiles, 0, column_tile, p);
    for (int64_t o = 0; o < p->outer && p->row_tiles > 1; o++) {
        char *acc = p->out + (size_t)(o * p->inner) * r->acc_size;
        char *from = p->partial + (size_t)(o * p->row_tiles * p->inner) * r->acc_size;
        memcpy(acc, from, (size_t)p->inner * r->acc_size);
        r->again->columns(acc, from + (size_t)p->inner * r->acc_size, p->row_tiles - 1, p->inner, p->inner);
    }
    return 0;
}

/* ---- Any axes ---------------------------------------------------------------------------------------------------------------- */

typedef struct Groups {         /* neighbouring dimensions, kept or reduced as one */
    int n;
    int64_t size[TFG_MAX_RANK];
    bool reduced[TFG_MAX_RANK];
} Groups;

static void merge(Groups *g, const TfgTensor *t, const bool *reduced)
{
    g->n = 0;
    for (int d = 0; d < t->rank; d++) {
        if (t->dims[d] == 1)
            continue;
        if (g->n > 0 && g->reduced[g->n - 1] == reduced[d])
            g->size[g->n - 1] *= t->dims[d];
        else {
            g->size[g->n] = t->dims[d];
            g->reduced[g->n++] = reduced[d];
        }
    }
}

/* Reduces group `at` away, from `in` to `out`. */
static int reduce_group(const TfgReducer *r, Groups *g, int at, const void *in, void *out, TfgKernelCall *c, TfgStatus *s)
{
    Pass p = {.r = r, .in = in, .out = out, .outer = tfg_dims_product(at, g->size), .n = g->size[at],
              .inner = tfg_dims_product(g->n - at - 1, g->size + at + 1)};
    if ((p.inner == 1 ? reduce_rows(&p, c, s) : reduce_columns(&p, c, s)) < 0)
        return -1;
    if (at > 0 && at + 1 < g->n) {      /* kept on both sides: these are neighbours now */
        g->size[at - 1] *= g->size[at + 1];
        memmove(g->size + at, g->size + at + 2, (size_t)(g->n - at - 2) * sizeof g->size[0]);
        memmove(g->reduced + at, g->reduced + at + 2, (size_t)(g->n - at - 2) * sizeof g->reduced[0]);
        g->n -= 2;
    } else {
        memmove(g->size + at, g->size + at + 1, (size_t)(g->n - at - 1) * sizeof g->size[0]);
        memmove(g->reduced + at, g->reduced + at + 1, (size_t)(g->n - at - 1) * sizeof g->reduced[0]);
        g->n--;
    }
    return 0;
}

static int last_reduced(const Groups *g)
{
    for (int i = g->n - 1; i >= 0; i--)
        if (g->reduced[i])
            return i;
    return -1;
}

/* The row's reducer loads in the first pass and stores in the last; between them accumulators are joined. */
static int reduce_groups(const TfgReducer *first, Groups *g, const TfgTensor *in, TfgTensor *out, int64_t count, TfgKernelCall *c,
                         TfgStatus *s)
{
    const TfgReducer *r = first;
    const void *from = in->data;
    bool there = first->acc_size == tfg_dtype_size(out->dtype);      /* accumulators fit where the output goes */
    int at = last_reduced(g);
    int64_t left = in->count;
    if (at < 0) {               /* only dimensions of size 1: still loaded and stored by the operation */
        g->size[g->n] = 1;
        g->reduced[g->n++] = true;
        at = g->n - 1;
    }
    while (at >= 0) {
        left /= g->size[at];
        bool last = true;
        for (int i = 0; i < at; i++)
            last = last && !g->reduced[i];
        void *to = last && there ? out->data : tfg_kernel_scratch(c, (size_t)left * r->acc_size, s);
        if (!to || reduce_group(r, g, at, from, to, c, s) < 0)
            return -1;
        if (last && !first->direct)
            first->store(to, left, count, out->data);
        from = to;
        r = r->again;
        at = last_reduced(g);
    }
    return 0;
}

static int reduce_to(const TfgReducer *r, TfgKernelCall *c, const TfgTensor *in, Groups *g, TfgTensor *out, TfgStatus *s)
{
    if (out->count == 0)
        return 0;
    if (in->count == 0) {
        void *acc = tfg_kernel_scratch(c, (size_t)out->count * r->acc_size, s);
        if (!acc)
            return -1;
        r->clear(acc, out->count);
        r->store(acc, out->count, 0, out->data);
        return 0;
    }
    return reduce_groups(r, g, in, out, in->count / out->count, c, s);
}

int tfg_reduce_into(const TfgReducer *r, TfgKernelCall *c, const TfgTensor *in, const bool *reduced, TfgTensor *out, TfgStatus *s)
{
    Groups g;
    merge(&g, in, reduced);
    return reduce_to(r, c, in, &g, out, s);
}

static const TfgReducer *reducer_of(const TfgKernelCall *c)
{
    return (const TfgReducer *)(const void *)c->row->reduce;
}

int tfg_reduce_run(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    bool reduced[TFG_MAX_RANK], keep = tfg_attrs_bool(c->attrs, "keep_dims"), any = false;
    int64_t dims[TFG_MAX_RANK];
    int rank = 0;
    if (tfg_reduce_axes(in, c->in[1], reduced, s) < 0)
        return -1;
    for (int d = 0; d < in->rank; d++) {
        any = any || (reduced[d] && in->dims[d] != 1);
        if (!reduced[d])
            dims[rank++] = in->dims[d];
        else if (keep)
            dims[rank++] = 1;
    }
    if (!any)                   /* every output is one input */
        return tfg_kernel_forward_as(c, 0, 0, rank, dims, s);
    TfgTensor *out = tfg_kernel_output(c, 0, rank, dims, s);
    if (!out)
        return -1;
    return tfg_reduce_into(reducer_of(c), c, in, reduced, out, s);
}

int tfg_reduce_all_run(TfgKernelCall *c, TfgStatus *s)
{
    TfgTensor *out = tfg_kernel_output(c, 0, 0, NULL, s);
    if (!out)
        return -1;
    Groups g = {.n = 1, .size = {c->in[0]->count}, .reduced = {true}};
    return reduce_to(reducer_of(c), c, c->in[0], &g, out, s);
}
