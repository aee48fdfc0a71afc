#include "runtime/elementwise.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/block_run.h"

#define MAX_SHAPES 24

/* ---- Shapes ---------------------------------------------------------------------------------------------------------------- */

typedef struct Shapes {         /* the few different shapes of one run; operands are told apart by their number */
    int n;
    TfgBlockShape at[MAX_SHAPES];
} Shapes;

static int shape_number(Shapes *t, int rank, const int64_t *dims, int64_t count, bool copy)
{
    for (int i = 0; i < t->n; i++)
        if (t->at[i].rank == rank && memcmp(t->at[i].dims, dims, (size_t)rank * sizeof *dims) == 0)
            return i;
    if (t->n == MAX_SHAPES || rank > TFG_BLOCK_DIMS)
        return -1;
    TfgBlockShape *s = &t->at[t->n];
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
    const TfgBlockShape *x = &t->at[a], *y = &t->at[b];
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

static int fail_shapes(const TfgBlockShape *x, const TfgBlockShape *y, TfgStatus *s)
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

/* ---- One op ---------------------------------------------------------------------------------------------------------------- */

static TfgTensor *output_over_input(TfgKernelCall *c, const TfgBlockShape *out, TfgStatus *s)
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
            return tfg_fail(s, TFG_UNIMPLEMENTED, "Broadcast of more than %d dimensions", TFG_BLOCK_DIMS);
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
    TfgBlockShape shape;                /* `own` is not used */
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
    if (big && big->count <= TFG_BLOCK_WORK / 2)
        return run_simple(c, big, scalars, s);
    int number = result_shape(&shapes, c, numbers, s);
    if (number < 0)
        return -1;
    const TfgBlockShape *result = &shapes.at[number];
    TfgTensor *out = output_over_input(c, result, s);
    if (!out)
        return -1;
    if (out->count == 0)
        return 0;
    TfgOperand operands[4];
    TfgPatterns patterns;         /* large, and mostly unused: not cleared */
    patterns.n = 0;
    TfgBlockStep step = {.fn = c->row->block, .state = c->state, .n_in = c->n_in, .reg = -1};
    for (int j = 0; j < c->n_in; j++) {
        operands[j].data = c->in[j]->data;
        operands[j].size = (int64_t)tfg_dtype_size(c->in[j]->dtype);
        step.in[j] = j;
        tfg_operand_choose_mode(&operands[j], &shapes.at[numbers[j]], result, &patterns, false);
    }
    TfgBlockJob job = {.steps = &step, .operands = operands, .n_steps = 1, .n_operands = c->n_in, .out = out->data,
               .out_size = (int64_t)tfg_dtype_size(out->dtype), .count = out->count};
    tfg_block_run(&job, 0, 1);
    return 0;
}

/* ---- Several ops ------------------------------------------------------------------------------------------------------------ */

/* The function that does member `from` and then member m, which reads it as input `at`; NULL: there is none. */
static TfgBlockFn find_pair(const TfgFused *f, const TfgFusedMember *m, int32_t from, int32_t at)
{
    const TfgFusedMember *first = &f->members[from];
    if (first->n_in != 2 || first->dtype != m->dtype || first->pair)
        return NULL;
    for (const TfgBlockPair *p = m->row->pairs; p && p->first; p++)
        if (p->at == at && strcmp(p->first, first->row->op) == 0)
            return p->fn;
    return NULL;
}

/* A member whose result only the next of its readers wants is done together with that one, where there is a function for both. */
static void pair_members(TfgFused *f, const int32_t *uses)
{
    for (int32_t m = 0; m < f->n_members; m++) {
        TfgFusedMember *member = &f->members[m];
        for (int32_t at = 0; at < member->n_in && !member->pair; at++) {
            int32_t from = member->in[at] - f->n_external;
            if (from < 0 || uses[from] != 1 || !(member->pair = find_pair(f, member, from, at)))
                continue;
            member->first = from;
            member->other = member->n_in == 2 ? member->in[1 - at] : -1;
            f->members[from].joins = m;
        }
    }
}

static void note_readers(const TfgFused *f, int32_t *last, int32_t m, int32_t when)
{
    for (int32_t i = 0; i < f->members[m].n_in; i++)
        if (f->members[m].in[i] >= f->n_external)
            last[f->members[m].in[i] - f->n_external] = when;
}

/* The block buffers of what member m reads, where `when` is the last to read them: all, or those with elements of `size` bytes. */
static void free_inputs(const TfgFused *f, int32_t *last, int32_t m, int32_t when, int32_t size, int32_t *free_regs, int *n_free)
{
    for (int32_t i = 0; i < f->members[m].n_in; i++) {
        int32_t from = f->members[m].in[i] - f->n_external;
        if (from < 0 || last[from] != when || (size && (int32_t)tfg_dtype_size(f->members[from].dtype) != size))
            continue;
        free_regs[(*n_free)++] = f->members[from].reg;
        last[from] = -1;
    }
}

int tfg_fused_assign(TfgFused *f, TfgStatus *s)
{
    int32_t *last = tfg_alloc((size_t)f->n_members * sizeof *last), *free_regs = tfg_alloc((size_t)f->n_members * sizeof *free_regs);
    int rc = -1, n_free = 0;
    if (!last || !free_regs) {
        tfg_fail_memory(s);
        goto done;
    }
    memset(free_regs, 0, (size_t)f->n_members * sizeof *free_regs);         /* at first, how many readers each has */
    for (int32_t m = 0; m < f->n_members; m++) {
        f->members[m].pair = NULL;
        f->members[m].joins = -1;
        for (int32_t i = 0; i < f->members[m].n_in; i++)
            if (f->members[m].in[i] >= f->n_external)
                free_regs[f->members[m].in[i] - f->n_external]++;
    }
    pair_members(f, free_regs);
    for (int32_t m = 0; m < f->n_members; m++) {
        last[m] = m;
        note_readers(f, last, m, m);
        if (f->members[m].pair)         /* whether the two go together is decided by their shapes: both ways must work */
            note_readers(f, last, f->members[m].first, m);
    }
    f->n_regs = 0;
    f->width = 1;
    for (int32_t m = 0; m < f->n_members; m++) {
        TfgFusedMember *member = &f->members[m];
        int32_t size = (int32_t)tfg_dtype_size(member->dtype);
        f->width = size > f->width ? size : f->width;
        /* A block function may write over an input it reads; those with elements of another size are free only afterwards. */
        free_inputs(f, last, m, m, size, free_regs, &n_free);
        if (member->pair)
            free_inputs(f, last, member->first, m, size, free_regs, &n_free);
        member->reg = n_free ? free_regs[--n_free] : f->n_regs++;
        free_inputs(f, last, m, m, 0, free_regs, &n_free);
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
static bool block_fits(const TfgFusedMember *member, const TfgBlockShape *a, const TfgBlockShape *b)
{
    return member->row->fits && member->row->fits(member->attrs, a->rank, a->dims, b->rank, b->dims);
}

/* TfgBlockShape numbers of all operands; the last member's is the result's.  1: run apart, -1: failed. */
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

static TfgTensor *fused_output(const TfgFused *f, TfgKernelCall *c, const TfgBlockShape *out, const int16_t *numbers, TfgStatus *s)
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
static int run_early(const TfgFused *f, TfgKernelCall *c, const Shapes *t, const int16_t *numbers, TfgOperand *operands, int32_t m, TfgStatus *s)
{
    const TfgFusedMember *member = &f->members[m];
    const TfgBlockShape *shape = &t->at[numbers[f->n_external + m]];
    TfgOperand *result = &operands[f->n_external + m], in[4];
    TfgPatterns patterns;         /* large, and mostly unused: not cleared */
    patterns.n = 0;
    TfgBlockStep step = {.fn = member->row->block, .state = member->state, .n_in = member->n_in, .reg = -1};
    result->size = (int64_t)tfg_dtype_size(member->dtype);
    char *data = tfg_kernel_scratch(c, (size_t)(shape->count * result->size) + 64, s);
    if (!data)
        return -1;
    for (int32_t i = 0; i < member->n_in; i++) {
        step.in[i] = i;
        in[i].data = operands[member->in[i]].data;
        in[i].size = operands[member->in[i]].size;
        tfg_operand_choose_mode(&in[i], &t->at[numbers[member->in[i]]], shape, &patterns, false);
    }
    result->data = data;
    TfgBlockJob job = {.steps = &step, .operands = in, .n_steps = 1, .n_operands = member->n_in, .out = data, .out_size = result->size,
               .count = shape->count};
    tfg_block_run(&job, 0, 1);
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

static int run_reduction(const TfgFused *f, TfgKernelCall *c, TfgBlockJob *job, const TfgBlockShape *shape, TfgStatus *s)
{
    const TfgFusedMember *member = f->reduction;
    int64_t ones[TFG_BLOCK_DIMS], n_tiles = (job->count + TFG_REDUCE_TILE - 1) / TFG_REDUCE_TILE;
    bool keep = tfg_attrs_bool(member->attrs, "keep_dims");
    for (int i = 0; i < TFG_BLOCK_DIMS; i++)
        ones[i] = 1;
    TfgTensor *out = tfg_call_fresh(c, 0, keep ? shape->rank : 0, ones, s);
    char *accumulators = out ? tfg_kernel_scratch(c, (size_t)n_tiles * TFG_BLOCK_ACCUMULATOR, s) : NULL;
    if (!accumulators)
        return -1;
    job->reduce = member->row->reduce;
    job->accumulators = accumulators;
    job->last_reg = f->members[f->n_members - 1].reg;
    if (!tfg_block_run(job, f->n_regs, f->width))
        return run_apart(f, c, s);
    for (int64_t i = 1; i < n_tiles; i++)
        job->reduce->combine(accumulators, accumulators + i * TFG_BLOCK_ACCUMULATOR);
    job->reduce->finish(accumulators, job->count, out->data);
    return 0;
}

/* The step of member m, and of the one it is paired with where `together`. */
static void set_step(const TfgFused *f, int32_t m, bool together, TfgBlockStep *step)
{
    const TfgFusedMember *member = &f->members[m];
    step->reg = m == f->n_members - 1 && !f->reduction ? -1 : member->reg;
    if (member->pair && together) {
        const TfgFusedMember *first = &f->members[member->first];
        *step = (TfgBlockStep){.fn = member->pair, .n_in = member->other < 0 ? 2 : 3, .reg = step->reg,
                               .in = {first->in[0], first->in[1], member->other}};
        return;
    }
    step->fn = member->row->block;
    step->state = member->state;
    step->n_in = member->n_in;
    memcpy(step->in, member->in, sizeof step->in);
}

#define FEW 96                  /* operands that fit on the stack */

int tfg_fused_run(const TfgFused *f, TfgKernelCall *c, TfgStatus *s)
{
    Shapes shapes;
    int32_t n = f->n_external + f->n_members;
    int16_t few_numbers[FEW], *numbers = few_numbers;
    TfgOperand few_operands[FEW], *operands = few_operands;
    TfgBlockStep few_steps[FEW], *steps = few_steps;
    if (n > FEW) {
        size_t bytes = (size_t)n * (sizeof *operands + sizeof *steps + sizeof *numbers);
        operands = tfg_kernel_scratch(c, bytes, s);
        if (!operands)
            return -1;
        steps = (TfgBlockStep *)(operands + n);
        numbers = (int16_t *)(steps + n);
    }
    int rc = shapes_of(f, c, &shapes, numbers, s);
    if (rc != 0)
        return rc < 0 ? -1 : run_apart(f, c, s);
    int result = numbers[n - 1];
    const TfgBlockShape *shape = &shapes.at[result];
    for (int32_t j = 0; j < f->n_external; j++) {
        operands[j].data = c->in[j]->data;
        operands[j].size = (int64_t)tfg_dtype_size(c->in[j]->dtype);
    }
    TfgBlockJob job = {.steps = steps, .operands = operands, .n_operands = n, .count = shape->count};
    for (int32_t m = 0; m < f->n_members; m++) {
        const TfgFusedMember *member = &f->members[m];
        TfgOperand *o = &operands[f->n_external + m];
        if (numbers[f->n_external + m] != result) {
            if (run_early(f, c, &shapes, numbers, operands, m, s) < 0)
                return -1;
            continue;
        }
        o->mode = TFG_OPERAND_MEMBER;
        o->reg = member->reg;
        o->size = (int64_t)tfg_dtype_size(member->dtype);
        if (member->joins < 0)
            set_step(f, m, numbers[f->n_external + (member->pair ? member->first : m)] == result, &steps[job.n_steps++]);
    }
    /* One element is its own maximum, also where it is not a number: the op itself takes care of that. */
    if (f->reduction && (shape->count <= 1 || !reduces_all(c->in[f->axes], shape->rank)))
        return run_apart(f, c, s);
    TfgPatterns patterns;         /* large, and mostly unused: not cleared */
    patterns.n = 0;
    bool fits = true;
    for (int32_t i = 0; i < n; i++)
        if (f->reduction && i == f->axes)
            operands[i].mode = TFG_OPERAND_SCALAR;          /* no data */
        else if (i < f->n_external || numbers[i] != result)
            fits &= tfg_operand_choose_mode(&operands[i], &shapes.at[numbers[i]], shape, &patterns, f->reduction != NULL);
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
    return tfg_block_run(&job, f->n_members > 1 ? f->n_regs : 0, f->width) ? 0 : run_apart(f, c, s);
}
