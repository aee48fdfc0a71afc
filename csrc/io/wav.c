/* The file: "RIFF" size "WAVE", then chunks of a name, a size of 32 bits and as many bytes: "fmt " (16 or 18 bytes: format 1, channels,
 * rate, bytes per second, bytes per sample of all channels, bits) first, "data" once, others anywhere.  Numbers are little-endian. */
#include "io/wav.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/status.h"

typedef struct Reader { const uint8_t *data; size_t n, at; } Reader;

static const uint8_t *take(Reader *r, size_t n, TfgStatus *s)
{
    if (n > r->n - r->at) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Data too short when trying to read string");
        return NULL;
    }
    r->at += n;
    return r->data + r->at - n;
}

static int expect(Reader *r, const char *name, TfgStatus *s)
{
    const uint8_t *b = take(r, 4, s);
    if (!b)
        return -1;
    if (memcmp(b, name, 4) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Header mismatch: Expected %s but found %.4s", name, (const char *)b);
    return 0;
}

static int read_number(Reader *r, size_t bytes, uint32_t *out, TfgStatus *s)
{
    const uint8_t *b = take(r, bytes, s);
    *out = 0;
    for (size_t i = 0; b && i < bytes; i++)
        *out |= (uint32_t)b[i] << (8 * i);
    return b ? 0 : -1;
}

typedef struct Format { uint32_t size, format, channels, rate, bytes_per_second, bytes_per_sample, bits; } Format;

static int read_format(Reader *r, Format *f, TfgStatus *s)
{
    uint32_t file_size, ignored;
    if (expect(r, "RIFF", s) < 0 || read_number(r, 4, &file_size, s) < 0 || expect(r, "WAVE", s) < 0 || expect(r, "fmt ", s) < 0 ||
        read_number(r, 4, &f->size, s) < 0)
        return -1;
    if (f->size != 16 && f->size != 18)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Bad file size for WAV: Expected 16 or 18, but got%" PRIu32, f->size);
    if (read_number(r, 2, &f->format, s) < 0 || read_number(r, 2, &f->channels, s) < 0 || read_number(r, 4, &f->rate, s) < 0 ||
        read_number(r, 4, &f->bytes_per_second, s) < 0 || read_number(r, 2, &f->bytes_per_sample, s) < 0 || read_number(r, 2, &f->bits, s) < 0)
        return -1;
    return f->size == 18 ? read_number(r, 2, &ignored, s) : 0;
}

static int check_format(const Format *f, TfgStatus *s)
{
    if (f->format != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Bad audio format for WAV: Expected 1 (PCM), but got%" PRIu32, f->format);
    if (f->channels < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Bad number of channels for WAV: Expected at least 1, but got %" PRIu32, f->channels);
    if (f->bits != 16)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Can only read 16-bit WAV files, but received %" PRIu32, f->bits);
    const uint32_t sample = 2 * f->channels, second = sample * f->rate;
    if (f->bytes_per_sample != sample)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Bad bytes per sample in WAV header: Expected %" PRIu32 " but got %" PRIu32, sample,
                        f->bytes_per_sample);
    if (f->bytes_per_second != second)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Bad bytes per second in WAV header: Expected %" PRIu32 " but got %" PRIu32
                        " (sample_rate=%" PRIu32 ", bytes_per_sample=%" PRIu32 ")", second, f->bytes_per_second, f->rate, sample);
    return 0;
}

static int read_chunk(Reader *r, TfgWav *wav, TfgStatus *s)
{
    const uint8_t *name = take(r, 4, s);
    uint32_t size;
    if (!name || read_number(r, 4, &size, s) < 0)
        return -1;
    if (size > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "WAV data chunk '%.4s' is too large: %" PRIu32 " bytes, but the limit is 2147483647",
                        (const char *)name, size);
    if (memcmp(name, "data", 4) != 0)       /* one that says it is longer than the file is the last */
        r->at += size < r->n - r->at ? size : r->n - r->at;
    else if (wav->data)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "More than one data chunk found in WAV");
    else {
        wav->samples = size / (2 * wav->channels);
        const size_t used = (size_t)(2 * wav->channels * wav->samples);
        if (size != used)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Data too short when trying to read string");
        wav->data = take(r, used, s);
        if (!wav->data)
            return -1;
    }
    return 0;
}

int tfg_wav_read(const void *data, size_t n, TfgWav *wav, TfgStatus *s)
{
    Reader r = {data, n, 0};
    Format f;
    if (read_format(&r, &f, s) < 0 || check_format(&f, s) < 0)
        return -1;
    *wav = (TfgWav){.channels = f.channels, .rate = f.rate};
    while (r.at < r.n)
        if (read_chunk(&r, wav, s) < 0)
            return -1;
    return wav->data ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "No data chunk found in WAV");
}

static void put_number(TfgStr *out, size_t bytes, uint32_t x)
{
    for (size_t i = 0; i < bytes; i++)
        tfg_str_putc(out, (char)(x >> (8 * i)));
}

static uint16_t to_sample(float x)
{
    float scaled = roundf(x * 32768.0f);
    if (isnan(scaled))
        return 0;
    return (uint16_t)(int16_t)(scaled >= 32767.0f ? 32767 : scaled <= -32768.0f ? -32768 : scaled);
}

int tfg_wav_write(const float *audio, int64_t samples, int64_t channels, int64_t rate, TfgStr *out, TfgStatus *s)
{
    const int64_t count = samples * channels;
    if (rate <= 0 || rate > UINT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "sample_rate must be in (0, 2^32), got: %" PRIu64, (uint64_t)rate);
    if (channels <= 0 || channels >= 65536)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_channels must be in (0, 2^16), got: %" PRId64, channels);
    if (samples <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_frames must be positive.");
    if (count > (INT32_MAX - 44) / 2 || rate * channels * 2 > UINT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Provided channels and sample rate create too large a file: %" PRId64 " samples", count);
    tfg_str_append(out, "RIFF", 4);
    put_number(out, 4, (uint32_t)(36 + 2 * count));
    tfg_str_append(out, "WAVEfmt ", 8);
    put_number(out, 4, 16);
    put_number(out, 2, 1);
    put_number(out, 2, (uint32_t)channels);
    put_number(out, 4, (uint32_t)rate);
    put_number(out, 4, (uint32_t)(rate * channels * 2));
    put_number(out, 2, (uint32_t)(channels * 2));
    put_number(out, 2, 16);
    tfg_str_append(out, "data", 4);
    put_number(out, 4, (uint32_t)(2 * count));
    for (int64_t i = 0; i < count && !out->failed; i++)
        put_number(out, 2, to_sample(audio[i]));
    return out->failed ? tfg_fail_memory(s) : 0;
}
