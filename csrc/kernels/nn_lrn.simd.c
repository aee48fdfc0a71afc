/* Loops of local response normalisation: channels are lanes.  A window's numbers are added one after the other, and those outside
 * the row are zeros, so the sums are those of a loop over the window alone. */
#include "kernels/nn_lrn_simd.h"

#include <math.h>

#include "kernels/simd.h"

typedef float Loose __attribute__((vector_size(VEC_BYTES), aligned(sizeof(float))));

/* The row in the middle of zeros. */
static float *pad(const TfgLrn *t)
{
    memset(t->scratch, 0, (size_t)t->radius * sizeof(float));
    memset(t->scratch + t->radius + t->depth, 0, (size_t)(t->radius + 64) * sizeof(float));
    return t->scratch + t->radius;
}

/* sum[i] = the sum of row[i - radius .. i + radius]; four vectors at a time, whose additions need not wait for each other. */
static void add_windows(const TfgLrn *t, const float *row, float *sum)
{
    const float *from = row - t->radius;
    int64_t i = 0;
    for (; i + 4 * VECF_N <= t->depth; i += 4 * VECF_N) {
        VecF s[4] = {{0}};
        for (int64_t k = 0; k <= 2 * t->radius; k++)
            for (int v = 0; v < 4; v++)
                s[v] += *(const Loose *)(from + i + k + v * VECF_N);
        for (int v = 0; v < 4; v++)
            *(Loose *)(sum + i + v * VECF_N) = s[v];
    }
    for (; i < t->depth; i += VECF_N) {
        VecF s = {0};
        for (int64_t k = 0; k <= 2 * t->radius; k++)
            s += *(const Loose *)(from + i + k);
        *(Loose *)(sum + i) = s;
    }
}

/* norm[i] = bias + alpha * the sum of squares around i. */
static void find_norms(const TfgLrn *t, const float *x, float *norm)
{
    float *squares = pad(t);
    for (int64_t i = 0; i < t->depth; i++)
        squares[i] = x[i] * x[i];
    add_windows(t, squares, norm);
    for (int64_t i = 0; i < t->depth; i++)
        norm[i] = t->bias + t->alpha * norm[i];
}

/* x[i] *= norm[i] ^ -beta */
static void scale(const TfgLrn *t, float *restrict x, const float *restrict norm)
{
    int64_t n = t->depth;
    if (t->beta == 1.0f)
        for (int64_t i = 0; i < n; i++)
            x[i] *= 1 / norm[i];
    else if (t->beta == 0.5f)
        for (int64_t i = 0; i < n; i++)
            x[i] *= 1 / sqrtf(norm[i]);
    else
        for (int64_t i = 0; i < n; i += VECF_N) {
            VecF power = SLEEF_F(pow, u10)(*(const Loose *)(norm + i), vecf_all(-t->beta));
            for (int64_t k = 0; k < VECF_N && i + k < n; k++)
                x[i + k] *= power[k];
        }
}

static void forward(const TfgLrn *t, float *x)
{
    float *norm = t->scratch + 2 * t->radius + t->depth + 64;
    find_norms(t, x, norm);
    scale(t, x, norm);
}

/* dx[k] = sum over windows i that k is in:  dy[i] * ([i = k] norm[i]^-beta - 2 alpha beta x[k] y[i] / norm[i]) */
static void backward(const TfgLrn *t, float *dy, const float *x, const float *y)
{
    float *restrict norm = t->scratch + 2 * t->radius + t->depth + 64, *restrict sum = norm + t->depth + 64;
    find_norms(t, x, norm);
    float *restrict part = pad(t);
    for (int64_t i = 0; i < t->depth; i++)
        part[i] = -2 * t->alpha * t->beta * dy[i] * y[i] / norm[i];
    add_windows(t, part, sum);
    scale(t, dy, norm);
    for (int64_t i = 0; i < t->depth; i++)
        dy[i] += x[i] * sum[i];
}

const TfgLrnLoops *TFG_SIMD(tfg_lrn_loops)(void)
{
    static const TfgLrnLoops loops = {forward, backward};
    return &loops;
}
