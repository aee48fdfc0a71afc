/* NonMaxSuppression, in all its versions. */
#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/util.h"

/* ---- Candidates, best first -------------------------------------------------------------------------------------------------- */

typedef struct Candidate { float score; int32_t index, begin; } Candidate;      /* begin: those chosen before have lowered the score already */

/* A binary heap, largest score at the root.  Which of two equal scores comes first depends on how a heap moves its elements, and shows
 * in the result; pushing climbs, and popping sinks the hole to the bottom before the last element climbs from there, as in the C++
 * library that TensorFlow uses.  Later versions take the one with the lower index first. */
typedef struct Heap { Candidate *items; int64_t n; bool by_index; } Heap;

static bool is_worse(const Heap *h, Candidate a, Candidate b)
{
    return a.score < b.score || (h->by_index && a.score == b.score && a.index > b.index);
}

static void climb(Heap *h, int64_t hole, Candidate c)
{
    while (hole > 0 && is_worse(h, h->items[(hole - 1) / 2], c)) {
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
        if (is_worse(h, h->items[child], h->items[child - 1]))
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

typedef struct Box { float y0, x0, y1, x1, area; } Box;

typedef struct Suppression {
    const TfgTensor *boxes, *scores;
    Box *found;                 /* the boxes, unless is_overlaps */
    bool is_overlaps;           /* boxes is a matrix of how much each two overlap */
    int64_t n, limit;
    float threshold, score_threshold;
    bool is_later;              /* scores are lowered where sigma > 0, and put out; overlaps are floats */
    float sigma;
    int32_t *chosen;
    float *chosen_scores;       /* where is_later */
    int64_t n_chosen;
} Suppression;

static float value_at(const TfgTensor *t, int64_t i)
{
    return t->dtype == TFG_HALF ? tfg_half_to_float(((const uint16_t *)t->data)[i]) : ((const float *)t->data)[i];
}

/* Each step rounded to the dtype of the boxes. */
static float rounded(const Suppression *k, float x)
{
    return k->boxes->dtype == TFG_HALF && !k->is_later ? tfg_half_to_float(tfg_float_to_half(x)) : x;
}

/* As fminf and fmaxf, but without a call: what is no number loses. */
static inline float least(float a, float b) { return a < b || b != b ? a : b; }
static inline float most(float a, float b) { return a > b || b != b ? a : b; }

static Box box_at(const Suppression *k, int64_t i)
{
    float y0 = value_at(k->boxes, 4 * i), x0 = value_at(k->boxes, 4 * i + 1), y1 = value_at(k->boxes, 4 * i + 2), x1 = value_at(k->boxes, 4 * i + 3);
    Box b = {least(y0, y1), least(x0, x1), most(y0, y1), most(x0, x1), 0};
    b.area = rounded(k, rounded(k, b.y1 - b.y0) * rounded(k, b.x1 - b.x0));
    return b;
}

static float overlap(const Suppression *k, int64_t i, int64_t j)
{
    if (k->is_overlaps)
        return value_at(k->boxes, i * k->n + j);
    const Box a = k->found[i], b = k->found[j];
    if (a.area <= 0 || b.area <= 0)
        return 0;
    const float height = most(rounded(k, least(a.y1, b.y1) - most(a.y0, b.y0)), 0);
    const float width = most(rounded(k, least(a.x1, b.x1) - most(a.x0, b.x0)), 0);
    const float both = rounded(k, height * width);
    return rounded(k, both / rounded(k, rounded(k, a.area + b.area) - both));
}

/* Those chosen last are the likeliest to overlap. */
static bool is_suppressed(const Suppression *k, int32_t i)
{
    for (int64_t j = k->n_chosen - 1; j >= 0; j--)
        if (overlap(k, i, k->chosen[j]) > k->threshold)
            return true;
    return false;
}

/* In the dtype of the scores. */
static float stored(const Suppression *k, float x)
{
    return k->scores->dtype == TFG_HALF ? tfg_half_to_float(tfg_float_to_half(x)) : x;
}

/* Lowers the candidate's score for its overlap with those chosen; false: it overlaps too much. */
static bool lower_score(const Suppression *k, Candidate *c)
{
    const float scale = k->sigma > 0 ? stored(k, -0.5f / k->sigma) : 0;
    for (int64_t j = k->n_chosen - 1; j >= c->begin; j--) {
        const float both = stored(k, overlap(k, c->index, k->chosen[j]));
        const float weight = k->sigma > 0 || both <= k->threshold ? stored(k, expf(stored(k, stored(k, scale * both) * both))) : 0;
        c->score = stored(k, c->score * weight);
        if (k->sigma <= 0 && both > k->threshold)
            return false;
        if (c->score <= k->score_threshold)
            break;
    }
    c->begin = (int32_t)k->n_chosen;
    return true;
}

/* A candidate with a lowered score waits for its new turn. */
static int choose_later(TfgKernelCall *c, Suppression *k, Heap *heap, int64_t most, TfgStatus *s)
{
    k->chosen_scores = tfg_kernel_scratch(c, (size_t)(most > 0 ? most : 1) * sizeof *k->chosen_scores, s);
    if (!k->chosen_scores)
        return -1;
    for (int64_t turn = 0; k->n_chosen < most && heap->n > 0; turn++) {
        Candidate best = pop(heap);
        const float before = best.score;
        if (turn % 64 == 63 && tfg_kernel_check_cancel(c, s) < 0)
            return -1;
        if (!lower_score(k, &best))
            continue;
        if (best.score == before) {
            k->chosen[k->n_chosen] = best.index;
            k->chosen_scores[k->n_chosen++] = best.score;
        } else if (best.score > k->score_threshold)
            push(heap, best);
    }
    return 0;
}

static int choose(TfgKernelCall *c, Suppression *k, TfgStatus *s)
{
    int64_t most = k->limit < k->n ? k->limit : k->n;
    Heap heap = {tfg_kernel_scratch(c, (size_t)k->n * sizeof(Candidate) + 1, s), 0, k->is_later};
    k->chosen = tfg_kernel_scratch(c, (size_t)(most > 0 ? most : 1) * sizeof *k->chosen, s);
    if (!heap.items || !k->chosen)
        return -1;
    for (int64_t i = 0; i < k->n; i++) {
        float score = value_at(k->scores, i);
        if (score > k->score_threshold)
            push(&heap, (Candidate){score, (int32_t)i, 0});
    }
    if (k->is_later)
        return choose_later(c, k, &heap, most, s);
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

/* Fails with `words`; later versions tell the reason behind it. */
static int fail_with(const Suppression *k, const char *words, const char *reason, TfgStatus *s)
{
    return k->is_later ? tfg_fail(s, TFG_INVALID_ARGUMENT, "%s (%s)", words, reason) : tfg_fail(s, TFG_INVALID_ARGUMENT, "%s", words);
}
static int want_rank(const Suppression *k, const TfgTensor *t, int rank, const char *name, TfgStatus *s)
{
    TfgShapeText text;
    char words[sizeof text + 64], reason[96];
    if (t->rank == rank)
        return 0;
    snprintf(words, sizeof words, "%s must be %d-D%s", name, rank, tfg_shape_text(t, &text));
    snprintf(reason, sizeof reason, "Shape must be rank %d but is rank %d", rank, t->rank);
    return fail_with(k, words, reason, s);
}

static int read_boxes(Suppression *k, TfgStatus *s)
{
    TfgShapeText text;
    char reason[96];
    if (want_rank(k, k->boxes, 2, k->is_overlaps ? "overlaps" : "boxes", s) < 0)
        return -1;
    k->n = k->boxes->dims[0];
    if (k->is_overlaps && k->boxes->dims[1] != k->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "overlaps must be square%s", tfg_shape_text(k->boxes, &text));
    snprintf(reason, sizeof reason, "Dimension must be 4 but is %lld", (long long)k->boxes->dims[1]);
    if (!k->is_overlaps && k->boxes->dims[1] != 4)
        return fail_with(k, "boxes must have 4 columns", reason, s);
    if (k->n > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "there are too many boxes: %lld", (long long)k->n);
    if (want_rank(k, k->scores, 1, "scores", s) < 0)
        return -1;
    snprintf(reason, sizeof reason, "Dimensions must be equal, but are %lld and %lld", (long long)k->n, (long long)k->scores->dims[0]);
    return k->scores->dims[0] == k->n ? 0 : fail_with(k, "scores has incompatible shape", reason, s);
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
    if (c->n_in >= 5) {
        if (want_scalar(c->in[4], "score_threshold", s) < 0)
            return -1;
        k->score_threshold = value_at(c->in[4], 0);
    }
    if (k->is_later) {
        if (want_scalar(c->in[5], "soft_nms_sigma", s) < 0)
            return -1;
        k->sigma = value_at(c->in[5], 0);
        if (!(k->sigma >= 0))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "soft_nms_sigma_val must be >= 0");
    }
    if (!k->is_overlaps && !(k->threshold >= 0 && k->threshold <= 1))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "iou_threshold must be in [0, 1]");
    return 0;
}

static int put_scores(TfgKernelCall *c, const Suppression *k, int64_t n, TfgStatus *s)
{
    TfgTensor *out = tfg_kernel_output(c, 1, 1, &n, s);
    if (!out)
        return -1;
    for (int64_t i = 0; i < n; i++) {
        float score = i < k->n_chosen ? k->chosen_scores[i] : 0;
        if (out->dtype == TFG_HALF)
            ((uint16_t *)out->data)[i] = tfg_float_to_half(score);
        else
            ((float *)out->data)[i] = score;
    }
    return 0;
}

static int run_suppress(TfgKernelCall *c, TfgStatus *s)
{
    Suppression k = {.boxes = c->in[0], .scores = c->in[1], .is_overlaps = strcmp(c->row->op, "NonMaxSuppressionWithOverlaps") == 0,
                     .is_later = strcmp(c->row->op, "NonMaxSuppressionV5") == 0};
    if (read_arguments(c, &k, s) < 0 || read_boxes(&k, s) < 0)
        return -1;
    if (k.limit < 0 && k.is_later)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "output size must be non-negative");
    if (k.limit < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "max_output_size must be non-negative, got %lld", (long long)k.limit);
    if (!k.is_overlaps && !(k.found = tfg_kernel_scratch(c, ((size_t)k.n + 1) * sizeof *k.found, s)))
        return -1;
    for (int64_t i = 0; i < k.n && k.found; i++)
        k.found[i] = box_at(&k, i);
    if (choose(c, &k, s) < 0)
        return -1;
    bool pads = c->n_out >= 2 && tfg_attrs_bool(c->attrs, "pad_to_max_output_size");
    int64_t n = pads ? k.limit : k.n_chosen;
    TfgTensor *out = tfg_kernel_output(c, 0, 1, &n, s);
    if (!out)
        return -1;
    memset(out->data, 0, (size_t)n * sizeof(int32_t));
    memcpy(out->data, k.chosen, (size_t)k.n_chosen * sizeof(int32_t));
    if (c->n_out < 2)
        return 0;
    if (k.is_later && put_scores(c, &k, n, s) < 0)
        return -1;
    TfgTensor *valid = tfg_kernel_output(c, c->n_out - 1, 0, NULL, s);
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
    {.op = "NonMaxSuppressionV5", TYPED, .host_in = 60, VALUES},
    {.op = "NonMaxSuppressionWithOverlaps", .host_in = 28, VALUES},
};

const TfgKernelRow *tfg_kernels_image_suppress(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
