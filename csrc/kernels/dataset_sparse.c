/* Datasets of sparse tensors: dense elements batched into them, and their rows. */
#include "base/memory.h"
#include "base/status.h"
#include "kernels/dataset.h"
#include "kernels/dataset_state.h"
#include "kernels/sparse.h"
#include "kernels/variant.h"

/* ---- DenseToSparseBatch ----------------------------------------------------------------------------------------------------------- */

typedef struct SparseBatch {
    TfgDataset base;
    int64_t size;
    int rank;
    int64_t row[TFG_MAX_RANK];  /* -1: as large as the batch's largest element */
} SparseBatch;

typedef struct SparseBatchWalk {
    TfgWalk base;
    TfgTensor **rows;
    size_t capacity;
    int64_t n;
    bool over;
} SparseBatchWalk;

static int sparse_begin(TfgWalk *w, TfgStatus *s) { return tfg_walk_open_input(w, s); }

static void drop_rows(SparseBatchWalk *w)
{
    for (int64_t i = 0; i < w->n; i++)
        tfg_tensor_unref(w->rows[i]);
    w->n = 0;
}

static void sparse_end(TfgWalk *walk)
{
    drop_rows((SparseBatchWalk *)walk);
    tfg_free(((SparseBatchWalk *)walk)->rows);
}

/* Where the element fits into rows, `dims` grow to hold it. */
static int fit_row(const SparseBatch *d, const TfgTensor *t, int64_t *dims, TfgStatus *s)
{
    TfgShapeText had, want;
    if (t->rank != d->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input element had shape (%s) that is incompatible with the row shape (%s).",
                        tfg_shape_text(t, &had), tfg_dims_text(d->rank, d->row, &want));
    for (int j = 0; j < d->rank; j++) {
        if (d->row[j] >= 0 && t->dims[j] > d->row[j])
            return tfg_fail(s, TFG_DATA_LOSS, "Input element had shape (%s) that is larger than the row shape (%s).", tfg_shape_text(t, &had),
                            tfg_dims_text(d->rank, d->row, &want));
        dims[j] = t->dims[j] > dims[j] ? t->dims[j] : dims[j];
    }
    return 0;
}

static int read_rows(SparseBatchWalk *w, int64_t *dims, int64_t *total, TfgCancel *cancel, TfgStatus *s)
{
    const SparseBatch *d = (const SparseBatch *)w->base.dataset;
    for (int j = 0; j < d->rank; j++)
        dims[j] = d->row[j] < 0 ? 0 : d->row[j];
    while (!w->over && w->n < d->size) {
        if (tfg_grow((void **)&w->rows, &w->capacity, (size_t)w->n + 1, sizeof *w->rows) < 0)
            return tfg_fail_memory(s);
        int rc = tfg_walk_next(w->base.input, &w->rows[w->n], cancel, s);
        w->over = rc == 0;
        w->n += rc == 1;
        if (rc < 0 || (rc == 1 && fit_row(d, w->rows[w->n - 1], dims, s) < 0))
            return -1;
        if (rc == 1 && __builtin_add_overflow(*total, w->rows[w->n - 1]->count, total))
            return tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "A sparse batch has too many elements");
    }
    return 0;
}

/* Every element of every row, with its place. */
static int write_rows(const SparseBatchWalk *w, TfgTensor *indices, TfgTensor *values, TfgStatus *s)
{
    int rank = ((const SparseBatch *)w->base.dataset)->rank;
    int64_t *to = indices->data, at = 0;
    for (int64_t i = 0; i < w->n; i++) {
        const TfgTensor *t = w->rows[i];
        int64_t place[TFG_MAX_RANK] = {0};
        if (tfg_copy_elements(t->dtype, tfg_at_mut(values, at), t->data, t->count, s) < 0)
            return -1;
        for (int64_t k = 0; k < t->count; k++) {
            *to++ = i;
            for (int j = 0; j < rank; j++)
                *to++ = place[j];
            for (int j = rank - 1; j >= 0 && ++place[j] == t->dims[j]; j--)
                place[j] = 0;
        }
        at += t->count;
    }
    return 0;
}

static TfgTensor *join_rows(const SparseBatchWalk *w, const int64_t *dims, int64_t total, TfgStatus *s)
{
    const SparseBatch *d = (const SparseBatch *)w->base.dataset;
    int64_t n = d->rank + 1, three = 3;
    TfgTensor *part[] = {tfg_tensor_new(TFG_INT64, 2, (int64_t[]){total, n}, s), tfg_tensor_new(d->base.input->dtypes[0], 1, &total, s),
                         tfg_tensor_new(TFG_INT64, 1, &n, s)};
    TfgTensor *out = tfg_tensor_new(TFG_VARIANT, 1, &three, s);
    bool failed = !part[0] || !part[1] || !part[2] || !out || write_rows(w, part[0], part[1], s) < 0;
    if (!failed) {
        ((int64_t *)part[2]->data)[0] = w->n;
        memcpy((int64_t *)part[2]->data + 1, dims, (size_t)d->rank * sizeof *dims);
    }
    for (int i = 0; i < 3; i++) {
        if (!failed) {
            ((TfgHandle **)out->data)[i] = tfg_boxed_new_steal(tfg_tensor_ref(part[i]), s);
            failed = !((TfgHandle **)out->data)[i];
        }
        tfg_tensor_unref(part[i]);
    }
    if (!failed)
        return out;
    tfg_tensor_unref(out);
    return NULL;
}

static int sparse_next(TfgWalk *walk, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    SparseBatchWalk *w = (SparseBatchWalk *)walk;
    int64_t dims[TFG_MAX_RANK], total = 0;
    int rc = read_rows(w, dims, &total, cancel, s) < 0 ? -1 : w->n > 0;
    if (rc == 1 && !(out[0] = join_rows(w, dims, total, s)))
        rc = -1;
    drop_rows(w);
    return rc;
}

static int sparse_state(TfgWalk *w, TfgWalkState *t, TfgStatus *s)
{
    return tfg_state_flag(t, "over", &((SparseBatchWalk *)w)->over, s) < 0 ? -1 : tfg_state_pass(w, t, s);
}

static const TfgDatasetKind sparse_kind = {"DenseToSparseBatch", sizeof(SparseBatch), sizeof(SparseBatchWalk), NULL, sparse_begin, sparse_next,
                                           sparse_end, sparse_state};

static int run_dense_to_sparse(TfgKernelCall *c, TfgStatus *s)
{
    static const TfgDType dtype = TFG_VARIANT;
    static const int64_t three = 3;
    int64_t size;
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    if (!input)
        return -1;
    if (input->n != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "DenseToSparseDataset only supports inputs with a single component.");
    if (tfg_scalar_argument(c, 1, "batch_size", &size, s) < 0)
        return -1;
    if (size <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Batch size must be greater than zero.");
    if (c->in[2]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "row_shape must be a vector");
    if (c->in[2]->count >= TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "row_shape has too many dimensions: %lld", (long long)c->in[2]->count);
    for (int64_t j = 0; j < c->in[2]->count; j++)
        if (tfg_tensor_int(c->in[2], j) < -1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= -1", (long long)tfg_tensor_int(c->in[2], j));
    SparseBatch *d = tfg_dataset_new(&sparse_kind, input, s);
    if (!d || tfg_dataset_declare(&d->base, 1, &dtype, s) < 0 || tfg_dataset_set_shape(&d->base, 0, 1, &three, s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    d->size = size;
    d->rank = (int)c->in[2]->count;
    for (int j = 0; j < d->rank; j++)
        d->row[j] = tfg_tensor_int(c->in[2], j);
    return tfg_dataset_give_steal(c, d, s);
}

/* ---- The rows of a sparse tensor -------------------------------------------------------------------------------------------------- */

typedef struct SparseRows {
    TfgDataset base;
    TfgTensor *part[3];
} SparseRows;

typedef struct SparseRowsWalk {
    TfgWalk base;
    int64_t row, at;
} SparseRowsWalk;

static void slices_fini(TfgDataset *d) { tfg_tensors_drop(((SparseRows *)d)->part, 3); }

static int slices_next(TfgWalk *walk, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    (void)cancel;
    SparseRowsWalk *w = (SparseRowsWalk *)walk;
    const SparseRows *d = (const SparseRows *)walk->dataset;
    const TfgTensor *indices = d->part[0], *values = d->part[1];
    int64_t n = indices->dims[0], rank = d->part[2]->count - 1, end;
    if (w->row >= tfg_tensor_int(d->part[2], 0))
        return 0;
    while (w->at < n && tfg_index_row(indices, w->at)[0] < w->row)
        w->at++;
    for (end = w->at; end < n && tfg_index_row(indices, end)[0] == w->row; end++)
        ;
    int64_t count = end - w->at;
    out[0] = tfg_tensor_new(TFG_INT64, 2, (int64_t[]){count, rank}, s);
    out[1] = tfg_tensor_new(values->dtype, 1, &count, s);
    out[2] = tfg_tensor_new(TFG_INT64, 1, &rank, s);
    if (!out[0] || !out[1] || !out[2] || tfg_copy_elements(values->dtype, out[1]->data, tfg_at(values, w->at), count, s) < 0)
        return -1;
    for (int64_t i = 0; rank > 0 && i < count; i++)
        memcpy((int64_t *)out[0]->data + i * rank, tfg_index_row(indices, w->at + i) + 1, (size_t)rank * sizeof(int64_t));
    if (rank > 0)
        memcpy(out[2]->data, (const int64_t *)d->part[2]->data + 1, (size_t)rank * sizeof(int64_t));
    w->row++;
    w->at = end;
    return 1;
}

static int slices_state(TfgWalk *walk, TfgWalkState *t, TfgStatus *s)
{
    SparseRowsWalk *w = (SparseRowsWalk *)walk;
    return tfg_state_count(t, "i", &w->row, 0, INT64_MAX - 1, s) < 0 ? -1 :
           tfg_state_count(t, "iter_loc", &w->at, 0, ((const SparseRows *)walk->dataset)->part[0]->dims[0], s);
}

static const TfgDatasetKind slices_kind = {"SparseTensorSlice", sizeof(SparseRows), sizeof(SparseRowsWalk), slices_fini, NULL, slices_next, NULL, slices_state};

static int check_order(const TfgTensor *indices, TfgStatus *s)
{
    for (int64_t i = 1; i < indices->dims[0]; i++)
        if (tfg_index_row(indices, i)[0] < tfg_index_row(indices, i - 1)[0])
            return tfg_fail(s, TFG_UNIMPLEMENTED, "The SparseTensor must be ordered in the batch dimension; handling arbitrarily ordered input is "
                            "not currently supported.");
    return 0;
}

static int run_sparse_slices(TfgKernelCall *c, TfgStatus *s)
{
    if (tfg_sparse_check(c->in[0], c->in[1], c->in[2], s) < 0)
        return -1;
    if (c->in[2]->count < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "A sparse tensor without dimensions has no rows");
    if (check_order(c->in[0], s) < 0)
        return -1;
    int64_t rank = c->in[2]->count - 1, matrix[] = {-1, rank}, vector = -1;
    TfgDType dtypes[] = {TFG_INT64, c->in[1]->dtype, TFG_INT64};
    SparseRows *d = tfg_dataset_new(&slices_kind, NULL, s);
    if (!d || tfg_dataset_declare(&d->base, 3, dtypes, s) < 0 || tfg_dataset_set_shape(&d->base, 0, 2, matrix, s) < 0 ||
        tfg_dataset_set_shape(&d->base, 1, 1, &vector, s) < 0 || tfg_dataset_set_shape(&d->base, 2, 1, &rank, s) < 0)
        goto failed;
    for (int i = 0; i < 3; i++)
        if (!(d->part[i] = tfg_kernel_keep(c, i, s)))
            goto failed;
    return tfg_dataset_give_steal(c, d, s);
failed:
    tfg_dataset_unref(d);
    return -1;
}

static const TfgKernelRow rows[] = {
    {.op = "DenseToSparseBatchDataset", .run = run_dense_to_sparse}, {.op = "SparseTensorSliceDataset", .run = run_sparse_slices},
};

int tfg_register_datasets_sparse(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
