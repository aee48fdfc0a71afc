/* Wav: sound files of 16-bit samples, as TensorFlow reads and writes them. */
#ifndef TFG_IO_WAV_H
#define TFG_IO_WAV_H

#include "base/str.h"
#include "tfgraph.h"

typedef struct TfgWav {
    int64_t channels, samples, rate;    /* samples: of each channel */
    const uint8_t *data;                /* 16-bit little-endian samples, channels side by side; borrowed from the file's bytes */
} TfgWav;

int tfg_wav_read(const void *data, size_t n, TfgWav *wav, TfgStatus *s);
static inline float tfg_wav_sample(const TfgWav *wav, int64_t i)
{
    return (float)(int16_t)(wav->data[2 * i] | wav->data[2 * i + 1] << 8) / 32768.0f;
}
/* Samples beyond [-1, 1] are cut off. */
int tfg_wav_write(const float *audio, int64_t samples, int64_t channels, int64_t rate, TfgStr *out, TfgStatus *s);

#endif
