/* Layout: where the intermediate tensors of a frame live.  The sizes are those seen in earlier steps of the same frame, so no shape
 * has to be predicted: a slot that fits is used, one that does not gets memory of its own and the layout is made anew afterwards.
 *
 * A slot is one output of one instruction.  Its region is offset..offset+size of the arena, free again after the last use of the
 * slot and of every slot that shares its memory.  A slot that shares (an in-place or forwarded output) has a parent instead of a
 * region; sharing that the layout does not know of is refused while the memory is the arena's. */
#ifndef TFG_RUNTIME_LAYOUT_H
#define TFG_RUNTIME_LAYOUT_H

#include "tensor/tensor.h"

enum { TFG_SHARE_NONE, TFG_SHARE_FORWARD, TFG_SHARE_INPLACE };

typedef struct TfgLayoutSlot {
    int64_t offset;             /* in the arena; -1: none */
    size_t size;                /* of the region */
    size_t need;                /* most bytes seen so far; 0: never an arena's */
    int32_t parent;             /* slot whose memory this one shares in the present layout, -1: none */
    int32_t seen_parent;        /* as observed, for the next layout */
    uint8_t seen_share;
    bool escapes;               /* fetched, or kept by a kernel: never in the arena */
    TfgTensor *header;          /* the tensor handed out for this slot, made once; NULL until needed */
} TfgLayoutSlot;

typedef struct TfgLayout {
    int32_t n;
    TfgLayoutSlot *slots;
    char *arena;
    size_t arena_n;
    size_t limit;               /* most bytes the arena may take */
    bool dirty;                 /* a better layout is known */
    int remade;                 /* how often; after some times only growth counts */
} TfgLayout;

int tfg_layout_init(TfgLayout *l, int32_t n_slots, TfgStatus *s);
void tfg_layout_fini(TfgLayout *l);
/* The tensor of `slot` over memory that the frame keeps, a new reference; NULL where the header is still held elsewhere. */
TfgTensor *tfg_layout_header(TfgLayout *l, int32_t slot, TfgDType dtype, int rank, const int64_t *dims, int64_t count, void *data);
static inline bool tfg_layout_owns(const TfgLayout *l, const void *data)
{
    return l->arena && (const char *)data >= l->arena && (const char *)data < l->arena + l->arena_n;
}
/* Makes the regions anew from what was seen.  first[k] and last[k] are the instructions that set slot k and use it last.
 * Failing to get the arena leaves a layout without regions: nothing breaks. */
void tfg_layout_make(TfgLayout *l, const int32_t *first, const int32_t *last);

#endif
