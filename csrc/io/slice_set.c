#include "io/slice_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"

/* Comparisons of slices with each other that one question may take: a made-up file could ask for any number. */
#define MAX_COMPARISONS 20000000

void tfg_slice_set_fini(TfgSliceSet *set)
{
    tfg_free(set->extents);
    *set = (TfgSliceSet){0};
}

int tfg_slice_set_add(TfgSliceSet *set, const TfgTensorSlice *slice, TfgStatus *s)
{
    size_t width = 2 * (size_t)slice->rank;
    if (set->n == 0)
        set->rank = slice->rank;
    if (slice->rank != set->rank)
        return tfg_fail(s, TFG_DATA_LOSS, "Slices of one tensor have different ranks: %d and %d", set->rank, slice->rank);
    if (tfg_grow((void **)&set->extents, &set->capacity, (set->n + 1) * width + 1, sizeof *set->extents) < 0)
        return tfg_fail_memory(s);
    for (int i = 0; i < slice->rank; i++) {
        set->extents[set->n * width + 2 * (size_t)i] = slice->start[i];
        set->extents[set->n * width + 2 * (size_t)i + 1] = slice->length[i];
    }
    set->n++;
    return 0;
}

void tfg_slice_set_at(const TfgSliceSet *set, size_t i, TfgTensorSlice *slice)
{
    const int64_t *e = set->extents + 2 * i * (size_t)set->rank;
    slice->rank = set->rank;
    for (int d = 0; d < set->rank; d++) {
        slice->start[d] = e[2 * d];
        slice->length[d] = e[2 * d + 1];
    }
}

static bool lies_in(const TfgTensorSlice *slice, const TfgShape *whole)
{
    for (int i = 0; i < slice->rank; i++)
        if (slice->start[i] + slice->length[i] > whole->dims[i])
            return false;
    return true;
}

/* Elements of a resolved slice, which lies in a shape whose elements can be counted. */
static int64_t volume(const TfgTensorSlice *slice)
{
    int64_t n = 1;
    for (int i = 0; i < slice->rank; i++)
        n *= slice->length[i];
    return n;
}

typedef struct Span { int64_t start, end; size_t i; } Span;     /* of the first dimension */

static int by_start(const void *a, const void *b)
{
    int64_t x = ((const Span *)a)->start, y = ((const Span *)b)->start;
    return (x > y) - (x < y);
}

/* Sorted by their first dimension, only neighbours can overlap, as long as that is the one which is cut. */
static int overlap_somewhere(const TfgSliceSet *set, const TfgShape *whole, const Span *spans, size_t n, TfgStatus *s)
{
    TfgTensorSlice a, b, common;
    int64_t left = MAX_COMPARISONS;
    for (size_t i = 0; i < n; i++) {
        tfg_slice_set_at(set, spans[i].i, &a);
        tfg_tensor_slice_resolve(&a, whole);
        for (size_t j = i + 1; j < n && spans[j].start < spans[i].end; j++) {
            if (--left < 0)
                return tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "A tensor is cut into too many slices: %zu", n);
            tfg_slice_set_at(set, spans[j].i, &b);
            tfg_tensor_slice_resolve(&b, whole);
            if (tfg_tensor_slice_cut(&a, &b, &common))
                return 1;
        }
    }
    return 0;
}

int tfg_slice_set_covers(const TfgSliceSet *set, const TfgShape *whole, const TfgTensorSlice *target, TfgStatus *s)
{
    TfgTensorSlice want = *target, slice, common;
    int64_t covered = 0, total;
    size_t n = 0;
    int rc = -1;
    tfg_tensor_slice_resolve(&want, whole);
    total = volume(&want);
    if (set->rank != want.rank || set->n == 0)
        return 0;
    Span *spans = tfg_calloc(set->n, sizeof *spans);
    if (!spans)
        return tfg_fail_memory(s);
    for (size_t i = 0; i < set->n; i++) {
        tfg_slice_set_at(set, i, &slice);
        tfg_tensor_slice_resolve(&slice, whole);
        if (!lies_in(&slice, whole)) {
            tfg_fail(s, TFG_DATA_LOSS, "A slice does not lie in its tensor");
            goto done;
        }
        if (!tfg_tensor_slice_cut(&slice, &want, &common))
            continue;
        int64_t more = volume(&common);
        if (more > total - covered) {           /* they cannot but overlap */
            rc = 0;
            goto done;
        }
        covered += more;
        spans[n++] = (Span){slice.rank ? slice.start[0] : 0, slice.rank ? slice.start[0] + slice.length[0] : 1, i};
    }
    if (covered == total) {
        qsort(spans, n, sizeof *spans, by_start);
        int overlap = overlap_somewhere(set, whole, spans, n, s);
        rc = overlap < 0 ? -1 : !overlap;
    } else {
        rc = 0;
    }
done:
    tfg_free(spans);
    return rc;
}

int tfg_slice_set_read(const TfgSliceSet *set, const TfgShape *whole, const TfgTensorSlice *target, TfgSliceReadFn read, void *context,
                       TfgTensor *out, TfgStatus *s)
{
    TfgTensorSlice want = *target, given, slice, common;
    tfg_tensor_slice_resolve(&want, whole);
    for (size_t i = 0; i < set->n; i++) {
        tfg_slice_set_at(set, i, &given);
        slice = given;
        tfg_tensor_slice_resolve(&slice, whole);
        if (!tfg_tensor_slice_cut(&slice, &want, &common))
            continue;
        TfgTensor *part = read(context, i, &given, s);
        if (!part)
            return -1;
        int rc = 0;
        if (part->dtype != out->dtype || part->count != volume(&slice))
            rc = tfg_fail(s, TFG_DATA_LOSS, "A slice has another type or size than its tensor says");
        else if (tfg_tensor_slice_copy(out->dtype, &common, part->data, &slice, out->data, &want) < 0)
            rc = tfg_fail_memory(s);
        tfg_tensor_unref(part);
        if (rc < 0)
            return -1;
    }
    return 0;
}
