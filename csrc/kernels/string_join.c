/* Strings put together: StringJoin, ReduceJoin. */
#include "kernels/string.h"

/* ---- StringJoin ------------------------------------------------------------------------------------------------------------------------ */

static int join(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    TfgKernelCall *c = context;
    TfgBytes separator = tfg_attrs_string(c->attrs, "separator");
    TfgStr text = TFG_STR_INIT;
    int rc = 0;
    for (int64_t i = begin; i < end && rc == 0; i++) {
        for (int k = 0; k < c->n_in; k++) {
            const TfgString *e = tfg_strings(c->in[k]) + (c->in[k]->rank == 0 ? 0 : i);
            if (k)
                tfg_str_append(&text, separator.data, separator.n);
            tfg_str_append(&text, e->data, e->n);
        }
        rc = tfg_string_take(tfg_strings_mut(c->out[0]) + i, &text, s);
    }
    tfg_str_fini(&text);
    return rc;
}

static int run_join(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *like = c->in[0];
    TfgShapeText a, b;
    for (int k = 0; k < c->n_in; k++) {
        const TfgTensor *in = c->in[k];
        if (like->rank == 0)
            like = in;
        else if (in->rank > 0 && !tfg_tensor_same_shape(in, like))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input shapes do not match: %s vs. %s", tfg_shape_text(like, &a), tfg_shape_text(in, &b));
    }
    TfgTensor *out = tfg_kernel_output_like(c, 0, like, s);
    return out ? tfg_try_ranges(out->count, TFG_STRING_GRAIN, join, c, s) : -1;
}

/* ---- ReduceJoin ----------------------------------------------------------------------------------------------------------------------- */

typedef struct Reduce {
    TfgKernelCall *call;
    int n_axes;
    int64_t axes[TFG_MAX_RANK];             /* as given */
    int64_t n_joined;                       /* elements in each */
    int n_kept;
    int64_t kept[TFG_MAX_RANK];             /* dimensions that stay */
    int64_t strides[TFG_MAX_RANK];
} Reduce;

static int read_axes(Reduce *r, const TfgTensor *in, const TfgTensor *axes, TfgStatus *s)
{
    bool reduced[TFG_MAX_RANK] = {false};
    for (int64_t i = 0; i < axes->count; i++) {
        int64_t given = tfg_tensor_int(axes, i), axis = given;
        if (!tfg_axis_in_range(&axis, in->rank))
            return tfg_fail(s, TFG_OUT_OF_RANGE, "Invalid reduction dimension %lld for input with %d dimension(s)", (long long)given, (int)in->rank);
        if (reduced[axis])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Duplicate reduction dimension %lld", (long long)given);
        reduced[axis] = true;
        r->axes[r->n_axes++] = axis;
        r->n_joined *= in->dims[axis];
    }
    for (int d = 0; d < in->rank; d++)
        if (!reduced[d])
            r->kept[r->n_kept++] = d;
    return 0;
}

static int64_t next_part(const Reduce *r, const TfgTensor *in, int64_t d, int64_t *i)
{
    int64_t size = in->dims[d], at = *i % size * r->strides[d];
    *i /= size;
    return at;
}

/* Where element `i` of the dimensions that stay begins: the last of them runs fastest. */
static int64_t kept_offset(const Reduce *r, const TfgTensor *in, int64_t i)
{
    int64_t at = 0;
    for (int k = r->n_kept - 1; k >= 0; k--)
        at += next_part(r, in, r->kept[k], &i);
    return at;
}

/* And element `i` of those that are joined: the one listed first runs fastest. */
static int64_t joined_offset(const Reduce *r, const TfgTensor *in, int64_t i)
{
    int64_t at = 0;
    for (int k = 0; k < r->n_axes; k++)
        at += next_part(r, in, r->axes[k], &i);
    return at;
}

static int reduce(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Reduce *r = context;
    const TfgTensor *in = r->call->in[0];
    TfgBytes separator = tfg_attrs_string(r->call->attrs, "separator");
    TfgStr text = TFG_STR_INIT;
    int rc = 0;
    for (int64_t i = begin; i < end && rc == 0; i++) {
        int64_t base = kept_offset(r, in, i);
        for (int64_t j = 0; j < r->n_joined; j++) {
            const TfgString *e = tfg_strings(in) + base + joined_offset(r, in, j);
            if (j)
                tfg_str_append(&text, separator.data, separator.n);
            tfg_str_append(&text, e->data, e->n);
        }
        rc = tfg_string_take(tfg_strings_mut(r->call->out[0]) + i, &text, s);
    }
    tfg_str_fini(&text);
    return rc;
}

static int run_reduce(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    Reduce r = {.call = c, .n_joined = 1};
    if (c->in[1]->count > in->rank && in->rank > 0 && c->in[1]->count > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Duplicate reduction dimension %lld", (long long)tfg_tensor_int(c->in[1], in->rank));
    if (read_axes(&r, in, c->in[1], s) < 0)
        return -1;
    if (c->in[1]->count == 0)
        return tfg_kernel_forward(c, 0, 0, s);
    tfg_dims_strides(in->rank, in->dims, r.strides);
    int64_t dims[TFG_MAX_RANK];
    int rank = 0, kept = 0;
    bool keep_dims = tfg_attrs_bool(c->attrs, "keep_dims");
    for (int d = 0; d < in->rank; d++)
        if (kept < r.n_kept && r.kept[kept] == d) {
            dims[rank++] = in->dims[d];
            kept++;
        } else if (keep_dims)
            dims[rank++] = 1;
    TfgTensor *out = tfg_kernel_output(c, 0, rank, dims, s);
    return out ? tfg_try_ranges(out->count, TFG_STRING_GRAIN, reduce, &r, s) : -1;
}

static const TfgKernelRow rows[] = {
    {.op = "StringJoin", .run = run_join}, {.op = "ReduceJoin", .run = run_reduce, .host_in = 2},
};

int tfg_register_string_join(TfgStatus *s) { return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s); }
