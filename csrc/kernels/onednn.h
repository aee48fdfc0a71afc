/* oneDNN, opened when first needed and kept to ourselves (RTLD_LOCAL).  The one module that speaks its C API; it hides the
 * difference between versions 2 and 3.  Every call runs on the calling thread alone: our tiles are the parallelism. */
#ifndef TFG_KERNELS_ONEDNN_H
#define TFG_KERNELS_ONEDNN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool tfg_onednn_available(void);

/* c = op(a)*op(b), row-major, with leading dimensions.  False where oneDNN is absent or refused: nothing was written. */
bool tfg_onednn_sgemm(bool ta, bool tb, int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb,
                      float *c, int64_t ldc);

/* Convolution of float images [n, h, w, c] with filters [kh, kw, c, oc] to [n, oh, ow, oc]. */
typedef struct TfgConvShape {
    int64_t n, h, w, c, oh, ow, oc, kh, kw;
    int64_t stride_h, stride_w, dilation_h, dilation_w;         /* dilation 1: none */
    int64_t top, bottom, left, right;           /* zeros around the image */
} TfgConvShape;
typedef enum TfgConvKind {
    TFG_CONV_FORWARD,           /* a: images, b: filters, out: result */
    TFG_CONV_IMAGES,            /* a: gradient of the result, b: filters, out: gradient of the images */
    TFG_CONV_FILTERS            /* a: images, b: gradient of the result, out: gradient of the filters */
} TfgConvKind;

/* A convolution prepared for one shape; cached, so asking again is cheap.  NULL where oneDNN is absent or cannot.  put ends the use
 * that get began. */
typedef struct TfgOnednnConv TfgOnednnConv;
TfgOnednnConv *tfg_onednn_conv_get(TfgConvKind kind, const TfgConvShape *shape);
void tfg_onednn_conv_put(TfgOnednnConv *c);
/* Bytes of the filters in the order that this convolution likes (FORWARD and IMAGES); 0: it takes them as they are.  Every shape of
 * the same filters may like another. */
size_t tfg_onednn_conv_filter_bytes(const TfgOnednnConv *c);
bool tfg_onednn_conv_pack_filters(const TfgOnednnConv *c, const float *filters, float *packed);
/* False when it failed or memory ran out; `out` is then undefined.  b holds packed filters where they were to be packed. */
bool tfg_onednn_conv_run(const TfgOnednnConv *c, const float *a, const float *b, float *out);

#endif
