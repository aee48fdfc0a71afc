#include "ops/common.h"

int tfg_shape_merge_both(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_merge_shape(&c->in[0], &c->in[1], &c->out[0], s);
}

int tfg_want_scalar(const TfgShapeCall *c, int i, TfgStatus *s)
{
    return tfg_want_rank(&c->in[i], 0, NULL, s);
}

void tfg_shape_set_rank(TfgShape *shape, int rank)
{
    shape->rank = rank;
    for (int i = 0; i < rank; i++)
        shape->dims[i] = -1;
}

static int scalar_value(TfgShapeCall *c, int i, bool *known, int64_t *out, TfgStatus *s)
{
    const TfgTensor *t = c->constant(c, i);
    *known = t != NULL;
    *out = -1;
    if (!t)
        return 0;
    if (t->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input must be scalar but has rank %d", (int)t->rank);
    if (t->dtype != TFG_INT32 && t->dtype != TFG_INT64)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Scalar input must be int32 or int64.");
    *out = tfg_tensor_int(t, 0);
    return 0;
}

int tfg_scalar_dim(TfgShapeCall *c, int i, int64_t *out, TfgStatus *s)
{
    bool known;
    if (scalar_value(c, i, &known, out, s) < 0)
        return -1;
    if (known && *out < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension size, given by scalar input %d, must be non-negative but is %lld", i,
                        (long long)*out);
    return 0;
}

int tfg_scalar_count(TfgShapeCall *c, int i, const char *what, int64_t *out, TfgStatus *s)
{
    bool known;
    if (scalar_value(c, i, &known, out, s) < 0)
        return -1;
    return known && *out < 0 ? tfg_fail(s, TFG_INVALID_ARGUMENT, "Cannot specify a negative value for %s", what) : 0;
}

int tfg_scalar_axis(TfgShapeCall *c, int i, int rank, int64_t *out, TfgStatus *s)
{
    bool known;
    int64_t axis;
    *out = -1;
    if (scalar_value(c, i, &known, &axis, s) < 0)
        return -1;
    if (!known || (axis < 0 && rank < 0))
        return 0;
    if (rank >= 0 && (axis < -rank || axis >= rank))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension size, given by scalar input %lld must be in range [-%d, %d)",
                        (long long)axis, rank, rank);
    *out = axis < 0 ? axis + rank : axis;
    return 0;
}

int tfg_rank_for_axis(int64_t axis)
{
    if (axis >= TFG_MAX_RANK || axis < -TFG_MAX_RANK)
        return TFG_MAX_RANK + 1;
    return (int)(axis < 0 ? -axis : axis + 1);
}

int tfg_merge_prefix(TfgShape *shape, const TfgShape *prefix, TfgStatus *s)
{
    if (prefix->rank < 0 || shape->rank < 0)
        return 0;
    if (tfg_want_rank_at_least(shape, prefix->rank, s) < 0)
        return -1;
    for (int i = 0; i < prefix->rank; i++) {
        int64_t merged;
        if (tfg_merge_dim(shape->dims[i], prefix->dims[i], &merged, s) < 0)
            return -1;
        shape->dims[i] = merged;
    }
    return 0;
}

void tfg_join_shapes(const TfgShape *first, const int64_t *middle, const TfgShape *last, TfgShape *out)
{
    int n = 0;
    tfg_shape_set_unknown(out);
    if ((first && first->rank < 0) || (last && last->rank < 0))
        return;
    if ((first ? first->rank : 0) + (middle ? 1 : 0) + (last ? last->rank : 0) > TFG_MAX_RANK)
        return;
    for (int i = 0; first && i < first->rank; i++)
        out->dims[n++] = first->dims[i];
    if (middle)
        out->dims[n++] = *middle;
    for (int i = 0; last && i < last->rank; i++)
        out->dims[n++] = last->dims[i];
    out->rank = n;
}

void tfg_handle_value(const TfgShapeCall *c, int i, TfgShape *shape, TfgDType *dtype)
{
    const TfgHandleInfo *info = c->in_handle ? c->in_handle[i] : NULL;
    tfg_shape_set_unknown(shape);
    *dtype = TFG_INVALID;
    if (!info || info->n < 1)
        return;
    tfg_shape_from_dims(shape, info->shapes[0]);
    *dtype = info->dtypes[0];
}

/* "The <what> <n> dimensions of <a's name>.shape=... must match the <what> <m> dimensions of updates.shape=...: <why>" */
static int fail_scatter_part(TfgStatus *s, const char *what, int n, const char *name, const TfgShape *a, int m, const TfgShape *updates,
                             TfgStatus *why)
{
    TfgStr x = TFG_STR_INIT, y = TFG_STR_INIT;
    tfg_shape_format(a, &x);
    tfg_shape_format(updates, &y);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "The %s %d dimensions of %s.shape=%s must match the %s %d dimensions of updates.shape=%s: %s",
             what, n, name, tfg_str_text(&x), what, m, tfg_str_text(&y), why->message ? why->message : "");
    tfg_str_fini(&x);
    tfg_str_fini(&y);
    tfg_status_fini(why);
    return -1;
}

int tfg_check_scatter_nd(const TfgShape *indices, const TfgShape *updates, const TfgShape *target, const char *name, TfgStatus *s)
{
    if (target->rank > 0 && tfg_shape_count(target) == 0 && tfg_shape_count(indices) > 0 && tfg_shape_count(updates) > 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Indices and updates specified for empty output shape");
    int64_t depth = indices->rank < 1 ? -1 : tfg_dim(indices, -1);
    if (depth < 0 || updates->rank < 0)
        return 0;

    int outer = indices->rank - 1;
    TfgShape a, b, merged;
    TfgStatus why = TFG_STATUS_INIT;
    tfg_sub_shape(indices, 0, outer, &a);
    tfg_sub_shape(updates, 0, outer, &b);
    if (tfg_merge_shape(&a, &b, &merged, &why) < 0)
        return fail_scatter_part(s, "outer", outer, "indices", indices, outer, updates, &why);

    if (target->rank < 0)
        return 0;
    tfg_sub_shape(target, depth > target->rank ? target->rank : (int)depth, target->rank, &a);
    tfg_sub_shape(updates, outer, updates->rank, &b);
    if (tfg_merge_shape(&a, &b, &merged, &why) < 0)
        return fail_scatter_part(s, "inner", (int)(target->rank - depth), name, target, updates->rank - outer, updates, &why);
    return 0;
}

int tfg_want_sparse(const TfgShape *in, TfgStatus *s)
{
    if (tfg_want_rank(&in[0], 2, NULL, s) < 0 || tfg_want_rank(&in[1], 1, NULL, s) < 0 || tfg_want_rank(&in[2], 1, NULL, s) < 0)
        return -1;
    int64_t rows = tfg_dim(&in[0], 0), values = tfg_dim(&in[1], 0), width = tfg_dim(&in[0], 1), rank = tfg_dim(&in[2], 0);
    if (rows >= 0 && values >= 0 && rows != values)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Number of elements in index (%lld) and values (%lld) do not match.", (long long)rows,
                        (long long)values);
    if (width >= 0 && rank >= 0 && width != rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Index rank (%lld) and shape rank (%lld) do not match.", (long long)width, (long long)rank);
    return 0;
}

int tfg_shape_scatter_nd_update(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape target;
    TfgDType dtype;
    bool resource = c->in_dtype[0] == TFG_RESOURCE;
    if (resource)
        tfg_handle_value(c, 0, &target, &dtype);
    else
        tfg_shape_copy(&target, &c->in[0]);
    if (tfg_want_rank_at_least(&c->in[1], 1, s) < 0 || tfg_want_rank_at_least(&c->in[2], 1, s) < 0 ||
        tfg_check_scatter_nd(&c->in[1], &c->in[2], &target, "input", s) < 0)
        return -1;
    if (c->n_out > 0)
        tfg_shape_copy(&c->out[0], &target);
    return 0;
}
