/* Einsum: axes that only one operand has are summed first, the others sorted into a batch of matrices, and these multiplied. */
#include "graph/einsum.h"

#include "base/memory.h"
#include "base/status.h"
#include "kernels/gemm.h"
#include "kernels/reduce.h"
#include "kernels/strided.h"
#include "kernels/util.h"

/* An axis is known by its label, or, where it is one of "...", by its place there from the right. */
enum { ELLIPSIS = 256, N_IDS = ELLIPSIS + TFG_MAX_RANK };

typedef struct View {           /* a tensor's axes, each id once: a label that is repeated stands for a diagonal */
    int n, id[TFG_MAX_RANK];
    int64_t size[TFG_MAX_RANK], stride[TFG_MAX_RANK];
    bool diagonal;
    const void *data;
    TfgTensor *own;             /* holds the data; NULL: an input does */
} View;

typedef enum Kind { REST, BATCH, FREE, CONTRACTED } Kind;

typedef struct Loops {          /* of other ops, for the dtype */
    const TfgReducer *sum;
    TfgBlockFn mul;
} Loops;

typedef struct Sum {
    TfgKernelCall *c;
    const Loops *loops;
    TfgEinsum e;
    TfgDType dtype;
    View in[2], out;
    int rest;                   /* axes of "..." */
    int64_t size[N_IDS];
    bool has[2][N_IDS], kept[N_IDS];
    int first[N_IDS], n_seen;   /* order in which ids were seen */
} Sum;

/* ---- reading ---- */

static int expand(TfgBytes subscript, int rest, int *id)
{
    int n = 0;
    for (size_t k = 0; k < subscript.n; k++) {
        if (subscript.data[k] != '.') {
            id[n++] = (unsigned char)subscript.data[k];
            continue;
        }
        for (int d = rest - 1; d >= 0; d--)
            id[n++] = ELLIPSIS + d;
        k += 2;
    }
    return n;
}

/* The view of a tensor whose axes are called `id`. */
static void view_axes(View *v, int rank, const int64_t *dims, const int *id)
{
    int64_t strides[TFG_MAX_RANK];
    tfg_dims_strides(rank, dims, strides);
    v->n = 0;
    for (int d = 0; d < rank; d++) {
        int at = 0;
        while (at < v->n && v->id[at] != id[d])
            at++;
        if (at < v->n) {
            v->stride[at] += strides[d];
            v->diagonal = true;
        } else {
            v->id[v->n] = id[d];
            v->size[v->n] = dims[d];
            v->stride[v->n++] = strides[d];
        }
    }
}

static int see(Sum *m, int i, int id, int64_t size, int axis, const TfgTensor *t, TfgStatus *s)
{
    TfgShapeText text;
    bool seen = m->has[0][id] || m->has[1][id];
    m->has[i][id] = true;
    if (!seen) {
        m->first[id] = m->n_seen++;
        m->size[id] = size;
    } else if (id >= ELLIPSIS) {
        m->size[id] = m->size[id] == 1 ? size : m->size[id];     /* whether they broadcast is looked at later */
    } else if (m->size[id] != size) {
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected dimension %lld at axis %d of the input shaped %s but got dimension %lld",
                        (long long)m->size[id], axis, tfg_shape_text(t, &text), (long long)size);
    }
    return 0;
}

static int read_input(Sum *m, int i, TfgStatus *s)
{
    const TfgTensor *t = m->c->in[i];
    TfgBytes subscript = m->e.in[i];
    bool ellipsis = tfg_einsum_has(subscript, '.');
    int named = (int)subscript.n - (ellipsis ? 3 : 0), id[TFG_MAX_RANK];
    if (ellipsis ? t->rank < named : t->rank != named)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected input %d to have rank %s%d but got: %d", i, ellipsis ? "at least " : "", named, t->rank);
    int rest = t->rank - named;
    m->rest = rest > m->rest ? rest : m->rest;
    expand(subscript, rest, id);
    for (int d = 0; d < t->rank; d++)
        if (see(m, i, id[d], t->dims[d], d, t, s) < 0)
            return -1;
    view_axes(&m->in[i], t->rank, t->dims, id);
    m->in[i].data = t->data;
    return 0;
}

/* Of an id that an operand has. */
static Kind kind_of(const Sum *m, int id)
{
    return id >= ELLIPSIS ? REST : !m->kept[id] ? CONTRACTED : m->has[0][id] && m->has[1][id] ? BATCH : FREE;
}

static int order_of(const Sum *m, int id, bool swapped)
{
    static const int plain[] = {0, 1, 2, 3}, turned[] = {0, 1, 3, 2};
    return (swapped ? turned : plain)[kind_of(m, id)] * 2 * N_IDS + (id >= ELLIPSIS ? N_IDS - id : m->first[id]);
}

static bool is_sorted(const Sum *m, const View *v, bool swapped)
{
    for (int d = 1; d < v->n; d++)
        if (order_of(m, v->id[d - 1], swapped) > order_of(m, v->id[d], swapped))
            return false;
    return true;
}

static void sort_axes(const Sum *m, View *v)
{
    for (int d = 1; d < v->n; d++)
        for (int k = d; k > 0 && order_of(m, v->id[k - 1], false) > order_of(m, v->id[k], false); k--) {
            int id = v->id[k];
            int64_t size = v->size[k], stride = v->stride[k];
            v->id[k] = v->id[k - 1];
            v->size[k] = v->size[k - 1];
            v->stride[k] = v->stride[k - 1];
            v->id[k - 1] = id;
            v->size[k - 1] = size;
            v->stride[k - 1] = stride;
        }
}

/* "..." of both inputs; the words are those of the product that TensorFlow makes of them. */
static int check_rest(const Sum *m, TfgStatus *s)
{
    TfgShapeText text[2];
    bool fits = true;
    for (int i = 0; i < 2; i++)
        for (int d = 0; d < m->in[i].n; d++) {
            int id = m->in[i].id[d];
            fits = fits && (id < ELLIPSIS || m->in[i].size[d] == 1 || m->in[i].size[d] == m->size[id]);
        }
    if (fits)
        return 0;
    for (int i = 0; i < 2; i++) {
        View v = m->in[i];
        int64_t dims[TFG_MAX_RANK + 2], n[4] = {1, 1, 1, 1};
        int rank = 0;
        bool swapped = is_sorted(m, &v, true);
        sort_axes(m, &v);
        for (int d = 0; d < v.n; d++) {
            Kind kind = kind_of(m, v.id[d]);
            if (kind == REST || kind == BATCH)
                dims[rank++] = v.size[d];
            else if (kind == FREE || m->has[1 - i][v.id[d]])
                n[kind] *= v.size[d];
        }
        dims[rank++] = n[swapped ? CONTRACTED : FREE];
        dims[rank++] = n[swapped ? FREE : CONTRACTED];
        tfg_dims_text(rank, dims, &text[i]);
    }
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "In[0] and In[1] must have compatible batch dimensions: %s vs. %s", text[0].text, text[1].text);
}

static int make_output(Sum *m, TfgTensor **out, TfgStatus *s)
{
    int id[TFG_MAX_RANK];
    int64_t dims[TFG_MAX_RANK];
    bool ellipsis = tfg_einsum_has(m->e.out, '.');
    if (!ellipsis && m->rest > 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Output contains %d broadcasting dimension(s) but no ellipsis (...) was found in the output "
                        "subscripts.", m->rest);
    if (tfg_einsum_check_result(&m->e, tfg_attrs_string(m->c->attrs, "equation"), s) < 0)
        return -1;
    if ((int)m->e.out.n + (ellipsis ? m->rest - 3 : 0) > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape has too many dimensions");
    int rank = expand(m->e.out, m->rest, id);
    for (int d = 0; d < rank; d++) {
        dims[d] = m->size[id[d]];
        m->kept[id[d]] = true;
    }
    if (m->e.n_in == 2 && check_rest(m, s) < 0)
        return -1;
    *out = tfg_kernel_output(m->c, 0, rank, dims, s);
    if (!*out)
        return -1;
    view_axes(&m->out, rank, dims, id);
    if (m->out.diagonal)
        memset((*out)->data, 0, tfg_tensor_nbytes(*out));
    return 0;
}

/* ---- moving and summing ---- */

/* Makes the view one of elements that lie in its order; its own tensor is replaced. */
static int gather(const Sum *m, View *v, TfgStatus *s)
{
    int64_t strides[TFG_MAX_RANK];
    TfgTensor *t = tfg_tensor_new(m->dtype, v->n, v->size, s);
    if (!t)
        return -1;
    tfg_dims_strides(v->n, v->size, strides);
    int rc = t->count ? tfg_strided_copy(m->dtype, v->n, v->size, t->data, strides, v->data, v->stride, s) : 0;
    tfg_tensor_unref(v->own);
    v->own = t;
    v->data = t->data;
    v->diagonal = false;
    memcpy(v->stride, strides, (size_t)v->n * sizeof *strides);
    return rc;
}

/* Sums over what neither the other operand nor the result has. */
static int sum_away(Sum *m, int i, TfgStatus *s)
{
    View *v = &m->in[i];
    bool away[TFG_MAX_RANK], any = false;
    int64_t dims[TFG_MAX_RANK];
    int id[TFG_MAX_RANK], rank = 0;
    for (int d = 0; d < v->n; d++) {
        away[d] = !m->kept[v->id[d]] && !m->has[1 - i][v->id[d]];
        any = any || away[d];
        if (!away[d]) {
            dims[rank] = v->size[d];
            id[rank++] = v->id[d];
        }
    }
    if (!any)
        return 0;
    if (v->diagonal && gather(m, v, s) < 0)
        return -1;
    TfgTensor *sum = tfg_tensor_new(m->dtype, rank, dims, s);
    if (!sum)
        return -1;
    int rc = tfg_reduce_into(m->loops->sum, m->c, v->own ? v->own : m->c->in[i], away, sum, s);
    tfg_tensor_unref(v->own);
    v->own = sum;
    v->data = sum->data;
    view_axes(v, rank, dims, id);
    return rc;
}

/* Into the result, which has the same ids. */
static int store(const Sum *m, const View *v, TfgTensor *out, TfgStatus *s)
{
    int64_t from[TFG_MAX_RANK];
    for (int d = 0; d < m->out.n; d++) {
        int at = 0;
        while (at < v->n - 1 && v->id[at] != m->out.id[d])
            at++;
        from[d] = v->stride[at];
    }
    return tfg_strided_copy(m->dtype, m->out.n, m->out.size, out->data, m->out.stride, v->data, from, s);
}

/* ---- multiplying ---- */

/* Sorts an operand into matrices, as it lies where that will do.  *swapped: the contracted axes come before its own. */
static int lay_out(const Sum *m, View *v, bool *swapped, TfgStatus *s)
{
    *swapped = !v->diagonal && is_sorted(m, v, true);
    if (*swapped || (!v->diagonal && is_sorted(m, v, false)))
        return 0;
    sort_axes(m, v);
    return gather(m, v, s);
}

static int64_t count_of(const Sum *m, const View *v, Kind kind)
{
    int64_t dims[TFG_MAX_RANK];
    int n = 0;
    for (int d = 0; d < v->n; d++)
        if (kind_of(m, v->id[d]) == kind)
            dims[n++] = v->size[d];
    return tfg_dims_count(n, dims);
}

static void add_axes(const Sum *m, View *out, const View *v, Kind kind)
{
    for (int d = 0; d < v->n; d++)
        if (kind_of(m, v->id[d]) == kind) {
            out->size[out->n] = m->size[v->id[d]];
            out->id[out->n++] = v->id[d];
        }
}

/* The product's axes; the first *batch are those of the batch. */
static void product_axes(const Sum *m, View *p, int *batch)
{
    p->n = 0;
    if (m->rest > 0)
        add_axes(m, p, &m->in[m->has[0][ELLIPSIS + m->rest - 1] ? 0 : 1], REST);
    add_axes(m, p, &m->in[0], BATCH);
    *batch = p->n;
    add_axes(m, p, &m->in[0], FREE);
    add_axes(m, p, &m->in[1], FREE);
    tfg_dims_strides(p->n, p->size, p->stride);
}

/* Where each matrix of the batch finds its operand; axes of "..." that are 1 or missing there repeat it. */
static void find_offsets(const View *p, int batch, const View *v, int64_t count, int64_t *offset)
{
    int64_t stride[TFG_MAX_RANK] = {0};
    for (int d = 0; d < batch; d++)
        for (int k = 0; k < v->n; k++)
            if (v->id[k] == p->id[d] && v->size[k] == p->size[d])
                stride[d] = v->stride[k];
    for (int64_t i = 0; i < count; i++) {
        int64_t rest = i, at = 0;
        for (int d = batch - 1; d >= 0; d--) {
            at += rest % p->size[d] * stride[d];
            rest /= p->size[d];
        }
        offset[i] = at;
    }
}

/* Whether an operand is repeated along "...": else its matrices follow each other. */
static bool repeats(const View *p, int batch, const View *a, const View *b)
{
    for (int d = 0; d < batch; d++)
        for (int i = 0; i < 2; i++) {
            const View *v = i ? b : a;
            int k = 0;
            while (k < v->n && v->id[k] != p->id[d])
                k++;
            if (k == v->n ? p->size[d] != 1 : v->size[k] != p->size[d])
                return true;
        }
    return false;
}

static bool lies_as(const View *p, const View *out)
{
    return !out->diagonal && p->n == out->n && memcmp(p->id, out->id, (size_t)p->n * sizeof *p->id) == 0;
}

/* ---- products without a sum ---- */

/* Pairs of numbers, or a number and a row: Mul's own loop does these, a block at a time. */
typedef struct Pairs {
    TfgBlockFn mul;
    const char *a, *b;
    char *to;
    int64_t step_a, step_b, width;      /* elements from one row to the next; of a row */
    size_t size;                        /* of an element */
} Pairs;

static void multiply_pairs(void *context, int64_t begin, int64_t end)
{
    const Pairs *p = context;
    int64_t a = p->step_a, b = p->step_b, width = p->width;
    bool flat = a == width && b == width;       /* one run: no scalars */
    for (int64_t i = begin; i < end; i += flat ? end - begin : 1) {
        TfgBlock block = {.n = flat ? (end - begin) * width : width, .out = p->to + (size_t)(i * width) * p->size,
                          .in = {p->a + (size_t)(i * a) * p->size, p->b + (size_t)(i * b) * p->size},
                          .scalar = (a < width ? 1u : 0) | (b < width ? 2u : 0)};
        p->mul(&block);
    }
}

/* Where nothing is summed and one side of each matrix is 1: rows of the wider operand, times numbers of the other.  False: a product
 * of matrices will do better. */
static bool multiply_apart(const Sum *m, const TfgGemm *g)
{
    int64_t width = g->m > g->n ? g->m : g->n;
    if (g->k != 1 || (g->m != 1 && g->n != 1) || (width > 1 && width < 16) || g->offset_a || !m->loops->mul)
        return false;
    Pairs p = {m->loops->mul, g->a, g->b, g->c, g->m, g->n, width, tfg_dtype_size(m->dtype)};
    tfg_for_ranges(g->batch, 16384 / width + 1, multiply_pairs, &p);
    return true;
}

static int multiply_into(const Sum *m, const View *p, int batch, const bool *swapped, void *to, TfgStatus *s)
{
    const View *a = &m->in[0], *b = &m->in[1];
    TfgGemm g = {.dtype = m->dtype, .a = a->data, .b = b->data, .c = to};
    g.m = count_of(m, a, FREE);
    g.n = count_of(m, b, FREE);
    g.k = count_of(m, a, CONTRACTED);
    g.ta = swapped[0] ? TFG_TRANSPOSED : TFG_PLAIN;
    g.tb = swapped[1] ? TFG_PLAIN : TFG_TRANSPOSED;
    g.batch = tfg_dims_product(batch, p->size);
    g.step_a = g.m * g.k;
    g.step_b = g.k * g.n;
    g.step_c = g.m * g.n;
    if (m->rest > 0 && repeats(p, batch, a, b)) {
        int64_t *offset = tfg_kernel_scratch(m->c, (size_t)g.batch * 2 * sizeof *offset, s);
        if (!offset)
            return -1;
        find_offsets(p, batch, a, g.batch, offset);
        find_offsets(p, batch, b, g.batch, offset + g.batch);
        g.offset_a = offset;
        g.offset_b = offset + g.batch;
    }
    return multiply_apart(m, &g) ? 0 : tfg_gemm(&g, s);
}

static int multiply(Sum *m, TfgTensor *out, TfgStatus *s)
{
    bool swapped[2];
    View p = {.n = 0};
    int batch;
    if (lay_out(m, &m->in[0], &swapped[0], s) < 0 || lay_out(m, &m->in[1], &swapped[1], s) < 0)
        return -1;
    product_axes(m, &p, &batch);
    if (lies_as(&p, &m->out))
        return multiply_into(m, &p, batch, swapped, out->data, s);
    p.own = tfg_tensor_new(m->dtype, p.n, p.size, s);
    if (!p.own)
        return -1;
    p.data = p.own->data;
    int rc = multiply_into(m, &p, batch, swapped, p.own->data, s) < 0 ? -1 : store(m, &p, out, s);
    tfg_tensor_unref(p.own);
    return rc;
}

static int compute(Sum *m, TfgTensor *out, TfgStatus *s)
{
    for (int i = 0; i < m->e.n_in; i++)
        if (sum_away(m, i, s) < 0)
            return -1;
    return m->e.n_in == 2 ? multiply(m, out, s) : store(m, &m->in[0], out, s);
}

static const TfgKernelRow *row_of(const char *op, TfgDType dtype, bool reduces)
{
    enum { MAX_ROWS = 64 };
    const TfgKernelRow *rows[MAX_ROWS];
    int n = tfg_kernels_of(op, rows, MAX_ROWS);
    for (int i = 0; i < n && i < MAX_ROWS; i++)
        if (!rows[i]->device && (rows[i]->types[0].types & TFG_BIT(dtype)) && (!reduces || rows[i]->reduce))
            return rows[i];
    return NULL;
}

static int prepare_einsum(const TfgPrepare *p, void **state, TfgStatus *s)
{
    const TfgKernelRow *sum = row_of("Sum", p->in_dtype[0], true), *mul = row_of("Mul", p->in_dtype[0], false);
    if (!sum)
        return tfg_fail(s, TFG_INTERNAL, "no sums of %s", tfg_dtype_name(p->in_dtype[0]));
    Loops *loops = tfg_alloc(sizeof *loops);
    if (!loops)
        return tfg_fail_memory(s);
    *loops = (Loops){(const void *)sum->reduce, mul && !mul->prepare ? mul->block : NULL};
    *state = loops;
    return 0;
}

static int run_einsum(TfgKernelCall *c, TfgStatus *s)
{
    Sum m = {.c = c, .loops = c->state, .dtype = c->in[0]->dtype};
    TfgTensor *out = NULL;
    if (tfg_einsum_parse(tfg_attrs_string(c->attrs, "equation"), c->n_in, &m.e, s) < 0)
        return -1;
    for (int i = 0; i < c->n_in; i++)
        if (read_input(&m, i, s) < 0)
            return -1;
    if (make_output(&m, &out, s) < 0)
        return -1;
    int rc = out->count ? compute(&m, out, s) : 0;
    tfg_tensor_unref(m.in[0].own);
    tfg_tensor_unref(m.in[1].own);
    return rc;
}

static const TfgKernelRow rows[] = {
    {.op = "Einsum", .types = {{"T", TFG_B(FLOAT) | TFG_B(DOUBLE) | TFG_TYPES_HALVES | TFG_TYPES_INDEX | TFG_TYPES_COMPLEX}},
     .flags = TFG_KERNEL_EXPENSIVE, .prepare = prepare_einsum, .release = tfg_free, .run = run_einsum},
};

int tfg_register_kernels_einsum(TfgStatus *s);
int tfg_register_kernels_einsum(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
