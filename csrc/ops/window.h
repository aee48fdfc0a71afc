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
/* How the attributes pad.  Explicit: two numbers for each dim of the tensors. */
typedef struct TfgPad { bool same; const int64_t *around; } TfgPad;
int tfg_window_pad(const TfgShapeCall *c, int rank, TfgPad *pad, TfgStatus *s);
static inline TfgPad tfg_pad_of_name(const TfgShapeCall *c)     /* where the op knows SAME and VALID only */
{
    return (TfgPad){tfg_attrs_string_is(c->attrs, "padding", "SAME"), NULL};
}
/* For rows of ops: what 1.14 to 2.x added to them. */
#define EXPLICIT_PADDING {"explicit_paddings: list(int) = []", "padding: {'SAME', 'VALID', 'EXPLICIT'}"}
/* Windows of `size` over `in`, -1 where either is unknown.  dim: which of the tensors' it is. */
int tfg_window_dim(int64_t in, int64_t size, int64_t dilation, int64_t stride, TfgPad pad, int dim, int64_t *out, TfgStatus *s);

#endif
