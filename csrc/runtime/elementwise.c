#include "runtime/elementwise.h"

#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/status.h"

#define BUFFER_BYTES 24576      /* block buffers of one tile; with inputs and output this stays in a 48 KB L1 cache */
#define MAX_BLOCK 2048          /* elements */
#define TILE_WORK 65536         /* element operations that are worth another thread */
#define DIRECT_RUN 128          /* rows at least so long are read where they are; shorter ones are copied out first */
#define MAX_SHAPES 24
#define MAX_DIMS 16

/* ---- Shapes ---------------------------------------------------------------------------------------------------------------- */

typedef struct Shape { int32_t rank; int64_t count; const int64_t *dims; int64_t own[MAX_DIMS]; } Shape;

typedef struct Shapes {         /* the few different shapes of one run; operands are told apart by their number */
    int n;
    Shape at[MAX_SHAPES];
} Shapes;

static int shape_number(Shapes *t, int rank, const int64_t *dims, int64_t count, bool copy)
{
    for (int i = 0; i < t->n; i++)
        if (t->at[i].rank == rank && memcmp(t->at[i].dims, dims, (size_t)rank * sizeof *dims) == 0)
            return i;
    if (t->n == MAX_SHAPES || rank > MAX_DIMS)
        return -1;
    Shape *s = &t->at[t->n];
    s->rank = rank;
    s->count = count;
    s->dims = dims;
    if (copy) {
        memcpy(s->own, dims, (size_t)rank * sizeof *dims);
        s->dims = s->own;
    }
    return t->n++;
}

/* Number of the broadcast of two shapes; -1: too many shapes, -2: they do not fit. */
static int broadcast(Shapes *t, int a, int b)
{
    if (a == b)
        return a;
    const Shape *x = &t->at[a], *y = &t->at[b];
    if (y->rank == 0)
        return a;
    if (x->rank == 0)
        return b;
    TfgShape out;
    if (tfg_shape_broadcast_known(&out, x->rank, x->dims, y->rank, y->dims) < 0)
        return -2;
    int64_t count = 1;
    for (int i = 0; i < out.rank; i++)
        if (__builtin_mul_overflow(count, out.dims[i], &count))
            return -1;
    return shape_number(t, out.rank, out.dims, count, true);
}

static int fail_shapes(const Shape *x, const Shape *y, TfgStatus *s)
{
    TfgShape a, b;
    TfgStr sa = TFG_STR_INIT, sb = TFG_STR_INIT;
    tfg_shape_set(&a, x->rank, x->dims);
    tfg_shape_set(&b, y->rank, y->dims);
    tfg_shape_format(&a, &sa);
    tfg_shape_format(&b, &sb);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Incompatible shapes: %s vs. %s", tfg_str_text(&sa), tfg_str_text(&sb));
    tfg_str_fini(&sa);
    tfg_str_fini(&sb);
    return -1;
}

/* ---- How an operand is read ------------------------------------------------------------------------------------------------ */

typedef enum Mode {
    FULL,                       /* element i of the output reads element i */
    SCALAR,                     /* always element 0 */
    ROW,                        /* element i % period */
    COLUMN,                     /* element i / period */
    EXPAND_ROW,                 /* as ROW, but too short to be read in place */
    EXPAND,                     /* anything else: copied out block by block */
    MEMBER                      /* another member's block buffer */
} Mode;

/* The output's dims, merged where an operand steps evenly, innermost first; and the operand's steps along them. */
typedef struct Pattern {
    int32_t n_dims;
    int64_t dims[MAX_DIMS], steps[MAX_DIMS];
} Pattern;

typedef struct Operand {
    Mode mode;
    int32_t reg;                /* block buffer of MEMBER and of the EXPAND modes */
    const char *data;
    int64_t size;               /* bytes of an element */
    int64_t period;
    const Pattern *pattern;     /* EXPAND */
} Operand;

typedef struct Patterns {
    int n;
    Pattern at[8];
} Patterns;

/* Names the pattern in which an operand is read; false where there are too many irregular ones.  With whole_blocks none may cut
 * blocks short. */
static bool choose_mode(Operand *o, const Shape *in, const Shape *out, Patterns *patterns, bool whole_blocks)
{
    if (in->count == out->count || in->count == 1) {
        o->mode = in->count == out->count ? FULL : SCALAR;
        return true;
    }
    if (patterns->n == (int)(sizeof patterns->at / sizeof patterns->at[0]))
        return false;
    Pattern *p = &patterns->at[patterns->n];
    int64_t step = 1;
    p->n_dims = 0;
    for (int i = 1; i <= out->rank; i++) {
        int64_t n = out->dims[out->rank - i], m = i <= in->rank ? in->dims[in->rank - i] : 1;
        if (n == 1)
            continue;
        int64_t here = m == 1 ? 0 : step;
        step *= m;
        int last = p->n_dims - 1;
        if (last >= 0 && here == p->steps[last] * (here ? p->dims[last] : 1) && (here == 0) == (p->steps[last] == 0)) {
            p->dims[last] *= n;
        } else {
            p->dims[p->n_dims] = n;
            p->steps[p->n_dims++] = here;
        }
    }
    o->mode = EXPAND;
    o->period = p->dims[0];
    if (p->n_dims == 2 && p->steps[0] == 1 && p->steps[1] == 0)
        o->mode = o->period >= DIRECT_RUN && !whole_blocks ? ROW : EXPAND_ROW;
    else if (p->n_dims == 2 && p->steps[0] == 0 && p->steps[1] == 1 && o->period >= DIRECT_RUN && !whole_blocks)
        o->mode = COLUMN;
    if (o->mode == EXPAND) {
        o->pattern = p;
        patterns->n++;
    }
    return true;
}

static void fill(char *to, const char *element, int64_t size, int64_t n)
{
    switch (size) {
    case 1: memset(to, *element, (size_t)n); return;
    case 4: {
        uint32_t v;
        memcpy(&v, element, 4);
        for (int64_t i = 0; i < n; i++)
            memcpy(to + 4 * i, &v, 4);
        return;
    }
    case 8: {
        uint64_t v;
        memcpy(&v, element, 8);
        for (int64_t i = 0; i < n; i++)
            memcpy(to + 8 * i, &v, 8);
        return;
    }
    default:
        for (int64_t i = 0; i < n; i++)
            memcpy(to + size * i, element, (size_t)size);
    }
}

/* Elements start .. start+n of a periodic operand: one period, then doubling what is there. */
static void expand_row(const Operand *o, char *to, int64_t start, int64_t n)
{
    int64_t at = start % o->period, head = o->period < n ? o->period : n, first = o->period - at < head ? o->period - at : head;
    memcpy(to, o->data + at * o->size, (size_t)(first * o->size));
    memcpy(to + first * o->size, o->data, (size_t)((head - first) * o->size));
    for (int64_t have = head; have < n;) {
        int64_t more = have < n - have ? have : n - have;
        memcpy(to + have * o->size, to, (size_t)(more * o->size));
        have += more;
    }
}

static void expand(const Operand *o, char *to, int64_t start, int64_t n)
{
    const Pattern *p = o->pattern;
    int64_t index[MAX_DIMS], at = 0;
    for (int d = 0; d < p->n_dims; d++) {
        index[d] = start % p->dims[d];
        start /= p->dims[d];
        at += index[d] * p->steps[d];
    }
    while (n > 0) {
        int64_t run = p->dims[0] - index[0] < n ? p->dims[0] - index[0] : n;
        if (p->steps[0] == 0)
            fill(to, o->data + at * o->size, o->size, run);
        else
            memcpy(to, o->data + at * o->size, (size_t)(run * o->size));
        to += run * o->size;
        n -= run;
        at -= index[0] * p->steps[0];
        index[0] = 0;
        for (int d = 1; d < p->n_dims; d++) {
            at += p->steps[d];
            if (++index[d] < p->dims[d])
                break;
            at -= p->steps[d] * p->dims[d];
            index[d] = 0;
        }
    }
}

/* ---- Running --------------------------------------------------------------------------------------------------------------- */

typedef struct Step {           /* one member over the full shape */
    TfgBlockFn fn;
    const void *state;
    int32_t n_in, reg;          /* reg -1: writes to the output */
    int32_t in[4];              /* operands of the job */
} Step;

typedef struct Job {
    Step *steps;
    Operand *operands;
    int32_t n_steps, n_operands;
    char *out;
    int64_t out_size;
    int64_t count, tile, block;
    int64_t reg_bytes;
    bool expands, rows;         /* some operand is expanded; some limits a block to its row */
    const TfgReduceFns *reduce; /* NULL, or what takes each block of the result; then reg is the last step's block buffer */
    char *accumulators;         /* one per tile */
    int32_t last_reg;
} Job;

#define ACCUMULATOR 16

static void run_steps(const Job *j, char *buffers, int64_t at, int64_t n)
{
    if (j->expands)
        for (int32_t i = 0; i < j->n_operands; i++) {
            const Operand *o = &j->operands[i];
            if (o->mode == EXPAND_ROW)
                expand_row(o, buffers + o->reg * j->reg_bytes, at, n);
            else if (o->mode == EXPAND)
                expand(o, buffers + o->reg * j->reg_bytes, at, n);
        }
    for (int32_t k = 0; k < j->n_steps; k++) {
        const Step *step = &j->steps[k];
        TfgBlock b;
        b.n = n;
        b.out = step->reg < 0 ? j->out + (j->out ? at * j->out_size : 0) : buffers + step->reg * j->reg_bytes;
        b.scalar = 0;
        b.state = step->state;
        for (int32_t i = 0; i < step->n_in; i++) {
            const Operand *o = &j->operands[step->in[i]];
            switch (o->mode) {
            case FULL: b.in[i] = o->data + at * o->size; break;
            case SCALAR: b.in[i] = o->data; b.scalar |= 1u << i; break;
            case ROW: b.in[i] = o->data + at % o->period * o->size; break;
            case COLUMN: b.in[i] = o->data + at / o->period * o->size; b.scalar |= 1u << i; break;
            case EXPAND_ROW: case EXPAND: case MEMBER: b.in[i] = buffers + o->reg * j->reg_bytes; break;
            }
        }
        step->fn(&b);
    }
}

static void run_tile(void *context, int64_t tile)
{
    const Job *j = context;
    _Alignas(64) char buffers[BUFFER_BYTES];
    _Alignas(64) char state[TFG_REDUCE_STATE];
    if (j->reduce)
        j->reduce->begin(state);
    int64_t end = (tile + 1) * j->tile < j->count ? (tile + 1) * j->tile : j->count;
    for (int64_t at = tile * j->tile, n; at < end; at += n) {
        n = end - at < j->block ? end - at : j->block;
        if (j->rows)
            for (int32_t i = 0; i < j->n_operands; i++) {
                const Operand *o = &j->operands[i];
                if ((o->mode == ROW || o->mode == COLUMN) && o->period - at % o->period < n)
                    n = o->period - at % o->period;
            }
        run_steps(j, buffers, at, n);
        if (j->reduce)
            j->reduce->add(state, buffers + j->last_reg * j->reg_bytes, n);
    }
    if (j->reduce)
        j->reduce->end(state, j->accumulators + tile * ACCUMULATOR);
}

/* n_regs block buffers are in use already; `width` bytes an element at most.  False where the buffers would be too many. */
static bool run_job(Job *j, int32_t n_regs, int64_t width)
{
    j->expands = j->rows = false;
    for (int32_t i = 0; i < j->n_operands; i++) {
        Operand *o = &j->operands[i];
        if (o->mode == EXPAND || o->mode == EXPAND_ROW) {
            o->reg = n_regs++;
            j->expands = true;
            width = o->size > width ? o->size : width;
        }
        j->rows |= o->mode == ROW || o->mode == COLUMN;
    }
    j->block = j->count;
    if (n_regs > 0) {
        j->block = BUFFER_BYTES / (n_regs * width) / 64 * 64;
        if (j->block < 64)
            return false;
        j->block = j->block < MAX_BLOCK ? j->block : MAX_BLOCK;
    }
    j->reg_bytes = j->block * width;
    int64_t tile = TILE_WORK / (j->n_steps + 1) / MAX_BLOCK * MAX_BLOCK;
    j->tile = j->reduce ? TFG_REDUCE_TILE : tile > 2 * MAX_BLOCK ? tile : 2 * MAX_BLOCK;
    int64_t n_tiles = (j->count + j->tile - 1) / j->tile;
    if (n_tiles == 1)
        run_tile(j, 0);
    else if (n_tiles > 1)
        tfg_parallel(n_tiles, 0, run_tile, j);
    return true;
}

/* ---- One op ---------------------------------------------------------------------------------------------------------------- */

static TfgTensor *output_over_input(TfgKernelCall *c, const Shape *out, TfgStatus *s)
{
    for (int j = 0; j < c->n_in; j++) {
        if (c->in[j]->count != out->count)
            continue;
        bool again = false;     /* read in another pattern elsewhere? */
        for (int k = 0; k < c->n_in; k++)
            again |= k != j && c->in[k]->data == c->in[j]->data && c->in[k]->count != out->count;
        TfgTensor *t = again ? NULL : tfg_call_reuse(c, j, 0, out->rank, out->dims);
        if (t) {
            tfg_tensor_unref(c->out[0]);
            return c->out[0] = t;
        }
    }
    return tfg_call_fresh(c, 0, out->rank, out->dims, s);
}

/* Shapes of the inputs and of the result; the number of the result's, or -1 with a status. */
static int result_shape(Shapes *t, const TfgKernelCall *c, int *numbers, TfgStatus *s)
{
    t->n = 0;
    int out = -1;
    for (int j = 0; j < c->n_in; j++) {
        const TfgTensor *in = c->in[j];
        numbers[j] = shape_number(t, in->rank, in->dims, in->count, false);
        int before = out;
        out = j == 0 ? numbers[0] : broadcast(t, out, numbers[j]);
        if (numbers[j] == -1 || out == -1)
            return tfg_fail(s, TFG_UNIMPLEMENTED, "Broadcast of more than %d dimensions", MAX_DIMS);
        if (out == -2)
            return fail_shapes(&t->at[before], &t->at[numbers[j]], s);
    }
    return out;
}

/* Inputs of one shape, and scalars: the commonest case needs no patterns.  Gives an input of the result's shape; NULL: not so. */
static const TfgTensor *simple_shape(const TfgKernelCall *c, uint32_t *scalars)
{
    const TfgTensor *big = c->in[0];
    *scalars = 0;
    for (int j = 1; j < c->n_in; j++)
        if (c->in[j]->rank > big->rank || (c->in[j]->rank == big->rank && c->in[j]->count > big->count))
            big = c->in[j];
    for (int j = 0; j < c->n_in; j++) {
        const TfgTensor *in = c->in[j];
        if (in->rank == big->rank && memcmp(in->dims, big->dims, (size_t)in->rank * sizeof *in->dims) == 0)
            continue;
        if (in->count != 1)
            return NULL;
        *scalars |= 1u << j;
    }
    return big;
}

static int run_simple(TfgKernelCall *c, const TfgTensor *big, uint32_t scalars, TfgStatus *s)
{
    Shape shape;                /* `own` is not used */
    shape.rank = big->rank;
    shape.count = big->count;
    shape.dims = big->dims;
    TfgTensor *out = output_over_input(c, &shape, s);
    if (!out)
        return -1;
    TfgBlock b = {.n = out->count, .out = out->data, .scalar = scalars, .state = c->state};
    for (int j = 0; j < c->n_in; j++)
        b.in[j] = c->in[j]->data;
    if (b.n)
        c->row->block(&b);
    return 0;
}

int tfg_elementwise_run(TfgKernelCall *c, TfgStatus *s)
{
    Shapes shapes;
    int numbers[4];
    uint32_t scalars;
    if (c->n_in < 1 || c->n_in > 4)
        return tfg_fail(s, TFG_INTERNAL, "%s is not elementwise", c->type);
    const TfgTensor *big = simple_shape(c, &scalars);
    if (big && big->count <= TILE_WORK / 2)
        return run_simple(c, big, scalars, s);
    int number = result_shape(&shapes, c, numbers, s);
    if (number < 0)
        return -1;
    const Shape *result = &shapes.at[number];
    TfgTensor *out = output_over_input(c, result, s);
    if (!out)
        return -1;
    if (out->count == 0)
        return 0;
    Operand operands[4];
    Patterns patterns;         /* large, and mostly unused: not cleared */
    patterns.n = 0;
    Step step = {.fn = c->row->block, .state = c->state, .n_in = c->n_in, .reg = -1};
    for (int j = 0; j < c->n_in; j++) {
        operands[j].data = c->in[j]->data;
        operands[j].size = (int64_t)tfg_dtype_size(c->in[j]->dtype);
        step.in[j] = j;
        choose_mode(&operands[j], &shapes.at[numbers[j]], result, &patterns, false);
    }
    Job job = {.steps = &step, .operands = operands, .n_steps = 1, .n_operands = c->n_in, .out = out->data,
               .out_size = (int64_t)tfg_dtype_size(out->dtype), .count = out->count};
    run_job(&job, 0, 1);
    return 0;
}

/* ---- Several ops ------------------------------------------------------------------------------------------------------------ */

int tfg_fused_assign(TfgFused *f, TfgStatus *s)
{
    int32_t *last = tfg_alloc((size_t)f->n_members * sizeof *last), *free_regs = tfg_alloc((size_t)f->n_members * sizeof *free_regs);
    int rc = -1, n_free = 0;
    if (!last || !free_regs) {
        tfg_fail_memory(s);
        goto done;
    }
    for (int32_t m = 0; m < f->n_members; m++) {
        last[m] = m;
        for (int32_t i = 0; i < f->members[m].n_in; i++)
            if (f->members[m].in[i] >= f->n_external)
                last[f->members[m].in[i] - f->n_external] = m;
    }
    f->n_regs = 0;
    f->width = 1;
    for (int32_t m = 0; m < f->n_members; m++) {
        TfgFusedMember *member = &f->members[m];
        int32_t size = (int32_t)tfg_dtype_size(member->dtype);
        f->width = size > f->width ? size : f->width;
        for (int32_t i = 0; i < member->n_in; i++) {    /* a block function may write over an input it reads */
            int32_t from = member->in[i] - f->n_external;
            if (from >= 0 && last[from] == m && (int32_t)tfg_dtype_size(f->members[from].dtype) == size) {
                free_regs[n_free++] = f->members[from].reg;
                last[from] = -1;
            }
        }
        member->reg = n_free ? free_regs[--n_free] : f->n_regs++;
        for (int32_t i = 0; i < member->n_in; i++) {    /* elements of another size: free only afterwards */
            int32_t from = member->in[i] - f->n_external;
            if (from >= 0 && last[from] == m) {
                free_regs[n_free++] = f->members[from].reg;
                last[from] = -1;
            }
        }
    }
    rc = 0;
done:
    tfg_free(last);
    tfg_free(free_regs);
    return rc;
}

/* The reduction's own kernel on a whole tensor. */
static int reduce_apart(const TfgFused *f, TfgKernelCall *c, TfgTensor *data, TfgStatus *s)
{
    const TfgFusedMember *member = f->reduction;
    TfgTensor *in[2] = {data, c->in[f->axes]};
    TfgKernelCall one = *c;
    TfgCallSite site = {0};
    one.row = member->row;
    one.name = member->name;
    one.type = member->row->op;
    one.attrs = member->attrs;
    one.state = member->state;
    one.n_in = 2;
    one.in = in;
    one.runtime = &site;
    int rc = tfg_call_run(&one, s);
    tfg_call_free_scratch(&site);
    if (rc < 0 && !s->op)
        s->op = member->op;
    return rc;
}

/* One by one, by the members' own kernels: where shapes are too mixed for one pass. */
static int run_apart(const TfgFused *f, TfgKernelCall *c, TfgStatus *s)
{
    TfgCallSite site = {0};
    int rc = -1;
    TfgTensor **results = tfg_calloc((size_t)f->n_members, sizeof *results);
    if (!results)
        return tfg_fail_memory(s);
    for (int32_t m = 0; m < f->n_members; m++) {
        const TfgFusedMember *member = &f->members[m];
        TfgTensor *in[4];
        for (int32_t i = 0; i < member->n_in; i++)
            in[i] = member->in[i] < f->n_external ? c->in[member->in[i]] : results[member->in[i] - f->n_external];
        TfgKernelCall one = *c;
        one.row = member->row;
        one.name = member->name;
        one.type = member->row->op;
        one.attrs = member->attrs;
        one.state = member->state;
        one.n_in = member->n_in;
        one.n_out = 1;
        one.in = in;
        one.out = &results[m];
        one.out_dtype = &member->dtype;
        one.runtime = &site;
        int failed = tfg_call_run(&one, s);
        tfg_call_free_scratch(&site);
        if (failed < 0) {
            s->op = s->op ? s->op : member->op;
            goto done;
        }
    }
    if (f->reduction) {
        rc = reduce_apart(f, c, results[f->n_members - 1], s);
        goto done;
    }
    tfg_tensor_unref(c->out[0]);
    c->out[0] = results[f->n_members - 1];
    results[f->n_members - 1] = NULL;
    rc = 0;
done:
    for (int32_t m = 0; m < f->n_members; m++)
        tfg_tensor_unref(results[m]);
    tfg_free(results);
    return rc;
}

#define NEEDS_APART 1

/* Whether a member with a run of its own may go by its block all the same. */
static bool block_fits(const TfgFusedMember *member, const Shape *a, const Shape *b)
{
    return member->row->fits && member->row->fits(member->attrs, a->rank, a->dims, b->rank, b->dims);
}

/* Shape numbers of all operands; the last member's is the result's.  1: run apart, -1: failed. */
static int shapes_of(const TfgFused *f, const TfgKernelCall *c, Shapes *t, int16_t *numbers, TfgStatus *s)
{
    t->n = 0;
    for (int32_t j = 0; j < f->n_external; j++) {
        const TfgTensor *in = c->in[j];
        int number = shape_number(t, in->rank, in->dims, in->count, false);
        if (number < 0)
            return NEEDS_APART;
        numbers[j] = (int16_t)number;
    }
    for (int32_t m = 0; m < f->n_members; m++) {
        const TfgFusedMember *member = &f->members[m];
        int out = numbers[member->in[0]];
        for (int32_t i = 1; i < member->n_in; i++) {
            int other = numbers[member->in[i]];
            if (other == out && !member->row->fits)
                continue;
            if (member->row->run && !block_fits(member, &t->at[out], &t->at[other]))
                return NEEDS_APART;
            int both = broadcast(t, out, other);
            if (both == -2) {
                s->op = NULL;
                fail_shapes(&t->at[out], &t->at[other], s);
                s->op = member->op;
                return -1;
            }
            if (both < 0)
                return NEEDS_APART;
            out = both;
        }
        numbers[f->n_external + m] = (int16_t)out;
    }
    return 0;
}

static TfgTensor *fused_output(const TfgFused *f, TfgKernelCall *c, const Shape *out, const int16_t *numbers, TfgStatus *s)
{
    int result = numbers[f->n_external + f->n_members - 1];
    for (int32_t j = 0; j < f->n_external; j++) {
        if (numbers[j] != result)
            continue;
        bool again = false;
        for (int32_t k = 0; k < f->n_external; k++)
            again |= k != j && c->in[k]->data == c->in[j]->data;
        TfgTensor *t = again ? NULL : tfg_call_reuse(c, j, 0, out->rank, out->dims);
        if (t) {
            tfg_tensor_unref(c->out[0]);
            return c->out[0] = t;
        }
    }
    return tfg_call_fresh(c, 0, out->rank, out->dims, s);
}

/* A member whose shape is smaller than the result's: computed before the others, into memory of its own. */
static int run_early(const TfgFused *f, TfgKernelCall *c, const Shapes *t, const int16_t *numbers, Operand *operands, int32_t m, TfgStatus *s)
{
    const TfgFusedMember *member = &f->members[m];
    const Shape *shape = &t->at[numbers[f->n_external + m]];
    Operand *result = &operands[f->n_external + m], in[4];
    Patterns patterns;         /* large, and mostly unused: not cleared */
    patterns.n = 0;
    Step step = {.fn = member->row->block, .state = member->state, .n_in = member->n_in, .reg = -1};
    result->size = (int64_t)tfg_dtype_size(member->dtype);
    char *data = tfg_kernel_scratch(c, (size_t)(shape->count * result->size) + 64, s);
    if (!data)
        return -1;
    for (int32_t i = 0; i < member->n_in; i++) {
        step.in[i] = i;
        in[i].data = operands[member->in[i]].data;
        in[i].size = operands[member->in[i]].size;
        choose_mode(&in[i], &t->at[numbers[member->in[i]]], shape, &patterns, false);
    }
    result->data = data;
    Job job = {.steps = &step, .operands = in, .n_steps = 1, .n_operands = member->n_in, .out = data, .out_size = result->size,
               .count = shape->count};
    run_job(&job, 0, 1);
    return 0;
}

/* Whether the axes are all of them, so that blocks can go straight into the reduction. */
static bool reduces_all(const TfgTensor *axes, int32_t rank)
{
    uint64_t found = 0;
    if (axes->rank > 1 || rank > 60)
        return false;
    for (int64_t i = 0; i < axes->count; i++) {
        int64_t axis = tfg_tensor_int(axes, i);
        axis += axis < 0 ? rank : 0;
        if (axis < 0 || axis >= rank)
            return false;
        found |= 1ull << axis;
    }
    return found == (1ull << rank) - 1;
}

static int run_reduction(const TfgFused *f, TfgKernelCall *c, Job *job, const Shape *shape, TfgStatus *s)
{
    const TfgFusedMember *member = f->reduction;
    int64_t ones[MAX_DIMS], n_tiles = (job->count + TFG_REDUCE_TILE - 1) / TFG_REDUCE_TILE;
    bool keep = tfg_attrs_bool(member->attrs, "keep_dims");
    for (int i = 0; i < MAX_DIMS; i++)
        ones[i] = 1;
    TfgTensor *out = tfg_call_fresh(c, 0, keep ? shape->rank : 0, ones, s);
    char *accumulators = out ? tfg_kernel_scratch(c, (size_t)n_tiles * ACCUMULATOR, s) : NULL;
    if (!accumulators)
        return -1;
    job->reduce = member->row->reduce;
    job->accumulators = accumulators;
    job->last_reg = f->members[f->n_members - 1].reg;
    if (!run_job(job, f->n_regs, f->width))
        return run_apart(f, c, s);
    for (int64_t i = 1; i < n_tiles; i++)
        job->reduce->combine(accumulators, accumulators + i * ACCUMULATOR);
    job->reduce->finish(accumulators, job->count, out->data);
    return 0;
}

#define FEW 96                  /* operands that fit on the stack */

int tfg_fused_run(const TfgFused *f, TfgKernelCall *c, TfgStatus *s)
{
    Shapes shapes;
    int32_t n = f->n_external + f->n_members;
    int16_t few_numbers[FEW], *numbers = few_numbers;
    Operand few_operands[FEW], *operands = few_operands;
    Step few_steps[FEW], *steps = few_steps;
    if (n > FEW) {
        size_t bytes = (size_t)n * (sizeof *operands + sizeof *steps + sizeof *numbers);
        operands = tfg_kernel_scratch(c, bytes, s);
        if (!operands)
            return -1;
        steps = (Step *)(operands + n);
        numbers = (int16_t *)(steps + n);
    }
    int rc = shapes_of(f, c, &shapes, numbers, s);
    if (rc != 0)
        return rc < 0 ? -1 : run_apart(f, c, s);
    int result = numbers[n - 1];
    const Shape *shape = &shapes.at[result];
    for (int32_t j = 0; j < f->n_external; j++) {
        operands[j].data = c->in[j]->data;
        operands[j].size = (int64_t)tfg_dtype_size(c->in[j]->dtype);
    }
    Job job = {.steps = steps, .operands = operands, .n_operands = n, .count = shape->count};
    for (int32_t m = 0; m < f->n_members; m++) {
        const TfgFusedMember *member = &f->members[m];
        Operand *o = &operands[f->n_external + m];
        if (numbers[f->n_external + m] != result) {
            if (run_early(f, c, &shapes, numbers, operands, m, s) < 0)
                return -1;
            continue;
        }
        o->mode = MEMBER;
        o->reg = member->reg;
        o->size = (int64_t)tfg_dtype_size(member->dtype);
        Step *step = &steps[job.n_steps++];
        *step = (Step){.fn = member->row->block, .state = member->state, .n_in = member->n_in,
                       .reg = m == f->n_members - 1 && !f->reduction ? -1 : member->reg};
        memcpy(step->in, member->in, sizeof step->in);
    }
    if (f->reduction && (shape->count == 0 || !reduces_all(c->in[f->axes], shape->rank)))
        return run_apart(f, c, s);
    Patterns patterns;         /* large, and mostly unused: not cleared */
    patterns.n = 0;
    bool fits = true;
    for (int32_t i = 0; i < n; i++)
        if (f->reduction && i == f->axes)
            operands[i].mode = SCALAR;          /* no data */
        else if (i < f->n_external || numbers[i] != result)
            fits &= choose_mode(&operands[i], &shapes.at[numbers[i]], shape, &patterns, f->reduction != NULL);
    if (!fits)
        return run_apart(f, c, s);
    if (f->reduction)
        return run_reduction(f, c, &job, shape, s);
    /* The output comes last: an input may be overwritten only when nothing early still reads it. */
    TfgTensor *out = fused_output(f, c, shape, numbers, s);
    if (!out)
        return -1;
    if (out->count == 0)
        return 0;
    job.out = out->data;
    job.out_size = (int64_t)tfg_dtype_size(out->dtype);
    return run_job(&job, f->n_members > 1 ? f->n_regs : 0, f->width) ? 0 : run_apart(f, c, s);
}
