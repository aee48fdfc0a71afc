/* Gradients of mathematics that is rarer, or came after 1.12. */
#include <math.h>

#include "gradients/rows.h"

#define PI 3.14159265358979323846

/* ---- zero times anything: where x is zero, z does not depend on y, and slopes in x are zero, too ---- */

typedef enum Kind { DIVIDED, LOGARITHM, LOGARITHM_OF_MORE } Kind;

static TfgValue slope_in_y(TfgBuild *b, Kind kind, TfgValue x, TfgValue y)
{
    if (kind == LOGARITHM)
        return B_OP(b, "Xdivy", x, y);
    if (kind == LOGARITHM_OF_MORE)
        return B_OP(b, "Xdivy", x, tfg_b_op_const(b, "Add", "add", y, 1));
    TfgValue opposite = tfg_b_neg(b, x), square = tfg_b_op_const(b, "Pow", "pow", y, 2);
    return B_OP(b, "Xdivy", opposite, square);
}

static int product(TfgGradCall *g, Kind kind, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), y = tfg_b_x(b, 1), dy = tfg_b_dy(b);
    TfgDType d = tfg_b_dtype(b, x);
    TfgBroadcast r = tfg_b_broadcast(b, x, y);
    bool in = tfg_b_after(b, dy);
    bool cast = tfg_b_enter(b, "Cast");
    TfgValue zero = tfg_b_const(b, "x", TFG_FLOAT, 0);
    if (d != TFG_FLOAT)
        zero = tfg_b_op(b, "Cast", "/", &zero, 1, B_ATTRS({"DstT", {.kind = TFG_ATTR_TYPE, .type = d}}));
    tfg_b_leave(b, cast);
    TfgValue not_zero = tfg_b_cast(b, B_OP(b, "NotEqual", x, zero), d, NULL);
    TfgValue in_x = B_OP(b, g->op_type, not_zero, y), in_y = slope_in_y(b, kind, x, y);
    tfg_b_dx(b, 0, tfg_b_sum_to(b, tfg_b_mul(b, in_x, dy), r.rx, r.sx));
    tfg_b_dx(b, 1, tfg_b_sum_to(b, tfg_b_mul(b, in_y, dy), r.ry, r.sy));
    tfg_b_leave_after(b, in);
    return tfg_b_done(b);
}

static int grad_xdivy(TfgGradCall *g, TfgStatus *s) { return product(g, DIVIDED, s); }
static int grad_xlogy(TfgGradCall *g, TfgStatus *s) { return product(g, LOGARITHM, s); }
static int grad_xlog1py(TfgGradCall *g, TfgStatus *s) { return product(g, LOGARITHM_OF_MORE, s); }

static int grad_mul_no_nan(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), y = tfg_b_x(b, 1), dy = tfg_b_dy(b);
    TfgValue dx = B_OP(b, "MulNoNan", dy, y), dyy = B_OP(b, "MulNoNan", x, dy);
    if (!tfg_b_same_shapes(b, x, y, dy)) {
        TfgBroadcast r = tfg_b_broadcast(b, x, y);
        dx = tfg_b_sum_to(b, dx, r.rx, r.sx);
        dyy = tfg_b_sum_to(b, dyy, r.ry, r.sy);
    }
    tfg_b_dx(b, 0, dx);
    tfg_b_dx(b, 1, dyy);
    return tfg_b_done(b);
}

/* One step to a neighbour moves with x1, and does not depend on how far x2 lies. */
static int grad_next_after(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b);
    TfgBroadcast r = tfg_b_broadcast(b, tfg_b_x(b, 0), tfg_b_x(b, 1));
    bool in = tfg_b_after(b, dy);
    tfg_b_dx(b, 0, tfg_b_sum_to(b, dy, r.rx, r.sx));
    tfg_b_dx(b, 1, tfg_b_zeros_like(b, tfg_b_x(b, 1), true));
    tfg_b_leave_after(b, in);
    return tfg_b_done(b);
}

/* ---- inverses ---- */

/* d/dx erfinv(x) = sqrt(pi)/2 exp(y^2); d/dx ndtri(x) = sqrt(2 pi) exp(y^2/2) */
static int inverse(TfgGradCall *g, double factor, bool half, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b), c = tfg_b_const(b, NULL, tfg_b_dtype(b, dy), factor);
    bool in = tfg_b_after(b, dy);
    TfgValue scaled = tfg_b_mul(b, dy, c), square = B_OP(b, "Square", tfg_b_y(b, 0));
    if (half)
        square = tfg_b_op_const(b, "RealDiv", "truediv", square, 2);
    tfg_b_dx(b, 0, tfg_b_mul(b, scaled, B_OP(b, "Exp", square)));
    tfg_b_leave_after(b, in);
    return tfg_b_done(b);
}

static int grad_erfinv(TfgGradCall *g, TfgStatus *s) { return inverse(g, sqrt(PI) / 2, false, s); }
static int grad_ndtri(TfgGradCall *g, TfgStatus *s) { return inverse(g, sqrt(2 * PI), true, s); }

/* ---- Bessel functions ---- */

static int grad_bessel_i0e(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), dy = tfg_b_dy(b);
    bool in = tfg_b_after(b, dy);
    bool scope = tfg_b_enter(b, "bessel_i1e");
    TfgValue i1e = B_NAMED(b, "BesselI1e", "/", x);
    tfg_b_leave(b, scope);
    TfgValue part = tfg_b_mul(b, B_OP(b, "Sign", x), tfg_b_y(b, 0));
    tfg_b_dx(b, 0, tfg_b_mul(b, dy, tfg_b_sub(b, i1e, part)));
    tfg_b_leave_after(b, in);
    return tfg_b_done(b);
}

static double epsilon(TfgDType d)
{
    return d == TFG_HALF ? 0x1p-10 : d == TFG_BFLOAT16 ? 0x1p-7 : d == TFG_FLOAT ? 0x1p-23 : 0x1p-52;
}

/* i0e(x) - y (sign(x) + 1/x), and 1/2 at 0, where that is 0/0. */
static int grad_bessel_i1e(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), y = tfg_b_y(b, 0), dy = tfg_b_dy(b);
    double eps = epsilon(tfg_b_dtype(b, x));
    bool in = tfg_b_after(b, dy);
    TfgValue zeros = tfg_b_zeros_like(b, x, true);
    TfgValue large = tfg_b_op_const(b, "Greater", "Greater", B_OP(b, "Abs", x), eps);
    TfgValue safe = tfg_b_where(b, large, x, tfg_b_const_op(b, "Add", "add", eps, zeros));
    bool scope = tfg_b_enter(b, "bessel_i0e");
    TfgValue i0e = B_NAMED(b, "BesselI0e", "/", safe);
    tfg_b_leave(b, scope);
    TfgValue sign = B_OP(b, "Sign", safe), inverse_x = B_OP(b, "Reciprocal", safe), sum = tfg_b_add(b, sign, inverse_x);
    TfgValue slope = tfg_b_sub(b, i0e, tfg_b_mul(b, y, sum));
    TfgValue at_zero = tfg_b_const_op(b, "Add", "add", 0.5, zeros);
    tfg_b_dx(b, 0, tfg_b_mul(b, dy, tfg_b_where(b, large, slope, at_zero)));
    tfg_b_leave_after(b, in);
    return tfg_b_done(b);
}

/* ---- CumulativeLogsumexp ---- */

/* exp(x) times the sum over all y that x is part of of dy*exp(-y): positive and negative parts on their own, as logarithms. */
static TfgValue part(TfgBuild *b, TfgValue dy, bool negative)
{
    TfgGradCall *g = b->g;
    TfgValue x = tfg_b_x(b, 0), y = tfg_b_y(b, 0);
    TfgValue size = negative ? tfg_b_neg(b, dy) : dy, is = tfg_b_op_const(b, "Greater", "Greater", size, 0);
    TfgDType d = tfg_b_dtype(b, x);
    double lowest = d == TFG_HALF ? -65504 : d == TFG_BFLOAT16 ? -0x1.fep127 : d == TFG_FLOAT ? -0x1.fffffep127 : -0x1.fffffffffffffp1023;
    TfgValue none = tfg_b_op_const(b, "Add", "add", tfg_b_zeros_like(b, dy, true), lowest);
    TfgValue log = tfg_b_where(b, is, B_OP(b, "Log", size), none);
    TfgValue sum = tfg_b_op(b, "CumulativeLogsumexp", NULL, B_LIST(tfg_b_sub(b, log, y), tfg_b_x(b, 1)),
                            B_ATTRS({"exclusive", TFG_A_BOOL(tfg_attrs_bool(g->attrs, "exclusive"))},
                                    {"reverse", TFG_A_BOOL(!tfg_attrs_bool(g->attrs, "reverse"))}));
    return B_OP(b, "Exp", tfg_b_add(b, sum, x));
}

static int grad_cumulative_logsumexp(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_converted(b, tfg_b_dy(b), NULL), positive = part(b, dy, false), negative = part(b, dy, true);
    tfg_b_dx(b, 0, tfg_b_sub(b, positive, negative));
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_math_more[] = {
    GRAD("BesselI0e", grad_bessel_i0e, TFG_USES_X0 | TFG_USES_Y0),
    GRAD("BesselI1e", grad_bessel_i1e, TFG_USES_X0 | TFG_USES_Y0),
    GRAD("CumulativeLogsumexp", grad_cumulative_logsumexp, TFG_USES_X | TFG_USES_Y0),
    GRAD("Erfinv", grad_erfinv, TFG_USES_Y0),
    GRAD("MulNoNan", grad_mul_no_nan, TFG_USES_X),
    GRAD("Ndtri", grad_ndtri, TFG_USES_Y0),
    GRAD("NextAfter", grad_next_after, TFG_USES_X),
    GRAD("Xdivy", grad_xdivy, TFG_USES_X),
    GRAD("Xlog1py", grad_xlog1py, TFG_USES_X),
    GRAD("Xlogy", grad_xlogy, TFG_USES_X),
};
const int tfg_n_gradients_math_more = sizeof tfg_gradients_math_more / sizeof *tfg_gradients_math_more;
