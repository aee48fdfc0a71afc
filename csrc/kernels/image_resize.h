/* Resizing of images: sizes and scales, checked, that all methods share. */
#ifndef TFG_KERNELS_IMAGE_RESIZE_H
#define TFG_KERNELS_IMAGE_RESIZE_H

#include "kernels/numeric.h"

typedef struct TfgResize {
    int64_t batch, in_height, in_width, out_height, out_width, channels;
    float height_scale, width_scale;    /* input pixels per output pixel */
    bool half;                          /* half_pixel_centers: pixels stand for their middle */
} TfgResize;

/* Where output pixel i lies in the input. */
static inline float tfg_resize_place(const TfgResize *r, int64_t i, float scale)
{
    return r->half ? ((float)i + 0.5f) * scale - 0.5f : (float)i * scale;
}

/* Input 0 [batch, height, width, channels] to the size that input 1 gives. */
int tfg_resize_sizes(TfgKernelCall *c, TfgResize *r, TfgStatus *s);
/* Of a gradient: input 0 is the gradient (the output of the resizing), input 1 the image that was resized. */
int tfg_resize_grad_sizes(TfgKernelCall *c, TfgResize *r, TfgStatus *s);
float tfg_resize_scale(int64_t in, int64_t out, bool align_corners);

/* n pixels' values as float, whatever the image's dtype. */
void tfg_image_to_float(TfgDType d, const void *from, float *to, int64_t n);
/* Integers and floats. */
#define TFG_TYPES_IMAGE TFG_TYPES_REAL

#endif
