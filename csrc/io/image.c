#include "io/image.h"

#include <string.h>

static bool begins_with(const void *data, size_t n, const char *magic, size_t n_magic)
{
    return n >= n_magic && memcmp(data, magic, n_magic) == 0;
}

TfgImageFormat tfg_image_format(const void *data, size_t n)
{
    if (begins_with(data, n, "\xff\xd8\xff", 3))
        return TFG_IMAGE_JPEG;
    if (begins_with(data, n, "\211PNG\r\n\032\n", 8))
        return TFG_IMAGE_PNG;
    return begins_with(data, n, "GIF8", 4) ? TFG_IMAGE_GIF : TFG_IMAGE_UNKNOWN;
}
