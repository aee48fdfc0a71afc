/* Window: shapes of what slides a window over space - convolutions, pooling, patches. */
#ifndef TFG_OPS_WINDOW_H
#define TFG_OPS_WINDOW_H

#include "ops/common.h"

/* Where the dims of a data format stand in a tensor of rank n (4 or 5): N, the n-2 of space from `space` on, C. */
typedef struct TfgFormat {
    int rank, channel, space;
} TfgFormat;
TfgFormat tfg_format(const TfgShapeCall *c, int rank);          /* by attribute data_format; NHWC where there is none */

/* A list of ints, each of 32 bits; *n its length. */
const int64_t *tfg_window_ints(const TfgShapeCall *c, const char *attr, int *n, TfgStatus *s);
/* Windows of `size` over `in`, -1 where either is unknown. */
int tfg_window_dim(int64_t in, int64_t size, int64_t dilation, int64_t stride, bool same, int64_t *out, TfgStatus *s);
bool tfg_window_is_same(const TfgShapeCall *c);                 /* padding = "SAME" */

#endif
