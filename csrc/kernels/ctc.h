/* Ctc: what the loss and the decoders share.  The last class is the blank. */
#ifndef TFG_KERNELS_CTC_H
#define TFG_KERNELS_CTC_H

#include <math.h>

#include "kernels/isa.h"

/* log(exp(a) + exp(b)). */
static inline float tfg_ctc_add(float a, float b)
{
    if (isinf(a) && a < 0 && isinf(b) && b < 0)
        return a;
    return a > b ? a + log1pf(expf(b - a)) : b + log1pf(expf(a - b));
}

TfgRowsFn tfg_kernels_ctc_loss, tfg_kernels_ctc_decode;

#endif
