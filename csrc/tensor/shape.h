/* Shapes: sizes that may be unknown.  TfgShape (tfgraph.h) is for the stack; graphs keep TfgDims, which are as long as needed. */
#ifndef TFG_TENSOR_SHAPE_H
#define TFG_TENSOR_SHAPE_H

#include "base/arena.h"
#include "base/str.h"
#include "tfgraph.h"

typedef struct TfgDims {        /* an immutable shape in an arena */
    int32_t rank;
    int64_t dims[];
} TfgDims;

void tfg_shape_set_unknown(TfgShape *s);
void tfg_shape_set_scalar(TfgShape *s);
void tfg_shape_set(TfgShape *s, int rank, const int64_t *dims);
void tfg_shape_copy(TfgShape *to, const TfgShape *from);             /* only the dims in use */
void tfg_shape_from_dims(TfgShape *to, const TfgDims *from);         /* NULL means unknown */
const TfgDims *tfg_dims_new(TfgArena *a, const TfgShape *s);         /* NULL for unknown rank, and when memory ran out */
bool tfg_shape_is_full(const TfgShape *s);                           /* rank and every size known */
bool tfg_shape_equal(const TfgShape *a, const TfgShape *b);
bool tfg_shape_compatible(const TfgShape *a, const TfgShape *b);
int tfg_shape_merge(TfgShape *into, const TfgShape *other);          /* -1 where they contradict; `into` is then unchanged */
/* Product of known sizes; -1 where something is unknown, -2 where it passes int64. */
int64_t tfg_shape_count(const TfgShape *s);
void tfg_shape_format(const TfgShape *s, TfgStr *out);               /* "[2,?]", "?" : C++'s spelling */
void tfg_shape_format_python(const TfgShape *s, TfgStr *out);        /* "(2, ?)", "<unknown>": Python's */
/* NumPy-style broadcast of two fully known shapes; -1 where they do not fit. */
int tfg_shape_broadcast_known(TfgShape *out, int ra, const int64_t *a, int rb, const int64_t *b);

#endif
