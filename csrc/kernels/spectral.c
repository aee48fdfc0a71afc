/* Fourier transforms of the innermost one, two or three dimensions. */
#include "base/memory.h"
#include "base/parallel.h"
#include "base/status.h"
#include "kernels/fft.h"
#include "kernels/util.h"

/* ---- one axis of a row-major complex array ------------------------------------------------------------------------------------------- */

typedef struct Axis {
    const TfgFft *fft;
    TfgComplex128 *x;
    int64_t outer, n, inner;    /* lines: outer * inner */
    bool inverse;
    int64_t per_tile;
    _Atomic bool no_memory;
} Axis;

static void run_lines(void *context, int64_t tile)
{
    Axis *a = context;
    int64_t lines = a->outer * a->inner, begin = tile * a->per_tile, end = begin + a->per_tile < lines ? begin + a->per_tile : lines;
    size_t size = (size_t)(a->n + tfg_fft_scratch(a->fft));
    TfgComplex128 *line = tfg_alloc(size * sizeof *line);
    if (!line) {
        atomic_store(&a->no_memory, true);
        return;
    }
    for (int64_t i = begin; i < end; i++) {
        TfgComplex128 *x = a->x + i / a->inner * a->n * a->inner + i % a->inner;
        if (a->inner == 1) {
            tfg_fft_run(a->fft, x, line, a->inverse);
            continue;
        }
        for (int64_t k = 0; k < a->n; k++)
            line[k] = x[k * a->inner];
        tfg_fft_run(a->fft, line, line + a->n, a->inverse);
        for (int64_t k = 0; k < a->n; k++)
            x[k * a->inner] = line[k];
    }
    tfg_free(line);
}

#define TILE_WORK 16384         /* elements that a thread takes at once */

static int run_axis(TfgComplex128 *x, int64_t outer, int64_t n, int64_t inner, bool inverse, TfgStatus *s)
{
    if (n <= 1 || outer == 0 || inner == 0)
        return 0;
    TfgFft *fft = tfg_fft_new(n, s);
    if (!fft)
        return -1;
    Axis a = {.fft = fft, .x = x, .outer = outer, .n = n, .inner = inner, .inverse = inverse, .per_tile = n >= TILE_WORK ? 1 : TILE_WORK / n};
    int64_t lines = outer * inner;
    tfg_parallel((lines + a.per_tile - 1) / a.per_tile, 0, run_lines, &a);
    tfg_fft_free(fft);
    return a.no_memory ? tfg_fail_memory(s) : 0;
}

/* The last `rank` of three sizes. */
static int run_axes(TfgComplex128 *x, int64_t outer, const int64_t *sizes, int rank, bool inverse, TfgStatus *s)
{
    for (int d = 0; d < rank; d++) {
        int64_t inner = tfg_dims_product(rank - d - 1, sizes + d + 1);
        if (run_axis(x, outer * tfg_dims_product(d, sizes), sizes[d], inner, inverse, s) < 0)
            return -1;
    }
    return 0;
}

/* ---- the operations -------------------------------------------------------------------------------------------------------------------- */

typedef struct Kind { bool inverse, real; int rank; } Kind;

static Kind kind_of(const TfgKernelCall *c)
{
    const char *op = c->row->op;
    Kind k = {.rank = 1};
    k.inverse = op[0] == 'I';
    k.real = op[k.inverse] == 'R';
    size_t n = strlen(op);
    if (op[n - 1] == 'D')
        k.rank = op[n - 2] - '0';
    return k;
}

static int check_rank(const TfgKernelCall *c, const Kind *k, TfgStatus *s)
{
    TfgShapeText text;
    return c->in[0]->rank >= k->rank ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Input must have rank of at least %d but got: %s", k->rank,
                                                    tfg_shape_text(c->in[0], &text));
}

static TfgComplex128 *new_work(int64_t n, TfgStatus *s)
{
    TfgComplex128 *work = n < INT64_MAX / 32 ? tfg_alloc_data(((size_t)n + 1) * sizeof *work) : NULL;
    if (!work)
        tfg_fail_memory(s);
    return work;
}

static void free_work(TfgComplex128 *work, int64_t n) { tfg_free_data(work, ((size_t)n + 1) * sizeof *work); }

static int run_complex(TfgKernelCall *c, TfgStatus *s)
{
    Kind k = kind_of(c);
    const TfgTensor *in = c->in[0];
    if (check_rank(c, &k, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output_like(c, 0, in, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    const int64_t *sizes = in->dims + in->rank - k.rank;
    int64_t n = in->count, area = tfg_dims_product(k.rank, sizes);
    bool narrow = in->dtype == TFG_COMPLEX64;
    TfgComplex128 *work = narrow ? new_work(n, s) : out->data;
    if (!work)
        return -1;
    if (!narrow)
        memmove(work, in->data, (size_t)n * sizeof *work);
    else
        for (int64_t i = 0; i < n; i++) {
            TfgComplex64 z = ((const TfgComplex64 *)in->data)[i];
            work[i] = (TfgComplex128){(double)z.re, (double)z.im};
        }
    int rc = run_axes(work, n / area, sizes, k.rank, k.inverse, s);
    double scale = k.inverse ? 1.0 / (double)area : 1;
    for (int64_t i = 0; rc == 0 && i < n; i++)
        if (narrow)
            ((TfgComplex64 *)out->data)[i] = (TfgComplex64){(float)(work[i].re * scale), (float)(work[i].im * scale)};
        else if (k.inverse)
            work[i] = (TfgComplex128){work[i].re * scale, work[i].im * scale};
    if (narrow)
        free_work(work, n);
    return rc;
}

/* fft_length, checked, and the sizes of the complex side. */
static int read_lengths(const TfgKernelCall *c, const Kind *k, int64_t *length, int64_t *half, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *given = c->in[1];
    if (check_rank(c, k, s) < 0)
        return -1;
    if (given->rank != 1 || given->count != k->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "fft_length must have shape [%d]", k->rank);
    for (int d = 0; d < k->rank; d++) {
        length[d] = half[d] = tfg_tensor_int(given, d);
        if (length[d] < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "fft_length[%d] must >= 0, but got: %lld", d, (long long)length[d]);
        if (d == k->rank - 1 && length[d] > 0)
            half[d] = length[d] / 2 + 1;
        int64_t has = in->dims[in->rank - k->rank + d], wants = k->inverse ? half[d] : length[d];
        if (has != 0 && has < wants)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input dimension %d must have length of at least %lld but got: %lld", in->rank - k->rank + d,
                            (long long)wants, (long long)has);
    }
    return 0;
}

/* Offset in an array with sizes `dims` of the element at index i of an array with smaller sizes `part`. */
static int64_t corner_offset(int64_t i, int rank, const int64_t *part, const int64_t *dims)
{
    int64_t at = 0, stride = 1;
    for (int d = rank - 1; d >= 0; d--) {
        at += i % part[d] * stride;
        i /= part[d];
        stride *= dims[d];
    }
    return at;
}

static int run_forward_real(const Kind *k, const TfgTensor *in, const int64_t *length, const int64_t *half, TfgTensor *out, TfgStatus *s)
{
    const int64_t *dims = in->dims + in->rank - k->rank;
    int64_t area = tfg_dims_product(k->rank, length), whole = tfg_dims_product(k->rank, dims), kept = tfg_dims_product(k->rank, half);
    int64_t outer = out->count / kept, n = outer * area;
    TfgComplex128 *work = new_work(n, s);
    if (!work)
        return -1;
    for (int64_t o = 0; o < outer; o++)
        for (int64_t i = 0; i < area; i++)
            work[o * area + i] = (TfgComplex128){(double)((const float *)in->data)[o * whole + corner_offset(i, k->rank, length, dims)], 0};
    int rc = run_axes(work, outer, length, k->rank, false, s);
    for (int64_t o = 0; rc == 0 && o < outer; o++)
        for (int64_t i = 0; i < kept; i++) {
            TfgComplex128 z = work[o * area + corner_offset(i, k->rank, half, length)];
            ((TfgComplex64 *)out->data)[o * kept + i] = (TfgComplex64){(float)z.re, (float)z.im};
        }
    free_work(work, n);
    return rc;
}

/* The inverse over the outer dimensions leaves lines of which each is half of a spectrum; the other half mirrors it. */
static int run_inverse_real(const Kind *k, const TfgTensor *in, const int64_t *length, const int64_t *half, TfgTensor *out, TfgStatus *s)
{
    const int64_t *dims = in->dims + in->rank - k->rank;
    int64_t area = tfg_dims_product(k->rank, length), whole = tfg_dims_product(k->rank, dims), kept = tfg_dims_product(k->rank, half);
    int64_t outer = out->count / area, line = length[k->rank - 1], part = half[k->rank - 1], n = outer * area, m = outer * kept;
    TfgComplex128 *spectrum = new_work(m, s), *work = spectrum ? new_work(n, s) : NULL;
    int rc = work ? 0 : -1;
    for (int64_t o = 0; rc == 0 && o < outer; o++)
        for (int64_t i = 0; i < kept; i++) {
            TfgComplex64 z = ((const TfgComplex64 *)in->data)[o * whole + corner_offset(i, k->rank, half, dims)];
            spectrum[o * kept + i] = (TfgComplex128){(double)z.re, (double)z.im};
        }
    for (int d = 0; rc == 0 && d < k->rank - 1; d++)
        rc = run_axis(spectrum, outer * tfg_dims_product(d, half), half[d], tfg_dims_product(k->rank - d - 1, half + d + 1), true, s);
    for (int64_t i = 0; rc == 0 && i < n / line; i++)
        for (int64_t j = 0; j < line; j++) {
            const TfgComplex128 *from = spectrum + i * part;
            work[i * line + j] = j < part ? from[j] : (TfgComplex128){from[line - j].re, -from[line - j].im};
        }
    if (rc == 0)
        rc = run_axis(work, n / line, line, 1, true, s);
    for (int64_t i = 0; rc == 0 && i < n; i++)
        ((float *)out->data)[i] = (float)(work[i].re / (double)area);
    free_work(spectrum, spectrum ? m : -1);
    if (work)
        free_work(work, n);
    return rc;
}

static int run_real(TfgKernelCall *c, TfgStatus *s)
{
    Kind k = kind_of(c);
    const TfgTensor *in = c->in[0];
    int64_t length[3], half[3], dims[TFG_MAX_RANK];
    if (read_lengths(c, &k, length, half, s) < 0)
        return -1;
    memcpy(dims, in->dims, (size_t)in->rank * sizeof *dims);
    memcpy(dims + in->rank - k.rank, k.inverse ? length : half, (size_t)k.rank * sizeof *dims);
    TfgTensor *out = tfg_kernel_output(c, 0, in->rank, dims, s);
    if (!out)
        return -1;
    if (in->count == 0 || out->count == 0) {
        memset(out->data, 0, tfg_tensor_nbytes(out));
        return 0;
    }
    return k.inverse ? run_inverse_real(&k, in, length, half, out, s) : run_forward_real(&k, in, length, half, out, s);
}

#define COMPLEX_ROW(name) {.op = name, .types = {{"Tcomplex", TFG_TYPES_COMPLEX}}, .flags = TFG_KERNEL_EXPENSIVE, .run = run_complex}
#define REAL_ROW(name) {.op = name, .flags = TFG_KERNEL_EXPENSIVE, .host_in = 2, .run = run_real}

static const TfgKernelRow rows[] = {
    COMPLEX_ROW("FFT"), COMPLEX_ROW("FFT2D"), COMPLEX_ROW("FFT3D"), COMPLEX_ROW("IFFT"), COMPLEX_ROW("IFFT2D"), COMPLEX_ROW("IFFT3D"),
    REAL_ROW("RFFT"), REAL_ROW("RFFT2D"), REAL_ROW("RFFT3D"), REAL_ROW("IRFFT"), REAL_ROW("IRFFT2D"), REAL_ROW("IRFFT3D"),
};

int tfg_register_kernels_spectral(TfgStatus *s);
int tfg_register_kernels_spectral(TfgStatus *s) { return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s); }
