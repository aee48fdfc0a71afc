/* Gather, GatherV2, GatherNd, OneHot, Tile, BroadcastTo. */
#include <stdatomic.h>

#include "base/status.h"
#include "kernels/gather.h"
#include "kernels/isa.h"
#include "kernels/strided.h"
#include "kernels/util.h"

/* ---- Gather ----------------------------------------------------------------------------------------------------------------------- */

typedef struct Gather {
    const TfgTensor *params, *indices;
    TfgTensor *out;
    int64_t limit, inner, n;    /* indices are below limit; a slice is `inner` elements; n indices per outer row */
    int64_t per_batch;          /* outer rows that share their indices */
    bool plain;
    size_t size, bytes;         /* of an element; of a slice */
    _Atomic int64_t bad;        /* position of a wrong index, the smallest found; -1 */
} Gather;

static inline int64_t index_at(const TfgTensor *t, int64_t i)
{
    return t->dtype == TFG_INT32 ? ((const int32_t *)t->data)[i] : ((const int64_t *)t->data)[i];
}

static void note_bad(Gather *g, int64_t i)
{
    int64_t before = atomic_load(&g->bad);
    while ((before < 0 || i < before) && !atomic_compare_exchange_weak(&g->bad, &before, i))
        ;
}

static int gather_range(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    Gather *g = context;
    char *to = (char *)g->out->data + (size_t)begin * g->bytes;
    int64_t outer = begin / g->n, i = begin % g->n - 1, batch = outer / g->per_batch * g->n;
    for (int64_t k = begin; k < end; k++, to += g->bytes) {
        if (++i == g->n) {
            i = 0;
            batch = ++outer / g->per_batch * g->n;
        }
        int64_t index = index_at(g->indices, batch + i);
        if ((uint64_t)index >= (uint64_t)g->limit) {
            note_bad(g, batch + i);
            continue;
        }
        const char *from = (const char *)g->params->data + (size_t)(outer * g->limit + index) * g->bytes;
        if (!g->plain) {
            if (tfg_copy_elements(g->out->dtype, to, from, g->inner, s) < 0)
                return -1;
        } else if (g->bytes == 4) {
            memcpy(to, from, 4);
        } else if (g->bytes == 8) {
            memcpy(to, from, 8);
        } else {
            memcpy(to, from, g->bytes);
        }
    }
    return 0;
}

/* "indices[0,1] = 5 is not in [0, 3)" */
static int fail_index(const TfgTensor *indices, int64_t i, int64_t limit, TfgStatus *s)
{
    int64_t at[TFG_MAX_RANK], index = index_at(indices, i);
    TfgShapeText text;
    for (int d = indices->rank - 1; d >= 0; d--) {
        at[d] = i % indices->dims[d];
        i /= indices->dims[d];
    }
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "indices%s = %lld is not in [0, %lld)",
                    indices->rank ? tfg_dims_text(indices->rank, at, &text) : "", (long long)index, (long long)limit);
}

/* batch_dims of later versions: so many leading dimensions params and indices have in common. */
static int read_batch_dims(const TfgKernelCall *c, int64_t axis, int64_t *out, TfgStatus *s)
{
    const TfgTensor *params = c->in[0], *indices = c->in[1];
    const TfgAttr *attr = tfg_attrs_find(c->attrs, "batch_dims");
    int64_t b = attr ? attr->i : 0;
    if (b < -indices->rank || b > indices->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected batch_dims in the range [%d, %d], but got %lld", -indices->rank, indices->rank,
                        (long long)b);
    *out = b = b < 0 ? b + indices->rank : b;
    if (b >= params->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "batch_dims (%lld) must be less than rank(params) (%d).", (long long)b, params->rank);
    if (b > axis)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "batch_dims (%lld) must be less than or equal to axis (%lld).", (long long)b, (long long)axis);
    for (int64_t i = 0; i < b; i++)
        if (params->dims[i] != indices->dims[i])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "params.shape[%lld]: %lld should be equal to indices.shape[%lld]: %lld", (long long)i,
                            (long long)params->dims[i], (long long)i, (long long)indices->dims[i]);
    return 0;
}

static int gather(TfgKernelCall *c, int64_t axis, TfgStatus *s)
{
    const TfgTensor *params = c->in[0], *indices = c->in[1];
    int64_t dims[TFG_MAX_RANK * 2], b = 0;
    if (read_batch_dims(c, axis, &b, s) < 0)
        return -1;
    int64_t rank = params->rank - 1 + indices->rank - b, own = indices->rank - b;
    if (rank > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    memcpy(dims, params->dims, (size_t)axis * sizeof *dims);
    memcpy(dims + axis, indices->dims + b, (size_t)own * sizeof *dims);
    memcpy(dims + axis + own, params->dims + axis + 1, (size_t)(params->rank - axis - 1) * sizeof *dims);
    TfgTensor *out = tfg_kernel_output(c, 0, (int)rank, dims, s);
    if (!out)
        return -1;
    Gather g = {.params = params, .indices = indices, .out = out, .limit = params->dims[axis], .n = tfg_dims_product((int)own, indices->dims + b),
                .per_batch = tfg_dims_product((int)(axis - b), params->dims + b),
                .inner = tfg_dims_product(params->rank - (int)axis - 1, params->dims + axis + 1),
                .plain = tfg_dtype_is_plain(params->dtype), .size = tfg_dtype_size(params->dtype), .bad = -1};
    g.bytes = g.size * (size_t)g.inner;
    if (out->count == 0) {      /* nothing to copy, but indices are checked */
        for (int64_t i = 0; i < indices->count; i++)
            if ((uint64_t)index_at(indices, i) >= (uint64_t)g.limit)
                return fail_index(indices, i, g.limit, s);
        return 0;
    }
    int64_t outer = tfg_dims_product((int)axis, params->dims);
    if (tfg_try_ranges(outer * g.n, 131072 / ((int64_t)g.bytes + 8) + 1, gather_range, &g, s) < 0)
        return -1;
    return g.bad >= 0 ? fail_index(indices, g.bad, g.limit, s) : 0;
}

static int run_gather(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *params = c->in[0];
    if (params->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "params must be at least 1 dimensional");
    int64_t axis = 0;
    if (c->n_in == 3) {
        if (c->in[2]->rank != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "axis must be scalar");
        int64_t given = axis = tfg_tensor_int(c->in[2], 0);
        if (!tfg_axis_in_range(&axis, params->rank))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected axis in the range [%d, %d), but got %lld", -params->rank, params->rank,
                            (long long)given);
    }
    return gather(c, axis, s);
}

/* Each row of indices names an element, or a slice, of params. */
typedef struct GatherNd {
    const TfgTensor *params, *indices;
    TfgTensor *out;
    int64_t depth, inner;
    _Atomic int64_t bad;
} GatherNd;

static int gather_nd_range(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    GatherNd *g = context;
    for (int64_t k = begin; k < end; k++) {
        int64_t at = 0;
        bool bad = false;
        for (int64_t d = 0; d < g->depth; d++) {
            int64_t index = index_at(g->indices, k * g->depth + d);
            bad = bad || (uint64_t)index >= (uint64_t)g->params->dims[d];
            at = bad ? 0 : at * g->params->dims[d] + index;
        }
        if (bad) {
            int64_t before = atomic_load(&g->bad);
            while ((before < 0 || k < before) && !atomic_compare_exchange_weak(&g->bad, &before, k))
                ;
        } else if (tfg_copy_elements(g->out->dtype, tfg_at_mut(g->out, k * g->inner), tfg_at(g->params, at * g->inner), g->inner, s) < 0) {
            return -1;
        }
    }
    return 0;
}

static int fail_index_nd(const GatherNd *g, const char *type, const char *name, TfgStatus *s)
{
    int64_t at[TFG_MAX_RANK], values[TFG_MAX_RANK], i = g->bad;
    TfgShapeText a, b, p;
    for (int d = g->indices->rank - 2; d >= 0; d--) {
        at[d] = i % g->indices->dims[d];
        i /= g->indices->dims[d];
    }
    for (int64_t d = 0; d < g->depth; d++)
        values[d] = index_at(g->indices, g->bad * g->depth + d);
    const char *which = tfg_dims_text(g->indices->rank - 1, at, &a);
    tfg_values_text((int)g->depth, values, &b);
    if (strcmp(type, "ResourceGatherNd") == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "indices%s = %s does not index into param shape %s, node name: %s", g->indices->rank > 1 ? which : "",
                        b.text, tfg_shape_text(g->params, &p), name);
    if (g->indices->rank == 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "indices = %s does not index into param shape %s", b.text, tfg_shape_text(g->params, &p));
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "indices%s = %s does not index into param shape %s", which, b.text, tfg_shape_text(g->params, &p));
}

int tfg_gather_nd(TfgKernelCall *c, const TfgTensor *params, const TfgTensor *indices, TfgStatus *s)
{
    TfgShapeText text;
    if (params->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "params must be at least a vector");
    if (indices->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "indices must be at least a vector");
    int64_t depth = indices->dims[indices->rank - 1], dims[TFG_MAX_RANK * 2];
    if (depth > params->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "index innermost dimension length must be <= params rank; saw: %lld vs. %d", (long long)depth,
                        params->rank);
    int rank = indices->rank - 1 + params->rank - (int)depth;
    if (rank > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    memcpy(dims, indices->dims, (size_t)(indices->rank - 1) * sizeof *dims);
    memcpy(dims + indices->rank - 1, params->dims + depth, (size_t)(params->rank - depth) * sizeof *dims);
    int64_t n = tfg_dims_product(indices->rank - 1, indices->dims);
    if (n > 0 && params->count == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Requested more than 0 entries, but params is empty.  Params shape: %s",
                        tfg_shape_text(params, &text));
    TfgTensor *out = tfg_kernel_output(c, 0, rank, dims, s);
    if (!out)
        return -1;
    GatherNd g = {params, indices, out, depth, tfg_dims_product(params->rank - (int)depth, params->dims + depth), -1};
    if (tfg_try_ranges(n, 16384 / (g.inner + 1) + 1, gather_nd_range, &g, s) < 0)
        return -1;
    return g.bad >= 0 ? fail_index_nd(&g, c->type, c->name, s) : 0;
}

static int run_gather_nd(TfgKernelCall *c, TfgStatus *s)
{
    return tfg_gather_nd(c, c->in[0], c->in[1], s);
}

/* ---- OneHot ---------------------------------------------------------------------------------------------------------------------------- */

static int64_t any_index_at(const TfgTensor *t, int64_t i)
{
    return t->dtype == TFG_UINT8 ? ((const uint8_t *)t->data)[i] : index_at(t, i);
}

static int run_one_hot(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *indices = c->in[0], *depth_in = c->in[1], *on = c->in[2], *off = c->in[3];
    TfgShapeText text;
    int64_t axis = tfg_attrs_int(c->attrs, "axis"), dims[TFG_MAX_RANK];
    if (axis != -1 && (axis < 0 || axis > indices->rank))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected axis to be -1 or between [0, %d).  But received: %lld", indices->rank + 1,
                        (long long)axis);
    if (depth_in->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "depth must be a scalar, but got: %s", tfg_shape_text(depth_in, &text));
    if (on->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "on_value must be a scalar, but got: %s", tfg_shape_text(on, &text));
    if (off->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "off_value must be a scalar, but got: %s", tfg_shape_text(off, &text));
    int64_t depth = tfg_tensor_int(depth_in, 0);
    if (depth < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "depth must be non-negative, got: %lld", (long long)depth);
    if (indices->rank == TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    if (axis < 0)
        axis = indices->rank;
    memcpy(dims, indices->dims, (size_t)axis * sizeof *dims);
    dims[axis] = depth;
    memcpy(dims + axis + 1, indices->dims + axis, (size_t)(indices->rank - axis) * sizeof *dims);
    TfgTensor *out = tfg_kernel_output(c, 0, indices->rank + 1, dims, s);
    if (!out || tfg_fill_elements(out->dtype, out->data, off->data, out->count, s) < 0)
        return -1;
    if (out->count == 0)
        return 0;
    int64_t inner = tfg_dims_product(indices->rank - (int)axis, indices->dims + axis);
    for (int64_t i = 0; i < indices->count; i++) {
        int64_t hot = any_index_at(indices, i);
        if (hot >= 0 && hot < depth &&
            tfg_copy_elements(out->dtype, tfg_at_mut(out, (i / inner * depth + hot) * inner + i % inner), on->data, 1, s) < 0)
            return -1;
    }
    return 0;
}

/* ---- Tile and BroadcastTo ---------------------------------------------------------------------------------------------------------------- */

/* out[m0, i0, m1, i1, ...] = in[i0, i1, ...]: strides of 0 along the copies.  `dims` are those of `in`, with ones before them where the
 * output has more. */
static int repeat(const TfgTensor *in, int rank, const int64_t *dims, const int64_t *copies, TfgTensor *out, TfgStatus *s)
{
    int64_t wide[TFG_MAX_RANK * 2], ts[TFG_MAX_RANK * 2], fs[TFG_MAX_RANK * 2], strides[TFG_MAX_RANK];
    tfg_dims_strides(rank, dims, strides);
    for (int d = 0; d < rank; d++) {
        wide[2 * d] = copies[d];
        wide[2 * d + 1] = dims[d];
        fs[2 * d] = 0;
        fs[2 * d + 1] = strides[d];
    }
    tfg_dims_strides(rank * 2, wide, ts);
    int n = 0;                              /* sizes of 1 leave, so that twice the rank fits */
    for (int d = 0; d < rank * 2; d++)
        if (wide[d] != 1) {
            wide[n] = wide[d];
            ts[n] = ts[d];
            fs[n++] = fs[d];
        }
    if (n > TFG_MAX_RANK)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Tile of more than %d dimensions", TFG_MAX_RANK / 2);
    return tfg_strided_copy(in->dtype, n, wide, out->data, ts, in->data, fs, s);
}

static int run_tile(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *multiples = c->in[1];
    TfgShapeText text;
    int64_t dims[TFG_MAX_RANK], copies[TFG_MAX_RANK];
    if (multiples->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected multiples to be 1-D, but got shape %s", tfg_shape_text(multiples, &text));
    if (multiples->count != in->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected multiples argument to be a vector of length %d but got length %lld", in->rank,
                        (long long)multiples->count);
    bool same = true;
    for (int d = 0; d < in->rank; d++) {
        int64_t m = copies[d] = tfg_tensor_int(multiples, d);
        if (m < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected multiples[%d] >= 0, but got %lld", d, (long long)m);
        if (__builtin_mul_overflow(m, in->dims[d], &dims[d]))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Encountered overflow when multiplying %lld with %lld", (long long)m, (long long)in->dims[d]);
        same = same && m == 1;
    }
    if (same)
        return tfg_kernel_forward(c, 0, 0, s);
    TfgTensor *out = tfg_kernel_output(c, 0, in->rank, dims, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    return repeat(in, in->rank, in->dims, copies, out, s);
}

/* As TensorFlow's kernel, which tiles: a dimension may become any multiple of itself, not only of 1. */
static int run_broadcast_to(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *shape = c->in[1];
    TfgShapeText a, b;
    int64_t dims[TFG_MAX_RANK], from[TFG_MAX_RANK], copies[TFG_MAX_RANK];
    if (shape->rank > 1 || shape->count > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "shape must be a vector, got shape %s", tfg_shape_text(shape, &a));
    int rank = (int)shape->count, lead = rank - in->rank;
    bool fits = lead >= 0;
    for (int d = 0; d < rank; d++) {
        dims[d] = tfg_tensor_int(shape, d);
        if (dims[d] < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= 0", (long long)dims[d]);
        from[d] = d < lead || lead < 0 ? 1 : in->dims[d - lead];
        copies[d] = from[d] ? dims[d] / from[d] : 1;
        fits = fits && copies[d] * from[d] == dims[d];
    }
    if (!fits)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "invalid shape to broadcast from %s to %s", tfg_shape_text(in, &a), tfg_dims_text(rank, dims, &b));
    if (rank == in->rank && memcmp(dims, in->dims, (size_t)rank * sizeof *dims) == 0)
        return tfg_kernel_forward(c, 0, 0, s);
    TfgTensor *out = tfg_kernel_output(c, 0, rank, dims, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    return repeat(in, rank, from, copies, out, s);
}

static const TfgKernelRow rows[] = {
    {.op = "Gather", .run = run_gather}, {.op = "GatherV2", .host_in = 4, .run = run_gather}, {.op = "GatherNd", .run = run_gather_nd},
    {.op = "OneHot", .host_in = 2, .run = run_one_hot}, {.op = "Tile", .host_in = 2, .run = run_tile},
    {.op = "BroadcastTo", .host_in = 2, .run = run_broadcast_to},
};

const TfgKernelRow *tfg_kernels_array_gather(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
