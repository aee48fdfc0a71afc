/* tensorflow.VariantTensorDataProto: a variant's element as bytes.  The kinds that files hold here are tensors, and the state of an iterator:
 * tensors by name. */
#ifndef TFG_IO_VARIANT_DATA_H
#define TFG_IO_VARIANT_DATA_H

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"
#include "io/wire.h"
#include "tensor/tensor.h"

#define TFG_BOXED_TYPE "tensorflow::Tensor"
#define TFG_ITERATOR_STATE_TYPE "tensorflow::Iterator"

typedef struct TfgBoxed {
    TfgHandle base;
    TfgTensor *t;               /* counted */
} TfgBoxed;

/* A new handle of a tensor, which it takes. */
TfgHandle *tfg_boxed_new_steal(TfgTensor *t, TfgStatus *s);
/* The tensor in a variant's element, a borrow; NULL where it is something else. */
TfgTensor *tfg_boxed_tensor(const TfgHandle *h);

typedef struct TfgIteratorState {       /* does not change any more once it is in a tensor */
    TfgHandle base;
    TfgArena arena;             /* of the names */
    const char **names;
    TfgTensor **tensors;        /* counted */
    size_t n, names_capacity, tensors_capacity;
    TfgMap places;              /* by name: its number + 1 */
} TfgIteratorState;

TfgIteratorState *tfg_iterator_state_new(TfgStatus *s);
/* The tensor is taken, also on failure; NULL is a failure that its maker told. */
int tfg_iterator_state_add_steal(TfgIteratorState *v, const char *name, size_t n, TfgTensor *t, TfgStatus *s);
TfgTensor *tfg_iterator_state_find(const TfgIteratorState *v, const char *name, size_t n);     /* borrowed; NULL where absent */
/* The state in an element of a variant tensor, a borrow; NULL where it is something else. */
const TfgIteratorState *tfg_iterator_state_of(const TfgHandle *h);

/* The body of the proto.  UNIMPLEMENTED for other kinds of variants. */
int tfg_variant_write(const TfgHandle *h, TfgStr *out, TfgStatus *s);
/* *out is new.  DATA_LOSS where the bytes are no message, UNIMPLEMENTED for other kinds. */
int tfg_variant_read(TfgWire w, TfgHandle **out, TfgStatus *s);

#endif
