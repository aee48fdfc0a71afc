#include "kernels/nn_softmax.h"

#include <stdatomic.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/util.h"

#define ROW_WORK 16384          /* elements that one thread takes at a time */

/* Rows [begin, end) of classes n.  Halves are computed in float, through `buffer`s of a row each. */
typedef struct Rows {
    const TfgSoftmaxLoops *loops;
    TfgDType dtype;
    bool half;
    size_t size;                /* of an element of the compute type */
    int64_t n;
    const TfgTensor *x, *labels;
    TfgTensor *out, *loss;
    int64_t x_step, x_class, labels_step, labels_class;     /* 0 where broadcast */
    void (*each)(const void *x, void *out, int64_t rows, int64_t n);
    TfgDType label_dtype;
} Rows;

static void load_row(const Rows *r, const void *from, float *to)
{
    for (int64_t i = 0; i < r->n; i++)
        to[i] = tfg_load_half(r->dtype, ((const uint16_t *)from)[i]);
}

static void store_row(const Rows *r, const float *from, void *to)
{
    for (int64_t i = 0; i < r->n; i++)
        ((uint16_t *)to)[i] = tfg_store_half(r->dtype, from[i]);
}

static int64_t grain(int64_t n)
{
    return (ROW_WORK / (n + 1) + 16) / 16 * 16;     /* whole vectors of rows */
}

static int each_row(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Rows *r = context;
    if (!r->half) {
        r->each(tfg_at(r->x, begin * r->n), tfg_at_mut(r->out, begin * r->n), end - begin, r->n);
        return 0;
    }
    float *buffer = tfg_alloc((size_t)r->n * sizeof *buffer);
    if (!buffer)
        return tfg_fail_memory(s);
    for (int64_t i = begin; i < end; i++) {
        load_row(r, tfg_at(r->x, i * r->n), buffer);
        r->each(buffer, buffer, 1, r->n);
        store_row(r, buffer, tfg_at_mut(r->out, i * r->n));
    }
    tfg_free(buffer);
    return 0;
}

static int run_rows(TfgKernelCall *c, void (*each)(const void *, void *, int64_t, int64_t), TfgStatus *s)
{
    const TfgTensor *x = c->in[0];
    TfgShapeText text;
    if (x->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "logits must have >= 1 dimension, got %s", tfg_shape_text(x, &text));
    TfgTensor *out = tfg_kernel_output_like(c, 0, x, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    Rows r = {.dtype = x->dtype, .half = tfg_dtype_size(x->dtype) == 2, .n = x->dims[x->rank - 1], .x = x, .out = out, .each = each};
    return tfg_try_ranges(x->count / r.n, grain(r.n), each_row, &r, s);
}

int tfg_softmax_run(TfgKernelCall *c, TfgStatus *s)
{
    return run_rows(c, ((const TfgSoftmaxLoops *)c->row->loops)->softmax, s);
}

int tfg_log_softmax_run(TfgKernelCall *c, TfgStatus *s)
{
    return run_rows(c, ((const TfgSoftmaxLoops *)c->row->loops)->log_softmax, s);
}

/* ---- Cross entropy -------------------------------------------------------------------------------------------------------------- */

/* A row of logits or labels in the compute type: in place, or gathered into `buffer` when halves or broadcast. */
static const void *row_of(const Rows *r, const TfgTensor *t, int64_t row, int64_t step, int64_t class_step, char *buffer)
{
    const char *from = tfg_at(t, row * step);
    if (class_step == 1 && !r->half)
        return from;
    for (int64_t i = 0; i < r->n; i++) {
        if (r->half)
            ((float *)(void *)buffer)[i] = tfg_load_half(r->dtype, ((const uint16_t *)(const void *)from)[i * class_step]);
        else
            memcpy(buffer + (size_t)i * r->size, from, r->size);
    }
    return buffer;
}

static void put_results(const Rows *r, int64_t row, float loss, const float *backprop)
{
    ((uint16_t *)r->loss->data)[row] = tfg_store_half(r->dtype, loss);
    store_row(r, backprop, tfg_at_mut(r->out, row * r->n));
}

static int64_t label_at(const TfgTensor *labels, int64_t i)
{
    return labels->dtype == TFG_INT32 ? ((const int32_t *)labels->data)[i] : ((const int64_t *)labels->data)[i];
}

static int cross_entropy_rows(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Rows *r = context;
    size_t bytes = (size_t)r->n * r->size;
    if (!r->half && r->x_step == r->n && r->labels_step == r->n) {      /* nothing broadcast */
        r->loops->cross_entropy(tfg_at(r->x, begin * r->n), tfg_at(r->labels, begin * r->n), tfg_at_mut(r->loss, begin),
                                tfg_at_mut(r->out, begin * r->n), end - begin, r->n);
        return 0;
    }
    char *buffer = tfg_alloc(2 * bytes + 16);
    if (!buffer)
        return tfg_fail_memory(s);
    for (int64_t i = begin; i < end; i++) {
        const void *x = row_of(r, r->x, i, r->x_step, r->x_class, buffer);
        const void *labels = row_of(r, r->labels, i, r->labels_step, r->labels_class, buffer + bytes);
        float loss;
        if (!r->half) {
            r->loops->cross_entropy(x, labels, tfg_at_mut(r->loss, i), tfg_at_mut(r->out, i * r->n), 1, r->n);
            continue;
        }
        r->loops->cross_entropy(x, labels, &loss, buffer, 1, r->n);
        put_results(r, i, loss, (const float *)(const void *)buffer);
    }
    tfg_free(buffer);
    return 0;
}

int tfg_cross_entropy_run(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[0], *labels = c->in[1];
    TfgShape shape;
    TfgShapeText a, b;
    if (tfg_shape_broadcast_known(&shape, x->rank, x->dims, labels->rank, labels->dims) < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "logits and labels must be broadcastable: logits_size=%s labels_size=%s",
                        tfg_shape_text(x, &a), tfg_shape_text(labels, &b));
    if (shape.rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "logits and labels must be beither 2-dimensional, or roadcasted to 2-dimensional");
    TfgTensor *loss = tfg_kernel_output(c, 0, 1, shape.dims, s), *out = loss ? tfg_kernel_output(c, 1, 2, shape.dims, s) : NULL;
    if (!out)
        return -1;
    if (out->count == 0) {
        memset(loss->data, 0, tfg_tensor_nbytes(loss));
        return 0;
    }
    int64_t x_classes = x->rank ? x->dims[x->rank - 1] : 1, l_classes = labels->rank ? labels->dims[labels->rank - 1] : 1;
    Rows r = {.loops = c->row->loops, .dtype = x->dtype, .half = tfg_dtype_size(x->dtype) == 2, .n = shape.dims[1], .x = x,
              .labels = labels, .out = out, .loss = loss};
    r.size = r.half ? 4 : tfg_dtype_size(x->dtype);
    r.x_step = x->count == x_classes ? 0 : x_classes;
    r.x_class = x_classes == r.n;
    r.labels_step = labels->count == l_classes ? 0 : l_classes;
    r.labels_class = l_classes == r.n;
    return tfg_try_ranges(shape.dims[0], grain(r.n), cross_entropy_rows, &r, s);
}

#define LABELS 256              /* labels that are read at a time */

static int sparse_rows(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Rows *r = context;
    int64_t label[LABELS];
    float *buffer = r->half ? tfg_alloc((size_t)r->n * sizeof *buffer) : NULL;
    if (r->half && !buffer)
        return tfg_fail_memory(s);
    for (int64_t i = begin; i < end;) {
        int64_t n = r->half ? 1 : end - i < LABELS ? end - i : LABELS;
        for (int64_t k = 0; k < n; k++)
            label[k] = label_at(r->labels, i + k);
        if (r->half) {
            float loss;
            load_row(r, tfg_at(r->x, i * r->n), buffer);
            r->loops->sparse_cross_entropy(buffer, label, &loss, buffer, 1, r->n);
            put_results(r, i, loss, buffer);
        } else {
            r->loops->sparse_cross_entropy(tfg_at(r->x, i * r->n), label, tfg_at_mut(r->loss, i), tfg_at_mut(r->out, i * r->n), n, r->n);
        }
        i += n;
    }
    tfg_free(buffer);
    return 0;
}

static int check_labels(const TfgTensor *labels, int64_t n, TfgStatus *s)
{
    for (int64_t i = 0; i < labels->count; i++) {
        int64_t label = label_at(labels, i);
        if (label >= 0 && label < n)
            continue;
        TfgStr text = TFG_STR_INIT;
        for (int64_t k = 0; k < labels->count; k++)
            tfg_str_printf(&text, k ? " %lld" : "%lld", (long long)label_at(labels, k));
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Received a label value of %lld which is outside the valid range of [0, %lld).  Label values: %s",
                 (long long)label, (long long)n, tfg_str_text(&text));
        tfg_str_fini(&text);
        return -1;
    }
    return 0;
}

int tfg_sparse_cross_entropy_run(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[0], *labels = c->in[1];
    TfgShapeText a, b;
    if (x->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "logits must be 2-D, but got shape %s", tfg_shape_text(x, &a));
    if (labels->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "labels must be 1-D, but got shape %s", tfg_shape_text(labels, &a));
    if (x->dims[0] != labels->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "logits and labels must have the same first dimension, got logits shape %s and labels shape %s",
                        tfg_shape_text(x, &a), tfg_shape_text(labels, &b));
    if (x->dims[1] <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Must have at least one class, but got logits shape %s", tfg_shape_text(x, &a));
    if (check_labels(labels, x->dims[1], s) < 0)
        return -1;
    TfgTensor *loss = tfg_kernel_output(c, 0, 1, x->dims, s), *out = loss ? tfg_kernel_output_like(c, 1, x, s) : NULL;
    if (!out || out->count == 0)
        return out ? 0 : -1;
    Rows r = {.loops = c->row->loops, .dtype = x->dtype, .half = tfg_dtype_size(x->dtype) == 2, .n = x->dims[1], .x = x, .labels = labels,
              .out = out, .loss = loss};
    return tfg_try_ranges(x->dims[0], grain(r.n), sparse_rows, &r, s);
}
