/* Scatter: what the Scatter* ops do to a run of elements, whether those are a variable's or a tensor's. */
#ifndef TFG_KERNELS_SCATTER_H
#define TFG_KERNELS_SCATTER_H

#include "kernels/util.h"

typedef enum TfgScatterKind { TFG_SCATTER_SET, TFG_SCATTER_ADD, TFG_SCATTER_SUB, TFG_SCATTER_MUL, TFG_SCATTER_DIV, TFG_SCATTER_MIN,
                              TFG_SCATTER_MAX } TfgScatterKind;

/* Which one an op is, by the end of its type: "...Update", "...Add" and so on. */
TfgScatterKind tfg_scatter_kind(const char *type);
/* Changes n elements of `to` by those of `from`; step is 0 where one scalar changes them all, else 1.  Integers wrap around, strings
 * are only set and appended to.  Whole-number division by zero gives zero: a row of updates has no way to fail half done. */
int tfg_scatter_apply(TfgScatterKind kind, TfgDType d, void *to, const void *from, int64_t step, int64_t n, TfgStatus *s);
/* What bad_indices_policy says (later versions have it): whether indices that lie outside are passed over, or an error. */
int tfg_scatter_ignores(const TfgKernelCall *c, bool *ignore, TfgStatus *s);

#endif
