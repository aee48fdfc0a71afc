/* Padded batches of elements that come back first, and only then of the input's: each batch hands out, with its elements, a queue that
 * takes such elements. */
#include "base/memory.h"
#include "base/status.h"
#include "kernels/dataset.h"
#include "kernels/dataset_state.h"

#define QUEUE_TYPE "tensorflow::TensorQueueInserter"

typedef struct Queued {
    TfgDataset base;            /* component 0 is the queue */
    int64_t size;
    TfgDims **padded;           /* of the input's components */
    TfgTensor **values;         /* inputs of the call */
} Queued;

typedef struct Queue {
    TfgHandle base;
    Queued *dataset;            /* counted */
    pthread_mutex_t lock;
    TfgTensor **t;              /* elements, one behind the other, from `first` on */
    size_t capacity;
    int64_t first, n;
} Queue;

typedef struct QueuedWalk {
    TfgWalk base;
    Queue *queue;
    TfgTensor **rows;
    size_t capacity;
    int64_t n;
} QueuedWalk;

/* ---- Queues ------------------------------------------------------------------------------------------------------------------------ */

static int width(const Queue *q) { return q->dataset->base.input->n; }

static void queue_free(TfgHandle *h)
{
    Queue *q = (Queue *)h;
    for (int64_t i = q->first * width(q); i < (q->first + q->n) * width(q); i++)
        tfg_tensor_unref(q->t[i]);
    tfg_free(q->t);
    pthread_mutex_destroy(&q->lock);
    tfg_dataset_unref(q->dataset);
    tfg_free(q);
}

static Queue *queue_new(Queued *d, TfgStatus *s)
{
    Queue *q = tfg_calloc(1, sizeof *q);
    if (!q) {
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&q->base.refs, 1);
    q->base.free = queue_free;
    q->base.type_name = QUEUE_TYPE;
    q->dataset = (Queued *)tfg_dataset_ref(&d->base);
    pthread_mutex_init(&q->lock, NULL);
    return q;
}

static int check_entry(const Queue *q, TfgTensor *const *t, int n, TfgStatus *s)
{
    const TfgDataset *input = q->dataset->base.input;
    if (n != input->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorQueue::Insert: mismatched number of tensors.  Queue expects %d tensors but tried to insert %d",
                        input->n, n);
    for (int i = 0; i < n; i++) {
        TfgShape want, have;
        TfgShapeText text;
        if (t[i]->dtype != input->dtypes[i])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorQueue::Insert: mismatched dtypes at component %d.  Attempted to insert tensor of type %s but "
                            "queue expected type: %s", i, tfg_dtype_signature_name(t[i]->dtype), tfg_dtype_signature_name(input->dtypes[i]));
        tfg_shape_from_dims(&want, q->dataset->padded[i]);
        tfg_shape_set(&have, t[i]->rank, t[i]->dims);
        if (!tfg_shape_compatible(&want, &have)) {
            TfgStr expected = TFG_STR_INIT;
            tfg_shape_format(&want, &expected);
            tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorQueue::Insert: mismatched shapes at component %d.  Attempted to insert tensor with shape %s but queue "
                     "expected shape: %s", i, tfg_shape_text(t[i], &text), tfg_str_text(&expected));
            tfg_str_fini(&expected);
            return -1;
        }
    }
    return 0;
}

/* The tensors are taken where it succeeds. */
static int insert(Queue *q, TfgTensor **t, int n, TfgStatus *s)
{
    if (check_entry(q, t, n, s) < 0)
        return -1;
    pthread_mutex_lock(&q->lock);
    if (q->first > q->n) {              /* what was taken makes room */
        memmove(q->t, q->t + q->first * n, (size_t)(q->n * n) * sizeof *q->t);
        q->first = 0;
    }
    int rc = tfg_grow((void **)&q->t, &q->capacity, (size_t)((q->first + q->n + 1) * n), sizeof *q->t) < 0 ? tfg_fail_memory(s) : 0;
    if (rc == 0) {
        memcpy(q->t + (q->first + q->n) * n, t, (size_t)n * sizeof *t);
        memset(t, 0, (size_t)n * sizeof *t);
        q->n++;
    }
    pthread_mutex_unlock(&q->lock);
    return rc;
}

static bool take(Queue *q, TfgTensor **out)
{
    int n = width(q);
    pthread_mutex_lock(&q->lock);
    bool has = q->n > 0;
    if (has) {
        memcpy(out, q->t + q->first * n, (size_t)n * sizeof *out);
        q->first++;
        q->n--;
    }
    pthread_mutex_unlock(&q->lock);
    return has;
}

/* ---- The dataset ------------------------------------------------------------------------------------------------------------------- */

static int queued_begin(TfgWalk *walk, TfgStatus *s)
{
    ((QueuedWalk *)walk)->queue = queue_new((Queued *)walk->dataset, s);
    return ((QueuedWalk *)walk)->queue ? tfg_walk_open_input(walk, s) : -1;
}

static void drop_rows(QueuedWalk *w)
{
    if (w->rows)
        tfg_tensors_drop(w->rows, (int)(w->n * w->base.dataset->input->n));
    w->n = 0;
}

static void queued_end(TfgWalk *walk)
{
    QueuedWalk *w = (QueuedWalk *)walk;
    drop_rows(w);
    tfg_free(w->rows);
    if (w->queue)
        tfg_handle_unref(&w->queue->base);
}

static int read_rows(QueuedWalk *w, TfgCancel *cancel, TfgStatus *s)
{
    const Queued *d = (const Queued *)w->base.dataset;
    int n = d->base.input->n;
    while (w->n < d->size) {
        if (w->n >= INT32_MAX / n || tfg_grow((void **)&w->rows, &w->capacity, (size_t)(w->n + 1) * (size_t)n, sizeof *w->rows) < 0)
            return tfg_fail_memory(s);
        int rc = take(w->queue, w->rows + w->n * n) ? 1 : w->base.input ? tfg_walk_next(w->base.input, w->rows + w->n * n, cancel, s) : 0;
        if (rc < 0)
            return -1;
        w->n += rc;
        if (rc == 0 && !w->base.input)
            break;
        if (rc == 0) {
            tfg_walk_free(w->base.input);
            w->base.input = NULL;
        }
    }
    return 0;
}

/* A queue for each element. */
static TfgTensor *queues(const QueuedWalk *w, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_new(TFG_VARIANT, 1, &w->n, s);
    for (int64_t i = 0; t && i < w->n; i++)
        ((TfgHandle **)t->data)[i] = tfg_handle_ref(&w->queue->base);
    return t;
}

/* It ends when nothing is left and nobody holds a queue; while somebody does, batches may be empty. */
static int queued_next(TfgWalk *walk, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    QueuedWalk *w = (QueuedWalk *)walk;
    const Queued *d = (const Queued *)walk->dataset;
    int n = d->base.input->n, rc = read_rows(w, cancel, s) < 0 ? -1 : 1;
    if (rc == 1 && w->n == 0 && atomic_load(&w->queue->base.refs) == 1)
        rc = 0;
    if (rc == 1 && !(out[0] = queues(w, s)))
        rc = -1;
    for (int k = 0; k < n && rc == 1; k++)
        if (!(out[k + 1] = tfg_dataset_pad(w->rows, w->n, n, k, d->padded[k], d->values[k], s)))
            rc = -1;
    drop_rows(w);
    return rc;
}

static int queued_state(TfgWalk *walk, TfgWalkState *t, TfgStatus *s)
{
    Queue *q = ((QueuedWalk *)walk)->queue;
    const TfgDataset *input = walk->dataset->input;
    if (tfg_state_input(t, walk, s) < 0)
        return -1;
    pthread_mutex_lock(&q->lock);
    TfgTensor **t_first = q->t ? q->t + q->first * input->n : NULL;
    int rc = tfg_state_elements(t, "entries", t->reads ? &q->t : &t_first, &q->capacity, &q->n, input->n, input->dtypes, s);
    pthread_mutex_unlock(&q->lock);
    return rc;
}

static const TfgDatasetKind queued_kind = {"PrependFromQueueAndPaddedBatch", sizeof(Queued), sizeof(QueuedWalk), NULL, queued_begin, queued_next,
                                           queued_end, queued_state};

static int read_shape(Queued *d, const TfgKernelCall *c, int i, TfgStatus *s)
{
    const TfgTensor *shape = c->in[2 + i];
    if (shape->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "All padded shapes must be vectors");
    if (shape->count >= TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "A padded shape has too many dimensions: %lld", (long long)shape->count);
    int64_t dims[TFG_MAX_RANK + 1] = {-1};
    TfgDims *mine = tfg_arena_alloc(&d->base.arena, sizeof *mine + (size_t)shape->count * sizeof *dims);
    if (!mine)
        return tfg_fail_memory(s);
    mine->rank = (int)shape->count;
    for (int j = 0; j < mine->rank; j++) {
        dims[j + 1] = mine->dims[j] = ((const int64_t *)shape->data)[j];
        if (mine->dims[j] < -1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= -1", (long long)mine->dims[j]);
    }
    d->padded[i] = mine;
    return tfg_dataset_set_shape(&d->base, 1 + i, mine->rank + 1, dims, s);
}

/* A component must be known to have as many dimensions as its padded shape, and none that is larger. */
static int check_fits(const TfgDims *padded, const TfgDims *have, int i, TfgStatus *s)
{
    bool fits = have && have->rank == padded->rank;
    for (int j = 0; fits && j < padded->rank; j++)
        fits = padded->dims[j] < 0 || have->dims[j] < 0 || padded->dims[j] >= have->dims[j];
    if (fits)
        return 0;
    TfgShape a, b;
    TfgStr x = TFG_STR_INIT, y = TFG_STR_INIT;
    tfg_shape_from_dims(&a, have);
    tfg_shape_from_dims(&b, padded);
    tfg_shape_format(&a, &x);
    tfg_shape_format(&b, &y);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Incompatible input shapes at component %d between input dataset this dataset: %s vs. %s", i, tfg_str_text(&x),
             tfg_str_text(&y));
    tfg_str_fini(&x);
    tfg_str_fini(&y);
    return -1;
}

static int check_value(const TfgDataset *input, const TfgTensor *value, int i, TfgStatus *s)
{
    TfgShapeText text;
    if (value->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "All padding values must be scalars; but at component %d saw shape: %s", i, tfg_shape_text(value, &text));
    if (value->dtype != input->dtypes[i])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Mismatched type between padding value %d and input dataset's component %d: %s vs. %s", i, i,
                        tfg_dtype_signature_name(value->dtype), tfg_dtype_signature_name(input->dtypes[i]));
    return 0;
}

static int declare(Queued *d, const TfgDataset *input, TfgStatus *s)
{
    static const int64_t unknown = -1;
    TfgDType *dtypes = tfg_calloc((size_t)input->n + 1, sizeof *dtypes);
    if (!dtypes)
        return tfg_fail_memory(s);
    dtypes[0] = TFG_VARIANT;
    memcpy(dtypes + 1, input->dtypes, (size_t)input->n * sizeof *dtypes);
    int rc = tfg_dataset_declare(&d->base, input->n + 1, dtypes, s);
    tfg_free(dtypes);
    return rc < 0 ? -1 : tfg_dataset_set_shape(&d->base, 0, 1, &unknown, s);
}

static int read_queued(Queued *d, TfgKernelCall *c, TfgStatus *s)
{
    const TfgDataset *input = d->base.input;
    const TfgAttr *types = tfg_attrs_find(c->attrs, "Toutput_types");
    int n = (int)tfg_attrs_int(c->attrs, "N"), n_values = types->n;
    if (n != input->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Number of padded shapes (%d) must match the number of components in the input dataset's "
                        "elements (%d)", n, input->n);
    if (n_values != input->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Number of padding values (%d) must match the number of components in the input dataset's "
                        "elements (%d)", n_values, input->n);
    d->padded = tfg_arena_alloc(&d->base.arena, (size_t)n * sizeof *d->padded);
    if (!d->padded)
        return tfg_fail_memory(s);
    if (declare(d, input, s) < 0 || tfg_dataset_take_inputs(&d->base, c->n_in, s) < 0)
        return -1;
    d->values = d->base.origin.in + 2 + n;
    for (int i = 0; i < n; i++)
        if (read_shape(d, c, i, s) < 0)
            return -1;
    for (int i = 0; i < n; i++)
        if (check_fits(d->padded[i], input->shapes[i], i, s) < 0)
            return -1;
    for (int i = 0; i < n; i++)
        if (check_value(input, c->in[2 + n + i], i, s) < 0 || !(d->values[i] = tfg_kernel_keep(c, 2 + n + i, s)))
            return -1;
    return 0;
}

static int run_queued(TfgKernelCall *c, TfgStatus *s)
{
    int64_t size;
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    if (!input || tfg_scalar_argument(c, 1, "batch_size", &size, s) < 0)
        return -1;
    if (size <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Batch size must be greater than zero.");
    Queued *d = tfg_dataset_new(&queued_kind, input, s);
    if (!d || read_queued(d, c, s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    d->size = size;
    return tfg_dataset_give_steal(c, d, s);
}

/* ---- What comes back ----------------------------------------------------------------------------------------------------------------- */

static int enqueue_row(Queue *q, TfgKernelCall *c, int64_t row, TfgStatus *s)
{
    int n = c->n_in - 1;
    TfgTensor **t = tfg_calloc((size_t)n, sizeof *t);
    int rc = t ? 0 : tfg_fail_memory(s);
    for (int i = 0; i < n && rc == 0; i++)
        if (!(t[i] = tfg_row_of(c->in[1 + i], row, s)))
            rc = -1;
    if (rc == 0)
        rc = insert(q, t, n, s);
    if (t)
        tfg_tensors_drop(t, n);
    tfg_free(t);
    return rc;
}

static int run_enqueue(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *queues_in = c->in[0];
    TfgShapeText text;
    if (queues_in->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "queue must be a vector, saw shape: %s", tfg_shape_text(queues_in, &text));
    for (int64_t i = 0; i < queues_in->count; i++) {
        const TfgHandle *h = ((TfgHandle *const *)queues_in->data)[i];
        if (!h || strcmp(h->type_name, QUEUE_TYPE) != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Could not access TensorQueueInserter from queue[%lld].  Received variant: %s", (long long)i,
                            h ? h->type_name : "nothing");
    }
    for (int i = 1; i < c->n_in; i++)
        if (c->in[i]->rank == 0 || c->in[i]->dims[0] != queues_in->count)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected component %d to have batched shape [%lld,...], but saw shape: %s", i - 1,
                            (long long)queues_in->count, tfg_shape_text(c->in[i], &text));
    for (int64_t i = 0; i < queues_in->count; i++)
        if (enqueue_row((Queue *)((TfgHandle *const *)queues_in->data)[i], c, i, s) < 0)
            return -1;
    return 0;
}

static const TfgKernelRow rows[] = {
    {.op = "PrependFromQueueAndPaddedBatchDataset", .run = run_queued}, {.op = "EnqueueInQueueDataset", .run = run_enqueue},
};

int tfg_register_datasets_queue(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
