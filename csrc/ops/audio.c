/* Sound: signatures and shapes. */
#include "ops/common.h"

static int size_attr(const TfgShapeCall *c, const char *attr, const char *what, int64_t *out, TfgStatus *s)
{
    *out = tfg_attrs_int(c->attrs, attr);
    if (*out < -1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be non-negative, got %lld", what, (long long)*out);
    return 0;
}

static int shape_decode_wav(TfgShapeCall *c, TfgStatus *s)
{
    int64_t dims[2];
    if (tfg_want_scalar(c, 0, s) < 0 || size_attr(c, "desired_channels", "channels", &dims[1], s) < 0 ||
        size_attr(c, "desired_samples", "samples", &dims[0], s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 2, dims);
    tfg_shape_set_scalar(&c->out[1]);
    return 0;
}

static int shape_encode_wav(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_rank(&c->in[0], 2, NULL, s) < 0 || tfg_want_scalar(c, 1, s) < 0)
        return -1;
    return tfg_shape_scalar(c, s);
}

static int shape_spectrogram(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape in;
    if (tfg_want_rank(&c->in[0], 2, &in, s) < 0)
        return -1;
    int64_t window = tfg_attrs_int(c->attrs, "window_size"), stride = tfg_attrs_int(c->attrs, "stride"), rows = -1, n = 1;
    while (n < window && n < (INT64_C(1) << 40))
        n *= 2;
    if (in.dims[0] >= 0 && stride > 0)
        rows = in.dims[0] < window ? 0 : 1 + (in.dims[0] - window) / stride;
    tfg_shape_set(&c->out[0], 3, (int64_t[]){in.dims[1], rows, 1 + n / 2});
    return 0;
}

static int shape_mfcc(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape in;
    if (tfg_want_rank(&c->in[0], 3, &in, s) < 0 || tfg_want_scalar(c, 1, s) < 0)
        return -1;
    int64_t n = tfg_attrs_int(c->attrs, "dct_coefficient_count");
    tfg_shape_set(&c->out[0], 3, (int64_t[]){in.dims[0], in.dims[1], n < 0 ? -1 : n});
    return 0;
}

const TfgOpRow tfg_ops_audio[] = {
    { .name = "AudioSpectrogram", .in = {"input: float"}, .out = {"spectrogram: float"},
      .attr = {"window_size: int", "stride: int", "magnitude_squared: bool = false"}, .shape = shape_spectrogram },
    { .name = "DecodeWav", .in = {"contents: string"}, .out = {"audio: float", "sample_rate: int32"},
      .attr = {"desired_channels: int = -1", "desired_samples: int = -1"}, .shape = shape_decode_wav },
    { .name = "EncodeWav", .in = {"audio: float", "sample_rate: int32"}, .out = {"contents: string"}, .shape = shape_encode_wav },
    { .name = "Mfcc", .in = {"spectrogram: float", "sample_rate: int32"}, .out = {"output: float"},
      .attr = {"upper_frequency_limit: float = 4000", "lower_frequency_limit: float = 20", "filterbank_channel_count: int = 40",
               "dct_coefficient_count: int = 13"}, .shape = shape_mfcc },
};
const int tfg_n_ops_audio = sizeof tfg_ops_audio / sizeof *tfg_ops_audio;
