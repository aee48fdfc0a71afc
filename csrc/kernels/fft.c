#include "kernels/fft.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"

#define MAX_FACTORS 64
#define LARGEST_PRIME 31        /* passes cost their radix; beyond, the convolution is cheaper */

typedef TfgComplex128 Z;

struct TfgFft {
    int64_t n;
    int n_factors;
    int factors[MAX_FACTORS];
    Z *roots;                   /* exp(-2 pi i k/n), n of them; NULL where `inner` does the work */
    struct TfgFft *inner;       /* of the convolution's length */
    Z *chirp, *kernel;          /* exp(-pi i k^2/n), and the transformed filter */
};

static Z multiply(Z a, Z b) { return (Z){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re}; }
static Z conjugate(Z a) { return (Z){a.re, -a.im}; }

/* exp(-2 pi i k/n) with the angle taken in the first eighth, where it is exact. */
static Z root(int64_t k, int64_t n)
{
    k %= n;
    int64_t eighths = (int64_t)((__int128)8 * k / n);
    bool odd = eighths & 1;     /* measured back from the next multiple of a quarter */
    int64_t quarter = (eighths + (odd ? 1 : 0)) / 2;
    double angle = 2 * 3.14159265358979323846 * ((double)((__int128)4 * k - (__int128)quarter * n) / (4.0 * (double)n));
    double c = cos(angle), s = sin(angle);
    switch (quarter & 3) {
    case 0: return (Z){c, -s};
    case 1: return (Z){-s, -c};
    case 2: return (Z){-c, s};
    default: return (Z){s, c};
    }
}

/* ---- plans ------------------------------------------------------------------------------------------------------------------------------- */

static bool factorise(TfgFft *f)
{
    int64_t rest = f->n;
    f->n_factors = 0;
    static const int first[] = {4, 2, 3, 5};
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        for (; rest % first[i] == 0; rest /= first[i])
            f->factors[f->n_factors++] = first[i];
    for (int p = 7; p <= LARGEST_PRIME; p += 2)
        for (; rest % p == 0; rest /= p)
            f->factors[f->n_factors++] = p;
    return rest == 1;
}

static Z *new_array(int64_t n) { return n < (int64_t)(SIZE_MAX / 2 / sizeof(Z)) ? tfg_alloc((size_t)n * sizeof(Z)) : NULL; }

static int prepare_convolution(TfgFft *f, TfgStatus *s)
{
    if (f->n > INT64_MAX / 64)
        return tfg_fail_memory(s);
    int64_t size = 1;
    while (size < 2 * f->n - 1)
        size *= 2;
    f->inner = tfg_fft_new(size, s);
    if (!f->inner)
        return -1;
    f->chirp = new_array(f->n);
    f->kernel = new_array(size);
    Z *scratch = new_array(tfg_fft_scratch(f->inner));
    int rc = f->chirp && f->kernel && scratch ? 0 : tfg_fail_memory(s);
    for (int64_t k = 0; rc == 0 && k < f->n; k++)
        f->chirp[k] = root((int64_t)((unsigned __int128)k * (unsigned __int128)k % (unsigned __int128)(2 * f->n)), 2 * f->n);
    if (rc == 0) {
        memset(f->kernel, 0, (size_t)size * sizeof(Z));
        for (int64_t k = 0; k < f->n; k++)
            f->kernel[k] = f->kernel[k ? size - k : 0] = conjugate(f->chirp[k]);
        tfg_fft_run(f->inner, f->kernel, scratch, false);
    }
    tfg_free(scratch);
    return rc;
}

TfgFft *tfg_fft_new(int64_t n, TfgStatus *s)
{
    TfgFft *f = tfg_calloc(1, sizeof *f);
    if (!f) {
        tfg_fail_memory(s);
        return NULL;
    }
    f->n = n;
    int rc = 0;
    if (!factorise(f))
        rc = prepare_convolution(f, s);
    else if (!(f->roots = new_array(n)))
        rc = tfg_fail_memory(s);
    for (int64_t k = 0; rc == 0 && f->roots && k < n; k++)
        f->roots[k] = root(k, n);
    if (rc < 0) {
        tfg_fft_free(f);
        return NULL;
    }
    return f;
}

void tfg_fft_free(TfgFft *f)
{
    if (!f)
        return;
    tfg_fft_free(f->inner);
    tfg_free(f->roots);
    tfg_free(f->chirp);
    tfg_free(f->kernel);
    tfg_free(f);
}

int64_t tfg_fft_scratch(const TfgFft *f) { return f->inner ? f->inner->n + tfg_fft_scratch(f->inner) : f->n; }

/* ---- passes ------------------------------------------------------------------------------------------------------------------------------ */

/* One pass over `groups` of transforms whose length is radix * m, `s` of them side by side:
 * y[q + s(radix p + k)] = w^(pk) * sum_j x[q + s(p + m j)] * exp(-2 pi i jk/radix). */
typedef struct Pass { const Z *x; Z *y; const Z *roots; int64_t n, m, s; } Pass;

static void pass_2(const Pass *p)
{
    for (int64_t i = 0; i < p->m; i++) {
        Z w = p->roots[i * p->s];
        const Z *a = p->x + p->s * i, *b = a + p->s * p->m;
        Z *y = p->y + p->s * 2 * i;
        for (int64_t q = 0; q < p->s; q++) {
            y[q] = (Z){a[q].re + b[q].re, a[q].im + b[q].im};
            y[q + p->s] = multiply(w, (Z){a[q].re - b[q].re, a[q].im - b[q].im});
        }
    }
}

static void pass_4(const Pass *p)
{
    for (int64_t i = 0; i < p->m; i++) {
        Z w1 = p->roots[i * p->s], w2 = p->roots[2 * i * p->s], w3 = p->roots[3 * i * p->s];
        const Z *a = p->x + p->s * i, *b = a + p->s * p->m, *c = b + p->s * p->m, *d = c + p->s * p->m;
        Z *y = p->y + p->s * 4 * i;
        for (int64_t q = 0; q < p->s; q++) {
            Z u = {a[q].re + c[q].re, a[q].im + c[q].im}, v = {a[q].re - c[q].re, a[q].im - c[q].im};
            Z g = {b[q].re + d[q].re, b[q].im + d[q].im}, h = {b[q].im - d[q].im, d[q].re - b[q].re};      /* h: -i (b - d) */
            y[q] = (Z){u.re + g.re, u.im + g.im};
            y[q + p->s] = multiply(w1, (Z){v.re + h.re, v.im + h.im});
            y[q + 2 * p->s] = multiply(w2, (Z){u.re - g.re, u.im - g.im});
            y[q + 3 * p->s] = multiply(w3, (Z){v.re - h.re, v.im - h.im});
        }
    }
}

static void pass_any(const Pass *p, int radix)
{
    int64_t step = p->n / radix;        /* of the roots of the radix itself */
    for (int64_t i = 0; i < p->m; i++)
        for (int k = 0; k < radix; k++) {
            Z w = p->roots[i * k * p->s], *y = p->y + p->s * (radix * i + k);
            for (int64_t q = 0; q < p->s; q++) {
                const Z *x = p->x + q + p->s * i;
                Z sum = *x;
                for (int j = 1; j < radix; j++) {
                    Z t = multiply(p->roots[j * k % radix * step], x[p->s * p->m * j]);
                    sum.re += t.re;
                    sum.im += t.im;
                }
                y[q] = multiply(w, sum);
            }
        }
}

static void run_passes(const TfgFft *f, Z *x, Z *scratch)
{
    Pass p = {.x = x, .y = scratch, .roots = f->roots, .n = f->n, .m = f->n, .s = 1};
    for (int i = 0; i < f->n_factors; i++) {
        int radix = f->factors[i];
        p.m /= radix;
        if (radix == 2)
            pass_2(&p);
        else if (radix == 4)
            pass_4(&p);
        else
            pass_any(&p, radix);
        p.s *= radix;
        Z *done = p.y;
        p.y = (Z *)(uintptr_t)p.x;
        p.x = done;
    }
    if (p.x != x)
        memcpy(x, p.x, (size_t)f->n * sizeof(Z));
}

static void run_convolution(const TfgFft *f, Z *x, Z *scratch)
{
    int64_t size = f->inner->n;
    Z *a = scratch, *rest = scratch + size;
    for (int64_t k = 0; k < f->n; k++)
        a[k] = multiply(x[k], f->chirp[k]);
    memset(a + f->n, 0, (size_t)(size - f->n) * sizeof(Z));
    tfg_fft_run(f->inner, a, rest, false);
    for (int64_t k = 0; k < size; k++)
        a[k] = multiply(a[k], f->kernel[k]);
    tfg_fft_run(f->inner, a, rest, true);
    for (int64_t k = 0; k < f->n; k++) {
        Z y = multiply(a[k], f->chirp[k]);
        x[k] = (Z){y.re / (double)size, y.im / (double)size};
    }
}

static void conjugate_all(Z *x, int64_t n)
{
    for (int64_t k = 0; k < n; k++)
        x[k].im = -x[k].im;
}

void tfg_fft_run(const TfgFft *f, TfgComplex128 *x, TfgComplex128 *scratch, bool inverse)
{
    if (inverse)
        conjugate_all(x, f->n);
    if (f->inner)
        run_convolution(f, x, scratch);
    else
        run_passes(f, x, scratch);
    if (inverse)
        conjugate_all(x, f->n);
}
