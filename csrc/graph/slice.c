#include "graph/slice.h"

#include <string.h>

enum { NEW_AXIS = -1, SHRINK_AXIS = -2 };

typedef struct Dense {          /* one entry per dimension of the input */
    int64_t begin_mask, end_mask, shrink_mask;
    int gather[2 * TFG_MAX_RANK], n_gather;     /* dimensions of the result: an input dimension, NEW_AXIS or SHRINK_AXIS */
} Dense;

static int check_vectors(const TfgSliceSpec *p, TfgStatus *s)
{
    const TfgTensor *b = p->begin, *e = p->end, *t = p->strides;
    if ((!b || (b->rank == 1 && b->count == t->count)) &&
        (!e || (e->rank == 1 && e->count == t->count)) && t->rank == 1 && t->count < 32)
        return 0;
    TfgStr x = TFG_STR_INIT, y = TFG_STR_INIT, z = TFG_STR_INIT;
    tfg_tensor_format_shape(t, &z);
    if (b && e) {
        tfg_tensor_format_shape(b, &x);
        tfg_tensor_format_shape(e, &y);
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected begin, end, and strides to be 1D equal size tensors, but got shapes %s, %s, and %s "
                 "instead.", tfg_str_text(&x), tfg_str_text(&y), tfg_str_text(&z));
    } else {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected begin, end, and strides to be 1D equal size tensors, but got shape %s for strides.",
                 tfg_str_text(&z));
    }
    tfg_str_fini(&x);
    tfg_str_fini(&y);
    tfg_str_fini(&z);
    return -1;
}

/* Spreads the sparse entries over the input's dimensions; an ellipsis (one is implied at the end) takes what is left. */
static int make_dense(const TfgSliceSpec *p, int rank, Dense *d, TfgSlice *out, TfgStatus *s)
{
    int n = (int)p->strides->count, new_axes_after = 0, at = 0;
    int64_t ellipsis = p->ellipsis_mask;
    bool seen = false;
    for (int i = 0; i < n; i++) {
        if (seen && (p->new_axis_mask >> i & 1))
            new_axes_after++;
        if (ellipsis >> i & 1)
            seen = true;
    }
    if (!seen)
        ellipsis |= (int64_t)1 << n++;
    for (int i = 0; i < n; i++) {
        if (ellipsis >> i & 1) {
            int next = rank - (n - i) + 1 + new_axes_after;
            for (next = next < rank ? next : rank; at < next; at++) {
                out->begin[at] = out->end[at] = 0;
                out->stride[at] = 1;
                d->begin_mask |= (int64_t)1 << at;
                d->end_mask |= (int64_t)1 << at;
                d->gather[d->n_gather++] = at;
            }
        } else if (p->new_axis_mask >> i & 1) {
            d->gather[d->n_gather++] = NEW_AXIS;
        } else {
            if (at == rank)
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "Index out of range using input dim %d; input has only %d dims", at, rank);
            out->begin[at] = p->begin ? tfg_tensor_int(p->begin, i) : 0;
            out->end[at] = p->end ? tfg_tensor_int(p->end, i) : 0;
            out->stride[at] = tfg_tensor_int(p->strides, i);
            d->begin_mask |= (p->begin_mask >> i & 1) << at;
            d->end_mask |= (p->end_mask >> i & 1) << at;
            d->shrink_mask |= (p->shrink_axis_mask >> i & 1) << at;
            d->gather[d->n_gather++] = p->shrink_axis_mask >> i & 1 ? SHRINK_AXIS : at;
            at++;
        }
    }
    return 0;
}

/* A range's end in bounds.  c is 0 for the begin, 1 for the end. */
static int64_t canonical(int64_t x, bool masked, int c, int64_t dim, int64_t stride)
{
    int64_t valid[2] = {stride > 0 ? 0 : -1, stride > 0 ? dim : dim - 1};
    if (masked)
        return stride > 0 ? valid[c] : valid[1 - c];
    if (x < 0)
        x += dim;
    return x < valid[0] ? valid[0] : x > valid[1] ? valid[1] : x;
}

static int resolve_dim(const TfgSliceSpec *p, const Dense *d, int i, int64_t dim, TfgSlice *out, TfgStatus *s)
{
    int64_t stride = out->stride[i], length;
    bool shrink = d->shrink_mask >> i & 1, first = d->begin_mask >> i & 1, last = d->end_mask >> i & 1, values = p->begin && p->end;
    if (stride == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "strides[%d] must be non-zero", i);
    if (dim < 0) {
        out->processing.dims[i] = shrink ? 1 : -1;
        out->is_identity = false;
        return 0;
    }
    if (shrink && stride <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "only stride 1 allowed on non-range indexing.");
    if (values && shrink) {
        int64_t x = out->begin[i] < 0 ? dim + out->begin[i] : out->begin[i];
        if (x < 0 || x >= dim)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "slice index %lld of dimension %d out of bounds.", (long long)out->begin[i], i);
        out->begin[i] = x;
        out->end[i] = x + 1;
    } else if (values || (first && last)) {
        out->begin[i] = canonical(out->begin[i], first, 0, dim, stride);
        out->end[i] = canonical(out->end[i], last, 1, dim, stride);
    }
    out->is_identity = out->is_identity && (values || (first && last)) && stride == 1 && out->begin[i] == 0 && out->end[i] == dim;
    if (values)
        length = out->end[i] - out->begin[i];
    else if (shrink)
        length = 1;
    else if (first && last)
        length = stride < 0 ? -dim : dim;
    else {
        out->processing.dims[i] = -1;
        return 0;
    }
    bool empty = length == 0 || (length < 0) != (stride < 0);
    out->processing.dims[i] = empty ? 0 : length / stride + (length % stride != 0);
    return 0;
}

int tfg_slice_resolve(const TfgSliceSpec *spec, const TfgShape *in, TfgSlice *out, TfgStatus *s)
{
    Dense d = {0, 0, 0, {0}, 0};
    if (check_vectors(spec, s) < 0)
        return -1;
    if (spec->ellipsis_mask & (spec->ellipsis_mask - 1))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Multiple ellipses in slice spec not allowed");
    if (make_dense(spec, in->rank, &d, out, s) < 0)
        return -1;
    out->rank = in->rank;
    out->processing.rank = in->rank;
    out->is_identity = true;
    for (int i = 0; i < in->rank; i++)
        if (resolve_dim(spec, &d, i, in->dims[i], out, s) < 0)
            return -1;
    out->final.rank = 0;
    for (int i = 0; i < d.n_gather; i++) {
        if (d.gather[i] == SHRINK_AXIS)
            continue;
        if (out->final.rank == TFG_MAX_RANK)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in the result of a slice");
        out->final.dims[out->final.rank++] = d.gather[i] == NEW_AXIS ? 1 : out->processing.dims[d.gather[i]];
    }
    return 0;
}
