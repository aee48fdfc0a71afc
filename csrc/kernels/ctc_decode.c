/* CTCGreedyDecoder and CTCBeamSearchDecoder. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/ctc.h"
#include "kernels/util.h"

/* ---- Sequences, and the sparse tensors that are made of them ---- */

typedef struct Sequence {
    int32_t *at;
    int64_t n, room;
} Sequence;

static int append(Sequence *q, int32_t label, TfgStatus *s)
{
    if (q->n == q->room) {
        int64_t room = q->room ? 2 * q->room : 16;
        int32_t *at = tfg_realloc(q->at, (size_t)room * sizeof *at);
        if (!at)
            return tfg_fail_memory(s);
        q->at = at;
        q->room = room;
    }
    q->at[q->n++] = label;
    return 0;
}

typedef struct Job {
    int64_t time, batch, classes, paths;
    const float *x;
    const int32_t *lengths;
    Sequence *found;            /* [batch][paths] */
    float *log_p;               /* the same */
    bool merge;
    int64_t width;
} Job;

/* Outputs path, paths + path and 2 paths + path. */
static int give_path(TfgKernelCall *c, const Job *j, int64_t path, TfgStatus *s)
{
    int64_t n = 0, longest = 0;
    for (int64_t b = 0; b < j->batch; b++) {
        int64_t length = j->found[b * j->paths + path].n;
        n += length;
        longest = length > longest ? length : longest;
    }
    TfgTensor *indices = tfg_kernel_output(c, (int)path, 2, (int64_t[]){n, 2}, s);
    TfgTensor *values = indices ? tfg_kernel_output(c, (int)(j->paths + path), 1, &n, s) : NULL;
    TfgTensor *shape = values ? tfg_kernel_output(c, (int)(2 * j->paths + path), 1, (int64_t[]){2}, s) : NULL;
    if (!shape)
        return -1;
    int64_t *at = indices->data, *value = values->data;
    for (int64_t b = 0; b < j->batch; b++) {
        const Sequence *q = &j->found[b * j->paths + path];
        for (int64_t i = 0; i < q->n; i++) {
            *at++ = b;
            *at++ = i;
            *value++ = q->at[i];
        }
    }
    ((int64_t *)shape->data)[0] = j->batch;
    ((int64_t *)shape->data)[1] = longest;
    return 0;
}

static int check(const TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[0], *lengths = c->in[1];
    if (x->rank != 3)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "inputs is not a 3-Tensor");
    if (x->dims[0] == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "max_time is 0");
    if (lengths->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "sequence_length is not a vector");
    if (lengths->count != x->dims[1])
        return tfg_fail(s, TFG_FAILED_PRECONDITION, "len(sequence_length) != batch_size.  len(sequence_length):  %lld batch_size: %lld",
                        (long long)lengths->count, (long long)x->dims[1]);
    if (x->dims[2] < 1 || x->dims[2] > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, x->dims[2] ? "num_classes cannot exceed max int" : "inputs must have at least one class");
    for (int64_t b = 0; b < lengths->count; b++)
        if (((const int32_t *)lengths->data)[b] > x->dims[0])
            return tfg_fail(s, TFG_FAILED_PRECONDITION, "sequence_length(%lld) <= %lld", (long long)b, (long long)x->dims[0]);
    return 0;
}

/* Decodes every example by `decode`, and gives all outputs. */
static int run_decoder(TfgKernelCall *c, int64_t paths, int64_t width, TfgTryRangeFn decode, TfgStatus *s)
{
    const TfgTensor *x = c->in[0];
    if (check(c, s) < 0)
        return -1;
    Job j = {x->dims[0], x->dims[1], x->dims[2], paths, x->data, c->in[1]->data, NULL, NULL, tfg_attrs_bool(c->attrs, "merge_repeated"), width};
    int64_t count;
    if (__builtin_mul_overflow(j.batch, paths, &count) || count > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "top_paths is too large: %lld", (long long)paths);
    TfgTensor *log_p = tfg_kernel_output(c, c->n_out - 1, 2, (int64_t[]){j.batch, paths}, s);
    if (!log_p)
        return -1;
    j.log_p = log_p->data;
    memset(j.log_p, 0, tfg_tensor_nbytes(log_p));
    j.found = tfg_calloc((size_t)count + 1, sizeof *j.found);
    int rc = j.found ? tfg_try_ranges(j.batch, 1, decode, &j, s) : tfg_fail_memory(s);
    for (int64_t p = 0; rc == 0 && p < paths; p++)
        rc = give_path(c, &j, p, s);
    for (int64_t i = 0; j.found && i < count; i++)
        tfg_free(j.found[i].at);
    tfg_free(j.found);
    return rc;
}

/* ---- Greedy: the most likely class of each step ---- */

static int decode_greedily(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Job *j = context;
    for (int64_t b = begin; b < end; b++) {
        int32_t last = -1;
        for (int64_t t = 0; t < j->lengths[b]; t++) {
            const float *x = j->x + (t * j->batch + b) * j->classes;
            int32_t best = 0;
            for (int64_t k = 1; k < j->classes; k++)
                best = x[k] > x[best] ? (int32_t)k : best;
            j->log_p[b] += -x[best];
            if (best != j->classes - 1 && !(j->merge && best == last) && append(&j->found[b], best, s) < 0)
                return -1;
            last = best;
        }
    }
    return 0;
}

static int run_greedy(TfgKernelCall *c, TfgStatus *s) { return run_decoder(c, 1, 1, decode_greedily, s); }

/* ---- Beam search: prefixes of labels in a tree, of which the most likely are kept from step to step ---- */

typedef struct Odds {           /* logarithms: of ending in a blank, in the label, in either */
    float total, blank, label;
} Odds;
static const Odds NONE = {-INFINITY, -INFINITY, -INFINITY};

typedef struct Prefix Prefix;
struct Prefix {
    Prefix *parent, *child, *sibling, *made;    /* made: chains all, to be freed */
    int32_t label;
    int64_t order;              /* among the kept: of two that are as likely, the one that came first stands first */
    Odds old, new;
};

typedef struct Beam {
    Prefix **kept, **last;      /* a heap, the least likely on top; those of the step before, most likely first */
    int64_t n, n_last, room, width, orders;
    Prefix *all, **children;    /* children: of the prefix at hand, by label */
} Beam;

static inline bool is_active(const Prefix *p) { return p->new.total > -INFINITY; }
static inline bool is_less(const Prefix *a, const Prefix *b)
{
    return a->new.total < b->new.total || (!(a->new.total > b->new.total) && a->order > b->order);
}

static void sink(Prefix **heap, int64_t n, int64_t i)
{
    for (int64_t k; (k = 2 * i + 1) < n; i = k) {
        if (k + 1 < n && is_less(heap[k + 1], heap[k]))
            k++;
        if (!is_less(heap[k], heap[i]))
            return;
        Prefix *p = heap[i];
        heap[i] = heap[k];
        heap[k] = p;
    }
}

static int push(Beam *m, Prefix *p, TfgStatus *s)
{
    if (m->n == m->room) {
        int64_t room = m->room ? 2 * m->room : 64;
        Prefix **kept = tfg_realloc(m->kept, (size_t)room * sizeof *kept);
        if (!kept)
            return tfg_fail_memory(s);
        m->kept = kept;
        Prefix **last = tfg_realloc(m->last, (size_t)room * sizeof *last);
        if (!last)
            return tfg_fail_memory(s);
        m->last = last;
        m->room = room;
    }
    p->order = m->orders++;
    int64_t i = m->n++;
    for (; i > 0 && is_less(p, m->kept[(i - 1) / 2]); i = (i - 1) / 2)
        m->kept[i] = m->kept[(i - 1) / 2];
    m->kept[i] = p;
    return 0;
}

static Prefix *pop(Beam *m)
{
    Prefix *p = m->kept[0];
    m->kept[0] = m->kept[--m->n];
    sink(m->kept, m->n, 0);
    return p;
}

/* Moves what is kept to `last`, most likely first. */
static void take_kept(Beam *m)
{
    m->n_last = m->n;
    for (int64_t i = m->n - 1; i >= 0; i--)
        m->last[i] = pop(m);
    m->orders = 0;
}

static Prefix *new_prefix(Beam *m, Prefix *parent, int32_t label, TfgStatus *s)
{
    Prefix *p = tfg_calloc(1, sizeof *p);
    if (!p) {
        tfg_fail_memory(s);
        return NULL;
    }
    *p = (Prefix){.parent = parent, .label = label, .old = NONE, .new = NONE, .made = m->all};
    m->all = p;
    if (parent) {
        p->sibling = parent->child;
        parent->child = p;
    }
    return p;
}

/* The prefixes of the step before, one step on. */
static int carry_on(Beam *m, const float *x, float norm, int32_t blank, TfgStatus *s)
{
    for (int64_t i = 0; i < m->n_last; i++)
        m->last[i]->old = m->last[i]->new;
    for (int64_t i = 0; i < m->n_last; i++) {
        Prefix *p = m->last[i], *parent = p->parent;
        if (parent) {
            if (is_active(parent))
                p->new.label = tfg_ctc_add(p->new.label, p->label == parent->label ? parent->old.blank : parent->old.total);
            p->new.label += x[p->label] - norm;
        }
        p->new.blank = p->old.total + (x[blank] - norm);
        p->new.total = tfg_ctc_add(p->new.blank, p->new.label);
        if (push(m, p, s) < 0)
            return -1;
    }
    return 0;
}

static bool is_candidate(const Beam *m, float total)
{
    return total > -INFINITY && (m->n < m->width || total > m->kept[0]->new.total);
}

/* All ways to add a label to p. */
static int grow(Beam *m, Prefix *p, const float *x, float norm, int32_t labels, TfgStatus *s)
{
    memset(m->children, 0, (size_t)labels * sizeof *m->children);
    for (Prefix *c = p->child; c; c = c->sibling)
        m->children[c->label] = c;
    for (int32_t k = 0; k < labels; k++) {
        Prefix *c = m->children[k];
        if (c && is_active(c))
            continue;
        float total = x[k] - norm + (k == p->label ? p->old.blank : p->old.total);
        if (!is_candidate(m, total)) {
            if (c)
                c->old = c->new = NONE;
            continue;
        }
        if (!c && !(c = new_prefix(m, p, k, s)))
            return -1;
        c->new = (Odds){total, -INFINITY, total};
        if (m->n == m->width)
            pop(m)->new = NONE;
        if (push(m, c, s) < 0)
            return -1;
    }
    return 0;
}

static int step(Beam *m, const float *x, int64_t classes, TfgStatus *s)
{
    float most = x[0], sum = 0;
    for (int64_t k = 1; k < classes; k++)
        most = x[k] > most ? x[k] : most;
    for (int64_t k = 0; k < classes; k++)
        sum += expf(x[k] - most);
    float norm = most + logf(sum);
    take_kept(m);
    if (carry_on(m, x, norm, (int32_t)classes - 1, s) < 0)
        return -1;
    for (int64_t i = 0; i < m->n_last; i++)
        if (is_candidate(m, m->last[i]->old.total) && grow(m, m->last[i], x, norm, (int32_t)classes - 1, s) < 0)
            return -1;
    return 0;
}

static int read_labels(const Prefix *p, bool merge, Sequence *out, TfgStatus *s)
{
    int32_t last = -1;
    for (; p->parent; p = p->parent) {
        if ((!merge || p->label != last) && append(out, p->label, s) < 0)
            return -1;
        last = p->label;
    }
    for (int64_t i = 0; i < out->n / 2; i++) {
        int32_t label = out->at[i];
        out->at[i] = out->at[out->n - 1 - i];
        out->at[out->n - 1 - i] = label;
    }
    return 0;
}

static int search(const Job *j, int64_t b, Beam *m, TfgStatus *s)
{
    Prefix *root = new_prefix(m, NULL, -1, s);
    if (!root)
        return -1;
    root->new.total = root->new.blank = 0;
    if (push(m, root, s) < 0)
        return -1;
    for (int64_t t = 0; t < j->lengths[b]; t++)
        if (step(m, j->x + (t * j->batch + b) * j->classes, j->classes, s) < 0)
            return -1;
    if (j->paths > j->width)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "requested more paths than the beam width.");
    if (j->paths > m->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Less leaves in the beam search than requested.");
    take_kept(m);
    for (int64_t i = 0; i < j->paths; i++) {
        j->log_p[b * j->paths + i] = m->last[i]->new.total;
        if (read_labels(m->last[i], j->merge, &j->found[b * j->paths + i], s) < 0)
            return -1;
    }
    return 0;
}

static int decode_by_beam(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Job *j = context;
    int rc = 0;
    for (int64_t b = begin; rc == 0 && b < end; b++) {
        Beam m = {.width = j->width, .children = tfg_calloc((size_t)j->classes, sizeof *m.children)};
        rc = m.children ? search(j, b, &m, s) : tfg_fail_memory(s);
        while (m.all) {
            Prefix *next = m.all->made;
            tfg_free(m.all);
            m.all = next;
        }
        tfg_free(m.children);
        tfg_free(m.kept);
        tfg_free(m.last);
    }
    return rc;
}

static int run_beam_search(TfgKernelCall *c, TfgStatus *s)
{
    return run_decoder(c, tfg_attrs_int(c->attrs, "top_paths"), tfg_attrs_int(c->attrs, "beam_width"), decode_by_beam, s);
}

static const TfgKernelRow rows[] = {
    {.op = "CTCGreedyDecoder", .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_greedy},
    {.op = "CTCBeamSearchDecoder", .flags = TFG_KERNEL_VALUE_SHAPE | TFG_KERNEL_EXPENSIVE, .run = run_beam_search},
};

const TfgKernelRow *tfg_kernels_ctc_decode(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
