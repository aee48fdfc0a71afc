/* How the tables of gradients are written. */
#ifndef TFG_GRADIENTS_ROWS_H
#define TFG_GRADIENTS_ROWS_H

#include "gradients/build.h"

#define GRAD(op_, fn_, uses_) {.op = op_, .fn = fn_, .uses = uses_}
#define NONE(op_) {.op = op_, .fn = TFG_NO_GRADIENT}

/* For functions named in several tables. */
int tfg_grad_none(TfgGradCall *g, TfgStatus *s);        /* registered, and gives nothing (Floor, ArgMax ...) */
int tfg_grad_pass(TfgGradCall *g, TfgStatus *s);        /* dy as it came, slices too */

#endif
