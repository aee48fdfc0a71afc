/* CTCLoss, by forward and backward variables (Graves et al., "Connectionist temporal classification", ICML 2006), in logarithms. */
#include "base/memory.h"
#include "base/status.h"
#include "base/str.h"
#include "kernels/ctc.h"
#include "kernels/util.h"

typedef struct Loss {
    int64_t time, batch, classes;
    const float *x;
    const int32_t *lengths;
    const int32_t *labels;      /* all; of example b at [from[b], from[b + 1]) */
    int64_t *from;
    bool collapse, merge, skip_long;
    float *loss, *gradient;
} Loss;

/* ---- Labels ---- */

static int fail_labels(const char *words, const Loss *j, int64_t b, const int32_t *kept, int64_t n, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    for (int64_t i = 0; i < n && i < 100; i++)
        tfg_str_printf(&text, i ? ",%d" : "%d", (int)kept[i]);
    tfg_fail(s, TFG_INVALID_ARGUMENT, words, (long long)b, (long long)j->classes, tfg_str_text(&text));
    tfg_str_fini(&text);
    return -1;
}

/* Example b's labels with blanks around each, into `out` of room 2 n + 1; their number, or -1. */
static int64_t spread_labels(const Loss *j, int64_t b, int32_t *out, TfgStatus *s)
{
    const int32_t *labels = j->labels + j->from[b];
    int64_t n = j->from[b + 1] - j->from[b], kept = 0, blank = j->classes - 1;
    bool finished = false;
    if (n == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Labels length is zero in batch %lld", (long long)b);
    for (int64_t i = 0; i < n; i++) {
        if (i > 0 && j->collapse && labels[i] == labels[i - 1])
            continue;
        if (labels[i] >= blank)
            finished = true;
        else if (finished)
            return fail_labels("Saw a non-null label (index >= num_classes - 1) following a null label, batch: %lld num_classes: %lld labels: %s",
                               j, b, out, kept, s);
        else
            out[kept++] = labels[i];
    }
    for (int64_t i = 0; i < kept; i++)
        if (out[i] < 0) {
            TfgStr text = TFG_STR_INIT;
            for (int64_t k = 0; k < kept && k < 100; k++)
                tfg_str_printf(&text, k ? ",%d" : "%d", (int)out[k]);
            tfg_fail(s, TFG_INVALID_ARGUMENT, "All labels must be nonnegative integers, batch: %lld labels: %s", (long long)b, tfg_str_text(&text));
            tfg_str_fini(&text);
            return -1;
        }
    if (!j->skip_long && n > j->lengths[b])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Not enough time for target transition sequence (required: %lld, available: %d)%lldYou can turn this "
                        "error into a warning by using the flag ignore_longer_outputs_than_inputs", (long long)n, (int)j->lengths[b], (long long)b);
    for (int64_t i = kept - 1; i >= 0; i--) {
        out[2 * i + 2] = (int32_t)blank;
        out[2 * i + 1] = out[i];
    }
    out[0] = (int32_t)blank;
    return 2 * kept + 1;
}

/* ---- One example ---- */

typedef struct Work {
    int64_t t, u, classes;      /* steps, spread labels */
    const int32_t *l;
    float *y;                   /* [t][classes]: probabilities */
    float *alpha, *beta;        /* [t][u] */
    float *log_y;               /* [t][u]: logarithm of the probability of a label there */
    float *sums;                /* [classes] */
    bool merge;
    int32_t blank;
} Work;

static inline int64_t first_u(const Work *w, int64_t t) { int64_t u = w->u - 2 * (w->t - t); return u > 0 ? u : 0; }
static inline int64_t last_u(const Work *w, int64_t t) { return w->u < 2 * (t + 1) ? w->u : 2 * (t + 1); }
/* Whether a path may go from label u to label u + 2, past the blank between. */
static inline bool may_skip(const Work *w, int64_t u) { return w->l[u + 2] != w->blank && !(w->merge && w->l[u] == w->l[u + 2]); }

static void go_forward(Work *w)
{
    for (int64_t i = 0; i < w->t * w->u; i++)
        w->alpha[i] = -INFINITY;
    w->alpha[0] = w->log_y[0];
    if (w->u > 1)
        w->alpha[1] = w->log_y[1];
    for (int64_t t = 1; t < w->t; t++) {
        const float *log_y = w->log_y + t * w->u, *last = w->alpha + (t - 1) * w->u;
        for (int64_t u = first_u(w, t); u < last_u(w, t); u++) {
            float sum = w->merge || w->l[u] == w->blank ? last[u] : -INFINITY;
            if (u > 0)
                sum = tfg_ctc_add(sum, last[u - 1]);
            if (u > 1 && may_skip(w, u - 2))
                sum = tfg_ctc_add(sum, last[u - 2]);
            w->alpha[t * w->u + u] = log_y[u] + sum;
        }
    }
}

static void go_backward(Work *w)
{
    for (int64_t i = 0; i < w->t * w->u; i++)
        w->beta[i] = -INFINITY;
    for (int64_t u = w->u > 1 ? w->u - 2 : 0; u < w->u; u++)
        w->beta[(w->t - 1) * w->u + u] = 0;
    for (int64_t t = w->t - 2; t >= 0; t--) {
        const float *log_y = w->log_y + (t + 1) * w->u, *next = w->beta + (t + 1) * w->u;
        for (int64_t u = first_u(w, t); u < last_u(w, t); u++) {
            float sum = -INFINITY;
            if (w->merge || w->l[u] == w->blank)
                sum = tfg_ctc_add(sum, next[u] + log_y[u]);
            if (u + 1 < w->u)
                sum = tfg_ctc_add(sum, next[u + 1] + log_y[u + 1]);
            if (u + 2 < w->u && may_skip(w, u))
                sum = tfg_ctc_add(sum, next[u + 2] + log_y[u + 2]);
            w->beta[t * w->u + u] = sum;
        }
    }
}

/* The gradient of step t; where no path has a probability above zero, the probabilities themselves, as in TensorFlow. */
static void find_gradient(Work *w, int64_t t, float log_p, float *out)
{
    const float *y = w->y + t * w->classes;
    for (int64_t k = 0; k < w->classes; k++)
        w->sums[k] = -INFINITY;
    for (int64_t u = 0; u < w->u; u++)
        w->sums[w->l[u]] = tfg_ctc_add(w->sums[w->l[u]], w->alpha[t * w->u + u] + w->beta[t * w->u + u]);
    bool none = isinf(log_p) && log_p < 0;
    for (int64_t k = 0; k < w->classes; k++)
        out[k] = none ? y[k] : y[k] - expf(w->sums[k] - log_p);
}

static void find_probabilities(const Loss *j, int64_t b, Work *w)
{
    for (int64_t t = 0; t < w->t; t++) {
        const float *x = j->x + (t * j->batch + b) * j->classes;
        float *y = w->y + t * w->classes, most = x[0], sum = 0;
        for (int64_t k = 1; k < w->classes; k++)
            most = x[k] > most ? x[k] : most;
        for (int64_t k = 0; k < w->classes; k++)
            sum += y[k] = expf(x[k] - most);
        for (int64_t k = 0; k < w->classes; k++)
            y[k] /= sum;
        float *log_y = w->log_y + t * w->u, of_blank = logf(y[w->blank]);       /* every other label is the blank */
        for (int64_t u = 0; u < w->u; u++)
            log_y[u] = u % 2 ? logf(y[w->l[u]]) : of_blank;
    }
}

static int find_loss(const Loss *j, int64_t b, TfgStatus *s)
{
    int64_t n = j->from[b + 1] - j->from[b], t = j->lengths[b], cells;
    if (t == 0 || (j->skip_long && n > t)) {
        int32_t *labels = tfg_alloc((size_t)(2 * n + 1) * sizeof *labels);
        if (!labels)
            return tfg_fail_memory(s);
        int rc = spread_labels(j, b, labels, s) < 0 ? -1 : 0;
        tfg_free(labels);
        return rc;
    }
    if (__builtin_mul_overflow(t, 3 * (2 * n + 1) + j->classes, &cells) || cells > INT64_MAX / 8)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "inputs and labels are too large");
    int32_t *labels = tfg_alloc((size_t)(2 * n + 1) * sizeof *labels);
    float *memory = tfg_alloc((size_t)(cells + j->classes) * sizeof *memory);
    Work w = {.t = t, .classes = j->classes, .l = labels, .merge = j->merge, .blank = (int32_t)j->classes - 1};
    int rc = labels && memory ? 0 : tfg_fail_memory(s);
    if (rc == 0 && (w.u = spread_labels(j, b, labels, s)) < 0)
        rc = -1;
    if (rc == 0) {
        w.y = memory;
        w.alpha = w.y + t * j->classes;
        w.beta = w.alpha + t * w.u;
        w.log_y = w.beta + t * w.u;
        w.sums = w.log_y + t * w.u;
        find_probabilities(j, b, &w);
        go_forward(&w);
        go_backward(&w);
        float log_p = -INFINITY;
        for (int64_t u = 0; u < w.u; u++)
            log_p = tfg_ctc_add(log_p, w.alpha[u] + w.beta[u]);
        j->loss[b] = -log_p;
        for (int64_t i = 0; i < t; i++)
            find_gradient(&w, i, log_p, j->gradient + (i * j->batch + b) * j->classes);
    }
    tfg_free(labels);
    tfg_free(memory);
    return rc;
}

static int find_losses(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    for (int64_t b = begin; b < end; b++)
        if (find_loss(context, b, s) < 0)
            return -1;
    return 0;
}

/* ---- Arguments ---- */

/* Indices in order and inside; finds where each example's labels begin. */
static int group_labels(Loss *j, const TfgTensor *indices, TfgStatus *s)
{
    const int64_t *at = indices->data;
    int64_t n = indices->dims[0], b = 0, columns = 0;
    for (int64_t i = 0; i < n; i++)
        columns = at[2 * i + 1] >= columns && at[2 * i + 1] < INT64_MAX ? at[2 * i + 1] + 1 : columns;
    for (int64_t i = 0; i < n; i++) {
        int64_t row = at[2 * i], column = at[2 * i + 1], last_row = i ? at[2 * i - 2] : -1, last_column = i ? at[2 * i - 1] : -1;
        if (row < 0 || row >= j->batch || column < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "label SparseTensor is not valid: indices[%lld] = [%lld,%lld] is out of bounds: need 0 <= index < "
                            "[%lld,%lld]", (long long)i, (long long)row, (long long)column, (long long)j->batch, (long long)columns);
        if (row < last_row || (row == last_row && column <= last_column))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "label SparseTensor is not valid: indices[%lld] = [%lld,%lld] is %s", (long long)i, (long long)row,
                            (long long)column, row == last_row && column == last_column ? "repeated" : "out of order");
        while (b <= row)
            j->from[b++] = i;
    }
    while (b <= j->batch)
        j->from[b++] = n;
    return 0;
}

static int check(const TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[0], *indices = c->in[1], *values = c->in[2], *lengths = c->in[3];
    TfgShapeText a, b;
    const char *what = x->rank != 3 ? "inputs is not a 3-Tensor" : lengths->rank != 1 ? "sequence_length is not a vector" :
        indices->rank != 2 || indices->dims[1] != 2 ? "labels_indices is not a matrix" : values->rank != 1 ? "labels_values is not a vector" : NULL;
    if (what)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s", what);
    if (x->dims[2] > INT32_MAX || x->dims[0] > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_classes cannot exceed max int");
    if (x->dims[2] < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "inputs must have at least one class");
    if (lengths->count != x->dims[1])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "len(sequence_length) != batch_size.  len(sequence_length):  %lld batch_size: %lld",
                        (long long)lengths->count, (long long)x->dims[1]);
    if (indices->dims[0] != values->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "labels_indices and labels_values must contain the same number of rows, but saw shapes: %s vs. %s",
                        tfg_shape_text(indices, &a), tfg_shape_text(values, &b));
    if (x->dims[1] == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "batch_size must not be 0");
    return 0;
}

static int run(TfgKernelCall *c, TfgStatus *s)
{
    if (check(c, s) < 0)
        return -1;
    const TfgTensor *x = c->in[0];
    Loss j = {.time = x->dims[0], .batch = x->dims[1], .classes = x->dims[2], .x = x->data, .labels = c->in[2]->data, .lengths = c->in[3]->data,
              .collapse = tfg_attrs_bool(c->attrs, "preprocess_collapse_repeated"), .merge = tfg_attrs_bool(c->attrs, "ctc_merge_repeated"),
              .skip_long = tfg_attrs_bool(c->attrs, "ignore_longer_outputs_than_inputs")};
    j.from = tfg_kernel_scratch(c, (size_t)(j.batch + 1) * sizeof *j.from, s);
    if (!j.from || group_labels(&j, c->in[1], s) < 0)
        return -1;
    for (int64_t b = 0; b < j.batch; b++)
        if (j.lengths[b] > j.time)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "sequence_length(%lld) <= %lld", (long long)b, (long long)j.time);
    for (int64_t b = 0; b < j.batch; b++)
        if (j.lengths[b] < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "seq_len(%lld) < 0", (long long)b);
    TfgTensor *loss = tfg_kernel_output(c, 0, 1, &j.batch, s), *gradient = loss ? tfg_kernel_output_like(c, 1, x, s) : NULL;
    if (!gradient)
        return -1;
    memset(loss->data, 0, tfg_tensor_nbytes(loss));
    memset(gradient->data, 0, tfg_tensor_nbytes(gradient));
    j.loss = loss->data;
    j.gradient = gradient->data;
    return tfg_try_ranges(j.batch, 1, find_losses, &j, s);
}

static const TfgKernelRow rows[] = {
    {.op = "CTCLoss", .flags = TFG_KERNEL_EXPENSIVE, .run = run},
};

const TfgKernelRow *tfg_kernels_ctc_loss(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
