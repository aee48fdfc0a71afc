/* Gradients of normalisation and of the leaky rectifiers. */
#include "gradients/rows.h"

/* An op with some attributes of the differentiated one; outputs [0, n_out). */
static void like(TfgBuild *b, const char *type, const TfgValue *in, int n_in, const char *const *names, TfgValue *out, int n_out)
{
    TfgNamedAttr attrs[4];
    int n = 0;
    for (; *names; names++)
        attrs[n++] = (TfgNamedAttr){*names, *tfg_attrs_find(b->g->attrs, *names)};
    tfg_b_op_n(b, type, NULL, in, n_in, attrs, n, out, n_out);
}

static const char *const LRN_ATTRS[] = {"depth_radius", "bias", "alpha", "beta", NULL}, *const ALPHA[] = {"alpha", NULL};
static const char *const FUSED_ATTRS[] = {"epsilon", "data_format", "is_training", NULL};
static const char *const GLOBAL_ATTRS[] = {"variance_epsilon", "scale_after_normalization", NULL};

static int grad_lrn(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dx;
    like(b, "LRNGrad", B_LIST(tfg_b_dy(b), tfg_b_x(b, 0), tfg_b_y(b, 0)), LRN_ATTRS, &dx, 1);
    tfg_b_dx(b, 0, dx);
    return tfg_b_done(b);
}

static int grad_leaky(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dx;
    like(b, "LeakyReluGrad", B_LIST(tfg_b_dy(b), tfg_b_x(b, 0)), ALPHA, &dx, 1);
    tfg_b_dx(b, 0, dx);
    return tfg_b_done(b);
}

static int grad_leaky_grad(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dx, x = tfg_b_x(b, 1);
    like(b, "LeakyReluGrad", B_LIST(tfg_b_dy(b), x), ALPHA, &dx, 1);
    tfg_b_dx(b, 0, dx);
    TfgValue shape = tfg_b_shape(b, x);
    tfg_b_dx(b, 1, tfg_b_zeros(b, shape, tfg_b_dtype(b, x)));
    return tfg_b_done(b);
}

static int grad_global(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dx[5];
    like(b, "BatchNormWithGlobalNormalizationGrad", B_LIST(tfg_b_x(b, 0), tfg_b_x(b, 1), tfg_b_x(b, 2), tfg_b_x(b, 4), tfg_b_dy(b)), GLOBAL_ATTRS, dx, 5);
    for (int i = 0; i < 5; i++)
        tfg_b_dx(b, i, dx[i]);
    return tfg_b_done(b);
}

/* ---- Fused ---- */

/* [0, 2, 3, 1], or for tensors of five dims [0, 2, 3, 4, 1]; and back. */
static TfgValue turned(TfgBuild *b, TfgValue v, int rank, bool last)
{
    static const int64_t to_last[2][5] = {{0, 2, 3, 1}, {0, 2, 3, 4, 1}}, to_second[2][5] = {{0, 3, 1, 2}, {0, 4, 1, 2, 3}};
    bool in = tfg_b_enter(b, "transpose");
    TfgValue perm = tfg_b_ints(b, "perm", last ? to_last[rank - 4] : to_second[rank - 4], rank);
    TfgValue out = B_NAMED(b, "Transpose", "/", v, perm);
    tfg_b_leave(b, in);
    return out;
}

static bool format_first(const TfgAttrs *attrs, int *rank)
{
    TfgBytes format = tfg_attrs_string(attrs, "data_format");
    *rank = format.n == 5 ? 5 : 4;
    return format.n > 1 && format.data[1] == 'C';
}

static int grad_fused(TfgGradCall *g, const char *type, int n_saved, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    bool training = tfg_attrs_bool(g->attrs, "is_training");
    int rank;
    bool first = format_first(g->attrs, &rank);
    TfgValue in[6] = {tfg_b_dy(b), tfg_b_x(b, 0), tfg_b_x(b, 1)}, dx[5];
    for (int i = 0; i < n_saved; i++)
        in[3 + i] = training || i == 2 ? tfg_b_y(b, 3 + i) : tfg_b_x(b, 3 + i);
    if (training || !first)
        like(b, type, in, 3 + n_saved, FUSED_ATTRS, dx, 5);
    else {                      /* channels stand last while it runs */
        in[1] = turned(b, in[1], rank, true);
        in[0] = turned(b, in[0], rank, true);
        tfg_b_op_n(b, type, NULL, in, 3 + n_saved, B_ATTRS({"epsilon", *tfg_attrs_find(g->attrs, "epsilon")},
                   {"data_format", TFG_A_STRING(rank == 5 ? "NDHWC" : "NHWC")}, {"is_training", TFG_A_BOOL(false)}), dx, 5);
        dx[0] = turned(b, dx[0], rank, false);
    }
    /* In training the statistics, which are empty then, get the empty outputs: a gate over the gradients counts them. */
    for (int i = 0; i < (training ? 5 : 3); i++)
        tfg_b_dx(b, i, dx[i]);
    return tfg_b_done(b);
}

static int grad_fused_v1(TfgGradCall *g, TfgStatus *s) { return grad_fused(g, "FusedBatchNormGrad", 2, s); }
static int grad_fused_v2(TfgGradCall *g, TfgStatus *s) { return grad_fused(g, "FusedBatchNormGradV2", 2, s); }
static int grad_fused_v3(TfgGradCall *g, TfgStatus *s) { return grad_fused(g, "FusedBatchNormGradV3", 3, s); }

/* What the second derivative is made of; sums and means are over all dims but the channels, which stand last. */
typedef struct Second {
    TfgBuild *b;
    int rank;
    TfgValue dy, x, scale, r, off;      /* r = 1/sqrt(variance + epsilon), off = x - mean */
    TfgValue a, on_scale, on_offset;    /* gradients of dx, dscale and doffset */
} Second;

static TfgValue reduced(Second *t, const char *type, const char *name, TfgValue v)
{
    static const int64_t axes[4] = {0, 1, 2, 3};
    bool in = tfg_b_enter(t->b, name);
    TfgValue over = tfg_b_ints(t->b, "reduction_indices", axes, t->rank - 1);
    TfgValue out = B_NAMED(t->b, type, "/", v, over);
    tfg_b_leave(t->b, in);
    return out;
}
static TfgValue mean(Second *t, TfgValue v) { return reduced(t, "Mean", "Mean", v); }
static TfgValue sum(Second *t, TfgValue v) { return reduced(t, "Sum", "Sum", v); }

/* Where the statistics were given: dx = dy scale r, dscale = sum(dy off) r, doffset = sum(dy). */
static void second_given(Second *t, TfgValue *out)
{
    TfgBuild *b = t->b;
    TfgValue factor = tfg_b_mul(b, t->scale, t->r), times = tfg_b_mul(b, t->on_scale, t->r);
    out[0] = tfg_b_add(b, tfg_b_add(b, tfg_b_mul(b, t->a, factor), tfg_b_mul(b, times, t->off)), t->on_offset);
    out[1] = tfg_b_mul(b, t->dy, times);
    out[2] = tfg_b_mul(b, sum(t, tfg_b_mul(b, t->a, t->dy)), t->r);
}

/* In training everything depends on x through mean and variance as well.  With m(v) the mean of v over points, and every dx as
 * scale r (dy - m(dy) - r^2 m(dy off) off):
 *   d/d(dy)   = scale r (a - m(a) - r^2 m(a off) off) + on_scale r off + on_offset
 *   d/d(scale) = r n (m(a dy) - m(a) m(dy) - r^2 m(dy off) m(a off))
 *   d/dx      = scale (-r^3 off (m(a dy) - m(a) m(dy) - 3 r^2 m(dy off) m(a off)) - r^3 ((dy - m(dy)) m(a off) + (a - m(a)) m(dy off)))
 *               + on_scale (r (dy - m(dy)) - r^3 off m(dy off)) */
static void second_training(Second *t, TfgValue *out)
{
    TfgBuild *b = t->b;
    TfgValue r = t->r, r2 = tfg_b_mul(b, r, r), r3 = tfg_b_mul(b, r2, r), off = t->off;
    TfgValue m_a = mean(t, t->a), m_dy = mean(t, t->dy), a0 = tfg_b_sub(b, t->a, m_a), dy0 = tfg_b_sub(b, t->dy, m_dy);
    TfgValue m_a_off = mean(t, tfg_b_mul(b, t->a, off)), m_dy_off = mean(t, tfg_b_mul(b, t->dy, off));
    TfgValue both = tfg_b_mul(b, r2, tfg_b_mul(b, m_dy_off, m_a_off)), cross = mean(t, tfg_b_mul(b, a0, dy0));
    TfgValue flow = tfg_b_sub(b, a0, tfg_b_mul(b, off, tfg_b_mul(b, r2, m_a_off)));
    flow = tfg_b_mul(b, tfg_b_mul(b, t->scale, r), flow);
    flow = tfg_b_add(b, flow, tfg_b_mul(b, tfg_b_mul(b, t->on_scale, r), off));
    out[0] = tfg_b_add(b, flow, t->on_offset);
    TfgValue first = tfg_b_mul(b, off, tfg_b_sub(b, cross, tfg_b_op_const(b, "Mul", "mul", both, 3)));
    first = tfg_b_add(b, first, tfg_b_add(b, tfg_b_mul(b, dy0, m_a_off), tfg_b_mul(b, a0, m_dy_off)));
    first = tfg_b_mul(b, tfg_b_neg(b, tfg_b_mul(b, t->scale, r3)), first);
    TfgValue last = tfg_b_sub(b, tfg_b_mul(b, r, dy0), tfg_b_mul(b, off, tfg_b_mul(b, r3, m_dy_off)));
    out[1] = tfg_b_add(b, first, tfg_b_mul(b, t->on_scale, last));
    TfgValue products = tfg_b_mul(b, a0, tfg_b_sub(b, dy0, tfg_b_mul(b, off, tfg_b_mul(b, r2, m_dy_off))));
    out[2] = tfg_b_mul(b, r, sum(t, products));
}

static int grad_fused_grad(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    Second t = {.b = b};
    bool first = format_first(g->attrs, &t.rank);
    TfgDType dtype = tfg_b_dtype(b, tfg_b_x(b, 1));
    TfgValue big[3] = {tfg_b_x(b, 0), tfg_b_x(b, 1), tfg_b_dy(b)}, out[3];
    for (int i = 0; i < 3; i++) {
        big[i] = tfg_b_cast(b, big[i], TFG_FLOAT, NULL);
        if (first)
            big[i] = turned(b, big[i], t.rank, true);
    }
    t.dy = big[0];
    t.x = big[1];
    t.a = big[2];
    t.scale = tfg_b_x(b, 2);
    t.on_scale = tfg_b_dy_of(b, 1);
    t.on_offset = tfg_b_dy_of(b, 2);
    t.off = tfg_b_sub(b, t.x, tfg_b_x(b, 3));
    t.r = B_OP(b, "Rsqrt", tfg_b_op_const(b, "Add", "add", tfg_b_x(b, 4), (double)tfg_attrs_float(g->attrs, "epsilon")));
    if (tfg_attrs_bool(g->attrs, "is_training"))
        second_training(&t, out);
    else
        second_given(&t, out);
    for (int i = 0; i < 2; i++) {
        if (first)
            out[i] = turned(b, out[i], t.rank, false);
        out[i] = tfg_b_cast(b, out[i], dtype, NULL);
    }
    for (int i = 0; i < 3; i++)
        tfg_b_dx(b, i, out[i]);
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_nn_norm[] = {
    GRAD("BatchNormWithGlobalNormalization", grad_global, TFG_USES_X),
    GRAD("FusedBatchNorm", grad_fused_v1, TFG_USES_X | TFG_USES_Y),
    GRAD("FusedBatchNormGrad", grad_fused_grad, TFG_USES_X),
    GRAD("FusedBatchNormGradV2", grad_fused_grad, TFG_USES_X),
    GRAD("FusedBatchNormGradV3", grad_fused_grad, TFG_USES_X),
    GRAD("FusedBatchNormV2", grad_fused_v2, TFG_USES_X | TFG_USES_Y),
    GRAD("FusedBatchNormV3", grad_fused_v3, TFG_USES_X | TFG_USES_Y),
    GRAD("LRN", grad_lrn, TFG_USES_X0 | TFG_USES_Y0),
    GRAD("LeakyRelu", grad_leaky, TFG_USES_X0),
    GRAD("LeakyReluGrad", grad_leaky_grad, TFG_USES_X1),
};
const int tfg_n_gradients_nn_norm = sizeof tfg_gradients_nn_norm / sizeof *tfg_gradients_nn_norm;
