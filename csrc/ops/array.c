/* Tensors as such: constants, placeholders, identities, their shapes, sets of values and diagonals: signatures and shapes. */
#include "ops/common.h"

/* Unchanged, and a handle points where it pointed. */
static int shape_identity(TfgShapeCall *c, TfgStatus *s)
{
    if (c->in_handle && c->in_handle[0])
        c->out_handle[0] = c->in_handle[0];
    return tfg_shape_unchanged(c, s);
}

static int shape_identity_n(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    for (int i = 0; i < c->n_out; i++)
        tfg_shape_copy(&c->out[i], &c->in[i]);
    return 0;
}

static int shape_const(TfgShapeCall *c, TfgStatus *s)
{
    const TfgAttr *value = tfg_attrs_find(c->attrs, "value");
    if (!value || value->kind != TFG_ATTR_TENSOR || !value->tensor)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "No attr named 'value'");
    TfgDType dtype = tfg_attrs_type(c->attrs, "dtype");
    if (value->tensor->dtype != dtype)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Inconsistent values for 'dtype' and the type of 'value': %s vs. %s",
                        tfg_dtype_enum_name(dtype), tfg_dtype_enum_name(value->tensor->dtype));
    tfg_tensor_shape(value->tensor, &c->out[0]);
    return 0;
}

/* Up to version 21 of GraphDef a scalar's shape stood for an unknown one. */
static int shape_placeholder(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    TfgShape shape;
    tfg_attrs_shape(c->attrs, "shape", &shape);
    if (shape.rank > 0 || c->producer > 21)
        tfg_shape_copy(&c->out[0], &shape);
    return 0;
}

static int shape_placeholder_with_default(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape shape, merged;
    tfg_attrs_shape(c->attrs, "shape", &shape);
    if (tfg_merge_shape(&c->in[0], &shape, &merged, s) < 0)
        return -1;
    tfg_shape_copy(&c->out[0], &shape);
    return 0;
}

static int shape_of_shape(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    for (int i = 0; i < c->n_out; i++)
        tfg_shape_set(&c->out[i], 1, (int64_t[]){c->in[i].rank});
    return 0;
}

/* What can be told of a shape: how many elements its known sizes give, and which one size is unknown (-1: none, -2: several). */
static void tally(const TfgShape *shape, int64_t *elements, int *unknown)
{
    *elements = 1;
    *unknown = -1;
    for (int i = 0; i < shape->rank; i++)
        if (shape->dims[i] >= 0)
            *elements = tfg_multiply_dim(*elements, shape->dims[i]);
        else
            *unknown = *unknown == -1 ? i : -2;
    if (*elements == 0)         /* whatever the unknown sizes are */
        *unknown = -1;
}

int tfg_shape_reshape(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[0];
    TfgShape *out = &c->out[0];
    if (c->constant_shape(c, 1, out, s) < 0)
        return -1;
    if (out->rank < 0 || in->rank < 0)
        return 0;

    int64_t n_in, n_out;
    int in_gap, out_gap;
    tally(in, &n_in, &in_gap);
    tally(out, &n_out, &out_gap);
    if (in_gap == -2 || out_gap == -2)
        return 0;
    if (in_gap < 0 && out_gap < 0) {
        if (n_in == n_out)
            return 0;
        TfgStr text = TFG_STR_INIT;
        tfg_shape_format(out, &text);
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Cannot reshape a tensor with %lld elements to shape %s (%lld elements)", (long long)n_in,
                 tfg_str_text(&text), (long long)n_out);
        tfg_str_fini(&text);
        return -1;
    }
    if (in_gap < 0)
        return n_out > 0 ? tfg_divide_dim(n_in, n_out, true, &out->dims[out_gap], s) : 0;
    if (out_gap < 0) {          /* the input's gap could be told, if anyone asked; it must exist */
        int64_t unused;
        return n_in > 0 ? tfg_divide_dim(n_out, n_in, true, &unused, s) : 0;
    }
    return 0;
}

static int shape_fill(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_rank(&c->in[0], 1, NULL, s) < 0 || tfg_want_scalar(c, 1, s) < 0)
        return -1;
    if (c->constant_shape(c, 0, &c->out[0], s) < 0)
        return -1;
    const TfgTensor *t = c->constant(c, 0);
    for (int64_t i = 0; t && i < t->count; i++)
        if (tfg_tensor_int(t, i) < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Fill dimensions must be >= 0");
    return 0;
}

static int shape_expand_dims(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[0];
    const TfgTensor *t = c->constant(c, 1);
    if (t && t->count != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "'dim' input must be a tensor with a single value");
    if (!t || in->rank < 0)
        return 0;
    int64_t dim = tfg_tensor_int(t, 0), one = 1;
    if (dim < -1 - in->rank || dim > in->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "dim %lld not in the interval [%d, %d].", (long long)dim, -1 - in->rank, (int)in->rank);
    if (dim < 0)
        dim += in->rank + 1;
    TfgShape before, after;
    tfg_sub_shape(in, 0, (int)dim, &before);
    tfg_sub_shape(in, (int)dim, in->rank, &after);
    tfg_join_shapes(&before, &one, &after, &c->out[0]);
    return 0;
}

static int shape_squeeze(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[0];
    if (in->rank < 0)
        return 0;
    int n;
    const int64_t *dims = tfg_attrs_ints(c->attrs, "squeeze_dims", &n);
    bool squeezed[TFG_MAX_RANK] = {false};
    for (int i = 0; i < n; i++) {
        if (dims[i] < -in->rank || dims[i] >= in->rank)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "squeeze_dims[%d] not in [%d,%d).", i, -in->rank, (int)in->rank);
        squeezed[dims[i] < 0 ? dims[i] + in->rank : dims[i]] = true;
    }
    int rank = 0;
    for (int i = 0; i < in->rank; i++) {
        int64_t dim = in->dims[i];
        if (n == 0 && dim < 0) {        /* may or may not go */
            tfg_shape_set_unknown(&c->out[0]);
            return 0;
        }
        if (squeezed[i] && dim >= 0 && dim != 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Can not squeeze dim[%d], expected a dimension of 1, got %lld", i, (long long)dim);
        if (!squeezed[i] && (n > 0 || dim != 1))
            c->out[0].dims[rank++] = dim;
    }
    c->out[0].rank = rank;
    return 0;
}

static int shape_broadcast_args(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_rank(&c->in[0], 1, NULL, s) < 0 || tfg_want_rank(&c->in[1], 1, NULL, s) < 0)
        return -1;
    int64_t a = tfg_dim(&c->in[0], 0), b = tfg_dim(&c->in[1], 0), n = a < 0 || b < 0 ? -1 : a > b ? a : b;
    tfg_shape_set(&c->out[0], 1, &n);
    return 0;
}

static int shape_broadcast_gradient_args(TfgShapeCall *c, TfgStatus *s)
{
    for (int i = 0; i < 2; i++) {
        if (tfg_want_rank(&c->in[i], 1, NULL, s) < 0)
            return -1;
        tfg_shape_set_rank(&c->out[i], 1);
    }
    return 0;
}

static int shape_broadcast_to(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[0];
    TfgShape *out = &c->out[0];
    if (tfg_want_rank(&c->in[1], 1, NULL, s) < 0 || c->constant_shape(c, 1, out, s) < 0)
        return -1;
    if (out->rank < 0 || in->rank < 0)
        return 0;
    bool fits = out->rank >= in->rank;
    for (int i = 0; i < in->rank && fits; i++) {
        int64_t dim = in->dims[in->rank - 1 - i], to = out->dims[out->rank - 1 - i];
        fits = dim <= 0 || to < 0 || to % dim == 0;          /* all that 1.12.3 asks */
    }
    if (fits)
        return 0;
    TfgStr a = TFG_STR_INIT, b = TFG_STR_INIT;
    tfg_shape_format(in, &a);
    tfg_shape_format(out, &b);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Cannot broadcast a tensor with shape %s shape %s", tfg_str_text(&a), tfg_str_text(&b));
    tfg_str_fini(&a);
    tfg_str_fini(&b);
    return -1;
}

static int shape_bitcast(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[0];
    if (in->rank < 0)
        return 0;
    TfgDType from = tfg_dtype_base(c->in_dtype[0]), to = tfg_attrs_type(c->attrs, "type");
    int64_t a = (int64_t)tfg_dtype_size(from), b = (int64_t)tfg_dtype_size(to), ratio;
    if (a == 0 || b == 0 || !tfg_dtype_is_plain(from) || !tfg_dtype_is_plain(to))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Cannot bitcast types %s to %s because one of the type sizes is zero.",
                        tfg_dtype_signature_name(from), tfg_dtype_signature_name(to));
    if (a == b)
        return tfg_shape_unchanged(c, s);
    if (a > b) {
        ratio = a / b;
        tfg_join_shapes(in, &ratio, NULL, &c->out[0]);
        return 0;
    }
    ratio = b / a;
    if (tfg_want_rank_at_least(in, 1, s) < 0)
        return -1;
    int64_t last = tfg_dim(in, -1);
    if (last >= 0 && last != ratio)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Cannot bitcast due to shape. %lld does not match %lld", (long long)last, (long long)ratio);
    tfg_sub_shape(in, 0, -1, &c->out[0]);
    return 0;
}

/* Values, where each stands, and counts.  Only Unique itself insists on a vector. */
static int shape_unique(TfgShapeCall *c, TfgStatus *s)
{
    if (c->n_in == 1 && c->n_out == 2 && tfg_want_rank(&c->in[0], 1, NULL, s) < 0)
        return -1;
    tfg_shape_set_rank(&c->out[0], 1);
    tfg_shape_copy(&c->out[1], &c->in[0]);
    if (c->n_out > 2)
        tfg_shape_set_rank(&c->out[2], 1);
    return 0;
}

static int shape_where(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    tfg_shape_set(&c->out[0], 2, (int64_t[]){-1, c->in[0].rank});
    return 0;
}

static int shape_list_diff(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_rank(&c->in[0], 1, NULL, s) < 0 || tfg_want_rank(&c->in[1], 1, NULL, s) < 0)
        return -1;
    tfg_shape_set_rank(&c->out[0], 1);
    tfg_shape_set_rank(&c->out[1], 1);
    return 0;
}

static int shape_vector_unchanged(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_want_rank(&c->in[0], 1, &c->out[0], s);
}

static int shape_diag(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_rank_at_least(&c->in[0], 1, s) < 0)
        return -1;
    tfg_join_shapes(&c->in[0], NULL, &c->in[0], &c->out[0]);
    return 0;
}

static int shape_diag_part(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[0];
    if (in->rank < 0)
        return 0;
    if (in->rank % 2 != 0 || in->rank == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input must have even and non-zero rank, input rank is %d", (int)in->rank);
    int half = in->rank / 2;
    for (int i = 0; i < half; i++)
        if (tfg_merge_dim(in->dims[i], in->dims[i + half], &c->out[0].dims[i], s) < 0)
            return -1;
    c->out[0].rank = half;
    return 0;
}

static int shape_matrix_diag(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[0];
    if (tfg_want_rank_at_least(in, 1, s) < 0)
        return -1;
    int64_t last = tfg_dim(in, -1);
    tfg_join_shapes(in, &last, NULL, &c->out[0]);
    return 0;
}

/* The smaller of the last two sizes: 0 wins even over an unknown one. */
static int64_t diagonal_length(const TfgShape *matrix)
{
    int64_t a = tfg_dim(matrix, -2), b = tfg_dim(matrix, -1);
    if (a == 0 || b == 0)
        return 0;
    return a < 0 || b < 0 ? -1 : a < b ? a : b;
}

static int shape_matrix_diag_part(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[0];
    if (tfg_want_rank_at_least(in, 2, s) < 0)
        return -1;
    TfgShape batch;
    int64_t n = diagonal_length(in);
    tfg_sub_shape(in, 0, -2, &batch);
    tfg_join_shapes(&batch, &n, NULL, &c->out[0]);
    return 0;
}

static int shape_matrix_set_diag(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[0], *diag = &c->in[1];
    if (tfg_want_rank_at_least(in, 2, s) < 0 || tfg_want_rank_at_least(diag, 1, s) < 0)
        return -1;
    TfgShape known, batch, two, guess;
    int64_t n;
    if (in->rank >= 0 && tfg_want_rank(diag, in->rank - 1, NULL, s) < 0)
        return -1;
    if (tfg_merge_dim(diagonal_length(in), tfg_dim(diag, -1), &n, s) < 0)
        return -1;
    tfg_shape_copy(&known, in);
    if (diag->rank > 0 && !tfg_shape_is_full(in)) {
        tfg_sub_shape(diag, 0, -1, &batch);
        tfg_shape_set_rank(&two, 2);
        tfg_join_shapes(&batch, NULL, &two, &guess);
        return tfg_merge_shape(in, &guess, &c->out[0], s);
    }
    tfg_shape_copy(&c->out[0], &known);
    return 0;
}

#define PLAIN "{bfloat16, half, float, double, int64, int32, uint8, uint16, uint32, uint64, int8, int16, complex64, complex128, " \
              "qint8, quint8, qint16, quint16, qint32}"

const TfgOpRow tfg_ops_array[] = {
    { .name = "_Arg", .out = {"output: T"}, .attr = {"T: type", "index: int >= 0"}, .flags = TFG_OP_STATEFUL },
    { .name = "_Retval", .in = {"input: T"}, .attr = {"T: type", "index: int >= 0"}, .flags = TFG_OP_STATEFUL },
    { .name = "Bitcast", .in = {"input: T"}, .out = {"output: type"},
      .attr = {"T: " PLAIN,
      "type: " PLAIN},
      .shape = shape_bitcast },
    { .name = "BroadcastArgs", .in = {"s0: T", "s1: T"}, .out = {"r0: T"}, .attr = {"T: " INDEX " = DT_INT32"},
      .shape = shape_broadcast_args },
    { .name = "BroadcastGradientArgs", .in = {"s0: T", "s1: T"}, .out = {"r0: T", "r1: T"}, .attr = {"T: " INDEX " = DT_INT32"},
      .shape = shape_broadcast_gradient_args },
    { .name = "BroadcastTo", .in = {"input: T", "shape: Tidx"}, .out = {"output: T"}, .attr = {"T: type",
      "Tidx: " INDEX " = DT_INT32"}, .shape = shape_broadcast_to },
    { .name = "CheckNumerics", .in = {"tensor: T"}, .out = {"output: T"}, .attr = {"T: " FLOATS_B, "message: string"},
      .shape = tfg_shape_unchanged },
    { .name = "Const", .out = {"output: dtype"}, .attr = {"value: tensor", "dtype: type"}, .shape = shape_const },
    { .name = "DebugGradientIdentity", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: type"}, .shape = tfg_shape_unchanged,
      .flags = TFG_OP_ALLOWS_UNINITIALIZED },
    { .name = "DebugGradientRefIdentity", .in = {"input: Ref(T)"}, .out = {"output: Ref(T)"}, .attr = {"T: type"},
      .shape = tfg_shape_unchanged, .flags = TFG_OP_ALLOWS_UNINITIALIZED },
    { .name = "Diag", .in = {"diagonal: T"}, .out = {"output: T"}, .attr = {"T: " UNARY_NUMBERS}, .shape = shape_diag },
    { .name = "DiagPart", .in = {"input: T"}, .out = {"diagonal: T"}, .attr = {"T: " UNARY_NUMBERS}, .shape = shape_diag_part },
    { .name = "ExpandDims", .in = {"input: T", "dim: Tdim"}, .out = {"output: T"}, .attr = {"T: type",
      "Tdim: " INDEX " = DT_INT32"}, .shape = shape_expand_dims },
    { .name = "Fill", .in = {"dims: index_type", "value: T"}, .out = {"output: T"}, .attr = {"T: type",
      "index_type: " INDEX " = DT_INT32"}, .shape = shape_fill },
    { .name = "GuaranteeConst", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: type"}, .shape = tfg_shape_unchanged,
      .flags = TFG_OP_STATEFUL },
    { .name = "Identity", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: type"}, .shape = shape_identity },
    { .name = "IdentityN", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: list(type) >= 1"}, .shape = shape_identity_n },
    { .name = "ImmutableConst", .out = {"tensor: dtype"}, .attr = {"dtype: type", "shape: shape", "memory_region_name: string"},
      .shape = tfg_shape_from_attr },
    { .name = "InvertPermutation", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " INDEX " = DT_INT32"},
      .shape = shape_vector_unchanged },
    { .name = "ListDiff", .in = {"x: T", "y: T"}, .out = {"out: T", "idx: out_idx"}, .attr = {"T: type",
      "out_idx: " INDEX " = DT_INT32"}, .shape = shape_list_diff },
    { .name = "BatchMatrixBandPart", .in = {"input: T", "num_lower: int64", "num_upper: int64"}, .out = {"band: T"}, .attr = {"T: type"},
      .shape = tfg_shape_unknown, .deprecated_since = 14, .deprecation = "Use MatrixBandPart" },
    { .name = "BatchMatrixDiag", .in = {"diagonal: T"}, .out = {"output: T"}, .attr = {"T: type"}, .shape = tfg_shape_unknown,
      .deprecated_since = 14, .deprecation = "Use MatrixDiag" },
    { .name = "BatchMatrixDiagPart", .in = {"input: T"}, .out = {"diagonal: T"}, .attr = {"T: type"}, .shape = tfg_shape_unknown,
      .deprecated_since = 14, .deprecation = "Use MatrixDiagPart" },
    { .name = "BatchMatrixSetDiag", .in = {"input: T", "diagonal: T"}, .out = {"output: T"}, .attr = {"T: type"},
      .shape = tfg_shape_unknown, .deprecated_since = 14, .deprecation = "Use MatrixSetDiag" },
    { .name = "DeepCopy", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: type"}, .shape = tfg_shape_unchanged, .flags = TFG_OP_STATEFUL },
    { .name = "MatrixBandPart", .in = {"input: T", "num_lower: Tindex", "num_upper: Tindex"}, .out = {"band: T"},
      .attr = {"T: type", "Tindex: " INDEX " = DT_INT64"}, .shape = tfg_shape_unchanged },
    { .name = "MatrixDiag", .in = {"diagonal: T"}, .out = {"output: T"}, .attr = {"T: type"}, .shape = shape_matrix_diag },
    { .name = "MatrixDiagPart", .in = {"input: T"}, .out = {"diagonal: T"}, .attr = {"T: type"}, .shape = shape_matrix_diag_part },
    { .name = "MatrixSetDiag", .in = {"input: T", "diagonal: T"}, .out = {"output: T"}, .attr = {"T: type"},
      .shape = shape_matrix_set_diag },
    { .name = "OnesLike", .in = {"x: T"}, .out = {"y: T"},
      .attr = {"T: {bfloat16, half, float, double, int8, uint8, int16, uint16, int32, int64, complex64, complex128, bool}"},
      .shape = tfg_shape_unchanged },
    { .name = "Placeholder", .out = {"output: dtype"}, .attr = {"dtype: type", "shape: shape = { unknown_rank: true }"},
      .shape = shape_placeholder },
    { .name = "PlaceholderV2", .out = {"output: dtype"}, .attr = {"dtype: type", "shape: shape"}, .shape = tfg_shape_from_attr,
      .deprecated_since = 23, .deprecation = "Placeholder now behaves the same as PlaceholderV2." },
    { .name = "PlaceholderWithDefault", .in = {"input: dtype"}, .out = {"output: dtype"}, .attr = {"dtype: type", "shape: shape"},
      .shape = shape_placeholder_with_default },
    { .name = "PreventGradient", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: type", "message: string = ''"},
      .shape = tfg_shape_unchanged },
    { .name = "Rank", .in = {"input: T"}, .out = {"output: int32"}, .attr = {"T: type"}, .shape = tfg_shape_scalar },
    { .name = "Reshape", .in = {"tensor: T", "shape: Tshape"}, .out = {"output: T"}, .attr = {"T: type",
      "Tshape: " INDEX " = DT_INT32"}, .shape = tfg_shape_reshape },
    { .name = "Shape", .in = {"input: T"}, .out = {"output: out_type"}, .attr = {"T: type", "out_type: " INDEX " = DT_INT32"},
      .shape = shape_of_shape },
    { .name = "ShapeN", .in = {"input: N * T"}, .out = {"output: N * out_type"}, .attr = {"N: int >= 1", "T: type",
      "out_type: " INDEX " = DT_INT32"}, .shape = shape_of_shape },
    { .name = "Size", .in = {"input: T"}, .out = {"output: out_type"}, .attr = {"T: type", "out_type: " INDEX " = DT_INT32"},
      .shape = tfg_shape_scalar },
    { .name = "Snapshot", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: type"}, .shape = tfg_shape_unchanged },
    { .name = "Squeeze", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: type", "squeeze_dims: list(int) >= 0 = []"},
      .shape = shape_squeeze },
    { .name = "StopGradient", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: type"}, .shape = tfg_shape_unchanged },
    { .name = "Unique", .in = {"x: T"}, .out = {"y: T", "idx: out_idx"}, .attr = {"T: type", "out_idx: " INDEX " = DT_INT32"},
      .shape = shape_unique },
    { .name = "UniqueV2", .in = {"x: T", "axis: Taxis"}, .out = {"y: T", "idx: out_idx"}, .attr = {"T: type",
      "Taxis: " INDEX " = DT_INT64", "out_idx: " INDEX " = DT_INT32"}, .shape = shape_unique },
    { .name = "UniqueWithCounts", .in = {"x: T"}, .out = {"y: T", "idx: out_idx", "count: out_idx"}, .attr = {"T: type",
      "out_idx: " INDEX " = DT_INT32"}, .shape = shape_unique },
    { .name = "UniqueWithCountsV2", .in = {"x: T", "axis: Taxis"}, .out = {"y: T", "idx: out_idx", "count: out_idx"},
      .attr = {"T: type", "Taxis: " INDEX " = DT_INT64", "out_idx: " INDEX " = DT_INT32"}, .shape = shape_unique },
    { .name = "Where", .in = {"input: T"}, .out = {"index: int64"}, .attr = {"T: " NUMBERS_AND("bool") " = DT_BOOL"},
      .shape = shape_where },
    { .name = "ZerosLike", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: type"}, .shape = tfg_shape_unchanged },
};
const int tfg_n_ops_array = sizeof tfg_ops_array / sizeof *tfg_ops_array;
