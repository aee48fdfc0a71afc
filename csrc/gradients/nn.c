/* Gradients of activations, biases, losses and rankings. */
#include <string.h>

#include "gradients/rows.h"

/* ---- activations ---- */

/* dx = type(dy, v) */
#define BY(name, type, v)                                                   \
    static int grad_##name(TfgGradCall *g, TfgStatus *s)                    \
    {                                                                       \
        TfgBuild build = TFG_BUILD(g, s), *b = &build;                      \
        tfg_b_dx(b, 0, B_OP(b, type, tfg_b_dy(b), v));                      \
        return tfg_b_done(b);                                               \
    }

BY(relu, "ReluGrad", tfg_b_y(b, 0))
BY(relu6, "Relu6Grad", tfg_b_y(b, 0))
BY(elu, "EluGrad", tfg_b_y(b, 0))
BY(selu, "SeluGrad", tfg_b_y(b, 0))
BY(softplus, "SoftplusGrad", tfg_b_x(b, 0))
BY(softsign, "SoftsignGrad", tfg_b_x(b, 0))

static TfgValue zeros_as(TfgBuild *b, TfgValue x)
{
    TfgValue shape = tfg_b_shape(b, x);
    return tfg_b_zeros(b, shape, tfg_b_dtype(b, x));
}

/* Of an activation that is linear in pieces: the gradient's own gradient passes the same gate. */
static int gate_again(TfgGradCall *g, const char *type, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 1);
    tfg_b_dx(b, 0, B_OP(b, type, tfg_b_dy(b), x));
    tfg_b_dx(b, 1, zeros_as(b, x));
    return tfg_b_done(b);
}

static int grad_relu_grad(TfgGradCall *g, TfgStatus *s) { return gate_again(g, "ReluGrad", s); }
static int grad_relu6_grad(TfgGradCall *g, TfgStatus *s) { return gate_again(g, "Relu6Grad", s); }

static int grad_elu_grad(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 1), dy = tfg_b_dy(b);
    tfg_b_dx(b, 0, B_OP(b, "EluGrad", dy, tfg_b_y(b, 0)));
    TfgValue negative = tfg_b_op_const(b, "Less", "Less", x, 0), slope = tfg_b_mul(b, dy, tfg_b_x(b, 0)), zeros = zeros_as(b, x);
    tfg_b_dx(b, 1, tfg_b_where(b, negative, slope, zeros));
    return tfg_b_done(b);
}

static int grad_selu_grad(TfgGradCall *g, TfgStatus *s)
{
    static const double SCALE_ALPHA = 1.7580993408473768599402175208123;
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 1), dy = tfg_b_dy(b), y = tfg_b_y(b, 0);
    tfg_b_dx(b, 0, B_OP(b, "EluGrad", dy, y));
    TfgValue negative = tfg_b_op_const(b, "Less", "Less", x, 0), shifted = tfg_b_op_const(b, "Add", "add", y, SCALE_ALPHA);
    TfgValue slope = B_OP(b, "EluGrad", dy, shifted), zeros = zeros_as(b, x);
    tfg_b_dx(b, 1, tfg_b_where(b, negative, slope, zeros));
    return tfg_b_done(b);
}

static int grad_softplus_grad(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy0 = tfg_b_x(b, 0), x = tfg_b_x(b, 1), dy = tfg_b_dy(b);
    bool in = tfg_b_after(b, dy);
    TfgValue d0 = B_OP(b, "SoftplusGrad", dy, x), top = tfg_b_mul(b, dy, dy0), minus = tfg_b_neg(b, x);
    TfgValue below = tfg_b_op_const(b, "Add", "add", B_OP(b, "Exp", minus), 2);
    below = tfg_b_add(b, below, B_OP(b, "Exp", x));
    TfgValue d1 = tfg_b_quotient(b, top, below);
    tfg_b_leave_after(b, in);
    tfg_b_dx(b, 0, d0);
    tfg_b_dx(b, 1, d1);
    return tfg_b_done(b);
}

/* ---- softmax and losses ---- */

static int grad_softmax(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue y = tfg_b_y(b, 0), dy = tfg_b_dy(b), sum = tfg_b_sum_last(b, tfg_b_mul(b, dy, y), true);
    tfg_b_dx(b, 0, tfg_b_mul(b, tfg_b_sub(b, dy, sum), y));
    return tfg_b_done(b);
}

static int grad_log_softmax(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue softmax = B_OP(b, "Exp", tfg_b_y(b, 0)), dy = tfg_b_dy(b), sum = tfg_b_sum_last(b, dy, true);
    tfg_b_dx(b, 0, tfg_b_sub(b, dy, tfg_b_mul(b, sum, softmax)));
    return tfg_b_done(b);
}

/* A vector's elements times a matrix's rows. */
static TfgValue scale_rows(TfgBuild *b, TfgValue vector, TfgValue matrix)
{
    TfgValue column = tfg_b_expand_dims(b, vector, -1);
    return tfg_b_mul(b, column, matrix);
}

static bool is_all_zero(const TfgTensor *t)
{
    const unsigned char *bytes = t->data;
    size_t n = tfg_tensor_size(t->dtype, t->count);
    for (size_t i = 0; i < n; i++)
        if (bytes[i])
            return false;
    return true;
}

/* Known to be zeros while the graph is built. */
static bool is_known_zero(TfgBuild *b, TfgValue v)
{
    const char *type = b->g->backend->producer ? b->g->backend->producer(b->g, v) : NULL;
    if (b->failed || (type && (strcmp(type, "ZerosLike") == 0 || strcmp(type, "Zeros") == 0)))
        return true;
    if (!b->g->backend->traces)
        return false;
    TfgTensor *t = tfg_grad_constant_value(b->g, v);
    bool zero = t && is_all_zero(t);
    tfg_tensor_unref(t);
    return zero;
}

/* The second output is the gradient of the first, so a gradient may come for it too. */
static int grad_softmax_xent(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue logits = tfg_b_x(b, 0), dy = tfg_b_dy(b), dx = scale_rows(b, dy, tfg_b_y(b, 1));
    if (tfg_has_value(g->dy[1].value) && !is_known_zero(b, g->dy[1].value)) {
        TfgValue second = tfg_b_dy_of(b, 1), softmax = B_OP(b, "Softmax", logits);
        TfgValue row = tfg_b_expand_dims(b, second, 1), column = tfg_b_expand_dims(b, softmax, 2);
        TfgValue product = B_NAMED(b, "BatchMatMul", "MatMul", row, column);
        TfgAttr one = {.kind = TFG_ATTR_INT, .is_list = true, .n = 1, .list_i = (const int64_t[]){1}};
        TfgValue sum = tfg_b_op(b, "Squeeze", NULL, &product, 1, B_ATTRS({"squeeze_dims", one}));
        TfgValue more = tfg_b_mul(b, tfg_b_sub(b, second, sum), softmax);
        dx = tfg_b_add(b, dx, more);
    }
    tfg_b_dx(b, 0, dx);
    TfgValue minus = tfg_b_neg(b, B_OP(b, "LogSoftmax", logits));
    tfg_b_dx(b, 1, scale_rows(b, dy, minus));
    return tfg_b_done(b);
}

static int grad_sparse_softmax_xent(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue y = tfg_b_y(b, 1), dy = tfg_b_dy(b);
    TfgValue once = tfg_b_op(b, "PreventGradient", NULL, &y, 1, B_ATTRS({"message", TFG_A_STRING(
        "Currently there is no way to take the second derivative of sparse_softmax_cross_entropy_with_logits due to the fused "
        "implementation's interaction with tf.gradients()")}));
    tfg_b_dx(b, 0, scale_rows(b, dy, once));
    return tfg_b_done(b);
}

static int grad_l2_loss(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, tfg_b_mul(b, tfg_b_x(b, 0), tfg_b_dy(b)));
    return tfg_b_done(b);
}

/* ---- biases ---- */

static int grad_bias_add(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b);
    TfgBytes format = tfg_attrs_string(g->attrs, "data_format");
    tfg_b_dx(b, 1, tfg_b_op(b, "BiasAddGrad", NULL, &dy, 1, B_ATTRS({"data_format", {.kind = TFG_ATTR_STRING, .s = format}})));
    tfg_b_dx(b, 0, dy);
    return tfg_b_done(b);
}

static int grad_bias_add_grad(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), dy = tfg_b_dy(b), shape = tfg_b_shape(b, x), expanded, multiples;
    (void)tfg_b_rank(b, x);     /* a node that nothing uses, in TensorFlow as well */
    TfgValue bias = tfg_b_shape(b, dy);
    bool nchw = tfg_attrs_string_is(g->attrs, "data_format", "NCHW");
    TfgBound front = B_AT(nchw ? -3 : -1);
    if (nchw) {
        TfgValue parts[3] = {tfg_b_ones_like(b, tfg_b_slice(b, shape, B_OPEN, front), TFG_INT32), bias};
        parts[2] = tfg_b_ones_like(b, tfg_b_slice(b, shape, B_AT(-2), B_OPEN), TFG_INT32);
        expanded = tfg_b_concat(b, parts, 3, 0);
        parts[0] = tfg_b_slice(b, shape, B_OPEN, front);
        parts[1] = TFG_NO_VALUE;
        parts[2] = tfg_b_slice(b, shape, B_AT(-2), B_OPEN);
        multiples = tfg_b_concat_with(b, parts, 3, 1, 0);
    } else {
        TfgValue parts[2] = {tfg_b_ones_like(b, tfg_b_slice(b, shape, B_OPEN, front), TFG_INT32), bias};
        expanded = tfg_b_concat(b, parts, 2, 0);
        parts[0] = tfg_b_slice(b, shape, B_OPEN, front);
        parts[1] = TFG_NO_VALUE;
        multiples = tfg_b_concat_with(b, parts, 2, 1, 0);
    }
    tfg_b_dx(b, 0, B_OP(b, "Tile", tfg_b_reshape(b, dy, expanded), multiples));
    return tfg_b_done(b);
}

static int grad_bias_add_v1(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b), last = tfg_b_op_const(b, "Sub", "sub", tfg_b_rank(b, dy), 1);
    TfgValue axes = tfg_b_range(b, TFG_NO_VALUE, last, TFG_NO_VALUE);
    tfg_b_dx(b, 1, tfg_b_sum(b, dy, axes));
    tfg_b_dx(b, 0, dy);
    return tfg_b_done(b);
}

/* ---- rankings ---- */

/* The last element of a shape, as int64. */
static TfgValue last_dim(TfgBuild *b, TfgValue shape)
{
    TfgValue wide = tfg_b_cast(b, shape, TFG_INT64, NULL), at = tfg_b_op_const(b, "Sub", "sub", tfg_b_size(b, shape), 1);
    return tfg_b_gather(b, wide, at);
}

/* Each dy goes to where its value stood: to row * columns + index of the flattened input. */
static int grad_top_k(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue shape = tfg_b_shape(b, tfg_b_x(b, 0)), index_shape = tfg_b_shape(b, tfg_b_y(b, 1)), k = last_dim(b, index_shape);
    TfgValue indices = tfg_b_reshape(b, tfg_b_y(b, 1), tfg_b_stack_const(b, "stack", k, -1, true));
    TfgValue columns = last_dim(b, shape), rows = tfg_b_item(b, tfg_b_shape(b, indices), 0);
    TfgValue limit = tfg_b_mul(b, tfg_b_cast(b, rows, TFG_INT64, NULL), columns);
    bool in = tfg_b_enter(b, "range");
    TfgValue start = tfg_b_cast(b, tfg_b_const(b, "start", TFG_INT32, 0), TFG_INT64, NULL);
    TfgValue offsets = B_NAMED(b, "Range", "/", start, limit, columns);
    tfg_b_leave(b, in);
    offsets = tfg_b_cast(b, tfg_b_expand_dims(b, offsets, -1), TFG_INT32, NULL);
    TfgValue flat = tfg_b_flatten(b, tfg_b_add(b, indices, offsets)), places = tfg_b_expand_dims(b, flat, -1);
    TfgValue dy = tfg_b_flatten(b, tfg_b_dy(b)), n = tfg_b_reduce_all(b, "Prod", shape);
    in = tfg_b_enter(b, "ScatterNd");
    TfgValue spread = B_NAMED(b, "ScatterNd", "/", places, dy, B_NAMED(b, "Pack", "shape", n));
    tfg_b_leave(b, in);
    tfg_b_dx(b, 0, tfg_b_reshape(b, spread, shape));
    TfgShape scalar;
    tfg_shape_set_scalar(&scalar);
    TfgValue zero = tfg_b_zeros_of(b, "zeros", &scalar, TFG_INT32);
    if (g->n_in > 1)
        tfg_b_dx(b, 1, zero);
    return tfg_b_done(b);
}

static int grad_nth_element(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b), hit = B_OP(b, "Equal", tfg_b_expand_dims(b, tfg_b_y(b, 0), -1), tfg_b_x(b, 0));
    TfgDType dtype = tfg_b_dtype(b, dy);
    TfgValue hits = tfg_b_cast(b, hit, dtype, NULL), spread = tfg_b_expand_dims(b, dy, -1);
    TfgValue n = tfg_b_expand_dims(b, tfg_b_sum_last(b, hits, false), -1);
    TfgKind kind = tfg_dtype_kind(dtype);
    TfgValue share = B_NAMED(b, kind == TFG_KIND_FLOAT || kind == TFG_KIND_NONE ? "RealDiv" : "FloorDiv", "div", hits, n);
    tfg_b_dx(b, 0, tfg_b_mul(b, share, spread));
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_nn[] = {
    GRAD("BiasAdd", grad_bias_add, 0),
    GRAD("BiasAddGrad", grad_bias_add_grad, TFG_USES_X0),
    GRAD("BiasAddV1", grad_bias_add_v1, 0),
    GRAD("Elu", grad_elu, TFG_USES_Y0),
    GRAD("EluGrad", grad_elu_grad, TFG_USES_X | TFG_USES_Y0),
    GRAD("L2Loss", grad_l2_loss, TFG_USES_X0),
    GRAD("LogSoftmax", grad_log_softmax, TFG_USES_Y0),
    GRAD("NthElement", grad_nth_element, TFG_USES_X0 | TFG_USES_Y0),
    GRAD("Relu", grad_relu, TFG_USES_Y0),
    GRAD("Relu6", grad_relu6, TFG_USES_Y0),
    GRAD("Relu6Grad", grad_relu6_grad, TFG_USES_X1),
    GRAD("ReluGrad", grad_relu_grad, TFG_USES_X1),
    GRAD("Selu", grad_selu, TFG_USES_Y0),
    GRAD("SeluGrad", grad_selu_grad, TFG_USES_X | TFG_USES_Y0),
    GRAD("Softmax", grad_softmax, TFG_USES_Y0),
    GRAD("SoftmaxCrossEntropyWithLogits", grad_softmax_xent, TFG_USES_X0 | TFG_USES_Y),
    GRAD("Softplus", grad_softplus, TFG_USES_X0),
    GRAD("SoftplusGrad", grad_softplus_grad, TFG_USES_X),
    GRAD("Softsign", grad_softsign, TFG_USES_X0),
    GRAD("SparseSoftmaxCrossEntropyWithLogits", grad_sparse_softmax_xent, TFG_USES_Y),
    GRAD("TopK", grad_top_k, TFG_USES_X0 | TFG_USES_Y),
    GRAD("TopKV2", grad_top_k, TFG_USES_X0 | TFG_USES_Y),
};
const int tfg_n_gradients_nn = sizeof tfg_gradients_nn / sizeof *tfg_gradients_nn;
