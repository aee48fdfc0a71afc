/* CombinedNonMaxSuppression: the best boxes of each class, then the best of all classes, for each image of a batch. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/util.h"

typedef struct Found { float score; int32_t box, class; } Found;

typedef struct Combined {
    const float *boxes, *scores;        /* [batch, n, q, 4] and [batch, n, classes] */
    int64_t batch, n, q, classes;
    int64_t per_class, total, out_size; /* at most this many of each class, of all, and in the output */
    float overlap, least;
    bool clip;
    float *out_boxes, *out_scores, *out_classes;
    int32_t *valid;
} Combined;

static const float *box_at(const Combined *k, int64_t image, Found f)
{
    return k->boxes + ((image * k->n + f.box) * k->q + (k->q > 1 ? f.class : 0)) * 4;
}

/* The best first; of equal ones that of the first class, then the first box. */
static int compare(const void *a, const void *b)
{
    const Found *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    if (x->class != y->class)
        return x->class < y->class ? -1 : 1;
    return x->box < y->box ? -1 : x->box > y->box;
}

static float least_of(float a, float b) { return b < a ? b : a; }
static float most_of(float a, float b) { return a < b ? b : a; }

/* How much of what two boxes cover both cover; corners may stand in any order. */
static float overlap(const float *a, const float *b)
{
    const float top_a = least_of(a[0], a[2]), left_a = least_of(a[1], a[3]), bottom_a = most_of(a[0], a[2]), right_a = most_of(a[1], a[3]);
    const float top_b = least_of(b[0], b[2]), left_b = least_of(b[1], b[3]), bottom_b = most_of(b[0], b[2]), right_b = most_of(b[1], b[3]);
    const float area_a = (bottom_a - top_a) * (right_a - left_a), area_b = (bottom_b - top_b) * (right_b - left_b);
    if (area_a <= 0 || area_b <= 0)
        return 0;
    const float height = most_of(least_of(bottom_a, bottom_b) - most_of(top_a, top_b), 0);
    const float both = height * most_of(least_of(right_a, right_b) - most_of(left_a, left_b), 0);
    return both / (area_a + area_b - both);
}

/* Adds the boxes of one class that no better one covers to the `n` found; their new number. */
static int64_t find_class(const Combined *k, int64_t image, int32_t class, Found *candidates, Found *found, int64_t n)
{
    int64_t count = 0, first = n;
    for (int64_t i = 0; i < k->n; i++) {
        const float score = k->scores[(image * k->n + i) * k->classes + class];
        if (score > k->least)
            candidates[count++] = (Found){score, (int32_t)i, class};
    }
    qsort(candidates, (size_t)count, sizeof *candidates, compare);
    for (int64_t i = 0; i < count && n - first < k->per_class; i++) {
        bool covered = false;
        for (int64_t j = n - 1; j >= first && !covered; j--)
            covered = overlap(box_at(k, image, candidates[i]), box_at(k, image, found[j])) > k->overlap;
        if (!covered)
            found[n++] = candidates[i];
    }
    return n;
}

static void write_image(const Combined *k, int64_t image, const Found *found, int64_t n)
{
    n = n < k->out_size ? n : k->out_size;
    k->valid[image] = (int32_t)n;
    for (int64_t i = 0; i < k->out_size; i++) {
        const int64_t at = image * k->out_size + i;
        k->out_scores[at] = i < n ? found[i].score : 0;
        k->out_classes[at] = i < n ? (float)found[i].class : 0;
        for (int j = 0; j < 4; j++) {
            const float v = i < n ? box_at(k, image, found[i])[j] : 0;
            k->out_boxes[4 * at + j] = k->clip ? most_of(least_of(v, 1), 0) : v;
        }
    }
}

static int find_images(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Combined *k = context;
    const int64_t room = k->classes * (k->per_class < k->n ? k->per_class : k->n);
    Found *candidates = tfg_alloc((size_t)(k->n + 1) * sizeof *candidates), *found = tfg_alloc((size_t)(room + 1) * sizeof *found);
    int rc = candidates && found ? 0 : tfg_fail_memory(s);
    for (int64_t image = begin; rc == 0 && image < end; image++) {
        int64_t n = 0;
        for (int32_t class = 0; class < k->classes; class++)
            n = find_class(k, image, class, candidates, found, n);
        qsort(found, (size_t)n, sizeof *found, compare);
        write_image(k, image, found, n);
    }
    tfg_free(candidates);
    tfg_free(found);
    return rc;
}

static int read_scalars(const TfgKernelCall *c, Combined *k, TfgStatus *s)
{
    static const char *const names[] = {"max_size_per_class", "max_total_size", "iou_threshold", "score_threshold"};
    TfgShapeText text;
    for (int i = 0; i < 4; i++)
        if (c->in[2 + i]->rank != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be 0-D, got shape %s", names[i], tfg_shape_text(c->in[2 + i], &text));
    k->per_class = tfg_tensor_int(c->in[2], 0);
    k->total = tfg_tensor_int(c->in[3], 0);
    k->overlap = *(const float *)c->in[4]->data;
    k->least = *(const float *)c->in[5]->data;
    if (k->per_class <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "max_size_per_class must be positive");
    if (k->total <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "max_total_size must be > 0");
    if (!(k->overlap >= 0 && k->overlap <= 1))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "iou_threshold must be in [0, 1]");
    return 0;
}

static int read_boxes(const TfgKernelCall *c, Combined *k, TfgStatus *s)
{
    const TfgTensor *boxes = c->in[0], *scores = c->in[1];
    TfgShapeText text;
    if (boxes->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "boxes must be 4-D%s", tfg_shape_text(boxes, &text));
    if (scores->rank != 3)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "scores must be 3-D%s", tfg_shape_text(scores, &text));
    if (boxes->dims[0] != scores->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "boxes and scores must have same batch size");
    k->batch = boxes->dims[0];
    k->n = boxes->dims[1];
    k->q = boxes->dims[2];
    k->classes = scores->dims[2];
    if (k->q != 1 && k->q != k->classes)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "third dimension of boxes must be either 1 or num classes");
    if (boxes->dims[3] != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "boxes must have 4 columns");
    if (scores->dims[1] != k->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "scores has incompatible shape");
    if (k->n > INT32_MAX || k->classes > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "there are too many boxes or classes");
    k->boxes = boxes->data;
    k->scores = scores->data;
    return 0;
}

static int run_combined(TfgKernelCall *c, TfgStatus *s)
{
    Combined k = {.clip = tfg_attrs_bool(c->attrs, "clip_boxes")};
    if (read_boxes(c, &k, s) < 0 || read_scalars(c, &k, s) < 0)
        return -1;
    const int64_t of_classes = k.per_class * k.classes;
    k.out_size = tfg_attrs_bool(c->attrs, "pad_per_class") && of_classes < k.total ? of_classes : k.total;
    TfgTensor *boxes = tfg_kernel_output(c, 0, 3, (int64_t[]){k.batch, k.out_size, 4}, s);
    TfgTensor *scores = boxes ? tfg_kernel_output(c, 1, 2, (int64_t[]){k.batch, k.out_size}, s) : NULL;
    TfgTensor *classes = scores ? tfg_kernel_output(c, 2, 2, (int64_t[]){k.batch, k.out_size}, s) : NULL;
    TfgTensor *valid = classes ? tfg_kernel_output(c, 3, 1, &k.batch, s) : NULL;
    if (!valid)
        return -1;
    k.out_boxes = boxes->data;
    k.out_scores = scores->data;
    k.out_classes = classes->data;
    k.valid = valid->data;
    return tfg_try_ranges(k.batch, 1, find_images, &k, s);
}

static const TfgKernelRow rows[] = {
    {.op = "CombinedNonMaxSuppression", .host_in = 60, .flags = TFG_KERNEL_EXPENSIVE, .run = run_combined},
};

const TfgKernelRow *tfg_kernels_image_combined(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
