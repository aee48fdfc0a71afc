/* Slice and StridedSlice, the gradient of the latter, and assignment to a strided slice of a variable. */
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/strided.h"
#include "kernels/util.h"
#include "runtime/resource.h"

/* ---- Slice ---------------------------------------------------------------------------------------------------------------------- */

static int run_slice(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *begin = c->in[1], *size = c->in[2];
    TfgShapeText a, b;
    int rank = in->rank;
    if (begin->rank != 1 || size->rank != 1 || begin->count != rank || size->count != rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected begin and size arguments to be 1-D tensors of size %d, but got shapes %s and %s "
                        "instead.", rank, tfg_shape_text(begin, &a), tfg_shape_text(size, &b));
    int64_t dims[TFG_MAX_RANK], fs[TFG_MAX_RANK], ts[TFG_MAX_RANK], offset = 0;
    bool whole = true;
    tfg_dims_strides(rank, in->dims, fs);
    for (int d = 0; d < rank; d++) {
        int64_t from = tfg_tensor_int(begin, d), n = tfg_tensor_int(size, d), dim = in->dims[d];
        if (n == -1)
            n = dim - from;
        if (dim == 0 && (from != 0 || n != 0))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected begin[%d] == 0 (got %lld) and size[%d] == 0 (got %lld) when "
                            "input.dim_size(%d) == 0", d, (long long)from, d, (long long)n, d);
        if (from < 0 || from > dim)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected begin[%d] in [0, %lld], but got %lld", d, (long long)dim, (long long)from);
        if (n < 0 || n > dim - from)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected size[%d] in [0, %lld], but got %lld", d, (long long)(dim - from), (long long)n);
        dims[d] = n;
        offset += from * fs[d];
        whole = whole && n == dim;
    }
    if (whole)
        return tfg_kernel_forward(c, 0, 0, s);
    TfgTensor *out = tfg_kernel_output(c, 0, rank, dims, s);
    if (!out)
        return -1;
    tfg_dims_strides(rank, dims, ts);
    return out->count ? tfg_strided_copy(in->dtype, rank, dims, out->data, ts, tfg_at(in, offset), fs, s) : 0;
}

/* ---- What a strided slice means ----------------------------------------------------------------------------------------------- */

typedef struct Spec {
    int rank;                               /* of the sliced tensor */
    int64_t begin[TFG_MAX_RANK], stride[TFG_MAX_RANK], size[TFG_MAX_RANK];
    int out_rank;
    int64_t out[TFG_MAX_RANK + 32];         /* new axes included, shrunk ones gone */
    bool whole;                             /* every element, in order */
} Spec;

typedef struct Masks { uint64_t begin, end, ellipsis, new_axis, shrink; } Masks;

static Masks read_masks(const TfgAttrs *a)
{
    return (Masks){(uint64_t)tfg_attrs_int(a, "begin_mask"), (uint64_t)tfg_attrs_int(a, "end_mask"), (uint64_t)tfg_attrs_int(a, "ellipsis_mask"),
                   (uint64_t)tfg_attrs_int(a, "new_axis_mask"), (uint64_t)tfg_attrs_int(a, "shrink_axis_mask")};
}

static int64_t clamp_index(int64_t x, bool masked, bool is_end, int64_t dim, int64_t stride)
{
    int64_t low = stride > 0 ? 0 : -1, high = stride > 0 ? dim : dim - 1;
    if (masked)
        return (stride > 0) == is_end ? high : low;
    int64_t forward = x < 0 ? dim + x : x;
    return forward < low ? low : forward > high ? high : forward;
}

/* One dimension of the tensor, sliced by entry i of begin, end and strides. */
static int slice_dim(Spec *p, int d, int64_t dim, int64_t begin, int64_t end, int64_t stride, bool begin_masked, bool end_masked, bool shrink,
                     TfgStatus *s)
{
    if (stride == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "strides[%d] must be non-zero", d);
    if (shrink) {
        if (stride < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "only stride 1 allowed on non-range indexing.");
        int64_t at = begin < 0 ? dim + begin : begin;
        if (at < 0 || at >= dim)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "slice index %lld of dimension %d out of bounds.", (long long)at, d);
        p->begin[d] = at;
        p->stride[d] = p->size[d] = 1;
        return 0;
    }
    begin = clamp_index(begin, begin_masked, false, dim, stride);
    end = clamp_index(end, end_masked, true, dim, stride);
    int64_t interval = end - begin;
    p->begin[d] = begin;
    p->stride[d] = stride;
    p->size[d] = interval == 0 || (interval < 0) != (stride < 0) ? 0 : interval / stride + (interval % stride != 0);
    return 0;
}

static int add_out(Spec *p, int64_t size, TfgStatus *s)
{
    if (p->out_rank == TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    p->out[p->out_rank++] = size;
    return 0;
}

static int check_arguments(const TfgTensor *begin, const TfgTensor *end, const TfgTensor *strides, const Masks *m, TfgStatus *s)
{
    TfgShapeText a, b, c;
    if (begin->rank != 1 || end->rank != 1 || strides->rank != 1 || begin->count != end->count || begin->count != strides->count ||
        begin->count >= 32)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected begin, end, and strides to be 1D equal size tensors, but got shapes %s, %s, and %s "
                        "instead.", tfg_shape_text(begin, &a), tfg_shape_text(end, &b), tfg_shape_text(strides, &c));
    if (m->ellipsis & (m->ellipsis - 1))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Multiple ellipses in slice spec not allowed");
    return 0;
}

static int read_spec(Spec *p, int rank, const int64_t *dims, const TfgTensor *begin, const TfgTensor *end, const TfgTensor *strides,
                     const TfgAttrs *attrs, TfgStatus *s)
{
    Masks m = read_masks(attrs);
    if (check_arguments(begin, end, strides, &m, s) < 0)
        return -1;
    int n = (int)begin->count, d = 0, named = 0;
    bool ellipsis = false;
    p->rank = rank;
    p->out_rank = 0;
    for (int i = 0; i < n; i++)             /* entries that consume a dimension */
        named += !(m.ellipsis >> i & 1) && !(m.new_axis >> i & 1);
    for (int i = 0; i <= n; i++) {
        if (i < n ? (m.ellipsis >> i & 1) : !ellipsis) {
            ellipsis = true;
            for (int skip = rank - named; skip > 0; skip--, d++) {
                slice_dim(p, d, dims[d], 0, 0, 1, true, true, false, s);
                if (add_out(p, dims[d], s) < 0)
                    return -1;
            }
        } else if (i == n) {
            break;
        } else if (m.new_axis >> i & 1) {
            if (add_out(p, 1, s) < 0)
                return -1;
        } else {
            bool shrink = m.shrink >> i & 1;
            if (d == rank)
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "Index out of range using input dim %d; input has only %d dims", d, rank);
            if (slice_dim(p, d, dims[d], tfg_tensor_int(begin, i), tfg_tensor_int(end, i), tfg_tensor_int(strides, i), m.begin >> i & 1,
                          m.end >> i & 1, shrink, s) < 0)
                return -1;
            if (!shrink && add_out(p, p->size[d], s) < 0)
                return -1;
            d++;
        }
    }
    p->whole = true;
    for (int k = 0; k < rank; k++)
        p->whole = p->whole && p->size[k] == dims[k] && (p->stride[k] == 1 || dims[k] == 1);
    return 0;
}

/* Offset of the slice's first element, and its strides, in a tensor of these dims. */
static int64_t slice_strides(const Spec *p, const int64_t *dims, int64_t *strides)
{
    int64_t offset = 0;
    tfg_dims_strides(p->rank, dims, strides);
    for (int d = 0; d < p->rank; d++) {
        offset += p->begin[d] * strides[d];
        strides[d] *= p->stride[d];
    }
    return offset;
}

/* ---- Reading and writing one --------------------------------------------------------------------------------------------------- */

static int run_strided_slice(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    Spec p;
    int64_t fs[TFG_MAX_RANK], ts[TFG_MAX_RANK];
    if (read_spec(&p, in->rank, in->dims, c->in[1], c->in[2], c->in[3], c->attrs, s) < 0)
        return -1;
    if (p.whole)
        return tfg_kernel_forward_as(c, 0, 0, p.out_rank, p.out, s);
    TfgTensor *out = tfg_kernel_output(c, 0, p.out_rank, p.out, s);
    if (!out)
        return -1;
    if (out->count == 0)
        return 0;
    int64_t offset = slice_strides(&p, in->dims, fs);
    tfg_dims_strides(p.rank, p.size, ts);
    return tfg_strided_copy(in->dtype, p.rank, p.size, out->data, ts, tfg_at(in, offset), fs, s);
}

static int run_strided_slice_grad(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *shape = c->in[0], *dy = c->in[4];
    TfgShapeText a, b;
    int64_t dims[TFG_MAX_RANK], ts[TFG_MAX_RANK], fs[TFG_MAX_RANK];
    if (shape->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "shape must be 1-D, got shape.shape = %s", tfg_shape_text(shape, &a));
    if (shape->count > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    int rank = (int)shape->count;
    for (int d = 0; d < rank; d++) {
        dims[d] = tfg_tensor_int(shape, d);
        if (dims[d] < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= 0", (long long)dims[d]);
    }
    Spec p;
    if (read_spec(&p, rank, dims, c->in[1], c->in[2], c->in[3], c->attrs, s) < 0)
        return -1;
    if (dy->rank != p.out_rank || memcmp(dy->dims, p.out, (size_t)p.out_rank * sizeof p.out[0]) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "shape of dy was %s instead of %s", tfg_shape_text(dy, &a),
                        tfg_dims_text(p.out_rank, p.out, &b));
    if (p.whole)
        return tfg_kernel_forward_as(c, 4, 0, rank, dims, s);
    TfgTensor *out = tfg_kernel_output(c, 0, rank, dims, s);
    if (!out)
        return -1;
    if (tfg_dtype_is_plain(out->dtype))
        memset(out->data, 0, tfg_tensor_nbytes(out));
    if (dy->count == 0)
        return 0;
    int64_t offset = slice_strides(&p, dims, ts);
    tfg_dims_strides(p.rank, p.size, fs);
    return tfg_strided_copy(dy->dtype, p.rank, p.size, tfg_at_mut(out, offset), ts, dy->data, fs, s);
}

/* With the variable's lock held. */
static int assign_slice(TfgKernelCall *c, TfgVariable *v, TfgStatus *s)
{
    const TfgTensor *value = c->in[4];
    TfgShapeText a, b;
    Spec p;
    int64_t ts[TFG_MAX_RANK], fs[TFG_MAX_RANK];
    if (!v->value)
        return tfg_fail(s, TFG_FAILED_PRECONDITION, "Attempting to use uninitialized value %s", v->name);
    if (v->value->dtype != value->dtype)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "l-value dtype %s does not match r-value dtype %s", tfg_dtype_signature_name(v->value->dtype),
                        tfg_dtype_signature_name(value->dtype));
    if (read_spec(&p, v->value->rank, v->value->dims, c->in[1], c->in[2], c->in[3], c->attrs, s) < 0)
        return -1;
    if (tfg_dims_product(p.rank, p.size) == 0)
        return 0;
    if (value->rank != p.out_rank || memcmp(value->dims, p.out, (size_t)p.out_rank * sizeof p.out[0]) != 0)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "sliced l-value shape %s does not match r-value shape %s. Automatic broadcasting not yet "
                        "implemented.", tfg_dims_text(p.out_rank, p.out, &a), tfg_shape_text(value, &b));
    if (tfg_variable_make_exclusive(v, s) < 0)
        return -1;
    int64_t offset = slice_strides(&p, v->value->dims, ts);
    tfg_dims_strides(p.rank, p.size, fs);
    v->version++;
    return tfg_strided_copy(value->dtype, p.rank, p.size, tfg_at_mut(v->value, offset), ts, value->data, fs, s);
}

static int run_strided_slice_assign(TfgKernelCall *c, TfgStatus *s)
{
    TfgVariable *v = c->ref[0];
    pthread_mutex_lock(&v->lock);
    int rc = assign_slice(c, v, s);
    pthread_mutex_unlock(&v->lock);
    if (rc == 0)
        c->ref_out[0] = tfg_variable_ref(v);
    return rc;
}

static int run_resource_strided_slice_assign(TfgKernelCall *c, TfgStatus *s)
{
    TfgVariable *v = (TfgVariable *)tfg_resource_lookup(c->resources, c->in[0], TFG_VARIABLE_TYPE, s);
    if (!v)
        return -1;
    pthread_mutex_lock(&v->lock);
    int rc = assign_slice(c, v, s);
    pthread_mutex_unlock(&v->lock);
    tfg_variable_unref(v);
    return rc;
}

static const TfgKernelRow rows[] = {
    {.op = "Slice", .host_in = 6, .run = run_slice}, {.op = "StridedSlice", .host_in = 14, .run = run_strided_slice},
    {.op = "StridedSliceGrad", .host_in = 15, .run = run_strided_slice_grad},
    {.op = "StridedSliceAssign", .flags = TFG_KERNEL_WRITES_REF, .host_in = 14, .run = run_strided_slice_assign},
    {.op = "ResourceStridedSliceAssign", .flags = TFG_KERNEL_WRITES_REF, .host_in = 14, .run = run_resource_strided_slice_assign},
};

const TfgKernelRow *tfg_kernels_array_slice(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
