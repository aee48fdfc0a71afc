/* NonMaxSuppression, in all its versions. */
#include <math.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/util.h"

/* ---- Candidates, best first -------------------------------------------------------------------------------------------------- */

typedef struct Candidate { float score; int32_t index; } Candidate;

/* A binary heap, largest score at the root.  Which of two equal scores comes first depends on how a heap moves its elements, and shows
 * in the result; pushing climbs, and popping sinks the hole to the bottom before the last element climbs from there, as in the C++
 * library that TensorFlow uses. */
typedef struct Heap { Candidate *items; int64_t n; } Heap;

static void climb(Heap *h, int64_t hole, Candidate c)
{
    while (hole > 0 && h->items[(hole - 1) / 2].score < c.score) {
        h->items[hole] = h->items[(hole - 1) / 2];
        hole = (hole - 1) / 2;
    }
    h->items[hole] = c;
}

static void push(Heap *h, Candidate c)
{
    climb(h, h->n++, c);
}

static Candidate pop(Heap *h)
{
    Candidate top = h->items[0], last = h->items[--h->n];
    int64_t hole = 0, child;
    while ((child = 2 * hole + 2) < h->n) {
        if (h->items[child].score < h->items[child - 1].score)
            child--;
        h->items[hole] = h->items[child];
        hole = child;
    }
    if (child == h->n) {
        h->items[hole] = h->items[child - 1];
        hole = child - 1;
    }
    if (h->n > 0)
        climb(h, hole, last);
    return top;
}

/* ---- Overlaps ------------------------------------------------------------------------------------------------------------------ */

typedef struct Suppression {
    const TfgTensor *boxes, *scores;
    bool is_overlaps;           /* boxes is a matrix of how much each two overlap */
    int64_t n, limit;
    float threshold, score_threshold;
    int32_t *chosen;
    int64_t n_chosen;
} Suppression;

static float value_at(const TfgTensor *t, int64_t i)
{
    return t->dtype == TFG_HALF ? tfg_half_to_float(((const uint16_t *)t->data)[i]) : ((const float *)t->data)[i];
}

/* Each step rounded to the dtype of the boxes. */
static float rounded(const Suppression *k, float x)
{
    return k->boxes->dtype == TFG_HALF ? tfg_half_to_float(tfg_float_to_half(x)) : x;
}

typedef struct Box { float y0, x0, y1, x1, area; } Box;

static Box box_at(const Suppression *k, int64_t i)
{
    float y0 = value_at(k->boxes, 4 * i), x0 = value_at(k->boxes, 4 * i + 1), y1 = value_at(k->boxes, 4 * i + 2), x1 = value_at(k->boxes, 4 * i + 3);
    Box b = {fminf(y0, y1), fminf(x0, x1), fmaxf(y0, y1), fmaxf(x0, x1), 0};
    b.area = rounded(k, rounded(k, b.y1 - b.y0) * rounded(k, b.x1 - b.x0));
    return b;
}

static bool overlap_too_much(const Suppression *k, int64_t i, int64_t j)
{
    if (k->is_overlaps)
        return value_at(k->boxes, i * k->n + j) > k->threshold;
    const Box a = box_at(k, i), b = box_at(k, j);
    if (a.area <= 0 || b.area <= 0)
        return false;
    const float height = fmaxf(rounded(k, fminf(a.y1, b.y1) - fmaxf(a.y0, b.y0)), 0);
    const float width = fmaxf(rounded(k, fminf(a.x1, b.x1) - fmaxf(a.x0, b.x0)), 0);
    const float both = rounded(k, height * width);
    return rounded(k, both / rounded(k, rounded(k, a.area + b.area) - both)) > k->threshold;
}

/* Those chosen last are the likeliest to overlap. */
static bool is_suppressed(const Suppression *k, int32_t i)
{
    for (int64_t j = k->n_chosen - 1; j >= 0; j--)
        if (overlap_too_much(k, i, k->chosen[j]))
            return true;
    return false;
}

static int choose(TfgKernelCall *c, Suppression *k, TfgStatus *s)
{
    int64_t most = k->limit < k->n ? k->limit : k->n;
    Heap heap = {tfg_kernel_scratch(c, (size_t)k->n * sizeof(Candidate) + 1, s), 0};
    k->chosen = tfg_kernel_scratch(c, (size_t)(most > 0 ? most : 1) * sizeof *k->chosen, s);
    if (!heap.items || !k->chosen)
        return -1;
    for (int64_t i = 0; i < k->n; i++) {
        float score = value_at(k->scores, i);
        if (score > k->score_threshold)
            push(&heap, (Candidate){score, (int32_t)i});
    }
    while (k->n_chosen < most && heap.n > 0) {
        Candidate best = pop(&heap);
        if (!is_suppressed(k, best.index))
            k->chosen[k->n_chosen++] = best.index;
        if (k->n_chosen % 64 == 0 && tfg_kernel_check_cancel(c, s) < 0)
            return -1;
    }
    return 0;
}

/* ---- Arguments ----------------------------------------------------------------------------------------------------------------- */

static int read_boxes(Suppression *k, TfgStatus *s)
{
    TfgShapeText text;
    const char *what = k->is_overlaps ? "overlaps" : "boxes";
    if (k->boxes->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be 2-D%s", what, tfg_shape_text(k->boxes, &text));
    k->n = k->boxes->dims[0];
    if (k->is_overlaps && k->boxes->dims[1] != k->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "overlaps must be square%s", tfg_shape_text(k->boxes, &text));
    if (!k->is_overlaps && k->boxes->dims[1] != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "boxes must have 4 columns");
    if (k->n > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "there are too many boxes: %lld", (long long)k->n);
    if (k->scores->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "scores must be 1-D%s", tfg_shape_text(k->scores, &text));
    if (k->scores->dims[0] != k->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "scores has incompatible shape");
    return 0;
}

static int want_scalar(const TfgTensor *t, const char *name, TfgStatus *s)
{
    TfgShapeText text;
    return t->rank == 0 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be 0-D, got shape %s", name, tfg_shape_text(t, &text));
}

static int read_arguments(TfgKernelCall *c, Suppression *k, TfgStatus *s)
{
    if (want_scalar(c->in[2], "max_output_size", s) < 0)
        return -1;
    k->limit = tfg_tensor_int(c->in[2], 0);
    if (c->n_in < 4)
        k->threshold = tfg_attrs_float(c->attrs, "iou_threshold");
    else if (want_scalar(c->in[3], k->is_overlaps ? "overlap_threshold" : "iou_threshold", s) < 0)
        return -1;
    else
        k->threshold = value_at(c->in[3], 0);
    k->score_threshold = -INFINITY;
    if (c->n_in == 5) {
        if (want_scalar(c->in[4], "score_threshold", s) < 0)
            return -1;
        k->score_threshold = value_at(c->in[4], 0);
    }
    if (!k->is_overlaps && !(k->threshold >= 0 && k->threshold <= 1))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "iou_threshold must be in [0, 1]");
    return 0;
}

static int run_suppress(TfgKernelCall *c, TfgStatus *s)
{
    Suppression k = {.boxes = c->in[0], .scores = c->in[1], .is_overlaps = strcmp(c->row->op, "NonMaxSuppressionWithOverlaps") == 0};
    if (read_arguments(c, &k, s) < 0 || read_boxes(&k, s) < 0)
        return -1;
    if (k.limit < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "max_output_size must be non-negative, got %lld", (long long)k.limit);
    if (choose(c, &k, s) < 0)
        return -1;
    bool pads = c->n_out == 2 && tfg_attrs_bool(c->attrs, "pad_to_max_output_size");
    int64_t n = pads ? k.limit : k.n_chosen;
    TfgTensor *out = tfg_kernel_output(c, 0, 1, &n, s);
    if (!out)
        return -1;
    memset(out->data, 0, (size_t)n * sizeof(int32_t));
    memcpy(out->data, k.chosen, (size_t)k.n_chosen * sizeof(int32_t));
    if (c->n_out < 2)
        return 0;
    TfgTensor *valid = tfg_kernel_output(c, 1, 0, NULL, s);
    if (!valid)
        return -1;
    *(int32_t *)valid->data = (int32_t)k.n_chosen;
    return 0;
}

static int prepare_suppress(const TfgPrepare *p, void **state, TfgStatus *s)
{
    (void)state;
    float threshold = tfg_attrs_float(p->attrs, "iou_threshold");
    return threshold >= 0 && threshold <= 1 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "iou_threshold must be in [0, 1]");
}

#define VALUES .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_suppress
#define TYPED .types = {{"T", TFG_B(FLOAT) | TFG_B(HALF)}}
static const TfgKernelRow rows[] = {
    {.op = "NonMaxSuppression", .prepare = prepare_suppress, .host_in = 4, VALUES},
    {.op = "NonMaxSuppressionV2", TYPED, .host_in = 12, VALUES},
    {.op = "NonMaxSuppressionV3", TYPED, .host_in = 28, VALUES},
    {.op = "NonMaxSuppressionV4", TYPED, .host_in = 28, VALUES},
    {.op = "NonMaxSuppressionWithOverlaps", .host_in = 28, VALUES},
};

const TfgKernelRow *tfg_kernels_image_suppress(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
