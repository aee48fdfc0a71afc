/* Datasets whose elements are several of their input's elements, or a part of one. */
#include "base/memory.h"
#include "base/status.h"
#include "kernels/dataset.h"

/* ---- Batch ------------------------------------------------------------------------------------------------------------------- */

typedef struct Batch {
    TfgDataset base;
    int64_t size;
    bool drop_remainder;
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

static TfgTensor *stack_rows(const BatchCursor *b, int k, TfgStatus *s)
{
    int n = b->base.dataset->n;
    const TfgTensor *first = b->rows[k];
    int64_t dims[TFG_MAX_RANK + 1] = {b->n};
    if (first->rank >= TFG_MAX_RANK) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Component %d has too many dimensions to be batched", k);
        return NULL;
    }
    for (int64_t i = 1; i < b->n; i++) {
        const TfgTensor *t = b->rows[i * n + k];
        TfgShapeText x, y;
        if (!tfg_tensor_same_shape(first, t)) {
            tfg_fail(s, TFG_INVALID_ARGUMENT, "Cannot batch tensors with different shapes in component %d. First element had shape %s and "
                     "element %lld had shape %s.", k, tfg_shape_text(first, &x), (long long)i, tfg_shape_text(t, &y));
            return NULL;
        }
    }
    memcpy(dims + 1, first->dims, (size_t)first->rank * sizeof *dims);
    TfgTensor *out = tfg_tensor_new(first->dtype, first->rank + 1, dims, s);
    for (int64_t i = 0; out && i < b->n; i++) {
        const TfgTensor *t = b->rows[i * n + k];
        if (tfg_copy_elements(t->dtype, tfg_at_mut(out, i * t->count), t->data, t->count, s) < 0) {
            tfg_tensor_unref(out);
            out = NULL;
        }
    }
    return out;
}

static int batch_begin(TfgWalk *c, TfgStatus *s) { return tfg_walk_open_input(c, s); }

static int batch_next(TfgWalk *c, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    BatchCursor *b = (BatchCursor *)c;
    const Batch *d = (const Batch *)c->dataset;
    int rc = read_rows(b, d->size, cancel, s);
    if (rc == 1 && b->n < d->size && d->drop_remainder)
        rc = 0;
    for (int k = 0; k < d->base.n && rc == 1; k++)
        if (!(out[k] = stack_rows(b, k, s)))
            rc = -1;
    drop_rows(b);
    return rc;
}

static const TfgDatasetKind batch_kind = {"Batch", sizeof(Batch), sizeof(BatchCursor), NULL, batch_begin, batch_next, batch_end};

/* Shapes with a leading dimension that is known where no batch is smaller. */
static int declare_batched(TfgDataset *d, int64_t size, TfgStatus *s)
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

static int run_batch(TfgKernelCall *c, TfgStatus *s)
{
    int64_t size, drop = 0;
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    if (!input || tfg_scalar_argument(c, 1, "batch_size", &size, s) < 0 ||
        (c->n_in > 2 && tfg_scalar_argument(c, 2, "drop_remainder", &drop, s) < 0))
        return -1;
    if (size <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Batch size must be greater than zero.");
    Batch *d = tfg_dataset_new(&batch_kind, input, s);
    if (!d || declare_batched(&d->base, drop ? size : -1, s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    d->size = size;
    d->drop_remainder = drop != 0;
    return tfg_dataset_give_steal(c, d, s);
}

static const TfgKernelRow rows[] = {
    {.op = "BatchDataset", .run = run_batch}, {.op = "BatchDatasetV2", .run = run_batch},
};

int tfg_register_datasets_batch(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
