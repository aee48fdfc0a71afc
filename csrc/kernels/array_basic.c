/* Const, the identities, shapes as values, and what gives an input another shape or fills one. */
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/list.h"
#include "kernels/util.h"
#include "runtime/resource.h"

/* ---- Values that pass through ------------------------------------------------------------------------------------------------ */

static int run_const(TfgKernelCall *c, TfgStatus *s)
{
    const TfgAttr *value = tfg_attrs_find(c->attrs, "value");
    if (!value || value->kind != TFG_ATTR_TENSOR || !value->tensor)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s has no value", c->name);
    tfg_tensor_unref(c->out[0]);
    c->out[0] = tfg_tensor_ref(value->tensor);
    return 0;
}

static int run_identity(TfgKernelCall *c, TfgStatus *s)
{
    for (int i = 0; i < c->n_out; i++)
        if (tfg_kernel_forward(c, i, i, s) < 0)
            return -1;
    return 0;
}

/* A value of its own, even when the input goes on. */
static int run_snapshot(TfgKernelCall *c, TfgStatus *s)
{
    TfgTensor *out = tfg_kernel_output_like(c, 0, c->in[0], s);
    if (!out)
        return -1;
    return out->data == c->in[0]->data ? 0 : tfg_copy_elements(out->dtype, out->data, c->in[0]->data, out->count, s);
}

static int run_ref_identity(TfgKernelCall *c, TfgStatus *s)
{
    (void)s;
    c->ref_out[0] = tfg_variable_ref(c->ref[0]);
    return 0;
}

static int run_placeholder(TfgKernelCall *c, TfgStatus *s)
{
    TfgStr shape = TFG_STR_INIT;
    TfgShape declared;
    const TfgAttr *a = tfg_attrs_find(c->attrs, "shape");
    tfg_attrs_shape(c->attrs, "shape", &declared);
    if (a && declared.rank > 0)
        tfg_shape_format(&declared, &shape);
    int rc = tfg_fail(s, TFG_INVALID_ARGUMENT, shape.n ? "You must feed a value for placeholder tensor '%s' with dtype %s and shape %s"
                                                       : "You must feed a value for placeholder tensor '%s' with dtype %s",
                      c->name, tfg_dtype_signature_name(tfg_attrs_type(c->attrs, "dtype")), tfg_str_text(&shape));
    tfg_str_fini(&shape);
    return rc;
}

static int run_unreachable(TfgKernelCall *c, TfgStatus *s)
{
    return tfg_fail(s, TFG_INTERNAL, "%s runs only as part of a function call", c->type);
}

/* ---- Shapes as values ----------------------------------------------------------------------------------------------------------- */

static int store_int(TfgTensor *t, int64_t i, int64_t value, TfgStatus *s)
{
    if (t->dtype == TFG_INT64)
        ((int64_t *)t->data)[i] = value;
    else if (value > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape output type is 32-bit  but dim %lld is %lld", (long long)i, (long long)value);
    else
        ((int32_t *)t->data)[i] = (int32_t)value;
    return 0;
}

static int run_shape(TfgKernelCall *c, TfgStatus *s)
{
    for (int j = 0; j < c->n_out; j++) {
        const TfgTensor *in = c->in[j];
        TfgTensor *out = tfg_kernel_output(c, j, 1, (int64_t[]){in->rank}, s);
        if (!out)
            return -1;
        for (int d = 0; d < in->rank; d++)
            if (store_int(out, d, in->dims[d], s) < 0)
                return -1;
    }
    return 0;
}

static int run_rank(TfgKernelCall *c, TfgStatus *s)
{
    TfgTensor *out = tfg_kernel_output(c, 0, 0, NULL, s);
    return out ? store_int(out, 0, c->in[0]->rank, s) : -1;
}

static int run_size(TfgKernelCall *c, TfgStatus *s)
{
    TfgTensor *out = tfg_kernel_output(c, 0, 0, NULL, s);
    if (!out)
        return -1;
    if (out->dtype == TFG_INT32 && c->in[0]->count > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Number of elements was larger than representable by 32-bit output type");
    return store_int(out, 0, c->in[0]->count, s);
}

/* ---- Other shapes for the same elements -------------------------------------------------------------------------------------------- */

static int run_reshape(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *sizes = c->in[1];
    TfgShapeText text;
    if (sizes->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "sizes input must be 1-D, not %s", tfg_shape_text(sizes, &text));
    if (sizes->count > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    int rank = (int)sizes->count, unknown = -1;
    int64_t dims[TFG_MAX_RANK] = {0};
    for (int d = 0; d < rank; d++) {
        dims[d] = tfg_tensor_int(sizes, d);
        if (dims[d] == -1) {
            if (unknown >= 0)
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "Only one input size may be -1, not both %d and %d", unknown, d);
            unknown = d;
            dims[d] = 1;
        } else if (dims[d] < 0) {
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Size %d must be non-negative, not %lld", d, (long long)dims[d]);
        }
    }
    int64_t product = tfg_dims_count(rank, dims);
    bool over = product < 0;
    if (unknown >= 0) {
        if (product == 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Reshape cannot infer the missing input size for an empty tensor unless all specified "
                            "input sizes are non-zero");
        if (over || in->count % product != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input to reshape is a tensor with %lld values, but the requested shape requires a "
                            "multiple of %lld", (long long)in->count, (long long)product);
        dims[unknown] = in->count / product;
        product = in->count;
    }
    if (over || product != in->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input to reshape is a tensor with %lld values, but the requested shape has %lld",
                        (long long)in->count, (long long)product);
    return tfg_kernel_forward_as(c, 0, 0, rank, dims, s);
}

static int run_expand_dims(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *dim = c->in[1];
    if (dim->count != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "'dim' must be a tensor with a single value");
    int64_t axis = tfg_tensor_int(dim, 0), dims[TFG_MAX_RANK];
    if (axis < -1 - in->rank || axis > in->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Tried to expand dim index %lld for tensor with %d dimensions.", (long long)axis, in->rank);
    if (in->rank == TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    if (axis < 0)
        axis += in->rank + 1;
    memcpy(dims, in->dims, (size_t)axis * sizeof *dims);
    dims[axis] = 1;
    memcpy(dims + axis + 1, in->dims + axis, (size_t)(in->rank - axis) * sizeof *dims);
    return tfg_kernel_forward_as(c, 0, 0, in->rank + 1, dims, s);
}

static int run_squeeze(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    int n, rank = 0;
    const int64_t *axes = tfg_attrs_ints(c->attrs, "squeeze_dims", &n);
    bool chosen[TFG_MAX_RANK] = {false};
    int64_t dims[TFG_MAX_RANK];
    for (int i = 0; i < n; i++) {
        int64_t axis = axes[i];
        if (!tfg_axis_in_range(&axis, in->rank))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Tried to squeeze dim index %lld for tensor with %d dimensions.", (long long)axes[i],
                            in->rank);
        chosen[axis] = true;
    }
    for (int d = 0; d < in->rank; d++) {
        if (chosen[d] && in->dims[d] != 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Can not squeeze dim[%d], expected a dimension of 1, got %lld", d,
                            (long long)in->dims[d]);
        if (n > 0 ? !chosen[d] : in->dims[d] != 1)
            dims[rank++] = in->dims[d];
    }
    return tfg_kernel_forward_as(c, 0, 0, rank, dims, s);
}

/* The last dimension takes up the difference of element sizes. */
static int run_bitcast(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    TfgDType to = tfg_attrs_type(c->attrs, "type");
    if (!tfg_dtype_is_plain(in->dtype) || !tfg_dtype_is_plain(to))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Bitcast is between numbers only");
    size_t from_size = tfg_dtype_size(in->dtype), to_size = tfg_dtype_size(to);
    int64_t dims[TFG_MAX_RANK];
    int rank = in->rank;
    TfgShapeText text;
    memcpy(dims, in->dims, (size_t)rank * sizeof *dims);
    if (from_size < to_size) {
        if (rank == 0 || dims[rank - 1] != (int64_t)(to_size / from_size))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Cannot bitcast from %s to %s: shape %s", tfg_dtype_signature_name(in->dtype),
                            tfg_dtype_signature_name(to), tfg_shape_text(in, &text));
        rank--;
    } else if (from_size > to_size) {
        if (rank == TFG_MAX_RANK)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
        dims[rank++] = (int64_t)(from_size / to_size);
    }
    if (from_size == to_size)
        return tfg_kernel_forward_as(c, 0, 0, rank, dims, s);
    TfgTensor *out = tfg_kernel_output(c, 0, rank, dims, s);
    if (!out)
        return -1;
    memcpy(out->data, in->data, tfg_tensor_nbytes(in));
    return 0;
}

/* ---- Filling -------------------------------------------------------------------------------------------------------------------------- */

typedef struct FillTask { TfgTensor *out; const void *value; } FillTask;

static int fill_range(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const FillTask *f = context;
    return tfg_fill_elements(f->out->dtype, tfg_at_mut(f->out, begin), f->value, end - begin, s);
}

static int fill_all(TfgTensor *out, const void *value, TfgStatus *s)
{
    FillTask f = {out, value};
    return tfg_try_ranges(out->count, 262144, fill_range, &f, s);
}

static int run_fill(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *sizes = c->in[0], *value = c->in[1];
    TfgShapeText text;
    int64_t dims[TFG_MAX_RANK];
    if (sizes->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "dims must be a vector, got shape %s", tfg_shape_text(sizes, &text));
    if (value->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "value must be a scalar, got shape %s", tfg_shape_text(value, &text));
    if (sizes->count > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    for (int d = 0; d < (int)sizes->count; d++) {
        dims[d] = tfg_tensor_int(sizes, d);
        if (dims[d] < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= 0", (long long)dims[d]);
    }
    TfgTensor *out = tfg_kernel_output(c, 0, (int)sizes->count, dims, s);
    return out ? fill_all(out, value->data, s) : -1;
}

static int run_zeros_like(TfgKernelCall *c, TfgStatus *s)
{
    if (c->in[0]->dtype == TFG_VARIANT)
        return tfg_lists_zeros_like(c, s);
    static const char zero[16] = {0};
    TfgTensor *out = tfg_kernel_output_like(c, 0, c->in[0], s);
    if (!out)
        return -1;
    return tfg_dtype_is_plain(out->dtype) ? fill_all(out, zero, s) : 0;     /* strings and handles are made empty */
}

static int run_ones_like(TfgKernelCall *c, TfgStatus *s)
{
    TfgTensor *out = tfg_kernel_output_like(c, 0, c->in[0], s);
    if (!out)
        return -1;
    union { float f; double d; TfgComplex64 c64; TfgComplex128 c128; uint64_t i; uint16_t h; } one = {.i = 1};
    switch (out->dtype) {
    case TFG_FLOAT: one.f = 1; break;
    case TFG_DOUBLE: one.d = 1; break;
    case TFG_COMPLEX64: one.c64 = (TfgComplex64){1, 0}; break;
    case TFG_COMPLEX128: one.c128 = (TfgComplex128){1, 0}; break;
    case TFG_HALF: case TFG_BFLOAT16: one.h = tfg_store_half(out->dtype, 1); break;
    default: break;             /* integers and bool: the low byte, on a little-endian machine */
    }
    return fill_all(out, &one, s);
}

static int run_deep_copy(TfgKernelCall *c, TfgStatus *s)
{
    if (!tfg_dtype_is_plain(c->in[0]->dtype))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Unsupported data type: %s", tfg_dtype_signature_name(c->in[0]->dtype));
    TfgTensor *out = tfg_kernel_output_like(c, 0, c->in[0], s);
    return out ? tfg_copy_elements(out->dtype, out->data, c->in[0]->data, out->count, s) : -1;
}

#define PASS(name) {.op = name, .run = run_identity}
static const TfgKernelRow rows[] = {
    {.op = "Const", .run = run_const},
    PASS("Identity"), PASS("IdentityN"), PASS("GuaranteeConst"), PASS("StopGradient"), PASS("PreventGradient"),
    PASS("PlaceholderWithDefault"), PASS("DebugGradientIdentity"),
    {.op = "DeepCopy", .run = run_deep_copy},
    {.op = "Snapshot", .inplace = {{1, 1}}, .run = run_snapshot},
    {.op = "DebugGradientRefIdentity", .flags = TFG_KERNEL_UNINITIALIZED_REF | TFG_KERNEL_READS_REF, .run = run_ref_identity},
    {.op = "Placeholder", .run = run_placeholder}, {.op = "PlaceholderV2", .run = run_placeholder},
    {.op = "_Arg", .run = run_unreachable}, {.op = "_Retval", .run = run_unreachable},
    {.op = "Shape", .host_out = 1, .run = run_shape}, {.op = "ShapeN", .host_out = 1, .run = run_shape},
    {.op = "Rank", .host_out = 1, .run = run_rank}, {.op = "Size", .host_out = 1, .run = run_size},
    {.op = "Reshape", .host_in = 2, .run = run_reshape}, {.op = "ExpandDims", .host_in = 2, .run = run_expand_dims},
    {.op = "Squeeze", .run = run_squeeze}, {.op = "Bitcast", .run = run_bitcast},
    {.op = "Fill", .host_in = 1, .run = run_fill},
    {.op = "ZerosLike", .inplace = {{1, 1}}, .run = run_zeros_like}, {.op = "OnesLike", .inplace = {{1, 1}}, .run = run_ones_like},
};

const TfgKernelRow *tfg_kernels_array_basic(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
