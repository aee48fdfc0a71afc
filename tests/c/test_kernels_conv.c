/* Convolutions against the definition: strides, dilations, paddings, one pixel and one channel, many images and bands of few; the same
 * bits on any number of threads. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/conv.h"
#include "tensor/half.h"
#include "test.h"

static TfgConvShape make(int64_t n, int64_t h, int64_t w, int64_t c, int64_t kh, int64_t kw, int64_t oc, int64_t stride,
                         int64_t dilation, bool same)
{
    TfgConvShape s;
    memset(&s, 0, sizeof s);
    s.n = n, s.h = h, s.w = w, s.c = c, s.kh = kh, s.kw = kw, s.oc = oc;
    s.stride_h = s.stride_w = stride;
    s.dilation_h = s.dilation_w = dilation;
    int64_t eh = (kh - 1) * dilation + 1, ew = (kw - 1) * dilation + 1;
    s.oh = same ? (h + stride - 1) / stride : (h - eh) / stride + 1;
    s.ow = same ? (w + stride - 1) / stride : (w - ew) / stride + 1;
    int64_t ph = (s.oh - 1) * stride + eh - h, pw = (s.ow - 1) * stride + ew - w;
    if (same && ph > 0)
        s.top = ph / 2, s.bottom = ph - ph / 2;
    if (same && pw > 0)
        s.left = pw / 2, s.right = pw - pw / 2;
    return s;
}

typedef struct Data { int64_t nx, nf, ny; float *x, *f, *dy; double *y, *dx, *df; float *out; } Data;

/* Random numbers, and all three answers by the sum that defines them. */
static Data compute(const TfgConvShape *s)
{
    Data d = {s->n * s->h * s->w * s->c, s->kh * s->kw * s->c * s->oc, s->n * s->oh * s->ow * s->oc, 0, 0, 0, 0, 0, 0, 0};
    d.x = malloc((size_t)d.nx * 4), d.f = malloc((size_t)d.nf * 4), d.dy = malloc((size_t)d.ny * 4);
    d.y = calloc((size_t)d.ny, 8), d.dx = calloc((size_t)d.nx, 8), d.df = calloc((size_t)d.nf, 8);
    d.out = malloc((size_t)(d.nx + d.nf + d.ny) * 8);
    for (int64_t i = 0; i < d.nx; i++)
        d.x[i] = sinf((float)i);
    for (int64_t i = 0; i < d.nf; i++)
        d.f[i] = cosf((float)i * 1.3f);
    for (int64_t i = 0; i < d.ny; i++)
        d.dy[i] = sinf((float)i * 0.7f);
    for (int64_t place = 0; place < d.ny / s->oc; place++)
        for (int64_t p = 0; p < s->kh * s->kw; p++) {
            int64_t y = place / s->ow % s->oh * s->stride_h - s->top + p / s->kw * s->dilation_h;
            int64_t x = place % s->ow * s->stride_w - s->left + p % s->kw * s->dilation_w;
            if (y < 0 || y >= s->h || x < 0 || x >= s->w)
                continue;
            for (int64_t c = 0; c < s->c; c++)
                for (int64_t o = 0; o < s->oc; o++) {
                    int64_t xi = ((place / (s->ow * s->oh) * s->h + y) * s->w + x) * s->c + c, fi = (p * s->c + c) * s->oc + o;
                    int64_t yi = place * s->oc + o;
                    d.y[yi] += (double)d.x[xi] * (double)d.f[fi];
                    d.dx[xi] += (double)d.f[fi] * (double)d.dy[yi];
                    d.df[fi] += (double)d.x[xi] * (double)d.dy[yi];
                }
        }
    return d;
}

static void drop(Data *d)
{
    free(d->x), free(d->f), free(d->dy), free(d->y), free(d->dx), free(d->df), free(d->out);
}

static double error_of(const float *got, const double *want, int64_t n)
{
    double error = 0, size = 1;
    for (int64_t i = 0; i < n; i++) {
        error = fmax(error, fabs((double)got[i] - want[i]));
        size = fmax(size, fabs(want[i]));
    }
    return error / size;
}

static const void *first(const Data *d, TfgConvKind k) { return k == TFG_CONV_IMAGES ? d->dy : d->x; }
static const void *second(const Data *d, TfgConvKind k) { return k == TFG_CONV_FILTERS ? d->dy : d->f; }
static const double *wanted(const Data *d, TfgConvKind k) { return k == TFG_CONV_FORWARD ? d->y : k == TFG_CONV_IMAGES ? d->dx : d->df; }
static int64_t count(const Data *d, TfgConvKind k) { return k == TFG_CONV_FORWARD ? d->ny : k == TFG_CONV_IMAGES ? d->nx : d->nf; }

static TfgConvShape shape_number(int i)
{
    switch (i) {
    case 0: return make(2, 7, 8, 3, 3, 3, 5, 1, 1, true);
    case 1: return make(2, 9, 9, 16, 5, 5, 8, 2, 1, true);
    case 2: return make(1, 9, 9, 4, 3, 3, 16, 1, 2, true);
    case 3: return make(3, 8, 8, 1, 5, 5, 32, 1, 1, false);
    case 4: return make(2, 5, 5, 6, 1, 1, 7, 2, 1, true);
    case 5: return make(3, 6, 5, 8, 1, 1, 16, 1, 1, true);
    case 6: return make(1, 1, 1, 1, 1, 1, 1, 1, 1, false);
    case 7: return make(1, 60, 60, 16, 3, 3, 32, 1, 1, true);           /* bands of one image */
    case 8: return make(2, 61, 33, 16, 5, 5, 32, 2, 1, true);
    case 9: return make(1, 64, 40, 8, 3, 3, 32, 1, 3, false);
    case 10: return make(37, 14, 14, 16, 3, 3, 16, 1, 1, true);         /* many images */
    default: return make(1, 2, 2, 3, 4, 4, 2, 1, 1, true);              /* the filter is bigger than the image */
    }
}
#define N_SHAPES 12

TEST(values)
{
    TfgStatus s = TFG_STATUS_INIT;
    for (int i = 0; i < N_SHAPES; i++) {
        TfgConvShape shape = shape_number(i);
        Data d = compute(&shape);
        for (int k = 0; k < 3; k++)
            for (int patches = 0; patches < 2; patches++) {
                TfgConvKind kind = (TfgConvKind)k;
                memset(d.out, 0xff, (size_t)count(&d, kind) * 4);
                int rc = (patches ? tfg_conv2d_patches : tfg_conv2d)(kind, TFG_FLOAT, &shape, first(&d, kind), second(&d, kind), d.out,
                                                                     &s);
                CHECK_OK(rc == 0, s);
                if (!(error_of(d.out, wanted(&d, kind), count(&d, kind)) < 2e-5))
                    TEST_FAIL("shape %d kind %d patches %d: error %g", i, k, patches, error_of(d.out, wanted(&d, kind), count(&d, kind)));
            }
        drop(&d);
    }
}

TEST(double_and_halves)
{
    TfgStatus s = TFG_STATUS_INIT;
    for (int i = 0; i < 8; i++) {
        TfgConvShape shape = shape_number(i);
        Data d = compute(&shape);
        for (int k = 0; k < 3; k++) {
            TfgConvKind kind = (TfgConvKind)k;
            int64_t na = k == TFG_CONV_IMAGES ? d.ny : d.nx, nb = k == TFG_CONV_FILTERS ? d.ny : d.nf, n = count(&d, kind);
            double *a = malloc((size_t)na * 8), *b = malloc((size_t)nb * 8), *out = malloc((size_t)n * 8);
            for (int64_t j = 0; j < na; j++)
                a[j] = (double)((const float *)first(&d, kind))[j];
            for (int64_t j = 0; j < nb; j++)
                b[j] = (double)((const float *)second(&d, kind))[j];
            CHECK_OK(tfg_conv2d(kind, TFG_DOUBLE, &shape, a, b, out, &s) == 0, s);
            for (int64_t j = 0; j < n; j++)
                CHECK(fabs(out[j] - wanted(&d, kind)[j]) < 1e-11);
            uint16_t *ha = (uint16_t *)a, *hb = (uint16_t *)b, *ho = (uint16_t *)out;
            for (int64_t j = 0; j < na; j++)
                ha[j] = tfg_float_to_half(((const float *)first(&d, kind))[j]);
            for (int64_t j = 0; j < nb; j++)
                hb[j] = tfg_float_to_half(((const float *)second(&d, kind))[j]);
            CHECK_OK(tfg_conv2d(kind, TFG_HALF, &shape, ha, hb, ho, &s) == 0, s);
            for (int64_t j = 0; j < n; j++)
                d.out[j] = tfg_half_to_float(ho[j]);
            CHECK(error_of(d.out, wanted(&d, kind), n) < 3e-2);
            free(a), free(b), free(out);
        }
        drop(&d);
    }
}

TEST(bits_do_not_depend_on_threads)
{
    TfgStatus s = TFG_STATUS_INIT;
    for (int i = 7; i < 11; i++) {
        TfgConvShape shape = shape_number(i);
        Data d = compute(&shape);
        for (int k = 0; k < 3; k++) {
            TfgConvKind kind = (TfgConvKind)k;
            size_t bytes = (size_t)count(&d, kind) * 4;
            float *one = malloc(bytes);
            for (int threads = 1; threads <= 5; threads += 2) {
                tfg_parallel_set_size(threads);
                CHECK_OK(tfg_conv2d(kind, TFG_FLOAT, &shape, first(&d, kind), second(&d, kind), d.out, &s) == 0, s);
                if (threads == 1)
                    memcpy(one, d.out, bytes);
                CHECK(memcmp(one, d.out, bytes) == 0);
            }
            free(one);
        }
        drop(&d);
    }
    tfg_parallel_set_size(0);
}

/* Whatever request fails, the answer is right or the failure is said, and nothing leaks. */
TEST(without_memory)
{
    TfgConvShape shape = shape_number(0);
    Data d = compute(&shape);
    for (int k = 0; k < 3; k++)
        for (int n = 1; n < 12; n++) {
            TfgStatus s = TFG_STATUS_INIT;
            TfgConvKind kind = (TfgConvKind)k;
            int64_t live = tfg_alloc_live();
            tfg_alloc_fail_at(n);
            int rc = tfg_conv2d(kind, TFG_FLOAT, &shape, first(&d, kind), second(&d, kind), d.out, &s);
            tfg_alloc_fail_at(0);
            CHECK(rc == 0 ? error_of(d.out, wanted(&d, kind), count(&d, kind)) < 2e-5 : s.code == TFG_RESOURCE_EXHAUSTED);
            tfg_status_fini(&s);
            CHECK_EQ_INT(tfg_alloc_live(), live);
        }
    drop(&d);
}
