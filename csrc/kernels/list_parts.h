/* Lists of tensors as values, and what their kernels share. */
#ifndef TFG_KERNELS_LIST_PARTS_H
#define TFG_KERNELS_LIST_PARTS_H

#include "runtime/kernel.h"

typedef struct TfgList {
    TfgHandle base;
    TfgDType dtype;
    TfgShape shape;             /* of the elements, as far as it is known */
    TfgTensor **items;          /* NULL: not set yet */
    int64_t n, reserved;        /* reserved: of a list of which nothing was set yet */
    int64_t most;               /* elements that may be pushed; -1 for any number */
    size_t capacity;
    int32_t depth;              /* of lists in lists: more than in any element */
} TfgList;

TfgList *tfg_list_new(TfgDType dtype, const TfgShape *shape, TfgStatus *s);
/* Before `t` becomes an element: lists in lists are freed, copied and added by recursion, so they may not be too deep. */
int tfg_list_note_depth(TfgList *l, const TfgTensor *t, TfgStatus *s);
int tfg_list_append(TfgList *l, TfgTensor *t, TfgStatus *s);            /* a reference of its own; NULL: not set */
int tfg_list_append_steal(TfgList *l, TfgTensor *t, TfgStatus *s);      /* a failure where t is NULL */
int tfg_list_fill_reserved(TfgList *l, TfgStatus *s);                   /* makes what was reserved elements that are not set */

/* The list that input i is; borrowed. */
TfgList *tfg_list_take(TfgKernelCall *c, int i, TfgStatus *s);
/* Input 0's list, to be changed: itself where it dies with this call, else a copy.  A new reference. */
TfgList *tfg_list_own(TfgKernelCall *c, TfgList *l, TfgStatus *s);
int tfg_list_give_steal(TfgKernelCall *c, int i, TfgList *l, TfgStatus *s);

TfgDType tfg_list_element_dtype(const TfgKernelCall *c);
int tfg_list_check_dtype(const TfgKernelCall *c, const TfgList *l, TfgStatus *s);
int tfg_list_read_shape(const TfgTensor *t, TfgShape *shape, TfgStatus *s);     /* a shape given as a tensor: -1 as a scalar is any */
/* INVALID_ARGUMENT with one shape or two (b may be NULL) in its words; -1. */
int tfg_list_fail_shapes(const char *before, const TfgShape *a, const char *between, const TfgShape *b, TfgStatus *s);
void tfg_list_row_shape(const TfgTensor *t, TfgShape *shape);
TfgTensor *tfg_list_row(const TfgTensor *t, int64_t i, TfgStatus *s);
void tfg_list_zero_elements(TfgTensor *out, int64_t first, int64_t n);

int tfg_register_list_more(TfgStatus *s);       /* kernels of list_more.c */

#endif
