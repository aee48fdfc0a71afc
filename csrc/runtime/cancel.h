/* Cancel: a token that every wait takes.  One per step; cancelled by a failing op, a closing session, a timeout or Ctrl-C. */
#ifndef TFG_RUNTIME_CANCEL_H
#define TFG_RUNTIME_CANCEL_H

#include "tfgraph.h"

typedef struct TfgCancel TfgCancel;

TfgCancel *tfg_cancel_new(TfgStatus *s);
TfgCancel *tfg_cancel_ref(TfgCancel *c);
void tfg_cancel_unref(TfgCancel *c);
bool tfg_cancelled(const TfgCancel *c);                 /* NULL: never */
void tfg_cancel(TfgCancel *c);                          /* runs the callbacks, once */
/* fn(arg) runs when c is cancelled; false when it already is.  The id removes it; removal waits for a running fn. */
bool tfg_cancel_add(TfgCancel *c, void (*fn)(void *arg), void *arg, int64_t *id);
bool tfg_cancel_remove(TfgCancel *c, int64_t id);

#endif
