/* Joining, splitting, padding and rearranging tensors: signatures and shapes. */
#include "ops/common.h"

/* Inputs [first, first + n), joined along the axis that input `dim` gives. */
static int concat(TfgShapeCall *c, int first, int n, int dim, TfgStatus *s)
{
    const TfgTensor *t = c->constant(c, dim);
    TfgShape *out = &c->out[0], before, after, a, b, merged;
    if (tfg_want_scalar(c, dim, s) < 0)
        return -1;
    if (!t) {
        int rank = -1;
        for (int i = first; i < first + n; i++) {
            if (rank < 0)
                rank = c->in[i].rank;
            if (rank == 0)
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "Can't concatenate scalars (use tf.stack instead)");
            if (rank > 0 && tfg_want_rank(&c->in[i], rank, NULL, s) < 0)
                return -1;
        }
        if (rank > 0)
            tfg_shape_set_rank(out, rank);
        return 0;
    }
    int64_t axis = tfg_tensor_int(t, 0), middle = 0;
    int least = tfg_rank_for_axis(axis);
    for (int i = first + n - 1; i >= first; i--) {
        const TfgShape *in = &c->in[i];
        if (tfg_want_rank_at_least(in, least, s) < 0)
            return -1;
        tfg_sub_shape(in, 0, (int)axis, &a);
        if (axis == -1)
            tfg_shape_set_scalar(&b);
        else
            tfg_sub_shape(in, (int)axis + 1, TFG_TO_END, &b);
        int64_t size = in->rank < 0 ? -1 : tfg_dim(in, (int)axis);
        if (i == first + n - 1) {
            tfg_shape_copy(&before, &a);
            tfg_shape_copy(&after, &b);
            middle = size;
            continue;
        }
        if (tfg_merge_shape(&a, &before, &merged, s) < 0)
            return -1;
        tfg_shape_copy(&before, &merged);
        middle = tfg_add_dim(middle, size);
        if (tfg_merge_shape(&b, &after, &merged, s) < 0)
            return -1;
        tfg_shape_copy(&after, &merged);
    }
    tfg_join_shapes(&before, &middle, &after, out);
    return 0;
}

static int shape_concat(TfgShapeCall *c, TfgStatus *s) { return concat(c, 1, c->n_in - 1, 0, s); }
int tfg_shape_concat_first(TfgShapeCall *c, int n, TfgStatus *s) { return concat(c, 1, n, 0, s); }
static int shape_concat_v2(TfgShapeCall *c, TfgStatus *s) { return concat(c, 0, c->n_in - 1, c->n_in - 1, s); }

static int shape_concat_offset(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    for (int i = 0; i < c->n_out; i++)
        tfg_shape_copy(&c->out[i], &c->in[i + 1]);
    return 0;
}

/* All inputs [0, n) merged, from the last to the first. */
static int merge_inputs(TfgShapeCall *c, int n, TfgShape *out, TfgStatus *s)
{
    TfgShape merged;
    tfg_shape_copy(out, &c->in[n - 1]);
    for (int i = n - 2; i >= 0; i--) {
        if (tfg_merge_shape(&c->in[i], out, &merged, s) < 0)
            return tfg_status_append(s, "\n\tFrom merging shape %d with other shapes.", i);
        tfg_shape_copy(out, &merged);
    }
    return 0;
}

/* An axis of a tensor of `rank` dims, counted from the front. */
static int axis_attr(const TfgShapeCall *c, int rank, int *axis, TfgStatus *s)
{
    int64_t value = tfg_attrs_int(c->attrs, "axis");
    if (value < -rank || value >= rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid axis: %lld; must be in [%d,%d)", (long long)value, -rank, rank);
    *axis = (int)(value < 0 ? value + rank : value);
    return 0;
}

static int shape_pack(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape each, before, after;
    int64_t n = c->n_in;
    int axis;
    if (merge_inputs(c, c->n_in, &each, s) < 0)
        return -1;
    if (each.rank < 0)
        return 0;
    if (axis_attr(c, each.rank + 1, &axis, s) < 0)
        return -1;
    tfg_sub_shape(&each, 0, axis, &before);
    tfg_sub_shape(&each, axis, each.rank, &after);
    tfg_join_shapes(&before, &n, &after, &c->out[0]);
    return 0;
}

static int shape_unpack(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[0];
    TfgShape before, after, each;
    int axis;
    if (in->rank < 0)
        return 0;
    if (axis_attr(c, in->rank, &axis, s) < 0)
        return -1;
    if (tfg_want_dim(in->dims[axis], tfg_attrs_int(c->attrs, "num"), s) < 0)
        return -1;
    tfg_sub_shape(in, 0, axis, &before);
    tfg_sub_shape(in, axis + 1, in->rank, &after);
    tfg_join_shapes(&before, NULL, &after, &each);
    for (int i = 0; i < c->n_out; i++)
        tfg_shape_copy(&c->out[i], &each);
    return 0;
}

static void all_outputs_of_rank(TfgShapeCall *c, int rank)
{
    for (int i = 0; rank >= 0 && i < c->n_out; i++)
        tfg_shape_set_rank(&c->out[i], rank);
}

static int shape_split(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[1];
    int64_t axis, size;
    if (tfg_scalar_axis(c, 0, in->rank, &axis, s) < 0)
        return -1;
    if (axis < 0) {
        all_outputs_of_rank(c, in->rank);
        return 0;
    }
    if (tfg_want_rank_at_least(in, (int)(axis < TFG_MAX_RANK ? axis + 1 : TFG_MAX_RANK + 1), s) < 0)
        return -1;
    if (in->rank < 0)
        return 0;
    if (tfg_divide_dim(in->dims[axis], c->n_out, true, &size, s) < 0)
        return tfg_status_append(s, "\n\tNumber of ways to split should evenly divide the split dimension");
    for (int i = 0; i < c->n_out; i++) {
        tfg_shape_copy(&c->out[i], in);
        c->out[i].dims[axis] = size;
    }
    return 0;
}

static int add_sizes(int64_t a, int64_t b, int64_t *out, TfgStatus *s)
{
    if (!__builtin_add_overflow(a, b, out))
        return 0;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension size overflow from adding %lld and %lld", (long long)a, (long long)b);
}

static int fail_split_v(int64_t dim, const TfgTensor *sizes, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    for (int64_t i = 0; i < sizes->count; i++)
        tfg_str_printf(&text, "%s%lld", i ? "," : "", (long long)tfg_tensor_int(sizes, i));
    tfg_fail(s, TFG_INVALID_ARGUMENT, "can't split axis of size %lld into pieces of size [%s]", (long long)dim, tfg_str_text(&text));
    tfg_str_fini(&text);
    return -1;
}

static int split_by_sizes(TfgShapeCall *c, const TfgShape *in, int axis, const TfgTensor *sizes, TfgStatus *s)
{
    int64_t total = 0, dim = in->dims[axis];
    bool has_rest = false;
    if (sizes->count != c->n_out)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Length of size_splits should be equal to num_outputs");
    for (int64_t i = 0; i < sizes->count; i++) {
        int64_t size = tfg_tensor_int(sizes, i);
        if (size == -1 && has_rest)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "size_splits can only have one -1");
        if (size == -1)
            has_rest = true;
        else if (add_sizes(total, size, &total, s) < 0)
            return -1;
    }
    if (dim >= 0 && (has_rest ? total > dim : total != dim))
        return fail_split_v(dim, sizes, s);
    for (int i = 0; i < c->n_out; i++) {
        int64_t size = tfg_tensor_int(sizes, i);
        tfg_shape_copy(&c->out[i], in);
        c->out[i].dims[axis] = size == -1 && dim >= 0 ? dim - total : size < -1 ? -1 : size;
    }
    return 0;
}

static int shape_split_v(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[0];
    int64_t axis;
    if (tfg_scalar_axis(c, 2, in->rank, &axis, s) < 0)
        return -1;
    const TfgTensor *sizes = c->constant(c, 1);
    if (in->rank < 0)
        return 0;
    if (in->rank == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Can't split scalars");
    if (axis < 0) {
        all_outputs_of_rank(c, in->rank);
        return 0;
    }
    if (sizes)
        return split_by_sizes(c, in, (int)axis, sizes, s);
    for (int i = 0; i < c->n_out; i++) {
        tfg_shape_copy(&c->out[i], in);
        c->out[i].dims[axis] = -1;
    }
    return 0;
}

static int shape_tile(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape in, multiples, known;
    tfg_shape_copy(&in, &c->in[0]);
    if (c->constant_shape(c, 1, &multiples, s) < 0)
        return -1;
    if (in.rank < 0 && multiples.rank < 0)
        return 0;
    if (in.rank < 0)
        tfg_shape_set_rank(&in, multiples.rank);
    if (tfg_want_rank(&multiples, in.rank, &known, s) < 0)
        return -1;
    c->out[0].rank = in.rank;
    for (int i = 0; i < in.rank; i++)
        c->out[0].dims[i] = tfg_multiply_dim(in.dims[i], known.dims[i]);
    return 0;
}

/* dims of `in` plus (sign 1) or minus (sign -1) what input 1 pads. */
static int apply_paddings(const TfgShape *in, const TfgTensor *paddings, int sign, TfgShape *out, TfgStatus *s)
{
    tfg_shape_copy(out, in);
    for (int i = 0; i < in->rank; i++) {
        int64_t before = tfg_tensor_int(paddings, 2 * i), after = tfg_tensor_int(paddings, 2 * i + 1), both;
        if (before < 0 || after < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Paddings must be non-negative");
        if (add_sizes(before, after, &both, s) < 0)
            return -1;
        if (in->dims[i] < 0)
            continue;
        if (add_sizes(in->dims[i], sign * both, &out->dims[i], s) < 0)
            return -1;
        if (out->dims[i] < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Negative dimension size caused by subtracting %lld from %lld",
                            (long long)both, (long long)in->dims[i]);
    }
    return 0;
}

/* A size that is known must be a rank that shapes can have. */
static int rank_from_size(int64_t n, TfgStatus *s)
{
    return n <= TFG_MAX_RANK ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape of %lld dimensions; at most %d are possible",
                                            (long long)n, TFG_MAX_RANK);
}

static int shape_pad(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape paddings, in;
    if (tfg_want_rank(&c->in[1], 2, &paddings, s) < 0 || tfg_want_dim(paddings.dims[1], 2, s) < 0)
        return -1;
    int64_t n = paddings.dims[0];
    tfg_shape_copy(&in, &c->in[0]);
    if (n >= 0) {
        if (rank_from_size(n, s) < 0 || tfg_want_rank(&c->in[0], (int)n, &in, s) < 0)
            return -1;
    } else {
        n = in.rank;
    }
    const TfgTensor *t = c->constant(c, 1);
    if (!t) {
        if (n >= 0)
            tfg_shape_set_rank(&c->out[0], (int)n);
        return 0;
    }
    TfgShape ranked;
    if (t->rank != 2 || rank_from_size(t->dims[0], s) < 0 || tfg_want_rank(&in, (int)t->dims[0], &ranked, s) < 0)
        return s->code ? -1 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape must be rank 2 but is rank %d", (int)t->rank);
    return apply_paddings(&ranked, t, 1, &c->out[0], s);
}

static int shape_mirror_pad_grad(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape paddings, in, merged, matrix;
    if (tfg_want_rank(&c->in[1], 2, &paddings, s) < 0)
        return -1;
    int64_t n = paddings.dims[0];
    if (n < 0)
        return 0;
    tfg_shape_set(&matrix, 2, (int64_t[]){n, 2});
    if (rank_from_size(n, s) < 0 || tfg_want_rank(&c->in[0], (int)n, &in, s) < 0 || tfg_merge_shape(&paddings, &matrix, &merged, s) < 0)
        return -1;
    const TfgTensor *t = c->constant(c, 1);
    if (t)
        return apply_paddings(&in, t, -1, &c->out[0], s);
    tfg_shape_set_rank(&c->out[0], (int)n);
    return 0;
}

static int shape_transpose(TfgShapeCall *c, TfgStatus *s)
{
    const TfgTensor *perm = c->constant(c, 1);
    int64_t n = tfg_shape_count(&c->in[1]), rank = c->in[0].rank >= 0 ? c->in[0].rank : n >= 0 ? n : perm ? perm->count : -1;
    if (rank < 0)
        return 0;
    TfgShape in, unused;
    if (rank_from_size(rank, s) < 0 || tfg_want_rank(&c->in[0], (int)rank, &in, s) < 0 || tfg_want_rank(&c->in[1], 1, &unused, s) < 0 ||
        tfg_want_dim(unused.dims[0], rank, s) < 0)
        return -1;
    tfg_shape_set_rank(&c->out[0], (int)rank);
    for (int i = 0; perm && i < rank; i++) {
        int64_t from = tfg_tensor_int(perm, i);
        if (from < 0)
            from += rank;
        if (from < 0 || from >= rank)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "perm dim %lld is out of range of input rank %lld", (long long)from, (long long)rank);
        c->out[0].dims[i] = in.dims[from];
    }
    return 0;
}

static int shape_parallel_concat(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape shape, each, merged;
    tfg_attrs_shape(c->attrs, "shape", &shape);
    if (!tfg_shape_is_full(&shape))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "shape attr must be fully defined.");
    if (shape.rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape must be at least rank 1 but is rank 0");
    tfg_shape_copy(&each, &shape);
    each.dims[0] = 1;
    for (int i = 0; i < c->n_in; i++) {
        if (!tfg_shape_is_full(&c->in[i]))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "All input shapes must be fully defined.");
        if (c->in[i].rank < 1 || c->in[i].dims[0] != 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Size of first dimension must be 1.");
        if (tfg_merge_shape(&c->in[i], &each, &merged, s) < 0)
            return tfg_status_append(s, "\n\tFrom merging shape %d with other shapes.", i);
    }
    tfg_shape_copy(&c->out[0], &shape);
    return 0;
}

/* What SpaceToBatchND and BatchToSpaceND have in common: the block's rank, and the input with at least as many dims and one. */
static int block_rank(TfgShapeCall *c, const TfgShape *block, const TfgShape *pads, int *n, TfgStatus *s)
{
    if (block->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "block_shape must have rank 1.");
    if (block->dims[0] < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "block_shape must have known size.");
    if (block->dims[0] >= TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "block_shape must have at most %d elements", TFG_MAX_RANK - 1);
    *n = (int)block->dims[0];
    TfgShape matrix, merged;
    if (tfg_want_rank_at_least(&c->in[0], *n + 1, s) < 0)
        return -1;
    tfg_shape_set(&matrix, 2, (int64_t[]){*n, 2});
    return tfg_merge_shape(pads, &matrix, &merged, s);
}

/* The new batch size: multiplied by the block, or divided. */
static int block_batch(const int64_t *block, int n, bool divide, int64_t *batch, TfgStatus *s)
{
    if (!block && n > 0)
        *batch = -1;
    for (int i = 0; block && i < n; i++) {
        int64_t b = block[i];
        if (b < 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "block_shape must be positive");
        if (!divide)
            *batch = tfg_multiply_dim(*batch, b);
        else if (tfg_divide_dim(*batch, b, true, batch, s) < 0)
            return -1;
    }
    return 0;
}

/* block: the n sizes, NULL while unknown; input `at` holds what is padded or cropped. */
static int blocks(TfgShapeCall *c, int n, const int64_t *block, int at, bool to_batch, TfgStatus *s)
{
    const TfgShape *in = &c->in[0];
    const TfgTensor *pads = c->constant(c, at);
    bool of_images = at == 1;           /* TensorFlow takes the crops off one after the other there */
    TfgShape front, rest;
    tfg_shape_set_rank(&front, n + 1);
    front.dims[0] = in->rank < 0 ? -1 : in->dims[0];
    if (block_batch(block, n, !to_batch, &front.dims[0], s) < 0)
        return -1;
    for (int i = 0; pads && i < n; i++) {
        int64_t before = tfg_tensor_int(pads, 2 * i), after = tfg_tensor_int(pads, 2 * i + 1), *dim = &front.dims[i + 1], both;
        if (before < 0 || after < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, to_batch ? "paddings cannot be negative" : "crops cannot be negative");
        if (add_sizes(before, after, &both, s) < 0)
            return -1;
        if (!block || in->rank < 0 || in->dims[i + 1] < 0)
            continue;
        int64_t b = block[i];
        if (to_batch) {
            if (add_sizes(in->dims[i + 1], both, &both, s) < 0 || tfg_divide_dim(both, b, true, dim, s) < 0)
                return -1;
            continue;
        }
        int64_t whole = tfg_multiply_dim(in->dims[i + 1], b), more = of_images ? after : 0, first = of_images ? before : both;
        if (whole < first || whole - first < more)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Negative dimension size caused by subtracting %lld from %lld",
                            (long long)(whole < first ? first : more), (long long)(whole < first ? whole : whole - first));
        *dim = whole - both;
    }
    tfg_sub_shape(in, n + 1, TFG_TO_END, &rest);
    tfg_join_shapes(&front, NULL, &rest, &c->out[0]);
    return 0;
}

static int blocks_of_tensor(TfgShapeCall *c, bool to_batch, TfgStatus *s)
{
    int64_t block[TFG_MAX_RANK];
    int n = 0;
    if (block_rank(c, &c->in[1], &c->in[2], &n, s) < 0)
        return -1;
    const TfgTensor *known = c->constant(c, 1);
    for (int i = 0; known && i < n; i++)
        block[i] = tfg_tensor_int(known, i);
    return blocks(c, n, known ? block : NULL, 2, to_batch, s);
}

/* SpaceToBatch and BatchToSpace: images, and one attribute for both sides of a block. */
static int blocks_of_images(TfgShapeCall *c, bool to_batch, TfgStatus *s)
{
    int64_t b = tfg_attrs_int(c->attrs, "block_size"), block[] = {b, b};
    TfgShape images, two;
    int n = 0;
    tfg_shape_set(&two, 1, (int64_t[]){2});
    if (tfg_want_rank(&c->in[0], 4, &images, s) < 0 || block_rank(c, &two, &c->in[1], &n, s) < 0
        || blocks(c, 2, block, 1, to_batch, s) < 0)
        return -1;
    TfgShape merged;
    tfg_shape_set_rank(&two, 4);
    if (tfg_merge_shape(&c->out[0], &two, &merged, s) < 0)
        return -1;
    tfg_shape_copy(&c->out[0], &merged);
    return 0;
}

static int shape_space_to_batch_nd(TfgShapeCall *c, TfgStatus *s) { return blocks_of_tensor(c, true, s); }
static int shape_batch_to_space_nd(TfgShapeCall *c, TfgStatus *s) { return blocks_of_tensor(c, false, s); }
static int shape_space_to_batch(TfgShapeCall *c, TfgStatus *s) { return blocks_of_images(c, true, s); }
static int shape_batch_to_space(TfgShapeCall *c, TfgStatus *s) { return blocks_of_images(c, false, s); }

/* Depth and space trade places.  NCHW_VECT_C splits the channels into an outer and an inner dimension of 4. */
static int depth_and_space(TfgShapeCall *c, bool to_depth, TfgStatus *s)
{
    bool nhwc = tfg_attrs_string_is(c->attrs, "data_format", "NHWC"), vect = tfg_attrs_string_is(c->attrs, "data_format", "NCHW_VECT_C");
    TfgShape in;
    if (tfg_want_rank(&c->in[0], vect ? 5 : 4, &in, s) < 0)
        return -1;
    int64_t b = tfg_attrs_int(c->attrs, "block_size"), square = tfg_multiply_dim(b, b);
    if (square < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "block_size %lld is not usable", (long long)b);
    int height = nhwc ? 1 : 2, depth = nhwc ? 3 : 1;
    tfg_shape_copy(&c->out[0], &in);
    int64_t *out = c->out[0].dims;
    if (to_depth) {
        out[depth] = tfg_multiply_dim(in.dims[depth], square);
        return tfg_divide_dim(in.dims[height], b, true, &out[height], s) < 0 ? -1 :
               tfg_divide_dim(in.dims[height + 1], b, true, &out[height + 1], s);
    }
    out[height] = tfg_multiply_dim(in.dims[height], b);
    out[height + 1] = tfg_multiply_dim(in.dims[height + 1], b);
    return tfg_divide_dim(in.dims[depth], square, true, &out[depth], s);
}

static int shape_space_to_depth(TfgShapeCall *c, TfgStatus *s) { return depth_and_space(c, true, s); }
static int shape_depth_to_space(TfgShapeCall *c, TfgStatus *s) { return depth_and_space(c, false, s); }

const TfgOpRow tfg_ops_array_join[] = {
    { .name = "BatchToSpace", .in = {"input: T", "crops: Tidx"}, .out = {"output: T"}, .attr = {"T: type", "block_size: int >= 2",
      "Tidx: " INDEX " = DT_INT32"}, .shape = shape_batch_to_space },
    { .name = "BatchToSpaceND", .in = {"input: T", "block_shape: Tblock_shape", "crops: Tcrops"}, .out = {"output: T"},
      .attr = {"T: type", "Tblock_shape: " INDEX " = DT_INT32", "Tcrops: " INDEX " = DT_INT32"}, .shape = shape_batch_to_space_nd },
    { .name = "Concat", .in = {"concat_dim: int32", "values: N * T"}, .out = {"output: T"}, .attr = {"N: int >= 2", "T: type"},
      .shape = shape_concat },
    { .name = "ConcatOffset", .in = {"concat_dim: int32", "shape: N * int32"}, .out = {"offset: N * int32"},
      .attr = {"N: int >= 2"}, .shape = shape_concat_offset },
    { .name = "ConcatV2", .in = {"values: N * T", "axis: Tidx"}, .out = {"output: T"}, .attr = {"N: int >= 2", "T: type",
      "Tidx: " INDEX " = DT_INT32"}, .shape = shape_concat_v2 },
    { .name = "ConjugateTranspose", .in = {"x: T", "perm: Tperm"}, .out = {"y: T"}, .attr = {"T: type",
      "Tperm: " INDEX " = DT_INT32"}, .shape = shape_transpose },
    { .name = "DepthToSpace", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: type", "block_size: int >= 2",
      "data_format: {'NHWC', 'NCHW', 'NCHW_VECT_C'} = 'NHWC'"}, .shape = shape_depth_to_space },
    { .name = "MirrorPad", .in = {"input: T", "paddings: Tpaddings"}, .out = {"output: T"}, .attr = {"T: type",
      "Tpaddings: " INDEX " = DT_INT32", "mode: {'REFLECT', 'SYMMETRIC'}"}, .shape = shape_pad },
    { .name = "MirrorPadGrad", .in = {"input: T", "paddings: Tpaddings"}, .out = {"output: T"}, .attr = {"T: type",
      "Tpaddings: " INDEX " = DT_INT32", "mode: {'REFLECT', 'SYMMETRIC'}"}, .shape = shape_mirror_pad_grad },
    { .name = "Pack", .in = {"values: N * T"}, .out = {"output: T"}, .attr = {"N: int >= 1", "T: type", "axis: int = 0"},
      .shape = shape_pack },
    { .name = "Pad", .in = {"input: T", "paddings: Tpaddings"}, .out = {"output: T"}, .attr = {"T: type",
      "Tpaddings: " INDEX " = DT_INT32"}, .shape = shape_pad },
    { .name = "PadV2", .in = {"input: T", "paddings: Tpaddings", "constant_values: T"}, .out = {"output: T"}, .attr = {"T: type",
      "Tpaddings: " INDEX " = DT_INT32"}, .shape = shape_pad },
    { .name = "ParallelConcat", .in = {"values: N * T"}, .out = {"output: T"}, .attr = {"N: int >= 1", "T: type", "shape: shape"},
      .shape = shape_parallel_concat },
    { .name = "SpaceToBatch", .in = {"input: T", "paddings: Tpaddings"}, .out = {"output: T"}, .attr = {"T: type",
      "Tpaddings: " INDEX " = DT_INT32", "block_size: int >= 2"}, .shape = shape_space_to_batch },
    { .name = "SpaceToBatchND", .in = {"input: T", "block_shape: Tblock_shape", "paddings: Tpaddings"}, .out = {"output: T"},
      .attr = {"T: type", "Tblock_shape: " INDEX " = DT_INT32", "Tpaddings: " INDEX " = DT_INT32"},
      .shape = shape_space_to_batch_nd },
    { .name = "SpaceToDepth", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: type", "block_size: int >= 2",
      "data_format: {'NHWC', 'NCHW', 'NCHW_VECT_C'} = 'NHWC'"}, .shape = shape_space_to_depth },
    { .name = "Split", .in = {"split_dim: int32", "value: T"}, .out = {"output: num_split * T"}, .attr = {"num_split: int >= 1",
      "T: type"}, .shape = shape_split },
    { .name = "SplitV", .in = {"value: T", "size_splits: Tlen", "split_dim: int32"}, .out = {"output: num_split * T"},
      .attr = {"num_split: int >= 1", "T: type", "Tlen: " INDEX " = DT_INT64"}, .shape = shape_split_v },
    { .name = "Tile", .in = {"input: T", "multiples: Tmultiples"}, .out = {"output: T"}, .attr = {"T: type",
      "Tmultiples: " INDEX " = DT_INT32"}, .shape = shape_tile },
    { .name = "TileGrad", .in = {"input: T", "multiples: int32"}, .out = {"output: T"}, .attr = {"T: type"},
      .shape = tfg_shape_unknown, .deprecated_since = 3, .deprecation = "TileGrad has been replaced with reduce_sum" },
    { .name = "Transpose", .in = {"x: T", "perm: Tperm"}, .out = {"y: T"}, .attr = {"T: type", "Tperm: " INDEX " = DT_INT32"},
      .shape = shape_transpose },
    { .name = "Unpack", .in = {"value: T"}, .out = {"output: num * T"}, .attr = {"num: int >= 0", "T: type", "axis: int = 0"},
      .shape = shape_unpack },
};
const int tfg_n_ops_array_join = sizeof tfg_ops_array_join / sizeof *tfg_ops_array_join;
