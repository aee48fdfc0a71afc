/* Depthwise convolutions: every channel has filters of its own, so channels are lanes.  The layout is nn_conv.h's with groups of one
 * channel; where there are `multiplier` outputs for a channel, they follow each other. */
#ifndef TFG_KERNELS_NN_DEPTHWISE_H
#define TFG_KERNELS_NN_DEPTHWISE_H

#include "kernels/isa.h"
#include "kernels/nn_conv.h"

typedef struct TfgDepthwise {
    const TfgConv *c;
    int64_t multiplier;
    const void *x, *w, *y;
    void *out;
} TfgDepthwise;

/* Points [begin, end) of the result: windows for `forward`, points of x for `input`; `filter` adds windows [begin, end) into d->out. */
typedef struct TfgDepthwiseLoops {
    void (*forward)(const TfgDepthwise *d, int64_t begin, int64_t end);
    void (*input)(const TfgDepthwise *d, int64_t begin, int64_t end);
    void (*filter)(const TfgDepthwise *d, int64_t begin, int64_t end);
} TfgDepthwiseLoops;

/* For float and double. */
const TfgDepthwiseLoops *tfg_depthwise_loops(TfgDType dtype);
int tfg_depthwise(const TfgConv *c, TfgConvKind kind, const TfgConvData *d, TfgStatus *s);

typedef const TfgDepthwiseLoops *TfgDepthwiseFn(TfgDType dtype);
#if defined(__x86_64__)
TfgDepthwiseFn tfg_depthwise_v2, tfg_depthwise_v3, tfg_depthwise_v4;
#else
TfgDepthwiseFn tfg_depthwise_base;
#endif

#endif
