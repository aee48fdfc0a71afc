/* SparseFillEmptyRows and its gradient. */
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/numeric.h"
#include "kernels/sparse.h"

static int check_fill(TfgTensor *const *in, TfgStatus *s)
{
    TfgShapeText text;
    if (in[2]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "dense_shape must be a vector, saw: %s", tfg_shape_text(in[2], &text));
    if (in[0]->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "indices must be a matrix, saw: %s", tfg_shape_text(in[0], &text));
    if (in[1]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "values must be a vector, saw: %s", tfg_shape_text(in[1], &text));
    if (in[3]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "default_value must be a scalar, saw: %s", tfg_shape_text(in[3], &text));
    /* 1.12.3 reads past the end in these three. */
    if (in[1]->count < in[0]->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The length of `values` (%lld) must match the first dimension of `indices` (%lld).",
                        (long long)in[1]->count, (long long)in[0]->dims[0]);
    if (in[2]->count == 0 || in[0]->dims[1] == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dense shape cannot be empty.");
    int64_t n = tfg_tensor_int(in[2], 0);
    if (n < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= 0", (long long)n);
    if (n == 0 && in[0]->dims[0] != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Received SparseTensor with dense_shape[0] = 0 but indices.shape[0] = %lld",
                        (long long)in[0]->dims[0]);
    return 0;
}

/* next[r]: where row r begins in the output, in which an empty row has one element; their total is returned, -1 for a bad index. */
static int64_t count_rows(const TfgTensor *indices, int64_t *next, bool *empty, int64_t n, TfgStatus *s)
{
    memset(next, 0, (size_t)n * sizeof *next);
    for (int64_t i = 0; i < indices->dims[0]; i++) {
        int64_t r = tfg_index_row(indices, i)[0];
        if (r < 0 || r >= n)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "indices(%lld, 0) is invalid: %lld >= %lld", (long long)i, (long long)r, (long long)n);
        next[r]++;
    }
    int64_t total = 0;
    for (int64_t r = 0; r < n; r++) {
        int64_t count = next[r];
        empty[r] = count == 0;
        next[r] = total;
        total += count ? count : 1;
    }
    return total;
}

static int write_default(TfgTensor *indices, TfgTensor *values, int64_t at, int64_t r, const TfgTensor *value, TfgStatus *s)
{
    int64_t rank = indices->dims[1], *to = (int64_t *)indices->data + at * rank;
    memset(to, 0, (size_t)rank * sizeof *to);
    to[0] = r;
    return tfg_copy_elements(values->dtype, tfg_at_mut(values, at), value->data, 1, s);
}

static int run_fill(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *indices = c->in[0];
    if (check_fill(c->in, s) < 0)
        return -1;
    int64_t n = tfg_tensor_int(c->in[2], 0), rank = indices->dims[1], m = indices->dims[0];
    TfgTensor *empty = tfg_kernel_output(c, 2, 1, &n, s), *back = empty ? tfg_kernel_output(c, 3, 1, &m, s) : NULL;
    int64_t *next = back ? tfg_kernel_scratch(c, (size_t)(n + 1) * sizeof *next, s) : NULL;
    int64_t total = next ? count_rows(indices, next, empty->data, n, s) : -1;
    TfgTensor *to = total >= 0 ? tfg_kernel_output(c, 0, 2, (int64_t[]){total, rank}, s) : NULL;
    TfgTensor *values = to ? tfg_kernel_output(c, 1, 1, &total, s) : NULL;
    if (!values)
        return -1;
    for (int64_t i = 0; i < m; i++) {
        const int64_t *row = tfg_index_row(indices, i);
        int64_t at = next[row[0]]++;
        memcpy((int64_t *)to->data + at * rank, row, (size_t)rank * sizeof *row);
        ((int64_t *)back->data)[i] = at;
        if (tfg_copy_elements(values->dtype, tfg_at_mut(values, at), tfg_at(c->in[1], i), 1, s) < 0)
            return -1;
    }
    for (int64_t r = 0; r < n; r++)
        if (((const bool *)empty->data)[r] && write_default(to, values, next[r], r, c->in[3], s) < 0)
            return -1;
    return 0;
}

/* ---- SparseFillEmptyRowsGrad ------------------------------------------------------------------------------------------------------ */

typedef struct SumLoop { void (*add)(void *sum, const void *x); } SumLoop;

#define ADD_ROW(D, S, T)                                                                         \
    static void add_##D(void *sum, const void *x)                                                \
    {                                                                                            \
        T total = ADD_##D((T)LOAD_##D(*(S *)sum), LOAD_##D(*(const S *)x));                      \
        *(S *)sum = STORE_##D(total);                                                            \
    }                                                                                            \
    static const SumLoop loop_##D = {add_##D};
TFG_NUMBERS(ADD_ROW)

/* Values go back to where they came from; what none took was the default's. */
static int run_fill_grad(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *back = c->in[0], *dy = c->in[1];
    const SumLoop *loop = c->row->loops;
    TfgShapeText text;
    if (back->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "reverse_index_map must be a vector, saw: %s", tfg_shape_text(back, &text));
    if (dy->rank != 1)          /* 1.12.3 ends the process for this, and for a negative index */
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "grad_values must be a vector, saw: %s", tfg_shape_text(dy, &text));
    TfgTensor *d_values = tfg_kernel_output(c, 0, 1, &back->count, s), *d_default = d_values ? tfg_kernel_output(c, 1, 0, NULL, s) : NULL;
    bool *visited = d_default ? tfg_kernel_scratch(c, (size_t)dy->count + 1, s) : NULL;
    if (!visited)
        return -1;
    memset(visited, 0, (size_t)dy->count);
    memset(d_default->data, 0, tfg_tensor_nbytes(d_default));
    for (int64_t i = 0; i < back->count; i++) {
        int64_t at = ((const int64_t *)back->data)[i];
        if (at < 0 || at >= dy->count)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Elements in reverse index must be in [0, %lld) but got %lld", (long long)dy->count,
                            (long long)at);
        memcpy(tfg_at_mut(d_values, i), tfg_at(dy, at), tfg_dtype_size(dy->dtype));
        visited[at] = true;
    }
    for (int64_t i = 0; i < dy->count; i++)
        if (!visited[i])
            loop->add(d_default->data, tfg_at(dy, i));
    return 0;
}

#define ROW(D, S, T) {.op = "SparseFillEmptyRowsGrad", TFG_FOR(TFG_##D), .loops = &loop_##D, .run = run_fill_grad},
static const TfgKernelRow rows[] = {
    {.op = "SparseFillEmptyRows", .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_fill},
    TFG_NUMBERS(ROW)
};

const TfgKernelRow *tfg_kernels_sparse_rows(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
