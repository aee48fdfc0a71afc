/* RandomGammaGrad and IgammaGradA.  How a gamma sample x moves with its parameter a, dx/da = -(dP(a, x)/da) / p(x), where P is the distribution
 * function and p = x^(a-1) e^-x / Gamma(a) its density (implicit differentiation; Figurnov, Mohamed, Mnih 2018); dP/da itself is the
 * gradient of Igamma.  Both precisions compute in double. */
#include <float.h>
#include <math.h>

#include "kernels/random.h"
#include "kernels/util.h"

#define MAX_TERMS 5000

/* The derivative of log Gamma, for a > 0: recurrence up to 10, then the asymptotic series. */
static double digamma(double a)
{
    double sum = 0;
    for (; a < 10; a += 1)
        sum -= 1 / a;
    double w = 1 / (a * a);
    double tail = w * (1.0 / 12 - w * (1.0 / 120 - w * (1.0 / 252 - w * (1.0 / 240 - w * (1.0 / 132 - w * (691.0 / 32760 - w / 12))))));
    return sum + log(a) - 0.5 / a - tail;
}

/* P = x^a e^-x / Gamma(a+1) * S with S = sum of x^n / ((a+1)...(a+n)); each term's derivative follows the product rule. */
static double by_series(double a, double x)
{
    double r = a, term = 1, sum = 1, d_term = 0, d_sum = 0;
    for (int i = 0; i < MAX_TERMS; i++) {
        r += 1;
        d_term = d_term * (x / r) - term * x / (r * r);
        term *= x / r;
        sum += term;
        d_sum += d_term;
        if (fabs(d_term) <= DBL_EPSILON * fabs(d_sum))
            break;
    }
    return -(d_sum + sum * (log(x) - digamma(a + 1))) * x / a;
}

/* 1 - P = x^a e^-x / Gamma(a) * C with C a continued fraction, taken as quotient p/q of two recurrences. */
static double by_fraction(double a, double x)
{
    double y = 1 - a, z = x + y + 1;
    double p2 = 1, q2 = x, p1 = x + 1, q1 = z * x, c = p1 / q1;                 /* last but one, and last */
    double dp2 = 0, dq2 = 0, dp1 = 0, dq1 = -x, dc = (dp1 - c * dq1) / q1;     /* their derivatives by a */
    for (int n = 1; n < MAX_TERMS; n++) {
        y += 1;
        z += 2;
        double p = p1 * z - p2 * y * n, q = q1 * z - q2 * y * n;
        double dp = dp1 * z - p1 - dp2 * y * n + p2 * n, dq = dq1 * z - q1 - dq2 * y * n + q2 * n;
        double before = dc;
        if (q != 0) {
            c = p / q;
            dc = (dp - c * dq) / q;
        }
        p2 = p1, p1 = p, q2 = q1, q1 = q;
        dp2 = dp1, dp1 = dp, dq2 = dq1, dq1 = dq;
        if (q != 0 && fabs(dc - before) <= DBL_EPSILON * fabs(dc))
            break;
        if (fabs(p) > 0x1p200) {        /* only quotients count */
            p2 *= 0x1p-200, p1 *= 0x1p-200, q2 *= 0x1p-200, q1 *= 0x1p-200;
            dp2 *= 0x1p-200, dp1 *= 0x1p-200, dq2 *= 0x1p-200, dq1 *= 0x1p-200;
        }
    }
    return (dc + c * (log(x) - digamma(a))) * x;
}

static double sample_derivative(double a, double x)
{
    if (x == 0)
        return 0;
    if (!(x > 0 && a > 0))
        return (double)NAN;
    return x > 1 && x > a ? isinf(x) ? 0 : by_fraction(a, x) : by_series(a, x);
}

static double igamma_grad_a(double a, double x)
{
    int sign;
    double moved = sample_derivative(a, x);
    return moved == 0 ? 0 : -moved * exp((a - 1) * log(x) - x - lgamma_r(a, &sign));
}

#define BLOCK(name, type, f)                                                                                     \
    static void name(const TfgBlock *b)                                                                       \
    {                                                                                                         \
        const type *a = b->in[0], *x = b->in[1];                                                              \
        for (int64_t i = 0; i < b->n; i++)                                                                    \
            ((type *)b->out)[i] = (type)f((double)a[b->scalar & 1 ? 0 : i], (double)x[b->scalar & 2 ? 0 : i]); \
    }
BLOCK(sample_float, float, sample_derivative)
BLOCK(sample_double, double, sample_derivative)
BLOCK(igamma_float, float, igamma_grad_a)
BLOCK(igamma_double, double, igamma_grad_a)

static const TfgKernelRow rows[] = {
    {.op = "RandomGammaGrad", TFG_FOR(TFG_FLOAT), .flags = TFG_KERNEL_EXPENSIVE, .block = sample_float},
    {.op = "RandomGammaGrad", TFG_FOR(TFG_DOUBLE), .flags = TFG_KERNEL_EXPENSIVE, .block = sample_double},
    {.op = "IgammaGradA", TFG_FOR(TFG_FLOAT), .flags = TFG_KERNEL_EXPENSIVE, .block = igamma_float},
    {.op = "IgammaGradA", TFG_FOR(TFG_DOUBLE), .flags = TFG_KERNEL_EXPENSIVE, .block = igamma_double},
};

int tfg_register_random_gamma_grad(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s);
}
