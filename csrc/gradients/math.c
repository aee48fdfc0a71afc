/* Gradients of elementwise mathematics.  y is the output, x the inputs, dy what is received. */
#include <math.h>

#include "gradients/rows.h"

static const double PI = 3.14159265358979323846;

int tfg_grad_none(TfgGradCall *g, TfgStatus *s)
{
    (void)g;
    (void)s;
    return 0;
}

int tfg_grad_pass(TfgGradCall *g, TfgStatus *s)
{
    (void)s;
    g->dx[0] = g->dy[0];
    return 0;
}

/* Most gradients of one argument: everything happens once dy is there, and is conj'd where complex.  The body sees b, dy and
 * the conjugate as x (of the input) or y (of the output), and gives dx. */
#define AFTER_DY(name, which, value, body)                                  \
    static int grad_##name(TfgGradCall *g, TfgStatus *s)                    \
    {                                                                       \
        TfgBuild build = TFG_BUILD(g, s), *b = &build;                      \
        TfgValue dy = tfg_b_dy(b);                                          \
        bool in = tfg_b_after(b, dy);                                       \
        TfgValue which = tfg_b_conj(b, value), dx;                          \
        body                                                                \
        tfg_b_leave_after(b, in);                                           \
        tfg_b_dx(b, 0, dx);                                                 \
        return tfg_b_done(b);                                               \
    }
#define OF_X(name, body) AFTER_DY(name, x, tfg_b_x(b, 0), body)
#define OF_Y(name, body) AFTER_DY(name, y, tfg_b_y(b, 0), body)

/* y = op(x) whose gradient is an op of (y, dy). */
#define BY_Y(name, type)                                                    \
    static int grad_##name(TfgGradCall *g, TfgStatus *s)                    \
    {                                                                       \
        TfgBuild build = TFG_BUILD(g, s), *b = &build;                      \
        TfgValue dy = tfg_b_dy(b);                                          \
        tfg_b_dx(b, 0, B_OP(b, type, tfg_b_y(b, 0), dy));                   \
        return tfg_b_done(b);                                               \
    }

BY_Y(reciprocal, "ReciprocalGrad")
BY_Y(sqrt, "SqrtGrad")
BY_Y(rsqrt, "RsqrtGrad")
OF_Y(tanh, dx = B_OP(b, "TanhGrad", y, dy);)
OF_Y(sigmoid, dx = B_OP(b, "SigmoidGrad", y, dy);)
OF_Y(exp, dx = tfg_b_mul(b, dy, y);)
OF_Y(asinh, dx = tfg_b_quotient(b, dy, B_OP(b, "Cosh", y));)
OF_Y(acosh, dx = tfg_b_quotient(b, dy, B_OP(b, "Sinh", y));)
OF_X(expm1, dx = tfg_b_mul(b, dy, B_OP(b, "Exp", x));)
OF_X(log, dx = tfg_b_mul(b, dy, B_OP(b, "Reciprocal", x));)
OF_X(log1p, x = tfg_b_const_op(b, "Add", "add", 1, x); dx = tfg_b_mul(b, dy, B_OP(b, "Reciprocal", x));)
OF_X(sinh, dx = tfg_b_mul(b, dy, B_OP(b, "Cosh", x));)
OF_X(cosh, dx = tfg_b_mul(b, dy, B_OP(b, "Sinh", x));)
OF_X(sin, dx = tfg_b_mul(b, dy, B_OP(b, "Cos", x));)
OF_X(cos, dy = tfg_b_neg(b, dy); dx = tfg_b_mul(b, dy, B_OP(b, "Sin", x));)
OF_X(tan, x = B_OP(b, "Reciprocal", B_OP(b, "Cos", x)); dx = tfg_b_mul(b, dy, B_OP(b, "Square", x));)
OF_X(lgamma, dx = tfg_b_mul(b, dy, B_OP(b, "Digamma", x));)
OF_X(digamma, TfgValue one = tfg_b_const(b, NULL, tfg_b_dtype(b, x), 1); dx = tfg_b_mul(b, dy, B_OP(b, "Polygamma", one, x));)
OF_X(square, TfgValue two = tfg_b_const(b, NULL, tfg_b_dtype(b, x), 2); dx = B_OP(b, "Mul", dy, B_OP(b, "Mul", x, two));)

/* 1 - x^2, or 1 + x^2 */
static TfgValue one_and_square(TfgBuild *b, TfgValue x, TfgValue dy, const char *type)
{
    TfgValue square = B_OP(b, "Square", x), one = tfg_b_const(b, NULL, tfg_b_dtype(b, dy), 1);
    return B_OP(b, type, one, square);
}

OF_X(atanh, dx = tfg_b_mul(b, dy, B_OP(b, "Reciprocal", one_and_square(b, x, dy, "Sub")));)
OF_X(atan, dx = tfg_b_mul(b, dy, B_OP(b, "Reciprocal", one_and_square(b, x, dy, "Add")));)
OF_X(asin, dx = tfg_b_mul(b, dy, B_OP(b, "Reciprocal", B_OP(b, "Sqrt", one_and_square(b, x, dy, "Sub"))));)
OF_X(acos, x = B_OP(b, "Reciprocal", B_OP(b, "Sqrt", one_and_square(b, x, dy, "Sub"))); dx = tfg_b_mul(b, tfg_b_neg(b, dy), x);)

/* +-2/sqrt(pi) exp(-x^2) */
static int error_function(TfgGradCall *g, double factor, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b), c = tfg_b_const(b, NULL, tfg_b_dtype(b, dy), factor);
    bool in = tfg_b_after(b, dy);
    TfgValue x = tfg_b_conj(b, tfg_b_x(b, 0)), scaled = tfg_b_mul(b, dy, c);
    x = B_OP(b, "Exp", tfg_b_neg(b, B_OP(b, "Square", x)));
    TfgValue dx = tfg_b_mul(b, scaled, x);
    tfg_b_leave_after(b, in);
    tfg_b_dx(b, 0, dx);
    return tfg_b_done(b);
}

static int grad_erf(TfgGradCall *g, TfgStatus *s) { return error_function(g, 2 / sqrt(PI), s); }
static int grad_erfc(TfgGradCall *g, TfgStatus *s) { return error_function(g, -2 / sqrt(PI), s); }

static int grad_abs(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b), sign = B_OP(b, "Sign", tfg_b_x(b, 0));
    tfg_b_dx(b, 0, tfg_b_mul(b, dy, sign));
    return tfg_b_done(b);
}

static int grad_neg(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, tfg_b_neg(b, tfg_b_dy(b)));
    return tfg_b_done(b);
}

static int grad_sign(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), shape = tfg_b_shape(b, x);
    tfg_b_dx(b, 0, tfg_b_zeros(b, shape, tfg_b_dtype(b, x)));
    return tfg_b_done(b);
}

/* ---- gradients of gradients ---- */

static int grad_reciprocal_grad(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b);
    bool in = tfg_b_after(b, dy);
    TfgValue ca = tfg_b_conj(b, tfg_b_x(b, 0)), cg = tfg_b_conj(b, dy);
    TfgValue da = tfg_b_op_const(b, "Mul", "mul", cg, -2);
    da = tfg_b_mul(b, da, tfg_b_x(b, 1));
    da = tfg_b_mul(b, da, ca);
    TfgValue db = B_OP(b, "ReciprocalGrad", ca, dy);
    tfg_b_leave_after(b, in);
    tfg_b_dx(b, 0, da);
    tfg_b_dx(b, 1, db);
    return tfg_b_done(b);
}

static int grad_sqrt_grad(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b);
    bool in = tfg_b_after(b, dy);
    TfgValue ga = tfg_b_quotient(b, dy, tfg_b_x(b, 0));
    TfgValue da = tfg_b_mul(b, tfg_b_neg(b, tfg_b_conj(b, ga)), tfg_b_y(b, 0));
    TfgValue db = tfg_b_const_op(b, "Mul", "mul", 0.5, ga);
    tfg_b_leave_after(b, in);
    tfg_b_dx(b, 0, da);
    tfg_b_dx(b, 1, db);
    return tfg_b_done(b);
}

static int grad_rsqrt_grad(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b);
    bool in = tfg_b_after(b, dy);
    TfgValue ca = tfg_b_conj(b, tfg_b_x(b, 0)), cg = tfg_b_conj(b, dy);
    TfgValue da = tfg_b_const_op(b, "Mul", "mul", -1.5, cg);
    da = tfg_b_mul(b, da, tfg_b_x(b, 1));
    da = tfg_b_mul(b, da, B_OP(b, "Square", ca));
    TfgValue db = B_OP(b, "RsqrtGrad", ca, dy);
    tfg_b_leave_after(b, in);
    tfg_b_dx(b, 0, da);
    tfg_b_dx(b, 1, db);
    return tfg_b_done(b);
}

static int grad_tanh_grad(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b);
    bool in = tfg_b_after(b, dy);
    TfgValue a = tfg_b_conj(b, tfg_b_x(b, 0)), by = tfg_b_conj(b, tfg_b_x(b, 1));
    TfgValue da = tfg_b_op_const(b, "Mul", "mul", dy, -2);
    da = tfg_b_mul(b, da, by);
    da = tfg_b_mul(b, da, a);
    TfgValue db = B_OP(b, "TanhGrad", a, dy);
    tfg_b_leave_after(b, in);
    tfg_b_dx(b, 0, da);
    tfg_b_dx(b, 1, db);
    return tfg_b_done(b);
}

static int grad_sigmoid_grad(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b);
    bool in = tfg_b_after(b, dy);
    TfgValue a = tfg_b_conj(b, tfg_b_x(b, 0)), by = tfg_b_conj(b, tfg_b_x(b, 1)), gb = tfg_b_mul(b, dy, by);
    TfgValue twice = tfg_b_const_op(b, "Mul", "mul", 2, gb);
    twice = tfg_b_mul(b, twice, a);
    TfgValue da = tfg_b_sub(b, gb, twice), db = B_OP(b, "SigmoidGrad", a, dy);
    tfg_b_leave_after(b, in);
    tfg_b_dx(b, 0, da);
    tfg_b_dx(b, 1, db);
    return tfg_b_done(b);
}

/* ---- two arguments, broadcast ---- */

static int grad_add(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), y = tfg_b_x(b, 1);
    if (!tfg_has_value(g->dy[0].indices) && tfg_b_same_shapes(b, x, y, g->dy[0].value)) {
        g->dx[0] = g->dx[1] = g->dy[0];
        return 0;
    }
    TfgBroadcast r = tfg_b_broadcast(b, x, y);
    TfgValue dy = tfg_b_dy(b);
    tfg_b_dx(b, 0, tfg_b_sum_to(b, dy, r.rx, r.sx));
    tfg_b_dx(b, 1, tfg_b_sum_to(b, dy, r.ry, r.sy));
    return tfg_b_done(b);
}

static int grad_sub(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), y = tfg_b_x(b, 1);
    if (!tfg_has_value(g->dy[0].indices) && tfg_b_same_shapes(b, x, y, g->dy[0].value)) {
        tfg_b_dx(b, 1, tfg_b_neg(b, g->dy[0].value));
        tfg_b_dx(b, 0, g->dy[0].value);
        return tfg_b_done(b);
    }
    TfgBroadcast r = tfg_b_broadcast(b, x, y);
    TfgValue dy = tfg_b_dy(b);
    tfg_b_dx(b, 0, tfg_b_sum_to(b, dy, r.rx, r.sx));
    TfgValue sum = tfg_b_neg(b, tfg_b_sum(b, dy, r.ry));
    tfg_b_dx(b, 1, tfg_b_reshape(b, sum, r.sy));
    return tfg_b_done(b);
}

static int grad_mul(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), y = tfg_b_x(b, 1), dy = tfg_b_dy(b);
    TfgDType dtype = tfg_b_dtype(b, dy);
    if (!tfg_has_value(g->dy[0].indices) && tfg_b_same_shapes(b, x, y, dy) && (dtype == TFG_INT32 || dtype == TFG_FLOAT)) {
        tfg_b_dx(b, 0, B_OP(b, "Mul", dy, y));
        tfg_b_dx(b, 1, B_OP(b, "Mul", dy, x));
        return tfg_b_done(b);
    }
    TfgBroadcast r = tfg_b_broadcast(b, x, y);
    x = tfg_b_conj(b, x);
    y = tfg_b_conj(b, y);
    tfg_b_dx(b, 0, tfg_b_sum_to(b, B_OP(b, "Mul", dy, y), r.rx, r.sx));
    tfg_b_dx(b, 1, tfg_b_sum_to(b, B_OP(b, "Mul", x, dy), r.ry, r.sy));
    return tfg_b_done(b);
}

/* x/y: dy/y, and dy * ((-x)/y)/y.  `type` and `name` are the quotient's. */
static int quotient(TfgGradCall *g, const char *type, const char *name, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), y = tfg_b_x(b, 1), dy = tfg_b_dy(b);
    TfgBroadcast r = tfg_b_broadcast(b, x, y);
    x = tfg_b_conj(b, x);
    y = tfg_b_conj(b, y);
    tfg_b_dx(b, 0, tfg_b_sum_to(b, B_NAMED(b, type, name, dy, y), r.rx, r.sx));
    TfgValue slope = B_NAMED(b, type, name, tfg_b_neg(b, x), y);
    slope = B_NAMED(b, type, name, slope, y);
    tfg_b_dx(b, 1, tfg_b_sum_to(b, tfg_b_mul(b, dy, slope), r.ry, r.sy));
    return tfg_b_done(b);
}

static int grad_real_div(TfgGradCall *g, TfgStatus *s) { return quotient(g, "RealDiv", NULL, s); }
static int grad_div_no_nan(TfgGradCall *g, TfgStatus *s) { return quotient(g, "DivNoNan", "div_no_nan", s); }

/* Python 2's division: of integers it rounds down. */
static int grad_div(TfgGradCall *g, TfgStatus *s)
{
    TfgKind kind = tfg_dtype_kind(tfg_grad_dtype(g, g->x[0]));
    return quotient(g, kind == TFG_KIND_FLOAT || kind == TFG_KIND_COMPLEX ? "RealDiv" : "FloorDiv", "div", s);
}

static int grad_floor_mod(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), y = tfg_b_x(b, 1), dy = tfg_b_dy(b);
    TfgBroadcast r = tfg_b_broadcast(b, x, y);
    TfgValue floor_xy = B_OP(b, "FloorDiv", x, y);
    tfg_b_dx(b, 0, tfg_b_sum_to(b, dy, r.rx, r.sx));
    TfgValue slope = tfg_b_neg(b, floor_xy);
    tfg_b_dx(b, 1, tfg_b_sum_to(b, tfg_b_mul(b, dy, slope), r.ry, r.sy));
    return tfg_b_done(b);
}

/* dy*y*x^(y-1), and dy*z*log(x), where log is taken of what has one. */
static int grad_pow(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), y = tfg_b_x(b, 1), z = tfg_b_y(b, 0), dy = tfg_b_dy(b);
    TfgBroadcast r = tfg_b_broadcast(b, x, y);
    x = tfg_b_conj(b, x);
    y = tfg_b_conj(b, y);
    z = tfg_b_conj(b, z);
    TfgValue left = tfg_b_mul(b, dy, y), less = tfg_b_op_const(b, "Sub", "sub", y, 1), power = B_OP(b, "Pow", x, less);
    tfg_b_dx(b, 0, tfg_b_sum_to(b, tfg_b_mul(b, left, power), r.rx, r.sx));
    bool complex = tfg_b_is_complex(b, x);
    TfgValue has_log = tfg_b_op_const(b, complex ? "NotEqual" : "Greater", complex ? "NotEqual" : "Greater", x, 0);
    TfgValue log = B_OP(b, "Log", x), zeros = tfg_b_zeros_like(b, x, true), log_x = tfg_b_where(b, has_log, log, zeros);
    TfgValue right = tfg_b_mul(b, dy, z);
    tfg_b_dx(b, 1, tfg_b_sum_to(b, tfg_b_mul(b, right, log_x), r.ry, r.sy));
    return tfg_b_done(b);
}

static int extremum(TfgGradCall *g, const char *selector, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), y = tfg_b_x(b, 1), dy = tfg_b_dy(b), sx = tfg_b_shape(b, x), sy = tfg_b_shape(b, y);
    TfgValue zeros = tfg_b_zeros(b, tfg_b_shape(b, dy), tfg_b_dtype(b, dy)), mask = B_OP(b, selector, x, y), r[2];
    tfg_b_op_n(b, "BroadcastGradientArgs", NULL, B_LIST(sx, sy), NULL, 0, r, 2);
    TfgValue dx = tfg_b_where(b, mask, dy, zeros), dyy = tfg_b_where(b, mask, zeros, dy);
    tfg_b_dx(b, 0, tfg_b_sum_to(b, dx, r[0], sx));
    tfg_b_dx(b, 1, tfg_b_sum_to(b, dyy, r[1], sy));
    return tfg_b_done(b);
}

static int grad_maximum(TfgGradCall *g, TfgStatus *s) { return extremum(g, "GreaterEqual", s); }
static int grad_minimum(TfgGradCall *g, TfgStatus *s) { return extremum(g, "LessEqual", s); }

static int grad_squared_difference(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), y = tfg_b_x(b, 1), dy = tfg_b_dy(b);
    TfgBroadcast r = tfg_b_broadcast(b, x, y);
    bool in = tfg_b_after(b, dy);
    TfgValue two = tfg_b_const(b, "scalar", tfg_b_dtype(b, dy), 2), scaled = tfg_b_mul(b, two, dy), difference = tfg_b_sub(b, x, y);
    TfgValue slope = tfg_b_mul(b, scaled, difference);
    tfg_b_leave_after(b, in);
    tfg_b_dx(b, 0, tfg_b_sum_to(b, slope, r.rx, r.sx));
    tfg_b_dx(b, 1, tfg_b_neg(b, tfg_b_sum_to(b, slope, r.ry, r.sy)));
    return tfg_b_done(b);
}

static int grad_atan2(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue y = tfg_b_x(b, 0), x = tfg_b_x(b, 1), dy = tfg_b_dy(b);
    bool in = tfg_b_after(b, dy);
    TfgValue xx = B_OP(b, "Square", x), yy = B_OP(b, "Square", y), inverse = tfg_b_quotient(b, dy, tfg_b_add(b, xx, yy));
    TfgValue d0 = tfg_b_mul(b, x, inverse), d1 = tfg_b_mul(b, tfg_b_neg(b, y), inverse);
    tfg_b_leave_after(b, in);
    tfg_b_dx(b, 0, d0);
    tfg_b_dx(b, 1, d1);
    return tfg_b_done(b);
}

/* ---- special functions ---- */

/* d igamma(a, x)/dx = exp(-x + (a-1) log x - lgamma a); its upper twin has the opposite sign. */
static int incomplete_gamma(TfgGradCall *g, bool upper, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue a = tfg_b_x(b, 0), x = tfg_b_x(b, 1), dy = tfg_b_dy(b);
    TfgBroadcast r = tfg_b_broadcast(b, a, x);
    bool in = tfg_b_after(b, dy);
    TfgValue partial_a = B_OP(b, "IgammaGradA", a, x), minus_x = tfg_b_neg(b, x), less = tfg_b_op_const(b, "Sub", "sub", a, 1);
    TfgValue power = tfg_b_mul(b, less, B_OP(b, "Log", x)), sum = tfg_b_add(b, minus_x, power), lgamma = B_OP(b, "Lgamma", a);
    TfgValue partial_x = B_OP(b, "Exp", tfg_b_sub(b, sum, lgamma));
    TfgValue da = tfg_b_sum_to(b, tfg_b_mul(b, partial_a, dy), r.rx, r.sx);
    TfgValue dx = tfg_b_sum_to(b, tfg_b_mul(b, partial_x, dy), r.ry, r.sy);
    tfg_b_leave_after(b, in);
    if (upper) {
        da = tfg_b_neg(b, da);
        dx = tfg_b_neg(b, dx);
    }
    tfg_b_dx(b, 0, da);
    tfg_b_dx(b, 1, dx);
    return tfg_b_done(b);
}

static int grad_igamma(TfgGradCall *g, TfgStatus *s) { return incomplete_gamma(g, false, s); }
static int grad_igammac(TfgGradCall *g, TfgStatus *s) { return incomplete_gamma(g, true, s); }

static int grad_betainc(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue a = tfg_b_x(b, 0), c = tfg_b_x(b, 1), x = tfg_b_x(b, 2), dy = tfg_b_dy(b);
    TfgBroadcast r = tfg_b_broadcast(b, a, x);
    TfgValue la = B_OP(b, "Lgamma", a), lc = B_OP(b, "Lgamma", c), both = tfg_b_add(b, la, lc), sum = tfg_b_add(b, a, c);
    TfgValue log_beta = tfg_b_sub(b, both, B_OP(b, "Lgamma", sum));
    TfgValue c1 = tfg_b_op_const(b, "Sub", "sub", c, 1), rest = tfg_b_const_op(b, "Sub", "sub", 1, x);
    TfgValue left = tfg_b_mul(b, c1, B_OP(b, "Log", rest)), a1 = tfg_b_op_const(b, "Sub", "sub", a, 1);
    TfgValue right = tfg_b_mul(b, a1, B_OP(b, "Log", x)), log_density = tfg_b_sub(b, tfg_b_add(b, left, right), log_beta);
    TfgValue partial = B_OP(b, "Exp", log_density);
    tfg_b_dx(b, 2, tfg_b_sum_to(b, tfg_b_mul(b, partial, dy), r.ry, r.sy));
    return tfg_b_done(b);
}

static int grad_zeta(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), q = tfg_b_x(b, 1), dy = tfg_b_dy(b);
    TfgBroadcast r = tfg_b_broadcast(b, x, q);
    bool in = tfg_b_after(b, dy);
    TfgValue minus = tfg_b_neg(b, x), more = tfg_b_op_const(b, "Add", "add", x, 1), zeta = B_OP(b, "Zeta", more, q);
    TfgValue partial = tfg_b_mul(b, minus, zeta), dq = tfg_b_sum_to(b, tfg_b_mul(b, partial, dy), r.ry, r.sy);
    tfg_b_leave_after(b, in);
    tfg_b_dx(b, 1, dq);
    return tfg_b_done(b);
}

static int grad_polygamma(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue n = tfg_b_x(b, 0), x = tfg_b_x(b, 1), dy = tfg_b_dy(b);
    TfgBroadcast r = tfg_b_broadcast(b, n, x);
    bool in = tfg_b_after(b, dy);
    TfgValue more = tfg_b_op_const(b, "Add", "add", n, 1), partial = B_OP(b, "Polygamma", more, x);
    TfgValue dx = tfg_b_sum_to(b, tfg_b_mul(b, partial, dy), r.ry, r.sy);
    tfg_b_leave_after(b, in);
    tfg_b_dx(b, 1, dx);
    return tfg_b_done(b);
}

/* ---- complex numbers, casts, selections ---- */

static TfgValue make_complex(TfgBuild *b, TfgValue re, TfgValue im)
{
    TfgDType dtype = tfg_b_dtype(b, re) == TFG_DOUBLE ? TFG_COMPLEX128 : TFG_COMPLEX64;
    return tfg_b_op(b, "Complex", NULL, B_LIST(re, im), B_ATTRS({"Tout", TFG_A_TYPE(dtype)}));
}

static TfgValue part(TfgBuild *b, const char *type, TfgValue z)
{
    TfgDType dtype = tfg_b_dtype(b, z) == TFG_COMPLEX128 ? TFG_DOUBLE : TFG_FLOAT;
    return tfg_b_op(b, type, NULL, B_LIST(z), B_ATTRS({"Tout", TFG_A_TYPE(dtype)}));
}

static int grad_complex(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgBroadcast r = tfg_b_broadcast(b, tfg_b_x(b, 0), tfg_b_x(b, 1));
    TfgValue dy = tfg_b_dy(b);
    tfg_b_dx(b, 0, tfg_b_sum_to(b, part(b, "Real", dy), r.rx, r.sx));
    tfg_b_dx(b, 1, tfg_b_sum_to(b, part(b, "Imag", dy), r.ry, r.sy));
    return tfg_b_done(b);
}

static int grad_real(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b), zero = tfg_b_const(b, NULL, tfg_b_dtype(b, dy), 0);
    tfg_b_dx(b, 0, make_complex(b, dy, zero));
    return tfg_b_done(b);
}

static int grad_imag(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b), zero = tfg_b_const(b, NULL, tfg_b_dtype(b, dy), 0);
    tfg_b_dx(b, 0, make_complex(b, zero, dy));
    return tfg_b_done(b);
}

static int grad_angle(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b), x = tfg_b_x(b, 0);
    bool in = tfg_b_after(b, dy);
    TfgValue re = part(b, "Real", x), im = part(b, "Imag", x), z = B_OP(b, "Reciprocal", make_complex(b, im, re));
    TfgValue zero = tfg_b_const(b, NULL, tfg_b_dtype(b, dy), 0), dz = make_complex(b, dy, zero);
    TfgValue dx = tfg_b_mul(b, tfg_b_neg(b, dz), z);
    tfg_b_leave_after(b, in);
    tfg_b_dx(b, 0, dx);
    return tfg_b_done(b);
}

static int grad_conj(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, tfg_b_conj(b, tfg_b_dy(b)));
    return tfg_b_done(b);
}

static int grad_complex_abs(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b), zeros = tfg_b_zeros_like(b, dy, true), dz = make_complex(b, dy, zeros);
    TfgValue sign = B_OP(b, "Sign", tfg_b_x(b, 0));
    tfg_b_dx(b, 0, tfg_b_mul(b, dz, sign));
    return tfg_b_done(b);
}

static int grad_cast(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgDType from = tfg_b_dtype(b, tfg_b_x(b, 0)), to = tfg_b_dtype(b, g->dy[0].value);
    TfgKind a = tfg_dtype_kind(from), c = tfg_dtype_kind(to);
    if ((a != TFG_KIND_FLOAT && a != TFG_KIND_COMPLEX) || (c != TFG_KIND_FLOAT && c != TFG_KIND_COMPLEX))
        return 0;
    TfgGrad dx = g->dy[0];      /* slices stay slices */
    dx.value = tfg_b_cast(b, dx.value, from, NULL);
    if (!b->failed)
        g->dx[0] = dx;
    return tfg_b_done(b);
}

static int grad_select(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue c = tfg_b_x(b, 0), dy = tfg_b_dy(b), zeros = tfg_b_zeros_like(b, tfg_b_x(b, 1), true);
    tfg_b_dx(b, 1, tfg_b_where(b, c, dy, zeros));
    tfg_b_dx(b, 2, tfg_b_where(b, c, zeros, dy));
    return tfg_b_done(b);
}

/* As TensorFlow 2 has it: both sides may have been broadcast. */
static int grad_select_v2(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue c = tfg_b_x(b, 0), dy = tfg_b_dy(b), zero = tfg_b_const(b, NULL, tfg_b_dtype(b, dy), 0), out = tfg_b_shape(b, tfg_b_y(b, 0));
    for (int i = 1; i < 3; i++) {
        TfgValue shape = tfg_b_shape(b, tfg_b_x(b, i)), r[2];
        TfgValue part_of = i == 1 ? B_OP(b, "SelectV2", c, dy, zero) : B_OP(b, "SelectV2", c, zero, dy);
        tfg_b_op_n(b, "BroadcastGradientArgs", NULL, B_LIST(shape, out), NULL, 0, r, 2);
        tfg_b_dx(b, i, tfg_b_sum_to(b, part_of, r[0], shape));
    }
    return tfg_b_done(b);
}

static int grad_add_n(TfgGradCall *g, TfgStatus *s)
{
    (void)s;
    for (int i = 0; i < g->n_in; i++)
        g->dx[i] = g->dy[0];
    return 0;
}

const TfgGradRow tfg_gradients_math[] = {
    GRAD("Abs", grad_abs, TFG_USES_X0),
    GRAD("AccumulateNV2", grad_add_n, 0),
    GRAD("Acos", grad_acos, TFG_USES_X0),
    GRAD("Acosh", grad_acosh, TFG_USES_Y0),
    GRAD("Add", grad_add, TFG_USES_X),
    GRAD("AddN", grad_add_n, 0),
    GRAD("AddV2", grad_add, TFG_USES_X),
    GRAD("Angle", grad_angle, TFG_USES_X0),
    NONE("ApproximateEqual"),
    GRAD("Asin", grad_asin, TFG_USES_X0),
    GRAD("Asinh", grad_asinh, TFG_USES_Y0),
    GRAD("Atan", grad_atan, TFG_USES_X0),
    GRAD("Atan2", grad_atan2, TFG_USES_X),
    GRAD("Atanh", grad_atanh, TFG_USES_X0),
    GRAD("Betainc", grad_betainc, TFG_USES_X),
    NONE("BitwiseAnd"),
    NONE("BitwiseOr"),
    NONE("BitwiseXor"),
    GRAD("Cast", grad_cast, TFG_USES_X0),
    GRAD("Ceil", tfg_grad_none, 0),
    GRAD("Complex", grad_complex, TFG_USES_X),
    GRAD("ComplexAbs", grad_complex_abs, TFG_USES_X0),
    GRAD("Conj", grad_conj, 0),
    GRAD("Cos", grad_cos, TFG_USES_X0),
    GRAD("Cosh", grad_cosh, TFG_USES_X0),
    GRAD("Digamma", grad_digamma, TFG_USES_X0),
    GRAD("Div", grad_div, TFG_USES_X),
    GRAD("DivNoNan", grad_div_no_nan, TFG_USES_X),
    NONE("Equal"),
    GRAD("Erf", grad_erf, TFG_USES_X0),
    GRAD("Erfc", grad_erfc, TFG_USES_X0),
    GRAD("Exp", grad_exp, TFG_USES_Y0),
    GRAD("Expm1", grad_expm1, TFG_USES_X0),
    GRAD("Floor", tfg_grad_none, 0),
    GRAD("FloorDiv", tfg_grad_none, 0),
    GRAD("FloorMod", grad_floor_mod, TFG_USES_X),
    NONE("Greater"),
    NONE("GreaterEqual"),
    GRAD("Igamma", grad_igamma, TFG_USES_X),
    GRAD("Igammac", grad_igammac, TFG_USES_X),
    GRAD("Imag", grad_imag, 0),
    GRAD("Inv", grad_reciprocal, TFG_USES_Y0),
    GRAD("InvGrad", grad_reciprocal_grad, TFG_USES_X),
    NONE("Invert"),
    NONE("LeftShift"),
    NONE("Less"),
    NONE("LessEqual"),
    GRAD("Lgamma", grad_lgamma, TFG_USES_X0),
    GRAD("Log", grad_log, TFG_USES_X0),
    GRAD("Log1p", grad_log1p, TFG_USES_X0),
    NONE("LogicalAnd"),
    NONE("LogicalNot"),
    NONE("LogicalOr"),
    GRAD("Maximum", grad_maximum, TFG_USES_X),
    GRAD("Minimum", grad_minimum, TFG_USES_X),
    GRAD("Mul", grad_mul, TFG_USES_X),
    GRAD("Neg", grad_neg, 0),
    NONE("NotEqual"),
    GRAD("Polygamma", grad_polygamma, TFG_USES_X),
    GRAD("Pow", grad_pow, TFG_USES_X | TFG_USES_Y0),
    GRAD("Real", grad_real, 0),
    GRAD("RealDiv", grad_real_div, TFG_USES_X),
    GRAD("Reciprocal", grad_reciprocal, TFG_USES_Y0),
    GRAD("ReciprocalGrad", grad_reciprocal_grad, TFG_USES_X),
    NONE("RightShift"),
    GRAD("Rint", tfg_grad_none, 0),
    GRAD("Round", tfg_grad_none, 0),
    GRAD("Rsqrt", grad_rsqrt, TFG_USES_Y0),
    GRAD("RsqrtGrad", grad_rsqrt_grad, TFG_USES_X),
    GRAD("Select", grad_select, TFG_USES_X0 | TFG_USES_X1),
    GRAD("SelectV2", grad_select_v2, TFG_USES_X | TFG_USES_Y0),
    GRAD("Sigmoid", grad_sigmoid, TFG_USES_Y0),
    GRAD("SigmoidGrad", grad_sigmoid_grad, TFG_USES_X),
    GRAD("Sign", grad_sign, TFG_USES_X0),
    GRAD("Sin", grad_sin, TFG_USES_X0),
    GRAD("Sinh", grad_sinh, TFG_USES_X0),
    GRAD("Sqrt", grad_sqrt, TFG_USES_Y0),
    GRAD("SqrtGrad", grad_sqrt_grad, TFG_USES_X | TFG_USES_Y0),
    GRAD("Square", grad_square, TFG_USES_X0),
    GRAD("SquaredDifference", grad_squared_difference, TFG_USES_X),
    GRAD("Sub", grad_sub, TFG_USES_X),
    GRAD("Tan", grad_tan, TFG_USES_X0),
    GRAD("Tanh", grad_tanh, TFG_USES_Y0),
    GRAD("TanhGrad", grad_tanh_grad, TFG_USES_X),
    GRAD("TruncateDiv", tfg_grad_none, 0),
    GRAD("Zeta", grad_zeta, TFG_USES_X),
};
const int tfg_n_gradients_math = sizeof tfg_gradients_math / sizeof *tfg_gradients_math;
