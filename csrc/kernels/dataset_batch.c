/* Datasets whose elements are several of their input's elements, or a part of one. */
#include "base/memory.h"
#include "base/status.h"
#include "kernels/dataset.h"
#include "kernels/dataset_state.h"

/* ---- Batch ------------------------------------------------------------------------------------------------------------------- */

typedef struct Batch {
    TfgDataset base;
    int64_t size;
    bool drop_remainder;
    bool together;              /* a failure takes the whole batch with it */
} Batch;

typedef struct BatchCursor {
    TfgWalk base;
    TfgTensor **rows;           /* elements of the batch at hand */
    size_t capacity;
    int64_t n;
} BatchCursor;

static void drop_rows(BatchCursor *b)
{
    tfg_tensors_drop(b->rows, (int)(b->n * b->base.dataset->n));
    b->n = 0;
}

static void batch_end(TfgWalk *c)
{
    BatchCursor *b = (BatchCursor *)c;
    drop_rows(b);
    tfg_free(b->rows);
}

/* Behind an element that failed, the rest of its batch; more failures go unheard. */
static void pass_over(BatchCursor *b, int64_t size, TfgCancel *cancel)
{
    TfgTensor **t = b->rows + b->n * b->base.dataset->n;
    for (int64_t i = b->n + 1; b->base.input && i < size && !tfg_cancelled(cancel); i++) {
        TfgStatus unheard = TFG_STATUS_INIT;
        if (tfg_walk_next(b->base.input, t, cancel, &unheard) == 0) {
            tfg_walk_free(b->base.input);
            b->base.input = NULL;
        }
        tfg_tensors_drop(t, b->base.dataset->n);
        tfg_status_fini(&unheard);
    }
}

/* Reads up to `size` elements: 1, 0 where there were none, -1. */
static int read_rows(BatchCursor *b, int64_t size, TfgCancel *cancel, TfgStatus *s)
{
    int n = b->base.dataset->input->n;
    drop_rows(b);
    while (b->base.input && b->n < size) {
        if (b->n >= INT32_MAX / n)
            return tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "A batch of more than %lld elements does not fit in memory", (long long)b->n);
        if (tfg_grow((void **)&b->rows, &b->capacity, (size_t)(b->n + 1) * (size_t)n, sizeof *b->rows) < 0)
            return tfg_fail_memory(s);
        int rc = tfg_walk_next(b->base.input, b->rows + b->n * n, cancel, s);
        if (rc < 0 && ((const Batch *)b->base.dataset)->together)
            pass_over(b, size, cancel);
        if (rc < 0) {
            drop_rows(b);
            return -1;
        }
        if (rc == 0) {
            tfg_walk_free(b->base.input);
            b->base.input = NULL;
        }
        b->n += rc;
    }
    return b->n > 0;
}

TfgTensor *tfg_dataset_stack(TfgTensor *const *rows, int64_t n_rows, int n, int k, TfgStatus *s)
{
    const TfgTensor *first = rows[n > 1 ? k : 0];
    int at = n > 1 ? k : 0;
    int64_t dims[TFG_MAX_RANK + 1] = {n_rows};
    if (first->rank >= TFG_MAX_RANK) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Component %d has too many dimensions to be batched", k);
        return NULL;
    }
    for (int64_t i = 1; i < n_rows; i++) {
        const TfgTensor *t = rows[i * n + at];
        TfgShapeText x, y;
        if (!tfg_tensor_same_shape(first, t)) {
            tfg_fail(s, TFG_INVALID_ARGUMENT, "Cannot batch tensors with different shapes in component %d. First element had shape %s and "
                     "element %lld had shape %s.", k, tfg_shape_text(first, &x), (long long)i, tfg_shape_text(t, &y));
            return NULL;
        }
    }
    memcpy(dims + 1, first->dims, (size_t)first->rank * sizeof *dims);
    TfgTensor *out = tfg_tensor_new(first->dtype, first->rank + 1, dims, s);
    for (int64_t i = 0; out && i < n_rows; i++) {
        const TfgTensor *t = rows[i * n + at];
        if (tfg_copy_elements(t->dtype, tfg_at_mut(out, i * t->count), t->data, t->count, s) < 0) {
            tfg_tensor_unref(out);
            out = NULL;
        }
    }
    return out;
}

static TfgTensor *stack_rows(const BatchCursor *b, int k, TfgStatus *s)
{
    const TfgTensor *first = b->rows[k];
    for (int64_t i = 1; ((const Batch *)b->base.dataset)->together && i < b->n; i++) {
        const TfgTensor *t = b->rows[i * b->base.dataset->n + k];
        TfgShapeText x, y;
        if (!tfg_tensor_same_shape(first, t)) {
            tfg_fail(s, TFG_INVALID_ARGUMENT, "Cannot add tensor to the batch: number of elements does not match. Shapes are: [tensor]: %s, "
                     "[batch]: %s", tfg_shape_text(t, &x), tfg_shape_text(first, &y));
            return NULL;
        }
    }
    return tfg_dataset_stack(b->rows, b->n, b->base.dataset->n, k, s);
}

static int batch_begin(TfgWalk *c, TfgStatus *s) { return tfg_walk_open_input(c, s); }

static int next_batch(TfgWalk *c, TfgTensor *(*join)(const BatchCursor *b, int k, TfgStatus *s), TfgTensor **out, TfgCancel *cancel,
                      TfgStatus *s)
{
    BatchCursor *b = (BatchCursor *)c;
    const Batch *d = (const Batch *)c->dataset;
    int rc = read_rows(b, d->size, cancel, s);
    if (rc == 1 && b->n < d->size && d->drop_remainder)
        rc = 0;
    for (int k = 0; k < d->base.n && rc == 1; k++)
        if (!(out[k] = join(b, k, s)))
            rc = -1;
    drop_rows(b);
    return rc;
}

static int batch_next(TfgWalk *c, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    return next_batch(c, stack_rows, out, cancel, s);
}

/* Between batches there is nothing but the input. */
static int batch_state(TfgWalk *c, TfgWalkState *t, TfgStatus *s) { return tfg_state_input(t, c, s); }

static const TfgDatasetKind batch_kind = {"Batch", sizeof(Batch), sizeof(BatchCursor), NULL, batch_begin, batch_next, batch_end, batch_state};

int tfg_dataset_declare_batched(TfgDataset *d, int64_t size, TfgStatus *s)
{
    const TfgDataset *input = d->input;
    if (tfg_dataset_declare(d, input->n, input->dtypes, s) < 0)
        return -1;
    for (int i = 0; i < d->n; i++) {
        const TfgDims *shape = input->shapes[i];
        int64_t dims[TFG_MAX_RANK + 1] = {size};
        if (!shape || shape->rank >= TFG_MAX_RANK)
            continue;
        memcpy(dims + 1, shape->dims, (size_t)shape->rank * sizeof *dims);
        if (tfg_dataset_set_shape(d, i, shape->rank + 1, dims, s) < 0)
            return -1;
    }
    return 0;
}

TfgDataset *tfg_batch_new(TfgDataset *input, int64_t size, bool drop_remainder, bool together, TfgStatus *s)
{
    Batch *d = tfg_dataset_new(&batch_kind, input, s);
    if (!d || tfg_dataset_declare_batched(&d->base, drop_remainder ? size : -1, s) < 0) {
        tfg_dataset_unref(d);
        return NULL;
    }
    d->size = size;
    d->drop_remainder = drop_remainder;
    d->together = together;
    return &d->base;
}

static int run_batch(TfgKernelCall *c, TfgStatus *s)
{
    int64_t size, drop = 0;
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    if (!input || tfg_scalar_argument(c, 1, "batch_size", &size, s) < 0 ||
        (c->n_in > 2 && tfg_scalar_argument(c, 2, "drop_remainder", &drop, s) < 0))
        return -1;
    if (size <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Batch size must be greater than zero.");
    TfgDataset *d = tfg_batch_new(input, size, drop != 0, false, s);
    return d ? tfg_dataset_give_steal(c, d, s) : -1;
}

/* ---- PaddedBatch ------------------------------------------------------------------------------------------------------------- */

typedef struct PaddedBatch {
    Batch batch;
    TfgDims **padded;           /* per component: -1 where the largest element decides */
    TfgTensor **values;
} PaddedBatch;

static void padded_fini(TfgDataset *d)
{
    PaddedBatch *p = (PaddedBatch *)d;
    for (int i = 0; p->values && i < d->n; i++)
        tfg_tensor_unref(p->values[i]);
}

/* The shape of component k of a batch. */
static int padded_dims(TfgTensor *const *rows, int64_t n_rows, int n, int k, const TfgDims *want, int64_t *dims, TfgStatus *s)
{
    dims[0] = n_rows;
    for (int j = 0; j < want->rank; j++)
        dims[j + 1] = want->dims[j] < 0 ? 0 : want->dims[j];
    for (int64_t i = 0; i < n_rows; i++) {
        const TfgTensor *t = rows[i * n + k];
        if (t->rank != want->rank)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "All elements in a batch must have the same rank as the padded shape for component%d: "
                            "expected rank %d but got element with rank %d", k, want->rank, t->rank);
        for (int j = 0; j < want->rank; j++) {
            if (want->dims[j] >= 0 && t->dims[j] > want->dims[j])
                return tfg_fail(s, TFG_DATA_LOSS, "Attempted to pad to a smaller size than the input element.");
            if (t->dims[j] > dims[j + 1])
                dims[j + 1] = t->dims[j];
        }
    }
    return 0;
}

/* Copies the element into the corner of row i. */
static int copy_to_corner(TfgTensor *out, int64_t i, const TfgTensor *t, TfgStatus *s)
{
    int rank = t->rank;
    int64_t at[TFG_MAX_RANK] = {0}, strides[TFG_MAX_RANK + 1], width = rank ? t->dims[rank - 1] : 1;
    tfg_dims_strides(out->rank, out->dims, strides);
    for (int64_t from = 0; from < t->count; from += width) {
        int64_t to = i * strides[0];
        for (int j = 0; j < rank - 1; j++)
            to += at[j] * strides[j + 1];
        if (tfg_copy_elements(t->dtype, tfg_at_mut(out, to), tfg_at(t, from), width, s) < 0)
            return -1;
        for (int j = rank - 2; j >= 0 && ++at[j] == t->dims[j]; j--)
            at[j] = 0;
    }
    return 0;
}

TfgTensor *tfg_dataset_pad(TfgTensor *const *rows, int64_t n_rows, int n, int k, const TfgDims *padded, const TfgTensor *value, TfgStatus *s)
{
    int64_t dims[TFG_MAX_RANK + 1];
    if (padded_dims(rows, n_rows, n, k, padded, dims, s) < 0)
        return NULL;
    TfgTensor *out = tfg_tensor_new(value->dtype, padded->rank + 1, dims, s);
    int rc = out ? tfg_fill_elements(out->dtype, out->data, value->data, out->count, s) : -1;
    for (int64_t i = 0; rc == 0 && i < n_rows; i++)
        rc = copy_to_corner(out, i, rows[i * n + k], s);
    if (rc == 0)
        return out;
    tfg_tensor_unref(out);
    return NULL;
}

static TfgTensor *pad_rows(const BatchCursor *b, int k, TfgStatus *s)
{
    const PaddedBatch *d = (const PaddedBatch *)b->base.dataset;
    return tfg_dataset_pad(b->rows, b->n, d->batch.base.n, k, d->padded[k], d->values[k], s);
}

static int padded_next(TfgWalk *c, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    return next_batch(c, pad_rows, out, cancel, s);
}

static const TfgDatasetKind padded_kind = {"PaddedBatch", sizeof(PaddedBatch), sizeof(BatchCursor), padded_fini, batch_begin, padded_next,
                                           batch_end, batch_state};

/* Component i's shape from input `at` and its padding value from input `value_at`. */
static int read_padding(PaddedBatch *d, TfgKernelCall *c, int i, int at, int value_at, TfgStatus *s)
{
    const TfgTensor *shape = c->in[at], *value = c->in[value_at];
    const TfgDataset *input = d->batch.base.input;
    if (shape->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "All padded shapes must be vectors");
    if (shape->count >= TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "A padded shape has too many dimensions: %lld", (long long)shape->count);
    if (value->dtype != input->dtypes[i])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Mismatched type between padding value %d and input dataset's component %d: %s vs. %s", i, i,
                        tfg_dtype_name(value->dtype), tfg_dtype_name(input->dtypes[i]));
    if (value->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "All padding values must be scalars");
    int64_t dims[TFG_MAX_RANK + 1] = {d->batch.drop_remainder ? d->batch.size : -1};
    TfgDims *mine = tfg_arena_alloc(&d->batch.base.arena, sizeof *mine + (size_t)shape->count * sizeof *dims);
    if (!mine)
        return tfg_fail_memory(s);
    mine->rank = (int)shape->count;
    for (int j = 0; j < mine->rank; j++) {
        dims[j + 1] = mine->dims[j] = ((const int64_t *)shape->data)[j];
        if (mine->dims[j] < -1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= -1", (long long)mine->dims[j]);
    }
    d->padded[i] = mine;
    d->values[i] = tfg_kernel_keep(c, value_at, s);
    return d->values[i] ? tfg_dataset_set_shape(&d->batch.base, i, mine->rank + 1, dims, s) : -1;
}

static int read_padded(PaddedBatch *d, TfgKernelCall *c, int n, int n_values, TfgStatus *s)
{
    TfgDataset *base = &d->batch.base;
    if (n != base->input->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Number of padded shapes (%d) must match the number of components in the input dataset's "
                        "elements (%d)", n, base->input->n);
    if (n_values != base->input->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Number of padding values (%d) must match the number of components in the input dataset's "
                        "elements (%d)", n_values, base->input->n);
    if (tfg_dataset_declare_like(base, base->input, s) < 0)
        return -1;
    d->padded = tfg_arena_alloc(&base->arena, (size_t)n * sizeof(TfgDims *));
    d->values = tfg_arena_alloc(&base->arena, (size_t)n * sizeof(TfgTensor *));
    if (!d->padded || !d->values)
        return tfg_fail_memory(s);
    for (int i = 0; i < n; i++)
        if (read_padding(d, c, i, 2 + i, 2 + n + i, s) < 0)
            return -1;
    return 0;
}

static int run_padded_batch(TfgKernelCall *c, TfgStatus *s)
{
    int64_t size, drop = 0;
    int n = (int)tfg_attrs_int(c->attrs, "N"), n_values = tfg_attrs_find(c->attrs, "Toutput_types")->n;
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    if (!input || tfg_scalar_argument(c, 1, "batch_size", &size, s) < 0)
        return -1;
    if (size <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Batch size must be greater than zero.");
    if (c->n_in > 2 + n + n_values && tfg_scalar_argument(c, 2 + n + n_values, "drop_remainder", &drop, s) < 0)
        return -1;
    PaddedBatch *d = tfg_dataset_new(&padded_kind, input, s);
    if (!d)
        return -1;
    d->batch.size = size;
    d->batch.drop_remainder = drop != 0;
    if (read_padded(d, c, n, n_values, s) == 0)
        return tfg_dataset_give_steal(c, d, s);
    tfg_dataset_unref(d);
    return -1;
}

static const TfgKernelRow rows[] = {
    {.op = "BatchDataset", .run = run_batch}, {.op = "BatchDatasetV2", .run = run_batch},
    {.op = "PaddedBatchDataset", .run = run_padded_batch}, {.op = "PaddedBatchDatasetV2", .run = run_padded_batch},
};

int tfg_register_datasets_batch(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
