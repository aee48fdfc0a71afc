/* Convolutions of one layout: x [batch, 3 of space, in_channels], w [3 of windows, in_channels / groups, out_channels], y [batch, 3 of
 * space, out_channels].  Each of the three products - y, and the gradients of x and of w - has a fast form over oneDNN, a general one
 * over matrix products, and a plain one that tests hold against both. */
#ifndef TFG_KERNELS_NN_CONV_H
#define TFG_KERNELS_NN_CONV_H

#include "kernels/window.h"

typedef struct TfgConv {
    TfgDType dtype;             /* half, bfloat16, float or double */
    int64_t batch, in_channels, out_channels, groups;
    TfgWindow at[3];
} TfgConv;

typedef enum TfgConvKind { TFG_CONV_FORWARD, TFG_CONV_INPUT, TFG_CONV_FILTER } TfgConvKind;

/* What is computed from what: FORWARD y from x and w, INPUT dx from w and dy, FILTER dw from x and dy. */
typedef struct TfgConvData {
    const void *x, *w, *y;      /* what is read (dy is in y's place); NULL where it is `out` */
    void *out;
} TfgConvData;

static inline int64_t tfg_conv_windows(const TfgConv *c) { return c->batch * c->at[0].out * c->at[1].out * c->at[2].out; }
static inline int64_t tfg_conv_taps(const TfgConv *c) { return c->at[0].size * c->at[1].size * c->at[2].size; }
static inline int64_t tfg_conv_depth(const TfgConv *c) { return tfg_conv_taps(c) * (c->in_channels / c->groups); }
int64_t tfg_conv_x_count(const TfgConv *c);
int64_t tfg_conv_w_count(const TfgConv *c);
int64_t tfg_conv_y_count(const TfgConv *c);

int tfg_conv(const TfgConv *c, TfgConvKind kind, const TfgConvData *d, TfgStatus *s);            /* the best of them */
bool tfg_conv_by_onednn(const TfgConv *c, TfgConvKind kind, const TfgConvData *d);               /* false: not done */
int tfg_conv_by_gemm(const TfgConv *c, TfgConvKind kind, const TfgConvData *d, TfgStatus *s);    /* float, double */
int tfg_conv_plain(const TfgConv *c, TfgConvKind kind, const TfgConvData *d, TfgStatus *s);      /* float, double */

#endif
