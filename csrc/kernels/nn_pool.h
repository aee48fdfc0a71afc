/* Pooling over [batch, 3 of space, channels]: windows of every image, all channels of a point at a time. */
#ifndef TFG_KERNELS_NN_POOL_H
#define TFG_KERNELS_NN_POOL_H

#include "kernels/window.h"

typedef struct TfgPool {
    int64_t batch, channels;
    TfgWindow at[3];
    int64_t depth;              /* channels that are pooled into one; 1 where windows are of space */
    TfgSpace in, out;
} TfgPool;

static inline int64_t tfg_pool_windows(const TfgPool *p) { return p->batch * p->at[0].out * p->at[1].out * p->at[2].out; }

/* What a window looks at, clipped to the image. */
typedef struct TfgPoolWindow {
    int64_t image, from[3], to[3];
} TfgPoolWindow;
TfgPoolWindow tfg_pool_window(const TfgPool *p, int64_t window);
static inline int64_t tfg_pool_size(const TfgPoolWindow *w)
{
    return (w->to[0] - w->from[0]) * (w->to[1] - w->from[1]) * (w->to[2] - w->from[2]);
}
/* Runs EACH with `point`, the number of each point of the window (times channels: where it begins). */
#define TFG_FOR_POINTS(p, w, ...)                                                                                           \
    for (int64_t i0 = (w)->from[0]; i0 < (w)->to[0]; i0++)                                                                  \
        for (int64_t i1 = (w)->from[1]; i1 < (w)->to[1]; i1++)                                                              \
            for (int64_t i2 = (w)->from[2]; i2 < (w)->to[2]; i2++) {                                                        \
                int64_t point = (((w)->image * (p)->at[0].in + i0) * (p)->at[1].in + i1) * (p)->at[2].in + i2;              \
                __VA_ARGS__                                                                                                 \
            }

/* For prepare: the attributes, which must leave the batch alone. */
int tfg_pool_prepare(const TfgPrepare *p, int rank, void **state, TfgStatus *s);
/* The geometry for an input of these dims. */
int tfg_pool_fill(TfgPool *p, const TfgWindowAttrs *a, const int64_t *dims, TfgStatus *s);
/* Attributes with the sizes and strides that inputs `first` and first + 1 hold; strides: how messages call those. */
int tfg_pool_read_sizes(const TfgKernelCall *c, int first, const char *strides, TfgWindowAttrs *out, TfgStatus *s);
/* Windows that one task takes. */
int64_t tfg_pool_grain(const TfgPool *p);
/* Output 0 of dims `space`; *to: where the kernel writes, channels last; tfg_pool_end turns it where needed. */
TfgTensor *tfg_pool_begin(TfgKernelCall *c, const TfgWindowAttrs *a, int i, const TfgSpace *space, void **to, TfgStatus *s);
void tfg_pool_end(const TfgWindowAttrs *a, const TfgSpace *space, TfgTensor *out, const void *from);

#endif
