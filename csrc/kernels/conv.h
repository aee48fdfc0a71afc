/* Conv: 2-D convolution and its two gradients, cut into tiles over the thread pool; by oneDNN for float, else by patches laid out as
 * the rows of a matrix product.  Images are NHWC, filters HWIO. */
#ifndef TFG_KERNELS_CONV_H
#define TFG_KERNELS_CONV_H

#include "kernels/onednn.h"
#include "tensor/tensor.h"

/* dtype: float double half bfloat16.  a, b and out as TfgConvKind says; every size is at least 1.  The cut depends on the shape
 * alone, and partial sums are added in its order. */
int tfg_conv2d(TfgConvKind kind, TfgDType dtype, const TfgConvShape *shape, const void *a, const void *b, void *out, TfgStatus *s);
/* The same by patches, as the reference of tests. */
int tfg_conv2d_patches(TfgConvKind kind, TfgDType dtype, const TfgConvShape *shape, const void *a, const void *b, void *out,
                       TfgStatus *s);

#endif
