/* Window: how many windows of a convolution or a pooling fit, and where they lie.  Tensors are [batch, 3 of space, channels] for all
 * kernels below; those with channels in front are turned around them. */
#ifndef TFG_KERNELS_WINDOW_H
#define TFG_KERNELS_WINDOW_H

#include "runtime/kernel.h"

typedef struct TfgWindow {      /* of one dim of space */
    int64_t in, out;            /* elements there are, windows that fit */
    int64_t size, stride, dilation;
    int64_t before;             /* elements of padding in front; may be below zero for a part of the windows */
} TfgWindow;

typedef enum TfgPadding { TFG_PAD_VALID, TFG_PAD_SAME, TFG_PAD_EXPLICIT } TfgPadding;

/* Finds out and before, of padding that is not explicit.  "Computed output size would be negative: ..." */
int tfg_window_fit(TfgWindow *w, TfgPadding padding, TfgStatus *s);
/* Elements [*from, *to) of window o that lie inside, of a window without dilation. */
void tfg_window_range(const TfgWindow *w, int64_t o, int64_t *from, int64_t *to);
/* Elements from the first to the last that a window looks at. */
int64_t tfg_window_reach(const TfgWindow *w);

/* The attributes of an op with windows, read once. */
#define TFG_WINDOW_RANK 5
typedef struct TfgWindowAttrs {
    int rank;                   /* 4 or 5: of the tensors */
    int channel, space;         /* where those dims are */
    TfgPadding padding;
    int64_t size[TFG_WINDOW_RANK], strides[TFG_WINDOW_RANK], dilations[TFG_WINDOW_RANK];
    int64_t before[TFG_WINDOW_RANK], after[TFG_WINDOW_RANK];   /* of explicit padding */
} TfgWindowAttrs;
/* tfg_window_fit of dim `dim` of the tensors, with the padding that the attributes tell. */
int tfg_window_fit_dim(TfgWindow *w, const TfgWindowAttrs *a, int dim, TfgStatus *s);
/* Reads data_format, padding, explicit_paddings, ksize, strides, dilations (what is missing counts as ones); for prepare.  -1 with a status where a list
 * is not of `rank` values of 32 bits, or a stride or dilation of space is not above zero. */
TfgWindowAttrs *tfg_window_attrs_new(const TfgPrepare *p, int rank, TfgStatus *s);
void tfg_window_attrs_free(void *a);
static inline bool tfg_channels_first(const TfgWindowAttrs *a) { return a->channel == 1; }

/* dims of a tensor as the format has them -> batch, space (three, ones in front), channels; and back. */
typedef struct TfgSpace {
    int64_t batch, at[3], channels;
} TfgSpace;
TfgSpace tfg_space(const TfgWindowAttrs *a, const int64_t *dims);
void tfg_space_dims(const TfgWindowAttrs *a, const TfgSpace *space, int64_t *dims);
static inline int64_t tfg_space_points(const TfgSpace *s) { return s->at[0] * s->at[1] * s->at[2]; }
static inline int64_t tfg_space_count(const TfgSpace *s) { return s->batch * tfg_space_points(s) * s->channels; }

/* Channels first <-> last: `to` gets [batch, columns, rows] of `from`'s [batch, rows, columns]. */
void tfg_turn_channels(size_t element, const void *from, void *to, int64_t batch, int64_t rows, int64_t columns);
/* Input i with its channels last: its own data, or a copy in scratch.  NULL without memory. */
const void *tfg_channels_last(TfgKernelCall *c, const TfgWindowAttrs *a, const TfgTensor *t, TfgStatus *s);

#endif
