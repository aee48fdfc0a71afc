/* The losses that SdcaOptimizer knows: y the label, a the dual variable, wx what the model says, c the example's weight, q its squared norm
 * over l2, k the number of partitions that change the model at once (Ma et al., arXiv:1502.03508). */
#include <float.h>
#include <math.h>

#include "base/status.h"
#include "kernels/sdca.h"

enum { NEWTON_STEPS = 10 };

static int binary_label(float *y, TfgStatus *s)
{
    if (*y != 0 && *y != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Only labels of 0.0 or 1.0 are supported right now. Found example with label: %g", (double)*y);
    *y = *y == 0 ? -1 : 1;
    return 0;
}

/* ---- logistic: log(1 + exp(-y wx)) ---- */

static double logistic_dual(double k, double y, double c, double a, double wx, double q)
{
    double x = 0;
    for (int i = 0; i < NEWTON_STEPS; i++) {
        const double t = tanh(x);
        const double above = -2 * y * x - wx - k * q * c * (0.5 * (1 + t) / y - a), below = -2 * y - k * q * c * (1 - t * t) * 0.5 / y;
        x -= above / below;
    }
    return 0.5 * (1 + tanh(x)) / y;
}

static double logistic_primal_loss(double wx, double y, double c)
{
    const double z = y * wx;
    return (z > 0 ? log(1 + exp(-z)) : log(1 + exp(z)) - z) * c;
}

static double logistic_dual_loss(double a, double y, double c)
{
    const double p = a * y, rest = 1 - p;
    return (p * (p > 0 ? log(p) : 0) + rest * (rest > 0 ? log(rest) : 0)) * c;
}

static double logistic_slope(double wx, double y)
{
    const double z = y * wx;
    return -(z > 0 ? exp(-z) / (1 + exp(-z)) : 1 / (1 + exp(z))) * y;
}

/* ---- squared: (wx - y)^2 / 2 ---- */

static int any_label(float *y, TfgStatus *s)
{
    (void)y;
    (void)s;
    return 0;
}

static double squared_dual(double k, double y, double c, double a, double wx, double q) { return a + (y - a - wx) / (1 + k * q * c); }
static double squared_primal_loss(double wx, double y, double c) { return (wx - y) * (wx - y) * c * 0.5; }
static double squared_dual_loss(double a, double y, double c) { return a * (0.5 * a - y) * c; }
static double squared_slope(double wx, double y) { return wx - y; }

/* ---- hinge: max(0, 1 - y wx), and its smooth form, whose corner is a parabola of width 1 ---- */

static double within(double a, double y) { return y * a < 0 ? 0 : y * a > 1 ? y : a; }
static double hinge_dual(double k, double y, double c, double a, double wx, double q) { return within(a + (y - wx) / (k * c * q), y); }
static double hinge_primal_loss(double wx, double y, double c) { return fmax(0, 1 - y * wx) * c; }
static double hinge_dual_loss(double a, double y, double c) { return y * a < 0 || y * a > 1 ? DBL_MAX : -y * a * c; }
static double hinge_slope(double wx, double y) { return y * wx < 1 ? -y : 0; }

static double smooth_dual(double k, double y, double c, double a, double wx, double q) { return within(a + (y - wx - a) / (k * c * q + 1), y); }

static double smooth_primal_loss(double wx, double y, double c)
{
    const double z = y * wx;
    return z >= 1 ? 0 : z <= 0 ? (0.5 - z) * c : (1 - z) * (1 - z) * c * 0.5;
}

static double smooth_dual_loss(double a, double y, double c) { return y * a < 0 || y * a > 1 ? DBL_MAX : (-y * a + 0.5 * a * a) * c; }
static double smooth_slope(double wx, double y) { return y * wx >= 1 ? 0 : y * wx <= 0 ? -y : wx - y; }

/* ---- Poisson: exp(wx) - y wx ---- */

static int count_label(float *y, TfgStatus *s)
{
    if (*y < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT,
                        "Only non-negative labels can be used with the Poisson log loss. Found example with label: %g", (double)*y);
    return 0;
}

static double poisson_dual(double k, double y, double c, double a, double wx, double q)
{
    double x = y - a > 0 ? log(y - a) : 0;
    for (int i = 0; i < NEWTON_STEPS; i++)
        x -= (x - wx - k * q * c * (y - a - exp(x))) / (1 + k * q * c * exp(x));
    return y - exp(x);
}

static double poisson_primal_loss(double wx, double y, double c) { return (exp(wx) - wx * y) * c; }
static double poisson_dual_loss(double a, double y, double c) { return y == a ? 0 : y < a ? DBL_MAX : (y - a) * (log(y - a) - 1) * c; }
static double poisson_slope(double wx, double y) { return exp(wx) - y; }

const TfgSdcaLoss *tfg_sdca_loss(const TfgAttrs *attrs)
{
    static const TfgSdcaLoss losses[] = {
        {"logistic_loss", binary_label, logistic_dual, logistic_primal_loss, logistic_dual_loss, logistic_slope, 4},
        {"squared_loss", any_label, squared_dual, squared_primal_loss, squared_dual_loss, squared_slope, 1},
        {"hinge_loss", binary_label, hinge_dual, hinge_primal_loss, hinge_dual_loss, hinge_slope, 0},
        {"smooth_hinge_loss", binary_label, smooth_dual, smooth_primal_loss, smooth_dual_loss, smooth_slope, 1},
        {"poisson_loss", count_label, poisson_dual, poisson_primal_loss, poisson_dual_loss, poisson_slope, 1},
    };
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++)
        if (tfg_attrs_string_is(attrs, "loss_type", losses[i].name))
            return &losses[i];
    return NULL;
}
