/* Shape functions that many families share. */
#include "base/status.h"
#include "graph/infer.h"

int tfg_shape_unchanged(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    tfg_shape_copy(&c->out[0], &c->in[0]);
    if (c->in_handle && c->in_handle[0] && c->out_handle)
        c->out_handle[0] = c->in_handle[0];
    return 0;
}

int tfg_shape_unchanged_known_rank2(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_want_rank(&c->in[0], 2, &c->out[0], s);
}

int tfg_shape_broadcast(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_broadcast_shape(&c->in[0], &c->in[1], &c->out[0], s);
}

int tfg_shape_scalar(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    for (int i = 0; i < c->n_out; i++)
        tfg_shape_set_scalar(&c->out[i]);
    return 0;
}

int tfg_shape_unknown(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    for (int i = 0; i < c->n_out; i++)
        tfg_shape_set_unknown(&c->out[i]);
    return 0;
}

int tfg_shape_none(TfgShapeCall *c, TfgStatus *s)
{
    (void)c;
    (void)s;
    return 0;
}

int tfg_shape_merge_all(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape merged, next;
    tfg_shape_copy(&merged, &c->in[c->n_in - 1]);
    for (int i = c->n_in - 2; i >= 0; i--) {
        if (tfg_merge_shape(&c->in[i], &merged, &next, s) < 0)
            return tfg_status_append(s, "\n\tFrom merging shape %d with other shapes.", i);
        tfg_shape_copy(&merged, &next);
    }
    tfg_shape_copy(&c->out[0], &merged);
    return 0;
}

/* Axes are not known: of the result at most the rank is. */
static int reduce_by_unknown(TfgShapeCall *c, bool keep_dims)
{
    tfg_shape_set_unknown(&c->out[0]);
    if (keep_dims && c->in[0].rank >= 0) {
        c->out[0].rank = c->in[0].rank;
        for (int i = 0; i < c->in[0].rank; i++)
            c->out[0].dims[i] = -1;
    }
    return 0;
}

static int mark_axes(const TfgTensor *axes, int rank, bool *reduced, TfgStatus *s)
{
    if (axes->dtype != TFG_INT32 && axes->dtype != TFG_INT64)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "reduction_indices can only be int32 or int64");
    for (int64_t i = 0; i < axes->count; i++) {
        int64_t axis = tfg_tensor_int(axes, i);
        if (axis < -rank || axis >= rank)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid reduction dimension %lld for input with %d dimensions.",
                            (long long)axis, rank);
        reduced[axis < 0 ? axis + rank : axis] = true;
    }
    return 0;
}

int tfg_shape_reduce(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[0];
    bool keep_dims = tfg_attrs_bool(c->attrs, "keep_dims");
    if (tfg_want_rank_at_most(&c->in[1], 1, s) < 0)
        return -1;
    const TfgTensor *axes = c->constant(c, 1);
    if (!axes || in->rank < 0)
        return reduce_by_unknown(c, keep_dims);
    bool reduced[TFG_MAX_RANK] = {false};
    if (mark_axes(axes, in->rank, reduced, s) < 0)
        return -1;
    TfgShape *out = &c->out[0];
    out->rank = 0;
    for (int i = 0; i < in->rank; i++)
        if (!reduced[i] || keep_dims)
            out->dims[out->rank++] = reduced[i] ? 1 : in->dims[i];
    return 0;
}

int tfg_shape_from_attr(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    tfg_attrs_shape(c->attrs, "shape", &c->out[0]);
    return 0;
}

int tfg_shape_from_input0(TfgShapeCall *c, TfgStatus *s)
{
    return c->constant_shape(c, 0, &c->out[0], s);
}
