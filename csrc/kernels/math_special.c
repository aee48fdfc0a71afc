/* Special functions, in double whatever the type: Digamma, Erfc, Igamma, Igammac, Lgamma, Polygamma, Zeta, Betainc.  The series and
 * fractions are those of the Cephes library's descriptions. */
#include <math.h>

#include "base/status.h"
#include "kernels/broadcast.h"
#include "kernels/isa.h"
#include "kernels/util.h"

#define EPSILON 1.1102230246251565e-16
#define PI 3.14159265358979323846

/* ---- Gamma's relatives ------------------------------------------------------------------------------------------------------------ */

static double log_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

/* Reflection for negative x, then recurrence up to 10 and the asymptotic series. */
static double digamma(double x)
{
    static const double b[] = {1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132, -691.0 / 32760, 1.0 / 12};
    double shift = 0;
    if (x <= 0) {
        if (floor(x) == x)
            return INFINITY;
        double part = x - rint(x);
        shift = part == 0 ? 0 : PI / tan(PI * part);
        x = 1 - x;
    }
    double sum = 0;
    for (; x < 10; x += 1)
        sum += 1 / x;
    double z = 1 / (x * x), series = 0;
    for (int i = 6; i >= 0; i--)
        series = (series + b[i]) * z;
    return log(x) - 0.5 / x - series - sum - shift;
}

/* Temme's uniform expansion of the upper function for large a, where the series would take sqrt(a) steps: DLMF 8.12.3 to 8.12.12. */
#define LARGE 1e6

static double igamma_upper_large(double a, double x)
{
    if (isinf(a))
        return 1;
    double mu = (x - a) / a, part = 0;          /* x/a - 1, and mu - log(1 + mu) */
    if (fabs(mu) > 0.01)
        part = mu - log1p(mu);
    else
        for (int k = 12; k >= 2; k--)
            part = (part * -mu + 1.0 / k);
    if (fabs(mu) <= 0.01)
        part *= mu * mu;
    if (a * part > 745)         /* as far as double goes */
        return mu < 0 ? 1 : 0;
    double eta = copysign(sqrt(2 * part), mu), first = -1.0 / 3 + eta * (1.0 / 12 + eta * (-2.0 / 135 + eta / 864));
    return 0.5 * erfc(eta * sqrt(a / 2)) + exp(-a * part) / sqrt(2 * PI * a) * (first - 1 / (540 * a));
}

static double igamma_upper(double a, double x);

/* Power series of the lower incomplete gamma function. */
static double igamma_lower(double a, double x)
{
    if (x == 0)
        return 0;
    if (a > LARGE)
        return 1 - igamma_upper_large(a, x);
    if (x > 1 && x > a)
        return 1 - igamma_upper(a, x);
    double scale = a * log(x) - x - log_gamma(a);
    if (scale < -709.78)
        return 0;
    double r = a, term = 1, sum = 1;
    do {
        r += 1;
        term *= x / r;
        sum += term;
    } while (term / sum > EPSILON);
    return sum * exp(scale) / a;
}

/* Continued fraction of the upper one. */
static double igamma_upper(double a, double x)
{
    if (a > LARGE)
        return igamma_upper_large(a, x);
    if (x < 1 || x < a)
        return 1 - igamma_lower(a, x);
    double scale = a * log(x) - x - log_gamma(a);
    if (scale < -709.78)
        return 0;
    double y = 1 - a, z = x + y + 1, n = 0, p2 = 1, q2 = x, p1 = x + 1, q1 = z * x, value = p1 / q1, change;
    do {
        n += 1;
        y += 1;
        z += 2;
        double yn = y * n, p = p1 * z - p2 * yn, q = q1 * z - q2 * yn, next = q != 0 ? p / q : value;
        change = q != 0 ? fabs((value - next) / next) : 1;
        value = next;
        p2 = p1;
        p1 = p;
        q2 = q1;
        q1 = q;
        if (fabs(p) > 0x1p52) {
            p2 *= 0x1p-52;
            p1 *= 0x1p-52;
            q2 *= 0x1p-52;
            q1 *= 0x1p-52;
        }
    } while (change > EPSILON);
    return value * exp(scale);
}

static double igamma(double a, double x) { return !(x >= 0) || !(a > 0) ? (double)NAN : isinf(x) ? 1 : igamma_lower(a, x); }
static double igammac(double a, double x) { return !(x >= 0) || !(a > 0) ? (double)NAN : isinf(x) ? 0 : igamma_upper(a, x); }

/* Hurwitz's zeta by Euler and Maclaurin: terms until q is large, then the tail's expansion. */
static double zeta(double x, double q)
{
    static const double a[] = {12.0, -720.0, 30240.0, -1209600.0, 47900160.0, -1.8924375803183791606e9, 7.47242496e10,
                               -2.950130727918164224e12, 1.1646782814350067249e14, -4.5979787224074726105e15, 1.8152105401943546773e17,
                               -7.1661652561756670113e18};
    if (x == 1)
        return INFINITY;
    if (!(x > 1))
        return NAN;
    if (q <= 0) {
        if (q == floor(q))
            return INFINITY;
        if (x != floor(x))
            return NAN;         /* q^-x would be complex */
        if (q < -1000) {        /* the terms below zero in one go: they mirror those above */
            double m = ceil(-q), p = 1 - m - q, sign = fmod(x, 2) == 0 ? 1 : -1;
            return zeta(x, q + m) + sign * (zeta(x, p) - zeta(x, p + m));
        }
    }
    double sum = pow(q, -x), at = q, b = 0;
    for (int i = 0; i < 9 || at <= 9; i++) {
        at += 1;
        b = pow(at, -x);
        sum += b;
        if (fabs(b / sum) < EPSILON)
            return sum;
    }
    sum += b * at / (x - 1) - 0.5 * b;
    double factor = 1, k = 0;
    for (int i = 0; i < 12; i++) {
        factor *= x + k;
        b /= at;
        double term = factor * b / a[i];
        sum += term;
        if (fabs(term / sum) < EPSILON)
            break;
        k += 1;
        factor *= x + k;
        b /= at;
        k += 1;
    }
    return sum;
}

static double polygamma(double n, double x)
{
    if (n != floor(n) || n < 0)
        return NAN;
    if (n == 0)
        return digamma(x);
    double sign = fmod(n, 2) == 0 ? -1 : 1;
    return sign * exp(log_gamma(n + 1)) * zeta(n + 1, x);
}

/* ---- Incomplete beta ---------------------------------------------------------------------------------------------------------------- */

/* Lentz's method on the continued fraction of I_x(a, b), for x below the mean. */
static double beta_fraction(double a, double b, double x)
{
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < 1e-300 ? 1e-300 : d);
    double h = d;
    for (int m = 1; m < 100000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        for (int half = 0; half < 2; half++) {
            double term = half ? odd : even;
            d = 1 + term * d;
            d = 1 / (fabs(d) < 1e-300 ? 1e-300 : d);
            c = 1 + term / c;
            c = fabs(c) < 1e-300 ? 1e-300 : c;
            h *= d * c;
        }
        if (fabs(d * c - 1) < EPSILON)
            break;
    }
    return h;
}

static double betainc(double a, double b, double x)
{
    if (a <= 0 || b <= 0)
        return NAN;
    if (x == 0 || x == 1)       /* whatever the others are */
        return x;
    if (!(x > 0 && x < 1) || isnan(a) || isnan(b))
        return NAN;
    double front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log1p(-x));
    return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a : 1 - front * beta_fraction(b, a, 1 - x) / b;
}

/* ---- Loops --------------------------------------------------------------------------------------------------------------------------- */

#define UNARY(id, fn, D, S, LOAD, STORE)                                                        \
    static void b_##id##_##D(const TfgBlock *b)                                                 \
    {                                                                                           \
        const S *x = b->in[0];                                                                  \
        S *out = b->out;                                                                        \
        for (int64_t i = 0; i < b->n; i++)                                                      \
            out[i] = STORE(fn((double)LOAD(x[b->scalar & 1 ? 0 : i])));                         \
    }
#define SAME(x) (x)
#define TO_FLOAT(x) (float)(x)
#define TO_HALF(x) tfg_float_to_half((float)(x))
#define TO_BFLOAT16(x) tfg_float_to_bfloat16((float)(x))
#define UNARY_OPS(X) X("Digamma", digamma, digamma) X("Lgamma", lgamma, log_gamma) X("Erfc", erfc, erfc)
#define UNARY_LOOPS(op, id, fn)                                                                 \
    UNARY(id, fn, FLOAT, float, SAME, TO_FLOAT) UNARY(id, fn, DOUBLE, double, SAME, SAME)       \
    UNARY(id, fn, HALF, uint16_t, tfg_half_to_float, TO_HALF)                                   \
    UNARY(id, fn, BFLOAT16, uint16_t, tfg_bfloat16_to_float, TO_BFLOAT16)
UNARY_OPS(UNARY_LOOPS)

#define BINARY(id, D, T)                                                                        \
    static void b_##id##_##D(const TfgBlock *b)                                                 \
    {                                                                                           \
        const T *x = b->in[0], *y = b->in[1];                                                   \
        T *out = b->out;                                                                        \
        for (int64_t i = 0; i < b->n; i++)                                                      \
            out[i] = (T)id((double)x[b->scalar & 1 ? 0 : i], (double)y[b->scalar & 2 ? 0 : i]); \
    }
#define BINARY_OPS(X) X("Igamma", igamma) X("Igammac", igammac) X("Zeta", zeta) X("Polygamma", polygamma)
#define BINARY_LOOPS(op, id) BINARY(id, FLOAT, float) BINARY(id, DOUBLE, double)
BINARY_OPS(BINARY_LOOPS)

#define BETAINC(D, T)                                                                           \
    static void b_betainc_##D(const TfgBlock *b)                                                \
    {                                                                                           \
        const T *p = b->in[0], *q = b->in[1], *x = b->in[2];                                    \
        T *out = b->out;                                                                        \
        for (int64_t i = 0; i < b->n; i++)                                                      \
            out[i] = (T)betainc((double)p[b->scalar & 1 ? 0 : i], (double)q[b->scalar & 2 ? 0 : i], (double)x[b->scalar & 4 ? 0 : i]); \
    }
BETAINC(FLOAT, float)
BETAINC(DOUBLE, double)

/* Each argument is a scalar, or has the shape of the others that are not. */
static int run_betainc(TfgKernelCall *c, TfgStatus *s)
{
    static const char *const names[] = {"a", "b", "x"};
    TfgShapeText x, y;
    for (int i = 0; i < 3; i++)
        for (int j = i + 1; j < 3; j++)
            if (c->in[i]->rank > 0 && c->in[j]->rank > 0 && !tfg_tensor_same_shape(c->in[i], c->in[j]))
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shapes of %s and %s are inconsistent: %s vs. %s", names[i], names[j],
                                tfg_shape_text(c->in[i], &x), tfg_shape_text(c->in[j], &y));
    return tfg_broadcast_run(c, c->row->block, 3, NULL, s);
}

#define BLOCK_ROW(op_name, D, fn) {.op = op_name, TFG_FOR(TFG_##D), .flags = TFG_KERNEL_EXPENSIVE, .inplace = {{1, 1}}, .block = fn},
#define UNARY_ROWS(op, id, fn)                                                                                     \
    BLOCK_ROW(op, FLOAT, b_##id##_FLOAT) BLOCK_ROW(op, DOUBLE, b_##id##_DOUBLE) BLOCK_ROW(op, HALF, b_##id##_HALF) \
    BLOCK_ROW(op, BFLOAT16, b_##id##_BFLOAT16)
#define BINARY_ROWS(op, id) BLOCK_ROW(op, FLOAT, b_##id##_FLOAT) BLOCK_ROW(op, DOUBLE, b_##id##_DOUBLE)
#define BETAINC_ROW(D) {.op = "Betainc", TFG_FOR(TFG_##D), .flags = TFG_KERNEL_EXPENSIVE, .block = b_betainc_##D, .run = run_betainc},

static const TfgKernelRow rows[] = { UNARY_OPS(UNARY_ROWS) BINARY_OPS(BINARY_ROWS) BETAINC_ROW(FLOAT) BETAINC_ROW(DOUBLE) };

const TfgKernelRow *tfg_kernels_math_special(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
