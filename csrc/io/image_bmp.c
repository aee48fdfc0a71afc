/* Bmp files, of 8, 24 or 32 bits, not compressed.  Little-endian 32-bit numbers: at 10 where the pixels begin, at 18 the width, at 22 the
 * height (negative: the first row is the top one), at 28 (16 bits) the bits of a pixel.  Rows are padded to 4 bytes. */
#include <inttypes.h>
#include <string.h>

#include "base/status.h"
#include "io/image.h"

static int32_t number_at(const uint8_t *b)
{
    return (int32_t)((uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24);
}

static void copy_row(const uint8_t *from, uint8_t *to, int64_t width, int channels)
{
    for (int64_t x = 0; x < width; x++, from += channels, to += channels) {
        if (channels == 1) {
            to[0] = from[0];
            continue;
        }
        to[0] = from[2];
        to[1] = from[1];
        to[2] = from[0];
        if (channels == 4)
            to[3] = from[3];
    }
}

int tfg_bmp_decode(const void *data, size_t n, int channels, const TfgImageSink *sink, TfgStatus *s)
{
    const uint8_t *b = data;
    if (n < 32)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Incomplete bmp content, requires at least 32 bytes to find the header size, width, height, and "
                        "bpp, got %zu bytes", n);
    const int64_t start = number_at(b + 10), width = number_at(b + 18), signed_height = number_at(b + 22);
    const int64_t height = signed_height < 0 ? -signed_height : signed_height;
    const int file_channels = (b[28] | b[29] << 8) / 8;
    if (channels != 0 && channels != file_channels)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "channels attribute %d does not match bits per pixel from file %d", channels, file_channels);
    if (file_channels != 1 && file_channels != 3 && file_channels != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Number of channels must be 1, 3 or 4, was %d", file_channels);
    if (width < 0 || start < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid bmp header: width %" PRId64 ", pixels at %" PRId64, width, start);
    if ((double)width * (double)height * file_channels >= (double)(1 << 30))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Total possible pixel bytes must be less than 2^30");
    const int64_t stride = (file_channels * width + 3) / 4 * 4;
    const int64_t size = height ? start + stride * (height - 1) + width * file_channels : start;    /* the last row needs no padding */
    if (size > (int64_t)n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Incomplete bmp content, requires at least %" PRId64 " bytes, got %zu bytes", size, n);
    uint8_t *out = sink->allocate(sink->context, 1, height, width, file_channels, s);
    if (!out)
        return -1;
    for (int64_t y = 0; width > 0 && y < height; y++)       /* rows without pixels take no bytes, so there may be any number */
        copy_row(b + start + (signed_height < 0 ? y : height - 1 - y) * stride, out + y * width * file_channels, width, file_channels);
    return 0;
}
