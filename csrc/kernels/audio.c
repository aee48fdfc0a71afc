/* Sound: files, spectrograms, and the mel-frequency cepstral coefficients of these. */
#include <complex.h>
#include <inttypes.h>
#include <math.h>

#include "base/status.h"
#include "io/wav.h"
#include "kernels/isa.h"
#include "kernels/util.h"

/* ---- Files --------------------------------------------------------------------------------------------------------------------- */

/* Channels that the file does not have repeat its last one; samples that it does not have are silent. */
static int run_decode(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *contents = c->in[0];
    TfgShapeText text;
    TfgWav wav;
    if (contents->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "contents must be scalar, got shape %s", tfg_shape_text(contents, &text));
    const TfgString *file = contents->data;
    if (tfg_wav_read(file->data, file->n, &wav, s) < 0)
        return -1;
    int64_t samples = tfg_attrs_int(c->attrs, "desired_samples"), channels = tfg_attrs_int(c->attrs, "desired_channels");
    samples = samples == -1 ? wav.samples : samples;
    channels = channels == -1 ? wav.channels : channels;
    TfgTensor *audio = tfg_kernel_output(c, 0, 2, (int64_t[]){samples, channels}, s), *rate = audio ? tfg_kernel_output(c, 1, 0, NULL, s) : NULL;
    if (!rate)
        return -1;
    float *out = audio->data;
    for (int64_t i = 0; i < samples; i++)
        for (int64_t j = 0; j < channels; j++)
            *out++ = i < wav.samples ? tfg_wav_sample(&wav, i * wav.channels + (j < wav.channels ? j : wav.channels - 1)) : 0;
    *(int32_t *)rate->data = (int32_t)wav.rate;
    return 0;
}

static int read_rate(const TfgTensor *t, int64_t *rate, TfgStatus *s)
{
    TfgShapeText text;
    if (t->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input sample_rate should be a scalar tensor, got %s instead.", tfg_shape_text(t, &text));
    *rate = tfg_tensor_int(t, 0);
    return 0;
}

static int run_encode(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *audio = c->in[0];
    TfgShapeText text;
    TfgStr bytes = TFG_STR_INIT;
    int64_t rate = 0;
    if (audio->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "audio must be 2-dimensional%s", tfg_shape_text(audio, &text));
    if (read_rate(c->in[1], &rate, s) < 0)
        return -1;
    int rc = tfg_wav_write(audio->data, audio->dims[0], audio->dims[1], rate, &bytes, s);
    TfgTensor *out = rc == 0 ? tfg_kernel_output(c, 0, 0, NULL, s) : NULL;
    if (!out)
        rc = -1;
    else if (tfg_string_set(out->data, bytes.data, bytes.n) < 0)
        rc = tfg_fail_memory(s);
    tfg_str_fini(&bytes);
    return rc;
}

/* ---- Spectrograms ---------------------------------------------------------------------------------------------------------------- */

/* In place, n a power of two; roots[i] is exp(-2 pi i / n). */
static void transform(double complex *x, int64_t n, const double complex *roots)
{
    for (int64_t i = 1, j = 0; i < n; i++) {
        int64_t bit = n >> 1;
        for (; j & bit; bit >>= 1)
            j ^= bit;
        j ^= bit;
        if (i < j) {
            double complex t = x[i];
            x[i] = x[j];
            x[j] = t;
        }
    }
    for (int64_t half = 1; half < n; half *= 2)
        for (int64_t at = 0; at < n; at += 2 * half)
            for (int64_t k = 0; k < half; k++) {
                const double complex a = x[at + k], r = roots[k * (n / (2 * half))], b = x[at + half + k];
                const double complex t = CMPLX(creal(r) * creal(b) - cimag(r) * cimag(b), creal(r) * cimag(b) + cimag(r) * creal(b));
                x[at + k] = a + t;
                x[at + half + k] = a - t;
            }
}

typedef struct Spectrogram {
    const float *in;
    float *out;
    int64_t channels, rows, window, stride, n;
    bool squared;
    const double *weights;
    const double complex *roots;
    double complex *work;       /* n for each row at once */
} Spectrogram;

static void transform_rows(void *context, int64_t begin, int64_t end)
{
    const Spectrogram *k = context;
    double complex *x = k->work + begin * k->n;         /* ranges are of one row */
    for (int64_t i = begin; i < end; i++) {
        const int64_t channel = i / k->rows, first = i % k->rows * k->stride;
        float *out = k->out + i * (k->n / 2 + 1);
        for (int64_t j = 0; j < k->n; j++)
            x[j] = j < k->window ? k->weights[j] * (double)k->in[(first + j) * k->channels + channel] : 0;
        transform(x, k->n, k->roots);
        for (int64_t j = 0; j <= k->n / 2; j++) {
            const double power = creal(x[j]) * creal(x[j]) + cimag(x[j]) * cimag(x[j]);
            out[j] = (float)(k->squared ? power : sqrt(power));
        }
        x += k->n;
    }
}

static int prepare_tables(TfgKernelCall *c, Spectrogram *k, TfgStatus *s)
{
    double *weights = tfg_kernel_scratch(c, (size_t)k->window * sizeof *weights, s);
    double complex *roots = tfg_kernel_scratch(c, (size_t)k->n * sizeof *roots, s);
    int64_t all;
    if (!weights || !roots)
        return -1;
    for (int64_t i = 0; i < k->window; i++)             /* Hann's, periodic */
        weights[i] = 0.5 - 0.5 * cos(2 * M_PI * (double)i / (double)k->window);
    for (int64_t i = 0; i < k->n; i++)
        roots[i] = CMPLX(cos(2 * M_PI * (double)i / (double)k->n), -sin(2 * M_PI * (double)i / (double)k->n));
    if (__builtin_mul_overflow(k->channels * k->rows, k->n * (int64_t)sizeof *roots, &all))
        return tfg_fail_memory(s);
    k->weights = weights;
    k->roots = roots;
    k->work = tfg_kernel_scratch(c, (size_t)all, s);
    return k->work ? 0 : -1;
}

static int run_spectrogram(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    TfgShapeText text;
    if (in->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be 2-dimensional%s", tfg_shape_text(in, &text));
    Spectrogram k = {.in = in->data, .channels = in->dims[1], .window = tfg_attrs_int(c->attrs, "window_size"),
                     .stride = tfg_attrs_int(c->attrs, "stride"), .n = 1, .squared = tfg_attrs_bool(c->attrs, "magnitude_squared")};
    if (k.window < 2 || k.stride < 1 || k.window > (1 << 30))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Spectrogram initialization failed for window size %" PRId64 " and stride %" PRId64, k.window,
                        k.stride);
    while (k.n < k.window)
        k.n *= 2;
    k.rows = in->dims[0] < k.window ? 0 : 1 + (in->dims[0] - k.window) / k.stride;
    TfgTensor *out = tfg_kernel_output(c, 0, 3, (int64_t[]){k.channels, k.rows, k.n / 2 + 1}, s);
    if (!out)
        return -1;
    k.out = out->data;
    if (out->count == 0)
        return 0;
    if (prepare_tables(c, &k, s) < 0)
        return -1;
    tfg_for_ranges(k.channels * k.rows, 1, transform_rows, &k);
    return 0;
}

/* ---- Mel-frequency cepstral coefficients --------------------------------------------------------------------------------------------- */

typedef struct Mel {
    int64_t n, bands, coefficients, first, last;    /* bins [first, last] count */
    double rate, low, high;
    int *band;                  /* of each bin: the one whose centre lies below it; -1 before the first */
    double *weight;             /* its share; the rest goes to the next band */
    double *cosines, *energies;
} Mel;

static double mel_of(double hertz) { return 1127.0 * log1p(hertz / 700.0); }

static double centre_of(const Mel *m, int64_t band)     /* -1: the lower limit */
{
    const double low = mel_of(m->low);
    return low + (mel_of(m->high) - low) / (double)(m->bands + 1) * (double)(band + 1);
}

static void fill_bands(Mel *m)
{
    const double step = 0.5 * m->rate / (double)(m->n - 1);
    m->first = (int64_t)(1.5 + m->low / step);
    m->last = m->high / step < 1e15 ? (int64_t)(m->high / step) : INT64_MAX;
    int channel = 0;
    for (int64_t i = m->first; i <= m->last && i < m->n; i++) {
        const double mel = mel_of((double)i * step);
        while (channel < m->bands && centre_of(m, channel) < mel)
            channel++;
        m->band[i] = channel - 1;
        m->weight[i] = (centre_of(m, channel) - mel) / (centre_of(m, channel) - centre_of(m, channel - 1));
    }
}

static int prepare_mel(TfgKernelCall *c, Mel *m, TfgStatus *s)
{
    m->bands = tfg_attrs_int(c->attrs, "filterbank_channel_count");
    m->coefficients = tfg_attrs_int(c->attrs, "dct_coefficient_count");
    m->low = (double)tfg_attrs_float(c->attrs, "lower_frequency_limit");
    m->high = (double)tfg_attrs_float(c->attrs, "upper_frequency_limit");
    if (m->bands < 1 || m->bands > (1 << 24) || m->rate <= 0 || m->n < 2 || !(m->low >= 0) || !(m->high > m->low) || m->coefficients < 1 ||
        m->coefficients > m->bands || m->coefficients > (1 << 30) / m->bands)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Mfcc initialization failed for channel count %" PRId64 " and sample rate %.0f", m->n, m->rate);
    m->band = tfg_kernel_scratch(c, (size_t)m->n * sizeof *m->band, s);
    m->weight = tfg_kernel_scratch(c, (size_t)m->n * sizeof *m->weight, s);
    m->cosines = tfg_kernel_scratch(c, (size_t)(m->bands * m->coefficients) * sizeof *m->cosines, s);
    m->energies = tfg_kernel_scratch(c, (size_t)m->bands * sizeof *m->energies, s);
    if (!m->band || !m->weight || !m->cosines || !m->energies)
        return -1;
    fill_bands(m);
    const double norm = sqrt(2.0 / (double)m->bands), arc = M_PI / (double)m->bands;
    for (int64_t i = 0; i < m->coefficients; i++)
        for (int64_t j = 0; j < m->bands; j++)
            m->cosines[i * m->bands + j] = norm * cos((double)i * arc * ((double)j + 0.5));
    return 0;
}

/* The log energies of the bands, through a cosine transform.  A spectrum that ends below the upper limit gives zeros. */
static void find_coefficients(const Mel *m, const float *spectrum, float *out)
{
    memset(out, 0, (size_t)m->coefficients * sizeof *out);
    if (m->n <= m->last)
        return;
    memset(m->energies, 0, (size_t)m->bands * sizeof *m->energies);
    for (int64_t i = m->first; i <= m->last; i++) {
        const double value = sqrt((double)spectrum[i]), part = value * m->weight[i];
        if (m->band[i] >= 0)
            m->energies[m->band[i]] += part;
        if (m->band[i] + 1 < m->bands)
            m->energies[m->band[i] + 1] += value - part;
    }
    for (int64_t i = 0; i < m->bands; i++)
        m->energies[i] = log(m->energies[i] < 1e-12 ? 1e-12 : m->energies[i]);
    for (int64_t i = 0; i < m->coefficients; i++) {
        double sum = 0;
        for (int64_t j = 0; j < m->bands; j++)
            sum += m->cosines[i * m->bands + j] * m->energies[j];
        out[i] = (float)sum;
    }
}

static int run_mfcc(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    TfgShapeText text;
    int64_t rate = 0;
    if (in->rank != 3)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "spectrogram must be 3-dimensional%s", tfg_shape_text(in, &text));
    if (read_rate(c->in[1], &rate, s) < 0)
        return -1;
    Mel m = {.n = in->dims[2], .rate = (double)rate};
    if (prepare_mel(c, &m, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output(c, 0, 3, (int64_t[]){in->dims[0], in->dims[1], m.coefficients}, s);
    if (!out)
        return -1;
    for (int64_t i = 0; i < in->dims[0] * in->dims[1]; i++)
        find_coefficients(&m, (const float *)in->data + i * m.n, (float *)out->data + i * m.coefficients);
    return 0;
}

static const TfgKernelRow rows[] = {
    {.op = "AudioSpectrogram", .flags = TFG_KERNEL_EXPENSIVE, .run = run_spectrogram},
    {.op = "DecodeWav", .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_decode},
    {.op = "EncodeWav", .host_in = 2, .run = run_encode},
    {.op = "Mfcc", .host_in = 2, .run = run_mfcc},
};

int tfg_register_kernels_audio(TfgStatus *s);
int tfg_register_kernels_audio(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
