#include "kernels/broadcast.h"

#include "kernels/util.h"

#define MAX_IN 4
#define BLOCK 1024              /* elements of a block: operands and result stay in L1 */
#define TILE 32768              /* elements that one thread takes at a time; a quarter of it for costly functions */

typedef struct Operand {
    const char *data;
    size_t size;                /* of an element */
    bool scalar, direct;        /* one element; or laid out as the output */
    int64_t stride[TFG_MAX_RANK];   /* per merged dimension, 0 where broadcast */
} Operand;

typedef struct Loop {
    TfgBlockFn fn;
    const void *state;
    char *out;
    size_t out_size;
    int n_in, rank;             /* rank of the merged output */
    int64_t count, dims[TFG_MAX_RANK];
    bool plain;                 /* every operand scalar or direct */
    bool rows;                  /* inner dimension long enough to be blocks of its own */
    Operand in[MAX_IN];
} Loop;

int tfg_broadcast_tensors(const TfgTensor *a, const TfgTensor *b, TfgShape *out, TfgStatus *s)
{
    TfgShapeText ta, tb;
    if (tfg_shape_broadcast_known(out, a->rank, a->dims, b->rank, b->dims) < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Incompatible shapes: %s vs. %s", tfg_shape_text(a, &ta), tfg_shape_text(b, &tb));
    return 0;
}

int64_t tfg_broadcast_index(int64_t i, const TfgShape *shape, const TfgTensor *t)
{
    int64_t index = 0, stride = 1;
    for (int d = shape->rank - 1, k = t->rank - 1; k >= 0; d--, k--) {
        int64_t at = i % shape->dims[d];
        i /= shape->dims[d];
        if (t->dims[k] != 1)
            index += at * stride;
        stride *= t->dims[k];
    }
    return index;
}

/* Merges neighbouring dimensions along which each operand is uniformly broadcast or uniformly not. */
static void merge_dims(Loop *l, const TfgShape *out, const TfgTensor *const *in)
{
    uint32_t before = 0;
    l->rank = 0;
    for (int d = 0; d < out->rank; d++) {
        if (out->dims[d] == 1)
            continue;
        uint32_t kept = 0;
        for (int j = 0; j < l->n_in; j++) {
            int k = d - (out->rank - in[j]->rank);
            if (k >= 0 && in[j]->dims[k] != 1)
                kept |= 1u << j;
        }
        if (l->rank > 0 && kept == before)
            l->dims[l->rank - 1] *= out->dims[d];
        else {
            for (int j = 0; j < l->n_in; j++)
                l->in[j].stride[l->rank] = kept >> j & 1;
            l->dims[l->rank++] = out->dims[d];
        }
        before = kept;
    }
}

static void set_strides(Loop *l)
{
    for (int j = 0; j < l->n_in; j++) {
        int64_t p = 1;
        for (int d = l->rank - 1; d >= 0; d--)
            if (l->in[j].stride[d]) {
                l->in[j].stride[d] = p;
                p *= l->dims[d];
            }
    }
}

/* Coordinates of the flat output index i, and each operand's offset there. */
static void seek(const Loop *l, int64_t i, int64_t *at, int64_t *offset)
{
    for (int j = 0; j < l->n_in; j++)
        offset[j] = 0;
    for (int d = l->rank - 1; d >= 0; d--) {
        at[d] = i % l->dims[d];
        i /= l->dims[d];
        for (int j = 0; j < l->n_in; j++)
            offset[j] += at[d] * l->in[j].stride[d];
    }
}

/* To the first element of the next inner row. */
static void next_row(const Loop *l, int64_t *at, int64_t *offset)
{
    int last = l->rank - 1;
    for (int j = 0; j < l->n_in; j++)
        offset[j] -= at[last] * l->in[j].stride[last];
    at[last] = 0;
    for (int d = last - 1; d >= 0; d--) {
        for (int j = 0; j < l->n_in; j++)
            offset[j] += l->in[j].stride[d];
        if (++at[d] < l->dims[d])
            return;
        for (int j = 0; j < l->n_in; j++)
            offset[j] -= l->dims[d] * l->in[j].stride[d];
        at[d] = 0;
    }
}

static void run_plain(const Loop *l, int64_t begin, int64_t end)
{
    TfgBlock b = {.state = l->state};
    for (int j = 0; j < l->n_in; j++)
        b.scalar |= (uint32_t)l->in[j].scalar << j;
    for (int64_t i = begin; i < end; i += BLOCK) {
        b.n = end - i < BLOCK ? end - i : BLOCK;
        b.out = l->out + (size_t)i * l->out_size;
        for (int j = 0; j < l->n_in; j++)
            b.in[j] = l->in[j].data + (l->in[j].scalar ? 0 : (size_t)i * l->in[j].size);
        l->fn(&b);
    }
}

/* Inner rows are long: each is cut into blocks, where an operand is contiguous or one element. */
static void run_rows(const Loop *l, int64_t begin, int64_t end)
{
    int64_t at[TFG_MAX_RANK], offset[MAX_IN];
    int last = l->rank - 1;
    seek(l, begin, at, offset);
    TfgBlock b = {.state = l->state};
    for (int j = 0; j < l->n_in; j++)
        b.scalar |= (uint32_t)(l->in[j].stride[last] == 0) << j;
    for (int64_t i = begin; i < end;) {
        int64_t left = l->dims[last] - at[last];
        b.n = left < end - i ? left : end - i;
        if (b.n > BLOCK)
            b.n = BLOCK;
        b.out = l->out + (size_t)i * l->out_size;
        for (int j = 0; j < l->n_in; j++)
            b.in[j] = l->in[j].data + (size_t)offset[j] * l->in[j].size;
        l->fn(&b);
        i += b.n;
        if (b.n == left)
            next_row(l, at, offset);
        else {
            at[last] += b.n;
            for (int j = 0; j < l->n_in; j++)
                offset[j] += b.n * l->in[j].stride[last];
        }
    }
}

static inline void spread(char *to, const char *from, size_t size, int64_t n, bool repeat)
{
    if (!repeat) {
        if (size == 4 && n <= 16)
            for (int64_t i = 0; i < n; i++)
                memcpy(to + i * 4, from + i * 4, 4);
        else
            memcpy(to, from, size * (size_t)n);
        return;
    }
    switch (size) {
    case 1: memset(to, from[0], (size_t)n); break;
    case 4: for (int64_t i = 0; i < n; i++) memcpy(to + i * 4, from, 4); break;
    case 8: for (int64_t i = 0; i < n; i++) memcpy(to + i * 8, from, 8); break;
    default: for (int64_t i = 0; i < n; i++) memcpy(to + (size_t)i * size, from, size);
    }
}

/* Inner rows are short: operands that do not lie as the output does are laid out so for one block first. */
static void run_gathered(const Loop *l, int64_t begin, int64_t end)
{
    _Alignas(64) char scratch[MAX_IN][BLOCK * 16];
    int64_t at[TFG_MAX_RANK], offset[MAX_IN];
    int last = l->rank - 1;
    seek(l, begin, at, offset);
    TfgBlock b = {.state = l->state};
    for (int j = 0; j < l->n_in; j++)
        b.scalar |= (uint32_t)l->in[j].scalar << j;
    for (int64_t i = begin; i < end; i += BLOCK) {
        b.n = end - i < BLOCK ? end - i : BLOCK;
        for (int64_t k = 0; k < b.n;) {
            int64_t left = l->dims[last] - at[last], n = left < b.n - k ? left : b.n - k;
            for (int j = 0; j < l->n_in; j++)
                if (!l->in[j].scalar && !l->in[j].direct)
                    spread(scratch[j] + (size_t)k * l->in[j].size, l->in[j].data + (size_t)offset[j] * l->in[j].size, l->in[j].size,
                           n, l->in[j].stride[last] == 0);
            k += n;
            if (n == left)
                next_row(l, at, offset);
            else {
                at[last] += n;
                for (int j = 0; j < l->n_in; j++)
                    offset[j] += n * l->in[j].stride[last];
            }
        }
        b.out = l->out + (size_t)i * l->out_size;
        for (int j = 0; j < l->n_in; j++) {
            const Operand *o = &l->in[j];
            b.in[j] = o->scalar ? o->data : o->direct ? o->data + (size_t)i * o->size : scratch[j];
        }
        l->fn(&b);
    }
}

static void run_piece(void *context, int64_t begin, int64_t end)
{
    const Loop *l = context;
    if (l->plain)
        run_plain(l, begin, end);
    else if (l->rows)
        run_rows(l, begin, end);
    else
        run_gathered(l, begin, end);
}

void tfg_broadcast_apply(TfgBlockFn fn, const void *state, const TfgShape *out, TfgDType out_dtype, void *to,
                         const TfgTensor *const *in, int n_in, bool expensive)
{
    Loop l;
    l.fn = fn;
    l.state = state;
    l.out = to;
    l.out_size = tfg_dtype_size(out_dtype);
    l.n_in = n_in;
    l.count = tfg_dims_product(out->rank, out->dims);
    if (l.count == 0)
        return;
    l.plain = true;
    for (int j = 0; j < n_in; j++) {
        Operand *o = &l.in[j];
        o->data = in[j]->data;
        o->size = tfg_dtype_size(in[j]->dtype);
        o->direct = in[j]->count == l.count;
        o->scalar = !o->direct && in[j]->count == 1;
        l.plain = l.plain && (o->scalar || o->direct);
    }
    if (!l.plain) {
        merge_dims(&l, out, in);
        set_strides(&l);
        l.rows = l.dims[l.rank - 1] >= BLOCK / 8;
    }
    tfg_for_ranges(l.count, expensive ? TILE / 4 : TILE, run_piece, &l);
}

static int output_shape(TfgKernelCall *c, int n_in, TfgShape *shape, TfgStatus *s)
{
    tfg_tensor_shape(c->in[0], shape);
    for (int j = 1; j < n_in; j++) {
        TfgShape next;
        if (tfg_shape_broadcast_known(&next, shape->rank, shape->dims, c->in[j]->rank, c->in[j]->dims) < 0) {
            TfgShapeText ta, tb;
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Incompatible shapes: %s vs. %s", tfg_dims_text(shape->rank, shape->dims, &ta),
                            tfg_shape_text(c->in[j], &tb));
        }
        tfg_shape_copy(shape, &next);
    }
    return 0;
}

int tfg_broadcast_run(TfgKernelCall *c, TfgBlockFn fn, int n_in, const void *state, TfgStatus *s)
{
    TfgShape shape;
    bool same = true;
    for (int j = 1; j < n_in; j++)
        same = same && tfg_tensor_same_shape(c->in[0], c->in[j]);
    if (same) {                 /* the common case asks nothing more */
        TfgTensor *out = tfg_kernel_output_like(c, 0, c->in[0], s);
        if (!out)
            return -1;
        tfg_tensor_shape(c->in[0], &shape);
        tfg_broadcast_apply(fn, state, &shape, out->dtype, out->data, (const TfgTensor *const *)c->in, n_in,
                            c->row->flags & TFG_KERNEL_EXPENSIVE);
        return 0;
    }
    if (output_shape(c, n_in, &shape, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output(c, 0, shape.rank, shape.dims, s);
    if (!out)
        return -1;
    tfg_broadcast_apply(fn, state, &shape, out->dtype, out->data, (const TfgTensor *const *)c->in, n_in,
                        c->row->flags & TFG_KERNEL_EXPENSIVE);
    return 0;
}

int tfg_same_shape_run(TfgKernelCall *c, TfgStatus *s)
{
    for (int j = 1; j < c->n_in; j++)
        if (!tfg_tensor_same_shape(c->in[0], c->in[j])) {
            TfgShapeText ta, tb;
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Inputs to operation %s of type %s must have the same size and shape.  Input 0: %s != input %d: %s",
                            c->name, c->type, tfg_shape_text(c->in[0], &ta), j, tfg_shape_text(c->in[j], &tb));
        }
    return tfg_broadcast_run(c, c->row->block, c->n_in, c->state, s);
}
