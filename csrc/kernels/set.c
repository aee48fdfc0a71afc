/* Sets in the last dimension of dense and sparse tensors.  Each operand becomes a list of (number of the set, element), sorted and
 * without repetitions; two lists are merged. */
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/sparse.h"

typedef struct Operand {
    const TfgTensor *values;
    int64_t n_dims;             /* of the tensor of sets: one less than the tensor's own */
    const int64_t *dims;
    int64_t *set;               /* number of the set that each value is in */
    int64_t *order;             /* n numbers of values, sorted, each element once per set */
    int64_t n;
} Operand;

static int compare_elements(const TfgTensor *x, int64_t i, const TfgTensor *y, int64_t j)
{
    if (x->dtype != TFG_STRING) {
        int64_t a = tfg_tensor_int(x, i), b = tfg_tensor_int(y, j);
        return a < b ? -1 : a > b;
    }
    const TfgString *a = (const TfgString *)x->data + i, *b = (const TfgString *)y->data + j;
    size_t n = a->n < b->n ? a->n : b->n;
    int order = n ? memcmp(a->data, b->data, n) : 0;
    return order ? order : a->n < b->n ? -1 : a->n > b->n;
}

static int compare_items(const void *context, int64_t i, int64_t j)
{
    const Operand *x = context;
    return x->set[i] != x->set[j] ? (x->set[i] < x->set[j] ? -1 : 1) : compare_elements(x->values, i, x->values, j);
}

static int sort_items(TfgKernelCall *c, Operand *x, int64_t n, TfgStatus *s)
{
    x->order = tfg_sort_order(c, n, compare_items, x, s);
    x->n = 0;
    if (!x->order)
        return -1;
    for (int64_t i = 0; i < n; i++)
        if (x->n == 0 || compare_items(x, x->order[x->n - 1], x->order[i]) != 0)
            x->order[x->n++] = x->order[i];
    return 0;
}

/* ---- Operands --------------------------------------------------------------------------------------------------------------------- */

static int read_dense(TfgKernelCall *c, const TfgTensor *t, Operand *x, TfgStatus *s)
{
    TfgShapeText text;
    if (t->rank < 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape %s has rank %d < 2", tfg_shape_text(t, &text), (int)t->rank);
    x->values = t;
    x->n_dims = t->rank - 1;
    x->dims = t->dims;
    x->set = tfg_kernel_scratch(c, ((size_t)t->count + 1) * sizeof *x->set, s);
    for (int64_t i = 0; x->set && i < t->count; i++)
        x->set[i] = i / t->dims[t->rank - 1];
    return x->set ? sort_items(c, x, t->count, s) : -1;
}

static int check_parts(TfgTensor *const *in, TfgStatus *s)
{
    TfgShapeText text;
    if (in[1]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "vals must be a vec, but got: %s", tfg_shape_text(in[1], &text));
    int64_t rows = in[0]->rank > 0 ? in[0]->dims[0] : 1;
    if (rows != in[1]->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "indices and values rows (indexing dimension) must match. (indices = %lld, values = %lld)",
                        (long long)rows, (long long)in[1]->count);
    if (in[0]->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "indices must be a matrix, but got: %s", tfg_shape_text(in[0], &text));
    if (in[2]->rank != 1)           /* 1.12.3 ends the process here */
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "shape must be a vec, but got: %s", tfg_shape_text(in[2], &text));
    return tfg_sparse_check_sizes(in[0], in[1], in[2], s);
}

/* Every index inside the shape: what 1.12.3 looks at in a second operand, which need not be sorted. */
static int check_inside(const TfgTensor *indices, const TfgTensor *shape, TfgStatus *s)
{
    for (int64_t i = 0; i < indices->dims[0]; i++)
        for (int64_t d = 0; d < indices->dims[1]; d++) {
            int64_t index = tfg_index_row(indices, i)[d], size = tfg_tensor_int(shape, d);
            if (index < 0 || index >= size)
                return tfg_fail(s, TFG_INTERNAL, "indices[%lld, %lld] expected < %lld, got %lld.", (long long)i, (long long)d, (long long)size,
                                (long long)index);
        }
    return 0;
}

static int read_sparse(TfgKernelCall *c, int first, bool ordered, Operand *x, TfgStatus *s)
{
    TfgTensor *const *in = c->in + first;
    if (check_parts(in, s) < 0 || (ordered && tfg_sparse_check_order(in[0], in[2], s) < 0))
        return -1;
    if (in[2]->count < 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid rank %lld.", (long long)in[2]->count);
    if (in[2]->count > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    x->values = in[1];
    x->n_dims = in[2]->count - 1;
    x->dims = in[2]->data;
    if (tfg_dims_count((int)x->n_dims, x->dims) < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape would have more than 2**63 - 1 elements");
    x->set = tfg_kernel_scratch(c, ((size_t)in[1]->count + 1) * sizeof *x->set, s);
    if (!x->set || (!ordered && check_inside(in[0], in[2], s) < 0))
        return -1;
    for (int64_t i = 0; i < in[1]->count; i++) {
        x->set[i] = 0;
        for (int64_t d = 0; d < x->n_dims; d++)
            x->set[i] = x->set[i] * x->dims[d] + tfg_index_row(in[0], i)[d];
    }
    return sort_items(c, x, in[1]->count, s);
}

/* ---- SetSize ---------------------------------------------------------------------------------------------------------------------- */

static int run_size(TfgKernelCall *c, TfgStatus *s)
{
    Operand x;
    if (read_sparse(c, 0, true, &x, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output(c, 0, (int)x.n_dims, x.dims, s);
    if (!out)
        return -1;
    memset(out->data, 0, tfg_tensor_nbytes(out));
    for (int64_t i = 0; i < x.n; i++)
        ((int32_t *)out->data)[x.set[x.order[i]]]++;
    return 0;
}

/* ---- Operations ------------------------------------------------------------------------------------------------------------------- */

typedef struct Keeps { bool first, second, both; } Keeps;       /* elements that only one operand, or both, have */

static int read_operation(const TfgKernelCall *c, Keeps *keeps, TfgStatus *s)
{
    static const struct { const char *name; Keeps keeps; } known[] = {
        {"a-b", {true, false, false}}, {"b-a", {false, true, false}}, {"intersection", {false, false, true}}, {"union", {true, true, true}},
    };
    TfgBytes name = tfg_attrs_string(c->attrs, "set_operation");
    char lower[16] = "";
    for (size_t i = 0; i < name.n && i + 1 < sizeof lower; i++)
        lower[i] = (char)(name.data[i] >= 'A' && name.data[i] <= 'Z' ? name.data[i] + 32 : name.data[i]);
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (strlen(known[k].name) == name.n && strcmp(lower, known[k].name) == 0) {
            *keeps = known[k].keeps;
            return 0;
        }
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid set_operation %.*s.", (int)(name.n < 1000 ? name.n : 1000), name.data);
}

static int check_same_sets(const Operand *x, const Operand *y, TfgStatus *s)
{
    TfgShapeText a, b;
    if (x->n_dims == y->n_dims && memcmp(x->dims, y->dims, (size_t)x->n_dims * sizeof *x->dims) == 0)
        return 0;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Mismatched shapes %s vs %s", tfg_dims_text((int)x->n_dims, x->dims, &a),
                    tfg_dims_text((int)y->n_dims, y->dims, &b));
}

typedef struct Result {
    TfgTensor *indices, *values;        /* NULL: only counted */
    int64_t n, set, in_set, largest;
} Result;

static int put(Result *r, const Operand *x, int64_t item, TfgStatus *s)
{
    if (r->n == 0 || r->set != x->set[item]) {
        r->set = x->set[item];
        r->in_set = 0;
    }
    if (r->indices) {
        int64_t *to = (int64_t *)r->indices->data + r->n * (x->n_dims + 1), left = r->set;
        for (int64_t d = x->n_dims - 1; d >= 0; d--) {
            to[d] = left % x->dims[d];
            left /= x->dims[d];
        }
        to[x->n_dims] = r->in_set;
        if (tfg_copy_elements(r->values->dtype, tfg_at_mut(r->values, r->n), tfg_at(x->values, item), 1, s) < 0)
            return -1;
    }
    r->n++;
    r->in_set++;
    r->largest = r->in_set > r->largest ? r->in_set : r->largest;
    return 0;
}

static int merge(const Operand *x, const Operand *y, const Keeps *keeps, Result *r, TfgStatus *s)
{
    for (int64_t i = 0, j = 0; i < x->n || j < y->n;) {
        int order = i == x->n ? 1 : j == y->n ? -1 : 0;
        if (order == 0) {
            int64_t a = x->set[x->order[i]], b = y->set[y->order[j]];
            order = a != b ? (a < b ? -1 : 1) : compare_elements(x->values, x->order[i], y->values, y->order[j]);
        }
        bool kept = order < 0 ? keeps->first : order > 0 ? keeps->second : keeps->both;
        if (kept && (order <= 0 ? put(r, x, x->order[i], s) : put(r, y, y->order[j], s)) < 0)
            return -1;
        i += order <= 0;
        j += order >= 0;
    }
    return 0;
}

static int combine(TfgKernelCall *c, const Operand *x, const Operand *y, TfgStatus *s)
{
    Keeps keeps;
    Result r = {0};
    if (check_same_sets(x, y, s) < 0 || read_operation(c, &keeps, s) < 0 || merge(x, y, &keeps, &r, s) < 0)
        return -1;
    int64_t rank = x->n_dims + 1, n = r.n, largest = r.largest;
    r = (Result){.indices = tfg_kernel_output(c, 0, 2, (int64_t[]){n, rank}, s)};
    r.values = r.indices ? tfg_kernel_output(c, 1, 1, &n, s) : NULL;
    TfgTensor *shape = r.values ? tfg_kernel_output(c, 2, 1, &rank, s) : NULL;
    if (!shape)
        return -1;
    memcpy(shape->data, x->dims, (size_t)x->n_dims * sizeof *x->dims);
    ((int64_t *)shape->data)[x->n_dims] = largest;
    return merge(x, y, &keeps, &r, s);
}

static int run_dense(TfgKernelCall *c, TfgStatus *s)
{
    Operand x, y;
    return read_dense(c, c->in[0], &x, s) < 0 || read_dense(c, c->in[1], &y, s) < 0 ? -1 : combine(c, &x, &y, s);
}

static int run_dense_sparse(TfgKernelCall *c, TfgStatus *s)
{
    Operand x, y;
    return read_sparse(c, 1, true, &y, s) < 0 || read_dense(c, c->in[0], &x, s) < 0 ? -1 : combine(c, &x, &y, s);
}

static int run_sparse(TfgKernelCall *c, TfgStatus *s)
{
    Operand x, y;
    return read_sparse(c, 0, true, &x, s) < 0 || read_sparse(c, 3, false, &y, s) < 0 ? -1 : combine(c, &x, &y, s);
}

static const TfgKernelRow rows[] = {
    {.op = "SetSize", .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_size},
    {.op = "DenseToDenseSetOperation", .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_dense},
    {.op = "DenseToSparseSetOperation", .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_dense_sparse},
    {.op = "SparseToSparseSetOperation", .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_sparse},
};

int tfg_register_kernels_set(TfgStatus *s);
int tfg_register_kernels_set(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s);
}
