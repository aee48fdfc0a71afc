/* The image family: its rows, gathered from the files of its parts. */
#include "kernels/isa.h"

int tfg_register_kernels_image(TfgStatus *s);
int tfg_register_kernels_image(TfgStatus *s)
{
    static TfgRowsFn *const plain[] = {tfg_kernels_image_boxes, tfg_kernels_image_codec, tfg_kernels_image_combined,
                                       tfg_kernels_image_crop,
                                       tfg_kernels_image_resize, tfg_kernels_image_scale, tfg_kernels_image_suppress, tfg_kernels_image_warp};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (tfg_register_plain(plain[i], s) < 0)
            return -1;
    if (TFG_REGISTER_SIMD(tfg_kernels_image_bilinear, s) < 0 || TFG_REGISTER_SIMD(tfg_kernels_image_color, s) < 0)
        return -1;
    return TFG_REGISTER_SIMD(tfg_kernels_image_cubic, s);
}
