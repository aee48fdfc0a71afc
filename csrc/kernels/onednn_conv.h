/* One convolution of oneDNN on the calling thread: float, channels last.  Primitives are made once per geometry and kept. */
#ifndef TFG_KERNELS_ONEDNN_CONV_H
#define TFG_KERNELS_ONEDNN_CONV_H

#include "kernels/nn_conv.h"

typedef struct TfgOnednnConv TfgOnednnConv;

/* For this geometry; NULL where oneDNN is not there, or has nothing better than we have.  Ends with release. */
TfgOnednnConv *tfg_onednn_conv(const TfgConv *c, TfgConvKind kind);
void tfg_onednn_conv_release(TfgOnednnConv *p);
/* Bytes of a filter in the layout that the primitive wants. */
size_t tfg_onednn_conv_packed(const TfgOnednnConv *p);
/* A filter into that layout; for FILTER, out of it.  -1 where oneDNN fails. */
int tfg_onednn_conv_pack(const TfgOnednnConv *p, const void *from, void *to);
/* The filter in d (of FILTER: d->out) is packed. */
int tfg_onednn_conv_run(const TfgOnednnConv *p, const TfgConvData *d);

#endif
