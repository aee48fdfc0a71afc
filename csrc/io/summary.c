#include "io/summary.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/image.h"
#include "io/tensor_proto.h"
#include "tensor/half.h"

enum { VALUE = 1, TAG = 1, SIMPLE_VALUE = 2, IMAGE = 4, HISTO = 5, AUDIO = 6, NODE_NAME = 7, TENSOR = 8, METADATA = 9 };

static size_t begin_value(TfgStr *out, TfgBytes tag, size_t expect)
{
    size_t mark = tfg_put_begin(out, VALUE, expect + tag.n + 16);
    if (tag.n)
        tfg_put_bytes(out, TAG, tag.data, tag.n);
    return mark;
}

void tfg_summary_put_scalar(TfgStr *out, TfgBytes tag, float value)
{
    size_t mark = begin_value(out, tag, 8);
    tfg_put_float(out, SIMPLE_VALUE, value);
    tfg_put_end(out, mark);
}

/* ---- histograms ---- */

/* Limits grow by a tenth from 1e-12 to 1e20, to both sides of 0. */
#define MAX_LIMITS 1600
typedef struct TfgHistogram { double limit[MAX_LIMITS], count[MAX_LIMITS], min, max, sum, squares; int n; int64_t total; } Histogram;

static void histogram_init(Histogram *h)
{
    int half = 0;
    memset(h, 0, sizeof *h);
    for (double v = 1e-12; v < 1e20; v *= 1.1)
        half++;
    h->n = 2 * half + 3;
    int at = half + 1;
    h->limit[0] = -DBL_MAX;
    h->limit[h->n - 1] = DBL_MAX;
    int i = 1;
    for (double v = 1e-12; v < 1e20; v *= 1.1, i++) {
        h->limit[at + i] = v;
        h->limit[at - i] = -v;
    }
    h->min = DBL_MAX;
    h->max = -DBL_MAX;
}

void tfg_histogram_add(Histogram *h, double v)
{
    int low = 0, high = h->n - 1;       /* the first limit above v; DBL_MAX belongs to the last */
    while (low < high) {
        int middle = (low + high) / 2;
        if (h->limit[middle] > v)
            high = middle;
        else
            low = middle + 1;
    }
    h->count[low] += 1;
    h->min = v < h->min ? v : h->min;
    h->max = v > h->max ? v : h->max;
    h->total++;
    h->sum += v;
    h->squares += v * v;
}

/* Runs of empty buckets become one; those that are kept move to the front. */
static int histogram_pack(Histogram *h)
{
    int kept = 0;
    for (int i = 0; i < h->n; kept++) {
        double end = h->limit[i], count = h->count[i++];
        for (; count <= 0 && i < h->n && h->count[i] <= 0; i++)
            end = h->limit[i];
        h->limit[kept] = end;
        h->count[kept] = count;
    }
    return kept;
}

static void put_double_unless_zero(TfgStr *out, uint32_t number, double v)
{
    if (v != 0 || signbit(v))
        tfg_put_double(out, number, v);
}

static void put_doubles(TfgStr *out, uint32_t number, const double *v, int n)
{
    /* Doubles lie in memory as in the message. */
    tfg_put_bytes(out, number, v, (size_t)n * sizeof *v);
}

static void put_histogram(TfgStr *out, TfgBytes tag, Histogram *h)
{
    int n = histogram_pack(h);
    size_t value = begin_value(out, tag, 64 + (size_t)n * 16), mark = tfg_put_begin(out, HISTO, 48 + (size_t)n * 16);
    put_double_unless_zero(out, 1, h->min);
    put_double_unless_zero(out, 2, h->max);
    put_double_unless_zero(out, 3, (double)h->total);
    put_double_unless_zero(out, 4, h->sum);
    put_double_unless_zero(out, 5, h->squares);
    put_doubles(out, 6, h->limit, n);
    put_doubles(out, 7, h->count, n);
    tfg_put_end(out, mark);
    tfg_put_end(out, value);
}

TfgHistogram *tfg_histogram_new(TfgStatus *s)
{
    Histogram *h = tfg_alloc(sizeof *h);
    if (h)
        histogram_init(h);
    else
        tfg_fail_memory(s);
    return h;
}

void tfg_histogram_free(TfgHistogram *h) { tfg_free(h); }

int tfg_histogram_put(TfgStr *out, TfgBytes tag, const TfgHistogram *h, TfgStatus *s)
{
    Histogram *packed = tfg_alloc(sizeof *packed);
    if (!packed)
        return tfg_fail_memory(s);
    *packed = *h;
    put_histogram(out, tag, packed);
    tfg_free(packed);
    return 0;
}

int tfg_summary_put_histogram(TfgStr *out, TfgBytes tag, const TfgTensor *values, const char *name, TfgStatus *s)
{
    Histogram *h = tfg_alloc(sizeof *h);
    if (!h)
        return tfg_fail_memory(s);
    histogram_init(h);
    int rc = 0;
    for (int64_t i = 0; i < values->count && rc == 0; i++) {
        double v = tfg_tensor_double(values, i);
        if (isnan(v))
            rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Nan in summary histogram for: %s", name);
        else if (isinf(v))
            rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Infinity in summary histogram for: %s", name);
        else
            tfg_histogram_add(h, v);
    }
    if (rc == 0)
        put_histogram(out, tag, h);
    tfg_free(h);
    return rc;
}

/* ---- images ---- */

/* Numbers of a pixel as the image's own type rounds them. */
static double rounded(TfgDType d, double x)
{
    return d == TFG_DOUBLE ? x : d == TFG_FLOAT ? (double)(float)x : (double)tfg_half_to_float(tfg_float_to_half((float)x));
}

static bool finite_pixel(const TfgTensor *t, int64_t at, int depth, double *pixel)
{
    bool finite = true;
    for (int k = 0; k < depth; k++) {
        pixel[k] = tfg_tensor_double(t, at + k);
        finite &= isfinite(pixel[k]) != 0;
    }
    return finite;
}

/* Images with negative numbers put 0 at 128, others at 0; the largest magnitude comes to the end of the range. */
static void choose_scale(const TfgTensor *t, int64_t first, int64_t pixels, int depth, double *scale, double *offset)
{
    float low = INFINITY, high = -INFINITY;
    double pixel[4];
    for (int64_t i = 0; i < pixels; i++) {
        if (!finite_pixel(t, first + i * depth, depth, pixel))
            continue;
        for (int k = 0; k < depth; k++) {
            float x = (float)pixel[k];
            low = x < low ? x : low;
            high = x > high ? x : high;
        }
    }
    const float tiny = 1e-6f;
    float magnitude = low < 0 && -low > high ? -low : high, range = low < 0 ? 127.0f : 255.0f;
    *scale = rounded(t->dtype, magnitude < tiny ? 0 : (double)(range / magnitude));
    *offset = low < 0 ? 128 : 0;
}

static uint8_t to_byte(double x)
{
    return x <= 0 ? 0 : x >= 255 ? 255 : (uint8_t)x;
}

static void normalize(const TfgTensor *t, int64_t first, int64_t pixels, int depth, const uint8_t *bad, uint8_t *out)
{
    double scale, offset, pixel[4];
    choose_scale(t, first, pixels, depth, &scale, &offset);
    for (int64_t i = 0; i < pixels; i++, out += depth) {
        if (!finite_pixel(t, first + i * depth, depth, pixel)) {
            memcpy(out, bad, (size_t)depth);
            continue;
        }
        for (int k = 0; k < depth; k++)
            out[k] = to_byte(rounded(t->dtype, rounded(t->dtype, pixel[k] * scale) + offset));
    }
}

static int put_image(TfgStr *out, TfgBytes tag, const uint8_t *pixels, const int64_t *dims, TfgStatus *s)
{
    TfgStr png = TFG_STR_INIT;
    int rc = tfg_png_encode(pixels, dims[1], dims[2], (int)dims[3], 8, -1, &png, s);
    if (rc == 0) {
        size_t value = begin_value(out, tag, png.n + 32), mark = tfg_put_begin(out, IMAGE, png.n + 24);
        tfg_put_int_unless_zero(out, 1, dims[1]);
        tfg_put_int_unless_zero(out, 2, dims[2]);
        tfg_put_int_unless_zero(out, 3, dims[3]);
        tfg_put_bytes(out, 4, png.data, png.n);
        tfg_put_end(out, mark);
        tfg_put_end(out, value);
    }
    tfg_str_fini(&png);
    return rc;
}

static int check_images(const TfgTensor *t, const TfgTensor *bad, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    int rc = 0;
    tfg_tensor_format_shape(t, &text);
    if (t->rank != 4 || (t->dims[3] != 1 && t->dims[3] != 3 && t->dims[3] != 4))
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Tensor must be 4-D with last dim 1, 3, or 4, not %s", tfg_str_text(&text));
    else if (t->dims[0] > INT32_MAX || t->dims[1] > INT32_MAX || t->dims[2] > INT32_MAX || t->dims[1] * t->dims[2] >= INT64_C(1) << 31)
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Tensor too large for summary %s", tfg_str_text(&text));
    else if (t->dtype != TFG_UINT8 && bad->count < t->dims[3])
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "expected depth <= bad_color.size, got depth = %lld, bad_color.size = %lld",
                      (long long)t->dims[3], (long long)bad->count);
    tfg_str_fini(&text);
    return rc;
}

static TfgStr numbered_tag(TfgBytes tag, const char *kind, int64_t max, int64_t i)
{
    TfgStr text = TFG_STR_INIT;
    tfg_str_append(&text, tag.data ? tag.data : "", tag.n);
    tfg_str_printf(&text, "/%s", kind);
    if (max > 1)
        tfg_str_printf(&text, "/%lld", (long long)i);
    return text;
}

int tfg_summary_put_images(TfgStr *out, TfgBytes tag, const TfgTensor *t, int64_t max, const TfgTensor *bad, TfgStatus *s)
{
    if (check_images(t, bad, s) < 0)
        return -1;
    int64_t pixels = t->dims[1] * t->dims[2], size = pixels * t->dims[3], n = t->dims[0] < max ? t->dims[0] : max;
    bool plain = t->dtype == TFG_UINT8;
    uint8_t *scaled = plain || size == 0 ? NULL : tfg_alloc((size_t)size);
    if (!plain && size && n && !scaled)
        return tfg_fail_memory(s);
    int rc = 0;
    for (int64_t i = 0; i < n && rc == 0; i++) {
        TfgStr name = numbered_tag(tag, "image", max, i);
        const uint8_t *data = plain ? (const uint8_t *)t->data + i * size : scaled;
        if (!plain && size)
            normalize(t, i * size, pixels, (int)t->dims[3], bad->data, scaled);
        rc = name.failed ? tfg_fail_memory(s) : put_image(out, (TfgBytes){name.data, name.n}, data, t->dims, s);
        tfg_str_fini(&name);
    }
    tfg_free(scaled);
    return rc;
}

/* ---- audio ---- */

static void put_le(uint8_t **p, uint64_t v, int n)
{
    for (int i = 0; i < n; i++)
        *(*p)++ = (uint8_t)(v >> (8 * i));
}

#define WAV_HEADER 44
static void wav_header(uint8_t *p, uint32_t rate, int64_t channels, int64_t bytes)
{
    memcpy(p, "RIFF", 4), p += 4;
    put_le(&p, (uint64_t)bytes + 36, 4);
    memcpy(p, "WAVEfmt ", 8), p += 8;
    put_le(&p, 16, 4);
    put_le(&p, 1, 2);                                   /* PCM */
    put_le(&p, (uint64_t)channels, 2);
    put_le(&p, rate, 4);
    put_le(&p, (uint64_t)rate * 2 * (uint64_t)channels, 4);
    put_le(&p, (uint64_t)channels * 2, 2);
    put_le(&p, 16, 2);
    memcpy(p, "data", 4), p += 4;
    put_le(&p, (uint64_t)bytes, 4);
}

static int16_t sample(float x)
{
    float v = roundf(x * 32768.0f);
    return v != v ? INT16_MIN : v < -32768.0f ? INT16_MIN : v > 32767.0f ? INT16_MAX : (int16_t)v;
}

static int put_piece(TfgStr *out, TfgBytes tag, const float *x, int64_t frames, int64_t channels, float rate, TfgStatus *s)
{
    int64_t bytes = frames * channels * 2;
    uint8_t *wav = tfg_alloc((size_t)bytes + WAV_HEADER), *p = wav + WAV_HEADER;
    if (!wav)
        return tfg_fail_memory(s);
    wav_header(wav, rate < 1 ? 1 : (uint32_t)llrintf(rate), channels, bytes);
    for (int64_t i = 0; i < frames * channels; i++)
        put_le(&p, (uint16_t)sample(x[i]), 2);
    size_t value = begin_value(out, tag, (size_t)bytes + 100), mark = tfg_put_begin(out, AUDIO, (size_t)bytes + 90);
    tfg_put_float(out, 1, rate);
    tfg_put_int_unless_zero(out, 2, channels);
    tfg_put_int_unless_zero(out, 3, frames);
    tfg_put_bytes(out, 4, wav, (size_t)bytes + WAV_HEADER);
    tfg_put_text(out, 5, "audio/wav");
    tfg_put_end(out, mark);
    tfg_put_end(out, value);
    tfg_free(wav);
    return 0;
}

static int check_audio(const TfgTensor *t, float rate, TfgStatus *s)
{
    if (t->rank != 2 && t->rank != 3) {
        TfgStr text = TFG_STR_INIT;
        tfg_tensor_format_shape(t, &text);
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Tensor must be 3-D or 2-D, got: %s", tfg_str_text(&text));
        tfg_str_fini(&text);
        return -1;
    }
    if (!(rate > 0))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "sample_rate must be > 0");
    int64_t frames = t->dims[1], channels = t->rank == 3 ? t->dims[2] : 1, whole = rate < 1e18f ? llrintf(rate) : INT64_MAX;
    if (t->dims[0] == 0)
        return 0;
    if (whole > UINT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "sample_rate must be in (0, 2^32), got: %lld", (long long)whole);
    if (channels == 0 || channels > UINT16_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_channels must be in (0, 2^16), got: %lld", (long long)channels);
    if (frames == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_frames must be positive.");
    if (frames > (int64_t)(UINT32_MAX - WAV_HEADER) / 2 / channels)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%lld frames of %lld channels are too much for a WAV file", (long long)frames, (long long)channels);
    return 0;
}

int tfg_summary_put_audio(TfgStr *out, TfgBytes tag, const TfgTensor *t, float rate, int64_t max, TfgStatus *s)
{
    if (check_audio(t, rate, s) < 0)
        return -1;
    int64_t frames = t->dims[1], channels = t->rank == 3 ? t->dims[2] : 1, n = t->dims[0] < max ? t->dims[0] : max;
    int rc = 0;
    for (int64_t i = 0; i < n && rc == 0; i++) {
        TfgStr name = numbered_tag(tag, "audio", max, i);
        rc = name.failed ? tfg_fail_memory(s) : put_piece(out, (TfgBytes){name.data, name.n}, (const float *)t->data + i * frames * channels,
                                                          frames, channels, rate, s);
        tfg_str_fini(&name);
    }
    return rc;
}

/* ---- tensors ---- */

int tfg_tensor_proto_write_content(const TfgTensor *t, TfgStr *out, TfgStatus *s)
{
    return tfg_tensor_proto_write(t, t->dtype == TFG_STRING ? TFG_TENSOR_FORM_DEFAULT : TFG_TENSOR_FORM_CONTENT, out, s);
}

int tfg_summary_put_tensor(TfgStr *out, TfgBytes tag, TfgBytes node, const TfgTensor *t, TfgBytes metadata, bool strings_too,
                           TfgStatus *s)
{
    size_t expect = tfg_tensor_proto_expect(t), value = begin_value(out, tag, expect + metadata.n + node.n + 16);
    if (node.n)
        tfg_put_bytes(out, NODE_NAME, node.data, node.n);
    size_t mark = tfg_put_begin(out, TENSOR, expect);
    if ((strings_too ? tfg_tensor_proto_write(t, TFG_TENSOR_FORM_CONTENT, out, s) : tfg_tensor_proto_write_content(t, out, s)) < 0)
        return -1;
    tfg_put_end(out, mark);
    if (metadata.data)
        tfg_put_bytes(out, METADATA, metadata.data, metadata.n);
    tfg_put_end(out, value);
    return 0;
}
